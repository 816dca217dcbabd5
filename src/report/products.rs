//! Products that wait for a decision: each once, with what is missing of it and what hangs on it over the whole file.

use std::collections::BTreeSet;

use super::causes::of_a_product;
use super::waiting::{Waiting, Waits, added};
use crate::determine::{Answer, LineFindings};
use crate::entry::EntryLine;
use crate::terms::place::SheetRow;
use crate::terms::{Code, Exception, Ground, Heading, Hts, Money, ProductKey, ProductNames, Severity};

/// Tariff numbers of one product that are told, at most.
const HTS_TOLD: usize = 4;

/// What hangs on one product.
#[derive(Clone, Debug, Default)]
pub struct WaitingProduct {
    /// What its first line calls it.
    pub names: ProductNames,
    /// Its tariff numbers, the first few.
    pub hts: BTreeSet<Hts>,
    /// What is missing of it.
    pub missing: BTreeSet<Heading>,
    /// The families that ask for it, by their places in the casebook.
    pub families: BTreeSet<usize>,
    /// On how many lines.
    pub lines: u64,
    /// Their entered values, in whole dollars.
    pub entered_value: u64,
    /// The money between the answers, where it can be told.
    pub stake: Option<Money>,
    /// Where the first line stands.
    pub first_row: SheetRow,
}

impl Waits for WaitingProduct {
    fn stake(&self) -> Option<Money> {
        self.stake
    }

    fn join(&mut self, other: WaitingProduct) {
        self.lines += other.lines;
        self.entered_value += other.entered_value;
        self.stake = added(self.stake, other.stake);
        self.missing.extend(other.missing);
        self.families.extend(other.families);
        self.hts.extend(other.hts);
        while self.hts.len() > HTS_TOLD {
            self.hts.pop_last();
        }
        if other.first_row < self.first_row {
            (self.first_row, self.names) = (other.first_row, other.names);
        }
    }
}

/// Products that wait for a decision.
#[derive(Clone, Debug, Default)]
pub struct Products {
    pub(super) waiting: Waiting<ProductKey, WaitingProduct>,
    /// Lines on which something is missing and which name no product.
    pub(super) unnamed: u64,
    /// Place of the sheet on whose lines they stand.
    sheet: usize,
}

/// True if an exception asks a person for something that is the same on all lines of a product.
pub fn asks(exception: &Exception) -> bool {
    of_a_product(exception) && exception.severity > Severity::Note
}

/// What an exception misses of a product.
fn missing(exception: &Exception) -> &[Heading] {
    match &exception.ground {
        Ground::FactsMissing(missing) => missing,
        _ if exception.code == Code::CD04 => &[Heading::SubjectValue],
        _ => &[],
    }
}

impl WaitingProduct {
    /// What these exceptions, each with its money, ask for under an answer; of which product and lines, is for the caller
    /// to say.
    pub fn asked<'e>(
        answer: Option<&Answer>,
        asking: impl IntoIterator<Item = (&'e Exception, Option<Money>)>,
    ) -> WaitingProduct {
        let cases = answer.into_iter().flat_map(|answer| answer.cases.iter().flatten());
        let mut waiting =
            WaitingProduct { families: cases.map(|case| case.family).collect(), ..WaitingProduct::default() };
        for (exception, stake) in asking {
            waiting.missing.extend(missing(exception));
            waiting.stake = added(waiting.stake, stake);
        }
        waiting
    }
}

impl Products {
    /// None yet, of lines of a sheet.
    pub fn of_sheet(sheet: usize) -> Products {
        Products { sheet, ..Products::default() }
    }

    /// A row of that sheet.
    pub fn at(&self, row: u64) -> SheetRow {
        SheetRow { sheet: self.sheet, row }
    }

    /// Adds the product of a line.
    pub fn add(&mut self, line: &EntryLine, findings: &LineFindings) {
        let asking = findings.exceptions.iter().filter(|exception| asks(exception));
        let mut asking = asking.map(|exception| (exception, exception.stake)).peekable();
        if asking.peek().is_none() {
            return;
        }
        self.count(WaitingProduct {
            names: line.product_names(),
            hts: line.hts.value().into_iter().collect(),
            lines: 1,
            entered_value: line.entered_value.value().map_or(0, |value| value.dollars()),
            first_row: self.at(line.row),
            ..WaitingProduct::asked(findings.answer.as_deref(), asking)
        });
    }

    /// Adds what hangs on a product of some lines.
    pub fn count(&mut self, waiting: WaitingProduct) {
        match ProductKey::of(&waiting.names) {
            Some(key) => self.waiting.count(key, waiting),
            None => self.unnamed += waiting.lines,
        }
    }

    /// Adds the products of later rows.
    pub fn merge(&mut self, later: Products) {
        self.waiting.merge(later.waiting);
        self.unnamed += later.unnamed;
    }
}
