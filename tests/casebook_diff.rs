//! Two states of an invented case, and what the second says otherwise; an entry file under both. `expected.txt` in
//! `tests/casebook_diff` and the amounts below are worked by hand.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/casebook_diff")
}

/// Exit code and what was said; of the folder with the two cases, so that paths are short.
fn diff(more: &[&str]) -> (i32, String) {
    let mut command = Command::cargo_bin("adcvd").unwrap();
    let output = command.current_dir(folder()).args(["cases", "diff"]).args(more).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8(said).unwrap())
}

#[test]
fn each_kind_of_change_is_told_with_its_places() {
    let (code, said) = diff(&["old", "new"]);
    assert_eq!(code, 0);
    assert_eq!(said, fs::read_to_string(folder().join("expected.txt")).unwrap());
    let (_, back) = diff(&["new", "old"]);
    assert!(back.contains("  rate            1 added      1 removed      1 changed"), "{back}");
    let (_, same) = diff(&["old", "old"]);
    assert!(same.contains("Both say the same."), "{same}");
}

/// Line 1: 50 to 40 percent of 1,000. Line 3: 55 to 20 percent of 2,000. Line 4: 10 to 60 percent of 3,000, now everyone
/// else's. Line 5: 60 percent of 4,000, now excluded. Line 6: had no figure, now 60 percent of 500. Line 2: as it was.
#[test]
fn lines_that_change_are_told_the_largest_first() {
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("out");
    let over = ["old", "new", "--over", "entries.csv", "--as-of", "2025-12-31", "-o", path.to_str().unwrap()];
    let (code, said) = diff(&over);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("5 of 6 lines change"), "{said}");
    let case = said.lines().find(|line| line.starts_with("  A-999-101")).unwrap();
    let sums: Vec<&str> = case.split_whitespace().collect();
    let (old, new, difference) = ("$4,300.00", "$2,600.00", "($1,700.00)");
    assert_eq!(sums, ["A-999-101", "5", old, new, difference, old, new, difference]);
    assert!(said.contains("1 of them gain or lose a figure"), "{said}");
    let largest = "  XYZ-1000201-9/5  A-999-101  at entry $2,400.00 -> - ($2,400.00 less)  restated $2,400.00 -> - \
                   ($2,400.00 less)  REVIEW -> NO DEPOSIT";
    assert!(said.contains(largest), "{said}");

    let csv = fs::read_to_string(path.join("entries.cases-diff.csv")).unwrap();
    let figures = |old: &str, new: &str, less: &str| format!("{old},{new},{less},{old},{new},{less}");
    let expected = [
        ("5,6,A-999-101,REVIEW,NO DEPOSIT", figures("2400.00", "", "-2400.00")),
        ("4,5,A-999-101,REVIEW,REVIEW", figures("300.00", "1800.00", "1500.00")),
        ("3,4,A-999-101,REVIEW,REVIEW", figures("1100.00", "400.00", "-700.00")),
        ("6,7,A-999-101,NO FIGURE,REVIEW", figures("no figure", "300.00", "")),
        ("1,2,A-999-101,REVIEW,REVIEW", figures("500.00", "400.00", "-100.00")),
    ];
    let expected = expected.map(|(line, figures)| format!("XYZ-1000201-9,{line},{figures}"));
    assert_eq!(csv.lines().skip(1).collect::<Vec<_>>(), expected);
    assert!(path.join("cases-diff.csv").is_file());

    // What is there is replaced only where that was asked for.
    let (code, said) = diff(&over);
    assert_eq!(code, 2, "{said}");
    let (code, _) = diff(&[&over[..], &["--force"]].concat());
    assert_eq!(code, 0);
}

#[test]
fn a_built_in_case_is_named_by_its_number() {
    let number = {
        let casebook = adcvd::casebook::load::load(&[]).unwrap();
        casebook.families()[0].cases[0].number.to_string()
    };
    let (code, said) = diff(&[&number, &number]);
    assert!(code == 0 && said.contains("Both say the same."), "{said}");
    let (code, said) = diff(&[&number, "new"]);
    assert!(code == 0 && said.contains("added A-999-101  (new/case.toml:8:1)"), "{said}");
    for (old, words) in
        [("A-999-101", "cases list"), ("nowhere", "neither a case folder"), (".", "give the path of one")]
    {
        let (code, said) = diff(&[old, "new"]);
        assert!(code == 2 && said.contains(words), "{code} {said}");
    }
    let (code, said) = diff(&["old", "new", "--over", "nowhere.csv"]);
    assert!(code == 4 && said.contains("nowhere.csv"), "{code} {said}");
}
