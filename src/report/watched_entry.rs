//! An entry on which something is to be done: what its lines come to, and what the file says of its way after filing.

use jiff::civil::Date;
use std::sync::Arc;

use crate::determine::Refund;
use crate::entry::Liquidation;
use crate::terms::place::SheetRow;
use crate::terms::{CaseNumber, EntryType, Suffix};

/// An entry under one kind of case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EntryCase {
    /// The case, of the first line that says one.
    pub number: Option<(CaseNumber, Option<Suffix>)>,
    /// True if lines of the entry want different numbers.
    pub several: bool,
    /// True if the case is to be filed on a line that declares none.
    pub undeclared: bool,
    /// Due at entry, in cents.
    pub due: i64,
    /// Owed beyond what was paid, in cents.
    pub additional: i64,
    /// Paid beyond what was due, in cents.
    pub excess: i64,
    /// Lines to correct of which it is not known what was paid.
    pub not_known: u64,
    /// Paid beyond what stands, in cents.
    pub refund: i64,
    /// The most urgent of what can be done about refunds.
    pub state: Option<Refund>,
}

impl EntryCase {
    pub(super) fn merge(&mut self, other: &EntryCase) {
        self.several |=
            other.several || self.number.zip(other.number).is_some_and(|(one, other)| one != other);
        self.number = self.number.or(other.number);
        self.undeclared |= other.undeclared;
        self.due = self.due.saturating_add(other.due);
        self.additional = self.additional.saturating_add(other.additional);
        self.excess = self.excess.saturating_add(other.excess);
        self.not_known += other.not_known;
        self.refund = self.refund.saturating_add(other.refund);
        let urgent = |refund: &Refund| (refund.status(), refund.act_by.unwrap_or(Date::MAX));
        self.state = self.state.into_iter().chain(other.state).min_by_key(urgent);
    }
}

/// An entry on which something is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedEntry {
    /// Importer of record.
    pub importer: Box<str>,
    /// Entry number as first written.
    pub entry_number: Box<str>,
    /// Name of the sheet of its first line; empty for a CSV.
    pub sheet: Arc<str>,
    /// Where the first line stands on which something is to be done.
    pub first_row: SheetRow,
    /// Lines on which something is to be done.
    pub lines: u64,
    /// The day that fixes the rate.
    pub governing: Date,
    /// The day of filing, where it is given.
    pub filed: Option<Date>,
    /// Type as filed.
    pub entry_type: Option<EntryType>,
    /// The type to file instead.
    pub file_as: Option<EntryType>,
    /// Liquidation, protest, security, as the first line says.
    pub liquidation: Liquidation,
    /// True if a later line of the entry says otherwise.
    pub differs: bool,
    /// True if something is to be corrected.
    pub corrects: bool,
    /// AD, then CVD.
    pub cases: [EntryCase; 2],
}

impl WatchedEntry {
    pub(super) fn merge(&mut self, later: &WatchedEntry) {
        self.lines += later.lines;
        let facts = |entry: &WatchedEntry| {
            let Liquidation { release, day, status, protested, protest, .. } = entry.liquidation;
            (entry.governing, entry.filed, entry.entry_type, release, day, status, protested, protest)
        };
        self.differs |= later.differs || facts(self) != facts(later);
        self.file_as = self.file_as.or(later.file_as);
        self.corrects |= later.corrects;
        self.cases.iter_mut().zip(&later.cases).for_each(|(case, later)| case.merge(later));
    }
}
