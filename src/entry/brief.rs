//! Lines read quickly: what the cells that decide say is read once for all lines whose cells hold the same bytes, and so
//! is every company name; what is a line's own - its numbers, dates and amounts - is read for each.
//!
//! A line that has anything out of the ordinary is read in full, by the one reader that knows all of it. Whatever is
//! read quickly would come out the same in full.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::amount::amount_in;
use super::cells::Cells;
use super::columns::Columns;
use super::date::{DATE_HEADINGS, DateCell, Evidence, read_date};
use super::group::{Group, Grouping};
use super::invoice::{InvoiceValue, round_together};
use super::line::{EntryLine, Name, Read, Stated};
use super::remembered::{Remembered, Shared};
use crate::spreadsheet::row::{Cell, RawCell, Row, Rows};
use crate::terms::{Code, EntryNumber, GoverningDay, Heading, KnownDay, Money, WholeDollars};

/// Prototypes that are remembered: some 4 MiB. A file that does not repeat gains nothing from more.
const PROTOTYPES_MAX: usize = 4_096;
/// Company names that are remembered: some 2 MiB.
const COMPANIES_MAX: usize = 8_192;
/// Classes of company names: a few for each name of a casebook.
const CLASSES_MAX: usize = 65_536;
/// Days that one reader remembers.
const DAYS_MAX: usize = 4_096;

/// The headings under which a line's own cells stand: they differ from line to line and decide nothing but amounts,
/// days and names of the line. All others that are read at all belong to the prototype.
const OWN: [Heading; 18] = [
    Heading::EntryNumber,
    Heading::LineNumber,
    Heading::EntryDate,
    Heading::EntrySummaryDate,
    Heading::WithdrawalDate,
    Heading::ReleaseDate,
    Heading::LiquidationDate,
    Heading::ImporterNumber,
    Heading::ImporterName,
    Heading::ManufacturerId,
    Heading::PartNumber,
    Heading::Description,
    Heading::EnteredValue,
    Heading::SubjectValue,
    Heading::Quantity,
    Heading::AdPaid,
    Heading::CvdPaid,
    Heading::InvoiceNumber,
];

/// The headings under which companies are named.
const COMPANIES: [Heading; 3] = [Heading::Exporter, Heading::Producer, Heading::ChineseSupplier];

/// How law may know a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinship {
    /// No list of any case has ever named it: to law, such names are all alike.
    Stranger,
    /// Some list names, or has named, a company that is called so.
    Known,
    /// And some notice prints it exactly so.
    Printed,
}

/// A company name as a line has it.
#[derive(Debug)]
pub struct Company {
    /// The name.
    pub name: Name,
    /// Names of one class are one to law; 0 for no name.
    pub class: u32,
    /// Distinguishes the companies of one file.
    pub serial: u64,
}

/// What lines with the same deciding cells have in common.
#[derive(Debug)]
pub struct Prototype {
    /// An entry line without its companies, numbers, days and amounts.
    pub line: EntryLine,
    /// Distinguishes the prototypes of one file.
    pub serial: u64,
}

/// A line that was read quickly.
#[derive(Clone, Debug)]
pub struct BriefLine {
    /// Place of its row in the piece.
    pub place: usize,
    /// Row of the sheet.
    pub row: u64,
    /// What it has in common with others.
    pub prototype: Arc<Prototype>,
    /// Exporter, producer, supplier.
    pub companies: [Arc<Company>; 3],
    /// Entry number as written.
    pub entry_number: Box<str>,
    /// Line number as written.
    pub line_number: Box<str>,
    /// The day that fixes the rate.
    pub governing: GoverningDay,
    /// Entry summary date, or the withdrawal date of a withdrawal.
    pub filed: Option<Date>,
    /// Its figures.
    pub stated: Stated,
}

impl BriefLine {
    /// The line in full, but for what products and importers are called.
    pub fn line(&self) -> EntryLine {
        let [exporter, producer, supplier] = self.companies.each_ref().map(|company| company.name.clone());
        EntryLine {
            exporter,
            producer,
            supplier,
            row: self.row,
            rows: vec![self.row],
            entry_number: self.entry_number.clone(),
            line_number: self.line_number.clone(),
            governing: Some(self.governing),
            filed: self.filed,
            entered_value: self.stated.entered_value,
            subject_value: self.stated.subject_value,
            quantity: self.stated.quantity,
            paid: self.stated.paid,
            ..self.prototype.line.clone()
        }
    }

    /// See [`EntryLine::filing_day`].
    pub fn filing_day(&self, as_of: KnownDay) -> KnownDay {
        let filed = self.filed.unwrap_or(self.governing.0).max(self.governing.0);
        KnownDay(filed.min(as_of.0))
    }
}

/// A line as it was read.
#[derive(Clone, Debug)]
pub enum ReadLine {
    /// Quickly.
    Brief(BriefLine),
    /// In full: its place is that of its first row in the piece.
    Full(Box<EntryLine>),
}

/// What keeps a line from being read quickly.
struct Odd;

/// What all readers of a file know of its cells.
pub struct Known {
    companies: Shared<Vec<u8>, Arc<Company>>,
    prototypes: Shared<Vec<u8>, Arc<Prototype>>,
    /// Classes of names that law may know, by key, or by the very text where a notice prints it so.
    classes: Shared<String, u32>,
    serial: AtomicU64,
}

impl Default for Known {
    fn default() -> Known {
        Known {
            companies: Shared::new(COMPANIES_MAX),
            prototypes: Shared::new(PROTOTYPES_MAX),
            classes: Shared::new(CLASSES_MAX),
            serial: AtomicU64::new(1),
        }
    }
}

impl Known {
    fn serial(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }

    /// The class of a name: to law, names of one class are one.
    fn class(&self, name: &Name, kinship: Kinship) -> u32 {
        let known = match kinship {
            Kinship::Stranger => return 1,
            Kinship::Known => format!("{:?} {:?}", name.key, name.without_address),
            Kinship::Printed => format!("as printed: {}", name.text),
        };
        self.classes.get_or(known.as_str(), || u32::try_from(self.serial() + 1).unwrap_or(u32::MAX))
    }
}

/// Reads lines; what it looks up often it keeps at hand.
pub struct LineReader {
    known: Arc<Known>,
    companies: Remembered<Vec<u8>, Arc<Company>>,
    none: Arc<Company>,
    prototypes: Remembered<Vec<u8>, Arc<Prototype>>,
    days: Remembered<Vec<u8>, Date>,
    key: Vec<u8>,
}

impl LineReader {
    /// A reader beside others of the same file.
    pub fn new(known: Arc<Known>) -> LineReader {
        LineReader {
            known,
            companies: Remembered::new(COMPANIES_MAX),
            none: Arc::new(Company { name: Name::default(), class: 0, serial: 0 }),
            prototypes: Remembered::new(PROTOTYPES_MAX),
            days: Remembered::new(DAYS_MAX),
            key: Vec::new(),
        }
    }

    /// The entry lines of the rows of a piece, as [`super::group::lines`] reads them. `kinship` tells how law may know a
    /// name.
    pub fn read(
        &mut self,
        grouping: &Grouping,
        rows: &Rows,
        kinship: &dyn Fn(&Name) -> Kinship,
    ) -> (Vec<ReadLine>, [Evidence; DATE_HEADINGS.len()]) {
        let mut evidence = [Evidence::default(); DATE_HEADINGS.len()];
        let mut lines = Vec::with_capacity(rows.len());
        let mut values = Vec::with_capacity(rows.len());
        let mut start = 0;
        while start < rows.len() {
            if rows.is_blank(start) {
                start += 1;
                continue;
            }
            let mut end = start + 1;
            while end < rows.len() && !rows.is_blank(end) && same_line(&grouping.columns, rows, start, end) {
                end += 1;
            }
            let brief = if end == start + 1 { self.brief(grouping, rows, start, kinship, &mut evidence) } else { Err(Odd) };
            let (line, value) = brief.unwrap_or_else(|Odd| {
                let decoded: Vec<Row> = (start..end).map(|row| rows.row(row)).collect();
                let (line, value) = Group { grouping, rows: &decoded }.line(&mut evidence);
                (ReadLine::Full(Box::new(line)), value)
            });
            lines.push(line);
            values.push(value);
            start = end;
        }
        round_together(&mut values);
        for (line, value) in lines.iter_mut().zip(values) {
            if let Some(rounded) = value.rounded.map(Read::Is) {
                match line {
                    ReadLine::Brief(line) => line.stated.entered_value = rounded,
                    ReadLine::Full(line) => line.entered_value = rounded,
                }
            }
        }
        (lines, evidence)
    }

    fn brief(
        &mut self,
        grouping: &Grouping,
        rows: &Rows,
        row: usize,
        kinship: &dyn Fn(&Name) -> Kinship,
        evidence: &mut [Evidence; DATE_HEADINGS.len()],
    ) -> Result<(ReadLine, InvoiceValue), Odd> {
        let columns = &grouping.columns;
        if rows.fields(row) != 0 && rows.fields(row) != columns.width() {
            return Err(Odd);
        }
        let prototype = self.prototype(grouping, rows, row)?;
        let mut company = |heading| self.company(columns, rows, row, heading, kinship);
        let companies = [
            company(Heading::Exporter)?,
            company(Heading::Producer)?,
            company(Heading::ChineseSupplier)?,
        ];
        let own = Own { columns, rows, row };
        let entry_number = own.text(Heading::EntryNumber)?;
        if EntryNumber::parse(&entry_number).is_some_and(|number| !number.check_digit_fits()) {
            return Err(Odd);
        }
        let line_number = own.text(Heading::LineNumber)?;
        own.names()?;
        let before = *evidence;
        let mut day = |heading| self.day(grouping, &own, heading, evidence);
        let days = day(Heading::EntryDate).and_then(|entry| {
            let summary = day(Heading::EntrySummaryDate)?;
            Ok((entry, summary, day(Heading::WithdrawalDate)?))
        });
        let withdrawn = matches!(prototype.line.entry_type, Read::Is(entry_type) if entry_type.is_withdrawal());
        let governed = days.and_then(|(entry, summary, withdrawal)| {
            let governing = if withdrawn { withdrawal } else { entry };
            let filed = summary.or(if withdrawn { withdrawal } else { None });
            governing.map(|governing| (GoverningDay(governing), filed)).ok_or(Odd)
        });
        let stated = governed.and_then(|governed| Ok((governed, own.stated(&prototype)?)));
        let ((governing, filed), (stated, value)) = stated.inspect_err(|_| *evidence = before)?;
        let invoice = own.invoice(&entry_number)?;
        let number = rows.number(row);
        let line = BriefLine {
            place: row,
            row: number,
            prototype,
            companies,
            entry_number,
            line_number,
            governing,
            filed,
            stated,
        };
        Ok((ReadLine::Brief(line), InvoiceValue { invoice, value, rounded: None }))
    }

    /// What the deciding cells of a row say.
    fn prototype(&mut self, grouping: &Grouping, rows: &Rows, row: usize) -> Result<Arc<Prototype>, Odd> {
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        for (place, heading) in grouping.columns.headings().iter().enumerate() {
            if is_own(*heading) {
                continue;
            }
            let Some(RawCell { kind, bytes }) = rows.raw(row, place) else {
                self.key = key;
                return Err(Odd);
            };
            key.push(kind);
            key.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
            key.extend_from_slice(bytes);
        }
        let at_hand = self.prototypes.get(&key[..]).cloned();
        let prototype = at_hand.unwrap_or_else(|| {
            let prototype = self.known.prototypes.get_or(&key[..], || {
                let line = prototype(grouping, &rows.row(row));
                Arc::new(Prototype { line, serial: self.known.serial() })
            });
            self.prototypes.put(key.clone(), Arc::clone(&prototype));
            prototype
        });
        self.key = key;
        if prototype.line.disagrees { Err(Odd) } else { Ok(prototype) }
    }

    /// A company name that is not damaged.
    fn company(
        &mut self,
        columns: &Columns,
        rows: &Rows,
        row: usize,
        heading: Heading,
        kinship: &dyn Fn(&Name) -> Kinship,
    ) -> Result<Arc<Company>, Odd> {
        let Some(place) = columns.place(heading) else { return Ok(Arc::clone(&self.none)) };
        let raw = rows.raw(row, place).ok_or(Odd)?;
        if raw.is_empty() {
            return Ok(Arc::clone(&self.none));
        }
        self.key.clear();
        self.key.push(raw.kind);
        self.key.extend_from_slice(raw.bytes);
        if let Some(known) = self.companies.get(&self.key[..]) {
            return Ok(Arc::clone(known));
        }
        let decoded = rows.row(row);
        let mut cells = Cells::new(columns, &decoded);
        let name = cells.name(heading);
        if !cells.exceptions.is_empty() {
            return Err(Odd);
        }
        let known = &self.known;
        let company = known.companies.get_or(&self.key[..], || {
            let class = if name.text.is_empty() { 0 } else { known.class(&name, kinship(&name)) };
            Arc::new(Company { name, class, serial: known.serial() })
        });
        self.companies.put(self.key.clone(), Arc::clone(&company));
        Ok(company)
    }

    /// A date; days whose writing tells nothing of the order of day and month are remembered.
    fn day(
        &mut self,
        grouping: &Grouping,
        own: &Own<'_>,
        heading: Heading,
        evidence: &mut [Evidence; DATE_HEADINGS.len()],
    ) -> Result<Option<Date>, Odd> {
        let Some(place) = own.columns.place(heading) else { return Ok(None) };
        let raw = own.rows.raw(own.row, place).ok_or(Odd)?;
        if raw.is_empty() {
            return Ok(None);
        }
        self.key.clear();
        self.key.push(raw.kind);
        self.key.extend_from_slice(raw.bytes);
        if let Some(day) = self.days.get(&self.key[..]) {
            return Ok(Some(*day));
        }
        let cell = own.rows.cell(own.row, place);
        if cell.is_blank() {
            return Ok(None);
        }
        let column = DATE_HEADINGS.iter().position(|date| *date == heading).ok_or(Odd)?;
        let before = evidence[column];
        let DateCell::Is(day) = read_date(&cell, grouping.orders.0[column], &mut evidence[column]) else {
            evidence[column] = before;
            return Err(Odd);
        };
        if evidence[column] == before {
            self.days.put(self.key.clone(), day);
        }
        Ok(Some(day))
    }
}

fn is_own(heading: Heading) -> bool {
    OWN.contains(&heading) || COMPANIES.contains(&heading)
}

/// The line that the deciding cells alone make.
fn prototype(grouping: &Grouping, row: &Row) -> EntryLine {
    let mut row = row.clone();
    for (place, heading) in grouping.columns.headings().iter().enumerate() {
        if is_own(*heading) {
            row.cells[place] = Cell::Empty;
        }
    }
    let mut evidence = [Evidence::default(); DATE_HEADINGS.len()];
    let (mut line, _) = Group { grouping, rows: std::slice::from_ref(&row) }.line(&mut evidence);
    // A day is the line's own.
    line.exceptions.retain(|exception| exception.code != Code::EN03);
    line
}

/// True if both rows belong to one entry line, as [`Columns::same_line`] says.
fn same_line(columns: &Columns, rows: &Rows, one: usize, other: usize) -> bool {
    [Heading::LineNumber, Heading::EntryNumber].into_iter().all(|heading| {
        let Some(place) = columns.place(heading) else { return false };
        match (rows.plain_text(one, place), rows.plain_text(other, place)) {
            (Some(one), Some(other)) => !one.trim().is_empty() && one.trim() == other.trim(),
            _ => super::columns::agree(&rows.cell(one, place), &rows.cell(other, place)),
        }
    })
}

/// A line's own cells.
struct Own<'a> {
    columns: &'a Columns,
    rows: &'a Rows,
    row: usize,
}

impl Own<'_> {
    /// An identifier or a text. A number may have lost its zeros, and a formula may lack its value.
    fn text(&self, heading: Heading) -> Result<Box<str>, Odd> {
        let Some(place) = self.columns.place(heading) else { return Ok(Box::default()) };
        if let Some(text) = self.rows.plain_text(self.row, place) {
            return Ok(text.trim().into());
        }
        match self.rows.cell(self.row, place) {
            Cell::Text(text) => Ok(text.trim().into()),
            Cell::Empty => Ok(Box::default()),
            cell @ Cell::Number(_) if heading == Heading::LineNumber => Ok(cell.shown().into()),
            _ => Err(Odd),
        }
    }

    /// Names of importers and products are looked at where they are asked for; only a formula without a value is told
    /// of on every line.
    fn names(&self) -> Result<(), Odd> {
        const NAMES: [Heading; 5] = [
            Heading::ImporterNumber,
            Heading::ImporterName,
            Heading::ManufacturerId,
            Heading::PartNumber,
            Heading::Description,
        ];
        let formula = |heading| {
            let place = self.columns.place(heading)?;
            self.rows.is_formula_without_value(self.row, place).then_some(())
        };
        if NAMES.into_iter().any(|heading| formula(heading).is_some()) { Err(Odd) } else { Ok(()) }
    }

    fn amount(&self, heading: Heading) -> Result<Option<Decimal>, Odd> {
        let Some(place) = self.columns.place(heading) else { return Ok(None) };
        if let Some(digits) = self.rows.digits(self.row, place) {
            return Ok(Some(Decimal::from(digits)));
        }
        let cell = self.rows.cell(self.row, place);
        if cell.is_blank() { Ok(None) } else { amount_in(&cell).map(Some).ok_or(Odd) }
    }

    fn value(&self, heading: Heading) -> Result<(Read<WholeDollars>, Option<Decimal>), Odd> {
        match self.amount(heading)? {
            None => Ok((Read::Blank, None)),
            Some(value) => {
                let dollars = WholeDollars::from_decimal(value).ok_or(Odd)?;
                Ok((Read::Is(dollars), Some(value)))
            }
        }
    }

    /// The line's figures, and its entered value in dollars and cents. What the full reader would look at twice - a
    /// subject value above the entered one, a quantity of nothing - is left to it.
    fn stated(&self, prototype: &Prototype) -> Result<(Stated, Option<Decimal>), Odd> {
        let (entered_value, value) = self.value(Heading::EnteredValue)?;
        let (subject_value, subject) = self.value(Heading::SubjectValue)?;
        if subject.is_some_and(|subject| subject.is_zero() || value.is_some_and(|value| subject > value)) {
            return Err(Odd);
        }
        let quantity = match self.columns.place(Heading::Quantity) {
            None => Read::Blank,
            Some(place) => match self.rows.digits(self.row, place) {
                Some(0) => return Err(Odd),
                Some(digits) if digits <= 9_999_999_999 => Read::Is(Decimal::from(digits)),
                _ if self.rows.cell(self.row, place).is_blank() => Read::Blank,
                _ => return Err(Odd),
            },
        };
        let mut paid = [Read::Blank; 2];
        for (paid, heading) in paid.iter_mut().zip([Heading::AdPaid, Heading::CvdPaid]) {
            if let Some(amount) = self.amount(heading)? {
                if amount.abs() > crate::terms::money::MAX_DOLLARS {
                    return Err(Odd);
                }
                *paid = Read::Is(Money::from_decimal(amount));
            }
        }
        let unit = prototype.line.unit;
        Ok((Stated { entered_value, subject_value, quantity, unit, paid }, value))
    }

    /// Entry and invoice, where both are given.
    fn invoice(&self, entry_number: &str) -> Result<Box<str>, Odd> {
        let invoice = self.text(Heading::InvoiceNumber)?;
        if entry_number.is_empty() || invoice.is_empty() {
            return Ok(Box::default());
        }
        Ok(format!("{entry_number}\n{invoice}").into())
    }
}
