//! Overnight: folders of untrusted files, runs that are killed, two runs at once, schedulers that look at exit codes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What the program does in a folder.
pub(crate) fn adcvd(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_adcvd"))
        .current_dir(folder)
        .args(arguments)
        .args(["--as-of", "2026-11-22"])
        .output()
        .unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// An inbox with some sound files, one that kills a reader, and some that are no entry files.
fn inbox(folder: &Path, sound: usize) {
    let inbox = folder.join("inbox");
    fs::create_dir_all(&inbox).unwrap();
    for number in 0..sound {
        fs::copy(root().join("samples/first-run.csv"), inbox.join(format!("month-{number:02}.csv"))).unwrap();
    }
    fs::copy(
        root().join("tests/workbooks/workbooks/hostile/made-cfb-directory-loop.xls"),
        inbox.join("killer.xls"),
    )
    .unwrap();
    fs::write(inbox.join("~$month-00.csv"), "open elsewhere").unwrap();
    fs::write(inbox.join("read me.pdf"), "%PDF").unwrap();
}

/// The files of a folder. A process that was just killed may still end its last call, so a file may go meanwhile.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    entries
        .filter_map(|path| match fs::read(&path) {
            Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => None,
            read => Some((name(&path), read.unwrap())),
        })
        .collect()
}

#[test]
fn one_bad_file_of_a_folder_is_one_rejected_file() {
    let folder = tempfile::tempdir().unwrap();
    inbox(folder.path(), 3);
    let ran = adcvd(&["run", "inbox", "-o", "outbox"], folder.path());
    assert_eq!(code(&ran), 1, "{}", said(&ran));
    let told = "rejected input=inbox/killer.xls seconds=";
    assert!(said(&ran).contains(told) && said(&ran).contains("reason=\"the reader died"), "{}", said(&ran));
    let written = tree(&folder.path().join("outbox"));
    assert_eq!(written.len(), 3 * 5 + 1, "{:?}", written.keys());
    let summary: serde_json::Value = serde_json::from_slice(&written["adcvd.run.json"]).unwrap();
    let results: Vec<&str> =
        summary["files"].as_array().unwrap().iter().map(|file| file["result"].as_str().unwrap()).collect();
    assert_eq!(results, ["rejected", "done", "done", "done"]);
}

/// A run that is broken off after some files, and gone on with, gives the tree of one that was not.
#[test]
fn a_run_that_goes_on_gives_the_same_tree() {
    let folder = tempfile::tempdir().unwrap();
    inbox(folder.path(), 4);
    adcvd(&["run", "inbox", "-o", "whole"], folder.path());
    // As it looks when a run was killed: two files are done, one is half written, another lost an output.
    adcvd(
        &["run", "inbox/month-00.csv", "inbox/month-01.csv", "inbox/month-02.csv", "-o", "broken"],
        folder.path(),
    );
    let broken = folder.path().join("broken");
    fs::remove_file(broken.join("month-02.exceptions.xlsx")).unwrap();
    fs::write(broken.join(".adcvd-half.tmp"), "half").unwrap();
    let ran = adcvd(&["run", "inbox", "-o", "broken"], folder.path());
    assert_eq!(said(&ran).matches("unchanged since it was run").count(), 2, "{}", said(&ran));
    let (mut whole, mut gone_on) = (tree(&folder.path().join("whole")), tree(&broken));
    let results = |tree: &mut BTreeMap<String, Vec<u8>>| tree.remove("adcvd.run.json").unwrap();
    assert!(results(&mut whole) != results(&mut gone_on));
    assert_eq!(whole.keys().collect::<Vec<_>>(), gone_on.keys().collect::<Vec<_>>());
    assert!(whole == gone_on);
    // What was changed by hand is never taken for done, nor replaced.
    fs::write(broken.join("month-03.annotated.xlsx"), "mine").unwrap();
    let ran = adcvd(&["run", "inbox/month-03.csv", "-o", "broken"], folder.path());
    assert_eq!(code(&ran), 2, "{}", said(&ran));
    assert_eq!(fs::read(broken.join("month-03.annotated.xlsx")).unwrap(), b"mine");
}

#[test]
fn other_options_are_another_run() {
    let folder = tempfile::tempdir().unwrap();
    inbox(folder.path(), 1);
    let input = "inbox/month-00.csv";
    for (arguments, unchanged) in [
        (vec!["run", input], false),
        (vec!["run", input], true),
        (vec!["run", input, "--level", "6"], false),
        (vec!["run", input, "--format", "csv"], false),
        (vec!["run", input, "--format", "csv"], true),
        (vec!["run", input, "--format", "csv", "--force"], false),
    ] {
        let ran = adcvd(&arguments, folder.path());
        assert_eq!(said(&ran).contains("unchanged since"), unchanged, "{arguments:?}: {}", said(&ran));
    }
}

#[test]
fn a_scheduler_can_be_told_of_lines_without_a_figure() {
    let folder = tempfile::tempdir().unwrap();
    inbox(folder.path(), 1);
    let input = "inbox/month-00.csv";
    assert_eq!(code(&adcvd(&["run", input, "--fail-on", "no-figure"], folder.path())), 10);
    // The same from the manifest, where nothing has to be done.
    assert_eq!(code(&adcvd(&["run", input, "--fail-on", "review"], folder.path())), 10);
    assert_eq!(code(&adcvd(&["run", input], folder.path())), 0);
    let ran = adcvd(&["run", "inbox", "--json", "--force"], folder.path());
    let manifests: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(manifests[0]["result"], "rejected");
    assert_eq!(manifests[1]["totals"]["lines"], 14);
}

#[test]
fn a_second_run_says_who_holds_the_folder() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    inbox(folder.path(), 1);
    fs::create_dir(folder.path().join("out")).unwrap();
    let mut lock = fs::File::create(folder.path().join("out/.adcvd.lock")).unwrap();
    write!(lock, "process 4711").unwrap();
    lock.lock().unwrap();
    let ran = adcvd(&["run", "inbox/month-00.csv"], folder.path());
    assert_eq!(code(&ran), 2);
    assert!(said(&ran).contains("process 4711"), "{}", said(&ran));
    drop(lock);
    assert_eq!(code(&adcvd(&["run", "inbox/month-00.csv"], folder.path())), 0);
    assert!(!folder.path().join("out/.adcvd.lock").exists());
}

/// Told to stop in the middle of a large file: the exit code of the signal, nothing half written, and the next run goes
/// through.
#[cfg(unix)]
#[test]
fn told_to_stop_a_run_leaves_nothing_half_done() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "Entry Number,Line Number,Entry Date,HTSUS,Country of Origin,Entered Value\n".to_string();
    for line in 0..400_000 {
        text.push_str(&format!("E{line},1,2025-08-13,3801.10.5000,CN,{line}\n"));
    }
    fs::write(folder.path().join("large.csv"), text).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_adcvd"))
        .current_dir(folder.path())
        .args(["run", "large.csv", "--as-of", "2026-11-22", "--quiet"])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Until it writes.
    let out = folder.path().join("out");
    let writes = || {
        fs::read_dir(&out).is_ok_and(|entries| {
            entries.flatten().any(|entry| entry.file_name().to_string_lossy().ends_with(".tmp"))
        })
    };
    for _ in 0..500 {
        if writes() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(writes(), "nothing was begun");
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(143));
    assert_eq!(tree(&out).len(), 0, "{:?}", tree(&out).keys());
}

/// The same bytes at any number of threads, in any order of files, in any locale and time zone.
#[test]
fn the_same_bytes_however_it_is_run() {
    let folder = tempfile::tempdir().unwrap();
    let month = root().join("samples/monthly-entries.xlsx").to_string_lossy().into_owned();
    let first = root().join("samples/first-run.csv").to_string_lossy().into_owned();
    let run = |out: &str, threads: &str, inputs: [&str; 2], zone: &str| {
        let ran = Command::new(env!("CARGO_BIN_EXE_adcvd"))
            .current_dir(folder.path())
            .args(["run", inputs[0], inputs[1], "-o", out, "--threads", threads, "--quiet"])
            .args(["--as-of", "2026-11-22"])
            .env("TZ", zone)
            .env("LC_ALL", if threads == "2" { "de_DE.UTF-8" } else { "C" })
            .status()
            .unwrap();
        assert!(ran.success());
        let mut tree = tree(&folder.path().join(out));
        // The order of the files stands in the summary of the run.
        tree.remove("adcvd.run.json").unwrap();
        tree
    };
    let one = run("one", "1", [&month, &first], "UTC");
    // The month has CSV files of refunds, corrections and deadlines beside the usual four; the first run one of refunds.
    assert_eq!(one.len(), 12);
    assert!(run("two", "2", [&first, &month], "Asia/Tokyo") == one);
    assert!(run("eight", "8", [&month, &first], "America/New_York") == one);
}

/// Killed at any moment - the program and its worker at once - a run leaves no half file under a final name, and the next
/// run gives the tree of an undisturbed one. Slow: run in release.
#[cfg(unix)]
#[test]
#[ignore = "slow: two hundred runs"]
fn slow_a_run_that_is_killed_at_any_moment_leaves_no_half_file() {
    use std::os::unix::process::CommandExt;
    const MOMENTS: u64 = 200;
    let folder = tempfile::tempdir().unwrap();
    let inbox = folder.path().join("inbox");
    fs::create_dir(&inbox).unwrap();
    let line = |line: u32| {
        format!("E{line},1,2025-08-13,3801.10.5000,CN,Resonac Corporation,Resonac Corporation,{line}\n")
    };
    let lines: String = (1..=20_000).map(line).collect();
    let headings =
        "Entry Number,Line Number,Entry Date,HTSUS,Country of Origin,Exporter,Producer,Entered Value\n";
    for name in ["a.csv", "b.csv"] {
        fs::write(inbox.join(name), format!("{headings}{lines}")).unwrap();
    }
    let begun = std::time::Instant::now();
    assert_eq!(code(&adcvd(&["run", "inbox", "-o", "whole"], folder.path())), 0);
    let (took, whole) = (begun.elapsed().as_micros() as u64, tree(&folder.path().join("whole")));
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let mut broken_off = 0;
    for moment in 0..MOMENTS {
        let mut child = Command::new(env!("CARGO_BIN_EXE_adcvd"))
            .current_dir(folder.path())
            .args(["run", "inbox", "-o", "out", "--force", "--quiet", "--as-of", "2026-11-22"])
            .process_group(0)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Moments spread over the run by the golden ratio, so that no two are alike.
        let share = moment * 618_034 % 1_000_000;
        std::thread::sleep(std::time::Duration::from_micros(took * share / 1_000_000));
        let group = format!("-{}", child.id());
        Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status().unwrap();
        broken_off += u32::from(!child.wait().unwrap().success());
        for (name, bytes) in tree(&out).into_iter().filter(|(name, _)| !name.starts_with('.')) {
            assert!(whole.get(&name) == Some(&bytes), "{name} is not whole at moment {moment}");
        }
    }
    assert!(broken_off > 100, "only {broken_off} runs were broken off");
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert_eq!(code(&adcvd(&["run", "inbox", "-o", "out"], folder.path())), 0);
    let mut after = tree(&out);
    after.insert("adcvd.run.json".to_string(), whole["adcvd.run.json"].clone());
    assert!(after == whole, "{:?}", after.keys());
}

/// Killed while its outputs were put in place, a run leaves outputs without a manifest. The next run took them for
/// somebody's work and refused, every night.
#[test]
fn outputs_that_were_being_put_in_place_are_not_taken_for_foreign() {
    let folder = tempfile::tempdir().unwrap();
    let input = root().join("samples/first-run.csv").to_string_lossy().into_owned();
    let run = || adcvd(&["run", &input, "-o", "out"], folder.path());
    assert_eq!(code(&run()), 0);
    let out = folder.path().join("out");
    let whole = tree(&out);
    let placing = out.join(".adcvd-first-run.run.json.placing");
    let broken_off = || {
        let manifest = String::from_utf8(whole["first-run.run.json"].clone()).unwrap();
        fs::write(&placing, format!("[{manifest}]")).unwrap();
        let _ = fs::remove_file(out.join("first-run.run.json"));
    };
    broken_off();
    assert_eq!(code(&run()), 0);
    assert!(tree(&out) == whole, "{:?}", tree(&out).keys());
    // A file that was changed since stays somebody's work.
    broken_off();
    fs::write(out.join("first-run.exceptions.csv"), "mine").unwrap();
    assert_eq!(code(&run()), 2);
    assert_eq!(fs::read_to_string(out.join("first-run.exceptions.csv")).unwrap(), "mine");
}

/// A disk that is full: the exit code, a message with the path, and nothing under a final name. Needs a small file system,
/// which only some machines let a test make.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"]).arg(&disk).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        println!("skipped: no file system can be mounted here");
        return;
    }
    let month = root().join("samples/monthly-entries.xlsx").to_string_lossy().into_owned();
    let ran = adcvd(&["run", &month, "-o", "disk"], folder.path());
    let left = tree(&disk);
    let unmounted = Command::new("umount").arg(&disk).status().unwrap();
    assert!(unmounted.success());
    assert_eq!(code(&ran), 4, "{}", said(&ran));
    assert!(said(&ran).contains("disk/monthly-entries."), "{}", said(&ran));
    assert_eq!(left.len(), 0, "{:?}", left.keys());
}
