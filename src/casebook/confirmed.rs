//! What a person has confirmed of a name that no notice prints: whose it is, or that it is none of the listed ones.
//!
//! A decision is no law. It stands beside the case folders, names the person and the day, and holds as long as the
//! folder says the same of the party: see [`Casebook::fingerprint`].

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::family::PartyIx;
use super::{Casebook, Family};
use crate::terms::sha256::hexadecimal;
use crate::terms::{CaseNumber, PartyKey};

/// What was decided of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is this party, of each family that lists it: family and place there.
    Same(Vec<(usize, PartyIx)>),
    /// It is none of the listed parties.
    Different,
}

/// A decision, and who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// The name as the decision has it.
    pub name: String,
    /// What was decided.
    pub decision: Decision,
    /// The listed party as the decision names it; empty for none.
    pub same_as: String,
    /// Who decided.
    pub by: String,
    /// When, as written; best as 2025-08-01.
    pub on: String,
    /// A note of theirs.
    pub note: String,
}

/// Characters of a fingerprint: 64 bits, for telling one state of a folder from another.
const FINGERPRINT: usize = 16;

impl Casebook {
    /// The casebook with decisions on names beside it. Names that a notice prints are not decided by a person: a
    /// decision on one is given back.
    pub fn confirm(
        mut self,
        decisions: impl IntoIterator<Item = (PartyKey, Confirmed)>,
    ) -> (Casebook, Vec<Confirmed>) {
        let decisions: Vec<_> = decisions.into_iter().collect();
        if let Some(assumed) = &mut self.assumed {
            assumed.without.decide(decisions.clone());
        }
        let of_listed = self.decide(decisions);
        (self, of_listed)
    }

    fn decide(&mut self, decisions: Vec<(PartyKey, Confirmed)>) -> Vec<Confirmed> {
        let mut of_listed = Vec::new();
        for (key, confirmed) in decisions {
            if self.families.iter().any(|family| family.names(&key)) {
                of_listed.push(confirmed);
                continue;
            }
            for (ix, family) in self.families.iter_mut().enumerate() {
                // A party that only an assumption lists is none without it.
                let listed = |place: &&(usize, PartyIx)| place.0 == ix && place.1 < family.parties.len();
                let party = match &confirmed.decision {
                    Decision::Same(parties) => parties.iter().find(listed).map(|(_, party)| *party),
                    Decision::Different => None,
                };
                family.confirmed.insert(key.clone(), party);
            }
            self.confirmed.insert(key, confirmed);
        }
        of_listed
    }

    /// What a person has confirmed of a name.
    pub fn confirmed(&self, key: &PartyKey) -> Option<&Confirmed> {
        self.confirmed.get(key)
    }

    /// All that a person has confirmed, by the key of the name.
    pub fn all_confirmed(&self) -> Vec<&Confirmed> {
        let mut all: Vec<_> = self.confirmed.iter().collect();
        all.sort_by_key(|(key, _)| *key);
        all.into_iter().map(|(_, confirmed)| confirmed).collect()
    }

    /// The fingerprint of a party, of each family that lists it: of all names and rates that its case folder gives it. A
    /// decision that names the party expires when this changes. What is assumed for one run changes nothing.
    pub fn fingerprint(&self, parties: &[(usize, PartyIx)]) -> String {
        if let Some(assumed) = &self.assumed {
            let without = &assumed.without;
            let listed =
                parties.iter().filter(|(family, party)| *party < without.families[*family].parties.len());
            return without.fingerprint(&listed.copied().collect::<Vec<_>>());
        }
        let told = parties.iter().map(|(family, party)| told_of(&self.families[*family], *party));
        fingerprint_of(&told.collect::<String>())
    }

    /// The fingerprints of the scope versions of some families, each behind the family's first case. A decision on a
    /// product expires when one of them changes. What is assumed for one run changes nothing.
    pub fn scope_fingerprint(&self, families: impl IntoIterator<Item = usize>) -> String {
        if let Some(assumed) = &self.assumed {
            return assumed.without.scope_fingerprint(families);
        }
        let told = families.into_iter().filter_map(|ix| {
            let family = &self.families[ix];
            Some(format!("{} {}", family.cases.first()?.number, fingerprint_of(&scope_of(family))))
        });
        told.collect::<Vec<_>>().join("; ")
    }

    /// Why a decision with this fingerprint of scope versions does not hold any more, if so. A family that is not in this
    /// casebook has no say.
    pub fn scope_changed(&self, fingerprint: &str) -> Option<String> {
        if let Some(assumed) = &self.assumed {
            return assumed.without.scope_changed(fingerprint);
        }
        let parts = fingerprint.split(';').map(str::trim).filter(|part| !part.is_empty());
        parts.into_iter().find_map(|part| {
            let (case, known) = part.split_once(' ').unwrap_or((part, ""));
            let Some((case, _)) = CaseNumber::parse(case) else {
                return Some("its fingerprint cannot be read".to_string());
            };
            let family = &self.families[self.family_of(case)?];
            (fingerprint_of(&scope_of(family)) != known)
                .then(|| format!("the scope text of {case} has changed since"))
        })
    }
}

fn fingerprint_of(text: &str) -> String {
    let mut hexadecimal = hexadecimal(Sha256::new_with_prefix(text));
    hexadecimal.truncate(FINGERPRINT);
    hexadecimal
}

/// All that the scope versions of a family say, line by line.
fn scope_of(family: &Family) -> String {
    let mut text = String::new();
    for scope in &family.scopes {
        let through = scope.through.map(|day| day.to_string()).unwrap_or_default();
        let _ = writeln!(text, "scope {} {through} {}", scope.from, family.notices[scope.notice].id);
        for case in &scope.cases {
            let _ = writeln!(text, "case {case}");
        }
        for test in &scope.tests {
            let _ = writeln!(text, "test {} {}", test.fact, test.at_least.normalize());
        }
        for product in &scope.products {
            let _ = writeln!(
                text,
                "product {} {:?} {} {}",
                product.verdict.word(),
                product.base,
                product.trust.word(),
                product.words.join(", ")
            );
        }
    }
    text
}

/// All that a folder says of a party, line by line.
fn told_of(family: &Family, party: PartyIx) -> String {
    let mut text = String::new();
    for case in &family.cases {
        let _ = writeln!(text, "case {}", case.number);
    }
    for name in &family.parties[party].names {
        let _ = writeln!(text, "name {name}");
    }
    for alias in family.aliases.iter().filter(|alias| alias.party == party) {
        let _ = writeln!(text, "alias {} {} {}", alias.name, alias.from, family.notices[alias.notice].id);
    }
    for rate in family.rates.iter().filter(|rate| rate.key.names(party)) {
        let row = &rate.row;
        let through = rate.through.map(|day| day.to_string()).unwrap_or_default();
        let _ = writeln!(
            text,
            "rate {} {} {} {} {} {through} {:?} {:?} {:?} {:?} {}",
            row.case,
            row.role.word(),
            row.exporter,
            row.producer,
            rate.from,
            row.kind,
            row.deposit,
            row.unit_rate,
            row.unit,
            row.notice
        );
    }
    text
}
