//! What an annotated file is to be: its form, our columns, and what of each sheet has to be known before its first row is
//! written.

use std::io;

use jiff::civil::Date;

use super::annotated::{Anew, Format, Layout, OurColumn};
use super::book;
use super::graft::Graft;
use super::read::{Header, Kind};

/// The broker's package, prepared to be passed through; nothing where none is.
#[derive(Default)]
pub struct Prepared(pub(super) Option<Box<Graft>>);

/// What an annotated file is to be.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Its form.
    pub format: Format,
    /// Its sheets; one where there are none.
    pub sheets: Vec<SheetShape>,
    /// How hard a workbook is compressed, 1 to 9.
    pub level: u8,
    /// The day that stands in a new workbook's properties, so that the same run gives the same bytes.
    pub as_of: Date,
}

/// What a sheet of an annotated file is to be.
#[derive(Clone, Debug)]
pub struct SheetShape {
    /// Our columns.
    pub columns: Vec<OurColumn>,
    /// What is assumed.
    pub layout: Layout,
}

impl Shape {
    /// Settles what the headings and the package tell: how wide the rows are at least, and whether the workbook can be
    /// passed through; if so it is prepared.
    ///
    /// # Errors
    /// The input can no longer be read.
    pub fn settle(&mut self, headers: &[Header]) -> io::Result<Prepared> {
        for (SheetShape { layout, .. }, header) in self.sheets.iter_mut().zip(headers) {
            layout.width = layout.width.max(header.cells.len());
            if let Kind::Sheet(sheet) = &header.opened.0 {
                // Behind the last heading there may be cells that hold nothing but a style.
                let widths = sheet.first.places.iter().map(|place| place.width as usize);
                layout.width = widths.fold(layout.width, usize::max);
            }
        }
        self.settle_together();
        let opened = headers.iter().filter_map(|header| match &header.opened.0 {
            Kind::Sheet(sheet) => Some(&**sheet),
            _ => None,
        });
        let opened: Vec<_> = opened.collect();
        if opened.is_empty() || self.format != Format::Xlsx || self.anew().is_some() {
            return Ok(Prepared::default());
        }
        let prepared = book::prepare(&opened, self)?;
        if let (Err(anew), Some(first)) = (&prepared, self.sheets.first_mut()) {
            first.layout.anew = Some(*anew);
            self.settle_together();
        }
        Ok(Prepared(prepared.ok().map(Box::new)))
    }

    /// What one sheet settles for all: where one cannot be passed through, the workbook cannot; in a CSV, all rows have
    /// our fields under one heading row.
    pub(super) fn settle_together(&mut self) {
        let (anew, widest) = (self.anew(), self.sheets.iter().map(|sheet| sheet.layout.width).max());
        for SheetShape { layout, .. } in &mut self.sheets {
            layout.anew = anew;
            if let (Format::Csv, Some(widest)) = (self.format, widest) {
                layout.width = widest;
            }
        }
    }

    /// Why a workbook is written anew, if so.
    pub fn anew(&self) -> Option<Anew> {
        self.sheets.iter().find_map(|sheet| sheet.layout.anew)
    }

    /// What is assumed of each sheet.
    pub fn layouts(&self) -> Vec<Layout> {
        self.sheets.iter().map(|sheet| sheet.layout).collect()
    }

    /// True if the first rows are looked at, for the widths of a new workbook.
    pub fn measures(&self, header: &Header) -> bool {
        let passes = matches!(header.opened.0, Kind::Sheet(_)) && self.anew().is_none();
        self.format == Format::Xlsx && !passes
    }

    /// True if all cells of a row are needed, not only its bytes.
    pub fn needs_all(&self, header: &Header) -> bool {
        match (&header.opened.0, self.format) {
            (Kind::Sheet(_), Format::Xlsx) => self.anew().is_some(),
            (Kind::Sheet(_), Format::Csv) => true,
            (Kind::Csv { .. } | Kind::Cells | Kind::Share { .. }, _) => false,
        }
    }
}
