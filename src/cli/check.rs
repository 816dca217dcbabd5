//! `check`: how a file would be read, without writing anything.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::args::CheckArgs;
use super::exit::{Exit, Failure};
use super::kept::{self, Kept};
use super::law::heading;
use super::run::{actions, as_of, looking};
use super::terminal::{grouped, say};
use crate::batch::{Counted, RunOptions, Surveyed, count_file, read_as_one};
use crate::entry::Profile;
use crate::terms::place::column_letters;
use crate::terms::{Code, Heading};

/// Characters of an example that are shown.
const SHOWN: usize = 32;
/// Examples of what stands in cells that are repaired or not understood.
const EXAMPLES: usize = 3;

/// Maps headings, parses and counts; writes nothing.
///
/// # Errors
/// The file or a case folder is refused.
pub fn check(args: &CheckArgs) -> Result<Exit, Failure> {
    let Kept { casebook, crosswalk, products, .. } = kept::read(&args.reading.cases, &args.reading.kept)?;
    kept::warn(&casebook);
    let kept = (crosswalk, products);
    let options = looking(
        as_of(&args.reading.as_of),
        &args.sheets.names,
        &args.reading.file,
        &args.reading.limits,
        kept,
    )?;
    let options = RunOptions { each_apart: false, ..options };
    let survey = count_file(&casebook, &args.input, &options)?;
    let mut text = format!("{}{}\n", heading(&casebook), args.input.display());
    if let Some(note) = read_as_one(survey.sheets.iter().map(|sheet| &sheet.header)) {
        let _ = writeln!(text, "{note}");
    }
    let mut shown: Vec<&Surveyed> = Vec::new();
    for (sheet, examples) in survey.sheets.iter().zip(&survey.found.examples) {
        place(sheet, &mut text);
        match shown.iter().find(|known| known.header.cells == sheet.header.cells) {
            Some(known) => {
                let _ = writeln!(text, "\nHeadings\n  those of sheet {:?}", known.header.source.sheet);
            }
            None => headings(sheet, examples, &mut text),
        }
        shown.push(sheet);
    }
    let tally = &survey.found.tally;
    let _ = writeln!(
        text,
        "\nRows\n  {} below the headings: {} lines, {} further rows of a line, {} that are no lines, {} blank",
        grouped(tally.rows),
        grouped(tally.all.lines),
        grouped(tally.other_rows),
        grouped(tally.no_lines),
        grouped(tally.blank_rows)
    );
    cells(&survey.found, &mut text);
    let _ = write!(text, "\nLines\n{}", actions(tally));
    if !tally.codes.is_empty() {
        text.push_str("\nExceptions\n");
    }
    for (code, lines) in &tally.codes {
        let _ = writeln!(text, "  {code}{:>10}  {}", grouped(*lines), code.meaning());
    }
    say(&text)?;
    Ok(Exit::Finished)
}

fn place(survey: &Surveyed, text: &mut String) {
    let header = &survey.header;
    if !header.source.sheet.is_empty() {
        let _ = writeln!(text, "sheet {:?}", header.source.sheet);
    }
    let profile = survey.columns.profile();
    let title = Profile::named(profile).map(|profile| profile.title).unwrap_or_default();
    let title = if title.is_empty() { String::new() } else { format!(" ({title})") };
    let _ = writeln!(text, "headings on row {}, column profile {profile}{title}", header.number);
    for note in header.notes.iter().chain(&survey.writings.told()) {
        let _ = writeln!(text, "Note: {note}.");
    }
}

fn shortened(text: &str) -> String {
    match text.chars().count() {
        0..=SHOWN => text.to_string(),
        _ => text.chars().take(SHOWN - 1).collect::<String>() + "\u{2026}",
    }
}

fn headings(survey: &Surveyed, examples: &[String], text: &mut String) {
    let columns = &survey.columns;
    text.push_str("\nHeadings\n");
    let _ = writeln!(text, "      {:<34}{:<26}example", "as written", "understood as");
    for (column, heading) in survey.header.cells.iter().enumerate() {
        let bound = columns.bound().iter().position(|bound| *bound == column);
        let field = bound.map_or("-", |place| columns.headings()[place].text());
        let example = examples.get(column).map(|cell| shortened(cell)).unwrap_or_default();
        let heading = shortened(&heading.trim().replace('\n', " "));
        let line = format!("  {:<4}{heading:<34}{field:<26}{example}", column_letters(column));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let absent: Vec<&str> =
        Heading::of_template().filter(|heading| !columns.has(*heading)).map(Heading::text).collect();
    let _ = writeln!(text, "  not in this file: {}", absent.join(", "));
}

/// What would be repaired or is not understood, by column.
fn cells(found: &Counted, text: &mut String) {
    let mut columns: BTreeMap<(&str, Code), (u64, Vec<String>)> = BTreeMap::new();
    for (cause, lines) in found.causes.shown().0 {
        let reading = cause.code.text().starts_with("EN") && !cause.field.is_empty();
        if !reading {
            continue;
        }
        let (count, examples) = columns.entry((&cause.field, cause.code)).or_default();
        *count += lines.lines;
        if examples.len() < EXAMPLES && !cause.found.is_empty() {
            examples.push(format!("{:?}", shortened(&cause.found)));
        }
    }
    if columns.is_empty() {
        return;
    }
    text.push_str("\nCells to look at\n");
    for ((field, code), (count, examples)) in columns {
        let line = format!("  {field:<26}{code}{:>10}  {}", grouped(count), examples.join(", "));
        let _ = writeln!(text, "{}", line.trim_end());
    }
}
