//! What if: hypothetical notices laid over an order family for one run, as a broker does who wants to know an exposure
//! before a vote.
//!
//! An assumption is one TOML text: `[assume]`, the dated tables of `case.toml`, and `[[rate]]` and `[[suffix]]` with the
//! columns of `rates.csv` and `suffixes.csv` as keys. Each of its rows rests on a notice of its own, and each of its
//! notices is hypothetical: the citation says so wherever it is printed.
//!
//! What laying over means: the rows are added to those of the family, and nothing of it is taken away. From its assumed
//! publication on an assumed row wins, on the days of entry that it covers, over every row that was published, also over
//! one that is published later. A notice that is named in `replaces` is never known in the run: that is how an order is
//! assumed where in truth the investigation was terminated back to its first day.

use std::collections::HashSet;

use serde::Deserialize;
use toml::Spanned;
use toml::de::DeValue;

use super::Casebook;
use super::check::check;
use super::model::{Course, Placed, Rows, Spot, State};
use super::read::{Fault, FaultCode, Fields, RATE_COLUMNS, SUFFIX_COLUMNS, Tables, rate_row, suffix_row};
use crate::terms::CaseNumber;

/// How everything begins that is not so.
pub const HYPOTHETICAL: &str = "HYPOTHETICAL";

/// What a run assumes, and the law without it.
#[derive(Clone, Debug)]
pub struct Assumed {
    /// What is assumed, in one sentence.
    pub says: String,
    /// Name of the file, without folders.
    pub file: String,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// What is to be told of it.
    pub notes: Vec<String>,
    /// The casebook as it is.
    pub without: Casebook,
}

/// `[assume]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssumeRow {
    /// Any case of the order family.
    pub(super) case: CaseNumber,
    /// What is assumed, in one sentence.
    pub(super) says: String,
    /// Notices of the family that, as assumed, never come.
    #[serde(default)]
    replaces: Vec<String>,
}

/// An assumption as it was read.
#[derive(Debug)]
pub(super) struct Assumption {
    pub(super) head: Placed<AssumeRow>,
    rows: Rows,
}

/// Reads an assumption; `file` is its path as faults name it.
pub(super) fn read(file: &str, text: &str) -> (Option<Assumption>, Vec<Fault>) {
    let (mut faults, mut rows, mut head) = (Vec::new(), Rows::default(), None);
    let mut tables = Tables { file: file.to_string().into(), text, of: "an assumption", faults: &mut faults };
    let parsed = tables.parsed();
    if !tables.faults.is_empty() {
        return (None, faults);
    }
    for (name, value) in parsed {
        if name == "assume" {
            head = tables.row(value);
            continue;
        }
        for value in tables.rows(&name, value) {
            match name.as_str() {
                "rate" => rows.rates.extend(figures(&mut tables, value, &RATE_COLUMNS, rate_row)),
                "suffix" => rows.suffixes.extend(figures(&mut tables, value, &SUFFIX_COLUMNS, suffix_row)),
                _ => tables.dated_row(&name, value, &mut rows),
            }
        }
    }
    if head.is_none() {
        tables.fault(0, "the table [assume] is missing or cannot be read".to_string());
    }
    for notice in &mut rows.notices {
        notice.row.course = Course::Assumed;
        if !notice.row.citation.starts_with(HYPOTHETICAL) {
            notice.row.citation = format!("{HYPOTHETICAL}: {}", notice.row.citation);
        }
    }
    faults.sort();
    (head.map(|head| Assumption { head, rows }), faults)
}

/// A row whose keys are the columns of a CSV of the case folder. Figures stand in quotes: a number of TOML is binary, and
/// 93.50 is not.
pub(super) fn figures<T>(
    tables: &mut Tables<'_>,
    value: Spanned<DeValue<'_>>,
    columns: &'static [&'static str],
    read: fn(&mut Fields<'_>) -> Option<T>,
) -> Option<Placed<T>> {
    let start = value.span().start;
    let DeValue::Table(table) = value.into_inner() else {
        tables.fault(start, "a row is a table of keys and values".to_string());
        return None;
    };
    let before = tables.faults.len();
    let mut texts = vec![String::new(); columns.len()];
    let mut spots = vec![tables.spot(start); columns.len()];
    for (key, value) in table {
        let Some(column) = columns.iter().position(|column| *column == key.get_ref().as_ref()) else {
            let expected = columns.join(", ");
            tables.fault(key.span().start, format!("unknown key `{}`; expected {expected}", key.get_ref()));
            continue;
        };
        spots[column] = tables.spot(value.span().start);
        texts[column] = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(day) => day.to_string(),
            _ => {
                let sentence = format!("`{}` is written in quotes, such as \"93.50\"", columns[column]);
                tables.fault(value.span().start, sentence);
                continue;
            }
        };
    }
    if tables.faults.len() > before {
        return None;
    }
    let at = |column: usize| spots[column].clone();
    let record = csv::StringRecord::from(texts);
    let row = read(&mut Fields { record: &record, columns, at: &at, faults: tables.faults });
    row.map(|row| Placed { at: tables.spot(start), row })
}

impl Assumption {
    /// The rows of a folder with those of the assumption behind them, and every fault that this brings.
    pub(super) fn over(self, mut base: Rows) -> (Rows, Vec<Fault>) {
        let mut faults = self.own_faults(&base);
        for notice in &mut base.notices {
            if self.head.row.replaces.contains(&notice.row.id) {
                notice.row.course = Course::Replaced;
                notice.row.citation =
                    format!("{HYPOTHETICAL}, replaced and never known: {}", notice.row.citation);
            }
        }
        base.append(self.rows);
        faults.extend(check(&base, true));
        faults.sort();
        faults.dedup();
        (base, faults)
    }

    /// Faults that only an assumption can have.
    fn own_faults(&self, base: &Rows) -> Vec<Fault> {
        let Assumption { head: Placed { at, row: head }, rows } = self;
        let mut faults = Vec::new();
        let mut fault = |at: &Spot, code: FaultCode, sentence: String| {
            faults.push(Fault { at: at.clone(), code, sentence });
        };
        if head.says.trim().is_empty() {
            fault(at, FaultCode::CF01, "`says` is empty; say in one sentence what is assumed".to_string());
        }
        if rows.notices.is_empty() && head.replaces.is_empty() {
            let sentence = "nothing is assumed: there is no [[notice]], and `replaces` names none";
            fault(at, FaultCode::CF01, sentence.to_string());
        }
        let known: HashSet<&str> = base.notices.iter().map(|notice| notice.row.id.as_str()).collect();
        for id in head.replaces.iter().filter(|id| !known.contains(id.as_str())) {
            let sentence =
                format!("`replaces` names {id:?}, and no [[notice]] of the order family has that id");
            fault(at, FaultCode::CF04, sentence);
        }
        for (at, notice) in rests_on(rows) {
            if known.contains(notice) && !rows.notices.iter().any(|own| own.row.id == notice) {
                let sentence = format!(
                    "the row rests on {notice:?}, a notice that was published; give what is assumed a [[notice]] of its own"
                );
                fault(at, FaultCode::CF04, sentence);
            }
        }
        faults
    }

    /// What is to be told of the assumption: a case that is over is assumed to be alive, and its end is not replaced.
    pub(super) fn notes(&self, base: &Rows) -> Vec<String> {
        let assumed: HashSet<CaseNumber> =
            self.rows.standings.iter().map(|standing| standing.row.case).collect();
        let ends = base.standings.iter().filter(|standing| {
            matches!(standing.row.state, State::Terminated | State::Revoked)
                && assumed.contains(&standing.row.case)
                && !self.head.row.replaces.contains(&standing.row.notice)
        });
        let told = ends.map(|standing| {
            let row = &standing.row;
            format!(
                "{} is {} from {} on by the notice {:?}, which the assumption does not replace: it still governs entries \
                 that the assumed standing does not cover",
                row.case,
                row.state.word(),
                row.from.0,
                row.notice
            )
        });
        told.collect()
    }
}

/// The dated rows and the notices on which they rest.
fn rests_on(rows: &Rows) -> Vec<(&Spot, &str)> {
    let mut rests: Vec<(&Spot, &str)> = Vec::new();
    rests.extend(rows.standings.iter().map(|row| (&row.at, row.row.notice.as_str())));
    rests.extend(rows.injunctions.iter().map(|row| (&row.at, row.row.notice.as_str())));
    rests.extend(rows.ladders.iter().map(|row| (&row.at, row.row.notice.as_str())));
    rests.extend(rows.aliases.iter().map(|row| (&row.at, row.row.notice.as_str())));
    rests.extend(rows.scopes.iter().map(|row| (&row.at, row.row.notice.as_str())));
    rests.extend(rows.rates.iter().map(|row| (&row.at, row.row.notice.as_str())));
    rests.extend(rows.suffixes.iter().map(|row| (&row.at, row.row.notice.as_str())));
    rests
}
