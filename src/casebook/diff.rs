//! What two case folders say otherwise, row by row, with the place of each row in both.
//!
//! A row is known again by what it is about - a notice by its id, a rate by case, role, parties and notice - and what else
//! it says is compared. Comments and the order of rows make no difference.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;

use super::advisory::AdvisoryRows;
use super::model::{Day, Placed, ProductRow, RateRow, Rows, Spot, Trust};
use crate::terms::{CaseNumber, PartyKey};

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// It is new; what it says, and for a rate what the newest row of the same parties said before.
    Added {
        /// Column and what it says.
        says: Vec<(String, String)>,
        /// The rate before, and by which notice.
        before: Option<String>,
    },
    /// It is gone; what it said.
    Removed {
        /// Column and what it said.
        said: Vec<(String, String)>,
    },
    /// It says something else: column, before, now.
    Changed(Vec<(String, String, String)>),
}

/// A row that the two folders do not have alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The table, as `case.toml` or the name of the CSV has it.
    pub table: &'static str,
    /// What the row is about.
    pub about: String,
    /// What became of it.
    pub became: Became,
    /// Where it stands in the old folder.
    pub old: Option<Spot>,
    /// Where it stands in the new one.
    pub new: Option<Spot>,
}

/// The tables in the order in which they are told.
pub const TABLES: [&str; 13] = [
    "family",
    "case",
    "notice",
    "standing",
    "ladder",
    "rate",
    "scope",
    "party",
    "alias",
    "suffix",
    "hint",
    "statistic",
    "advisory",
];

/// A row as it is compared.
struct Entry {
    table: &'static str,
    about: String,
    /// What tells it from other rows of the table, whatever the writing of a name.
    key: String,
    says: Vec<(String, String)>,
    at: Spot,
}

/// All that the new folder says otherwise than the old one: by table, then in the order of the folders.
pub fn diff(old: &Rows, new: &Rows) -> Vec<Change> {
    let (old_entries, new_entries) = (entries(old), entries(new));
    let mut unmatched: HashMap<(&str, &str), Vec<&Entry>> = HashMap::new();
    // Rows with one key are paired in the order in which they stand.
    for entry in old_entries.iter().rev() {
        unmatched.entry((entry.table, &entry.key)).or_default().push(entry);
    }
    let mut changes = Vec::new();
    for entry in &new_entries {
        let before = unmatched.get_mut(&(entry.table, entry.key.as_str())).and_then(Vec::pop);
        let became = match before {
            None => {
                let before = (entry.table == "rate").then(|| rate_before(old, new, entry)).flatten();
                Became::Added { says: entry.says.clone(), before }
            }
            Some(before) => {
                let differs = differences(&before.says, &entry.says);
                if differs.is_empty() {
                    continue;
                }
                Became::Changed(differs)
            }
        };
        let old = before.map(|before| before.at.clone());
        changes.push(Change {
            table: entry.table,
            about: entry.about.clone(),
            became,
            old,
            new: Some(entry.at.clone()),
        });
    }
    let mut removed: Vec<&Entry> = unmatched.into_values().flatten().collect();
    removed.sort_by_key(|entry| &entry.at);
    changes.extend(removed.into_iter().map(|entry| Change {
        table: entry.table,
        about: entry.about.clone(),
        became: Became::Removed { said: entry.says.clone() },
        old: Some(entry.at.clone()),
        new: None,
    }));
    let place = |change: &Change| TABLES.iter().position(|table| *table == change.table);
    changes.sort_by_key(place);
    changes
}

fn differences(old: &[(String, String)], new: &[(String, String)]) -> Vec<(String, String, String)> {
    let before: BTreeMap<&str, &str> = old.iter().map(|(name, value)| (&**name, &**value)).collect();
    let now: BTreeMap<&str, &str> = new.iter().map(|(name, value)| (&**name, &**value)).collect();
    let gone = old.iter().filter(|(name, _)| !now.contains_key(&**name)).map(|(name, _)| name);
    let names = new.iter().map(|(name, _)| name).chain(gone);
    let differs = names.filter_map(|name| {
        let value = |of: &BTreeMap<&str, &str>| of.get(&**name).copied().unwrap_or_default().to_string();
        let (before, now) = (value(&before), value(&now));
        (before != now).then(|| (name.clone(), before, now))
    });
    differs.collect()
}

/// What the newest row of the same case, role and parties said in the old folder, and by which notice.
fn rate_before(old: &Rows, new: &Rows, added: &Entry) -> Option<String> {
    let added = new.rates.iter().find(|rate| rate.at == added.at)?;
    let published = |row: &RateRow| {
        old.notices.iter().find(|notice| notice.row.id == row.notice).map(|notice| notice.row.published)
    };
    let same = old.rates.iter().filter(|rate| whose(&rate.row) == whose(&added.row));
    let newest = same.max_by_key(|rate| (published(&rate.row), rate.row.from))?;
    Some(format!("{} by {:?}", figures(&newest.row), newest.row.notice))
}

fn whose(row: &RateRow) -> String {
    let key = |name: &str| PartyKey::of(name).map(|key| key.to_string()).unwrap_or_default();
    format!("{} {} {} / {}", row.case, row.role.word(), key(&row.exporter), key(&row.producer))
}

/// What is deposited: `93.50%`, `$1.10/KG`, both, or `excluded`.
fn figures(row: &RateRow) -> String {
    let percent = row.deposit.map(|deposit| deposit.to_string());
    let unit = row.unit_rate.zip(row.unit).map(|(rate, unit)| format!("${rate}/{unit}"));
    let both: Vec<String> = [percent, unit].into_iter().flatten().collect();
    if both.is_empty() { row.kind.word().to_string() } else { both.join(" + ") }
}

fn shown<T: Display>(value: &Option<T>) -> String {
    value.as_ref().map(T::to_string).unwrap_or_default()
}

fn day(value: Option<Day>) -> String {
    shown(&value.map(|day| day.0))
}

fn trust(value: Option<Trust>) -> String {
    value.map(|trust| trust.word().to_string()).unwrap_or_default()
}

fn cases(cases: &[CaseNumber]) -> String {
    cases.iter().map(CaseNumber::to_string).collect::<Vec<_>>().join(", ")
}

/// Columns that hold something.
fn says<const N: usize>(columns: [(&str, String); N]) -> Vec<(String, String)> {
    let columns = columns.into_iter().filter(|(_, value)| !value.is_empty());
    columns.map(|(name, value)| (name.to_string(), value)).collect()
}

fn entries(rows: &Rows) -> Vec<Entry> {
    let mut all = Vec::new();
    identity(rows, &mut all);
    dated(rows, &mut all);
    rates(rows, &mut all);
    named(rows, &mut all);
    all
}

fn add<T>(
    to: &mut Vec<Entry>,
    table: &'static str,
    row: &Placed<T>,
    about: String,
    says: Vec<(String, String)>,
) {
    to.push(Entry { table, key: about.clone(), about, says, at: row.at.clone() });
}

fn identity(rows: &Rows, to: &mut Vec<Entry>) {
    if let Some(placed) = &rows.family {
        let row = &placed.row;
        let says = says([
            ("title", row.title.clone()),
            ("country", row.country.to_string()),
            ("checked_through", day(Some(row.checked_through))),
        ]);
        add(to, "family", placed, String::new(), says);
    }
    for placed in &rows.cases {
        let row = &placed.row;
        let says = says([
            ("companion", shown(&row.companion)),
            ("everyone_else", row.everyone_else.word().to_string()),
            ("third_country_of", shown(&row.third_country_of)),
            ("origin", shown(&row.origin)),
            ("notice", shown(&row.notice)),
        ]);
        add(to, "case", placed, row.number.to_string(), says);
    }
    for placed in &rows.hints {
        let row = &placed.row;
        let base = row.base.map(|base| base.word().to_string()).unwrap_or_default();
        let says = says([("says", row.says.clone()), ("notice", row.notice.clone()), ("base", base)]);
        add(to, "hint", placed, row.hts.to_string(), says);
    }
    for placed in &rows.notices {
        let row = &placed.row;
        let says = says([
            ("cases", cases(&row.cases)),
            ("kind", row.kind.clone()),
            ("table", row.table.map(|table| table.word().to_string()).unwrap_or_default()),
            ("table_of", cases(row.table_of.as_deref().unwrap_or_default())),
            ("published", day(Some(row.published))),
            ("effective", day(row.effective)),
            ("citation", row.citation.clone()),
            ("document", shown(&row.document)),
            ("message", shown(&row.message)),
            ("link", shown(&row.link)),
            ("corrects", shown(&row.corrects)),
            ("trust", trust(Some(row.trust))),
            ("says", row.says.clone()),
        ]);
        add(to, "notice", placed, row.id.clone(), says);
    }
}

fn dated(rows: &Rows, to: &mut Vec<Entry>) {
    for placed in &rows.standings {
        let row = &placed.row;
        let says = says([
            ("from", day(Some(row.from))),
            ("through", day(row.through)),
            ("trust", trust(row.trust)),
            ("note", shown(&row.note)),
            ("exporters", row.exporters.join("; ")),
            ("interest", shown(&row.interest)),
        ]);
        add(to, "standing", placed, format!("{} {} by {:?}", row.case, row.state.word(), row.notice), says);
    }
    for placed in &rows.ladders {
        let row = &placed.row;
        let rungs: Vec<&str> = row.rungs.iter().map(|rung| rung.word()).collect();
        let foreign = row.foreign_exporter.map(|foreign| foreign.word().to_string()).unwrap_or_default();
        let says = says([
            ("from", day(Some(row.from))),
            ("rungs", rungs.join(", then ")),
            ("foreign_exporter", foreign),
            ("authority", row.authority.clone()),
        ]);
        add(to, "ladder", placed, format!("{} by {:?}", row.case, row.notice), says);
    }
    for placed in &rows.scopes {
        let row = &placed.row;
        let mut said = says([("from", day(Some(row.from))), ("through", day(row.through))]);
        said.extend(row.tests.iter().map(|test| (test.fact.clone(), format!("at least {}", test.at_least))));
        for product in &row.product {
            said.extend(product.words.iter().map(|word| (word.clone(), verdict(product))));
        }
        add(to, "scope", placed, format!("{} by {:?}", cases(&row.cases), row.notice), said);
    }
    for placed in &rows.statistics {
        let row = &placed.row;
        let numbers: Vec<String> = row.hts.iter().map(ToString::to_string).collect();
        let says = says([
            ("value", row.value.to_string()),
            ("quantity", row.quantity.to_string()),
            ("unit", row.unit.to_string()),
        ]);
        let (numbers, country, year) = (numbers.join(" "), row.country, row.year);
        add(to, "statistic", placed, format!("{numbers} from {country} in {year} by {:?}", row.notice), says);
    }
    advisory(&rows.advisory, to);
}

/// What an `advisory.toml` beside the case says.
fn advisory(rows: &AdvisoryRows, to: &mut Vec<Entry>) {
    for placed in &rows.notices {
        let row = &placed.row;
        let says = says([
            ("published", day(Some(row.published))),
            ("day", if row.day_unknown { "unknown".to_string() } else { String::new() }),
            ("citation", row.citation.clone()),
            ("link", shown(&row.link)),
            ("trust", trust(Some(row.trust))),
            ("says", row.says.clone()),
        ]);
        add(to, "advisory", placed, format!("notice {:?}", row.id), says);
    }
    for placed in &rows.controls {
        let row = &placed.row;
        let numbers: Vec<String> = row.hts.iter().map(ToString::to_string).collect();
        let tests = row.tests.iter().map(|test| format!("{} at least {}", test.fact, test.at_least));
        let says = says([
            ("says", row.says.clone()),
            ("notice", row.notice.clone()),
            ("hts", numbers.join(", ")),
            ("products", row.products.join(", ")),
            ("materials", row.materials.join(", ")),
            ("tests", tests.collect::<Vec<_>>().join(", ")),
            ("unsettled", shown(&row.unsettled)),
        ]);
        add(to, "advisory", placed, format!("control {}", row.code), says);
    }
    for placed in &rows.standings {
        let row = &placed.row;
        let says = says([
            ("state", row.state.word().to_string()),
            ("through", day(row.through)),
            ("note", shown(&row.note)),
        ]);
        add(to, "advisory", placed, format!("standing from {} by {:?}", row.from.0, row.notice), says);
    }
    if let Some(placed) = &rows.head {
        let row = &placed.row;
        let says = says([
            ("title", row.title.clone()),
            ("country", row.country.to_string()),
            ("checked_through", day(Some(row.checked_through))),
            ("remark", shown(&row.remark)),
            ("remark_if_not", shown(&row.remark_if_not)),
            ("remark_source", shown(&row.remark_source)),
            ("other_materials", row.other_materials.join(", ")),
        ]);
        add(to, "advisory", placed, row.id.clone(), says);
    }
}

fn verdict(product: &ProductRow) -> String {
    let base = product.base.map(|base| format!("on the {} value", base.word()));
    let trust = product.trust.map(|trust| trust.word().to_string());
    let parts = [Some(product.verdict.word().to_string()), base, trust];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn rates(rows: &Rows, to: &mut Vec<Entry>) {
    for placed in &rows.rates {
        let row = &placed.row;
        let names: Vec<&str> =
            [row.exporter.as_str(), &row.producer].into_iter().filter(|name| !name.is_empty()).collect();
        let who = if names.is_empty() { "else".to_string() } else { names.join(" / ") };
        let says = says([
            ("exporter", row.exporter.clone()),
            ("producer", row.producer.clone()),
            ("from", row.from.to_string()),
            ("through", shown(&row.through)),
            ("kind", row.kind.word().to_string()),
            ("margin", shown(&row.margin)),
            ("deposit", shown(&row.deposit)),
            ("unit_rate", shown(&row.unit_rate)),
            ("unit", shown(&row.unit)),
            ("trust", trust(row.trust)),
            ("disputed", shown(&row.disputed)),
            ("note", row.note.clone()),
        ]);
        to.push(Entry {
            table: "rate",
            about: format!("{} {} {who} by {:?}", row.case, row.role.word(), row.notice),
            key: format!("{} by {:?}", whose(row), row.notice),
            says,
            at: placed.at.clone(),
        });
    }
}

fn named(rows: &Rows, to: &mut Vec<Entry>) {
    for placed in &rows.parties {
        let says = says([("country", placed.row.country.to_string())]);
        add(to, "party", placed, placed.row.name.clone(), says);
    }
    for placed in &rows.aliases {
        let row = &placed.row;
        let says = says([
            ("party", row.party.clone()),
            ("from", day(Some(row.from))),
            ("notice", row.notice.clone()),
            ("how", row.how.clone()),
        ]);
        add(to, "alias", placed, row.name.clone(), says);
    }
    for placed in &rows.suffixes {
        let row = &placed.row;
        let says = says([
            ("suffix", row.suffix.to_string()),
            ("from", row.from.to_string()),
            ("through", shown(&row.through)),
        ]);
        let who = if row.party.is_empty() { "everyone else" } else { &row.party };
        add(to, "suffix", placed, format!("{} {who} by {:?}", row.case, row.notice), says);
    }
}
