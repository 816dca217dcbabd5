//! What law answers to a question: for every case that may concern the line, a finding as known on the filing day and
//! one as known on the as-of day. Standing is asked first, then scope, then the parties.

use super::across;
use super::answer::{
    Answer, Answered, CaseAnswer, Doubt, FamilyIx, Finding, Missing, NotConcerned, RateUsed, ScopeOutcome,
    StakeRule, StandingIx, Told, Why, doubtful, in_force,
};
use super::ladder::{Climb, Climbed, PartyDoubt};
use super::question::Question;
use super::scope::{self, ScopeFound};
use crate::casebook::family::{Family, Standing};
use crate::casebook::{Asked, Base, Casebook, Epoch, EveryoneElse, RateKind, Trust};
use crate::entry::{Declared, Read, ZoneStatus};
use crate::terms::{CaseNumber, Code, GoverningDay, Ground, Heading, Kind, KnownDay, Role, Severity};

/// Answers a question. Never fails: what is not known is part of the answer.
pub fn answer(casebook: &Casebook, question: &Question) -> Answer {
    let mut families: Vec<FamilyIx> = match question.hts {
        Read::Is(hts) => casebook.families_for(hts).collect(),
        Read::Blank | Read::NotUnderstood => Vec::new(),
    };
    let declared = question.declared.iter().filter_map(|declared| declared.number());
    for family in declared.filter_map(|number| casebook.family_of(number)) {
        if !families.contains(&family) {
            families.push(family);
        }
    }
    families.sort_unstable();
    let tested = families.into_iter().map(|ix| InFamily::new(casebook, ix, question).test()).collect();
    across::merge(casebook, question, tested)
}

/// What one family answers.
#[derive(Clone, Debug)]
pub struct FamilyAnswer {
    /// Which family.
    pub ix: FamilyIx,
    /// True if a case of it is declared.
    pub declared: bool,
    /// Scope at entry; `None` where the family had no scope text yet or its origin rule decided.
    pub scope: Option<ScopeOutcome>,
    /// One answer a kind.
    pub cases: Vec<CaseAnswer>,
    /// Doubts.
    pub doubts: Vec<Doubt>,
}

/// Where the origin of a line leads under a case.
enum Route {
    Case(CaseNumber),
    OtherOrigin,
    NotStated,
    NoThirdCountry,
    NotRead,
}

struct InFamily<'a> {
    casebook: &'a Casebook,
    family: &'a Family,
    ix: FamilyIx,
    question: &'a Question,
    declared: bool,
    doubts: Vec<Doubt>,
    scope: Option<ScopeOutcome>,
}

impl<'a> InFamily<'a> {
    fn new(casebook: &'a Casebook, ix: FamilyIx, question: &'a Question) -> InFamily<'a> {
        let family = &casebook.families()[ix];
        let declared = question.declared.iter().filter_map(|declared| declared.number());
        let declared = declared.into_iter().any(|number| family.case(number).is_some());
        InFamily { casebook, family, ix, question, declared, doubts: Vec::new(), scope: None }
    }

    fn asked(&self, known: Epoch) -> Asked {
        let grid = self.casebook.grid();
        Asked { governing: GoverningDay(grid.day(self.question.governing)), known: KnownDay(grid.day(known)) }
    }

    fn doubt(&mut self, code: Code, ground: Ground, kind: Option<Kind>, stake: StakeRule) {
        self.doubts.push(Doubt { code, severity: code.severity(), ground, kind, stake });
    }

    fn test(mut self) -> FamilyAnswer {
        let first_opened: Vec<CaseNumber> = self
            .family
            .cases
            .iter()
            .filter(|case| case.third_country.is_none())
            .map(|case| case.number)
            .collect();
        let mut cases = Vec::new();
        for case in first_opened {
            let (number, at_entry) = self.answered(case, self.question.filing, true);
            let (_, restated) = self.answered(case, self.question.as_of, false);
            cases.push(CaseAnswer { family: self.ix, number, at_entry, restated });
        }
        if self.asked(self.question.filing).governing.0 > self.family.checked_through {
            let ground = Ground::Day(self.family.checked_through);
            self.doubt(Code::RT02, ground, None, StakeRule::Unknown);
        }
        FamilyAnswer { ix: self.ix, declared: self.declared, scope: self.scope, cases, doubts: self.doubts }
    }

    /// The finding under a first-opened case, and the number to file. Doubts are raised for the answer at entry; the
    /// restated one adds only what its sources are worth.
    fn answered(&mut self, case: CaseNumber, known: Epoch, at_entry: bool) -> (CaseNumber, Answered) {
        let asked = self.asked(known);
        let mut told = Told::default();
        let exporter = self.question.exporter.listed(self.family, asked);
        let standing = self.family.standing(case, asked, exporter);
        told.standing = standing.map(|row| self.standing_ix(row));
        let in_force = in_force(standing);
        let route = self.route(case, asked);
        let scope = self.scope_of(case, asked, &route, &mut told);
        if at_entry && self.scope.is_none() {
            self.scope = scope.as_ref().map(|found| found.outcome);
        }
        let number = match route {
            Route::Case(number) => number,
            _ => case,
        };
        if let Some(finding) = not_concerned(&route, scope.as_ref()) {
            return (number, Answered { finding, told });
        }
        if !in_force {
            self.settled_by_standing(case.kind, scope.as_ref(), at_entry, &told);
            return (number, Answered { finding: Finding::NoDeposit(Why::Standing(told.standing)), told });
        }
        let finding = match route {
            Route::Case(_) => self.in_force(number, asked, scope, at_entry, &mut told),
            Route::NotStated => {
                if at_entry {
                    self.origin_doubt(Code::SC06, None);
                }
                Finding::OriginNotStated
            }
            Route::NoThirdCountry => {
                if at_entry {
                    self.origin_doubt(Code::RT06, Some(case.kind));
                }
                unsettled(Missing::ThirdCountryNumber)
            }
            Route::NotRead | Route::OtherOrigin => unsettled(Missing::Origin),
        };
        (number, Answered { finding, told })
    }

    fn standing_ix(&self, row: &Standing) -> StandingIx {
        self.family.standings.iter().position(|other| std::ptr::eq(other, row)).expect("a row of this family")
    }

    /// Which number the origin leads to (CSMS 18-000421: the country of the number must match the CBP origin).
    fn route(&self, case: CaseNumber, asked: Asked) -> Route {
        let country = self.family.country;
        let stated = match self.question.ad_cvd_origin {
            Read::Is(origin) if origin != country => return Route::OtherOrigin,
            Read::NotUnderstood => return Route::NotRead,
            Read::Is(_) => true,
            Read::Blank => false,
        };
        match self.question.origin {
            Read::Is(origin) if origin == country => Route::Case(case),
            Read::Is(origin) if stated || self.declared => {
                self.family.third_country(case, origin, asked).map_or(Route::NoThirdCountry, Route::Case)
            }
            Read::Is(_) => Route::NotStated,
            Read::Blank | Read::NotUnderstood => Route::NotRead,
        }
    }

    fn origin_doubt(&mut self, code: Code, kind: Option<Kind>) {
        if let Read::Is(origin) = self.question.origin {
            self.doubt(code, Ground::Origin(origin), kind, StakeRule::Unknown);
        }
    }

    fn scope_of(&self, case: CaseNumber, asked: Asked, route: &Route, told: &mut Told) -> Option<ScopeFound> {
        match route {
            Route::OtherOrigin => {
                return Some(ScopeFound {
                    outcome: ScopeOutcome::NotCovered,
                    base: None,
                    trust: Trust::Official,
                });
            }
            Route::NotStated => return None,
            Route::Case(_) | Route::NoThirdCountry | Route::NotRead => {}
        }
        let version = self.family.scope(case, asked)?;
        told.scope = self.family.scopes.iter().position(|other| std::ptr::eq(other, version));
        Some(scope::test(self.casebook, version, self.question, self.declared, told))
    }

    /// Nothing is due whatever else is missing: what is missing becomes a Note, and so does a doubtful source.
    fn settled_by_standing(&mut self, kind: Kind, scope: Option<&ScopeFound>, at_entry: bool, told: &Told) {
        self.standing_source(told.standing, Some(kind));
        if !at_entry {
            return;
        }
        if !told.facts_missing.is_empty() && !self.declared {
            let ground = Ground::FactsMissing(told.facts_missing.clone());
            self.doubt(Code::SC03, ground, None, StakeRule::Nothing);
        }
        let missing = self.missing_parties();
        if !missing.is_empty() {
            self.doubt(Code::PA01, Ground::Parties(missing), None, StakeRule::Nothing);
        }
        let portion = scope.is_some_and(|found| {
            found.outcome != ScopeOutcome::Unsettled && self.base(found) == Base::Subject
        });
        if portion && self.question.values.subject == Read::Blank {
            self.doubt(Code::CD04, Ground::Bare, None, StakeRule::Nothing);
        }
    }

    fn missing_parties(&self) -> Vec<Role> {
        let parties = [(Role::Exporter, &self.question.exporter), (Role::Producer, &self.question.producer)];
        parties.into_iter().filter(|(_, party)| !party.is_named()).map(|(role, _)| role).collect()
    }

    fn standing_source(&mut self, standing: Option<StandingIx>, kind: Option<Kind>) {
        let Some(row) = standing.map(|ix| &self.family.standings[ix]) else { return };
        let Some(trust) = doubtful(row.trust) else { return };
        let says = row.note.clone().unwrap_or_default();
        let notice = &self.family.notices[row.notice];
        let says = if row.trust == Trust::Computed { says } else { notice.citation.clone() };
        let ground = Ground::Source { trust, says: says.into() };
        self.doubts.push(Doubt {
            code: Code::RT04,
            severity: Severity::Note,
            ground,
            kind,
            stake: StakeRule::Unknown,
        });
    }

    /// A measure is in force and the case is the right one for the origin.
    fn in_force(
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
        if found.outcome == ScopeOutcome::Unsettled {
            // The rate is only the stake of a doubt about scope; doubts about the rate would speak of nothing.
            self.doubts.truncate(before);
            if at_entry {
                let ground = Ground::FactsMissing(told.facts_missing.clone());
                self.doubt(Code::SC03, ground, Some(kind), StakeRule::Figure);
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
    fn base(&self, found: &ScopeFound) -> Base {
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
                if at_entry {
                    let farthest = climb.farthest(rate);
                    self.party_doubts(kind, &doubts, farthest);
                }
                self.rate_source(kind, rate);
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
                let (floor, ceiling) = if deposit(exporter) < deposit(producer) {
                    (exporter, producer)
                } else {
                    (producer, exporter)
                };
                if at_entry {
                    let ground = match deposit(exporter).zip(deposit(producer)) {
                        Some((exporter, producer)) => Ground::TwoRates { exporter, producer },
                        None => Ground::Bare,
                    };
                    self.doubt(Code::PA06, ground, Some(kind), StakeRule::Figure);
                }
                self.rate_source(kind, exporter);
                self.rate_source(kind, producer);
                Found::Open { missing: Missing::TwoRates, floor: Some(floor), ceiling: Some(ceiling) }
            }
            Climbed::NotInTable { everyone } => {
                if at_entry {
                    let notice =
                        told.table.map(|ix| self.family.notices[ix].citation.as_str()).unwrap_or_default();
                    let ground = Ground::Source { trust: "partial", says: notice.into() };
                    self.doubt(Code::RT05, ground, Some(kind), StakeRule::Unknown);
                }
                Found::Open { missing: Missing::Table, floor: None, ceiling: everyone }
            }
        }
    }

    fn party_doubts(&mut self, kind: Kind, doubts: &[PartyDoubt], farthest: Option<usize>) {
        for doubt in doubts {
            let code = match doubt {
                PartyDoubt::Missing(_) => Code::PA01,
                PartyDoubt::NotListed(_) => Code::PA02,
                PartyDoubt::NotAPair => Code::PA03,
                PartyDoubt::Foreign { .. } => Code::PA07,
            };
            let number = self.family.cases.iter().find(|case| case.number.kind == kind);
            let all_others = number.is_some_and(|case| case.everyone_else == EveryoneElse::AllOthers);
            // On a list of a few companies, to be none of them is the rule, not a doubt that has a price.
            let usual = code == Code::PA02 && all_others;
            let severity = if usual { Severity::Note } else { code.severity() };
            let stake = farthest.filter(|_| !usual).map_or(StakeRule::Unknown, StakeRule::Against);
            self.doubts.push(Doubt { code, severity, ground: doubt.ground(), kind: Some(kind), stake });
        }
    }

    fn rate_source(&mut self, kind: Kind, rate: usize) {
        let row = &self.family.rates[rate];
        let Some(trust) = doubtful(row.trust) else { return };
        let notice = &self.family.notices[row.notice];
        let says = if row.row.note.is_empty() { notice.citation.clone() } else { row.row.note.clone() };
        let severity = if row.trust == Trust::Computed { Severity::Note } else { Severity::Review };
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

fn unsettled(missing: Missing) -> Finding {
    Finding::Unsettled { missing, floor: None, ceiling: None, base: Base::Entered }
}

fn not_concerned(route: &Route, scope: Option<&ScopeFound>) -> Option<Finding> {
    let reason = match (route, scope.map(|found| found.outcome)) {
        (Route::OtherOrigin, _) => NotConcerned::OtherOrigin,
        (_, Some(ScopeOutcome::Excluded)) => NotConcerned::Excluded,
        (_, Some(ScopeOutcome::NotCovered)) => NotConcerned::NotCovered,
        _ => return None,
    };
    Some(Finding::NotConcerned(reason))
}

/// True if something is declared under a kind that is no case of the casebook.
pub fn declared_unknown(casebook: &Casebook, declared: Declared) -> bool {
    declared.number().is_some_and(|number| casebook.family_of(number).is_none())
}
