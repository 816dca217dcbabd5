//! Lines read quickly: what the cells that decide say is read once for all lines whose cells hold the same bytes, and so
//! is every company name; what is a line's own - its numbers, dates and amounts - is read for each.
//!
//! A line that has anything out of the ordinary is read in full, by the one reader that knows all of it. Whatever is
//! read quickly would come out the same in full.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::fast::FixedState;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::amount::amount_in;
use super::cells::Cells;
use super::columns::Columns;
use super::date::{DATE_HEADINGS, DateCell, Evidence, read_date};
use super::group::{Group, Grouping};
use super::invoice::{InvoiceValue, round_together};
use super::line::{EntryLine, Name, Read, Stated};
use super::remembered::Shared;
use crate::spreadsheet::row::{Cell, RawCell, Row, Rows};
use crate::terms::{Code, EntryNumber, GoverningDay, Ground, Heading, KnownDay, Money, WholeDollars};

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

/// The headings that say what the goods are and where they were made. Most lines of a file are of goods that no case
/// lists, and of these nothing else matters.
const GOODS: [Heading; 2] = [Heading::Htsus, Heading::Origin];

/// What lines with the same deciding cells have in common.
#[derive(Debug)]
pub struct Prototype {
    /// An entry line without its companies, numbers, days and amounts.
    pub line: EntryLine,
    /// Distinguishes the prototypes of one file.
    pub serial: u64,
}

/// A line that was read quickly.
#[derive(Clone, Copy, Debug)]
pub struct BriefLine {
    /// Place of its row in the piece.
    pub place: usize,
    /// Row of the sheet.
    pub row: u64,
    /// Its goods: a place among the prototypes of its reader.
    pub goods: u32,
    /// What else it has in common with others: a place among the prototypes of its reader.
    pub rest: u32,
    /// Exporter, producer, supplier: places among the companies of its reader.
    pub companies: [u32; 3],
    /// The day that fixes the rate.
    pub governing: GoverningDay,
    /// Entry summary date, or the withdrawal date of a withdrawal.
    pub filed: Option<Date>,
    /// Its figures.
    pub stated: Stated,
}

impl BriefLine {
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
    /// In full; with the places of its rows in the piece.
    Full(Range<usize>, Box<EntryLine>),
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
    companies: AtHand<Company>,
    goods: AtHand<Prototype>,
    rest: AtHand<Prototype>,
    days: HashMap<Vec<u8>, Date, FixedState>,
    key: Vec<u8>,
}

/// Things that a reader has at hand, with places that hold while a piece is read.
struct AtHand<T> {
    places: HashMap<Vec<u8>, u32, FixedState>,
    things: Vec<Arc<T>>,
}

impl<T> AtHand<T> {
    fn new() -> AtHand<T> {
        AtHand { places: HashMap::default(), things: Vec::new() }
    }

    fn clear_beyond(&mut self, most: usize) {
        if self.things.len() > most {
            self.places.clear();
            self.things.clear();
        }
    }

    fn place(&mut self, key: &[u8], thing: impl FnOnce() -> Arc<T>) -> u32 {
        if let Some(place) = self.places.get(key) {
            return *place;
        }
        let place = self.things.len() as u32;
        self.things.push(thing());
        self.places.insert(key.to_vec(), place);
        place
    }
}

impl LineReader {
    /// A reader beside others of the same file.
    pub fn new(known: Arc<Known>) -> LineReader {
        let (companies, goods, rest) = (AtHand::new(), AtHand::new(), AtHand::new());
        LineReader { known, companies, goods, rest, days: HashMap::default(), key: Vec::new() }
    }

    /// What the goods of a line of the piece that was read last say.
    pub fn goods_of(&self, line: &BriefLine) -> &Prototype {
        &self.goods.things[line.goods as usize]
    }

    /// What the other deciding cells of a line of the piece that was read last say.
    pub fn rest_of(&self, line: &BriefLine) -> &Prototype {
        &self.rest.things[line.rest as usize]
    }

    /// The companies of a line of the piece that was read last: exporter, producer, supplier.
    pub fn companies_of(&self, line: &BriefLine) -> [&Arc<Company>; 3] {
        line.companies.map(|place| &self.companies.things[place as usize])
    }

    /// A line of the piece that was read last in full, but for what entries, products and importers are called.
    pub fn line(&self, line: &BriefLine) -> EntryLine {
        let [exporter, producer, supplier] = self.companies_of(line).map(|company| company.name.clone());
        let goods = &self.goods_of(line).line;
        EntryLine {
            hts: goods.hts,
            chapter_98: goods.chapter_98,
            origin: goods.origin,
            exporter,
            producer,
            supplier,
            row: line.row,
            rows: vec![line.row],
            governing: Some(line.governing),
            filed: line.filed,
            entered_value: line.stated.entered_value,
            subject_value: line.stated.subject_value,
            quantity: line.stated.quantity,
            paid: line.stated.paid,
            ..self.rest_of(line).line.clone()
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
        self.companies.clear_beyond(COMPANIES_MAX);
        self.goods.clear_beyond(PROTOTYPES_MAX);
        self.rest.clear_beyond(PROTOTYPES_MAX);
        if self.days.len() > DAYS_MAX {
            self.days.clear();
        }
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
            let brief = if end == start + 1 {
                self.brief(grouping, rows, start, kinship, &mut evidence)
            } else {
                Err(Odd)
            };
            let (line, value) = brief.unwrap_or_else(|Odd| {
                let decoded: Vec<Row> = (start..end).map(|row| rows.row(row)).collect();
                let (line, value) = Group { grouping, rows: &decoded }.line(&mut evidence);
                (ReadLine::Full(start..end, Box::new(line)), value)
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
                    ReadLine::Full(_, line) => line.entered_value = rounded,
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
        let goods = self.prototype(grouping, rows, row, true)?;
        let rest = self.prototype(grouping, rows, row, false)?;
        let mut company = |heading| self.company(columns, rows, row, heading, kinship);
        let companies =
            [company(Heading::Exporter)?, company(Heading::Producer)?, company(Heading::ChineseSupplier)?];
        let own = Own { columns, rows, row };
        let entry_number = own.text(Heading::EntryNumber)?;
        if EntryNumber::parse(&entry_number).is_some_and(|number| !number.check_digit_fits()) {
            return Err(Odd);
        }
        own.text(Heading::LineNumber)?;
        own.names()?;
        let before = *evidence;
        let mut day = |heading| self.day(grouping, &own, heading, evidence);
        let days = day(Heading::EntryDate).and_then(|entry| {
            let summary = day(Heading::EntrySummaryDate)?;
            Ok((entry, summary, day(Heading::WithdrawalDate)?))
        });
        let common = Arc::clone(&self.rest.things[rest as usize]);
        let withdrawn = matches!(common.line.entry_type, Read::Is(entry_type) if entry_type.is_withdrawal());
        let governed = days.and_then(|(entry, summary, withdrawal)| {
            let governing = if withdrawn { withdrawal } else { entry };
            let filed = summary.or(if withdrawn { withdrawal } else { None });
            governing.map(|governing| (GoverningDay(governing), filed)).ok_or(Odd)
        });
        let stated = governed.and_then(|governed| Ok((governed, own.stated(&common)?)));
        let ((governing, filed), (stated, value)) = stated.inspect_err(|_| *evidence = before)?;
        let invoice = own.invoice(&entry_number)?;
        let number = rows.number(row);
        let place = row;
        let line = BriefLine { place, row: number, goods, rest, companies, governing, filed, stated };
        Ok((ReadLine::Brief(line), InvoiceValue { invoice, value, rounded: None }))
    }

    /// What the goods of a row say, or its other deciding cells. A cell out of the ordinary keeps a line from being read
    /// quickly.
    fn prototype(&mut self, grouping: &Grouping, rows: &Rows, row: usize, goods: bool) -> Result<u32, Odd> {
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        key.push(u8::from(goods));
        for (place, heading) in grouping.columns.headings().iter().enumerate() {
            if is_own(*heading) || GOODS.contains(heading) != goods {
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
        let known = &self.known;
        let at_hand = if goods { &mut self.goods } else { &mut self.rest };
        let place = at_hand.place(&key, || {
            known.prototypes.get_or(&key[..], || {
                let line = prototype(grouping, &rows.row(row), goods);
                Arc::new(Prototype { line, serial: known.serial() })
            })
        });
        self.key = key;
        let line = &at_hand.things[place as usize].line;
        if line.disagrees || !line.exceptions.is_empty() { Err(Odd) } else { Ok(place) }
    }

    /// A company name that is not damaged.
    fn company(
        &mut self,
        columns: &Columns,
        rows: &Rows,
        row: usize,
        heading: Heading,
        kinship: &dyn Fn(&Name) -> Kinship,
    ) -> Result<u32, Odd> {
        self.key.clear();
        if let Some(place) = columns.place(heading) {
            let raw = rows.raw(row, place).ok_or(Odd)?;
            self.key.push(raw.kind);
            self.key.extend_from_slice(raw.bytes);
        }
        if let Some(place) = self.companies.places.get(&self.key[..]) {
            return Ok(*place);
        }
        let decoded = rows.row(row);
        let mut cells = Cells::new(columns, &decoded);
        let name = cells.name(heading);
        if !cells.exceptions.is_empty() {
            return Err(Odd);
        }
        let (known, key) = (&self.known, &self.key);
        Ok(self.companies.place(key, || {
            known.companies.get_or(&key[..], || {
                let class = if name.text.is_empty() { 0 } else { known.class(&name, kinship(&name)) };
                Arc::new(Company { name, class, serial: known.serial() })
            })
        }))
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
            self.days.insert(self.key.clone(), day);
        }
        Ok(Some(day))
    }
}

fn is_own(heading: Heading) -> bool {
    OWN.contains(&heading) || COMPANIES.contains(&heading)
}

/// The line that the goods alone make, or the other deciding cells.
fn prototype(grouping: &Grouping, row: &Row, goods: bool) -> EntryLine {
    let mut row = row.clone();
    for (place, heading) in grouping.columns.headings().iter().enumerate() {
        if is_own(*heading) || GOODS.contains(heading) != goods {
            row.cells[place] = Cell::Empty;
        }
    }
    let mut evidence = [Evidence::default(); DATE_HEADINGS.len()];
    let (mut line, _) = Group { grouping, rows: std::slice::from_ref(&row) }.line(&mut evidence);
    line.exceptions.retain(|exception| match &exception.ground {
        // A day is the line's own; and what was left blank here is not blank on the line.
        _ if exception.code == Code::EN03 => false,
        Ground::Cell { heading: Heading::Htsus, .. } => goods,
        _ => true,
    });
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
    fn text(&self, heading: Heading) -> Result<Cow<'_, str>, Odd> {
        let Some(place) = self.columns.place(heading) else { return Ok(Cow::Borrowed("")) };
        if let Some(text) = self.rows.plain_text(self.row, place) {
            return Ok(Cow::Borrowed(text.trim()));
        }
        match self.rows.cell(self.row, place) {
            Cell::Text(text) => Ok(Cow::Owned(text.trim().to_string())),
            Cell::Empty => Ok(Cow::Borrowed("")),
            cell @ Cell::Number(_) if heading == Heading::LineNumber => Ok(Cow::Owned(cell.shown())),
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
    fn invoice(&self, entry_number: &str) -> Result<Option<u64>, Odd> {
        let invoice = self.text(Heading::InvoiceNumber)?;
        Ok(InvoiceValue::named(entry_number, &invoice))
    }
}

/// The text under a heading of a row as it is told: blanks around it set aside.
pub fn text_of<'r>(columns: &Columns, rows: &'r Rows, row: usize, heading: Heading) -> Cow<'r, str> {
    let Some(place) = columns.place(heading) else { return Cow::Borrowed("") };
    match rows.plain_text(row, place) {
        Some(text) => Cow::Borrowed(text.trim()),
        None => Cow::Owned(rows.cell(row, place).shown()),
    }
}
