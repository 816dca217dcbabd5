//! Runs our program and a peer in turn on one file: a warm-up of each, then A B A B.

#![allow(clippy::disallowed_types, reason = "ratios of times are no money")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::Outcome;
use crate::arguments::{Options, short};
use crate::files::{self, EntryFile, FileKind};
use crate::measure::{Usage, measure};
use crate::peers::{Job, MustHold, Peer};
use crate::python::Python;
use crate::statistics::{Medians, medians, paired};

/// Where the work is done, and with what.
pub struct Bench {
    /// What was typed.
    pub options: Options,
    /// The environments for the peers in Python.
    pub python: Python,
    /// Where workbooks are written.
    pub beside: PathBuf,
    /// Where CSV files are written: in memory, where there is room.
    pub for_csv: PathBuf,
}

/// A peer with a size of file.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'p> {
    /// The peer.
    pub peer: &'p Peer,
    /// Lines of the file.
    pub rows: u32,
}

/// What came of a comparison.
pub struct Measured<'p> {
    /// What was compared.
    pub comparison: Comparison<'p>,
    /// Counted runs of each side.
    pub runs: usize,
    /// Our medians.
    pub ours: Medians,
    /// The peer's.
    pub theirs: Medians,
    /// Median ratio of time.
    pub wall: f64,
    /// Median ratio of processor time.
    pub cpu: f64,
    /// Ratio of the sizes of the annotated files; `None` where the peer writes none.
    pub size: Option<f64>,
    /// What must hold.
    pub must_hold: Option<MustHold>,
    /// What the comparison of the outputs said.
    pub agreement: Result<String, String>,
}

impl Bench {
    /// A folder for outputs of this kind, empty.
    fn cleared(&self, output: FileKind, side: &str) -> Outcome<PathBuf> {
        let parent = if output == FileKind::Csv { &self.for_csv } else { &self.beside };
        let folder = parent.join(side);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    fn measured(&self, command: &mut Command) -> Outcome<Usage> {
        let complaints = self.beside.join("complaints.txt");
        measure(command, Duration::from_secs(self.options.bound), &complaints)
    }

    /// One run of our program: what it took, and the annotated file.
    pub fn our_run(&self, job: Job, file: &EntryFile) -> Outcome<(Usage, PathBuf)> {
        let folder = self.cleared(job.output, "ours")?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_adcvd"));
        command.arg("run").arg(&file.input).arg("-o").arg(&folder);
        command.args(["--as-of", "2026-11-22", "--force", "--quiet", "--format", job.output.ending()]);
        let usage = self.measured(&mut command).map_err(|error| format!("adcvd: {error}"))?;
        let stem = file.input.file_stem().expect("a file with a name").to_string_lossy();
        Ok((usage, folder.join(format!("{stem}.annotated.{}", job.output.ending()))))
    }

    /// One run of a peer: what it took, and its annotated file.
    fn their_run(&self, peer: &Peer, file: &EntryFile) -> Outcome<(Usage, PathBuf)> {
        let folder = self.cleared(peer.job.output, "theirs")?;
        let output = folder.join(format!("annotated.{}", peer.job.output.ending()));
        let usage = self.measured(&mut peer.command(&self.python, file, &output)?)?;
        Ok((usage, output))
    }

    /// Compares; `Ok(Err(reason))` where the peer cannot do it.
    ///
    /// # Errors
    /// Our own program failed.
    pub fn compare<'p>(&self, comparison: Comparison<'p>) -> Outcome<Result<Measured<'p>, String>> {
        let Comparison { peer, rows } = comparison;
        if let Some(reason) = peer.missing(&self.python) {
            return Ok(Err(reason));
        }
        let file = made(peer.job.input, rows)?;
        let runs = if peer.most_rows.is_some() { self.options.slow_runs } else { self.options.runs };
        eprintln!("{}, {} lines, {}: {runs} runs", peer.job.text(), short(rows), peer.name);
        self.our_run(peer.job, &file)?;
        // A slow peer warms up on a small file: what it loads is the same.
        let first =
            if peer.most_rows.is_some() { made(peer.job.input, rows.min(10_000))? } else { file.clone() };
        if let Err(error) = self.their_run(peer, &first) {
            return Ok(Err(error.to_string()));
        }
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        let mut outputs = (PathBuf::new(), PathBuf::new());
        for _ in 0..runs {
            let (our_usage, our_output) = self.our_run(peer.job, &file)?;
            let (their_usage, their_output) = match self.their_run(peer, &file) {
                Ok(run) => run,
                Err(error) => return Ok(Err(error.to_string())),
            };
            ours.push(our_usage);
            theirs.push(their_usage);
            outputs = (our_output, their_output);
        }
        let (our_output, their_output) = outputs;
        let size = if peer.writes { Some(size_ratio(&our_output, &their_output)?) } else { None };
        self.keep(&comparison, &[&our_output, &their_output])?;
        Ok(Ok(Measured {
            runs: ours.len(),
            ours: medians(&ours),
            theirs: medians(&theirs),
            wall: paired(&ours, &theirs, |usage| usage.wall),
            cpu: paired(&ours, &theirs, |usage| usage.cpu),
            size,
            must_hold: peer.must_hold(rows),
            agreement: agreement(peer, &file, &our_output, &their_output)?,
            comparison,
        }))
    }

    /// Puts the outputs where they were asked for.
    fn keep(&self, comparison: &Comparison<'_>, outputs: &[&Path]) -> Outcome<()> {
        let Some(keep) = &self.options.keep else { return Ok(()) };
        let Comparison { peer, rows } = comparison;
        let words = format!("{} {} {}", peer.job.text(), short(*rows), peer.name).to_lowercase();
        let folder: String = words.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        let folder = keep.join(folder);
        for output in outputs {
            let side = output.parent().expect("outputs are in folders");
            let kept = folder.join(side.file_name().expect("a side"));
            fs::create_dir_all(&kept)?;
            for entry in fs::read_dir(side)? {
                let entry = entry?;
                fs::copy(entry.path(), kept.join(entry.file_name()))?;
            }
        }
        Ok(())
    }
}

/// The entry file of a kind and size, made by a child if it is not there.
pub fn made(kind: FileKind, rows: u32) -> Outcome<EntryFile> {
    let file = files::place(kind, rows);
    if !file.input.exists() || !file.rates.exists() {
        eprintln!("making {}", file.input.display());
        let mut command = Command::new(std::env::current_exe()?);
        let status = command.args(["generate", kind.ending(), &rows.to_string()]).status()?;
        if !status.success() {
            return Err(format!("{} was not made", file.input.display()).into());
        }
    }
    Ok(file)
}

fn size_ratio(ours: &Path, theirs: &Path) -> Outcome<f64> {
    Ok(fs::metadata(ours)?.len() as f64 / fs::metadata(theirs)?.len().max(1) as f64)
}

/// Compares the outputs, in a child because that takes memory.
fn agreement(peer: &Peer, file: &EntryFile, ours: &Path, theirs: &Path) -> Outcome<Result<String, String>> {
    const LINE_BY_LINE: u32 = 200_000;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("agree").arg(ours);
    if peer.writes {
        command.arg(theirs);
    } else {
        command.arg(&file.input).arg("--rates").arg(&file.rates);
    }
    if file.rows > LINE_BY_LINE {
        command.arg("--sums");
    }
    let ended = command.output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_string();
    Ok(if ended.status.success() { Ok(text(&ended.stdout)) } else { Err(text(&ended.stderr)) })
}
