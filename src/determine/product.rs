//! What a person has confirmed of the product of a line, where law asks for it: the value of the subject portion, and
//! the money that hangs on a cell that says otherwise.

use std::sync::Arc;

use super::amounts::{LineFindings, amounts};
use super::answer::{Answer, Finding, Missing};
use crate::casebook::Casebook;
use crate::entry::group::subject_within_entered;
use crate::entry::{EntryLine, Read};
use crate::terms::{Code, Exception, Ground, Heading, Money, Severity};

/// Codes that tell of what was confirmed of a product.
const OF_PRODUCTS: [Code; 3] = [Code::SC08, Code::SC09, Code::SC10];

/// Completes a line of a product of which something was confirmed, before it is judged; `ask` gives the answer of law to
/// a line. Nothing is told of it on a line that no case concerns.
pub fn complete(casebook: &Casebook, line: &mut EntryLine, ask: impl Fn(&EntryLine) -> Option<Arc<Answer>>) {
    let tells = |exception: &Exception| OF_PRODUCTS.contains(&exception.code);
    if line.confirmed.is_none() && !line.exceptions.iter().any(tells) {
        return;
    }
    let Some(answer) = ask(line) else { return };
    if !answer.tested {
        line.exceptions.retain(|exception| !tells(exception));
        return;
    }
    subject_value(line, &answer);
    weigh(casebook, line, ask);
}

/// The value of the subject portion, where the cell is blank and the product needs one; a cell that says otherwise is
/// told. Reading: a value per unit is an average over a product, so a line's own value stands until a person looks.
fn subject_value(line: &mut EntryLine, answer: &Answer) {
    let Some(per_unit) = line.confirmed.as_ref().and_then(|confirmed| confirmed.per_unit) else { return };
    let confirmed = line.confirmed_subject_value();
    match (line.subject_value, confirmed) {
        (Read::Blank, _) if !lacks_subject_value(line, answer) => {}
        (Read::Blank, Some(value)) => {
            line.subject_value = Read::Is(value);
            line.product_filled(&[Heading::SubjectValue]);
            subject_within_entered(line);
        }
        (Read::Blank, None) => {
            let unit = per_unit.unit.to_string();
            let mut cells = Vec::new();
            if line.unit != Read::Is(per_unit.unit) {
                let found = line.unit.value().map(|unit| unit.to_string()).unwrap_or_default();
                cells.push((Heading::Unit, found.into(), unit.as_str().into()));
            }
            if line.quantity.value().is_none() {
                cells.push((Heading::Quantity, "".into(), format!("a quantity in {unit}").into()));
            }
            line.against_product(cells);
        }
        (Read::Is(found), Some(value)) if found != value => {
            let cells = (Heading::SubjectValue, found.to_string().into(), value.to_string().into());
            line.against_product(vec![cells]);
        }
        (Read::Is(_) | Read::NotUnderstood, _) => {}
    }
}

/// True if the value of the subject portion is all that one of both answers lacks.
fn lacks_subject_value(line: &EntryLine, answer: &Answer) -> bool {
    let lacks = |finding: &Finding| matches!(finding, Finding::Unsettled { missing: Missing::Value, .. });
    let restated = || answer.cases.iter().flatten().any(|case| lacks(&case.restated.finding));
    let entered = line.entered_value != Read::Blank;
    answer.doubts.iter().any(|doubt| doubt.code == Code::CD04) || (entered && restated())
}

/// What hangs on cells that say otherwise (SC09): the money between the findings by the cells and those by what was
/// confirmed. Where scope itself hangs on them there is no figure: neither overrules the other. Of a value or a
/// quantity the cell stands, and a person must confirm it.
fn weigh(casebook: &Casebook, line: &mut EntryLine, ask: impl Fn(&EntryLine) -> Option<Arc<Answer>>) {
    let Some(place) = line.exceptions.iter().position(|exception| exception.code == Code::SC09) else {
        return;
    };
    let mut own = line.clone();
    let mut against = own.exceptions.remove(place);
    let confirmed = own.as_confirmed();
    let found = |line: &EntryLine| ask(line).map(|answer| amounts(casebook, answer, line));
    against.stake = found(&own).zip(found(&confirmed)).and_then(|(own, confirmed)| between(&own, &confirmed));
    let of_scope = |heading: &Heading| *heading == Heading::Product || Heading::MEASURED.contains(heading);
    if let Ground::AgainstProduct { cells, .. } = &against.ground
        && !cells.iter().any(|(heading, ..)| of_scope(heading))
    {
        against.severity = Severity::Review;
    }
    line.exceptions[place] = against;
}

/// The money between two findings of one line; `None` where it cannot be told.
fn between(own: &LineFindings, confirmed: &LineFindings) -> Option<Money> {
    let amounts = |findings: &LineFindings| (findings.cases.clone(), findings.at_entry, findings.restated);
    if own.answer == confirmed.answer && amounts(own) == amounts(confirmed) {
        return Some(Money::ZERO);
    }
    let apart =
        |one: Option<Money>, other: Option<Money>| one.zip(other).map(|(one, other)| (one - other).abs());
    let stake = apart(own.at_entry, confirmed.at_entry)?.max(apart(own.restated, confirmed.restated)?);
    // A deposit of 0.00 is not no deposit.
    (!stake.is_zero() || own.action == confirmed.action).then_some(stake)
}
