//! Tariff numbers: six to ten digits of the Harmonized Tariff Schedule.

use std::fmt;

/// A tariff number of 6, 8 or 10 digits; chapter 99 numbers have 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hts {
    /// The number as if it had ten digits, zeros at the end.
    value: u64,
    len: u8,
}

impl Hts {
    /// Reads digits with points, blanks or hyphens between them, and a leading apostrophe. `None` for letters, an
    /// exponent (`8.5076E+09`: the digits are gone), and for any other count of digits than 6, 8 or 10.
    pub fn parse(text: &str) -> Option<Hts> {
        let mut value = 0u64;
        let mut len = 0u8;
        for byte in text.trim().trim_start_matches('\'').bytes() {
            match byte {
                b'0'..=b'9' if len < 10 => {
                    value = value * 10 + u64::from(byte - b'0');
                    len += 1;
                }
                b'.' | b' ' | b'-' if len > 0 => {}
                _ => return None,
            }
        }
        matches!(len, 6 | 8 | 10).then(|| Hts { value: value * 10u64.pow(u32::from(10 - len)), len })
    }

    /// True if this number falls under `hint`, or may: hints are compared at the legal rate line, eight digits (the
    /// last two are statistical), and a number of six digits is compared at six.
    pub fn falls_under(self, hint: Hts) -> bool {
        let compared = hint.len.min(self.len).min(8);
        let unit = 10u64.pow(u32::from(10 - compared));
        self.value / unit == hint.value / unit
    }

    /// Two-digit chapter.
    pub fn chapter(self) -> u8 {
        u8::try_from(self.value / 100_000_000).expect("two digits")
    }

    /// Third and fourth digit: the heading within the chapter.
    pub fn heading_in_chapter(self) -> u64 {
        self.value / 1_000_000 % 100
    }

    /// How many digits are known: 6, 8 or 10.
    pub fn digits(self) -> u8 {
        self.len
    }
}

impl fmt::Display for Hts {
    /// With points: `3801.10.5000`, `8507.60`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:010}", self.value);
        write!(f, "{}.{}", &digits[..4], &digits[4..6])?;
        if self.len > 6 {
            write!(f, ".{}", &digits[6..usize::from(self.len)])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_spelling() {
        for text in ["3801.10.5000", "3801105000", "3801 10 50 00", "'3801105000", "3801.10.50.00"] {
            assert_eq!(Hts::parse(text).unwrap().to_string(), "3801.10.5000", "{text}");
        }
        for refused in ["", "8.5076E+09", "38011", "3801105", "38011050001", "abc", ".380110"] {
            assert_eq!(Hts::parse(refused), None, "{refused}");
        }
    }

    #[test]
    fn hints_compare_at_eight_digits() {
        let hts = |text| Hts::parse(text).unwrap();
        assert!(hts("3801.10.5010").falls_under(hts("3801.10.5000")));
        assert!(hts("8507.60.0020").falls_under(hts("8507.60")));
        assert!(hts("3801.10.50").falls_under(hts("3801.10.5000")));
        assert!(hts("3801.10").falls_under(hts("3801.10.5000")));
        assert!(!hts("3801.10.1000").falls_under(hts("3801.10.5000")));
        assert_eq!(hts("9903.01.28").chapter(), 99);
        assert_eq!(hts("0811.90.8040").chapter(), 8);
    }
}
