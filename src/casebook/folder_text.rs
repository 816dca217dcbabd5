//! The texts of one folder of law, built in or on disk, and what they hold once they have passed their checks.

use std::fs;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use super::advisory::Advisory;
use super::advisory_check::{ADVISORY_FILE, read_advisory};
use super::check::check;
use super::draft::approval::{self, DRAFTS, LeftOpen, Read, Unapproved};
use super::family::Family;
use super::load::{FolderFaults, LoadError};
use super::model::Rows;
use super::read::{CASE_FILE, Fault, Texts, read};

static CASES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/casebook/cases");
static ADVISORIES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/casebook/advisories");

/// The texts of one folder: a case, an advisory, or both.
pub(super) struct FolderText {
    pub(super) slug: String,
    case: Option<CaseText>,
    advisory: Option<String>,
}

/// The texts of a case.
struct CaseText {
    case: String,
    rates: String,
    suffixes: String,
    statistics: String,
    /// Its drafts, each with its place in the folder.
    drafts: Vec<(String, String)>,
}

/// The drafts of a case folder.
#[derive(Default)]
struct Drafts {
    approved: Vec<LeftOpen>,
    unapproved: Vec<Unapproved>,
}

impl CaseText {
    /// The rows, those of approved drafts behind them; what is wrong; and what stands open in drafts.
    fn read(&self) -> (Rows, Vec<Fault>, Drafts) {
        let CaseText { case, rates, suffixes, statistics, drafts } = self;
        let (mut rows, mut faults) = read(Texts { case, rates, suffixes, statistics });
        let mut of_folder = Drafts::default();
        for (file, text) in drafts {
            match approval::read(file, text) {
                Ok(Read::Approved(approved, left)) => {
                    rows.append(approved);
                    of_folder.approved.push(left);
                }
                Ok(Read::Unapproved(draft)) => of_folder.unapproved.push(draft),
                Err(of_draft) => faults.extend(of_draft),
            }
        }
        (rows, faults, of_folder)
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        let CaseText { case, rates, suffixes, statistics, drafts } = self;
        let drafts = drafts.iter().flat_map(|(file, text)| [file, text]);
        [case, rates, suffixes, statistics].into_iter().chain(drafts)
    }
}

/// What a folder holds once it has passed its checks.
pub(super) struct Sound {
    pub(super) family: Option<Family>,
    pub(super) advisory: Option<Advisory>,
}

impl FolderText {
    /// The rows of the folder; a row with a fault is left out.
    pub(super) fn rows(&self) -> Rows {
        let rows = self.case.as_ref().map(|case| case.read().0).unwrap_or_default();
        let advisory = self.advisory.as_deref().map(|text| read_advisory(text).0).unwrap_or_default();
        Rows { advisory, ..rows }
    }

    pub(super) fn sound(&self) -> Result<Sound, FolderFaults> {
        let mut faults = Vec::new();
        let case = self.case.as_ref().map(|case| {
            let (rows, unread, drafts) = case.read();
            let whole = |fault: &Fault| fault.at.file != CASE_FILE && !fault.at.file.starts_with(DRAFTS);
            faults.extend(check(&rows, unread.iter().all(whole)));
            faults.extend(unread);
            (rows, drafts)
        });
        let advisory = self.advisory.as_deref().map(|text| {
            let (rows, found) = read_advisory(text);
            faults.extend(found);
            rows
        });
        if !faults.is_empty() {
            faults.sort();
            let drafts =
                case.iter().flat_map(|(_, drafts)| &drafts.unapproved).map(Unapproved::told).collect();
            return Err(FolderFaults { folder: self.slug.clone(), faults, drafts });
        }
        let family = case.map(|(rows, Drafts { approved, mut unapproved })| {
            unapproved.iter_mut().for_each(|draft| judge(draft, &rows));
            Family { approved, unapproved, ..Family::new(&self.slug, rows) }
        });
        Ok(Sound { family, advisory: advisory.map(Advisory::new) })
    }

    pub(super) fn hash(&self, hash: &mut Sha256) {
        let case = self.case.iter().flat_map(CaseText::texts);
        for part in std::iter::once(&self.slug).chain(case).chain(&self.advisory) {
            hash.update(part.len().to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
}

/// What would be wrong with a folder if a draft of it were approved.
fn judge(draft: &mut Unapproved, rows: &Rows) {
    let mut approved = rows.clone();
    approved.append(draft.rows.clone());
    draft.faults.extend(check(&approved, draft.faults.is_empty()));
    draft.faults.sort();
}

/// The built-in folders, by name.
pub(super) fn built_in() -> Vec<FolderText> {
    let text = |dir: &Dir<'_>, name: &str| {
        let file = dir.get_file(dir.path().join(name))?;
        file.contents_utf8().map(str::to_string)
    };
    let drafts = |dir: &Dir<'static>| {
        let files = dir.get_dir(dir.path().join(DRAFTS)).into_iter().flat_map(Dir::files);
        files
            .map(|file| (of_draft(file.path()), file.contents_utf8().unwrap_or_default().to_string()))
            .collect()
    };
    let folders = CASES.dirs().chain(ADVISORIES.dirs());
    let mut folders: Vec<FolderText> = folders
        .map(|dir| FolderText {
            slug: dir.path().to_string_lossy().into_owned(),
            case: text(dir, CASE_FILE).map(|case| CaseText {
                case,
                rates: text(dir, "rates.csv").unwrap_or_default(),
                suffixes: text(dir, "suffixes.csv").unwrap_or_default(),
                statistics: text(dir, "statistics.csv").unwrap_or_default(),
                drafts: drafts(dir),
            }),
            advisory: text(dir, ADVISORY_FILE),
        })
        .collect();
    folders.sort_by(|a, b| a.slug.cmp(&b.slug));
    folders
}

/// True for a folder that holds a case or an advisory.
fn is_of_law(folder: &Path) -> bool {
    [CASE_FILE, ADVISORY_FILE].iter().any(|name| folder.join(name).is_file())
}

/// The folder at a path, or those within it.
pub(super) fn from_disk(path: &Path) -> Result<Vec<FolderText>, LoadError> {
    let io = |source| LoadError::Io { path: path.to_path_buf(), source };
    if is_of_law(path) {
        return Ok(vec![read_folder(path)?]);
    }
    let mut folders = Vec::new();
    for entry in fs::read_dir(path).map_err(io)? {
        let folder = entry.map_err(io)?.path();
        if is_of_law(&folder) {
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
    let text = |name: &str| {
        let path = folder.join(name);
        match fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(LoadError::Io { path, source }),
            Ok(text) => Ok(Some(text)),
        }
    };
    let rates = || {
        let path = folder.join("rates.csv");
        fs::read_to_string(&path).map_err(|source| LoadError::Io { path, source })
    };
    let case = match text(CASE_FILE)? {
        Some(case) => Some(CaseText {
            case,
            rates: rates()?,
            suffixes: text("suffixes.csv")?.unwrap_or_default(),
            statistics: text("statistics.csv")?.unwrap_or_default(),
            drafts: drafts_of(folder)?,
        }),
        None => None,
    };
    let slug = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
    Ok(FolderText { slug, case, advisory: text(ADVISORY_FILE)? })
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
