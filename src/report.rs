//! Findings to sheets and sentences: the columns added to every line, the exceptions report, and every English
//! sentence about a finding.
//!
//! This room decides nothing and rounds nothing; it prints what was found.

pub mod abi53;
pub mod causes;
pub mod columns;
pub mod compare;
pub mod compare_book;
pub mod explain;
mod explain_names;
pub mod names;
mod names_sheet;
pub mod outline;
mod sheet;
pub mod tally;
pub mod told;
pub mod wording;
pub mod workbook;

pub use explain_names::told_of;
