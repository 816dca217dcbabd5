//! Rows to entry lines: rows of one line are brought together first, then read.
//!
//! Tariff rows of chapter 99 belong to the line of their chapter 1 to 97 number, and amounts that a report repeats on
//! every row of a line count once.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::amount::{AMOUNT_HEADINGS, figure_in, marked_amount_in};
use super::cells::{Cells, quoted};
use super::columns::{Columns, agree};
use super::crosswalk::Crosswalk;
use super::date::{DateCell, Evidence, read_date};
use super::invoice::{InvoiceValue, round_together};
use super::line::{Declared, EntryLine, Read};
use super::liquidation::Liquidation;
use super::products::Products;
use super::tariff::{TARIFF, TariffCell, not_valid_on, tariff};
use super::writing::{ColumnEvidence, Writings};
use crate::spreadsheet::row::{Cell, Row};
use crate::terms::{
    Code, EntryNumber, Exception, GoverningDay, Ground, Heading, Hts, Kind, NoLine, Severity, WholeDollars,
};

/// Fields in which rows of one line must agree: each decides the answer of the whole line.
const AGREE: [Heading; 27] = [
    Heading::Quantity,
    Heading::Unit,
    Heading::EntryType,
    Heading::EntryDate,
    Heading::EntrySummaryDate,
    Heading::WithdrawalDate,
    Heading::ImporterNumber,
    Heading::Origin,
    Heading::AdCvdOrigin,
    Heading::ExportCountry,
    Heading::Exporter,
    Heading::Producer,
    Heading::ChineseSupplier,
    Heading::ManufacturerId,
    Heading::PartNumber,
    Heading::SubjectValue,
    Heading::AdCase,
    Heading::AdPaid,
    Heading::CvdCase,
    Heading::CvdPaid,
    Heading::NonReimbursement,
    Heading::ZoneStatus,
    Heading::Reconciliation,
    Heading::Product,
    Heading::CarbonPercent,
    Heading::EnergyDensityMah,
    Heading::GraphitizationPercent,
];

/// How rows are read: the columns, and how they write.
#[derive(Clone, Debug)]
pub struct Grouping {
    /// Which column means what.
    pub columns: Columns,
    /// How the columns write dates and amounts.
    pub writings: Writings,
    /// Names for manufacturer IDs, where the broker keeps any.
    pub crosswalk: Arc<Crosswalk>,
    /// What was confirmed of products, where the broker keeps it.
    pub products: Arc<Products>,
}

/// The entry lines of some rows, in order, blank rows left out, and what the rows told about their date columns. No line may continue
/// before the first row or after the last.
pub fn lines(grouping: &Grouping, rows: &[Row]) -> (Vec<EntryLine>, ColumnEvidence) {
    let mut evidence = ColumnEvidence::default();
    let mut lines = Vec::with_capacity(rows.len());
    let mut values = Vec::with_capacity(rows.len());
    let mut start = 0;
    while start < rows.len() {
        if rows[start].blank {
            start += 1;
            continue;
        }
        let continued =
            rows[start + 1..].iter().take_while(|row| grouping.columns.same_line(&rows[start], row));
        let end = start + 1 + continued.count();
        let group = Group { grouping, rows: &rows[start..end] };
        let (line, value) = group.line(&mut evidence);
        lines.push(line);
        values.push(value);
        start = end;
    }
    round_together(&mut values);
    for (line, value) in lines.iter_mut().zip(values) {
        if let Some(rounded) = value.rounded {
            line.entered_value = Read::Is(rounded);
        }
    }
    (lines, evidence)
}

/// The rows of one line.
pub(super) struct Group<'a> {
    pub(super) grouping: &'a Grouping,
    pub(super) rows: &'a [Row],
}

/// The tariff numbers of a group: which row is the principal one.
struct Tariffs {
    principal: usize,
    number: Read<Hts>,
    chapter_98: bool,
    /// Rows that are only chapter 98 or 99.
    special: Vec<bool>,
    exceptions: Vec<Exception>,
}

impl Group<'_> {
    fn cell(&self, row: usize, heading: Heading) -> &Cell {
        self.grouping.columns.cell(&self.rows[row], heading)
    }

    fn tariffs(&self) -> Tariffs {
        let read: Vec<TariffCell> =
            (0..self.rows.len()).map(|row| tariff(self.cell(row, Heading::Htsus))).collect();
        let number = |cell: &TariffCell| match cell {
            TariffCell::AsWritten(hts) | TariffCell::StoredAsNumber(hts) | TariffCell::Repaired(hts) => {
                Some(*hts)
            }
            TariffCell::NotUnderstood => None,
        };
        let chapter = |cell: &TariffCell| number(cell).map(Hts::chapter);
        let special: Vec<bool> =
            read.iter().map(|cell| chapter(cell).is_some_and(|chapter| chapter >= 98)).collect();
        let principal = special.iter().position(|special| !special).unwrap_or(0);
        let mut exceptions = Vec::new();
        let heading = Heading::Htsus;
        for (row, cell) in read.iter().enumerate() {
            let found = quoted(self.cell(row, heading));
            let used = number(cell).map(|hts| hts.to_string().into());
            let (code, ground) = match (cell, used) {
                (TariffCell::AsWritten(_), _) => continue,
                // A further row of a line that gives no number of its own goes with the one that does.
                _ if self.rows.len() > 1 && row != principal && self.cell(row, heading).is_blank() => {
                    continue;
                }
                (TariffCell::StoredAsNumber(_), Some(used)) => {
                    (Code::EN02, Ground::Repaired { heading, found, used })
                }
                (TariffCell::Repaired(_), Some(used)) => {
                    (Code::EN08, Ground::Repaired { heading, found, used })
                }
                _ if *self.cell(row, heading) == Cell::FormulaWithoutValue => {
                    (Code::EN07, Ground::Cell { heading, found, expected: TARIFF })
                }
                _ => (Code::EN01, Ground::Cell { heading, found, expected: TARIFF }),
            };
            exceptions.push(Exception::new(code, ground));
        }
        let numbers: Vec<Hts> = read
            .iter()
            .zip(&special)
            .filter(|(_, special)| !**special)
            .filter_map(|(cell, _)| number(cell))
            .collect();
        if numbers.windows(2).any(|pair| pair[0] != pair[1]) {
            let found = numbers.iter().map(Hts::to_string).collect::<Vec<_>>().join(" / ");
            exceptions
                .push(Exception::new(Code::EN05, Ground::RowsDisagree { heading, found: found.into() }));
        }
        if special.iter().all(|special| *special) {
            let found = quoted(self.cell(principal, heading));
            let expected = "a number of chapters 1 to 97 on some row of the line";
            exceptions.push(Exception::new(Code::EN01, Ground::Cell { heading, found, expected }));
        }
        let principal_number = if special[principal] { None } else { number(&read[principal]) };
        Tariffs {
            principal,
            number: principal_number.map_or(Read::NotUnderstood, Read::Is),
            chapter_98: read.iter().any(|cell| chapter(cell) == Some(98)),
            special,
            exceptions,
        }
    }

    /// The entered value of the line. On a chapter 99 row nothing or the same value stands; the value of two rows
    /// with one number counts once. Any other picture is a contradiction.
    fn entered_value(&self, tariffs: &Tariffs, exceptions: &mut Vec<Exception>) -> Read<Decimal> {
        let read = |row: usize, exceptions: &mut Vec<Exception>| {
            let mut cells = self.cells(&self.rows[row]);
            let value = cells.value(Heading::EnteredValue);
            exceptions.append(&mut cells.exceptions);
            value
        };
        let principal = read(tariffs.principal, exceptions);
        for row in (0..self.rows.len()).filter(|row| *row != tariffs.principal) {
            let agrees = match (principal, read(row, exceptions)) {
                (_, Read::Blank) => true,
                (Read::Is(principal), Read::Is(value)) => {
                    value == principal || (tariffs.special[row] && value.is_zero())
                }
                _ => false,
            };
            if !agrees {
                let heading = Heading::EnteredValue;
                let found = [tariffs.principal, row].map(|row| quoted(self.cell(row, heading))).join(" / ");
                exceptions
                    .push(Exception::new(Code::EN05, Ground::RowsDisagree { heading, found: found.into() }));
            }
        }
        principal
    }

    /// One row that holds, for each column, the one value of the rows of the line; EN05 where two differ.
    fn merged(&self, principal: usize, special: &[bool], exceptions: &mut Vec<Exception>) -> Row {
        let columns = &self.grouping.columns;
        let mut merged = self.rows[principal].clone();
        for (place, heading) in columns.headings().iter().enumerate() {
            let filled = |row: &&Row| !columns.cell(row, *heading).is_blank();
            // A chapter 98 or 99 row reports a quantity of its own, or none.
            let of_goods = !matches!(heading, Heading::Quantity | Heading::Unit);
            let rows = self.rows.iter().zip(special).filter(|(_, special)| of_goods || !**special);
            let mut given = rows.map(|(row, _)| row).filter(filled).map(|row| columns.cell(row, *heading));
            let Some(first) = given.next() else { continue };
            if merged.cells[place].is_blank() {
                merged.cells[place] = first.clone();
            }
            let writings = &self.grouping.writings;
            let other = given.find(|cell| !says_the_same(*heading, writings, cell, first));
            if let Some(other) = other.filter(|_| AGREE.contains(heading)) {
                let found = format!("{} / {}", quoted(first), quoted(other)).into();
                exceptions
                    .push(Exception::new(Code::EN05, Ground::RowsDisagree { heading: *heading, found }));
            }
        }
        merged
    }

    /// What the rows are, where they are no entry line.
    pub(super) fn no_line(&self) -> Option<NoLine> {
        let columns = &self.grouping.columns;
        if let [row] = self.rows {
            return columns.no_line(row);
        }
        let Tariffs { principal, special, .. } = self.tariffs();
        columns.no_line(&self.merged(principal, &special, &mut Vec::new()))
    }

    /// What the rows of the line say under a heading that decides no answer; empty where they differ.
    fn one_text(&self, heading: Heading) -> Box<str> {
        let mut given =
            (0..self.rows.len()).map(|row| self.cell(row, heading)).filter(|cell| !cell.is_blank());
        let Some(first) = given.next() else { return Box::default() };
        if given.all(|other| agree(first, other)) { first.shown().into() } else { Box::default() }
    }

    /// A day that decides no deposit, as the rows of the line give it; not understood where they differ.
    fn one_day(&self, heading: Heading, read: Read<jiff::civil::Date>) -> Read<jiff::civil::Date> {
        let differ = self.rows.len() > 1 && read != Read::Blank && self.one_text(heading).is_empty();
        if differ { Read::NotUnderstood } else { read }
    }

    fn cells<'r>(&'r self, row: &'r Row) -> Cells<'r> {
        Cells::new(&self.grouping.columns, self.grouping.writings.marks, row)
    }

    fn tell_marks(&self, evidence: &mut ColumnEvidence) {
        for (heading, evidence) in AMOUNT_HEADINGS.iter().zip(&mut evidence.marks) {
            self.rows.iter().for_each(|row| evidence.see(self.grouping.columns.cell(row, *heading)));
        }
    }

    /// The line, and what rounding its value needs.
    pub(super) fn line(&self, evidence: &mut ColumnEvidence) -> (EntryLine, InvoiceValue) {
        let mut tariffs = self.tariffs();
        let mut exceptions = std::mem::take(&mut tariffs.exceptions);
        let row = match self.rows.len() {
            1 => None,
            _ => Some(self.merged(tariffs.principal, &tariffs.special, &mut exceptions)),
        };
        let row = row.as_ref().unwrap_or(&self.rows[0]);
        let value = self.entered_value(&tariffs, &mut exceptions);
        self.tell_marks(evidence);
        let mut cells = self.cells(row);
        let mut date =
            |cells: &mut Cells<'_>, heading| cells.date(heading, &self.grouping.writings.orders, evidence);
        let entry_date = date(&mut cells, Heading::EntryDate);
        let summary_date = date(&mut cells, Heading::EntrySummaryDate);
        let withdrawal_date = date(&mut cells, Heading::WithdrawalDate);
        let mut line = EntryLine {
            row: self.rows[tariffs.principal].number,
            rows: self.rows.iter().map(|row| row.number).collect(),
            entry_number: cells.identifier(Heading::EntryNumber),
            line_number: cells.text(Heading::LineNumber),
            importer: first_filled([cells.text(Heading::ImporterNumber), cells.text(Heading::ImporterName)]),
            part_number: cells.text(Heading::PartNumber),
            description: cells.text(Heading::Description),
            manufacturer_id: cells.text(Heading::ManufacturerId),
            entry_type: cells.entry_type(),
            governing: None,
            filed: None,
            hts: tariffs.number,
            chapter_98: tariffs.chapter_98,
            origin: cells.country(Heading::Origin),
            ad_cvd_origin: cells.country(Heading::AdCvdOrigin),
            export_country: cells.country(Heading::ExportCountry),
            exported: self.one_day(Heading::ExportDate, date(&mut cells, Heading::ExportDate)),
            exporter: cells.name(Heading::Exporter),
            producer: cells.name(Heading::Producer),
            supplier: cells.name(Heading::ChineseSupplier),
            entered_value: value.map(|value| WholeDollars::from_decimal(value).unwrap_or_default()),
            subject_value: cells
                .value(Heading::SubjectValue)
                .map(|value| WholeDollars::from_decimal(value).unwrap_or_default()),
            quantity: cells.figure(Heading::Quantity),
            unit: cells.unit(),
            declared: Kind::BOTH.map(|kind| cells.declared(kind)),
            paid: Kind::BOTH.map(|kind| cells.paid(kind)),
            liquidation: Liquidation {
                release: cells.date(Heading::ReleaseDate, &self.grouping.writings.orders, evidence),
                day: cells.date(Heading::LiquidationDate, &self.grouping.writings.orders, evidence),
                ..cells.liquidation()
            },
            non_reimbursement: !cells.text(Heading::NonReimbursement).is_empty(),
            non_reimbursement_id: self.one_text(Heading::NonReimbursement),
            bond_cash: [Heading::AdBondCash, Heading::CvdBondCash].map(|heading| self.one_text(heading)),
            zone: cells.zone(),
            reconciled: cells.reconciled(),
            product: cells.text(Heading::Product),
            material: self.one_text(Heading::Material),
            facts: [
                cells.percent(Heading::CarbonPercent),
                cells.figure(Heading::EnergyDensityMah),
                cells.percent(Heading::GraphitizationPercent),
                cells.figure(Heading::EnergyDensityWh),
            ],
            confirmed: None,
            exceptions: Vec::new(),
            no_line: self.grouping.columns.no_line(row),
            disagrees: false,
        };
        line.exceptions = cells.exceptions;
        line.exceptions.append(&mut exceptions);
        formula_like(&self.grouping.columns, row, &mut line.exceptions);
        self.one_column_for_both(&mut line);
        self.grouping.crosswalk.fill(&mut line);
        subject_within_entered(&mut line);
        self.grouping.products.fill(&mut line);
        check_digit(&mut line);
        govern(&mut line, entry_date, summary_date, withdrawal_date);
        if let (Read::Is(hts), Some(day)) = (line.hts, line.governing)
            && let Some(expected) = not_valid_on(hts, day.0)
        {
            let ground = Ground::Cell { heading: Heading::Htsus, found: hts.to_string().into(), expected };
            line.exceptions.push(Exception::new(Code::EN12, ground));
        }
        let columns = &self.grouping.columns;
        for row in self.rows.iter().filter(|row| !columns.fits(row)) {
            let ground = Ground::FieldCount { found: row.fields, expected: columns.width() };
            let severity = Severity::Stop;
            line.exceptions.push(Exception { severity, ..Exception::new(Code::EN01, ground) });
            line.disagrees = true;
        }
        line.disagrees |= line.exceptions.iter().any(|exception| exception.code == Code::EN05);
        let invoice = self.invoice(row, value);
        (line, invoice)
    }

    /// Cases and deposits of layouts with one column for both kinds: each row of the line has its own. An amount that
    /// cannot be given to one case is told.
    fn one_column_for_both(&self, line: &mut EntryLine) {
        let columns = &self.grouping.columns;
        if !columns.has(Heading::AnyCase) && !columns.has(Heading::AnyPaid) {
            return;
        }
        for row in self.rows {
            let mut cells = self.cells(row);
            let cases = cells.any_cases().unwrap_or_default();
            let paid = cells.any_paid();
            if let (Read::Is(_), false) = (paid, cases.len() == 1) {
                let expected = "one case beside the deposit, so that it is known under which it was paid";
                let found = quoted(columns.cell(row, Heading::AnyPaid));
                let ground = Ground::Cell { heading: Heading::AnyPaid, found, expected };
                cells.exceptions.push(Exception::new(Code::EN01, ground));
            }
            for (number, suffix) in &cases {
                let place = number.kind.index();
                let (known, declared) = (line.declared[place], Declared::One(*number, *suffix));
                line.declared[place] = if known == Declared::Nothing || known == declared {
                    declared
                } else {
                    Declared::Several
                };
                match (line.paid[place], paid) {
                    (Read::Is(known), Read::Is(paid)) if known != paid && cases.len() == 1 => {
                        let heading = Heading::AnyPaid;
                        let found = format!("{known} / {paid}").into();
                        let ground = Ground::RowsDisagree { heading, found };
                        cells.exceptions.push(Exception::new(Code::EN05, ground));
                    }
                    (Read::Blank, paid) if cases.len() == 1 => line.paid[place] = paid,
                    _ => {}
                }
            }
            line.exceptions.append(&mut cells.exceptions);
        }
    }

    fn invoice(&self, row: &Row, value: Read<Decimal>) -> InvoiceValue {
        let columns = &self.grouping.columns;
        let [entry, invoice] =
            [Heading::EntryNumber, Heading::InvoiceNumber].map(|heading| columns.cell(row, heading).shown());
        let invoice = InvoiceValue::named(&entry, &invoice);
        InvoiceValue { invoice, value: value.value(), rounded: None }
    }
}

/// Texts of a line that a spreadsheet program would take for a formula, where they are looked at.
pub(super) const TEXTS: [Heading; 10] = [
    Heading::EntryNumber,
    Heading::LineNumber,
    Heading::ImporterNumber,
    Heading::ImporterName,
    Heading::Exporter,
    Heading::Producer,
    Heading::ChineseSupplier,
    Heading::ManufacturerId,
    Heading::PartNumber,
    Heading::Description,
];

/// True for a text that begins like a formula and is no number and no dash for nothing.
pub(super) fn begins_like_a_formula(text: &str) -> bool {
    let rest = text.trim_start_matches(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    rest.len() < text.len() && rest.chars().any(char::is_alphabetic)
}

fn formula_like(columns: &Columns, row: &Row, exceptions: &mut Vec<Exception>) {
    for heading in TEXTS {
        let cell = columns.cell(row, heading);
        if matches!(cell, Cell::Text(text) if begins_like_a_formula(text.trim_start_matches([' ', '\u{a0}'])))
        {
            let expected = "a text that does not begin like a formula";
            let ground = Ground::Cell { heading, found: quoted(cell), expected };
            exceptions.push(Exception::new(Code::EN13, ground));
        }
    }
}

/// True if two cells under a heading mean one value, however each is written: `935` and `935.00`, `2025-08-01` and
/// `08/01/2025`, each as its column is read.
fn says_the_same(heading: Heading, writings: &Writings, one: &Cell, other: &Cell) -> bool {
    let number = |cell: &Cell| match heading {
        Heading::Quantity
        | Heading::CarbonPercent
        | Heading::EnergyDensityMah
        | Heading::GraphitizationPercent => figure_in(cell),
        _ => marked_amount_in(cell, writings.marks.of(heading)),
    };
    let order = writings.orders.of(heading);
    let day = |cell: &Cell| match order.map(|order| read_date(cell, order, &mut Evidence::default())) {
        Some(DateCell::Is(day)) => Some(day),
        _ => None,
    };
    one.shown() == other.shown()
        || number(one).zip(number(other)).is_some_and(|(one, other)| one == other)
        || day(one).zip(day(other)).is_some_and(|(one, other)| one == other)
}

fn first_filled(texts: [Box<str>; 2]) -> Box<str> {
    let [first, second] = texts;
    if first.is_empty() { second } else { first }
}

/// The subject portion cannot be worth more than the article (R1.14 of the AE chapter: at most the line value).
pub fn subject_within_entered(line: &mut EntryLine) {
    // Reading: a subject portion worth nothing, or a quantity of nothing, is a column that a report fills with zeros.
    if line.subject_value == Read::Is(WholeDollars::default()) {
        line.subject_value = Read::Blank;
    }
    if matches!(line.quantity, Read::Is(quantity) if quantity.is_zero()) {
        line.quantity = Read::Blank;
    }
    let (Read::Is(subject), Read::Is(entered)) = (line.subject_value, line.entered_value) else { return };
    if subject > entered {
        let heading = Heading::SubjectValue;
        let expected = "a value of the subject portion that is not above the entered value";
        let ground = Ground::Cell { heading, found: subject.to_string().into(), expected };
        line.exceptions.push(Exception::new(Code::EN01, ground));
        line.subject_value = Read::NotUnderstood;
    }
}

fn check_digit(line: &mut EntryLine) {
    let Some(number) = EntryNumber::parse(&line.entry_number) else { return };
    if !number.check_digit_fits() {
        let ground = Ground::CheckDigit { found: line.entry_number.clone(), expected: number.check_digit() };
        line.exceptions.push(Exception::new(Code::EN04, ground));
    }
}

/// Which date governs: the withdrawal for types 31, 32, 34 and 38, else the entry (19 USC 1671b(d)(2), 19 CFR
/// 141.101(b)). A date that governs and is missing or not understood is EN03.
fn govern(
    line: &mut EntryLine,
    entry: Read<jiff::civil::Date>,
    summary: Read<jiff::civil::Date>,
    withdrawal: Read<jiff::civil::Date>,
) {
    let withdrawn = matches!(line.entry_type, Read::Is(entry_type) if entry_type.is_withdrawal());
    let (heading, governing) =
        if withdrawn { (Heading::WithdrawalDate, withdrawal) } else { (Heading::EntryDate, entry) };
    line.governing = governing.value().map(GoverningDay);
    line.filed = summary.value().or(if withdrawn { withdrawal.value() } else { None });
    let unread = line.exceptions.iter_mut().find(
        |exception| matches!(exception.ground, Ground::Cell { heading: found, .. } if found == heading),
    );
    if let Some(exception) = unread {
        exception.code = Code::EN03;
        exception.severity = Code::EN03.severity();
    } else if governing == Read::Blank {
        let expected = if withdrawn { "the date of withdrawal from warehouse" } else { "the date of entry" };
        let ground = Ground::Cell { heading, found: "".into(), expected };
        line.exceptions.push(Exception::new(Code::EN03, ground));
    }
}
