//! The annotated file: every row and column of the input in order, then our cells.
//!
//! CSV rows keep their bytes; our fields are appended. A workbook is written anew, cell by cell, one row in memory.

use std::io::{self, Write};
use std::path::Path;

use jiff::civil::Date;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format as CellFormat, FormatAlign, FormatBorder, Note, Workbook,
    Worksheet, XlsxError,
};

use super::csv_input::fields_of;
use super::number::number_out;
use super::read::Header;
use super::row::{Cell, Original, Row};
use super::whole_file::{Ready, WholeFile};

/// Rows of a sheet, the heading row included. Fixed by the file format.
pub const SHEET_ROWS_MAX: u64 = 1_048_576;
/// Characters of a cell. Fixed by the file format; a longer text is cut and marked.
const CELL_CHARACTERS_MAX: usize = 32_767;

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

struct Sheet {
    workbook: Workbook,
    worksheet: Worksheet,
    columns: Vec<OurColumn>,
    width: u16,
    looks: Looks,
    from_csv: bool,
    header_row: u32,
    last_row: u32,
}

struct Looks {
    heading: CellFormat,
    our_heading: CellFormat,
    date: CellFormat,
    moment: CellFormat,
    dollars: CellFormat,
    money: CellFormat,
    guarded: CellFormat,
    ranks: [CellFormat; 5],
}

/// Runs what writes to a sheet. Its library panics where the disk for its temporary file is full; that is an error of
/// the disk like any other.
fn disk_full<T>(write: impl FnOnce() -> Result<T, XlsxError>) -> io::Result<T> {
    let full =
        || io::Error::new(io::ErrorKind::StorageFull, "the disk for the temporary file of a sheet is full");
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(write)) {
        Ok(written) => written.map_err(io_error),
        Err(_) => Err(full()),
    }
}

fn io_error(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        error => io::Error::other(error),
    }
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
                let sheet = Sheet::begin(destination, header, width, &columns, as_of).map_err(io_error)?;
                Annotated { output: Output::Xlsx(Box::new(sheet)), file, rows: 0 }
            }
        };
        let headings = columns.into_iter().map(|column| Cell::Text(column.heading.into())).collect();
        let ours = OurRow { cells: headings, rank: 0 };
        if matches!(annotated.output, Output::Csv) {
            let encoded = encoder.encode(vec![header.row.clone()], vec![ours]);
            annotated.write(encoded)?;
            annotated.rows = 0;
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
            let Sheet { mut workbook, mut worksheet, columns, width, last_row, header_row, .. } = *sheet;
            let last_column = width + u16::try_from(columns.len()).expect("few columns of ours") - 1;
            disk_full(|| {
                worksheet.autofilter(header_row, 0, last_row, last_column)?;
                workbook.push_worksheet(worksheet);
                workbook.save_to_writer(self.file.writer())
            })?;
        }
        self.file.complete()
    }
}

impl Sheet {
    fn begin(
        destination: &Path,
        header: &Header,
        width: usize,
        columns: &[OurColumn],
        as_of: Date,
    ) -> Result<Sheet, XlsxError> {
        let mut workbook = Workbook::new();
        // The temporary file of the sheet stands beside the output: that disk is known to have room.
        workbook.set_tempdir(
            destination.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")),
        )?;
        workbook.set_properties(&properties(as_of)?);
        let mut worksheet = workbook.new_worksheet_with_constant_memory()?;
        worksheet.set_name(if header.source.sheet.is_empty() {
            "Entry lines"
        } else {
            &header.source.sheet
        })?;
        let width = u16::try_from(width).expect("columns are limited when a file is read");
        let from_csv = header.source.sheet.is_empty();
        let columns = columns.to_vec();
        let mut sheet = Sheet {
            workbook,
            worksheet,
            columns,
            width,
            looks: looks(),
            from_csv,
            header_row: 0,
            last_row: 0,
        };
        sheet.headings(header)?;
        Ok(sheet)
    }

    fn headings(&mut self, header: &Header) -> Result<(), XlsxError> {
        let row = if self.from_csv { 0 } else { sheet_row(header.row.number) };
        (self.header_row, self.last_row) = (row, row);
        self.worksheet.set_freeze_panes(row + 1, 0)?;
        for (column, text) in (0u16..).zip(&header.cells) {
            self.worksheet.set_column_width(column, text.chars().count().clamp(8, 40) as u32)?;
            self.worksheet.write_string_with_format(row, column, cut(text), &self.looks.heading)?;
        }
        for (column, ours) in (self.width..).zip(&self.columns) {
            let width = match ours.look {
                Look::Text(width) | Look::Sentence(width) => u32::from(width),
                Look::Dollars | Look::Money => 16,
                Look::Rank => 13,
            };
            self.worksheet.set_column_width(column, width)?;
            self.worksheet.write_string_with_format(row, column, &ours.heading, &self.looks.our_heading)?;
            if let Some(note) = &ours.note {
                self.worksheet.insert_note(row, column, &Note::new(note))?;
            }
        }
        Ok(())
    }

    fn write(&mut self, row: &Row, ours: &OurRow) -> Result<(), XlsxError> {
        // A record of a CSV may span lines: its row is counted. Rows of a sheet keep their number.
        let at = if self.from_csv { self.last_row + 1 } else { sheet_row(row.number) };
        self.last_row = at;
        if let Original::Cells(cells) = &row.original {
            for (column, cell) in (0u16..).zip(cells) {
                self.cell(at, column, cell)?;
            }
        }
        for (place, cell) in ours.cells.iter().enumerate() {
            let column = self.width + u16::try_from(place).expect("few columns of ours");
            match (cell, self.columns[place].look) {
                (Cell::Empty, _) => {}
                (Cell::Number(number), look) => {
                    let format = if look == Look::Dollars { &self.looks.dollars } else { &self.looks.money };
                    match number_out(*number) {
                        Some(value) => self.worksheet.write_number_with_format(at, column, value, format)?,
                        None => self.worksheet.write_string(at, column, number.to_string())?,
                    };
                }
                (Cell::Text(text), Look::Rank) => {
                    let format = &self.looks.ranks[usize::from(ours.rank.min(4))];
                    self.worksheet.write_string_with_format(at, column, cut(text), format)?;
                }
                (cell, _) => self.cell(at, column, cell)?,
            }
        }
        Ok(())
    }

    fn cell(&mut self, row: u32, column: u16, cell: &Cell) -> Result<(), XlsxError> {
        let sheet = &mut self.worksheet;
        match cell {
            Cell::Empty => {}
            Cell::Text(text) if revives(text) => {
                sheet.write_string_with_format(row, column, cut(text), &self.looks.guarded)?;
            }
            Cell::Text(text) => {
                sheet.write_string(row, column, cut(text))?;
            }
            Cell::Number(number) => {
                match number_out(*number) {
                    Some(value) => sheet.write_number(row, column, value)?,
                    None => sheet.write_string(row, column, number.to_string())?,
                };
            }
            Cell::Date(moment) => {
                let date = moment.date();
                let day = |part: i8| u8::try_from(part).expect("months and days are positive");
                let year = u16::try_from(date.year()).unwrap_or(1900);
                let base = ExcelDateTime::from_ymd(year, day(date.month()), day(date.day()))?;
                let time = moment.time();
                let part = |part: i8| u16::try_from(part).expect("times are positive");
                let milli = u32::try_from(time.subsec_nanosecond() / 1_000_000).unwrap_or(0);
                let seconds = rust_decimal::Decimal::from(part(time.second()))
                    + rust_decimal::Decimal::new(i64::from(milli), 3);
                let value =
                    base.and_hms(part(time.hour()), day(time.minute()), number_out(seconds).unwrap_or(0.0))?;
                let midnight = time == jiff::civil::Time::midnight();
                let format = if midnight { &self.looks.date } else { &self.looks.moment };
                sheet.write_datetime_with_format(row, column, &value, format)?;
            }
            Cell::Bool(value) => {
                sheet.write_boolean(row, column, *value)?;
            }
            Cell::Error(error) => {
                sheet.write_string(row, column, &**error)?;
            }
            Cell::FormulaWithoutValue => {
                sheet.write_string(row, column, cell.shown())?;
            }
        }
        Ok(())
    }
}

/// Properties that do not change from run to run.
pub fn properties(as_of: Date) -> Result<DocProperties, XlsxError> {
    let day = |part: i8| u8::try_from(part).expect("months and days are positive");
    let year = u16::try_from(as_of.year()).unwrap_or(1900);
    let created = ExcelDateTime::from_ymd(year, day(as_of.month()), day(as_of.day()))?;
    Ok(DocProperties::new().set_creation_datetime(&created))
}

/// Row of a sheet, counted from 0.
fn sheet_row(number: u64) -> u32 {
    u32::try_from(number - 1).unwrap_or(u32::MAX)
}

fn cut(text: &str) -> String {
    if text.encode_utf16().count() <= CELL_CHARACTERS_MAX {
        return text.to_string();
    }
    let mut units = 0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            units += c.len_utf16();
            units < CELL_CHARACTERS_MAX
        })
        .collect();
    kept + "\u{2026}"
}

fn looks() -> Looks {
    let heading = CellFormat::new().set_bold().set_border_bottom(FormatBorder::Thin).set_text_wrap();
    let rank = |background: u32, font: u32| {
        CellFormat::new()
            .set_bold()
            .set_background_color(Color::RGB(background))
            .set_font_color(Color::RGB(font))
    };
    Looks {
        our_heading: heading.clone().set_background_color(Color::RGB(0xDDE7F0)).set_align(FormatAlign::Top),
        heading: heading.set_align(FormatAlign::Top),
        date: CellFormat::new().set_num_format("yyyy-mm-dd"),
        moment: CellFormat::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        dollars: CellFormat::new().set_num_format("#,##0"),
        money: CellFormat::new().set_num_format("#,##0.00"),
        guarded: CellFormat::new().set_quote_prefix(),
        // Red, amber, blue, green, grey: from "stop" to "nothing was looked at", readable without colour too.
        ranks: [
            rank(0xF8D7DA, 0x842029),
            rank(0xFFF3CD, 0x664D03),
            rank(0xD6E4F5, 0x0B3D75),
            rank(0xDCEFE0, 0x1B5E20),
            rank(0xECECEC, 0x555555),
        ],
    }
}
