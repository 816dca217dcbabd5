//! Every English sentence about a finding.

use crate::casebook::model::RateRow;
use crate::casebook::{Casebook, Course, Difference, EveryoneElse, HYPOTHETICAL, RateKind, State};
use crate::determine::answer::{Missing, NotConcerned, Why};
use crate::determine::{Action, CaseAnswer, Finding, LineFindings, RungUsed};
use crate::entry::EntryLine;
use crate::entry::Read;
use crate::terms::{Code, Exception, Kind, Severity};

/// A rate as printed: `93.50%`, `$1.10/KG`, or both joined by a plus.
pub fn rate(row: &RateRow) -> String {
    let percent = || row.deposit.map(|deposit| deposit.to_string()).unwrap_or_default();
    let per_unit = || {
        let unit = row.unit.map(|unit| unit.to_string().to_lowercase()).unwrap_or_default();
        format!("${}/{unit}", row.unit_rate.unwrap_or_default())
    };
    match row.kind {
        RateKind::Percent => percent(),
        RateKind::Unit => per_unit(),
        RateKind::Both => format!("{} + {}", percent(), per_unit()),
        RateKind::Excluded => "excluded".to_string(),
    }
}

/// What a standing is called; `None` before the first row of a case.
pub fn state(state: Option<State>) -> &'static str {
    match state {
        None => "before suspension",
        Some(State::Provisional) => "provisional measures",
        Some(State::Gap) => "gap (no provisional measures)",
        Some(State::Order) => "order",
        Some(State::Suspended) => "suspended investigation",
        Some(State::Terminated) => "terminated",
        Some(State::Revoked) => "revoked",
    }
}

fn case_state(casebook: &Casebook, case: &CaseAnswer) -> &'static str {
    let standing = case.at_entry.told.standing;
    state(standing.map(|ix| casebook.families()[case.family].standings[ix].state))
}

/// Behind a standing that is assumed.
fn assumed(casebook: &Casebook, case: &CaseAnswer) -> &'static str {
    let family = &casebook.families()[case.family];
    let notice = case.at_entry.told.standing.map(|ix| &family.notices[family.standings[ix].notice]);
    if notice.is_some_and(|notice| notice.course == Course::Assumed) { " (HYPOTHETICAL)" } else { "" }
}

/// The `Standing` column: `AD provisional measures; CVD gap (no provisional measures)`.
pub fn standing(casebook: &Casebook, findings: &LineFindings) -> String {
    let Some(answer) = &findings.answer else { return String::new() };
    let told = |kind: Kind, case| format!("{kind} {}{}", case_state(casebook, case), assumed(casebook, case));
    let parts = Kind::BOTH.into_iter().filter_map(|kind| answer.case(kind).map(|case| told(kind, case)));
    parts.collect::<Vec<_>>().join("; ")
}

/// The citations of the notices used, at entry first, each once.
pub fn sources(casebook: &Casebook, findings: &LineFindings) -> Vec<String> {
    let mut citations: Vec<String> = Vec::new();
    for (family, notice) in notices_used(casebook, findings) {
        let citation = &casebook.families()[family].notices[notice].citation;
        if !citations.contains(citation) {
            citations.push(citation.clone());
        }
    }
    citations
}

/// The notices behind the findings of a line: family and place there, each once, at entry before restated.
pub fn notices_used(casebook: &Casebook, findings: &LineFindings) -> Vec<(usize, usize)> {
    let Some(answer) = &findings.answer else { return Vec::new() };
    let mut used = Vec::new();
    let answered = [true, false].into_iter().flat_map(|at_entry| {
        answer
            .cases
            .iter()
            .flatten()
            .map(move |case| (case, if at_entry { &case.at_entry } else { &case.restated }))
    });
    for (case, answered) in answered {
        let family = &casebook.families()[case.family];
        let mut add = |notice: usize| {
            if !used.contains(&(case.family, notice)) {
                used.push((case.family, notice));
            }
        };
        let rate = match &answered.finding {
            Finding::Deposit(rate) => Some(rate.rate),
            Finding::NotConcerned(NotConcerned::ExcludedPair(rate)) => Some(*rate),
            _ => None,
        };
        if let Some(rate) = rate {
            add(family.rates[rate].notice);
        }
        match &answered.finding {
            Finding::Deposit(_) | Finding::NoDeposit(_) => {
                answered.told.standing.into_iter().for_each(|row| add(family.standings[row].notice));
            }
            Finding::NotConcerned(_) | Finding::Unsettled { .. } => {
                answered.told.scope.into_iter().for_each(|row| add(family.scopes[row].notice));
            }
            Finding::OriginNotStated => {}
        }
    }
    used
}

/// A listed party as the case prints it that a deposit is due under, AD first; else as its family prints it first.
pub fn official_name<'a>(casebook: &'a Casebook, findings: &LineFindings, party: (usize, usize)) -> &'a str {
    let (family, party) = (&casebook.families()[party.0], party.1);
    let cases = findings.answer.iter().flat_map(|answer| answer.cases.iter().flatten());
    let due = cases.filter(|case| matches!(case.at_entry.finding, Finding::Deposit(_)));
    let mut printed = due.flat_map(|case| family.printed(family.first_opened(case.number), party));
    printed.next().unwrap_or(&family.parties[party].names[0])
}

fn rung(rung: RungUsed) -> &'static str {
    match rung {
        RungUsed::Pair => "the listed pair",
        RungUsed::SupplierPair => "the supplier's listed pair",
        RungUsed::Exporter => "the exporter's own rate",
        RungUsed::Producer => "the producer's own rate",
        RungUsed::Either(_) => "a listed producer or exporter",
        RungUsed::Everyone(EveryoneElse::AllOthers) => "all others",
        RungUsed::Everyone(EveryoneElse::CountryWide) => "the country-wide rate",
    }
}

/// What one case says of a line, in a few words.
fn clause(casebook: &Casebook, kind: Kind, case: &CaseAnswer) -> String {
    match &case.at_entry.finding {
        Finding::Deposit(used) => {
            let row = &casebook.families()[case.family].rates[used.rate].row;
            let due = if used.at_withdrawal { " due at withdrawal" } else { "" };
            format!("{kind} {} as {}{due}", rate(row), rung(used.rung))
        }
        Finding::NoDeposit(Why::AtWithdrawal) => format!("{kind} due at withdrawal"),
        Finding::NoDeposit(Why::Standing(_)) => format!("{kind} {}", case_state(casebook, case)),
        Finding::NotConcerned(reason) => match reason {
            NotConcerned::Excluded => format!("excluded from {kind} scope"),
            NotConcerned::NotCovered => format!("not covered by {kind} scope"),
            NotConcerned::OtherOrigin => format!("not of {kind} origin"),
            NotConcerned::ExcludedPair(_) => format!("pair excluded from {kind}"),
        },
        Finding::OriginNotStated => format!("{kind} origin not stated"),
        Finding::Unsettled { .. } => format!("{kind} unsettled"),
    }
}

/// The `Reason` column: one sentence that names no amount of the line. Under an assumption it says so on every line,
/// also on those that the assumption leaves as they are: a row may be copied into another file.
pub fn reason(casebook: &Casebook, line: &EntryLine, findings: &LineFindings) -> String {
    let reason = plain_reason(casebook, line, findings);
    match casebook.assumed() {
        Some(_) => format!("{HYPOTHETICAL}. {reason}"),
        None => reason,
    }
}

fn plain_reason(casebook: &Casebook, line: &EntryLine, findings: &LineFindings) -> String {
    let clauses = |joined: &str| {
        let Some(answer) = &findings.answer else { return String::new() };
        let parts = Kind::BOTH
            .into_iter()
            .filter_map(|kind| answer.case(kind).map(|case| clause(casebook, kind, case)));
        parts.collect::<Vec<_>>().join(joined)
    };
    let said = |wanted: &dyn Fn(&Exception) -> bool| {
        findings.exceptions.iter().find(|exception| wanted(exception)).map(|exception| {
            let meaning = exception.code.meaning();
            let meaning = meaning.split_once(". ").map_or(meaning, |(first, _)| first).trim_end_matches('.');
            let field = super::told::told(line, exception).field;
            let place = if field.is_empty() { String::new() } else { format!(" ({field})") };
            format!("{}{place}", lower_first(meaning))
        })
    };
    let worst = |severity: Severity| said(&|exception: &Exception| exception.severity == severity);
    match findings.action {
        Action::NotTested => {
            let (hts, origin) = (shown(line.hts), shown(line.origin));
            format!(
                "No case in this casebook lists {hts} from {origin} and none is declared; other orders were not looked for."
            )
        }
        Action::NoFigure => {
            // A finding can be unsettled without an exception of its own weight (a missing name on a company list).
            let party = findings.answer.iter().flat_map(|answer| answer.cases.iter().flatten()).any(|case| {
                matches!(case.at_entry.finding, Finding::Unsettled { missing: Missing::Party, .. })
            });
            let missing = || party.then(|| said(&|exception| exception.code == Code::PA01)).flatten();
            let why = worst(Severity::Stop).or_else(missing).or_else(|| worst(Severity::Review));
            let why = why.unwrap_or_else(|| clauses("; "));
            format!("No figure: {why}.")
        }
        Action::Review => match worst(Severity::Review) {
            Some(why) if clauses("").is_empty() => format!("To confirm: {why}."),
            // First what a person has to do: the column is cut where the next one is filled.
            Some(why) => format!("To confirm: {why}; {}.", clauses(", ")),
            None => format!("{}.", clauses(", ")),
        },
        Action::Deposit => format!("{}.", clauses(", ")),
        Action::NoDeposit => format!("Nothing due: {}.", clauses(", ")),
    }
}

fn lower_first(sentence: &str) -> String {
    let mut chars = sentence.chars();
    match chars.next() {
        Some(first) if !sentence[1..].starts_with(|c: char| c.is_uppercase()) => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => sentence.to_string(),
    }
}

fn shown<T: Copy + std::fmt::Display>(value: Read<T>) -> String {
    value.value().map_or("an unreadable cell".to_string(), |value| value.to_string())
}

/// One word for what a case said, for people who ask.
pub fn outcome(finding: &Finding) -> &'static str {
    match finding {
        Finding::Deposit(_) => "deposit",
        Finding::NoDeposit(_) => "no deposit",
        Finding::NotConcerned(_) => "does not concern the line",
        Finding::OriginNotStated => "origin for AD/CVD not stated",
        Finding::Unsettled { .. } => "unsettled",
    }
}

/// In which pieces a name differs from a listed one.
pub fn differences(differs: &[Difference]) -> String {
    if differs.is_empty() {
        return "a name that it had not, or no longer had, on that day".to_string();
    }
    let form = |form: &str| if form.is_empty() { "no legal form".to_string() } else { format!("{form:?}") };
    let told = differs.iter().map(|difference| match difference {
        Difference::Spelled { written, listed } => format!("{written:?} for {listed:?}"),
        Difference::Lacks(word) => format!("without {word:?}"),
        Difference::Has(word) => format!("with {word:?}"),
        Difference::Form { written, listed } => format!("{} for {}", form(written), form(listed)),
        Difference::Order => "the same words in another order".to_string(),
        Difference::Cut => "cut at 35 characters".to_string(),
    });
    told.collect::<Vec<_>>().join(", ")
}

/// How severities relate to money.
pub const SEVERITIES: &str = "Stop: no figure. Review: a person must confirm; a figure that is given stands until then. Note: to be known. \
                              An exception that costs nothing whichever way it turns out is a Note.";
