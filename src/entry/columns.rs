//! Which column holds which heading.

use thiserror::Error;

use super::date::{DateCell, DateOrder, Evidence, read_date};
use super::profile::Profile;
use super::tariff::{TariffCell, tariff};
use crate::spreadsheet::row::{Cell, Row};
use crate::terms::place::column_letters;
use crate::terms::{Country, Heading, NoLine};

/// Why the headings of a file cannot be used. The file stops.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ColumnError {
    /// A heading that is needed is not there.
    #[error("no column is headed {}; found: {found}. Rename the column, or start from the template", missing.join(", nor one "))]
    Missing {
        /// What was looked for.
        missing: Vec<String>,
        /// What was found, in order.
        found: String,
    },
    /// Two columns have one heading.
    #[error(
        "two columns are headed {heading:?}: columns {first} and {second}; found: {found}. Rename or remove one"
    )]
    Doubled {
        /// Which.
        heading: String,
        /// Letter of the first.
        first: String,
        /// Letter of the second.
        second: String,
        /// What was found, in order.
        found: String,
    },
    /// Two column profiles fit alike and say different things.
    #[error("the headings fit two column profiles alike, {one} and {other}; choose one with --columns")]
    Alike {
        /// The one.
        one: String,
        /// The other.
        other: String,
    },
}

/// What a file must tell to be of use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Needed {
    /// Entry lines that can be judged.
    #[default]
    EntryLines,
    /// What was paid on entry lines.
    Deposits,
}

/// The columns of a file that the program knows.
#[derive(Clone, Debug)]
pub struct Columns {
    /// For each heading the place among the bound cells of a row.
    place: Vec<Option<usize>>,
    /// Columns of the file that are bound, from 0.
    bound: Vec<usize>,
    headings: Vec<Heading>,
    /// The headings of the bound columns as the file writes them.
    titles: Vec<Box<str>>,
    width: usize,
    /// Name of the profile by which they were found, and what it says of dates.
    profile: Box<str>,
    dates: Option<DateOrder>,
    /// Columns that the profile alone understood.
    foreign: usize,
}

/// Bound columns that hold their own headings, from which on a row is the headings again.
const TITLES_MIN: usize = 3;

impl Columns {
    /// Finds the known headings in a heading row.
    ///
    /// # Errors
    /// HTSUS, Country of Origin, Entered Value, or both of Entry Date and Withdrawal Date are absent; or a known
    /// heading stands twice.
    pub fn bind(header: &[String], profile: &Profile) -> Result<Columns, ColumnError> {
        Columns::bind_for(header, profile, Needed::EntryLines)
    }

    /// Finds the known headings in the heading row of a file of which this is needed.
    ///
    /// # Errors
    /// What is needed is absent, or a known heading stands twice.
    pub fn bind_for(header: &[String], profile: &Profile, needed: Needed) -> Result<Columns, ColumnError> {
        let shown: Vec<&str> =
            header.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
        let found = if shown.is_empty() { "nothing".to_string() } else { shown.join(" · ") };
        let place = vec![None; Heading::ALL.len()];
        let (bound, headings, titles, width) = (Vec::new(), Vec::new(), Vec::new(), header.len());
        let (dates, profile_name) = (profile.dates, profile.name.as_str().into());
        let mut columns =
            Columns { place, bound, headings, titles, width, profile: profile_name, dates, foreign: 0 };
        for (column, text) in header.iter().enumerate() {
            let Some(heading) = profile.heading(text) else { continue };
            if let Some(place) = columns.place[heading.index()] {
                return Err(ColumnError::Doubled {
                    heading: heading.text().to_string(),
                    first: column_letters(columns.bound[place]),
                    second: column_letters(column),
                    found,
                });
            }
            columns.place[heading.index()] = Some(columns.bound.len());
            columns.bound.push(column);
            columns.headings.push(heading);
            columns.foreign += usize::from(Heading::parse(text) != Some(heading));
            columns.titles.push(text.trim().into());
        }
        let missing = columns.missing(needed);
        if missing.is_empty() { Ok(columns) } else { Err(ColumnError::Missing { missing, found }) }
    }

    fn missing(&self, needed: Needed) -> Vec<String> {
        let (all, some): (&[Heading], &[Heading]) = match needed {
            Needed::EntryLines => (
                &[Heading::Htsus, Heading::Origin, Heading::EnteredValue],
                &[Heading::EntryDate, Heading::WithdrawalDate],
            ),
            Needed::Deposits => (
                &[Heading::EntryNumber, Heading::LineNumber],
                &[Heading::AdPaid, Heading::CvdPaid, Heading::AnyPaid],
            ),
        };
        let quoted = |heading: &Heading| format!("{:?}", heading.text());
        let mut missing: Vec<String> =
            all.iter().filter(|heading| !self.has(**heading)).map(quoted).collect();
        if !some.iter().any(|heading| self.has(*heading)) {
            let others: Vec<String> = some[1..].iter().map(quoted).collect();
            missing.push(format!("{} (or {})", quoted(&some[0]), others.join(", ")));
        }
        missing
    }

    /// True if a record has as many fields as there are headings: otherwise its cells may stand under wrong ones.
    pub fn fits(&self, row: &Row) -> bool {
        row.fields == 0 || row.fields == self.width
    }

    /// Name of the profile by which the columns were found.
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// How many columns the profile alone understood.
    pub fn foreign(&self) -> usize {
        self.foreign
    }

    /// How the layout writes dates such as 08/01/2025, where that is known.
    pub fn dates(&self) -> Option<DateOrder> {
        self.dates
    }

    /// How many headings the file has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// True if the file has this column.
    pub fn has(&self, heading: Heading) -> bool {
        self.place[heading.index()].is_some()
    }

    /// The columns to read, from 0, in the order of the bound cells.
    pub fn bound(&self) -> &[usize] {
        &self.bound
    }

    /// The headings of the bound columns, in the same order.
    pub fn headings(&self) -> &[Heading] {
        &self.headings
    }

    /// The place of a heading's cell among the bound cells of a row, if the file has such a column.
    pub fn place(&self, heading: Heading) -> Option<usize> {
        self.place[heading.index()]
    }

    /// What a row is that is no entry line; `None` for one that is, however much it lacks. A row with a tariff number that
    /// can be read is a line; one that speaks of a total is none; else a line has at least an origin, a date, a case, a
    /// line number, or something like an entry number.
    pub fn no_line(&self, row: &Row) -> Option<NoLine> {
        self.headings_again(row).or_else(|| (!self.may_be_line(row)).then_some(NoLine::Total))
    }

    fn may_be_line(&self, row: &Row) -> bool {
        const TEXTS: [Heading; 8] = [
            Heading::EntryNumber,
            Heading::LineNumber,
            Heading::Htsus,
            Heading::Origin,
            Heading::ImporterName,
            Heading::Exporter,
            Heading::PartNumber,
            Heading::Description,
        ];
        const CASES: [Heading; 3] = [Heading::AdCase, Heading::CvdCase, Heading::AnyCase];
        if tariff(self.cell(row, Heading::Htsus)) != TariffCell::NotUnderstood {
            return true;
        }
        if TEXTS.iter().any(|heading| speaks_of_a_total(&self.cell(row, *heading).shown())) {
            return false;
        }
        let filled = |heading: &Heading| !self.cell(row, *heading).is_blank();
        let date = |heading: &Heading| {
            let read = read_date(self.cell(row, *heading), DateOrder::MonthFirst, &mut Evidence::default());
            read != DateCell::NotUnderstood
        };
        let digit = |text: &str| text.chars().any(|c| c.is_ascii_digit());
        let entry = self.cell(row, Heading::EntryNumber).shown();
        let entry_like = digit(&entry) && !entry.trim().contains(char::is_whitespace);
        CASES.iter().any(filled)
            || Country::parse(&self.cell(row, Heading::Origin).shown()).is_some()
            || [Heading::EntryDate, Heading::WithdrawalDate].iter().any(date)
            || digit(&self.cell(row, Heading::LineNumber).shown())
            || entry_like
            || filled(&Heading::Htsus)
    }

    fn headings_again(&self, row: &Row) -> Option<NoLine> {
        let own = |(cell, title): (&Cell, &str)| matches!(cell, Cell::Text(text) if text.trim() == title);
        let titles = self.titles.iter().map(|title| &**title);
        let again = row.cells.iter().zip(titles).filter(|pair| own(*pair)).count();
        (again >= TITLES_MIN.min(self.titles.len())).then_some(NoLine::Headings)
    }

    /// The cell of a row under a heading; empty where the file has no such column.
    pub fn cell<'a>(&self, row: &'a Row, heading: Heading) -> &'a Cell {
        const EMPTY: Cell = Cell::Empty;
        self.place[heading.index()].and_then(|place| row.cells.get(place)).unwrap_or(&EMPTY)
    }

    /// True if both rows say the same under a heading, and something.
    pub fn agree(&self, one: &Row, other: &Row, heading: Heading) -> bool {
        agree(self.cell(one, heading), self.cell(other, heading))
    }

    /// True if both rows belong to one entry: its lines may share an invoice.
    pub fn same_entry(&self, one: &Row, other: &Row) -> bool {
        self.agree(one, other, Heading::EntryNumber)
    }

    /// True if both rows belong to one entry line.
    pub fn same_line(&self, one: &Row, other: &Row) -> bool {
        self.same_entry(one, other) && self.agree(one, other, Heading::LineNumber)
    }
}

/// True for the words of a totals row.
fn speaks_of_a_total(text: &str) -> bool {
    const WORDS: [&str; 5] = ["total", "totals", "subtotal", "subtotals", "sum"];
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.any(|word| WORDS.contains(&word.to_lowercase().as_str()))
}

/// True if two cells say the same, and something.
pub(super) fn agree(one: &Cell, other: &Cell) -> bool {
    match (one, other) {
        (Cell::Text(one), Cell::Text(other)) => !one.trim().is_empty() && one.trim() == other.trim(),
        _ => !one.is_blank() && one.shown() == other.shown(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bind(headings: &[&str]) -> Result<Columns, ColumnError> {
        Columns::bind(&headings.iter().map(|h| (*h).to_string()).collect::<Vec<_>>(), &Profile::own())
    }

    #[test]
    fn missing_and_doubled_headings_name_what_was_found() {
        let missing = bind(&["HTSUS", "Exporter"]).unwrap_err().to_string();
        assert!(
            missing.contains("\"Country of Origin\"") && missing.contains("HTSUS · Exporter"),
            "{missing}"
        );
        let doubled = bind(&["HTSUS", "x", "htsus"]).unwrap_err().to_string();
        assert!(doubled.contains("columns A and C"), "{doubled}");
    }
}
