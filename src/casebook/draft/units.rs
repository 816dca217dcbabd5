//! The lines of a message cut into units: numbers of paragraphs, labels with their values, running text.

use std::sync::LazyLock;

use regex::Regex;

use super::figures::pattern;
use super::lines::Line;

/// What a label announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Effective,
    Cite,
    CiteDate,
    Message,
    MessageDate,
    /// A head line that makes no row.
    Head,
    Either,
    Exporter,
    Producer,
    ThirdCountry,
    Case,
    Deposit,
    Margin,
}

/// Labels as they are printed, in lower case; the longest that fits counts.
const LABELS: [(&str, Label); 53] = [
    ("effective date", Label::Effective),
    ("cite as", Label::Cite),
    ("fr cite", Label::Cite),
    ("federal register cite", Label::Cite),
    ("cite date", Label::CiteDate),
    ("fr cite date", Label::CiteDate),
    ("message no", Label::Message),
    ("message no.", Label::Message),
    ("message number", Label::Message),
    ("message date", Label::MessageDate),
    ("period of review", Label::Head),
    ("period covered", Label::Head),
    ("message status", Label::Head),
    ("message type", Label::Head),
    ("category", Label::Head),
    ("type", Label::Head),
    ("sub type", Label::Head),
    ("subject", Label::Head),
    ("court case no", Label::Head),
    ("court case number", Label::Head),
    ("reference message no", Label::Head),
    ("reference message date", Label::Head),
    ("notice of lifting of suspension date", Label::Head),
    ("producer and/or exporter", Label::Either),
    ("producer and / or exporter", Label::Either),
    ("producers and/or exporters", Label::Either),
    ("producer(s) and/or exporter(s)", Label::Either),
    ("exporter and/or producer", Label::Either),
    ("producer or exporter", Label::Either),
    ("producer and exporter", Label::Either),
    ("company", Label::Either),
    ("companies", Label::Either),
    ("exporter", Label::Exporter),
    ("exporters", Label::Exporter),
    ("exporter(s)", Label::Exporter),
    ("producer", Label::Producer),
    ("producers", Label::Producer),
    ("producer(s)", Label::Producer),
    ("manufacturer", Label::Producer),
    ("third country", Label::ThirdCountry),
    ("third-country", Label::ThirdCountry),
    ("case number", Label::Case),
    ("case numbers", Label::Case),
    ("case no", Label::Case),
    ("case no.", Label::Case),
    ("case", Label::Case),
    ("cash deposit rate", Label::Deposit),
    ("cash deposit", Label::Deposit),
    ("deposit rate", Label::Deposit),
    ("rate", Label::Deposit),
    ("dumping margin", Label::Margin),
    ("weighted-average dumping margin", Label::Margin),
    ("subsidy rate", Label::Margin),
];

/// A label and its colon, wherever it stands.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    let mut words: Vec<&str> = LABELS.iter().map(|(words, _)| *words).collect();
    words.sort_by_key(|words| std::cmp::Reverse(words.len()));
    let words: Vec<String> = words.into_iter().map(regex::escape).collect();
    pattern(&format!(r"(?i)(?:^|[ /;.])({}) ?[:\u{{ff1a}}]", words.join("|")))
});
/// The number of a paragraph at the beginning of a line.
static PARAGRAPH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\(?(\d{1,2}[a-z]?|[A-Z])[.)](?: |$)"));
/// The number of a paragraph within a line.
static WITHIN: LazyLock<Regex> = LazyLock::new(|| pattern(r" (\d{1,2}[a-z]?)\. [A-Z]"));
/// A mark that a copy breaks off.
static CUT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)[\[(<] ?(?:cut|truncated|\.\.\.|\u{2026}) ?[\])>]?"));
/// A line that is a rule, a page number or a mark of the page.
static PAGE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:[-=_*]{3,}|page \d+(?: of \d+)?|\d+/\d+)$"));

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A paragraph begins.
    Paragraph(String),
    /// A label and what stands behind it on its line.
    Label(Label, String),
    /// Running text.
    Text(String),
    /// The copy breaks off here; what stood before it on the line.
    Cut(String),
    /// A blank line, a rule, the number of a page.
    Blank,
}

/// A piece and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub line: usize,
    pub piece: Piece,
}

fn label(words: &str) -> Label {
    let words = words.to_ascii_lowercase();
    LABELS.iter().find(|(text, _)| *text == words).map_or(Label::Head, |(_, label)| *label)
}

/// True if a line begins with a label.
pub(super) fn begins_with(text: &str, wanted: Label) -> bool {
    LABEL
        .captures(text)
        .is_some_and(|found| found.get(1).is_some_and(|at| at.start() == 0) && label(&found[1]) == wanted)
}

/// What a line is made of. A label in the middle of a line counts only behind another label: running text may hold
/// "the following case number:" too.
fn labelled(text: &str, line: usize, units: &mut Vec<Unit>) {
    let found: Vec<_> = LABEL.captures_iter(text).collect();
    let first = found.first().and_then(|found| found.get(1)).map(|at| at.start());
    if first != Some(0) {
        units.push(Unit { line, piece: Piece::Text(text.to_string()) });
        return;
    }
    for (ix, capture) in found.iter().enumerate() {
        let (from, to) = (
            capture.get(0).map_or(0, |whole| whole.end()),
            found.get(ix + 1).and_then(|next| next.get(1)).map_or(text.len(), |at| at.start()),
        );
        let value = text.get(from..to).unwrap_or("").trim();
        let value = if ix + 1 < found.len() { value.trim_end_matches(['/', ' ']) } else { value };
        units.push(Unit { line, piece: Piece::Label(label(&capture[1]), value.to_string()) });
    }
}

/// True if a paragraph number follows another one.
fn follows(last: &str, next: &str) -> bool {
    let number = |text: &str| text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse::<u32>().ok();
    match (number(last), number(next)) {
        (_, None) => false,
        (None, Some(next)) => next == 1,
        (Some(last), Some(next)) => next == last || next == last + 1,
    }
}

/// The units of a text.
pub(super) fn units(lines: &[Line]) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut paragraph = String::new();
    for line in lines {
        let number = line.number;
        if line.text.is_empty() || PAGE.is_match(&line.text) {
            units.push(Unit { line: number, piece: Piece::Blank });
            continue;
        }
        let (text, cut) = match CUT.find(&line.text) {
            Some(found) => (line.text[..found.start()].trim(), true),
            None => (line.text.as_str(), false),
        };
        let mut rest = text;
        if let Some(found) = PARAGRAPH.captures(rest) {
            paragraph = found[1].to_string();
            units.push(Unit { line: number, piece: Piece::Paragraph(paragraph.clone()) });
            rest = rest[found[0].len()..].trim();
        }
        // What stands before a cut is not whole; a sentence of it that is, is.
        let whole = if cut { rest.rfind(". ").map_or(0, |end| end + 1) } else { rest.len() };
        let (mut rest, broken) = rest.split_at(whole);
        while let Some(found) = WITHIN.captures_iter(rest).find(|found| follows(&paragraph, &found[1])) {
            let (at, end) = found.get(1).map_or((0, 0), |at| (at.start(), at.end() + 1));
            let before = rest[..at].trim();
            if !before.is_empty() {
                labelled(before, number, &mut units);
            }
            paragraph = found[1].to_string();
            units.push(Unit { line: number, piece: Piece::Paragraph(paragraph.clone()) });
            rest = rest[end..].trim_start();
        }
        if !rest.trim().is_empty() {
            labelled(rest.trim(), number, &mut units);
        }
        if cut {
            units.push(Unit { line: number, piece: Piece::Cut(broken.trim().to_string()) });
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use super::super::lines::lines;
    use super::*;

    fn pieces(text: &str) -> Vec<Piece> {
        units(&lines(text)).into_iter().map(|unit| unit.piece).collect()
    }

    #[test]
    fn labels_stand_at_the_beginning_or_behind_another() {
        let label = |label, text: &str| Piece::Label(label, text.to_string());
        assert_eq!(
            pieces("Cite as: 90 FR 1  Cite date: May 28, 2025"),
            [label(Label::Cite, "90 FR 1"), label(Label::CiteDate, "May 28, 2025")]
        );
        assert_eq!(
            pieces("Producer: Alpha Ltd. / Exporter: Beta Co."),
            [label(Label::Producer, "Alpha Ltd."), label(Label::Exporter, "Beta Co.")]
        );
        let text = "the producers and/or exporters listed below: see case number: A-999-101";
        assert_eq!(pieces(text), [Piece::Text(text.to_string())]);
    }

    #[test]
    fn paragraphs_and_cuts() {
        let number = |text: &str| Piece::Paragraph(text.to_string());
        let text = |text: &str| Piece::Text(text.to_string());
        assert_eq!(
            pieces("1. One of section 733. The end. 2. Two."),
            [number("1"), text("One of section 733. The end."), number("2"), text("Two.")]
        );
        assert_eq!(
            pieces("4a.\nWhole. Not who [CUT]"),
            [number("4a"), text("Whole."), Piece::Cut("Not who".to_string())]
        );
        assert_eq!(pieces("Case Number: C-999-1 [CUT]"), [Piece::Cut("Case Number: C-999-1".to_string())]);
    }
}
