//! Advisories: measures beside the cases that are no duties, such as the export controls of another country, dated as
//! law is.
//!
//! An advisory has controls, each on some goods, and standings: what the measure was on a day of export. It knows no
//! case and no deposit, and stands whether or not a case covers the goods.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::family::{Dated, NoticeIx, Test};
use super::model::{Day, Placed, TestRow, Trust};
use super::words::AdvisoryState;
use crate::terms::{Country, Heading, Hts, KnownDay};

/// `[advisory]`: a measure of one country.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvisoryRow {
    /// Its name among advisories: a later folder with the same replaces it whole.
    pub id: String,
    /// What it is called, for people.
    pub title: String,
    /// The country whose exports it is about.
    pub country: Country,
    /// The last day to which a person looked for newer notices.
    pub checked_through: Day,
    /// The remark on the export declaration of controlled goods, in the words of the source.
    pub remark: Option<String>,
    /// The remark where goods are close to controlled ones and are none.
    pub remark_if_not: Option<String>,
    /// Where the remarks stand, and in whose words they are given.
    pub remark_source: Option<String>,
    /// Words of the `Material` column for goods that no control is about.
    #[serde(default)]
    pub other_materials: Vec<String>,
}

/// `[[notice]]` of an advisory: an act of the country.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvisoryNoticeRow {
    /// Name within the file.
    pub id: String,
    /// The day on which it could be known.
    pub published: Day,
    /// True if its day was not found and `published` is the earliest that it can have been.
    #[serde(default)]
    pub day_unknown: bool,
    /// As to be cited.
    pub citation: String,
    /// Where to read it.
    pub link: Option<String>,
    /// How far our knowledge of it is to be trusted.
    pub trust: Trust,
    /// What it says, in our words.
    pub says: String,
}

/// `[[control]]`: the goods under one control code.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlRow {
    /// Its code.
    pub code: String,
    /// Which goods, in our words.
    pub says: String,
    /// By which notice.
    pub notice: String,
    /// Tariff numbers: they choose lines and never settle one.
    pub hts: Vec<Hts>,
    /// Words of the `Product` column; empty where the product does not matter.
    #[serde(default)]
    pub products: Vec<String>,
    /// Words of the `Material` column; empty where the material does not matter.
    #[serde(default)]
    pub materials: Vec<String>,
    /// What the goods must all meet.
    #[serde(default)]
    pub tests: Vec<TestRow>,
    /// What is not known of the control itself: whatever the line says, it only may apply.
    pub unsettled: Option<String>,
}

/// `[[standing]]` of an advisory: what it was from a day on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvisoryStandingRow {
    /// What it was.
    pub state: AdvisoryState,
    /// First day of export.
    pub from: Day,
    /// Last day of export, where the row reaches back behind another.
    pub through: Option<Day>,
    /// By which notice.
    pub notice: String,
    /// Why.
    pub note: Option<String>,
}

/// All rows of an `advisory.toml`.
#[derive(Clone, Debug, Default)]
pub struct AdvisoryRows {
    /// `[advisory]`.
    pub head: Option<Placed<AdvisoryRow>>,
    /// `[[notice]]`.
    pub notices: Vec<Placed<AdvisoryNoticeRow>>,
    /// `[[control]]`.
    pub controls: Vec<Placed<ControlRow>>,
    /// `[[standing]]`.
    pub standings: Vec<Placed<AdvisoryStandingRow>>,
}

/// The goods under one control code.
#[derive(Clone, Debug)]
pub struct Control {
    /// As read.
    pub row: ControlRow,
    /// By which notice.
    pub notice: NoticeIx,
    /// What the goods must all meet.
    pub tests: Vec<Test>,
}

/// What an advisory was from a day of export on.
#[derive(Clone, Debug)]
pub struct AdvisoryStanding {
    /// What it was.
    pub state: AdvisoryState,
    /// First day of export.
    pub from: Date,
    /// Last day of export.
    pub through: Option<Date>,
    /// By which notice.
    pub notice: NoticeIx,
    /// Why.
    pub note: Option<String>,
}

impl Dated for AdvisoryStanding {
    fn from(&self) -> Date {
        self.from
    }
    fn through(&self) -> Option<Date> {
        self.through
    }
    fn notice(&self) -> NoticeIx {
        self.notice
    }
}

/// An advisory ready to be asked.
#[derive(Clone, Debug)]
pub struct Advisory {
    /// Who it is.
    pub head: AdvisoryRow,
    /// Its notices, in the order of the file.
    pub notices: Vec<AdvisoryNoticeRow>,
    /// Its controls.
    pub controls: Vec<Control>,
    /// Its standings.
    pub standings: Vec<AdvisoryStanding>,
}

const CHECKED: &str = "the file passed its checks";

impl Advisory {
    /// Resolves rows that passed [`super::advisory_check::check_advisory`].
    pub fn new(rows: AdvisoryRows) -> Advisory {
        let notices: Vec<AdvisoryNoticeRow> = rows.notices.into_iter().map(|placed| placed.row).collect();
        let notice = |id: &str| notices.iter().position(|notice| notice.id == id).expect(CHECKED);
        let controls = rows.controls.into_iter().map(|Placed { row, .. }| Control {
            notice: notice(&row.notice),
            tests: row.tests.iter().map(test).collect(),
            row,
        });
        let standings = rows.standings.into_iter().map(|Placed { row, .. }| AdvisoryStanding {
            state: row.state,
            from: row.from.0,
            through: row.through.map(|day| day.0),
            notice: notice(&row.notice),
            note: row.note,
        });
        let (controls, standings) = (controls.collect(), standings.collect());
        Advisory { head: rows.head.expect(CHECKED).row, notices, controls, standings }
    }

    /// What it was on a day of export, as known on a day: among the rows published by then, the latest published one
    /// that covers the day of export.
    pub fn standing(&self, exported: Date, known: KnownDay) -> Option<&AdvisoryStanding> {
        let rows = self.standings.iter().filter(|row| self.published(row.notice, known));
        rows.filter(|row| row.covers(exported))
            .max_by_key(|row| (self.notices[row.notice].published, row.from))
    }

    /// True if a notice could be known on a day.
    pub fn published(&self, notice: NoticeIx, known: KnownDay) -> bool {
        self.notices[notice].published.0 <= known.0
    }

    /// The controls that name a tariff number.
    pub fn controls_on(&self, hts: Hts) -> impl Iterator<Item = &Control> {
        self.controls.iter().filter(move |control| control.row.hts.iter().any(|hint| hts.falls_under(*hint)))
    }

    /// Every word of the `Material` column that it knows.
    pub fn materials(&self) -> impl Iterator<Item = &String> {
        let controlled = self.controls.iter().flat_map(|control| &control.row.materials);
        controlled.chain(&self.head.other_materials)
    }

    /// Every day on which what it says can change.
    pub(super) fn boundaries(&self, days: &mut BTreeSet<Date>) {
        for row in &self.standings {
            days.insert(row.from);
            days.extend(row.through.and_then(|day| day.tomorrow().ok()));
        }
        days.extend(self.notices.iter().map(|notice| notice.published.0));
        days.extend(self.head.checked_through.0.tomorrow().ok());
    }
}

fn test(row: &TestRow) -> Test {
    Test {
        fact: Heading::parse(&row.fact).expect(CHECKED),
        at_least: Decimal::from_str_exact(&row.at_least).expect(CHECKED),
    }
}
