//! What a package claims of itself: refused by the figures of its directory before anything is unpacked, and stopped where
//! the figures lie. Honest extremes are read.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use zip::write::SimpleFileOptions;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const HEADINGS: [&str; 6] =
    ["Entry Date", "HTSUS", "Country of Origin", "Exporter", "Producer", "Entered Value"];
const LINE: [&str; 6] =
    ["2025-08-13", "3801.10.5000", "CN", "Resonac Corporation", "Resonac Corporation", "1000"];

fn container(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default().compression_level(Some(9))).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The parts of a workbook whose one sheet has these rows, in XML.
fn parts(rows: &str) -> Vec<(&'static str, Vec<u8>)> {
    let package = "http://schemas.openxmlformats.org/package/2006";
    let types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    vec![
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{package}/content-types\"><Default Extension=\"rels\" ContentType=\"\
                 application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" \
                 ContentType=\"{types}.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" \
                 ContentType=\"{types}.worksheet+xml\"/></Types>"
            )
            .into_bytes(),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r\" \
                 Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            )
            .into_bytes(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r\" \
                 Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            )
            .into_bytes(),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"S\" sheetId=\"1\" \
                 r:id=\"r\"/></sheets></workbook>"
            )
            .into_bytes(),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>").into_bytes(),
        ),
    ]
}

fn row(attributes: &str, cells: &[&str]) -> String {
    let cells = cells.iter().map(|cell| format!("<c t=\"inlineStr\"><is><t>{cell}</t></is></c>"));
    format!("<row{attributes}>{}</row>", cells.collect::<String>())
}

fn written(folder: &Path, name: &str, bytes: Vec<u8>) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn check(path: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_adcvd"))
        .arg("check")
        .arg(path)
        .args(["--as-of", "2026-11-22"])
        .args(more)
        .output()
        .unwrap()
}

/// Refused, with these words.
fn refused(path: &Path, more: &[&str], words: &[&str]) {
    let output = check(path, more);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{}: {said}", path.display());
    for word in words {
        assert!(said.contains(word), "{}: {said}", path.display());
    }
}

fn read(path: &Path, more: &[&str], words: &str) {
    let output = check(path, more);
    assert_eq!(output.status.code(), Some(0), "{}: {output:?}", path.display());
    assert!(String::from_utf8_lossy(&output.stdout).contains(words), "{output:?}");
}

/// How many times larger than when packed the largest part is.
fn ratio(bytes: &[u8]) -> u64 {
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let part = |place: usize| archive.by_index_data(place).unwrap();
    let parts = (0..archive.len()).map(|place| (part(place).size(), part(place).compressed_size()));
    parts.max().map(|(size, packed)| size / packed).unwrap()
}

/// Changes a field of a part in front of it and in the directory (APPNOTE 6.3.10, 4.3.7 and 4.3.12): 8 and 10 bytes in
/// front of the name in the one, 20 and 24 bytes behind the mark in the other, for packed and unpacked sizes.
fn claim(bytes: &mut [u8], name: &str, field: Field, claimed: u32) {
    let (local, central) = match field {
        Field::Packed => (18, 20),
        Field::Unpacked => (22, 24),
    };
    let places: Vec<usize> =
        memchr::memmem::find_iter(bytes, b"PK").filter(|at| bytes.len() > at + 46).collect();
    let mut changed = 0;
    for at in places {
        let (from, offset) = match &bytes[at + 2..at + 4] {
            [3, 4] => (at + 30, local),
            [1, 2] => (at + 46, central),
            _ => continue,
        };
        if bytes[from..].starts_with(name.as_bytes()) {
            bytes[at + offset..at + offset + 4].copy_from_slice(&claimed.to_le_bytes());
            changed += 1;
        }
    }
    assert_eq!(changed, 2, "{name}");
}

#[derive(Clone, Copy)]
enum Field {
    Packed,
    Unpacked,
}

#[test]
fn a_part_that_is_nothing_but_filling_is_refused_before_it_is_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    let rows = row("", &HEADINGS) + &row("", &LINE);
    let mut filled = parts(&rows);
    filled[4].1.splice(0..0, vec![b' '; 20_000_000]);
    let filled = written(folder.path(), "filled.xlsx", container(&filled));
    refused(&filled, &[], &["\"xl/worksheets/sheet1.xml\"", "more than 300 to 1", "--ratio-limit"]);
    // Whoever knows the file allows it.
    read(&filled, &["--ratio-limit", "2000"], "1 lines");
    // A part that nobody reads is refused too: the package is judged as a whole.
    let beside = [parts(&rows), vec![("xl/media/a.bin", vec![0; 20_000_000])]].concat();
    refused(&written(folder.path(), "beside.xlsx", container(&beside)), &[], &["xl/media/a.bin"]);
    // So are the formats that are decoded as a whole.
    let xlsb = container(&[("xl/workbook.bin", vec![0; 20_000_000])]);
    refused(&written(folder.path(), "a.xlsb", xlsb), &[], &["\"xl/workbook.bin\"", "--ratio-limit"]);
    let ods = container(&[("content.xml", vec![b' '; 20_000_000]), ("META-INF/manifest.xml", vec![b'.'])]);
    refused(&written(folder.path(), "a.ods", ods), &[], &["\"content.xml\"", "--ratio-limit"]);
}

/// Equal lines in the writings that are most even: without references of cells, and without numbers of rows.
#[test]
fn honest_extremes_are_read() {
    const LINES: u64 = 20_000;
    let folder = tempfile::tempdir().unwrap();
    let numbered = |number: u64| row(&format!(" r=\"{}\"", number + 1), &LINE);
    let bare = row("", &LINE);
    let writings: [(&str, String, u64); 2] = [
        ("numbered.xlsx", (1..=LINES).map(numbered).collect(), 80),
        // Above the two hundred that others take for a limit.
        ("bare.xlsx", (0..LINES).map(|_| bare.as_str()).collect(), 200),
    ];
    for (name, rows, least) in writings {
        let bytes = container(&parts(&(row("", &HEADINGS) + &rows)));
        assert!(ratio(&bytes) > least, "{name}: {}", ratio(&bytes));
        read(&written(folder.path(), name, bytes), &[], "20,000 lines");
    }
}

#[test]
fn more_parts_or_bytes_than_allowed_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let rows = row("", &HEADINGS) + &(0..5_000).map(|_| row("", &LINE)).collect::<String>();
    let sound = written(folder.path(), "sound.xlsx", container(&parts(&rows)));
    read(&sound, &["--parts-limit", "5", "--package-limit", "2"], "5,000 lines");
    refused(&sound, &["--parts-limit", "4"], &["5 parts", "more than 4", "--parts-limit"]);
    refused(
        &sound,
        &["--package-limit", "1"],
        &["bytes when unpacked", "more than 1048576", "--package-limit"],
    );
    // Two parts that claim four gigabytes together; each for itself claims less, and little for what it is packed into.
    let mut twins = parts(&rows);
    let mut state = 1u64;
    let noise = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    });
    let noise: Vec<u8> = noise.take(8_000_000).collect();
    twins.extend([("xl/media/a.bin", noise.clone()), ("xl/media/b.bin", noise)]);
    let mut bytes = container(&twins);
    for name in ["xl/media/a.bin", "xl/media/b.bin"] {
        claim(&mut bytes, name, Field::Unpacked, 2_200_000_000);
    }
    assert!(ratio(&bytes) < 300, "{}", ratio(&bytes));
    let twins = written(folder.path(), "twins.xlsx", bytes);
    refused(&twins, &[], &["claim 44", "more than 4294967296 are not read", "--package-limit"]);
}

#[test]
fn two_parts_of_one_name_are_refused_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = ("META-INF/manifest.xml", b"<m/>".to_vec());
    let mut bytes =
        container(&[("content.xml", b"<a/>".to_vec()), ("contenu.xml", b"<b/>".to_vec()), manifest]);
    for at in memchr::memmem::find_iter(&bytes.clone(), b"contenu.xml") {
        bytes[at..at + 11].copy_from_slice(b"content.xml");
    }
    refused(&written(folder.path(), "twice.ods", bytes), &[], &["two parts of the workbook have one name"]);
}

/// Sizes that lie pass the check; what is unpacked stops where the claim ends.
#[test]
fn a_part_is_not_unpacked_beyond_what_it_claims() {
    let folder = tempfile::tempdir().unwrap();
    let rows = row("", &HEADINGS) + &(0..20_000).map(|_| row("", &LINE)).collect::<String>();
    let sheet = "xl/worksheets/sheet1.xml";
    let honest = container(&parts(&rows));
    let mut less = honest.clone();
    claim(&mut less, sheet, Field::Unpacked, 100_000);
    refused(&written(folder.path(), "less.xlsx", less), &[], &["larger than its declared uncompressed size"]);
    // A package that claims to have more packed bytes than there are, so that its ratio looks well.
    let mut more = honest;
    claim(&mut more, sheet, Field::Packed, 50_000_000);
    refused(&written(folder.path(), "more.xlsx", more), &[], &["packed bytes", "the whole file has"]);
    let mut styles = parts(&(row("", &HEADINGS) + &row("", &LINE)));
    styles[3].1.splice(0..0, vec![b' '; 2_000_000]);
    let mut styles = container(&styles);
    claim(&mut styles, "xl/workbook.xml", Field::Unpacked, 1_000);
    refused(&written(folder.path(), "workbook.xlsx", styles), &[], &["xl/workbook.xml cannot be read"]);
    let content = format!("<office:document-content>{}</office:document-content>", " ".repeat(3_000_000));
    let mimetype = ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet".to_vec());
    let mut ods = container(&[
        mimetype,
        ("content.xml", content.into_bytes()),
        ("META-INF/manifest.xml", b"<m/>".to_vec()),
    ]);
    claim(&mut ods, "content.xml", Field::Unpacked, 1_000);
    refused(&written(folder.path(), "less.ods", ods), &[], &["larger than its declared uncompressed size"]);
}

/// How many shared strings a table announces is taken for nothing: neither memory nor a text comes of it. 64 MiB would not
/// hold room for four billion strings.
#[test]
fn announced_shared_strings_are_not_allocated() {
    let folder = tempfile::tempdir().unwrap();
    for (counts, name) in [
        ("count=\"4000000000\" uniqueCount=\"4000000000\"", "many.xlsx"),
        ("count=\"0\" uniqueCount=\"0\"", "none.xlsx"),
    ] {
        let shared = |text: &str| format!("<si><t>{text}</t></si>");
        let strings = HEADINGS.iter().chain(&LINE).map(|text| shared(text)).collect::<String>();
        let cells = |from: usize| {
            (from..from + 6).map(|at| format!("<c t=\"s\"><v>{at}</v></c>")).collect::<String>()
        };
        let mut parts = parts(&format!("<row>{}</row><row>{}</row>", cells(0), cells(6)));
        parts.push((
            "xl/sharedStrings.xml",
            format!("<sst xmlns=\"{MAIN}\" {counts}>{strings}</sst>").into_bytes(),
        ));
        let relations = String::from_utf8(parts[2].1.clone()).unwrap();
        let more = format!(
            "<Relationship Id=\"s\" Type=\"{RELATIONS}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
        );
        parts[2].1 = relations.replace("</Relationships>", &more).into_bytes();
        let path = written(folder.path(), name, container(&parts));
        read(&path, &["--memory-limit", "64"], "Resonac Corporation");
    }
}
