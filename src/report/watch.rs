//! What is watched over a file after entry: deposits that no longer stand, entries that want correcting, and the days
//! by which somebody has to act.
//!
//! Lines are looked at one by one; what is kept is a row for each of the largest refunds and a record for each entry on
//! which something is to be done. A file on which nothing is to be done leaves nothing here.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::refunds::{KNOWN_SHOWN, Largest, LargestRefunds, RefundLine, RefundSums, UNKNOWN_SHOWN};
use super::watch_rows::refund_csv;
use super::watched_entry::{EntryCase, WatchedEntry};
use crate::casebook::Casebook;
use crate::casebook::clocks::Clocks;
use crate::determine::{Finding, LineAmounts, LineFindings, Refund, RefundStatus, Watched};
use crate::entry::line::{Stated, plain};
use crate::entry::{Declared, EntryLine, Liquidation};
use crate::terms::place::SheetRow;
use crate::terms::{CaseNumber, EntryType, Kind, KnownDay, Money, Suffix};

/// What watching over lines under a case hangs on: the same for all lines of one outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedCase {
    /// The number to file, or to look for.
    pub number: (CaseNumber, Option<Suffix>),
    /// What law says.
    pub watched: Watched,
    /// True if a deposit was due at entry, 0.00 included.
    pub due: bool,
    /// True if the case does not concern the line: nothing was due then, though no figure says so.
    pub unconcerned: bool,
    /// True if no case of the kind is declared.
    pub undeclared: bool,
}

/// What watching over the lines of an answer hangs on, AD then CVD; none where nothing can come of it.
pub fn watched(
    casebook: &Casebook,
    declared: &[Declared; 2],
    findings: &LineFindings,
    as_of: KnownDay,
) -> [Option<WatchedCase>; 2] {
    Kind::BOTH.map(|kind| {
        let case = findings.answer.as_ref()?.case(kind)?;
        let found = &findings.cases[kind.index()];
        Some(WatchedCase {
            number: found.number.unwrap_or((case.number, None)),
            watched: Watched::of(casebook, case, as_of)?,
            due: matches!(case.at_entry.finding, Finding::Deposit(_)),
            unconcerned: matches!(case.at_entry.finding, Finding::NotConcerned(_)),
            undeclared: declared[kind.index()] == Declared::Nothing,
        })
    })
}

/// What a line says of itself, as far as it is watched.
#[derive(Clone, Debug)]
pub struct LineFacts<'a> {
    /// Row of its sheet.
    pub row: u64,
    /// Entry number as written.
    pub entry_number: &'a str,
    /// Line number as written.
    pub line_number: &'a str,
    /// The day that fixes the rate.
    pub governing: Date,
    /// The day of filing, where it is given.
    pub filed: Option<Date>,
    /// Type as filed.
    pub entry_type: Option<EntryType>,
    /// The type to file instead.
    pub file_as: Option<EntryType>,
    /// Liquidation, protest, security.
    pub liquidation: Liquidation,
}

/// What a deposit of a line comes to under a case, in cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Paid.
    pub(super) paid: Option<i64>,
    /// Due at entry.
    pub(super) at_entry: Option<i64>,
    /// What stands.
    pub(super) restated: Option<i64>,
}

/// What the deposits of a line come to, AD then CVD.
pub fn watched_figures(
    cases: &[Option<WatchedCase>; 2],
    stated: &Stated,
    amounts: &LineAmounts,
) -> [Figures; 2] {
    Kind::BOTH.map(|kind| {
        let (of_case, paid) = (&amounts.cases[kind.index()], stated.paid[kind.index()]);
        let unconcerned = cases[kind.index()].as_ref().is_some_and(|case| case.unconcerned);
        let at_entry = of_case.at_entry.or(unconcerned.then_some(0));
        Figures { paid: paid.value().map(Money::cents), at_entry, restated: of_case.restated }
    })
}

/// What is to be done about a line under one case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct ToDo {
    /// More was paid than stands; or it is not known what was paid, and more was due at entry than stands.
    refund: bool,
    /// Owed beyond what was paid; `None` with `wrong` where it is not known what was paid.
    additional: Option<i64>,
    /// Paid beyond what was due, at entry and now.
    excess: Option<i64>,
    /// The case is to be filed and none is declared.
    wrong: bool,
}

impl Figures {
    /// What may come back: paid, or else due at entry, less what stands.
    pub(super) fn size(self) -> i64 {
        self.paid.or(self.at_entry).unwrap_or_default() - self.restated.unwrap_or_default()
    }

    fn to_do(self, case: &WatchedCase) -> ToDo {
        let Some(restated) = self.restated else { return ToDo::default() };
        let live = case.watched.live;
        let Some(paid) = self.paid else {
            let refund = self.at_entry.is_some_and(|at_entry| at_entry > restated);
            let wrong = live && case.undeclared;
            return ToDo { refund, wrong, ..ToDo::default() };
        };
        let due = self.at_entry.map(|at_entry| at_entry.max(restated));
        ToDo {
            refund: paid > restated,
            additional: (live && paid < restated).then_some(restated - paid),
            excess: due.filter(|due| paid > *due).map(|due| paid - due),
            wrong: live && case.undeclared,
        }
    }
}

impl ToDo {
    fn corrects(self) -> bool {
        self.additional.is_some() || self.excess.is_some() || self.wrong
    }
}

/// What is watched over a file.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    /// The largest refunds with a paid figure, and those without.
    known: Largest,
    unknown: Largest,
    /// The sheet that is looked through: its place among those that are read, and its name.
    sheet: (usize, Arc<str>),
    /// Refunds by what can be done, case and importer.
    pub sums: BTreeMap<(RefundStatus, CaseNumber), BTreeMap<Box<str>, RefundSums>>,
    /// Entries by number, or by row where they have none.
    entries: BTreeMap<Box<str>, WatchedEntry>,
    /// The numbers of entries of which more was paid than stands, and that have to be looked up in ACE.
    to_look_up: BTreeSet<Box<str>>,
    /// Rows of the CSV of refunds of one piece, in the order of the file, until they are taken.
    pub csv: Vec<u8>,
}

impl Watch {
    /// A watch over a further piece of a sheet.
    pub fn over(sheet: usize, name: &str, largest: &LargestRefunds) -> Watch {
        let [known, unknown] = largest.begin();
        Watch { known, unknown, sheet: (sheet, name.into()), ..Watch::default() }
    }

    /// Passes on how large refunds have to be to stand in the sheet.
    pub fn tell(&self, largest: &LargestRefunds) {
        largest.tell([&self.known, &self.unknown]);
    }

    fn at(&self, row: u64) -> SheetRow {
        SheetRow { sheet: self.sheet.0, row }
    }

    /// Looks at a line. `importer` is asked for only where something is to be done.
    pub fn look<'t>(
        &mut self,
        casebook: &Casebook,
        as_of: KnownDay,
        cases: &[Option<WatchedCase>; 2],
        line: &LineFacts<'_>,
        figures: [Figures; 2],
        importer: impl FnOnce() -> Cow<'t, str>,
    ) {
        let to_do = Kind::BOTH.map(|kind| {
            let case = cases[kind.index()].as_ref();
            case.map(|case| figures[kind.index()].to_do(case)).unwrap_or_default()
        });
        let any = |is: fn(&WatchedCase) -> bool| cases.iter().flatten().any(is);
        let released = line.liquidation.release.value().is_some();
        let unfiled = line.filed.is_none() && released && any(|case| case.due);
        let retype = line.file_as.is_some() && any(|case| case.watched.live);
        let corrects = retype || to_do.iter().any(|to_do| to_do.corrects());
        if !unfiled && !corrects && !to_do.iter().any(|to_do| to_do.refund) {
            return;
        }
        let importer = importer();
        let key = plain(line.entry_number);
        let key: Box<str> =
            if key.is_empty() { format!("{:?}", self.at(line.row)).into() } else { key.into() };
        let mut states = [None; 2];
        for kind in Kind::BOTH {
            let Some(case) = cases[kind.index()].as_ref().filter(|_| to_do[kind.index()].refund) else {
                continue;
            };
            let refund = case.watched.refund(Clocks::built_in(), &line.liquidation, kind, as_of);
            states[kind.index()] = Some(refund);
            if refund.status() == RefundStatus::CheckAce && figures[kind.index()].paid.is_some() {
                self.to_look_up.insert(key.clone());
            }
            self.refund(casebook, line, &importer, (kind, case), figures[kind.index()], refund);
        }
        let dated = states.iter().flatten().any(|refund| refund.act_by.is_some());
        if !unfiled && !corrects && !dated {
            return;
        }
        let of_case = |kind: Kind| {
            let (Some(case), to_do) = (&cases[kind.index()], to_do[kind.index()]) else {
                return EntryCase::default();
            };
            let Figures { paid, at_entry, restated } = figures[kind.index()];
            let difference = paid.zip(restated).map_or(0, |(paid, restated)| paid - restated);
            EntryCase {
                number: Some(case.number).filter(|_| case.due || case.watched.live || to_do.refund),
                several: false,
                undeclared: to_do.wrong,
                due: at_entry.unwrap_or_default(),
                additional: to_do.additional.unwrap_or_default(),
                excess: to_do.excess.unwrap_or_default(),
                not_known: u64::from(to_do.wrong && paid.is_none()),
                refund: if to_do.refund { difference } else { 0 },
                state: states[kind.index()],
            }
        };
        let entry = WatchedEntry {
            importer: (*importer).into(),
            entry_number: line.entry_number.into(),
            sheet: Arc::clone(&self.sheet.1),
            first_row: self.at(line.row),
            lines: 1,
            governing: line.governing,
            filed: line.filed,
            entry_type: line.entry_type,
            file_as: line.file_as.filter(|_| retype),
            liquidation: line.liquidation,
            differs: false,
            corrects,
            cases: Kind::BOTH.map(of_case),
        };
        self.add_entry(key, entry);
    }

    /// Keeps a refund, or counts it where it is too small for the sheet and too little is known of it for the CSV.
    fn refund(
        &mut self,
        casebook: &Casebook,
        line: &LineFacts<'_>,
        importer: &str,
        (kind, case): (Kind, &WatchedCase),
        figures: Figures,
        refund: Refund,
    ) {
        let Figures { paid, at_entry, restated } = figures;
        let restated = restated.unwrap_or_default();
        let sums = RefundSums {
            lines: 1,
            not_known: u64::from(paid.is_none()),
            paid: paid.unwrap_or_default().into(),
            restated: if paid.is_some() { restated.into() } else { 0 },
        };
        self.add_sums((refund.status(), case.number.0), importer, &sums);
        let largest = if paid.is_some() { &mut self.known } else { &mut self.unknown };
        let large = figures.size() >= largest.least;
        largest.left_out += u64::from(!large);
        // A file that does not say what was paid would repeat itself in the CSV.
        if !large && paid.is_none() {
            return;
        }
        let row = RefundLine {
            importer: importer.into(),
            entry_number: line.entry_number.into(),
            line_number: line.line_number.into(),
            sheet: Arc::clone(&self.sheet.1),
            row: self.at(line.row),
            kind,
            number: case.number,
            governing: line.governing,
            liquidation: line.liquidation.day.value(),
            paid,
            at_entry,
            restated,
            why: case.watched.why,
            refund,
        };
        if paid.is_some() {
            refund_csv(casebook, &row, &mut self.csv);
        }
        if large {
            let largest = if paid.is_some() { &mut self.known } else { &mut self.unknown };
            largest.rows.push(row);
        }
    }

    /// Looks at a line that was judged in full.
    pub fn look_in_full(
        &mut self,
        casebook: &Casebook,
        as_of: KnownDay,
        line: &EntryLine,
        findings: &LineFindings,
    ) {
        let Some(governing) = line.governing else { return };
        let facts = LineFacts {
            row: line.row,
            entry_number: &line.entry_number,
            line_number: &line.line_number,
            governing: governing.0,
            filed: line.filed,
            entry_type: line.entry_type.value(),
            file_as: findings.file_as(),
            liquidation: line.liquidation,
        };
        let cases = watched(casebook, &line.declared, findings, as_of);
        let figures = watched_figures(&cases, &line.stated(), &LineAmounts::of(findings));
        self.look(casebook, as_of, &cases, &facts, figures, || Cow::Borrowed(&*line.importer));
    }

    fn add_sums(&mut self, key: (RefundStatus, CaseNumber), importer: &str, sums: &RefundSums) {
        let importers = self.sums.entry(key).or_default();
        match importers.get_mut(importer) {
            Some(known) => known.merge(sums),
            None => {
                importers.insert(importer.into(), *sums);
            }
        }
    }

    fn add_entry(&mut self, key: Box<str>, entry: WatchedEntry) {
        match self.entries.get_mut(&key) {
            Some(known) => known.merge(&entry),
            None => {
                self.entries.insert(key, entry);
            }
        }
    }

    /// Adds what was watched over later rows. Their rows of the CSV are for whoever writes it: where nobody does, they are
    /// not kept.
    pub fn merge(&mut self, later: Watch) {
        self.known.merge(later.known, KNOWN_SHOWN);
        self.unknown.merge(later.unknown, UNKNOWN_SHOWN);
        for (key, importers) in later.sums {
            importers.iter().for_each(|(importer, sums)| self.add_sums(key, importer, sums));
        }
        self.to_look_up.extend(later.to_look_up);
        for (key, entry) in later.entries {
            self.add_entry(key, entry);
        }
    }

    /// How many entries with money that may come back have to be looked up in ACE.
    pub(super) fn entries_to_look_up(&self) -> u64 {
        self.to_look_up.len() as u64
    }

    /// The refunds of the sheet, the most urgent first, and how many more there are.
    pub fn refunds(&self) -> (Vec<RefundLine>, u64) {
        let (mut known, mut unknown) = (self.known.clone(), self.unknown.clone());
        known.keep(KNOWN_SHOWN);
        unknown.keep(UNKNOWN_SHOWN);
        let mut rows = [known.rows, unknown.rows].concat();
        rows.sort_by_key(|refund| {
            let act_by = refund.refund.act_by.unwrap_or(Date::MAX);
            (refund.refund.status(), act_by, std::cmp::Reverse(refund.size()), refund.row, refund.kind)
        });
        (rows, known.left_out + unknown.left_out)
    }

    /// The entries on which something is to be done, in the order of the file.
    pub fn entries(&self) -> Vec<&WatchedEntry> {
        let mut entries: Vec<&WatchedEntry> = self.entries.values().collect();
        entries.sort_by_key(|entry| entry.first_row);
        entries
    }
}
