//! An entry file under two casebooks: which of its lines are answered otherwise.

use std::path::Path;

use super::memo::Memo;
use super::pipeline::{FileError, RunOptions};
use super::survey::survey_file;
use crate::casebook::Casebook;
use crate::report::line_changes::LineChanges;
use crate::terms::Code;

/// Looks through a file without writing, and compares the findings of each line under both casebooks.
///
/// # Errors
/// The file cannot be read.
pub fn under_both(
    old: &Casebook,
    new: &Casebook,
    path: &Path,
    options: &RunOptions,
) -> Result<LineChanges, FileError> {
    let memo = Memo::default();
    let survey = survey_file(old, path, options, |changes: &mut LineChanges, _, line, of_old| {
        let mut of_new = memo.findings(new, line, options.as_of);
        // That a line occurs again is seen in the file, not in the law.
        if let Some(again) = of_old.exceptions.iter().find(|exception| exception.code == Code::EN06) {
            of_new.refuse(again.clone());
        }
        changes.add(line, of_old, &of_new);
    })?;
    Ok(survey.found)
}
