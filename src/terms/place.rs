//! Where rows stand: a file and, where it has sheets, a sheet of it.

/// A file and, where it has sheets, a sheet of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// File name without folders.
    pub file: String,
    /// Sheet name; empty for CSV.
    pub sheet: String,
}
