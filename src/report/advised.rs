//! What is said of a measure that is no duty, on a line that falls under it or may.
//!
//! Short, since it may stand on every line of a file; `cases show` and the Sources sheet tell all of it.

use super::told::{Told, headings};
use crate::terms::{Advised, ExportDay, Heading};

/// The words of AV01 and AV02.
pub(super) fn told(advised: &Advised) -> Told {
    let certain = advised.missing.is_empty() && advised.unsettled.is_empty();
    let field = if advised.missing.is_empty() {
        Heading::ExportCountry.text().to_string()
    } else {
        headings(&advised.missing)
    };
    let (found, expected) = (found(advised, certain), expected(advised, certain));
    Told { field, found, expected, nearest: String::new() }
}

/// `title: 3A001, suspended through 2026-11-10 (citation) on the day of export`.
fn found(advised: &Advised, certain: bool) -> String {
    let day = match advised.day {
        ExportDay::Given => "on the day of export",
        ExportDay::NotGiven => "on the day of entry (no Export Date)",
        ExportDay::NotUnderstood => "on the day of entry (Export Date not understood)",
    };
    let may = if certain { "" } else { "perhaps " };
    let controls = advised.controls.join(if certain { ", " } else { " or " });
    format!("{}: {may}{controls}, {} {day}", advised.title, advised.state)
}

fn expected(advised: &Advised, certain: bool) -> String {
    let Advised { controls, remark, remark_if_not, remark_source, .. } = advised;
    let mut parts: Vec<String> = Vec::new();
    if !advised.missing.is_empty() {
        parts.push(format!("a value in {}", headings(&advised.missing)));
    }
    parts.extend(advised.unsettled.iter().map(|open| format!("not known: {open}")));
    if remark.is_empty() {
        parts.push("no remark for the export declaration is at hand".to_string());
        return parts.join("; ");
    }
    let code = controls.join(", ");
    parts.push(match certain {
        true => format!("remark {remark:?} and {code} on the export declaration"),
        false => format!("if controlled, remark {remark:?} and the code on the export declaration"),
    });
    if !certain && !remark_if_not.is_empty() {
        parts.push(format!("if close to it, {remark_if_not:?}"));
    }
    format!("{} ({remark_source})", parts.join("; "))
}
