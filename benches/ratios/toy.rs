//! The toy job that the peers do: look the pair of names up as written, multiply, round. It knows no law, no day, no
//! scope and no other writing of a name, and gives no reason; it is the least that a program could do with such a file.

use std::collections::HashMap;
use std::path::Path;

use crate::Outcome;
use crate::companies::{COUNTRY_WIDE_AD, Rates};

/// The headings of the peers' columns.
pub const COLUMNS: [&str; 12] = [
    "Status",
    "AD Case",
    "AD Rate",
    "AD Base",
    "AD Deposit",
    "CVD Case",
    "CVD Rate",
    "CVD Base",
    "CVD Deposit",
    "Total Deposit",
    "Citation",
    "Remark",
];

/// What the peers print as the source.
pub const CITATION: &str = "FR Doc. 2025-13692; 90 FR 28994";

/// The columns of the input that the job reads.
#[derive(Clone, Copy, Debug)]
pub struct Needed {
    /// Exporter.
    pub exporter: usize,
    /// Producer.
    pub producer: usize,
    /// Entered value.
    pub value: usize,
    /// Declared antidumping case.
    pub ad_case: usize,
    /// Declared countervailing case.
    pub cvd_case: usize,
}

impl Needed {
    /// Where they are among these headings.
    pub fn among<'a>(headings: impl Iterator<Item = &'a str> + Clone) -> Outcome<Needed> {
        let at =
            |name: &str| headings.clone().position(|heading| heading == name).ok_or(format!("no {name}"));
        Ok(Needed {
            exporter: at("Exporter")?,
            producer: at("Producer")?,
            value: at("Entered Value")?,
            ad_case: at("AD Case Number")?,
            cvd_case: at("CVD Case Number")?,
        })
    }
}

/// Deposits of one line, in cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deposits {
    /// Antidumping.
    pub ad: i64,
    /// Countervailing.
    pub cvd: i64,
}

/// What the job finds for a line.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// The rates of the pair.
    pub rates: Rates,
    /// The deposits.
    pub deposits: Deposits,
}

impl Found {
    /// False where the pair has the rate of everyone else.
    pub fn matched(self) -> bool {
        self.rates.ad != COUNTRY_WIDE_AD
    }

    /// What is said of the line.
    pub fn status(self) -> &'static str {
        if self.matched() { "LISTED PAIR" } else { "EVERYONE ELSE" }
    }

    /// A remark for a person.
    pub fn remark(self) -> &'static str {
        if self.matched() { "" } else { "the pair is not listed" }
    }
}

/// Rates by exporter and producer as written.
pub struct RateTable(HashMap<String, HashMap<String, Rates>>);

impl RateTable {
    /// Reads a rate table.
    pub fn read(path: &Path) -> Outcome<RateTable> {
        let mut table: HashMap<String, HashMap<String, Rates>> = HashMap::new();
        for row in csv::Reader::from_path(path)?.into_records() {
            let row = row?;
            let percent = |column: usize| -> Outcome<u32> { Ok(u32::try_from(cents(&row[column])?)?) };
            let rates = Rates { ad: percent(2)?, cvd: percent(3)? };
            table.entry(row[0].to_string()).or_default().insert(row[1].to_string(), rates);
        }
        Ok(RateTable(table))
    }

    /// The rates and deposits of a pair and a value; `None` where the table has no such pair.
    pub fn find(&self, exporter: &str, producer: &str, dollars: i64) -> Option<Found> {
        let rates = *self.0.get(exporter)?.get(producer)?;
        let deposits = Deposits { ad: deposit(dollars, rates.ad), cvd: deposit(dollars, rates.cvd) };
        Some(Found { rates, deposits })
    }
}

/// Dollars times hundredths of a percent in cents, halves away from zero; values are not negative here.
fn deposit(dollars: i64, hundredths: u32) -> i64 {
    (dollars * i64::from(hundredths) + 50) / 100
}

/// Hundredths of a decimal text with at most two decimals: `93.5` is 9350.
pub fn cents(text: &str) -> Outcome<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = match part.len() {
        0 => 0,
        1 => part.parse::<i64>()? * 10,
        2 => part.parse::<i64>()?,
        _ if part[2..].bytes().all(|digit| digit == b'0') => part[..2].parse::<i64>()?,
        _ => return Err(format!("{text:?} has more than two decimals").into()),
    };
    let whole: i64 = whole.parse()?;
    Ok(whole * 100 + part)
}

/// An amount in cents as text.
pub fn dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
