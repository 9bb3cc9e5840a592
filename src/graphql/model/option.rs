//! One option of a plan: the object of the command line's JSON (contract §3), name by name.

use async_graphql::{Object, SimpleObject};

use super::crosswalk::Share;
use super::obstacle::Preparation;
use super::plan::{Warning, texts};
use super::scope::{Cohort, Scope};
use super::step::Step;
use super::timeline::Timeline;
use crate::domain::plan;
use crate::graphql::scalars::{Date, DateTime};
use crate::graphql::words::{Dates, ReasonKind};

/// An option of a plan.
#[derive(Clone, Copy, Debug)]
pub struct PlanOption<'a>(pub &'a plan::PlanOption);

/// One way to meet the request.
#[Object]
impl PlanOption<'_> {
    /// What it is measured by.
    async fn objectives(&self) -> Objectives<'_> {
        Objectives(&self.0.objectives)
    }

    /// Whether it is proved best for its set of approvals.
    async fn optimal(&self) -> bool {
        self.0.optimal
    }

    /// A number of tables: no plan with these approvals and no more links to discuss touches fewer.
    async fn lower_bound(&self) -> usize {
        self.0.lower_bound
    }

    /// By how many tables a plan with these approvals may still be smaller: nought where it is proved.
    async fn gap(&self) -> usize {
        self.0.gap
    }

    /// What it trades against the first option, each in a few words; empty for the first.
    async fn trades(&self) -> &[String] {
        &self.0.trades
    }

    /// When its approvals can be had, and the data used.
    async fn timeline(&self) -> Timeline<'_> {
        Timeline(&self.0.timeline)
    }

    /// Whom, when and where the data is about.
    async fn scope(&self) -> Scope<'_> {
        Scope(&self.0.scope)
    }

    /// What to aggregate before joining, in the order in which to do it.
    async fn preparations(&self) -> Vec<Preparation<'_>> {
        self.0.preparations.iter().map(Preparation).collect()
    }

    /// The tables it touches, requested ones first, as `dataset/table`.
    async fn tables(&self) -> Vec<String> {
        texts(&self.0.tables)
    }

    /// Which table stands for each thing asked for.
    async fn satisfies(&self) -> Vec<Satisfied> {
        let satisfied = |by: &plan::Satisfied| Satisfied {
            want: by.want.to_string(),
            table: by.table.to_string(),
            others: texts(&by.others),
            others_found: by.others_found,
        };
        self.0.satisfies.iter().map(satisfied).collect()
    }

    /// The joins, in an order in which each starts from a table already reached.
    async fn steps(&self) -> Vec<Step<'_>> {
        self.0.steps.iter().map(Step).collect()
    }

    /// The approvals it takes.
    async fn approvals(&self) -> Vec<NeededApproval<'_>> {
        self.0.approvals.iter().map(NeededApproval).collect()
    }

    /// What to look out for.
    async fn warnings(&self) -> Vec<Warning<'_>> {
        self.0.warnings.iter().map(Warning).collect()
    }
}

/// The objectives of an option.
#[derive(Clone, Copy, Debug)]
pub struct Objectives<'a>(&'a plan::Objectives);

/// What options are compared by.
#[Object]
impl Objectives<'_> {
    /// Approvals needed and not held.
    async fn approvals(&self) -> usize {
        self.0.approvals
    }

    /// Those that are not part of every application.
    async fn extra_approvals(&self) -> usize {
        self.0.extra_approvals
    }

    /// Crosswalks used.
    async fn crosswalks(&self) -> usize {
        self.0.crosswalks
    }

    /// Tables touched.
    async fn tables(&self) -> usize {
        self.0.tables
    }

    /// Days to the earliest access, by what is recorded; null where a decision is unknown.
    async fn lead_time_days(&self) -> Option<i64> {
        self.0.lead_time_days
    }

    /// Share of the first requested dataset's people that is matched; null where unknown.
    async fn match_rate(&self) -> Option<Share> {
        self.0.match_rate.map(Into::into)
    }

    /// People that can be expected in the linked data; null where unknown.
    async fn cohort(&self) -> Option<Cohort<'_>> {
        self.0.cohort.as_ref().map(Cohort)
    }
}

/// Which table a requested thing is met by.
#[derive(SimpleObject, Clone, Debug)]
pub struct Satisfied {
    /// What was asked for.
    want: String,
    /// The table that meets it, as `dataset/table`.
    table: String,
    /// Tables that would meet it as well; the first twenty.
    others: Vec<String>,
    /// How many would meet it as well.
    others_found: usize,
}

/// An approval of an option.
#[derive(Clone, Copy, Debug)]
pub struct NeededApproval<'a>(&'a plan::NeededApproval);

/// An approval that a plan takes.
#[Object]
impl NeededApproval<'_> {
    /// Its code, such as `DAPC`.
    async fn code(&self) -> &str {
        self.0.code.as_str()
    }

    /// Whether it is extra: not part of every application.
    async fn extra(&self) -> bool {
        self.0.extra
    }

    /// The title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Who decides.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// Whom to ask.
    async fn contact(&self) -> &str {
        &self.0.contact
    }

    /// How long it takes, in the source's words.
    async fn lead_time(&self) -> &str {
        &self.0.lead_time
    }

    /// Where what is said of the body can be read.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// Why it is needed.
    async fn reasons(&self) -> Vec<Reason<'_>> {
        self.0.reasons.iter().map(Reason).collect()
    }

    /// When papers must be in; null where that cannot be computed.
    async fn submit_by(&self) -> Option<DateTime> {
        self.0.submit_by.map(DateTime)
    }

    /// The meeting or the day of the earliest decision; null where that cannot be computed.
    async fn earliest_decision(&self) -> Option<Date> {
        self.0.earliest_decision.map(Date)
    }

    /// How certain these dates are; `EXPECTED` where there are none yet.
    async fn dates(&self) -> Dates {
        self.0.dates.unwrap_or_default().into()
    }

    /// Whether the decision is counted by the longest lead time told, and not by a meeting.
    async fn by_lead_time(&self) -> bool {
        self.0.by_lead_time
    }
}

/// A reason.
#[derive(Clone, Copy, Debug)]
pub struct Reason<'a>(&'a plan::Reason);

/// Why an approval is needed.
#[Object]
impl Reason<'_> {
    /// What it hangs on.
    async fn kind(&self) -> ReasonKind {
        self.0.kind.into()
    }

    /// The dataset, table, crosswalk, rule or approval.
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// In a sentence.
    async fn because(&self) -> &str {
        &self.0.because
    }

    /// Where that is stated.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// Whether the source says so itself (stated, standard) or not (inferred, illustrative); null where the workbook's
    /// owner does.
    async fn provenance(&self) -> Option<&'static str> {
        self.0.provenance.map(|provenance| provenance.as_str())
    }
}
