//! The annotated file as a workbook that we write ourselves, one row in memory.

use std::io::{self, Seek, Write};
use std::path::Path;

use jiff::civil::Date;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format as CellFormat, FormatAlign, FormatBorder, Note, Workbook,
    Worksheet, XlsxError,
};

use super::annotated::{Look, OurColumn, OurRow, revives};
use super::number::number_out;
use super::read::Header;
use super::row::{Cell, Original, Row};

/// Rows of a sheet, the heading row included. Fixed by the file format.
pub const SHEET_ROWS_MAX: u64 = 1_048_576;
/// Characters of a cell. Fixed by the file format; a longer text is cut and marked.
const CELL_CHARACTERS_MAX: usize = 32_767;

/// Height of the heading row in points: two lines.
const HEADING_HEIGHT: u32 = 32;
/// Rows whose cells decide how wide a column is shown.
const ROWS_MEASURED: u32 = 200;

/// A sheet while it is written.
pub(super) struct Sheet {
    workbook: Workbook,
    worksheet: Worksheet,
    columns: Vec<OurColumn>,
    width: u16,
    looks: Looks,
    from_csv: bool,
    /// Characters of the widest cell in each column of the input, over the first rows.
    widest: Vec<usize>,
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
pub(super) fn disk_full<T>(write: impl FnOnce() -> Result<T, XlsxError>) -> io::Result<T> {
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

impl Sheet {
    pub(super) fn begin(
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
            widest: vec![0; usize::from(width)],
            header_row: 0,
            last_row: 0,
        };
        sheet.headings(header)?;
        Ok(sheet)
    }

    /// Puts filters on the headings and writes the workbook.
    pub(super) fn complete(
        mut self: Box<Sheet>,
        to: &mut (impl Write + Seek + Send),
    ) -> Result<(), XlsxError> {
        for (column, widest) in (0u16..).zip(&self.widest) {
            self.worksheet
                .set_column_width(column, u32::try_from((*widest + 2).clamp(9, 40)).unwrap_or(40))?;
        }
        let last_column = self.width + u16::try_from(self.columns.len()).expect("few columns of ours") - 1;
        self.worksheet.autofilter(self.header_row, 0, self.last_row, last_column)?;
        self.workbook.push_worksheet(self.worksheet);
        self.workbook.save_to_writer(to)
    }

    fn headings(&mut self, header: &Header) -> Result<(), XlsxError> {
        let row = if self.from_csv { 0 } else { sheet_row(header.row.number) };
        (self.header_row, self.last_row) = (row, row);
        self.worksheet.set_freeze_panes(row + 1, 0)?;
        self.worksheet.set_row_height(row, HEADING_HEIGHT)?;
        self.worksheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(row, row)?;
        for (column, text) in (0u16..).zip(&header.cells) {
            // A heading may take two lines.
            self.widest[usize::from(column)] = text.chars().count().div_ceil(2);
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

    pub(super) fn write(&mut self, row: &Row, ours: &OurRow) -> Result<(), XlsxError> {
        // A record of a CSV may span lines: its row is counted. Rows of a sheet keep their number.
        let at = if self.from_csv { self.last_row + 1 } else { sheet_row(row.number) };
        self.last_row = at;
        if let Original::Cells(cells) = &row.original {
            for (column, cell) in (0u16..).zip(cells) {
                // A row may be wider than was assumed; the file is then read again with more room.
                let widest = self.widest.get_mut(usize::from(column));
                if let Some(widest) = widest.filter(|_| at <= self.header_row + ROWS_MEASURED) {
                    *widest = (*widest).max(cell.shown().chars().count());
                }
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
