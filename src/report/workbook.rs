//! The exceptions report: in a pack a Letter, then Summary, Exceptions, Names to confirm, Products to confirm, Refund
//! Watch, Corrections, Deadlines, ACE Queries, Sources, Catalogue.

use std::io::{Seek, Write};

use jiff::civil::Date;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::ace_queries::{self, AceQueries};
use super::causes::Causes;
use super::charts;
use super::deposit_tables;
use super::deposits::Deposits;
use super::exceptions_sheet;
use super::first_steps;
use super::letter::{self, Addressee};
use super::names::Names;
use super::names_sheet;
use super::products::Products;
use super::products_sheet;
use super::sheet::{Looks, Sheet, Value};
use super::sources_sheet;
use super::tally::{Sums, Tally};
use super::watch::Watch;
use super::watch_sheets::{self, Agenda};
use super::what_if;
use crate::casebook::{Casebook, Family};
use crate::determine::Action;
use crate::entry::Products as ConfirmedProducts;
use crate::records::{aliases, products};
use crate::spreadsheet::WrittenSheet;
use crate::spreadsheet::new_workbook::properties;
use crate::terms::place::SheetRow;

/// What the report tells of a run, beside its tally and causes.
#[derive(Clone, Debug)]
pub struct RunFacts {
    /// The input's file name.
    pub input: String,
    /// The day asked from.
    pub as_of: Date,
    /// Version of the program.
    pub version: &'static str,
    /// Name of the CSV that holds every exception.
    pub exceptions_csv: String,
    /// Names of the CSVs of refunds, corrections and deadlines.
    pub watch_csvs: [String; 3],
    /// Why the broker's workbook was written anew, if so.
    pub written_anew: Option<&'static str>,
    /// What else is to be told of the run.
    pub notes: Vec<String>,
    /// Names of the sheets that were read, in order; an empty one where there are none.
    pub sheets: Vec<String>,
    /// File name of the annotated file, and its sheets with lines in the order of those that were read.
    pub annotated: (String, Vec<WrittenSheet>),
    /// To whom the report goes, where it is one importer's. It then tells no decision but those on what it asks for:
    /// the others may be another importer's.
    pub addressee: Option<Addressee>,
}

impl RunFacts {
    /// A row as a sheet of the report names it: its number, and where several sheets were read also the sheet.
    pub(super) fn place(&self, at: SheetRow) -> Value {
        match self.sheets.get(at.sheet).filter(|_| self.sheets.len() > 1) {
            Some(sheet) => format!("{sheet}, row {}", at.row).into(),
            None => Value::Whole(at.row),
        }
    }

    /// A row that leads to where it stands in the annotated workbook, if it surely stands there under its number.
    pub(super) fn linked(&self, at: SheetRow) -> Value {
        match self.link(at) {
            Some(link) => Value::Linked(Box::new(self.place(at)), link),
            None => self.place(at),
        }
    }

    pub(super) fn link(&self, at: SheetRow) -> Option<String> {
        let (file, sheets) = &self.annotated;
        let sheet = sheets.get(at.sheet).filter(|sheet| at.row <= sheet.kept_to)?;
        let name = sheet.name.as_ref()?.replace('\'', "''");
        // In a link these would begin something else.
        let plain = !file.contains(['#', '%', '?']);
        plain.then(|| format!("file:///{file}#'{name}'!A{}", at.row))
    }
}

/// What was gathered over the file for people.
#[derive(Clone, Copy, Debug)]
pub struct Gathered<'a> {
    /// Exceptions by cause.
    pub causes: &'a Causes,
    /// Names that wait for a decision.
    pub names: &'a Names,
    /// Products that wait for a decision.
    pub products: &'a Products,
    /// Decisions on products that were applied.
    pub confirmed: &'a ConfirmedProducts,
    /// What is watched.
    pub watch: &'a Watch,
    /// What is to be done about its entries.
    pub agenda: &'a Agenda<'a>,
    /// Deposits by importer, exporter and month.
    pub deposits: &'a Deposits,
    /// What is to be confirmed in ACE.
    pub ace: &'a AceQueries,
    /// What would be without the assumption, where there is one.
    pub without: Option<&'a Tally>,
}

/// The first sentences of every summary: what was tested, and what was not. Families that were checked through
/// different days each say their own: the earliest alone would hide how fresh the others are, the latest how old.
pub fn tested_against(casebook: &Casebook) -> String {
    let families = casebook.families();
    let noun = if families.len() == 1 { "family" } else { "families" };
    let day = |family: &Family| format!("{}, checked through {}", family.title, family.checked_through);
    let checked = match casebook.checked_through() {
        None => ", checked through never".to_string(),
        Some((first, last)) if first == last => format!(", checked through {first}"),
        Some(_) if families.len() <= NAMED_FAMILIES => {
            format!(": {}", families.iter().map(day).collect::<Vec<_>>().join("; "))
        }
        Some((first, last)) => {
            format!(", checked through days from {first} to {last} (`adcvd cases list` says the day of each)")
        }
    };
    format!("Tested against {} order {noun}{checked}. Not a screen of all US orders.", families.len())
}

/// More families than these are counted, not named: the sentence stands in one cell and on one line.
const NAMED_FAMILIES: usize = 4;

/// Printed on every output: what a deposit is.
pub const ESTIMATE: &str = "A deposit is an estimate of duty, not final duty. Restated amounts are what stands as known \
                            on the as-of day; they are not assessed and no promise of a refund.";

/// Writes the report.
///
/// # Errors
/// The disk is full or fails.
pub fn write(
    casebook: &Casebook,
    facts: &RunFacts,
    tally: &Tally,
    gathered: &Gathered<'_>,
    to: &mut (impl Write + Seek + Send),
) -> Result<(), XlsxError> {
    let Gathered { causes, names, products: waiting, confirmed, watch, agenda, .. } = *gathered;
    let hypothetical = casebook.hypothetical();
    let hypothetical = hypothetical.as_deref();
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(facts.as_of)?);
    let looks = Looks::new();
    let begin = |name: &str| -> Result<Worksheet, XlsxError> {
        let mut sheet = Worksheet::new();
        sheet.set_name(name)?.set_landscape().set_print_fit_to_pages(1, 0);
        Ok(sheet)
    };
    let mut sheets = [
        begin("Summary")?,
        begin("Exceptions")?,
        begin(aliases::SHEET)?,
        begin(products::SHEET)?,
        begin("Refund Watch")?,
        begin("Corrections")?,
        begin("Deadlines")?,
        begin(ace_queries::SHEET)?,
        begin("Sources")?,
        begin("Catalogue")?,
        begin(aliases::LISTED_SHEET)?,
        begin(products::WORDS_SHEET)?,
    ];
    let [
        summary_sheet,
        exceptions_sheet,
        names_sheet,
        products_sheet,
        refunds_sheet,
        corrections_sheet,
        deadlines_sheet,
        ace_sheet,
        sources_sheet,
        catalogue_sheet,
        listed_sheet,
        words_sheet,
    ] = &mut sheets;
    let begin = |sheet| Sheet::begin(sheet, &looks, hypothetical);
    summary(&mut begin(summary_sheet)?, casebook, facts, tally, gathered)?;
    exceptions_sheet::write(&mut begin(exceptions_sheet)?, facts, causes)?;
    let listed = names_sheet::write_listed(listed_sheet, casebook)?;
    names_sheet::write(&mut begin(names_sheet)?, casebook, facts, names, listed)?;
    let words = products_sheet::write_words(words_sheet, casebook)?;
    let products_sheet = &mut begin(products_sheet)?;
    products_sheet::write(products_sheet, casebook, facts, (waiting, confirmed), words)?;
    let [refunds_csv, corrections_csv, deadlines_csv] = &facts.watch_csvs;
    watch_sheets::refund_watch(&mut begin(refunds_sheet)?, casebook, watch, refunds_csv)?;
    watch_sheets::corrections(&mut begin(corrections_sheet)?, agenda, corrections_csv)?;
    watch_sheets::deadline_sheet(&mut begin(deadlines_sheet)?, agenda, deadlines_csv)?;
    ace_queries::write(&mut begin(ace_sheet)?, casebook, gathered.ace)?;
    sources_sheet::write(&mut begin(sources_sheet)?, casebook, facts, tally)?;
    exceptions_sheet::catalogue(&mut begin(catalogue_sheet)?)?;
    if let Some(addressee) = &facts.addressee {
        let mut page = letter::page()?;
        letter::write(&mut begin(&mut page)?, casebook, facts, addressee, tally, gathered)?;
        workbook.push_worksheet(page);
    }
    for sheet in sheets {
        workbook.push_worksheet(sheet);
    }
    workbook.save_to_writer(to)
}

fn sums(label: Value, sums: &Sums, by_case: bool) -> Vec<Value> {
    let mut values = vec![
        label,
        Value::Whole(sums.lines),
        Value::Whole(sums.entered_value),
        Value::Money(Some(sums.at_entry)),
        Value::Money(Some(sums.restated)),
        Value::Money(Some(sums.paid)),
        Value::Whole(sums.paid_not_known),
    ];
    // Differences are never netted across AD and CVD: they are summed by case alone.
    if by_case {
        values.push(Value::Money(Some(sums.difference)));
    }
    values
}

fn summary(
    sheet: &mut Sheet<'_>,
    casebook: &Casebook,
    facts: &RunFacts,
    tally: &Tally,
    gathered: &Gathered<'_>,
) -> Result<(), XlsxError> {
    let Gathered { causes, watch, agenda, without, deposits, .. } = *gathered;
    let looks = sheet.looks;
    sheet.line(&tested_against(casebook), &looks.bold)?;
    sheet.line(&format!("AD/CVD deposits: {}", facts.input), &looks.title)?;
    sheet.line(&format!("As of {}. adcvd {}.", facts.as_of, facts.version), &Format::new())?;
    sheet.line(ESTIMATE, &Format::new())?;
    let charts_told = sheet.row;
    sheet.row += 1;
    if let Some(why) = facts.written_anew {
        sheet.line(&format!("Note: {why}."), &Format::new())?;
    }
    for note in &facts.notes {
        sheet.line(&format!("Note: {note}"), &Format::new())?;
    }
    if let Some(without) = without {
        what_if::compared(sheet, tally, without)?;
    }
    sheet.row += 1;
    sheet.line("What to do first", &looks.bold)?;
    let (shown, _) = causes.shown();
    first_steps::write(sheet, facts, &shown)?;
    if tally.lines(Action::NoFigure) + tally.lines(Action::Review) == 0 {
        sheet.line("Nothing waits for a person.", &Format::new())?;
    }
    watch_sheets::next_days(sheet, agenda)?;
    sheet.row += 1;
    let money = [
        ("Lines", 10),
        ("Entered value", 18),
        ("Deposit at entry", 18),
        ("Deposit restated", 18),
        ("Paid, as the file says", 18),
        ("Lines without a paid figure", 14),
        ("Paid less restated", 18),
    ];
    let with = |first: &'static str, columns: &[(&'static str, u32)]| [&[(first, 44)], columns].concat();
    sheet.headings(&with("By action", &money[..6]))?;
    let actions = sheet.row;
    for action in Action::ALL {
        let empty = Sums::default();
        let of_action = tally.actions.get(&action).unwrap_or(&empty);
        let mut values = sums(action.text().into(), of_action, false);
        // 0.00 would say that nothing is due.
        if matches!(action, Action::NoFigure | Action::NotTested) {
            values[3] = Value::Text(String::new());
        }
        if action == Action::NotTested {
            values[4] = Value::Text(String::new());
        }
        sheet.values(values)?;
    }
    sheet.values(sums("All lines; deposits of those with a figure".into(), &tally.all, false))?;
    sheet.row += 1;
    sheet.headings(&with("By case", &money))?;
    for (case, of_case) in &tally.cases {
        sheet.values(sums(case.to_string().into(), of_case, true))?;
    }
    sheet.line("Each case counts its own figures; a line that lacks a figure under another case is in no sum by action.", &Format::new())?;
    sheet.line(
        "Paid less restated is a difference over entries of every status: what may come back, and how, stands in Refund Watch.",
        &Format::new(),
    )?;
    let months = deposit_tables::by_month(sheet, deposits, &tally.all)?;
    deposit_tables::by_importer(sheet, facts.as_of, deposits, &tally.all)?;
    deposit_tables::by_exporter(sheet, deposits, &tally.all)?;
    let stakes = deposit_tables::largest_stakes(sheet, &shown)?;
    if !watch.sums.is_empty() {
        sheet.row += 1;
        watch_sheets::by_status(sheet, watch)?;
    }
    sheet.row += 1;
    sheet.headings(&[("By exception", 44), ("Lines", 10)])?;
    for (code, lines) in &tally.codes {
        sheet.values([format!("{code} {}", code.meaning()).into(), Value::Whole(*lines)])?;
    }
    sheet.row += 1;
    sheet.headings(&[("Control totals", 44), ("Count", 10)])?;
    for (label, count) in [
        ("Rows below the headings", tally.rows),
        ("Entry lines", tally.all.lines),
        ("Further rows of a line", tally.other_rows),
        ("Rows that are no entry lines", tally.no_lines),
        ("Blank rows", tally.blank_rows),
        ("Hidden rows, read like any other", tally.hidden_rows),
        ("Lines without a value", tally.value_not_known),
    ] {
        sheet.values([label.into(), Value::Whole(count)])?;
    }
    // Tables of several widths stand one below the other: every column is as wide as money needs.
    sheet.sheet.set_column_width(0, 44)?;
    for column in 1..=MONEY_COLUMNS {
        sheet.sheet.set_column_width(column, 18)?;
    }
    let actions = (actions, actions + Action::ALL.len() as u32 - 1);
    let charts = charts::Charted { months, actions, stakes, hypothetical: casebook.hypothetical().is_some() };
    charts::write(sheet, charts_told, &charts)
}

/// Columns of the Summary that may hold money, behind the first.
const MONEY_COLUMNS: u16 = 12;
