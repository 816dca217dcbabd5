//! Options that several commands share.

use std::path::PathBuf;

use clap::ValueEnum;
use jiff::civil::Date;

use crate::entry::DateOrder;
use crate::spreadsheet::package_check::{PACKAGE_BYTES_MAX, PARTS_MAX, RATIO_MAX};
use crate::spreadsheet::{PackageLimits, TextEncoding};

const MIB: u64 = 1024 * 1024;

/// What a command is told that reads entry lines and answers them.
#[derive(Debug, clap::Args)]
#[allow(missing_docs, reason = "a text here would become the help of the command")]
pub struct Reading {
    #[command(flatten)]
    pub file: FileOption,
    #[command(flatten)]
    pub as_of: AsOf,
    #[command(flatten)]
    pub cases: CaseFolders,
    #[command(flatten)]
    pub kept: KeptFiles,
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// The sheets of a workbook that are read.
#[derive(Debug, clap::Args)]
pub struct SheetArgs {
    /// Sheet of a workbook. May be given more than once, and '*' stands for every visible sheet that has the headings:
    /// they are read as one file
    #[arg(long = "sheet", value_name = "NAME")]
    pub names: Vec<String>,
}

/// Case folders beside the built-in ones.
#[derive(Debug, clap::Args)]
pub struct CaseFolders {
    /// A case folder, or a folder of case folders; one that names any case number of a built-in folder replaces that
    /// whole folder. May be given more than once
    #[arg(long = "cases", value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// Hypothetical notices, laid over a case for this run: what would be due if. Everything that comes out says
    /// HYPOTHETICAL
    #[arg(long = "assume", value_name = "FILE")]
    pub assume: Option<PathBuf>,
}

/// Files that the broker keeps.
#[derive(Debug, Default, clap::Args)]
pub struct KeptFiles {
    /// Decisions on company names: a report of adcvd with its sheet "Names to confirm" filled in, or a CSV. May be given
    /// more than once
    #[arg(long = "aliases", value_name = "FILE")]
    pub aliases: Vec<PathBuf>,
    /// Decisions on products: a report of adcvd with its sheet "Products to confirm" filled in, or a CSV. May be given
    /// more than once
    #[arg(long = "products", value_name = "FILE")]
    pub products: Vec<PathBuf>,
    /// Names for manufacturer IDs, for lines that lack exporter or producer: Manufacturer ID, Exporter, Producer
    #[arg(long = "crosswalk", value_name = "FILE")]
    pub crosswalk: Option<PathBuf>,
}

/// The day asked from.
#[derive(Debug, clap::Args)]
pub struct AsOf {
    /// Answer as the law was known on this day, such as 2026-11-22 [default: today]
    #[arg(long = "as-of", value_name = "DATE", value_parser = date)]
    pub day: Option<Date>,
}

pub(super) fn date(text: &str) -> Result<Date, String> {
    crate::terms::day::parse_iso(text).ok_or_else(|| format!("{text:?} is not a date such as 2026-11-22"))
}

/// What a worker may take. Files are opened by a process of their own, so that a damaged one takes nothing else with it.
#[derive(Clone, Debug, clap::Args)]
pub struct LimitArgs {
    /// Memory of the process that reads a file, in MiB [default: 1024, and 32 for each thread beyond the second]
    #[arg(long = "memory-limit", value_name = "MIB", value_parser = clap::value_parser!(u64).range(64..))]
    pub memory: Option<u64>,
    /// Time for one file, in seconds
    #[arg(long = "time-limit", value_name = "SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(u64).range(1..))]
    pub time: u64,
    /// Parts of a workbook (XLSX, XLSM, XLSB, ODS)
    #[arg(long = "parts-limit", value_name = "N", default_value_t = PARTS_MAX)]
    pub parts: u64,
    /// Bytes of a workbook when unpacked, in MiB
    #[arg(long = "package-limit", value_name = "MIB", default_value_t = PACKAGE_BYTES_MAX / MIB, value_parser = clap::value_parser!(u64).range(1..=u64::MAX / MIB))]
    pub package: u64,
    /// How many times larger than when packed a part of a workbook may be
    #[arg(long = "ratio-limit", value_name = "N", default_value_t = RATIO_MAX, value_parser = clap::value_parser!(u64).range(1..))]
    pub ratio: u64,
    /// This process is the one that reads
    #[arg(long, hide = true)]
    pub worker: bool,
}

impl LimitArgs {
    /// Memory of a worker, in MiB. A million lines of XLSX take some 140 on two threads.
    pub fn memory(&self) -> u64 {
        const BASE: u64 = 1024;
        const A_THREAD: u64 = 32;
        let threads = std::thread::available_parallelism().map_or(2, |threads| threads.get() as u64);
        self.memory.unwrap_or(BASE + A_THREAD * threads.saturating_sub(2))
    }

    /// What the package of a workbook may claim.
    pub fn package(&self) -> PackageLimits {
        PackageLimits { parts: self.parts, bytes: self.package * MIB, ratio: self.ratio }
    }
}

/// An encoding by its name.
pub(super) fn encoding(name: &str) -> Result<TextEncoding, String> {
    let unknown =
        || format!("{name:?} is no encoding such as utf-8, windows-1252, gb18030, utf-16le, shift_jis");
    TextEncoding::parse(name).ok_or_else(unknown)
}

/// Which of day and month comes first.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum DatesArg {
    /// 08/01/2025 is the first of August
    MonthFirst,
    /// 08/01/2025 is the eighth of January
    DayFirst,
}

impl DatesArg {
    /// As the readers of cells take it.
    pub fn order(self) -> DateOrder {
        match self {
            DatesArg::MonthFirst => DateOrder::MonthFirst,
            DatesArg::DayFirst => DateOrder::DayFirst,
        }
    }
}

/// What is said of a file where it does not tell.
#[derive(Debug, clap::Args)]
pub struct FileOption {
    /// How the columns are headed: a built-in profile (adcvd, ace-es-003, ace-line, cargowise, cbp-7501), or a file as
    /// `adcvd template columns` writes it [default: the one that fits best]
    #[arg(long = "columns", value_name = "NAME|FILE")]
    pub columns: Option<String>,
    /// Encoding of a CSV that is not UTF-8, such as windows-1252 or gb18030 [default: told by the file, or guessed and said]
    #[arg(long = "encoding", value_name = "NAME", value_parser = encoding)]
    pub encoding: Option<TextEncoding>,
    /// How to read 08/01/2025 where no row of its column tells day and month apart [default: an exception]
    #[arg(long = "dates", value_name = "ORDER", value_enum)]
    pub order: Option<DatesArg>,
}
