//! `explain`: one line, of a file or typed.

use std::sync::Arc;

use super::args::{ExplainArgs, FactArgs};
use super::exit::{Exit, Failure};
use super::kept::{self, Kept};
use super::law::heading;
use super::run::{as_of, looking};
use super::terminal::say;
use crate::batch::memo::Memo;
use crate::batch::survey::find_by_hand;
use crate::batch::survey_file;
use crate::casebook::Casebook;
use crate::determine::LineFindings;
use crate::entry::line::{plain, plain_number};
use crate::entry::{Columns, Crosswalk, EntryLine, Products, Profile};
use crate::report::explain::{amount, explain as told_in_full};
use crate::spreadsheet::row::Cell;
use crate::terms::{Heading, KnownDay};

/// A line, and its sheet where several are read.
type Placed = (Option<String>, (EntryLine, LineFindings));

/// Explains a line.
///
/// # Errors
/// The file is refused, or the line is not in it.
pub fn explain(args: &ExplainArgs) -> Result<Exit, Failure> {
    let Kept { casebook, crosswalk, products, .. } = kept::read(&args.reading.cases, &args.reading.kept)?;
    kept::warn(&casebook);
    let as_of = as_of(&args.reading.as_of);
    let found = match &args.input {
        Some(_) => of_file(&casebook, args, as_of, (crosswalk, products))?,
        None => vec![(None, typed(&casebook, &args.facts, as_of)?)],
    };
    for (sheet, (line, findings)) in found {
        if let Some(sheet) = sheet {
            say(&format!("Sheet {sheet:?}, row {}", line.row))?;
        }
        let told = told_in_full(&casebook, &line, &findings, as_of);
        say(&format!("{}{told}{}", heading(&casebook), without(&casebook, &line, as_of)))?;
    }
    Ok(Exit::Finished)
}

/// What the line owes without what is assumed.
fn without(casebook: &Casebook, line: &EntryLine, as_of: KnownDay) -> String {
    let Some(assumed) = casebook.assumed() else { return String::new() };
    let found = Memo::default().findings(&assumed.without, line, as_of);
    let [at_entry, restated] = [found.at_entry, found.restated].map(amount);
    format!("\nWithout the assumption: {at_entry} at entry, {restated} restated\n")
}

fn of_file(
    casebook: &Casebook,
    args: &ExplainArgs,
    as_of: KnownDay,
    kept: (Arc<Crosswalk>, Arc<Products>),
) -> Result<Vec<Placed>, Failure> {
    let Some(input) = &args.input else { return Ok(Vec::new()) };
    let wanted = |line: &EntryLine| match (&args.line, args.row) {
        (Some(label), _) => same_line(line, label),
        (None, Some(row)) => line.rows.contains(&row),
        (None, None) => false,
    };
    if args.line.is_none() && args.row.is_none() {
        return Err(Failure::Usage("say which line: --line ENTRY/LINE or --row N".to_string()));
    }
    let options = looking(as_of, &args.sheets, &args.reading.file, &args.reading.limits, kept)?;
    let survey = survey_file(casebook, input, &options, |found: &mut Vec<_>, source, line, findings| {
        if wanted(line) {
            found.push((source.sheet.clone(), (line.clone(), findings.clone())));
        }
    })?;
    if survey.found.is_empty() {
        let what = match (&args.line, args.row) {
            (Some(label), _) => {
                format!("no line {label:?}; lines are named ENTRY/LINE as they stand in the file")
            }
            (None, row) => format!("no entry line on row {}", row.unwrap_or_default()),
        };
        return Err(Failure::Usage(format!("{} has {what}", input.display())));
    }
    // A row of this number may stand in each of several sheets: all are told.
    let several = survey.sheets.len() > 1;
    Ok(survey.found.into_iter().map(|(sheet, line)| (Some(sheet).filter(|_| several), line)).collect())
}

/// Facts that were typed stand on no row.
fn named((mut line, findings): (EntryLine, LineFindings)) -> (EntryLine, LineFindings) {
    line.entry_number = "The facts given".into();
    (line, findings)
}

/// True if `label` names the line, or with an entry number alone one of its lines. Hyphens, case and leading zeros of
/// the line number do not matter.
fn same_line(line: &EntryLine, label: &str) -> bool {
    let (entry, number) =
        label.split_once('/').map_or((label, None), |(entry, number)| (entry, Some(number)));
    let number_fits = |number: &str| plain_number(number) == plain_number(&line.line_number);
    !line.entry_number.is_empty()
        && plain(entry) == plain(&line.entry_number)
        && number.is_none_or(number_fits)
}

fn typed(
    casebook: &Casebook,
    facts: &FactArgs,
    as_of: KnownDay,
) -> Result<(EntryLine, LineFindings), Failure> {
    let given = [
        (Heading::Htsus, &facts.hts, "--hts"),
        (Heading::Origin, &facts.origin, "--origin"),
        (Heading::EntryDate, &facts.entry_date, "--entry-date"),
        (Heading::EnteredValue, &facts.value, "--value"),
        (Heading::AdCvdOrigin, &facts.ad_cvd_origin, ""),
        (Heading::ExportCountry, &facts.export_country, ""),
        (Heading::ExportDate, &facts.export_date, ""),
        (Heading::EntryType, &facts.entry_type, ""),
        (Heading::Exporter, &facts.exporter, ""),
        (Heading::Producer, &facts.producer, ""),
        (Heading::ChineseSupplier, &facts.supplier, ""),
        (Heading::SubjectValue, &facts.subject_value, ""),
        (Heading::Quantity, &facts.quantity, ""),
        (Heading::Unit, &facts.unit, ""),
        (Heading::Product, &facts.product, ""),
        (Heading::Material, &facts.material, ""),
        (Heading::CarbonPercent, &facts.carbon, ""),
        (Heading::EnergyDensityMah, &facts.energy_density, ""),
        (Heading::EnergyDensityWh, &facts.energy_density_wh, ""),
        (Heading::GraphitizationPercent, &facts.graphitization, ""),
        (Heading::AdCase, &facts.ad_case, ""),
        (Heading::CvdCase, &facts.cvd_case, ""),
    ];
    let missing: Vec<&str> = given
        .iter()
        .filter(|(_, value, flag)| !flag.is_empty() && value.is_none())
        .map(|(_, _, flag)| *flag)
        .collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        return Err(Failure::Usage(format!("without an INPUT the facts are needed: {missing} missing")));
    }
    let headings: Vec<String> = given.iter().map(|(heading, ..)| heading.text().to_string()).collect();
    let columns =
        Columns::bind(&headings, &Profile::own()).map_err(|error| Failure::Usage(error.to_string()))?;
    let cell =
        |value: &Option<String>| value.as_ref().map_or(Cell::Empty, |text| Cell::Text(text.as_str().into()));
    let cells = given.iter().map(|(_, value, _)| cell(value)).collect();
    let found = find_by_hand(casebook, &columns, cells, as_of);
    found.map(named).ok_or_else(|| Failure::Usage("no facts".to_string()))
}
