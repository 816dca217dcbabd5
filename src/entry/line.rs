//! An entry line: what a broker's file says of one line of an entry summary.

use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::liquidation::Liquidation;
use super::products::ConfirmedProduct;
use crate::terms::Addressed;
use crate::terms::party_name::names_nobody;
use crate::terms::{
    CaseNumber, Country, EntryType, Exception, GoverningDay, Hts, Kind, KnownDay, Money, NoLine, PartyKey,
    Suffix, Unit, WholeDollars,
};

/// What became of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Read<T> {
    /// Blank, or no such column.
    #[default]
    Blank,
    /// Something stands there that is not understood; an exception says what.
    NotUnderstood,
    /// This.
    Is(T),
}

impl<T: Copy> Read<T> {
    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Read::Is(value) => Some(value),
            Read::Blank | Read::NotUnderstood => None,
        }
    }

    /// What the value becomes.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Read<U> {
        match self {
            Read::Blank => Read::Blank,
            Read::NotUnderstood => Read::NotUnderstood,
            Read::Is(value) => Read::Is(f(value)),
        }
    }
}

/// A company name as the file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// As written, blanks around it set aside.
    pub text: Box<str>,
    /// Its key; `None` if the cell is blank or damaged, or says that nobody knows the name.
    pub key: Option<PartyKey>,
    /// What stands before a trailing city and country.
    pub addressed: Option<Addressed>,
}

/// Characters of the field for a name in an electronic entry summary (the ABI name field); a longer name is cut there.
const NAME_FIELD: usize = 35;

impl Name {
    /// A name as a cell or a person gives it.
    pub fn read(text: &str) -> Name {
        if names_nobody(text) {
            return Name { text: text.into(), ..Name::default() };
        }
        Name { text: text.into(), key: PartyKey::of(text), addressed: Addressed::of(text) }
    }

    /// True if the name is as long as the field that names are cut to, but for a blank that was set aside.
    pub fn may_be_cut(&self) -> bool {
        (NAME_FIELD - 1..=NAME_FIELD).contains(&self.text.chars().count())
    }
}

/// The case of one kind that a line declares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Declared {
    /// None.
    #[default]
    Nothing,
    /// One.
    One(CaseNumber, Option<Suffix>),
    /// More than one, in one cell or on the rows of the line.
    Several,
    /// Something that is no case number of this kind.
    NotUnderstood,
}

impl Declared {
    /// The one number.
    pub fn number(self) -> Option<CaseNumber> {
        match self {
            Declared::One(number, _) => Some(number),
            Declared::Nothing | Declared::Several | Declared::NotUnderstood => None,
        }
    }
}

/// Status of goods in a foreign-trade zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ZoneStatus {
    /// `PF`: classification and rate fixed on admission.
    PrivilegedForeign,
    /// `NPF`: may have been changed in the zone.
    NonPrivilegedForeign,
    /// `D`.
    Domestic,
    /// `ZR`.
    ZoneRestricted,
}

/// One line of an entry summary. Everything optional that the file lacks is a missing fact, not an error.
#[derive(Clone, Debug, Default)]
pub struct EntryLine {
    /// Row on which the findings stand: the first row with a chapter 1 to 97 number.
    pub row: u64,
    /// All rows of the line.
    pub rows: Vec<u64>,
    /// Entry number as written.
    pub entry_number: Box<str>,
    /// Line number as written.
    pub line_number: Box<str>,
    /// Importer of record, number or else name, as written.
    pub importer: Box<str>,
    /// Part number as written.
    pub part_number: Box<str>,
    /// Description as written.
    pub description: Box<str>,
    /// Manufacturer ID as written.
    pub manufacturer_id: Box<str>,
    /// Type of entry.
    pub entry_type: Read<EntryType>,
    /// The day that fixes the rate.
    pub governing: Option<GoverningDay>,
    /// Entry summary date, or the withdrawal date of a withdrawal.
    pub filed: Option<Date>,
    /// Tariff number of chapters 1 to 97.
    pub hts: Read<Hts>,
    /// True if a chapter 98 number stands on the line.
    pub chapter_98: bool,
    /// Country of origin as CBP sees it.
    pub origin: Read<Country>,
    /// Commerce's origin, where it differs.
    pub ad_cvd_origin: Read<Country>,
    /// Country of export.
    pub export_country: Read<Country>,
    /// The day of export.
    pub exported: Read<Date>,
    /// Who sold the goods to the United States.
    pub exporter: Name,
    /// Who made them.
    pub producer: Name,
    /// Who in the case country supplied a foreign exporter.
    pub supplier: Name,
    /// Entered value.
    pub entered_value: Read<WholeDollars>,
    /// Value of the subject portion.
    pub subject_value: Read<WholeDollars>,
    /// Quantity.
    pub quantity: Read<Decimal>,
    /// Its unit.
    pub unit: Read<Unit>,
    /// Declared cases, AD then CVD.
    pub declared: [Declared; 2],
    /// Deposits paid, AD then CVD.
    pub paid: [Read<Money>; 2],
    /// What became of the entry after it was filed.
    pub liquidation: Liquidation,
    /// True if a non-reimbursement statement is shown.
    pub non_reimbursement: bool,
    /// The statement as it is shown, such as a blanket number.
    pub non_reimbursement_id: Box<str>,
    /// Cash or bond as written, AD then CVD; empty where rows of the line contradict each other.
    pub bond_cash: [Box<str>; 2],
    /// Status in a foreign-trade zone.
    pub zone: Read<ZoneStatus>,
    /// True if the entry is flagged for reconciliation.
    pub reconciled: Read<bool>,
    /// The `Product` cell; empty if blank.
    pub product: Box<str>,
    /// The `Material` cell; empty if blank, or where rows of the line contradict each other.
    pub material: Box<str>,
    /// Measured facts: carbon percent, mAh/g, graphitization percent, Wh/kg.
    pub facts: [Read<Decimal>; 4],
    /// What a person has confirmed of the product.
    pub confirmed: Option<Arc<ConfirmedProduct>>,
    /// What was noticed while reading.
    pub exceptions: Vec<Exception>,
    /// What the row is, where it is no entry line.
    pub no_line: Option<NoLine>,
    /// True if the rows of the line contradict each other: nothing can be computed.
    pub disagrees: bool,
}

/// What a line states in figures: all that amounts are computed from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// Entered value.
    pub entered_value: Read<WholeDollars>,
    /// Value of the subject portion.
    pub subject_value: Read<WholeDollars>,
    /// Quantity.
    pub quantity: Read<Decimal>,
    /// Its unit.
    pub unit: Read<Unit>,
    /// Deposits paid, AD then CVD.
    pub paid: [Read<Money>; 2],
}

/// See [`EntryLine::filing_day`].
pub(super) fn filing_day(filed: Option<Date>, governing: GoverningDay, as_of: KnownDay) -> KnownDay {
    let filed = filed.unwrap_or(governing.0).max(governing.0);
    KnownDay(filed.min(as_of.0))
}

impl EntryLine {
    /// What the line states in figures.
    pub fn stated(&self) -> Stated {
        Stated {
            entered_value: self.entered_value,
            subject_value: self.subject_value,
            quantity: self.quantity,
            unit: self.unit,
            paid: self.paid,
        }
    }

    /// The known day of the answer at entry: the entry summary date if present, else the withdrawal date, else the
    /// entry date; never earlier than the governing day, never later than the as-of day.
    pub fn filing_day(&self, governing: GoverningDay, as_of: KnownDay) -> KnownDay {
        filing_day(self.filed, governing, as_of)
    }

    /// What the product is called: the part number, or else the description.
    pub fn product_label(&self) -> &str {
        if self.part_number.is_empty() { &self.description } else { &self.part_number }
    }

    /// What was paid under a kind of case.
    pub fn paid(&self, kind: Kind) -> Read<Money> {
        self.paid[kind.index()]
    }

    /// The declared case of a kind.
    pub fn declared(&self, kind: Kind) -> Declared {
        self.declared[kind.index()]
    }

    /// `XYZ-1000001-3/001`, or the row where the file has no keys.
    pub fn label(&self) -> String {
        match (self.entry_number.is_empty(), self.line_number.is_empty()) {
            (true, true) => format!("row {}", self.row),
            (false, true) => self.entry_number.to_string(),
            _ => format!("{}/{}", self.entry_number, self.line_number),
        }
    }
}

/// An identifier without hyphens, blanks and case: `XYZ-1000001-3` and `xyz10000013` are one entry number.
pub fn plain(identifier: &str) -> String {
    identifier.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// A line number without leading zeros: `1` and `001` are one.
pub fn plain_number(number: &str) -> String {
    plain(number).trim_start_matches('0').to_string()
}
