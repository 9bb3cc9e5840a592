//! One option of a plan: what it is measured by, its tables and joins, what to do before joining.

use std::collections::BTreeSet;

use serde::Serialize;

use super::approval::{ApprovalMark, NeededApproval};
use super::scope::{Cohort, Scope};
use super::timeline::Timeline;
use super::told::Warning;
use crate::domain::crosswalk::Share;
use crate::domain::data_model::Role;
use crate::domain::refs::{FieldRef, Ref, Slug, TableRef};
use crate::domain::words::Cardinality;

/// One way to meet the request.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanOption {
    /// What it is measured by.
    pub objectives: Objectives,
    /// Whether it is proved best for its set of approvals.
    pub optimal: bool,
    /// A number of tables: no plan with these approvals and no more links to discuss touches fewer.
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
#[serde(rename_all = "camelCase")]
pub struct Satisfied {
    /// What was asked for.
    pub want: Ref,
    /// The table that meets it.
    pub table: TableRef,
    /// Tables that would meet it as well; the first twenty.
    pub others: Vec<TableRef>,
    /// How many would meet it as well.
    pub others_found: usize,
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

impl Step {
    /// What it compares, in words: `a = b and c = d`. What a crosswalk turns into one another is not equal: `a → b`.
    #[must_use]
    pub fn condition(&self) -> String {
        let sign = if self.via == Via::Crosswalk { "→" } else { "=" };
        let pairs: Vec<String> = self.pairs.iter().map(|pair| format!("{} {sign} {}", pair.from, pair.to)).collect();
        pairs.join(" and ")
    }
}

impl PlanOption {
    /// As whom people are joined, such as `mother`; the role that stands for whomever the other side means is none.
    #[must_use]
    pub fn joins_as(&self) -> BTreeSet<&str> {
        self.steps.iter().filter_map(|step| step.role.as_deref()).filter(|role| *role != Role::ANY).collect()
    }
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
