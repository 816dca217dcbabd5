//! Reading an input: what kind of file it is, by its content, and its rows in pieces that never part what belongs
//! together.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use super::dense_input::Dense;
use super::encoding::TextEncoding;
use super::package::FileView;
use super::package_check::{self, PackageLimits};
use super::row::{Cell, Row, Rows};
use super::sheet_choice::EVERY_SHEET;
use super::xlsx_input::OpenedSheet;
use super::{csv_input, dense_input, parted_cells, xlsx_input};
use crate::terms::place::Source;

/// Rows of a piece, about; it is cut at the first border behind them between rows that do not belong together.
pub const PIECE_ROWS: usize = 1024;
/// Largest workbook of a format that is decoded as a whole (XLS, XLSB, ODS), in bytes.
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
    #[error(
        "{path}: {problem}; the visible sheets are {sheets}. Choose one with --sheet NAME, several by giving it more than \
         once, or with --sheet '*' all that have the headings: they are read as one file"
    )]
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
    #[error("{path}{sheet} holds no rows: expected a row of headings and entry lines below it")]
    Empty {
        /// Which file.
        path: PathBuf,
        /// Which of its sheets, as it stands behind the path.
        sheet: String,
    },
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

impl SpreadsheetError {
    /// The error of a file, or of the sheet of this name, that has no row at all.
    pub(super) fn empty(path: &Path, sheet: &str) -> SpreadsheetError {
        let sheet = if sheet.is_empty() { String::new() } else { format!(", sheet {sheet:?},") };
        SpreadsheetError::Empty { path: path.to_path_buf(), sheet }
    }
}

/// Some rows of a file, in order, as bytes; cells where the file had to be decoded to be read at all.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    pub(super) bytes: Vec<u8>,
    pub(super) cells: Vec<(u64, Vec<Cell>)>,
    /// Of a CSV, the physical line on which the piece begins; of a sheet, the row behind which it does.
    pub(super) begins: u64,
    /// How much of the whole file has been read, in the unit of [`Header::work`].
    pub done: u64,
}

/// Who takes what is read.
pub trait Consumer {
    /// Why the consumer stops the file.
    type Error: From<SpreadsheetError>;

    /// True if a heading row looks like the one that is wanted; asked where a workbook has several visible sheets.
    fn fits(&self, header: &[String]) -> bool;

    /// What a heading means by itself, as a number; `None` if it is not known. Asked where headings stand on two rows.
    fn means(&self, _heading: &str) -> Option<usize> {
        None
    }

    /// Takes the heading rows: one of a CSV, and of a workbook one of each sheet that is read, in its order. Returns for
    /// each the columns whose cells are wanted. The pieces of each follow, and its tail.
    ///
    /// # Errors
    /// The headings cannot be used.
    fn headers(&mut self, headers: Vec<Header>) -> Result<Vec<Vec<usize>>, Self::Error>;

    /// Rows of a piece, about.
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

    /// Takes what stands behind the rows of a sheet: nothing more of it follows.
    ///
    /// # Errors
    /// The consumer has stopped.
    fn tail(&mut self, tail: Vec<u8>) -> Result<(), Self::Error>;
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

/// How a file is read where its content does not tell.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadAs<'a> {
    /// The sheets of a workbook by their names, [`EVERY_SHEET`] among them for every visible one that has the headings;
    /// none where the headings tell the one.
    pub sheets: &'a [String],
    /// The encoding of a text.
    pub encoding: Option<TextEncoding>,
    /// What the package of a workbook may claim.
    pub package: PackageLimits,
}

/// The heading row of a file.
#[derive(Clone, Debug, Default)]
pub struct Header {
    /// File and sheet.
    pub source: Arc<Source>,
    /// Headings, in order; those on two rows as one.
    pub cells: Vec<String>,
    /// The cells of the heading row as they stand, the lower one of two.
    pub row: Vec<Cell>,
    /// True if they stand on two rows: the upper one is the last of `above`.
    pub on_two_rows: bool,
    /// Row of the sheet, or physical line of the CSV, from 1.
    pub number: u64,
    /// The rows above the headings: number and cells.
    pub above: Vec<(u64, Vec<Cell>)>,
    /// What is to be told of how the file was read.
    pub notes: Vec<String>,
    /// What is needed to understand the rows below, and to write the file back.
    pub opened: Arc<Opened>,
    /// How much there is to read of the whole file, in the unit of [`Piece::done`]; 0 where nobody knows. For a progress
    /// bar.
    pub work: u64,
}

impl Header {
    /// How many merged cells reach over several rows below the headings, as what stands behind the rows tells: the value
    /// of such a cell stands in its first row alone.
    pub fn merged_below(&self, tail: &[u8]) -> u64 {
        super::sheet_frame::merged_below(tail, self.number)
    }
}

/// A file that is opened for reading; nobody but this room looks inside.
#[derive(Debug, Default)]
pub struct Opened(pub(super) Kind);

#[derive(Debug, Default)]
pub(super) enum Kind {
    /// Its delimiter, and the bytes up to and with the heading row.
    Csv { path: PathBuf, delimiter: u8, header: Vec<u8> },
    /// A sheet of an XLSX package.
    Sheet(Box<OpenedSheet>),
    /// A format that is decoded as a whole.
    #[default]
    Cells,
    /// Rows that were set apart; `counted` if they have no numbers of their own.
    Share { counted: bool },
}

impl Opened {
    /// The rows of a piece, with the cells of these columns; with `all`, the others can be had too.
    ///
    /// # Errors
    /// The piece is damaged.
    pub fn rows(&self, piece: Piece, columns: &[usize], all: bool) -> Result<Rows, SpreadsheetError> {
        match &self.0 {
            Kind::Csv { path, delimiter, .. } => csv_input::rows(path, piece, *delimiter, columns),
            Kind::Sheet(sheet) => sheet.rows(piece, columns, all),
            Kind::Cells => Ok(dense_input::rows(piece, columns)),
            Kind::Share { counted } => Ok(parted_cells::rows(piece.bytes, piece.begins, columns, *counted)),
        }
    }
}

/// What is known of an input after it was read.
#[derive(Clone, Debug, Default)]
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
pub fn read<C: Consumer>(path: &Path, read_as: ReadAs<'_>, consumer: &mut C) -> Result<InputFacts, C::Error> {
    let ReadAs { sheets, encoding, package } = read_as;
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
        FileKind::Zip => match zipped(path, package)? {
            Zipped::Xlsx => xlsx_input::read(path, sheets, consumer),
            Zipped::Dense(format) => dense_input::read(path, format, sheets, consumer),
        },
        FileKind::Compound => dense_input::read(path, Dense::Xls, sheets, consumer),
        // Every sheet of a file without any is the file.
        FileKind::Text if sheets.iter().any(|name| name != EVERY_SHEET) => {
            let (problem, sheets) = ("a CSV file has no sheets".to_string(), "none".to_string());
            Err(SpreadsheetError::Sheet { path: path.to_path_buf(), problem, sheets, typed: true }.into())
        }
        FileKind::Text => csv_input::read(path, encoding, consumer),
        FileKind::Other(what) => Err(SpreadsheetError::NotRead { path: path.to_path_buf(), what }.into()),
    }
}

enum FileKind {
    Zip,
    Compound,
    Text,
    Other(&'static str),
}

/// What a ZIP container holds.
enum Zipped {
    Xlsx,
    Dense(Dense),
}

/// What is in a ZIP container, by its parts, once what it claims is accepted.
fn zipped(path: &Path, limits: PackageLimits) -> Result<Zipped, SpreadsheetError> {
    let file = FileView::open(path);
    let file = file.map_err(|source| SpreadsheetError::Io { path: path.to_path_buf(), source })?;
    // A container that cannot be opened is told of by who reads workbooks.
    let Ok(archive) = zip::ZipArchive::new(std::io::BufReader::new(file.fresh())) else {
        return Ok(Zipped::Xlsx);
    };
    package_check::check(path, &archive, &file, limits)?;
    let has = |name: &str| archive.file_names().flatten().any(|part| part.eq_ignore_ascii_case(name));
    Ok(if has("xl/workbook.bin") {
        Zipped::Dense(Dense::Xlsb)
    } else if has("content.xml") && has("META-INF/manifest.xml") {
        Zipped::Dense(Dense::Ods)
    } else {
        Zipped::Xlsx
    })
}

/// What a file is, by its first bytes and never by its name.
fn kind(start: &[u8]) -> FileKind {
    let text = start.trim_ascii_start();
    let begins = |word: &[u8]| text.len() >= word.len() && text[..word.len()].eq_ignore_ascii_case(word);
    if start.starts_with(b"PK\x03\x04") {
        FileKind::Zip
    } else if start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        FileKind::Compound
    } else if begins(b"<!doctype html") || begins(b"<html") || begins(b"<table") {
        FileKind::Other("a web page (HTML)")
    } else if begins(b"<?xml") {
        FileKind::Other("an XML document")
    } else if start.starts_with(b"%PDF") {
        FileKind::Other("a PDF document")
    } else {
        FileKind::Text
    }
}
