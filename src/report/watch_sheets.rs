//! The sheets Refund Watch, Corrections and Deadlines, and their CSV files.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_xlsxwriter::{Format, XlsxError};

use super::refunds::RefundSums;
use super::sheet::{Sheet, Value};
use super::watch::Watch;
use super::watch_rows::{
    CORRECTION_COLUMNS, DEADLINE_COLUMNS, Deadline, REFUND_COLUMNS, correction_row, csv_headings, deadlines,
    meaning, push_record, refund_row,
};
use super::watched_entry::WatchedEntry;
use crate::casebook::Casebook;
use crate::determine::RefundStatus;
use crate::terms::{CaseNumber, KnownDay, Money};

/// Rows that the sheets Corrections and Deadlines hold, at most. All are in the CSV files.
const ROWS_SHOWN: usize = 10_000;
/// Days that the Summary tells, at most.
const DAYS_SHOWN: usize = 3;
/// Sums of refunds by importer, status and case, at most: those with the most money.
const IMPORTERS_SHOWN: usize = 200;

/// Said on each of the three sheets.
pub(super) const READING: &str = "Days and statuses are readings of the rules that are cited, to be confirmed with counsel. No \
                       amount here is a promise of a refund.";

/// What is to be done about the entries of a file, worked out once for its sheets and its CSV files.
#[derive(Debug)]
pub struct Agenda<'a> {
    as_of: KnownDay,
    /// The entries that want correcting, in the order of the file.
    corrected: Vec<&'a WatchedEntry>,
    /// The days by which somebody has to act, the earliest first.
    days: Vec<Deadline<'a>>,
}

impl<'a> Agenda<'a> {
    /// What is to be done as known on a day.
    pub fn of(watch: &'a Watch, as_of: KnownDay) -> Agenda<'a> {
        let entries = watch.entries();
        let days = deadlines(&entries, as_of);
        let corrected = entries.into_iter().filter(|entry| entry.corrects).collect();
        Agenda { as_of, corrected, days }
    }

    /// The next days by which somebody has to act: the day, what is to be done, and of how many entries.
    pub(super) fn coming(&self) -> Vec<(Date, &'static str, u64)> {
        let mut coming: Vec<(Date, &str, u64)> = Vec::new();
        for deadline in self.days.iter().filter(|deadline| deadline.day >= self.as_of.0) {
            let same = |(day, what, _): &(Date, &str, u64)| (*day, *what) == (deadline.day, deadline.words());
            match coming.iter().position(same) {
                Some(place) => coming[place].2 += 1,
                None if coming.len() == DAYS_SHOWN => break,
                None => coming.push((deadline.day, deadline.words(), 1)),
            }
        }
        coming
    }

    /// How many days have passed, in words; `None` where none has.
    pub(super) fn passed_told(&self) -> Option<String> {
        match self.passed() {
            0 => None,
            1 => Some("1 day has passed (sheet Deadlines)".to_string()),
            passed => Some(format!("{passed} days have passed (sheet Deadlines)")),
        }
    }

    fn passed(&self) -> usize {
        self.days.iter().filter(|deadline| deadline.day < self.as_of.0).count()
    }

    /// The entries that want correcting.
    pub(super) fn to_correct(&self) -> &[&WatchedEntry] {
        &self.corrected
    }

    /// What is owed beyond what was paid, AD then CVD: on how many entries, and how much in cents.
    pub(super) fn short(&self) -> [(u64, i128); 2] {
        [0, 1].map(|kind| {
            let owed =
                self.corrected.iter().map(|entry| entry.cases[kind].additional).filter(|cents| *cents > 0);
            owed.fold((0, 0), |(entries, sum), cents| (entries + 1, sum + i128::from(cents)))
        })
    }

    /// The CSV of the entries that want correcting; empty where there is none.
    pub fn corrections_csv(&self, hypothetical: bool) -> Vec<u8> {
        let rows = self.corrected.iter().map(|entry| correction_row(entry, self.as_of));
        csv(&CORRECTION_COLUMNS, rows, hypothetical)
    }

    /// The CSV of the days by which somebody has to act; empty where there is none.
    pub fn deadlines_csv(&self, hypothetical: bool) -> Vec<u8> {
        csv(&DEADLINE_COLUMNS, self.days.iter().map(|day| day.row(self.as_of)), hypothetical)
    }
}

fn csv<const N: usize>(
    columns: &[(&str, u32); N],
    rows: impl ExactSizeIterator<Item = [Value; N]>,
    hypothetical: bool,
) -> Vec<u8> {
    if rows.len() == 0 {
        return Vec::new();
    }
    let mut out = csv_headings(columns, hypothetical);
    rows.for_each(|row| push_record(&mut out, &row));
    out
}

fn amounts(sums: &RefundSums) -> Vec<Value> {
    let money = |cents: i128| Value::Money(Some(Money::from_cents(cents)));
    vec![
        Value::Whole(sums.lines),
        Value::Whole(sums.not_known),
        money(sums.paid),
        money(sums.restated),
        money(sums.paid - sums.restated),
    ]
}

/// What the columns of [`amounts`] are called, behind these.
fn with_amounts(first: &[(&'static str, u32)]) -> Vec<(&'static str, u32)> {
    let amounts = [("Lines", 8), ("Without paid", 12), ("Paid", 16), ("Restated", 16), ("Difference", 16)];
    [first, &amounts].concat()
}

/// The refunds by what can be done and case.
pub(super) fn sums_by_status(watch: &Watch) -> BTreeMap<(RefundStatus, CaseNumber), RefundSums> {
    let mut sums: BTreeMap<(RefundStatus, CaseNumber), RefundSums> = BTreeMap::new();
    for (key, importers) in &watch.sums {
        importers.values().for_each(|of_one| sums.entry(*key).or_default().merge(of_one));
    }
    sums
}

/// The refunds by status and case, for the Summary and the head of the sheet. Never one total of all: a refund that
/// waits is not one that is lost.
pub(super) fn by_status(sheet: &mut Sheet<'_>, watch: &Watch) -> Result<(), XlsxError> {
    let sums = sums_by_status(watch);
    sheet.headings(&with_amounts(&[("Refund status", 44), ("Case", 16)]))?;
    for ((status, case), sums) in &sums {
        let label = format!("{}: {}", status.text(), meaning(*status));
        sheet.values([Value::Text(label), Value::Text(case.to_string())].into_iter().chain(amounts(sums)))?;
    }
    Ok(())
}

fn by_importer(sheet: &mut Sheet<'_>, watch: &Watch) -> Result<(), XlsxError> {
    let sums = watch.sums.iter().flat_map(|((status, case), importers)| {
        importers.iter().map(|(importer, sums)| ((&**importer, *status, *case), sums))
    });
    let mut sums: Vec<_> = sums.collect();
    sums.sort_by_key(|(key, sums)| (sums.restated - sums.paid, *key));
    let rest = sums.split_off(sums.len().min(IMPORTERS_SHOWN));
    sheet.headings(&with_amounts(&[("Importer of record", 44), ("Refund status", 16), ("Case", 16)]))?;
    for ((importer, status, case), sums) in &sums {
        let importer = if importer.is_empty() { "(none given)" } else { importer };
        let first = [importer.into(), status.text().into(), Value::Text(case.to_string())];
        sheet.values(first.into_iter().chain(amounts(sums)))?;
    }
    if !rest.is_empty() {
        let more = rest.len();
        sheet.line(&format!("and {more} more, with smaller amounts: see the CSV."), &Format::new())?;
    }
    Ok(())
}

/// The Refund Watch.
pub(super) fn refund_watch(
    sheet: &mut Sheet<'_>,
    casebook: &Casebook,
    watch: &Watch,
    csv: &str,
) -> Result<(), XlsxError> {
    let looks = sheet.looks;
    sheet.line("Deposits that no longer stand as they were paid", &looks.title)?;
    sheet.line(READING, &Format::new())?;
    let (refunds, more) = watch.refunds();
    if refunds.is_empty() {
        sheet.line("There is none.", &Format::new())?;
        return Ok(());
    }
    sheet.line(
        "Never one sum of all: what waits for liquidation, what must be protested and what is lost are different money.",
        &Format::new(),
    )?;
    sheet.row += 1;
    by_status(sheet, watch)?;
    sheet.row += 1;
    by_importer(sheet, watch)?;
    sheet.row += 1;
    let said = match more {
        0 => format!(
            "Line by line, the most urgent first. Those with a paid figure in the order of the file: {csv}."
        ),
        more => format!(
            "The largest, the most urgent first; {more} more are left out here. Those with a paid figure are in {csv}."
        ),
    };
    sheet.line(&said, &looks.bold)?;
    sheet.table(&REFUND_COLUMNS, refunds.iter().map(|refund| refund_row(casebook, refund)))
}

/// Entries that want correcting.
pub(super) fn corrections(sheet: &mut Sheet<'_>, agenda: &Agenda<'_>, csv: &str) -> Result<(), XlsxError> {
    sheet.line("Entries that want correcting", &sheet.looks.title)?;
    sheet.line(READING, &Format::new())?;
    sheet.line(
        "By entry: what is owed beyond what was paid, and what was paid beyond what was due; AD and CVD apart, and never \
         one against the other. Where a case asks nothing any more, an entry that paid too little is not listed.",
        &Format::new(),
    )?;
    let rows = agenda.corrected.iter().map(|entry| correction_row(entry, agenda.as_of));
    some_rows(sheet, &CORRECTION_COLUMNS, rows, 0, csv)
}

/// Days by which somebody has to act.
pub(super) fn deadline_sheet(sheet: &mut Sheet<'_>, agenda: &Agenda<'_>, csv: &str) -> Result<(), XlsxError> {
    sheet.line("Days by which somebody has to act, the earliest first", &sheet.looks.title)?;
    sheet.line(READING, &Format::new())?;
    let Agenda { as_of, days, .. } = agenda;
    // What is still to come matters more than what is over; both are in the CSV.
    let from = if days.len() > ROWS_SHOWN { agenda.passed() } else { 0 };
    some_rows(sheet, &DEADLINE_COLUMNS, days.iter().map(|deadline| deadline.row(*as_of)), from, csv)
}

/// The rows that a sheet has room for, from one on, below the words that say how many there are.
fn some_rows<const N: usize>(
    sheet: &mut Sheet<'_>,
    columns: &[(&str, u32); N],
    rows: impl ExactSizeIterator<Item = [Value; N]>,
    from: usize,
    csv: &str,
) -> Result<(), XlsxError> {
    let all = rows.len();
    let said = match all {
        0 => "There is none.".to_string(),
        all if all > ROWS_SHOWN => format!("{ROWS_SHOWN} of {all}; all are in {csv}."),
        _ => format!("The same for machines: {csv}."),
    };
    sheet.line(&said, &sheet.looks.bold)?;
    if all == 0 {
        return Ok(());
    }
    sheet.table(columns, rows.skip(from).take(ROWS_SHOWN))
}

/// The next days by which somebody has to act, for the Summary: one line for each day and what is to be done.
pub(super) fn next_days(sheet: &mut Sheet<'_>, agenda: &Agenda<'_>) -> Result<(), XlsxError> {
    let (coming, passed) = (agenda.coming(), agenda.passed_told());
    if coming.is_empty() && passed.is_none() {
        return Ok(());
    }
    sheet.row += 1;
    sheet.line("Next days (sheet Deadlines)", &sheet.looks.bold)?;
    for (day, what, entries) in coming {
        sheet.line(&format!("{day}  {what}: {entries} entries"), &Format::new())?;
    }
    if let Some(passed) = passed {
        sheet.line(&passed, &Format::new())?;
    }
    Ok(())
}
