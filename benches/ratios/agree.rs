//! Do two annotated files say the same? Deposits at entry of every line with a declared case, in cents: line by line
//! in files of ordinary size, as sums in larger ones.

// Deposits stand in workbooks as floats; they become cents at once.
#![allow(clippy::disallowed_types, reason = "a workbook's numbers are floats")]

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use calamine::{DataRef, Reader, Xlsx, open_workbook};

use crate::Outcome;
use crate::toy::{Deposits, RateTable, cents, dollars};

/// The two files to compare.
#[derive(Debug, clap::Args)]
pub struct Sides {
    /// Our annotated file
    pub ours: PathBuf,
    /// The peer's; or the entry file, if rates are given
    pub theirs: PathBuf,
    /// Do the toy job here on the entry file: the peer writes nothing
    #[arg(long)]
    pub rates: Option<PathBuf>,
    /// Compare sums only
    #[arg(long)]
    pub sums: bool,
}

/// Compares; says what was compared.
///
/// # Errors
/// The first difference.
pub fn compare(sides: &Sides) -> Outcome<String> {
    let table = sides.rates.as_deref().map(RateTable::read).transpose()?;
    let ours = Ledger::read(&sides.ours, sides.sums, None)?;
    let theirs = Ledger::read(&sides.theirs, sides.sums, table.as_ref())?;
    for (key, our) in &ours.each {
        let their = theirs.by_key.get(key).ok_or_else(|| format!("line {key}: only ours"))?;
        if our != their {
            return Err(format!("line {key}: ours {}, theirs {}", told(*our), told(*their)).into());
        }
    }
    for (what, our, their) in [
        ("lines", ours.lines, theirs.lines),
        ("lines with a declared case", ours.subject, theirs.subject),
        ("lines with both deposits", ours.figures, theirs.figures),
    ] {
        if our != their {
            return Err(format!("{what}: ours {our}, theirs {their}").into());
        }
    }
    if ours.sums != theirs.sums {
        return Err(
            format!("sums: ours {}, theirs {}", told(Some(ours.sums)), told(Some(theirs.sums))).into()
        );
    }
    if ours.figures == 0 {
        return Err("no line has a figure".into());
    }
    let how = if sides.sums { "sums" } else { "line by line" };
    Ok(format!("{} of {} lines, {how}: {}", ours.figures, ours.lines, told(Some(ours.sums))))
}

fn told(deposits: Option<Deposits>) -> String {
    deposits.map_or_else(
        || "no figure".to_string(),
        |deposits| format!("AD {}, CVD {}", dollars(deposits.ad), dollars(deposits.cvd)),
    )
}

/// What a file says of its lines with a declared case.
struct Ledger {
    lines: u64,
    subject: u64,
    figures: u64,
    sums: Deposits,
    /// In the order of the file, unless only sums are wanted.
    each: Vec<(String, Option<Deposits>)>,
    by_key: HashMap<String, Option<Deposits>>,
}

impl Ledger {
    /// Reads an annotated file, or an entry file with the rate table to annotate it by.
    fn read(path: &Path, sums_only: bool, table: Option<&RateTable>) -> Outcome<Ledger> {
        let mut ledger = Ledger {
            lines: 0,
            subject: 0,
            figures: 0,
            sums: Deposits { ad: 0, cvd: 0 },
            each: Vec::new(),
            by_key: HashMap::new(),
        };
        let mut enter = |cells: &[String; WANTED.len()]| -> Outcome<()> {
            let [entry, line, case, ad, cvd, exporter, producer, value] = cells;
            ledger.lines += 1;
            if case.is_empty() {
                return Ok(());
            }
            ledger.subject += 1;
            let deposits = match table {
                Some(table) => table.find(exporter, producer, value.parse()?).map(|found| found.deposits),
                None if ad.is_empty() || cvd.is_empty() => None,
                None => Some(Deposits { ad: cents(ad)?, cvd: cents(cvd)? }),
            };
            if let Some(deposits) = deposits {
                ledger.figures += 1;
                ledger.sums.ad += deposits.ad;
                ledger.sums.cvd += deposits.cvd;
            }
            if !sums_only {
                ledger.each.push((format!("{entry}/{line}"), deposits));
            }
            Ok(())
        };
        if path.extension() == Some(OsStr::new("csv")) {
            read_csv(path, &mut enter)?;
        } else {
            read_xlsx(path, &mut enter)?;
        }
        ledger.by_key = ledger.each.iter().cloned().collect();
        if ledger.by_key.len() != ledger.each.len() {
            return Err(format!("{}: a line stands there twice", path.display()).into());
        }
        Ok(ledger)
    }
}

/// The columns that count, ours first where two have the same meaning. Where a file has none of them the cell is empty.
const WANTED: [&[&str]; 8] = [
    &["Entry Number"],
    &["Line Number"],
    &["AD Case Number"],
    &["AD Deposit at Entry", "AD Deposit"],
    &["CVD Deposit at Entry", "CVD Deposit"],
    &["Exporter"],
    &["Producer"],
    &["Entered Value"],
];

type Enter<'a> = &'a mut dyn FnMut(&[String; WANTED.len()]) -> Outcome<()>;

/// For every column of the file the place among the wanted ones.
fn wanted_places(headings: &[String]) -> Vec<Option<usize>> {
    let column = |names: &[&str]| {
        names.iter().find_map(|name| headings.iter().position(|heading| heading.trim() == *name))
    };
    let columns: Vec<Option<usize>> = WANTED.iter().map(|names| column(names)).collect();
    (0..headings.len()).map(|at| columns.iter().position(|column| *column == Some(at))).collect()
}

fn read_csv(path: &Path, enter: Enter<'_>) -> Outcome<()> {
    let mut reader = csv::Reader::from_path(path)?;
    let headings: Vec<String> = reader.headers()?.iter().map(bare).map(str::to_string).collect();
    let places = wanted_places(&headings);
    let mut record = csv::StringRecord::new();
    let mut cells: [String; WANTED.len()] = Default::default();
    while reader.read_record(&mut record)? {
        for (text, place) in record.iter().zip(&places) {
            if let Some(place) = *place {
                cells[place].clear();
                cells[place].push_str(text);
            }
        }
        enter(&cells)?;
    }
    Ok(())
}

/// Without a byte order mark.
fn bare(text: &str) -> &str {
    text.trim_start_matches('\u{feff}')
}

fn read_xlsx(path: &Path, enter: Enter<'_>) -> Outcome<()> {
    let mut book: Xlsx<_> = open_workbook(path)?;
    let name = book.sheet_names().first().cloned().ok_or("no sheet")?;
    let mut reader = book.worksheet_cells_reader(&name)?;
    let mut headings: Vec<String> = Vec::new();
    let mut places: Vec<Option<usize>> = Vec::new();
    let mut cells: [String; WANTED.len()] = Default::default();
    let mut row = 0;
    while let Some(cell) = reader.next_cell()? {
        let (at, column) = cell.get_position();
        let column = column as usize;
        if at != row {
            if row == 0 {
                places = wanted_places(&headings);
            } else {
                enter(&cells)?;
            }
            cells.iter_mut().for_each(String::clear);
            row = at;
        }
        if row == 0 {
            headings.resize(headings.len().max(column + 1), String::new());
            headings[column] = text(cell.get_value())?;
        } else if let Some(Some(place)) = places.get(column) {
            cells[*place] = text(cell.get_value())?;
        }
    }
    if row > 0 { enter(&cells) } else { Ok(()) }
}

fn text(cell: &DataRef<'_>) -> Outcome<String> {
    Ok(match cell {
        DataRef::SharedString(text) => (*text).to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::Float(number) => decimal(*number)?,
        DataRef::Int(number) => number.to_string(),
        _ => String::new(),
    })
}

/// A number of a workbook as a decimal with at most two places.
fn decimal(number: f64) -> Outcome<String> {
    let text = format!("{number:.2}");
    let same = (text.parse::<f64>()? - number).abs() < 1e-6;
    if same { Ok(text) } else { Err(format!("{number} has parts of a cent").into()) }
}
