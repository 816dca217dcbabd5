//! The letter of a pack: on one page what an importer is asked for, by when, and what its lines come to. Every figure on it
//! stands on another sheet of the report; it adds up nothing across cases or statuses, and promises nothing.

use std::cmp::Reverse;

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use super::causes::Causes;
use super::deposits::Deposits;
use super::sheet::{Sheet, Value};
use super::tally::Tally;
use super::waiting::added;
use super::watch::Watch;
use super::watch_rows::meaning;
use super::watch_sheets::{Agenda, READING, sums_by_status};
use super::workbook::{ESTIMATE, Gathered, RunFacts, tested_against};
use crate::casebook::Casebook;
use crate::determine::Action;
use crate::records::{aliases, products};
use crate::terms::counted::counted;
use crate::terms::money::Grouped;
use crate::terms::{Code, Kind, Money};

/// The name of the sheet.
pub(super) const SHEET: &str = "Letter";
/// Rows of a table of the letter, at most: it is one page.
const ROWS_SHOWN: usize = 8;
/// Of [`ASKED`], at most: those with the largest stake.
const ASKED_SHOWN: usize = 5;
/// Entries that want correcting are named, if they are no more.
const ENTRIES_NAMED: usize = 3;
/// Widths of the columns, in characters.
const WIDTHS: [u32; 6] = [48, 13, 15, 17, 17, 18];

/// To whom a pack goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressee {
    /// Importer number as first written.
    pub number: String,
    /// Names as written, each once; not all of many.
    pub names: Vec<String>,
    /// How many entries the file has of it.
    pub entries: u64,
}

/// The page.
pub(super) fn page() -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(SHEET)?.set_portrait().set_paper_size(LETTER_PAPER).set_print_fit_to_pages(1, 1);
    sheet.set_margins(0.6, 0.6, 0.6, 0.6, 0.3, 0.3).set_screen_gridlines(false);
    Ok(sheet)
}

/// US Letter, by its number in the file format (ECMA-376 part 1, 18.3.1.63).
const LETTER_PAPER: u8 = 1;

/// Writes the letter.
pub(super) fn write(
    sheet: &mut Sheet<'_>,
    casebook: &Casebook,
    facts: &RunFacts,
    addressee: &Addressee,
    tally: &Tally,
    gathered: &Gathered<'_>,
) -> Result<(), XlsxError> {
    let Gathered { watch, agenda, deposits, .. } = *gathered;
    let looks = sheet.looks;
    sheet.widths(&WIDTHS)?;
    if let Some(told) = casebook.hypothetical() {
        sheet.row = 0;
        sheet.paragraph(&told, &looks.hypothetical)?;
    }
    sheet.line("AD/CVD cash deposits on your entries", &looks.title)?;
    let name = addressee.names.first().map(|name| format!("{name}, ")).unwrap_or_default();
    sheet.paragraph(&format!("To: {name}importer number {}", addressee.number), &looks.bold)?;
    sheet.paragraph(&looked_at(facts, addressee, tally, deposits), &Format::new())?;
    sheet.paragraph(&tested_against(casebook), &Format::new())?;

    section(sheet, "What we need from you")?;
    for asked in needs(tally, gathered) {
        sheet.paragraph(&format!("\u{2022} {asked}"), &Format::new())?;
    }

    section(sheet, "Next days (sheet Deadlines)")?;
    let coming = agenda.coming();
    for (day, what, entries) in &coming {
        sheet.paragraph(&format!("{day}  {what}: {}", counted(*entries, "entry", "entries")), &looks.bold)?;
    }
    let passed = agenda.passed_told();
    if let Some(passed) = &passed {
        sheet.paragraph(passed, &looks.bold)?;
    }
    if coming.is_empty() && passed.is_none() {
        sheet.paragraph("No day is known by which somebody has to act.", &Format::new())?;
    }

    by_case(sheet, tally)?;
    not_standing(sheet, watch)?;

    section(sheet, "What is short (sheet Corrections)")?;
    for short in short(agenda) {
        sheet.paragraph(&short, &Format::new())?;
    }
    sheet.row += 1;
    sheet.paragraph(&format!("{ESTIMATE} {READING} This letter is no legal advice."), &looks.small)
}

fn section(sheet: &mut Sheet<'_>, title: &str) -> Result<(), XlsxError> {
    sheet.row += 1;
    sheet.paragraph(title, &sheet.looks.heading)
}

/// What was looked at.
fn looked_at(facts: &RunFacts, addressee: &Addressee, tally: &Tally, deposits: &Deposits) -> String {
    let mut months = deposits.months.keys().flatten();
    let month = |(year, month): &(i16, i8)| format!("{year:04}-{month:02}");
    let period = match (months.next(), months.next_back()) {
        (Some(first), Some(last)) => format!("Entries of {} to {}", month(first), month(last)),
        (Some(only), None) => format!("Entries of {}", month(only)),
        (None, _) => "Entries without a date".to_string(),
    };
    let entries = match addressee.entries {
        0 => String::new(),
        entries => format!(" of {}", counted(entries, "entry", "entries")),
    };
    let value = Grouped(Money::from_cents(i128::from(tally.all.entered_value) * 100));
    format!(
        "{period}: {}{entries}, entered value {value}. As known on {}.",
        counted(tally.all.lines, "line", "lines"),
        facts.as_of
    )
}

/// What an importer can settle itself, by the code of the lines that want it. What names and products want stands in
/// their sheets; all else is for the broker.
const ASKED: [(Code, &str); 8] = [
    (Code::PA01, "Name exporter and producer of these goods"),
    (Code::PA03, "Say who made and who exported these goods, with the invoices: the pair decides the rate"),
    (Code::PA07, "Name the supplier in the case country"),
    (Code::SC01, "No case is declared, and the goods look like those of a case: say whether they are"),
    (Code::SC06, "Ask the supplier where these goods were made for AD/CVD purposes"),
    (Code::SC09, "These goods are described otherwise than was confirmed: say which is right"),
    (Code::CD03, "Give quantity and unit of the subject goods"),
    (Code::NR01, "Give the statement of non-reimbursement; it has to be filed before liquidation"),
];

/// What is asked of the importer.
fn needs(tally: &Tally, gathered: &Gathered<'_>) -> Vec<String> {
    let Gathered { causes, names, products: waiting, watch, .. } = *gathered;
    let some = |count: usize, more: bool| match more {
        true => format!("more than {count}"),
        false => count.to_string(),
    };
    let mut needs = Vec::new();
    let (shown, more) = names.waiting.shown();
    if !shown.is_empty() {
        needs.push(format!(
            "Company names: {} (sheet {}). Say of each which listed company it is, or that it is none of them; where one \
             comes near, it stands beside it.",
            some(shown.len(), more),
            aliases::SHEET
        ));
    }
    let (shown, more) = waiting.waiting.shown();
    if !shown.is_empty() {
        needs.push(format!(
            "Products: {} (sheet {}). Give of each what the column Missing names, and the evidence.",
            some(shown.len(), more),
            products::SHEET
        ));
    }
    if waiting.unnamed > 0 {
        let lines = counted(waiting.unnamed, "line lacks", "lines lack");
        needs.push(format!("{lines} facts on the goods and name no product: give their part numbers."));
    }
    needs.extend(asked(causes));
    let unclear = watch.entries_to_look_up();
    if unclear > 0 {
        needs.push(format!(
            "Liquidation: {} (CHECK ACE, sheet Refund Watch). Give of each the day on which it liquidated, or say that it \
             has not.",
            counted(unclear, "entry", "entries")
        ));
    }
    if needs.is_empty() {
        needs.push("Nothing now: no line waits for you.".to_string());
    } else {
        needs.push("Fill in the sheets named and send this workbook back to us.".to_string());
    }
    let (open, review) = (tally.lines(Action::NoFigure), tally.lines(Action::Review));
    if open + review > 0 {
        needs.push(format!(
            "Open in all, what we look into ourselves included: {} without a figure, {} whose figure is to be confirmed \
             (sheet Exceptions).",
            counted(open, "line", "lines"),
            counted(review, "line", "lines")
        ));
    }
    needs
}

/// What an importer can settle itself, the largest stake first.
fn asked(causes: &Causes) -> Vec<String> {
    let (shown, _) = causes.shown();
    let wanted = ASKED.iter().enumerate().filter_map(|(place, (code, ask))| {
        let of = shown.iter().filter(|(cause, _)| cause.code == *code).map(|(_, lines)| lines);
        let lines: u64 = of.clone().map(|lines| lines.lines).sum();
        let stake = of.fold(None, |stake, lines| added(stake, lines.stake));
        (lines > 0).then_some((stake, place, lines, *code, *ask))
    });
    let mut wanted: Vec<_> = wanted.collect();
    wanted.sort_by_key(|(stake, place, ..)| (Reverse(*stake), *place));
    let told = wanted.into_iter().take(ASKED_SHOWN).map(|(stake, _, lines, code, ask)| {
        let stake = stake.filter(|stake| !stake.is_zero());
        let stake =
            stake.map(|stake| format!(", {} between the answers", Grouped(stake))).unwrap_or_default();
        format!("{ask} ({code}: {}{stake}).", counted(lines, "line", "lines"))
    });
    told.collect()
}

/// The headings of a table; those of figures stand over them.
fn table_head(sheet: &mut Sheet<'_>, names: [&str; WIDTHS.len()], words: usize) -> Result<(), XlsxError> {
    let left = Format::new().set_bold().set_border_bottom(FormatBorder::Thin);
    let right = left.clone().set_align(FormatAlign::Right);
    for (column, (place, name)) in (0u16..).zip(names.into_iter().enumerate()) {
        let look = if place < words { &left } else { &right };
        sheet.sheet.write_string_with_format(sheet.row, column, name, look)?;
    }
    sheet.row += 1;
    Ok(())
}

fn by_case(sheet: &mut Sheet<'_>, tally: &Tally) -> Result<(), XlsxError> {
    section(sheet, "What your lines come to (sheet Summary)")?;
    let names =
        ["Case", "Lines", "Entered value", "Deposit at entry", "Deposit restated", "Paid, where known"];
    table_head(sheet, names, 1)?;
    for (case, sums) in tally.cases.iter().take(ROWS_SHOWN) {
        sheet.values([
            case.to_string().into(),
            Value::Whole(sums.lines),
            Value::Whole(sums.entered_value),
            Value::Money(Some(sums.at_entry)),
            Value::Money(Some(sums.restated)),
            Value::Money(Some(sums.paid)),
        ])?;
    }
    let more = tally.cases.len().saturating_sub(ROWS_SHOWN);
    if more > 0 {
        sheet.paragraph(&format!("and {more} more cases: sheet Summary."), &Format::new())?;
    }
    if tally.cases.is_empty() {
        sheet.paragraph("No case of those tested concerns a line.", &Format::new())?;
    }
    let unknown = tally.cases.values().map(|sums| sums.paid_not_known).max().unwrap_or_default();
    if unknown > 0 {
        sheet.paragraph(
            "Where the file does not say what was paid, nothing is counted as paid.",
            &Format::new(),
        )?;
    }
    Ok(())
}

/// What no longer stands as it was paid, by what can be done. Never one sum of all.
fn not_standing(sheet: &mut Sheet<'_>, watch: &Watch) -> Result<(), XlsxError> {
    section(sheet, "What no longer stands as it was paid (sheet Refund Watch)")?;
    let sums = sums_by_status(watch);
    if sums.is_empty() {
        return sheet.paragraph("There is none.", &Format::new());
    }
    let names =
        ["Where it stands", "Case", "Lines", "Paid, where known", "Stands of it", "Paid less restated"];
    table_head(sheet, names, 2)?;
    for ((status, case), sums) in sums.iter().take(ROWS_SHOWN) {
        let money = |cents: i128| Value::Money(Some(Money::from_cents(cents)));
        sheet.values([
            format!("{}: {}", status.text(), meaning(*status)).into(),
            case.to_string().into(),
            Value::Whole(sums.lines),
            money(sums.paid),
            money(sums.restated),
            money(sums.paid - sums.restated),
        ])?;
    }
    let more = sums.len().saturating_sub(ROWS_SHOWN);
    let more = if more > 0 { format!("And {more} more rows there. ") } else { String::new() };
    sheet.paragraph(&format!("{more}Each row is different money: there is no sum of all."), &Format::new())
}

/// What is owed beyond what was paid, AD and CVD apart; and how many entries want correcting for whatever reason.
fn short(agenda: &Agenda<'_>) -> Vec<String> {
    let told = Kind::BOTH.iter().zip(agenda.short()).filter(|(_, (entries, _))| *entries > 0);
    let told = told.map(|(kind, (entries, cents))| {
        let money = Grouped(Money::from_cents(cents));
        format!("{kind}: {money} on {}.", counted(entries, "entry", "entries"))
    });
    let mut told: Vec<String> = told.collect();
    if told.is_empty() {
        told.push("Nothing, as far as the file says what was paid.".to_string());
    }
    let corrected = agenda.to_correct();
    if !corrected.is_empty() {
        let entries = counted(corrected.len() as u64, "entry wants", "entries want");
        let few =
            corrected.len() <= ENTRIES_NAMED && corrected.iter().all(|entry| !entry.entry_number.is_empty());
        let named = corrected.iter().filter(|_| few).map(|entry| &*entry.entry_number).collect::<Vec<_>>();
        let named = if few { format!(" ({})", named.join(", ")) } else { String::new() };
        told.push(format!("{entries} correcting in all{named}: of type, case or amount."));
    }
    told
}
