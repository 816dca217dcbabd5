//! XLSX as a stream of cells, gathered into rows. Rows and cells that do not ascend, or stand twice, are refused:
//! which of them counts cannot be known.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use sha2::{Digest, Sha256};

use super::number::{date_in, number_in};
use super::read::{COLUMNS_MAX, Consumer, Cutter, Header, InputFacts, SpreadsheetError, WORKBOOK_BYTES_MAX};
use super::row::{Cell, Original, Row};
use super::whole_file::hexadecimal;
use crate::terms::place::Source;

type Workbook = Xlsx<Cursor<Vec<u8>>>;

fn damaged(path: &Path, place: &str, problem: impl ToString) -> SpreadsheetError {
    SpreadsheetError::Damaged {
        path: path.to_path_buf(),
        place: place.to_string(),
        problem: problem.to_string(),
    }
}

/// Reads the entry sheet of a workbook.
///
/// # Errors
/// The workbook is damaged, protected or too large, no sheet can be chosen, or the consumer stopped.
pub fn read<C: Consumer>(path: &Path, sheet: Option<&str>, consumer: &mut C) -> Result<InputFacts, C::Error> {
    let io = |source| SpreadsheetError::Io { path: path.to_path_buf(), source };
    let size = std::fs::metadata(path).map_err(io)?.len();
    if size > WORKBOOK_BYTES_MAX {
        let problem =
            format!("{size} bytes; a workbook of more than {WORKBOOK_BYTES_MAX} is not read: save it as CSV");
        return Err(damaged(path, "whole file", problem).into());
    }
    let bytes = std::fs::read(path).map_err(io)?;
    let sha256 = hexadecimal(Sha256::new_with_prefix(&bytes));
    let facts = InputFacts { sha256, bytes: bytes.len() as u64 };
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| {
        let problem =
            format!("the workbook is damaged or incomplete ({error}); open it in Excel and save it again");
        damaged(path, "whole file", problem)
    })?;
    let name = choose(path, &mut workbook, sheet, consumer)?;
    let source = Arc::new(Source {
        file: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        sheet: name.clone(),
    });
    let mut rows = Rows::open(path, &mut workbook, &name)?;
    let Some(header) = rows.next()? else { return Err(SpreadsheetError::Empty(path.to_path_buf()).into()) };
    let cells: Vec<String> = header.1.iter().map(Cell::shown).collect();
    let row = row(header, None);
    let header = Header { source, cells, row, delimiter: b',', work: rows.hint() };
    let wanted = consumer.header(header)?;
    let mut cutter = Cutter::new();
    let mut done = 0;
    while let Some(next) = rows.next()? {
        done += 1;
        cutter.add(path, row_of(next, &wanted), done, consumer)?;
    }
    cutter.flush(done, consumer)?;
    Ok(facts)
}

/// The sheet that was named; else the one visible sheet; else the one visible sheet whose headings fit.
fn choose<C: Consumer>(
    path: &Path,
    workbook: &mut Workbook,
    sheet: Option<&str>,
    consumer: &C,
) -> Result<String, SpreadsheetError> {
    let metadata = workbook.sheets_metadata().to_vec();
    let worksheets = metadata.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let visible: Vec<String> = worksheets
        .clone()
        .filter(|sheet| sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    let error = |problem: String| SpreadsheetError::Sheet {
        path: path.to_path_buf(),
        problem,
        sheets: if visible.is_empty() { "none".to_string() } else { visible.join(", ") },
        typed: sheet.is_some(),
    };
    if let Some(wanted) = sheet {
        let found = worksheets.map(|sheet| &sheet.name).find(|name| *name == wanted);
        return found.cloned().ok_or_else(|| error(format!("no sheet is named {wanted:?}")));
    }
    if let [only] = &visible[..] {
        return Ok(only.clone());
    }
    let mut fitting = Vec::new();
    for name in &visible {
        let header = Rows::open(path, workbook, name)?.next()?;
        let cells: Vec<String> =
            header.map(|(_, cells)| cells.iter().map(Cell::shown).collect()).unwrap_or_default();
        if consumer.fits(&cells) {
            fitting.push(name.clone());
        }
    }
    match &fitting[..] {
        [only] => Ok(only.clone()),
        [] => Err(error(
            "no visible sheet has the headings of an entry file in its first filled row".to_string(),
        )),
        several => Err(error(format!("{} sheets have the headings of an entry file", several.len()))),
    }
}

/// Rows of a sheet, gathered from its cells: row number from 1, and cells from column A on.
struct Rows<'a> {
    path: &'a Path,
    sheet: String,
    cells: calamine::XlsxCellReader<'a, Cursor<Vec<u8>>>,
    /// The first cell of the next row.
    ahead: Option<(u32, u32, Cell)>,
    last_row: Option<u32>,
    ended: bool,
}

impl<'a> Rows<'a> {
    fn open(path: &'a Path, workbook: &'a mut Workbook, sheet: &str) -> Result<Rows<'a>, SpreadsheetError> {
        let cells = workbook.worksheet_cells_reader(sheet).map_err(|error| damaged(path, sheet, error))?;
        Ok(Rows { path, sheet: sheet.to_string(), cells, ahead: None, last_row: None, ended: false })
    }

    fn cell(&mut self) -> Result<Option<(u32, u32, Cell)>, SpreadsheetError> {
        if let Some(ahead) = self.ahead.take() {
            return Ok(Some(ahead));
        }
        // The reader must not be asked again behind the end of the sheet: it would read on in other parts.
        if self.ended {
            return Ok(None);
        }
        let next = self.cells.next_cell_with_formula_metadata();
        let next = next.map_err(|error: XlsxError| damaged(self.path, &self.sheet, error))?;
        self.ended = next.is_none();
        Ok(next.map(|cell| (cell.pos.0, cell.pos.1, value(&cell.value, cell.formula.is_some()))))
    }

    fn next(&mut self) -> Result<Option<(u64, Vec<Cell>)>, SpreadsheetError> {
        let Some((row, column, first)) = self.cell()? else { return Ok(None) };
        if self.last_row.is_some_and(|last| row <= last) {
            return Err(self.disorder(row, "row stands twice or out of order"));
        }
        self.last_row = Some(row);
        let mut cells: Vec<Cell> = Vec::new();
        let mut next = Some((row, column, first));
        while let Some((of_row, column, cell)) = next {
            if of_row != row {
                self.ahead = Some((of_row, column, cell));
                break;
            }
            let column = column as usize;
            if column >= COLUMNS_MAX {
                return Err(self.disorder(row, "row reaches beyond the columns that are read"));
            }
            if column < cells.len() {
                return Err(self.disorder(row, "cell stands twice or out of order"));
            }
            cells.resize(column, Cell::Empty);
            cells.push(cell);
            next = self.cell()?;
        }
        if cells.iter().all(Cell::is_blank) { self.next() } else { Ok(Some((u64::from(row) + 1, cells))) }
    }

    /// Rows of the sheet as its writer declared them: a hint for a progress bar, nothing else.
    fn hint(&self) -> u64 {
        let declared = self.cells.dimensions();
        u64::from(declared.end.0.saturating_sub(declared.start.0))
    }

    fn disorder(&self, row: u32, what: &str) -> SpreadsheetError {
        damaged(
            self.path,
            &format!("sheet {:?}, row {}", self.sheet, row + 1),
            format!("a {what}; save the workbook anew"),
        )
    }
}

fn value(value: &DataRef<'_>, formula: bool) -> Cell {
    match value {
        DataRef::Empty if formula => Cell::FormulaWithoutValue,
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number((*number).into()),
        DataRef::Float(number) => number_in(*number),
        DataRef::String(text) => Cell::Text(text.as_str().into()),
        DataRef::SharedString(text) => Cell::Text((*text).into()),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::DateTime(date) => date_in(date),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            match text.parse::<jiff::civil::DateTime>() {
                Ok(date) => Cell::Date(date),
                Err(_) => {
                    text.parse::<jiff::civil::Date>().map_or(Cell::Text(text.as_str().into()), |date| {
                        Cell::Date(date.to_datetime(jiff::civil::Time::midnight()))
                    })
                }
            }
        }
        DataRef::Error(error) => Cell::Error(error.to_string().into()),
    }
}

fn row((number, cells): (u64, Vec<Cell>), wanted: Option<&[usize]>) -> Row {
    let bound = match wanted {
        None => cells.clone(),
        Some(wanted) => wanted.iter().map(|column| cells.get(*column).cloned().unwrap_or_default()).collect(),
    };
    // Cells of a sheet stand under their column whatever their number: there is nothing to shift.
    Row {
        number,
        cells: bound,
        blank: false,
        fields: 0,
        width: cells.len(),
        original: Original::Cells(cells),
    }
}

fn row_of(row_and_cells: (u64, Vec<Cell>), wanted: &[usize]) -> Row {
    row(row_and_cells, Some(wanted))
}
