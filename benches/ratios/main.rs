//! Measures whole runs of the program against what a person would take instead, on made-up entry files, and compares
//! what both say. One command does all of it:
//!
//! ```text
//! cargo bench --bench ratios                  what the targets ask: up to 1m lines of XLSX, 5m of CSV
//! cargo bench --bench ratios -- --quick       10k lines, 3 runs: does everything work?
//! cargo bench --bench ratios -- --help        all options
//! ```
//!
//! Ratios are medians of pairs of runs that follow each other (A B A B), of whole processes, with warm files. The
//! reference does a toy job; ours is the full product, with reasons, exceptions report and hashes. Markdown goes to
//! standard output, progress to standard error. It ends with 1 if two outputs differ. With the defaults it takes about
//! half an hour, most of it the peers' time.
//!
//! Entry files, Python environments and outputs are kept below the build folder; `cargo clean` takes them away. A
//! peer that cannot run here is skipped with a line that says why.

mod agree;
mod arguments;
mod companies;
mod comparisons;
mod crate_peers;
mod entries;
mod files;
mod growth;
mod machine;
mod measure;
mod peers;
mod python;
mod sequence;
mod statistics;
mod tables;
mod toy;

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Options, Part, PeerGroup, short};
use crate::comparisons::{Bench, Comparison, Measured, made};
use crate::files::FileKind;
use crate::peers::{PEERS, Peer};
use crate::python::Python;

/// The result of something that can go wrong in many ways, of which a person reads the words.
type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.part {
        Some(part) => run_part(&part).map(|()| true),
        // `cargo test --all-targets` starts it too, without cargo's flag; then there is nothing to do.
        None if !arguments.options.bench => {
            println!("cargo bench --bench ratios");
            Ok(true)
        }
        None => run_bench(arguments.options.settled()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run_part(part: &Part) -> Outcome<()> {
    match part {
        Part::Generate { kind, rows } => files::write(*kind, *rows),
        Part::Crates(task) => crate_peers::xlsx_to_xlsx(task),
        Part::CsvRead(task) => crate_peers::csv_read(task),
        Part::CsvToXlsx(task) => crate_peers::csv_to_xlsx(task),
        Part::Agree(sides) => agree::compare(sides).map(|said| println!("{said}")),
    }
}

/// Rows of a sheet without the headings.
const LINES_OF_A_SHEET: u32 = 1_048_575;

/// All of it; false if outputs differ.
fn run_bench(options: Options) -> Outcome<bool> {
    let bench = prepared(options)?;
    let agree = report(&bench);
    for folder in [&bench.for_csv, &bench.beside] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    agree
}

/// Measures and prints; false if outputs differ.
fn report(bench: &Bench) -> Outcome<bool> {
    println!("# adcvd {} against what a person would take instead\n", env!("CARGO_PKG_VERSION"));
    say_conditions(bench)?;
    println!("\n## Ratios\n");
    let (all, skipped) = compare_all(bench)?;
    for line in skipped {
        println!("\nSkipped: {line}");
    }
    let agree = tables::agreement(&all);
    let mut grown = growth::measured(bench, FileKind::Xlsx, &bench.options.sizes)?;
    let mut csv_sizes = [bench.options.sizes.clone(), bench.options.csv_sizes.clone()].concat();
    csv_sizes.sort_unstable();
    csv_sizes.dedup();
    grown.extend(growth::measured(bench, FileKind::Csv, &csv_sizes)?);
    tables::growth(&grown);
    if !agree {
        eprintln!("outputs differ: see the table of agreement");
    }
    Ok(agree)
}

/// Folders, entry files and environments, before anything is measured.
fn prepared(options: Options) -> Outcome<Bench> {
    if options.sizes.iter().any(|rows| *rows > LINES_OF_A_SHEET) {
        return Err(format!("--sizes: a sheet has room for {LINES_OF_A_SHEET} lines").into());
    }
    for rows in &options.sizes {
        made(FileKind::Xlsx, *rows)?;
        made(FileKind::Csv, *rows)?;
    }
    let mut largest = 0;
    for rows in &options.csv_sizes {
        largest = largest.max(fs::metadata(made(FileKind::Csv, *rows)?.input)?.len());
    }
    let beside = files::folder().join("outputs");
    // Two annotated files and an exceptions report, each larger than the input.
    let memory = machine::in_memory(largest * 6).map(|folder| folder.join("adcvd-ratios"));
    let for_csv = memory.unwrap_or_else(|| beside.join("csv"));
    for folder in [&beside, &for_csv] {
        fs::create_dir_all(folder)?;
    }
    let wanted = options.peers.contains(&PeerGroup::Python);
    let python = if wanted { Python::prepared() } else { Python::unwanted() };
    Ok(Bench { options, python, beside, for_csv })
}

fn say_conditions(bench: &Bench) -> Outcome<()> {
    println!("- {}", machine::described());
    let memory = bench.for_csv.starts_with("/dev/shm");
    println!("- CSV outputs go to {}; workbooks go to disk", if memory { "a tmpfs" } else { "disk" });
    println!("- crates: {}", crate_versions()?);
    if bench.options.peers.contains(&PeerGroup::Python) {
        println!("- Python packages: {}", python::versions()?);
    }
    if let Some(floor) = machine::own_peak() {
        println!("- peaks below {floor} MiB cannot be told");
    }
    println!("- runs: {}; {} where the peer takes minutes", bench.options.runs, bench.options.slow_runs);
    io::stdout().flush()?;
    Ok(())
}

/// Versions of the crates that the peers are made of.
fn crate_versions() -> Outcome<String> {
    let lock = fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock"))?;
    let lock: toml::Table = lock.parse()?;
    let packages = lock.get("package").and_then(toml::Value::as_array).ok_or("no packages are locked")?;
    let text = |package: &toml::Value, key: &str| package.get(key)?.as_str().map(str::to_string);
    let versions =
        packages.iter().filter_map(|package| Some((text(package, "name")?, text(package, "version")?)));
    let wanted = versions.filter(|(name, _)| ["calamine", "csv", "rust_xlsxwriter"].contains(&name.as_str()));
    Ok(wanted.map(|(name, version)| format!("{name} {version}")).collect::<Vec<_>>().join(", "))
}

/// Every peer that was asked for at every size; and, in words, what was not done.
fn compare_all(bench: &Bench) -> Outcome<(Vec<Measured<'static>>, Vec<String>)> {
    let (mut all, mut skipped) = (Vec::new(), Vec::new());
    tables::comparison_head();
    let wanted = |peer: &&Peer| {
        let group = if peer.of_crates() { PeerGroup::Crates } else { PeerGroup::Python };
        bench.options.peers.contains(&group)
    };
    for peer in PEERS.iter().filter(wanted) {
        let sizes = sizes(&bench.options, peer);
        if sizes.is_empty() {
            skipped.push(format!("{}, {}: no size that it can do in time", peer.job.text(), peer.name));
        }
        for rows in sizes {
            match bench.compare(Comparison { peer, rows })? {
                Ok(measured) => {
                    tables::comparison_row(&measured);
                    io::stdout().flush()?;
                    all.push(measured);
                }
                Err(reason) => {
                    skipped.push(format!("{}, {}, {}: {reason}", peer.job.text(), short(rows), peer.name));
                }
            }
        }
    }
    Ok((all, skipped))
}

/// The sizes at which a peer is compared.
fn sizes(options: &Options, peer: &Peer) -> Vec<u32> {
    let csv = peer.job.input == FileKind::Csv && peer.job.output == FileKind::Csv;
    let sizes = if csv { &options.csv_sizes } else { &options.sizes };
    match peer.most_rows {
        None => sizes.clone(),
        Some(most) => sizes.iter().copied().filter(|rows| *rows <= most).max().into_iter().collect(),
    }
}
