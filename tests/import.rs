//! Drafts from pasted texts. Each folder of `tests/import` has a text (`message.txt`) and, worked by hand from it, the rows
//! that must be drafted (`expected-rates.csv`, `expected-suffixes.csv`) and all that must be listed as not understood
//! (`expected-open.csv`). Goods, numbers and companies are invented but for `third-countries`, which has the facts of CBP
//! message 9249306; the shapes are those of messages 5204403, 5120401, 5150406, 4327415 and 5204404, of the fact sheet of
//! 2025-07-17 and of the CATAIR case query. Where `ADCVD_SOURCES` names the folder of the texts themselves, they are read
//! too.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use adcvd::casebook::draft::{self, Draft, TEXT_BYTES_MAX, draft};
use adcvd::casebook::load::{self, Folder};
use adcvd::terms::CaseNumber;
use assert_cmd::Command;
use proptest::prelude::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import")
}

fn names() -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn text(name: &str) -> String {
    fs::read_to_string(folder().join(name).join("message.txt")).unwrap()
}

fn read(name: &str) -> Draft {
    draft(&text(name)).unwrap()
}

/// Rows of a table of the draft as its file has them, by columns; fields that it does not have are empty.
fn rows(draft: &Draft, table: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let file: toml::Table = toml::from_str(&draft::toml(draft, "")).unwrap();
    let rows = file.get(table).and_then(|rows| rows.as_array()).cloned().unwrap_or_default();
    let field = |row: &toml::Value, column: &str| {
        let text = row.get(column).and_then(|value| value.as_str()).unwrap_or_default();
        // The name of a table without a citation comes from its text.
        if text.starts_with("rate-table-") { "rate-table-*".to_string() } else { text.to_string() }
    };
    rows.iter().map(|row| columns.iter().map(|column| field(row, column)).collect()).collect()
}

fn expected(name: &str, file: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(folder().join(name).join(file)).unwrap();
    let columns = reader.headers().unwrap().iter().map(str::to_string).collect();
    let fields = |record: csv::StringRecord| record.iter().map(str::to_string).collect();
    (columns, reader.records().map(|record| fields(record.unwrap())).collect())
}

#[test]
fn every_text_drafts_the_rows_and_lists_the_rest() {
    let mut faults = Vec::new();
    for name in names() {
        let draft = read(&name);
        for (table, file) in [("rate", "expected-rates.csv"), ("suffix", "expected-suffixes.csv")] {
            let (columns, wanted) = expected(&name, file);
            let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
            let got = rows(&draft, table, &columns);
            if got != wanted {
                faults.push(format!("{name}, {table}\n  wanted {wanted:#?}\n  got {got:#?}"));
            }
        }
        let open: Vec<Vec<String>> = draft
            .open
            .iter()
            .map(|open| vec![open.line.to_string(), open.text.clone(), open.why.clone()])
            .collect();
        let (_, wanted) = expected(&name, "expected-open.csv");
        if open != wanted {
            faults.push(format!("{name}, open\n  wanted {wanted:#?}\n  got {open:#?}"));
        }
    }
    assert!(names().len() >= 12);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// By hand from the texts: what kind of act, from when, what its table does, what it corrects.
#[test]
fn notices_say_what_the_text_decides_and_no_more() {
    let columns = ["id", "kind", "table", "citation", "message", "corrects"];
    let notices = |name: &str| {
        let rows = rows(&read(name), "notice", &columns);
        rows.into_iter().map(|row| row.join("|")).collect::<Vec<_>>()
    };
    assert_eq!(
        notices("correction-third-country"),
        [
            "fr-94-28994|amended preliminary determination|whole|94 FR 28994||",
            "cbp-9204403|CBP message|whole|CBP message 9204403|9204403|CBP message 9192404 of 2029-07-11, paragraph 4",
        ]
    );
    assert_eq!(notices("final-with-exclusion")[0], "fr-94-17376|final determination|whole|94 FR 17376||");
    // A part could not be read: who is not in the table may be in that part.
    assert_eq!(notices("garbled")[0], "fr-94-28994|amended preliminary determination|partial|94 FR 28994||");
    assert_eq!(notices("per-kilogram")[0], "fr-93-70163|administrative review|partial|93 FR 70163||");
    // No rate for everyone else: whether the others stand is not said, and a person is asked.
    let asked = read("third-countries");
    assert_eq!(notices("third-countries")[1], "cbp-9249306|CBP message||CBP message 9249306|9249306|");
    assert!(asked.questions.iter().any(|question| question.contains("\"whole\", \"amends\" or \"partial\"")));
    let days = |name: &str| {
        let file = draft::toml(&read(name), "");
        file.lines()
            .filter(|line| line.starts_with("published") || line.starts_with("# published ="))
            .map(str::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(days("correction-third-country"), ["published = 2029-07-02", "published = 2029-07-23"]);
    // The day of the year in the number: the 204th of 2029.
    assert_eq!(days("offset-ends"), ["published = 2029-05-06", "published = 2029-07-23"]);
    assert!(days("table-viewer")[0].contains("the text does not say"));

    let ended = rows(&read("itc-negative"), "standing", &["case", "state", "notice", "interest_source"]);
    assert_eq!(ended, [["C-999-102", "terminated", "fr-93-92720", "CBP message 8327415"]]);
    let third =
        rows(&read("third-countries"), "case", &["number", "third_country_of", "origin", "everyone_else"]);
    assert_eq!(
        third[1..],
        [
            ["C-122-989", "C-570-980", "CA", "all-others"],
            ["C-451-989", "C-570-980", "LT", "all-others"],
            ["C-557-989", "C-570-980", "MY", "all-others"],
        ]
    );
    let hints = rows(&read("case-query"), "hint", &["hts"]);
    assert_eq!(hints, [["7700.11.1000"]]);
}

#[test]
fn two_rates_for_one_company_are_no_rate() {
    let twice = text("correction-third-country").replace(
        "Third Country: Japan",
        "Producer and/or Exporter: Beta Knitted Widg\nCase number: C-999-102-002\nCash deposit rate: 72.03 percent\nThird Country: Japan",
    );
    let draft = draft(&twice).unwrap();
    let of_beta = draft.rates.iter().filter(|rate| rate.exporter == "Beta Knitted Widg");
    assert_eq!(of_beta.map(|rate| rate.case.unwrap().to_string()).collect::<Vec<_>>(), ["C-998-102"]);
    assert_eq!(draft.open.iter().filter(|open| open.why.contains("two rates")).count(), 6);
}

#[test]
fn what_cannot_be_one_message_is_refused() {
    let two = format!("{}\n{}", text("itc-negative"), text("offset-ends"));
    assert!(draft(&two).unwrap_err().contains("the text holds 2 messages (they begin at lines 2, 8)"));
    assert!(draft(" \n \u{a0}\n").unwrap_err().contains("empty"));
    assert!(draft(&"x".repeat(TEXT_BYTES_MAX + 1)).unwrap_err().contains("at most"));
    assert!(draft("Nothing of this is known.\n").unwrap().is_empty());
}

fn adcvd(place: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("adcvd").unwrap().current_dir(place).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

#[test]
fn one_text_in_many_writings_drafts_the_same() {
    let place = tempfile::tempdir().unwrap();
    // Chinese among the names, so that GB18030 can be told from its letters.
    let plain =
        text("correction-third-country").replace("Beta Knitted Widg", "贝塔小部件新材料集团股份有限公司");
    let wide: Vec<u8> = format!("\u{feff}{plain}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (gb, ..) = encoding_rs::GB18030.encode(&plain);
    let writings = [
        plain.clone().into_bytes(),
        format!("\u{feff}{}", plain.replace('\n', "\r\n")).into_bytes(),
        plain.replace('\n', "\r").into_bytes(),
        plain.replace(' ', "\u{a0}").into_bytes(),
        wide,
        gb.into_owned(),
    ];
    let mut drafts = BTreeSet::new();
    for (ix, bytes) in writings.iter().enumerate() {
        let name = format!("{ix}.txt");
        fs::write(place.path().join(&name), bytes).unwrap();
        let (code, said, told) = adcvd(place.path(), &["cases", "import", &name]);
        assert_eq!(code, 0, "{ix}: {told}");
        drafts.insert(
            said.lines().filter(|line| !line.starts_with("text_sha256")).collect::<Vec<_>>().join("\n"),
        );
    }
    assert_eq!(drafts.len(), 1, "{drafts:#?}");
}

const LADDER_AND_STANDING: &str = r#"
[[standing]]
case = "C-570-980"
state = "order"
from = 2019-08-28
notice = "fr-84-45125"

[[ladder]]
case = "C-570-980"
from = 2019-08-28
notice = "fr-84-45125"
rungs = ["either", "everyone"]
authority = "CBP message 9249306"

[[scope]]
cases = ["C-570-980", "C-122-989", "C-451-989", "C-557-989"]
from = 2019-08-28
notice = "fr-84-45125"

[[hint]]
hts = "8541.40.6020"
says = "modules"
notice = "fr-84-45125"
"#;

fn replaced(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{} has no {from:?}:\n{text}", path.display());
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// A case folder begun from a message that no built-in folder has: refused while it has gaps and while nobody has checked
/// the draft; then 11.81 percent of 100,000 is 11,810.00 (tests/law, SHP-SOL3-1).
#[test]
fn a_folder_begun_from_a_message_computes_once_a_person_has_checked_it() {
    let place = tempfile::tempdir().unwrap();
    let at = place.path();
    fs::write(at.join("message.txt"), text("third-countries")).unwrap();
    let (code, said, _) = adcvd(at, &["cases", "import", "message.txt", "--into", "solar"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("18 lines, 18 of them used"), "{said}");
    assert_eq!(
        fs::read(at.join("solar/GUIDE.md")).unwrap(),
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/case/GUIDE.md")).unwrap()
    );
    let asked = [
        "explain",
        "--cases",
        "solar",
        "--as-of",
        "2019-09-10",
        "--hts",
        "8541.40.6020",
        "--origin",
        "CA",
        "--ad-cvd-origin",
        "CN",
        "--export-country",
        "CA",
        "--entry-date",
        "2019-09-10",
        "--entry-type",
        "03",
        "--value",
        "100000",
        "--exporter",
        "Module Works Ltd",
        "--producer",
        "JA Solar Technology Yangzhou Co., Ltd.",
        "--cvd-case",
        "C-122-989",
    ];
    let (code, _, told) = adcvd(at, &["cases", "check", "solar"]);
    assert!(code == 3 && told.contains("case.toml:11:1 CF11 C-570-980 needs a [[standing]]"), "{told}");
    assert!(
        told.contains(
            "solar/drafts/cbp-9249306.toml (CBP message 9249306) is a draft that nobody has checked"
        ),
        "{told}"
    );

    // The gaps of the guide are filled; the draft is not checked yet.
    let case = at.join("solar/case.toml");
    fs::write(&case, fs::read_to_string(&case).unwrap() + LADDER_AND_STANDING).unwrap();
    let (code, _, told) = adcvd(at, &asked);
    assert!(code == 3 && told.contains("CF04 no [[notice]] has the id \"fr-84-45125\""), "{told}");

    // Checked, but a question is not answered.
    let file = at.join("solar/drafts/cbp-9249306.toml");
    replaced(&file, "checked_by = \"\"", "checked_by = \"R. Lopez, 2019-09-09\"");
    let (code, _, told) = adcvd(at, &asked);
    assert!(code == 3 && told.contains("drafts/cbp-9249306.toml:") && told.contains("CF10"), "{told}");
    replaced(&file, "# table =     <- the text does not say: fill it in", "table = \"partial\"");
    let (code, said, told) = adcvd(at, &asked);
    assert_eq!((code, told.as_str()), (0, ""));
    assert!(said.contains("entered value 100000 x 11.81 / 100 = $11,810.00"), "{said}");
    assert!(said.contains("rate       11.81% from CBP message 9249306"), "{said}");

    // No fault, and told: the scope has no product words, and the questions of the draft still stand in it.
    let (code, said, _) = adcvd(at, &["cases", "check", "solar"]);
    let open = [
        "no fault\n  open: C-570-980 has no [[scope.product]]: every line that does not declare it has no figure, unless it \
         fails a test (SC11)\n",
        "  open: C-570-980 has no rate table that is `whole` or `partial`: no line under that number has a figure while deposits \
         are due (RT05)\n",
        "  open: drafts/cbp-9249306.toml is checked, and 1 question and 0 lines not understood still stand in it",
    ];
    assert!(code == 0 && open.iter().all(|line| said.contains(line)), "{said}");

    // A name alone is no check.
    replaced(&file, "R. Lopez, 2019-09-09", "R. Lopez");
    let (code, _, told) = adcvd(at, &asked);
    assert!(code == 3 && told.contains("expected a name and a day"), "{told}");
}

/// A message of which only side lines are not understood: its table is partial, a person may say that it is whole, and its
/// rule for foreign exporters stands in the ladder to be written.
#[test]
fn a_table_is_partial_for_side_lines_until_a_person_has_looked_at_them() {
    let place = tempfile::tempdir().unwrap();
    let at = place.path();
    fs::write(at.join("message.txt"), WITH_SIDE_LINES).unwrap();
    let (code, said, _) = adcvd(at, &["cases", "import", "message.txt", "--into", "racks"]);
    let question = "The table of 94 FR 28994 is \"partial\", for lines 6, 16 of the text were not understood: a company that \
                    is not in it has no figure (RT05). Look at them: if none of them is a part of the table, write table = \
                    \"whole\".";
    assert!(code == 10 && said.contains(question), "{said}");
    let file = at.join("racks/drafts/cbp-9204403.toml");
    assert!(fs::read_to_string(&file).unwrap().contains("table = \"partial\""));

    // The gaps as the skeleton has them, but for scope and tariff numbers.
    let case = at.join("racks/case.toml");
    let begun = fs::read_to_string(&case).unwrap();
    assert!(begun.contains("these rows are refused (CF04) until the draft is checked"), "{begun}");
    let (head, skeleton) = begun.split_once("# [[standing]]").unwrap();
    let (skeleton, _) = skeleton.split_once("\n# GAP").unwrap();
    let rows = skeleton.replace("\n# ", "\n").replace("\n#\n", "\n\n");
    assert!(rows.contains("\nforeign_exporter = \"supplier\"\n"), "{rows}");
    fs::write(&case, format!("{head}[[standing]]{rows}")).unwrap();
    let (code, _, told) = adcvd(at, &["cases", "check", "racks"]);
    assert!(code == 3 && told.contains("CF04"), "{told}");
    replaced(&file, "checked_by = \"\"", "checked_by = \"R. Lopez, 2029-08-01\"");
    let (code, said, told) = adcvd(at, &["cases", "check", "racks"]);
    let open = [
        "racks: 1 case, 2 notices, 2 rates, 2 parties; no fault\n",
        "  open: A-999-101 has no [[scope]]: every line that does not declare it has no figure (SC11)\n",
        "  open: the folder has no [[hint]]: a line that declares none of its cases is NOT TESTED\n",
        "  open: drafts/cbp-9204403.toml is checked, and 3 questions and 2 lines not understood still stand in it",
    ];
    assert!(code == 0 && open.iter().all(|line| said.contains(line)), "{said}{told}");

    // A company that the list does not name: none of its part at hand, all of it, everyone else's 93 percent of 10,000.
    let asked = "explain --cases racks --as-of 2029-09-01 --hts 7700.11.1000 --origin CN --entry-date 2029-08-10 --entry-type 03 \
                 --value 10000 --exporter Gamma --producer Gamma --product widget --ad-case A-999-101";
    let asked: Vec<&str> = asked.split_whitespace().collect();
    let (_, said, _) = adcvd(at, &asked);
    let partial =
        "found \"94 FR 28994\", expected the whole rate table of this notice; a part of it is at hand";
    assert!(said.contains("RT05") && said.contains(partial) && !said.contains("EN01"), "{said}");
    replaced(&file, "table = \"partial\"", "table = \"whole\"");
    let (_, said, _) = adcvd(at, &asked);
    assert!(said.contains("entered value 10000 x 93.00 / 100 = $9,300.00"), "{said}");
}

const WITH_SIDE_LINES: &str = "Message No: 9204403
Effective Date: Jul 02, 2029
Cite as: 94 FR 28994
Cite date: Jul 02, 2029
1. On 07/02/2029, Commerce published in the Federal Register (94 FR 28994) its preliminary determination in the \
                               antidumping duty investigation of invented widgets from China (A-999-101).
2. The moon is made of widgets.
3. For shipments entered, or withdrawn from warehouse, for consumption on or after 07/02/2029, CBP shall require a cash \
                               deposit equal to the rates listed below:
Producer: Beta Widget Co., Ltd.
Exporter: Alpha Widget Co., Ltd.
Case number: A-999-101-001
Cash deposit rate: 13.00 percent
China-wide entity
Case Number: A-999-101-000
Cash Deposit Rate: 93.00 percent
4. For exporters of widgets which have not received their own rate, the rate is that of the Chinese combination that \
                               supplied them.
5. Nor is the sun made of widgets.
";

const ADDED: &str = "Message No: 5290401
Effective Date: Oct 01, 2025
Cite as: 90 FR 42000
Cite date: Oct 01, 2025
1. On 10/01/2025, Commerce published in the Federal Register (90 FR 42000) its amended preliminary determination in the \
                     countervailing duty investigation of invented widgets from China (C-999-102).
2. For shipments entered, or withdrawn from warehouse, for consumption on or after 10/01/2025, CBP shall require a cash \
                     deposit equal to the rates listed below:
All Others
Case Number: C-999-102-000
Cash Deposit Rate: 14.00 percent
Producer and/or Exporter: Alpha Widget Co., Ltd.
Case number: C-999-102-001
Cash deposit rate: 13.00 percent
";

/// The widgets of `cases new`, and a message that comes later: beside the law until it is checked, and every command says
/// so.
#[test]
fn a_draft_beside_the_law_changes_nothing_until_it_is_checked() {
    let place = tempfile::tempdir().unwrap();
    let at = place.path();
    adcvd(at, &["cases", "new", "widgets"]);
    fs::write(at.join("message.txt"), ADDED).unwrap();
    let files = ["case.toml", "rates.csv", "suffixes.csv"].map(|name| at.join("widgets").join(name));
    let before = files.clone().map(|path| fs::read(path).unwrap());
    let rates = ["rates", "C-999-102", "--on", "2025-10-20", "--as-of", "2025-10-20", "--cases", "widgets"];
    let (_, plain, told) = adcvd(at, &rates);
    assert_eq!(told, "");

    let (code, said, _) = adcvd(at, &["cases", "import", "message.txt", "--into", "widgets"]);
    assert!(
        code == 0 && said.contains("In the folder already: 0 notices, 0 rates, 0 suffixes, 1 case"),
        "{said}"
    );
    assert_eq!(files.clone().map(|path| fs::read(path).unwrap()), before);
    let draft = "widgets/drafts/cbp-5290401.toml (CBP message 5290401) is a draft that nobody has checked: 2 notices, 2 rates \
                 and 2 suffixes of it are not used, and law may be missing";
    let (code, said, told) = adcvd(at, &rates);
    assert!(code == 0 && said == plain && told.contains(draft), "{said}{told}");
    for command in
        [&["cases", "list", "--cases", "widgets"][..], &["cases", "show", "C-999-102", "--cases", "widgets"]]
    {
        let (_, said, _) = adcvd(at, command);
        assert!(said.contains("drafts/cbp-5290401.toml (CBP message 5290401) is a draft"), "{said}");
    }
    let (code, said, _) = adcvd(at, &["cases", "check", "widgets"]);
    assert!(code == 0 && said.contains(draft) && said.contains("no fault"), "{said}");
    assert!(
        said.contains("open in it: 0 questions, 0 lines not understood") && !said.contains("as it stands"),
        "{said}"
    );
    let run = ["run", "widgets/examples.csv", "--cases", "widgets", "--as-of", "2026-06-30", "-o", "out"];
    let (code, _, told) = adcvd(at, &run);
    assert!(code == 0 && told.contains(draft), "{told}");
    let manifest = fs::read_to_string(at.join("out/examples.run.json")).unwrap();
    assert!(manifest.contains("unapproved_drafts") && manifest.contains("cbp-5290401"), "{manifest}");

    // What would be wrong with it is told before somebody sets `checked_by`.
    let file = at.join("widgets/drafts/cbp-5290401.toml");
    replaced(&file, "table = \"whole\"\n", "");
    let (code, said, _) = adcvd(at, &["cases", "check", "widgets"]);
    let told = "approved as it stands: drafts/cbp-5290401.toml:16:1 CF10 \"fr-90-42000\": a rate table needs `table`";
    assert!(code == 0 && said.contains(told), "{said}");
    replaced(&file, "published = 2025-10-01", "table = \"whole\"\npublished = 2025-10-01");

    // The same text again, another text of the same number, a message about something else.
    let (code, said, _) = adcvd(at, &["cases", "import", "message.txt", "--into", "widgets"]);
    assert!(code == 0 && said.contains("is there already"), "{said}");
    fs::write(at.join("other.txt"), ADDED.replace("13.00", "12.00")).unwrap();
    let (code, _, told) = adcvd(at, &["cases", "import", "other.txt", "--into", "widgets"]);
    assert!(code == 2 && told.contains("was drafted from another text"), "{told}");
    fs::write(at.join("solar.txt"), text("third-countries")).unwrap();
    let (code, _, told) = adcvd(at, &["cases", "import", "solar.txt", "--into", "widgets"]);
    assert!(code == 2 && told.contains("is no case of widgets"), "{told}");

    // Checked: its rows are law like any other, from its day on.
    replaced(
        &at.join("widgets/drafts/cbp-5290401.toml"),
        "checked_by = \"\"",
        "checked_by = \"R. Lopez, 2025-10-22\"",
    );
    let (code, said, _) = adcvd(at, &["cases", "check", "widgets"]);
    assert!(code == 0 && said.contains("widgets: 3 cases, 12 notices, 14 rates"), "{said}");
    let (_, said, told) = adcvd(at, &rates);
    assert!(
        told.is_empty() && said.contains("13.00%  Alpha Widget Co., Ltd. (producer and/or exporter)"),
        "{said}"
    );

    // Another message of the same notice says otherwise: both are to be looked at, and cannot both be approved.
    let later = ADDED.replace("5290401", "5291401").replace("13.00", "12.00");
    fs::write(at.join("later.txt"), later).unwrap();
    let (code, said, _) = adcvd(at, &["cases", "import", "later.txt", "--into", "widgets"]);
    let held = "In the folder already: 1 notice, 1 rate, 0 suffixes, 1 case";
    assert!(code == 0 && said.contains(held), "{said}");
    let told = "has another figure than line 10 of the text for the same question: which is right?";
    assert!(said.contains("drafts/cbp-5290401.toml:") && said.contains(told), "{said}");
    let later = at.join("widgets/drafts/cbp-5291401.toml");
    replaced(&later, "checked_by = \"\"", "checked_by = \"R. Lopez, 2025-10-23\"");
    let (code, _, told) = adcvd(at, &["cases", "check", "widgets"]);
    assert!(code == 3 && told.contains("drafts/cbp-5291401.toml:") && told.contains("CF09"), "{told}");
}

#[test]
fn a_text_that_is_not_understood_is_no_success() {
    let place = tempfile::tempdir().unwrap();
    let at = place.path();
    fs::write(at.join("garbled.txt"), text("garbled")).unwrap();
    fs::write(at.join("nothing.txt"), "Nothing of this is known.\n").unwrap();
    let (code, said, told) = adcvd(at, &["cases", "import", "garbled.txt"]);
    assert!(
        code == 10
            && said.contains("721.O3 percent")
            && told.contains("20 with something that was not understood"),
        "{told}"
    );
    let (code, said, _) = adcvd(at, &["cases", "import", "nothing.txt", "--into", "new"]);
    assert!(code == 3 && said.contains("line 1: not understood") && !at.join("new").exists(), "{said}");
    let (code, ..) = adcvd(at, &["cases", "import", "absent.txt"]);
    assert_eq!(code, 4);
    fs::write(at.join("drafts.toml"), "").unwrap();
    adcvd(at, &["cases", "new", "widgets"]);
    fs::create_dir(at.join("widgets/drafts")).unwrap();
    fs::write(at.join("widgets/drafts/broken.toml"), "[draft\n").unwrap();
    let (code, _, told) = adcvd(at, &["cases", "check", "widgets"]);
    assert!(code == 3 && told.contains("widgets/drafts/broken.toml:1:"), "{told}");
}

/// The texts of the agencies themselves, where they are at hand.
#[test]
fn the_texts_themselves_draft_the_rows_that_are_held() {
    let Some(sources) = std::env::var_os("ADCVD_SOURCES").map(PathBuf::from) else {
        println!("skipped: ADCVD_SOURCES names no folder");
        return;
    };
    let source = |name: &str| fs::read_to_string(sources.join("official").join(name)).unwrap();
    let number = |text: &str| CaseNumber::parse(text).unwrap().0;
    let held = |case: &str, notices: &[&str]| {
        let rows = Folder::built_in(number(case)).unwrap().rows;
        let rates: BTreeSet<String> = rows
            .rates
            .iter()
            .filter(|row| notices.contains(&row.row.notice.as_str()))
            .map(|row| {
                let row = &row.row;
                format!(
                    "{} {} {}/{} {} {:?}",
                    row.case,
                    row.role.word(),
                    row.exporter,
                    row.producer,
                    row.from,
                    row.deposit
                )
            })
            .collect();
        let suffixes: BTreeSet<String> = rows
            .suffixes
            .iter()
            .map(|row| format!("{} {} {} {}", row.row.case, row.row.party, row.row.suffix, row.row.from))
            .collect();
        (rates, suffixes)
    };
    let drafted = |draft: &Draft| {
        let rates: BTreeSet<String> = draft
            .rates
            .iter()
            .map(|row| {
                let deposit = row.deposit.as_ref().and_then(|figure| figure.percent);
                let from = row.from.map(|day| day.to_string()).unwrap_or_default();
                let (case, role) = (row.case.unwrap(), row.role.word());
                format!("{case} {role} {}/{} {from} {deposit:?}", row.exporter, row.producer)
            })
            .collect();
        let suffix = |row: &draft::DraftSuffix| {
            format!("{} {} {} {}", row.case, row.party, row.suffix, row.from.unwrap())
        };
        (rates, draft.suffixes.iter().map(suffix).collect::<BTreeSet<String>>())
    };

    let correction = draft(&source("cbp-5204403.txt")).unwrap();
    assert_eq!(drafted(&correction), held("C-570-195", &["cvd-amended", "cbp-5204403"]));
    let cut = correction.open.iter().filter(|open| open.line >= 38).map(|open| open.line).collect::<Vec<_>>();
    assert_eq!(cut, [38, 39, 40], "the list in which the copy breaks off, and nothing else of the body");
    assert!(correction.open.iter().all(|open| open.line <= 2 || open.line >= 38));

    // The copy of the final breaks off within the excluded pair.
    let last = draft(&source("cbp-5120401-solar-malaysia-final.txt")).unwrap();
    let (mut rates, suffixes) = held("A-557-830", &["ad-final"]);
    rates.retain(|row| !row.contains(" pair "));
    assert_eq!(drafted(&last).0, rates);
    assert_eq!(suffixes.len(), last.suffixes.len() + 1);

    // 66 pairs and the country-wide entity.
    let sheet = draft(&source("ita-fact-sheet-ad-prelim-2025-07-17.txt")).unwrap();
    let (rates, _) = held("A-570-194", &["ad-prelim"]);
    let undated: BTreeSet<String> = rates.iter().map(|row| row.replace("2025-07-22", "")).collect();
    assert_eq!(sheet.rates.len(), 67);
    assert_eq!(drafted(&sheet).0, undated);

    for name in ["cbp-5150406.txt", "cbp-5177402.txt"] {
        assert!(!draft(&source(name)).unwrap().is_empty(), "{name}");
    }
    assert!(draft(&source("pattern-cbp-messages-other-cases.txt")).unwrap_err().contains("3 messages"));

    // Nothing of the message is new to the folder that holds it.
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("held");
    fs::create_dir(&folder).unwrap();
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/casebook/cases/active-anode-material");
    for name in ["case.toml", "rates.csv", "suffixes.csv"] {
        fs::copy(built_in.join(name), folder.join(name)).unwrap();
    }
    fs::write(place.path().join("message.txt"), source("cbp-5204403.txt")).unwrap();
    let (code, said, _) = adcvd(place.path(), &["cases", "import", "message.txt", "--into", "held"]);
    assert_eq!(code, 10, "the copy is cut");
    assert!(said.contains("is there already: every row of it stands in held"), "{said}");
    assert!(!folder.join("drafts").exists());
    assert!(load::rows_at(&folder).is_ok());
}

/// Names under their case, with their figures; whatever the role.
fn figures(draft: &Draft) -> BTreeSet<(String, String, String, String)> {
    let row = |rate: &draft::DraftRate| {
        let case = rate.case.map(|case| case.to_string()).unwrap_or_default();
        (case, rate.exporter.clone(), rate.producer.clone(), format!("{:?}", rate.deposit))
    };
    draft.rates.iter().map(row).collect()
}

/// Each line of each text in turn is lost, loses its colons, loses its digits, or has words before it that nobody
/// understands. A company that is still drafted has the rate that it had.
#[test]
fn one_damaged_line_gives_no_company_the_rate_of_another() {
    let mut damaged = 0;
    for name in names() {
        let whole = text(&name).replace('\r', "");
        let before = figures(&draft(&whole).unwrap());
        let lines: Vec<&str> = whole.lines().collect();
        for ix in 0..lines.len() {
            let digitless = lines[ix].replace(|c: char| c.is_ascii_digit(), "O");
            let (colonless, lowered) = (lines[ix].replace(':', " "), lines[ix].to_lowercase());
            let beside = format!("Words that nobody understands\n{}", lines[ix]);
            let labelled = format!("Unknown label: something\n{}", lines[ix]);
            for put in
                [None, Some(&digitless), Some(&colonless), Some(&lowered), Some(&beside), Some(&labelled)]
            {
                let mut lines: Vec<&str> = lines.clone();
                match put {
                    Some(put) => lines[ix] = put,
                    None => {
                        lines.remove(ix);
                    }
                }
                let Ok(draft) = draft(&lines.join("\n")) else { continue };
                for (case, exporter, producer, figure) in figures(&draft) {
                    let same = |row: &&(String, String, String, String)| {
                        (&row.0, &row.1, &row.2) == (&case, &exporter, &producer)
                    };
                    let known: Vec<_> = before.iter().filter(same).collect();
                    // The sentence that excludes them is lost: then nothing in the text says so.
                    let unsaid = put.is_none() && known.iter().any(|row| row.3 == "None");
                    let right = unsaid || known.is_empty() || known.iter().any(|row| row.3 == figure);
                    assert!(right, "{name}, line {}, {put:?}: {exporter} {producer} {figure}", ix + 1);
                    damaged += 1;
                }
            }
        }
    }
    assert!(damaged > 1000, "{damaged}");
}

/// A change to a text: what is put in place of so many characters.
fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, usize, String)>> {
    let what = prop_oneof![
        Just(String::new()),
        Just("\n".to_string()),
        Just("O".to_string()),
        Just(" [CUT] ".to_string()),
        Just("Producer and/or Exporter: ".to_string()),
        Just("Case number: ".to_string()),
        Just("|".to_string()),
        Just("....".to_string()),
        any::<String>(),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), 0usize..40, what), 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever becomes of a copy: no line is lost, and no figure, number or name is drafted that does not stand in it.
    #[test]
    fn nothing_is_lost_and_nothing_invented(which in any::<prop::sample::Index>(), changes in changes()) {
        let names = names();
        let mut chars: Vec<char> = text(which.get::<String>(&names)).chars().collect();
        for (at, taken, put) in &changes {
            let at = at.index(chars.len() + 1);
            let end = (at + taken).min(chars.len());
            chars.splice(at..end, put.chars());
        }
        let changed: String = chars.into_iter().collect();
        if let Ok(draft) = draft(&changed) {
            let written = draft::toml(&draft, "");
            prop_assert!(toml::from_str::<toml::Table>(&written).is_ok(), "{written}");
            let told: BTreeSet<usize> =
                draft.used.iter().map(|used| used.line).chain(draft.open.iter().map(|open| open.line)).collect();
            let ended = changed.replace("\r\n", "\n");
            for (ix, line) in ended.split(['\n', '\r', '\u{c}', '\u{b}', '\u{2028}', '\u{2029}']).enumerate() {
                prop_assert!(line.trim().is_empty() || told.contains(&(ix + 1)), "line {} is lost: {line:?}", ix + 1);
            }
            let squeezed = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
            let all = squeezed(&changed);
            for rate in &draft.rates {
                let figure = rate.deposit.clone().unwrap_or_default();
                let printed = figure.percent.map(|percent| squeezed(&percent.decimal().to_string()));
                prop_assert!(printed.is_none_or(|printed| all.contains(printed.trim_start_matches('0'))), "{rate:?}");
                for name in [&rate.exporter, &rate.producer] {
                    // The words of two records meet without a blank.
                    let stands = |word: &str| {
                        let word = squeezed(word);
                        let mut ends = word.char_indices().map(|(at, _)| word.split_at(at));
                        ends.any(|(one, other)| all.contains(one) && all.contains(other))
                    };
                    let stands = name.split(' ').all(|word| squeezed(word).is_empty() || stands(word));
                    prop_assert!(stands, "{name:?} does not stand in the text");
                }
            }
        }
    }
}
