//! Case folders that must be refused, and sound ones that must not. Each folder of `tests/casebook_bad` is sound but
//! for the faults of one code, by which it is named (`CF01`, or `CF01-` and a word where one folder cannot hold them
//! all); its `expected.txt` is worked by hand and holds every fault as it must print. `tests/casebook_good` holds
//! folders that have no fault. All numbers, names and notices are invented.

use std::fs;
use std::iter::successors;
use std::path::{Path, PathBuf};

use adcvd::casebook::read::FaultCode;
use adcvd::casebook::{Casebook, LoadError, load};
use adcvd::terms::{CaseNumber, Kind};

fn tests_folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

fn folders_in(name: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(tests_folder(name)).expect("a folder of case folders");
    let mut folders: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    folders.sort();
    folders
}

fn name_of(folder: &Path) -> String {
    folder.file_name().expect("a name").to_string_lossy().into_owned()
}

/// The code for which a bad folder stands.
fn code_of(folder: &Path) -> String {
    name_of(folder).split('-').next().unwrap_or_default().to_string()
}

/// Written as a match, so that a new code does not compile until it stands here.
fn next(code: FaultCode) -> Option<FaultCode> {
    use FaultCode::*;
    match code {
        CF01 => Some(CF02),
        CF02 => Some(CF03),
        CF03 => Some(CF04),
        CF04 => Some(CF05),
        CF05 => Some(CF06),
        CF06 => Some(CF07),
        CF07 => Some(CF08),
        CF08 => Some(CF09),
        CF09 => Some(CF10),
        CF10 => Some(CF11),
        CF11 => Some(CF12),
        CF12 => Some(CF13),
        CF13 => Some(CF14),
        CF14 => Some(CF15),
        CF15 => Some(CF16),
        CF16 => Some(CF17),
        CF17 => Some(CF18),
        CF18 => None,
    }
}

fn codes() -> Vec<String> {
    successors(Some(FaultCode::CF01), |code| next(*code)).map(|code| format!("{code:?}")).collect()
}

fn faults_of(folder: &Path) -> Vec<String> {
    match load::load_only(folder) {
        Ok(_) => Vec::new(),
        Err(LoadError::Faults(folders)) => {
            folders.iter().flat_map(|folder| &folder.faults).map(ToString::to_string).collect()
        }
        Err(error) => panic!("{error}"),
    }
}

fn expected_of(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join("expected.txt")).expect("expected.txt");
    text.lines().map(str::to_string).collect()
}

/// Lines that stand in one list and not in the other; the whole of `got` where only the order differs.
fn difference(expected: &[String], got: &[String]) -> String {
    let missing =
        expected.iter().filter(|line| !got.contains(line)).map(|line| format!("  missing    {line}"));
    let unexpected =
        got.iter().filter(|line| !expected.contains(line)).map(|line| format!("  unexpected {line}"));
    let lines: Vec<String> = missing.chain(unexpected).collect();
    if lines.is_empty() { format!("  another order or count:\n{}", got.join("\n")) } else { lines.join("\n") }
}

#[test]
fn every_fault_prints_as_expected() {
    let mut differ = Vec::new();
    for folder in folders_in("casebook_bad") {
        let (expected, got) = (expected_of(&folder), faults_of(&folder));
        if expected != got {
            differ.push(format!("{}\n{}", name_of(&folder), difference(&expected, &got)));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn every_code_has_a_folder_and_every_folder_a_code() {
    let mut named: Vec<String> = folders_in("casebook_bad").iter().map(|folder| code_of(folder)).collect();
    named.dedup();
    assert_eq!(named, codes());
}

#[test]
fn a_bad_folder_expects_its_own_code_alone() {
    for folder in folders_in("casebook_bad") {
        let (code, expected) = (code_of(&folder), expected_of(&folder));
        assert!(!expected.is_empty(), "{code} expects nothing");
        for line in expected {
            assert_eq!(line.split(' ').nth(1), Some(code.as_str()), "{line}");
        }
    }
}

#[test]
fn good_folders_load() {
    for folder in folders_in("casebook_good") {
        assert_eq!(faults_of(&folder), Vec::<String>::new(), "{}", name_of(&folder));
    }
    let together = load::load_only(&tests_folder("casebook_good")).expect("all good folders at once");
    assert_eq!(together.families().len(), folders_in("casebook_good").len());
}

/// The first AD number of the built-in families that has a companion: its family holds more than one case.
fn built_in_number(casebook: &Casebook) -> CaseNumber {
    let mut cases = casebook.families().iter().flat_map(|family| &family.cases);
    let found = cases.find(|case| case.number.kind == Kind::Ad && case.companion.is_some());
    found.expect("a built-in AD case with a companion").number
}

/// A later folder takes the place of an earlier one; of two that are given as one, neither is later.
#[test]
fn one_case_in_two_folders_of_a_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let good = folders_in("casebook_good").into_iter().next().unwrap();
    for name in ["b-one", "a-other"] {
        let into = folder.path().join(name);
        fs::create_dir(&into).unwrap();
        for file in
            fs::read_dir(&good).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file())
        {
            fs::copy(&file, into.join(file.file_name().unwrap())).unwrap();
        }
    }
    for given in [load::load_only(folder.path()), load::load(&[folder.path().to_path_buf()])] {
        let error = given.unwrap_err().to_string();
        assert!(
            error.contains("stands in two case folders") && error.contains("a-other and b-one"),
            "{error}"
        );
    }
    let apart = ["b-one", "a-other"].map(|name| folder.path().join(name));
    assert!(load::load(&apart).is_ok());
}

fn copy_with(folder: &Path, from: &str, to: &str, into: &Path) {
    for file in ["case.toml", "rates.csv", "suffixes.csv"] {
        let text = fs::read_to_string(folder.join(file)).expect("a file of a good folder");
        fs::write(into.join(file), text.replace(from, to)).expect("a writable folder");
    }
}

#[test]
fn a_folder_that_names_a_built_in_number_replaces_the_whole_family() {
    let built_in = load::load(&[]).expect("the built-in folders");
    let number = built_in_number(&built_in);
    let replaced = &built_in.families()[built_in.family_of(number).expect("its family")];
    let own = tempfile::tempdir().expect("a folder");
    copy_with(&tests_folder("casebook_good/shapes"), "A-999-101", &number.to_string(), own.path());
    let casebook = load::load(&[own.path().to_path_buf()]).expect("a sound folder");

    assert_eq!(casebook.families().len(), built_in.families().len());
    assert!(casebook.families().iter().all(|family| family.slug != replaced.slug));
    let family = &casebook.families()[casebook.family_of(number).expect("the new family")];
    assert_eq!(family.slug, name_of(own.path()));
    for case in replaced.cases.iter().filter(|case| case.number != number) {
        assert_eq!(casebook.family_of(case.number), None, "{} is left of the old family", case.number);
    }
    assert_ne!(casebook.sha256(), built_in.sha256());
}
