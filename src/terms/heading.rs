//! The column headings that the program knows: the closed list of its own template.

use std::fmt;

macro_rules! headings {
    ($($name:ident = $text:literal),+ $(,)?) => {
        /// A column of an entry file. Printed as it stands in the template.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Heading { $(#[doc = $text] $name),+ }

        impl Heading {
            /// Every heading, in the order of the template.
            pub const ALL: &'static [Heading] = &[$(Heading::$name),+];

            /// The heading as the template prints it.
            pub fn text(self) -> &'static str {
                match self { $(Heading::$name => $text),+ }
            }
        }
    };
}

headings! {
    EntryNumber = "Entry Number",
    LineNumber = "Line Number",
    EntryType = "Entry Type",
    EntryDate = "Entry Date",
    EntrySummaryDate = "Entry Summary Date",
    WithdrawalDate = "Withdrawal Date",
    ReleaseDate = "Release Date",
    ImporterNumber = "Importer Number",
    ImporterName = "Importer Name",
    Htsus = "HTSUS",
    Origin = "Country of Origin",
    AdCvdOrigin = "AD/CVD Origin",
    ExportCountry = "Country of Export",
    Exporter = "Exporter",
    Producer = "Producer",
    ChineseSupplier = "Chinese Supplier",
    ManufacturerId = "Manufacturer ID",
    PartNumber = "Part Number",
    Description = "Description",
    EnteredValue = "Entered Value",
    SubjectValue = "Subject Value",
    Quantity = "Quantity",
    Unit = "Unit",
    AdCase = "AD Case Number",
    AdPaid = "AD Deposit Paid",
    AdBondCash = "AD Bond/Cash",
    CvdCase = "CVD Case Number",
    CvdPaid = "CVD Deposit Paid",
    CvdBondCash = "CVD Bond/Cash",
    NonReimbursement = "Non-Reimbursement ID",
    ZoneStatus = "Zone Status",
    LiquidationDate = "Liquidation Date",
    LiquidationStatus = "Liquidation Status",
    ProtestNumber = "Protest Number",
    ProtestStatus = "Protest Status",
    Product = "Product",
    CarbonPercent = "Carbon Percent",
    EnergyDensityMah = "Energy Density mAh/g",
    GraphitizationPercent = "Graphitization Percent",
    EnergyDensityWh = "Energy Density Wh/kg",
    InvoiceNumber = "Invoice Number",
    AnyCase = "AD/CVD Case Number",
    AnyPaid = "AD/CVD Deposit Paid",
}

impl Heading {
    /// The headings of the template. The others are for layouts that put AD and CVD into one column, on two rows.
    pub fn of_template() -> impl Iterator<Item = Heading> {
        Heading::ALL.iter().copied().filter(|heading| !matches!(heading, Heading::AnyCase | Heading::AnyPaid))
    }

    /// A heading as headings are compared: letters and digits, whatever their case.
    pub fn compared(text: &str) -> String {
        heading_key(text)
    }

    /// The heading that `text` means, without regard to case, spacing and punctuation.
    pub fn parse(text: &str) -> Option<Heading> {
        let key = heading_key(text);
        Heading::ALL.iter().copied().find(|heading| heading_key(heading.text()) == key)
    }

    /// The place in arrays that hold one value a heading.
    pub fn index(self) -> usize {
        self as usize
    }
}

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
