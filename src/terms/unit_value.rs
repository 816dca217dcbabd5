//! What a unit of some goods is worth, and what such goods cost on average.

use rust_decimal::Decimal;

use super::country::Country;
use super::quantity::Unit;

/// A unit value that is far from import statistics.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnitValue {
    /// That of the line, in dollars a unit, to the cent.
    pub found: Decimal,
    /// The unit, that of the statistics.
    pub unit: Unit,
    /// The lowest and the highest yearly average, in dollars a unit, to the cent.
    pub averages: (Decimal, Decimal),
    /// First and last year.
    pub years: (i16, i16),
    /// Country of origin.
    pub country: Country,
    /// Where the statistics stand.
    pub source: Box<str>,
}
