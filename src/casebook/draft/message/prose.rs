//! The sentences of a message: what they say of it, and of the lists that follow.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::super::Figure;
use super::super::figures::{cases, citation, damaged, day, day_after, days, pattern, rate};
use super::super::lines::single_blanks;
use super::super::sentences::{Meaning, act, meanings, sentences};
use super::{From, Message};
use crate::terms::{CaseNumber, Country};

/// The title of a message, as pages that show messages head it.
static TITLE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\bCBP (?:AD/CVD )?message (?:no\.? |number )?(\d{7})\b"));
static EFFECTIVE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\beffective "));
static ON_OR_AFTER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bon or after "));
static PERIOD: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)during the period "));
static CORRECTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)correction to message (?:number |no\.? )?(\d{7})(?:,? dated (\S+?),? )?(?:.*?correct (paragraphs? \w+))?",
    )
});
static GOODS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:investigation|order) (?:of|on) (?P<goods>.+?),? from (?:the )?(?P<from>[A-Z][A-Za-z'\u{2019} ]+)",
    )
});
static COMPANION: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)companion [^.]*\(([AC]-\d{3}-\d{3})\)"));
static COMPLETED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\(([AC]-\d{3}-\d{3})\) completed in (.+?) \(([AC]-\d{3}-\d{3})\)"));
static RATE_WITHIN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\d+(?:\.\d+)? ?(?:%|percent)"));

/// Words that end a period or set a condition: a list behind them does not hold for every entry from its first day on.
static LIMITS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:through|before|until|prior to|except|unless|other than|if|wrongly|not)\b")
});

/// The first rate of a sentence that no row takes. Everyone else takes one; zero is said of margins that are zero.
fn stray_rate<'text>(text: &'text str, meanings: &[Meaning]) -> Option<&'text str> {
    if meanings.contains(&Meaning::Scope) {
        return None;
    }
    let taken = usize::from(meanings.contains(&Meaning::EveryoneElse));
    let zero = |found: &str| found.bytes().all(|byte| !(b'1'..=b'9').contains(&byte));
    let mut rates = RATE_WITHIN.find_iter(text).map(|found| found.as_str()).skip(taken);
    rates.find(|found| !(*meanings == [Meaning::Nothing] && zero(found)))
}

/// Why the first day that a sentence gives is not all that it says of the time.
fn limited(text: &str) -> Option<String> {
    let text = text.replace("whether or not", "");
    let word = LIMITS.find(&text).map(|found| found.as_str());
    let word = word.map(|word| format!("{word:?} limits it, and how is not understood"));
    let second = || days(&text).len() > 1;
    word.or_else(|| second().then(|| "it tells more than one day".to_string()))
}

impl Message {
    /// Reads the running text that was gathered, sentence by sentence.
    pub(super) fn end_prose(&mut self) {
        let prose = std::mem::take(&mut self.prose);
        let (mut joined, mut starts) = (String::new(), Vec::new());
        for (line, text) in prose {
            if !joined.is_empty() {
                joined.push(' ');
            }
            starts.push((joined.len(), line));
            joined.push_str(&text);
        }
        for (from, to) in sentences(&joined) {
            let first = starts.partition_point(|(start, _)| *start <= from).saturating_sub(1);
            let last = starts.partition_point(|(start, _)| *start < to).max(first);
            let lines: Vec<usize> = starts[first..last].iter().map(|(_, line)| *line).collect();
            self.sentence(joined[from..to].trim(), &lines);
        }
    }

    fn sentence(&mut self, text: &str, lines: &[usize]) {
        let title =
            TITLE.captures(text).filter(|_| self.context.paragraph.is_empty() && self.number.is_none());
        if let Some(found) = title {
            self.number = Some(found[1].to_string());
            lines.iter().for_each(|line| self.used(*line, "the number of the message"));
            return;
        }
        let meanings = meanings(text);
        let stray = stray_rate(text, &meanings);
        let problem = damaged(text)
            .or_else(|| meanings.is_empty().then(|| "not understood".to_string()))
            .or_else(|| stray.map(|found| format!("{found:?} stands in it, and for whom is not understood")));
        let mut told = Vec::new();
        if let (Some(problem), true) = (&problem, meanings.contains(&Meaning::Deposit)) {
            self.context.from = From::Unread;
            told.push(problem.clone());
        } else if problem.is_none() {
            for meaning in &meanings {
                match self.means(*meaning, text, lines) {
                    Ok(what) => lines.iter().for_each(|line| self.used(*line, what.clone())),
                    Err(why) => told.push(why),
                }
            }
        }
        told.extend(problem.filter(|_| told.is_empty()));
        for line in lines.iter().filter(|_| !told.is_empty()) {
            self.open(*line, text, told.join("; "));
            self.context.spoilt = self.context.spoilt.or(Some(*line));
        }
    }

    /// Takes what a phrase says; what it is used for, or why it cannot be.
    fn means(&mut self, meaning: Meaning, text: &str, lines: &[usize]) -> Result<String, String> {
        let first_day = || days(text).into_iter().flatten().next();
        match meaning {
            Meaning::Corrects => {
                let found =
                    CORRECTED.captures(text).ok_or("the number of the corrected message cannot be read")?;
                let dated = found.get(2).and_then(|word| day(word.as_str())).map(|day| format!(" of {day}"));
                let part = found.get(3).map(|part| format!(", {}", single_blanks(part.as_str())));
                let corrects = format!(
                    "CBP message {}{}{}",
                    &found[1],
                    dated.unwrap_or_default(),
                    part.unwrap_or_default()
                );
                self.corrects = Some(corrects.clone());
                Ok(format!("corrects {corrects}"))
            }
            Meaning::CorrectsWhy => Ok("about the correction; makes no row".to_string()),
            Meaning::Published => self.published(text),
            Meaning::Assigned => {
                let found = cases(text);
                let (number, _) = found.first().ok_or("the case number cannot be read")?;
                self.assign(*number);
                Ok(format!("the case, {number}"))
            }
            Meaning::ThirdCountry => {
                let found =
                    COMPLETED.captures(text).ok_or("the third country or its number cannot be read")?;
                let number = |text: &str| CaseNumber::parse(text).map(|(number, _)| number);
                let (of, opened) = (number(&found[1]), number(&found[3]).ok_or("no number is opened")?);
                let origin = Country::parse(&found[2]);
                origin.ok_or_else(|| format!("{:?} is no country", &found[2]))?;
                self.opened.push((opened, origin, of));
                Ok(format!("a third-country number, {opened}"))
            }
            Meaning::Deposit => {
                self.context.excluded = false;
                let named = day_after(text, &EFFECTIVE).or_else(|| day_after(text, &ON_OR_AFTER));
                if let Some(why) = limited(text) {
                    self.context.from = From::Unread;
                    return Err(why);
                }
                if let Some(day) = named {
                    self.context.from = From::Day(day);
                }
                Ok(named.map_or("deposits are collected".to_string(), |day| format!("rates from {day} on")))
            }
            Meaning::Suspension => {
                let day = day_after(text, &ON_OR_AFTER).ok_or("the day of suspension cannot be read")?;
                self.draft.ask(format!(
                    "Liquidation is suspended for entries from {day} on, says paragraph {}: write the [[standing]].",
                    self.context.paragraph
                ));
                Ok(format!("suspension from {day}; left to a person"))
            }
            Meaning::Excluded => {
                self.context.excluded = true;
                self.context.pairs = true;
                Ok("what follows is not suspended: excluded".to_string())
            }
            Meaning::Pairs => {
                self.context.pairs = true;
                Ok("exporter and producer are named together".to_string())
            }
            Meaning::EveryoneElse => {
                let found = RATE_WITHIN.find(text).and_then(|found| rate(found.as_str()));
                let percent =
                    found.and_then(|figure: Figure| figure.percent).ok_or("the rate cannot be read")?;
                self.everyone_else = Some((percent, lines.first().copied().unwrap_or(0)));
                Ok(format!("everyone else, {percent}"))
            }
            Meaning::Supplier => {
                self.supplier = true;
                Ok("foreign exporters take the rate of their supplier; left to a person".to_string())
            }
            Meaning::Terminated => Ok("the proceeding has ended".to_string()),
            Meaning::Discontinued => {
                self.discontinued =
                    Some(day_after(text, &ON_OR_AFTER).ok_or("the first day cannot be read")?);
                Ok("suspension ends back to its first day: terminated".to_string())
            }
            Meaning::LastProvisional => {
                let day = first_day().ok_or("the day cannot be read")?;
                Ok(format!("provisional measures; {day}"))
            }
            Meaning::Gap => {
                let found: Vec<Date> = days(text).into_iter().flatten().collect();
                let from = day_after(text, &PERIOD).ok_or("the first day of the gap cannot be read")?;
                let through =
                    found.iter().copied().find(|day| *day > from).ok_or("the last day cannot be read")?;
                self.gap = Some((from, through));
                Ok(format!("a gap from {from} to {through}"))
            }
            Meaning::NoInterest => {
                self.interest = Some(false);
                Ok("refunds bear no interest".to_string())
            }
            Meaning::Scope => {
                let at = &self.context.paragraph;
                self.draft
                    .ask(format!("Scope: paragraph {at} tells or names it. Write the [[scope]] by hand."));
                Ok("scope; left to a person".to_string())
            }
            Meaning::Nothing => Ok("makes no row".to_string()),
        }
    }

    pub(super) fn assign(&mut self, number: CaseNumber) {
        if !self.assigned.contains(&number) {
            self.assigned.push(number);
        }
    }

    /// A sentence that reports an act: its kind, citation, day, case and goods.
    fn published(&mut self, text: &str) -> Result<String, String> {
        let mut told = Vec::new();
        let companion = COMPANION.captures(text).and_then(|found| CaseNumber::parse(&found[1]));
        self.companion = self.companion.or(companion.map(|(number, _)| number));
        if let Some(cite) = citation(text) {
            match &self.cite {
                Some(known) if *known != cite => {
                    return Err(format!("it cites {cite}, and the head {known}"));
                }
                _ => self.cite = Some(cite.clone()),
            }
            told.push(cite);
        }
        if let Some(day) = days(text).into_iter().flatten().next() {
            match self.cited {
                Some(known) if known != day => {
                    return Err(format!("it is of {day}, and by the head of {known}"));
                }
                _ => self.cited = Some(day),
            }
            told.push(day.to_string());
        }
        if let Some(found) = act(text) {
            match self.act {
                Some((known, _)) if known != found.0 => {
                    return Err(format!("two kinds of act are told: {known}, {}", found.0));
                }
                _ => self.act = Some(found),
            }
            told.push(found.0.to_string());
        }
        let of_act =
            cases(text).into_iter().map(|(number, _)| number).find(|number| Some(*number) != self.companion);
        if let Some(number) = of_act {
            self.assign(number);
            told.push(number.to_string());
        }
        if let Some(found) = GOODS.captures(text) {
            let from = found["from"].trim().trim_end_matches(" in").to_string();
            self.draft.product.get_or_insert_with(|| found["goods"].to_string());
            self.draft.country = self.draft.country.or_else(|| Country::parse(&from));
        }
        Ok(format!("the act: {}", told.join(", ")))
    }
}
