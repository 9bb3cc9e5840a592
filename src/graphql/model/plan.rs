//! Linkage plans: the objects of the command line's JSON (contract §3), name by name.

use async_graphql::{Context, Object};

use super::obstacle::{Component, HeldEffect, LeaveOut, Repair, SearchEnd};
use super::option::PlanOption;
use crate::domain::plan;
use crate::graphql::fault::Fault;
use crate::graphql::scalars::Date;
use crate::graphql::words::{BlockerKind, NoticeKind, PlanForm, Verdict, WarningKind};
use crate::graphql::work::{FORM, World};

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

    /// What was said of the project.
    async fn project(&self) -> &[String] {
        &self.0.project
    }

    /// Approvals, by code, and datasets, by reference, that were to be avoided.
    async fn avoid(&self) -> &[String] {
        &self.0.avoid
    }

    /// How many options were asked for.
    async fn max_options(&self) -> usize {
        self.0.max_options
    }

    /// How far the search came.
    async fn search(&self) -> SearchEnd<'_> {
        SearchEnd(&self.0.search)
    }

    /// What holding approvals spares; null where none is held.
    async fn held_effect(&self) -> Option<HeldEffect<'_>> {
        self.0.held_effect.as_ref().map(HeldEffect)
    }

    /// Where there is no option: the parts that the request falls into.
    async fn components(&self) -> Vec<Component<'_>> {
        self.0.components.iter().map(Component).collect()
    }

    /// Where there is no option: every set of the fewest changes that would make it possible, the easiest first.
    async fn repairs(&self) -> Vec<Repair<'_>> {
        self.0.repairs.iter().map(Repair).collect()
    }

    /// Whether those are all of them.
    async fn repairs_complete(&self) -> bool {
        self.0.repairs_complete
    }

    /// Where there is no option: the smallest sets to leave out so that the rest can be linked.
    async fn leave_out(&self) -> Vec<LeaveOut<'_>> {
        self.0.leave_out.iter().map(LeaveOut).collect()
    }

    /// Whether those are all of them.
    async fn leave_out_complete(&self) -> bool {
        self.0.leave_out_complete
    }

    /// What is to be known of the request and of the answer as a whole.
    async fn notices(&self) -> Vec<Notice<'_>> {
        self.0.notices.iter().map(Notice).collect()
    }

    /// An option in another form than this object.
    async fn form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which form.")] form: PlanForm,
        #[graphql(desc = "Which option, from 1; the first where nothing is said.")] option: Option<i32>,
    ) -> Result<String, Fault> {
        let option = usize::try_from(option.unwrap_or(1)).ok().and_then(|option| option.checked_sub(1));
        let option = option.ok_or_else(|| Fault::bad("options are counted from 1"))?;
        let world = World::of(ctx)?;
        world.charge(FORM)?;
        Ok(world.view.plan_as(&self.0, form.into(), option))
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

/// A notice.
#[derive(Clone, Copy, Debug)]
pub struct Notice<'a>(pub &'a plan::Notice);

/// Something to know of a request, or of an answer, as a whole.
#[Object]
impl Notice<'_> {
    /// What kind.
    async fn kind(&self) -> NoticeKind {
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

/// Each as text.
pub(super) fn texts(references: &[impl ToString]) -> Vec<String> {
    references.iter().map(ToString::to_string).collect()
}
