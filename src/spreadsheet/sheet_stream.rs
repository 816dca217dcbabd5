//! The XML of one sheet as a stream: what stands before its rows, the rows in pieces, and what stands behind them.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use memchr::memmem;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::buffers;
use super::cut::{PIECE_BYTES_MAX, RowStream, row_end};
use super::headings::{self, Headings, Knows};
use super::package::{Package, SMALL_PART_BYTES_MAX, in_utf8_stream};
use super::read::{Piece, SpreadsheetError};
use super::row::{Cell, Rows};
use super::sheet_cells::SheetContext;
use super::sheet_rows::{self, Ask, Fault};
use super::xml;

/// Bytes read from the sheet at a time.
const CHUNK: usize = 64 * 1024;
/// Bytes before or behind the rows, at most. Merged cells and formats of a large sheet take some megabytes.
const FRAME_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bytes of rows among which headings are looked for: a sheet may be formatted far above its first filled row.
const HEADINGS_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A sheet while it is read.
pub(super) struct SheetStream<'a> {
    pub(super) path: &'a Path,
    pub(super) name: String,
    reader: Box<dyn Read + 'a>,
    pub(super) context: Arc<SheetContext>,
    pub(super) asked: Vec<usize>,
    /// What stands before the rows, `<sheetData>` included.
    pub(super) head: Vec<u8>,
    /// Bytes of rows that are not yet handed over.
    buffer: Vec<u8>,
    /// Bytes behind the rows, from `</sheetData>` on.
    pub(super) tail: Vec<u8>,
    ended: bool,
    /// True while the XML is such that `</row>` can be nothing but the end of a row.
    plain: bool,
    /// Ends of rows in the buffer, where they had to be found by the general parser; and how far it came.
    ends: Vec<usize>,
    parsed: usize,
    /// Number of the last row that was handed over.
    behind: u64,
    /// Bytes that have been read.
    done: u64,
}

impl<'a> SheetStream<'a> {
    /// Opens a sheet and reads what stands before its rows.
    pub(super) fn open(
        package: &'a mut Package,
        path: &'a Path,
        name: &str,
        part: &str,
        context: &Arc<SheetContext>,
    ) -> Result<(SheetStream<'a>, u64), SpreadsheetError> {
        let Some(place) = package.place(part) else {
            return Err(package.damaged(format!("the sheet {name:?} is not in the workbook")));
        };
        let cannot = |error: String| damaged(path, name, 0, &format!("the sheet cannot be read ({error})"));
        let zipped = package.archive.by_index(place).map_err(|error| cannot(error.to_string()))?;
        let size = zipped.size();
        let reader =
            in_utf8_stream(zipped, SMALL_PART_BYTES_MAX).map_err(|error| cannot(error.to_string()))?;
        let mut stream = SheetStream {
            path,
            name: name.to_string(),
            reader,
            context: Arc::clone(context),
            asked: Vec::new(),
            head: Vec::new(),
            buffer: Vec::new(),
            tail: Vec::new(),
            ended: false,
            plain: true,
            ends: Vec::new(),
            parsed: 0,
            behind: 0,
            done: 0,
        };
        stream.read_head()?;
        Ok((stream, size))
    }

    fn damaged(&self, problem: &str) -> SpreadsheetError {
        damaged(self.path, &self.name, 0, problem)
    }

    fn cut_off(&self) -> SpreadsheetError {
        self.damaged("the sheet ends in the middle; the file is incomplete: save the workbook anew")
    }

    /// Reads a chunk behind the buffer; how many bytes came.
    fn chunk(&mut self) -> Result<usize, SpreadsheetError> {
        let kept = self.buffer.len();
        self.buffer.resize(kept + CHUNK, 0);
        let mut filled = kept;
        while filled < self.buffer.len() {
            match self.reader.read(&mut self.buffer[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.damaged(&format!("the sheet cannot be read ({error})"))),
            }
        }
        self.buffer.truncate(filled);
        self.done += (filled - kept) as u64;
        Ok(filled - kept)
    }

    /// Reads up to the first row. Rows that stand anywhere but in the one place of a worksheet are not understood.
    fn read_head(&mut self) -> Result<(), SpreadsheetError> {
        let mut known = 0;
        loop {
            let read = self.chunk()?;
            // Looked at again each time it has doubled.
            if read > 0 && self.buffer.len() < 2 * known {
                continue;
            }
            known = self.buffer.len();
            if known > FRAME_BYTES_MAX {
                return Err(self.damaged(&format!("more than {FRAME_BYTES_MAX} bytes stand before the rows")));
            }
            match head_end(&self.buffer).map_err(|problem| self.damaged(&problem))? {
                Some((end, empty)) => {
                    let rest = self.buffer.split_off(end);
                    self.head = std::mem::replace(&mut self.buffer, rest);
                    // A prefix means that rows are called otherwise.
                    self.plain =
                        self.head.ends_with(b">") && memmem::rfind(&self.head, b"<sheetData").is_some();
                    if empty {
                        self.ended = true;
                        self.tail = std::mem::take(&mut self.buffer);
                        self.read_tail()?;
                    } else {
                        self.look(0)?;
                    }
                    return Ok(());
                }
                None if read == 0 => return Err(self.cut_off()),
                None => {}
            }
        }
    }

    /// Looks at the bytes of the buffer from `new` on: do the rows end among them, and is the XML still plain?
    fn look(&mut self, new: usize) -> Result<(), SpreadsheetError> {
        if self.plain {
            let from = new.saturating_sub(16);
            let end = memmem::find(&self.buffer[from..], b"</sheetData").map(|at| from + at);
            let odd = memmem::find(&self.buffer[from..end.unwrap_or(self.buffer.len())], b"<!").is_some();
            if odd {
                self.plain = false;
            } else {
                return match end {
                    Some(end) => self.end_at(end),
                    None => Ok(()),
                };
            }
        }
        self.parse()
    }

    fn end_at(&mut self, end: usize) -> Result<(), SpreadsheetError> {
        self.tail = self.buffer.split_off(end);
        self.ended = true;
        self.read_tail()
    }

    fn read_tail(&mut self) -> Result<(), SpreadsheetError> {
        loop {
            let before = std::mem::take(&mut self.buffer);
            let read = self.chunk()?;
            self.tail.append(&mut self.buffer);
            self.buffer = before;
            if read == 0 {
                break;
            }
            if self.tail.len() > FRAME_BYTES_MAX {
                return Err(self.damaged(&format!("more than {FRAME_BYTES_MAX} bytes stand behind the rows")));
            }
        }
        if memmem::find_iter(&self.tail, b"sheetData").count() > 1 {
            return Err(self.damaged("the sheet has its rows in two places; save the workbook anew"));
        }
        if memmem::find(&self.tail, b"worksheet").is_none() {
            return Err(self.cut_off());
        }
        Ok(())
    }

    /// Goes on with the general parser: ends of rows, and the end of all.
    fn parse(&mut self) -> Result<(), SpreadsheetError> {
        let mut reader = xml::fragment(&self.buffer[self.parsed..]);
        let (mut depth, mut found, mut end) = (0u32, Vec::new(), None);
        loop {
            let before = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            // An event that is not wholly there fails; it is read again when more has come.
            let Ok(event) = reader.read_event() else { break };
            let behind = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) if depth == 0 => {
                    end = Some(before);
                    break;
                }
                Event::End(_) => {
                    depth -= 1;
                    if depth == 0 {
                        found.push(self.parsed + behind);
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let end = end.map(|end| self.parsed + end);
        if let Some(last) = found.last() {
            self.parsed = *last;
        }
        self.ends.append(&mut found);
        match end {
            Some(end) => self.end_at(end),
            None => Ok(()),
        }
    }

    /// Reads the rows of some bytes.
    fn read_rows(
        &self,
        bytes: Vec<u8>,
        behind: u64,
        columns: &[usize],
        all: bool,
    ) -> Result<Rows, SpreadsheetError> {
        let ask = Ask { context: &self.context, behind, columns, all };
        sheet_rows::rows(bytes, ask).map_err(|fault| of_fault(self.path, &self.name, fault))
    }

    /// Number of the last row of a piece.
    fn last_number(&self, bytes: &[u8]) -> Result<u64, SpreadsheetError> {
        let last = if self.plain { memmem::rfind(bytes, b"<row ") } else { None };
        let number = last.and_then(|at| {
            let tag = &bytes[at..at + memchr::memchr(b'>', &bytes[at..])?];
            let from = memmem::find(tag, b" r=\"")? + 4;
            let digits = &tag[from..from + memchr::memchr(b'"', &tag[from..])?];
            std::str::from_utf8(digits).ok()?.parse().ok()
        });
        match number {
            Some(number) => Ok(number),
            None => {
                let rows = self.read_rows(bytes.to_vec(), self.behind, &[], false)?;
                Ok(rows.len().checked_sub(1).map_or(self.behind, |last| rows.number(last)))
            }
        }
    }

    /// The first rows, up to and with the heading row, and the headings; `None` if no row holds anything.
    pub(super) fn first_rows(
        &mut self,
        who: &impl Knows,
    ) -> Result<Option<(Rows, Headings)>, SpreadsheetError> {
        let (mut end, mut behind) = (0, self.behind);
        let (mut shown, mut ends): (Vec<Vec<String>>, Vec<usize>) = (Vec::new(), Vec::new());
        let (mut filled, mut fitted) = (0, false);
        while filled < headings::ROWS_MAX && end < HEADINGS_BYTES_MAX {
            let Some(next) = row_end(self, end)? else { break };
            let rows = self.read_rows(self.buffer[end..next].to_vec(), behind, &[], true)?;
            end = next;
            for row in 0..rows.len() {
                behind = rows.number(row);
                filled += usize::from(!rows.is_blank(row));
                shown.push(rows.whole(row).iter().map(Cell::shown).collect());
                ends.push(end);
            }
            // The row below headings may go on with them.
            if std::mem::replace(&mut fitted, shown.last().is_some_and(|cells| who.fits(cells))) {
                break;
            }
        }
        let Some(found) = headings::find(&shown, who) else { return Ok(None) };
        let piece = self.take(ends[found.row])?;
        let first = self.read_rows(piece.bytes, piece.begins, &[], true)?;
        Ok(Some((first, found)))
    }
}

impl SheetStream<'_> {
    /// Steps over the heading rows, to hand over the rows below with these columns. So many bytes of other sheets were
    /// read before.
    pub(super) fn begin_rows(
        &mut self,
        asked: Vec<usize>,
        before: u64,
        who: &impl Knows,
    ) -> Result<(), SpreadsheetError> {
        self.first_rows(who)?;
        self.asked = asked;
        self.done += before;
        Ok(())
    }
}

impl RowStream for SheetStream<'_> {
    const ROW_BYTES: usize = 768;

    fn bytes(&self) -> &[u8] {
        &self.buffer
    }

    fn more(&mut self) -> Result<bool, SpreadsheetError> {
        if self.ended {
            return Ok(false);
        }
        let before = self.buffer.len();
        let read = self.chunk()?;
        if read == 0 {
            return Err(self.cut_off());
        }
        self.look(before)?;
        Ok(true)
    }

    fn row_end(&mut self, from: usize) -> Result<Option<usize>, SpreadsheetError> {
        const END: &[u8] = b"</row>";
        let end = if self.plain {
            let start = (from + 1).saturating_sub(END.len());
            let rest = self.buffer.get(start..).unwrap_or_default();
            memmem::find(rest, END).map(|at| start + at + END.len()).filter(|end| *end > from)
        } else {
            self.ends.iter().copied().find(|end| *end > from)
        };
        if end.is_none() && self.buffer.len().saturating_sub(from) > PIECE_BYTES_MAX {
            return Err(self.damaged(&format!("a row of more than {PIECE_BYTES_MAX} bytes")));
        }
        // Rows without an end tag may stand behind the last that has one.
        let rest = self.ended && self.buffer.len() > from;
        Ok(end.or(rest.then_some(self.buffer.len())))
    }

    fn rows(&self, from: usize, to: usize) -> Result<Rows, SpreadsheetError> {
        self.read_rows(self.buffer[from..to].to_vec(), 0, &self.asked, false)
    }

    fn prove(&mut self) -> Result<(), SpreadsheetError> {
        Ok(())
    }

    fn take(&mut self, end: usize) -> Result<Piece, SpreadsheetError> {
        let bytes = buffers::take_front(&mut self.buffer, end, CHUNK);
        self.ends.retain(|row_end| *row_end > end);
        self.ends.iter_mut().for_each(|row_end| *row_end -= end);
        self.parsed = self.parsed.saturating_sub(end);
        let begins = self.behind;
        self.behind = self.last_number(&bytes)?;
        Ok(Piece { bytes, begins, done: self.done, ..Piece::default() })
    }

    fn too_many(&self) -> SpreadsheetError {
        self.damaged("more rows in turn than can be held carry one entry and line number")
    }
}

/// Where the rows begin, behind `<sheetData>`, and whether there are none; `None` if that is not yet at hand.
fn head_end(bytes: &[u8]) -> Result<Option<(usize, bool)>, String> {
    let mut reader = Reader::from_reader(bytes);
    let mut depth = 0u32;
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(quick_xml::Error::Syntax(_) | quick_xml::Error::Encoding(_)) => return Ok(None),
            Err(error) => return Err(format!("XML that cannot be read ({error}); save the workbook anew")),
        };
        let behind = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let data = |tag: &quick_xml::events::BytesStart<'_>| tag.local_name().into_inner() == "sheetData";
        match event {
            Event::Start(tag) if data(&tag) && depth == 1 => return Ok(Some((behind, false))),
            Event::Empty(tag) if data(&tag) && depth == 1 => return Ok(Some((behind, true))),
            Event::Start(tag) | Event::Empty(tag) if data(&tag) => {
                return Err("the rows stand where a worksheet has none; save the workbook anew".to_string());
            }
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::DocType(_) => return Err("a DOCTYPE; a workbook has none".to_string()),
            Event::Eof => return Ok(None),
            _ => {}
        }
    }
}

fn damaged(path: &Path, sheet: &str, row: u64, problem: &str) -> SpreadsheetError {
    let place = if row == 0 { format!("sheet {sheet:?}") } else { format!("sheet {sheet:?}, row {row}") };
    SpreadsheetError::Damaged { path: path.to_path_buf(), place, problem: problem.to_string() }
}

/// The error of a fault among rows.
pub(super) fn of_fault(path: &Path, sheet: &str, fault: Fault) -> SpreadsheetError {
    match fault {
        Fault::Unusual => damaged(path, sheet, 0, "rows that cannot be read; save the workbook anew"),
        Fault::Damaged(row, problem) => damaged(path, sheet, row, &problem),
    }
}
