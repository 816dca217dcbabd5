//! Packs for importers (`--split importer`): each answers like the whole file, together they are the whole file, and no
//! byte of one tells of another client.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::Output;

use adcvd::batch::importer_packs::{PackEntry, PacksEntry};
use adcvd::batch::manifest::Manifest;
use adcvd::report::columns::COLUMNS;
use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::{DocProperties, Note, Workbook};

use crate::unattended::adcvd;

const HEADINGS: [&str; 21] = [
    "Tag",
    "Importer Number",
    "Importer Name",
    "Entry Number",
    "Line Number",
    "Entry Type",
    "Entry Date",
    "HTSUS",
    "Country of Origin",
    "Country of Export",
    "Exporter",
    "Producer",
    "Entered Value",
    "Part Number",
    "Description",
    "Invoice Number",
    "AD Case Number",
    "AD Deposit Paid",
    "CVD Case Number",
    "CVD Deposit Paid",
    "Product",
];

/// What tells of each client, and stands in no pack but its own. The file of the broker is called by two of them.
const ALPENROSE: [&str; 7] =
    ["12-3456789", "12345678900", "Alpenrose", "A1000", "Edelweiss Carbon", "ALP-PART", "Gentian"];
const BOREALIS: [&str; 7] =
    ["98-7654321", "98765432100", "Borealis", "B2000", "Moonlit Anode", "BOR-PART", "Polarstar"];
const CORVUS: [&str; 3] = ["Corvus", "C3000", "COR-PART"];
/// Lines that name nobody, or several, and the total.
const NOBODY: [&str; 4] = ["Nameless", "N4000", "S5000", "M6000"];

/// Furniture of China, which no case lists; a graphite line where `Exporter` says so.
struct Line<'a> {
    tag: &'a str,
    importer: [&'a str; 2],
    key: [&'a str; 2],
    date: &'a str,
    parties: [&'a str; 2],
    value: &'a str,
    part: &'a str,
    invoice: &'a str,
}

const A: [&str; 2] = ["12-3456789-00", "Alpenrose Graphite Inc."];
const A_PLAIN: [&str; 2] = ["12345678900", "Alpenrose Graphite Inc."];
const B: [&str; 2] = ["98-7654321-00", "Borealis Cells LLC"];
/// Two numbers whose folders would have one name: one that CBP assigned, and one that may be of the IRS.
const C_ONE: [&str; 2] = ["231703-12345", "Corvus One"];
const C_TWO: [&str; 2] = ["231703 12345", "Corvus Two"];
const LISTED: [&str; 2] = ["Panasonic Energy (Wuxi) Co., Ltd.", "Resonac Corporation"];
const OF_A: [&str; 2] = ["Edelweiss Carbon Co., Ltd.", "Gentian Works"];
const OF_B: [&str; 2] = ["Moonlit Anode Co., Ltd.", "Polarstar Works"];
const NONE: [&str; 2] = ["", ""];

fn line<'a>(tag: &'a str, importer: [&'a str; 2], key: [&'a str; 2]) -> Line<'a> {
    Line { tag, importer, key, date: "08/01/2025", parties: NONE, value: "1000", part: "", invoice: "" }
}

impl Line<'_> {
    fn cells(&self) -> Vec<String> {
        let graphite = !self.parties[0].is_empty();
        let (hts, product) =
            if graphite { ("3801.10.5000", "active anode material") } else { ("9403.60.8081", "") };
        let (ad, cvd) = if graphite { ("A-570-194", "C-570-195") } else { ("", "") };
        let paid = if graphite { ["93500.00", "11580.00"] } else { ["", ""] };
        let cells = [
            self.tag,
            self.importer[0],
            self.importer[1],
            self.key[0],
            self.key[1],
            "03",
            self.date,
            hts,
            "CN",
            "CN",
            self.parties[0],
            self.parties[1],
            self.value,
            self.part,
            "goods",
            self.invoice,
            ad,
            paid[0],
            cvd,
            paid[1],
            product,
        ];
        cells.map(str::to_string).to_vec()
    }
}

/// A broker's month. Of the dates one of Borealis alone settles which of day and month comes first.
fn month() -> Vec<Vec<String>> {
    let on_invoice = |tag, importer, key, value| Line { value, invoice: "INV-1", ..line(tag, importer, key) };
    let lines = [
        Line { parties: LISTED, value: "100000", part: "ALP-PART-1", ..line("a1", A, ["A1000-1", "001"]) },
        Line { parties: OF_B, value: "50000", part: "BOR-PART-1", ..line("b1", B, ["B2000-1", "001"]) },
        Line { parties: OF_A, value: "70000", ..line("a2", A_PLAIN, ["A1000-1", "002"]) },
        Line { date: "08/13/2025", ..line("b2", B, ["B2000-1", "002"]) },
        line("c2", C_TWO, ["C3000-2", "1"]),
        Line { part: "COR-PART-2", ..line("c3", C_TWO, ["C3000-2", "2"]) },
        line("n1", ["", "Nameless Trading"], ["N4000-1", "1"]),
        line("n2", ["not known", "Nameless Trading"], ["N4000-1", "2"]),
        // One line that two importers claim.
        line("s1", A, ["S5000-1", "1"]),
        line("s2", B, ["S5000-1", "1"]),
        // The rows of a line stand apart: the second is one that occurs again, and the pack must not join them.
        line("a3", A, ["A1000-3", "1"]),
        line("b3", B, ["B2000-3", "1"]),
        line("a4", A, ["A1000-3", "1"]),
        // Two lines of one invoice that are rounded together, and two that are not: a stranger stands between them.
        on_invoice("a5", A, ["A1000-5", "1"], "100.50"),
        on_invoice("a6", A, ["A1000-5", "2"], "100.50"),
        on_invoice("a7", A, ["A1000-6", "1"], "100.50"),
        line("b4", B, ["B2000-4", "1"]),
        on_invoice("a8", A, ["A1000-6", "2"], "100.50"),
        // A number that stands with Alpenrose before it stands with Borealis.
        line("a9", A, ["A1000-9", "1"]),
        line("c1", C_ONE, ["C3000-1", "1"]),
        line("b5", B, ["A1000-9", "1"]),
    ];
    let mut rows: Vec<Vec<String>> = lines.iter().map(Line::cells).collect();
    // A blank row, and a total over all of them.
    rows.insert(3, vec![String::new(); HEADINGS.len()]);
    let mut total = vec![String::new(); HEADINGS.len()];
    (total[2], total[12]) = ("TOTAL Alpenrose and Borealis".to_string(), "999999".to_string());
    rows.push(total);
    rows
}

fn csv_of(rows: &[Vec<String>]) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer.write_record(HEADINGS).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    // A record with a field too many.
    let misplaced = Line { part: "x", ..line("m1", A, ["M6000-1", "1"]) }.cells();
    writer.write_record(misplaced.iter().map(String::as_str).chain(["too many"])).unwrap();
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn split(folder: &Path, more: &[&str]) -> Output {
    adcvd(&[&["run", "--split", "importer"], more].concat(), folder)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

fn finished(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", said(output));
}

fn manifest(path: &Path) -> Manifest {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The files of a folder and of those in it, by their names below it.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match path.is_dir() {
            true => {
                files.extend(tree(&path).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)))
            }
            false => drop(files.insert(name, fs::read(&path).unwrap())),
        }
    }
    files
}

/// All that can be read of a file, its own bytes and each part of a workbook.
fn readable(bytes: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    if bytes.starts_with(b"PK") {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        for place in 0..archive.len() {
            let mut part = archive.by_index(place).unwrap();
            text.push_str(&part.name().unwrap());
            let mut xml = Vec::new();
            part.read_to_end(&mut xml).unwrap();
            text.push_str(&String::from_utf8_lossy(&xml));
        }
    }
    text.to_lowercase()
}

/// Looks for traces in every file of a pack and in their names.
fn no_trace(packs: &Path, pack: &str, traces: &[&[&str]]) {
    let files = tree(&packs.join(pack));
    assert!(files.len() >= 4, "{pack}: {:?}", files.keys());
    for (name, bytes) in files {
        let text = format!("{} {}", name.to_lowercase(), readable(&bytes));
        for trace in traces.iter().copied().flatten() {
            assert!(!text.contains(&trace.to_lowercase()), "{trace:?} stands in {pack}/{name}");
        }
    }
}

/// The rows of an annotated file by their tags: our cells, without the number of the row to which one points.
fn annotations(path: &Path) -> BTreeMap<String, Vec<String>> {
    let rows: Vec<Vec<String>> = match path.extension().unwrap().to_str().unwrap() {
        "csv" => {
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).unwrap();
            reader.records().map(|record| record.unwrap().iter().map(str::to_string).collect()).collect()
        }
        _ => {
            let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
            let sheets = workbook.sheet_names();
            let of = |sheet: &String| workbook.worksheet_range(sheet).unwrap();
            let rows = sheets.iter().map(of).collect::<Vec<_>>();
            rows.iter()
                .flat_map(|range| range.rows())
                .map(|row| row.iter().map(Data::to_string).collect())
                .collect()
        }
    };
    let ours = rows.iter().find_map(|row| row.iter().position(|cell| cell == COLUMNS[0])).unwrap();
    let told = |cell: &String| cell.split(": see row ").next().unwrap().to_string();
    let tagged = rows.iter().filter(|row| row.len() > 1 && !row[0].is_empty() && row[0] != "Tag");
    tagged.map(|row| (row[0].clone(), row.iter().skip(ours).map(told).collect())).collect()
}

fn packs_of(manifest: &Manifest) -> &PacksEntry {
    manifest.packs.as_ref().unwrap()
}

/// A cell of the first sheet of a report, by the text of the first cell of its row.
fn letter(report: &Path) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = open_workbook(report).unwrap();
    assert_eq!(workbook.sheet_names()[0], "Letter");
    let range = workbook.worksheet_range("Letter").unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

#[test]
fn packs_are_the_whole_file_and_tell_of_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("alpenrose-borealis.csv"), csv_of(&month())).unwrap();
    // What the broker keeps: of suppliers and products of both clients.
    let aliases = "Name,Decision,Same As,Confirmed By,Confirmed On,Note\n\
                   Moonlit Anode Co. Ltd.,different,,Jo,2026-01-01,asked Borealis\n\
                   Edelweiss Carbon Co. Ltd.,different,,Jo,2026-01-01,asked Alpenrose\n";
    fs::write(folder.path().join("borealis-aliases.csv"), aliases).unwrap();
    let products = "Importer,Part Number,Product,Carbon Percent,Evidence,Confirmed By,Confirmed On,Note\n\
                    98-7654321-00,BOR-PART-9,other,,report of Polarstar,Jo,2026-01-01,Borealis says so\n\
                    12-3456789-00,ALP-PART-9,other,,report of Gentian,Jo,2026-01-01,Alpenrose says so\n";
    fs::write(folder.path().join("borealis-products.csv"), products).unwrap();
    for format in ["xlsx", "csv"] {
        let out = format!("out-{format}");
        let kept = ["--aliases", "borealis-aliases.csv", "--products", "borealis-products.csv", "--verify"];
        let ran = split(
            folder.path(),
            &[&["alpenrose-borealis.csv", "-o", &out, "--format", format], &kept[..]].concat(),
        );
        finished(&ran);
        let out = folder.path().join(out);
        let manifest = manifest(&out.join("alpenrose-borealis.run.json"));
        let packs = packs_of(&manifest);
        let folders: Vec<&str> = packs.packs.iter().map(|pack| &*pack.folder).collect();
        assert_eq!(folders, ["12-3456789-00", "98-7654321-00", "231703-12345", "231703-12345-2"]);

        // Rows: 22 of the month and a record with a field too many. Alpenrose has a1 to a9, Borealis b1 to b5 and the blank
        // row, which stands behind one of its own or of Alpenrose's: behind a2.
        let rows: Vec<u64> = packs.packs.iter().map(|pack| pack.rows).collect();
        assert_eq!((rows, manifest.totals.rows), (vec![10, 5, 2, 1], 24));
        let InNo { rows, lines, told } = in_no_pack(packs);
        assert_eq!((rows, lines), (6, [2, 1, 1]));
        let terminal = said(&ran);
        for told in told {
            assert!(terminal.contains(&told), "{told} in {terminal}");
        }
        let sum = |of: fn(&PackEntry) -> u64| packs.packs.iter().map(of).sum::<u64>();
        let aside = &packs.in_no_pack.totals;
        assert_eq!(sum(|pack| pack.lines) + aside.lines, manifest.totals.lines);
        assert_eq!(sum(|pack| pack.entered_value) + aside.entered_value, manifest.totals.entered_value);

        // Every line answers as it does in the whole file.
        let at = out.join(&packs.folder);
        let whole = annotations(&out.join(format!("alpenrose-borealis.annotated.{format}")));
        let mut seen = BTreeSet::new();
        for pack in &folders {
            for (tag, ours) in annotations(&at.join(pack).join(format!("{pack}.annotated.{format}"))) {
                assert_eq!(Some(&ours), whole.get(&tag), "{tag}");
                assert!(seen.insert(tag));
            }
        }
        let missing: Vec<&String> = whole.keys().filter(|tag| !seen.contains(*tag)).collect();
        assert_eq!(missing, ["m1", "n1", "n2", "s1", "s2"]);
        let codes = |tag: &str| &whole[tag][2];
        assert!(codes("a4").contains("EN06") && codes("b5").contains("EN06"), "{whole:?}");

        no_trace(&at, "12-3456789-00", &[&BOREALIS, &CORVUS, &NOBODY]);
        // The line b5 has the number of an entry of Alpenrose: it is Borealis' own line.
        let of_alpenrose: Vec<&str> = ALPENROSE.into_iter().filter(|trace| *trace != "A1000").collect();
        no_trace(&at, "98-7654321-00", &[&of_alpenrose, &["A1000-1", "A1000-3"], &CORVUS, &NOBODY]);
        no_trace(&at, "231703-12345", &[&ALPENROSE, &BOREALIS, &NOBODY, &["Corvus One", "C3000-1"]]);
        no_trace(
            &at,
            "231703-12345-2",
            &[&ALPENROSE, &BOREALIS, &NOBODY, &["Corvus Two", "C3000-2", "COR-PART"]],
        );
    }
}

struct InNo {
    rows: u64,
    lines: [u64; 3],
    told: Vec<String>,
}

fn in_no_pack(packs: &PacksEntry) -> InNo {
    let aside = &packs.in_no_pack;
    let lines = [aside.lines_without_number, aside.lines_of_several, aside.lines_misplaced];
    InNo { rows: aside.totals.rows, lines, told: aside.told() }
}

#[test]
fn the_letter_says_what_is_asked_and_what_the_lines_come_to() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("month.csv"), csv_of(&month())).unwrap();
    finished(&split(folder.path(), &["month.csv", "-o", "out"]));
    let pack = folder.path().join("out/month.importers/12-3456789-00");
    let rows = letter(&pack.join("12-3456789-00.exceptions.xlsx"));
    let text = rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>().join("\n");
    assert!(text.contains("To: Alpenrose Graphite Inc., importer number 12-3456789-00"), "{text}");
    // a1 to a9 but a4, which occurs again, are nine lines with it; A1000-1, -3, -5, -6, -9 are five entries.
    assert!(text.contains("Entries of 2025-08: 9 lines of 5 entries"), "{text}");
    assert!(text.contains("Company names: 2 (sheet Names to confirm)"), "{text}");
    assert!(text.contains("no legal advice") && text.contains("estimate"), "{text}");
    // By hand: on 2025-08-01 the listed pair owes 93.50 percent of 100,000 and the unlisted one 102.72 percent of 70,000, the
    // rate of the China-wide entity (preliminary determination); both owe the CVD rate of all others, 11.58 (CBP message
    // 5204403, paragraph 6).
    let of_case = |case: &str| rows.iter().find(|row| row[0] == case).unwrap()[1..5].to_vec();
    assert_eq!(of_case("A-570-194"), ["2", "170000", "165404", "0"]);
    assert_eq!(of_case("C-570-195"), ["2", "170000", "19686", "0"]);
    assert!(!text.to_lowercase().contains("refund due") && !text.contains("Borealis"), "{text}");
}

/// The sample month: days that have passed, entries to look up and entries to correct stand in the letter.
#[test]
fn the_letter_tells_of_days_passed_and_of_entries_to_look_up() {
    let folder = tempfile::tempdir().unwrap();
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/monthly-entries.xlsx");
    finished(&split(folder.path(), &[sample, "-o", "out"]));
    let out = folder.path().join("out");
    let mut reader = csv::Reader::from_path(out.join("monthly-entries.refunds.csv")).unwrap();
    let place = |name: &str, headings: &csv::StringRecord| headings.iter().position(|known| known == name);
    let headings = reader.headers().unwrap().clone();
    let [importer, entry, status] =
        ["Importer", "Entry Number", "Refund Status"].map(|name| place(name, &headings).unwrap());
    let refunds: Vec<csv::StringRecord> = reader.records().map(|record| record.unwrap()).collect();
    // By hand: XYZ-1000627-5 was released on 2025-08-22 and never filed; the days to correct XYZ-1000626-7 ended on
    // 2026-03-16; the protest of XYZ-1000613-5 is over, since its deposit came back.
    let passed = "1 day has passed (sheet Deadlines)";
    let none = "No day is known by which somebody has to act.";
    let said = [
        ("12-3456789-00", passed, Some("XYZ-1000626-7")),
        ("23-4567890-00", passed, None),
        ("67-8901234-00", none, Some("XYZ-1000613-5")),
    ];
    for (number, days, corrected) in said {
        let pack = out.join("monthly-entries.importers").join(number);
        let rows = letter(&pack.join(format!("{number}.exceptions.xlsx")));
        let text = rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>().join("\n");
        assert!(text.contains(days), "{text}");
        let of_client = refunds.iter().filter(|row| &row[importer] == number && &row[status] == "CHECK ACE");
        let entries: BTreeSet<&str> = of_client.map(|row| &row[entry]).collect();
        let asked = format!("Liquidation: {} entries (CHECK ACE, sheet Refund Watch).", entries.len());
        assert!(text.contains(&asked), "{asked} in {text}");
        let named = corrected.map(|entry| format!("1 entry wants correcting in all ({entry}): "));
        assert!(named.is_none_or(|named| text.contains(&named)), "{text}");
        assert!(!text.contains("look again"), "{text}");
    }
}

/// Nothing of a pack hangs on what other clients' rows say, but for how whole columns write.
#[test]
fn what_others_say_changes_no_byte_of_a_pack() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = month();
    fs::write(folder.path().join("month.csv"), csv_of(&rows)).unwrap();
    finished(&split(folder.path(), &["month.csv", "-o", "one", "--threads", "1"]));
    finished(&split(folder.path(), &["month.csv", "-o", "four", "--threads", "4"]));
    let pack = |out: &str, name: &str| tree(&folder.path().join(out).join("month.importers").join(name));
    for name in ["12-3456789-00", "98-7654321-00", "231703-12345"] {
        assert_eq!(pack("one", name), pack("four", name), "{name}");
    }
    for row in rows.iter_mut().filter(|row| row[1] == B[0]) {
        (row[2], row[12], row[14]) = ("Renamed".to_string(), "31".to_string(), "other goods".to_string());
    }
    fs::write(folder.path().join("month.csv"), csv_of(&rows)).unwrap();
    finished(&split(folder.path(), &["month.csv", "-o", "changed"]));
    assert_eq!(pack("one", "12-3456789-00"), pack("changed", "12-3456789-00"));
    assert_ne!(pack("one", "98-7654321-00"), pack("changed", "98-7654321-00"));
}

/// A workbook with a sheet for each client, and with all that a workbook may say of them elsewhere.
fn workbook(path: &Path) {
    let mut workbook = Workbook::new();
    workbook
        .set_properties(&DocProperties::new().set_author("Polarstar").set_title("Alpenrose and Borealis"));
    let rows = month();
    for (name, number) in [("Alpenrose", "12"), ("Borealis", "98")] {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name).unwrap();
        sheet.write_string(0, 0, "For Alpenrose and Borealis").unwrap();
        for (column, heading) in (0u16..).zip(HEADINGS) {
            sheet.write_string(1, column, heading).unwrap();
        }
        sheet.insert_note(1, 0, &Note::new("Alpenrose and Borealis pay late")).unwrap();
        let of_client = rows.iter().filter(|row| row[1].starts_with(number));
        // The first row of the other client stands here too.
        let stray = rows.iter().filter(|row| row[0] == if number == "12" { "b1" } else { "a1" });
        for (row, cells) in (2u32..).zip(of_client.chain(stray)) {
            for (column, cell) in (0u16..).zip(cells) {
                match (column, cell.parse::<f64>()) {
                    (12 | 17 | 19, Ok(number)) => sheet.write_number(row, column, number).unwrap(),
                    _ => sheet.write_string(row, column, cell).unwrap(),
                };
            }
        }
    }
    workbook.add_worksheet().set_name("Borealis fees").unwrap().set_hidden(true);
    workbook.define_name("Alpenrose_rate", "=Alpenrose!$A$1").unwrap();
    workbook.save(path).unwrap();
}

#[test]
fn a_workbook_of_many_clients_goes_with_none_of_them() {
    let folder = tempfile::tempdir().unwrap();
    workbook(&folder.path().join("borealis.xlsx"));
    let ran = split(folder.path(), &["borealis.xlsx", "-o", "out", "--sheet", "*"]);
    finished(&ran);
    let out = folder.path().join("out");
    let at = out.join("borealis.importers");
    let whole: Vec<_> = annotations(&out.join("borealis.annotated.xlsx")).into_iter().collect();
    assert!(whole.len() >= 14, "{whole:?}");
    no_trace(&at, "12-3456789-00", &[&BOREALIS, &["Polarstar", "pay late"]]);
    let of_alpenrose: Vec<&str> = ALPENROSE.into_iter().filter(|trace| *trace != "A1000").collect();
    no_trace(&at, "98-7654321-00", &[&of_alpenrose, &["pay late"]]);
    let pack = at.join("98-7654321-00/98-7654321-00.annotated.xlsx");
    let sheets = open_workbook::<Xlsx<_>, _>(&pack).unwrap().sheet_names();
    assert_eq!(sheets, ["Entry lines", "Entry lines 2"]);
    // The line on Alpenrose's sheet comes first there, and again on its own: EN06 in both.
    let ours: Vec<(String, Vec<String>)> = annotations(&pack).into_iter().collect();
    assert!(ours.iter().all(|line| whole.contains(line)), "{ours:?} in {whole:?}");
}

#[test]
fn without_importer_numbers_nothing_is_parted_and_nothing_written() {
    let folder = tempfile::tempdir().unwrap();
    let text = csv_of(&month()).replace("Importer Number", "Client");
    fs::write(folder.path().join("month.csv"), text).unwrap();
    let ran = split(folder.path(), &["month.csv", "-o", "out"]);
    assert_eq!(ran.status.code(), Some(3));
    assert!(said(&ran).contains("Importer Number") && said(&ran).contains("Client"), "{}", said(&ran));
    assert_eq!(tree(&folder.path().join("out")), BTreeMap::new());
}

#[test]
fn a_further_run_replaces_its_packs_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let rows = month();
    let input = folder.path().join("month.csv");
    fs::write(&input, csv_of(&rows)).unwrap();
    finished(&split(folder.path(), &["month.csv", "-o", "out"]));
    let again = split(folder.path(), &["month.csv", "-o", "out"]);
    assert!(said(&again).contains("unchanged"), "{}", said(&again));
    let packs = folder.path().join("out/month.importers");
    let of_corvus = packs.join("231703-12345-2");
    let before = tree(&folder.path().join("out"));

    // A letter of the broker's own in the folder of a pack, and a file of the pack that was changed.
    fs::write(packs.join("98-7654321-00/covering letter.txt"), "mine").unwrap();
    let changed = packs.join("12-3456789-00/12-3456789-00.exceptions.csv");
    let kept = fs::read(&changed).unwrap();
    fs::write(&changed, "mine").unwrap();
    let without: Vec<Vec<String>> =
        rows.iter().filter(|row| !row[2].starts_with("Corvus")).cloned().collect();
    fs::write(&input, csv_of(&without)).unwrap();
    let refused = split(folder.path(), &["month.csv", "-o", "out"]);
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(said(&refused).contains("was changed since it was written"), "{}", said(&refused));
    assert_eq!(fs::read(&changed).unwrap(), b"mine");

    fs::write(&changed, kept).unwrap();
    finished(&split(folder.path(), &["month.csv", "-o", "out"]));
    assert!(!of_corvus.exists() && packs.join("98-7654321-00/covering letter.txt").exists());
    assert!(tree(&folder.path().join("out")).keys().all(|name| !name.contains(".tmp")), "litter");

    // Without packs, those of the earlier run go; what is not ours stays.
    fs::write(&input, csv_of(&rows)).unwrap();
    finished(&adcvd(&["run", "month.csv", "-o", "out"], folder.path()));
    assert_eq!(tree(&packs).keys().collect::<Vec<_>>(), ["98-7654321-00/covering letter.txt"]);
    finished(&split(folder.path(), &["month.csv", "-o", "out"]));
    fs::remove_file(packs.join("98-7654321-00/covering letter.txt")).unwrap();
    assert_eq!(tree(&folder.path().join("out")), before);
}

#[test]
fn a_pack_of_an_assumption_says_that_it_is_hypothetical() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("month.csv"), csv_of(&month())).unwrap();
    let sample = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/assume-orders.toml");
    fs::copy(sample, folder.path().join("orders.toml")).unwrap();
    finished(&split(
        folder.path(),
        &["month.csv", "-o", "out", "--assume", "orders.toml", "--abi53", "cases.txt"],
    ));
    let packs = folder.path().join("out/month.hypothetical.importers");
    let files = tree(&packs.join("12-3456789-00"));
    assert!(files.keys().all(|name| name.starts_with("12-3456789-00.hypothetical.")), "{:?}", files.keys());
    for (name, bytes) in files {
        assert!(readable(&bytes).contains("hypothetical"), "{name}");
    }
    let first = letter(&packs.join("12-3456789-00/12-3456789-00.hypothetical.exceptions.xlsx"))[0][0].clone();
    assert!(first.starts_with("HYPOTHETICAL"), "{first}");
}

/// The sample month: many lines of six importers, whose packs sum to it case by case.
#[test]
fn the_sample_month_is_parted() {
    let folder = tempfile::tempdir().unwrap();
    let sample = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/monthly-entries.xlsx");
    fs::copy(sample, folder.path().join("month.xlsx")).unwrap();
    let ran = split(folder.path(), &["month.xlsx", "-o", "out"]);
    finished(&ran);
    let whole = manifest(&folder.path().join("out/month.run.json"));
    let packs = packs_of(&whole);
    assert_eq!(packs.packs.len(), 6);
    let of_packs = packs.packs.iter().map(|pack| {
        let name = format!("out/{}/{1}/{1}.run.json", packs.folder, pack.folder);
        manifest(&folder.path().join(name)).totals
    });
    let mut exceptions: BTreeMap<String, u64> = packs.in_no_pack.totals.exceptions.clone();
    let mut actions: BTreeMap<String, u64> = packs.in_no_pack.totals.actions.clone();
    for totals in of_packs {
        totals.exceptions.into_iter().for_each(|(code, lines)| *exceptions.entry(code).or_default() += lines);
        totals.actions.into_iter().for_each(|(action, lines)| *actions.entry(action).or_default() += lines);
    }
    assert_eq!((actions, exceptions), (whole.totals.actions, whole.totals.exceptions));
}

/// 100.40 three times on one invoice are 301 dollars and not 300 (19 CFR 159.3(a)): whose the odd dollar is hangs on all
/// three. So where one of them is not the importer's, none of them is in a pack, and the run goes on.
#[test]
fn lines_that_are_rounded_together_are_not_parted() {
    let folder = tempfile::tempdir().unwrap();
    let row = |line: u32, importer: &str, invoice: &str| {
        format!("XYZ-1000001-3,{line},03,2025-08-15,3801.10.5000,CN,100.40,{importer},{invoice}")
    };
    let rows = [
        "Entry Number,Line Number,Entry Type,Entry Date,HTSUS,Country of Origin,Entered Value,Importer Number,\
         Invoice Number"
            .to_string(),
        row(1, "12-3456789-00", "INV-1"),
        row(2, "", "INV-1"),
        row(3, "12-3456789-00", "INV-1"),
        row(4, "12-3456789-00", "INV-2"),
    ];
    fs::write(folder.path().join("month.csv"), rows.join("\n") + "\n").unwrap();
    let ran = split(folder.path(), &["month.csv", "-o", "out"]);
    finished(&ran);
    let manifest = manifest(&folder.path().join("out/month.run.json"));
    let packs = packs_of(&manifest);
    assert_eq!(packs.packs.iter().map(|pack| pack.lines).collect::<Vec<_>>(), [1]);
    assert_eq!((packs.in_no_pack.lines_of_shared_invoices, packs.in_no_pack.lines_without_number), (2, 1));
    assert!(said(&ran).contains("2 lines stand on one invoice with another importer's"), "{}", said(&ran));
}

/// What stands for a number, and what a spreadsheet made of one, is nobody's: two clients would be one.
#[test]
fn what_is_no_importer_number_is_in_no_pack() {
    let folder = tempfile::tempdir().unwrap();
    let numbers = ["1.23457E+11", "0", "00-0000000-00", "999999999", "TBD 1", "see line 1", "12-345678"];
    let sound = ["12-3456789", "123-45-6789", "231703-12345", "23-1703123-45", "12-3456789-0A"];
    let mut rows = vec!["Entry Date,HTSUS,Country of Origin,Entered Value,Importer Number".to_string()];
    let row = |number: &&str| format!("2025-08-15,9403.60.8081,CN,100,{number}");
    rows.extend(numbers.iter().chain(&sound).map(row));
    fs::write(folder.path().join("month.csv"), rows.join("\n") + "\n").unwrap();
    finished(&split(folder.path(), &["month.csv", "-o", "out"]));
    let manifest = manifest(&folder.path().join("out/month.run.json"));
    let packs = packs_of(&manifest);
    assert_eq!(packs.packs.iter().map(|pack| &*pack.importer).collect::<Vec<_>>(), sound);
    assert_eq!(packs.in_no_pack.lines_without_number, numbers.len() as u64);
}
