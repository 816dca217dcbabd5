//! Untrusted files are opened by a process of their own: this program again, with a limit on its memory, watched by the
//! one that was called. A workbook of a kilobyte can abort a reader, and an abort cannot be caught.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};
use wait_timeout::ChildExt;

use super::exit::{Exit, Failure};
use super::options::LimitArgs;
use super::terminal::complain;
use crate::batch::folder::Held;

/// How often the watcher looks whether it was told to stop.
const LOOK: Duration = Duration::from_millis(50);

/// How a worker ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// By itself, with this exit code.
    Code(i32),
    /// It took longer than allowed.
    TooLong,
    /// It died of a signal, as where it needed more memory than allowed.
    Died(String),
    /// This process was told to stop: the exit code that says so.
    Told(u8),
}

impl Ended {
    /// What is told of a worker that did not end by itself.
    pub(super) fn told(&self, input: &str, limits: &LimitArgs) -> Option<String> {
        match self {
            Ended::Code(_) | Ended::Told(_) => None,
            Ended::TooLong => Some(format!(
                "{input}: rejected: it took longer than {} seconds; if the file is sound, allow more with --time-limit",
                limits.time
            )),
            Ended::Died(how) if matches!(how.as_str(), "SIGKILL" | "SIGTERM" | "SIGINT" | "SIGHUP") => {
                Some(format!("{input}: rejected: the reader was ended from outside ({how}); run it again"))
            }
            Ended::Died(how) => Some(format!(
                "{input}: rejected: the reader died ({how}), as where a damaged file asks for more than {} MiB of \
                 memory; open it in a spreadsheet program and save it anew, or allow more with --memory-limit",
                limits.memory()
            )),
        }
    }
}

/// Limits the memory of this process. Where the system has no such limit, the checks of the readers and the watcher's
/// clock are what there is.
pub(super) fn limit_memory(limits: &LimitArgs) {
    #[cfg(unix)]
    {
        let bytes = limits.memory().saturating_mul(1024 * 1024);
        let hard = rlimit::Resource::DATA.get().map_or(bytes, |(_, hard)| hard.min(bytes));
        // A system that refuses the limit runs without it.
        let _ = rlimit::Resource::DATA.set(hard, hard);
    }
    #[cfg(not(unix))]
    let _ = limits;
}

/// What a worker is given beside its arguments.
#[derive(Default)]
pub(super) struct Given {
    /// True if what it says is wanted.
    pub(super) capture: bool,
    /// The output folder that it holds, together with this process.
    pub(super) hold: Option<File>,
}

/// Who watches workers and hears that it is to stop.
pub(super) struct Watcher {
    told: Arc<AtomicUsize>,
}

impl Watcher {
    /// # Errors
    /// The system refuses to tell of signals.
    pub(super) fn new() -> io::Result<Watcher> {
        let told = Arc::new(AtomicUsize::new(0));
        for signal in [SIGINT, SIGTERM] {
            signal_hook::flag::register_usize(signal, Arc::clone(&told), signal as usize)?;
        }
        Ok(Watcher { told })
    }

    /// The exit code that says so, if this process was told to stop.
    pub(super) fn told(&self) -> Option<u8> {
        self.is_told().then(|| 128 + self.told.load(Ordering::Relaxed) as u8)
    }

    fn is_told(&self) -> bool {
        self.told.load(Ordering::Relaxed) != 0
    }

    /// Runs this program again as a worker, with the arguments of this process and some more behind the first `depth` of
    /// them, which name the command, and gives back how it ended
    /// and, where it is wanted, what it said.
    ///
    /// # Errors
    /// The worker cannot be started.
    pub(super) fn again(
        &self,
        depth: usize,
        more: &[OsString],
        limits: &LimitArgs,
        given: Given,
    ) -> io::Result<(Ended, Vec<u8>)> {
        let mut command = Command::new(std::env::current_exe()?);
        // Behind the names of the command, in front of anything that may end its options.
        let args: Vec<OsString> = std::env::args_os().skip(1).collect();
        let (names, rest) = args.split_at(depth.min(args.len()));
        command.args(names).arg("--worker").args(more).args(rest);
        // A reader that dies of a damaged file says nothing that a person could use.
        command.env("RUST_BACKTRACE", "0");
        command.stdout(if given.capture { Stdio::piped() } else { Stdio::inherit() });
        // No input is read from there, so it can carry what the worker holds.
        command.stdin(given.hold.map_or_else(Stdio::null, Stdio::from));
        let mut child = command.spawn()?;
        let said = child.stdout.take().map(|mut pipe| {
            std::thread::spawn(move || {
                let mut said = Vec::new();
                let _ = io::Read::read_to_end(&mut pipe, &mut said);
                said
            })
        });
        let ended = self.watch(&mut child, Duration::from_secs(limits.time))?;
        let said = said.and_then(|said| said.join().ok()).unwrap_or_default();
        Ok((ended, said))
    }

    fn watch(&self, child: &mut Child, most: Duration) -> io::Result<Ended> {
        let begun = Instant::now();
        loop {
            if let Some(status) = child.wait_timeout(LOOK)? {
                // A signal that stops this process stops a worker of the same terminal too.
                return Ok(if self.is_told() { self.exit_code() } else { of_status(status) });
            }
            let too_long = begun.elapsed() > most;
            if too_long || self.is_told() {
                child.kill()?;
                child.wait()?;
                return Ok(if too_long { Ended::TooLong } else { self.exit_code() });
            }
        }
    }

    fn exit_code(&self) -> Ended {
        Ended::Told(128 + self.told.load(Ordering::Relaxed) as u8)
    }
}

/// Does some work on an input in a worker, which writes into a folder or nowhere; in the worker itself, does it.
///
/// # Errors
/// The worker cannot be started, or another run holds the folder; in the worker, what the work fails with.
pub(super) fn guarded(
    input: &Path,
    limits: &LimitArgs,
    depth: usize,
    folder: Option<&Path>,
    work: impl FnOnce() -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    if limits.worker {
        limit_memory(limits);
        return work();
    }
    let held = folder.map(Held::hold).transpose()?;
    let hold = held.as_ref().map(Held::shared).transpose()?;
    let (ended, _) = Watcher::new()?.again(depth, &[], limits, Given { capture: false, hold })?;
    if let Some(told) = ended.told(&input.display().to_string(), limits) {
        complain(&told);
    }
    if let (Some(held), false) = (&held, matches!(ended, Ended::Code(_))) {
        held.clear();
    }
    Ok(match ended {
        Ended::Code(code) => Exit::of_code(code),
        Ended::TooLong | Ended::Died(_) => Exit::Rejected,
        Ended::Told(code) => Exit::Told(code),
    })
}

fn of_status(status: std::process::ExitStatus) -> Ended {
    if let Some(code) = status.code() {
        return Ended::Code(code);
    }
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            let name = signal_hook::low_level::signal_name(signal).map(str::to_string);
            return Ended::Died(name.unwrap_or_else(|| format!("signal {signal}")));
        }
    }
    Ended::Died("no exit code".to_string())
}
