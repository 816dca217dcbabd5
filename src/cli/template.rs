//! `template` and `cases new`: what a broker copies and fills in.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use include_dir::{Dir, include_dir};

use super::args::{NewCaseArgs, TemplateColumnsArgs, TemplateEntriesArgs};
use super::exit::{Exit, Failure};
use super::terminal::say;
use crate::entry::profile::{known_headings, meaning};
use crate::spreadsheet::small_table::read_headings;
use crate::spreadsheet::{ReadAs, WholeFile};
use crate::terms::Heading;

/// The entry form as a workbook.
static ENTRY_LINES: &[u8] = include_bytes!("../../templates/entry-lines.xlsx");
/// A commented case folder of invented goods, its guide and its examples.
static CASE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/case");
/// The guide of a case folder, within it.
pub(super) const GUIDE_FILE: &str = "GUIDE.md";
/// Headings that the program knows in some layout, from which on a row is taken for the headings.
const KNOWN_MIN: usize = 3;

pub(super) fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let written = WholeFile::begin(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.complete()?.put()
    });
    written.map_err(|error| std::io::Error::other(format!("{}: {error}", path.display())))
}

/// How to write a case folder.
pub(super) fn guide() -> &'static [u8] {
    CASE.get_file(GUIDE_FILE).expect("the template has its guide").contents()
}

fn put(path: &Path, bytes: &[u8], force: bool) -> Result<Exit, Failure> {
    if path.exists() && !force {
        return Err(Failure::Usage(format!(
            "{} is there; choose another path with -o, or use --force",
            path.display()
        )));
    }
    write(path, bytes)?;
    say(&format!("{}", path.display()))?;
    Ok(Exit::Finished)
}

/// Writes the entry form.
///
/// # Errors
/// The path is taken, or cannot be written to.
pub fn entries(args: &TemplateEntriesArgs) -> Result<Exit, Failure> {
    put(&args.out, ENTRY_LINES, args.force)
}

/// Writes a column profile with the headings of a file, for editing.
///
/// # Errors
/// The file cannot be read; the path is taken, or cannot be written to.
pub fn columns(args: &TemplateColumnsArgs) -> Result<Exit, Failure> {
    let sheets: Vec<String> = args.sheet.iter().cloned().collect();
    let package = args.limits.package();
    let read_as = ReadAs { sheets: &sheets, encoding: args.encoding, package };
    let fits = |header: &[String]| known_headings(header).iter().flatten().count() >= KNOWN_MIN;
    let means = |heading: &str| meaning(heading, None).map(Heading::index);
    let header = read_headings(&args.input, read_as, &fits, &means).map_err(crate::batch::FileError::from)?;
    let name = args.input.file_name().unwrap_or(args.input.as_os_str()).to_string_lossy();
    let mut text = format!(
        "# Column profile for files like {name}. On the left the headings as the files write them, on the right what\n\
         # they mean; nothing on the right leaves a column alone. Use it with --columns and the path of this file.\n\
         title = {}\n# dates = \"month-first\"    # how 08/01/2025 is meant, if these files always mean it so\n\n\
         [headings]\n",
        quoted(&name)
    );
    let mut seen = Vec::new();
    for (written, known) in header.iter().zip(known_headings(&header)) {
        let key = Heading::compared(written);
        // A heading that stands twice cannot be told apart by its text.
        if key.is_empty() || seen.contains(&key) {
            continue;
        }
        seen.push(key);
        let meant = known.map_or("", Heading::text);
        let _ = writeln!(text, "{} = {}", quoted(written.trim()), quoted(meant));
    }
    text.push_str("\n# What there is on the right:\n");
    for heading in Heading::ALL {
        let _ = writeln!(text, "#   {:<24} {}", heading.text(), heading.help());
    }
    put(&args.out, text.as_bytes(), args.force)
}

/// Makes a folder with files, each with its place in it; nothing of it stays where a part cannot be written.
pub(super) fn new_folder(folder: &Path, files: &[(String, &[u8])]) -> Result<(), Failure> {
    let told = |error| std::io::Error::other(format!("{}: {error}", folder.display()));
    fs::create_dir_all(folder.parent().unwrap_or(Path::new("."))).map_err(told)?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let taken = "is there; choose another name, or another folder with -o";
            return Err(Failure::Usage(format!("{} {taken}", folder.display())));
        }
        made => made.map_err(told)?,
    }
    let written = files.iter().try_for_each(|(place, bytes)| {
        let path = folder.join(place);
        fs::create_dir_all(path.parent().unwrap_or(folder)).and_then(|()| write(&path, bytes))
    });
    if written.is_err() {
        // What went wrong is told by the caller; a folder that cannot be removed adds nothing to it.
        let _ = fs::remove_dir_all(folder);
    }
    Ok(written?)
}

/// Writes a case folder to be filled in.
///
/// # Errors
/// The folder is there already, or cannot be written to.
pub fn case(args: &NewCaseArgs) -> Result<Exit, Failure> {
    let folder = args.out.join(&args.slug);
    let name = |path: &Path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let files: Vec<_> = CASE.files().map(|file| (name(file.path()), file.contents())).collect();
    new_folder(&folder, &files)?;
    let shown = folder.display();
    say(&format!(
        "{shown}\nNext: read {shown}/GUIDE.md, fill in case.toml, and run `adcvd cases check {shown}`."
    ))?;
    Ok(Exit::Finished)
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_string()).to_string()
}
