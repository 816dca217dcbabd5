//! The shape of findings: everything about the findings of a line but its amounts.
//!
//! Lines with one answer, the same words in the cells that decide, and one class of amounts have one shape. It is taken
//! from one line that was judged in full, and proved on that line before it is used for another.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::action::Action;
use super::amounts::LineFindings;
use super::answer::{Answer, Finding};
use super::reckon::{CaseAmounts, Reckoned, costs_of};
use crate::terms::{Code, Exception, Ground, Kind, Money, WholeDollars};

/// The shape of findings.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The findings of the line from which it was taken.
    pub sample: LineFindings,
    /// For each exception the places of the costs that make up its stake, and whether it has one.
    stakes: Vec<Vec<usize>>,
    /// For each exception that names figures of the line, which.
    named: Vec<Option<Named>>,
}

/// Figures of the line that an exception names.
#[derive(Clone, Copy, Debug)]
enum Named {
    /// What was paid and what was due under a kind of case.
    Declared(Kind),
    /// What a unit is worth.
    UnitValue,
}

/// The amounts of a line, as far as they are told, in cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineAmounts {
    /// By kind, AD then CVD.
    pub cases: [CaseAmounts; 2],
    /// Sum due at entry.
    pub at_entry: Option<i64>,
    /// Sum that stands.
    pub restated: Option<i64>,
}

impl LineAmounts {
    /// The amounts of findings.
    pub fn of(findings: &LineFindings) -> LineAmounts {
        LineAmounts {
            cases: findings.cases.each_ref().map(CaseAmounts::of),
            at_entry: findings.at_entry.map(Money::cents),
            restated: findings.restated.map(Money::cents),
        }
    }
}

/// A raw doubt: code, ground, kind, and the place of its cost.
type Raw = (Code, Ground, Option<Kind>, usize);

/// What the declared figures add to the doubts of an answer (the same order as in the judgement in full).
fn raised(answer: &Answer, reckoned: &Reckoned) -> Vec<Raw> {
    let mut raised: Vec<Raw> = Vec::new();
    for (place, doubt) in answer.doubts.iter().enumerate() {
        raised.push((doubt.code, doubt.ground.clone(), doubt.kind, place));
    }
    for kind in Kind::BOTH {
        let [exposure, paid_to_due, both] = costs_of(answer, kind);
        let case = answer.case(kind).map(|case| &case.at_entry.finding);
        if matches!(case, Some(Finding::Deposit(used)) if used.at_withdrawal) {
            raised.push((Code::EN10, Ground::Bare, Some(kind), exposure));
        }
        if let Some((paid, due)) = reckoned.declared[kind.index()] {
            let [paid, due] = [paid, due].map(|cents| Money::from_cents(cents.into()));
            let ground = Ground::Declared { paid, due };
            raised.push((Code::CD01, ground.clone(), Some(kind), paid_to_due));
            raised.push((Code::CD02, ground, Some(kind), paid_to_due));
        }
        raised.push((Code::CD05, Ground::Bare, Some(kind), both));
    }
    raised
}

impl Shape {
    /// The shape of findings that were judged in full; `None` where the line's own exceptions or an amount stand in
    /// the way, so that each such line has to be judged by itself.
    pub fn of(findings: LineFindings, reckoned: &Reckoned) -> Option<Shape> {
        let answer: &Arc<Answer> = findings.answer.as_ref()?;
        let raised = raised(answer, reckoned);
        let (mut stakes, mut named) = (Vec::new(), Vec::new());
        for exception in &findings.exceptions {
            let (mut places, mut kinds) = (Vec::new(), Vec::new());
            for (_, _, kind, place) in raised
                .iter()
                .filter(|(code, ground, ..)| *code == exception.code && *ground == exception.ground)
            {
                // The same doubt of one kind, raised by both of its answers, costs its money once.
                if !kinds.contains(kind) {
                    kinds.push(*kind);
                    places.push(*place);
                }
            }
            stakes.push(places);
            named.push(match exception.ground {
                Ground::Declared { .. } => kinds.first().copied().flatten().map(Named::Declared),
                Ground::UnitValue(_) => Some(Named::UnitValue),
                _ => None,
            });
        }
        let shape = Shape { sample: findings, stakes, named };
        shape.fits(reckoned).then_some(shape)
    }

    /// True if the shape gives back the findings that it was taken from.
    fn fits(&self, reckoned: &Reckoned) -> bool {
        let sample = &self.sample;
        self.amounts(reckoned) == LineAmounts::of(sample)
            && (0..sample.exceptions.len())
                .all(|place| self.exception(place, reckoned) == sample.exceptions[place])
    }

    /// What a person has to do.
    pub fn action(&self) -> Action {
        self.sample.action
    }

    /// The money at stake in the exception of this place, in cents.
    pub fn stake(&self, place: usize, reckoned: &Reckoned) -> Option<i64> {
        let costs = self.stakes[place].iter().filter_map(|cost| reckoned.cost(*cost));
        costs.reduce(|sum, cost| sum + cost)
    }

    /// True if the words of the exception of this place name amounts of the line.
    pub fn names_amounts(&self, place: usize) -> bool {
        self.named[place].is_some()
    }

    /// The exception of this place as it stands on a line with these figures.
    pub fn exception(&self, place: usize, reckoned: &Reckoned) -> Exception {
        let sample = &self.sample.exceptions[place];
        let mut ground = sample.ground.clone();
        match (self.named[place], &mut ground) {
            (Some(Named::Declared(kind)), Ground::Declared { paid, due }) => {
                if let Some(declared) = reckoned.declared[kind.index()] {
                    (*paid, *due) =
                        (Money::from_cents(declared.0.into()), Money::from_cents(declared.1.into()));
                }
            }
            (Some(Named::UnitValue), Ground::UnitValue(value)) => {
                value.found = reckoned.unit_value.unwrap_or(value.found);
            }
            _ => {}
        }
        let stake = self.stake(place, reckoned).map(|cents| Money::from_cents(cents.into()));
        Exception { ground, stake, ..*sample }
    }

    /// The findings of a line with these figures.
    pub fn findings(&self, reckoned: &Reckoned) -> LineFindings {
        let money = |cents: Option<i64>| cents.map(|cents| Money::from_cents(cents.into()));
        let amounts = self.amounts(reckoned);
        let mut findings = self.sample.clone();
        for (case, amounts) in findings.cases.iter_mut().zip(&amounts.cases) {
            let base = amounts.base.map(Decimal::from).and_then(WholeDollars::from_decimal);
            (case.base, case.at_entry) = (base, money(amounts.at_entry));
            (case.restated, case.difference) = (money(amounts.restated), money(amounts.difference));
        }
        (findings.at_entry, findings.restated) = (money(amounts.at_entry), money(amounts.restated));
        findings.exceptions =
            (0..self.sample.exceptions.len()).map(|place| self.exception(place, reckoned)).collect();
        findings
    }

    /// The amounts of a line with these figures: those that the shape does not withhold.
    pub fn amounts(&self, reckoned: &Reckoned) -> LineAmounts {
        let mut told = LineAmounts { cases: reckoned.cases, at_entry: None, restated: None };
        for (case, sample) in told.cases.iter_mut().zip(&self.sample.cases) {
            case.base = case.base.filter(|_| sample.base.is_some());
            case.at_entry = case.at_entry.filter(|_| sample.at_entry.is_some());
            case.restated = case.restated.filter(|_| sample.restated.is_some());
            case.difference = case.difference.filter(|_| sample.difference.is_some());
        }
        let [ad, cvd] = &told.cases;
        let sum = |one: Option<i64>, other: Option<i64>| one.unwrap_or(0) + other.unwrap_or(0);
        let at_entry = self.sample.at_entry.map(|_| sum(ad.at_entry, cvd.at_entry));
        let restated = self.sample.restated.map(|_| sum(ad.restated, cvd.restated));
        LineAmounts { at_entry, restated, ..told }
    }
}
