//! The manufacturer identification code (MID): country, letters of the name, digits of the address, letters of the city.
//!
//! It is a lossy code: different companies share one, and one company has many (`HUZKAI...`). It can speak for a name or
//! against one; it never establishes a name.

use super::country::Country;
use super::exception::Misfit;
use super::party_name::PartyKey;

/// Characters of a MID, at most (19 CFR part 102, appendix).
const LENGTH_MAX: usize = 15;
/// Words that are passed over in names.
const PASSED_OVER: [&str; 5] = ["a", "an", "and", "of", "the"];
/// Codes of Canadian provinces and territories, which stand in the place of the country.
const CANADA: [&str; 13] = ["XA", "XB", "XC", "XM", "XN", "XO", "XP", "XQ", "XS", "XT", "XV", "XW", "XY"];

/// A manufacturer identification code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mid {
    /// The country of the manufacturer.
    pub country: Country,
    /// Everything behind the country, in capitals, filled up with zeros.
    rest: [u8; LENGTH_MAX - 2],
}

impl Mid {
    /// Reads a code; `None` for what cannot be one.
    pub fn parse(text: &str) -> Option<Mid> {
        let sound =
            (5..=LENGTH_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !sound {
            return None;
        }
        let (country, behind) = text.split_at(2);
        let letters = behind.bytes().take_while(u8::is_ascii_alphabetic).count();
        (letters >= 3).then_some(())?;
        let canada = CANADA.iter().any(|province| province.eq_ignore_ascii_case(country));
        let country = Country::parse(if canada { "CA" } else { country })?;
        let mut rest = [b'0'; LENGTH_MAX - 2];
        rest[..behind.len()].copy_from_slice(behind.as_bytes());
        rest.make_ascii_uppercase();
        Some(Mid { country, rest })
    }

    /// What of a line does not fit the code. Some file the code of the seller; so a code that fits the exporter is no
    /// contradiction. A manufacturer is in the country of origin, as a rule; zones and goods finished elsewhere are the
    /// usual exceptions.
    pub fn misfits(
        self,
        producer: &Letters,
        exporter: &Letters,
        origin: Option<Country>,
    ) -> impl Iterator<Item = Misfit> + use<> {
        let other = self.fits(producer) == Some(false) && self.fits(exporter) != Some(true);
        let name = other.then_some(Misfit::Name);
        let country = origin.filter(|origin| *origin != self.country).map(|_| Misfit::Country);
        name.into_iter().chain(country)
    }

    /// True if the letters are those of the code. `None` where there are none to compare.
    pub fn fits(self, letters: &Letters) -> Option<bool> {
        let Letters { code, one_word } = letters;
        (!code.is_empty()).then(|| {
            // Of a name of one word some code only that word, others its legal form too.
            let first_word = &code.as_bytes()[..code.len().min(3)];
            self.rest.starts_with(code.as_bytes()) || (*one_word && self.rest.starts_with(first_word))
        })
    }
}

/// The letters that a company name gives to a code: the first three of its first two words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letters {
    code: Box<str>,
    /// True if the name has but one word beside its legal form.
    one_word: bool,
}

impl Letters {
    /// The letters of a name.
    pub fn of(name: &str) -> Letters {
        let one_word = PartyKey::of(name).is_some_and(|key| !key.own().contains(' '));
        Letters { code: code(name).into(), one_word }
    }
}

/// The letters of a name as a code has them.
fn code(name: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut initials = false;
    let is_initial = |word: &str| word.chars().count() == 1;
    let texts: Vec<&str> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    for (place, word) in texts.iter().enumerate() {
        let initial = is_initial(word);
        // An article is passed over; the same letter among initials is one of them.
        let among_initials =
            initial && (initials || texts.get(place + 1).is_some_and(|next| is_initial(next)));
        if PASSED_OVER.contains(&word.to_lowercase().as_str()) && !among_initials {
            continue;
        }
        // Initials that follow each other are one word.
        match words.last_mut() {
            Some(last) if initial && initials => last.push_str(word),
            _ => words.push((*word).to_string()),
        }
        initials = initial;
    }
    let letters =
        |word: &String| word.chars().filter(char::is_ascii_alphanumeric).take(3).collect::<String>();
    words.iter().take(2).map(letters).collect::<String>().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the appendix to 19 CFR part 102.
    #[test]
    fn codes_of_names() {
        for (name, letters) in [
            ("Amalgamated Plastics Corp.", "AMAPLA"),
            ("Bergstrom", "BER"),
            ("A.B.C. Company", "ABCCOM"),
            ("A B C Company", "ABCCOM"),
            ("O.A.S.I.S. Corp.", "OASCOR"),
            ("Dr. S.A. Smith", "DRSA"),
            ("Shavings B L Inc.", "SHABL"),
            ("Shenzhen Timely Watch Co.,Ltd", "SHETIM"),
        ] {
            assert_eq!(code(name), letters, "{name}");
        }
    }

    #[test]
    fn a_code_speaks_for_a_name_or_against_it() {
        let of = Letters::of;
        let mid = Mid::parse("CNSHETIM1342SHE").unwrap();
        assert_eq!(mid.country, Country::parse("CN").unwrap());
        assert_eq!(mid.fits(&of("Shenzhen Timely Watch Co., Ltd")), Some(true));
        assert_eq!(mid.fits(&of("Shenzhen Invented Watch Co., Ltd")), Some(false));
        assert_eq!(Mid::parse("JPRES1TOK").unwrap().fits(&of("Resonac Corporation")), Some(true));
        assert_eq!(Mid::parse("cnshetim1342she"), Some(mid));
        assert_eq!(Mid::parse("XQBER12MON").unwrap().country, Country::parse("CA").unwrap());
        assert_eq!(mid.fits(&of("虚构石墨有限公司")), None);
        for text in ["", "CN", "cnsh-etim", "ZZSHETIM1342SHE", "CN1342SHE", "CNSHETIM1342SHENZHEN"] {
            assert_eq!(Mid::parse(text), None, "{text}");
        }
    }
}
