//! One line told in full: facts, standing, scope, rungs tried, arithmetic, what was rejected and why, sources.

use std::fmt::Write;

use super::cited::cited;
use super::told::told;
use super::wording::{self, outcome, rate as rate_text};
use crate::casebook::family::{Family, Rate, RateKey};
use crate::casebook::{Base, Casebook, RateKind};
use crate::determine::answer::{Answered, Missing, NotConcerned, Tried, Why};
use crate::determine::{CaseAnswer, Finding, LineFindings};
use crate::entry::{Declared, EntryLine, Read};
use crate::terms::money::Grouped;
use crate::terms::{Code, Ground, Heading, Kind, KnownDay, Money};

/// The text of `adcvd explain`.
pub fn explain(casebook: &Casebook, line: &EntryLine, findings: &LineFindings, as_of: KnownDay) -> String {
    let mut text = String::new();
    let mut say = |line: String| {
        text.push_str(line.trim_end());
        text.push('\n');
    };
    say(format!("{}: {}", line.label(), findings.action.text()));
    say(wording::reason(casebook, line, findings));
    say(String::new());
    facts(line, as_of, &mut say);
    confirmed(line, &mut say);
    super::explain_names::names(casebook, line, as_of, &mut say);
    let Some(answer) = &findings.answer else {
        exceptions(line, findings, &mut say);
        return text;
    };
    for kind in Kind::BOTH {
        if let Some(case) = answer.case(kind) {
            one_case(casebook, line, findings, case, &mut say);
        }
    }
    say(String::new());
    say(format!("Deposit at entry  {}", amount(findings.at_entry)));
    say(format!(
        "Deposit restated  {}   as known on {as_of}; an estimate, not assessed duty",
        amount(findings.restated)
    ));
    exceptions(line, findings, &mut say);
    say(String::new());
    say("Sources".to_string());
    for cited in cited(casebook, findings) {
        let notice = cited.notice(casebook);
        say(format!(
            "  {} ({}, known from {}, {})",
            notice.citation,
            notice.kind,
            notice.published,
            notice.trust.word()
        ));
        say(format!("    {}", notice.says));
        if let Some(corrects) = notice.corrects {
            say(format!("    corrects {corrects}"));
        }
        if let Some(link) = notice.link {
            say(format!("    {link}"));
        }
    }
    text
}

/// An amount, or that there is none.
pub fn amount(amount: Option<Money>) -> String {
    amount.map_or("no figure".to_string(), |amount| Grouped(amount).to_string())
}

fn shown<T: Copy + std::fmt::Display>(value: Read<T>) -> String {
    match value {
        Read::Blank => "(blank)".to_string(),
        Read::NotUnderstood => "(not understood)".to_string(),
        Read::Is(value) => value.to_string(),
    }
}

fn facts(line: &EntryLine, as_of: KnownDay, say: &mut impl FnMut(String)) {
    let mut fact = |heading: Heading, value: String| say(format!("  {:<22} {value}", heading.text()));
    let or_blank = |text: &str| if text.is_empty() { "(blank)".to_string() } else { text.to_string() };
    fact(Heading::Htsus, shown(line.hts));
    fact(Heading::Origin, shown(line.origin));
    if line.ad_cvd_origin != Read::Blank {
        fact(Heading::AdCvdOrigin, shown(line.ad_cvd_origin));
    }
    fact(Heading::EntryType, shown(line.entry_type));
    fact(Heading::Exporter, or_blank(&line.exporter.text));
    fact(Heading::Producer, or_blank(&line.producer.text));
    if !line.supplier.text.is_empty() {
        fact(Heading::ChineseSupplier, line.supplier.text.to_string());
    }
    fact(Heading::EnteredValue, shown(line.entered_value));
    if line.subject_value != Read::Blank {
        fact(Heading::SubjectValue, shown(line.subject_value));
    }
    fact(Heading::Product, or_blank(&line.product));
    if !line.material.is_empty() {
        fact(Heading::Material, line.material.to_string());
    }
    if line.exported != Read::Blank {
        fact(Heading::ExportDate, shown(line.exported));
    }
    for (heading, value) in Heading::MEASURED.into_iter().zip(line.facts) {
        if value != Read::Blank {
            fact(heading, shown(value));
        }
    }
    for (heading, kind) in [(Heading::AdCase, Kind::Ad), (Heading::CvdCase, Kind::Cvd)] {
        match line.declared(kind) {
            Declared::Nothing => {}
            Declared::One(number, suffix) => fact(heading, number.as_filed(suffix)),
            Declared::Several => fact(heading, "(more than one)".to_string()),
            Declared::NotUnderstood => fact(heading, "(not understood)".to_string()),
        }
    }
    match line.governing {
        None => say("  Governing day          none: nothing can be asked".to_string()),
        Some(governing) => {
            say(format!("  {:<22} {governing}", "Governing day"));
            say(format!("  {:<22} {}", "Known at entry on", line.filing_day(governing, as_of)));
            say(format!("  {:<22} {as_of}", "Restated as known on"));
        }
    }
}

/// What a person has confirmed of the product, and which of it the line took for want of a cell.
fn confirmed(line: &EntryLine, say: &mut impl FnMut(String)) {
    let Some(confirmed) = &line.confirmed else { return };
    let mut told: Vec<String> = Vec::new();
    if !confirmed.word.is_empty() {
        told.push(format!("{} {}", Heading::Product, confirmed.word));
    }
    let facts = Heading::MEASURED.into_iter().zip(confirmed.facts);
    told.extend(facts.filter_map(|(heading, fact)| fact.map(|fact| format!("{heading} {fact}"))));
    if let Some(value) = confirmed.per_unit {
        let mut text = format!("{} {} per {}", Heading::SubjectValue, value.dollars, value.unit);
        if let Some((quantity, dollars)) = line.quantity.value().zip(line.confirmed_subject_value()) {
            let _ = write!(text, " x {quantity} = {dollars}, in whole dollars");
        }
        told.push(text);
    }
    say(format!("  {:<22} {}", "Confirmed of product", told.join("; ")));
    say(format!("  {:<22} {}", "", confirmed.says()));
    let filled = line.exceptions.iter().find_map(|exception| match &exception.ground {
        Ground::Product { filled, .. } if exception.code == Code::SC08 => Some(filled),
        _ => None,
    });
    let filled =
        filled.map(|filled| filled.iter().map(|heading| heading.text()).collect::<Vec<_>>().join(", "));
    let filled = filled.unwrap_or_else(|| "nothing: the cells are filled, or not needed".to_string());
    say(format!("  {:<22} {filled}", "Taken from it"));
}

fn one_case(
    casebook: &Casebook,
    line: &EntryLine,
    findings: &LineFindings,
    case: &CaseAnswer,
    say: &mut impl FnMut(String),
) {
    let family = &casebook.families()[case.family];
    say(String::new());
    say(format!("{} {} ({})", case.number.kind, case.number, family.title));
    say("  at entry".to_string());
    answered(family, line, case, &case.at_entry, say);
    let found = &findings.cases[case.number.kind.index()];
    if case.restated == case.at_entry {
        say("  restated: the same".to_string());
    } else {
        say("  restated".to_string());
        answered(family, line, case, &case.restated, say);
    }
    if let Read::Is(paid) = line.paid(case.number.kind) {
        let difference =
            found.difference.map_or("not known".to_string(), |amount| Grouped(amount).to_string());
        say(format!("  paid {}, less restated: {difference}", Grouped(paid)));
    }
}

fn answered(
    family: &Family,
    line: &EntryLine,
    case: &CaseAnswer,
    answered: &Answered,
    say: &mut impl FnMut(String),
) {
    let told = &answered.told;
    let mut item = |label: &str, value: String| say(format!("    {label:<10} {value}"));
    let standing = told.standing.map(|ix| &family.standings[ix]);
    let mut text = wording::state(standing.map(|row| row.state)).to_string();
    if let Some(row) = standing {
        let _ = write!(text, ", entries from {}", row.from);
        let _ = write!(text, "; {}", family.notices[row.notice].citation);
        if let Some(note) = &row.note {
            let _ = write!(text, " ({note})");
        }
        if row.interest == Some(false) {
            text.push_str("; refunds bear no interest under section 778");
        }
    }
    item("standing", text);
    if let Some(scope) = told.scope {
        let list = |headings: &[Heading]| headings.iter().map(|h| h.text()).collect::<Vec<_>>().join(", ");
        let mut text = family.notices[family.scopes[scope].notice].citation.clone();
        for (label, headings) in
            [("met", &told.facts_met), ("failed", &told.facts_failed), ("missing", &told.facts_missing)]
        {
            if !headings.is_empty() {
                let _ = write!(text, "; {label}: {}", list(headings));
            }
        }
        item("scope", text);
    }
    if let Some(ladder) = told.ladder.map(|ix| &family.ladders[ix]) {
        item(
            "ladder",
            format!(
                "{} ({})",
                ladder.rungs.iter().map(|r| r.word()).collect::<Vec<_>>().join(", then "),
                ladder.authority
            ),
        );
    }
    for (rung, tried) in &told.tried {
        let result = match tried {
            Tried::Found(rate) => format!("found: {}", row(&family.rates[*rate])),
            Tried::NoRow => "no row for these parties".to_string(),
            Tried::NameMissing(role) => format!("the {role} is missing"),
            Tried::TwoRows(one, other) => {
                format!("two rates: {}; {}", row(&family.rates[*one]), row(&family.rates[*other]))
            }
        };
        item(rung, result);
    }
    match &answered.finding {
        Finding::Deposit(used) => {
            let rate = &family.rates[used.rate];
            item("rate", format!("{} from {}", rate_text(&rate.row), family.notices[rate.notice].citation));
            if let (Some(margin), Some(deposit)) = (rate.row.margin, rate.row.deposit)
                && margin != deposit
            {
                item("margin", format!("{margin}; the notice prints another figure for the deposit"));
            }
            item("deposit", arithmetic(line, rate, used.base));
            rejected(family, case, used.rate, &mut item);
        }
        Finding::NoDeposit(Why::Standing(_)) => item("deposit", "$0.00: the standing settles it".to_string()),
        Finding::NoDeposit(Why::AtWithdrawal) => item("deposit", "$0.00: due at withdrawal".to_string()),
        Finding::NotConcerned(reason) => item(
            "deposit",
            match reason {
                NotConcerned::Excluded => "none: the goods are excluded".to_string(),
                NotConcerned::NotCovered => "none: a fact fails its test".to_string(),
                NotConcerned::OtherOrigin => "none: Commerce's origin is another country".to_string(),
                NotConcerned::ExcludedPair(rate) => {
                    format!("none: pair excluded, {}", row(&family.rates[*rate]))
                }
            },
        ),
        Finding::Unsettled { missing, floor, ceiling, .. } => {
            item("deposit", format!("no figure: {} not known", missing_words(missing)));
            for (label, rate) in [("at least", floor), ("at most", ceiling)] {
                if let Some(rate) = rate {
                    item(label, row(&family.rates[*rate]));
                }
            }
        }
        Finding::OriginNotStated => item("deposit", outcome(&answered.finding).to_string()),
    }
}

fn quoted(text: &str) -> String {
    if text.is_empty() { "nothing".to_string() } else { format!("{text:?}") }
}

fn missing_words(missing: &Missing) -> &'static str {
    match missing {
        Missing::ScopeFacts => "whether the goods are in scope",
        Missing::Origin => "the origin",
        Missing::Party => "a party",
        Missing::TwoRates => "which of two rates",
        Missing::Table => "the part of the rate table that is not at hand",
        Missing::ThirdCountryNumber => "a third-country case number",
        Missing::Value => "the value that the rate applies to",
        Missing::Quantity => "quantity or unit",
        Missing::NotComputed => "a rule for such lines",
        Missing::OneCase => "which of several cases",
    }
}

fn row(rate: &Rate) -> String {
    let who = match rate.key {
        RateKey::Pair(..) => format!("{} / {}", rate.row.exporter, rate.row.producer),
        RateKey::Exporter(_) | RateKey::Either(_) => rate.row.exporter.clone(),
        RateKey::Producer(_) => rate.row.producer.clone(),
        RateKey::Everyone => "everyone else".to_string(),
    };
    format!("{who}, {}", rate_text(&rate.row))
}

fn arithmetic(line: &EntryLine, rate: &Rate, base: Base) -> String {
    let (value, name) = match base {
        Base::Entered => (line.entered_value.value(), "entered value"),
        Base::Subject => (line.subject_value.value(), "subject value"),
    };
    let ad_valorem = value.zip(rate.row.deposit).map(|(value, percent)| {
        format!("{name} {value} x {} / 100 = {}", percent.decimal(), Grouped(value.at(percent)))
    });
    let specific = line.quantity.value().zip(rate.row.unit_rate).map(|(quantity, each)| {
        let unit = rate.row.unit.map(|unit| unit.to_string()).unwrap_or_default();
        format!("{quantity} {unit} x ${each} = {}", Grouped(Money::from_decimal(quantity * each)))
    });
    let parts = match rate.row.kind {
        RateKind::Percent => [ad_valorem, None],
        RateKind::Unit => [None, specific],
        RateKind::Both => [ad_valorem, specific],
        RateKind::Excluded => [None, None],
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

/// What was not used: the rate of everyone else beside a party's own; the pairs of a listed party beside the rate of
/// everyone else.
fn rejected(family: &Family, case: &CaseAnswer, used: usize, item: &mut impl FnMut(&str, String)) {
    let used = &family.rates[used];
    let others =
        family.rates.iter().filter(|rate| rate.row.case == used.row.case && rate.notice == used.notice);
    let others: Vec<&Rate> = others.filter(|rate| rate.key != used.key).collect();
    match used.key {
        RateKey::Everyone => {
            let pairs = others.iter().filter(|rate| rate.key != RateKey::Everyone).count();
            item("not used", format!("{pairs} rows of listed parties: no row has the parties of this line"));
        }
        _ => {
            if let Some(everyone) = others.iter().find(|rate| rate.key == RateKey::Everyone) {
                item("not used", format!("{}: the parties have a row of their own", row(everyone)));
            }
        }
    }
    let companion = family.case(case.number).and_then(|case| case.companion);
    if let Some(companion) = companion {
        item("companion", companion.to_string());
    }
}

fn exceptions(line: &EntryLine, findings: &LineFindings, say: &mut impl FnMut(String)) {
    if findings.exceptions.is_empty() {
        return;
    }
    say(String::new());
    say("Exceptions".to_string());
    for exception in &findings.exceptions {
        let told = told(line, exception);
        let kind = exception.kind.map(|kind| format!(" {kind}")).unwrap_or_default();
        say(format!("  {}{kind} {}: {}", exception.code, exception.severity, exception.code.meaning()));
        let place = if told.field.is_empty() { String::new() } else { format!("{}: ", told.field) };
        if !(told.found.is_empty() && told.expected.is_empty()) {
            say(format!("    {place}found {}, expected {}", quoted(&told.found), told.expected));
        }
        say(format!("    {}", exception.code.remedy()));
        if let Some(stake) = exception.stake {
            say(format!("    at stake {}", Grouped(stake)));
        }
    }
}
