//! `adcvd` reads whole customs entry files, and for every entry line finds the antidumping and countervailing duty
//! cases that may apply, tests scope, finds the exporter/producer pair and the cash deposit rate in force on the day of
//! entry, computes the deposit in decimals, and gives the broker's rows back with the answer and its source on every
//! line.
//!
//! A deposit is an estimate, not final duty. The program never guesses: what it does not understand is an exception,
//! what it does not know is an outcome, and a doubt says what it costs.
//!
//! # A tour
//!
//! Bytes become rows in [`spreadsheet`], rows become entry lines in [`entry`]. [`determine`] asks the [`casebook`] and
//! turns a line into findings; [`records`] reads what the broker keeps; [`report`] turns findings into cells and sentences; [`batch`] passes pieces of a file
//! through all of them in parallel and keeps the order. [`cli`] is what is typed. [`terms`] is the floor on which all
//! stand: nouns that check themselves.
//!
//! Law is asked with two days: what governed an entry on *this day*, as known on *that day*. Every line is answered
//! twice: **at entry** (as known when the entry was filed) and **restated** (as known on the as-of day). The rule for
//! every dated row stands in [`casebook::ask`].
//!
//! ```
//! use adcvd::casebook::{Asked, load};
//! use adcvd::terms::{GoverningDay, KnownDay, day::parse_iso};
//!
//! let casebook = load::load(&[])?;
//! let family = &casebook.families()[0];
//! let day = parse_iso("1999-01-01").expect("a date");
//! let asked = Asked { governing: GoverningDay(day), known: KnownDay(day) };
//! assert!(family.standing(family.cases[0].number, asked, None).is_none());
//! # Ok::<(), adcvd::casebook::LoadError>(())
//! ```
//!
//! # The rooms
//!
//! Data flows in one direction; a room uses only the rooms named here. A test reads this table and refuses any other
//! path.
//!
//! | room | may use |
//! |---|---|
//! | terms | nobody |
//! | casebook | terms |
//! | spreadsheet | terms |
//! | entry | terms, spreadsheet::row |
//! | determine | terms, casebook, entry |
//! | records | terms, casebook, spreadsheet, entry |
//! | report | terms, casebook, spreadsheet, entry, determine, records |
//! | batch | terms, casebook, spreadsheet, entry, determine, records, report |
//! | cli | terms, casebook, spreadsheet, entry, determine, records, report, batch |
//!
//! # Words
//!
//! The field's words, one meaning each.
//!
//! | word | meaning |
//! |---|---|
//! | notice | an act of Commerce, the ITC, CBP or a court, with its citation and publication day |
//! | case | one proceeding, `A-999-101` or `C-999-102`; companion cases and third-country numbers belong to one **order family** |
//! | standing | what a case was on a day: before suspension, provisional, gap, order, suspended, terminated, revoked |
//! | rate | what a row of a rate table says; a **deposit** is money |
//! | margin | the dumping margin or subsidy rate; the deposit may be lower by an offset |
//! | ladder | the order in which rates are tried: pair, exporter, producer, either role, everyone else |
//! | everyone else | all others, or the country-wide entity of a non-market economy |
//! | finding | our conclusion for one line under one case; a determination is Commerce's |
//! | exception | something on a line that a person must look at: data, never control flow |
//! | error | this file or this run cannot go on |
//! | governing day | the day that fixes the rate: entry, or withdrawal from warehouse, for consumption |
//! | known day | the day on which the answer could have been known |
//! | at entry, restated | the answer as known on the filing day, and on the as-of day |
//! | stake | the money between the possible answers of a line |
//! | base | the value to which a rate applies, in whole dollars: the entered value, or that of the subject portion |
//! | product | what a broker decides on once: the importer's part number, or else its goods of one manufacturer ID and description |
//! | assumption | hypothetical notices, laid over a family for one run; all that comes out of it says `HYPOTHETICAL` |
//! | draft | rows read from a pasted message or table; no law before a person has checked them |
//! | liquidation | CBP's final reckoning of an entry; until then a deposit can still change, and after it a clock runs |
//! | clock | a dated measure of what can still be done about an entry, with its authority: protest, correction, six months |
//! | advisory | a measure beside the cases that is no duty, such as another country's export control; it goes by the day of export |
//! | pack | the outputs of a run over one importer's rows alone, to be sent to that client |
//! | hint | a tariff number under which subject goods may enter; it chooses which lines are tested and settles none |
//!
//! Nothing is ever "assessed" here: that happens at liquidation.

pub mod batch;
pub mod casebook;
pub mod cli;
pub mod determine;
pub mod entry;
pub mod records;
pub mod report;
pub mod spreadsheet;
pub mod terms;
