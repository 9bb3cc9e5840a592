//! Linkage plans: the objects of the command line's JSON (contract §3), name by name.

use async_graphql::{Object, SimpleObject};

use super::crosswalk::Share;
use super::step::Step;
use crate::domain::plan;
use crate::graphql::scalars::{Count, Date, DateTime};
use crate::graphql::words::{BlockerKind, Dates, ReasonKind, Verdict, WarningKind};

/// A plan.
#[derive(Clone, Debug)]
pub struct LinkagePlan(pub plan::LinkagePlan);

/// How datasets, tables and fields can be brought together, and what that takes. "Best" means over what is
/// recorded here; a plan is not an approval.
#[Object]
impl LinkagePlan {
    /// Whether the request can be met, and with how much talking.
    async fn verdict(&self) -> Verdict {
        self.0.verdict.into()
    }

    /// The day that dates are counted from.
    async fn as_of(&self) -> Date {
        Date(self.0.as_of)
    }

    /// The version of the catalogue that it was made on.
    async fn catalogue_version(&self) -> i64 {
        self.0.catalogue_version
    }

    /// A fingerprint of the plan without its dates (SHA-256).
    async fn digest(&self) -> &str {
        &self.0.digest
    }

    /// What was asked for, in references.
    async fn want(&self) -> Vec<String> {
        texts(&self.0.want)
    }

    /// How many options were found.
    async fn options_found(&self) -> usize {
        self.0.options_found
    }

    /// Whether every option that belongs in the list was found.
    async fn complete(&self) -> bool {
        self.0.complete
    }

    /// Approvals said to be held, by code.
    async fn held(&self) -> Vec<&str> {
        self.0.held.iter().map(|code| code.as_str()).collect()
    }

    /// The options, best first.
    async fn options(&self) -> Vec<PlanOption<'_>> {
        self.0.options.iter().map(PlanOption).collect()
    }

    /// Why there is no option.
    async fn blockers(&self) -> Vec<Blocker<'_>> {
        self.0.blockers.iter().map(Blocker).collect()
    }

    /// What a reader must bear in mind.
    async fn note(&self) -> &str {
        &self.0.note
    }
}

/// An option of a plan.
#[derive(Clone, Copy, Debug)]
pub struct PlanOption<'a>(&'a plan::PlanOption);

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

    /// No plan with these approvals touches fewer tables than this.
    async fn lower_bound(&self) -> usize {
        self.0.lower_bound
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

    /// Days to the last decision; null where a part is unknown.
    async fn lead_time_days(&self) -> Option<i64> {
        self.0.lead_time_days
    }

    /// Share of the first requested dataset's people that is matched; null where unknown.
    async fn match_rate(&self) -> Option<Share> {
        self.0.match_rate.map(Into::into)
    }

    /// People that can be expected in the linked data; null where unknown.
    async fn cohort(&self) -> Option<Cohort> {
        let cohort = self.0.cohort.as_ref()?;
        Some(Cohort {
            low: Count(cohort.low),
            high: Count(cohort.high),
            point: cohort.point.map(Count),
            basis: cohort.basis.clone(),
        })
    }
}

/// An expected linked cohort, in people. Numbers from 1 to 7 are never given.
#[derive(SimpleObject, Clone, Debug)]
pub struct Cohort {
    /// At least.
    low: Count,
    /// At most.
    high: Count,
    /// Most likely, under the assumption that `basis` names.
    point: Option<Count>,
    /// What the figures rest on.
    basis: String,
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

    /// How certain these dates are.
    async fn dates(&self) -> Dates {
        self.0.dates.into()
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

/// A warning.
#[derive(Clone, Copy, Debug)]
pub struct Warning<'a>(pub &'a plan::Warning);

/// Something to look out for.
#[Object]
impl Warning<'_> {
    /// What kind.
    async fn kind(&self) -> WarningKind {
        self.0.kind.into()
    }

    /// In a sentence.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// What it is about: references, slugs and codes.
    async fn subjects(&self) -> &[String] {
        &self.0.subjects
    }
}

/// A blocker.
#[derive(Clone, Copy, Debug)]
pub struct Blocker<'a>(pub &'a plan::Blocker);

/// Why a request cannot be met.
#[Object]
impl Blocker<'_> {
    /// What kind.
    async fn kind(&self) -> BlockerKind {
        self.0.kind.into()
    }

    /// The two sides that do not meet.
    async fn between(&self) -> &[String] {
        &self.0.between
    }

    /// In a sentence.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// The nearest thing that would help.
    async fn nearest(&self) -> Option<&str> {
        self.0.nearest.as_deref()
    }
}

fn texts(references: &[impl ToString]) -> Vec<String> {
    references.iter().map(ToString::to_string).collect()
}
