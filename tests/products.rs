//! Decisions on products: the sheet `Products to confirm`, taken back by the next run. Deposits are worked by hand: 93.50
//! percent for the pair Panasonic Energy (Wuxi) / Resonac from 2025-07-22 (FR Doc. 2025-13692).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use adcvd::batch::{FileOutcome, RunOptions, Silent, run_file};
use adcvd::casebook::{Casebook, load};
use adcvd::entry::Products;
use adcvd::records::read_products;
use adcvd::spreadsheet::Format;
use adcvd::terms::{KnownDay, day};

use crate::names::{annotated, cells, changed_case, given_back, place};

const SHEET: &str = "Products to confirm";
const HEADINGS: &str = "Entry Number,Line Number,Entry Date,Importer Number,HTSUS,Country of Origin,Exporter,Producer,Part Number,Description,Entered Value,Quantity,Unit,AD Case Number,Product,Carbon Percent,Energy Density mAh/g,Graphitization Percent";

/// A file in which one line of four is sound; two lack every fact of one product, one the subject value of another.
fn entries(folder: &Path, lines: u32) -> PathBuf {
    let mut text = format!("{HEADINGS}\n");
    for line in 1..=lines {
        let parties = "\"Panasonic Energy (Wuxi) Co., Ltd.\",Resonac Corporation";
        let goods = match line % 4 {
            0 => format!("12-3456789,3801.10.5000,CN,{parties},AN-77,anode powder,10000,,,,,,,"),
            1 => format!("123456789,3801.10.5000,CN,{parties},an-77,Anode Powder,10000,,,,,,,"),
            2 => format!(
                "12-3456789,8507.60.0020,CN,{parties},CELL-7,cells,10000,100,NO,A-570-194,battery cell,99.95,355,94"
            ),
            _ => format!(
                "12-3456789,3801.10.5000,CN,{parties},AN-1,,10000,,,A-570-194,active anode material,99.95,355,94"
            ),
        };
        text.push_str(&format!("E{line},1,2025-10-10,{goods}\n"));
    }
    let path = folder.join("entries.csv");
    fs::write(&path, text).unwrap();
    path
}

/// What a run writes must not depend on what is remembered of other lines.
fn run(casebook: &Casebook, input: &Path, out: &Path, products: Products) -> FileOutcome {
    let products = Arc::new(products);
    let [apart, together] = [true, false].map(|each_apart| {
        let options = RunOptions {
            format: Format::Csv,
            force: true,
            piece_rows: 50,
            each_apart,
            products: Arc::clone(&products),
            ..RunOptions::new(KnownDay(day::parse_iso("2026-11-22").unwrap()), out.to_path_buf())
        };
        let outcome = run_file(casebook, input, "entries", &options, &Silent).unwrap();
        let names = &outcome.names;
        let files = [&names.annotated, &names.report, &names.exceptions].map(|path| fs::read(path).unwrap());
        (outcome, files)
    });
    assert!(apart.1 == together.1, "lines judged by themselves come out otherwise");
    together.0
}

fn decisions(paths: &[&Path], casebook: &Casebook) -> Products {
    read_products(paths.iter().copied(), casebook).unwrap().products
}

/// The report with these cells filled in, by part number.
fn decided(report: &Path, to: &Path, decisions: &[(&str, &[(&str, &str)])]) {
    given_back(report, to, SHEET, |rows| {
        let headings = rows[..1].to_vec();
        for row in &mut rows[1..] {
            let Some((_, cells)) = decisions.iter().find(|(part, _)| *part == row[1]) else { continue };
            let told = [
                ("Evidence", "test report 17"),
                ("Confirmed By", "A. Broker"),
                ("Confirmed On", "2026-11-23"),
            ];
            for (heading, text) in cells.iter().chain(&told) {
                row[place(&headings, heading)] = (*text).to_string();
            }
        }
    });
}

const POWDER: [(&str, &str); 4] = [
    ("Product", "active anode material"),
    ("Carbon Percent", "99.95"),
    ("Energy Density mAh/g", "355"),
    ("Graphitization Percent", "94"),
];
const CELL: [(&str, &str); 2] = [("Subject Value Per Unit", "40"), ("Unit", "NO")];

#[test]
fn decisions_in_the_sheet_change_exactly_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let casebook = load::load(&[]).unwrap();
    let input = entries(folder.path(), 400);
    let before = run(&casebook, &input, &folder.path().join("out"), Products::default());
    let waiting = cells(&before.names.report, SHEET);
    let told: Vec<Vec<&str>> =
        waiting.iter().map(|row| row[..10].iter().map(String::as_str).collect()).collect();
    // 200 lines at 9,350.00 and 100 at the upper bound, 93.50 percent of the whole 10,000.
    let facts = "Product, Carbon Percent, Energy Density mAh/g, Graphitization Percent";
    assert_eq!(
        told[1..],
        [
            [
                "123456789",
                "an-77",
                "",
                "Anode Powder",
                "3801.10.5000",
                "200",
                "2000000",
                "1870000",
                "2",
                facts
            ],
            [
                "12-3456789",
                "CELL-7",
                "",
                "cells",
                "8507.60.0020",
                "100",
                "1000000",
                "935000",
                "3",
                "Subject Value"
            ],
        ]
    );
    // One cause each, with the lines and the money.
    let causes = cells(&before.names.report, "Exceptions");
    let of = |code: &str| causes.iter().filter(|row| row[0] == code).collect::<Vec<_>>();
    for (code, lines, stake, found) in [
        ("SC03", "200", "1870000", "AN-77, importer 123456789"),
        ("CD04", "100", "935000", "CELL-7, importer 123456789"),
    ] {
        let [row] = of(code)[..] else { panic!("{code}: {:?}", of(code)) };
        assert_eq!([&row[2], &row[3], &row[6]], [lines, stake, found]);
    }
    let sheet = folder.path().join("decided.xlsx");
    decided(&before.names.report, &sheet, &[("an-77", &POWDER), ("CELL-7", &CELL)]);
    let products = decisions(&[&sheet], &casebook);
    assert_eq!((products.confirmed.len(), products.expired.len()), (2, 0));
    let rows_before = annotated(&before);
    let after = run(&casebook, &input, &folder.path().join("out"), products);
    let rows_after = annotated(&after);
    let [action, base, deposit] =
        ["Action", "AD Base", "AD Deposit at Entry"].map(|heading| place(&rows_before, heading));
    for (line, (old, new)) in rows_before.iter().zip(&rows_after).enumerate().skip(1) {
        let told = |row: &[String]| [action, base, deposit].map(|column| row[column].clone());
        match line % 4 {
            0 | 1 => {
                assert_eq!(told(old), ["NO FIGURE", "", ""]);
                // No case is declared: SC01.
                assert_eq!(told(new), ["REVIEW", "10000", "9350.00"]);
            }
            2 => {
                assert_eq!(told(old), ["NO FIGURE", "", ""]);
                // 100 at 40 dollars are 4,000; 93.50 percent of it.
                assert_eq!(told(new), ["DEPOSIT", "4000", "3740.00"]);
            }
            _ => assert_eq!(old, new),
        }
    }
    let exceptions = fs::read_to_string(&after.names.exceptions).unwrap();
    let cited = "confirmed by A. Broker on 2026-11-23, evidence: test report 17";
    assert_eq!(exceptions.matches(cited).count(), 300);
    // Nothing waits any more; the report carries the decisions on, and the next run may take it.
    let carried = cells(&after.names.report, SHEET);
    assert_eq!(carried.len(), 3);
    assert!(carried[1..].iter().all(|row| row[5].is_empty()), "{carried:?}");
    let report = folder.path().join("carried.xlsx");
    fs::copy(&after.names.report, &report).unwrap();
    let again = run(&casebook, &input, &folder.path().join("out"), decisions(&[&report], &casebook));
    assert!(annotated(&again) == rows_after);
}

#[test]
fn a_product_of_which_something_is_still_missing_stands_once_with_its_decision() {
    let folder = tempfile::tempdir().unwrap();
    let casebook = load::load(&[]).unwrap();
    let input = entries(folder.path(), 8);
    let before = run(&casebook, &input, &folder.path().join("out"), Products::default());
    let sheet = folder.path().join("decided.xlsx");
    decided(&before.names.report, &sheet, &[("an-77", &POWDER[..2])]);
    let after = run(&casebook, &input, &folder.path().join("out"), decisions(&[&sheet], &casebook));
    let rows = cells(&after.names.report, SHEET);
    let of = |heading: &str| rows[1][place(&rows, heading)].as_str();
    assert_eq!(rows.iter().filter(|row| row[1] == "an-77").count(), 1);
    assert_eq!(of("Missing"), "Energy Density mAh/g, Graphitization Percent");
    assert_eq!(
        [of("Product"), of("Carbon Percent"), of("Confirmed By")],
        ["active anode material", "99.95", "A. Broker"]
    );
    // What is lacking is added to the row.
    let whole = folder.path().join("whole.xlsx");
    decided(&after.names.report, &whole, &[("an-77", &POWDER)]);
    let last = run(&casebook, &input, &folder.path().join("out"), decisions(&[&whole], &casebook));
    assert_eq!(cells(&last.names.report, SHEET).iter().filter(|row| row[5] == "4").count(), 0);
}

#[test]
fn a_decision_expires_when_the_scope_text_changes() {
    let folder = tempfile::tempdir().unwrap();
    let casebook = load::load(&[]).unwrap();
    let input = entries(folder.path(), 8);
    let before = run(&casebook, &input, &folder.path().join("out"), Products::default());
    let sheet = folder.path().join("decided.xlsx");
    decided(&before.names.report, &sheet, &[("an-77", &POWDER), ("CELL-7", &CELL)]);
    // Rates change nothing; a test of the scope text does.
    let rates = changed_case(folder.path(), "SK On Co., Ltd.", "SK On Battery Co., Ltd.");
    assert_eq!(decisions(&[&sheet], &rates).confirmed.len(), 2);
    let scope = changed_case(
        folder.path(),
        "{ fact = \"Graphitization Percent\", at_least = \"80\" }",
        "{ fact = \"Graphitization Percent\", at_least = \"85\" }",
    );
    let read = read_products([sheet.as_path()], &scope).unwrap();
    assert_eq!((read.products.confirmed.len(), read.products.expired.len()), (0, 2));
    assert!(
        read.expired[0].contains("the scope text of A-570-194 has changed since; decide again"),
        "{:?}",
        read.expired
    );
    // The lines tell it, and the product is asked for again.
    let after = run(&scope, &input, &folder.path().join("out"), read.products);
    let exceptions = fs::read_to_string(&after.names.exceptions).unwrap();
    assert_eq!(exceptions.matches("\nSC10,Note,").count(), 6);
    let waiting = cells(&after.names.report, SHEET);
    assert_eq!(waiting.iter().filter(|row| !row[5].is_empty()).count(), 3, "{waiting:?}");
    // A report that was made under the changed text holds.
    decided(&after.names.report, &sheet, &[("an-77", &POWDER)]);
    assert_eq!(decisions(&[&sheet], &scope).confirmed.len(), 1);
}

#[test]
fn decisions_that_cannot_be_used_are_told_with_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    let casebook = load::load(&[]).unwrap();
    let path = folder.path().join("products.csv");
    let headings = "Importer,Part Number,Product,Carbon Percent,Subject Value Per Unit,Unit,Evidence,Confirmed By,Confirmed On";
    for (rows, words) in [
        (
            "7,AN-1,other,,,,e,A,2026-01-01\n7,an-1,battery cell,,,,e,B,2026-01-02\n",
            "row 3, column B: AN-1, importer 7 is decided otherwise in",
        ),
        (
            "7,AN-1,other,99.5,,,e,A,2026-01-01\n7,AN-1,other,99.6,,,e,B,2026-01-02\n",
            "products.csv, row 2, column B; keep one of the two",
        ),
        (
            "7,AN-1,powder,,,,e,A,2026-01-01\n",
            "row 2, column C: found \"powder\", expected one of: active anode material",
        ),
        (
            "7,AN-1,,0.95,,,e,A,2026-01-01\n",
            "row 2, column D: found \"0.95\", expected a percentage such as 95",
        ),
        ("7,AN-1,,,many,NO,e,A,2026-01-01\n", "row 2, column E: found \"many\", expected dollars per unit"),
        ("7,AN-1,,,0,NO,e,A,2026-01-01\n", "row 2, column E: found \"0\", expected dollars per unit"),
        ("7,AN-1,,,1.25,,e,A,2026-01-01\n", "row 2, column F: found \"\", expected the unit of the quantity"),
        ("7,AN-1,other,,,NO,e,A,2026-01-01\n", "row 2, column E: found \"\", expected the dollars per unit"),
        ("7,,other,,,,e,A,2026-01-01\n", "row 2, column B: found no product, expected a part number"),
        ("7,AN-1,other,,,,,A,2026-01-01\n", "row 2, column G: a decision without Evidence"),
        ("7,AN-1,other,,,,e,,2026-01-01\n", "row 2, column H: a decision without Confirmed By"),
        ("7,AN-1,other,,,,e,A,yesterday\n", "row 2, column I: found \"yesterday\", expected the day"),
        ("7,AN-1,,,,,e,A,2026-01-01\n", "row 2, column C: found nothing, expected what was confirmed"),
    ] {
        fs::write(&path, format!("{headings}\n{rows}")).unwrap();
        let error = read_products([path.as_path()], &casebook).unwrap_err().to_string();
        assert!(error.contains(words), "{rows}: {error}");
    }
    fs::write(&path, "Part Number,Product\nAN-1,other\n").unwrap();
    let error = read_products([path.as_path()], &casebook).unwrap_err().to_string();
    assert!(
        error.contains("no sheet has the headings of a sheet of decisions on products: Importer, "),
        "{error}"
    );
    // The same decision twice, however it is written, is one; two importers' products are two.
    let rows = "7,AN-1,other,99.50,,,e,A,2026-01-01\n7,an-1,Other,99.5,,,f,B,2026-01-02\n8,AN-1,battery cell,,,,e,A,2026-01-01\n";
    fs::write(&path, format!("{headings}\n{rows}")).unwrap();
    assert_eq!(decisions(&[&path], &casebook).confirmed.len(), 2);
}

/// Lines that lack facts and name no product cannot be decided once for all; the sheet says how many they are.
#[test]
fn lines_that_name_no_product_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let casebook = load::load(&[]).unwrap();
    let input = folder.path().join("entries.csv");
    let cell = "2025-10-10,8507.60.0020,CN,,A-570-194,battery cell,99.95,355,94";
    let powder = "2025-10-10,3801.10.5000,CN,powder,,,,,";
    fs::write(
        &input,
        format!("Entered Value,Entry Date,HTSUS,Country of Origin,Description,AD Case Number,Product,Carbon Percent,Energy Density mAh/g,Graphitization Percent\n1000,{cell}\n2000,{cell}\n3000,{powder}\n"),
    )
    .unwrap();
    let outcome = run(&casebook, &input, &folder.path().join("out"), Products::default());
    let rows = cells(&outcome.names.report, SHEET);
    assert_eq!(rows.len(), 2);
    assert!(rows[1][0].starts_with("3 more line(s) lack such facts and name no product"), "{rows:?}");
}

fn adcvd(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_adcvd"));
    let output =
        command.current_dir(folder).args(arguments).args(["--as-of", "2026-11-22"]).output().unwrap();
    let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();
    (output.status.code(), said)
}

#[test]
fn the_products_file_decides_whether_a_file_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    entries(folder.path(), 40);
    let run = |arguments: &[&str]| {
        let (code, said) = adcvd(folder.path(), &[&["run", "entries.csv"], arguments].concat());
        assert_eq!(code, Some(0), "{said}");
        said.contains("unchanged since it was run")
    };
    assert!(!run(&[]));
    let report = folder.path().join("decided.xlsx");
    decided(&folder.path().join("out/entries.exceptions.xlsx"), &report, &[("an-77", &POWDER)]);
    assert!(!run(&["--products", "decided.xlsx"]));
    assert!(run(&["--products", "decided.xlsx"]));
    let manifest = fs::read_to_string(folder.path().join("out/entries.run.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["records"][0]["kept_as"], "products");
    assert_eq!(manifest["records"][0]["name"], "decided.xlsx");
    assert_eq!(manifest["records"][0]["sha256"].as_str().unwrap().len(), 64);
    let bytes = |name: &str| fs::read(folder.path().join(name)).unwrap();
    let [one, two] = ["1", "2"].map(|threads| {
        assert!(!run(&["--products", "decided.xlsx", "--threads", threads, "--force"]));
        ["annotated.xlsx", "exceptions.xlsx", "exceptions.csv", "run.json"]
            .map(|name| bytes(&format!("out/entries.{name}")))
    });
    assert!(one == two, "threads change bytes");
    // The same file, for names alone.
    assert!(!run(&["--aliases", "decided.xlsx"]));
    // And with another decision in it.
    assert!(!run(&["--products", "decided.xlsx"]));
    decided(&folder.path().join("out/entries.exceptions.xlsx"), &report, &[("CELL-7", &CELL)]);
    assert!(!run(&["--products", "decided.xlsx"]));
    let (_, said) =
        adcvd(folder.path(), &["explain", "entries.csv", "--row", "3", "--products", "decided.xlsx"]);
    for words in [
        "Subject Value 40 per NO x 100 = 4000, in whole dollars",
        "confirmed by A. Broker on 2026-11-23, evidence: test report 17",
        "Taken from it          Subject Value",
        "subject value 4000 x 93.50 / 100 = $3,740.00",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

/// A value per unit that cannot be: more than the article is worth stops the line with the cell named; one that comes to
/// less than fifty cents is no value (19 CFR 159.3(a)), and the line waits for one as before.
#[test]
fn a_confirmed_value_that_cannot_be_gives_no_figure() {
    let folder = tempfile::tempdir().unwrap();
    let casebook = load::load(&[]).unwrap();
    let input = entries(folder.path(), 4);
    for (per_unit, codes, missing) in [("400", "EN01 SC08", 1), ("0.004", "RT04 CD04", 2)] {
        let path = folder.path().join("products.csv");
        let headings =
            "Importer,Part Number,Product,Subject Value Per Unit,Unit,Evidence,Confirmed By,Confirmed On";
        fs::write(&path, format!("{headings}\n12-3456789,CELL-7,,{per_unit},no,e,A,2026-01-01\n")).unwrap();
        let out = folder.path().join("out");
        let outcome = run(&casebook, &input, &out, decisions(&[&path], &casebook));
        let rows = annotated(&outcome);
        let told = ["Action", "Exceptions"].map(|heading| rows[2][place(&rows, heading)].as_str());
        assert_eq!(told[0], "NO FIGURE", "{per_unit}");
        assert!(told[1].starts_with(codes), "{per_unit}: {}", told[1]);
        let waiting = cells(&outcome.names.report, SHEET);
        assert_eq!(waiting.iter().skip(1).filter(|row| !row[5].is_empty()).count(), missing);
    }
}
