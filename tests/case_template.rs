//! The case folder that `adcvd cases new` writes: sound, explained in full, and its examples come out.

use std::fs;
use std::path::Path;

use adcvd::casebook::model::{
    Base, EveryoneElse, ForeignExporter, RateKind, Rung, State, Table, Trust, Verdict,
};
use adcvd::casebook::read::{FaultCode, RATE_COLUMNS, STATISTIC_COLUMNS, SUFFIX_COLUMNS};
use adcvd::casebook::{AdvisoryState, load};
use assert_cmd::Command;

fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn template(name: &str) -> String {
    text(&format!("templates/case/{name}"))
}

#[test]
fn a_new_folder_is_sound_and_is_never_written_over() {
    let place = tempfile::tempdir().unwrap();
    let adcvd = |arguments: &[&str]| {
        Command::cargo_bin("adcvd").unwrap().current_dir(place.path()).args(arguments).assert()
    };
    adcvd(&["cases", "new", "widgets", "-o", "own"]).code(0);
    adcvd(&["cases", "check", "own/widgets"]).code(0).stdout(
        "widgets: 3 cases, 10 notices, 12 rates, 4 parties; no fault\n\
             widget-export-control: 2 controls, 2 notices, 3 standings; no fault\n",
    );
    let folder = place.path().join("own/widgets");
    for name in [
        "GUIDE.md",
        "advisory.toml",
        "case.toml",
        "examples.csv",
        "rates.csv",
        "statistics.csv",
        "suffixes.csv",
    ] {
        assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), template(name), "{name}");
    }
    fs::write(folder.join("case.toml"), "filled in").unwrap();
    adcvd(&["cases", "new", "widgets", "-o", "own"]).code(2);
    assert_eq!(fs::read_to_string(folder.join("case.toml")).unwrap(), "filled in");
    for slug in ["../widgets", "Steel Racks", ".", ""] {
        adcvd(&["cases", "new", slug]).code(2);
    }
}

/// Worked by hand from the rates of the template: 10,000 at 29.50 percent is 2,950.00, and so on; see its column Why.
#[test]
fn the_examples_of_the_template_come_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/case");
    let casebooks = [(String::new(), load::load(std::slice::from_ref(&folder)).unwrap())].into();
    let (rows, faults) = super::law::run_table(&casebooks, &folder.join("examples.csv"));
    assert!(rows >= 9, "only {rows} examples");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Words of `case.toml` and `advisory.toml` stand in quotes, those of `rates.csv` in the explanation of their column.
#[test]
fn every_word_of_a_closed_list_is_named() {
    let case = template("case.toml");
    let mut quoted: Vec<&str> = Vec::new();
    quoted.extend(Trust::ALL.iter().map(|word| word.word()));
    quoted.extend(Table::ALL.iter().map(|word| word.word()));
    quoted.extend(State::ALL.iter().map(|word| word.word()));
    quoted.extend(Rung::ALL.iter().map(|word| word.word()));
    quoted.extend(EveryoneElse::ALL.iter().map(|word| word.word()));
    quoted.extend(ForeignExporter::ALL.iter().map(|word| word.word()));
    quoted.extend(Verdict::ALL.iter().map(|word| word.word()));
    quoted.extend(Base::ALL.iter().map(|word| word.word()));
    for word in quoted {
        let explained = case.lines().any(|line| {
            line.split_once('#').is_some_and(|(_, comment)| comment.contains(&format!("{word:?}")))
        });
        assert!(explained, "no comment of case.toml names {word:?}");
    }
    let advisory = template("advisory.toml");
    for word in AdvisoryState::ALL {
        let quoted = format!("{:?}", word.word());
        let explained = advisory.lines().filter_map(|line| line.split_once('#'));
        assert!(
            explained.into_iter().any(|(_, comment)| comment.contains(&quoted)),
            "advisory.toml: {quoted}"
        );
    }
    let rates = template("rates.csv");
    let column = |name: &str| {
        let found = rates.lines().find(|line| line.starts_with(&format!("# {name} ")));
        found.unwrap_or_else(|| panic!("rates.csv does not explain {name}"))
    };
    let names =
        |column: &str, word: &str| column.split(|c: char| !c.is_alphanumeric()).any(|part| part == word);
    for word in RateKind::ALL {
        assert!(names(column("kind"), word.word()), "rates.csv: kind {}", word.word());
    }
    for word in Rung::ALL {
        assert!(names(column("role"), word.word()), "rates.csv: role {}", word.word());
    }
    for word in Trust::ALL {
        assert!(names(column("trust"), word.word()), "rates.csv: trust {}", word.word());
    }
}

#[test]
fn every_column_is_explained() {
    for (file, columns) in [
        ("rates.csv", &RATE_COLUMNS[..]),
        ("suffixes.csv", &SUFFIX_COLUMNS[..]),
        ("statistics.csv", &STATISTIC_COLUMNS[..]),
    ] {
        let text = template(file);
        for column in columns {
            assert!(text.lines().any(|line| line.starts_with(&format!("# {column} "))), "{file}: {column}");
        }
    }
}

/// The tables of a file with their fields, as the doc comments and fields of its model say.
fn tables_of_the_model(model: &str) -> Vec<(String, Vec<String>)> {
    let model = text(model);
    let mut tables: Vec<(String, Vec<String>)> = Vec::new();
    // Rows within a scope version have no table of their own; they stand before it.
    let (mut name, mut fields, mut skipped) = (String::new(), Vec::new(), false);
    for line in model.lines() {
        if let Some(named) = line.strip_prefix("/// `[").and_then(|rest| rest.split("]").next()) {
            name = named.trim_start_matches('[').to_string();
        } else if line.starts_with("pub struct ") {
            fields = Vec::new();
            let nested = line.contains("TestRow") || line.contains("ProductRow");
            if nested {
                name = "scope".to_string();
            }
        } else if line.contains("serde(skip)") {
            skipped = true;
        } else if let Some((field, _)) = line.strip_prefix("    pub ").and_then(|rest| rest.split_once(':')) {
            if !std::mem::take(&mut skipped) {
                fields.push(field.to_string());
            }
        } else if line == "}" && !name.is_empty() {
            tables.push((std::mem::take(&mut name), std::mem::take(&mut fields)));
        }
    }
    tables
}

/// A field is named where a line of its table gives it a value; the line may be a comment.
#[test]
fn every_table_and_field_is_named_in_its_place() {
    let tables = tables_of_the_model("src/casebook/model.rs");
    assert!(tables.len() >= 12, "{tables:?}");
    assert!(
        tables.iter().any(|(name, fields)| name == "scope" && fields.iter().any(|field| field == "at_least"))
    );
    names_all("case.toml", tables);
    let tables = tables_of_the_model("src/casebook/advisory.rs");
    assert_eq!(tables.len(), 4, "{tables:?}");
    names_all("advisory.toml", tables);
}

fn names_all(file: &str, tables: Vec<(String, Vec<String>)>) {
    let text = template(file);
    let sections: Vec<&str> = text.split("\n# --- [").skip(1).collect();
    for (name, fields) in tables {
        let section =
            sections.iter().find(|section| section.trim_start_matches('[').starts_with(&format!("{name}]")));
        let section = section.unwrap_or_else(|| panic!("{file} has no section for [[{name}]]"));
        for field in fields {
            // The products of a scope version are tables of their own.
            let nested = section.contains(&format!("[[{name}.{field}]]"));
            let given = section.lines().any(|line| {
                let line = line.trim_start_matches(['#', ' ', '{']);
                line.starts_with(&format!("{field} = ")) || line.contains(&format!(", {field} = "))
            });
            assert!(given || nested, "{file}: [[{name}]] says nothing of `{field}`");
        }
    }
}

#[test]
fn the_guide_names_every_fault() {
    let guide = template("GUIDE.md");
    let last = format!("{:?}", FaultCode::CF18);
    let count: usize = last.trim_start_matches("CF").parse().unwrap();
    for number in 1..=count {
        assert!(guide.contains(&format!("CF{number:02}")), "GUIDE.md does not name CF{number:02}");
    }
}

/// What a broker must be able to read off: the day, the act, what it did to a deposit; and what is not certain.
#[test]
fn the_page_of_a_case_tells_what_each_day_meant() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/case");
    let show = |arguments: &[&str]| {
        let mut command = Command::cargo_bin("adcvd").unwrap();
        let output = command.args(["cases", "show"]).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stdout).unwrap()
    };
    let page = show(&["A-999-101", "--cases", folder.to_str().unwrap()]);
    let told = [
        "  2025-09-15  Invented notice 4\n",
        "- A-999-101: entries from 2025-09-10: order, a deposit is due\n",
        "- C-999-102: entries from 2025-07-01: gap (no provisional measures), no deposit; refunds bear no interest \
         (Invented message 11) [computed]; last day of provisional measures 2025-06-30",
        "entries of 2025-01-31 to 2025-04-30: provisional measures, a deposit is due [computed]; only Alpha Widget \
         Co., Ltd.; ninety days before 2025-05-01\n",
        "- A-999-101: rates are tried in this order, entries from 2025-01-31: exporter and producer together, then everyone \
         else; an exporter abroad without a rate of its own takes that of its supplier (19 CFR 351.107)\n",
        "a whole rate table; who is not in it is everyone else; 3 rate(s), everyone else 93.50%\n",
        "- C-999-102: a court forbids to liquidate entries, until Invented court order 10",
        "its day was not found: not before 2026-05-04\n            - C-999-102: the injunction against liquidation has \
         ended\n",
        "By day of entry, as known on 2026-06-30\n  A-999-101  from 2025-01-31  before suspension, no deposit\n  \
         A-999-101  from 2025-05-01  provisional measures, a deposit is due\n",
    ];
    let told = told.into_iter().chain([
        // By hand: 2,000,000 / 500,000 and 3,000,000 / 600,000.
        "  7700.11.1000 from CN, 2023 to 2024: $4.00 to $5.00 per KG  [Invented notice ",
    ]);
    for line in told {
        assert!(page.contains(line), "missing: {line}\n{page}");
    }
    // The built-in case: all that was deposited comes back, by the rule that its folder cites.
    let page = show(&["A-570-194"]);
    let ended = "  A-570-194  from 2025-07-22  terminated, no deposit; what was paid comes back (19 USC 1673d(c)(2)); \
                 refunds bear no interest (CBP's practice in message 4327415) [secondary]\n";
    assert!(page.contains(ended), "{page}");
}
