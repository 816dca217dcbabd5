//! Texts as the nouns of an entry: what is understood is printed so that it is understood again as the same.
#![no_main]

use adcvd::terms::{CaseNumber, Country, EntryNumber, Hts, Mid, PartyKey, day};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(hts) = Hts::parse(text) {
        assert_eq!(Hts::parse(&hts.to_string()), Some(hts));
    }
    if let Some((number, _)) = CaseNumber::parse(text) {
        assert_eq!(CaseNumber::parse(&number.to_string()).map(|(number, _)| number), Some(number));
    }
    if let Some(country) = Country::parse(text) {
        assert_eq!(Country::parse(&country.to_string()), Some(country));
    }
    if let Some(date) = day::parse_iso(text) {
        assert_eq!(day::parse_iso(&date.to_string()), Some(date));
    }
    let _ = (EntryNumber::parse(text), Mid::parse(text), PartyKey::of(text));
});
