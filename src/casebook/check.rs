//! The checks on a case folder. Every fault is reported, not the first; a folder with a fault is not used.

use std::collections::{BTreeSet, HashSet};

use jiff::civil::Date;

use super::model::{Course, Placed, Rows, Rung, Spot, TestRow};
use super::read::{Fault, FaultCode};
use crate::terms::product::word_key;
use crate::terms::{CaseNumber, Heading, PartyKey};

/// All faults of a folder, in the order of its files. `whole` is false if a row of `case.toml` could not be read: then
/// what other rows refer to may be in it, and is not missed.
pub fn check(rows: &Rows, whole: bool) -> Vec<Fault> {
    let mut check = Check { rows, faults: Vec::new() };
    check.cases();
    check.notices();
    if whole {
        check.references();
        check.ladders();
    }
    check.days();
    check.injunctions();
    check.one_answer();
    check.rate_rows();
    check.tables();
    check.parties();
    check.aliases();
    check.scopes();
    check.statistics();
    check.faults.sort();
    check.faults.dedup();
    check.faults
}

/// A folder while it is checked.
pub(super) struct Check<'a> {
    pub(super) rows: &'a Rows,
    faults: Vec<Fault>,
}

impl Check<'_> {
    pub(super) fn fault(&mut self, at: &Spot, code: FaultCode, sentence: String) {
        self.faults.push(Fault { at: at.clone(), code, sentence });
    }

    fn cases(&mut self) {
        let (mut seen, mut origins) = (HashSet::new(), HashSet::new());
        if let (true, Some(family)) = (self.rows.cases.is_empty(), &self.rows.family) {
            self.fault(
                &family.at,
                FaultCode::CF11,
                "the family has no [[case]] that can be read".to_string(),
            );
        }
        for Placed { at, row } in &self.rows.cases {
            if !seen.insert(row.number) {
                self.fault(at, FaultCode::CF02, format!("{} stands twice; remove one [[case]]", row.number));
            }
            let find = |number| self.rows.cases.iter().find(|case| case.row.number == number);
            if let Some(companion) = row.companion {
                let back = find(companion).and_then(|case| case.row.companion);
                if back != Some(row.number) || companion.kind == row.number.kind {
                    let sentence =
                        format!("{} and {companion} must name each other, one AD and one CVD", row.number);
                    self.fault(at, FaultCode::CF12, sentence);
                }
            }
            let sound = match (row.third_country_of, row.origin, &row.notice) {
                (None, None, None) => true,
                (Some(parent), Some(origin), Some(_)) => {
                    let first_opened =
                        find(parent).is_some_and(|parent| parent.row.third_country_of.is_none());
                    first_opened && parent.kind == row.number.kind && origins.insert((parent, origin))
                }
                _ => false,
            };
            if !sound {
                let sentence = "a third-country number needs `third_country_of` (a case of this folder and of its \
                                kind), an `origin` of its own and `notice`; any other case has none of them";
                self.fault(at, FaultCode::CF12, sentence.to_string());
            }
        }
    }

    fn notices(&mut self) {
        let mut seen = HashSet::new();
        let checked = self.rows.family.as_ref().map(|family| family.row.checked_through);
        for Placed { at, row } in &self.rows.notices {
            if !seen.insert(&row.id) {
                self.fault(
                    at,
                    FaultCode::CF03,
                    format!("the notice {:?} stands twice; give it another id", row.id),
                );
            }
            // What is assumed may lie in the future.
            let published = row.course == Course::Published;
            if published && checked.is_some_and(|checked| row.published > checked) {
                let sentence =
                    format!("{:?} is published after `checked_through`; move that day forward", row.id);
                self.fault(at, FaultCode::CF16, sentence);
            }
            let tables = row.table_of.as_deref().unwrap_or_default();
            if row.table.is_some() != row.effective.is_some() || row.table.is_none() && !tables.is_empty() {
                let sentence = format!(
                    "{:?}: a rate table needs `table` and `effective`; a notice without one has neither, nor `table_of`",
                    row.id
                );
                self.fault(at, FaultCode::CF10, sentence);
            }
            if tables.iter().any(|case| !row.cases.contains(case)) {
                let sentence =
                    format!("{:?}: `table_of` names a case that is not among `cases`; add it there", row.id);
                self.fault(at, FaultCode::CF10, sentence);
            }
        }
    }

    fn references(&mut self) {
        let rows = self.rows;
        let mut named: Vec<(&Spot, Option<&str>, Vec<CaseNumber>)> = Vec::new();
        for n in &rows.notices {
            let tables = n.row.table_of.iter().flatten();
            named.push((&n.at, None, n.row.cases.iter().chain(tables).copied().collect()));
        }
        named.extend(rows.cases.iter().map(|c| (&c.at, c.row.notice.as_deref(), vec![])));
        named.extend(rows.hints.iter().map(|h| (&h.at, Some(h.row.notice.as_str()), vec![])));
        named.extend(rows.standings.iter().map(|s| (&s.at, Some(s.row.notice.as_str()), vec![s.row.case])));
        for i in &rows.injunctions {
            named.push((&i.at, Some(i.row.notice.as_str()), i.row.cases.clone()));
            named.push((&i.at, i.row.lifted.as_deref(), vec![]));
        }
        named.extend(rows.ladders.iter().map(|l| (&l.at, Some(l.row.notice.as_str()), vec![l.row.case])));
        named.extend(rows.aliases.iter().map(|a| (&a.at, Some(a.row.notice.as_str()), vec![])));
        named.extend(rows.scopes.iter().map(|s| (&s.at, Some(s.row.notice.as_str()), s.row.cases.clone())));
        named.extend(rows.rates.iter().map(|r| (&r.at, Some(r.row.notice.as_str()), vec![r.row.case])));
        named.extend(rows.suffixes.iter().map(|s| (&s.at, Some(s.row.notice.as_str()), vec![s.row.case])));
        named.extend(rows.statistics.iter().map(|s| (&s.at, Some(s.row.notice.as_str()), vec![])));
        let notices: HashSet<&str> = rows.notices.iter().map(|notice| notice.row.id.as_str()).collect();
        let cases: HashSet<CaseNumber> = rows.cases.iter().map(|case| case.row.number).collect();
        for (at, notice, numbers) in named {
            if let Some(notice) = notice.filter(|notice| !notices.contains(notice)) {
                self.fault(
                    at,
                    FaultCode::CF04,
                    format!("no [[notice]] has the id {notice:?}; add it, or correct the id"),
                );
            }
            for number in numbers.into_iter().filter(|number| !cases.contains(number)) {
                self.fault(
                    at,
                    FaultCode::CF05,
                    format!(
                        "no [[case]] of this folder has the number {number}; add it, or correct the number"
                    ),
                );
            }
        }
    }

    fn days(&mut self) {
        let rows = self.rows;
        let mut spans: Vec<(&Spot, Date, Option<Date>)> = Vec::new();
        spans.extend(rows.standings.iter().map(|s| (&s.at, s.row.from.0, s.row.through.map(|day| day.0))));
        spans.extend(rows.scopes.iter().map(|s| (&s.at, s.row.from.0, s.row.through.map(|day| day.0))));
        spans.extend(rows.rates.iter().map(|r| (&r.at, r.row.from, r.row.through)));
        spans.extend(rows.suffixes.iter().map(|s| (&s.at, s.row.from, s.row.through)));
        for (at, from, through) in spans {
            if let Some(through) = through.filter(|through| *through < from) {
                self.fault(
                    at,
                    FaultCode::CF06,
                    format!("the last day {through} lies before the first day {from}; correct one of them"),
                );
            }
        }
    }

    /// An injunction ends by a notice that is published when it begins, or later.
    fn injunctions(&mut self) {
        let rows = self.rows;
        let published = |id: &str| {
            let notice = rows.notices.iter().find(|notice| notice.row.id == id);
            notice.map(|notice| notice.row.published.0)
        };
        for Placed { at, row } in &rows.injunctions {
            let lifted = row.lifted.as_deref().and_then(published);
            let (Some(began), Some(ended)) = (published(&row.notice), lifted) else { continue };
            if ended < began {
                let sentence = format!(
                    "the injunction of {:?} begins on {began} and is `lifted` before, on {ended}; correct one of the \
                     notices",
                    row.notice
                );
                self.fault(at, FaultCode::CF06, sentence);
            }
        }
    }

    /// Two rows of one notice that begin on one day would be settled by their order in the folder alone.
    fn one_answer(&mut self) {
        let rows = self.rows;
        let mut seen = HashSet::new();
        let mut twice: Vec<&Spot> = Vec::new();
        for Placed { at, row } in &rows.standings {
            let limited = format!("standing {:?}", row.exporters);
            twice.extend((!seen.insert((limited, row.case, row.from, row.notice.as_str()))).then_some(at));
        }
        for Placed { at, row } in &rows.ladders {
            twice.extend(
                (!seen.insert(("ladder".into(), row.case, row.from, row.notice.as_str()))).then_some(at),
            );
        }
        for Placed { at, row } in &rows.scopes {
            for case in &row.cases {
                twice.extend(
                    (!seen.insert(("scope".into(), *case, row.from, row.notice.as_str()))).then_some(at),
                );
            }
        }
        for at in twice {
            let sentence =
                "another row of the same notice begins on the same day for the same case; keep one";
            self.fault(at, FaultCode::CF09, sentence.to_string());
        }
    }

    fn ladders(&mut self) {
        for Placed { at, row } in &self.rows.cases {
            let standings = self.rows.standings.iter().filter(|standing| standing.row.case == row.number);
            let ladders = self.rows.ladders.iter().filter(|ladder| ladder.row.case == row.number);
            if row.third_country_of.is_some() {
                if standings.count() + ladders.count() > 0 {
                    let sentence =
                        format!("{} stands as its first case does; give the rows to that one", row.number);
                    self.fault(at, FaultCode::CF11, sentence);
                }
                continue;
            }
            let first =
                standings.filter(|standing| standing.row.exporters.is_empty()).map(|s| s.row.from).min();
            let ladder = ladders.map(|ladder| ladder.row.from).min();
            if first.is_none() || ladder.is_none() || ladder > first {
                let sentence = format!(
                    "{} needs a [[standing]] for all exporters, and a [[ladder]] from its first day on",
                    row.number
                );
                self.fault(at, FaultCode::CF11, sentence);
            }
        }
        for Placed { at, row } in &self.rows.rates {
            let first_opened = self.rows.cases.iter().find(|case| case.row.number == row.case);
            let own = first_opened.and_then(|case| case.row.third_country_of).unwrap_or(row.case);
            let mut ladders = self.rows.ladders.iter().filter(|ladder| ladder.row.case == own).peekable();
            if ladders.peek().is_some() && !ladders.any(|ladder| ladder.row.rungs.contains(&row.role)) {
                let sentence = format!(
                    "no ladder of {own} has the rung {}: the row is never asked; add the rung, or correct the role",
                    row.role.word()
                );
                self.fault(at, FaultCode::CF11, sentence);
            }
        }
        for Placed { at, row } in &self.rows.ladders {
            let distinct: BTreeSet<_> = row.rungs.iter().collect();
            let mixed = row.rungs.contains(&Rung::Either)
                && (row.rungs.contains(&Rung::Exporter) || row.rungs.contains(&Rung::Producer));
            if row.rungs.last() != Some(&Rung::Everyone) || distinct.len() != row.rungs.len() || mixed {
                let sentence = "`rungs` ends with everyone, names no rung twice, and `either` replaces exporter and \
                                producer";
                self.fault(at, FaultCode::CF11, sentence.to_string());
            }
        }
    }

    /// Keys of all names that rate rows print.
    fn listed(&self) -> HashSet<PartyKey> {
        let rates = self.rows.rates.iter();
        let names = rates.flat_map(|rate| [rate.row.exporter.as_str(), rate.row.producer.as_str()]);
        names.filter_map(PartyKey::of).collect()
    }

    fn parties(&mut self) {
        let rows = self.rows;
        let listed = self.listed();
        let mut asked: Vec<(&Spot, &str)> = Vec::new();
        asked.extend(rows.parties.iter().map(|party| (&party.at, party.row.name.as_str())));
        asked.extend(rows.aliases.iter().map(|alias| (&alias.at, alias.row.party.as_str())));
        // An empty party of a suffix is everyone else; every other name must be one.
        let named = rows.suffixes.iter().filter(|suffix| !suffix.row.party.is_empty());
        asked.extend(named.map(|suffix| (&suffix.at, suffix.row.party.as_str())));
        let exporters =
            rows.standings.iter().flat_map(|s| s.row.exporters.iter().map(|name| (&s.at, name.as_str())));
        asked.extend(exporters);
        for (at, name) in asked {
            if PartyKey::of(name).is_none_or(|key| !listed.contains(&key)) {
                self.fault(
                    at,
                    FaultCode::CF13,
                    format!(
                        "no row of rates.csv names {name:?}; write it as a row prints it, or add its rate"
                    ),
                );
            }
        }
        let mut seen = HashSet::new();
        for Placed { at, row } in &rows.parties {
            if !seen.insert(PartyKey::of(&row.name)) {
                self.fault(at, FaultCode::CF13, format!("{:?} has a [[party]] already; keep one", row.name));
            }
        }
        let mut seen = HashSet::new();
        for Placed { at, row } in &rows.suffixes {
            if !seen.insert((row.case, PartyKey::of(&row.party), row.from, row.notice.as_str())) {
                let sentence =
                    "another suffix of the same notice begins on the same day for the same party; keep one";
                self.fault(at, FaultCode::CF13, sentence.to_string());
            }
        }
    }

    fn aliases(&mut self) {
        let rows = self.rows;
        let listed = self.listed();
        let mut aliases = HashSet::new();
        for Placed { at, row } in &rows.aliases {
            let key = PartyKey::of(&row.name);
            let known = key.as_ref().is_none_or(|key| listed.contains(key));
            if known || !aliases.insert((key, row.from)) {
                let sentence = format!(
                    "{:?} already means a party; remove the alias, or give the name that the notice prints",
                    row.name
                );
                self.fault(at, FaultCode::CF13, sentence);
            }
        }
    }

    fn scopes(&mut self) {
        for Placed { at, row } in &self.rows.scopes {
            let mut facts = HashSet::new();
            for test in &row.tests {
                if !facts.insert(Heading::parse(&test.fact)) {
                    self.fault(at, FaultCode::CF14, format!("two tests on {:?}; keep one", test.fact));
                }
                if let Some(sentence) = fault_of_test(test) {
                    self.fault(at, FaultCode::CF14, sentence);
                }
            }
            let mut words = HashSet::new();
            for word in row.product.iter().flat_map(|product| &product.words) {
                if !words.insert(word) || !plain_word(word) {
                    let sentence = format!(
                        "the word {word:?} stands twice, or is not in lower case and single blanks; write it once, in lower case"
                    );
                    self.fault(at, FaultCode::CF14, sentence);
                }
            }
        }
    }
}

/// True for a word as a file of law writes it: lower case, single blanks.
pub(super) fn plain_word(word: &str) -> bool {
    !word.is_empty() && word_key(word) == word
}

/// What is wrong with a test on a measured fact.
pub(super) fn fault_of_test(test: &TestRow) -> Option<String> {
    let fact = Heading::parse(&test.fact).filter(|heading| Heading::MEASURED.contains(heading));
    let plain = test.at_least.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let sound = fact.is_some() && plain && rust_decimal::Decimal::from_str_exact(&test.at_least).is_ok();
    (!sound).then(|| {
        format!(
            "the test {:?} at least {:?} needs a measured fact ({}) and a plain number",
            test.fact,
            test.at_least,
            Heading::MEASURED.map(Heading::text).join(", ")
        )
    })
}
