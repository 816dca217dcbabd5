//! The closed lists of words that a case folder may use.

use serde::Deserialize;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        pub enum $name { $(#[doc = $word] #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// All words of the list.
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// The word as a case folder writes it.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// The value of a word; `None` for any other.
            pub fn parse(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// How far a source is to be trusted.
    Trust { Official = "official", Computed = "computed", Secondary = "secondary", Disputed = "disputed" }
}
words! {
    /// What the rate table of a notice does to the rows before it.
    Table { Whole = "whole", Amends = "amends", Partial = "partial" }
}
words! {
    /// What a case was on a day.
    State {
        Provisional = "provisional", Gap = "gap", Order = "order", Suspended = "suspended",
        Terminated = "terminated", Revoked = "revoked",
    }
}
words! {
    /// What a measure beside the cases was on a day of export.
    AdvisoryState {
        InForce = "in force", Suspended = "suspended", ToBeChecked = "to be checked", Ended = "ended",
    }
}
words! {
    /// A step of the ladder on which rates are tried.
    Rung { Pair = "pair", Exporter = "exporter", Producer = "producer", Either = "either", Everyone = "everyone" }
}
words! {
    /// Who everyone else is: all others of a market economy or a CVD case, or the country-wide entity.
    EveryoneElse { AllOthers = "all-others", CountryWide = "country-wide" }
}
words! {
    /// What an exporter outside the case country without a rate of its own takes.
    ForeignExporter { Supplier = "supplier", Everyone = "everyone" }
}
words! {
    /// What a scope version says of a kind of product.
    Verdict { Covered = "covered", Excluded = "excluded", Outside = "outside", Unsettled = "unsettled" }
}
words! {
    /// On which value a deposit is computed.
    Base { Entered = "entered", Subject = "subject" }
}
words! {
    /// The type of a rate.
    RateKind { Percent = "percent", Unit = "unit", Both = "both", Excluded = "excluded" }
}
