//! Ranked ways to join two things.

use serde::Serialize;

use super::{ApprovalMark, Blocker, Step, Warning};
use crate::domain::approval::Code;
use crate::domain::crosswalk::Share;
use crate::domain::words::Cardinality;

/// Ranked ways to join two things.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JoinPaths {
    /// The paths, best first.
    pub paths: Vec<JoinPath>,
    /// Why there is none.
    pub blockers: Vec<Blocker>,
}

/// One way to join two things.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JoinPath {
    /// From 1.
    pub rank: usize,
    /// The joins in order.
    pub steps: Vec<Step>,
    /// The approvals it takes.
    pub approvals: Vec<ApprovalMark>,
    /// Those that are not part of every application.
    pub extra_approvals: Vec<Code>,
    /// Rows at the start against rows at the end.
    pub cardinality: Cardinality,
    /// Share of the start's people that is matched; `None` where unknown.
    pub match_rate: Option<Share>,
    /// What to look out for.
    pub warnings: Vec<Warning>,
}
