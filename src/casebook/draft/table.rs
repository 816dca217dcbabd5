//! A rate table as it was pasted from the Federal Register, a fact sheet or a page: with bars, with tabs, with leader
//! points, or as a viewer of PDF files gives it, a cell over several lines.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use sha2::{Digest, Sha256};

use super::companies::{goes_on, split_pair};
use super::figures::{bare_percent, cases, citation, day_after, pattern, rate};
use super::lines::{Line, NO_TEXT, Open, Use};
use super::lists::{everyone_else, may_be_names};
use super::sentences::{Does, act};
use super::{Draft, Shape};
use crate::terms::sha256::hexadecimal;
use crate::terms::{CaseNumber, Country};

mod cells;
mod rows;

use cells::{Cells, Heading, cells_of, heading, is_rule};

static DOCUMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bFR Doc\.? (\d{4}-\d{5})\b"));
static APPLICABLE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:applicable|effective)(?: date)?(?: on)?[: (]+"));
static PAGE_HEAD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\bFederal Register ?/ ?Vol\. \d+, No\. \d+ ?/ ?[a-z]+, "));
static PAGE_CITE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\[Federal Register Volume \d+.*\(([A-Za-z]+, )?"));
static RATE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\d ?(?:%|percent\b)"));
static UNITS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)(?:\bper |/ ?)(?:kg|kilograms?|units?|pieces?|metric tons?|pounds?)\b|\bUSD\b|\bdollars\b")
});
static GOODS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:of|on) ([a-z][a-z ,'-]+?),? from (?:the )?([A-Z][A-Za-z'\u{2019} ]+)")
});

/// Rows of a table that stand in its own words.
struct Found {
    heading: Heading,
    names: Vec<String>,
    figures: Vec<String>,
    lines: Vec<usize>,
}

/// One of the tables of a text.
#[derive(Default)]
struct OneTable {
    notice: String,
    case: Option<CaseNumber>,
    /// Everyone else, where they have a row, and whether they are the country-wide entity.
    country_wide: Option<bool>,
    lines: Vec<usize>,
}

struct Table {
    draft: Draft,
    /// Columns of the table that is being read.
    heading: Option<Heading>,
    /// Names of a row whose figures have not come, each with its lines.
    groups: Vec<Vec<(usize, String)>>,
    /// True if the last name may go on.
    open_group: bool,
    found: Vec<Found>,
    case: Vec<CaseNumber>,
    applicable: Option<Date>,
    published: Option<Date>,
    act: Option<(&'static str, Does)>,
    document: Option<String>,
    cite: Option<String>,
}

/// Reads a table; what is not of it is listed.
pub(super) fn read(lines: &[Line]) -> Draft {
    let mut reader = Table {
        draft: Draft::new(Shape::RateTable),
        heading: None,
        groups: Vec::new(),
        open_group: false,
        found: Vec::new(),
        case: Vec::new(),
        applicable: None,
        published: None,
        act: None,
        document: None,
        cite: None,
    };
    for line in lines {
        reader.line(line);
    }
    reader.drop_groups("names without a rate");
    let hash =
        Sha256::new_with_prefix(lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n"));
    reader.rows(&hexadecimal(hash))
}

impl Table {
    fn used(&mut self, line: usize, what: impl Into<String>) {
        self.draft.used.push(Use { line, what: what.into() });
    }

    fn open(&mut self, line: usize, why: &str) {
        self.draft.open.push(Open { line, text: String::new(), why: why.to_string() });
    }

    fn drop_groups(&mut self, why: &str) {
        for (line, _) in std::mem::take(&mut self.groups).into_iter().flatten() {
            self.open(line, why);
        }
        self.open_group = false;
    }

    fn line(&mut self, line: &Line) {
        let number = line.number;
        if line.text.is_empty() || is_rule(&line.text) {
            self.open_group = false;
            self.used(number, NO_TEXT);
            return;
        }
        let cells = cells_of(line);
        let has_figures = match &cells {
            Cells::Apart(cells) => cells.iter().any(|cell| is_figure(cell)),
            Cells::Running { figures, .. } => !figures.is_empty(),
        };
        // A row of the table may hold a case number or a day too: it is a row.
        if !(has_figures && self.heading.is_some()) && self.fact(&line.text, number) {
            self.drop_groups("names without a rate");
            self.heading = None;
            return;
        }
        if let Some(found) = heading(&cells, self.heading.as_ref()) {
            self.drop_groups("names without a rate");
            self.heading = Some(found);
            self.used(number, "headings");
            return;
        }
        let Some(mut heading) = self.heading.clone() else { return };
        if UNITS.is_match(&line.text) && rate(cells.last()).is_none() {
            // A bare figure below is no percentage then.
            heading.per_unit = true;
            self.heading = Some(heading);
            self.open(number, "rates in dollars per unit are read only where each says so");
            return;
        }
        match cells {
            Cells::Apart(cells) => self.apart(&cells, &heading, line),
            Cells::Running { names, figures } => self.running(names, figures, heading, number),
        }
    }

    /// What stands around a table: days, numbers, the act.
    fn fact(&mut self, text: &str, line: usize) -> bool {
        let mut told = Vec::new();
        if let Some(found) = DOCUMENT.captures(text) {
            self.document.get_or_insert_with(|| found[1].to_string());
            told.push("the document number");
        }
        if let Some(cite) = citation(text).filter(|_| self.heading.is_none()) {
            self.cite.get_or_insert(cite);
            told.push("a citation");
        }
        if let Some(day) = day_after(text, &PAGE_HEAD).or_else(|| day_after(text, &PAGE_CITE)) {
            self.published.get_or_insert(day);
            told.push("the day of publication");
        }
        if let Some(day) = day_after(text, &APPLICABLE) {
            self.applicable.get_or_insert(day);
            told.push("the first day");
        }
        for (number, _) in cases(text) {
            if !self.case.contains(&number) {
                self.case.push(number);
            }
            told.push("a case number");
        }
        // The title comes first; what is said of other acts comes later.
        if self.act.is_none() && self.found.is_empty() {
            self.act = act(text);
            told.extend(self.act.map(|_| "the kind of act"));
        }
        let goods = GOODS.captures(text).filter(|_| self.draft.product.is_none());
        if let Some((found, country)) =
            goods.and_then(|found| Country::parse(&found[2]).map(|country| (found, country)))
        {
            self.draft.product = Some(found[1].to_string());
            self.draft.country = Some(country);
        }
        if !told.is_empty() && RATE.is_match(text) {
            self.open(line, "a rate stands in it, and for whom is not understood");
        } else if !told.is_empty() {
            told.dedup();
            self.used(line, told.join(", "));
        }
        !told.is_empty()
    }

    /// A row whose cells stand apart: each name in its column.
    fn apart(&mut self, cells: &[String], heading: &Heading, line: &Line) {
        let figures: Vec<String> = cells.iter().filter(|cell| is_figure(cell)).cloned().collect();
        let mut names: Vec<String> =
            cells.iter().filter(|cell| !cell.is_empty() && !is_figure(cell)).cloned().collect();
        let mut lines = vec![line.number];
        let led = !line.raw.contains(['|', '\t']);
        // With leader points a long name begins on the line above.
        if let ([group], [name], true) = (&self.groups[..], &mut names[..], led && self.open_group) {
            let above = group.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ");
            if goes_on(&above, name) {
                *name = format!("{above} {name}");
                lines.splice(0..0, group.iter().map(|(line, _)| *line));
                self.groups.clear();
            }
        }
        self.drop_groups("names without a rate");
        if figures.is_empty() {
            self.open(line.number, "a row of the table without a rate that can be read");
            return;
        }
        self.found.push(Found { heading: heading.clone(), names, figures, lines });
    }

    /// A line of a table whose cells run over lines.
    fn running(&mut self, names: String, figures: Vec<String>, heading: Heading, line: usize) {
        let of_everyone = everyone_else(names.trim_end_matches('*').trim()).is_some();
        if !names.is_empty() && !of_everyone && !may_be_names(&names) {
            self.drop_groups("names without a rate");
            self.open(line, "not a row of the table");
            // The foot of a page may stand within a table; anything else stands below it.
            if !names.contains("://") {
                self.heading = None;
            }
            return;
        }
        if !names.is_empty() {
            match self.groups.last_mut().filter(|_| self.open_group) {
                Some(group) => group.push((line, names)),
                None => self.groups.push(vec![(line, names)]),
            }
            self.open_group = true;
        }
        if figures.is_empty() {
            return;
        }
        let groups = std::mem::take(&mut self.groups);
        self.open_group = false;
        let mut lines: Vec<usize> = groups.iter().flatten().map(|(line, _)| *line).collect();
        if lines.last() != Some(&line) {
            lines.push(line);
        }
        let joined = |group: &Vec<(usize, String)>| {
            group.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ")
        };
        let names = match (&groups[..], heading.names()) {
            ([one], 2) if !of_everyone => {
                let parts: Vec<&str> = one.iter().map(|(_, text)| text.as_str()).collect();
                match split_pair(&parts) {
                    Some((exporter, producer)) => {
                        self.draft.ask(format!(
                            "Line {}: two companies stand together and were parted behind a legal form; is this right: {exporter} / {producer}",
                            lines[0]
                        ));
                        vec![exporter, producer]
                    }
                    None => {
                        let why = "two companies stand together, and where one ends is not certain";
                        lines.iter().for_each(|line| self.open(*line, why));
                        return;
                    }
                }
            }
            (groups, _) => groups.iter().map(joined).collect(),
        };
        if of_everyone {
            // The country-wide entity closes a table; below it stand footnotes.
            self.heading = None;
        }
        self.found.push(Found { heading, names, figures, lines });
    }
}

fn is_figure(cell: &str) -> bool {
    rate(cell).is_some() || bare_percent(cell).is_some()
}
