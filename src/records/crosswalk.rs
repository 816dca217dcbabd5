//! The crosswalk that a broker keeps: manufacturer ID, exporter, producer.

use std::collections::HashMap;
use std::path::Path;

use super::kept::{Kept, RecordError, RowFault};
use crate::entry::{Crosswalk, Filling, Name};
use crate::spreadsheet::InputFacts;
use crate::terms::Mid;

/// The headings of a crosswalk.
const HEADINGS: [&str; 3] = ["Manufacturer ID", "Exporter", "Producer"];
const MID: usize = 0;
const EXPORTER: usize = 1;
const PRODUCER: usize = 2;

/// Reads a crosswalk.
///
/// # Errors
/// The file cannot be read; a row has no manufacturer ID or no usable name, or two rows contradict each other: every
/// such row with its place.
pub fn read_crosswalk(path: &Path) -> Result<(Crosswalk, InputFacts), RecordError> {
    let kept = Kept::read(path, None, "a crosswalk", &HEADINGS, 3)?;
    let mut faults = Vec::new();
    let mut names: HashMap<Box<str>, (Filling, u64)> = HashMap::new();
    for row in kept.rows() {
        let mut fault = |heading, problem| {
            faults.push(RowFault { place: kept.place(row.number, heading), problem });
        };
        let mid = kept.text(row, MID).to_ascii_uppercase();
        if Mid::parse(&mid).is_none() {
            fault(MID, format!("found {mid:?}, expected a manufacturer ID such as CNABCDEF123SHE"));
            continue;
        }
        let mut name = |heading: usize| {
            let text = kept.text(row, heading);
            if text.is_empty() {
                return None;
            }
            let name = Name::read(&text);
            if name.key.is_none() {
                fault(heading, format!("found {text:?}, expected a company name"));
            }
            Some(name)
        };
        let filling = Filling { exporter: name(EXPORTER), producer: name(PRODUCER) };
        if filling == Filling::default() {
            fault(EXPORTER, "neither an exporter nor a producer; give one, or remove the row".to_string());
            continue;
        }
        let keys = |filling: &Filling| {
            [&filling.exporter, &filling.producer].map(|name| name.as_ref().and_then(|name| name.key.clone()))
        };
        match names.get(mid.as_str()) {
            Some((known, earlier)) if keys(known) != keys(&filling) => {
                fault(MID, format!("{mid} has other names in row {earlier}; keep one of the two rows"));
            }
            Some(_) => {}
            None => {
                names.insert(mid.into(), (filling, row.number));
            }
        }
    }
    if !faults.is_empty() {
        return Err(RecordError::Rows(faults));
    }
    let names = names.into_iter().map(|(mid, (filling, _))| (mid, filling)).collect();
    Ok((Crosswalk(names), kept.facts().clone()))
}
