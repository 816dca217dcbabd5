//! Exceptions as rows for machines, and gathered by cause for people.

use std::collections::BTreeMap;

use super::told::Told;
use crate::casebook::HYPOTHETICAL;
use crate::entry::EntryLine;
use crate::spreadsheet::fields::{push_cents, push_guarded};
use crate::terms::place::{SheetRow, Source};
use crate::terms::{Code, Exception, Ground, Money, ProductKey, Severity};

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

impl Cause {
    /// The cause of an exception of a line, and the official names near to what was found.
    pub fn of(line: &EntryLine, exception: &Exception, told: Told) -> (Cause, String) {
        let cause = Cause {
            severity: exception.severity,
            code: exception.code,
            field: told.field,
            found: by_cause(line, exception, told.found),
            expected: if of_one_line(exception.code) { String::new() } else { told.expected },
        };
        (cause, told.nearest)
    }
}

/// True if the words of an exception depend on what products and suppliers are called on the line itself.
pub fn names_the_goods(exception: &Exception) -> bool {
    matches!(exception.code, Code::SC03 | Code::SC06) || matches!(exception.ground, Ground::FactsMissing(_))
}

/// Lines of one cause.
#[derive(Clone, Debug)]
pub struct Lines {
    /// How many.
    pub lines: u64,
    /// The money between the possible answers, added up; `None` if it cannot be told of any line.
    pub stake: Option<Money>,
    /// Where the first stands.
    pub first_row: SheetRow,
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
    /// Place of the sheet on which they stand.
    sheet: usize,
    /// True if causes were dropped for want of room: how many more there are is then not known.
    pub dropped: bool,
}

impl Causes {
    /// None yet, of lines of a sheet.
    pub fn of_sheet(sheet: usize) -> Causes {
        Causes { sheet, ..Causes::default() }
    }

    /// Adds an exception of a line.
    pub fn add(&mut self, line: &EntryLine, exception: &Exception, told: Told) {
        let (cause, nearest) = Cause::of(line, exception, told);
        self.add_lines(&cause, 1, exception.stake, line.row, || (line.label(), nearest));
    }

    /// Adds some lines of a cause, the first of which stands on a row; `first` tells its label and the names that are
    /// near to what was found.
    pub fn add_lines(
        &mut self,
        cause: &Cause,
        lines: u64,
        stake: Option<Money>,
        first_row: u64,
        first: impl FnOnce() -> (String, String),
    ) {
        let first_row = SheetRow { sheet: self.sheet, row: first_row };
        match self.causes.get_mut(cause) {
            Some(known) => {
                known.count(lines, stake);
                if first_row < known.first_row {
                    (known.first_row, (known.first_line, known.nearest)) = (first_row, first());
                }
            }
            None => {
                let (first_line, nearest) = first();
                self.causes.insert(cause.clone(), Lines { lines, stake, first_row, first_line, nearest });
            }
        }
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
        // The value of a unit is each line's own; what it is held against is not.
        code if of_one_line(code) || code == Code::VA01 => String::new(),
        _ if of_a_product(exception) => match ProductKey::of(&line.product_names()) {
            Some(key) => key.to_string(),
            None if !found.is_empty() => found,
            None => line.manufacturer_id.to_string(),
        },
        Code::SC06 if !line.manufacturer_id.is_empty() => {
            format!("{found}, supplier {}", line.manufacturer_id)
        }
        Code::SC06 if !line.exporter.text.is_empty() => format!("{found}, supplier {}", line.exporter.text),
        _ => found,
    }
}

/// True if an exception is asked once per product: a fact of scope is missing, or the value of the subject portion on
/// which money hangs.
pub fn of_a_product(exception: &Exception) -> bool {
    match exception.code {
        Code::SC03 => true,
        Code::CD04 => exception.severity > Severity::Note,
        _ => false,
    }
}

/// True for codes whose words are figures of a single line, which no two lines share.
fn of_one_line(code: Code) -> bool {
    matches!(code, Code::CD01 | Code::CD02 | Code::EN04 | Code::EN06)
}

/// Exceptions as rows of `exceptions.csv`. A text that a spreadsheet program would take for a formula is guarded by an
/// apostrophe.
pub struct ExceptionsCsv {
    rows: Vec<u8>,
    /// File and sheet, as they stand on every row.
    place: Vec<u8>,
}

/// What a line is called.
#[derive(Clone, Copy, Debug)]
pub struct LineKey<'a> {
    /// Row of the sheet.
    pub row: u64,
    /// Entry number as written.
    pub entry_number: &'a str,
    /// Line number as written.
    pub line_number: &'a str,
}

/// The words of an exception that many lines share, as they stand in their rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedWords {
    code: Code,
    severity: Severity,
    /// Field, found and expected; from `nearest` on, the official names near to what was found.
    words: Box<[u8]>,
    nearest: u32,
}

impl SharedWords {
    /// The words of an exception.
    pub fn new(exception: &Exception, told: &Told) -> SharedWords {
        let mut words = Vec::new();
        for text in [&told.field, &told.found, &told.expected] {
            push(&mut words, text);
        }
        let nearest = words.len() as u32;
        push(&mut words, &told.nearest);
        SharedWords { code: exception.code, severity: exception.severity, words: words.into(), nearest }
    }
}

/// Appends a field and the comma behind it.
fn push(out: &mut Vec<u8>, text: &str) {
    let plain =
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') && !text.starts_with('-');
    if plain {
        out.extend_from_slice(text.as_bytes());
    } else {
        push_guarded(out, text, b',');
    }
    out.push(b',');
}

/// Appends what is to be done about a code.
fn push_remedy(out: &mut Vec<u8>, code: Code) {
    let remedy = code.remedy();
    // Most remedies hold nothing that a CSV field has to guard.
    if remedy.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" .;:()'-".contains(&byte)) {
        out.extend_from_slice(remedy.as_bytes());
        out.push(b',');
    } else {
        push(out, remedy);
    }
}

impl ExceptionsCsv {
    /// No rows yet, of a file and sheet; with memory in which they are put.
    pub fn new(source: &Source, rows: Vec<u8>) -> ExceptionsCsv {
        let mut place = Vec::new();
        push(&mut place, &source.file);
        push(&mut place, &source.sheet);
        ExceptionsCsv { rows, place }
    }

    /// The heading row; under an assumption each heading says so.
    pub fn headings(hypothetical: bool) -> Vec<u8> {
        let mark = if hypothetical { format!("{HYPOTHETICAL} ") } else { String::new() };
        let mut row = CSV_HEADINGS.map(|heading| format!("{mark}{heading}")).join(",").into_bytes();
        row.push(b'\n');
        row
    }

    /// Adds an exception of a line.
    pub fn add(&mut self, line: &EntryLine, exception: &Exception, told: &Told) {
        let words = SharedWords::new(exception, told);
        let stake = exception.stake.map(Money::cents);
        let (row, entry_number, line_number) = (line.row, &*line.entry_number, &*line.line_number);
        self.add_shared(&LineKey { row, entry_number, line_number }, &words, stake);
    }

    /// Adds an exception whose words are known; its stake is in cents.
    pub fn add_shared(&mut self, key: &LineKey<'_>, words: &SharedWords, stake: Option<i64>) {
        let out = &mut self.rows;
        out.extend_from_slice(words.code.text().as_bytes());
        out.push(b',');
        out.extend_from_slice(words.severity.word().as_bytes());
        out.push(b',');
        out.extend_from_slice(&self.place);
        out.extend_from_slice(itoa::Buffer::new().format(key.row).as_bytes());
        out.push(b',');
        push(out, key.entry_number);
        push(out, key.line_number);
        let (told, nearest) = words.words.split_at(words.nearest as usize);
        out.extend_from_slice(told);
        push_remedy(out, words.code);
        out.extend_from_slice(nearest);
        if let Some(stake) = stake {
            push_cents(out, stake);
        }
        out.push(b'\n');
    }

    /// The rows.
    pub fn into_bytes(self) -> Vec<u8> {
        self.rows
    }
}
