//! `cases import`: rows drafted from a pasted text, printed or put beside the law of a case folder for a person to check.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::args::ImportArgs;
use super::exit::{Exit, Failure};
use super::template::{GUIDE_FILE, guide, new_folder, write};
use super::terminal::{complain, say};
use crate::batch::FileError;
use crate::casebook::draft::approval::{DRAFTS, text_sha256};
use crate::casebook::draft::{self, Draft, Held, TEXT_BYTES_MAX};
use crate::casebook::load::rows_at;
use crate::casebook::read::{RATE_COLUMNS, SUFFIX_COLUMNS};
use crate::spreadsheet::whole_text;
use crate::terms::counted::{counted, counted_s};
use crate::terms::sha256::hexadecimal;

/// Drafts rows from a text.
///
/// # Errors
/// The text cannot be read or holds nothing that is known; the folder is about other cases, or holds another draft of this
/// name, or cannot be written to.
pub fn import(args: &ImportArgs) -> Result<Exit, Failure> {
    let shown = args.message.display();
    let (text, note) =
        whole_text(&args.message, args.encoding, TEXT_BYTES_MAX as u64).map_err(FileError::from)?;
    if let Some(note) = note {
        complain(&format!("{shown}: {note}"));
    }
    let mut draft = match draft::draft(&text) {
        Ok(draft) => draft,
        Err(problem) => {
            complain(&format!("{shown}: {problem}"));
            return Ok(Exit::Rejected);
        }
    };
    if draft.is_empty() {
        let mut text = String::new();
        open_lines(&draft, &mut text);
        say(&text)?;
        complain(&format!(
            "{shown}: nothing that a case folder holds was found in it; expected a CBP AD/CVD message, a rate table with its \
             headings, or the records of an ACE case query"
        ));
        return Ok(Exit::Rejected);
    }
    let sha256 = hexadecimal(Sha256::new_with_prefix(&text));
    let told = match &args.into {
        None => draft::toml(&draft, &sha256),
        Some(folder) if folder.exists() => add(&mut draft, folder, &sha256)?,
        Some(folder) => begin(&mut draft, folder, &sha256)?,
    };
    say(&told)?;
    if args.into.is_none() {
        complain(&counts(&draft));
    }
    Ok(if draft.open.is_empty() { Exit::Finished } else { Exit::FailedOn })
}

/// Lines used and open, and rows.
fn counts(draft: &Draft) -> String {
    let mut open: Vec<usize> = draft.open.iter().map(|open| open.line).collect();
    open.dedup();
    format!(
        "{}, {}: {}, {} of them used, {} with something that was not understood; {}, {}, {}, {}",
        draft.source,
        draft.shape.told(),
        counted_s(draft.lines, "line"),
        draft.lines.saturating_sub(open.len()),
        open.len(),
        counted_s(draft.notices.len(), "notice"),
        counted_s(draft.rates.len(), "rate"),
        counted(draft.suffixes.len() as u64, "suffix", "suffixes"),
        counted_s(draft.questions.len(), "question")
    )
}

fn open_lines(draft: &Draft, text: &mut String) {
    if !draft.open.is_empty() {
        text.push_str("\nNot understood\n");
    }
    for open in &draft.open {
        let _ = writeln!(text, "  line {}: {}\n      {}", open.line, open.why, open.text);
    }
}

fn report(draft: &Draft) -> String {
    let mut text = counts(draft) + "\n";
    open_lines(draft, &mut text);
    if !draft.questions.is_empty() {
        text.push_str("\nTo be answered\n");
    }
    for question in &draft.questions {
        let _ = writeln!(text, "  {question}");
    }
    text
}

/// A new case folder that begins with the draft.
fn begin(draft: &mut Draft, folder: &Path, sha256: &str) -> Result<String, Failure> {
    let case = draft::new_folder(draft);
    let place = format!("{DRAFTS}/{}.toml", draft.id);
    let files = [
        ("case.toml".to_string(), case),
        ("rates.csv".to_string(), RATE_COLUMNS.join(",") + "\n"),
        ("suffixes.csv".to_string(), SUFFIX_COLUMNS.join(",") + "\n"),
        (place.clone(), draft::toml(draft, sha256)),
    ];
    // Its examples are of the invented case: of another one they say nothing.
    let guide = (GUIDE_FILE.to_string(), guide());
    let files = files.iter().map(|(place, text)| (place.clone(), text.as_bytes()));
    let bytes: Vec<(String, &[u8])> = files.chain([guide]).collect();
    new_folder(folder, &bytes)?;
    let shown = folder.display();
    Ok(format!(
        "{}\nWritten\n  {shown}/case.toml\n  {shown}/{place}\n  {shown}/{GUIDE_FILE}\nNext: fill the gaps of case.toml (`adcvd cases check \
         {shown}` names them; {GUIDE_FILE} tells how), hold the draft against the text, and set its `checked_by`.",
        report(draft)
    ))
}

/// The draft beside the law of a case folder; what the folder holds is left out.
fn add(draft: &mut Draft, folder: &Path, sha256: &str) -> Result<String, Failure> {
    let rows = rows_at(folder)?;
    let (place, shown) = (folder.join(DRAFTS).join(format!("{}.toml", draft.id)), folder.display());
    if let Ok(there) = fs::read_to_string(&place) {
        if text_sha256(&there).as_deref() == Some(sha256) {
            return Ok(format!("{} is there already: {}", draft.source, place.display()));
        }
        return Err(Failure::Usage(format!(
            "{} is there and was drafted from another text; compare the two, and remove or rename the one that is there",
            place.display()
        )));
    }
    let known = |number| rows.cases.iter().any(|case| case.row.number == number);
    let concerns = draft.cases.iter().any(|case| known(case.number) || case.of.is_some_and(known));
    if let (false, Some(case)) = (concerns, draft.cases.first()) {
        return Err(Failure::Usage(format!(
            "{} is about {}, which is no case of {shown}; give the folder of that case, or the path of a new one",
            draft.source, case.number
        )));
    }
    let held = draft.without(&rows);
    let mut text = report(draft);
    let Held { notices, rates, suffixes, cases } = held;
    if held != Held::default() {
        let _ = writeln!(
            text,
            "\nIn the folder already: {}, {}, {}, {}",
            counted_s(notices, "notice"),
            counted_s(rates, "rate"),
            counted(suffixes as u64, "suffix", "suffixes"),
            counted_s(cases, "case")
        );
    }
    if draft.is_empty() {
        let _ = write!(text, "\n{} is there already: every row of it stands in {shown}.", draft.source);
        return Ok(text);
    }
    let failed = |error: std::io::Error| std::io::Error::other(format!("{}: {error}", place.display()));
    fs::create_dir_all(folder.join(DRAFTS)).map_err(failed)?;
    write(&place, draft::toml(draft, sha256).as_bytes())?;
    let _ = write!(
        text,
        "\nWritten\n  {}\nNothing of it counts yet. Next: hold it against the text and set its `checked_by`; `adcvd cases check \
         {shown}` tells what would be wrong with it.",
        place.display()
    );
    Ok(text)
}
