//! Which sheets of a workbook are read: those that were named, or those whose headings tell.

use std::path::Path;

use super::read::SpreadsheetError;

/// What is given instead of a name for every visible sheet that has the headings. No sheet can be called so.
pub const EVERY_SHEET: &str = "*";

/// Sheets whose headings are looked at, at most; of a workbook with more the user names those that are meant.
const SHEETS_TRIED: usize = 200;
/// Names of sheets that an error lists.
const SHEETS_SHOWN: usize = 20;

/// A sheet of a workbook, as it is chosen.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) visible: bool,
}

/// The places of the sheets that are read, in the order of the workbook. Without a name that is the one visible sheet, or
/// the one visible sheet whose headings fit.
pub(super) fn choose(
    path: &Path,
    wanted: &[String],
    all: &[Listed],
    fits: &mut dyn FnMut(usize) -> Result<bool, SpreadsheetError>,
) -> Result<Vec<usize>, SpreadsheetError> {
    let refused = |problem: String, typed: bool| refused(path, problem, all, typed);
    let every = wanted.iter().any(|name| name == EVERY_SHEET);
    let mut chosen = Vec::new();
    for name in wanted.iter().filter(|name| *name != EVERY_SHEET) {
        let Some(place) = all.iter().position(|sheet| sheet.name == *name) else {
            return Err(refused(format!("no sheet is named {name:?}"), true));
        };
        chosen.push(place);
    }
    let visible: Vec<usize> = (0..all.len()).filter(|place| all[*place].visible).collect();
    if let ([only], true) = (&visible[..], wanted.is_empty()) {
        return Ok(vec![*only]);
    }
    if wanted.is_empty() || every {
        if visible.len() > SHEETS_TRIED {
            let problem = format!("{} sheets; which of them hold the entry lines?", visible.len());
            return Err(refused(problem, false));
        }
        for place in visible {
            if !chosen.contains(&place) && fits(place)? {
                chosen.push(place);
            }
        }
    }
    chosen.sort_unstable();
    chosen.dedup();
    match chosen.len() {
        0 => {
            let problem = "no visible sheet has the headings of an entry file in its first rows";
            Err(refused(problem.to_string(), false))
        }
        several if several > 1 && wanted.is_empty() => {
            Err(refused(format!("{several} sheets have the headings of an entry file"), false))
        }
        _ => Ok(chosen),
    }
}

fn refused(path: &Path, problem: String, all: &[Listed], typed: bool) -> SpreadsheetError {
    let visible = all.iter().filter(|sheet| sheet.visible).map(|sheet| sheet.name.as_str());
    let visible: Vec<&str> = visible.collect();
    let shown = visible.len().min(SHEETS_SHOWN);
    let mut sheets = if visible.is_empty() { "none".to_string() } else { visible[..shown].join(", ") };
    if shown < visible.len() {
        sheets.push_str(&format!(" and {} more", visible.len() - shown));
    }
    SpreadsheetError::Sheet { path: path.to_path_buf(), problem, sheets, typed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(wanted: &[&str], fitting: &[usize]) -> Result<Vec<usize>, String> {
        let all = [("Cover", true), ("Jan", true), ("Feb", true), ("Old", false)];
        let all = all.map(|(name, visible)| Listed { name: name.to_string(), visible });
        let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_string()).collect();
        let mut fits = |place: usize| Ok(fitting.contains(&place));
        choose(Path::new("book.xlsx"), &wanted, &all, &mut fits).map_err(|error| error.to_string())
    }

    #[test]
    fn by_name_in_the_order_of_the_workbook() {
        assert_eq!(chosen(&["Feb", "Jan", "Feb"], &[]), Ok(vec![1, 2]));
        assert_eq!(chosen(&["*"], &[1, 2, 3]), Ok(vec![1, 2]));
        assert_eq!(chosen(&["Old", "*"], &[2]), Ok(vec![2, 3]));
        assert_eq!(chosen(&[], &[2]), Ok(vec![2]));
    }

    #[test]
    fn an_error_says_what_there_is_and_what_to_do() {
        let several = chosen(&[], &[1, 2]).unwrap_err();
        for words in ["2 sheets have the headings", "Cover, Jan, Feb.", "--sheet '*'"] {
            assert!(several.contains(words), "{several}");
        }
        assert!(chosen(&["Mar"], &[]).unwrap_err().contains("no sheet is named \"Mar\""));
        assert!(chosen(&["*"], &[]).unwrap_err().contains("no visible sheet"));
    }
}
