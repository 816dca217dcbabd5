//! The folders of a run: which inputs are in one, and who may write into the other.

use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::manifest::{FileEntry, Manifest};
use super::outputs::OutputNames;
use crate::spreadsheet::whole_file::{remove_if_there, sha256_of};

/// Extensions of entry files. What a file is, its content tells; others are not meant for this program.
const EXTENSIONS: [&str; 8] = ["csv", "tsv", "txt", "xlsx", "xlsm", "xlsb", "xls", "ods"];
/// Ends of the names of our own outputs.
const OURS: [&str; 10] = [
    ".annotated.xlsx",
    ".annotated.xlsm",
    ".annotated.csv",
    ".exceptions.xlsx",
    ".exceptions.csv",
    ".refunds.csv",
    ".corrections.csv",
    ".deadlines.csv",
    ".compare.xlsx",
    ".compare.csv",
];
/// The file by which a run holds its output folder.
const LOCK: &str = ".adcvd.lock";

/// The entry files of a folder, by name; files that hide, that a spreadsheet program has open (`~$`), and outputs of ours
/// are passed over, and folders within it are not looked into.
///
/// # Errors
/// The folder cannot be read.
pub fn entry_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let passed_over =
            name.starts_with('.') || name.starts_with("~$") || OURS.iter().any(|end| name.ends_with(end));
        if !passed_over && EXTENSIONS.contains(&extension.as_str()) && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// An output folder that one run holds; others are refused while it does.
pub struct Held {
    path: PathBuf,
    file: File,
}

/// Why a folder cannot be held.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// Another run holds it.
    #[error("another run is writing into {folder} ({holder}); wait for it, or choose another folder with -o")]
    Taken {
        /// Which folder.
        folder: PathBuf,
        /// Who.
        holder: String,
    },
    /// It cannot be written to.
    #[error("cannot write into {folder}: {source}")]
    Io {
        /// Which folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Held {
    /// Holds an output folder, which is made where it is not there, and clears what a killed run left in it.
    ///
    /// # Errors
    /// Another run holds the folder, or it cannot be written to.
    pub fn hold(folder: &Path) -> Result<Held, HoldError> {
        let failed = |source| HoldError::Io { folder: folder.to_path_buf(), source };
        fs::create_dir_all(folder).map_err(failed)?;
        let path = folder.join(LOCK);
        let mut options = File::options();
        let mut file =
            options.read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        if file.try_lock().is_err() {
            let mut holder = String::new();
            let _ = file.read_to_string(&mut holder);
            let holder = if holder.is_empty() { "unknown".to_string() } else { holder };
            return Err(HoldError::Taken { folder: folder.to_path_buf(), holder });
        }
        file.set_len(0).map_err(failed)?;
        file.rewind().map_err(failed)?;
        write!(file, "process {}", std::process::id()).map_err(failed)?;
        let held = Held { path, file };
        held.clear();
        Ok(held)
    }

    /// The hold as something that a worker can keep too: the folder is held until the last of them ends, even if this
    /// process is killed and a worker lives on.
    ///
    /// # Errors
    /// The system has no more files to give.
    pub fn shared(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// Removes temporary files: while the folder is held and nothing is being written, they are nobody's.
    pub fn clear(&self) {
        let Some(folder) = self.path.parent() else { return };
        let ours = |name: &str| name.starts_with(".adcvd-") && name.ends_with(".tmp");
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if ours(&entry.file_name().to_string_lossy()) {
                // What cannot be removed now is tried again by the next run.
                let _ = remove_if_there(&entry.path());
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = remove_if_there(&self.path);
        let _ = self.file.unlock();
    }
}

/// The manifest of an earlier run, where all that it names is as it was: the input, the law and what is assumed, the version, what was asked,
/// and every output. Nothing would come out otherwise.
pub fn done_before(names: &OutputNames, input: &Path, wanted: &Manifest) -> Option<Manifest> {
    let known = names.manifest_there()?;
    let asked = |manifest: &Manifest| {
        let Manifest { version, as_of, options, casebook_sha256, hypothetical, records, .. } =
            manifest.clone();
        (version, as_of, options, casebook_sha256, hypothetical, records)
    };
    let folder = names.manifest.parent().unwrap_or(Path::new(""));
    let same = |entry: &FileEntry, path: &Path| sha256_of(path).is_ok_and(|now| now == entry.sha256);
    let done = asked(&known) == asked(wanted)
        && known.input.name == wanted.input.name
        && same(&known.input, input)
        && known.outputs.iter().all(|output| same(output, &folder.join(&output.name)));
    done.then_some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_holder_and_no_litter() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".adcvd-abc.tmp"), "half").unwrap();
        fs::write(folder.path().join("mine.tmp"), "whole").unwrap();
        let held = Held::hold(folder.path()).unwrap();
        assert!(!folder.path().join(".adcvd-abc.tmp").exists() && folder.path().join("mine.tmp").exists());
        let refused = Held::hold(folder.path()).err().unwrap().to_string();
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        drop(held);
        assert!(!folder.path().join(LOCK).exists());
        assert!(Held::hold(folder.path()).is_ok());
    }

    #[test]
    fn entry_files_of_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        for name in
            ["b.csv", "a.XLSX", "~$a.xlsx", ".hidden.csv", "x.pdf", "b.annotated.csv", "b.exceptions.xlsx"]
        {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join("c.csv")).unwrap();
        let names: Vec<_> = entry_files(folder.path())
            .unwrap()
            .iter()
            .map(|path| path.file_name().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["a.XLSX", "b.csv"]);
    }
}
