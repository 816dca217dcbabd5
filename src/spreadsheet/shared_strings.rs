//! The shared strings of a workbook, one behind the other in memory.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesText, Event};

use super::fields::revives;
use super::xml;

/// Bytes of one shared string, at most. A cell holds 32,767 characters, of which the longest take four bytes; runs of
/// rich text and phonetic guides stand beside them in the file, not in memory.
const STRING_BYTES_MAX: usize = 256 * 1024;

/// The strings, by place.
#[derive(Debug, Default)]
pub(super) struct SharedStrings {
    text: String,
    ends: Vec<u32>,
    /// Prefix of element names, with its colon; none where the part cannot be continued.
    prefix: Option<String>,
    /// True if one of them begins like a formula.
    revives: bool,
}

impl SharedStrings {
    /// True if a string begins like a formula.
    pub(super) fn any_revives(&self) -> bool {
        self.revives
    }

    /// The string of a place; a string that cannot be understood has none.
    pub(super) fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)? as usize;
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        let text = &self.text[start..end];
        // U+FFFF is no character that a file may hold; it marks what was not understood.
        (text != "\u{ffff}").then_some(text)
    }

    /// How many strings there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Prefix of element names, with its colon; none where strings cannot be put behind these.
    pub(super) fn prefix(&self) -> Option<&str> {
        self.prefix.as_deref()
    }

    /// Reads the part. How many strings it announces is a hint that nobody needs.
    pub(super) fn read(part: impl BufRead) -> Result<SharedStrings, String> {
        let mut strings = SharedStrings::default();
        let mut reader = Reader::from_reader(part);
        let mut item: Option<Item> = None;
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let event = reader.read_event_into(&mut buffer);
            let event = event.map_err(|error| format!("the shared strings: {error}"))?;
            match (&event, &mut item) {
                (Event::Eof, _) => break,
                (Event::DocType(_), _) => return Err("the shared strings hold a DOCTYPE".to_string()),
                (Event::Start(tag), None) => match tag.local_name().into_inner() {
                    "si" => item = Some(Item::default()),
                    "sst" => {
                        let name = tag.name().into_inner();
                        strings.prefix = name.strip_suffix("sst").map(str::to_string);
                    }
                    _ => {}
                },
                (Event::Empty(tag), None) if tag.local_name().into_inner() == "si" => strings.push("")?,
                (Event::End(tag), Some(done)) if tag.local_name().into_inner() == "si" => {
                    strings.push(done.text().unwrap_or("\u{ffff}"))?;
                    item = None;
                }
                (event, Some(item)) => item.take(event)?,
                (_, None) => {}
            }
        }
        if item.is_some() {
            return Err("the shared strings end in the middle of one".to_string());
        }
        strings.text.shrink_to_fit();
        strings.ends.shrink_to_fit();
        Ok(strings)
    }

    fn push(&mut self, text: &str) -> Result<(), String> {
        self.text.push_str(text);
        self.revives |= revives(text);
        let end = u32::try_from(self.text.len());
        self.ends.push(end.map_err(|_| "more than 4 GiB of shared strings".to_string())?);
        Ok(())
    }
}

/// A string while its runs are read; also the text of an inline string.
#[derive(Debug, Default)]
pub(super) struct Item {
    whole: String,
    run: String,
    in_text: bool,
    preserve: bool,
    phonetic: u32,
    damaged: bool,
}

impl Item {
    /// Takes one event inside of the item.
    pub(super) fn take(&mut self, event: &Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(tag) => match tag.local_name().into_inner() {
                "rPh" => self.phonetic += 1,
                "t" if self.phonetic == 0 => {
                    self.in_text = true;
                    self.run.clear();
                    self.preserve = xml::attribute(tag, "space").as_deref() == Some("preserve");
                }
                _ => {}
            },
            Event::End(tag) => match tag.local_name().into_inner() {
                "rPh" => self.phonetic = self.phonetic.saturating_sub(1),
                "t" if self.in_text => {
                    self.in_text = false;
                    let run = if self.preserve { &self.run } else { trimmed(&self.run) };
                    self.whole.push_str(&xml::unescaped(run));
                }
                _ => {}
            },
            Event::Text(text) if self.in_text => push_text(&mut self.run, text),
            Event::CData(text) if self.in_text => self.run.push_str(text),
            Event::GeneralRef(name) if self.in_text => {
                self.damaged |= xml::push_reference(&mut self.run, name).is_none();
            }
            _ => {}
        }
        if self.whole.len().max(self.run.len()) > STRING_BYTES_MAX {
            return Err(format!("a text of more than {STRING_BYTES_MAX} bytes in one cell"));
        }
        Ok(())
    }

    /// The whole text; `None` if it holds a reference that is not known.
    pub(super) fn text(&self) -> Option<&str> {
        (!self.damaged).then_some(&self.whole)
    }
}

/// Appends text as XML reads it: a line end is one line feed.
pub(super) fn push_text(to: &mut String, text: &BytesText<'_>) {
    if text.contains('\r') {
        to.push_str(&text.replace("\r\n", "\n").replace('\r', "\n"));
    } else {
        to.push_str(text);
    }
}

/// Blanks around a text that is not marked as preserving them are layout.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_guides_and_references() {
        let part = r#"<sst uniqueCount="4000000000"><si><t>A &amp; B</t></si><si><r><t xml:space="preserve">one </t></r>
            <r><t>two</t></r><rPh><t>guide</t></rPh></si><si/><si><t> x </t></si><si><t>&gone;</t></si>
            <si><t>a_x000D_b</t></si></sst>"#;
        let strings = SharedStrings::read(part.as_bytes()).unwrap();
        let all: Vec<_> = (0..strings.len()).map(|place| strings.get(place)).collect();
        assert_eq!(
            all,
            [Some("A & B"), Some("one two"), Some(""), Some("x"), None, Some("a\rb")],
            "{strings:?}"
        );
        assert_eq!(strings.get(6), None);
    }
}
