//! Answers remembered by question, so that law runs once per distinct question and worker.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use foldhash::fast::FixedState;

use crate::casebook::Casebook;
use crate::determine::amounts::without_answer;
use crate::determine::{Answer, LineFindings, Question, amounts, answer, question};
use crate::entry::EntryLine;
use crate::terms::KnownDay;

/// Answers that one worker remembers, at most: some 8 MiB. Entry files repeat a few thousand questions; a file that
/// does not repeat gains nothing from more.
const ANSWERS_MAX: usize = 4_096;

/// The answers that one worker has given.
#[derive(Default)]
pub struct Memo {
    answers: HashMap<Question, Arc<Answer>, FixedState>,
}

impl Memo {
    /// The findings of a line as known on a day.
    pub fn findings(&mut self, casebook: &Casebook, line: &EntryLine, as_of: KnownDay) -> LineFindings {
        let Some(question) = question(casebook, line, as_of).filter(|_| !line.disagrees) else {
            return without_answer(line);
        };
        let known = self.answers.get(&question).cloned();
        let answer = known.unwrap_or_else(|| {
            if self.answers.len() >= ANSWERS_MAX {
                self.answers.clear();
            }
            let fresh = Arc::new(answer(casebook, &question));
            self.answers.insert(question, Arc::clone(&fresh));
            fresh
        });
        amounts(casebook, answer, line)
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
