//! Scope: whether the facts of a line fall under the words of a scope version. Tariff number and origin are hints and
//! never settle it.

use super::answer::{ScopeOutcome, Told};
use super::question::{ProductFact, Question};
use crate::casebook::family::Scope;
use crate::casebook::{Base, Casebook, Trust, Verdict};
use crate::terms::Heading;

/// Scope on one known day.
#[derive(Clone, Debug)]
pub struct ScopeFound {
    /// How it came out, a declared case included.
    pub outcome: ScopeOutcome,
    /// The value that counts, where the product is known.
    pub base: Option<Base>,
    /// How far the verdict is to be trusted.
    pub trust: Trust,
}

/// Tests the facts of a question against a version of the scope. What was met, failed and missing goes to `told`.
///
/// A fact that fails its test settles the line whatever else is missing: subject goods must meet all tests. An
/// excluded product is out whatever its figures. A declared case settles what is merely missing, never what a fact
/// contradicts.
pub fn test(
    casebook: &Casebook,
    scope: &Scope,
    question: &Question,
    declared: bool,
    told: &mut Told,
) -> ScopeFound {
    let grid = casebook.grid();
    for test in &scope.tests {
        let fact = Heading::MEASURED
            .iter()
            .position(|fact| *fact == test.fact)
            .expect("a checked test is on a measured fact");
        let list = match grid.meets(question.facts[fact], test.fact, test.at_least) {
            Some(true) => &mut told.facts_met,
            Some(false) => &mut told.facts_failed,
            None => &mut told.facts_missing,
        };
        list.push(test.fact);
    }
    let product = match question.product {
        ProductFact::Word(word) => {
            let text = grid.word_text(word);
            scope.products.iter().find(|product| product.words.iter().any(|known| known == text))
        }
        ProductFact::Missing | ProductFact::NotUnderstood => None,
    };
    let verdict = product.map_or(Verdict::Unsettled, |product| product.verdict);
    // A version without product words asks for none.
    if verdict == Verdict::Unsettled && !scope.products.is_empty() {
        told.facts_missing.push(Heading::Product);
    }
    let outcome = match verdict {
        Verdict::Excluded => ScopeOutcome::Excluded,
        Verdict::Outside => ScopeOutcome::NotCovered,
        Verdict::Covered | Verdict::Unsettled if !told.facts_failed.is_empty() => ScopeOutcome::NotCovered,
        Verdict::Covered if told.facts_missing.is_empty() => ScopeOutcome::InScope,
        Verdict::Covered | Verdict::Unsettled if declared => ScopeOutcome::InScopeDeclared,
        Verdict::Covered | Verdict::Unsettled => ScopeOutcome::Unsettled,
    };
    ScopeFound {
        outcome,
        base: product.map(|product| product.base),
        trust: product.map_or(Trust::Official, |product| product.trust),
    }
}
