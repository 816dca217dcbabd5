//! Whole files through the program: what comes out is opened again and compared with what went in.

use std::fs;
use std::path::{Path, PathBuf};

use adcvd::batch::{FileError, FileOutcome, RunOptions, Silent, run_file};
use adcvd::casebook::load;
use adcvd::report::columns::COLUMNS;
use adcvd::spreadsheet::Format;
use adcvd::spreadsheet::read::PIECE_ROWS;
use adcvd::terms::{KnownDay, day};
use calamine::{Data, Reader, Xlsx, open_workbook};
use proptest::prelude::*;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn run(input: &Path, out: &Path, format: Format) -> Result<FileOutcome, FileError> {
    run_in_pieces(input, out, format, PIECE_ROWS)
}

fn run_in_pieces(
    input: &Path,
    out: &Path,
    format: Format,
    piece_rows: usize,
) -> Result<FileOutcome, FileError> {
    let casebook = load::load(&[]).unwrap();
    let as_of = KnownDay(day::parse_iso("2026-11-22").unwrap());
    let options = RunOptions {
        format,
        force: false,
        dates: None,
        piece_rows,
        each_apart: false,
        ..RunOptions::new(as_of, out.to_path_buf())
    };
    run_file(&casebook, input, "entries", &options, &Silent)
}

fn sheet(path: &Path, name: Option<&str>) -> Vec<Vec<Data>> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let name = name.map_or_else(|| workbook.sheet_names()[0].clone(), str::to_string);
    workbook.worksheet_range(&name).unwrap().rows().map(<[Data]>::to_vec).collect()
}

/// The cell as text, so that a date that came in with another format compares equal.
fn shown(cell: &Data) -> String {
    match cell {
        Data::DateTime(date) => format!("date {}", date.as_f64()),
        cell => cell.to_string(),
    }
}

#[test]
fn every_cell_of_the_sample_month_comes_back_in_its_place() {
    let input = root().join("samples/monthly-entries.xlsx");
    let out = tempfile::tempdir().unwrap();
    let outcome = run(&input, out.path(), Format::Xlsx).unwrap();
    let (before, after) = (sheet(&input, None), sheet(&outcome.names.annotated, None));
    assert_eq!(before.len(), after.len());
    let width = before[0].len();
    for (row, (before, after)) in before.iter().zip(&after).enumerate() {
        for (column, (before, after)) in before.iter().zip(after).enumerate() {
            // A formula without a value has nothing to keep; the sample has one, and the program says so in words.
            if shown(after) != "(formula without a value)" {
                assert_eq!(shown(before), shown(after), "row {row}, column {column}");
            }
        }
        assert_eq!(after.len(), width + COLUMNS.len());
    }
    let headings: Vec<String> = after[0][width..].iter().map(shown).collect();
    assert_eq!(headings, COLUMNS);
    assert_eq!(outcome.tally.rows as usize, before.len() - 1);
    assert!(outcome.tally.ties_out());
}

#[test]
fn amounts_in_the_workbook_and_in_the_csv_are_the_same() {
    let input = root().join("samples/monthly-entries.xlsx");
    let (xlsx, csv) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let workbook = run(&input, xlsx.path(), Format::Xlsx).unwrap();
    let text = run(&input, csv.path(), Format::Csv).unwrap();
    assert_eq!(workbook.manifest.totals, text.manifest.totals);
    let cells = sheet(&workbook.names.annotated, None);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(&text.names.annotated).unwrap();
    let ours = cells[0].len() - COLUMNS.len();
    for (row, record) in reader.records().enumerate() {
        let record = record.unwrap();
        for column in ours..cells[row].len() {
            let (workbook, text) = (&cells[row][column], &record[column]);
            match workbook {
                Data::Float(number) => assert_eq!(*number, text.parse::<f64>().unwrap(), "row {row}"),
                cell => {
                    assert_eq!(cell.to_string(), text.trim_start_matches('\''), "row {row} column {column}")
                }
            }
        }
    }
}

#[test]
fn the_report_has_its_sheets_and_its_first_row_says_what_was_tested() {
    let out = tempfile::tempdir().unwrap();
    let outcome = run(&root().join("samples/first-run.csv"), out.path(), Format::Xlsx).unwrap();
    let workbook: Xlsx<_> = open_workbook(&outcome.names.report).unwrap();
    assert_eq!(
        workbook.sheet_names(),
        [
            "Summary",
            "Exceptions",
            "Names to confirm",
            "Products to confirm",
            "Refund Watch",
            "Corrections",
            "Deadlines",
            "ACE Queries",
            "Sources",
            "Catalogue",
            "Listed parties",
            "Product words",
        ]
    );
    let first = sheet(&outcome.names.report, Some("Summary"))[0][0].to_string();
    assert!(
        first.starts_with(
            "Tested against 2 order families: Active anode material from China, checked through 2026-11-22; \
             Solar cells from Malaysia, checked through 2025-07-07."
        ),
        "{first}"
    );
    assert!(first.ends_with("Not a screen of all US orders."), "{first}");
    let sources = sheet(&outcome.names.report, Some("Sources"));
    assert!(sources.iter().flatten().any(|cell| cell.to_string().contains("90 FR 28994")));
    let exceptions = fs::read_to_string(&outcome.names.exceptions).unwrap();
    let rows = csv::Reader::from_reader(exceptions.as_bytes()).records().count() as u64;
    assert!(rows >= outcome.tally.codes.values().sum::<u64>());
}

#[test]
fn hashes_in_the_manifest_are_those_of_the_files() {
    use sha2::{Digest, Sha256};
    let out = tempfile::tempdir().unwrap();
    let input = root().join("samples/first-run.csv");
    let outcome = run(&input, out.path(), Format::Xlsx).unwrap();
    let hash = |path: &Path| -> String {
        Sha256::digest(fs::read(path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    assert_eq!(outcome.manifest.input.sha256, hash(&input));
    for output in &outcome.manifest.outputs {
        assert_eq!(output.sha256, hash(&out.path().join(&output.name)), "{}", output.name);
    }
}

#[test]
fn a_file_that_is_not_ours_is_not_replaced_and_ours_is() {
    let out = tempfile::tempdir().unwrap();
    let input = root().join("samples/first-run.csv");
    fs::write(out.path().join("entries.exceptions.csv"), "somebody's").unwrap();
    assert!(matches!(run(&input, out.path(), Format::Csv), Err(FileError::Exists(_))));
    fs::remove_file(out.path().join("entries.exceptions.csv")).unwrap();
    run(&input, out.path(), Format::Csv).unwrap();
    run(&input, out.path(), Format::Csv).unwrap();
    let litter: Vec<_> = fs::read_dir(out.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    // One line of the sample was paid and comes back: there is a CSV of refunds too.
    assert_eq!(litter.len(), 5, "{litter:?}");
}

/// An entry file of some lines, with the line ends and blank rows that are asked for.
fn file(lines: &[(u8, u32, bool)], line_end: &str, final_end: bool) -> String {
    let mut text = format!(
        "Entry Number,Line Number,Entry Date,HTSUS,Country of Origin,Exporter,Producer,Entered Value,Note{line_end}"
    );
    for (place, (kind, value, blank)) in lines.iter().enumerate() {
        let (hts, exporter) = match kind % 4 {
            0 => ("3801.10.5000", "\"SK On Co., Ltd.\""),
            1 => ("8507.60.0020", "\"Sunwoda Electronic Co., Ltd.\""),
            2 => ("9403.60.8081", "Nobody"),
            _ => ("not a number", "\"two\nlines \"\"quoted\"\"\""),
        };
        let day = 1 + u32::from(*kind) % 28;
        text += &format!(
            "XYZ-{place},{:03},2025-08-{day:02},{hts},CN,{exporter},\"BTR New Material Group Co., Ltd.\",{value},=1+1",
            1 + kind % 3
        );
        if place + 1 < lines.len() || final_end {
            text += line_end;
        }
        if *blank && place + 1 < lines.len() {
            text += line_end;
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Rows out are rows in with the same bytes, and one thread writes what many write.
    #[test]
    fn the_brokers_bytes_come_back(
        lines in prop::collection::vec((any::<u8>(), 0u32..9_000_000, any::<bool>()), 1..40),
        line_end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        final_end in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("in.csv");
        let text = file(&lines, line_end, final_end);
        fs::write(&input, &text).unwrap();
        let [one, many] = ["one", "many"].map(|name| folder.path().join(name));
        let outcome = run(&input, &many, Format::Csv).unwrap();
        let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        single.install(|| run(&input, &one, Format::Csv)).unwrap();
        for name in ["entries.annotated.csv", "entries.exceptions.csv", "entries.exceptions.xlsx", "entries.run.json"] {
            prop_assert!(fs::read(one.join(name)).unwrap() == fs::read(many.join(name)).unwrap(), "{}", name);
        }
        let annotated = fs::read_to_string(&outcome.names.annotated).unwrap();
        let records = |text: &str| {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            reader.records().map(|record| record.unwrap()).collect::<Vec<_>>()
        };
        let (before, after) = (records(&text), records(&annotated));
        prop_assert_eq!(before.len(), after.len());
        prop_assert_eq!(outcome.tally.all.lines as usize, lines.len());
        for (before, after) in before.iter().zip(&after) {
            prop_assert_eq!(before.iter().collect::<Vec<_>>(), after.iter().take(before.len()).collect::<Vec<_>>());
            prop_assert_eq!(after.len(), before.len() + COLUMNS.len());
        }
        // What we append is all that was added.
        let mut rest = annotated.as_str();
        for piece in text.split_inclusive(line_end) {
            let own = piece.strip_suffix(line_end).unwrap_or(piece);
            let at = rest.find(own);
            prop_assert!(at.is_some(), "{:?} is gone", own);
            rest = &rest[at.unwrap() + own.len()..];
        }
    }
}

#[test]
fn pieces_of_any_size_give_the_same_bytes() {
    let input = root().join("samples/monthly-entries.xlsx");
    let folder = tempfile::tempdir().unwrap();
    let names =
        ["entries.annotated.csv", "entries.exceptions.csv", "entries.exceptions.xlsx", "entries.run.json"];
    let bytes = |rows: usize| {
        let out = folder.path().join(rows.to_string());
        run_in_pieces(&input, &out, Format::Csv, rows).unwrap();
        names.map(|name| fs::read(out.join(name)).unwrap())
    };
    let whole = bytes(1_000_000);
    for rows in [1, 7, 100, PIECE_ROWS] {
        assert!(bytes(rows) == whole, "pieces of {rows} rows");
    }
}

#[test]
fn no_border_parts_a_line_or_an_invoice() {
    // Twelve thousand lines cross several borders of pieces; entries of up to nine lines and two rows a line must not
    // be parted by any.
    let mut text = String::from(
        "Entry Number,Line Number,Entry Date,HTSUS,Country of Origin,Entered Value,Invoice Number\n",
    );
    let mut rows = 0;
    for entry in 0..2_400 {
        for line in 1..=5 {
            text += &format!("E{entry},{line},2025-08-01,9903.01.24,CN,0,I{entry}\n");
            text += &format!("E{entry},{line},2025-08-01,3801.10.5000,CN,100.40,I{entry}\n");
            rows += 2;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.csv");
    fs::write(&input, text).unwrap();
    let outcome = run(&input, &folder.path().join("out"), Format::Csv).unwrap();
    assert_eq!(outcome.tally.rows, rows);
    assert_eq!(outcome.tally.all.lines, rows / 2);
    // 19 CFR 159.3(a): five items of 100.40 on one invoice are 502, not 500.
    assert_eq!(outcome.tally.all.entered_value, 2_400 * 502);
    assert!(!outcome.tally.codes.contains_key(&adcvd::terms::Code::EN05));
}

const FULL: &str = "Entry Number,Line Number,Entry Type,Entry Date,HTSUS,Country of Origin,Exporter,Producer,\
                    Entered Value,Subject Value,AD Case Number,CVD Case Number,Product,Carbon Percent,\
                    Energy Density mAh/g,Graphitization Percent,Notes";

/// A sound line of the listed pair, with one field changed.
fn line(number: u32, field: usize, value: &str) -> String {
    let mut fields = [
        "XYZ-1000001-3",
        "",
        "03",
        "2025-08-01",
        "3801.10.5000",
        "CN",
        "Resonac Corporation",
        "\"Henan Yicheng New Energy Co., Ltd.\"",
        "1000",
        "",
        "A-570-194",
        "C-570-195",
        "active anode material",
        "95",
        "350",
        "90",
        "",
    ]
    .map(str::to_string);
    fields[1] = number.to_string();
    fields[field] = value.to_string();
    fields.join(",")
}

fn run_text(text: &str, format: Format) -> (tempfile::TempDir, Result<FileOutcome, FileError>) {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.csv");
    fs::write(&input, text).unwrap();
    let outcome = run(&input, &folder.path().join("out"), format);
    (folder, outcome)
}

fn records(outcome: &FileOutcome) -> Vec<std::collections::HashMap<String, String>> {
    let mut reader = csv::Reader::from_path(&outcome.names.annotated).unwrap();
    reader.deserialize().map(|record| record.unwrap()).collect()
}

/// The next quote of the file closed a quote that nobody had closed, and a line was gone without a word.
#[test]
fn a_quote_that_the_next_quote_closes_is_refused_with_its_line() {
    let text = [
        FULL.to_string(),
        line(1, 16, "\"ok\""),
        line(2, 16, "\"urgent"),
        line(3, 16, "\"ok\""),
        line(4, 16, ""),
    ];
    let (_folder, outcome) = run_text(&text.join("\n"), Format::Csv);
    let error = outcome.unwrap_err().to_string();
    assert!(error.contains("line 3") && error.contains("quote"), "{error}");
}

/// An unquoted comma in an amount beside a blank last column passed for a sound record.
#[test]
fn a_shifted_record_has_no_figure_even_where_the_surplus_is_blank() {
    let shifted = line(1, 8, "12,345");
    let (_folder, outcome) = run_text(&format!("{FULL}\n{shifted}\n{}\n", line(2, 8, "1000")), Format::Csv);
    let rows = records(&outcome.unwrap());
    assert_eq!((&rows[0]["Action"][..], &rows[0]["Deposit at Entry"][..]), ("NO FIGURE", ""));
    // The widest row pushes our columns to the right for all: they stand under their headings.
    assert_eq!((&rows[1]["Action"][..], &rows[1]["Deposit at Entry"][..]), ("DEPOSIT", "1050.80"));
}

/// 1.000 is a thousand only in a column whose other cells leave no doubt that they write as in Europe. 1,000.00 dollars
/// give 1050.80 of deposits, as above: 93.50 and 11.58 percent.
#[test]
fn a_column_of_money_settles_its_mark_of_decimals_by_all_of_its_cells() {
    let deposits = |amounts: &[&str]| {
        let lines = (1..).zip(amounts).map(|(number, amount)| line(number, 8, &format!("\"{amount}\"")));
        let text: Vec<String> = std::iter::once(FULL.to_string()).chain(lines).collect();
        let (_folder, outcome) = run_text(&text.join("\n"), Format::Csv);
        let outcome = outcome.unwrap();
        let deposits: Vec<String> =
            records(&outcome).iter().map(|record| record["Deposit at Entry"].clone()).collect();
        (deposits, outcome.notes.join("; "))
    };
    let (european, note) = deposits(&["1.000", "1.000,00", "1000,0", "1000"]);
    assert_eq!(european, ["1050.80"; 4]);
    assert!(note.contains("Entered Value is written as 1.234,50"), "{note}");
    assert_eq!(deposits(&["1.000", "1000"]), (vec![String::new(), "1050.80".into()], String::new()));
    assert_eq!(deposits(&["1,000", "1,000.00"]), (vec!["1050.80".into(); 2], String::new()));
    let (both, note) = deposits(&["1.000,00", "1,000.00", "1,000", "1000"]);
    assert_eq!(both, ["1050.80", "1050.80", "", "1050.80"]);
    assert!(note.contains("in others"), "{note}");
}

/// Cells right of the last heading of a sheet were overwritten.
#[test]
fn cells_beyond_the_headings_stay_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.xlsx");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let headings: Vec<&str> = FULL.split(',').map(str::trim).collect();
    for (column, heading) in (0u16..).zip(&headings) {
        sheet.write_string(0, column, *heading).unwrap();
    }
    for (column, field) in
        (0u16..).zip(["E1", "1", "03", "2025-08-01", "9403.60.8081", "CN", "a", "b", "1000"])
    {
        sheet.write_string(1, column, field).unwrap();
    }
    let beyond = headings.len() as u16 + 1;
    sheet.write_string(1, beyond, "my note").unwrap();
    workbook.save(&input).unwrap();
    let outcome = run(&input, &folder.path().join("out"), Format::Xlsx).unwrap();
    let cells = sheet_of(&outcome);
    assert_eq!(shown(&cells[1][usize::from(beyond)]), "my note");
    assert_eq!(shown(&cells[0][usize::from(beyond) + 1]), "Action");
    assert_eq!(shown(&cells[1][usize::from(beyond) + 1]), "NOT TESTED");
}

fn sheet_of(outcome: &FileOutcome) -> Vec<Vec<Data>> {
    sheet(&outcome.names.annotated, None)
}

/// What was once read as something else, field by field: the action that it must have.
#[test]
fn cells_that_cannot_be_understood_never_become_a_figure() {
    for (field, value, action, why) in [
        (13, "0.95", "NO FIGURE", "a percentage that a spreadsheet program stores as a fraction"),
        (13, "950", "NO FIGURE", "more than all of it"),
        (15, "95%%", "NO FIGURE", "two signs"),
        (4, "380110500", "NO FIGURE", "a digit lost; heading 0380 does not exist"),
        (4, "250410500", "NO FIGURE", "the same"),
        (12, "battery cels", "NO FIGURE", "a product word that is none"),
        (9, "0", "DEPOSIT", "a column that a report fills with zeros"),
        (16, "anything", "DEPOSIT", "a column that is not read"),
    ] {
        let (_folder, outcome) = run_text(&format!("{FULL}\n{}\n", line(1, field, value)), Format::Csv);
        let rows = records(&outcome.unwrap());
        assert_eq!(rows[0]["Action"], action, "{value}: {why}; {}", rows[0]["Reason"]);
        assert_eq!(rows[0]["Deposit at Entry"].is_empty(), action == "NO FIGURE", "{value}");
    }
}

/// Two tariff rows of chapter 99 and none of another: the goods are not known.
#[test]
fn a_line_of_chapter_99_alone_has_no_figure() {
    let text = format!("{FULL}\n{}\n{}\n", line(1, 4, "9903.01.24"), line(1, 4, "9903.88.03"));
    let (_folder, outcome) = run_text(&text, Format::Csv);
    assert_eq!(records(&outcome.unwrap())[0]["Action"], "NO FIGURE");
}

#[test]
fn equal_values_written_differently_are_no_contradiction() {
    let text = format!("{FULL}\n{}\n{}\n", line(1, 3, "2025-08-13"), line(1, 3, "08/13/2025"));
    let (_folder, outcome) = run_text(&text, Format::Csv);
    let outcome = outcome.unwrap();
    assert_eq!(outcome.tally.all.lines, 1);
    assert_eq!(records(&outcome)[0]["Action"], "DEPOSIT");
}

#[test]
fn one_line_written_in_two_ways_is_seen_again() {
    let other = line(1, 0, "xyz10000013").replacen(",1,", ",001,", 1);
    let text = format!("{FULL}\n{}\n{}\n{other}\n", line(1, 16, ""), line(2, 16, ""));
    let (_folder, outcome) = run_text(&text, Format::Csv);
    assert_eq!(outcome.unwrap().tally.codes.get(&adcvd::terms::Code::EN06), Some(&1));
}

#[test]
fn blank_lines_at_the_end_come_back() {
    let text = format!("{FULL}\r\n{}\r\n\r\n\r\n", line(1, 16, ""));
    let (_folder, outcome) = run_text(&text, Format::Csv);
    let annotated = fs::read_to_string(outcome.unwrap().names.annotated).unwrap();
    assert!(annotated.ends_with("\r\n\r\n\r\n"), "{annotated:?}");
}

#[test]
fn changing_the_format_leaves_no_output_behind() {
    let out = tempfile::tempdir().unwrap();
    let input = root().join("samples/first-run.csv");
    for format in [Format::Xlsx, Format::Csv, Format::Xlsx] {
        run(&input, out.path(), format).unwrap();
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 5);
    }
}

/// A file on which nothing is to be watched takes the CSV files of an earlier one of its name away.
#[test]
fn a_csv_with_nothing_to_say_is_not_left_behind() {
    let paid = format!("{FULL}\n{}\n", line(1, 16, ""));
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("entries.csv"), folder.path().join("out"));
    fs::write(&input, paid.replace("2025-08-01", "2026-05-06")).unwrap();
    run(&root().join("samples/first-run.csv"), &out, Format::Csv).unwrap();
    assert!(out.join("entries.refunds.csv").exists());
    run(&input, &out, Format::Csv).unwrap();
    assert!(!out.join("entries.refunds.csv").exists());
}

/// Lines that are read quickly and told by an outline come out as lines that are read and judged one by one.
#[test]
fn what_is_remembered_changes_no_byte() {
    let casebook = load::load(&[]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut inputs = vec![root().join("samples/monthly-entries.xlsx"), root().join("samples/first-run.csv")];
    for entry in fs::read_dir(root().join("tests/exceptions")).unwrap() {
        let entry = entry.unwrap().path();
        if !entry.join("cases").is_dir() {
            let files = ["entries.csv", "entries.xlsx"].map(|name| entry.join(name));
            inputs.extend(files.into_iter().filter(|path| path.exists()));
        }
    }
    assert!(inputs.len() > 30, "{inputs:?}");
    for (number, input) in inputs.iter().enumerate() {
        for format in [Format::Csv, Format::Xlsx] {
            let [together, apart] = [false, true].map(|each_apart| {
                let out = folder.path().join(format!("{number}-{format:?}-{each_apart}"));
                let options = RunOptions {
                    format,
                    force: false,
                    dates: None,
                    piece_rows: 50,
                    each_apart,
                    ..RunOptions::new(KnownDay(day::parse_iso("2026-11-22").unwrap()), out.clone())
                };
                run_file(&casebook, input, "entries", &options, &Silent).unwrap();
                let mut files: Vec<_> =
                    fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).collect();
                files.sort();
                files.into_iter().map(|path| fs::read(path).unwrap()).collect::<Vec<_>>()
            });
            assert!(together == apart, "{} as {format:?}", input.display());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Wherever a CSV is cut - within quoted line breaks it is not - the same bytes come out.
    #[test]
    fn borders_of_pieces_change_no_byte_of_a_csv(
        lines in prop::collection::vec((any::<u8>(), 0u32..9_000_000, any::<bool>()), 1..40),
        line_end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        final_end in any::<bool>(),
        mark in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("in.csv");
        let text = format!("{}{}", if mark { "\u{feff}" } else { "" }, file(&lines, line_end, final_end));
        fs::write(&input, &text).unwrap();
        let [whole, small] = [PIECE_ROWS, 1].map(|rows| {
            let out = folder.path().join(rows.to_string());
            let outcome = run_in_pieces(&input, &out, Format::Csv, rows).unwrap();
            (fs::read(outcome.names.annotated).unwrap(), fs::read(outcome.names.exceptions).unwrap())
        });
        prop_assert!(whole == small);
        prop_assert_eq!(whole.0.starts_with(b"\xef\xbb\xbf"), mark);
    }
}

/// A text longer than a cell holds once stopped the report of a file whose every line was sound.
#[test]
fn a_text_too_long_for_a_cell_is_cut_in_the_report_and_whole_in_the_csv() {
    let long = "x".repeat(40_000);
    let (_folder, outcome) = run_text(&format!("{FULL}\n{}\n", line(1, 6, &long)), Format::Xlsx);
    let outcome = outcome.unwrap();
    assert!(fs::read_to_string(&outcome.names.exceptions).unwrap().contains(&long));
    let cells = sheet_of(&outcome);
    let cell = cells[1].iter().map(shown).find(|cell| cell.starts_with("xxx")).unwrap();
    assert_eq!(cell.chars().count(), 32_767);
    assert!(cell.ends_with('\u{2026}'));
}

#[test]
fn many_families_are_counted_not_named() {
    let shapes = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/casebook_shapes");
    let casebook = load::load(&[shapes]).unwrap();
    let families = casebook.families().len();
    assert!(families > 4, "{families}");
    // The hand tools were checked through the earliest day, the built-in anode material through the latest.
    assert_eq!(
        adcvd::report::workbook::tested_against(&casebook),
        format!(
            "Tested against {families} order families, checked through days from 2005-09-19 to 2026-11-22 \
             (`adcvd cases list` says the day of each). Not a screen of all US orders."
        )
    );
}
