//! A whole file through the program: pieces in parallel, order kept, answers remembered, totals checked, outputs put
//! in place together.
//!
//! This room knows no rule of law and no wording. Its results depend on the input, the casebook and the as-of day
//! alone, never on threads or a clock.

mod asked_products;
pub mod compare;
pub mod folder;
pub mod importer_packs;
mod input;
mod line_keys;
pub mod manifest;
pub mod memo;
pub mod outputs;
mod parting;
mod pass;
mod piece;
pub mod pipeline;
mod placing;
mod read_notes;
mod reader;
pub mod survey;
mod totals;
mod two_casebooks;
mod verify;
mod writing;

pub use compare::{CompareOutcome, compare_files};
pub use outputs::{OutputNames, names, shared};
pub use pipeline::{FileError, FileOutcome, Progress, RunOptions, Silent, Split, run_file};
pub use read_notes::read_as_one;
pub use survey::{Counted, Survey, Surveyed, count_file, survey_file};
pub use two_casebooks::under_both;
