//! Lines of an entry file whose answer is another one under another casebook, and by how much.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::law_diff::push_record;
use crate::determine::{Action, Finding, LineFindings};
use crate::entry::EntryLine;
use crate::terms::money::Grouped;
use crate::terms::{CaseNumber, Kind, Money};

/// The columns of the CSV.
pub const LINE_HEADINGS: [&str; 12] = [
    "Entry Number",
    "Line Number",
    "Row",
    "Case",
    "Action Old",
    "Action New",
    "Deposit at Entry Old",
    "Deposit at Entry New",
    "Deposit at Entry Difference",
    "Deposit Restated Old",
    "Deposit Restated New",
    "Deposit Restated Difference",
];

/// What a case asks of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Due {
    /// It does not concern the line.
    #[default]
    Nothing,
    /// There is no figure.
    NotKnown,
    /// So much.
    Is(Money),
}

impl Due {
    /// The amount, where it is known; a case that does not concern a line asks nothing of it.
    pub fn amount(self) -> Option<Money> {
        match self {
            Due::Nothing => Some(Money::ZERO),
            Due::NotKnown => None,
            Due::Is(amount) => Some(amount),
        }
    }

    fn cell(self) -> String {
        match self {
            Due::Nothing => String::new(),
            Due::NotKnown => "no figure".to_string(),
            Due::Is(amount) => amount.to_string(),
        }
    }

    fn shown(self) -> String {
        match self {
            Due::Nothing => "-".to_string(),
            Due::NotKnown => "no figure".to_string(),
            Due::Is(amount) => Grouped(amount).to_string(),
        }
    }
}

/// A figure under the old casebook and under the new one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OldNew {
    /// Under the old one.
    pub old: Due,
    /// Under the new one.
    pub new: Due,
}

impl OldNew {
    fn differs(self) -> bool {
        self.old.amount() != self.new.amount()
    }

    /// New less old, where both are known.
    pub fn difference(self) -> Option<Money> {
        self.new.amount().zip(self.old.amount()).map(|(new, old)| new - old)
    }

    /// How much moves; of a figure that comes or goes all of it.
    fn size(self) -> Money {
        (self.new.amount().unwrap_or_default() - self.old.amount().unwrap_or_default()).abs()
    }
}

/// What changes on a line under one case; without a case, what a person has to do changes alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineChange {
    /// Row of the file.
    pub row: u64,
    /// Entry number as written.
    pub entry_number: Box<str>,
    /// Line number as written.
    pub line_number: Box<str>,
    /// Which case.
    pub case: Option<CaseNumber>,
    /// The action of the line, old and new.
    pub actions: [Action; 2],
    /// Due at entry.
    pub at_entry: OldNew,
    /// What stands as known on the as-of day.
    pub restated: OldNew,
}

/// What is added up of the changes under a case. Sums and differences are of figures that are known under both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Changed lines.
    pub lines: u64,
    /// Of them those that gain or lose a figure, and are in no sum.
    pub not_known: u64,
    /// At entry, old and new.
    pub at_entry: [Money; 2],
    /// Restated, old and new.
    pub restated: [Money; 2],
}

/// All changes of a file.
#[derive(Clone, Debug, Default)]
pub struct LineChanges {
    /// Lines that were compared.
    pub lines: u64,
    /// Lines on which something changes.
    pub changed: u64,
    changes: Vec<LineChange>,
}

/// What a case asks: at entry and restated.
type Asks = (Option<CaseNumber>, [Due; 2]);

fn asks(findings: &LineFindings, kind: Kind) -> Asks {
    let Some(case) = findings.answer.as_ref().and_then(|answer| answer.case(kind)) else {
        return (None, [Due::Nothing; 2]);
    };
    let found = &findings.cases[kind.index()];
    let due = |finding: &Finding, figure: Option<Money>| match finding {
        Finding::NotConcerned(_) => Due::Nothing,
        _ => figure.map_or(Due::NotKnown, Due::Is),
    };
    let both = [due(&case.at_entry.finding, found.at_entry), due(&case.restated.finding, found.restated)];
    (Some(case.number), both)
}

/// What a case asks under the old casebook and under the new one.
type Asked = (Option<CaseNumber>, [Due; 2], [Due; 2]);

/// Both under one number; where the numbers differ, the one asks nothing any more and the other begins to.
fn by_number((old_case, old): Asks, (new_case, new): Asks) -> Vec<Asked> {
    let nothing = [Due::Nothing; 2];
    match (old_case, new_case) {
        (None, None) => vec![],
        (Some(old_case), Some(new_case)) if old_case != new_case => {
            vec![(Some(old_case), old, nothing), (Some(new_case), nothing, new)]
        }
        (old_case, new_case) => vec![(new_case.or(old_case), old, new)],
    }
}

impl LineChanges {
    /// Compares the findings of a line under the old casebook and the new one.
    pub fn add(&mut self, line: &EntryLine, old: &LineFindings, new: &LineFindings) {
        self.lines += 1;
        let change = |(case, old_due, new_due): Asked| {
            let [at_entry, restated] =
                [0, 1].map(|place| OldNew { old: old_due[place], new: new_due[place] });
            LineChange {
                row: line.row,
                entry_number: line.entry_number.clone(),
                line_number: line.line_number.clone(),
                case,
                actions: [old.action, new.action],
                at_entry,
                restated,
            }
        };
        let asked = Kind::BOTH.into_iter().flat_map(|kind| by_number(asks(old, kind), asks(new, kind)));
        let differs = |change: &LineChange| change.at_entry.differs() || change.restated.differs();
        let mut changes: Vec<LineChange> = asked.map(change).filter(differs).collect();
        if changes.is_empty() && old.action != new.action {
            changes.push(change(Asked::default()));
        }
        self.changed += u64::from(!changes.is_empty());
        self.changes.extend(changes);
    }

    /// The changes, the largest first; those of one size in the order of the file.
    pub fn largest_first(&self) -> Vec<&LineChange> {
        let mut all: Vec<&LineChange> = self.changes.iter().collect();
        all.sort_by_key(|change| {
            (std::cmp::Reverse(change.at_entry.size().max(change.restated.size())), change.row, change.case)
        });
        all
    }

    /// Sums by case.
    pub fn by_case(&self) -> BTreeMap<CaseNumber, Moved> {
        let mut cases: BTreeMap<CaseNumber, Moved> = BTreeMap::new();
        for change in &self.changes {
            let Some(case) = change.case else { continue };
            let moved = cases.entry(case).or_default();
            moved.lines += 1;
            let mut known = true;
            for (sums, figures) in
                [(&mut moved.at_entry, change.at_entry), (&mut moved.restated, change.restated)]
            {
                match figures.old.amount().zip(figures.new.amount()) {
                    None => known = false,
                    Some((old, new)) => {
                        sums[0] += old;
                        sums[1] += new;
                    }
                }
            }
            moved.not_known += u64::from(!known);
        }
        cases
    }

    /// Counts, sums by case, and the largest `most` changes.
    pub fn told(&self, most: usize) -> String {
        let mut text = format!("{} of {} lines change\n", self.changed, self.lines);
        if self.changed == 0 {
            return text;
        }
        let _ = writeln!(
            text,
            "\n  {:<11}{:>7}{:>18}{:>18}{:>18}{:>18}{:>18}{:>18}",
            "case", "lines", "at entry, old", "new", "difference", "restated, old", "new", "difference"
        );
        for (case, moved) in self.by_case() {
            let _ = write!(text, "  {:<11}{:>7}", case.to_string(), moved.lines);
            for [old, new] in [moved.at_entry, moved.restated] {
                for amount in [old, new, new - old] {
                    let _ = write!(text, "{:>18}", Grouped(amount).to_string());
                }
            }
            text.push('\n');
            if moved.not_known > 0 {
                let _ = writeln!(
                    text,
                    "             {} of them gain or lose a figure, which is in no sum",
                    moved.not_known
                );
            }
        }
        let all = self.largest_first();
        let _ = writeln!(text, "\nThe largest first");
        for change in all.iter().take(most) {
            one(change, &mut text);
        }
        if all.len() > most {
            let _ = writeln!(text, "  and {} more: -o DIR writes all of them", all.len() - most);
        }
        text
    }

    /// All changes as a CSV, the largest first.
    pub fn csv(&self) -> Vec<u8> {
        let mut out = Vec::new();
        push_record(&mut out, LINE_HEADINGS);
        for change in self.largest_first() {
            let difference = |figures: OldNew| figures.difference().map(|amount| amount.to_string());
            let figures = [change.at_entry, change.restated].map(|figures| {
                [figures.old.cell(), figures.new.cell(), difference(figures).unwrap_or_default()]
            });
            let [old, new] = change.actions.map(Action::text);
            let (row, case) = (change.row.to_string(), case(change));
            let [[e0, e1, e2], [r0, r1, r2]] = &figures;
            let before = [&change.entry_number, &change.line_number, row.as_str(), &case, old, new];
            push_figures(&mut out, before, [e0, e1, e2, r0, r1, r2]);
        }
        out
    }
}

/// Texts, guarded, and figures of ours behind them: a minus is one.
fn push_figures(out: &mut Vec<u8>, texts: [&str; 6], figures: [&String; 6]) {
    push_record(out, texts);
    out.pop();
    for figure in figures {
        out.push(b',');
        out.extend_from_slice(figure.as_bytes());
    }
    out.push(b'\n');
}

fn case(change: &LineChange) -> String {
    change.case.map(|case| case.to_string()).unwrap_or_default()
}

fn one(change: &LineChange, text: &mut String) {
    let label = match (&*change.entry_number, &*change.line_number) {
        ("", "") => format!("row {}", change.row),
        (entry, "") => entry.to_string(),
        (entry, line) => format!("{entry}/{line}"),
    };
    let _ = write!(text, "  {label}  {}", case(change));
    for (what, figures) in [("at entry", change.at_entry), ("restated", change.restated)] {
        if figures.differs() {
            let _ = write!(text, "  {what} {} -> {}", figures.old.shown(), figures.new.shown());
            if let Some(difference) = figures.difference() {
                let more = if difference < Money::ZERO { "less" } else { "more" };
                let _ = write!(text, " ({} {more})", Grouped(difference.abs()));
            }
        }
    }
    let [old, new] = change.actions;
    if old != new {
        let _ = write!(text, "  {} -> {}", old.text(), new.text());
    }
    text.push('\n');
}
