//! Texts and figures of ours as fields of a CSV file.

use rust_decimal::Decimal;

use super::annotated::Figure;

/// A text that comes alive as a formula in a spreadsheet program (OWASP CSV injection).
pub fn revives(text: &str) -> bool {
    let first = text.trim_start_matches([' ', '\u{a0}']).chars().next();
    matches!(first, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠'))
}

/// A text of ours as a CSV field: one that a spreadsheet program would take for a formula is guarded by an apostrophe.
pub(super) fn csv_text(text: &str, delimiter: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 2);
    push_guarded(&mut out, text, delimiter);
    out
}

/// Appends a text of ours as a CSV field, guarded.
pub fn push_guarded(out: &mut Vec<u8>, text: &str, delimiter: u8) {
    if revives(text) {
        csv_field(out, &format!("'{text}"), delimiter);
    } else {
        csv_field(out, text, delimiter);
    }
}

fn csv_field(out: &mut Vec<u8>, field: &str, delimiter: u8) {
    if !field.bytes().any(|byte| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r')) {
        out.extend_from_slice(field.as_bytes());
        return;
    }
    out.push(b'"');
    for byte in field.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// A decimal with all its places: a CSV keeps the cents of 12.50.
pub fn push_decimal(out: &mut Vec<u8>, number: Decimal) {
    let (mantissa, scale) = (number.mantissa(), number.scale() as usize);
    let Ok(small) = u64::try_from(mantissa.unsigned_abs()) else {
        out.extend_from_slice(number.to_string().as_bytes());
        return;
    };
    if mantissa < 0 {
        out.push(b'-');
    }
    let mut digits = itoa::Buffer::new();
    let digits = digits.format(small).as_bytes();
    let whole = digits.len().saturating_sub(scale);
    out.extend_from_slice(if whole == 0 { b"0" } else { &digits[..whole] });
    if scale > 0 {
        out.push(b'.');
        out.extend(std::iter::repeat_n(b'0', scale.saturating_sub(digits.len())));
        out.extend_from_slice(&digits[whole..]);
    }
}

/// A figure with all its places: `12.50`.
pub(super) fn push_figure(out: &mut Vec<u8>, figure: Figure) {
    let mut digits = itoa::Buffer::new();
    match figure {
        Figure::Empty => {}
        Figure::Dollars(dollars) => out.extend_from_slice(digits.format(dollars).as_bytes()),
        Figure::Cents(cents) => push_cents(out, cents),
    }
}

/// An amount of cents in dollars: `-12.50`.
pub fn push_cents(out: &mut Vec<u8>, cents: i64) {
    if cents < 0 {
        out.push(b'-');
    }
    let size = cents.unsigned_abs();
    out.extend_from_slice(itoa::Buffer::new().format(size / 100).as_bytes());
    let rest = (size % 100) as u8;
    out.extend_from_slice(&[b'.', b'0' + rest / 10, b'0' + rest % 10]);
}

/// A record of cells.
pub(super) fn cells_as_record<'a>(out: &mut Vec<u8>, cells: impl Iterator<Item = &'a str>, delimiter: u8) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            out.push(delimiter);
        }
        csv_field(out, cell, delimiter);
    }
}
