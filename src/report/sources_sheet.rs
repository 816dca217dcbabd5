//! The sheet Sources: every notice on which a finding of the run rests, and what the answers are worth.

use rust_xlsxwriter::{Format, XlsxError};

use super::sheet::{Sheet, Value};
use super::tally::Tally;
use super::workbook::{ESTIMATE, RunFacts, tested_against};
use crate::casebook::Casebook;

/// Writes the sheet.
pub(super) fn write(
    sheet: &mut Sheet<'_>,
    casebook: &Casebook,
    facts: &RunFacts,
    tally: &Tally,
) -> Result<(), XlsxError> {
    let looks = sheet.looks;
    sheet.line("Notices on which findings rest", &looks.title)?;
    sheet.line(
        &format!("{} Tariff numbers are hints; scope text decides.", tested_against(casebook)),
        &Format::new(),
    )?;
    sheet.line(ESTIMATE, &Format::new())?;
    sheet.line(&format!("Casebook SHA-256 {}; as of {}.", casebook.sha256(), facts.as_of), &Format::new())?;
    sheet.row += 1;
    sheet.headings(&[
        ("Order family", 30),
        ("Citation", 40),
        ("Kind", 26),
        ("Known from", 12),
        ("Trust", 12),
        ("Lines", 8),
        ("What it says", 60),
        ("Corrects", 30),
        ("CBP message", 12),
        ("Link", 60),
    ])?;
    for (cited, lines) in &tally.notices {
        let notice = cited.notice(casebook);
        sheet.values([
            notice.of.into(),
            notice.citation.into(),
            notice.kind.into(),
            notice.published.to_string().into(),
            notice.trust.word().into(),
            Value::Whole(*lines),
            notice.says.into(),
            notice.corrects.unwrap_or_default().into(),
            notice.message.unwrap_or_default().into(),
            notice.link.map_or(Value::Text(String::new()), |link| Value::Link(link.to_string())),
        ])?;
    }
    Ok(())
}
