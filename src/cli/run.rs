//! `run`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{FormatArg, RunArgs, SplitArg};
use super::exit::{Exit, Failure, of_file};
use super::kept::{self, Kept};
use super::law::heading;
use super::log::Log;
use super::options::{AsOf, DatesArg, FileOption, LimitArgs};
use super::overall::Overall;
use super::several::{Batch, failed_on};
use super::terminal::{Bar, complain, grouped, say};
use super::worker::{Watcher, limit_memory};
use crate::batch::folder::{Held, entry_files};
use crate::batch::{
    FileError, FileOutcome, OutputNames, Progress, RunOptions, Split, names, run_file, shared,
};
use crate::casebook::Casebook;
use crate::determine::Action;
use crate::entry::{Crosswalk, Products, Profile};
use crate::report::tally::Tally;
use crate::report::what_if::{by_case, without_figure};
use crate::report::workbook::tested_against;
use crate::spreadsheet::deflate::LEVEL_DEFAULT;
use crate::spreadsheet::{Format, SpreadsheetError};
use crate::terms::money::Grouped;
use crate::terms::{Code, KnownDay};

/// The as-of day: what was typed, or today's local civil date.
pub fn as_of(args: &AsOf) -> KnownDay {
    KnownDay(args.day.unwrap_or_else(|| jiff::Zoned::now().date()))
}

/// Options for looking through a file without writing.
pub fn looking(
    as_of: KnownDay,
    sheets: &[String],
    file: &FileOption,
    limits: &LimitArgs,
    (crosswalk, products): (Arc<Crosswalk>, Arc<Products>),
) -> Result<RunOptions, Failure> {
    Ok(RunOptions {
        format: Format::Csv,
        sheets: sheets.to_vec(),
        dates: file.order.map(DatesArg::order),
        encoding: file.encoding,
        package: limits.package(),
        each_apart: true,
        crosswalk,
        products,
        columns: profile(file)?,
        ..RunOptions::new(as_of, PathBuf::new())
    })
}

/// The column profile that was asked for.
fn profile(file: &FileOption) -> Result<Option<Arc<Profile>>, Failure> {
    let named = file.columns.as_deref().map(Profile::named).transpose();
    named.map(|profile| profile.map(Arc::new)).map_err(|error| Failure::Usage(error.to_string()))
}

/// What a run is asked to do with its casebook.
struct Asked {
    casebook: Casebook,
    options: RunOptions,
}

fn asked(args: &RunArgs) -> Result<Asked, Failure> {
    let Kept { casebook, crosswalk, products, records, notes } =
        kept::read(&args.reading.cases, &args.reading.kept)?;
    let options = RunOptions {
        crosswalk,
        products,
        columns: profile(&args.reading.file)?,
        records,
        notes,
        format: match args.format {
            FormatArg::Xlsx => Format::Xlsx,
            FormatArg::Csv => Format::Csv,
        },
        sheets: args.sheets.names.clone(),
        force: args.force,
        verify: args.verify,
        dates: args.reading.file.order.map(DatesArg::order),
        encoding: args.reading.file.encoding,
        package: args.reading.limits.package(),
        level: args.level.unwrap_or(LEVEL_DEFAULT),
        abi53: args.abi53.clone(),
        split: args.split.map(|SplitArg::Importer| Split::Importer),
        ..RunOptions::new(as_of(&args.reading.as_of), args.out.clone())
    };
    Ok(Asked { casebook, options })
}

/// The files behind what was typed: a folder stands for the entry files in it.
fn inputs(args: &RunArgs) -> Result<Vec<PathBuf>, Failure> {
    let mut inputs = Vec::new();
    for input in &args.inputs {
        if !input.is_dir() {
            inputs.push(input.clone());
            continue;
        }
        let unreadable = |source| FileError::Input(SpreadsheetError::Io { path: input.clone(), source });
        let files = entry_files(input).map_err(unreadable)?;
        if files.is_empty() {
            return Err(Failure::Usage(format!(
                "there are no entry files in the folder {}",
                input.display()
            )));
        }
        inputs.extend(files);
    }
    Ok(inputs)
}

/// Runs every input, each in a process of its own; a rejected one does not stop the others.
///
/// # Errors
/// A case folder is refused, the output folder is held by another run, or something was typed that cannot be done.
pub fn run(args: &RunArgs) -> Result<Exit, Failure> {
    if args.reading.limits.worker {
        return work(args);
    }
    let inputs = inputs(args)?;
    // Outputs of an assumption stand beside the real ones and never in their place.
    let mark = if args.reading.cases.assume.is_some() { ".hypothetical" } else { "" };
    let bases: Vec<String> = names(&inputs).into_iter().map(|name| name + mark).collect();
    if let Some(name) = shared(&bases) {
        return Err(Failure::Usage(format!(
            "two inputs are called {name}; run them apart, each with a folder of its own (-o)"
        )));
    }
    if let (Some(file), [base]) = (&args.abi53, &bases[..]) {
        let set = OutputNames::new(&args.out, base, Format::Xlsx, false).set();
        let others = set.outputs.iter().chain([&set.manifest]).filter_map(|path| path.file_name());
        let csv = format!("{base}.annotated.csv");
        if others.map(|name| name.to_string_lossy()).any(|name| name.eq_ignore_ascii_case(file))
            || csv == *file
        {
            return Err(Failure::Usage(format!("--abi53 {file}: another output has this name")));
        }
    } else if args.abi53.is_some() {
        return Err(Failure::Usage("--abi53 writes one file: give one input".to_string()));
    }
    let log = Log::open(args.log.as_deref(), &inputs, args.quiet)?;
    let Asked { casebook, options } = asked(args)?;
    if !args.quiet {
        options.notes.iter().for_each(|note| complain(note));
    }
    let held = Held::hold(&options.out)?;
    let sizes: Vec<u64> =
        inputs.iter().map(|input| std::fs::metadata(input).map_or(0, |metadata| metadata.len())).collect();
    let overall = Overall { files: inputs.len() as u64, behind: sizes.iter().sum(), ..Overall::default() };
    let mut batch =
        Batch { args, casebook, options, watcher: Watcher::new()?, held, files: Vec::new(), log, overall };
    let mut exit = Exit::Finished;
    let mut told: Vec<serde_json::Value> = Vec::new();
    for ((input, base), bytes) in inputs.iter().zip(&bases).zip(sizes) {
        if let Some(code) = batch.watcher.told() {
            exit = exit.worst(Exit::Told(code));
        }
        if matches!(exit, Exit::Told(_)) {
            batch.not_reached(input);
            continue;
        }
        let (ended, manifest) = batch.one(input, base, bytes)?;
        exit = exit.worst(ended);
        match manifest {
            Some(manifest) => told.push(serde_json::to_value(manifest).map_err(std::io::Error::other)?),
            None => told.extend(batch.files.last().and_then(|file| serde_json::to_value(file).ok())),
        }
    }
    if inputs.len() > 1 || args.inputs[0].is_dir() {
        batch.conclude()?;
    }
    if args.json {
        say(&serde_json::to_string_pretty(&told).map_err(std::io::Error::other)?)?;
    }
    exit = exit.worst(batch.log.exit());
    let some_finished = batch.files.iter().any(|file| file.result.is_well());
    Ok(if exit == Exit::Rejected && some_finished { Exit::SomeRejected } else { exit })
}

/// One input, in this process.
fn work(args: &RunArgs) -> Result<Exit, Failure> {
    limit_memory(&args.reading.limits);
    let (Some(input), Some(base)) = (&args.only, &args.base) else {
        return Err(Failure::Usage("a worker needs its input".to_string()));
    };
    if let Some(threads) = args.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
        pool.map_err(|error| Failure::Usage(format!("--threads {threads}: {error}")))?;
    }
    let Asked { casebook, options } = asked(args)?;
    let bar = Bar::new(args.quiet, args.overall);
    let ran = run_file(&casebook, input, base, &options, &bar);
    bar.end();
    match ran {
        Ok(outcome) => {
            if !args.quiet && !args.json {
                let told = summary(input, &outcome, &tested_against(&casebook), options.as_of);
                say(&format!("{}{told}", heading(&casebook)))?;
            }
            Ok(failed_on(args.fail_on, &outcome.manifest))
        }
        Err(error) => {
            // Who watches tells it; where that fails, it is told here.
            let left = args.word.as_ref().map(|word| std::fs::write(word, error.to_string()));
            if left.is_none_or(|left| left.is_err()) {
                complain(&error.to_string());
            }
            Ok(of_file(&error))
        }
    }
}

fn summary(input: &Path, outcome: &FileOutcome, tested: &str, as_of: KnownDay) -> String {
    let FileOutcome { tally, without, manifest, names, anew, notes, profile } = outcome;
    let mut text = format!("{}\n{}  as of {as_of}\n\n", tested, input.display());
    text.push_str(&actions(tally));
    if let Some(without) = without {
        text.push_str(&compared(tally, without));
    }
    text.push_str("\nWritten\n");
    for (path, what) in [
        (&names.annotated, "your rows with the answer on every line"),
        (&names.report, "what a person must look at, by stake"),
        (&names.exceptions, "every exception, for machines"),
        (&names.refunds, "deposits that no longer stand, for machines"),
        (&names.corrections, "entries that want correcting, for machines"),
        (&names.deadlines, "days by which somebody has to act, for machines"),
        (&names.manifest, "hashes and control totals"),
    ] {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if *path != names.manifest && !manifest.outputs.iter().any(|output| output.name == name) {
            continue;
        }
        text.push_str(&format!("  {}  {what}\n", path.display()));
    }
    if let Some(path) = &names.abi53 {
        let refused = grouped(tally.codes.get(&Code::AE01).copied().unwrap_or_default());
        let what = format!("53-records; {refused} lines with a deposit have none (AE01)");
        text.push_str(&format!("  {}  {what}\n", path.display()));
    }
    if let Some(packs) = &manifest.packs {
        let folder = names.manifest.with_file_name(&packs.folder);
        let lines: u64 = packs.packs.iter().map(|pack| pack.lines).sum();
        let (importers, lines) = (grouped(packs.packs.len() as u64), grouped(lines));
        let what = format!("{importers} importers, {lines} lines: a pack for each, with a letter");
        text.push_str(&format!("  {}  {what}\n", folder.display()));
    }
    if profile != "adcvd" {
        text.push_str(&format!("Note: the columns are those of the profile {profile}.\n"));
    }
    if tally.hidden_rows > 0 {
        let rows = grouped(tally.hidden_rows);
        text.push_str(&format!(
            "Note: {rows} rows are hidden in the sheet; they were read like any other.\n"
        ));
    }
    for note in notes {
        text.push_str(&format!("Note: {note}.\n"));
    }
    if let Some(anew) = anew {
        text.push_str(&format!("Note: {}.\n", anew.told()));
    }
    text
}

/// What is due without an assumption and with it.
fn compared(with: &Tally, without: &Tally) -> String {
    let mut text = format!("\n  {:<12}{:>40}{:>40}\n", "", "at entry, without it and with it", "restated");
    for case in by_case(with, without) {
        text.push_str(&format!("  {:<12}", case.case.to_string()));
        for sums in [case.without.at_entry, case.with.at_entry, case.without.restated, case.with.restated] {
            text.push_str(&format!("{:>20}", Grouped(sums).to_string()));
        }
        text.push('\n');
    }
    text + &format!("  {}\n", without_figure(with, without))
}

pub(super) fn actions(tally: &Tally) -> String {
    let mut text =
        format!("  {:<12}{:>10}{:>22}{:>22}\n", "", "lines", "deposit at entry", "deposit restated");
    for action in Action::ALL {
        let Some(sums) = tally.actions.get(&action) else { continue };
        let (at_entry, restated) = match action {
            Action::NotTested => (String::new(), String::new()),
            Action::NoFigure => ("not known".to_string(), Grouped(sums.restated).to_string()),
            _ => (Grouped(sums.at_entry).to_string(), Grouped(sums.restated).to_string()),
        };
        text.push_str(&format!(
            "  {:<12}{:>10}{at_entry:>22}{restated:>22}\n",
            action.text(),
            grouped(sums.lines)
        ));
    }
    let all = &tally.all;
    let (at_entry, restated) = (Grouped(all.at_entry).to_string(), Grouped(all.restated).to_string());
    text.push_str(&format!("  {:<12}{:>10}{at_entry:>22}{restated:>22}\n", "all", grouped(all.lines)));
    let open = tally.lines(Action::NoFigure);
    if open > 0 {
        text.push_str(&format!("  The sums are of lines with a figure; {} have none.\n", grouped(open)));
    }
    text
}
