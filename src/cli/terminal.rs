//! What reaches the terminal: text without control characters, and a bar where a person watches.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::overall::Overall;
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

/// A bar on standard error: files, lines, lines a second, time left, of the whole run.
pub struct Bar {
    drawn: Mutex<Drawn>,
    overall: Option<Overall>,
    shown: bool,
}

/// The bar as it is drawn.
struct Drawn {
    bar: ProgressBar,
    overall: Overall,
    /// Work of the file, in the reader's unit.
    work: u64,
    lines: u64,
    begun: Instant,
}

impl Bar {
    /// A bar that is drawn only where standard error is a terminal and nobody asked for quiet.
    pub fn new(quiet: bool, overall: Option<Overall>) -> Bar {
        let shown = !quiet && std::io::stderr().is_terminal();
        let (bar, none) = (ProgressBar::hidden(), Overall::default());
        let drawn = Drawn { bar, overall: none, work: 0, lines: 0, begun: Instant::now() };
        Bar { drawn: Mutex::new(drawn), overall, shown }
    }

    fn with(&self, work: impl FnOnce(&mut Drawn)) {
        if let Ok(mut drawn) = self.drawn.lock() {
            work(&mut drawn);
        }
    }
}

impl Progress for Bar {
    fn begin(&self, name: &str, work: u64) {
        if !self.shown {
            return;
        }
        self.with(|drawn| {
            let alone = Overall { file: 1, files: 1, bytes: work, ..Overall::default() };
            drawn.overall = self.overall.filter(|overall| overall.files > 1).unwrap_or(alone);
            // A file that is read again begins again.
            (drawn.work, drawn.lines, drawn.begun) = (work, 0, Instant::now());
            let overall = &drawn.overall;
            let (fresh, template) = match (work, overall.files) {
                (0, 1) => (ProgressBar::new_spinner(), "{prefix} {spinner} {msg}"),
                _ => (ProgressBar::new(overall.length()), "{prefix} [{bar:30}] {percent}% {msg}"),
            };
            let style =
                ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            drawn.bar.finish_and_clear();
            drawn.bar = fresh.with_style(style).with_prefix(tame(&overall.prefix(name)));
            drawn.bar.set_position(overall.position(0, work));
            drawn.bar.enable_steady_tick(Duration::from_millis(200));
        });
    }

    fn advanced(&self, lines: u64, done: u64) {
        if !self.shown {
            return;
        }
        self.with(|drawn| {
            drawn.lines += lines;
            let position = drawn.overall.position(done, drawn.work);
            if drawn.bar.length().is_some() {
                drawn.bar.set_position(position);
            }
            drawn.bar.set_message(drawn.overall.message(drawn.lines, position, drawn.begun.elapsed()));
        });
    }

    fn written(&self) {
        self.with(|drawn| drawn.bar.set_message("written; looking at it again"));
    }

    fn end(&self) {
        self.with(|drawn| drawn.bar.finish_and_clear());
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
