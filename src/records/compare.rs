//! What was due against what was paid, line by line and case by case: every line of either side in one class a kind.
//!
//! A difference is a finding for a person, no fault of a file. Nothing is netted across AD and CVD.

use rust_decimal::Decimal;

use super::paid::{PaidCase, PaidLine, PaidLines, ReportHas, Settled, line_key};
use crate::casebook::RateKind;
use crate::casebook::model::RateRow;
use crate::entry::Declared;
use crate::terms::{CaseNumber, Kind, Money, Suffix, WholeDollars};

/// What the casebook asks of a line under a kind of case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A deposit, 0.00 included.
    Deposit,
    /// Nothing at entry: the standing of the case settles it, or a warehouse entry waits for its withdrawal.
    Nothing,
    /// Nothing: no case of this kind concerns the line.
    NotConcerned,
    /// No case of the casebook lists the goods: nobody looked.
    NotTested,
    /// Something, but not known how much.
    NoFigure,
}

/// What is due on a line under a kind of case.
#[derive(Clone, Copy, Debug)]
pub struct DueCase<'c> {
    /// What is asked.
    pub asked: Asked,
    /// The case to file; its suffix where it is known.
    pub case: Option<(CaseNumber, Option<Suffix>)>,
    /// The rate.
    pub rate: Option<&'c RateRow>,
    /// The value to which it applies.
    pub base: Option<WholeDollars>,
    /// Due at entry: what the paid amount is compared with.
    pub at_entry: Option<Money>,
    /// What stands as known on the as-of day.
    pub restated: Option<Money>,
}

/// A line of the entries.
#[derive(Clone, Debug)]
pub struct DueLine<'c> {
    /// Row on which it stands.
    pub row: u64,
    /// Entry number as written.
    pub entry_number: Box<str>,
    /// Line number as written.
    pub line_number: Box<str>,
    /// Entered value.
    pub value: Option<WholeDollars>,
    /// By kind, AD then CVD.
    pub cases: [DueCase<'c>; 2],
}

/// How due and paid compare. Of several differences the first in this order is the class: a wrong case explains a wrong
/// rate, and either explains an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The same amount, to the cent.
    Agree,
    /// No deposit on either side, and no case.
    Neither,
    /// A difference that rounding explains.
    Rounding,
    /// More was paid than was due at entry.
    PaidMore,
    /// Less was paid.
    PaidLess,
    /// Another case, or none where one was due.
    CaseDiffers,
    /// Another rate.
    RateDiffers,
    /// Another value.
    ValueDiffers,
    /// The report has a line that the entries have not.
    NotInEntries,
    /// The entries have a line that the report has not.
    NotInReport,
    /// The report does not say what was paid.
    FieldAbsent,
    /// What was due is not known.
    NoFigure,
}

impl Class {
    /// Every class, in the order of the Summary.
    pub const ALL: [Class; 12] = [
        Class::Agree,
        Class::Neither,
        Class::Rounding,
        Class::PaidMore,
        Class::PaidLess,
        Class::CaseDiffers,
        Class::RateDiffers,
        Class::ValueDiffers,
        Class::NotInEntries,
        Class::NotInReport,
        Class::FieldAbsent,
        Class::NoFigure,
    ];

    /// The class in words.
    pub fn text(self) -> &'static str {
        match self {
            Class::Agree => "agree",
            Class::Neither => "no case on either side",
            Class::Rounding => "rounding",
            Class::PaidMore => "paid more",
            Class::PaidLess => "paid less",
            Class::CaseDiffers => "case differs",
            Class::RateDiffers => "rate differs",
            Class::ValueDiffers => "value differs",
            Class::NotInEntries => "not found in the entries",
            Class::NotInReport => "not found in the report",
            Class::FieldAbsent => "field absent",
            Class::NoFigure => "no figure due",
        }
    }
}

/// A line under a kind of case, on either side or on both.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// Which kind.
    pub kind: Kind,
    /// How it came out.
    pub class: Class,
    /// The line of the entries.
    pub due: Option<&'a DueLine<'a>>,
    /// The line of the report.
    pub paid: Option<&'a PaidLine>,
    /// What the report says of it.
    pub stated: Option<PaidCase>,
}

impl<'a> Compared<'a> {
    /// What is due under the kind.
    pub fn due_case(&self) -> Option<&'a DueCase<'a>> {
        self.due.map(|line| &line.cases[self.kind.index()])
    }

    /// Due at entry, where it is known.
    pub fn at_entry(&self) -> Option<Money> {
        self.due_case().and_then(|case| case.at_entry)
    }

    /// What stands on the as-of day, where it is known.
    pub fn restated(&self) -> Option<Money> {
        self.due_case().and_then(|case| case.restated)
    }

    /// What was paid, where it is known.
    pub fn amount(&self) -> Option<Money> {
        self.stated.and_then(|stated| stated.amount.value())
    }

    /// Paid less due at entry, where both are known. Nothing is due under a case that does not concern the line.
    pub fn difference(&self) -> Option<Money> {
        let case = self.due_case()?;
        let not_concerned = || (case.asked == Asked::NotConcerned).then_some(Money::ZERO);
        Some(self.amount()? - self.at_entry().or_else(not_concerned)?)
    }

    /// The money that the row is about: the difference, else what is known of either side; under another case the whole
    /// deposit.
    pub fn stake(&self) -> Money {
        if self.class == Class::CaseDiffers {
            return self.amount().unwrap_or_default().abs().max(self.at_entry().unwrap_or_default());
        }
        let known = self.difference().or_else(|| self.amount()).or_else(|| self.at_entry());
        known.unwrap_or_default().abs()
    }

    /// True if a person should see the row: all but what agrees, and what was not found and is about no money.
    pub fn is_difference(&self) -> bool {
        match self.class {
            Class::Agree | Class::Neither => false,
            Class::NotInEntries | Class::NotInReport => {
                let open = self.due_case().is_some_and(|case| case.asked == Asked::NoFigure);
                let unread = self.stated.is_some_and(|stated| {
                    matches!(stated.amount, Settled::NotUnderstood | Settled::Disagree)
                });
                !self.stake().is_zero() || open || unread
            }
            _ => true,
        }
    }
}

/// Compares two files: the lines of the entries in their order, then what only the report has, AD before CVD on each
/// line. A line that occurs again in the entries has no figure and nothing that was paid.
pub fn compare<'a>(due: &'a [DueLine<'a>], paid: &'a PaidLines, has: &ReportHas) -> Vec<Compared<'a>> {
    let mut found = vec![false; paid.lines().len()];
    let mut seen = std::collections::HashSet::new();
    let mut compared = Vec::with_capacity(2 * due.len());
    for line in due {
        let again = line_key(&line.entry_number, &line.line_number).is_some_and(|key| !seen.insert(key));
        let place = paid.find(&line.entry_number, &line.line_number).filter(|_| !again);
        if let Some(place) = place {
            found[place] = true;
        }
        let of_report = place.map(|place| &paid.lines()[place]);
        for kind in Kind::BOTH {
            let stated = of_report.map(|line| line.case(kind, has));
            let class = match (&of_report, &stated) {
                (Some(of_report), Some(stated)) => class_of(line, of_report, stated, kind, has),
                _ if again => Class::NoFigure,
                _ => Class::NotInReport,
            };
            compared.push(Compared { kind, class, due: Some(line), paid: of_report, stated });
        }
    }
    for (line, _) in paid.lines().iter().zip(&found).filter(|(_, found)| !**found) {
        for kind in Kind::BOTH {
            let stated = Some(line.case(kind, has));
            let class = Class::NotInEntries;
            compared.push(Compared { kind, class, due: None, paid: Some(line), stated });
        }
    }
    compared
}

fn class_of(
    line: &DueLine<'_>,
    of_report: &PaidLine,
    stated: &PaidCase,
    kind: Kind,
    has: &ReportHas,
) -> Class {
    let due = &line.cases[kind.index()];
    let zero_or_blank = match stated.amount {
        Settled::Blank => true,
        Settled::Is(amount) => amount.is_zero() && due.asked != Asked::Nothing,
        Settled::NotUnderstood | Settled::Disagree => false,
    };
    let no_case = stated.declared == Declared::Nothing;
    match due.asked {
        Asked::NotTested | Asked::NotConcerned | Asked::Nothing if zero_or_blank && no_case => {
            return Class::Neither;
        }
        Asked::NotTested | Asked::NoFigure => return Class::NoFigure,
        // The report has room for a case of this kind and names none: it was not filed.
        Asked::Deposit if zero_or_blank && no_case && has.cases[kind.index()] => return Class::CaseDiffers,
        Asked::Deposit | Asked::NotConcerned | Asked::Nothing => {}
    }
    let Settled::Is(amount) = stated.amount else { return Class::FieldAbsent };
    let asked = due.at_entry.unwrap_or_default();
    if case_differs(due, stated.declared) {
        return Class::CaseDiffers;
    }
    let value = of_report.value().value();
    if due.asked == Asked::Deposit {
        let percent = due.rate.filter(|rate| rate.kind == RateKind::Percent).and_then(|rate| rate.deposit);
        if stated.rate.zip(percent).is_some_and(|(stated, due)| stated.decimal() != due.decimal()) {
            return Class::RateDiffers;
        }
        if value.zip(line.value).is_some_and(|(one, other)| one.dollars().abs_diff(other.dollars()) > 1) {
            return Class::ValueDiffers;
        }
    }
    let (least, most) = rounded_otherwise(line, due, value);
    match amount.cmp(&asked) {
        std::cmp::Ordering::Equal => Class::Agree,
        _ if due.asked == Asked::Deposit && (least..=most).contains(&amount) => Class::Rounding,
        std::cmp::Ordering::Greater => Class::PaidMore,
        std::cmp::Ordering::Less => Class::PaidLess,
    }
}

/// True if the case of the report is another than the one to file. A suffix counts where both sides give one.
fn case_differs(due: &DueCase<'_>, declared: Declared) -> bool {
    let expected = due.case.filter(|_| due.asked != Asked::NotConcerned);
    match (declared, expected) {
        (Declared::Nothing | Declared::NotUnderstood, _) => false,
        (Declared::Several, _) | (Declared::One(..), None) => true,
        (Declared::One(number, suffix), Some((expected, known))) => {
            number != expected || suffix.zip(known).is_some_and(|(suffix, known)| suffix != known)
        }
    }
}

/// A cent either way: how a cent is rounded is no difference that a person can correct.
const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// The amounts that rounding alone can make of what is due. A value in dollars and cents becomes one of the two whole
/// dollars next to it, and which of them hangs on the other items of the invoice (19 CFR 159.3(a)): two roundings of one
/// value are at most a dollar apart. So an amount is explained if it lies between the deposits, at the rate that was due,
/// on our base and on the base as the report has it - one dollar either way where the report does not give it - with a
/// cent on both sides for how the cent was rounded. Where both values are equal, the cent alone is left.
fn rounded_otherwise(line: &DueLine<'_>, due: &DueCase<'_>, stated: Option<WholeDollars>) -> (Money, Money) {
    let asked = due.at_entry.unwrap_or_default();
    let cent = Money::from_decimal(CENT);
    let percent = due.rate.and_then(|rate| rate.deposit);
    let Some((base, percent)) = due.base.zip(percent) else { return (asked - cent, asked + cent) };
    let dollars = base.dollars();
    // A subject portion is a value of its own, which no report gives.
    let (low, high) = match stated.filter(|_| line.value == Some(base)) {
        Some(stated) => (dollars.min(stated.dollars()), dollars.max(stated.dollars())),
        None => (dollars.saturating_sub(1), dollars + 1),
    };
    let at = |dollars: u64| {
        WholeDollars::from_decimal(Decimal::from(dollars)).unwrap_or(base).at(percent) - base.at(percent)
    };
    (asked + at(low) - cent, asked + at(high) + cent)
}

/// Lines and money of a class under a kind of case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassSums {
    /// Lines.
    pub lines: u64,
    /// Due at entry.
    pub due: Money,
    /// What stands as known on the as-of day.
    pub restated: Money,
    /// Paid.
    pub paid: Money,
    /// Paid less due, over the lines where both are known.
    pub difference: Money,
}

impl ClassSums {
    /// Adds a line.
    pub fn add(&mut self, compared: &Compared<'_>) {
        self.merge(&ClassSums {
            lines: 1,
            due: compared.at_entry().unwrap_or_default(),
            restated: compared.restated().unwrap_or_default(),
            paid: compared.amount().unwrap_or_default(),
            difference: compared.difference().unwrap_or_default(),
        });
    }

    /// Adds what was added up elsewhere.
    pub fn merge(&mut self, other: &ClassSums) {
        self.lines += other.lines;
        self.due += other.due;
        self.restated += other.restated;
        self.paid += other.paid;
        self.difference += other.difference;
    }
}

/// What a file holds under a kind of case, added up while it was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileSums {
    /// Due at entry, over the lines of the entries.
    pub due: Money,
    /// What stands as known on the as-of day.
    pub restated: Money,
    /// Paid, over all rows of the report as they stand.
    pub paid_on_rows: Money,
}

/// Control totals of a kind of case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindTotals {
    /// As the files were read.
    pub file: FileSums,
    /// Over all classes.
    pub all: ClassSums,
    /// Amounts that stand on further rows of a line and count once.
    pub repeated: Money,
    /// Amounts of lines whose rows contradict each other or are not understood in full: not counted.
    pub not_counted: Money,
}

impl KindTotals {
    /// Over what was compared.
    pub fn of(kind: Kind, file: FileSums, compared: &[Compared<'_>]) -> KindTotals {
        let mut totals = KindTotals { file, ..KindTotals::default() };
        for row in compared.iter().filter(|row| row.kind == kind) {
            totals.all.add(row);
            let Some(paid) = row.paid else { continue };
            match row.amount() {
                Some(amount) => totals.repeated += paid.rows_sum(kind) - amount,
                None => totals.not_counted += paid.rows_sum(kind),
            }
        }
        totals
    }

    /// True if both files tie out: due over all classes is due in the entries, and what stands on the rows of the
    /// report is what was paid over all classes, what is repeated, and what is not counted.
    pub fn tie_out(&self) -> bool {
        self.all.due == self.file.due
            && self.all.restated == self.file.restated
            && self.file.paid_on_rows == self.all.paid + self.repeated + self.not_counted
    }
}
