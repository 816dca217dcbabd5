//! The two days that law is asked with. They cannot be swapped: each is a type of its own.

use jiff::civil::Date;
use std::fmt;

/// The day that fixes the rate: entry, or withdrawal from warehouse, for consumption (19 USC 1671b(d)(2),
/// 1673b(d)(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GoverningDay(pub Date);

/// The day on which an answer could have been known: nothing published later counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KnownDay(pub Date);

impl fmt::Display for GoverningDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for KnownDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Reads `2025-08-01` and nothing else; for case folders and the command line.
pub fn parse_iso(text: &str) -> Option<Date> {
    let shaped = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    shaped.then(|| text.parse().ok()).flatten()
}
