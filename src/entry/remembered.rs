//! Memories of bounded size that keep what is asked for again: one for a worker alone, one that all workers share.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;

use foldhash::fast::FixedState;

/// What was worked out once, by what it was worked out from. When it is full it forgets what was not asked for since it
/// was last full.
#[derive(Debug)]
pub struct Remembered<K, V> {
    young: HashMap<K, V, FixedState>,
    old: HashMap<K, V, FixedState>,
    most: usize,
}

impl<K: Eq + Hash, V> Remembered<K, V> {
    /// Remembers so many, at most twice.
    pub fn new(most: usize) -> Remembered<K, V> {
        Remembered { young: HashMap::default(), old: HashMap::default(), most }
    }

    /// What is remembered under a key.
    pub fn get<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        if !self.young.contains_key(key) {
            let (key, value) = self.old.remove_entry(key)?;
            self.put(key, value);
        }
        self.young.get(key)
    }

    /// Remembers something.
    pub fn put(&mut self, key: K, value: V) {
        if self.young.len() >= self.most {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

/// What all workers remember together. What is remembered must depend on its key alone: which worker made it is left
/// to chance.
#[derive(Debug)]
pub struct Shared<K, V>(Mutex<Remembered<K, V>>);

impl<K: Eq + Hash, V: Clone> Shared<K, V> {
    /// Remembers so many, at most twice.
    pub fn new(most: usize) -> Shared<K, V> {
        Shared(Mutex::new(Remembered::new(most)))
    }

    /// What is remembered under a key, or else is made and remembered. Where two workers make it at once, both get what
    /// the first of them made.
    pub fn get_or<Q>(&self, key: &Q, make: impl FnOnce() -> V) -> V
    where
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
        K: Borrow<Q>,
    {
        if let Some(known) = self.known(key) {
            return known;
        }
        let made = make();
        let Ok(mut remembered) = self.0.lock() else { return made };
        if let Some(known) = remembered.get(key) {
            return known.clone();
        }
        remembered.put(key.to_owned(), made.clone());
        made
    }

    fn known<Q>(&self, key: &Q) -> Option<V>
    where
        Q: Eq + Hash + ?Sized,
        K: Borrow<Q>,
    {
        self.0.lock().ok()?.get(key).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_again_is_kept() {
        let mut remembered = Remembered::new(2);
        for key in 0..5 {
            remembered.put(key, key * 10);
            assert_eq!(remembered.get(&0), Some(&0), "after {key}");
        }
        assert_eq!(remembered.get(&1), None);
        assert_eq!(remembered.get(&4), Some(&40));
    }

    #[test]
    fn the_first_that_was_made_counts() {
        let shared: Shared<String, u32> = Shared::new(8);
        assert_eq!(shared.get_or("a", || 1), 1);
        assert_eq!(shared.get_or("a", || 2), 1);
    }
}
