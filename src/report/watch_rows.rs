//! Rows of the Refund Watch, of Corrections and of Deadlines, and every sentence on them.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::refunds::RefundLine;
use super::sheet::Value;
use super::watched_entry::{EntryCase, WatchedEntry};
use super::wording;
use crate::casebook::clocks::{ClockName, Clocks};
use crate::casebook::{Casebook, HYPOTHETICAL};
use crate::determine::answer::NotConcerned;
use crate::determine::refund::{CorrectionRoute, Fault, RefundState, Refundable, correction};
use crate::determine::{Refund, RefundStatus};
use crate::spreadsheet::fields::{push_cents, push_guarded};
use crate::terms::{CaseNumber, Kind, KnownDay, Money, Suffix};

/// The columns of the Refund Watch, and how wide they are.
pub(super) const REFUND_COLUMNS: [(&str, u32); 19] = [
    ("Importer", 18),
    ("Entry Number", 16),
    ("Line Number", 8),
    ("Sheet", 12),
    ("Row", 8),
    ("Case", 13),
    ("Entry Date", 12),
    ("Liquidation Date", 12),
    ("Paid", 16),
    ("Due at Entry", 16),
    ("Restated", 16),
    ("Difference", 16),
    ("Ground", 50),
    ("Interest", 30),
    ("Refund Status", 12),
    ("Act By", 12),
    ("Act By Is", 20),
    ("What To Do", 60),
    ("Authority", 22),
];

/// The columns of Corrections.
pub(super) const CORRECTION_COLUMNS: [(&str, u32); 19] = [
    ("Importer", 18),
    ("Entry Number", 16),
    ("Sheet", 12),
    ("First Row", 8),
    ("Lines", 8),
    ("Entry Date", 12),
    ("Entry Type", 8),
    ("Entry Type To File", 8),
    ("AD Case To File", 13),
    ("AD Additional", 16),
    ("AD Excess", 16),
    ("CVD Case To File", 13),
    ("CVD Additional", 16),
    ("CVD Excess", 16),
    ("Lines Without Paid", 10),
    ("Liquidation Date", 12),
    ("Last PSC Day", 12),
    ("Route", 30),
    ("What To Do", 70),
];

/// The columns of Deadlines.
pub(super) const DEADLINE_COLUMNS: [(&str, u32); 12] = [
    ("Day", 12),
    ("Days Left", 10),
    ("What", 34),
    ("Importer", 18),
    ("Entry Number", 16),
    ("Sheet", 12),
    ("First Row", 8),
    ("Cases", 26),
    ("AD Amount", 16),
    ("CVD Amount", 16),
    ("Authority", 30),
    ("Note", 60),
];

const NOT_KNOWN: &str = "not known";
const NOT_BEFORE: &str = "not before, notice day unknown";
const DIFFERS: &str =
    "Lines of the entry say different things of its filing or liquidation; the first is shown.";

/// A record of cells for machines.
pub(super) fn push_record(out: &mut Vec<u8>, values: &[Value]) {
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        push_value(out, value);
    }
    out.push(b'\n');
}

fn push_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Text(text) | Value::Link(text) => push_guarded(out, text, b','),
        Value::Linked(shown, _) => push_value(out, shown),
        Value::Figure(figure) => out.extend_from_slice(figure.to_string().as_bytes()),
        Value::Whole(count) => out.extend_from_slice(count.to_string().as_bytes()),
        Value::Money(amount) => {
            if let Some(amount) = amount {
                push_cents(out, amount.cents());
            }
        }
        Value::Day(day) => {
            if let Some(day) = day {
                out.extend_from_slice(day.to_string().as_bytes());
            }
        }
    }
}

/// The heading row of a CSV with these columns; under an assumption each heading says so.
pub(super) fn csv_headings(columns: &[(&str, u32)], hypothetical: bool) -> Vec<u8> {
    let mark = if hypothetical { format!("{HYPOTHETICAL} ") } else { String::new() };
    let headings = columns.iter().map(|(heading, _)| format!("{mark}{heading}"));
    let mut row = headings.collect::<Vec<_>>().join(",").into_bytes();
    row.push(b'\n');
    row
}

/// The heading row of the CSV of refunds.
pub fn refund_csv_headings(hypothetical: bool) -> Vec<u8> {
    csv_headings(&REFUND_COLUMNS, hypothetical)
}

fn money(cents: i64) -> Value {
    Value::Money(Some(Money::from_cents(cents.into())))
}

/// An amount, or nothing where it is 0.00.
fn some_money(cents: i64) -> Value {
    Value::Money((cents != 0).then(|| Money::from_cents(cents.into())))
}

fn known(cents: Option<i64>) -> Value {
    cents.map_or(Value::Text(NOT_KNOWN.to_string()), money)
}

fn filed(number: (CaseNumber, Option<Suffix>)) -> String {
    number.0.as_filed(number.1)
}

/// Why a deposit comes back, with the notice that says so, and the rule.
fn ground(casebook: &Casebook, why: Refundable) -> (String, String) {
    let plain = |words: &str| (words.to_string(), String::new());
    match why {
        Refundable::Standing(family, standing) => {
            let family = &casebook.families()[family];
            let row = &family.standings[standing];
            let citation = &family.notices[row.notice].citation;
            let words = format!("{}: {citation}", wording::state(Some(row.state)));
            (words, row.authority.clone().unwrap_or_default())
        }
        Refundable::Rate(family, rate) => {
            let family = &casebook.families()[family];
            let rate = &family.rates[rate];
            let citation = &family.notices[rate.notice].citation;
            (format!("{} stands: {citation}", wording::rate(&rate.row)), String::new())
        }
        Refundable::BeforeSuspension => plain("before suspension"),
        Refundable::AtWithdrawal => plain("due at withdrawal from warehouse"),
        Refundable::NotConcerned(NotConcerned::Excluded) => plain("excluded from scope"),
        Refundable::NotConcerned(NotConcerned::NotCovered) => plain("not covered by scope"),
        Refundable::NotConcerned(NotConcerned::OtherOrigin) => plain("not of the origin of the case"),
        Refundable::NotConcerned(NotConcerned::ExcludedPair(_)) => plain("pair excluded"),
    }
}

/// Whether interest comes with a refund, as far as the casebook says.
fn interest(casebook: &Casebook, why: Refundable) -> String {
    let Refundable::Standing(family, standing) = why else { return NOT_KNOWN.to_string() };
    let row = &casebook.families()[family].standings[standing];
    let source = row.interest_source.as_ref().map(|source| format!(" per {source}")).unwrap_or_default();
    match row.interest {
        Some(true) => format!("under section 778{source}"),
        Some(false) => format!("none under section 778{source}"),
        None => NOT_KNOWN.to_string(),
    }
}

/// What to do about a refund, and by when, where there is a day to name.
fn advice(refund: Refund, by: Option<&str>) -> String {
    let clocks = Clocks::built_in();
    let protest = clocks.authority(ClockName::Protest);
    let lifted = clocks.authority(ClockName::SuspensionLifted);
    let days = clocks.measure(ClockName::Protest);
    match refund.state {
        RefundState::Bond => {
            "No cash was deposited; see that the bond is released when the entry liquidates.".to_string()
        }
        RefundState::Enjoined => {
            "A court forbids to liquidate: nothing comes back until that ends. Keep the entry on the list."
                .to_string()
        }
        RefundState::Refunded => "Nothing; check the amount against the statement.".to_string(),
        RefundState::ProtestOpen => "A protest is filed: follow it in ACE.".to_string(),
        RefundState::ProtestApproved => {
            "The protest is approved: follow reliquidation and refund in ACE.".to_string()
        }
        RefundState::ProtestDenied => {
            "The protest was denied: ask counsel at once whether a court can still be asked. Do not book it."
                .to_string()
        }
        RefundState::NotUnderstood(heading) => {
            format!("What stands under {heading} is not understood: look the entry up in ACE.")
        }
        RefundState::NothingGiven => format!(
            "The file does not say whether the entry is liquidated: look it up in ACE now. If it is, a protest is in time for {days} alone ({protest})."
        ),
        RefundState::LiquidatedNoDay => format!(
            "Liquidated, on a day that the file does not give: look it up in ACE now. A protest is in time for {days} alone ({protest})."
        ),
        RefundState::Liquidated => {
            let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
            format!("Liquidated with the deposit kept: a protest{by}, with counsel ({protest}).")
        }
        RefundState::LiquidatedLong => format!(
            "Liquidated too long ago for a protest ({protest}), and none is in the file: ask counsel. Do not book it."
        ),
        RefundState::SuspensionRuns => {
            "Nothing to file: what was paid beyond the deposit that stands is settled at liquidation."
                .to_string()
        }
        RefundState::SixMonthsRun => {
            let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
            format!("Nothing to file: liquidation is to come{by} ({lifted}). Look into ACE by then.")
        }
        RefundState::SixMonthsOver => {
            let by = by.map(|by| format!("; a protest of it would be due by {by} ({protest})"));
            let by = by.unwrap_or_default();
            format!(
                "The six months are over ({lifted}): possible deemed liquidation at the deposited rate. Look into ACE now{by}."
            )
        }
    }
}

/// The cells of a refund, under [`REFUND_COLUMNS`].
pub(super) fn refund_row(casebook: &Casebook, line: &RefundLine) -> [Value; 19] {
    let (ground, authority) = ground(casebook, line.why);
    [
        Value::Text(line.importer.to_string()),
        Value::Text(line.entry_number.to_string()),
        Value::Text(line.line_number.to_string()),
        (&*line.sheet).into(),
        Value::Whole(line.row.row),
        Value::Text(filed(line.number)),
        Value::Day(Some(line.governing)),
        Value::Day(line.liquidation),
        known(line.paid),
        known(line.at_entry),
        money(line.restated),
        known(line.difference()),
        Value::Text(ground),
        Value::Text(interest(casebook, line.why)),
        line.refund.status().text().into(),
        Value::Day(line.refund.act_by),
        if line.refund.not_before { NOT_BEFORE.into() } else { "".into() },
        Value::Text(advice(line.refund, line.refund.act_by.map(|_| "the day shown"))),
        Value::Text(authority),
    ]
}

/// Appends a refund to its CSV.
pub(super) fn refund_csv(casebook: &Casebook, line: &RefundLine, out: &mut Vec<u8>) {
    push_record(out, &refund_row(casebook, line));
}

/// The cells of an entry that wants correcting, under [`CORRECTION_COLUMNS`].
pub(super) fn correction_row(entry: &WatchedEntry, as_of: KnownDay) -> [Value; 19] {
    let (route, advice) = ways(entry, as_of);
    let mut to_do = correction_words(entry);
    to_do.push_str(&advice);
    if entry.differs {
        let _ = write!(to_do, " {DIFFERS}");
    }
    let [ad, cvd] = &entry.cases;
    let to_file = |case: &EntryCase| match case.number.filter(|_| case.undeclared) {
        Some(_) if case.several => "several, see the lines".to_string(),
        Some(number) => filed(number),
        None => String::new(),
    };
    let entry_type =
        |entry_type: Option<crate::terms::EntryType>| entry_type.map(|it| it.to_string()).unwrap_or_default();
    [
        Value::Text(entry.importer.to_string()),
        Value::Text(entry.entry_number.to_string()),
        (&*entry.sheet).into(),
        Value::Whole(entry.first_row.row),
        Value::Whole(entry.lines),
        Value::Day(Some(entry.governing)),
        Value::Text(entry_type(entry.entry_type)),
        Value::Text(entry_type(entry.file_as)),
        Value::Text(to_file(ad)),
        some_money(ad.additional),
        some_money(ad.excess),
        Value::Text(to_file(cvd)),
        some_money(cvd.additional),
        some_money(cvd.excess),
        Value::Whole(ad.not_known.max(cvd.not_known)),
        Value::Day(entry.liquidation.day.value()),
        Value::Day(last_correction(entry, as_of)),
        Value::Text(route),
        Value::Text(to_do),
    ]
}

/// What is wrong with an entry.
fn correction_words(entry: &WatchedEntry) -> String {
    let mut words = String::new();
    for (kind, case) in Kind::BOTH.iter().zip(&entry.cases) {
        if case.undeclared {
            let _ = write!(words, "Declare the {kind} case. ");
        }
        if case.not_known > 0 {
            let _ = write!(words, "What was paid under {kind} is not known on {} line(s). ", case.not_known);
        }
    }
    words
}

/// What is wrong with an entry, and how each can still be corrected; the kind of what was paid too much.
fn routes(entry: &WatchedEntry, as_of: KnownDay) -> Vec<(Option<Kind>, Fault, CorrectionRoute)> {
    let short = entry.cases.iter().any(|case| case.additional > 0 || case.undeclared);
    let other = match (short, entry.file_as) {
        (true, _) => Some(Fault::Short),
        (false, Some(_)) => Some(Fault::Type),
        (false, None) => None,
    };
    let mut faults: Vec<_> = other.map(|fault| (None, fault)).into_iter().collect();
    for (kind, case) in Kind::BOTH.into_iter().zip(&entry.cases) {
        let refund = case.state.filter(|_| case.excess > 0);
        faults.extend(refund.map(|refund| (Some(kind), Fault::Excess(refund))));
    }
    let route = |fault| correction(Clocks::built_in(), entry.governing, &entry.liquidation, fault, as_of);
    faults.into_iter().map(|(kind, fault)| (kind, fault, route(fault))).collect()
}

/// The last day of a post-summary correction, where one helps or would have.
fn last_correction(entry: &WatchedEntry, as_of: KnownDay) -> Option<Date> {
    routes(entry, as_of).into_iter().find_map(|(.., route)| match route {
        CorrectionRoute::Correct(last) | CorrectionRoute::TooLate(Some(last)) => Some(last),
        _ => None,
    })
}

/// The ways that are left to correct an entry, and what to do; each said once.
fn ways(entry: &WatchedEntry, as_of: KnownDay) -> (String, String) {
    let mut names: Vec<&str> = Vec::new();
    let mut told: Vec<(Option<Kind>, String)> = Vec::new();
    for (kind, fault, route) in routes(entry, as_of) {
        let (name, advice) = route_words(fault, route, as_of);
        if !names.contains(&name) {
            names.push(name);
        }
        if !told.iter().any(|(_, known)| *known == advice) {
            told.push((kind, advice));
        }
    }
    let several = told.len() > 1;
    let told = told.into_iter().map(|(kind, advice)| match kind.filter(|_| several) {
        Some(kind) => format!("{kind} paid too much: {advice}"),
        None => advice,
    });
    (names.join("; "), told.collect::<Vec<_>>().join(" "))
}

/// What can be done about a refund, in a row that shows no day for it; a day that is passed is not offered.
fn dated_advice(refund: Refund, as_of: KnownDay) -> String {
    let by = refund.act_by.filter(|day| *day >= as_of.0).map(|day| day.to_string());
    advice(refund, by.as_deref())
}

fn route_words(fault: Fault, route: CorrectionRoute, as_of: KnownDay) -> (&'static str, String) {
    let clocks = Clocks::built_in();
    match route {
        CorrectionRoute::Correct(_) => (
            "PSC",
            format!(
                "Post-summary correction by the last day shown ({}).",
                clocks.authority(ClockName::CorrectionAfterEntry)
            ),
        ),
        CorrectionRoute::TooLate(Some(_)) => {
            let over = "The days for a post-summary correction are over.";
            let left = match fault {
                Fault::Excess(refund) => dated_advice(refund, as_of),
                Fault::Short | Fault::Type => "While liquidation is suspended for AD/CVD, CBP may still take one: ask \
                                               before it liquidates."
                    .to_string(),
            };
            ("PSC days over", format!("{over} {left}"))
        }
        CorrectionRoute::TooLate(None) => {
            ("not computed", "No day can be computed for this entry date: ask CBP.".to_string())
        }
        CorrectionRoute::Disclose => (
            "voluntary tender or prior disclosure",
            "Liquidated and short: voluntary tender or prior disclosure (19 CFR 162.74): counsel before contacting CBP."
                .to_string(),
        ),
        CorrectionRoute::Counsel => (
            "counsel",
            "Liquidated under another type than was to be filed: counsel before contacting CBP.".to_string(),
        ),
        CorrectionRoute::Refund(refund) => {
            let name = match refund.status() {
                RefundStatus::Protest => "protest",
                status => status.text(),
            };
            (name, dated_advice(refund, as_of))
        }
    }
}

/// A day by which somebody has to act on an entry.
#[derive(Debug)]
pub(super) struct Deadline<'a> {
    pub(super) day: Date,
    what: What,
    entry: &'a WatchedEntry,
    not_before: bool,
}

/// What has to be done by a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Summary,
    Correction,
    SixMonths,
    Protest,
    DeemedProtest,
}

/// The days of some entries, the earliest first.
pub(super) fn deadlines<'a>(entries: &[&'a WatchedEntry], as_of: KnownDay) -> Vec<Deadline<'a>> {
    let mut days: Vec<Deadline<'a>> = entries.iter().flat_map(|entry| days_of(entry, as_of)).collect();
    days.sort_by_key(|deadline| (deadline.day, deadline.entry.first_row, deadline.what));
    days
}

fn days_of(entry: &WatchedEntry, as_of: KnownDay) -> Vec<Deadline<'_>> {
    let clocks = Clocks::built_in();
    let mut days = Vec::new();
    let mut add = |day: Option<Date>, what, not_before| {
        days.extend(day.map(|day| Deadline { day, what, entry, not_before }));
    };
    if entry.filed.is_none() {
        let release = entry.liquidation.release.value();
        add(release.and_then(|release| clocks.last_day(ClockName::Summary, release)), What::Summary, false);
    }
    if entry.corrects {
        add(last_correction(entry, as_of), What::Correction, false);
    }
    let mut told = Vec::new();
    for refund in entry.cases.iter().filter_map(|case| case.state) {
        let what = match refund.state {
            RefundState::SixMonthsRun => What::SixMonths,
            RefundState::Liquidated => What::Protest,
            RefundState::SixMonthsOver => What::DeemedProtest,
            _ => continue,
        };
        if !told.contains(&(what, refund.act_by)) {
            told.push((what, refund.act_by));
            add(refund.act_by, what, refund.not_before);
        }
    }
    days
}

impl Deadline<'_> {
    /// What has to be done.
    pub(super) fn words(&self) -> &'static str {
        self.what.words()
    }

    /// The cells of a deadline, under [`DEADLINE_COLUMNS`].
    pub(super) fn row(&self, as_of: KnownDay) -> [Value; 12] {
        let Deadline { day, what, entry, not_before } = self;
        let left = as_of.0.until(*day).map_or(0, |span| span.get_days());
        let amount = |case: &EntryCase| match what {
            What::Summary => some_money(case.due),
            What::Correction => some_money(if case.additional > 0 { case.additional } else { case.excess }),
            What::SixMonths | What::Protest | What::DeemedProtest => {
                let of_day = case.state.is_some_and(|refund| refund.act_by == Some(*day));
                some_money(if of_day { case.refund } else { 0 })
            }
        };
        let clock = match what {
            What::Summary => ClockName::Summary,
            What::Correction => ClockName::CorrectionAfterEntry,
            What::SixMonths => ClockName::SuspensionLifted,
            What::Protest | What::DeemedProtest => ClockName::Protest,
        };
        let cases = entry.cases.iter().filter_map(|case| case.number).map(filed).collect::<Vec<_>>();
        let mut note = String::new();
        if *not_before {
            let _ = write!(note, "{NOT_BEFORE}. ");
        }
        if entry.differs {
            note.push_str(DIFFERS);
        }
        [
            Value::Day(Some(*day)),
            Value::Text(if left < 0 { "passed".to_string() } else { left.to_string() }),
            what.words().into(),
            Value::Text(entry.importer.to_string()),
            Value::Text(entry.entry_number.to_string()),
            (&*entry.sheet).into(),
            Value::Whole(entry.first_row.row),
            Value::Text(cases.join(" ")),
            amount(&entry.cases[0]),
            amount(&entry.cases[1]),
            Clocks::built_in().authority(clock).into(),
            Value::Text(note.trim_end().to_string()),
        ]
    }
}

impl What {
    fn words(self) -> &'static str {
        match self {
            What::Summary => "Entry summary with deposit",
            What::Correction => "Last post-summary correction",
            What::SixMonths => "Liquidation after suspension",
            What::Protest => "Last protest",
            What::DeemedProtest => "Last protest of a possible deemed liquidation",
        }
    }
}

/// What a refund status means, for the legend of the sheet.
pub(super) fn meaning(status: RefundStatus) -> &'static str {
    match status {
        RefundStatus::Protest => "liquidated with the deposit kept; a protest is in time until the day shown",
        RefundStatus::CheckAce => "the file does not tell, or the clock has run: look the entry up in ACE",
        RefundStatus::Counsel => "too late for a protest, or it was denied: do not book it",
        RefundStatus::Await => "not liquidated yet: nothing to file, it is settled at liquidation",
        RefundStatus::Pending => "a protest is open or approved",
        RefundStatus::Enjoined => "a court forbids to liquidate",
        RefundStatus::Bond => "a bond was given: no cash comes back",
        RefundStatus::Refunded => "the deposit came back",
    }
}
