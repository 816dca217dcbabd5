//! CSV as a stream. The bytes of every record are kept, so that they can go back out as they came.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use csv_core::ReadRecordResult;
use sha2::{Digest, Sha256};

use super::read::{COLUMNS_MAX, Consumer, Cutter, Header, InputFacts, SpreadsheetError};
use super::row::{Cell, Original, Row};
use super::whole_file::hexadecimal;
use crate::terms::place::Source;

/// Bytes of one record, at most. Entry lines are a few hundred bytes; a longer record is a quote that never closes.
pub const RECORD_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes read from the file at a time.
const CHUNK: usize = 256 * 1024;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Separators that are tried on the heading row, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A record and where it stands.
struct Record {
    bytes: Box<[u8]>,
    line: u64,
    fields: Vec<(usize, usize)>,
    text: Vec<u8>,
}

struct Records<'p> {
    path: &'p Path,
    file: File,
    hash: Sha256,
    buffer: Vec<u8>,
    /// Start of what is not yet consumed.
    start: usize,
    ended: bool,
    total: u64,
    line: u64,
    delimiter: u8,
    reader: csv_core::Reader,
}

fn core_reader(delimiter: u8) -> csv_core::Reader {
    csv_core::ReaderBuilder::new().delimiter(delimiter).build()
}

impl Records<'_> {
    fn fill(&mut self) -> Result<bool, SpreadsheetError> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        let kept = self.buffer.len();
        self.buffer.resize(kept + CHUNK, 0);
        let read = loop {
            match self.file.read(&mut self.buffer[kept..]) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(source) => return Err(SpreadsheetError::Io { path: self.path.to_path_buf(), source }),
                Ok(read) => break read,
            }
        };
        self.buffer.truncate(kept + read);
        self.hash.update(&self.buffer[kept..]);
        self.total += read as u64;
        self.ended = read == 0;
        Ok(read > 0)
    }

    fn damaged(&self, line: u64, problem: String) -> SpreadsheetError {
        SpreadsheetError::Damaged { path: self.path.to_path_buf(), place: format!("line {line}"), problem }
    }

    /// The next record, blank lines in front of it included in its bytes; `None` at the end of the file.
    fn next(&mut self) -> Result<Option<Record>, SpreadsheetError> {
        let mut text = vec![0; 1024];
        let mut ends = vec![0; 64];
        let (mut used, mut out, mut fields) = (0, 0, 0);
        loop {
            if self.start + used == self.buffer.len() && !self.ended {
                self.fill()?;
                // `fill` moves what is kept to the front; `used` counts from there.
                continue;
            }
            let input = &self.buffer[self.start + used..];
            let (result, read, written, ended) =
                self.reader.read_record(input, &mut text[out..], &mut ends[fields..]);
            used += read;
            out += written;
            fields += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => text.resize(text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => ends.resize(ends.len() * 2, 0),
                ReadRecordResult::Record => return self.record(used, text, ends, fields).map(Some),
                ReadRecordResult::End if used == 0 => return Ok(None),
                // Blank lines behind the last record: nothing stands in them, and they go back out.
                ReadRecordResult::End => return self.record(used, text, ends, 0).map(Some),
            }
            if used > RECORD_BYTES_MAX || fields > COLUMNS_MAX {
                return Err(self.unclosed(used));
            }
        }
    }

    /// Takes the bytes of a finished record out of the buffer.
    fn record(
        &mut self,
        mut used: usize,
        mut text: Vec<u8>,
        ends: Vec<usize>,
        fields: usize,
    ) -> Result<Record, SpreadsheetError> {
        // The reader ends a record at CR; the LF behind it belongs to the same line ending.
        if self.start + used == self.buffer.len() && !self.ended {
            self.fill()?;
        }
        let bytes = &self.buffer[self.start..];
        if used > 0 && bytes[used - 1] == b'\r' && bytes.get(used) == Some(&b'\n') {
            used += 1;
            // The LF is skipped by the reader as an empty line otherwise; it starts afresh behind it.
            self.reader.reset();
        }
        if self.ended && fields > 0 && self.start + used == self.buffer.len() && self.quote_open(used) {
            return Err(self.unclosed(used));
        }
        let bytes: Box<[u8]> = self.buffer[self.start..self.start + used].into();
        let blank_lines = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let line = self.line + line_ends(&bytes[..blank_lines]);
        if let Some(opened) = swallowed(&bytes[blank_lines..], self.delimiter) {
            let line = line + line_ends(&bytes[blank_lines..blank_lines + opened]);
            let problem = "a quote opens here, runs over the end of the line, and text follows where it closes: a \
                           closing quote is missing; close it or remove it";
            return Err(self.damaged(line, problem.to_string()));
        }
        self.line += line_ends(&bytes);
        self.start += used;
        text.truncate(ends[..fields].last().copied().unwrap_or(0));
        let mut from = 0;
        let fields = ends[..fields].iter().map(|end| (std::mem::replace(&mut from, *end), *end)).collect();
        Ok(Record { bytes, line, fields, text })
    }

    /// True if a newline after the last record would be taken into a quoted field.
    fn quote_open(&self, used: usize) -> bool {
        let bytes = &self.buffer[self.start..self.start + used];
        let mut reader = core_reader(self.delimiter);
        let (mut text, mut ends) = (vec![0; bytes.len() + 2], vec![0; bytes.len() + 2]);
        let mut probe = bytes.to_vec();
        probe.push(b'\n');
        let skipped = probe.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let (result, ..) = reader.read_record(&probe[skipped..], &mut text, &mut ends);
        result == ReadRecordResult::InputEmpty
    }

    fn unclosed(&self, used: usize) -> SpreadsheetError {
        let bytes = &self.buffer[self.start..(self.start + used).min(self.buffer.len())];
        let quote = bytes.iter().position(|byte| *byte == b'"');
        match quote {
            None => self.damaged(
                self.line,
                format!("a record of more than {COLUMNS_MAX} fields or {RECORD_BYTES_MAX} bytes"),
            ),
            Some(_) => {
                let line = self.line + line_ends(&bytes[..last_opening_quote(bytes, self.delimiter)]);
                self.damaged(line, "a quote opens here and never closes; close it or remove it".to_string())
            }
        }
    }
}

/// The fields of the bytes of one record.
pub(super) fn fields_of(bytes: &[u8], delimiter: u8) -> Vec<Cell> {
    let (mut text, mut ends) = (vec![0; bytes.len() + 1], vec![0; bytes.len() + 2]);
    let mut reader = core_reader(delimiter);
    let (_, read, written, fields) = reader.read_record(bytes, &mut text, &mut ends);
    // A record without a line end is finished by telling the reader that nothing follows.
    let (.., last) = reader.read_record(&bytes[read..], &mut text[written..], &mut ends[fields..]);
    let mut from = 0;
    let mut cells = Vec::with_capacity(fields + last);
    for end in &ends[..fields + last] {
        let field = String::from_utf8_lossy(&text[from..*end]);
        cells.push(if field.is_empty() { Cell::Empty } else { Cell::Text(field.into()) });
        from = *end;
    }
    cells
}

/// Where a quoted field begins that holds a line end and is followed by text after its closing quote: so it looks when
/// a quote was never closed and the next quote of the file closed it. A quoted field on one line with text behind it is
/// merely odd.
fn swallowed(record: &[u8], delimiter: u8) -> Option<usize> {
    record.contains(&b'"').then_some(())?;
    let (mut at, mut field_start) = (0, true);
    while at < record.len() {
        if !(field_start && record[at] == b'"') {
            field_start = record[at] == delimiter || matches!(record[at], b'\r' | b'\n');
            at += 1;
            continue;
        }
        let opened = at;
        at += 1;
        while at < record.len() && (record[at] != b'"' || record.get(at + 1) == Some(&b'"')) {
            at += if record[at] == b'"' { 2 } else { 1 };
        }
        let next = record.get(at + 1).copied();
        let ends_well = next.is_none_or(|byte| byte == delimiter || matches!(byte, b'\r' | b'\n'));
        let over_lines =
            record[opened..at.min(record.len())].iter().any(|byte| matches!(byte, b'\r' | b'\n'));
        if over_lines && !ends_well {
            return Some(opened);
        }
        at += 1;
        field_start = false;
    }
    None
}

/// Where the last field that opens with a quote begins.
fn last_opening_quote(bytes: &[u8], delimiter: u8) -> usize {
    let (mut inside, mut opened, mut field_start) = (false, 0, true);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' if inside => inside = false,
            b'"' if field_start => (inside, opened) = (true, at),
            b'"' if bytes.get(at.wrapping_sub(1)) == Some(&b'"') => inside = true,
            _ => {}
        }
        field_start = !inside && (*byte == delimiter || matches!(byte, b'\r' | b'\n'));
    }
    opened
}

/// Line ends among bytes: LF, CR, and CR LF as one.
fn line_ends(bytes: &[u8]) -> u64 {
    let mut count = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')) {
            count += 1;
        }
    }
    count
}

fn sniff(first: &[u8]) -> u8 {
    let count = |delimiter: u8| {
        let (mut text, mut ends) = (vec![0; first.len() + 1], vec![0; first.len() + 2]);
        core_reader(delimiter).read_record(first, &mut text, &mut ends).3
    };
    let most = DELIMITERS.into_iter().map(count).max().unwrap_or(0);
    DELIMITERS.into_iter().find(|delimiter| count(*delimiter) == most).unwrap_or(b',')
}

/// Reads a CSV file: a heading row, then records.
///
/// # Errors
/// The file is empty, not UTF-8, has a quote that never closes, or the consumer stopped.
pub fn read<C: Consumer>(path: &Path, consumer: &mut C) -> Result<InputFacts, C::Error> {
    let file =
        File::open(path).map_err(|source| SpreadsheetError::Io { path: path.to_path_buf(), source })?;
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    let mut records = Records {
        path,
        file,
        hash: Sha256::new(),
        buffer: Vec::new(),
        start: 0,
        ended: false,
        total: 0,
        line: 1,
        delimiter: b',',
        reader: core_reader(b','),
    };
    records.fill()?;
    let bom = if records.buffer.starts_with(BOM) { BOM.len() } else { 0 };
    let first_line =
        records.buffer[bom..].split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
    let Some(first_line) = first_line else { return Err(SpreadsheetError::Empty(path.to_path_buf()).into()) };
    records.delimiter = sniff(first_line);
    records.reader = core_reader(records.delimiter);
    records.start = bom;
    let Some(mut header) = records.next()? else {
        return Err(SpreadsheetError::Empty(path.to_path_buf()).into());
    };
    if bom > 0 {
        header.bytes = [BOM, &header.bytes[..]].concat().into();
    }
    let source = Arc::new(Source {
        file: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        sheet: String::new(),
    });
    let all: Vec<usize> = (0..header.fields.len()).collect();
    let row = bound_row(&records, header, &all)?;
    let cells: Vec<String> = row.cells.iter().map(Cell::shown).collect();
    let wanted = consumer.header(Header { source, cells, row, delimiter: records.delimiter, work: size })?;
    let mut cutter = Cutter::new();
    while let Some(record) = records.next()? {
        let row = bound_row(&records, record, &wanted)?;
        let done = records.total - (records.buffer.len() - records.start) as u64;
        cutter.add(path, row, done, consumer)?;
    }
    cutter.flush(records.total, consumer)?;
    let sha256 = hexadecimal(records.hash);
    Ok(InputFacts { sha256, bytes: records.total })
}

fn bound_row(records: &Records<'_>, record: Record, wanted: &[usize]) -> Result<Row, SpreadsheetError> {
    let text = std::str::from_utf8(&record.text).map_err(|error| {
        let byte = record.text[error.valid_up_to()];
        let problem = format!("byte {byte:#04x} is not UTF-8; save the file as CSV in UTF-8 and run again");
        records.damaged(record.line, problem)
    })?;
    let field = |column: usize| match record.fields.get(column) {
        Some((from, to)) if from < to => text.get(*from..*to).unwrap_or_default(),
        _ => "",
    };
    let cell = |column: &usize| match field(*column) {
        "" => Cell::Empty,
        text => Cell::Text(text.into()),
    };
    let blank = (0..record.fields.len()).all(|column| field(column).trim().is_empty());
    Ok(Row {
        number: record.line,
        cells: wanted.iter().map(cell).collect(),
        blank,
        fields: record.fields.len(),
        width: record.fields.len(),
        original: Original::Bytes(record.bytes),
    })
}
