//! Where rows stand: a file and, where it has sheets, a sheet of it.

/// A file and, where it has sheets, a sheet of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// File name without folders.
    pub file: String,
    /// Sheet name; empty for CSV.
    pub sheet: String,
}

/// A row among those of all sheets that are read: it comes before another if its sheet does, or if it stands above it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SheetRow {
    /// Place of the sheet among those that are read, from 0.
    pub sheet: usize,
    /// Row of the sheet, from 1.
    pub row: u64,
}

/// The letters of a spreadsheet column, from 0: `A`, `Z`, `AA`.
pub fn column_letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(column % 26).expect("below 26")));
        if column < 26 {
            break;
        }
        column = column / 26 - 1;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters() {
        assert_eq!([0, 25, 26, 701, 702].map(column_letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
