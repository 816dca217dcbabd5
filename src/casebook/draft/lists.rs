//! The lists of a message: companies, the number they are filed under, the rate they deposit.
//!
//! A list is drafted whole or not at all. A field that is missing or cannot be read, or a line in it that is neither
//! label nor name, leaves all of its lines to a person: the rate of one company must not stand for another.

use std::sync::LazyLock;

use regex::Regex;

use super::Figure;
use super::companies::{goes_on, one};
use super::figures::{case_words, pattern, rate};
use super::units::Label;
use crate::casebook::model::Rung;
use crate::terms::{CaseNumber, Suffix};

/// What messages call everyone else, and what may stand behind it on the line.
static EVERYONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(all[- ]others?(?: rate)?|(?:the )?[a-z.' ]{2,40}[- ]wide (?:entity|rate)|[a-z.' ]{2,40}-wide$)[ *]*[:\u{ff1a}]?[ *]*(.*)$",
    )
});
/// Words in small letters that running text has and company names have not.
const RUNNING: [&str; 24] = [
    "the",
    "shall",
    "was",
    "were",
    "has",
    "have",
    "been",
    "is",
    "are",
    "this",
    "that",
    "which",
    "entered",
    "message",
    "paragraph",
    "below",
    "above",
    "these",
    "those",
    "should",
    "will",
    "may",
    "listed",
    "following",
];

/// Everyone else, and what stands behind it on the line.
pub(super) fn everyone_else(text: &str) -> Option<(bool, &str)> {
    let found = EVERYONE.captures(text)?;
    let country_wide = !found[1].to_ascii_lowercase().starts_with("all");
    found.get(2).map(|rest| (country_wide, rest.as_str().trim()))
}

/// True for words that may be names of companies or a part of one: no sentence, no label, no figure of a rate.
pub(super) fn may_be_names(text: &str) -> bool {
    let running = text.split(' ').any(|word| RUNNING.contains(&word.trim_end_matches([',', '.'])));
    let figures =
        text.contains(['%', ':', '\u{ff1a}', '$', '\u{fffd}', '[', ']', '|']) || text.contains("percent");
    !running && !figures && case_words(text).is_empty() && text.chars().any(char::is_alphabetic)
}

/// What the next running text is the value of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waits {
    Names(Label),
    Case,
    Deposit,
    Margin,
}

/// A list while it is read.
#[derive(Clone, Debug, Default)]
pub(super) struct List {
    seen: Vec<Label>,
    names: [String; 3],
    /// Everyone else, and whether it is the country-wide entity.
    everyone: Option<bool>,
    case: Option<(CaseNumber, Option<Suffix>)>,
    deposit: Option<Figure>,
    margin: Option<Figure>,
    /// Lines that cannot be read, and why.
    bad: Vec<(usize, String)>,
    pub lines: Vec<usize>,
    waits: Option<Waits>,
}

/// A row that a list makes.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub role: Rung,
    pub exporter: String,
    pub producer: String,
}

/// A list that was read whole.
#[derive(Clone, Debug)]
pub(super) struct Whole {
    pub rows: Vec<Row>,
    pub case: Option<(CaseNumber, Option<Suffix>)>,
    pub deposit: Option<Figure>,
    pub margin: Option<Figure>,
    pub country_wide: Option<bool>,
    pub lines: Vec<usize>,
}

fn slot(label: Label) -> usize {
    match label {
        Label::Exporter => 1,
        Label::Producer => 2,
        _ => 0,
    }
}

impl List {
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn has_party(&self) -> bool {
        self.everyone.is_some() || self.names.iter().any(|names| !names.is_empty())
    }

    /// True for numbers and rates without a company.
    pub fn is_orphan(&self) -> bool {
        !self.is_empty() && !self.has_party()
    }

    fn is_complete(&self) -> bool {
        self.has_party() && self.case.is_some() && self.deposit.is_some()
    }

    /// True if a label begins another list.
    pub fn ends_before(&self, label: Label) -> bool {
        let party = matches!(label, Label::Either | Label::Exporter | Label::Producer);
        let parties =
            || self.seen.iter().any(|seen| matches!(seen, Label::Either | Label::Exporter | Label::Producer));
        let apart = match label {
            Label::Either => parties(),
            Label::Exporter | Label::Producer => self.seen.contains(&Label::Either),
            _ => false,
        };
        let complete = self.is_complete() && (party || label == Label::Case);
        // A list begins with its companies. Were a number allowed to stand before them, one damaged line would move every
        // rate behind it to the next company.
        let unnamed = party && !self.is_empty() && !parties();
        self.seen.contains(&label) || apart || complete || unnamed || party && self.everyone.is_some()
    }

    pub fn label(&mut self, label: Label, value: &str, line: usize) {
        self.seen.push(label);
        self.line(line);
        self.waits = match label {
            Label::Case => Some(Waits::Case),
            Label::Deposit => Some(Waits::Deposit),
            Label::Margin => Some(Waits::Margin),
            label => Some(Waits::Names(label)),
        };
        if !value.is_empty() && !self.text(value, line) {
            self.bad.push((line, format!("{value:?} is no company name")));
        }
    }

    fn line(&mut self, line: usize) {
        if self.lines.last() != Some(&line) {
            self.lines.push(line);
        }
    }

    /// Takes running text as a value, as names, or as everyone else; `false` where it is none of them.
    pub fn text(&mut self, text: &str, line: usize) -> bool {
        let waits = self.waits;
        if let Some(waits @ (Waits::Case | Waits::Deposit | Waits::Margin)) = waits {
            self.waits = None;
            self.line(line);
            self.value(waits, text, line);
            return true;
        }
        let unnamed = match waits {
            Some(Waits::Names(label)) => self.names[slot(label)].is_empty(),
            _ => !self.has_party() && self.case.is_none() && self.deposit.is_none(),
        };
        if let Some((country_wide, rest)) = everyone_else(text).filter(|_| unnamed) {
            self.line(line);
            self.everyone = Some(country_wide);
            self.waits = None;
            if !rest.is_empty() {
                self.value(Waits::Deposit, rest, line);
            }
            return true;
        }
        match waits {
            Some(Waits::Names(label)) if may_be_names(text) && goes_on(&self.names[slot(label)], text) => {
                let names = &mut self.names[slot(label)];
                if !names.is_empty() {
                    names.push(' ');
                }
                names.push_str(text);
                self.line(line);
                true
            }
            _ => false,
        }
    }

    fn value(&mut self, waits: Waits, text: &str, line: usize) {
        let text = text.trim_end_matches('.');
        let read = match waits {
            Waits::Case => {
                self.case = CaseNumber::parse(text);
                self.case.is_some()
            }
            Waits::Deposit => {
                self.deposit = rate(text);
                self.deposit.is_some()
            }
            _ => {
                self.margin = rate(text);
                self.margin.is_some()
            }
        };
        if !read {
            let expected = match waits {
                Waits::Case => "is no case number such as A-999-101-001",
                _ => "is no rate such as 93.50 percent or $2.42/kg",
            };
            self.bad.push((line, format!("{text:?} {expected}")));
        }
    }

    /// A line that stands in the list and is nothing of it: then the list is not to be trusted. `false` where nothing
    /// is wanting, and the line begins something else.
    pub fn spoilt_by(&mut self, line: usize, why: &str) -> bool {
        if self.is_empty() || self.is_complete() {
            return false;
        }
        self.line(line);
        self.bad.push((line, why.to_string()));
        true
    }

    /// The list with its rows; or its lines, each with the reason why it is not drafted. `excluded`: what is listed is
    /// out of the order, and has no rate. `pairs`: exporter and producer are named together.
    pub fn end(self, excluded: bool, pairs: bool) -> Result<Whole, Vec<(usize, String)>> {
        let mut why: Vec<String> = Vec::new();
        if self.bad.is_empty() {
            why.extend((!self.has_party()).then(|| "a number and a rate without a company".to_string()));
            why.extend(
                (!excluded && self.case.is_none()).then(|| "companies without a case number".to_string()),
            );
            why.extend((!excluded && self.deposit.is_none()).then(|| "companies without a rate".to_string()));
            let of_everyone = self.case.is_some_and(|(_, suffix)| suffix == Some(Suffix::EVERYONE_ELSE))
                && self.everyone.is_none();
            why.extend(
                of_everyone
                    .then(|| "000 is the number of everyone else, and companies are named".to_string()),
            );
            let parties = [Label::Either, Label::Exporter, Label::Producer];
            let blank = |label: &Label| self.seen.contains(label) && self.names[slot(*label)].is_empty();
            let unnamed = self.everyone.is_none() && self.has_party() && parties.iter().any(blank);
            why.extend(unnamed.then(|| "a label without a company".to_string()));
            let rated = self.deposit.as_ref().is_some_and(|figure| *figure != Figure::nought());
            why.extend(
                (excluded && rated).then(|| "told to be out of the order, and has a rate".to_string()),
            );
        }
        let rows = self.rows(pairs);
        if let Err(reason) = &rows {
            why.push(reason.clone());
        }
        match rows {
            Ok(rows) if why.is_empty() && self.bad.is_empty() => Ok(Whole {
                rows,
                case: self.case,
                deposit: self.deposit,
                margin: self.margin,
                country_wide: self.everyone,
                lines: self.lines,
            }),
            _ => {
                let because = match self.bad.first() {
                    Some((line, _)) => format!("belongs to a list that is not drafted: see line {line}"),
                    None => format!("not drafted: {}", why.join("; ")),
                };
                let others = self.lines.iter().filter(|line| self.bad.iter().all(|(bad, _)| bad != *line));
                let mut open: Vec<(usize, String)> = others.map(|line| (*line, because.clone())).collect();
                open.extend(self.bad.clone());
                Err(open)
            }
        }
    }

    fn rows(&self, pairs: bool) -> Result<Vec<Row>, String> {
        let row = |role, exporter: &str, producer: &str| Row {
            role,
            exporter: exporter.to_string(),
            producer: producer.to_string(),
        };
        if self.everyone.is_some() {
            return Ok(vec![row(Rung::Everyone, "", "")]);
        }
        let split = |names: &str| -> Result<Vec<String>, String> {
            names.split(';').map(str::trim).filter(|name| !name.is_empty()).map(one).collect()
        };
        let [either, exporter, producer] =
            [split(&self.names[0])?, split(&self.names[1])?, split(&self.names[2])?];
        if !either.is_empty() {
            return Ok(either.iter().map(|name| row(Rung::Either, name, "")).collect());
        }
        match (exporter.len(), producer.len()) {
            (0, 0) => Ok(Vec::new()),
            (0, _) | (_, 0) if pairs => Err("a combination of which one side is not named".to_string()),
            (_, 0) => Ok(exporter.iter().map(|name| row(Rung::Exporter, name, "")).collect()),
            (0, _) => Ok(producer.iter().map(|name| row(Rung::Producer, "", name)).collect()),
            (1, _) | (_, 1) => {
                let both = exporter
                    .iter()
                    .flat_map(|exporter| producer.iter().map(move |producer| (exporter, producer)));
                Ok(both.map(|(exporter, producer)| row(Rung::Pair, exporter, producer)).collect())
            }
            _ => {
                Err("several exporters and several producers: which belong together is not said".to_string())
            }
        }
    }
}
