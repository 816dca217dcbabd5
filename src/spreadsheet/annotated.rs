//! The annotated file: every row and column of the input in order, then our cells.
//!
//! CSV records and the rows of a broker's workbook keep their bytes; our fields and cells are put behind them. A
//! workbook is written anew only where it has to be, and the caller is told why.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rust_decimal::Decimal;

use super::append::{Appender, Body, Encoded, Texts};
use super::book::{Book, Numbered};
use super::read::{Header, Kind};
use super::row::Rows;
use super::shape::{Prepared, Shape, SheetShape};
use super::whole_file::{Ready, WholeFile};

/// The form of the annotated file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A workbook.
    Xlsx,
    /// A CSV file.
    Csv,
}

/// How a cell of ours looks in a workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Words, this many characters wide.
    Text(u16),
    /// A sentence, this many characters wide.
    Sentence(u16),
    /// Whole dollars.
    Dollars,
    /// Dollars and cents.
    Money,
    /// A word that is styled by its rank: 0 most urgent to 4 least.
    Rank,
}

impl Look {
    /// True for a cell that holds a figure.
    pub fn is_figure(self) -> bool {
        matches!(self, Look::Dollars | Look::Money)
    }
}

/// One of our columns: heading, look, and a note on the heading.
#[derive(Clone, Debug)]
pub struct OurColumn {
    /// Printed in the heading row.
    pub heading: String,
    /// How its cells look.
    pub look: Look,
    /// Shown when a reader goes to the heading.
    pub note: Option<String>,
}

/// Texts one behind the other in one piece of memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Joined {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Joined {
    /// Adds a text that is appended to the bytes.
    pub(super) fn push(&mut self, append: impl FnOnce(&mut Vec<u8>)) {
        append(&mut self.bytes);
        self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut from = 0;
        self.ends
            .iter()
            .map(move |end| &self.bytes[std::mem::replace(&mut from, *end as usize)..*end as usize])
    }
}

/// The words of our cells, which many rows share.
#[derive(Debug, Default)]
pub struct Words {
    texts: Joined,
    /// Rank of a [`Look::Rank`] cell.
    pub rank: u8,
    /// The texts as they are written, once that is known.
    pub(super) written: OnceLock<Joined>,
}

impl Words {
    /// Words that are not yet written anywhere: one text for each column of ours that holds no figure, in order; empty
    /// for no cell.
    pub fn new<T: AsRef<str>>(texts: impl IntoIterator<Item = T>, rank: u8) -> Words {
        let mut joined = Joined::default();
        for text in texts {
            joined.push(|bytes| bytes.extend_from_slice(text.as_ref().as_bytes()));
        }
        joined.bytes.shrink_to_fit();
        Words { texts: joined, rank, written: OnceLock::new() }
    }

    /// The texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|text| std::str::from_utf8(text).unwrap_or_default())
    }
}

/// What stands behind one row.
#[derive(Clone, Debug)]
pub enum OurRow {
    /// Nothing: a row that is no entry line.
    Nothing,
    /// One text, in the column of ours with this place.
    Note(usize, String),
    /// The words at this place of [`OurRows::words`]; the figures are the next in [`OurRows::figures`].
    Cells(u32),
}

/// A figure of ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Figure {
    /// None: no cell.
    #[default]
    Empty,
    /// Whole dollars.
    Dollars(u64),
    /// Cents.
    Cents(i64),
}

impl Figure {
    /// The figure in dollars; an amount of cents has two decimals.
    pub fn decimal(self) -> Option<Decimal> {
        match self {
            Figure::Empty => None,
            Figure::Dollars(dollars) => Some(Decimal::from(dollars)),
            Figure::Cents(cents) => Some(Decimal::new(cents, 2)),
        }
    }
}

/// What stands behind the rows of a piece.
#[derive(Clone, Debug, Default)]
pub struct OurRows {
    /// One a row.
    pub rows: Vec<OurRow>,
    /// Words of the rows, in the order in which rows first have them.
    pub words: Vec<Arc<Words>>,
    /// For each row of words its figures, in the order of the columns that hold figures.
    pub figures: Vec<Figure>,
}

/// Why a workbook is written anew instead of being passed through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anew {
    /// The sheet is protected: nothing may be put into it.
    Protected,
    /// A digital signature would be broken.
    Signed,
    /// A merged cell reaches over the place of our columns.
    Merged,
    /// The package lacks something that our cells need, or is written in UTF-16.
    Unfit,
}

impl Anew {
    /// What is told of it.
    pub fn told(self) -> &'static str {
        match self {
            Anew::Protected => "the entry sheet is protected: its lines were written into a new workbook",
            Anew::Signed => {
                "the workbook is signed, and the signature covers it as it is: the lines were written into a new workbook"
            }
            Anew::Merged => {
                "a merged cell reaches over the place of the added columns: the lines were written into a new workbook"
            }
            Anew::Unfit => {
                "the workbook's parts are not such that cells can be added: the lines were written into a new workbook"
            }
        }
    }
}

/// What of the form of the output has to be known before the first row is written. It is guessed at first; where the
/// file bears the guess out it is done, else it is read again with what is known then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Columns of the widest row: ours stand behind it.
    pub width: usize,
    /// Why the workbook is written anew.
    pub anew: Option<Anew>,
    /// True if the sheet's own claim of its size is not borne out, and is left away.
    pub no_dimension: bool,
}

/// The annotated file while it is written, one sheet after the other.
pub struct Annotated {
    file: Output,
    /// What was assumed of the sheet that is being written, and what was found of those before.
    layout: Layout,
    found: Vec<Layout>,
    /// Columns of the widest row of the sheet so far, and its last row that holds a cell.
    widest: usize,
    last_row: u64,
    /// Rows that were written.
    rows: u64,
}

enum Output {
    Csv(WholeFile),
    Book(Box<Book>),
}

/// The annotated file under its temporary name.
pub struct AnnotatedFile {
    /// The file.
    pub file: Ready,
    /// Rows below the headings that were written.
    pub rows: u64,
    /// The sheets with lines; one of a CSV.
    pub sheets: Vec<WrittenSheet>,
}

/// A sheet with lines, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenSheet {
    /// Its name; none of a CSV.
    pub name: Option<String>,
    /// The column in which ours begin, from 0.
    pub ours: usize,
    /// The last row that, like all above it, has the number that it has in the input: behind a record of a CSV that
    /// takes several of its lines, rows have not. 0 where there are no rows of a sheet.
    pub kept_to: u64,
}

/// Rows of a piece with all that writing them needs.
pub struct Numbering(pub(super) Option<Numbered>);

impl Annotated {
    /// Begins the annotated file. `prepared` is what [`Shape::settle`] gave.
    ///
    /// # Errors
    /// The folder cannot be written to; the input can no longer be read.
    pub fn begin(
        destination: &Path,
        shape: &Shape,
        headers: &[Header],
        prepared: Prepared,
    ) -> io::Result<Annotated> {
        let file = WholeFile::begin(destination)?;
        let file = match shape.format {
            Format::Csv => Output::Csv(file),
            Format::Xlsx => Output::Book(Box::new(Book::begin(file, shape, headers, prepared)?)),
        };
        Ok(Annotated { file, layout: Layout::default(), found: Vec::new(), widest: 0, last_row: 0, rows: 0 })
    }

    /// Begins the next sheet. `first` are the first rows below its headings, for the widths of a new workbook.
    ///
    /// # Errors
    /// The disk is full.
    pub fn begin_sheet(
        &mut self,
        shape: &Shape,
        header: &Header,
        first: Option<&Rows>,
    ) -> io::Result<Appender> {
        let place = self.found.len();
        let SheetShape { columns, layout } = &shape.sheets[place];
        (self.layout, self.widest, self.last_row) = (*layout, 0, header.number);
        match &mut self.file {
            Output::Csv(file) => {
                let delimiter = match &header.opened.0 {
                    Kind::Csv { delimiter, .. } => *delimiter,
                    _ => b',',
                };
                let appender = Appender::csv(delimiter, layout.width, columns);
                file.write_all(&appender.csv_heading(header, columns, place == 0)?)?;
                Ok(appender)
            }
            Output::Book(book) => book.begin_sheet(place, &shape.sheets[place], header, first),
        }
    }

    /// Takes note of rows in their order: numbers their strings, and gives them their place.
    ///
    /// # Errors
    /// A sheet is full that cannot be continued.
    pub fn number(&mut self, rows: &Rows, ours: &OurRows, texts: Option<Texts>) -> io::Result<Numbering> {
        for place in &rows.places {
            self.widest = self.widest.max(place.width as usize);
            if place.width > 0 {
                self.last_row = place.number;
            }
        }
        match &mut self.file {
            Output::Csv(_) => Ok(Numbering(None)),
            Output::Book(book) => book.number(rows, ours, texts).map(|numbered| Numbering(Some(numbered))),
        }
    }

    /// Writes a piece.
    ///
    /// # Errors
    /// The disk is full.
    pub fn write(&mut self, encoded: Encoded) -> io::Result<()> {
        self.rows += encoded.rows;
        match (encoded.body, &mut self.file) {
            (Body::Bytes(bytes), Output::Csv(file)) => file.put(bytes),
            (Body::Chunks(chunks), Output::Book(book)) => book.write(&chunks),
            _ => Err(io::Error::other("a piece was made for another output")),
        }
    }

    /// Ends the sheet with what stands behind its rows.
    ///
    /// # Errors
    /// The disk is full.
    pub fn end_sheet(&mut self, tail: &[u8]) -> io::Result<()> {
        let mut layout = self.layout;
        layout.width = layout.width.max(self.widest);
        if let Output::Book(book) = &mut self.file {
            layout.anew = layout.anew.or(book.obstacle(tail, layout.width));
            layout.no_dimension |= book.claimed().is_some_and(|claimed| claimed != self.last_row);
            book.end_sheet(tail)?;
        }
        self.found.push(layout);
        Ok(())
    }

    /// Completes the file under its temporary name, or says with which layouts it has to be written instead.
    ///
    /// # Errors
    /// The disk is full.
    pub fn complete(self, shape: &Shape) -> io::Result<Result<AnnotatedFile, Vec<Layout>>> {
        let mut found = shape.clone();
        found.sheets.iter_mut().zip(self.found).for_each(|(sheet, layout)| sheet.layout = layout);
        found.settle_together();
        if found.layouts() != shape.layouts() {
            return Ok(Err(found.layouts()));
        }
        let width = |place: usize| shape.sheets.get(place).map_or(0, |sheet| sheet.layout.width);
        let (file, sheets) = match self.file {
            Output::Csv(file) => {
                (file.complete()?, vec![WrittenSheet { name: None, ours: width(0), kept_to: 0 }])
            }
            Output::Book(book) => {
                let sheets = book.sheets(&width);
                let (file, parts) = book.complete()?;
                (file.complete()?.of_parts(parts), sheets)
            }
        };
        Ok(Ok(AnnotatedFile { file, rows: self.rows, sheets }))
    }
}
