//! What the readers of a file know of its cells together: companies and what many lines have in common, each worked out
//! once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::fast::FixedState;

use super::line::{EntryLine, Name};
use super::remembered::Shared;
use crate::terms::mid::Letters;

/// Prototypes that are remembered: some 4 MiB. A file that does not repeat gains nothing from more.
pub(super) const PROTOTYPES_MAX: usize = 4_096;
/// Company names that are remembered: some 2 MiB.
pub(super) const COMPANIES_MAX: usize = 8_192;
/// Classes of company names: a few for each name of a casebook.
const CLASSES_MAX: usize = 65_536;
/// How law may know a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinship {
    /// No list of any case has ever named it: to law, such names are all alike.
    Stranger,
    /// Some list names, or has named, a company that is called so.
    Known,
    /// And some notice prints it exactly so.
    Printed,
}

/// A company name as a line has it.
#[derive(Debug)]
pub struct Company {
    /// The name.
    pub name: Name,
    /// What it gives to a manufacturer ID.
    pub letters: Letters,
    /// Names of one class are one to law; 0 for no name.
    pub class: u32,
    /// Distinguishes the companies of one file.
    pub serial: u64,
}

/// What lines with the same deciding cells have in common.
#[derive(Debug)]
pub struct Prototype {
    /// An entry line without its companies, numbers, days and amounts.
    pub line: EntryLine,
    /// Distinguishes the prototypes of one file.
    pub serial: u64,
}

/// What all readers of a file know of its cells.
pub struct Known {
    pub(super) companies: Shared<Vec<u8>, Arc<Company>>,
    pub(super) prototypes: Shared<Vec<u8>, Arc<Prototype>>,
    /// Classes of names that law may know, by key, or by the very text where a notice prints it so.
    classes: Shared<String, u32>,
    serial: AtomicU64,
}

impl Default for Known {
    fn default() -> Known {
        Known {
            companies: Shared::new(COMPANIES_MAX),
            prototypes: Shared::new(PROTOTYPES_MAX),
            classes: Shared::new(CLASSES_MAX),
            serial: AtomicU64::new(1),
        }
    }
}

impl Known {
    pub(super) fn serial(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }

    /// The class of a name: to law, names of one class are one.
    pub(super) fn class(&self, name: &Name, kinship: Kinship) -> u32 {
        let known = match kinship {
            Kinship::Stranger => return 1,
            Kinship::Known => format!("{:?} {:?} {}", name.key, name.addressed, name.may_be_cut()),
            Kinship::Printed => format!("as printed: {}", name.text),
        };
        self.classes.get_or(known.as_str(), || u32::try_from(self.serial() + 1).unwrap_or(u32::MAX))
    }
}

/// Things that a reader has at hand, with places that hold while a piece is read.
pub(super) struct AtHand<T> {
    pub(super) places: HashMap<Vec<u8>, u32, FixedState>,
    pub(super) things: Vec<Arc<T>>,
}

impl<T> AtHand<T> {
    pub(super) fn new() -> AtHand<T> {
        AtHand { places: HashMap::default(), things: Vec::new() }
    }

    /// Forgets all where there are more; true if so.
    pub(super) fn clear_beyond(&mut self, most: usize) -> bool {
        let beyond = self.things.len() > most;
        if beyond {
            self.places.clear();
            self.things.clear();
        }
        beyond
    }

    pub(super) fn place(&mut self, key: &[u8], thing: impl FnOnce() -> Arc<T>) -> u32 {
        if let Some(place) = self.places.get(key) {
            return *place;
        }
        let place = self.things.len() as u32;
        self.things.push(thing());
        self.places.insert(key.to_vec(), place);
        place
    }
}
