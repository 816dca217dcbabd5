//! What an exception says in the columns Field, Found, Expected and Nearest.

use crate::entry::{Declared, EntryLine};
use crate::terms::money::Grouped;
use crate::terms::{
    CaseNumber, Code, Exception, Ground, Heading, Kind, Misfit, NoLine, Role, Severity, Suffix, UnitValue,
};

/// The words of one exception.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The heading it stands under.
    pub field: String,
    /// What was found.
    pub found: String,
    /// What was expected, or what was used instead.
    pub expected: String,
    /// Official names near to what was found.
    pub nearest: String,
}

fn role_heading(role: Role) -> Heading {
    match role {
        Role::Exporter => Heading::Exporter,
        Role::Producer => Heading::Producer,
        Role::Supplier => Heading::ChineseSupplier,
    }
}

fn name(line: &EntryLine, role: Role) -> &str {
    match role {
        Role::Exporter => &line.exporter.text,
        Role::Producer => &line.producer.text,
        Role::Supplier => &line.supplier.text,
    }
}

fn case_heading(kind: Option<Kind>) -> &'static str {
    match kind {
        Some(Kind::Ad) => Heading::AdCase.text(),
        Some(Kind::Cvd) => Heading::CvdCase.text(),
        None => "",
    }
}

/// Where CBP has words for a defect (CSMS 58721104), they are used.
fn case_told(line: &EntryLine, exception: &Exception, number: CaseNumber, suffix: Option<Suffix>) -> Told {
    let declared = |kind: Option<Kind>| match kind.map(|kind| line.declared(kind)) {
        Some(Declared::One(number, suffix)) => number.as_filed(suffix),
        _ => String::new(),
    };
    let (found, expected) = (declared(exception.kind), number.as_filed(suffix));
    let (found, expected) = match exception.code {
        Code::RT01 => (found, "a case of this casebook".to_string()),
        Code::RT03 => {
            let why = "the country of a case number must match the country of origin (CSMS 18-000421)";
            (found, format!("{expected}: {why}"))
        }
        Code::XC01 => {
            let (kind, companion) = match number.kind {
                Kind::Ad => ("AD", declared(Some(Kind::Cvd))),
                Kind::Cvd => ("CV", declared(Some(Kind::Ad))),
            };
            let missing = format!("case {companion} is missing {kind} companion case {expected}");
            let found = if found.is_empty() { missing } else { format!("{found}; {missing}") };
            (found, expected)
        }
        Code::XC04 => {
            let expected = match suffix {
                Some(_) => expected,
                None => "a suffix to check it against; none is at hand for these parties".to_string(),
            };
            let failed = format!("MFGR or EXPR fails to meet DOC company requirements for case {found}");
            match exception.severity {
                Severity::Note => (found, expected),
                Severity::Review | Severity::Stop => (found, format!("{expected} (CBP: {failed})")),
            }
        }
        _ => (found, expected),
    };
    Told { field: case_heading(exception.kind).to_string(), found, expected, ..Told::default() }
}

pub(super) fn headings(headings: &[Heading]) -> String {
    headings.iter().map(|heading| heading.text()).collect::<Vec<_>>().join(", ")
}

/// The words of an exception on a line.
pub fn told(line: &EntryLine, exception: &Exception) -> Told {
    let told = |field: &str, found: String, expected: String| Told {
        field: field.to_string(),
        found,
        expected,
        nearest: String::new(),
    };
    match &exception.ground {
        Ground::Cell { heading, found, expected } => {
            told(heading.text(), found.to_string(), (*expected).to_string())
        }
        Ground::Repaired { heading, found, used } => {
            told(heading.text(), found.to_string(), format!("taken as {used}"))
        }
        Ground::CheckDigit { found, expected } => {
            told(Heading::EntryNumber.text(), found.to_string(), format!("check digit {expected}"))
        }
        Ground::RowsDisagree { heading, found } => {
            told(heading.text(), found.to_string(), "one value on all rows of the line".to_string())
        }
        Ground::FieldCount { found, expected } => {
            told("", format!("{found} fields"), format!("{expected} fields, as many as headings"))
        }
        Ground::NoLine(NoLine::Total) => {
            let value = line.entered_value.value().map(|value| value.to_string()).unwrap_or_default();
            let found =
                if line.entry_number.is_empty() { value } else { format!("{} {value}", line.entry_number) };
            let expected = "a tariff number, an origin or a date".to_string();
            told(Heading::Htsus.text(), found.trim_end().to_string(), expected)
        }
        Ground::NoLine(NoLine::Headings) => {
            told("", "the headings again".to_string(), "entry lines".to_string())
        }
        Ground::KeyAgain { key } => {
            told(Heading::LineNumber.text(), key.to_string(), "each line once".to_string())
        }
        Ground::EntryType(entry_type) => {
            told(Heading::EntryType.text(), entry_type.to_string(), String::new())
        }
        Ground::FileAs { found, file } => {
            let file =
                file.map_or("a type that takes a case".to_string(), |file| format!("entry type {file}"));
            told(Heading::EntryType.text(), found.to_string(), file)
        }
        Ground::FactsMissing(missing) => {
            let product = if line.product.trim().is_empty() { line.product_label() } else { &line.product };
            told(&headings(missing), product.to_string(), format!("a value in {}", headings(missing)))
        }
        // No cell of the line is at fault.
        Ground::Case { number, .. } if exception.code == Code::SC11 => {
            told("", number.to_string(), "a [[scope]] with product words in its case folder".to_string())
        }
        Ground::Case { number, suffix } => case_told(line, exception, *number, *suffix),
        Ground::Cases(cases) => {
            let cases: Vec<String> = cases.iter().map(|case| case.as_filed(None)).collect();
            told(case_heading(exception.kind), cases.join(", "), "one case".to_string())
        }
        Ground::Origin(country) => {
            let expected = match exception.code {
                Code::RT06 => "a third-country case number for this origin",
                _ => "the origin for AD/CVD",
            };
            told(Heading::AdCvdOrigin.text(), country.name().to_string(), expected.to_string())
        }
        Ground::Parties(roles) => {
            let fields: Vec<Heading> = roles.iter().map(|role| role_heading(*role)).collect();
            let found: Vec<&str> =
                roles.iter().map(|role| name(line, *role)).filter(|name| !name.is_empty()).collect();
            let expected = match exception.code {
                Code::PA03 => "a pair that stands on one row of the list",
                Code::PA01 => "the name of the company",
                _ => "a company on the list, or confirmation that it is none",
            };
            let list = exception.kind.map(|kind| format!(" ({kind})")).unwrap_or_default();
            told(&headings(&fields), found.join(" / "), format!("{expected}{list}"))
        }
        Ground::PrintedAs { role, printed } => {
            let mut told =
                told(role_heading(*role).text(), name(line, *role).to_string(), printed.to_string());
            told.nearest = printed.to_string();
            told
        }
        Ground::Near { near, rate } => {
            let fields: Vec<Heading> = near.iter().map(|(role, _)| role_heading(*role)).collect();
            let found: Vec<&str> = near.iter().map(|(role, _)| name(line, *role)).collect();
            let listed: Vec<&str> = near.iter().map(|(_, listed)| &**listed).collect();
            let rate = rate.map_or("another rate, or none".to_string(), |rate| rate.to_string());
            let list = exception.kind.map(|kind| format!(" ({kind})")).unwrap_or_default();
            let expected = format!("a decision: {} would take {rate}{list}", listed.join(" / "));
            let mut told = told(&headings(&fields), found.join(" / "), expected);
            told.nearest = listed.join(" / ");
            told
        }
        Ground::Confirmed { role, says } => {
            told(role_heading(*role).text(), name(line, *role).to_string(), says.to_string())
        }
        Ground::Product { product, filled, says } => {
            told(&headings(filled), product.to_string(), says.to_string())
        }
        Ground::AgainstProduct { cells, says } => {
            let fields: Vec<Heading> = cells.iter().map(|(heading, ..)| *heading).collect();
            let found: Vec<&str> = cells.iter().map(|(_, found, _)| &**found).collect();
            let confirmed: Vec<&str> = cells.iter().map(|(.., confirmed)| &**confirmed).collect();
            told(&headings(&fields), found.join(" / "), format!("{}: {says}", confirmed.join(" / ")))
        }
        Ground::Filled { role, mid } => {
            let expected = format!("filled in from the crosswalk by manufacturer ID {mid}");
            told(role_heading(*role).text(), name(line, *role).to_string(), expected)
        }
        Ground::Manufacturer { mid, misfit } => {
            let expected = match misfit {
                Misfit::Name => format!("one that fits the producer {} or the exporter", line.producer.text),
                Misfit::Country => "one of the country of origin".to_string(),
            };
            told(Heading::ManufacturerId.text(), mid.to_string(), expected)
        }
        Ground::TwoRates { exporter, producer } => {
            let found = format!("{} / {}", line.exporter.text, line.producer.text);
            told("Exporter, Producer", found, format!("one rate; listed are {exporter} and {producer}"))
        }
        Ground::Supplier { known } => {
            let expected = match known {
                true => "the supplier's combination was used",
                false => "the supplier in the case country; the country-wide rate was used",
            };
            told(Heading::ChineseSupplier.text(), line.exporter.text.to_string(), expected.to_string())
        }
        Ground::Source { says, .. } if exception.code == Code::RT05 => told(
            "",
            says.to_string(),
            "the whole rate table of this notice; a part of it is at hand".to_string(),
        ),
        Ground::Source { trust, says } => {
            told("", says.to_string(), format!("an official source; this one is {trust}"))
        }
        Ground::Declared { paid, due } => {
            let field = match exception.kind {
                Some(Kind::Ad) => Heading::AdPaid.text(),
                _ => Heading::CvdPaid.text(),
            };
            told(field, Grouped(*paid).to_string(), Grouped(*due).to_string())
        }
        Ground::Advised(advised) => super::advised::told(advised),
        Ground::UnitValue(value) => {
            let UnitValue { found, unit, averages: (lowest, highest), years: (first, last), country, source } =
                &**value;
            let expected = format!(
                "${lowest} to ${highest} per {unit}, the yearly averages of imports from {country} in {first} to {last} \
                 ({source})"
            );
            told("Entered Value, Quantity, Unit", format!("${found} per {unit}"), expected)
        }
        Ground::Day(day) => {
            told("", format!("checked through {day}"), "a check of newer notices".to_string())
        }
        Ground::Bare => match exception.code {
            Code::CD04 => told(
                Heading::SubjectValue.text(),
                String::new(),
                "the value of the subject portion".to_string(),
            ),
            Code::CD03 => {
                told("Quantity, Unit", String::new(), "the quantity in the unit of the rate".to_string())
            }
            Code::XC05 => told(Heading::Reconciliation.text(), "Y".to_string(), "N".to_string()),
            Code::NR01 => told(Heading::NonReimbursement.text(), String::new(), String::new()),
            Code::XC02 => told(case_heading(exception.kind), String::new(), "one case".to_string()),
            _ => Told::default(),
        },
    }
}
