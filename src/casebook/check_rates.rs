//! The checks on the rate tables of a case folder.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::check::Check;
use super::model::{Placed, RateKind, RateRow, Rung, Spot, Table, Trust};
use super::read::FaultCode;
use crate::terms::PartyKey;

impl Check<'_> {
    pub(super) fn rate_rows(&mut self) {
        let mut seen: BTreeMap<_, Vec<(Date, Option<Date>)>> = BTreeMap::new();
        for Placed { at, row } in &self.rows.rates {
            let names = (!row.exporter.is_empty(), !row.producer.is_empty());
            let expected = match row.role {
                Rung::Pair => (true, true),
                Rung::Exporter | Rung::Either => (true, false),
                Rung::Producer => (false, true),
                Rung::Everyone => (false, false),
            };
            let keyless = [&row.exporter, &row.producer]
                .iter()
                .any(|name| !name.is_empty() && PartyKey::of(name).is_none());
            if names != expected || keyless {
                let sentence = format!(
                    "role {}: the row has to name {}",
                    row.role.word(),
                    match row.role {
                        Rung::Pair => "exporter and producer",
                        Rung::Exporter => "the exporter alone",
                        Rung::Either => "its one company under `exporter`",
                        Rung::Producer => "the producer alone",
                        Rung::Everyone => "nobody",
                    }
                );
                self.fault(at, FaultCode::CF07, sentence);
            }
            self.figures(at, row);
            let key = |name: &str| PartyKey::of(name).map(|key| key.to_string());
            let question = (row.case, row.role, key(&row.exporter), key(&row.producer), row.notice.as_str());
            let spans = seen.entry(question).or_default();
            let end = |through: Option<Date>| through.unwrap_or(Date::MAX);
            // Rows of one notice for one party may follow one another; open ends are cut by the next `from`.
            let clash = spans.iter().any(|(from, through)| {
                *from == row.from
                    || (through.is_some()
                        && row.through.is_some()
                        && *from <= end(row.through)
                        && row.from <= end(*through))
            });
            if clash {
                let sentence =
                    "another row of the same notice answers for the same party on the same days; keep one";
                self.fault(at, FaultCode::CF09, sentence.to_string());
            }
            spans.push((row.from, row.through));
        }
    }

    fn figures(&mut self, at: &Spot, row: &RateRow) {
        let per_unit = row.unit_rate.is_some() && row.unit.is_some();
        let no_unit = row.unit_rate.is_none() && row.unit.is_none();
        let fits = match row.kind {
            RateKind::Percent => row.deposit.is_some() && no_unit,
            RateKind::Unit => row.deposit.is_none() && per_unit,
            RateKind::Both => row.deposit.is_some() && per_unit,
            RateKind::Excluded => row.deposit.is_none() && no_unit && row.role != Rung::Everyone,
        };
        if !fits {
            let sentence = format!(
                "kind {}: the row needs {}",
                row.kind.word(),
                match row.kind {
                    RateKind::Percent => "`deposit`, and neither `unit_rate` nor `unit`",
                    RateKind::Unit => "`unit_rate` and `unit`, and no `deposit`",
                    RateKind::Both => "`deposit`, `unit_rate` and `unit`",
                    RateKind::Excluded =>
                        "neither deposit nor unit rate, and a company: everyone is never excluded",
                }
            );
            self.fault(at, FaultCode::CF08, sentence);
        }
        let disputed = row.trust == Some(Trust::Disputed);
        if disputed != row.disputed.is_some() || disputed && row.deposit.is_none() {
            let sentence =
                "a disputed rate has `trust` disputed, a `deposit` and the other figure in `disputed`; any other has none in `disputed`".to_string();
            self.fault(at, FaultCode::CF15, sentence);
        }
    }

    pub(super) fn tables(&mut self) {
        let rows = self.rows;
        for Placed { at, row } in &rows.rates {
            let notice = rows.notices.iter().find(|notice| notice.row.id == row.notice);
            let holds = notice.is_none_or(|notice| {
                notice.row.table.is_some()
                    && notice.row.table_of.as_ref().unwrap_or(&notice.row.cases).contains(&row.case)
            });
            if !holds {
                let sentence = format!(
                    "the notice {:?} holds no table of {}; give it `table` and `effective`, or name another notice",
                    row.notice, row.case
                );
                self.fault(at, FaultCode::CF10, sentence);
            }
        }
        for Placed { at, row } in &rows.notices {
            let Some(effective) = row.effective.filter(|_| row.table == Some(Table::Whole)) else { continue };
            for case in row.table_of.as_ref().unwrap_or(&row.cases) {
                let everyone = rows.rates.iter().any(|rate| {
                    rate.row.notice == row.id
                        && rate.row.case == *case
                        && rate.row.role == Rung::Everyone
                        && rate.row.from <= effective.0
                        && rate.row.through.is_none_or(|through| through >= effective.0)
                });
                if !everyone {
                    let sentence = format!(
                        "the whole table {:?} has no row for everyone else of {case} from its first day; add it, or call the table partial",
                        row.id
                    );
                    self.fault(at, FaultCode::CF10, sentence);
                }
            }
        }
    }
}
