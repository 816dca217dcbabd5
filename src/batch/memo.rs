//! Answers remembered by question, and outlines by what decides them, so that law and words are made once for all
//! lines that differ in amounts alone.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use foldhash::fast::FixedState;

use crate::casebook::{Casebook, Epoch, ExportEpoch};
use crate::determine::amounts::without_answer;
use crate::determine::product;
use crate::determine::{Answer, LineFindings, Question, Reckoned, Shape, amounts, answer, question, reckon};
use crate::entry::known::Known;
use crate::entry::line::Stated;
use crate::entry::remembered::Shared;
use crate::entry::{BriefLine, Declared, EntryLine, Grouping, Kinship, LineReader, Name, Read, ReadLines};
use crate::report::outline::Outline;
use crate::spreadsheet::row::Rows;
use crate::terms::{KnownDay, Mid, PartyKey};

/// Answers that are remembered: some 2 MiB. Entry files repeat a few thousand questions; a file that does not repeat
/// gains nothing from more.
const ANSWERS_MAX: usize = 512;
/// Outlines that are remembered, and as many that name companies: some 16 MiB.
const OUTLINES_MAX: usize = 2_048;
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
    cases: HashMap<CaseKey, Case, FixedState>,
    naming: HashMap<[u64; 4], Arc<Outline>, FixedState>,
    /// By the place of the goods: the outline of lines that no case lists, of the kind met last. Holds as long as the
    /// reader's places do.
    untested: Vec<Option<(UntestedKind, Found)>>,
    places: u64,
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

impl Default for Memo {
    fn default() -> Memo {
        Memo::new(&Arc::default())
    }
}

impl Memo {
    fn new(common: &Arc<Common>) -> Memo {
        Memo {
            common: Arc::clone(common),
            cases: HashMap::default(),
            naming: HashMap::default(),
            untested: Vec::new(),
            places: 0,
            reader: LineReader::new(Arc::clone(&common.known)),
        }
    }
}

/// What decides the answer of a line that was read quickly.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct CaseKey {
    goods: u64,
    rest: u64,
    companies: [u32; 3],
    governing: Epoch,
    filing: Epoch,
    /// The day of export, or of entry where that is not given; and whether it is.
    exported: (ExportEpoch, bool),
    /// Which values are there.
    present: [bool; 3],
}

/// Lines with one answer: its outlines by class of amounts.
struct Case {
    answer: Arc<Answer>,
    outlines: Vec<(u128, Found)>,
}

/// What is told of a line that no case lists, beside its goods: which values are there.
type UntestedKind = ([bool; 3], [bool; 2]);

/// How law may know a name.
fn kinship(casebook: &Casebook, name: &Name) -> Kinship {
    let families = casebook.families();
    let knows = |key: &PartyKey| families.iter().any(|family| family.knows(key));
    let Some(key) = &name.key else { return Kinship::Stranger };
    if !knows(key) && !name.addressed.as_ref().is_some_and(|name| knows(&name.key)) {
        let alike = casebook.confirmed(key).is_none() && casebook.near(key, name.may_be_cut()).is_empty();
        if alike { Kinship::Stranger } else { Kinship::Known }
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
    /// Completes a line of a product of which something was confirmed; to be done before the line is judged.
    pub fn complete(&self, casebook: &Casebook, line: &mut EntryLine, as_of: KnownDay) {
        product::complete(casebook, line, |line| self.answer(casebook, line, as_of));
    }

    /// The findings of a line as known on a day.
    pub fn findings(&self, casebook: &Casebook, line: &EntryLine, as_of: KnownDay) -> LineFindings {
        match self.answer(casebook, line, as_of) {
            Some(answer) => amounts(casebook, answer, line),
            None => without_answer(line),
        }
    }

    fn answer(&self, casebook: &Casebook, line: &EntryLine, as_of: KnownDay) -> Option<Arc<Answer>> {
        let question = question(casebook, line, as_of).filter(|_| !line.disagrees)?;
        Some(self.common.answers.get_or(&question, || Arc::new(answer(casebook, &question))))
    }

    /// The entry lines of the rows of a piece, read quickly where that can be.
    pub fn read(&mut self, casebook: &Casebook, grouping: &Grouping, rows: &Rows) -> ReadLines {
        self.reader.read(grouping, rows, &|name| kinship(casebook, name))
    }

    /// Forgets what is at hand where that has become too much; called between pieces.
    pub fn tidy(&mut self) {
        if self.cases.len() > OUTLINES_MAX {
            self.cases = HashMap::default();
        }
        if self.naming.len() > OUTLINES_MAX {
            self.naming = HashMap::default();
        }
    }

    /// Finds the outline of a line whose goods no case and no advisory lists and under which no case is declared. False
    /// for any other, and where anything is to be told of it but that.
    fn is_untested(&mut self, casebook: &Casebook, line: &BriefLine, as_of: KnownDay) -> bool {
        if self.reader.rest_of(line).line.declared != [Declared::Nothing; 2] {
            return false;
        }
        if self.places != self.reader.places() {
            self.untested.clear();
            self.places = self.reader.places();
        }
        let place = line.goods as usize;
        if place >= self.untested.len() {
            self.untested.resize(place + 1, None);
        }
        let kind = (present(&line.stated), line.stated.paid.map(|paid| paid.value().is_some()));
        if self.untested[place].as_ref().is_none_or(|(known, _)| *known != kind) {
            let goods = self.reader.goods_of(line);
            let found = match goods.line.hts {
                Read::Is(hts) if casebook.families_for(hts).next().is_none() && !casebook.advises_on(hts) => {
                    self.first_untested(casebook, line, (goods.serial, kind), as_of)
                }
                _ => None,
            };
            self.untested[place] = Some((kind, found));
        }
        matches!(&self.untested[place], Some((_, Some(_))))
    }

    /// The outline of goods that no case lists: law is asked once of each, and says the same of all to the letter.
    fn first_untested(
        &self,
        casebook: &Casebook,
        line: &BriefLine,
        key: (u64, UntestedKind),
        as_of: KnownDay,
    ) -> Found {
        let common = &self.common;
        common.untested.get_or(&key, || {
            let full = self.reader.line(line);
            let answer = self.answer(casebook, &full, as_of)?;
            let first = common.untested_kinds.get_or(&key.1, || {
                let reckoned = reckon(casebook, &answer, line.stated)?;
                let shape = Shape::of(amounts(casebook, Arc::clone(&answer), &full), &reckoned)?;
                let outline = Outline::of(casebook, full.clone(), shape, as_of)?;
                outline.is_untested().then(|| (common.serial(), Arc::new(outline)))
            });
            let (_, first) =
                first.filter(|(_, first)| first.shape.sample.answer.as_ref() == Some(&answer))?;
            Some((common.serial(), Arc::new(first.untested(casebook, &full))))
        })
    }

    /// True if there is nothing to tell of the manufacturer ID of a line.
    fn manufacturer_fits(&self, line: &BriefLine, mid: &str) -> bool {
        let Some(mid) = Mid::parse(mid) else { return true };
        let [exporter, producer, _] = self.reader.companies_of(line);
        let origin = self.reader.goods_of(line).line.origin.value();
        mid.misfits(&producer.letters, &exporter.letters, origin).next().is_none()
    }

    /// The outline and the figures of a line that was read quickly; `None` if it has to be judged by itself.
    pub fn outline<'t>(
        &mut self,
        casebook: &Casebook,
        line: &BriefLine,
        as_of: KnownDay,
        mid: impl Fn() -> Cow<'t, str>,
    ) -> Option<(&Arc<Outline>, Reckoned)> {
        if self.is_untested(casebook, line, as_of) {
            let (_, found) = self.untested[line.goods as usize].as_ref()?;
            // Where no case concerns a line there is nothing to reckon.
            return found.as_ref().map(|(_, outline)| (outline, Reckoned::default()));
        }
        if !self.manufacturer_fits(line, &mid()) {
            return None;
        }
        let grid = casebook.grid();
        let key = CaseKey {
            goods: self.reader.goods_of(line).serial,
            rest: self.reader.rest_of(line).serial,
            companies: self.reader.companies_of(line).map(|company| company.class),
            governing: grid.epoch(line.governing.0),
            filing: grid.epoch(line.filing_day(as_of).0),
            exported: (grid.export_epoch(line.exported.unwrap_or(line.governing.0)), line.exported.is_some()),
            present: present(&line.stated),
        };
        let case = match self.cases.entry(key) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let full = self.reader.line(line);
                let question = question(casebook, &full, as_of)?;
                let make = || Arc::new(answer(casebook, &question));
                let answer = self.common.answers.get_or(&question, make);
                place.insert(Case { answer, outlines: Vec::new() })
            }
        };
        let reckoned = reckon(casebook, &case.answer, line.stated)?;
        let place = match case.outlines.iter().position(|(class, _)| *class == reckoned.class) {
            Some(place) => place,
            None => {
                let common = &self.common;
                let found = common.outlines.get_or(&(key, reckoned.class), || {
                    let full = self.reader.line(line);
                    let shape = Shape::of(amounts(casebook, Arc::clone(&case.answer), &full), &reckoned)?;
                    Outline::of(casebook, full, shape, as_of)
                        .map(|outline| (common.serial(), Arc::new(outline)))
                });
                case.outlines.push((reckoned.class, found));
                case.outlines.len() - 1
            }
        };
        let (serial, outline) = case.outlines[place].1.as_ref()?;
        if !outline.names_companies {
            return Some((outline, reckoned));
        }
        let [exporter, producer, supplier] = self.reader.companies_of(line).map(|company| company.serial);
        let key = [*serial, exporter, producer, supplier];
        let naming = self.naming.entry(key).or_insert_with(|| {
            let companies = self.reader.companies_of(line);
            self.common.naming.get_or(&key, || Arc::new(outline.naming(companies)))
        });
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
