//! The explained "no": the parts that a request falls into, what would mend it, and what could be left out instead.

use serde::Serialize;

use super::{ApprovalMark, Step, Verdict};
use crate::domain::refs::{Ref, Slug, TableRef};

/// A part that a request falls into: what of it hangs together, and by which identifiers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Component {
    /// What was asked for and lies in this part.
    pub want: Vec<Ref>,
    /// The identifiers that each of them holds itself.
    pub keys: Vec<HeldKeys>,
    /// Every identifier that can be come to in this part, by slug.
    pub reaches: Vec<Slug>,
}

/// The identifiers that something holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeldKeys {
    /// What was asked for.
    pub want: Ref,
    /// Its identifier schemes, by slug; none where it carries no linkable key.
    pub schemes: Vec<Slug>,
}

/// A set of changes that, made together, would make the request possible, and of which none can be left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// The changes.
    pub changes: Vec<Change>,
    /// All of it in a sentence.
    pub text: String,
}

/// One thing that would have to change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What kind.
    pub kind: ChangeKind,
    /// The approval, dataset, crosswalk or thing asked for.
    pub subject: String,
    /// The identifier schemes concerned: two for a new crosswalk, one for a new key.
    pub schemes: Vec<Slug>,
    /// Other schemes that would do as well, in the same form: `from--to` for a crosswalk; the first twenty.
    pub others: Vec<String>,
    /// In words.
    pub text: String,
}

impl Change {
    /// A change that concerns no scheme.
    #[must_use]
    pub fn of(kind: ChangeKind, subject: String, text: String) -> Self {
        Self { kind, subject, schemes: Vec::new(), others: Vec::new(), text }
    }
}

/// Kinds of change, from the easiest to the hardest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChangeKind {
    /// A dataset is asked for too, for which a crosswalk was made.
    AskForToo,
    /// An approval that the request avoids is given.
    AllowApproval,
    /// A dataset that the request avoids may be used.
    AllowDataset,
    /// A crosswalk recorded as closed, or not holding on the day, is opened.
    OpenCrosswalk,
    /// A crosswalk that nobody has recorded is made.
    NewCrosswalk,
    /// Something asked for is recorded with an identifier.
    NewKey,
}

/// A smallest set to leave out so that the rest can be linked.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LeaveOut {
    /// What is left out.
    pub leave: Vec<Ref>,
    /// What remains.
    pub keep: Vec<Ref>,
    /// The best plan of what remains.
    pub plan: ShortPlan,
    /// All of it in a sentence.
    pub text: String,
}

/// A plan in short: ask for what remains to have it whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShortPlan {
    /// Whether it can be met, and with how much talking.
    pub verdict: Verdict,
    /// The approvals it takes.
    pub approvals: Vec<ApprovalMark>,
    /// The tables it touches.
    pub tables: Vec<TableRef>,
    /// The joins.
    pub steps: Vec<Step>,
}

/// What holding approvals spares.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldEffect {
    /// The verdict if nothing were held.
    pub verdict_without: Verdict,
    /// The approvals that the best plan would take if nothing were held.
    pub approvals_without: Vec<ApprovalMark>,
    /// Those of them that the best plan now spares.
    pub spared: Vec<ApprovalMark>,
    /// Whether the best plan joins over other tables or crosswalks than without.
    pub other_way: bool,
    /// All of it in a sentence.
    pub text: String,
}

/// Which single new crosswalk would let the most pairs of datasets be linked.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Gaps {
    /// Pairs of datasets in all.
    pub pairs: usize,
    /// Those that cannot be linked now.
    pub unlinked: usize,
    /// Crosswalks that would help, the most helpful first.
    pub suggestions: Vec<Suggestion>,
}

/// A crosswalk that would help.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// From this scheme.
    pub from: Slug,
    /// To this.
    pub to: Slug,
    /// The crosswalk, where it is recorded and closed.
    pub crosswalk: Option<Slug>,
    /// Pairs of schemes that would do as well, as `from--to`; the first twenty.
    pub others: Vec<String>,
    /// Pairs of datasets that could be linked then and cannot now.
    pub pairs: usize,
    /// Some of them; the first twenty.
    pub examples: Vec<(Slug, Slug)>,
}
