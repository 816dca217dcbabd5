//! Cells of rows that are set apart, as they are kept: what sort each is, and what it holds as text.

use rust_decimal::Decimal;

use super::row::{Cell, Decoder, Form, Row, RowPlace, Rows, Span, slots};

/// Mark of a row that is never taken together with the one before it.
pub(super) const APART: u8 = 1;
/// Mark of a row that holds nothing.
const BLANK: u8 = 2;
/// Bytes in front of the cells of a row: its marks, its length with them, and how many fields its record had.
const ROW_HEAD: usize = 9;
/// Bytes in front of what a cell holds: its sort, and the length.
const CELL_HEAD: usize = 5;

/// What a cell holds.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Sort {
    Empty,
    Text,
    Number,
    Date,
    Bool,
    Error,
    Formula,
}

impl Sort {
    fn of(byte: u8) -> Sort {
        const ALL: [Sort; 7] =
            [Sort::Empty, Sort::Text, Sort::Number, Sort::Date, Sort::Bool, Sort::Error, Sort::Formula];
        ALL.into_iter().find(|sort| *sort as u8 == byte).unwrap_or(Sort::Empty)
    }
}

/// True if a cell of this sort is a text.
pub(super) fn is_text(sort: u32) -> bool {
    sort == Sort::Text as u32
}

/// True if a cell of this sort may be written in digits alone.
pub(super) fn may_be_digits(sort: u32) -> bool {
    sort == Sort::Text as u32 || sort == Sort::Number as u32
}

fn four(bytes: &[u8]) -> usize {
    bytes.first_chunk::<4>().map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize)
}

/// Bytes of the row that begins here.
pub(super) fn row_length(bytes: &[u8]) -> usize {
    four(&bytes[1..]).clamp(ROW_HEAD, bytes.len())
}

/// Appends a row.
pub(super) fn keep_row(rows: &Rows, row: usize, out: &mut Vec<u8>) {
    let from = out.len();
    out.push(if rows.is_blank(row) { BLANK } else { 0 });
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&(rows.fields(row) as u32).to_le_bytes());
    // Of a blank row nothing is kept but that it is there.
    let mut cells = if rows.is_blank(row) { Vec::new() } else { rows.whole(row) };
    // Cells of a sheet may hold nothing but a style. The fields of a record are counted.
    while rows.fields(row) == 0 && cells.last() == Some(&Cell::Empty) {
        cells.pop();
    }
    for cell in cells {
        let (sort, held) = match &cell {
            Cell::Empty => (Sort::Empty, String::new()),
            Cell::Text(text) => (Sort::Text, text.to_string()),
            Cell::Number(number) => (Sort::Number, number.to_string()),
            Cell::Date(date) => (Sort::Date, date.to_string()),
            Cell::Bool(value) => (Sort::Bool, value.to_string()),
            Cell::Error(error) => (Sort::Error, error.to_string()),
            Cell::FormulaWithoutValue => (Sort::Formula, String::new()),
        };
        out.push(sort as u8);
        out.extend_from_slice(&(held.len() as u32).to_le_bytes());
        out.extend_from_slice(held.as_bytes());
    }
    let length = (out.len() - from) as u32;
    out[from + 1..from + 5].copy_from_slice(&length.to_le_bytes());
}

/// A cell that is kept.
pub(super) fn cell(bytes: &[u8], span: Span) -> Cell {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    match Sort::of(span.style as u8) {
        Sort::Empty => Cell::Empty,
        Sort::Text => Cell::Text(text.into()),
        Sort::Number => Decimal::from_str_exact(text).map_or(Cell::Empty, Cell::Number),
        Sort::Date => text.parse().map_or(Cell::Empty, Cell::Date),
        Sort::Bool => Cell::Bool(text == "true"),
        Sort::Error => Cell::Error(text.into()),
        Sort::Formula => Cell::FormulaWithoutValue,
    }
}

/// Kept rows, the first of which has this number; `counted` if they have no numbers of their own.
pub(super) fn rows(bytes: Vec<u8>, begins: u64, columns: &[usize], counted: bool) -> Rows {
    let slots = slots(columns);
    let mut rows = Rows::new(bytes, columns.len(), Decoder::Kept { counted });
    let (mut at, mut number) = (0, begins);
    while at < rows.bytes.len() {
        let to = at + row_length(&rows.bytes[at..]);
        let (marks, fields) = (rows.bytes[at], four(&rows.bytes[at + 5..]) as u32);
        let (base, first) = (rows.spans.len(), rows.all.len() as u32);
        rows.spans.resize(base + columns.len(), Span::default());
        let (mut cell, mut width) = (at + ROW_HEAD, 0);
        while cell < to {
            let (sort, from) = (rows.bytes[cell], cell + CELL_HEAD);
            cell = from + four(&rows.bytes[cell + 1..]);
            let form = match Sort::of(sort) {
                Sort::Empty => Form::Empty,
                Sort::Formula => Form::Formula,
                _ => Form::Kept,
            };
            let span = Span { from: from as u32, to: cell as u32, style: sort.into(), form };
            rows.all.push((width, span));
            if let Some(slot) = slots.get(width as usize).filter(|slot| usize::from(**slot) < columns.len()) {
                rows.spans[base + usize::from(*slot)] = span;
            }
            width += 1;
        }
        let (all, blank) = ((first, rows.all.len() as u32), marks & BLANK != 0);
        rows.places.push(RowPlace { number, fields, width, blank, all, ..RowPlace::default() });
        (at, number) = (to, number + 1);
    }
    rows
}

/// One kept row, with the cells that were asked for.
pub(super) fn bound(bytes: &[u8], asked: &[usize], counted: bool) -> Row {
    rows(bytes[..row_length(bytes)].to_vec(), 1, asked, counted).row(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_back_as_it_was_kept() {
        let moment = jiff::civil::date(2025, 8, 1).at(12, 30, 0, 0);
        let cells = vec![
            Cell::Text(" a,\"b\"\n".into()),
            Cell::Empty,
            Cell::Number(Decimal::new(-1250, 2)),
            Cell::Date(moment),
            Cell::Bool(true),
            Cell::Error("#N/A".into()),
            Cell::FormulaWithoutValue,
            Cell::Number(Decimal::from(7)),
        ];
        let piece =
            super::super::Piece { cells: vec![(9, cells.clone()), (12, vec![])], ..Default::default() };
        let before = super::super::dense_input::rows(piece, &[0]);
        let mut bytes = Vec::new();
        (0..2).for_each(|row| keep_row(&before, row, &mut bytes));
        let after = rows(bytes, 2, &[7, 0, 6], false);
        assert_eq!(after.whole(0), cells);
        assert_eq!(after.row(0).cells, [cells[7].clone(), cells[0].clone(), Cell::FormulaWithoutValue]);
        assert_eq!((after.len(), after.number(0), after.number(1), after.width(1)), (2, 2, 3, 0));
        assert_eq!((after.digits(0, 0), after.plain_text(0, 1)), (Some(7), Some(" a,\"b\"\n")));
        assert!(after.is_formula_without_value(0, 2) && after.raw(0, 1).is_some());
    }
}
