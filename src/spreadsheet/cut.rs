//! Cutting a stream of rows into pieces, so that no border parts what belongs together.
//!
//! Borders depend on the bytes of the file alone: a piece ends at the first border between rows that do not belong
//! together behind so many bytes.

use super::read::{Border, Consumer, Piece, SpreadsheetError};
use super::row::{Row, Rows};

/// Bytes of a piece from which on it is cut wherever it may be. So much with one line key is a damaged file, not an
/// entry line.
pub(super) const PIECE_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Bytes of blank rows in turn behind which a piece is cut, whatever follows: a sheet may be formatted down to its last
/// row. Rows of one line that lie so far apart are told as a line that occurs again.
const BLANK_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Bytes that hold whole rows, more of which can be read.
pub(super) trait RowStream {
    /// Bytes that a row takes, about; with the rows that a piece should have it says where a piece is cut.
    const ROW_BYTES: usize;

    /// The bytes at hand; they begin where a row begins.
    fn bytes(&self) -> &[u8];

    /// Reads more behind them; false where the rows end.
    fn more(&mut self) -> Result<bool, SpreadsheetError>;

    /// Where the first row ends that ends behind `from`; `None` if it is not wholly at hand.
    fn row_end(&mut self, from: usize) -> Result<Option<usize>, SpreadsheetError>;

    /// The rows among some of the bytes at hand, for looking at their keys.
    fn rows(&self, from: usize, to: usize) -> Result<Rows, SpreadsheetError>;

    /// Looks through all that is left for what would part it otherwise, as a quote that never closes does.
    fn prove(&mut self) -> Result<(), SpreadsheetError>;

    /// Takes the first bytes away as a piece.
    fn take(&mut self, end: usize) -> Result<Piece, SpreadsheetError>;

    /// The error for rows of one key that do not end.
    fn too_many(&self) -> SpreadsheetError;
}

/// Cuts a whole stream and hands its pieces over.
pub(super) fn cut<S: RowStream, C: Consumer>(stream: &mut S, to: &mut C) -> Result<(), C::Error> {
    let target = to.piece_rows().saturating_mul(S::ROW_BYTES);
    loop {
        while stream.bytes().len() < target {
            if !stream.more()? {
                break;
            }
        }
        let border = border(stream, target, to)?;
        if border.is_none() {
            stream.prove()?;
        }
        let end = border.unwrap_or(stream.bytes().len());
        if end > 0 {
            let piece = stream.take(end)?;
            to.piece(piece)?;
        }
        if border.is_none() {
            return Ok(());
        }
    }
}

/// The row end behind `from`, read on as far as that takes; `None` where the rows end before.
pub(super) fn row_end(stream: &mut impl RowStream, from: usize) -> Result<Option<usize>, SpreadsheetError> {
    loop {
        if let Some(end) = stream.row_end(from)? {
            return Ok(Some(end));
        }
        if !stream.more()? {
            return stream.row_end(from);
        }
    }
}

/// The first place behind `target` at which the stream may be cut; `None` if all that is left is one piece.
fn border<C: Consumer>(
    stream: &mut impl RowStream,
    target: usize,
    to: &C,
) -> Result<Option<usize>, SpreadsheetError> {
    if stream.bytes().len() < target {
        return Ok(None);
    }
    let Some(mut start) = row_end(stream, target)? else { return Ok(None) };
    let mut before: Option<Row> = None;
    loop {
        // Blank rows part nothing: they are taken along with the row behind them.
        let mut end = start;
        let row = loop {
            let Some(next) = row_end(stream, end)? else { return Ok(None) };
            let rows = stream.rows(end, next)?;
            end = next;
            if end - start > BLANK_BYTES_MAX && (0..rows.len()).all(|row| rows.is_blank(row)) {
                return Ok(Some(end));
            }
            if let Some(row) = (0..rows.len()).rev().find(|row| !rows.is_blank(*row)) {
                break rows.row(row);
            }
        };
        if let Some(before) = before {
            let large = start > PIECE_BYTES_MAX;
            match to.border(&before, &row) {
                Border::Free => return Ok(Some(start)),
                Border::Unwelcome if large => return Ok(Some(start)),
                Border::Forbidden if large => return Err(stream.too_many()),
                Border::Unwelcome | Border::Forbidden => {}
            }
        }
        before = Some(row);
        start = end;
    }
}
