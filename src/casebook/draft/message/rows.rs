//! From what a message says to notices, rates, suffixes and standings.
//!
//! A rate that Commerce published is known from the Federal Register on: it stands under that notice. What only CBP's
//! message prints is known from the day of the message: company suffixes, numbers of third countries with their rates, and
//! rates that begin after the day of the notice that the message cites.

use jiff::civil::Date;

use super::super::sentences::{Does, table};
use super::super::{Draft, DraftCase, DraftNotice, DraftRate, DraftStanding, DraftSuffix, Figure};
use super::{From, Listed, Message, Use};
use crate::casebook::model::{Rung, State, Table, Trust};
use crate::terms::{CaseNumber, Country, Kind};

/// The day of a message by its number: the last digit of the year, the day of the year, three digits (`9090001` is the
/// 90th day of a year that ends in 9). `after` is a day that the message knows: the year is the first that fits.
fn dated(number: &str, after: Date) -> Option<Date> {
    let digit: i16 = number.get(..1)?.parse().ok()?;
    let of_year: i16 = number.get(1..4)?.parse().ok()?;
    let year = (after.year()..after.year() + 10).find(|year| year % 10 == digit)?;
    let first = Date::new(year, 1, 1).ok()?;
    let date = first.checked_add(jiff::Span::new().days(i32::from(of_year) - 1)).ok()?;
    (of_year > 0 && date.year() == year && date >= after).then_some(date)
}

impl Message {
    fn id(&self) -> String {
        self.number.as_ref().map_or("cbp-message".to_string(), |number| format!("cbp-{number}"))
    }

    fn fr_id(&self) -> Option<String> {
        let cite = self.cite.as_ref()?;
        let (volume, page) = cite.split_once(" FR ")?;
        Some(format!("fr-{volume}-{page}"))
    }

    fn told(&self) -> String {
        self.number.as_ref().map_or("CBP message".to_string(), |number| format!("CBP message {number}"))
    }

    fn from(&self, listed: &Listed) -> Option<Date> {
        match listed.from {
            From::Day(day) => Some(day),
            From::Head => self.effective,
            From::Unread => None,
        }
    }

    /// True for a number that is not that of the proceeding.
    fn is_third(&self, listed: &Listed) -> bool {
        let number = listed.list.case.map(|(number, _)| number);
        let other = |number: CaseNumber| {
            let of_kind = self.assigned.iter().any(|assigned| assigned.kind == number.kind);
            of_kind && !self.assigned.contains(&number)
        };
        listed.third.is_some() || number.is_some_and(other)
    }

    /// The notice under which the rates of a list stand.
    fn notice_of(&self, listed: &Listed) -> String {
        let early = match (self.from(listed), self.cited) {
            (Some(from), Some(cited)) => from <= cited,
            _ => true,
        };
        let of_register = self.fr_id().filter(|_| early && !self.is_third(listed));
        of_register.unwrap_or_else(|| self.id())
    }

    pub(super) fn rows(mut self) -> Draft {
        if self.assigned.is_empty() {
            // Nothing else says which case the message is about.
            let plain = self.lists.iter().filter(|listed| listed.third.is_none());
            let numbers: Vec<CaseNumber> = plain.filter_map(|listed| Some(listed.list.case?.0)).collect();
            numbers.into_iter().for_each(|number| self.assign(number));
        }
        self.leave_odd_roles();
        self.add_everyone_else();
        self.dated = self.dated.or_else(|| dated(self.number.as_ref()?, self.cited.or(self.effective)?));
        self.draft.id = self.id();
        self.draft.source = self.told();
        let lists = std::mem::take(&mut self.lists);
        for listed in &lists {
            self.add_list(listed);
        }
        self.add_cases(&lists);
        self.add_notices();
        self.add_standings();
        self.ask();
        self.draft
    }

    /// A message names companies in one way. A list that does otherwise is left to a person: a label of which a part was lost
    /// reads as another one.
    fn leave_odd_roles(&mut self) {
        let role = |listed: &Listed| {
            let first = listed.list.rows.first().map(|row| row.role);
            first.filter(|role| *role != Rung::Everyone && !listed.excluded)
        };
        let mut counts: Vec<(usize, Rung)> = Rung::ALL
            .iter()
            .map(|rung| (self.lists.iter().filter(|listed| role(listed) == Some(*rung)).count(), *rung))
            .collect();
        counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let [(most, usual), (next, _), ..] = counts[..] else { return };
        if next == 0 {
            return;
        }
        let usual = (most > next).then_some(usual);
        let odd = |listed: &Listed| role(listed).is_some_and(|role| Some(role) != usual);
        let (left, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.lists).into_iter().partition(odd);
        self.lists = kept;
        for line in left.into_iter().flat_map(|listed| listed.list.lines) {
            self.open(line, "", "other lists of the message name companies in another role; not drafted");
        }
    }

    /// Everyone else, where no list but a sentence gives their rate.
    fn add_everyone_else(&mut self) {
        let Some((percent, line)) = self.everyone_else else { return };
        let figure = Figure { percent: Some(percent), per_unit: None };
        let mut rows =
            self.lists.iter().filter(|listed| listed.list.rows.iter().any(|row| row.role == Rung::Everyone));
        match rows.next() {
            Some(listed) if listed.list.deposit.as_ref() != Some(&figure) => {
                let why = "another rate for everyone else stands in a list; look at both";
                self.open(line, "", why);
            }
            Some(_) => {}
            None => self.draft.ask(format!(
                "Line {line} gives everyone else {percent}, and no list has it with a case number: write the row by hand."
            )),
        }
    }

    fn add_list(&mut self, listed: &Listed) {
        let (from, notice) = (self.from(listed), self.notice_of(listed));
        let case = listed.list.case.map(|(number, _)| number);
        let only = (self.assigned.len() == 1).then(|| self.assigned[0]);
        let case = case.or(only);
        let of_third =
            listed.third.as_ref().map(|country| format!(": third country {country}")).unwrap_or_default();
        let source = self.number.as_ref().map_or("message".to_string(), |number| format!("message {number}"));
        let at = format!("{source} para {}{of_third}", listed.paragraph);
        let excluded = listed.excluded;
        for row in &listed.list.rows {
            let party = if row.exporter.is_empty() { &row.producer } else { &row.exporter };
            if let (Some((number, Some(suffix))), true) =
                (listed.list.case, row.role != Rung::Pair || row.exporter == row.producer)
            {
                self.draft.suffixes.push(DraftSuffix {
                    case: number,
                    party: party.clone(),
                    suffix,
                    from,
                    notice: self.id(),
                });
            }
            let margin = listed.list.margin.as_ref().and_then(|figure| figure.percent);
            self.draft.rates.push(DraftRate {
                case,
                role: row.role,
                exporter: row.exporter.clone(),
                producer: row.producer.clone(),
                from,
                through: None,
                deposit: if excluded { None } else { listed.list.deposit.clone() },
                margin,
                notice: notice.clone(),
                note: at.clone(),
                lines: listed.list.lines.clone(),
            });
        }
        let number = listed.list.case.map(|(number, suffix)| match suffix {
            Some(suffix) => format!("{number}-{suffix}"),
            None => number.to_string(),
        });
        let what = format!("{} rate row(s) {}", listed.list.rows.len(), number.unwrap_or_default());
        self.draft
            .used
            .extend(listed.list.lines.iter().map(|line| Use { line: *line, what: what.trim().to_string() }));
        self.ask_of_pairs(listed);
    }

    /// A number of a pair is that of two companies together, which `suffixes.csv` has no row for.
    fn ask_of_pairs(&mut self, listed: &Listed) {
        let apart =
            listed.list.rows.iter().find(|row| row.role == Rung::Pair && row.exporter != row.producer);
        if let (Some(row), Some((number, Some(suffix)))) = (apart, listed.list.case) {
            self.draft.ask(format!(
                "{number}-{suffix} is the number of a combination ({} / {}): suffixes.csv names one company a row; no suffix \
                 is drafted for it.",
                row.exporter, row.producer
            ));
        }
    }

    fn add_cases(&mut self, lists: &[Listed]) {
        let everyone = |number: CaseNumber| {
            let of_case =
                lists.iter().filter(|listed| listed.list.case.map(|(case, _)| case) == Some(number));
            of_case
                .filter_map(|listed| listed.list.country_wide)
                .next()
                .or((number.kind == Kind::Cvd).then_some(false))
        };
        let assigned = self.assigned.clone();
        for number in &assigned {
            self.draft.cases.push(DraftCase {
                number: *number,
                country_wide: everyone(*number),
                companion: None,
                third_country: false,
                of: None,
                origin: None,
                notice: String::new(),
            });
        }
        let mut third: Vec<(CaseNumber, Option<Country>, Option<CaseNumber>)> = self.opened.clone();
        for listed in lists.iter().filter(|listed| self.is_third(listed)) {
            let Some((number, _)) = listed.list.case else { continue };
            let origin = listed.third.as_deref().and_then(Country::parse);
            let of = assigned.iter().copied().find(|case| case.kind == number.kind);
            match third.iter_mut().find(|(known, ..)| *known == number) {
                Some(known) if known.1 != origin => known.1 = None,
                Some(_) => {}
                None => third.push((number, origin, of)),
            }
        }
        // One country has one number of a kind: of two, one is misread.
        for (ix, (number, origin, of)) in third.iter().enumerate() {
            let twice = third
                .iter()
                .enumerate()
                .any(|(other, row)| other != ix && row.1 == *origin && row.0.kind == number.kind);
            let origin = origin.filter(|_| !twice);
            if origin.is_none() {
                self.draft.ask(format!(
                    "{number} is not the number of the proceeding: for goods of which country is it?"
                ));
            }
            self.draft.cases.push(DraftCase {
                number: *number,
                country_wide: everyone(*number),
                companion: None,
                third_country: true,
                of: *of,
                origin,
                notice: self.id(),
            });
        }
    }

    fn add_notices(&mut self) {
        let (id, register) = (self.id(), self.fr_id());
        // What is not understood below the head may be what is left of a list.
        let body = self.body.unwrap_or(0);
        let open: Vec<usize> =
            self.draft.open.iter().map(|open| open.line).filter(|line| *line >= body).collect();
        if let Some(register) = register.clone() {
            let (kind, does) = self.act.unzip();
            let mut notice = DraftNotice {
                cases: self.assigned.clone(),
                kind: kind.map(str::to_string),
                published: self.cited,
                citation: self.cite.clone().unwrap_or_default(),
                trust: Some(Trust::Official),
                says: format!("As {} tells it.", self.told()),
                ..DraftNotice::default()
            };
            notice.id = register;
            self.add_table(&mut notice, &open, does);
            self.draft.notices.push(notice);
        }
        let third: Vec<CaseNumber> =
            self.draft.cases.iter().filter(|case| case.third_country).map(|case| case.number).collect();
        let mut cases = self.assigned.clone();
        cases.extend(third);
        let mut notice = DraftNotice {
            id,
            cases,
            kind: Some("CBP message".to_string()),
            published: self.dated,
            citation: self.told(),
            message: self.number.clone(),
            corrects: self.corrects.clone(),
            trust: Some(Trust::Official),
            says: "As drafted from its text.".to_string(),
            ..DraftNotice::default()
        };
        if self.dated.is_some() {
            notice
                .remarks
                .push("published: the day of the message, or the day of the year in its number".to_string());
        }
        self.add_table(&mut notice, &open, Some(Does::Replaces));
        self.draft.notices.push(notice);
    }

    /// `open` are the lines that may be what is left of its lists.
    fn add_table(&mut self, notice: &mut DraftNotice, open: &[usize], does: Option<Does>) {
        let rates: Vec<DraftRate> =
            self.draft.rates.iter().filter(|rate| rate.notice == notice.id).cloned().collect();
        if rates.is_empty() {
            return;
        }
        let mut of: Vec<CaseNumber> = rates.iter().filter_map(|rate| rate.case).collect();
        of.sort_unstable();
        of.dedup();
        let has_everyone = |case: &CaseNumber| {
            rates.iter().any(|rate| rate.case == Some(*case) && rate.role == Rung::Everyone)
        };
        let everyone = !of.is_empty() && of.iter().all(has_everyone);
        notice.table = table(does, open.is_empty(), everyone);
        notice.effective = rates.iter().filter_map(|rate| rate.from).min();
        if of.len() != notice.cases.len() {
            notice.table_of = of;
        }
        if notice.table.is_none() {
            self.draft.ask(format!(
                "What does the table of {} do to the rates before it: \"whole\", \"amends\" or \"partial\" (guide, 3)?",
                notice.citation
            ));
        }
        if notice.table == Some(Table::Partial) {
            notice.remarks.push("table: partial, because a part of the text could not be read".to_string());
            self.draft.ask_of_partial(&notice.citation, open, table(does, true, everyone));
        }
    }

    fn add_standings(&mut self) {
        let notice = self.fr_id().unwrap_or_else(|| self.id());
        let source = self.told();
        let mut row = |case: CaseNumber, state, from, note: String, interest| {
            let (notice, source) = (notice.clone(), source.clone());
            self.draft.standings.push(DraftStanding { case, state, from, notice, interest, source, note });
        };
        for case in &self.assigned {
            if let (Some(from), Some(Does::NoRates)) = (self.discontinued, self.act.map(|(_, does)| does)) {
                row(
                    *case,
                    State::Terminated,
                    from,
                    "back to the first day of suspension".to_string(),
                    self.interest,
                );
            }
            if let Some((from, through)) = self.gap {
                row(*case, State::Gap, from, format!("through {through}"), self.interest);
            }
        }
    }

    fn ask(&mut self) {
        if self.supplier {
            self.draft.foreign_by_supplier = true;
            self.draft.ask("Foreign exporters without a rate take that of their supplier: foreign_exporter = \"supplier\" in the [[ladder]].".to_string());
        }
        if let Some(companion) = self.companion {
            self.draft
                .ask(format!("The companion case is {companion}: it is a [[case]] of the same folder."));
        }
        if self.assigned.is_empty() && self.opened.is_empty() {
            self.draft.ask("The text names no case number.".to_string());
        }
        if let Some(head) = self.effective {
            let other = self.draft.rates.iter().find_map(|rate| rate.from.filter(|from| *from != head));
            if let Some(other) = other {
                self.draft.ask(format!(
                    "The head says effective {head}, and rates begin on {other}: is that meant?"
                ));
            }
        }
        if self.draft.rates.iter().any(|rate| rate.from.is_none()) {
            self.draft.ask("Rates without a first day: the text gives none that can be read.".to_string());
        }
    }
}
