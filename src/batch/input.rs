//! What is read: a file, or those rows of it that make a pack.

use std::path::Path;

use super::line_keys::LineKeys;
use crate::entry::Writings;
use crate::report::letter::Addressee;
use crate::spreadsheet::{Consumer, InputFacts, ReadAs, Share, read};

/// What is read.
#[derive(Clone, Copy)]
pub(super) enum Input<'a> {
    /// A file.
    File(&'a Path),
    /// Rows of a file.
    Pack(&'a PackRows<'a>),
}

/// The rows of a file that make a pack, and what the whole file settles of them: they answer as they do there.
pub(super) struct PackRows<'a> {
    /// The file.
    pub(super) path: &'a Path,
    /// The rows.
    pub(super) share: Share<'a>,
    /// How the columns of its sheets write.
    pub(super) writings: Vec<Writings>,
    /// Fingerprints of its lines that stand in the file before, with rows of another pack.
    pub(super) before: &'a [u64],
    /// To whom the pack goes.
    pub(super) addressee: &'a Addressee,
}

impl Input<'_> {
    /// The file, for what is told of it.
    pub(super) fn path(&self) -> &Path {
        match self {
            Input::File(path) => path,
            Input::Pack(pack) => pack.path,
        }
    }

    /// Reads it from its first row to its last.
    pub(super) fn read<C: Consumer>(
        &self,
        read_as: ReadAs<'_>,
        consumer: &mut C,
    ) -> Result<InputFacts, C::Error> {
        match self {
            Input::File(path) => read(path, read_as, consumer),
            Input::Pack(pack) => pack.share.read(consumer),
        }
    }

    /// How its columns write, where that is settled.
    pub(super) fn writings(&self) -> Option<&[Writings]> {
        match self {
            Input::File(_) => None,
            Input::Pack(pack) => Some(&pack.writings),
        }
    }

    /// The lines that stand before its first.
    pub(super) fn seen(&self) -> LineKeys {
        let mut seen = LineKeys::default();
        if let Input::Pack(pack) = self {
            pack.before.iter().for_each(|key| {
                seen.insert(*key);
            });
        }
        seen
    }

    /// To whom it goes, where it is a pack.
    pub(super) fn addressee(&self) -> Option<&Addressee> {
        match self {
            Input::File(_) => None,
            Input::Pack(pack) => Some(pack.addressee),
        }
    }
}
