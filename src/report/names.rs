//! Names that wait for a decision: each distinct name once, with what hangs on it over the whole file.

use super::waiting::{Waiting, Waits, added};
use crate::determine::{Answer, LineFindings};
use crate::entry::{EntryLine, Name};
use crate::terms::place::SheetRow;
use crate::terms::{Code, Exception, Ground, Money, PartyKey, Role, Severity};

/// What hangs on one name.
#[derive(Clone, Debug)]
pub struct WaitingName {
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
    pub(super) waiting: Waiting<PartyKey, WaitingName>,
    /// Place of the sheet on whose lines they stand.
    sheet: usize,
}

impl Waits for WaitingName {
    fn stake(&self) -> Option<Money> {
        self.stake
    }

    fn join(&mut self, other: WaitingName) {
        self.lines += other.lines;
        self.entered_value += other.entered_value;
        self.stake = added(self.stake, other.stake);
        for role in other.roles {
            if !self.roles.contains(&role) {
                self.roles.push(role);
            }
        }
        self.roles.sort();
        if other.first_row < self.first_row {
            (self.first_row, self.name) = (other.first_row, other.name);
        }
    }
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
            let waiting = WaitingName {
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
    pub fn count(&mut self, waiting: WaitingName) {
        if let Some(key) = waiting.name.key.clone() {
            self.waiting.count(key, waiting);
        }
    }

    /// Adds the names of later rows.
    pub fn merge(&mut self, later: Names) {
        self.waiting.merge(later.waiting);
    }
}
