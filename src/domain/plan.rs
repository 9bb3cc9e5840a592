//! What the planner answers: linkage plans and join paths, in the shape that the command line and GraphQL give
//! out (contract §3).

mod approval;
mod changes;
mod obstacle;
mod option;
mod path;
mod scope;
mod timeline;
mod told;

use std::time::Duration;

use jiff::civil::Date;
use serde::Serialize;

use super::approval::Code;
use super::project::Project;
use super::refs::{Ref, Slug};

pub use approval::{ApprovalMark, Dates, NeededApproval, Reason, ReasonKind};
pub use changes::{PlanChange, PlanChangeKind, PlanChanges, PlanMark};
pub use obstacle::{
    Change, ChangeKind, Component, Gaps, HeldEffect, HeldKeys, LeaveOut, Repair, ShortPlan, Suggestion,
};
pub use option::{Objectives, Pair, PlanOption, Preparation, Satisfied, Step, Via};
pub use path::{DEFAULT_PATHS, JoinPath, JoinPaths, PathsRequest};
pub use scope::{
    Cohort, ConsentBasis, ConsentKind, ConsentScope, Counted, Figure, Known, OptOut, Said, Scope, TableWindow, Window,
};
pub use timeline::{EntryKind, Timeline, TimelineEntry};
pub use told::{Blocker, BlockerKind, Notice, NoticeKind, Warning, WarningKind};

/// Options given when the request does not say how many (contract §3).
pub const DEFAULT_OPTIONS: usize = 5;
/// How long a search goes on, where the request does not say, before the best found is given with its bound.
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(1);

/// What a plan is asked for.
#[derive(Clone, Debug)]
pub struct PlanRequest {
    /// The datasets, tables and fields that are needed, in the order they were named.
    pub want: Vec<Ref>,
    /// What is known of the project.
    pub project: Project,
    /// Approvals already held.
    pub held: Vec<Code>,
    /// Approvals not to be needed.
    pub avoid_approvals: Vec<Code>,
    /// Datasets not to be used.
    pub avoid_datasets: Vec<Slug>,
    /// How many options to give, at the most.
    pub max_options: usize,
    /// The day that dates are counted from.
    pub as_of: Date,
    /// How long the search may go on before the best found is given with its bound.
    pub deadline: Duration,
}

impl PlanRequest {
    /// A request of things on a day, with nothing held or avoided.
    #[must_use]
    pub fn of(want: Vec<Ref>, as_of: Date) -> Self {
        Self {
            want,
            project: Project::default(),
            held: Vec::new(),
            avoid_approvals: Vec::new(),
            avoid_datasets: Vec::new(),
            max_options: DEFAULT_OPTIONS,
            as_of,
            deadline: DEFAULT_DEADLINE,
        }
    }
}

/// Whether the request can be met, and with how much talking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// Nothing is needed.
    Feasible,
    /// Approvals are needed.
    FeasibleWithApprovals,
    /// Talk to the custodian before applying.
    DiscussFirst,
    /// There is no way.
    NotFeasible,
}

/// A linkage plan: the answer to a [`PlanRequest`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkagePlan {
    /// Whether the request can be met.
    pub verdict: Verdict,
    /// The day that dates are counted from.
    pub as_of: Date,
    /// The version of the catalogue as the asker sees it.
    pub catalogue_version: i64,
    /// SHA-256 of the plan without its dates.
    pub digest: String,
    /// What was asked for, in references.
    pub want: Vec<Ref>,
    /// How many options were found.
    pub options_found: usize,
    /// Whether every option that belongs in the list was found.
    pub complete: bool,
    /// What was said of the project.
    pub project: Vec<String>,
    /// Approvals said to be held.
    pub held: Vec<Code>,
    /// Approvals, by code, and datasets, by slug, that were to be avoided.
    pub avoid: Vec<String>,
    /// How many options were asked for.
    pub max_options: usize,
    /// How far the search came.
    pub search: SearchEnd,
    /// The options, best first.
    pub options: Vec<PlanOption>,
    /// What holding approvals spares; `None` where none is held.
    pub held_effect: Option<HeldEffect>,
    /// Why there is none.
    pub blockers: Vec<Blocker>,
    /// Where there is no option: the parts that the request falls into.
    pub components: Vec<Component>,
    /// Where there is no option: every set of the fewest changes that would make it possible, the easiest first.
    pub repairs: Vec<Repair>,
    /// Whether those are all of them.
    pub repairs_complete: bool,
    /// Where there is no option: the smallest sets to leave out so that the rest can be linked.
    pub leave_out: Vec<LeaveOut>,
    /// Whether those are all of them.
    pub leave_out_complete: bool,
    /// What is to be known of the request and of the answer as a whole.
    pub notices: Vec<Notice>,
    /// What a reader must bear in mind.
    pub note: String,
}

/// How far a search came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchEnd {
    /// Why it ended.
    pub stopped: SearchStop,
    /// No plan takes fewer approvals than this.
    pub approvals_at_least: usize,
    /// By how many approvals the best option may still be beaten: nought where it is proved.
    pub gap: usize,
}

/// Why a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SearchStop {
    /// There was nothing left to search.
    Finished,
    /// The time was over: what was found so far is given.
    Deadline,
}
