//! Where the headings stand: in one of the first rows, under a title and other rows that a report puts above them, or on
//! two rows.
//!
//! Which cell of an upper row belongs to which of a lower one no file says for certain. So two rows are read together only
//! where that makes headings which are understood, and none of them could mean two things.

use super::read::{COLUMNS_MAX, Consumer};

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

impl Headings {
    /// What is told of headings on two rows; `number` is the row of the lower ones.
    pub(super) fn note(&self, number: u64) -> Option<String> {
        self.on_two_rows.then(|| {
            format!(
                "the headings stand on two rows, the lower of them row {number}, and were read together; adcvd check \
                 shows as what"
            )
        })
    }
}

/// Who knows what headings mean.
pub(super) trait Knows {
    /// True if these are the headings of an entry file.
    fn fits(&self, header: &[String]) -> bool;
    /// What one heading means, as a number; `None` if nobody knows it.
    fn means(&self, heading: &str) -> Option<usize>;
}

impl<C: Consumer> Knows for C {
    fn fits(&self, header: &[String]) -> bool {
        Consumer::fits(self, header)
    }

    fn means(&self, heading: &str) -> Option<usize> {
        Consumer::means(self, heading)
    }
}

/// Finds the headings among the first rows: the first row that fits, with a row above or below it that completes it; else
/// the first two rows in turn that fit together; else the first row that is not blank (whose headings can be named as
/// those that were found).
pub(super) fn find(rows: &[Vec<String>], who: &impl Knows) -> Option<Headings> {
    if let Some(row) = (0..rows.len()).find(|row| who.fits(&rows[*row])) {
        let single = || Headings { row, cells: rows[row].clone(), on_two_rows: false };
        return Some(completed(rows, row, who).unwrap_or_else(single));
    }
    for row in 1..rows.len() {
        if let Some(cells) = joined(&rows[row - 1], &rows[row], who).filter(|cells| who.fits(cells)) {
            return Some(Headings { row, cells, on_two_rows: true });
        }
    }
    let row = rows.iter().position(|row| row.iter().any(|cell| !cell.trim().is_empty()))?;
    Some(Headings { row, cells: rows[row].clone(), on_two_rows: false })
}

/// The headings of a row that fits by itself with those that the row above or below it adds.
fn completed(rows: &[Vec<String>], row: usize, who: &impl Knows) -> Option<Headings> {
    let known = |cells: &[String]| cells.iter().filter(|text| who.means(text).is_some()).count();
    let alone = known(&rows[row]);
    let together = |upper: usize| {
        let cells = joined(&rows[upper], &rows[upper + 1], who)?;
        let more = known(&cells) > alone && who.fits(&cells);
        more.then_some(Headings { row: upper + 1, cells, on_two_rows: true })
    };
    let above = row.checked_sub(1).filter(|above| may_head(&rows[*above], who));
    above.and_then(together).or_else(|| {
        let below = rows.get(row + 1)?;
        together(row).filter(|together| continues(&rows[row], below, &together.cells, who))
    })
}

/// True if a row may hold headings, and not what a report says of itself, such as `Importer Number:` and `12-3456789`.
fn may_head(row: &[String], who: &impl Knows) -> bool {
    row.iter().all(|text| {
        let text = text.trim();
        who.means(text).is_some() && !text.ends_with(':')
            || !text.contains(|c: char| c == ':' || c.is_numeric())
    })
}

/// True if each cell of the row below headings is a heading itself: entry lines are not such words.
fn continues(upper: &[String], lower: &[String], together: &[String], who: &impl Knows) -> bool {
    let filled = (0..).zip(lower).filter(|(_, text)| !text.trim().is_empty());
    filled.into_iter().all(|(column, _): (usize, _)| {
        let meaning = who.means(&together[column]);
        let above = upper.get(column).and_then(|text| who.means(text));
        meaning.is_some() && above.is_none_or(|above| Some(above) == meaning)
    })
}

/// Headings on two rows as one; `None` where one of them could mean two things. A heading of the upper row may reach over
/// several columns and stands in the first of them then; or the column next to it has no heading in the upper row.
fn joined(upper: &[String], lower: &[String], who: &impl Knows) -> Option<Vec<String>> {
    let mut over = "";
    let width = upper.len().max(lower.len());
    // A wider row is refused, whatever it says.
    if width > COLUMNS_MAX {
        return None;
    }
    fn cell(row: &[String], column: usize) -> &str {
        row.get(column).map_or("", |cell| cell.trim())
    }
    let mut cells = Vec::with_capacity(width);
    for column in 0..width {
        let (above, below) = (cell(upper, column), cell(lower, column));
        if !above.is_empty() {
            over = above;
        }
        if below.is_empty() || over.is_empty() {
            cells.push(if below.is_empty() { above } else { below }.to_string());
            continue;
        }
        let both = format!("{over} {below}");
        cells.push(match (who.means(&both), who.means(below)) {
            (None, Some(_)) => below.to_string(),
            (Some(both), Some(below)) if both != below && above.is_empty() => return None,
            _ => both,
        });
    }
    Some(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDED: [&str; 3] = ["Entry Number", "HTSUS", "Value"];
    const KNOWN: [&str; 8] =
        ["Entry Number", "HTSUS", "Value", "Entry Date", "Exporter", "AD Case", "CVD Case", "Date"];

    struct Few;

    impl Knows for Few {
        fn fits(&self, header: &[String]) -> bool {
            NEEDED.iter().all(|needed| header.iter().filter(|text| text == needed).count() == 1)
        }

        fn means(&self, heading: &str) -> Option<usize> {
            KNOWN.iter().position(|known| *known == heading)
        }
    }

    fn found(rows: &[&str]) -> Option<(usize, Vec<String>, bool)> {
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.split(',').map(str::to_string).collect()).collect();
        find(&rows, &Few).map(|found| (found.row, found.cells, found.on_two_rows))
    }

    fn on_two(rows: &[&str], cells: &str) {
        let (row, found, on_two_rows) = found(rows).unwrap();
        assert_eq!((row, found.join(",").as_str(), on_two_rows), (1, cells, true), "{rows:?}");
    }

    #[test]
    fn under_a_title() {
        let rows = ["Monthly report", ",", "Entry Number,HTSUS,Value", "1,2,3"];
        assert_eq!(found(&rows).map(|found| (found.0, found.2)), Some((2, false)));
    }

    #[test]
    fn a_heading_that_reaches_and_one_that_does_not() {
        on_two(&["Entry,,Goods,", "Number,HTSUS,,Value"], "Entry Number,HTSUS,Goods,Value");
        on_two(
            &["Entry,HTSUS,,AD,CVD", "Number,,Value,Case,Case"],
            "Entry Number,HTSUS,Value,AD Case,CVD Case",
        );
        on_two(&["Entry,,Goods,", "Number,Type,HTSUS,Value"], "Entry Number,Entry Type,HTSUS,Value");
    }

    /// Each row alone would do, and a column would be lost.
    #[test]
    fn a_row_that_fits_is_completed_by_the_other() {
        on_two(
            &[",,,Exporter,AD", "Entry Number,HTSUS,Value,,Case"],
            "Entry Number,HTSUS,Value,Exporter,AD Case",
        );
        on_two(
            &["Entry Number,HTSUS,Value,,AD", ",,,Exporter,Case"],
            "Entry Number,HTSUS,Value,Exporter,AD Case",
        );
    }

    #[test]
    fn a_label_a_line_and_headings_again_complete_nothing() {
        for rows in [
            ["Exporter:,,,", ",Entry Number,HTSUS,Value"],
            ["Exporter,12-345,,", ",Entry Number,HTSUS,Value"],
            ["Goods,,", "Entry Number,HTSUS,Value"],
        ] {
            assert_eq!(found(&rows).map(|found| (found.0, found.2)), Some((1, false)), "{rows:?}");
        }
        for below in ["E1,3801,5,", "E1,,,Exporter", "Entry Number,HTSUS,Value,", ",,,"] {
            let found = found(&["Entry Number,HTSUS,Value,", below]);
            assert_eq!(found.map(|found| (found.0, found.2)), Some((0, false)), "{below}");
        }
    }

    /// `Date` may be a heading of its own, or the date of the entry.
    #[test]
    fn what_could_mean_two_things_is_not_read() {
        let found = found(&["Entry,,HTSUS,Value", "Number,Date,,"]);
        assert_eq!(found.map(|found| (found.0, found.2)), Some((0, false)));
    }

    #[test]
    fn none() {
        assert_eq!(found(&[",", "a,b"]).map(|found| (found.0, found.1.len())), Some((1, 2)));
        assert_eq!(found(&[",", ""]), None);
    }
}
