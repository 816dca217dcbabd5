//! Rows that go into a new workbook: their cells, and the texts of a piece each once.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use jiff::civil::{DateTime, Time};
use rust_decimal::Decimal;

use super::append::{push_decimal, revives};
use super::our_styles::OurStyles;
use super::row::{Cell, Decoder, Rows};
use super::sheet_frame::letters;
use super::string_table::{Placed, text_element};

/// A cell on its way into a new workbook.
enum OutCell {
    /// A text, by its place among the distinct ones.
    Text(u32),
    Number(Decimal),
    Date(DateTime),
    Bool(bool),
}

/// The cells of the rows of a piece.
pub(super) struct Piecewise {
    /// Distinct texts, and how many cells hold each.
    pub(super) distinct: Vec<(String, u64)>,
    cells: Vec<(u32, OutCell)>,
    /// Where the cells of each row end.
    ends: Vec<usize>,
    /// Row numbers of a sheet; none for records of a CSV, which are counted.
    pub(super) numbers: Option<Vec<u64>>,
}

impl Piecewise {
    pub(super) fn of(rows: &Rows) -> Piecewise {
        let csv = matches!(rows.decoder, Decoder::Csv(_));
        let numbers = (!csv).then(|| rows.places.iter().map(|place| place.number).collect());
        let mut texts = Piecewise { distinct: Vec::new(), cells: Vec::new(), ends: Vec::new(), numbers };
        let mut known: HashMap<String, u32, FixedState> = HashMap::default();
        for row in 0..rows.len() {
            for (column, cell) in (0u32..).zip(rows.whole(row)) {
                let out = match cell {
                    Cell::Empty => continue,
                    Cell::Number(number) => OutCell::Number(number),
                    Cell::Date(date) => OutCell::Date(date),
                    Cell::Bool(value) => OutCell::Bool(value),
                    Cell::Text(text) => OutCell::Text(texts.text(&mut known, text.into_string())),
                    Cell::Error(_) | Cell::FormulaWithoutValue => {
                        OutCell::Text(texts.text(&mut known, cell.shown()))
                    }
                };
                texts.cells.push((column, out));
            }
            texts.ends.push(texts.cells.len());
        }
        texts
    }

    fn text(&mut self, known: &mut HashMap<String, u32, FixedState>, text: String) -> u32 {
        if let Some(place) = known.get(&text) {
            self.distinct[*place as usize].1 += 1;
            return *place;
        }
        let place = self.distinct.len() as u32;
        self.distinct.push((text.clone(), 1));
        known.insert(text, place);
        place
    }

    /// Writes the cells of a row.
    pub(super) fn cells(
        &self,
        out: &mut Vec<u8>,
        row: usize,
        number: u64,
        places: &[Placed],
        styles: &OurStyles,
    ) {
        let from = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        let mut digits = itoa::Buffer::new();
        let digits = digits.format(number).as_bytes();
        let mut column_letters = ColumnLetters::default();
        for (column, cell) in &self.cells[from..self.ends[row]] {
            out.extend_from_slice(b"<c r=\"");
            out.extend_from_slice(column_letters.of(*column));
            out.extend_from_slice(digits);
            match cell {
                OutCell::Text(place) => {
                    let text = &self.distinct[*place as usize].0;
                    text_cell(out, text, places[*place as usize], styles);
                }
                OutCell::Number(number) if number.mantissa().unsigned_abs() < 1_000_000_000_000_000 => {
                    out.extend_from_slice(b"\"><v>");
                    push_decimal(out, number.normalize());
                    out.extend_from_slice(b"</v></c>");
                }
                OutCell::Number(number) => text_cell(out, &number.to_string(), Placed::Inline, styles),
                OutCell::Date(date) => match serial(*date) {
                    Some(serial) => {
                        let midnight = date.time() == Time::midnight();
                        let style = if midnight { styles.date } else { styles.moment };
                        out.extend_from_slice(format!("\" s=\"{style}\"><v>").as_bytes());
                        push_decimal(out, serial);
                        out.extend_from_slice(b"</v></c>");
                    }
                    None => text_cell(out, &date.to_string(), Placed::Inline, styles),
                },
                OutCell::Bool(value) => {
                    out.extend_from_slice(format!("\" t=\"b\"><v>{}</v></c>", u8::from(*value)).as_bytes());
                }
            }
        }
    }
}

/// Letters of columns that come in order.
#[derive(Default)]
struct ColumnLetters {
    known: [u8; 3],
}

impl ColumnLetters {
    fn of(&mut self, column: u32) -> &[u8] {
        let text = letters(column as usize);
        self.known[..text.len()].copy_from_slice(text.as_bytes());
        &self.known[..text.len()]
    }
}

fn text_cell(out: &mut Vec<u8>, text: &str, placed: Placed, styles: &OurStyles) {
    out.push(b'"');
    // What would come alive as a formula when the cell is edited is marked as text.
    if revives(text) {
        out.extend_from_slice(format!(" s=\"{}\"", styles.guarded).as_bytes());
    }
    match placed {
        Placed::Shared(place) => {
            out.extend_from_slice(b" t=\"s\"><v>");
            out.extend_from_slice(itoa::Buffer::new().format(place).as_bytes());
            out.extend_from_slice(b"</v></c>");
        }
        Placed::Inline => {
            out.extend_from_slice(b" t=\"inlineStr\"><is>");
            text_element(out, "", text);
            out.extend_from_slice(b"</is></c>");
        }
    }
}

/// The serial of a day and time in the 1900 system, where 1 is 1900-01-01 and the 29 February 1900 that never was is
/// counted; `None` before it.
fn serial(moment: DateTime) -> Option<Decimal> {
    let first = jiff::civil::date(1899, 12, 30);
    let days = i64::from(moment.date().since(first).ok()?.get_days());
    // Up to 1900-02-28 the day that never was has not yet been counted.
    let days = if days <= 60 { days - 1 } else { days };
    let time = moment.time();
    let milliseconds =
        ((i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60 + i64::from(time.second())) * 1000
            + i64::from(time.subsec_nanosecond()) / 1_000_000;
    let day = Decimal::from(86_400_000);
    let part = (Decimal::from(milliseconds) / day).round_dp(9);
    (days >= 1).then(|| (Decimal::from(days) + part).normalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials() {
        // Known pairs: 2025-08-01 is 45870, 1900-01-01 is 1, 1900-03-01 is 61; noon is a half.
        let day = |y, m, d| jiff::civil::date(y, m, d).at(0, 0, 0, 0);
        assert_eq!(serial(day(2025, 8, 1)), Some(Decimal::from(45_870)));
        assert_eq!(serial(day(1900, 1, 1)), Some(Decimal::from(1)));
        assert_eq!(serial(day(1900, 2, 28)), Some(Decimal::from(59)));
        assert_eq!(serial(day(1900, 3, 1)), Some(Decimal::from(61)));
        assert_eq!(serial(jiff::civil::date(2025, 8, 1).at(12, 0, 0, 0)), Some(Decimal::new(458_705, 1)));
        assert_eq!(serial(day(1899, 12, 31)), None);
    }
}
