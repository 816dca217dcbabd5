//! Where the headings stand: in one of the first rows, under a title and other rows that a report puts above them, or on
//! two rows.

/// Rows that are looked at for headings. Reports put some ten lines above them.
pub(super) const ROWS_MAX: usize = 60;

/// The headings of a table, and the row on which they end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Headings {
    /// Place of the row among the rows that were looked at.
    pub(super) row: usize,
    /// One a column.
    pub(super) cells: Vec<String>,
    /// True if they stand on two rows.
    pub(super) on_two_rows: bool,
}

/// Finds the headings among the first rows: the first row that fits, else the first two rows in turn that fit together,
/// else the first row that is not blank (whose headings can be named as those that were found).
pub(super) fn find(rows: &[Vec<String>], fits: &dyn Fn(&[String]) -> bool) -> Option<Headings> {
    let fitting = |row: &usize| fits(&rows[*row]);
    if let Some(row) = (0..rows.len()).find(fitting) {
        return Some(Headings { row, cells: rows[row].clone(), on_two_rows: false });
    }
    for row in 1..rows.len() {
        // An empty cell of the upper row may belong to the heading on its left, or to nothing.
        for reaches in [true, false] {
            let cells = joined(&rows[row - 1], &rows[row], reaches);
            if fits(&cells) {
                return Some(Headings { row, cells, on_two_rows: true });
            }
        }
    }
    let filled = |row: &Vec<String>| row.iter().any(|cell| !cell.trim().is_empty());
    let row = rows.iter().position(filled)?;
    Some(Headings { row, cells: rows[row].clone(), on_two_rows: false })
}

/// Headings on two rows as one. Where a heading of the upper row `reaches` over several columns it stands in the first of
/// them.
fn joined(upper: &[String], lower: &[String], reaches: bool) -> Vec<String> {
    let mut over = "";
    let width = upper.len().max(lower.len());
    let cell = |row: &[String], column: usize| row.get(column).map_or("", |cell| cell.trim()).to_string();
    let upper: Vec<String> = (0..width).map(|column| cell(upper, column)).collect();
    let mut cells = Vec::with_capacity(width);
    for (column, above) in upper.iter().enumerate() {
        if !above.is_empty() || !reaches {
            over = above;
        }
        let below = cell(lower, column);
        cells.push(match (over.is_empty(), below.is_empty()) {
            (_, true) => above.clone(),
            (true, false) => below,
            (false, false) => format!("{over} {below}"),
        });
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[&str]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.split(',').map(str::to_string).collect()).collect()
    }

    #[test]
    fn under_a_title() {
        let fits = |cells: &[String]| cells.contains(&"HTSUS".to_string());
        let found = find(&rows(&["Monthly report", ",", "Entry,HTSUS,Value", "1,2,3"]), &fits).unwrap();
        assert_eq!((found.row, found.cells[1].as_str(), found.on_two_rows), (2, "HTSUS", false));
    }

    #[test]
    fn on_two_rows() {
        let fits = |cells: &[String]| cells.contains(&"Entry Number".to_string());
        let found = find(&rows(&["Title", "Entry,,Goods", "Number,Date,", "1,2,3"]), &fits).unwrap();
        assert_eq!(found.cells, ["Entry Number", "Entry Date", "Goods"]);
        assert!(found.on_two_rows && found.row == 2);
    }

    #[test]
    fn none() {
        let found = find(&rows(&[",", "a,b"]), &|_: &[String]| false).unwrap();
        assert_eq!((found.row, found.cells.len()), (1, 2));
        assert_eq!(find(&rows(&[",", ""]), &|_: &[String]| false), None);
    }
}
