//! `cases diff`: what two case folders say otherwise, and which lines of an entry file that changes.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::args::DiffArgs;
use super::exit::{Exit, Failure};
use super::kept::{self, Kept};
use super::options::CaseFolders;
use super::run::{as_of, looking};
use super::terminal::say;
use crate::batch::{FileError, names, under_both};
use crate::casebook::diff::diff as diff_of_law;
use crate::casebook::load::{Folder, load_only};
use crate::report::law_diff;
use crate::spreadsheet::WholeFile;
use crate::terms::CaseNumber;

/// Changed lines that the terminal shows.
const LINES_SHOWN: usize = 50;

/// One side of the comparison.
struct Side {
    folder: Folder,
    /// How places in it are named.
    name: String,
    /// Its path; none for a built-in one.
    path: Option<PathBuf>,
}

impl Side {
    fn read(given: &Path) -> Result<Side, Failure> {
        if given.is_dir() {
            let (name, path) = (given.display().to_string(), Some(given.to_path_buf()));
            let folder = Folder::read(given)?;
            kept::warn(&load_only(given)?);
            return Ok(Side { folder, name, path });
        }
        let number = given.to_str().and_then(CaseNumber::parse).map(|(number, _)| number);
        let folder = number.and_then(Folder::built_in).ok_or_else(|| {
            let given = given.display();
            Failure::Usage(format!(
                "{given} is neither a case folder nor a number of a built-in case; `adcvd cases list` shows those"
            ))
        })?;
        let name = format!("(built-in) {}", folder.slug);
        Ok(Side { folder, name, path: None })
    }

    /// The casebook of a run with this folder.
    fn law(&self, args: &DiffArgs) -> Result<Kept, Failure> {
        let cases = CaseFolders { folders: self.path.iter().cloned().collect(), assume: None };
        kept::read(&cases, &args.kept)
    }

    fn title(&self) -> String {
        let family = self.folder.rows.family.as_ref().map(|family| &family.row);
        family.map_or(String::new(), |family| {
            format!("{}, checked through {}", family.title, family.checked_through.0)
        })
    }
}

/// Tells what two case folders say otherwise; with an entry file, which of its lines that changes.
///
/// # Errors
/// A folder or the file is refused, or an output cannot be written.
pub fn diff(args: &DiffArgs) -> Result<Exit, Failure> {
    let (old, new) = (Side::read(&args.old)?, Side::read(&args.new)?);
    let changes = diff_of_law(&old.folder.rows, &new.folder.rows);
    let mut text = format!("old  {}  {}\nnew  {}  {}\n\n", old.name, old.title(), new.name, new.title());
    text.push_str(&law_diff::counts(&changes));
    let mut outputs = vec![("cases-diff.csv".to_string(), law_diff::csv(&changes, &old.name, &new.name))];
    match &args.over {
        None => text.push_str(&law_diff::told(&changes, &old.name, &new.name)),
        Some(input) => {
            let as_of = as_of(&args.as_of);
            let (of_old, of_new) = (old.law(args)?, new.law(args)?);
            let options =
                looking(as_of, &args.sheets, &args.file, &args.limits, (of_old.crosswalk, of_old.products))?;
            let lines = under_both(&of_old.casebook, &of_new.casebook, input, &options)?;
            let _ = writeln!(text, "\n{}  as of {as_of}", input.display());
            text.push_str(&lines.told(LINES_SHOWN));
            let base = names(std::slice::from_ref(input)).concat();
            outputs.push((format!("{base}.cases-diff.csv"), lines.csv()));
        }
    }
    if let Some(folder) = &args.out {
        text.push_str("\nWritten\n");
        for path in written(folder, outputs, args.force)? {
            let _ = writeln!(text, "  {}", path.display());
        }
    }
    say(&text)?;
    Ok(Exit::Finished)
}

/// Writes all files, or none where one of them is there already.
fn written(folder: &Path, outputs: Vec<(String, Vec<u8>)>, force: bool) -> Result<Vec<PathBuf>, Failure> {
    let paths: Vec<PathBuf> = outputs.iter().map(|(name, _)| folder.join(name)).collect();
    if let Some(taken) = paths.iter().find(|path| path.exists() && !force) {
        return Err(FileError::Exists(taken.clone()).into());
    }
    let mut ready = Vec::new();
    for ((_, bytes), path) in outputs.iter().zip(&paths) {
        let failed = |source| FileError::Output { path: path.clone(), source };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut file = WholeFile::begin(path).map_err(failed)?;
        file.write_all(bytes).map_err(failed)?;
        ready.push(file.complete().map_err(failed)?);
    }
    for (file, path) in ready.into_iter().zip(&paths) {
        file.put().map_err(|source| FileError::Output { path: path.clone(), source })?;
    }
    Ok(paths)
}
