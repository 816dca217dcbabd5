//! One line for each file of a run, as it ends, for whoever looks in the morning: where standard error is no terminal, and
//! in the file that `--log` names. The only place where the time of day is told.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::exit::{Exit, Failure};
use super::terminal::{complain, tame};

/// How an input ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Its outputs are in place.
    Done,
    /// Nothing was done: what stands there is what would come out.
    Skipped,
    /// It cannot be used, or its outputs may not be replaced.
    Rejected,
    /// Reading or writing failed, or the program did.
    Failed,
    /// The run was told to stop.
    Interrupted,
    /// The run was told to stop before.
    NotReached,
}

impl Ending {
    /// The ending of a worker.
    pub(super) fn of(exit: Exit) -> Ending {
        match exit {
            Exit::Finished | Exit::FailedOn => Ending::Done,
            Exit::SomeRejected | Exit::Usage | Exit::Rejected => Ending::Rejected,
            Exit::Io | Exit::Internal => Ending::Failed,
            Exit::Told(_) => Ending::Interrupted,
        }
    }

    /// The word for it.
    pub(super) fn text(self) -> &'static str {
        match self {
            Ending::Done => "done",
            Ending::Skipped => "skipped",
            Ending::Rejected => "rejected",
            Ending::Failed => "failed",
            Ending::Interrupted => "interrupted",
            Ending::NotReached => "not reached",
        }
    }

    /// True where outputs stand in place.
    pub(super) fn is_well(self) -> bool {
        matches!(self, Ending::Done | Ending::Skipped)
    }
}

impl Serialize for Ending {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.text())
    }
}

/// What a line tells of a file.
pub(super) struct LogLine<'a> {
    pub(super) input: &'a Path,
    pub(super) ending: Ending,
    /// Lines and exceptions, where outputs stand in place.
    pub(super) counts: Option<(u64, u64)>,
    pub(super) took: Duration,
    /// Why nothing was done; empty where something was.
    pub(super) reason: &'a str,
}

/// A value: as it is where it is one plain word, else in quotes, in one line and without control characters.
fn value(text: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | '\\' | '=');
    if !text.is_empty() && text.chars().all(plain) {
        return tame(text);
    }
    let text = text.trim().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', " ");
    format!("\"{}\"", tame(&text))
}

impl LogLine<'_> {
    /// The line behind the time of day.
    fn text(&self) -> String {
        let input = self.input.display().to_string();
        let mut text = format!("{} input={}", self.ending.text(), value(&input));
        if let Some((lines, exceptions)) = self.counts {
            text.push_str(&format!(" lines={lines} exceptions={exceptions}"));
        }
        text.push_str(&format!(" seconds={}.{:02}", self.took.as_secs(), self.took.subsec_millis() / 10));
        // The input is named already.
        let reason = self.reason.trim().strip_prefix(&input).unwrap_or(self.reason.trim());
        let reason = reason.trim_start_matches([':', ',', ' ']);
        let reason = reason.strip_prefix("rejected: ").unwrap_or(reason);
        if !reason.is_empty() {
            text.push_str(&format!(" reason={}", value(reason)));
        }
        text
    }
}

/// Where lines go.
pub(super) struct Log {
    file: Option<(PathBuf, File)>,
    /// True if lines go to standard error too.
    pub(super) to_stderr: bool,
    quiet: bool,
    /// True if a line could not be written.
    lost: bool,
}

impl Log {
    /// Opens the file that was asked for, which is made where it is not there.
    ///
    /// # Errors
    /// It cannot be written to, is an input, or holds something else than such lines.
    pub(super) fn open(path: Option<&Path>, inputs: &[PathBuf], quiet: bool) -> Result<Log, Failure> {
        let to_stderr = !io::stderr().is_terminal();
        let file = path.map(|path| Ok((path.to_path_buf(), append(path, inputs)?))).transpose();
        file.map(|file| Log { file, to_stderr, quiet, lost: false })
    }

    /// Tells how a file ended.
    pub(super) fn tell(&mut self, line: &LogLine<'_>) {
        let text = format!("{} {}\n", now(), line.text());
        if self.to_stderr && !(self.quiet && line.ending.is_well()) {
            // Nothing can be done where standard error itself is gone.
            let _ = io::stderr().lock().write_all(text.as_bytes());
        }
        let Some((path, file)) = &mut self.file else { return };
        if let Err(error) = file.write_all(text.as_bytes()) {
            if !self.lost {
                complain(&format!("cannot write to the log {}: {error}", path.display()));
            }
            self.lost = true;
        }
    }

    /// The exit code that tells of lost lines.
    pub(super) fn exit(&self) -> Exit {
        if self.lost { Exit::Io } else { Exit::Finished }
    }
}

fn now() -> String {
    jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn append(path: &Path, inputs: &[PathBuf]) -> Result<File, Failure> {
    let cannot = |source| Failure::Log { path: path.to_path_buf(), source };
    let refused = |why: &str| {
        Failure::Usage(format!(
            "the log {} {why}; nothing was done: give another file with --log",
            path.display()
        ))
    };
    let same = |input: &PathBuf| match (input.canonicalize(), path.canonicalize()) {
        (Ok(input), Ok(path)) => input == path,
        _ => false,
    };
    if inputs.iter().any(same) {
        return Err(refused("is one of the inputs"));
    }
    // A pipe or a device holds nothing that could be spoilt.
    if path.is_file() && !is_log(path).map_err(cannot)? {
        return Err(refused("is there and holds something else than lines of adcvd"));
    }
    OpenOptions::new().append(true).create(true).open(path).map_err(cannot)
}

/// True for an empty file, and one whose first line begins with a time of day.
fn is_log(path: &Path) -> io::Result<bool> {
    let mut first = Vec::new();
    // As much as a time takes, with its offset.
    io::Read::take(BufReader::new(File::open(path)?), 26).read_until(b'\n', &mut first)?;
    let day = first.get(..10).and_then(|day| std::str::from_utf8(day).ok());
    let day = day.and_then(crate::terms::day::parse_iso);
    Ok(first.is_empty() || day.is_some() && first.get(10) == Some(&b'T'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(input: &str, ending: Ending, counts: Option<(u64, u64)>, reason: &str) -> String {
        let took = Duration::from_millis(61_239);
        LogLine { input: Path::new(input), ending, counts, took, reason }.text()
    }

    #[test]
    fn lines_of_a_log() {
        assert_eq!(
            told("inbox/a.csv", Ending::Done, Some((14, 23)), ""),
            "done input=inbox/a.csv lines=14 exceptions=23 seconds=61.23"
        );
        assert_eq!(
            told("in box/b.xlsx", Ending::Rejected, None, "in box/b.xlsx: rejected: it \"took\" too long"),
            "rejected input=\"in box/b.xlsx\" seconds=61.23 reason=\"it \\\"took\\\" too long\""
        );
        assert_eq!(
            told("c.csv", Ending::Rejected, None, "c.csv, line 3: a field\nwithout end"),
            "rejected input=c.csv seconds=61.23 reason=\"line 3: a field\\nwithout end\""
        );
    }

    /// A name with a line feed, an escape sequence and a direction override makes no second line and no colour.
    #[test]
    fn control_characters_are_shown() {
        let line = told("a\nb\u{1b}[31m\u{202e}.csv", Ending::Failed, None, "x\u{7}");
        assert_eq!(line, "failed input=\"a\\nb\\u{1b}[31m\\u{202e}.csv\" seconds=61.23 reason=\"x\\u{7}\"");
    }
}
