//! Exceptions: things on a line that a person must look at. They are data, never control flow.
//!
//! The catalogue below is the only list of codes. What a code found on a line is a [`Ground`]: a small value, turned
//! into a sentence when a report is written.

use std::fmt;

use super::advised::Advised;
use super::case_number::{CaseNumber, Kind, Suffix};
use super::country::Country;
use super::entry_type::EntryType;
use super::heading::Heading;
use super::money::Money;
use super::percent::Percent;
use super::unit_value::UnitValue;

/// How much an exception weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// To be known; the figure stands.
    Note,
    /// A figure is given; a person must confirm it.
    Review,
    /// There is no figure.
    Stop,
}

impl Severity {
    /// The word of the catalogue.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Note => "Note",
            Severity::Review => "Review",
            Severity::Stop => "Stop",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

macro_rules! catalogue {
    ($($code:ident $severity:ident $meaning:literal, $remedy:literal;)+) => {
        /// An exception code, in catalogue order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $meaning] $code),+ }

        impl Code {
            /// Every code, in catalogue order.
            pub const ALL: &'static [Code] = &[$(Code::$code),+];

            /// Two letters and two digits.
            pub fn text(self) -> &'static str {
                match self { $(Code::$code => stringify!($code)),+ }
            }

            /// The severity where nothing lowers or raises it.
            pub fn severity(self) -> Severity {
                match self { $(Code::$code => Severity::$severity),+ }
            }

            /// What the code means.
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$code => $meaning),+ }
            }

            /// What to do about it.
            pub fn remedy(self) -> &'static str {
                match self { $(Code::$code => $remedy),+ }
            }
        }
    };
}

catalogue! {
    EN01 Note "A cell was not understood. Stop where its field decides the answer.", "Correct the cell in the entry file and run again.";
    EN02 Note "An identifier is stored as a number; leading or trailing zeros may be lost.", "Format the column as text at its source.";
    EN03 Stop "The date that governs the rate is missing, ambiguous or impossible.", "Give the date of entry or withdrawal, best as 2025-08-01.";
    EN04 Note "The check digit of the entry number does not fit.", "Compare the entry number with the entry summary.";
    EN05 Stop "Rows of one entry line disagree.", "Make the rows of the line agree, or give each line its own number.";
    EN06 Stop "An entry line occurs again, apart from its first rows.", "Remove the repetition, or correct the line number; this occurrence has no figure.";
    EN07 Stop "A formula has no value in the file.", "Open the workbook in a spreadsheet program, recalculate, and save it.";
    EN08 Note "A cell was repaired in a way that is certain.", "Nothing, if the repair is right.";
    EN09 Note "Text is damaged by a wrong encoding.", "Export the file as UTF-8 and run again.";
    EN10 Note "Warehouse entry: a deposit falls due at withdrawal.", "Compute again when the goods are withdrawn.";
    EN11 Review "A row is no entry line: a total, a remark, or headings again.", "Nothing, if it is none; a line needs at least its tariff number, origin or date.";
    EN12 Note "The tariff number was not valid on the day of entry.", "Look the number up in the tariff schedule of that day.";
    EN13 Note "A text begins like a formula: it comes alive where a person edits the cell.", "Nothing, if it is meant so; it came back as it was, and what this program writes of it is guarded.";
    SC01 Review "Listed tariff number and origin, in scope by its facts, and no case declared.", "Declare the cases shown, or correct the facts.";
    SC02 Note "The declared case does not list this tariff number; tariff numbers are hints, scope text decides.", "Check that the case belongs to the goods.";
    SC03 Stop "A fact that scope depends on is missing.", "Ask the importer and decide in the sheet Products to confirm (--products), or declare the case.";
    SC04 Review "In scope, on an entry type that takes no AD/CVD case.", "File the entry type shown.";
    SC05 Note "Scope was taken as declared; the facts do not contradict it.", "Keep the evidence on file.";
    SC06 Review "Listed tariff number from another country: the origin for AD/CVD is not stated.", "Ask the supplier where the goods were made for Commerce's purposes and fill AD/CVD Origin.";
    SC07 Review "A case is declared on an entry type on which ACE does not accept it.", "File the entry type shown.";
    SC08 Note "What a person has confirmed of a product was applied.", "Nothing, while the confirmation holds; it is cited.";
    SC09 Stop "The line says otherwise than what was confirmed of its product.", "Correct the cell, or decide again in the sheet Products to confirm; neither overrules the other.";
    SC10 Note "What was confirmed of a product has expired: a scope text has changed since.", "Decide again in the sheet Products to confirm and run again with --products.";
    SC11 Stop "The case folder does not say which products are in scope.", "Add a [[scope]] to the case folder (guide, 9), or declare the case; the entry file is not at fault.";
    PA01 Review "Exporter or producer is missing; a missing party never selects a pair rate.", "Ask for both names and run again.";
    PA02 Review "A party is not on the list: the rate of everyone else was used.", "Confirm that the party is really not a listed one.";
    PA03 Review "Both parties are listed, but not as a pair.", "Confirm who made and who exported the goods; the pair decides the rate.";
    PA04 Note "The name equals a listed name but is not written as the notice prints it.", "Nothing, or use the official spelling.";
    PA05 Review "A name is on no list, and near to a listed one that would change the rate.", "Compare the pieces that differ; decide in the sheet Names to confirm and run again with --aliases.";
    PA06 Stop "Exporter and producer are both listed with different rates.", "Ask CBP or Commerce which instruction applies; the notice does not say.";
    PA07 Review "An exporter outside the case country has no rate of its own: the rate of the combination that supplied it applies.", "Name the supplier in the case country in Chinese Supplier.";
    PA08 Note "What a person has confirmed of a name was applied.", "Nothing, while the confirmation holds; it is cited.";
    PA09 Note "A name that the file lacks was filled in from the crosswalk, by the manufacturer ID.", "Nothing, if the crosswalk is right; the name is the broker's, not the file's.";
    PA10 Note "The manufacturer ID fits neither producer nor exporter, or not the origin.", "Compare producer, address and origin with the invoice; a manufacturer ID proves no name.";
    RT01 Stop "The declared case is not in the casebook.", "Correct the number, or add a case folder with --cases.";
    RT02 Review "The governing day is later than the day to which the case was checked.", "Look for newer notices before relying on this.";
    RT03 Review "A third-country case number fits the origin of these goods.", "File the third-country number shown.";
    RT04 Note "A rate or a date rests on a source that is computed, secondary or disputed.", "Compare with the notice or the CBP message before relying on it.";
    RT05 Stop "The rate table at hand is partial: this party may be in the part that is missing.", "Look the party up in the notice named.";
    RT06 Stop "No third-country case number exists for this origin.", "Ask Commerce through CBP for a third-country number; never file another one.";
    CD01 Review "Declared lower than due at entry.", "Correct by post-summary correction while the entry is unliquidated.";
    CD02 Note "Declared higher than due at entry.", "Check which rate and base were used.";
    CD03 Stop "The rate is per unit and the quantity or unit is missing or differs.", "Give quantity and unit of the subject goods.";
    CD04 Stop "Only a portion of the article is subject, and its value is missing.", "Give Subject Value or its value per unit (sheet Products to confirm; --products).";
    CD05 Note "What was due at entry and what stands now differ.", "See the restated deposit and its source.";
    XC01 Review "The companion case is missing.", "Declare both cases.";
    XC02 Stop "More than one case of a kind concerns the line.", "Declare one case of each kind.";
    XC03 Stop "Set, chapter 98, temporary importation or zone line: not computed.", "Compute by hand; the base of such lines is not settled.";
    XC04 Review "The declared company suffix does not fit the parties, or there is none to check it against.", "Compare the suffix with the case in ACE.";
    XC05 Review "The entry is flagged for reconciliation, which ACE does not take on an entry with an AD/CVD case.", "Take the flag off, or file the goods under the order on an entry of their own.";
    XC06 Review "The facts put the goods into the class of another case of the order than the one declared.", "Declare the case shown, or correct the facts.";
    NR01 Note "An AD case is live and no non-reimbursement statement is shown.", "File the statement before liquidation (19 CFR 351.402(f)).";
    AV01 Note "Goods under a measure that is no duty, such as an export control of another country.", "Ask the exporter for the licence or the export declaration; look up what stood on the day of export.";
    AV02 Note "Goods that may be under a measure that is no duty, such as an export control: a fact is missing.", "Give the fact shown, or ask the exporter for the control code of the goods.";
    VA01 Note "The value of a unit is far from what such goods cost on average in the import statistics.", "Check quantity and unit, the currency of the value, and the tariff number; no figure is changed.";
    AE01 Note "No 53-record could be made: a field of it cannot be filled exactly.", "Fill in the field shown and run again, or enter the case of this line by hand.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// A party's part in a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Who sold the goods to the United States.
    Exporter,
    /// Who made them.
    Producer,
    /// Who in the case country supplied an exporter outside it.
    Supplier,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Exporter => "exporter",
            Role::Producer => "producer",
            Role::Supplier => "supplier",
        })
    }
}

/// What a row is that is no entry line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoLine {
    /// Nothing that a line needs stands in it: a total or a remark.
    Total,
    /// The headings once more, as where pages were joined.
    Headings,
}

/// What does not fit a manufacturer ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Misfit {
    /// The first letters of the producer's name.
    Name,
    /// The country of origin.
    Country,
}

/// What an exception rests on. Values only; the sentence is made in the reports.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each field is told by the line above its variant")]
pub enum Ground {
    /// A cell says this, and that was expected.
    Cell { heading: Heading, found: Box<str>, expected: &'static str },
    /// A cell said this and was taken as that.
    Repaired { heading: Heading, found: Box<str>, used: Box<str> },
    /// The check digit that was expected.
    CheckDigit { found: Box<str>, expected: u8 },
    /// Rows of one line differ in this column.
    RowsDisagree { heading: Heading, found: Box<str> },
    /// A record has another number of fields than there are headings.
    FieldCount { found: usize, expected: usize },
    /// What a row that is no entry line is.
    NoLine(NoLine),
    /// The key of the line, seen before.
    KeyAgain { key: Box<str> },
    /// An entry type that matters.
    EntryType(EntryType),
    /// An entry type, and the one to file.
    FileAs { found: EntryType, file: Option<EntryType> },
    /// The facts that are missing, by column.
    FactsMissing(Vec<Heading>),
    /// A case number, with what was declared beside it.
    Case { number: CaseNumber, suffix: Option<Suffix> },
    /// Cases of one kind that all have a claim on the line.
    Cases(Vec<CaseNumber>),
    /// The goods have this origin.
    Origin(Country),
    /// These parties.
    Parties(Vec<Role>),
    /// A party and its name as the notice prints it.
    PrintedAs { role: Role, printed: Box<str> },
    /// Listed names near to names of the line, and the rate that the line would take with them.
    Near { near: Vec<(Role, Box<str>)>, rate: Option<Percent> },
    /// What was confirmed of a party's name, by whom and when.
    Confirmed { role: Role, says: Box<str> },
    /// What was confirmed of a product filled these headings; by whom, when, on what evidence.
    Product { product: Box<str>, filled: Vec<Heading>, says: Box<str> },
    /// Cells that say otherwise than what was confirmed of the product: heading, found, confirmed.
    AgainstProduct { cells: Vec<(Heading, Box<str>, Box<str>)>, says: Box<str> },
    /// A name was filled in under a heading, by this manufacturer ID.
    Filled { role: Role, mid: Box<str> },
    /// A manufacturer ID, and what does not fit it.
    Manufacturer { mid: Box<str>, misfit: Misfit },
    /// Two parties and the rates of each.
    TwoRates { exporter: Percent, producer: Percent },
    /// What the supplier column allowed.
    Supplier { known: bool },
    /// How far a source is to be trusted, and what it says.
    Source { trust: &'static str, says: Box<str> },
    /// A figure that was declared and the one that was due.
    Declared { paid: Money, due: Money },
    /// What an advisory says of the goods.
    Advised(Box<Advised>),
    /// A unit value that is far from import statistics.
    UnitValue(Box<UnitValue>),
    /// A day.
    Day(jiff::civil::Date),
    /// Nothing beyond the code.
    Bare,
}

/// Something on a line that a person must look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Which.
    pub code: Code,
    /// How much it weighs here; may differ from [`Code::severity`].
    pub severity: Severity,
    /// What it rests on.
    pub ground: Ground,
    /// Under which kind of case, where it concerns one.
    pub kind: Option<Kind>,
    /// The money between the possible answers, in dollars and cents; `None` where it cannot be told.
    pub stake: Option<Money>,
}

impl Exception {
    /// An exception of the severity that its code has by itself, without a stake.
    pub fn new(code: Code, ground: Ground) -> Exception {
        Exception { code, severity: code.severity(), ground, kind: None, stake: None }
    }
}
