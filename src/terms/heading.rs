//! The column headings that the program knows: the closed list of its own template.

use std::fmt;
use std::sync::LazyLock;

macro_rules! headings {
    ($($name:ident = $text:literal, $help:literal;)+) => {
        /// A column of an entry file. Printed as it stands in the template.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Heading { $(#[doc = $help] $name),+ }

        impl Heading {
            /// Every heading, in the order of the template.
            pub const ALL: &'static [Heading] = &[$(Heading::$name),+];

            /// The heading as the template prints it.
            pub fn text(self) -> &'static str {
                match self { $(Heading::$name => $text),+ }
            }

            /// What stands under it, for whoever fills it in.
            pub fn help(self) -> &'static str {
                match self { $(Heading::$name => $help),+ }
            }
        }
    };
}

headings! {
    EntryNumber = "Entry Number", "Filer code, seven digits, check digit: XYZ-1000001-3.";
    LineNumber = "Line Number", "Number of the line on the entry summary.";
    EntryType = "Entry Type", "Two digits: 01, 03, 06, 21, 31 and so on.";
    EntryDate = "Entry Date", "The day that fixes the rate, but for withdrawals from warehouse.";
    EntrySummaryDate = "Entry Summary Date", "The day of filing: what was published later was not known then.";
    WithdrawalDate = "Withdrawal Date", "Types 31, 32, 34, 38: the day of withdrawal for consumption fixes the rate.";
    ReleaseDate = "Release Date", "The day of release.";
    ExportDate = "Export Date", "The day on which the goods left the country of export; export controls go by it.";
    ImporterNumber = "Importer Number", "Importer of record, as filed.";
    ImporterName = "Importer Name", "Importer of record.";
    Htsus = "HTSUS", "Tariff number of chapters 1 to 97, as text: 3801.10.5000.";
    Origin = "Country of Origin", "Country of origin for CBP, as a code or in English.";
    AdCvdOrigin = "AD/CVD Origin", "Commerce's country of origin, only where it differs.";
    ExportCountry = "Country of Export", "Country of export: tells a foreign exporter.";
    Exporter = "Exporter", "Who sold the goods to the United States, as on the commercial documents.";
    Producer = "Producer", "Who made the goods, as on the commercial documents.";
    ChineseSupplier = "Chinese Supplier", "Who in the case country supplied an exporter outside it.";
    ManufacturerId = "Manufacturer ID", "MID: supports or contradicts a name, and proves none.";
    PartNumber = "Part Number", "What the product is called.";
    Description = "Description", "What the goods are.";
    EnteredValue = "Entered Value", "Value of the line in dollars.";
    SubjectValue = "Subject Value", "Value of the portion that is subject, where only a part of the article is.";
    Quantity = "Quantity", "Quantity in the unit of the rate, where a rate is per unit.";
    Unit = "Unit", "KG, NO, T and so on.";
    AdCase = "AD Case Number", "AD case declared, with or without its company suffix.";
    AdPaid = "AD Deposit Paid", "AD deposit paid, in dollars.";
    AdBondCash = "AD Bond/Cash", "Cash or bond.";
    CvdCase = "CVD Case Number", "CVD case declared, with or without its company suffix.";
    CvdPaid = "CVD Deposit Paid", "CVD deposit paid, in dollars.";
    CvdBondCash = "CVD Bond/Cash", "Cash or bond.";
    NonReimbursement = "Non-Reimbursement ID", "Number of the non-reimbursement statement (19 CFR 351.402(f)).";
    ZoneStatus = "Zone Status", "Goods from a foreign-trade zone: PF, NPF, D or ZR.";
    LiquidationDate = "Liquidation Date", "The day of liquidation, past or scheduled.";
    LiquidationStatus = "Liquidation Status", "As ACE shows it.";
    ProtestNumber = "Protest Number", "Number of a protest.";
    ProtestStatus = "Protest Status", "As ACE shows it.";
    Product = "Product", "In a word of the scope rules: active anode material, battery cell, other ...";
    Material = "Material", "Of what the goods are made, in a word of an advisory: `adcvd cases list`.";
    CarbonPercent = "Carbon Percent", "Carbon by weight: 99.95.";
    EnergyDensityMah = "Energy Density mAh/g", "Specific capacity of the anode material.";
    GraphitizationPercent = "Graphitization Percent", "Degree of graphitization: 94.";
    EnergyDensityWh = "Energy Density Wh/kg", "Energy density of a cell or pack.";
    InvoiceNumber = "Invoice Number", "Lines of one invoice are rounded together (19 CFR 159.3(a)).";
    AnyCase = "AD/CVD Case Number", "AD or CVD case, where a layout has one column for both.";
    AnyPaid = "AD/CVD Deposit Paid", "The deposit under that case.";
    AdRate = "AD Deposit Rate", "Rate under which the AD deposit was paid, in percent; looked at by compare.";
    CvdRate = "CVD Deposit Rate", "Rate under which the CVD deposit was paid, in percent; looked at by compare.";
    AnyRate = "AD/CVD Deposit Rate", "The rate under the one case; looked at by compare.";
    TariffOrdinal = "Tariff Ordinal", "Which tariff number of the line the row reports; looked at by compare.";
    Reconciliation = "Reconciliation Indicator", "Y where the entry is flagged for reconciliation, which an AD/CVD entry cannot be.";
}

impl Heading {
    /// The measured facts on which scope can be tested, in the order in which lines hold them.
    pub const MEASURED: [Heading; 4] = [
        Heading::CarbonPercent,
        Heading::EnergyDensityMah,
        Heading::GraphitizationPercent,
        Heading::EnergyDensityWh,
    ];

    /// The headings of the template. The others are for layouts that put AD and CVD into one column, on two rows, and
    /// for reports of ACE.
    pub fn of_template() -> impl Iterator<Item = Heading> {
        use Heading::{AdRate, AnyCase, AnyPaid, AnyRate, CvdRate, Reconciliation, TariffOrdinal};
        let others = [AnyCase, AnyPaid, AdRate, CvdRate, AnyRate, TariffOrdinal, Reconciliation];
        Heading::ALL.iter().copied().filter(move |heading| !others.contains(heading))
    }

    /// A heading as headings are compared: letters and digits, whatever their case.
    pub fn compared(text: &str) -> String {
        heading_key(text)
    }

    /// The heading that `text` means, without regard to case, spacing and punctuation.
    pub fn parse(text: &str) -> Option<Heading> {
        let key = heading_key(text);
        let place = KEYS.iter().position(|known| *known == key)?;
        Heading::ALL.get(place).copied()
    }

    /// The place in arrays that hold one value a heading.
    pub fn index(self) -> usize {
        self as usize
    }
}

/// Every heading as headings are compared, in the order of the template.
static KEYS: LazyLock<Vec<String>> =
    LazyLock::new(|| Heading::ALL.iter().map(|heading| heading_key(heading.text())).collect());

/// Letters and digits in lower case, nothing else.
fn heading_key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl fmt::Display for Heading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spacing_case_and_punctuation_do_not_matter() {
        assert_eq!(Heading::parse(" AD / CVD  origin"), Some(Heading::AdCvdOrigin));
        assert_eq!(Heading::parse("entry_number"), Some(Heading::EntryNumber));
        assert_eq!(Heading::parse("Energy Density"), None);
    }
}
