//! The sheet ACE Queries: the cases, days and parties on which deposits rest, and what to confirm of each in ACE before
//! filing. Casebooks follow notices; what ACE accepts on a day is in the case itself.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_xlsxwriter::{Format, XlsxError};

use super::deposits::Counted;
use super::sheet::{Sheet, Value};
use super::wording::official_name;
use crate::casebook::Casebook;
use crate::determine::{Finding, LineAmounts, LineFindings};
use crate::entry::EntryLine;
use crate::terms::{CaseNumber, Kind, Money, Suffix};

/// The name of the sheet.
pub(super) const SHEET: &str = "ACE Queries";
/// Rows of the sheet, at most: those with most deposit at entry.
const ROWS_SHOWN: usize = 10_000;

/// What is to be asked of ACE: a case, and the parties whose rate it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AceQuery {
    family: usize,
    case: CaseNumber,
    suffix: Option<Suffix>,
    /// Official names of exporter and producer; empty where none is matched.
    parties: [String; 2],
}

/// What the lines of a query come to.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    counted: Counted,
    /// First and last governing day.
    days: Option<(Date, Date)>,
}

/// All that is to be asked of ACE for a file. What a casebook lists bounds it.
#[derive(Clone, Debug, Default)]
pub struct AceQueries(BTreeMap<AceQuery, Asked>);

/// The first and last of two spans of days.
pub(super) fn spanning(one: Option<(Date, Date)>, other: Option<(Date, Date)>) -> Option<(Date, Date)> {
    let both = one.zip(other).map(|((from, to), (first, last))| (from.min(first), to.max(last)));
    both.or(one).or(other)
}

/// What is to be asked of ACE about lines with these findings, AD then CVD: only where a deposit is due at entry, 0.00
/// included, and has a figure.
pub(super) fn queries(casebook: &Casebook, findings: &LineFindings) -> [Option<AceQuery>; 2] {
    Kind::BOTH.map(|kind| {
        let answer = findings.answer.as_ref()?;
        let case = answer.case(kind)?;
        let found = &findings.cases[kind.index()];
        let ((number, suffix), _) = found.number.zip(found.at_entry)?;
        let named = |party: Option<(usize, usize)>| {
            party.map(|party| official_name(casebook, findings, party).to_string()).unwrap_or_default()
        };
        matches!(case.at_entry.finding, Finding::Deposit(_)).then(|| AceQuery {
            family: case.family,
            case: number,
            suffix,
            parties: [named(answer.exporter), named(answer.producer)],
        })
    })
}

impl AceQueries {
    /// Adds lines of a query.
    pub(super) fn count(&mut self, query: &AceQuery, counted: &Counted, days: Option<(Date, Date)>) {
        let asked = self.0.entry(query.clone()).or_default();
        asked.counted.merge(counted);
        asked.days = spanning(asked.days, days);
    }

    /// Adds a line that was judged in full.
    pub fn add(&mut self, casebook: &Casebook, line: &EntryLine, findings: &LineFindings) {
        let entered_value = line.entered_value.value().map_or(0, |value| value.dollars());
        let day = line.governing.map(|day| day.0);
        let LineAmounts { cases, .. } = LineAmounts::of(findings);
        for (query, of_case) in queries(casebook, findings).iter().zip(&cases) {
            let Some(query) = query else { continue };
            let (at_entry, restated) = (of_case.at_entry, of_case.restated);
            let amounts = LineAmounts { at_entry, restated, ..LineAmounts::default() };
            self.count(query, &Counted::line(entered_value, &amounts), day.zip(day));
        }
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &AceQueries) {
        for (query, asked) in &other.0 {
            self.count(query, &asked.counted, asked.days);
        }
    }
}

/// What to confirm about the number.
fn suffix_told(query: &AceQuery) -> String {
    match query.suffix {
        None => "Unknown here (7 characters): look up the 10-character number of these parties".to_string(),
        Some(suffix) if suffix == Suffix::EVERYONE_ELSE => {
            format!("{suffix}, of everyone else: confirm that these parties have no number of their own")
        }
        Some(suffix) => format!("{suffix}: confirm that it is the number of these parties"),
    }
}

/// What to confirm about goods of other origins.
fn third_country_told(casebook: &Casebook, query: &AceQuery) -> &'static str {
    let family = &casebook.families()[query.family];
    match family.first_opened(query.case) == query.case {
        true => "Not used here: confirm that none fits the country of origin filed",
        false => "Is one: confirm that it is for the country of origin filed",
    }
}

/// Writes the sheet.
pub(super) fn write(
    sheet: &mut Sheet<'_>,
    casebook: &Casebook,
    queries: &AceQueries,
) -> Result<(), XlsxError> {
    let looks = sheet.looks;
    sheet.line("Cases, days and parties on which deposits rest, to be confirmed in ACE", &looks.title)?;
    sheet.line(
        "Rates and numbers here follow notices. What ACE accepts on a day stands in its own case: ask it before filing.",
        &Format::new(),
    )?;
    let mut rows: Vec<(&AceQuery, &Asked)> = queries.0.iter().collect();
    rows.sort_by_key(|(_, asked)| Reverse(asked.counted.at_entry));
    let said = match rows.len() {
        0 => "There is none: no line has a deposit.".to_string(),
        all if all > ROWS_SHOWN => format!("{ROWS_SHOWN} of {all}: those with most deposit at entry."),
        _ => "One row per case and parties, most deposit at entry first.".to_string(),
    };
    sheet.line(&said, &looks.bold)?;
    if rows.is_empty() {
        return Ok(());
    }
    let shown = rows.into_iter().take(ROWS_SHOWN).map(|(query, asked)| {
        let Asked { counted, days } = asked;
        let money = |cents: i128| Value::Money(Some(Money::from_cents(cents)));
        [
            query.case.as_filed(query.suffix).into(),
            query.parties[0].as_str().into(),
            query.parties[1].as_str().into(),
            Value::Day(days.map(|(first, _)| first)),
            Value::Day(days.map(|(_, last)| last)),
            Value::Whole(counted.lines),
            Value::Whole(counted.entered_value),
            money(counted.at_entry),
            suffix_told(query).into(),
            "Active from the first to the last day?".into(),
            "Cash alone, or a bond too, on these days?".into(),
            "Suspended on these days, and since when?".into(),
            third_country_told(casebook, query).into(),
        ]
    });
    sheet.table(&COLUMNS, shown)
}

/// The columns of the sheet.
const COLUMNS: [(&str, u32); 13] = [
    ("Case as filed", 14),
    ("Exporter matched", 34),
    ("Producer matched", 34),
    ("First governing day", 12),
    ("Last governing day", 12),
    ("Lines", 8),
    ("Entered value", 16),
    ("Deposit at entry under the case", 18),
    ("Company suffix", 30),
    ("Case number", 20),
    ("Cash or bond", 20),
    ("Suspension of liquidation", 20),
    ("Third-country number", 30),
];
