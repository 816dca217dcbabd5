//! How far a run of several files is. A worker draws the one bar there is, so it is told what came before its file and
//! what follows.

use std::str::FromStr;
use std::time::Duration;

use indicatif::HumanDuration;

use super::terminal::grouped;

/// How far a run is when one of its files begins. Files that were left alone count for nothing: they take no time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overall {
    /// Which file of the run this is, from 1.
    pub file: u64,
    /// Files of the run.
    pub files: u64,
    /// Bytes of the files before it.
    pub before: u64,
    /// Its own bytes.
    pub bytes: u64,
    /// Bytes of the files behind it.
    pub behind: u64,
    /// Lines of the files before it.
    pub lines: u64,
    /// Milliseconds that these took.
    pub millis: u64,
}

impl Overall {
    /// As a worker is told.
    pub fn told(&self) -> String {
        let Overall { file, files, before, bytes, behind, lines, millis } = *self;
        [file, files, before, bytes, behind, lines, millis].map(|field| field.to_string()).join(",")
    }

    /// Bytes of the whole run.
    pub fn length(&self) -> u64 {
        (self.before + self.bytes + self.behind).max(1)
    }

    /// Bytes of the run that are behind us when `done` of the file's `work` is done.
    pub fn position(&self, done: u64, work: u64) -> u64 {
        let share = u128::from(self.bytes) * u128::from(done.min(work)) / u128::from(work.max(1));
        self.before + u64::try_from(share).unwrap_or(self.bytes)
    }

    /// What stands in front of the bar.
    pub fn prefix(&self, name: &str) -> String {
        if self.files > 1 {
            format!("file {} of {}, {name}", self.file, self.files)
        } else {
            name.to_string()
        }
    }

    /// What stands behind the bar: lines of the run, lines a second, time left, after `here` of this file.
    pub fn message(&self, lines: u64, position: u64, here: Duration) -> String {
        let lines = self.lines + lines;
        let millis = u128::from(self.millis) + here.as_millis();
        let rate = u64::try_from(u128::from(lines) * 1000 / millis.max(1)).unwrap_or(u64::MAX);
        let mut text = format!("{} lines, {} lines/s", grouped(lines), grouped(rate));
        if position > 0 {
            let to_go = u128::from(self.length().saturating_sub(position));
            let left = u64::try_from(millis * to_go / u128::from(position)).unwrap_or(u64::MAX);
            text.push_str(&format!(", {:#} left", HumanDuration(Duration::from_millis(left))));
        }
        text
    }
}

impl FromStr for Overall {
    type Err = String;

    fn from_str(text: &str) -> Result<Overall, String> {
        let fields: Result<Vec<u64>, _> = text.split(',').map(str::parse).collect();
        match fields.as_deref() {
            Ok(&[file, files, before, bytes, behind, lines, millis]) => {
                Ok(Overall { file, files, before, bytes, behind, lines, millis })
            }
            _ => Err("no place in a run".to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The third of twenty files, of 100 bytes; 300 of 1,000 bytes and 6,000 lines took three seconds. Half of it is done
    /// after half a second: 350 bytes in 3.5 seconds, so the other 650 take 6.5, which is shown as 7.
    #[test]
    fn lines_rate_and_time_left_are_those_of_the_whole_run() {
        let overall =
            Overall { file: 3, files: 20, before: 300, bytes: 100, behind: 600, lines: 6_000, millis: 3_000 };
        assert_eq!(overall.told().parse(), Ok(overall));
        assert!("3,20".parse::<Overall>().is_err());
        assert_eq!(overall.prefix("a.csv"), "file 3 of 20, a.csv");
        assert_eq!(overall.length(), 1_000);
        let position = overall.position(8, 16);
        assert_eq!(position, 350);
        let told = overall.message(1_000, position, Duration::from_millis(500));
        assert_eq!(told, "7,000 lines, 2,000 lines/s, 7s left");
    }

    #[test]
    fn one_file_has_no_number() {
        let one = Overall { file: 1, files: 1, bytes: 100, ..Overall::default() };
        assert_eq!(one.prefix("a.csv"), "a.csv");
        assert_eq!(one.position(25, 100), 25);
        assert_eq!(one.message(0, 0, Duration::ZERO), "0 lines, 0 lines/s");
    }
}
