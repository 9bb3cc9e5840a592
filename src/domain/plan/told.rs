//! What a plan says in sentences: what to look out for, and why there is no way.

use serde::Serialize;

/// Something to look out for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What kind.
    pub kind: WarningKind,
    /// In a sentence.
    pub text: String,
    /// What it is about: references, slugs and codes.
    pub subjects: Vec<String>,
}

/// Kinds of warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WarningKind {
    /// Ask before applying.
    DiscussFirst,
    /// What a crosswalk is restricted to, in the words of whoever recorded it.
    Restriction,
    /// Only some people can match.
    Attrition,
    /// People are in it by consent only.
    Consent,
    /// The coverage dates do not overlap.
    NoOverlap,
    /// One row on one side meets many on the other.
    FanOut,
    /// Two such joins multiply each other.
    Chasm,
    /// What is recorded of how many belong together contradicts itself.
    Contradictory,
    /// How many belong together is not recorded.
    CardinalityNotRecorded,
    /// Free text, which may hold anything.
    FreeText,
    /// No approval is recorded, which is not that none is needed.
    ApprovalsNotRecorded,
    /// A computed date is a bank holiday.
    BankHoliday,
    /// An identifier itself is asked for.
    Identifier,
    /// Joined on a member of staff, not on the people the rows are about.
    StaffKey,
    /// Part of what the plan rests on is a reconstruction, inferred or illustrative.
    Provenance,
}

/// Something to know of a request, or of an answer, as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// What kind.
    pub kind: NoticeKind,
    /// In a sentence.
    pub text: String,
    /// What it is about: references, slugs and codes.
    pub subjects: Vec<String>,
}

/// Kinds of notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeKind {
    /// The same thing was named more than once; it counts once.
    NamedTwice,
    /// One thing is asked for, or all of it lies in one table: there is nothing to link.
    NothingToLink,
    /// An approval is held and was to be avoided.
    HeldAndAvoided,
    /// A list holds fewer than there are, or than there may be.
    ListCut,
    /// No rule asks for a characteristic that was named.
    UnknownCharacteristic,
}

/// Why a request cannot be met.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Blocker {
    /// What kind.
    pub kind: BlockerKind,
    /// The two sides that do not meet.
    pub between: Vec<String>,
    /// In a sentence.
    pub text: String,
    /// The nearest thing that would help.
    pub nearest: Option<String>,
}

/// Kinds of blocker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BlockerKind {
    /// A table carries no key of a person, an event, a specimen or a consent.
    NoLinkableKey,
    /// The two sides hold no identifier in common, nor a crosswalk between theirs.
    NoSharedIdentifier,
    /// The crosswalk between them is recorded as not available.
    CrosswalkNotAvailable,
    /// They hold the same identifier for different people, such as a mother and a baby.
    RolesDiffer,
    /// An approval that was to be avoided is needed.
    ApprovalAvoided,
    /// A dataset that was to be avoided is needed.
    DatasetAvoided,
    /// Even if they could be joined, their days do not overlap.
    NoOverlap,
    /// The time was over before a way was found or ruled out.
    SearchCutShort,
}
