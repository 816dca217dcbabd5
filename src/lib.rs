//! placeholder
pub mod batch;
pub mod casebook;
pub mod cli;
pub mod determine;
pub mod entry;
pub mod report;
pub mod spreadsheet;
pub mod terms;
