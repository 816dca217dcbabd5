//! Decisions on company names, as a person made them in the sheet `Names to confirm` of a report, or in a CSV.

use std::collections::HashMap;
use std::path::Path;

use super::kept::{Kept, RecordError, RowFault};
use crate::casebook::{Casebook, Confirmed, Decision, PartyIx};
use crate::spreadsheet::InputFacts;
use crate::terms::PartyKey;

/// The sheet in which names are decided.
pub const SHEET: &str = "Names to confirm";
/// The hidden sheet with the listed parties and their fingerprints.
pub const LISTED_SHEET: &str = "Listed parties";
/// The headings of a decision, the needed ones first.
pub const HEADINGS: [&str; 7] =
    ["Name", "Decision", "Same As", "Confirmed By", "Confirmed On", "Note", "Fingerprint"];
/// The headings of the hidden sheet.
pub const LISTED_HEADINGS: [&str; 2] = ["Listed Party", "Fingerprint"];
/// The words of a decision.
pub const DECISIONS: [&str; 3] = ["same", "different", "ask"];

const NAME: usize = 0;
const DECISION: usize = 1;
const SAME_AS: usize = 2;
const BY: usize = 3;
const ON: usize = 4;
const NOTE: usize = 5;
const FINGERPRINT: usize = 6;

/// Decisions that were read.
#[derive(Debug, Default)]
pub struct Aliases {
    /// Decisions that hold, by the key of the name.
    pub confirmed: Vec<(PartyKey, Confirmed)>,
    /// Decisions that do not hold any more, each with its place and why.
    pub expired: Vec<String>,
    /// What is known of each file.
    pub files: Vec<InputFacts>,
}

/// Reads decisions on names. A decision expires when the case folder says otherwise of the party that it names.
///
/// # Errors
/// A file cannot be read; a row cannot be understood; two rows decide one name otherwise: every such row with its place.
pub fn read_aliases<'p>(
    paths: impl IntoIterator<Item = &'p Path>,
    casebook: &Casebook,
) -> Result<Aliases, RecordError> {
    let mut reading =
        Reading { casebook, read: Aliases::default(), seen: HashMap::new(), faults: Vec::new() };
    for path in paths {
        let kept = Kept::read(path, None, "a sheet of decisions on names", &HEADINGS, BY + 1)?;
        let listed = fingerprints(path);
        reading.file(&kept, &listed);
        reading.read.files.push(kept.facts().clone());
    }
    let Reading { mut read, faults, .. } = reading;
    read.confirmed.sort_by(|(one, _), (other, _)| one.cmp(other));
    if faults.is_empty() { Ok(read) } else { Err(RecordError::Rows(faults)) }
}

/// The fingerprints that the report carries for all listed parties; none where the file is no report of ours.
fn fingerprints(path: &Path) -> HashMap<PartyKey, String> {
    let kept = Kept::read(path, Some(LISTED_SHEET), "listed parties", &LISTED_HEADINGS, 2);
    let kept = match kept {
        Ok(kept) => kept,
        Err(_) => return HashMap::new(),
    };
    let party = |row| PartyKey::of(&kept.text(row, 0)).map(|key| (key, kept.text(row, 1)));
    kept.rows().iter().filter_map(party).collect()
}

struct Reading<'a> {
    casebook: &'a Casebook,
    read: Aliases,
    /// What was decided of a name, and where.
    seen: HashMap<PartyKey, (Decision, String)>,
    faults: Vec<RowFault>,
}

impl Reading<'_> {
    fn fault(&mut self, place: String, problem: String) {
        self.faults.push(RowFault { place, problem });
    }

    fn file(&mut self, kept: &Kept, listed: &HashMap<PartyKey, String>) {
        for row in kept.rows() {
            let text = |heading| kept.text(row, heading);
            let place = |heading| kept.place(row.number, heading);
            let (name, word) = (text(NAME), text(DECISION).to_lowercase());
            // A name that nobody has decided yet is asked for again.
            if word.is_empty() || word == "ask" {
                continue;
            }
            let Some(key) = PartyKey::of(&name) else {
                self.fault(
                    place(NAME),
                    format!("found {name:?}, expected the company name that was decided"),
                );
                continue;
            };
            let decision = match word.as_str() {
                "same" => {
                    let fingerprint = match text(FINGERPRINT) {
                        own if !own.is_empty() => Some(own),
                        _ => PartyKey::of(&text(SAME_AS)).and_then(|key| listed.get(&key).cloned()),
                    };
                    if fingerprint.is_none() && !listed.is_empty() {
                        let found = text(SAME_AS);
                        let problem =
                            format!("found {found:?}, expected one of the listed parties of this report");
                        self.fault(place(SAME_AS), problem);
                        continue;
                    }
                    match self.same(&text(SAME_AS), fingerprint.as_deref()) {
                        Ok(decision) => decision,
                        Err(Unusable::Fault(problem)) => {
                            self.fault(place(SAME_AS), problem);
                            continue;
                        }
                        Err(Unusable::Expired(why)) => {
                            self.read.expired.push(format!("{}: {name:?}: {why}", place(SAME_AS)));
                            continue;
                        }
                    }
                }
                "different" => Decision::Different,
                other => {
                    let expected = DECISIONS.join(", ");
                    self.fault(place(DECISION), format!("found {other:?}, expected {expected} or nothing"));
                    continue;
                }
            };
            let (by, on) = match kept.decided_by(row, BY, ON) {
                Ok(told) => told,
                Err(fault) => {
                    self.faults.push(fault);
                    continue;
                }
            };
            match self.seen.get(&key) {
                Some((known, _)) if *known == decision => continue,
                Some((_, earlier)) => {
                    let problem = format!("{name:?} is decided otherwise in {earlier}; keep one of the two");
                    self.fault(place(DECISION), problem);
                    continue;
                }
                None => {}
            }
            self.seen.insert(key.clone(), (decision.clone(), place(DECISION)));
            let same_as = match &decision {
                Decision::Different => String::new(),
                Decision::Same(parties) => official(self.casebook, parties),
            };
            let note = text(NOTE);
            self.read.confirmed.push((key, Confirmed { name, decision, same_as, by, on, note }));
        }
    }

    fn same(&self, party: &str, fingerprint: Option<&str>) -> Result<Decision, Unusable> {
        let Some(key) = PartyKey::of(party) else {
            let problem = "a name that is the same as whom? Choose a listed party".to_string();
            return Err(Unusable::Fault(problem));
        };
        let families = self.casebook.families().iter().enumerate();
        let parties: Vec<_> =
            families.filter_map(|(ix, family)| Some((ix, family.party_by_key(&key)?))).collect();
        if parties.is_empty() {
            return Err(Unusable::Expired(format!("{party:?} is not listed in the casebook; decide again")));
        }
        match fingerprint {
            Some(known) if known != self.casebook.fingerprint(&parties) => Err(Unusable::Expired(format!(
                "what the case folder says of {party:?} has changed since; decide again"
            ))),
            _ => Ok(Decision::Same(parties)),
        }
    }
}

/// A party as a notice prints it.
fn official(casebook: &Casebook, parties: &[(usize, PartyIx)]) -> String {
    let first = parties.first().map(|(family, party)| &casebook.families()[*family].parties[*party]);
    first.and_then(|party| party.names.first()).cloned().unwrap_or_default()
}

/// Why a decision is not used.
enum Unusable {
    Fault(String),
    Expired(String),
}
