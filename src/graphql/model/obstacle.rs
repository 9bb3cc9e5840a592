//! The explained "no", what holding approvals spares, and which crosswalks are missing: the objects of the command
//! line's JSON.

use async_graphql::{Object, SimpleObject};

use super::approval::ApprovalMark;
use super::plan::texts;
use super::step::Step;
use crate::domain::plan;
use crate::graphql::words::{ChangeKind, SearchStop, Verdict};

fn marks(marks: &[plan::ApprovalMark]) -> Vec<ApprovalMark> {
    marks.iter().cloned().map(ApprovalMark).collect()
}

/// How a search ended.
#[derive(Clone, Copy, Debug)]
pub struct SearchEnd<'a>(pub &'a plan::SearchEnd);

/// How far the search for a plan came.
#[Object]
impl SearchEnd<'_> {
    /// Why it ended.
    async fn stopped(&self) -> SearchStop {
        self.0.stopped.into()
    }

    /// No plan takes fewer approvals than this.
    async fn approvals_at_least(&self) -> usize {
        self.0.approvals_at_least
    }

    /// By how many approvals the best option may still be beaten: nought where it is proved.
    async fn gap(&self) -> usize {
        self.0.gap
    }
}

/// A part.
#[derive(Clone, Copy, Debug)]
pub struct Component<'a>(pub &'a plan::Component);

/// A part that a request falls into: what of it hangs together, and by which identifiers.
#[Object]
impl Component<'_> {
    /// What was asked for and lies in this part.
    async fn want(&self) -> Vec<String> {
        texts(&self.0.want)
    }

    /// The identifiers that each of them holds itself.
    async fn keys(&self) -> Vec<HeldKeys<'_>> {
        self.0.keys.iter().map(HeldKeys).collect()
    }

    /// Every identifier that can be come to in this part, by slug.
    async fn reaches(&self) -> Vec<String> {
        texts(&self.0.reaches)
    }
}

/// Keys held.
#[derive(Clone, Copy, Debug)]
pub struct HeldKeys<'a>(pub &'a plan::HeldKeys);

/// The identifiers that something asked for holds itself.
#[Object]
impl HeldKeys<'_> {
    /// What was asked for.
    async fn want(&self) -> String {
        self.0.want.to_string()
    }

    /// Its identifier schemes, by slug; none where it carries no linkable key.
    async fn schemes(&self) -> Vec<String> {
        texts(&self.0.schemes)
    }
}

/// A repair.
#[derive(Clone, Copy, Debug)]
pub struct Repair<'a>(pub &'a plan::Repair);

/// A set of changes that, made together, would make the request possible, and of which none can be left out.
#[Object]
impl Repair<'_> {
    /// The changes.
    async fn changes(&self) -> Vec<Change<'_>> {
        self.0.changes.iter().map(Change).collect()
    }

    /// All of it in a sentence.
    async fn text(&self) -> &str {
        &self.0.text
    }
}

/// A change.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a>(pub &'a plan::Change);

/// One thing that would have to change.
#[Object]
impl Change<'_> {
    /// What kind.
    async fn kind(&self) -> ChangeKind {
        self.0.kind.into()
    }

    /// The approval, dataset, crosswalk or thing asked for.
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The identifier schemes concerned: two for a new crosswalk, one for a new key.
    async fn schemes(&self) -> Vec<String> {
        texts(&self.0.schemes)
    }

    /// Other schemes that would do as well; `from--to` for a crosswalk. The first twenty.
    async fn others(&self) -> &[String] {
        &self.0.others
    }

    /// In words.
    async fn text(&self) -> &str {
        &self.0.text
    }
}

/// What could be left out.
#[derive(Clone, Copy, Debug)]
pub struct LeaveOut<'a>(pub &'a plan::LeaveOut);

/// A smallest set to leave out so that the rest can be linked.
#[Object]
impl LeaveOut<'_> {
    /// What is left out.
    async fn leave(&self) -> Vec<String> {
        texts(&self.0.leave)
    }

    /// What remains.
    async fn keep(&self) -> Vec<String> {
        texts(&self.0.keep)
    }

    /// The best plan of what remains.
    async fn plan(&self) -> ShortPlan<'_> {
        ShortPlan(&self.0.plan)
    }

    /// All of it in a sentence.
    async fn text(&self) -> &str {
        &self.0.text
    }
}

/// A plan in short.
#[derive(Clone, Copy, Debug)]
pub struct ShortPlan<'a>(pub &'a plan::ShortPlan);

/// A plan in short: ask for what remains to have it whole.
#[Object]
impl ShortPlan<'_> {
    /// Whether it can be met, and with how much talking.
    async fn verdict(&self) -> Verdict {
        self.0.verdict.into()
    }

    /// The approvals it takes.
    async fn approvals(&self) -> Vec<ApprovalMark> {
        marks(&self.0.approvals)
    }

    /// The tables it touches.
    async fn tables(&self) -> Vec<String> {
        texts(&self.0.tables)
    }

    /// The joins.
    async fn steps(&self) -> Vec<Step<'_>> {
        self.0.steps.iter().map(Step).collect()
    }
}

/// What holding spares.
#[derive(Clone, Copy, Debug)]
pub struct HeldEffect<'a>(pub &'a plan::HeldEffect);

/// What the approvals that are held spare the best plan.
#[Object]
impl HeldEffect<'_> {
    /// The verdict if nothing were held.
    async fn verdict_without(&self) -> Verdict {
        self.0.verdict_without.into()
    }

    /// The approvals that the best plan would take if nothing were held.
    async fn approvals_without(&self) -> Vec<ApprovalMark> {
        marks(&self.0.approvals_without)
    }

    /// Those of them that the best plan now spares.
    async fn spared(&self) -> Vec<ApprovalMark> {
        marks(&self.0.spared)
    }

    /// Whether the best plan goes over other tables or crosswalks than without.
    async fn other_way(&self) -> bool {
        self.0.other_way
    }

    /// All of it in a sentence.
    async fn text(&self) -> &str {
        &self.0.text
    }
}

/// A preparation.
#[derive(Clone, Copy, Debug)]
pub struct Preparation<'a>(pub &'a plan::Preparation);

/// A table to bring to one row per key before it is joined, lest it multiplies the rows that it meets.
#[Object]
impl Preparation<'_> {
    /// The table to aggregate, as `dataset/table`.
    async fn table(&self) -> String {
        self.0.table.to_string()
    }

    /// To one row for each value of these fields, as `dataset/table/field`.
    async fn per(&self) -> Vec<String> {
        texts(&self.0.per)
    }

    /// The table that it is then joined to.
    async fn before(&self) -> String {
        self.0.before.to_string()
    }

    /// In a sentence.
    async fn text(&self) -> &str {
        &self.0.text
    }
}

/// Missing crosswalks.
#[derive(Clone, Debug)]
pub struct Gaps(pub plan::Gaps);

/// Which single new crosswalk would let the most pairs of datasets be linked.
#[Object]
impl Gaps {
    /// Pairs of datasets in all.
    async fn pairs(&self) -> usize {
        self.0.pairs
    }

    /// Those that cannot be linked now.
    async fn unlinked(&self) -> usize {
        self.0.unlinked
    }

    /// Crosswalks that would help, the most helpful first.
    async fn suggestions(&self) -> Vec<Suggestion<'_>> {
        self.0.suggestions.iter().map(Suggestion).collect()
    }
}

/// A missing crosswalk.
#[derive(Clone, Copy, Debug)]
pub struct Suggestion<'a>(pub &'a plan::Suggestion);

/// A crosswalk that would help.
#[Object]
impl Suggestion<'_> {
    /// From this identifier scheme.
    async fn from(&self) -> &str {
        self.0.from.as_str()
    }

    /// To this one.
    async fn to(&self) -> &str {
        self.0.to.as_str()
    }

    /// The crosswalk, where it is recorded and closed.
    async fn crosswalk(&self) -> Option<&str> {
        self.0.crosswalk.as_ref().map(AsRef::as_ref)
    }

    /// Pairs of schemes that would do as well, as `from--to`; the first twenty.
    async fn others(&self) -> &[String] {
        &self.0.others
    }

    /// Pairs of datasets that could be linked then and cannot now.
    async fn pairs(&self) -> usize {
        self.0.pairs
    }

    /// Some of them; the first twenty.
    async fn examples(&self) -> Vec<Two> {
        self.0.examples.iter().map(|(one, other)| Two { one: one.to_string(), other: other.to_string() }).collect()
    }
}

/// Two datasets.
#[derive(SimpleObject, Clone, Debug)]
pub struct Two {
    /// The one.
    one: String,
    /// The other.
    other: String,
}
