//! What to do first: the codes on which a person has to decide, the most money first, each with the largest of its
//! causes and the way there.

use rust_xlsxwriter::XlsxError;

use super::causes::{Cause, Lines};
use super::sheet::Sheet;
use super::waiting::added;
use super::workbook::RunFacts;
use crate::terms::money::Grouped;
use crate::terms::{Code, Money, Severity};

/// How many codes are told.
const STEPS_SHOWN: usize = 5;
/// Characters of what was found that name a cause; the sheet Exceptions has the rest.
const FOUND_SHOWN: usize = 48;

/// The causes of one code.
struct Step<'a> {
    code: Code,
    severity: Severity,
    causes: usize,
    lines: u64,
    stake: Option<Money>,
    largest: (&'a Cause, &'a Lines),
}

/// The steps, of causes in the order of their sheet. One thing to do has many causes, such as the pairs of one group:
/// told one by one they would fill the list with the same sentence. Where no money can be told, what stops comes first.
fn steps<'a>(causes: &[(&'a Cause, &'a Lines)]) -> Vec<Step<'a>> {
    let mut steps: Vec<Step<'a>> = Vec::new();
    for (cause, lines) in causes.iter().filter(|(cause, _)| cause.severity > Severity::Note) {
        match steps.iter_mut().find(|step| step.code == cause.code) {
            Some(step) => {
                step.causes += 1;
                step.lines += lines.lines;
                step.stake = added(step.stake, lines.stake);
                step.severity = step.severity.max(cause.severity);
            }
            None => steps.push(Step {
                code: cause.code,
                severity: cause.severity,
                causes: 1,
                lines: lines.lines,
                stake: lines.stake,
                largest: (cause, lines),
            }),
        }
    }
    let money = |step: &Step<'_>| step.stake.filter(|stake| !stake.is_zero());
    steps.sort_by_key(|step| std::cmp::Reverse((money(step), step.severity, step.lines)));
    steps.truncate(STEPS_SHOWN);
    steps
}

impl Step<'_> {
    fn told(&self) -> String {
        let Step { code, causes, lines, .. } = self;
        let noun = if *lines == 1 { "line" } else { "lines" };
        let stake = self.stake.map(|stake| format!(", {} at stake", Grouped(stake))).unwrap_or_default();
        let which = match causes {
            1 => String::new(),
            causes => format!(" in {causes} causes"),
        };
        let (cause, first) = self.largest;
        let mut found: String = cause.found.chars().take(FOUND_SHOWN).collect();
        if found.len() < cause.found.len() {
            found.push('\u{2026}');
        }
        let at = [found, first.first_line.clone()].into_iter().filter(|text| !text.is_empty());
        let at = at.collect::<Vec<_>>().join(", ");
        let at = if at.is_empty() { at } else { format!(" Begin with {at}.") };
        format!("{code} {lines} {noun}{which}{stake}: {} {}{at}", code.meaning(), code.remedy())
    }
}

/// Writes them; false where nothing waits.
pub(super) fn write(
    sheet: &mut Sheet<'_>,
    facts: &RunFacts,
    causes: &[(&Cause, &Lines)],
) -> Result<bool, XlsxError> {
    let steps = steps(causes);
    for step in &steps {
        sheet.linked_line(&step.told(), facts.link(step.largest.1.first_row))?;
    }
    Ok(!steps.is_empty())
}
