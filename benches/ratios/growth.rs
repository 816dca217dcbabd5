//! How our own time and memory grow with the file.

#![allow(clippy::disallowed_types, reason = "times and sizes are no money")]

use std::fs::File;
use std::path::Path;

use zip::ZipArchive;

use crate::Outcome;
use crate::comparisons::{Bench, made};
use crate::files::FileKind;
use crate::peers::Job;
use crate::statistics::{Medians, medians};

/// One size of one kind.
pub struct Grown {
    /// What became of what.
    pub job: Job,
    /// Lines of the file.
    pub rows: u32,
    /// Counted runs.
    pub runs: u32,
    /// Medians.
    pub ours: Medians,
    /// The most memory that is allowed, in MiB.
    pub limit: f64,
}

/// Runs our program on a file of each size; the answer is in the form of the input.
pub fn measured(bench: &Bench, kind: FileKind, sizes: &[u32]) -> Outcome<Vec<Grown>> {
    let runs = bench.options.runs.min(3);
    let job = Job { input: kind, output: kind };
    let one_size = |rows: u32| -> Outcome<Grown> {
        let file = made(kind, rows)?;
        eprintln!("growth: {}, {rows} lines: {runs} runs", job.text());
        bench.our_run(job, &file)?;
        let usages: Outcome<Vec<_>> =
            (0..runs).map(|_| bench.our_run(job, &file).map(|(usage, _)| usage)).collect();
        Ok(Grown { job, rows, runs, ours: medians(&usages?), limit: limit(kind, rows, &file.input)? })
    };
    sizes.iter().map(|rows| one_size(*rows)).collect()
}

/// CSV: 40 MiB and 8 bytes a line. XLSX: 64 MiB, 1.5 times the text of the shared strings, 8 bytes a line.
fn limit(kind: FileKind, rows: u32, input: &Path) -> Outcome<f64> {
    let keys = f64::from(rows) * 8.0 / 1_048_576.0;
    Ok(match kind {
        FileKind::Csv => 40.0 + keys,
        FileKind::Xlsx => 64.0 + keys + 1.5 * shared_strings(input)? as f64 / 1_048_576.0,
    })
}

/// Bytes of the shared strings of a workbook, unpacked.
fn shared_strings(workbook: &Path) -> Outcome<u64> {
    let mut archive = ZipArchive::new(File::open(workbook)?)?;
    Ok(archive.by_name("xl/sharedStrings.xml")?.size())
}
