//! Decisions on products, as a person made them in the sheet `Products to confirm` of a report, or in a CSV.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::kept::{Kept, RecordError, RowFault};
use crate::casebook::Casebook;
use crate::entry::cells::{bounded_figure_in, measured_in};
use crate::entry::{ConfirmedProduct, Products, ValuePerUnit};
use crate::spreadsheet::InputFacts;
use crate::spreadsheet::row::Row;
use crate::terms::product::word_key;
use crate::terms::{Heading, ProductKey, ProductNames, Unit};

/// The sheet in which products are decided.
pub const SHEET: &str = "Products to confirm";
/// The hidden sheet with the words of the scope rules.
pub const WORDS_SHEET: &str = "Product words";
/// The headings of a decision, the needed ones first.
pub const HEADINGS: [&str; 16] = [
    "Importer",
    "Part Number",
    "Product",
    "Evidence",
    "Confirmed By",
    "Confirmed On",
    "Manufacturer ID",
    "Description",
    "Carbon Percent",
    "Energy Density mAh/g",
    "Graphitization Percent",
    "Energy Density Wh/kg",
    "Subject Value Per Unit",
    "Unit",
    "Note",
    "Fingerprint",
];

const IMPORTER: usize = 0;
const PART_NUMBER: usize = 1;
const WORD: usize = 2;
const EVIDENCE: usize = 3;
const BY: usize = 4;
const ON: usize = 5;
const MANUFACTURER_ID: usize = 6;
const DESCRIPTION: usize = 7;
/// Where the measured facts begin, in the order of [`Heading::MEASURED`].
const FACTS: usize = 8;
const PER_UNIT: usize = 12;
const UNIT: usize = 13;
const NOTE: usize = 14;
const FINGERPRINT: usize = 15;

/// Decisions that were read.
#[derive(Debug, Default)]
pub struct ReadProducts {
    /// By what tells products apart.
    pub products: Products,
    /// Decisions that do not hold any more, each with its place and why.
    pub expired: Vec<String>,
    /// What is known of each file.
    pub files: Vec<InputFacts>,
}

/// Reads decisions on products. A decision expires when the scope text changes of a family under which it was made.
///
/// # Errors
/// A file cannot be read; a row cannot be understood; two rows decide one product otherwise: every such row with its
/// place.
pub fn read_products<'p>(
    paths: impl IntoIterator<Item = &'p Path>,
    casebook: &Casebook,
) -> Result<ReadProducts, RecordError> {
    let mut reading =
        Reading { casebook, read: ReadProducts::default(), seen: HashMap::new(), faults: Vec::new() };
    for path in paths {
        let kept = Kept::read(path, None, "a sheet of decisions on products", &HEADINGS, ON + 1)?;
        for row in kept.rows() {
            if let Err(fault) = reading.row(&kept, row) {
                reading.faults.push(fault);
            }
        }
        reading.read.files.push(kept.facts().clone());
    }
    let Reading { mut read, faults, .. } = reading;
    let Products { confirmed, expired } = &mut read.products;
    // A product that was decided again.
    expired.retain(|key, _| !confirmed.contains_key(key));
    if faults.is_empty() { Ok(read) } else { Err(RecordError::Rows(faults)) }
}

struct Reading<'a> {
    casebook: &'a Casebook,
    read: ReadProducts,
    /// Where a product was decided.
    seen: HashMap<ProductKey, String>,
    faults: Vec<RowFault>,
}

impl Reading<'_> {
    fn row(&mut self, kept: &Kept, row: &Row) -> Result<(), RowFault> {
        let text = |heading| kept.text(row, heading).into_boxed_str();
        let fault = |heading, problem| RowFault { place: kept.place(row.number, heading), problem };
        if [&[WORD][..], &[FACTS, FACTS + 1, FACTS + 2, FACTS + 3], &[PER_UNIT]]
            .concat()
            .iter()
            .all(|heading| text(*heading).is_empty())
        {
            // A product that nobody has decided yet is asked for again.
            if !text(BY).is_empty() {
                let expected =
                    "what was confirmed: a product word, a measured fact, or a subject value per unit";
                return Err(fault(WORD, format!("found nothing, expected {expected}")));
            }
            return Ok(());
        }
        let names = ProductNames {
            importer: text(IMPORTER),
            part_number: text(PART_NUMBER),
            manufacturer_id: text(MANUFACTURER_ID),
            description: text(DESCRIPTION),
        };
        let Some(key) = ProductKey::of(&names) else {
            let expected = "a part number, or else manufacturer ID and description";
            return Err(fault(PART_NUMBER, format!("found no product, expected {expected}")));
        };
        let (by, on) = kept.decided_by(row, BY, ON)?;
        if text(EVIDENCE).is_empty() {
            return Err(fault(EVIDENCE, "a decision without Evidence: on what does it rest?".to_string()));
        }
        let expired = self.casebook.scope_changed(&text(FINGERPRINT));
        if let Some(why) = expired {
            let says = format!("confirmed by {by} on {on}; {why}");
            self.read
                .expired
                .push(format!("{}: {key}: {why}; decide again", kept.place(row.number, PART_NUMBER)));
            self.read.products.expired.insert(key, says.into());
            return Ok(());
        }
        let confirmed = ConfirmedProduct {
            names,
            word: self.word(kept, row)?,
            facts: facts(kept, row)?,
            per_unit: per_unit(kept, row)?,
            evidence: text(EVIDENCE),
            by: by.into(),
            on: on.into(),
            note: text(NOTE),
            fingerprint: text(FINGERPRINT),
        };
        match self.read.products.confirmed.get(&key) {
            Some(known) if known.decides_the_same(&confirmed) => {}
            Some(_) => {
                let earlier = self.seen.get(&key).map(String::as_str).unwrap_or_default();
                let problem = format!("{key} is decided otherwise in {earlier}; keep one of the two");
                return Err(fault(PART_NUMBER, problem));
            }
            None => {
                self.seen.insert(key.clone(), kept.place(row.number, PART_NUMBER));
                self.read.products.confirmed.insert(key, Arc::new(confirmed));
            }
        }
        Ok(())
    }

    /// A word of the scope rules, as these write it.
    fn word(&self, kept: &Kept, row: &Row) -> Result<Box<str>, RowFault> {
        let found = kept.text(row, WORD);
        let grid = self.casebook.grid();
        if found.is_empty() || grid.word(&found).is_some() {
            return Ok(word_key(&found).into());
        }
        let problem = format!("found {found:?}, expected one of: {}", grid.words().join(", "));
        Err(RowFault { place: kept.place(row.number, WORD), problem })
    }
}

fn facts(kept: &Kept, row: &Row) -> Result<[Option<Decimal>; 4], RowFault> {
    let mut facts = [None; 4];
    for (place, (fact, heading)) in facts.iter_mut().zip(Heading::MEASURED).enumerate() {
        let cell = kept.cell(row, FACTS + place);
        if !cell.is_blank() {
            let unread = |expected| {
                let problem = format!("found {:?}, expected {expected}", cell.shown());
                RowFault { place: kept.place(row.number, FACTS + place), problem }
            };
            *fact = Some(measured_in(heading, cell).map_err(unread)?);
        }
    }
    Ok(facts)
}

fn per_unit(kept: &Kept, row: &Row) -> Result<Option<ValuePerUnit>, RowFault> {
    let fault = |heading, expected: &str| {
        let problem = format!("found {:?}, expected {expected}", kept.text(row, heading));
        RowFault { place: kept.place(row.number, heading), problem }
    };
    let cell = kept.cell(row, PER_UNIT);
    if cell.is_blank() {
        return match kept.cell(row, UNIT).is_blank() {
            true => Ok(None),
            false => Err(fault(PER_UNIT, "the dollars per unit that the unit belongs to, or no unit")),
        };
    }
    // Reading: a portion worth nothing is a column that was filled with zeros, as in an entry file.
    let dollars = bounded_figure_in(cell).filter(|dollars| !dollars.is_zero());
    let dollars = dollars.ok_or_else(|| fault(PER_UNIT, "dollars per unit such as 1.25, above nothing"))?;
    let unit = Unit::parse(&kept.text(row, UNIT));
    let unit = unit.ok_or_else(|| fault(UNIT, "the unit of the quantity, such as KG or NO"))?;
    Ok(Some(ValuePerUnit { dollars, unit }))
}
