//! Where one company ends and another begins, in texts that print several beside or below each other.
//!
//! Nothing here decides by likeness. Where it is not certain how many companies are named, none is drafted.

use crate::terms::PartyKey;
use crate::terms::legal_form::LEGAL_FORMS;
use crate::terms::party_name::names_nobody;

/// The longest name, in bytes. The longest of the built-in cases has some sixty.
const NAME_MAX: usize = 300;

/// The legal form with which a text ends. One of two letters may be a word of a name as well ("AB Chemical").
fn long_form(text: &str) -> bool {
    PartyKey::of(text).is_some_and(|key| key.form().len() > 2 && !key.own().is_empty())
}

/// True for a word with which a legal form begins.
fn begins_form(word: &str) -> bool {
    let word: String = word.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    LEGAL_FORMS.iter().any(|(form, _)| form.contains(&word.as_str()))
}

/// True if a name that runs over lines may go on with this text: behind a whole name only a form or a parenthesis does.
pub(super) fn goes_on(name: &str, text: &str) -> bool {
    let next = text.split(' ').next().unwrap_or("");
    let name = name.rsplit(';').next().unwrap_or("").trim();
    if name.len() > NAME_MAX {
        return false;
    }
    name.is_empty() || !long_form(name) || text.starts_with(['(', ';', '&']) || begins_form(next)
}

/// True if a name holds a second one: words that begin with a capital behind a legal form that has ended.
fn holds_two(name: &str) -> bool {
    let words: Vec<&str> = name.split(' ').collect();
    (1..words.len()).any(|at| {
        let (before, next) = (words[..at].join(" "), words[at]);
        let linked = matches!(next, "and" | "or" | "&");
        let capital = next.chars().next().is_some_and(char::is_uppercase);
        long_form(&before)
            && (linked || capital && !begins_form(next) && !long_form(&format!("{before} {next}")))
    })
}

/// A name as it is printed, or why it may not be the name of one company.
pub(super) fn one(text: &str) -> Result<String, String> {
    let first = text.split(' ').next().unwrap_or("").to_lowercase();
    if text.len() > NAME_MAX {
        return Err(format!("a name of {} bytes; at most {NAME_MAX} are taken for one", text.len()));
    }
    if PartyKey::of(text).is_none()
        || names_nobody(text)
        || matches!(first.as_str(), "any" | "all" | "each" | "every")
    {
        return Err(format!("{text:?} names no company"));
    }
    match holds_two(text) {
        true => Err(format!("{text:?} may be two companies: no semicolon parts them")),
        false => Ok(text.to_string()),
    }
}

/// As [`one`], of a cell of a table. Commas stand before legal forms only: other ones part several companies.
pub(super) fn one_of_table(text: &str) -> Result<String, String> {
    let form = |word: &str| {
        let word: String = word.chars().filter(|c| *c != '.').collect::<String>().to_lowercase();
        LEGAL_FORMS.iter().any(|(form, _)| form[0] == word)
    };
    let several = text.split(',').skip(1).any(|part| !form(part.split_whitespace().next().unwrap_or("")));
    if several || text.contains(';') {
        return Err(format!("{text:?} may be several companies; write each in a row of its own"));
    }
    one(text)
}

/// Parts two companies that stand together: where lines meet, or in one line, there must be one place alone behind which
/// a legal form ends.
pub(super) fn split_pair(lines: &[&str]) -> Option<(String, String)> {
    if lines.iter().map(|line| line.len()).sum::<usize>() > 2 * NAME_MAX {
        return None;
    }
    let words: Vec<&str> = match lines {
        [one] => one.split(' ').collect(),
        several => several.to_vec(),
    };
    let form = |text: &str| PartyKey::of(text).map(|key| key.form().to_string()).unwrap_or_default();
    let parts = |at: usize| (words[..at].join(" "), words[at..].join(" "));
    let own = |text: &str| PartyKey::of(text).is_some_and(|key| !key.own().is_empty());
    let places: Vec<usize> = (1..words.len())
        .filter(|at| {
            let (before, behind) = parts(*at);
            // "Co., Ltd.": a form that goes on in the next word has not ended.
            let goes_on = words[*at]
                .split(' ')
                .next()
                .is_some_and(|next| !form(&format!("{before} {next}")).is_empty());
            !form(&before).is_empty() && !goes_on && own(&before) && own(&behind)
        })
        .collect();
    match places[..] {
        [at] => Some(parts(at)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_companies_are_parted_where_that_is_certain() {
        let parted =
            |lines: &[&str]| split_pair(lines).map(|(exporter, producer)| format!("{exporter} / {producer}"));
        assert_eq!(
            parted(&["Alpha (East) Co., Ltd.", "Beta Widget", "Technology Co., Ltd."]).as_deref(),
            Some("Alpha (East) Co., Ltd. / Beta Widget Technology Co., Ltd.")
        );
        assert_eq!(
            parted(&["Alpha Energy Co., Ltd. Beta Corporation"]).as_deref(),
            Some("Alpha Energy Co., Ltd. / Beta Corporation")
        );
        assert_eq!(parted(&["Alpha Widgets", "Beta Widgets"]), None);
        assert_eq!(parted(&["Alpha Co.", "Beta Inc.", "Gamma Ltd."]), None);
    }

    #[test]
    fn what_may_be_two_companies_is_not_one() {
        for name in [
            "Alpha Corporation of China",
            "Alpha Energy Co., Ltd. (East)",
            "Beta Joint Stock Company",
            "AB Chemical Co.",
        ] {
            assert_eq!(one(name).as_deref(), Ok(name));
        }
        for name in
            ["Alpha Co., Ltd. Beta Co., Ltd.", "Alpha Co., Ltd. and Beta Works", "Any exporter", "N/A", "--"]
        {
            assert!(one(name).is_err(), "{name}");
        }
        assert!(one(&"Widget ".repeat(60)).is_err(), "longer than any name");
        assert!(goes_on("Alpha Widget", "Technology Co., Ltd.") && goes_on("Alpha Widget Co.,", "Ltd."));
        assert!(goes_on("Alpha Co., Ltd.", "(East)") && goes_on("Alpha Co., Ltd.;", "Beta Inc."));
        assert!(!goes_on("Alpha Co., Ltd.", "Beta Inc.") && !goes_on("Alpha Co., Ltd.", "subject to change"));
    }
}
