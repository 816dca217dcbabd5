//! What law answers to a question: findings without money, and what they rest on.

use crate::casebook::family::Standing;
use crate::casebook::model::RateRow;
use crate::casebook::{Base, EveryoneElse, Trust};
use crate::terms::{CaseNumber, Code, EntryType, Ground, Heading, Kind, Role, Severity, Suffix};

/// A rate row of a family, by its place there.
pub type RateIx = usize;
/// A standing row of a family, by its place there.
pub type StandingIx = usize;
/// A family of the casebook, by its place there.
pub type FamilyIx = usize;

/// How scope came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScopeOutcome {
    /// By its facts.
    InScope,
    /// Because a case is declared and no fact contradicts.
    InScopeDeclared,
    /// The scope text takes these goods out.
    Excluded,
    /// The scope text does not reach these goods.
    NotCovered,
    /// A fact is missing.
    Unsettled,
}

impl ScopeOutcome {
    /// True unless the scope text leaves the goods out.
    pub fn reaches(self) -> bool {
        !matches!(self, ScopeOutcome::Excluded | ScopeOutcome::NotCovered)
    }

    /// The word of the `Scope` column.
    pub fn text(self) -> &'static str {
        match self {
            ScopeOutcome::InScope => "in scope",
            ScopeOutcome::InScopeDeclared => "in scope (declared)",
            ScopeOutcome::Excluded => "excluded",
            ScopeOutcome::NotCovered => "not covered",
            ScopeOutcome::Unsettled => "unsettled",
        }
    }
}

/// Why a case that concerns a line asks nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// The standing settles it; `None` before its first row.
    Standing(Option<StandingIx>),
    /// A warehouse entry: whatever is missing, nothing is due before withdrawal.
    AtWithdrawal,
}

/// Why a case does not concern a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotConcerned {
    /// The scope text takes the goods out.
    Excluded,
    /// The scope text does not reach the goods.
    NotCovered,
    /// Commerce's origin is another country.
    OtherOrigin,
    /// The pair is excluded from the measure.
    ExcludedPair(RateIx),
}

/// What is missing where a finding is unsettled.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Missing {
    /// Facts on which scope depends.
    ScopeFacts,
    /// The origin cannot be read.
    Origin,
    /// A name on a list of producers and/or exporters.
    Party,
    /// Two parties have two rates.
    TwoRates,
    /// The part of the table that is not at hand.
    Table,
    /// A third-country number.
    ThirdCountryNumber,
    /// The value that a rate applies to.
    Value,
    /// Quantity or unit.
    Quantity,
    /// A rule for such lines.
    NotComputed,
    /// Which of several cases.
    OneCase,
}

/// Which rung gave the rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RungUsed {
    /// Exporter and producer as a pair.
    Pair,
    /// The supplier of a foreign exporter, and the producer, as a pair.
    SupplierPair,
    /// The exporter's own rate.
    Exporter,
    /// The producer's own rate.
    Producer,
    /// A company listed as producer and/or exporter; in this role.
    Either(Role),
    /// Everyone else.
    Everyone(EveryoneElse),
}

impl RungUsed {
    /// The word of the rung columns.
    pub fn text(self) -> &'static str {
        match self {
            RungUsed::Pair => "pair",
            RungUsed::SupplierPair => "supplier pair",
            RungUsed::Exporter => "exporter",
            RungUsed::Producer => "producer",
            RungUsed::Either(_) => "either",
            RungUsed::Everyone(everyone) => everyone.word(),
        }
    }
}

/// A rate that applies.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RateUsed {
    /// The row.
    pub rate: RateIx,
    /// Where on the ladder it stood.
    pub rung: RungUsed,
    /// The company suffix, if known.
    pub suffix: Option<Suffix>,
    /// On which value.
    pub base: Base,
    /// True for a warehouse entry: due at withdrawal.
    pub at_withdrawal: bool,
}

/// Our conclusion for one line under one case on one known day, without money.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Finding {
    /// A deposit is due at this rate.
    Deposit(RateUsed),
    /// The case concerns the line and asks nothing: 0.00.
    NoDeposit(Why),
    /// The case does not concern the line.
    NotConcerned(NotConcerned),
    /// The origin for AD/CVD is not stated: no deposit asked, no figure given.
    OriginNotStated,
    /// Something is missing. `floor` and `ceiling` are the rates between which the answer lies, where known; they
    /// apply to `base`.
    Unsettled {
        /// What.
        missing: Missing,
        /// Lowest possible rate; `None` for nothing.
        floor: Option<RateIx>,
        /// Highest possible rate.
        ceiling: Option<RateIx>,
        /// On which value.
        base: Base,
    },
}

/// What happened on a rung.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Tried {
    /// The row that was found.
    Found(RateIx),
    /// No row for these parties.
    NoRow,
    /// A name that the rung needs is missing.
    NameMissing(Role),
    /// Two rows with different rates.
    TwoRows(RateIx, RateIx),
}

/// How a finding came about, for people who ask.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Told {
    /// The standing row, `None` before the first.
    pub standing: Option<StandingIx>,
    /// The scope version, by its place in the family.
    pub scope: Option<usize>,
    /// Facts that met their test.
    pub facts_met: Vec<Heading>,
    /// Facts that failed it.
    pub facts_failed: Vec<Heading>,
    /// Facts that are missing.
    pub facts_missing: Vec<Heading>,
    /// The ladder, by its place in the family.
    pub ladder: Option<usize>,
    /// Rungs in the order tried.
    pub tried: Vec<(&'static str, Tried)>,
    /// The notice whose table was used.
    pub table: Option<usize>,
}

/// A finding and how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Answered {
    /// The conclusion.
    pub finding: Finding,
    /// The way to it.
    pub told: Told,
}

/// What one case answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CaseAnswer {
    /// Family of the casebook.
    pub family: FamilyIx,
    /// The case, or the third-country number that fits the origin.
    pub number: CaseNumber,
    /// As known on the filing day.
    pub at_entry: Answered,
    /// As known on the as-of day.
    pub restated: Answered,
}

/// How the stake of a doubt is computed from the amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StakeRule {
    /// It cannot be told.
    Unknown,
    /// Nothing depends on it.
    Nothing,
    /// The figure itself: deposit at entry under the case, or the ceiling of an unsettled one.
    Figure,
    /// The distance between the rate used and another rate on the same base.
    Against(RateIx),
    /// The distance between the rate used and the other figure of its disputed row.
    Disputed,
}

/// A doubt that law raises: an exception whose money is not yet known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Doubt {
    /// Which.
    pub code: Code,
    /// Its weight before the stake is known.
    pub severity: Severity,
    /// What it rests on.
    pub ground: Ground,
    /// Under which kind of case.
    pub kind: Option<Kind>,
    /// How to compute what it costs.
    pub stake: StakeRule,
}

/// Prices by import statistics that a line is held against.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PricesUsed {
    /// Which family.
    pub family: FamilyIx,
    /// Which of its prices.
    pub prices: usize,
    /// How many units of the statistics one unit of the line is.
    pub ratio: rust_decimal::Decimal,
}

/// On which notices of an advisory something was said: places among the advisories and its notices.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AdvisedBy {
    /// Which advisory.
    pub advisory: usize,
    /// Those of its controls and of its standing, each once.
    pub notices: Vec<usize>,
}

/// What law answers to a question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Answer {
    /// True if a case of the casebook was tested or declared.
    pub tested: bool,
    /// How scope came out at entry, in the family that decides.
    pub scope: Option<ScopeOutcome>,
    /// Listed exporter: family and party.
    pub exporter: Option<(FamilyIx, usize)>,
    /// Listed producer: family and party.
    pub producer: Option<(FamilyIx, usize)>,
    /// One answer a kind.
    pub cases: [Option<CaseAnswer>; 2],
    /// The type to file, where a deposit is due on a type that takes no case.
    pub file_as: Option<EntryType>,
    /// What advisories said of the goods; their doubts are among the doubts.
    pub advised: Vec<AdvisedBy>,
    /// The prices that its unit value is held against.
    pub prices: Option<PricesUsed>,
    /// Doubts, in no particular order.
    pub doubts: Vec<Doubt>,
}

impl Answer {
    /// The answer of a kind.
    pub fn case(&self, kind: Kind) -> Option<&CaseAnswer> {
        self.cases[kind.index()].as_ref()
    }
}

/// True if a standing row means that deposits are collected.
pub fn in_force(standing: Option<&Standing>) -> bool {
    use crate::casebook::State;
    standing.is_some_and(|row| matches!(row.state, State::Provisional | State::Order))
}

/// The word of a source that is not official.
pub fn doubtful(trust: Trust) -> Option<&'static str> {
    (trust != Trust::Official).then(|| trust.word())
}

/// What orders the rows of one table: its percent, or its dollars per unit. Tables do not mix the two.
pub fn comparable(row: &RateRow) -> rust_decimal::Decimal {
    let percent = row.deposit.map(crate::terms::Percent::decimal);
    percent.unwrap_or_default() + row.unit_rate.unwrap_or_default()
}

/// True if two rows ask the same of any line.
pub fn same_rate(one: &RateRow, other: &RateRow) -> bool {
    let figures = |row: &RateRow| (row.kind, row.deposit, row.unit_rate, row.unit);
    figures(one) == figures(other)
}
