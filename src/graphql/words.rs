//! The closed vocabularies as GraphQL enums, in capitals: `QUASI_IDENTIFIER` for "quasi-identifier".

use async_graphql::Enum;

use crate::app;
use crate::domain::words;

/// Each enum here stands for one of the domain or the search, value by value: the compiler finds a value missing.
macro_rules! enums {
    ($($(#[$meta:meta])* $name:ident = $of:tt { $($(#[$variant_meta:meta])* $variant:ident),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
        #[graphql(remote = $of)]
        pub enum $name { $($(#[$variant_meta])* $variant),+ }
    )+};
}

mod plan;

pub use plan::{
    BlockerKind, ChangeKind, ConsentKind, Counted, Dates, EntryKind, Known, NoticeKind, PlanChangeKind, PlanForm,
    ReasonKind, SearchStop, Verdict, Via, WarningKind,
};

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
