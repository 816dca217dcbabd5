//! 53-records as they are sent: the file beside the other outputs, in the order of the entries, listed by the manifest.
//! Which fields are refused stands in `tests/exceptions/AE01`, with records worked out by hand.

use std::fs;
use std::path::{Path, PathBuf};

use adcvd::batch::{FileOutcome, RunOptions, Silent, run_file};
use adcvd::casebook::load;
use adcvd::spreadsheet::Format;
use adcvd::spreadsheet::whole_file::sha256_of;
use adcvd::terms::{KnownDay, day};
use assert_cmd::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn folder() -> PathBuf {
    root().join("tests/exceptions/AE01")
}

fn run(out: &Path, piece_rows: usize, abi53: Option<&str>) -> FileOutcome {
    let casebook = load::load(&[folder().join("cases")]).unwrap();
    let as_of = KnownDay(day::parse_iso("2026-11-22").unwrap());
    let abi53 = abi53.map(str::to_string);
    let options =
        RunOptions { format: Format::Csv, piece_rows, abi53, ..RunOptions::new(as_of, out.to_path_buf()) };
    run_file(&casebook, &folder().join("entries.csv"), "entries", &options, &Silent).unwrap()
}

/// The chapter's own example (conventions, section 3.1: 68,707 at 93.50 percent, cash, 56 characters and spaces to 80),
/// with the invented case number in its place.
#[test]
fn the_example_of_the_chapter() {
    let out = tempfile::tempdir().unwrap();
    let written = fs::read_to_string(run(out.path(), 1024, Some("cases.txt")).names.abi53.unwrap()).unwrap();
    let example = "53A999101001C00009350A  00000000000000000000000006424105";
    assert_eq!(example.len(), 56);
    assert!(written.lines().next().unwrap().starts_with(example), "{written}");
    assert!(written.lines().all(|record| record.len() == 80), "{written}");
}

/// `records.txt` was put together field by field, by hand: rows 2, 3 (AD, then CVD: 68,707 at 11.58 percent is 7,956.27),
/// 4 (0.00 percent), 5 (500.5 kg at 1.10), 6 (a portion of 9,500 at 93.50 percent), 18 (102.72 percent of 10,000). The file
/// does not depend on how the entries are cut.
#[test]
fn records_come_out_in_the_order_of_the_entries() {
    let expected = fs::read_to_string(folder().join("records.txt")).unwrap();
    for piece_rows in [1, 3, 1024] {
        let out = tempfile::tempdir().unwrap();
        let outcome = run(out.path(), piece_rows, Some("cases.txt"));
        let path = outcome.names.abi53.unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), expected, "{piece_rows} rows a piece");
        let listed = outcome.manifest.outputs.iter().find(|output| output.name == "cases.txt").unwrap();
        assert_eq!((&*listed.sha256, listed.bytes), (&*sha256_of(&path).unwrap(), expected.len() as u64));
        assert_eq!(outcome.manifest.options["abi53"], "cases.txt");
    }
}

/// The records change nothing on a line but the notes that tell which are lacking.
#[test]
fn a_line_is_judged_the_same_with_records_and_without() {
    let (with, without) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let annotated = |outcome: FileOutcome| fs::read_to_string(outcome.names.annotated).unwrap();
    let with = annotated(run(with.path(), 1024, Some("cases.txt")));
    let plain = run(without.path(), 1024, None);
    assert_eq!(plain.names.abi53, None);
    let without = annotated(plain);
    assert!(with.contains("AE01") && !without.contains("AE01"));
    assert_eq!(with.replace(" AE01", "").replace("AE01", ""), without);
}

fn adcvd(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::cargo_bin("adcvd").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let said = [&output.stdout[..], &output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn the_command_takes_one_input_and_a_name_of_its_own() {
    let place = tempfile::tempdir().unwrap();
    fs::copy(folder().join("entries.csv"), place.path().join("entries.csv")).unwrap();
    fs::copy(root().join("samples/first-run.csv"), place.path().join("first-run.csv")).unwrap();
    let cases = folder().join("cases").to_string_lossy().into_owned();
    let run = |more: &[&str]| {
        adcvd(place.path(), &[&["run", "--as-of", "2026-11-22", "--cases", &cases], more].concat())
    };
    let (code, said) = run(&["entries.csv", "--abi53", "cases.txt"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("cases.txt  53-records; 9 lines with a deposit have none (AE01)"), "{said}");
    let written = place.path().join("out/cases.txt");
    assert_eq!(fs::read(&written).unwrap(), fs::read(folder().join("records.txt")).unwrap());
    // Again nothing is done; without records their file, which would be left behind unlisted, goes.
    assert!(run(&["entries.csv", "--abi53", "cases.txt"]).1.contains("unchanged"));
    assert_eq!(run(&["entries.csv"]).0, 0);
    assert!(!written.exists());
    // A file of somebody else stays.
    fs::write(&written, "mine").unwrap();
    let (code, said) = run(&["entries.csv", "--abi53", "cases.txt"]);
    assert_eq!((code, said.contains("--force")), (2, true), "{said}");
    assert_eq!(fs::read_to_string(&written).unwrap(), "mine");
    for refused in [
        &["entries.csv", "first-run.csv", "--abi53", "cases.txt"][..],
        &["entries.csv", "--abi53", "elsewhere/cases.txt"],
        &["entries.csv", "--abi53", "entries.run.json"],
        &["entries.csv", "--abi53", "entries.annotated.csv"],
    ] {
        let (code, said) = run(refused);
        assert_eq!((code, said.contains("--abi53")), (2, true), "{refused:?}: {said}");
    }
}
