//! What is typed after `cargo bench --bench ratios --`.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::agree::Sides;
use crate::crate_peers::Task;
use crate::files::FileKind;

/// Measures adcvd against what a person would take instead, with outputs that are compared.
#[derive(Debug, Parser)]
#[command(name = "ratios", max_term_width = 100)]
pub struct Arguments {
    /// A part that the program runs as a child of its own.
    #[command(subcommand)]
    pub part: Option<Part>,
    #[command(flatten)]
    pub options: Options,
}

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Lines of the files for XLSX to XLSX and CSV to XLSX
    #[arg(long, value_delimiter = ',', value_parser = size, default_value = "10k,200k,1m")]
    pub sizes: Vec<u32>,
    /// Lines of the files for CSV to CSV
    #[arg(long, value_delimiter = ',', value_parser = size, default_value = "1m,5m")]
    pub csv_sizes: Vec<u32>,
    /// Counted runs of each side
    #[arg(long, default_value = "5", value_parser = clap::value_parser!(u32).range(1..))]
    pub runs: u32,
    /// Counted runs of each side where the peer takes minutes
    #[arg(long, default_value = "2", value_parser = clap::value_parser!(u32).range(1..))]
    pub slow_runs: u32,
    /// Which peers
    #[arg(long, value_enum, value_delimiter = ',', default_value = "crates,python")]
    pub peers: Vec<PeerGroup>,
    /// Keep the outputs of the last run of each comparison in this folder
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Stop a run after so many seconds
    #[arg(long, default_value = "600", value_name = "SECONDS")]
    pub bound: u64,
    /// 10k lines only, 3 runs: does everything work?
    #[arg(long)]
    pub quick: bool,
    /// Said by cargo bench
    #[arg(long, hide = true)]
    pub bench: bool,
}

impl Options {
    /// The options, with those that `--quick` stands for.
    pub fn settled(mut self) -> Options {
        if self.quick {
            self.sizes = vec![10_000];
            self.csv_sizes = vec![10_000];
            self.runs = 3;
            self.slow_runs = 3;
        }
        self.sizes.sort_unstable();
        self.csv_sizes.sort_unstable();
        self
    }
}

/// Peers that need the same things installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PeerGroup {
    /// Made of crates.
    Crates,
    /// Written in Python.
    Python,
}

/// Parts that run as children, so that each is measured as a whole process.
#[derive(Debug, Subcommand)]
pub enum Part {
    /// Write an entry file and its rate table
    #[command(hide = true)]
    Generate {
        /// The form
        kind: FileKind,
        /// How many lines
        rows: u32,
    },
    /// Peer: calamine's cells reader, the toy job, rust_xlsxwriter's low memory
    #[command(hide = true)]
    Crates(Task),
    /// Peer: the csv crate, reading only
    #[command(hide = true)]
    CsvRead(Task),
    /// Peer: the csv crate, the toy job, rust_xlsxwriter's constant memory
    #[command(hide = true)]
    CsvToXlsx(Task),
    /// Compare the deposits of two annotated files
    #[command(hide = true)]
    Agree(Sides),
}

/// `10k` is ten thousand, `1m` a million.
fn size(text: &str) -> Result<u32, String> {
    let text = text.to_ascii_lowercase();
    let (digits, times) = match text.strip_suffix('k') {
        Some(digits) => (digits, 1_000),
        None => text.strip_suffix('m').map_or((text.as_str(), 1), |digits| (digits, 1_000_000)),
    };
    let number: u32 = digits.parse().map_err(|_| format!("{text:?} is no size such as 200k or 1m"))?;
    number.checked_mul(times).filter(|rows| *rows > 0).ok_or_else(|| format!("{text} is out of range"))
}

/// A size as it is typed.
pub fn short(rows: u32) -> String {
    match rows {
        _ if rows.is_multiple_of(1_000_000) => format!("{}m", rows / 1_000_000),
        _ if rows.is_multiple_of(1_000) => format!("{}k", rows / 1_000),
        _ => rows.to_string(),
    }
}
