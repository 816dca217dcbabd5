//! Company names and the key under which two writings are one name.
//!
//! Casebook and entry line use this one function. It never compares by likeness: two keys are equal or they are not.

use std::fmt;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

use super::country::Country;
use super::legal_form::{LEGAL_FORMS, TRADE_WORDS};

/// What remains of a company name when width, case, punctuation, spacing, `&`/and, the spelling of its legal form,
/// the usual trade abbreviations and the place of a parenthesis are set aside.
///
/// Kept as identity: every other word, places, digits, the kind of legal form, and whether there is one at all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyKey(Arc<str>);

impl PartyKey {
    /// The key of a name; `None` where the text holds no letter or digit, or damage (U+FFFD, control characters).
    pub fn of(name: &str) -> Option<PartyKey> {
        if name.chars().any(|c| c == '\u{fffd}' || (c.is_control() && !c.is_whitespace())) {
            return None;
        }
        let words = words(name);
        if words.is_empty() {
            return None;
        }
        let (own, form) = split_legal_form(&words);
        let own: Vec<&str> = own.iter().map(|word| trade_word(word)).collect();
        // A form in front of or inside the name ("Co., Ltd. (Wuxi)") is the same form at the end.
        Some(PartyKey(format!("{}|{form}", own.join(" ")).into()))
    }
}

/// The key of what stands before a trailing ", City, Country"; `None` where the name does not end so. It counts only
/// where it equals a listed name: an address is set aside, a place within a name never is.
pub fn without_address(name: &str) -> Option<PartyKey> {
    let (rest, country) = name.trim_end_matches('.').rsplit_once(',')?;
    let (rest, city) = rest.rsplit_once(',')?;
    Country::parse(country)?;
    let city = words(city);
    let plain = !city.is_empty() && split_legal_form(&city).1.is_empty();
    (plain && city.iter().all(|word| word.chars().all(char::is_alphabetic))).then(|| PartyKey::of(rest))?
}

impl fmt::Display for PartyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Lower-case words of a name. Apostrophes join, all other punctuation separates, `&` is the word "and", runs of
/// single letters are one word (`S.A.` is `sa`).
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut letters = 0;
    let mut end_word = |word: &mut String, words: &mut Vec<String>| {
        if word.is_empty() {
            return;
        }
        let single = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
        match words.last_mut() {
            Some(last) if single && letters > 0 => last.push_str(word),
            _ => words.push(word.clone()),
        }
        letters = if single { letters + 1 } else { 0 };
        word.clear();
    };
    for c in name.nfkc().flat_map(char::to_lowercase) {
        match c {
            '\'' | '\u{2019}' | '\u{2018}' | '`' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}' => {}
            '&' | '+' => {
                end_word(&mut word, &mut words);
                word.push_str("and");
                end_word(&mut word, &mut words);
            }
            c if c.is_alphanumeric() || is_combining(c) => word.push(c),
            _ => end_word(&mut word, &mut words),
        }
    }
    end_word(&mut word, &mut words);
    words
}

/// Combining marks that NFKC could not compose belong to their letter.
fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// The longest legal form among the words, the last of equals, taken out; the rest in order.
fn split_legal_form(words: &[String]) -> (Vec<&str>, &'static str) {
    let mut best: Option<(usize, usize, &'static str)> = None;
    for start in 0..words.len() {
        for (form, canonical) in LEGAL_FORMS {
            let left = words.len() - start;
            // Two letters are a legal form only where a name ends: "AB Chemical" is not a company on shares.
            let short = canonical.len() == 2 && *canonical != "co" && left > 1;
            let fits = !short && left >= form.len() && form.iter().zip(&words[start..]).all(|(f, w)| f == w);
            if fits && best.is_none_or(|(_, len, _)| form.len() >= len) {
                best = Some((start, form.len(), canonical));
            }
        }
    }
    let (start, len, canonical) = best.unwrap_or((words.len(), 0, ""));
    let own = words[..start].iter().chain(&words[start + len..]).map(String::as_str).collect();
    (own, canonical)
}

fn trade_word(word: &str) -> &str {
    TRADE_WORDS.iter().find(|(short, _)| *short == word).map_or(word, |(_, long)| long)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        PartyKey::of(a).unwrap() == PartyKey::of(b).unwrap()
    }

    #[test]
    fn writings_of_one_name() {
        for (a, b) in [
            ("Panasonic Energy (Wuxi) Co., Ltd.", "PANASONIC ENERGY WUXI CO LTD"),
            ("Panasonic Energy (Wuxi) Co., Ltd.", "Panasonic Energy Co., Ltd. (Wuxi)"),
            ("Panasonic Energy (Wuxi) Co., Ltd.", "Ｐａｎａｓｏｎｉｃ Energy（Wuxi）Company Limited"),
            ("Prime Planet Energy & Solutions, Inc.", "Prime Planet Energy and Solutions Incorporated"),
            ("Panasonic Energy Mexico, S.A. DE. C.V.", "Panasonic Energy Mexico SA de CV"),
            ("Samsung SDI Energy Malaysia Sdn, Bhd.", "Samsung SDI Energy Malaysia Sdn. Bhd."),
            (
                "Huzhou Kaijin New Energy Technology Corp., Ltd.",
                "Huzhou Kaijin New Energy Tech. Corporation Limited",
            ),
            (
                "Tianjin Lishen Battery Joint-Stock Co., Ltd.",
                "Tianjin Lishen Battery Joint Stock Company Limited",
            ),
            ("Shanghai XFH Technology Co. Ltd.", "Shanghai XFH Technology Co.,Ltd"),
        ] {
            assert!(same(a, b), "{a} / {b}");
        }
    }

    #[test]
    fn other_companies() {
        for (a, b) in [
            ("BTR New Material Group Co., Ltd.", "BTR New Material Group Sales Co., Ltd."),
            ("BTR (Jiangsu) New Energy Material", "BTR (Jiangsu) New Energy Material Co., Ltd."),
            (
                "Huzhou Kaijin New Energy Technology Corp., Ltd.",
                "Guangdong Kaijin New Energy Technology Corp., Ltd.",
            ),
            ("Panasonic Energy Co., Ltd.", "Panasonic Energy (Wuxi) Co., Ltd."),
            ("Sunwoda Electronic Co., Ltd.", "Sunwoda Electronic Corp."),
            ("Prime Planet Energy Dalian Co.", "Prime Planet Energy Dalian Co., Ltd."),
            ("Hengdian 2 Co., Ltd.", "Hengdian II Co., Ltd."),
        ] {
            assert!(!same(a, b), "{a} / {b}");
        }
    }

    #[test]
    fn a_trailing_address() {
        let listed = PartyKey::of("BTR New Material Group Co., Ltd.");
        assert_eq!(without_address("BTR New Material Group Co., Ltd., Shenzhen, China"), listed);
        for whole in
            ["Samsung SDI Co., Ltd.", "BTR New Material Group, Co., Ltd., China", "BTR (Jiangsu), China"]
        {
            assert_ne!(without_address(whole), listed, "{whole}");
        }
    }

    #[test]
    fn damage_and_emptiness_have_no_key() {
        for name in ["", " . ", "Resonac Corp\u{fffd}ration", "Reso\u{1b}nac"] {
            assert_eq!(PartyKey::of(name), None, "{name:?}");
        }
    }
}
