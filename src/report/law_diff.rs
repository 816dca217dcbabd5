//! What two case folders say otherwise, for people and as a CSV.

use std::fmt::Write;

use crate::casebook::diff::{Became, Change, TABLES};
use crate::casebook::model::Spot;
use crate::spreadsheet::fields::push_guarded;

/// The columns of the CSV.
pub const LAW_HEADINGS: [&str; 8] =
    ["Table", "Row", "Change", "Column", "Old", "New", "Old Place", "New Place"];

fn place(folder: &str, at: Option<&Spot>) -> String {
    at.map(|at| format!("{folder}/{}:{}:{}", at.file, at.row, at.column)).unwrap_or_default()
}

fn word(became: &Became) -> &'static str {
    match became {
        Became::Added { .. } => "added",
        Became::Removed { .. } => "removed",
        Became::Changed(_) => "changed",
    }
}

/// How many rows of each table were added, removed and changed: one line a table.
pub fn counts(changes: &[Change]) -> String {
    let mut text = String::new();
    for table in TABLES {
        let of_table = || changes.iter().filter(|change| change.table == table);
        let count = |wanted| of_table().filter(|change| word(&change.became) == wanted).count();
        let [added, removed, changed] = ["added", "removed", "changed"].map(count);
        if added + removed + changed > 0 {
            let _ = writeln!(text, "  {table:<10}{added:>7} added{removed:>7} removed{changed:>7} changed");
        }
    }
    if text.is_empty() {
        text.push_str("  Both say the same.\n");
    }
    text
}

/// Every change by table, with its place in each folder.
pub fn told(changes: &[Change], old: &str, new: &str) -> String {
    let mut text = String::new();
    for table in TABLES {
        let of_table: Vec<&Change> = changes.iter().filter(|change| change.table == table).collect();
        if !of_table.is_empty() {
            let _ = writeln!(text, "\n[{table}]");
        }
        for change in of_table {
            let places = [place(old, change.old.as_ref()), place(new, change.new.as_ref())];
            let places: Vec<&str> =
                places.iter().map(String::as_str).filter(|place| !place.is_empty()).collect();
            let about = format!("{} {}", word(&change.became), change.about);
            let _ = writeln!(text, "  {}  ({})", about.trim_end(), places.join(", "));
            match &change.became {
                Became::Added { says, before } => {
                    columns(says, &mut text);
                    if let Some(before) = before {
                        let _ = writeln!(text, "      before: {before}");
                    }
                }
                Became::Removed { said } => columns(said, &mut text),
                Became::Changed(differs) => {
                    for (column, before, now) in differs {
                        let _ = writeln!(text, "      {column}: {} -> {}", quoted(before), quoted(now));
                    }
                }
            }
        }
    }
    text
}

fn columns(says: &[(String, String)], text: &mut String) {
    for (column, value) in says {
        let _ = writeln!(text, "      {column}: {value}");
    }
}

fn quoted(text: &str) -> &str {
    if text.is_empty() { "(nothing)" } else { text }
}

/// The same as a CSV: a row for each column of a changed row, for a row that is new or gone each column that says
/// something.
pub fn csv(changes: &[Change], old: &str, new: &str) -> Vec<u8> {
    let mut out = Vec::new();
    push_record(&mut out, LAW_HEADINGS);
    for change in changes {
        let places = [place(old, change.old.as_ref()), place(new, change.new.as_ref())];
        let mut row = |column: &str, before: &str, now: &str| {
            let [old_place, new_place] = places.each_ref();
            let what = word(&change.became);
            push_record(
                &mut out,
                [change.table, &change.about, what, column, before, now, old_place, new_place],
            );
        };
        match &change.became {
            Became::Added { says, .. } => says.iter().for_each(|(column, value)| row(column, "", value)),
            Became::Removed { said } => said.iter().for_each(|(column, value)| row(column, value, "")),
            Became::Changed(differs) => {
                differs.iter().for_each(|(column, before, now)| row(column, before, now));
            }
        }
    }
    out
}

/// Appends a record of texts, each guarded.
pub(super) fn push_record<const N: usize>(out: &mut Vec<u8>, fields: [&str; N]) {
    for (place, field) in fields.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        push_guarded(out, field, b',');
    }
    out.push(b'\n');
}
