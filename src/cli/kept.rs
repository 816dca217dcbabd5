//! Case folders and files that the broker keeps: decisions on names and products, names for manufacturer IDs; and what is
//! assumed.

use std::path::PathBuf;
use std::sync::Arc;

use super::exit::Failure;
use super::options::{CaseFolders, KeptFiles};
use super::terminal::complain;
use crate::batch::manifest::RecordEntry;
use crate::casebook::{Casebook, load};
use crate::entry::{Crosswalk, Products};
use crate::records::{read_aliases, read_crosswalk, read_products};
use crate::spreadsheet::InputFacts;

/// The casebook with what a person has confirmed beside it, and everything else that was kept.
pub(super) struct Kept {
    pub(super) casebook: Casebook,
    pub(super) crosswalk: Arc<Crosswalk>,
    pub(super) products: Arc<Products>,
    pub(super) records: Vec<RecordEntry>,
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

/// Tells of drafts that nobody has checked: what is asked may be missing law.
pub(super) fn warn(casebook: &Casebook) {
    casebook.unapproved().iter().for_each(|told| complain(told));
}

/// Files that were given with an option.
fn entries(kept_as: &str, paths: &[PathBuf], facts: &[InputFacts]) -> Vec<RecordEntry> {
    let entry = |(path, facts): (&PathBuf, &InputFacts)| {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let kept_as = kept_as.to_string();
        RecordEntry { kept_as, name, sha256: facts.sha256.clone(), bytes: facts.bytes }
    };
    paths.iter().zip(facts).map(entry).collect()
}

/// Reads what is kept.
pub(super) fn read(cases: &CaseFolders, files: &KeptFiles) -> Result<Kept, Failure> {
    let casebook = law(cases)?;
    let aliases = read_aliases(files.aliases.iter().map(PathBuf::as_path), &casebook)?;
    let mut records = entries("aliases", &files.aliases, &aliases.files);
    let decisions = aliases.confirmed.len();
    let (casebook, of_listed) = casebook.confirm(aliases.confirmed);
    let mut notes = casebook.assumed().map(|assumed| assumed.notes.clone()).unwrap_or_default();
    notes.extend(casebook.unapproved());
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
        records.extend(entries("crosswalk", std::slice::from_ref(path), &[facts]));
        crosswalk = read;
    }
    let read = read_products(files.products.iter().map(PathBuf::as_path), &casebook)?;
    records.extend(entries("products", &files.products, &read.files));
    if !files.products.is_empty() {
        notes.push(format!("{} decisions on products are applied", read.products.confirmed.len()));
    }
    notes.extend(read.expired.into_iter().map(|expired| format!("expired: {expired}")));
    let (crosswalk, products) = (Arc::new(crosswalk), Arc::new(read.products));
    Ok(Kept { casebook, crosswalk, products, records, notes })
}
