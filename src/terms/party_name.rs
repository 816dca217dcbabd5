//! Company names and the key under which two writings are one name.
//!
//! Casebook and entry line use this one function. It never compares by likeness: two keys are equal or they are not.

use std::fmt;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

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
            Some(form) => (words.iter().map(|word| word.text.as_str()).collect(), form),
            None => split_legal_form(&words),
        };
        let own: Vec<&str> = own.iter().map(|word| trade_word(word)).collect();
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

impl fmt::Display for PartyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What people write where they have no name, as words in lower case.
const NO_NAMES: [&str; 22] = [
    "na",
    "n a",
    "none",
    "nil",
    "null",
    "unknown",
    "not known",
    "tbd",
    "tba",
    "to be determined",
    "to be advised",
    "not available",
    "not applicable",
    "not provided",
    "not stated",
    "same",
    "same as exporter",
    "same as producer",
    "same as above",
    "various",
    "see invoice",
    "see attached",
];

/// True for what is written where nobody knows the name, such as `N/A` or `TBD`: a missing name, not a company.
pub fn names_nobody(text: &str) -> bool {
    let words: Vec<String> = words(text).into_iter().map(|word| word.text).collect();
    NO_NAMES.contains(&words.join(" ").as_str())
}

/// A word of a name in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NameWord {
    pub(super) text: String,
    /// True if it stands in parentheses.
    enclosed: bool,
}

/// Lower-case words of a name. Apostrophes join, all other punctuation separates, `&` is the word "and", runs of
/// single letters are one word (`S.A.` is `sa`).
pub(super) fn words(name: &str) -> Vec<NameWord> {
    let mut words: Vec<NameWord> = Vec::new();
    let mut word = String::new();
    let (mut letters, mut depth) = (0, 0u32);
    let mut end_word = |word: &mut String, words: &mut Vec<NameWord>, depth: u32| {
        if word.is_empty() {
            return;
        }
        let single = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
        match words.last_mut() {
            Some(last) if single && letters > 0 => last.text.push_str(word),
            _ => words.push(NameWord { text: word.clone(), enclosed: depth > 0 }),
        }
        letters = if single { letters + 1 } else { 0 };
        word.clear();
    };
    for c in name.nfkc().flat_map(char::to_lowercase) {
        match c {
            '\'' | '\u{2019}' | '\u{2018}' | '`' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}' => {}
            '&' | '+' => {
                end_word(&mut word, &mut words, depth);
                word.push_str("and");
                end_word(&mut word, &mut words, depth);
            }
            c if c.is_alphanumeric() || is_combining(c) => word.push(c),
            c => {
                end_word(&mut word, &mut words, depth);
                match c {
                    '(' | '[' => depth += 1,
                    ')' | ']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
        }
    }
    end_word(&mut word, &mut words, depth);
    joined_chinese(words)
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Words in Chinese characters as one: blanks and parentheses between them say nothing.
fn joined_chinese(words: Vec<NameWord>) -> Vec<NameWord> {
    if !words.iter().any(|word| word.text.contains(is_chinese)) {
        return words;
    }
    let mut joined: Vec<NameWord> = Vec::with_capacity(words.len());
    for word in words {
        match joined.last_mut() {
            Some(last) if last.text.ends_with(is_chinese) && word.text.starts_with(is_chinese) => {
                last.text.push_str(&word.text);
            }
            _ => joined.push(word),
        }
    }
    joined
}

/// Takes a legal form in Chinese characters from the end of the last word, or a Japanese one from the beginning of the
/// first; a word that is nothing else goes with it.
fn take_chinese_form(words: &mut Vec<NameWord>) -> Option<&'static str> {
    let (first, last) = (words.first()?.text.clone(), words.last()?.text.clone());
    let taken = CHINESE_FORMS.iter().find_map(|(form, canonical)| {
        let behind = last.strip_suffix(form).map(|rest| (words.len() - 1, rest, *canonical));
        let in_front = first.strip_prefix(form).filter(|_| *canonical == "kk");
        behind.or(in_front.map(|rest| (0, rest, *canonical)))
    });
    let (place, rest, canonical) = taken?;
    match (rest.is_empty(), words.len()) {
        (true, 1) => return None,
        (true, _) => {
            words.remove(place);
        }
        (false, _) => words[place].text = rest.to_string(),
    }
    Some(canonical)
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

/// The longest legal form among the words, the last of equals: where it begins, how many words it takes, and its
/// canonical spelling.
pub(super) fn legal_form(words: &[NameWord]) -> Option<(usize, usize, &'static str)> {
    let mut best: Option<(usize, usize, &'static str)> = None;
    for start in 0..words.len() {
        for (form, canonical) in LEGAL_FORMS {
            let spelled = words[start..].iter().map(|word| word.text.as_str());
            if words.len() - start < form.len() || !form.iter().copied().eq(spelled.take(form.len())) {
                continue;
            }
            // Two letters are a legal form only where a name ends: "AB Chemical" is not a company on shares.
            let ends = words[start + form.len()..].iter().all(|word| word.enclosed);
            let short = canonical.len() == 2 && *canonical != "co" && !ends;
            if !short && best.is_none_or(|(_, _, known)| written_out(canonical) >= written_out(known)) {
                best = Some((start, form.len(), canonical));
            }
        }
    }
    best
}

/// The words of a name without its legal form, and the form. A form that only a parenthesis follows stands at the end of
/// the name ("Co., Ltd. (Wuxi)"). Where other words follow it is a word among them: "Energy Co., Ltd., Wuxi" may be the
/// company in Wuxi, or another with an address.
fn split_legal_form(words: &[NameWord]) -> (Vec<&str>, &'static str) {
    let Some((start, len, canonical)) = legal_form(words) else {
        return (words.iter().map(|word| word.text.as_str()).collect(), "");
    };
    let (before, behind) = (&words[..start], &words[start + len..]);
    let ends = behind.iter().all(|word| word.enclosed);
    let mut own: Vec<&str> = before.iter().map(|word| word.text.as_str()).collect();
    if !ends {
        own.push(canonical);
    }
    own.extend(behind.iter().map(|word| word.text.as_str()));
    (own, if ends { canonical } else { "" })
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
            (
                "Tianjin Lishen Battery Joint-Stock Co., Ltd.",
                "Tianjin Lishen Battery Joint-Stock Company, Ltd.",
            ),
            ("Panasonic Kabushiki Kaisha (Panasonic Corporation)", "Panasonic K.K. (Panasonic Corporation)"),
            ("Panasonic Corporation of China", "PANASONIC CORP. OF CHINA"),
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
            ("Panasonic Energy (Wuxi) Co., Ltd.", "Panasonic Energy Co., Ltd., Wuxi"),
            ("Samsung SDI (Tianjin) Battery Co., Ltd.", "Samsung SDI Co., Ltd. Tianjin Battery"),
            ("Resonac Corporation", "Corporation Resonac"),
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
        assert!(same("SK On 有限公司", "SK On Co., Ltd."));
        assert!(same("Panasonic Energy（Wuxi）有限公司", "Panasonic Energy (Wuxi) Co., Ltd."));
    }

    #[test]
    fn damage_and_emptiness_have_no_key() {
        for name in ["", " . ", "Resonac Corp\u{fffd}ration", "Reso\u{1b}nac"] {
            assert_eq!(PartyKey::of(name), None, "{name:?}");
        }
    }
}
