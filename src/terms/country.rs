//! Countries by their ISO 3166 code, as origin, export and party countries are reported.

use serde::{Deserialize, Deserializer, de};
use std::fmt;

/// An ISO 3166-1 two-letter code that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// Names in everyday use that differ from the ISO short name.
const EVERYDAY: [(&str, &str); 18] = [
    ("CHINA, PEOPLE'S REPUBLIC OF", "CN"),
    ("PEOPLE'S REPUBLIC OF CHINA", "CN"),
    ("PRC", "CN"),
    ("P.R.C", "CN"),
    ("P.R. CHINA", "CN"),
    ("P. R. CHINA", "CN"),
    ("PR CHINA", "CN"),
    ("MAINLAND CHINA", "CN"),
    ("REPUBLIC OF KOREA", "KR"),
    ("KOREA", "KR"),
    ("SOUTH KOREA", "KR"),
    ("KOREA, SOUTH", "KR"),
    ("TAIWAN", "TW"),
    ("VIETNAM", "VN"),
    ("RUSSIA", "RU"),
    ("UNITED KINGDOM", "GB"),
    ("UNITED STATES", "US"),
    ("TURKEY", "TR"),
];

impl Country {
    /// Reads a two-letter or three-letter code or the English name, in any case of letters.
    pub fn parse(text: &str) -> Option<Country> {
        let text = text.trim();
        let code = match text.len() {
            2 => rust_iso3166::from_alpha2(&text.to_ascii_uppercase())?.alpha2,
            3 if !text.eq_ignore_ascii_case("PRC") => {
                rust_iso3166::from_alpha3(&text.to_ascii_uppercase())?.alpha2
            }
            _ => {
                let upper = text.to_uppercase();
                let everyday = EVERYDAY.iter().find(|(name, _)| *name == upper).map(|(_, code)| *code);
                everyday.or_else(|| {
                    let named =
                        rust_iso3166::ALL.iter().find(|country| country.name.eq_ignore_ascii_case(text));
                    named.map(|country| country.alpha2)
                })?
            }
        };
        code.as_bytes().try_into().ok().map(Country)
    }

    /// The English short name.
    pub fn name(self) -> &'static str {
        let code = self.to_string();
        rust_iso3166::from_alpha2(&code).map_or("an unknown country", |country| country.name)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", char::from(self.0[0]), char::from(self.0[1]))
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Country, D::Error> {
        let text = String::deserialize(source)?;
        Country::parse(&text)
            .ok_or_else(|| de::Error::custom(format!("{text:?} is not a country code such as CN")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names() {
        for text in ["CN", "cn", "CHN", "China", "People's Republic of China", "PRC"] {
            assert_eq!(Country::parse(text).map(|c| c.to_string()).as_deref(), Some("CN"), "{text}");
        }
        assert_eq!(Country::parse("ZZ"), None);
        assert_eq!(Country::parse("Atlantis"), None);
        assert_eq!(Country::parse("JP").unwrap().name(), "Japan");
    }
}
