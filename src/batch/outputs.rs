//! Where outputs go, and which files they may replace.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::manifest::Manifest;
use super::pipeline::FileError;
use crate::spreadsheet::Format;

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
    /// The outputs of an input called `base`.
    pub fn new(folder: &Path, base: &str, format: Format) -> OutputNames {
        let extension = match format {
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
        if force {
            return Ok(());
        }
        let ours = std::fs::read(&self.manifest)
            .ok()
            .and_then(|text| serde_json::from_slice::<Manifest>(&text).ok());
        let listed = |path: &Path| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            ours.iter()
                .flat_map(|manifest| &manifest.outputs)
                .any(|output| Some(&output.name) == name.as_ref())
        };
        let manifest_is_ours = ours.is_some() || !self.manifest.exists();
        let foreign = self.outputs().into_iter().find(|path| path.exists() && !listed(path));
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
    inputs.iter().map(|input| part(input, stems[&part(input, true).to_lowercase()] == 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_stem_keeps_the_whole_name() {
        let inputs = ["in/a.csv", "in/a.xlsx", "in/b.csv"].map(PathBuf::from);
        assert_eq!(names(&inputs), ["a.csv", "a.xlsx", "b"]);
    }
}
