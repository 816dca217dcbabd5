//! What can still be done about a deposit that was paid and no longer stands: who has to act, and by which day.
//!
//! Each rule is a reading to confirm with counsel; the measures stand with their authorities in
//! [`crate::casebook::clocks`].

use jiff::civil::Date;

use super::answer::{CaseAnswer, Finding, NotConcerned, Why};
use crate::casebook::clocks::{ClockName, Clocks};
use crate::casebook::{Casebook, State};
use crate::entry::liquidation::security_heading;
use crate::entry::{Liquidation, LiquidationStatus, ProtestStatus, Read, Security};
use crate::terms::{Heading, Kind, KnownDay};

/// The word of the `Refund Status` column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefundStatus {
    /// Liquidated with the deposit kept, and a protest is still in time.
    Protest,
    /// Nobody can tell from the file: ACE has to be looked into.
    CheckAce,
    /// The time to protest is over, or a protest was denied.
    Counsel,
    /// Nothing to file: liquidation is to come.
    Await,
    /// A protest is open.
    Pending,
    /// A court forbids to liquidate.
    Enjoined,
    /// A bond was given: no cash comes back.
    Bond,
    /// The deposit came back.
    Refunded,
}

impl RefundStatus {
    /// All of them, those first on which somebody has to act.
    pub const ALL: [RefundStatus; 8] = [
        RefundStatus::Protest,
        RefundStatus::CheckAce,
        RefundStatus::Counsel,
        RefundStatus::Await,
        RefundStatus::Pending,
        RefundStatus::Enjoined,
        RefundStatus::Bond,
        RefundStatus::Refunded,
    ];

    /// The word.
    pub fn text(self) -> &'static str {
        match self {
            RefundStatus::Protest => "PROTEST",
            RefundStatus::CheckAce => "CHECK ACE",
            RefundStatus::Counsel => "COUNSEL",
            RefundStatus::Await => "AWAIT",
            RefundStatus::Pending => "PENDING",
            RefundStatus::Enjoined => "ENJOINED",
            RefundStatus::Bond => "BOND",
            RefundStatus::Refunded => "REFUNDED",
        }
    }
}

/// How an entry stands, from which its refund status follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefundState {
    /// A bond was given.
    Bond,
    /// A court forbids to liquidate.
    Enjoined,
    /// The deposit came back.
    Refunded,
    /// A protest is filed and not decided.
    ProtestOpen,
    /// A protest is approved; the refund is to come.
    ProtestApproved,
    /// A protest was denied.
    ProtestDenied,
    /// A cell on which the answer hangs is not understood.
    NotUnderstood(Heading),
    /// Neither a day nor a status of liquidation is given.
    NothingGiven,
    /// Liquidated on a day that is not given.
    LiquidatedNoDay,
    /// Liquidated, and a protest is in time.
    Liquidated,
    /// Liquidated, and no protest is in time any more.
    LiquidatedLong,
    /// Not liquidated, and no notice has lifted suspension.
    SuspensionRuns,
    /// Not liquidated; the six months since the notice run.
    SixMonthsRun,
    /// Not liquidated, as the file says; the six months since the notice are over.
    SixMonthsOver,
}

/// What can be done about the deposit of a line under a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refund {
    /// How the entry stands.
    pub state: RefundState,
    /// The day by which somebody has to act or to look, where there is one.
    pub act_by: Option<Date>,
    /// True if the day counts from the earliest day that a notice can have had: the true one is not earlier.
    pub not_before: bool,
}

impl Refund {
    /// True if the file tells of a liquidation, or of a protest of one.
    fn follows_liquidation(self) -> bool {
        match self.status() {
            RefundStatus::Protest
            | RefundStatus::Counsel
            | RefundStatus::Pending
            | RefundStatus::Refunded => true,
            RefundStatus::CheckAce => self.state == RefundState::LiquidatedNoDay,
            RefundStatus::Await | RefundStatus::Enjoined | RefundStatus::Bond => false,
        }
    }

    /// The word of the `Refund Status` column.
    pub fn status(self) -> RefundStatus {
        match self.state {
            RefundState::Bond => RefundStatus::Bond,
            RefundState::Enjoined => RefundStatus::Enjoined,
            RefundState::Refunded => RefundStatus::Refunded,
            RefundState::ProtestOpen | RefundState::ProtestApproved => RefundStatus::Pending,
            RefundState::ProtestDenied | RefundState::LiquidatedLong => RefundStatus::Counsel,
            RefundState::Liquidated => RefundStatus::Protest,
            RefundState::SuspensionRuns | RefundState::SixMonthsRun => RefundStatus::Await,
            RefundState::NotUnderstood(_)
            | RefundState::NothingGiven
            | RefundState::LiquidatedNoDay
            | RefundState::SixMonthsOver => RefundStatus::CheckAce,
        }
    }
}

/// The notice that lifted the suspension of entries under a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifted {
    /// Its day; the earliest possible one where the day was not found.
    pub day: Date,
    /// True if the day was not found.
    pub day_unknown: bool,
}

/// Why less stands under a case than was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refundable {
    /// The case ended, or was in a gap: family and place of the standing.
    Standing(usize, usize),
    /// Deposits had not begun.
    BeforeSuspension,
    /// Another rate stands: family and place of the rate.
    Rate(usize, usize),
    /// The case does not concern the line.
    NotConcerned(NotConcerned),
    /// Nothing is due before withdrawal from warehouse.
    AtWithdrawal,
}

/// What watching over the deposit of lines under a case hangs on, beside what their file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Why less may stand than was paid.
    pub why: Refundable,
    /// The notice that lifted suspension, if one did.
    pub lifted: Option<Lifted>,
    /// True if a court forbids to liquidate.
    pub enjoined: bool,
    /// True if a deposit stands as known on the as-of day.
    pub live: bool,
}

impl Watched {
    /// What an answer says of the deposits of its lines; `None` where nobody can tell what stands.
    pub fn of(casebook: &Casebook, case: &CaseAnswer, as_of: KnownDay) -> Option<Watched> {
        let family = &casebook.families()[case.family];
        let why = match &case.restated.finding {
            Finding::Deposit(used) => Refundable::Rate(case.family, used.rate),
            Finding::NoDeposit(Why::Standing(Some(standing))) => Refundable::Standing(case.family, *standing),
            Finding::NoDeposit(Why::Standing(None)) => Refundable::BeforeSuspension,
            Finding::NoDeposit(Why::AtWithdrawal) => Refundable::AtWithdrawal,
            Finding::NotConcerned(why) => Refundable::NotConcerned(*why),
            Finding::OriginNotStated | Finding::Unsettled { .. } => return None,
        };
        let lifted = match why {
            Refundable::Standing(_, standing) => {
                let row = &family.standings[standing];
                let ended = matches!(row.state, State::Terminated | State::Revoked);
                let notice = &family.notices[row.notice];
                ended.then_some(Lifted { day: notice.published.0, day_unknown: notice.day_unknown })
            }
            _ => None,
        };
        let enjoined = family.enjoined(case.number, as_of).is_some();
        Some(Watched { why, lifted, enjoined, live: matches!(why, Refundable::Rate(..)) })
    }

    /// What can be done about a deposit of a kind on an entry, as known on a day.
    pub fn refund(&self, clocks: &Clocks, facts: &Liquidation, kind: Kind, as_of: KnownDay) -> Refund {
        let by = |state, act_by| Refund { state, act_by, not_before: false };
        let plain = |state| by(state, None);
        match facts.security[kind.index()] {
            Read::Is(Security::Bond) => return plain(RefundState::Bond),
            Read::NotUnderstood => return plain(RefundState::NotUnderstood(security_heading(kind))),
            Read::Is(Security::Cash) | Read::Blank => {}
        }
        let refunded = facts.status == Read::Is(LiquidationStatus::Refunded)
            || facts.protest == Read::Is(ProtestStatus::Refunded);
        if refunded {
            return plain(RefundState::Refunded);
        }
        if self.enjoined {
            return plain(RefundState::Enjoined);
        }
        match (facts.protest, facts.protested) {
            (Read::Is(ProtestStatus::Approved), _) => return plain(RefundState::ProtestApproved),
            (Read::Is(ProtestStatus::Denied), _) => return plain(RefundState::ProtestDenied),
            (Read::NotUnderstood, _) => {
                return plain(RefundState::NotUnderstood(Heading::ProtestStatus));
            }
            (Read::Is(ProtestStatus::Open), _) | (Read::Blank, true) => {
                return plain(RefundState::ProtestOpen);
            }
            (Read::Is(ProtestStatus::Refunded) | Read::Blank, _) => {}
        }
        if facts.status == Read::NotUnderstood {
            return plain(RefundState::NotUnderstood(Heading::LiquidationStatus));
        }
        if facts.day == Read::NotUnderstood {
            return plain(RefundState::NotUnderstood(Heading::LiquidationDate));
        }
        match (facts.status.value(), facts.day.value()) {
            (None, None) => plain(RefundState::NothingGiven),
            (Some(LiquidationStatus::Liquidated), None) => plain(RefundState::LiquidatedNoDay),
            // A day that is past and no status: the day of liquidation, as the heading says.
            (Some(LiquidationStatus::Liquidated) | None, Some(day)) if day <= as_of.0 => {
                let last = clocks.last_day(ClockName::Protest, day);
                match last.is_some_and(|last| as_of.0 <= last) {
                    true => by(RefundState::Liquidated, last),
                    false => plain(RefundState::LiquidatedLong),
                }
            }
            _ => self.unliquidated(clocks, as_of),
        }
    }

    fn unliquidated(&self, clocks: &Clocks, as_of: KnownDay) -> Refund {
        let six = self.lifted.and_then(|lifted| {
            let last = clocks.last_day(ClockName::SuspensionLifted, lifted.day)?;
            Some((last, lifted.day_unknown))
        });
        match six {
            None => Refund { state: RefundState::SuspensionRuns, act_by: None, not_before: false },
            Some((last, not_before)) if as_of.0 <= last => {
                Refund { state: RefundState::SixMonthsRun, act_by: Some(last), not_before }
            }
            // Reading: an entry that is deemed liquidated on the last of the six months can be protested from then on.
            Some((last, not_before)) => {
                let act_by = clocks.last_day(ClockName::Protest, last);
                Refund { state: RefundState::SixMonthsOver, act_by, not_before }
            }
        }
    }
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Too little was paid, or a case is not declared.
    Short,
    /// The type alone.
    Type,
    /// Too much was paid, of which this can be done.
    Excess(Refund),
}

/// How a fault of an entry can still be corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrectionRoute {
    /// By a post-summary correction, until this day.
    Correct(Date),
    /// The days for a post-summary correction are over, or cannot be told.
    TooLate(Option<Date>),
    /// Liquidated, and too little was paid: voluntary tender or prior disclosure (19 CFR 162.74).
    Disclose,
    /// Liquidated, and the type was wrong.
    Counsel,
    /// Too much was paid, and no correction brings it back: what can be done about the deposit.
    Refund(Refund),
}

/// How a fault of an entry of a day can still be corrected, as known on a day.
pub fn correction(
    clocks: &Clocks,
    entry: Date,
    facts: &Liquidation,
    fault: Fault,
    as_of: KnownDay,
) -> CorrectionRoute {
    let day = facts.day.value();
    let liquidated = match facts.status.value() {
        Some(LiquidationStatus::Liquidated | LiquidationStatus::Refunded) => true,
        Some(LiquidationStatus::Unliquidated) => false,
        None => day.is_some_and(|day| day <= as_of.0),
    };
    match fault {
        Fault::Short if liquidated => return CorrectionRoute::Disclose,
        Fault::Type if liquidated => return CorrectionRoute::Counsel,
        Fault::Excess(refund) if liquidated || refund.follows_liquidation() => {
            return CorrectionRoute::Refund(refund);
        }
        Fault::Short | Fault::Type | Fault::Excess(_) => {}
    }
    match clocks.last_correction(entry, day.filter(|day| *day > as_of.0)) {
        Some(last) if as_of.0 <= last => CorrectionRoute::Correct(last),
        last => CorrectionRoute::TooLate(last),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const AS_OF: KnownDay = KnownDay(date(2026, 6, 1));

    fn watched() -> Watched {
        // The notice of 2026-03-12, whose day is not known: six months end on 2026-09-12.
        let lifted = Some(Lifted { day: date(2026, 3, 12), day_unknown: true });
        Watched { why: Refundable::Standing(0, 0), lifted, enjoined: false, live: false }
    }

    fn facts() -> Liquidation {
        Liquidation::default()
    }

    fn state_of(facts: Liquidation) -> (RefundStatus, Option<Date>) {
        let refund = watched().refund(Clocks::built_in(), &facts, Kind::Ad, AS_OF);
        (refund.status(), refund.act_by)
    }

    #[test]
    fn the_file_tells_what_can_be_done() {
        assert_eq!(state_of(facts()), (RefundStatus::CheckAce, None));
        let unliquidated = Liquidation { status: Read::Is(LiquidationStatus::Unliquidated), ..facts() };
        assert_eq!(state_of(unliquidated), (RefundStatus::Await, Some(date(2026, 9, 12))));
        let liquidated = |day| Liquidation { day: Read::Is(day), ..facts() };
        // 180 days from 2026-01-15: 16, 28, 31, 30, 31, 30 make 166 to the end of June, and 14 of July.
        assert_eq!(state_of(liquidated(date(2026, 1, 15))), (RefundStatus::Protest, Some(date(2026, 7, 14))));
        assert_eq!(state_of(liquidated(date(2025, 11, 1))), (RefundStatus::Counsel, None));
        let scheduled = liquidated(date(2026, 8, 1));
        assert_eq!(state_of(scheduled), (RefundStatus::Await, Some(date(2026, 9, 12))));
        let bond = Liquidation { security: [Read::Is(Security::Bond), Read::Blank], ..scheduled };
        assert_eq!(state_of(bond), (RefundStatus::Bond, None));
        let protested = Liquidation { protested: true, ..liquidated(date(2026, 1, 15)) };
        assert_eq!(state_of(protested), (RefundStatus::Pending, None));
        let odd = Liquidation { status: Read::NotUnderstood, ..facts() };
        assert_eq!(state_of(odd), (RefundStatus::CheckAce, None));
    }

    #[test]
    fn after_six_months_a_deemed_liquidation_can_be_protested() {
        let unliquidated = Liquidation { status: Read::Is(LiquidationStatus::Unliquidated), ..facts() };
        let as_of = KnownDay(date(2026, 11, 22));
        let refund = watched().refund(Clocks::built_in(), &unliquidated, Kind::Cvd, as_of);
        // 180 days from 2026-09-12: 18, 31, 30, 31, 31, 28 make 169 to the end of February, and 11 of March.
        assert_eq!((refund.status(), refund.act_by), (RefundStatus::CheckAce, Some(date(2027, 3, 11))));
        assert!(refund.not_before);
    }

    #[test]
    fn routes_of_correction() {
        let route = |facts: &Liquidation, fault| {
            correction(Clocks::built_in(), date(2025, 8, 20), facts, fault, AS_OF)
        };
        // 300 days from 2025-08-20: 133 to the end of the year, 167 into 2026.
        assert_eq!(route(&facts(), Fault::Short), CorrectionRoute::Correct(date(2026, 6, 16)));
        let soon = Liquidation { day: Read::Is(date(2026, 6, 10)), ..facts() };
        assert_eq!(route(&soon, Fault::Short), CorrectionRoute::TooLate(Some(date(2026, 5, 26))));
        let liquidated = Liquidation { day: Read::Is(date(2026, 5, 1)), ..facts() };
        assert_eq!(route(&liquidated, Fault::Short), CorrectionRoute::Disclose);
        assert_eq!(route(&liquidated, Fault::Type), CorrectionRoute::Counsel);
    }

    #[test]
    fn too_much_is_corrected_as_the_refund_status_says() {
        let route = |facts: Liquidation| {
            let refund = watched().refund(Clocks::built_in(), &facts, Kind::Ad, AS_OF);
            let fault = Fault::Excess(refund);
            (correction(Clocks::built_in(), date(2025, 8, 20), &facts, fault, AS_OF), refund)
        };
        let liquidated = |day| Liquidation { day: Read::Is(day), ..facts() };
        // 180 days from 2026-05-01: 30, 30, 31, 31, 30 make 152 to the end of September, and 28 of October.
        let (way, refund) = route(liquidated(date(2026, 5, 1)));
        assert_eq!((way, refund.act_by), (CorrectionRoute::Refund(refund), Some(date(2026, 10, 28))));
        // A protest that the file tells of was one of a liquidation, whatever else it lacks.
        let refunded = Liquidation { protest: Read::Is(ProtestStatus::Refunded), ..facts() };
        for facts in [liquidated(date(2025, 11, 1)), Liquidation { protested: true, ..facts() }, refunded] {
            let (way, refund) = route(facts);
            assert_eq!((way, refund.act_by), (CorrectionRoute::Refund(refund), None));
        }
        let (way, _) = route(facts());
        assert_eq!(way, CorrectionRoute::Correct(date(2026, 6, 16)));
    }
}
