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
use super::sheet_choice::{Listed, choose};
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

/// Reads the entry sheets of an XLS, XLSB or ODS workbook.
///
/// # Errors
/// The workbook is damaged, protected or too large, no sheet can be chosen, or the consumer stopped.
pub(super) fn read<C: Consumer>(
    path: &Path,
    format: Dense,
    wanted: &[String],
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
        Dense::Xls => of_book(path, Xls::new(cursor), wanted, consumer)?,
        Dense::Xlsb => of_book(path, Xlsb::new(cursor), wanted, consumer)?,
        Dense::Ods => of_book(path, Ods::new(cursor), wanted, consumer)?,
    }
    Ok(facts)
}

fn damaged(path: &Path, place: &str, problem: String) -> SpreadsheetError {
    SpreadsheetError::Damaged { path: path.to_path_buf(), place: place.to_string(), problem }
}

fn of_book<B, C: Consumer>(
    path: &Path,
    book: Result<B, B::Error>,
    wanted: &[String],
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
    let listed = worksheets
        .map(|sheet| Listed { name: sheet.name.clone(), visible: sheet.visible == SheetVisible::Visible });
    let listed: Vec<Listed> = listed.collect();
    let mut fits = |place: usize| {
        let rows = rows_of(path, &mut book, &listed[place].name)?;
        let found = found(&rows, consumer).map(|found| found.cells);
        Ok(consumer.fits(&found.unwrap_or_default()))
    };
    let chosen = choose(path, wanted, &listed, &mut fits)?;
    // One sheet is kept as it is decoded; several are decoded again, each in its turn, so that one is held at a time.
    let (mut headers, mut kept) = (Vec::new(), None);
    for place in &chosen {
        let rows = rows_of(path, &mut book, &listed[*place].name)?;
        let (header, below) = header(path, &listed[*place].name, rows, consumer)?;
        headers.push(header);
        kept = Some(below).filter(|_| chosen.len() == 1);
    }
    let work = headers.iter().map(|header| header.work).sum();
    headers.iter_mut().for_each(|header| header.work = work);
    let asked = consumer.headers(headers)?;
    let mut done = 0;
    for (place, asked) in chosen.iter().zip(asked) {
        let name = &listed[*place].name;
        let rows = match kept.take() {
            Some(rows) => rows,
            None => header(path, name, rows_of(path, &mut book, name)?, consumer)?.1,
        };
        let before = done;
        done += rows.len() as u64;
        cut(rows.into_iter(), before, &asked, consumer)?;
        consumer.tail(Vec::new())?;
    }
    Ok(())
}

/// Rows that hold something: number from 1, and cells from the first column on.
type Numbered = Vec<(u64, Vec<Cell>)>;

/// The headings of a sheet, and the rows below them.
fn header<C: Consumer>(
    path: &Path,
    sheet: &str,
    mut rows: Numbered,
    consumer: &C,
) -> Result<(Header, Numbered), SpreadsheetError> {
    let Some(headings) = found(&rows, consumer) else {
        return Err(SpreadsheetError::empty(path, sheet));
    };
    let below = rows.split_off(headings.row + 1);
    let (number, row) = rows.pop().unwrap_or((1, Vec::new()));
    let notes = headings.note(number).into_iter().collect();
    let Headings { cells, on_two_rows, .. } = headings;
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let source = Arc::new(Source { file, sheet: sheet.to_string() });
    let (opened, work) = (Arc::new(Opened(Kind::Cells)), below.len() as u64);
    let above = rows;
    Ok((Header { source, cells, row, on_two_rows, number, above, notes, opened, work }, below))
}

/// The headings among the first rows.
fn found<C: Consumer>(rows: &[(u64, Vec<Cell>)], consumer: &C) -> Option<Headings> {
    let first = rows.iter().take(headings::ROWS_MAX);
    let shown: Vec<Vec<String>> = first.map(|(_, cells)| cells.iter().map(Cell::shown).collect()).collect();
    headings::find(&shown, consumer)
}

/// The rows that hold something: number from 1, and cells from the first column on.
fn rows_of<B>(path: &Path, book: &mut B, name: &str) -> Result<Numbered, SpreadsheetError>
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

/// Hands rows over in pieces that part nothing that belongs together; so many rows of other sheets were handed over
/// before.
fn cut<C: Consumer>(
    rows: impl Iterator<Item = (u64, Vec<Cell>)>,
    before: u64,
    asked: &[usize],
    to: &mut C,
) -> Result<(), C::Error> {
    let bound = |(number, cells): &(u64, Vec<Cell>)| {
        Row::of_cells(
            *number,
            asked.iter().map(|column| cells.get(*column).cloned().unwrap_or_default()).collect(),
        )
    };
    let (mut piece, mut done) = (Vec::new(), before);
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
