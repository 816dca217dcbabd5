//! Writes the made-up entry files and their rate tables, line by line, and keeps them below the build folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use adcvd::casebook::load;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};

use crate::Outcome;
use crate::companies::Rates;
use crate::entries::{Cell, HEADINGS, Line, Trade};

/// To be raised when the content of the files changes, so that files of before are not taken for those of now.
const VERSION: u32 = 1;

/// The form of an entry file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum FileKind {
    /// A workbook.
    Xlsx,
    /// A CSV file.
    Csv,
}

impl FileKind {
    /// The ending of a file name.
    pub fn ending(self) -> &'static str {
        match self {
            FileKind::Xlsx => "xlsx",
            FileKind::Csv => "csv",
        }
    }
}

/// An entry file and its rate table.
#[derive(Clone, Debug)]
pub struct EntryFile {
    /// The entry file.
    pub input: PathBuf,
    /// Exporter, producer, rates: every pair of writings that the file has.
    pub rates: PathBuf,
    /// How many lines.
    pub rows: u32,
}

/// Where the files are; below the build folder, so that `cargo clean` takes them away.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("ratios")
}

/// Where a file of this kind and size is or will be.
pub fn place(kind: FileKind, rows: u32) -> EntryFile {
    let folder = folder().join(format!("entries-{VERSION}"));
    let ending = kind.ending();
    EntryFile {
        input: folder.join(format!("entries-{rows}.{ending}")),
        rates: folder.join(format!("rates-{rows}-{ending}.csv")),
        rows,
    }
}

/// Writes a file with its rate table, unless they are there.
pub fn write(kind: FileKind, rows: u32) -> Outcome<()> {
    let file = place(kind, rows);
    if file.input.exists() && file.rates.exists() {
        return Ok(());
    }
    fs::create_dir_all(file.input.parent().expect("a file in a folder"))?;
    let partial = file.input.with_extension("partial");
    let casebook = load::load(&[])?;
    let trade = Trade::of(&casebook);
    let mut pairs = BTreeMap::new();
    let lines = trade.lines().take(rows as usize).inspect(|line| {
        if let Some(rates) = line.rates {
            pairs.insert((line.exporter, line.producer), rates);
        }
    });
    match kind {
        FileKind::Csv => write_csv(&partial, lines)?,
        FileKind::Xlsx => write_xlsx(&partial, lines)?,
    }
    write_rates(&file.rates, &pairs)?;
    fs::rename(&partial, &file.input)?;
    Ok(())
}

fn write_csv<'t>(path: &Path, lines: impl Iterator<Item = Line<'t>>) -> Outcome<()> {
    let mut out = csv::Writer::from_path(path)?;
    out.write_record(HEADINGS)?;
    let mut text = String::new();
    for line in lines {
        for cell in line.cells() {
            text.clear();
            match cell {
                Cell::Blank => {}
                Cell::Text(word) => text.push_str(word),
                Cell::Whole(number) => text = number.to_string(),
                Cell::Day(day) => text = day.to_string(),
            }
            out.write_field(&text)?;
        }
        out.write_record(None::<&[u8]>)?;
    }
    out.flush()?;
    Ok(())
}

fn write_xlsx<'t>(path: &Path, lines: impl Iterator<Item = Line<'t>>) -> Outcome<()> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2025, 10, 1)?));
    let sheet = book.add_worksheet_with_low_memory()?;
    sheet.set_name("Entries")?;
    let bold = Format::new().set_bold();
    let day_look = Format::new().set_num_format("mm/dd/yyyy");
    for (column, heading) in (0..).zip(HEADINGS) {
        sheet.write_string_with_format(0, column, heading, &bold)?;
    }
    for (row, line) in (1..).zip(lines) {
        for (column, cell) in (0..).zip(line.cells()) {
            match cell {
                Cell::Blank => continue,
                Cell::Text(word) => sheet.write_string(row, column, word)?,
                Cell::Whole(number) => sheet.write_number(row, column, number)?,
                Cell::Day(day) => {
                    let year = u16::try_from(day.year())?;
                    let (month, day) = (u8::try_from(day.month())?, u8::try_from(day.day())?);
                    let moment = ExcelDateTime::from_ymd(year, month, day)?;
                    sheet.write_datetime_with_format(row, column, &moment, &day_look)?
                }
            };
        }
    }
    book.save(path)?;
    Ok(())
}

fn write_rates(path: &Path, pairs: &BTreeMap<(&str, &str), Rates>) -> Outcome<()> {
    let mut out = csv::Writer::from_writer(BufWriter::new(fs::File::create(path)?));
    out.write_record(["Exporter", "Producer", "AD Percent", "CVD Percent"])?;
    let percent = |hundredths: u32| format!("{}.{:02}", hundredths / 100, hundredths % 100);
    for ((exporter, producer), rates) in pairs {
        out.write_record([*exporter, *producer, &percent(rates.ad), &percent(rates.cvd)])?;
    }
    out.into_inner().map_err(|error| error.into_error())?.flush()?;
    Ok(())
}
