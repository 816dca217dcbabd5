//! What the words of a company name weigh when names are compared: a place, a number or a part of a group makes another
//! company, a word of the trade hardly tells one from another.

use crate::terms::legal_form::PART_WORDS;
use crate::terms::place_words::is_place;

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WordKind {
    /// A number, an ordinal, a roman numeral.
    Number,
    Place,
    /// Sales, Trading, Holding and the like.
    Part,
    /// What many companies of the trade are called.
    Trade,
    /// And, of, the.
    Joining,
    Name,
}

/// A word of a name.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) text: String,
    /// Its letters.
    pub(super) length: usize,
    pub(super) weight: u32,
    kind: WordKind,
}

impl Word {
    pub(super) fn is_number(&self) -> bool {
        self.kind == WordKind::Number
    }

    pub(super) fn is_place(&self) -> bool {
        self.kind == WordKind::Place
    }

    pub(super) fn is_part(&self) -> bool {
        self.kind == WordKind::Part
    }

    pub(super) fn is_name(&self) -> bool {
        self.kind == WordKind::Name
    }
}

/// Words that half of the companies of the trade have in their names.
const TRADE: [&str; 38] = [
    "advanced",
    "battery",
    "batteries",
    "carbon",
    "chemical",
    "chemicals",
    "development",
    "electric",
    "electronic",
    "electronics",
    "energy",
    "enterprise",
    "equipment",
    "graphite",
    "industrial",
    "industries",
    "industry",
    "manufacturing",
    "material",
    "materials",
    "metal",
    "mineral",
    "minerals",
    "new",
    "power",
    "precision",
    "product",
    "products",
    "science",
    "solar",
    "solution",
    "solutions",
    "steel",
    "storage",
    "technologies",
    "technology",
    "wood",
    "company",
];
const JOINING: [&str; 5] = ["and", "of", "the", "for", "de"];
const ORDINALS: [&str; 12] =
    ["first", "second", "third", "fourth", "fifth", "sixth", "ii", "iii", "iv", "vi", "vii", "viii"];

pub(super) fn word(text: &str) -> Word {
    let kind = match text {
        _ if text.chars().any(|c| c.is_ascii_digit()) || ORDINALS.contains(&text) => WordKind::Number,
        _ if text.chars().count() == 1 && text.is_ascii() => WordKind::Number,
        _ if JOINING.contains(&text) => WordKind::Joining,
        _ if PART_WORDS.contains(&text) => WordKind::Part,
        _ if TRADE.contains(&text) => WordKind::Trade,
        _ if is_place(text) => WordKind::Place,
        _ => WordKind::Name,
    };
    let weight = match kind {
        WordKind::Number => 150,
        WordKind::Place => 130,
        WordKind::Part => 110,
        WordKind::Name => 90,
        WordKind::Trade => 40,
        WordKind::Joining => 5,
    };
    Word { text: text.to_string(), length: text.chars().count(), weight, kind }
}
