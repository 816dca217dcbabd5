//! Rows to entry lines: which column means what, which rows are one line, what a cell says, and which of the dates
//! governs.
//!
//! This room knows no law except which date governs. A cell that it does not understand is an exception, never zero.

pub mod amount;
pub mod brief;
pub mod cells;
pub mod columns;
pub mod crosswalk;
pub mod date;
pub mod group;
pub mod invoice;
pub mod known;
pub mod line;
pub mod liquidation;
pub mod own_cells;
pub mod paid_row;
pub mod products;
pub mod profile;
pub mod remembered;
pub mod tariff;
pub mod whose;
pub mod writing;

pub use brief::{BriefLine, LineReader, ReadLine, ReadLines};
pub use columns::{ColumnError, Columns, Needed};
pub use crosswalk::{Crosswalk, Filling};
pub use date::{DateOrder, DateOrders};
pub use group::{Grouping, lines};
pub use known::Kinship;
pub use line::{Declared, EntryLine, Name, Read, ZoneStatus};
pub use liquidation::{Liquidation, LiquidationStatus, ProtestStatus, Security};
pub use paid_row::{PaidRow, RateCell};
pub use products::{ConfirmedProduct, Products, ValuePerUnit};
pub use profile::{Profile, ProfileError};
pub use whose::{Whose, WhoseLine, whose_lines};
pub use writing::{ColumnEvidence, Writings};
