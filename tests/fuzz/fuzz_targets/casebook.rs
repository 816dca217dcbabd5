//! Texts as the files of a case folder: loaded, or refused with the places of its faults.
#![no_main]

use adcvd::casebook::load;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|texts: (&str, &str, &str)| {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("case.toml", texts.0), ("rates.csv", texts.1), ("suffixes.csv", texts.2)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let _ = load::load_only(folder.path());
});
