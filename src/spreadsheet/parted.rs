//! The rows of a file set apart by whose they are, in a file of no name beside the outputs. Each share is read again as if
//! it were a file of its own.
//!
//! Cells are kept as they were decoded, so a share answers like the file it comes from. Of that file it has the headings,
//! on one row, and nothing else: no rows above them, no name of the file or of a sheet, no properties, styles, notes or
//! formulas.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::new_workbook::SHEET_NAME;
use super::parted_cells::{APART, bound, keep_row, row_length};
use super::read::{Border, Consumer, Header, InputFacts, Kind, Opened, Piece, SpreadsheetError};
use super::row::{Cell, Rows};
use crate::terms::place::Source;
use crate::terms::sha256::hexadecimal;

/// Bytes of all shares that are gathered before they are written.
const GATHERED: usize = 16 * 1024 * 1024;

/// Rows set apart. However many shares there are, one file is open, and what is in memory is bounded but for the places of
/// blocks.
pub struct PartedRows {
    file: File,
    /// The headings of each sheet of the file.
    headings: Vec<Vec<String>>,
    shares: Vec<Stored>,
    gathered: usize,
    written: u64,
}

/// What is kept of a share.
#[derive(Default)]
struct Stored {
    blocks: Vec<Block>,
    /// Rows that are not written yet, of the sheet with this place.
    open: Vec<u8>,
    sheet: usize,
    rows: u64,
}

/// Rows of one sheet that stand one behind the other.
#[derive(Clone, Copy)]
struct Block {
    sheet: usize,
    from: u64,
    bytes: u64,
}

/// A row as it is kept.
pub struct KeptRow(Vec<u8>);

impl KeptRow {
    /// Keeps a row of which all cells can be had.
    pub fn of(rows: &Rows, row: usize) -> KeptRow {
        let mut bytes = Vec::with_capacity(512);
        keep_row(rows, row, &mut bytes);
        KeptRow(bytes)
    }

    /// The same row, which is never taken together with the one before it in its share.
    pub fn apart(mut self) -> KeptRow {
        self.0[0] |= APART;
        self
    }
}

impl PartedRows {
    /// Begins to set rows of a file with these headings apart.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn begin(folder: &Path, headers: &[Header]) -> io::Result<PartedRows> {
        let headings = headers.iter().map(|header| header.cells.clone()).collect();
        let file = tempfile::tempfile_in(folder)?;
        Ok(PartedRows { file, headings, shares: Vec::new(), gathered: 0, written: 0 })
    }

    /// Adds the next row of a sheet to a share.
    ///
    /// # Errors
    /// The disk is full.
    pub fn add(&mut self, share: usize, sheet: usize, row: &KeptRow) -> io::Result<()> {
        if share >= self.shares.len() {
            self.shares.resize_with(share + 1, Stored::default);
        }
        if self.shares[share].sheet != sheet {
            self.write(share)?;
            self.shares[share].sheet = sheet;
        }
        let stored = &mut self.shares[share];
        stored.open.extend_from_slice(&row.0);
        stored.rows += 1;
        self.gathered += row.0.len();
        if self.gathered >= GATHERED { self.write_all() } else { Ok(()) }
    }

    /// Writes what is gathered of all shares.
    ///
    /// # Errors
    /// The disk is full.
    pub fn write_all(&mut self) -> io::Result<()> {
        (0..self.shares.len()).try_for_each(|share| self.write(share))?;
        self.gathered = 0;
        Ok(())
    }

    fn write(&mut self, share: usize) -> io::Result<()> {
        let stored = &mut self.shares[share];
        if stored.open.is_empty() {
            return Ok(());
        }
        let open = std::mem::take(&mut stored.open);
        self.file.write_all(&open)?;
        let bytes = open.len() as u64;
        stored.blocks.push(Block { sheet: stored.sheet, from: self.written, bytes });
        self.written += bytes;
        Ok(())
    }

    /// A share under the name of a file of its own.
    pub fn share<'p>(&'p self, place: usize, file: &'p str) -> Share<'p> {
        let (blocks, rows) = match self.shares.get(place) {
            Some(stored) => (&stored.blocks[..], stored.rows),
            None => (&[][..], 0),
        };
        Share { parted: self, blocks, rows, file }
    }
}

/// The rows of a file that belong together by whose they are.
#[derive(Clone, Copy)]
pub struct Share<'p> {
    parted: &'p PartedRows,
    blocks: &'p [Block],
    /// How many rows there are.
    pub rows: u64,
    /// The name of a file in whose place it is read.
    pub file: &'p str,
}

impl Share<'_> {
    /// The sheets of the file on which it has rows, from 0.
    pub fn sheets(&self) -> impl Iterator<Item = usize> {
        self.blocks.chunk_by(|one, other| one.sheet == other.sheet).map(|blocks| blocks[0].sheet)
    }

    /// Reads the share from its first row to its last. Its sheets are those on which it has rows.
    ///
    /// # Errors
    /// The disk fails, or the consumer stopped.
    pub fn read<C: Consumer>(&self, consumer: &mut C) -> Result<InputFacts, C::Error> {
        let sheets: Vec<&[Block]> = self.blocks.chunk_by(|one, other| one.sheet == other.sheet).collect();
        let bytes = self.blocks.iter().map(|block| block.bytes).sum();
        // Records of one sheet are counted: where they fill it, a further one follows.
        let counted = sheets.len() == 1;
        let headers = (1usize..).zip(&sheets).map(|(place, blocks)| {
            let cells = self.parted.headings[blocks[0].sheet].clone();
            let row = cells.iter().map(|text| match text.is_empty() {
                true => Cell::Empty,
                false => Cell::Text(text.as_str().into()),
            });
            let sheet = if place == 1 { SHEET_NAME.to_string() } else { format!("{SHEET_NAME} {place}") };
            let source = Arc::new(Source { file: self.file.to_string(), sheet });
            let opened = Arc::new(Opened(Kind::Share { counted }));
            Header { source, row: row.collect(), cells, number: 1, opened, work: bytes, ..Header::default() }
        });
        let headers: Vec<Header> = headers.collect();
        let mut hash = Sha256::new();
        headers.iter().flat_map(|header| &header.cells).for_each(|text| hash.update(text));
        let asked = consumer.headers(headers)?;
        let mut done = 0;
        for (blocks, asked) in sheets.iter().zip(asked) {
            let mut cutting =
                Cutting { asked: &asked, counted, piece: Piece::default(), rows: 0, last: None };
            cutting.piece.begins = 2;
            for block in *blocks {
                let bytes = self.block(block)?;
                hash.update(&bytes);
                cutting.add(&bytes, &mut done, consumer)?;
            }
            cutting.hand_over(consumer)?;
            consumer.tail(Vec::new())?;
        }
        Ok(InputFacts { sha256: hexadecimal(hash), bytes })
    }

    fn block(&self, block: &Block) -> Result<Vec<u8>, SpreadsheetError> {
        let read = || -> io::Result<Vec<u8>> {
            let mut file = &self.parted.file;
            file.seek(SeekFrom::Start(block.from))?;
            let mut bytes = vec![0; usize::try_from(block.bytes).map_err(io::Error::other)?];
            file.read_exact(&mut bytes)?;
            Ok(bytes)
        };
        read().map_err(|source| SpreadsheetError::Io { path: self.file.into(), source })
    }
}

/// A sheet of a share while it is cut into pieces.
struct Cutting<'a> {
    asked: &'a [usize],
    counted: bool,
    piece: Piece,
    /// Rows of the piece, and where its last one begins.
    rows: u64,
    last: Option<usize>,
}

impl Cutting<'_> {
    /// Adds rows, and hands over what is before a border.
    fn add<C: Consumer>(&mut self, bytes: &[u8], done: &mut u64, to: &mut C) -> Result<(), C::Error> {
        let mut at = 0;
        while at < bytes.len() {
            let row = &bytes[at..at + row_length(&bytes[at..])];
            at += row.len();
            let large = self.rows >= to.piece_rows() as u64;
            if row[0] & APART != 0 || large && self.is_free(row, to) {
                self.hand_over(to)?;
            }
            *done += row.len() as u64;
            self.piece.done = *done;
            self.last = Some(self.piece.bytes.len());
            self.piece.bytes.extend_from_slice(row);
            self.rows += 1;
        }
        Ok(())
    }

    /// True if a piece may end between the last row and this one.
    fn is_free(&self, row: &[u8], to: &impl Consumer) -> bool {
        let before = self.last.map(|last| bound(&self.piece.bytes[last..], self.asked, self.counted));
        before.is_none_or(|before| to.border(&before, &bound(row, self.asked, self.counted)) == Border::Free)
    }

    fn hand_over<C: Consumer>(&mut self, to: &mut C) -> Result<(), C::Error> {
        if self.rows == 0 {
            return Ok(());
        }
        let begins = self.piece.begins + std::mem::take(&mut self.rows);
        let done = self.piece.done;
        self.last = None;
        to.piece(std::mem::replace(&mut self.piece, Piece { begins, done, ..Piece::default() }))
    }
}
