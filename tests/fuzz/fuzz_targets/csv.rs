//! Bytes as a CSV: read to the end or refused.
#![no_main]

use adcvd::batch::{RunOptions, count_file};
use adcvd::casebook::{Casebook, load};
use adcvd::terms::{KnownDay, day};
use libfuzzer_sys::fuzz_target;

static CASEBOOK: std::sync::LazyLock<Casebook> = std::sync::LazyLock::new(|| load::load(&[]).unwrap());

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.csv");
    std::fs::write(&path, bytes).unwrap();
    let options = RunOptions::new(KnownDay(day::parse_iso("2026-11-22").unwrap()), folder.path().into());
    if let Ok(counted) = count_file(&CASEBOOK, &path, &options) {
        assert!(counted.found.tally.ties_out());
    }
});
