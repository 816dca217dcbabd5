//! Medians of runs that were made side by side.

#![allow(clippy::disallowed_types, reason = "ratios of times are no money")]

use std::time::Duration;

use crate::measure::Usage;

/// Medians of one program's runs.
#[derive(Clone, Copy, Debug)]
pub struct Medians {
    /// Seconds from start to exit.
    pub wall: f64,
    /// MiB held at most.
    pub peak: f64,
}

/// Medians of what runs took.
pub fn medians(runs: &[Usage]) -> Medians {
    Medians {
        wall: median(runs.iter().map(|run| run.wall.as_secs_f64())),
        peak: median(runs.iter().map(|run| run.peak as f64 / 1_048_576.0)),
    }
}

/// The median of the ratios of runs that followed each other, so that a machine whose speed drifts does not matter.
pub fn paired(ours: &[Usage], theirs: &[Usage], of: fn(&Usage) -> Duration) -> f64 {
    median(ours.iter().zip(theirs).map(|(a, b)| of(a).as_secs_f64() / of(b).as_secs_f64().max(1e-9)))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        len if len % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}
