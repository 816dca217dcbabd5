//! The fields of CSV records, by the grammar of the csv crate: a field that begins with a quote ends at the next single
//! one, two quotes inside stand for one, and a quote anywhere else is a character like any other.

use memchr::{memchr, memchr2};

use super::read::COLUMNS_MAX;
use super::row::{Cell, Decoder, Form, NO_SLOT, RowPlace, Rows, Span, slots};

/// The fields of one record without its line end: first byte, end, and form. Blank lines in front must be gone.
pub(super) fn fields_of(record: &[u8], delimiter: u8) -> Fields<'_> {
    Fields { record, delimiter, at: Some(0) }
}

pub(super) struct Fields<'a> {
    record: &'a [u8],
    delimiter: u8,
    at: Option<usize>,
}

impl Iterator for Fields<'_> {
    type Item = (usize, usize, Form);

    fn next(&mut self) -> Option<(usize, usize, Form)> {
        let from = self.at?;
        let (field, end) = match self.record.get(from) {
            Some(b'"') => quoted(self.record, from, self.delimiter),
            _ => {
                let rest = &self.record[from..];
                let end = from + memchr(self.delimiter, rest).unwrap_or(rest.len());
                ((from, end, Form::Field), end)
            }
        };
        self.at = (end < self.record.len()).then_some(end + 1);
        let (from, to, form) = field;
        Some((from, to, if from == to { Form::Empty } else { form }))
    }
}

/// A field that begins with a quote, and where it ends.
fn quoted(record: &[u8], from: usize, delimiter: u8) -> ((usize, usize, Form), usize) {
    let mut form = Form::Field;
    let mut at = from + 1;
    loop {
        let Some(quote) = memchr(b'"', &record[at..]).map(|found| at + found) else {
            return ((from, record.len(), Form::QuotedField), record.len());
        };
        match record.get(quote + 1) {
            Some(b'"') => {
                form = Form::QuotedField;
                at = quote + 2;
            }
            next if next.is_none_or(|next| *next == delimiter) => {
                let (inner, whole) = ((from + 1, quote, form), (from, quote + 1, form));
                return (if form == Form::Field { inner } else { whole }, quote + 1);
            }
            // Text behind the closing quote belongs to the field.
            _ => {
                let end = memchr(delimiter, &record[quote..]).map_or(record.len(), |found| quote + found);
                return ((from, end, Form::QuotedField), end);
            }
        }
    }
}

/// The cell of a field.
pub(super) fn cell(bytes: &[u8], form: Form, delimiter: u8) -> Cell {
    let text = match form {
        // Making a reader takes longer than reading a field.
        Form::Empty => return Cell::Empty,
        Form::Field => String::from_utf8_lossy(bytes).into_owned(),
        _ => unquoted(bytes, delimiter),
    };
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) }
}

/// The text of one field with quotes inside.
fn unquoted(bytes: &[u8], delimiter: u8) -> String {
    let mut reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
    let (mut text, mut read, mut written) = (vec![0; bytes.len() + 1], 0, 0);
    loop {
        let (result, took, wrote) = reader.read_field(&bytes[read..], &mut text[written..]);
        (read, written) = (read + took, written + wrote);
        // Where the bytes end the reader is told once more that nothing follows.
        if !matches!(result, csv_core::ReadFieldResult::InputEmpty) {
            break;
        }
    }
    text.truncate(written);
    String::from_utf8_lossy(&text).into_owned()
}

/// Why the records of a piece cannot be read, and on which line.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) line: u64,
    pub(super) problem: String,
}

/// Finds the records of a piece and, in each, the fields that were asked for. `line` is the physical line on which the
/// piece begins.
pub(super) fn rows(bytes: Vec<u8>, delimiter: u8, line: u64, asked: &[usize]) -> Result<Rows, Fault> {
    if let Err(error) = std::str::from_utf8(&bytes) {
        let at = error.valid_up_to();
        let problem =
            format!("byte {:#04x} is not UTF-8; save the file as CSV in UTF-8 and run again", bytes[at]);
        return Err(Fault { line: line + line_ends(&bytes[..at]), problem });
    }
    let slots = slots(asked);
    let mut rows = Rows::new(bytes, asked.len(), Decoder::Csv(delimiter));
    let mut records = Records { line, ..Records::default() };
    while let Some(mut place) = records.next(&rows.bytes, delimiter) {
        let base = rows.spans.len();
        rows.spans.resize(base + asked.len(), Span::default());
        let start = records.start;
        let record = &rows.bytes[start..place.insert as usize];
        let mut fields = 0;
        let mut blank = true;
        if start < place.insert as usize {
            for (from, to, form) in fields_of(record, delimiter) {
                if fields == COLUMNS_MAX {
                    let problem = format!("a record of more than {COLUMNS_MAX} fields");
                    return Err(Fault { line: place.number, problem });
                }
                blank = blank && is_blank(&record[from..to], form, delimiter);
                let slot = slots[fields];
                if slot != NO_SLOT {
                    let (from, to) = ((start + from) as u32, (start + to) as u32);
                    rows.spans[base + usize::from(slot)] = Span { from, to, form, style: 0 };
                }
                fields += 1;
            }
        }
        (place.fields, place.width, place.blank) = (fields as u32, fields as u32, blank);
        rows.places.push(place);
    }
    Ok(rows)
}

fn is_blank(field: &[u8], form: Form, delimiter: u8) -> bool {
    !field.iter().any(u8::is_ascii_alphanumeric) && cell(field, form, delimiter).is_blank()
}

/// Records of a piece: where each begins and ends, blank lines in front taken along.
#[derive(Default)]
struct Records {
    at: usize,
    line: u64,
    /// Where the last record itself begins, behind the blank lines in front of it.
    start: usize,
}

impl Records {
    fn next(&mut self, bytes: &[u8], delimiter: u8) -> Option<RowPlace> {
        if self.at >= bytes.len() {
            return None;
        }
        let from = self.at;
        let blank = bytes[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.line += line_ends(&bytes[from..from + blank]);
        self.start = from + blank;
        let number = self.line;
        let (end, next) = record_end(bytes, self.start, delimiter);
        self.line += line_ends(&bytes[self.start..next]);
        self.at = next;
        Some(RowPlace {
            number,
            from: from as u32,
            to: next as u32,
            insert: end as u32,
            ..RowPlace::default()
        })
    }
}

/// Where the record that begins at `start` ends, without and with its line end.
fn record_end(bytes: &[u8], start: usize, delimiter: u8) -> (usize, usize) {
    let (mut at, mut outside) = (start, start);
    loop {
        at += memchr2(b'\n', b'"', &bytes[at..]).unwrap_or(bytes.len() - at);
        // A carriage return alone ends a record too.
        if let Some(found) = memchr(b'\r', &bytes[outside..at]) {
            let end = outside + found;
            return (end, end + if bytes.get(end + 1) == Some(&b'\n') { 2 } else { 1 });
        }
        match bytes.get(at) {
            None => return (bytes.len(), bytes.len()),
            Some(b'\n') => return (at, at + 1),
            _ if at > start && bytes[at - 1] != delimiter => at += 1,
            _ => at = closing_quote(bytes, at).map_or(bytes.len(), |quote| quote + 1),
        }
        outside = at;
    }
}

/// The quote that closes the one at `open`; `None` if it is not among these bytes.
pub(super) fn closing_quote(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        let quote = at + memchr(b'"', bytes.get(at..)?)?;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        at = quote + 2;
    }
}

/// Line ends among bytes: LF, CR, and CR LF as one.
pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', bytes).count();
    let alone = memchr::memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n')).count();
    (feeds + alone) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Records as the csv crate reads them.
    fn theirs(text: &str) -> Vec<Vec<String>> {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        reader.records().map(|record| record.expect("text").iter().map(str::to_string).collect()).collect()
    }

    fn ours(text: &str) -> Vec<Vec<String>> {
        let columns: Vec<usize> = (0..24).collect();
        let rows = rows(text.as_bytes().to_vec(), b',', 1, &columns).expect("text");
        let fields = |row: usize| -> Vec<String> {
            (0..rows.fields(row)).map(|column| rows.cell(row, column).into_text()).collect()
        };
        let with_fields = (0..rows.len()).filter(|row| rows.fields(*row) > 0);
        let bound: Vec<Vec<String>> = with_fields.clone().map(fields).collect();
        let whole = with_fields.map(|row| rows.whole(row).into_iter().map(Cell::into_text).collect());
        assert_eq!(bound, whole.collect::<Vec<Vec<String>>>());
        bound
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Whatever the quotes, separators and line ends: the same fields as the csv crate. A quote that never closes
        /// is refused before rows are asked for, so texts end outside of any.
        #[test]
        fn fields_are_those_of_the_csv_crate(
            parts in prop::collection::vec(
                prop::sample::select(vec!["a", " ", ",", "\"", "\"\"", "\n", "\r\n", "\r", "é", "\"x,y\"", "\"l\nm\""]),
                0..20,
            ),
        ) {
            let text = parts.concat();
            prop_assume!(!text.contains('"') || closes(&text));
            prop_assert_eq!(ours(&text), theirs(&text), "{:?}", text);
        }
    }

    /// True if no quote is open at the end: then a line end behind the text ends its last record.
    fn closes(text: &str) -> bool {
        let mark = "\nmark";
        let records = theirs(&format!("{text}{mark}"));
        records.last().is_some_and(|record| record.len() == 1 && record[0] == "mark")
    }
}
