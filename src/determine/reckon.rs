//! Reckoning: what an answer comes to for the figures of a line, in dollars and cents.

use std::cmp::Ordering;

use super::amounts::CaseFinding;
use super::answer::{Answer, CaseAnswer, Doubt, Finding, RateUsed, StakeRule};
use crate::casebook::family::{Family, Rate};
use crate::casebook::{Base, Casebook, RateKind};
use crate::entry::Read;
use crate::entry::line::Stated;
use crate::terms::money::per_unit;
use crate::terms::{Kind, Money, Quantity, WholeDollars};

/// Doubts and costs of one line that are reckoned at once, at most.
const COSTS_MAX: usize = 18;
/// Costs that each kind of case has beside its doubts: exposure, distance of paid and due, distance of both answers.
const COSTS_OF_A_KIND: usize = 3;

/// The figures of one line under its answer.
pub(super) struct Reckoning<'a> {
    pub(super) casebook: &'a Casebook,
    pub(super) stated: Stated,
}

/// All figures of one line, before anything is withheld.
#[derive(Clone, Debug)]
pub struct Reckoned {
    /// Figures by kind, AD then CVD.
    pub cases: [CaseFinding; 2],
    /// What was paid and what was due at entry, by kind, where both are known.
    pub declared: [Option<(Money, Money)>; 2],
    costs: [Option<Money>; COSTS_MAX],
    /// Lines with one answer and one class differ in their amounts alone: the same exceptions stand on them.
    pub class: u128,
}

impl Reckoned {
    /// The cost of this place.
    pub(super) fn cost(&self, place: usize) -> Option<Money> {
        self.costs[place]
    }
}

/// The places of the costs of a kind.
pub(super) fn costs_of(answer: &Answer, kind: Kind) -> [usize; COSTS_OF_A_KIND] {
    let first = answer.doubts.len() + COSTS_OF_A_KIND * kind.index();
    [first, first + 1, first + 2]
}

/// Reckons what an answer comes to; `None` where it leaves more open than is reckoned at once.
pub fn reckon(casebook: &Casebook, answer: &Answer, stated: Stated) -> Option<Reckoned> {
    if answer.doubts.len() + 2 * COSTS_OF_A_KIND > COSTS_MAX {
        return None;
    }
    let reckoning = Reckoning { casebook, stated };
    let mut costs = [None; COSTS_MAX];
    for (cost, doubt) in costs.iter_mut().zip(&answer.doubts) {
        *cost = reckoning.stake(doubt, answer);
    }
    let mut class = Class::default();
    let cases = Kind::BOTH.map(|kind| reckoning.case(answer.case(kind), kind));
    let mut declared = [None; 2];
    for kind in Kind::BOTH {
        let (found, case) = (&cases[kind.index()], answer.case(kind));
        let due = match case.map(|case| &case.at_entry.finding) {
            Some(Finding::NotConcerned(_)) => Some(Money::ZERO),
            _ => found.at_entry,
        };
        let paid = stated.paid[kind.index()].value();
        declared[kind.index()] = paid.zip(due);
        let [exposure, paid_to_due, both] = costs_of(answer, kind);
        costs[exposure] = case.and_then(|case| reckoning.exposure(case));
        costs[paid_to_due] = paid.zip(due).map(|(paid, due)| (paid - due).abs());
        costs[both] =
            found.at_entry.zip(found.restated).map(|(entry, restated)| (entry - restated).abs());
        class.sign(found.at_entry);
        class.sign(found.restated);
        class.sign(paid);
        class.order(paid.zip(due).map(|(paid, due)| paid.cmp(&due)));
    }
    class.order(declared[0].zip(declared[1]).map(|(ad, cvd)| ad.cmp(&cvd)));
    costs[..answer.doubts.len() + 2 * COSTS_OF_A_KIND].iter().for_each(|cost| class.sign(*cost));
    Some(Reckoned { cases, declared, costs, class: class.0 })
}

/// What of amounts decides anything but amounts: which are known, their signs, and how they compare.
#[derive(Default)]
struct Class(u128);

impl Class {
    fn push(&mut self, two_bits: u128) {
        self.0 = self.0 << 2 | two_bits;
    }

    fn sign(&mut self, amount: Option<Money>) {
        self.order(amount.map(|amount| amount.cmp(&Money::ZERO)));
    }

    fn order(&mut self, order: Option<Ordering>) {
        self.push(match order {
            None => 0,
            Some(Ordering::Less) => 1,
            Some(Ordering::Equal) => 2,
            Some(Ordering::Greater) => 3,
        });
    }
}

impl Reckoning<'_> {
    fn family(&self, case: &CaseAnswer) -> &Family {
        &self.casebook.families()[case.family]
    }

    fn base(&self, base: Base) -> Option<WholeDollars> {
        match base {
            Base::Entered => self.stated.entered_value.value(),
            Base::Subject => self.stated.subject_value.value(),
        }
    }

    /// Deposit at a rate on a base: once per line and case, rounded once.
    fn deposit(&self, rate: &Rate, base: Base) -> Option<Money> {
        let row = &rate.row;
        let ad_valorem = || self.base(base).zip(row.deposit).map(|(base, percent)| base.at(percent));
        let specific = || {
            let quantity = Quantity { amount: self.stated.quantity.value()?, unit: self.stated.unit.value()? };
            Some(per_unit(quantity, row.unit_rate?))
        };
        match row.kind {
            RateKind::Percent => ad_valorem(),
            RateKind::Unit => specific(),
            RateKind::Both => ad_valorem().zip(specific()).map(|(value, quantity)| value + quantity),
            RateKind::Excluded => Some(Money::ZERO),
        }
    }

    fn figure(&self, case: &CaseAnswer, finding: &Finding) -> Option<Money> {
        match finding {
            Finding::Deposit(used) if used.at_withdrawal => Some(Money::ZERO),
            Finding::Deposit(used) => self.deposit(&self.family(case).rates[used.rate], used.base),
            Finding::NoDeposit(_) => Some(Money::ZERO),
            Finding::NotConcerned(_) | Finding::OriginNotStated | Finding::Unsettled { .. } => None,
        }
    }

    pub(super) fn case(&self, case: Option<&CaseAnswer>, kind: Kind) -> CaseFinding {
        let Some(case) = case else { return CaseFinding::default() };
        let mut found = CaseFinding {
            at_entry: self.figure(case, &case.at_entry.finding),
            restated: self.figure(case, &case.restated.finding),
            ..CaseFinding::default()
        };
        if let Finding::Deposit(RateUsed { rate, suffix, base, .. }) = &case.at_entry.finding {
            found.number = Some((case.number, *suffix));
            found.rate = Some((case.family, *rate));
            let per_value = self.family(case).rates[*rate].row.kind != RateKind::Unit;
            found.base = per_value.then(|| self.base(*base)).flatten();
        }
        if let Read::Is(paid) = self.stated.paid[kind.index()] {
            let asks_nothing = matches!(case.restated.finding, Finding::NotConcerned(_));
            if asks_nothing && !paid.is_zero() {
                found.restated = Some(Money::ZERO);
            }
            found.difference = found.restated.map(|restated| paid - restated);
        }
        found
    }

    /// What a doubt costs: the distance between the answers that it leaves open.
    pub(super) fn stake(&self, doubt: &Doubt, answer: &Answer) -> Option<Money> {
        let kinds: &[Kind] = match &doubt.kind {
            Some(kind) => std::slice::from_ref(kind),
            None => &Kind::BOTH,
        };
        let per_case = |rule: &dyn Fn(&CaseAnswer) -> Option<Money>| {
            let stakes: Vec<Money> =
                kinds.iter().filter_map(|kind| answer.case(*kind)).filter_map(rule).collect();
            (!stakes.is_empty()).then(|| stakes.into_iter().sum())
        };
        match doubt.stake {
            StakeRule::Unknown => None,
            StakeRule::Nothing => Some(Money::ZERO),
            StakeRule::Figure => per_case(&|case| self.exposure(case)),
            StakeRule::Against(other) => per_case(&|case| {
                let Finding::Deposit(used) = &case.at_entry.finding else { return None };
                let rates = &self.family(case).rates;
                let (one, two) =
                    (self.deposit(&rates[used.rate], used.base)?, self.deposit(&rates[other], used.base)?);
                Some((one - two).abs())
            }),
            StakeRule::Disputed => per_case(&|case| {
                let Finding::Deposit(used) = &case.at_entry.finding else { return None };
                let row = &self.family(case).rates[used.rate].row;
                let base = self.base(used.base)?;
                Some((base.at(row.deposit?) - base.at(row.disputed?)).abs())
            }),
        }
    }

    /// The money that a finding at entry is about: the deposit, or what an unsettled one may come to.
    pub(super) fn exposure(&self, case: &CaseAnswer) -> Option<Money> {
        let rates = &self.family(case).rates;
        match &case.at_entry.finding {
            Finding::Deposit(used) => self.deposit(&rates[used.rate], used.base),
            Finding::Unsettled { floor, ceiling, base, .. } => {
                // Where the subject value is missing the whole entered value is the upper bound.
                let base = if self.base(*base).is_none() { Base::Entered } else { *base };
                let ceiling = self.deposit(&rates[(*ceiling)?], base)?;
                let floor = floor.and_then(|floor| self.deposit(&rates[floor], base)).unwrap_or_default();
                Some((ceiling - floor).abs())
            }
            Finding::NoDeposit(_) | Finding::NotConcerned(_) | Finding::OriginNotStated => None,
        }
    }
}
