//! Whose the lines of a piece are: the importer of record that the rows of each line name.
//!
//! Where a row may be another importer's, it is nobody's: who parts a file by importers shows it to none of them.

use std::ops::Range;

use super::brief::same_line;
use super::columns::Columns;
use super::group::{Group, Grouping};
use super::invoice::InvoiceValue;
use super::own_cells::text_of;
use crate::spreadsheet::row::{Cell, Row, Rows};
use crate::terms::Heading;

/// Who the importer of record of a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The one with this number.
    Importer {
        /// The number without hyphens, blanks and case: `12-3456789-00` and `12345678900` are one.
        key: String,
        /// The number as written.
        number: String,
        /// The name as written; empty where none is given.
        name: String,
    },
    /// No number is given, or what stands there is none.
    NotGiven,
    /// The rows of the line name several, or one cell does.
    Several,
    /// A record has more or fewer fields than there are headings: the number may be another cell's.
    Misplaced,
    /// Its value is rounded together with that of another importer's line on the same invoice (19 CFR 159.3(a)).
    SharedInvoice,
    /// No entry line, such as a row of totals.
    NoLine,
}

impl Whose {
    /// What tells one importer from another, if there is one.
    pub fn key(&self) -> Option<&str> {
        match self {
            Whose::Importer { key, .. } => Some(key),
            _ => None,
        }
    }
}

/// A line, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoseLine {
    /// Places of its rows in the piece.
    pub rows: Range<usize>,
    /// Entry number as written.
    pub entry_number: String,
    /// Line number as written.
    pub line_number: String,
    /// Whose it is.
    pub whose: Whose,
}

/// The lines of a piece as [`super::group::lines`] groups its rows, in order, blank rows left out, and whose they are.
pub fn whose_lines(grouping: &Grouping, rows: &Rows) -> Vec<WhoseLine> {
    let columns = &grouping.columns;
    let mut lines = Vec::with_capacity(rows.len());
    let mut invoices = Vec::with_capacity(rows.len());
    let mut start = 0;
    while start < rows.len() {
        if rows.is_blank(start) {
            start += 1;
            continue;
        }
        let further =
            (start + 1..rows.len()).find(|row| rows.is_blank(*row) || !same_line(columns, rows, start, *row));
        let of = start..further.unwrap_or(rows.len());
        start = of.end;
        let text = |heading| text_of(columns, rows, of.start, heading).into_owned();
        let (entry_number, line_number) = (text(Heading::EntryNumber), text(Heading::LineNumber));
        let parts = text(Heading::EnteredValue).contains(['.', ',']);
        let invoice = InvoiceValue::named(&entry_number, &text(Heading::InvoiceNumber));
        invoices.push(invoice.map(|invoice| (invoice, parts)));
        lines.push(WhoseLine {
            whose: whose(grouping, rows, of.clone()),
            rows: of,
            entry_number,
            line_number,
        });
    }
    part_no_invoice(&mut lines, &invoices);
    lines
}

/// Lines that are rounded together and are not of one importer are nobody's: the one would be rounded otherwise without
/// the other. `invoices` has the invoice of each line, and whether its value may have a fraction.
fn part_no_invoice(lines: &mut [WhoseLine], invoices: &[Option<(u64, bool)>]) {
    let mut start = 0;
    while start < lines.len() {
        let invoice = |place: usize| invoices[place].map(|(invoice, _)| invoice);
        let more = (start + 1..lines.len())
            .take_while(|place| invoice(start).is_some() && invoice(*place) == invoice(start));
        let end = start + 1 + more.count();
        let fractions = invoices[start..end].iter().flatten().any(|(_, parts)| *parts);
        let run = &mut lines[start..end];
        if fractions && run.iter().any(|line| line.whose.key() != run[0].whose.key()) {
            let named = run.iter_mut().filter(|line| line.whose.key().is_some());
            named.for_each(|line| line.whose = Whose::SharedInvoice);
        }
        start = end;
    }
}

fn whose(grouping: &Grouping, rows: &Rows, of: Range<usize>) -> Whose {
    let columns = &grouping.columns;
    let decoded: Vec<Row> = of.map(|row| rows.row(row)).collect();
    if (Group { grouping, rows: &decoded }).no_line().is_some() {
        return Whose::NoLine;
    }
    if decoded.iter().any(|row| !columns.fits(row)) {
        return Whose::Misplaced;
    }
    // Further rows of a line may leave the number to one of them.
    let filled = decoded.iter().map(|row| (row, columns.cell(row, Heading::ImporterNumber)));
    let mut given =
        filled.filter(|(_, cell)| !cell.is_blank()).map(|(row, cell)| importer(columns, row, cell));
    let first = given.next().unwrap_or(Whose::NotGiven);
    if given.all(|other| other.key() == first.key()) { first } else { Whose::Several }
}

/// The importer of a cell that is not blank. A number has digits, and none of its characters is damaged: two numbers
/// that differ in a lost character are not one.
fn importer(columns: &Columns, row: &Row, cell: &Cell) -> Whose {
    let number = match cell {
        Cell::Text(_) | Cell::Number(_) => cell.shown(),
        _ => return Whose::NotGiven,
    };
    let damaged = |c: char| c == char::REPLACEMENT_CHARACTER || c.is_control();
    if number.contains([';', ',', '/', '|', '\n']) {
        return Whose::Several;
    }
    let Some(key) = importer_key(&number).filter(|_| !number.contains(damaged)) else {
        return Whose::NotGiven;
    };
    let name = match columns.cell(row, Heading::ImporterName) {
        name @ Cell::Text(_) => name.shown(),
        _ => String::new(),
    };
    Whose::Importer { key, number, name }
}

/// What tells one importer from another; `None` for what is no importer number: those of the IRS (`12-3456789`, with two
/// more characters `12-3456789-00`), of Social Security (`123-45-6789`) and those that CBP assigns (`250101-12345`), with
/// hyphens or without. Where hyphens tell a number of the latter two from one of the IRS with the same digits, they are
/// two importers.
fn importer_key(number: &str) -> Option<String> {
    let number = number.trim().to_ascii_uppercase();
    let compact: String = number.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    let nine = compact.get(..9)?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let rest = &compact[9..];
    let sound =
        digits(nine) && matches!(rest.len(), 0 | 2) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let first = compact.chars().next()?;
    // 000000000 and 999999999 stand for a number that is not known.
    if !sound || nine.chars().all(|c| c == first) {
        return None;
    }
    let parts: Vec<usize> = number.split('-').map(str::len).collect();
    Some(match parts[..] {
        [6, 5] => format!("CBP {compact}"),
        [3, 2, 4] => format!("SSN {compact}"),
        _ => compact,
    })
}
