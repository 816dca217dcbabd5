//! What an advisory says of the goods of a line: a measure beside the cases that is no duty.

use super::heading::Heading;

/// Where the day of export comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExportDay {
    /// The line gives it.
    Given,
    /// The line does not: the day of entry stands for it, as the latest that it can be.
    NotGiven,
    /// What the line gives is not understood: likewise.
    NotUnderstood,
}

/// One or more controls of one advisory on a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Advised {
    /// What the advisory is called.
    pub title: Box<str>,
    /// The control codes.
    pub controls: Vec<Box<str>>,
    /// What it was on the day of export, and on what that rests.
    pub state: Box<str>,
    /// Where that day comes from.
    pub day: ExportDay,
    /// Facts that are missing, by column; where there are some, the controls only may apply.
    pub missing: Vec<Heading>,
    /// What is not known of the controls themselves; likewise.
    pub unsettled: Vec<Box<str>>,
    /// The remark on the export declaration, the one where the goods are close and not controlled, and where both stand;
    /// empty where no source gives them.
    pub remark: Box<str>,
    /// See [`Advised::remark`].
    pub remark_if_not: Box<str>,
    /// See [`Advised::remark`].
    pub remark_source: Box<str>,
}
