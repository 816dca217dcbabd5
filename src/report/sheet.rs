//! Sheets of a report, written from top to bottom: headings, rows, and the height that wrapped text needs.

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Url, Worksheet, XlsxError};

use crate::casebook::HYPOTHETICAL;
use crate::spreadsheet::cell_text;
use crate::spreadsheet::number::number_out;
use crate::terms::Money;

/// A sheet that is written from top to bottom.
pub(super) struct Sheet<'a> {
    pub(super) sheet: &'a mut Worksheet,
    pub(super) row: u32,
    pub(super) looks: &'a Looks,
    /// Widths of the columns so far, in characters.
    pub(super) widths: Vec<u32>,
}

/// Height of a line of text in points.
const LINE_HEIGHT: u32 = 15;
/// Lines of text that a row shows, at most.
const LINES_SHOWN_MAX: u32 = 6;

/// How cells look.
pub(super) struct Looks {
    pub(super) title: Format,
    pub(super) heading: Format,
    pub(super) wrap: Format,
    pub(super) money: Format,
    pub(super) whole: Format,
    pub(super) day: Format,
    pub(super) bold: Format,
    pub(super) link: Format,
    pub(super) small: Format,
    pub(super) hypothetical: Format,
}

/// What a cell of a report holds.
pub(super) enum Value {
    Text(String),
    Whole(u64),
    Money(Option<Money>),
    Day(Option<Date>),
    /// As many digits as it has.
    Figure(Decimal),
    Link(String),
    /// A value that leads somewhere.
    Linked(Box<Value>, String),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_string())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl<'a> Sheet<'a> {
    /// A sheet with nothing on it but, under an assumption, the line that says so.
    pub(super) fn begin(
        sheet: &'a mut Worksheet,
        looks: &'a Looks,
        hypothetical: Option<&str>,
    ) -> Result<Sheet<'a>, XlsxError> {
        let mut begun = Sheet { sheet, row: 0, looks, widths: vec![] };
        if let Some(told) = hypothetical {
            begun.sheet.set_tab_color(Color::Red).set_header(format!("&C&B{HYPOTHETICAL}"));
            begun.line(told, &looks.hypothetical)?;
        }
        Ok(begun)
    }
}

impl Sheet<'_> {
    pub(super) fn line(&mut self, text: &str, look: &Format) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(self.row, 0, cell_text(text), look)?;
        self.row += 1;
        Ok(())
    }

    /// Makes the first columns so wide.
    pub(super) fn widths(&mut self, widths: &[u32]) -> Result<(), XlsxError> {
        for (column, width) in (0u16..).zip(widths) {
            self.sheet.set_column_width(column, *width)?;
        }
        self.widths = widths.to_vec();
        Ok(())
    }

    /// A text over all columns that have a width, on as many lines as it takes.
    pub(super) fn paragraph(&mut self, text: &str, look: &Format) -> Result<(), XlsxError> {
        let last = u16::try_from(self.widths.len()).unwrap_or(u16::MAX).saturating_sub(1);
        let look = look.clone().set_text_wrap().set_align(FormatAlign::Top);
        self.sheet.merge_range(self.row, 0, self.row, last, &cell_text(text), &look)?;
        let width: u32 = self.widths.iter().sum();
        let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        // A column is as wide as so many digits, and letters are narrower; on lines as long as these it matters little that
        // words are not broken.
        let lines = characters.saturating_mul(10).div_ceil(width.max(1) * 11).clamp(1, LINES_SHOWN_MAX);
        self.sheet.set_row_height(self.row, lines * LINE_HEIGHT)?;
        self.row += 1;
        Ok(())
    }

    /// A line that leads somewhere, if it can.
    pub(super) fn linked_line(&mut self, text: &str, link: Option<String>) -> Result<(), XlsxError> {
        let Some(link) = link else { return self.line(text, &Format::new()) };
        let url = Url::new(link).set_text(cell_text(text));
        self.sheet.write_url(self.row, 0, url)?;
        self.row += 1;
        Ok(())
    }

    pub(super) fn headings(&mut self, headings: &[(&str, u32)]) -> Result<(), XlsxError> {
        // Tables that stand one below the other share their columns: a later one makes them wider, never narrower.
        self.widths.resize(self.widths.len().max(headings.len()), 0);
        self.widths.iter_mut().zip(headings).for_each(|(known, (_, width))| *known = (*known).max(*width));
        let lines = headings.iter().map(|(heading, width)| lines_of(heading, *width)).max();
        self.sheet.set_row_height(self.row, lines.unwrap_or(1) * LINE_HEIGHT)?;
        for (column, ((heading, _), width)) in (0u16..).zip(headings.iter().zip(&self.widths)) {
            self.sheet.write_string_with_format(self.row, column, *heading, &self.looks.heading)?;
            self.sheet.set_column_width(column, *width)?;
        }
        self.row += 1;
        Ok(())
    }

    /// A table with a filter, below which nothing else stands; its headings stay in sight.
    pub(super) fn table<R: IntoIterator<Item = Value>>(
        &mut self,
        columns: &[(&str, u32)],
        rows: impl IntoIterator<Item = R>,
    ) -> Result<(), XlsxError> {
        let first = self.row;
        self.headings(columns)?;
        for row in rows {
            self.values(row)?;
        }
        let last = u16::try_from(columns.len()).unwrap_or(u16::MAX).saturating_sub(1);
        self.sheet.autofilter(first, 0, self.row.max(first + 2) - 1, last)?;
        Ok(())
    }

    pub(super) fn values(&mut self, values: impl IntoIterator<Item = Value>) -> Result<(), XlsxError> {
        let mut lines = 1;
        for (column, value) in (0u16..).zip(values) {
            lines = lines.max(self.value(column, value)?);
        }
        // A row keeps the height it is given; not every spreadsheet program adjusts it to wrapped text.
        self.sheet.set_row_height(self.row, lines * LINE_HEIGHT)?;
        self.row += 1;
        Ok(())
    }

    /// Writes a cell; the lines of text that it takes.
    fn value(&mut self, column: u16, value: Value) -> Result<u32, XlsxError> {
        let (row, looks) = (self.row, self.looks);
        match value {
            Value::Text(text) if text.is_empty() => {}
            Value::Text(text) => {
                let width = self.widths.get(usize::from(column)).copied().unwrap_or(10);
                self.sheet.write_string_with_format(row, column, cell_text(&text), &looks.wrap)?;
                return Ok(lines_of(&text, width));
            }
            Value::Whole(count) => {
                let number = number_out(count.into()).unwrap_or_default();
                self.sheet.write_number_with_format(row, column, number, &looks.whole)?;
            }
            Value::Money(None) => {}
            Value::Money(Some(amount)) => match number_out(amount.decimal()) {
                Some(number) => {
                    self.sheet.write_number_with_format(row, column, number, &looks.money)?;
                }
                None => {
                    self.sheet.write_string(row, column, amount.to_string())?;
                }
            },
            Value::Day(None) => {}
            Value::Day(Some(day)) => match date_out(day) {
                Some(date) => {
                    self.sheet.write_datetime_with_format(row, column, date, &looks.day)?;
                }
                None => {
                    self.sheet.write_string(row, column, day.to_string())?;
                }
            },
            Value::Figure(figure) => match number_out(figure) {
                Some(number) => {
                    self.sheet.write_number_with_format(row, column, number, &looks.wrap)?;
                }
                None => {
                    self.sheet.write_string(row, column, figure.to_string())?;
                }
            },
            Value::Link(link) => {
                self.sheet.write_url(row, column, Url::new(link))?;
            }
            Value::Linked(shown, link) => {
                // The link belongs to the cell: what is written over its text keeps it, and a number stays one.
                self.sheet.write_url(row, column, Url::new(link))?;
                let lines = self.value(column, *shown)?;
                self.sheet.set_cell_format(row, column, &looks.link)?;
                return Ok(lines);
            }
        }
        Ok(1)
    }
}

/// A day as a spreadsheet keeps it; `None` for one that it cannot keep.
fn date_out(day: Date) -> Option<ExcelDateTime> {
    let (month, date) = (u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?);
    ExcelDateTime::from_ymd(u16::try_from(day.year()).ok()?, month, date).ok()
}

/// Lines that a text takes in a column of this width, a little generously: words are not broken.
fn lines_of(text: &str, width: u32) -> u32 {
    let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    (characters.saturating_mul(9) / 8).div_ceil(width.max(1)).clamp(1, LINES_SHOWN_MAX)
}

impl Looks {
    /// The looks of all reports.
    pub(super) fn new() -> Looks {
        Looks {
            title: Format::new().set_bold().set_font_size(14),
            heading: Format::new()
                .set_bold()
                .set_border_bottom(FormatBorder::Thin)
                .set_background_color(Color::RGB(0xDDE7F0))
                .set_text_wrap()
                .set_align(FormatAlign::Top),
            wrap: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            money: Format::new().set_num_format("#,##0.00").set_align(FormatAlign::Top),
            whole: Format::new().set_num_format("#,##0").set_align(FormatAlign::Top),
            day: Format::new()
                .set_num_format("yyyy-mm-dd")
                .set_align(FormatAlign::Left)
                .set_align(FormatAlign::Top),
            bold: Format::new().set_bold(),
            link: Format::new().set_hyperlink().set_text_wrap().set_align(FormatAlign::Top),
            small: Format::new().set_font_size(9),
            hypothetical: Format::new()
                .set_bold()
                .set_font_color(Color::White)
                .set_background_color(Color::RGB(0xC0_00_00)),
        }
    }
}
