//! `parties`: which listed party a name is, under which cases and since when; or the nearest, and why they are not it.

use std::fmt::Write;

use super::args::PartiesArgs;
use super::exit::{Exit, Failure};
use super::kept;
use super::law::{heading, row};
use super::run::as_of;
use super::terminal::say;
use crate::casebook::{Asked, Casebook};
use crate::entry::Name;
use crate::report::told_of;
use crate::terms::GoverningDay;

/// Tells which listed party a name is.
///
/// # Errors
/// The name holds nothing that can be read, or a case folder is refused.
pub fn parties(args: &PartiesArgs) -> Result<Exit, Failure> {
    let kept = kept::read(&args.cases, &args.kept)?;
    let casebook = &kept.casebook;
    kept::warn(casebook);
    let known = as_of(&args.as_of);
    let asked = Asked { governing: GoverningDay(args.on.unwrap_or(known.0)), known };
    let name = Name::read(args.name.trim());
    if name.key.is_none() {
        return Err(Failure::Usage(format!("{:?} is no company name", args.name)));
    }
    let mut text = format!("{}{}\n", heading(casebook), name.text);
    for told in told_of(casebook, &name, asked) {
        let _ = writeln!(text, "  {told}");
    }
    let found = listed(casebook, &name, asked);
    for (family, party) in &found {
        text.push('\n');
        of_party(casebook, *family, *party, &mut text);
    }
    if found.is_empty() {
        text.push_str("\nNothing near is ever taken for a listed name; a person decides (run --aliases).\n");
        let near = name.key.as_ref().map(|key| casebook.near(key, name.may_be_cut()));
        if let Some(near) = near.as_deref().and_then(<[_]>::first) {
            text.push_str("\nThe nearest\n");
            of_party(casebook, near.family, near.party, &mut text);
        }
    }
    say(&text)?;
    Ok(Exit::Finished)
}

fn listed(casebook: &Casebook, name: &Name, asked: Asked) -> Vec<(usize, usize)> {
    let families = casebook.families().iter().enumerate();
    let found = families.filter_map(|(ix, family)| {
        let key = name.key.as_ref()?;
        family.party_named(key, name.addressed.as_ref(), asked).map(|party| (ix, party))
    });
    found.collect()
}

/// A party with its names and all rows that name it.
fn of_party(casebook: &Casebook, family: usize, party: usize, text: &mut String) {
    let family = &casebook.families()[family];
    let listed = &family.parties[party];
    let _ = writeln!(text, "{}  ({})", listed.names[0], family.title);
    for name in &listed.names[1..] {
        let _ = writeln!(text, "  also printed as {name}");
    }
    for alias in family.aliases.iter().filter(|alias| alias.party == party) {
        let notice = &family.notices[alias.notice];
        let _ =
            writeln!(text, "  from {} also {} ({}; {})", alias.from, alias.name, alias.how, notice.citation);
    }
    if let Some(country) = listed.country {
        let _ = writeln!(text, "  in {}", country.name());
    }
    for rate in family.rates.iter().filter(|rate| rate.key.names(party)) {
        let through = rate.through.map(|day| format!(" to {day}")).unwrap_or_default();
        let _ = writeln!(text, "  {} from {}{through}{}", rate.row.case, rate.from, row(family, rate, None));
    }
}
