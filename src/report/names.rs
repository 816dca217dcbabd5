//! Names that wait for a decision: each distinct name once, with what hangs on it over the whole file.

use std::collections::BTreeMap;

use crate::determine::{Answer, LineFindings};
use crate::entry::{EntryLine, Name};
use crate::terms::place::SheetRow;
use crate::terms::{Code, Exception, Ground, Money, PartyKey, Role, Severity};

/// Names that the sheet holds, at most: those with the largest stake.
pub const NAMES_SHOWN: usize = 10_000;
/// Names kept in memory while a file is read. Above this those with the smallest stake are dropped, and the sheet says
/// so.
const NAMES_KEPT: usize = 4 * NAMES_SHOWN;

/// What hangs on one name.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The name as its first line writes it.
    pub name: Name,
    /// In which roles it occurs.
    pub roles: Vec<Role>,
    /// On how many lines.
    pub lines: u64,
    /// Their entered values, in whole dollars.
    pub entered_value: u64,
    /// The money between the answers, where it can be told.
    pub stake: Option<Money>,
    /// Where the first line stands.
    pub first_row: SheetRow,
}

/// Names that wait for a decision.
#[derive(Clone, Debug, Default)]
pub struct Names {
    waiting: BTreeMap<PartyKey, Waiting>,
    /// Place of the sheet on whose lines they stand.
    sheet: usize,
    /// True if names were dropped for want of room.
    pub dropped: bool,
}

/// The roles of the names that an exception leaves to a person to decide; none for another exception.
fn asks(exception: &Exception) -> Vec<Role> {
    match &exception.ground {
        _ if exception.severity < Severity::Review => Vec::new(),
        Ground::Near { near, .. } => near.iter().map(|(role, _)| *role).collect(),
        Ground::Parties(roles) if exception.code == Code::PA02 => roles.clone(),
        _ => Vec::new(),
    }
}

/// The names of a line on which a person has to decide: by role, with the places of the exceptions whose money hangs on
/// each. Where a near name is shown it tells the money; else what the name's being on no list does.
///
/// A name that some list of the family has is not asked for: that it is not on this one is not for a person to decide.
pub fn asked(findings: &LineFindings) -> Vec<(Role, Vec<usize>)> {
    let exceptions = &findings.exceptions;
    let listed = |role: Role| {
        let answer = findings.answer.as_ref();
        let party = |answer: &Answer| match role {
            Role::Exporter => answer.exporter,
            Role::Producer => answer.producer,
            Role::Supplier => None,
        };
        answer.and_then(|answer| party(answer)).is_some()
    };
    let mut asked = Vec::new();
    for role in [Role::Exporter, Role::Producer, Role::Supplier].into_iter().filter(|role| !listed(*role)) {
        let of = |code: Code| {
            let places = exceptions.iter().enumerate().filter(|(_, exception)| exception.code == code);
            let places = places.filter(|(_, exception)| asks(exception).contains(&role));
            places.map(|(place, _)| place).collect::<Vec<_>>()
        };
        let places = match of(Code::PA05) {
            near if near.is_empty() => of(Code::PA02),
            near => near,
        };
        if !places.is_empty() {
            asked.push((role, places));
        }
    }
    asked
}

/// The name of a role.
pub fn name_of(line: &EntryLine, role: Role) -> &Name {
    match role {
        Role::Exporter => &line.exporter,
        Role::Producer => &line.producer,
        Role::Supplier => &line.supplier,
    }
}

fn added(one: Option<Money>, other: Option<Money>) -> Option<Money> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one + other),
        (one, other) => one.or(other),
    }
}

impl Names {
    /// None yet, of lines of a sheet.
    pub fn of_sheet(sheet: usize) -> Names {
        Names { sheet, ..Names::default() }
    }

    /// A row of that sheet.
    pub fn at(&self, row: u64) -> SheetRow {
        SheetRow { sheet: self.sheet, row }
    }

    /// Adds the names of a line.
    pub fn add(&mut self, line: &EntryLine, findings: &LineFindings) {
        for (role, places) in asked(findings) {
            let stakes = places.iter().map(|place| findings.exceptions[*place].stake);
            let waiting = Waiting {
                name: name_of(line, role).clone(),
                roles: vec![role],
                lines: 1,
                entered_value: line.entered_value.value().map_or(0, |value| value.dollars()),
                stake: stakes.fold(None, added),
                first_row: self.at(line.row),
            };
            self.count(waiting);
        }
    }

    /// Adds what hangs on a name of some lines.
    pub fn count(&mut self, waiting: Waiting) {
        let Some(key) = waiting.name.key.clone() else { return };
        match self.waiting.get_mut(&key) {
            None => {
                self.waiting.insert(key, waiting);
            }
            Some(known) => {
                known.lines += waiting.lines;
                known.entered_value += waiting.entered_value;
                known.stake = added(known.stake, waiting.stake);
                known.roles.extend(
                    waiting
                        .roles
                        .iter()
                        .filter(|role| !known.roles.contains(role))
                        .copied()
                        .collect::<Vec<_>>(),
                );
                known.roles.sort();
                if waiting.first_row < known.first_row {
                    (known.first_row, known.name) = (waiting.first_row, waiting.name);
                }
            }
        }
    }

    /// Adds the names of later rows.
    pub fn merge(&mut self, later: Names) {
        self.dropped |= later.dropped;
        later.waiting.into_values().for_each(|waiting| self.count(waiting));
        if self.waiting.len() > NAMES_KEPT {
            let mut kept: Vec<_> = std::mem::take(&mut self.waiting).into_iter().collect();
            kept.sort_by(|(one, a), (other, b)| (b.stake, one).cmp(&(a.stake, other)));
            kept.truncate(NAMES_KEPT / 2);
            self.dropped = true;
            self.waiting = kept.into_iter().collect();
        }
    }

    /// The names in the order of the sheet, the largest stake first, and how many more are known.
    pub fn shown(&self) -> (Vec<&Waiting>, u64) {
        let mut all: Vec<(&PartyKey, &Waiting)> = self.waiting.iter().collect();
        all.sort_by(|(one, a), (other, b)| (b.stake, one).cmp(&(a.stake, other)));
        let more = all.len().saturating_sub(NAMES_SHOWN) as u64;
        all.truncate(NAMES_SHOWN);
        (all.into_iter().map(|(_, waiting)| waiting).collect(), more)
    }
}
