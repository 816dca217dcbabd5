//! Drafts: rows of a case folder, read from a text as it was pasted, for a person to check.
//!
//! Three shapes are read: a CBP AD/CVD message (`message`), a rate table of the Federal Register (`table`), the response
//! to an ACE AD/CVD case query (`case_query`). What is read comes out as the tables of a case folder; every line of the
//! text is either used, and it is told for what, or it is listed with the reason why not. Nothing is guessed: a list of
//! which one field cannot be read is not drafted at all, and what the text does not say is a question.
//!
//! A draft is no law. It lies in the folder `drafts` of a case folder and counts only when a person has set `checked_by`
//! (`approval`).

pub mod approval;
mod case_query;
mod companies;
mod figures;
mod held;
mod lines;
mod lists;
mod message;
mod new_folder;
mod sentences;
mod table;
mod units;
mod writing;

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use super::model::{Rung, State, Table, Trust};
use crate::terms::{CaseNumber, Country, Hts, Percent, Suffix, Unit};
use rust_decimal::Decimal;

pub use held::Held;
pub use lines::{Open, TEXT_BYTES_MAX, Use};
pub use new_folder::new_folder;
pub use writing::toml;

/// What a text was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A CBP AD/CVD message.
    Message,
    /// A rate table.
    RateTable,
    /// The response to an ACE case query.
    CaseQuery,
}

impl Shape {
    /// The shape in words.
    pub fn told(self) -> &'static str {
        match self {
            Shape::Message => "a CBP AD/CVD message",
            Shape::RateTable => "a rate table",
            Shape::CaseQuery => "a response to an ACE AD/CVD case query",
        }
    }
}

/// `[[case]]`, as far as the text gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftCase {
    /// Its number.
    pub number: CaseNumber,
    /// True if the country-wide entity is everyone else, false if all others are; `None` where the text has neither.
    pub country_wide: Option<bool>,
    /// Its companion.
    pub companion: Option<CaseNumber>,
    /// True for a number that CBP opened for a third country.
    pub third_country: bool,
    /// The case it was opened for.
    pub of: Option<CaseNumber>,
    /// The origin it was opened for.
    pub origin: Option<Country>,
    /// The notice that opened it.
    pub notice: String,
}

/// `[[notice]]`, as far as the text gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftNotice {
    /// Name within the folder.
    pub id: String,
    /// The cases it concerns.
    pub cases: Vec<CaseNumber>,
    /// What kind of act.
    pub kind: Option<String>,
    /// What its rate table does; `None` where the text does not decide it, or there is no table.
    pub table: Option<Table>,
    /// The cases whose table it holds.
    pub table_of: Vec<CaseNumber>,
    /// The day on which it could be known.
    pub published: Option<Date>,
    /// The first day of entry that its table governs.
    pub effective: Option<Date>,
    /// As to be cited.
    pub citation: String,
    /// Federal Register document number.
    pub document: Option<String>,
    /// CBP message number.
    pub message: Option<String>,
    /// What it corrects.
    pub corrects: Option<String>,
    /// How far it is to be trusted.
    pub trust: Option<Trust>,
    /// What it is, in our words.
    pub says: String,
    /// Where a figure of it comes from, for the person who checks.
    pub remarks: Vec<String>,
}

/// A rate as it is printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// In percent.
    pub percent: Option<Percent>,
    /// Dollars per unit.
    pub per_unit: Option<(Decimal, Unit)>,
}

impl Figure {
    /// 0.00 percent.
    fn nought() -> Figure {
        Figure { percent: Percent::parse("0.00"), per_unit: None }
    }
}

/// A row of `rates.csv`, as far as the text gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRate {
    /// Which case; `None` where the text does not say.
    pub case: Option<CaseNumber>,
    /// Whose rate.
    pub role: Rung,
    /// Exporter as printed; also the one name of an `either` row.
    pub exporter: String,
    /// Producer as printed.
    pub producer: String,
    /// First day of entry.
    pub from: Option<Date>,
    /// Last day of entry.
    pub through: Option<Date>,
    /// What is deposited; `None` for a pair that is excluded.
    pub deposit: Option<Figure>,
    /// Dumping margin or subsidy rate.
    pub margin: Option<Percent>,
    /// By which notice.
    pub notice: String,
    /// Where it stands.
    pub note: String,
    /// Lines of the text that say it.
    pub lines: Vec<usize>,
}

/// A row of `suffixes.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftSuffix {
    /// Which case.
    pub case: CaseNumber,
    /// Party as printed; empty for everyone else.
    pub party: String,
    /// Its three characters.
    pub suffix: Suffix,
    /// First day of entry.
    pub from: Option<Date>,
    /// By which notice.
    pub notice: String,
}

/// `[[standing]]` that the text decides by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftStanding {
    /// Which case.
    pub case: CaseNumber,
    /// What it was.
    pub state: State,
    /// First day of entry.
    pub from: Date,
    /// By which notice.
    pub notice: String,
    /// Whether refunds bear interest.
    pub interest: Option<bool>,
    /// Where that is said.
    pub source: String,
    /// Why.
    pub note: String,
}

/// A text as it was read.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it was.
    pub shape: Shape,
    /// Name of the draft, and of its file without ending.
    pub id: String,
    /// What was read, in words.
    pub source: String,
    /// The goods, as the text names them.
    pub product: Option<String>,
    /// Where they come from.
    pub country: Option<Country>,
    /// The cases.
    pub cases: Vec<DraftCase>,
    /// The notices.
    pub notices: Vec<DraftNotice>,
    /// The rates.
    pub rates: Vec<DraftRate>,
    /// The company suffixes.
    pub suffixes: Vec<DraftSuffix>,
    /// Standings.
    pub standings: Vec<DraftStanding>,
    /// Tariff numbers, and the notice that names them.
    pub hints: Vec<(Hts, String)>,
    /// True if the text says that foreign exporters without a rate take that of their supplier.
    pub foreign_by_supplier: bool,
    /// What the text does not say and a person has to.
    pub questions: Vec<String>,
    /// What lines were used for, in the order of the text.
    pub used: Vec<Use>,
    /// What was not understood, in the order of the text.
    pub open: Vec<Open>,
    /// Lines that are not blank.
    pub lines: usize,
}

impl Draft {
    fn new(shape: Shape) -> Draft {
        Draft {
            shape,
            id: String::new(),
            source: String::new(),
            product: None,
            country: None,
            cases: Vec::new(),
            notices: Vec::new(),
            rates: Vec::new(),
            suffixes: Vec::new(),
            standings: Vec::new(),
            hints: Vec::new(),
            foreign_by_supplier: false,
            questions: Vec::new(),
            used: Vec::new(),
            open: Vec::new(),
            lines: 0,
        }
    }

    /// True if nothing was read that could stand in a case folder.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
            && self.notices.is_empty()
            && self.rates.is_empty()
            && self.suffixes.is_empty()
            && self.standings.is_empty()
            && self.hints.is_empty()
    }

    fn ask(&mut self, question: String) {
        if !self.questions.contains(&question) {
            self.questions.push(question);
        }
    }

    /// A table is partial for lines that were not understood. Only a person can see that none of them is a part of it; `otherwise` is
    /// what it is then, as far as the text decides that.
    fn ask_of_partial(&mut self, citation: &str, open: &[usize], otherwise: Option<Table>) {
        let mut lines = open.to_vec();
        lines.sort_unstable();
        lines.dedup();
        let lines: Vec<String> = lines.iter().map(usize::to_string).collect();
        let (word, them) =
            if lines.len() == 1 { ("line", "it is no") } else { ("lines", "none of them is a") };
        let of = if citation.is_empty() { String::new() } else { format!(" of {citation}") };
        let write = match otherwise {
            Some(table) => format!("table = {:?}", table.word()),
            None => "\"whole\" or \"amends\" in its place (guide, 3)".to_string(),
        };
        self.ask(format!(
            "The table{of} is \"partial\", for {word} {} of the text {} not understood: a company that is not in it has no figure \
             (RT05). Look at {}: if {them} part of the table, write {write}.",
            lines.join(", "),
            if lines.len() == 1 { "was" } else { "were" },
            if lines.len() == 1 { "it" } else { "them" },
        ));
    }

    fn notice(&mut self, id: &str) -> Option<&mut DraftNotice> {
        self.notices.iter_mut().find(|notice| notice.id == id)
    }

    /// Takes away rows that answer one question with different figures, and lists their lines; of equal rows one stays.
    fn settle_twice(&mut self) {
        type Asked = (Option<CaseNumber>, Rung, String, String, Option<Date>, String);
        type Told = (Option<Figure>, Option<Percent>);
        let key = |rate: &DraftRate| -> Asked {
            let (exporter, producer) = (rate.exporter.clone(), rate.producer.clone());
            (rate.case, rate.role, exporter, producer, rate.from, rate.notice.clone())
        };
        let told = |rate: &DraftRate| -> Told { (rate.deposit.clone(), rate.margin) };
        let mut first: HashMap<Asked, usize> = HashMap::new();
        let (mut kept, mut bad): (Vec<DraftRate>, HashSet<usize>) = (Vec::new(), HashSet::new());
        for rate in std::mem::take(&mut self.rates) {
            match first.entry(key(&rate)) {
                Entry::Occupied(known) => {
                    let other = &mut kept[*known.get()];
                    if told(other) != told(&rate) {
                        bad.insert(*known.get());
                    }
                    other.lines.extend(rate.lines);
                }
                Entry::Vacant(free) => {
                    free.insert(kept.len());
                    kept.push(rate);
                }
            }
        }
        let (mut one, mut two) = (Vec::new(), Vec::new());
        for (ix, rate) in kept.into_iter().enumerate() {
            if bad.contains(&ix) { two.push(rate) } else { one.push(rate) }
        }
        self.rates = one;
        for rate in two {
            let who = [rate.exporter.as_str(), rate.producer.as_str()].join(" ");
            let who = if who.trim().is_empty() { "everyone else" } else { who.trim() };
            for line in rate.lines {
                let why = format!("the text gives {who} two rates; neither is drafted");
                self.open.push(Open { line, text: String::new(), why });
            }
        }
    }
}

/// Reads a text of any of the three shapes.
///
/// # Errors
/// The text is longer than [`TEXT_BYTES_MAX`], holds nothing, or holds several messages; a sentence says so.
pub fn draft(text: &str) -> Result<Draft, String> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(format!(
            "the text has {} bytes; at most {TEXT_BYTES_MAX} are read: paste one message or one table",
            text.len()
        ));
    }
    let lines = lines::lines(text);
    if lines.iter().all(|line| line.text.is_empty()) {
        return Err(
            "the text is empty: paste a CBP message, a rate table or a response to a case query".to_string()
        );
    }
    let mut draft = if case_query::is_one(&lines) {
        case_query::read(&lines)
    } else if message::is_one(&lines) {
        message::read(&lines)?
    } else {
        table::read(&lines)
    };
    draft.settle_twice();
    lines::account(&lines, &mut draft);
    Ok(draft)
}
