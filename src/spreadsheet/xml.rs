//! What is asked of XML parts: attributes by name whatever their prefix, and text with its references resolved.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::BytesStart;

/// A reader of part of a document, whose first end tags may close what was opened before it.
pub(super) fn fragment(bytes: &[u8]) -> Reader<&[u8]> {
    let mut reader = Reader::from_reader(bytes);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    reader
}

/// The value of an attribute by its local name; `None` if it is not there or cannot be read.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes().flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().into_inner() == name)?;
    text(found.value.as_bytes()).map(Cow::into_owned)
}

/// The value of an attribute of a tag as a number.
pub(super) fn number(tag: &BytesStart<'_>, name: &str) -> Option<u64> {
    attribute(tag, name)?.trim().parse().ok()
}

/// True if an attribute of a tag says yes.
pub(super) fn is_true(tag: &BytesStart<'_>, name: &str) -> bool {
    attribute(tag, name).is_some_and(|value| matches!(value.as_str(), "1" | "true"))
}

/// Text with its references resolved and its line ends as XML reads them; `None` if a reference is not known or the
/// bytes are no UTF-8.
pub(super) fn text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let text = std::str::from_utf8(bytes).ok()?;
    if memchr::memchr2(b'&', b'\r', bytes).is_none() {
        return Some(Cow::Borrowed(text));
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, behind)) = rest.split_once('&') {
        let (name, behind) = behind.split_once(';')?;
        resolved.push_str(before);
        push_reference(&mut resolved, name)?;
        rest = behind;
    }
    resolved.push_str(rest);
    Some(Cow::Owned(resolved))
}

/// Appends what a reference stands for; `None` if it is not known.
pub(super) fn push_reference(resolved: &mut String, name: &str) -> Option<()> {
    match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            resolved.push(char::from_u32(code).filter(|c| *c != '\0')?);
        }
        None => resolved.push_str(resolve_predefined_entity(name)?),
    }
    Some(())
}

/// A string of a workbook: `_x000D_` stands for the character of that number, `_x005F_` for an underscore that would
/// be read so.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        let digits = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        let meant = digits
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32);
        match meant {
            Some(meant) => {
                out.push(meant);
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Text as it stands in an element or attribute: the five characters that have a meaning there, and those that XML
/// cannot hold.
pub(super) fn escape_into(out: &mut Vec<u8>, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '"' => out.extend_from_slice(b"&quot;"),
            '\n' | '\t' => out.push(c as u8),
            c if (c as u32) < 0x20 || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                out.extend_from_slice(format!("_x{:04X}_", c as u32).as_bytes());
            }
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}
