//! What a row of a report says was paid. A report that repeats a line on a row for each of its tariff numbers has several
//! such rows for one line.

use rust_decimal::Decimal;

use super::amount::AMOUNT_HEADINGS;
use super::cells::Cells;
use super::group::Grouping;
use super::line::{Declared, Read};
use super::writing::ColumnEvidence;
use crate::spreadsheet::row::Row;
use crate::terms::{Heading, Kind, Money, NoLine, Percent, WholeDollars};

/// A rate as a cell has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateCell {
    /// The figure, taken for percent.
    pub percent: Percent,
    /// True if a percent sign stands behind it.
    pub marked: bool,
}

impl RateCell {
    /// True if the cell may mean a fraction of one: a spreadsheet program stores 93.5% as 0.935.
    pub fn may_be_a_fraction(self) -> bool {
        let figure = self.percent.decimal();
        !self.marked && !figure.is_zero() && figure <= Decimal::ONE
    }
}

/// A row of a report of what was paid.
#[derive(Clone, Debug, Default)]
pub struct PaidRow {
    /// Its number.
    pub row: u64,
    /// Entry number as written.
    pub entry_number: Box<str>,
    /// Line number as written.
    pub line_number: Box<str>,
    /// Which tariff number of the line it reports; empty where it does not say.
    pub ordinal: Box<str>,
    /// Value of the goods.
    pub value: Read<WholeDollars>,
    /// Cases, AD then CVD.
    pub declared: [Declared; 2],
    /// Amounts, AD then CVD.
    pub paid: [Read<Money>; 2],
    /// Rates, AD then CVD.
    pub rates: [Read<RateCell>; 2],
    /// What the row is, where it is no line.
    pub no_line: Option<NoLine>,
}

impl PaidRow {
    /// Reads a row, and what it tells of how its columns write.
    pub fn read(grouping: &Grouping, row: &Row, evidence: &mut ColumnEvidence) -> PaidRow {
        for (heading, evidence) in AMOUNT_HEADINGS.iter().zip(&mut evidence.marks) {
            evidence.see(grouping.columns.cell(row, *heading));
        }
        let mut cells = Cells::new(&grouping.columns, grouping.writings.marks, row);
        let mut paid = PaidRow {
            row: row.number,
            entry_number: cells.text(Heading::EntryNumber),
            line_number: cells.text(Heading::LineNumber),
            ordinal: cells.text(Heading::TariffOrdinal),
            value: cells
                .value(Heading::EnteredValue)
                .map(|value| WholeDollars::from_decimal(value).unwrap_or_default()),
            declared: Kind::BOTH.map(|kind| cells.declared(kind)),
            paid: Kind::BOTH.map(|kind| cells.paid(kind)),
            rates: [Heading::AdRate, Heading::CvdRate].map(|heading| cells.rate(heading)),
            no_line: grouping.columns.no_line(row),
        };
        let (amount, rate) = (cells.any_paid(), cells.rate(Heading::AnyRate));
        // An amount beside none or several cases cannot be given to one of them, and a cell that is no case hides which.
        match cells.any_cases().as_deref() {
            Some([(number, suffix)]) => {
                let place = number.kind.index();
                paid.declared[place] = Declared::One(*number, *suffix);
                (paid.paid[place], paid.rates[place]) = (amount, rate);
            }
            cases => {
                for (number, _) in cases.unwrap_or_default() {
                    paid.declared[number.kind.index()] = Declared::Several;
                }
                if amount != Read::Blank {
                    for (place, own) in [Heading::AdPaid, Heading::CvdPaid].into_iter().enumerate() {
                        if !grouping.columns.has(own) {
                            paid.paid[place] = Read::NotUnderstood;
                        }
                    }
                }
            }
        }
        if !grouping.columns.fits(row) {
            // Its cells may stand under wrong headings.
            paid.paid = [Read::NotUnderstood; 2];
        }
        paid
    }
}
