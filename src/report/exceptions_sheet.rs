//! The sheets Exceptions, one row a cause with the largest stake first, and Catalogue, every code and action with its
//! meaning.

use rust_xlsxwriter::{Format, XlsxError};

use super::causes::Causes;
use super::sheet::{Sheet, Value};
use super::wording;
use super::workbook::RunFacts;
use crate::determine::Action;
use crate::terms::Code;

/// Writes the sheet Exceptions.
pub(super) fn write(sheet: &mut Sheet<'_>, facts: &RunFacts, causes: &Causes) -> Result<(), XlsxError> {
    let (shown, more) = causes.shown();
    let said = match more {
        _ if causes.dropped => {
            format!("The largest causes by stake; many more are in {}.", facts.exceptions_csv)
        }
        0 => format!(
            "One row per cause, the largest stake first. Every exception, line by line: {}.",
            facts.exceptions_csv
        ),
        more => format!("The largest causes by stake; {more} more are in {}.", facts.exceptions_csv),
    };
    let looks = sheet.looks;
    sheet.line(&said, &looks.bold)?;
    let first = sheet.row;
    sheet.headings(&[
        ("Code", 8),
        ("Severity", 10),
        ("Lines", 8),
        ("Stake", 16),
        ("Meaning", 44),
        ("Field", 24),
        ("Found", 40),
        ("Expected", 40),
        ("What to do", 44),
        ("Nearest", 30),
        ("First row", 10),
        ("First line", 20),
    ])?;
    for (cause, lines) in &shown {
        sheet.values([
            cause.code.text().into(),
            cause.severity.to_string().into(),
            Value::Whole(lines.lines),
            Value::Money(lines.stake),
            cause.code.meaning().into(),
            cause.field.clone().into(),
            cause.found.clone().into(),
            cause.expected.clone().into(),
            cause.code.remedy().into(),
            lines.nearest.clone().into(),
            facts.linked(lines.first_row),
            lines.first_line.clone().into(),
        ])?;
    }
    sheet.sheet.set_freeze_panes(first + 1, 0)?;
    sheet.sheet.autofilter(first, 0, sheet.row.max(first + 1) - 1, 11)?;
    Ok(())
}

/// Writes the sheet Catalogue.
pub(super) fn catalogue(sheet: &mut Sheet<'_>) -> Result<(), XlsxError> {
    sheet.headings(&[("Code", 8), ("Severity", 10), ("Meaning", 70), ("What to do", 70)])?;
    for code in Code::ALL {
        sheet.values([
            code.text().into(),
            code.severity().to_string().into(),
            code.meaning().into(),
            code.remedy().into(),
        ])?;
    }
    sheet.row += 1;
    sheet.headings(&[("Action", 8), ("", 10), ("When", 70)])?;
    for (action, when) in [
        (
            Action::NotTested,
            "No case in this casebook lists the tariff number and origin and none was declared. Other orders were not looked for.",
        ),
        (Action::NoFigure, "An exception of severity Stop, or a finding that is unsettled at entry."),
        (Action::Review, "A figure is given and a person must confirm it."),
        (Action::Deposit, "A deposit is due at entry under some case, 0.00 percent included."),
        (Action::NoDeposit, "A case was tested and asks nothing."),
    ] {
        sheet.values([action.text().into(), "".into(), when.into()])?;
    }
    sheet.line(wording::SEVERITIES, &Format::new())?;
    Ok(())
}
