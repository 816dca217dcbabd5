//! AD/CVD case numbers: `A-999-101` names a proceeding, `A-999-101-001` a company in it.

use serde::{Deserialize, Deserializer, de};
use std::fmt;

/// Antidumping or countervailing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Antidumping duty (`A-`).
    Ad,
    /// Countervailing duty (`C-`).
    Cvd,
}

impl Kind {
    /// Both kinds, in the order of the output columns.
    pub const BOTH: [Kind; 2] = [Kind::Ad, Kind::Cvd];

    /// 0 for AD, 1 for CVD: the place in arrays that hold one value a kind.
    pub fn index(self) -> usize {
        self as usize
    }

    /// The kind of the companion case.
    pub fn other(self) -> Kind {
        match self {
            Kind::Ad => Kind::Cvd,
            Kind::Cvd => Kind::Ad,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Ad => "AD",
            Kind::Cvd => "CVD",
        })
    }
}

/// The number of a proceeding: kind, Commerce's three-digit country, three-digit product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber {
    /// Antidumping or countervailing.
    pub kind: Kind,
    country: u16,
    product: u16,
}

/// The three characters that name a company within a case; `000` is everyone without a rate of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Suffix([u8; 3]);

impl Suffix {
    /// The suffix of everyone else.
    pub const EVERYONE_ELSE: Suffix = Suffix(*b"000");

    /// Exactly three letters or digits.
    pub fn parse(text: &str) -> Option<Suffix> {
        let bytes: [u8; 3] = text.as_bytes().try_into().ok()?;
        bytes
            .iter()
            .all(u8::is_ascii_alphanumeric)
            .then(|| Suffix(bytes.map(|byte| byte.to_ascii_uppercase())))
    }
}

impl fmt::Display for Suffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{}", char::from(*byte)))
    }
}

impl CaseNumber {
    /// Reads a case number with or without hyphens and company suffix, in any case of letters; Unicode dashes and
    /// blanks count as hyphens. `None` if it is anything else (CATAIR AE ESF-98; ADQ-10).
    pub fn parse(text: &str) -> Option<(CaseNumber, Option<Suffix>)> {
        let mut plain = String::with_capacity(10);
        for c in text.trim().chars() {
            match c {
                '-' | ' ' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => {}
                c if c.is_ascii_alphanumeric() => plain.push(c.to_ascii_uppercase()),
                _ => return None,
            }
        }
        let (head, suffix) = match plain.len() {
            7 => (plain.as_str(), None),
            10 => (&plain[..7], Some(Suffix::parse(&plain[7..])?)),
            _ => return None,
        };
        let kind = match head.as_bytes()[0] {
            b'A' => Kind::Ad,
            b'C' => Kind::Cvd,
            _ => return None,
        };
        let digits = &head[1..];
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number = |text: &str| text.parse::<u16>().ok();
        Some((CaseNumber { kind, country: number(&digits[..3])?, product: number(&digits[3..])? }, suffix))
    }

    /// The number as it is filed: seven characters, ten with a company suffix, no hyphens.
    pub fn as_filed(self, suffix: Option<Suffix>) -> String {
        let letter = if self.kind == Kind::Ad { 'A' } else { 'C' };
        let suffix = suffix.map(|suffix| suffix.to_string()).unwrap_or_default();
        format!("{letter}{:03}{:03}{suffix}", self.country, self.product)
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = if self.kind == Kind::Ad { 'A' } else { 'C' };
        write!(f, "{letter}-{:03}-{:03}", self.country, self.product)
    }
}

impl<'de> Deserialize<'de> for CaseNumber {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<CaseNumber, D::Error> {
        let text = String::deserialize(source)?;
        match CaseNumber::parse(&text) {
            Some((number, None)) => Ok(number),
            _ => Err(de::Error::custom(format!("{text:?} is not a case number such as A-999-101"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_writing_of_one_number() {
        let (number, suffix) = CaseNumber::parse("a\u{2013}999\u{2013}101-001").unwrap();
        assert_eq!(number.to_string(), "A-999-101");
        assert_eq!(number.as_filed(suffix), "A999101001");
        assert_eq!(CaseNumber::parse("C999102").unwrap().0.as_filed(None), "C999102");
        for refused in ["", "B-999-101", "A-99-101", "A-999-101-01", "A-999-1O1", "A_999_101"] {
            assert_eq!(CaseNumber::parse(refused), None, "{refused}");
        }
    }
}
