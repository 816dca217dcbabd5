//! What a case folder says, row by row: the tables of `case.toml` and the columns of `rates.csv` and `suffixes.csv`.
//!
//! Every row keeps the place it was read from. Nothing here decides anything.

use std::borrow::Cow;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de};

use super::advisory::AdvisoryRows;
use super::statistics::StatisticRow;
pub use super::words::{Base, EveryoneElse, ForeignExporter, RateKind, Rung, State, Table, Trust, Verdict};
use crate::terms::{CaseNumber, Country, Hts, Percent, Suffix, Unit};

/// A place in a case folder or an assumption, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// File within the folder: `case.toml`, `rates.csv`, `suffixes.csv`; of an assumption the path as it was given.
    pub file: Cow<'static, str>,
    /// Line of the file.
    pub row: usize,
    /// Character of the line in TOML, field of the row in a CSV.
    pub column: usize,
}

/// A row and its place.
#[derive(Clone, Debug)]
pub struct Placed<T> {
    /// Where it was read.
    pub at: Spot,
    /// What it says.
    pub row: T,
}

/// A civil date written as a TOML date: `2025-07-22`, no quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Day, D::Error> {
        let text = toml::value::Datetime::deserialize(source)?.to_string();
        let date = crate::terms::day::parse_iso(&text);
        date.map(Day)
            .ok_or_else(|| de::Error::custom(format!("{text} is not a plain date such as 2025-07-22")))
    }
}

impl<'de> Deserialize<'de> for Hts {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Hts, D::Error> {
        let text = String::deserialize(source)?;
        Hts::parse(&text)
            .ok_or_else(|| de::Error::custom(format!("{text:?} is not a tariff number of 6, 8 or 10 digits")))
    }
}

/// `[family]`: cases that belong together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FamilyRow {
    /// Product and country, for people.
    pub title: String,
    /// Where subject goods come from.
    pub country: Country,
    /// The last day to which a person looked for newer notices.
    pub checked_through: Day,
}

/// `[[case]]`: one proceeding, or a third-country number of one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseRow {
    /// Its number.
    pub number: CaseNumber,
    /// The AD case of a CVD case and the other way round.
    pub companion: Option<CaseNumber>,
    /// Who has no rate of their own.
    pub everyone_else: EveryoneElse,
    /// The case of which this is a third-country number.
    pub third_country_of: Option<CaseNumber>,
    /// The CBP origin that a third-country number is for.
    pub origin: Option<Country>,
    /// The notice that created a third-country number.
    pub notice: Option<String>,
}

/// `[[hint]]`: a tariff number under which subject goods may enter. Never settles a line.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HintRow {
    /// The number; compared at eight digits, or six where it has six.
    pub hts: Hts,
    /// Who names it.
    pub says: String,
    /// Where.
    pub notice: String,
    /// The base where a line does not say what the product is.
    pub base: Option<Base>,
}

/// What becomes of a notice in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Course {
    /// It is known from its publication on.
    #[default]
    Published,
    /// It is hypothetical: it was assumed for this run, and wins over what was published.
    Assumed,
    /// An assumption takes its place: in this run it is never known.
    Replaced,
}

/// `[[notice]]`: an act of Commerce, the ITC, CBP or a court.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeRow {
    /// Name within the folder.
    pub id: String,
    /// The cases it concerns.
    pub cases: Vec<CaseNumber>,
    /// What kind of act.
    pub kind: String,
    /// What its rate table does; absent where it has none.
    pub table: Option<Table>,
    /// The cases whose table it holds, where not all of `cases`.
    pub table_of: Option<Vec<CaseNumber>>,
    /// The day on which it could be known.
    pub published: Day,
    /// The first day of entry that its table governs.
    pub effective: Option<Day>,
    /// As to be cited.
    pub citation: String,
    /// Federal Register document number.
    pub document: Option<String>,
    /// CBP message number.
    pub message: Option<String>,
    /// Where to read it.
    pub link: Option<String>,
    /// What it corrects.
    pub corrects: Option<String>,
    /// How far our knowledge of it is to be trusted.
    pub trust: Trust,
    /// True if its day was not found and `published` is the earliest that it can have been.
    #[serde(default)]
    pub day_unknown: bool,
    /// What it says, in our words.
    pub says: String,
    /// What becomes of it in this run; no file says so.
    #[serde(skip)]
    pub course: Course,
}

/// `[[standing]]`: what a case was from a day on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingRow {
    /// Which case.
    pub case: CaseNumber,
    /// What it was.
    pub state: State,
    /// First day of entry.
    pub from: Day,
    /// Last day of entry, where the row reaches back behind another.
    pub through: Option<Day>,
    /// By which notice.
    pub notice: String,
    /// Where the row is less certain than its notice.
    pub trust: Option<Trust>,
    /// Why.
    pub note: Option<String>,
    /// Exporters it is limited to (critical circumstances, company by company); empty for all.
    #[serde(default)]
    pub exporters: Vec<String>,
    /// Whether interest is paid on refunds (section 778 of the Tariff Act of 1930).
    pub interest: Option<bool>,
    /// Where that is said.
    pub interest_source: Option<String>,
    /// The rule by which deposits come back.
    pub authority: Option<String>,
}

/// `[[injunction]]`: a court forbids to liquidate entries of some cases.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InjunctionRow {
    /// Which cases.
    pub cases: Vec<CaseNumber>,
    /// By which notice.
    pub notice: String,
    /// The notice that ended it.
    pub lifted: Option<String>,
}

/// `[[ladder]]`: the order in which rates are tried, from a day on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LadderRow {
    /// Which case.
    pub case: CaseNumber,
    /// First day of entry.
    pub from: Day,
    /// By which notice.
    pub notice: String,
    /// The rungs, first to last.
    pub rungs: Vec<Rung>,
    /// What a foreign exporter without a rate of its own takes.
    pub foreign_exporter: Option<ForeignExporter>,
    /// The rule behind it.
    pub authority: String,
}

/// `[[party]]`: what is known of a party beyond its rates.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyRow {
    /// Name as printed.
    pub name: String,
    /// Where it is.
    pub country: Country,
}

/// `[[alias]]`: another name of a party, from a notice on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AliasRow {
    /// The other name.
    pub name: String,
    /// The listed party, as printed in `rates.csv`.
    pub party: String,
    /// First day of entry.
    pub from: Day,
    /// The notice that made it.
    pub notice: String,
    /// Successor, collapsed, other printing.
    pub how: String,
}

/// One test of a scope version on a measured fact.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestRow {
    /// The column that holds the fact, by its heading.
    pub fact: String,
    /// Met from this figure on.
    pub at_least: String,
}

/// What a scope version says of some products.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductRow {
    /// Words of the `Product` column.
    pub words: Vec<String>,
    /// What becomes of them.
    pub verdict: Verdict,
    /// The value that counts.
    pub base: Option<Base>,
    /// Where the verdict is less certain than its notice.
    pub trust: Option<Trust>,
}

/// `[[scope]]`: a version of the scope, from a day on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeRow {
    /// For which cases.
    pub cases: Vec<CaseNumber>,
    /// First day of entry.
    pub from: Day,
    /// Last day of entry, where the row reaches back behind another.
    pub through: Option<Day>,
    /// By which notice.
    pub notice: String,
    /// What subject goods must all meet.
    #[serde(default)]
    pub tests: Vec<TestRow>,
    /// Verdicts by product.
    #[serde(default)]
    pub product: Vec<ProductRow>,
}

/// A row of `rates.csv`.
#[derive(Clone, Debug)]
pub struct RateRow {
    /// Which case.
    pub case: CaseNumber,
    /// Whose rate.
    pub role: Rung,
    /// Exporter as printed; also the one name of an `either` row.
    pub exporter: String,
    /// Producer as printed.
    pub producer: String,
    /// First day of entry.
    pub from: Date,
    /// Last day of entry.
    pub through: Option<Date>,
    /// Type of rate.
    pub kind: RateKind,
    /// Dumping margin or subsidy rate.
    pub margin: Option<Percent>,
    /// What is deposited.
    pub deposit: Option<Percent>,
    /// Dollars per unit.
    pub unit_rate: Option<Decimal>,
    /// Of what.
    pub unit: Option<Unit>,
    /// By which notice.
    pub notice: String,
    /// Where the figure is less certain than its notice.
    pub trust: Option<Trust>,
    /// The other figure where sources differ.
    pub disputed: Option<Percent>,
    /// Why.
    pub note: String,
}

/// A row of `suffixes.csv`.
#[derive(Clone, Debug)]
pub struct SuffixRow {
    /// Which case.
    pub case: CaseNumber,
    /// Party as printed; empty for everyone else.
    pub party: String,
    /// Its three characters.
    pub suffix: Suffix,
    /// First day of entry.
    pub from: Date,
    /// Last day of entry: a suffix that was deactivated is not filed after it.
    pub through: Option<Date>,
    /// By which notice.
    pub notice: String,
}

/// All rows of a folder.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// `[family]`.
    pub family: Option<Placed<FamilyRow>>,
    /// `[[case]]`.
    pub cases: Vec<Placed<CaseRow>>,
    /// `[[hint]]`.
    pub hints: Vec<Placed<HintRow>>,
    /// `[[notice]]`.
    pub notices: Vec<Placed<NoticeRow>>,
    /// `[[standing]]`.
    pub standings: Vec<Placed<StandingRow>>,
    /// `[[injunction]]`.
    pub injunctions: Vec<Placed<InjunctionRow>>,
    /// `[[ladder]]`.
    pub ladders: Vec<Placed<LadderRow>>,
    /// `[[party]]`.
    pub parties: Vec<Placed<PartyRow>>,
    /// `[[alias]]`.
    pub aliases: Vec<Placed<AliasRow>>,
    /// `[[scope]]`.
    pub scopes: Vec<Placed<ScopeRow>>,
    /// `statistics.csv`.
    pub statistics: Vec<Placed<StatisticRow>>,
    /// What an `advisory.toml` in the same folder says.
    pub advisory: AdvisoryRows,
    /// `rates.csv`.
    pub rates: Vec<Placed<RateRow>>,
    /// `suffixes.csv`.
    pub suffixes: Vec<Placed<SuffixRow>>,
}

impl Rows {
    /// Puts other rows behind these. The family stays, and so does an advisory.
    pub(super) fn append(&mut self, other: Rows) {
        self.cases.extend(other.cases);
        self.hints.extend(other.hints);
        self.notices.extend(other.notices);
        self.standings.extend(other.standings);
        self.injunctions.extend(other.injunctions);
        self.ladders.extend(other.ladders);
        self.parties.extend(other.parties);
        self.aliases.extend(other.aliases);
        self.scopes.extend(other.scopes);
        self.rates.extend(other.rates);
        self.suffixes.extend(other.suffixes);
        self.statistics.extend(other.statistics);
    }
}
