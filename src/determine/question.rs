//! A question: all of a line that law looks at, in the coordinates in which law is constant.

use crate::casebook::{
    Asked, Band, Casebook, Confirmed, Epoch, ExportEpoch, Family, Material, PartyIx, Word,
};
use crate::entry::{Declared, EntryLine, Name, Read, ZoneStatus};
use crate::terms::Addressed;
use crate::terms::{Country, EntryType, ExportDay, GoverningDay, Heading, Hts, KnownDay, PartyKey, Unit};

/// A party of the line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Party {
    /// Blank, or too damaged to be a name.
    Missing,
    /// This name.
    Named {
        /// The key of the whole name.
        key: PartyKey,
        /// What stands before a trailing address.
        addressed: Option<Addressed>,
        /// True if the name may have been cut.
        cut: bool,
    },
}

impl Party {
    fn of(name: &Name) -> Party {
        let named = |key| Party::Named { key, addressed: name.addressed.clone(), cut: name.may_be_cut() };
        name.key.clone().map_or(Party::Missing, named)
    }

    /// True if there is a name.
    pub fn is_named(&self) -> bool {
        matches!(self, Party::Named { .. })
    }

    /// The listed party behind the name: the whole name first, then without its trailing address.
    pub fn listed(&self, family: &Family, asked: Asked) -> Option<PartyIx> {
        match self {
            Party::Missing => None,
            Party::Named { key, addressed, .. } => family.party_named(key, addressed.as_ref(), asked),
        }
    }

    /// What a person has confirmed of the whole name, or else of what stands before its address.
    pub fn confirmed<'c>(&self, casebook: &'c Casebook) -> Option<&'c Confirmed> {
        match self {
            Party::Missing => None,
            Party::Named { key, addressed, .. } => {
                let rest = || addressed.as_ref().and_then(|name| casebook.confirmed(&name.key));
                casebook.confirmed(key).or_else(rest)
            }
        }
    }
}

/// What the line says the product is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProductFact {
    /// Nothing.
    Missing,
    /// A word that no scope version knows.
    NotUnderstood,
    /// A word of the scope rules.
    Word(Word),
}

/// The days with which advisories are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Exported {
    /// The day of export, or of entry where that is not given.
    pub day: ExportEpoch,
    /// Where it comes from.
    pub from: ExportDay,
    /// The day asked from.
    pub known: ExportEpoch,
}

/// What the line says the goods are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MaterialFact {
    /// Nothing, or nothing that an advisory knows.
    Missing,
    /// A word of an advisory.
    Word(Material),
}

/// All of a line that law looks at. Two lines with equal questions have the same answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// The day that fixes the rate.
    pub governing: Epoch,
    /// The day of filing.
    pub filing: Epoch,
    /// The day asked from.
    pub as_of: Epoch,
    /// Tariff number.
    pub hts: Read<Hts>,
    /// True if a chapter 98 number stands on the line.
    pub chapter_98: bool,
    /// CBP origin.
    pub origin: Read<Country>,
    /// Commerce's origin.
    pub ad_cvd_origin: Read<Country>,
    /// Country of export.
    pub export_country: Read<Country>,
    /// The day of export, where an advisory names the tariff number.
    pub exported: Option<Exported>,
    /// What the goods are made of; likewise.
    pub material: MaterialFact,
    /// Exporter.
    pub exporter: Party,
    /// Producer.
    pub producer: Party,
    /// Supplier in the case country.
    pub supplier: Party,
    /// Entry type.
    pub entry_type: Read<EntryType>,
    /// Zone status.
    pub zone: Read<ZoneStatus>,
    /// True if the entry is flagged for reconciliation.
    pub reconciled: bool,
    /// Declared cases, AD then CVD.
    pub declared: [Declared; 2],
    /// The product word.
    pub product: ProductFact,
    /// Measured facts: carbon percent, mAh/g, graphitization percent, Wh/kg.
    pub facts: [Band; 4],
    /// Which values are present.
    pub values: Values,
}

/// Which values of the line are present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Values {
    /// Entered value.
    pub entered: Read<()>,
    /// Value of the subject portion.
    pub subject: Read<()>,
    /// Quantity.
    pub quantity: Read<()>,
    /// Its unit.
    pub unit: Read<Unit>,
}

/// The question of a line; `None` if no day governs it.
pub fn question(casebook: &Casebook, line: &EntryLine, as_of: KnownDay) -> Option<Question> {
    let governing: GoverningDay = line.governing?;
    let grid = casebook.grid();
    let product = match line.product.trim() {
        "" => ProductFact::Missing,
        text => grid.word(text).map_or(ProductFact::NotUnderstood, ProductFact::Word),
    };
    let advised = line.hts.value().is_some_and(|hts| casebook.advises_on(hts));
    let material = grid.material(&line.material);
    let exported = || {
        let from = match line.exported {
            Read::Is(_) => ExportDay::Given,
            Read::Blank => ExportDay::NotGiven,
            Read::NotUnderstood => ExportDay::NotUnderstood,
        };
        let day = grid.export_epoch(line.exported.value().unwrap_or(governing.0));
        Exported { day, from, known: grid.export_epoch(as_of.0) }
    };
    let fact = |i: usize| grid.band(Heading::MEASURED[i], line.facts[i].value());
    Some(Question {
        governing: grid.epoch(governing.0),
        filing: grid.epoch(line.filing_day(governing, as_of).0),
        as_of: grid.epoch(as_of.0),
        hts: line.hts,
        chapter_98: line.chapter_98,
        origin: line.origin,
        ad_cvd_origin: line.ad_cvd_origin,
        export_country: line.export_country,
        exported: advised.then(exported),
        material: material.filter(|_| advised).map_or(MaterialFact::Missing, MaterialFact::Word),
        exporter: Party::of(&line.exporter),
        producer: Party::of(&line.producer),
        supplier: Party::of(&line.supplier),
        entry_type: line.entry_type,
        zone: line.zone,
        reconciled: line.reconciled == Read::Is(true),
        declared: line.declared,
        product,
        facts: [fact(0), fact(1), fact(2), fact(3)],
        values: Values {
            entered: line.entered_value.map(|_| ()),
            subject: line.subject_value.map(|_| ()),
            quantity: line.quantity.map(|_| ()),
            unit: line.unit,
        },
    })
}
