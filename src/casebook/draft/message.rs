//! A CBP AD/CVD message: its head, its sentences, its lists.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::figures::{citation, day, pattern};
use super::lines::{Line, NO_TEXT, Open, Use};
use super::lists::{List, Whole};
use super::sentences::Does;
use super::units::{Label, Piece, Unit, begins_with, units};
use super::{Draft, Shape};
use crate::terms::{CaseNumber, Country, Percent};

mod prose;
mod rows;

static MARKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)CBP (?:shall|should)|third-country case number|\bmessage (?:no\.? |number )?\d{7}\b")
});

/// True for a text that is a message.
pub(super) fn is_one(lines: &[Line]) -> bool {
    let labels = [Label::Effective, Label::Cite, Label::Case, Label::Deposit, Label::Message];
    lines
        .iter()
        .any(|line| labels.iter().any(|label| begins_with(&line.text, *label)) || MARKS.is_match(&line.text))
}

/// The day from which the rates of a paragraph govern.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum From {
    /// The paragraph does not say: that of the head.
    #[default]
    Head,
    Day(Date),
    /// It says, and cannot be read.
    Unread,
}

/// A list that was read whole, with where it stood.
#[derive(Clone, Debug)]
struct Listed {
    list: Whole,
    from: From,
    paragraph: String,
    third: Option<String>,
    excluded: bool,
}

/// What the paragraph says of the lists in it.
#[derive(Clone, Debug, Default)]
struct Context {
    paragraph: String,
    from: From,
    third: Option<String>,
    excluded: bool,
    pairs: bool,
    /// A line of the paragraph that was not understood: the lists below it may say something else than they seem to.
    spoilt: Option<usize>,
    /// True once a list of the paragraph has ended.
    has_lists: bool,
}

/// A message while it is read.
struct Message {
    draft: Draft,
    number: Option<String>,
    dated: Option<Date>,
    effective: Option<Date>,
    cite: Option<String>,
    cited: Option<Date>,
    act: Option<(&'static str, Does)>,
    corrects: Option<String>,
    assigned: Vec<CaseNumber>,
    opened: Vec<(CaseNumber, Option<Country>, Option<CaseNumber>)>,
    companion: Option<CaseNumber>,
    /// The rate of everyone else, told in a sentence, with its line.
    everyone_else: Option<(Percent, usize)>,
    discontinued: Option<Date>,
    gap: Option<(Date, Date)>,
    interest: Option<bool>,
    supplier: bool,
    context: Context,
    list: List,
    lists: Vec<Listed>,
    prose: Vec<(usize, String)>,
    /// A label of the head whose value stands on the next line.
    waits: Option<Label>,
    /// The line of the first paragraph.
    body: Option<usize>,
}

/// Reads a message.
///
/// # Errors
/// The text holds more than one.
pub(super) fn read(lines: &[Line]) -> Result<Draft, String> {
    let begins = |label| {
        let begins = lines.iter().filter(move |line| begins_with(&line.text, label));
        begins.map(|line| line.number.to_string()).collect::<Vec<_>>()
    };
    let (effective, numbers) = (begins(Label::Effective), begins(Label::Message));
    let begins = if effective.len() > 1 { effective } else { numbers };
    if begins.len() > 1 {
        return Err(format!(
            "the text holds {} messages (they begin at lines {}); import them one at a time",
            begins.len(),
            begins.join(", ")
        ));
    }
    let mut message = Message::new();
    for unit in units(lines) {
        message.unit(unit);
    }
    message.end_list();
    message.end_prose();
    Ok(message.rows())
}

impl Message {
    fn new() -> Message {
        Message {
            draft: Draft::new(Shape::Message),
            number: None,
            dated: None,
            effective: None,
            cite: None,
            cited: None,
            act: None,
            corrects: None,
            assigned: Vec::new(),
            opened: Vec::new(),
            companion: None,
            everyone_else: None,
            discontinued: None,
            gap: None,
            interest: None,
            supplier: false,
            context: Context::default(),
            list: List::default(),
            lists: Vec::new(),
            prose: Vec::new(),
            waits: None,
            body: None,
        }
    }

    fn used(&mut self, line: usize, what: impl Into<String>) {
        self.draft.used.push(Use { line, what: what.into() });
    }

    fn open(&mut self, line: usize, text: &str, why: impl Into<String>) {
        self.draft.open.push(Open { line, text: text.to_string(), why: why.into() });
    }

    fn unit(&mut self, Unit { line, piece }: Unit) {
        match piece {
            Piece::Blank => {
                if self.list.is_empty() {
                    self.end_prose();
                }
                self.used(line, NO_TEXT);
            }
            Piece::Paragraph(number) => {
                self.end_list();
                self.end_prose();
                self.body = self.body.or(Some(line));
                self.context = Context { paragraph: number.clone(), ..Context::default() };
                self.used(line, format!("paragraph {number}"));
            }
            Piece::Cut(broken) => {
                let spoilt = self.list.spoilt_by(line, "the text breaks off here");
                self.end_list();
                self.end_prose();
                if !spoilt {
                    self.open(line, &broken, "the text breaks off here: what follows is not at hand");
                }
                let question = format!(
                    "The text breaks off on line {line}. Import the whole of it, or leave the table partial."
                );
                self.draft.ask(question);
            }
            Piece::Label(label, value) => self.label(label, &value, line),
            Piece::Text(text) => self.text(&text, line),
        }
    }

    fn label(&mut self, label: Label, value: &str, line: usize) {
        self.end_prose();
        let in_head = self.context.paragraph.is_empty() && self.list.is_empty();
        let of_case = label == Label::Case && in_head && self.lists.is_empty();
        let number = CaseNumber::parse(value.trim_end_matches('.'));
        match label {
            Label::Either
            | Label::Exporter
            | Label::Producer
            | Label::Case
            | Label::Deposit
            | Label::Margin
                if !(of_case && number.is_some_and(|(_, suffix)| suffix.is_none())) =>
            {
                if self.list.ends_before(label) {
                    self.end_list();
                }
                self.list.label(label, value, line);
            }
            Label::Case => {
                self.assigned.extend(number.map(|(number, _)| number));
                self.used(line, "the case");
            }
            Label::ThirdCountry => {
                self.end_list();
                self.context.third = None;
                self.head(label, value, line);
            }
            _ => {
                self.end_list();
                self.head(label, value, line);
            }
        }
    }

    /// A label outside of lists, and its value.
    fn head(&mut self, label: Label, value: &str, line: usize) {
        if value.is_empty() {
            self.waits = Some(label);
            self.used(line, "a label; its value stands below");
            return;
        }
        let found = day(value);
        let what = match label {
            Label::Effective => found.map(|day| {
                self.effective = Some(day);
                format!("effective {day}")
            }),
            Label::CiteDate => found.map(|day| {
                self.cited = Some(day);
                format!("published {day}")
            }),
            Label::MessageDate => found.map(|day| {
                self.dated = Some(day);
                format!("the message is of {day}")
            }),
            Label::Cite => citation(value).map(|cite| {
                self.cite = Some(cite.clone());
                format!("the notice, {cite}")
            }),
            Label::Message => {
                let seven = value.len() == 7 && value.bytes().all(|byte| byte.is_ascii_digit());
                seven.then(|| {
                    self.number = Some(value.to_string());
                    "the number of the message".to_string()
                })
            }
            Label::ThirdCountry => Country::parse(value).map(|country| {
                self.context.third = Some(value.to_string());
                format!("what follows is for goods completed in {}", country.name())
            }),
            _ => Some("head of the message; makes no row".to_string()),
        };
        match what {
            Some(what) => self.used(line, what),
            None => self.open(line, value, "its value cannot be read"),
        }
    }

    fn text(&mut self, text: &str, line: usize) {
        if let Some(label) = self.waits.take() {
            self.head(label, text, line);
            return;
        }
        if self.prose.is_empty() && self.begins_everyone(text) {
            self.end_list();
        }
        // Running text is never the beginning of a list, but for everyone else.
        let may_begin = self.prose.is_empty() || super::lists::everyone_else(text).is_some();
        if may_begin && (!self.list.is_empty() || super::lists::everyone_else(text).is_some()) {
            self.end_prose();
            if self.list.text(text, line) {
                return;
            }
        }
        if self.list.spoilt_by(line, "stands within a list and is neither a label nor a company") {
            self.end_list();
            return;
        }
        self.end_list();
        self.prose.push((line, text.to_string()));
        if text.ends_with(['.', ':']) {
            self.end_prose();
        }
    }

    /// True if everyone else follows a list that lacks nothing.
    fn begins_everyone(&self, text: &str) -> bool {
        super::lists::everyone_else(text).is_some()
            && self.list.ends_before(Label::Case)
            && self.list.ends_before(Label::Either)
    }

    fn end_list(&mut self) {
        let list = std::mem::take(&mut self.list);
        if list.is_empty() {
            return;
        }
        let Context { paragraph, from, third, excluded, pairs, spoilt, has_lists } = self.context.clone();
        let orphan = list.is_orphan() && !has_lists;
        self.context.has_lists = true;
        match (list.end(excluded, pairs), spoilt) {
            (Ok(list), None) => self.lists.push(Listed { list, from, paragraph, third, excluded }),
            (Ok(list), Some(spoilt)) => {
                let why = format!("stands below line {spoilt}, which was not understood; not drafted");
                list.lines.into_iter().for_each(|line| self.open(line, "", why.clone()));
            }
            (Err(open), _) => {
                // Where numbers and rates stand before their companies, each would go to the next one, down to the last.
                if orphan {
                    self.context.spoilt = spoilt.or(open.first().map(|(line, _)| *line));
                }
                open.into_iter().for_each(|(line, why)| self.open(line, "", why));
            }
        }
    }
}
