//! When a plan's approvals can be had and its data used: entries in order, the critical path, and what is not counted.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::Dates;

/// The way from the day asked to the earliest access.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Timeline {
    /// What has to happen, each after what it waits for.
    pub entries: Vec<TimelineEntry>,
    /// The entries that the end hangs on, in order, by their subjects; empty where the end is unknown.
    pub critical_path: Vec<String>,
    /// The day of the last decision; `None` where one is unknown.
    pub last_decision: Option<Date>,
    /// The earliest day on which the data can be used, by what is recorded; `None` where a decision is unknown.
    pub earliest_access: Option<Date>,
    /// What is not counted because nobody has recorded how long it takes.
    pub not_counted: Vec<String>,
}

/// One thing that has to happen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// What kind.
    pub kind: EntryKind,
    /// The approval, crosswalk or dataset.
    pub subject: String,
    /// Its title.
    pub title: String,
    /// The subjects that must be done before it.
    pub after: Vec<String>,
    /// The first day on which it can be begun.
    pub starts: Option<Date>,
    /// When papers must be in.
    #[serde(serialize_with = "super::approval::rfc3339")]
    pub submit_by: Option<Timestamp>,
    /// The day on which it is done: the earliest decision, the linkage made, the data delivered.
    pub ends: Option<Date>,
    /// Whether the dates are computed or confirmed; `None` where there are none.
    #[serde(serialize_with = "super::approval::certainty")]
    pub dates: Option<Dates>,
    /// Whether the end of the whole hangs on it.
    pub critical: bool,
    /// The bank holiday on which its expected day falls.
    pub holiday: Option<String>,
    /// What the dates rest on, in the source's words; blank where nothing is recorded.
    pub basis: String,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EntryKind {
    /// An approval is decided.
    Approval,
    /// A crosswalk is carried out.
    Crosswalk,
    /// A dataset is delivered.
    Dataset,
}
