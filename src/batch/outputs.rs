//! Where outputs go, and which files they may replace.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::manifest::Manifest;
use super::pipeline::FileError;
use crate::spreadsheet::Format;
use crate::spreadsheet::whole_file::sha256_of;

/// The four files of one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputNames {
    /// The broker's rows with our columns.
    pub annotated: PathBuf,
    /// The exceptions report.
    pub report: PathBuf,
    /// Every exception, for machines.
    pub exceptions: PathBuf,
    /// What went in and came out.
    pub manifest: PathBuf,
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
            manifest: folder.join(format!("{base}.run.json")),
        }
    }

    fn outputs(&self) -> [&Path; 3] {
        [&self.annotated, &self.report, &self.exceptions]
    }

    fn manifest_there(&self) -> Option<Manifest> {
        std::fs::read(&self.manifest).ok().and_then(|text| serde_json::from_slice(&text).ok())
    }

    /// Outputs of an earlier run that this one does not write, such as those of another format: they would be left
    /// behind without a manifest. One that was changed since is somebody's work and stays.
    pub fn stale(&self) -> Vec<PathBuf> {
        let folder = self.manifest.parent().unwrap_or(Path::new(""));
        let listed = self.manifest_there().into_iter().flat_map(|manifest| manifest.outputs);
        let ours = self.outputs();
        let other = listed.map(|output| (folder.join(&output.name), output.sha256));
        let unchanged = |path: &Path, sha256: &str| sha256_of(path).is_ok_and(|now| now == sha256);
        let other = other.filter(|(path, sha256)| !ours.contains(&path.as_path()) && unchanged(path, sha256));
        other.map(|(path, _)| path).collect()
    }

    /// Refuses to go on where an output that is there cannot be written: it is open in another program, or protected.
    ///
    /// # Errors
    /// The first such output; nothing has been touched then.
    pub fn can_be_written(&self) -> Result<(), FileError> {
        for path in self.outputs().into_iter().chain([&*self.manifest]).filter(|path| path.is_file()) {
            let opened = std::fs::OpenOptions::new().write(true).open(path);
            opened.map_err(|source| FileError::Locked { path: path.to_path_buf(), source })?;
        }
        Ok(())
    }

    /// Refuses to replace a file that no earlier run of ours wrote, and ever to replace the input.
    ///
    /// # Errors
    /// A file is there that our manifest does not list, or an output is the input.
    pub fn may_replace(&self, input: &Path, force: bool) -> Result<(), FileError> {
        let same = |path: &Path| match (path.canonicalize(), input.canonicalize()) {
            (Ok(output), Ok(input)) => output == input,
            _ => false,
        };
        if let Some(path) = self.outputs().into_iter().chain([&*self.manifest]).find(|path| same(path)) {
            return Err(FileError::OutputIsInput(path.to_path_buf()));
        }
        self.can_be_written()?;
        if force {
            return Ok(());
        }
        let ours = self.manifest_there();
        let listed = |path: &Path| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            let mut outputs = ours.iter().flat_map(|manifest| &manifest.outputs);
            outputs.find(|output| Some(&output.name) == name.as_ref()).map(|output| output.sha256.as_str())
        };
        for path in self.outputs().into_iter().filter(|path| path.is_file()) {
            let changed = |sha256: &str| sha256_of(path).is_ok_and(|now| now != sha256);
            if listed(path).is_some_and(changed) {
                return Err(FileError::Changed(path.to_path_buf()));
            }
        }
        let manifest_is_ours = ours.is_some() || !self.manifest.exists();
        let foreign = self
            .outputs()
            .into_iter()
            .find(|path| path.exists() && !(listed(path).is_some() && path.is_file()));
        match foreign.or((!manifest_is_ours).then_some(&*self.manifest)) {
            Some(path) => Err(FileError::Exists(path.to_path_buf())),
            None => Ok(()),
        }
    }
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
    let mut seen = std::collections::HashSet::new();
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
