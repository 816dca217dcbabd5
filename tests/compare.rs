//! Due against paid: every class on the shipped sample, worked by hand; the rule for rounding; reports of other layouts;
//! what is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use adcvd::batch::{CompareOutcome, FileError, RunOptions, Silent, compare_files, run_file};
use adcvd::casebook::load;
use adcvd::entry::Needed;
use adcvd::records::Class;
use adcvd::spreadsheet::Format;
use adcvd::terms::{Kind, KnownDay, day};
use assert_cmd::Command;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

fn options(out: &Path) -> RunOptions {
    let as_of = KnownDay(day::parse_iso("2026-11-22").unwrap());
    RunOptions { format: Format::Csv, each_apart: true, ..RunOptions::new(as_of, out.to_path_buf()) }
}

fn compared(entries: &Path, report: &Path, out: &Path) -> Result<CompareOutcome, FileError> {
    let casebook = load::load(&[]).unwrap();
    let of_entries = options(out);
    let of_report = RunOptions { needed: Needed::Deposits, ..options(out) };
    compare_files(&casebook, (entries, &of_entries), (report, &of_report), "compare")
}

/// The rows of the CSV: by heading.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headings = reader.headers().unwrap().clone();
    let named = |record: csv::StringRecord| {
        headings
            .iter()
            .zip(record.iter())
            .map(|(heading, cell)| (heading.to_string(), cell.to_string()))
            .collect()
    };
    reader.records().map(|record| named(record.unwrap())).collect()
}

/// Entry, line and kind with the class, where entry numbers are told by their last four digits before the check digit.
fn classes(rows: &[BTreeMap<String, String>]) -> Vec<(String, String, String, String)> {
    let entry = |text: &str| {
        let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        plain.get(6..10).unwrap_or_default().to_string()
    };
    let line = |text: &str| text.trim_start_matches('0').to_string();
    rows.iter()
        .map(|row| {
            (
                entry(&row["Entry Number"]),
                line(&row["Line Number"]),
                row["Kind"].clone(),
                row["Class"].clone(),
            )
        })
        .collect()
}

/// AD at 93.50 and CVD at 11.58 percent on entries of 2025-08-01 (as `cases show` cites them); AD alone on 2025-10-10.
/// Worked by hand from samples/compare-entries.csv and samples/ace-deposits.csv.
const EXPECTED: [(&str, &str, &str, &str); 13] = [
    ("0301", "1", "agree", "agree"),
    ("0301", "2", "agree", "agree"),
    // 20,001 at 93.50 percent is 18,700.94, due on 20,000 is 18,700.00; at 11.58 percent 2,316.12 and 2,316.00.
    ("0302", "1", "rounding", "rounding"),
    ("0303", "1", "paid more", "paid less"),
    ("0304", "1", "case differs", "case differs"),
    ("0305", "1", "rate differs", "rate differs"),
    ("0306", "1", "value differs", "value differs"),
    ("0308", "1", "not found in the report", "not found in the report"),
    ("0309", "1", "field absent", "field absent"),
    ("0310", "1", "no figure due", "no figure due"),
    ("0311", "1", "no case on either side", "no case on either side"),
    ("0312", "1", "agree", "no case on either side"),
    ("0307", "1", "not found in the entries", "not found in the entries"),
];

#[test]
fn every_class_of_the_sample_as_worked_by_hand() {
    let out = tempfile::tempdir().unwrap();
    let outcome = compared(&sample("compare-entries.csv"), &sample("ace-deposits.csv"), out.path()).unwrap();
    let rows = rows(&outcome.names.rows);
    let expected: Vec<_> = EXPECTED
        .iter()
        .flat_map(|(entry, line, ad, cvd)| [(entry, line, "AD", ad), (entry, line, "CVD", cvd)])
        .map(|(entry, line, kind, class)| {
            (entry.to_string(), line.to_string(), kind.to_string(), class.to_string())
        })
        .collect();
    assert_eq!(classes(&rows), expected);
    let met: BTreeSet<Class> = outcome.classes.keys().copied().collect();
    assert_eq!(met, Class::ALL.into_iter().collect());
    let row = |entry: &str, kind: &str| {
        let at = expected.iter().position(|row| row.0 == entry && row.2 == kind).unwrap();
        &rows[at]
    };
    let told = |entry, kind, headings: [&str; 6]| headings.map(|heading| row(entry, kind)[heading].clone());
    let places =
        ["Due at Entry", "Paid", "Difference", "Due Restated", "Row of the Entries", "Rows of the Report"];
    assert_eq!(told("0301", "AD", places), ["93500.00", "93500.00", "0.00", "0.00", "2", "2 3"]);
    assert_eq!(told("0303", "CVD", places), ["1158.00", "1100.00", "-58.00", "0.00", "5", "6"]);
    assert_eq!(told("0307", "AD", places), ["", "4675.00", "", "", "", "10"]);
    assert_eq!(told("0308", "CVD", places), ["926.40", "", "", "0.00", "9", ""]);
    let both =
        ["Expected Case", "Found Case", "Expected Rate", "Found Rate", "Expected Value", "Found Value"];
    assert_eq!(told("0304", "AD", both), ["A570194", "A999101001", "93.50%", "93.50%", "10000", "10000"]);
    assert_eq!(told("0305", "CVD", both), ["C570195000", "C570195000", "11.58%", "6.55%", "10000", "10000"]);
    assert_eq!(told("0306", "AD", both), ["A570194", "A570194001", "93.50%", "93.50%", "10000", "12000"]);
}

/// By hand: due AD 94,435 + 18,700 + 6 x 9,350 + 7,480; CVD 11,695.80 + 2,316 + 5 x 1,158 + 926.40. Paid as the sample
/// prints it; the two rows of 301/1 repeat 93,500.00 and 11,580.00.
#[test]
fn both_totals_of_the_sample_tie_out() {
    let out = tempfile::tempdir().unwrap();
    let outcome = compared(&sample("compare-entries.csv"), &sample("ace-deposits.csv"), out.path()).unwrap();
    let told = |kind: Kind| {
        let totals = &outcome.totals[kind.index()];
        [
            totals.file.due,
            totals.all.due,
            totals.file.paid_on_rows,
            totals.repeated,
            totals.not_counted,
            totals.all.paid,
        ]
        .map(|amount| amount.to_string())
    };
    assert_eq!(told(Kind::Ad), ["176715.00", "176715.00", "270252.94", "93500.00", "0.00", "176752.94"]);
    assert_eq!(told(Kind::Cvd), ["20728.20", "20728.20", "30473.52", "11580.00", "0.00", "18893.52"]);
    assert_eq!((outcome.manifest.report.rows, outcome.manifest.report.lines), (13, 12));
    assert_eq!(outcome.manifest.entry_lines, 12);
    // What is due is what a run writes behind the lines.
    let casebook = load::load(&[]).unwrap();
    let run =
        run_file(&casebook, &sample("compare-entries.csv"), "e", &options(out.path()), &Silent).unwrap();
    let annotated = rows(&run.names.annotated);
    for (kind, compared) in [("AD", Kind::Ad), ("CVD", Kind::Cvd)] {
        let cents = |text: &str| text.replace('.', "").parse::<i64>().unwrap_or(0);
        let sum: i64 = annotated.iter().map(|row| cents(&row[&format!("{kind} Deposit at Entry")])).sum();
        assert_eq!(sum, outcome.totals[compared.index()].file.due.cents(), "{kind}");
    }
}

const ENTRY_HEADINGS: &str = "Entry Number,Line Number,Entry Type,Entry Date,HTSUS,Country of Origin,Country of Export,\
    Exporter,Producer,Entered Value,AD Case Number,Product,Carbon Percent,Energy Density mAh/g,Graphitization Percent\n";

/// An entry line of 2025-10-10: AD at 93.50 percent, and the CVD measure has ended.
fn entry_line(entry: u32, value: &str) -> String {
    format!(
        "XYZ{entry},1,03,2025-10-10,3801.10.5000,CN,CN,\"Panasonic Energy (Wuxi) Co., Ltd.\",Resonac Corporation,{value},\
         A-570-194,active anode material,99.9,355,94\n"
    )
}

fn small(entries: &str, report: &str) -> (tempfile::TempDir, CompareOutcome) {
    let folder = tempfile::tempdir().unwrap();
    let (of_entries, of_report) = (folder.path().join("entries.csv"), folder.path().join("report.csv"));
    fs::write(&of_entries, format!("{ENTRY_HEADINGS}{entries}")).unwrap();
    fs::write(&of_report, report).unwrap();
    let outcome = compared(&of_entries, &of_report, &folder.path().join("out")).unwrap();
    (folder, outcome)
}

fn ad_classes(outcome: &CompareOutcome) -> Vec<String> {
    rows(&outcome.names.rows)
        .iter()
        .filter(|row| row["Kind"] == "AD")
        .map(|row| row["Class"].clone())
        .collect()
}

/// On 100 dollars 93.50 is due, on 101 94.44 (94.435), on 99 92.57 (92.565). Without a value in the report a dollar
/// either way explains 92.57 to 94.44, and a cent more on both sides; with the same value the cent alone is left; a
/// value more than a dollar away is another value.
#[test]
fn rounding_explains_a_dollar_of_value_and_a_cent() {
    let cases = [
        ("", "93.50", "agree"),
        ("", "94.45", "rounding"),
        ("", "94.46", "paid more"),
        ("", "92.56", "rounding"),
        ("", "92.55", "paid less"),
        ("100", "93.51", "rounding"),
        ("100", "93.49", "rounding"),
        ("100", "93.52", "paid more"),
        ("101", "94.44", "rounding"),
        ("101", "94.46", "paid more"),
        ("101", "93.48", "paid less"),
        ("102", "93.50", "value differs"),
    ];
    let mut entries = String::new();
    let mut report = "Entry Number,Line Number,Entered Value,AD Deposit Paid\n".to_string();
    for (number, (value, paid, _)) in (1000..).zip(&cases) {
        entries.push_str(&entry_line(number, "100"));
        report.push_str(&format!("XYZ-{number},001,{value},{paid}\n"));
    }
    let (_folder, outcome) = small(&entries, &report);
    assert_eq!(ad_classes(&outcome), cases.map(|(.., class)| class.to_string()));
}

/// The line-level report has neither tariff number nor date, and here a row for each case of a line, in one column. A
/// row without a line number names no line.
#[test]
fn a_line_level_report_with_a_row_for_each_case() {
    let entries = [entry_line(1000, "100"), entry_line(1001, "100"), entry_line(1002, "100")].concat();
    let report = "Entry Summary Number,Entry Summary Line Number,Line Goods Value Amount,AD/CVD Case Number,\
                  AD/CVD Deposit Paid\nXYZ1000,1,100,A-570-194-001,$93.50\nXYZ1000,1,100,C-570-195-000,$11.58\n\
                  XYZ1001,1,100,,93.50\nXYZ1002,,100,A-570-194,93.50\n";
    let (_folder, outcome) = small(&entries, report);
    let found = rows(&outcome.names.rows);
    let told: Vec<_> = found.iter().map(|row| (&*row["Kind"], &*row["Class"], &*row["Paid"])).collect();
    assert_eq!(
        told,
        [
            ("AD", "agree", "93.50"),
            ("CVD", "paid more", "11.58"),
            // An amount without a case: it is not known under which it was paid.
            ("AD", "field absent", ""),
            ("CVD", "field absent", ""),
            ("AD", "not found in the report", ""),
            ("CVD", "not found in the report", ""),
            ("AD", "not found in the entries", "93.50"),
            ("CVD", "not found in the entries", ""),
        ]
    );
    assert!(outcome.notes.iter().any(|note| note.contains("1 rows hold an amount")), "{:?}", outcome.notes);
    assert!(found[6]["What was found"].contains("no line number"), "{:?}", found[6]);
}

/// Rows of one line that say different amounts are not put together, and their money is told apart; a line that occurs
/// again in the entries takes nothing twice; a total below the rows is no line.
#[test]
fn what_contradicts_itself_is_not_counted() {
    let entries = [entry_line(1001, "100"), entry_line(1000, "100"), entry_line(1001, "100")].concat();
    let report = "Entry Summary Number,Entry Summary Line Number,Tariff Ordinal Number,AD Case Number,AD Deposit Paid\n\
                  XYZ1000,1,1,A570194,93.50\nXYZ1000,1,2,A570194,80.00\nXYZ1001,1,1,A570194,0.00\n\
                  XYZ1001,1,2,A570194,93.50\nTotal,,,,267.00\n";
    let (_folder, outcome) = small(&entries, report);
    assert_eq!(ad_classes(&outcome), ["agree", "field absent", "no figure due"]);
    let totals = &outcome.totals[Kind::Ad.index()];
    let told = [totals.file.paid_on_rows, totals.repeated, totals.not_counted, totals.all.paid];
    assert_eq!(told.map(|amount| amount.to_string()), ["267.00", "0.00", "173.50", "93.50"]);
    assert_eq!(outcome.manifest.report.no_lines, 1);
}

/// A warehouse entry waits for its withdrawal: nothing is due, and a report without a case of it lacks none. What was paid
/// on it all the same was paid too early.
#[test]
fn nothing_is_due_on_a_warehouse_entry() {
    let entries = [entry_line(1000, "100"), entry_line(1001, "100")].concat().replace(",03,", ",21,");
    let report =
        "Entry Number,Line Number,AD Case Number,AD Deposit Paid\nXYZ1000,1,,\nXYZ1001,1,A570194,93.50\n";
    let (_folder, outcome) = small(&entries, report);
    assert_eq!(ad_classes(&outcome), ["no case on either side", "paid more"]);
}

/// 0.935 may be 93.5 percent or less than one: of such a column no rate is compared, and it is said.
#[test]
fn rates_that_may_be_fractions_are_not_compared() {
    let entries = [entry_line(1000, "100"), entry_line(1001, "100")].concat();
    let report = "Entry Number,Line Number,AD Deposit Rate,AD Deposit Paid\nXYZ1000,1,0.935,93.50\nXYZ1001,1,7.2103,93.50\n";
    let (_folder, outcome) = small(&entries, report);
    assert_eq!(ad_classes(&outcome), ["agree", "agree"]);
    assert!(outcome.notes.iter().any(|note| note.contains("fraction")), "{:?}", outcome.notes);
}

fn adcvd(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("adcvd").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_command_writes_whole_files_and_replaces_only_its_own() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["compare-entries.csv", "ace-deposits.csv"] {
        fs::copy(sample(name), folder.path().join(name)).unwrap();
    }
    let out = folder.path().join("out");
    let usual = ["compare", "compare-entries.csv", "--deposits", "ace-deposits.csv", "--as-of", "2026-11-22"];
    let with = |more: &[&str]| adcvd(folder.path(), &[&usual[..], more].concat());
    let (code, said, message) = with(&[]);
    assert_eq!(code, 0, "{message}");
    assert!(said.contains("case differs") && said.contains("$176,715.00"), "{said}");
    let names: BTreeSet<String> = fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let ends = ["csv", "json", "xlsx"].map(|end| format!("compare-entries.compare.{end}"));
    assert_eq!(names, ends.iter().cloned().collect());
    let bytes = || ends.iter().map(|name| fs::read(out.join(name)).unwrap()).collect::<Vec<_>>();
    let before = bytes();
    // Again: our own files are replaced, by the same bytes.
    let (code, said, message) = with(&["--json"]);
    assert_eq!(code, 0, "{message}");
    assert!(before == bytes(), "the same files give the same bytes");
    let manifest: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(manifest["totals"][0]["amount"], "176715.00");
    assert_eq!(manifest["outputs"].as_array().unwrap().len(), 2);
    // A file of somebody else stays.
    fs::write(out.join(&ends[0]), "mine").unwrap();
    let (code, _, message) = with(&[]);
    assert_eq!((code, message.contains("--force")), (2, true), "{message}");
    assert_eq!(fs::read_to_string(out.join(&ends[0])).unwrap(), "mine");
    assert_eq!(with(&["--force", "--quiet"]).0, 0);
    assert!(before == bytes());
    // A report without what is needed is refused by its headings.
    fs::write(
        folder.path().join("no-amounts.csv"),
        "Entry Summary Number,Entry Summary Line Number,X\n1,1,1\n",
    )
    .unwrap();
    let (code, _, message) = adcvd(folder.path(), &["compare", usual[1], "--deposits", "no-amounts.csv"]);
    assert_eq!((code, message.contains("\"AD Deposit Paid\"")), (3, true), "{message}");
    let (code, ..) = adcvd(folder.path(), &["compare", usual[1], "--deposits", "absent.csv"]);
    assert_eq!(code, 4);
}

/// The report as a workbook says what it says as a CSV, and the workbook of the comparison holds its rows.
#[test]
fn a_report_in_a_workbook_and_the_sheets_that_come_out() {
    use calamine::{Data, Reader, Xlsx, open_workbook};
    let folder = tempfile::tempdir().unwrap();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Main Report").unwrap();
    let mut report =
        csv::ReaderBuilder::new().has_headers(false).from_path(sample("ace-deposits.csv")).unwrap();
    for (row, record) in (0..).zip(report.records()) {
        for (column, cell) in (0..).zip(record.unwrap().iter()) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    let path = folder.path().join("report.xlsx");
    workbook.save(&path).unwrap();
    let of_workbook = compared(&sample("compare-entries.csv"), &path, &folder.path().join("a")).unwrap();
    let of_csv =
        compared(&sample("compare-entries.csv"), &sample("ace-deposits.csv"), &folder.path().join("b"))
            .unwrap();
    assert_eq!(rows(&of_workbook.names.rows), rows(&of_csv.names.rows));
    let mut book: Xlsx<_> = open_workbook(&of_csv.names.workbook).unwrap();
    assert_eq!(book.sheet_names(), ["Summary", "Differences", "All"]);
    let sheet = |book: &mut Xlsx<_>, name: &str| -> Vec<Vec<Data>> {
        book.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect()
    };
    // A sentence and the headings stand above the rows.
    assert_eq!(sheet(&mut book, "All").len(), 2 + 26);
    let differences = sheet(&mut book, "Differences");
    // All but the four lines and kinds that agree or have no case, and the two of 301/1 and of 301/2.
    assert_eq!(differences.len(), 2 + 26 - 8);
    let largest: Vec<String> = differences[2].iter().take(3).map(ToString::to_string).collect();
    // 9,350.00 on three: the order of the file.
    assert_eq!(largest, ["case differs", "AD", "XYZ-1000304-1"]);
}
