//! Ranked ways to join two things.

use std::time::Duration;

use jiff::civil::Date;
use serde::Serialize;

use super::{ApprovalMark, Blocker, DEFAULT_DEADLINE, Notice, Preparation, SearchStop, Step, Verdict, Warning};
use crate::domain::approval::Code;
use crate::domain::crosswalk::Share;
use crate::domain::project::Project;
use crate::domain::refs::Ref;
use crate::domain::words::Cardinality;

/// Paths given when the request does not say how many.
pub const DEFAULT_PATHS: usize = 5;

/// What paths are asked for.
#[derive(Clone, Debug)]
pub struct PathsRequest {
    /// Where to start.
    pub from: Ref,
    /// Where to go.
    pub to: Ref,
    /// How many to give, at the most.
    pub first: usize,
    /// What is known of the project.
    pub project: Project,
    /// The day on which crosswalks must hold.
    pub as_of: Date,
    /// How long the search may go on before the best found are given.
    pub deadline: Duration,
}

impl PathsRequest {
    /// A request of the usual number of paths on a day.
    #[must_use]
    pub fn of(from: Ref, to: Ref, as_of: Date) -> Self {
        Self { from, to, first: DEFAULT_PATHS, project: Project::default(), as_of, deadline: DEFAULT_DEADLINE }
    }
}

/// Ranked ways to join two things.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JoinPaths {
    /// Whether there is a way, and with how much talking by the first, as a plan says it.
    pub verdict: Verdict,
    /// The paths, best first.
    pub paths: Vec<JoinPath>,
    /// Why there is none.
    pub blockers: Vec<Blocker>,
    /// Whether no path that belongs in the list was missed.
    pub complete: bool,
    /// Why the search ended.
    pub stopped: SearchStop,
    /// What is to be known of the request and of the answer as a whole.
    pub notices: Vec<Notice>,
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
    /// What to aggregate before joining, in the order in which to do it.
    pub preparations: Vec<Preparation>,
    /// What to look out for.
    pub warnings: Vec<Warning>,
}
