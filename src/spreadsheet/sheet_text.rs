//! Rows that go into a new workbook: their cells, and the texts of a piece each once.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use jiff::civil::{DateTime, Time};
use rust_decimal::Decimal;

use super::annotated::Joined;
use super::book_cells::BookTarget;
use super::csv_fields;
use super::fields::push_decimal;
use super::row::{Cell, Decoder, Form, Rows};
use super::string_table::{Placed, StringTable};

/// A cell on its way into a new workbook.
enum OutCell {
    Empty,
    /// A text, by its place among the distinct ones.
    Text(u32),
    Number(Decimal),
    Date(DateTime),
    Bool(bool),
}

/// A text that occurs in a piece.
struct Distinct {
    text: Text,
    cells: u64,
}

enum Text {
    /// Bytes of the piece, from here to there.
    At(u32, u32),
    Decoded(String),
}

/// The cells of the rows of a piece.
pub(super) struct Piecewise {
    distinct: Vec<Distinct>,
    cells: Vec<OutCell>,
    /// Where the cells of each row end.
    ends: Vec<usize>,
    /// Row numbers of a sheet; none for records of a CSV and such as were set apart, which are counted.
    pub(super) numbers: Option<Vec<u64>>,
    /// Distinct texts as they are written, once they are numbered.
    written: Joined,
}

impl Piecewise {
    pub(super) fn of(rows: &Rows) -> Piecewise {
        match rows.decoder {
            Decoder::Csv(delimiter) => Piecewise::of_records(rows, delimiter),
            _ => Piecewise::of_cells(rows),
        }
    }

    fn empty(rows: &Rows) -> Piecewise {
        Piecewise {
            distinct: Vec::new(),
            cells: Vec::with_capacity(rows.len() * 24),
            ends: Vec::with_capacity(rows.len()),
            numbers: None,
            written: Joined::default(),
        }
    }

    /// Every field of a record is a text, whatever it looks like.
    fn of_records(rows: &Rows, delimiter: u8) -> Piecewise {
        let mut texts = Piecewise::empty(rows);
        let mut known: HashMap<&[u8], u32, FixedState> = HashMap::default();
        for row in 0..rows.len() {
            let (from, record) = rows.record(row);
            if !record.is_empty() {
                for (start, end, form) in csv_fields::fields_of(record, delimiter) {
                    let field = &record[start..end];
                    if form == Form::Empty {
                        texts.cells.push(OutCell::Empty);
                        continue;
                    }
                    let place = *known.entry(field).or_insert_with(|| {
                        let text = match form {
                            Form::Field => Text::At((from + start) as u32, (from + end) as u32),
                            _ => Text::Decoded(csv_fields::cell(field, form, delimiter).into_text()),
                        };
                        texts.distinct.push(Distinct { text, cells: 0 });
                        texts.distinct.len() as u32 - 1
                    });
                    texts.distinct[place as usize].cells += 1;
                    texts.cells.push(OutCell::Text(place));
                }
            }
            texts.ends.push(texts.cells.len());
        }
        texts
    }

    fn of_cells(rows: &Rows) -> Piecewise {
        let mut texts = Piecewise::empty(rows);
        if !matches!(rows.decoder, Decoder::Kept { counted: true }) {
            texts.numbers = Some(rows.places.iter().map(|place| place.number).collect());
        }
        let mut known: HashMap<String, u32, FixedState> = HashMap::default();
        for row in 0..rows.len() {
            for cell in rows.whole(row) {
                let out = match cell {
                    Cell::Empty => OutCell::Empty,
                    Cell::Number(number) => OutCell::Number(number),
                    Cell::Date(date) => OutCell::Date(date),
                    Cell::Bool(value) => OutCell::Bool(value),
                    cell => {
                        let text = cell.into_text();
                        let place = *known.entry(text.clone()).or_insert_with(|| {
                            texts.distinct.push(Distinct { text: Text::Decoded(text), cells: 0 });
                            texts.distinct.len() as u32 - 1
                        });
                        texts.distinct[place as usize].cells += 1;
                        OutCell::Text(place)
                    }
                };
                texts.cells.push(out);
            }
            texts.ends.push(texts.cells.len());
        }
        texts
    }

    /// Numbers the distinct texts, in the order in which the rows first have them.
    pub(super) fn number(&mut self, rows: &Rows, strings: &mut StringTable, target: &BookTarget) {
        let mut written = Joined::default();
        for Distinct { text, cells } in &self.distinct {
            let text = match text {
                Text::At(from, to) => {
                    std::str::from_utf8(&rows.bytes[*from as usize..*to as usize]).unwrap_or_default()
                }
                Text::Decoded(text) => text,
            };
            let placed = strings.place(text, *cells);
            written.push(|out| target.guarded(out, text, placed));
        }
        self.written = written;
    }

    /// Writes the cells of a row. Each stands behind the one before it, and says so by saying nothing.
    pub(super) fn cells(&self, out: &mut Vec<u8>, row: usize, written: &[&[u8]], target: &BookTarget) {
        let from = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        for cell in &self.cells[from..self.ends[row]] {
            out.extend_from_slice(b"<c");
            match cell {
                OutCell::Empty => out.extend_from_slice(b"/>"),
                OutCell::Text(place) => out.extend_from_slice(written[*place as usize]),
                OutCell::Number(number) if number.mantissa().unsigned_abs() < 1_000_000_000_000_000 => {
                    out.extend_from_slice(b"><v>");
                    push_decimal(out, number.normalize());
                    out.extend_from_slice(b"</v></c>");
                }
                OutCell::Number(number) => target.guarded(out, &number.to_string(), Placed::Inline),
                OutCell::Date(date) => match serial(*date) {
                    Some(serial) => {
                        let midnight = date.time() == Time::midnight();
                        let style = if midnight { target.styles.date } else { target.styles.moment };
                        out.extend_from_slice(format!(" s=\"{style}\"><v>").as_bytes());
                        push_decimal(out, serial);
                        out.extend_from_slice(b"</v></c>");
                    }
                    None => target.guarded(out, &date.to_string(), Placed::Inline),
                },
                OutCell::Bool(value) => {
                    out.extend_from_slice(format!(" t=\"b\"><v>{}</v></c>", u8::from(*value)).as_bytes());
                }
            }
        }
    }

    /// The distinct texts as they are written.
    pub(super) fn written(&self) -> Vec<&[u8]> {
        self.written.iter().collect()
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
