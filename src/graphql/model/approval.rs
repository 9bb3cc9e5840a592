//! Approvals, the rules that add them and the meetings that decide on them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::{Property, properties, told};
use crate::domain::approval as domain;
use crate::domain::calendar::london;
use crate::domain::plan;
use crate::graphql::fault::Fault;
use crate::graphql::ids::{self, Kind};
use crate::graphql::scalars::{Date, DateTime};
use crate::graphql::words::{DateStatus, Provenance, Recorded};
use crate::graphql::work::World;

/// An approval.
#[derive(Clone, Debug)]
pub struct Approval(pub Arc<domain::Approval>);

/// An approval: a body that must agree.
#[Object]
impl Approval {
    /// Opaque; the same across versions of the catalogue and restarts of the server.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Approval, self.0.code.as_str())
    }

    /// How it is named everywhere, such as `DAPC`.
    async fn code(&self) -> &str {
        self.0.code.as_str()
    }

    /// The title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The body that decides.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// Whether it is part of every application.
    async fn standard(&self) -> bool {
        self.0.standard
    }

    /// Whether it comes on top of every application's: the opposite of `standard`.
    async fn extra(&self) -> bool {
        !self.0.standard
    }

    /// A role mailbox or a page to ask.
    async fn contact(&self) -> Option<&str> {
        told(&self.0.contact)
    }

    /// How long a decision takes, in the source's words.
    async fn lead_time(&self) -> Option<&str> {
        self.0.lead_time.as_ref().map(|time| time.text.as_str())
    }

    /// The longest number of days that the source states for a decision.
    async fn lead_time_days(&self) -> Option<u32> {
        self.0.lead_time.as_ref().map(|time| time.days)
    }

    /// When the body meets, in the source's words.
    async fn calendar(&self) -> Option<&str> {
        self.0.calendar.as_ref().map(|calendar| calendar.text.as_str())
    }

    /// When papers are due before a meeting, in the source's words.
    async fn deadline(&self) -> Option<&str> {
        self.0.deadline.as_ref().map(|deadline| deadline.text.as_str())
    }

    /// The approvals that must be had first.
    async fn prerequisites(&self, ctx: &Context<'_>) -> Result<Vec<ApprovalMark>, Fault> {
        let world = World::of(ctx)?;
        Ok(self.0.prerequisites.iter().map(|code| mark(world, code)).collect())
    }

    /// The rules that add it to a plan.
    async fn rules(&self, ctx: &Context<'_>) -> Result<Vec<Rule>, Fault> {
        let rules = World::of(ctx)?.view.catalogue.rules.values();
        Ok(rules.filter(|rule| rule.approvals.contains(&self.0.code)).cloned().map(Rule).collect())
    }

    /// Meetings that staff have entered. The dates of a plan are computed from `calendar` where there is none.
    async fn meetings(&self, ctx: &Context<'_>) -> Result<Vec<Meeting>, Fault> {
        let meetings = World::of(ctx)?.view.catalogue.meetings.iter();
        Ok(meetings.filter(|meeting| meeting.approval == self.0.code).cloned().map(Meeting).collect())
    }

    /// What it is about.
    async fn description(&self) -> Option<&str> {
        told(&self.0.description)
    }

    /// Where what is said of it comes from; null: stated by the workbook's owner.
    async fn provenance(&self) -> Option<Provenance> {
        self.0.provenance.map(Into::into)
    }

    /// Where what is said of it can be read.
    async fn source(&self) -> Option<&str> {
        told(&self.0.source)
    }

    /// Columns of the workbook that the canonical layout does not know.
    async fn extra_properties(&self) -> Vec<Property> {
        properties(&self.0.extra)
    }
}

/// An approval and whether it is extra.
#[derive(Clone, Debug)]
pub struct ApprovalMark(pub plan::ApprovalMark);

/// An approval that something takes.
#[Object]
impl ApprovalMark {
    /// Its code, such as `DAPC`.
    async fn code(&self) -> &str {
        self.0.code.as_str()
    }

    /// Whether it is extra: not part of every application.
    async fn extra(&self) -> bool {
        self.0.extra
    }

    /// What is recorded of it; null where the catalogue does not hold it.
    async fn approval(&self, ctx: &Context<'_>) -> Result<Option<Approval>, Fault> {
        Ok(World::of(ctx)?.view.catalogue.approvals.get(&self.0.code).cloned().map(Approval))
    }
}

/// A code with its mark. One that nobody describes is not part of every application.
fn mark(world: &World, code: &domain::Code) -> ApprovalMark {
    let extra = world.view.catalogue.approvals.get(code).is_none_or(|approval| !approval.standard);
    ApprovalMark(plan::ApprovalMark { code: code.clone(), extra })
}

/// The approvals that a cell lists.
pub fn marks(world: &World, recorded: &domain::Recorded) -> Vec<ApprovalMark> {
    recorded.codes().iter().map(|code| mark(world, code)).collect()
}

impl From<&domain::Recorded> for Recorded {
    fn from(recorded: &domain::Recorded) -> Self {
        match recorded {
            domain::Recorded::NotRecorded => Self::NotRecorded,
            domain::Recorded::NoneNeeded => Self::NoneNeeded,
            domain::Recorded::Needs(_) => Self::Needed,
        }
    }
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule(Arc<domain::Rule>);

/// A trigger: when all its terms hold, its approvals are needed.
#[Object]
impl Rule {
    /// How it is named everywhere.
    async fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Its terms, all of which must hold: project characteristics such as `leaves trust`, or `dataset:x`,
    /// `table:x/y`, `crosswalk:x`, `sensitivity:free text`, `curated:no`.
    async fn when(&self) -> Vec<String> {
        self.0.when.iter().map(ToString::to_string).collect()
    }

    /// The approvals that it adds.
    async fn approvals(&self, ctx: &Context<'_>) -> Result<Vec<ApprovalMark>, Fault> {
        let world = World::of(ctx)?;
        Ok(self.0.approvals.iter().map(|code| mark(world, code)).collect())
    }

    /// Why, in a sentence.
    async fn because(&self) -> Option<&str> {
        told(&self.0.because)
    }

    /// Whether a plan must then be talked through before applying.
    async fn discuss(&self) -> bool {
        self.0.discuss
    }

    /// Where what is said of it comes from; null: stated by the workbook's owner.
    async fn provenance(&self) -> Option<Provenance> {
        self.0.provenance.map(Into::into)
    }

    /// Where it can be read.
    async fn source(&self) -> Option<&str> {
        told(&self.0.source)
    }
}

/// A meeting.
#[derive(Clone, Debug)]
pub struct Meeting(domain::Meeting);

/// A meeting of the body that decides.
#[Object]
impl Meeting {
    /// The day it meets.
    async fn meets_on(&self) -> Date {
        Date(self.0.meets_on)
    }

    /// When papers are due; null where not recorded.
    async fn papers_due(&self) -> Option<DateTime> {
        self.0.papers_due?.to_zoned(london()).ok().map(|due| DateTime(due.timestamp()))
    }

    /// Whether the date is expected or confirmed.
    async fn status(&self) -> DateStatus {
        self.0.status.into()
    }

    /// Where it can be read.
    async fn source(&self) -> Option<&str> {
        told(&self.0.source)
    }
}
