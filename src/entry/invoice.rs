//! Whole-dollar values of the lines of one invoice (19 CFR 159.3(a)).

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use rust_decimal::Decimal;

use crate::terms::WholeDollars;
use crate::terms::money::whole_dollars_of_invoice;

/// What rounding together needs to know of a line.
#[derive(Clone, Debug, Default)]
pub struct InvoiceValue {
    /// A fingerprint of entry and invoice; none where either is not given.
    pub invoice: Option<u64>,
    /// Entered value in dollars and cents.
    pub value: Option<Decimal>,
    /// The value in whole dollars, where it was rounded together with others.
    pub rounded: Option<WholeDollars>,
}

impl InvoiceValue {
    /// The fingerprint of an entry and an invoice, as they are told apart: that neighbours of different invoices share
    /// one by chance is less likely than a fault of the machine.
    pub fn named(entry_number: &str, invoice: &str) -> Option<u64> {
        let given = !entry_number.is_empty() && !invoice.is_empty();
        given.then(|| FixedState::default().hash_one((entry_number, invoice)))
    }

    fn continues(&self, first: &InvoiceValue) -> bool {
        self.invoice.is_some() && self.invoice == first.invoice
    }
}

/// Rounds the values of neighbouring lines of one entry and one invoice together, so that they sum to the rounded
/// invoice total. A line whose invoice is not given, or whose neighbours have no value, keeps its own rounding.
///
/// The rates of duty that settle a tie are not in an entry file: of equal fractions the later line gives way.
pub fn round_together(values: &mut [InvoiceValue]) {
    let mut start = 0;
    while start < values.len() {
        let run = values[start..].iter().take_while(|value| value.continues(&values[start])).count().max(1);
        round_run(&mut values[start..start + run]);
        start += run;
    }
}

fn round_run(run: &mut [InvoiceValue]) {
    // Whole dollars need no rounding.
    let whole = |value: &InvoiceValue| value.value.is_none_or(|value| value.scale() == 0);
    if run.len() < 2 || run.iter().all(whole) {
        return;
    }
    let values: Option<Vec<_>> = run.iter().map(|value| value.value.map(|value| (value, None))).collect();
    let Some(dollars) = values.and_then(|values| whole_dollars_of_invoice(&values)) else { return };
    for (value, dollars) in run.iter_mut().zip(dollars) {
        value.rounded = Some(dollars);
    }
}
