//! One file from end to end: a reader cuts pieces, workers find, one writer keeps the order.

use std::collections::HashSet;
use std::hash::BuildHasher;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use foldhash::fast::FixedState;
use rayon::prelude::*;
use thiserror::Error;

use super::manifest::{FileEntry, Manifest, manifest};
use super::memo::Memos;
use super::outputs::OutputNames;
use crate::casebook::Casebook;
use crate::determine::{Action, LineFindings};
use crate::entry::date::{DATE_HEADINGS, Evidence};
use crate::entry::{Columns, DateOrders, EntryLine, Grouping, columns::ColumnError, lines};
use crate::report::causes::{Causes, ExceptionsCsv};
use crate::report::columns::{
    COLUMNS, ColumnKind, RESTATED_NOTE, cells, cells_of_other_row, column_kind, headings,
};
use crate::report::tally::Tally;
use crate::report::told::told;
use crate::report::workbook::{self, RunFacts};
use crate::spreadsheet::annotated::{Encoded, Encoder, OurColumn};
use crate::spreadsheet::read::Header;
use crate::spreadsheet::row::{Cell, Row};
use crate::spreadsheet::whole_file::{Ready, remove_if_there};
use crate::spreadsheet::{
    Annotated, Consumer, Format, InputFacts, Look, OurRow, Piece, SpreadsheetError, WholeFile, read,
};
use crate::terms::place::Source;
use crate::terms::{Code, Exception, Ground, KnownDay};

/// Pieces that are worked on at a time, for each thread: enough to keep all busy while the writer writes.
const PIECES_A_THREAD: usize = 2;

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
        "{0} exists and no manifest of adcvd lists it; move it away, choose another folder with -o, or use --force"
    )]
    Exists(PathBuf),
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

/// Who is told how far a run is.
pub trait Progress: Sync {
    /// A file begins; its size in bytes, or 0 where it does not measure the work.
    fn begin(&self, name: &str, bytes: u64);
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

/// A file looked through without writing: what `check` and `explain` need.
#[derive(Debug)]
pub struct Survey<T> {
    /// Its headings.
    pub header: Header,
    /// Which column means what.
    pub columns: Columns,
    /// The order of day and month in each date column.
    pub orders: DateOrders,
    /// What was found.
    pub found: T,
}

enum Message {
    Header(Box<(Header, Columns)>),
    Piece(Piece),
}

/// Takes what is read and passes it on.
struct Feed {
    path: PathBuf,
    to: SyncSender<Message>,
    columns: Option<Columns>,
}

/// Why the feed stopped: the file, or a receiver that has stopped listening for a reason of its own.
enum Stop {
    File(FileError),
    NobodyListens,
}

impl From<SpreadsheetError> for Stop {
    fn from(error: SpreadsheetError) -> Stop {
        Stop::File(error.into())
    }
}

impl Consumer for Feed {
    type Error = Stop;

    fn fits(&self, header: &[String]) -> bool {
        Columns::bind(header).is_ok()
    }

    fn header(&mut self, header: Header) -> Result<Vec<usize>, Stop> {
        let columns = Columns::bind(&header.cells)
            .map_err(|error| Stop::File(FileError::Columns { path: self.path.clone(), error }))?;
        let bound = columns.bound().to_vec();
        self.columns = Some(columns.clone());
        self.to.send(Message::Header(Box::new((header, columns)))).map_err(|_| Stop::NobodyListens)?;
        Ok(bound)
    }

    fn belong_together(&self, one: &Row, other: &Row) -> bool {
        self.columns.as_ref().is_some_and(|columns| columns.belong_together(one, other))
    }

    fn piece(&mut self, piece: Piece) -> Result<(), Stop> {
        self.to.send(Message::Piece(piece)).map_err(|_| Stop::NobodyListens)
    }
}

/// Reads a file on a thread of its own and gives `work` what it reads.
fn with_reader<T>(
    path: &Path,
    sheet: Option<&str>,
    work: impl FnOnce(Receiver<Message>) -> Result<T, FileError>,
) -> Result<(T, InputFacts), FileError> {
    let (to, from) = sync_channel(PIECES_A_THREAD * rayon::current_num_threads().max(1));
    std::thread::scope(|scope| {
        let reader =
            scope.spawn(|| read(path, sheet, &mut Feed { path: path.to_path_buf(), to, columns: None }));
        let worked = work(from);
        let facts = reader.join().map_err(|_| SpreadsheetError::Damaged {
            path: path.to_path_buf(),
            place: "whole file".to_string(),
            problem: "the file is damaged in a way that cannot be read; save it anew".to_string(),
        })?;
        match facts {
            Err(Stop::File(error)) => Err(error),
            Err(Stop::NobodyListens) => {
                Err(worked.err().unwrap_or_else(|| internal(path, "a reader stopped early")))
            }
            Ok(facts) => worked.map(|worked| (worked, facts)),
        }
    })
}

fn internal(path: &Path, problem: &str) -> FileError {
    FileError::Internal { path: path.to_path_buf(), problem: problem.to_string() }
}

/// Receives some pieces at once, so that workers have something to share.
fn some_pieces(from: &Receiver<Message>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let most = PIECES_A_THREAD * rayon::current_num_threads().max(1);
    while pieces.len() < most {
        let next = if pieces.is_empty() { from.recv().ok() } else { from.try_recv().ok() };
        match next {
            Some(Message::Piece(piece)) => pieces.push(piece),
            Some(Message::Header(_)) | None => break,
        }
    }
    pieces
}

/// A piece with its findings.
struct Found {
    rows: Vec<Row>,
    lines: Vec<(EntryLine, LineFindings)>,
    evidence: [Evidence; DATE_HEADINGS.len()],
    done: u64,
}

/// A piece ready to be written.
struct Finished {
    encoded: Encoded,
    exceptions: Vec<u8>,
    tally: Tally,
    causes: Causes,
}

/// Everything that workers share.
struct Shop<'a> {
    casebook: &'a Casebook,
    options: &'a RunOptions,
    grouping: Grouping,
    source: Arc<Source>,
    memos: Memos,
}

impl Shop<'_> {
    fn find(&self, piece: Piece) -> Found {
        let (lines, evidence) = lines(&self.grouping, &piece.rows);
        let lines = self.memos.with(|memo| {
            lines
                .into_iter()
                .map(|line| {
                    let findings = memo.findings(self.casebook, &line, self.options.as_of);
                    (line, findings)
                })
                .collect()
        });
        Found { rows: piece.rows, lines, evidence, done: piece.done }
    }

    fn finish(&self, found: Found, encoder: &Encoder) -> io::Result<Finished> {
        let mut tally = Tally { rows: found.rows.len() as u64, ..Tally::default() };
        tally.blank_rows = found.rows.iter().filter(|row| row.blank).count() as u64;
        let mut causes = Causes::default();
        let mut records = ExceptionsCsv::new();
        let mut ours: Vec<OurRow> = Vec::with_capacity(found.rows.len());
        let mut lines = found.lines.iter().peekable();
        for row in &found.rows {
            if row.blank {
                ours.push(OurRow::default());
                continue;
            }
            while lines
                .peek()
                .is_some_and(|(line, _)| line.rows.last().is_some_and(|last| *last < row.number))
            {
                lines.next();
            }
            let Some((line, findings)) = lines.peek() else {
                return Err(io::Error::other("a row belongs to no line"));
            };
            let rank = Action::ALL.iter().position(|action| *action == findings.action).unwrap_or(0) as u8;
            if line.row == row.number {
                tally.add(self.casebook, line, findings);
                for exception in &findings.exceptions {
                    let told = told(line, exception);
                    records.add(&self.source, line, exception, &told)?;
                    causes.add(line, exception, told);
                }
                ours.push(OurRow { cells: cells(self.casebook, line, findings), rank });
            } else {
                ours.push(OurRow { cells: cells_of_other_row(line), rank });
            }
        }
        let exceptions = records.into_bytes()?;
        Ok(Finished { encoded: encoder.encode(found.rows, ours), exceptions, tally, causes })
    }
}

/// Line keys seen so far, as fingerprints: eight bytes a line. Two of a million lines share one by chance less than
/// once in ten million files.
#[derive(Default)]
struct Keys {
    seen: HashSet<u64, FixedState>,
    hasher: FixedState,
}

impl Keys {
    /// EN06 for a line whose entry and line number were seen apart from it.
    fn check(&mut self, line: &EntryLine) -> Option<Exception> {
        if line.entry_number.is_empty() || line.line_number.is_empty() {
            return None;
        }
        // One line whether it is written XYZ-1234567-8/1 or xyz12345678/001.
        let plain =
            |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
        let (entry, number): (String, String) = (plain(&line.entry_number), plain(&line.line_number));
        let fingerprint = self.hasher.hash_one((entry, number.trim_start_matches('0')));
        let again = !self.seen.insert(fingerprint);
        again.then(|| Exception::new(Code::EN06, Ground::KeyAgain { key: line.label().into() }))
    }
}

/// Our columns as the annotated file prints them for these input headings.
fn our_columns(header: &Header) -> Vec<OurColumn> {
    let look = |place: usize| match column_kind(place) {
        ColumnKind::Action => Look::Rank,
        ColumnKind::Text if COLUMNS[place].contains("Matched") => Look::Text(34),
        ColumnKind::Text if COLUMNS[place] == "Standing" => Look::Text(40),
        ColumnKind::Text => Look::Text(14),
        ColumnKind::Sentence => Look::Sentence(60),
        ColumnKind::Dollars => Look::Dollars,
        ColumnKind::Money => Look::Money,
    };
    let note = |place: usize| COLUMNS[place].ends_with("Restated").then(|| RESTATED_NOTE.to_string());
    let headings = headings(&header.cells).into_iter().enumerate();
    headings.map(|(place, heading)| OurColumn { heading, look: look(place), note: note(place) }).collect()
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
    /// The rows settle the order of day and month otherwise than was assumed: start again.
    Again(DateOrders),
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
    let mut orders = DateOrders::default();
    let mut passes = 0;
    let (unplaced, facts) = loop {
        let (pass, facts) = with_reader(path, options.sheet.as_deref(), |from| {
            one_pass(casebook, path, &names, options, orders, progress, &from)
        })?;
        passes += 1;
        match pass {
            Pass::Done(unplaced) => break (*unplaced, facts),
            Pass::Again(settled) if passes == 1 => orders = settled,
            Pass::Again(_) => return Err(internal(path, "the order of day and month did not settle")),
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
    remove_if_there(&names.manifest).map_err(failed(&names.manifest))?;
    let mut outputs = Vec::new();
    for ready in [annotated, report, exceptions] {
        let destination = ready.destination().to_path_buf();
        let written = ready.put().map_err(failed(&destination))?;
        let name = destination.file_name().unwrap_or_default().to_string_lossy().into_owned();
        outputs.push(FileEntry { name, sha256: written.sha256, bytes: written.bytes });
    }
    let input = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let manifest = manifest(casebook, options, &input, facts, outputs, &tally);
    let mut file = WholeFile::begin(&names.manifest).map_err(failed(&names.manifest))?;
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| internal(path, &error.to_string()))?;
    writeln!(file.writer(), "{text}").map_err(failed(&names.manifest))?;
    file.complete().and_then(Ready::put).map_err(failed(&names.manifest))?;
    Ok(FileOutcome { tally, manifest, names })
}

fn one_pass(
    casebook: &Casebook,
    path: &Path,
    names: &OutputNames,
    options: &RunOptions,
    orders: DateOrders,
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
    progress.begin(&header.source.file, header.bytes);
    std::fs::create_dir_all(&options.out).map_err(failed(&options.out))?;
    let (mut annotated, encoder) =
        Annotated::begin(&names.annotated, options.format, &header, our_columns(&header), options.as_of.0)
            .map_err(failed(&names.annotated))?;
    let mut exceptions = WholeFile::begin(&names.exceptions).map_err(failed(&names.exceptions))?;
    let headings = ExceptionsCsv::headings().map_err(|error| internal(path, &error.to_string()))?;
    exceptions.writer().write_all(&headings).map_err(failed(&names.exceptions))?;
    let shop = Shop {
        casebook,
        options,
        grouping: Grouping { columns, orders },
        source: Arc::clone(&header.source),
        memos: Memos::default(),
    };
    let mut keys = Keys::default();
    let mut evidence = [Evidence::default(); DATE_HEADINGS.len()];
    let (mut tally, mut causes) = (Tally::default(), Causes::default());
    loop {
        let pieces = some_pieces(from);
        if pieces.is_empty() {
            break;
        }
        let mut found: Vec<Found> = pieces.into_par_iter().map(|piece| shop.find(piece)).collect();
        for piece in &mut found {
            evidence.iter_mut().zip(piece.evidence).for_each(|(all, some)| all.add(some));
            for (line, findings) in &mut piece.lines {
                if let Some(again) = keys.check(line) {
                    findings.refuse(again);
                }
            }
        }
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
    let settled = DateOrders(evidence.map(|column| column.order()));
    if settled != orders && differs(&evidence, orders, settled) {
        return Ok(Pass::Again(settled));
    }
    if !tally.ties_out() {
        return Err(internal(path, "rows in and rows out do not tie out"));
    }
    let report = report(casebook, names, &header, options, &tally, &causes).map_err(failed(&names.report))?;
    let annotated = annotated.complete().map_err(failed(&names.annotated))?;
    let exceptions = exceptions.complete().map_err(failed(&names.exceptions))?;
    Ok(Pass::Done(Box::new(Unplaced { annotated, exceptions, report, tally })))
}

/// True if a date was read under an order that the whole column does not bear out.
fn differs(evidence: &[Evidence; DATE_HEADINGS.len()], assumed: DateOrders, settled: DateOrders) -> bool {
    let columns = evidence.iter().zip(assumed.0.iter().zip(settled.0));
    columns.into_iter().any(|(evidence, (assumed, settled))| evidence.either > 0 && *assumed != settled)
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

/// Looks through a file without writing. `look` sees every piece's lines with their findings, in order.
///
/// # Errors
/// The file cannot be read.
pub fn survey_file<T: Default>(
    casebook: &Casebook,
    path: &Path,
    options: &RunOptions,
    mut look: impl FnMut(&mut T, &EntryLine, &LineFindings),
) -> Result<Survey<T>, FileError> {
    let mut orders = DateOrders::default();
    loop {
        let (survey, _) = with_reader(path, options.sheet.as_deref(), |from| {
            let Ok(Message::Header(header)) = from.recv() else {
                return Err(internal(path, "nothing was read"));
            };
            let (header, columns) = *header;
            let (source, memos) = (Arc::clone(&header.source), Memos::default());
            let shop = Shop {
                casebook,
                options,
                grouping: Grouping { columns: columns.clone(), orders },
                source,
                memos,
            };
            let (mut keys, mut found) = (Keys::default(), T::default());
            let mut evidence = [Evidence::default(); DATE_HEADINGS.len()];
            loop {
                let pieces = some_pieces(&from);
                if pieces.is_empty() {
                    break;
                }
                let pieces: Vec<Found> = pieces.into_par_iter().map(|piece| shop.find(piece)).collect();
                for mut piece in pieces {
                    evidence.iter_mut().zip(piece.evidence).for_each(|(all, some)| all.add(some));
                    for (line, findings) in &mut piece.lines {
                        if let Some(again) = keys.check(line) {
                            findings.refuse(again);
                        }
                        look(&mut found, line, findings);
                    }
                }
            }
            let settled = DateOrders(evidence.map(|column| column.order()));
            let again = settled != orders && differs(&evidence, orders, settled);
            Ok((again.then_some(settled), Survey { header, columns, orders, found }))
        })?;
        match survey {
            (None, survey) => return Ok(survey),
            (Some(settled), _) if settled != orders => orders = settled,
            (Some(_), _) => return Err(internal(path, "the order of day and month did not settle")),
        }
    }
}

/// Lines whose cells were given by hand, as `explain` does with facts typed on a command line.
pub fn find_by_hand(
    casebook: &Casebook,
    columns: &Columns,
    cells: Vec<Cell>,
    as_of: KnownDay,
) -> Option<(EntryLine, LineFindings)> {
    let grouping = Grouping { columns: columns.clone(), orders: DateOrders::default() };
    let row = Row::of_cells(1, cells);
    let (lines, _) = lines(&grouping, std::slice::from_ref(&row));
    let line = lines.into_iter().next()?;
    let findings = Memos::default().with(|memo| memo.findings(casebook, &line, as_of));
    Some((line, findings))
}
