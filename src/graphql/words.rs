//! The closed vocabularies as GraphQL enums, in capitals: `QUASI_IDENTIFIER` for "quasi-identifier".

use async_graphql::Enum;

use crate::app;
use crate::domain::{plan, words};

/// Each enum here stands for one of the domain or the search, value by value: the compiler finds a value missing.
macro_rules! enums {
    ($($(#[$meta:meta])* $name:ident = $of:tt { $($(#[$variant_meta:meta])* $variant:ident),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
        #[graphql(remote = $of)]
        pub enum $name { $($(#[$variant_meta])* $variant),+ }
    )+};
}

enums! {
    /// Who may see a dataset.
    Visibility = "words::Visibility" {
        /// Everyone.
        Public,
        /// Signed-in researchers.
        Registered,
        /// Staff of the environment.
        Staff,
    }

    /// Where a row of the catalogue comes from. Null means: stated by the owner of the workbook.
    Provenance = "words::Provenance" {
        /// The source says so of this very dataset.
        Stated,
        /// From the national standard or research model that the data follows.
        Standard,
        /// Inferred from stated facts.
        Inferred,
        /// Made up to show how it would look; to be replaced.
        Illustrative,
    }

    /// What a field holds.
    DataType = "words::DataType" {
        /// A text.
        String,
        /// A long text.
        Text,
        /// A whole number.
        Integer,
        /// A number with a fraction.
        Decimal,
        /// Yes or no.
        Boolean,
        /// A day.
        Date,
        /// A time of day.
        Time,
        /// A day and a time.
        Datetime,
        /// A code of a code list.
        Code,
        /// An identifier.
        Identifier,
        /// Anything else: images, documents.
        Binary,
    }

    /// How sensitive a field is.
    Sensitivity = "words::Sensitivity" {
        /// Not sensitive.
        None,
        /// Helps to identify a person together with others.
        QuasiIdentifier,
        /// Identifies a person.
        Identifier,
        /// Special category data (UK GDPR Article 9).
        SpecialCategory,
        /// Unstructured text, which may hold anything.
        FreeText,
    }

    /// What part a field has in the keys of its table.
    KeyKind = "words::KeyKind" {
        /// The primary key, or a part of it where several fields are marked.
        Primary,
        /// Alone identifies a row.
        Unique,
        /// Refers to another table.
        Foreign,
    }

    /// What an identifier scheme identifies. Code lists, organisations, places and dates never link people.
    Entity = "words::Entity" {
        /// A person.
        Person,
        /// A spell, a pregnancy, a ward stay …
        Event,
        /// A tissue sample, a specimen.
        Specimen,
        /// A consent.
        Consent,
        /// An organisation or a site.
        Organisation,
        /// A list of codes.
        CodeList,
        /// A place or an area.
        Geography,
        /// A day.
        Date,
    }

    /// How far an identifier names its person.
    Identifiability = "words::Identifiability" {
        /// Names the person to anybody who holds the register, such as an NHS number.
        Direct,
        /// A pseudonym of one domain.
        Pseudonym,
        /// Means something inside one system only.
        Local,
    }

    /// How a crosswalk finds its pairs.
    MatchMethod = "words::MatchMethod" {
        /// By equality of identifiers.
        Deterministic,
        /// By likelihood over several attributes.
        Probabilistic,
        /// Both.
        Combination,
        /// Held because the person consented.
        Consented,
        /// By time intervals that overlap.
        Interval,
        /// Any other way.
        Other,
    }

    /// Whether a crosswalk can be used.
    CrosswalkStatus = "words::CrosswalkStatus" {
        /// It can.
        Available,
        /// Ask first.
        Discuss,
        /// It cannot.
        NotAvailable,
    }

    /// Whether a meeting was computed from the usual rhythm or entered by staff.
    DateStatus = "words::DateStatus" {
        /// Computed from the usual rhythm.
        Expected,
        /// Entered by staff.
        Confirmed,
    }

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
        /// Free text, which may hold anything.
        FreeText,
        /// No approval is recorded, which is not that none is needed.
        ApprovalsNotRecorded,
        /// A computed date is a bank holiday.
        BankHoliday,
        /// An identifier itself is asked for.
        Identifier,
        /// No rule asks for a characteristic that was named.
        UnknownCharacteristic,
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

    /// What can be found.
    SearchKind = "app::Kind" {
        /// A dataset.
        Dataset,
        /// A table.
        Table,
        /// An identifier scheme.
        IdentifierScheme,
        /// An approval.
        Approval,
        /// A crosswalk.
        Crosswalk,
        /// A field.
        Field,
    }

    /// Which property of something found matched, and how where that is not plain to see.
    Matched = "app::Matched" {
        /// Its name, slug, reference or code.
        Name,
        /// Its title.
        Title,
        /// Its keywords.
        Keywords,
        /// The identifier scheme that it holds, or the schemes that it leads between.
        IdentifierScheme,
        /// Its description.
        Description,
        /// A code that it may hold, or what the code stands for.
        Values,
        /// A column that the canonical layout does not know, such as the data dictionary's name.
        OtherColumns,
        /// Grain, custodian, geography, body and the like.
        Details,
        /// The dataset or table that it lies in. Never alone.
        Place,
        /// Another word for what was asked, from the catalogue's synonyms.
        Synonym,
        /// A word spelt nearly as asked; only where nothing is spelt so.
        Spelling,
    }
}

/// What is recorded of the approvals that something takes.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "ApprovalsRecorded")]
#[expect(clippy::enum_variant_names, reason = "the names are what clients read")]
pub enum Recorded {
    /// None is recorded, which is not that none is needed.
    NotRecorded,
    /// It is stated that none is needed.
    NoneNeeded,
    /// Those listed are needed.
    Needed,
}

/// The word of a value in the catalogue, such as `free text`, as its GraphQL enum spells it: `FREE_TEXT`.
#[must_use]
pub fn constant(word: &str) -> String {
    let mut constant = String::with_capacity(word.len() + 4);
    for c in word.chars() {
        match c {
            ' ' | '-' => constant.push('_'),
            c if c.is_uppercase() => {
                constant.push('_');
                constant.push(c);
            }
            c => constant.extend(c.to_uppercase()),
        }
    }
    constant
}
