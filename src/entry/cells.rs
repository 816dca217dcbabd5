//! What the cells of a row say, field by field. What is not understood becomes an exception with its place.

use rust_decimal::Decimal;

use super::amount::{Marks, figure_in, marked_amount_in};
use super::columns::Columns;
use super::date::{DATE, DATE_HEADINGS, DATE_ORDER, DATE_ORDERS, DateCell, DateOrder, DateOrders, read_date};
use super::line::{Declared, Name, Read, ZoneStatus};
use super::liquidation::{Liquidation, LiquidationStatus, ProtestStatus, Security, security_heading};
use super::paid_row::RateCell;
use super::writing::ColumnEvidence;
use crate::spreadsheet::row::{Cell, Row};
use crate::terms::party_name::names_nobody;
use crate::terms::{
    CaseNumber, Code, Country, EntryType, Exception, Ground, Heading, Kind, Money, Percent, Suffix, Unit,
    WholeDollars,
};

/// Characters of a cell that an exception quotes; a longer one is cut, and the mark shows it.
const QUOTED: usize = 120;

/// What a percentage is expected to be.
const PERCENTAGE: &str = "a percentage such as 95, not the fraction 0.95";
/// What a figure is expected to be.
const FIGURE: &str = "a number that is not negative";

fn percent_in(cell: &Cell) -> Option<Decimal> {
    figure_in(cell).filter(|figure| *figure > Decimal::ONE && *figure <= Decimal::ONE_HUNDRED)
}

/// The figure in a cell; neither negative nor larger than any that is meant.
pub fn bounded_figure_in(cell: &Cell) -> Option<Decimal> {
    figure_in(cell).filter(|figure| *figure <= crate::terms::money::MAX_DOLLARS)
}

/// The measured fact in a cell under a heading, as [`Cells::percent`] or [`Cells::figure`] reads it; else what was
/// expected.
pub fn measured_in(heading: Heading, cell: &Cell) -> Result<Decimal, &'static str> {
    match heading {
        Heading::CarbonPercent | Heading::GraphitizationPercent => percent_in(cell).ok_or(PERCENTAGE),
        _ => bounded_figure_in(cell).ok_or(FIGURE),
    }
}

/// Reads the cells of one row.
pub struct Cells<'a> {
    columns: &'a Columns,
    marks: Marks,
    row: &'a Row,
    /// What was noticed.
    pub exceptions: Vec<Exception>,
}

/// A cell as an exception quotes it.
pub fn quoted(cell: &Cell) -> Box<str> {
    let shown = cell.shown();
    match shown.char_indices().nth(QUOTED) {
        None => shown.into(),
        Some((cut, _)) => format!("{}\u{2026}", &shown[..cut]).into(),
    }
}

impl<'a> Cells<'a> {
    /// A reader of this row, whose columns of money have these marks.
    pub fn new(columns: &'a Columns, marks: Marks, row: &'a Row) -> Cells<'a> {
        Cells { columns, marks, row, exceptions: Vec::new() }
    }

    fn cell(&self, heading: Heading) -> &'a Cell {
        self.columns.cell(self.row, heading)
    }

    /// The text of a cell, blanks around it set aside; empty if blank. A formula without a value is EN07 and empty.
    pub fn text(&mut self, heading: Heading) -> Box<str> {
        let cell = self.cell(heading);
        if *cell == Cell::FormulaWithoutValue {
            self.not_understood(Code::EN07, heading, "a value");
            return Box::default();
        }
        cell.shown().into()
    }

    /// An identifier: text, or a number that may have lost its zeros, which is noted.
    pub fn identifier(&mut self, heading: Heading) -> Box<str> {
        let text = self.text(heading);
        if matches!(self.cell(heading), Cell::Number(_)) {
            let ground = Ground::Repaired { heading, found: text.clone(), used: text.clone() };
            self.exceptions.push(Exception::new(Code::EN02, ground));
        }
        text
    }

    fn not_understood(&mut self, code: Code, heading: Heading, expected: &'static str) {
        let found = quoted(self.cell(heading));
        self.exceptions.push(Exception::new(code, Ground::Cell { heading, found, expected }));
    }

    /// Reads a field; a formula without a value is EN07, anything else that `parse` refuses EN01.
    fn read<T>(
        &mut self,
        heading: Heading,
        expected: &'static str,
        parse: impl FnOnce(&Cell) -> Option<T>,
    ) -> Read<T> {
        let cell = self.cell(heading);
        if cell.is_blank() {
            return Read::Blank;
        }
        if let Some(value) = parse(cell) {
            return Read::Is(value);
        }
        let code = if *cell == Cell::FormulaWithoutValue { Code::EN07 } else { Code::EN01 };
        self.not_understood(code, heading, expected);
        Read::NotUnderstood
    }

    /// A country by code or name.
    pub fn country(&mut self, heading: Heading) -> Read<Country> {
        self.read(heading, "a country code such as CN, or its English name", |cell| {
            Country::parse(&cell.shown())
        })
    }

    /// An amount in dollars and cents that may not be negative.
    pub fn value(&mut self, heading: Heading) -> Read<Decimal> {
        let mark = self.marks.of(heading);
        self.read(heading, mark.expected(), |cell| {
            marked_amount_in(cell, mark).filter(|value| WholeDollars::from_decimal(*value).is_some())
        })
    }

    /// A deposit paid; a refund already booked may make it negative.
    pub fn paid(&mut self, kind: Kind) -> Read<Money> {
        self.money(if kind == Kind::Ad { Heading::AdPaid } else { Heading::CvdPaid })
    }

    fn money(&mut self, heading: Heading) -> Read<Money> {
        let mark = self.marks.of(heading);
        let fits = |amount: &Decimal| amount.abs() <= crate::terms::money::MAX_DOLLARS;
        self.read(heading, mark.expected(), |cell| {
            marked_amount_in(cell, mark).filter(fits).map(Money::from_decimal)
        })
    }

    /// The cases in a column that holds those of both kinds; `None` if something else stands there.
    pub fn any_cases(&mut self) -> Option<Vec<(CaseNumber, Option<Suffix>)>> {
        let shown = self.cell(Heading::AnyCase).shown();
        let parts = shown.split([';', ',', '/', '\n']).map(str::trim).filter(|part| !part.is_empty());
        let cases: Option<Vec<_>> = parts.map(CaseNumber::parse).collect();
        if cases.is_none() {
            self.not_understood(Code::EN01, Heading::AnyCase, "a case number such as A-999-101-001");
        }
        cases
    }

    /// The deposit in a column that holds those of both kinds.
    pub fn any_paid(&mut self) -> Read<Money> {
        self.money(Heading::AnyPaid)
    }

    /// A figure that may not be negative.
    pub fn figure(&mut self, heading: Heading) -> Read<Decimal> {
        self.read(heading, FIGURE, bounded_figure_in)
    }

    /// A percentage as people write it: `95`, `99.5%`. At most 100; 1 and less is refused, for a spreadsheet program
    /// stores 95% as 0.95, and which is meant cannot be told.
    pub fn percent(&mut self, heading: Heading) -> Read<Decimal> {
        self.read(heading, PERCENTAGE, percent_in)
    }

    /// The rate under a case: a percentage. One that is marked as such is what it says; any other may be a fraction of
    /// one, which its whole column tells.
    pub fn rate(&mut self, heading: Heading) -> Read<RateCell> {
        self.read(heading, "a rate in percent such as 93.50%", |cell| {
            let marked = matches!(cell, Cell::Text(text) if text.trim().ends_with('%'));
            let figure = figure_in(cell)?.normalize();
            let percent = Percent::parse(&figure.to_string())?;
            Some(RateCell { percent, marked })
        })
    }

    /// A unit of measure.
    pub fn unit(&mut self) -> Read<Unit> {
        self.read(Heading::Unit, "a unit code such as KG", |cell| Unit::parse(&cell.shown()))
    }

    /// The entry type; a single digit is padded and noted.
    pub fn entry_type(&mut self) -> Read<EntryType> {
        let heading = Heading::EntryType;
        let found = self.read(heading, "an entry type such as 03", |cell| EntryType::parse(&cell.shown()));
        let shown = self.cell(heading).shown();
        if let Read::Is(entry_type) = found
            && shown.len() == 1
        {
            let ground =
                Ground::Repaired { heading, found: shown.into(), used: entry_type.to_string().into() };
            self.exceptions.push(Exception::new(Code::EN08, ground));
        }
        found
    }

    /// Whether the entry is flagged for reconciliation.
    pub fn reconciled(&mut self) -> Read<bool> {
        self.read(Heading::Reconciliation, "Y or N", |cell| {
            match cell.shown().to_ascii_uppercase().as_str() {
                "Y" | "YES" => Some(true),
                "N" | "NO" => Some(false),
                _ => None,
            }
        })
    }

    /// Status in a foreign-trade zone.
    pub fn zone(&mut self) -> Read<ZoneStatus> {
        self.read(Heading::ZoneStatus, "PF, NPF, D or ZR", |cell| {
            match cell.shown().to_ascii_uppercase().as_str() {
                "PF" => Some(ZoneStatus::PrivilegedForeign),
                "NPF" => Some(ZoneStatus::NonPrivilegedForeign),
                "D" => Some(ZoneStatus::Domestic),
                "ZR" => Some(ZoneStatus::ZoneRestricted),
                _ => None,
            }
        })
    }

    /// What the file says of liquidation, protest and security; its days stand elsewhere.
    pub fn liquidation(&mut self) -> Liquidation {
        let word = |heading| self.cell(heading).shown();
        let protested = !word(Heading::ProtestNumber).is_empty();
        Liquidation {
            protested,
            status: self.read(Heading::LiquidationStatus, LiquidationStatus::EXPECTED, |cell| {
                LiquidationStatus::parse(&cell.shown())
            }),
            protest: self.read(Heading::ProtestStatus, ProtestStatus::EXPECTED, |cell| {
                ProtestStatus::parse(&cell.shown())
            }),
            security: Kind::BOTH.map(|kind| {
                self.read(security_heading(kind), Security::EXPECTED, |cell| Security::parse(&cell.shown()))
            }),
            ..Liquidation::default()
        }
    }

    /// A company name. Damage (U+FFFD, control characters) is EN09: such a name equals no other.
    pub fn name(&mut self, heading: Heading) -> Name {
        let cell = self.cell(heading);
        let text: Box<str> = cell.shown().into();
        if text.is_empty() {
            return Name::default();
        }
        if !matches!(cell, Cell::Text(_)) {
            let code = if *cell == Cell::FormulaWithoutValue { Code::EN07 } else { Code::EN01 };
            self.not_understood(code, heading, "a company name");
            return Name { text, ..Name::default() };
        }
        let name = Name::read(&text);
        if name.key.is_none() && !names_nobody(&name.text) {
            self.not_understood(Code::EN09, heading, "a company name without damaged characters");
        }
        name
    }

    /// The case declared in the column of a kind.
    pub fn declared(&mut self, kind: Kind) -> Declared {
        let (heading, expected) = match kind {
            Kind::Ad => (Heading::AdCase, "an AD case number such as A-999-101-001"),
            Kind::Cvd => (Heading::CvdCase, "a CVD case number such as C-999-102-001"),
        };
        let cell = self.cell(heading);
        if cell.is_blank() {
            return Declared::Nothing;
        }
        let shown = cell.shown();
        let mut numbers: Vec<_> = shown
            .split([';', ',', '/', '\n'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(CaseNumber::parse)
            .collect();
        numbers.dedup();
        match numbers[..] {
            [Some((number, suffix))] if number.kind == kind => Declared::One(number, suffix),
            [_, _, ..] if numbers.iter().all(Option::is_some) => Declared::Several,
            _ => {
                let code = if *cell == Cell::FormulaWithoutValue { Code::EN07 } else { Code::EN01 };
                self.not_understood(code, heading, expected);
                Declared::NotUnderstood
            }
        }
    }

    /// A date, and what its writing tells about its column. What cannot be read is EN01 here: whether the date
    /// governs is not known yet.
    pub fn date(
        &mut self,
        heading: Heading,
        orders: &DateOrders,
        evidence: &mut ColumnEvidence,
    ) -> Read<jiff::civil::Date> {
        let cell = self.cell(heading);
        if cell.is_blank() {
            return Read::Blank;
        }
        let column = DATE_HEADINGS.iter().position(|date| *date == heading).expect("a date heading");
        let expected = match read_date(cell, orders.0[column], &mut evidence.dates[column]) {
            DateCell::Is(date) => return Read::Is(date),
            DateCell::Ambiguous if orders.0[column] == DateOrder::Contradicted => DATE_ORDERS,
            DateCell::Ambiguous => DATE_ORDER,
            DateCell::NotUnderstood => DATE,
        };
        self.not_understood(Code::EN01, heading, expected);
        Read::NotUnderstood
    }
}
