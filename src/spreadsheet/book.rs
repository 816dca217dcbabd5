//! The annotated workbook while it is written: the broker's own package with cells added, or a new one.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::annotated::{Anew, OurRow, OurRows, Words, WrittenSheet};
use super::append::{Appender, Texts};
use super::book_cells::BookTarget;
use super::deflate::{Chunk, chunk};
use super::graft::{Graft, GraftedSheet};
use super::new_workbook::NewWorkbook;
use super::our_styles::OurStyles;
use super::read::{Header, Kind};
use super::recount::CountedPart;
use super::row::{RowPlace, Rows};
use super::shape::{Prepared, Shape, SheetShape};
use super::sheet_rows::SHEET_ROWS_MAX;
use super::sheet_text::Piecewise;
use super::string_table::StringTable;
use super::whole_file::WholeFile;
use super::xlsx_input::OpenedSheet;
use super::zip_output::Container;

/// The workbook while it is written.
pub(super) struct Book {
    container: Container<WholeFile>,
    host: Host,
    strings: StringTable,
    /// How cells of the sheet that is being written are written.
    target: Arc<BookTarget>,
    /// The sheet that is being written, from 0, and the row that comes next in it, from 1.
    sheet: usize,
    next_row: u64,
    level: u8,
}

enum Host {
    Broker(Box<Graft>),
    New(Box<NewWorkbook>),
}

/// The rows of a piece that stand in one sheet.
pub(super) struct Part {
    pub(super) sheet: usize,
    pub(super) rows: Range<usize>,
    /// Number of the first row.
    first: u64,
}

impl Part {
    /// Number of a row.
    pub(super) fn number(&self, row: usize, texts: &Piecewise) -> u64 {
        match &texts.numbers {
            Some(numbers) => numbers[row],
            None => self.first + (row - self.rows.start) as u64,
        }
    }
}

/// A piece whose strings are numbered.
pub(super) struct Numbered {
    pub(super) parts: Vec<Part>,
    pub(super) texts: Option<Texts>,
}

/// The package of some sheets, prepared to be passed through; or why it cannot be.
pub(super) fn prepare(sheets: &[&OpenedSheet], shape: &Shape) -> io::Result<Result<Graft, Anew>> {
    if sheets.iter().any(|sheet| sheet.signed) {
        return Ok(Err(Anew::Signed));
    }
    Ok(Graft::prepare(sheets, shape)?.ok_or(Anew::Unfit))
}

impl Book {
    /// Begins the workbook.
    pub(super) fn begin(
        file: WholeFile,
        shape: &Shape,
        headers: &[Header],
        prepared: Prepared,
    ) -> io::Result<Book> {
        let first = headers.first().map(|header| &header.opened.0);
        let (host, strings) = match (first, prepared.0) {
            (Some(Kind::Sheet(sheet)), Some(graft)) => {
                let strings = StringTable::new(sheet.context.strings.len(), &graft.strings_prefix);
                (Host::Broker(graft), strings)
            }
            _ => {
                let new = NewWorkbook::begin(shape, headers)?;
                let strings = StringTable::new(new.strings, "");
                (Host::New(Box::new(new)), strings)
            }
        };
        let target = Arc::new(BookTarget::new("", OurStyles::default(), shape.level, false, 0, &[]));
        let container = Container::new(file);
        Ok(Book { container, host, strings, target, sheet: 0, next_row: 0, level: shape.level })
    }

    /// Begins a sheet: everything in front of the first row below its headings is written.
    pub(super) fn begin_sheet(
        &mut self,
        place: usize,
        shape: &SheetShape,
        header: &Header,
        first: Option<&Rows>,
    ) -> io::Result<Appender> {
        let (width, columns, level) = (shape.layout.width, &shape.columns, self.level);
        let head = match (&mut self.host, &header.opened.0) {
            (Host::Broker(graft), Kind::Sheet(sheet)) => {
                graft.begin_sheet(place, &mut self.container)?;
                let own = &graft.sheets[place].head;
                self.target =
                    Arc::new(BookTarget::new(&own.prefix, graft.styles, level, true, width, columns));
                heading_rows(sheet, &own.xml, &self.target, shape, &mut self.strings)
            }
            (Host::New(new), _) => {
                new.measure(place, width, first);
                self.target = Arc::new(BookTarget::new("", new.styles, level, false, width, columns));
                self.next_row = new.first_row(place);
                self.container.begin(&NewWorkbook::part(place), false)?;
                new.head(place)?
            }
            (Host::Broker(_), _) => return Err(io::Error::other("no sheet of a package")),
        };
        self.sheet = place;
        self.container.add(&chunk(&head, level)?)?;
        Ok(Appender::book(Arc::clone(&self.target)))
    }

    /// Ends a sheet with what stands behind its rows.
    pub(super) fn end_sheet(&mut self, tail: &[u8]) -> io::Result<()> {
        let tail = match &mut self.host {
            Host::Broker(graft) => graft.tail(self.sheet, tail, &self.target),
            Host::New(new) => new.tail(self.sheet)?,
        };
        self.container.add(&chunk(&tail, self.level)?)?;
        self.container.end()
    }

    /// Numbers the strings of a piece and gives its rows their places.
    pub(super) fn number(
        &mut self,
        rows: &Rows,
        ours: &OurRows,
        mut texts: Option<Texts>,
    ) -> io::Result<Numbered> {
        if let Some(texts) = &mut texts {
            texts.0.number(rows, &mut self.strings, &self.target);
        }
        for words in ours.words.iter().filter(|words| words.written.get().is_none()) {
            let written = self.target.write_words(words, &mut self.strings);
            // Nobody else writes words: they are numbered here alone, in the order of the rows.
            let _ = words.written.set(written);
        }
        let filled = |words: &Arc<Words>| words.texts().filter(|text| !text.is_empty()).count() as u64;
        let filled: Vec<u64> = ours.words.iter().map(filled).collect();
        let referring = ours.rows.iter().map(|our| match our {
            OurRow::Cells(place) => filled[*place as usize],
            OurRow::Nothing | OurRow::Note(..) => 0,
        });
        self.strings.refer(referring.sum());
        let counted = texts.as_ref().is_some_and(|texts| texts.0.numbers.is_none());
        let parts = if counted {
            self.counted_parts(rows)
        } else {
            vec![Part { sheet: self.sheet, rows: 0..rows.len(), first: 0 }]
        };
        if let (Host::New(new), Some(last)) = (&mut self.host, rows.places.last().filter(|_| !counted)) {
            new.ends(self.sheet, last.number.saturating_sub(1) as u32);
        }
        Ok(Numbered { parts, texts })
    }

    /// Places for records that are counted: a sheet that is full is continued on the next.
    fn counted_parts(&mut self, rows: &Rows) -> Vec<Part> {
        let Host::New(new) = &mut self.host else { return Vec::new() };
        let (mut parts, mut from) = (Vec::new(), 0);
        while from < rows.len() {
            if self.next_row > SHEET_ROWS_MAX {
                self.next_row = new.go_on();
            }
            let room = usize::try_from(SHEET_ROWS_MAX + 1 - self.next_row).unwrap_or(usize::MAX);
            let to = rows.len().min(from + room);
            let sheet = new.sheets.len() - 1;
            parts.push(Part { sheet, rows: from..to, first: self.next_row });
            self.next_row += (to - from) as u64;
            new.ends(sheet, (self.next_row - 2) as u32);
            if let Some(kept) = kept(&rows.places[from..to], self.next_row - (to - from) as u64) {
                new.sheets[sheet].kept_to = kept;
            }
            from = to;
        }
        parts
    }

    /// Writes the chunks of a piece.
    pub(super) fn write(&mut self, chunks: &[(usize, Chunk)]) -> io::Result<()> {
        for (sheet, chunk) in chunks {
            while self.sheet < *sheet {
                self.next_sheet()?;
            }
            self.container.add(chunk)?;
        }
        Ok(())
    }

    fn next_sheet(&mut self) -> io::Result<()> {
        let Host::New(new) = &mut self.host else {
            return Err(io::Error::other("a sheet of a broker is full"));
        };
        let tail = new.tail(self.sheet)?;
        self.container.add(&chunk(&tail, self.level)?)?;
        self.container.end()?;
        self.sheet += 1;
        self.container.begin(&NewWorkbook::part(self.sheet), false)?;
        self.container.add(&chunk(&new.head(self.sheet)?, self.level)?)
    }

    /// Why the broker's sheet cannot take our columns, as what stands behind its rows tells.
    pub(super) fn obstacle(&self, tail: &[u8], width: usize) -> Option<Anew> {
        match &self.host {
            Host::Broker(graft) => {
                super::sheet_frame::obstacle(tail, width, graft.sheets[self.sheet].heading_row)
            }
            Host::New(_) => None,
        }
    }

    /// The last row that the broker's sheet claims to have, where the claim is passed on.
    pub(super) fn claimed(&self) -> Option<u64> {
        match &self.host {
            Host::Broker(graft) => graft.sheets[self.sheet].head.claimed,
            Host::New(_) => None,
        }
    }

    /// The sheets with lines, in order; `width` tells of each sheet of the input where our columns begin.
    pub(super) fn sheets(&self, width: &dyn Fn(usize) -> usize) -> Vec<WrittenSheet> {
        match &self.host {
            Host::Broker(graft) => {
                let sheets = graft.sheets.iter().enumerate();
                let written = |(place, sheet): (usize, &GraftedSheet)| WrittenSheet {
                    name: Some(sheet.name.clone()),
                    ours: width(place),
                    kept_to: u64::MAX,
                };
                sheets.map(written).collect()
            }
            Host::New(new) => new.written(),
        }
    }

    /// Writes all other parts; with it what was counted of each part.
    pub(super) fn complete(mut self) -> io::Result<(WholeFile, Vec<CountedPart>)> {
        let table = self.strings.finish();
        match self.host {
            Host::Broker(graft) => graft.complete(&mut self.container, table, self.level)?,
            Host::New(new) => new.complete(&mut self.container, table, self.level)?,
        }
        self.container.finish()
    }
}

/// The last of some records that stands in a sheet, where they begin with this row, under the number that it has in the
/// input. Numbers of records never fall behind their count: once one is ahead, all behind it are.
fn kept(records: &[RowPlace], first: u64) -> Option<u64> {
    let ahead = (first..).zip(records).position(|(row, record)| record.number != row);
    let kept = ahead.unwrap_or(records.len()) as u64;
    (kept > 0).then(|| first + kept - 1)
}

/// The head of a broker's sheet with its rows up to the headings, ours among them.
fn heading_rows(
    sheet: &OpenedSheet,
    head: &[u8],
    target: &BookTarget,
    shape: &SheetShape,
    strings: &mut StringTable,
) -> Vec<u8> {
    let rows = &sheet.first;
    let mut out = head.to_vec();
    let Some(place) = rows.places.iter().rev().find(|place| !place.blank) else { return out };
    let insert = target.up_to_ours(&mut out, &rows.bytes, 0, place);
    out.extend_from_slice(&target.headings(shape.layout.width, place.number, &shape.columns, strings));
    out.extend_from_slice(&rows.bytes[insert..]);
    out
}
