//! What a person has confirmed of products. It fills blanks and overwrites nothing; a cell that says otherwise is told.

use std::collections::HashMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::line::{EntryLine, Read};
use crate::spreadsheet::row::Cell;
use crate::terms::product::word_key;
use crate::terms::{Code, Exception, Ground, Heading, ProductKey, ProductNames, Unit, WholeDollars};

/// What a unit of the goods holds of the subject portion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValuePerUnit {
    /// Dollars, cents and parts of cents.
    pub dollars: Decimal,
    /// Of the quantity, in this unit.
    pub unit: Unit,
}

/// What a person has confirmed of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmedProduct {
    /// What the decision calls it.
    pub names: ProductNames,
    /// Its word in the scope rules; empty where that is left open.
    pub word: Box<str>,
    /// Measured facts, in the order of [`Heading::MEASURED`].
    pub facts: [Option<Decimal>; 4],
    /// Value of the subject portion.
    pub per_unit: Option<ValuePerUnit>,
    /// On what it rests: a test report, a cost breakdown.
    pub evidence: Box<str>,
    /// Who decided.
    pub by: Box<str>,
    /// When, as 2025-08-01.
    pub on: Box<str>,
    /// A note of theirs.
    pub note: Box<str>,
    /// The fingerprint of the scope versions under which it was decided; empty where the decision has none.
    pub fingerprint: Box<str>,
}

impl ConfirmedProduct {
    /// True if both decide the same, whoever decided and on what evidence.
    pub fn decides_the_same(&self, other: &ConfirmedProduct) -> bool {
        let decided = |product: &ConfirmedProduct| {
            (
                word_key(&product.word),
                product.facts.map(|fact| fact.map(|fact| fact.normalize())),
                product.per_unit,
            )
        };
        decided(self) == decided(other)
    }

    /// Who confirmed it, when, and on what evidence.
    pub fn says(&self) -> String {
        format!("confirmed by {} on {}, evidence: {}", self.by, self.on, self.evidence)
    }
}

/// The decisions on products that a broker keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Products {
    /// Those that hold.
    pub confirmed: HashMap<ProductKey, Arc<ConfirmedProduct>>,
    /// Those that do not hold any more: whose they were, and why.
    pub expired: HashMap<ProductKey, Box<str>>,
}

impl Products {
    /// True if nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.confirmed.is_empty() && self.expired.is_empty()
    }

    /// True if anything was decided of a product.
    pub fn knows(&self, names: &ProductNames) -> bool {
        ProductKey::of(names)
            .is_some_and(|key| self.confirmed.contains_key(&key) || self.expired.contains_key(&key))
    }

    /// Fills the facts that a line lacks, and says so on it; and what its cells say otherwise. The value of the subject
    /// portion is not a fact of scope: whether the line needs one is for law to say.
    pub(super) fn fill(&self, line: &mut EntryLine) {
        if self.is_empty() {
            return;
        }
        let Some(key) = ProductKey::of(&line.product_names()) else { return };
        if let Some(says) = self.expired.get(&key) {
            let ground =
                Ground::Product { product: key.to_string().into(), filled: Vec::new(), says: says.clone() };
            line.exceptions.push(Exception::new(Code::SC10, ground));
        }
        let Some(confirmed) = self.confirmed.get(&key) else { return };
        line.confirmed = Some(Arc::clone(confirmed));
        let (mut filled, mut against) = (Vec::new(), Vec::new());
        if !confirmed.word.is_empty() {
            let found = word_key(&line.product);
            if found.is_empty() {
                line.product = confirmed.word.clone();
                filled.push(Heading::Product);
            } else if found != word_key(&confirmed.word) {
                against.push((Heading::Product, line.product.clone(), confirmed.word.clone()));
            }
        }
        let facts = line.facts.iter_mut().zip(confirmed.facts).zip(Heading::MEASURED);
        for ((fact, confirmed), heading) in facts {
            match (*fact, confirmed) {
                (_, None) => {}
                (Read::Blank, Some(confirmed)) => {
                    *fact = Read::Is(confirmed);
                    filled.push(heading);
                }
                (Read::Is(found), Some(confirmed)) if found != confirmed => {
                    against.push((heading, figure(found), figure(confirmed)));
                }
                // A cell that is not understood is told already, and is no blank.
                (Read::Is(_) | Read::NotUnderstood, Some(_)) => {}
            }
        }
        line.product_filled(&filled);
        line.against_product(against);
    }
}

fn figure(figure: Decimal) -> Box<str> {
    Cell::Number(figure).shown().into()
}

impl EntryLine {
    /// A line of which nothing is known but its product.
    pub fn of_product(names: ProductNames) -> EntryLine {
        let ProductNames { importer, part_number, manufacturer_id, description } = names;
        EntryLine { importer, part_number, manufacturer_id, description, ..EntryLine::default() }
    }

    /// What the file calls the product and its importer.
    pub fn product_names(&self) -> ProductNames {
        ProductNames {
            importer: self.importer.clone(),
            part_number: self.part_number.clone(),
            manufacturer_id: self.manufacturer_id.clone(),
            description: self.description.clone(),
        }
    }

    /// Says that what was confirmed of the product stands under these headings (SC08).
    pub fn product_filled(&mut self, headings: &[Heading]) {
        let (Some(confirmed), false) = (&self.confirmed, headings.is_empty()) else { return };
        let known = self.exceptions.iter_mut().find(|exception| exception.code == Code::SC08);
        if let Some(Exception { ground: Ground::Product { filled, .. }, .. }) = known {
            filled.extend(headings);
            return;
        }
        let product = ProductKey::of(&confirmed.names).map(|key| key.to_string()).unwrap_or_default().into();
        let ground = Ground::Product { product, filled: headings.to_vec(), says: confirmed.says().into() };
        self.exceptions.push(Exception::new(Code::SC08, ground));
    }

    /// Says that these cells say otherwise than what was confirmed of the product (SC09).
    pub fn against_product(&mut self, against: Vec<(Heading, Box<str>, Box<str>)>) {
        let (Some(confirmed), false) = (&self.confirmed, against.is_empty()) else { return };
        let known = self.exceptions.iter_mut().find(|exception| exception.code == Code::SC09);
        if let Some(Exception { ground: Ground::AgainstProduct { cells, .. }, .. }) = known {
            cells.extend(against);
            return;
        }
        let ground = Ground::AgainstProduct { cells: against, says: confirmed.says().into() };
        self.exceptions.push(Exception::new(Code::SC09, ground));
    }

    /// The value of the subject portion as it was confirmed: dollars per unit times the quantity, in whole dollars (19
    /// CFR 159.3(a)); `None` without a confirmed value, where the quantity is not given in its unit, and where nothing would
    /// be left of it.
    pub fn confirmed_subject_value(&self) -> Option<WholeDollars> {
        let per_unit = self.confirmed.as_ref()?.per_unit?;
        let quantity = self.quantity.value().filter(|_| self.unit == Read::Is(per_unit.unit))?;
        WholeDollars::from_decimal(quantity.checked_mul(per_unit.dollars)?)
            .filter(|value| value.dollars() > 0)
    }

    /// The line as it would be if every cell said what was confirmed of the product.
    pub fn as_confirmed(&self) -> EntryLine {
        let mut line = self.clone();
        let Some(confirmed) = &self.confirmed else { return line };
        if !confirmed.word.is_empty() {
            line.product = confirmed.word.clone();
        }
        for (fact, confirmed) in line.facts.iter_mut().zip(confirmed.facts) {
            *fact = confirmed.map_or(*fact, Read::Is);
        }
        if let (Read::Is(_), Some(value)) = (line.subject_value, self.confirmed_subject_value()) {
            line.subject_value = Read::Is(value);
        }
        line
    }
}
