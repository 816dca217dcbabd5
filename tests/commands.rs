//! The program as it is typed: exit codes, messages that say what to do, and the README's own commands.

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Exit code, standard output, standard error; a quotation mark within a log line stands there as it was said.
pub(crate) fn adcvd(folder: &tempfile::TempDir, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("adcvd").unwrap();
    let output = command.current_dir(folder.path()).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let error = text(&output.stderr).replace("\\\"", "\"");
    (output.status.code().unwrap_or(-1), text(&output.stdout), error)
}

fn folder_with_samples() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("samples")).unwrap();
    for sample in fs::read_dir(root().join("samples")).unwrap() {
        let sample = sample.unwrap();
        fs::copy(sample.path(), folder.path().join("samples").join(sample.file_name())).unwrap();
    }
    folder
}

const HEADINGS: &str = "Entry Date,HTSUS,Country of Origin,Entered Value\n";

/// Arguments, exit code, and words that the message must hold.
#[test]
fn every_end_has_its_exit_code_and_says_what_to_do() {
    let folder = folder_with_samples();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("good.csv", &format!("{HEADINGS}2025-08-01,9403.60.8081,CN,100\n"));
    write("no-hts.csv", "Entry Date,Country of Origin,Entered Value,Exporter\n2025-08-01,CN,5,x\n");
    write("twice.csv", "Entry Date,HTSUS,Country of Origin,Entered Value,htsus\n");
    write("empty.csv", "");
    write("page.xlsx", "<html><table></table></html>");
    write(
        "quote.csv",
        &format!("{HEADINGS}2025-08-01,\"3801.10.5000,CN,100\n2025-08-02,3801.10.5000,CN,100\n"),
    );

    fs::write(
        folder.path().join("mixed.csv"),
        [HEADINGS.as_bytes(), "2025-08-01,380110,贝特瑞,5\n".as_bytes(), b"2025-08-01,380110,C\xe9,5\n"]
            .concat(),
    )
    .unwrap();
    fs::create_dir(folder.path().join("no-entries")).unwrap();
    fs::create_dir(folder.path().join("bad-case")).unwrap();
    write("bad-case/case.toml", "[family]\ntitle = 1\n");
    write("bad-case/rates.csv", "case\n");
    let sheet = "samples/monthly-entries.xlsx";
    for (arguments, code, words) in [
        (vec!["run", "good.csv"], 0, vec![]),
        (vec!["run", "good.csv", "no-hts.csv", "--force"], 1, vec!["\"HTSUS\"", "Exporter"]),
        (vec!["run"], 2, vec!["INPUT"]),
        (vec!["run", "good.csv", "--as-of", "yesterday"], 2, vec!["2026-11-22"]),
        (vec!["run", sheet, "--sheet", "Lines"], 2, vec!["Entries", "--sheet"]),
        (vec!["run", "no-entries"], 2, vec!["no entry files in the folder"]),
        (vec!["run", "no-hts.csv"], 3, vec!["\"HTSUS\"", "Entry Date · Country of Origin"]),
        (vec!["run", "twice.csv"], 3, vec!["columns B and E"]),
        (vec!["run", "empty.csv"], 3, vec!["no rows"]),
        (vec!["run", "page.xlsx"], 3, vec!["web page"]),
        (vec!["run", "quote.csv"], 3, vec!["line 2", "quote"]),
        (vec!["run", "mixed.csv"], 3, vec!["neither UTF-8 nor", "--encoding"]),
        (vec!["run", "good.csv", "--encoding", "klingon"], 2, vec!["gb18030"]),
        (vec!["run", "good.csv", "--cases", "bad-case", "--force"], 3, vec!["bad-case/case.toml:", "CF01"]),
        (vec!["cases", "check", "bad-case"], 3, vec!["fault"]),
        (vec!["run", "absent.csv"], 4, vec!["absent.csv"]),
        (vec!["rates", "A-999-101"], 2, vec!["adcvd cases list"]),
        (vec!["cases", "show", "graphite"], 2, vec!["\"graphite\"", "case folder", "adcvd cases list"]),
        (vec!["explain", "good.csv"], 2, vec!["--line", "--row"]),
        (vec!["explain", "good.csv", "--row", "9"], 2, vec!["row 9"]),
        (vec!["explain", "--hts", "3801.10.5000"], 2, vec!["--origin", "--entry-date", "--value"]),
    ] {
        let (got, _, message) = adcvd(&folder, &arguments);
        assert_eq!(got, code, "{arguments:?}: {message}");
        // In a line of the log a quotation mark has a backslash in front.
        let message = message.replace("\\\"", "\"");
        for word in words {
            assert!(message.contains(word), "{arguments:?} does not say {word:?}: {message}");
        }
    }
}

#[test]
fn a_rejected_file_leaves_nothing_and_a_foreign_file_is_kept() {
    let folder = folder_with_samples();
    fs::write(folder.path().join("quote.csv"), format!("{HEADINGS}2025-08-01,\"3801\n")).unwrap();
    let (code, ..) = adcvd(&folder, &["run", "quote.csv", "-o", "results"]);
    assert_eq!(code, 3);
    let left = fs::read_dir(folder.path().join("results")).map_or(0, Iterator::count);
    assert_eq!(left, 0);
    fs::create_dir_all(folder.path().join("results")).unwrap();
    fs::write(folder.path().join("results/first-run.annotated.xlsx"), "mine").unwrap();
    let (code, _, message) = adcvd(&folder, &["run", "samples/first-run.csv", "-o", "results"]);
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("--force"), "{message}");
    assert_eq!(fs::read_to_string(folder.path().join("results/first-run.annotated.xlsx")).unwrap(), "mine");
}

#[test]
fn control_characters_of_a_file_do_not_reach_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Entry Date,HTSUS,Country of Origin,Entered Value,Exporter\n2025-08-01,3801.10.5000,CN,5,a\u{1b}[31mb\n";
    fs::write(folder.path().join("in.csv"), text).unwrap();
    let (code, out, _) = adcvd(&folder, &["explain", "in.csv", "--row", "2", "--as-of", "2026-11-22"]);
    assert_eq!(code, 0);
    assert!(!out.contains('\u{1b}') && out.contains("\\u{1b}"), "{out}");
}

/// Words of a command line, with double quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (place, part) in line.split('"').enumerate() {
        if place % 2 == 1 {
            words.push(part.to_string());
        } else {
            words.extend(part.split_whitespace().map(str::to_string));
        }
    }
    words
}

/// Every command of the README runs as it stands there.
#[test]
fn the_commands_of_the_readme_run() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap().replace("\\\n", " ");
    let folder = folder_with_samples();
    let mut ran = 0;
    for line in readme.lines() {
        let command = line.strip_prefix("cargo run --release -- ").or_else(|| line.strip_prefix("adcvd "));
        let Some(command) = command else { continue };
        // A remark stands behind three blanks or more.
        let command = command.split("   ").next().unwrap();
        let mut words = words(command);
        if words[0] != "cases" && words[0] != "exceptions" && !words.iter().any(|word| word == "--as-of") {
            words.extend(["--as-of".to_string(), "2026-11-22".to_string()]);
        }
        let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        let (code, out, message) = adcvd(&folder, &arguments);
        assert_eq!(code, 0, "{line}: {message}");
        assert!(!out.is_empty(), "{line} says nothing");
        ran += 1;
    }
    assert!(ran >= 8, "only {ran} commands were found");
}
