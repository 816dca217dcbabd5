//! The AE 53-record: an AD/CVD case of an entry summary line, as it is sent to ACE (CATAIR, Entry Summary Create/Update,
//! ESF-98 and 99). What a field cannot hold exactly is refused, never cut or padded with a guess.

use rust_decimal::Decimal;

use crate::casebook::model::RateRow;
use crate::casebook::{Base, Casebook, RateKind};
use crate::determine::{CaseFinding, Finding, LineFindings};
use crate::entry::{EntryLine, Security};
use crate::terms::{CaseNumber, Code, Exception, Ground, Heading, Kind, Money, Suffix};

/// Characters of a record.
pub const RECORD: usize = 80;

/// What the field of a record would need.
struct Refused {
    field: Heading,
    found: String,
    expected: &'static str,
}

/// The records of a line, AD before CVD, each with the end of its line: one for each case under which a deposit is due at
/// entry, 0.00 percent included (such a line is filed with its case and the rate 0.00). A warehouse entry, on which
/// nothing is due before withdrawal, has none.
///
/// # Errors
/// AE01 for each deposit of which no record can be made: the records of a line stand together or not at all.
pub fn records(
    casebook: &Casebook,
    line: &EntryLine,
    findings: &LineFindings,
) -> Result<String, Vec<Exception>> {
    let (mut records, mut refused) = (String::new(), Vec::new());
    for deposit in Kind::BOTH.into_iter().filter_map(|kind| Deposit::of(casebook, line, findings, kind)) {
        // Where another case of the line has no figure, the line cannot be sent.
        let whole = findings.at_entry.is_some();
        match if whole { deposit.record() } else { Err(deposit.half_a_line()) } {
            Ok(record) => {
                records.push_str(&record);
                records.push('\n');
            }
            Err(Refused { field, found, expected }) => {
                let ground = Ground::Cell { heading: field, found: found.into(), expected };
                refused.push(Exception { kind: Some(deposit.kind), ..Exception::new(Code::AE01, ground) });
            }
        }
    }
    if refused.is_empty() { Ok(records) } else { Err(refused) }
}

/// A deposit that is due.
struct Deposit<'a> {
    line: &'a EntryLine,
    found: &'a CaseFinding,
    kind: Kind,
    number: CaseNumber,
    suffix: Option<Suffix>,
    row: &'a RateRow,
    base: Base,
    amount: Money,
}

impl<'a> Deposit<'a> {
    fn of(
        casebook: &'a Casebook,
        line: &'a EntryLine,
        findings: &'a LineFindings,
        kind: Kind,
    ) -> Option<Deposit<'a>> {
        let found = &findings.cases[kind.index()];
        let Finding::Deposit(used) = &findings.answer.as_ref()?.case(kind)?.at_entry.finding else {
            return None;
        };
        let (number, suffix) = found.number?;
        let (family, rate) = found.rate?;
        let amount = found.at_entry.filter(|_| !used.at_withdrawal)?;
        let row = &casebook.families()[family].rates[rate].row;
        Some(Deposit { line, found, kind, number, suffix, row, base: used.base, amount })
    }

    fn headings(&self) -> [Heading; 4] {
        match self.kind {
            Kind::Ad => [Heading::AdCase, Heading::AdRate, Heading::AdPaid, Heading::AdBondCash],
            Kind::Cvd => [Heading::CvdCase, Heading::CvdRate, Heading::CvdPaid, Heading::CvdBondCash],
        }
    }

    fn half_a_line(&self) -> Refused {
        let [case, ..] = self.headings();
        let expected = "a figure under every case of the line: it has none under another";
        Refused { field: case, found: self.number.as_filed(self.suffix), expected }
    }

    /// The record, field by field: positions from 1, as the chapter counts them.
    fn record(&self) -> Result<String, Refused> {
        let [_, _, amount, _] = self.headings();
        let expected = "at most 99,999,999.99, as much as the field of the record holds";
        let duty = Refused { field: amount, found: self.amount.to_string(), expected };
        let record = [
            // 1-2 which record, 3-12 the case with its company suffix, 13 cash or bond.
            "53".to_string(),
            self.case()?,
            self.claim()?,
            // 14-21 the rate with two implied decimals, 22 ad valorem or specific, 23-24 filler.
            self.rate()?,
            "  ".to_string(),
            // 25-34 the value of the subject portion, 35-46 the quantity with four implied decimals.
            digits(self.value(), 0, 10).unwrap_or_default(),
            self.quantity()?,
            // 47-56 the deposit with two implied decimals, 57-66 the blanket non-reimbursement statement.
            digits(self.amount.decimal(), 2, 10).ok_or(duty)?,
            self.non_reimbursement()?,
        ]
        .concat();
        // 67-80 filler.
        Ok(format!("{record:<RECORD$}"))
    }

    fn case(&self) -> Result<String, Refused> {
        let [field, ..] = self.headings();
        let expected = "the company suffix of the case, which the casebook does not know for these parties";
        let found = self.number.as_filed(None);
        match self.suffix {
            Some(suffix) => Ok(self.number.as_filed(Some(suffix))),
            None => Err(Refused { field, found, expected }),
        }
    }

    fn claim(&self) -> Result<String, Refused> {
        let [.., field] = self.headings();
        let found = self.line.bond_cash[self.kind.index()].to_string();
        match Security::parse(&found) {
            Some(Security::Cash) => Ok("C".to_string()),
            Some(Security::Bond) => Ok("B".to_string()),
            None => Err(Refused { field, found, expected: "cash or bond: C or B" }),
        }
    }

    fn rate(&self) -> Result<String, Refused> {
        let [_, field, ..] = self.headings();
        let figure = match self.row.kind {
            RateKind::Percent => self.row.deposit.map(|percent| (percent.decimal(), 'A')),
            RateKind::Unit => self.row.unit_rate.map(|rate| (rate, 'S')),
            // One record has one rate.
            RateKind::Both | RateKind::Excluded => None,
        };
        let expected = "one rate of at most two decimals, ad valorem or specific";
        let refused = || Refused { field, found: super::wording::rate(self.row), expected };
        let (rate, letter) = figure.ok_or_else(refused)?;
        let digits = digits(rate, 2, 8).ok_or_else(refused)?;
        Ok(format!("{digits}{letter}"))
    }

    /// The value of the subject portion where it is not the whole article (ESF-98; CSMS 18-000379); zero where the line
    /// value is the base.
    fn value(&self) -> Decimal {
        let portion = self.found.base.filter(|base| {
            self.base == Base::Subject
                && self.line.entered_value.value().is_none_or(|entered| entered != *base)
        });
        portion.map(|base| base.decimal()).unwrap_or_default()
    }

    /// The quantity of a specific rate, which must be above zero (CSMS 15-000286); else zero.
    fn quantity(&self) -> Result<String, Refused> {
        let quantity = match self.row.kind {
            RateKind::Unit => self.line.quantity.value().unwrap_or_default(),
            RateKind::Percent | RateKind::Both | RateKind::Excluded => {
                return Ok(digits(Decimal::ZERO, 4, 12).unwrap_or_default());
            }
        };
        let expected = "a quantity above zero of at most four decimals and eight digits before them";
        let refused = || Refused { field: Heading::Quantity, found: quantity.to_string(), expected };
        digits(quantity, 4, 12).filter(|_| !quantity.is_zero()).ok_or_else(refused)
    }

    /// A blanket statement is a number of ten characters; `Y` stands in the 40-record. Of AD cases alone (19 CFR
    /// 351.402(f)).
    fn non_reimbursement(&self) -> Result<String, Refused> {
        let text = &*self.line.non_reimbursement_id;
        let statement = ["", "Y", "YES"].contains(&text.to_ascii_uppercase().as_str());
        if statement || self.kind == Kind::Cvd {
            return Ok(" ".repeat(10));
        }
        if text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(text.to_ascii_uppercase());
        }
        let expected = "the ten letters and digits of a blanket statement, or Y";
        Err(Refused { field: Heading::NonReimbursement, found: text.to_string(), expected })
    }
}

/// A figure as digits with implied decimals, in a field of this width; `None` if it does not fit exactly.
fn digits(figure: Decimal, decimals: u32, width: usize) -> Option<String> {
    let mut figure = figure.normalize();
    if figure.is_sign_negative() && !figure.is_zero() || figure.scale() > decimals {
        return None;
    }
    figure.rescale(decimals);
    let digits = format!("{:0>width$}", figure.mantissa());
    (digits.len() == width).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_fit_exactly_or_not_at_all() {
        let of =
            |text: &str, decimals, width| digits(Decimal::from_str_exact(text).unwrap(), decimals, width);
        // R2.5 of the chapter's conventions: 10.17 percent, and 110.25 dollars a unit.
        assert_eq!(of("10.17", 2, 8).as_deref(), Some("00001017"));
        assert_eq!(of("110.25", 2, 8).as_deref(), Some("00011025"));
        assert_eq!(of("93.500", 2, 8).as_deref(), Some("00009350"));
        assert_eq!(of("0", 2, 8).as_deref(), Some("00000000"));
        assert_eq!(of("99999999.99", 2, 10).as_deref(), Some("9999999999"));
        for refused in ["93.505", "-1", "1000000.00"] {
            assert_eq!(of(refused, 2, 8), None, "{refused}");
        }
    }
}
