//! `styles.xml`: which styles make a number a date.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::sheet_cells::NumberKind;
use super::xml;

/// What a number format of the file format's own list makes of a number (ECMA-376 part 1, 18.8.30; 27 to 36 and 50 to
/// 58 are dates or times in East Asian locales).
fn built_in(id: u64) -> NumberKind {
    match id {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => NumberKind::Date,
        46 => NumberKind::Duration,
        _ => NumberKind::Number,
    }
}

/// What the first section of a number format makes of a number: a date if a letter of a date or time stands in it
/// outside of quotes, brackets and escapes; a duration if it begins with `[h]` or its like.
fn of_code(code: &str) -> NumberKind {
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            // The next character is shown, skipped or repeated as it is.
            '\\' | '_' | '*' => {
                chars.next();
            }
            '"' => {
                chars.by_ref().find(|c| *c == '"');
            }
            ';' => return NumberKind::Number,
            '[' => {
                let inner: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let elapsed = ['h', 'm', 's']
                    .iter()
                    .any(|unit| !inner.is_empty() && inner.chars().all(|c| c.eq_ignore_ascii_case(unit)));
                if elapsed {
                    return NumberKind::Duration;
                }
            }
            // "AM/PM" makes a time; the letter alone, as in General, does not.
            'a' | 'A' => {
                if chars.clone().next().is_some_and(|next| matches!(next, 'm' | 'M' | '/' | 'p' | 'P')) {
                    return NumberKind::Date;
                }
                let word: String = chars.clone().take_while(|c| c.is_alphabetic()).collect();
                for _ in word.chars() {
                    chars.next();
                }
            }
            'G' | 'g' if code.len() >= 7 && chars.as_str().to_ascii_lowercase().starts_with("eneral") => {
                chars.nth(5);
            }
            c if "dmhysDMHYS".contains(c) => return NumberKind::Date,
            _ => {}
        }
    }
    NumberKind::Number
}

/// What each style makes of a number, in the order of the styles.
pub(super) fn number_kinds(part: &[u8]) -> Result<Vec<NumberKind>, String> {
    let mut reader = Reader::from_reader(part);
    let (mut own, mut kinds, mut in_cells) = (Vec::new(), Vec::new(), false);
    loop {
        let event = reader.read_event().map_err(|error| format!("the styles: {error}"))?;
        match &event {
            Event::Eof => return Ok(kinds),
            Event::DocType(_) => return Err("the styles hold a DOCTYPE".to_string()),
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().into_inner() {
                "numFmt" => {
                    let code = xml::attribute(tag, "formatCode").unwrap_or_default();
                    own.push((xml::number(tag, "numFmtId"), of_code(&code)));
                }
                "cellXfs" => in_cells = matches!(event, Event::Start(_)),
                "xf" if in_cells => {
                    let id = xml::number(tag, "numFmtId");
                    let own = own.iter().find(|(known, _)| *known == id && id.is_some());
                    let kind = own.map(|(_, kind)| *kind).or(id.map(built_in));
                    kinds.push(kind.unwrap_or_default());
                }
                _ => {}
            },
            Event::End(tag) if tag.local_name().into_inner() == "cellXfs" => in_cells = false,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_durations_and_numbers() {
        for code in ["yyyy-mm-dd", "d\\-mmm", "[$-409]d/m/yy", "h:mm AM/PM", "mm:ss.0", "\"on\" dd"] {
            assert_eq!(of_code(code), NumberKind::Date, "{code}");
        }
        for code in ["[h]:mm", "[mm]:ss", "[ss].00"] {
            assert_eq!(of_code(code), NumberKind::Duration, "{code}");
        }
        for code in
            ["General", "#,##0.00", "0.00%", "\"days\" 0", "[Red]0", "0;dd", "_(* #,##0_)", "\\d0", "@"]
        {
            assert_eq!(of_code(code), NumberKind::Number, "{code}");
        }
    }
}
