//! Answers remembered by question, and outlines by what decides them, so that law and words are made once for all
//! lines that differ in amounts alone.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crate::casebook::{Casebook, Epoch};
use crate::determine::amounts::without_answer;
use crate::determine::{
    Answer, LineFindings, Question, Reckoned, Shape, amounts, answer, question, reckon,
};
use crate::entry::line::Stated;
use crate::entry::brief::Known;
use crate::entry::remembered::{Remembered, Shared};
use crate::entry::{BriefLine, Declared, EntryLine, Kinship, LineReader, Name, Read};
use crate::report::outline::Outline;
use crate::terms::{KnownDay, PartyKey};

/// Answers that are remembered: some 4 MiB. Entry files repeat a few thousand questions; a file that does not repeat
/// gains nothing from more.
const ANSWERS_MAX: usize = 2_048;
/// Outlines that are remembered, and as many that name companies: some 16 MiB.
const OUTLINES_MAX: usize = 4_096;
/// Outlines of goods that no case lists: some 4 MiB.
const UNTESTED_MAX: usize = 4_096;

/// An outline, and what distinguishes it from others of the file; none where lines are judged by themselves.
type Found = Option<(u64, Arc<Outline>)>;

/// What all workers on a file have found out.
struct Common {
    known: Arc<Known>,
    answers: Shared<Question, Arc<Answer>>,
    outlines: Shared<(CaseKey, u128), Found>,
    /// Outlines of lines that no case lists, by their prototype and kind; and the first of each kind, of which the
    /// others are made.
    untested: Shared<(u64, UntestedKind), Found>,
    untested_kinds: Shared<UntestedKind, Found>,
    /// Outlines that name companies, by the outline and the companies.
    naming: Shared<[u64; 4], Arc<Outline>>,
    serial: AtomicU64,
}

/// The answers that one worker has at hand.
pub struct Memo {
    common: Arc<Common>,
    cases: Remembered<CaseKey, Arc<Answer>>,
    outlines: Remembered<(CaseKey, u128), Found>,
    untested: Remembered<(u64, UntestedKind), Found>,
    naming: Remembered<[u64; 4], Arc<Outline>>,
    /// Reads lines, and remembers what many have in common.
    pub reader: LineReader,
}

impl Common {
    fn serial(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }
}

impl Default for Common {
    fn default() -> Common {
        Common {
            known: Arc::default(),
            answers: Shared::new(ANSWERS_MAX),
            outlines: Shared::new(OUTLINES_MAX),
            untested: Shared::new(UNTESTED_MAX),
            untested_kinds: Shared::new(UNTESTED_MAX),
            naming: Shared::new(OUTLINES_MAX),
            serial: AtomicU64::new(0),
        }
    }
}

impl Memo {
    fn new(common: &Arc<Common>) -> Memo {
        Memo {
            common: Arc::clone(common),
            cases: Remembered::new(OUTLINES_MAX),
            outlines: Remembered::new(OUTLINES_MAX),
            untested: Remembered::new(UNTESTED_MAX),
            naming: Remembered::new(OUTLINES_MAX),
            reader: LineReader::new(Arc::clone(&common.known)),
        }
    }
}

/// What decides the answer of a line that was read quickly.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct CaseKey {
    prototype: u64,
    companies: [u32; 3],
    governing: Epoch,
    filing: Epoch,
    /// Which values are there.
    present: [bool; 3],
}

/// What is told of a line that no case lists, beside its goods: which values are there.
type UntestedKind = ([bool; 3], [bool; 2]);

/// How law may know a name.
pub fn kinship(casebook: &Casebook, name: &Name) -> Kinship {
    let families = casebook.families();
    let knows = |key: &Option<PartyKey>| {
        key.as_ref().is_some_and(|key| families.iter().any(|family| family.knows(key)))
    };
    if !knows(&name.key) && !knows(&name.without_address) {
        Kinship::Stranger
    } else if families.iter().any(|family| family.prints(&name.text)) {
        Kinship::Printed
    } else {
        Kinship::Known
    }
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
        Some(self.common.answers.get_or(&question, || Arc::new(answer(casebook, &question))))
    }

    /// The outline of a line whose goods no case lists and under which none is declared; `None` for any other, and
    /// where anything is to be told of it but that.
    fn untested(&mut self, casebook: &Casebook, line: &BriefLine, as_of: KnownDay) -> Option<Arc<Outline>> {
        let goods = &line.prototype.line;
        let Read::Is(hts) = goods.hts else { return None };
        let declared = goods.declared != [Declared::Nothing; 2];
        if declared || !goods.exceptions.is_empty() || casebook.families_for(hts).next().is_some() {
            return None;
        }
        let kind = (present(&line.stated), line.stated.paid.map(|paid| paid.value().is_some()));
        let key = (line.prototype.serial, kind);
        if let Some(known) = self.untested.get(&key) {
            return known.as_ref().map(|(_, outline)| Arc::clone(outline));
        }
        let answer = self.answer(casebook, &line.line(), as_of)?;
        let common = &self.common;
        let found = common.untested.get_or(&key, || {
            let full = line.line();
            let first = common.untested_kinds.get_or(&kind, || {
                let reckoned = reckon(casebook, &answer, line.stated)?;
                let shape = Shape::of(amounts(casebook, Arc::clone(&answer), &full), &reckoned)?;
                let outline = Outline::of(casebook, full.clone(), shape)?;
                outline.is_untested().then(|| (common.serial(), Arc::new(outline)))
            });
            // Law says the same of both, to the letter.
            let (_, first) = first.filter(|(_, first)| first.shape.sample.answer.as_ref() == Some(&answer))?;
            Some((common.serial(), Arc::new(first.untested(casebook, &full))))
        });
        let outline = found.as_ref().map(|(_, outline)| Arc::clone(outline));
        self.untested.put(key, found);
        outline
    }

    /// The outline and the figures of a line that was read quickly; `None` if it has to be judged by itself.
    pub fn outline(
        &mut self,
        casebook: &Casebook,
        line: &BriefLine,
        as_of: KnownDay,
    ) -> Option<(Arc<Outline>, Reckoned)> {
        if let Some(outline) = self.untested(casebook, line, as_of) {
            let reckoned = reckon(casebook, outline.shape.sample.answer.as_ref()?, line.stated)?;
            return Some((outline, reckoned));
        }
        let grid = casebook.grid();
        let key = CaseKey {
            prototype: line.prototype.serial,
            companies: line.companies.each_ref().map(|company| company.class),
            governing: grid.epoch(line.governing.0),
            filing: grid.epoch(line.filing_day(as_of).0),
            present: present(&line.stated),
        };
        let answer = match self.cases.get(&key) {
            Some(answer) => Arc::clone(answer),
            None => {
                let answer = self.answer(casebook, &line.line(), as_of)?;
                self.cases.put(key, Arc::clone(&answer));
                answer
            }
        };
        let reckoned = reckon(casebook, &answer, line.stated)?;
        let key = (key, reckoned.class);
        let found = match self.outlines.get(&key) {
            Some(found) => found.clone(),
            None => {
                let common = &self.common;
                let found = common.outlines.get_or(&key, || {
                    let full = line.line();
                    let shape = Shape::of(amounts(casebook, answer, &full), &reckoned)?;
                    Outline::of(casebook, full, shape).map(|outline| (common.serial(), Arc::new(outline)))
                });
                self.outlines.put(key, found.clone());
                found
            }
        };
        let (serial, outline) = found?;
        if !outline.names_companies {
            return Some((outline, reckoned));
        }
        let [exporter, producer, supplier] = line.companies.each_ref().map(|company| company.serial);
        let key = [serial, exporter, producer, supplier];
        if let Some(naming) = self.naming.get(&key) {
            return Some((Arc::clone(naming), reckoned));
        }
        let naming = self.common.naming.get_or(&key, || Arc::new(outline.naming(line)));
        self.naming.put(key, Arc::clone(&naming));
        Some((naming, reckoned))
    }
}

/// Memos that workers borrow and give back.
#[derive(Default)]
pub struct Memos {
    common: Arc<Common>,
    memos: Mutex<Vec<Memo>>,
}

impl Memos {
    /// Lends a memo for some work.
    pub fn with<T>(&self, work: impl FnOnce(&mut Memo) -> T) -> T {
        let lent = self.memos.lock().ok().and_then(|mut memos| memos.pop());
        let mut memo = lent.unwrap_or_else(|| Memo::new(&self.common));
        let done = work(&mut memo);
        if let Ok(mut memos) = self.memos.lock() {
            memos.push(memo);
        }
        done
    }
}
