//! Notices that findings rest on, of cases and of advisories alike, as reports list them.

use super::wording::notices_used;
use crate::casebook::{Casebook, Trust};
use crate::determine::LineFindings;
use crate::terms::Code;

/// A notice by its places: the family or the advisory, and the notice there. Those of cases come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cited {
    /// Of an order family.
    Case(usize, usize),
    /// Of an advisory.
    Advisory(usize, usize),
}

/// What is told of a notice.
#[derive(Clone, Copy, Debug)]
pub struct CitedNotice<'a> {
    /// The order family or the advisory.
    pub of: &'a str,
    /// As to be cited.
    pub citation: &'a str,
    /// What kind of act.
    pub kind: &'a str,
    /// Since when it could be known.
    pub published: jiff::civil::Date,
    /// How far to trust what we know of it.
    pub trust: Trust,
    /// What it says.
    pub says: &'a str,
    /// What it corrects.
    pub corrects: Option<&'a str>,
    /// CBP message number.
    pub message: Option<&'a str>,
    /// Where to read it.
    pub link: Option<&'a str>,
}

impl Cited {
    /// The notice itself.
    pub fn notice(self, casebook: &Casebook) -> CitedNotice<'_> {
        match self {
            Cited::Case(family, notice) => {
                let family = &casebook.families()[family];
                let notice = &family.notices[notice];
                CitedNotice {
                    of: &family.title,
                    citation: &notice.citation,
                    kind: &notice.kind,
                    published: notice.published.0,
                    trust: notice.trust,
                    says: &notice.says,
                    corrects: notice.corrects.as_deref(),
                    message: notice.message.as_deref(),
                    link: notice.link.as_deref(),
                }
            }
            Cited::Advisory(advisory, notice) => {
                let advisory = &casebook.advisories()[advisory];
                let notice = &advisory.notices[notice];
                CitedNotice {
                    of: &advisory.head.title,
                    citation: &notice.citation,
                    kind: "no duty: advisory",
                    published: notice.published.0,
                    trust: notice.trust,
                    says: &notice.says,
                    corrects: None,
                    message: None,
                    link: notice.link.as_deref(),
                }
            }
        }
    }
}

/// All notices behind the findings of a line, each once: those of its cases, of advisories, and of the statistics that its
/// unit value is far from.
pub fn cited(casebook: &Casebook, findings: &LineFindings) -> Vec<Cited> {
    let of_cases = notices_used(casebook, findings).into_iter();
    let mut all: Vec<Cited> = of_cases.map(|(family, notice)| Cited::Case(family, notice)).collect();
    for advised in findings.answer.iter().flat_map(|answer| &answer.advised) {
        for notice in &advised.notices {
            let cited = Cited::Advisory(advised.advisory, *notice);
            if !all.contains(&cited) {
                all.push(cited);
            }
        }
    }
    let prices = findings.answer.as_ref().and_then(|answer| answer.prices.as_ref());
    let told = findings.exceptions.iter().any(|exception| exception.code == Code::VA01);
    if let Some(used) = prices.filter(|_| told) {
        let notice = casebook.families()[used.family].prices[used.prices].notice;
        let cited = Cited::Case(used.family, notice);
        if !all.contains(&cited) {
            all.push(cited);
        }
    }
    all
}
