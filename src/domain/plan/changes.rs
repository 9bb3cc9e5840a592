//! What has changed between a saved plan and the same request asked again.

use jiff::civil::Date;
use serde::Serialize;

/// The differences.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanChanges {
    /// The saved plan.
    pub from: PlanMark,
    /// The plan made now.
    pub to: PlanMark,
    /// Whether nothing but dates has changed.
    pub same: bool,
    /// What has changed.
    pub changes: Vec<PlanChange>,
}

/// Which plan: enough to tell it from others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanMark {
    /// The version of the catalogue.
    pub catalogue_version: i64,
    /// The digest of the plan.
    pub digest: String,
    /// The day that its dates are counted from.
    pub as_of: Date,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlanChange {
    /// What kind.
    pub kind: PlanChangeKind,
    /// What it is about: an option by its place, an approval by its code.
    pub subject: String,
    /// As it was; blank where it was not there.
    pub before: String,
    /// As it is; blank where it is no longer.
    pub after: String,
    /// In a sentence.
    pub text: String,
}

/// Kinds of difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PlanChangeKind {
    /// The verdict.
    Verdict,
    /// Something asked for is no longer in the catalogue.
    WantGone,
    /// The best option takes an approval that it did not.
    ApprovalAdded,
    /// The best option no longer takes an approval.
    ApprovalRemoved,
    /// An option is new.
    OptionAdded,
    /// An option is gone.
    OptionRemoved,
    /// An option stands in another place.
    OptionMoved,
    /// What an option is measured by, or what it warns of.
    OptionChanged,
    /// A date of the best option.
    DateMoved,
    /// Why there is no way.
    Blocker,
}
