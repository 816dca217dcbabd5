//! The house rules that a machine can keep: which room may use which, what no source file may hold, and what stands at
//! the top of the repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The table of rooms as `lib.rs` prints it.
fn rooms() -> BTreeMap<String, Vec<String>> {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let table = lib.split("# The rooms").nth(1).unwrap().split("# Words").next().unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("//! | "));
    rows.filter(|row| !row.starts_with("room"))
        .map(|row| {
            let (room, uses) = row.trim_end_matches(" |").split_once(" | ").unwrap();
            (
                room.to_string(),
                uses.split(", ").filter(|word| *word != "nobody").map(str::to_string).collect(),
            )
        })
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    sources(&root().join("src"), &mut found);
    found.sort();
    found
}

/// The room of a source file: the first part of its path below `src`.
fn room_of(path: &Path) -> String {
    let below = path.strip_prefix(root().join("src")).unwrap();
    below.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_string()
}

/// Paths that begin with `crate::`, as `room::part`, those of grouped imports included.
fn used_paths(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap();
    let mut paths = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let word =
            |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        let room = word(rest);
        if room.is_empty() {
            let inner = rest.trim_start_matches('{').split('}').next().unwrap();
            paths.extend(inner.split(',').map(|part| word(part.trim())));
        } else {
            let part = rest[room.len()..].strip_prefix("::").map(word).unwrap_or_default();
            paths.push(format!("{room}::{part}"));
        }
    }
    paths
}

#[test]
fn every_path_is_allowed_by_the_table_of_rooms() {
    let rooms = rooms();
    assert!(rooms.len() >= 8, "the table of rooms was not found");
    let mut faults = Vec::new();
    for path in all_sources() {
        let room = room_of(&path);
        if matches!(room.as_str(), "lib" | "main") {
            continue;
        }
        let allowed = rooms.get(&room).unwrap_or_else(|| panic!("{} belongs to no room", path.display()));
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            for used in used_paths(line) {
                let used_room = used.split("::").next().unwrap().to_string();
                let fits =
                    used_room == room || allowed.iter().any(|rule| *rule == used_room || *rule == used);
                if !fits {
                    faults.push(format!("{}:{}: {room} may not use {used}", path.display(), number + 1));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_top_level_is_what_it_should_be() {
    let allowed = [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "LICENSE",
        "src",
        "templates",
        "samples",
        "tests",
        "benches",
    ];
    let odd: Vec<String> = fs::read_dir(root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        // Build output and results of a first run are ignored by git.
        .filter(|name| !name.starts_with('.') && !matches!(name.as_str(), "target" | "out"))
        .filter(|name| !allowed.contains(&name.as_str()) && !name.starts_with("LICENSE-"))
        .collect();
    assert!(odd.is_empty(), "at the top level: {odd:?}");
}

#[test]
fn no_source_file_names_a_real_case_or_is_a_drawer_for_anything() {
    for path in all_sources() {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(
            !["mod.rs", "util.rs", "utils.rs", "common.rs", "helpers.rs"].contains(&name.as_str()),
            "{name}"
        );
        let code = text.split("#[cfg(test)]").next().unwrap();
        for (number, line) in code.lines().enumerate() {
            let bytes = line.as_bytes();
            for at in 0..bytes.len().saturating_sub(8) {
                let shaped = matches!(bytes[at], b'A' | b'C')
                    && bytes[at + 1] == b'-'
                    && bytes[at + 2..at + 5].iter().all(u8::is_ascii_digit)
                    && bytes[at + 5] == b'-';
                let invented = &bytes[at + 2..(at + 5).min(bytes.len())] == b"999";
                assert!(!shaped || invented, "{}:{}: {line}", path.display(), number + 1);
            }
        }
    }
}
