//! What joins directly: datasets to datasets, tables to tables.

use async_graphql::{Context, Object};

use super::approval::ApprovalMark;
use super::dataset::Dataset;
use super::step::Step;
use super::table::Table;
use crate::app;
use crate::graphql::fault::Fault;
use crate::graphql::origin::Origin;
use crate::graphql::work::{World, list};

/// A link between two datasets.
#[derive(Clone, Debug)]
pub struct DatasetLink(pub app::DatasetLink);

/// A dataset that another one joins directly.
#[Object]
impl DatasetLink {
    /// The dataset on the other side.
    async fn to(&self, ctx: &Context<'_>) -> Result<Dataset, Fault> {
        Origin::NOW.dataset(World::of(ctx)?, &self.0.to).ok_or(Fault::Internal)
    }

    /// The joins between tables of the two, best first.
    async fn steps(&self, ctx: &Context<'_>) -> Result<Vec<Step<'_>>, Fault> {
        list(ctx, self.0.steps.len(), || self.0.steps.iter().map(Step).collect())
    }

    /// The approvals that the best join takes.
    async fn approvals(&self) -> Vec<ApprovalMark> {
        self.0.approvals.iter().cloned().map(ApprovalMark).collect()
    }

    /// Whether one of them is extra: not part of every application.
    async fn needs_extra_approval(&self) -> bool {
        self.0.approvals.iter().any(|approval| approval.extra)
    }
}

/// A table that another one joins.
#[derive(Clone, Debug)]
pub struct Joinable(pub app::Joinable);

/// A table that another one joins directly.
#[Object]
impl Joinable {
    /// The table on the other side.
    async fn table(&self, ctx: &Context<'_>) -> Result<Table, Fault> {
        Origin::NOW.table(World::of(ctx)?, &self.0.table).ok_or(Fault::Internal)
    }

    /// The join.
    async fn step(&self) -> Step<'_> {
        Step(&self.0.step)
    }

    /// The approvals that it takes.
    async fn approvals(&self) -> Vec<ApprovalMark> {
        self.0.step.approvals.iter().cloned().map(ApprovalMark).collect()
    }

    /// Whether one of them is extra: not part of every application.
    async fn needs_extra_approval(&self) -> bool {
        self.0.step.needs_extra_approval
    }
}
