//! Tables that a person fills in: headings found by name, and every fault with its place.

use std::fmt;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::spreadsheet::row::{Cell, Row};
use crate::spreadsheet::small_table::{SmallTable, read_small_table};
use crate::spreadsheet::{InputFacts, SpreadsheetError};
use crate::terms::day::parse_iso;
use crate::terms::place::column_letters;

/// Why a file that the broker keeps cannot be used.
#[derive(Debug, Error)]
pub enum RecordError {
    /// It cannot be read.
    #[error(transparent)]
    Input(#[from] SpreadsheetError),
    /// It lacks headings.
    #[error("{path}: no sheet has the headings of {what}: {headings}")]
    Headings {
        /// Which file.
        path: PathBuf,
        /// What the file should be.
        what: &'static str,
        /// The headings that are needed.
        headings: String,
    },
    /// Rows that cannot be understood or contradict each other.
    #[error("{}", listed(.0))]
    Rows(Vec<RowFault>),
}

/// A fault of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// File, sheet, row and column.
    pub place: String,
    /// What was found, what was expected, what to do.
    pub problem: String,
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

fn listed(faults: &[RowFault]) -> String {
    let lines: Vec<String> = faults.iter().map(RowFault::to_string).collect();
    lines.join("\n")
}

/// A table that a person fills in, with the columns that were asked for.
pub(super) struct Kept {
    path: PathBuf,
    table: SmallTable,
    columns: Vec<Option<usize>>,
    /// The headings that were asked for.
    headings: Vec<&'static str>,
}

/// A heading as headings are compared: letters and digits, whatever their case.
fn compared(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn find(headings: &[String], wanted: &str) -> Option<usize> {
    headings.iter().position(|heading| compared(heading) == compared(wanted))
}

impl Kept {
    /// Reads a table by its headings: the first `needed` of them must be there.
    pub(super) fn read(
        path: &Path,
        sheet: Option<&str>,
        what: &'static str,
        headings: &[&'static str],
        needed: usize,
    ) -> Result<Kept, RecordError> {
        let has_all =
            |found: &[String]| headings[..needed].iter().all(|wanted| find(found, wanted).is_some());
        let lacks = || RecordError::Headings {
            path: path.to_path_buf(),
            what,
            headings: headings[..needed].join(", "),
        };
        let table = match read_small_table(path, sheet, &has_all) {
            Ok(table) => table,
            Err(SpreadsheetError::Sheet { typed: false, .. } | SpreadsheetError::Empty { .. }) => {
                return Err(lacks());
            }
            Err(error) => return Err(error.into()),
        };
        if !has_all(&table.headings) {
            return Err(lacks());
        }
        let columns = headings.iter().map(|wanted| find(&table.headings, wanted)).collect();
        Ok(Kept { path: path.to_path_buf(), table, columns, headings: headings.to_vec() })
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.table.rows
    }

    pub(super) fn facts(&self) -> &InputFacts {
        &self.table.facts
    }

    /// The text under the heading of this place; empty where there is none.
    pub(super) fn text(&self, row: &Row, heading: usize) -> String {
        self.cell(row, heading).shown()
    }

    /// The cell under the heading of this place.
    pub(super) fn cell<'r>(&self, row: &'r Row, heading: usize) -> &'r Cell {
        self.columns[heading].and_then(|column| row.cells.get(column)).unwrap_or(&Cell::Empty)
    }

    /// Who made the decision of a row, and on which day.
    pub(super) fn decided_by(&self, row: &Row, by: usize, on: usize) -> Result<(String, String), RowFault> {
        let fault = |heading: usize, problem| RowFault { place: self.place(row.number, heading), problem };
        let told = (self.text(row, by), self.text(row, on));
        for (heading, text) in [(by, &told.0), (on, &told.1)] {
            if text.is_empty() {
                let name = self.headings[heading];
                return Err(fault(heading, format!("a decision without {name}: who decided, and when?")));
            }
        }
        if parse_iso(&told.1).is_none() {
            let found = &told.1;
            let problem = format!("found {found:?}, expected the day of the decision such as 2025-08-01");
            return Err(fault(on, problem));
        }
        Ok(told)
    }

    /// Where a cell stands.
    pub(super) fn place(&self, row: u64, heading: usize) -> String {
        let sheet = match self.table.source.sheet.as_str() {
            "" => String::new(),
            sheet => format!(", sheet {sheet:?}"),
        };
        let column = self.columns[heading]
            .map(|column| format!(", column {}", column_letters(column)))
            .unwrap_or_default();
        format!("{}{sheet}, row {row}{column}", self.path.display())
    }
}
