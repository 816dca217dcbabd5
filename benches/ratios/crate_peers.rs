//! Peers that are made of the usual crates: what a person who knows Rust would write in an afternoon.

// Workbooks hold numbers as floats; nothing here is the product's money.
#![allow(
    clippy::disallowed_types,
    reason = "a workbook's numbers are floats, and the peers take them as they are"
)]

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use calamine::{DataRef, Reader, Xlsx, open_workbook};
use csv::ByteRecord;
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use crate::Outcome;
use crate::toy::{CITATION, COLUMNS, Found, Needed, RateTable, dollars};

/// What a peer is given.
#[derive(Debug, clap::Args)]
pub struct Task {
    /// The entry file
    pub input: PathBuf,
    /// The rate table
    pub rates: PathBuf,
    /// The file to write
    pub output: PathBuf,
}

/// Reads the file and counts the fields.
pub fn csv_read(task: &Task) -> Outcome<()> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(&task.input)?;
    let mut record = ByteRecord::new();
    let mut fields = 0;
    while reader.read_byte_record(&mut record)? {
        fields += record.len();
    }
    println!("{fields} fields");
    Ok(())
}

/// Reads CSV, does the toy job, writes a workbook in constant memory.
pub fn csv_to_xlsx(task: &Task) -> Outcome<()> {
    let table = RateTable::read(&task.rates)?;
    let mut reader = csv::ReaderBuilder::new().from_path(&task.input)?;
    let needed = Needed::among(reader.headers()?.iter())?;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory()?;
    let width = write_headings(sheet, reader.headers()?.iter())?;
    let mut record = csv::StringRecord::new();
    let mut row = 0;
    while reader.read_record(&mut record)? {
        row += 1;
        for (column, text) in (0..).zip(&record).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(row, column, text)?;
        }
        if !record[needed.ad_case].is_empty() {
            let value: i64 = record[needed.value].parse()?;
            if let Some(found) = table.find(&record[needed.exporter], &record[needed.producer], value) {
                let cases = [&record[needed.ad_case], &record[needed.cvd_case]];
                write_found(sheet, row, width, found, cases, &record[needed.value])?;
            }
        }
    }
    book.save(&task.output)?;
    Ok(())
}

/// Our columns as text, empty ones left out.
fn write_found(
    sheet: &mut Worksheet,
    row: u32,
    width: u16,
    found: Found,
    cases: [&str; 2],
    value: &str,
) -> Outcome<()> {
    let percent = |hundredths: u32| dollars(i64::from(hundredths));
    let deposits = found.deposits;
    let texts: [&str; 12] = [
        found.status(),
        cases[0],
        &percent(found.rates.ad),
        value,
        &dollars(deposits.ad),
        cases[1],
        &percent(found.rates.cvd),
        value,
        &dollars(deposits.cvd),
        &dollars(deposits.ad + deposits.cvd),
        CITATION,
        found.remark(),
    ];
    for (column, text) in (width..).zip(texts).filter(|(_, text)| !text.is_empty()) {
        sheet.write_string(row, column, text)?;
    }
    Ok(())
}

fn write_headings<'a>(sheet: &mut Worksheet, input: impl Iterator<Item = &'a str>) -> Outcome<u16> {
    let mut width = 0;
    for heading in input {
        sheet.write_string(0, width, heading)?;
        width += 1;
    }
    for (column, heading) in (width..).zip(COLUMNS) {
        sheet.write_string(0, column, heading)?;
    }
    Ok(width)
}

/// Reads a workbook cell by cell, does the toy job, writes a workbook in low memory and the lines whose pair is not
/// listed as CSV.
pub fn xlsx_to_xlsx(task: &Task) -> Outcome<()> {
    let table = RateTable::read(&task.rates)?;
    let mut input: Xlsx<_> = open_workbook(&task.input)?;
    let name = input.sheet_names().first().cloned().ok_or("no sheet")?;
    let mut cells = input.worksheet_cells_reader(&name)?;
    let mut book = Workbook::new();
    let mut out = Annotated {
        sheet: book.add_worksheet_with_low_memory()?,
        unmatched: csv::Writer::from_writer(BufWriter::new(File::create(unmatched(&task.output))?)),
        day_look: Format::new().set_num_format("mm/dd/yyyy"),
        table: &table,
        needed: None,
        width: 0,
    };
    let mut row: Vec<DataRef<'_>> = Vec::new();
    let mut number = 0;
    while let Some(cell) = cells.next_cell()? {
        let (at, column) = cell.get_position();
        if at != number {
            out.write_row(number, &row)?;
            row.clear();
            number = at;
        }
        row.resize(row.len().max(column as usize + 1), DataRef::Empty);
        row[column as usize] = cell.get_value().clone();
    }
    out.write_row(number, &row)?;
    out.unmatched.flush()?;
    book.save(&task.output)?;
    Ok(())
}

/// Where the lines without a listed pair go.
fn unmatched(output: &Path) -> PathBuf {
    output.with_extension("unmatched.csv")
}

struct Annotated<'a> {
    sheet: &'a mut Worksheet,
    unmatched: csv::Writer<BufWriter<File>>,
    day_look: Format,
    table: &'a RateTable,
    needed: Option<Needed>,
    width: u16,
}

impl Annotated<'_> {
    fn write_row(&mut self, number: u32, row: &[DataRef<'_>]) -> Outcome<()> {
        let Some(needed) = self.needed else {
            let headings = row.iter().map(|cell| text(cell));
            self.width = write_headings(self.sheet, headings.clone())?;
            self.needed = Some(Needed::among(headings)?);
            return Ok(());
        };
        for (column, cell) in (0..).zip(row) {
            match cell {
                DataRef::Empty => continue,
                DataRef::Float(value) => self.sheet.write_number(number, column, *value)?,
                DataRef::Int(value) => self.sheet.write_number(number, column, i32::try_from(*value)?)?,
                DataRef::DateTime(day) => {
                    self.sheet.write_number_with_format(number, column, day.as_f64(), &self.day_look)?
                }
                other => self.sheet.write_string(number, column, text(other))?,
            };
        }
        let at = |column: usize| row.get(column).unwrap_or(&DataRef::Empty);
        let cases = [text(at(needed.ad_case)), text(at(needed.cvd_case))];
        if cases[0].is_empty() {
            return Ok(());
        }
        let DataRef::Float(value) = *at(needed.value) else { return Err("a value is not a number".into()) };
        // Whole dollars below 2^31: the generator writes no others.
        let whole = value as i64;
        let (exporter, producer) = (text(at(needed.exporter)), text(at(needed.producer)));
        let Some(found) = self.table.find(exporter, producer, whole) else { return Ok(()) };
        self.write_found(number, found, cases, value)?;
        if !found.matched() {
            self.write_unmatched(row)?;
        }
        Ok(())
    }

    fn write_found(&mut self, row: u32, found: Found, cases: [&str; 2], value: f64) -> Outcome<()> {
        let hundredths = |amount: i64| amount as f64 / 100.0;
        let (sheet, width, deposits) = (&mut *self.sheet, self.width, found.deposits);
        sheet.write_string(row, width, found.status())?;
        sheet.write_string(row, width + 1, cases[0])?;
        sheet.write_number(row, width + 2, hundredths(found.rates.ad.into()))?;
        sheet.write_number(row, width + 3, value)?;
        sheet.write_number(row, width + 4, hundredths(deposits.ad))?;
        sheet.write_string(row, width + 5, cases[1])?;
        sheet.write_number(row, width + 6, hundredths(found.rates.cvd.into()))?;
        sheet.write_number(row, width + 7, value)?;
        sheet.write_number(row, width + 8, hundredths(deposits.cvd))?;
        sheet.write_number(row, width + 9, hundredths(deposits.ad + deposits.cvd))?;
        sheet.write_string(row, width + 10, CITATION)?;
        if !found.remark().is_empty() {
            sheet.write_string(row, width + 11, found.remark())?;
        }
        Ok(())
    }

    fn write_unmatched(&mut self, row: &[DataRef<'_>]) -> Outcome<()> {
        for cell in row {
            match cell {
                DataRef::Float(value) => self.unmatched.write_field(value.to_string())?,
                DataRef::DateTime(day) => self.unmatched.write_field(day.as_f64().to_string())?,
                other => self.unmatched.write_field(text(other))?,
            }
        }
        self.unmatched.write_record(None::<&[u8]>)?;
        Ok(())
    }
}

fn text<'a>(cell: &'a DataRef<'_>) -> &'a str {
    match cell {
        DataRef::SharedString(text) => text,
        DataRef::String(text) => text,
        _ => "",
    }
}
