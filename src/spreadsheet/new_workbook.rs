//! A new workbook for rows that have none of their own: its frame - headings, widths, filters, styles, properties - is
//! made by rust_xlsxwriter on no rows at all, and the rows are put into the frame.

use std::io::{self, Cursor, Read, Write};

use jiff::civil::Date;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format as CellFormat, FormatAlign, FormatBorder, Note, Workbook,
    Worksheet, XlsxError,
};
use zip::ZipArchive;

use super::annotated::{OurColumn, WrittenSheet};
use super::graft::shown_width;
use super::number::number_out;
use super::our_styles::{HEADING, OurStyles, RANKS};
use super::read::{Header, Kind};
use super::row::{Cell, Rows};
use super::shape::{Shape, SheetShape};
use super::string_table::{cell_text, extended};
use super::zip_output::Container;

/// Height of the heading row in points: two lines.
const HEADING_HEIGHT: u32 = 32;
/// Rows whose cells decide how wide a column is shown.
const ROWS_MEASURED: usize = 200;
/// Name of a sheet that has none of its own.
pub(super) const SHEET_NAME: &str = "Entry lines";
/// UTF-16 units of a sheet name. Fixed by the file format.
const SHEET_NAME_MAX: usize = 31;

/// A new workbook while it is written.
pub(super) struct NewWorkbook {
    pub(super) sheets: Vec<NewSheet>,
    as_of: Date,
    pub(super) styles: OurStyles,
    /// Shared strings that the frame has.
    pub(super) strings: usize,
    /// The frame, while the sheets are as they were when it was made.
    frame: Option<Parts>,
}

/// A sheet of a new workbook, without its rows.
#[derive(Clone)]
pub(super) struct NewSheet {
    name: String,
    headings: Vec<Cell>,
    /// How wide the columns of the input are shown.
    widths: Vec<u32>,
    columns: Vec<OurColumn>,
    /// The column in which ours begin, from 0.
    ours: usize,
    /// The rows above the headings, each with its place from 0.
    above: Vec<(u32, Vec<Cell>)>,
    /// Row of the headings, from 0, the lower one of two; and the upper one.
    heading_row: u32,
    upper_row: u32,
    /// The last row so far that has the number that it has in the input.
    pub(super) kept_to: u64,
    /// Last row, from 0.
    last_row: u32,
}

/// The parts of a frame, by name.
type Parts = Vec<(String, Vec<u8>)>;

/// The first characters of a text, up to so many UTF-16 units.
fn first_units(text: &str, most: usize) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= most
    };
    text.chars().take_while(fits).collect()
}

/// A name as a spreadsheet program accepts one; a workbook that another program wrote may have a longer one, or one with
/// characters that mean something in a formula.
fn sheet_name(name: &str) -> String {
    let forbidden = |c: char| c.is_control() || "[]:*?/\\".contains(c);
    let name = name.replace(forbidden, "-");
    let name = first_units(name.trim_matches('\''), SHEET_NAME_MAX);
    let name = name.trim_matches('\'');
    if name.trim().is_empty() { SHEET_NAME.to_string() } else { name.to_string() }
}

/// A cell above the headings, as it stood.
fn write_above(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> Result<(), XlsxError> {
    let number = match cell {
        Cell::Number(number) => number_out(*number),
        _ => None,
    };
    match (cell, number) {
        (Cell::Empty, _) => {}
        (_, Some(number)) => {
            sheet.write_number(row, column, number)?;
        }
        (cell, None) => {
            sheet.write_string(row, column, cell_text(&cell.shown()))?;
        }
    }
    Ok(())
}

/// Properties that do not change from run to run.
pub fn properties(as_of: Date) -> Result<DocProperties, XlsxError> {
    let day = |part: i8| u8::try_from(part).expect("months and days are positive");
    let year = u16::try_from(as_of.year()).unwrap_or(1900);
    let created = ExcelDateTime::from_ymd(year, day(as_of.month()), day(as_of.day()))?;
    Ok(DocProperties::new().set_creation_datetime(&created))
}

fn made<T>(result: Result<T, XlsxError>) -> io::Result<T> {
    result.map_err(|error| match error {
        XlsxError::IoError(error) => error,
        error => io::Error::other(error),
    })
}

/// The styles in the order in which the frame shows them in its sample row.
fn sampled() -> Vec<CellFormat> {
    let rank = |(background, letters): &(u32, u32)| {
        CellFormat::new()
            .set_bold()
            .set_background_color(Color::RGB(*background))
            .set_font_color(Color::RGB(*letters))
    };
    let number = |format: &str| CellFormat::new().set_num_format(format);
    let mut formats = vec![
        number("yyyy-mm-dd"),
        number("yyyy-mm-dd hh:mm:ss"),
        number("#,##0"),
        number("#,##0.00"),
        CellFormat::new().set_quote_prefix(),
    ];
    formats.extend(RANKS.iter().map(rank));
    formats
}

impl NewWorkbook {
    /// A new workbook for the rows of an input.
    pub(super) fn begin(shape: &Shape, headers: &[Header]) -> io::Result<NewWorkbook> {
        let mut new = NewWorkbook {
            sheets: Vec::with_capacity(headers.len()),
            as_of: shape.as_of,
            styles: OurStyles::default(),
            strings: 0,
            frame: None,
        };
        for (shape, header) in shape.sheets.iter().zip(headers) {
            let mut sheet = NewSheet::new(shape, header);
            sheet.name = new.free_name(&sheet.name);
            new.sheets.push(sheet);
        }
        let parts = new.frame()?;
        let our_styles = styles(part(parts, &NewWorkbook::part(0))?)?;
        let strings = part(parts, "xl/sharedStrings.xml")?;
        new.strings = memchr::memmem::find_iter(strings, b"<si>").count();
        new.styles = our_styles;
        Ok(new)
    }

    /// Name of the part of a sheet, from 0.
    pub(super) fn part(sheet: usize) -> String {
        format!("xl/worksheets/sheet{}.xml", sheet + 1)
    }

    /// The sheets so far, as they are written.
    pub(super) fn written(&self) -> Vec<WrittenSheet> {
        let written = |sheet: &NewSheet| WrittenSheet {
            name: Some(sheet.name.clone()),
            ours: sheet.ours,
            kept_to: sheet.kept_to,
        };
        self.sheets.iter().map(written).collect()
    }

    /// A name that no sheet has yet, up to the case of its letters: this one, or with a number behind it.
    fn free_name(&self, name: &str) -> String {
        let taken =
            |name: &str| self.sheets.iter().any(|sheet| sheet.name.to_lowercase() == name.to_lowercase());
        let numbered = |number: usize| {
            let suffix = format!(" {number}");
            first_units(name, SHEET_NAME_MAX - suffix.len()) + &suffix
        };
        let all = std::iter::once(name.to_string()).chain((2..).map(numbered));
        all.into_iter().find(|name| !taken(name)).unwrap_or_default()
    }

    /// Makes the columns of a sheet as wide as its first rows ask for; `width` of them are the input's.
    pub(super) fn measure(&mut self, sheet: usize, width: usize, first: Option<&Rows>) {
        let sheet = &mut self.sheets[sheet];
        sheet.widths = widths(&sheet.headings, width, first);
        self.frame = None;
    }

    /// The row below the headings of a sheet, from 1.
    pub(super) fn first_row(&self, sheet: usize) -> u64 {
        u64::from(self.sheets[sheet].heading_row) + 2
    }

    /// Goes on with the rows of the last sheet on a further one; its first row, from 1.
    pub(super) fn go_on(&mut self) -> u64 {
        let mut further = self.sheets[0].clone();
        further.name = self.free_name(&further.name);
        (further.last_row, further.kept_to) = (0, 0);
        self.sheets.push(further);
        self.frame = None;
        self.first_row(self.sheets.len() - 1)
    }

    /// Takes note of the last row of a sheet, from 0.
    pub(super) fn ends(&mut self, sheet: usize, last_row: u32) {
        self.sheets[sheet].last_row = last_row;
        self.frame = None;
    }

    /// The frame of the sheets as they are now.
    fn frame(&mut self) -> io::Result<&Parts> {
        let frame = match self.frame.take() {
            Some(frame) => frame,
            None => self.made_frame()?,
        };
        Ok(self.frame.insert(frame))
    }

    fn made_frame(&self) -> io::Result<Parts> {
        let bytes = made(self.workbook())?;
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(io::Error::other)?;
        let mut parts = Vec::with_capacity(archive.len());
        for place in 0..archive.len() {
            let mut file = archive.by_index(place).map_err(io::Error::other)?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            parts.push((file.name().map_err(io::Error::other)?.into_owned(), bytes));
        }
        Ok(parts)
    }

    fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties(self.as_of)?);
        for sheet in &self.sheets {
            sheet.write(workbook.add_worksheet())?;
        }
        workbook.save_to_buffer()
    }

    /// XML of a sheet up to and with its heading row.
    pub(super) fn head(&mut self, sheet: usize) -> io::Result<Vec<u8>> {
        let parts = self.frame()?;
        let xml = part(parts, &NewWorkbook::part(sheet))?;
        let mut head = xml[..samples(xml)?.0].to_vec();
        // How many rows there will be is not known yet.
        if let Some(from) = memchr::memmem::find(&head, b"<dimension ") {
            let to = from + memchr::memchr(b'>', &head[from..]).unwrap_or(0) + 1;
            head.drain(from..to);
        }
        Ok(head)
    }

    /// XML of a sheet behind its rows.
    pub(super) fn tail(&mut self, sheet: usize) -> io::Result<Vec<u8>> {
        let parts = self.frame()?;
        let xml = part(parts, &NewWorkbook::part(sheet))?;
        Ok(xml[samples(xml)?.1..].to_vec())
    }

    /// Writes all other parts.
    pub(super) fn complete<W: Write>(
        mut self,
        to: &mut Container<W>,
        table: (u64, u64, Vec<u8>),
        level: u8,
    ) -> io::Result<()> {
        let mut table = Some(table);
        for (name, bytes) in self.frame()? {
            if name.starts_with("xl/worksheets/sheet") {
                continue;
            }
            match table.take_if(|_| name == "xl/sharedStrings.xml") {
                Some(table) => to.part(name, &extended(bytes, table)?, level)?,
                None => to.part(name, bytes, level)?,
            }
        }
        Ok(())
    }
}

impl NewSheet {
    fn new(shape: &SheetShape, header: &Header) -> NewSheet {
        let csv = matches!(header.opened.0, Kind::Csv { .. });
        // Records stand one below the other; rows of a sheet keep their places.
        let place = |number: u64| u32::try_from(number - 1).unwrap_or(u32::MAX);
        let above = (0u32..).zip(&header.above);
        let above =
            above.map(|(record, (number, cells))| (if csv { record } else { place(*number) }, cells.clone()));
        let above: Vec<(u32, Vec<Cell>)> = above.collect();
        let heading_row = if csv { above.len() as u32 } else { place(header.number) };
        NewSheet {
            name: sheet_name(if csv { SHEET_NAME } else { &header.source.sheet }),
            headings: header.row.clone(),
            widths: widths(&header.row, shape.layout.width, None),
            columns: shape.columns.clone(),
            ours: shape.layout.width,
            above,
            heading_row,
            kept_to: if csv { 0 } else { u64::MAX },
            upper_row: heading_row.saturating_sub(u32::from(header.on_two_rows)),
            last_row: heading_row,
        }
    }

    fn write(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(&self.name)?;
        let row = self.heading_row;
        let heading = CellFormat::new()
            .set_bold()
            .set_border_bottom(FormatBorder::Thin)
            .set_text_wrap()
            .set_align(FormatAlign::Top);
        let ours = heading.clone().set_background_color(Color::RGB(HEADING));
        sheet.set_freeze_panes(row + 1, 0)?;
        sheet.set_row_height(row, HEADING_HEIGHT)?;
        sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(self.upper_row, row)?;
        for (row, cells) in &self.above {
            for (column, cell) in (0u16..).zip(cells) {
                write_above(sheet, *row, column, cell)?;
            }
        }
        for (column, text) in (0u16..).zip(&self.headings) {
            sheet.write_string_with_format(row, column, cell_text(&text.shown()), &heading)?;
        }
        for (column, width) in (0u16..).zip(&self.widths) {
            sheet.set_column_width(column, *width)?;
        }
        let first = u16::try_from(self.widths.len()).expect("columns are limited when a file is read");
        for (column, our) in (first..).zip(&self.columns) {
            sheet.set_column_width(column, shown_width(our.look))?;
            sheet.write_string_with_format(row, column, &our.heading, &ours)?;
            if let Some(note) = &our.note {
                sheet.insert_note(row, column, &Note::new(note))?;
            }
        }
        let last_column = first + u16::try_from(self.columns.len()).expect("few columns of ours") - 1;
        sheet.autofilter(row, 0, self.last_row.max(row), last_column)?;
        // Cells that show each style once; the rows take their place.
        for (column, format) in (0u16..).zip(sampled()) {
            sheet.write_blank(row + 1, column, &format)?;
        }
        Ok(())
    }
}

fn part<'p>(parts: &'p Parts, name: &str) -> io::Result<&'p [u8]> {
    let found = parts.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes.as_slice());
    found.ok_or_else(|| io::Error::other(format!("a frame without {name}")))
}

/// Where the sample row of a sheet begins, and where what follows it does.
fn samples(xml: &[u8]) -> io::Result<(usize, usize)> {
    let from = memchr::memmem::rfind(xml, b"<row ");
    let to = memchr::memmem::rfind(xml, b"</sheetData>");
    from.zip(to).ok_or_else(|| io::Error::other("a frame without rows"))
}

/// The styles of the sample row.
fn styles(xml: &[u8]) -> io::Result<OurStyles> {
    let (from, to) = samples(xml)?;
    let row = &xml[from..to];
    let cells = memchr::memmem::find_iter(row, b"<c ").map(|at| {
        let cell = &row[at..];
        let style = memchr::memmem::find(cell, b" s=\"")? + 4;
        let digits = cell[style..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        std::str::from_utf8(&cell[style..style + digits]).ok()?.parse().ok()
    });
    let styles: Option<Vec<u32>> = cells.collect();
    match styles.as_deref() {
        Some(&[date, moment, dollars, money, guarded, a, b, c, d, e]) => {
            Ok(OurStyles { heading: 0, date, moment, dollars, money, guarded, ranks: [a, b, c, d, e] })
        }
        _ => Err(io::Error::other("a frame without its styles")),
    }
}

/// How wide the columns of the input are shown: as wide as their first cells, and half as wide as their heading, which
/// may take two lines.
fn widths(headings: &[Cell], width: usize, first: Option<&Rows>) -> Vec<u32> {
    let mut widest = vec![0; width];
    for (widest, heading) in widest.iter_mut().zip(headings) {
        *widest = heading.shown().chars().count().div_ceil(2);
    }
    for row in first.iter().flat_map(|rows| (0..rows.len().min(ROWS_MEASURED)).map(|row| rows.whole(row))) {
        for (widest, cell) in widest.iter_mut().zip(row.iter().map(Cell::shown)) {
            *widest = (*widest).max(cell.chars().count());
        }
    }
    widest.into_iter().map(|widest| u32::try_from((widest + 2).clamp(9, 40)).unwrap_or(40)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_such_as_are_accepted() {
        assert_eq!(sheet_name("Month 11/2025 [final]"), "Month 11-2025 -final-");
        assert_eq!(sheet_name("'quoted'"), "quoted");
        assert_eq!(sheet_name(" "), SHEET_NAME);
        assert_eq!(sheet_name(&"x".repeat(40)), "x".repeat(31));
        // Each of these is two UTF-16 units.
        assert_eq!(sheet_name(&"\u{1f600}".repeat(16)), "\u{1f600}".repeat(15));
    }
}
