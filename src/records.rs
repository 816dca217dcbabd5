//! What a broker keeps beside the entry files: decisions on company names and on products, names for manufacturer IDs, and
//! what ACE says was paid.
//!
//! This room finds no rate and no deposit. What a person has decided is cited with name and day wherever it is applied;
//! what was paid is compared with what was due, which others have found.

pub mod aliases;
pub mod compare;
pub mod crosswalk;
pub mod kept;
pub mod paid;
pub mod products;

pub use aliases::{Aliases, read_aliases};
pub use compare::{Asked, Class, ClassSums, Compared, DueCase, DueLine, FileSums, KindTotals, compare};
pub use crosswalk::read_crosswalk;
pub use kept::RecordError;
pub use paid::{PaidCase, PaidLine, PaidLines, ReportHas, Settled};
pub use products::{ReadProducts, read_products};
