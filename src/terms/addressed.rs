//! Company names with an address behind them.

use super::country::Country;
use super::party_name::{NameWord, PartyKey, legal_form, words};
use super::place_words::is_place;

/// Words that stand in addresses beside places.
const ADDRESS_WORDS: [&str; 8] =
    ["city", "county", "district", "prefecture", "province", "region", "state", "town"];

/// A name that ends in an address: `BTR New Material Group Co., Ltd., Shenzhen, China`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Addressed {
    /// The key of what stands before the address.
    pub key: PartyKey,
    /// The words of city and province.
    pub places: Vec<String>,
    /// The country.
    pub country: Country,
}

impl Addressed {
    /// The name and address in a name that ends so; `None` where it does not. It counts only where the key is that of a
    /// listed name and the address says nothing that would make it another company: an address of known places is set
    /// aside, a place within a name never is, and no other word is.
    pub fn of(name: &str) -> Option<Addressed> {
        let (rest, country) = name.trim_end().trim_end_matches('.').rsplit_once(',')?;
        let country = Country::parse(country)?;
        let (near, city) = rest.rsplit_once(',')?;
        // "Co., Ltd., Shenzhen, Guangdong, China": the province stands behind the city.
        let provinces = near.rsplit_once(',').filter(|(name, _)| ends_in_form(name) && !ends_in_form(near));
        let (name, places) = match provinces {
            Some((name, town)) => (name, [words(town), words(city)].concat()),
            None => (near, words(city)),
        };
        let places: Vec<String> = places.into_iter().map(|word| word.text).collect();
        let is_address = |word: &String| is_place(word) || ADDRESS_WORDS.contains(&word.as_str());
        if !places.iter().any(|word| is_place(word)) || !places.iter().all(is_address) {
            return None;
        }
        PartyKey::of(name).map(|key| Addressed { key, places, country })
    }

    /// True if a name says with a word of its own what the address says: `Panasonic Energy (Wuxi) Co., Ltd.` is not
    /// `Panasonic Energy Co., Ltd., Wuxi, China`, and which of them is meant is not known.
    pub fn is_also(&self, listed: &PartyKey) -> bool {
        let mut with_place: Vec<&str> = listed.own().split(' ').collect();
        self.places.iter().any(|place| with_place.contains(&place.as_str())) && {
            with_place.retain(|word| !self.places.iter().any(|place| place == word));
            let mut own: Vec<&str> = self.key.own().split(' ').collect();
            own.retain(|word| !self.places.iter().any(|place| place == word));
            own == with_place
        }
    }
}

fn ends_in_form(name: &str) -> bool {
    let words: Vec<NameWord> = words(name);
    legal_form(&words).is_some_and(|(start, len, _)| start + len == words.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trailing_address() {
        let listed = PartyKey::of("BTR New Material Group Co., Ltd.");
        let name = |written: &str| Addressed::of(written).map(|addressed| addressed.key);
        assert_eq!(name("BTR New Material Group Co., Ltd., Shenzhen, China"), listed);
        assert_eq!(name("BTR New Material Group Co., Ltd., Shenzhen City, Guangdong, P.R. China"), listed);
        for whole in [
            "Samsung SDI Co., Ltd.",
            "BTR New Material Group, Co., Ltd., China",
            "BTR (Jiangsu), China",
            "BTR New Material Group Co., Ltd., Trading Division, China",
            "BTR New Material Group Co., Ltd., not the producer, China",
            "BTR New Material Group Co., Ltd., New Factory, Shenzhen, China",
        ] {
            assert_ne!(name(whole), listed, "{whole}");
        }
        let addressed = Addressed::of("Panasonic Energy Co., Ltd., Wuxi, China").unwrap();
        assert!(addressed.is_also(&PartyKey::of("Panasonic Energy (Wuxi) Co., Ltd.").unwrap()));
        assert!(!addressed.is_also(&PartyKey::of("Panasonic Energy Co., Ltd.").unwrap()));
    }
}
