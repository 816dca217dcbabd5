//! Exceptions, one folder a code: `tests/exceptions/<CODE>/`. A folder holds
//!
//! - `entries.csv`, or `entries.xlsx` where only a workbook can raise the code: rows that raise it in every situation
//!   it covers, and sound rows beside them;
//! - `expected.csv`: the rows of `exceptions.csv` for this code alone (`Code,Severity,Row,Field,Found,Stake`), worked
//!   out by hand from the contract, never copied from a run;
//! - `why.txt`: what provokes the code, what a broker does about it, and on which authority;
//! - `as-of.txt`, where the day asked from is not 2026-11-22;
//! - `aliases.csv`, `products.csv`, `crosswalk.csv`, where the broker keeps decisions on names or on products, or names
//!   for manufacturer IDs;
//! - `records.txt`, where 53-records are asked for: those that are to come out;
//! - `cases/`, where the built-in casebook cannot raise the code: case folders with invented numbers (`999`).
//!
//! To add a folder, name it after a code of the catalogue and put these files there; nothing else needs to be told.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use adcvd::batch::{FileOutcome, RunOptions, Silent, run_file};
use adcvd::casebook::load;
use adcvd::records::{read_aliases, read_crosswalk, read_products};
use adcvd::spreadsheet::Format;
use adcvd::spreadsheet::read::PIECE_ROWS;
use adcvd::terms::{Code, KnownDay, day};

const USUAL_DAY: &str = "2026-11-22";
const COMPARED: [&str; 6] = ["Code", "Severity", "Row", "Field", "Found", "Stake"];
const BOM: &[u8] = b"\xef\xbb\xbf";

type Rows = Vec<Vec<String>>;

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exceptions");
    let mut folders: Vec<_> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

fn name(folder: &Path) -> String {
    folder.file_name().unwrap().to_string_lossy().into_owned()
}

fn input(folder: &Path) -> PathBuf {
    let inputs = ["entries.csv", "entries.xlsx"].map(|name| folder.join(name));
    let [input] = &inputs.iter().filter(|path| path.exists()).collect::<Vec<_>>()[..] else {
        panic!("{} needs either entries.csv or entries.xlsx", folder.display())
    };
    (*input).clone()
}

fn as_of(folder: &Path) -> KnownDay {
    let text = fs::read_to_string(folder.join("as-of.txt")).unwrap_or_else(|_| USUAL_DAY.to_string());
    KnownDay(day::parse_iso(text.trim()).expect("an ISO date in as-of.txt"))
}

fn run(folder: &Path, out: &Path) -> FileOutcome {
    let cases = folder.join("cases");
    let cases: Vec<PathBuf> = cases.is_dir().then_some(cases).into_iter().collect();
    let casebook = load::load(&cases).unwrap_or_else(|error| panic!("{}: {error}", name(folder)));
    let aliases = folder.join("aliases.csv");
    let aliases = aliases.exists().then_some(aliases);
    let aliases = read_aliases(aliases.iter().map(PathBuf::as_path), &casebook).unwrap();
    let (casebook, _) = casebook.confirm(aliases.confirmed);
    let products = folder.join("products.csv");
    let products = products.exists().then_some(products);
    let products = read_products(products.iter().map(PathBuf::as_path), &casebook).unwrap().products;
    let crosswalk = folder.join("crosswalk.csv");
    let crosswalk =
        if crosswalk.exists() { read_crosswalk(&crosswalk).unwrap().0 } else { Default::default() };
    let (as_of, out) = (as_of(folder), out.to_path_buf());
    let options = RunOptions {
        format: Format::Csv,
        force: false,
        dates: None,
        piece_rows: PIECE_ROWS,
        each_apart: false,
        crosswalk: std::sync::Arc::new(crosswalk),
        products: std::sync::Arc::new(products),
        abi53: folder.join("records.txt").exists().then(|| "records.txt".to_string()),
        ..RunOptions::new(as_of, out)
    };
    let outcome = run_file(&casebook, &input(folder), "entries", &options, &Silent);
    outcome.unwrap_or_else(|error| panic!("{}: {error}", name(folder)))
}

/// The compared columns of the rows of one code. Sorted: the order of exceptions of one row is not promised.
fn rows_of(path: &Path, code: &str) -> Rows {
    let bytes = fs::read(path).unwrap();
    let mut reader = csv::Reader::from_reader(bytes.strip_prefix(BOM).unwrap_or(&bytes));
    let headings = reader.headers().unwrap().clone();
    let place = |column: &str| headings.iter().position(|heading| heading == column).unwrap();
    let places = COMPARED.map(place);
    let records = reader.records().map(Result::unwrap).filter(|record| &record[places[0]] == code);
    let mut rows: Rows =
        records.map(|record| places.iter().map(|at| record[*at].to_string()).collect()).collect();
    rows.sort();
    rows
}

/// Rows of `these` that are not among `those`, each as often as it is lacking there.
fn lacking(these: &Rows, those: &Rows) -> Rows {
    let mut left = those.clone();
    let found = |row: &&Vec<String>| match left.iter().position(|other| other == *row) {
        Some(at) => {
            left.swap_remove(at);
            false
        }
        None => true,
    };
    these.iter().filter(found).cloned().collect()
}

#[test]
fn every_code_comes_out_as_worked_by_hand() {
    let mut faults = Vec::new();
    for folder in folders() {
        let code = name(&folder);
        let out = tempfile::tempdir().unwrap();
        let outcome = run(&folder, out.path());
        let (found, expected) =
            (rows_of(&outcome.names.exceptions, &code), rows_of(&folder.join("expected.csv"), &code));
        assert!(!expected.is_empty(), "{code}: expected.csv raises nothing");
        faults.extend(lacking(&expected, &found).iter().map(|row| format!("lacking    {row:?}")));
        faults.extend(lacking(&found, &expected).iter().map(|row| format!("unexpected {row:?}")));
    }
    assert!(faults.is_empty(), "{} rows differ:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_code_has_a_folder_and_every_folder_a_code() {
    let codes: BTreeSet<String> = Code::ALL.iter().map(|code| code.text().to_string()).collect();
    let named: BTreeSet<String> = folders().iter().map(|folder| name(folder)).collect();
    let without: Vec<_> = codes.difference(&named).collect();
    let unused: Vec<_> = named.difference(&codes).collect();
    assert!(without.is_empty() && unused.is_empty(), "no folder for {without:?}; no code for {unused:?}");
}

#[test]
fn every_folder_holds_what_belongs_there_and_nothing_else() {
    let known = [
        "entries.csv",
        "entries.xlsx",
        "expected.csv",
        "why.txt",
        "as-of.txt",
        "cases",
        "aliases.csv",
        "crosswalk.csv",
        "products.csv",
        "records.txt",
    ];
    for folder in folders() {
        let held: Vec<String> =
            fs::read_dir(&folder).unwrap().map(|entry| name(&entry.unwrap().path())).collect();
        let odd: Vec<_> = held.iter().filter(|file| !known.contains(&file.as_str())).collect();
        assert!(odd.is_empty(), "{}: {odd:?}", name(&folder));
        let why = fs::read_to_string(folder.join("why.txt")).unwrap();
        assert!(
            why.contains("broker") && why.contains("Authority: "),
            "{}: why.txt says too little",
            name(&folder)
        );
        let expected = fs::read_to_string(folder.join("expected.csv")).unwrap();
        assert_eq!(expected.lines().next(), Some(COMPARED.join(",").as_str()), "{}", name(&folder));
        let foreign = expected.lines().skip(1).find(|line| !line.starts_with(&name(&folder)));
        assert_eq!(foreign, None, "{}: a row of another code", name(&folder));
    }
}

fn lines_of(path: &Path) -> Vec<Vec<u8>> {
    let bytes = fs::read(path).unwrap();
    let bytes = bytes.strip_prefix(BOM).unwrap_or(&bytes);
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec()).collect()
}

/// The input files hold no line break within a field, so a line is a row.
#[test]
fn rows_come_back_as_many_and_with_the_bytes_they_had() {
    for folder in folders().iter().filter(|folder| folder.join("entries.csv").exists()) {
        let out = tempfile::tempdir().unwrap();
        let annotated = lines_of(&run(folder, out.path()).names.annotated);
        let given = lines_of(&folder.join("entries.csv"));
        assert_eq!(annotated.len(), given.len(), "{}: rows in, rows out", name(folder));
        for (row, (ours, theirs)) in annotated.iter().zip(&given).enumerate() {
            // A row above the headings, or a blank one, comes back as it is.
            let kept = ours == theirs || (ours.starts_with(theirs) && ours.get(theirs.len()) == Some(&b','));
            assert!(kept, "{}, row {}: {}", name(folder), row + 1, String::from_utf8_lossy(ours));
        }
    }
}

#[test]
fn rows_of_a_workbook_come_back_as_many() {
    for folder in folders().iter().filter(|folder| folder.join("entries.xlsx").exists()) {
        let out = tempfile::tempdir().unwrap();
        let outcome = run(folder, out.path());
        let annotated = fs::read(&outcome.names.annotated).unwrap();
        let mut reader = csv::Reader::from_reader(annotated.strip_prefix(BOM).unwrap_or(&annotated));
        let rows = reader.records().map(Result::unwrap).count() as u64;
        assert_eq!(rows, outcome.tally.rows, "{}: rows in, rows out", name(folder));
    }
}
