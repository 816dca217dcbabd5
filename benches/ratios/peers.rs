//! The peers: programs that a person would take instead, the job each does, and what must hold against it.

#![allow(clippy::disallowed_types, reason = "ratios of times are no money")]

use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::files::{EntryFile, FileKind};
use crate::python::{self, Python};

/// From what to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// The form of the entry file.
    pub input: FileKind,
    /// The form of the annotated file.
    pub output: FileKind,
}

const XLSX: Job = Job { input: FileKind::Xlsx, output: FileKind::Xlsx };
const CSV: Job = Job { input: FileKind::Csv, output: FileKind::Csv };
const CSV_TO_XLSX: Job = Job { input: FileKind::Csv, output: FileKind::Xlsx };

impl Job {
    /// As the table prints it.
    pub fn text(self) -> &'static str {
        match (self.input, self.output) {
            (FileKind::Xlsx, FileKind::Xlsx) => "XLSX to XLSX",
            (FileKind::Csv, FileKind::Csv) => "CSV to CSV",
            (FileKind::Csv, FileKind::Xlsx) => "CSV to XLSX",
            (FileKind::Xlsx, FileKind::Csv) => "XLSX to CSV",
        }
    }
}

/// What runs a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Runner {
    /// This program, as a child, by the name of its part.
    Crates(&'static str),
    /// A script in the general environment.
    Script(&'static str),
    /// A script in the environment with DuckDB's excel extension.
    ExcelScript(&'static str),
}

/// A peer.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// As the table prints it.
    pub name: &'static str,
    /// Its job.
    pub job: Job,
    runner: Runner,
    /// Set where it takes minutes: the most lines that it is given. It is compared at one size, with fewer runs.
    pub most_rows: Option<u32>,
    /// False if it only reads.
    pub writes: bool,
}

/// All peers, in the order of the table.
pub static PEERS: [Peer; 9] = [
    Peer {
        name: "calamine stream + rust_xlsxwriter low memory",
        job: XLSX,
        runner: Runner::Crates("crates"),
        most_rows: None,
        writes: true,
    },
    Peer {
        name: "DuckDB excel",
        job: XLSX,
        runner: Runner::ExcelScript("duckdb_xlsx.py"),
        most_rows: Some(200_000),
        writes: true,
    },
    Peer {
        name: "polars read_excel + write_excel",
        job: XLSX,
        runner: Runner::Script("polars_xlsx.py"),
        most_rows: Some(200_000),
        writes: true,
    },
    Peer {
        name: "pandas calamine + xlsxwriter",
        job: XLSX,
        runner: Runner::Script("pandas_xlsx.py"),
        most_rows: Some(200_000),
        writes: true,
    },
    Peer {
        name: "csv crate, reading only",
        job: CSV,
        runner: Runner::Crates("csv-read"),
        most_rows: None,
        writes: false,
    },
    Peer {
        name: "polars streaming",
        job: CSV,
        runner: Runner::Script("polars_csv.py"),
        most_rows: None,
        writes: true,
    },
    Peer { name: "DuckDB", job: CSV, runner: Runner::Script("duckdb_csv.py"), most_rows: None, writes: true },
    Peer {
        name: "pandas",
        job: CSV,
        runner: Runner::Script("pandas_csv.py"),
        most_rows: Some(1_000_000),
        writes: true,
    },
    Peer {
        name: "csv crate + rust_xlsxwriter constant memory",
        job: CSV_TO_XLSX,
        runner: Runner::Crates("csv-to-xlsx"),
        most_rows: None,
        writes: true,
    },
];

/// Upper bounds of ratios, ours to theirs.
#[derive(Clone, Copy, Debug)]
pub struct MustHold {
    /// Of the time from start to exit.
    pub wall: f64,
    /// Of the processor time.
    pub cpu: Option<f64>,
    /// Of the size of the annotated file.
    pub size: Option<f64>,
}

impl Peer {
    /// True for a peer made of crates, which needs nothing installed.
    pub fn of_crates(&self) -> bool {
        matches!(self.runner, Runner::Crates(_))
    }

    /// Why it cannot run, if it cannot.
    pub fn missing(&self, python: &Python) -> Option<String> {
        match self.runner {
            Runner::Crates(_) => None,
            Runner::Script(_) => python.general.clone().err(),
            Runner::ExcelScript(_) => python.excel.clone().err(),
        }
    }

    /// The command that does its job.
    pub fn command(&self, python: &Python, file: &EntryFile, output: &Path) -> Outcome<Command> {
        let mut command = match self.runner {
            Runner::Crates(part) => {
                let mut command = Command::new(std::env::current_exe()?);
                command.arg(part);
                command
            }
            Runner::Script(script) => python::command(&python.general.clone()?, script),
            Runner::ExcelScript(script) => python::command(&python.excel.clone()?, script),
        };
        command.args([&file.input, &file.rates]).arg(output);
        Ok(command)
    }

    /// What must hold against it at a size; nothing is asked of small files, where starting up is all.
    pub fn must_hold(&self, rows: u32) -> Option<MustHold> {
        let wall = |wall: f64| MustHold { wall, cpu: None, size: None };
        let (from, bounds) = match (self.runner, self.job.output) {
            (Runner::Crates("crates"), _) => {
                (200_000, MustHold { wall: 0.20, cpu: Some(0.30), size: Some(1.3) })
            }
            (Runner::Crates("csv-to-xlsx"), _) => {
                (200_000, MustHold { wall: 0.25, cpu: None, size: Some(1.15) })
            }
            (Runner::Crates(_), _) => (1_000_000, wall(1.5)),
            (Runner::ExcelScript(_), _) => (200_000, wall(0.10)),
            (Runner::Script("polars_xlsx.py"), _) => (200_000, wall(0.02)),
            (Runner::Script("polars_csv.py"), _) => (1_000_000, wall(0.30)),
            (Runner::Script("duckdb_csv.py"), _) => (1_000_000, wall(0.25)),
            (Runner::Script(_), _) => return None,
        };
        (rows >= from).then_some(bounds)
    }
}
