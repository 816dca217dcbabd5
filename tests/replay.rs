//! A short walk of what `tests/fuzz` does at length: sound files with some bytes changed, always the same ones, are read to
//! the end or refused, and never anything else.

use std::fs;
use std::path::{Path, PathBuf};

use adcvd::batch::{RunOptions, count_file};
use adcvd::casebook::load;
use adcvd::terms::{KnownDay, day};

/// A generator of numbers that is the same on every machine (Marsaglia's xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

/// Some bytes changed, left out, doubled, or the end cut off.
fn changed(bytes: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    const ODD: [u8; 12] = [b'"', b',', b'\n', b'\r', 0, 0xff, b'<', b'>', b'&', b'=', b'9', 0x80];
    let mut bytes = bytes.to_vec();
    for _ in 0..=numbers.below(6) {
        let at = numbers.below(bytes.len());
        match numbers.below(5) {
            0 => bytes[at] = ODD[numbers.below(ODD.len())],
            1 => bytes[at] ^= 1 << numbers.below(8),
            2 => {
                bytes.remove(at);
            }
            3 => bytes.insert(at, ODD[numbers.below(ODD.len())]),
            _ => bytes.truncate(at.max(1)),
        }
    }
    bytes
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Reads changed files; how many were read to the end.
fn read_changed(seed: &Path, times: u32, start: u64) -> u32 {
    let casebook = load::load(&[]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(seed.file_name().unwrap());
    let sound = fs::read(seed).unwrap();
    let options = RunOptions::new(KnownDay(day::parse_iso("2026-11-22").unwrap()), folder.path().into());
    let mut numbers = Numbers(start);
    let mut read = 0;
    for _ in 0..times {
        fs::write(&path, changed(&sound, &mut numbers)).unwrap();
        if let Ok(counted) = count_file(&casebook, &path, &options) {
            assert!(counted.found.tally.ties_out());
            read += 1;
        }
    }
    read
}

#[test]
fn changed_csv_files_are_read_or_refused() {
    let read = read_changed(&root().join("samples/first-run.csv"), 300, 0x9e37_79b9_7f4a_7c15);
    assert!((1..300).contains(&read), "{read} of 300 were read");
}

#[test]
fn changed_workbooks_are_read_or_refused() {
    let seed = root().join("tests/workbooks/workbooks/ok/made-entry.xlsx");
    let read = read_changed(&seed, 300, 0x2545_f491_4f6c_dd1d);
    assert!((1..300).contains(&read), "{read} of 300 were read");
}

#[test]
fn changed_case_folders_are_loaded_or_refused() {
    let built_in = root().join("tests/casebook_good/shapes");
    let folder = tempfile::tempdir().unwrap();
    let mut numbers = Numbers(0xdead_beef_cafe_f00d);
    let names = ["case.toml", "rates.csv", "advisory.toml"];
    let mut refused = 0;
    for round in 0..200 {
        for (place, name) in names.iter().enumerate() {
            let sound = fs::read(built_in.join(name)).unwrap();
            let text = if round % names.len() == place { changed(&sound, &mut numbers) } else { sound };
            fs::write(folder.path().join(name), text).unwrap();
        }
        refused += u32::from(load::load_only(folder.path()).is_err());
    }
    assert!((1..200).contains(&refused), "{refused} of 200 were refused");
}
