//! From the rows of a pasted table to notices and rates.

use super::super::companies::one_of_table;
use super::super::lists::everyone_else;
use super::super::sentences::table;
use super::super::{Draft, DraftCase, DraftNotice, DraftRate, Figure};
use super::cells::Heading;
use super::{Found, OneTable, Table, bare_percent, rate};
use crate::casebook::model::{Rung, Trust};
use crate::terms::{CaseNumber, Kind, Percent};

impl Table {
    pub(super) fn rows(mut self, hash: &str) -> Draft {
        let found = std::mem::take(&mut self.found);
        let id = match (&self.cite, &self.document) {
            (Some(cite), _) => format!("fr-{}", cite.replace(" FR ", "-")),
            (None, Some(document)) => format!("fr-doc-{document}"),
            // Two tables without a name of their own are told apart by their text.
            _ => format!("rate-table-{}", &hash[..8]),
        };
        let of = |kind: Kind| found.iter().any(|row| row.heading.kind == Some(kind));
        let both = of(Kind::Ad) && of(Kind::Cvd);
        let mut tables: Vec<OneTable> = Vec::new();
        for row in &found {
            let kind = row.heading.kind;
            let numbers: Vec<CaseNumber> = self
                .case
                .iter()
                .copied()
                .filter(|number| kind.is_none_or(|kind| number.kind == kind))
                .collect();
            let case = (numbers.len() == 1).then(|| numbers[0]);
            let notice = match kind.filter(|_| both) {
                Some(kind) => format!("{id}-{}", kind.to_string().to_ascii_lowercase()),
                None => id.clone(),
            };
            let at = tables.iter().position(|table| table.notice == notice).unwrap_or_else(|| {
                tables.push(OneTable { notice: notice.clone(), case, ..OneTable::default() });
                tables.len() - 1
            });
            tables[at].lines.extend(&row.lines);
            match self.row(row, case, &notice) {
                Ok(wide) => tables[at].country_wide = tables[at].country_wide.or(wide),
                Err(why) => row.lines.iter().for_each(|line| self.open(*line, &why)),
            }
        }
        self.finish(id, tables)
    }

    /// Drafts a row; whether it is that of everyone else, and of which kind.
    fn row(&mut self, row: &Found, case: Option<CaseNumber>, notice: &str) -> Result<Option<bool>, String> {
        let (margin, deposit) = figures(&row.heading, &row.figures)?;
        let names: Vec<&str> =
            row.names.iter().map(|name| name.trim().trim_end_matches('*').trim()).collect();
        let of_everyone = names.first().and_then(|name| everyone_else(name)).filter(|(_, rest)| {
            rest.is_empty()
                || rest.trim_start_matches('/').trim_start().to_ascii_lowercase().ends_with("entity")
        });
        let wide = of_everyone.map(|(wide, rest)| wide || rest.to_ascii_lowercase().ends_with("entity"));
        let parts = match (wide, &names[..], row.heading.names()) {
            (Some(_), ..) => (Rung::Everyone, String::new(), String::new()),
            (None, [exporter, producer], 2) if row.heading.exporter_first => {
                (Rung::Pair, one_of_table(exporter)?, one_of_table(producer)?)
            }
            (None, [producer, exporter], 2) => (Rung::Pair, one_of_table(exporter)?, one_of_table(producer)?),
            (None, [name], 1) => row.heading.one(one_of_table(name)?),
            _ => {
                return Err(format!(
                    "{} names in a row of {} columns of names",
                    names.len(),
                    row.heading.names()
                ));
            }
        };
        let (role, exporter, producer) = parts;
        self.draft.rates.push(DraftRate {
            case,
            role,
            exporter,
            producer,
            from: self.applicable.or(self.published),
            through: None,
            deposit: Some(deposit),
            margin,
            notice: notice.to_string(),
            note: format!("line {} of the table as pasted", row.lines[0]),
            lines: row.lines.clone(),
        });
        row.lines.iter().for_each(|line| self.used(*line, "a rate row"));
        Ok(wide)
    }

    fn finish(mut self, id: String, tables: Vec<OneTable>) -> Draft {
        let document = self.document.as_ref().map(|document| format!("FR Doc. {document}"));
        let citation = self.cite.clone().or(document).unwrap_or_default();
        self.draft.source = match citation.as_str() {
            "" => "a rate table".to_string(),
            citation => format!("a rate table of {citation}"),
        };
        self.draft.id = id;
        if self.draft.rates.is_empty() {
            self.draft.ask(
                "No row of a rate table was found: is there a line with the headings of its columns?"
                    .to_string(),
            );
            return self.draft;
        }
        tables.iter().for_each(|table| self.notice(table, &citation));
        self.ask(citation.is_empty());
        self.draft
    }

    fn notice(&mut self, found: &OneTable, citation: &str) {
        let (first, last) = (found.lines.iter().min(), found.lines.iter().max());
        let within =
            |line: usize| first.is_some_and(|first| line >= *first) && last.is_some_and(|last| line <= *last);
        let open: Vec<usize> =
            self.draft.open.iter().map(|open| open.line).filter(|line| within(*line)).collect();
        let whole = open.is_empty();
        let remark =
            (!whole).then(|| "table: partial, because a part of the table could not be read".to_string());
        self.draft.cases.extend(found.case.map(|number| DraftCase {
            number,
            country_wide: found.country_wide,
            companion: None,
            third_country: false,
            of: None,
            origin: None,
            notice: String::new(),
        }));
        let (does, everyone) = (self.act.map(|(_, does)| does), found.country_wide.is_some());
        if !whole {
            self.draft.ask_of_partial(citation, &open, table(does, true, everyone));
        }
        self.draft.notices.push(DraftNotice {
            id: found.notice.clone(),
            cases: found.case.into_iter().collect(),
            kind: self.act.map(|(kind, _)| kind.to_string()),
            table: table(does, whole, everyone),
            published: self.published,
            effective: self.applicable.or(self.published),
            citation: citation.to_string(),
            document: self.document.clone(),
            trust: Some(if citation.is_empty() { Trust::Secondary } else { Trust::Official }),
            says: "As drafted from its rate table.".to_string(),
            remarks: remark.into_iter().collect(),
            ..DraftNotice::default()
        });
    }

    fn ask(&mut self, uncited: bool) {
        let rates = &self.draft.rates;
        let undated = rates.iter().any(|rate| rate.from.is_none());
        let caseless = rates.iter().any(|rate| rate.case.is_none());
        let one_column = rates.iter().all(|rate| rate.margin.is_none());
        let numbers: Vec<String> = self.case.iter().map(ToString::to_string).collect();
        let questions = [
            (uncited, "The text names no Federal Register document. If it is the agency's own, set trust = \"official\".".to_string()),
            (undated, "The text does not say from which day of entry the rates govern: fill in `from` of each row.".to_string()),
            (caseless, format!("Of which case is the table? The text names {}: fill in `case` of each row.", match &numbers[..] {
                [] => "none".to_string(),
                numbers => numbers.join(", "),
            })),
            (one_column, "The table has one column of rates, taken as what is deposited: is nothing to be set off?".to_string()),
        ];
        for (asked, question) in questions {
            if asked {
                self.draft.ask(question);
            }
        }
    }
}

/// Margin and deposit of a row.
fn figures(heading: &Heading, cells: &[String]) -> Result<(Option<Percent>, Figure), String> {
    let read = |text: &String| {
        let percent = || {
            bare_percent(text)
                .filter(|_| !heading.per_unit || text.contains('%'))
                .map(|percent| Figure { percent: Some(percent), per_unit: None })
        };
        rate(text).or_else(percent).ok_or_else(|| format!("{text:?} is no rate"))
    };
    match (cells, heading.deposit_last) {
        ([one], _) => Ok((None, read(one)?)),
        ([margin, deposit], Some(true)) => Ok((read(margin)?.percent, read(deposit)?)),
        ([deposit, margin], Some(false)) => Ok((read(margin)?.percent, read(deposit)?)),
        ([one, other], None) if one == other => Ok((read(one)?.percent, read(other)?)),
        (_, None) => Err("two rates, and the headings do not say which is deposited".to_string()),
        _ => Err(format!("{} rates in one row", cells.len())),
    }
}
