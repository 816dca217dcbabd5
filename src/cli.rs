//! What was typed, what is said on the terminal, and the exit code.
//!
//! This room computes nothing. Today's date is read here, once, and nowhere else.

mod advisory_page;
pub mod args;
pub mod check;
pub mod compare;
pub mod diff;
pub mod exit;
pub mod explain;
pub mod import;
mod kept;
pub mod law;
mod log;
pub mod options;
pub mod overall;
pub mod parties;
pub mod run;
mod several;
pub mod template;
pub mod terminal;
mod timeline;
mod worker;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use args::{Args, CasesCommand, Command, TemplateCommand};
use exit::{Exit, Failure};
use worker::guarded;

/// Runs the program with the arguments of this process.
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let help = !error.use_stderr();
            // Nothing can be done where the terminal itself is gone.
            let _ = error.print();
            return if help { Exit::Finished } else { Exit::Usage }.code();
        }
    };
    // A fault of the program is one line and an exit code, without the contents of anybody's cells.
    std::panic::set_hook(Box::new(|fault| {
        // The reader of old formats fails so on damaged files; that the file is damaged is told as an error.
        if fault.location().is_some_and(|place| place.file().contains("/calamine-")) {
            return;
        }
        let place = fault.location().map(|place| format!("{}:{}", place.file(), place.line()));
        terminal::complain(&format!("a fault at {}", place.unwrap_or_default()));
    }));
    match std::panic::catch_unwind(|| dispatch(&args)) {
        Ok(Ok(exit)) => exit.code(),
        Ok(Err(failure)) => {
            if !failure.is_silent() {
                terminal::complain(&failure.to_string());
            }
            failure.exit().code()
        }
        Err(_) => Exit::Internal.code(),
    }
}

fn dispatch(args: &Args) -> Result<Exit, Failure> {
    match &args.command {
        Command::Run(run) => run::run(run),
        Command::Check(check) => {
            guarded(&check.input, &check.reading.limits, 1, None, || check::check(check))
        }
        Command::Explain(explain) => match &explain.input {
            Some(input) => guarded(input, &explain.reading.limits, 1, None, || explain::explain(explain)),
            None => explain::explain(explain),
        },
        Command::Compare(compare) => {
            let both = format!("{} or {}", compare.input.display(), compare.deposits.display());
            guarded(Path::new(&both), &compare.reading.limits, 1, Some(&compare.out), || {
                compare::compare(compare)
            })
        }
        Command::Rates(rates) => law::rates(rates),
        Command::Parties(parties) => parties::parties(parties),
        Command::Cases(CasesCommand::List(folders)) => law::list(folders),
        Command::Cases(CasesCommand::Show(show)) => law::show(show),
        Command::Cases(CasesCommand::New(new)) => template::case(new),
        Command::Cases(CasesCommand::Check(check)) => law::check(check),
        Command::Cases(CasesCommand::Import(import)) => {
            guarded(&import.message, &import.limits, 2, None, || import::import(import))
        }
        Command::Cases(CasesCommand::Diff(diff)) => match &diff.over {
            Some(input) => guarded(input, &diff.limits, 2, None, || diff::diff(diff)),
            None => diff::diff(diff),
        },
        Command::Template(TemplateCommand::Entries(entries)) => template::entries(entries),
        Command::Template(TemplateCommand::Columns(columns)) => {
            guarded(&columns.input, &columns.limits, 2, None, || template::columns(columns))
        }
        Command::Exceptions { code } => law::exceptions(code.as_deref()),
    }
}
