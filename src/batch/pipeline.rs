//! One file from end to end: a reader cuts pieces, workers find, one writer keeps the order.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use thiserror::Error;

use super::line_keys::LineKeys;
use super::manifest::{FileEntry, Manifest, manifest};
use super::memo::Memos;
use super::outputs::{OutputNames, entries_of};
use super::piece::{Shop, Told, our_columns};
use super::reader::{End, Message, headings, some_pieces, with_reader};
use super::writing::Writing;
use crate::casebook::Casebook;
use crate::entry::{
    ColumnEvidence, Crosswalk, DateOrder, Grouping, Needed, Profile, Writings, columns::ColumnError,
};
use crate::report::tally::Tally;
use crate::report::workbook::{self, Gathered, RunFacts};
use crate::spreadsheet::annotated::Anew;
use crate::spreadsheet::deflate::LEVEL_DEFAULT;
use crate::spreadsheet::read::PIECE_ROWS;
use crate::spreadsheet::{
    Format, InputFacts, Layout, Ready, Shape, SpreadsheetError, TextEncoding, WholeFile,
};
use crate::terms::KnownDay;

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The day asked from.
    pub as_of: KnownDay,
    /// Form of the annotated file.
    pub format: Format,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Encoding of a CSV.
    pub encoding: Option<TextEncoding>,
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
    /// The column profile; the best fitting one where none is asked for.
    pub columns: Option<Arc<Profile>>,
    /// What the file must tell.
    pub needed: Needed,
    /// Names for manufacturer IDs, where the broker keeps any.
    pub crosswalk: Arc<Crosswalk>,
    /// Files that the broker keeps and this run has read: aliases, crosswalk.
    pub records: Vec<FileEntry>,
    /// What else is to be told of the run.
    pub notes: Vec<String>,
    /// Name of the file of 53-records in the folder of the outputs, where one is asked for.
    pub abi53: Option<String>,
}

impl RunOptions {
    /// The options of a run of which nothing but the day and the folder was said.
    pub fn new(as_of: KnownDay, out: PathBuf) -> RunOptions {
        RunOptions {
            as_of,
            format: Format::Xlsx,
            sheet: None,
            encoding: None,
            out,
            force: false,
            dates: None,
            piece_rows: PIECE_ROWS,
            level: LEVEL_DEFAULT,
            each_apart: false,
            columns: None,
            needed: Needed::EntryLines,
            crosswalk: Arc::default(),
            records: Vec::new(),
            notes: Vec::new(),
            abi53: None,
        }
    }
}

/// Why a file was not finished. Nothing of it is written.
#[derive(Debug, Error)]
pub enum FileError {
    /// It cannot be read.
    #[error(transparent)]
    Input(#[from] SpreadsheetError),
    /// Its headings cannot be used.
    #[error("{path}: {error}")]
    Columns {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: ColumnError,
    },
    /// An output cannot be written.
    #[error("cannot write {path}: {source}")]
    Output {
        /// Which output.
        path: PathBuf,
        /// Why.
        source: io::Error,
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
    /// The file is done.
    fn end(&self);
}

/// Nobody is told.
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: u64) {}
    fn advanced(&self, _: u64, _: u64) {}
    fn end(&self) {}
}

/// What became of a file.
#[derive(Debug)]
pub struct FileOutcome {
    /// What was counted.
    pub tally: Tally,
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

/// Files of a run under their temporary names.
struct Unplaced {
    annotated: Ready,
    exceptions: Ready,
    report: Ready,
    abi53: Option<Ready>,
    tally: Tally,
    anew: Option<Anew>,
    notes: Vec<String>,
    profile: String,
}

/// What a pass over the file ended with.
enum Pass {
    Done(Box<Unplaced>),
    /// The whole file settles something otherwise than was assumed: start again.
    Again(Settled),
}

/// Readings of a file, at most.
const PASSES_MAX: u32 = 4;

/// What only a whole file settles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Settled {
    /// The order of day and month in each date column.
    pub(super) writings: Writings,
    /// The form of the annotated file.
    pub(super) layout: Layout,
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
    let with_macros = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsm"));
    let outputs = |with_macros| {
        OutputNames::new(&options.out, base, options.format, with_macros).with_abi53(&options.abi53)
    };
    let mut names = outputs(with_macros);
    names.set().may_replace(&[path], options.force)?;
    let mut assumed = Settled::default();
    let mut passes = 0;
    let (unplaced, facts) = loop {
        let (pass, facts) = with_reader(path, options, |from| {
            one_pass(casebook, path, &names, options, assumed, progress, &from)
        })?;
        passes += 1;
        match pass {
            Pass::Done(unplaced) => break (*unplaced, facts),
            // Each of what is settled by a whole file may need a reading: the order of dates, the width, the form.
            Pass::Again(settled) if passes < PASSES_MAX && settled != assumed => {
                assumed = settled;
                if with_macros && settled.layout.anew.is_some() {
                    names = outputs(false);
                    names.set().may_replace(&[path], options.force)?;
                }
            }
            Pass::Again(_) => {
                return Err(internal(path, "what one reading found was not what the next found"));
            }
        }
    };
    progress.end();
    place(casebook, path, names, options, unplaced, &facts)
}

fn place(
    casebook: &Casebook,
    path: &Path,
    names: OutputNames,
    options: &RunOptions,
    unplaced: Unplaced,
    facts: &InputFacts,
) -> Result<FileOutcome, FileError> {
    let Unplaced { annotated, exceptions, report, abi53, tally, anew, notes, profile } = unplaced;
    let ready: Vec<Ready> = [annotated, report, exceptions].into_iter().chain(abi53).collect();
    let outputs = entries_of(&ready);
    let input = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let manifest = manifest(casebook, options, &input, facts, outputs, &tally);
    names.set().place(ready, &manifest.outputs, &manifest)?;
    Ok(FileOutcome { tally, manifest, names, anew, notes, profile })
}

fn one_pass(
    casebook: &Casebook,
    path: &Path,
    names: &OutputNames,
    options: &RunOptions,
    assumed: Settled,
    progress: &dyn Progress,
    from: &Receiver<Message>,
) -> Result<Pass, FileError> {
    let (header, columns) = headings(path, from)?;
    progress.begin(&header.source.file, header.work);
    std::fs::create_dir_all(&options.out).map_err(failed(&options.out))?;
    let mut shape = Shape {
        format: options.format,
        columns: our_columns(&header),
        layout: assumed.layout,
        level: options.level,
        as_of: options.as_of.0,
    };
    let prepared = shape.settle(&header).map_err(failed(path))?;
    if shape.layout.anew.is_some() && assumed.layout.anew.is_none() {
        return Ok(Pass::Again(Settled { layout: shape.layout, ..assumed }));
    }
    let shop = Shop {
        casebook,
        options,
        grouping: Grouping { columns, writings: assumed.writings, crosswalk: Arc::clone(&options.crosswalk) },
        header: &header,
        all: shape.needs_all(&header),
        memos: Memos::default(),
    };
    let anew = shape.layout.anew;
    let mut writing = Writing::begin(names, shape, prepared).map_err(failed(&names.exceptions))?;
    let mut seen = LineKeys::default();
    let mut evidence = ColumnEvidence::default();
    // While some pieces are told, those before them are written.
    let mut told: Vec<Told> = Vec::new();
    let tail = loop {
        let received = some_pieces(from);
        if received.pieces.is_empty() && received.end.is_none() {
            return Err(internal(path, "the file ended early"));
        }
        let appender = writing.appender(&shop, &received.pieces)?.map_err(failed(&names.annotated))?;
        let before = std::mem::take(&mut told);
        let (written, next) = rayon::join(
            || writing.write(before, &appender, progress),
            || shop.tell(received.pieces, &mut seen, &appender),
        );
        written.map_err(failed(&names.annotated))?;
        told = next?;
        for piece in &told {
            evidence.add(&piece.evidence);
        }
        match received.end {
            None => {}
            Some(End::Fault(error)) => return Err(error),
            Some(End::Tail(tail)) => {
                let written = writing.write(told, &appender, progress);
                written.map_err(failed(&names.annotated))?;
                break tail;
            }
        }
    };
    let writings = evidence.settled(assumed.writings, options.dates, shop.grouping.columns.dates());
    let (annotated, (exceptions, abi53), tally, causes, waiting) =
        writing.complete(&header, &tail).map_err(failed(&names.annotated))?;
    let annotated = match annotated {
        Ok(annotated) if writings == assumed.writings => annotated,
        again => {
            let layout = again.err().unwrap_or(assumed.layout);
            return Ok(Pass::Again(Settled { writings, layout }));
        }
    };
    let mut read_notes = [&header.notes[..], &writings.told()].concat();
    let merged = header.merged_below(&tail);
    if merged > 0 {
        read_notes.push(format!(
            "{merged} merged cells reach over several rows: the value of each stands in its first row alone, and the \
             others lack it"
        ));
    }
    if !tally.ties_out() {
        return Err(internal(path, "rows in and rows out do not tie out"));
    }
    let facts = RunFacts {
        input: header.source.file.clone(),
        as_of: options.as_of.0,
        version: env!("CARGO_PKG_VERSION"),
        exceptions_csv: names.exceptions.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        written_anew: anew.map(Anew::told),
        notes: [&options.notes[..], &read_notes].concat(),
    };
    let report = report(casebook, names, &facts, &tally, &Gathered { causes: &causes, names: &waiting })
        .map_err(failed(&names.report))?;
    let exceptions = exceptions.complete().map_err(failed(&names.exceptions))?;
    let abi53 = abi53.map(WholeFile::complete).transpose().map_err(failed(path))?;
    let (notes, profile) = (read_notes, shop.grouping.columns.profile().to_string());
    Ok(Pass::Done(Box::new(Unplaced { annotated, exceptions, report, abi53, tally, anew, notes, profile })))
}

fn report(
    casebook: &Casebook,
    names: &OutputNames,
    facts: &RunFacts,
    tally: &Tally,
    gathered: &Gathered<'_>,
) -> io::Result<Ready> {
    let mut file = WholeFile::begin(&names.report)?;
    let mut bytes = io::Cursor::new(Vec::new());
    workbook::write(casebook, facts, tally, gathered, &mut bytes).map_err(io::Error::other)?;
    file.put(bytes.into_inner())?;
    file.complete()
}
