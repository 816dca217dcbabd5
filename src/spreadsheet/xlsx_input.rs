//! XLSX: which sheet holds the entry lines, and its rows as a stream of pieces.

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
use super::sheet_rows::{self, Ask};
use super::sheet_stream::{SheetStream, of_fault};
use super::styles::number_kinds;
use super::whole_file::HashOnly;
use crate::terms::place::Source;
use crate::terms::sha256::hexadecimal;

/// Sheets whose headings are looked at, at most; of a workbook with more the user chooses.
const SHEETS_TRIED: usize = 200;
/// Names of sheets that an error lists.
const SHEETS_SHOWN: usize = 20;

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

/// Reads the entry sheet of a workbook.
///
/// # Errors
/// The workbook is damaged, protected or too large, no sheet can be chosen, or the consumer stopped.
pub(super) fn read<C: Consumer>(
    path: &Path,
    sheet: Option<&str>,
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
        read_sheet(path, &mut package, sheet, consumer)?;
        let hash = hash.join().unwrap_or_else(|_| Err(io::Error::other("hashing failed")));
        let sha256 = hash.map_err(|source| SpreadsheetError::Io { path: path.to_path_buf(), source })?;
        Ok(InputFacts { sha256, bytes: whole.length() })
    })
}

fn read_sheet<C: Consumer>(
    path: &Path,
    package: &mut Package,
    sheet: Option<&str>,
    consumer: &mut C,
) -> Result<(), C::Error> {
    let context = Arc::new(context(package)?);
    let entry = choose(path, package, sheet, &context, consumer)?;
    let part = entry.part.clone().unwrap_or_default();
    let facts = (
        package.file.fresh(),
        package.workbook.clone(),
        package.strings.clone(),
        package.styles.clone(),
        package.signed,
    );
    let (mut stream, work) = SheetStream::open(package, path, &entry.name, &part, &context)?;
    let Some((first, headings)) = stream.first_rows(consumer)? else {
        return Err(SpreadsheetError::Empty(path.to_path_buf()).into());
    };
    let last = first.len().saturating_sub(1);
    let (number, row) = (first.number(last), first.whole(last));
    let notes = headings.note(number).into_iter().collect();
    let Headings { cells, on_two_rows, .. } = headings;
    let above = (0..last).map(|row| (first.number(row), first.whole(row))).collect();
    let (file, workbook, strings, styles, signed) = facts;
    let source = Arc::new(Source {
        file: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        sheet: entry.name.clone(),
    });
    let opened = OpenedSheet {
        path: path.to_path_buf(),
        file,
        name: entry.name,
        part,
        workbook,
        strings,
        styles,
        signed,
        context,
        head: std::mem::take(&mut stream.head),
        first,
    };
    let opened = Arc::new(Opened(Kind::Sheet(Box::new(opened))));
    stream.asked =
        consumer.header(Header { source, cells, row, on_two_rows, number, above, notes, opened, work })?;
    cut(&mut stream, consumer)?;
    consumer.tail(std::mem::take(&mut stream.tail))
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

/// The sheet that was named; else the one visible sheet; else the one visible sheet whose headings fit.
fn choose<C: Consumer>(
    path: &Path,
    package: &mut Package,
    sheet: Option<&str>,
    context: &Arc<SheetContext>,
    consumer: &C,
) -> Result<SheetEntry, SpreadsheetError> {
    let worksheets: Vec<SheetEntry> =
        package.sheets.iter().filter(|sheet| sheet.worksheet).cloned().collect();
    let visible: Vec<SheetEntry> = worksheets.iter().filter(|sheet| sheet.visible).cloned().collect();
    let names: Vec<&str> = visible.iter().map(|sheet| sheet.name.as_str()).collect();
    let chosen = choose_by_name(path, sheet, &worksheets, &names)?;
    if let Some(chosen) = chosen {
        return Ok(chosen);
    }
    if visible.len() > SHEETS_TRIED {
        return Err(no_sheet(
            path,
            format!("{} sheets; which holds the entry lines?", names.len()),
            &names,
            false,
        ));
    }
    let mut fitting = Vec::new();
    for entry in &visible {
        let part = entry.part.clone().unwrap_or_default();
        let (mut stream, _) = SheetStream::open(package, path, &entry.name, &part, context)?;
        let first = stream.first_rows(consumer)?;
        if consumer.fits(&first.map(|(_, found)| found.cells).unwrap_or_default()) {
            fitting.push(entry.clone());
        }
    }
    match &fitting[..] {
        [only] => Ok(only.clone()),
        several => Err(none_fits(path, several.len(), &names)),
    }
}

/// The sheet that was named, or the only one there is; `None` if the headings must tell.
pub(super) fn choose_by_name<S: Clone + AsRef<str>>(
    path: &Path,
    wanted: Option<&str>,
    all: &[S],
    visible: &[&str],
) -> Result<Option<S>, SpreadsheetError> {
    let named = |wanted: &str| all.iter().find(|sheet| sheet.as_ref() == wanted).cloned();
    match (wanted, visible) {
        (Some(wanted), _) => match named(wanted) {
            Some(found) => Ok(Some(found)),
            None => Err(no_sheet(path, format!("no sheet is named {wanted:?}"), visible, true)),
        },
        (None, [only]) => Ok(named(only)),
        (None, _) => Ok(None),
    }
}

/// The error where not exactly one sheet has the headings.
pub(super) fn none_fits(path: &Path, fitting: usize, visible: &[&str]) -> SpreadsheetError {
    let problem = match fitting {
        0 => "no visible sheet has the headings of an entry file in its first rows".to_string(),
        several => format!("{several} sheets have the headings of an entry file"),
    };
    no_sheet(path, problem, visible, false)
}

fn no_sheet(path: &Path, problem: String, visible: &[&str], typed: bool) -> SpreadsheetError {
    let shown = visible.len().min(SHEETS_SHOWN);
    let mut sheets = if visible.is_empty() { "none".to_string() } else { visible[..shown].join(", ") };
    if shown < visible.len() {
        sheets.push_str(&format!(" and {} more", visible.len() - shown));
    }
    SpreadsheetError::Sheet { path: path.to_path_buf(), problem, sheets, typed }
}

impl AsRef<str> for SheetEntry {
    fn as_ref(&self) -> &str {
        &self.name
    }
}
