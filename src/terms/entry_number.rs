//! Entry numbers: filer code, sequence, check digit.

use std::fmt;

/// The eleven characters of an entry number, without hyphens or blanks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryNumber([u8; 11]);

impl EntryNumber {
    /// Reads three characters of filer code, seven digits and a check digit, with hyphens or blanks anywhere.
    /// The check digit is not judged here: see [`EntryNumber::check_digit`].
    pub fn parse(text: &str) -> Option<EntryNumber> {
        let mut bytes = [0; 11];
        let mut filled = 0;
        for byte in text.bytes().filter(|byte| !matches!(byte, b'-' | b' ')) {
            *bytes.get_mut(filled)? = byte.to_ascii_uppercase();
            filled += 1;
        }
        let whole = filled == 11 && bytes.iter().all(u8::is_ascii_alphanumeric);
        (whole && bytes[3..].iter().all(u8::is_ascii_digit)).then_some(EntryNumber(bytes))
    }

    /// The check digit that belongs to filer code and sequence (CATAIR AE table 1, ESF-213): letters are mapped A=1
    /// to I=9, J=1 to R=9, S=2 to Z=9; every second character is doubled, nines cast out; the sum is brought to a
    /// multiple of ten.
    pub fn check_digit(&self) -> u8 {
        let sum: u32 = self.0[..10]
            .iter()
            .enumerate()
            .map(|(i, byte)| {
                let value = match byte {
                    b'0'..=b'9' => u32::from(byte - b'0'),
                    b'A'..=b'I' => u32::from(byte - b'A') + 1,
                    b'J'..=b'R' => u32::from(byte - b'J') + 1,
                    _ => u32::from(byte - b'S') + 2,
                };
                match (i % 2 == 1, value * 2) {
                    (false, _) => value,
                    (true, doubled) if doubled > 9 => doubled - 9,
                    (true, doubled) => doubled,
                }
            })
            .sum();
        u8::try_from((10 - sum % 10) % 10).expect("a remainder of ten")
    }

    /// True if the last character is the check digit.
    pub fn check_digit_fits(&self) -> bool {
        self.0[10] - b'0' == self.check_digit()
    }
}

impl fmt::Display for EntryNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            if i == 3 || i == 10 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*byte))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The two examples of the public transcriptions of CATAIR AE table 1.
    #[test]
    fn check_digits() {
        assert_eq!(EntryNumber::parse("ABC-1234567-6").unwrap().check_digit(), 6);
        assert_eq!(EntryNumber::parse("99999999990").unwrap().check_digit(), 0);
        assert!(!EntryNumber::parse("ABC-1234567-5").unwrap().check_digit_fits());
        assert_eq!(EntryNumber::parse("ABC-123456-76").unwrap().to_string(), "ABC-1234567-6");
        assert_eq!(EntryNumber::parse("ABC-12345678-6"), None);
        assert_eq!(EntryNumber::parse("ABCX234567-6"), None);
    }
}
