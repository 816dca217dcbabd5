//! What is watched over after entry, one folder a situation: `tests/watch/<NAME>/`. A folder holds
//!
//! - `entries.csv` and `as-of.txt`: the file and the day from which it is looked at;
//! - `expected-refunds.csv`, `expected-corrections.csv`, `expected-deadlines.csv`: the columns to compare and their rows,
//!   worked out by hand; a file that is not there must not be written;
//! - `why.txt`: on which authority;
//! - `cases/`, where the built-in casebook has no such case: case folders with invented numbers (`999`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use adcvd::batch::{FileOutcome, RunOptions, Silent, run_file};
use adcvd::casebook::load;
use adcvd::determine::RefundStatus;
use adcvd::spreadsheet::Format;
use adcvd::terms::{KnownDay, day};
use calamine::{Data, Reader, Xlsx, open_workbook};

type Table = Vec<BTreeMap<String, String>>;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn table(path: &Path) -> (Vec<String>, Table) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headings: Vec<String> = reader.headers().unwrap().iter().map(str::to_string).collect();
    let rows = reader.records().map(|record| {
        let record = record.unwrap();
        headings.iter().cloned().zip(record.iter().map(str::to_string)).collect()
    });
    (headings.clone(), rows.collect())
}

fn run(input: &Path, cases: &[PathBuf], as_of: &str, change: impl FnOnce(&mut RunOptions)) -> FileOutcome {
    let casebook = load::load(cases).unwrap();
    let out = tempfile::tempdir().unwrap().keep();
    let mut options = RunOptions::new(KnownDay(day::parse_iso(as_of).unwrap()), out);
    change(&mut options);
    run_file(&casebook, input, "entries", &options, &Silent).unwrap()
}

fn compared(found: &Path, expected: &Path) {
    if !expected.exists() {
        assert!(!found.exists(), "{} is written, and nothing was to be said", found.display());
        return;
    }
    let (columns, expected_rows) = table(expected);
    let (_, found_rows) = table(found);
    let found_rows: Table = found_rows
        .into_iter()
        .map(|row| columns.iter().map(|column| (column.clone(), row[column].clone())).collect())
        .collect();
    for (place, (found, expected)) in found_rows.iter().zip(&expected_rows).enumerate() {
        assert_eq!(found, expected, "row {} of {}", place + 2, expected_rows.len());
    }
    assert_eq!(found_rows.len(), expected_rows.len(), "{}", expected.display());
}

#[test]
fn refunds_corrections_and_deadlines_are_as_worked_out() {
    for folder in fs::read_dir(root().join("tests/watch")).unwrap() {
        let folder = folder.unwrap().path();
        assert!(folder.join("why.txt").exists(), "{}", folder.display());
        let cases = Some(folder.join("cases")).filter(|cases| cases.is_dir());
        let as_of = fs::read_to_string(folder.join("as-of.txt")).unwrap();
        let cases: Vec<PathBuf> = cases.into_iter().collect();
        let outcome = run(&folder.join("entries.csv"), &cases, as_of.trim(), |options| {
            options.format = Format::Csv;
        });
        compared(&outcome.names.refunds, &folder.join("expected-refunds.csv"));
        compared(&outcome.names.corrections, &folder.join("expected-corrections.csv"));
        compared(&outcome.names.deadlines, &folder.join("expected-deadlines.csv"));
        let listed: Vec<&str> = outcome.manifest.outputs.iter().map(|output| &*output.name).collect();
        for path in [&outcome.names.refunds, &outcome.names.corrections, &outcome.names.deadlines] {
            let name = path.file_name().unwrap().to_string_lossy();
            assert_eq!(listed.contains(&&*name), path.exists(), "{name} in the manifest");
        }
        // Lines that are judged one by one leave the same.
        let apart = run(&folder.join("entries.csv"), &cases, as_of.trim(), |options| {
            options.format = Format::Csv;
            options.each_apart = true;
        });
        assert_eq!(outcome.manifest.outputs, apart.manifest.outputs);
    }
}

/// The sample month: every status that the built-in case can have, and differences that sum to those of the lines.
#[test]
fn the_sample_month_ties_out() {
    let outcome = run(&root().join("samples/monthly-entries.xlsx"), &[], "2026-11-22", |_| {});
    let (_, refunds) = table(&outcome.names.refunds);
    for status in RefundStatus::ALL.into_iter().filter(|status| *status != RefundStatus::Enjoined) {
        assert!(refunds.iter().any(|row| row["Refund Status"] == status.text()), "{status:?}");
    }
    let cents = |text: &str| text.replace('.', "").parse::<i128>().unwrap();
    let watched: i128 = refunds.iter().map(|row| cents(&row["Difference"])).sum();
    // The annotated lines say what was paid less what stands; a refund is where that is above nothing.
    let mut workbook: Xlsx<_> = open_workbook(&outcome.names.annotated).unwrap();
    let range = workbook.worksheet_range("Entries").unwrap();
    let headings: Vec<String> = range.rows().next().unwrap().iter().map(ToString::to_string).collect();
    let columns = ["AD Difference", "CVD Difference"]
        .map(|heading| headings.iter().position(|known| known == heading).unwrap());
    let cell = |row: &[Data], column: usize| match row[column] {
        Data::Float(amount) => (amount * 100.0).round() as i128,
        Data::Int(amount) => i128::from(amount) * 100,
        _ => 0,
    };
    let lines = range.rows().skip(1).flat_map(|row| columns.map(|column| cell(row, column)));
    assert_eq!(watched, lines.filter(|cents| *cents > 0).sum::<i128>());
    let mut report: Xlsx<_> = open_workbook(&outcome.names.report).unwrap();
    let sheet = report.worksheet_range("Refund Watch").unwrap();
    let status = |cell: &Data| RefundStatus::ALL.iter().any(|status| *cell == *status.text());
    // Deposits of an importer that differ in status are different money: each of its sums is that of its lines.
    for state in ["CHECK ACE", "REFUNDED"] {
        let of_state = refunds.iter().filter(|row| {
            (&*row["Importer"], &*row["Refund Status"], &*row["Case"]) == ("67-8901234-00", state, "A570194")
        });
        let by_hand: i128 = of_state.map(|row| cents(&row["Difference"])).sum();
        let sum =
            sheet.rows().find(|row| row[0] == *"67-8901234-00" && row[1] == *state && row[2] == *"A-570-194");
        assert_eq!(cell(sum.unwrap(), 7), by_hand, "{state}");
    }
    let summary = report.worksheet_range("Summary").unwrap();
    assert!(summary.rows().any(|row| row[0] == *"2 days have passed (sheet Deadlines)"));
    let shown = sheet.rows().filter(|row| row.iter().any(status));
    assert!(shown.count() >= refunds.len(), "lines without a paid figure stand in the sheet alone");
}
