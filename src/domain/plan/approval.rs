//! The approvals that a plan takes: why each, from whom, and by when.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::domain::approval::Code;
use crate::domain::words::Provenance;

/// An approval and whether it is extra.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApprovalMark {
    /// The code.
    pub code: Code,
    /// Not part of every application.
    pub extra: bool,
}

/// An approval that a plan takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NeededApproval {
    /// The code.
    pub code: Code,
    /// Not part of every application.
    pub extra: bool,
    /// The title.
    pub title: String,
    /// Who decides.
    pub body: String,
    /// Whom to ask.
    pub contact: String,
    /// How long it takes, in the source's words.
    pub lead_time: String,
    /// Where what is said of the body comes from.
    pub source: String,
    /// Why it is needed.
    pub reasons: Vec<Reason>,
    /// When papers must be in.
    #[serde(serialize_with = "rfc3339")]
    pub submit_by: Option<Timestamp>,
    /// The meeting or the day of the earliest decision.
    pub earliest_decision: Option<Date>,
    /// Whether these dates are computed or confirmed; computed ones may move. `None` where there are none;
    /// programs read `EXPECTED` then, as the contract has it.
    #[serde(serialize_with = "certainty")]
    pub dates: Option<Dates>,
    /// Whether the decision is counted by the longest lead time told, and not by a meeting.
    pub by_lead_time: bool,
}

/// How certain dates are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Dates {
    /// Computed from the usual rhythm.
    #[default]
    Expected,
    /// Entered by staff.
    Confirmed,
}

/// Why an approval is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// What it hangs on.
    pub kind: ReasonKind,
    /// The dataset, table, crosswalk, rule or approval.
    pub subject: Arc<str>,
    /// In a sentence.
    pub because: Arc<str>,
    /// Where that is stated.
    pub source: Arc<str>,
    /// Whether the source says so itself; blank where the workbook's owner does.
    pub provenance: Option<Provenance>,
}

/// What an approval hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReasonKind {
    /// A dataset used.
    Dataset,
    /// A table used.
    Table,
    /// A crosswalk used.
    Crosswalk,
    /// A choice of the project, through a rule.
    Project,
    /// A rule on what is used.
    Rule,
    /// Another approval asks for it first.
    Prerequisite,
}

/// Contract: what has no dates yet is expected.
pub(super) fn certainty<S: serde::Serializer>(dates: &Option<Dates>, serializer: S) -> Result<S::Ok, S::Error> {
    dates.unwrap_or_default().serialize(serializer)
}

/// Contract: times in London time with their offset.
pub(super) fn rfc3339<S: serde::Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        None => serializer.serialize_none(),
        Some(at) => serializer.serialize_str(&crate::domain::calendar::london_rfc3339(*at)),
    }
}
