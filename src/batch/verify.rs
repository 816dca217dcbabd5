//! A second reading of what was written, before it is put in place: rows and actions are counted again, money is summed
//! again from the cells of our columns, hashes are taken again.

use std::collections::BTreeMap;
use std::path::Path;

use rust_decimal::Decimal;

use crate::casebook::HYPOTHETICAL;
use crate::report::columns::COLUMNS;
use crate::report::tally::Tally;
use crate::spreadsheet::read::{Border, Header};
use crate::spreadsheet::row::{Cell, Row};
use crate::spreadsheet::whole_file::sha256_of;
use crate::spreadsheet::{
    AnnotatedFile, Consumer, PackageLimits, Piece, ReadAs, Ready, SpreadsheetError, TextEncoding, read,
};
use crate::terms::Money;

/// What our output may claim: it has passed every other check.
const ANYTHING: PackageLimits = PackageLimits { parts: u64::MAX, bytes: u64::MAX, ratio: u64::MAX };

/// What is counted of an annotated file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Recounted {
    /// Rows that hold something: a blank row of a sheet is a blank line of a CSV, and that is none.
    rows: u64,
    /// Lines by action.
    actions: BTreeMap<String, u64>,
    /// Sums of the columns of [`MONEY`].
    money: [Decimal; MONEY.len()],
}

/// The columns that are summed, and what of the control totals they come to.
const MONEY: [&str; 4] = ["Deposit at Entry", "Deposit Restated", "AD Difference", "CVD Difference"];

/// The place of one of our columns among them.
fn place(name: &str) -> usize {
    COLUMNS.iter().position(|column| *column == name).unwrap_or_default()
}

impl Recounted {
    fn add(&mut self, cells: &[Cell]) -> Result<(), String> {
        self.rows += 1;
        let (action, money) = cells.split_first().ok_or("no cells were asked for")?;
        if !action.is_blank() {
            *self.actions.entry(action.shown()).or_default() += 1;
        }
        for (sum, cell) in self.money.iter_mut().zip(money) {
            let amount = match cell {
                Cell::Empty => Some(Decimal::ZERO),
                Cell::Number(number) => Some(*number),
                Cell::Text(text) => Decimal::from_str_exact(text).ok(),
                _ => None,
            };
            *sum += amount.ok_or_else(|| format!("{:?} stands where an amount should", cell.shown()))?;
        }
        Ok(())
    }

    /// The first difference from the control totals, in words.
    fn differs(&self, tally: &Tally) -> Option<String> {
        let told = |what: &str, counted: &dyn std::fmt::Display, read: &dyn std::fmt::Display| {
            Some(format!("{what}: {counted} counted, {read} read again"))
        };
        let filled = tally.rows - tally.blank_rows;
        if self.rows != filled {
            return told("rows that are not blank", &filled, &self.rows);
        }
        for (action, sums) in &tally.actions {
            let read = self.actions.get(action.text()).copied().unwrap_or(0);
            if read != sums.lines {
                return told(&format!("lines with {}", action.text()), &sums.lines, &read);
            }
        }
        let lines = self.actions.values().sum::<u64>();
        if lines != tally.all.lines {
            return told("lines", &tally.all.lines, &lines);
        }
        let [at_entry, restated, ad, cvd] = self.money.map(Money::from_decimal);
        let sums = [
            ("deposits at entry", tally.all.at_entry, at_entry),
            ("deposits restated", tally.all.restated, restated),
            ("differences", tally.all.difference, ad + cvd),
        ];
        sums.iter()
            .find(|(_, counted, read)| counted != read)
            .and_then(|(what, counted, read)| told(&format!("sum of the {what}"), counted, read))
    }
}

/// Who reads the annotated file again.
struct Second {
    /// The column in which ours begin on the sheet that is read.
    ours: usize,
    header: Option<Header>,
    columns: Vec<usize>,
    recounted: Recounted,
}

/// Why the second reading stopped.
struct Stop(String);

impl From<SpreadsheetError> for Stop {
    fn from(error: SpreadsheetError) -> Stop {
        Stop(match error {
            SpreadsheetError::Damaged { place, problem, .. } => format!("{place}: {problem}"),
            other => other.to_string(),
        })
    }
}

impl Consumer for Second {
    type Error = Stop;

    /// The headings are those behind which ours stand.
    fn fits(&self, header: &[String]) -> bool {
        let is_ours = |(heading, ours): (&String, &&str)| {
            let heading = heading.trim();
            let heading = heading.strip_prefix(HYPOTHETICAL).map_or(heading, str::trim_start);
            heading == *ours || heading.strip_suffix(" (adcvd)") == Some(ours)
        };
        let ours = header.get(self.ours..).unwrap_or_default();
        ours.len() >= COLUMNS.len() && ours.iter().zip(&COLUMNS).all(is_ours)
    }

    fn headers(&mut self, headers: Vec<Header>) -> Result<Vec<Vec<usize>>, Stop> {
        let header = headers.into_iter().next().filter(|header| self.fits(&header.cells));
        let header = header.ok_or_else(|| Stop("our headings are not there".to_string()))?;
        let names = std::iter::once("Action").chain(MONEY);
        self.columns = names.map(|name| self.ours + place(name)).collect();
        self.header = Some(header);
        Ok(vec![self.columns.clone()])
    }

    fn border(&self, _: &Row, _: &Row) -> Border {
        Border::Free
    }

    fn piece(&mut self, piece: Piece) -> Result<(), Stop> {
        let Some(header) = &self.header else { return Ok(()) };
        let rows = header.opened.rows(piece, &self.columns, false)?;
        for row in (0..rows.len()).filter(|row| !rows.is_blank(*row)) {
            let read = rows.row(row);
            self.recounted
                .add(&read.cells)
                .map_err(|problem| Stop(format!("row {}: {problem}", read.number)))?;
        }
        rows.done();
        Ok(())
    }

    fn tail(&mut self, _: Vec<u8>) -> Result<(), Stop> {
        Ok(())
    }
}

fn reread(file: &AnnotatedFile) -> Result<Recounted, String> {
    let path: &Path = file.file.path();
    let mut second = Second { ours: 0, header: None, columns: Vec::new(), recounted: Recounted::default() };
    for sheet in &file.sheets {
        second.ours = sheet.ours;
        let sheets: Vec<String> = sheet.name.iter().cloned().collect();
        let encoding = sheet.name.is_none().then(|| TextEncoding::parse("utf-8")).flatten();
        let read_as = ReadAs { sheets: &sheets, encoding, package: ANYTHING };
        read(path, read_as, &mut second).map_err(|Stop(why)| why)?;
    }
    Ok(second.recounted)
}

/// Reads the annotated file again and compares what is in it with the control totals, and its hash.
///
/// # Errors
/// What differs, in words.
pub(super) fn again(file: &AnnotatedFile, tally: &Tally) -> Result<(), String> {
    same_hash(&file.file)?;
    reread(file)?.differs(tally).map_or(Ok(()), Err)
}

/// Takes the hash of a file again.
///
/// # Errors
/// It is another one, or the file cannot be read.
pub(super) fn same_hash(ready: &Ready) -> Result<(), String> {
    match sha256_of(ready.path()) {
        Ok(again) if again == ready.sha256() => Ok(()),
        Ok(_) => Err("its SHA-256 is another than that of what was written".to_string()),
        Err(error) => Err(format!("it cannot be read again: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::determine::Action;
    use crate::report::tally::Sums;

    fn cells(action: &str, money: [&str; 4]) -> Vec<Cell> {
        let cell = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) };
        std::iter::once(action).chain(money).map(cell).collect()
    }

    /// Two lines and a further row; sums by hand: 935.00 + 64.10 = 999.10 at entry, 64.10 restated, differences 1.00 of
    /// the one case and -0.50 of the other.
    fn three_rows() -> (Recounted, Tally) {
        let mut recounted = Recounted::default();
        for row in [
            cells("REVIEW", ["935.00", "0.00", "1.00", ""]),
            cells("", ["", "", "", ""]),
            cells("DEPOSIT", ["64.10", "64.10", "", "-0.50"]),
        ] {
            recounted.add(&row).unwrap();
        }
        let mut tally = Tally { rows: 5, blank_rows: 2, other_rows: 1, ..Tally::default() };
        tally.all = Sums {
            lines: 2,
            at_entry: Money::from_cents(99_910),
            restated: Money::from_cents(6_410),
            difference: Money::from_cents(50),
            ..Sums::default()
        };
        for action in [Action::Review, Action::Deposit] {
            tally.actions.insert(action, Sums { lines: 1, ..Sums::default() });
        }
        (recounted, tally)
    }

    #[test]
    fn each_total_is_compared() {
        let (recounted, tally) = three_rows();
        assert_eq!(recounted.differs(&tally), None);
        let told = |change: fn(&mut Recounted)| {
            let (mut recounted, tally) = three_rows();
            change(&mut recounted);
            recounted.differs(&tally).unwrap()
        };
        assert_eq!(told(|read| read.rows -= 1), "rows that are not blank: 3 counted, 2 read again");
        assert_eq!(
            told(|read| read.actions.retain(|action, _| action != "REVIEW")),
            "lines with REVIEW: 1 counted, 0 read again"
        );
        assert_eq!(
            told(|read| *read.actions.entry("DEPOSITS".to_string()).or_default() += 1),
            "lines: 2 counted, 3 read again"
        );
        let cent = |place: usize| move |read: &mut Recounted| read.money[place] += Decimal::new(1, 2);
        for (place, name) in [(0, "at entry"), (1, "restated"), (2, "differences"), (3, "differences")] {
            let (mut recounted, tally) = three_rows();
            cent(place)(&mut recounted);
            assert!(recounted.differs(&tally).unwrap().contains(name), "{name}");
        }
        assert_eq!(
            told(|read| read.money[0] -= Decimal::new(1, 2)),
            "sum of the deposits at entry: 999.10 counted, 999.09 read again"
        );
    }

    #[test]
    fn what_is_no_amount_is_told() {
        let told = Recounted::default().add(&cells("REVIEW", ["93.5O", "", "", ""])).unwrap_err();
        assert_eq!(told, "\"93.5O\" stands where an amount should");
    }
}
