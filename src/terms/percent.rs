//! An ad valorem rate in percent, as a notice prints it.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de};
use std::fmt;

/// The highest rate that is understood, in percent. Rates of several hundred percent are normal (721.03 was
/// published); one above this is a slip of the pen.
const MAX_PERCENT: Decimal = Decimal::from_parts(100_000, 0, 0, false, 0);

/// A rate in percent: `93.50` means 93.50 percent, never the fraction 0.935.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(Decimal);

impl Percent {
    /// Reads digits with an optional point and at most four decimals; a sign, a `%` or an exponent is refused.
    pub fn parse(text: &str) -> Option<Percent> {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let value = plain.then(|| Decimal::from_str_exact(text).ok()).flatten()?;
        (value.scale() <= 4 && value <= MAX_PERCENT).then_some(Percent(value))
    }

    /// The figure, in percent.
    pub fn decimal(self) -> Decimal {
        self.0
    }
}

impl fmt::Display for Percent {
    /// At least two decimals and a percent sign: `93.50%`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut value = self.0.normalize();
        if value.scale() < 2 {
            value.rescale(2);
        }
        write!(f, "{value}%")
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Percent, D::Error> {
        let text = String::deserialize(source)?;
        Percent::parse(&text)
            .ok_or_else(|| de::Error::custom(format!("{text:?} is not a rate in percent such as 93.50")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints_as_notices_do() {
        assert_eq!(Percent::parse("93.5").unwrap().to_string(), "93.50%");
        assert_eq!(Percent::parse("721.03").unwrap().to_string(), "721.03%");
        assert_eq!(Percent::parse("0").unwrap().to_string(), "0.00%");
        for refused in ["", "-1", "93.50%", "1e2", "1_0", "0.00001", "100001", "."] {
            assert_eq!(Percent::parse(refused), None, "{refused}");
        }
    }
}
