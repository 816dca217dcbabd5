//! Company names and the key under which two writings are one name.
//!
//! Casebook and entry line use this one function. It never compares by likeness: two keys are equal or they are not.

use std::fmt;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

use super::country::Country;
use super::legal_form::{CHINESE_FORMS, LEGAL_FORMS, TRADE_WORDS};

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
        let mut words = words(name);
        if words.is_empty() {
            return None;
        }
        let chinese = take_chinese_form(&mut words);
        let (own, form) = match chinese {
            Some(form) => (words.iter().map(String::as_str).collect(), form),
            None => split_legal_form(&words),
        };
        let own: Vec<&str> = own.iter().map(|word| trade_word(word)).collect();
        // A form in front of or inside the name ("Co., Ltd. (Wuxi)") is the same form at the end.
        Some(PartyKey(format!("{}|{form}", own.join(" ")).into()))
    }
}

impl PartyKey {
    /// The words of the name without its legal form, one blank between two.
    pub fn own(&self) -> &str {
        self.0.split_once('|').map_or(&self.0, |(own, _)| own)
    }

    /// The legal form in its canonical spelling; empty for none.
    pub fn form(&self) -> &str {
        self.0.split_once('|').map_or("", |(_, form)| form)
    }
}

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
    /// listed name and the address says nothing that would make it another company: an address is set aside, a place
    /// within a name never is.
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
        let plain = |word: &String| word.chars().all(char::is_alphabetic);
        if places.is_empty() || !places.iter().all(plain) || !split_legal_form(&places).1.is_empty() {
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
    let words = words(name);
    let form = |from: usize| LEGAL_FORMS.iter().any(|(form, _)| words[from..].iter().eq(form.iter()));
    (0..words.len()).any(form)
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
    joined_chinese(words)
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Words in Chinese characters as one: blanks and parentheses between them say nothing.
fn joined_chinese(words: Vec<String>) -> Vec<String> {
    if !words.iter().any(|word| word.contains(is_chinese)) {
        return words;
    }
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        match joined.last_mut() {
            Some(last) if last.ends_with(is_chinese) && word.starts_with(is_chinese) => last.push_str(&word),
            _ => joined.push(word),
        }
    }
    joined
}

/// Takes a legal form in Chinese characters from the end of the last word, or a Japanese one from the beginning of the
/// first.
fn take_chinese_form(words: &mut [String]) -> Option<&'static str> {
    let (last, first) = (words.len() - 1, 0);
    for (form, canonical) in CHINESE_FORMS {
        if let Some(rest) = words[last].strip_suffix(form).filter(|rest| !rest.is_empty()) {
            words[last] = rest.to_string();
            return Some(canonical);
        }
        let leads = *canonical == "kk";
        if let Some(rest) = words[first].strip_prefix(form).filter(|rest| leads && !rest.is_empty()) {
            words[first] = rest.to_string();
            return Some(canonical);
        }
    }
    None
}

/// Combining marks that NFKC could not compose belong to their letter.
fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Words of a legal form where it is written out: of two forms in a name the longer counts, however they are written.
fn written_out(canonical: &str) -> usize {
    let spellings = LEGAL_FORMS.iter().filter(|(_, known)| *known == canonical);
    spellings.map(|(form, _)| form.len()).max().unwrap_or(0)
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
            if fits && best.is_none_or(|(_, _, known)| written_out(canonical) >= written_out(known)) {
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
            (
                "Invented Int'l Imp. & Exp. Co., Ltd.",
                "Invented International Import and Export Company Limited",
            ),
            ("Invented Ind. Mfg. Corp.", "Invented Industry Manufacturing Corporation"),
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
            ("Invented Ind. Co., Ltd.", "Invented Industrial Co., Ltd."),
            ("Invented Trading Co., Ltd.", "Invented Co., Ltd."),
        ] {
            assert!(!same(a, b), "{a} / {b}");
        }
    }

    #[test]
    fn names_in_chinese_characters() {
        assert!(same("虚构（江苏）新材料有限公司", "虚构江苏新材料 有限公司"));
        assert!(same("虚构石墨股份有限公司", "虚构石墨股份有限公司 "));
        assert!(!same("虚构石墨股份有限公司", "虚构石墨有限公司"));
        assert!(!same("虚构石墨有限公司", "虚构石墨"));
        assert_eq!(PartyKey::of("虚构石墨有限公司").unwrap().form(), "co ltd");
        assert!(same("株式会社レゾナック", "レゾナック株式会社"));
    }

    #[test]
    fn a_trailing_address() {
        let listed = PartyKey::of("BTR New Material Group Co., Ltd.");
        let name = |written: &str| Addressed::of(written).map(|addressed| addressed.key);
        assert_eq!(name("BTR New Material Group Co., Ltd., Shenzhen, China"), listed);
        assert_eq!(name("BTR New Material Group Co., Ltd., Shenzhen, Guangdong, China"), listed);
        for whole in
            ["Samsung SDI Co., Ltd.", "BTR New Material Group, Co., Ltd., China", "BTR (Jiangsu), China"]
        {
            assert_ne!(name(whole), listed, "{whole}");
        }
        let addressed = Addressed::of("Panasonic Energy Co., Ltd., Wuxi, China").unwrap();
        assert!(addressed.is_also(&PartyKey::of("Panasonic Energy (Wuxi) Co., Ltd.").unwrap()));
        assert!(!addressed.is_also(&PartyKey::of("Panasonic Energy Co., Ltd.").unwrap()));
    }

    #[test]
    fn damage_and_emptiness_have_no_key() {
        for name in ["", " . ", "Resonac Corp\u{fffd}ration", "Reso\u{1b}nac"] {
            assert_eq!(PartyKey::of(name), None, "{name:?}");
        }
    }
}
