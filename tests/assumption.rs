//! What if: everything that comes out of a run under an assumption says so, and faults of an assumption are all told.
//! What is computed under it stands in `tests/law/assumptions.csv`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use adcvd::casebook::load;
use adcvd::terms::PartyKey;
use assert_cmd::Command;
use calamine::{Data, Reader, Xlsx, open_workbook};

const MARK: &str = "HYPOTHETICAL";

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

fn adcvd(folder: &Path, arguments: &[&str]) -> (Output, String) {
    let output = Command::cargo_bin("adcvd").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output, said)
}

/// A folder with the shipped assumption and two lines of an entry of 2026-04-01.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(sample("assume-orders.toml"), folder.path().join("orders.toml")).unwrap();
    let lines = "Entry Number,Line Number,Entry Type,Entry Date,HTSUS,Country of Origin,Country of Export,Exporter,Producer,\
                 Entered Value,AD Case Number,CVD Case Number\n\
                 XYZ-1000201-9,1,03,2026-04-01,3801.10.5000,CN,DE,Tesla Manufacturing Brandenburg SE,\
                 \"BTR New Material Group Co., Ltd.\",100000,A-570-194,C-570-195\n\
                 XYZ-1000201-9,2,01,2026-04-01,9403.60.8081,CN,CN,,,5000,,\n";
    fs::write(folder.path().join("entries.csv"), lines).unwrap();
    folder
}

const RUN: [&str; 7] = ["run", "entries.csv", "--format", "csv", "--as-of", "2026-11-22", "-o"];

fn rows(path: &Path, sheet: &str) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let range = workbook.worksheet_range(sheet).unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

#[test]
fn every_output_says_that_it_is_hypothetical() {
    let folder = folder();
    let out = folder.path().join("out");
    let (output, said) = adcvd(folder.path(), &[&RUN[..], &["out", "--assume", "orders.toml"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.starts_with(MARK), "{said}");
    // 93.50 and 66.82 percent of 100,000, where without the assumption nothing is due.
    let by_case = |case: &str| said.lines().find(|line| line.trim().starts_with(case)).unwrap().to_string();
    assert_eq!(
        by_case("A-570-194").split_whitespace().skip(1).collect::<Vec<_>>(),
        ["$0.00", "$93,500.00", "$0.00", "$93,500.00"]
    );
    assert_eq!(
        by_case("C-570-195").split_whitespace().skip(1).collect::<Vec<_>>(),
        ["$0.00", "$66,820.00", "$0.00", "$66,820.00"]
    );

    let annotated = fs::read_to_string(out.join("entries.hypothetical.annotated.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(annotated.trim_start_matches('\u{feff}').as_bytes());
    let headings: Vec<String> = reader.headers().unwrap().iter().map(str::to_string).collect();
    assert!(headings[12..].iter().all(|heading| heading.starts_with(MARK)), "{headings:?}");
    let place =
        |name: &str| headings.iter().position(|heading| *heading == format!("{MARK} {name}")).unwrap();
    let lines: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    // Also the line that no case lists, and that the assumption leaves as it is.
    assert!(lines.iter().all(|line| line[place("Reason")].starts_with(MARK)));
    assert_eq!(&lines[0][place("Standing")], "AD order (HYPOTHETICAL); CVD order (HYPOTHETICAL)");
    assert!(lines[0][place("Source")].split("; ").all(|source| source.starts_with(MARK)));

    let exceptions = fs::read_to_string(out.join("entries.hypothetical.exceptions.csv")).unwrap();
    let first = exceptions.lines().next().unwrap();
    assert!(
        first.trim_start_matches('\u{feff}').split(',').all(|heading| heading.starts_with(MARK)),
        "{first}"
    );
    let manifest = fs::read_to_string(out.join("entries.hypothetical.run.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest[MARK]["file"]["name"], "orders.toml");

    let report = out.join("entries.hypothetical.exceptions.xlsx");
    let workbook: Xlsx<_> = open_workbook(&report).unwrap();
    for sheet in workbook.sheet_names() {
        let first = &rows(&report, &sheet)[0];
        assert!(first.iter().any(|cell| cell.starts_with(MARK)), "{sheet}: {first:?}");
    }
    let summary = rows(&report, "Summary");
    let case = summary.iter().find(|row| row[0] == "A-570-194").unwrap();
    assert_eq!(case[1..8], ["1", "1", "0", "93500", "0", "93500", "93500"]);
}

#[test]
fn a_workbook_says_it_too_and_stands_beside_the_real_one() {
    let folder = tempfile::tempdir().unwrap();
    for (name, more) in [("real", None), ("assumed", Some(sample("assume-orders.toml")))] {
        let input = sample("first-run.csv");
        let mut arguments = vec!["run", input.to_str().unwrap(), "--as-of", "2026-11-22", "-o", "out"];
        if let Some(path) = &more {
            arguments.extend(["--assume", path.to_str().unwrap()]);
        }
        let (output, said) = adcvd(folder.path(), &arguments);
        assert!(output.status.success(), "{name}");
        assert_eq!(said.contains(MARK), more.is_some(), "{name}: {said}");
    }
    let out = folder.path().join("out");
    let mut names: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    // Of both the usual four; what comes back of the real one, and what is to correct and when under the assumption.
    assert_eq!(names.len(), 11, "{names:?}");
    let first = |name: &str| {
        let mut workbook: Xlsx<_> = open_workbook(out.join(name)).unwrap();
        let sheet = workbook.sheet_names()[0].clone();
        let range = workbook.worksheet_range(&sheet).unwrap();
        range.rows().next().unwrap().iter().map(Data::to_string).collect::<Vec<String>>()
    };
    let (real, assumed) = (first("first-run.annotated.xlsx"), first("first-run.hypothetical.annotated.xlsx"));
    assert!(real.iter().all(|heading| !heading.contains(MARK)));
    let ours = real.iter().position(|heading| heading == "Action").unwrap();
    assert_eq!(real[..ours], assumed[..ours]);
    assert!(assumed[ours..].iter().all(|heading| heading.starts_with(MARK)), "{assumed:?}");
}

#[test]
fn everything_that_is_asked_of_the_law_says_it() {
    let folder = folder();
    for arguments in [
        &["explain", "entries.csv", "--row", "2", "--as-of", "2026-11-22"][..],
        &["rates", "A-570-194", "--on", "2026-04-01", "--as-of", "2026-11-22"],
        &["parties", "Resonac Corporation", "--as-of", "2026-11-22"],
        &["cases", "show", "A-570-194"],
        &["cases", "list"],
        &["check", "entries.csv", "--as-of", "2026-11-22"],
    ] {
        let (output, said) = adcvd(folder.path(), &[arguments, &["--assume", "orders.toml"]].concat());
        assert!(output.status.success(), "{arguments:?}");
        assert!(said.starts_with("HYPOTHETICAL: AD and CVD orders published 2026-03-20"), "{said}");
        if arguments[0] == "explain" {
            assert!(said.contains("\nWithout the assumption: $0.00 at entry, $0.00 restated\n"), "{said}");
        }
        let (_, said) = adcvd(folder.path(), arguments);
        assert!(!said.contains(MARK), "{arguments:?}: {said}");
    }
}

/// A company that no source of the finals names: no figure, and 102.72 percent of 100,000 at stake.
#[test]
fn what_no_source_has_is_at_stake_and_not_guessed() {
    let folder = folder();
    let line = "explain --hts 3801.10.5000 --origin CN --entry-date 2026-04-01 --value 100000 --exporter Moonstone \
                --producer Lantern --ad-case A-570-194 --as-of 2026-11-22 --assume orders.toml";
    let (_, said) = adcvd(folder.path(), &line.split_whitespace().collect::<Vec<_>>());
    assert!(said.contains("The facts given: NO FIGURE"), "{said}");
    let partial = said.split("RT05 AD Stop").nth(1).expect("RT05 is told");
    let stake = partial.lines().find(|line| line.contains("at stake")).unwrap();
    assert_eq!(stake.trim(), "at stake $102,720.00");
}

#[test]
fn a_run_of_a_folder_says_it_in_its_summary() {
    let folder = folder();
    let inbox = folder.path().join("in");
    fs::create_dir(&inbox).unwrap();
    fs::rename(folder.path().join("entries.csv"), inbox.join("entries.csv")).unwrap();
    for more in [&["--assume", "orders.toml"][..], &[]] {
        let (output, _) = adcvd(folder.path(), &[&["run", "in", "--as-of", "2026-11-22"], more].concat());
        assert!(output.status.success());
    }
    let summary = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    assert!(
        summary("adcvd.hypothetical.run.json")
            .contains("\"HYPOTHETICAL\": \"HYPOTHETICAL: AD and CVD orders")
    );
    assert!(!summary("adcvd.run.json").contains(MARK));
}

#[test]
fn an_input_is_done_again_where_something_else_is_assumed() {
    let folder = folder();
    let again = || {
        let (output, said) = adcvd(folder.path(), &[&RUN[..], &["out", "--assume", "orders.toml"]].concat());
        let logged = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{logged}");
        said + &logged
    };
    assert!(!again().contains("unchanged since"));
    assert!(again().contains("unchanged since"));
    let path = folder.path().join("orders.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"93.50\"", "\"90.00\"")).unwrap();
    let said = again();
    // 90.00 percent of 100,000.
    assert!(!said.contains("unchanged since") && said.contains("$90,000.00"), "{said}");
}

#[test]
fn every_fault_of_an_assumption_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.toml");
    let faults = |text: &str| {
        fs::write(&path, text).unwrap();
        let error = load::load_assuming(&[], &path).expect_err("an assumption that is refused").to_string();
        error.replace(&path.display().to_string(), "bad.toml")
    };
    let told = faults(
        r#"rate = [
    { case = "A-570-194", role = "everyone", from = 2026-03-20, kind = "percent", deposit = 93.50, notice = "order" },
    { case = "A-570-194", role = "everyone", from = 2026-03-20, kind = "percents", deposit = "93.505.1", notice = "order" },
    { case = "A-570-194", role = "everyone", form = 2026-03-20, kind = "percent", deposit = "93.50", notice = "order" },
]
[assume]
case = "A-570-194"
says = "what is faulty"
[[hint]]
hts = "3801.10.5000"
"#,
    );
    assert_eq!(
        told,
        "bad.toml:2:93 CF01 `deposit` is written in quotes, such as \"93.50\"\n\
         bad.toml:3:72 CF01 `kind` is \"percents\"; expected percent, unit, both or excluded\n\
         bad.toml:3:94 CF01 `deposit` is \"93.505.1\"; expected a rate in percent such as 93.50\n\
         bad.toml:4:46 CF01 unknown key `form`; expected case, role, exporter, producer, from, through, kind, margin, \
         deposit, unit_rate, unit, notice, trust, disputed, note\n\
         bad.toml:9:1 CF01 [[hint]] is no table of an assumption\n\
         5 fault(s); an assumption with a fault is not used"
    );
    let told = faults(
        r#"[assume]
case = "A-570-194"
says = "what is faulty"
replaces = ["itc-vote", "no-such-notice"]
[[notice]]
id = "order"
cases = ["A-570-194"]
kind = "order"
table = "whole"
published = 2026-12-31
effective = 2026-12-31
citation = "an order"
trust = "official"
says = "An order."
[[standing]]
case = "A-570-194"
state = "order"
from = 2026-12-31
notice = "ad-final"
"#,
    );
    assert_eq!(
        told,
        "bad.toml:1:1 CF04 `replaces` names \"no-such-notice\", and no [[notice]] of the order family has that id\n\
         bad.toml:5:1 CF10 the whole table \"order\" has no row for everyone else of A-570-194 from its first day; \
         add it, or call the table partial\n\
         bad.toml:15:1 CF04 the row rests on \"ad-final\", a notice that was published; give what is assumed a [[notice]] \
         of its own\n\
         3 fault(s); an assumption with a fault is not used"
    );
    // With the row that is missing, in the other way to write it, and the standing on its own notice it is sound.
    let sound =
        fs::read_to_string(&path).unwrap().replace(", \"no-such-notice\"", "").replace("ad-final", "order")
            + "[[rate]]\ncase = \"A-570-194\"\nrole = \"everyone\"\nfrom = 2026-12-31\nkind = \"percent\"\n\
           deposit = \"1.00\"\nnotice = \"order\"\n";
    fs::write(&path, sound).unwrap();
    let casebook = load::load_assuming(&[], &path).unwrap();
    assert_eq!(casebook.families()[0].notices.last().unwrap().citation, "HYPOTHETICAL: an order");
    let told = faults("[assume]\ncase = \"A-999-101\"\nsays = \"an order\"\nreplaces = [\"x\"]\n");
    assert!(told.starts_with("bad.toml:1:1 CF05 A-999-101 is in no case folder of this run"), "{told}");
    let told = faults("[assume]\ncase = \"A-570-194\"\nsays = \"nothing\"\n");
    assert!(told.starts_with("bad.toml:1:1 CF01 nothing is assumed"), "{told}");
    let told = faults("says = \"no head\"\n");
    assert!(told.contains("the table [assume] is missing"), "{told}");
}

/// A case that is assumed to be alive although it ended: the end that is not replaced is told.
#[test]
fn an_end_that_is_not_replaced_is_told() {
    let text = fs::read_to_string(sample("assume-orders.toml")).unwrap();
    let folder = folder();
    let told = |text: &str| {
        fs::write(folder.path().join("orders.toml"), text).unwrap();
        let casebook = load::load_assuming(&[], &folder.path().join("orders.toml")).unwrap();
        casebook.assumed().unwrap().notes.len()
    };
    assert_eq!(told(&text), 0);
    assert_eq!(told(&text.replace("replaces = [\"itc-vote\", \"itc-final\"]", "")), 2);
}

/// What a person decides of a name in a hypothetical report holds in the next real run.
#[test]
fn an_assumption_does_not_expire_decisions_on_names() {
    let assumed = load::load_assuming(&[], &sample("assume-orders.toml")).unwrap();
    let real = load::load(&[]).unwrap();
    assert_eq!(assumed.sha256(), real.sha256());
    for (ix, party) in real.families()[0].parties.iter().enumerate() {
        let key = PartyKey::of(&party.names[0]).unwrap();
        assert_eq!(assumed.families()[0].party_by_key(&key), Some(ix));
        assert_eq!(assumed.fingerprint(&[(0, ix)]), real.fingerprint(&[(0, ix)]), "{}", party.names[0]);
    }
}
