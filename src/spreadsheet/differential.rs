//! Three readers of one sheet must see the same cells: the scanner, the general parser, and calamine, which others
//! wrote. Where they differ there is a reason, and it is named here.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use calamine::{DataRef, Reader, Xlsx};

use super::cut::RowStream;
use super::number::{date_in, number_in};
use super::package::Package;
use super::row::{Cell, Rows};
use super::sheet_rows::{Ask, by_pull, rows};
use super::sheet_stream::SheetStream;
use super::xlsx_input::context;

type Cells = BTreeMap<(u64, usize), Cell>;

/// Why calamine sees something else than we do.
const REASONS: [(&str, &str); 1] =
    [("poi-53105.xlsx", "16,384 columns, of which at most 512 are read: a refusal")];

fn put(cells: &mut Cells, rows: &Rows) {
    for row in 0..rows.len() {
        for (column, cell) in rows.whole(row).into_iter().enumerate() {
            if cell != Cell::Empty && cell != Cell::Text("".into()) {
                cells.insert((rows.number(row), column), cell);
            }
        }
    }
}

/// All cells of a sheet by the scanner (which may give up and ask the general parser) and by the general parser.
fn ours(path: &Path, sheet: &str) -> Result<(Cells, Cells, bool), String> {
    let told = |error: super::read::SpreadsheetError| error.to_string();
    let mut package = Package::open(path).map_err(told)?;
    let context = Arc::new(context(&mut package).map_err(told)?);
    let entry = package.sheets.iter().find(|entry| entry.name == sheet).cloned().ok_or("no sheet")?;
    let part = entry.part.unwrap_or_default();
    let (mut stream, _) = SheetStream::open(&mut package, path, sheet, &part, &context).map_err(told)?;
    while stream.more().map_err(told)? {}
    let bytes = stream.bytes().to_vec();
    let ask = Ask { context: &context, behind: 0, columns: &[], all: true };
    let (mut scanned, mut pulled) = (Cells::new(), Cells::new());
    let fault = |fault| format!("{fault:?}");
    let by_scan = rows(bytes.clone(), ask).map_err(fault)?;
    put(&mut scanned, &by_scan);
    put(&mut pulled, &by_pull(bytes, ask).map_err(fault)?);
    Ok((scanned, pulled, by_scan.decoded.is_empty()))
}

fn theirs(path: &Path, sheet: &str) -> Result<Cells, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(|error| error.to_string())?;
    let mut cells = Cells::new();
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(|error| error.to_string())? {
        let value = match &cell.value {
            DataRef::Empty if cell.formula.is_some() => Cell::FormulaWithoutValue,
            DataRef::Empty => continue,
            DataRef::Int(number) => Cell::Number((*number).into()),
            DataRef::Float(number) => number_in(*number),
            DataRef::String(text) => Cell::Text(text.as_str().into()),
            DataRef::SharedString(text) => Cell::Text((*text).into()),
            DataRef::Bool(value) => Cell::Bool(*value),
            DataRef::DateTime(date) => date_in(date),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text.as_str().into()),
            DataRef::Error(error) => Cell::Error(error.to_string().into()),
        };
        let value = if value == Cell::Text("".into()) { continue } else { value };
        cells.insert((u64::from(cell.pos.0) + 1, cell.pos.1 as usize), value);
    }
    Ok(cells)
}

/// The same cell, as far as calamine tells: it hands ISO dates over as text, and knows the errors of a list alone.
fn same(ours: &Cell, theirs: &Cell) -> bool {
    match (ours, theirs) {
        (Cell::Date(date), Cell::Text(text)) => {
            text.parse().is_ok_and(|told: jiff::civil::DateTime| told == *date)
                || text.parse().is_ok_and(|told: jiff::civil::Date| told == date.date())
        }
        (Cell::Text(one), Cell::Text(other)) => one.replace("\r\n", "\n") == other.replace("\r\n", "\n"),
        (one, other) => one == other,
    }
}

fn workbooks(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder of workbooks")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
            matches!(extension.as_str(), "xlsx" | "xlsm")
        })
        .collect();
    found.sort();
    found
}

fn differences(path: &Path) -> Vec<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let Ok(package) = Package::open(path) else { return vec![format!("{name}: cannot be opened")] };
    let mut faults = Vec::new();
    for entry in package.sheets.iter().filter(|entry| entry.worksheet) {
        let sheet = &entry.name;
        let (scanned, pulled, quick) = match ours(path, sheet) {
            Ok(cells) => cells,
            Err(error) => {
                faults.push(format!("{name}/{sheet}: {error}"));
                continue;
            }
        };
        for key in scanned.keys().chain(pulled.keys()) {
            if scanned.get(key) != pulled.get(key) {
                faults.push(format!(
                    "{name}/{sheet} {key:?}: scanned {:?}, pulled {:?}",
                    scanned.get(key),
                    pulled.get(key)
                ));
            }
        }
        let theirs = match theirs(path, sheet) {
            Ok(cells) => cells,
            Err(error) => {
                faults.push(format!("{name}/{sheet}: calamine: {error}"));
                continue;
            }
        };
        let keys: std::collections::BTreeSet<_> = scanned.keys().chain(theirs.keys()).collect();
        for key in keys {
            let (one, other) = (scanned.get(key), theirs.get(key));
            if !one.zip(other).is_some_and(|(one, other)| same(one, other)) {
                faults.push(format!("{name}/{sheet} {key:?}: ours {one:?}, calamine {other:?}"));
            }
        }
        if std::env::var("ADCVD_TELL").is_ok() {
            println!("{name}/{sheet}: {} cells, {}", scanned.len(), if quick { "scanned" } else { "pulled" });
        }
    }
    faults
}

#[test]
fn every_sound_workbook_of_the_corpus_reads_the_same_three_ways() {
    let Ok(corpora) = std::env::var("ADCVD_CORPORA") else {
        println!("skipped: ADCVD_CORPORA is not set");
        return;
    };
    let mut faults = Vec::new();
    for path in workbooks(&Path::new(&corpora).join("workbooks/ok")) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let known = REASONS.iter().any(|(file, _)| *file == name);
        faults.extend(differences(&path).into_iter().filter(|_| !known));
    }
    assert!(faults.is_empty(), "{} differences:\n{}", faults.len(), faults.join("\n"));
}

/// A fixed sequence of numbers (Knuth's multiplier), the same on every machine.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Cells as programs write them: what stands between `<c` and the end. `{}` is the reference, where there is one.
const CELLS: [&str; 17] = [
    "<c{}><v>1250</v></c>",
    "<c{} s=\"0\"><v>-0.05</v></c>",
    "<c{}><v>93.499999999999986</v></c>",
    "<c{}><v>1E3</v></c>",
    "<c{} s=\"1\"><v>45870</v></c>",
    "<c{} s=\"1\"><v>45870.5</v></c>",
    "<c{} s=\"2\"><v>1.25</v></c>",
    "<c{} t=\"s\"><v>0</v></c>",
    "<c{} t=\"s\"><v>1</v></c>",
    "<c{} t=\"s\"><v>2</v></c>",
    "<c{} t=\"inlineStr\"><is><t>A &amp; B</t></is></c>",
    "<c{} t=\"inlineStr\"><is><r><t xml:space=\"preserve\">two </t></r><r><t>runs</t></r></is></c>",
    "<c{} t=\"str\"><f>\"a\"</f><v>a</v></c>",
    "<c{}><f t=\"shared\" si=\"0\"/><v>7</v></c>",
    "<c{}><f>A1</f></c>",
    "<c{} t=\"b\"><v>1</v></c>",
    "<c{} s=\"1\"/>",
];

/// A workbook with a sheet of such cells, in one of the ways in which programs write sheets.
fn generated(path: &Path, seed: u64) {
    use std::io::Write;
    let mut chance = Sequence(seed);
    let (prefixed, referenced, zip_64) = (seed % 3 == 1, seed.is_multiple_of(2), seed % 5 == 2);
    let mut rows = String::new();
    let mut number = 0;
    for _ in 0..12 {
        number += 1 + if referenced { chance.below(3) } else { 0 };
        let of_row = if referenced { format!(" r=\"{number}\" spans=\"1:9\"") } else { String::new() };
        if chance.below(8) == 0 {
            rows += &format!("<row{of_row}/>");
            continue;
        }
        let mut cells = String::new();
        let mut column = 0;
        for _ in 0..8 {
            column += 1 + if referenced { chance.below(2) as usize } else { 0 };
            let letters = crate::terms::place::column_letters(column - 1);
            let of_cell = if referenced { format!(" r=\"{letters}{number}\"") } else { String::new() };
            cells += &CELLS[chance.below(CELLS.len() as u64) as usize].replace("{}", &of_cell);
        }
        let blank = if chance.below(2) == 0 { "\n  " } else { "" };
        rows += &format!("<row{of_row}>{blank}{cells}{blank}</row>{blank}");
    }
    let named = |xml: String| match prefixed {
        true => xml
            .replace("</", "</x:")
            .replace('<', "<x:")
            .replace("<x:/x:", "</x:")
            .replace("xmlns=", "xmlns:x="),
        false => xml,
    };
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let date_1904 = if seed % 4 == 3 { "<workbookPr date1904=\"1\"/>" } else { "" };
    let parts = [
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"a\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\">{date_1904}<sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"b\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"b\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
                 <Relationship Id=\"c\" Type=\"{RELATIONS}/sharedStrings\" Target=\"sharedStrings.xml\"/>\
                 <Relationship Id=\"d\" Type=\"{RELATIONS}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            named(format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>")),
        ),
        (
            "xl/sharedStrings.xml",
            format!(
                "<sst xmlns=\"{MAIN}\"><si><t>plain</t></si><si><r><t>ri</t></r><r><t>ch</t></r></si>\
                 <si><t>kanji</t><rPh sb=\"0\" eb=\"1\"><t>guide</t></rPh></si></sst>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{MAIN}\"><numFmts count=\"1\"><numFmt numFmtId=\"170\" formatCode=\"[h]:mm\"/></numFmts>\
                 <cellXfs count=\"3\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"170\"/></cellXfs></styleSheet>"
            ),
        ),
    ];
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).expect("a file"));
    for (name, part) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default().large_file(zip_64)).expect("a part");
        zip.write_all(part.as_bytes()).expect("a part");
    }
    zip.finish().expect("a package");
}

#[test]
fn generated_sheets_read_the_same_three_ways() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut faults = Vec::new();
    for seed in 0..120 {
        let path = folder.path().join(format!("generated-{seed}.xlsx"));
        generated(&path, seed);
        faults.extend(differences(&path));
    }
    assert!(faults.is_empty(), "{} differences:\n{}", faults.len(), faults.join("\n"));
}
