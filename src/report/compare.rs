//! What was due against what was paid, in words: a row for every line and kind of case, and what to do about it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::wording;
use crate::entry::Declared;
use crate::records::paid::case_text;
use crate::records::{Asked, Class, ClassSums, Compared, KindTotals, Settled};
use crate::spreadsheet::fields::{push_cents, push_guarded};
use crate::terms::{Kind, Money, Source, WholeDollars};

/// What a comparison tells beside its rows.
pub struct CompareFacts<'a> {
    /// The entries: file and sheet.
    pub entries: &'a Source,
    /// The report of what was paid.
    pub report: &'a Source,
    /// The day asked from.
    pub as_of: Date,
    /// What was tested, and what was not.
    pub tested: String,
    /// Name of the CSV that holds every row.
    pub rows_csv: String,
    /// Lines of the entries.
    pub entry_lines: u64,
    /// What was counted of the report.
    pub counts: [(&'static str, u64); 5],
    /// By class, AD then CVD.
    pub classes: &'a BTreeMap<Class, [ClassSums; 2]>,
    /// Control totals by kind of case.
    pub totals: &'a [KindTotals; 2],
    /// What is to be told of how the files were read.
    pub notes: &'a [String],
}

/// What a column of the rows holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// Words.
    Text(String),
    /// Whole dollars.
    Dollars(Option<WholeDollars>),
    /// Dollars and cents.
    Money(Option<Money>),
}

/// The headings of the rows, in order, and how wide a sheet shows them.
pub const HEADINGS: [(&str, u32); 19] = [
    ("Class", 22),
    ("Kind", 6),
    ("Entry Number", 16),
    ("Line Number", 8),
    ("Due at Entry", 15),
    ("Paid", 15),
    ("Difference", 15),
    ("Due Restated", 15),
    ("Expected Case", 13),
    ("Found Case", 13),
    ("Expected Rate", 12),
    ("Found Rate", 12),
    ("Expected Value", 14),
    ("Found Value", 14),
    ("Base", 14),
    ("Row of the Entries", 10),
    ("Rows of the Report", 12),
    ("What was found", 40),
    ("What to do", 44),
];

/// The fields of a row, in the order of [`HEADINGS`].
pub fn fields(row: &Compared<'_>) -> [Field; 19] {
    let text = |text: &str| Field::Text(text.to_string());
    let due = row.due_case();
    let (entry_number, line_number) = match (row.due, row.paid) {
        (Some(due), _) => (&*due.entry_number, &*due.line_number),
        (None, Some(paid)) => (paid.entry_number(), paid.line_number()),
        (None, None) => ("", ""),
    };
    let concerned = due.filter(|due| due.asked != Asked::NotConcerned);
    let found_case = row.stated.map_or(String::new(), |stated| match stated.declared {
        Declared::Nothing => String::new(),
        Declared::One(number, suffix) => case_text(Some((number, suffix))),
        Declared::Several => "several".to_string(),
        Declared::NotUnderstood => "not understood".to_string(),
    });
    let found_rate = row.stated.and_then(|stated| stated.rate).map(|rate| rate.to_string());
    let rows = |numbers: &mut dyn Iterator<Item = u64>| {
        numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(" ")
    };
    [
        text(row.class.text()),
        Field::Text(row.kind.to_string()),
        text(entry_number),
        text(line_number),
        Field::Money(row.at_entry()),
        Field::Money(row.amount()),
        Field::Money(row.difference()),
        Field::Money(row.restated()),
        Field::Text(case_text(concerned.and_then(|due| due.case))),
        Field::Text(found_case),
        Field::Text(due.and_then(|due| due.rate).map(wording::rate).unwrap_or_default()),
        Field::Text(found_rate.unwrap_or_default()),
        Field::Dollars(row.due.and_then(|due| due.value)),
        Field::Dollars(row.paid.and_then(|paid| paid.value().value())),
        Field::Dollars(due.and_then(|due| due.base)),
        Field::Text(rows(&mut row.due.into_iter().map(|due| due.row))),
        Field::Text(rows(&mut row.paid.iter().flat_map(|paid| &paid.rows).map(|row| row.row))),
        text(found(row)),
        text(to_do(row)),
    ]
}

/// What was found, where the class alone does not tell.
fn found(row: &Compared<'_>) -> &'static str {
    let asked = row.due_case().map(|due| due.asked);
    let amount = row.stated.map(|stated| stated.amount);
    match row.class {
        Class::Agree | Class::Neither | Class::PaidMore | Class::PaidLess => match asked {
            Some(Asked::Nothing) => {
                "Nothing was due at entry: the case was not in force, or it is a warehouse entry."
            }
            Some(Asked::NotConcerned) => "No case of this kind concerns the line.",
            Some(Asked::NotTested) => "No case of the casebook lists the goods: they were not tested.",
            _ => "",
        },
        Class::Rounding => "The value was rounded to another whole dollar, or the cent otherwise.",
        Class::CaseDiffers if asked == Some(Asked::NotConcerned) => {
            "A case was filed, and none of this kind concerns the line."
        }
        Class::CaseDiffers => match row.stated.map(|stated| stated.declared) {
            Some(Declared::Nothing) => "The report shows no case of this kind on the line.",
            Some(Declared::Several) => "The report shows more than one case of this kind on the line.",
            _ => "",
        },
        Class::RateDiffers | Class::ValueDiffers => "",
        Class::NotInEntries if row.paid.is_some_and(|paid| paid.line_number().is_empty()) => {
            "The row has no line number, and an entry number alone names no line."
        }
        Class::NotInReport if row.due.is_some_and(|due| due.line_number.is_empty()) => {
            "The line has no line number, and an entry number alone names no line."
        }
        Class::NotInEntries | Class::NotInReport => match amount {
            Some(Settled::Disagree) => "Rows of this line say different amounts: none was counted.",
            Some(Settled::NotUnderstood) => "The amount is not understood: it was not counted.",
            _ => "",
        },
        Class::FieldAbsent => match amount {
            Some(Settled::Disagree) => "Rows of this line say different amounts: none was counted.",
            Some(Settled::NotUnderstood) => "The amount is not understood: it was not counted.",
            _ => "The report does not say what was paid.",
        },
        Class::NoFigure if row.paid.is_none() => "The line occurs again in the entries.",
        Class::NoFigure if asked == Some(Asked::NotTested) => {
            "No case of the casebook lists the goods, and the report shows a case or a deposit."
        }
        Class::NoFigure => "What is due on the line is not known.",
    }
}

/// What a person does about a row.
pub fn to_do(row: &Compared<'_>) -> &'static str {
    match row.class {
        Class::Agree | Class::Neither => "",
        Class::Rounding => {
            "Nothing; where it recurs, see how the entry system rounds the values of an invoice."
        }
        Class::PaidMore => {
            "Check rate and base in the entry; correct by post-summary correction while it is unliquidated."
        }
        Class::PaidLess => "Correct by post-summary correction while the entry is unliquidated.",
        Class::CaseDiffers if row.stated.is_some_and(|stated| stated.declared == Declared::Nothing) => {
            "Declare the case shown: by post-summary correction while the entry is unliquidated."
        }
        Class::CaseDiffers => "Compare both numbers with the case in ACE, and correct the one that is wrong.",
        Class::RateDiffers => {
            "See the rate and its source with adcvd explain --line, and correct the one that is wrong."
        }
        Class::ValueDiffers => "Compare both values with the invoice, and correct the one that is wrong.",
        Class::NotInEntries => {
            "Look for the line in the entry system: another month, another file, another line number."
        }
        Class::NotInReport => {
            "See whether the report covers the entry (importer, filer, period), and whether the line has another number there."
        }
        Class::FieldAbsent => "Add the column to the report or correct the cell, and compare again.",
        Class::NoFigure => "Settle the exceptions of the line first (adcvd run shows them).",
    }
}

/// Rows as records for machines.
#[derive(Default)]
pub struct CsvRows {
    record: Vec<u8>,
}

impl CsvRows {
    /// The heading row.
    pub fn headings() -> Vec<u8> {
        let mut row = HEADINGS.map(|(heading, _)| heading).join(",").into_bytes();
        row.push(b'\n');
        row
    }

    /// A row.
    pub fn row(&mut self, row: &Compared<'_>) -> &[u8] {
        self.record.clear();
        for (place, field) in fields(row).iter().enumerate() {
            if place > 0 {
                self.record.push(b',');
            }
            match field {
                Field::Text(text) => push_guarded(&mut self.record, text, b','),
                Field::Dollars(value) => {
                    let text = value.map(|value| value.to_string()).unwrap_or_default();
                    self.record.extend_from_slice(text.as_bytes());
                }
                Field::Money(amount) => {
                    if let Some(amount) = amount {
                        push_cents(&mut self.record, amount.cents());
                    }
                }
            }
        }
        self.record.push(b'\n');
        &self.record
    }
}

/// The control totals of a kind of case, each with what it is; the same on the terminal and in the workbook.
pub fn control_totals(kind: Kind, totals: &KindTotals) -> Vec<(String, Money)> {
    let KindTotals { file, all, repeated, not_counted } = totals;
    vec![
        (format!("{kind} due at entry, as the entries were read"), file.due),
        (format!("{kind} due at entry, over all classes"), all.due),
        (format!("{kind} paid, on all rows of the report"), file.paid_on_rows),
        (format!("{kind} paid, repeated on further rows of a line and counted once"), *repeated),
        (format!("{kind} paid, on lines whose rows cannot be put together"), *not_counted),
        (format!("{kind} paid, over all classes"), all.paid),
    ]
}
