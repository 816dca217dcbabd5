//! A row of a sheet: its place, the cells that were asked for, and its original form for writing it back.

use jiff::civil::DateTime;
use rust_decimal::Decimal;

/// What a cell holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Nothing, or nothing but blanks in a CSV.
    #[default]
    Empty,
    /// Text as it stands in the file.
    Text(Box<str>),
    /// A number of a workbook, to the fifteen digits that a spreadsheet program shows.
    Number(Decimal),
    /// A number that a workbook formats as a date or time.
    Date(DateTime),
    /// TRUE or FALSE.
    Bool(bool),
    /// An error value such as `#N/A`, or a number that is none (NaN, infinity).
    Error(Box<str>),
    /// A formula whose result is not in the file.
    FormulaWithoutValue,
}

impl Cell {
    /// The cell as a person sees it; blanks around text are set aside.
    pub fn shown(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.trim().to_string(),
            Cell::Number(number) => number.normalize().to_string(),
            Cell::Date(date) if date.time() == jiff::civil::Time::midnight() => date.date().to_string(),
            Cell::Date(date) => date.to_string(),
            Cell::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_string(),
            Cell::Error(error) => error.to_string(),
            Cell::FormulaWithoutValue => "(formula without a value)".to_string(),
        }
    }

    /// True if there is nothing but blanks.
    pub fn is_blank(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

/// A row in the form in which it goes back out; nobody but this room looks inside.
#[derive(Clone, Debug)]
pub(super) enum Original {
    /// The bytes of a CSV record, line ending included.
    Bytes(Box<[u8]>),
    /// All cells of a workbook's row, from the first column on.
    Cells(Vec<Cell>),
}

/// A row of an entry file.
#[derive(Clone, Debug)]
pub struct Row {
    /// Row of the sheet, or physical line of the CSV on which the record begins, from 1.
    pub number: u64,
    /// The cells that were asked for, in the order in which they were asked for.
    pub cells: Vec<Cell>,
    /// True if there is nothing in the row.
    pub blank: bool,
    /// How many fields the record of a CSV has; 0 for a row of a sheet, whose cells stand under their columns.
    pub fields: usize,
    /// How many columns the row takes.
    pub width: usize,
    pub(super) original: Original,
}

impl Row {
    /// A row made by hand, for facts typed on a command line and for tests.
    pub fn of_cells(number: u64, cells: Vec<Cell>) -> Row {
        let blank = cells.iter().all(Cell::is_blank);
        Row { number, original: Original::Cells(cells.clone()), fields: 0, width: cells.len(), blank, cells }
    }
}
