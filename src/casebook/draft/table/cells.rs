//! The cells of a pasted table, its headings, and two companies that stand together.

use std::sync::LazyLock;

use regex::Regex;

use super::super::figures::pattern;
use super::super::lines::{Line, single_blanks};
use crate::casebook::model::Rung;
use crate::terms::Kind;

/// Leader points between cells. One point may be that of `Ltd.`.
static LEADER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\.{3,}|(?: \.){3,}|\u{2026}+"));
/// Figures at the end of a line, with two decimals at least.
static AT_END: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|\s)((?:\d{1,4}\.\d{2,4} ?%?\*?\s*)+)$"));
static RULE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[-=_| :+]*$|^\.+$"));

/// Words of which headings of rate tables are made.
const HEADING_WORDS: [&str; 37] = [
    "exporter",
    "exporters",
    "producer",
    "producers",
    "manufacturer",
    "company",
    "companies",
    "and",
    "or",
    "the",
    "ad",
    "cvd",
    "weighted",
    "average",
    "estimated",
    "dumping",
    "rate",
    "rates",
    "margin",
    "margins",
    "percent",
    "cash",
    "deposit",
    "adjusted",
    "for",
    "subsidy",
    "offset",
    "offsets",
    "s",
    "net",
    "countervailable",
    "valorem",
    "final",
    "preliminary",
    "weighted-average",
    "of",
    "name",
];

/// Ends of names that are written with a point.
const SHORT: [&str; 6] = [" Ltd", " Inc", " Corp", " Co", " Bhd", " Sdn"];

/// What a line of a table is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cells {
    /// Cells between bars, tabs or leader points.
    Apart(Vec<String>),
    /// Words, and the figures behind them.
    Running { names: String, figures: Vec<String> },
}

/// What the columns of a table are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Heading {
    exporter: bool,
    producer: bool,
    either: bool,
    /// Of which kind of duty its rates are, where the headings say.
    pub kind: Option<Kind>,
    /// True if its rates are in dollars per unit, or some are.
    pub per_unit: bool,
    /// True if the exporter stands first.
    pub exporter_first: bool,
    /// Where the deposit stands of two rates: last, or first; `None` where the headings do not say.
    pub deposit_last: Option<bool>,
}

impl Cells {
    /// The last cell, or all of a line that has none.
    pub fn last(&self) -> &str {
        match self {
            Cells::Apart(cells) => cells.last().map_or("", String::as_str),
            Cells::Running { names, .. } => names,
        }
    }
}

impl Heading {
    /// How many columns of names.
    pub fn names(&self) -> usize {
        if self.either { 1 } else { usize::from(self.exporter) + usize::from(self.producer) }
    }

    /// The row of a table with one column of names.
    pub fn one(&self, name: String) -> (Rung, String, String) {
        match (self.either, self.exporter) {
            (false, true) => (Rung::Exporter, name, String::new()),
            (false, false) => (Rung::Producer, String::new(), name),
            _ => (Rung::Either, name, String::new()),
        }
    }
}

/// A line that is no more than a rule between rows.
pub(super) fn is_rule(text: &str) -> bool {
    RULE.is_match(text)
}

pub(super) fn cells_of(line: &Line) -> Cells {
    let clean = |text: &str| single_blanks(text);
    // The first leader point behind "Ltd" is its own.
    let named = |text: &str| {
        let text = single_blanks(text);
        if SHORT.iter().any(|short| text.ends_with(short)) { text + "." } else { text }
    };
    if line.raw.contains('|') {
        let inner = line.raw.trim().trim_start_matches('|').trim_end_matches('|');
        return Cells::Apart(inner.split('|').map(clean).collect());
    }
    if line.raw.trim().contains('\t') {
        return Cells::Apart(line.raw.trim().split('\t').map(clean).collect());
    }
    if LEADER.is_match(&line.raw) {
        let behind = |part: &str| part.split_whitespace().map(str::to_string).collect::<Vec<_>>();
        let mut cells: Vec<String> = Vec::new();
        for part in LEADER.split(&line.raw) {
            let figures = AT_END.is_match(part) && part.trim().starts_with(|c: char| c.is_ascii_digit());
            cells.extend(if figures { behind(part) } else { vec![named(part)] });
        }
        return Cells::Apart(cells);
    }
    match AT_END.captures(&line.text) {
        Some(found) => {
            let figures = found.get(1).map_or("", |figures| figures.as_str());
            let names = line.text[..line.text.len() - figures.len()].trim().to_string();
            Cells::Running { names, figures: figures.split_whitespace().map(str::to_string).collect() }
        }
        None => Cells::Running { names: line.text.clone(), figures: Vec::new() },
    }
}

/// The columns, if a line is one of headings. A line without names goes on with the headings above it.
pub(super) fn heading(cells: &Cells, above: Option<&Heading>) -> Option<Heading> {
    let texts: Vec<String> = match cells {
        Cells::Apart(cells) => cells.iter().map(|cell| cell.to_lowercase()).collect(),
        Cells::Running { names, figures } if figures.is_empty() => vec![names.to_lowercase()],
        Cells::Running { .. } => return None,
    };
    let words = |text: &str| -> Vec<String> {
        let parts = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
        parts.map(str::to_string).collect()
    };
    let all: Vec<String> = texts.iter().flat_map(|text| words(text)).collect();
    if all.is_empty() || all.iter().any(|word| !HEADING_WORDS.contains(&word.as_str())) {
        return None;
    }
    let whole = texts.join(" | ");
    let at = |word: &str| whole.find(word);
    let (exporter, producer) = (at("exporter"), at("producer").or_else(|| at("manufacturer")));
    let kind = match all.iter().any(|word| matches!(word.as_str(), "ad" | "dumping")) {
        true => Some(Kind::Ad),
        false => {
            all.iter().any(|word| matches!(word.as_str(), "cvd" | "countervailable")).then_some(Kind::Cvd)
        }
    };
    let (margin, deposit) = (at("margin").or_else(|| at("dumping")), at("deposit"));
    let named = exporter.is_some() || producer.is_some() || at("compan").is_some() || at("name").is_some();
    if !named {
        let mut above = above.cloned()?;
        above.kind = above.kind.or(kind);
        if margin.is_some() && deposit.is_some() {
            above.deposit_last = Some(margin < deposit);
        } else if deposit.is_some() {
            above.deposit_last = Some(above.deposit_last.unwrap_or(true));
        }
        return Some(above);
    }
    let one_cell = |text: &String| {
        text.contains("exporter") && (text.contains("producer") || text.contains("manufacturer"))
    };
    let joined = texts
        .iter()
        .any(|text| one_cell(text) && (text.contains("and") || text.contains("or ") || text.contains('/')));
    let pair = exporter.is_some() && producer.is_some() && !joined;
    Some(Heading {
        kind,
        per_unit: false,
        exporter: exporter.is_some(),
        producer: producer.is_some(),
        either: !pair && (joined || exporter.is_none() && producer.is_none()),
        exporter_first: exporter < producer,
        deposit_last: margin.zip(deposit).map(|(margin, deposit)| margin < deposit),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_tell_columns() {
        let line = |text: &str| Line { number: 1, raw: text.to_string(), text: single_blanks(text) };
        let read = |text: &str, above: Option<&Heading>| heading(&cells_of(&line(text)), above);
        let pair = read("| Exporter | Producer | Margin % | Deposit % |", None).unwrap();
        assert!(pair.names() == 2 && pair.exporter_first && pair.deposit_last == Some(true));
        let either = read("| Exporter/Producer | CVD rate |", None).unwrap();
        assert!(either.names() == 1 && either.either);
        let running = read("Exporter Producer", None).unwrap();
        let below = read("Cash Deposit Rate", Some(&running)).unwrap();
        assert_eq!((below.names(), below.deposit_last), (2, Some(true)));
        assert_eq!(read("Alpha Widget Co., Ltd.", Some(&running)), None);
    }
}
