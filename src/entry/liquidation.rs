//! What a file says of the way of an entry after it was filed: release, liquidation, protest, and how deposits were
//! secured. None of it decides a rate; it decides what can still be done.

use jiff::civil::Date;

use super::line::Read;
use crate::terms::{Heading, Kind};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $expected:literal { $($variant:ident: $help:literal = [$($word:literal),+];)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $(#[doc = $help] $variant),+ }

        impl $name {
            /// What is expected of such a cell.
            pub const EXPECTED: &'static str = $expected;

            /// What a cell means: letters alone, whatever their case.
            pub fn parse(text: &str) -> Option<$name> {
                let key = text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect::<String>();
                match key.as_str() { $($($word)|+ => Some($name::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// Whether an entry is liquidated.
    LiquidationStatus, "liquidated, unliquidated, suspended, extended, scheduled or refunded" {
        Unliquidated: "Not yet; also suspended, extended or scheduled." = [
            "unliquidated", "notliquidated", "unliq", "open", "pending", "suspended", "extended", "scheduled"
        ];
        Liquidated: "Liquidated, deemed so, or again." = [
            "liquidated", "liq", "deemed", "deemedliquidated", "reliquidated", "closed"
        ];
        Refunded: "The deposit came back." = ["refunded", "refund", "liquidatedrefunded", "reliquidatedrefunded"];
    }
}

words! {
    /// What became of a protest.
    ProtestStatus, "open, suspended, approved, denied or refunded" {
        Open: "Filed and not decided." = ["open", "filed", "pending", "received", "accepted", "suspended", "underreview"];
        Approved: "Approved; the refund is to come." = ["approved", "granted", "allowed"];
        Denied: "Denied." = ["denied", "rejected"];
        Refunded: "The deposit came back." = ["refunded", "refund", "paid"];
    }
}

words! {
    /// How a deposit was secured.
    Security, "C for cash or B for bond" {
        Cash: "In cash." = ["c", "cash"];
        Bond: "By a bond: no cash was paid." = ["b", "bond"];
    }
}

/// What a file says of the way of an entry after it was filed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Liquidation {
    /// The day of release.
    pub release: Read<Date>,
    /// The day of liquidation, past or scheduled.
    pub day: Read<Date>,
    /// Whether it is liquidated.
    pub status: Read<LiquidationStatus>,
    /// True if a protest has a number.
    pub protested: bool,
    /// What became of the protest.
    pub protest: Read<ProtestStatus>,
    /// How deposits were secured, AD then CVD.
    pub security: [Read<Security>; 2],
}

/// The heading that says how a deposit of a kind was secured.
pub fn security_heading(kind: Kind) -> Heading {
    match kind {
        Kind::Ad => Heading::AdBondCash,
        Kind::Cvd => Heading::CvdBondCash,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_as_reports_write_them() {
        assert_eq!(LiquidationStatus::parse("Un-Liquidated"), Some(LiquidationStatus::Unliquidated));
        assert_eq!(LiquidationStatus::parse(" LIQUIDATED "), Some(LiquidationStatus::Liquidated));
        assert_eq!(LiquidationStatus::parse("L?"), None);
        assert_eq!(ProtestStatus::parse("Under Review"), Some(ProtestStatus::Open));
        assert_eq!(Security::parse("B"), Some(Security::Bond));
        assert_eq!(Security::parse("BOND OR CA"), None);
    }
}
