//! Answers remembered by question, and outlines by what decides them, so that law and words are made once for all
//! lines that differ in amounts alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use foldhash::fast::FixedState;

use crate::casebook::{Casebook, Epoch};
use crate::determine::amounts::without_answer;
use crate::determine::{
    Answer, LineFindings, Question, Reckoned, Shape, amounts, answer, question, reckon,
};
use crate::entry::line::Stated;
use crate::entry::{BriefLine, EntryLine, LineReader, Read};
use crate::report::outline::Outline;
use crate::terms::KnownDay;

/// Answers that one worker remembers, at most: some 8 MiB. Entry files repeat a few thousand questions; a file that
/// does not repeat gains nothing from more.
const ANSWERS_MAX: usize = 4_096;
/// Cases that one worker remembers, at most.
const CASES_MAX: usize = 8_192;

/// The answers that one worker has given.
#[derive(Default)]
pub struct Memo {
    answers: HashMap<Question, Arc<Answer>, FixedState>,
    cases: HashMap<CaseKey, Case, FixedState>,
    /// Reads lines, and remembers what many have in common.
    pub reader: LineReader,
}

/// What decides the answer of a line that was read quickly.
#[derive(PartialEq, Eq, Hash)]
struct CaseKey {
    prototype: u64,
    governing: Epoch,
    filing: Epoch,
    /// Which values are there.
    present: [bool; 3],
}

/// Lines with one answer: its outlines by class of amounts. No outline: such lines are judged by themselves.
struct Case {
    answer: Arc<Answer>,
    outlines: Vec<(u128, Option<Arc<Outline>>)>,
}

fn present(stated: &Stated) -> [bool; 3] {
    let is = |blank: bool| !blank;
    [
        is(stated.entered_value == Read::Blank),
        is(stated.subject_value == Read::Blank),
        is(stated.quantity == Read::Blank),
    ]
}

impl Memo {
    /// The findings of a line as known on a day.
    pub fn findings(&mut self, casebook: &Casebook, line: &EntryLine, as_of: KnownDay) -> LineFindings {
        match self.answer(casebook, line, as_of) {
            Some(answer) => amounts(casebook, answer, line),
            None => without_answer(line),
        }
    }

    fn answer(&mut self, casebook: &Casebook, line: &EntryLine, as_of: KnownDay) -> Option<Arc<Answer>> {
        let question = question(casebook, line, as_of).filter(|_| !line.disagrees)?;
        if let Some(known) = self.answers.get(&question) {
            return Some(Arc::clone(known));
        }
        if self.answers.len() >= ANSWERS_MAX {
            self.answers.clear();
        }
        let fresh = Arc::new(answer(casebook, &question));
        self.answers.insert(question, Arc::clone(&fresh));
        Some(fresh)
    }

    /// The outline and the figures of a line that was read quickly; `None` if it has to be judged by itself.
    pub fn outline(
        &mut self,
        casebook: &Casebook,
        line: &BriefLine,
        as_of: KnownDay,
    ) -> Option<(Arc<Outline>, Reckoned)> {
        let grid = casebook.grid();
        let key = CaseKey {
            prototype: line.prototype.serial,
            governing: grid.epoch(line.governing.0),
            filing: grid.epoch(line.filing_day(as_of).0),
            present: present(&line.stated),
        };
        if !self.cases.contains_key(&key) {
            if self.cases.len() >= CASES_MAX {
                self.cases.clear();
            }
            let answer = self.answer(casebook, &line.line(), as_of)?;
            self.cases.insert(key, Case { answer, outlines: Vec::new() });
            return self.outline(casebook, line, as_of);
        }
        let case = self.cases.get_mut(&key)?;
        let reckoned = reckon(casebook, &case.answer, line.stated)?;
        if let Some((_, known)) = case.outlines.iter().find(|(class, _)| *class == reckoned.class) {
            return known.as_ref().map(|outline| (Arc::clone(outline), reckoned));
        }
        let full = line.line();
        let shape = Shape::of(amounts(casebook, Arc::clone(&case.answer), &full), &reckoned);
        let outline = shape.and_then(|shape| Outline::of(casebook, full, shape)).map(Arc::new);
        case.outlines.push((reckoned.class, outline.clone()));
        outline.map(|outline| (outline, reckoned))
    }
}

/// Memos that workers borrow and give back.
#[derive(Default)]
pub struct Memos(Mutex<Vec<Memo>>);

impl Memos {
    /// Lends a memo for some work.
    pub fn with<T>(&self, work: impl FnOnce(&mut Memo) -> T) -> T {
        let lent = self.0.lock().map(|mut memos| memos.pop()).unwrap_or_default();
        let mut memo = lent.unwrap_or_default();
        let done = work(&mut memo);
        if let Ok(mut memos) = self.0.lock() {
            memos.push(memo);
        }
        done
    }
}
