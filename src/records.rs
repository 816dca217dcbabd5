//! What a broker keeps beside the entry files: decisions on company names and on products, and names for manufacturer
//! IDs.
//!
//! This room knows no line and computes nothing. What it reads is a person's word, cited with name and day wherever it
//! is applied.

pub mod aliases;
pub mod crosswalk;
pub mod kept;
pub mod products;

pub use aliases::{Aliases, read_aliases};
pub use crosswalk::read_crosswalk;
pub use kept::RecordError;
pub use products::{ReadProducts, read_products};
