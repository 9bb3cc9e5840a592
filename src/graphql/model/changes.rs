//! What has changed since a plan was saved: the objects of the command line's JSON.

use async_graphql::{Object, SimpleObject};

use super::plan::LinkagePlan;
use crate::domain::plan;
use crate::graphql::scalars::Date;
use crate::graphql::words::PlanChangeKind;

/// A saved plan asked again.
#[derive(SimpleObject, Clone, Debug)]
pub struct ReopenedPlan {
    /// The plan made now.
    pub plan: LinkagePlan,
    /// What has changed since it was saved.
    pub changes: PlanChanges,
}

/// Changes.
#[derive(Clone, Debug)]
pub struct PlanChanges(pub plan::PlanChanges);

/// What has changed between a saved plan and the same request asked again.
#[Object]
impl PlanChanges {
    /// The saved plan.
    async fn from(&self) -> PlanMark<'_> {
        PlanMark(&self.0.from)
    }

    /// The plan made now.
    async fn to(&self) -> PlanMark<'_> {
        PlanMark(&self.0.to)
    }

    /// Whether nothing but dates has changed.
    async fn same(&self) -> bool {
        self.0.same
    }

    /// What has changed.
    async fn changes(&self) -> Vec<PlanChange<'_>> {
        self.0.changes.iter().map(PlanChange).collect()
    }
}

/// A mark.
#[derive(Clone, Copy, Debug)]
pub struct PlanMark<'a>(pub &'a plan::PlanMark);

/// Which plan: enough to tell it from others.
#[Object]
impl PlanMark<'_> {
    /// The version of the catalogue.
    async fn catalogue_version(&self) -> i64 {
        self.0.catalogue_version
    }

    /// The digest of the plan.
    async fn digest(&self) -> &str {
        &self.0.digest
    }

    /// The day that its dates are counted from.
    async fn as_of(&self) -> Date {
        Date(self.0.as_of)
    }
}

/// A difference.
#[derive(Clone, Copy, Debug)]
pub struct PlanChange<'a>(pub &'a plan::PlanChange);

/// One difference between a saved plan and the same request asked again.
#[Object]
impl PlanChange<'_> {
    /// What kind.
    async fn kind(&self) -> PlanChangeKind {
        self.0.kind.into()
    }

    /// What it is about: an option by its place, an approval by its code.
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// As it was; blank where it was not there.
    async fn before(&self) -> &str {
        &self.0.before
    }

    /// As it is; blank where it is no longer.
    async fn after(&self) -> &str {
        &self.0.after
    }

    /// In a sentence.
    async fn text(&self) -> &str {
        &self.0.text
    }
}
