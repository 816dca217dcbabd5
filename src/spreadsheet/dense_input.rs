//! XLS, XLSB and ODS, read as a whole by calamine and handed over in pieces. Such a file goes into a new workbook.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use calamine::{Data, Ods, Range, Reader, SheetType, SheetVisible, Xls, Xlsb};
use sha2::{Digest, Sha256};

use super::headings::{self, Headings};
use super::number::{date_in, number_in};
use super::read::{
    Border, COLUMNS_MAX, Consumer, Header, InputFacts, Kind, Opened, Piece, SpreadsheetError,
    WORKBOOK_BYTES_MAX,
};
use super::row::{Cell, Decoder, Form, Row, RowPlace, Rows, Span};
use super::xlsx_input::{choose_by_name, none_fits};
use crate::terms::place::Source;
use crate::terms::sha256::hexadecimal;

/// Cells of a sheet that is decoded as a whole, at most: some 400 MiB.
const CELLS_MAX: usize = 16 * 1024 * 1024;

/// A format that is decoded as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dense {
    Xls,
    Xlsb,
    Ods,
}

impl Dense {
    fn name(self) -> &'static str {
        match self {
            Dense::Xls => "XLS",
            Dense::Xlsb => "XLSB",
            Dense::Ods => "ODS",
        }
    }
}

/// Reads the entry sheet of an XLS, XLSB or ODS workbook.
///
/// # Errors
/// The workbook is damaged, protected or too large, no sheet can be chosen, or the consumer stopped.
pub(super) fn read<C: Consumer>(
    path: &Path,
    format: Dense,
    sheet: Option<&str>,
    consumer: &mut C,
) -> Result<InputFacts, C::Error> {
    let io = |source| SpreadsheetError::Io { path: path.to_path_buf(), source };
    let size = std::fs::metadata(path).map_err(io)?.len();
    if size > WORKBOOK_BYTES_MAX {
        let problem = format!(
            "{size} bytes; an {} workbook of more than {WORKBOOK_BYTES_MAX} is not read",
            format.name()
        );
        return Err(damaged(path, "whole file", problem).into());
    }
    let bytes = std::fs::read(path).map_err(io)?;
    let sha256 = hexadecimal(Sha256::new_with_prefix(&bytes));
    let facts = InputFacts { sha256, bytes: size };
    let cursor = Cursor::new(bytes);
    match format {
        Dense::Xls => of_book(path, Xls::new(cursor), sheet, consumer)?,
        Dense::Xlsb => of_book(path, Xlsb::new(cursor), sheet, consumer)?,
        Dense::Ods => of_book(path, Ods::new(cursor), sheet, consumer)?,
    }
    Ok(facts)
}

fn damaged(path: &Path, place: &str, problem: String) -> SpreadsheetError {
    SpreadsheetError::Damaged { path: path.to_path_buf(), place: place.to_string(), problem }
}

fn of_book<B, C: Consumer>(
    path: &Path,
    book: Result<B, B::Error>,
    sheet: Option<&str>,
    consumer: &mut C,
) -> Result<(), C::Error>
where
    B: Reader<Cursor<Vec<u8>>>,
    B::Error: std::fmt::Display,
{
    let mut book = book.map_err(|error| {
        let problem = format!(
            "the workbook is damaged, incomplete or protected by a password ({error}); open it in a spreadsheet \
             program and save it as XLSX without a password"
        );
        damaged(path, "whole file", problem)
    })?;
    let worksheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let (mut all, mut visible) = (Vec::new(), Vec::new());
    for sheet in worksheets {
        all.push(sheet.name.clone());
        if sheet.visible == SheetVisible::Visible {
            visible.push(sheet.name.clone());
        }
    }
    let names: Vec<&str> = visible.iter().map(String::as_str).collect();
    let name = match choose_by_name(path, sheet, &all, &names)? {
        Some(name) => name,
        None => {
            let mut fitting = Vec::new();
            for name in &visible {
                let rows = rows_of(path, &mut book, name)?;
                let found = found(&rows, consumer).map(|found| found.cells);
                if consumer.fits(&found.unwrap_or_default()) {
                    fitting.push(name.clone());
                }
            }
            match &fitting[..] {
                [only] => only.clone(),
                several => return Err(none_fits(path, several.len(), &names).into()),
            }
        }
    };
    let mut rows = rows_of(path, &mut book, &name)?;
    let Some(headings) = found(&rows, consumer) else {
        return Err(SpreadsheetError::Empty(path.to_path_buf()).into());
    };
    let below = rows.split_off(headings.row + 1);
    let (number, row) = rows.pop().unwrap_or((1, Vec::new()));
    let notes = headings.note(number).into_iter().collect();
    let Headings { cells, on_two_rows, .. } = headings;
    let above = rows;
    let rows = below.into_iter();
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let source = Arc::new(Source { file, sheet: name });
    let (opened, work) = (Arc::new(Opened(Kind::Cells)), rows.len() as u64);
    let asked =
        consumer.header(Header { source, cells, row, on_two_rows, number, above, notes, opened, work })?;
    cut(rows, &asked, consumer)?;
    consumer.tail(Vec::new())
}

/// The headings among the first rows.
fn found<C: Consumer>(rows: &[(u64, Vec<Cell>)], consumer: &C) -> Option<Headings> {
    let first = rows.iter().take(headings::ROWS_MAX);
    let shown: Vec<Vec<String>> = first.map(|(_, cells)| cells.iter().map(Cell::shown).collect()).collect();
    headings::find(&shown, consumer)
}

/// The rows that hold something: number from 1, and cells from the first column on.
fn rows_of<B>(path: &Path, book: &mut B, name: &str) -> Result<Vec<(u64, Vec<Cell>)>, SpreadsheetError>
where
    B: Reader<Cursor<Vec<u8>>>,
    B::Error: std::fmt::Display,
{
    let range: Range<Data> = book.worksheet_range(name).map_err(|error| {
        damaged(
            path,
            &format!("sheet {name:?}"),
            format!("the sheet cannot be read ({error}); save it as XLSX"),
        )
    })?;
    let (height, width) = range.get_size();
    let (first_row, first_column) = range.start().unwrap_or_default();
    let columns = first_column as usize + width;
    if columns > COLUMNS_MAX || height.saturating_mul(width) > CELLS_MAX {
        let problem = format!(
            "{height} rows of {columns} columns; at most {COLUMNS_MAX} columns and {CELLS_MAX} cells are read"
        );
        return Err(damaged(path, &format!("sheet {name:?}"), problem));
    }
    let mut rows = Vec::new();
    for (row, cells) in (u64::from(first_row) + 1..).zip(range.rows()) {
        let mut all = vec![Cell::Empty; first_column as usize];
        all.extend(cells.iter().map(value));
        while all.last() == Some(&Cell::Empty) {
            all.pop();
        }
        if !all.iter().all(Cell::is_blank) {
            rows.push((row, all));
        }
    }
    Ok(rows)
}

fn value(value: &Data) -> Cell {
    match value {
        Data::Empty => Cell::Empty,
        Data::Int(number) => Cell::Number((*number).into()),
        Data::Float(number) => number_in(*number),
        Data::String(text) if text.is_empty() => Cell::Empty,
        Data::String(text) => Cell::Text(text.as_str().into()),
        Data::Bool(value) => Cell::Bool(*value),
        Data::DateTime(date) => date_in(date),
        Data::DateTimeIso(text) | Data::DurationIso(text) => {
            let midnight = |date: jiff::civil::Date| date.to_datetime(jiff::civil::Time::midnight());
            let date = text.parse::<jiff::civil::DateTime>().ok();
            let date = date.or_else(|| text.parse().ok().map(midnight));
            date.map_or(Cell::Text(text.as_str().into()), Cell::Date)
        }
        Data::Error(error) => Cell::Error(error.to_string().into()),
    }
}

/// Hands rows over in pieces that part nothing that belongs together.
fn cut<C: Consumer>(
    rows: impl Iterator<Item = (u64, Vec<Cell>)>,
    asked: &[usize],
    to: &mut C,
) -> Result<(), C::Error> {
    let bound = |(number, cells): &(u64, Vec<Cell>)| {
        Row::of_cells(
            *number,
            asked.iter().map(|column| cells.get(*column).cloned().unwrap_or_default()).collect(),
        )
    };
    let (mut piece, mut done) = (Vec::new(), 0);
    for row in rows {
        if piece.len() >= to.piece_rows() {
            let before = piece.last().map(bound);
            let border = before.map_or(Border::Free, |before| to.border(&before, &bound(&row)));
            if border == Border::Free {
                let cells = std::mem::take(&mut piece);
                to.piece(Piece { cells, done, ..Piece::default() })?;
            }
        }
        done += 1;
        piece.push(row);
    }
    if piece.is_empty() { Ok(()) } else { to.piece(Piece { cells: piece, done, ..Piece::default() }) }
}

/// The rows of a piece.
pub(super) fn rows(piece: Piece, columns: &[usize]) -> Rows {
    let mut rows = Rows::new(Vec::new(), columns.len(), Decoder::Decoded);
    for (number, cells) in piece.cells {
        let first = rows.decoded.len();
        let width = cells.len();
        let span =
            |column: usize| Span { from: (first + column) as u32, form: Form::Decoded, ..Span::default() };
        let bound =
            columns.iter().map(|column| if *column < width { span(*column) } else { Span::default() });
        rows.spans.extend(bound);
        let from = rows.all.len() as u32;
        rows.all.extend((0..width).map(|column| (column as u32, span(column))));
        let all = (from, rows.all.len() as u32);
        rows.places.push(RowPlace { number, width: width as u32, all, ..RowPlace::default() });
        rows.decoded.extend(cells);
    }
    rows
}
