//! Deposits that no longer stand as they were paid: what is kept of each, the largest of them, and their sums.

use jiff::civil::Date;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::watch::Figures;
use crate::determine::Refund;
use crate::determine::refund::Refundable;
use crate::terms::place::SheetRow;
use crate::terms::{CaseNumber, Kind, Suffix};

/// Refunds with a paid figure that the sheet holds, at most: the largest. All of them are in the CSV.
pub(super) const KNOWN_SHOWN: usize = 10_000;
/// Refunds that the sheet holds, at most, of lines of which it is not known what was paid: nobody can act on them before
/// that is looked up, and a file without paid figures is full of them.
pub(super) const UNKNOWN_SHOWN: usize = 1_000;

/// A deposit that no longer stands as it was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundLine {
    /// Importer of record.
    pub importer: Box<str>,
    /// Entry number as written.
    pub entry_number: Box<str>,
    /// Line number as written.
    pub line_number: Box<str>,
    /// Name of its sheet; empty for a CSV.
    pub sheet: Arc<str>,
    /// Where it stands.
    pub row: SheetRow,
    /// AD or CVD.
    pub kind: Kind,
    /// The case.
    pub number: (CaseNumber, Option<Suffix>),
    /// The day that fixed the rate.
    pub governing: Date,
    /// The day of liquidation, where it is given.
    pub liquidation: Option<Date>,
    /// Paid, in cents; `None` where it is not known.
    pub paid: Option<i64>,
    /// Due at entry, in cents.
    pub at_entry: Option<i64>,
    /// What stands, in cents.
    pub restated: i64,
    /// Why it comes back.
    pub why: Refundable,
    /// What can be done.
    pub refund: Refund,
}

impl RefundLine {
    /// Paid less restated, in cents, where it is known what was paid.
    pub fn difference(&self) -> Option<i64> {
        self.paid.map(|paid| paid - self.restated)
    }

    /// What may come back, in cents: the difference, or what it is if the deposit due at entry was paid.
    pub(super) fn size(&self) -> i64 {
        Figures { paid: self.paid, at_entry: self.at_entry, restated: Some(self.restated) }.size()
    }
}

/// Refunds under one heading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RefundSums {
    /// Lines.
    pub lines: u64,
    /// Those of them of which it is not known what was paid.
    pub not_known: u64,
    /// Paid, in cents.
    pub paid: i128,
    /// What stands of it, in cents.
    pub restated: i128,
}

impl RefundSums {
    pub(super) fn merge(&mut self, other: &RefundSums) {
        self.lines += other.lines;
        self.not_known += other.not_known;
        self.paid += other.paid;
        self.restated += other.restated;
    }
}

/// How large refunds have to be to stand in the sheet, as far as the pieces that were added up tell: with a paid figure,
/// and without. Pieces that are told with older figures keep more than they need, and lose nothing.
#[derive(Debug, Default)]
pub struct LargestRefunds([AtomicI64; 2]);

impl LargestRefunds {
    /// Takes the figures over from what was added up.
    pub(super) fn tell(&self, added_up: [&Largest; 2]) {
        for (place, largest) in self.0.iter().zip(added_up) {
            place.store(largest.least, Ordering::Relaxed);
        }
    }

    /// What is kept of a further piece: nothing yet.
    pub(super) fn begin(&self) -> [Largest; 2] {
        self.0.each_ref().map(|place| {
            let least = place.load(Ordering::Relaxed);
            Largest { least, ..Largest::default() }
        })
    }
}

/// The largest refunds of a kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Largest {
    pub(super) rows: Vec<RefundLine>,
    /// How many were left out for want of room.
    pub(super) left_out: u64,
    /// Those below this many cents cannot be among the largest.
    pub(super) least: i64,
}

impl Largest {
    pub(super) fn merge(&mut self, later: Largest, most: usize) {
        self.left_out += later.left_out;
        self.rows.extend(later.rows);
        if self.rows.len() > 2 * most {
            self.keep(most);
        }
    }

    pub(super) fn keep(&mut self, most: usize) {
        if self.rows.len() > most {
            self.rows.sort_by_key(|refund| (std::cmp::Reverse(refund.size()), refund.row, refund.kind));
            self.left_out += (self.rows.len() - most) as u64;
            self.rows.truncate(most);
            self.least = self.rows.last().map_or(0, RefundLine::size);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::determine::refund::RefundState;

    fn refund(row: u64, paid: i64) -> RefundLine {
        RefundLine {
            importer: "12-3456789-00".into(),
            entry_number: "XYZ-1000001-3".into(),
            line_number: row.to_string().into(),
            sheet: "".into(),
            row: SheetRow { sheet: 0, row },
            kind: Kind::Ad,
            number: (CaseNumber::parse("A-999-101").unwrap().0, None),
            governing: date(2025, 8, 1),
            liquidation: None,
            paid: Some(paid),
            at_entry: None,
            restated: 0,
            why: Refundable::BeforeSuspension,
            refund: Refund { state: RefundState::NothingGiven, act_by: None, not_before: false },
        }
    }

    /// However a file is cut, and however old the figure is by which a piece leaves small refunds out, the same are kept.
    #[test]
    fn the_largest_do_not_depend_on_pieces() {
        // Multiplied by a number without a common factor, the rows come in no order.
        let all: Vec<RefundLine> = (0..600).map(|row| refund(row, (row * 7919 % 601) as i64)).collect();
        let kept = |piece: usize, stale: bool| {
            let (mut whole, mut known) = (Largest::default(), 0);
            for rows in all.chunks(piece) {
                let mut part = Largest { least: known, ..Largest::default() };
                for row in rows {
                    match row.size() >= part.least {
                        true => part.rows.push(row.clone()),
                        false => part.left_out += 1,
                    }
                }
                known = if stale { whole.least } else { 0 };
                whole.merge(part, 20);
            }
            whole.keep(20);
            whole.rows.sort_by_key(|row| row.row);
            (whole.rows, whole.left_out)
        };
        let once = kept(600, false);
        assert_eq!((once.0.len(), once.1), (20, 580));
        assert_eq!(once.0.iter().map(RefundLine::size).min(), Some(581));
        for (piece, stale) in [(1, true), (7, true), (50, true), (50, false)] {
            assert_eq!(kept(piece, stale), once, "{piece} {stale}");
        }
    }
}
