//! What is added up over a file: counts, money, and causes of exceptions.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::piece::Sums;
use crate::report::ace_queries::AceQueries;
use crate::report::causes::Causes;
use crate::report::deposits::Deposits;
use crate::report::names::Names;
use crate::report::outline::{Outline, OutlineSums};
use crate::report::products::Products;
use crate::report::refunds::LargestRefunds;
use crate::report::tally::Tally;
use crate::report::watch::Watch;

/// Pieces whose sums are gathered before causes are put together. Fixed, so that what is dropped for want of room does
/// not depend on threads.
const GATHERED: u32 = 128;

/// Outlines of pieces, counted for each piece apart, whose sums are gathered at the latest: some 60 MiB where every line
/// has one of its own. What one piece has does not depend on threads either.
const OUTLINES_GATHERED: usize = 8_192;

/// What was counted over a whole file.
pub(super) struct FileTotals {
    pub(super) tally: Tally,
    pub(super) causes: Causes,
    pub(super) names: Names,
    pub(super) products: Products,
    pub(super) watch: Watch,
    pub(super) deposits: Deposits,
    pub(super) ace: AceQueries,
}

/// Sums of a file.
#[derive(Default)]
pub(super) struct Totals {
    tally: Tally,
    causes: Causes,
    names: Names,
    watch: Watch,
    products: Products,
    deposits: Deposits,
    ace: AceQueries,
    /// Sums of the pieces that are gathered.
    gathered: u32,
    gathered_outlines: usize,
    later: Causes,
    later_names: Names,
    later_products: Products,
    outlines: HashMap<usize, (Arc<Outline>, OutlineSums), FixedState>,
    /// Place of the sheet whose pieces are added.
    sheet: usize,
}

impl Totals {
    /// Ends a sheet: the pieces that follow are those of the next.
    pub(super) fn end_sheet(&mut self) {
        self.gather();
        self.sheet += 1;
        (self.later, self.later_names) = (Causes::of_sheet(self.sheet), Names::of_sheet(self.sheet));
        self.later_products = Products::of_sheet(self.sheet);
    }

    /// Adds the sums of the next piece.
    pub(super) fn add(&mut self, sums: Sums) {
        self.tally.merge(&sums.tally);
        self.later.merge(sums.causes);
        self.later_names.merge(sums.names);
        self.watch.merge(sums.watch);
        self.deposits.merge(&sums.deposits);
        self.ace.merge(&sums.ace);
        self.later_products.merge(sums.products);
        self.gathered_outlines += sums.outlines.len();
        for (outline, sums) in sums.outlines {
            // An outline that is held here keeps its place in memory, so the place is a name for it.
            match self.outlines.get_mut(&(Arc::as_ptr(&outline) as usize)) {
                Some((_, known)) => known.merge(&sums),
                None => {
                    self.outlines.insert(Arc::as_ptr(&outline) as usize, (outline, sums));
                }
            }
        }
        self.gathered += 1;
        if self.gathered == GATHERED || self.gathered_outlines >= OUTLINES_GATHERED {
            self.gather();
        }
    }

    /// Passes on how large a refund has to be to stand in the sheet.
    pub(super) fn tell_largest(&self, largest: &LargestRefunds) {
        self.watch.tell(largest);
    }

    fn gather(&mut self) {
        for (outline, sums) in self.outlines.values() {
            self.tally.add_lines(outline, sums);
            outline.add_ace(sums, &mut self.ace);
            outline.add_causes(sums, &mut self.later);
            outline.add_names(sums, &mut self.later_names);
        }
        self.outlines.clear();
        self.causes.merge(std::mem::replace(&mut self.later, Causes::of_sheet(self.sheet)));
        self.names.merge(std::mem::replace(&mut self.later_names, Names::of_sheet(self.sheet)));
        self.products.merge(std::mem::replace(&mut self.later_products, Products::of_sheet(self.sheet)));
        self.gathered = 0;
        self.gathered_outlines = 0;
    }

    /// The sums of the whole file.
    pub(super) fn finish(mut self) -> FileTotals {
        self.gather();
        let Totals { tally, causes, names, products, watch, deposits, ace, .. } = self;
        FileTotals { tally, causes, names, products, watch, deposits, ace }
    }
}
