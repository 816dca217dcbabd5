//! A quantity and its unit, for rates in dollars per unit.

use rust_decimal::Decimal;
use std::fmt;

/// An amount of goods in one unit of measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// How many units; never negative.
    pub amount: Decimal,
    /// In what.
    pub unit: Unit,
}

/// A unit of measure by its CBP code (CATAIR appendix C), upper case: `KG`, `NO`, `T`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit([u8; 3]);

impl Unit {
    /// One to three letters; case and a final point are set aside, `KGS` is `KG`.
    pub fn parse(text: &str) -> Option<Unit> {
        let text = text.trim().trim_end_matches('.').to_ascii_uppercase();
        let code = if text == "KGS" { "KG" } else { text.as_str() };
        if code.is_empty() || code.len() > 3 || !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let mut unit = [b' '; 3];
        unit[..code.len()].copy_from_slice(code.as_bytes());
        Some(Unit(unit))
    }
}

/// Units of weight and what each holds in grams (CATAIR appendix C).
const GRAMS: [(&str, Decimal); 3] = [
    ("G", Decimal::ONE),
    ("KG", Decimal::ONE_THOUSAND),
    ("T", Decimal::from_parts(1_000_000, 0, 0, false, 0)),
];

impl Unit {
    /// How many of another unit one of this is: the same unit, or both of weight. `None` where neither holds.
    pub fn in_units_of(self, other: Unit) -> Option<Decimal> {
        let grams = |unit: Unit| {
            GRAMS.iter().find(|(code, _)| Unit::parse(code) == Some(unit)).map(|(_, grams)| *grams)
        };
        if self == other { Some(Decimal::ONE) } else { Some(grams(self)? / grams(other)?) }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.iter().filter(|byte| **byte != b' ') {
            write!(f, "{}", char::from(*byte))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_codes() {
        assert_eq!(Unit::parse("kgs.").unwrap().to_string(), "KG");
        assert_eq!(Unit::parse("no").unwrap().to_string(), "NO");
        assert_eq!(Unit::parse("kilograms"), None);
    }

    #[test]
    fn weights_are_put_into_each_other() {
        let unit = |text| Unit::parse(text).unwrap();
        let ratio =
            |one, other| unit(one).in_units_of(unit(other)).map(|ratio| ratio.normalize().to_string());
        assert_eq!(ratio("T", "KG").as_deref(), Some("1000"));
        assert_eq!(ratio("G", "KG").as_deref(), Some("0.001"));
        assert_eq!(ratio("NO", "NO").as_deref(), Some("1"));
        assert_eq!(ratio("NO", "KG"), None);
        assert_eq!(ratio("KG", "NO"), None);
    }
}
