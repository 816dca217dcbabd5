//! Outputs that are written, on their way to their names: looked at again, then renamed, the manifest last.

use std::io::Write;
use std::path::Path;

use super::manifest::{FileEntry, manifest};
use super::outputs::OutputNames;
use super::pass::name_of;
use super::pipeline::{FileError, FileOutcome, Progress, RunOptions, failed, internal};
use super::verify::{again, same_hash};
use crate::casebook::Casebook;
use crate::report::columns::COLUMNS;
use crate::report::tally::Tally;
use crate::spreadsheet::annotated::Anew;
use crate::spreadsheet::read::COLUMNS_MAX;
use crate::spreadsheet::whole_file::{Ready, remove_if_there};
use crate::spreadsheet::{AnnotatedFile, InputFacts, WholeFile};

/// Files of a run under their temporary names.
pub(super) struct Unplaced {
    pub(super) annotated: AnnotatedFile,
    /// All other outputs but the manifest.
    pub(super) others: Vec<Ready>,
    pub(super) tally: Tally,
    pub(super) without: Option<Tally>,
    pub(super) anew: Option<Anew>,
    pub(super) notes: Vec<String>,
    pub(super) profile: String,
}

/// A file that is not on the disk as it was written.
fn differs(path: &Path) -> impl FnOnce(String) -> FileError {
    let path = path.to_path_buf();
    move |problem| FileError::Differs { path, problem }
}

fn recount(ready: &Ready) -> Result<(), FileError> {
    ready.recount().map_err(differs(ready.destination()))
}

/// Looks at everything once more and puts it in place, or nothing of it.
pub(super) fn place(
    casebook: &Casebook,
    path: &Path,
    names: OutputNames,
    options: &RunOptions,
    unplaced: Unplaced,
    facts: &InputFacts,
    progress: &dyn Progress,
) -> Result<FileOutcome, FileError> {
    let Unplaced { annotated, others, tally, without, anew, notes, profile } = unplaced;
    progress.written();
    look_again(&names, options, &annotated, &others, &tally)?;
    progress.end();
    let ready: Vec<Ready> = std::iter::once(annotated.file).chain(others).collect();
    let outputs = ready.iter().map(|ready| {
        let name = name_of(ready.destination());
        FileEntry { name, sha256: ready.sha256().to_string(), bytes: ready.bytes() }
    });
    let input = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let manifest = manifest(casebook, options, &input, facts, outputs.collect(), &tally);
    let mut file = WholeFile::begin(&names.manifest).map_err(failed(&names.manifest))?;
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| internal(path, &error.to_string()))?;
    writeln!(file, "{text}").map_err(failed(&names.manifest))?;
    let file = file.complete().map_err(failed(&names.manifest))?;
    recount(&file)?;
    // Everything is on the disk; only names change from here on. Between the two removals and the last name there is no
    // manifest that could speak for a mixture.
    names.can_be_written()?;
    names.begin_placing(&manifest).map_err(failed(&names.manifest))?;
    let written: Vec<&Path> = ready.iter().map(Ready::destination).collect();
    let stale = names.stale(&written);
    remove_if_there(&names.manifest).map_err(failed(&names.manifest))?;
    for path in stale {
        remove_if_there(&path).map_err(failed(&path))?;
    }
    for ready in ready {
        let destination = ready.destination().to_path_buf();
        ready.put().map_err(failed(&destination))?;
    }
    file.put().map_err(failed(&names.manifest))?;
    names.end_placing().map_err(failed(&names.manifest))?;
    Ok(FileOutcome { tally, without, manifest, names, anew, notes, profile })
}

/// Opens the outputs again and compares them with what was counted; reads them again where that is asked.
fn look_again(
    names: &OutputNames,
    options: &RunOptions,
    annotated: &AnnotatedFile,
    others: &[Ready],
    tally: &Tally,
) -> Result<(), FileError> {
    recount(&annotated.file)?;
    others.iter().try_for_each(recount)?;
    if !options.verify {
        return Ok(());
    }
    let columns = annotated.sheets.iter().map(|sheet| sheet.ours).max().unwrap_or(0) + COLUMNS.len();
    if columns > COLUMNS_MAX {
        return Err(FileError::TooWide { path: names.annotated.clone(), columns });
    }
    again(annotated, tally).map_err(differs(&names.annotated))?;
    others.iter().try_for_each(|ready| same_hash(ready).map_err(differs(ready.destination())))
}
