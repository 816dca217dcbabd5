//! Why a name of a line is a listed one, or is not, told in full.

use super::wording::differences;
use crate::casebook::{Asked, Casebook, Decision};
use crate::entry::{EntryLine, Name};
use crate::terms::mid::Letters;
use crate::terms::{Heading, KnownDay, Mid};

/// The names of a line that has a governing day: what each was read as.
pub(super) fn names(casebook: &Casebook, line: &EntryLine, as_of: KnownDay, say: &mut impl FnMut(String)) {
    let Some(governing) = line.governing else { return };
    let asked = Asked { governing, known: line.filing_day(governing, as_of) };
    let named = [
        (Heading::Exporter, &line.exporter),
        (Heading::Producer, &line.producer),
        (Heading::ChineseSupplier, &line.supplier),
    ];
    for (heading, name) in named.into_iter().filter(|(_, name)| !name.text.is_empty()) {
        for (place, told) in told_of(casebook, name, asked).into_iter().enumerate() {
            let label = if place == 0 { format!("{} is", heading.text()) } else { String::new() };
            say(format!("  {label:<22} {told}"));
        }
    }
    if let Some(mid) = Mid::parse(&line.manufacturer_id) {
        let told = match mid.fits(&Letters::of(&line.producer.text)) {
            Some(true) => "fits the producer's name; it proves none",
            Some(false) => "does not fit the producer's name",
            None => "there is no producer's name to hold it against",
        };
        say(format!("  {:<22} {}: {told}", Heading::ManufacturerId.text(), line.manufacturer_id));
    }
}

/// What a name is under each family, and why.
pub fn told_of(casebook: &Casebook, name: &Name, asked: Asked) -> Vec<String> {
    let Some(key) = &name.key else { return vec!["no name that can be read".to_string()] };
    let mut told = Vec::new();
    for family in casebook.families() {
        let printed = |party: usize| family.parties[party].names[0].as_str();
        let confirmed = casebook.confirmed(key);
        let by_address = || family.party_named(key, name.addressed.as_ref(), asked);
        if let Some(party) = family.party(key, asked) {
            let how = match (family.party_by_key(key), confirmed) {
                (Some(_), _) if family.prints(&name.text) => "as a notice prints it".to_string(),
                (Some(_), _) => "equal but for writing (see PA04)".to_string(),
                (None, Some(confirmed)) if matches!(confirmed.decision, Decision::Same(_)) => {
                    format!("confirmed by {} on {}", confirmed.by, confirmed.on)
                }
                (None, _) => "a name of it by a notice known on that day".to_string(),
            };
            told.push(format!("{} ({how})", printed(party)));
        } else if let Some(party) = by_address() {
            told.push(format!("{} (the trailing address set aside)", printed(party)));
        }
    }
    if !told.is_empty() {
        return told;
    }
    match casebook.confirmed(key) {
        Some(confirmed) => told
            .push(format!("none of the listed companies: confirmed by {} on {}", confirmed.by, confirmed.on)),
        None => told.push(format!("on no list; compared as {key}")),
    }
    if casebook.confirmed(key).is_none() {
        let near = casebook.near(key, name.may_be_cut());
        told.extend(near.iter().map(|near| format!("near: {} - {}", near.name, differences(&near.differs))));
    }
    told
}
