//! Bytes to rows and rows to bytes: CSV and workbooks, read as a stream and written whole or not at all.
//!
//! This room knows rows, columns and sheets. It does not know what a column means.

pub mod annotated;
pub mod csv_input;
pub mod number;
pub mod read;
pub mod row;
pub mod whole_file;
pub mod xlsx_input;
pub mod xlsx_output;

pub use annotated::{Annotated, Format, Look, OurRow};
pub use read::{Consumer, InputFacts, Piece, SpreadsheetError, read};
pub use whole_file::{Ready, WholeFile};
