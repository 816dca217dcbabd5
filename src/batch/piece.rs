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
    COLUMNS, ColumnKind, RESTATED_NOTE, cells, cells_of_other_row, column_kind, headings,
};
use crate::report::tally::Tally;
use crate::report::told::told;
use crate::spreadsheet::annotated::{Encoded, Encoder, OurColumn};
use crate::spreadsheet::read::Header;
use crate::spreadsheet::row::Row;
use crate::spreadsheet::{Look, OurRow, Piece};
use crate::terms::place::Source;
use crate::terms::{Code, Exception, Ground};

/// A piece with its findings.
pub(super) struct Found {
    pub(super) rows: Vec<Row>,
    pub(super) lines: Vec<(EntryLine, LineFindings)>,
    pub(super) evidence: [Evidence; DATE_HEADINGS.len()],
    pub(super) done: u64,
    /// Columns of the widest row.
    pub(super) width: usize,
}

/// A piece ready to be written.
pub(super) struct Finished {
    pub(super) encoded: Encoded,
    pub(super) exceptions: Vec<u8>,
    pub(super) tally: Tally,
    pub(super) causes: Causes,
}

/// Everything that workers share.
pub(super) struct Shop<'a> {
    pub(super) casebook: &'a Casebook,
    pub(super) options: &'a RunOptions,
    pub(super) grouping: Grouping,
    pub(super) source: Arc<Source>,
    pub(super) memos: Memos,
}

impl Shop<'_> {
    fn find(&self, piece: Piece) -> Found {
        let (lines, evidence) = lines(&self.grouping, &piece.rows);
        let lines = self.memos.with(|memo| {
            lines
                .into_iter()
                .map(|line| {
                    let findings = memo.findings(self.casebook, &line, self.options.as_of);
                    (line, findings)
                })
                .collect()
        });
        let width = piece.rows.iter().map(|row| row.width).max().unwrap_or(0);
        Found { rows: piece.rows, lines, evidence, done: piece.done, width }
    }

    pub(super) fn finish(&self, found: Found, encoder: &Encoder) -> io::Result<Finished> {
        let mut tally = Tally { rows: found.rows.len() as u64, ..Tally::default() };
        tally.blank_rows = found.rows.iter().filter(|row| row.blank).count() as u64;
        let mut causes = Causes::default();
        let mut records = ExceptionsCsv::new();
        let mut ours: Vec<OurRow> = Vec::with_capacity(found.rows.len());
        let mut lines = found.lines.iter().peekable();
        for row in &found.rows {
            if row.blank {
                ours.push(OurRow::default());
                continue;
            }
            while lines
                .peek()
                .is_some_and(|(line, _)| line.rows.last().is_some_and(|last| *last < row.number))
            {
                lines.next();
            }
            let Some((line, findings)) = lines.peek() else {
                return Err(io::Error::other("a row belongs to no line"));
            };
            let rank = Action::ALL.iter().position(|action| *action == findings.action).unwrap_or(0) as u8;
            if line.row == row.number {
                tally.add(self.casebook, line, findings);
                for exception in &findings.exceptions {
                    let told = told(line, exception);
                    records.add(&self.source, line, exception, &told)?;
                    causes.add(line, exception, told);
                }
                ours.push(OurRow { cells: cells(self.casebook, line, findings), rank });
            } else {
                ours.push(OurRow { cells: cells_of_other_row(line), rank });
            }
        }
        let exceptions = records.into_bytes()?;
        Ok(Finished { encoded: encoder.encode(found.rows, ours), exceptions, tally, causes })
    }
}

/// What is gathered of a file in its order, whoever looks at the lines.
#[derive(Default)]
pub(super) struct InOrder {
    keys: Keys,
    /// What the rows told about their date columns.
    pub(super) evidence: [Evidence; DATE_HEADINGS.len()],
    /// Columns of the widest row.
    pub(super) width: usize,
}

impl InOrder {
    /// Finds pieces in parallel, then takes note of them in order: a line that occurs again has no figure.
    pub(super) fn find(&mut self, shop: &Shop<'_>, pieces: Vec<Piece>) -> Vec<Found> {
        let mut found: Vec<Found> = pieces.into_par_iter().map(|piece| shop.find(piece)).collect();
        for piece in &mut found {
            self.width = self.width.max(piece.width);
            self.evidence.iter_mut().zip(piece.evidence).for_each(|(all, some)| all.add(some));
            for (line, findings) in &mut piece.lines {
                if let Some(again) = self.keys.check(line) {
                    findings.refuse(again);
                }
            }
        }
        found
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
