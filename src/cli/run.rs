//! `run`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{AsOf, DatesArg, FileOption, FormatArg, RunArgs};
use super::exit::{Exit, Failure, of_file};
use super::kept::{self, Kept};
use super::terminal::{Bar, complain, grouped, say};
use crate::batch::{FileOutcome, RunOptions, names, run_file, shared};
use crate::casebook::load::load;
use crate::determine::Action;
use crate::entry::{Crosswalk, Profile};
use crate::report::tally::Tally;
use crate::report::workbook::tested_against;
use crate::spreadsheet::Format;
use crate::spreadsheet::deflate::LEVEL_DEFAULT;
use crate::terms::KnownDay;
use crate::terms::money::Grouped;

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

/// Runs every input; a rejected one does not stop the others.
///
/// # Errors
/// A case folder is refused, or something was typed that cannot be done.
pub fn run(args: &RunArgs) -> Result<Exit, Failure> {
    if let Some(folder) = args.inputs.iter().find(|input| input.is_dir()) {
        return Err(Failure::Usage(format!("{} is a folder; give the entry files in it", folder.display())));
    }
    let bases = names(&args.inputs);
    if let Some(name) = shared(&bases) {
        return Err(Failure::Usage(format!(
            "two inputs are called {name}; run them apart, each with a folder of its own (-o)"
        )));
    }
    if let Some(threads) = args.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
        pool.map_err(|error| Failure::Usage(format!("--threads {threads}: {error}")))?;
    }
    let Kept { casebook, crosswalk, records, notes } = kept::read(load(&args.cases.folders)?, &args.kept)?;
    if !args.quiet {
        notes.iter().for_each(|note| complain(note));
    }
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
        ..RunOptions::new(as_of(&args.as_of), args.out.clone())
    };
    let mut exit = Exit::Finished;
    let mut rejected = 0;
    let mut manifests = Vec::new();
    for (input, base) in args.inputs.iter().zip(bases) {
        match run_file(&casebook, input, &base, &options, &Bar::new(args.quiet)) {
            Ok(outcome) => {
                if !args.quiet && !args.json {
                    say(&summary(input, &outcome, &tested_against(&casebook), options.as_of))?;
                }
                manifests.push(outcome.manifest);
            }
            Err(error) => {
                complain(&error.to_string());
                rejected += 1;
                // A file that is refused leaves the others; the worst end wins.
                exit = exit.worst(of_file(&error));
            }
        }
    }
    if args.json {
        let text = serde_json::to_string_pretty(&manifests);
        say(&text.map_err(|error| Failure::Usage(error.to_string()))?)?;
    }
    let only_rejected = matches!(exit, Exit::Rejected);
    Ok(if only_rejected && rejected < args.inputs.len() { Exit::SomeRejected } else { exit })
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
