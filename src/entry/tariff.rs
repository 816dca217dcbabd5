//! Tariff numbers as spreadsheets hand them over: text, or numbers that have lost their zeros.

use jiff::civil::{Date, date};

use crate::spreadsheet::row::Cell;
use crate::terms::Hts;

/// What is expected of a tariff number.
pub const TARIFF: &str = "a tariff number of 6, 8 or 10 digits, stored as text";

/// What became of a tariff number cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TariffCell {
    /// As written.
    AsWritten(Hts),
    /// All digits are there, but stored as a number.
    StoredAsNumber(Hts),
    /// Zeros that a number loses were put back; there is one way to do it.
    Repaired(Hts),
    /// Not understood: letters, an exponent, a date, or more than one way to put zeros back.
    NotUnderstood,
}

/// Reads a tariff number by the table of what spreadsheets do to it: nothing is appended to a whole number, a leading
/// zero is put back where only chapters 1 to 9 fit, a trailing zero where the number of decimals admits one reading.
pub fn tariff(cell: &Cell) -> TariffCell {
    let (text, number) = match cell {
        Cell::Text(text) => (text.trim().to_string(), false),
        Cell::Number(number) => (number.normalize().to_string(), true),
        _ => return TariffCell::NotUnderstood,
    };
    if let Some(hts) = Hts::parse(&text) {
        return if number { TariffCell::StoredAsNumber(hts) } else { TariffCell::AsWritten(hts) };
    }
    repaired(&text).map_or(TariffCell::NotUnderstood, TariffCell::Repaired)
}

/// Statistical numbers that began or ended while the built-in cases ran: number, first day, last day, and what to expect
/// (changes of the HTSUS of 1 January and 1 February 2026, chapter 85). The day on which 3801.10.5000 was split was not
/// found, so it is not here.
const DATED: [(&str, Option<Date>, Option<Date>, &str); 3] = [
    (
        "8507.60.0020",
        None,
        Some(date(2026, 1, 31)),
        "a number valid on that day: 8507.60.0020 ended on 2026-01-31 (8507.60.0030 and 0090 follow it)",
    ),
    (
        "8507.60.0030",
        Some(date(2026, 2, 1)),
        None,
        "a number valid on that day: 8507.60.0030 began on 2026-02-01 (before it 8507.60.0020)",
    ),
    (
        "8507.60.0090",
        Some(date(2026, 2, 1)),
        None,
        "a number valid on that day: 8507.60.0090 began on 2026-02-01 (before it 8507.60.0020)",
    ),
];

/// What to expect where a tariff number was not valid on a day, as far as that is known.
pub(super) fn not_valid_on(hts: Hts, day: Date) -> Option<&'static str> {
    // Most numbers are of other headings.
    if hts.chapter() != 85 {
        return None;
    }
    let dated = DATED.iter().find(|(number, ..)| Hts::parse(number) == Some(hts));
    dated
        .filter(|(_, first, last, _)| {
            first.is_some_and(|first| day < first) || last.is_some_and(|last| day > last)
        })
        .map(|(.., expected)| *expected)
}

/// Last heading of each of the chapters 1 to 9, the only ones that begin with a zero.
const LAST_HEADING: [u64; 9] = [6, 10, 9, 10, 11, 4, 14, 14, 10];

/// True if a number of chapters 1 to 9 stands under a heading of the schedule.
fn heading_exists(hts: Hts) -> bool {
    let chapter = usize::from(hts.chapter());
    let last = chapter.checked_sub(1).and_then(|place| LAST_HEADING.get(place));
    last.is_some_and(|last| (1..=*last).contains(&hts.heading_in_chapter()))
}

fn repaired(text: &str) -> Option<Hts> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) || whole.starts_with('0') {
        return None;
    }
    match (whole.len(), fraction.len()) {
        // 811908040 was 0811908040; 8119080 was 08119080.
        (9 | 7, 0) if !text.contains('.') => {
            Hts::parse(&format!("0{whole}")).filter(|hts| heading_exists(*hts))
        }
        // 8507.6 was 8507.60; 2504.105 was 2504.1050. With five decimals there are two readings.
        (4, 1 | 3) => Hts::parse(&format!("{whole}.{fraction}0")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::Decimal;

    /// The table of `8507.60.0010` and its accidents.
    #[test]
    fn safe_repairs_only() {
        let text = |text: &str| tariff(&Cell::Text(text.into()));
        let number = |text: &str| tariff(&Cell::Number(Decimal::from_str_exact(text).unwrap()));
        let hts = |text| Hts::parse(text).unwrap();
        assert_eq!(text("'8507600010"), TariffCell::AsWritten(hts("8507.60.0010")));
        assert_eq!(text("8507 60 00 10"), TariffCell::AsWritten(hts("8507.60.0010")));
        assert_eq!(text("85076000"), TariffCell::AsWritten(hts("8507.60.00")));
        assert_eq!(number("8507600010"), TariffCell::StoredAsNumber(hts("8507.60.0010")));
        assert_eq!(number("811908040"), TariffCell::Repaired(hts("0811.90.8040")));
        assert_eq!(number("8507.6"), TariffCell::Repaired(hts("8507.60")));
        assert_eq!(number("2504.105"), TariffCell::Repaired(hts("2504.10.50")));
        for lost in ["8507.60001", "85076", "8.5076", "380110500", "3801105", "250410500", "8507600"] {
            assert_eq!(number(lost), TariffCell::NotUnderstood, "{lost}");
        }
        for lost in ["8.5076E+09", "1/1/3801", "3801105000X"] {
            assert_eq!(text(lost), TariffCell::NotUnderstood, "{lost}");
        }
    }
}
