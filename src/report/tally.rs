//! Counts and money of a run, added up in file order.

use std::collections::BTreeMap;

use crate::casebook::Casebook;
use crate::determine::{Action, Finding, LineFindings};
use crate::entry::{EntryLine, Read};
use crate::terms::{CaseNumber, Code, Kind, Money};

use super::cited::{Cited, cited};
use super::outline::{Outline, OutlineSums};

/// Lines and money under one heading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Entry lines.
    pub lines: u64,
    /// Entered value in whole dollars.
    pub entered_value: u64,
    /// Due at entry.
    pub at_entry: Money,
    /// What stands as known on the as-of day.
    pub restated: Money,
    /// Paid, as the file says.
    pub paid: Money,
    /// Lines whose paid cell is blank or not understood.
    pub paid_not_known: u64,
    /// Paid less restated, over the lines where both are known.
    pub difference: Money,
}

impl Sums {
    fn merge(&mut self, other: &Sums) {
        self.lines += other.lines;
        self.entered_value += other.entered_value;
        self.at_entry += other.at_entry;
        self.restated += other.restated;
        self.paid += other.paid;
        self.paid_not_known += other.paid_not_known;
        self.difference += other.difference;
    }
}

/// True if a line is counted under a case: the case asks something of it, or something was paid under it.
pub(super) fn concerns(at_entry: &Finding, paid: Option<Money>) -> bool {
    !matches!(at_entry, Finding::NotConcerned(_)) || paid.is_some_and(|paid| !paid.is_zero())
}

/// What is counted of a file.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Rows below the headings.
    pub rows: u64,
    /// Rows with nothing in them.
    pub blank_rows: u64,
    /// Rows that belong to the line of another row.
    pub other_rows: u64,
    /// Rows that are no entry lines.
    pub no_lines: u64,
    /// Rows that a sheet hides: they are rows like any other.
    pub hidden_rows: u64,
    /// All lines.
    pub all: Sums,
    /// By action; every action has its place.
    pub actions: BTreeMap<Action, Sums>,
    /// By case that concerns lines.
    pub cases: BTreeMap<CaseNumber, Sums>,
    /// Lines on which a code stands.
    pub codes: BTreeMap<Code, u64>,
    /// Lines that rest on a notice.
    pub notices: BTreeMap<Cited, u64>,
    /// Lines whose value is not known.
    pub value_not_known: u64,
}

impl Tally {
    /// Adds what is no line.
    pub fn add_no_line(&mut self, line: &EntryLine) {
        self.no_lines += line.rows.len() as u64;
        *self.codes.entry(Code::EN11).or_default() += 1;
    }

    /// Adds a line.
    pub fn add(&mut self, casebook: &Casebook, line: &EntryLine, findings: &LineFindings) {
        self.other_rows += line.rows.len() as u64 - 1;
        let mut sums = Sums { lines: 1, ..Sums::default() };
        match line.entered_value {
            Read::Is(value) => sums.entered_value = value.dollars(),
            Read::Blank | Read::NotUnderstood => self.value_not_known += 1,
        }
        sums.at_entry = findings.at_entry.unwrap_or_default();
        sums.restated = findings.restated.unwrap_or_default();
        for kind in Kind::BOTH {
            let found = &findings.cases[kind.index()];
            sums.paid += line.paid(kind).value().unwrap_or_default();
            sums.difference += found.difference.unwrap_or_default();
            self.add_case(line, findings, kind, sums.entered_value);
        }
        sums.paid_not_known = u64::from(line.paid.iter().all(|paid| paid.value().is_none()));
        self.all.merge(&sums);
        self.actions.entry(findings.action).or_default().merge(&sums);
        let mut last = None;
        for exception in &findings.exceptions {
            if last != Some(exception.code) {
                *self.codes.entry(exception.code).or_default() += 1;
            }
            last = Some(exception.code);
        }
        for notice in cited(casebook, findings) {
            *self.notices.entry(notice).or_default() += 1;
        }
    }

    fn add_case(&mut self, line: &EntryLine, findings: &LineFindings, kind: Kind, entered_value: u64) {
        let Some(case) = findings.answer.as_ref().and_then(|answer| answer.case(kind)) else { return };
        let found = &findings.cases[kind.index()];
        let paid = line.paid(kind).value();
        if !concerns(&case.at_entry.finding, paid) {
            return;
        }
        self.cases.entry(case.number).or_default().merge(&Sums {
            lines: 1,
            entered_value,
            at_entry: found.at_entry.unwrap_or_default(),
            restated: found.restated.unwrap_or_default(),
            paid: paid.unwrap_or_default(),
            paid_not_known: u64::from(paid.is_none()),
            difference: found.difference.unwrap_or_default(),
        });
    }

    /// Adds lines of one outline.
    pub fn add_lines(&mut self, outline: &Outline, sums: &OutlineSums) {
        let all = sums.all(outline);
        self.value_not_known += if outline.value_known { 0 } else { sums.lines };
        self.all.merge(&all);
        self.actions.entry(outline.shape.action()).or_default().merge(&all);
        for (case, of_case) in sums.cases(outline) {
            self.cases.entry(case).or_default().merge(&of_case);
        }
        for code in &outline.codes {
            *self.codes.entry(*code).or_default() += sums.lines;
        }
        for notice in &outline.notices {
            *self.notices.entry(*notice).or_default() += sums.lines;
        }
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Tally) {
        self.rows += other.rows;
        self.blank_rows += other.blank_rows;
        self.other_rows += other.other_rows;
        self.no_lines += other.no_lines;
        self.hidden_rows += other.hidden_rows;
        self.all.merge(&other.all);
        self.value_not_known += other.value_not_known;
        for (action, sums) in &other.actions {
            self.actions.entry(*action).or_default().merge(sums);
        }
        for (case, sums) in &other.cases {
            self.cases.entry(*case).or_default().merge(sums);
        }
        for (code, lines) in &other.codes {
            *self.codes.entry(*code).or_default() += lines;
        }
        for (notice, lines) in &other.notices {
            *self.notices.entry(*notice).or_default() += lines;
        }
    }

    /// Lines with an action.
    pub fn lines(&self, action: Action) -> u64 {
        self.actions.get(&action).map_or(0, |sums| sums.lines)
    }

    /// True if every row is accounted for once: as a line, as a further row of one, or as blank.
    pub fn ties_out(&self) -> bool {
        let by_action: u64 = self.actions.values().map(|sums| sums.lines).sum();
        self.rows == self.all.lines + self.other_rows + self.no_lines + self.blank_rows
            && by_action == self.all.lines
    }
}
