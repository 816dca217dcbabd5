//! Sentences of messages: which phrases are known, and what each says.
//!
//! CBP's instructions are written from a small stock of phrases. A sentence that holds none of them is not understood. One
//! that holds a damaged day or case number is not either, whatever else it says.

use std::sync::LazyLock;

use regex::Regex;

use super::figures::pattern;
use crate::casebook::model::Table;

/// What a phrase says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It corrects another message.
    Corrects,
    /// Why, or that what follows is the whole corrected text.
    CorrectsWhy,
    /// When and where an act was published.
    Published,
    /// A case number is assigned.
    Assigned,
    /// A third-country number is opened.
    ThirdCountry,
    /// Deposits are to be collected, from a day on.
    Deposit,
    /// Suspension of liquidation, from a day on.
    Suspension,
    /// Who is out of the order.
    Excluded,
    /// Exporters and producers are named together.
    Pairs,
    /// The rate of everyone else, in a sentence.
    EveryoneElse,
    /// A foreign exporter takes the rate of its supplier.
    Supplier,
    /// The proceeding is over.
    Terminated,
    /// Suspension ends back to a day.
    Discontinued,
    /// The last day of provisional measures.
    LastProvisional,
    /// Entries of a gap are liquidated without duty.
    Gap,
    /// No interest on refunds.
    NoInterest,
    /// Scope, which a person writes as product words.
    Scope,
    /// Nothing that a row says.
    Nothing,
}

use Meaning::*;

/// Phrases in their order; a sentence may hold several.
const PHRASES: [(&str, Meaning); 36] = [
    (r"correction to message (?:number |no\.? )?\d{7}", Corrects),
    (r"^paragraphs? \S+ of message \d{7} contains? incorrect", CorrectsWhy),
    (r"^the instructions (?:are|were) missing ", CorrectsWhy),
    (r"^below is the (?:fully )?corrected message", CorrectsWhy),
    (r"published (?:on \S+ )?in the federal register", Published),
    (r"^Commerce has amended ", Published),
    (r"assigned case number", Assigned),
    (r"creation of third[- ]country case number", ThirdCountry),
    (
        r"CBP (?:shall|should|will|is directed to) (?:continue to )?(?:require|collect)\b.*\bcash deposit",
        Deposit,
    ),
    (r"\b(?:shall|should|will|to) (?:continue to )?suspend liquidation .* on or after", Suspension),
    (
        r"\bnot to suspend liquidation|\bnot suspend liquidation|\bnot to collect cash deposits|\bnot require (?:a )?cash deposit",
        Excluded,
    ),
    (r"zero percent (?:dumping margin|subsidy rate)", Nothing),
    (r"\b(?:producer/exporter|exporter/producer) combinations?", Pairs),
    (
        r"combinations\b.* which have not received their own rate, the cash deposit rate will be ",
        EveryoneElse,
    ),
    (r"exporters\b.* which have not received their own rate, .*\bcombination that supplied", Supplier),
    (r"for all other entries .* the following cash deposit instructions apply", Nothing),
    (r"\binvestigation .* (?:has been|is) terminated", Terminated),
    (r"\bdiscontinue the suspension of liquidation of entries .* on or after ", Discontinued),
    (r"entries should be liquidated without regard to (?:countervailing|antidumping) duties", Nothing),
    (r"\bdeposited on entries of the subject merchandise shall be refunded", Nothing),
    (r"^notice of the lifting of suspension of liquidation", Nothing),
    (r"final day (?:of|that) provisional measures", LastProvisional),
    (r"during the period .* through .* liquidate the entries without regard to", Gap),
    (r"interest provisions of section 778 of the tariff act of 1930, as amended, do not apply", NoInterest),
    (
        r"^the (?:products|merchandise) (?:covered by|subject to) this (?:investigation|order|review|proceeding)",
        Scope,
    ),
    (r"^(?:this )?subject merchandise ", Scope),
    (r"^in accordance with section \S+ of the tariff act", Nothing),
    (r"^when entries of subject merchandise continue to be suspended", Nothing),
    (r"\bprovisional measures in the companion (?:CVD|AD) proceeding\b", Nothing),
    (r"cash deposit rates in that message were adjusted", Nothing),
    (r"suspension of liquidation was discontinued in that case", Nothing),
    (r"aligned the deadline for the final determination", Nothing),
    (r"^if there are any questions by the importing public", Nothing),
    (r"^there are no restrictions on the release of this information", Nothing),
    (r"^(?:the )?(?:federal register )?notice .* is available at ", Nothing),
    (r"\bimporters? .* certif", Nothing),
];

static KNOWN: LazyLock<Vec<(Regex, Meaning)>> = LazyLock::new(|| {
    PHRASES.iter().map(|(text, meaning)| (pattern(&format!("(?i){text}")), *meaning)).collect()
});

/// What the phrases of a sentence say.
pub(super) fn meanings(sentence: &str) -> Vec<Meaning> {
    KNOWN.iter().filter(|(phrase, _)| phrase.is_match(sentence)).map(|(_, meaning)| *meaning).collect()
}

/// What an act does to the rates before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    /// A table of its own: who is not in it is everyone else.
    Replaces,
    /// Rates of some companies; the others stand.
    Amends,
    /// It has no rates.
    NoRates,
}

/// Acts by the words of the sentence that reports them; the first that fits counts.
const ACTS: [(&str, &str, Does); 15] = [
    (
        r"International Trade Commission.* negative (?:final )?determination",
        "ITC final determination, negative",
        Does::NoRates,
    ),
    (r"International Trade Commission.* preliminary determination", "ITC preliminary", Does::NoRates),
    (r"International Trade Commission.* determination", "ITC final determination", Does::NoRates),
    (
        r"\bamended (?:its |the |affirmative )*preliminary (?:affirmative )?determination",
        "amended preliminary determination",
        Does::Replaces,
    ),
    (
        r"\bamended (?:its |the |affirmative )*final (?:affirmative )?determination.* order",
        "amended order",
        Does::Replaces,
    ),
    (
        r"\bamended (?:its |the |affirmative )*final (?:affirmative )?determination",
        "amended final determination",
        Does::Replaces,
    ),
    (r"\bpreliminary (?:\w+ ){0,4}determination\b", "preliminary determination", Does::Replaces),
    (r"\bfinal (?:\w+ ){0,4}determination\b", "final determination", Does::Replaces),
    (r"\bchanged circumstances review", "changed circumstances review", Does::Amends),
    (r"\bnew shipper review", "new shipper review", Does::Amends),
    (r"\badministrative review", "administrative review", Does::Amends),
    (r"\brevo(?:ked|cation)\b", "revocation", Does::NoRates),
    (r"\b(?:antidumping|countervailing) duty order", "order", Does::Replaces),
    (r"\binitiat(?:ed|ion)\b", "initiation", Does::NoRates),
    (r"\binjunction\b", "injunction", Does::NoRates),
];

static KNOWN_ACTS: LazyLock<Vec<Regex>> =
    LazyLock::new(|| ACTS.iter().map(|(text, ..)| pattern(&format!("(?i){text}"))).collect());

/// The act that a sentence reports.
pub(super) fn act(sentence: &str) -> Option<(&'static str, Does)> {
    let found = KNOWN_ACTS.iter().position(|phrase| phrase.is_match(sentence))?;
    Some((ACTS[found].1, ACTS[found].2))
}

/// What the table of an act is, if all of it was read and everyone else is in it.
///
/// Reading: a list that has a rate for everyone else leaves nobody out. One of which a part could not be read is partial,
/// whatever the act was.
pub(super) fn table(does: Option<Does>, whole: bool, everyone: bool) -> Option<Table> {
    match does {
        _ if !whole => Some(Table::Partial),
        Some(Does::Amends) => Some(Table::Amends),
        Some(Does::Replaces) if everyone => Some(Table::Whole),
        _ => None,
    }
}

/// Words behind which a point ends no sentence.
const ABBREVIATED: [&str; 16] = [
    "Ltd", "Co", "Inc", "Corp", "No", "Sdn", "Bhd", "Pte", "Pvt", "S.A", "U.S", "e.g", "i.e", "Stat", "Reg",
    "Nos",
];

/// Where the sentences of a text begin and end, in bytes.
pub(super) fn sentences(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(". ") {
        let last = text[..at].rsplit(' ').next().unwrap_or("").trim_start_matches('(');
        let next = text[at + 2..].chars().next().is_some_and(|c| c.is_uppercase() || c == '(' || c == '"');
        if next && !ABBREVIATED.contains(&last) && last.chars().count() > 1 {
            found.push((start, at + 1));
            start = at + 2;
        }
    }
    if start < text.len() {
        found.push((start, text.len()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_points_that_end_sentences() {
        let text = "Goods of Alpha Co. Ltd. of the U.S. Market are out. CBP should not collect. (See below.)";
        let parts: Vec<&str> = sentences(text).into_iter().map(|(from, to)| &text[from..to]).collect();
        assert_eq!(parts.len(), 3, "{parts:?}");
    }

    #[test]
    fn what_is_not_in_the_stock_means_nothing() {
        assert_eq!(meanings("The moon is made of widgets."), []);
        let told = "On 05/06/2025, Commerce published in the Federal Register (90 FR 1) its affirmative preliminary \
                    determination.";
        assert_eq!(meanings(told), [Published]);
        assert_eq!(act(told).map(|(kind, _)| kind), Some("preliminary determination"));
    }
}
