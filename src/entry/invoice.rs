//! Whole-dollar values of the lines of one invoice (19 CFR 159.3(a)).

use rust_decimal::Decimal;

use super::line::{EntryLine, Read};
use crate::terms::money::whole_dollars_of_invoice;

/// Rounds the values of neighbouring lines of one entry and one invoice together, so that they sum to the rounded
/// invoice total. A line whose invoice is not given, or whose neighbours have no value, keeps its own rounding.
///
/// The rates of duty that settle a tie are not in an entry file: of equal fractions the later line gives way.
pub fn round_together(lines: &mut [(EntryLine, InvoiceValue)]) {
    let mut start = 0;
    while start < lines.len() {
        let run =
            lines[start..].iter().take_while(|(_, value)| value.continues(&lines[start].1)).count().max(1);
        round_run(&mut lines[start..start + run]);
        start += run;
    }
}

/// What rounding together needs to know of a line.
#[derive(Clone, Debug, Default)]
pub struct InvoiceValue {
    /// Entry and invoice; empty where either is not given.
    pub invoice: Box<str>,
    /// Entered value in dollars and cents.
    pub value: Option<Decimal>,
}

impl InvoiceValue {
    fn continues(&self, first: &InvoiceValue) -> bool {
        !self.invoice.is_empty() && self.invoice == first.invoice
    }
}

fn round_run(run: &mut [(EntryLine, InvoiceValue)]) {
    let values: Option<Vec<_>> =
        run.iter().map(|(_, value)| value.value.map(|value| (value, None))).collect();
    let Some(values) = values.filter(|values| values.len() > 1) else { return };
    let Some(dollars) = whole_dollars_of_invoice(&values) else { return };
    for ((line, _), dollars) in run.iter_mut().zip(dollars) {
        line.entered_value = Read::Is(dollars);
    }
}
