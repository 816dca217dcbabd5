//! Outputs that are written, on their way to their names: looked at again, then renamed, the manifest last.

use std::path::Path;

use super::importer_packs::Packs;
use super::manifest::{Manifest, manifest};
use super::outputs::{OutputNames, entries_of};
use super::pipeline::{FileError, FileOutcome, Progress, RunOptions, Written};
use super::verify::{again, same_hash};
use crate::casebook::Casebook;
use crate::report::columns::COLUMNS;
use crate::report::tally::Tally;
use crate::spreadsheet::AnnotatedFile;
use crate::spreadsheet::annotated::Anew;
use crate::spreadsheet::read::COLUMNS_MAX;
use crate::spreadsheet::whole_file::Ready;

/// Files of a run under their temporary names.
pub(super) struct Unplaced {
    pub(super) annotated: AnnotatedFile,
    /// All other outputs but the manifest.
    pub(super) others: Vec<Ready>,
    pub(super) tally: Tally,
    pub(super) without: Option<Tally>,
    pub(super) anew: Option<Anew>,
    pub(super) notes: Vec<String>,
    pub(super) profile: String,
}

/// A file that is not on the disk as it was written.
fn differs(path: &Path) -> impl FnOnce(String) -> FileError {
    let path = path.to_path_buf();
    move |problem| FileError::Differs { path, problem }
}

/// Looks at everything once more and puts it in place, the packs with it, or nothing of it.
pub(super) fn place(
    casebook: &Casebook,
    path: &Path,
    options: &RunOptions,
    whole: Written,
    packs: Option<Packs>,
    progress: &dyn Progress,
) -> Result<FileOutcome, FileError> {
    let Written { names, unplaced, facts, .. } = whole;
    progress.written();
    look_again(&names, options, &unplaced)?;
    progress.end();
    let Unplaced { annotated, others, tally, without, anew, mut notes, profile } = unplaced;
    let mut ready: Vec<Ready> = std::iter::once(annotated.file).chain(others).collect();
    let (mut set, mut told) = (names.set(), None);
    if let Some(packs) = packs {
        set.outputs.extend(packs.ready.iter().map(|ready| ready.destination().to_path_buf()));
        set.may_replace(&[path], options.force)?;
        ready.extend(packs.ready);
        notes.extend(packs.notes);
        told = Some(packs.told);
    }
    let outputs = entries_of(&ready, &options.out);
    let input = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let manifest = Manifest { packs: told, ..manifest(casebook, options, &input, &facts, outputs, &tally) };
    set.place(ready, &manifest.outputs, &manifest)?;
    Ok(FileOutcome { tally, without, manifest, names, anew, notes, profile })
}

/// Reads the outputs again where that is asked. That each is on the disk as it was written is looked at in any case,
/// before it is put in place.
pub(super) fn look_again(
    names: &OutputNames,
    options: &RunOptions,
    unplaced: &Unplaced,
) -> Result<(), FileError> {
    let Unplaced { annotated, others, tally, .. } = unplaced;
    if !options.verify {
        return Ok(());
    }
    let columns = annotated.sheets.iter().map(|sheet| sheet.ours).max().unwrap_or(0) + COLUMNS.len();
    if columns > COLUMNS_MAX {
        return Err(FileError::TooWide { path: names.annotated.clone(), columns });
    }
    again(annotated, tally).map_err(differs(&names.annotated))?;
    others.iter().try_for_each(|ready| same_hash(ready).map_err(differs(ready.destination())))
}
