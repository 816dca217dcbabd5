//! What a sound case folder leaves open: no fault, for many a folder does without; but lines have no figure for it, or are
//! not tested, and whoever writes the folder is told.

use super::family::{Case, Family, Scope};
use super::model::{State, Table};
use crate::terms::counted::counted_s;

/// What is open in a family, a sentence each, with what follows from it.
pub fn left_open(family: &Family) -> Vec<String> {
    let first_opened = || family.cases.iter().filter(|case| case.third_country.is_none());
    let mut told: Vec<String> = first_opened().filter_map(|case| scope(family, case)).collect();
    told.extend(first_opened().filter_map(|case| table(family, case)));
    if family.hints.is_empty() {
        let sentence = "the folder has no [[hint]]: a line that declares none of its cases is NOT TESTED";
        told.push(sentence.to_string());
    }
    for draft in family.approved.iter().filter(|draft| draft.questions + draft.lines > 0) {
        told.push(format!(
            "{} is checked, and {} and {} not understood still stand in it: nothing of them counts; take out of `questions` and \
             `not_understood` what is settled",
            draft.file,
            counted_s(draft.questions, "question"),
            counted_s(draft.lines, "line"),
        ));
    }
    told
}

/// A case that does not say which products it covers.
fn scope(family: &Family, case: &Case) -> Option<String> {
    let number = case.number;
    let versions: Vec<&Scope> = family.scopes.iter().filter(|scope| scope.cases.contains(&number)).collect();
    let (what, unless) = match versions[..] {
        [] => ("[[scope]]", ""),
        _ if versions.iter().all(|scope| scope.products.is_empty()) => {
            ("[[scope.product]]", ", unless it fails a test")
        }
        _ => return None,
    };
    Some(format!("{number} has no {what}: every line that does not declare it has no figure{unless} (SC11)"))
}

/// A case under which deposits are due at no rate that is at hand.
fn table(family: &Family, case: &Case) -> Option<String> {
    let number = case.number;
    let due = |state| matches!(state, State::Provisional | State::Order);
    let asks = family.standings.iter().any(|row| row.case == number && due(row.state));
    let mut tables = family.notices.iter().filter_map(|notice| family.table_of(notice, number));
    let held = tables.any(|table| table != Table::Amends);
    (asks && !held).then(|| {
        format!("{number} has no rate table that is `whole` or `partial`: no line under that number has a figure while deposits are due (RT05)")
    })
}
