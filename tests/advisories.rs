//! Advisories: what stood on a day of export, as known on a day; which folder replaces which; and that no figure hangs on
//! them.

use std::fs;
use std::path::{Path, PathBuf};

use adcvd::casebook::{AdvisoryState, Casebook, load};
use adcvd::determine::{Action, LineFindings};
use adcvd::entry::{EntryLine, Read};
use adcvd::terms::{Code, Country, GoverningDay, Ground, Hts, KnownDay, WholeDollars, day};
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::law::findings;

fn on(text: &str) -> Date {
    day::parse_iso(text).unwrap()
}

fn built_in() -> Casebook {
    load::load(&[]).unwrap()
}

/// From MOFCOM/GACC Announcements No. 58 (published 2025-10-09, effective 2025-11-08) and No. 70 of 2025 (published
/// 2025-11-07, suspends until 2026-11-10); what follows was not found.
#[test]
fn the_day_of_export_governs_as_known_on_a_day() {
    use AdvisoryState::{InForce, Suspended, ToBeChecked};
    let casebook = built_in();
    let advisory = casebook.advisories().iter().find(|advisory| advisory.head.id == "china-export-controls");
    let advisory = advisory.unwrap();
    for (exported, known, expected) in [
        ("2025-11-07", "2026-11-22", None),
        ("2025-11-08", "2025-10-08", None),
        ("2025-11-08", "2025-10-09", Some(InForce)),
        ("2025-11-08", "2025-11-06", Some(InForce)),
        ("2025-11-08", "2025-11-07", Some(Suspended)),
        ("2026-11-10", "2026-11-22", Some(Suspended)),
        ("2026-11-11", "2025-11-06", Some(InForce)),
        ("2026-11-11", "2026-11-22", Some(ToBeChecked)),
        ("2027-06-01", "2027-06-30", Some(ToBeChecked)),
    ] {
        let found = advisory.standing(on(exported), KnownDay(on(known))).map(|row| row.state);
        assert_eq!(found, expected, "exported {exported}, known {known}");
    }
}

fn cell(hts: &str, country: &str, exported: &str) -> EntryLine {
    EntryLine {
        row: 2,
        rows: vec![2],
        governing: Some(GoverningDay(on("2025-12-20"))),
        exported: Read::Is(on(exported)),
        hts: Read::Is(Hts::parse(hts).unwrap()),
        origin: Read::Is(Country::parse(country).unwrap()),
        export_country: Read::Is(Country::parse(country).unwrap()),
        entered_value: Read::Is(WholeDollars::from_decimal(Decimal::from(10_000)).unwrap()),
        subject_value: Read::Is(WholeDollars::from_decimal(Decimal::from(1_000)).unwrap()),
        product: "battery cell".into(),
        facts: [Read::Blank, Read::Blank, Read::Blank, Read::Is(Decimal::from(310))],
        ..EntryLine::default()
    }
}

fn asked(casebook: &Casebook, line: &EntryLine) -> LineFindings {
    findings(casebook, line, KnownDay(on("2026-11-22")))
}

fn has(findings: &LineFindings, code: Code) -> bool {
    findings.exceptions.iter().any(|exception| exception.code == code)
}

/// The same line, exported on the last day before the control and on its first: only the note differs.
#[test]
fn no_figure_and_no_action_hangs_on_an_advisory() {
    let casebook = built_in();
    let before = asked(&casebook, &cell("8507.60.0020", "CN", "2025-11-07"));
    let under = asked(&casebook, &cell("8507.60.0020", "CN", "2025-11-08"));
    assert!(!has(&before, Code::AV01) && has(&under, Code::AV01));
    let figures = |found: &LineFindings| {
        let others: Vec<_> =
            found.exceptions.iter().filter(|exception| exception.code != Code::AV01).cloned().collect();
        (found.action, found.cases.clone(), found.at_entry, found.restated, others)
    };
    assert_eq!(figures(&before), figures(&under));
    let note = under.exceptions.iter().find(|exception| exception.code == Code::AV01).unwrap();
    let Ground::Advised(advised) = &note.ground else { panic!("{note:?}") };
    assert_eq!((&*advised.remark, note.stake), ("Subject to Dual-Use Items", None));
}

/// Writes an advisory on goods that no case lists, under an id.
fn own(folder: &Path, id: &str) -> PathBuf {
    let path = folder.join(id);
    fs::create_dir_all(&path).unwrap();
    let text = format!(
        "[advisory]\nid = {id:?}\ntitle = \"Ours\"\ncountry = \"DE\"\nchecked_through = 2026-11-22\n\n\
         [[notice]]\nid = \"one\"\npublished = 2025-01-01\ncitation = \"Invented announcement 1\"\n\
         trust = \"official\"\nsays = \"Invented.\"\n\n\
         [[control]]\ncode = \"9Z999\"\nsays = \"engines\"\nnotice = \"one\"\nhts = [\"8409.91\"]\n\n\
         [[standing]]\nstate = \"in force\"\nfrom = 2025-02-01\nnotice = \"one\"\n"
    );
    fs::write(path.join("advisory.toml"), text).unwrap();
    path
}

#[test]
fn a_folder_adds_an_advisory_or_replaces_the_one_of_its_id() {
    let folder = tempfile::tempdir().unwrap();
    let added = load::load(&[own(folder.path(), "engines")]).unwrap();
    let replaced = load::load(&[own(folder.path(), "china-export-controls")]).unwrap();
    assert_eq!(added.advisories().len(), built_in().advisories().len() + 1);
    assert_eq!(replaced.advisories().len(), built_in().advisories().len());
    assert_eq!(added.families().len(), built_in().families().len());
    let (hashes, own_hash) = ([added.sha256(), replaced.sha256()], built_in().sha256().to_string());
    assert!(!hashes.contains(&own_hash.as_str()));

    let (engine, battery) =
        (cell("8409.91.9990", "DE", "2025-11-20"), cell("8507.60.0020", "CN", "2025-11-20"));
    let found = asked(&added, &engine);
    assert_eq!((found.action, has(&found, Code::AV01)), (Action::NotTested, true));
    assert!(has(&asked(&added, &battery), Code::AV01) && !has(&asked(&replaced, &battery), Code::AV01));
}
