//! Law asked with two days: what governed an entry on this day, as known on that day.
//!
//! One rule for every dated row: among the rows published by the known day, the latest published one that covers the
//! governing day. Rows published on one day are settled by the later `from`, then by their order in the folder.
//!
//! An assumption bends the rule in two ways (see [`super::assume`]). What is assumed wins, from its assumed publication
//! on and on the days of entry that it covers, over everything that was published, be it earlier or later: an assumed
//! order stands although a termination is known afterwards. And a notice that the assumption replaces is never known.

use super::family::{Alias, Dated, Family, Ladder, NoticeIx, PartyIx, Rate, RateKey, Scope, Standing};
use super::model::{Base, Course, Day, Table};
use crate::terms::Addressed;
use crate::terms::{CaseNumber, Country, GoverningDay, Hts, KnownDay, PartyKey, Suffix};

/// The two days of a question about law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What governed an entry on this day?
    pub governing: GoverningDay,
    /// As known on this day.
    pub known: KnownDay,
}

/// The rate table that governs a day: its notice, and whether we hold all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoverningTable {
    /// The newest whole or partial table.
    pub notice: NoticeIx,
    /// True if a party that is not in it may be in the part that we do not hold.
    pub partial: bool,
}

impl Family {
    fn published(&self, notice: NoticeIx, asked: Asked) -> bool {
        let row = &self.notices[notice];
        row.course != Course::Replaced && row.published.0 <= asked.known.0
    }

    /// What decides between notices that all are known: what is assumed, then what is published later.
    fn precedence(&self, notice: NoticeIx) -> (bool, Day) {
        let row = &self.notices[notice];
        (row.course == Course::Assumed, row.published)
    }

    /// The latest published of the rows that cover the governing day.
    fn newest<'a, R: Dated + 'a>(&self, rows: impl Iterator<Item = &'a R>, asked: Asked) -> Option<&'a R> {
        let day = asked.governing.0;
        rows.filter(|row| row.covers(day))
            .filter(|row| self.published(row.notice(), asked))
            .max_by_key(|row| (self.precedence(row.notice()), row.from()))
    }

    /// What the case was; `None` before its first row: suspension had not begun.
    ///
    /// Rows limited to exporters (critical circumstances) count only if `exporter` is one of them.
    pub fn standing(&self, case: CaseNumber, asked: Asked, exporter: Option<PartyIx>) -> Option<&Standing> {
        let case = self.first_opened(case);
        let applies = |row: &&Standing| {
            row.exporters.is_empty() || exporter.is_some_and(|exporter| row.exporters.contains(&exporter))
        };
        let limited = self.standings.iter().filter(|row| !row.exporters.is_empty());
        let general = self.standings.iter().filter(|row| row.exporters.is_empty());
        // Of rows published on one day the one that names the exporter speaks: it stands last.
        self.newest(general.chain(limited).filter(|row| row.case == case).filter(applies), asked)
    }

    /// The ladder of a case.
    pub fn ladder(&self, case: CaseNumber, asked: Asked) -> Option<&Ladder> {
        let case = self.first_opened(case);
        self.newest(self.ladders.iter().filter(|row| row.case == case), asked)
    }

    /// The version of the scope.
    pub fn scope(&self, case: CaseNumber, asked: Asked) -> Option<&Scope> {
        let case = self.first_opened(case);
        self.newest(self.scopes.iter().filter(|row| row.cases.contains(&case)), asked)
    }

    /// The newest whole or partial table of a case; `None` if none governs the day.
    pub fn table(&self, case: CaseNumber, asked: Asked) -> Option<GoverningTable> {
        let candidates = self.notices.iter().enumerate().filter_map(|(ix, notice)| {
            let table = self.table_of(notice, case).filter(|table| *table != Table::Amends)?;
            let day = asked.governing.0;
            let covers =
                |rate: &Rate| rate.notice == ix && rate.from <= day && rate.through.is_none_or(|l| day <= l);
            // A whole table that reaches back for some days governs those alone: its row for everyone says which.
            let held = table == Table::Partial || self.rates_of(case, RateKey::Everyone).any(covers);
            let governs = self.published(ix, asked)
                && notice.effective.is_some_and(|effective| effective.0 <= day)
                && held;
            governs.then_some((self.precedence(ix), notice.effective, ix, table == Table::Partial))
        });
        candidates.max().map(|(_, _, notice, partial)| GoverningTable { notice, partial })
    }

    /// True if a row of this notice stands inside the table or amends it.
    fn in_table(&self, notice: NoticeIx, case: CaseNumber, table: GoverningTable) -> bool {
        notice == table.notice
            || (self.table_of(&self.notices[notice], case) == Some(Table::Amends)
                && (self.precedence(notice), notice) > (self.precedence(table.notice), table.notice))
    }

    /// The row of a party, pair or everyone else inside a table and what amends it.
    pub fn rate(&self, case: CaseNumber, key: RateKey, asked: Asked, table: GoverningTable) -> Option<&Rate> {
        let rows = self.rates_of(case, key).filter(|rate| self.in_table(rate.notice, case, table));
        self.newest(rows, asked)
    }

    /// All rows that stand in a table on the days asked.
    pub fn rates_in(
        &self,
        case: CaseNumber,
        asked: Asked,
        table: GoverningTable,
    ) -> impl Iterator<Item = &Rate> {
        let keys = self.rates.iter().filter(move |rate| rate.row.case == case).map(|rate| rate.key);
        let mut seen = std::collections::HashSet::new();
        keys.filter(move |key| seen.insert(*key)).filter_map(move |key| self.rate(case, key, asked, table))
    }

    /// True if the table names the party in any role.
    pub fn listed(&self, case: CaseNumber, party: PartyIx, asked: Asked, table: GoverningTable) -> bool {
        self.rates_in(case, asked, table).any(|rate| rate.key.names(party))
    }

    /// True if the table has a row of its own for this exporter, alone or in a pair.
    pub fn listed_exporter(
        &self,
        case: CaseNumber,
        party: PartyIx,
        asked: Asked,
        table: GoverningTable,
    ) -> bool {
        self.rates_in(case, asked, table).any(|rate| match rate.key {
            RateKey::Pair(exporter, _) | RateKey::Exporter(exporter) | RateKey::Either(exporter) => {
                exporter == party
            }
            RateKey::Producer(_) | RateKey::Everyone => false,
        })
    }

    /// The listed party behind a name: the same key as a printed name, an alias that its notice had made by then, or
    /// what a person has confirmed of the name.
    pub fn party(&self, key: &PartyKey, asked: Asked) -> Option<PartyIx> {
        let alias = || {
            let rows = self.aliases.iter().filter(|alias: &&Alias| alias.key == *key);
            self.newest(rows, asked).map(|alias| alias.party)
        };
        self.party_by_key(key).or_else(alias).or_else(|| self.confirmed.get(key).copied().flatten())
    }

    /// The listed party behind a name: the whole name first, then without its trailing address, unless a person has
    /// confirmed that the whole name is none.
    pub fn party_named(
        &self,
        key: &PartyKey,
        addressed: Option<&Addressed>,
        asked: Asked,
    ) -> Option<PartyIx> {
        let rest = || match self.confirmed.get(key) {
            Some(None) => None,
            _ => addressed.and_then(|name| self.party_addressed(name, asked)),
        };
        self.party(key, asked).or_else(rest)
    }

    /// The listed party behind a name that ends in an address: it must be in the country of the address, and no other
    /// listed name may say with a word of its own what the address says.
    pub fn party_addressed(&self, name: &Addressed, asked: Asked) -> Option<PartyIx> {
        let party = self.party(&name.key, asked)?;
        let at_home = self.parties[party].country.unwrap_or(self.country) == name.country;
        let ambiguous = || {
            let others = self.parties.iter().filter(|listed| listed.key != name.key);
            others.into_iter().any(|listed| name.is_also(&listed.key))
        };
        (at_home && !ambiguous()).then_some(party)
    }

    /// The suffix of a party in a case, `None` for everyone else; `None` where it is not known.
    pub fn suffix(&self, case: CaseNumber, party: Option<PartyIx>, asked: Asked) -> Option<Suffix> {
        let rows = self.suffixes.iter().filter(|row| row.case == case && row.party == party);
        self.newest(rows, asked).map(|row| row.suffix)
    }

    /// True if a suffix of the case was in use once and is not any more: it may not be filed.
    pub fn deactivated(&self, case: CaseNumber, suffix: Suffix, asked: Asked) -> bool {
        let day = asked.governing.0;
        let mut rows = self.suffixes.iter().filter(|row| row.case == case && row.suffix == suffix).peekable();
        rows.peek().is_some() && rows.all(|row| row.through.is_some_and(|last| last < day))
    }

    /// The third-country number of a case for an origin, if one was known.
    pub fn third_country(&self, of: CaseNumber, origin: Country, asked: Asked) -> Option<CaseNumber> {
        let number = self.cases.iter().find(|case| {
            case.third_country.is_some_and(|third| {
                third.of == of && third.origin == origin && self.published(third.notice, asked)
            })
        });
        number.map(|case| case.number)
    }

    /// The base that the hint of a tariff number suggests; `None` if no hint names the number.
    pub fn hint(&self, hts: Hts) -> Option<Base> {
        self.hints.iter().find(|hint| hts.falls_under(hint.hts)).map(|hint| hint.base)
    }
}
