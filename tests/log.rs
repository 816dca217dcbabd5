//! What a run says as its files end: a line for each where nobody watches, a bar over all files where somebody does, and
//! nothing twice.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::unattended::adcvd;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Two sound files and one without the headings of an entry file.
fn inbox(folder: &Path) {
    fs::create_dir(folder.join("in box")).unwrap();
    for name in ["a.csv", "c.csv"] {
        fs::copy(root().join("samples/first-run.csv"), folder.join("in box").join(name)).unwrap();
    }
    fs::write(folder.join("in box/b.csv"), "Name,Telephone\nA,1\n").unwrap();
}

/// The lines of a log without their times and seconds, both of which are looked at: `2026-11-22T05:00:00+01:00`, `0.12`.
fn lines(log: &str) -> Vec<String> {
    let line = |line: &str| {
        let (time, rest) = line.split_once(' ').unwrap();
        let shape: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        assert_eq!(shape.replace('-', "+"), "0000+00+00T00:00:00+00:00", "{line}");
        let (before, seconds) = rest.split_once(" seconds=").unwrap();
        let (seconds, behind) = seconds.split_once(' ').unwrap_or((seconds, ""));
        assert!(seconds.split_once('.').is_some_and(|(_, after)| after.len() == 2), "{line}");
        format!("{before} {behind}").trim().to_string()
    };
    log.lines().map(line).collect()
}

#[test]
fn each_file_has_one_line_as_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    inbox(folder.path());
    let ran = adcvd(&["run", "in box", "--log", "run.log"], folder.path());
    assert_eq!(ran.status.code(), Some(1), "{ran:?}");
    let told = lines(&text(&ran.stderr));
    // 14 lines of the sample; its exceptions are counted in its manifest.
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("out/a.run.json")).unwrap()).unwrap();
    let counted = manifest["totals"]["exceptions"].as_object().unwrap().values();
    let exceptions: u64 = counted.map(|lines| lines.as_u64().unwrap()).sum();
    assert!(exceptions > 0);
    assert_eq!(told[0], format!("done input=\"in box/a.csv\" lines=14 exceptions={exceptions}"));
    assert!(told[1].starts_with("rejected input=\"in box/b.csv\" reason=\""), "{}", told[1]);
    assert_eq!(told[2], told[0].replace("a.csv", "c.csv"));
    assert_eq!(told.len(), 3);
    assert_eq!(fs::read(folder.path().join("run.log")).unwrap(), ran.stderr);
    // Why a file was rejected is said once, and no table says again what the lines said.
    let reason = told[1].split("reason=\"").nth(1).unwrap().split(';').next().unwrap().to_string();
    let all = text(&ran.stdout) + &text(&ran.stderr);
    assert!(reason.len() > 20, "{reason}");
    assert_eq!(all.matches(&reason).count(), 1, "{all}");
    assert!(!all.contains("result") && !all.contains('\u{1b}'), "{all}");
    // The next run appends, and leaves alone what is done; with --quiet only what went wrong is told, and all is logged.
    let ran = adcvd(&["run", "in box", "--log", "run.log", "--quiet"], folder.path());
    assert_eq!(text(&ran.stdout), "");
    let told = lines(&text(&ran.stderr));
    assert!(told.len() == 1 && told[0].starts_with("rejected"), "{told:?}");
    let logged = lines(&fs::read_to_string(folder.path().join("run.log")).unwrap());
    assert_eq!(logged.len(), 6);
    let skipped =
        format!("skipped input=\"in box/a.csv\" lines=14 exceptions={exceptions} reason=\"unchanged since");
    assert!(logged[3].starts_with(&skipped), "{}", logged[3]);
}

#[test]
fn json_stands_alone_on_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    inbox(folder.path());
    let ran = adcvd(&["run", "in box", "--json"], folder.path());
    let told: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(told[1]["result"], "rejected");
    assert_eq!(lines(&text(&ran.stderr)).len(), 3);
}

#[test]
fn a_log_that_cannot_be_kept_stops_the_run_before_it_begins() {
    let folder = tempfile::tempdir().unwrap();
    inbox(folder.path());
    fs::write(folder.path().join("mine.txt"), "Entries of August\n").unwrap();
    for (log, code, words) in [
        ("nowhere/run.log", 4, "cannot open the log nowhere/run.log"),
        (".", 4, "cannot open the log ."),
        ("in box/a.csv", 2, "is one of the inputs"),
        ("mine.txt", 2, "holds something else than lines of adcvd"),
    ] {
        let before = fs::read(folder.path().join("in box/a.csv")).unwrap();
        let ran = adcvd(&["run", "in box", "--log", log], folder.path());
        assert_eq!(ran.status.code(), Some(code), "{log}: {ran:?}");
        assert!(
            text(&ran.stderr).contains(words) && text(&ran.stderr).contains("nothing was done"),
            "{ran:?}"
        );
        assert!(!folder.path().join("out").exists(), "{log}");
        assert_eq!(fs::read(folder.path().join("in box/a.csv")).unwrap(), before);
    }
    assert_eq!(fs::read_to_string(folder.path().join("mine.txt")).unwrap(), "Entries of August\n");
}

/// On a terminal: one bar that counts the files of the run, the table at the end, and no lines of a log. The program
/// `script` of util-linux gives a terminal.
#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_one_bar_counts_the_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("inbox")).unwrap();
    let headings = "Entry Number,Line Number,Entry Date,HTSUS,Country of Origin,Entered Value\n";
    let line = |line: u32| format!("E{line},1,2025-08-13,3801.10.5000,CN,1000\n");
    let file = headings.to_string() + &(0..30_000).map(line).collect::<String>();
    for name in ["a.csv", "b.csv", "c.csv"] {
        fs::write(folder.path().join("inbox").join(name), &file).unwrap();
    }
    let on_a_terminal = |more: &str| {
        let command = format!("{} run inbox --as-of 2026-11-22 --force {more}", env!("CARGO_BIN_EXE_adcvd"));
        let ran = Command::new("script")
            .current_dir(folder.path())
            .env("TERM", "xterm")
            .args(["-qec", &format!("stty cols 200; {command}"), "/dev/null"])
            .output();
        ran.ok().map(|ran| text(&ran.stdout))
    };
    let Some(shown) = on_a_terminal("") else {
        println!("skipped: there is no program that gives a terminal");
        return;
    };
    for file in ["file 1 of 3, a.csv", "file 2 of 3, b.csv", "file 3 of 3, c.csv"] {
        assert!(shown.contains(file), "{shown}");
    }
    assert!(shown.contains("lines/s, ") && shown.contains(" left"), "{shown}");
    // Lines are those of the whole run: more than one file has.
    let most = shown.match_indices(" lines, ").map(|(at, _)| {
        let before = &shown[..at];
        let from = before.rfind(|c: char| !c.is_ascii_digit() && c != ',').map_or(0, |at| at + 1);
        before[from..].replace(',', "").parse::<u64>().unwrap_or(0)
    });
    assert!(most.max().unwrap() > 30_000, "{shown}");
    assert!(shown.contains("result") && shown.contains("done") && !shown.contains("seconds="), "{shown}");
    let quiet = on_a_terminal("--quiet").unwrap();
    assert!(!quiet.contains("file 1 of 3"), "{quiet}");
}

/// What the manifests of a run say is what `sha256sum` says of the files; the summary names every manifest.
#[cfg(unix)]
#[test]
fn manifests_match_sha256sum() {
    let folder = tempfile::tempdir().unwrap();
    inbox(folder.path());
    adcvd(&["run", "in box"], folder.path());
    let json =
        |path: PathBuf| -> serde_json::Value { serde_json::from_slice(&fs::read(path).unwrap()).unwrap() };
    let summary = json(folder.path().join("out/adcvd.run.json"));
    let mut sums = String::new();
    for file in summary["files"].as_array().unwrap().iter().filter(|file| file["result"] == "done") {
        let manifest = json(folder.path().join("out").join(file["manifest"].as_str().unwrap()));
        assert_eq!(manifest["casebook_sha256"], summary["casebook_sha256"]);
        assert_eq!(manifest["totals"]["lines"], file["lines"]);
        let listed = manifest["outputs"].as_array().unwrap().iter().map(|entry| (entry, "out"));
        for (entry, place) in listed.chain([(&manifest["input"], "in box")]) {
            let (sum, name) = (entry["sha256"].as_str().unwrap(), entry["name"].as_str().unwrap());
            sums.push_str(&format!("{sum}  {place}/{name}\n"));
        }
    }
    // Four outputs of each, one of them the CSV of refunds, and the input.
    assert_eq!(sums.lines().count(), 2 * 5, "{sums}");
    fs::write(folder.path().join("sums"), sums).unwrap();
    let checked = Command::new("sha256sum").current_dir(folder.path()).args(["-c", "sums"]).output();
    let Ok(checked) = checked else {
        println!("skipped: there is no sha256sum here");
        return;
    };
    assert!(checked.status.success(), "{checked:?}");
}
