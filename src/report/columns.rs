//! The columns added to every line of the annotated file.

use super::wording;
use crate::casebook::{Casebook, HYPOTHETICAL};
use crate::determine::{Finding, LineAmounts, LineFindings};
use crate::entry::EntryLine;
use crate::spreadsheet::Figure;
use crate::spreadsheet::row::Cell;
use crate::terms::{Kind, NoLine};

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
/// ours gets the suffix ` (adcvd)`. Under an assumption each begins with `HYPOTHETICAL`, so that nothing which looks for
/// a column by its name takes the figures for real ones.
pub fn headings(input: &[String], hypothetical: bool) -> Vec<String> {
    let taken = |name: &str| input.iter().any(|heading| heading.trim().eq_ignore_ascii_case(name));
    let names = COLUMNS.iter().map(|name| match hypothetical {
        true => format!("{HYPOTHETICAL} {name}"),
        false => (*name).to_string(),
    });
    names.map(|name| if taken(&name) { format!("{name} (adcvd)") } else { name }).collect()
}

/// The note on the heading of `Deposit Restated`.
pub const RESTATED_NOTE: &str = "What stands as known on the as-of day. A deposit is an estimate: this is neither an \
                                 assessed duty nor a promise of a refund.";

/// Our cells for the principal row of a line, in the order of [`COLUMNS`].
pub fn cells(casebook: &Casebook, line: &EntryLine, findings: &LineFindings) -> Vec<Cell> {
    let mut words = words(casebook, line, findings).into_iter();
    let mut figures = figures(&LineAmounts::of(findings)).into_iter();
    let cell = |place| match column_kind(place) {
        ColumnKind::Dollars | ColumnKind::Money => figures.next().and_then(Figure::decimal).map(Cell::Number),
        ColumnKind::Action | ColumnKind::Text | ColumnKind::Sentence => {
            words.next().filter(|text| !text.is_empty()).map(|text| Cell::Text(text.into()))
        }
    };
    (0..COLUMNS.len()).map(cell).map(Option::unwrap_or_default).collect()
}

/// The words of our cells for the principal row of a line: one text for each of [`COLUMNS`] that holds no figure, in
/// order; empty for no cell.
pub fn words(casebook: &Casebook, line: &EntryLine, findings: &LineFindings) -> Vec<String> {
    let answer = findings.answer.as_deref();
    let matched = |party: Option<(usize, usize)>| {
        party.map(|party| wording::official_name(casebook, findings, party).to_string()).unwrap_or_default()
    };
    let mut words = vec![
        findings.action.text().to_string(),
        wording::reason(casebook, line, findings),
        unique_codes(findings).join(" "),
        findings.file_as().map(|entry_type| entry_type.to_string()).unwrap_or_default(),
        findings.scope().map(|scope| scope.text().to_string()).unwrap_or_default(),
        matched(answer.and_then(|answer| answer.exporter)),
        matched(answer.and_then(|answer| answer.producer)),
    ];
    for kind in Kind::BOTH {
        let found = &findings.cases[kind.index()];
        let rate = found.rate.map(|(family, rate)| &casebook.families()[family].rates[rate].row);
        let rung =
            answer.and_then(|answer| answer.case(kind)).and_then(|case| match &case.at_entry.finding {
                Finding::Deposit(used) => Some(used.rung.text()),
                _ => None,
            });
        words.push(found.number.map(|(number, suffix)| number.as_filed(suffix)).unwrap_or_default());
        words.push(rate.map(wording::rate).unwrap_or_default());
        words.push(rung.filter(|_| found.rate.is_some()).unwrap_or_default().to_string());
    }
    words.push(wording::standing(casebook, findings));
    words.push(wording::sources(casebook, findings).join("; "));
    words
}

/// The figures of our cells, in the order of the columns that hold figures: base, due at entry, restated and
/// difference of each kind, then both sums.
pub fn figures(amounts: &LineAmounts) -> [Figure; FIGURES] {
    let [ad, cvd] = &amounts.cases;
    let dollars = |base: Option<u64>| base.map_or(Figure::Empty, Figure::Dollars);
    let cents = |amount: Option<i64>| amount.map_or(Figure::Empty, Figure::Cents);
    [
        dollars(ad.base),
        cents(ad.at_entry),
        cents(ad.restated),
        cents(ad.difference),
        dollars(cvd.base),
        cents(cvd.at_entry),
        cents(cvd.restated),
        cents(cvd.difference),
        cents(amounts.at_entry),
        cents(amounts.restated),
    ]
}

/// How many of [`COLUMNS`] hold figures.
pub const FIGURES: usize = 10;

/// Codes in catalogue order, each once.
pub fn unique_codes(findings: &LineFindings) -> Vec<String> {
    let mut codes: Vec<String> =
        findings.exceptions.iter().map(|exception| exception.code.to_string()).collect();
    codes.dedup();
    codes
}

/// The column and the text of the one cell that a row gets which is no entry line.
pub fn note_of_no_line(what: NoLine) -> (usize, &'static str) {
    let text = match what {
        NoLine::Total => "No entry line: no tariff number, origin or date stands on this row.",
        NoLine::Headings => "No entry line: the headings again.",
    };
    (1, text)
}

/// The column and the text of the one cell that the other rows of a line get: it says where the findings stand, and
/// repeats no amount.
pub fn note_of_other_row(line: &EntryLine) -> (usize, String) {
    (1, format!("Part of entry line {}: see row {}.", line.label(), line.row))
}
