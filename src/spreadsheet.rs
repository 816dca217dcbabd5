//! Bytes to rows and rows to bytes: CSV and workbooks, read as a stream and written whole or not at all.
//!
//! This room knows rows, columns and sheets. It does not know what a column means.
//!
//! Reading: [`read`](mod@read) tells formats apart; `sheet_choice` says which sheets are read, `headings` where their
//! headings stand; `csv_input` and `sheet_stream` cut pieces (`cut`); `csv_fields`,
//! `sheet_scan` and `sheet_pull` find rows and cells in them; [`parted`] sets rows apart and reads them again. Writing: [`annotated`] decides, [`append`] puts our cells
//! behind rows, `book` numbers strings and keeps the order, `graft` passes a broker's package through, `new_workbook`
//! makes one, `deflate` and `zip_output` pack it.

pub mod annotated;
pub mod append;
mod book;
mod book_cells;
pub mod buffers;
mod csv_fields;
mod csv_input;
mod cut;
pub mod deflate;
mod dense_input;
#[cfg(test)]
mod differential;
pub mod encoding;
pub mod fields;
mod graft;
mod headings;
pub mod new_workbook;
pub mod number;
mod our_styles;
mod package;
pub mod package_check;
pub mod parted;
mod parted_cells;
pub mod read;
mod recount;
pub mod row;
pub mod shape;
mod shared_strings;
mod sheet_cells;
mod sheet_choice;
mod sheet_frame;
mod sheet_pull;
mod sheet_rows;
mod sheet_scan;
mod sheet_stream;
mod sheet_text;
pub mod small_table;
mod string_table;
mod styles;
pub mod whole_file;
mod xlsx_input;
mod xml;
mod zip_output;

pub use annotated::{
    Annotated, AnnotatedFile, Figure, Format, Layout, Look, OurRow, OurRows, Words, WrittenSheet,
};
pub use encoding::{TextEncoding, whole_text};
pub use package_check::PackageLimits;
pub use parted::{KeptRow, PartedRows, Share};
pub use read::{Consumer, InputFacts, Piece, ReadAs, SpreadsheetError, read};
pub use shape::{Shape, SheetShape};
pub use sheet_choice::EVERY_SHEET;
pub use string_table::cell_text;
pub use whole_file::{Ready, WholeFile};
