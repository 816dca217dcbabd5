//! Company names: `tests/names/pairs.csv` holds writings of listed names and names of other companies, labelled by hand.
//!
//! - `same`: it is the listed company, and found without a person;
//! - `different`: it is not; nothing may take it for the listed one;
//! - `typo`, `truncated`: it probably is. Only a person can say so: the listed name has to be shown first.
//!
//! A name of another company that is taken for a listed one is the worst that this program can do. One fails the test.

use std::fs;
use std::path::{Path, PathBuf};

use adcvd::batch::{FileOutcome, RunOptions, Silent, run_file};
use adcvd::casebook::{Asked, Casebook, load};
use adcvd::determine::Action;
use adcvd::entry::Name;
use adcvd::records::read_aliases;
use adcvd::spreadsheet::Format;
use adcvd::terms::Addressed;
use adcvd::terms::{GoverningDay, KnownDay, PartyKey, day};
use calamine::{Data, Reader, Xlsx, open_workbook};
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

struct Pair {
    written: String,
    listed: String,
    label: String,
}

fn pairs() -> Vec<Pair> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/names/pairs.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let pair = |record: csv::StringRecord| Pair {
        written: record[0].to_string(),
        listed: record[1].to_string(),
        label: record[2].to_string(),
    };
    reader.records().map(|record| pair(record.unwrap())).collect()
}

fn asked() -> Asked {
    let day = day::parse_iso("2025-08-01").unwrap();
    Asked { governing: GoverningDay(day), known: KnownDay(day) }
}

/// The party of the first family that a name is, as the ladder looks it up.
fn party(casebook: &Casebook, written: &str) -> Option<usize> {
    let family = &casebook.families()[0];
    let addressed = || Addressed::of(written).and_then(|name| family.party_addressed(&name, asked()));
    family.party(&PartyKey::of(written)?, asked()).or_else(addressed)
}

fn nearest(casebook: &Casebook, written: &str) -> Option<usize> {
    let key = PartyKey::of(written)?;
    let name = Name { text: written.into(), key: Some(key.clone()), addressed: None };
    casebook.near(&key, name.may_be_cut()).first().map(|near| near.party)
}

#[test]
fn no_company_is_taken_for_another() {
    let casebook = load::load(&[]).unwrap();
    let listed = |name: &str| casebook.families()[0].party_by_key(&PartyKey::of(name).unwrap()).unwrap();
    let mut faults = Vec::new();
    let (mut same, mut found, mut near, mut first) = (0, 0, 0, 0);
    let pairs = pairs();
    assert!(pairs.len() >= 400, "{} pairs", pairs.len());
    for Pair { written, listed: name, label } in &pairs {
        let (is, wanted) = (party(&casebook, written), listed(name));
        match label.as_str() {
            "same" => {
                same += 1;
                found += u32::from(is == Some(wanted));
                if is != Some(wanted) {
                    faults.push(format!("not found: {written} is {name}"));
                }
            }
            "different" => {
                if is == Some(wanted) {
                    faults.push(format!("FALSE ACCEPT: {written} is not {name}"));
                }
                // It may be another listed company; then its key is that of a listed name.
                let key = PartyKey::of(written).unwrap();
                if let Some(is) = is
                    && casebook.families()[0].parties[is].key != key
                {
                    faults.push(format!("FALSE ACCEPT: {written} is taken for another company"));
                }
            }
            "typo" | "truncated" => {
                near += 1;
                if is.is_some_and(|is| is != wanted) {
                    faults.push(format!("FALSE ACCEPT: {written} is taken for another than {name}"));
                }
                let shown = is.or_else(|| nearest(&casebook, written)) == Some(wanted);
                first += u32::from(shown);
                if !shown {
                    println!("not shown first: {written} for {name}");
                }
            }
            label => panic!("a label {label:?}"),
        }
    }
    println!("same: {found} of {same} found; slips and cuts: {first} of {near} shown first");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(first * 100 >= near * 95, "{first} of {near} shown first");
}

/// A listed name with one character of its own words replaced by another letter or digit.
fn changed(name: &str, at: usize, to: char) -> Option<String> {
    let places: Vec<usize> = (0..name.chars().count()).collect();
    let place = places[at % places.len()];
    let mut letters: Vec<char> = name.chars().collect();
    (letters[place].is_alphanumeric() && !letters[place].eq_ignore_ascii_case(&to)).then(|| {
        letters[place] = to;
        letters.into_iter().collect()
    })
}

proptest! {
    /// One letter, digit or place more or less never yields the rate of another company.
    #[test]
    fn a_changed_name_is_nobody_else(which in 0usize..1000, at in 0usize..1000, to in proptest::char::ranges(vec!['a'..='z', '0'..='9'].into())) {
        static CASEBOOK: std::sync::LazyLock<Casebook> = std::sync::LazyLock::new(|| load::load(&[]).unwrap());
        let casebook = &*CASEBOOK;
        let family = &casebook.families()[0];
        let names: Vec<&String> = family.parties.iter().flat_map(|party| &party.names).collect();
        let name = names[which % names.len()];
        let own = family.party_by_key(&PartyKey::of(name).unwrap());
        if let Some(changed) = changed(name, at, to) {
            let found = party(casebook, &changed);
            prop_assert!(found.is_none() || found == own, "{} is taken for {:?}", changed, found);
        }
        for place in ["Wuxi", "Suzhou", "Japan", "2", "II", "Sales", "Trading"] {
            let longer = format!("{place} {name}");
            let found = party(casebook, &longer);
            prop_assert!(found.is_none(), "{} is taken for {:?}", longer, found);
        }
    }
}

const HEADINGS: &str = "Entry Number,Line Number,Entry Date,HTSUS,Country of Origin,Exporter,Producer,Entered Value,AD Case Number,Product";

/// A file of sound lines with some whose exporter is on no list.
fn entries(folder: &Path, lines: u32) -> PathBuf {
    let mut text = format!("{HEADINGS}\n");
    for line in 1..=lines {
        let exporter = match line % 4 {
            0 => "\"Panasonic Energy (Wuxy) Co., Ltd.\"",
            1 => "PANASONIC ENERGY (WUXY) CO LTD",
            2 => "\"Tianjin Invented Trading Co., Ltd.\"",
            _ => "\"Panasonic Energy (Wuxi) Co., Ltd.\"",
        };
        text.push_str(&format!(
            "E{line},1,2025-10-10,3801.10.5000,CN,{exporter},Resonac Corporation,10000,A-570-194,active anode material\n"
        ));
    }
    let path = folder.join("entries.csv");
    fs::write(&path, text).unwrap();
    path
}

fn run(casebook: &Casebook, input: &Path, out: &Path) -> FileOutcome {
    let options = RunOptions {
        format: Format::Csv,
        force: true,
        ..RunOptions::new(KnownDay(day::parse_iso("2026-11-22").unwrap()), out.to_path_buf())
    };
    run_file(casebook, input, "entries", &options, &Silent).unwrap()
}

pub fn cells(path: &Path, sheet: &str) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let range = workbook.worksheet_range(sheet).unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

/// The report as a person gives it back: with a sheet edited, and the other sheets as they were. What is typed as a number
/// is one, as in a spreadsheet program.
pub fn given_back(report: &Path, to: &Path, sheet: &str, edit: impl Fn(&mut Vec<Vec<String>>)) {
    let mut workbook = Workbook::new();
    for name in ["Summary", "Names to confirm", "Products to confirm", "Listed parties", "Product words"] {
        let mut rows = cells(report, name);
        if name == sheet {
            edit(&mut rows);
        }
        let sheet = workbook.add_worksheet();
        sheet.set_name(name).unwrap().set_hidden(["Listed parties", "Product words"].contains(&name));
        for (row, cells) in (0u32..).zip(&rows) {
            for (column, cell) in (0u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                match cell.parse::<f64>() {
                    Ok(number) => sheet.write_number(row, column, number).unwrap(),
                    Err(_) => sheet.write_string(row, column, cell).unwrap(),
                };
            }
        }
    }
    workbook.save(to).unwrap();
}

/// The place of a heading in the first of some rows.
pub fn place(rows: &[Vec<String>], heading: &str) -> usize {
    rows[0].iter().position(|cell| cell == heading).unwrap()
}

/// The report with these decisions by name.
fn decided(report: &Path, to: &Path, decisions: &[(&str, &str)]) {
    given_back(report, to, "Names to confirm", |rows| {
        let [decision, by, on] =
            ["Decision", "Confirmed By", "Confirmed On"].map(|heading| place(rows, heading));
        for row in &mut rows[1..] {
            if let Some((_, word)) = decisions.iter().find(|(name, _)| *name == row[0]) {
                row[decision] = (*word).to_string();
                (row[by], row[on]) = ("A. Broker".to_string(), "2026-11-23".to_string());
            }
        }
    });
}

pub fn annotated(outcome: &FileOutcome) -> Vec<Vec<String>> {
    let text = fs::read_to_string(&outcome.names.annotated).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_string).collect()).collect()
}

#[test]
fn decisions_in_the_sheet_change_exactly_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let casebook = load::load(&[]).unwrap();
    let input = entries(folder.path(), 400);
    let before = run(&casebook, &input, &folder.path().join("out"));
    let waiting = cells(&before.names.report, "Names to confirm");
    // The first writing stands for all with its key; 200 lines at 102.72 less 93.50 percent of 10,000.
    let row: Vec<&str> = waiting[1].iter().map(String::as_str).collect();
    assert_eq!(row[..5], ["PANASONIC ENERGY (WUXY) CO LTD", "exporter", "200", "2000000", "184400"]);
    assert_eq!((row[6], row[10]), ("Panasonic Energy (Wuxi) Co., Ltd.", "Panasonic Energy (Wuxi) Co., Ltd."));
    let sheet = folder.path().join("decided.xlsx");
    let decisions =
        [("PANASONIC ENERGY (WUXY) CO LTD", "same"), ("Tianjin Invented Trading Co., Ltd.", "different")];
    decided(&before.names.report, &sheet, &decisions);
    let read = read_aliases([sheet.as_path()], &casebook).unwrap();
    assert_eq!((read.confirmed.len(), read.expired.len()), (2, 0));
    let (confirmed, _) = load::load(&[]).unwrap().confirm(read.confirmed);
    let rows_before = annotated(&before);
    let after = run(&confirmed, &input, &folder.path().join("out"));
    let rows_after = annotated(&after);
    let [action, rate, matched] =
        ["Action", "AD Rate", "Exporter Matched"].map(|heading| place(&rows_before, heading));
    for (line, (old, new)) in rows_before.iter().zip(&rows_after).enumerate().skip(1) {
        match line % 4 {
            0 | 1 => {
                assert_eq!((old[action].as_str(), old[rate].as_str()), ("REVIEW", "102.72%"));
                assert_eq!((new[action].as_str(), new[rate].as_str()), ("DEPOSIT", "93.50%"));
                assert_eq!(new[matched], "Panasonic Energy (Wuxi) Co., Ltd.");
            }
            2 => {
                assert_eq!((old[action].as_str(), old[rate].as_str()), ("REVIEW", "102.72%"));
                assert_eq!((new[action].as_str(), new[rate].as_str()), ("DEPOSIT", "102.72%"));
            }
            _ => assert_eq!(old, new),
        }
    }
    // Every line cites who decided; the report carries the decisions on, so that the next run may take it.
    let exceptions = fs::read_to_string(&after.names.exceptions).unwrap();
    assert_eq!(exceptions.matches("confirmed by A. Broker on 2026-11-23").count(), 300);
    let carried = read_aliases([after.names.report.as_path()], &casebook).unwrap();
    assert_eq!(carried.confirmed.len(), 2);
}

/// The sheet has a line above its headings then, and is read all the same; what is assumed expires no decision.
#[test]
fn decisions_go_into_a_hypothetical_run_and_out_of_its_report() {
    let folder = tempfile::tempdir().unwrap();
    let real = load::load(&[]).unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/assume-orders.toml");
    let assumed = load::load_assuming(&[], &sample).unwrap();
    let input = entries(folder.path(), 8);
    let before = run(&real, &input, &folder.path().join("out"));
    let sheet = folder.path().join("decided.xlsx");
    let decisions =
        [("PANASONIC ENERGY (WUXY) CO LTD", "same"), ("Tianjin Invented Trading Co., Ltd.", "different")];
    decided(&before.names.report, &sheet, &decisions);
    let read = read_aliases([sheet.as_path()], &assumed).unwrap();
    assert_eq!((read.confirmed.len(), read.expired.len()), (2, 0));
    let (confirmed, _) = assumed.confirm(read.confirmed);
    let after = run(&confirmed, &input, &folder.path().join("out-2"));
    assert!(cells(&after.names.report, "Names to confirm")[0][0].starts_with("HYPOTHETICAL"));
    let carried = read_aliases([after.names.report.as_path()], &real).unwrap();
    assert_eq!((carried.confirmed.len(), carried.expired.len()), (2, 0));
    // Without the assumption the decisions hold too: of eight lines two are confirmed to be in no pair, six are in one.
    let without = after.without.unwrap();
    assert_eq!(without.lines(Action::Review), 0);
}

/// A folder with the built-in case, a text of it changed.
pub fn changed_case(folder: &Path, from: &str, to: &str) -> Casebook {
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/casebook/cases/active-anode-material");
    let copy = folder.join("changed");
    fs::create_dir_all(&copy).unwrap();
    for name in ["case.toml", "rates.csv", "suffixes.csv"] {
        let text = fs::read_to_string(built_in.join(name)).unwrap();
        fs::write(copy.join(name), text.replace(from, to)).unwrap();
    }
    load::load(&[copy]).unwrap()
}

#[test]
fn a_decision_expires_when_the_case_folder_changes_its_party() {
    let folder = tempfile::tempdir().unwrap();
    let casebook = load::load(&[]).unwrap();
    let input = entries(folder.path(), 8);
    let before = run(&casebook, &input, &folder.path().join("out"));
    let sheet = folder.path().join("decided.xlsx");
    decided(&before.names.report, &sheet, &[("PANASONIC ENERGY (WUXY) CO LTD", "same")]);
    // Another party's rows change nothing; its own do.
    let other = changed_case(folder.path(), "SK On Co., Ltd.", "SK On Battery Co., Ltd.");
    assert_eq!(read_aliases([sheet.as_path()], &other).unwrap().confirmed.len(), 1);
    let own = changed_case(
        folder.path(),
        "\"Panasonic Energy (Wuxi) Co., Ltd.\",Resonac Corporation",
        "\"Panasonic Energy (Wuxi) Co., Ltd.\",Resonac Holdings Corporation",
    );
    let read = read_aliases([sheet.as_path()], &own).unwrap();
    assert_eq!(read.confirmed.len(), 0);
    assert!(read.expired[0].contains("has changed since; decide again"), "{}", read.expired[0]);
}

#[test]
fn decisions_that_cannot_be_used_are_told_with_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    let casebook = load::load(&[]).unwrap();
    let path = folder.path().join("aliases.csv");
    for (rows, words) in [
        (
            "X Co.,same,SK On Co. Ltd.,A,2026-01-01\nx co,different,,B,2026-01-02\n",
            "row 3, column B: \"x co\" is decided otherwise in",
        ),
        (
            "X Co.,maybe,,A,2026-01-01\n",
            "row 2, column B: found \"maybe\", expected same, different, ask or nothing",
        ),
        ("X Co.,same,,A,2026-01-01\n", "row 2, column C: a name that is the same as whom?"),
        ("X Co.,different,,,2026-01-01\n", "row 2, column D: a decision without Confirmed By"),
        ("X Co.,different,,A,\n", "row 2, column E: a decision without Confirmed On"),
        ("..,different,,A,2026-01-01\n", "row 2, column A: found \"..\", expected the company name"),
    ] {
        fs::write(&path, format!("Name,Decision,Same As,Confirmed By,Confirmed On\n{rows}")).unwrap();
        let error = read_aliases([path.as_path()], &casebook).unwrap_err().to_string();
        assert!(error.contains(words), "{rows}: {error}");
    }
    fs::write(&path, "Name,Remark\nX,Y\n").unwrap();
    let error = read_aliases([path.as_path()], &casebook).unwrap_err().to_string();
    assert!(
        error.contains("no sheet has the headings of a sheet of decisions on names: Name, Decision"),
        "{error}"
    );
    // A party that is not listed any more leaves the name open, and a listed name is not decided by a person.
    fs::write(&path, "Name,Decision,Same As,Confirmed By,Confirmed On\nX Co.,same,Gone Co.,A,2026-01-01\nSK On Co. Ltd.,different,,A,2026-01-01\n").unwrap();
    let read = read_aliases([path.as_path()], &casebook).unwrap();
    assert!(read.expired[0].contains("\"Gone Co.\" is not listed in the casebook"), "{}", read.expired[0]);
    let (_, of_listed) = casebook.confirm(read.confirmed);
    assert_eq!(of_listed[0].name, "SK On Co. Ltd.");
}

/// A name in Chinese characters is a name of a party where a notice makes it one, from its day on.
#[test]
fn a_chinese_name_is_known_by_its_notice() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/casebook_good/shapes");
    let casebook = load::load_only(&folder).unwrap();
    let family = &casebook.families()[0];
    let ask = |governing: &str, known: &str| {
        let [governing, known] = [governing, known].map(|text| day::parse_iso(text).unwrap());
        let asked = Asked { governing: GoverningDay(governing), known: KnownDay(known) };
        family.party(&PartyKey::of("阿尔法（上海）部件 有限公司").unwrap(), asked)
    };
    let alpha = family.party_by_key(&PartyKey::of("Alpha Widget Co., Ltd.").unwrap());
    assert_eq!(ask("2025-09-01", "2025-09-01"), alpha);
    assert_eq!(ask("2025-08-01", "2025-09-01"), None);
    assert_eq!(ask("2025-09-01", "2025-08-01"), None);
}
