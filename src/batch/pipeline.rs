//! One file from end to end: a reader cuts pieces, workers find, one writer keeps the order.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use rayon::prelude::*;
use thiserror::Error;

use super::manifest::{FileEntry, Manifest, manifest};
use super::memo::Memos;
use super::outputs::OutputNames;
use super::piece::{Finished, InOrder, Shop, our_columns};
use super::reader::{Message, some_pieces, with_reader};
use crate::casebook::Casebook;
use crate::entry::date::{DATE_HEADINGS, Evidence};
use crate::entry::{DateOrder, DateOrders, Grouping, columns::ColumnError};
use crate::report::causes::{Causes, ExceptionsCsv};
use crate::report::tally::Tally;
use crate::report::workbook::{self, RunFacts};
use crate::spreadsheet::read::Header;
use crate::spreadsheet::whole_file::{Ready, remove_if_there};
use crate::spreadsheet::{Annotated, Format, InputFacts, SpreadsheetError, WholeFile};
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
    /// Folder of the outputs.
    pub out: PathBuf,
    /// Replace files that are not ours.
    pub force: bool,
    /// Which of day and month comes first where the file does not tell.
    pub dates: Option<DateOrder>,
    /// Rows of a piece, at least. Results do not depend on it.
    pub piece_rows: usize,
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
}

/// Files of a run under their temporary names.
struct Unplaced {
    annotated: Ready,
    exceptions: Ready,
    report: Ready,
    tally: Tally,
}

/// What a pass over the file ended with.
enum Pass {
    Done(Box<Unplaced>),
    /// The whole file settles something otherwise than was assumed: start again.
    Again(Settled),
}

/// What only a whole file settles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Settled {
    /// The order of day and month in each date column.
    pub(super) orders: DateOrders,
    /// Columns of the widest row, or of the headings if none is wider: ours stand behind it.
    pub(super) width: usize,
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
    let names = OutputNames::new(&options.out, base, options.format);
    names.may_replace(path, options.force)?;
    let mut assumed = Settled::default();
    let mut passes = 0;
    let (unplaced, facts) = loop {
        let (pass, facts) = with_reader(path, options, |from| {
            one_pass(casebook, path, &names, options, assumed, progress, &from)
        })?;
        passes += 1;
        match pass {
            Pass::Done(unplaced) => break (*unplaced, facts),
            Pass::Again(settled) if passes == 1 => assumed = settled,
            Pass::Again(_) => {
                return Err(internal(path, "what a second reading found was not what the first found"));
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
    let Unplaced { annotated, exceptions, report, tally } = unplaced;
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |source| FileError::Output { path, source }
    };
    let ready = [annotated, report, exceptions];
    let outputs = ready.iter().map(|ready| {
        let name = ready.destination().file_name().unwrap_or_default().to_string_lossy().into_owned();
        FileEntry { name, sha256: ready.sha256().to_string(), bytes: ready.bytes() }
    });
    let input = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let manifest = manifest(casebook, options, &input, facts, outputs.collect(), &tally);
    let mut file = WholeFile::begin(&names.manifest).map_err(failed(&names.manifest))?;
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| internal(path, &error.to_string()))?;
    writeln!(file.writer(), "{text}").map_err(failed(&names.manifest))?;
    let file = file.complete().map_err(failed(&names.manifest))?;
    // Everything is on the disk; only names change from here on. Between the two removals and the last name there is no
    // manifest that could speak for a mixture.
    names.can_be_written()?;
    let stale = names.stale();
    remove_if_there(&names.manifest).map_err(failed(&names.manifest))?;
    for path in stale {
        remove_if_there(&path).map_err(failed(&path))?;
    }
    for ready in ready {
        let destination = ready.destination().to_path_buf();
        ready.put().map_err(failed(&destination))?;
    }
    file.put().map_err(failed(&names.manifest))?;
    Ok(FileOutcome { tally, manifest, names })
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
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |source| FileError::Output { path, source }
    };
    let Ok(Message::Header(header)) = from.recv() else {
        // The reader has stopped; it says why.
        return Err(internal(path, "nothing was read"));
    };
    let (header, columns) = *header;
    progress.begin(&header.source.file, header.work);
    std::fs::create_dir_all(&options.out).map_err(failed(&options.out))?;
    let narrowest = assumed.width.max(header.cells.len());
    let (mut annotated, encoder) = Annotated::begin(
        &names.annotated,
        options.format,
        &header,
        narrowest,
        our_columns(&header),
        options.as_of.0,
    )
    .map_err(failed(&names.annotated))?;
    let mut exceptions = WholeFile::begin(&names.exceptions).map_err(failed(&names.exceptions))?;
    let headings = ExceptionsCsv::headings().map_err(|error| internal(path, &error.to_string()))?;
    exceptions.writer().write_all(&headings).map_err(failed(&names.exceptions))?;
    let shop = Shop {
        casebook,
        options,
        grouping: Grouping { columns, orders: assumed.orders },
        source: Arc::clone(&header.source),
        memos: Memos::default(),
    };
    let mut in_order = InOrder::default();
    let (mut tally, mut causes) = (Tally::default(), Causes::default());
    loop {
        let pieces = some_pieces(from);
        if pieces.is_empty() {
            break;
        }
        let found = in_order.find(&shop, pieces);
        let done = found.last().map_or(0, |piece| piece.done);
        let finished: io::Result<Vec<Finished>> =
            found.into_par_iter().map(|piece| shop.finish(piece, &encoder)).collect();
        let finished = finished.map_err(|error| internal(path, &error.to_string()))?;
        for piece in finished {
            annotated.write(piece.encoded).map_err(failed(&names.annotated))?;
            exceptions.writer().write_all(&piece.exceptions).map_err(failed(&names.exceptions))?;
            progress.advanced(piece.tally.all.lines, done);
            tally.merge(&piece.tally);
            causes.merge(piece.causes);
        }
    }
    let orders = settled_orders(&in_order.evidence, assumed.orders, options.dates);
    let width = narrowest.max(in_order.width);
    if orders != assumed.orders || width > narrowest {
        return Ok(Pass::Again(Settled { orders, width }));
    }
    if !tally.ties_out() {
        return Err(internal(path, "rows in and rows out do not tie out"));
    }
    let report = report(casebook, names, &header, options, &tally, &causes).map_err(failed(&names.report))?;
    let annotated = annotated.complete().map_err(failed(&names.annotated))?;
    let exceptions = exceptions.complete().map_err(failed(&names.exceptions))?;
    Ok(Pass::Done(Box::new(Unplaced { annotated, exceptions, report, tally })))
}

/// The order of day and month that the whole file bears out: the assumed one for columns on which nothing hangs.
/// Where the file does not tell, `said` counts: what the user says of it.
pub(super) fn settled_orders(
    evidence: &[Evidence; DATE_HEADINGS.len()],
    assumed: DateOrders,
    said: Option<DateOrder>,
) -> DateOrders {
    let mut orders = assumed;
    for (order, evidence) in orders.0.iter_mut().zip(evidence).filter(|(_, evidence)| evidence.either > 0) {
        *order = match evidence.order() {
            DateOrder::Unsettled | DateOrder::Contradicted => said.unwrap_or(evidence.order()),
            told => told,
        };
    }
    orders
}

fn report(
    casebook: &Casebook,
    names: &OutputNames,
    header: &Header,
    options: &RunOptions,
    tally: &Tally,
    causes: &Causes,
) -> io::Result<Ready> {
    let facts = RunFacts {
        input: header.source.file.clone(),
        as_of: options.as_of.0,
        version: env!("CARGO_PKG_VERSION"),
        exceptions_csv: names.exceptions.file_name().unwrap_or_default().to_string_lossy().into_owned(),
    };
    let mut file = WholeFile::begin(&names.report)?;
    workbook::write(casebook, &facts, tally, causes, file.writer()).map_err(io::Error::other)?;
    file.complete()
}
