//! A draft as the file that a person checks: the tables of a case folder, what is open, and what each line was used for.

use std::fmt::{Display, Write};

use jiff::civil::Date;

use super::lines::shown;
use super::{Draft, DraftCase, DraftNotice, DraftRate, DraftStanding, DraftSuffix};
use crate::casebook::model::RateKind;

/// A text as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_string()).to_string()
}

/// A key that the text gives, or a gap for a person. Without the key the row is refused, so that no gap is overlooked.
pub(super) fn key(to: &mut String, name: &str, value: Option<impl Display>) {
    let _ = match value {
        Some(value) => writeln!(to, "{name} = {value}"),
        None => writeln!(to, "# {name} =     <- the text does not say: fill it in"),
    };
}

fn optional(to: &mut String, name: &str, value: Option<impl Display>) {
    if let Some(value) = value {
        let _ = writeln!(to, "{name} = {value}");
    }
}

fn numbers(cases: &[impl Display]) -> String {
    let cases: Vec<String> = cases.iter().map(|case| quoted(&case.to_string())).collect();
    format!("[{}]", cases.join(", "))
}

fn list(to: &mut String, name: &str, lines: impl Iterator<Item = String>) {
    let _ = writeln!(to, "{name} = [");
    lines.for_each(|line| {
        let _ = writeln!(to, "    {},", quoted(&line));
    });
    to.push_str("]\n");
}

/// `[[case]]`.
pub(super) fn case(to: &mut String, case: &DraftCase) {
    let _ = writeln!(to, "\n[[case]]\nnumber = {}", quoted(&case.number.to_string()));
    optional(to, "companion", case.companion.map(|companion| quoted(&companion.to_string())));
    if case.third_country {
        key(to, "third_country_of", case.of.map(|of| quoted(&of.to_string())));
        key(to, "origin", case.origin.map(|origin| quoted(&origin.to_string())));
        key(to, "notice", Some(quoted(&case.notice)));
    }
    let word = |country_wide| if country_wide { "country-wide" } else { "all-others" };
    key(to, "everyone_else", case.country_wide.map(|country_wide| quoted(word(country_wide))));
}

fn notice(to: &mut String, notice: &DraftNotice, has_rates: bool) {
    to.push('\n');
    for remark in &notice.remarks {
        let _ = writeln!(to, "# {remark}");
    }
    let text = |text: &Option<String>| text.as_ref().map(|text| quoted(text));
    let _ = writeln!(to, "[[notice]]\nid = {}", quoted(&notice.id));
    key(to, "cases", Some(&notice.cases).filter(|cases| !cases.is_empty()).map(|cases| numbers(cases)));
    key(to, "kind", text(&notice.kind));
    if has_rates {
        let word = notice.table.map(|table| quoted(table.word()));
        if word.is_none() {
            to.push_str("# \"whole\", \"amends\" or \"partial\": what does this table do to the rates before it? (GUIDE.md, 3)\n");
        }
        key(to, "table", word);
        if !notice.table_of.is_empty() {
            let _ = writeln!(to, "table_of = {}", numbers(&notice.table_of));
        }
    }
    key(to, "published", notice.published);
    if has_rates {
        key(to, "effective", notice.effective);
    }
    key(
        to,
        "citation",
        Some(&notice.citation).filter(|citation| !citation.is_empty()).map(|text| quoted(text)),
    );
    optional(to, "document", text(&notice.document));
    optional(to, "message", text(&notice.message));
    optional(to, "corrects", text(&notice.corrects));
    key(to, "trust", notice.trust.map(|trust| quoted(trust.word())));
    let _ = writeln!(to, "says = {}", quoted(&notice.says));
}

fn standing(to: &mut String, row: &DraftStanding) {
    let _ = writeln!(to, "\n[[standing]]\ncase = {}", quoted(&row.case.to_string()));
    let _ = writeln!(
        to,
        "state = {}\nfrom = {}\nnotice = {}",
        quoted(row.state.word()),
        row.from,
        quoted(&row.notice)
    );
    optional(to, "interest", row.interest);
    if row.interest.is_some() {
        let _ = writeln!(to, "interest_source = {}", quoted(&row.source));
    }
    let _ = writeln!(to, "note = {}", quoted(&row.note));
}

fn day(date: Option<Date>) -> String {
    quoted(&date.map(|date| date.to_string()).unwrap_or_default())
}

fn rate(to: &mut String, row: &DraftRate) {
    let kind = match &row.deposit {
        None => RateKind::Excluded,
        Some(figure) => match (figure.percent, figure.per_unit) {
            (_, None) => RateKind::Percent,
            (None, Some(_)) => RateKind::Unit,
            (Some(_), Some(_)) => RateKind::Both,
        },
    };
    let case = row.case.map(|case| case.to_string()).unwrap_or_default();
    let _ = writeln!(to, "\n[[rate]]\ncase = {}\nrole = {}", quoted(&case), quoted(row.role.word()));
    let field = |to: &mut String, name: &str, text: &str| {
        optional(to, name, Some(text).filter(|text| !text.is_empty()).map(quoted));
    };
    field(to, "exporter", &row.exporter);
    field(to, "producer", &row.producer);
    let _ = writeln!(to, "from = {}", day(row.from));
    optional(to, "through", row.through.map(|through| quoted(&through.to_string())));
    let _ = writeln!(to, "kind = {}", quoted(kind.word()));
    optional(to, "margin", row.margin.map(|margin| quoted(&margin.decimal().to_string())));
    if let Some(figure) = &row.deposit {
        optional(to, "deposit", figure.percent.map(|percent| quoted(&percent.decimal().to_string())));
        optional(to, "unit_rate", figure.per_unit.map(|(rate, _)| quoted(&rate.to_string())));
        optional(to, "unit", figure.per_unit.map(|(_, unit)| quoted(&unit.to_string())));
    }
    let _ = writeln!(to, "notice = {}", quoted(&row.notice));
    field(to, "note", &row.note);
}

fn suffix(to: &mut String, row: &DraftSuffix) {
    let _ = writeln!(to, "\n[[suffix]]\ncase = {}", quoted(&row.case.to_string()));
    if !row.party.is_empty() {
        let _ = writeln!(to, "party = {}", quoted(&row.party));
    }
    let _ = writeln!(
        to,
        "suffix = {}\nfrom = {}\nnotice = {}",
        quoted(&row.suffix.to_string()),
        day(row.from),
        quoted(&row.notice)
    );
}

/// The draft as a file. `sha256` is that of the text that was read.
pub fn toml(draft: &Draft, sha256: &str) -> String {
    let mut to = format!(
        "# A draft, read from {}. Nothing of it is law: no row counts before a person has\n# held it against the \
         text, line by line, and has set `checked_by` to a name and a day, such as\n# \"R. Lopez, 2026-11-27\".\n\n\
         [draft]\nchecked_by = \"\"\nsource = {}\ntext_sha256 = {}\n",
        draft.shape.told(),
        quoted(&draft.source),
        quoted(sha256),
    );
    to.push_str("# What the text does not say, or says without making a row:\n");
    list(&mut to, "questions", draft.questions.iter().cloned());
    to.push_str("# What was not understood, by lines of the text:\n");
    let open = draft.open.iter().map(|open| format!("line {}: {}: {}", open.line, open.why, open.text));
    list(&mut to, "not_understood", open);
    draft.cases.iter().for_each(|row| case(&mut to, row));
    for row in &draft.notices {
        let has_rates = draft.rates.iter().any(|rate| rate.notice == row.id);
        notice(&mut to, row, has_rates);
    }
    for (hts, by) in &draft.hints {
        let says = quoted(&format!("listed by {}", draft.source));
        let _ = writeln!(
            to,
            "\n[[hint]]\nhts = {}\nsays = {says}\nnotice = {}",
            quoted(&hts.to_string()),
            quoted(by)
        );
    }
    draft.standings.iter().for_each(|row| standing(&mut to, row));
    draft.rates.iter().for_each(|row| rate(&mut to, row));
    draft.suffixes.iter().for_each(|row| suffix(&mut to, row));
    to.push_str("\n# What each line was used for:\n");
    for used in draft.used.iter().filter(|used| used.what != super::lines::NO_TEXT) {
        let _ = writeln!(to, "# line {}: {}", used.line, shown(&used.what).replace(char::is_control, " "));
    }
    to
}
