//! Prints what was measured, as Markdown.

#![allow(clippy::disallowed_types, reason = "times and sizes are no money")]

use crate::arguments::short;
use crate::comparisons::Measured;
use crate::growth::Grown;

/// The head of the table of comparisons.
pub fn comparison_head() {
    println!(
        "| job | lines | reference | runs | ours, s | reference, s | wall ratio | CPU ratio | ours, MiB | reference, \
         MiB | size ratio | must hold | holds |"
    );
    println!("|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|---|---|");
}

/// A row of the table of comparisons.
pub fn comparison_row(measured: &Measured<'_>) {
    let peer = measured.comparison.peer;
    let (bounds, holds) = bounds(measured);
    println!(
        "| {} | {} | {} | {} | {:.2} | {:.2} | {:.3} | {:.3} | {:.0} | {:.0} | {} | {bounds} | {holds} |",
        peer.job.text(),
        short(measured.comparison.rows),
        peer.name,
        measured.runs,
        measured.ours.wall,
        measured.theirs.wall,
        measured.wall,
        measured.cpu,
        measured.ours.peak,
        measured.theirs.peak,
        measured.size.map_or_else(|| "-".to_string(), |size| format!("{size:.2}")),
    );
}

/// What must hold and whether it does, in words.
fn bounds(measured: &Measured<'_>) -> (String, String) {
    let Some(must) = measured.must_hold else { return ("-".into(), "-".into()) };
    let asked = [
        ("wall", Some(must.wall), Some(measured.wall)),
        ("CPU", must.cpu, Some(measured.cpu)),
        ("size", must.size, measured.size),
    ];
    let asked = asked.iter().filter_map(|(what, bound, is)| Some((*what, (*bound)?, (*is)?)));
    let words: Vec<String> = asked.clone().map(|(what, bound, _)| format!("{what} {bound}")).collect();
    let failed: Vec<&str> = asked.filter(|(_, bound, is)| is > bound).map(|(what, ..)| what).collect();
    let holds = if failed.is_empty() { "yes".into() } else { format!("**no: {}**", failed.join(", ")) };
    (words.join(", "), holds)
}

/// The table of agreement; true if all agree.
pub fn agreement(all: &[Measured<'_>]) -> bool {
    println!("\n## Outputs agree\n\n| job | lines | reference | compared |\n|---|--:|---|---|");
    for measured in all {
        let peer = measured.comparison.peer;
        let said = match &measured.agreement {
            Ok(said) => said.clone(),
            Err(difference) => format!("**DIFFERENCE** {difference}"),
        };
        println!("| {} | {} | {} | {said} |", peer.job.text(), short(measured.comparison.rows), peer.name);
    }
    all.iter().all(|measured| measured.agreement.is_ok())
}

/// The table of growth.
pub fn growth(all: &[Grown]) {
    println!("\n## Growth\n");
    println!("| job | lines | runs | ours, s | lines a second | ours, MiB | limit, MiB | holds |");
    println!("|---|--:|--:|--:|--:|--:|--:|---|");
    for grown in all {
        println!(
            "| {} | {} | {} | {:.2} | {:.0} | {:.0} | {:.0} | {} |",
            grown.job.text(),
            short(grown.rows),
            grown.runs,
            grown.ours.wall,
            f64::from(grown.rows) / grown.ours.wall,
            grown.ours.peak,
            grown.limit,
            if grown.ours.peak <= grown.limit { "yes" } else { "**no**" },
        );
    }
}
