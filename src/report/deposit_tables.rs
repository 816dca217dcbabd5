//! The tables of the Summary that say where deposits come from: by month and case, importer, exporter, and the largest
//! stakes. The lines of each table but the stakes sum to its last row, which is that of all lines.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, XlsxError};

use super::causes::{Cause, Lines};
use super::charts::Range;
use super::deposits::{
    Counted, Deposits, Month, MonthCounted, PARTIES_MAX, Parties, Party, twelve_months_before,
};
use super::sheet::{Sheet, Value};
use super::tally::Sums;
use crate::terms::{CaseNumber, Money, Severity};

/// Months that have rows of their own, at most: the latest.
const MONTHS_SHOWN: usize = 36;
/// Cases that have columns of their own, at most: those with most deposit at entry.
const CASES_SHOWN: usize = 6;
/// Importers that have rows of their own, at most: those with most deposit at entry.
const IMPORTERS_SHOWN: usize = 50;
/// Exporters that have rows of their own, at most: those with most deposit at entry.
const EXPORTERS_SHOWN: usize = 20;
/// Causes whose stakes are shown beside each other.
const STAKES_SHOWN: usize = 10;
/// Characters of what was found that name a stake; the Exceptions sheet has the rest.
const STAKE_NAME: usize = 48;

/// The columns of all tables behind the first, which names what is counted.
const COUNTED: [(&str, u32); 4] =
    [("Lines", 18), ("Entered value", 18), ("Deposit at entry", 18), ("Deposit restated", 18)];

fn money(cents: i128) -> Value {
    Value::Money(Some(Money::from_cents(cents)))
}

fn counted(label: &str, counted: &Counted) -> Vec<Value> {
    let Counted { lines, entered_value, at_entry, restated } = *counted;
    vec![label.into(), Value::Whole(lines), Value::Whole(entered_value), money(at_entry), money(restated)]
}

fn all_lines(all: &Sums) -> Vec<Value> {
    vec![
        "All lines".into(),
        Value::Whole(all.lines),
        Value::Whole(all.entered_value),
        Value::Money(Some(all.at_entry)),
        Value::Money(Some(all.restated)),
    ]
}

/// Cases with columns of their own, in order, and all others.
fn shown_cases(months: &BTreeMap<Option<Month>, MonthCounted>) -> (Vec<CaseNumber>, Vec<CaseNumber>) {
    let mut all = MonthCounted::default();
    months.values().for_each(|month| all.merge(month));
    let mut cases: Vec<(CaseNumber, i128)> = all.cases.into_iter().collect();
    cases.sort_by_key(|(_, cents)| Reverse(*cents));
    let mut cases: Vec<CaseNumber> = cases.into_iter().map(|(case, _)| case).collect();
    let mut others = cases.split_off(cases.len().min(CASES_SHOWN));
    cases.sort_unstable();
    others.sort_unstable();
    (cases, others)
}

/// By month of the governing day, and in each by case; where the deposits of the months stand.
pub(super) fn by_month(
    sheet: &mut Sheet<'_>,
    deposits: &Deposits,
    all: &Sums,
) -> Result<Option<Range>, XlsxError> {
    let (cases, others) = shown_cases(&deposits.months);
    let mut headings: Vec<(String, u32)> = vec![("By month of the governing day".to_string(), 44)];
    headings.extend(COUNTED.iter().map(|(heading, width)| (heading.to_string(), *width)));
    headings.extend(cases.iter().map(|case| (case.to_string(), 18)));
    headings.extend((!others.is_empty()).then(|| ("Other cases".to_string(), 18)));
    let headings: Vec<(&str, u32)> = headings.iter().map(|(heading, width)| (&**heading, *width)).collect();
    let of_cases = |month: &MonthCounted| -> Vec<Value> {
        let of = |case: &CaseNumber| month.cases.get(case).copied().unwrap_or_default();
        let other = (!others.is_empty()).then(|| others.iter().map(of).sum::<i128>());
        cases.iter().map(of).chain(other).map(money).collect()
    };
    sheet.row += 1;
    let heading = sheet.row;
    sheet.headings(&headings)?;
    let dated: Vec<(Month, &MonthCounted)> =
        deposits.months.iter().filter_map(|(month, counted)| Some(((*month)?, counted))).collect();
    let (earlier, latest) = dated.split_at(dated.len().saturating_sub(MONTHS_SHOWN));
    let mut total = MonthCounted::default();
    let mut row = |sheet: &mut Sheet<'_>, label: &str, month: &MonthCounted| {
        total.merge(month);
        sheet.values(counted(label, &month.counted).into_iter().chain(of_cases(month)))
    };
    if !earlier.is_empty() {
        let mut sum = MonthCounted::default();
        earlier.iter().for_each(|(_, month)| sum.merge(month));
        row(sheet, &format!("Earlier ({} months)", earlier.len()), &sum)?;
    }
    let first = sheet.row;
    for ((year, month), counted) in latest {
        row(sheet, &format!("{year:04}-{month:02}"), counted)?;
    }
    let last = sheet.row;
    if let Some(undated) = deposits.months.get(&None) {
        row(sheet, "(no governing day)", undated)?;
    }
    sheet.values(all_lines(all).into_iter().chain(of_cases(&total)))?;
    sheet.line(
        "Under a case stands its own deposit at entry, also of lines that lack a figure under another case.",
        &Format::new(),
    )?;
    let columns = COUNTED.len() + cases.len() + usize::from(!others.is_empty());
    let columns = (COUNTED.len() as u16 + 1, columns as u16);
    let charted = first < last && !cases.is_empty();
    Ok(charted.then_some(Range { heading, rows: (first, last - 1), columns }))
}

fn name(party: &Party) -> &str {
    if party.name.is_empty() { "(none given)" } else { &party.name }
}

fn others(count: usize, parties: &Parties) -> String {
    match parties.is_full() {
        false => format!("Others ({count})"),
        true => format!(
            "Others (those after the first {PARTIES_MAX} of the file among them: they are not told apart)"
        ),
    }
}

/// By importer of record, with what a continuous bond would have to hold in addition.
pub(super) fn by_importer(
    sheet: &mut Sheet<'_>,
    as_of: Date,
    deposits: &Deposits,
    all: &Sums,
) -> Result<(), XlsxError> {
    let bond = |cents: i128| {
        let tenth = Money::from_cents(cents).decimal() / Decimal::TEN;
        [money(cents), Value::Money(Some(Money::from_decimal(tenth)))]
    };
    let (largest, count, rest) = deposits.importers.largest(IMPORTERS_SHOWN);
    sheet.row += 1;
    let added = [("Deposit at entry, twelve months", 18), ("Added continuous bond: 10 percent", 18)];
    sheet.headings(&[&[("By importer of record", 44)], &COUNTED[..], &added].concat())?;
    for party in &largest {
        sheet.values(counted(name(party), &party.counted).into_iter().chain(bond(party.twelve_months)))?;
    }
    let sum: i128 = largest.iter().copied().chain([&rest]).map(|party| party.twelve_months).sum();
    if rest.counted.lines > 0 {
        let label = others(count, &deposits.importers);
        sheet.values(counted(&label, &rest.counted).into_iter().chain([money(rest.twelve_months)]))?;
    }
    sheet.values(all_lines(all).into_iter().chain([money(sum)]))?;
    let first = twelve_months_before(as_of);
    sheet.line(
        &format!("The twelve months are the governing days {first} to {as_of}, the as-of day."),
        &Format::new(),
    )?;
    sheet.line(BOND, &Format::new())
}

/// Said of the added bond. Customs Directive 3510-004 sets continuous importer bonds at 10 percent of the duties, taxes
/// and fees of a year, in steps. Reading: steps belong to the whole bond and not to a part of it.
const BOND: &str = "AD/CVD alone; CBP may also require a single transaction bond. Not rounded: the steps in which CBP \
                    sets a bond apply to the whole of it, other duties, taxes and fees included.";

/// By exporter.
pub(super) fn by_exporter(sheet: &mut Sheet<'_>, deposits: &Deposits, all: &Sums) -> Result<(), XlsxError> {
    let (largest, count, rest) = deposits.exporters.largest(EXPORTERS_SHOWN);
    sheet.row += 1;
    sheet.headings(&[&[("By exporter, most deposit at entry first", 44)], &COUNTED[..]].concat())?;
    for party in &largest {
        sheet.values(counted(name(party), &party.counted))?;
    }
    if rest.counted.lines > 0 {
        sheet.values(counted(&others(count, &deposits.exporters), &rest.counted))?;
    }
    sheet.values(all_lines(all))?;
    sheet.line(
        "Exporters as the file names them; names that the law holds for one are one here.",
        &Format::new(),
    )
}

/// The causes with the largest stakes on which a person has to decide, of causes in the order of their sheet; where
/// they stand.
pub(super) fn largest_stakes(
    sheet: &mut Sheet<'_>,
    causes: &[(&Cause, &Lines)],
) -> Result<Option<Range>, XlsxError> {
    let decided = causes.iter().filter(|(cause, _)| cause.severity != Severity::Note);
    let staked = decided
        .filter_map(|(cause, lines)| Some((lines.stake.filter(|stake| *stake > Money::ZERO)?, cause, lines)));
    let mut staked = staked.take(STAKES_SHOWN).peekable();
    if staked.peek().is_none() {
        return Ok(None);
    }
    sheet.row += 1;
    sheet.headings(&[("Largest stakes", 44), ("Lines", 18), ("Stake", 18)])?;
    let first = sheet.row;
    for (stake, cause, lines) in staked {
        let mut found: String = cause.found.chars().take(STAKE_NAME).collect();
        if found.len() < cause.found.len() {
            found.push('\u{2026}');
        }
        let named = if found.is_empty() { &cause.field } else { &found };
        let label = format!("{} {named} ({})", cause.code, lines.first_line);
        sheet.values([label.into(), Value::Whole(lines.lines), Value::Money(Some(stake))])?;
    }
    Ok(Some(Range { heading: first - 1, rows: (first, sheet.row - 1), columns: (2, 2) }))
}
