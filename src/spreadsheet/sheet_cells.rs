//! What a cell of a workbook's sheet says: its bytes, its kind and its style to a value. What cannot be understood
//! becomes an error cell, never another value.

use jiff::civil::{Date, DateTime, Time};
use rust_decimal::Decimal;

use super::number::{decimal_in, serial_in};
use super::row::{Cell, Form, Span, digits};
use super::shared_strings::SharedStrings;
use super::xml;

/// What a number format makes of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum NumberKind {
    #[default]
    Number,
    Date,
    Duration,
}

/// What the cells of a sheet refer to: shared strings, styles, and the day on which serials begin.
#[derive(Debug, Default)]
pub(super) struct SheetContext {
    pub(super) strings: SharedStrings,
    /// By style.
    pub(super) kinds: Vec<NumberKind>,
    pub(super) epoch_1904: bool,
}

impl SheetContext {
    fn kind(&self, style: u32) -> NumberKind {
        self.kinds.get(style as usize).copied().unwrap_or_default()
    }

    /// 0 for a number, else what its style makes of it.
    pub(super) fn number_kind(&self, style: u32) -> u8 {
        self.kind(style) as u8
    }

    /// The shared string whose place stands in these bytes; `None` if there is no such string.
    pub(super) fn shared(&self, place: &[u8]) -> Option<&str> {
        self.strings.get(usize::try_from(digits(place, 9)?).ok()?)
    }
}

/// How the content of a cell of this type (its attribute `t`) is to be understood; `None` for a type that is not known.
pub(super) fn form_of(kind: Option<&[u8]>) -> Option<Form> {
    Some(match kind {
        None | Some(b"n") => Form::Number,
        Some(b"s") => Form::Shared,
        Some(b"str" | b"inlineStr") => Form::Text,
        Some(b"b") => Form::Bool,
        Some(b"e") => Form::Error,
        Some(b"d") => Form::Iso,
        Some(_) => return None,
    })
}

/// The cell of a span.
pub(super) fn cell(context: &SheetContext, bytes: &[u8], span: Span) -> Cell {
    match span.form {
        Form::Shared => context.shared(bytes.trim_ascii()).map_or_else(
            || Cell::Error(format!("shared string {}", String::from_utf8_lossy(bytes)).into()),
            |text| Cell::Text(text.into()),
        ),
        Form::Formula => Cell::FormulaWithoutValue,
        form => match xml::text(bytes) {
            Some(text) => value(context, &text, form, span.style),
            None => Cell::Error(String::from_utf8_lossy(bytes).into_owned().into()),
        },
    }
}

/// The value of a cell whose text is known.
pub(super) fn value(context: &SheetContext, text: &str, form: Form, style: u32) -> Cell {
    let wrong = || Cell::Error(text.into());
    match form {
        Form::Text => Cell::Text(xml::unescaped(text).into()),
        Form::Error => wrong(),
        Form::Bool => match text.trim_ascii() {
            "1" | "true" => Cell::Bool(true),
            "0" | "false" => Cell::Bool(false),
            _ => wrong(),
        },
        // A time of day is no day; it stays the text that it is.
        Form::Iso if text.trim_ascii().parse::<Time>().is_ok() && !text.contains('-') => {
            Cell::Text(text.into())
        }
        Form::Iso => iso(text).map_or_else(wrong, Cell::Date),
        Form::Number => number(context, text.trim_ascii(), style),
        _ => Cell::Empty,
    }
}

fn number(context: &SheetContext, text: &str, style: u32) -> Cell {
    let kind = context.kind(style);
    if kind == NumberKind::Number
        && let Some(decimal) = plain_decimal(text)
    {
        return Cell::Number(decimal);
    }
    let plain =
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    match kind {
        _ if !plain => Cell::Error(text.into()),
        NumberKind::Number => decimal_in(text),
        kind => serial_in(text, kind == NumberKind::Duration, context.epoch_1904),
    }
}

/// A number of at most fifteen digits without an exponent, read digit by digit: it comes to the same as the way over
/// a binary float, which fifteen digits survive.
fn plain_decimal(text: &str) -> Option<Decimal> {
    let (digits, negative) = text.strip_prefix('-').map_or((text, false), |digits| (digits, true));
    if digits.is_empty() || digits.len() > 15 || !digits.as_bytes()[0].is_ascii_digit() {
        return None;
    }
    let (mut mantissa, mut point) = (0i64, None);
    for (at, byte) in digits.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => mantissa = mantissa * 10 + i64::from(byte - b'0'),
            b'.' if point.is_none() => point = Some(at),
            _ => return None,
        }
    }
    let scale = point.map_or(0, |point| digits.len() - point - 1);
    let number = Decimal::new(if negative { -mantissa } else { mantissa }, u32::try_from(scale).ok()?);
    Some(if scale == 0 && !(negative && mantissa == 0) { number } else { number.normalize() })
}

/// A day, or a day and time of no zone. A time zone would move the day of an entry: it is not understood.
fn iso(text: &str) -> Option<DateTime> {
    let text = text.trim_ascii();
    let zoned = text.get(10..).is_some_and(|time| time.contains(['+', '-', 'Z', 'z']));
    let midnight = |date: Date| date.to_datetime(Time::midnight());
    (!zoned)
        .then(|| text.parse::<DateTime>().ok().or_else(|| text.parse::<Date>().ok().map(midnight)))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_to_the_same_as_floats() {
        for text in ["0", "-0", "84250", "93.50", "0.1", "123456789.01", "-12.5", "100", "1.0"] {
            assert_eq!(plain_decimal(text).map(Cell::Number), Some(decimal_in(text)), "{text}");
        }
        for text in ["1e3", "", "-", ".5", "5 ", "1.2.3", "1234567890123456", "+1"] {
            assert_eq!(plain_decimal(text), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_understood_is_an_error_cell() {
        let context = SheetContext::default();
        let read = |bytes: &[u8], form| cell(&context, bytes, Span { form, ..Span::default() });
        for (bytes, form) in [
            (&b"0"[..], Form::Shared),
            (b"abc", Form::Shared),
            (b"-1", Form::Shared),
            (b"NaN", Form::Number),
            (b"inf", Form::Number),
            (b"84_250", Form::Number),
            (b"1e400", Form::Number),
            (b"2", Form::Bool),
            (b"2025-13-45", Form::Iso),
            (b"2025-08-01T00:00:00+14:00", Form::Iso),
            (b"&unknown;", Form::Text),
        ] {
            assert!(matches!(read(bytes, form), Cell::Error(_)), "{}", String::from_utf8_lossy(bytes));
        }
    }
}
