//! The law as data: which case says what of which goods, since when, and on what authority.
//!
//! This room knows no entry line and no file of a broker. It answers with rows and notices, never with money.

pub mod advisory;
pub mod advisory_check;
pub mod ask;
mod assemble;
pub mod assume;
pub mod check;
mod check_rates;
pub mod clocks;
pub mod confirmed;
pub mod diff;
pub mod draft;
pub mod family;
mod folder_text;
pub mod grid;
pub mod left_open;
pub mod load;
pub mod model;
pub mod near;
mod near_words;
pub mod read;
pub mod statistics;
pub mod words;

use std::collections::HashMap;

pub use advisory::{Advisory, AdvisoryStanding, Control};
pub use ask::{Asked, GoverningTable};
pub use assume::{Assumed, HYPOTHETICAL};
pub use confirmed::{Confirmed, Decision};
pub use family::{Case, Family, NoticeIx, PartyIx, RateKey};
pub use grid::{Band, Epoch, ExportEpoch, Grid, Material, Word};
pub use load::{FolderFaults, LoadError};
pub use model::{Base, Course, EveryoneElse, ForeignExporter, RateKind, Rung, State, Trust, Verdict};
pub use words::AdvisoryState;

use near::Names;
pub use near::{Difference, Near};

use crate::terms::{CaseNumber, Hts, PartyKey};

/// All order families of a run, and the advisories beside them.
#[derive(Clone, Debug)]
pub struct Casebook {
    families: Vec<Family>,
    advisories: Vec<Advisory>,
    grid: Grid,
    by_case: HashMap<CaseNumber, usize>,
    names: Names,
    confirmed: HashMap<PartyKey, Confirmed>,
    sha256: String,
    assumed: Option<Box<Assumed>>,
}

impl Casebook {
    /// A casebook of these families and advisories; `sha256` names the texts they were read from.
    pub fn new(families: Vec<Family>, advisories: Vec<Advisory>, sha256: String) -> Casebook {
        let grid = Grid::new(&families, &advisories);
        let mut by_case = HashMap::new();
        for (ix, family) in families.iter().enumerate() {
            by_case.extend(family.cases.iter().map(|case| (case.number, ix)));
        }
        let names = Names::new(&families);
        Casebook {
            families,
            advisories,
            grid,
            by_case,
            names,
            confirmed: HashMap::new(),
            sha256,
            assumed: None,
        }
    }

    /// A casebook of families over which an assumption is laid; its hash is that of the law without it.
    pub(crate) fn assuming(families: Vec<Family>, assumed: Assumed) -> Casebook {
        let (sha256, advisories) = (assumed.without.sha256.clone(), assumed.without.advisories.clone());
        Casebook { assumed: Some(Box::new(assumed)), ..Casebook::new(families, advisories, sha256) }
    }

    /// What this run assumes, if anything.
    pub fn assumed(&self) -> Option<&Assumed> {
        self.assumed.as_deref()
    }

    /// `HYPOTHETICAL`, and what is assumed; `None` where nothing is.
    pub fn hypothetical(&self) -> Option<String> {
        self.assumed().map(|assumed| format!("{HYPOTHETICAL}: {}", assumed.says))
    }

    /// The families, built-in ones first.
    pub fn families(&self) -> &[Family] {
        &self.families
    }

    /// The advisories, built-in ones first.
    pub fn advisories(&self) -> &[Advisory] {
        &self.advisories
    }

    /// True if an advisory names a tariff number.
    pub fn advises_on(&self, hts: Hts) -> bool {
        self.advisories.iter().any(|advisory| advisory.controls_on(hts).next().is_some())
    }

    /// The coordinates in which its law is constant.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The family that holds a case.
    pub fn family_of(&self, case: CaseNumber) -> Option<usize> {
        self.by_case.get(&case).copied()
    }

    /// The families that name a tariff number as a hint.
    pub fn families_for(&self, hts: Hts) -> impl Iterator<Item = usize> {
        let listed = move |(ix, family): (usize, &Family)| family.hint(hts).map(|_| ix);
        self.families.iter().enumerate().filter_map(listed)
    }

    /// Drafts in its folders that nobody has checked, one sentence each. None of them is used.
    pub fn unapproved(&self) -> Vec<String> {
        let told = |family: &Family| -> Vec<String> {
            family.unapproved.iter().map(|draft| format!("{}/{}", family.slug, draft.told())).collect()
        };
        self.families.iter().flat_map(told).collect()
    }

    /// SHA-256 of all case files, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The earliest and the latest `checked_through` of the families; `None` if there is no family.
    pub fn checked_through(&self) -> Option<(jiff::civil::Date, jiff::civil::Date)> {
        let days = || self.families.iter().map(|family| family.checked_through);
        days().min().zip(days().max())
    }
}
