//! Reads the three files of a case folder into rows. A row that cannot be read is a fault with its place; the others
//! are read all the same.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::model::{Placed, RateKind, RateRow, Rows, Rung, Spot, SuffixRow, Trust};
use super::statistics::statistic_row;
use crate::terms::{CaseNumber, Percent, Suffix, Unit, day};

/// The codes of faults in a case folder. Each has a folder in the tests that provokes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultCode {
    /// Something cannot be read: not TOML, an unknown or missing key, a value of the wrong shape.
    CF01,
    /// A case number stands twice.
    CF02,
    /// A notice name stands twice.
    CF03,
    /// A row names a notice that is not in the folder.
    CF04,
    /// A row names a case that is not in the folder.
    CF05,
    /// A last day lies before its first day, or an injunction is lifted before it begins.
    CF06,
    /// Names do not fit the role of a rate row.
    CF07,
    /// Figures do not fit the kind of a rate row.
    CF08,
    /// Two rows answer the same question on the same days.
    CF09,
    /// A whole table has no row for everyone else, or rates stand under a notice without a table.
    CF10,
    /// A case has no standing or no ladder, or a ladder does not end with everyone.
    CF11,
    /// Companion or third-country numbers do not fit together.
    CF12,
    /// An alias, party or suffix names a party that no rate row lists, or that another row already means.
    CF13,
    /// A scope version is contradictory.
    CF14,
    /// A disputed figure lacks the other figure.
    CF15,
    /// A notice is published after the day to which the family or the advisory was checked.
    CF16,
    /// A part that an advisory needs is missing, or a control stands twice.
    CF17,
    /// Statistics are of goods that no hint names, in several units, or twice of one year.
    CF18,
}

/// A fault in a case folder, printed as `file:row:column code sentence`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where.
    pub at: Spot,
    /// Which check.
    pub code: FaultCode,
    /// What is wrong and what to do.
    pub sentence: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Spot { file, row, column } = &self.at;
        write!(f, "{file}:{row}:{column} {:?} {}", self.code, self.sentence)
    }
}

/// The name of the file that makes a folder a case folder.
pub const CASE_FILE: &str = "case.toml";
const RATES_FILE: &str = "rates.csv";
const SUFFIXES_FILE: &str = "suffixes.csv";
const STATISTICS_FILE: &str = "statistics.csv";

/// The columns of `rates.csv`, in order; all are required, in this order.
pub const RATE_COLUMNS: [&str; 15] = [
    "case",
    "role",
    "exporter",
    "producer",
    "from",
    "through",
    "kind",
    "margin",
    "deposit",
    "unit_rate",
    "unit",
    "notice",
    "trust",
    "disputed",
    "note",
];

/// The columns of `suffixes.csv`.
pub const SUFFIX_COLUMNS: [&str; 6] = ["case", "party", "suffix", "from", "through", "notice"];

/// The columns of `statistics.csv`.
pub const STATISTIC_COLUMNS: [&str; 7] = ["hts", "country", "year", "value", "quantity", "unit", "notice"];

/// The texts of a case folder's files. All but the first two may be empty: not every case has suffixes that are known, or
/// statistics.
#[derive(Clone, Copy, Debug, Default)]
pub struct Texts<'a> {
    /// `case.toml`.
    pub case: &'a str,
    /// `rates.csv`.
    pub rates: &'a str,
    /// `suffixes.csv`.
    pub suffixes: &'a str,
    /// `statistics.csv`.
    pub statistics: &'a str,
}

/// Reads the texts of a folder's files. Lines of a CSV that begin with `#` are comments.
pub fn read(texts: Texts<'_>) -> (Rows, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut rows = Rows::default();
    read_case(texts.case, &mut rows, &mut faults);
    rows.rates = read_table(RATES_FILE, &RATE_COLUMNS, texts.rates, &mut faults, rate_row);
    if !texts.suffixes.trim().is_empty() {
        rows.suffixes = read_table(SUFFIXES_FILE, &SUFFIX_COLUMNS, texts.suffixes, &mut faults, suffix_row);
    }
    if !texts.statistics.trim().is_empty() {
        let columns = &STATISTIC_COLUMNS;
        rows.statistics = read_table(STATISTICS_FILE, columns, texts.statistics, &mut faults, statistic_row);
    }
    (rows, faults)
}

/// A TOML text while its tables are read; remembers what could not be read.
pub(super) struct Tables<'a> {
    pub(super) file: Cow<'static, str>,
    pub(super) text: &'a str,
    /// What the tables are those of.
    pub(super) of: &'static str,
    pub(super) faults: &'a mut Vec<Fault>,
}

impl<'a> Tables<'a> {
    pub(super) fn spot(&self, byte: usize) -> Spot {
        let before = &self.text[..byte.min(self.text.len())];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Spot {
            file: self.file.clone(),
            row: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    pub(super) fn fault(&mut self, byte: usize, sentence: String) {
        let at = self.spot(byte);
        self.faults.push(Fault { at, code: FaultCode::CF01, sentence });
    }

    /// The tables of the text by name.
    pub(super) fn parsed(&mut self) -> Vec<(String, Spanned<DeValue<'a>>)> {
        match DeTable::parse(self.text) {
            Ok(table) => {
                let tables = table.into_inner().into_iter();
                tables.map(|(key, value)| (key.get_ref().to_string(), value)).collect()
            }
            Err(error) => {
                self.fault(error.span().map_or(0, |span| span.start), error.message().to_string());
                Vec::new()
            }
        }
    }

    /// The rows of a table of many.
    pub(super) fn rows(&mut self, name: &str, value: Spanned<DeValue<'a>>) -> Vec<Spanned<DeValue<'a>>> {
        let at = value.span().start;
        match value.into_inner() {
            DeValue::Array(rows) => rows.into_iter().collect(),
            _ => {
                let of = self.of;
                self.fault(at, format!("`{name}` is no table of {of}; tables are written [[{name}]]"));
                Vec::new()
            }
        }
    }

    pub(super) fn row<T: DeserializeOwned>(&mut self, value: Spanned<DeValue<'_>>) -> Option<Placed<T>> {
        let start = value.span().start;
        match T::deserialize(ValueDeserializer::from(value)) {
            Ok(row) => Some(Placed { at: self.spot(start), row }),
            Err(error) => {
                self.fault(error.span().map_or(start, |span| span.start), error.message().to_string());
                None
            }
        }
    }

    /// A row of a table that a case folder and an assumption both may have.
    pub(super) fn dated_row(&mut self, name: &str, value: Spanned<DeValue<'_>>, to: &mut Rows) {
        match name {
            "notice" => to.notices.extend(self.row(value)),
            "standing" => to.standings.extend(self.row(value)),
            "injunction" => to.injunctions.extend(self.row(value)),
            "ladder" => to.ladders.extend(self.row(value)),
            "party" => to.parties.extend(self.row(value)),
            "alias" => to.aliases.extend(self.row(value)),
            "scope" => to.scopes.extend(self.row(value)),
            _ => {
                let of = self.of;
                self.fault(value.span().start, format!("[[{name}]] is no table of {of}"));
            }
        }
    }
}

fn read_case(text: &str, to: &mut Rows, faults: &mut Vec<Fault>) {
    let before = faults.len();
    let mut tables = Tables { file: CASE_FILE.into(), text, of: "a case folder", faults };
    let parsed = tables.parsed();
    if tables.faults.len() > before {
        return;
    }
    for (name, value) in parsed {
        if name == "family" {
            to.family = tables.row(value);
            continue;
        }
        for value in tables.rows(&name, value) {
            match name.as_str() {
                "case" => to.cases.extend(tables.row(value)),
                "hint" => to.hints.extend(tables.row(value)),
                _ => tables.dated_row(&name, value, to),
            }
        }
    }
    if to.family.is_none() {
        tables.fault(0, "the table [family] is missing or cannot be read".to_string());
    }
}

/// The fields of one row while it is read; remembers what it could not read.
pub(super) struct Fields<'a> {
    pub(super) record: &'a csv::StringRecord,
    pub(super) columns: &'a [&'static str],
    /// Where the field of a column stands.
    pub(super) at: &'a dyn Fn(usize) -> Spot,
    pub(super) faults: &'a mut Vec<Fault>,
}

impl Fields<'_> {
    pub(super) fn text(&self, name: &str) -> &str {
        let column = self.columns.iter().position(|column| *column == name).expect("a column of this table");
        self.record.get(column).unwrap_or("")
    }

    fn fault(&mut self, name: &str, sentence: String) {
        let column = self.columns.iter().position(|column| *column == name).unwrap_or(0);
        let at = (self.at)(column);
        self.faults.push(Fault { at, code: FaultCode::CF01, sentence });
    }

    pub(super) fn required<T>(
        &mut self,
        name: &str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = parse(self.text(name));
        if value.is_none() {
            let found = self.text(name).to_string();
            self.fault(name, format!("`{name}` is {found:?}; expected {expected}"));
        }
        value
    }

    /// `Some(None)` for an empty field, `None` where the field cannot be read.
    fn optional<T>(
        &mut self,
        name: &str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<Option<T>> {
        if self.text(name).is_empty() {
            return Some(None);
        }
        self.required(name, expected, parse).map(Some)
    }
}

fn read_table<T>(
    file: &'static str,
    columns: &'static [&'static str],
    text: &str,
    faults: &mut Vec<Fault>,
    read_row: fn(&mut Fields<'_>) -> Option<T>,
) -> Vec<Placed<T>> {
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(text.as_bytes());
    let spot = |row, column| Spot { file: file.into(), row, column };
    let fault = |row, sentence| Fault { at: spot(row, 1), code: FaultCode::CF01, sentence };
    match reader.headers() {
        Ok(headers) if headers.iter().eq(columns.iter().copied()) => {}
        Ok(_) => faults.push(fault(line_of(text, 0), format!("the columns must be {}", columns.join(",")))),
        Err(error) => faults.push(fault(1, error.to_string())),
    }
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return rows,
            Ok(true) => {}
            Err(error) => {
                faults.push(fault(1, error.to_string()));
                return rows;
            }
        }
        let row = line_of(text, record.position().map_or(0, csv::Position::byte));
        if record.len() != columns.len() {
            faults.push(fault(row, format!("{} fields; expected {}", record.len(), columns.len())));
            continue;
        }
        let at = |column| spot(row, column + 1);
        let mut fields = Fields { record: &record, columns, at: &at, faults };
        if let Some(value) = read_row(&mut fields) {
            rows.push(Placed { at: spot(row, 1), row: value });
        }
    }
}

/// The line of a record, from 1. A reader's position may stand before line ends and comments that it has yet to skip.
fn line_of(text: &str, byte: u64) -> usize {
    let mut start = usize::try_from(byte).unwrap_or(text.len()).min(text.len());
    loop {
        let rest = &text[start..];
        start += match rest.bytes().next() {
            Some(b'\r' | b'\n') => 1,
            Some(b'#') => rest.find('\n').map_or(rest.len(), |end| end + 1),
            _ => return text[..start].matches('\n').count() + 1,
        };
    }
}

fn number(text: &str) -> Option<CaseNumber> {
    CaseNumber::parse(text).filter(|(_, suffix)| suffix.is_none()).map(|(number, _)| number)
}

fn unit_rate(text: &str) -> Option<Decimal> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    plain
        .then(|| Decimal::from_str_exact(text).ok())
        .flatten()
        .filter(|rate| rate.scale() <= 6 && *rate <= Decimal::from(1_000_000))
}

const DATE: &str = "a date such as 2025-07-22";

pub(super) fn rate_row(fields: &mut Fields<'_>) -> Option<RateRow> {
    // Each field is read before any is judged, so that all faults of a row are named at once.
    let case = fields.required("case", "a case number such as A-999-101", number);
    let role = fields.required("role", "pair, exporter, producer, either or everyone", Rung::parse);
    let from = fields.required("from", DATE, day::parse_iso);
    let through = fields.optional("through", DATE, day::parse_iso);
    let kind = fields.required("kind", "percent, unit, both or excluded", RateKind::parse);
    let margin = fields.optional("margin", "a rate in percent such as 93.50", Percent::parse);
    let deposit = fields.optional("deposit", "a rate in percent such as 93.50", Percent::parse);
    let unit_rate = fields.optional("unit_rate", "dollars per unit such as 2.42", unit_rate);
    let unit = fields.optional("unit", "a unit such as KG", Unit::parse);
    let trust = fields.optional("trust", "official, computed, secondary or disputed", Trust::parse);
    let disputed = fields.optional("disputed", "a rate in percent such as 93.50", Percent::parse);
    Some(RateRow {
        case: case?,
        role: role?,
        exporter: fields.text("exporter").to_string(),
        producer: fields.text("producer").to_string(),
        from: from?,
        through: through?,
        kind: kind?,
        margin: margin?,
        deposit: deposit?,
        unit_rate: unit_rate?,
        unit: unit?,
        notice: fields.text("notice").to_string(),
        trust: trust?,
        disputed: disputed?,
        note: fields.text("note").to_string(),
    })
}

pub(super) fn suffix_row(fields: &mut Fields<'_>) -> Option<SuffixRow> {
    let case = fields.required("case", "a case number such as A-999-101", number);
    let suffix = fields.required("suffix", "three letters or digits", Suffix::parse);
    let from: Option<Date> = fields.required("from", DATE, day::parse_iso);
    let through = fields.optional("through", DATE, day::parse_iso);
    Some(SuffixRow {
        case: case?,
        party: fields.text("party").to_string(),
        suffix: suffix?,
        from: from?,
        through: through?,
        notice: fields.text("notice").to_string(),
    })
}
