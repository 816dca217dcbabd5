//! Dates as files write them. Whether the day or the month comes first is settled per column, by the whole file.

use jiff::civil::{Date, date};

use crate::spreadsheet::row::Cell;
use crate::terms::Heading;

/// What is expected of a date.
pub const DATE: &str = "a date such as 2025-08-01 or 08/01/2025";
/// What is expected where no row tells day and month apart.
pub const DATE_ORDER: &str =
    "a date such as 2025-08-01, or --dates month-first: no row of this column tells day and month apart";
/// What is expected where rows contradict each other.
pub const DATE_ORDERS: &str =
    "a date such as 2025-08-01: some rows of this column put the month first and some the day";

/// The earliest day that an entry date can plausibly be: the Tariff Act's AD/CVD provisions in their present form took
/// effect on 1980-01-01. A date before it is a damaged cell.
const FIRST: Date = date(1980, 1, 1);
/// The latest.
const LAST: Date = date(2099, 12, 31);

/// The headings whose columns hold dates.
pub const DATE_HEADINGS: [Heading; 6] = [
    Heading::EntryDate,
    Heading::EntrySummaryDate,
    Heading::WithdrawalDate,
    Heading::ReleaseDate,
    Heading::LiquidationDate,
    Heading::ExportDate,
];

/// How a column writes `08/01/2025`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// August first, as in the United States.
    #[default]
    MonthFirst,
    /// The eighth of January.
    DayFirst,
    /// No row of the file tells.
    Unsettled,
    /// Some rows tell the one, some the other.
    Contradicted,
}

/// What the rows of a column told about the order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Rows such as 08/13/2025.
    pub month_first: u64,
    /// Rows such as 13/08/2025.
    pub day_first: u64,
    /// Rows such as 08/01/2025.
    pub either: u64,
}

impl Evidence {
    /// The order that the rows settle.
    pub fn order(&self) -> DateOrder {
        match (self.month_first > 0, self.day_first > 0, self.either > 0) {
            (true, true, _) => DateOrder::Contradicted,
            (false, false, true) => DateOrder::Unsettled,
            (false, true, _) => DateOrder::DayFirst,
            (true, false, _) | (false, false, false) => DateOrder::MonthFirst,
        }
    }

    /// Adds what other rows told.
    pub fn add(&mut self, other: Evidence) {
        self.month_first += other.month_first;
        self.day_first += other.day_first;
        self.either += other.either;
    }
}

/// The order of each date column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DateOrders(pub [DateOrder; DATE_HEADINGS.len()]);

impl DateOrders {
    /// The order under a heading; `None` where no dates stand under it.
    pub fn of(&self, heading: Heading) -> Option<DateOrder> {
        DATE_HEADINGS.iter().position(|known| *known == heading).map(|place| self.0[place])
    }
}

/// What became of a date cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateCell {
    /// This day.
    Is(Date),
    /// Day and month cannot be told apart.
    Ambiguous,
    /// No date, or none that can exist.
    NotUnderstood,
}

/// Reads a date cell and adds to the evidence of its column.
pub fn read_date(cell: &Cell, order: DateOrder, evidence: &mut Evidence) -> DateCell {
    let found = match cell {
        Cell::Date(moment) => DateCell::Is(moment.date()),
        Cell::Text(text) => read_text(text.trim(), order, evidence),
        _ => DateCell::NotUnderstood,
    };
    match found {
        DateCell::Is(day) if !(FIRST..=LAST).contains(&day) => DateCell::NotUnderstood,
        found => found,
    }
}

fn read_text(text: &str, order: DateOrder, evidence: &mut Evidence) -> DateCell {
    let day = without_time(text);
    if let Some(date) = crate::terms::day::parse_iso(day) {
        return DateCell::Is(date);
    }
    let parts: Vec<&str> = day.split('/').collect();
    let [first, second, year] = parts[..] else { return DateCell::NotUnderstood };
    let number = |part: &str, digits: std::ops::RangeInclusive<usize>| {
        let plain = digits.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse::<i16>().ok()).flatten()
    };
    let (Some(first), Some(second), Some(year)) =
        (number(first, 1..=2), number(second, 1..=2), number(year, 2..=4).filter(|_| year.len() != 3))
    else {
        return DateCell::NotUnderstood;
    };
    // Two digits: no entry of another century is in a file that is kept today.
    let year = if year < 100 { 2000 + year } else { year };
    let on = |month: i16, day: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    let settled = |day: Option<Date>| day.map_or(DateCell::NotUnderstood, DateCell::Is);
    match (on(first, second), on(second, first)) {
        (Some(date), Some(same)) if date == same => DateCell::Is(date),
        (Some(month_first), Some(day_first)) => {
            evidence.either += 1;
            match order {
                DateOrder::MonthFirst => DateCell::Is(month_first),
                DateOrder::DayFirst => DateCell::Is(day_first),
                DateOrder::Unsettled | DateOrder::Contradicted => DateCell::Ambiguous,
            }
        }
        (one, other) => {
            evidence.month_first += u64::from(one.is_some());
            evidence.day_first += u64::from(other.is_some());
            settled(one.or(other))
        }
    }
}

/// The day of a date that was written with a time of day.
fn without_time(text: &str) -> &str {
    let Some((day, time)) = text.split_once([' ', 'T']) else { return text };
    let time = time.trim().trim_end_matches(['Z', 'z']);
    let time =
        ["AM", "PM", "am", "pm"].iter().find_map(|half| time.strip_suffix(half)).unwrap_or(time).trim_end();
    let parts: Vec<&str> = time.split(':').collect();
    let plain =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if (2..=3).contains(&parts.len()) && parts.iter().all(plain) { day } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, order: DateOrder) -> DateCell {
        read_date(&Cell::Text(text.into()), order, &mut Evidence::default())
    }

    #[test]
    fn iso_and_us() {
        let august = DateCell::Is(date(2025, 8, 1));
        for text in [
            "2025-08-01",
            "08/01/2025",
            "8/1/2025",
            "08/01/2025 00:00:00",
            "2025-08-01T00:00:00",
            "8/1/2025 10:22 AM",
            "8/1/25",
        ] {
            assert_eq!(read(text, DateOrder::MonthFirst), august, "{text}");
        }
        assert_eq!(read("01/08/2025", DateOrder::DayFirst), august);
        assert_eq!(read("08/13/2025", DateOrder::Unsettled), DateCell::Is(date(2025, 8, 13)));
        assert_eq!(read("08/08/2025", DateOrder::Unsettled), DateCell::Is(date(2025, 8, 8)));
        assert_eq!(read("08/01/2025", DateOrder::Unsettled), DateCell::Ambiguous);
        for text in [
            "02/30/2025",
            "2025-02-30",
            "20250801",
            "45870",
            "8/1/025",
            "1/1/3801",
            "Aug 1, 2025",
            "0025-08-01",
        ] {
            assert_eq!(read(text, DateOrder::MonthFirst), DateCell::NotUnderstood, "{text}");
        }
    }

    #[test]
    fn the_whole_column_settles_the_order() {
        let mut evidence = Evidence::default();
        for text in ["08/01/2025", "13/08/2025"] {
            read_date(&Cell::Text(text.into()), DateOrder::MonthFirst, &mut evidence);
        }
        assert_eq!(evidence.order(), DateOrder::DayFirst);
        evidence.add(Evidence { month_first: 1, ..Evidence::default() });
        assert_eq!(evidence.order(), DateOrder::Contradicted);
    }
}
