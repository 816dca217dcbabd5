//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::options::{
    AsOf, CaseFolders, FileOption, KeptFiles, LimitArgs, Reading, SheetArgs, date, encoding,
};
use super::overall::Overall;
use crate::spreadsheet::TextEncoding;

/// AD/CVD cash deposits for customs entry files: scope, exporter/producer pair, rate on the day of entry, with its
/// source.
#[derive(Debug, Parser)]
#[command(name = "adcvd", version, max_term_width = 100)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Annotate entry files and report exceptions
    Run(Box<RunArgs>),
    /// Map headings, parse and count; write nothing
    Check(Box<CheckArgs>),
    /// Tell one line in full: facts, rungs tried, arithmetic, sources, what was rejected
    Explain(Box<ExplainArgs>),
    /// Compare what is due with what ACE says was paid, line by line
    Compare(Box<CompareArgs>),
    /// Which rates were in force
    Rates(RatesArgs),
    /// Which listed party a name is, or the nearest ones and why they are not it
    Parties(PartiesArgs),
    /// The case folders
    #[command(subcommand)]
    Cases(CasesCommand),
    /// Write what is filled in: the entry form, a column profile
    #[command(subcommand)]
    Template(TemplateCommand),
    /// The catalogue of exception codes
    Exceptions {
        /// One code, such as PA02
        code: Option<String>,
    },
}

/// What `template` can write.
#[derive(Debug, Subcommand)]
pub enum TemplateCommand {
    /// The entry form: a workbook with all headings, notes and drop-downs
    Entries(TemplateEntriesArgs),
    /// A column profile with the headings of a file, for editing
    Columns(TemplateColumnsArgs),
}

/// `template entries`.
#[derive(Debug, clap::Args)]
pub struct TemplateEntriesArgs {
    /// Path of the new file
    #[arg(short, long = "out", value_name = "PATH", default_value = "entry-lines.xlsx")]
    pub out: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
}

/// `template columns`.
#[derive(Debug, clap::Args)]
pub struct TemplateColumnsArgs {
    /// A file with the headings
    pub input: PathBuf,
    /// Path of the new file
    #[arg(short, long = "out", value_name = "PATH", default_value = "columns.toml")]
    pub out: PathBuf,
    /// Sheet of a workbook
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Encoding of a CSV that is not UTF-8
    #[arg(long = "encoding", value_name = "NAME", value_parser = encoding)]
    pub encoding: Option<TextEncoding>,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub limits: LimitArgs,
}

/// What `cases` can do.
#[derive(Debug, Subcommand)]
pub enum CasesCommand {
    /// Each case, what it is now, and how far it was checked
    List(CaseFolders),
    /// The timeline of a case: notices, standing, rates
    Show(ShowArgs),
    /// Write a commented case folder of invented goods, with a guide, to be filled in
    New(NewCaseArgs),
    /// Check case folders; every fault with its place
    Check(CheckCasesArgs),
    /// Draft rows from a CBP message, a rate table or an ACE case query, for a person to check
    Import(Box<ImportArgs>),
    /// What two case folders say otherwise, and which lines of an entry file that changes
    Diff(Box<DiffArgs>),
}

/// Lines on which a run may be asked to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Any line without a figure
    NoFigure,
    /// Any line without a figure, or that a person must confirm
    Review,
}

/// By what a file is parted into packs.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SplitArg {
    /// By importer number
    Importer,
}

/// The form of the annotated file.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FormatArg {
    /// A workbook
    Xlsx,
    /// A CSV file
    Csv,
}

/// The name of a file, without folders.
fn file_name(name: &str) -> Result<String, String> {
    let plain = std::path::Path::new(name).file_name().is_some_and(|alone| alone == name);
    let hidden = name.starts_with('.');
    match plain && !hidden {
        true => Ok(name.to_string()),
        false => {
            Err("give the name of a file; it is written into the folder of the outputs (-o)".to_string())
        }
    }
}

/// `run`.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// Entry files (CSV, XLSX, XLSM, XLSB, XLS or ODS), or folders of them
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Folder for the outputs
    #[arg(short, long = "out", value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
    /// Form of the annotated file
    #[arg(long, value_enum, default_value = "xlsx")]
    pub format: FormatArg,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub sheets: SheetArgs,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub reading: Reading,
    /// Threads to use [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// How hard the annotated workbook is compressed, 1 (quickest) to 9 (smallest) [default: 2]
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(1..=9))]
    pub level: Option<u8>,
    /// Replace files that no manifest of adcvd lists
    #[arg(long)]
    pub force: bool,
    /// Read the outputs a second time before they are put in place: rows, actions and sums from the cells, hashes
    #[arg(long)]
    pub verify: bool,
    /// Say nothing but errors
    #[arg(long)]
    pub quiet: bool,
    /// Append a line for each file, as it ends, to this file
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Print the manifests as JSON instead of a table
    #[arg(long)]
    pub json: bool,
    /// Write the AD/CVD cases of the lines as AE 53-records (CATAIR, 80 characters) into a file of this name in the folder
    /// of the outputs; of one input
    #[arg(long, value_name = "FILE", value_parser = file_name)]
    pub abi53: Option<String>,
    /// Make a pack for each importer too, to be sent to that client: its lines, a report with a letter, and nothing of
    /// any other client
    #[arg(long, value_enum, value_name = "BY")]
    pub split: Option<SplitArg>,
    /// End with exit code 10 where such lines were found
    #[arg(long = "fail-on", value_name = "LINES", value_enum)]
    pub fail_on: Option<FailOn>,
    /// The one input that a worker reads
    #[arg(long, hide = true)]
    pub only: Option<PathBuf>,
    /// What its outputs are called
    #[arg(long, hide = true)]
    pub base: Option<String>,
    /// How far the run is, for the worker's bar
    #[arg(long, hide = true)]
    pub overall: Option<Overall>,
    /// Where the worker leaves word of a failure
    #[arg(long, hide = true)]
    pub word: Option<PathBuf>,
}

/// `check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// An entry file: CSV, XLSX, XLSM, XLSB, XLS or ODS
    pub input: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub sheets: SheetArgs,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub reading: Reading,
}

/// `compare`.
#[derive(Debug, clap::Args)]
pub struct CompareArgs {
    /// An entry file: CSV, XLSX, XLSM, XLSB, XLS or ODS
    pub input: PathBuf,
    /// What was paid: an ACE report by line (ES-003, line level) with AD/CVD columns
    #[arg(long, value_name = "REPORT")]
    pub deposits: PathBuf,
    /// Folder for the outputs
    #[arg(short, long = "out", value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
    /// Sheet of the entry file
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Sheet of the report
    #[arg(long = "deposits-sheet", value_name = "NAME")]
    pub deposits_sheet: Option<String>,
    /// How the columns of the report are headed, as with --columns
    #[arg(long = "deposits-columns", value_name = "NAME|FILE")]
    pub deposits_columns: Option<String>,
    /// Encoding of a report in CSV
    #[arg(long = "deposits-encoding", value_name = "NAME", value_parser = encoding)]
    pub deposits_encoding: Option<TextEncoding>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub reading: Reading,
    /// Replace files that no manifest of adcvd lists
    #[arg(long)]
    pub force: bool,
    /// Say nothing but errors
    #[arg(long)]
    pub quiet: bool,
    /// Print the manifest as JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// `explain`.
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// An entry file; without one, give the facts
    pub input: Option<PathBuf>,
    /// The line, as ENTRY/LINE
    #[arg(long, value_name = "ENTRY/LINE", requires = "input", conflicts_with = "row")]
    pub line: Option<String>,
    /// The row of the file
    #[arg(long, value_name = "N", requires = "input")]
    pub row: Option<u64>,
    /// Sheet of a workbook. May be given more than once, and '*' stands for every visible sheet that has the headings:
    /// they are read as one file
    #[arg(long = "sheet", value_name = "NAME", requires = "input")]
    pub sheets: Vec<String>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub reading: Reading,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub facts: FactArgs,
}

/// Facts of a line, typed.
#[derive(Debug, clap::Args)]
#[group(id = "facts", multiple = true, conflicts_with = "input")]
#[command(next_help_heading = "Facts")]
pub struct FactArgs {
    /// HTSUS
    #[arg(long)]
    pub hts: Option<String>,
    /// Country of origin
    #[arg(long)]
    pub origin: Option<String>,
    /// AD/CVD origin, where Commerce's differs
    #[arg(long)]
    pub ad_cvd_origin: Option<String>,
    /// Country of export
    #[arg(long)]
    pub export_country: Option<String>,
    /// Day of export
    #[arg(long)]
    pub export_date: Option<String>,
    /// Date of entry
    #[arg(long)]
    pub entry_date: Option<String>,
    /// Entry type
    #[arg(long)]
    pub entry_type: Option<String>,
    /// Exporter
    #[arg(long)]
    pub exporter: Option<String>,
    /// Producer
    #[arg(long)]
    pub producer: Option<String>,
    /// Supplier of a foreign exporter
    #[arg(long)]
    pub supplier: Option<String>,
    /// Entered value
    #[arg(long)]
    pub value: Option<String>,
    /// Value of the subject portion
    #[arg(long)]
    pub subject_value: Option<String>,
    /// Quantity, where a rate is per unit
    #[arg(long)]
    pub quantity: Option<String>,
    /// Its unit, such as KG
    #[arg(long)]
    pub unit: Option<String>,
    /// Product, in a word of the scope rules
    #[arg(long)]
    pub product: Option<String>,
    /// Carbon percent
    #[arg(long)]
    pub carbon: Option<String>,
    /// Energy density in mAh/g
    #[arg(long)]
    pub energy_density: Option<String>,
    /// Energy density in Wh/kg
    #[arg(long)]
    pub energy_density_wh: Option<String>,
    /// What the goods are made of
    #[arg(long)]
    pub material: Option<String>,
    /// Graphitization percent
    #[arg(long)]
    pub graphitization: Option<String>,
    /// AD case declared
    #[arg(long)]
    pub ad_case: Option<String>,
    /// CVD case declared
    #[arg(long)]
    pub cvd_case: Option<String>,
}

/// `rates`.
#[derive(Debug, clap::Args)]
pub struct RatesArgs {
    /// A case number such as A-999-101; all cases without one
    #[arg(value_name = "CASE")]
    pub case: Option<String>,
    /// The day of entry [default: the as-of day]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub on: Option<Date>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub as_of: AsOf,
    /// Only rows of this party; words of its name are enough
    #[arg(long, value_name = "NAME")]
    pub party: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub cases: CaseFolders,
}

/// `parties`.
#[derive(Debug, clap::Args)]
pub struct PartiesArgs {
    /// A company name as it is written
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The day of entry [default: the as-of day]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub on: Option<Date>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub as_of: AsOf,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub kept: KeptFiles,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub cases: CaseFolders,
}

/// `cases show`.
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// A case number, or the name of a folder
    #[arg(value_name = "CASE")]
    pub case: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub cases: CaseFolders,
}

/// `cases new`.
#[derive(Debug, clap::Args)]
pub struct NewCaseArgs {
    /// Name of the new folder, such as steel-racks: lower-case letters, digits and hyphens
    #[arg(value_name = "SLUG", value_parser = slug)]
    pub slug: String,
    /// Folder into which it is put
    #[arg(short, long = "out", value_name = "DIR", default_value = ".")]
    pub out: PathBuf,
}

fn slug(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match text.chars().all(plain) && text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        true => Ok(text.to_string()),
        false => Err("give lower-case letters, digits and hyphens, such as steel-racks".to_string()),
    }
}

/// `cases check`.
#[derive(Debug, clap::Args)]
pub struct CheckCasesArgs {
    /// Folder to check; the built-in ones without it
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// `cases import`.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// The text as it was pasted: a CBP AD/CVD message, a rate table of the Federal Register, or the response to an ACE
    /// AD/CVD case query
    #[arg(value_name = "MESSAGE")]
    pub message: PathBuf,
    /// A case folder to which the draft is added, or the path of a new one; without it the draft is printed
    #[arg(long = "into", value_name = "DIR")]
    pub into: Option<PathBuf>,
    /// Encoding of a text that is not UTF-8
    #[arg(long = "encoding", value_name = "NAME", value_parser = encoding)]
    pub encoding: Option<TextEncoding>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub limits: LimitArgs,
}

/// `cases diff`.
#[derive(Debug, clap::Args)]
pub struct DiffArgs {
    /// A case folder, or a number of a built-in case
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The same for the new one
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// An entry file: which of its lines change, and by how much
    #[arg(long, value_name = "FILE")]
    pub over: Option<PathBuf>,
    /// Folder for CSV files with all changes
    #[arg(short, long = "out", value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace files that are there
    #[arg(long)]
    pub force: bool,
    /// Sheet of a workbook; may be given more than once, and '*' is every visible sheet that has the headings
    #[arg(long = "sheet", value_name = "NAME", requires = "over")]
    pub sheets: Vec<String>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub file: FileOption,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub as_of: AsOf,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub kept: KeptFiles,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub limits: LimitArgs,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }
}
