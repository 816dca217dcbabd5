//! Looking through a file without writing: what `check` and `explain` need.

use std::path::Path;
use std::sync::Arc;

use super::input::Input;
use super::line_keys::LineKeys;
use super::memo::Memos;
use super::piece::Shop;
use super::pipeline::{FileError, RunOptions, internal};
use super::reader::{End, headings, some_pieces, with_reader};
use super::totals::{FileTotals, Totals};
use crate::casebook::Casebook;
use crate::determine::LineFindings;
use crate::entry::date::DATE_HEADINGS;
use crate::entry::{ColumnEvidence, Columns, DateOrder, DateOrders, EntryLine, Grouping, Writings, lines};
use crate::report::causes::Causes;
use crate::report::tally::Tally;
use crate::spreadsheet::append::Appender;
use crate::spreadsheet::read::Header;
use crate::spreadsheet::row::{Cell, Row};
use crate::spreadsheet::{InputFacts, Piece, SpreadsheetError};
use crate::terms::KnownDay;
use crate::terms::place::Source;

/// A file looked through without writing: what `check` and `explain` need.
#[derive(Debug)]
pub struct Survey<T> {
    /// Its sheets in the order in which they were read; one where there are none.
    pub sheets: Vec<Surveyed>,
    /// Hash and size of the file.
    pub facts: InputFacts,
    /// What was found.
    pub found: T,
}

impl<T> Survey<T> {
    /// The first sheet, of a file of which one is asked for.
    pub fn sheet(&self) -> &Surveyed {
        self.sheets.first().expect("a file that was read has a sheet")
    }
}

/// A sheet looked through.
#[derive(Debug)]
pub struct Surveyed {
    /// Its headings.
    pub header: Header,
    /// Which column means what.
    pub columns: Columns,
    /// How its columns write dates and amounts.
    pub writings: Writings,
}

/// What was counted of a file.
#[derive(Debug, Default)]
pub struct Counted {
    /// Lines and money.
    pub tally: Tally,
    /// Exceptions by cause.
    pub causes: Causes,
    /// The cells of the first row below the headings that holds something, of each sheet.
    pub examples: Vec<Vec<String>>,
}

/// Looks through a file without writing. `look` sees every piece's lines with their findings, in order, and where they
/// stand.
///
/// # Errors
/// The file cannot be read.
pub fn survey_file<T: Default>(
    casebook: &Casebook,
    path: &Path,
    options: &RunOptions,
    mut look: impl FnMut(&mut T, &Source, &EntryLine, &LineFindings),
) -> Result<Survey<T>, FileError> {
    look_through(casebook, Input::File(path), options, |shop, pieces, seen, found: &mut T| {
        let mut evidence = ColumnEvidence::default();
        for piece in pieces {
            let (lines, told) = shop.in_full(piece, seen)?;
            evidence.add(&told);
            lines.iter().for_each(|(line, findings)| look(found, &shop.header.source, line, findings));
        }
        Ok(evidence)
    })
}

/// Counts what is in a file, as quickly as a run finds it.
///
/// # Errors
/// The file cannot be read.
pub fn count_file(
    casebook: &Casebook,
    path: &Path,
    options: &RunOptions,
) -> Result<Survey<Counted>, FileError> {
    count(casebook, Input::File(path), options)
}

/// Counts what is in an input.
pub(super) fn count(
    casebook: &Casebook,
    input: Input<'_>,
    options: &RunOptions,
) -> Result<Survey<Counted>, FileError> {
    let appender = Appender::none();
    let counted = look_through(casebook, input, options, |shop, pieces, seen, found: &mut Counting| {
        let mut evidence = ColumnEvidence::default();
        while found.examples.len() <= shop.sheet {
            found.examples.push(Vec::new());
            if found.examples.len() > 1 {
                found.totals.end_sheet();
            }
        }
        if let (true, Some(first)) = (found.examples[shop.sheet].is_empty(), pieces.first()) {
            let rows = shop.header.opened.rows(first.clone(), &[], true)?;
            let filled = (0..rows.len()).find(|row| !rows.is_blank(*row));
            let cells = filled.map(|row| rows.whole(row)).unwrap_or_default();
            found.examples[shop.sheet] = cells.iter().map(Cell::shown).collect();
        }
        for piece in shop.tell(pieces, seen, &appender)? {
            evidence.add(&piece.evidence);
            found.totals.add(piece.sums);
        }
        Ok(evidence)
    })?;
    let Survey { sheets, facts, found: Counting { totals, examples } } = counted;
    let FileTotals { tally, causes, .. } = totals.finish();
    Ok(Survey { sheets, facts, found: Counted { tally, causes, examples } })
}

#[derive(Default)]
struct Counting {
    totals: Totals,
    examples: Vec<Vec<String>>,
}

pub(super) fn look_through<T: Default>(
    casebook: &Casebook,
    input: Input<'_>,
    options: &RunOptions,
    mut look: impl FnMut(&Shop<'_>, Vec<Piece>, &mut LineKeys, &mut T) -> Result<ColumnEvidence, SpreadsheetError>,
) -> Result<Survey<T>, FileError> {
    let path = input.path();
    let mut assumed: Vec<Writings> = input.writings().unwrap_or_default().to_vec();
    loop {
        let ((again, survey), facts) = with_reader(input, options, |from| {
            let (headers, columns) = headings(path, &from)?;
            let mut writings = assumed.clone();
            writings.resize(headers.len(), Writings::default());
            let (mut seen, mut found) = (input.seen(), T::default());
            let mut evidence = ColumnEvidence::default();
            for (sheet, header) in headers.iter().enumerate() {
                let (columns, writings) = (columns[sheet].clone(), writings[sheet]);
                let shop = Shop::of_sheet(casebook, options, header, sheet, columns, writings);
                loop {
                    let received = some_pieces(&from);
                    if received.pieces.is_empty() && received.end.is_none() {
                        return Err(internal(path, "the file ended early"));
                    }
                    let told = look(&shop, received.pieces, &mut seen, &mut found)?;
                    evidence.add(&told);
                    match received.end {
                        None => {}
                        Some(End::Fault(error)) => return Err(error),
                        Some(End::Tail(_)) => break,
                    }
                }
            }
            let settled = writings.iter().zip(&columns);
            let settled = settled
                .map(|(writings, columns)| evidence.settled(*writings, options.dates, columns.dates()));
            let settled: Vec<Writings> = settled.collect();
            let sheets = headers.into_iter().zip(columns).zip(&writings);
            let sheets =
                sheets.map(|((header, columns), writings)| Surveyed { header, columns, writings: *writings });
            let sheets = sheets.collect();
            let survey = Survey { sheets, facts: InputFacts::default(), found };
            let is_settled = input.writings().is_some() || settled == writings;
            Ok(((!is_settled).then_some(settled), survey))
        })?;
        match again {
            None => return Ok(Survey { facts, ..survey }),
            Some(settled) if settled != assumed => assumed = settled,
            Some(_) => return Err(internal(path, "the order of day and month did not settle")),
        }
    }
}

/// Lines whose cells were given by hand, as `explain` does with facts typed on a command line.
pub fn find_by_hand(
    casebook: &Casebook,
    columns: &Columns,
    cells: Vec<Cell>,
    as_of: KnownDay,
) -> Option<(EntryLine, LineFindings)> {
    let grouping = Grouping {
        columns: columns.clone(),
        writings: Writings {
            orders: DateOrders([DateOrder::Unsettled; DATE_HEADINGS.len()]),
            ..Writings::default()
        },
        crosswalk: Arc::default(),
        products: Arc::default(),
    };
    let row = Row::of_cells(1, cells);
    let (lines, _) = lines(&grouping, std::slice::from_ref(&row));
    let line = lines.into_iter().next()?;
    let findings = Memos::default().with(|memo| memo.findings(casebook, &line, as_of));
    Some((line, findings))
}
