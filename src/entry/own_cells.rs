//! A line's own cells, read quickly: whatever is out of the ordinary is left to the reader that knows all of it.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::amount::{AMOUNT_HEADINGS, Marks, marked_amount_in};
use super::columns::Columns;
use super::group::{TEXTS, begins_like_a_formula};
use super::invoice::InvoiceValue;
use super::known::Prototype;
use super::line::{Read, Stated};
use super::writing::ColumnEvidence;
use crate::spreadsheet::row::{Cell, Rows};
use crate::terms::{Heading, Money, WholeDollars};

/// What keeps a line from being read quickly.
pub(super) struct Odd;

/// How columns of money write, and what their cells tell of it.
pub(super) struct MoneyColumns<'e> {
    pub(super) marks: Marks,
    pub(super) evidence: &'e mut ColumnEvidence,
}

impl MoneyColumns<'_> {
    fn amount(&mut self, heading: Heading, cell: &Cell) -> Option<Decimal> {
        let place = AMOUNT_HEADINGS.iter().position(|known| *known == heading)?;
        self.evidence.marks[place].see(cell);
        marked_amount_in(cell, self.marks.0[place])
    }
}

/// A line's own cells.
pub(super) struct Own<'a> {
    pub(super) columns: &'a Columns,
    pub(super) rows: &'a Rows,
    pub(super) row: usize,
}

impl Own<'_> {
    /// An identifier or a text. A number may have lost its zeros, and a formula may lack its value.
    pub(super) fn text(&self, heading: Heading) -> Result<Cow<'_, str>, Odd> {
        let Some(place) = self.columns.place(heading) else { return Ok(Cow::Borrowed("")) };
        if let Some(text) = self.rows.plain_text(self.row, place) {
            return Ok(Cow::Borrowed(text.trim()));
        }
        match self.rows.cell(self.row, place) {
            Cell::Text(text) => Ok(Cow::Owned(text.trim().to_string())),
            Cell::Empty => Ok(Cow::Borrowed("")),
            cell @ Cell::Number(_) if heading == Heading::LineNumber => Ok(Cow::Owned(cell.shown())),
            _ => Err(Odd),
        }
    }

    /// Names of importers and products are looked at where they are asked for; only a formula without a value is told
    /// of on every line.
    pub(super) fn names(&self) -> Result<(), Odd> {
        const NAMES: [Heading; 5] = [
            Heading::ImporterNumber,
            Heading::ImporterName,
            Heading::ManufacturerId,
            Heading::PartNumber,
            Heading::Description,
        ];
        let formula = |heading| {
            let place = self.columns.place(heading)?;
            self.rows.is_formula_without_value(self.row, place).then_some(())
        };
        if NAMES.into_iter().any(|heading| formula(heading).is_some()) {
            return Err(Odd);
        }
        let odd = |heading: &Heading| {
            let Some(place) = self.columns.place(*heading) else { return false };
            if !self.rows.may_revive(self.row, place) {
                return false;
            }
            let text = self.rows.plain_text(self.row, place);
            text.is_some_and(|text| begins_like_a_formula(text.trim_start_matches([' ', '\u{a0}'])))
        };
        if TEXTS.iter().any(odd) { Err(Odd) } else { Ok(()) }
    }

    fn amount(&self, heading: Heading, money: &mut MoneyColumns<'_>) -> Result<Option<Decimal>, Odd> {
        let Some(place) = self.columns.place(heading) else { return Ok(None) };
        if let Some(digits) = self.rows.digits(self.row, place) {
            return Ok(Some(Decimal::from(digits)));
        }
        let cell = self.rows.cell(self.row, place);
        if cell.is_blank() { Ok(None) } else { money.amount(heading, &cell).map(Some).ok_or(Odd) }
    }

    fn value(
        &self,
        heading: Heading,
        money: &mut MoneyColumns<'_>,
    ) -> Result<(Read<WholeDollars>, Option<Decimal>), Odd> {
        match self.amount(heading, money)? {
            None => Ok((Read::Blank, None)),
            Some(value) => {
                let dollars = WholeDollars::from_decimal(value).ok_or(Odd)?;
                Ok((Read::Is(dollars), Some(value)))
            }
        }
    }

    /// The line's figures, and its entered value in dollars and cents. What the full reader would look at twice - a
    /// subject value above the entered one, a quantity of nothing - is left to it.
    pub(super) fn stated(
        &self,
        prototype: &Prototype,
        money: &mut MoneyColumns<'_>,
    ) -> Result<(Stated, Option<Decimal>), Odd> {
        let (entered_value, value) = self.value(Heading::EnteredValue, money)?;
        let (subject_value, subject) = self.value(Heading::SubjectValue, money)?;
        if subject.is_some_and(|subject| subject.is_zero() || value.is_some_and(|value| subject > value)) {
            return Err(Odd);
        }
        let quantity = match self.columns.place(Heading::Quantity) {
            None => Read::Blank,
            Some(place) => match self.rows.digits(self.row, place) {
                Some(0) => return Err(Odd),
                Some(digits) if digits <= 9_999_999_999 => Read::Is(Decimal::from(digits)),
                _ if self.rows.cell(self.row, place).is_blank() => Read::Blank,
                _ => return Err(Odd),
            },
        };
        let mut paid = [Read::Blank; 2];
        for (paid, heading) in paid.iter_mut().zip([Heading::AdPaid, Heading::CvdPaid]) {
            if let Some(amount) = self.amount(heading, money)? {
                if amount.abs() > crate::terms::money::MAX_DOLLARS {
                    return Err(Odd);
                }
                *paid = Read::Is(Money::from_decimal(amount));
            }
        }
        let unit = prototype.line.unit;
        Ok((Stated { entered_value, subject_value, quantity, unit, paid }, value))
    }

    /// Entry and invoice, where both are given.
    pub(super) fn invoice(&self, entry_number: &str) -> Result<Option<u64>, Odd> {
        let invoice = self.text(Heading::InvoiceNumber)?;
        Ok(InvoiceValue::named(entry_number, &invoice))
    }
}

/// The text under a heading of a row as it is told: blanks around it set aside.
pub fn text_of<'r>(columns: &Columns, rows: &'r Rows, row: usize, heading: Heading) -> Cow<'r, str> {
    let Some(place) = columns.place(heading) else { return Cow::Borrowed("") };
    match rows.plain_text(row, place) {
        Some(text) => Cow::Borrowed(text.trim()),
        None => Cow::Owned(rows.cell(row, place).shown()),
    }
}
