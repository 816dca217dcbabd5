//! What stands around the rows of a broker's sheet: read, and changed only where our columns would make it untrue.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::annotated::{Anew, OurColumn};
use super::graft::shown_width;
use super::xml;
use crate::terms::place::column_letters;

/// The head of a sheet as it is written, and what was read of it.
pub(super) struct Head {
    pub(super) xml: Vec<u8>,
    /// Prefix of element names, with its colon; usually empty.
    pub(super) prefix: String,
    /// Namespace of the elements.
    pub(super) namespace: String,
    /// The last row that the sheet claims to have.
    pub(super) claimed: Option<u64>,
}

/// Columns and rows of a range such as `A1:T20` or `B7`: first column, first row, last column, last row, from 1.
pub(super) fn range(text: &str) -> Option<(u64, u64, u64, u64)> {
    let corner = |corner: &str| {
        let corner = corner.replace('$', "");
        let letters = corner.bytes().take_while(u8::is_ascii_alphabetic).count();
        let column = corner[..letters].bytes().try_fold(0u64, |sum, letter| {
            (sum <= 1 << 20).then_some(sum * 26 + u64::from(letter.to_ascii_uppercase() - b'@'))
        })?;
        let row = corner[letters..].parse().ok()?;
        (column > 0 && row > 0).then_some((column, row))
    };
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    let ((left, top), (right, bottom)) = (corner(first)?, corner(last)?);
    (left <= right && top <= bottom).then_some((left, top, right, bottom))
}

/// Widths of some columns: the first and the last, from 1, and the element.
struct Width {
    first: u64,
    last: u64,
    xml: String,
}

impl Width {
    fn of(tag: &BytesStart<'_>, xml: &[u8]) -> Width {
        let at = |name| xml::number(tag, name).unwrap_or(0);
        Width { first: at("min"), last: at("max"), xml: String::from_utf8_lossy(xml).into_owned() }
    }

    /// What is left of it outside of our columns.
    fn outside(self, ours: (u64, u64)) -> Vec<Width> {
        if self.last < ours.0 || self.first > ours.1 {
            return vec![self];
        }
        let parts = [(self.first, ours.0 - 1), (ours.1 + 1, self.last)];
        parts.into_iter().filter(|(first, last)| first <= last).map(|part| self.reaching(part)).collect()
    }

    fn reaching(&self, (first, last): (u64, u64)) -> Width {
        let mut reader = Reader::from_str(&self.xml);
        let mut xml = String::new();
        if let Ok(Event::Start(tag) | Event::Empty(tag)) = reader.read_event() {
            xml = format!("<{} min=\"{first}\" max=\"{last}\"", tag.name().into_inner());
            for attribute in tag.attributes().flatten() {
                let (name, value) = (attribute.key.into_inner(), &attribute.value);
                if !matches!(name, "min" | "max") {
                    xml.push_str(&format!(" {name}=\"{}\"", value.replace('"', "&quot;")));
                }
            }
            xml.push_str("/>");
        }
        Width { first, last, xml }
    }
}

/// Where elements stand in the head.
#[derive(Default)]
struct Found {
    root: String,
    namespace: String,
    dimension: Option<(usize, usize, String)>,
    /// Where `<cols>` begins and `</cols>` ends, and what stands between.
    columns: Option<(usize, usize)>,
    widths: Vec<Width>,
    rows: usize,
}

fn find(head: &[u8]) -> Option<Found> {
    let mut reader = Reader::from_reader(head);
    let mut found = Found::default();
    let mut columns = None;
    loop {
        let before = usize::try_from(reader.buffer_position()).ok()?;
        let event = reader.read_event().ok()?;
        let behind = usize::try_from(reader.buffer_position()).ok()?;
        match &event {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().into_inner() {
                "worksheet" if found.root.is_empty() => {
                    found.root = tag.name().into_inner().to_string();
                    let own = found
                        .root
                        .rsplit_once(':')
                        .map_or("xmlns".to_string(), |(p, _)| format!("xmlns:{p}"));
                    let mut attributes = tag.attributes().flatten();
                    let own = attributes.find(|attribute| attribute.key.into_inner() == own);
                    found.namespace = own.map(|own| own.value.into_owned()).unwrap_or_default();
                }
                "dimension" => {
                    found.dimension = Some((before, behind, xml::attribute(tag, "ref").unwrap_or_default()));
                }
                "cols" if matches!(event, Event::Empty(_)) => found.columns = Some((before, behind)),
                "cols" => columns = Some(before),
                "col" => found.widths.push(Width::of(tag, &head[before..behind])),
                "sheetData" => {
                    found.rows = before;
                    return Some(found);
                }
                _ => {}
            },
            Event::End(tag) if tag.local_name().into_inner() == "cols" => {
                found.columns = columns.map(|from| (from, behind));
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// The head with our columns behind the first `width`: widths for them, and a true dimension or none.
pub(super) fn head(head: &[u8], width: usize, ours: &[OurColumn], with_dimension: bool) -> Option<Head> {
    let found = find(head)?;
    let prefix = found.root.rsplit_once(':').map_or(String::new(), |(prefix, _)| format!("{prefix}:"));
    let mut out = head.to_vec();
    let (from, to) = found.columns.unwrap_or((found.rows, found.rows));
    let widths = widths(found.widths, width as u64, ours, &prefix);
    out.splice(from..to, format!("<{prefix}cols>{widths}</{prefix}cols>").into_bytes());
    let mut claimed = None;
    if let Some((from, to, reference)) = found.dimension {
        let claim =
            range(&reference).filter(|(.., right, _)| with_dimension && *right as usize >= width.min(2));
        let dimension = claim.map(|(left, top, right, bottom)| {
            claimed = Some(bottom);
            let (left, right) =
                (column_letters(left as usize - 1), (right as usize).max(width + ours.len()) - 1);
            format!("<{prefix}dimension ref=\"{left}{top}:{}{bottom}\"/>", column_letters(right))
        });
        out.splice(from..to, dimension.unwrap_or_default().bytes());
    }
    Some(Head { xml: out, prefix, namespace: found.namespace, claimed })
}

/// The widths of all columns: those of the broker where they do not reach over ours, and ours. What the broker says of
/// columns without cells - that all to the right are hidden, as a rule - does not hold for ours.
fn widths(theirs: Vec<Width>, width: u64, ours: &[OurColumn], prefix: &str) -> String {
    let place = (width + 1, width + ours.len() as u64);
    let mut all: Vec<Width> = theirs.into_iter().flat_map(|theirs| theirs.outside(place)).collect();
    all.extend((place.0..).zip(ours).map(|(column, our)| {
        let shown = shown_width(our.look);
        let xml = format!(
            "<{prefix}col min=\"{column}\" max=\"{column}\" width=\"{shown}.7109375\" customWidth=\"1\"/>"
        );
        Width { first: column, last: column, xml }
    }));
    all.sort_by_key(|width| width.first);
    all.into_iter().map(|width| width.xml).collect()
}

/// Why our columns cannot stand beside the rows of a sheet: it is protected, or a merged cell reaches over the place.
pub(super) fn obstacle(tail: &[u8], width: usize, heading_row: u64) -> Option<Anew> {
    let mut found = None;
    let see = |tag: &BytesStart<'_>| match tag.local_name().into_inner() {
        "sheetProtection" if xml::is_true(tag, "sheet") => found = Some(Anew::Protected),
        "mergeCell" => {
            let merged = xml::attribute(tag, "ref").and_then(|reference| range(&reference));
            let across =
                |(_, _, right, bottom): (u64, u64, u64, u64)| right > width as u64 && bottom >= heading_row;
            if found.is_none() && merged.is_some_and(across) {
                found = Some(Anew::Merged);
            }
        }
        _ => {}
    };
    for_each_tag_of_rest(tail, see);
    found
}

/// How many merged cells reach over several rows below the headings.
pub(super) fn merged_below(tail: &[u8], heading_row: u64) -> u64 {
    let mut merged = 0;
    for_each_tag_of_rest(tail, |tag| {
        if tag.local_name().into_inner() == "mergeCell" {
            let range = xml::attribute(tag, "ref").and_then(|reference| range(&reference));
            let below = range.is_some_and(|(_, top, _, bottom)| top > heading_row && bottom > top);
            merged += u64::from(below);
        }
    });
    merged
}

/// Every tag behind the rows; what is not well-formed there ends the look.
fn for_each_tag_of_rest(tail: &[u8], mut see: impl FnMut(&BytesStart<'_>)) {
    let mut reader = xml::fragment(tail);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) | Event::Empty(tag) => see(&tag),
            Event::Eof => break,
            _ => {}
        }
    }
}

/// Elements that stand behind `dataValidations` in a worksheet (ECMA-376 part 1, 18.3.1.99).
/// `AlternateContent` stands around the controls of a sheet.
const BEHIND_VALIDATIONS: [&str; 22] = [
    "AlternateContent",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
];

/// The tail with notes on headings: shown when a person goes to the cell, as the input message of a data validation,
/// because a comment would need parts of its own.
pub(super) fn tail(tail: &[u8], prefix: &str, notes: &[(String, String)]) -> Vec<u8> {
    if notes.is_empty() {
        return tail.to_vec();
    }
    let mut messages = Vec::new();
    for (cell, note) in notes {
        let open = format!("<{prefix}dataValidation allowBlank=\"1\" showInputMessage=\"1\" prompt=\"");
        messages.extend_from_slice(open.as_bytes());
        // Fixed by the file format: 255 characters.
        xml::escape_into(&mut messages, &note.chars().take(255).collect::<String>());
        messages.extend_from_slice(format!("\" sqref=\"{cell}\"/>").as_bytes());
    }
    let mut reader = xml::fragment(tail);
    let mut out = tail.to_vec();
    let (mut depth, mut open) = (0u32, 0);
    loop {
        let before = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let Ok(event) = reader.read_event() else { return tail.to_vec() };
        let name = |tag: &BytesStart<'_>| tag.local_name().into_inner().to_string();
        match &event {
            Event::Start(tag) | Event::Empty(tag)
                if depth == 0 && BEHIND_VALIDATIONS.contains(&&*name(tag)) =>
            {
                out.splice(before..before, whole(prefix, &messages, notes.len()));
                return out;
            }
            Event::Empty(tag) if depth == 0 && name(tag) == "dataValidations" => {
                let behind = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
                out.splice(before..behind, whole(prefix, &messages, notes.len()));
                return out;
            }
            Event::End(tag) if depth == 0 && tag.local_name().into_inner() == "worksheet" => {
                out.splice(before..before, whole(prefix, &messages, notes.len()));
                return out;
            }
            Event::End(tag) if depth == 1 && tag.local_name().into_inner() == "dataValidations" => {
                out.splice(before..before, messages);
                let mut head = out[..before].to_vec();
                raise_number(&mut head, open, "count", notes.len() as u64);
                head.extend_from_slice(&out[before..]);
                return head;
            }
            Event::Start(tag) => {
                if depth == 0 && name(tag) == "dataValidations" {
                    open = before;
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Eof => return tail.to_vec(),
            _ => {}
        }
    }
}

fn whole(prefix: &str, xml: &[u8], count: usize) -> Vec<u8> {
    let open = format!("<{prefix}dataValidations count=\"{count}\">");
    [open.as_bytes(), xml, format!("</{prefix}dataValidations>").as_bytes()].concat()
}

/// Adds to the number in an attribute of the tag that begins at `open`; nothing happens if it has none.
pub(super) fn raise_number(xml: &mut Vec<u8>, open: usize, attribute: &str, more: u64) {
    let end = memchr::memchr(b'>', &xml[open..]).map_or(xml.len(), |at| open + at);
    let tag = &xml[open..end];
    let value = memchr::memmem::find_iter(tag, attribute).find_map(|at| {
        let whole_name = at > 0 && tag[at - 1].is_ascii_whitespace();
        let rest = tag[at + attribute.len()..].trim_ascii_start();
        let rest = rest.strip_prefix(b"=").filter(|_| whole_name)?.trim_ascii_start();
        let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'"))?;
        Some(end - rest.len())
    });
    let Some(from) = value else { return };
    let digits = xml[from..end].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number =
        std::str::from_utf8(&xml[from..from + digits]).ok().and_then(|digits| digits.parse::<u64>().ok());
    if let Some(number) = number {
        xml.splice(from..from + digits, number.saturating_add(more).to_string().into_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spreadsheet::annotated::Look;

    fn ours(count: usize) -> Vec<OurColumn> {
        vec![OurColumn { heading: "Action".to_string(), look: Look::Rank, note: None }; count]
    }

    #[test]
    fn widths_and_dimension_become_true() {
        let xml = b"<worksheet xmlns=\"n\"><dimension ref=\"A1:C9\"/><cols><col min=\"1\" max=\"4\" width=\"9\"/></cols><sheetData>";
        let made = head(xml, 3, &ours(2), true).unwrap();
        let text = String::from_utf8(made.xml).unwrap();
        assert!(text.contains("<dimension ref=\"A1:E9\"/>"), "{text}");
        // What the broker says of the fourth column was said of an empty one.
        assert!(
            text.contains("<cols><col min=\"1\" max=\"3\" width=\"9\"/><col min=\"4\" max=\"4\" width=\"13"),
            "{text}"
        );
        assert_eq!((made.claimed, made.prefix.as_str(), made.namespace.as_str()), (Some(9), "", "n"));
        let made = head(b"<x:worksheet><x:dimension ref=\"A1\"/><x:sheetData>", 3, &ours(1), true).unwrap();
        let text = String::from_utf8(made.xml).unwrap();
        assert!(
            text.starts_with("<x:worksheet><x:cols><x:col min=\"4\"") && !text.contains("dimension"),
            "{text}"
        );
    }

    #[test]
    fn hidden_columns_to_the_right_do_not_hide_ours() {
        let xml = b"<worksheet><cols><col min='1' max='2' width='9'/><col min='4' max='16384' hidden='1'/></cols><sheetData>";
        let made = String::from_utf8(head(xml, 3, &ours(2), true).unwrap().xml).unwrap();
        let widths = made.split("<cols>").nth(1).unwrap().split("</cols>").next().unwrap();
        assert_eq!(
            widths,
            "<col min='1' max='2' width='9'/>\
             <col min=\"4\" max=\"4\" width=\"13.7109375\" customWidth=\"1\"/>\
             <col min=\"5\" max=\"5\" width=\"13.7109375\" customWidth=\"1\"/>\
             <col min=\"6\" max=\"16384\" hidden=\"1\"/>"
        );
        let made = head(b"<worksheet><cols/><sheetData>", 3, &ours(1), true).unwrap().xml;
        assert_eq!(memchr::memmem::find_iter(&made, b"<cols").count(), 1);
    }

    #[test]
    fn obstacles() {
        assert_eq!(obstacle(b"</sheetData><sheetProtection sheet=\"1\"/>", 3, 1), Some(Anew::Protected));
        assert_eq!(obstacle(b"</sheetData><mergeCells><mergeCell ref=\"B2:E2\"/>", 3, 1), Some(Anew::Merged));
        assert_eq!(obstacle(b"</sheetData><mergeCells><mergeCell ref=\"B2:E2\"/>", 5, 1), None);
        assert_eq!(obstacle(b"</sheetData><mergeCells><mergeCell ref=\"A1:Z1\"/>", 3, 2), None);
    }

    #[test]
    fn a_note_stands_where_the_order_of_elements_allows() {
        let notes = [("D1".to_string(), "A \"note\"".to_string())];
        let made = tail(b"</sheetData><mergeCells/><pageMargins/></worksheet>", "", &notes);
        let text = String::from_utf8(made).unwrap();
        assert!(text.contains("<mergeCells/><dataValidations count=\"1\"><dataValidation"), "{text}");
        assert!(
            text.contains("prompt=\"A &quot;note&quot;\" sqref=\"D1\"/></dataValidations><pageMargins/>"),
            "{text}"
        );
        let empty = b"</sheetData><dataValidations count=\"0\"/><mc:AlternateContent/></worksheet>";
        let made = String::from_utf8(tail(empty, "", &notes)).unwrap();
        assert!(made.starts_with("</sheetData><dataValidations count=\"1\"><dataValidation "), "{made}");
        assert!(made.ends_with("</dataValidations><mc:AlternateContent/></worksheet>"), "{made}");
        let controls = b"</sheetData><mc:AlternateContent/><tableParts/></worksheet>";
        let made = String::from_utf8(tail(controls, "", &notes)).unwrap();
        assert!(
            made.ends_with("</dataValidations><mc:AlternateContent/><tableParts/></worksheet>"),
            "{made}"
        );
        let old = b"</sheetData><dataValidations\n count = '2' x:countless=\"7\"><dataValidation/><dataValidation/></dataValidations></worksheet>";
        let text = String::from_utf8(tail(old, "", &notes)).unwrap();
        assert!(
            text.contains("<dataValidations\n count = '3' x:countless=\"7\">")
                && text.contains("sqref=\"D1\"/></dataValidations>"),
            "{text}"
        );
    }
}
