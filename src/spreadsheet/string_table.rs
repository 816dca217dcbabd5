//! The strings that an annotated workbook gets: numbered in the order of the rows, behind those that are there.

use std::collections::HashMap;
use std::io::{self, Read};

use foldhash::fast::FixedState;

use super::xml::escape_into;

/// Distinct strings that are shared, at most; what comes after stands in its cell. Texts that repeat are met early,
/// and a table without bound would grow with the lines.
const SHARED_MAX: usize = 65_536;
/// Characters of a cell. Fixed by the file format; a longer text is cut and marked.
const CELL_CHARACTERS_MAX: usize = 32_767;

/// Where a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placed {
    /// Among the shared strings, at this place.
    Shared(u32),
    /// In its cell.
    Inline,
}

/// Strings on their way into the shared strings of a workbook.
pub(super) struct StringTable {
    known: HashMap<Box<str>, u32, FixedState>,
    /// Strings that were there before.
    before: u32,
    /// Cells that refer to a string of the table.
    references: u64,
    /// XML of the strings that were added.
    added: Vec<u8>,
    /// Prefix of element names, with its colon.
    prefix: String,
}

impl StringTable {
    pub(super) fn new(before: usize, prefix: &str) -> StringTable {
        let before = u32::try_from(before).unwrap_or(u32::MAX);
        let known = HashMap::default();
        StringTable { known, before, references: 0, added: Vec::new(), prefix: prefix.to_string() }
    }

    /// The place of a text that so many cells hold.
    pub(super) fn place(&mut self, text: &str, cells: u64) -> Placed {
        let known = self.known.get(text).copied();
        let place = known.or_else(|| {
            (self.known.len() < SHARED_MAX && self.before < u32::MAX - SHARED_MAX as u32)
                .then(|| self.add(text))
        });
        place.map_or(Placed::Inline, |place| {
            self.references += cells;
            Placed::Shared(place)
        })
    }

    /// Counts cells that refer to strings of the table.
    pub(super) fn refer(&mut self, cells: u64) {
        self.references += cells;
    }

    fn add(&mut self, text: &str) -> u32 {
        let place = self.before + self.known.len() as u32;
        self.added.extend_from_slice(format!("<{}si>", self.prefix).as_bytes());
        text_element(&mut self.added, &self.prefix, text);
        self.added.extend_from_slice(format!("</{}si>", self.prefix).as_bytes());
        self.known.insert(text.into(), place);
        place
    }

    /// How many were added, how many cells refer to the table, and the XML to add.
    pub(super) fn finish(self) -> (u64, u64, Vec<u8>) {
        (self.known.len() as u64, self.references, self.added)
    }
}

/// A `<t>` element.
pub(super) fn text_element(out: &mut Vec<u8>, prefix: &str, text: &str) {
    let blank = |c: char| c.is_ascii_whitespace();
    let keeps = text.starts_with(blank) || text.ends_with(blank) || text.contains('\n');
    let space = if keeps { " xml:space=\"preserve\"" } else { "" };
    out.extend_from_slice(format!("<{prefix}t{space}>").as_bytes());
    let mut escaped = Vec::new();
    escape_into(&mut escaped, &literal(&cell_text(text)));
    out.extend_from_slice(&escaped);
    out.extend_from_slice(format!("</{prefix}t>").as_bytes());
}

/// A text that looks like an escape of the file format, such as `_x000D_`, with its underscore escaped.
fn literal(text: &str) -> String {
    if !text.contains("_x") {
        return text.to_string();
    }
    let bytes = text.as_bytes();
    let escape = |at: usize| {
        bytes.get(at..at + 7).is_some_and(|escape| {
            escape[1] == b'x' && escape[2..6].iter().all(u8::is_ascii_hexdigit) && escape[6] == b'_'
        })
    };
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        out.push_str(if c == '_' && escape(at) { "_x005F" } else { "" });
        out.push(c);
    }
    out
}

/// A text as long as a cell can hold; a longer one is cut, and the mark shows it.
pub fn cell_text(text: &str) -> String {
    if text.len() <= CELL_CHARACTERS_MAX || text.encode_utf16().count() <= CELL_CHARACTERS_MAX {
        return text.to_string();
    }
    let mut units = 0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            units += c.len_utf16();
            units < CELL_CHARACTERS_MAX
        })
        .collect();
    kept + "\u{2026}"
}

/// Bytes of a part that are passed on at a time.
const PASSED: usize = 1024 * 1024;
/// Bytes behind the end tag, at most: an extension, comments, blanks.
const BEHIND_MAX: usize = 64 * 1024 * 1024;

/// Passes the shared strings of a workbook on with ours behind them.
pub(super) fn extend(
    mut part: impl Read,
    prefix: &str,
    table: (u64, u64, Vec<u8>),
    mut pass: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let (added, references, xml) = table;
    let cannot = || io::Error::other("the shared strings of the workbook cannot be extended");
    let end_tag = format!("</{prefix}sst");
    let mut held = Vec::with_capacity(PASSED + end_tag.len());
    let mut first = true;
    loop {
        let read = (&mut part).take(PASSED as u64).read_to_end(&mut held)?;
        if std::mem::take(&mut first) {
            let open = memchr::memmem::find(&held, format!("<{prefix}sst").as_bytes()).ok_or_else(cannot)?;
            for (name, more) in [("count", references), ("uniqueCount", added)] {
                super::sheet_frame::raise_number(&mut held, open, name, more);
            }
        }
        if read < PASSED {
            break;
        }
        // From what may be the end tag on everything is held: only the last one is.
        let may_be = memchr::memmem::rfind(&held, end_tag.as_bytes());
        let passed = may_be.unwrap_or(held.len().saturating_sub(end_tag.len()));
        pass(&held[..passed])?;
        held.drain(..passed);
        if held.len() > BEHIND_MAX {
            return Err(cannot());
        }
    }
    let end = memchr::memmem::rfind(&held, end_tag.as_bytes()).ok_or_else(cannot)?;
    pass(&held[..end])?;
    xml.chunks(PASSED).try_for_each(&mut pass)?;
    pass(&held[end..])
}

/// A whole part of shared strings with ours behind them.
pub(super) fn extended(part: &[u8], table: (u64, u64, Vec<u8>)) -> io::Result<Vec<u8>> {
    let mut whole = Vec::new();
    extend(part, "", table, |bytes| {
        whole.extend_from_slice(bytes);
        Ok(())
    })?;
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_join_the_end() {
        let mut table = StringTable::new(2, "");
        assert_eq!(table.place("a", 1), Placed::Shared(2));
        assert_eq!(table.place("b & c ", 1), Placed::Shared(3));
        assert_eq!(table.place("a", 3), Placed::Shared(2));
        let part = b"<?xml version=\"1.0\"?><sst count=\"7\" uniqueCount=\"2\"><si><t>x</t></si><si/></sst>";
        let extended = String::from_utf8(extended(part, table.finish()).unwrap()).unwrap();
        assert_eq!(
            extended,
            "<?xml version=\"1.0\"?><sst count=\"12\" uniqueCount=\"4\"><si><t>x</t></si><si/><si><t>a</t></si>\
             <si><t xml:space=\"preserve\">b &amp; c </t></si></sst>"
        );
    }

    #[test]
    fn a_text_that_looks_like_an_escape_stays_a_text() {
        let mut out = Vec::new();
        text_element(&mut out, "x:", "a_x000D_b\u{1}");
        assert_eq!(out, b"<x:t>a_x005F_x000D_b_x0001_</x:t>");
    }
}
