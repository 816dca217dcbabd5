//! Findings to sheets and sentences: the columns added to every line, the exceptions report, and every English
//! sentence about a finding.
//!
//! This room decides nothing and rounds nothing; it prints what was found.

pub mod abi53;
pub mod ace_queries;
mod advised;
pub mod causes;
mod charts;
pub mod cited;
pub mod columns;
pub mod compare;
pub mod compare_book;
mod deposit_tables;
pub mod deposits;
mod exceptions_sheet;
pub mod explain;
mod explain_names;
mod first_steps;
pub mod law_diff;
pub mod letter;
pub mod line_changes;
pub mod names;
mod names_sheet;
pub mod outline;
pub mod products;
mod products_sheet;
pub mod refunds;
mod sheet;
mod sources_sheet;
pub mod tally;
pub mod told;
pub mod waiting;
pub mod watch;
mod watch_rows;
pub mod watch_sheets;
pub mod watched_entry;
pub mod what_if;
pub mod wording;
pub mod workbook;

pub use explain_names::told_of;
pub use watch_rows::refund_csv_headings;
