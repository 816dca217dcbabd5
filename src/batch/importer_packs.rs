//! A pack for each importer of a file: the outputs of a run over its rows alone. No count, sheet, sum or file of a pack
//! has anything of another importer, for nothing of another is read while it is made.
//!
//! Packs are outputs of the run like any other: its manifest lists their files, and they are put in place with them.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::input::{Input, PackRows};
use super::manifest::{ControlTotals, manifest, totals};
use super::outputs::{OutputNames, entries_of, manifest_file};
use super::parting::{NOBODY, Parted, parted};
use super::pipeline::{FileError, Progress, RunOptions, Silent, Written, internal, written};
use super::placing::look_again;
use super::survey::count;
use crate::casebook::Casebook;
use crate::entry::line::plain;
use crate::report::letter::Addressee;
use crate::report::tally::Tally;
use crate::spreadsheet::Ready;
use crate::terms::Code;

/// Characters of the name of a pack's folder, at most.
const FOLDER_NAME_MAX: usize = 64;
/// Notes on names of importers that are told, at most.
const NOTES_MAX: usize = 5;

/// What the manifest of a run says of its packs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PacksEntry {
    /// By what the file was parted.
    pub split: String,
    /// The folder in which each pack has its own.
    pub folder: String,
    /// The packs, in the order of their first rows.
    pub packs: Vec<PackEntry>,
    /// What is in no pack.
    pub in_no_pack: InNoPack,
}

/// A pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackEntry {
    /// Its folder.
    pub folder: String,
    /// The number of the importer, as first written.
    pub importer: String,
    /// Rows of the input that are in it.
    pub rows: u64,
    /// Entry lines of the input that are in it.
    pub lines: u64,
    /// Sum of their entered values in whole dollars.
    pub entered_value: u64,
    /// Sum due at entry.
    pub deposit_at_entry: String,
    /// Sum that stands.
    pub deposit_restated: String,
}

/// What of an input is in no pack, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InNoPack {
    /// Lines without an importer number.
    pub lines_without_number: u64,
    /// Lines that name several importers.
    pub lines_of_several: u64,
    /// Lines with more or fewer fields than there are headings.
    pub lines_misplaced: u64,
    /// Lines whose values are rounded together with those of another importer on one invoice.
    #[serde(default)]
    pub lines_of_shared_invoices: u64,
    /// All that is in no pack.
    pub totals: ControlTotals,
}

impl InNoPack {
    /// What a broker has to know of it, in words; nothing where no line is left out.
    pub fn told(&self) -> Vec<String> {
        let why = [
            (
                self.lines_without_number,
                "lines have no importer number, or none that can be one, and are in no pack",
            ),
            (self.lines_of_several, "lines name more than one importer and are in no pack"),
            (self.lines_misplaced, "lines have more or fewer fields than headings and are in no pack"),
            (
                self.lines_of_shared_invoices,
                "lines stand on one invoice with another importer's, are rounded together with them, and are in no pack",
            ),
        ];
        let mut told: Vec<String> = why
            .iter()
            .filter(|(lines, _)| *lines > 0)
            .map(|(lines, what)| format!("{lines} {what}"))
            .collect();
        let ControlTotals { entered_value, deposit_at_entry, deposit_restated, .. } = &self.totals;
        if !told.is_empty() {
            told.push(format!(
                "what is in no pack comes to an entered value of {entered_value}, a deposit at entry of {deposit_at_entry} and \
                 a deposit restated of {deposit_restated} dollars"
            ));
        }
        told
    }
}

/// The packs of a file under their temporary names.
pub(super) struct Packs {
    pub(super) ready: Vec<Ready>,
    pub(super) told: PacksEntry,
    /// What is to be told of them.
    pub(super) notes: Vec<String>,
}

/// Makes the packs of a file of which all other outputs are written.
pub(super) fn packs(
    casebook: &Casebook,
    path: &Path,
    base: &str,
    options: &RunOptions,
    whole: &Written,
    progress: &dyn Progress,
) -> Result<Packs, FileError> {
    let (parted, facts) = parted(path, options, &whole.writings)?;
    if facts.sha256 != whole.facts.sha256 {
        return Err(FileError::Unsteady(path.to_path_buf()));
    }
    let importers = &parted.owners[NOBODY + 1..];
    let folders = folder_names(importers.iter().map(|owner| &*owner.addressee.number));
    let folder = format!("{base}.importers");
    let mark = if casebook.hypothetical().is_some() { ".hypothetical" } else { "" };
    let at = options.out.join(&folder);
    if let Some(taken) = std::iter::once(at.clone())
        .chain(folders.iter().map(|name| at.join(name)))
        .find(|path| path.exists() && !path.is_dir())
    {
        return Err(FileError::Exists(taken));
    }
    let (mut ready, mut entries, mut all) = (Vec::new(), Vec::new(), Tally::default());
    progress.begin(&folder, importers.len() as u64);
    for (place, name) in folders.into_iter().enumerate() {
        let share = NOBODY + 1 + place;
        let into = at.join(&name);
        let made = pack(casebook, path, (&parted, share), &format!("{name}{mark}"), &into, options)?;
        all.merge(&made.tally);
        progress.advanced(made.tally.all.lines, place as u64 + 1);
        ready.extend(made.ready);
        entries.push(entry(name, &parted.owners[share].addressee, &made.tally));
    }
    let nobodys = nobodys(casebook, path, &parted, options)?;
    all.merge(&nobodys);
    ties_out(path, &all, &whole.unplaced.tally)?;
    let in_no_pack = InNoPack {
        lines_without_number: parted.nobodys.not_given,
        lines_of_several: parted.nobodys.several,
        lines_misplaced: parted.nobodys.misplaced,
        lines_of_shared_invoices: parted.nobodys.shared_invoice,
        totals: totals(&nobodys),
    };
    let notes = in_no_pack.told().into_iter().chain(name_notes(&parted)).collect();
    let told = PacksEntry { split: "importer".to_string(), folder, packs: entries, in_no_pack };
    Ok(Packs { ready, told, notes })
}

fn entry(folder: String, addressee: &Addressee, tally: &Tally) -> PackEntry {
    PackEntry {
        folder,
        importer: addressee.number.clone(),
        rows: tally.rows,
        lines: tally.all.lines,
        entered_value: tally.all.entered_value,
        deposit_at_entry: tally.all.at_entry.to_string(),
        deposit_restated: tally.all.restated.to_string(),
    }
}

/// The files of a pack, and what was counted of its rows.
struct Made {
    ready: Vec<Ready>,
    tally: Tally,
}

/// How the rows of a share are read, and what the whole file says of them.
fn rows_of<'a>(path: &'a Path, parted: &'a Parted, share: usize, file: &'a str) -> PackRows<'a> {
    let owner = &parted.owners[share];
    let rows = parted.rows.share(share, file);
    let writings = rows.sheets().map(|sheet| parted.writings[sheet]).collect();
    PackRows { path, share: rows, writings, before: &owner.before, addressee: &owner.addressee }
}

/// What a run over a pack is asked to do. Nothing is said there of other sheets, of files that the broker keeps, nor of
/// what was decided in them: any of that may name another client. A 53-record is the broker's own.
fn options_of_a_pack(casebook: &Casebook, options: &RunOptions) -> RunOptions {
    RunOptions {
        sheets: Vec::new(),
        encoding: None,
        dates: None,
        records: Vec::new(),
        notes: casebook.assumed().map(|assumed| assumed.notes.clone()).unwrap_or_default(),
        abi53: None,
        split: None,
        ..options.clone()
    }
}

/// Makes one pack.
fn pack(
    casebook: &Casebook,
    path: &Path,
    (parted, share): (&Parted, usize),
    base: &str,
    into: &Path,
    options: &RunOptions,
) -> Result<Made, FileError> {
    let options = options_of_a_pack(casebook, options);
    let names = OutputNames::new(&options.out, base, options.format, false);
    let file = names.annotated.file_name().unwrap_or_default().to_string_lossy();
    let rows = rows_of(path, parted, share, &file);
    let Written { names, unplaced, facts, .. } =
        written(casebook, Input::Pack(&rows), base, &options, &Silent)?;
    look_again(&names, &options, &unplaced)?;
    let tally = unplaced.tally;
    let mut ready: Vec<Ready> = std::iter::once(unplaced.annotated.file).chain(unplaced.others).collect();
    let outputs = entries_of(&ready, &options.out);
    // A profile of the broker's own may be called by a client's name.
    let told = RunOptions { columns: None, ..options };
    let input = format!("rows of importer {}", rows.addressee.number);
    let mut manifest = manifest(casebook, &told, &input, &facts, outputs, &tally);
    // Names of the broker's own files may be those of other clients.
    let drafts = manifest.unapproved_drafts.len();
    manifest.unapproved_drafts =
        (drafts > 0).then(|| format!("{drafts} that nobody has checked")).into_iter().collect();
    manifest.hypothetical.iter_mut().for_each(|hypothetical| hypothetical.file.name.clear());
    ready.push(manifest_file(&names.manifest, &manifest)?);
    let ready = ready.into_iter().map(|ready| {
        let name = ready.destination().file_name().unwrap_or_default();
        let destination = into.join(name);
        ready.bound_for(destination)
    });
    Ok(Made { ready: ready.collect(), tally })
}

/// What the rows come to that are in no pack.
fn nobodys(
    casebook: &Casebook,
    path: &Path,
    parted: &Parted,
    options: &RunOptions,
) -> Result<Tally, FileError> {
    let rows = rows_of(path, parted, NOBODY, "");
    if rows.share.rows == 0 {
        return Ok(Tally::default());
    }
    let options = options_of_a_pack(casebook, options);
    Ok(count(casebook, Input::Pack(&rows), &options)?.found.tally)
}

/// Refuses packs that do not come to what the whole file does.
fn ties_out(path: &Path, parts: &Tally, whole: &Tally) -> Result<(), FileError> {
    let comparable = |tally: &Tally| {
        let mut totals = totals(tally);
        // Said of lines without a 53-record, where such are written.
        totals.exceptions.remove(Code::AE01.text());
        (totals, tally.cases.clone(), tally.all)
    };
    if comparable(parts) == comparable(whole) {
        return Ok(());
    }
    let told = |tally: &Tally| {
        let Tally { rows, all, .. } = tally;
        format!("{rows} rows, {} lines, {} and {}", all.lines, all.at_entry, all.restated)
    };
    let problem = format!(
        "the packs with what is in none of them come to {}, and the file to {}, or they differ in actions, exceptions or cases",
        told(parts),
        told(whole)
    );
    Err(internal(path, &problem))
}

/// A name for the folder of each importer: its number as far as every file system takes it; where two would be the same,
/// the later has a number behind it.
fn folder_names<'n>(numbers: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut taken: HashSet<String> = HashSet::new();
    let free = |number: &str| {
        let safe: String = number
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' })
            .take(FOLDER_NAME_MAX)
            .collect();
        let safe = safe.trim_matches('-');
        // Numbers only: no name that a system keeps for itself begins so.
        let safe = if safe.starts_with(|c: char| c.is_ascii_digit()) {
            safe.to_string()
        } else {
            format!("importer-{safe}")
        };
        let further = (2u64..).map(|more| format!("{safe}-{more}"));
        let mut names = std::iter::once(safe.clone()).chain(further);
        names.find(|name| taken.insert(name.to_lowercase())).unwrap_or_default()
    };
    numbers.map(free).collect()
}

/// What a broker should look at before a pack is sent: an importer with several names, and a name with several numbers.
fn name_notes(parted: &Parted) -> Vec<String> {
    let importers = || parted.owners[NOBODY + 1..].iter().map(|owner| &owner.addressee);
    let mut numbers: HashMap<String, Vec<&str>> = HashMap::new();
    for Addressee { number, names, .. } in importers() {
        names.iter().for_each(|name| numbers.entry(plain(name)).or_default().push(number));
    }
    let several_names = importers().filter(|importer| importer.names.len() > 1).map(|importer| {
        format!(
            "importer {} has more than one name ({}): see that its pack holds one client's lines before you send it",
            importer.number,
            importer.names.join("; ")
        )
    });
    let several_numbers = importers().filter_map(|importer| {
        let name = importer.names.first()?;
        let of = numbers.get(&plain(name)).filter(|of| of.len() > 1 && of[0] == importer.number)?;
        Some(format!(
            "the importer name {name:?} stands under {} numbers: each has a pack of its own",
            of.len()
        ))
    });
    let mut notes: Vec<String> = several_names.chain(several_numbers).collect();
    let more = notes.len().saturating_sub(NOTES_MAX);
    notes.truncate(NOTES_MAX);
    notes.extend((more > 0).then(|| format!("{more} more importers have several names or numbers")));
    notes
}
