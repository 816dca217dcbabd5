//! Several sheets with the same headings, read as one file: through the program as it is typed.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use calamine::{Reader, Xlsx, open_workbook};
use rust_xlsxwriter::{Format, Workbook};
use zip::write::SimpleFileOptions;

use crate::commands::adcvd;

const HEADINGS: [&str; 6] =
    ["Entry Number", "Line Number", "Entry Date", "HTSUS", "Country of Origin", "Entered Value"];
const AS_OF: [&str; 2] = ["--as-of", "2026-11-22"];

/// A line that no case lists: furniture of China.
fn line(entry: &str, number: &str) -> Vec<String> {
    [entry, number, "2025-08-13", "9403.60.8081", "CN", "1000"].map(str::to_string).to_vec()
}

type Sheet<'a> = (&'a str, Vec<Vec<String>>);

fn headed(rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    std::iter::once(HEADINGS.map(str::to_string).to_vec()).chain(rows).collect()
}

fn book(path: &Path, sheets: &[Sheet<'_>], protected: Option<&str>) {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (row, cells) in (0u32..).zip(rows) {
            for (column, cell) in (0u16..).zip(cells) {
                match (row, cell.parse::<f64>()) {
                    (0, _) => sheet.write_string_with_format(row, column, cell, &bold).unwrap(),
                    (_, Ok(number)) if column == 5 => sheet.write_number(row, column, number).unwrap(),
                    _ => sheet.write_string(row, column, cell).unwrap(),
                };
            }
        }
        if protected == Some(*name) {
            sheet.protect();
        }
    }
    workbook.save(path).unwrap();
}

/// A quarter of a broker: a cover, three months, and the last line of March is one of January.
fn quarter() -> Vec<Sheet<'static>> {
    vec![
        ("Cover", vec![vec!["First quarter".to_string()]]),
        ("Jan", headed(vec![line("E1", "1"), line("E1", "2")])),
        ("Feb", headed(vec![line("E2", "1")])),
        ("Mar", headed(vec![line("E3", "1"), line("E1", "2")])),
    ]
}

fn quarter_in_a_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    book(&folder.path().join("q.xlsx"), &quarter(), None);
    folder
}

fn ran(folder: &tempfile::TempDir, arguments: &[&str]) -> String {
    let (code, out, error) = adcvd(folder, &[arguments, &AS_OF].concat());
    assert_eq!(code, 0, "{out}{error}");
    out
}

fn cells(path: &Path) -> Vec<(String, Vec<Vec<String>>)> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let names = workbook.sheet_names();
    let of = |name: String| {
        let range = workbook.worksheet_range(&name).unwrap();
        let rows = range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
        (name, rows)
    };
    names.into_iter().map(of).collect()
}

fn csv_rows(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).unwrap();
    reader.records().map(|record| record.unwrap().iter().map(str::to_string).collect()).collect()
}

/// The parts of a package in their order.
fn parts(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let count = archive.len();
    let part = |place: usize| {
        let mut part = archive.by_index(place).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        (part.name().unwrap().into_owned(), bytes)
    };
    (0..count).map(part).collect()
}

fn put(path: &Path, parts: &[(String, Vec<u8>)]) {
    let mut zip = zip::ZipWriter::new(fs::File::create(path).unwrap());
    for (name, part) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(part).unwrap();
    }
    zip.finish().unwrap();
}

/// Every cell of the sheets stands where it stood, and behind the rows of those that were read stands the answer.
fn annotated_in_place(out: &Path, sheets: &[Sheet<'_>], read: &[&str]) {
    let found = cells(out);
    assert_eq!(found.len(), sheets.len());
    for ((name, rows), (found_name, found)) in sheets.iter().zip(&found) {
        assert_eq!(name, found_name);
        for (row, cells) in rows.iter().enumerate() {
            assert_eq!(found[row][..cells.len()], cells[..], "{name}, row {row}");
            let (behind, expected) = (found[row].get(HEADINGS.len()), if row == 0 { "Action" } else { "NO" });
            match read.contains(name) {
                true => assert!(behind.unwrap().starts_with(expected), "{name}, row {row}: {behind:?}"),
                false => assert_eq!(behind, None, "{name}"),
            }
        }
    }
}

#[test]
fn the_error_that_lists_the_sheets_tells_how_to_read_them_as_one() {
    let folder = quarter_in_a_folder();
    let (code, _, error) = adcvd(&folder, &["run", "q.xlsx"]);
    assert_eq!(code, 3, "{error}");
    for words in ["3 sheets have the headings", "Cover, Jan, Feb, Mar", "--sheet '*'", "more than once"] {
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn every_sheet_is_annotated_in_place() {
    let folder = quarter_in_a_folder();
    let said = ran(&folder, &["run", "q.xlsx", "--sheet", "*"]);
    assert!(said.contains("3 sheets are read as one file: Jan, Feb, Mar"), "{said}");
    let out = folder.path().join("out/q.annotated.xlsx");
    annotated_in_place(&out, &quarter(), &["Jan", "Feb", "Mar"]);
    // What is no sheet with lines and no table of styles or strings is what it was, to the byte.
    let before: BTreeMap<_, _> = parts(&folder.path().join("q.xlsx")).into_iter().collect();
    let changed = |name: &str| {
        ["sheet2.xml", "sheet3.xml", "sheet4.xml", "styles.xml", "sharedStrings.xml"]
            .iter()
            .any(|end| name.ends_with(end))
    };
    let after = parts(&out);
    assert_eq!(after.len(), before.len());
    for (name, part) in after.iter().filter(|(name, _)| !changed(name)) {
        assert!(before[name] == *part, "{name}");
    }
    // The line of January that stands in March again is told there, and has no figure there alone.
    let exceptions = csv_rows(&folder.path().join("out/q.exceptions.csv"));
    let again: Vec<_> = exceptions.iter().filter(|row| row[0] == "EN06").collect();
    assert_eq!(again.len(), 1, "{exceptions:?}");
    assert_eq!(again[0][2..7], ["q.xlsx", "Mar", "3", "E1", "2"]);
    let found = cells(&out);
    assert_eq!((&*found[1].1[2][6], &*found[3].1[2][6]), ("NOT TESTED", "NO FIGURE"));
    let report = cells(&folder.path().join("out/q.exceptions.xlsx"));
    let causes = &report.iter().find(|(name, _)| name == "Exceptions").unwrap().1;
    let cause = causes.iter().find(|row| row[0] == "EN06").unwrap();
    assert!(cause.contains(&"Mar, row 3".to_string()), "{cause:?}");
    let manifest = fs::read_to_string(folder.path().join("out/q.run.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!((&manifest["totals"]["rows"], &manifest["totals"]["lines"]), (&5.into(), &5.into()));
    assert_eq!(manifest["totals"]["entered_value"], 5000);
    assert_eq!(manifest["options"]["sheet"], "*");
}

/// The parts of the sheets stand in another order than the sheets; the order of the workbook counts.
#[test]
fn sheets_that_were_named_come_in_the_order_of_the_workbook() {
    let folder = tempfile::tempdir().unwrap();
    book(&folder.path().join("in.xlsx"), &quarter(), None);
    let mut package = parts(&folder.path().join("in.xlsx"));
    let workbook = package.iter_mut().find(|(name, _)| name == "xl/workbook.xml").unwrap();
    let text = String::from_utf8(workbook.1.clone()).unwrap();
    let element = |name: &str| {
        let from = text.find(&format!("<sheet name=\"{name}\"")).unwrap();
        text[from..from + text[from..].find("/>").unwrap() + 2].to_string()
    };
    let (jan, mar) = (element("Jan"), element("Mar"));
    workbook.1 = text.replace(&jan, "JAN").replace(&mar, &jan).replace("JAN", &mar).into_bytes();
    put(&folder.path().join("q.xlsx"), &package);
    ran(&folder, &["run", "q.xlsx", "--sheet", "Jan", "--sheet", "Mar", "--sheet", "Jan"]);
    let mut sheets = quarter();
    sheets.swap(1, 3);
    let out = folder.path().join("out/q.annotated.xlsx");
    annotated_in_place(&out, &sheets, &["Mar", "Jan"]);
    let exceptions = csv_rows(&folder.path().join("out/q.exceptions.csv"));
    let again: Vec<_> = exceptions.iter().filter(|row| row[0] == "EN06").map(|row| &row[3..5]).collect();
    assert_eq!(again, [["Jan", "3"]]);
    // A part that is not ours to change stands where it stood, relative to the others.
    let names = |path: &str| -> Vec<String> {
        let all = parts(&folder.path().join(path)).into_iter().map(|(name, _)| name);
        all.filter(|name| !["sheet2", "sheet4", "styles", "Strings"].iter().any(|word| name.contains(word)))
            .collect()
    };
    assert_eq!(names("q.xlsx"), names("out/q.annotated.xlsx"));
}

/// Each sheet is read by its own headings, wherever its columns stand.
#[test]
fn sheets_may_differ_in_their_columns() {
    let folder = tempfile::tempdir().unwrap();
    let turned = |row: &[String]| row.iter().rev().cloned().collect::<Vec<_>>();
    let mut lacking = headed(vec![line("E4", "1"), line("E1", "1")]);
    lacking.insert(0, vec!["March".to_string()]);
    lacking.iter_mut().filter(|row| row.len() > 1).for_each(|row| drop(row.remove(1)));
    let jan = headed(vec![line("E1", "1")]);
    let feb: Vec<_> = headed(vec![line("E2", "1"), line("E1", "1")]).iter().map(|row| turned(row)).collect();
    let sheets = [("Jan", jan), ("Feb", feb), ("Mar", lacking)];
    book(&folder.path().join("q.xlsx"), &sheets, None);
    ran(&folder, &["run", "q.xlsx", "--sheet", "*"]);
    let exceptions = csv_rows(&folder.path().join("out/q.exceptions.csv"));
    let again: Vec<_> = exceptions.iter().filter(|row| row[0] == "EN06").map(|row| &row[3..5]).collect();
    // Without line numbers nobody can tell whether a line of March stands above.
    assert_eq!(again, [["Feb", "3"]]);
    let found = cells(&folder.path().join("out/q.annotated.xlsx"));
    assert_eq!((&*found[1].1[0][6], &*found[1].1[2][6]), ("Action", "NO FIGURE"));
    assert_eq!((&*found[2].1[1][5], &*found[2].1[3][5]), ("Action", "NOT TESTED"));
    let manifest = fs::read_to_string(folder.path().join("out/q.run.json")).unwrap();
    assert!(manifest.contains("\"lines\": 5") && manifest.contains("\"entered_value\": 5000"), "{manifest}");
    let (code, _, error) = adcvd(&folder, &["run", "q.xlsx", "--sheet", "*", "--format", "csv"]);
    assert_eq!(code, 3, "{error}");
    for words in ["sheet \"Feb\"", "sheet \"Jan\"", "column A: \"Entered Value\", not \"Entry Number\""] {
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_sheet_that_was_named_and_lacks_a_heading_is_refused_by_its_name() {
    let folder = quarter_in_a_folder();
    let (code, _, error) = adcvd(&folder, &["run", "q.xlsx", "--sheet", "Jan", "--sheet", "Cover"]);
    assert_eq!(code, 3, "{error}");
    assert!(error.contains("sheet \"Cover\"") && error.contains("\"HTSUS\""), "{error}");
    let (code, _, error) = adcvd(&folder, &["run", "q.xlsx", "--sheet", "Jan", "--sheet", "April"]);
    assert_eq!(code, 2, "{error}");
    assert!(error.contains("no sheet is named \"April\""), "{error}");
    book(&folder.path().join("blank.xlsx"), &[("Jan", headed(vec![])), ("Feb", Vec::new())], None);
    let (code, _, error) = adcvd(&folder, &["run", "blank.xlsx", "--sheet", "Jan", "--sheet", "Feb"]);
    assert_eq!(code, 3, "{error}");
    assert!(error.contains("sheet \"Feb\", holds no rows"), "{error}");
    fs::write(folder.path().join("in.csv"), HEADINGS.join(",") + "\n").unwrap();
    ran(&folder, &["run", "in.csv", "--sheet", "*"]);
}

#[test]
fn one_csv_of_several_sheets_has_one_row_of_headings() {
    let folder = quarter_in_a_folder();
    ran(&folder, &["run", "q.xlsx", "--sheet", "*", "--format", "csv"]);
    let rows = csv_rows(&folder.path().join("out/q.annotated.csv"));
    let lines: Vec<String> = rows.iter().map(|row| format!("{}/{} {}", row[0], row[1], row[6])).collect();
    let tested = |line: &str| format!("{line} NOT TESTED");
    let expected = ["E1/1", "E1/2", "E2/1", "E3/1"].map(tested);
    assert_eq!(lines[0], "Entry Number/Line Number Action");
    assert_eq!(lines[1..5], expected);
    assert_eq!(lines[5..], ["E1/2 NO FIGURE"]);
}

/// A sheet that nothing may be put into: all of them go into a new workbook, each into a sheet of its name.
#[test]
fn one_protected_sheet_brings_a_new_workbook_with_all() {
    let folder = tempfile::tempdir().unwrap();
    book(&folder.path().join("q.xlsx"), &quarter(), Some("Feb"));
    let said = ran(&folder, &["run", "q.xlsx", "--sheet", "*"]);
    assert!(said.contains("is protected"), "{said}");
    annotated_in_place(&folder.path().join("out/q.annotated.xlsx"), &quarter()[1..], &["Jan", "Feb", "Mar"]);
}

/// The same of a format that is not passed through. A small ODS as OpenDocument 1.2 has it.
#[test]
fn sheets_of_an_ods_go_into_one_new_workbook() {
    let folder = tempfile::tempdir().unwrap();
    let cell = |text: &String| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let row = |row: &Vec<String>| {
        format!("<table:table-row>{}</table:table-row>", row.iter().map(cell).collect::<String>())
    };
    let table = |(name, rows): &Sheet<'_>| {
        let rows: String = rows.iter().map(row).collect();
        format!("<table:table table:name=\"{name}\">{rows}</table:table>")
    };
    let tables: String = quarter().iter().map(table).collect();
    let names = ["office", "table", "text"]
        .map(|name| format!(" xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\""));
    let content = format!(
        "<office:document-content{} office:version=\"1.2\"><office:body><office:spreadsheet>{tables}\
         </office:spreadsheet></office:body></office:document-content>",
        names.concat()
    );
    let manifest =
        "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    let package = [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &content),
        ("META-INF/manifest.xml", manifest),
    ];
    put(
        &folder.path().join("q.ods"),
        &package.map(|(name, part)| (name.to_string(), part.as_bytes().to_vec())),
    );
    ran(&folder, &["run", "q.ods", "--sheet", "*"]);
    annotated_in_place(&folder.path().join("out/q.annotated.xlsx"), &quarter()[1..], &["Jan", "Feb", "Mar"]);
    let exceptions = csv_rows(&folder.path().join("out/q.exceptions.csv"));
    let again: Vec<_> = exceptions.iter().filter(|row| row[0] == "EN06").map(|row| &row[3..5]).collect();
    assert_eq!(again, [["Mar", "3"]]);
}

/// The months write one column: a thirteenth in March settles how January is read.
#[test]
fn what_one_sheet_tells_of_a_column_counts_for_all() {
    let folder = tempfile::tempdir().unwrap();
    let dated = |day: &str| {
        let mut line = line("E1", "1");
        (line[1], line[2]) = (day.replace('/', ""), day.to_string());
        headed(vec![line])
    };
    let run = |days: [&str; 2]| {
        let sheets = [("Jan", dated(days[0])), ("Mar", dated(days[1]))];
        book(&folder.path().join("q.xlsx"), &sheets, None);
        ran(&folder, &["run", "q.xlsx", "--sheet", "*"]);
        let rows = csv_rows(&folder.path().join("out/q.exceptions.csv"));
        rows.iter().filter(|row| row[0] == "EN03").map(|row| row[3].clone()).collect::<Vec<_>>()
    };
    assert_eq!(run(["01/08/2025", "02/08/2025"]), ["Jan", "Mar"]);
    assert_eq!(run(["01/08/2025", "13/08/2025"]), Vec::<String>::new());
}

/// Sheets of many pieces: the same bytes with one thread and with four, and lines that stand again are found in any sheet.
#[test]
fn threads_change_no_byte_of_several_sheets() {
    let folder = tempfile::tempdir().unwrap();
    let month = |month: usize| {
        let lines = (0..2500).map(|number| line(&format!("E{month}{}", number / 7), &number.to_string()));
        headed(lines.chain([line("E0", "0")]).collect())
    };
    let sheets = [("Jan", month(0)), ("Feb", month(1)), ("Mar", month(2))];
    book(&folder.path().join("q.xlsx"), &sheets, None);
    let [one, four] = ["1", "4"].map(|threads| {
        let out = format!("out-{threads}");
        ran(&folder, &["run", "q.xlsx", "--sheet", "*", "-o", &out, "--threads", threads]);
        let names = ["q.annotated.xlsx", "q.exceptions.xlsx", "q.exceptions.csv", "q.run.json"];
        names.map(|name| fs::read(folder.path().join(&out).join(name)).unwrap())
    });
    assert!(one == four);
    let exceptions = csv_rows(&folder.path().join("out-4/q.exceptions.csv"));
    let again: Vec<_> = exceptions.iter().filter(|row| row[0] == "EN06").map(|row| row[3].as_str()).collect();
    assert_eq!(again, ["Feb", "Mar"]);
}

#[test]
fn check_and_explain_read_several_sheets() {
    let folder = quarter_in_a_folder();
    let shown = ran(&folder, &["check", "q.xlsx", "--sheet", "*"]);
    for words in [
        "3 sheets are read as one file: Jan, Feb, Mar",
        "sheet \"Feb\"",
        "those of sheet \"Jan\"",
        "5 below the headings: 5 lines",
        "EN06",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let told = ran(&folder, &["explain", "q.xlsx", "--sheet", "*", "--line", "E1/2"]);
    assert!(told.contains("Sheet \"Jan\", row 3") && told.contains("Sheet \"Mar\", row 3"), "{told}");
    let told = ran(&folder, &["explain", "q.xlsx", "--sheet", "Feb", "--sheet", "Mar", "--row", "2"]);
    assert!(
        told.contains("Sheet \"Feb\", row 2\nE2/1") && told.contains("Sheet \"Mar\", row 2\nE3/1"),
        "{told}"
    );
    let told = ran(&folder, &["explain", "q.xlsx", "--sheet", "Feb", "--row", "2"]);
    assert!(told.starts_with("E2/1"), "{told}");
}
