//! Deposits by importer, by exporter and by month of the governing day, added up line by line.
//!
//! What is kept does not depend on how a file is cut: names are kept in the order of their first lines, up to
//! [`PARTIES_MAX`] of each kind, and the lines of all later ones are summed together.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;
use jiff::ToSpan;
use jiff::civil::Date;

use super::outline::counted_under;
use super::tally::Sums;
use crate::determine::{LineAmounts, LineFindings};
use crate::entry::line::{EntryLine, Name};
use crate::terms::{CaseNumber, Kind, Money};

/// Importers, and exporters, that are summed up one by one, at most.
pub const PARTIES_MAX: usize = 4_096;

/// The first of the twelve months that end with the as-of day.
///
/// Reading: what a bond has to hold is asked on that day, whatever days a file has. So an importer has the same figure
/// in the file of all and in one of its own.
pub fn twelve_months_before(as_of: Date) -> Date {
    as_of.checked_sub(12.months()).and_then(|day| day.checked_add(1.day())).unwrap_or(Date::MIN)
}

/// Lines and money under one heading, money in cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Entry lines.
    pub lines: u64,
    /// Entered value in whole dollars.
    pub entered_value: u64,
    /// Due at entry, over the lines that have a figure.
    pub at_entry: i128,
    /// What stands as known on the as-of day.
    pub restated: i128,
}

impl Counted {
    /// One line.
    pub fn line(entered_value: u64, amounts: &LineAmounts) -> Counted {
        let cents = |amount: Option<i64>| amount.map_or(0, i128::from);
        let (at_entry, restated) = (cents(amounts.at_entry), cents(amounts.restated));
        Counted { lines: 1, entered_value, at_entry, restated }
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Counted) {
        self.lines += other.lines;
        self.entered_value += other.entered_value;
        self.at_entry += other.at_entry;
        self.restated += other.restated;
    }
}

/// An importer or exporter.
#[derive(Clone, Debug, Default)]
pub struct Party {
    /// As its first line writes it; empty where none is given.
    pub name: Box<str>,
    /// Its lines.
    pub counted: Counted,
    /// Its deposits at entry of the twelve months up to the as-of day, in cents; of importers alone.
    pub twelve_months: i128,
}

impl Party {
    fn merge(&mut self, later: &Party) {
        self.counted.merge(&later.counted);
        self.twelve_months += later.twelve_months;
    }
}

/// Importers or exporters of a file.
#[derive(Clone, Debug, Default)]
pub struct Parties {
    /// By what makes two names one.
    places: HashMap<Box<str>, usize, FixedState>,
    /// With their keys, in the order of their first lines.
    parties: Vec<(Box<str>, Party)>,
    /// Lines of those that came when there was no room.
    further: Party,
}

impl Parties {
    fn place(&mut self, key: &str, name: &str) -> usize {
        if let Some(place) = self.places.get(key) {
            return *place;
        }
        self.places.insert(key.into(), self.parties.len());
        self.parties.push((key.into(), Party { name: name.into(), ..Party::default() }));
        self.parties.len() - 1
    }

    fn merge(&mut self, later: &Parties) {
        for (key, party) in &later.parties {
            match self.places.get(key) {
                Some(place) => self.parties[*place].1.merge(party),
                None if self.parties.len() < PARTIES_MAX => {
                    let place = self.place(key, &party.name);
                    self.parties[place].1.merge(party);
                }
                None => self.further.merge(party),
            }
        }
        self.further.merge(&later.further);
    }

    /// Those with most deposit at entry, at most so many, the most first; then how many names the others are, as far as
    /// they were kept apart, and what all others come to.
    pub fn largest(&self, most: usize) -> (Vec<&Party>, usize, Party) {
        let mut parties: Vec<&Party> = self.parties.iter().map(|(_, party)| party).collect();
        // Of equal ones the earlier in the file stands first: the sort is stable.
        parties.sort_by_key(|party| std::cmp::Reverse((party.counted.at_entry, party.counted.lines)));
        let others = parties.split_off(parties.len().min(most));
        let mut rest = self.further.clone();
        others.iter().for_each(|party| rest.merge(party));
        (parties, others.len(), rest)
    }

    fn counted(&self) -> Counted {
        let mut all = self.further.counted;
        self.parties.iter().for_each(|(_, party)| all.merge(&party.counted));
        all
    }

    /// True if there were more than are kept apart.
    pub fn is_full(&self) -> bool {
        self.further.counted.lines > 0
    }
}

/// A month: year, then month from 1.
pub type Month = (i16, i8);

/// What the lines of a month come to.
#[derive(Clone, Debug, Default)]
pub struct MonthCounted {
    /// All of them.
    pub counted: Counted,
    /// Deposits at entry by case, in cents: also of lines that lack a figure under another case.
    pub cases: BTreeMap<CaseNumber, i128>,
}

impl MonthCounted {
    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &MonthCounted) {
        self.counted.merge(&other.counted);
        for (case, cents) in &other.cases {
            *self.cases.entry(*case).or_default() += cents;
        }
    }
}

/// Deposits of a file by importer, exporter and month.
#[derive(Clone, Debug, Default)]
pub struct Deposits {
    /// Importers of record, by number or else by name as written.
    pub importers: Parties,
    /// Exporters; names that law holds for one are one.
    pub exporters: Parties,
    /// By month of the governing day; `None` for lines without one.
    pub months: BTreeMap<Option<Month>, MonthCounted>,
}

/// A line, as far as it is added up here.
#[derive(Clone, Copy, Debug)]
pub struct DepositLine<'a> {
    /// Importer of record, number or else name, as written.
    pub importer: &'a str,
    /// The day that fixes the rate.
    pub governing: Option<Date>,
    /// Entered value in whole dollars; 0 where it is not known.
    pub entered_value: u64,
    /// The cases under which it is counted.
    pub cases: [Option<CaseNumber>; 2],
    /// Its figures.
    pub amounts: &'a LineAmounts,
}

impl Deposits {
    /// The place of an exporter among those of this piece.
    pub fn exporter(&mut self, name: &Name) -> usize {
        let key = name.key.as_ref().map_or_else(|| name.text.to_string(), ToString::to_string);
        self.exporters.place(&key, &name.text)
    }

    /// Adds a line of the exporter at this place.
    pub fn add(&mut self, as_of: Date, exporter: usize, line: &DepositLine<'_>) {
        let counted = Counted::line(line.entered_value, line.amounts);
        self.exporters.parties[exporter].1.counted.merge(&counted);
        let importer = self.importers.place(line.importer, line.importer);
        let (_, importer) = &mut self.importers.parties[importer];
        importer.counted.merge(&counted);
        let within = |day: Date| day <= as_of && day >= twelve_months_before(as_of);
        if counted.at_entry != 0 && line.governing.is_some_and(within) {
            importer.twelve_months += counted.at_entry;
        }
        let month = line.governing.map(|day| (day.year(), day.month()));
        let month = self.months.entry(month).or_default();
        month.counted.merge(&counted);
        for kind in Kind::BOTH {
            let at_entry = line.amounts.cases[kind.index()].at_entry;
            if let Some((case, cents)) = line.cases[kind.index()].zip(at_entry) {
                *month.cases.entry(case).or_default() += i128::from(cents);
            }
        }
    }

    /// Adds a line that was judged in full.
    pub fn add_in_full(&mut self, as_of: Date, line: &EntryLine, findings: &LineFindings) {
        let exporter = self.exporter(&line.exporter);
        let line = DepositLine {
            importer: &line.importer,
            governing: line.governing.map(|day| day.0),
            entered_value: line.entered_value.value().map_or(0, |value| value.dollars()),
            cases: counted_under(line, findings),
            amounts: &LineAmounts::of(findings),
        };
        self.add(as_of, exporter, &line);
    }

    /// Adds the lines that follow in the file.
    pub fn merge(&mut self, later: &Deposits) {
        self.importers.merge(&later.importers);
        self.exporters.merge(&later.exporters);
        for (month, counted) in &later.months {
            self.months.entry(*month).or_default().merge(counted);
        }
    }

    /// True if each way of adding up comes to what was counted of all lines.
    pub fn ties_out(&self, all: &Sums) -> bool {
        let Sums { lines, entered_value, at_entry, restated, .. } = *all;
        let is_all = |counted: Counted| {
            let money = [counted.at_entry, counted.restated].map(Money::from_cents);
            (counted.lines, counted.entered_value, money) == (lines, entered_value, [at_entry, restated])
        };
        let mut months = Counted::default();
        self.months.values().for_each(|month| months.merge(&month.counted));
        is_all(months) && is_all(self.importers.counted()) && is_all(self.exporters.counted())
    }
}
