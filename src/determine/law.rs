//! What law answers to a question: for every case that may concern the line, a finding as known on the filing day and
//! one as known on the as-of day. Standing is asked first, then scope, then the parties.

use super::across;
use super::advise::advise;
use super::answer::{
    Answer, Answered, CaseAnswer, Doubt, FamilyIx, Finding, Missing, NotConcerned, ScopeOutcome, StakeRule,
    StandingIx, Told, Why, doubtful, in_force,
};
use super::plausible;
use super::question::Question;
use super::scope::{self, ScopeFound};
use crate::casebook::family::{Family, Standing};
use crate::casebook::{Asked, Base, Casebook, Epoch, Trust};
use crate::entry::{Declared, Read};
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
    let prices = plausible::prices(casebook, &families, question);
    let tested = families.into_iter().map(|ix| InFamily::new(casebook, ix, question).test()).collect();
    let mut answer = across::merge(casebook, question, tested);
    answer.prices = prices;
    advise(casebook, question, &mut answer);
    answer
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

/// One family asked one question.
pub(super) struct InFamily<'a> {
    pub(super) casebook: &'a Casebook,
    pub(super) family: &'a Family,
    pub(super) ix: FamilyIx,
    pub(super) question: &'a Question,
    pub(super) declared: bool,
    pub(super) doubts: Vec<Doubt>,
    /// Scope at entry so far, and of which kind of case.
    scope: Option<(Kind, ScopeOutcome)>,
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

    pub(super) fn doubt(&mut self, code: Code, ground: Ground, kind: Option<Kind>, stake: StakeRule) {
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
            let days = [(self.question.filing, true), (self.question.as_of, false)];
            let aside = days.map(|(known, _)| self.stands_aside(case, known));
            if aside == [true; 2] {
                continue;
            }
            let [(number, at_entry), (_, restated)] = [0, 1].map(|day| match (aside[day], days[day]) {
                (true, _) => (case, not_of_this_class()),
                (false, (known, at_entry)) => self.answered(case, known, at_entry),
            });
            cases.push(CaseAnswer { family: self.ix, number, at_entry, restated });
        }
        let concerned = cases.iter().any(|case| !matches!(case.at_entry.finding, Finding::NotConcerned(_)));
        if concerned && self.asked(self.question.filing).governing.0 > self.family.checked_through {
            let ground = Ground::Day(self.family.checked_through);
            self.doubt(Code::RT02, ground, None, StakeRule::Unknown);
        }
        let scope = self.scope.map(|(_, outcome)| outcome);
        FamilyAnswer { ix: self.ix, declared: self.declared, scope, cases, doubts: self.doubts }
    }

    /// True if another case of the same kind is declared, as in an order that has a number for each class of goods.
    fn other_class_declared(&self, case: CaseNumber) -> bool {
        let declared = self.question.declared[case.kind.index()].number();
        let declared = declared.filter(|number| self.family.case(*number).is_some());
        declared.is_some_and(|number| self.family.first_opened(number) != case)
    }

    /// True if a case leaves the line to the declared one of another class: unless the facts put the goods into its own.
    fn stands_aside(&self, case: CaseNumber, known: Epoch) -> bool {
        if !self.other_class_declared(case) {
            return false;
        }
        let asked = self.asked(known);
        let found = self.scope_of(case, asked, &self.route(case, asked), &mut Told::default());
        found.is_none_or(|found| found.outcome != ScopeOutcome::InScope)
    }

    /// Takes note of scope under a case. Of several classes of goods the one that takes the line counts.
    fn note_scope(&mut self, kind: Kind, outcome: ScopeOutcome) {
        let replace = match self.scope {
            None => true,
            Some((of, known)) => of == kind && !known.reaches() && outcome.reaches(),
        };
        if replace {
            self.scope = Some((kind, outcome));
        }
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
        if let Some(found) = scope.as_ref().filter(|_| at_entry) {
            self.note_scope(case.kind, found.outcome);
        }
        let number = match route {
            Route::Case(number) => number,
            _ => case,
        };
        if let Some(finding) = not_concerned(&route, scope.as_ref()) {
            if in_force && at_entry {
                self.scope_source(case.kind, scope.as_ref(), &told);
            }
            return (number, Answered { finding, told });
        }
        if !in_force {
            self.settled_by_standing(case.kind, scope.as_ref(), at_entry, &told);
            return (number, Answered { finding: Finding::NoDeposit(Why::Standing(told.standing)), told });
        }
        let finding = match route {
            Route::Case(_) => {
                if at_entry {
                    self.scope_source(case.kind, scope.as_ref(), &told);
                }
                self.in_force(number, asked, scope, at_entry, &mut told)
            }
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
            Route::NotRead | Route::OtherOrigin => {
                if at_entry && self.question.origin == Read::Blank {
                    let heading = Heading::Origin;
                    let ground =
                        Ground::Cell { heading, found: "".into(), expected: "the country of origin" };
                    self.doubt(Code::EN01, ground, None, StakeRule::Unknown);
                    self.doubts.last_mut().expect("just raised").severity = Severity::Stop;
                }
                unsettled(Missing::Origin)
            }
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
        let declared = self.declared && !self.other_class_declared(case);
        Some(scope::test(self.casebook, version, self.question, declared, told))
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

    /// A verdict of scope that does not rest on an official text. Where it takes the goods in, the whole deposit hangs
    /// on it.
    fn scope_source(&mut self, kind: Kind, scope: Option<&ScopeFound>, told: &Told) {
        let trust = scope.and_then(|found| doubtful(found.trust));
        let notice = told.scope.map(|scope| &self.family.notices[self.family.scopes[scope].notice]);
        if let Some((trust, notice)) = trust.zip(notice) {
            let ground = Ground::Source { trust, says: notice.citation.as_str().into() };
            let (severity, stake) = match scope.is_some_and(|found| found.outcome.reaches()) {
                true => (Severity::Review, StakeRule::Figure),
                false => (Severity::Note, StakeRule::Unknown),
            };
            self.doubts.push(Doubt { code: Code::RT04, severity, ground, kind: Some(kind), stake });
        }
    }

    fn missing_parties(&self) -> Vec<Role> {
        let parties = [(Role::Exporter, &self.question.exporter), (Role::Producer, &self.question.producer)];
        parties.into_iter().filter(|(_, party)| !party.is_named()).map(|(role, _)| role).collect()
    }

    pub(super) fn standing_source(&mut self, standing: Option<StandingIx>, kind: Option<Kind>) {
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
}

/// What a case says of goods that are of another class, or are taken to be.
fn not_of_this_class() -> Answered {
    Answered { finding: Finding::NotConcerned(NotConcerned::NotCovered), told: Told::default() }
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
