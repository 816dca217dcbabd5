//! The general way through the rows of a sheet: a parser of XML events, for whatever the scanner does not know -
//! prefixes, comments, CDATA, rich text, references, elements of later versions.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::row::{Cell, Form};
use super::shared_strings::{Item, push_text};
use super::sheet_cells::{form_of, value};
use super::sheet_rows::{Fault, Gather};
use super::xml;

/// Reads all rows of a piece.
pub(super) fn pull(gather: &mut Gather<'_>) -> Result<(), Fault> {
    let bytes = std::mem::take(&mut gather.rows.bytes);
    let mut reader = Reader::from_reader(&bytes[..]);
    reader.config_mut().check_end_names = true;
    let mut pull = Pull { gather, bytes: &bytes, reader };
    let done = pull.rows();
    gather.rows.bytes = bytes;
    done
}

struct Pull<'a, 'g, 'b> {
    gather: &'a mut Gather<'g>,
    bytes: &'b [u8],
    reader: Reader<&'b [u8]>,
}

impl<'b> Pull<'_, '_, 'b> {
    fn event(&mut self) -> Result<Event<'b>, Fault> {
        self.reader
            .read_event()
            .map_err(|error| self.gather.damaged(&format!("XML that cannot be read ({error})")))
    }

    fn at(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    fn strange(&self, what: &str) -> Fault {
        self.gather.damaged(&format!("{what} among the rows"))
    }

    fn rows(&mut self) -> Result<(), Fault> {
        loop {
            let from = self.at();
            match self.event()? {
                Event::Eof => return Ok(()),
                Event::Start(tag) if tag.local_name().into_inner() == "row" => self.row(&tag, from)?,
                Event::Empty(tag) if tag.local_name().into_inner() == "row" => {
                    let to = self.at();
                    self.begin(&tag, from)?;
                    self.gather.end(to - 2, to);
                }
                Event::Text(text) if text.trim().is_empty() => {}
                Event::Comment(_) | Event::PI(_) => {}
                Event::Start(tag) | Event::Empty(tag) => {
                    let name = String::from(tag.local_name().into_inner());
                    return Err(self.strange(&format!("an element <{name}>")));
                }
                _ => return Err(self.strange("text")),
            }
        }
    }

    fn begin(&mut self, tag: &BytesStart<'_>, from: usize) -> Result<(), Fault> {
        let number = match xml::attribute(tag, "r") {
            None => None,
            Some(text) => {
                let number = text.trim().parse::<u64>().ok().filter(|number| *number > 0);
                Some(
                    number
                        .ok_or_else(|| self.gather.damaged(&format!("a row that calls itself {text:?}")))?,
                )
            }
        };
        // The place of the number behind the colon of spans="1:20", in the bytes of the piece.
        let spans = tag.attributes().flatten().find(|attribute| attribute.key.into_inner() == "spans");
        let spans = spans.and_then(|spans| {
            let colon = spans.value.rfind(':')?;
            let sound = spans.value[colon + 1..].bytes().all(|byte| byte.is_ascii_digit());
            let value = memchr::memmem::find(&self.bytes[from..self.at()], b"spans")?;
            let start = memchr::memmem::find(&self.bytes[from + value..self.at()], spans.value.as_bytes())?;
            let end = from + value + start + spans.value.len();
            sound.then_some((end - (spans.value.len() - colon - 1), end))
        });
        self.gather.begin(number, from, spans.unwrap_or_default())
    }

    fn row(&mut self, tag: &BytesStart<'_>, from: usize) -> Result<(), Fault> {
        self.begin(tag, from)?;
        // Cells stand in front of an extension (ECMA-376 part 1, 18.3.1.73).
        let mut extension = None;
        loop {
            let before = self.at();
            match self.event()? {
                Event::End(_) => {
                    let to = self.at();
                    self.gather.end(extension.unwrap_or(before), to);
                    return Ok(());
                }
                Event::Start(tag) if tag.local_name().into_inner() == "extLst" => {
                    extension.get_or_insert(before);
                    self.skip(&tag)?;
                }
                Event::Empty(tag) if tag.local_name().into_inner() == "extLst" => {
                    extension.get_or_insert(before);
                }
                Event::Start(_) | Event::Empty(_) if extension.is_some() => {
                    return Err(self.strange("an element behind a row's extension"));
                }
                Event::Start(tag) if tag.local_name().into_inner() == "c" => self.cell(&tag)?,
                Event::Empty(tag) if tag.local_name().into_inner() == "c" => {
                    self.column(&tag)?;
                }
                Event::Text(text) if text.trim().is_empty() => {}
                Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => return Err(self.gather.damaged("a row that does not end")),
                _ => return Err(self.strange("something that is no cell")),
            }
        }
    }

    fn skip(&mut self, tag: &BytesStart<'_>) -> Result<(), Fault> {
        let end = tag.to_end().into_owned();
        let skipped = self.reader.read_to_end(end.name());
        skipped
            .map(|_| ())
            .map_err(|error| self.gather.damaged(&format!("XML that cannot be read ({error})")))
    }

    fn column(&mut self, tag: &BytesStart<'_>) -> Result<u32, Fault> {
        // An attribute that stands twice is no XML.
        if tag.attributes().any(|attribute| attribute.is_err()) {
            return Err(self.gather.damaged("a cell whose attributes cannot be read"));
        }
        let reference = xml::attribute(tag, "r");
        self.gather.column(reference.as_deref().map(str::as_bytes))
    }

    fn cell(&mut self, tag: &BytesStart<'_>) -> Result<(), Fault> {
        let column = self.column(tag)?;
        let style = xml::number(tag, "s").and_then(|style| u32::try_from(style).ok()).unwrap_or(0);
        let kind = xml::attribute(tag, "t");
        let content = self.content()?;
        let wrong = |text: &str| Cell::Error(text.into());
        let cell = match (kind.as_deref(), content) {
            (_, Content { damaged: true, .. }) => wrong("a value that cannot be read"),
            (Some("inlineStr"), Content { inline: Some(text), .. }) if !text.is_empty() => {
                Cell::Text(text.into())
            }
            (_, Content { value: Some(text), .. }) if !text.is_empty() => {
                let context = self.gather.ask.context;
                match form_of(kind.as_deref().map(str::as_bytes)) {
                    None => wrong(&text),
                    Some(Form::Shared) => context.shared(text.trim().as_bytes()).map_or_else(
                        || wrong(&format!("shared string {text}")),
                        |text| Cell::Text(text.into()),
                    ),
                    Some(form) => value(context, &text, form, style),
                }
            }
            (_, Content { formula: true, .. }) => Cell::FormulaWithoutValue,
            _ => Cell::Empty,
        };
        self.gather.decoded(column, cell);
        Ok(())
    }

    /// What stands between the tags of a cell. Two values are none: which of them counts cannot be known.
    fn content(&mut self) -> Result<Content, Fault> {
        let mut content = Content::default();
        loop {
            match self.event()? {
                Event::End(_) => return Ok(content),
                Event::Start(tag) => match tag.local_name().into_inner() {
                    "v" => {
                        let text = self.value(&mut content)?;
                        content.damaged |= content.value.replace(text).is_some();
                    }
                    "f" => {
                        content.formula = true;
                        self.skip(&tag)?;
                    }
                    "is" => {
                        let text = self.inline(&mut content)?;
                        content.damaged |= content.inline.replace(text).is_some();
                    }
                    _ => self.skip(&tag)?,
                },
                Event::Empty(tag) => content.formula |= tag.local_name().into_inner() == "f",
                Event::Eof => return Err(self.gather.damaged("a cell that does not end")),
                _ => {}
            }
        }
    }

    fn value(&mut self, content: &mut Content) -> Result<String, Fault> {
        let mut text = String::new();
        loop {
            match self.event()? {
                Event::End(_) => return Ok(text),
                Event::Text(part) => push_text(&mut text, &part),
                Event::CData(part) => text.push_str(&part),
                Event::GeneralRef(name) => {
                    content.damaged |= xml::push_reference(&mut text, &name).is_none();
                }
                // What an instruction would do to a value is not known; a comment does nothing.
                Event::PI(_) => content.damaged = true,
                Event::Comment(_) => {}
                Event::Start(tag) => {
                    content.damaged = true;
                    self.skip(&tag)?;
                }
                Event::Eof => return Err(self.gather.damaged("a cell that does not end")),
                _ => content.damaged = true,
            }
        }
    }

    fn inline(&mut self, content: &mut Content) -> Result<String, Fault> {
        let mut item = Item::default();
        loop {
            match self.event()? {
                Event::End(tag) if tag.local_name().into_inner() == "is" => {
                    content.damaged |= item.text().is_none();
                    return Ok(item.text().unwrap_or_default().to_string());
                }
                Event::Eof => return Err(self.gather.damaged("a cell that does not end")),
                event => item.take(&event).map_err(|problem| self.gather.damaged(&problem))?,
            }
        }
    }
}

/// What stands in a cell.
#[derive(Default)]
struct Content {
    value: Option<String>,
    inline: Option<String>,
    formula: bool,
    damaged: bool,
}
