//! What advisories say of the goods of a line. No deposit hangs on them: they stand beside whatever the cases say, on goods
//! that no case covers and under cases that are over.

use super::answer::{AdvisedBy, Answer, Doubt, StakeRule};
use super::question::{Exported, MaterialFact, ProductFact, Question};
use crate::casebook::{Advisory, AdvisoryStanding, AdvisoryState, Casebook, Control, Trust};
use crate::entry::Read;
use crate::terms::{Advised, Code, ExportDay, Ground, Heading, Hts, KnownDay};

/// Adds what advisories say to an answer: AV01 for controls that the facts meet, AV02 for those that they may meet.
///
/// The day of export decides, as known on the as-of day: a licence that was needed is needed whenever it is asked for.
/// Reading: where no day of export is given, that of entry stands for it, since goods leave before they are entered.
pub(super) fn advise(casebook: &Casebook, question: &Question, answer: &mut Answer) {
    let (Read::Is(hts), Some(exported)) = (question.hts, question.exported) else { return };
    for (place, advisory) in casebook.advisories().iter().enumerate() {
        let Some(asked) = Asked::new(casebook, question, exported, advisory) else { continue };
        let met = asked.controls(hts);
        for (code, of_code) in [(Code::AV01, true), (Code::AV02, false)] {
            let met: Vec<&Met<'_>> = met.iter().filter(|met| met.is_certain() == of_code).collect();
            if met.is_empty() {
                continue;
            }
            let mut notices: Vec<usize> = met.iter().map(|met| met.control.notice).collect();
            notices.push(asked.standing.notice);
            notices.sort_unstable();
            notices.dedup();
            answer.advised.push(AdvisedBy { advisory: place, notices });
            let ground = Ground::Advised(Box::new(asked.advised(&met)));
            let (severity, stake) = (code.severity(), StakeRule::Unknown);
            answer.doubts.push(Doubt { code, severity, ground, kind: None, stake });
        }
    }
}

/// One advisory asked of goods that left its country, or may have.
struct Asked<'a> {
    casebook: &'a Casebook,
    question: &'a Question,
    exported: Exported,
    advisory: &'a Advisory,
    standing: &'a AdvisoryStanding,
    known: KnownDay,
    /// True if the country of export is missing.
    from_elsewhere: bool,
    /// True if the day is later than the one to which the advisory was checked.
    unchecked: bool,
}

/// A control that goods meet, as far as their facts go.
struct Met<'a> {
    control: &'a Control,
    missing: Vec<Heading>,
}

impl Met<'_> {
    fn is_certain(&self) -> bool {
        self.missing.is_empty() && self.control.row.unsettled.is_none()
    }
}

impl<'a> Asked<'a> {
    /// `None` where the goods left another country, or the advisory says nothing of the day.
    fn new(
        casebook: &'a Casebook,
        question: &'a Question,
        exported: Exported,
        advisory: &'a Advisory,
    ) -> Option<Asked<'a>> {
        let country = advisory.head.country;
        let from_elsewhere = match question.export_country {
            Read::Is(exported_from) if exported_from == country => false,
            Read::Is(_) => return None,
            // Reading: goods of the country that name no country of export may well have left it.
            Read::Blank | Read::NotUnderstood if question.origin == Read::Is(country) => true,
            Read::Blank | Read::NotUnderstood => return None,
        };
        let grid = casebook.grid();
        let (day, known) = (grid.export_day(exported.day), KnownDay(grid.export_day(exported.known)));
        let standing = advisory.standing(day, known)?;
        let unchecked = day > advisory.head.checked_through.0;
        let stands = standing.state != AdvisoryState::Ended;
        let asked =
            Asked { casebook, question, exported, advisory, standing, known, from_elsewhere, unchecked };
        stands.then_some(asked)
    }

    fn controls(&self, hts: Hts) -> Vec<Met<'a>> {
        let controls = self.advisory.controls_on(hts);
        let known = controls.filter(|control| self.advisory.published(control.notice, self.known));
        known.filter_map(|control| self.meets(control)).collect()
    }

    /// `None` where a fact takes the goods out.
    fn meets(&self, control: &'a Control) -> Option<Met<'a>> {
        let grid = self.casebook.grid();
        let mut missing = Vec::new();
        if self.from_elsewhere {
            missing.push(Heading::ExportCountry);
        }
        // A day that is there and cannot be read may be any day.
        if self.exported.from == ExportDay::NotUnderstood {
            missing.push(Heading::ExportDate);
        }
        let product = match self.question.product {
            ProductFact::Word(word) => Some(grid.word_text(word)),
            ProductFact::Missing | ProductFact::NotUnderstood => None,
        };
        let material = match self.question.material {
            MaterialFact::Word(word) => Some(grid.material_text(word)),
            MaterialFact::Missing => None,
        };
        for (heading, words, said) in [
            (Heading::Product, &control.row.products, product),
            (Heading::Material, &control.row.materials, material),
        ] {
            match said {
                _ if words.is_empty() => {}
                None => missing.push(heading),
                Some(said) if words.iter().any(|word| word == said) => {}
                Some(_) => return None,
            }
        }
        for test in &control.tests {
            let place = Heading::MEASURED.iter().position(|fact| *fact == test.fact);
            let band = self.question.facts[place.expect("a checked test is on a measured fact")];
            match grid.meets(band, test.fact, test.at_least) {
                Some(true) => {}
                Some(false) => return None,
                None => missing.push(test.fact),
            }
        }
        Some(Met { control, missing })
    }

    fn advised(&self, met: &[&Met<'_>]) -> Advised {
        let head = &self.advisory.head;
        let mut missing: Vec<Heading> = met.iter().flat_map(|met| met.missing.iter().copied()).collect();
        missing.sort_unstable();
        missing.dedup();
        let unsettled = met.iter().filter_map(|met| met.control.row.unsettled.as_deref());
        let words = |text: &Option<String>| text.as_deref().unwrap_or_default().into();
        Advised {
            title: head.title.as_str().into(),
            controls: met.iter().map(|met| met.control.row.code.as_str().into()).collect(),
            state: self.state().into(),
            day: self.exported.from,
            missing,
            unsettled: unsettled.map(Into::into).collect(),
            remark: words(&head.remark),
            remark_if_not: words(&head.remark_if_not),
            remark_source: words(&head.remark_source),
        }
    }

    /// `suspended through 2026-11-10 (citation, secondary)`.
    fn state(&self) -> String {
        let row = self.standing;
        let notice = &self.advisory.notices[row.notice];
        let through = row.through.map(|day| format!(" through {day}")).unwrap_or_default();
        let trust = match notice.trust {
            Trust::Official => String::new(),
            trust => format!(", {}", trust.word()),
        };
        let note = row.note.as_ref().map(|note| format!("; {note}")).unwrap_or_default();
        let checked = self.advisory.head.checked_through.0;
        let checked = if self.unchecked { format!("; checked through {checked}") } else { String::new() };
        format!("{}{through} ({}{trust}{note}{checked})", row.state.word(), notice.citation)
    }
}
