//! The sheet `Names to confirm`: each name once, the listed one nearest to it, and columns for a person's decision; the
//! next run takes the sheet back.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, Formula, Worksheet, XlsxError};

use super::names::{Names, WaitingName};
use super::sheet::{Sheet, Value};
use super::wording::{differences, rate as rate_text};
use super::workbook::RunFacts;
use crate::casebook::{Casebook, Confirmed, Decision, Near, PartyIx};
use crate::records::aliases::{DECISIONS, HEADINGS, LISTED_HEADINGS, LISTED_SHEET};
use crate::terms::PartyKey;

/// The columns, those of a decision behind those that tell what it is about.
const COLUMNS: [(&str, u32); 14] = [
    (HEADINGS[0], 40),
    ("Role", 12),
    ("Lines", 8),
    ("Entered Value", 16),
    ("Stake", 16),
    ("First Row", 10),
    ("Nearest", 40),
    ("Differs", 36),
    ("Rates Of The Nearest", 36),
    (HEADINGS[1], 12),
    (HEADINGS[2], 40),
    (HEADINGS[3], 18),
    (HEADINGS[4], 14),
    (HEADINGS[5], 30),
];
const DECISION: u16 = 9;
const SAME_AS: u16 = 10;

/// Writes the sheet; decisions that were applied stand behind the names that wait, so that one file keeps them all.
pub(super) fn write(
    sheet: &mut Sheet<'_>,
    casebook: &Casebook,
    facts: &RunFacts,
    names: &Names,
    listed: u32,
) -> Result<(), XlsxError> {
    let first = sheet.row;
    sheet.headings(&COLUMNS)?;
    let (shown, more) = names.waiting.shown();
    for (_, waiting) in &shown {
        sheet.values(row(casebook, facts, waiting))?;
    }
    // Of the decisions of a broker some are on the suppliers of other importers.
    if facts.addressee.is_none() {
        for confirmed in casebook.all_confirmed() {
            sheet.values(decided(confirmed))?;
        }
    }
    let last = sheet.row.saturating_sub(1).max(first + 1);
    let decision = DataValidation::new()
        .allow_list_strings(&DECISIONS)?
        .set_input_title("Decision")?
        .set_input_message(
            "same: it is the company in Same As. different: it is none of the listed companies. ask: leave it open. \
             Give your name and the day, and run again with --aliases and this file.",
        )?;
    sheet.sheet.add_data_validation(first + 1, DECISION, last, DECISION, &decision)?;
    if listed > 0 {
        let party = DataValidation::new()
            .allow_list_formula(Formula::new(format!("='{LISTED_SHEET}'!$A$2:$A${}", listed + 1)))
            .set_error_style(DataValidationErrorStyle::Warning);
        sheet.sheet.add_data_validation(first + 1, SAME_AS, last, SAME_AS, &party)?;
    }
    sheet.sheet.set_freeze_panes(first + 1, 1)?;
    sheet.sheet.autofilter(first, 0, last, COLUMNS.len() as u16 - 1)?;
    if sheet.row == first + 1 {
        sheet.line("No name waits for a decision.", &sheet.looks.wrap)?;
    }
    if more {
        let looks = sheet.looks;
        let text = "These are the names with the largest stake; there are more. Decide these and run again.";
        sheet.line(text, &looks.bold)?;
    }
    Ok(())
}

fn row(casebook: &Casebook, facts: &RunFacts, waiting: &WaitingName) -> Vec<Value> {
    let near = waiting.name.key.as_ref().map(|key| casebook.near(key, waiting.name.may_be_cut()));
    let near = near.as_deref().unwrap_or_default();
    let nearest = near.first();
    let others: Vec<&str> = near.iter().skip(1).map(|near| near.name.as_str()).collect();
    let mut differs = nearest.map(|near| differences(&near.differs)).unwrap_or_default();
    if !others.is_empty() {
        differs = format!("{differs}; farther: {}", others.join(" / "));
    }
    let roles: Vec<String> = waiting.roles.iter().map(ToString::to_string).collect();
    vec![
        waiting.name.text.to_string().into(),
        roles.join(", ").into(),
        Value::Whole(waiting.lines),
        Value::Whole(waiting.entered_value),
        Value::Money(waiting.stake),
        facts.place(waiting.first_row),
        nearest.map(|near| near.name.clone()).unwrap_or_default().into(),
        differs.into(),
        nearest.map(|near| rates(casebook, near)).unwrap_or_default().into(),
        "".into(),
        nearest.map(|near| official(casebook, near)).unwrap_or_default().into(),
    ]
}

fn decided(confirmed: &Confirmed) -> Vec<Value> {
    let word = match confirmed.decision {
        Decision::Same(_) => DECISIONS[0],
        Decision::Different => DECISIONS[1],
    };
    let mut values = vec![confirmed.name.clone().into()];
    values.extend((1..DECISION).map(|_| Value::Text(String::new())));
    let told = [word, &confirmed.same_as, &confirmed.by, &confirmed.on, &confirmed.note];
    values.extend(told.into_iter().map(Value::from));
    values
}

/// The name under which a party stands in the list of listed parties.
fn official(casebook: &Casebook, near: &Near) -> String {
    casebook.families()[near.family].parties[near.party].names[0].clone()
}

/// The rates that the newest table of each case gives a party.
fn rates(casebook: &Casebook, near: &Near) -> String {
    let family = &casebook.families()[near.family];
    let mut newest: BTreeMap<String, (jiff::civil::Date, BTreeSet<String>)> = BTreeMap::new();
    for rate in family.rates.iter().filter(|rate| rate.key.names(near.party)) {
        let published = family.notices[rate.notice].published.0;
        let known = newest.entry(rate.row.case.to_string()).or_insert((published, BTreeSet::new()));
        if known.0 < published {
            *known = (published, BTreeSet::new());
        }
        if known.0 == published {
            known.1.insert(rate_text(&rate.row));
        }
    }
    let told = newest
        .into_iter()
        .map(|(case, (_, rates))| format!("{case} {}", rates.into_iter().collect::<Vec<_>>().join(" or ")));
    told.collect::<Vec<_>>().join("; ")
}

/// Listed parties by key, over all families.
fn listed(casebook: &Casebook) -> BTreeMap<&PartyKey, Vec<(usize, PartyIx)>> {
    let mut listed: BTreeMap<&PartyKey, Vec<(usize, PartyIx)>> = BTreeMap::new();
    for (family, of) in casebook.families().iter().enumerate() {
        for (party, known) in of.parties.iter().enumerate() {
            listed.entry(&known.key).or_default().push((family, party));
        }
    }
    listed
}

/// Writes the hidden sheet of listed parties with their fingerprints; how many there are.
pub(super) fn write_listed(sheet: &mut Worksheet, casebook: &Casebook) -> Result<u32, XlsxError> {
    sheet.set_hidden(true);
    for (column, heading) in (0u16..).zip(LISTED_HEADINGS) {
        sheet.write_string(0, column, heading)?;
    }
    if let Some(told) = casebook.hypothetical() {
        // The rows below are counted from the first: the mark stands beside the headings.
        sheet.write_string(0, LISTED_HEADINGS.len() as u16, told)?;
    }
    let mut names: Vec<(&str, String)> = listed(casebook)
        .into_values()
        .map(|parties| {
            let (family, party) = parties[0];
            (casebook.families()[family].parties[party].names[0].as_str(), casebook.fingerprint(&parties))
        })
        .collect();
    names.sort();
    for (row, (name, fingerprint)) in (1u32..).zip(&names) {
        sheet.write_string(row, 0, *name)?;
        sheet.write_string(row, 1, fingerprint)?;
    }
    Ok(names.len() as u32)
}
