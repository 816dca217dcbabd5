//! The coordinates in which law is constant: epochs between neighbouring dated boundaries, bands between neighbouring
//! thresholds of a fact, and the words of the scope rules.
//!
//! Two lines with the same coordinates have the same answer, so an answer can be remembered.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::advisory::Advisory;
use super::family::Family;
use crate::terms::Heading;
use crate::terms::product::word_key;

/// Which stretch between dated boundaries a day lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(u32);

/// Which stretch between dated boundaries of the advisories a day lies in: a day of export, or the day on which they are
/// asked. Few, and apart from those of the cases, so that law is not asked more often for their sake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExportEpoch(u32);

/// What is known of a measured fact, as far as any scope test of the casebook can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Band {
    /// The line does not say.
    Missing,
    /// How many thresholds of this fact the figure reaches.
    Reaches(u16),
}

/// A word of the `Product` column that some scope version or advisory knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Word(u16);

/// A word of the `Material` column that some advisory knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Material(u16);

/// All boundaries of a casebook.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    days: Vec<Date>,
    of_advisories: Vec<Date>,
    thresholds: BTreeMap<Heading, Vec<Decimal>>,
    words: Vec<String>,
    materials: Vec<String>,
}

impl Grid {
    /// Collects the boundaries of all families and advisories.
    pub fn new(families: &[Family], advisories: &[Advisory]) -> Grid {
        let mut days = BTreeSet::new();
        let mut thresholds: BTreeMap<Heading, BTreeSet<Decimal>> = BTreeMap::new();
        let mut words = BTreeSet::new();
        let mut of_advisories = BTreeSet::new();
        for family in families {
            family.boundaries(&mut days);
            for scope in &family.scopes {
                for test in &scope.tests {
                    thresholds.entry(test.fact).or_default().insert(test.at_least);
                }
                words.extend(scope.products.iter().flat_map(|product| product.words.iter().cloned()));
            }
        }
        for advisory in advisories {
            advisory.boundaries(&mut of_advisories);
            for control in &advisory.controls {
                for test in &control.tests {
                    thresholds.entry(test.fact).or_default().insert(test.at_least);
                }
                words.extend(control.row.products.iter().cloned());
            }
        }
        let materials: BTreeSet<String> = advisories.iter().flat_map(Advisory::materials).cloned().collect();
        let thresholds =
            thresholds.into_iter().map(|(fact, set)| (fact, set.into_iter().collect())).collect();
        Grid {
            days: days.into_iter().collect(),
            of_advisories: of_advisories.into_iter().collect(),
            thresholds,
            words: words.into_iter().collect(),
            materials: materials.into_iter().collect(),
        }
    }

    /// Every day on which an answer can change.
    pub fn boundaries(&self) -> &[Date] {
        &self.days
    }

    /// The epoch of a day.
    pub fn epoch(&self, day: Date) -> Epoch {
        Epoch(reached(&self.days, day))
    }

    /// The first day of an epoch, which stands for all its days.
    pub fn day(&self, epoch: Epoch) -> Date {
        first(&self.days, epoch.0)
    }

    /// The epoch of a day of export.
    pub fn export_epoch(&self, day: Date) -> ExportEpoch {
        ExportEpoch(reached(&self.of_advisories, day))
    }

    /// The first day of such an epoch, which stands for all its days.
    pub fn export_day(&self, epoch: ExportEpoch) -> Date {
        first(&self.of_advisories, epoch.0)
    }

    /// The band of a figure.
    pub fn band(&self, fact: Heading, figure: Option<Decimal>) -> Band {
        let Some(figure) = figure else { return Band::Missing };
        let thresholds = self.thresholds.get(&fact).map_or(&[][..], Vec::as_slice);
        let reached = thresholds.partition_point(|threshold| *threshold <= figure);
        Band::Reaches(u16::try_from(reached).expect("few thresholds"))
    }

    /// Whether every figure of a band meets a test; `None` if the fact is missing.
    pub fn meets(&self, band: Band, fact: Heading, at_least: Decimal) -> Option<bool> {
        match band {
            Band::Missing => None,
            Band::Reaches(reached) => {
                let thresholds = self.thresholds.get(&fact).map_or(&[][..], Vec::as_slice);
                Some(thresholds.iter().take(usize::from(reached)).any(|threshold| *threshold >= at_least))
            }
        }
    }

    /// A word of the scope rules, in any case of letters and spacing.
    pub fn word(&self, text: &str) -> Option<Word> {
        place(&self.words, text).map(Word)
    }

    /// A word of an advisory for what goods are made of, in any case of letters and spacing.
    pub fn material(&self, text: &str) -> Option<Material> {
        place(&self.materials, text).map(Material)
    }

    /// The text of such a word.
    pub fn material_text(&self, material: Material) -> &str {
        &self.materials[usize::from(material.0)]
    }

    /// The text of a word.
    pub fn word_text(&self, word: Word) -> &str {
        &self.words[usize::from(word.0)]
    }

    /// All words, in order.
    pub fn words(&self) -> &[String] {
        &self.words
    }
}

/// The place of a word in a list.
fn place(words: &[String], text: &str) -> Option<u16> {
    let folded = word_key(text);
    let ix = words.iter().position(|word| *word == folded)?;
    Some(u16::try_from(ix).expect("few words"))
}

/// How many boundaries a day has reached.
fn reached(boundaries: &[Date], day: Date) -> u32 {
    let reached = boundaries.partition_point(|boundary| *boundary <= day);
    u32::try_from(reached).expect("fewer boundaries than days")
}

/// The boundary that was reached last.
fn first(boundaries: &[Date], reached: u32) -> Date {
    reached.checked_sub(1).map_or(Date::MIN, |before| boundaries[before as usize])
}
