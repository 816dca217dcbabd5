//! A row of a sheet: its place, the cells that were asked for, and the bytes of which it is made.
//!
//! Rows of one piece stand together in [`Rows`]; a cell is decoded when somebody asks for it, and nobody but this room
//! looks at the bytes of the others.

use std::sync::Arc;

use jiff::civil::DateTime;
use rust_decimal::Decimal;

use super::read::COLUMNS_MAX;
use super::sheet_cells::{self, SheetContext};
use super::{buffers, csv_fields, parted_cells};

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

    /// The text of a cell as it stands; what is no text, as it is shown.
    pub(super) fn into_text(self) -> String {
        match self {
            Cell::Text(text) => text.into_string(),
            cell => cell.shown(),
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

/// A row of an entry file with the cells that were asked for.
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
}

impl Row {
    /// A row made by hand, for facts typed on a command line and for tests.
    pub fn of_cells(number: u64, cells: Vec<Cell>) -> Row {
        let blank = cells.iter().all(Cell::is_blank);
        Row { number, fields: 0, width: cells.len(), blank, cells }
    }
}

/// How the bytes of a cell are to be understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Form {
    /// No cell, or nothing in it.
    #[default]
    Empty,
    /// A CSV field as it stands.
    Field,
    /// A CSV field with quotes inside; the bytes are those of the whole field.
    QuotedField,
    /// The place of a shared string.
    Shared,
    /// A number, with the style that may make it a date.
    Number,
    /// Text of a formula or an inline string, entities not yet resolved.
    Text,
    /// `0` or `1`.
    Bool,
    /// An error value.
    Error,
    /// An ISO date.
    Iso,
    /// A formula whose result is not in the file.
    Formula,
    /// A cell that is already decoded: `from` is its place among the decoded cells.
    Decoded,
    /// A cell of a row that was set apart; its style is what sort it is.
    Kept,
}

/// Where a cell stands in the bytes of its piece.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    pub(super) from: u32,
    pub(super) to: u32,
    /// Style of a sheet's cell.
    pub(super) style: u32,
    pub(super) form: Form,
}

/// Where a row stands in the bytes of its piece.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowPlace {
    pub(super) number: u64,
    /// First byte; for a CSV, of the blank lines in front.
    pub(super) from: u32,
    /// Behind the last byte, a line end of a CSV included.
    pub(super) to: u32,
    /// Where our cells are put: behind the last cell of a sheet's row, behind the last field of a record.
    pub(super) insert: u32,
    /// The number behind the colon of a sheet row's `spans`, if it has one.
    pub(super) spans: (u32, u32),
    pub(super) fields: u32,
    pub(super) width: u32,
    pub(super) blank: bool,
    /// All cells of a sheet's row, where they were asked for.
    pub(super) all: (u32, u32),
}

/// The slot of a column that was not asked for.
pub(super) const NO_SLOT: u16 = u16::MAX;

/// For each column of a sheet its place among those that were asked for.
pub(super) fn slots(asked: &[usize]) -> Vec<u16> {
    let mut slots = vec![NO_SLOT; COLUMNS_MAX];
    for (slot, column) in (0u16..).zip(asked) {
        slots[*column] = slot;
    }
    slots
}

/// The number that these digits make; `None` for anything but digits, for none, and for more than `most`.
pub(super) fn digits(bytes: &[u8], most: usize) -> Option<u64> {
    let sound = (1..=most).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit);
    sound.then(|| bytes.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')))
}

/// How cells are decoded.
#[derive(Clone, Debug)]
pub(super) enum Decoder {
    Csv(u8),
    Sheet(Arc<SheetContext>),
    Decoded,
    /// Rows that were set apart; `counted` if they have no numbers of their own.
    Kept {
        counted: bool,
    },
}

/// A cell that is not yet decoded: two of one file with equal bytes and kind hold the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawCell<'a> {
    /// How the bytes are to be understood; of a sheet's number also whether it is a date.
    pub kind: u8,
    /// The bytes.
    pub bytes: &'a [u8],
}

impl RawCell<'_> {
    /// True if there is no cell.
    pub fn is_empty(&self) -> bool {
        self.kind == Form::Empty as u8
    }
}

/// The rows of a piece, in order.
#[derive(Clone, Debug)]
pub struct Rows {
    pub(super) bytes: Vec<u8>,
    pub(super) places: Vec<RowPlace>,
    pub(super) spans: Vec<Span>,
    /// How many columns were asked for.
    pub(super) asked: usize,
    pub(super) all: Vec<(u32, Span)>,
    pub(super) decoded: Vec<Cell>,
    pub(super) decoder: Decoder,
}

impl Rows {
    pub(super) fn new(bytes: Vec<u8>, asked: usize, decoder: Decoder) -> Rows {
        let (places, spans, all, decoded) = Default::default();
        Rows { bytes, places, spans, asked, all, decoded, decoder }
    }

    /// Gives the memory of the rows back.
    pub fn done(self) {
        buffers::give(self.bytes);
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Row of the sheet, or physical line of the CSV, from 1.
    pub fn number(&self, row: usize) -> u64 {
        self.places[row].number
    }

    /// True if there is nothing in the row.
    pub fn is_blank(&self, row: usize) -> bool {
        self.places[row].blank
    }

    /// How many fields the record of a CSV has; 0 for a row of a sheet.
    pub fn fields(&self, row: usize) -> usize {
        self.places[row].fields as usize
    }

    /// How many columns the row takes.
    pub fn width(&self, row: usize) -> usize {
        self.places[row].width as usize
    }

    fn span(&self, row: usize, place: usize) -> Span {
        self.spans.get(row * self.asked + place).copied().unwrap_or_default()
    }

    /// A cell that was asked for, not decoded; `None` where that is of no use, because it is decoded already.
    pub fn raw(&self, row: usize, place: usize) -> Option<RawCell<'_>> {
        let span = self.span(row, place);
        if span.form == Form::Decoded {
            return None;
        }
        let kind = match (&self.decoder, span.form) {
            (Decoder::Sheet(sheet), Form::Number) => span.form as u8 | sheet.number_kind(span.style) << 4,
            (Decoder::Kept { .. }, Form::Kept) => span.form as u8 | (span.style as u8) << 4,
            _ => span.form as u8,
        };
        Some(RawCell {
            kind,
            bytes: self.bytes.get(span.from as usize..span.to as usize).unwrap_or_default(),
        })
    }

    /// The text of a cell that was asked for, where it stands in the bytes as it is read.
    pub fn plain_text(&self, row: usize, place: usize) -> Option<&str> {
        let span = self.span(row, place);
        let bytes = || &self.bytes[span.from as usize..span.to as usize];
        match (&self.decoder, span.form) {
            (_, Form::Empty) => Some(""),
            (Decoder::Csv(_), Form::Field) => std::str::from_utf8(bytes()).ok(),
            (Decoder::Sheet(sheet), Form::Shared) => sheet.shared(bytes()),
            (Decoder::Kept { .. }, Form::Kept) if parted_cells::is_text(span.style) => {
                std::str::from_utf8(bytes()).ok()
            }
            _ => None,
        }
    }

    /// True for a formula whose result is not in the file.
    pub fn is_formula_without_value(&self, row: usize, place: usize) -> bool {
        let span = self.span(row, place);
        span.form == Form::Formula
            || span.form == Form::Decoded && self.decoded[span.from as usize] == Cell::FormulaWithoutValue
    }

    /// Digits of a cell that was asked for, if it holds nothing else.
    pub fn digits(&self, row: usize, place: usize) -> Option<u64> {
        let span = self.span(row, place);
        let plain = match (&self.decoder, span.form) {
            (Decoder::Csv(_), Form::Field) => true,
            (Decoder::Sheet(sheet), Form::Number) => sheet.number_kind(span.style) == 0,
            (Decoder::Kept { .. }, Form::Kept) => parted_cells::may_be_digits(span.style),
            _ => false,
        };
        if plain { digits(&self.bytes[span.from as usize..span.to as usize], 12) } else { None }
    }

    /// A cell that was asked for.
    pub fn cell(&self, row: usize, place: usize) -> Cell {
        self.decode(self.span(row, place))
    }

    fn decode(&self, span: Span) -> Cell {
        if span.form == Form::Empty {
            return Cell::Empty;
        }
        if span.form == Form::Decoded {
            return self.decoded[span.from as usize].clone();
        }
        let bytes = &self.bytes[span.from as usize..span.to as usize];
        match &self.decoder {
            Decoder::Csv(delimiter) => csv_fields::cell(bytes, span.form, *delimiter),
            Decoder::Sheet(sheet) => sheet_cells::cell(sheet, bytes, span),
            Decoder::Kept { .. } => parted_cells::cell(bytes, span),
            Decoder::Decoded => Cell::Empty,
        }
    }

    /// A row with the cells that were asked for.
    pub fn row(&self, row: usize) -> Row {
        let place = &self.places[row];
        Row {
            number: place.number,
            cells: (0..self.asked).map(|column| self.cell(row, column)).collect(),
            blank: place.blank,
            fields: place.fields as usize,
            width: place.width as usize,
        }
    }

    /// The record of a CSV row without blank lines in front and its line end, and where it begins.
    pub(super) fn record(&self, row: usize) -> (usize, &[u8]) {
        let place = &self.places[row];
        let record = &self.bytes[place.from as usize..place.insert as usize];
        let blank = record.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        (place.from as usize + blank, &record[blank..])
    }

    /// False where no cell of this place can begin like a formula, as its first byte or the strings of the workbook tell.
    pub fn may_revive(&self, row: usize, place: usize) -> bool {
        let Some(RawCell { kind, bytes }) = self.raw(row, place) else { return true };
        match &self.decoder {
            Decoder::Sheet(context) if kind == Form::Shared as u8 => context.strings.any_revives(),
            Decoder::Csv(_) if kind == Form::Field as u8 => {
                // Blanks, and signs of other widths, which begin with this byte in UTF-8.
                bytes.first().is_some_and(|byte| b"=+-@\t\r \xc2\xef".contains(byte))
            }
            _ => kind != Form::Empty as u8,
        }
    }

    /// How many rows a sheet hides: by a filter, or by hand.
    pub fn hidden(&self) -> u64 {
        match self.decoder {
            // Among rows nothing but a row has this attribute (ECMA-376 part 1, 18.3.1.73).
            Decoder::Sheet(_) => memchr::memmem::find_iter(&self.bytes, b" hidden=\"1\"").count() as u64,
            Decoder::Csv(_) | Decoder::Decoded | Decoder::Kept { .. } => 0,
        }
    }

    /// All cells of a row, from the first column on; of a sheet, where all were asked for.
    pub fn whole(&self, row: usize) -> Vec<Cell> {
        let place = &self.places[row];
        if let Decoder::Csv(delimiter) = self.decoder {
            let (_, record) = self.record(row);
            if record.is_empty() {
                return Vec::new();
            }
            return csv_fields::fields_of(record, delimiter)
                .map(|(from, to, form)| csv_fields::cell(&record[from..to], form, delimiter))
                .collect();
        }
        let mut cells = Vec::new();
        for (column, span) in &self.all[place.all.0 as usize..place.all.1 as usize] {
            cells.resize(*column as usize, Cell::Empty);
            cells.push(self.decode(*span));
        }
        cells
    }
}
