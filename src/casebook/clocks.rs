//! How long something may still be done about an entry: liquidation after suspension, protest, post-summary
//! correction, entry summary. Dated data with authorities; each is a reading to confirm with counsel.

use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use serde::Deserialize;

use super::model::Day;

/// Which clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockName {
    /// From the notice that lifts suspension to liquidation.
    SuspensionLifted,
    /// From liquidation to the last day of a protest.
    Protest,
    /// From entry to the last day of a post-summary correction.
    CorrectionAfterEntry,
    /// From the last day of a post-summary correction to the scheduled liquidation.
    CorrectionBeforeLiquidation,
    /// From release to the last day of the entry summary with its deposit.
    Summary,
}

/// A clock as it runs from a day on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Which.
    pub name: ClockName,
    /// The first day from which it is counted so.
    pub from: Day,
    months: Option<i32>,
    days: Option<i32>,
    working_days: Option<u32>,
    /// The rule behind it.
    pub authority: String,
    /// How we read the rule.
    pub reading: String,
}

/// Days on which federal offices are closed beside weekends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Holidays {
    /// The rule behind them.
    #[allow(dead_code, reason = "for whoever reads the table")]
    authority: String,
    from: Day,
    through: Day,
    days: Vec<Day>,
}

/// All clocks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clocks {
    clock: Vec<Clock>,
    holidays: Holidays,
}

static BUILT_IN: LazyLock<Clocks> =
    LazyLock::new(|| toml::from_str(include_str!("clocks.toml")).expect("a test reads the table"));

impl Clocks {
    /// The clocks that the program has built in.
    pub fn built_in() -> &'static Clocks {
        &BUILT_IN
    }

    /// The clock of a name, as it is counted from a day; `None` where that day was not looked at.
    pub fn clock(&self, name: ClockName, start: Date) -> Option<&Clock> {
        let dated = self.clock.iter().filter(|clock| clock.name == name && clock.from.0 <= start);
        dated.max_by_key(|clock| clock.from)
    }

    /// The authority of a clock, the newest where it changed.
    pub fn authority(&self, name: ClockName) -> &str {
        let newest = self.clock.iter().filter(|clock| clock.name == name).max_by_key(|clock| clock.from);
        newest.map_or("", |clock| &clock.authority)
    }

    /// How long a clock runs, the newest where it changed: `180 days`.
    pub fn measure(&self, name: ClockName) -> String {
        let newest = self.clock.iter().filter(|clock| clock.name == name).max_by_key(|clock| clock.from);
        newest.map(Clock::measure).unwrap_or_default()
    }

    /// The last day of a clock that starts on a day; `None` where that cannot be told: days before the measure, or
    /// beyond the holidays that are held.
    pub fn last_day(&self, name: ClockName, start: Date) -> Option<Date> {
        let clock = self.clock(name, start)?;
        match clock.working_days {
            Some(count) => self.working_days_after(start, count),
            None => start.checked_add(clock.span()).ok(),
        }
    }

    /// The last day for a post-summary correction: the earlier of so many days after entry and so many before the
    /// scheduled liquidation, where one is scheduled.
    pub fn last_correction(&self, entry: Date, scheduled: Option<Date>) -> Option<Date> {
        let after_entry = self.last_day(ClockName::CorrectionAfterEntry, entry)?;
        let before = scheduled.and_then(|day| {
            let clock = self.clock(ClockName::CorrectionBeforeLiquidation, entry)?;
            day.checked_sub(clock.span()).ok()
        });
        Some(before.map_or(after_entry, |before| before.min(after_entry)))
    }

    fn working_days_after(&self, start: Date, count: u32) -> Option<Date> {
        let Holidays { from, through, days, .. } = &self.holidays;
        let mut day = start;
        for _ in 0..count {
            day = day.tomorrow().ok()?;
            while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || days.contains(&Day(day)) {
                day = day.tomorrow().ok()?;
            }
        }
        (from.0 <= start && day <= through.0).then_some(day)
    }
}

impl Clock {
    fn span(&self) -> Span {
        self.months.unwrap_or(0).months().days(self.days.unwrap_or(0))
    }

    fn measure(&self) -> String {
        match (self.months, self.days, self.working_days) {
            (Some(months), _, _) => format!("{months} months"),
            (_, Some(days), _) => format!("{days} days"),
            (_, _, days) => format!("{} working days", days.unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_clock_has_one_measure_and_an_authority() {
        for clock in &Clocks::built_in().clock {
            let measures = [clock.months.is_some(), clock.days.is_some(), clock.working_days.is_some()];
            assert_eq!(measures.iter().filter(|measure| **measure).count(), 1, "{clock:?}");
            assert!(!clock.authority.is_empty() && !clock.reading.is_empty());
        }
    }

    #[test]
    fn holidays_are_weekdays_and_eleven_a_year() {
        let holidays = &Clocks::built_in().holidays;
        let weekend = |day: &Day| matches!(day.0.weekday(), Weekday::Saturday | Weekday::Sunday);
        assert_eq!(holidays.days.iter().find(|day| weekend(day)), None);
        // New Year's Day of 2028 is a Saturday and is kept on the last day of 2027.
        let of = |year| holidays.days.iter().filter(|day| day.0.year() == year).count();
        assert_eq!([2024, 2025, 2026, 2027, 2028].map(of), [11, 11, 11, 12, 10]);
    }

    /// Counted by hand on a calendar.
    #[test]
    fn last_days() {
        let clocks = Clocks::built_in();
        let last = |name, start| clocks.last_day(name, start);
        assert_eq!(last(ClockName::SuspensionLifted, date(2026, 3, 12)), Some(date(2026, 9, 12)));
        // 180 days: 19 left in March, 30, 31, 30, 31, 31 make 172, and 8 of September.
        assert_eq!(last(ClockName::Protest, date(2026, 3, 12)), Some(date(2026, 9, 8)));
        // Ten working days from Friday 2025-08-22: Labor Day, 2025-09-01, does not count.
        assert_eq!(last(ClockName::Summary, date(2025, 8, 22)), Some(date(2025, 9, 8)));
        assert_eq!(last(ClockName::Summary, date(2028, 12, 28)), None);
        assert_eq!(last(ClockName::Protest, date(1999, 3, 12)), None);
        // 300 days from 2025-08-01: 152 to the end of the year, 148 into 2026.
        assert_eq!(clocks.last_correction(date(2025, 8, 1), None), Some(date(2026, 5, 28)));
        let scheduled = Some(date(2026, 6, 5));
        assert_eq!(clocks.last_correction(date(2025, 8, 1), scheduled), Some(date(2026, 5, 21)));
    }
}
