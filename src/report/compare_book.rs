//! The workbook of a comparison: Summary, Differences by money, All.

use std::io::{Seek, Write};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::compare::{CompareFacts, Field, HEADINGS, control_totals, fields};
use super::sheet::{Looks, Sheet, Value};
use super::workbook::ESTIMATE;
use crate::records::{Class, ClassSums, Compared};
use crate::spreadsheet::new_workbook::properties;
use crate::terms::{Kind, Source};

/// Rows of the sheet Differences, at most: the largest by money. All rows are in the CSV.
pub const DIFFERENCES_SHOWN: usize = 10_000;
/// Rows of the sheet All, at most: each takes some three kilobytes while the workbook is made.
pub const ALL_SHOWN: usize = 50_000;

/// Writes the workbook.
///
/// # Errors
/// The disk is full or fails.
pub fn write(
    facts: &CompareFacts<'_>,
    compared: &[Compared<'_>],
    to: &mut (impl Write + Seek + Send),
) -> Result<(), XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(facts.as_of)?);
    let looks = Looks::new();
    let mut differences: Vec<&Compared<'_>> = compared.iter().filter(|row| row.is_difference()).collect();
    // The order of the file among rows of one amount: the sort is stable.
    differences.sort_by_key(|row| std::cmp::Reverse(row.stake()));
    let mut sheets = Vec::new();
    let mut add = |name: &str, fill: &dyn Fn(&mut Sheet<'_>) -> Result<(), XlsxError>| {
        let mut sheet = Worksheet::new();
        sheet.set_name(name)?.set_landscape().set_print_fit_to_pages(1, 0);
        fill(&mut Sheet { sheet: &mut sheet, row: 0, looks: &looks, widths: vec![] })?;
        sheets.push(sheet);
        Ok::<(), XlsxError>(())
    };
    add("Summary", &|sheet| summary(sheet, facts))?;
    add("Differences", &|sheet| {
        let said = "Paid less due at entry, the largest money first. What agrees is in the sheet All.";
        rows(sheet, said, &differences, DIFFERENCES_SHOWN, facts)
    })?;
    let all: Vec<&Compared<'_>> = compared.iter().collect();
    add("All", &|sheet| {
        let said =
            "Every line under AD and under CVD: the entries in their order, then what only the report has.";
        rows(sheet, said, &all, ALL_SHOWN, facts)
    })?;
    for sheet in sheets {
        workbook.push_worksheet(sheet);
    }
    workbook.save_to_writer(to)
}

fn place(source: &Source) -> String {
    match source.sheet.as_str() {
        "" => source.file.clone(),
        sheet => format!("{}, sheet {sheet}", source.file),
    }
}

fn summary(sheet: &mut Sheet<'_>, facts: &CompareFacts<'_>) -> Result<(), XlsxError> {
    let looks = sheet.looks;
    let plain = Format::new();
    sheet.line(&facts.tested, &looks.bold)?;
    sheet.line("AD/CVD deposits: due and paid", &looks.title)?;
    sheet.line(&format!("Due: {}. Paid: {}.", place(facts.entries), place(facts.report)), &plain)?;
    sheet.line(&format!("As of {}. adcvd {}.", facts.as_of, env!("CARGO_PKG_VERSION")), &plain)?;
    sheet.line(ESTIMATE, &plain)?;
    sheet.line(
        "Compared is the deposit that was due at entry; lines are joined by entry number and line number, never by the \
         entry alone.",
        &plain,
    )?;
    for note in facts.notes {
        sheet.line(&format!("Note: {note}."), &plain)?;
    }
    for kind in Kind::BOTH {
        sheet.row += 1;
        by_class(sheet, facts, kind)?;
    }
    sheet.row += 1;
    sheet.headings(&[("Control totals", 64), ("Amount", 18)])?;
    for kind in Kind::BOTH {
        for (what, amount) in control_totals(kind, &facts.totals[kind.index()]) {
            sheet.values([what.into(), Value::Money(Some(amount))])?;
        }
    }
    sheet.row += 1;
    sheet.headings(&[("Counts", 64), ("Count", 18)])?;
    sheet.values(["Lines of the entries".into(), Value::Whole(facts.entry_lines)])?;
    for (what, count) in facts.counts {
        sheet.values([format!("{what}, in the report").into(), Value::Whole(count)])?;
    }
    Ok(())
}

fn by_class(sheet: &mut Sheet<'_>, facts: &CompareFacts<'_>, kind: Kind) -> Result<(), XlsxError> {
    let heading = format!("{kind} by class");
    sheet.headings(&[
        (&heading, 64),
        ("Lines", 18),
        ("Due at entry", 18),
        ("Paid", 18),
        ("Difference, where both are known", 18),
        ("Due restated", 18),
    ])?;
    let mut all = ClassSums::default();
    let values = |name: &str, sums: &ClassSums| {
        [
            name.into(),
            Value::Whole(sums.lines),
            Value::Money(Some(sums.due)),
            Value::Money(Some(sums.paid)),
            Value::Money(Some(sums.difference)),
            Value::Money(Some(sums.restated)),
        ]
    };
    for class in Class::ALL {
        let sums = facts.classes.get(&class).map(|sums| sums[kind.index()]).unwrap_or_default();
        all.merge(&sums);
        sheet.values(values(class.text(), &sums))?;
    }
    sheet.values(values("all", &all))
}

fn rows(
    sheet: &mut Sheet<'_>,
    said: &str,
    rows: &[&Compared<'_>],
    most: usize,
    facts: &CompareFacts<'_>,
) -> Result<(), XlsxError> {
    let looks = sheet.looks;
    let more = rows.len().saturating_sub(most);
    let said = match more {
        0 => said.to_string(),
        more => format!("{said} {more} more rows are in {}.", facts.rows_csv),
    };
    sheet.line(&said, &looks.bold)?;
    let first = sheet.row;
    sheet.headings(&HEADINGS)?;
    for row in rows.iter().take(most) {
        sheet.values(fields(row).map(|field| match field {
            Field::Text(text) => Value::Text(text),
            Field::Dollars(None) => Value::Text(String::new()),
            Field::Dollars(Some(value)) => Value::Whole(value.dollars()),
            Field::Money(amount) => Value::Money(amount),
        }))?;
    }
    sheet.sheet.set_freeze_panes(first + 1, 0)?;
    let last = u16::try_from(HEADINGS.len() - 1).unwrap_or_default();
    sheet.sheet.autofilter(first, 0, sheet.row.max(first + 1) - 1, last)?;
    Ok(())
}
