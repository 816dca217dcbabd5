//! The checks across the cases of a line: one case of a kind, companions, third-country numbers, suffixes, entry types,
//! and what was declared against what was found.

use super::answer::{
    Answer, CaseAnswer, Doubt, FamilyIx, Finding, Missing, RungUsed, ScopeOutcome, StakeRule, comparable,
};
use super::law::{FamilyAnswer, declared_unknown};
use super::question::{Party, Question};
use crate::casebook::family::Family;
use crate::casebook::{Asked, Base, Casebook};
use crate::entry::{Declared, Read};
use crate::terms::{CaseNumber, Code, GoverningDay, Ground, Kind, KnownDay, Severity, Suffix};

/// Brings the answers of all families that may concern a line together.
pub fn merge(casebook: &Casebook, question: &Question, families: Vec<FamilyAnswer>) -> Answer {
    // A family of another country asks where the goods were made only if no family of their own country speaks.
    let asks = |family: &FamilyAnswer| {
        family.cases.iter().all(|case| case.at_entry.finding == Finding::OriginNotStated)
    };
    let at_home = families.iter().any(|family| !asks(family) && !family.cases.is_empty());
    let families = families.into_iter().filter(|family| !at_home || !asks(family)).collect();
    let mut merge = Merge { casebook, question, families, answer: Answer::default() };
    merge.answer.tested = !merge.families.is_empty();
    merge.choose_cases();
    merge.parties();
    merge.declared_numbers();
    if let Some(family) = merge.deciding_family() {
        merge.scope_doubts(family);
        merge.entry_type();
        merge.reconciliation();
    }
    for family in merge.speaking() {
        merge.companions(family);
        merge.suffixes(family);
    }
    let Merge { families, mut answer, .. } = merge;
    let speaks = |family: usize, kind: Option<Kind>, answer: &Answer| {
        let of_kind = |other: Kind| kind.is_none_or(|kind| kind == other);
        Kind::BOTH
            .into_iter()
            .any(|kind| of_kind(kind) && answer.case(kind).is_some_and(|case| case.family == family))
    };
    for family in families {
        let heard = family.doubts.into_iter().filter(|doubt| speaks(family.ix, doubt.kind, &answer));
        let heard: Vec<Doubt> = heard.collect();
        answer.doubts.extend(heard);
    }
    answer
}

struct Merge<'a> {
    casebook: &'a Casebook,
    question: &'a Question,
    families: Vec<FamilyAnswer>,
    answer: Answer,
}

fn doubt(code: Code, ground: Ground, kind: Option<Kind>, stake: StakeRule) -> Doubt {
    Doubt { code, severity: code.severity(), ground, kind, stake }
}

/// True if a case has a claim on the line that a second case of its kind would contest.
fn claims(case: &CaseAnswer) -> bool {
    matches!(case.at_entry.finding, Finding::Deposit(_) | Finding::Unsettled { .. })
}

fn due(case: Option<&CaseAnswer>) -> bool {
    case.is_some_and(|case| matches!(case.at_entry.finding, Finding::Deposit(_)))
}

impl Merge<'_> {
    fn family(&self, ix: usize) -> &Family {
        &self.casebook.families()[self.families[ix].ix]
    }

    /// The days of the answer at entry.
    fn asked(&self) -> Asked {
        let grid = self.casebook.grid();
        Asked {
            governing: GoverningDay(grid.day(self.question.governing)),
            known: KnownDay(grid.day(self.question.filing)),
        }
    }

    /// For each kind the one case that speaks; two that claim the line are XC02.
    fn choose_cases(&mut self) {
        for kind in Kind::BOTH {
            let declared_family = self.question.declared[kind.index()].number();
            let of_kind = |family: &FamilyAnswer| {
                family.cases.iter().filter(|case| case.number.kind == kind).cloned().collect::<Vec<_>>()
            };
            let mut candidates: Vec<CaseAnswer> = Vec::new();
            let mut others: Vec<CaseAnswer> = Vec::new();
            for (ix, answer) in self.families.iter().enumerate() {
                let named = declared_family.is_some_and(|number| self.family(ix).case(number).is_some());
                let by_facts = answer.scope == Some(ScopeOutcome::InScope);
                // A case of this kind is declared elsewhere: this family speaks only if the facts put the goods in it,
                // or else if nobody has a claim.
                match declared_family.is_none() || named || by_facts {
                    true => candidates.extend(of_kind(answer)),
                    false => others.extend(of_kind(answer)),
                }
            }
            // A declared case that asks nothing silences nobody. One that we do not know may well be the right one.
            let known = declared_family.is_some_and(|number| self.casebook.family_of(number).is_some());
            if known && !candidates.iter().any(claims) {
                candidates.extend(others);
            }
            let claiming: Vec<&CaseAnswer> = candidates.iter().filter(|case| claims(case)).collect();
            let mut chosen = claiming.first().copied().or(candidates.first()).cloned();
            if let (Some(case), 2..) = (&mut chosen, claiming.len()) {
                let (ceiling, base) = self.highest(&claiming);
                let stake = if ceiling.is_some() { StakeRule::Figure } else { StakeRule::Unknown };
                let ground = Ground::Cases(claiming.iter().map(|case| case.number).collect());
                self.answer.doubts.push(doubt(Code::XC02, ground, Some(kind), stake));
                case.at_entry.finding =
                    Finding::Unsettled { missing: Missing::OneCase, floor: None, ceiling, base };
                case.restated.finding = case.at_entry.finding.clone();
            }
            self.answer.cases[kind.index()] = chosen;
        }
    }

    /// The highest rate that cases of one family may ask, and of which value; none where they are of several families
    /// or one of them has none.
    fn highest(&self, cases: &[&CaseAnswer]) -> (Option<usize>, Base) {
        let none = (None, Base::Entered);
        let Some(family) = cases.first().map(|case| case.family) else { return none };
        let possible = cases.iter().map(|case| match &case.at_entry.finding {
            _ if case.family != family => None,
            Finding::Deposit(used) => Some((used.rate, used.base)),
            Finding::Unsettled { ceiling, base, .. } => ceiling.map(|rate| (rate, *base)),
            _ => None,
        });
        let Some(possible) = possible.collect::<Option<Vec<_>>>() else { return none };
        let rates = &self.casebook.families()[family].rates;
        let highest = possible.into_iter().max_by_key(|(rate, _)| comparable(&rates[*rate].row));
        highest.map_or(none, |(rate, base)| (Some(rate), base))
    }

    /// The family whose scope and parties are shown: that of the first case that speaks.
    fn deciding_family(&self) -> Option<usize> {
        let mut cases = self.answer.cases.iter().flatten();
        let claiming = self.answer.cases.iter().flatten().find(|case| claims(case));
        let case = claiming.or_else(|| cases.next())?;
        self.families.iter().position(|family| family.ix == case.family)
    }

    /// The families of the cases that speak, each once.
    fn speaking(&self) -> Vec<usize> {
        let speak = |family: &FamilyIx| self.answer.cases.iter().flatten().any(|case| case.family == *family);
        (0..self.families.len()).filter(|ix| speak(&self.families[*ix].ix)).collect()
    }

    fn parties(&mut self) {
        let Some(ix) = self.deciding_family() else { return };
        let asked = self.asked();
        let family_ix = self.families[ix].ix;
        let find = |party: &Party| party.listed(self.family(ix), asked).map(|party| (family_ix, party));
        let (exporter, producer) = (find(&self.question.exporter), find(&self.question.producer));
        self.answer.exporter = exporter;
        self.answer.producer = producer;
        self.answer.scope = self.families[ix].scope;
    }

    fn declared_numbers(&mut self) {
        for kind in Kind::BOTH {
            match self.question.declared[kind.index()] {
                Declared::Several => {
                    self.answer.tested = true;
                    let told = |doubt: &Doubt| doubt.code == Code::XC02 && doubt.kind == Some(kind);
                    if self.answer.doubts.iter().any(told) {
                        continue;
                    }
                    self.answer.doubts.push(doubt(Code::XC02, Ground::Bare, Some(kind), StakeRule::Unknown));
                }
                declared @ Declared::One(number, suffix) if declared_unknown(self.casebook, declared) => {
                    self.answer.tested = true;
                    let ground = Ground::Case { number, suffix };
                    self.answer.doubts.push(doubt(Code::RT01, ground, Some(kind), StakeRule::Unknown));
                }
                Declared::One(number, suffix) => self.number_fits(kind, number, suffix),
                Declared::Nothing | Declared::NotUnderstood => {}
            }
        }
    }

    /// The number that was declared is not the one of the family that fits: the origin, or the class of the goods.
    fn number_fits(&mut self, kind: Kind, declared: CaseNumber, suffix: Option<Suffix>) {
        let Some(case) = self.answer.case(kind) else { return };
        let Some(ix) = self.families.iter().position(|family| family.ix == case.family) else { return };
        let family = self.family(ix);
        if family.case(declared).is_none() || case.number == declared || !claims(case) {
            return;
        }
        let (number, same_order) = (case.number, family.same_proceeding(declared, case.number));
        let (code, suffix) = if same_order { (Code::RT03, suffix) } else { (Code::XC06, None) };
        let ground = Ground::Case { number, suffix };
        self.answer.doubts.push(doubt(code, ground, Some(kind), StakeRule::Unknown));
    }

    fn anything_due(&self) -> bool {
        Kind::BOTH.into_iter().any(|kind| due(self.answer.case(kind)))
    }

    fn scope_doubts(&mut self, ix: usize) {
        let declared_here = self.families[ix].declared;
        let scope = self.answer.scope;
        let hint = match self.question.hts {
            Read::Is(hts) => self.family(ix).hint(hts).is_some(),
            Read::Blank | Read::NotUnderstood => true,
        };
        if declared_here && !hint {
            self.answer.doubts.push(doubt(Code::SC02, Ground::Bare, None, StakeRule::Unknown));
        }
        if scope == Some(ScopeOutcome::InScopeDeclared) {
            self.answer.doubts.push(doubt(Code::SC05, Ground::Bare, None, StakeRule::Unknown));
        }
        // A case of another family that we know does not stand for this one; what we do not know is RT01.
        let not_this = self.question.declared.iter().all(|declared| match declared {
            Declared::Nothing => true,
            Declared::One(number, _) => !declared_here && self.casebook.family_of(*number).is_some(),
            Declared::Several | Declared::NotUnderstood => false,
        });
        if not_this && scope == Some(ScopeOutcome::InScope) && self.anything_due() {
            self.answer.doubts.push(doubt(Code::SC01, Ground::Bare, None, StakeRule::Figure));
        }
    }

    /// A deposit is due, 0.00 percent included, on a type that takes no case (CATAIR AE, ESF-134).
    fn entry_type(&mut self) {
        let Read::Is(found) = self.question.entry_type else { return };
        let due = self.anything_due();
        let declared = self.question.declared.iter().any(|declared| declared.number().is_some());
        if !found.takes_no_case() || !(due || declared) {
            return;
        }
        let file = found.with_case();
        let code = if declared { Code::SC07 } else { Code::SC04 };
        // Where nothing is due the case should not stand there either, but no money hangs on it.
        let open = self.answer.cases.iter().flatten().any(claims);
        let stake = match (due, open) {
            (true, _) => StakeRule::Figure,
            (false, true) => StakeRule::Unknown,
            (false, false) => StakeRule::Nothing,
        };
        self.answer.file_as = file.filter(|_| due);
        self.answer.doubts.push(doubt(code, Ground::FileAs { found, file }, None, stake));
    }

    /// An entry with an AD/CVD case cannot be flagged for reconciliation (CATAIR AE, ESF-134).
    fn reconciliation(&mut self) {
        let declared = self.question.declared.iter().any(|declared| declared.number().is_some());
        if self.question.reconciled && (declared || self.anything_due()) {
            self.answer.doubts.push(doubt(Code::XC05, Ground::Bare, None, StakeRule::Unknown));
        }
    }

    /// One case of a family is declared and a deposit is due under the other (CSMS 58721104).
    fn companions(&mut self, ix: usize) {
        let family = self.family(ix);
        let mut missing = Vec::new();
        for kind in Kind::BOTH {
            let own_family = self.families[ix].ix;
            let asks = |case: &&CaseAnswer| case.family == own_family && due(Some(case));
            let Some(case) = self.answer.case(kind).filter(asks) else { continue };
            let of_family = |kind: Kind| {
                let declared = self.question.declared[kind.index()].number();
                declared.is_some_and(|number| family.case(number).is_some())
            };
            let own = self.question.declared[kind.index()];
            // What is not understood, or not known to us, may be the companion: that is another doubt.
            let elsewhere = own.number().is_some_and(|number| self.casebook.family_of(number).is_some());
            if (own == Declared::Nothing || elsewhere && !of_family(kind)) && of_family(kind.other()) {
                missing.push((kind, Ground::Case { number: case.number, suffix: None }));
            }
        }
        for (kind, ground) in missing {
            self.answer.doubts.push(doubt(Code::XC01, ground, Some(kind), StakeRule::Figure));
        }
    }

    /// The declared company suffix against the parties. A suffix that is not known to us cannot be checked, except
    /// that `000` belongs to nobody who has a rate of their own.
    fn suffixes(&mut self, ix: usize) {
        let family = self.families[ix].ix;
        for kind in Kind::BOTH {
            let Declared::One(number, Some(suffix)) = self.question.declared[kind.index()] else { continue };
            let of_number = |case: &&CaseAnswer| {
                case.family == family && self.casebook.families()[family].same_proceeding(number, case.number)
            };
            let Some(case) = self.answer.case(kind).filter(of_number) else { continue };
            let Finding::Deposit(used) = &case.at_entry.finding else { continue };
            let everyone = matches!(used.rung, RungUsed::Everyone(_));
            let severity = match used.suffix {
                Some(known) if known == suffix => continue,
                Some(_) => Severity::Review,
                None if suffix == Suffix::EVERYONE_ELSE && everyone => continue,
                None if suffix == Suffix::EVERYONE_ELSE => Severity::Review,
                None if self.casebook.families()[family].deactivated(number, suffix, self.asked()) => {
                    Severity::Review
                }
                None => Severity::Note,
            };
            let ground = Ground::Case { number, suffix: used.suffix };
            let stake = StakeRule::Unknown;
            self.answer.doubts.push(Doubt { code: Code::XC04, severity, ground, kind: Some(kind), stake });
        }
    }
}
