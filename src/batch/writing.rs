//! The outputs of a file while they are written: pieces in the order of the file.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use super::outputs::OutputNames;
use super::piece::{Shop, Told};
use super::pipeline::Progress;
use super::totals::{FileTotals, Totals};
use crate::report::causes::ExceptionsCsv;
use crate::report::refund_csv_headings;
use crate::report::refunds::LargestRefunds;
use crate::spreadsheet::append::Appender;
use crate::spreadsheet::read::Header;
use crate::spreadsheet::shape::Prepared;
use crate::spreadsheet::{Annotated, AnnotatedFile, Layout, Piece, Shape, SpreadsheetError, WholeFile};

/// The outputs of a file when all its pieces are written.
pub(super) struct Complete {
    /// Or the layouts that the file turned out to need.
    pub(super) annotated: Result<AnnotatedFile, Vec<Layout>>,
    pub(super) exceptions: WholeFile,
    /// The CSV of refunds and the 53-records, where there are any.
    pub(super) others: Vec<WholeFile>,
    pub(super) counted: FileTotals,
}

/// The outputs of a file while they are written.
pub(super) struct Writing {
    shape: Shape,
    annotated: Annotated,
    /// Of the sheet that is being written; it is begun when its first rows are there: they tell how wide the columns of a
    /// new workbook are.
    appender: Option<Arc<Appender>>,
    exceptions: WholeFile,
    /// The CSV of refunds, once there is one.
    refunds: Option<WholeFile>,
    refunds_at: PathBuf,
    /// True if the run assumes something.
    hypothetical: bool,
    abi53: Option<WholeFile>,
    totals: Totals,
}

impl Writing {
    pub(super) fn begin(
        names: &OutputNames,
        shape: Shape,
        headers: &[Header],
        prepared: Prepared,
        hypothetical: bool,
    ) -> io::Result<Writing> {
        let mut exceptions = WholeFile::begin(&names.exceptions)?;
        exceptions.write_all(&ExceptionsCsv::headings(hypothetical))?;
        let abi53 = names.abi53.as_deref().map(WholeFile::begin).transpose()?;
        let annotated = Annotated::begin(&names.annotated, &shape, headers, prepared)?;
        let (totals, refunds, refunds_at) = (Totals::default(), None, names.refunds.clone());
        let appender = None;
        Ok(Writing {
            shape,
            annotated,
            appender,
            exceptions,
            refunds,
            refunds_at,
            hypothetical,
            abi53,
            totals,
        })
    }

    /// Who puts our cells behind the rows of a sheet, which is begun with its first piece.
    #[allow(clippy::type_complexity, reason = "a fault of the input within, one of the output without")]
    pub(super) fn appender(
        &mut self,
        shop: &Shop<'_>,
        pieces: &[Piece],
    ) -> Result<io::Result<Arc<Appender>>, SpreadsheetError> {
        if let Some(appender) = &self.appender {
            return Ok(Ok(Arc::clone(appender)));
        }
        let first = pieces.first().filter(|_| self.shape.measures(shop.header));
        let first = first.map(|piece| shop.header.opened.rows(piece.clone(), &[], shop.all)).transpose()?;
        let begun = self.annotated.begin_sheet(&self.shape, shop.header, first.as_ref());
        Ok(begun.map(|appender| Arc::clone(self.appender.insert(Arc::new(appender)))))
    }

    /// Ends a sheet with what stands behind its rows.
    pub(super) fn end_sheet(&mut self, tail: &[u8]) -> io::Result<()> {
        self.totals.end_sheet();
        self.appender = None;
        self.annotated.end_sheet(tail)
    }

    pub(super) fn write(
        &mut self,
        told: Vec<Told>,
        appender: &Appender,
        progress: &dyn Progress,
    ) -> io::Result<()> {
        let mut numbered = Vec::new();
        for mut piece in told {
            let texts = piece.texts.take();
            let numbering = self.annotated.number(&piece.rows, &piece.ours, texts)?;
            numbered.push((piece, numbering));
        }
        let encoded: io::Result<Vec<_>> = numbered
            .into_par_iter()
            .map(|(piece, numbering)| {
                appender.encode(&piece.rows, &piece.ours, &numbering).map(|encoded| {
                    let Told { rows, exceptions, abi53, sums, .. } = piece;
                    rows.done();
                    ((exceptions, abi53), sums, encoded)
                })
            })
            .collect();
        for ((exceptions, abi53), mut sums, encoded) in encoded? {
            self.annotated.write(encoded)?;
            self.exceptions.put(exceptions)?;
            if let Some(file) = &mut self.abi53 {
                file.put(abi53)?;
            }
            let refunds = std::mem::take(&mut sums.watch.csv);
            if !refunds.is_empty() {
                if self.refunds.is_none() {
                    let mut begun = WholeFile::begin(&self.refunds_at)?;
                    begun.write_all(&refund_csv_headings(self.hypothetical))?;
                    self.refunds = Some(begun);
                }
                self.refunds.as_mut().map_or(Ok(()), |file| file.put(refunds))?;
            }
            progress.advanced(sums.lines, sums.done);
            self.totals.add(sums);
        }
        Ok(())
    }

    /// Passes on how large a refund has to be to stand in the sheet.
    pub(super) fn tell_largest(&self, largest: &LargestRefunds) {
        self.totals.tell_largest(largest);
    }

    pub(super) fn complete(self) -> io::Result<Complete> {
        let annotated = self.annotated.complete(&self.shape)?;
        let others = self.refunds.into_iter().chain(self.abi53).collect();
        Ok(Complete { annotated, exceptions: self.exceptions, others, counted: self.totals.finish() })
    }
}
