//! What is told of how a file was read; where several sheets were, of which of them.

use crate::entry::Writings;
use crate::spreadsheet::read::Header;

/// What is told of the sheets that were read so far: the place of each, and the note.
#[derive(Default)]
pub(super) struct ReadNotes {
    sheets: usize,
    of_headings: Vec<(usize, String)>,
    of_merged: Vec<(usize, String)>,
}

impl ReadNotes {
    /// Adds what the headings of the next sheet and what stands behind its rows tell.
    pub(super) fn of_sheet(&mut self, header: &Header, tail: &[u8]) {
        let sheet = self.sheets;
        self.sheets += 1;
        self.of_headings.extend(header.notes.iter().map(|note| (sheet, note.clone())));
        let merged = header.merged_below(tail);
        if merged > 0 {
            let note = format!(
                "{merged} merged cells reach over several rows: the value of each stands in its first row alone, and the \
                 others lack it"
            );
            self.of_merged.push((sheet, note));
        }
    }

    /// The notes, with how columns were read; what holds of several sheets is told once.
    pub(super) fn told(self, headers: &[Header], writings: &[Writings]) -> Vec<String> {
        let of_columns = (0..)
            .zip(writings)
            .flat_map(|(sheet, writings)| writings.told().into_iter().map(move |note| (sheet, note)));
        let all: Vec<(usize, String)> =
            self.of_headings.into_iter().chain(of_columns).chain(self.of_merged).collect();
        let mut told: Vec<String> = read_as_one(headers).into_iter().collect();
        for (_, note) in &all {
            let of = all.iter().filter(|(_, other)| other == note);
            let of: Vec<&str> = of.map(|(sheet, _)| headers[*sheet].source.sheet.as_str()).collect();
            let text = match of.len() == headers.len() {
                true => note.clone(),
                false => format!("{}: {note}", of.join(", ")),
            };
            if !told.contains(&text) {
                told.push(text);
            }
        }
        told
    }
}

/// Which sheets are read as one file, where there are several.
pub fn read_as_one<'h>(headers: impl IntoIterator<Item = &'h Header>) -> Option<String> {
    let names: Vec<&str> = headers.into_iter().map(|header| header.source.sheet.as_str()).collect();
    (names.len() > 1).then(|| format!("{} sheets are read as one file: {}", names.len(), names.join(", ")))
}
