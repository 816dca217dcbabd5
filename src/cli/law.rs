//! `rates`, `cases` and `exceptions`: what the casebook says, without an entry file.

use std::fmt::Write;

use super::advisory_page;
use super::args::{CheckCasesArgs, RatesArgs, ShowArgs};
use super::exit::{Exit, Failure};
use super::kept;
use super::options::CaseFolders;
use super::run::as_of;
use super::terminal::say;
use super::timeline;
use crate::casebook::family::{Family, Rate, RateKey};
use crate::casebook::left_open::left_open;
use crate::casebook::load::{load, load_only};
use crate::casebook::{Asked, Casebook, Trust};
use crate::report::wording;
use crate::terms::counted::{counted, counted_s};
use crate::terms::{CaseNumber, Code, GoverningDay, KnownDay, PartyKey};

fn number(text: &str) -> Result<CaseNumber, Failure> {
    let parsed = CaseNumber::parse(text).map(|(number, _)| number);
    parsed.ok_or_else(|| Failure::Usage(format!("{text:?} is not a case number such as A-999-101")))
}

fn family_of(casebook: &Casebook, number: CaseNumber) -> Result<&Family, Failure> {
    let family = casebook.family_of(number).map(|ix| &casebook.families()[ix]);
    family.ok_or_else(|| {
        Failure::Usage(format!("{number} is not in the casebook; `adcvd cases list` shows what is"))
    })
}

/// The line above everything that is hypothetical, and a blank one.
pub(super) fn heading(casebook: &Casebook) -> String {
    casebook.hypothetical().map(|told| format!("{told}\n\n")).unwrap_or_default()
}

/// A rate; its notice only where it is not the one of the table.
pub(super) fn row(family: &Family, rate: &Rate, table: Option<usize>) -> String {
    let who = match rate.key {
        RateKey::Pair(..) => format!("{} / {}", rate.row.exporter, rate.row.producer),
        RateKey::Exporter(_) => format!("{} (exporter)", rate.row.exporter),
        RateKey::Producer(_) => format!("{} (producer)", rate.row.producer),
        RateKey::Either(_) => format!("{} (producer and/or exporter)", rate.row.exporter),
        RateKey::Everyone => "everyone else".to_string(),
    };
    let mut text = format!("{:>10}  {who}", wording::rate(&rate.row));
    if let Some(margin) = rate.row.margin.filter(|margin| Some(*margin) != rate.row.deposit) {
        let _ = write!(text, "; margin {margin}");
    }
    let mut source = Vec::new();
    if table != Some(rate.notice) {
        source.push(family.notices[rate.notice].citation.clone());
    }
    if rate.trust != Trust::Official {
        source.push(rate.trust.word().to_string());
    }
    source.extend(rate.row.disputed.map(|other| format!("{other} elsewhere")));
    if source.is_empty() { text } else { format!("{text}  [{}]", source.join(", ")) }
}

/// True if every word of what was asked stands in the name, or the keys are equal.
fn names_party(name: &str, asked: &str) -> bool {
    let fold = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
    };
    let words = fold(name);
    PartyKey::of(name) == PartyKey::of(asked) || fold(asked).iter().all(|word| words.contains(word))
}

/// Which rates were in force on a day, as known on another.
///
/// # Errors
/// The case is not in the casebook.
pub fn rates(args: &RatesArgs) -> Result<Exit, Failure> {
    let casebook = kept::law(&args.cases)?;
    kept::warn(&casebook);
    let known = as_of(&args.as_of);
    let governing = GoverningDay(args.on.unwrap_or(known.0));
    let wanted = args.case.as_deref().map(number).transpose()?;
    if let Some(wanted) = wanted {
        family_of(&casebook, wanted)?;
    }
    let mut text = heading(&casebook);
    for family in casebook.families() {
        for case in family.cases.iter().filter(|case| wanted.is_none_or(|wanted| wanted == case.number)) {
            // Law as it was known when such an entry was filed, and as it is known now: both are answers.
            let mut days = vec![KnownDay(governing.0.min(known.0)), known];
            days.dedup();
            for known in days {
                rates_of(family, case.number, Asked { governing, known }, args.party.as_deref(), &mut text);
            }
        }
    }
    say(&text)?;
    Ok(Exit::Finished)
}

fn rates_of(family: &Family, case: CaseNumber, asked: Asked, party: Option<&str>, text: &mut String) {
    let standing = family.standing(case, asked, None);
    let state = wording::state(standing.map(|row| row.state));
    let _ = writeln!(text, "{case}  entries of {}, as known on {}: {state}", asked.governing, asked.known);
    if let Some(row) = standing {
        let notice = &family.notices[row.notice];
        let doubt =
            if row.trust == Trust::Official { String::new() } else { format!(", {}", row.trust.word()) };
        let _ = writeln!(text, "            {}{doubt}", notice.citation);
    }
    if !crate::determine::answer::in_force(standing) {
        let _ = writeln!(text, "            no deposit\n");
        return;
    }
    let Some(table) = family.table(case, asked) else {
        let _ = writeln!(text, "            no rate table is at hand for this day\n");
        return;
    };
    let _ = writeln!(text, "            rates of {}", family.notices[table.notice].citation);
    if table.partial {
        let _ = writeln!(
            text,
            "            the table at hand is partial: a party that is not in it is unsettled"
        );
    }
    let mut rows = 0;
    for rate in family.rates_in(case, asked, table) {
        let names = [rate.row.exporter.as_str(), rate.row.producer.as_str()];
        let fits =
            party.is_none_or(|party| names.iter().any(|name| !name.is_empty() && names_party(name, party)));
        if fits || rate.key == RateKey::Everyone {
            let _ = writeln!(text, "{}", row(family, rate, Some(table.notice)));
            rows += 1;
        }
    }
    if party.is_some() && rows == 1 {
        let _ = writeln!(text, "            no listed name holds these words; everyone else's rate is shown");
    }
    text.push('\n');
}

/// Each case, what it is now, and how far it was checked.
///
/// # Errors
/// A case folder is refused.
pub fn list(folders: &CaseFolders) -> Result<Exit, Failure> {
    let casebook = kept::law(folders)?;
    let mut text = heading(&casebook);
    for family in casebook.families() {
        let _ =
            writeln!(text, "{}  ({}), checked through {}", family.title, family.slug, family.checked_through);
        let asked = Asked {
            governing: GoverningDay(family.checked_through),
            known: KnownDay(family.checked_through),
        };
        for case in &family.cases {
            let state = wording::state(family.standing(case.number, asked, None).map(|row| row.state));
            let third = case
                .third_country
                .map(|third| format!(", for goods of {} under {}", third.origin.name(), third.of));
            let _ = writeln!(text, "  {}  {state}{}", case.number, third.unwrap_or_default());
        }
        for draft in &family.unapproved {
            let _ = writeln!(text, "  {}", draft.told());
        }
        let hints: Vec<String> = family.hints.iter().map(|hint| hint.hts.to_string()).collect();
        let _ = writeln!(text, "  HTSUS (hints only): {}", hints.join(", "));
    }
    advisory_page::listed(&casebook, &mut text);
    let _ = writeln!(
        text,
        "\nOther orders are not in this casebook: a line that fits none of these is NOT TESTED."
    );
    say(&text)?;
    Ok(Exit::Finished)
}

fn no_page(asked: &str) -> Failure {
    Failure::Usage(format!(
        "{asked:?} is neither a case number such as A-999-101 nor the name of a case folder or an advisory; `adcvd cases list` \
         shows them all"
    ))
}

/// The page of an order family or of an advisory.
///
/// # Errors
/// The case is not in the casebook.
pub fn show(args: &ShowArgs) -> Result<Exit, Failure> {
    let casebook = kept::law(&args.cases)?;
    if let Some(advisory) = casebook.advisories().iter().find(|advisory| advisory.head.id == args.case) {
        say(&format!("{}{}", heading(&casebook), advisory_page::page(advisory)))?;
        return Ok(Exit::Finished);
    }
    let by_slug = casebook.families().iter().find(|family| family.slug == args.case);
    let family = match by_slug {
        Some(family) => family,
        None => family_of(&casebook, number(&args.case).map_err(|_| no_page(&args.case))?)?,
    };
    let mut text = heading(&casebook);
    text.push_str(&timeline::page(family));
    advisory_page::beside(&casebook, family, &mut text);
    say(&text)?;
    Ok(Exit::Finished)
}

/// Checks case folders, and tells what sound ones leave open.
///
/// # Errors
/// Every fault of every folder.
pub fn check(args: &CheckCasesArgs) -> Result<Exit, Failure> {
    let casebook = match &args.folder {
        Some(folder) => load_only(folder)?,
        None => load(&[])?,
    };
    let mut text = String::new();
    for family in casebook.families() {
        for draft in &family.unapproved {
            let _ = writeln!(text, "{}/{}", family.slug, draft.told());
            let (questions, lines) = (counted_s(draft.questions, "question"), counted_s(draft.lines, "line"));
            let _ = writeln!(text, "  open in it: {questions}, {lines} not understood");
            for fault in &draft.faults {
                let _ = writeln!(text, "  approved as it stands: {fault}");
            }
        }
        let _ = writeln!(
            text,
            "{}: {}, {}, {}, {}; no fault",
            family.slug,
            counted_s(family.cases.len(), "case"),
            counted_s(family.notices.len(), "notice"),
            counted_s(family.rates.len(), "rate"),
            counted(family.parties.len() as u64, "party", "parties")
        );
        for told in left_open(family) {
            let _ = writeln!(text, "  open: {told}");
        }
    }
    for advisory in casebook.advisories() {
        let (id, controls) = (&advisory.head.id, counted_s(advisory.controls.len(), "control"));
        let notices = counted_s(advisory.notices.len(), "notice");
        let standings = counted_s(advisory.standings.len(), "standing");
        let _ = writeln!(text, "{id}: {controls}, {notices}, {standings}; no fault");
    }
    say(&text)?;
    Ok(Exit::Finished)
}

/// The catalogue of exception codes.
///
/// # Errors
/// There is no such code, or the output is closed.
pub fn exceptions(wanted: Option<&str>) -> Result<Exit, Failure> {
    let mut text = String::new();
    let fits = |code: &&Code| wanted.is_none_or(|wanted| code.text().eq_ignore_ascii_case(wanted));
    let codes: Vec<&Code> = Code::ALL.iter().filter(fits).collect();
    if codes.is_empty() {
        let wanted = wanted.unwrap_or_default();
        return Err(Failure::Usage(format!("there is no code {wanted:?}; `adcvd exceptions` lists all")));
    }
    for code in codes {
        let _ = writeln!(text, "{code}  {:<7} {}", code.severity().to_string(), code.meaning());
        let _ = writeln!(text, "              {}", code.remedy());
    }
    let _ = writeln!(text, "\n{}", wording::SEVERITIES);
    say(&text)?;
    Ok(Exit::Finished)
}
