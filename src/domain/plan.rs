//! What the planner answers: linkage plans and join paths, in the shape that the command line and GraphQL give
//! out (contract §3).

mod changes;
mod obstacle;
mod path;
mod scope;
mod timeline;
mod told;

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::approval::Code;
use super::crosswalk::Share;
use super::project::Project;
use super::refs::{FieldRef, Ref, Slug, TableRef};
use super::words::{Cardinality, Provenance};

pub use changes::{PlanChange, PlanChangeKind, PlanChanges, PlanMark};
pub use obstacle::{
    Change, ChangeKind, Component, Gaps, HeldEffect, HeldKeys, LeaveOut, Repair, ShortPlan, Suggestion,
};
pub use path::{JoinPath, JoinPaths};
pub use scope::{
    Cohort, ConsentBasis, ConsentKind, ConsentScope, Counted, Figure, Known, OptOut, Said, Scope, TableWindow, Window,
};
pub use timeline::{EntryKind, Timeline, TimelineEntry};
pub use told::{Blocker, BlockerKind, Warning, WarningKind};

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

/// One way to meet the request.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanOption {
    /// What it is measured by.
    pub objectives: Objectives,
    /// Whether it is proved best for its set of approvals.
    pub optimal: bool,
    /// No plan with these approvals touches fewer tables than this.
    pub lower_bound: usize,
    /// By how many tables a plan with these approvals may still be smaller: nought where it is proved.
    pub gap: usize,
    /// What it trades against the first option, each in a few words; empty for the first.
    pub trades: Vec<String>,
    /// The tables it touches, requested ones first.
    pub tables: Vec<TableRef>,
    /// Which table stands for each thing asked for.
    pub satisfies: Vec<Satisfied>,
    /// The joins, in an order in which each starts from a table already reached.
    pub steps: Vec<Step>,
    /// The approvals it takes.
    pub approvals: Vec<NeededApproval>,
    /// When they can be had, and the data used.
    pub timeline: Timeline,
    /// Whom, when and where the data is about.
    pub scope: Scope,
    /// What to aggregate before joining, in the order in which to do it.
    pub preparations: Vec<Preparation>,
    /// What to look out for.
    pub warnings: Vec<Warning>,
}

/// A table to bring to one row per key before it is joined, lest it multiplies the rows that it meets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preparation {
    /// The table to aggregate.
    pub table: TableRef,
    /// To one row for each value of these fields of it.
    pub per: Vec<FieldRef>,
    /// The table that it is then joined to.
    pub before: TableRef,
    /// In a sentence.
    pub text: String,
}

/// What plans are compared by.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Objectives {
    /// Approvals needed and not held.
    pub approvals: usize,
    /// Those that are not part of every application.
    pub extra_approvals: usize,
    /// Crosswalks used.
    pub crosswalks: usize,
    /// Tables touched.
    pub tables: usize,
    /// Days to the earliest access, or to the last decision where no lead time of the data is recorded; `None` where a
    /// decision is unknown.
    pub lead_time_days: Option<i64>,
    /// Share of the first requested dataset's people that is matched.
    pub match_rate: Option<Share>,
    /// People that can be expected in the linked data.
    pub cohort: Option<Cohort>,
}

/// Which table a requested thing is met by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Satisfied {
    /// What was asked for.
    pub want: Ref,
    /// The table that meets it.
    pub table: TableRef,
    /// Tables that would meet it as well; the first twenty.
    pub others: Vec<TableRef>,
}

/// One join.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The field it starts from (the first, of a composite key).
    pub from: FieldRef,
    /// The field it leads to.
    pub to: FieldRef,
    /// Every pair of fields.
    pub pairs: Vec<Pair>,
    /// How the two sides meet.
    pub via: Via,
    /// The identifier schemes passed through; one where joined directly, none where by references.
    pub schemes: Vec<Slug>,
    /// Whom the identifier stands for, where that is not the subject.
    pub role: Option<String>,
    /// The crosswalks passed through.
    pub crosswalks: Vec<Slug>,
    /// Who carries it out.
    pub performed_by: String,
    /// Rows on each side.
    pub cardinality: Cardinality,
    /// The approvals that this step takes.
    pub approvals: Vec<ApprovalMark>,
    /// Whether one of them is extra.
    pub needs_extra_approval: bool,
}

/// Two fields that are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// On the one side.
    pub from: FieldRef,
    /// On the other.
    pub to: FieldRef,
}

/// How a step joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Via {
    /// Both sides hold the same identifier scheme.
    Scheme,
    /// One side refers to the other.
    Reference,
    /// Through one or more crosswalks.
    Crosswalk,
}

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
    /// Whether these dates are computed or confirmed; computed ones may move.
    pub dates: Dates,
}

/// How certain dates are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Dates {
    /// Computed from the usual rhythm.
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
    pub subject: String,
    /// In a sentence.
    pub because: String,
    /// Where that is stated.
    pub source: String,
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

/// Contract: times in London time with their offset.
fn rfc3339<S: serde::Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        None => serializer.serialize_none(),
        Some(at) => serializer.serialize_str(&super::calendar::london_rfc3339(*at)),
    }
}
