//! The outputs of a file while they are written: pieces in the order of the file.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use super::outputs::OutputNames;
use super::piece::{Shop, Told};
use super::pipeline::Progress;
use super::totals::Totals;
use crate::report::causes::{Causes, ExceptionsCsv};
use crate::report::names::Names;
use crate::report::tally::Tally;
use crate::spreadsheet::annotated::Prepared;
use crate::spreadsheet::append::Appender;
use crate::spreadsheet::read::Header;
use crate::spreadsheet::whole_file::Ready;
use crate::spreadsheet::{Annotated, Layout, Piece, Shape, SpreadsheetError, WholeFile};

/// The outputs of a file while they are written.
pub(super) struct Writing {
    shape: Shape,
    destination: PathBuf,
    /// Begun when the first rows are there: they tell how wide the columns of a new workbook are.
    annotated: Option<(Annotated, Arc<Appender>)>,
    exceptions: WholeFile,
    abi53: Option<WholeFile>,
    totals: Totals,
    /// The broker's package, until the annotated file is begun.
    prepared: Prepared,
}

impl Writing {
    pub(super) fn begin(names: &OutputNames, shape: Shape, prepared: Prepared) -> io::Result<Writing> {
        let mut exceptions = WholeFile::begin(&names.exceptions)?;
        exceptions.write_all(&ExceptionsCsv::headings())?;
        let abi53 = names.abi53.as_deref().map(WholeFile::begin).transpose()?;
        let (destination, annotated) = (names.annotated.clone(), None);
        Ok(Writing { shape, destination, annotated, exceptions, abi53, totals: Totals::default(), prepared })
    }

    /// Who puts our cells behind rows; the annotated file is begun with the first piece.
    #[allow(clippy::type_complexity, reason = "a fault of the input within, one of the output without")]
    pub(super) fn appender(
        &mut self,
        shop: &Shop<'_>,
        pieces: &[Piece],
    ) -> Result<io::Result<Arc<Appender>>, SpreadsheetError> {
        if self.annotated.is_none() {
            let first = pieces.first().filter(|_| self.shape.measures(shop.header));
            let first =
                first.map(|piece| shop.header.opened.rows(piece.clone(), &[], shop.all)).transpose()?;
            let prepared = std::mem::take(&mut self.prepared);
            match Annotated::begin(&self.destination, &self.shape, shop.header, first.as_ref(), prepared) {
                Ok((annotated, appender)) => self.annotated = Some((annotated, Arc::new(appender))),
                Err(error) => return Ok(Err(error)),
            }
        }
        let begun = self.annotated.as_ref().map(|(_, appender)| Arc::clone(appender));
        Ok(begun.ok_or_else(|| io::Error::other("nothing was begun")))
    }

    pub(super) fn write(
        &mut self,
        told: Vec<Told>,
        appender: &Appender,
        progress: &dyn Progress,
    ) -> io::Result<()> {
        let Some((annotated, _)) = &mut self.annotated else { return Ok(()) };
        let mut numbered = Vec::new();
        for mut piece in told {
            let texts = piece.texts.take();
            let numbering = annotated.number(&piece.rows, &piece.ours, texts)?;
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
        for ((exceptions, abi53), sums, encoded) in encoded? {
            annotated.write(encoded)?;
            self.exceptions.put(exceptions)?;
            if let Some(file) = &mut self.abi53 {
                file.put(abi53)?;
            }
            progress.advanced(sums.lines, sums.done);
            self.totals.add(sums);
        }
        Ok(())
    }

    #[allow(clippy::type_complexity, reason = "taken apart at once by the one who asks")]
    pub(super) fn complete(
        self,
        header: &Header,
        tail: &[u8],
    ) -> io::Result<(Result<Ready, Layout>, (WholeFile, Option<WholeFile>), Tally, Causes, Names)> {
        let annotated = match self.annotated {
            Some((annotated, _)) => annotated,
            None => Annotated::begin(&self.destination, &self.shape, header, None, self.prepared)?.0,
        };
        let (tally, causes, names) = self.totals.finish();
        Ok((annotated.complete(tail)?, (self.exceptions, self.abi53), tally, causes, names))
    }
}
