//! The tables and charts of the Summary that say where deposits come from.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use adcvd::batch::{FileOutcome, RunOptions, Silent, run_file};
use adcvd::casebook::load;
use adcvd::determine::LineAmounts;
use adcvd::entry::line::Name;
use adcvd::report::deposits::{DepositLine, Deposits, PARTIES_MAX};
use adcvd::terms::{KnownDay, day};
use calamine::{Data, Reader, Xlsx, open_workbook};

fn run(input: &Path, as_of: &str, each_apart: bool) -> FileOutcome {
    let casebook = load::load(&[]).unwrap();
    let out = tempfile::tempdir().unwrap().keep();
    let mut options = RunOptions::new(KnownDay(day::parse_iso(as_of).unwrap()), out);
    options.each_apart = each_apart;
    run_file(&casebook, input, "entries", &options, &Silent).unwrap()
}

fn sheet(report: &Path, name: &str) -> Vec<Vec<Data>> {
    let mut workbook: Xlsx<_> = open_workbook(report).unwrap();
    workbook.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect()
}

fn summary(report: &Path) -> Vec<Vec<Data>> {
    sheet(report, "Summary")
}

/// The rows of the sheet ACE Queries, as text.
fn ace_queries(report: &Path) -> Vec<Vec<String>> {
    let sheet = sheet(report, "ACE Queries");
    let rows = sheet.iter().skip_while(|row| row[0] != *"Case as filed").skip(1);
    rows.map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

/// The headings of a table, and its rows to that of all lines.
fn table(summary: &[Vec<Data>], heading: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let first = summary.iter().position(|row| row[0].to_string().starts_with(heading)).expect(heading);
    let shown = |row: &Vec<Data>| row.iter().map(ToString::to_string).collect::<Vec<String>>();
    let last = first + summary[first..].iter().position(|row| row[0] == *"All lines").expect(heading);
    (shown(&summary[first]), summary[first + 1..=last].iter().map(shown).collect())
}

const HEADINGS: &str = "Entry Number,Line Number,Entry Type,Entry Date,Entry Summary Date,Importer Number,HTSUS,\
                        Country of Origin,Exporter,Producer,Entered Value,AD Case Number,CVD Case Number,Product,\
                        Carbon Percent,Energy Density mAh/g,Graphitization Percent";
const ANODE: &str = "active anode material,99.9,355,94";

/// The pair's provisional rates are 93.50 percent AD and 11.58 percent CVD; on 2025-10-15 the CVD measure had lapsed
/// (both as in `tests/watch/anode-2026-06-01`). As of 2026-08-10 the twelve months begin on 2025-08-11, so the first
/// line is not among them.
fn by_hand(folder: &Path) -> PathBuf {
    let pair = |name: &str| format!("\"{name}\",Resonac Corporation");
    let (one, same) = (pair("Panasonic Energy (Wuxi) Co., Ltd."), pair("PANASONIC ENERGY (WUXI) CO LTD"));
    let anode = "3801.10.5000,CN";
    let cases = "A-570-194,C-570-195";
    let (august, october) = ("2025-08-01,2025-08-01", "2025-10-15,2025-10-15");
    let rows = [
        HEADINGS.to_string(),
        // 93,500.00 + 11,580.00 = 105,080.00
        format!("XYZ-2000001-1,001,03,{august},12-3456789-00,{anode},{one},100000,{cases},{ANODE}"),
        // 9,350.00 + 0.00
        format!("XYZ-2000002-9,001,03,{october},12-3456789-00,{anode},{one},10000,{cases},{ANODE}"),
        // 18,700.00 + 0.00
        format!("XYZ-2000003-7,001,03,{october},98-7654321-00,{anode},{same},20000,{cases},{ANODE}"),
        "XYZ-2000004-5,001,01,2026-08-10,2026-08-10,,6403.99.6075,IT,Somebody S.p.A.,,500,,,,,,".to_string(),
    ];
    let path = folder.join("entries.csv");
    fs::write(&path, rows.join("\n") + "\n").unwrap();
    path
}

#[test]
fn deposits_by_month_importer_and_exporter_are_as_worked_out() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = run(&by_hand(folder.path()), "2026-08-10", false);
    let summary = summary(&outcome.names.report);
    let compared = |heading: &str, columns: &[usize], expected: &[&[&str]]| {
        let (_, rows) = table(&summary, heading);
        let found: Vec<Vec<&str>> =
            rows.iter().map(|row| columns.iter().map(|column| row[*column].as_str()).collect()).collect();
        assert_eq!(found, expected, "{heading}");
    };
    let (headings, _) = table(&summary, "By month");
    assert_eq!(headings[5..7], ["A-570-194", "C-570-195"]);
    let months: [&[&str]; 4] = [
        &["2025-08", "1", "100000", "105080", "93500", "11580"],
        &["2025-10", "2", "30000", "28050", "28050", "0"],
        &["2026-08", "1", "500", "0", "0", "0"],
        &["All lines", "4", "130500", "133130", "121550", "11580"],
    ];
    compared("By month", &[0, 1, 2, 3, 5, 6], &months);
    // The last two: of the twelve months, and ten percent of that.
    let importers: [&[&str]; 4] = [
        &["12-3456789-00", "2", "110000", "114430", "9350", "935"],
        &["98-7654321-00", "1", "20000", "18700", "18700", "1870"],
        &["(none given)", "1", "500", "0", "0", "0"],
        &["All lines", "4", "130500", "133130", "28050", ""],
    ];
    compared("By importer", &[0, 1, 2, 3, 5, 6], &importers);
    let exporters: [&[&str]; 3] = [
        &["Panasonic Energy (Wuxi) Co., Ltd.", "3", "130000", "133130"],
        &["Somebody S.p.A.", "1", "500", "0"],
        &["All lines", "4", "130500", "133130"],
    ];
    compared("By exporter", &[0, 1, 2, 3], &exporters);
    let said = |text: &str| summary.iter().any(|row| row[0].to_string().contains(text));
    assert!(said("the governing days 2025-08-11 to 2026-08-10"));
    assert!(said("AD/CVD alone; CBP may also require a single transaction bond."));
    let apart = run(&by_hand(folder.path()), "2026-08-10", true);
    assert_eq!(fs::read(&outcome.names.report).unwrap(), fs::read(&apart.names.report).unwrap());
}

/// Every table of the sample month sums to the row of all lines, and the cases of the months to those of the file.
#[test]
fn the_tables_of_the_sample_month_tie_out() {
    let sample = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/monthly-entries.xlsx");
    let outcome = run(&sample, "2026-11-22", false);
    let summary = summary(&outcome.names.report);
    let cents = |text: &str| (text.parse::<f64>().unwrap_or_default() * 100.0).round() as i128;
    let figures =
        summary.iter().find(|row| row[0].to_string().starts_with("All lines; deposits of")).unwrap();
    for heading in ["By month", "By importer", "By exporter"] {
        let (headings, rows) = table(&summary, heading);
        let (all, rows) = rows.split_last().unwrap();
        assert!(rows.len() > 1, "{heading}");
        for column in 1..=4 {
            let sum: i128 = rows.iter().map(|row| cents(&row[column])).sum();
            assert_eq!(sum, cents(&all[column]), "{heading}: {}", headings[column]);
            assert_eq!(all[column], figures[column].to_string(), "{heading}: {}", headings[column]);
        }
        for column in (5..headings.len()).filter(|column| headings[*column].contains('-')) {
            let of_case = summary.iter().find(|row| row[0] == *headings[column].as_str()).unwrap();
            assert_eq!(all[column], of_case[3].to_string(), "{}", headings[column]);
        }
    }
    let (_, exporters) = table(&summary, "By exporter");
    assert!(exporters.len() <= 22, "20, the others and all");
    // Lines that are judged one by one leave the same report.
    let apart = run(&sample, "2026-11-22", true);
    assert_eq!(fs::read(&outcome.names.report).unwrap(), fs::read(&apart.names.report).unwrap());
}

/// The file of the tables above: AD rests on all three lines of the pair, whose suffix is not known; CVD on the first
/// alone, at the rate of all others.
#[test]
fn what_to_confirm_in_ace_is_told_once_for_a_case_and_its_parties() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = run(&by_hand(folder.path()), "2026-11-22", false);
    let queries = ace_queries(&outcome.names.report);
    let found: Vec<Vec<&str>> =
        queries.iter().map(|row| row[..8].iter().map(String::as_str).collect()).collect();
    let (exporter, producer) = ("Panasonic Energy (Wuxi) Co., Ltd.", "Resonac Corporation");
    // Days as a workbook counts them: 45658 is 2025-01-01, so 45870 is 2025-08-01 and 45945 is 2025-10-15.
    let (first, last) = ("45870", "45945");
    let expected: [[&str; 8]; 2] = [
        ["A570194", exporter, producer, first, last, "3", "130000", "121550"],
        ["C570195000", exporter, producer, first, first, "1", "100000", "11580"],
    ];
    assert_eq!(found, expected);
    assert!(queries[0][8].starts_with("Unknown here (7 characters)"), "{:?}", queries[0]);
    assert!(queries[1][8].starts_with("000, of everyone else"), "{:?}", queries[1]);
    let sources = sheet(&outcome.names.report, "Sources");
    let said = |text: &str| sources.iter().any(|row| row[0].to_string().contains(text));
    assert!(said("A deposit is an estimate of duty"));
    assert!(said("Tariff numbers are hints; scope text decides."));
}

/// What is asked about a case of the sample month rests on all that is due at entry under it.
#[test]
fn ace_queries_of_the_sample_month_tie_out_with_its_cases() {
    let sample = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/monthly-entries.xlsx");
    let outcome = run(&sample, "2026-11-22", false);
    let queries = ace_queries(&outcome.names.report);
    let cents = |text: &str| (text.parse::<f64>().unwrap() * 100.0).round() as i128;
    for case in ["A-570-194", "C-570-195", "C-588-195"] {
        let filed = case.replace('-', "");
        let of_case = queries.iter().filter(|row| row[0].starts_with(&filed));
        let sum: i128 = of_case.map(|row| cents(&row[7])).sum();
        let summary = summary(&outcome.names.report);
        let expected = summary.iter().find(|row| row[0] == *case).unwrap();
        assert_eq!(sum, cents(&expected[3].to_string()), "{case}");
        assert!(sum > 0, "{case}");
    }
}

fn part(report: &Path, name: &str) -> String {
    let mut container = zip::ZipArchive::new(fs::File::open(report).unwrap()).unwrap();
    let mut text = String::new();
    container.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn charts_show_the_tables_and_cover_nothing() {
    let sample = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/monthly-entries.xlsx");
    let outcome = run(&sample, "2026-11-22", false);
    let report = &outcome.names.report;
    let charts = [
        ("Deposit at entry by month and case", "$#,##0"),
        ("Lines by action", "#,##0"),
        ("Largest stakes, by cause", "$#,##0"),
    ];
    for (place, (title, format)) in charts.into_iter().enumerate() {
        let chart = part(report, &format!("xl/charts/chart{}.xml", place + 1));
        assert!(chart.contains(title), "{title}");
        let (of_names, of_values) = chart.split_once("<c:valAx>").unwrap();
        assert!(of_values.contains(&format!("formatCode=\"{format}\"")), "{title}");
        let reversed = of_names.contains("<c:orientation val=\"maxMin\"/>");
        assert_eq!(reversed, title.starts_with("Largest"), "{title}: the first bar on top");
        assert!(chart.contains("Summary!$A$"), "{title}");
    }
    // Charts stand one below the other, and all of them below the last row that holds anything.
    let drawing = part(report, "xl/drawings/drawing1.xml");
    let rows =
        drawing.split("<xdr:row>").skip(1).map(|rest| rest.split('<').next().unwrap().parse().unwrap());
    let rows: Vec<usize> = rows.collect();
    assert_eq!(rows.len(), 6, "first and last row of each");
    assert!(rows[0] >= summary(report).len(), "{rows:?}");
    assert!(rows.is_sorted(), "{rows:?}");
}

/// More exporters and importers than are kept apart: the first of the file are, however it is cut.
#[test]
fn what_is_kept_apart_does_not_depend_on_how_a_file_is_cut() {
    let as_of = day::parse_iso("2026-11-22").unwrap();
    let counted = |lines_of_a_piece: usize| {
        let lines: Vec<usize> = (0..PARTIES_MAX + 500).chain(0..40).collect();
        let mut all = Deposits::default();
        for piece in lines.chunks(lines_of_a_piece) {
            let mut deposits = Deposits::default();
            for line in piece {
                let name = format!("Company {line}");
                let exporter = deposits.exporter(&Name::read(&name));
                let amounts = LineAmounts { at_entry: Some(*line as i64), ..LineAmounts::default() };
                deposits.add(
                    as_of,
                    exporter,
                    &DepositLine {
                        importer: &name,
                        governing: Some(as_of),
                        entered_value: 1,
                        cases: [None; 2],
                        amounts: &amounts,
                    },
                );
            }
            all.merge(&deposits);
        }
        [&all.importers, &all.exporters].map(|parties| {
            let (largest, others, rest) = parties.largest(20);
            assert!(parties.is_full());
            let largest = largest.iter().map(|party| (party.name.clone(), party.counted));
            (largest.collect::<Vec<_>>(), others, rest.counted)
        })
    };
    let [importers, exporters] = counted(usize::MAX);
    assert_eq!(importers.0[0].0, format!("Company {}", PARTIES_MAX - 1).into());
    assert_eq!(importers.1, PARTIES_MAX - 20);
    assert_eq!([importers, exporters], counted(7));
}
