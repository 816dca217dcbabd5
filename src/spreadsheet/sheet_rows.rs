//! The rows of a piece of a sheet, gathered from whoever reads its XML. Rows and cells that do not ascend, or stand
//! twice, are refused: which of them counts cannot be known.

use std::sync::Arc;

use super::read::COLUMNS_MAX;
use super::row::{Cell, Decoder, Form, NO_SLOT, RowPlace, Rows, Span, digits, slots};
use super::sheet_cells::SheetContext;
use super::{sheet_pull, sheet_scan};

/// Rows of a sheet, the heading row included. Fixed by the file format.
pub const SHEET_ROWS_MAX: u64 = 1_048_576;

/// Why the rows of a piece cannot be read.
#[derive(Debug)]
pub(super) enum Fault {
    /// The XML is not of the usual shape; the general parser may understand it.
    Unusual,
    /// It is damaged. The row, and what is wrong.
    Damaged(u64, String),
}

/// What is asked of the rows of a piece.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask<'a> {
    pub(super) context: &'a Arc<SheetContext>,
    /// Row of the sheet behind which the piece begins.
    pub(super) behind: u64,
    /// The columns that are asked for.
    pub(super) columns: &'a [usize],
    /// True if all cells are.
    pub(super) all: bool,
}

/// Reads the rows of a piece: by the scanner, and by the general parser where the scanner cannot prove the shape.
pub(super) fn rows(bytes: Vec<u8>, ask: Ask<'_>) -> Result<Rows, Fault> {
    let mut gather = Gather::new(bytes, ask);
    match sheet_scan::scan(&mut gather) {
        Ok(()) => Ok(gather.rows),
        Err(Fault::Unusual) => by_pull(gather.rows.bytes, ask),
        Err(fault) => Err(fault),
    }
}

/// Reads the rows of a piece by the general parser alone.
pub(super) fn by_pull(bytes: Vec<u8>, ask: Ask<'_>) -> Result<Rows, Fault> {
    let mut gather = Gather::new(bytes, ask);
    sheet_pull::pull(&mut gather)?;
    Ok(gather.rows)
}

/// Rows while they are gathered.
pub(super) struct Gather<'a> {
    pub(super) rows: Rows,
    pub(super) ask: Ask<'a>,
    slots: Vec<u16>,
    /// The row that is being gathered.
    place: RowPlace,
    base: usize,
    /// Column behind the last cell.
    next_column: u32,
}

impl<'a> Gather<'a> {
    fn new(bytes: Vec<u8>, ask: Ask<'a>) -> Gather<'a> {
        let slots = slots(ask.columns);
        let rows = Rows::new(bytes, ask.columns.len(), Decoder::Sheet(Arc::clone(ask.context)));
        Gather { rows, ask, slots, place: RowPlace::default(), base: 0, next_column: 0 }
    }

    fn last(&self) -> u64 {
        self.rows.places.last().map_or(self.ask.behind, |place| place.number)
    }

    pub(super) fn damaged(&self, problem: &str) -> Fault {
        Fault::Damaged(self.place.number.max(self.last()), format!("{problem}; save the workbook anew"))
    }

    /// Begins a row. Without a number it follows the row before it.
    pub(super) fn begin(
        &mut self,
        number: Option<u64>,
        from: usize,
        spans: (usize, usize),
    ) -> Result<(), Fault> {
        let last = self.last();
        let number = number.unwrap_or(last + 1);
        self.place = RowPlace { number, from: from as u32, blank: true, ..RowPlace::default() };
        self.place.spans = (spans.0 as u32, spans.1 as u32);
        if number <= last {
            return Err(self.damaged("a row stands twice or out of order"));
        }
        if number > SHEET_ROWS_MAX {
            return Err(self.damaged(&format!("a row beyond {SHEET_ROWS_MAX}, the last that a sheet has")));
        }
        self.base = self.rows.spans.len();
        self.rows.spans.resize(self.base + self.rows.asked, Span::default());
        self.place.all = (self.rows.all.len() as u32, self.rows.all.len() as u32);
        self.next_column = 0;
        Ok(())
    }

    /// The column of a cell that gives its reference, or the next one.
    pub(super) fn column(&mut self, reference: Option<&[u8]>) -> Result<u32, Fault> {
        let column = match reference {
            None => self.next_column,
            Some(reference) => {
                let Some((column, row)) = cell_reference(reference) else {
                    let shown = String::from_utf8_lossy(reference).into_owned();
                    return Err(self.damaged(&format!("a cell that calls itself {shown:?}")));
                };
                if row != self.place.number {
                    return Err(self.damaged("a cell that calls itself one of another row"));
                }
                column
            }
        };
        if column < self.next_column {
            return Err(self.damaged("a cell stands twice or out of order"));
        }
        if column as usize >= COLUMNS_MAX {
            let problem = format!("the row reaches beyond the {COLUMNS_MAX} columns that are read");
            return Err(self.damaged(&problem));
        }
        self.next_column = column + 1;
        Ok(column)
    }

    /// Puts a cell under its column.
    pub(super) fn cell(&mut self, column: u32, span: Span) {
        if span.form == Form::Empty {
            return;
        }
        if self.place.blank {
            self.place.blank = self.is_blank(span);
        }
        let slot = self.slots[column as usize];
        if slot != NO_SLOT {
            self.rows.spans[self.base + usize::from(slot)] = span;
        }
        if self.ask.all {
            self.rows.all.push((column, span));
        }
    }

    /// Puts a cell that is already decoded.
    pub(super) fn decoded(&mut self, column: u32, cell: Cell) {
        if cell != Cell::Empty {
            let from = self.rows.decoded.len() as u32;
            self.rows.decoded.push(cell);
            self.cell(column, Span { from, form: Form::Decoded, ..Span::default() });
        }
    }

    fn is_blank(&self, span: Span) -> bool {
        let bytes = || self.rows.bytes[span.from as usize..span.to as usize].trim_ascii();
        match span.form {
            Form::Shared => self.ask.context.shared(bytes()).is_some_and(|text| text.trim().is_empty()),
            Form::Text => super::xml::text(bytes()).is_some_and(|text| text.trim().is_empty()),
            Form::Decoded => self.rows.decoded[span.from as usize].is_blank(),
            _ => false,
        }
    }

    /// Ends a row: where our cells go in, and where the row ends.
    pub(super) fn end(&mut self, insert: usize, to: usize) {
        let mut place = self.place;
        (place.insert, place.to) = (insert as u32, to as u32);
        place.width = self.next_column;
        place.all.1 = self.rows.all.len() as u32;
        self.rows.places.push(place);
    }
}

/// Column from 0 and row from 1 of a reference such as `AB12`.
fn cell_reference(reference: &[u8]) -> Option<(u32, u64)> {
    let letters = reference.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (letters, row) = reference.split_at(letters);
    if !(1..=3).contains(&letters.len()) || row.starts_with(b"0") {
        return None;
    }
    let column =
        letters.iter().fold(0, |sum, letter| sum * 26 + u32::from(letter.to_ascii_uppercase() - b'@'));
    Some((column - 1, digits(row, 7)?))
}
