//! What reaches the terminal: text without control characters, and a bar where a person watches.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::batch::Progress;

/// A text in which control characters and direction marks are shown, not obeyed.
pub fn tame(text: &str) -> String {
    let mut tamed = String::with_capacity(text.len());
    for c in text.chars() {
        let marks = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if marks || (c.is_control() && c != '\n' && c != '\t') {
            tamed.extend(c.escape_unicode());
        } else {
            tamed.push(c);
        }
    }
    tamed
}

/// Prints to standard output.
///
/// # Errors
/// The output is closed or full.
pub fn say(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", tame(text.trim_end_matches('\n')))
}

/// Prints an error to standard error.
pub fn complain(text: &str) {
    // Nothing can be done where standard error itself is gone.
    let _ = writeln!(std::io::stderr().lock(), "adcvd: {}", tame(text));
}

/// A bar on standard error: lines, lines a second, time left.
pub struct Bar {
    bar: Mutex<ProgressBar>,
    shown: bool,
}

impl Bar {
    /// A bar that is drawn only where standard error is a terminal and nobody asked for quiet.
    pub fn new(quiet: bool) -> Bar {
        Bar { bar: Mutex::new(ProgressBar::hidden()), shown: !quiet && std::io::stderr().is_terminal() }
    }

    fn with(&self, work: impl FnOnce(&mut ProgressBar)) {
        if let Ok(mut bar) = self.bar.lock() {
            work(&mut bar);
        }
    }
}

impl Progress for Bar {
    fn begin(&self, name: &str, work: u64) {
        if !self.shown {
            return;
        }
        self.with(|bar| {
            let (fresh, template) = match work {
                0 => (ProgressBar::new_spinner(), "{prefix} {spinner} {msg}"),
                work => (ProgressBar::new(work), "{prefix} [{bar:30}] {percent}% {msg}, {eta} left"),
            };
            let style =
                ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            *bar = fresh.with_style(style).with_prefix(tame(name));
            bar.enable_steady_tick(Duration::from_millis(200));
        });
    }

    fn advanced(&self, lines: u64, done: u64) {
        if !self.shown {
            return;
        }
        self.with(|bar| {
            if bar.length().is_some() {
                bar.set_position(done);
            }
            let total =
                bar.message().split(' ').next().and_then(|n| n.replace(',', "").parse().ok()).unwrap_or(0)
                    + lines;
            let seconds = bar.elapsed().as_millis().max(1);
            let rate = u128::from(total) * 1000 / seconds;
            bar.set_message(format!(
                "{} lines, {} lines/s",
                grouped(total),
                grouped(u64::try_from(rate).unwrap_or(0))
            ));
        });
    }

    fn written(&self) {
        self.with(|bar| bar.set_message("written; looking at it again"));
    }

    fn end(&self) {
        self.with(|bar| bar.finish_and_clear());
    }
}

/// A count with thousands separators.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(tame("a\u{1b}[31mb\u{202e}c"), "a\\u{1b}[31mb\\u{202e}c");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
