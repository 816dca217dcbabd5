//! The peers written in Python: a virtual environment with pinned versions, made once below the build folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::files::folder;

/// An interpreter of an environment, or why there is none.
pub type Interpreter = Result<PathBuf, String>;

/// The environments.
#[derive(Clone, Debug)]
pub struct Python {
    /// polars, pandas, and DuckDB for CSV.
    pub general: Interpreter,
    /// DuckDB with its excel extension, which needs the version of DuckDB it was built for.
    pub excel: Interpreter,
}

impl Python {
    /// Both environments, made if need be.
    pub fn prepared() -> Python {
        let excel = environment("duckdb-excel", "requirements-duckdb-excel.txt");
        Python {
            general: environment("general", "requirements.txt"),
            // Without a task the script only loads the extension, which it cannot fetch.
            excel: excel.and_then(|python| {
                let loaded = run(command(&python, "duckdb_xlsx.py"));
                loaded
                    .map(|()| python)
                    .map_err(|error| format!("DuckDB's excel extension does not load: {error}"))
            }),
        }
    }

    /// No Python was asked for.
    pub fn unwanted() -> Python {
        let reason = || Err("not asked for (--peers)".to_string());
        Python { general: reason(), excel: reason() }
    }
}

/// The folder of the scripts.
fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers")
}

/// A script as a command.
pub fn command(python: &Path, script: &str) -> Command {
    let mut command = Command::new(python);
    // Compiled scripts stay out of the source folder.
    command.env("PYTHONPYCACHEPREFIX", folder().join("pycache")).arg(scripts().join(script));
    command
}

/// The pinned versions, as one line.
pub fn versions() -> Outcome<String> {
    let pinned = |list: &str| -> Outcome<String> {
        let text = fs::read_to_string(scripts().join(list))?;
        Ok(text.lines().map(|line| line.replace("==", " ")).collect::<Vec<_>>().join(", "))
    };
    let (general, excel) = (pinned("requirements.txt")?, pinned("requirements-duckdb-excel.txt")?);
    Ok(format!("{general}; for DuckDB excel {excel}"))
}

fn environment(name: &str, requirements: &str) -> Interpreter {
    let place = folder().join("python").join(name);
    let python = place.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let wanted = fs::read_to_string(scripts().join(requirements)).map_err(|error| error.to_string())?;
    let installed = place.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == wanted) && python.exists() {
        return Ok(python);
    }
    eprintln!("making the Python environment {name}");
    let system = if cfg!(windows) { "python" } else { "python3" };
    let mut make = Command::new(system);
    make.args(["-m", "venv", "--clear"]).arg(&place);
    run(make).map_err(|error| format!("no Python environment: {error}"))?;
    let mut install = Command::new(&python);
    install.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary",
        ":all:",
        "-r",
    ]);
    install.arg(scripts().join(requirements));
    run(install).map_err(|error| format!("pip could not install {requirements}: {error}"))?;
    fs::write(&installed, wanted).map_err(|error| error.to_string())?;
    Ok(python)
}

/// Runs to the end; the last thing it complained of, if it failed.
fn run(mut command: Command) -> Result<(), String> {
    let ended = command.output().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    let said = String::from_utf8_lossy(&ended.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("nothing said");
    if ended.status.success() { Ok(()) } else { Err(last.to_string()) }
}
