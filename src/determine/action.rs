//! What the exceptions of a line come to: which of them stop a figure, and the one word that tells a person what to do.

use super::amounts::CaseFinding;
use super::answer::{Answer, Finding};
use crate::terms::{Code, Exception, Ground, Heading, Kind, Money, Severity};

/// What a person has to do with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// There is no figure.
    NoFigure,
    /// A figure is given; a person must confirm it.
    Review,
    /// A deposit is due at entry, 0.00 percent included.
    Deposit,
    /// A case was tested and asks nothing.
    NoDeposit,
    /// No case of the casebook lists the line and none was declared.
    NotTested,
}

impl Action {
    /// All five, most urgent first.
    pub const ALL: [Action; 5] =
        [Action::NoFigure, Action::Review, Action::Deposit, Action::NoDeposit, Action::NotTested];

    /// How urgent it is, from 0, the most urgent.
    pub fn rank(self) -> u8 {
        self as u8
    }

    /// The word of the `Action` column.
    pub fn text(self) -> &'static str {
        match self {
            Action::NoFigure => "NO FIGURE",
            Action::Review => "REVIEW",
            Action::Deposit => "DEPOSIT",
            Action::NoDeposit => "NO DEPOSIT",
            Action::NotTested => "NOT TESTED",
        }
    }
}

/// Raises EN01 and EN07 to Stop where `decides` says that the field decides the answer.
pub(super) fn raise(exceptions: &mut [Exception], decides: impl Fn(Heading) -> bool) {
    for exception in exceptions {
        let heading = match &exception.ground {
            Ground::Cell { heading, .. } => *heading,
            _ => continue,
        };
        if matches!(exception.code, Code::EN01 | Code::EN07) {
            exception.severity = if decides(heading) { Severity::Stop } else { Severity::Note };
        }
    }
}

/// Lowers what costs nothing to a Note, says the same of both kinds once with the money of both, and sorts by catalogue
/// order.
pub(super) fn finish(exceptions: &mut Vec<Exception>) {
    let mut finished: Vec<(Exception, Vec<Option<Kind>>)> = Vec::with_capacity(exceptions.len());
    for exception in exceptions.drain(..) {
        let said = |(known, _): &&mut (Exception, Vec<Option<Kind>>)| {
            known.code == exception.code && known.ground == exception.ground
        };
        let Some((known, kinds)) = finished.iter_mut().find(said) else {
            let kind = exception.kind;
            finished.push((exception, vec![kind]));
            continue;
        };
        known.severity = known.severity.max(exception.severity);
        // The same doubt of one kind, raised by both of its answers, costs its money once.
        if kinds.contains(&exception.kind) {
            continue;
        }
        kinds.push(exception.kind);
        known.kind = None;
        known.stake = match (known.stake, exception.stake) {
            (Some(a), Some(b)) => Some(a + b),
            (one, other) => one.or(other),
        };
    }
    exceptions.extend(finished.into_iter().map(|(exception, _)| exception));
    for exception in exceptions.iter_mut().filter(|exception| exception.stake.is_some_and(Money::is_zero)) {
        exception.severity = Severity::Note;
    }
    exceptions.sort_by(|a, b| (a.code, b.severity, a.kind).cmp(&(b.code, a.severity, b.kind)));
}

/// Stops that speak of what the file says, and so of both answers; every other one speaks of the answer at entry, and
/// the restated answer has a finding of its own.
const OF_THE_LINE: [Code; 5] = [Code::EN01, Code::EN07, Code::SC09, Code::RT01, Code::XC02];

/// Takes back the figures that a Stop stands against: those of its kind, or all. What the mere standing of a case
/// settles is certain all the same.
pub(super) fn withhold(answer: &Answer, exceptions: &[Exception], cases: &mut [CaseFinding; 2]) {
    for kind in Kind::BOTH {
        let mut stops = exceptions.iter().filter(|exception| {
            exception.severity == Severity::Stop && exception.kind.is_none_or(|stopped| stopped == kind)
        });
        let of_the_line = stops.clone().any(|exception| OF_THE_LINE.contains(&exception.code));
        let Some(case) = answer.case(kind).filter(|_| stops.next().is_some()) else { continue };
        let settled = |finding: &Finding| matches!(finding, Finding::NoDeposit(_));
        let found = &mut cases[kind.index()];
        if !settled(&case.at_entry.finding) {
            (found.number, found.rate, found.base, found.at_entry) = (None, None, None, None);
        }
        if of_the_line && !settled(&case.restated.finding) {
            (found.restated, found.difference) = (None, None);
        }
    }
}

/// The action of a line (contract, section 3): the worst of its exceptions and findings.
pub(super) fn action(answer: &Answer, exceptions: &[Exception]) -> Action {
    let finding = |wanted: fn(&Finding) -> bool| {
        answer.cases.iter().flatten().any(|case| wanted(&case.at_entry.finding))
    };
    let worst = exceptions.iter().map(|exception| exception.severity).max();
    if worst == Some(Severity::Stop) || finding(|finding| matches!(finding, Finding::Unsettled { .. })) {
        Action::NoFigure
    } else if !answer.tested {
        Action::NotTested
    } else if worst == Some(Severity::Review) {
        Action::Review
    } else if finding(|finding| matches!(finding, Finding::Deposit(used) if !used.at_withdrawal)) {
        Action::Deposit
    } else {
        Action::NoDeposit
    }
}
