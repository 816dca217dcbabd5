//! Reading an input: what kind of file it is, by its content, and its rows in pieces that never part what belongs
//! together.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use super::row::Row;
use super::{csv_input, xlsx_input};
use crate::terms::place::Source;

/// Rows of a piece, at least; a piece is then cut at the next border between rows that do not belong together.
pub const PIECE_ROWS: usize = 1024;
/// Rows of a piece from which on it is cut wherever it may be. So many rows with one line key are a damaged file, not an
/// entry line.
pub const PIECE_ROWS_MAX: usize = 65_536;
/// Largest workbook that is read, in bytes: about ten million lines. A workbook is held in memory while it is read.
pub const WORKBOOK_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Columns of a sheet, at most. Entry files have fewer than a hundred; more is a damaged file.
pub const COLUMNS_MAX: usize = 512;

/// Why a file cannot be read. The file stops; nothing of it is used.
#[derive(Debug, Error)]
pub enum SpreadsheetError {
    /// The operating system refused.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No such file.
    #[error("there is no file {0}")]
    NotThere(PathBuf),
    /// Not a regular file.
    #[error("{0} is not a regular file; give the path of a CSV file or an XLSX workbook")]
    NotAFile(PathBuf),
    /// A kind of file that is not read.
    #[error("{path} is {what}; save it as XLSX or as CSV in UTF-8 and run again")]
    NotRead {
        /// Which file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The named sheet is not there, or none can be chosen.
    #[error("{path}: {problem}; the visible sheets are {sheets}. Choose one with --sheet")]
    Sheet {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
        /// Names of the visible sheets.
        sheets: String,
        /// True if a sheet was named and is not there; false if none could be chosen.
        typed: bool,
    },
    /// No row at all.
    #[error("{0} holds no rows: expected a row of headings and entry lines below it")]
    Empty(PathBuf),
    /// The file is damaged or over a limit.
    #[error("{path}, {place}: {problem}")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// Where.
        place: String,
        /// What is wrong and what to do.
        problem: String,
    },
}

/// Some rows of a file, in order.
#[derive(Debug)]
pub struct Piece {
    /// The rows.
    pub rows: Vec<Row>,
    /// How much of the file has been read, in bytes; of a workbook, in rows.
    pub done: u64,
}

/// Who takes what is read.
pub trait Consumer {
    /// Why the consumer stops the file.
    type Error: From<SpreadsheetError>;

    /// True if a heading row looks like the one that is wanted; asked where a workbook has several visible sheets.
    fn fits(&self, header: &[String]) -> bool;

    /// Takes the heading row; returns the columns whose cells are wanted.
    ///
    /// # Errors
    /// The headings cannot be used.
    fn header(&mut self, header: Header) -> Result<Vec<usize>, Self::Error>;

    /// Rows of a piece, at least.
    fn piece_rows(&self) -> usize {
        PIECE_ROWS
    }

    /// Whether a border of pieces may part the two rows.
    fn border(&self, one: &Row, other: &Row) -> Border;

    /// Takes a piece.
    ///
    /// # Errors
    /// The consumer has stopped.
    fn piece(&mut self, piece: Piece) -> Result<(), Self::Error>;
}

/// What lies between two rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// Nothing that belongs together.
    Free,
    /// They belong together, but may be parted where a piece has grown too large.
    Unwelcome,
    /// They may never be parted.
    Forbidden,
}

/// The heading row of a file.
#[derive(Clone, Debug)]
pub struct Header {
    /// File and sheet.
    pub source: Arc<Source>,
    /// Headings as they stand, in order.
    pub cells: Vec<String>,
    /// The row itself.
    pub row: Row,
    /// How a CSV separates its fields; a comma for a workbook.
    pub delimiter: u8,
    /// How much there is to read, in the unit of [`Piece::done`]; 0 where nobody knows. For a progress bar.
    pub work: u64,
}

/// What is known of an input after it was read.
#[derive(Clone, Debug)]
pub struct InputFacts {
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// Reads a file from its first row to its last.
///
/// # Errors
/// The file cannot be read, is damaged, or the consumer stopped it.
pub fn read<C: Consumer>(path: &Path, sheet: Option<&str>, consumer: &mut C) -> Result<InputFacts, C::Error> {
    let io = |source| SpreadsheetError::Io { path: path.to_path_buf(), source };
    let metadata = match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(SpreadsheetError::NotThere(path.to_path_buf()).into());
        }
        metadata => metadata.map_err(io)?,
    };
    if !metadata.is_file() {
        return Err(SpreadsheetError::NotAFile(path.to_path_buf()).into());
    }
    let mut file = File::open(path).map_err(io)?;
    let mut start = Vec::new();
    (&mut file).take(512).read_to_end(&mut start).map_err(io)?;
    match kind(&start) {
        FileKind::Zip => xlsx_input::read(path, sheet, consumer),
        FileKind::Text if sheet.is_some() => {
            let (problem, sheets) = ("a CSV file has no sheets".to_string(), "none".to_string());
            Err(SpreadsheetError::Sheet { path: path.to_path_buf(), problem, sheets, typed: true }.into())
        }
        FileKind::Text => csv_input::read(path, consumer),
        FileKind::Other(what) => Err(SpreadsheetError::NotRead { path: path.to_path_buf(), what }.into()),
    }
}

enum FileKind {
    Zip,
    Text,
    Other(&'static str),
}

/// What a file is, by its first bytes and never by its name.
fn kind(start: &[u8]) -> FileKind {
    let text = start.trim_ascii_start();
    let begins = |word: &[u8]| text.len() >= word.len() && text[..word.len()].eq_ignore_ascii_case(word);
    if start.starts_with(b"PK\x03\x04") {
        FileKind::Zip
    } else if start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        FileKind::Other("an old Excel workbook (XLS), or one protected by a password")
    } else if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        FileKind::Other("text in UTF-16")
    } else if begins(b"<!doctype html") || begins(b"<html") || begins(b"<table") {
        FileKind::Other("a web page (HTML)")
    } else if begins(b"<?xml") {
        FileKind::Other("an XML document")
    } else if start.starts_with(b"%PDF") {
        FileKind::Other("a PDF document")
    } else if start.contains(&0) {
        FileKind::Other("no text: it holds NUL bytes")
    } else {
        FileKind::Text
    }
}

/// Gathers rows and cuts pieces between rows that do not belong together.
pub(super) struct Cutter {
    rows: Vec<Row>,
}

impl Cutter {
    pub(super) fn new() -> Cutter {
        Cutter { rows: Vec::with_capacity(PIECE_ROWS) }
    }

    /// Adds a row; hands a piece over first if one is full and ends here.
    pub(super) fn add<C: Consumer>(
        &mut self,
        path: &Path,
        row: Row,
        done: u64,
        to: &mut C,
    ) -> Result<(), C::Error> {
        if self.rows.len() >= to.piece_rows() && !row.blank {
            // Blank rows part nothing: what stands before them counts.
            let last = self.rows.iter().rev().find(|row| !row.blank);
            let large = self.rows.len() >= PIECE_ROWS_MAX;
            match last.map_or(Border::Free, |last| to.border(last, &row)) {
                Border::Free => self.flush(done, to)?,
                Border::Unwelcome if large => self.flush(done, to)?,
                Border::Forbidden if large => return Err(too_many(path, row.number).into()),
                Border::Unwelcome | Border::Forbidden => {}
            }
        }
        self.rows.push(row);
        Ok(())
    }

    pub(super) fn flush<C: Consumer>(&mut self, done: u64, to: &mut C) -> Result<(), C::Error> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let rows = std::mem::replace(&mut self.rows, Vec::with_capacity(PIECE_ROWS));
        to.piece(Piece { rows, done })
    }
}

fn too_many(path: &Path, row: u64) -> SpreadsheetError {
    SpreadsheetError::Damaged {
        path: path.to_path_buf(),
        place: format!("row {row}"),
        problem: format!("more than {PIECE_ROWS_MAX} rows in turn carry one entry and line number"),
    }
}
