//! Case folders and files that the broker keeps: decisions on names, names for manufacturer IDs; and what is assumed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{CaseFolders, KeptFiles};
use super::exit::Failure;
use crate::batch::manifest::FileEntry;
use crate::casebook::{Casebook, load};
use crate::entry::Crosswalk;
use crate::records::{read_aliases, read_crosswalk};
use crate::spreadsheet::InputFacts;

/// The casebook with what a person has confirmed beside it, and everything else that was kept.
pub(super) struct Kept {
    pub(super) casebook: Casebook,
    pub(super) crosswalk: Arc<Crosswalk>,
    pub(super) records: Vec<FileEntry>,
    /// What is to be told of them.
    pub(super) notes: Vec<String>,
}

/// The casebook that was asked for.
pub(super) fn law(cases: &CaseFolders) -> Result<Casebook, Failure> {
    Ok(match &cases.assume {
        Some(path) => load::load_assuming(&cases.folders, path)?,
        None => load::load(&cases.folders)?,
    })
}

fn entry(path: &Path, facts: &InputFacts) -> FileEntry {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    FileEntry { name, sha256: facts.sha256.clone(), bytes: facts.bytes }
}

/// Reads what is kept.
pub(super) fn read(cases: &CaseFolders, files: &KeptFiles) -> Result<Kept, Failure> {
    let casebook = law(cases)?;
    let aliases = read_aliases(files.aliases.iter().map(PathBuf::as_path), &casebook)?;
    let mut records: Vec<FileEntry> =
        files.aliases.iter().zip(&aliases.files).map(|(path, facts)| entry(path, facts)).collect();
    let decisions = aliases.confirmed.len();
    let (casebook, of_listed) = casebook.confirm(aliases.confirmed);
    let mut notes = casebook.assumed().map(|assumed| assumed.notes.clone()).unwrap_or_default();
    if !files.aliases.is_empty() {
        notes.push(format!("{} decisions on names are applied", decisions - of_listed.len()));
    }
    notes.extend(aliases.expired.into_iter().map(|expired| format!("expired: {expired}")));
    notes.extend(of_listed.into_iter().map(|confirmed| {
        format!("not applied: {:?} is itself a listed name; a decision on it changes nothing", confirmed.name)
    }));
    let mut crosswalk = Crosswalk::default();
    if let Some(path) = &files.crosswalk {
        let (read, facts) = read_crosswalk(path)?;
        notes.push(format!("the crosswalk holds {} manufacturer IDs", read.0.len()));
        records.push(entry(path, &facts));
        crosswalk = read;
    }
    Ok(Kept { casebook, crosswalk: Arc::new(crosswalk), records, notes })
}
