//! XLSX: which sheets hold the entry lines, and their rows as a stream of pieces.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::cut::cut;
use super::headings::Headings;
use super::package::{FileView, Package, SMALL_PART_BYTES_MAX, SheetEntry};
use super::read::{Consumer, Header, InputFacts, Kind, Opened, Piece, SpreadsheetError};
use super::row::Rows;
use super::shared_strings::SharedStrings;
use super::sheet_cells::SheetContext;
use super::sheet_choice::{Listed, choose};
use super::sheet_rows::{self, Ask};
use super::sheet_stream::{SheetStream, of_fault};
use super::styles::number_kinds;
use super::whole_file::HashOnly;
use crate::terms::place::Source;
use crate::terms::sha256::hexadecimal;

/// A sheet of a package that is opened for reading, and all that is needed to write the package back.
#[derive(Debug)]
pub(super) struct OpenedSheet {
    pub(super) path: PathBuf,
    pub(super) file: FileView,
    pub(super) name: String,
    pub(super) part: String,
    pub(super) workbook: String,
    pub(super) strings: Option<String>,
    pub(super) styles: Option<String>,
    pub(super) signed: bool,
    pub(super) context: Arc<SheetContext>,
    /// XML before the rows, `<sheetData>` included.
    pub(super) head: Vec<u8>,
    /// The rows up to and with the heading row, which is the last.
    pub(super) first: Rows,
}

impl OpenedSheet {
    pub(super) fn rows(&self, piece: Piece, columns: &[usize], all: bool) -> Result<Rows, SpreadsheetError> {
        let ask = Ask { context: &self.context, behind: piece.begins, columns, all };
        sheet_rows::rows(piece.bytes, ask).map_err(|fault| of_fault(&self.path, &self.name, fault))
    }
}

/// Reads the entry sheets of a workbook.
///
/// # Errors
/// The workbook is damaged, protected or too large, no sheet can be chosen, or the consumer stopped.
pub(super) fn read<C: Consumer>(
    path: &Path,
    wanted: &[String],
    consumer: &mut C,
) -> Result<InputFacts, C::Error> {
    let mut package = Package::open(path)?;
    let whole = package.file.fresh();
    // The container is read here and there; its hash is taken beside that, from front to back.
    std::thread::scope(|scope| {
        let hash = scope.spawn(|| {
            let mut hash = Sha256::new();
            io::copy(&mut io::BufReader::with_capacity(1 << 18, whole.fresh()), &mut HashOnly(&mut hash))
                .map(|_| hexadecimal(hash))
        });
        read_sheets(path, &mut package, wanted, consumer)?;
        let hash = hash.join().unwrap_or_else(|_| Err(io::Error::other("hashing failed")));
        let sha256 = hash.map_err(|source| SpreadsheetError::Io { path: path.to_path_buf(), source })?;
        Ok(InputFacts { sha256, bytes: whole.length() })
    })
}

fn read_sheets<C: Consumer>(
    path: &Path,
    package: &mut Package,
    wanted: &[String],
    consumer: &mut C,
) -> Result<(), C::Error> {
    let context = Arc::new(context(package)?);
    let entries = chosen(path, package, wanted, &context, consumer)?;
    let mut headers = Vec::with_capacity(entries.len());
    for entry in &entries {
        headers.push(header(path, package, entry, &context, consumer)?);
    }
    let sizes: Vec<u64> = headers.iter().map(|header| header.work).collect();
    let work = sizes.iter().sum();
    headers.iter_mut().for_each(|header| header.work = work);
    let asked = consumer.headers(headers)?;
    let mut before = 0;
    for ((entry, asked), size) in entries.iter().zip(asked).zip(sizes) {
        // A sheet is opened twice, for only one can be read of a container at a time.
        let (mut stream, _) = SheetStream::open(package, path, &entry.name, part(entry), &context)?;
        stream.begin_rows(asked, before, consumer)?;
        cut(&mut stream, consumer)?;
        let tail = std::mem::take(&mut stream.tail);
        before += size;
        consumer.tail(tail)?;
    }
    Ok(())
}

fn part(entry: &SheetEntry) -> &str {
    entry.part.as_deref().unwrap_or_default()
}

/// The headings of a sheet and all that is needed to write it back.
fn header<C: Consumer>(
    path: &Path,
    package: &mut Package,
    entry: &SheetEntry,
    context: &Arc<SheetContext>,
    consumer: &C,
) -> Result<Header, SpreadsheetError> {
    let file = package.file.fresh();
    let (workbook, signed) = (package.workbook.clone(), package.signed);
    let (strings, styles) = (package.strings.clone(), package.styles.clone());
    let (mut stream, work) = SheetStream::open(package, path, &entry.name, part(entry), context)?;
    let Some((first, headings)) = stream.first_rows(consumer)? else {
        return Err(SpreadsheetError::empty(path, &entry.name));
    };
    let last = first.len().saturating_sub(1);
    let (number, row) = (first.number(last), first.whole(last));
    let notes = headings.note(number).into_iter().collect();
    let Headings { cells, on_two_rows, .. } = headings;
    let above = (0..last).map(|row| (first.number(row), first.whole(row))).collect();
    let source = Arc::new(Source {
        file: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        sheet: entry.name.clone(),
    });
    let opened = OpenedSheet {
        path: path.to_path_buf(),
        file,
        name: entry.name.clone(),
        part: part(entry).to_string(),
        workbook,
        strings,
        styles,
        signed,
        context: Arc::clone(context),
        head: std::mem::take(&mut stream.head),
        first,
    };
    let opened = Arc::new(Opened(Kind::Sheet(Box::new(opened))));
    Ok(Header { source, cells, row, on_two_rows, number, above, notes, opened, work })
}

/// Shared strings and styles.
pub(super) fn context(package: &mut Package) -> Result<SheetContext, SpreadsheetError> {
    let strings = match package.strings.clone() {
        Some(part) => package.streamed(&part, |part| SharedStrings::read(part))?,
        None => None,
    };
    let strings = strings.transpose();
    let styles = match package.styles.clone() {
        Some(part) => package.part(&part, SMALL_PART_BYTES_MAX)?,
        None => None,
    };
    let kinds = styles.map(|part| number_kinds(&part)).transpose();
    Ok(SheetContext {
        strings: strings.map_err(|problem| package.damaged(problem))?.unwrap_or_default(),
        kinds: kinds.map_err(|problem| package.damaged(problem))?.unwrap_or_default(),
        epoch_1904: package.epoch_1904,
    })
}

/// The sheets that are read, each from a part of its own.
fn chosen<C: Consumer>(
    path: &Path,
    package: &mut Package,
    wanted: &[String],
    context: &Arc<SheetContext>,
    consumer: &C,
) -> Result<Vec<SheetEntry>, SpreadsheetError> {
    let worksheets: Vec<SheetEntry> =
        package.sheets.iter().filter(|sheet| sheet.worksheet).cloned().collect();
    let listed = worksheets.iter().map(|sheet| Listed { name: sheet.name.clone(), visible: sheet.visible });
    let listed: Vec<Listed> = listed.collect();
    let mut fits = |place: usize| {
        let entry: &SheetEntry = &worksheets[place];
        let (mut stream, _) = SheetStream::open(package, path, &entry.name, part(entry), context)?;
        let first = stream.first_rows(consumer)?;
        Ok(consumer.fits(&first.map(|(_, found)| found.cells).unwrap_or_default()))
    };
    let places = choose(path, wanted, &listed, &mut fits)?;
    let entries: Vec<SheetEntry> = places.into_iter().map(|place| worksheets[place].clone()).collect();
    let again = |place: &usize| entries[..*place].iter().any(|entry| entry.part == entries[*place].part);
    match (0..entries.len()).find(again) {
        Some(place) => {
            let problem = format!("the sheet {:?} shares its rows with another sheet", entries[place].name);
            Err(package.damaged(problem))
        }
        None => Ok(entries),
    }
}
