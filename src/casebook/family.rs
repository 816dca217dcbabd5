//! An order family ready to be asked: rows with their notices and parties resolved.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::draft::approval::{LeftOpen, Unapproved};
use super::model::{
    Base, EveryoneElse, ForeignExporter, NoticeRow, RateRow, Rung, State, Table, Trust, Verdict,
};
use super::statistics::Prices;
use crate::terms::{CaseNumber, Country, Heading, Hts, KnownDay, PartyKey, Suffix};

/// A notice, by its place in [`Family::notices`].
pub type NoticeIx = usize;
/// A party, by its place in [`Family::parties`].
pub type PartyIx = usize;

/// A case of a family.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its number.
    pub number: CaseNumber,
    /// Its companion.
    pub companion: Option<CaseNumber>,
    /// Who has no rate of their own.
    pub everyone_else: EveryoneElse,
    /// For a third-country number: the case it belongs to, the origin it is for, the notice that made it.
    pub third_country: Option<ThirdCountry>,
}

/// What makes a number a third-country number.
#[derive(Clone, Copy, Debug)]
pub struct ThirdCountry {
    /// The case that Commerce opened first.
    pub of: CaseNumber,
    /// The CBP origin of the goods.
    pub origin: Country,
    /// Known from its day on.
    pub notice: NoticeIx,
}

/// A party and the ways in which notices print it.
#[derive(Clone, Debug)]
pub struct Party {
    /// The key that all its printings share.
    pub key: PartyKey,
    /// Names as printed; the first is the official one of our outputs.
    pub names: Vec<String>,
    /// Where it is, if the casebook says.
    pub country: Option<Country>,
}

/// A row that governs days of entry and could be known from a day on.
pub trait Dated {
    /// First day of entry.
    fn from(&self) -> Date;
    /// Last day of entry, if the row has one.
    fn through(&self) -> Option<Date>;
    /// The notice it rests on.
    fn notice(&self) -> NoticeIx;
    /// True if it governs a day.
    fn covers(&self, day: Date) -> bool {
        self.from() <= day && self.through().is_none_or(|last| day <= last)
    }
}

macro_rules! dated {
    ($($row:ty),+) => {
        $(impl Dated for $row {
            fn from(&self) -> Date { self.from }
            fn through(&self) -> Option<Date> { self.through }
            fn notice(&self) -> NoticeIx { self.notice }
        })+
    };
}

dated!(Standing, Ladder, Alias, Scope, Rate, CompanySuffix);

/// What a case was from a day on.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Which case.
    pub case: CaseNumber,
    /// What it was.
    pub state: State,
    /// First day.
    pub from: Date,
    /// Last day.
    pub through: Option<Date>,
    /// By which notice.
    pub notice: NoticeIx,
    /// How certain.
    pub trust: Trust,
    /// Why it is so.
    pub note: Option<String>,
    /// Limited to these exporters; empty for all.
    pub exporters: Vec<PartyIx>,
    /// Whether refunds bear interest, where the row says.
    pub interest: Option<bool>,
    /// Where that is said.
    pub interest_source: Option<String>,
    /// The rule by which deposits come back, where the row says.
    pub authority: Option<String>,
}

/// A court forbids to liquidate entries of some cases.
#[derive(Clone, Debug)]
pub struct Injunction {
    /// Which cases.
    pub cases: Vec<CaseNumber>,
    /// By which notice.
    pub notice: NoticeIx,
    /// The notice that ended it.
    pub lifted: Option<NoticeIx>,
}

/// The order in which rates are tried.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// Which case.
    pub case: CaseNumber,
    /// First day.
    pub from: Date,
    /// Never set: the next ladder ends this one.
    pub through: Option<Date>,
    /// By which notice.
    pub notice: NoticeIx,
    /// First to last.
    pub rungs: Vec<Rung>,
    /// What a foreign exporter without a rate of its own takes.
    pub foreign_exporter: ForeignExporter,
    /// The rule behind it.
    pub authority: String,
}

/// Another name of a party.
#[derive(Clone, Debug)]
pub struct Alias {
    /// Its key.
    pub key: PartyKey,
    /// As written.
    pub name: String,
    /// Who it is.
    pub party: PartyIx,
    /// First day.
    pub from: Date,
    /// Never set.
    pub through: Option<Date>,
    /// By which notice.
    pub notice: NoticeIx,
    /// Successor, collapsed, other printing.
    pub how: String,
}

/// A measured fact and the figure from which a test on it is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Test {
    /// Which column.
    pub fact: Heading,
    /// Met from here on.
    pub at_least: Decimal,
}

/// What a scope version says of some product words.
#[derive(Clone, Debug)]
pub struct Product {
    /// The words, lower case.
    pub words: Vec<String>,
    /// What becomes of them.
    pub verdict: Verdict,
    /// The value that counts.
    pub base: Base,
    /// How certain.
    pub trust: Trust,
}

/// A version of the scope.
#[derive(Clone, Debug)]
pub struct Scope {
    /// For which cases.
    pub cases: Vec<CaseNumber>,
    /// First day.
    pub from: Date,
    /// Last day.
    pub through: Option<Date>,
    /// By which notice.
    pub notice: NoticeIx,
    /// What subject goods must all meet.
    pub tests: Vec<Test>,
    /// By product.
    pub products: Vec<Product>,
}

/// Whose rate a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateKey {
    /// Exporter and producer together.
    Pair(PartyIx, PartyIx),
    /// An exporter, whoever made the goods.
    Exporter(PartyIx),
    /// A producer, whoever exported.
    Producer(PartyIx),
    /// A company in either role.
    Either(PartyIx),
    /// Everyone else.
    Everyone,
}

impl RateKey {
    /// True if the row is of this party, in whatever role.
    pub fn names(self, party: PartyIx) -> bool {
        match self {
            RateKey::Pair(exporter, producer) => exporter == party || producer == party,
            RateKey::Exporter(one) | RateKey::Producer(one) | RateKey::Either(one) => one == party,
            RateKey::Everyone => false,
        }
    }
}

/// A row of a rate table.
#[derive(Clone, Debug)]
pub struct Rate {
    /// As read.
    pub row: RateRow,
    /// Whose.
    pub key: RateKey,
    /// First day.
    pub from: Date,
    /// Last day.
    pub through: Option<Date>,
    /// By which notice.
    pub notice: NoticeIx,
    /// How certain.
    pub trust: Trust,
}

/// A company's suffix within a case.
#[derive(Clone, Debug)]
pub struct CompanySuffix {
    /// Which case.
    pub case: CaseNumber,
    /// Whose; `None` for everyone else.
    pub party: Option<PartyIx>,
    /// The suffix.
    pub suffix: Suffix,
    /// First day.
    pub from: Date,
    /// Last day.
    pub through: Option<Date>,
    /// By which notice.
    pub notice: NoticeIx,
}

/// A tariff number as a hint.
#[derive(Clone, Debug)]
pub struct Hint {
    /// The number.
    pub hts: Hts,
    /// Who names it.
    pub says: String,
    /// The base where a line does not say what the product is.
    pub base: Base,
    /// Where it is named.
    pub notice: NoticeIx,
}

/// Cases that belong together, with all their dated rows.
#[derive(Clone, Debug)]
pub struct Family {
    /// Folder name.
    pub slug: String,
    /// Product and country, for people.
    pub title: String,
    /// Where subject goods come from.
    pub country: Country,
    /// The last day to which a person looked for newer notices.
    pub checked_through: Date,
    /// Cases, third-country numbers included.
    pub cases: Vec<Case>,
    /// Notices in the order of the folder.
    pub notices: Vec<NoticeRow>,
    /// Tariff numbers.
    pub hints: Vec<Hint>,
    /// Standings.
    pub standings: Vec<Standing>,
    /// Injunctions against liquidation.
    pub injunctions: Vec<Injunction>,
    /// Ladders.
    pub ladders: Vec<Ladder>,
    /// Scope versions.
    pub scopes: Vec<Scope>,
    /// Rates.
    pub rates: Vec<Rate>,
    /// Company suffixes.
    pub suffixes: Vec<CompanySuffix>,
    /// What goods cost on average, by import statistics.
    pub prices: Vec<Prices>,
    /// Parties.
    pub parties: Vec<Party>,
    /// Other names.
    pub aliases: Vec<Alias>,
    /// Drafts of its folder that a person has checked: their rows are among these.
    pub approved: Vec<LeftOpen>,
    /// Drafts of its folder that nobody has checked: no part of the law.
    pub unapproved: Vec<Unapproved>,
    pub(super) party_by_key: HashMap<PartyKey, PartyIx>,
    pub(super) rates_by_key: HashMap<(CaseNumber, RateKey), Vec<usize>>,
    pub(super) printed: HashMap<(CaseNumber, PartyIx), Vec<String>>,
    /// Names that a person has confirmed to be those of a party, or of none.
    pub(super) confirmed: HashMap<PartyKey, Option<PartyIx>>,
}

impl Family {
    /// The case with this number.
    pub fn case(&self, number: CaseNumber) -> Option<&Case> {
        self.cases.iter().find(|case| case.number == number)
    }

    /// The case itself, or the one of which it is a third-country number: standing, ladder and scope are asked there.
    pub fn first_opened(&self, number: CaseNumber) -> CaseNumber {
        self.case(number).and_then(|case| case.third_country).map_or(number, |third| third.of)
    }

    /// True if two numbers are of one proceeding: the same, or one for goods that were completed in a third country.
    pub fn same_proceeding(&self, one: CaseNumber, other: CaseNumber) -> bool {
        self.first_opened(one) == self.first_opened(other)
    }

    /// The injunction that forbids to liquidate entries of a case, as known on a day.
    pub fn enjoined(&self, case: CaseNumber, known: KnownDay) -> Option<&Injunction> {
        let (case, by) = (self.first_opened(case), known.0);
        let published = |notice: NoticeIx| self.notices[notice].published.0;
        self.injunctions.iter().find(|injunction| {
            injunction.cases.contains(&case)
                && published(injunction.notice) <= by
                && injunction.lifted.is_none_or(|lifted| published(lifted) > by)
        })
    }

    /// A party as the tables of a case print it, the newest printing first; empty where they do not name it.
    pub fn printed(&self, case: CaseNumber, party: PartyIx) -> &[String] {
        self.printed.get(&(case, party)).map_or(&[], Vec::as_slice)
    }

    /// True if a party of the family has, or on some day has had, a name with this key.
    pub fn names(&self, key: &PartyKey) -> bool {
        self.party_by_key.contains_key(key) || self.aliases.iter().any(|alias| alias.key == *key)
    }

    /// True if law may know a name with this key: see [`Family::names`]; or a person has said whose it is.
    pub fn knows(&self, key: &PartyKey) -> bool {
        self.names(key) || self.confirmed.contains_key(key)
    }

    /// True if some notice of the family prints a name exactly so.
    pub fn prints(&self, name: &str) -> bool {
        self.printed.values().flatten().any(|printed| printed == name)
    }

    /// The party whose printed names share this key.
    pub fn party_by_key(&self, key: &PartyKey) -> Option<PartyIx> {
        self.party_by_key.get(key).copied()
    }

    /// Rows of one case and key, in the order of the folder.
    pub(super) fn rates_of(&self, case: CaseNumber, key: RateKey) -> impl Iterator<Item = &Rate> {
        self.rates_by_key.get(&(case, key)).into_iter().flatten().map(|ix| &self.rates[*ix])
    }

    /// True if the notice holds a rate table of the case, and which kind.
    pub(super) fn table_of(&self, notice: &NoticeRow, case: CaseNumber) -> Option<Table> {
        notice.table.filter(|_| notice.table_of.as_ref().unwrap_or(&notice.cases).contains(&case))
    }

    /// Every day on which an answer of this family can change.
    pub(super) fn boundaries(&self, days: &mut BTreeSet<Date>) {
        fn of<R: Dated>(rows: &[R], days: &mut BTreeSet<Date>) {
            for row in rows {
                days.insert(row.from());
                days.extend(row.through().and_then(|day| day.tomorrow().ok()));
            }
        }
        of(&self.standings, days);
        of(&self.ladders, days);
        of(&self.aliases, days);
        of(&self.scopes, days);
        of(&self.rates, days);
        of(&self.suffixes, days);
        for notice in &self.notices {
            days.insert(notice.published.0);
            days.extend(notice.effective.map(|day| day.0));
        }
        days.extend(self.checked_through.tomorrow().ok());
    }
}
