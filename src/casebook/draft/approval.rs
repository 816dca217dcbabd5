//! The drafts of a case folder: `drafts/*.toml`, the tables of the folder with `[draft]` before them.
//!
//! A draft counts when `checked_by` names a person and a day; then its rows are rows of the folder like any other. Before
//! that none of it is law, and whoever uses the folder is told so, for law may be missing. A file that cannot be read is a
//! fault of the folder: nobody knows then whether it counts.

use serde::Deserialize;

use crate::casebook::assume::figures;
use crate::casebook::model::{Placed, Rows};
use crate::casebook::read::{Fault, FaultCode, RATE_COLUMNS, SUFFIX_COLUMNS, Tables, rate_row, suffix_row};
use crate::terms::counted::{counted, counted_s};
use crate::terms::day::parse_iso;

/// The folder of drafts within a case folder.
pub const DRAFTS: &str = "drafts";

/// `[draft]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    /// Who has held it against the text, and when; empty for nobody.
    checked_by: String,
    /// What was read.
    source: String,
    /// SHA-256 of the text.
    text_sha256: String,
    /// What the text does not say.
    #[serde(default)]
    questions: Vec<String>,
    /// What was not understood.
    #[serde(default)]
    not_understood: Vec<String>,
}

/// A draft that nobody has checked.
#[derive(Clone, Debug)]
pub struct Unapproved {
    /// File within the case folder, such as `drafts/cbp-9999901.toml`.
    pub file: String,
    /// What was read.
    pub source: String,
    /// Questions of it.
    pub questions: usize,
    /// Lines of its text that were not understood.
    pub lines: usize,
    /// Its rows.
    pub rows: Rows,
    /// What would be faults of the folder if it were approved as it stands.
    pub faults: Vec<Fault>,
}

impl Unapproved {
    /// What it is and what that means.
    pub fn told(&self) -> String {
        let Rows { notices, rates, suffixes, .. } = &self.rows;
        format!(
            "{} ({}) is a draft that nobody has checked: {}, {} and {} of it are not used, and law may be missing; check it \
             and set `checked_by`",
            self.file,
            self.source,
            counted_s(notices.len(), "notice"),
            counted_s(rates.len(), "rate"),
            counted(suffixes.len() as u64, "suffix", "suffixes")
        )
    }
}

/// What stands open in a draft that a person has checked.
#[derive(Clone, Debug)]
pub struct LeftOpen {
    /// File within the case folder.
    pub file: String,
    /// Questions that still stand in it.
    pub questions: usize,
    /// Lines of its text that were not understood and still stand in it.
    pub lines: usize,
}

/// A draft as it was read: approved with its rows, or not.
pub(in crate::casebook) enum Read {
    Approved(Rows, LeftOpen),
    Unapproved(Unapproved),
}

/// Reads a draft; `file` is its place within the case folder.
pub(in crate::casebook) fn read(file: &str, text: &str) -> Result<Read, Vec<Fault>> {
    let (mut faults, mut rows, mut head) = (Vec::new(), Rows::default(), None);
    let mut tables = Tables { file: file.to_string().into(), text, of: "a draft", faults: &mut faults };
    let parsed = tables.parsed();
    for (name, value) in parsed {
        if name == "draft" {
            head = tables.row::<Head>(value);
            continue;
        }
        for value in tables.rows(&name, value) {
            match name.as_str() {
                "case" => rows.cases.extend(tables.row(value)),
                "hint" => rows.hints.extend(tables.row(value)),
                "rate" => rows.rates.extend(figures(&mut tables, value, &RATE_COLUMNS, rate_row)),
                "suffix" => rows.suffixes.extend(figures(&mut tables, value, &SUFFIX_COLUMNS, suffix_row)),
                _ => tables.dated_row(&name, value, &mut rows),
            }
        }
    }
    let Some(Placed { at, row: head }) = head else {
        let missing =
            "the table [draft] is missing or cannot be read; a draft without it is not used".to_string();
        tables.fault(0, missing);
        return Err(faults);
    };
    let (questions, lines) = (head.questions.len(), head.not_understood.len());
    if head.checked_by.trim().is_empty() {
        return Ok(Read::Unapproved(Unapproved {
            file: file.to_string(),
            source: head.source,
            questions,
            lines,
            rows,
            faults,
        }));
    }
    let name_and_day = head
        .checked_by
        .rsplit_once(',')
        .filter(|(name, day)| name.chars().any(char::is_alphabetic) && parse_iso(day.trim()).is_some());
    if name_and_day.is_none() {
        let sentence = format!(
            "`checked_by` is {:?}; expected a name and a day, such as \"R. Lopez, 2026-11-27\"",
            head.checked_by
        );
        faults.push(Fault { at, code: FaultCode::CF01, sentence });
    }
    let left = LeftOpen { file: file.to_string(), questions, lines };
    if faults.is_empty() { Ok(Read::Approved(rows, left)) } else { Err(faults) }
}

/// The SHA-256 of the text from which a draft was read, as its file says.
pub fn text_sha256(file: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct File {
        draft: Head,
    }
    toml::from_str::<File>(file).ok().map(|file| file.draft.text_sha256)
}
