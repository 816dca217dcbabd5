//! The quick way through the rows of a sheet: it knows the shape in which spreadsheet programs write them, proves it
//! byte for byte, and gives up at the first thing that it does not know.

use memchr::{memchr, memmem};

use super::row::{Form, Span, digits};
use super::sheet_cells::form_of;
use super::sheet_rows::{Fault, Gather};

/// Reads all rows of a piece. [`Fault::Unusual`] where a shape is not known.
pub(super) fn scan(gather: &mut Gather<'_>) -> Result<(), Fault> {
    let bytes = &gather.rows.bytes;
    // Comments, CDATA and instructions may stand anywhere.
    let usual = memmem::find(bytes, b"<!").is_none() && memmem::find(bytes, b"<?").is_none();
    if !usual || std::str::from_utf8(bytes).is_err() {
        return Err(Fault::Unusual);
    }
    let mut scan = Scan { gather, at: 0 };
    loop {
        scan.skip_blanks();
        if scan.at == scan.gather.rows.bytes.len() {
            return Ok(());
        }
        scan.row()?;
    }
}

struct Scan<'a, 'g> {
    gather: &'a mut Gather<'g>,
    at: usize,
}

/// An attribute: where its name and its value stand.
struct Attribute {
    name: (usize, usize),
    value: (usize, usize),
}

impl Scan<'_, '_> {
    fn bytes(&self) -> &[u8] {
        &self.gather.rows.bytes
    }

    fn rest(&self) -> &[u8] {
        &self.gather.rows.bytes[self.at..]
    }

    fn slice(&self, (from, to): (usize, usize)) -> &[u8] {
        &self.gather.rows.bytes[from..to]
    }

    fn skip_blanks(&mut self) {
        while self.bytes().get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    /// Steps over these bytes if they come next.
    fn takes(&mut self, expected: &[u8]) -> bool {
        let there = self.rest().starts_with(expected);
        self.at += if there { expected.len() } else { 0 };
        there
    }

    fn expect(&mut self, expected: &[u8]) -> Result<(), Fault> {
        if self.takes(expected) { Ok(()) } else { Err(Fault::Unusual) }
    }

    /// The next attribute of a tag; `None` at its end, which is left to be read.
    fn attribute(&mut self) -> Result<Option<Attribute>, Fault> {
        let before = self.at;
        self.skip_blanks();
        if matches!(self.bytes().get(self.at), Some(b'>' | b'/')) {
            return Ok(None);
        }
        if self.at == before {
            return Err(Fault::Unusual);
        }
        let start = self.at;
        let equals = start + memchr(b'=', self.rest()).ok_or(Fault::Unusual)?;
        let quote = *self.bytes().get(equals + 1).ok_or(Fault::Unusual)?;
        if !matches!(quote, b'"' | b'\'') || !plain_name(self.slice((start, equals))) {
            return Err(Fault::Unusual);
        }
        let from = equals + 2;
        let to = from + memchr(quote, &self.bytes()[from..]).ok_or(Fault::Unusual)?;
        self.at = to + 1;
        Ok(Some(Attribute { name: (start, equals), value: (from, to) }))
    }

    /// The end of a tag; true for `/>`.
    fn tag_end(&mut self) -> Result<bool, Fault> {
        if self.takes(b"/>") {
            return Ok(true);
        }
        self.expect(b">").map(|()| false)
    }

    fn row(&mut self) -> Result<(), Fault> {
        let from = self.at;
        self.expect(b"<row")?;
        let (mut row, mut spans) = (None, (0, 0));
        let mut seen = 0u8;
        while let Some(attribute) = self.attribute()? {
            let value = self.slice(attribute.value);
            match self.slice(attribute.name) {
                b"r" if seen & 1 == 0 => {
                    seen |= 1;
                    row = Some(number(value).ok_or(Fault::Unusual)?);
                }
                b"spans" if seen & 2 == 0 => {
                    seen |= 2;
                    // One range alone; what a row of several ranges means is not needed.
                    let colon = memchr(b':', value).ok_or(Fault::Unusual)?;
                    number(&value[..colon]).zip(number(&value[colon + 1..])).ok_or(Fault::Unusual)?;
                    spans = (attribute.value.0 + colon + 1, attribute.value.1);
                }
                b"r" | b"spans" => return Err(Fault::Unusual),
                _ => {}
            }
        }
        let insert = self.at;
        let empty = self.tag_end()?;
        self.gather.begin(row, from, spans)?;
        if empty {
            self.gather.end(insert, self.at);
            return Ok(());
        }
        loop {
            self.skip_blanks();
            let insert = self.at;
            if self.takes(b"</row>") {
                self.gather.end(insert, self.at);
                return Ok(());
            }
            if !self.usual_cell()? {
                self.cell()?;
            }
        }
    }

    /// A cell as nearly all are written: `<c r="A1" s="2" t="s"><v>3</v></c>`, style and type as they may be. False, and
    /// nothing done, for any other.
    fn usual_cell(&mut self) -> Result<bool, Fault> {
        let bytes = &self.gather.rows.bytes[self.at..];
        let Some(rest) = bytes.strip_prefix(b"<c r=\"") else { return Ok(false) };
        let Some(length) = rest.iter().take(12).position(|byte| *byte == b'"') else { return Ok(false) };
        let (reference, mut rest) = (&rest[..length], &rest[length + 1..]);
        let mut style = 0u32;
        if let Some(behind) = rest.strip_prefix(b" s=\"") {
            let digits = behind.iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
            style = behind[..digits].iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
            match behind[digits..].strip_prefix(b"\"") {
                Some(behind) if digits > 0 => rest = behind,
                _ => return Ok(false),
            }
        }
        let form = if let Some(behind) = rest.strip_prefix(b"><v>") {
            rest = behind;
            Form::Number
        } else if let Some(behind) = rest.strip_prefix(b" t=\"s\"><v>") {
            rest = behind;
            Form::Shared
        } else {
            return Ok(false);
        };
        let from = self.at + bytes.len() - rest.len();
        let Some(length) = rest.iter().take(32).position(|byte| *byte == b'<') else { return Ok(false) };
        if length == 0 || !rest[length..].starts_with(b"</v></c>") {
            return Ok(false);
        }
        let mut copy = [0; 12];
        let length_of_reference = reference.len();
        copy[..length_of_reference].copy_from_slice(reference);
        let column = self.gather.column(Some(&copy[..length_of_reference]))?;
        let (start, end) = (from as u32, (from + length) as u32);
        self.gather.cell(column, Span { from: start, to: end, style, form });
        self.at = from + length + b"</v></c>".len();
        Ok(true)
    }

    fn cell(&mut self) -> Result<(), Fault> {
        self.expect(b"<c")?;
        let (mut reference, mut style, mut kind) = (None, 0, None);
        let mut seen = 0u8;
        while let Some(attribute) = self.attribute()? {
            let bit = match self.slice(attribute.name) {
                b"r" => {
                    reference = Some(attribute.value);
                    1
                }
                b"s" => {
                    let value = number(self.slice(attribute.value)).ok_or(Fault::Unusual)?;
                    style = u32::try_from(value).map_err(|_| Fault::Unusual)?;
                    2
                }
                b"t" => {
                    kind = Some(attribute.value);
                    4
                }
                _ => 0,
            };
            if seen & bit != 0 {
                return Err(Fault::Unusual);
            }
            seen |= bit;
        }
        let empty = self.tag_end()?;
        let column = match reference {
            Some(reference) => {
                let bytes = self.slice(reference);
                let mut copy = [0; 12];
                let copy = copy.get_mut(..bytes.len()).ok_or(Fault::Unusual)?;
                copy.copy_from_slice(bytes);
                self.gather.column(Some(copy))?
            }
            None => self.gather.column(None)?,
        };
        if empty {
            return Ok(());
        }
        let form = form_of(kind.map(|kind| self.slice(kind))).ok_or(Fault::Unusual)?;
        let inline = kind.is_some_and(|kind| self.slice(kind) == b"inlineStr");
        let span = self.content(form, inline)?;
        self.gather.cell(column, Span { style, ..span });
        Ok(())
    }

    /// What stands between the tags of a cell.
    fn content(&mut self, form: Form, inline: bool) -> Result<Span, Fault> {
        let (mut formula, mut value) = (false, None);
        loop {
            if self.takes(b"</c>") {
                break;
            } else if self.takes(b"<v>") {
                let text = self.text_until(b"</v>")?;
                if value.replace(text).is_some() || inline {
                    return Err(Fault::Unusual);
                }
            } else if self.takes(b"<v/>") {
            } else if self.rest().starts_with(b"<f>") || self.rest().starts_with(b"<f ") {
                formula = true;
                self.at += 2;
                while self.attribute()?.is_some() {}
                if !self.tag_end()? {
                    self.text_until(b"</f>")?;
                }
            } else if inline && self.takes(b"<is>") {
                let preserve = !self.takes(b"<t>") && self.takes(b"<t xml:space=\"preserve\">");
                if !preserve && !self.bytes()[..self.at].ends_with(b"<t>") {
                    return Err(Fault::Unusual);
                }
                let (from, to) = self.text_until(b"</t>")?;
                self.expect(b"</is>")?;
                let kept = if preserve { (from, to) } else { self.trimmed((from, to)) };
                if value.replace(kept).is_some() {
                    return Err(Fault::Unusual);
                }
            } else {
                return Err(Fault::Unusual);
            }
        }
        Ok(match value {
            Some((from, to)) if from < to => Span { from: from as u32, to: to as u32, style: 0, form },
            _ if formula => Span { form: Form::Formula, ..Span::default() },
            _ => Span::default(),
        })
    }

    /// Text up to an end tag that follows it at once.
    fn text_until(&mut self, end: &[u8]) -> Result<(usize, usize), Fault> {
        let from = self.at;
        let to = from + memchr(b'<', self.rest()).ok_or(Fault::Unusual)?;
        self.at = to;
        self.expect(end)?;
        Ok((from, to))
    }

    fn trimmed(&self, (from, to): (usize, usize)) -> (usize, usize) {
        let text = self.slice((from, to));
        let blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let front = text.iter().take_while(blank).count();
        let back = text[front..].iter().rev().take_while(blank).count();
        (from + front, to - back)
    }
}

fn plain_name(name: &[u8]) -> bool {
    !name.is_empty()
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'.'))
}

fn number(bytes: &[u8]) -> Option<u64> {
    digits(bytes, 9)
}
