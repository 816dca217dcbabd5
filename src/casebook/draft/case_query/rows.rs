//! From the records of a response to notices, rates, suffixes and hints.
//!
//! ACE names no notice. The rates that it added on one day stand under one notice of ours, known from that day on.

use jiff::civil::Date;

use super::super::lines::Open;
use super::super::{Draft, DraftCase, DraftNotice, DraftRate, DraftSuffix};
use super::{Case, Response};
use crate::casebook::model::{Rung, Table, Trust};
use crate::terms::{Kind, Suffix};

impl Response {
    pub(super) fn rows(mut self) -> Draft {
        let cases = std::mem::take(&mut self.cases);
        let name = cases.first().map(|case| case.number.as_filed(case.suffix)).unwrap_or_default();
        self.draft.id = format!("ace-{}", name.to_ascii_lowercase());
        self.draft.source = format!("ACE AD/CVD case query of {name}");
        for case in &cases {
            self.add_case(case);
        }
        self.draft
    }

    /// The notice of the rates that ACE added on a day.
    fn notice(&mut self, case: &Case, added: Option<Date>) -> String {
        let filed = case.number.as_filed(None);
        let id = match added {
            Some(day) => format!("ace-{}-{day}", filed.to_ascii_lowercase()),
            None => format!("ace-{}", filed.to_ascii_lowercase()),
        };
        if self.draft.notice(&id).is_none() {
            let citation = match added {
                Some(day) => format!("ACE AD/CVD case query, {filed}, added {day}"),
                None => format!("ACE AD/CVD case query, {filed}"),
            };
            self.draft.notices.push(DraftNotice {
                id: id.clone(),
                cases: vec![case.number],
                kind: Some("ACE case query".to_string()),
                published: added,
                citation,
                trust: Some(Trust::Official),
                says: "As ACE answers a case query. The notice behind it is not named.".to_string(),
                ..DraftNotice::default()
            });
        }
        id
    }

    fn add_case(&mut self, case: &Case) {
        if self.draft.cases.iter().all(|known| known.number != case.number) {
            self.draft.cases.push(DraftCase {
                number: case.number,
                country_wide: (case.number.kind == Kind::Cvd).then_some(false),
                companion: None,
                third_country: false,
                of: None,
                origin: None,
                notice: String::new(),
            });
        }
        let parties = self.parties(case);
        for rate in &case.rates {
            let notice = self.notice(case, Some(rate.added));
            let Some(parties) = &parties else {
                let why = "whose rate it is is not certain; it is not drafted";
                self.draft.open.push(Open { line: rate.line, text: String::new(), why: why.to_string() });
                continue;
            };
            for (role, exporter, producer) in parties {
                self.draft.rates.push(DraftRate {
                    case: Some(case.number),
                    role: *role,
                    exporter: exporter.clone(),
                    producer: producer.clone(),
                    from: Some(rate.from),
                    through: None,
                    deposit: Some(rate.figure.clone()),
                    margin: None,
                    notice: notice.clone(),
                    note: format!("ACE case query, added {}", rate.added),
                    lines: vec![rate.line],
                });
            }
            let newest = case.rates.iter().all(|other| other.from <= rate.from);
            if let (Some(ended), true) = (rate.inactivated, newest) {
                self.draft.ask(format!(
                    "The newest rate of {} was inactivated on {ended}: what governs since then?",
                    case.number.as_filed(case.suffix)
                ));
            }
        }
        for rate in &case.rates {
            let id = self.notice(case, Some(rate.added));
            let first =
                case.rates.iter().filter(|other| other.added == rate.added).map(|other| other.from).min();
            if let Some(notice) = self.draft.notice(&id) {
                notice.effective = notice.effective.into_iter().chain(first).min();
                // A query answers for one number; the others stand.
                notice.table = Some(Table::Amends);
            }
        }
        self.add_numbers(case, parties.as_deref().unwrap_or_default());
    }

    /// Suffix and hints; they rest on the oldest of the notices.
    fn add_numbers(&mut self, case: &Case, parties: &[(Rung, String, String)]) {
        let oldest = case.rates.iter().map(|rate| rate.added).min();
        if case.tariffs.is_empty() && case.suffix.is_none() {
            return;
        }
        let notice = self.notice(case, oldest);
        self.draft.hints.extend(case.tariffs.iter().map(|hts| (*hts, notice.clone())));
        let Some(suffix) = case.suffix else { return };
        for (role, exporter, producer) in parties {
            let party = if exporter.is_empty() { producer } else { exporter };
            if *role == Rung::Pair && exporter != producer {
                self.draft.ask(format!(
                    "{} is the number of a combination ({exporter} / {producer}): suffixes.csv names one company a row; no \
                     suffix is drafted for it.",
                    case.number.as_filed(case.suffix)
                ));
                continue;
            }
            let row = DraftSuffix {
                case: case.number,
                party: party.clone(),
                suffix,
                from: case.effective,
                notice: notice.clone(),
            };
            if !self.draft.suffixes.contains(&row) {
                self.draft.suffixes.push(row);
            }
        }
    }

    /// Whose rates the case has. `None` where the records do not decide it.
    fn parties(&mut self, case: &Case) -> Option<Vec<(Rung, String, String)>> {
        if case.damaged {
            return None;
        }
        let [makers, exporters] = &case.parties;
        let row = |role, exporter: &str, producer: &str| (role, exporter.to_string(), producer.to_string());
        if case.suffix == Some(Suffix::EVERYONE_ELSE) && makers.is_empty() && exporters.is_empty() {
            return Some(vec![row(Rung::Everyone, "", "")]);
        }
        if case.number.kind == Kind::Cvd {
            // A rate of a CVD case holds for its company as producer and/or exporter.
            let mut names: Vec<&String> = Vec::new();
            for (_, name) in makers.iter().chain(exporters) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            return (!names.is_empty())
                .then(|| names.iter().map(|name| row(Rung::Either, name, "")).collect());
        }
        match (makers.len(), exporters.len()) {
            (0, 0) => None,
            (0, _) => Some(exporters.iter().map(|(_, name)| row(Rung::Exporter, name, "")).collect()),
            (_, 0) => Some(makers.iter().map(|(_, name)| row(Rung::Producer, "", name)).collect()),
            (1, _) | (_, 1) => {
                if makers.len() + exporters.len() > 2 {
                    self.draft.ask(format!(
                        "{} names several companies on one side: is each combination of them meant?",
                        case.number.as_filed(case.suffix)
                    ));
                }
                let both =
                    exporters.iter().flat_map(|exporter| makers.iter().map(move |maker| (exporter, maker)));
                Some(both.map(|((_, exporter), (_, maker))| row(Rung::Pair, exporter, maker)).collect())
            }
            _ => {
                self.draft.ask(format!(
                    "{} has several manufacturers and several exporters: which belong together?",
                    case.number.as_filed(case.suffix)
                ));
                None
            }
        }
    }
}
