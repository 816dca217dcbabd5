//! What becomes of a piece: its lines are found in parallel, checked for repetition in order, and made ready to be
//! written in parallel.

use std::collections::HashSet;
use std::hash::BuildHasher;
use std::io;
use std::sync::Arc;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::memo::Memos;
use super::pipeline::RunOptions;
use crate::casebook::Casebook;
use crate::determine::{Action, LineFindings};
use crate::entry::date::{DATE_HEADINGS, Evidence};
use crate::entry::line::{plain, plain_number};
use crate::entry::{EntryLine, Grouping, lines};
use crate::report::causes::{Causes, ExceptionsCsv};
use crate::report::columns::{
    COLUMNS, ColumnKind, RESTATED_NOTE, column_kind, figures, headings, note_of_other_row, words,
};
use crate::report::tally::Tally;
use crate::report::told::told;
use crate::spreadsheet::annotated::OurColumn;
use crate::spreadsheet::append::{Appender, Texts};
use crate::spreadsheet::read::Header;
use crate::spreadsheet::row::{Row, Rows};
use crate::spreadsheet::{Look, OurRow, OurRows, Piece, SpreadsheetError, Words};
use crate::terms::{Code, Exception, Ground};

/// A piece with its findings.
pub(super) struct Found {
    pub(super) rows: Rows,
    pub(super) lines: Vec<(EntryLine, LineFindings)>,
    pub(super) evidence: [Evidence; DATE_HEADINGS.len()],
    pub(super) done: u64,
}

/// A piece told in words and figures, its strings not yet numbered.
pub(super) struct Told {
    pub(super) rows: Rows,
    pub(super) ours: OurRows,
    pub(super) texts: Option<Texts>,
    pub(super) exceptions: Vec<u8>,
    pub(super) tally: Tally,
    pub(super) causes: Causes,
    pub(super) done: u64,
}

/// Everything that workers share.
pub(super) struct Shop<'a> {
    pub(super) casebook: &'a Casebook,
    pub(super) options: &'a RunOptions,
    pub(super) grouping: Grouping,
    pub(super) header: &'a Header,
    /// True if all cells of a row are needed.
    pub(super) all: bool,
    pub(super) memos: Memos,
}

impl Shop<'_> {
    fn find(&self, piece: Piece) -> Result<Found, SpreadsheetError> {
        let done = piece.done;
        let rows = self.header.opened.rows(piece, self.grouping.columns.bound(), self.all)?;
        let decoded: Vec<Row> = (0..rows.len()).map(|row| rows.row(row)).collect();
        let (lines, evidence) = lines(&self.grouping, &decoded);
        let lines = self.memos.with(|memo| {
            lines
                .into_iter()
                .map(|line| {
                    let findings = memo.findings(self.casebook, &line, self.options.as_of);
                    (line, findings)
                })
                .collect()
        });
        Ok(Found { rows, lines, evidence, done })
    }

    /// Tells what was found, for the annotated file, the exceptions and the sums.
    pub(super) fn tell(&self, found: Found, appender: &Appender) -> io::Result<Told> {
        let rows = found.rows;
        let mut tally = Tally { rows: rows.len() as u64, ..Tally::default() };
        tally.blank_rows = (0..rows.len()).filter(|row| rows.is_blank(*row)).count() as u64;
        let mut causes = Causes::default();
        let mut records = ExceptionsCsv::new();
        let mut ours = OurRows::default();
        let mut lines = found.lines.iter().peekable();
        for row in 0..rows.len() {
            if rows.is_blank(row) {
                ours.rows.push(OurRow::Nothing);
                continue;
            }
            let number = rows.number(row);
            while lines.peek().is_some_and(|(line, _)| line.rows.last().is_some_and(|last| *last < number)) {
                lines.next();
            }
            let Some((line, findings)) = lines.peek() else {
                return Err(io::Error::other("a row belongs to no line"));
            };
            if line.row == number {
                tally.add(self.casebook, line, findings);
                for exception in &findings.exceptions {
                    let told = told(line, exception);
                    records.add(&self.header.source, line, exception, &told)?;
                    causes.add(line, exception, told);
                }
                let rank = Action::ALL.iter().position(|action| *action == findings.action).unwrap_or(0);
                let words = Words::new(words(self.casebook, line, findings), rank as u8);
                ours.rows.push(OurRow::Cells(Arc::new(words)));
                ours.figures.extend(figures(findings));
            } else {
                let (column, text) = note_of_other_row(line);
                ours.rows.push(OurRow::Note(column, text));
            }
        }
        let exceptions = records.into_bytes()?;
        let texts = appender.texts(&rows);
        Ok(Told { rows, ours, texts, exceptions, tally, causes, done: found.done })
    }
}

/// What is gathered of a file in its order, whoever looks at the lines.
#[derive(Default)]
pub(super) struct InOrder {
    keys: Keys,
    /// What the rows told about their date columns.
    pub(super) evidence: [Evidence; DATE_HEADINGS.len()],
}

impl InOrder {
    /// Finds pieces in parallel, then takes note of them in order: a line that occurs again has no figure.
    pub(super) fn find(
        &mut self,
        shop: &Shop<'_>,
        pieces: Vec<Piece>,
    ) -> Result<Vec<Found>, SpreadsheetError> {
        // The first fault in the order of the file is the one that is told, whichever was noticed first.
        let found: Vec<_> = pieces.into_par_iter().map(|piece| shop.find(piece)).collect();
        let mut found: Vec<Found> = found.into_iter().collect::<Result<_, _>>()?;
        for piece in &mut found {
            self.evidence.iter_mut().zip(piece.evidence).for_each(|(all, some)| all.add(some));
            for (line, findings) in &mut piece.lines {
                if let Some(again) = self.keys.check(line) {
                    findings.refuse(again);
                }
            }
        }
        Ok(found)
    }
}

/// Line keys seen so far, as fingerprints: eight bytes a line. Two of a million lines share one by chance less than
/// once in ten million files.
#[derive(Default)]
struct Keys {
    seen: HashSet<u64, FixedState>,
    hasher: FixedState,
}

impl Keys {
    /// EN06 for a line whose entry and line number were seen apart from it.
    fn check(&mut self, line: &EntryLine) -> Option<Exception> {
        if line.entry_number.is_empty() || line.line_number.is_empty() {
            return None;
        }
        let fingerprint = self.hasher.hash_one((plain(&line.entry_number), plain_number(&line.line_number)));
        let again = !self.seen.insert(fingerprint);
        again.then(|| Exception::new(Code::EN06, Ground::KeyAgain { key: line.label().into() }))
    }
}

/// Our columns as the annotated file prints them for these input headings.
pub(super) fn our_columns(header: &Header) -> Vec<OurColumn> {
    let look = |place: usize| match column_kind(place) {
        ColumnKind::Action => Look::Rank,
        ColumnKind::Text if COLUMNS[place].contains("Matched") => Look::Text(34),
        ColumnKind::Text if COLUMNS[place] == "Standing" => Look::Text(40),
        ColumnKind::Text if COLUMNS[place] == "Exceptions" => Look::Text(24),
        ColumnKind::Text => Look::Text(14),
        ColumnKind::Sentence => Look::Sentence(90),
        ColumnKind::Dollars => Look::Dollars,
        ColumnKind::Money => Look::Money,
    };
    let note = |place: usize| COLUMNS[place].ends_with("Restated").then(|| RESTATED_NOTE.to_string());
    let headings = headings(&header.cells).into_iter().enumerate();
    headings.map(|(place, heading)| OurColumn { heading, look: look(place), note: note(place) }).collect()
}
