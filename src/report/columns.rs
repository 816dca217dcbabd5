//! The columns added to every line of the annotated file.

use rust_decimal::Decimal;

use super::wording;
use crate::casebook::Casebook;
use crate::determine::{Finding, LineFindings};
use crate::entry::EntryLine;
use crate::spreadsheet::row::Cell;
use crate::terms::{Kind, Money, WholeDollars};

/// The headings of our columns, in order.
pub const COLUMNS: [&str; 25] = [
    "Action",
    "Reason",
    "Exceptions",
    "Entry Type To File",
    "Scope",
    "Exporter Matched",
    "Producer Matched",
    "AD Case",
    "AD Rate",
    "AD Rung",
    "AD Base",
    "AD Deposit at Entry",
    "AD Deposit Restated",
    "AD Difference",
    "CVD Case",
    "CVD Rate",
    "CVD Rung",
    "CVD Base",
    "CVD Deposit at Entry",
    "CVD Deposit Restated",
    "CVD Difference",
    "Deposit at Entry",
    "Deposit Restated",
    "Standing",
    "Source",
];

/// What a column is, for widths and number formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// The action, styled by its word.
    Action,
    /// Words.
    Text,
    /// A sentence.
    Sentence,
    /// Whole dollars.
    Dollars,
    /// Dollars and cents.
    Money,
}

/// The kind of the column at a place of [`COLUMNS`].
pub fn column_kind(place: usize) -> ColumnKind {
    match COLUMNS[place] {
        "Action" => ColumnKind::Action,
        "Reason" | "Source" => ColumnKind::Sentence,
        "AD Base" | "CVD Base" => ColumnKind::Dollars,
        name if name.contains("Deposit") || name.contains("Difference") => ColumnKind::Money,
        _ => ColumnKind::Text,
    }
}

/// The headings to print for an input with these headings: where the input already has a column of one of our names,
/// ours gets the suffix ` (adcvd)`.
pub fn headings(input: &[String]) -> Vec<String> {
    let taken = |name: &str| input.iter().any(|heading| heading.trim().eq_ignore_ascii_case(name));
    COLUMNS
        .iter()
        .map(|name| if taken(name) { format!("{name} (adcvd)") } else { (*name).to_string() })
        .collect()
}

/// The note on the heading of `Deposit Restated`.
pub const RESTATED_NOTE: &str = "What stands as known on the as-of day. A deposit is an estimate: this is neither an \
                                 assessed duty nor a promise of a refund.";

fn text(text: impl Into<String>) -> Cell {
    let text: String = text.into();
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) }
}

fn money(amount: Option<Money>) -> Cell {
    amount.map_or(Cell::Empty, |amount| Cell::Number(amount.decimal()))
}

fn dollars(value: Option<WholeDollars>) -> Cell {
    value.map_or(Cell::Empty, |value| Cell::Number(Decimal::from(value.dollars())))
}

/// Our cells for the principal row of a line, in the order of [`COLUMNS`].
pub fn cells(casebook: &Casebook, line: &EntryLine, findings: &LineFindings) -> Vec<Cell> {
    let mut cells = Vec::with_capacity(COLUMNS.len());
    let answer = findings.answer.as_deref();
    let codes: Vec<String> = unique_codes(findings);
    let matched = |party: Option<(usize, usize)>| {
        party.map_or(Cell::Empty, |party| text(wording::official_name(casebook, findings, party)))
    };
    cells.push(text(findings.action.text()));
    cells.push(text(wording::reason(casebook, line, findings)));
    cells.push(text(codes.join(" ")));
    cells.push(findings.file_as().map_or(Cell::Empty, |entry_type| text(entry_type.to_string())));
    cells.push(findings.scope().map_or(Cell::Empty, |scope| text(scope.text())));
    cells.push(matched(answer.and_then(|answer| answer.exporter)));
    cells.push(matched(answer.and_then(|answer| answer.producer)));
    for kind in Kind::BOTH {
        let found = &findings.cases[kind.index()];
        let rate = found.rate.map(|(family, rate)| &casebook.families()[family].rates[rate].row);
        let rung =
            answer.and_then(|answer| answer.case(kind)).and_then(|case| match &case.at_entry.finding {
                Finding::Deposit(used) => Some(used.rung.text()),
                _ => None,
            });
        let shown = found.rate.is_some();
        cells.push(found.number.map_or(Cell::Empty, |(number, suffix)| text(number.as_filed(suffix))));
        cells.push(rate.map_or(Cell::Empty, |rate| text(wording::rate(rate))));
        cells.push(text(rung.filter(|_| shown).unwrap_or_default()));
        cells.push(dollars(found.base));
        cells.push(money(found.at_entry));
        cells.push(money(found.restated));
        cells.push(money(found.difference));
    }
    cells.push(money(findings.at_entry));
    cells.push(money(findings.restated));
    cells.push(text(wording::standing(casebook, findings)));
    cells.push(text(wording::sources(casebook, findings).join("; ")));
    cells
}

/// Codes in catalogue order, each once.
pub fn unique_codes(findings: &LineFindings) -> Vec<String> {
    let mut codes: Vec<String> =
        findings.exceptions.iter().map(|exception| exception.code.to_string()).collect();
    codes.dedup();
    codes
}

/// Our cells for the other rows of a line: they say where the findings stand, and repeat no amount.
pub fn cells_of_other_row(line: &EntryLine) -> Vec<Cell> {
    let mut cells = vec![Cell::Empty; COLUMNS.len()];
    cells[1] = text(format!("Part of entry line {}: see row {}.", line.label(), line.row));
    cells
}
