//! Days, citations, case numbers and rates as messages and tables print them.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use rust_decimal::Decimal;

use super::Figure;
use crate::terms::day::parse_iso;
use crate::terms::{CaseNumber, Percent, Suffix, Unit};

/// A pattern of this program; each is used by a test.
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern that the tests compile")
}

/// What stands where a day stands, right or not: letters within figures are a damaged copy.
static DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b[0-9OIl]{1,2}/[0-9OIl]{1,2}/[0-9OIl]{2,4}\b|\b[0-9OIl]{4}-[0-9OIl]{2}-[0-9OIl]{2}\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? [0-9OIl]{1,2}, ?[0-9OIl]{4}\b",
    )
});
static CITATION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(\d{2,3}) (?:FR|Fed\. Reg\.) (\d{1,6})\b"));
static CASE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b[AC] ?[-\u{2010}-\u{2015}\u{2212}] ?[0-9OIl]{1,4} ?[-\u{2010}-\u{2015}\u{2212}] ?[0-9OIl]{1,4}(?: ?[-\u{2010}-\u{2015}\u{2212}] ?[0-9A-Z]{1,4})?\b|\b[AC][0-9]{6}(?:[0-9A-Z]{3})?\b",
    )
});
static PERCENT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(\d{1,6}(?:\.\d{1,4})?) ?(?:%|percent|per cent)\.?$"));
static PER_UNIT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:US ?)?\$? ?(\d{1,7}(?:\.\d{1,6})?) ?(?:USD|US\$|U\.S\. dollars|dollars)? ?(?:/|per) ?([a-z ]+)\.?$",
    )
});

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Units as words and their CBP codes (CATAIR appendix C).
const UNITS: [(&str, &str); 12] = [
    ("kg", "KG"),
    ("kgs", "KG"),
    ("kilogram", "KG"),
    ("kilograms", "KG"),
    ("metric ton", "T"),
    ("metric tons", "T"),
    ("mt", "T"),
    ("piece", "NO"),
    ("unit", "NO"),
    ("each", "NO"),
    ("square meter", "M2"),
    ("square meters", "M2"),
];

/// A day written as US agencies do: `07/02/2025`, `Jul 02, 2025`, `July 2, 2025`; or `2025-07-02`.
pub(super) fn day(text: &str) -> Option<Date> {
    let text = text.trim().trim_end_matches('.');
    if let Some(date) = parse_iso(text) {
        return Some(date);
    }
    let of = |year: &str, month: i8, day: &str| {
        let year = (year.len() == 4).then(|| year.parse().ok()).flatten()?;
        Date::new(year, month, day.trim().parse().ok()?).ok()
    };
    if let [month, day, year] = text.split('/').collect::<Vec<_>>()[..] {
        return of(year, month.parse().ok()?, day);
    }
    let (name, rest) = text.split_once(' ')?;
    let (day, year) = rest.split_once(',')?;
    let name = name.to_ascii_lowercase();
    let month = MONTHS.iter().position(|month| name.starts_with(month))?;
    of(year.trim(), i8::try_from(month + 1).ok()?, day)
}

/// The days in a text in their order; `None` for what stands where a day would and is none.
pub(super) fn days(text: &str) -> Vec<Option<Date>> {
    DAY.find_iter(text).map(|found| day(found.as_str())).collect()
}

/// The first day behind a phrase, with nothing but blanks between.
pub(super) fn day_after(text: &str, phrase: &Regex) -> Option<Date> {
    let behind = &text[phrase.find(text)?.end()..];
    let found = DAY.find(behind)?;
    behind[..found.start()].trim().is_empty().then(|| day(found.as_str())).flatten()
}

/// Federal Register citations, as `90 FR 22465`.
pub(super) fn citations(text: &str) -> Vec<String> {
    CITATION.captures_iter(text).map(|found| format!("{} FR {}", &found[1], &found[2])).collect()
}

/// The first of them.
pub(super) fn citation(text: &str) -> Option<String> {
    citations(text).into_iter().next()
}

/// What stands where case numbers stand, right or not.
pub(super) fn case_words(text: &str) -> Vec<&str> {
    CASE.find_iter(text).map(|found| found.as_str()).collect()
}

/// The case numbers in a text.
pub(super) fn cases(text: &str) -> Vec<(CaseNumber, Option<Suffix>)> {
    case_words(text).into_iter().filter_map(CaseNumber::parse).collect()
}

/// A word in a sentence that stands where a day or a case number stands and is none.
pub(super) fn damaged(text: &str) -> Option<String> {
    let days = DAY.find_iter(text).map(|found| found.as_str()).find(|found| day(found).is_none());
    let cases = || case_words(text).into_iter().find(|found| CaseNumber::parse(found).is_none());
    if let Some(found) = days {
        return Some(format!("{found:?} is no day"));
    }
    cases().map(|found| format!("{found:?} is no case number"))
}

/// A rate with what it is counted in: `11.58 percent`, `8.59%`, `$0.04/kg`, or both with a plus between.
pub(super) fn rate(text: &str) -> Option<Figure> {
    let text = text.trim().trim_end_matches(['*', '\u{2020}']).trim();
    if let Some((one, other)) = text.split_once(" plus ").or_else(|| text.split_once(" + ")) {
        let (one, other) = (rate(one)?, rate(other)?);
        let percent = one.percent.xor(other.percent)?;
        let per_unit = one.per_unit.xor(other.per_unit)?;
        return Some(Figure { percent: Some(percent), per_unit: Some(per_unit) });
    }
    if let Some(found) = PERCENT.captures(text) {
        return Some(Figure { percent: Some(Percent::parse(&found[1])?), per_unit: None });
    }
    let found = PER_UNIT.captures(text)?;
    let word = found[2].trim().to_ascii_lowercase();
    let (_, code) = UNITS.iter().find(|(name, _)| *name == word)?;
    let per_unit = (Decimal::from_str_exact(&found[1]).ok()?, Unit::parse(code)?);
    Some(Figure { percent: None, per_unit: Some(per_unit) })
}

/// A rate of a table whose heading says that it is in percent.
pub(super) fn bare_percent(text: &str) -> Option<Percent> {
    let text = text.trim().trim_end_matches(['*', '\u{2020}']).trim();
    match PERCENT.captures(text) {
        Some(found) => Percent::parse(&found[1]),
        None => Percent::parse(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_rates_as_they_are_printed() {
        for text in ["07/02/2025", "Jul 02, 2025", "July 2, 2025", "2025-07-02", "Jul 02, 2025."] {
            assert_eq!(day(text).map(|day| day.to_string()).as_deref(), Some("2025-07-02"), "{text}");
        }
        for text in ["07/O2/2025", "13/02/2025", "02/30/2025", "July 2025", "7/2/25", ""] {
            assert_eq!(day(text), None, "{text}");
        }
        let told =
            |text: &str| rate(text).map(|figure| format!("{:?} {:?}", figure.percent, figure.per_unit));
        for (text, same) in
            [("11.58 percent", "11.58%"), ("$0.04/kg", "0.04 USD per kilogram"), ("8.59%*", "8.59 %")]
        {
            assert!(told(text).is_some() && told(text) == told(same), "{text}");
        }
        let both = rate("12.00 percent plus $0.125/kg").unwrap();
        assert!(both.percent.is_some() && both.per_unit.is_some());
        for text in [
            "721.O3 percent",
            "11.58",
            "1,000 percent",
            "-1%",
            "percent",
            "$4/furlong",
            "11.58 12.00 percent",
        ] {
            assert_eq!(rate(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_and_citations() {
        assert_eq!(citation("Cite as: 90 FR 28994"), Some("90 FR 28994".to_string()));
        assert_eq!(cases("cases A\u{2013}999\u{2013}101 and C999102001").len(), 2);
        assert!(damaged("assigned case number C-99-101").is_some());
        assert!(damaged("on or after 07/O2/2025").is_some());
        assert_eq!(damaged("on 07/02/2025 in A-999-101"), None);
    }
}
