//! Files as brokers lay them out, through the program as it is typed: headings on two rows, amounts with a decimal comma.

use std::fs;
use std::path::Path;

use calamine::{Reader, Xlsx, open_workbook};

use crate::commands::adcvd;

/// A line of the listed pair. A thousand dollars give 1050.80 of deposits: 93.50 and 11.58 percent, as in `files.rs`.
const GOODS: &str = "3801.10.5000,CN,2025-08-01,1000";
const PAIR: &str = "Resonac Corporation,\"Henan Yicheng New Energy Co., Ltd.\"";
const FACTS: &str = "active anode material,95,350,90";

fn ran(folder: &tempfile::TempDir, arguments: &[&str]) -> String {
    let (code, out, error) = adcvd(folder, &[&["run"], arguments, &["--as-of", "2026-11-22"]].concat());
    assert_eq!(code, 0, "{out}{error}");
    out
}

/// The first sheet of a workbook as texts.
fn cells(path: &Path) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let name = workbook.sheet_names()[0].clone();
    let range = workbook.worksheet_range(&name).unwrap();
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

fn csv_cells(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_string).collect()).collect()
}

fn workbook_of(text: &str, path: &Path) {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0u32..).zip(csv_cells(text)) {
        for (column, cell) in (0u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    workbook.save(path).unwrap();
}

/// Two rows of one line write one amount and one day in two ways: each is read as its column is.
#[test]
fn rows_of_one_line_are_compared_as_their_columns_are_read() {
    let headings = "Entry Number,Line Number,Entry Date,HTSUS,Country of Origin,Exporter,Producer,Entered Value,\
                    AD Deposit Paid,Product,Carbon Percent,Energy Density mAh/g,Graphitization Percent";
    let row = |line: u32, date: &str, hts: &str, paid: &str| {
        format!("XYZ-1000001-3,{line},{date},{hts},CN,{PAIR},1000,\"{paid}\",{FACTS}\n")
    };
    let goods = "3801.10.5000";
    let run = |other_date: &str, first: &str, second: &str| {
        let folder = tempfile::tempdir().unwrap();
        let text = [
            headings.to_string() + "\n",
            row(1, "13/08/2025", goods, first),
            row(1, other_date, "9903.88.03", second),
            // The mark of decimals, where the first line leaves it open.
            row(2, "13/08/2025", goods, first),
        ];
        fs::write(folder.path().join("in.csv"), text.concat()).unwrap();
        ran(&folder, &["in.csv", "--format", "csv"]);
        let exceptions = fs::read_to_string(folder.path().join("out/in.exceptions.csv")).unwrap();
        csv_cells(&exceptions)
            .iter()
            .filter(|row| row[0] == "EN05")
            .map(|row| row[8].clone())
            .collect::<Vec<_>>()
    };
    for (first, second) in [("1.234,5", "1.234,50"), ("1,234.5", "1234.50"), ("1234,5", "1.234,50")] {
        assert_eq!(run("2025-08-13", first, second), Vec::<String>::new(), "{first} and {second}");
    }
    assert_eq!(run("13/08/2025", "1.234,5", "1.234,60"), ["1.234,5 / 1.234,60"]);
    // Another row of the column tells that the day comes first, so this is the first of August.
    assert_eq!(run("2025-08-14", "1", "1"), ["13/08/2025 / 2025-08-14"]);
}

/// Headings on two rows: the upper row, and the lower row.
const TWO_ROWS: [(&str, &str); 4] = [
    // Names on both rows beside names that stand in one of them alone.
    (
        "Entry,,HTSUS,,,,,,,,Energy Density,",
        "Number,Line Number,,Country of Origin,Entry Date,Entered Value,Exporter,Producer,Product,Carbon Percent,\
         mAh/g,Graphitization Percent",
    ),
    // A blank cell above one word, right of a name that reaches.
    (
        "Entry,Line,,Country of,Entry,Entered,,,,Carbon,Energy Density,Graphitization",
        "Number,Number,HTSUS,Origin,Date,Value,Exporter,Producer,Product,Percent,mAh/g,Percent",
    ),
    // The lower row alone would do, and the parties would be lost.
    (
        ",,GOODS,,,,Exporter,Producer,,,,",
        "Entry Number,Line Number,HTSUS,Country of Origin,Entry Date,Entered Value,,,Product,Carbon Percent,\
         Energy Density mAh/g,Graphitization Percent",
    ),
    // The upper row alone would do.
    (
        "Entry Number,Line Number,HTSUS,Country of Origin,Entry Date,Entered Value,,,Product,Carbon Percent,\
         Energy Density,Graphitization Percent",
        ",,,,,,Exporter,Producer,,,mAh/g,",
    ),
];

/// Both rows come back as they were written, ours in the lower one, whatever goes in and comes out.
#[test]
fn headings_on_two_rows_are_understood_and_come_back_as_they_were() {
    for (upper, lower) in TWO_ROWS {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("Month,July\n{upper}\n{lower}\nXYZ-1000001-3,1,{GOODS},{PAIR},{FACTS}\n");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("in.csv"), &text).unwrap();
        workbook_of(&text, &path("book.xlsx"));
        let input = csv_cells(&text);
        for arguments in [
            ["in.csv", "--format", "csv"],
            ["in.csv", "--format", "xlsx"],
            ["book.xlsx", "--format", "xlsx"],
            ["book.xlsx", "--format", "csv"],
        ] {
            let said = ran(&folder, &arguments);
            assert!(said.contains("the headings stand on two rows, the lower of them row 3"), "{said}");
            let out = format!("out/{}.annotated.{}", arguments[0].split('.').next().unwrap(), arguments[2]);
            let out = match arguments[2] {
                "csv" => csv_cells(&fs::read_to_string(path(&out)).unwrap()),
                _ => cells(&path(&out)),
            };
            let place = |heading: &str| out[2].iter().position(|cell| cell == heading).unwrap();
            assert_eq!(
                out[3][place("Deposit at Entry")].trim_end_matches('0'),
                "1050.8",
                "{arguments:?} {lower}"
            );
            assert_eq!(place("Action"), 12);
            for (row, cells) in input.iter().enumerate() {
                let same = (0..12).all(|column| {
                    let [one, other] =
                        [cells, &out[row]].map(|row| row.get(column).cloned().unwrap_or_default());
                    one == other
                });
                assert!(same, "{arguments:?}: row {row}: {:?}", out[row]);
            }
            assert!(out[1].iter().skip(12).all(String::is_empty), "{arguments:?}: {:?}", out[1]);
        }
        let (code, shown, error) = adcvd(&folder, &["check", "in.csv", "--as-of", "2026-11-22"]);
        assert_eq!(code, 0, "{error}");
        for heading in ["Entry Number", "HTSUS", "Exporter", "Producer", "Energy Density mAh/g"] {
            let understood = shown.lines().any(|line| line.contains(&format!("  {heading}  ")));
            assert!(understood, "{heading}: {shown}");
        }
    }
}

/// What a report says of itself above an unnamed column names no column.
#[test]
fn a_label_above_a_column_without_a_heading_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let needed = "HTSUS,Country of Origin,Entry Date,Entered Value";
    for label in ["Exporter:,ACME", "Importer Number,12-3456789"] {
        fs::write(folder.path().join("in.csv"), format!("{label},,,\n,{needed}\n7,{GOODS}\n")).unwrap();
        let (code, shown, error) = adcvd(&folder, &["check", "in.csv", "--as-of", "2026-11-22"]);
        assert_eq!(code, 0, "{error}");
        assert!(!shown.contains("two rows"), "{shown}");
    }
}
