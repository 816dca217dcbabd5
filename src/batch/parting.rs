//! A file parted by importers: its rows are read once more, and each goes to the share of the importer whose line it is.
//!
//! What is not certainly one importer's is in nobody's share: a line whose number is missing or not one, a record with a
//! field too many, and every row that is no entry line, for a total tells of all of them.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::path::Path;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::input::Input;
use super::line_keys::{LineKeys, fingerprint};
use super::pipeline::{FileError, RunOptions, failed, internal};
use super::reader::{End, headings, some_pieces, with_reader};
use crate::entry::line::plain;
use crate::entry::{Grouping, Whose, WhoseLine, Writings, whose_lines};
use crate::report::letter::Addressee;
use crate::spreadsheet::read::Header;
use crate::spreadsheet::{InputFacts, KeptRow, PartedRows, Piece, SpreadsheetError};

/// The share of rows that are nobody's.
pub(super) const NOBODY: usize = 0;
/// Names of an importer that are kept.
const NAMES_KEPT: usize = 3;

/// A file parted by importers.
pub(super) struct Parted {
    pub(super) rows: PartedRows,
    /// How the columns of each sheet of the file write.
    pub(super) writings: Vec<Writings>,
    /// By share; nobody first, then the importers in the order of their first rows.
    pub(super) owners: Vec<Owner>,
    /// Lines that are nobody's.
    pub(super) nobodys: NobodysLines,
}

/// Whose a share is, and what the rest of the file says of its lines.
#[derive(Default)]
pub(super) struct Owner {
    pub(super) addressee: Addressee,
    /// See [`super::input::PackRows::before`].
    pub(super) before: Vec<u64>,
    /// Where its last row stands.
    last: Option<Place>,
}

/// Where a row stands: which of all rows it is, in which piece, and of which entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Place {
    row: u64,
    piece: u64,
    entry: String,
}

/// Lines that are in nobody's share, by why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct NobodysLines {
    pub(super) not_given: u64,
    pub(super) several: u64,
    pub(super) misplaced: u64,
    pub(super) shared_invoice: u64,
}

/// A piece whose rows are decoded.
struct Told {
    rows: Vec<KeptRow>,
    lines: Vec<WhoseLine>,
}

/// Parts a file by importers. `writings` are those of its sheets, as a run has settled them.
pub(super) fn parted(
    path: &Path,
    options: &RunOptions,
    writings: &[Writings],
) -> Result<(Parted, InputFacts), FileError> {
    with_reader(Input::File(path), options, |from| {
        let (headers, columns) = headings(path, &from)?;
        let rows = PartedRows::begin(&options.out, &headers).map_err(failed(&options.out))?;
        let mut writings = writings.to_vec();
        writings.resize(headers.len(), Writings::default());
        let mut parting = Parting::new(rows);
        for (sheet, header) in headers.iter().enumerate() {
            let grouping = options.grouping(columns[sheet].clone(), writings[sheet]);
            parting.begin_sheet(sheet);
            loop {
                let received = some_pieces(&from);
                if received.pieces.is_empty() && received.end.is_none() {
                    return Err(internal(path, "the file ended early"));
                }
                let told: Result<Vec<Told>, SpreadsheetError> =
                    received.pieces.into_par_iter().map(|piece| told(header, &grouping, piece)).collect();
                for piece in told? {
                    parting.piece(piece).map_err(failed(&options.out))?;
                }
                match received.end {
                    None => {}
                    Some(End::Fault(error)) => return Err(error),
                    Some(End::Tail(_)) => break,
                }
            }
        }
        let Parting { mut rows, owners, nobodys, .. } = parting;
        rows.write_all().map_err(failed(&options.out))?;
        Ok(Parted { rows, writings, owners, nobodys })
    })
}

fn told(header: &Header, grouping: &Grouping, piece: Piece) -> Result<Told, SpreadsheetError> {
    let rows = header.opened.rows(piece, grouping.columns.bound(), true)?;
    let lines = whose_lines(grouping, &rows);
    let kept = (0..rows.len()).map(|row| KeptRow::of(&rows, row)).collect();
    rows.done();
    Ok(Told { rows: kept, lines })
}

/// Rows on their way to their shares, in the order of the file.
struct Parting {
    rows: PartedRows,
    owners: Vec<Owner>,
    shares: HashMap<String, usize, FixedState>,
    nobodys: NobodysLines,
    /// Lines of the file, lines of each share, and entries of each share.
    lines: LineKeys,
    own_lines: LineKeys,
    own_entries: LineKeys,
    sheet: usize,
    /// How many rows and pieces were parted, and to whom the last row went.
    row: u64,
    piece: u64,
    share: usize,
}

impl Parting {
    fn new(rows: PartedRows) -> Parting {
        Parting {
            rows,
            owners: vec![Owner::default()],
            shares: HashMap::default(),
            nobodys: NobodysLines::default(),
            lines: LineKeys::default(),
            own_lines: LineKeys::default(),
            own_entries: LineKeys::default(),
            sheet: 0,
            row: 0,
            piece: 0,
            share: NOBODY,
        }
    }

    fn begin_sheet(&mut self, sheet: usize) {
        (self.sheet, self.share) = (sheet, NOBODY);
    }

    fn piece(&mut self, told: Told) -> std::io::Result<()> {
        self.piece += 1;
        let mut lines = told.lines.into_iter().peekable();
        let mut entry = String::new();
        for (place, row) in told.rows.into_iter().enumerate() {
            let mut row = row;
            if let Some(line) = lines.next_if(|line| line.rows.start == place) {
                self.share = self.share_of(&line);
                entry.clone_from(&line.entry_number);
                if self.is_apart(&entry) {
                    row = row.apart();
                }
            }
            // A blank row goes with the row before it.
            self.rows.add(self.share, self.sheet, &row)?;
            let (piece, entry) = (self.piece, entry.clone());
            self.owners[self.share].last = Some(Place { row: self.row, piece, entry });
            self.row += 1;
        }
        Ok(())
    }

    /// True if a line would be taken together with the line before it in its share, of the same entry, and is not in the
    /// file: rows of others stand between them, or a piece ends there.
    fn is_apart(&self, entry: &str) -> bool {
        self.owners[self.share].last.as_ref().is_some_and(|last| {
            !entry.is_empty() && last.entry == entry && (last.row + 1 != self.row || last.piece != self.piece)
        })
    }

    /// The share to which a line goes.
    fn share_of(&mut self, line: &WhoseLine) -> usize {
        let share = match &line.whose {
            Whose::Importer { key, number, name } => self.importer(key, number, name),
            Whose::NoLine => return NOBODY,
            other => {
                let counted = match other {
                    Whose::Several => &mut self.nobodys.several,
                    Whose::Misplaced => &mut self.nobodys.misplaced,
                    Whose::SharedInvoice => &mut self.nobodys.shared_invoice,
                    _ => &mut self.nobodys.not_given,
                };
                *counted += 1;
                NOBODY
            }
        };
        let of_share = |key: u64| FixedState::default().hash_one((key, share));
        if let Some(key) = fingerprint(&line.entry_number, &line.line_number) {
            let first = self.lines.insert(key);
            if self.own_lines.insert(of_share(key)) && !first {
                self.owners[share].before.push(key);
            }
        }
        let entry = plain(&line.entry_number);
        if !entry.is_empty() && self.own_entries.insert(of_share(FixedState::default().hash_one(entry))) {
            self.owners[share].addressee.entries += 1;
        }
        share
    }

    fn importer(&mut self, key: &str, number: &str, name: &str) -> usize {
        let share = match self.shares.get(key) {
            Some(share) => *share,
            None => {
                let addressee = Addressee { number: number.to_string(), ..Addressee::default() };
                self.owners.push(Owner { addressee, ..Owner::default() });
                self.shares.insert(key.to_string(), self.owners.len() - 1);
                self.owners.len() - 1
            }
        };
        let names = &mut self.owners[share].addressee.names;
        if !name.is_empty()
            && names.len() < NAMES_KEPT
            && names.iter().all(|known| plain(known) != plain(name))
        {
            names.push(name.to_string());
        }
        share
    }
}
