//! The inputs of a run on their way: each in a worker of its own, how it ended, and the summary of all.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use super::args::{FailOn, RunArgs};
use super::exit::{Exit, Failure};
use super::log::{Ending, Log, LogLine};
use super::overall::Overall;
use super::terminal::{complain, grouped, say};
use super::worker::{Ended, Given, Watcher};
use crate::batch::folder::{Held, done_before};
use crate::batch::manifest::{Manifest, manifest};
use crate::batch::{FileError, OutputNames, RunOptions};
use crate::casebook::{Casebook, HYPOTHETICAL};
use crate::determine::Action;
use crate::report::tally::Tally;
use crate::spreadsheet::{InputFacts, WholeFile};

/// Why nothing is done.
const UNCHANGED: &str = "unchanged since it was run: nothing was done (--force does it again)";

/// The name of a file without its folders.
fn name_of(input: &Path) -> String {
    input.file_name().unwrap_or(input.as_os_str()).to_string_lossy().into_owned()
}

/// What became of an input, as the run's summary tells it.
#[derive(Serialize)]
pub(super) struct FileResult {
    input: String,
    pub(super) result: Ending,
    #[serde(skip_serializing_if = "String::is_empty")]
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<String>,
    lines: u64,
}

/// Several inputs on their way.
pub(super) struct Batch<'a> {
    pub(super) args: &'a RunArgs,
    pub(super) casebook: Casebook,
    pub(super) options: RunOptions,
    pub(super) watcher: Watcher,
    pub(super) held: Held,
    pub(super) files: Vec<FileResult>,
    pub(super) log: Log,
    pub(super) overall: Overall,
}

impl Batch<'_> {
    /// One input: nothing where nothing would come out otherwise, else a worker.
    pub(super) fn one(
        &mut self,
        input: &Path,
        base: &str,
        bytes: u64,
    ) -> Result<(Exit, Option<Manifest>), Failure> {
        let begun = Instant::now();
        self.overall.file += 1;
        self.overall.behind -= bytes;
        let names = OutputNames::new(&self.options.out, base, self.options.format, false)
            .with_abi53(&self.options.abi53);
        if let Some(known) = self.done_before(input, &names)? {
            self.ended(input, Ending::Skipped, begun, UNCHANGED, &names, Some(&known))?;
            return Ok((failed_on(self.args.fail_on, &known), Some(known)));
        }
        let (exit, message) = self.again(input, base, bytes)?;
        let ending = Ending::of(exit);
        let known = ending.is_well().then(|| names.manifest_there()).flatten();
        self.ended(input, ending, begun, &message, &names, known.as_ref())?;
        self.overall.before += bytes;
        self.overall.lines += known.as_ref().map_or(0, |known| known.totals.lines);
        self.overall.millis += u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok((exit, known))
    }

    /// The manifest of an earlier run where nothing would come out otherwise.
    fn done_before(&self, input: &Path, names: &OutputNames) -> Result<Option<Manifest>, Failure> {
        if self.args.force {
            return Ok(None);
        }
        let (facts, tally) = (InputFacts::default(), Tally::default());
        let wanted = manifest(&self.casebook, &self.options, &name_of(input), &facts, Vec::new(), &tally);
        let known = done_before(names, input, &wanted);
        if known.is_some() {
            names.set().end_placing()?;
        }
        Ok(known)
    }

    /// Runs a worker on an input; its end, and why it did not finish.
    fn again(&mut self, input: &Path, base: &str, bytes: u64) -> Result<(Exit, String), Failure> {
        let word =
            tempfile::Builder::new().prefix(".adcvd-").suffix(".tmp").tempfile_in(&self.options.out)?;
        let overall = Overall { bytes, ..self.overall }.told();
        let mut more: Vec<OsString> = Vec::new();
        for (option, value) in [
            ("--only", input.as_os_str()),
            ("--base", base.as_ref()),
            ("--overall", overall.as_ref()),
            ("--word", word.path().as_os_str()),
        ] {
            // Joined, so that a name may begin with a hyphen.
            let mut joined = OsString::from(option);
            joined.push("=");
            joined.push(value);
            more.push(joined);
        }
        if self.args.reading.as_of.day.is_none() {
            // Today is read once.
            more.extend(["--as-of".into(), self.options.as_of.to_string().into()]);
        }
        let given = Given { capture: self.args.json, hold: Some(self.held.shared()?) };
        let (ended, said) = self.watcher.again(1, &more, &self.args.reading.limits, given)?;
        let died = ended.told(&input.display().to_string(), &self.args.reading.limits);
        let exit = match ended {
            Ended::Code(code) => Exit::of_code(code),
            Ended::TooLong | Ended::Died(_) => Exit::Rejected,
            Ended::Told(code) => Exit::Told(code),
        };
        if died.is_some() || matches!(exit, Exit::Told(_)) {
            self.held.clear();
        }
        if !said.is_empty() && !Ending::of(exit).is_well() {
            say(&String::from_utf8_lossy(&said))?;
        }
        let message = died.unwrap_or_else(|| std::fs::read_to_string(word.path()).unwrap_or_default());
        let message = match exit {
            Exit::Told(code) => format!("the run was told to stop (exit code {code})"),
            _ if message.is_empty() && !Ending::of(exit).is_well() => {
                format!("the reader ended with exit code {}", exit.number())
            }
            _ => message,
        };
        Ok((exit, message))
    }

    /// An input that a run which was told to stop did not come to.
    pub(super) fn not_reached(&mut self, input: &Path) {
        let (result, message) = (Ending::NotReached, String::new());
        self.files.push(FileResult { input: name_of(input), result, message, manifest: None, lines: 0 });
    }

    /// Tells how an input ended, once: in a line of the log where there is one, else on the terminal.
    fn ended(
        &mut self,
        input: &Path,
        result: Ending,
        begun: Instant,
        message: &str,
        names: &OutputNames,
        manifest: Option<&Manifest>,
    ) -> Result<(), Failure> {
        let totals = manifest.map(|manifest| &manifest.totals);
        let lines = totals.map_or(0, |totals| totals.lines);
        let counts = totals.map(|totals| (lines, totals.exceptions.values().sum()));
        if !self.log.to_stderr {
            match result {
                Ending::Skipped if !self.args.quiet && !self.args.json => {
                    say(&format!("{}: {message}", input.display()))?;
                }
                Ending::Rejected | Ending::Failed => complain(message),
                Ending::Done | Ending::Skipped | Ending::Interrupted | Ending::NotReached => {}
            }
        }
        self.log.tell(&LogLine { input, ending: result, counts, took: begun.elapsed(), reason: message });
        let name = names.manifest.file_name().map(|name| name.to_string_lossy().into_owned());
        let message = if result.is_well() { String::new() } else { message.to_string() };
        let manifest = manifest.and(name);
        self.files.push(FileResult { input: name_of(input), result, message, manifest, lines });
        Ok(())
    }

    /// The summary of a run of several files: a table on the terminal, and `adcvd.run.json`.
    pub(super) fn conclude(&self) -> Result<(), Failure> {
        let hypothetical = self.casebook.hypothetical();
        let name = if hypothetical.is_some() { "adcvd.hypothetical.run.json" } else { "adcvd.run.json" };
        let path = self.options.out.join(name);
        let known = std::fs::read(&path).ok();
        let ours = |text: &Vec<u8>| {
            let known: Option<serde_json::Value> = serde_json::from_slice(text).ok();
            known.is_some_and(|known| known["program"] == "adcvd" && known["files"].is_array())
        };
        if !self.args.force && path.exists() && !known.as_ref().is_some_and(ours) {
            return Err(FileError::Exists(path).into());
        }
        let mut summary = serde_json::json!({
            "program": "adcvd",
            "version": env!("CARGO_PKG_VERSION"),
            "as_of": self.options.as_of.to_string(),
            "casebook_sha256": self.casebook.sha256(),
            "files": self.files,
        });
        if let Some(told) = hypothetical {
            summary[HYPOTHETICAL] = told.into();
        }
        let text = serde_json::to_string_pretty(&summary).map_err(std::io::Error::other)?;
        let written = WholeFile::begin(&path).and_then(|mut file| {
            writeln!(file, "{text}")?;
            file.complete()?.put()
        });
        written.map_err(|source| FileError::Output { path, source })?;
        // Where each file had its line, a table would say it again.
        if self.args.quiet || self.args.json || self.log.to_stderr {
            return Ok(());
        }
        let mut table = format!("\n{:<11}{:>10}  file\n", "result", "lines");
        for file in &self.files {
            table.push_str(&format!(
                "{:<11}{:>10}  {}\n",
                file.result.text(),
                grouped(file.lines),
                file.input
            ));
        }
        say(&table)?;
        Ok(())
    }
}

/// The end of a finished file where the run was asked to fail on some lines.
pub(super) fn failed_on(fail_on: Option<FailOn>, manifest: &Manifest) -> Exit {
    let lines = |action: Action| manifest.totals.actions.get(action.text()).copied().unwrap_or(0);
    let found = match fail_on {
        None => 0,
        Some(FailOn::NoFigure) => lines(Action::NoFigure),
        Some(FailOn::Review) => lines(Action::NoFigure) + lines(Action::Review),
    };
    if found > 0 { Exit::FailedOn } else { Exit::Finished }
}
