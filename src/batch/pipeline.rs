//! One file from end to end: a reader cuts pieces, workers find, one writer keeps the order.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use super::importer_packs::packs;
use super::input::Input;
use super::manifest::{Manifest, RecordEntry};
use super::outputs::OutputNames;
use super::pass::{Job, Pass, Settled, one_pass};
use super::placing::{Unplaced, place};
use super::reader::with_reader;
use crate::casebook::Casebook;
use crate::entry::{
    Columns, Crosswalk, DateOrder, Grouping, Needed, Products, Profile, Writings, columns::ColumnError,
};
use crate::report::tally::Tally;
use crate::spreadsheet::annotated::Anew;
use crate::spreadsheet::deflate::LEVEL_DEFAULT;
use crate::spreadsheet::read::{COLUMNS_MAX, PIECE_ROWS};
use crate::spreadsheet::{Format, InputFacts, PackageLimits, SpreadsheetError, TextEncoding};
use crate::terms::KnownDay;

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The day asked from.
    pub as_of: KnownDay,
    /// Form of the annotated file.
    pub format: Format,
    /// Sheets of a workbook that are read as one file, by their names, or [`EVERY_SHEET`](crate::spreadsheet::EVERY_SHEET).
    pub sheets: Vec<String>,
    /// Encoding of a CSV.
    pub encoding: Option<TextEncoding>,
    /// What the package of a workbook may claim.
    pub package: PackageLimits,
    /// Folder of the outputs.
    pub out: PathBuf,
    /// Replace files that are not ours.
    pub force: bool,
    /// Which of day and month comes first where the file does not tell.
    pub dates: Option<DateOrder>,
    /// Rows of a piece, about. Results do not depend on it.
    pub piece_rows: usize,
    /// How hard an annotated workbook is compressed, 1 to 9.
    pub level: u8,
    /// Read and judge each line by itself, remembering nothing of others: slower, and the same in every byte. For
    /// looking at lines in full, and for proof.
    pub each_apart: bool,
    /// Read the outputs a second time before they are put in place.
    pub verify: bool,
    /// The column profile; the best fitting one where none is asked for.
    pub columns: Option<Arc<Profile>>,
    /// What the file must tell.
    pub needed: Needed,
    /// Names for manufacturer IDs, where the broker keeps any.
    pub crosswalk: Arc<Crosswalk>,
    /// What was confirmed of products, where the broker keeps it.
    pub products: Arc<Products>,
    /// Files that the broker keeps and this run has read: aliases, crosswalk, products.
    pub records: Vec<RecordEntry>,
    /// What else is to be told of the run.
    pub notes: Vec<String>,
    /// Name of the file of 53-records in the folder of the outputs, where one is asked for.
    pub abi53: Option<String>,
    /// By what the file is parted into packs beside the outputs, where it is.
    pub split: Option<Split>,
}

/// By what a file is parted into packs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// By importer number.
    Importer,
}

impl RunOptions {
    /// The options of a run of which nothing but the day and the folder was said.
    pub fn new(as_of: KnownDay, out: PathBuf) -> RunOptions {
        RunOptions {
            as_of,
            format: Format::Xlsx,
            sheets: Vec::new(),
            encoding: None,
            package: PackageLimits::default(),
            out,
            force: false,
            dates: None,
            piece_rows: PIECE_ROWS,
            level: LEVEL_DEFAULT,
            each_apart: false,
            verify: false,
            columns: None,
            needed: Needed::EntryLines,
            crosswalk: Arc::default(),
            products: Arc::default(),
            records: Vec::new(),
            notes: Vec::new(),
            abi53: None,
            split: None,
        }
    }

    /// How rows are read, with these columns that write so.
    pub(super) fn grouping(&self, columns: Columns, writings: Writings) -> Grouping {
        let (crosswalk, products) = (Arc::clone(&self.crosswalk), Arc::clone(&self.products));
        Grouping { columns, writings, crosswalk, products }
    }
}

/// Why a file was not finished. Nothing of it is written.
#[derive(Debug, Error)]
pub enum FileError {
    /// It cannot be read.
    #[error(transparent)]
    Input(#[from] SpreadsheetError),
    /// Its headings cannot be used.
    #[error("{path}{sheet}: {error}")]
    Columns {
        /// Which file.
        path: PathBuf,
        /// Where several sheets are read, which of them: `, sheet "Feb"`.
        sheet: String,
        /// Why.
        error: Box<ColumnError>,
    },
    /// It is to be parted by importers, and does not say whose a line is.
    #[error(
        "{path}{sheet}: --split importer parts the lines by the column \"Importer Number\", and there is none; head it so, or \
         say with --columns which heading means it. Found: {found}"
    )]
    NoImporter {
        /// Which file.
        path: PathBuf,
        /// Where several sheets are read, which of them: `, sheet "Feb"`.
        sheet: String,
        /// The headings.
        found: String,
    },
    /// It was not the same when it was read again.
    #[error("{0} was changed while it was read; nothing was written. Run again when nobody writes to it")]
    Unsteady(PathBuf),
    /// Sheets do not fit into one CSV.
    #[error(
        "{path}: {differs}, and one CSV has one row of headings; leave --format csv away, or choose sheets with the same \
         headings"
    )]
    SheetsDiffer {
        /// Which file.
        path: PathBuf,
        /// Which, in which column first, and how.
        differs: String,
    },
    /// An output cannot be written.
    #[error("cannot write {path}: {source}")]
    Output {
        /// Which output.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// An output is not on the disk as it was written.
    #[error(
        "{path} was written and is not on the disk as it should be: {problem}. Nothing was replaced; have the disk checked, \
         and run again"
    )]
    Differs {
        /// Which output.
        path: PathBuf,
        /// What.
        problem: String,
    },
    /// An output is too wide to be read a second time.
    #[error(
        "{path} has {columns} columns with ours, and {COLUMNS_MAX} can be read again; run without --verify"
    )]
    TooWide {
        /// Which output.
        path: PathBuf,
        /// Columns of the output.
        columns: usize,
    },
    /// A file is there that is not ours.
    #[error(
        "{0} is there and no earlier run wrote it; move it away, choose another folder with -o, or use --force"
    )]
    Exists(PathBuf),
    /// A file of ours was changed since it was written.
    #[error(
        "{0} was changed since it was written; rename it to keep the changes, or use --force to replace it"
    )]
    Changed(PathBuf),
    /// A file that is to be replaced cannot be written.
    #[error("{path} cannot be replaced ({source}); if it is open in another program, close it and run again")]
    Locked {
        /// Which output.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// An output would overwrite the input.
    #[error("the output {0} would replace the input; choose another folder with -o")]
    OutputIsInput(PathBuf),
    /// Counts do not tie out, or the program failed.
    #[error(
        "{path}: {problem}; nothing was written. This is a fault of adcvd: please report it with the file"
    )]
    Internal {
        /// Which file.
        path: PathBuf,
        /// What.
        problem: String,
    },
}

/// A fault of the program, not of the file.
pub(super) fn internal(path: &Path, problem: &str) -> FileError {
    FileError::Internal { path: path.to_path_buf(), problem: problem.to_string() }
}

/// An output that cannot be written.
pub(super) fn failed(path: &Path) -> impl Fn(io::Error) -> FileError {
    let path = path.to_path_buf();
    move |source| FileError::Output { path: path.clone(), source }
}

/// Who is told how far a run is.
pub trait Progress: Sync {
    /// A file begins; how much work it is, or 0 where nobody knows.
    fn begin(&self, name: &str, work: u64);
    /// So many lines were finished, and so much of the file.
    fn advanced(&self, lines: u64, done: u64);
    /// All is written under temporary names, and is about to be looked at again.
    fn written(&self);
    /// The file is done.
    fn end(&self);
}

/// Nobody is told.
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: u64) {}
    fn advanced(&self, _: u64, _: u64) {}
    fn written(&self) {}
    fn end(&self) {}
}

/// What became of a file.
#[derive(Debug)]
pub struct FileOutcome {
    /// What was counted.
    pub tally: Tally,
    /// What would be without the assumption, where there is one.
    pub without: Option<Tally>,
    /// The manifest, as written.
    pub manifest: Manifest,
    /// Where the outputs stand.
    pub names: OutputNames,
    /// Why a broker's workbook was written anew instead of being passed through, if so.
    pub anew: Option<Anew>,
    /// What is to be told of how the file was read.
    pub notes: Vec<String>,
    /// The column profile by which the headings were understood.
    pub profile: String,
}

/// Readings of a file, at most.
const PASSES_MAX: u32 = 4;

/// The outputs of an input under their temporary names, and what the whole of it settles.
pub(super) struct Written {
    pub(super) names: OutputNames,
    pub(super) unplaced: Unplaced,
    pub(super) facts: InputFacts,
    /// How the columns of its sheets write.
    pub(super) writings: Vec<Writings>,
}

/// Runs one file and puts its outputs in place, or none of them.
///
/// # Errors
/// The file cannot be read or an output cannot be written; then everything is as it was before.
pub fn run_file(
    casebook: &Casebook,
    path: &Path,
    base: &str,
    options: &RunOptions,
    progress: &dyn Progress,
) -> Result<FileOutcome, FileError> {
    let whole = written(casebook, Input::File(path), base, options, progress)?;
    let packs = match options.split {
        Some(Split::Importer) => Some(packs(casebook, path, base, options, &whole, progress)?),
        None => None,
    };
    place(casebook, path, options, whole, packs, progress)
}

/// Writes the outputs of an input under their temporary names.
pub(super) fn written(
    casebook: &Casebook,
    input: Input<'_>,
    base: &str,
    options: &RunOptions,
    progress: &dyn Progress,
) -> Result<Written, FileError> {
    let path = input.path();
    let macros = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsm"));
    let with_macros = matches!(input, Input::File(_)) && macros;
    let outputs = |with_macros| -> Result<OutputNames, FileError> {
        let names = OutputNames::new(&options.out, base, options.format, with_macros);
        let names = names.with_abi53(&options.abi53);
        // Where a pack will stand is looked at when it is known which packs there are.
        if matches!(input, Input::File(_)) {
            names.set().may_replace(&[path], options.force)?;
        }
        Ok(names)
    };
    let mut names = outputs(with_macros)?;
    let writings = input.writings().unwrap_or_default().to_vec();
    let mut assumed = Settled { writings, ..Settled::default() };
    let mut passes = 0;
    loop {
        let job = Job { casebook, input, names: &names, options, progress };
        let (pass, facts) = with_reader(input, options, |from| one_pass(&job, assumed.clone(), &from))?;
        passes += 1;
        match pass {
            Pass::Done(unplaced) => {
                return Ok(Written { names, unplaced: *unplaced, facts, writings: assumed.writings });
            }
            // Each of what is settled by a whole file may need a reading: the order of dates, the width, the form.
            Pass::Again(settled) if passes < PASSES_MAX && settled != assumed => {
                assumed = settled;
                if with_macros && assumed.layouts.iter().any(|layout| layout.anew.is_some()) {
                    names = outputs(false)?;
                }
            }
            Pass::Again(_) => {
                return Err(internal(path, "what one reading found was not what the next found"));
            }
        }
    }
}
