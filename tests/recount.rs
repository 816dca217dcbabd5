//! Outputs are looked at again before they are put in place. Each test puts a fault into a file on the disk, between the
//! end of writing and that look, and finds the earlier outputs as they were.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use adcvd::batch::{FileError, FileOutcome, Progress, RunOptions, Silent, run_file};
use adcvd::casebook::load;
use adcvd::spreadsheet::Format;
use adcvd::terms::{KnownDay, day};

fn sample(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

fn run(
    input: &Path,
    out: &Path,
    format: Format,
    verify: bool,
    progress: &dyn Progress,
) -> Result<FileOutcome, FileError> {
    let casebook = load::load(&[]).unwrap();
    let as_of = KnownDay(day::parse_iso("2026-11-22").unwrap());
    let options = RunOptions { format, verify, ..RunOptions::new(as_of, out.to_path_buf()) };
    run_file(&casebook, input, "entries", &options, progress)
}

/// Changes bytes of the largest output when all are written: a disk or another program that meddles.
struct Meddler<'a> {
    out: &'a Path,
    change: fn(&mut Vec<u8>),
    /// What the file begins with.
    begins: &'a [u8],
}

impl Progress for Meddler<'_> {
    fn begin(&self, _: &str, _: u64) {}
    fn advanced(&self, _: u64, _: u64) {}
    fn end(&self) {}

    fn written(&self) {
        let files = fs::read_dir(self.out).unwrap().map(|entry| entry.unwrap().path());
        let temporary = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "tmp");
        let begins = |path: &PathBuf| fs::read(path).unwrap().starts_with(self.begins);
        let largest =
            files.filter(temporary).filter(begins).max_by_key(|path| fs::metadata(path).unwrap().len());
        let largest = largest.unwrap();
        let mut bytes = fs::read(&largest).unwrap();
        (self.change)(&mut bytes);
        fs::write(&largest, bytes).unwrap();
    }
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// Runs with a fault that has to be noticed; what was said.
fn noticed(format: Format, verify: bool, begins: &[u8], change: fn(&mut Vec<u8>)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let input = sample("monthly-entries.xlsx");
    run(&sample("first-run.csv"), folder.path(), format, false, &Silent).unwrap();
    let before = files(folder.path());
    let meddler = Meddler { out: folder.path(), change, begins };
    let error = run(&input, folder.path(), format, verify, &meddler).map(|_| ()).unwrap_err();
    assert!(matches!(error, FileError::Differs { .. }), "{error}");
    assert!(files(folder.path()) == before, "an earlier output was touched");
    error.to_string()
}

/// What the annotated file begins with where it is a CSV: the first heading of the sample.
const HEADINGS: &[u8] = b"Job Number";

/// A byte of the data that is compressed.
fn spoil(bytes: &mut [u8]) {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x20;
}

#[test]
fn a_container_that_lost_something_is_noticed() {
    let zip = |change| noticed(Format::Xlsx, false, b"PK", change);
    let truncated = zip(|bytes| bytes.truncate(bytes.len() - 1));
    assert!(truncated.contains("entries.annotated.xlsx was written and is not on the disk as it should be"));
    assert!(truncated.contains("bytes were written and"), "{truncated}");
    assert!(zip(|bytes| drop(bytes.drain(1000..2000))).contains("bytes were written and"));
    let zeros = zip(|bytes| {
        let from = bytes.len() - 512;
        bytes[from..].fill(0);
    });
    assert!(zeros.contains("last bytes"), "{zeros}");
    let directory = zip(|bytes| {
        let at = memchr::memmem::rfind(&bytes[..bytes.len() - 200], b"PK\x01\x02").unwrap();
        bytes[at + 16] ^= 1;
    });
    assert!(directory.contains("hecksum"), "{directory}");
}

#[test]
fn a_csv_that_lost_something_is_noticed() {
    let csv = |change| noticed(Format::Csv, false, HEADINGS, change);
    assert!(csv(|bytes| bytes.truncate(bytes.len() - 1)).contains("bytes were written and"));
    assert!(
        csv(|bytes| {
            let from = bytes.len() - 10;
            bytes[from..].fill(0);
        })
        .contains("last bytes")
    );
}

/// What keeps length, end and directory is noticed by a second reading.
#[test]
fn a_byte_that_is_another_is_noticed_when_it_is_verified() {
    for (format, begins) in [(Format::Xlsx, &b"PK"[..]), (Format::Csv, HEADINGS)] {
        let told = noticed(format, true, begins, |bytes| spoil(bytes));
        assert!(told.contains("its SHA-256 is another"), "{told}");
    }
    // Another output than the annotated file.
    let told = noticed(Format::Csv, true, b"PK", |bytes| spoil(bytes));
    assert!(told.contains("entries.exceptions.xlsx") && told.contains("SHA-256"), "{told}");
}

/// Sound outputs pass, and are the same bytes as without.
#[test]
fn what_is_verified_is_the_same() {
    for name in ["monthly-entries.xlsx", "first-run.csv"] {
        for format in [Format::Xlsx, Format::Csv] {
            let [plain, verified] = [false, true].map(|verify| {
                let out = tempfile::tempdir().unwrap();
                run(&sample(name), out.path(), format, verify, &Silent).unwrap();
                files(out.path())
            });
            assert!(plain == verified, "{name}");
        }
    }
}

/// Every file that is read can be verified: titles above headings, headings on two rows, other separators and encodings,
/// blank rows, formats that go into a new workbook.
#[test]
fn whatever_is_read_can_be_verified() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/workbooks");
    let mut manifest = csv::Reader::from_path(folder.join("MANIFEST.csv")).unwrap();
    let mut verified = 0;
    for record in
        manifest.records().map(Result::unwrap).filter(|record| record[0].split('/').nth(1) == Some("ok"))
    {
        let path = folder.join(&record[0]);
        for format in [Format::Xlsx, Format::Csv] {
            let out = tempfile::tempdir().unwrap();
            match run(&path, out.path(), format, true, &Silent) {
                Ok(_) => verified += 1,
                Err(error @ FileError::Differs { .. }) => panic!("{}: {error}", path.display()),
                Err(FileError::TooWide { columns, .. }) => assert_eq!(columns, 525),
                Err(_) => assert_ne!(&record[3], "entry", "{}", path.display()),
            }
        }
    }
    assert!(verified > 50, "{verified}");
}

#[test]
fn the_command_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_adcvd"))
        .current_dir(folder.path())
        .args(["run", "--verify", "--quiet", "--as-of", "2026-11-22"])
        .arg(sample("first-run.csv"))
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    assert_eq!(files(&folder.path().join("out")).len(), 5);
}
