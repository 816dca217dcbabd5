//! Small tables that a broker keeps - decisions on names, crosswalks - read whole, from CSV or from a sheet.

use std::path::Path;
use std::sync::Arc;

use super::read::{Border, Consumer, Header, InputFacts, Opened, Piece, ReadAs, SpreadsheetError, read};
use super::row::Row;
use crate::terms::place::Source;

/// Rows of a small table, at most. A broker decides on thousands of names, not on millions.
const ROWS_MAX: usize = 500_000;

/// A small table.
#[derive(Clone, Debug)]
pub struct SmallTable {
    /// File and sheet.
    pub source: Arc<Source>,
    /// Headings as they stand.
    pub headings: Vec<String>,
    /// The rows below, blank ones left out.
    pub rows: Vec<Row>,
    /// What is known of the file.
    pub facts: InputFacts,
}

struct Collect<'a> {
    path: &'a Path,
    fits: &'a dyn Fn(&[String]) -> bool,
    header: Option<(Header, Arc<Opened>, Vec<usize>)>,
    rows: Vec<Row>,
}

impl Consumer for Collect<'_> {
    type Error = SpreadsheetError;

    fn fits(&self, header: &[String]) -> bool {
        (self.fits)(header)
    }

    fn headers(&mut self, headers: Vec<Header>) -> Result<Vec<Vec<usize>>, SpreadsheetError> {
        let header = headers.into_iter().next().unwrap_or_default();
        let columns: Vec<usize> = (0..header.cells.len()).collect();
        let opened = Arc::clone(&header.opened);
        self.header = Some((header, opened, columns.clone()));
        Ok(vec![columns])
    }

    fn border(&self, _: &Row, _: &Row) -> Border {
        Border::Free
    }

    fn piece(&mut self, piece: Piece) -> Result<(), SpreadsheetError> {
        let Some((_, opened, columns)) = &self.header else { return Ok(()) };
        let rows = opened.rows(piece, columns, false)?;
        self.rows.extend((0..rows.len()).map(|row| rows.row(row)).filter(|row| !row.blank));
        if self.rows.len() > ROWS_MAX {
            return Err(SpreadsheetError::Damaged {
                path: self.path.to_path_buf(),
                place: "whole file".to_string(),
                problem: format!("more than {ROWS_MAX} rows; this is no table that a person keeps"),
            });
        }
        Ok(())
    }

    fn tail(&mut self, _: Vec<u8>) -> Result<(), SpreadsheetError> {
        Ok(())
    }
}

/// Reads a small table: of a workbook the sheet that is named, or the one visible sheet whose headings fit.
///
/// # Errors
/// The file cannot be read, or no sheet can be chosen.
pub fn read_small_table(
    path: &Path,
    sheet: Option<&str>,
    fits: &dyn Fn(&[String]) -> bool,
) -> Result<SmallTable, SpreadsheetError> {
    let mut collect = Collect { path, fits, header: None, rows: Vec::new() };
    let sheets: Vec<String> = sheet.map(str::to_string).into_iter().collect();
    let facts = read(path, ReadAs { sheets: &sheets, ..ReadAs::default() }, &mut collect)?;
    let Some((header, ..)) = collect.header else { return Err(SpreadsheetError::empty(path, "")) };
    Ok(SmallTable { source: header.source, headings: header.cells, rows: collect.rows, facts })
}

/// Stops a reading when the headings are there.
enum Stop {
    Found,
    Error(SpreadsheetError),
}

impl From<SpreadsheetError> for Stop {
    fn from(error: SpreadsheetError) -> Stop {
        Stop::Error(error)
    }
}

struct HeadingsOnly<'a> {
    fits: &'a dyn Fn(&[String]) -> bool,
    means: &'a dyn Fn(&str) -> Option<usize>,
    cells: Vec<String>,
}

impl Consumer for HeadingsOnly<'_> {
    type Error = Stop;

    fn fits(&self, header: &[String]) -> bool {
        (self.fits)(header)
    }

    fn means(&self, heading: &str) -> Option<usize> {
        (self.means)(heading)
    }

    fn headers(&mut self, headers: Vec<Header>) -> Result<Vec<Vec<usize>>, Stop> {
        self.cells = headers.into_iter().next().unwrap_or_default().cells;
        Err(Stop::Found)
    }

    fn border(&self, _: &Row, _: &Row) -> Border {
        Border::Free
    }

    fn piece(&mut self, _: Piece) -> Result<(), Stop> {
        Err(Stop::Found)
    }

    fn tail(&mut self, _: Vec<u8>) -> Result<(), Stop> {
        Err(Stop::Found)
    }
}

/// Reads the headings of a file and nothing else.
///
/// # Errors
/// The file cannot be read, or no sheet can be chosen.
pub fn read_headings(
    path: &Path,
    read_as: ReadAs<'_>,
    fits: &dyn Fn(&[String]) -> bool,
    means: &dyn Fn(&str) -> Option<usize>,
) -> Result<Vec<String>, SpreadsheetError> {
    let mut headings = HeadingsOnly { fits, means, cells: Vec::new() };
    match read(path, read_as, &mut headings) {
        Ok(_) | Err(Stop::Found) => Ok(headings.cells),
        Err(Stop::Error(error)) => Err(error),
    }
}
