//! Makes an order family of rows that passed their checks: notices and parties resolved to their places.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::family::{
    Alias, Case, CompanySuffix, Family, Hint, Injunction, Ladder, NoticeIx, Party, PartyIx, Product, Rate,
    RateKey, Scope, Standing, Test, ThirdCountry,
};
use super::model::{Base, ForeignExporter, LadderRow, Rows, Rung, SuffixRow, Trust};
use super::statistics::prices;
use crate::terms::{Heading, PartyKey};

const CHECKED: &str = "the folder passed its checks";

impl Family {
    /// Resolves rows that passed [`super::check::check`].
    pub fn new(slug: &str, rows: Rows) -> Family {
        let head = rows.family.as_ref().expect(CHECKED).row.clone();
        let mut family = Family {
            slug: slug.to_string(),
            title: head.title,
            country: head.country,
            checked_through: head.checked_through.0,
            cases: Vec::new(),
            notices: rows.notices.iter().map(|notice| notice.row.clone()).collect(),
            hints: Vec::new(),
            standings: Vec::new(),
            injunctions: Vec::new(),
            ladders: Vec::new(),
            scopes: Vec::new(),
            rates: Vec::new(),
            suffixes: Vec::new(),
            prices: Vec::new(),
            parties: Vec::new(),
            aliases: Vec::new(),
            approved: Vec::new(),
            unapproved: Vec::new(),
            party_by_key: HashMap::new(),
            rates_by_key: HashMap::new(),
            printed: HashMap::new(),
            confirmed: HashMap::new(),
        };
        family.add_rates(&rows);
        family.add_parties(&rows);
        family.add_cases(&rows);
        family.add_dated(&rows);
        family.add_scopes(&rows);
        family.prices = prices(&rows.statistics, |id| family.notice_ix(id));
        family
    }

    fn notice_ix(&self, id: &str) -> NoticeIx {
        self.notices.iter().position(|notice| notice.id == id).expect(CHECKED)
    }

    fn party_ix(&mut self, name: &str) -> PartyIx {
        let key = PartyKey::of(name).expect(CHECKED);
        let next = self.parties.len();
        let ix = *self.party_by_key.entry(key.clone()).or_insert(next);
        if ix == next {
            self.parties.push(Party { key, names: Vec::new(), country: None });
        }
        if !self.parties[ix].names.iter().any(|printed| printed == name) {
            self.parties[ix].names.push(name.to_string());
        }
        ix
    }

    fn add_rates(&mut self, rows: &Rows) {
        for placed in &rows.rates {
            let row = placed.row.clone();
            let key = match row.role {
                Rung::Pair => RateKey::Pair(self.party_ix(&row.exporter), self.party_ix(&row.producer)),
                Rung::Exporter => RateKey::Exporter(self.party_ix(&row.exporter)),
                Rung::Producer => RateKey::Producer(self.party_ix(&row.producer)),
                Rung::Either => RateKey::Either(self.party_ix(&row.exporter)),
                Rung::Everyone => RateKey::Everyone,
            };
            let notice = self.notice_ix(&row.notice);
            let trust = row.trust.unwrap_or(self.notices[notice].trust);
            self.rates_by_key.entry((row.case, key)).or_default().push(self.rates.len());
            for name in [&row.exporter, &row.producer].into_iter().filter(|name| !name.is_empty()) {
                let party = self.party_ix(name);
                let printed = self.printed.entry((row.case, party)).or_default();
                printed.retain(|other| other != name);
                printed.insert(0, name.clone());
            }
            self.rates.push(Rate { key, from: row.from, through: row.through, notice, trust, row });
        }
    }

    fn add_parties(&mut self, rows: &Rows) {
        for placed in &rows.parties {
            let ix = self.party_ix(&placed.row.name);
            self.parties[ix].country = Some(placed.row.country);
        }
        for placed in &rows.aliases {
            let row = &placed.row;
            let (party, notice) = (self.party_ix(&row.party), self.notice_ix(&row.notice));
            let key = PartyKey::of(&row.name).expect(CHECKED);
            let (name, how) = (row.name.clone(), row.how.clone());
            self.aliases.push(Alias { key, name, party, from: row.from.0, through: None, notice, how });
        }
    }

    fn add_cases(&mut self, rows: &Rows) {
        for placed in &rows.cases {
            let row = &placed.row;
            let third_country = row.third_country_of.map(|of| ThirdCountry {
                of,
                origin: row.origin.expect(CHECKED),
                notice: self.notice_ix(row.notice.as_deref().expect(CHECKED)),
            });
            let (number, companion, everyone_else) = (row.number, row.companion, row.everyone_else);
            self.cases.push(Case { number, companion, everyone_else, third_country });
        }
        for placed in &rows.hints {
            let row = &placed.row;
            let base = row.base.unwrap_or(Base::Entered);
            self.hints.push(Hint {
                hts: row.hts,
                says: row.says.clone(),
                base,
                notice: self.notice_ix(&row.notice),
            });
        }
    }

    fn add_dated(&mut self, rows: &Rows) {
        for placed in &rows.standings {
            let row = &placed.row;
            let notice = self.notice_ix(&row.notice);
            let exporters = row.exporters.iter().map(|name| self.party_ix(name)).collect();
            self.standings.push(Standing {
                case: row.case,
                state: row.state,
                from: row.from.0,
                through: row.through.map(|day| day.0),
                notice,
                trust: row.trust.unwrap_or(self.notices[notice].trust),
                note: row.note.clone(),
                exporters,
                interest: row.interest,
                interest_source: row.interest_source.clone(),
                authority: row.authority.clone(),
            });
        }
        for placed in &rows.injunctions {
            let row = &placed.row;
            let lifted = row.lifted.as_ref().map(|notice| self.notice_ix(notice));
            let notice = self.notice_ix(&row.notice);
            self.injunctions.push(Injunction { cases: row.cases.clone(), notice, lifted });
        }
        for placed in &rows.ladders {
            let LadderRow { case, from, notice, rungs, foreign_exporter, authority } = placed.row.clone();
            let notice = self.notice_ix(&notice);
            let foreign_exporter = foreign_exporter.unwrap_or(ForeignExporter::Everyone);
            self.ladders.push(Ladder {
                case,
                from: from.0,
                through: None,
                notice,
                rungs,
                foreign_exporter,
                authority,
            });
        }
        for placed in &rows.suffixes {
            let SuffixRow { case, party, suffix, from, through, notice } = placed.row.clone();
            let party = (!party.is_empty()).then(|| self.party_ix(&party));
            let notice = self.notice_ix(&notice);
            self.suffixes.push(CompanySuffix { case, party, suffix, from, through, notice });
        }
    }

    fn add_scopes(&mut self, rows: &Rows) {
        for placed in &rows.scopes {
            let row = &placed.row;
            let tests = row.tests.iter().map(|test| Test {
                fact: Heading::parse(&test.fact).expect(CHECKED),
                at_least: Decimal::from_str_exact(&test.at_least).expect(CHECKED),
            });
            let products = row.product.iter().map(|product| Product {
                words: product.words.clone(),
                verdict: product.verdict,
                base: product.base.unwrap_or(Base::Entered),
                trust: product.trust.unwrap_or(Trust::Official),
            });
            self.scopes.push(Scope {
                cases: row.cases.clone(),
                from: row.from.0,
                through: row.through.map(|day| day.0),
                notice: self.notice_ix(&row.notice),
                tests: tests.collect(),
                products: products.collect(),
            });
        }
    }
}
