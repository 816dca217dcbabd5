//! CSV as a stream of pieces. The bytes of every record are kept, so that they can go back out as they came.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::buffers;
use super::csv_fields::{self, Fault, closing_quote, line_ends};
use super::cut::{RowStream, cut, row_end};
use super::encoding::{TextEncoding, TextFile, encoding_of};
use super::headings::{self, Headings, Knows};
use super::read::{Consumer, Header, InputFacts, Kind, Opened, Piece, SpreadsheetError};
use super::row::{Cell, Rows};
use crate::terms::place::Source;
use crate::terms::sha256::hexadecimal;
use memchr::{memchr, memchr3};

/// Bytes of one record, at most. Entry lines are a few hundred bytes; a longer record is a quote that never closes.
pub const RECORD_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes read from the file at a time.
const CHUNK: usize = 64 * 1024;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Separators that are tried on the heading row, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

struct Records<'p> {
    path: &'p Path,
    file: TextFile,
    /// Bytes from the first record on that is not yet handed over.
    buffer: Vec<u8>,
    /// Up to here the quotes of the buffer are understood; outside of any.
    outside: usize,
    ended: bool,
    /// Physical line on which the buffer begins.
    line: u64,
    delimiter: u8,
    asked: Vec<usize>,
}

impl Records<'_> {
    fn damaged(&self, at: usize, problem: &str) -> SpreadsheetError {
        let line = self.line + line_ends(&self.buffer[..at]);
        damaged(self.path, Fault { line, problem: problem.to_string() })
    }

    /// Steps over the quoted field that opens at `open`; `None` if its end is not at hand.
    fn step_over(&mut self, open: usize) -> Result<Option<usize>, SpreadsheetError> {
        let closed = closing_quote(&self.buffer, open);
        // What follows the last quote at hand may be another quote.
        let closed = closed.filter(|quote| self.ended || quote + 1 < self.buffer.len());
        let Some(closed) = closed else {
            if self.ended || self.buffer.len() - open > RECORD_BYTES_MAX {
                return Err(self.damaged(open, "a quote opens here and never closes; close it or remove it"));
            }
            return Ok(None);
        };
        let next = self.buffer.get(closed + 1).copied();
        let ends_well = next.is_none_or(|byte| byte == self.delimiter || matches!(byte, b'\r' | b'\n'));
        // So it looks when a quote was never closed and the next quote of the file closed it. A quoted field on one
        // line with text behind it is merely odd.
        if !ends_well && line_ends(&self.buffer[open..closed]) > 0 {
            let problem = "a quote opens here, runs over the end of the line, and text follows where it closes: a \
                           closing quote is missing; close it or remove it";
            return Err(self.damaged(open, problem));
        }
        Ok(Some(closed + 1))
    }

    fn opens(&self, quote: usize) -> bool {
        let before = quote.checked_sub(1).map(|at| self.buffer[at]);
        before.is_none_or(|byte| byte == self.delimiter || matches!(byte, b'\r' | b'\n'))
    }
}

impl RowStream for Records<'_> {
    const ROW_BYTES: usize = 256;

    fn bytes(&self) -> &[u8] {
        &self.buffer
    }

    fn more(&mut self) -> Result<bool, SpreadsheetError> {
        if self.ended {
            return Ok(false);
        }
        let kept = self.buffer.len();
        self.buffer.resize(kept + CHUNK, 0);
        let read = self.file.read(&mut self.buffer[kept..]);
        let read = read.map_err(|source| SpreadsheetError::Io { path: self.path.to_path_buf(), source })?;
        self.buffer.truncate(kept + read);
        self.ended = read == 0;
        Ok(read > 0)
    }

    fn row_end(&mut self, from: usize) -> Result<Option<usize>, SpreadsheetError> {
        while let Some(quote) = self.buffer.get(self.outside..from).and_then(|rest| memchr(b'"', rest)) {
            let quote = self.outside + quote;
            self.outside = match self.opens(quote) {
                false => quote + 1,
                true => match self.step_over(quote)? {
                    Some(behind) => behind,
                    None => return Ok(None),
                },
            };
        }
        let mut at = self.outside.max(from);
        loop {
            let Some(found) = memchr3(b'"', b'\r', b'\n', &self.buffer[at.min(self.buffer.len())..]) else {
                let record = self.buffer.len() - from;
                if record > RECORD_BYTES_MAX {
                    let problem = format!("a record of more than {RECORD_BYTES_MAX} bytes");
                    return Err(self.damaged(from, &problem));
                }
                // The last record may have no line end.
                return Ok((self.ended && record > 0).then_some(self.buffer.len()));
            };
            at += found;
            match self.buffer[at] {
                b'"' if !self.opens(at) => at += 1,
                b'"' => match self.step_over(at)? {
                    Some(behind) => at = behind,
                    None => return Ok(None),
                },
                b'\r' if at + 1 == self.buffer.len() && !self.ended => return Ok(None),
                b'\r' if self.buffer.get(at + 1) == Some(&b'\n') => at += 1,
                _ => {
                    self.outside = at + 1;
                    return Ok(Some(at + 1));
                }
            }
        }
    }

    fn rows(&self, from: usize, to: usize) -> Result<Rows, SpreadsheetError> {
        let rows = csv_fields::rows(self.buffer[from..to].to_vec(), self.delimiter, 1, &self.asked);
        let before = || self.line - 1 + line_ends(&self.buffer[..from]);
        rows.map_err(|fault| damaged(self.path, Fault { line: before() + fault.line, ..fault }))
    }

    fn prove(&mut self) -> Result<(), SpreadsheetError> {
        self.row_end(self.buffer.len().saturating_sub(1)).map(|_| ())
    }

    fn take(&mut self, end: usize) -> Result<Piece, SpreadsheetError> {
        let bytes = buffers::take_front(&mut self.buffer, end, CHUNK);
        let line = self.line;
        self.line += line_ends(&bytes);
        self.outside = self.outside.saturating_sub(end);
        let done = self.file.total.saturating_sub(self.buffer.len() as u64);
        Ok(Piece { bytes, begins: line, done, ..Piece::default() })
    }

    fn too_many(&self) -> SpreadsheetError {
        self.damaged(0, "more rows in turn than can be held carry one entry and line number")
    }
}

/// The separator that gives a line the most fields, the likeliest first.
fn sniff(first: &[u8]) -> u8 {
    let count = |delimiter: u8| csv_fields::fields_of(first, delimiter).count();
    let most = DELIMITERS.into_iter().map(count).max().unwrap_or(0);
    DELIMITERS.into_iter().find(|delimiter| count(*delimiter) == most).unwrap_or(b',')
}

/// The separator that a first line such as `sep=;` names, as spreadsheet programs write it.
fn said_separator(line: &[u8]) -> Option<u8> {
    let line = line.trim_ascii();
    let rest = line.get(..4).filter(|word| word.eq_ignore_ascii_case(b"sep=")).map(|_| &line[4..])?;
    match rest {
        [separator] => Some(*separator),
        // A tab is set aside with the blanks around the line.
        [] => Some(b'\t'),
        _ => None,
    }
}

/// The separator of a file, by its first lines: the one that a `sep=` line names if a heading row fits it, else the first
/// with which one does, else the one that gives the first filled line the most fields.
fn separator(start: &[u8], who: &impl Knows) -> u8 {
    let lines =
        start.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.trim_ascii().is_empty());
    let lines: Vec<&[u8]> = lines.take(headings::ROWS_MAX).collect();
    let cells = |line: &[u8], delimiter: u8| -> Vec<String> {
        let fields = csv_fields::fields_of(line, delimiter);
        fields.map(|(from, to, form)| csv_fields::cell(&line[from..to], form, delimiter).shown()).collect()
    };
    let has_headings = |delimiter: &u8| {
        let rows: Vec<Vec<String>> = lines.iter().map(|line| cells(line, *delimiter)).collect();
        headings::find(&rows, who).is_some_and(|found| who.fits(&found.cells))
    };
    let said = lines.first().and_then(|line| said_separator(line));
    let fitting = said.into_iter().chain(DELIMITERS).find(has_headings);
    let first = lines.iter().find(|line| said_separator(line).is_none());
    fitting.or(said).unwrap_or_else(|| first.map_or(b',', |line| sniff(line)))
}

/// Reads a CSV file: a heading row, then records.
///
/// # Errors
/// The file is empty, is text of no one encoding, has a quote that never closes, or the consumer stopped.
pub(super) fn read<C: Consumer>(
    path: &Path,
    encoding: Option<TextEncoding>,
    consumer: &mut C,
) -> Result<InputFacts, C::Error> {
    let found = encoding_of(path, encoding)?;
    let file =
        File::open(path).map_err(|source| SpreadsheetError::Io { path: path.to_path_buf(), source })?;
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    let mut records = Records {
        path,
        file: TextFile::new(file, found),
        buffer: Vec::new(),
        outside: 0,
        ended: false,
        line: 1,
        delimiter: b',',
        asked: Vec::new(),
    };
    records.more()?;
    let marked = records.buffer.starts_with(BOM);
    records.buffer.drain(..if marked { BOM.len() } else { 0 });
    records.delimiter = separator(&records.buffer, consumer);
    let Heading { number, found: headings, row, above, bytes } = heading(&mut records, consumer)?;
    let source = Arc::new(Source {
        file: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        sheet: String::new(),
    });
    // What was not UTF-8 goes back out as UTF-8 with a mark, so that a spreadsheet program sees that.
    let bytes = if marked || !found.is_utf_8() { [BOM, &bytes].concat() } else { bytes };
    let (path, delimiter) = (path.to_path_buf(), records.delimiter);
    let opened = Arc::new(Opened(Kind::Csv { path, delimiter, header: bytes }));
    let notes = found.note().into_iter().chain(headings.note(number)).collect();
    let Headings { cells, on_two_rows, .. } = headings;
    let header = Header { source, cells, row, on_two_rows, number, above, notes, opened, work: size };
    records.asked = consumer.headers(vec![header])?.pop().unwrap_or_default();
    cut(&mut records, consumer)?;
    consumer.tail(Vec::new())?;
    let TextFile { hash, total, .. } = records.file;
    Ok(InputFacts { sha256: hexadecimal(hash), bytes: total })
}

/// The heading row of a CSV.
struct Heading {
    number: u64,
    found: Headings,
    row: Vec<Cell>,
    above: Vec<(u64, Vec<Cell>)>,
    /// All bytes up to and with it.
    bytes: Vec<u8>,
}

/// Finds the heading row among the first records, and takes it with all that stands above it.
fn heading(records: &mut Records<'_>, who: &impl Knows) -> Result<Heading, SpreadsheetError> {
    let (mut end, mut line, mut fitted) = (0, records.line, false);
    // End, line and cells of each record.
    let mut first: Vec<(usize, u64, Vec<Cell>)> = Vec::new();
    while first.len() < headings::ROWS_MAX {
        let Some(next) = row_end(records, end)? else { break };
        let bytes = records.buffer[end..next].to_vec();
        let lines = line_ends(&bytes);
        let rows = csv_fields::rows(bytes, records.delimiter, line, &[])
            .map_err(|fault| damaged(records.path, fault))?;
        for row in 0..rows.len() {
            first.push((next, rows.number(row), rows.whole(row)));
        }
        (end, line) = (next, line + lines);
        // The row below headings may go on with them.
        if std::mem::replace(&mut fitted, first.last().is_some_and(|(.., cells)| who.fits(&texts(cells)))) {
            break;
        }
    }
    let shown: Vec<Vec<String>> = first
        .iter()
        .map(|(_, line, cells)| match cells.first() {
            Some(Cell::Text(text)) if *line == 1 && said_separator(text.as_bytes()).is_some() => Vec::new(),
            _ => texts(cells),
        })
        .collect();
    let Some(found) = headings::find(&shown, who) else {
        return Err(SpreadsheetError::empty(records.path, ""));
    };
    first.truncate(found.row + 1);
    let Some((end, number, row)) = first.pop() else {
        return Err(SpreadsheetError::empty(records.path, ""));
    };
    let above = first.into_iter().map(|(_, line, cells)| (line, cells)).collect();
    let piece = records.take(end)?;
    Ok(Heading { number, found, row, above, bytes: piece.bytes })
}

fn texts(cells: &[Cell]) -> Vec<String> {
    cells.iter().map(Cell::shown).collect()
}

/// The rows of a piece.
pub(super) fn rows(
    path: &Path,
    piece: Piece,
    delimiter: u8,
    asked: &[usize],
) -> Result<Rows, SpreadsheetError> {
    csv_fields::rows(piece.bytes, delimiter, piece.begins, asked).map_err(|fault| damaged(path, fault))
}

fn damaged(path: &Path, fault: Fault) -> SpreadsheetError {
    let (path, place) = (path.to_path_buf(), format!("line {}", fault.line));
    SpreadsheetError::Damaged { path, place, problem: fault.problem }
}
