//! Finds case folders, built in or a broker's own, and makes a casebook of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use sha2::{Digest, Sha256};
use thiserror::Error;

use super::Casebook;
use super::advisory::Advisory;
use super::assume::{self, Assumed};
use super::family::Family;
use super::folder_text::{FolderText, built_in, from_disk};
use super::model::Rows;
use super::read::{Fault, FaultCode};
use crate::terms::CaseNumber;
use crate::terms::sha256::hexadecimal;

/// A case folder that cannot be used, with every fault.
#[derive(Debug, Clone)]
pub struct FolderFaults {
    /// Folder name; empty for an assumption, whose faults name its path.
    pub folder: String,
    /// What is wrong, in the order of its files.
    pub faults: Vec<Fault>,
    /// Drafts that nobody has checked, one sentence each.
    pub drafts: Vec<String>,
}

/// Why there is no casebook.
#[derive(Debug, Error)]
pub enum LoadError {
    /// A folder or file cannot be read.
    #[error("cannot read {path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Folders with faults.
    #[error("{}", faults_text(.0, "a case folder"))]
    Faults(Vec<FolderFaults>),
    /// An assumption with faults; those that show in the rows of the case folder stand under its name.
    #[error("{}", faults_text(.0, "an assumption"))]
    Assumption(Vec<FolderFaults>),
    /// A folder of case folders where one is meant.
    #[error("{path} holds {folders} case folders; give the path of one")]
    Several {
        /// Which.
        path: PathBuf,
        /// How many.
        folders: usize,
    },
    /// Two case folders of one folder name the same case: neither was given to take the other's place.
    #[error(
        "{number} stands in two case folders of {path}: {one} and {other}; take one away, or give it with --cases of its own, behind the other"
    )]
    Twice {
        /// The folder of both.
        path: PathBuf,
        /// The case.
        number: CaseNumber,
        /// One.
        one: String,
        /// The other.
        other: String,
    },
    /// A folder without `case.toml` and `advisory.toml`, and no sub-folder with one.
    #[error("{0} holds no case: expected a folder with case.toml and rates.csv, or with advisory.toml")]
    NoCase(PathBuf),
}

fn faults_text(folders: &[FolderFaults], what: &str) -> String {
    let mut lines = Vec::new();
    let mut drafts = Vec::new();
    for FolderFaults { folder, faults, drafts: of_folder } in folders {
        let within = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        lines.extend(faults.iter().map(|fault| format!("{within}{fault}")));
        drafts.extend(of_folder.iter().map(|draft| format!("{within}{draft}")));
    }
    let faults = lines.len();
    lines.extend(drafts);
    lines.push(format!("{faults} fault(s); {what} with a fault is not used"));
    lines.join("\n")
}

/// The rows of the case folder at a path, with those of its approved drafts, whatever its faults: to be compared with
/// what comes new. A row with a fault is left out.
///
/// # Errors
/// It cannot be read, or is not one case folder but several.
pub fn rows_at(path: &Path) -> Result<Rows, LoadError> {
    match &from_disk(path)?[..] {
        [text] => Ok(text.rows()),
        several => Err(LoadError::Several { path: path.to_path_buf(), folders: several.len() }),
    }
}

/// Loads what is built in and what `folders` hold: case folders, or folders of case folders. A folder that names any
/// case number of an earlier one replaces that whole family, never rows of it; an advisory replaces the earlier one of
/// its id.
///
/// # Errors
/// Every fault of every folder, each with its place; or a folder that cannot be read or holds no case.
pub fn load(folders: &[PathBuf]) -> Result<Casebook, LoadError> {
    Ok(sound(texts(folders)?)?.casebook())
}

/// Loads only what one folder holds, for `cases check DIR`.
///
/// # Errors
/// As [`load`].
pub fn load_only(folder: &Path) -> Result<Casebook, LoadError> {
    Ok(sound(together(folder)?)?.casebook())
}

/// A case folder by itself, row by row.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Its name.
    pub slug: String,
    /// What it says; it passed its checks.
    pub rows: Rows,
}

impl Folder {
    fn of(text: &FolderText) -> Result<Folder, LoadError> {
        text.sound().map_err(|faults| LoadError::Faults(vec![faults]))?;
        Ok(Folder { slug: text.slug.clone(), rows: text.rows() })
    }

    /// The folder at a path.
    ///
    /// # Errors
    /// It cannot be read, has faults, or holds not one case folder but several.
    pub fn read(path: &Path) -> Result<Folder, LoadError> {
        match &from_disk(path)?[..] {
            [text] => Folder::of(text),
            several => {
                let (path, folders) = (path.to_path_buf(), several.len());
                Err(LoadError::Several { path, folders })
            }
        }
    }

    /// The built-in folder that holds a case, if one does.
    pub fn built_in(case: CaseNumber) -> Option<Folder> {
        let mut folders = built_in().into_iter().filter_map(|text| Folder::of(&text).ok());
        folders.find(|folder| folder.rows.cases.iter().any(|row| row.row.number == case))
    }
}

/// Loads as [`load`], and lays the assumption of a file over the family that it names.
///
/// # Errors
/// As [`load`]; and every fault of the assumption, each with its place.
pub fn load_assuming(folders: &[PathBuf], path: &Path) -> Result<Casebook, LoadError> {
    let known = sound(texts(folders)?)?;
    let io = |source| LoadError::Io { path: path.to_path_buf(), source };
    let text = fs::read_to_string(path).map_err(io)?;
    let (assumption, faults) = assume::read(&path.display().to_string(), &text);
    let refused =
        |faults| LoadError::Assumption(vec![FolderFaults { folder: String::new(), faults, drafts: vec![] }]);
    let Some(assumption) = assumption.filter(|_| faults.is_empty()) else { return Err(refused(faults)) };
    let (at, head) = (assumption.head.at.clone(), assumption.head.row.clone());
    let Some(ix) = known.families.iter().position(|(_, family)| family.case(head.case).is_some()) else {
        let sentence =
            format!("{} is in no case folder of this run; `adcvd cases list` shows what is", head.case);
        return Err(refused(vec![Fault { at, code: FaultCode::CF05, sentence }]));
    };
    let folder = &known.families[ix].0;
    let base = folder.rows();
    let notes = assumption.notes(&base);
    let (rows, faults) = assumption.over(base);
    if !faults.is_empty() {
        let (own, others): (Vec<_>, Vec<_>) = faults.into_iter().partition(|fault| fault.at.file == at.file);
        let drafts = Vec::new();
        let of_folder = FolderFaults { folder: folder.slug.clone(), faults: others, drafts: drafts.clone() };
        return Err(LoadError::Assumption(vec![
            FolderFaults { folder: String::new(), faults: own, drafts },
            of_folder,
        ]));
    }
    let Family { approved, unapproved, .. } = known.families[ix].1.clone();
    let family = Family { approved, unapproved, ..Family::new(&folder.slug, rows) };
    let without = known.casebook();
    let mut families = without.families().to_vec();
    families[ix] = family;
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let sha256 = hexadecimal(Sha256::new_with_prefix(&text));
    Ok(Casebook::assuming(
        families,
        Assumed { says: head.says, file, sha256, bytes: text.len() as u64, notes, without },
    ))
}

fn texts(folders: &[PathBuf]) -> Result<Vec<FolderText>, LoadError> {
    let mut texts = built_in();
    for folder in folders {
        texts.extend(together(folder)?);
    }
    Ok(texts)
}

/// The folder at a path, or those within it, none of which names a case of another.
fn together(path: &Path) -> Result<Vec<FolderText>, LoadError> {
    let texts = from_disk(path)?;
    let mut named: BTreeMap<CaseNumber, &str> = BTreeMap::new();
    for text in &texts {
        for number in text.rows().cases.iter().map(|case| case.row.number) {
            match named.insert(number, &text.slug) {
                Some(one) if one != text.slug => {
                    let (path, one, other) = (path.to_path_buf(), one.to_string(), text.slug.clone());
                    return Err(LoadError::Twice { path, number, one, other });
                }
                _ => {}
            }
        }
    }
    Ok(texts)
}

/// Folders that passed their checks, without what a later folder replaces.
struct Known {
    families: Vec<(Rc<FolderText>, Family)>,
    advisories: Vec<(Rc<FolderText>, Advisory)>,
}

fn sound(texts: Vec<FolderText>) -> Result<Known, LoadError> {
    let mut known = Known { families: Vec::new(), advisories: Vec::new() };
    let mut refused = Vec::new();
    for text in texts {
        let sound = match text.sound() {
            Ok(sound) => sound,
            Err(faults) => {
                refused.push(faults);
                continue;
            }
        };
        let text = Rc::new(text);
        if let Some(family) = sound.family {
            let apart =
                |earlier: &Family| earlier.cases.iter().all(|case| family.case(case.number).is_none());
            known.families.retain(|(_, earlier)| apart(earlier));
            known.families.push((Rc::clone(&text), family));
        }
        if let Some(advisory) = sound.advisory {
            known.advisories.retain(|(_, earlier)| earlier.head.id != advisory.head.id);
            known.advisories.push((text, advisory));
        }
    }
    if refused.is_empty() { Ok(known) } else { Err(LoadError::Faults(refused)) }
}

impl Known {
    fn casebook(self) -> Casebook {
        let mut hash = Sha256::new();
        let of_families = self.families.iter().map(|(text, _)| text);
        let texts = of_families.chain(self.advisories.iter().map(|(text, _)| text));
        texts.for_each(|text| text.hash(&mut hash));
        let families = self.families.into_iter().map(|(_, family)| family).collect();
        let advisories = self.advisories.into_iter().map(|(_, advisory)| advisory).collect();
        Casebook::new(families, advisories, hexadecimal(hash))
    }
}
