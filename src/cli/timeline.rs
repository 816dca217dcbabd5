//! `cases show`: a case as a page. Day by day what was published and what it meant for a deposit; then, by day of entry,
//! what it is now known to have been.

use std::collections::BTreeSet;
use std::fmt::Write;

use jiff::civil::Date;

use super::law::row;
use crate::casebook::family::{Family, NoticeIx, RateKey, Standing};
use crate::casebook::model::{NoticeRow, Table};
use crate::casebook::{Asked, Course, ForeignExporter, Rung, State, Trust};
use crate::determine::answer::in_force;
use crate::report::wording;
use crate::terms::{CaseNumber, GoverningDay, KnownDay, Money};

/// The page of a family.
pub(super) fn page(family: &Family) -> String {
    let mut text = format!("{}, checked through {}\n", family.title, family.checked_through);
    cases(family, &mut text);
    for draft in &family.unapproved {
        let _ = writeln!(text, "  {}", draft.told());
    }
    published(family, &mut text);
    by_day_of_entry(family, &mut text);
    scope_versions(family, &mut text);
    rates(family, &mut text);
    prices(family, &mut text);
    text
}

fn numbers(cases: &[CaseNumber]) -> String {
    cases.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn days(from: Date, through: Option<Date>) -> String {
    match through {
        Some(through) => format!("entries of {from} to {through}"),
        None => format!("entries from {from}"),
    }
}

/// ` [computed]`; nothing for an official source.
fn doubt(trust: Trust) -> String {
    if trust == Trust::Official { String::new() } else { format!(" [{}]", trust.word()) }
}

fn cases(family: &Family, text: &mut String) {
    for case in &family.cases {
        let third =
            case.third_country.map(|third| format!("goods of {} under {}", third.origin.name(), third.of));
        let companion = case.companion.map(|companion| format!("companion {companion}"));
        let told: Vec<String> = third.into_iter().chain(companion).collect();
        let _ = writeln!(text, "  {}  {}", case.number, told.join(", "));
    }
}

fn published(family: &Family, text: &mut String) {
    text.push_str("\nWhat was published, by day\n");
    let mut order: Vec<NoticeIx> = (0..family.notices.len()).collect();
    order.sort_by_key(|ix| family.notices[*ix].published);
    for ix in order {
        let notice = &family.notices[ix];
        let course = match notice.course {
            Course::Published => "",
            Course::Assumed => "  HYPOTHETICAL",
            Course::Replaced => "  (the assumption takes its place)",
        };
        let _ = writeln!(
            text,
            "\n  {}  {}{}{course}\n              {}, {}",
            notice.published.0,
            notice.citation,
            doubt(notice.trust),
            notice.kind,
            numbers(&notice.cases)
        );
        let _ = writeln!(text, "              {}", notice.says);
        if notice.day_unknown {
            let _ = writeln!(text, "              its day was not found: not before {}", notice.published.0);
        }
        for line in meant(family, ix, notice) {
            let _ = writeln!(text, "            - {line}");
        }
    }
}

/// What rows of a notice say, a line each.
fn meant(family: &Family, ix: NoticeIx, notice: &NoticeRow) -> Vec<String> {
    let mut lines: Vec<String> = notice.corrects.iter().map(|other| format!("corrects {other}")).collect();
    let standings = family.standings.iter().filter(|row| row.notice == ix);
    lines.extend(standings.map(|row| standing(family, row)));
    lines.extend(table(family, ix, notice));
    for row in family.ladders.iter().filter(|row| row.notice == ix) {
        let rungs: Vec<&str> = row.rungs.iter().map(|rung| rung_words(*rung)).collect();
        let supplier = match row.foreign_exporter {
            ForeignExporter::Supplier => {
                "; an exporter abroad without a rate of its own takes that of its supplier"
            }
            ForeignExporter::Everyone => "",
        };
        lines.push(format!(
            "{}: rates are tried in this order, {}: {}{supplier} ({})",
            row.case,
            days(row.from, None),
            rungs.join(", then "),
            row.authority
        ));
    }
    for row in family.scopes.iter().filter(|row| row.notice == ix) {
        lines.push(format!(
            "{}: a version of the scope, {}",
            numbers(&row.cases),
            days(row.from, row.through)
        ));
    }
    for row in family.aliases.iter().filter(|row| row.notice == ix) {
        let party = family.parties[row.party].names.first().map_or("", String::as_str);
        lines.push(format!("{} is {party} ({}), {}", row.name, row.how, days(row.from, None)));
    }
    let suffixes = family.suffixes.iter().filter(|row| row.notice == ix).count();
    lines.extend((suffixes > 0).then(|| format!("{suffixes} company suffix(es)")));
    for row in &family.injunctions {
        let cases = numbers(&row.cases);
        if row.notice == ix {
            let until = row.lifted.map_or("no end is known".to_string(), |lifted| {
                format!("until {}", family.notices[lifted].citation)
            });
            lines.push(format!(
                "{cases}: a court forbids to liquidate entries, {until}; deposits do not change"
            ));
        }
        if row.lifted == Some(ix) {
            lines.push(format!("{cases}: the injunction against liquidation has ended"));
        }
    }
    lines
}

fn rung_words(rung: Rung) -> &'static str {
    match rung {
        Rung::Pair => "exporter and producer together",
        Rung::Exporter => "exporter",
        Rung::Producer => "producer",
        Rung::Either => "producer and/or exporter",
        Rung::Everyone => "everyone else",
    }
}

fn standing(family: &Family, row: &Standing) -> String {
    let mut line =
        format!("{}: {}: {}{}", row.case, days(row.from, row.through), deposit(row), doubt(row.trust));
    if !row.exporters.is_empty() {
        let names = row.exporters.iter().filter_map(|ix| family.parties[*ix].names.first());
        let _ = write!(line, "; only {}", names.cloned().collect::<Vec<_>>().join("; "));
    }
    if let Some(note) = &row.note {
        let _ = write!(line, "; {note}");
    }
    line
}

/// What a standing is and what it means for a deposit.
fn deposit(row: &Standing) -> String {
    let due = if in_force(Some(row)) { "a deposit is due" } else { "no deposit" };
    let mut text = format!("{}, {due}", wording::state(Some(row.state)));
    if row.state == State::Terminated {
        text.push_str("; what was paid comes back");
    }
    if let Some(authority) = &row.authority {
        let _ = write!(text, " ({authority})");
    }
    if let Some(interest) = row.interest {
        text.push_str(if interest { "; refunds bear interest" } else { "; refunds bear no interest" });
        if let Some(source) = &row.interest_source {
            let _ = write!(text, " ({source})");
        }
    }
    text
}

/// The rate tables of a notice, one line for each of its cases.
fn table(family: &Family, ix: NoticeIx, notice: &NoticeRow) -> Vec<String> {
    let (Some(table), Some(effective)) = (notice.table, notice.effective) else { return Vec::new() };
    let told = match table {
        Table::Whole => "a whole rate table; who is not in it is everyone else",
        Table::Amends => "rates that amend the table before; the others stand",
        Table::Partial => "a part of a rate table; who is not in it is unsettled",
    };
    let line = |case: &CaseNumber| {
        let rows = || family.rates.iter().filter(|rate| rate.notice == ix && rate.row.case == *case);
        let everyone = rows().find(|rate| rate.key == RateKey::Everyone);
        let everyone = everyone.map(|rate| format!(", everyone else {}", wording::rate(&rate.row)));
        let (count, from) = (rows().count(), days(effective.0, None));
        format!("{case}: {from}: {told}; {count} rate(s){}", everyone.unwrap_or_default())
    };
    notice.table_of.as_ref().unwrap_or(&notice.cases).iter().map(line).collect()
}

/// What each case was on each day of entry, as it is known today.
fn by_day_of_entry(family: &Family, text: &mut String) {
    let last = family.notices.iter().map(|notice| notice.published.0).max();
    let known = KnownDay(last.map_or(family.checked_through, |last| last.max(family.checked_through)));
    let _ = writeln!(text, "\nBy day of entry, as known on {known}");
    for case in family.cases.iter().filter(|case| case.third_country.is_none()) {
        let rows = family.standings.iter().filter(|row| row.case == case.number);
        let changes: BTreeSet<Date> = rows
            .flat_map(|row| [Some(row.from), row.through.and_then(|day| day.tomorrow().ok())])
            .flatten()
            .collect();
        let mut before = String::new();
        for day in changes {
            let asked = Asked { governing: GoverningDay(day), known };
            let found = family.standing(case.number, asked, None);
            let told = match found {
                None => format!("{}, no deposit", wording::state(None)),
                Some(row) => format!("{}{}", deposit(row), doubt(row.trust)),
            };
            if told != before {
                let _ = writeln!(text, "  {}  from {day}  {told}", case.number);
            }
            before = told;
        }
    }
    for row in family.standings.iter().filter(|row| !row.exporters.is_empty()) {
        let _ = writeln!(text, "  {}", standing(family, row));
    }
}

fn scope_versions(family: &Family, text: &mut String) {
    text.push_str("\nScope versions\n");
    for scope in &family.scopes {
        let cited = &family.notices[scope.notice].citation;
        let _ = writeln!(text, "  {}: {}  [{cited}]", numbers(&scope.cases), days(scope.from, scope.through));
        for test in &scope.tests {
            let _ = writeln!(text, "    {} at least {}", test.fact, test.at_least);
        }
        for product in &scope.products {
            let _ = writeln!(text, "    {}: {}", product.verdict.word(), product.words.join(", "));
        }
    }
}

fn rates(family: &Family, text: &mut String) {
    text.push_str("\nRates\n");
    for rate in &family.rates {
        let _ = writeln!(text, "  {}  from {}{}", rate.row.case, rate.from, row(family, rate, None));
    }
}

/// What goods cost on average, by the import statistics of the folder.
fn prices(family: &Family, text: &mut String) {
    if !family.prices.is_empty() {
        text.push_str("\nYearly averages of imports, against which unit values are held (VA01)\n");
    }
    for prices in &family.prices {
        let numbers: Vec<String> = prices.hts.iter().map(ToString::to_string).collect();
        let [lowest, highest] =
            [prices.averages.0, prices.averages.1].map(|dollars| Money::from_decimal(dollars).decimal());
        let (first, last) = prices.years;
        let cited = &family.notices[prices.notice].citation;
        let _ = writeln!(
            text,
            "  {} from {}, {first} to {last}: ${lowest} to ${highest} per {}  [{cited}]",
            numbers.join(", "),
            prices.country,
            prices.unit
        );
    }
}
