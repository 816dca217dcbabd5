//! Listed names near to a name that is none of them: what a person is shown, with the pieces that differ.
//!
//! Nothing here ever chooses a rate. A word that is a place, a number or a part of a group (Sales, Trading) weighs far
//! more than a letter, because it names another company.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use foldhash::fast::FixedState;
use strsim::osa_distance;

use super::Casebook;
use super::family::{Family, PartyIx};
use super::near_words::{Word, word};
use crate::terms::PartyKey;

/// Near names that are shown of one name.
const SHOWN: usize = 3;
/// Listed names that are looked at closely, at most: those with the most letters in common.
const LOOKED_AT: usize = 16;
/// How much of a name's weight may differ, in hundredths. `Farasis Energy` of one place and of another are near,
/// `Panasonic Connect` and `Panasonic Energy` are not.
const DIFFERENT_MAX: u32 = 56;
/// Words in another order.
const ORDER: u32 = 20;
/// A legal form that one of the names lacks, and one that differs.
const FORM_LACKS: u32 = 15;
const FORM_DIFFERS: u32 = 30;
/// A name that was cut, and each word that went with it.
const CUT: u32 = 5;
const CUT_WORD: u32 = 4;

/// More than the whole listed name with its legal form, and each word of it.
const MORE: u32 = 20;
const MORE_WORD: u32 = 4;

/// A piece in which two names differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// A word is written otherwise than in the listed name.
    Spelled {
        /// As written.
        written: String,
        /// As listed.
        listed: String,
    },
    /// A word of the listed name is not there.
    Lacks(String),
    /// A word stands there that the listed name does not have.
    Has(String),
    /// The legal form differs; empty for none.
    Form {
        /// As written.
        written: String,
        /// As listed.
        listed: String,
    },
    /// The same words in another order.
    Order,
    /// The name is cut where a field of 35 characters ends (the ABI name field).
    Cut,
}

/// A listed name near to one that is not listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// Its family.
    pub family: usize,
    /// Its place there.
    pub party: PartyIx,
    /// As a notice prints it.
    pub name: String,
    /// Where the two differ.
    pub differs: Vec<Difference>,
    distance: u32,
}

/// A listed name, taken apart.
#[derive(Clone, Debug)]
struct Listed {
    family: usize,
    party: PartyIx,
    name: String,
    key: PartyKey,
    words: Vec<Word>,
    weight: u32,
}

/// Names of which the near ones are remembered, at most: some 20 MiB where a file has so many. A file that has more is
/// served as quickly by forgetting all.
const REMEMBERED: usize = 32_768;

/// The near names of what was asked for. What is remembered depends on the name and the casebook alone.
type Remembered = HashMap<(PartyKey, bool), Arc<[Near]>, FixedState>;

/// All listed names, findable by the letters they share with another.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    listed: Vec<Listed>,
    remembered: Arc<Mutex<Remembered>>,
    /// Places of the names that hold three letters in turn.
    by_letters: HashMap<[char; 3], Vec<u32>, FixedState>,
}

fn words(own: &str) -> Vec<Word> {
    own.split(' ').filter(|text| !text.is_empty()).map(word).collect()
}

fn weight(words: &[Word]) -> u32 {
    words.iter().map(|word| word.weight).sum()
}

/// Three letters in turn, each once. Blanks count: they tell where words begin.
fn threes(own: &str) -> Vec<[char; 3]> {
    let padded: Vec<char> = format!(" {own} ").chars().collect();
    let mut threes: Vec<[char; 3]> = padded.windows(3).map(|three| [three[0], three[1], three[2]]).collect();
    threes.sort_unstable();
    threes.dedup();
    threes
}

impl Names {
    /// The names of all parties of these families, former and other names among them.
    pub(super) fn new(families: &[Family]) -> Names {
        let mut names = Names::default();
        for (ix, family) in families.iter().enumerate() {
            for (party, listed) in family.parties.iter().enumerate() {
                if let Some(name) = listed.names.first() {
                    names.add(ix, party, name, &listed.key);
                }
            }
            for alias in &family.aliases {
                names.add(ix, alias.party, &alias.name, &alias.key);
            }
        }
        names
    }

    fn add(&mut self, family: usize, party: PartyIx, name: &str, key: &PartyKey) {
        let words = words(key.own());
        let weight = weight(&words);
        let place = self.listed.len() as u32;
        for three in threes(key.own()) {
            self.by_letters.entry(three).or_default().push(place);
        }
        self.listed.push(Listed { family, party, name: name.to_string(), key: key.clone(), words, weight });
    }

    /// The places of the names that share the most letters, at least three of ten of the shorter one.
    fn candidates(&self, own: &str) -> Vec<usize> {
        let asked = threes(own);
        let mut shared = vec![0u32; self.listed.len()];
        for place in asked.iter().filter_map(|three| self.by_letters.get(three)).flatten() {
            shared[*place as usize] += 1;
        }
        let enough = |place: &usize| {
            let length = self.listed[*place].key.own().chars().count().min(asked.len());
            shared[*place] as usize * 10 >= length * 3
        };
        let mut found: Vec<usize> = (0..self.listed.len()).filter(enough).collect();
        found.sort_by_key(|place| (std::cmp::Reverse(shared[*place]), *place));
        found.truncate(LOOKED_AT);
        found
    }
}

impl Casebook {
    /// The listed names nearest to a name that is none of them, the nearest first. `cut` where the name is as long as a
    /// field of 35 characters, and may have been longer.
    pub fn near(&self, key: &PartyKey, cut: bool) -> Arc<[Near]> {
        let asked = (key.clone(), cut);
        let known = self.names.remembered.lock().ok().and_then(|known| known.get(&asked).cloned());
        if let Some(known) = known {
            return known;
        }
        let near: Arc<[Near]> = self.looked_for(key, cut).into();
        if let Ok(mut known) = self.names.remembered.lock() {
            if known.len() >= REMEMBERED {
                known.clear();
            }
            known.insert(asked, Arc::clone(&near));
        }
        near
    }

    fn looked_for(&self, key: &PartyKey, cut: bool) -> Vec<Near> {
        let asked = Asked::of(key, cut);
        let candidates = self.names.candidates(&asked.own);
        let mut near: Vec<Near> =
            candidates.into_iter().filter_map(|place| asked.near(&self.names.listed[place])).collect();
        near.sort_by(|a, b| (a.distance, &a.name, a.family).cmp(&(b.distance, &b.name, b.family)));
        // One party may have several names; the nearest of them is shown.
        let mut seen = Vec::new();
        near.retain(|near| {
            let new = !seen.contains(&(near.family, near.party));
            seen.push((near.family, near.party));
            new
        });
        near.truncate(SHOWN);
        near
    }
}

/// A name for which near ones are looked for.
struct Asked {
    own: String,
    words: Vec<Word>,
    weight: u32,
    form: String,
    cut: bool,
}

/// True if a word at the end of a cut name is the beginning of a legal form.
fn begins_form(word: &str) -> bool {
    ["limited", "ltd", "company", "corporation", "incorporated"].iter().any(|form| form.starts_with(word))
}

impl Asked {
    fn of(key: &PartyKey, cut: bool) -> Asked {
        let (mut own, mut form) = (key.own(), key.form());
        if let Some((rest, last)) = own.rsplit_once(' ').filter(|(_, last)| cut && begins_form(last)) {
            (own, form) = (rest, if last.is_empty() { form } else { "" });
        }
        let words = words(own);
        Asked { own: own.to_string(), weight: weight(&words), words, form: form.to_string(), cut }
    }

    fn near(&self, listed: &Listed) -> Option<Near> {
        let near = |distance, differs| Near {
            family: listed.family,
            party: listed.party,
            name: listed.name.clone(),
            differs,
            distance,
        };
        if let Some(distance) = self.cut_of(listed) {
            return Some(near(distance, vec![Difference::Cut]));
        }
        if let Some(more) = self.more_than(listed) {
            let distance = MORE + MORE_WORD * more.split(' ').count() as u32;
            return Some(near(distance, vec![Difference::Has(more)]));
        }
        let (mut distance, mut differs) = self.aligned(listed)?;
        let written = self.form.as_str();
        if written != listed.key.form() {
            let lacks = written.is_empty() || listed.key.form().is_empty();
            distance += if lacks { FORM_LACKS } else { FORM_DIFFERS };
            differs.push(Difference::Form { written: written.into(), listed: listed.key.form().into() });
        }
        Some(near(distance, differs))
    }

    /// The distance of a name that was cut from the listed one.
    fn cut_of(&self, listed: &Listed) -> Option<u32> {
        let whole = format!("{} {}", listed.key.own(), listed.key.form());
        let rest = whole.strip_prefix(self.own.as_str()).filter(|_| self.cut)?;
        Some(CUT + CUT_WORD * rest.split_whitespace().count() as u32)
    }

    /// What stands around the whole listed name, where all of it is there in one piece with its legal form.
    fn more_than(&self, listed: &Listed) -> Option<String> {
        let whole = match listed.key.form() {
            "" => return None,
            form => format!(" {} {form} ", listed.key.own()),
        };
        let written = format!(" {} {} ", self.own, self.form);
        let (before, behind) = written.split_once(&whole)?;
        let more: Vec<&str> = before.split_whitespace().chain(behind.split_whitespace()).collect();
        (!more.is_empty()).then(|| more.join(" "))
    }

    /// Words against words: how far the names are apart, and in what they differ; `None` where they are not near.
    fn aligned(&self, listed: &Listed) -> Option<(u32, Vec<Difference>)> {
        let total = self.weight.max(listed.weight).max(1);
        let near = |distance: u32| distance * 100 <= DIFFERENT_MAX * total;
        let sorted = |words: &[Word]| {
            let mut texts: Vec<String> = words.iter().map(|word| word.text.clone()).collect();
            texts.sort();
            texts
        };
        if self.words.len() == listed.words.len() && sorted(&self.words) == sorted(&listed.words) {
            let ordered = self.own == listed.key.own();
            return Some(if ordered { (0, vec![]) } else { (ORDER, vec![Difference::Order]) });
        }
        let aligned = Alignment::of(&self.words, &listed.words);
        let run_on = self.run_on(listed).filter(|distance| *distance < aligned.distance);
        match run_on {
            Some(distance) => near(distance).then(|| {
                let (written, listed) = (self.own.clone(), listed.key.own().to_string());
                (distance, vec![Difference::Spelled { written, listed }])
            }),
            None => (aligned.shares_a_name && near(aligned.distance))
                .then_some((aligned.distance, aligned.differs)),
        }
    }

    /// The distance of names whose words are written together or apart.
    fn run_on(&self, listed: &Listed) -> Option<u32> {
        if self.words.len() == listed.words.len() {
            return None;
        }
        let joined = |own: &str| own.replace(' ', "");
        let (written, listed) = (joined(&self.own), joined(listed.key.own()));
        // Comparing letter by letter takes long; names of other lengths cannot be as close.
        if written.len().abs_diff(listed.len()) * 10 > written.len().min(listed.len()) {
            return None;
        }
        let apart = osa_distance(&written, &listed);
        (apart * 10 <= written.chars().count().min(listed.chars().count())).then_some(12 + 12 * apart as u32)
    }
}

/// The cheapest way from the words of one name to those of another.
struct Alignment {
    distance: u32,
    differs: Vec<Difference>,
    /// True if a word that is a name, and not a place or a word of the trade, stands in both.
    shares_a_name: bool,
}

impl Alignment {
    fn of(written: &[Word], listed: &[Word]) -> Alignment {
        let (rows, columns) = (written.len() + 1, listed.len() + 1);
        let mut costs = vec![0u32; rows * columns];
        let at = |row: usize, column: usize| row * columns + column;
        let mut swaps = vec![None; rows * columns];
        for row in 0..rows {
            for column in 0..columns {
                let has = || costs[at(row - 1, column)] + written[row - 1].weight;
                let lacks = || costs[at(row, column - 1)] + listed[column - 1].weight;
                costs[at(row, column)] = match (row, column) {
                    (0, 0) => 0,
                    (0, _) => lacks(),
                    (_, 0) => has(),
                    _ => {
                        let swap = swap(&written[row - 1], &listed[column - 1]);
                        swaps[at(row, column)] = swap;
                        let swapped = swap.map(|cost| costs[at(row - 1, column - 1)] + cost);
                        has().min(lacks()).min(swapped.unwrap_or(u32::MAX))
                    }
                };
            }
        }
        let mut alignment = Alignment {
            distance: costs[at(rows - 1, columns - 1)],
            differs: Vec::new(),
            shares_a_name: false,
        };
        let (mut row, mut column) = (rows - 1, columns - 1);
        while row > 0 || column > 0 {
            let here = costs[at(row, column)];
            let swap = swaps[at(row, column)].filter(|cost| costs[at(row - 1, column - 1)] + cost == here);
            if swap.is_some() {
                let (one, other) = (&written[row - 1], &listed[column - 1]);
                alignment.shares_a_name |= other.is_name();
                if one.text != other.text {
                    let (written, listed) = (one.text.clone(), other.text.clone());
                    alignment.differs.push(Difference::Spelled { written, listed });
                }
                (row, column) = (row - 1, column - 1);
            } else if row > 0 && costs[at(row - 1, column)] + written[row - 1].weight == here {
                alignment.differs.push(Difference::Has(written[row - 1].text.clone()));
                row -= 1;
            } else {
                alignment.differs.push(Difference::Lacks(listed[column - 1].text.clone()));
                column -= 1;
            }
        }
        alignment.differs.reverse();
        alignment
    }
}

/// What it costs to read one word as the other; `None` where they have nothing to do with each other.
fn swap(written: &Word, listed: &Word) -> Option<u32> {
    /// Another place, number or part of a group.
    const OTHER_COMPANY: u32 = 150;
    /// An abbreviation.
    const SHORT: u32 = 25;
    /// A slip, each letter of it, and the first letter.
    const SLIP: u32 = 10;
    const LETTER: u32 = 12;
    const FIRST: u32 = 6;
    let (one, other) = (written.text.as_str(), listed.text.as_str());
    if one == other {
        return Some(0);
    }
    if (written.is_number() && listed.is_number()) || (written.is_place() && listed.is_place()) {
        return Some(OTHER_COMPANY);
    }
    // Holding and Holdings are a slip; Sales and Trading are two companies.
    let kin = one.starts_with(other) || other.starts_with(one);
    if written.is_number() || listed.is_number() || (written.is_part() && listed.is_part() && !kin) {
        return None;
    }
    let (long, short) = (written.length.max(listed.length), written.length.min(listed.length));
    if short >= 3 && long > short + 1 && (one.starts_with(other) || other.starts_with(one)) {
        return Some(SHORT);
    }
    let most = match long {
        0..=3 => 0,
        4..=6 => 1,
        7..=10 => 2,
        _ => 3,
    };
    // Comparing letter by letter takes long; words of other lengths cannot be as close.
    if long - short > most || most == 0 {
        return None;
    }
    let apart = osa_distance(one, other);
    let first = if one.chars().next() == other.chars().next() { 0 } else { FIRST };
    (apart <= most).then_some(SLIP + LETTER * apart as u32 + first)
}
