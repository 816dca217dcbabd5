//! Exceptions as rows for machines, and gathered by cause for people.

use std::collections::BTreeMap;
use std::io;

use super::told::Told;
use crate::entry::EntryLine;
use crate::spreadsheet::append::revives;
use crate::terms::place::Source;
use crate::terms::{Code, Exception, Money, Severity};

/// The headings of `exceptions.csv`.
pub const CSV_HEADINGS: [&str; 13] = [
    "Code",
    "Severity",
    "File",
    "Sheet",
    "Row",
    "Entry Number",
    "Line Number",
    "Field",
    "Found",
    "Expected",
    "What to do",
    "Nearest",
    "Stake",
];

/// Causes that the Exceptions sheet holds, at most: the largest by stake. All exceptions are in the CSV.
pub const CAUSES_SHOWN: usize = 10_000;
/// Causes kept in memory while a file is read. Above this the smallest are dropped, and the sheet says so.
const CAUSES_KEPT: usize = 4 * CAUSES_SHOWN;

/// Why an exception stands: lines with one cause are one row of the sheet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// Most severe first in the order of the sheet.
    pub severity: Severity,
    /// Which code.
    pub code: Code,
    /// Under which heading.
    pub field: String,
    /// What was found; for doubts about goods or parties the product or the names.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

/// Lines of one cause.
#[derive(Clone, Debug)]
pub struct Lines {
    /// How many.
    pub lines: u64,
    /// The money between the possible answers, added up; `None` if it cannot be told of any line.
    pub stake: Option<Money>,
    /// Row of the first.
    pub first_row: u64,
    /// Its entry and line.
    pub first_line: String,
    /// Official names near to what was found.
    pub nearest: String,
}

impl Lines {
    fn count(&mut self, lines: u64, stake: Option<Money>) {
        self.lines += lines;
        self.stake = match (self.stake, stake) {
            (Some(a), Some(b)) => Some(a + b),
            (one, other) => one.or(other),
        };
    }
}

/// Exceptions gathered by cause.
#[derive(Clone, Debug, Default)]
pub struct Causes {
    causes: BTreeMap<Cause, Lines>,
    /// True if causes were dropped for want of room: how many more there are is then not known.
    pub dropped: bool,
}

impl Causes {
    /// Adds an exception of a line.
    pub fn add(&mut self, line: &EntryLine, exception: &Exception, told: Told) {
        let cause = Cause {
            severity: exception.severity,
            code: exception.code,
            field: told.field,
            found: by_cause(line, exception, told.found),
            expected: if of_one_line(exception.code) { String::new() } else { told.expected },
        };
        if let Some(known) = self.causes.get_mut(&cause) {
            known.count(1, exception.stake);
            return;
        }
        let lines = Lines {
            lines: 1,
            stake: exception.stake,
            first_row: line.row,
            first_line: line.label(),
            nearest: told.nearest,
        };
        self.causes.insert(cause, lines);
    }

    /// Adds causes that were gathered of later rows.
    pub fn merge(&mut self, later: Causes) {
        self.dropped |= later.dropped;
        for (cause, lines) in later.causes {
            match self.causes.get_mut(&cause) {
                Some(known) => known.count(lines.lines, lines.stake),
                None => {
                    self.causes.insert(cause, lines);
                }
            }
        }
        if self.causes.len() > CAUSES_KEPT {
            let mut kept = std::mem::take(&mut self.causes).into_iter().collect::<Vec<_>>();
            sort(&mut kept);
            self.dropped = true;
            kept.truncate(CAUSES_KEPT / 2);
            self.causes = kept.into_iter().collect();
        }
    }

    /// The causes in the order of the sheet, and how many more are known.
    pub fn shown(&self) -> (Vec<(&Cause, &Lines)>, u64) {
        let mut all: Vec<_> = self.causes.iter().collect();
        sort(&mut all);
        let more = all.len().saturating_sub(CAUSES_SHOWN) as u64;
        all.truncate(CAUSES_SHOWN);
        (all, more)
    }
}

/// Notes behind everything else; within that the largest stake first, then the more severe, then catalogue order.
fn sort<C: std::borrow::Borrow<Cause>, L: std::borrow::Borrow<Lines>>(causes: &mut [(C, L)]) {
    causes.sort_by(|(cause_a, a), (cause_b, b)| {
        let (cause_a, a, cause_b, b) = (cause_a.borrow(), a.borrow(), cause_b.borrow(), b.borrow());
        let note = |cause: &Cause| cause.severity == Severity::Note;
        (
            note(cause_a),
            std::cmp::Reverse(a.stake),
            std::cmp::Reverse(cause_a.severity),
            cause_a.code,
            cause_a,
        )
            .cmp(&(
                note(cause_b),
                std::cmp::Reverse(b.stake),
                std::cmp::Reverse(cause_b.severity),
                cause_b.code,
                cause_b,
            ))
    });
}

/// What lines of one cause have in common: figures of single lines are not part of it, and doubts about goods or
/// origin are asked once per product or supplier.
fn by_cause(line: &EntryLine, exception: &Exception, found: String) -> String {
    match exception.code {
        code if of_one_line(code) => String::new(),
        Code::SC03 => {
            let product = if line.product.is_empty() { &line.product_label } else { &line.product };
            if product.is_empty() { line.manufacturer_id.to_string() } else { product.to_string() }
        }
        Code::SC06 if !line.manufacturer_id.is_empty() => {
            format!("{found}, supplier {}", line.manufacturer_id)
        }
        Code::SC06 if !line.exporter.text.is_empty() => format!("{found}, supplier {}", line.exporter.text),
        _ => found,
    }
}

/// True for codes whose words are figures of a single line, which no two lines share.
fn of_one_line(code: Code) -> bool {
    matches!(code, Code::CD01 | Code::CD02 | Code::EN04 | Code::EN06)
}

/// Exceptions as rows of `exceptions.csv`. A text that a spreadsheet program would take for a formula is guarded by an
/// apostrophe.
pub struct ExceptionsCsv(csv::Writer<Vec<u8>>);

impl ExceptionsCsv {
    /// No rows yet.
    #[allow(clippy::new_without_default, reason = "nobody asks for a default writer")]
    pub fn new() -> ExceptionsCsv {
        ExceptionsCsv(csv::Writer::from_writer(Vec::new()))
    }

    /// The heading row.
    ///
    /// # Errors
    /// Never in practice: memory is written to.
    pub fn headings() -> io::Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(CSV_HEADINGS)?;
        writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
    }

    /// Adds an exception of a line.
    ///
    /// # Errors
    /// Never in practice: memory is written to.
    pub fn add(
        &mut self,
        source: &Source,
        line: &EntryLine,
        exception: &Exception,
        told: &Told,
    ) -> io::Result<()> {
        let row = line.row.to_string();
        let stake = exception.stake.map(|stake| stake.to_string()).unwrap_or_default();
        let severity = exception.severity.word();
        let fields: [&str; 13] = [
            exception.code.text(),
            severity,
            &source.file,
            &source.sheet,
            &row,
            &line.entry_number,
            &line.line_number,
            &told.field,
            &told.found,
            &told.expected,
            exception.code.remedy(),
            &told.nearest,
            &stake,
        ];
        for field in fields {
            if revives(field) {
                self.0.write_field(format!("'{field}"))?;
            } else {
                self.0.write_field(field)?;
            }
        }
        Ok(self.0.write_record(None::<&[u8]>)?)
    }

    /// The rows.
    ///
    /// # Errors
    /// Never in practice: memory is written to.
    pub fn into_bytes(self) -> io::Result<Vec<u8>> {
        self.0.into_inner().map_err(|error| io::Error::other(error.to_string()))
    }
}
