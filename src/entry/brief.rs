//! Lines read quickly: what the cells that decide say is read once for all lines whose cells hold the same bytes, and so
//! is every company name; what is a line's own - its numbers, dates and amounts - is read for each.
//!
//! A line that has anything out of the ordinary is read in full, by the one reader that knows all of it. Whatever is
//! read quickly would come out the same in full.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::FixedState;
use jiff::civil::Date;

use super::amount::Marks;
use super::cells::Cells;
use super::columns::Columns;
use super::date::{DATE_HEADINGS, DateCell, read_date};
use super::group::{Group, Grouping};
use super::invoice::{InvoiceValue, round_together};
use super::known::{AtHand, COMPANIES_MAX, Company, Kinship, Known, PROTOTYPES_MAX, Prototype};
use super::line::{EntryLine, Name, Read, Stated, filing_day};
use super::liquidation::Liquidation;
use super::own_cells::{MoneyColumns, Odd, Own, text_of};
use super::tariff::not_valid_on;
use super::writing::ColumnEvidence;
use crate::spreadsheet::row::{Cell, RawCell, Row, Rows};
use crate::terms::mid::Letters;
use crate::terms::{Code, EntryNumber, GoverningDay, Ground, Heading, KnownDay, ProductNames};

/// Days that one reader remembers.
const DAYS_MAX: usize = 4_096;

/// The headings under which a line's own cells stand: they differ from line to line and decide nothing but amounts,
/// days and names of the line. All others that are read at all belong to the prototype.
const OWN: [Heading; 20] = [
    Heading::EntryNumber,
    Heading::LineNumber,
    Heading::EntryDate,
    Heading::EntrySummaryDate,
    Heading::WithdrawalDate,
    Heading::ReleaseDate,
    Heading::LiquidationDate,
    Heading::ExportDate,
    Heading::ProtestNumber,
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

/// The headings that say what the goods are and where they were made. Most lines of a file are of goods that no case
/// lists, and of these nothing else matters.
const GOODS: [Heading; 2] = [Heading::Htsus, Heading::Origin];

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
    /// Its days of release and of liquidation.
    pub days: [Option<Date>; 2],
    /// The day of export.
    pub exported: Option<Date>,
    /// True if a protest has a number.
    pub protested: bool,
}

impl BriefLine {
    /// See [`EntryLine::filing_day`].
    pub fn filing_day(&self, as_of: KnownDay) -> KnownDay {
        filing_day(self.filed, self.governing, as_of)
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

/// Lines as they were read, and what their rows told about their date columns.
pub type ReadLines = (Vec<ReadLine>, ColumnEvidence);

/// Reads lines; what it looks up often it keeps at hand.
pub struct LineReader {
    known: Arc<Known>,
    companies: AtHand<Company>,
    goods: AtHand<Prototype>,
    rest: AtHand<Prototype>,
    days: HashMap<Vec<u8>, Date, FixedState>,
    places: u64,
    key: Vec<u8>,
}

impl LineReader {
    /// A reader beside others of the same file.
    pub fn new(known: Arc<Known>) -> LineReader {
        let (companies, goods, rest) = (AtHand::new(), AtHand::new(), AtHand::new());
        LineReader { known, companies, goods, rest, days: HashMap::default(), places: 0, key: Vec::new() }
    }

    /// Changes when the places of goods begin anew.
    pub fn places(&self) -> u64 {
        self.places
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

    /// What a line of the piece that was read last says of liquidation.
    pub fn liquidation(&self, line: &BriefLine) -> Liquidation {
        let [release, day] = line.days.map(|day| day.map_or(Read::Blank, Read::Is));
        Liquidation { release, day, protested: line.protested, ..self.rest_of(line).line.liquidation }
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
            exported: line.exported.map_or(Read::Blank, Read::Is),
            entered_value: line.stated.entered_value,
            subject_value: line.stated.subject_value,
            quantity: line.stated.quantity,
            paid: line.stated.paid,
            liquidation: self.liquidation(line),
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
    ) -> ReadLines {
        self.companies.clear_beyond(COMPANIES_MAX);
        self.rest.clear_beyond(PROTOTYPES_MAX);
        self.places += u64::from(self.goods.clear_beyond(PROTOTYPES_MAX));
        if self.days.len() > DAYS_MAX {
            self.days.clear();
        }
        let mut evidence = ColumnEvidence::default();
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
        evidence: &mut ColumnEvidence,
    ) -> Result<(ReadLine, InvoiceValue), Odd> {
        let columns = &grouping.columns;
        if rows.fields(row) != 0 && rows.fields(row) != columns.width() {
            return Err(Odd);
        }
        if columns.has(Heading::AnyCase) || columns.has(Heading::AnyPaid) {
            return Err(Odd);
        }
        let goods = self.prototype(grouping, rows, row, true)?;
        let rest = self.prototype(grouping, rows, row, false)?;
        let mut company = |heading| self.company(columns, rows, row, heading, kinship);
        let companies =
            [company(Heading::Exporter)?, company(Heading::Producer)?, company(Heading::ChineseSupplier)?];
        let own = Own { columns, rows, row };
        let lacks = |place: u32| self.companies.things[place as usize].name.key.is_none();
        if !grouping.crosswalk.0.is_empty()
            && companies[..2].iter().any(|place| lacks(*place))
            && grouping.crosswalk.filling(&text_of(columns, rows, row, Heading::ManufacturerId)).is_some()
        {
            return Err(Odd);
        }
        if !grouping.products.is_empty() && grouping.products.knows(&named(product_texts(columns, rows, row)))
        {
            return Err(Odd);
        }
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
            let withdrawal = day(Heading::WithdrawalDate)?;
            let later = [day(Heading::ReleaseDate)?, day(Heading::LiquidationDate)?];
            Ok((entry, summary, withdrawal, (later, day(Heading::ExportDate)?)))
        });
        let common = Arc::clone(&self.rest.things[rest as usize]);
        let withdrawn = matches!(common.line.entry_type, Read::Is(entry_type) if entry_type.is_withdrawal());
        let governed = days.and_then(|(entry, summary, withdrawal, later)| {
            let governing = if withdrawn { withdrawal } else { entry };
            let filed = summary.or(if withdrawn { withdrawal } else { None });
            governing.map(|governing| (GoverningDay(governing), filed, later)).ok_or(Odd)
        });
        let hts = self.goods.things[goods as usize].line.hts;
        let governed = governed.and_then(|governed| match hts {
            Read::Is(hts) if not_valid_on(hts, governed.0.0).is_some() => Err(Odd),
            _ => Ok(governed),
        });
        let stated = governed.and_then(|governed| {
            let mut money = MoneyColumns { marks: grouping.writings.marks, evidence };
            Ok((governed, own.stated(&common, &mut money)?))
        });
        let ((governing, filed, (days, exported)), (stated, value)) =
            stated.inspect_err(|_| *evidence = before)?;
        let invoice = own.invoice(&entry_number)?;
        let number = rows.number(row);
        let place = row;
        let protested = !own.text(Heading::ProtestNumber)?.is_empty();
        let line = BriefLine {
            place,
            row: number,
            goods,
            rest,
            companies,
            governing,
            filed,
            stated,
            days,
            exported,
            protested,
        };
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
        let mut cells = Cells::new(columns, Marks::default(), &decoded);
        let name = cells.name(heading);
        if !cells.exceptions.is_empty() {
            return Err(Odd);
        }
        let (known, key) = (&self.known, &self.key);
        Ok(self.companies.place(key, || {
            known.companies.get_or(&key[..], || {
                let class = if name.key.is_none() { 0 } else { known.class(&name, kinship(&name)) };
                let letters = Letters::of(&name.text);
                Arc::new(Company { name, letters, class, serial: known.serial() })
            })
        }))
    }

    /// A date; days whose writing tells nothing of the order of day and month are remembered.
    fn day(
        &mut self,
        grouping: &Grouping,
        own: &Own<'_>,
        heading: Heading,
        evidence: &mut ColumnEvidence,
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
        let before = evidence.dates[column];
        let DateCell::Is(day) =
            read_date(&cell, grouping.writings.orders.0[column], &mut evidence.dates[column])
        else {
            evidence.dates[column] = before;
            return Err(Odd);
        };
        if evidence.dates[column] == before {
            self.days.insert(self.key.clone(), day);
        }
        Ok(Some(day))
    }
}

/// The cells of a row that name the product and its importer: importer number and name, part number, manufacturer ID,
/// description.
pub fn product_texts<'r>(columns: &Columns, rows: &'r Rows, row: usize) -> [Cow<'r, str>; 5] {
    [
        Heading::ImporterNumber,
        Heading::ImporterName,
        Heading::PartNumber,
        Heading::ManufacturerId,
        Heading::Description,
    ]
    .map(|heading| text_of(columns, rows, row, heading))
}

/// What these cells call the product.
pub fn named(texts: [Cow<'_, str>; 5]) -> ProductNames {
    let [number, name, part_number, manufacturer_id, description] =
        texts.map(|text| text.into_owned().into_boxed_str());
    let importer = if number.is_empty() { name } else { number };
    ProductNames { importer, part_number, manufacturer_id, description }
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
    let mut evidence = ColumnEvidence::default();
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
pub(super) fn same_line(columns: &Columns, rows: &Rows, one: usize, other: usize) -> bool {
    [Heading::LineNumber, Heading::EntryNumber].into_iter().all(|heading| {
        let Some(place) = columns.place(heading) else { return false };
        match (rows.plain_text(one, place), rows.plain_text(other, place)) {
            (Some(one), Some(other)) => !one.trim().is_empty() && one.trim() == other.trim(),
            _ => super::columns::agree(&rows.cell(one, place), &rows.cell(other, place)),
        }
    })
}
