//! The broker's own workbook comes back: every part that is not ours to change to the byte, every cell of the entry
//! sheet as it stood, our columns behind them. Where that cannot be, the program says so and writes a new workbook.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use adcvd::batch::{FileOutcome, RunOptions, Silent, run_file};
use adcvd::casebook::load;
use adcvd::report::columns::COLUMNS;
use adcvd::spreadsheet::Format;
use adcvd::spreadsheet::annotated::Anew;
use adcvd::spreadsheet::read::PIECE_ROWS;
use adcvd::terms::{KnownDay, day};
use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::{
    Chart, ChartType, ConditionalFormatCell, ConditionalFormatCellRule, Format as CellFormat, Formula, Note,
    Table, TableColumn, Workbook,
};
use zip::write::SimpleFileOptions;

const HEADINGS: [&str; 8] = [
    "Entry Number",
    "Line Number",
    "Entry Date",
    "HTSUS",
    "Country of Origin",
    "Exporter",
    "Producer",
    "Entered Value",
];

fn options(out: &Path, format: Format, piece_rows: usize) -> RunOptions {
    RunOptions {
        format,
        force: true,
        dates: None,
        piece_rows,
        each_apart: false,
        ..RunOptions::new(KnownDay(day::parse_iso("2026-11-22").unwrap()), out.to_path_buf())
    }
}

fn run(input: &Path, out: &Path) -> FileOutcome {
    let casebook = load::load(&[]).unwrap();
    run_file(&casebook, input, "entries", &options(out, Format::Xlsx, PIECE_ROWS), &Silent).unwrap()
}

fn parts(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let mut parts = BTreeMap::new();
    for place in 0..archive.len() {
        let mut part = archive.by_index(place).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        parts.insert(part.name().unwrap().into_owned(), bytes);
    }
    parts
}

fn text(part: &[u8]) -> &str {
    std::str::from_utf8(part).unwrap()
}

/// The rows of a sheet: number, what stands in the tag, and the cells.
fn rows(sheet: &str) -> Vec<(String, String)> {
    let data = sheet.split("<sheetData>").nth(1).unwrap().split("</sheetData>").next().unwrap();
    let row = |row: &str| {
        let (tag, cells) = row.split_once('>').unwrap();
        (tag.to_string(), cells.split("</row>").next().unwrap().to_string())
    };
    data.split("<row ").skip(1).map(row).collect()
}

/// A workbook with what brokers have: styles, widths, formulas, notes, a filter, a frozen row, a conditional format, a
/// chart, a table and defined names, on two sheets.
fn rich(path: &Path) {
    let mut workbook = Workbook::new();
    let bold = CellFormat::new().set_bold().set_background_color("#FFEE00");
    let date = CellFormat::new().set_num_format("dd-mmm-yyyy");
    let sheet = workbook.add_worksheet();
    sheet.set_name("Month").unwrap();
    for (column, heading) in (0u16..).zip(HEADINGS) {
        sheet.write_with_format(0, column, heading, &bold).unwrap();
    }
    for row in 1..=40u32 {
        sheet.write(row, 0, format!("XYZ-{row:07}-0")).unwrap();
        sheet.write(row, 1, row % 3 + 1).unwrap();
        let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2025, 8, (row % 28 + 1) as u8).unwrap();
        sheet.write_with_format(row, 2, &day, &date).unwrap();
        sheet.write(row, 3, "3801.10.5000").unwrap();
        sheet.write(row, 4, "CN").unwrap();
        sheet.write(row, 5, "SK On Co., Ltd.").unwrap();
        sheet.write(row, 6, "BTR New Material Group Co., Ltd. & <partners>").unwrap();
        let formula = Formula::new(format!("={row}*1000+250")).set_result((row * 1000 + 250).to_string());
        sheet.write_formula(row, 7, formula).unwrap();
    }
    sheet.insert_note(3, 5, &Note::new("ask the importer")).unwrap();
    sheet.autofilter(0, 0, 40, 7).unwrap();
    sheet.set_freeze_panes(1, 0).unwrap();
    sheet.set_column_width(5, 33).unwrap();
    sheet.set_row_height(7, 40).unwrap();
    let large = ConditionalFormatCell::new().set_rule(ConditionalFormatCellRule::GreaterThan(30_000));
    sheet.add_conditional_format(1, 7, 40, 7, &large.set_format(&bold)).unwrap();
    sheet.set_print_area(0, 0, 40, 7).unwrap();
    let notes = workbook.add_worksheet();
    notes.set_name("Notes").unwrap();
    notes.write(0, 0, "kept").unwrap();
    notes.write_formula(1, 1, Formula::new("=SUM(Month!H2:H41)").set_result("1")).unwrap();
    let mut chart = Chart::new(ChartType::Column);
    chart.add_series().set_values("Month!$H$2:$H$41");
    notes.insert_chart(4, 4, &chart).unwrap();
    let columns = ["One", "Two"].map(|name| TableColumn::new().set_header(name));
    notes.add_table(10, 0, 14, 1, &Table::new().set_columns(&columns)).unwrap();
    workbook.define_name("Rate", "=0.935").unwrap();
    workbook.save(path).unwrap();
}

#[test]
fn a_rich_workbook_comes_back_part_by_part() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.xlsx");
    rich(&input);
    let outcome = run(&input, &folder.path().join("out"));
    assert_eq!(outcome.anew, None);
    let (before, after) = (parts(&input), parts(&outcome.names.annotated));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    let changed: Vec<&String> = before.keys().filter(|name| before[*name] != after[*name]).collect();
    assert_eq!(changed, ["xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"]);
    // Their strings and styles stand where they stood: ours are behind them.
    let strings = |part: &[u8]| text(part).split("<si>").skip(1).map(str::to_string).collect::<Vec<_>>();
    let (theirs, all) = (strings(&before["xl/sharedStrings.xml"]), strings(&after["xl/sharedStrings.xml"]));
    assert!(all.len() > theirs.len());
    assert_eq!(all[..theirs.len() - 1], theirs[..theirs.len() - 1]);
    let formats = |part: &[u8]| {
        let list =
            text(part).split("<cellXfs").nth(1).unwrap().split("</cellXfs>").next().unwrap().to_string();
        list.split("<xf ").skip(1).map(str::to_string).collect::<Vec<_>>()
    };
    let (theirs, all) = (formats(&before["xl/styles.xml"]), formats(&after["xl/styles.xml"]));
    assert_eq!(all[..theirs.len()], theirs);
    // Every cell of theirs stands in front of ours, to the byte; what stands around the rows is changed only where it
    // would be untrue.
    let (old, new) = (text(&before["xl/worksheets/sheet1.xml"]), text(&after["xl/worksheets/sheet1.xml"]));
    let (old_rows, new_rows) = (rows(old), rows(new));
    assert_eq!(old_rows.len(), new_rows.len());
    for ((old_tag, old_cells), (new_tag, new_cells)) in old_rows.iter().zip(&new_rows) {
        assert!(new_cells.starts_with(old_cells.as_str()), "{old_cells}\n{new_cells}");
        assert_eq!(old_tag.replace("spans=\"1:8\"", "spans=\"1:33\""), *new_tag);
    }
    assert!(new.contains("<dimension ref=\"A1:AG41\"/>"), "{}", &new[..600]);
    let (old_tail, new_tail) =
        (old.split("</sheetData>").nth(1).unwrap(), new.split("</sheetData>").nth(1).unwrap());
    let messages =
        new_tail.find("<dataValidations").unwrap()..new_tail.find("</dataValidations>").unwrap() + 18;
    assert_eq!([&new_tail[..messages.start], &new_tail[messages.end..]].concat(), old_tail);
}

fn sheet(path: &Path) -> BTreeMap<(u32, u32), Data> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let name = workbook.sheet_names()[0].clone();
    let range = workbook.worksheet_range(&name).unwrap();
    let start = range.start().unwrap();
    range.used_cells().map(|(r, c, d)| ((r as u32 + start.0, c as u32 + start.1), d.clone())).collect()
}

/// A package with one sheet of this XML, and parts in place of the usual ones.
fn package(path: &Path, sheet: &str, instead: &[(&str, Option<String>)]) {
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |inner: String| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{inner}</Relationships>"
        )
    };
    let usual = [
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" \
             ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override \
             PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>\
             <Override PartName=\"/xl/worksheets/sheet1.xml\" \
             ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>"
                .to_string(),
        ),
        ("_rels/.rels", relations(relation("a", "officeDocument", "xl/workbook.xml"))),
        (
            "xl/workbook.xml",
            format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"b\"/></sheets></workbook>"),
        ),
        ("xl/_rels/workbook.xml.rels", relations(relation("b", "worksheet", "worksheets/sheet1.xml"))),
        ("xl/worksheets/sheet1.xml", sheet.replace("MAIN", MAIN)),
    ];
    let mut zip = zip::ZipWriter::new(fs::File::create(path).unwrap());
    for (name, part) in usual {
        let part =
            instead.iter().find(|(other, _)| *other == name).map_or(Some(part), |(_, part)| part.clone());
        if let Some(part) = part {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(part.as_bytes()).unwrap();
        }
    }
    zip.finish().unwrap();
}

fn inline(text: &str) -> String {
    format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn heading_row() -> String {
    format!("<row>{}</row>", HEADINGS.map(inline).concat())
}

fn line_cells(value: &str) -> String {
    let texts = ["E1", "1", "2025-08-13", "9403.60.8081", "CN", "a", "b"];
    texts.map(inline).concat() + value
}

/// Writings of the value 1250 in the eighth column, and of the rows around it.
fn odd_sheets() -> Vec<(&'static str, String)> {
    let sheet = |rows: String| format!("<worksheet xmlns=\"MAIN\"><sheetData>{rows}</sheetData></worksheet>");
    let with = |value: &str| sheet(format!("{}<row>{}</row>", heading_row(), line_cells(value)));
    vec![
        ("no references at all", with("<c><v>1250</v></c>")),
        ("a comment in the value", with("<c><v>12<!-- x -->50</v></c>")),
        ("CDATA", with("<c><v><![CDATA[1250]]></v></c>")),
        ("a reference", with("<c><v>12&#53;0</v></c>")),
        ("blanks", with("<c ><v> 1250 </v></c >")),
        ("single quotes", with("<c t='n'><v>1250</v></c>")),
        ("rich text", with("<c t=\"inlineStr\"><is><r><t>12</t></r><r><t>50</t></r><rPh sb=\"0\" eb=\"1\"><t>guide</t></rPh></is></c>")),
        ("a formula of text", with("<c t=\"str\"><f>\"12\"&amp;\"50\"</f><v>1250</v></c>")),
        ("a shared formula", with("<c><f t=\"shared\" si=\"0\"/><v>1250</v></c>")),
        ("an extension in the row", sheet(format!("{}<row>{}<extLst><ext/></extLst></row>", heading_row(), line_cells("<c><v>1250</v></c>")))),
        ("rows that hold nothing", sheet(format!("<row r=\"1\"/>{}<row/><row r=\"9\">{}</row><row/>", heading_row(), line_cells("<c><v>1250</v></c>")))),
        ("prefixes", with("<c><v>1250</v></c>").replace("<worksheet xmlns=", "<x:worksheet xmlns:x=").replace("</", "</x:").replace("<sheetData", "<x:sheetData").replace("<row", "<x:row").replace("<c", "<x:c").replace("<is", "<x:is").replace("<t>", "<x:t>").replace("<v>", "<x:v>")),
        ("a byte order mark", format!("\u{feff}{}", with("<c><v>1250</v></c>"))),
        ("a comment between the rows", sheet(format!("{}<!-- </row> --><row>{}</row>", heading_row(), line_cells("<c><v>1250</v></c>")))),
        ("columns and a dimension", with("<c><v>1250</v></c>").replace("<sheetData>", "<dimension ref=\"A1:H2\"/><cols><col min=\"1\" max=\"16384\" width=\"9\"/></cols><sheetData>")),
        ("a dimension that is not true", with("<c><v>1250</v></c>").replace("<sheetData>", "<dimension ref=\"A1:H999\"/><sheetData>")),
    ]
}

#[test]
fn odd_sheets_pass_through_and_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    for (what, xml) in odd_sheets() {
        let input = folder.path().join("in.xlsx");
        package(&input, &xml, &[]);
        let outcome = run(&input, &folder.path().join("out"));
        assert_eq!(outcome.anew, None, "{what}");
        assert_eq!(outcome.tally.all.lines, 1, "{what}");
        assert_eq!(outcome.tally.all.entered_value, 1250, "{what}");
        let after = sheet(&outcome.names.annotated);
        let row = after.keys().map(|(row, _)| *row).max().unwrap();
        let heading = after.keys().map(|(row, _)| *row).min().unwrap();
        for (column, name) in (8u32..).zip(COLUMNS) {
            assert_eq!(
                after.get(&(heading, column)),
                Some(&Data::String(name.to_string())),
                "{what}: {column}"
            );
        }
        assert_eq!(after.get(&(row, 8)), Some(&Data::String("NOT TESTED".to_string())), "{what}");
        assert_eq!(after.get(&(row, 5)), Some(&Data::String("a".to_string())), "{what}");
        let parts = parts(&outcome.names.annotated);
        let xml = text(&parts["xl/worksheets/sheet1.xml"]);
        assert!(!xml.contains("A1:H999"), "{what}");
        let types = text(&parts["[Content_Types].xml"]);
        assert!(types.contains("/xl/styles.xml") && types.contains("/xl/sharedStrings.xml"), "{what}");
    }
}

#[test]
fn a_sheet_that_may_not_be_changed_goes_into_a_new_workbook() {
    let folder = tempfile::tempdir().unwrap();
    let row = |value: &str| format!("{}<row>{}</row>", heading_row(), line_cells(value));
    let sheet = |tail: &str| {
        format!(
            "<worksheet xmlns=\"MAIN\"><sheetData>{}</sheetData>{tail}</worksheet>",
            row("<c><v>1250</v></c>")
        )
    };
    let merged = "<mergeCells count=\"1\"><mergeCell ref=\"G2:K2\"/></mergeCells>";
    for (what, xml, instead, why) in [
        ("protected", sheet("<sheetProtection sheet=\"1\" objects=\"1\"/>"), vec![], Anew::Protected),
        ("merged", sheet(merged), vec![], Anew::Merged),
        ("no content types", sheet(""), vec![("[Content_Types].xml", None)], Anew::Unfit),
    ] {
        for name in ["in.xlsx", "in.xlsm"] {
            let input: PathBuf = folder.path().join(name);
            package(&input, &xml, &instead);
            let outcome = run(&input, &folder.path().join("out"));
            assert_eq!(outcome.anew, Some(why), "{what}");
            assert!(outcome.names.annotated.ends_with("entries.annotated.xlsx"), "{what}");
            let after = sheet_of(&outcome);
            assert_eq!(after.get(&(0, 8)), Some(&Data::String("Action".to_string())), "{what}");
            assert_eq!(after.get(&(1, 7)), Some(&Data::Float(1250.0)), "{what}");
            assert_eq!(after.get(&(1, 8)), Some(&Data::String("NOT TESTED".to_string())), "{what}");
        }
    }
    // A workbook with macros that passes through keeps its kind.
    let input = folder.path().join("in.xlsm");
    package(&input, &sheet(""), &[]);
    assert!(run(&input, &folder.path().join("out")).names.annotated.ends_with("entries.annotated.xlsm"));
}

/// Cells that hold nothing but a style are cells: ours stand behind them, and none is given a place twice.
#[test]
fn empty_cells_behind_the_headings_are_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let styled = heading_row().replace("</row>", "<c s=\"0\"/><c t=\"s\"><v/></c></row>");
    let rows = format!("{styled}<row>{}</row>", line_cells("<c><v>1250</v></c>"));
    let input = folder.path().join("in.xlsx");
    package(&input, &format!("<worksheet xmlns=\"MAIN\"><sheetData>{rows}</sheetData></worksheet>"), &[]);
    let outcome = run(&input, &folder.path().join("out"));
    let after = sheet_of(&outcome);
    for (column, name) in (10u32..).zip(COLUMNS) {
        assert_eq!(after.get(&(0, column)), Some(&Data::String(name.to_string())));
    }
    assert_eq!(after.get(&(1, 10)), Some(&Data::String("NOT TESTED".to_string())));
}

/// What Excel holds an unreadable workbook for: cells behind an extension, elements out of their order, two headers
/// of one part that differ.
#[test]
fn the_order_of_elements_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.xlsx");
    let extension = "<extLst><ext/></extLst>";
    let rows = format!("{}<row>{}{extension}</row>", heading_row(), line_cells("<c><v>1250</v></c>"));
    package(&input, &format!("<worksheet xmlns=\"MAIN\"><sheetData>{rows}</sheetData></worksheet>"), &[]);
    let outcome = run(&input, &folder.path().join("out"));
    let parts = parts(&outcome.names.annotated);
    let xml = text(&parts["xl/worksheets/sheet1.xml"]);
    assert!(xml.contains(&format!("</c>{extension}</row>")), "{xml}");
    let behind = xml.split(extension).nth(1).unwrap();
    assert!(!behind.contains("<c "), "{xml}");
}

/// A part in UTF-16 says so in its first line; bytes of ours in UTF-8 cannot stand in it.
#[test]
fn a_package_with_a_part_in_utf_16_is_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.xlsx");
    let rows = format!("{}<row>{}</row>", heading_row(), line_cells("<c><v>1250</v></c>"));
    let sheet = format!("<worksheet xmlns=\"MAIN\"><sheetData>{rows}</sheetData></worksheet>");
    package(&input, &sheet, &[]);
    let plain = parts(&input);
    let mut zip = zip::ZipWriter::new(fs::File::create(&input).unwrap());
    for (name, part) in &plain {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        if name == "[Content_Types].xml" {
            let wide = text(part).encode_utf16().flat_map(u16::to_le_bytes);
            zip.write_all(&[0xff, 0xfe].into_iter().chain(wide).collect::<Vec<u8>>()).unwrap();
        } else {
            zip.write_all(part).unwrap();
        }
    }
    zip.finish().unwrap();
    let outcome = run(&input, &folder.path().join("out"));
    assert_eq!(outcome.anew, Some(Anew::Unfit));
    assert_eq!(sheet_of(&outcome).get(&(1, 7)), Some(&Data::Float(1250.0)));
}

/// What stands behind the shared strings may be long.
#[test]
fn shared_strings_end_where_their_end_tag_stands() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.xlsx");
    rich(&input);
    let plain = parts(&input);
    let mut zip = zip::ZipWriter::new(fs::File::create(&input).unwrap());
    for (name, part) in &plain {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(part).unwrap();
        if name == "xl/sharedStrings.xml" {
            // In front of the end tag more than is held, so that it falls on a border of what is read at a time.
            let filling: String = (0..300_000).map(|number| format!(" {number}")).collect();
            zip.write_all(format!("<!--{filling}-->").as_bytes()).unwrap();
        }
    }
    zip.finish().unwrap();
    let outcome = run(&input, &folder.path().join("out"));
    assert_eq!((outcome.anew, outcome.tally.all.lines), (None, 40));
    let all = parts(&outcome.names.annotated);
    assert!(text(&all["xl/sharedStrings.xml"]).contains("</si></sst><!--"));
}

/// A sheet formatted far below its last line is no piece that grows without bound, and every row comes back.
#[test]
fn formatted_rows_below_the_lines_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.xlsx");
    let line = |entry: &str| line_cells("<c><v>1250</v></c>").replace("E1", entry);
    let blank = format!("<row>{}</row>", "<c s=\"0\"/>".repeat(30));
    let blanks = blank.repeat(40_000);
    let rows = format!("{}<row>{}</row>{blanks}<row>{}</row>{blanks}", heading_row(), line("E1"), line("E2"));
    package(&input, &format!("<worksheet xmlns=\"MAIN\"><sheetData>{rows}</sheetData></worksheet>"), &[]);
    let outcome = run(&input, &folder.path().join("out"));
    assert_eq!((outcome.tally.all.lines, outcome.tally.rows, outcome.tally.blank_rows), (2, 80_002, 80_000));
    let parts = parts(&outcome.names.annotated);
    let xml = text(&parts["xl/worksheets/sheet1.xml"]);
    assert_eq!(xml.matches(&blank).count(), 80_000);
}

/// Of two faults the first in the file is told, whoever notices first.
#[test]
fn of_two_faults_the_first_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let casebook = load::load(&[]).unwrap();
    let input = folder.path().join("in.xlsx");
    let line = |entry: u32| {
        format!("<row>{}</row>", line_cells("<c><v>1250</v></c>").replace("E1", &format!("E{entry}")))
    };
    let lines: String = (2..4_000).map(line).collect();
    let rows = format!("{}{}<row r=\"7\"><c r=\"B5\"/></row>{lines}", heading_row(), line(1));
    // The sheet breaks off: the reader notices that while the rows in front wait to be read.
    package(&input, &format!("<worksheet xmlns=\"MAIN\"><sheetData>{rows}"), &[]);
    for _ in 0..20 {
        let out = folder.path().join("out");
        let refused = run_file(&casebook, &input, "entries", &options(&out, Format::Xlsx, 50), &Silent);
        let error = refused.unwrap_err().to_string();
        assert!(error.contains("row 7"), "{error}");
    }
}

fn sheet_of(outcome: &FileOutcome) -> BTreeMap<(u32, u32), Data> {
    sheet(&outcome.names.annotated)
}

/// A value that is damaged is told of on its row; the other rows are read.
#[test]
fn values_that_cannot_be_understood_are_exceptions() {
    let folder = tempfile::tempdir().unwrap();
    for value in [
        "<c t=\"s\"><v>0</v></c>",
        "<c t=\"s\"><v>abc</v></c>",
        "<c><v>1</v><v>2</v></c>",
        "<c><v>NaN</v></c>",
        "<c t=\"zz\"><v>1250</v></c>",
        "<c t=\"e\"><v>#SPILL!</v></c>",
        "<c><f>A1</f></c>",
        "<c><v>1_250</v></c>",
    ] {
        let rows = format!(
            "{}<row>{}</row><row>{}</row>",
            heading_row(),
            line_cells(value).replace("9403.60.8081", "3801.10.5000"),
            line_cells("<c><v>1250</v></c>").replace("E1", "E2")
        );
        let input = folder.path().join("in.xlsx");
        package(&input, &format!("<worksheet xmlns=\"MAIN\"><sheetData>{rows}</sheetData></worksheet>"), &[]);
        let outcome = run(&input, &folder.path().join("out"));
        assert_eq!((outcome.tally.all.lines, outcome.tally.all.entered_value), (2, 1250), "{value}");
        assert_eq!(outcome.tally.value_not_known, 1, "{value}");
    }
}

#[test]
fn rows_and_cells_that_cannot_be_placed_refuse_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let casebook = load::load(&[]).unwrap();
    for (rows, word) in [
        ("<row r=\"5\"><c><v>1</v></c></row><row r=\"2\"><c><v>1</v></c></row>", "out of order"),
        ("<row r=\"5\"><c r=\"B5\"><v>1</v></c><c r=\"A5\"><v>1</v></c></row>", "out of order"),
        ("<row r=\"5\"><c r=\"A6\"><v>1</v></c></row>", "another row"),
        ("<row r=\"5\"><c r=\"5\"><v>1</v></c></row>", "calls itself"),
        ("<row r=\"1048577\"><c><v>1</v></c></row>", "1048576"),
        ("<row r=\"5\"><c r=\"AAAA5\"><v>1</v></c></row>", "calls itself"),
    ] {
        let input = folder.path().join("in.xlsx");
        let xml =
            format!("<worksheet xmlns=\"MAIN\"><sheetData>{}{rows}</sheetData></worksheet>", heading_row());
        package(&input, &xml, &[]);
        let out = folder.path().join("out");
        let refused =
            run_file(&casebook, &input, "entries", &options(&out, Format::Xlsx, PIECE_ROWS), &Silent);
        let error = refused.unwrap_err().to_string();
        assert!(error.contains(word), "{rows}: {error}");
        let left = fs::read_dir(&out).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{rows}");
    }
}

/// Where LibreOffice is installed it opens what was written, and sees the same rows.
#[test]
fn libre_office_opens_the_annotated_workbook() {
    let found = std::process::Command::new("soffice").arg("--version").output();
    if !found.is_ok_and(|output| output.status.success()) {
        println!("skipped: soffice is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.xlsx");
    rich(&input);
    let outcome = run(&input, &folder.path().join("out"));
    let converted = std::process::Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", folder.path().join("profile").display()))
        .args(["--headless", "--convert-to", "csv", "--outdir"])
        .arg(folder.path())
        .arg(&outcome.names.annotated)
        .output()
        .unwrap();
    assert!(converted.status.success(), "{converted:?}");
    let text = fs::read_to_string(folder.path().join("entries.annotated.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headings = reader.headers().unwrap().clone();
    assert_eq!(headings.iter().skip(8).collect::<Vec<_>>(), COLUMNS);
    let action = headings.iter().position(|heading| heading == "Action").unwrap();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 40);
    assert!(rows.iter().all(|row| !row[action].is_empty()));
}

/// A sheet holds 1,048,576 rows; the lines behind them go on the next. Slow: run in release.
#[test]
#[ignore = "slow: a million lines"]
fn slow_a_csv_of_more_lines_than_a_sheet_holds_goes_on_on_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.csv");
    let mut file = std::io::BufWriter::new(fs::File::create(&input).unwrap());
    writeln!(file, "Entry Date,HTSUS,Country of Origin,Entered Value").unwrap();
    const LINES: u32 = 1_048_575 + 25;
    for line in 1..=LINES {
        writeln!(file, "2025-08-13,9403.60.8081,CN,{line}").unwrap();
    }
    file.flush().unwrap();
    let outcome = run(&input, &folder.path().join("out"));
    assert_eq!(outcome.tally.all.lines, u64::from(LINES));
    let mut workbook: Xlsx<_> = open_workbook(&outcome.names.annotated).unwrap();
    assert_eq!(workbook.sheet_names(), ["Entry lines", "Entry lines 2"]);
    let mut values = |name: &str| {
        let mut cells = workbook.worksheet_cells_reader(name).unwrap();
        let (mut last, mut sum) = (0, 0u64);
        while let Some(cell) = cells.next_cell().unwrap() {
            let (row, column) = cell.get_position();
            if column == 3 && row > 0 {
                last = row;
                sum += Data::from(cell.get_value().clone()).to_string().parse::<u64>().unwrap();
            }
        }
        (last, sum)
    };
    let (first, second) = (values("Entry lines"), values("Entry lines 2"));
    assert_eq!((first.0, second.0), (1_048_575, 25));
    let all = u64::from(LINES) * (u64::from(LINES) + 1) / 2;
    assert_eq!(first.1 + second.1, all);
}
