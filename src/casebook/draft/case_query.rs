//! The response to an ACE AD/CVD case query: records of 80 characters, `RA` to `RJ` (CATAIR, AD/CVD case query, output AC).

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::lines::{Line, NO_TEXT, Open, Use, single_blanks};
use super::{Draft, Figure, Shape};
use crate::terms::{CaseNumber, Country, Hts, PartyKey, Percent, Suffix, Unit};

mod rows;

/// Places of a record, counted from 1, both ends included.
type Places = (usize, usize);

const CASE: Places = (3, 12);
const RELATED: Places = (14, 23);
const COUNTRY: Places = (56, 57);
const GOODS: Places = (25, 54);
const STATUS: Places = (59, 60);
const CASE_EFFECTIVE: Places = (62, 67);
const SEQUENCE: Places = (13, 13);
const NAME: Places = (30, 79);
const EFFECTIVE: Places = (14, 19);
const AD_VALOREM: Places = (21, 26);
const SPECIFIC: Places = (28, 35);
const UNIT: Places = (37, 39);
const ADDED: Places = (67, 72);
const INACTIVATED: Places = (74, 79);
const EVENT_EFFECTIVE: Places = (13, 18);
const EVENT: Places = (19, 67);
const INDICATOR: Places = (21, 30);
const SUSPENSION: Places = (21, 25);
/// Tariff numbers, each with its two days behind it.
const TARIFFS: [(Places, Places); 3] = [((14, 23), (24, 35)), ((36, 45), (46, 57)), ((58, 67), (68, 79))];
/// Characters of a name in one record.
const NAME_LENGTH: usize = 50;

fn field(record: &str, (from, to): Places) -> String {
    record.chars().skip(from - 1).take(to + 1 - from).collect::<String>().trim().to_string()
}

/// A day as `MMDDYY`. Antidumping and countervailing cases in ACE are younger than 1980.
fn day(text: &str) -> Option<Date> {
    let plain = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    let part = |from: usize| text.get(from..from + 2).and_then(|text| text.parse::<i8>().ok());
    let (month, day, year) = plain.then(|| Some((part(0)?, part(2)?, i16::from(part(4)?)))).flatten()?;
    Date::new(if year >= 80 { 1900 + year } else { 2000 + year }, month, day).ok()
}

/// Digits with two decimals implied; `None` for anything else.
fn implied(text: &str) -> Option<Decimal> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse::<i64>().ok()).flatten().map(|digits| Decimal::new(digits, 2))
}

fn begins(line: &Line) -> bool {
    let known = matches!(line.raw.as_bytes(), [b'R', b'A'..=b'J', ..]);
    known && line.raw.chars().count() >= 20
}

/// True for a response: it has a record of a case.
pub(super) fn is_one(lines: &[Line]) -> bool {
    let of_case =
        |line: &Line| line.raw.starts_with("RA") && CaseNumber::parse(&field(&line.raw, CASE)).is_some();
    lines.iter().any(|line| begins(line) && of_case(line))
}

/// A rate as a record gives it.
struct Rate {
    line: usize,
    from: Date,
    figure: Figure,
    added: Date,
    inactivated: Option<Date>,
}

/// A case of the response.
struct Case {
    number: CaseNumber,
    suffix: Option<Suffix>,
    effective: Option<Date>,
    /// Manufacturers and foreign exporters, each with its line.
    parties: [Vec<(usize, String)>; 2],
    rates: Vec<Rate>,
    tariffs: Vec<Hts>,
    /// True if a record that may name a party could not be read: then whose the rates are is not certain.
    damaged: bool,
}

struct Response {
    draft: Draft,
    cases: Vec<Case>,
    /// True behind a record that may have been that of another case.
    lost: bool,
}

/// Reads a response.
pub(super) fn read(lines: &[Line]) -> Draft {
    let mut response = Response { draft: Draft::new(Shape::CaseQuery), cases: Vec::new(), lost: false };
    for line in lines {
        if line.text.is_empty() {
            response.used(line.number, NO_TEXT.to_string());
            continue;
        }
        match response.record(line) {
            Ok(what) => response.used(line.number, what),
            Err(why) => {
                response.lose(line);
                response.draft.open.push(Open { line: line.number, text: line.text.clone(), why });
            }
        }
    }
    response.rows()
}

fn wanted<T>(value: Option<T>, what: &str, text: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("{what} {text:?} cannot be read"))
}

impl Response {
    fn used(&mut self, line: usize, what: String) {
        self.draft.used.push(Use { line, what });
    }

    /// What a record that cannot be read leaves uncertain.
    fn lose(&mut self, line: &Line) {
        let kind = line.raw.get(..2).unwrap_or("");
        if begins(line) && matches!(kind, "RF" | "RG" | "RH" | "RI" | "RJ") {
            return;
        }
        self.lost |= !begins(line) || !matches!(kind, "RC" | "RD");
        if let Some(case) = self.cases.last_mut() {
            case.damaged = true;
        }
    }

    fn record(&mut self, line: &Line) -> Result<String, String> {
        if !begins(line) {
            return Err("no record of a response: expected RA to RJ".to_string());
        }
        let record = line.raw.as_str();
        let kind = &record[..2];
        let number = field(record, CASE);
        if kind == "RA" {
            return self.case(record);
        }
        let case = self.cases.last().ok_or("a record before that of its case (RA)")?;
        let said = CaseNumber::parse(&number);
        if said.is_some_and(|said| said != (case.number, case.suffix)) {
            return Err(format!("the record is of {number}, and the case before it is another"));
        }
        if self.lost && said.is_none() {
            return Err(
                "of which case the record is, is not certain: one above it cannot be read".to_string()
            );
        }
        match kind {
            "RC" => self.party(0, record, line.number),
            "RD" => self.party(1, record, line.number),
            "RF" => self.rate(record, line.number),
            "RG" => {
                let text = field(record, EVENT_EFFECTIVE);
                let from = wanted(day(&text), "the day", &text)?;
                let event = single_blanks(&field(record, EVENT));
                self.draft.ask(format!(
                    "ACE tells an event of {from}: {event}. Does a notice or a [[standing]] belong to it?"
                ));
                Ok(format!("event of {from}; left to a person"))
            }
            "RH" => {
                let (text, indicator) = (field(record, EFFECTIVE), field(record, INDICATOR));
                let from = wanted(day(&text), "the day", &text)?;
                wanted((!indicator.is_empty()).then_some(()), "the indicator", &indicator)?;
                Ok(format!("bond or cash from {from}: {indicator}; makes no row"))
            }
            "RI" => self.tariffs(record),
            "RJ" => {
                let (text, word) = (field(record, EFFECTIVE), field(record, SUSPENSION));
                let from = wanted(day(&text), "the day", &text)?;
                wanted(
                    matches!(word.as_str(), "START" | "STOP").then_some(()),
                    "the word START or STOP",
                    &word,
                )?;
                let case = self.cases.last().map(|case| case.number.to_string()).unwrap_or_default();
                self.draft.ask(format!(
                    "Suspension of {case}: {word} on {from}. Write the [[standing]] that belongs to it."
                ));
                Ok(format!("suspension, {word} on {from}; left to a person"))
            }
            _ => Err("a kind of record that is not known".to_string()),
        }
    }

    fn case(&mut self, record: &str) -> Result<String, String> {
        let text = field(record, CASE);
        let (number, suffix) = wanted(CaseNumber::parse(&text), "the case number", &text)?;
        let related = field(record, RELATED);
        if !related.is_empty() {
            let (other, _) = wanted(CaseNumber::parse(&related), "the related case", &related)?;
            self.draft.ask(format!(
                "{other} is related to {number}: if it is the companion, it is a [[case]] of the same folder."
            ));
        }
        let goods = single_blanks(&field(record, GOODS));
        self.draft.product.get_or_insert(goods);
        self.draft.country = self.draft.country.or_else(|| Country::parse(&field(record, COUNTRY)));
        let status = field(record, STATUS);
        if status != "AC" {
            self.draft.ask(format!(
                "{} is inactive in ACE (status {status:?}): a suffix of it gets a last day.",
                number.as_filed(suffix)
            ));
        }
        let day_text = field(record, CASE_EFFECTIVE);
        let effective = day(&day_text);
        let (parties, rates, tariffs) = (Default::default(), Vec::new(), Vec::new());
        self.lost = false;
        self.cases.push(Case { number, suffix, effective, parties, rates, tariffs, damaged: false });
        wanted(effective, "the effective day", &day_text)?;
        Ok(format!("the case, {}", number.as_filed(suffix)))
    }

    fn party(&mut self, side: usize, record: &str, line: usize) -> Result<String, String> {
        let (sequence, name) = (field(record, SEQUENCE), single_blanks(&field(record, NAME)));
        if name.is_empty() || PartyKey::of(&name).is_none() {
            return Err("the record has no name".to_string());
        }
        let case = self.cases.last_mut().ok_or("a party without a case")?;
        let parties = &mut case.parties[side];
        match (sequence.as_str(), parties.last_mut()) {
            ("2", Some((before, first))) if *before + 1 == line => {
                // A record that is full says nothing of a blank at its end.
                let full = first.chars().count() == NAME_LENGTH;
                if !full {
                    first.push(' ');
                }
                first.push_str(&name);
                let whole = first.clone();
                if full {
                    self.draft
                        .ask(format!("{whole:?} runs over two records: is there a blank where they meet?"));
                }
                Ok("a name, continued".to_string())
            }
            ("2", _) => Err("a name is continued, and the record before it is none".to_string()),
            ("" | "1", _) => {
                parties.push((line, name));
                Ok(if side == 0 { "a manufacturer".to_string() } else { "a foreign exporter".to_string() })
            }
            _ => Err(format!("the sequence {sequence:?} is neither 1 nor 2")),
        }
    }

    fn rate(&mut self, record: &str, line: usize) -> Result<String, String> {
        let [effective, percent, specific, unit, added, inactivated] =
            [EFFECTIVE, AD_VALOREM, SPECIFIC, UNIT, ADDED, INACTIVATED].map(|places| field(record, places));
        let from = wanted(day(&effective), "the effective day", &effective)?;
        let known = wanted(day(&added), "the day on which it was added", &added)?;
        let ended = match inactivated.as_str() {
            "" => None,
            text => Some(wanted(day(text), "the day on which it was inactivated", text)?),
        };
        let blank = percent.is_empty();
        let percent =
            if blank { None } else { Some(wanted(implied(&percent), "the ad valorem rate", &percent)?) };
        let specific_rate = if specific.is_empty() {
            None
        } else {
            Some(wanted(implied(&specific), "the specific rate", &specific)?)
        };
        let per_unit = match specific_rate.filter(|rate| !rate.is_zero()) {
            Some(rate) => Some((rate, wanted(Unit::parse(&unit), "the unit", &unit)?)),
            None => None,
        };
        // Nought beside a specific rate is filler.
        let percent = percent.filter(|rate| per_unit.is_none() || !rate.is_zero());
        let percent = percent
            .map(|rate| wanted(Percent::parse(&rate.to_string()), "the rate", &rate.to_string()))
            .transpose()?;
        if percent.is_none() && per_unit.is_none() {
            return Err("the record has no rate".to_string());
        }
        let case = self.cases.last_mut().ok_or("a rate without a case")?;
        let figure = Figure { percent, per_unit };
        case.rates.push(Rate { line, from, figure, added: known, inactivated: ended });
        let until = ended.map(|day| format!(", inactivated {day}")).unwrap_or_default();
        Ok(format!("a rate from {from}, added {known}{until}"))
    }

    fn tariffs(&mut self, record: &str) -> Result<String, String> {
        let mut told = Vec::new();
        for (number, days) in TARIFFS {
            let (text, days) = (field(record, number), field(record, days));
            if text.is_empty() {
                continue;
            }
            let hts = wanted(Hts::parse(&text), "the tariff number", &text)?;
            let digits: String = days.chars().filter(|c| !c.is_whitespace()).collect();
            let whole = matches!(digits.len(), 6 | 12)
                && digits
                    .as_bytes()
                    .chunks(6)
                    .all(|chunk| std::str::from_utf8(chunk).ok().and_then(day).is_some());
            wanted(whole.then_some(()), "the days of the tariff number", &days)?;
            let ended = digits.len() == 12;
            told.push(format!("{text}{}", if ended { " (inactivated)" } else { "" }));
            let case = self.cases.last_mut().ok_or("a tariff number without a case")?;
            if !ended && !case.tariffs.contains(&hts) {
                case.tariffs.push(hts);
            }
        }
        if told.is_empty() {
            Err("the record has no tariff number".to_string())
        } else {
            Ok(format!("hints: {}", told.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_figures_of_records() {
        assert_eq!(day("070225").map(|day| day.to_string()).as_deref(), Some("2025-07-02"));
        assert_eq!(day("021194").map(|day| day.to_string()).as_deref(), Some("1994-02-11"));
        assert_eq!(day("130225"), None);
        assert_eq!(implied("001017").map(|rate| rate.to_string()).as_deref(), Some("10.17"));
        assert_eq!(implied("00I017"), None);
    }
}
