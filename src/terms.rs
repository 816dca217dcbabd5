//! The nouns of a customs entry that check themselves: money, percent, case numbers, tariff numbers, countries,
//! company names, days, places, exceptions.
//!
//! This room knows nobody: no law, no file format, no column layout.

pub mod addressed;
pub mod advised;
pub mod case_number;
pub mod counted;
pub mod country;
pub mod day;
pub mod entry_number;
pub mod entry_type;
pub mod exception;
pub mod heading;
pub mod hts;
pub mod legal_form;
pub mod mid;
pub mod money;
pub mod party_name;
pub mod percent;
pub mod place;
pub mod place_words;
pub mod product;
pub mod quantity;
pub mod sha256;
pub mod unit_value;

pub use addressed::Addressed;
pub use advised::{Advised, ExportDay};
pub use case_number::{CaseNumber, Kind, Suffix};
pub use country::Country;
pub use day::{GoverningDay, KnownDay};
pub use entry_number::EntryNumber;
pub use entry_type::EntryType;
pub use exception::{Code, Exception, Ground, Misfit, NoLine, Role, Severity};
pub use heading::Heading;
pub use hts::Hts;
pub use mid::Mid;
pub use money::{Money, WholeDollars};
pub use party_name::PartyKey;
pub use percent::Percent;
pub use place::Source;
pub use product::{ProductKey, ProductNames};
pub use quantity::{Quantity, Unit};
pub use unit_value::UnitValue;
