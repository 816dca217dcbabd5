//! Entry types: which take an AD/CVD case, and which day governs them (CATAIR AE table 2, ESF-215; matrix ESF-134).

use std::fmt;

/// A two-digit entry type code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryType(u8);

impl EntryType {
    /// One or two digits: `3` is `03`.
    pub fn parse(text: &str) -> Option<EntryType> {
        let text = text.trim();
        let digits = matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok().map(EntryType)).flatten()
    }

    /// Types on which ACE accepts no AD/CVD case: a case there is rejected.
    pub fn takes_no_case(self) -> bool {
        matches!(self.0, 1 | 2 | 11 | 12 | 31 | 32 | 51 | 52)
    }

    /// The type to file instead where a deposit is due, if there is one.
    pub fn with_case(self) -> Option<EntryType> {
        match self.0 {
            1 => Some(EntryType(3)),
            2 => Some(EntryType(7)),
            31 => Some(EntryType(34)),
            32 => Some(EntryType(38)),
            _ => None,
        }
    }

    /// Withdrawals from warehouse for consumption: the day of withdrawal governs (19 CFR 141.101(b)).
    pub fn is_withdrawal(self) -> bool {
        matches!(self.0, 31 | 32 | 34 | 38)
    }

    /// Entries into a warehouse: a deposit falls due at withdrawal.
    pub fn is_warehouse(self) -> bool {
        matches!(self.0, 21 | 22)
    }

    /// Consumption entries from a foreign-trade zone.
    pub fn is_zone(self) -> bool {
        self.0 == 6
    }

    /// Temporary importation under bond.
    pub fn is_temporary(self) -> bool {
        self.0 == 23
    }
}

impl fmt::Display for EntryType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}
