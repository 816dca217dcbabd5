//! Reckoning: what an answer comes to for the figures of a line, in dollars and cents.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::amounts::CaseFinding;
use super::answer::{Answer, CaseAnswer, Doubt, Finding, RateUsed, StakeRule};
use super::plausible::far;
use crate::casebook::family::{Family, Rate};
use crate::casebook::{Base, Casebook, RateKind};
use crate::entry::Read;
use crate::entry::line::Stated;
use crate::terms::money::per_unit;
use crate::terms::{Kind, Money, Quantity, WholeDollars};

/// Doubts and costs of one line that are reckoned at once, at most.
const COSTS_MAX: usize = 21;
/// Costs that each kind of case has beside its doubts: exposure, distance of paid and due, distance of both answers.
const COSTS_OF_A_KIND: usize = 3;

/// The figures of one line under its answer.
pub(super) struct Reckoning<'a> {
    pub(super) casebook: &'a Casebook,
    pub(super) stated: Stated,
}

/// The money of a line under one kind of case, in cents; the base in whole dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaseAmounts {
    /// The value that the rate applied to.
    pub base: Option<u64>,
    /// Due at entry.
    pub at_entry: Option<i64>,
    /// What stands as known on the as-of day.
    pub restated: Option<i64>,
    /// Paid less restated.
    pub difference: Option<i64>,
}

impl CaseAmounts {
    /// The amounts of a finding.
    pub fn of(found: &CaseFinding) -> CaseAmounts {
        CaseAmounts {
            base: found.base.map(WholeDollars::dollars),
            at_entry: found.at_entry.map(Money::cents),
            restated: found.restated.map(Money::cents),
            difference: found.difference.map(Money::cents),
        }
    }
}

/// All figures of one line, before anything is withheld, in cents.
#[derive(Clone, Debug, Default)]
pub struct Reckoned {
    /// Figures by kind, AD then CVD.
    pub cases: [CaseAmounts; 2],
    /// What was paid and what was due at entry, by kind, where both are known.
    pub declared: [Option<(i64, i64)>; 2],
    costs: [i64; COSTS_MAX],
    /// Which of the costs are known, by bit.
    known: u32,
    /// What a unit is worth, where that is far from what such goods cost, in dollars to the cent.
    pub unit_value: Option<Decimal>,
    /// Lines with one answer and one class differ in their amounts alone: the same exceptions stand on them.
    pub class: u128,
}

impl Reckoned {
    /// The cost of this place, in cents.
    pub(super) fn cost(&self, place: usize) -> Option<i64> {
        (self.known >> place & 1 == 1).then_some(self.costs[place])
    }
}

/// The places of the costs of a kind.
pub(super) fn costs_of(answer: &Answer, kind: Kind) -> [usize; COSTS_OF_A_KIND] {
    let first = answer.doubts.len() + COSTS_OF_A_KIND * kind.index();
    [first, first + 1, first + 2]
}

/// Reckons what an answer comes to; `None` where it leaves more open than is reckoned at once.
pub fn reckon(casebook: &Casebook, answer: &Answer, stated: Stated) -> Option<Reckoned> {
    let count = answer.doubts.len() + 2 * COSTS_OF_A_KIND;
    if count > COSTS_MAX {
        return None;
    }
    let reckoning = Reckoning { casebook, stated };
    let mut reckoned = Reckoned::default();
    let put = |reckoned: &mut Reckoned, place: usize, cost: Option<i64>| {
        reckoned.known |= u32::from(cost.is_some()) << place;
        reckoned.costs[place] = cost.unwrap_or_default();
    };
    for (place, doubt) in answer.doubts.iter().enumerate() {
        put(&mut reckoned, place, reckoning.stake(doubt, answer).map(Money::cents));
    }
    let mut class = Class::default();
    for kind in Kind::BOTH {
        let case = answer.case(kind);
        let found = reckoning.case(case, kind);
        let due = case.and_then(|case| found.due(case)).map(Money::cents);
        let found = CaseAmounts::of(&found);
        let paid = stated.paid[kind.index()].value().map(Money::cents);
        let declared = paid.zip(due);
        let [exposure, paid_to_due, both] = costs_of(answer, kind);
        put(&mut reckoned, exposure, case.and_then(|case| reckoning.exposure(case)).map(Money::cents));
        put(&mut reckoned, paid_to_due, declared.map(|(paid, due)| (paid - due).abs()));
        let answers = found.at_entry.zip(found.restated);
        put(&mut reckoned, both, answers.map(|(entry, restated)| (entry - restated).abs()));
        class.sign(found.at_entry);
        class.sign(found.restated);
        class.sign(paid);
        class.order(declared.map(|(paid, due)| paid.cmp(&due)));
        reckoned.declared[kind.index()] = declared;
        reckoned.cases[kind.index()] = found;
    }
    let [ad, cvd] = reckoned.declared;
    class.order(ad.zip(cvd).map(|(ad, cvd)| ad.cmp(&cvd)));
    let far = far(casebook, answer, &stated);
    class.order(far.map(|far| far.side));
    reckoned.unit_value = far.map(|far| far.found);
    (0..count).for_each(|place| class.sign(reckoned.cost(place)));
    reckoned.class = class.0;
    Some(reckoned)
}

/// What of amounts decides anything but amounts: which are known, their signs, and how they compare.
#[derive(Default)]
struct Class(u128);

impl Class {
    fn push(&mut self, two_bits: u128) {
        self.0 = self.0 << 2 | two_bits;
    }

    fn sign(&mut self, amount: Option<i64>) {
        self.order(amount.map(|amount| amount.cmp(&0)));
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
            let quantity =
                Quantity { amount: self.stated.quantity.value()?, unit: self.stated.unit.value()? };
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
