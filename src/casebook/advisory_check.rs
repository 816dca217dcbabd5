//! Reads an `advisory.toml` and checks it. Every fault is reported; an advisory with a fault is not used.

use std::collections::HashSet;

use super::advisory::AdvisoryRows;
use super::check::{fault_of_test, plain_word};
use super::model::{Placed, Spot};
use super::read::{Fault, FaultCode, Tables};

/// The name of the file within its folder.
pub const ADVISORY_FILE: &str = "advisory.toml";

/// Reads the text of the file and checks what it says.
pub fn read_advisory(text: &str) -> (AdvisoryRows, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut rows = AdvisoryRows::default();
    let mut tables = Tables { file: ADVISORY_FILE.into(), text, of: "an advisory", faults: &mut faults };
    for (name, value) in tables.parsed() {
        if name == "advisory" {
            rows.head = tables.row(value);
            continue;
        }
        for value in tables.rows(&name, value) {
            match name.as_str() {
                "notice" => rows.notices.extend(tables.row(value)),
                "control" => rows.controls.extend(tables.row(value)),
                "standing" => rows.standings.extend(tables.row(value)),
                _ => tables.fault(value.span().start, format!("[[{name}]] is no table of an advisory")),
            }
        }
    }
    if tables.faults.is_empty() && rows.head.is_none() {
        tables.fault(0, "the table [advisory] is missing".to_string());
    }
    if faults.is_empty() {
        faults = check_advisory(&rows);
    }
    faults.sort();
    (rows, faults)
}

/// All faults of rows that could be read.
pub fn check_advisory(rows: &AdvisoryRows) -> Vec<Fault> {
    let mut check = Check { rows, faults: Vec::new() };
    check.whole();
    check.notices();
    check.standings();
    check.controls();
    check.faults
}

struct Check<'a> {
    rows: &'a AdvisoryRows,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, at: &Spot, code: FaultCode, sentence: impl Into<String>) {
        self.faults.push(Fault { at: at.clone(), code, sentence: sentence.into() });
    }

    fn whole(&mut self) {
        let Some(Placed { at, row }) = &self.rows.head else { return };
        if row.id.trim().is_empty() {
            self.fault(at, FaultCode::CF17, "`id` is empty; a later folder replaces the advisory by it");
        }
        if self.rows.controls.is_empty() || self.rows.standings.is_empty() {
            self.fault(at, FaultCode::CF17, "an advisory needs a [[control]] and a [[standing]]");
        }
        if row.remark.is_some() != row.remark_source.is_some()
            || row.remark_if_not.is_some() && row.remark.is_none()
        {
            let sentence =
                "`remark` needs `remark_source`, and `remark_if_not` needs `remark`; else leave them out";
            self.fault(at, FaultCode::CF17, sentence);
        }
        for word in row.other_materials.iter().filter(|word| !plain_word(word)) {
            self.word(at, word);
        }
    }

    fn word(&mut self, at: &Spot, word: &str) {
        let sentence = format!("the word {word:?} is not in lower case and single blanks; write it so");
        self.fault(at, FaultCode::CF14, sentence);
    }

    fn notices(&mut self) {
        let checked = self.rows.head.as_ref().map(|head| head.row.checked_through);
        let mut seen = HashSet::new();
        for Placed { at, row } in &self.rows.notices {
            if !seen.insert(&row.id) {
                let sentence = format!("the notice {:?} stands twice; give it another id", row.id);
                self.fault(at, FaultCode::CF03, sentence);
            }
            if checked.is_some_and(|checked| row.published > checked) {
                let sentence =
                    format!("{:?} is published after `checked_through`; move that day forward", row.id);
                self.fault(at, FaultCode::CF16, sentence);
            }
        }
    }

    fn rests_on(&mut self, at: &Spot, notice: &str) {
        if !self.rows.notices.iter().any(|known| known.row.id == notice) {
            let sentence = format!("no [[notice]] has the id {notice:?}; add it, or correct the id");
            self.fault(at, FaultCode::CF04, sentence);
        }
    }

    fn standings(&mut self) {
        let mut seen = HashSet::new();
        for Placed { at, row } in &self.rows.standings {
            self.rests_on(at, &row.notice);
            if let Some(through) = row.through.filter(|through| *through < row.from) {
                let (through, from) = (through.0, row.from.0);
                let sentence =
                    format!("the last day {through} lies before the first day {from}; correct one of them");
                self.fault(at, FaultCode::CF06, sentence);
            }
            if !seen.insert((row.from, &row.notice)) {
                let sentence = "another row of the same notice begins on the same day; keep one";
                self.fault(at, FaultCode::CF09, sentence);
            }
        }
    }

    fn controls(&mut self) {
        let mut seen = HashSet::new();
        for Placed { at, row } in &self.rows.controls {
            self.rests_on(at, &row.notice);
            if !seen.insert(&row.code) {
                let sentence =
                    format!("the control {:?} stands twice; join their words, or correct one", row.code);
                self.fault(at, FaultCode::CF17, sentence);
            }
            if row.hts.is_empty() {
                let sentence = format!("{:?} names no tariff number: it is never asked; add `hts`", row.code);
                self.fault(at, FaultCode::CF17, sentence);
            }
            for word in row.products.iter().chain(&row.materials).filter(|word| !plain_word(word)) {
                self.word(at, word);
            }
            for test in row.tests.iter().filter_map(fault_of_test) {
                self.fault(at, FaultCode::CF14, test);
            }
        }
    }
}
