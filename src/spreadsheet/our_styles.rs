//! Our cell styles, appended behind those of a broker's workbook.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::xml;

/// Backgrounds and letters of the ranks. Red, amber, blue, green, grey: from "stop" to "nothing was looked at",
/// readable without colour too.
pub(super) const RANKS: [(u32, u32); 5] = [
    (0xF8D7DA, 0x842029),
    (0xFFF3CD, 0x664D03),
    (0xD6E4F5, 0x0B3D75),
    (0xDCEFE0, 0x1B5E20),
    (0xECECEC, 0x555555),
];
/// Background of our headings.
pub(super) const HEADING: u32 = 0xDDE7F0;

/// Places of our styles among those of a workbook.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct OurStyles {
    pub(super) heading: u32,
    pub(super) dollars: u32,
    pub(super) money: u32,
    pub(super) guarded: u32,
    pub(super) date: u32,
    pub(super) moment: u32,
    pub(super) ranks: [u32; 5],
}

/// A workbook without styles gets these; Excel needs two fills, of fixed kinds.
const BARE: &str = "<styleSheet xmlns=\"NAMESPACE\"><fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/>\
                    </font></fonts><fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill>\
                    <patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border><left/><right/>\
                    <top/><bottom/><diagonal/></border></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" \
                    fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs><cellXfs count=\"1\"><xf numFmtId=\"0\" \
                    fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/></cellXfs></styleSheet>";

/// The styles of a workbook that has none.
pub(super) fn bare(namespace: &str) -> Vec<u8> {
    BARE.replace("NAMESPACE", namespace).into_bytes()
}

/// A list of the style sheet: where its start tag and its end tag begin, and how many elements it holds.
#[derive(Clone, Copy, Default)]
struct List {
    open: usize,
    close: usize,
    holds: u32,
}

#[derive(Default)]
struct Lists {
    prefix: String,
    fonts: Option<List>,
    fills: Option<List>,
    formats: Option<List>,
    font_name: Option<String>,
    font_size: Option<String>,
}

fn lists(part: &[u8]) -> Option<Lists> {
    let mut reader = Reader::from_reader(part);
    let (mut found, mut depth, mut list) = (Lists::default(), 0u32, List::default());
    loop {
        let before = usize::try_from(reader.buffer_position()).ok()?;
        let event = reader.read_event().ok()?;
        match &event {
            Event::Start(tag) | Event::Empty(tag) => {
                match depth {
                    0 => {
                        let name = tag.name().into_inner();
                        found.prefix = name.rsplit_once(':').map_or(String::new(), |(p, _)| format!("{p}:"));
                    }
                    1 => list = List { open: before, ..List::default() },
                    2 => list.holds += 1,
                    _ => {}
                }
                let value = || xml::attribute(tag, "val");
                match tag.local_name().into_inner() {
                    "name" if depth == 3 && found.fonts.is_none() && list.holds == 1 => {
                        found.font_name = value()
                    }
                    "sz" if depth == 3 && found.fonts.is_none() && list.holds == 1 => {
                        found.font_size = value()
                    }
                    _ => {}
                }
                depth += u32::from(matches!(event, Event::Start(_)));
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                list.close = before;
                if depth == 1 {
                    match tag.local_name().into_inner() {
                        "fonts" => found.fonts = Some(list),
                        "fills" => found.fills = Some(list),
                        "cellXfs" => found.formats = Some(list),
                        _ => {}
                    }
                }
            }
            Event::Eof => return Some(found),
            _ => {}
        }
    }
}

/// Styles with ours behind them, and their places; `None` if the part lacks a list that a style sheet has.
pub(super) fn appended(part: &[u8]) -> Option<(Vec<u8>, OurStyles)> {
    let lists = lists(part)?;
    let (fonts, fills, formats) = (lists.fonts?, lists.fills?, lists.formats?);
    let p = &lists.prefix;
    let mut name = Vec::new();
    xml::escape_into(&mut name, lists.font_name.as_deref().unwrap_or("Calibri"));
    let name = String::from_utf8(name).ok()?;
    // Digits and a point, nothing that could end an attribute.
    let sound = |size: &&str| !size.is_empty() && size.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let size = lists.font_size.as_deref().filter(sound).unwrap_or("11");
    let font = |color: u32| {
        format!(
            "<{p}font><{p}b/><{p}sz val=\"{size}\"/><{p}color rgb=\"FF{color:06X}\"/><{p}name val=\"{name}\"/></{p}font>"
        )
    };
    let fill = |color: u32| {
        format!(
            "<{p}fill><{p}patternFill patternType=\"solid\"><{p}fgColor rgb=\"FF{color:06X}\"/><{p}bgColor \
             indexed=\"64\"/></{p}patternFill></{p}fill>"
        )
    };
    let format = |number: u32, font: u32, fill: u32, more: &str| {
        let applies =
            |what: &str, id: u32| if id > 0 { format!(" apply{what}=\"1\"") } else { String::new() };
        format!(
            "<{p}xf numFmtId=\"{number}\" fontId=\"{font}\" fillId=\"{fill}\" borderId=\"0\" xfId=\"0\"{}{}{}{more}",
            applies("NumberFormat", number),
            applies("Font", font),
            applies("Fill", fill),
        )
    };
    let all_fonts: String =
        [0].into_iter().chain(RANKS.iter().map(|(_, letters)| *letters)).map(font).collect();
    let all_fills: String =
        [HEADING].into_iter().chain(RANKS.iter().map(|(background, _)| *background)).map(fill).collect();
    let top = format!(" applyAlignment=\"1\"><{p}alignment vertical=\"top\" wrapText=\"1\"/></{p}xf>");
    let mut all_formats = vec![
        format(0, fonts.holds, fills.holds, &top),
        // Numbers 3 and 4 of the format's own list are #,##0 and #,##0.00.
        format(3, 0, 0, "/>"),
        format(4, 0, 0, "/>"),
        format(0, 0, 0, " quotePrefix=\"1\"/>"),
    ];
    for rank in 1..=RANKS.len() as u32 {
        all_formats.push(format(0, fonts.holds + rank, fills.holds + rank, "/>"));
    }
    let first = formats.holds;
    let styles = OurStyles {
        heading: first,
        dollars: first + 1,
        money: first + 2,
        guarded: first + 3,
        ranks: [0, 1, 2, 3, 4].map(|rank| first + 4 + rank),
        ..OurStyles::default()
    };
    let mut out = part.to_vec();
    let mut inserts = [(fonts, all_fonts, 6), (fills, all_fills, 6), (formats, all_formats.concat(), 9)];
    // From the last to the first, so that places in front stay what they are.
    inserts.sort_by_key(|(list, ..)| std::cmp::Reverse(list.close));
    for (list, text, count) in inserts {
        out.splice(list.close..list.close, text.into_bytes());
        super::sheet_frame::raise_number(&mut out, list.open, "count", count);
    }
    Some((out, styles))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_stand_behind_theirs() {
        let (part, styles) = appended(&bare("n")).unwrap();
        let text = String::from_utf8(part).unwrap();
        assert_eq!((styles.heading, styles.money, styles.ranks[4]), (1, 3, 9));
        for list in [
            "<fonts count=\"7\">",
            "<fills count=\"8\">",
            "<cellXfs count=\"10\">",
            "<cellStyleXfs count=\"1\">",
        ] {
            assert!(text.contains(list), "{list}: {text}");
        }
        assert!(appended(b"<styleSheet/>").is_none());
    }
}
