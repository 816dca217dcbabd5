//! Walks over the calendar and over made-up inputs that assert no figure, only that there is always exactly one answer
//! or a stated reason, and that what was known once is not changed by what was learned later.

use std::collections::BTreeSet;

use adcvd::casebook::{Asked, Casebook, Family, load};
use adcvd::determine::{Finding, answer, question};
use adcvd::entry::{Declared, EntryLine, Name, Read};
use adcvd::terms::{Country, EntryType, GoverningDay, Hts, Kind, KnownDay, Money, PartyKey, WholeDollars};
use jiff::civil::Date;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::law::findings;

/// Every boundary, the day before it and the day after it.
fn days(casebook: &Casebook) -> Vec<Date> {
    let boundaries = casebook.grid().boundaries().iter();
    let around = boundaries.flat_map(|day| [day.yesterday().unwrap(), *day, day.tomorrow().unwrap()]);
    around.collect::<BTreeSet<_>>().into_iter().collect()
}

fn name(text: &str) -> Name {
    Name { text: text.into(), key: PartyKey::of(text), addressed: None }
}

/// A line in scope by its declaration, of a listed tariff number.
fn line(family: &Family, day: Date, origin: Country, exporter: &str, producer: &str) -> EntryLine {
    let declared = |kind: Kind| {
        let case = family.cases.iter().find(|case| case.number.kind == kind && case.third_country.is_none());
        case.map_or(Declared::Nothing, |case| Declared::One(case.number, None))
    };
    EntryLine {
        row: 2,
        rows: vec![2],
        entry_type: EntryType::parse("03").map_or(Read::Blank, Read::Is),
        governing: Some(GoverningDay(day)),
        hts: Read::Is(family.hints[0].hts),
        origin: Read::Is(origin),
        exporter: name(exporter),
        producer: name(producer),
        entered_value: WholeDollars::from_decimal(Decimal::from(100_000)).map_or(Read::Blank, Read::Is),
        declared: [declared(Kind::Ad), declared(Kind::Cvd)],
        ..EntryLine::default()
    }
}

#[test]
fn for_every_day_and_known_day_there_is_one_answer_or_a_reason() {
    let casebook = load::load(&[]).unwrap();
    let days = days(&casebook);
    let mut answers = 0;
    for family in casebook.families() {
        let origins = family.cases.iter().filter_map(|case| case.third_country).map(|third| third.origin);
        let origins: Vec<Country> = origins.chain([family.country]).collect();
        for governing in &days {
            for known in days.iter().filter(|known| *known >= governing) {
                for origin in &origins {
                    let line = line(
                        family,
                        *governing,
                        *origin,
                        "Nobody Anywhere Co., Ltd.",
                        "Nobody Else Co., Ltd.",
                    );
                    let found = findings(&casebook, &line, KnownDay(*known));
                    let answer = found.answer.as_ref().expect("a governed line has an answer");
                    for case in answer.cases.iter().flatten() {
                        let figure = found.cases[case.number.kind.index()].at_entry;
                        let reasons = found.exceptions.len();
                        match &case.at_entry.finding {
                            Finding::Deposit(_) | Finding::NoDeposit(_) => assert!(figure.is_some()),
                            Finding::Unsettled { .. } => assert!(figure.is_none() && reasons > 0),
                            Finding::NotConcerned(_) | Finding::OriginNotStated => assert!(figure.is_none()),
                        }
                        answers += 1;
                    }
                }
            }
        }
    }
    assert!(answers > 1000, "the walk was short: {answers}");
}

#[test]
fn at_most_one_row_of_each_table_answers_a_party_on_a_day() {
    let casebook = load::load(&[]).unwrap();
    let days = days(&casebook);
    for family in casebook.families() {
        for case in &family.cases {
            for governing in &days {
                let asked =
                    Asked { governing: GoverningDay(*governing), known: KnownDay(*days.last().unwrap()) };
                let Some(table) = family.table(case.number, asked) else { continue };
                let rates: Vec<_> = family.rates_in(case.number, asked, table).collect();
                let keys: std::collections::HashSet<_> = rates.iter().map(|rate| rate.key).collect();
                assert_eq!(rates.len(), keys.len(), "{} on {governing}", case.number);
            }
        }
    }
}

/// The casebook without the notices of one family that were published after a day, and without all that rests on them.
fn without_later(casebook: &Casebook, day: Date) -> Casebook {
    let families = casebook.families().iter().map(|family| {
        let mut family = family.clone();
        let kept: Vec<bool> = family.notices.iter().map(|notice| notice.published.0 <= day).collect();
        family.standings.retain(|row| kept[row.notice]);
        family.ladders.retain(|row| kept[row.notice]);
        family.scopes.retain(|row| kept[row.notice]);
        family.suffixes.retain(|row| kept[row.notice]);
        family.aliases.retain(|row| kept[row.notice]);
        // A notice that was not published has no table; its rows are not asked for.
        for (notice, kept) in family.notices.iter_mut().zip(&kept) {
            if !kept {
                notice.table = None;
            }
        }
        family
    });
    Casebook::new(families.collect(), Vec::new(), String::new())
}

#[test]
fn learning_a_later_notice_never_changes_what_was_known_before() {
    let casebook = load::load(&[]).unwrap();
    let days = days(&casebook);
    for family in casebook.families() {
        let named: Vec<(String, String)> = family
            .rates
            .iter()
            .step_by(7)
            .map(|rate| (rate.row.exporter.clone(), rate.row.producer.clone()))
            .collect();
        for known in &days {
            let before = without_later(&casebook, *known);
            for governing in days.iter().filter(|day| *day <= known).step_by(3) {
                for (exporter, producer) in &named {
                    let line = line(family, *governing, family.country, exporter, producer);
                    let now = findings(&casebook, &line, KnownDay(*known));
                    let then = findings(&before, &line, KnownDay(*known));
                    assert_eq!(now.cases, then.cases, "{exporter}/{producer} on {governing} known {known}");
                    assert_eq!(now.restated, then.restated);
                }
            }
        }
    }
}

#[test]
fn an_epoch_answers_for_all_its_days() {
    let casebook = load::load(&[]).unwrap();
    let family = &casebook.families()[0];
    let as_of = KnownDay(family.checked_through);
    let mut day = adcvd::terms::day::parse_iso("2025-05-20").unwrap();
    let end = adcvd::terms::day::parse_iso("2026-04-01").unwrap();
    let mut last: Option<(adcvd::casebook::Epoch, [Option<Money>; 2])> = None;
    while day < end {
        let line = line(family, day, family.country, "Nobody Co., Ltd.", "Nobody Ltd.");
        let question = question(&casebook, &line, as_of).unwrap();
        let found = findings(&casebook, &line, as_of);
        let figures = [found.cases[0].at_entry, found.cases[1].at_entry];
        if let Some((epoch, known)) = last.filter(|(epoch, _)| *epoch == question.governing) {
            assert_eq!(known, figures, "{day}, {epoch:?}");
        }
        last = Some((question.governing, figures));
        assert_eq!(answer(&casebook, &question), answer(&casebook, &question));
        day = day.tomorrow().unwrap();
    }
}

proptest! {
    /// A deposit is the base times the rate, to the cent, half away from zero: checked in whole numbers of
    /// hundred-thousandths, far from the decimals that the program uses.
    #[test]
    fn deposits_agree_with_whole_numbers(dollars in 0u64..10_000_000_000, hundredths in 0u32..100_000) {
        let rate = adcvd::terms::Percent::parse(&format!("{}.{:02}", hundredths / 100, hundredths % 100)).unwrap();
        let deposit = WholeDollars::from_decimal(Decimal::from(dollars)).unwrap().at(rate);
        let exact = u128::from(dollars) * u128::from(hundredths);
        let cents = (exact + 50) / 100;
        prop_assert_eq!(deposit.to_string(), format!("{}.{:02}", cents / 100, cents % 100));
    }

    /// Terms that print are read back the same.
    #[test]
    fn tariff_numbers_are_read_back(number in 100_000_000u64..10_000_000_000) {
        let hts = Hts::parse(&format!("{number:010}")).unwrap();
        prop_assert_eq!(Hts::parse(&hts.to_string()), Some(hts));
    }

    /// No text makes the readers of cells fail, and a key never depends on case or spacing.
    #[test]
    fn names_have_one_key_whatever_their_case(name in "[A-Za-z0-9 .,&()-]{1,40}") {
        let spaced = name.replace(' ', "   ");
        prop_assert_eq!(PartyKey::of(&name), PartyKey::of(&name.to_uppercase()));
        prop_assert_eq!(PartyKey::of(&name), PartyKey::of(&spaced));
    }

    /// Anything may stand in a cell.
    #[test]
    fn no_cell_makes_a_reader_fail(text in "\\PC{0,60}") {
        let _ = adcvd::entry::amount::amount(&text);
        let _ = adcvd::entry::tariff::tariff(&adcvd::spreadsheet::row::Cell::Text(text.as_str().into()));
        let _ = adcvd::terms::CaseNumber::parse(&text);
        let _ = adcvd::terms::EntryNumber::parse(&text);
        let _ = Country::parse(&text);
        let _ = PartyKey::of(&text);
        let _ = adcvd::terms::Addressed::of(&text);
    }
}
