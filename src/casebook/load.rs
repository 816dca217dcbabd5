//! Finds case folders, built in or a broker's own, and makes a casebook of them.

use std::fs;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::Casebook;
use super::assume::{self, Assumed};
use super::check::check;
use super::draft::approval::{self, DRAFTS, Read, Unapproved};
use super::family::Family;
use super::model::Rows;
use super::read::{Fault, FaultCode, read};
use crate::terms::CaseNumber;
use crate::terms::sha256::hexadecimal;

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/casebook/cases");

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
    /// A folder without `case.toml`, and no sub-folder with one.
    #[error("{0} holds no case: expected a folder with case.toml and rates.csv")]
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

/// The texts of one case folder.
struct FolderText {
    slug: String,
    case: String,
    rates: String,
    suffixes: String,
    /// Its drafts, each with its place in the folder.
    drafts: Vec<(String, String)>,
}

impl FolderText {
    /// The rows of the folder, those of approved drafts behind them; what is wrong; and the other drafts.
    fn parts(&self) -> (Rows, Vec<Fault>, Vec<Unapproved>) {
        let (mut rows, mut faults) = read(&self.case, &self.rates, &self.suffixes);
        let mut unapproved = Vec::new();
        for (file, text) in &self.drafts {
            match approval::read(file, text) {
                Ok(Read::Approved(approved)) => rows.append(approved),
                Ok(Read::Unapproved(draft)) => unapproved.push(draft),
                Err(of_draft) => faults.extend(of_draft),
            }
        }
        (rows, faults, unapproved)
    }

    /// The rows of a folder that passed its checks.
    fn rows(&self) -> Rows {
        self.parts().0
    }

    fn family(&self) -> Result<Family, FolderFaults> {
        let (rows, mut faults, mut unapproved) = self.parts();
        let whole =
            faults.iter().all(|fault| fault.at.file != "case.toml" && !fault.at.file.starts_with(DRAFTS));
        faults.extend(check(&rows, whole));
        faults.sort();
        if faults.is_empty() {
            for draft in &mut unapproved {
                let mut approved = rows.clone();
                approved.append(draft.rows.clone());
                draft.faults.extend(check(&approved, draft.faults.is_empty()));
                draft.faults.sort();
            }
            Ok(Family { unapproved, ..Family::new(&self.slug, rows) })
        } else {
            let drafts = unapproved.iter().map(Unapproved::told).collect();
            Err(FolderFaults { folder: self.slug.clone(), faults, drafts })
        }
    }
}

fn built_in() -> Vec<FolderText> {
    let text = |dir: &Dir<'_>, name: &str| {
        let file = dir.get_file(dir.path().join(name));
        file.and_then(|file| file.contents_utf8()).unwrap_or_default().to_string()
    };
    let mut folders: Vec<FolderText> = BUILT_IN
        .dirs()
        .map(|dir| FolderText {
            slug: dir.path().to_string_lossy().into_owned(),
            case: text(dir, "case.toml"),
            rates: text(dir, "rates.csv"),
            suffixes: text(dir, "suffixes.csv"),
            drafts: dir
                .get_dir(dir.path().join(DRAFTS))
                .into_iter()
                .flat_map(Dir::files)
                .map(|file| (of_draft(file.path()), file.contents_utf8().unwrap_or_default().to_string()))
                .collect(),
        })
        .collect();
    folders.sort_by(|a, b| a.slug.cmp(&b.slug));
    folders
}

/// The place of a draft in its case folder.
fn of_draft(path: &Path) -> String {
    format!("{DRAFTS}/{}", path.file_name().unwrap_or(path.as_os_str()).to_string_lossy())
}

/// The drafts of a case folder, by name; other files in their folder are left alone.
fn drafts_of(folder: &Path) -> Result<Vec<(String, String)>, LoadError> {
    let folder = folder.join(DRAFTS);
    let io = |path: &Path, source| LoadError::Io { path: path.to_path_buf(), source };
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|source| io(&folder, source))?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|source| io(&folder, source))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    let text = |path: PathBuf| {
        let text = fs::read_to_string(&path).map_err(|source| io(&path, source))?;
        Ok((of_draft(&path), text))
    };
    paths.into_iter().map(text).collect()
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

fn from_disk(path: &Path) -> Result<Vec<FolderText>, LoadError> {
    let io = |source| LoadError::Io { path: path.to_path_buf(), source };
    if path.join("case.toml").is_file() {
        return Ok(vec![read_folder(path)?]);
    }
    let mut folders = Vec::new();
    for entry in fs::read_dir(path).map_err(io)? {
        let folder = entry.map_err(io)?.path();
        if folder.join("case.toml").is_file() {
            folders.push(folder);
        }
    }
    if folders.is_empty() {
        return Err(LoadError::NoCase(path.to_path_buf()));
    }
    folders.sort();
    folders.iter().map(|folder| read_folder(folder)).collect()
}

fn read_folder(folder: &Path) -> Result<FolderText, LoadError> {
    let text = |name: &str, needed: bool| {
        let path = folder.join(name);
        match fs::read_to_string(&path) {
            Err(error) if !needed && error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            Err(source) => Err(LoadError::Io { path, source }),
            Ok(text) => Ok(text),
        }
    };
    let slug = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
    Ok(FolderText {
        slug,
        case: text("case.toml", true)?,
        rates: text("rates.csv", true)?,
        suffixes: text("suffixes.csv", false)?,
        drafts: drafts_of(folder)?,
    })
}

/// Loads the built-in families and those of `folders`: case folders, or folders of case folders. A folder that names
/// any case number of an earlier one replaces that whole family, never rows of it.
///
/// # Errors
/// Every fault of every folder, each with its place; or a folder that cannot be read or holds no case.
pub fn load(folders: &[PathBuf]) -> Result<Casebook, LoadError> {
    Ok(casebook(families(texts(folders)?)?))
}

/// Loads only the families of one folder, for `cases check DIR`.
///
/// # Errors
/// As [`load`].
pub fn load_only(folder: &Path) -> Result<Casebook, LoadError> {
    Ok(casebook(families(from_disk(folder)?)?))
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
        text.family().map_err(|faults| LoadError::Faults(vec![faults]))?;
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
    let known = families(texts(folders)?)?;
    let io = |source| LoadError::Io { path: path.to_path_buf(), source };
    let text = fs::read_to_string(path).map_err(io)?;
    let (assumption, faults) = assume::read(&path.display().to_string(), &text);
    let refused =
        |faults| LoadError::Assumption(vec![FolderFaults { folder: String::new(), faults, drafts: vec![] }]);
    let Some(assumption) = assumption.filter(|_| faults.is_empty()) else { return Err(refused(faults)) };
    let (at, head) = (assumption.head.at.clone(), assumption.head.row.clone());
    let Some(ix) = known.iter().position(|(_, family)| family.case(head.case).is_some()) else {
        let sentence =
            format!("{} is in no case folder of this run; `adcvd cases list` shows what is", head.case);
        return Err(refused(vec![Fault { at, code: FaultCode::CF05, sentence }]));
    };
    let folder = &known[ix].0;
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
    let unapproved = known[ix].1.unapproved.clone();
    let family = Family { unapproved, ..Family::new(&folder.slug, rows) };
    let without = casebook(known);
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
        texts.extend(from_disk(folder)?);
    }
    Ok(texts)
}

/// Folders with the families that they hold, without those that a later folder replaces.
fn families(texts: Vec<FolderText>) -> Result<Vec<(FolderText, Family)>, LoadError> {
    let mut families: Vec<(FolderText, Family)> = Vec::new();
    let mut refused = Vec::new();
    for text in texts {
        match text.family() {
            Err(faults) => refused.push(faults),
            Ok(family) => {
                let apart =
                    |earlier: &Family| earlier.cases.iter().all(|case| family.case(case.number).is_none());
                families.retain(|(_, earlier)| apart(earlier));
                families.push((text, family));
            }
        }
    }
    if refused.is_empty() { Ok(families) } else { Err(LoadError::Faults(refused)) }
}

fn casebook(families: Vec<(FolderText, Family)>) -> Casebook {
    let mut hash = Sha256::new();
    for (text, _) in &families {
        for part in [&text.slug, &text.case, &text.rates, &text.suffixes] {
            hash.update(part.len().to_le_bytes());
            hash.update(part.as_bytes());
        }
        for part in text.drafts.iter().flat_map(|(file, text)| [file, text]) {
            hash.update(part.len().to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    let families = families.into_iter().map(|(_, family)| family).collect();
    Casebook::new(families, hexadecimal(hash))
}
