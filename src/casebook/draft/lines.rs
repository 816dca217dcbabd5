//! The lines of a pasted text, and what became of each.

use std::collections::BTreeSet;

use super::Draft;

/// The longest text that is read. A message has some kilobytes, a Federal Register notice a few hundred.
pub const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// What is told of blank lines and rules.
pub(super) const NO_TEXT: &str = "no text";
/// Characters of a line that are shown.
const SHOWN_MAX: usize = 160;

/// A line of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Counted from 1.
    pub number: usize,
    /// Its characters in their places; hard blanks are blanks.
    pub raw: String,
    /// The same with single blanks.
    pub text: String,
}

/// What a line was used for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// Counted from 1.
    pub line: usize,
    /// For what.
    pub what: String,
}

/// What was not understood of a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Open {
    /// Counted from 1.
    pub line: usize,
    /// The words; empty for the whole line.
    pub text: String,
    /// Why.
    pub why: String,
}

fn plain(c: char) -> Option<char> {
    match c {
        '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{ad}' | '\u{2060}' => None,
        '\t' => Some(c),
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(' '),
        c => Some(c),
    }
}

/// Single blanks, none at the ends.
pub(super) fn single_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The lines of a text; carriage returns and page breaks end lines too.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let text = text.replace("\r\n", "\n");
    text.split(['\n', '\r', '\u{c}', '\u{b}', '\u{2028}', '\u{2029}'])
        .enumerate()
        .map(|(ix, line)| {
            let raw: String = line.chars().filter_map(plain).collect();
            Line { number: ix + 1, text: single_blanks(&raw), raw }
        })
        .collect()
}

/// The beginning of a long text.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_string(),
    }
}

/// Puts uses and open words in the order of the text, with their words; a line of which nothing was said is open.
pub(super) fn account(lines: &[Line], draft: &mut Draft) {
    let told: BTreeSet<usize> =
        draft.used.iter().map(|used| used.line).chain(draft.open.iter().map(|open| open.line)).collect();
    let written = lines.iter().filter(|line| !line.text.is_empty());
    for line in written.clone().filter(|line| !told.contains(&line.number)) {
        draft.open.push(Open { line: line.number, text: String::new(), why: "not understood".to_string() });
    }
    for open in &mut draft.open {
        if open.text.is_empty() {
            open.text =
                lines.get(open.line.saturating_sub(1)).map(|line| line.text.clone()).unwrap_or_default();
        }
        open.text = shown(&open.text);
    }
    draft.lines = written.count();
    draft.used.sort();
    draft.used.dedup();
    draft.open.sort();
    draft.open.dedup();
}
