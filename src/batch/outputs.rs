//! Where outputs go, and which files they may replace.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::manifest::{FileEntry, Manifest};
use super::pipeline::{FileError, failed};
use crate::spreadsheet::whole_file::{remove_if_there, sha256_of};
use crate::spreadsheet::{Format, Ready, WholeFile};

/// The files of one input. Those of what is watched over are written only where there is something to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputNames {
    /// The broker's rows with our columns.
    pub annotated: PathBuf,
    /// The exceptions report.
    pub report: PathBuf,
    /// Every exception, for machines.
    pub exceptions: PathBuf,
    /// Deposits that no longer stand, for machines.
    pub refunds: PathBuf,
    /// Entries that want correcting, for machines.
    pub corrections: PathBuf,
    /// Days by which somebody has to act, for machines.
    pub deadlines: PathBuf,
    /// What went in and came out.
    pub manifest: PathBuf,
    /// 53-records, where they are asked for.
    pub abi53: Option<PathBuf>,
}

impl OutputNames {
    /// The outputs of an input called `base`. A workbook with macros that is passed through keeps its extension: a
    /// spreadsheet program refuses it under another.
    pub fn new(folder: &Path, base: &str, format: Format, with_macros: bool) -> OutputNames {
        let extension = match format {
            Format::Xlsx if with_macros => "xlsm",
            Format::Xlsx => "xlsx",
            Format::Csv => "csv",
        };
        OutputNames {
            annotated: folder.join(format!("{base}.annotated.{extension}")),
            report: folder.join(format!("{base}.exceptions.xlsx")),
            exceptions: folder.join(format!("{base}.exceptions.csv")),
            refunds: folder.join(format!("{base}.refunds.csv")),
            corrections: folder.join(format!("{base}.corrections.csv")),
            deadlines: folder.join(format!("{base}.deadlines.csv")),
            manifest: folder.join(format!("{base}.run.json")),
            abi53: None,
        }
    }

    /// The same with a file of 53-records of this name beside them, where one is asked for.
    pub fn with_abi53(self, name: &Option<String>) -> OutputNames {
        let abi53 = name.as_ref().map(|name| self.manifest.with_file_name(name));
        OutputNames { abi53, ..self }
    }

    /// The files as a set that is replaced together.
    pub fn set(&self) -> OutputSet {
        let OutputNames { annotated, report, exceptions, refunds, corrections, deadlines, .. } = self;
        let outputs = [annotated, report, exceptions, refunds, corrections, deadlines];
        let outputs = outputs.into_iter().chain(&self.abi53).cloned().collect();
        OutputSet { outputs, manifest: self.manifest.clone() }
    }

    /// The manifest that stands there, if one does.
    pub fn manifest_there(&self) -> Option<Manifest> {
        std::fs::read(&self.manifest).ok().and_then(|text| serde_json::from_slice(&text).ok())
    }
}

/// Files that are replaced together, and the manifest that lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputSet {
    /// All but the manifest.
    pub outputs: Vec<PathBuf>,
    /// What went in and came out.
    pub manifest: PathBuf,
}

/// What any manifest of ours says of its outputs.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Listed {
    program: String,
    outputs: Vec<FileEntry>,
}

impl OutputSet {
    /// What the manifest that stands there lists, if one of ours does.
    fn listed_there(&self) -> Option<Listed> {
        let text = std::fs::read(&self.manifest).ok()?;
        serde_json::from_slice(&text).ok().filter(|listed: &Listed| listed.program == "adcvd")
    }

    /// Where stands, while outputs are put in place, what was there before and what is to be. It is left behind by a
    /// run that was killed meanwhile, and tells the next one which files are not somebody's work.
    fn placing(&self) -> PathBuf {
        let name = self.manifest.file_name().unwrap_or_default().to_string_lossy();
        self.manifest.with_file_name(format!(".adcvd-{name}.placing"))
    }

    /// What is known of the files that stand under these names: by the manifest there, and by those of a run that was
    /// killed while it put its outputs in place.
    fn known(&self) -> Vec<Listed> {
        let placing = std::fs::read(self.placing()).ok();
        let broken_off: Option<Vec<Listed>> = placing.and_then(|text| serde_json::from_slice(&text).ok());
        self.listed_there().into_iter().chain(broken_off.into_iter().flatten()).collect()
    }

    /// Notes that these outputs are about to be put in place.
    fn begin_placing(&self, outputs: &[FileEntry]) -> io::Result<()> {
        let next = Listed { program: "adcvd".to_string(), outputs: outputs.to_vec() };
        let known = [self.known(), vec![next]].concat();
        let mut file = WholeFile::begin(&self.placing())?;
        serde_json::to_writer(&mut file, &known)?;
        file.complete()?.put()
    }

    /// Notes that all of them stand in their places.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn end_placing(&self) -> io::Result<()> {
        remove_if_there(&self.placing())
    }

    /// Outputs of an earlier run that are not among those now written, such as those of another format: they would be
    /// left behind without a manifest. One that was changed since is somebody's work and stays.
    fn stale(&self, written: &[FileEntry]) -> Vec<PathBuf> {
        let folder = self.manifest.parent().unwrap_or(Path::new(""));
        let listed = self.known().into_iter().flat_map(|listed| listed.outputs);
        let written: HashSet<&str> = written.iter().map(|written| &*written.name).collect();
        let other = listed.filter(|listed| !written.contains(&*listed.name));
        let other = other.map(|output| (folder.join(&output.name), output.sha256));
        let other = other.filter(|(path, sha256)| sha256_of(path).is_ok_and(|now| now == *sha256));
        let mut stale: Vec<PathBuf> = other.map(|(path, _)| path).collect();
        stale.sort();
        stale.dedup();
        stale
    }

    /// Removes the folders of a pack, of which this was a file, if nothing is left in them.
    fn remove_empty_folders(&self, path: &Path) {
        let below = |folder: &&Path| Some(*folder) != self.manifest.parent();
        for folder in path.ancestors().skip(1).take_while(below) {
            // One that holds something stays.
            if std::fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = &Path> {
        self.outputs.iter().chain([&self.manifest]).map(PathBuf::as_path)
    }

    /// Refuses to go on where an output that is there cannot be written: it is open in another program, or protected.
    fn can_be_written(&self) -> Result<(), FileError> {
        for path in self.all().filter(|path| path.is_file()) {
            let opened = std::fs::OpenOptions::new().write(true).open(path);
            opened.map_err(|source| FileError::Locked { path: path.to_path_buf(), source })?;
        }
        Ok(())
    }

    /// Refuses to replace a file that no earlier run of ours wrote, and ever to replace an input.
    ///
    /// # Errors
    /// A file is there that our manifest does not list, or an output is an input.
    pub fn may_replace(&self, inputs: &[&Path], force: bool) -> Result<(), FileError> {
        let same = |path: &Path, input: &Path| match (path.canonicalize(), input.canonicalize()) {
            (Ok(output), Ok(input)) => output == input,
            _ => false,
        };
        if let Some(path) = self.all().find(|path| inputs.iter().any(|input| same(path, input))) {
            return Err(FileError::OutputIsInput(path.to_path_buf()));
        }
        self.can_be_written()?;
        if force {
            return Ok(());
        }
        let ours = self.known();
        // Packs are many: each of their files is looked up.
        let mut known: HashMap<&str, Vec<&str>> = HashMap::new();
        for output in ours.iter().flat_map(|listed| &listed.outputs) {
            known.entry(&output.name).or_default().push(&output.sha256);
        }
        let folder = self.manifest.parent().unwrap_or(Path::new(""));
        let listed =
            |path: &Path| -> Vec<&str> { known.get(&*name_below(folder, path)).cloned().unwrap_or_default() };
        for path in self.outputs.iter().filter(|path| path.is_file()) {
            let known = listed(path);
            if !known.is_empty() && sha256_of(path).is_ok_and(|now| !known.contains(&&*now)) {
                return Err(FileError::Changed(path.clone()));
            }
        }
        let manifest_is_ours = self.listed_there().is_some() || !self.manifest.exists();
        let foreign =
            self.outputs.iter().find(|path| path.exists() && (listed(path).is_empty() || !path.is_file()));
        match foreign.or((!manifest_is_ours).then_some(&self.manifest)) {
            Some(path) => Err(FileError::Exists(path.clone())),
            None => Ok(()),
        }
    }

    /// Puts written files in their places, and the manifest behind them. Each is opened again first and compared with what
    /// was counted while it was written. Everything is on the disk by then; only names change. Between the two removals and the last name there is no manifest that could speak for a mixture.
    ///
    /// # Errors
    /// A file is not on the disk as it was written; one that is there is open in another program; or the folder cannot be
    /// written to.
    pub fn place(
        &self,
        ready: Vec<Ready>,
        outputs: &[FileEntry],
        manifest: &impl Serialize,
    ) -> Result<(), FileError> {
        let of_manifest = failed(&self.manifest);
        let file = manifest_file(&self.manifest, manifest)?;
        for ready in ready.iter().chain([&file]) {
            let path = ready.destination().to_path_buf();
            ready.recount().map_err(|problem| FileError::Differs { path, problem })?;
        }
        self.can_be_written()?;
        self.begin_placing(outputs).map_err(&of_manifest)?;
        let stale = self.stale(outputs);
        remove_if_there(&self.manifest).map_err(&of_manifest)?;
        for path in stale {
            remove_if_there(&path).map_err(failed(&path))?;
            self.remove_empty_folders(&path);
        }
        for ready in ready {
            let destination = ready.destination().to_path_buf();
            ready.put().map_err(failed(&destination))?;
        }
        file.put().map_err(&of_manifest)?;
        self.end_placing().map_err(&of_manifest)
    }
}

/// The name of a file below a folder, as a manifest there lists it.
fn name_below(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path).iter();
    below.map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// A manifest under its temporary name.
pub(super) fn manifest_file(path: &Path, manifest: &impl Serialize) -> Result<Ready, FileError> {
    let written = || {
        let mut file = WholeFile::begin(path)?;
        writeln!(file, "{}", serde_json::to_string_pretty(manifest)?)?;
        file.complete()
    };
    written().map_err(failed(path))
}

/// Written files as the manifest of a folder lists them.
pub fn entries_of(ready: &[Ready], folder: &Path) -> Vec<FileEntry> {
    let entry = |ready: &Ready| {
        let name = name_below(folder, ready.destination());
        FileEntry { name, sha256: ready.sha256().to_string(), bytes: ready.bytes() }
    };
    ready.iter().map(entry).collect()
}

/// What the outputs of each input are called: its stem, or its whole name where two inputs share a stem.
pub fn names(inputs: &[PathBuf]) -> Vec<String> {
    let part = |path: &Path, stem: bool| {
        let part = if stem { path.file_stem() } else { path.file_name() };
        part.unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
    };
    let mut stems: HashMap<String, usize> = HashMap::new();
    for input in inputs {
        *stems.entry(part(input, true).to_lowercase()).or_default() += 1;
    }
    let stem_is_free = |input: &Path| {
        let stem = part(input, true).to_lowercase();
        // `adcvd.run.json` is the summary of a run of several files.
        stems[&stem] == 1 && stem != "adcvd"
    };
    let mut whole: Vec<bool> = inputs.iter().map(|input| !stem_is_free(input)).collect();
    loop {
        let names: Vec<String> =
            inputs.iter().zip(&whole).map(|(input, whole)| part(input, !whole)).collect();
        // A stem may be the whole name of another input: then both go by their whole names.
        let taken = |place: usize| {
            let same = |other: &String| other.eq_ignore_ascii_case(&names[place]);
            !whole[place] && names.iter().filter(|other| same(other)).count() > 1
        };
        let more: Vec<usize> = (0..inputs.len()).filter(|place| taken(*place)).collect();
        if more.is_empty() {
            return names;
        }
        more.into_iter().for_each(|place| whole[place] = true);
    }
}

/// The first name that two inputs would share, if there is one: their outputs would be the same files.
pub fn shared(names: &[String]) -> Option<&String> {
    let mut seen = HashSet::new();
    names.iter().find(|name| !seen.insert(name.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_stem_keeps_the_whole_name() {
        let inputs = ["in/a.csv", "in/a.xlsx", "in/b.csv"].map(PathBuf::from);
        assert_eq!(names(&inputs), ["a.csv", "a.xlsx", "b"]);
        assert_eq!(shared(&names(&inputs)), None);
        let inputs = ["in/x.csv", "in/x.txt", "in/x.csv.txt", "in/adcvd.csv"].map(PathBuf::from);
        assert_eq!(names(&inputs), ["x.csv", "x.txt", "x.csv.txt", "adcvd.csv"]);
        let twins = names(&["x/a.csv", "y/A.csv"].map(PathBuf::from));
        assert_eq!(shared(&twins).map(String::as_str), Some("A.csv"));
    }
}
