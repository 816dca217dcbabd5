//! Where something stands in a file.

use std::fmt;
use std::sync::Arc;

/// A row of a sheet of a file. Rows count from 1 at the top of the sheet, or are physical lines of a CSV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// File name, and sheet where the file has sheets.
    pub source: Arc<Source>,
    /// Row of a sheet, or line of a CSV file, counted from 1.
    pub row: u64,
}

/// A file and, where it has sheets, a sheet of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// File name without folders.
    pub file: String,
    /// Sheet name; empty for CSV.
    pub sheet: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Source { file, sheet } = &*self.source;
        if sheet.is_empty() {
            write!(f, "{file}, line {}", self.row)
        } else {
            write!(f, "{file}, sheet {sheet:?}, row {}", self.row)
        }
    }
}
