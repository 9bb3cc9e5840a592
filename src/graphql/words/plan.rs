//! The words of plans as GraphQL enums.

use async_graphql::Enum;

use crate::app;
use crate::domain::plan;

enums! {
    /// Whether a request can be met, and with how much talking.
    Verdict = "plan::Verdict" {
        /// Nothing is needed.
        Feasible,
        /// Approvals are needed.
        FeasibleWithApprovals,
        /// Talk to the custodian before applying.
        DiscussFirst,
        /// There is no way.
        NotFeasible,
    }

    /// How a step joins.
    Via = "plan::Via" {
        /// Both sides hold the same identifier scheme.
        Scheme,
        /// One side refers to the other.
        Reference,
        /// Through one or more crosswalks.
        Crosswalk,
    }

    /// How certain dates are.
    Dates = "plan::Dates" {
        /// Computed from the usual rhythm; they may move.
        Expected,
        /// Entered by staff.
        Confirmed,
    }

    /// What an approval hangs on.
    ReasonKind = "plan::ReasonKind" {
        /// A dataset used.
        Dataset,
        /// A table used.
        Table,
        /// A crosswalk used.
        Crosswalk,
        /// A choice of the project, through a rule.
        Project,
        /// A rule on what is used.
        Rule,
        /// Another approval asks for it first.
        Prerequisite,
    }

    /// Kinds of warning.
    WarningKind = "plan::WarningKind" {
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

    /// Kinds of blocker.
    BlockerKind = "plan::BlockerKind" {
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

    /// Kinds of notice.
    NoticeKind = "plan::NoticeKind" {
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

    /// Kinds of difference between a saved plan and the same request asked again.
    PlanChangeKind = "plan::PlanChangeKind" {
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

    /// Kinds of change that would make a request possible, from the easiest to the hardest.
    ChangeKind = "plan::ChangeKind" {
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

    /// Why a search ended.
    SearchStop = "plan::SearchStop" {
        /// There was nothing left to search.
        Finished,
        /// The time was over: what was found so far is given.
        Deadline,
    }

    /// What a figure of a cohort counts.
    Counted = "plan::Counted" {
        /// The people in a table.
        Table,
        /// The people that both sides of a join have.
        Join,
    }

    /// How a figure is known.
    Known = "plan::Known" {
        /// Counted, and recorded here.
        Measured,
        /// Worked out from a recorded rate, or from the figure of something larger.
        Estimated,
        /// Not recorded.
        Unknown,
    }

    /// Kinds of basis on which people are in a dataset, from the least to the most restrictive.
    ConsentKind = "plan::ConsentKind" {
        /// Nothing is recorded, which is not that nothing limits its use.
        NotRecorded,
        /// Recorded, and neither consent nor opting out.
        Other,
        /// Everybody who has not opted out.
        OptOut,
        /// Only people who have consented.
        Consent,
    }

    /// What an entry of a timeline is.
    EntryKind = "plan::EntryKind" {
        /// An approval is decided.
        Approval,
        /// A crosswalk is carried out.
        Crosswalk,
        /// A dataset is delivered.
        Dataset,
    }

    /// The forms that an option of a plan can be given in.
    PlanForm = "app::PlanForm" {
        /// A skeleton of the join in standard SQL.
        Sql,
        /// The same for Snowflake.
        Snowflake,
        /// The join tree for Mermaid.
        Mermaid,
        /// The join tree for Graphviz.
        Dot,
        /// The join tree as a picture (SVG).
        Svg,
        /// The way to the earliest access as a Gantt chart (SVG).
        Gantt,
        /// The dates of its approvals as iCalendar.
        Calendar,
    }
}
