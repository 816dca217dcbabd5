//! Whether what a unit of the goods is worth is far from what such goods cost on average. It never changes a figure: it
//! asks a person to look at value, quantity and unit again.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::answer::{Answer, PricesUsed};
use super::question::Question;
use crate::casebook::Casebook;
use crate::casebook::statistics::Prices;
use crate::entry::Read;
use crate::entry::line::Stated;
use crate::terms::{Code, Exception, Ground, KnownDay, UnitValue};

/// A unit value is far where it is below a fifth of the lowest yearly average or above five times the highest. The
/// averages are over all goods of the tariff numbers and differ from year to year, by three quarters in the figures at
/// hand; slips are larger: tons for kilograms (1,000), yuan for dollars (some 7), a line's quantity on each of its rows.
const FAR: Decimal = Decimal::from_parts(5, 0, 0, false, 0);

/// Dollars of entered value below which a line is not looked at: samples have prices of their own. Reading: the value
/// up to which the regulations let a shipment be entered informally (19 CFR 143.21(a)).
const SMALL: u64 = 2_500;

/// The prices that a line can be held against: those of its tariff number and origin, in a unit that the line's can be
/// put into, from a notice that was known on the as-of day.
pub(super) fn prices(casebook: &Casebook, families: &[usize], question: &Question) -> Option<PricesUsed> {
    let (hts, origin) = (question.hts.value()?, question.origin.value()?);
    let unit = question.values.unit.value()?;
    let known = KnownDay(casebook.grid().day(question.as_of));
    families.iter().find_map(|family| {
        let of = &casebook.families()[*family];
        let published = |prices: &Prices| of.notices[prices.notice].published.0 <= known.0;
        let mut prices = of.prices.iter().enumerate();
        prices.find_map(|(place, prices)| {
            let ratio = unit.in_units_of(prices.unit)?;
            let covers = prices.cover(hts, origin) && published(prices);
            covers.then_some(PricesUsed { family: *family, prices: place, ratio })
        })
    })
}

/// What a unit is worth, and on which side of the prices it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Far {
    /// Dollars a unit of the statistics, to the cent.
    pub(super) found: Decimal,
    /// Below or above.
    pub(super) side: Ordering,
}

/// `None` where the unit value is not far from the prices, or cannot be told.
pub(super) fn far(casebook: &Casebook, answer: &Answer, stated: &Stated) -> Option<Far> {
    let used = answer.prices.as_ref()?;
    let (Read::Is(value), Read::Is(quantity)) = (stated.entered_value, stated.quantity) else { return None };
    if value.dollars() < SMALL {
        return None;
    }
    let (lowest, highest) = of(casebook, used).averages;
    let quantity = quantity.checked_mul(used.ratio)?;
    let found = value.decimal().checked_div(quantity)?;
    let side = if found < lowest / FAR {
        Ordering::Less
    } else if found > highest * FAR {
        Ordering::Greater
    } else {
        return None;
    };
    Some(Far { found: cents(found), side })
}

/// VA01 of a unit value.
pub(super) fn exception(casebook: &Casebook, answer: &Answer, far: Far) -> Option<Exception> {
    Some(Exception::new(Code::VA01, ground(casebook, answer.prices.as_ref()?, far.found)))
}

fn ground(casebook: &Casebook, used: &PricesUsed, found: Decimal) -> Ground {
    let prices = of(casebook, used);
    let (lowest, highest) = prices.averages;
    Ground::UnitValue(Box::new(UnitValue {
        found,
        unit: prices.unit,
        averages: (cents(lowest), cents(highest)),
        years: prices.years,
        country: prices.country,
        source: casebook.families()[used.family].notices[prices.notice].citation.as_str().into(),
    }))
}

fn of<'c>(casebook: &'c Casebook, used: &PricesUsed) -> &'c Prices {
    &casebook.families()[used.family].prices[used.prices]
}

/// Dollars to the cent; only to be shown.
fn cents(dollars: Decimal) -> Decimal {
    crate::terms::Money::from_decimal(dollars).decimal()
}
