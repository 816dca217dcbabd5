//! What is said of a measure that is no duty, on a line that falls under it or may.

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
    Told {
        field,
        found: found(advised, certain),
        expected: expected(advised, certain),
        nearest: String::new(),
    }
}

/// `3A001 (title): suspended on the day of export (citation)`.
fn found(advised: &Advised, certain: bool) -> String {
    let day = match advised.day {
        ExportDay::Given => "on the day of export",
        ExportDay::NotGiven => "on the day of entry, the latest that the day of export can be: none is given",
        ExportDay::NotUnderstood => {
            "on the day of entry, the latest that the day of export can be: the one given is not understood"
        }
    };
    let controls = advised.controls.join(if certain { ", " } else { " or " });
    let may = if certain { "" } else { "may be " };
    format!("{may}{controls} ({}): {} {day}", advised.title, advised.state)
}

fn expected(advised: &Advised, certain: bool) -> String {
    let Advised { controls, remark, remark_if_not, remark_source, .. } = advised;
    let mut parts: Vec<String> = Vec::new();
    if !advised.missing.is_empty() {
        parts.push(format!("a value in {}", headings(&advised.missing)));
    }
    parts.extend(advised.unsettled.iter().map(|open| format!("not known is {open}")));
    if remark.is_empty() {
        parts.push("what the export declaration has to say is not at hand".to_string());
        return parts.join("; ");
    }
    if certain {
        parts.push(format!("export declaration with the remark {remark:?} and {}", controls.join(", ")));
    } else {
        parts.push(format!("where controlled, export declaration with the remark {remark:?} and the code"));
    }
    if !certain && !remark_if_not.is_empty() {
        parts.push(format!("where close to it and not controlled, {remark_if_not:?} and the figures"));
    }
    format!("{} ({remark_source})", parts.join("; "))
}
