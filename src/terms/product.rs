//! Products: what tells one from another in a broker's files, and the words that scope rules have for them.

use std::fmt;

/// What a file calls a product and its importer, as written; what it does not say is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductNames {
    /// Importer of record: the number, or else the name.
    pub importer: Box<str>,
    /// Part number.
    pub part_number: Box<str>,
    /// Manufacturer ID.
    pub manufacturer_id: Box<str>,
    /// Description.
    pub description: Box<str>,
}

/// What tells one product from another: the importer and the part number; where there is none, the importer, the
/// manufacturer ID and the description.
///
/// A part number is the importer's own: two importers may give one number to different goods, so what is confirmed of
/// one importer's product says nothing of another's. A description alone ("graphite powder") names no product, and
/// neither does a manufacturer ID. Upper and lower case and the number of blanks do not matter; every other character of
/// a part number does (`AN-77` and `AN77` may be two products). Of an importer number, as of any identifier, hyphens are
/// set aside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProductKey {
    importer: Box<str>,
    goods: Goods,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Goods {
    Part(Box<str>),
    Described { manufacturer_id: Box<str>, description: Box<str> },
}

impl ProductKey {
    /// The key of what a file calls a product; `None` where that names none.
    pub fn of(names: &ProductNames) -> Option<ProductKey> {
        let compared = |text: &str| spaced(text).to_uppercase().into_boxed_str();
        let part_number = compared(&names.part_number);
        let goods = if part_number.is_empty() {
            let manufacturer_id = compared(&names.manufacturer_id);
            let description = compared(&names.description);
            if manufacturer_id.is_empty() || description.is_empty() {
                return None;
            }
            Goods::Described { manufacturer_id, description }
        } else {
            Goods::Part(part_number)
        };
        let importer = names.importer.chars().filter(|c| c.is_alphanumeric());
        Some(ProductKey { importer: importer.flat_map(char::to_uppercase).collect::<String>().into(), goods })
    }
}

impl fmt::Display for ProductKey {
    /// `AN-77, importer 123456789`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.goods {
            Goods::Part(part_number) => f.write_str(part_number)?,
            Goods::Described { manufacturer_id, description } => {
                write!(f, "{description}, manufacturer ID {manufacturer_id}")?;
            }
        }
        if self.importer.is_empty() { Ok(()) } else { write!(f, ", importer {}", self.importer) }
    }
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A product word as words of the scope rules are compared: lower case, single blanks.
pub fn word_key(text: &str) -> String {
    spaced(text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(importer: &str, part: &str, mid: &str, description: &str) -> Option<ProductKey> {
        let [importer, part_number, manufacturer_id, description] =
            [importer, part, mid, description].map(Into::into);
        ProductKey::of(&ProductNames { importer, part_number, manufacturer_id, description })
    }

    #[test]
    fn a_part_number_is_the_importers_own() {
        assert_eq!(key("12-3456789", "an-77 ", "", ""), key("123456789", "AN-77", "CNX", "graphite"));
        assert_ne!(key("12-3456789", "AN-77", "", ""), key("98-7654321", "AN-77", "", ""));
        assert_ne!(key("", "AN-77", "", ""), key("12-3456789", "AN-77", "", ""));
        assert_ne!(key("", "AN-77", "", ""), key("", "AN77", "", ""));
    }

    #[test]
    fn without_a_part_number_manufacturer_and_description_name_a_product() {
        assert_eq!(
            key("", "", "cnabc12she", "Graphite  powder"),
            key("", " ", "CNABC12SHE", "GRAPHITE POWDER")
        );
        assert_ne!(key("", "", "CNABC12SHE", "graphite"), key("", "", "CNXYZ12SHE", "graphite"));
        assert_eq!(key("12-3456789", "", "", "graphite"), None);
        assert_eq!(key("12-3456789", "", "CNABC12SHE", ""), None);
    }

    #[test]
    fn a_key_reads_well() {
        assert_eq!(key("12-3456789", "an-77", "", "").unwrap().to_string(), "AN-77, importer 123456789");
        assert_eq!(key("", "", "CNABC12SHE", "rod").unwrap().to_string(), "ROD, manufacturer ID CNABC12SHE");
    }
}
