//! The broker's crosswalk: for a manufacturer ID the names that the file lacks. It fills blanks and overwrites nothing.

use std::collections::HashMap;

use super::line::{EntryLine, Name};
use crate::terms::{Code, Exception, Ground, Role};

/// Names that a broker keeps for a manufacturer ID.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filling {
    /// Exporter, if kept.
    pub exporter: Option<Name>,
    /// Producer, if kept.
    pub producer: Option<Name>,
}

/// Names by manufacturer ID, in capitals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crosswalk(pub HashMap<Box<str>, Filling>);

impl Crosswalk {
    /// What is kept for a manufacturer ID as a line writes it.
    pub fn filling(&self, mid: &str) -> Option<&Filling> {
        match mid.bytes().any(|byte| byte.is_ascii_lowercase()) {
            true => self.0.get(mid.to_ascii_uppercase().as_str()),
            false => self.0.get(mid),
        }
    }

    /// Fills the names that a line lacks, and says so on it.
    pub(super) fn fill(&self, line: &mut EntryLine) {
        let Some(filling) = self.filling(&line.manufacturer_id) else { return };
        let names = [
            (Role::Exporter, &filling.exporter, &mut line.exporter),
            (Role::Producer, &filling.producer, &mut line.producer),
        ];
        for (role, kept, name) in names {
            if let (Some(kept), true) = (kept, name.key.is_none()) {
                *name = kept.clone();
                let ground = Ground::Filled { role, mid: line.manufacturer_id.clone() };
                line.exceptions.push(Exception::new(Code::PA09, ground));
            }
        }
    }
}
