//! `run`.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::args::{AsOf, DatesArg, FailOn, FileOption, FormatArg, RunArgs};
use super::exit::{Exit, Failure, of_file};
use super::kept::{self, Kept};
use super::terminal::{Bar, complain, grouped, say};
use super::worker::{Ended, Given, Watcher, limit_memory};
use crate::batch::folder::{Held, done_before, entry_files};
use crate::batch::manifest::{Manifest, manifest};
use crate::batch::{FileError, FileOutcome, OutputNames, RunOptions, names, run_file, shared};
use crate::casebook::Casebook;
use crate::casebook::load::load;
use crate::determine::Action;
use crate::entry::{Crosswalk, Profile};
use crate::report::tally::Tally;
use crate::report::workbook::tested_against;
use crate::spreadsheet::deflate::LEVEL_DEFAULT;
use crate::spreadsheet::{Format, InputFacts, SpreadsheetError, WholeFile};
use crate::terms::money::Grouped;
use crate::terms::{Code, KnownDay};

/// The as-of day: what was typed, or today's local civil date.
pub fn as_of(args: &AsOf) -> KnownDay {
    KnownDay(args.day.unwrap_or_else(|| jiff::Zoned::now().date()))
}

/// Options for looking through a file without writing.
pub fn looking(
    as_of: KnownDay,
    sheet: Option<String>,
    file: &FileOption,
    crosswalk: Arc<Crosswalk>,
) -> Result<RunOptions, Failure> {
    Ok(RunOptions {
        format: Format::Csv,
        sheet,
        dates: file.order.map(DatesArg::order),
        encoding: file.encoding,
        each_apart: true,
        crosswalk,
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
    let Kept { casebook, crosswalk, records, notes } = kept::read(load(&args.cases.folders)?, &args.kept)?;
    let options = RunOptions {
        crosswalk,
        columns: profile(&args.file)?,
        records,
        notes,
        format: match args.format {
            FormatArg::Xlsx => Format::Xlsx,
            FormatArg::Csv => Format::Csv,
        },
        sheet: args.sheet.clone(),
        force: args.force,
        dates: args.file.order.map(DatesArg::order),
        encoding: args.file.encoding,
        level: args.level.unwrap_or(LEVEL_DEFAULT),
        abi53: args.abi53.clone(),
        ..RunOptions::new(as_of(&args.as_of), args.out.clone())
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
    if args.limits.worker {
        return work(args);
    }
    let inputs = inputs(args)?;
    let bases = names(&inputs);
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
    let Asked { casebook, options } = asked(args)?;
    if !args.quiet {
        options.notes.iter().for_each(|note| complain(note));
    }
    let held = Held::hold(&options.out)?;
    let mut batch = Batch { args, casebook, options, watcher: Watcher::new()?, held, files: Vec::new() };
    let mut exit = Exit::Finished;
    let mut told: Vec<serde_json::Value> = Vec::new();
    for (input, base) in inputs.iter().zip(&bases) {
        if let Some(code) = batch.watcher.told() {
            exit = exit.worst(Exit::Told(code));
        }
        if matches!(exit, Exit::Told(_)) {
            batch.not_reached(input);
            continue;
        }
        let (ended, manifest) = batch.one(input, base)?;
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
    let some_finished = batch.files.iter().any(|file| matches!(file.result, "finished" | "unchanged"));
    Ok(if exit == Exit::Rejected && some_finished { Exit::SomeRejected } else { exit })
}

/// What became of an input, as the run's summary tells it.
#[derive(Serialize)]
struct FileResult {
    input: String,
    /// `finished`, `unchanged`, `rejected`, `interrupted` or `not reached`.
    result: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<String>,
    lines: u64,
}

/// Several inputs on their way.
struct Batch<'a> {
    args: &'a RunArgs,
    casebook: Casebook,
    options: RunOptions,
    watcher: Watcher,
    held: Held,
    files: Vec<FileResult>,
}

impl Batch<'_> {
    /// One input: nothing where nothing would come out otherwise, else a worker.
    fn one(&mut self, input: &Path, base: &str) -> Result<(Exit, Option<Manifest>), Failure> {
        let names = OutputNames::new(&self.options.out, base, self.options.format, false)
            .with_abi53(&self.options.abi53);
        let name = input.file_name().unwrap_or(input.as_os_str()).to_string_lossy().into_owned();
        if !self.args.force {
            let facts = InputFacts::default();
            let wanted =
                manifest(&self.casebook, &self.options, &name, &facts, Vec::new(), &Tally::default());
            if let Some(known) = done_before(&names, input, &wanted) {
                names.set().end_placing()?;
                if !self.args.quiet && !self.args.json {
                    let text = "unchanged since it was run: nothing was done (--force does it again)";
                    say(&format!("{}: {text}", input.display()))?;
                }
                let ended = failed_on(self.args.fail_on, &known);
                self.note(name, "unchanged", String::new(), &names, Some(&known));
                return Ok((ended, Some(known)));
            }
        }
        let word =
            tempfile::Builder::new().prefix(".adcvd-").suffix(".tmp").tempfile_in(&self.options.out)?;
        let mut more: Vec<OsString> = Vec::new();
        for (option, value) in
            [("--only", input.as_os_str()), ("--base", base.as_ref()), ("--word", word.path().as_os_str())]
        {
            // Joined, so that a name may begin with a hyphen.
            let mut joined = OsString::from(option);
            joined.push("=");
            joined.push(value);
            more.push(joined);
        }
        if self.args.as_of.day.is_none() {
            // Today is read once.
            more.extend(["--as-of".into(), self.options.as_of.to_string().into()]);
        }
        let given = Given { capture: self.args.json, hold: Some(self.held.shared()?) };
        let (ended, said) = self.watcher.again(1, &more, &self.args.limits, given)?;
        let message = match ended.told(&input.display().to_string(), &self.args.limits) {
            Some(told) => {
                complain(&told);
                self.held.clear();
                told
            }
            None => std::fs::read_to_string(word.path()).unwrap_or_default(),
        };
        let exit = match ended {
            Ended::Code(code) => Exit::of_code(code),
            Ended::TooLong | Ended::Died(_) => Exit::Rejected,
            Ended::Told(code) => {
                self.held.clear();
                Exit::Told(code)
            }
        };
        let finished = matches!(exit, Exit::Finished | Exit::FailedOn);
        let known = finished.then(|| names.manifest_there()).flatten();
        if !said.is_empty() && known.is_none() {
            say(&String::from_utf8_lossy(&said))?;
        }
        let result = match exit {
            Exit::Told(_) => "interrupted",
            _ if finished => "finished",
            _ => "rejected",
        };
        self.note(name, result, message, &names, known.as_ref());
        Ok((exit, known))
    }

    /// An input that a run which was told to stop did not come to.
    fn not_reached(&mut self, input: &Path) {
        let input = input.file_name().unwrap_or(input.as_os_str()).to_string_lossy().into_owned();
        self.files.push(FileResult {
            input,
            result: "not reached",
            message: String::new(),
            manifest: None,
            lines: 0,
        });
    }

    fn note(
        &mut self,
        input: String,
        result: &'static str,
        message: String,
        names: &OutputNames,
        manifest: Option<&Manifest>,
    ) {
        let lines = manifest.map_or(0, |manifest| manifest.totals.lines);
        let name = names.manifest.file_name().map(|name| name.to_string_lossy().into_owned());
        let manifest = manifest.and(name);
        self.files.push(FileResult { input, result, message, manifest, lines });
    }

    /// The summary of a run of several files: a table on the terminal, and `adcvd.run.json`.
    fn conclude(&self) -> Result<(), Failure> {
        let path = self.options.out.join("adcvd.run.json");
        let known = std::fs::read(&path).ok();
        let ours = |text: &Vec<u8>| {
            let known: Option<serde_json::Value> = serde_json::from_slice(text).ok();
            known.is_some_and(|known| known["program"] == "adcvd" && known["files"].is_array())
        };
        if !self.args.force && path.exists() && !known.as_ref().is_some_and(ours) {
            return Err(FileError::Exists(path).into());
        }
        let summary = serde_json::json!({
            "program": "adcvd",
            "version": env!("CARGO_PKG_VERSION"),
            "as_of": self.options.as_of.to_string(),
            "casebook_sha256": self.casebook.sha256(),
            "files": self.files,
        });
        let text = serde_json::to_string_pretty(&summary).map_err(std::io::Error::other)?;
        let written = WholeFile::begin(&path).and_then(|mut file| {
            writeln!(file, "{text}")?;
            file.complete()?.put()
        });
        written.map_err(|source| FileError::Output { path, source })?;
        if self.args.quiet || self.args.json {
            return Ok(());
        }
        let mut table = format!("\n{:<11}{:>10}  file\n", "result", "lines");
        for file in &self.files {
            table.push_str(&format!("{:<11}{:>10}  {}\n", file.result, grouped(file.lines), file.input));
        }
        say(&table)?;
        Ok(())
    }
}

/// The end of a finished file where the run was asked to fail on some lines.
fn failed_on(fail_on: Option<FailOn>, manifest: &Manifest) -> Exit {
    let lines = |action: Action| manifest.totals.actions.get(action.text()).copied().unwrap_or(0);
    let found = match fail_on {
        None => 0,
        Some(FailOn::NoFigure) => lines(Action::NoFigure),
        Some(FailOn::Review) => lines(Action::NoFigure) + lines(Action::Review),
    };
    if found > 0 { Exit::FailedOn } else { Exit::Finished }
}

/// One input, in this process.
fn work(args: &RunArgs) -> Result<Exit, Failure> {
    limit_memory(&args.limits);
    let (Some(input), Some(base)) = (&args.only, &args.base) else {
        return Err(Failure::Usage("a worker needs its input".to_string()));
    };
    if let Some(threads) = args.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
        pool.map_err(|error| Failure::Usage(format!("--threads {threads}: {error}")))?;
    }
    let Asked { casebook, options } = asked(args)?;
    match run_file(&casebook, input, base, &options, &Bar::new(args.quiet)) {
        Ok(outcome) => {
            if !args.quiet && !args.json {
                say(&summary(input, &outcome, &tested_against(&casebook), options.as_of))?;
            }
            Ok(failed_on(args.fail_on, &outcome.manifest))
        }
        Err(error) => {
            complain(&error.to_string());
            if let Some(word) = &args.word {
                // Who watches has the exit code too.
                let _ = std::fs::write(word, error.to_string());
            }
            Ok(of_file(&error))
        }
    }
}

fn summary(input: &Path, outcome: &FileOutcome, tested: &str, as_of: KnownDay) -> String {
    let FileOutcome { tally, names, anew, notes, profile, .. } = outcome;
    let mut text = format!("{}\n{}  as of {as_of}\n\n", tested, input.display());
    text.push_str(&actions(tally));
    text.push_str("\nWritten\n");
    for (path, what) in [
        (&names.annotated, "your rows with the answer on every line"),
        (&names.report, "what a person must look at, by stake"),
        (&names.exceptions, "every exception, for machines"),
        (&names.manifest, "hashes and control totals"),
    ] {
        text.push_str(&format!("  {}  {what}\n", path.display()));
    }
    if let Some(path) = &names.abi53 {
        let refused = grouped(tally.codes.get(&Code::AE01).copied().unwrap_or_default());
        let what = format!("53-records; {refused} lines with a deposit have none (AE01)");
        text.push_str(&format!("  {}  {what}\n", path.display()));
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
