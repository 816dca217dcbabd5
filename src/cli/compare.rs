//! `compare`: what is due against what a report of ACE says was paid.

use std::fmt::Write;

use super::args::CompareArgs;
use super::exit::{Exit, Failure};
use super::kept::{self, Kept};
use super::options::FileOption;
use super::run::{as_of, looking};
use super::terminal::{complain, grouped, say};
use crate::batch::{CompareOutcome, RunOptions, compare_files, names};
use crate::entry::Needed;
use crate::records::{Class, ClassSums};
use crate::report::compare::control_totals;
use crate::report::workbook::tested_against;
use crate::spreadsheet::EVERY_SHEET;
use crate::terms::Kind;
use crate::terms::money::Grouped;

/// Compares the entries with the report and writes what came of it. A difference is no error.
///
/// # Errors
/// A file or a case folder is refused, or an output cannot be written.
pub fn compare(args: &CompareArgs) -> Result<Exit, Failure> {
    if args.reading.cases.assume.is_some() {
        let told =
            "what was paid is compared with what was due, not with what is assumed: leave --assume away";
        return Err(Failure::Usage(told.to_string()));
    }
    let Kept { casebook, crosswalk, products, records, notes } =
        kept::read(&args.reading.cases, &args.reading.kept)?;
    if !args.quiet {
        notes.iter().for_each(|note| complain(note));
    }
    let as_of = as_of(&args.reading.as_of);
    let (out, force) = (args.out.clone(), args.force);
    let kept = (crosswalk, products);
    let options =
        looking(as_of, &one_sheet(&args.sheet)?, &args.reading.file, &args.reading.limits, kept.clone())?;
    let options = RunOptions { out, force, records, ..options };
    let of_report =
        FileOption { columns: args.deposits_columns.clone(), encoding: args.deposits_encoding, order: None };
    let of_report =
        looking(as_of, &one_sheet(&args.deposits_sheet)?, &of_report, &args.reading.limits, kept)?;
    let of_report = RunOptions { needed: Needed::Deposits, ..of_report };
    let base = names(std::slice::from_ref(&args.input)).concat();
    let (entries, report) = ((&*args.input, &options), (&*args.deposits, &of_report));
    let outcome = compare_files(&casebook, entries, report, &base)?;
    if args.json {
        say(&serde_json::to_string_pretty(&outcome.manifest).map_err(std::io::Error::other)?)?;
    } else if !args.quiet {
        let tested = tested_against(&casebook);
        let (input, report) = (args.input.display(), args.deposits.display());
        say(&format!("{tested}\n{input} against {report}  as of {as_of}\n{}", summary(&outcome)))?;
    }
    Ok(Exit::Finished)
}

/// The sheet that is asked for. Of each file one is compared.
fn one_sheet(asked: &Option<String>) -> Result<Vec<String>, Failure> {
    match asked.as_deref() {
        Some(EVERY_SHEET) => Err(Failure::Usage("one sheet of each file is compared: name it".to_string())),
        asked => Ok(asked.map(str::to_string).into_iter().collect()),
    }
}

fn summary(outcome: &CompareOutcome) -> String {
    let mut text = String::new();
    for kind in Kind::BOTH {
        let heading = format!("{kind} by class");
        let _ =
            writeln!(text, "\n  {heading:<26}{:>10}{:>20}{:>20}{:>20}", "lines", "due", "paid", "difference");
        let mut line = |name: &str, sums: &ClassSums| {
            let [due, paid, difference] =
                [sums.due, sums.paid, sums.difference].map(|amount| Grouped(amount).to_string());
            let lines = grouped(sums.lines);
            let _ = writeln!(text, "  {name:<26}{lines:>10}{due:>20}{paid:>20}{difference:>20}");
        };
        for class in Class::ALL {
            let sums = outcome.classes.get(&class).map(|sums| sums[kind.index()]).unwrap_or_default();
            if sums.lines > 0 {
                line(class.text(), &sums);
            }
        }
        line("all", &outcome.totals[kind.index()].all);
    }
    text.push_str("\nControl totals, which tie out\n");
    for kind in Kind::BOTH {
        for (what, amount) in control_totals(kind, &outcome.totals[kind.index()]) {
            let _ = writeln!(text, "  {what:<66}{:>20}", Grouped(amount).to_string());
        }
    }
    text.push_str("\nWritten\n");
    for (path, what) in [
        (&outcome.names.workbook, "differences by money, and all rows"),
        (&outcome.names.rows, "every row, for machines"),
        (&outcome.names.manifest, "hashes and control totals"),
    ] {
        let _ = writeln!(text, "  {}  {what}", path.display());
    }
    for note in &outcome.notes {
        let _ = writeln!(text, "Note: {note}.");
    }
    text
}
