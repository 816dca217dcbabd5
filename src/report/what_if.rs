//! What is due with an assumption beside what is due without it.

use std::collections::BTreeSet;

use rust_xlsxwriter::XlsxError;

use super::sheet::{Sheet, Value};
use super::tally::{Sums, Tally};
use crate::determine::Action;
use crate::terms::{CaseNumber, Money};

/// What a case asks of a file without the assumption and with it.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    /// Which case.
    pub case: CaseNumber,
    /// As the law is.
    pub without: Sums,
    /// As assumed.
    pub with: Sums,
}

/// Every case that either of the two asks something under, in order.
pub fn by_case(with: &Tally, without: &Tally) -> Vec<Compared> {
    let cases: BTreeSet<CaseNumber> = with.cases.keys().chain(without.cases.keys()).copied().collect();
    let sums = |tally: &Tally, case| tally.cases.get(&case).copied().unwrap_or_default();
    let compared = |case| Compared { case, without: sums(without, case), with: sums(with, case) };
    cases.into_iter().map(compared).collect()
}

/// Lines that have no figure without the assumption and with it: their sum is unknown, though a case of theirs may
/// have a figure.
pub fn without_figure(with: &Tally, without: &Tally) -> String {
    format!(
        "Lines without a figure: {} without the assumption, {} with it. Under a case they count where that case has one.",
        without.lines(Action::NoFigure),
        with.lines(Action::NoFigure)
    )
}

/// Writes both beside each other.
pub(super) fn compared(sheet: &mut Sheet<'_>, with: &Tally, without: &Tally) -> Result<(), XlsxError> {
    sheet.row += 1;
    sheet.headings(&[
        ("Without the assumption and with it, by case", 44),
        ("Lines without", 10),
        ("Lines with", 18),
        ("Deposit at entry without", 18),
        ("Deposit at entry with", 18),
        ("Deposit restated without", 18),
        ("Deposit restated with", 18),
        ("Restated: with less without", 18),
    ])?;
    for Compared { case, without, with } in by_case(with, without) {
        let money = |amount: Money| Value::Money(Some(amount));
        sheet.values([
            case.to_string().into(),
            Value::Whole(without.lines),
            Value::Whole(with.lines),
            money(without.at_entry),
            money(with.at_entry),
            money(without.restated),
            money(with.restated),
            money(with.restated - without.restated),
        ])?;
    }
    sheet.line(&without_figure(with, without), &rust_xlsxwriter::Format::new())
}
