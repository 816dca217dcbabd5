//! The ladder: the order in which rates are tried for the exporter and producer of a line.
//!
//! Nothing near or similar selects a rate: a row is found by equal keys or not at all, and a pair rate needs both names
//! on one row.

use super::answer::{RateIx, RungUsed, Told, Tried, comparable, same_rate};
use super::question::{Party, Question};
use crate::casebook::family::{Family, Ladder, Rate};
use crate::casebook::{Asked, EveryoneElse, ForeignExporter, GoverningTable, PartyIx, RateKey, Rung};
use crate::entry::Read;
use crate::terms::{CaseNumber, Ground, Role};

/// What the ladder gave.
#[derive(Clone, Debug)]
pub enum Climbed {
    /// A rate, and what makes it doubtful.
    Rate {
        /// The row.
        rate: RateIx,
        /// Where it stood.
        rung: RungUsed,
        /// The party whose company suffix is filed; `None` for everyone else.
        party: Option<PartyIx>,
        /// Doubts about the parties.
        doubts: Vec<PartyDoubt>,
    },
    /// A named party on a list of producers and/or exporters is not listed and the other name is missing: between
    /// everyone else's rate and the highest listed one.
    PartyMissing {
        /// Which is missing.
        roles: Vec<Role>,
        /// Everyone else's row.
        floor: Option<RateIx>,
        /// The highest row.
        ceiling: Option<RateIx>,
    },
    /// Exporter and producer are listed with different rates.
    TwoRates(RateIx, RateIx),
    /// The table is partial, or none governs the day.
    NotInTable {
        /// Everyone else's row, if the part at hand has it.
        everyone: Option<RateIx>,
    },
}

/// A doubt about the parties behind a rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartyDoubt {
    /// PA01.
    Missing(Vec<Role>),
    /// PA02.
    NotListed(Vec<Role>),
    /// PA03.
    NotAPair,
    /// PA07.
    Foreign {
        /// True if the rate is that of the supplier's pair.
        supplied: bool,
    },
}

impl PartyDoubt {
    /// What the exception rests on.
    pub fn ground(&self) -> Ground {
        match self {
            PartyDoubt::Missing(roles) | PartyDoubt::NotListed(roles) => Ground::Parties(roles.clone()),
            PartyDoubt::NotAPair => Ground::Parties(vec![Role::Exporter, Role::Producer]),
            PartyDoubt::Foreign { supplied } => Ground::Supplier { known: *supplied },
        }
    }
}

/// One climb: a family, a case of it, its table on the days asked, and the parties of the line.
pub struct Climb<'a> {
    family: &'a Family,
    case: CaseNumber,
    everyone_else: EveryoneElse,
    asked: Asked,
    table: GoverningTable,
    question: &'a Question,
    exporter: Option<PartyIx>,
    producer: Option<PartyIx>,
    supplier: Option<PartyIx>,
}

/// A rate that a line would take if names of it that are on no list were listed ones near to them.
#[derive(Clone, Debug)]
pub struct NearRate {
    /// The names, by role, with the listed ones.
    pub near: Vec<(Role, PartyIx)>,
    /// The row.
    pub rate: RateIx,
    /// False if the line would have two rates, and so none.
    pub settled: bool,
}

impl<'a> Climb<'a> {
    /// Looks both parties up; `None` if no rate table governs the day.
    pub fn new(
        family: &'a Family,
        case: CaseNumber,
        asked: Asked,
        question: &'a Question,
    ) -> Option<Climb<'a>> {
        let find = |party: &Party| party.listed(family, asked);
        Some(Climb {
            family,
            case,
            everyone_else: family.case(case)?.everyone_else,
            asked,
            table: family.table(case, asked)?,
            question,
            exporter: find(&question.exporter),
            producer: find(&question.producer),
            supplier: find(&question.supplier),
        })
    }

    fn row(&self, key: RateKey) -> Option<RateIx> {
        let rate: &Rate = self.family.rate(self.case, key, self.asked, self.table)?;
        self.family.rates.iter().position(|row| std::ptr::eq(row, rate))
    }

    fn deposit(&self, rate: RateIx) -> rust_decimal::Decimal {
        comparable(&self.family.rates[rate].row)
    }

    fn same(&self, one: RateIx, other: RateIx) -> bool {
        same_rate(&self.family.rates[one].row, &self.family.rates[other].row)
    }

    fn missing(&self) -> Vec<Role> {
        let parties = [(Role::Exporter, &self.question.exporter), (Role::Producer, &self.question.producer)];
        parties.into_iter().filter(|(_, party)| !party.is_named()).map(|(role, _)| role).collect()
    }

    fn rate(&self, rate: RateIx, rung: RungUsed, party: Option<PartyIx>, doubts: Vec<PartyDoubt>) -> Climbed {
        Climbed::Rate { rate, rung, party, doubts }
    }

    /// Tries the rungs in order. What was tried goes to `told`.
    pub fn climb(&self, ladder: &Ladder, told: &mut Told) -> Climbed {
        told.table = Some(self.table.notice);
        let mut owners_rung_unknown = false;
        for rung in &ladder.rungs {
            let tried = match rung {
                Rung::Pair => self.pair(),
                Rung::Exporter => {
                    self.own(self.exporter, &self.question.exporter, Role::Exporter, RateKey::Exporter)
                }
                Rung::Producer => {
                    self.own(self.producer, &self.question.producer, Role::Producer, RateKey::Producer)
                }
                Rung::Either => self.either(),
                Rung::Everyone => {
                    let climbed = self.everyone(ladder, owners_rung_unknown);
                    let row = match &climbed {
                        Climbed::Rate { rate, .. } => Tried::Found(*rate),
                        Climbed::PartyMissing { roles, .. } if !roles.is_empty() => {
                            Tried::NameMissing(roles[0])
                        }
                        _ => Tried::NoRow,
                    };
                    told.tried.push((rung.word(), row));
                    return climbed;
                }
            };
            told.tried.push((rung.word(), tried.clone()));
            match tried {
                Tried::Found(rate) => return self.found(*rung, rate, owners_rung_unknown),
                Tried::TwoRows(exporter, producer) => return Climbed::TwoRates(exporter, producer),
                Tried::NameMissing(_) => owners_rung_unknown |= *rung != Rung::Pair,
                Tried::NoRow => {}
            }
        }
        Climbed::NotInTable { everyone: None }
    }

    fn pair(&self) -> Tried {
        match (self.question.exporter.is_named(), self.question.producer.is_named()) {
            (false, _) => Tried::NameMissing(Role::Exporter),
            (_, false) => Tried::NameMissing(Role::Producer),
            (true, true) => {
                let key = self.exporter.zip(self.producer).map(|(e, p)| RateKey::Pair(e, p));
                key.and_then(|key| self.row(key)).map_or(Tried::NoRow, Tried::Found)
            }
        }
    }

    fn own(&self, party: Option<PartyIx>, name: &Party, role: Role, key: fn(PartyIx) -> RateKey) -> Tried {
        match (name.is_named(), party) {
            (false, _) => Tried::NameMissing(role),
            (true, None) => Tried::NoRow,
            (true, Some(party)) => self.row(key(party)).map_or(Tried::NoRow, Tried::Found),
        }
    }

    fn either(&self) -> Tried {
        let row = |party: Option<PartyIx>| party.and_then(|party| self.row(RateKey::Either(party)));
        match (row(self.exporter), row(self.producer)) {
            (Some(e), Some(p)) if !self.same(e, p) => Tried::TwoRows(e, p),
            (Some(row), _) | (None, Some(row)) => Tried::Found(row),
            (None, None) => self.missing().first().map_or(Tried::NoRow, |role| Tried::NameMissing(*role)),
        }
    }

    /// A rate of the line's own parties.
    fn found(&self, rung: Rung, rate: RateIx, higher_rung_unknown: bool) -> Climbed {
        let key = self.family.rates[rate].key;
        let missing = self.missing();
        // A pair row settles both names; a company's own row leaves the other name open only where it could decide.
        let could_decide = rung == Rung::Either || higher_rung_unknown || self.table_has_pairs();
        let doubts =
            if missing.is_empty() || !could_decide { vec![] } else { vec![PartyDoubt::Missing(missing)] };
        let (used, party) = match key {
            RateKey::Pair(exporter, _) => (RungUsed::Pair, exporter),
            RateKey::Exporter(party) => (RungUsed::Exporter, party),
            RateKey::Producer(party) => (RungUsed::Producer, party),
            RateKey::Either(party) if Some(party) == self.exporter => {
                (RungUsed::Either(Role::Exporter), party)
            }
            RateKey::Either(party) => (RungUsed::Either(Role::Producer), party),
            RateKey::Everyone => return Climbed::NotInTable { everyone: Some(rate) },
        };
        self.rate(rate, used, Some(party), doubts)
    }

    fn table_has_pairs(&self) -> bool {
        self.family
            .rates_in(self.case, self.asked, self.table)
            .any(|rate| matches!(rate.key, RateKey::Pair(..)))
    }

    fn everyone(&self, ladder: &Ladder, owners_rung_unknown: bool) -> Climbed {
        let everyone = self.row(RateKey::Everyone);
        let missing = self.missing();
        let all_the_same =
            || everyone.is_some_and(|everyone| self.rows().all(|row| self.same(row, everyone)));
        if !self.table.partial && owners_rung_unknown && !all_the_same() {
            let lowest = self.rows().min_by_key(|row| self.deposit(*row));
            let highest = self.rows().max_by_key(|row| self.deposit(*row));
            return Climbed::PartyMissing { roles: missing, floor: lowest, ceiling: highest };
        }
        let foreign = self.foreign_exporter(ladder);
        if foreign && let Some((supplier, rate)) = self.supplier_pair() {
            let doubts = vec![PartyDoubt::Foreign { supplied: true }];
            return self.rate(rate, RungUsed::SupplierPair, Some(supplier), doubts);
        }
        let Some(rate) = everyone.filter(|_| !self.table.partial) else {
            return Climbed::NotInTable { everyone };
        };
        let doubt = if !missing.is_empty() {
            PartyDoubt::Missing(missing)
        } else if foreign {
            PartyDoubt::Foreign { supplied: false }
        } else {
            let listed = |party: Option<PartyIx>| {
                party.is_some_and(|party| self.family.listed(self.case, party, self.asked, self.table))
            };
            let roles = [(Role::Exporter, listed(self.exporter)), (Role::Producer, listed(self.producer))];
            match roles.into_iter().filter(|(_, listed)| !listed).map(|(role, _)| role).collect::<Vec<_>>() {
                none if none.is_empty() => PartyDoubt::NotAPair,
                roles => PartyDoubt::NotListed(roles),
            }
        };
        self.rate(rate, RungUsed::Everyone(self.everyone_else), None, vec![doubt])
    }

    /// An exporter outside the case country without a rate of its own. Reading: it is foreign if the casebook says
    /// so, else if the country of export is another one.
    fn foreign_exporter(&self, ladder: &Ladder) -> bool {
        if ladder.foreign_exporter != ForeignExporter::Supplier || !self.question.exporter.is_named() {
            return false;
        }
        let own_rate = self
            .exporter
            .is_some_and(|exporter| self.family.listed_exporter(self.case, exporter, self.asked, self.table));
        let said = self.exporter.and_then(|exporter| self.family.parties[exporter].country);
        let country = said.or(match self.question.export_country {
            Read::Is(country) => Some(country),
            Read::Blank | Read::NotUnderstood => None,
        });
        !own_rate && country.is_some_and(|country| country != self.family.country)
    }

    fn supplier_pair(&self) -> Option<(PartyIx, RateIx)> {
        let supplier = self.supplier?;
        self.row(RateKey::Pair(supplier, self.producer?)).map(|rate| (supplier, rate))
    }

    /// The rate, other than the one used, that the line would take if names of it that are on no list were listed ones
    /// near to them: the nearest first, one name before two. `near` tells the listed parties near to a party.
    pub fn near_rate(
        &self,
        ladder: &Ladder,
        used: RateIx,
        near: impl Fn(&Party) -> Vec<PartyIx>,
    ) -> Option<NearRate> {
        let open = |party: &Party, found: Option<PartyIx>| match found {
            None if party.is_named() => near(party),
            _ => Vec::new(),
        };
        let near = [
            (Role::Exporter, open(&self.question.exporter, self.exporter)),
            (Role::Producer, open(&self.question.producer, self.producer)),
            (Role::Supplier, open(&self.question.supplier, self.supplier)),
        ];
        let one = near.iter().flat_map(|(role, near)| near.iter().map(|party| vec![(*role, *party)]));
        // Of two names the nearest first: places of the one and of the other, by their sum.
        let [(_, exporters), (_, producers), _] = &near;
        let mut both: Vec<(usize, usize)> = Vec::new();
        for exporter in 0..exporters.len() {
            both.extend((0..producers.len()).map(|producer| (exporter, producer)));
        }
        both.sort_by_key(|(exporter, producer)| (exporter + producer, *exporter));
        let both = both.into_iter().map(|(exporter, producer)| {
            vec![(Role::Exporter, exporters[exporter]), (Role::Producer, producers[producer])]
        });
        one.chain(both).find_map(|near| {
            let (rate, settled) = self.with(&near).rate_other_than(ladder, used)?;
            Some(NearRate { near, rate, settled })
        })
    }

    fn with(&self, parties: &[(Role, PartyIx)]) -> Climb<'a> {
        let mut climb = Climb { ..*self };
        for (role, party) in parties {
            match role {
                Role::Exporter => climb.exporter = Some(*party),
                Role::Producer => climb.producer = Some(*party),
                Role::Supplier => climb.supplier = Some(*party),
            }
        }
        climb
    }

    /// The rate, if it is another than the one used, and whether it is the only one.
    fn rate_other_than(&self, ladder: &Ladder, used: RateIx) -> Option<(RateIx, bool)> {
        let (found, settled) = match self.climb(ladder, &mut Told::default()) {
            Climbed::Rate { rate, .. } => (vec![rate], true),
            Climbed::TwoRates(one, other) => (vec![one, other], false),
            Climbed::PartyMissing { .. } | Climbed::NotInTable { .. } => (vec![], false),
        };
        found.into_iter().find(|rate| !self.same(*rate, used)).map(|rate| (rate, settled))
    }

    /// All rows of the table.
    fn rows(&self) -> impl Iterator<Item = RateIx> {
        let rates = self.family.rates_in(self.case, self.asked, self.table);
        rates.filter_map(|rate| self.family.rates.iter().position(|row| std::ptr::eq(row, rate)))
    }

    /// The row, other than the one used, whose rate lies farthest from it: what a wrong name would cost.
    pub fn farthest(&self, used: RateIx) -> Option<RateIx> {
        let others = self.rows().filter(|rate| *rate != used);
        others.max_by_key(|rate| (self.deposit(*rate) - self.deposit(used)).abs())
    }
}
