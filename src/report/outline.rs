//! What is told of all lines whose findings have one shape: words and rows are made once, amounts are put in for each.

use std::sync::Arc;

use jiff::civil::Date;

use super::ace_queries::{AceQueries, AceQuery, queries, spanning};
use super::causes::{Cause, Causes, ExceptionsCsv, LineKey, SharedWords, names_the_goods};
use super::cited::{Cited, cited};
use super::columns::words;
use super::deposits::Counted;
use super::names::{Names, WaitingName, asked, name_of};
use super::products::{Products, WaitingProduct, asks as asks_product};
use super::tally::{Sums, concerns};
use super::told::told;
use super::watch::{WatchedCase, watched};
use crate::casebook::Casebook;
use crate::determine::{Action, LineAmounts, LineFindings, Reckoned, Shape};
use crate::entry::known::Company;
use crate::entry::line::Stated;
use crate::entry::{EntryLine, Read};
use crate::spreadsheet::Words;
use crate::terms::{CaseNumber, Code, Exception, Ground, Kind, KnownDay, Money, ProductNames};

/// What is told of lines of one shape.
#[derive(Debug)]
pub struct Outline {
    /// Their shape.
    pub shape: Arc<Shape>,
    /// The words of our columns.
    pub words: Arc<Words>,
    /// Codes that stand on them, each once.
    pub codes: Vec<Code>,
    /// Notices on which they rest.
    pub notices: Vec<Cited>,
    /// True if their entered value is known.
    pub value_known: bool,
    /// True if the words of an exception name companies of the line.
    pub names_companies: bool,
    exceptions: Vec<Arc<SharedWords>>,
    /// The line from which the outline was taken; only for what is the same on all.
    sample: Arc<EntryLine>,
    /// The companies that its exceptions name, where those of the sample are others.
    companies: Option<[Arc<Company>; 3]>,
    /// What watching over their deposits hangs on.
    pub watched: [Option<WatchedCase>; 2],
    /// What is to be asked of ACE, AD then CVD.
    ace: [Option<AceQuery>; 2],
    /// Places of the exceptions that are asked once per product.
    of_products: Vec<usize>,
    /// The cases under which they are counted.
    pub cases: [Option<CaseNumber>; 2],
    paid_known: [bool; 2],
}

fn shared_words(line: &EntryLine, exception: &Exception) -> Arc<SharedWords> {
    Arc::new(SharedWords::new(exception, &told(line, exception)))
}

/// True if the words of an exception name companies of the line.
fn names_companies(exception: &Exception) -> bool {
    use Ground::{Confirmed, Near, Parties, PrintedAs, Supplier, TwoRates};
    matches!(
        exception.ground,
        Parties(_) | PrintedAs { .. } | TwoRates { .. } | Supplier { .. } | Near { .. } | Confirmed { .. }
    )
}

/// The cases under which a line is counted, AD then CVD.
pub(super) fn counted_under(line: &EntryLine, findings: &LineFindings) -> [Option<CaseNumber>; 2] {
    Kind::BOTH.map(|kind| {
        let case = findings.answer.as_ref().and_then(|answer| answer.case(kind))?;
        concerns(&case.at_entry.finding, line.paid(kind).value()).then_some(case.number)
    })
}

/// What is added up over the lines of one outline, in cents.
#[derive(Clone, Debug)]
pub struct OutlineSums {
    /// How many lines.
    pub lines: u64,
    /// Row of the first.
    first_row: u64,
    /// Its entry and line number.
    first: (Box<str>, Box<str>),
    /// First and last governing day.
    days: Option<(Date, Date)>,
    entered_value: u64,
    at_entry: i128,
    restated: i128,
    /// By kind: at entry, restated, paid, difference.
    kinds: [[i128; 4]; 2],
    /// By exception; whether any line has a stake, and the sum.
    stakes: Vec<(bool, i128)>,
}

fn cents(amount: Option<i64>) -> i128 {
    amount.map_or(0, i128::from)
}

impl Outline {
    /// The outline of lines of a shape, taken from one of them; `None` where what is told depends on what goods are
    /// called on each line.
    pub fn of(casebook: &Casebook, line: EntryLine, shape: Shape, as_of: KnownDay) -> Option<Outline> {
        let findings = &shape.sample;
        if findings.exceptions.iter().any(names_the_goods) {
            return None;
        }
        let exceptions = findings.exceptions.iter().map(|exception| shared_words(&line, exception));
        let mut codes: Vec<Code> = findings.exceptions.iter().map(|exception| exception.code).collect();
        codes.dedup();
        let cases = counted_under(&line, findings);
        Some(Outline {
            words: Arc::new(Words::new(words(casebook, &line, findings), findings.action.rank())),
            names_companies: findings.exceptions.iter().any(names_companies),
            codes,
            notices: cited(casebook, findings),
            value_known: matches!(line.entered_value, Read::Is(_)),
            exceptions: exceptions.collect(),
            of_products: (0..findings.exceptions.len())
                .filter(|place| asks_product(&findings.exceptions[*place]))
                .collect(),
            companies: None,
            watched: watched(casebook, &line.declared, findings, as_of),
            ace: queries(casebook, findings),
            cases,
            paid_known: line.paid.map(|paid| paid.value().is_some()),
            sample: Arc::new(line),
            shape: Arc::new(shape),
        })
    }

    /// True for lines that no case of the casebook lists, on which nothing stands but the reason.
    pub fn is_untested(&self) -> bool {
        self.shape.action() == Action::NotTested && self.exceptions.is_empty()
    }

    /// The same outline for other lines that no case lists: only their reason names other goods.
    pub fn untested(&self, casebook: &Casebook, line: &EntryLine) -> Outline {
        let words = words(casebook, line, &self.shape.sample);
        Outline {
            words: Arc::new(Words::new(words, self.words.rank)),
            exceptions: Vec::new(),
            of_products: Vec::new(),
            codes: Vec::new(),
            notices: Vec::new(),
            shape: Arc::clone(&self.shape),
            sample: Arc::clone(&self.sample),
            companies: None,
            watched: self.watched.clone(),
            ace: self.ace.clone(),
            ..*self
        }
    }

    fn sample_naming(&self, companies: [&Arc<Company>; 3]) -> EntryLine {
        let [exporter, producer, supplier] = companies.map(|company| company.name.clone());
        EntryLine { exporter, producer, supplier, ..EntryLine::clone(&self.sample) }
    }

    /// The same outline for lines that name these companies.
    pub fn naming(&self, companies: [&Arc<Company>; 3]) -> Outline {
        let named = self.sample_naming(companies);
        let exceptions = self.exceptions.iter().zip(&self.shape.sample.exceptions);
        let exceptions = exceptions.map(|(known, exception)| match names_companies(exception) {
            true => shared_words(&named, exception),
            false => Arc::clone(known),
        });
        Outline {
            exceptions: exceptions.collect(),
            of_products: self.of_products.clone(),
            shape: Arc::clone(&self.shape),
            words: Arc::clone(&self.words),
            codes: self.codes.clone(),
            notices: self.notices.clone(),
            sample: Arc::clone(&self.sample),
            companies: Some(companies.map(Arc::clone)),
            watched: self.watched.clone(),
            ace: self.ace.clone(),
            ..*self
        }
    }

    /// Adds the rows of a line's exceptions.
    pub fn add_exceptions(&self, key: &LineKey<'_>, reckoned: &Reckoned, to: &mut ExceptionsCsv) {
        for (place, exception) in self.exceptions.iter().enumerate() {
            let stake = self.shape.stake(place, reckoned);
            if self.shape.names_amounts(place) {
                let exception = self.shape.exception(place, reckoned);
                let words = SharedWords::new(&exception, &told(&self.sample, &exception));
                to.add_shared(key, &words, stake);
            } else {
                to.add_shared(key, exception, stake);
            }
        }
    }

    /// Adds the causes of lines that were summed up.
    pub fn add_causes(&self, sums: &OutlineSums, to: &mut Causes) {
        if sums.stakes.is_empty() {
            return;
        }
        let named = self.companies.as_ref().map(|companies| self.sample_naming(companies.each_ref()));
        let line = named.as_ref().unwrap_or(&self.sample);
        let causes = sums.stakes.iter().zip(&self.shape.sample.exceptions).enumerate();
        // Those of products are added product by product.
        let causes = causes.filter(|(place, _)| !self.of_products.contains(place));
        for (_, ((known, stake), exception)) in causes {
            let stake = known.then(|| Money::from_cents(*stake));
            let (cause, nearest) = Cause::of(line, exception, told(line, exception));
            to.add_lines(&cause, sums.lines, stake, sums.first_row, || (sums.first_label(), nearest));
        }
    }
}

impl Outline {
    /// True if something is asked once per product.
    pub fn asks_product(&self) -> bool {
        !self.of_products.is_empty()
    }

    /// Adds what is asked of a product, on lines that were summed up.
    pub fn add_product(
        &self,
        names: ProductNames,
        sums: &OutlineSums,
        causes: &mut Causes,
        products: &mut Products,
    ) {
        let stake = |place: usize| {
            let (known, stake) = sums.stakes[place];
            known.then(|| Money::from_cents(stake))
        };
        let asking =
            self.of_products.iter().map(|place| (&self.shape.sample.exceptions[*place], stake(*place)));
        let line = EntryLine::of_product(names.clone());
        for (exception, stake) in asking.clone() {
            let (cause, nearest) = Cause::of(&line, exception, told(&line, exception));
            causes.add_lines(&cause, sums.lines, stake, sums.first_row, || (sums.first_label(), nearest));
        }
        products.count(WaitingProduct {
            names,
            hts: self.sample.hts.value().into_iter().collect(),
            lines: sums.lines,
            entered_value: sums.entered_value,
            first_row: products.at(sums.first_row),
            ..WaitingProduct::asked(self.shape.sample.answer.as_deref(), asking)
        });
    }

    /// Adds what is to be asked of ACE.
    pub fn add_ace(&self, sums: &OutlineSums, to: &mut AceQueries) {
        for (query, [at_entry, restated, ..]) in self.ace.iter().zip(sums.kinds) {
            let Some(query) = query else { continue };
            let (lines, entered_value) = (sums.lines, sums.entered_value);
            to.count(query, &Counted { lines, entered_value, at_entry, restated }, sums.days);
        }
    }

    /// Adds the names on which a person has to decide.
    pub fn add_names(&self, sums: &OutlineSums, to: &mut Names) {
        let asked = asked(&self.shape.sample);
        if asked.is_empty() {
            return;
        }
        let named = self.companies.as_ref().map(|companies| self.sample_naming(companies.each_ref()));
        let line = named.as_ref().unwrap_or(&self.sample);
        for (role, places) in asked {
            let known = places.iter().map(|place| sums.stakes[*place]).filter(|(known, _)| *known);
            let stake = known.map(|(_, stake)| stake).reduce(|sum, stake| sum + stake);
            to.count(WaitingName {
                name: name_of(line, role).clone(),
                roles: vec![role],
                lines: sums.lines,
                entered_value: sums.entered_value,
                stake: stake.map(Money::from_cents),
                first_row: to.at(sums.first_row),
            });
        }
    }
}

impl OutlineSums {
    /// What the first line is called.
    fn first_label(&self) -> String {
        let (entry_number, line_number) = self.first.clone();
        EntryLine { row: self.first_row, entry_number, line_number, ..EntryLine::default() }.label()
    }

    /// Nothing yet; the line is the first.
    pub fn begin(outline: &Outline, first: &LineKey<'_>) -> OutlineSums {
        OutlineSums {
            lines: 0,
            first_row: first.row,
            first: (first.entry_number.into(), first.line_number.into()),
            days: None,
            entered_value: 0,
            at_entry: 0,
            restated: 0,
            kinds: [[0; 4]; 2],
            stakes: vec![(false, 0); outline.exceptions.len()],
        }
    }

    /// Adds what was summed up of later lines.
    pub fn merge(&mut self, later: &OutlineSums) {
        self.lines += later.lines;
        self.days = spanning(self.days, later.days);
        self.entered_value += later.entered_value;
        self.at_entry += later.at_entry;
        self.restated += later.restated;
        for (sums, later) in self.kinds.iter_mut().zip(&later.kinds) {
            sums.iter_mut().zip(later).for_each(|(sum, later)| *sum += later);
        }
        for ((known, sum), (later_known, later)) in self.stakes.iter_mut().zip(&later.stakes) {
            *known |= later_known;
            *sum += later;
        }
    }

    /// Adds a line.
    pub fn add(&mut self, outline: &Outline, stated: &Stated, reckoned: &Reckoned, amounts: &LineAmounts) {
        self.lines += 1;
        self.entered_value += stated.entered_value.value().map_or(0, |value| value.dollars());
        self.at_entry += cents(amounts.at_entry);
        self.restated += cents(amounts.restated);
        for ((sums, case), paid) in self.kinds.iter_mut().zip(&amounts.cases).zip(&stated.paid) {
            let figures = [case.at_entry, case.restated, paid.value().map(Money::cents), case.difference];
            sums.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += cents(figure));
        }
        for (place, (known, sum)) in self.stakes.iter_mut().enumerate() {
            if let Some(stake) = outline.shape.stake(place, reckoned) {
                *known = true;
                *sum += i128::from(stake);
            }
        }
    }

    /// Adds the governing day of a line.
    pub fn add_day(&mut self, day: Date) {
        self.days = spanning(self.days, Some((day, day)));
    }

    /// All of them under one heading.
    pub(super) fn all(&self, outline: &Outline) -> Sums {
        let [ad, cvd] = &self.kinds;
        let not_known = outline.paid_known == [false; 2];
        Sums {
            lines: self.lines,
            entered_value: self.entered_value,
            at_entry: Money::from_cents(self.at_entry),
            restated: Money::from_cents(self.restated),
            paid: Money::from_cents(ad[2] + cvd[2]),
            paid_not_known: if not_known { self.lines } else { 0 },
            difference: Money::from_cents(ad[3] + cvd[3]),
        }
    }

    /// Those that are counted under a case.
    pub(super) fn cases(&self, outline: &Outline) -> impl Iterator<Item = (CaseNumber, Sums)> {
        Kind::BOTH.into_iter().filter_map(|kind| {
            let [at_entry, restated, paid, difference] = self.kinds[kind.index()].map(Money::from_cents);
            let paid_not_known = if outline.paid_known[kind.index()] { 0 } else { self.lines };
            let (lines, entered_value) = (self.lines, self.entered_value);
            let sums = Sums { lines, entered_value, at_entry, restated, paid, paid_not_known, difference };
            outline.cases[kind.index()].map(|case| (case, sums))
        })
    }
}
