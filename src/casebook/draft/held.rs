//! What of a draft a case folder holds already, and what it says otherwise.

use super::figures::citations;
use super::{Draft, DraftNotice, DraftRate, Figure};
use crate::casebook::model::{Placed, RateKind, RateRow, Rows};
use crate::terms::PartyKey;

/// How many rows of a draft are in the folder already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Notices, by citation or message number.
    pub notices: usize,
    /// Rates, with the same figures.
    pub rates: usize,
    /// Company suffixes.
    pub suffixes: usize,
    /// Cases.
    pub cases: usize,
}

fn same_notice(draft: &DraftNotice, rows: &Rows) -> Option<String> {
    let same_case =
        |cases: &[_]| draft.cases.is_empty() || draft.cases.iter().any(|case| cases.contains(case));
    let found = rows.notices.iter().map(|notice| &notice.row).find(|notice| {
        let cited = notice.citation == draft.citation
            || (draft.message.is_none() && citations(&notice.citation).contains(&draft.citation));
        let same_message = draft.message.is_some()
            && draft.message == notice.message
            && Some(&notice.kind) == draft.kind.as_ref();
        same_case(&notice.cases) && (cited || same_message)
    });
    found.map(|notice| notice.id.clone())
}

fn figure(row: &RateRow) -> Option<Figure> {
    let per_unit = row.unit_rate.zip(row.unit);
    (row.kind != RateKind::Excluded).then_some(Figure { percent: row.deposit, per_unit })
}

fn same_question(draft: &DraftRate, row: &RateRow) -> bool {
    Some(row.case) == draft.case
        && row.role == draft.role
        && PartyKey::of(&row.exporter) == PartyKey::of(&draft.exporter)
        && PartyKey::of(&row.producer) == PartyKey::of(&draft.producer)
        && Some(row.from) == draft.from
        && row.notice == draft.notice
}

impl Draft {
    /// Names the notices as the folder does, and takes away every row that it holds. A figure that it holds otherwise stays
    /// in the draft and becomes a question: approved as it stands, the folder is refused (CF09).
    pub fn without(&mut self, rows: &Rows) -> Held {
        let mut held = Held::default();
        let known: Vec<(String, String)> = self
            .notices
            .iter()
            .filter_map(|notice| Some((notice.id.clone(), same_notice(notice, rows)?)))
            .collect();
        self.notices.retain(|notice| known.iter().all(|(id, _)| *id != notice.id));
        held.notices = known.len();
        for (own, theirs) in &known {
            let rename = |name: &mut String| {
                if name == own {
                    name.clone_from(theirs);
                }
            };
            self.rates.iter_mut().for_each(|row| rename(&mut row.notice));
            self.suffixes.iter_mut().for_each(|row| rename(&mut row.notice));
            self.standings.iter_mut().for_each(|row| rename(&mut row.notice));
            self.hints.iter_mut().for_each(|(_, notice)| rename(notice));
            self.cases.iter_mut().for_each(|case| rename(&mut case.notice));
        }
        self.rates_beside(rows, &mut held);
        let before = self.suffixes.len();
        self.suffixes.retain(|draft| {
            rows.suffixes.iter().all(|Placed { row, .. }| {
                row.case != draft.case
                    || PartyKey::of(&row.party) != PartyKey::of(&draft.party)
                    || (row.suffix, Some(row.from), &row.notice) != (draft.suffix, draft.from, &draft.notice)
            })
        });
        held.suffixes = before - self.suffixes.len();
        let before = self.cases.len();
        self.cases.retain(|draft| rows.cases.iter().all(|case| case.row.number != draft.number));
        held.cases = before - self.cases.len();
        self.standings.retain(|draft| {
            rows.standings.iter().all(|Placed { row, .. }| {
                (row.case, row.state, row.from.0, &row.notice)
                    != (draft.case, draft.state, draft.from, &draft.notice)
            })
        });
        self.hints.retain(|(hts, _)| rows.hints.iter().all(|hint| hint.row.hts != *hts));
        held
    }

    fn rates_beside(&mut self, rows: &Rows, held: &mut Held) {
        let (mut differ, mut kept) = (Vec::new(), Vec::new());
        for draft in std::mem::take(&mut self.rates) {
            let placed = rows.rates.iter().find(|placed| same_question(&draft, &placed.row));
            match placed {
                Some(Placed { row, .. }) if figure(row) == draft.deposit => {
                    held.rates += 1;
                    continue;
                }
                Some(Placed { at, .. }) => differ.push(format!(
                    "{}:{} has another figure than line {} of the text for the same question: which is right?",
                    at.file,
                    at.row,
                    draft.lines.first().copied().unwrap_or(0)
                )),
                None => {}
            }
            kept.push(draft);
        }
        self.rates = kept;
        differ.into_iter().for_each(|question| self.ask(question));
    }
}
