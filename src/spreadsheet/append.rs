//! Putting our cells behind the rows of a piece. This is done by many threads at once, on rows whose strings are
//! numbered.

use std::io;
use std::sync::Arc;

use super::annotated::{Figure, Joined, Numbering, OurColumn, OurRow, OurRows, Words};
use super::book::{Numbered, Part};
use super::book_cells::BookTarget;
use super::buffers;
use super::deflate::{Chunk, chunk};
use super::fields::{cells_as_record, csv_text, push_figure, push_guarded};
use super::read::{Header, Kind};
use super::row::{Cell, Decoder, Rows};
use super::sheet_text::Piecewise;

/// A piece made ready to be written.
pub struct Encoded {
    pub(super) body: Body,
    /// Rows that are in it.
    pub(super) rows: u64,
}

/// The bytes of a piece.
pub(super) enum Body {
    /// Bytes of a CSV file.
    Bytes(Vec<u8>),
    /// Compressed rows of one or more sheets, each with the place of its sheet.
    Chunks(Vec<(usize, Chunk)>),
}

/// Who puts our cells behind rows; shared by all threads.
pub struct Appender {
    kind: Target,
    /// Our columns: true for one that holds a figure.
    figures: Vec<bool>,
}

enum Target {
    Csv { delimiter: u8, width: usize },
    Book(Arc<BookTarget>),
}

/// The bytes of a record without its line end, and its line end.
fn record_and_end(rows: &Rows, row: usize) -> (&[u8], &[u8]) {
    let place = &rows.places[row];
    let (from, insert, to) = (place.from as usize, place.insert as usize, place.to as usize);
    (&rows.bytes[from..insert], &rows.bytes[insert..to])
}

impl Appender {
    pub(super) fn csv(delimiter: u8, width: usize, columns: &[OurColumn]) -> Appender {
        let figures = columns.iter().map(|column| column.look.is_figure()).collect();
        Appender { kind: Target::Csv { delimiter, width }, figures }
    }

    /// One for rows that are only counted.
    pub fn none() -> Appender {
        Appender::csv(b',', 0, &[])
    }

    pub(super) fn book(target: Arc<BookTarget>) -> Appender {
        let figures = target.looks.iter().map(|look| look.is_figure()).collect();
        Appender { kind: Target::Book(target), figures }
    }

    /// What stands above the rows of a sheet in a CSV file, with our headings. Sheets with the same headings stand one
    /// below the other, under those of the first.
    pub(super) fn csv_heading(
        &self,
        header: &Header,
        ours: &[OurColumn],
        first: bool,
    ) -> io::Result<Vec<u8>> {
        let Target::Csv { delimiter, width } = self.kind else { return Err(io::Error::other("no CSV")) };
        let (mut out, present, end) = match &header.opened.0 {
            Kind::Csv { header: bytes, .. } => {
                let end = bytes.iter().rev().take_while(|byte| matches!(byte, b'\r' | b'\n')).count().min(2);
                // A lone line feed behind a blank line is one line end, not two.
                let end = if end == 2 && !bytes.ends_with(b"\r\n") { 1 } else { end };
                let (record, end) = bytes.split_at(bytes.len() - end);
                (record.to_vec(), header.row.len(), end.to_vec())
            }
            _ => {
                let mut out = Vec::new();
                let record = |out: &mut Vec<u8>, cells: &[Cell]| {
                    let cells: Vec<String> = cells.iter().map(Cell::shown).collect();
                    cells_as_record(out, cells.iter().map(String::as_str), delimiter);
                };
                let upper = if header.on_two_rows && !first { 1 } else { 0 };
                for (_, cells) in &header.above[..header.above.len() - upper] {
                    record(&mut out, cells);
                    out.extend_from_slice(b"\r\n");
                }
                if !first {
                    return Ok(out);
                }
                record(&mut out, &header.row);
                (out, header.row.len(), b"\r\n".to_vec())
            }
        };
        out.extend(std::iter::repeat_n(delimiter, width.saturating_sub(present)));
        for column in ours {
            out.push(delimiter);
            out.extend_from_slice(&csv_text(&column.heading, delimiter));
        }
        out.extend_from_slice(&end);
        Ok(out)
    }

    /// Collects the texts of rows that do not pass through, so that they can be numbered; `None` where they do.
    pub fn texts(&self, rows: &Rows) -> Option<Texts> {
        match &self.kind {
            Target::Book(target) if !target.pass => Some(Texts(Piecewise::of(rows))),
            _ => None,
        }
    }

    /// Puts our cells behind the rows of a piece.
    ///
    /// # Errors
    /// The compressor fails.
    pub fn encode(&self, rows: &Rows, ours: &OurRows, numbering: &Numbering) -> io::Result<Encoded> {
        match (&self.kind, &numbering.0) {
            (Target::Csv { delimiter, width }, _) => {
                let (bytes, rows) = self.csv_rows(rows, ours, *delimiter, *width);
                Ok(Encoded { body: Body::Bytes(bytes), rows })
            }
            (Target::Book(target), Some(numbered)) => {
                let (mut chunks, mut all) = (Vec::new(), 0);
                for part in &numbered.parts {
                    let (xml, rows) = if target.pass {
                        self.passed(target, rows, ours)
                    } else {
                        self.anew(target, numbered, part, ours)
                    };
                    chunks.push((part.sheet, chunk(&xml, target.level)?));
                    all += rows;
                    buffers::give(xml);
                }
                Ok(Encoded { body: Body::Chunks(chunks), rows: all })
            }
            (Target::Book(_), None) => Err(io::Error::other("rows were not numbered")),
        }
    }

    fn figures_per_row(&self) -> usize {
        self.figures.iter().filter(|figure| **figure).count()
    }

    /// Records with our fields behind them, and how many they are.
    fn csv_rows(&self, rows: &Rows, ours: &OurRows, delimiter: u8, width: usize) -> (Vec<u8>, u64) {
        let mut out = buffers::take(rows.bytes.len() * 5 / 2);
        let mut figures = ours.figures.chunks_exact(self.figures_per_row().max(1));
        let mut written = 0;
        for (row, our) in ours.rows.iter().enumerate() {
            let (present, end) = if matches!(rows.decoder, Decoder::Csv(_)) {
                let (record, end) = record_and_end(rows, row);
                out.extend_from_slice(record);
                (rows.places[row].fields as usize, end)
            } else {
                let cells: Vec<String> = rows.whole(row).iter().map(Cell::shown).collect();
                if !rows.places[row].blank {
                    cells_as_record(&mut out, cells.iter().map(String::as_str), delimiter);
                }
                (cells.len(), &b"\r\n"[..])
            };
            if !matches!(our, OurRow::Nothing) {
                // A record that is shorter than the headings is padded, so that our fields stand under our headings.
                out.extend(std::iter::repeat_n(delimiter, width.saturating_sub(present.max(1))));
                self.csv_ours(&mut out, our, &ours.words, &mut figures, delimiter);
            }
            out.extend_from_slice(end);
            written += 1;
        }
        (out, written)
    }

    fn csv_ours<'f>(
        &self,
        out: &mut Vec<u8>,
        our: &OurRow,
        words: &[Arc<Words>],
        figures: &mut impl Iterator<Item = &'f [Figure]>,
        delimiter: u8,
    ) {
        match our {
            OurRow::Nothing => {}
            OurRow::Note(place, text) => {
                for column in 0..self.figures.len() {
                    out.push(delimiter);
                    if column == *place {
                        out.extend_from_slice(&csv_text(text, delimiter));
                    }
                }
            }
            OurRow::Cells(place) => {
                let words = &words[*place as usize];
                let written = words.written.get_or_init(|| {
                    let mut written = Joined::default();
                    words.texts().for_each(|text| written.push(|out| push_guarded(out, text, delimiter)));
                    written
                });
                let (mut texts, mut numbers) = (written.iter(), figures.next().unwrap_or_default().iter());
                for figure in &self.figures {
                    out.push(delimiter);
                    if *figure {
                        push_figure(out, numbers.next().copied().unwrap_or_default());
                    } else if let Some(text) = texts.next() {
                        out.extend_from_slice(text);
                    }
                }
            }
        }
    }

    /// Rows of the broker's sheet with our cells put in, and how many they are.
    fn passed(&self, target: &BookTarget, rows: &Rows, ours: &OurRows) -> (Vec<u8>, u64) {
        let mut out = buffers::take(rows.bytes.len() * 5 / 2);
        let mut figures = ours.figures.chunks_exact(self.figures_per_row().max(1));
        let (mut at, mut written) = (0, 0);
        for (place, our) in rows.places.iter().zip(&ours.rows) {
            written += 1;
            if matches!(our, OurRow::Nothing) {
                continue;
            }
            at = target.up_to_ours(&mut out, &rows.bytes, at, place);
            self.our_cells(&mut out, target, place.number, our, &ours.words, &mut figures);
        }
        out.extend_from_slice(&rows.bytes[at..]);
        (out, written)
    }

    /// Rows of a new workbook, and how many they are.
    fn anew(&self, target: &BookTarget, numbered: &Numbered, part: &Part, ours: &OurRows) -> (Vec<u8>, u64) {
        let mut out = buffers::take(part.rows.len() * 2048);
        let Some(Texts(texts)) = &numbered.texts else { return (out, 0) };
        let written = texts.written();
        let mut count = 0;
        let per_row = self.figures_per_row();
        let before =
            ours.rows[..part.rows.start].iter().filter(|our| matches!(our, OurRow::Cells(_))).count();
        let mut figures = ours.figures[before * per_row..].chunks_exact(per_row.max(1));
        for row in part.rows.clone() {
            let number = part.number(row, texts);
            out.extend_from_slice(b"<row r=\"");
            out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
            out.extend_from_slice(b"\">");
            texts.cells(&mut out, row, &written, target);
            self.our_cells(&mut out, target, number, &ours.rows[row], &ours.words, &mut figures);
            out.extend_from_slice(b"</row>");
            count += 1;
        }
        (out, count)
    }

    /// Our cells of a row. The first says where it stands; each of the others stands behind the one before it, so its
    /// reference would say nothing new (it is optional: ECMA-376 part 1, 18.3.1.4), and rows of one outline repeat
    /// each other to the letter.
    fn our_cells<'f>(
        &self,
        out: &mut Vec<u8>,
        target: &BookTarget,
        row: u64,
        our: &OurRow,
        words: &[Arc<Words>],
        figures: &mut impl Iterator<Item = &'f [Figure]>,
    ) {
        let mut number = itoa::Buffer::new();
        let number = number.format(row).as_bytes();
        match our {
            OurRow::Nothing => {}
            OurRow::Note(place, text) => {
                out.extend_from_slice(&target.references[*place]);
                out.extend_from_slice(number);
                out.push(b'"');
                target.inline(out, text, target.style(target.looks[*place], text, 0));
            }
            OurRow::Cells(place) => {
                let Some(written) = words[*place as usize].written.get() else { return };
                let (mut texts, mut numbers) = (written.iter(), figures.next().unwrap_or_default().iter());
                out.extend_from_slice(&target.references[0]);
                out.extend_from_slice(number);
                out.push(b'"');
                let mut first = true;
                for (column, figure) in self.figures.iter().enumerate() {
                    if !std::mem::take(&mut first) {
                        out.extend_from_slice(&target.open);
                    }
                    if *figure {
                        target.figure(out, numbers.next().copied().unwrap_or_default(), target.looks[column]);
                    } else {
                        out.extend_from_slice(texts.next().unwrap_or_default());
                    }
                }
                // Behind the last cell that holds something none is needed.
                while out.ends_with(&target.nothing) {
                    out.truncate(out.len() - target.nothing.len());
                }
            }
        }
    }
}

/// Texts of rows that go into a new workbook.
pub struct Texts(pub(super) Piecewise);
