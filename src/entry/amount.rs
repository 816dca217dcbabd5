//! Amounts and figures as brokers write them.

use rust_decimal::Decimal;

use crate::spreadsheet::row::Cell;

/// What is expected of an amount.
pub const AMOUNT: &str = "an amount in dollars such as 1234.50 or $1,234.50";

/// Reads an amount: `1234.5`, `$1,234.50`, `USD 1,234`, `(123.00)`, `-5`. `None` for anything else: an exponent,
/// groups that are not of three, a comma as the decimal mark, letters. Exactly three decimals are refused too:
/// `125.000` may be a hundred and twenty-five or a hundred and twenty-five thousand.
pub fn amount(text: &str) -> Option<Decimal> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}');
    let (text, in_parentheses) = match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (inner.trim(), true),
        None => (text, false),
    };
    let (text, minus) = match text.strip_prefix('-').or_else(|| text.strip_prefix('\u{2212}')) {
        Some(rest) if !in_parentheses => (rest.trim_start(), true),
        Some(_) => return None,
        None => (text, false),
    };
    let text = ["US$", "USD", "$"].iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text);
    let text = text.strip_suffix("USD").unwrap_or(text).trim_matches(|c: char| c == ' ' || c == '\u{a0}');
    let value = digits(text, |decimals| decimals != 3)?;
    Some(if in_parentheses || minus { -value } else { value })
}

/// Reads a figure without a currency: `92.4`, `1,250`, `92.4%`. Any number of decimals up to six.
pub fn figure(text: &str) -> Option<Decimal> {
    let text = text.trim();
    digits(text.strip_suffix('%').unwrap_or(text).trim_end(), |_| true)
}

/// Digits with well-formed thousands groups and at most six decimals.
fn digits(text: &str, decimals_fit: impl Fn(usize) -> bool) -> Option<Decimal> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let groups: Vec<&str> = groups.collect();
    let grouped = groups.is_empty() || (1..=3).contains(&first.len());
    let well_formed = digits_only(first)
        && digits_only(fraction)
        && grouped
        && groups.iter().all(|group| group.len() == 3 && digits_only(group))
        && !(first.is_empty() && fraction.is_empty())
        && first.len() <= 15
        && fraction.len() <= 6
        && !text.ends_with('.')
        && decimals_fit(fraction.len());
    let plain: String = text.chars().filter(|c| *c != ',').collect();
    well_formed.then(|| Decimal::from_str_exact(&plain).ok()).flatten()
}

/// The amount in a cell; `None` if something else stands there.
pub fn amount_in(cell: &Cell) -> Option<Decimal> {
    match cell {
        Cell::Text(text) => amount(text),
        Cell::Number(number) => Some(*number),
        _ => None,
    }
}

/// The figure in a cell; never negative.
pub fn figure_in(cell: &Cell) -> Option<Decimal> {
    match cell {
        Cell::Text(text) => figure(text),
        Cell::Number(number) => Some(*number),
        _ => None,
    }
    .filter(|figure| !figure.is_sign_negative())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_brokers_write_them() {
        for (text, value) in [
            ("1234.5", "1234.5"),
            ("$1,234.50", "1234.50"),
            ("USD 84250", "84250"),
            ("9,990", "9990"),
            ("(123.00)", "-123.00"),
            (" -5 ", "-5"),
            ("$ 1,234,567", "1234567"),
            (".50", "0.50"),
        ] {
            assert_eq!(amount(text), Some(Decimal::from_str_exact(value).unwrap()), "{text}");
        }
    }

    #[test]
    fn never_guessed() {
        for text in [
            "", "$", "1e3", "1_000", "1,23", "1234,567", "1.234,50", "125.000", "12.", "NaN", "--5", "(-5)",
            "1 000", "5O",
        ] {
            assert_eq!(amount(text), None, "{text}");
        }
        assert_eq!(figure("92.4%"), Some(Decimal::new(924, 1)));
    }
}
