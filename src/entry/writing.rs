//! How the columns of a file write dates and amounts: what its rows told, and what the whole of them settles.

use super::amount::{AMOUNT_HEADINGS, Mark, MarkEvidence, Marks};
use super::date::{DATE_HEADINGS, DateOrder, DateOrders, Evidence};

/// How columns write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Writings {
    /// The order of day and month in each date column.
    pub orders: DateOrders,
    /// The mark of decimals in each column of money.
    pub marks: Marks,
}

impl Writings {
    /// What a person should know of how the file was read.
    pub fn told(&self) -> Vec<String> {
        let of =
            |mark: Mark| AMOUNT_HEADINGS.iter().zip(self.marks.0).filter(move |(_, found)| *found == mark);
        let comma = of(Mark::Comma)
            .map(|(heading, _)| format!("{} is written as 1.234,50 and was read so", heading.text()));
        let contradicted = of(Mark::Contradicted).map(|(heading, _)| {
            format!(
                "{} is written as 1,234.50 in some cells and as 1.234,50 in others: only what both marks settle was \
                 read",
                heading.text()
            )
        });
        comma.chain(contradicted).collect()
    }
}

/// What rows told about the writing of their columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ColumnEvidence {
    /// Of date columns.
    pub dates: [Evidence; DATE_HEADINGS.len()],
    /// Of columns of money.
    pub marks: [MarkEvidence; AMOUNT_HEADINGS.len()],
}

impl ColumnEvidence {
    /// Adds what other rows told.
    pub fn add(&mut self, other: &ColumnEvidence) {
        self.dates.iter_mut().zip(&other.dates).for_each(|(all, some)| all.add(*some));
        self.marks.iter_mut().zip(&other.marks).for_each(|(all, some)| all.add(*some));
    }

    /// What the whole file bears out: the assumed writing for columns on which nothing hangs. Where the file does not
    /// tell the order of a date, `said` counts: what the user says of it; else `usual`, what its layout does. A column
    /// that contradicts itself follows no layout.
    pub fn settled(&self, assumed: Writings, said: Option<DateOrder>, usual: Option<DateOrder>) -> Writings {
        let mut settled = assumed;
        let dates = settled.orders.0.iter_mut().zip(&self.dates);
        for (order, evidence) in dates.filter(|(_, evidence)| evidence.either > 0) {
            *order = match evidence.order() {
                DateOrder::Unsettled => said.or(usual).unwrap_or(DateOrder::Unsettled),
                DateOrder::Contradicted => said.unwrap_or(DateOrder::Contradicted),
                told => told,
            };
        }
        for (mark, evidence) in settled.marks.0.iter_mut().zip(&self.marks) {
            *mark = evidence.mark();
        }
        settled
    }
}
