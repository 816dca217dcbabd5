//! The annotated file: every row and column of the input in order, then our cells.
//!
//! CSV rows keep their bytes; our fields are appended. A workbook is written anew, cell by cell, one row in memory.

use std::io::{self, Write};
use std::path::Path;

use super::csv_input::fields_of;
use super::read::Header;
use super::row::{Cell, Original, Row};
use super::whole_file::{Ready, WholeFile};
use super::xlsx_output::{SHEET_ROWS_MAX, Sheet, disk_full};
use jiff::civil::Date;

/// The form of the annotated file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A workbook.
    Xlsx,
    /// A CSV file.
    Csv,
}

/// How a cell of ours looks in a workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Words, this many characters wide.
    Text(u16),
    /// A sentence, this many characters wide.
    Sentence(u16),
    /// Whole dollars.
    Dollars,
    /// Dollars and cents.
    Money,
    /// A word that is styled by its rank: 0 most urgent to 4 least.
    Rank,
}

/// Our cells of one row, and the rank of its first one for styling; nothing for a row that is no entry line.
#[derive(Clone, Debug, Default)]
pub struct OurRow {
    /// Our cells, or none.
    pub cells: Vec<Cell>,
    /// Rank of a [`Look::Rank`] cell.
    pub rank: u8,
}

/// A piece made ready to be written. Made in parallel, written in order.
pub enum Encoded {
    /// Bytes of a CSV file.
    Bytes(Vec<u8>),
    /// Rows of a sheet.
    Rows(Vec<(Row, OurRow)>),
}

/// Our columns: heading, look, and a note on the heading.
#[derive(Clone, Debug)]
pub struct OurColumn {
    /// Printed in the heading row.
    pub heading: String,
    /// How its cells look.
    pub look: Look,
    /// Shown when a reader points at the heading.
    pub note: Option<String>,
}

/// How records are put together; shared by all who encode.
#[derive(Clone, Debug)]
pub struct Encoder {
    format: Format,
    delimiter: u8,
    width: usize,
    ours: usize,
}

/// The annotated file while it is written.
pub struct Annotated {
    output: Output,
    file: WholeFile,
    rows: u64,
}

enum Output {
    Csv,
    Xlsx(Box<Sheet>),
}

/// Writes a decimal with all its places: a CSV keeps the cents of 12.50.
fn csv_text(cell: &Cell) -> String {
    match cell {
        Cell::Number(number) => number.to_string(),
        // A text of ours that a spreadsheet program would take for a formula is guarded by an apostrophe.
        Cell::Text(text) if revives(text) => format!("'{text}"),
        cell => cell.shown(),
    }
}

/// True for a text that comes alive as a formula in a spreadsheet program (OWASP CSV injection).
pub fn revives(text: &str) -> bool {
    let first = text.trim_start_matches([' ', '\u{a0}']).chars().next();
    matches!(first, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠'))
}

impl Encoder {
    /// Puts our cells to the rows of a piece. `ours` has one entry a row.
    pub fn encode(&self, rows: Vec<Row>, ours: Vec<OurRow>) -> Encoded {
        let pairs = rows.into_iter().zip(ours);
        match self.format {
            Format::Xlsx => Encoded::Rows(pairs.map(|(row, ours)| (self.cells(row), ours)).collect()),
            Format::Csv => Encoded::Bytes(self.csv(pairs)),
        }
    }

    /// Every field of a CSV record as text, whatever it looks like.
    fn cells(&self, mut row: Row) -> Row {
        if let Original::Bytes(bytes) = &row.original {
            row.original = Original::Cells(fields_of(bytes, self.delimiter));
        }
        row
    }

    fn csv(&self, pairs: impl Iterator<Item = (Row, OurRow)>) -> Vec<u8> {
        let mut out = Vec::new();
        let mut fields: Vec<String> = Vec::with_capacity(self.ours);
        for (row, our) in pairs {
            let present = match &row.original {
                Original::Bytes(bytes) => {
                    let record = without_line_end(bytes);
                    out.extend_from_slice(record);
                    if record.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
                        0
                    } else {
                        row.fields.max(1)
                    }
                }
                Original::Cells(cells) => {
                    append_fields(&mut out, self.delimiter, cells.iter().map(Cell::shown), false);
                    cells.len()
                }
            };
            if row.blank && our.cells.is_empty() {
                out.extend_from_slice(line_end(&row));
                continue;
            }
            // A record that is shorter than the headings is padded, so that our fields stand under our headings.
            out.extend(std::iter::repeat_n(self.delimiter, self.width.saturating_sub(present)));
            fields.clear();
            fields.extend(our.cells.iter().map(csv_text));
            fields.resize(self.ours, String::new());
            append_fields(&mut out, self.delimiter, fields.drain(..), true);
            out.extend_from_slice(line_end(&row));
        }
        out
    }
}

/// The bytes of a record without its line end.
fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// The line end that a record has; rows of a workbook get the one of RFC 4180, a last record without one keeps none.
fn line_end(row: &Row) -> &[u8] {
    match &row.original {
        Original::Bytes(bytes) => &bytes[without_line_end(bytes).len()..],
        Original::Cells(_) => b"\r\n",
    }
}

/// Appends fields, with a separator in front of the first if `behind` others.
fn append_fields(out: &mut Vec<u8>, delimiter: u8, fields: impl Iterator<Item = String>, behind: bool) {
    let mut writer = csv_core::WriterBuilder::new().delimiter(delimiter).build();
    for (i, field) in fields.enumerate() {
        if behind || i > 0 {
            out.push(delimiter);
        }
        if !csv_needs_quotes(&field, delimiter) {
            out.extend_from_slice(field.as_bytes());
            continue;
        }
        let start = out.len();
        out.resize(start + field.len() * 2 + 2, 0);
        let (_, _, written) = writer.field(field.as_bytes(), &mut out[start..]);
        let (_, ended) = writer.finish(&mut out[start + written..]);
        out.truncate(start + written + ended);
        writer = csv_core::WriterBuilder::new().delimiter(delimiter).build();
    }
}

fn csv_needs_quotes(field: &str, delimiter: u8) -> bool {
    field.bytes().any(|byte| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r'))
}

impl Annotated {
    /// Begins the annotated file and writes its heading row. Our columns stand behind the first `width`. `as_of` stands in the workbook's properties, so that the
    /// same run gives the same bytes.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn begin(
        destination: &Path,
        format: Format,
        header: &Header,
        width: usize,
        columns: Vec<OurColumn>,
        as_of: Date,
    ) -> io::Result<(Annotated, Encoder)> {
        let file = WholeFile::begin(destination)?;
        let encoder = Encoder { format, delimiter: header.delimiter, width, ours: columns.len() };
        let mut annotated = match format {
            Format::Csv => Annotated { output: Output::Csv, file, rows: 0 },
            Format::Xlsx => {
                let sheet =
                    Sheet::begin(destination, header, width, &columns, as_of).map_err(io::Error::other)?;
                Annotated { output: Output::Xlsx(Box::new(sheet)), file, rows: 0 }
            }
        };
        let headings = columns.into_iter().map(|column| Cell::Text(column.heading.into())).collect();
        let ours = OurRow { cells: headings, rank: 0 };
        if matches!(annotated.output, Output::Csv) {
            let encoded = encoder.encode(vec![header.row.clone()], vec![ours]);
            annotated.write(encoded)?;
        }
        Ok((annotated, encoder))
    }

    /// Writes a piece.
    ///
    /// # Errors
    /// The disk is full, or a sheet is.
    pub fn write(&mut self, encoded: Encoded) -> io::Result<()> {
        match (encoded, &mut self.output) {
            (Encoded::Bytes(bytes), Output::Csv) => self.file.writer().write_all(&bytes),
            (Encoded::Rows(rows), Output::Xlsx(sheet)) => {
                self.rows += rows.len() as u64;
                if self.rows >= SHEET_ROWS_MAX {
                    let problem = "a sheet holds 1,048,575 lines and no more; run with --format csv";
                    return Err(io::Error::other(problem));
                }
                disk_full(|| rows.iter().try_for_each(|(row, ours)| sheet.write(row, ours)))
            }
            (Encoded::Bytes(_), Output::Xlsx(_)) | (Encoded::Rows(_), Output::Csv) => {
                unreachable!("an encoder belongs to its output")
            }
        }
    }

    /// Completes the file under its temporary name.
    ///
    /// # Errors
    /// The disk is full.
    pub fn complete(mut self) -> io::Result<Ready> {
        if let Output::Xlsx(sheet) = self.output {
            disk_full(|| sheet.complete(self.file.writer()))?;
        }
        self.file.complete()
    }
}
