//! Column profiles: how other layouts head the columns that the program knows.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::columns::{ColumnError, Columns, Needed};
use super::date::DateOrder;
use crate::terms::Heading;
use crate::terms::sha256::hexadecimal;

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/columns");

/// The built-in profiles, by name.
static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let mut profiles: Vec<Profile> = BUILT_IN
        .files()
        .map(|file| {
            let name = file.path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = file.contents_utf8().unwrap_or_default();
            Profile::parse(&name, text).expect("a test reads every built-in profile")
        })
        .collect();
    profiles.sort_by(|one, other| one.name.cmp(&other.name));
    profiles
});

/// Why a profile cannot be used.
#[derive(Debug, Error)]
pub enum ProfileError {
    /// It cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no profile.
    #[error("{0}")]
    Unsound(String),
    /// There is none of this name.
    #[error(
        "no column profile is called {name:?}; there are {known}. A file of your own is given by its path"
    )]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
}

/// A profile as its file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileRow {
    title: String,
    dates: Option<String>,
    headings: toml::Table,
}

/// How a layout heads its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Name of its file.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// How it writes `08/01/2025`, where it is known.
    pub dates: Option<DateOrder>,
    /// SHA-256 of its text, in hexadecimal.
    pub sha256: String,
    /// Its headings, as they are compared, and what they mean.
    headings: Vec<(String, Heading)>,
    /// Headings of columns that are left alone, whatever they are called.
    left_alone: Vec<String>,
}

impl Profile {
    /// Our own headings.
    pub fn own() -> Profile {
        let (name, title) = ("adcvd".to_string(), "headings of the template".to_string());
        Profile {
            name,
            title,
            dates: None,
            sha256: String::new(),
            headings: Vec::new(),
            left_alone: Vec::new(),
        }
    }

    /// Reads a profile.
    ///
    /// # Errors
    /// It is no TOML of the shape of the built-in ones, or names a heading that the program does not know.
    pub fn parse(name: &str, text: &str) -> Result<Profile, ProfileError> {
        let unsound = |problem: String| ProfileError::Unsound(format!("column profile {name}: {problem}"));
        let row: ProfileRow = toml::from_str(text).map_err(|error| unsound(error.to_string()))?;
        let dates = match row.dates.as_deref() {
            None => None,
            Some("month-first") => Some(DateOrder::MonthFirst),
            Some("day-first") => Some(DateOrder::DayFirst),
            Some(other) => {
                return Err(unsound(format!("dates = {other:?}, expected \"month-first\" or \"day-first\"")));
            }
        };
        let (mut headings, mut left_alone) = (Vec::new(), Vec::new());
        for (theirs, ours) in &row.headings {
            let ours = ours.as_str().unwrap_or_default();
            if ours.is_empty() {
                left_alone.push(Heading::compared(theirs));
                continue;
            }
            let Some(heading) = Heading::parse(ours) else {
                return Err(unsound(format!("{theirs:?} = {ours:?}, expected a heading of the template")));
            };
            headings.push((Heading::compared(theirs), heading));
        }
        let (name, title) = (name.to_string(), row.title);
        let sha256 = hexadecimal(Sha256::new_with_prefix(text));
        Ok(Profile { name, title, dates, sha256, headings, left_alone })
    }

    /// The profile of a name or in a file.
    ///
    /// # Errors
    /// There is none, or it cannot be used.
    pub fn named(name: &str) -> Result<Profile, ProfileError> {
        if name == "adcvd" {
            return Ok(Profile::own());
        }
        if let Some(profile) = PROFILES.iter().find(|profile| profile.name == name) {
            return Ok(profile.clone());
        }
        let path = Path::new(name);
        if !path.exists() {
            let known = Profile::names().join(", ");
            return Err(ProfileError::Unknown { name: name.to_string(), known });
        }
        let text = std::fs::read_to_string(path)
            .map_err(|source| ProfileError::Io { path: path.to_path_buf(), source })?;
        Profile::parse(&path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy(), &text)
    }

    /// The names of the built-in profiles, our own headings first.
    pub fn names() -> Vec<&'static str> {
        ["adcvd"].into_iter().chain(PROFILES.iter().map(|profile| profile.name.as_str())).collect()
    }

    /// What a heading of this layout means: what the profile says, else what it says by itself.
    pub fn heading(&self, text: &str) -> Option<Heading> {
        let key = Heading::compared(text);
        if self.left_alone.contains(&key) {
            return None;
        }
        let known = self.headings.iter().find(|(known, _)| *known == key).map(|(_, heading)| *heading);
        known.or_else(|| Heading::parse(text))
    }
}

/// What a heading means by itself: in the profile that was asked for; else in our own words or in any built-in profile.
pub fn meaning(text: &str, forced: Option<&Profile>) -> Option<Heading> {
    match forced {
        Some(profile) => profile.heading(text),
        None => Heading::parse(text).or_else(|| PROFILES.iter().find_map(|profile| profile.heading(text))),
    }
}

/// What each heading of a file means in our own words or in any built-in profile, each meaning once.
pub fn known_headings(header: &[String]) -> Vec<Option<Heading>> {
    let mut seen = Vec::new();
    let known = header.iter().map(|text| {
        let heading = meaning(text, None).filter(|heading| !seen.contains(heading));
        seen.extend(heading);
        heading
    });
    known.collect()
}

/// Columns that a profile has to understand beyond our own headings, for it to be taken unasked: one word that some layout
/// uses too is chance.
const FOREIGN_MIN: usize = 3;

/// Finds the columns of a file: by the profile that was asked for, or by the one that fits best. A profile that binds more
/// columns fits better; of two that bind as many, and differently, none is taken.
///
/// # Errors
/// No profile has what is needed, or several fit alike.
pub fn bind(header: &[String], forced: Option<&Profile>, needed: Needed) -> Result<Columns, ColumnError> {
    let bind = |profile: &Profile| Columns::bind_for(header, profile, needed);
    if let Some(profile) = forced {
        return bind(profile);
    }
    let foreign_min = match needed {
        Needed::EntryLines => FOREIGN_MIN,
        // Three columns may be all there is.
        Needed::Deposits => 1,
    };
    let own = bind(&Profile::own());
    let mut best: Option<Columns> = own.as_ref().ok().cloned();
    let mut alike = None;
    let fitting = PROFILES.iter().filter_map(|profile| bind(profile).ok());
    for columns in fitting.filter(|columns| columns.foreign() >= foreign_min) {
        let known = best.as_ref().map_or(0, |best| best.bound().len());
        if columns.bound().len() > known {
            (best, alike) = (Some(columns), None);
        } else if columns.bound().len() == known
            && best.as_ref().is_some_and(|best| {
                best.profile() != "adcvd"
                    && (best.bound(), best.headings()) != (columns.bound(), columns.headings())
            })
        {
            alike = Some(columns.profile().to_string());
        }
    }
    match (best, alike) {
        (Some(best), Some(other)) => Err(ColumnError::Alike { one: best.profile().to_string(), other }),
        (Some(best), None) => Ok(best),
        // The fault of the layout that knows the most of the headings is the one to tell.
        (None, _) => {
            let known =
                |profile: &Profile| header.iter().filter(|text| profile.heading(text).is_some()).count();
            let nearest = PROFILES.iter().rev().max_by_key(|profile| known(profile));
            match nearest.filter(|nearest| known(nearest) >= known(&Profile::own()) + foreign_min) {
                Some(nearest) => bind(nearest),
                None => own,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(headings: &[&str]) -> Vec<String> {
        headings.iter().map(|heading| (*heading).to_string()).collect()
    }

    #[test]
    fn every_built_in_profile_is_sound() {
        assert!(Profile::names().len() >= 5, "{:?}", Profile::names());
        for name in Profile::names() {
            assert_eq!(Profile::named(name).unwrap().name, name);
        }
    }

    #[test]
    fn the_profile_that_binds_more_is_taken() {
        let es_003 = header(&[
            "Entry Summary Number",
            "Entry Type Code",
            "Entry Date",
            "Entry Summary Line Number",
            "Country of Origin Code",
            "Manufacturer ID",
            "Tariff Ordinal Number",
            "HTS Number - Full",
            "Line Tariff Goods Value Amount",
        ]);
        let columns = bind(&es_003, None, Needed::EntryLines).unwrap();
        assert_eq!(columns.profile(), "ace-es-003");
        assert_eq!(columns.place(Heading::Htsus).map(|place| columns.bound()[place]), Some(7));
        let ours = header(&["HTSUS", "Country of Origin", "Entered Value", "Entry Date", "Tariff"]);
        assert_eq!(bind(&ours, None, Needed::EntryLines).unwrap().profile(), "adcvd");
        let forced = Profile::named("cargowise").unwrap();
        assert!(bind(&es_003, Some(&forced), Needed::EntryLines).is_err());
    }

    #[test]
    fn a_profile_that_is_none_says_why() {
        let error = Profile::parse("x", "title = \"x\"\n[headings]\n\"A\" = \"No Such\"\n").unwrap_err();
        assert!(error.to_string().contains("\"No Such\", expected a heading of the template"), "{error}");
        let profile = Profile::parse("x", "title = \"x\"\n[headings]\n\"HTSUS\" = \"\"\n").unwrap();
        assert_eq!(profile.heading("htsus"), None);
        assert_eq!(profile.heading("Exporter"), Some(Heading::Exporter));
        let error = Profile::named("no-such").unwrap_err().to_string();
        assert!(error.contains("ace-es-003"), "{error}");
    }
}
