//! The keys of all lines of a file, to see which occur again: eight bytes a line.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::entry::line::{plain, plain_number};

/// Parts of the set. When a part is full it alone grows, so growing never takes twice the memory of all.
const PARTS: usize = 256;
/// Places of a part that has just been begun.
const FIRST: usize = 64;
/// A place that holds nothing. A key that comes to it is counted apart.
const NOTHING: u64 = 0;

/// The fingerprint of a line's entry and line number; none where either is not given. Two of a million lines share one
/// by chance less than once in ten million files.
pub(super) fn fingerprint(entry_number: &str, line_number: &str) -> Option<u64> {
    if entry_number.is_empty() || line_number.is_empty() {
        return None;
    }
    let mut key = [0; 64];
    let hasher = FixedState::default();
    let hashed = match plainly(&mut key, entry_number, line_number) {
        Some(length) => hasher.hash_one(&key[..length]),
        None => hasher.hash_one([&plain(entry_number), "/", &plain_number(line_number)].concat().as_bytes()),
    };
    Some(hashed)
}

/// Entry and line number as they are compared, in some bytes; `None` if they are not of the usual sort.
fn plainly(key: &mut [u8; 64], entry_number: &str, line_number: &str) -> Option<usize> {
    let mut length = 0;
    let mut push = |byte: u8| {
        *key.get_mut(length)? = byte;
        length += 1;
        Some(())
    };
    if !entry_number.is_ascii() || !line_number.is_ascii() {
        return None;
    }
    entry_number.bytes().filter_map(compared).try_for_each(&mut push)?;
    push(b'/')?;
    line_number.bytes().filter_map(compared).skip_while(|byte| *byte == b'0').try_for_each(&mut push)?;
    Some(length)
}

/// A character as it is compared; `None` for one that is set aside.
fn compared(byte: u8) -> Option<u8> {
    byte.is_ascii_alphanumeric().then(|| byte.to_ascii_uppercase())
}

/// Fingerprints of lines.
pub(super) struct LineKeys {
    parts: Vec<Part>,
    /// True if the fingerprint that stands for nothing was seen.
    nothing: bool,
}

/// A part of the set: fingerprints by open addressing.
#[derive(Default)]
struct Part {
    places: Vec<u64>,
    filled: usize,
}

impl Default for LineKeys {
    fn default() -> LineKeys {
        LineKeys { parts: (0..PARTS).map(|_| Part::default()).collect(), nothing: false }
    }
}

impl LineKeys {
    /// Adds a fingerprint; false if it was there.
    pub(super) fn insert(&mut self, key: u64) -> bool {
        if key == NOTHING {
            return !std::mem::replace(&mut self.nothing, true);
        }
        self.parts[(key % PARTS as u64) as usize].insert(key)
    }
}

impl Part {
    fn insert(&mut self, key: u64) -> bool {
        // Grown by a quarter at nine tenths: between eight and eleven bytes a line.
        if self.filled * 10 >= self.places.len() * 9 {
            self.grow();
        }
        let place = self.find(key);
        if self.places[place] == key {
            return false;
        }
        self.places[place] = key;
        self.filled += 1;
        true
    }

    /// Where a key stands, or the free place where it would.
    fn find(&self, key: u64) -> usize {
        let count = self.places.len();
        // The high half of the key, brought to the number of places without dividing.
        let mut place = (((key >> 32) * count as u64) >> 32) as usize;
        while self.places[place] != key && self.places[place] != NOTHING {
            place = if place + 1 == count { 0 } else { place + 1 };
        }
        place
    }

    fn grow(&mut self) {
        let more = (self.places.len() + self.places.len() / 4).max(FIRST);
        let before = std::mem::replace(&mut self.places, vec![NOTHING; more]);
        for key in before.into_iter().filter(|key| *key != NOTHING) {
            let place = self.find(key);
            self.places[place] = key;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_however_it_is_written() {
        let key = fingerprint("XYZ-1000001-3", "001");
        assert!(key.is_some());
        assert_eq!(key, fingerprint("xyz10000013", "1"));
        assert_ne!(key, fingerprint("XYZ-1000001-3", "010"));
        assert_ne!(fingerprint("AB", "12"), fingerprint("AB1", "2"));
        assert_eq!(fingerprint("", "1"), None);
    }

    #[test]
    fn every_key_is_new_once() {
        let mut keys = LineKeys::default();
        // Knuth's multiplier spreads the numbers; nought is among them.
        let key = |number: u64| number.wrapping_mul(6_364_136_223_846_793_005);
        assert!((0..50_000).all(|number| keys.insert(key(number))));
        assert!((0..50_000).all(|number| !keys.insert(key(number))));
    }
}
