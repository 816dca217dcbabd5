//! Files to read and files to survive: `tests/workbooks` holds those made for this project, each with what is expected of
//! it in `MANIFEST.csv`:
//!
//! - `ok`: it is read (exit code 0 where it has the headings of an entry file);
//! - `refuse`: it ends in a clear refusal (exit code 3);
//! - `survive`: either. Never a crash, more than 1 GiB, or more than 30 seconds.
//!
//! A larger folder with a manifest of the same shape is walked where `ADCVD_CORPORA` names it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use adcvd::spreadsheet::row::{Cell, Row};
use adcvd::spreadsheet::small_table::read_small_table;
use wait4::Wait4;

const SECONDS_MAX: u64 = 30;
const MEMORY_MAX: u64 = 1024 * 1024 * 1024;
/// Limits of packages under which anything passes.
const UNCHECKED: [&str; 6] =
    ["--ratio-limit", "100000000", "--package-limit", "100000", "--parts-limit", "1000000"];

struct File {
    path: PathBuf,
    expected: String,
    headings: String,
    why: String,
}

fn files(folder: &Path) -> Vec<File> {
    let mut reader = csv::Reader::from_path(folder.join("MANIFEST.csv")).unwrap();
    let headings = reader.headers().unwrap().clone();
    let place = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
    let [path, expected, why, kind] = ["path", "expected", "why", "headings"].map(place);
    let records = reader.records().map(Result::unwrap);
    let file = |record: csv::StringRecord| File {
        path: folder.join(&record[path]),
        expected: record[expected].to_string(),
        headings: record[kind].to_string(),
        why: record[why].to_string(),
    };
    records.map(file).collect()
}

/// What is wrong with how the program took a file.
fn fault(file: &File, more: &[&str]) -> Option<String> {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_adcvd"))
        .args(["check", "--as-of", "2026-11-22"])
        .arg(&file.path)
        .args(more)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
    let ended = child.wait4().unwrap();
    let code = ended.status.code();
    let right = match (file.expected.as_str(), file.headings.as_str()) {
        ("ok", "entry") => code == Some(0),
        ("refuse", _) if more.is_empty() => code == Some(3),
        _ => matches!(code, Some(0 | 3)),
    };
    let refused_well = code != Some(3) || said.lines().count() >= 1 && said.contains(": ");
    let problem = if !right {
        format!("ended with {code:?}")
    } else if !refused_well || said.contains("a fault at") || said.contains("fault of adcvd") {
        "no clear refusal".to_string()
    } else if begun.elapsed() > Duration::from_secs(SECONDS_MAX) {
        format!("took {} seconds", begun.elapsed().as_secs())
    } else if ended.rusage.maxrss > MEMORY_MAX {
        format!("took {} bytes", ended.rusage.maxrss)
    } else {
        return None;
    };
    Some(format!("{} ({}, {}): {problem}: {said}", file.path.display(), file.expected, file.why))
}

fn walk(files: Vec<File>, more: &[&str]) {
    let files = Mutex::new(files);
    let faults = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(file) = { files.lock().unwrap().pop() } {
                    faults.lock().unwrap().extend(fault(&file, more));
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "{} files:\n{}", faults.len(), faults.join("\n"));
}

fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/workbooks")
}

#[test]
fn files_made_for_this_project_are_read_refused_or_survived() {
    walk(files(&own()), &[]);
}

/// What stands behind the check of packages has to hold by itself.
#[test]
#[ignore = "slow: hundreds of megabytes are unpacked"]
fn slow_bombs_that_are_let_through_are_survived() {
    let claims = |file: &File| {
        let name = file.path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("made-bomb") || name.starts_with("made-zip")
    };
    let files: Vec<File> = files(&own()).into_iter().filter(claims).collect();
    assert!(files.len() > 30, "{}", files.len());
    walk(files, &UNCHECKED);
}

#[test]
#[ignore = "slow: hundreds of files from elsewhere"]
fn slow_files_from_elsewhere_are_read_refused_or_survived() {
    match std::env::var_os("ADCVD_CORPORA") {
        Some(folder) => walk(files(Path::new(&folder)), &[]),
        None => println!("skipped: ADCVD_CORPORA names no folder"),
    }
}

/// One file in every encoding and layout gives the same answers as in the plainest one.
#[test]
fn one_file_in_many_writings_has_the_same_answers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/workbooks/csv/ok");
    let answers = |name: &str| {
        let out = tempfile::tempdir().unwrap();
        let ran = Command::new(env!("CARGO_BIN_EXE_adcvd"))
            .args(["run", "--as-of", "2026-11-22", "--quiet", "--format", "csv", "-o"])
            .arg(out.path())
            .arg(folder.join(name))
            .output()
            .unwrap();
        assert!(ran.status.success(), "{name}: {ran:?}");
        let text = fs::read_dir(out.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.to_string_lossy().ends_with(".annotated.csv"))
            .map(|path| fs::read_to_string(path).unwrap())
            .unwrap();
        // The answers of the lines: action, rates and deposits, without what the layouts put around them.
        let delimiter = [b',', b';', b'\t', b'|']
            .into_iter()
            .max_by_key(|delimiter| text.bytes().filter(|byte| byte == delimiter).count())
            .unwrap();
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let heading = records.iter().position(|record| record.iter().any(|cell| cell == "Action")).unwrap();
        let places: Vec<usize> = ["Action", "AD Rate", "CVD Rate", "Deposit at Entry"]
            .iter()
            .map(|name| records[heading].iter().position(|cell| cell == *name).unwrap())
            .collect();
        let lines = records[heading + 1..]
            .iter()
            .filter(|record| record.get(places[0]).is_some_and(|action| !action.is_empty()));
        lines
            .map(|record| places.iter().map(|place| record[*place].to_string()).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    let plain = answers("made-entry-utf8.csv");
    assert_eq!(plain.len(), 4);
    for name in [
        "made-entry-blank-lines.csv",
        "made-entry-columns-shuffled.csv",
        "made-entry-cr-only.csv",
        "made-entry-extra-columns.csv",
        "made-entry-heading-spelling.csv",
        "made-entry-lf.csv",
        "made-entry-no-final-newline.csv",
        "made-entry-pipe.csv",
        "made-entry-preamble.csv",
        "made-entry-semicolon.csv",
        "made-entry-sep-line.csv",
        "made-entry-tab.tsv",
        "made-entry-total-row.csv",
        "made-entry-trailing-commas.csv",
        "made-entry-utf8-bom-quoted-header.csv",
        "made-entry-utf8-bom.csv",
    ] {
        assert_eq!(answers(name), plain, "{name}");
    }
    let chinese = answers("made-entry-chinese-utf8.csv");
    for name in [
        "made-entry-gb18030.csv",
        "made-entry-utf16be-bom.csv",
        "made-entry-utf16le-bom-tab.txt",
        "made-entry-utf16le-bom.csv",
    ] {
        assert_eq!(answers(name), chinese, "{name}");
    }
}

/// csv-spectrum brings its own answers: for each file its records, by heading.
#[test]
#[ignore = "needs files from elsewhere"]
fn slow_csv_spectrum_reads_as_its_answers_say() {
    let Some(corpora) = std::env::var_os("ADCVD_CORPORA") else {
        println!("skipped: ADCVD_CORPORA names no folder");
        return;
    };
    let folder = PathBuf::from(corpora).join("csv/ok");
    let mut compared = 0;
    for answer in fs::read_dir(folder.join("csv-spectrum-json")).unwrap() {
        let answer = answer.unwrap().path();
        let name = format!("csv-spectrum-{}.csv", answer.file_stem().unwrap().to_string_lossy());
        let records = match serde_json::from_slice(&fs::read(&answer).unwrap()).unwrap() {
            serde_json::Value::Array(records) => records,
            one => vec![one],
        };
        let table = read_small_table(&folder.join(&name), None, &|_| true).unwrap();
        let read = |row: &Row| -> serde_json::Value {
            let cells = row.cells.iter().map(|cell| match cell {
                Cell::Text(text) => text.to_string(),
                cell => cell.shown(),
            });
            table.headings.iter().cloned().zip(cells).collect()
        };
        let mut read: Vec<serde_json::Value> = table.rows.iter().map(read).collect();
        // The answer to this file holds another telephone number than the file does.
        if name == "csv-spectrum-location_coordinates.csv" {
            assert_eq!(read[0]["Contact Phone Number"], "2095257564");
            read[0]["Contact Phone Number"] = "1234567890".into();
        }
        assert_eq!(read, records, "{name}");
        compared += 1;
    }
    assert!(compared >= 12, "{compared} files were compared");
}
