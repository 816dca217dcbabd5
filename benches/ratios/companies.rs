//! The companies of the made-up files: the listed pairs of exporter and producer in the writings that brokers use for
//! them, pairs that are not listed, and a few thousand companies that make other goods.

use std::collections::BTreeSet;

use adcvd::casebook::Casebook;
use adcvd::terms::PartyKey;

use crate::sequence::Sequence;

/// Deposit rates of a pair, in hundredths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Antidumping.
    pub ad: u32,
    /// Countervailing.
    pub cvd: u32,
}

/// The antidumping rate of a listed pair.
pub const LISTED_AD: u32 = 9_350;
/// The antidumping rate of everyone else.
pub const COUNTRY_WIDE_AD: u32 = 10_272;
const ALL_OTHERS_CVD: u32 = 1_158;
const ADVERSE_CVD: u32 = 72_103;

/// Companies with the high countervailing rate, whichever role they have.
const ADVERSE: [&str; 2] =
    ["Huzhou Kaijin New Energy Technology Corp., Ltd.", "Shanghai Shaosheng Knitted Sweat"];

/// How many pairs of subject goods are not listed.
const UNLISTED_PAIRS: usize = 600;
/// How many companies make other goods.
const OTHER_COMPANIES: usize = 3_000;

/// An exporter and its producer, each in all writings, with the rates of the pair.
pub struct Pair {
    /// Writings of the exporter's name.
    pub exporter: Vec<String>,
    /// Writings of the producer's name.
    pub producer: Vec<String>,
    /// The exporter's manufacturer identification.
    pub id: String,
    /// The rates.
    pub rates: Rates,
}

/// A company that makes other goods.
pub struct Company {
    /// Its name.
    pub name: String,
    /// Its manufacturer identification.
    pub id: String,
    /// Where it is.
    pub country: &'static str,
}

/// All companies of the made-up files.
pub struct Companies {
    /// Pairs that the rate table lists.
    pub listed: Vec<Pair>,
    /// Pairs that it does not.
    pub unlisted: Vec<Pair>,
    /// Makers of other goods.
    pub others: Vec<Company>,
}

impl Companies {
    /// All companies; the listed pairs are those of the first order family of the casebook.
    pub fn of(casebook: &Casebook) -> Companies {
        let rows = casebook.families()[0].rates.iter().map(|rate| &rate.row);
        let (single, pairs): (Vec<_>, Vec<_>) = rows.partition(|row| row.producer.is_empty());
        let single: BTreeSet<PartyKey> =
            single.iter().filter_map(|row| PartyKey::of(&row.exporter)).collect();
        // Two companies with rates of their own that differ: the law gives no figure, and the toy job knows no such
        // thing.
        let contested = |exporter: &str, producer: &str| {
            let own = |name: &str| PartyKey::of(name).filter(|key| single.contains(key));
            matches!((own(exporter), own(producer)), (Some(one), Some(other)) if one != other)
        };
        let mut names: Vec<(String, String)> = Vec::new();
        for row in pairs {
            let pair = (row.exporter.clone(), row.producer.clone());
            if !names.contains(&pair) && !contested(&pair.0, &pair.1) {
                names.push(pair);
            }
        }
        let listed = names.iter().map(|(exporter, producer)| pair(exporter, producer, LISTED_AD)).collect();
        let unlisted = unlisted_names(&names);
        let unlisted = unlisted.iter().map(|(exporter, producer)| pair(exporter, producer, COUNTRY_WIDE_AD));
        Companies {
            listed,
            unlisted: unlisted.collect(),
            others: (0..OTHER_COMPANIES).map(other_company).collect(),
        }
    }
}

fn pair(exporter: &str, producer: &str, ad: u32) -> Pair {
    let adverse = ADVERSE.contains(&exporter) || ADVERSE.contains(&producer);
    Pair {
        exporter: writings(exporter),
        producer: writings(producer),
        id: manufacturer_id("CN", exporter, exporter.len()),
        rates: Rates { ad, cvd: if adverse { ADVERSE_CVD } else { ALL_OTHERS_CVD } },
    }
}

/// The name as printed and the usual other writings of it, all of which are one name.
fn writings(printed: &str) -> Vec<String> {
    let long_form =
        printed.replace("Co., Ltd.", "Company Limited").replace("Corp., Ltd.", "Corporation Limited");
    let all = [
        printed.to_string(),
        printed.to_uppercase().replace(['.', ','], ""),
        long_form,
        printed.replace("Technology", "Tech."),
        printed.replace("Co., Ltd.", "Co.,Ltd").replace("& ", "and "),
    ];
    let mut distinct: Vec<String> = Vec::new();
    for writing in all {
        assert_eq!(PartyKey::of(&writing), PartyKey::of(printed), "{writing} is another name than {printed}");
        if !distinct.contains(&writing) {
            distinct.push(writing);
        }
    }
    distinct
}

/// Pairs that are not in the table: an invented company on one side or on both, listed companies that are no pair.
fn unlisted_names(listed: &[(String, String)]) -> Vec<(String, String)> {
    let known: BTreeSet<&(String, String)> = listed.iter().collect();
    // A listed exporter outside China would be asked for its Chinese supplier; these stand in China by their names.
    let chinese = listed.iter().filter(|(exporter, _)| IN_CHINA.iter().any(|place| exporter.contains(place)));
    let exporters: Vec<&String> = chinese.map(|(exporter, _)| exporter).collect();
    let mut sequence = Sequence::starting_at(66);
    let mut made =
        vec![(ADVERSE[1].to_string(), invented_name(1)), (invented_name(2), ADVERSE[0].to_string())];
    while made.len() < UNLISTED_PAIRS {
        let invented = invented_name(made.len() * 7);
        let exporter = (*sequence.pick(&exporters)).clone();
        let producer = sequence.pick(listed).1.clone();
        let pair = match made.len() % 4 {
            0 => (exporter, invented),
            1 => (invented, producer),
            2 => (exporter, producer),
            _ => (invented, invented_name(made.len() * 7 + 3)),
        };
        if !known.contains(&pair) && pair.0 != pair.1 {
            made.push(pair);
        }
    }
    made
}

const IN_CHINA: [&str; 8] =
    ["(Shanghai)", "(Wuxi)", "(Suzhou)", "(Nanjing)", "(Tianjin)", "(Zhuhai)", "Jiangxi", "Hunan"];

const TOWNS: [&str; 24] = [
    "Anqing",
    "Baoding",
    "Changde",
    "Dezhou",
    "Ezhou",
    "Fuyang",
    "Ganyu",
    "Handan",
    "Jining",
    "Kaifeng",
    "Linyi",
    "Mianyang",
    "Nantong",
    "Pingxiang",
    "Quzhou",
    "Rizhao",
    "Shaoxing",
    "Taizhou",
    "Weifang",
    "Xinxiang",
    "Yangzhou",
    "Zibo",
    "Luoyang",
    "Huaian",
];
const STEMS: [&str; 25] = [
    "Bright River",
    "Clear Hill",
    "Double Crane",
    "East Gate",
    "First Light",
    "Golden Reed",
    "High Bridge",
    "Iron Leaf",
    "Jade Harbor",
    "Long March",
    "Morning Star",
    "New Field",
    "North Lake",
    "Old Orchard",
    "Pine Valley",
    "Quiet Water",
    "Red Maple",
    "Silver Kiln",
    "South Ridge",
    "Three Rivers",
    "Union",
    "Victory",
    "West Ferry",
    "Young Bamboo",
    "Zenith",
];
const TRADES: [&str; 9] = [
    "Carbon Materials",
    "Electrical Appliance",
    "Furniture",
    "Hardware",
    "Import & Export",
    "Machinery",
    "Metal Products",
    "Plastics",
    "Technology",
];
const FORMS: [&str; 3] = ["Co., Ltd.", "Co. Ltd.", "Company Limited"];

/// The name of a company that does not exist; the same number gives the same name, another number another name.
fn invented_name(number: usize) -> String {
    let town = TOWNS[number % TOWNS.len()];
    let stem = STEMS[number % STEMS.len()];
    let trade = TRADES[number / TOWNS.len() % TRADES.len()];
    format!("{town} {stem} {trade} {}", FORMS[number / 5 % FORMS.len()])
}

fn other_company(number: usize) -> Company {
    const COUNTRIES: [&str; 12] = ["CN", "CN", "CN", "VN", "MX", "KR", "TW", "JP", "DE", "TH", "IN", "MY"];
    let country = COUNTRIES[number % COUNTRIES.len()];
    let name = invented_name(number);
    let id = manufacturer_id(country, &name, number);
    Company { name, id, country }
}

/// A manufacturer identification: country, three letters of each of the first two words, digits, the town.
fn manufacturer_id(country: &str, name: &str, number: usize) -> String {
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut three = || words.next().unwrap_or("XXX").chars().take(3).collect::<String>().to_uppercase();
    let (first, second, third) = (three(), three(), three());
    format!("{country}{first}{second}{}{third}", 1 + number % 9_998)
}
