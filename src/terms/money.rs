//! Money: cents on a deposit, whole dollars in a value, and the one function that rounds.

use rust_decimal::{Decimal, RoundingStrategy};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use super::percent::Percent;
use super::quantity::Quantity;

/// The largest amount that is understood, in dollars. The AE 53-record holds 99,999,999.99 of duty and ten digits of
/// value (CATAIR ESF-98); a cell above this is damaged, and products stay far below the 28 digits of a decimal.
pub const MAX_DOLLARS: Decimal = Decimal::from_parts(1_215_752_192, 23, 0, false, 0);

/// An amount in US dollars, exact to the cent.
///
/// A deposit is an estimate, not final duty: nothing of this type is a promise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(Decimal);

/// A customs value in whole dollars, as it stands on a 7501.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WholeDollars(u64);

/// The only rounding of amounts: half away from zero (CATAIR AE ESF-186, "standard rounding").
fn round(amount: Decimal, decimals: u32) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(decimals);
    rounded
}

impl Money {
    /// No money.
    pub const ZERO: Money = Money(Decimal::ZERO);

    /// The amount rounded to the cent.
    pub fn from_decimal(amount: Decimal) -> Money {
        Money(round(amount, 2))
    }

    /// The amount in dollars with two decimals.
    pub fn decimal(self) -> Decimal {
        round(self.0, 2)
    }

    /// The amount in cents. Amounts of lines stay below [`MAX_DOLLARS`] times a rate, far within 64 bits.
    pub fn cents(self) -> i64 {
        let cents = if self.0.scale() == 2 { self.0 } else { round(self.0, 2) };
        i64::try_from(cents.mantissa()).expect("amounts are bounded where they are read")
    }

    /// An amount of so many cents. Sums of whole files stay far below what a decimal holds.
    pub fn from_cents(cents: i128) -> Money {
        Money(Decimal::from_i128_with_scale(cents, 2))
    }

    /// True for 0.00.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The amount without its sign.
    pub fn abs(self) -> Money {
        Money(self.0.abs())
    }
}

impl WholeDollars {
    /// Drops fractions below fifty cents and takes up the others (19 CFR 159.3(a), for one line on its own).
    ///
    /// `None` for a negative value and for one above [`MAX_DOLLARS`].
    pub fn from_decimal(value: Decimal) -> Option<WholeDollars> {
        if value.is_sign_negative() && !value.is_zero() || value > MAX_DOLLARS {
            return None;
        }
        u64::try_from(round(value, 0).mantissa()).ok().map(WholeDollars)
    }

    /// The value in dollars.
    pub fn dollars(self) -> u64 {
        self.0
    }

    /// The value as a decimal.
    pub fn decimal(self) -> Decimal {
        Decimal::from(self.0)
    }

    /// Deposit on this value at an ad valorem rate: multiplied, then divided, then rounded to the cent.
    pub fn at(self, rate: Percent) -> Money {
        let mut hundredfold = self.decimal() * rate.decimal();
        // A hundredth is the same digits two places on; dividing is the way where no place is left.
        match hundredfold.set_scale(hundredfold.scale() + 2) {
            Ok(()) => Money::from_decimal(hundredfold),
            Err(_) => Money::from_decimal(hundredfold / Decimal::ONE_HUNDRED),
        }
    }
}

/// Whole-dollar values of the items of one invoice (19 CFR 159.3(a)): all merchandise at one rate is one unit, and the
/// sum may not differ from the rounded invoice total. Differences are settled by dropping the lower fractions or
/// taking up the larger; of equal fractions the item with the lower rate gives way, and where no rate is known the
/// later item.
///
/// Each item is its value in dollars and cents and its rate, where known. Returns `None` if a value is refused by
/// [`WholeDollars::from_decimal`].
pub fn whole_dollars_of_invoice(items: &[(Decimal, Option<Percent>)]) -> Option<Vec<WholeDollars>> {
    let total = WholeDollars::from_decimal(items.iter().map(|item| item.0).sum())?;
    let mut dollars = Vec::with_capacity(items.len());
    for (value, _) in items {
        WholeDollars::from_decimal(*value)?;
        dollars.push(WholeDollars(u64::try_from(value.trunc().mantissa()).ok()?));
    }
    let taken: u64 = dollars.iter().map(|whole| whole.0).sum();
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by(|&a, &b| {
        let by_fraction = items[b].0.fract().cmp(&items[a].0.fract());
        by_fraction.then(items[b].1.cmp(&items[a].1)).then(a.cmp(&b))
    });
    let to_take_up = usize::try_from(total.0.checked_sub(taken)?).ok()?;
    for &item in order.iter().take(to_take_up) {
        dollars[item].0 += 1;
    }
    Some(dollars)
}

/// Deposit at a rate per unit, in dollars per unit: quantity times rate, rounded to the cent.
pub fn per_unit(quantity: Quantity, rate: Decimal) -> Money {
    Money::from_decimal(quantity.amount * rate)
}

impl Add for Money {
    type Output = Money;
    fn add(self, other: Money) -> Money {
        Money(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Money;
    fn sub(self, other: Money) -> Money {
        Money(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Money;
    fn neg(self) -> Money {
        Money(-self.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        self.0 += other.0;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, |sum, amount| sum + amount)
    }
}

impl fmt::Display for Money {
    /// Two decimals, no thousands separator: `-1234.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decimal().fmt(f)
    }
}

impl fmt::Display for WholeDollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An amount for people: `$1,234.50`, `($5.00)`.
pub struct Grouped(pub Money);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.abs().to_string();
        let (dollars, cents) = text.split_once('.').unwrap_or((&text, "00"));
        let negative = self.0 < Money::ZERO;
        f.write_str(if negative { "($" } else { "$" })?;
        for (i, digit) in dollars.chars().enumerate() {
            if i > 0 && (dollars.len() - i) % 3 == 0 {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        write!(f, ".{cents}{}", if negative { ")" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn the_limit_is_ten_digits_of_dollars() {
        assert_eq!(MAX_DOLLARS, dec("100000000000"));
    }

    /// T1 of 19 CFR 159.3(a): below fifty cents dropped, from fifty cents taken up.
    #[test]
    fn one_line_rounds_to_whole_dollars() {
        assert_eq!(WholeDollars::from_decimal(dec("12345.49")).unwrap().dollars(), 12_345);
        assert_eq!(WholeDollars::from_decimal(dec("12345.50")).unwrap().dollars(), 12_346);
        assert_eq!(WholeDollars::from_decimal(dec("-0.01")), None);
        assert_eq!(WholeDollars::from_decimal(dec("100000000001")), None);
    }

    /// T2: three items of 100.40 at one rate are 301 together, not 300.
    #[test]
    fn items_of_one_invoice_sum_to_its_rounded_total() {
        let items = vec![(dec("100.40"), None); 3];
        let sum: u64 = whole_dollars_of_invoice(&items).unwrap().iter().map(|d| d.dollars()).sum();
        assert_eq!(sum, 301);
    }

    /// T3: 100.60 at 2 percent and 200.60 at 5 percent are 301; of equal fractions the lower rate gives way.
    #[test]
    fn of_equal_fractions_the_lower_rate_gives_way() {
        let rate = |text| Some(Percent::parse(text).unwrap());
        let items = [(dec("100.60"), rate("2")), (dec("200.60"), rate("5"))];
        let dollars: Vec<u64> =
            whole_dollars_of_invoice(&items).unwrap().iter().map(|d| d.dollars()).collect();
        assert_eq!(dollars, [100, 201]);
    }

    /// T4, T5, T6 (broker exam, April 2017, question 3) and T7.
    #[test]
    fn deposits_round_half_away_from_zero_to_the_cent() {
        let deposit = |value, rate| {
            WholeDollars::from_decimal(dec(value)).unwrap().at(Percent::parse(rate).unwrap()).to_string()
        };
        assert_eq!(deposit("68707", "93.50"), "64241.05");
        assert_eq!(deposit("68707", "66.82"), "45910.02");
        assert_eq!(deposit("9875", "68.89"), "6802.89");
        assert_eq!(deposit("10000", "721.03"), "72103.00");
    }

    #[test]
    fn money_reads_well() {
        assert_eq!(Grouped(Money::from_decimal(dec("-1234567.5"))).to_string(), "($1,234,567.50)");
        assert_eq!(Grouped(Money::ZERO).to_string(), "$0.00");
        assert_eq!(Money::from_decimal(dec("-0.001")).to_string(), "0.00");
    }
}
