//! The manifest of a run: what went in, what came out, by whose law, and the control totals.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::importer_packs::PacksEntry;
use super::pipeline::{RunOptions, Split};
use crate::casebook::Casebook;
use crate::report::tally::Tally;
use crate::spreadsheet::{Format, InputFacts};

/// A file by name and content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Name without folders.
    pub name: String,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
}

/// A file that the broker keeps. What it was read for is told, since one report holds decisions on names and on products.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordEntry {
    /// The option it was given with.
    pub kept_as: String,
    /// Name without folders.
    pub name: String,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
}

/// Counts and sums that must tie out. Amounts are texts with two decimals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlTotals {
    /// Rows below the headings.
    pub rows: u64,
    /// Entry lines.
    pub lines: u64,
    /// Further rows of a line.
    pub further_rows: u64,
    /// Rows that are no entry lines.
    #[serde(default)]
    pub no_lines: u64,
    /// Blank rows.
    pub blank_rows: u64,
    /// Sum of entered values in whole dollars.
    pub entered_value: u64,
    /// Sum due at entry.
    pub deposit_at_entry: String,
    /// Sum that stands.
    pub deposit_restated: String,
    /// Lines by action.
    pub actions: BTreeMap<String, u64>,
    /// Lines by exception code.
    pub exceptions: BTreeMap<String, u64>,
}

/// What a run assumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hypothetical {
    /// In one sentence.
    pub assumes: String,
    /// The file that says so.
    pub file: FileEntry,
}

/// The manifest; the last file of a run to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Always `adcvd`.
    pub program: String,
    /// Its version.
    pub version: String,
    /// The day asked from.
    pub as_of: String,
    /// What was typed, as far as it changes outputs.
    pub options: BTreeMap<String, String>,
    /// SHA-256 of the case files.
    pub casebook_sha256: String,
    /// What the run assumed, if anything: nothing of it is so.
    #[serde(default, rename = "HYPOTHETICAL", skip_serializing_if = "Option::is_none")]
    pub hypothetical: Option<Hypothetical>,
    /// Drafts in the case folders that nobody had checked: the run did not use them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unapproved_drafts: Vec<String>,
    /// The input.
    pub input: FileEntry,
    /// Files that the broker keeps and the run has read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<RecordEntry>,
    /// The outputs.
    pub outputs: Vec<FileEntry>,
    /// What was counted.
    pub totals: ControlTotals,
    /// The packs, where the run was asked for such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packs: Option<PacksEntry>,
}

/// The control totals of a tally.
pub fn totals(tally: &Tally) -> ControlTotals {
    ControlTotals {
        rows: tally.rows,
        lines: tally.all.lines,
        further_rows: tally.other_rows,
        no_lines: tally.no_lines,
        blank_rows: tally.blank_rows,
        entered_value: tally.all.entered_value,
        deposit_at_entry: tally.all.at_entry.to_string(),
        deposit_restated: tally.all.restated.to_string(),
        actions: tally.actions.iter().map(|(action, sums)| (action.text().to_string(), sums.lines)).collect(),
        exceptions: tally.codes.iter().map(|(code, lines)| (code.to_string(), *lines)).collect(),
    }
}

/// The manifest of a run whose outputs are known.
pub fn manifest(
    casebook: &Casebook,
    options: &RunOptions,
    name: &str,
    input: &InputFacts,
    outputs: Vec<FileEntry>,
    tally: &Tally,
) -> Manifest {
    let format = format!("{:?}", options.format).to_lowercase();
    let dates = options.dates.map(|order| ("dates".to_string(), format!("{order:?}")));
    let sheet = (!options.sheets.is_empty()).then(|| ("sheet".to_string(), options.sheets.join(" / ")));
    let level = (options.format == Format::Xlsx).then(|| ("level".to_string(), options.level.to_string()));
    let columns = options.columns.as_ref().map(|profile| {
        ("columns".to_string(), format!("{} {}", profile.name, profile.sha256).trim_end().to_string())
    });
    let abi53 = options.abi53.clone().map(|name| ("abi53".to_string(), name));
    let split = options.split.map(|Split::Importer| ("split".to_string(), "importer".to_string()));
    let encoding = options.encoding.map(|encoding| ("encoding".to_string(), encoding.name().to_string()));
    Manifest {
        program: "adcvd".to_string(),
        version: env!("CARGO_PKG_VERSION").to_string(),
        as_of: options.as_of.to_string(),
        options: [("format".to_string(), format)]
            .into_iter()
            .chain(sheet)
            .chain(dates)
            .chain(encoding)
            .chain(columns)
            .chain(level)
            .chain(abi53)
            .chain(split)
            .collect(),
        casebook_sha256: casebook.sha256().to_string(),
        hypothetical: casebook.assumed().map(|assumed| Hypothetical {
            assumes: assumed.says.clone(),
            file: FileEntry {
                name: assumed.file.clone(),
                sha256: assumed.sha256.clone(),
                bytes: assumed.bytes,
            },
        }),
        unapproved_drafts: casebook.unapproved(),
        input: FileEntry { name: name.to_string(), sha256: input.sha256.clone(), bytes: input.bytes },
        records: options.records.clone(),
        outputs,
        totals: totals(tally),
        packs: None,
    }
}
