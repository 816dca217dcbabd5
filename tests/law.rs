//! Legal examples. The rows of `tests/law/*.csv` are worked by hand from notices and official keys; each says which.
//! A row is an entry line with the columns of our template; columns that begin with `= ` hold what must come out.
//! Blank: the output is blank. `*`: not asserted. A row may name a folder of `tests/law/cases` (invented orders) or of
//! `tests/casebook_shapes` (real ones, as far as public facts go) under `Cases`, or under `Assume` an assumption: see
//! `assumptions`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use adcvd::batch::memo::Memo;
use adcvd::casebook::{Casebook, load};
use adcvd::determine::LineFindings;
use adcvd::entry::{Columns, EntryLine, Grouping, Profile, Writings, lines};
use adcvd::report::columns::{COLUMNS, cells};
use adcvd::spreadsheet::row::{Cell, Row};
use adcvd::terms::{KnownDay, day};

/// Findings of a line as known on a day.
pub fn findings(casebook: &Casebook, line: &EntryLine, as_of: KnownDay) -> LineFindings {
    Memo::default().findings(casebook, line, as_of)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/law")
}

/// Casebooks by the folder that a row names; none for the built-in one.
fn casebooks() -> HashMap<String, Casebook> {
    let mut casebooks = HashMap::from([(String::new(), load::load(&[]).unwrap())]);
    let invented = std::fs::read_dir(folder().join("cases")).unwrap();
    let shapes = std::fs::read_dir(folder().with_file_name("casebook_shapes")).unwrap();
    for entry in invented.chain(shapes) {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        casebooks.insert(name, load::load(&[path]).unwrap());
    }
    casebooks
}

/// The shipped assumption and two others that are made of it, by the names that rows give them.
fn assumptions() -> HashMap<String, Casebook> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/assume-orders.toml");
    let orders = std::fs::read_to_string(&path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let replaced = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "the sample has no {from:?}");
        text.replacen(from, to, 1)
    };
    // Nobody but the companies that the press names has a rate of their own.
    let whole = replaced(&orders, "table = \"partial\"", "table = \"whole\"");
    // The orders come before the vote, and the termination after it is left to stand.
    let early =
        replaced(&orders.replace("2026-03-20", "2026-03-01"), "replaces = [\"itc-vote\", \"itc-final\"]", "");
    let named = [("orders", orders), ("orders-whole", whole), ("orders-not-replacing", early)];
    let load = |(name, text): (&str, String)| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        (name.to_string(), load::load_assuming(&[], &path).unwrap())
    };
    named.into_iter().map(load).collect()
}

/// Runs every row of a table; returns how many rows, and each difference as a line of text.
pub fn run_table(casebooks: &HashMap<String, Casebook>, path: &Path) -> (usize, Vec<String>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_string).collect();
    let columns =
        Columns::bind(&header, &Profile::own()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (crosswalk, products) = Default::default();
    let grouping = Grouping { columns, writings: Writings::default(), crosswalk, products };
    let column = |name: &str| header.iter().position(|heading| heading == name);
    let (id, as_of) = (column("Id").expect("Id"), column("As Of").expect("As Of"));
    let named = column("Cases").or(column("Assume"));
    let mut faults = Vec::new();
    let mut rows = 0;
    for record in reader.records() {
        let record = record.unwrap();
        rows += 1;
        let casebook = &casebooks[named.map_or("", |named| &record[named])];
        let row_cells =
            grouping.columns.bound().iter().map(|place| Cell::Text(record[*place].into())).collect();
        let row = Row::of_cells(rows, row_cells);
        let (lines, _) = lines(&grouping, std::slice::from_ref(&row));
        let as_of = KnownDay(day::parse_iso(&record[as_of]).expect("an ISO date in As Of"));
        let found = findings(casebook, &lines[0], as_of);
        let cells = cells(casebook, &lines[0], &found);
        for (place, heading) in header.iter().enumerate() {
            let Some(name) = heading.strip_prefix("= ") else { continue };
            let expected = record[place].trim();
            let ours = COLUMNS.iter().position(|column| *column == name).unwrap_or_else(|| panic!("{name}"));
            let got = match &cells[ours] {
                Cell::Number(number) => number.to_string(),
                cell => cell.shown(),
            };
            if expected != "*" && got != expected {
                faults.push(format!(
                    "{} {name}: expected {expected:?}, got {got:?}  [{}]",
                    &record[id],
                    cells[1].shown()
                ));
            }
        }
    }
    (rows as usize, faults)
}

#[test]
fn every_legal_example_comes_out() {
    let casebooks: HashMap<_, _> = casebooks().into_iter().chain(assumptions()).collect();
    let mut paths: Vec<_> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut all = Vec::new();
    let mut rows = 0;
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "csv")) {
        let (count, faults) = run_table(&casebooks, path);
        rows += count;
        all.extend(
            faults
                .into_iter()
                .map(|fault| format!("{}: {fault}", path.file_name().unwrap().to_string_lossy())),
        );
    }
    assert!(rows > 100, "only {rows} legal examples were found");
    assert!(all.is_empty(), "{} of {rows} legal examples differ:\n{}", all.len(), all.join("\n"));
}
