//! Runs a program as a child and asks the operating system what it took: time from start to exit, processor time, and
//! the most memory that it held.
//!
//! A child starts as a copy of this process, so its peak cannot be told below what this process held itself. That is
//! why everything that needs memory (making files, comparing outputs) is done by other children.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use wait4::Wait4;

use crate::Outcome;

/// What a finished child took.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// From start to exit.
    pub wall: Duration,
    /// Processor time, the program's and the system's for it.
    pub cpu: Duration,
    /// The most memory it held, in bytes.
    pub peak: u64,
}

/// Runs a child to its end, or to the bound of time.
///
/// # Errors
/// It could not start, failed, or was stopped at the bound; the text says which.
pub fn measure(command: &mut Command, bound: Duration, complaints: &Path) -> Outcome<Usage> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(complaints)?);
    let start = Instant::now();
    let mut child = command.spawn()?;
    let (finished, waiting) = mpsc::channel::<()>();
    let pid = child.id();
    let watch = thread::spawn(move || {
        let late = matches!(waiting.recv_timeout(bound), Err(RecvTimeoutError::Timeout));
        late && stop(pid)
    });
    let ended = child.wait4();
    let wall = start.elapsed();
    drop(finished);
    let stopped = watch.join().expect("the watch does not panic");
    let ended = ended?;
    if stopped {
        return Err(format!("stopped after the bound of {} s", bound.as_secs()).into());
    }
    if !ended.status.success() {
        let said = fs::read_to_string(complaints).unwrap_or_default();
        let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("nothing said");
        return Err(format!("{}: {last}", ended.status).into());
    }
    let usage = ended.rusage;
    Ok(Usage { wall, cpu: usage.utime + usage.stime, peak: usage.maxrss })
}

/// Ends a process that is over its time; true if the system took the order.
fn stop(pid: u32) -> bool {
    let pid = pid.to_string();
    let mut command = if cfg!(windows) { Command::new("taskkill") } else { Command::new("kill") };
    let command = if cfg!(windows) { command.args(["/F", "/PID", &pid]) } else { command.args(["-9", &pid]) };
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
