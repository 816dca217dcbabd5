//! A measure is in force: the rate of the parties, the base it applies to, and the doubts about both.

use super::answer::Doubt;
use super::answer::{
    Finding, Missing, NotConcerned, RateUsed, ScopeOutcome, StakeRule, Told, Why, comparable, doubtful,
};
use super::ladder::{Climb, Climbed, PartyDoubt};
use super::law::InFamily;
use super::question::{Party, Question};
use super::scope::ScopeFound;
use crate::casebook::family::Ladder;
use crate::casebook::{Asked, Base, Decision, EveryoneElse, RateKind, Trust};
use crate::entry::{Read, ZoneStatus};
use crate::terms::{CaseNumber, Code, Ground, Heading, Kind, Role, Severity};

impl InFamily<'_> {
    /// A measure is in force and the case is the right one for the origin.
    pub(super) fn in_force(
        &mut self,
        number: CaseNumber,
        asked: Asked,
        scope: Option<ScopeFound>,
        at_entry: bool,
        told: &mut Told,
    ) -> Finding {
        let before = self.doubts.len();
        let finding = self.measured(number, asked, scope, at_entry, told);
        let warehouse = matches!(self.question.entry_type, Read::Is(entry_type) if entry_type.is_warehouse());
        if !warehouse {
            return finding;
        }
        // Nothing is due before withdrawal, whatever is missing; it is asked again then.
        for doubt in &mut self.doubts[before..] {
            (doubt.severity, doubt.stake) = (Severity::Note, StakeRule::Nothing);
        }
        match finding {
            Finding::Unsettled { .. } => Finding::NoDeposit(Why::AtWithdrawal),
            finding => finding,
        }
    }

    fn measured(
        &mut self,
        number: CaseNumber,
        asked: Asked,
        scope: Option<ScopeFound>,
        at_entry: bool,
        told: &mut Told,
    ) -> Finding {
        let kind = number.kind;
        let found = scope.unwrap_or(ScopeFound {
            outcome: if self.declared { ScopeOutcome::InScopeDeclared } else { ScopeOutcome::Unsettled },
            base: None,
            trust: Trust::Official,
        });
        self.standing_source(told.standing, Some(kind));
        if at_entry {
            self.lines_not_computed(kind);
        }
        let before = self.doubts.len();
        let climbed = self.climb(number, asked, at_entry, told);
        let base = self.base(&found);
        if let Found::Excluded(rate) = climbed {
            // In scope or not, the pair owes nothing.
            return Finding::NotConcerned(NotConcerned::ExcludedPair(rate));
        }
        if found.outcome == ScopeOutcome::Unsettled {
            // The rate is only the stake of a doubt about scope; doubts about the rate would speak of nothing.
            self.doubts.truncate(before);
            if at_entry {
                let says_products = told.scope.is_some_and(|ix| !self.family.scopes[ix].products.is_empty());
                let (code, ground) = match says_products {
                    true => (Code::SC03, Ground::FactsMissing(told.facts_missing.clone())),
                    false => (Code::SC11, Ground::Case { number, suffix: None }),
                };
                self.doubt(code, ground, Some(kind), StakeRule::Figure);
            }
            let ceiling = climbed.ceiling();
            return Finding::Unsettled { missing: Missing::ScopeFacts, floor: None, ceiling, base };
        }
        if self.not_computed() {
            return Finding::Unsettled {
                missing: Missing::NotComputed,
                floor: None,
                ceiling: climbed.ceiling(),
                base,
            };
        }
        match climbed {
            Found::Rate(used) => self.with_base(RateUsed { base, ..used }, kind, at_entry),
            Found::Excluded(rate) => Finding::NotConcerned(NotConcerned::ExcludedPair(rate)),
            Found::Open { missing, floor, ceiling } => Finding::Unsettled { missing, floor, ceiling, base },
        }
    }

    /// The value that counts: as the scope version says of the product; where the product is not known, as the hint
    /// of the tariff number suggests. A subject value that the line gives is used in any case (CSMS 18-000379).
    pub(super) fn base(&self, found: &ScopeFound) -> Base {
        if self.question.values.subject != Read::Blank {
            return Base::Subject;
        }
        let hint = match self.question.hts {
            Read::Is(hts) => self.family.hint(hts),
            Read::Blank | Read::NotUnderstood => None,
        };
        found.base.or(hint).unwrap_or(Base::Entered)
    }

    /// Types and lines whose deposit is not computed here.
    fn not_computed(&self) -> bool {
        let zone = matches!(self.question.entry_type, Read::Is(entry_type) if entry_type.is_zone())
            && self.question.zone != Read::Is(ZoneStatus::PrivilegedForeign);
        let temporary = matches!(self.question.entry_type, Read::Is(entry_type) if entry_type.is_temporary());
        zone || temporary || self.question.chapter_98
    }

    fn lines_not_computed(&mut self, kind: Kind) {
        if self.not_computed() {
            let ground = match self.question.entry_type {
                Read::Is(entry_type) => Ground::EntryType(entry_type),
                Read::Blank | Read::NotUnderstood => Ground::Bare,
            };
            self.doubt(Code::XC03, ground, Some(kind), StakeRule::Figure);
        }
    }

    /// The rate, with doubts about parties and sources raised for the answer at entry.
    fn climb(&mut self, number: CaseNumber, asked: Asked, at_entry: bool, told: &mut Told) -> Found {
        let kind = number.kind;
        let ladder = self.family.ladder(number, asked);
        told.ladder =
            ladder.and_then(|row| self.family.ladders.iter().position(|other| std::ptr::eq(other, row)));
        let climb = Climb::new(self.family, number, asked, self.question);
        let (Some(ladder), Some(climb)) = (ladder, climb) else {
            if at_entry {
                self.doubt(Code::RT05, Ground::Bare, Some(kind), StakeRule::Unknown);
            }
            return Found::Open { missing: Missing::Table, floor: None, ceiling: None };
        };
        match climb.climb(ladder, told) {
            Climbed::Rate { rate, rung, party, doubts } => {
                let row = &self.family.rates[rate];
                if row.row.kind == RateKind::Excluded {
                    return Found::Excluded(rate);
                }
                if at_entry && !doubts.is_empty() {
                    let farthest = climb.farthest(rate);
                    self.party_doubts(number, &doubts, farthest);
                }
                if at_entry {
                    self.near_doubt(kind, ladder, &climb, rate);
                    self.confirmed_names(kind, asked);
                }
                self.rate_source(kind, rate, at_entry);
                let suffix = self.family.suffix(number, party, asked);
                let at_withdrawal =
                    matches!(self.question.entry_type, Read::Is(entry_type) if entry_type.is_warehouse());
                Found::Rate(RateUsed { rate, rung, suffix, base: Base::Entered, at_withdrawal })
            }
            Climbed::PartyMissing { roles, floor, ceiling } => {
                if at_entry {
                    let stake = if ceiling.is_some() { StakeRule::Figure } else { StakeRule::Unknown };
                    self.doubt(Code::PA01, Ground::Parties(roles), Some(kind), stake);
                }
                Found::Open { missing: Missing::Party, floor, ceiling }
            }
            Climbed::TwoRates(exporter, producer) => {
                let deposit = |rate: usize| self.family.rates[rate].row.deposit;
                let rank = |rate: usize| comparable(&self.family.rates[rate].row);
                let (floor, ceiling) =
                    if rank(exporter) < rank(producer) { (exporter, producer) } else { (producer, exporter) };
                if at_entry {
                    let ground = match deposit(exporter).zip(deposit(producer)) {
                        Some((exporter, producer)) => Ground::TwoRates { exporter, producer },
                        None => Ground::Bare,
                    };
                    self.doubt(Code::PA06, ground, Some(kind), StakeRule::Figure);
                }
                self.rate_source(kind, exporter, at_entry);
                self.rate_source(kind, producer, at_entry);
                Found::Open { missing: Missing::TwoRates, floor: Some(floor), ceiling: Some(ceiling) }
            }
            Climbed::NotInTable { everyone } => {
                if at_entry {
                    let notice =
                        told.table.map(|ix| self.family.notices[ix].citation.as_str()).unwrap_or_default();
                    let ground = Ground::Source { trust: "partial", says: notice.into() };
                    let stake = if everyone.is_some() { StakeRule::Figure } else { StakeRule::Unknown };
                    self.doubt(Code::RT05, ground, Some(kind), stake);
                }
                Found::Open { missing: Missing::Table, floor: None, ceiling: everyone }
            }
        }
    }

    fn party_doubts(&mut self, number: CaseNumber, doubts: &[PartyDoubt], farthest: Option<usize>) {
        for doubt in doubts.iter().filter_map(|doubt| self.open_doubt(doubt)).collect::<Vec<_>>() {
            let code = match doubt {
                PartyDoubt::Missing(_) => Code::PA01,
                PartyDoubt::NotListed(_) => Code::PA02,
                PartyDoubt::NotAPair => Code::PA03,
                PartyDoubt::Foreign { .. } => Code::PA07,
            };
            let case = self.family.case(number);
            let all_others = case.is_some_and(|case| case.everyone_else == EveryoneElse::AllOthers);
            // On a list of a few companies, to be none of them is the rule, not a doubt that has a price.
            let usual = code == Code::PA02 && all_others;
            let severity = if usual { Severity::Note } else { code.severity() };
            let stake = match farthest {
                _ if usual => StakeRule::Unknown,
                Some(other) => StakeRule::Against(other),
                // The table has one row: whoever the parties are, the answer is the same.
                None => StakeRule::Nothing,
            };
            let kind = Some(number.kind);
            self.doubts.push(Doubt { code, severity, ground: doubt.ground(), kind, stake });
        }
    }

    /// PA05: a name is on no list and near to one that would change the rate.
    fn near_doubt(&mut self, kind: Kind, ladder: &Ladder, climb: &Climb<'_>, used: usize) {
        let near = |party: &Party| match party {
            Party::Named { key, cut, .. } if party.confirmed(self.casebook).is_none() => {
                let near = self.casebook.near(key, *cut);
                let near = near.iter();
                near.filter(|near| near.family == self.ix).map(|near| near.party).collect()
            }
            _ => Vec::new(),
        };
        let Some(found) = climb.near_rate(ladder, used, near) else { return };
        let printed = |party: usize| self.family.parties[party].names[0].as_str().into();
        let ground = Ground::Near {
            near: found.near.iter().map(|(role, party)| (*role, printed(*party))).collect(),
            rate: self.family.rates[found.rate].row.deposit.filter(|_| found.settled),
        };
        self.doubt(Code::PA05, ground, Some(kind), StakeRule::Against(found.rate));
    }

    /// PA08: what a person has confirmed of the names of the line.
    fn confirmed_names(&mut self, kind: Kind, asked: Asked) {
        for (role, party) in roles(self.question) {
            let Some(confirmed) = party.confirmed(self.casebook) else { continue };
            let what = match &confirmed.decision {
                Decision::Same(parties) => {
                    let ours = parties.iter().find(|(family, _)| *family == self.ix);
                    let listed = party.listed(self.family, asked);
                    match ours.filter(|(_, ix)| listed == Some(*ix)) {
                        Some((_, ix)) => self.family.parties[*ix].names[0].as_str(),
                        None => continue,
                    }
                }
                Decision::Different => "none of the listed companies",
            };
            let says = format!("{what}: confirmed by {} on {}", confirmed.by, confirmed.on).into();
            self.doubt(Code::PA08, Ground::Confirmed { role, says }, Some(kind), StakeRule::Unknown);
        }
    }

    /// The doubt without the names of which a person has confirmed that they are none of the listed ones; `None` if
    /// nothing is left of it.
    fn open_doubt(&self, doubt: &PartyDoubt) -> Option<PartyDoubt> {
        let PartyDoubt::NotListed(not_listed) = doubt else { return Some(doubt.clone()) };
        let open = |role: &&Role| {
            let party = roles(self.question).into_iter().find(|(known, _)| known == *role);
            let confirmed = party.and_then(|(_, party)| party.confirmed(self.casebook));
            confirmed.is_none_or(|confirmed| confirmed.decision != Decision::Different)
        };
        let open: Vec<Role> = not_listed.iter().filter(open).copied().collect();
        (!open.is_empty()).then_some(PartyDoubt::NotListed(open))
    }

    /// A rate that is not official. From the restated answer it is a Note: the action speaks of the answer at entry.
    fn rate_source(&mut self, kind: Kind, rate: usize, at_entry: bool) {
        let row = &self.family.rates[rate];
        let Some(trust) = doubtful(row.trust) else { return };
        let notice = &self.family.notices[row.notice];
        let says = if row.row.note.is_empty() { notice.citation.clone() } else { row.row.note.clone() };
        let computed = row.trust == Trust::Computed;
        let severity = if computed || !at_entry { Severity::Note } else { Severity::Review };
        let stake = if row.trust == Trust::Disputed { StakeRule::Disputed } else { StakeRule::Unknown };
        let ground = Ground::Source { trust, says: says.into() };
        self.doubts.push(Doubt { code: Code::RT04, severity, ground, kind: Some(kind), stake });
    }

    /// A rate is known; whether its base is.
    fn with_base(&mut self, used: RateUsed, kind: Kind, at_entry: bool) -> Finding {
        let row = &self.family.rates[used.rate].row;
        let values = self.question.values;
        let open = |missing| Finding::Unsettled {
            missing,
            floor: None,
            ceiling: Some(used.rate),
            base: Base::Entered,
        };
        if matches!(row.kind, RateKind::Unit | RateKind::Both)
            && (values.quantity != Read::Is(()) || row.unit.is_none_or(|unit| values.unit != Read::Is(unit)))
        {
            if at_entry {
                self.doubt(Code::CD03, Ground::Bare, Some(kind), StakeRule::Unknown);
            }
            return open(Missing::Quantity);
        }
        let needed = match (row.kind, used.base) {
            (RateKind::Unit, _) => return Finding::Deposit(used),
            (_, Base::Entered) => values.entered,
            (_, Base::Subject) => values.subject,
        };
        match needed {
            Read::Is(()) => Finding::Deposit(used),
            Read::Blank if used.base == Base::Subject => {
                if at_entry {
                    self.doubt(Code::CD04, Ground::Bare, Some(kind), StakeRule::Figure);
                }
                open(Missing::Value)
            }
            Read::Blank | Read::NotUnderstood => {
                if at_entry && needed == Read::Blank {
                    let heading = Heading::EnteredValue;
                    let ground =
                        Ground::Cell { heading, found: "".into(), expected: "the value of the line" };
                    self.doubts.push(Doubt {
                        code: Code::EN01,
                        severity: Severity::Stop,
                        ground,
                        kind: None,
                        stake: StakeRule::Unknown,
                    });
                }
                open(Missing::Value)
            }
        }
    }
}

fn roles(question: &Question) -> [(Role, &Party); 3] {
    [
        (Role::Exporter, &question.exporter),
        (Role::Producer, &question.producer),
        (Role::Supplier, &question.supplier),
    ]
}

/// What a climb means for the finding.
enum Found {
    Rate(RateUsed),
    Excluded(usize),
    Open { missing: Missing, floor: Option<usize>, ceiling: Option<usize> },
}

impl Found {
    fn ceiling(&self) -> Option<usize> {
        match self {
            Found::Rate(used) => Some(used.rate),
            Found::Excluded(_) => None,
            Found::Open { ceiling, .. } => *ceiling,
        }
    }
}
