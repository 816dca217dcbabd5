//! Import statistics beside a case: value and quantity by year, and what a unit cost on average. They decide nothing: a line
//! whose unit value is far from them is looked at again.

use std::collections::HashSet;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::check::Check;
use super::family::NoticeIx;
use super::model::Placed;
use super::read::{FaultCode, Fields};
use crate::terms::{Country, Hts, Unit};

/// The largest figure of import statistics: some thousand times the imports of the United States in a year. A figure above
/// it is damaged.
const STATISTIC_MAX: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0);

/// A row of `statistics.csv`: the imports of one year.
#[derive(Clone, Debug)]
pub struct StatisticRow {
    /// The tariff numbers that the figures cover together.
    pub hts: Vec<Hts>,
    /// Country of origin.
    pub country: Country,
    /// Calendar year.
    pub year: i16,
    /// Customs value in US dollars.
    pub value: Decimal,
    /// How much of it.
    pub quantity: Decimal,
    /// In what.
    pub unit: Unit,
    /// Where the figures stand.
    pub notice: String,
}

impl StatisticRow {
    /// What a unit cost on average, in dollars.
    pub fn average(&self) -> Decimal {
        self.value / self.quantity
    }

    /// True if two rows are of the same goods.
    pub fn same_goods(&self, other: &StatisticRow) -> bool {
        self.hts == other.hts && self.country == other.country && self.notice == other.notice
    }
}

/// What a unit of some goods cost on average over some years.
#[derive(Clone, Debug)]
pub struct Prices {
    /// The tariff numbers that the figures cover together.
    pub hts: Vec<Hts>,
    /// Country of origin.
    pub country: Country,
    /// First and last year.
    pub years: (i16, i16),
    /// Of what.
    pub unit: Unit,
    /// The lowest and the highest yearly average, in dollars a unit.
    pub averages: (Decimal, Decimal),
    /// Where the figures stand.
    pub notice: NoticeIx,
}

impl Prices {
    /// True if the goods are among those of the figures.
    pub fn cover(&self, hts: Hts, origin: Country) -> bool {
        self.country == origin && self.hts.iter().any(|known| hts.falls_under(*known))
    }
}

/// The prices that rows of statistics come to: one for the rows of the same goods from one notice.
pub(super) fn prices(rows: &[Placed<StatisticRow>], notice_ix: impl Fn(&str) -> NoticeIx) -> Vec<Prices> {
    let mut prices: Vec<(&StatisticRow, Prices)> = Vec::new();
    for row in rows.iter().map(|placed| &placed.row) {
        let average = row.average();
        if let Some((_, known)) = prices.iter_mut().find(|(first, _)| first.same_goods(row)) {
            known.years = (known.years.0.min(row.year), known.years.1.max(row.year));
            known.averages = (known.averages.0.min(average), known.averages.1.max(average));
            continue;
        }
        let (hts, country, unit) = (row.hts.clone(), row.country, row.unit);
        let (years, averages, notice) = ((row.year, row.year), (average, average), notice_ix(&row.notice));
        prices.push((row, Prices { hts, country, years, unit, averages, notice }));
    }
    prices.into_iter().map(|(_, prices)| prices).collect()
}

/// A calendar year, four digits.
fn year(text: &str) -> Option<i16> {
    let plain = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let year = plain.then(|| text.parse().ok()).flatten()?;
    Date::new(year, 1, 1).ok().map(|_| year)
}

/// Tariff numbers between blanks.
fn numbers(text: &str) -> Option<Vec<Hts>> {
    let numbers: Option<Vec<Hts>> = text.split_whitespace().map(Hts::parse).collect();
    numbers.filter(|numbers| !numbers.is_empty())
}

/// A figure of statistics: digits and at most a point, above zero.
fn statistic(text: &str) -> Option<Decimal> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let figure = plain.then(|| Decimal::from_str_exact(text).ok()).flatten()?;
    (!figure.is_zero() && figure.scale() <= 2 && figure <= STATISTIC_MAX).then_some(figure)
}

pub(super) fn statistic_row(fields: &mut Fields<'_>) -> Option<StatisticRow> {
    const FIGURE: &str = "a figure above zero without separators, such as 143290236";
    let hts = fields.required("hts", "tariff numbers between blanks, such as 9999.99.1000", numbers);
    let country = fields.required("country", "a country such as CN", Country::parse);
    let year = fields.required("year", "a year such as 2023", year);
    let value = fields.required("value", FIGURE, statistic);
    let quantity = fields.required("quantity", FIGURE, statistic);
    let unit = fields.required("unit", "a unit such as KG", Unit::parse);
    Some(StatisticRow {
        hts: hts?,
        country: country?,
        year: year?,
        value: value?,
        quantity: quantity?,
        unit: unit?,
        notice: fields.text("notice").to_string(),
    })
}

impl Check<'_> {
    /// Statistics are asked only of lines that the family looks at, and average one year and one unit at a time.
    pub(super) fn statistics(&mut self) {
        let rows = self.rows;
        let mut seen = HashSet::new();
        for Placed { at, row } in &rows.statistics {
            let hinted = |hts: &Hts| rows.hints.iter().any(|hint| hts.falls_under(hint.row.hts));
            if let Some(hts) = row.hts.iter().find(|hts| !hinted(hts)) {
                let sentence =
                    format!("no [[hint]] names {hts}: the row is never asked; add a hint, or correct it");
                self.fault(at, FaultCode::CF18, sentence);
            }
            if !seen.insert((&row.hts, row.country, row.year, &row.notice)) {
                let sentence =
                    format!("the same goods of {} stand twice by one notice; keep one row", row.year);
                self.fault(at, FaultCode::CF18, sentence);
            }
            let first = rows.statistics.iter().find(|first| first.row.same_goods(row));
            if let Some(first) = first.filter(|first| first.row.unit != row.unit) {
                let sentence = format!(
                    "{} where another row of the same goods has {}; use one unit",
                    row.unit, first.row.unit
                );
                self.fault(at, FaultCode::CF18, sentence);
            }
        }
    }
}
