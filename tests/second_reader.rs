//! Workbooks of ours, opened again by readers that are not ours: calamine, and openpyxl where Python has it. Where it
//! is not at hand, calamine's reading is compared with the CSVs of the same run alone (`tests/files.rs`,
//! `tests/watch.rs`).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use adcvd::batch::{FileOutcome, RunOptions, Silent, run_file};
use adcvd::casebook::load;
use adcvd::terms::{KnownDay, day};
use calamine::{Data, DataType, Reader, Xlsx, open_workbook};
use serde_json::Value;

type Cells = BTreeMap<(String, u32, u32), Value>;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn run(input: &Path) -> FileOutcome {
    let out = tempfile::tempdir().unwrap().keep();
    let options = RunOptions::new(KnownDay(day::parse_iso("2026-11-22").unwrap()), out);
    run_file(&load::load(&[]).unwrap(), input, "entries", &options, &Silent).unwrap()
}

fn by_calamine(path: &Path) -> Cells {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let mut cells = Cells::new();
    for sheet in workbook.sheet_names() {
        let range = workbook.worksheet_range(&sheet).unwrap();
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, cell) in range.used_cells() {
            let value = match cell {
                Data::Empty => continue,
                Data::Float(number) => Value::from(*number),
                Data::Int(number) => Value::from(*number as f64),
                Data::DateTime(day) => Value::from(day.as_f64()),
                Data::Bool(bool) => Value::from(*bool),
                other => Value::from(other.to_string()),
            };
            cells.insert((sheet.clone(), top + row as u32 + 1, left + column as u32 + 1), value);
        }
    }
    cells
}

/// The cells as openpyxl reads them; `None` where it is not at hand.
fn by_openpyxl(path: &Path) -> Option<Cells> {
    let python = |arguments: &[&Path]| Command::new("python3").args(arguments).output();
    let there = Command::new("python3").args(["-c", "import openpyxl"]).output();
    if !there.is_ok_and(|there| there.status.success()) {
        return None;
    }
    let read = python(&[&root().join("tests/second_reader/cells.py"), path]).unwrap();
    assert!(read.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&read.stderr));
    let lines = String::from_utf8(read.stdout).unwrap();
    let cell = |line: &str| {
        let (sheet, row, column, value, _): (String, u32, u32, Value, Value) =
            serde_json::from_str(line).unwrap();
        ((sheet, row, column), value)
    };
    Some(lines.lines().map(cell).collect())
}

#[test]
fn two_readers_find_the_same_value_in_every_cell() {
    for input in ["samples/monthly-entries.xlsx", "samples/first-run.csv"] {
        let outcome = run(&root().join(input));
        for path in [&outcome.names.annotated, &outcome.names.report] {
            let calamine = by_calamine(path);
            assert!(calamine.len() > 150, "{}", path.display());
            let Some(openpyxl) = by_openpyxl(path) else {
                eprintln!("openpyxl is not at hand: {} was read by calamine alone", path.display());
                continue;
            };
            for (place, value) in &calamine {
                assert_eq!(openpyxl.get(place), Some(value), "{} {place:?}", path.display());
            }
            assert_eq!(openpyxl.len(), calamine.len(), "{}", path.display());
        }
    }
}

/// The links of the Exceptions sheet: of each row to which file and which cell.
fn links(report: &Path) -> BTreeMap<String, (String, String)> {
    let mut package = zip::ZipArchive::new(File::open(report).unwrap()).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        package.by_name(name).map(|mut part| part.read_to_string(&mut text).unwrap()).ok()?;
        Some(text.replace("&apos;", "'").replace("&amp;", "&"))
    };
    let sheet = part("xl/worksheets/sheet2.xml").unwrap();
    let Some(targets) = part("xl/worksheets/_rels/sheet2.xml.rels") else { return BTreeMap::new() };
    let attribute = |tag: &str, name: &str| {
        let from = tag.find(&format!(" {name}=\"")).unwrap() + name.len() + 3;
        tag[from..].split('"').next().unwrap().to_string()
    };
    let target = |id: &str| {
        let tag = targets.split("<Relationship ").find(|tag| tag.contains(&format!("Id=\"{id}\""))).unwrap();
        assert!(tag.contains("TargetMode=\"External\""));
        attribute(&format!(" {tag}"), "Target")
    };
    let tags = sheet.split("<hyperlink ").skip(1).map(|tag| format!(" {tag}"));
    let found = tags
        .map(|tag| (attribute(&tag, "ref"), (target(&attribute(&tag, "r:id")), attribute(&tag, "location"))));
    found.collect()
}

/// Follows every link; how many there are, and how many causes.
fn followed(outcome: &FileOutcome) -> (usize, usize) {
    let mut report: Xlsx<_> = open_workbook(&outcome.names.report).unwrap();
    let exceptions = report.worksheet_range("Exceptions").unwrap();
    let rows: Vec<&[Data]> = exceptions.rows().collect();
    let top = rows.iter().position(|row| row[0] == *"Code").unwrap();
    let column = |heading: &str| rows[top].iter().position(|cell| *cell == *heading).unwrap();
    let (first_row, first_line) = (column("First row"), column("First line"));
    let annotated = by_calamine(&outcome.names.annotated);
    let links = links(&outcome.names.report);
    for (cell, (file, location)) in &links {
        assert_eq!(*file, outcome.names.annotated.file_name().unwrap().to_string_lossy());
        let at: usize = cell.trim_start_matches(char::is_alphabetic).parse().unwrap();
        let row = rows[at - 1];
        let (sheet, place) = location.rsplit_once("!A").unwrap();
        let place: u32 = place.parse().unwrap();
        assert_eq!(Some(f64::from(place)), row[first_row].as_f64(), "{cell}");
        let sheet = sheet.trim_matches('\'').replace("''", "'");
        let line = row[first_line].to_string();
        let entry = line.split('/').next().unwrap().replace('-', "");
        let of_row = annotated.range((sheet.clone(), place, 0)..(sheet, place + 1, 0));
        let there = |cell: &Value| cell.as_str().is_some_and(|text| text.replace('-', "") == entry);
        assert!(
            entry.is_empty() || of_row.into_iter().any(|(_, cell)| there(cell)),
            "{cell}: row {place} is not of entry {entry}"
        );
    }
    (links.len(), rows.len() - top - 1)
}

#[test]
fn a_cause_leads_to_its_first_row_in_the_annotated_workbook() {
    for input in ["samples/monthly-entries.xlsx", "samples/first-run.csv"] {
        let (links, causes) = followed(&run(&root().join(input)));
        assert_eq!(links, causes, "{input}");
        assert!(links > 5, "{input}");
    }
}

#[test]
fn behind_a_record_of_several_lines_no_row_is_pointed_at() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("entries.csv");
    let line = |number: u32, description: &str| {
        format!(
            "ABC-000000{number}-0,1,3801.10.5000,CN,2025-08-01,1000,Example Graphite No. {number},{description}\n"
        )
    };
    let heading =
        "Entry Number,Line Number,HTSUS,Country of Origin,Entry Date,Entered Value,Part Number,Description\n";
    let rows = [line(1, "anode"), line(2, "\"anode,\nsecond line\""), line(3, "anode")];
    fs::write(&input, [heading.to_string(), rows.concat()].concat()).unwrap();
    let outcome = run(&input);
    let pointed: Vec<String> = links(&outcome.names.report).into_values().map(|(_, cell)| cell).collect();
    assert!(pointed.iter().any(|cell| cell.ends_with("!A2")), "{pointed:?}");
    assert!(pointed.iter().any(|cell| cell.ends_with("!A3")), "{pointed:?}");
    assert!(!pointed.iter().any(|cell| cell.ends_with("!A4") || cell.ends_with("!A5")), "{pointed:?}");
    let (links, causes) = followed(&outcome);
    assert!(links < causes);
}
