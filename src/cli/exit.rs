//! Exit codes, and what each failure means for them.

use std::path::PathBuf;
use std::process::ExitCode;

use thiserror::Error;

use crate::batch::FileError;
use crate::batch::folder::HoldError;
use crate::casebook::LoadError;
use crate::records::RecordError;
use crate::spreadsheet::SpreadsheetError;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Finished, exceptions included.
    Finished,
    /// Finished, some inputs rejected.
    SomeRejected,
    /// Something was typed that cannot be done.
    Usage,
    /// Every input, or a case folder, rejected.
    Rejected,
    /// Reading or writing failed.
    Io,
    /// A fault of the program.
    Internal,
    /// Finished, and lines were found on which the run was asked to fail, or that an import did not understand.
    FailedOn,
    /// Told to stop by a signal: 128 and its number.
    Told(u8),
}

impl Exit {
    /// The number.
    pub fn number(self) -> u8 {
        match self {
            Exit::Finished => 0,
            Exit::SomeRejected => 1,
            Exit::Usage => 2,
            Exit::Rejected => 3,
            Exit::Io => 4,
            Exit::Internal => 5,
            Exit::FailedOn => 10,
            Exit::Told(code) => code,
        }
    }

    /// The number as the system takes it.
    pub fn code(self) -> ExitCode {
        ExitCode::from(self.number())
    }

    /// The end that a worker's exit code means.
    pub fn of_code(code: i32) -> Exit {
        match code {
            0 => Exit::Finished,
            1 => Exit::SomeRejected,
            2 => Exit::Usage,
            3 => Exit::Rejected,
            4 => Exit::Io,
            10 => Exit::FailedOn,
            _ => Exit::Internal,
        }
    }

    /// The worse of two ends: told to stop, 5, 4, 2, 3, 1, 10, 0.
    pub fn worst(self, other: Exit) -> Exit {
        let rank = |exit: Exit| match exit {
            Exit::Finished => 0,
            Exit::FailedOn => 1,
            Exit::SomeRejected => 2,
            Exit::Rejected => 3,
            Exit::Usage => 4,
            Exit::Io => 5,
            Exit::Internal => 6,
            Exit::Told(_) => 7,
        };
        if rank(self) >= rank(other) { self } else { other }
    }
}

/// Why a command ended early.
#[derive(Debug, Error)]
pub enum Failure {
    /// Something was typed that cannot be done.
    #[error("{0}")]
    Usage(String),
    /// A case folder.
    #[error(transparent)]
    Cases(#[from] LoadError),
    /// The output folder.
    #[error(transparent)]
    Folder(#[from] HoldError),
    /// A file that the broker keeps.
    #[error(transparent)]
    Records(#[from] RecordError),
    /// An input or an output.
    #[error(transparent)]
    File(#[from] FileError),
    /// The log of a run.
    #[error(
        "cannot open the log {path}: {source}; nothing was done: give a file that can be written to with --log"
    )]
    Log {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The terminal or a pipe.
    #[error("cannot write: {0}")]
    Stdout(#[from] std::io::Error),
}

impl Failure {
    /// True where nobody is left to be told: the reader of a pipe went away.
    pub fn is_silent(&self) -> bool {
        matches!(self, Failure::Stdout(error) if error.kind() == std::io::ErrorKind::BrokenPipe)
    }

    /// The exit code of this failure.
    pub fn exit(&self) -> Exit {
        match self {
            Failure::Usage(_) => Exit::Usage,
            Failure::Cases(LoadError::Io { .. }) => Exit::Io,
            Failure::Cases(LoadError::Several { .. }) => Exit::Usage,
            Failure::Cases(
                LoadError::Faults(_)
                | LoadError::Assumption(_)
                | LoadError::NoCase(_)
                | LoadError::Twice { .. },
            ) => Exit::Rejected,
            Failure::Folder(HoldError::Taken { .. }) => Exit::Usage,
            Failure::Folder(HoldError::Io { .. }) | Failure::Log { .. } => Exit::Io,
            Failure::Records(RecordError::Input(error)) => of_input(error),
            Failure::Records(RecordError::Headings { .. } | RecordError::Rows(_)) => Exit::Rejected,
            Failure::File(error) => of_file(error),
            // A reader that went away has seen enough.
            Failure::Stdout(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Finished,
            Failure::Stdout(_) => Exit::Io,
        }
    }
}

fn of_input(error: &SpreadsheetError) -> Exit {
    match error {
        SpreadsheetError::Io { .. } | SpreadsheetError::NotThere(_) => Exit::Io,
        SpreadsheetError::Sheet { typed: true, .. } => Exit::Usage,
        _ => Exit::Rejected,
    }
}

/// The exit code of a file that was not finished.
pub fn of_file(error: &FileError) -> Exit {
    match error {
        FileError::Output { .. } | FileError::Differs { .. } | FileError::Locked { .. } => Exit::Io,
        FileError::Input(error) => of_input(error),
        FileError::Columns { .. } | FileError::NoImporter { .. } | FileError::SheetsDiffer { .. } => {
            Exit::Rejected
        }
        FileError::Unsteady(_) => Exit::Io,
        FileError::TooWide { .. }
        | FileError::Exists(_)
        | FileError::Changed(_)
        | FileError::OutputIsInput(_) => Exit::Usage,
        FileError::Internal { .. } => Exit::Internal,
    }
}
