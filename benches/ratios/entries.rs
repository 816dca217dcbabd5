//! The made-up entry lines: half of them active anode material from China while both provisional measures ran, half of
//! them other goods. Some six lines an entry.

use adcvd::casebook::Casebook;
use adcvd::terms::EntryNumber;
use jiff::civil::{Date, date};

use crate::companies::{Companies, Pair, Rates};
use crate::sequence::{Ranks, Sequence};

/// The headings of the files.
pub const HEADINGS: [&str; 20] = [
    "Entry Number",
    "Line Number",
    "Entry Type",
    "Entry Date",
    "Importer Number",
    "Importer Name",
    "HTSUS",
    "Country of Origin",
    "Country of Export",
    "Exporter",
    "Producer",
    "Manufacturer ID",
    "Part Number",
    "Description",
    "Entered Value",
    "Quantity",
    "Unit",
    "AD Case Number",
    "CVD Case Number",
    "Invoice Number",
];

/// What stands in a cell.
pub enum Cell<'a> {
    /// Nothing.
    Blank,
    /// Text, also where it looks like a number.
    Text(&'a str),
    /// A whole number.
    Whole(u32),
    /// A day.
    Day(Date),
}

/// Other goods.
struct Good {
    hts: String,
    description: String,
    unit: &'static str,
}

/// Everything that the lines are made of.
pub struct Trade {
    companies: Companies,
    goods: Vec<Good>,
    importers: Vec<(String, String)>,
    cases: [String; 2],
    listed: Ranks,
    unlisted: Ranks,
    others: Ranks,
    kinds: Ranks,
}

impl Trade {
    /// The trade whose subject goods are those of the first order family of the casebook.
    pub fn of(casebook: &Casebook) -> Trade {
        let companies = Companies::of(casebook);
        let cases = &casebook.families()[0].cases;
        let goods: Vec<Good> = (0..360).map(good).collect();
        Trade {
            listed: Ranks::of(companies.listed.len()),
            unlisted: Ranks::of(companies.unlisted.len()),
            others: Ranks::of(companies.others.len()),
            kinds: Ranks::of(goods.len()),
            companies,
            goods,
            importers: (0..60).map(importer).collect(),
            cases: [cases[0].number.to_string(), cases[1].number.to_string()],
        }
    }

    /// Lines without end.
    pub fn lines(&self) -> Lines<'_> {
        Lines { trade: self, sequence: Sequence::starting_at(2025), entry: None, entries: 0 }
    }
}

fn good(number: usize) -> Good {
    const HEADINGS: [(&str, &str, &str); 12] = [
        ("3926", "Articles of plastics", "KG"),
        ("4016", "Articles of rubber", "KG"),
        ("7318", "Screws and bolts", "KG"),
        ("7326", "Articles of steel", "KG"),
        ("8302", "Mountings and fittings", "KG"),
        ("8413", "Pumps for liquids", "NO"),
        ("8481", "Taps and valves", "NO"),
        ("8504", "Power supplies", "NO"),
        ("8536", "Connectors", "NO"),
        ("8708", "Parts of motor vehicles", "NO"),
        ("9403", "Furniture", "NO"),
        ("9503", "Toys", "NO"),
    ];
    const KINDS: [&str; 5] = ["assembled", "coated", "of two parts", "spare", "with accessories"];
    let (heading, goods, unit) = HEADINGS[number % HEADINGS.len()];
    Good {
        hts: format!("{heading}.{}.{:04}", 10 * (1 + number / 12 % 9), 10 * (number / 12)),
        description: format!("{goods}, {}", KINDS[number / 7 % KINDS.len()]),
        unit,
    }
}

fn importer(number: usize) -> (String, String) {
    const FIRST: [&str; 10] = [
        "Alder",
        "Bluestem",
        "Calumet",
        "Deep River",
        "Esker",
        "Fallow",
        "Gannet",
        "Hazel",
        "Iron Creek",
        "Juniper",
    ];
    const SECOND: [&str; 6] = ["Battery Works", "Energy", "Hardware", "Mobility", "Supply", "Tools"];
    let name = format!("{} {} Inc.", FIRST[number % 10], SECOND[number / 10]);
    (format!("{:02}-{:07}-00", 10 + number, 1_234_567 + 31_337 * number), name)
}

/// What the lines of one entry share.
struct Entry {
    number: String,
    invoice: String,
    date: Date,
    importer: usize,
    subject: bool,
    line: u32,
    lines: u32,
}

/// One line.
pub struct Line<'t> {
    entry_number: String,
    line_number: String,
    entry_type: &'static str,
    date: Date,
    importer: &'t (String, String),
    hts: &'t str,
    origin: &'t str,
    export: &'t str,
    /// The exporter as written.
    pub exporter: &'t str,
    /// The producer as written.
    pub producer: &'t str,
    id: &'t str,
    part: String,
    description: &'t str,
    value: u32,
    quantity: u32,
    unit: &'static str,
    cases: Option<&'t [String; 2]>,
    invoice: String,
    /// The rates of the pair; `None` for other goods.
    pub rates: Option<Rates>,
}

impl Line<'_> {
    /// The cells, in the order of the headings.
    pub fn cells(&self) -> [Cell<'_>; HEADINGS.len()] {
        let case = |place: usize| self.cases.map_or(Cell::Blank, |cases| Cell::Text(&cases[place]));
        [
            Cell::Text(&self.entry_number),
            Cell::Text(&self.line_number),
            Cell::Text(self.entry_type),
            Cell::Day(self.date),
            Cell::Text(&self.importer.0),
            Cell::Text(&self.importer.1),
            Cell::Text(self.hts),
            Cell::Text(self.origin),
            Cell::Text(self.export),
            Cell::Text(self.exporter),
            Cell::Text(self.producer),
            Cell::Text(self.id),
            Cell::Text(&self.part),
            Cell::Text(self.description),
            Cell::Whole(self.value),
            Cell::Whole(self.quantity),
            Cell::Text(self.unit),
            case(0),
            case(1),
            Cell::Text(&self.invoice),
        ]
    }
}

/// The lines, one after the other.
pub struct Lines<'t> {
    trade: &'t Trade,
    sequence: Sequence,
    entry: Option<Entry>,
    entries: u64,
}

impl<'t> Iterator for Lines<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        let mut entry = match self.entry.take() {
            Some(entry) if entry.line < entry.lines => entry,
            _ => self.next_entry(),
        };
        entry.line += 1;
        let line = if entry.subject { self.subject_line(&entry) } else { self.other_line(&entry) };
        self.entry = Some(entry);
        Some(line)
    }
}

impl<'t> Lines<'t> {
    fn next_entry(&mut self) -> Entry {
        self.entries += 1;
        let number =
            EntryNumber::parse(&format!("XYZ{:07}0", self.entries)).expect("three letters, eight digits");
        let sequence = &mut self.sequence;
        Entry {
            number: format!("XYZ-{:07}-{}", self.entries, number.check_digit()),
            invoice: format!("INV-25-{:07}", 100_000 + self.entries * 3 + sequence.below(3)),
            date: date(2025, 8, 1).saturating_add(jiff::Span::new().days(sequence.between(0, 50))),
            importer: sequence.index(self.trade.importers.len()),
            subject: sequence.percent(50),
            line: 0,
            lines: sequence.between(3, 9),
        }
    }

    /// Anode powder: a listed pair or, in 15 of 100, another.
    fn subject_line(&mut self, entry: &Entry) -> Line<'t> {
        let trade = self.trade;
        let sequence = &mut self.sequence;
        let pair: &'t Pair = if sequence.percent(15) {
            &trade.companies.unlisted[trade.unlisted.draw(sequence)]
        } else {
            &trade.companies.listed[trade.listed.draw(sequence)]
        };
        let value = sequence.between(1_000, 240_000);
        Line {
            entry_type: "03",
            hts: ["3801.10.5000", "3801.10.5000", "2504.10.5000"][sequence.index(3)],
            origin: "CN",
            export: "CN",
            exporter: writing(&pair.exporter, sequence),
            producer: writing(&pair.producer, sequence),
            id: &pair.id,
            part: format!("AAM-{:03}", sequence.below(240)),
            description: ["Anode material, graphite, powder", "Synthetic graphite, coated"]
                [sequence.index(2)],
            value,
            quantity: value / 4,
            unit: "KG",
            cases: Some(&trade.cases),
            rates: Some(pair.rates),
            ..self.bare(entry)
        }
    }

    fn other_line(&mut self, entry: &Entry) -> Line<'t> {
        let trade = self.trade;
        let sequence = &mut self.sequence;
        let exporter = &trade.companies.others[trade.others.draw(sequence)];
        let producer = &trade.companies.others[trade.others.draw(sequence)];
        let good = &trade.goods[trade.kinds.draw(sequence)];
        Line {
            hts: &good.hts,
            origin: producer.country,
            export: exporter.country,
            exporter: &exporter.name,
            producer: if sequence.percent(60) { &exporter.name } else { &producer.name },
            id: &producer.id,
            part: format!("P{:05}", sequence.below(9_000)),
            description: &good.description,
            value: sequence.between(50, 90_000),
            quantity: sequence.between(1, 5_000),
            unit: good.unit,
            ..self.bare(entry)
        }
    }

    /// What a line has of its entry.
    fn bare(&self, entry: &Entry) -> Line<'t> {
        Line {
            entry_number: entry.number.clone(),
            line_number: format!("{:03}", entry.line),
            entry_type: "01",
            date: entry.date,
            importer: &self.trade.importers[entry.importer],
            hts: "",
            origin: "",
            export: "",
            exporter: "",
            producer: "",
            id: "",
            part: String::new(),
            description: "",
            value: 0,
            quantity: 0,
            unit: "",
            cases: None,
            invoice: entry.invoice.clone(),
            rates: None,
        }
    }
}

/// As printed in most cases, else one of the other writings.
fn writing<'t>(writings: &'t [String], sequence: &mut Sequence) -> &'t str {
    if sequence.percent(60) { writings[0].as_str() } else { sequence.pick(writings).as_str() }
}
