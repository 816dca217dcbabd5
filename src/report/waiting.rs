//! Things that wait for a person's decision, each once, with what hangs on it over the whole file.

use std::collections::BTreeMap;

use crate::terms::Money;

/// Things that a sheet holds, at most: those with the largest stake.
pub const SHOWN: usize = 10_000;
/// Things kept in memory while a file is read. Above this those with the smallest stake are dropped, and the sheet says
/// so.
const KEPT: usize = 4 * SHOWN;

/// What hangs on one thing.
pub trait Waits {
    /// The money between the answers, where it can be told.
    fn stake(&self) -> Option<Money>;

    /// Adds what hangs on it on other lines.
    fn join(&mut self, other: Self);
}

/// Things that wait for a decision.
#[derive(Clone, Debug)]
pub struct Waiting<K, W> {
    waiting: BTreeMap<K, W>,
    /// True if some were dropped for want of room.
    pub dropped: bool,
}

impl<K, W> Default for Waiting<K, W> {
    fn default() -> Waiting<K, W> {
        Waiting { waiting: BTreeMap::new(), dropped: false }
    }
}

/// Two sums of money, where either can be told.
pub(super) fn added(one: Option<Money>, other: Option<Money>) -> Option<Money> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one + other),
        (one, other) => one.or(other),
    }
}

impl<K: Ord, W: Waits> Waiting<K, W> {
    /// Adds what hangs on a thing on some lines.
    pub fn count(&mut self, key: K, waiting: W) {
        match self.waiting.get_mut(&key) {
            Some(known) => known.join(waiting),
            None => {
                self.waiting.insert(key, waiting);
            }
        }
    }

    /// Adds what was gathered of later rows.
    pub fn merge(&mut self, later: Waiting<K, W>) {
        self.dropped |= later.dropped;
        later.waiting.into_iter().for_each(|(key, waiting)| self.count(key, waiting));
        if self.waiting.len() > KEPT {
            let mut kept: Vec<_> = std::mem::take(&mut self.waiting).into_iter().collect();
            kept.sort_by(|(one, a), (other, b)| (b.stake(), one).cmp(&(a.stake(), other)));
            kept.truncate(KEPT / 2);
            self.dropped = true;
            self.waiting = kept.into_iter().collect();
        }
    }

    /// Those that the sheet holds, the largest stake first; and whether there are more.
    pub fn shown(&self) -> (Vec<(&K, &W)>, bool) {
        let mut all: Vec<(&K, &W)> = self.waiting.iter().collect();
        all.sort_by(|(one, a), (other, b)| (b.stake(), one).cmp(&(a.stake(), other)));
        let more = self.dropped || all.len() > SHOWN;
        all.truncate(SHOWN);
        (all, more)
    }
}
