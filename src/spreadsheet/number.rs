//! The border at which a workbook's binary number comes in and goes out. Nowhere else is an amount a float.

#![allow(clippy::disallowed_types, reason = "a workbook stores every number as a binary float")]

use calamine::{ExcelDateTime, ExcelDateTimeType};
use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};

use super::row::Cell;

/// A workbook's number to the fifteen significant digits that a spreadsheet program shows. What is no number (NaN,
/// infinity) or too large for a decimal becomes an error cell.
pub fn number_in(value: f64) -> Cell {
    match Decimal::from_f64(value) {
        Some(number) if value.is_finite() => Cell::Number(number.normalize()),
        _ => Cell::Error(value.to_string().into()),
    }
}

/// The text of a workbook's number.
pub fn decimal_in(text: &str) -> Cell {
    text.parse().map_or_else(|_| Cell::Error(text.into()), number_in)
}

/// The text of a workbook's number whose style says date, time or duration.
pub fn serial_in(text: &str, duration: bool, epoch_1904: bool) -> Cell {
    let kind = if duration { ExcelDateTimeType::TimeDelta } else { ExcelDateTimeType::DateTime };
    text.parse().map_or_else(
        |_| Cell::Error(text.into()),
        |serial| date_in(&ExcelDateTime::new(serial, kind, epoch_1904)),
    )
}

/// A date or time of a workbook. A duration stays a number; a serial that is no day becomes an error cell.
pub fn date_in(value: &ExcelDateTime) -> Cell {
    // A time without a day is a number, and goes back out as one.
    if value.is_duration() || (0.0..1.0).contains(&value.as_f64()) {
        return number_in(value.as_f64());
    }
    let out_of_range = || Cell::Error(format!("date serial {}", value.as_f64()).into());
    // Serial 60 is 29 February 1900, a day that never was; 0 and less are no days.
    if value.as_f64() < 1.0 || (60.0..61.0).contains(&value.as_f64()) {
        return out_of_range();
    }
    let (year, month, day, hour, minute, second, milli) = value.to_ymd_hms_milli();
    let small = |part: u8| i8::try_from(part).ok();
    let date = || -> Option<DateTime> {
        let date = Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()?;
        let nanos = i32::from(milli) * 1_000_000;
        let time = jiff::civil::Time::new(small(hour)?, small(minute)?, small(second)?, nanos).ok()?;
        Some(date.to_datetime(time))
    };
    date().map_or_else(out_of_range, Cell::Date)
}

/// A decimal as a workbook's number; `None` if the fifteen digits that a spreadsheet program shows would not give it
/// back.
pub fn number_out(number: Decimal) -> Option<f64> {
    let value = number.to_f64()?;
    (Decimal::from_f64(value)? == number).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_digits_in_and_out() {
        let number = |text| Cell::Number(Decimal::from_str_exact(text).unwrap());
        assert_eq!(number_in(28.999_999_999_999_996), number("29"));
        assert_eq!(number_in(93.5), number("93.5"));
        assert_eq!(number_in(f64::NAN), Cell::Error("NaN".into()));
        assert_eq!(number_in(1e300), Cell::Error(1e300f64.to_string().into()));
        assert_eq!(number_out(Decimal::new(6_424_105, 2)), Some(64_241.05));
        assert_eq!(number_out(Decimal::from_str_exact("12345678901234567.89").unwrap()), None);
    }
}
