//! Products for which the outlines of a piece ask: summed up by the texts that name them, so that keys are made once for
//! each and not for every line.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::entry::brief::{named, product_texts};
use crate::entry::{BriefLine, Columns};
use crate::report::causes::{Causes, LineKey};
use crate::report::outline::{Outline, OutlineSums};
use crate::report::products::Products;
use crate::spreadsheet::row::Rows;
use crate::terms::ProductNames;

/// What was summed up of products, in the order in which they were met.
#[derive(Default)]
pub(super) struct AskedProducts {
    asked: Vec<(Arc<Outline>, ProductNames, OutlineSums)>,
    places: HashMap<Vec<u8>, usize, FixedState>,
    key: Vec<u8>,
}

impl AskedProducts {
    /// The sums of a product under an outline, which is the one of this number in its piece; the line is the first of
    /// them, or a later one.
    pub(super) fn sums(
        &mut self,
        (number, outline): (usize, &Arc<Outline>),
        (columns, rows): (&Columns, &Rows),
        line: &BriefLine,
        key: &LineKey<'_>,
    ) -> &mut OutlineSums {
        let texts: [Cow<'_, str>; 5] = product_texts(columns, rows, line.place);
        self.key.clear();
        self.key.extend_from_slice(&number.to_le_bytes());
        for text in &texts {
            self.key.extend_from_slice(&text.len().to_le_bytes());
            self.key.extend_from_slice(text.as_bytes());
        }
        let place = match self.places.get(&self.key) {
            Some(place) => *place,
            None => {
                self.asked.push((Arc::clone(outline), named(texts), OutlineSums::begin(outline, key)));
                self.places.insert(self.key.clone(), self.asked.len() - 1);
                self.asked.len() - 1
            }
        };
        &mut self.asked[place].2
    }

    /// Adds what is asked of them.
    pub(super) fn add_to(self, causes: &mut Causes, products: &mut Products) {
        for (outline, names, sums) in self.asked {
            outline.add_product(names, &sums, causes, products);
        }
    }
}
