//! How quickly company names are found: `cargo bench --bench names`.
//!
//! 50,000 distinct names - listed ones in other writings, with slips of the pen, and companies that have nothing to do
//! with any - are looked up as a run does at the first sight of each. Beside it stands what it is to compare each name
//! with every listed one letter by letter. The two are timed in turn, and the table gives their ratio.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on should say where"
)]

use std::time::{Duration, Instant};

use adcvd::casebook::{Casebook, load};
use adcvd::terms::PartyKey;

/// Distinct names that are looked up.
const NAMES: usize = 50_000;
/// Times that each is timed; the middle one counts.
const ROUNDS: usize = 5;

/// A generator of numbers that is the same on every machine (Marsaglia's xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

/// A listed name with one letter changed, left out or doubled.
fn slip(name: &str, numbers: &mut Numbers) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let at = numbers.below(letters.len());
    match numbers.below(3) {
        0 => letters[at] = char::from(b'a' + numbers.below(26) as u8),
        1 => {
            letters.remove(at);
        }
        _ => letters.insert(at, letters[at]),
    }
    letters.into_iter().collect()
}

/// A company that has nothing to do with any listed one.
fn stranger(number: usize) -> String {
    const FIRST: [&str; 8] = ["Anqing", "Baoding", "Foshan", "Linyi", "Ganyu", "Handan", "Kaifeng", "Yiwu"];
    const SECOND: [&str; 8] = ["Bright", "Clear", "Golden", "Quiet", "Silver", "Double", "Three", "South"];
    const THIRD: [&str; 6] = ["Hardware", "Plastics", "Furniture", "Ceramics", "Textile", "Lamps"];
    let (first, second, third) = (FIRST[number % 8], SECOND[number / 8 % 8], THIRD[number / 64 % 6]);
    format!("{first} {second} Hill {} {third} Co., Ltd.", number / 384)
}

fn names(casebook: &Casebook) -> Vec<String> {
    let parties = casebook.families().iter().flat_map(|family| &family.parties);
    let listed: Vec<&String> = parties.flat_map(|party| &party.names).collect();
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    let mut names = Vec::with_capacity(NAMES);
    for number in 0..NAMES {
        names.push(match number % 4 {
            0 => listed[numbers.below(listed.len())].to_uppercase(),
            1 | 2 => slip(listed[numbers.below(listed.len())], &mut numbers),
            _ => stranger(number),
        });
    }
    names
}

/// The key, and the near names of what is on no list.
fn looked_up(casebook: &Casebook, names: &[String]) -> usize {
    let mut shown = 0;
    for name in names {
        let Some(key) = PartyKey::of(name) else { continue };
        if casebook.families().iter().all(|family| family.party_by_key(&key).is_none()) {
            shown += casebook.near(&key, false).len();
        }
    }
    shown
}

/// Every name against every listed one, letter by letter.
fn letter_by_letter(casebook: &Casebook, names: &[String]) -> usize {
    let parties = casebook.families().iter().flat_map(|family| &family.parties);
    let listed: Vec<&str> = parties.map(|party| party.key.own()).collect();
    let near = |name: &String| {
        let key = PartyKey::of(name)?;
        listed.iter().map(|listed| strsim::osa_distance(key.own(), listed)).min()
    };
    names.iter().filter_map(near).filter(|distance| *distance > 0 && *distance <= 3).count()
}

fn timed(work: impl Fn() -> usize) -> (Duration, usize) {
    let begun = Instant::now();
    let found = std::hint::black_box(work());
    (begun.elapsed(), found)
}

fn middle(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn main() {
    let casebook = load::load(&[]).unwrap();
    let names = names(&casebook);
    let (mut ours, mut theirs, mut found) = (Vec::new(), Vec::new(), (0, 0));
    for _ in 0..ROUNDS {
        let (time, near) = timed(|| looked_up(&casebook, &names));
        ours.push(time);
        let (time, close) = timed(|| letter_by_letter(&casebook, &names));
        theirs.push(time);
        found = (near, close);
    }
    let (ours, theirs) = (middle(&mut ours), middle(&mut theirs));
    let per_second = |time: Duration| (NAMES as u128 * 1_000_000_000 / time.as_nanos().max(1)) as u64;
    println!("| {NAMES} distinct names, one thread | names a second | near names shown |");
    println!("|---|--:|--:|");
    println!("| keys, near names with the pieces that differ | {} | {} |", per_second(ours), found.0);
    println!("| letter by letter against every listed name | {} | {} |", per_second(theirs), found.1);
    let hundredths = ours.as_nanos() * 100 / theirs.as_nanos().max(1);
    println!("\nratio of the times, ours to theirs: {}.{:02}", hundredths / 100, hundredths % 100);
}
