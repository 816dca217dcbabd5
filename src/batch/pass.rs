//! One reading of a file, sheet after sheet: its outputs under their temporary names, or what it has to be read again
//! with.

use std::io;
use std::path::Path;
use std::sync::mpsc::Receiver;

use super::input::Input;
use super::line_keys::LineKeys;
use super::outputs::OutputNames;
use super::piece::{Shop, Told, our_columns};
use super::pipeline::{FileError, Progress, RunOptions, failed, internal};
use super::placing::Unplaced;
use super::read_notes::ReadNotes;
use super::reader::{End, Message, headings, some_pieces};
use super::survey::count;
use super::totals::FileTotals;
use super::writing::{Complete, Writing};
use crate::casebook::Casebook;
use crate::entry::{ColumnEvidence, Columns, Writings};
use crate::report::tally::Tally;
use crate::report::watch_sheets::Agenda;
use crate::report::workbook::{self, Gathered, RunFacts};
use crate::spreadsheet::annotated::Anew;
use crate::spreadsheet::read::Header;
use crate::spreadsheet::whole_file::Ready;
use crate::spreadsheet::{Format, Layout, Shape, SheetShape, WholeFile};
use crate::terms::Heading;
use crate::terms::place::column_letters;

/// What a pass over the file ended with.
pub(super) enum Pass {
    Done(Box<Unplaced>),
    /// The whole file settles something otherwise than was assumed: start again.
    Again(Settled),
}

/// What only a whole file settles, of each of its sheets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Settled {
    /// How its columns write.
    pub(super) writings: Vec<Writings>,
    /// The form of the annotated file.
    pub(super) layouts: Vec<Layout>,
}

/// What is to be done.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) casebook: &'a Casebook,
    pub(super) input: Input<'a>,
    pub(super) names: &'a OutputNames,
    pub(super) options: &'a RunOptions,
    pub(super) progress: &'a dyn Progress,
}

/// Reads the input once, sheet after sheet.
pub(super) fn one_pass(
    job: &Job<'_>,
    mut assumed: Settled,
    from: &Receiver<Message>,
) -> Result<Pass, FileError> {
    let Job { casebook, input, names, options, progress } = *job;
    let path = input.path();
    let (headers, columns) = headings(path, from)?;
    if options.split.is_some() {
        names_importers(path, &headers, &columns)?;
    }
    if options.format == Format::Csv {
        same_headings(path, &headers)?;
    }
    if let Some(header) = headers.first() {
        progress.begin(&header.source.file, header.work);
    }
    std::fs::create_dir_all(&options.out).map_err(failed(&options.out))?;
    assumed.writings.resize(headers.len(), Writings::default());
    assumed.layouts.resize(headers.len(), Layout::default());
    let sheets = headers.iter().zip(&assumed.layouts);
    let mut shape = Shape {
        format: options.format,
        sheets: sheets
            .map(|(header, layout)| SheetShape { columns: our_columns(header, casebook), layout: *layout })
            .collect(),
        level: options.level,
        as_of: options.as_of.0,
    };
    let was_anew = shape.anew().is_some();
    let prepared = shape.settle(&headers).map_err(failed(path))?;
    let anew = shape.anew();
    if anew.is_some() && !was_anew {
        return Ok(Pass::Again(Settled { layouts: shape.layouts(), ..assumed }));
    }
    let all: Vec<bool> = headers.iter().map(|header| shape.needs_all(header)).collect();
    let hypothetical = casebook.assumed().is_some();
    let writing =
        Writing::begin(names, shape, &headers, prepared, hypothetical).map_err(failed(&names.exceptions))?;
    let mut pass = Sheets { path, names, progress, from, writing, seen: input.seen() };
    let mut evidence = ColumnEvidence::default();
    let mut read_notes = ReadNotes::default();
    for (sheet, header) in headers.iter().enumerate() {
        let (columns, writings) = (columns[sheet].clone(), assumed.writings[sheet]);
        let shop = Shop::of_sheet(casebook, options, header, sheet, columns, writings);
        let shop = Shop { all: all[sheet], ..shop };
        let tail = pass.sheet(&shop, &mut evidence)?;
        read_notes.of_sheet(header, &tail);
    }
    // The columns of all sheets are read as one, so what one tells of its writing counts for all.
    let settled = assumed.writings.iter().zip(&columns);
    let settled =
        settled.map(|(writings, columns)| evidence.settled(*writings, options.dates, columns.dates()));
    let writings: Vec<Writings> = match input.writings() {
        Some(_) => assumed.writings.clone(),
        None => settled.collect(),
    };
    let Complete { annotated, exceptions, others: further, counted } =
        pass.writing.complete().map_err(failed(&names.annotated))?;
    let FileTotals { tally, causes, names: waiting, products, watch, deposits, ace } = counted;
    let annotated = match annotated {
        Ok(annotated) if writings == assumed.writings => annotated,
        again => {
            let layouts = again.err().unwrap_or(assumed.layouts);
            return Ok(Pass::Again(Settled { writings, layouts }));
        }
    };
    let notes = read_notes.told(&headers, &writings);
    if !tally.ties_out() || !deposits.ties_out(&tally.all) || annotated.rows != tally.rows {
        let problem = format!("{} rows came in and {} went out", tally.rows, annotated.rows);
        return Err(internal(path, &problem));
    }
    let without = without_assumption(job, &tally)?;
    let facts = RunFacts {
        input: headers.first().map(|header| header.source.file.clone()).unwrap_or_default(),
        as_of: options.as_of.0,
        version: env!("CARGO_PKG_VERSION"),
        exceptions_csv: name_of(&names.exceptions),
        watch_csvs: [&names.refunds, &names.corrections, &names.deadlines].map(|path| name_of(path)),
        written_anew: anew.map(Anew::told),
        notes: [&options.notes[..], &notes].concat(),
        sheets: headers.iter().map(|header| header.source.sheet.clone()).collect(),
        annotated: (name_of(&names.annotated), annotated.sheets.clone()),
        addressee: input.addressee().cloned(),
    };
    let agenda = Agenda::of(&watch, options.as_of);
    let gathered = Gathered {
        causes: &causes,
        names: &waiting,
        products: &products,
        confirmed: &options.products,
        watch: &watch,
        agenda: &agenda,
        deposits: &deposits,
        ace: &ace,
        without: without.as_ref(),
    };
    let report = report(casebook, names, &facts, &tally, &gathered).map_err(failed(&names.report))?;
    let exceptions = exceptions.complete().map_err(failed(&names.exceptions))?;
    let mut others = vec![report, exceptions];
    for file in further {
        others.push(file.complete().map_err(failed(path))?);
    }
    let days = [
        (&names.corrections, agenda.corrections_csv(hypothetical)),
        (&names.deadlines, agenda.deadlines_csv(hypothetical)),
    ];
    for (path, csv) in days.into_iter().filter(|(_, csv)| !csv.is_empty()) {
        others.push(whole(path, csv).map_err(failed(path))?);
    }
    let mut profiles: Vec<&str> = columns.iter().map(Columns::profile).collect();
    profiles.dedup();
    let profile = profiles.join(", ");
    Ok(Pass::Done(Box::new(Unplaced { annotated, others, tally, without, anew, notes, profile })))
}

/// The sheets of a file on their way through one pass.
struct Sheets<'a> {
    path: &'a Path,
    names: &'a OutputNames,
    progress: &'a dyn Progress,
    from: &'a Receiver<Message>,
    writing: Writing,
    /// Lines of all sheets.
    seen: LineKeys,
}

impl Sheets<'_> {
    /// Takes a sheet from its first piece to its end; what stands behind its rows.
    fn sheet(&mut self, shop: &Shop<'_>, evidence: &mut ColumnEvidence) -> Result<Vec<u8>, FileError> {
        let Sheets { path, names, progress, from, writing, seen } = self;
        // While some pieces are told, those before them are written.
        let mut told: Vec<Told> = Vec::new();
        loop {
            let received = some_pieces(from);
            if received.pieces.is_empty() && received.end.is_none() {
                return Err(internal(path, "the file ended early"));
            }
            let appender = writing.appender(shop, &received.pieces)?.map_err(failed(&names.annotated))?;
            let before = std::mem::take(&mut told);
            let (written, next) = rayon::join(
                || writing.write(before, &appender, *progress),
                || shop.tell(received.pieces, seen, &appender),
            );
            written.map_err(failed(&names.annotated))?;
            writing.tell_largest(&shop.largest);
            told = next?;
            for piece in &told {
                evidence.add(&piece.evidence);
            }
            match received.end {
                None => {}
                Some(End::Fault(error)) => return Err(error),
                Some(End::Tail(tail)) => {
                    let written = writing.write(told, &appender, *progress);
                    let ended = written.and_then(|()| writing.end_sheet(&tail));
                    ended.map_err(failed(&names.annotated))?;
                    return Ok(tail);
                }
            }
        }
    }
}

/// Refuses a file that does not say whose its lines are.
fn names_importers(path: &Path, headers: &[Header], columns: &[Columns]) -> Result<(), FileError> {
    let mut sheets = headers.iter().zip(columns);
    let Some((header, _)) = sheets.find(|(_, columns)| !columns.has(Heading::ImporterNumber)) else {
        return Ok(());
    };
    let sheet = match headers.len() {
        1 => String::new(),
        _ => format!(", sheet {:?}", header.source.sheet),
    };
    let found = header.cells.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
    let found = found.collect::<Vec<_>>().join(" · ");
    Err(FileError::NoImporter { path: path.to_path_buf(), sheet, found })
}

/// Refuses sheets that are headed differently: a CSV has one row of headings.
fn same_headings(path: &Path, headers: &[Header]) -> Result<(), FileError> {
    let Some((one, others)) = headers.split_first() else { return Ok(()) };
    for other in others {
        let shown = |header: &Header, column: usize| match header.cells.get(column).map(|text| text.trim()) {
            None | Some("") => "nothing".to_string(),
            Some(text) => format!("{text:?}"),
        };
        let columns = one.cells.len().max(other.cells.len());
        let differs = (0..columns).find(|column| shown(one, *column) != shown(other, *column));
        if let Some(column) = differs {
            let letters = column_letters(column);
            let differs = format!(
                "the headings of sheet {:?} are not those of sheet {:?} (column {letters}: {}, not {})",
                other.source.sheet,
                one.source.sheet,
                shown(other, column),
                shown(one, column)
            );
            let path = path.to_path_buf();
            return Err(FileError::SheetsDiffer { path, differs });
        }
    }
    Ok(())
}

/// What the file counts without what is assumed: law is asked of every line once more.
fn without_assumption(job: &Job<'_>, tally: &Tally) -> Result<Option<Tally>, FileError> {
    let Some(assumed) = job.casebook.assumed() else { return Ok(None) };
    let counted = count(&assumed.without, job.input, job.options)?.found.tally;
    if counted.all.lines != tally.all.lines {
        return Err(internal(job.input.path(), "with and without the assumption its lines are not the same"));
    }
    Ok(Some(counted))
}

fn report(
    casebook: &Casebook,
    names: &OutputNames,
    facts: &RunFacts,
    tally: &Tally,
    gathered: &Gathered<'_>,
) -> io::Result<Ready> {
    let mut bytes = io::Cursor::new(Vec::new());
    workbook::write(casebook, facts, tally, gathered, &mut bytes).map_err(io::Error::other)?;
    WholeFile::begin(&names.report)?.complete_container(bytes.into_inner())
}

/// The name of an output, without its folder.
fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn whole(path: &Path, bytes: Vec<u8>) -> io::Result<Ready> {
    let mut file = WholeFile::begin(path)?;
    file.put(bytes)?;
    file.complete()
}
