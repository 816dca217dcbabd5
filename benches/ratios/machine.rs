//! What machine this is, and where outputs may go.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

/// A line of words about the machine and the day.
pub fn described() -> String {
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let processor =
        field("/proc/cpuinfo", "model name", ':').unwrap_or_else(|| std::env::consts::ARCH.into());
    let memory =
        kibibytes("MemTotal").map_or_else(String::new, |kib| format!(", {} MiB of memory", kib / 1_024));
    let system = field("/etc/os-release", "PRETTY_NAME", '=').unwrap_or_else(|| std::env::consts::OS.into());
    let day = jiff::Zoned::now().date();
    format!("{day}: {cores} cores of {processor}{memory}, {}", system.trim_matches('"'))
}

/// The value behind a name in a file of names and values.
fn field(path: &str, name: &str, separator: char) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let mut pairs = text.lines().filter_map(|line| line.split_once(separator));
    pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_string())
}

fn kibibytes(name: &str) -> Option<u64> {
    field("/proc/meminfo", name, ':')?.trim_end_matches(" kB").trim().parse().ok()
}

/// The most that this process held, in MiB: the floor below which a child's peak cannot be told.
pub fn own_peak() -> Option<u64> {
    let text = field("/proc/self/status", "VmHWM", ':')?;
    Some(text.trim_end_matches(" kB").trim().parse::<u64>().ok()?.div_ceil(1_024))
}

/// A folder in memory, if there is one with room for so many bytes.
pub fn in_memory(bytes: u64) -> Option<PathBuf> {
    let shared = Path::new("/dev/shm");
    let listing = Command::new("df").args(["-Pk", "/dev/shm"]).output().ok()?;
    let listing = String::from_utf8(listing.stdout).ok()?;
    let line = listing.lines().nth(1).filter(|line| line.starts_with("tmpfs") || line.starts_with("shm"))?;
    let free: u64 = line.split_whitespace().nth(3)?.parse().ok()?;
    // What is written there is memory: leave some for the programs.
    let room = free.min(kibibytes("MemAvailable")?.saturating_sub(3 << 20));
    (shared.is_dir() && bytes / 1_024 < room).then(|| shared.to_path_buf())
}
