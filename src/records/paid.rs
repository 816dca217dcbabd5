//! What a report says was paid, line by line: rows of one line put together, repeated amounts counted once.

use std::collections::HashMap;

use crate::entry::line::{plain, plain_number};
use crate::entry::{Declared, PaidRow, RateCell, Read};
use crate::terms::{CaseNumber, Kind, Money, Percent, Suffix, WholeDollars};

/// What the rows of one line say together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Settled<T> {
    /// Nothing, or there is no such column.
    #[default]
    Blank,
    /// Something that is not understood.
    NotUnderstood,
    /// One row this and another that.
    Disagree,
    /// This.
    Is(T),
}

impl<T: Copy> Settled<T> {
    /// The value, if it is known.
    pub fn value(self) -> Option<T> {
        match self {
            Settled::Is(value) => Some(value),
            Settled::Blank | Settled::NotUnderstood | Settled::Disagree => None,
        }
    }
}

/// What one line says was paid under a kind of case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaidCase {
    /// How much.
    pub amount: Settled<Money>,
    /// Under which case.
    pub declared: Declared,
    /// At which rate.
    pub rate: Option<Percent>,
}

/// A line of the report.
#[derive(Clone, Debug, Default)]
pub struct PaidLine {
    /// Its rows, in order.
    pub rows: Vec<PaidRow>,
}

/// Which columns a report has, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportHas {
    /// Amounts.
    pub amounts: [bool; 2],
    /// Cases.
    pub cases: [bool; 2],
    /// True if its rates can be read: no cell of the column may be a fraction of one.
    pub rates: bool,
}

/// What all rows together say. Reading: rows of one tariff number repeat one another; rows of several repeat an amount of
/// the line, or have nothing (0.00) beside the one that has it. Anything else is a contradiction.
fn settle<'r, T: Copy + PartialEq>(
    cells: impl Iterator<Item = (&'r str, Read<T>)>,
    nothing: impl Fn(&T) -> bool,
) -> Settled<T> {
    let mut cells = cells.peekable();
    let (mut of_tariff, mut first, mut filled) = (HashMap::new(), None, None);
    while let Some((ordinal, cell)) = cells.next() {
        let value = match cell {
            Read::Blank => continue,
            Read::NotUnderstood => return Settled::NotUnderstood,
            Read::Is(value) => value,
        };
        let alone = first.is_none() && cells.peek().is_none();
        if !alone && !ordinal.is_empty() && *of_tariff.entry(ordinal).or_insert(value) != value {
            return Settled::Disagree;
        }
        if !nothing(&value) && *filled.get_or_insert(value) != value {
            return Settled::Disagree;
        }
        first.get_or_insert(value);
    }
    filled.or(first).map_or(Settled::Blank, Settled::Is)
}

impl PaidLine {
    /// Entry number as written.
    pub fn entry_number(&self) -> &str {
        self.rows.first().map_or("", |row| &row.entry_number)
    }

    /// Line number as written.
    pub fn line_number(&self) -> &str {
        self.rows.first().map_or("", |row| &row.line_number)
    }

    /// Value of the goods.
    pub fn value(&self) -> Settled<WholeDollars> {
        let cells = self.rows.iter().map(|row| (&*row.ordinal, row.value));
        settle(cells, |value| value.dollars() == 0)
    }

    /// What was paid under a kind of case.
    pub fn case(&self, kind: Kind, has: &ReportHas) -> PaidCase {
        let place = kind.index();
        let amounts = self.rows.iter().map(|row| (&*row.ordinal, row.paid[place]));
        let rates = self.rows.iter().map(|row| (&*row.ordinal, row.rates[place]));
        let usable = |cell: &RateCell| cell.marked || has.rates;
        let rate = settle(rates, |_| false).value().filter(usable);
        PaidCase {
            amount: settle(amounts, |amount| amount.is_zero()),
            declared: self.declared(place),
            rate: rate.map(|cell| cell.percent),
        }
    }

    fn declared(&self, place: usize) -> Declared {
        let mut given =
            self.rows.iter().map(|row| row.declared[place]).filter(|case| *case != Declared::Nothing);
        let Some(first) = given.next() else { return Declared::Nothing };
        if given.all(|other| other == first) { first } else { Declared::Several }
    }

    /// The sum of the amounts on its rows, as a person would add up the column.
    pub fn rows_sum(&self, kind: Kind) -> Money {
        self.rows.iter().filter_map(|row| row.paid[kind.index()].value()).sum()
    }
}

/// The lines of a report, by entry and line number. A row without either is a line by itself.
#[derive(Debug, Default)]
pub struct PaidLines {
    lines: Vec<PaidLine>,
    places: HashMap<String, usize>,
}

/// Entry and line number as they are compared: never the entry alone.
pub fn line_key(entry_number: &str, line_number: &str) -> Option<String> {
    let given = !entry_number.is_empty() && !line_number.is_empty();
    given.then(|| format!("{}/{}", plain(entry_number), plain_number(line_number)))
}

impl PaidLines {
    /// Adds a row.
    pub fn add(&mut self, mut row: PaidRow) {
        let place = line_key(&row.entry_number, &row.line_number)
            .map_or(self.lines.len(), |key| *self.places.entry(key).or_insert(self.lines.len()));
        if place == self.lines.len() {
            self.lines.push(PaidLine::default());
        } else {
            // The first row of the line tells it; millions of rows need not.
            (row.entry_number, row.line_number) = Default::default();
        }
        self.lines[place].rows.push(row);
    }

    /// The lines, in the order of the file.
    pub fn lines(&self) -> &[PaidLine] {
        &self.lines
    }

    /// Where the line of this entry and line number stands.
    pub fn find(&self, entry_number: &str, line_number: &str) -> Option<usize> {
        self.places.get(&line_key(entry_number, line_number)?).copied()
    }
}

/// A case as it is told.
pub fn case_text(case: Option<(CaseNumber, Option<Suffix>)>) -> String {
    case.map(|(number, suffix)| number.as_filed(suffix)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::Decimal;

    fn settled(cells: &[(&str, Option<i64>)]) -> Settled<Money> {
        let cell = |amount: Option<i64>| {
            amount.map_or(Read::Blank, |dollars| Read::Is(Money::from_decimal(Decimal::from(dollars))))
        };
        settle(cells.iter().map(|(ordinal, amount)| (*ordinal, cell(*amount))), |amount| amount.is_zero())
    }

    /// R4.3 of the conventions: an amount of the line on each of its tariff rows counts once.
    #[test]
    fn an_amount_that_is_repeated_counts_once() {
        let is = |dollars: i64| Settled::Is(Money::from_decimal(Decimal::from(dollars)));
        assert_eq!(settled(&[("1", Some(9350)), ("2", Some(9350))]), is(9350));
        assert_eq!(settled(&[("1", Some(0)), ("2", Some(9350)), ("3", None)]), is(9350));
        assert_eq!(settled(&[("", Some(0)), ("", Some(0))]), is(0));
        assert_eq!(settled(&[("1", None)]), Settled::Blank);
    }

    /// Two amounts, or a tariff number that stands twice with something and nothing, tell nothing.
    #[test]
    fn rows_that_contradict_each_other_tell_nothing() {
        assert_eq!(settled(&[("1", Some(9350)), ("2", Some(100))]), Settled::Disagree);
        assert_eq!(settled(&[("1", Some(9350)), ("1", Some(0))]), Settled::Disagree);
    }
}
