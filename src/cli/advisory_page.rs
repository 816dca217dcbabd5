//! `cases show` and `cases list` of an advisory: what it controls, what was published, and what it was by day of export.

use std::fmt::Write;

use crate::casebook::family::Family;
use crate::casebook::{Advisory, Casebook, Control, Trust};
use crate::terms::Hts;

fn numbers(numbers: &[Hts]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn doubt(trust: Trust) -> String {
    if trust == Trust::Official { String::new() } else { format!(" [{}]", trust.word()) }
}

/// The page of an advisory.
pub(super) fn page(advisory: &Advisory) -> String {
    let head = &advisory.head;
    let mut text = format!("{}, checked through {}\n", head.title, head.checked_through.0);
    text.push_str("  No duty: no figure hangs on it. Notes AV01 and AV02 on lines, by the day of export.\n");
    if let Some((remark, source)) = head.remark.as_ref().zip(head.remark_source.as_ref()) {
        let _ = writeln!(text, "  Remark on the export declaration: {remark:?}, with the code ({source})");
    }
    if let Some(remark) = &head.remark_if_not {
        let _ =
            writeln!(text, "  Where goods are close to it and not controlled: {remark:?}, with the figures");
    }
    text.push_str("\nWhat was published, by day\n");
    let mut notices: Vec<_> = advisory.notices.iter().collect();
    notices.sort_by_key(|notice| notice.published);
    for notice in notices {
        let day = notice.published.0;
        let _ = writeln!(text, "\n  {day}  {}{}", notice.citation, doubt(notice.trust));
        let _ = writeln!(text, "              {}", notice.says);
        if notice.day_unknown {
            let _ = writeln!(text, "              its day was not found: not before {day}");
        }
    }
    text.push_str("\nBy day of export; of two rows for a day the one that was published later counts\n");
    for row in &advisory.standings {
        let through = row.through.map(|day| format!(" to {day}")).unwrap_or_default();
        let note = row.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
        let cited = &advisory.notices[row.notice].citation;
        let _ = writeln!(text, "  from {}{through}  {}{note}  [{cited}]", row.from, row.state.word());
    }
    text.push_str("\nControls\n");
    advisory.controls.iter().for_each(|control| goods(advisory, control, &mut text));
    text
}

fn goods(advisory: &Advisory, control: &Control, text: &mut String) {
    let row = &control.row;
    let _ = writeln!(text, "  {}: {}  [{}]", row.code, row.says, advisory.notices[control.notice].citation);
    let _ = writeln!(text, "    HTSUS (hints only): {}", numbers(&row.hts));
    for (heading, words) in [("Product", &row.products), ("Material", &row.materials)] {
        if !words.is_empty() {
            let _ = writeln!(text, "    {heading}: {}", words.join(", "));
        }
    }
    for test in &control.tests {
        let _ = writeln!(text, "    {} at least {}", test.fact, test.at_least);
    }
    if let Some(open) = &row.unsettled {
        let _ = writeln!(text, "    not known: {open}");
    }
}

/// The lines of `cases list`.
pub(super) fn listed(casebook: &Casebook, text: &mut String) {
    for advisory in casebook.advisories() {
        let head = &advisory.head;
        let _ = writeln!(
            text,
            "{}  ({}), no duty, checked through {}",
            head.title, head.id, head.checked_through.0
        );
        for control in &advisory.controls {
            let _ =
                writeln!(text, "  {}  HTSUS (hints only): {}", control.row.code, numbers(&control.row.hts));
        }
        let materials: Vec<&str> = advisory.materials().map(String::as_str).collect();
        if !materials.is_empty() {
            let _ = writeln!(text, "  words of the column Material: {}", materials.join(", "));
        }
    }
}

/// Advisories on tariff numbers of a family, told at the end of its page.
pub(super) fn beside(casebook: &Casebook, family: &Family, text: &mut String) {
    let on = |advisory: &&Advisory| {
        family.hints.iter().any(|hint| advisory.controls_on(hint.hts).next().is_some())
    };
    for advisory in casebook.advisories().iter().filter(on) {
        let head = &advisory.head;
        let _ = writeln!(text, "\nBeside the case, no duty: {}; adcvd cases show {}", head.title, head.id);
    }
}
