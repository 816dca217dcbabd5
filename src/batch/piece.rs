//! What becomes of a piece: its lines are found in parallel, checked for repetition in order, and made ready to be
//! written in parallel.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::io;
use std::sync::Arc;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::memo::{Memo, Memos, kinship};
use super::pipeline::RunOptions;
use crate::casebook::Casebook;
use crate::determine::{Action, LineAmounts, LineFindings, Reckoned};
use crate::entry::date::{DATE_HEADINGS, Evidence};
use crate::entry::line::{plain, plain_number};
use crate::entry::{BriefLine, EntryLine, Grouping, ReadLine, lines};
use crate::report::causes::{Causes, ExceptionsCsv};
use crate::report::columns::{
    COLUMNS, ColumnKind, RESTATED_NOTE, column_kind, figures, headings, note_of_other_row, words,
};
use crate::report::outline::{Outline, OutlineSums};
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
    pub(super) lines: Vec<FoundLine>,
    pub(super) evidence: [Evidence; DATE_HEADINGS.len()],
    pub(super) done: u64,
}

/// A line with its findings.
pub(super) enum FoundLine {
    /// Read quickly, and found by an outline that many lines share.
    Brief(BriefLine, Arc<Outline>, Reckoned),
    /// Read and judged by itself.
    Full(Box<(EntryLine, LineFindings)>),
}

impl FoundLine {
    fn key(&self) -> (&str, &str) {
        match self {
            FoundLine::Brief(line, ..) => (&line.entry_number, &line.line_number),
            FoundLine::Full(found) => (&found.0.entry_number, &found.0.line_number),
        }
    }

    /// Takes every figure away: the line occurs again.
    fn refuse(&mut self) {
        if let FoundLine::Brief(line, outline, reckoned) = self {
            let findings = outline.shape.findings(reckoned);
            *self = FoundLine::Full(Box::new((line.line(), findings)));
        }
        if let FoundLine::Full(found) = self {
            let (line, findings) = &mut **found;
            findings.refuse(Exception::new(Code::EN06, Ground::KeyAgain { key: line.label().into() }));
        }
    }
}

/// A piece told in words and figures, its strings not yet numbered.
pub(super) struct Told {
    pub(super) rows: Rows,
    pub(super) ours: OurRows,
    pub(super) texts: Option<Texts>,
    pub(super) exceptions: Vec<u8>,
    pub(super) sums: Sums,
}

/// What is added up of a piece.
pub(super) struct Sums {
    pub(super) lines: u64,
    pub(super) tally: Tally,
    pub(super) causes: Causes,
    /// Of lines that share an outline.
    pub(super) outlines: Vec<(Arc<Outline>, OutlineSums)>,
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
        let (casebook, as_of) = (self.casebook, self.options.as_of);
        let (lines, evidence) = self.memos.with(|memo| {
            if self.options.each_apart {
                let decoded: Vec<Row> = (0..rows.len()).map(|row| rows.row(row)).collect();
                let (lines, evidence) = lines(&self.grouping, &decoded);
                let found = lines.into_iter().map(|line| {
                    let findings = memo.findings(casebook, &line, as_of);
                    FoundLine::Full(Box::new((line, findings)))
                });
                return (found.collect(), evidence);
            }
            let (lines, evidence) = memo.reader.read(&self.grouping, &rows, &|name| kinship(casebook, name));
            let found = lines.into_iter().map(|line| match line {
                ReadLine::Brief(line) => match memo.outline(casebook, &line, as_of) {
                    Some((outline, reckoned)) => FoundLine::Brief(line, outline, reckoned),
                    None => self.in_full(memo, &rows, &line),
                },
                ReadLine::Full(line) => {
                    let findings = memo.findings(casebook, &line, as_of);
                    FoundLine::Full(Box::new((*line, findings)))
                }
            });
            (found.collect(), evidence)
        });
        Ok(Found { rows, lines, evidence, done })
    }

    /// A line that was read quickly, read and judged in full.
    fn in_full(&self, memo: &mut Memo, rows: &Rows, line: &BriefLine) -> FoundLine {
        let (read, _) = lines(&self.grouping, std::slice::from_ref(&rows.row(line.place)));
        let mut full = read.into_iter().next().unwrap_or_else(|| line.line());
        // The value may have been rounded together with others of the invoice.
        full.entered_value = line.stated.entered_value;
        let findings = memo.findings(self.casebook, &full, self.options.as_of);
        FoundLine::Full(Box::new((full, findings)))
    }

    /// Tells what was found, for the annotated file, the exceptions and the sums.
    pub(super) fn tell(&self, found: Found, appender: &Appender) -> io::Result<Told> {
        let rows = found.rows;
        let mut telling = Telling::new(self, &rows);
        let mut lines = found.lines.iter().peekable();
        for row in 0..rows.len() {
            if rows.is_blank(row) {
                telling.ours.rows.push(OurRow::Nothing);
                continue;
            }
            let number = rows.number(row);
            let behind = |line: &FoundLine| match line {
                FoundLine::Brief(line, ..) => line.row < number,
                FoundLine::Full(found) => found.0.rows.last().is_some_and(|last| *last < number),
            };
            while lines.next_if(|line| behind(line)).is_some() {}
            match lines.peek() {
                Some(FoundLine::Brief(line, outline, reckoned)) => telling.brief(line, outline, reckoned),
                Some(FoundLine::Full(found)) if found.0.row == number => telling.full(&found.0, &found.1),
                Some(FoundLine::Full(found)) => {
                    let (column, text) = note_of_other_row(&found.0);
                    telling.ours.rows.push(OurRow::Note(column, text));
                }
                None => return Err(io::Error::other("a row belongs to no line")),
            }
        }
        let Telling { ours, records, tally, causes, outlines, .. } = telling;
        let texts = appender.texts(&rows);
        let sums = Sums { lines: found.lines.len() as u64, tally, causes, outlines, done: found.done };
        Ok(Told { rows, ours, texts, exceptions: records.into_bytes(), sums })
    }
}

/// What is told of a piece while it is told.
struct Telling<'a> {
    casebook: &'a Casebook,
    ours: OurRows,
    records: ExceptionsCsv,
    tally: Tally,
    causes: Causes,
    /// Sums of lines of one outline, in the order in which the outlines were met.
    outlines: Vec<(Arc<Outline>, OutlineSums)>,
    /// Their places, by where the outline stands in memory: a name for it, on which nothing else depends.
    places: HashMap<usize, usize, FixedState>,
}

impl<'a> Telling<'a> {
    fn new(shop: &Shop<'a>, rows: &Rows) -> Telling<'a> {
        let blank_rows = (0..rows.len()).filter(|row| rows.is_blank(*row)).count() as u64;
        Telling {
            casebook: shop.casebook,
            ours: OurRows::default(),
            records: ExceptionsCsv::new(&shop.header.source),
            tally: Tally { rows: rows.len() as u64, blank_rows, ..Tally::default() },
            causes: Causes::default(),
            outlines: Vec::new(),
            places: HashMap::default(),
        }
    }

    fn brief(&mut self, line: &BriefLine, outline: &Arc<Outline>, reckoned: &Reckoned) {
        let amounts = outline.shape.amounts(reckoned);
        let place = *self.places.entry(Arc::as_ptr(outline) as usize).or_insert_with(|| {
            self.outlines.push((Arc::clone(outline), OutlineSums::begin(outline, line)));
            self.outlines.len() - 1
        });
        self.outlines[place].1.add(outline, &line.stated, reckoned, &amounts);
        outline.add_exceptions(line, reckoned, &mut self.records);
        self.ours.rows.push(OurRow::Cells(Arc::clone(&outline.words)));
        self.ours.figures.extend(figures(&amounts));
    }

    fn full(&mut self, line: &EntryLine, findings: &LineFindings) {
        self.tally.add(self.casebook, line, findings);
        for exception in &findings.exceptions {
            let told = told(line, exception);
            self.records.add(line, exception, &told);
            self.causes.add(line, exception, told);
        }
        let rank = Action::ALL.iter().position(|action| *action == findings.action).unwrap_or(0);
        let words = Words::new(words(self.casebook, line, findings), rank as u8);
        self.ours.rows.push(OurRow::Cells(Arc::new(words)));
        self.ours.figures.extend(figures(&LineAmounts::of(findings)));
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
            for line in &mut piece.lines {
                if self.keys.seen_again(line.key()) {
                    line.refuse();
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
    /// True for a line whose entry and line number were seen apart from it.
    fn seen_again(&mut self, (entry_number, line_number): (&str, &str)) -> bool {
        if entry_number.is_empty() || line_number.is_empty() {
            return false;
        }
        let fingerprint = self.hasher.hash_one((plain(entry_number), plain_number(line_number)));
        !self.seen.insert(fingerprint)
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
