//! The sheet `Products to confirm`: each product once, with what is missing of it, and columns for a person's decision;
//! the next run takes the sheet back.

use std::collections::BTreeSet;

use rust_xlsxwriter::{DataValidation, DataValidationRule, Formula, Worksheet, XlsxError};

use super::products::{Products, WaitingProduct};
use super::sheet::{Sheet, Value};
use super::workbook::RunFacts;
use crate::casebook::Casebook;
use crate::entry::{ConfirmedProduct, Products as Confirmed};
use crate::records::products::{HEADINGS, WORDS_SHEET};
use crate::terms::{Heading, ProductKey, ProductNames};

/// The columns, those of a decision behind those that tell what it is about.
const COLUMNS: [(&str, u32); 22] = [
    (HEADINGS[0], 20),
    (HEADINGS[1], 20),
    (HEADINGS[6], 18),
    (HEADINGS[7], 36),
    ("HTSUS", 16),
    ("Lines", 8),
    ("Entered Value", 16),
    ("Stake", 16),
    ("First Row", 10),
    ("Missing", 36),
    (HEADINGS[2], 24),
    (HEADINGS[8], 10),
    (HEADINGS[9], 10),
    (HEADINGS[10], 14),
    (HEADINGS[11], 10),
    (HEADINGS[12], 14),
    (HEADINGS[13], 8),
    (HEADINGS[3], 30),
    (HEADINGS[4], 18),
    (HEADINGS[5], 14),
    (HEADINGS[14], 30),
    (HEADINGS[15], 40),
];
const PRODUCT: u16 = 10;
const CARBON: u16 = 11;
const MAH: u16 = 12;
const GRAPHITIZATION: u16 = 13;
const WH: u16 = 14;
const PER_UNIT: u16 = 15;
const UNIT: u16 = 16;
const CONFIRMED_ON: u16 = 19;
const FINGERPRINT: u16 = 21;

/// Writes the sheet. A product that waits although something of it was decided stands with its decision, and those that
/// do not wait stand behind, so that one file keeps them all.
pub(super) fn write(
    sheet: &mut Sheet<'_>,
    casebook: &Casebook,
    facts: &RunFacts,
    (products, confirmed): (&Products, &Confirmed),
    words: u32,
) -> Result<(), XlsxError> {
    let first = sheet.row;
    sheet.headings(&COLUMNS)?;
    let (shown, more) = products.waiting.shown();
    // Of the decisions of a broker some are on the products of other importers, and a note on one is the broker's own.
    let told = facts.addressee.is_none();
    for (key, waiting) in &shown {
        let mut decision = confirmed.confirmed.get(*key).map(|decision| ConfirmedProduct::clone(decision));
        if let Some(decision) = decision.as_mut().filter(|_| !told) {
            decision.note = Box::default();
        }
        sheet.values(waits(casebook, facts, waiting, decision.as_ref()))?;
    }
    let waiting: BTreeSet<&ProductKey> = shown.iter().map(|(key, _)| *key).collect();
    let others = confirmed.confirmed.iter().filter(|(key, _)| told && !waiting.contains(key));
    let mut others: Vec<_> = others.collect();
    others.sort_by_key(|(key, _)| *key);
    for (_, confirmed) in others {
        let mut values = called(&confirmed.names);
        values.resize_with(usize::from(PRODUCT), || "".into());
        values.extend(decided(casebook, confirmed));
        sheet.values(values)?;
    }
    let last = sheet.row.saturating_sub(1).max(first + 1);
    validate(sheet.sheet, first + 1, last, words)?;
    sheet.sheet.set_column_hidden(FINGERPRINT)?;
    sheet.sheet.set_freeze_panes(first + 1, 2)?;
    sheet.sheet.autofilter(first, 0, last, COLUMNS.len() as u16 - 1)?;
    let looks = sheet.looks;
    if sheet.row == first + 1 && products.unnamed == 0 {
        sheet.line("No product waits for a decision.", &looks.wrap)?;
    }
    if more {
        let text =
            "These are the products with the largest stake; there are more. Decide these and run again.";
        sheet.line(text, &looks.bold)?;
    }
    if products.unnamed > 0 {
        let text = format!(
            "{} more line(s) lack such facts and name no product: give Part Number, or Manufacturer ID and Description, in \
             the entry file.",
            products.unnamed
        );
        sheet.line(&text, &looks.bold)?;
    }
    Ok(())
}

fn called(names: &ProductNames) -> Vec<Value> {
    let ProductNames { importer, part_number, manufacturer_id, description } = names;
    [importer, part_number, manufacturer_id, description].map(|text| Value::from(text.to_string())).into()
}

fn waits(
    casebook: &Casebook,
    facts: &RunFacts,
    waiting: &WaitingProduct,
    confirmed: Option<&ConfirmedProduct>,
) -> Vec<Value> {
    let hts: Vec<String> = waiting.hts.iter().map(ToString::to_string).collect();
    let missing: Vec<&str> = waiting.missing.iter().map(|heading| heading.text()).collect();
    let mut values = called(&waiting.names);
    values.extend([
        hts.join(", ").into(),
        Value::Whole(waiting.lines),
        Value::Whole(waiting.entered_value),
        Value::Money(waiting.stake),
        facts.place(waiting.first_row),
        missing.join(", ").into(),
    ]);
    match confirmed {
        Some(confirmed) => values.extend(decided(casebook, confirmed)),
        None => {
            values.resize_with(usize::from(FINGERPRINT), || "".into());
            values.push(casebook.scope_fingerprint(waiting.families.iter().copied()).into());
        }
    }
    values
}

fn decided(casebook: &Casebook, confirmed: &ConfirmedProduct) -> Vec<Value> {
    let mut values = vec![Value::from(confirmed.word.to_string())];
    values.extend(confirmed.facts.map(|fact| fact.map_or_else(|| "".into(), Value::Figure)));
    let per_unit = confirmed.per_unit;
    values.push(per_unit.map_or_else(|| "".into(), |value| Value::Figure(value.dollars)));
    values.push(per_unit.map(|value| value.unit.to_string()).unwrap_or_default().into());
    let ConfirmedProduct { evidence, by, on, note, fingerprint, .. } = confirmed;
    values.extend([evidence, by, on, note].map(|text| Value::from(text.to_string())));
    values.push(match fingerprint.is_empty() {
        true => casebook.scope_fingerprint(0..casebook.families().len()).into(),
        false => fingerprint.to_string().into(),
    });
    values
}

/// What may be entered in the columns of a decision.
fn validate(sheet: &mut Worksheet, first: u32, last: u32, words: u32) -> Result<(), XlsxError> {
    let mut validate = |column: u16, validation: DataValidation| {
        sheet.add_data_validation(first, column, last, column, &validation).map(|_| ())
    };
    if words > 0 {
        let list = Formula::new(format!("='{WORDS_SHEET}'!$A$2:$A${}", words + 1));
        let word = DataValidation::new()
            .allow_list_formula(list)
            .set_input_title(Heading::Product.text())?
            .set_input_message(
                "What scope rules call it. Give what Missing names, the evidence, your name and the day, and run again \
                 with --products and this file.",
            )?;
        validate(PRODUCT, word)?;
    }
    let percentage = || {
        let range = DataValidationRule::Between(Formula::new("1.000001"), Formula::new("100"));
        let validation = DataValidation::new().allow_decimal_number_formula(range);
        validation.set_error_message("A percentage such as 95, not the fraction 0.95.")
    };
    validate(CARBON, percentage()?)?;
    validate(GRAPHITIZATION, percentage()?)?;
    for column in [MAH, WH, PER_UNIT] {
        let range = DataValidationRule::GreaterThanOrEqualTo(Formula::new("0"));
        let figure = DataValidation::new().allow_decimal_number_formula(range);
        validate(column, figure.set_error_message("A number that is not negative.")?)?;
    }
    let unit = DataValidation::new().set_input_message(
        "The unit of the quantity, such as KG or NO: Subject Value is dollars per unit times the quantity.",
    )?;
    validate(UNIT, unit)?;
    let day = DataValidation::new().set_input_message("The day of the decision, such as 2025-08-01.")?;
    validate(CONFIRMED_ON, day)
}

/// Writes the hidden sheet of product words; how many there are.
pub(super) fn write_words(sheet: &mut Worksheet, casebook: &Casebook) -> Result<u32, XlsxError> {
    sheet.set_hidden(true);
    sheet.write_string(0, 0, Heading::Product.text())?;
    if let Some(told) = casebook.hypothetical() {
        sheet.write_string(0, 1, told)?;
    }
    let words = casebook.grid().words();
    for (row, word) in (1u32..).zip(words) {
        sheet.write_string(row, 0, word)?;
    }
    Ok(words.len() as u32)
}
