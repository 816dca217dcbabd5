//! Amounts: what an answer comes to for one line, in dollars and cents, and what each doubt costs.

use std::sync::Arc;

use super::action::{Action, action, finish, raise, withhold};
use super::answer::{Answer, CaseAnswer, Doubt, Finding, Missing, ScopeOutcome, Why};
use super::plausible;
use super::reckon::Reckoning;
use crate::casebook::Casebook;
use crate::casebook::family::{Family, Scope};
use crate::entry::{EntryLine, Name, Read};
use crate::terms::mid::Letters;
use crate::terms::{
    CaseNumber, Code, EntryType, Exception, Ground, Heading, Kind, Mid, Misfit, Money, Severity, Suffix,
    WholeDollars,
};

/// The money of a line under one kind of case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFinding {
    /// The number to file, where a rate was found.
    pub number: Option<(CaseNumber, Option<Suffix>)>,
    /// The rate row: family and place there.
    pub rate: Option<(usize, usize)>,
    /// The value that the rate applied to; `None` for a rate per unit.
    pub base: Option<WholeDollars>,
    /// Due at entry.
    pub at_entry: Option<Money>,
    /// What stands as known on the as-of day. Not an assessed duty and no promise of a refund.
    pub restated: Option<Money>,
    /// Paid less restated, where both are known.
    pub difference: Option<Money>,
}

impl CaseFinding {
    /// What paying is held against: nothing is due under a case that does not concern the line.
    pub(super) fn due(&self, case: &CaseAnswer) -> Option<Money> {
        match case.at_entry.finding {
            Finding::NotConcerned(_) => Some(Money::ZERO),
            _ => self.at_entry,
        }
    }
}

/// Our conclusion for a line.
#[derive(Clone, Debug)]
pub struct LineFindings {
    /// What law answered; `None` where no day governs the line or its rows contradict each other.
    pub answer: Option<Arc<Answer>>,
    /// What a person has to do.
    pub action: Action,
    /// Money by kind, AD then CVD.
    pub cases: [CaseFinding; 2],
    /// Sum due at entry.
    pub at_entry: Option<Money>,
    /// Sum that stands.
    pub restated: Option<Money>,
    /// Exceptions in catalogue order.
    pub exceptions: Vec<Exception>,
}

impl LineFindings {
    /// Scope at entry, where a case was tested.
    pub fn scope(&self) -> Option<ScopeOutcome> {
        self.answer.as_ref().and_then(|answer| answer.scope)
    }

    /// The type to file instead.
    pub fn file_as(&self) -> Option<EntryType> {
        self.answer.as_ref().and_then(|answer| answer.file_as)
    }

    /// Takes every figure away: the line is not to be computed for a reason found outside it.
    pub fn refuse(&mut self, exception: Exception) {
        self.exceptions.push(exception);
        self.exceptions.sort_by_key(|exception| exception.code);
        self.cases = [CaseFinding::default(), CaseFinding::default()];
        self.at_entry = None;
        self.restated = None;
        self.action = Action::NoFigure;
    }
}

/// The findings of a line for which there is nothing to ask: no governing day, or rows that contradict each other.
pub fn without_answer(line: &EntryLine) -> LineFindings {
    let mut exceptions = line.exceptions.clone();
    if line.governing.is_some() {
        raise(&mut exceptions, |_| true);
    }
    exceptions.sort_by_key(|exception| exception.code);
    LineFindings {
        answer: None,
        action: Action::NoFigure,
        cases: Default::default(),
        at_entry: None,
        restated: None,
        exceptions,
    }
}

/// What an answer comes to for a line.
pub fn amounts(casebook: &Casebook, answer: Arc<Answer>, line: &EntryLine) -> LineFindings {
    let reckoning = Reckoning { casebook, stated: line.stated() };
    let money = Judged { casebook, line, reckoning };
    let mut cases = Kind::BOTH.map(|kind| money.reckoning.case(answer.case(kind), kind));
    let mut exceptions = line.exceptions.clone();
    exceptions.extend(money.product(&answer));
    exceptions.extend(money.manufacturer(&answer));
    raise(&mut exceptions, |heading| money.decides(&answer, heading));
    let far = plausible::far(casebook, &answer, &money.reckoning.stated);
    exceptions.extend(far.and_then(|far| plausible::exception(casebook, &answer, far)));
    exceptions.extend(answer.doubts.iter().map(|doubt| money.exception(doubt, &answer)));
    finish(&mut exceptions);
    withhold(&answer, &exceptions, &mut cases);
    money.declared(&answer, &cases, &mut exceptions);
    let (at_entry, restated) = totals(&answer, &cases);
    let at_entry =
        at_entry.filter(|_| exceptions.iter().all(|exception| exception.severity != Severity::Stop));
    finish(&mut exceptions);
    let action = action(&answer, &exceptions);
    LineFindings { action, cases, at_entry, restated, exceptions, answer: Some(answer) }
}

/// Sums at entry and restated: empty if any case that concerns the line has no figure. A line that no case concerns
/// owes 0.00.
fn totals(answer: &Answer, cases: &[CaseFinding; 2]) -> (Option<Money>, Option<Money>) {
    if !answer.tested || answer.cases.iter().all(Option::is_none) {
        return (None, None);
    }
    let mut sums = (Some(Money::ZERO), Some(Money::ZERO));
    for kind in Kind::BOTH {
        let Some(case) = answer.case(kind) else { continue };
        let found = &cases[kind.index()];
        for (sum, finding, figure) in [
            (&mut sums.0, &case.at_entry.finding, found.at_entry),
            (&mut sums.1, &case.restated.finding, found.restated),
        ] {
            match finding {
                Finding::NotConcerned(_) => {}
                Finding::Deposit(_) | Finding::NoDeposit(_) => {
                    *sum = sum.zip(figure).map(|(sum, figure)| sum + figure);
                }
                Finding::OriginNotStated | Finding::Unsettled { .. } => *sum = None,
            }
        }
    }
    sums
}

/// A line under its answer.
struct Judged<'a> {
    casebook: &'a Casebook,
    line: &'a EntryLine,
    reckoning: Reckoning<'a>,
}

impl Judged<'_> {
    fn family(&self, case: &CaseAnswer) -> &Family {
        &self.casebook.families()[case.family]
    }

    /// True if the answer hangs on a field that is not understood (contract, section 4: EN01 is a Stop then).
    fn decides(&self, answer: &Answer, heading: Heading) -> bool {
        let findings = || answer.cases.iter().flatten().map(|case| &case.at_entry.finding);
        let open = |wanted: Missing| {
            findings()
                .any(|finding| matches!(finding, Finding::Unsettled { missing, .. } if *missing == wanted))
        };
        match heading {
            Heading::Htsus | Heading::AdCase | Heading::CvdCase | Heading::AnyCase => true,
            Heading::EnteredValue | Heading::SubjectValue => open(Missing::Value),
            Heading::Quantity | Heading::Unit => open(Missing::Quantity),
            Heading::ZoneStatus => {
                matches!(self.line.entry_type, Read::Is(entry_type) if entry_type.is_zone())
            }
            Heading::CarbonPercent
            | Heading::EnergyDensityMah
            | Heading::GraphitizationPercent
            | Heading::EnergyDensityWh => {
                let told = answer.cases.iter().flatten().map(|case| &case.at_entry.told);
                let in_force = findings().any(|finding| !matches!(finding, Finding::NoDeposit(_)));
                in_force && told.into_iter().any(|told| told.facts_missing.contains(&heading))
            }
            Heading::ChineseSupplier => answer.doubts.iter().any(|doubt| doubt.code == Code::PA07),
            // The country of export tells whether an exporter that is not listed is a foreign one.
            Heading::ExportCountry => answer.doubts.iter().any(|doubt| {
                doubt.code == Code::PA07 || (doubt.code == Code::PA02 && doubt.severity == Severity::Review)
            }),
            Heading::EntryType
            | Heading::EntrySummaryDate
            | Heading::Origin
            | Heading::AdCvdOrigin
            | Heading::Exporter
            | Heading::Producer
            | Heading::Product => findings().any(|finding| {
                matches!(finding, Finding::Deposit(_) | Finding::Unsettled { .. } | Finding::OriginNotStated)
            }),
            _ => false,
        }
    }

    /// True if a product word can mean something under a case: a scope without any asks nothing of the cell.
    fn reads_products(&self, case: &CaseAnswer) -> bool {
        let (family, at_entry) = (self.family(case), &case.at_entry);
        let has_words = |scope: &Scope| !scope.products.is_empty();
        match (at_entry.told.scope, &at_entry.finding) {
            (Some(ix), _) => has_words(&family.scopes[ix]),
            // No version of the day: the deposit, or that there is no figure, hangs on no word.
            (None, Finding::Deposit(_) | Finding::Unsettled { .. }) => false,
            (None, _) => family.scopes.iter().any(has_words),
        }
    }

    /// A product word that no scope version knows.
    fn product(&self, answer: &Answer) -> Option<Exception> {
        let text = self.line.product.trim();
        if !answer.tested || text.is_empty() || self.casebook.grid().word(text).is_some() {
            return None;
        }
        let mut cases = answer.cases.iter().flatten().peekable();
        let nothing_asks = cases.peek().is_some() && !cases.any(|case| self.reads_products(case));
        if nothing_asks && answer.advised.is_empty() {
            return None;
        }
        let expected = "a word of the scope rules, such as battery cell, or other";
        let ground = Ground::Cell { heading: Heading::Product, found: text.into(), expected };
        Some(Exception::new(Code::EN01, ground))
    }

    /// A manufacturer ID that does not fit what the line says; of the producer's name only where it is a listed one, since
    /// nothing hangs on any other.
    fn manufacturer(&self, answer: &Answer) -> Vec<Exception> {
        let Some(mid) = Mid::parse(&self.line.manufacturer_id).filter(|_| answer.tested) else {
            return Vec::new();
        };
        let of = |name: &Name| Letters::of(&name.text);
        let misfits =
            mid.misfits(&of(&self.line.producer), &of(&self.line.exporter), self.line.origin.value());
        let told = misfits.filter(|misfit| *misfit != Misfit::Name || answer.producer.is_some());
        let ground = |misfit| Ground::Manufacturer { mid: self.line.manufacturer_id.clone(), misfit };
        told.map(|misfit| Exception::new(Code::PA10, ground(misfit))).collect()
    }

    fn exception(&self, doubt: &Doubt, answer: &Answer) -> Exception {
        Exception {
            code: doubt.code,
            severity: doubt.severity,
            ground: doubt.ground.clone(),
            kind: doubt.kind,
            stake: self.reckoning.stake(doubt, answer),
        }
    }

    /// What was declared against what was due, and the notes that depend on amounts.
    fn declared(&self, answer: &Answer, cases: &[CaseFinding; 2], exceptions: &mut Vec<Exception>) {
        for kind in Kind::BOTH {
            let Some(case) = answer.case(kind) else { continue };
            let found = &cases[kind.index()];
            let mut add = |code, ground, stake| {
                let mut exception = Exception::new(code, ground);
                exception.kind = Some(kind);
                exception.stake = stake;
                exceptions.push(exception);
            };
            if let Finding::Deposit(used) = &case.at_entry.finding {
                if used.at_withdrawal {
                    add(Code::EN10, Ground::Bare, self.reckoning.exposure(case));
                }
                let live = matches!(case.restated.finding, Finding::Deposit(_));
                let owed = found.at_entry.is_some_and(|due| !due.is_zero());
                if kind == Kind::Ad && live && owed && !self.line.non_reimbursement {
                    add(Code::NR01, Ground::Bare, None);
                }
            }
            if matches!(
                case.at_entry.finding,
                Finding::Deposit(_) | Finding::Unsettled { missing: Missing::TwoRates, .. }
            ) {
                self.spelling(answer, case, &mut add);
            }
            if matches!(case.at_entry.finding, Finding::NoDeposit(Why::AtWithdrawal)) {
                add(Code::EN10, Ground::Bare, None);
            }
            if let (Some(due), Read::Is(paid)) = (found.due(case), self.line.paid(kind)) {
                let ground = Ground::Declared { paid, due };
                match paid.cmp(&due) {
                    std::cmp::Ordering::Less => add(Code::CD01, ground, Some(due - paid)),
                    std::cmp::Ordering::Greater => add(Code::CD02, ground, Some(paid - due)),
                    std::cmp::Ordering::Equal => {}
                }
            }
            if let (Some(at_entry), Some(restated)) = (found.at_entry, found.restated)
                && at_entry != restated
            {
                add(Code::CD05, Ground::Bare, Some((at_entry - restated).abs()));
            }
        }
    }

    /// PA04: a listed name that is not written as any notice prints it.
    fn spelling(
        &self,
        answer: &Answer,
        case: &CaseAnswer,
        add: &mut impl FnMut(Code, Ground, Option<Money>),
    ) {
        use crate::terms::Role;
        let names = [
            (Role::Exporter, &self.line.exporter, answer.exporter),
            (Role::Producer, &self.line.producer, answer.producer),
        ];
        // Of a name that a person has confirmed its confirmation is told.
        let decided =
            |name: &Name| name.key.as_ref().is_some_and(|key| self.casebook.confirmed(key).is_some());
        for (role, name, party) in names.into_iter().filter(|(_, name, _)| !decided(name)) {
            let Some((_, party)) = party.filter(|(family, _)| *family == case.family) else { continue };
            let printed = self.family(case).printed(self.family(case).first_opened(case.number), party);
            if let Some(newest) =
                printed.first().filter(|_| printed.iter().all(|printed| **printed != *name.text))
            {
                let ground = Ground::PrintedAs { role, printed: newest.as_str().into() };
                add(Code::PA04, ground, None);
            }
        }
    }
}
