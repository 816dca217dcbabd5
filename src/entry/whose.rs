//! Whose the lines of a piece are: the importer of record that the rows of each line name.
//!
//! Where a row may be another importer's, it is nobody's: who parts a file by importers shows it to none of them.

use std::ops::Range;

use super::brief::same_line;
use super::columns::Columns;
use super::group::{Group, Grouping};
use super::line::plain;
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
        lines.push(WhoseLine {
            whose: whose(grouping, rows, of.clone()),
            rows: of,
            entry_number,
            line_number,
        });
    }
    lines
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
    if number.contains(damaged) || !number.contains(|c: char| c.is_ascii_digit()) {
        return Whose::NotGiven;
    }
    let name = match columns.cell(row, Heading::ImporterName) {
        name @ Cell::Text(_) => name.shown(),
        _ => String::new(),
    };
    Whose::Importer { key: plain(&number), number, name }
}
