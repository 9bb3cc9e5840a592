//! Questions to the search, and its answers, as every door gives them.

use serde::{Deserialize, Serialize};

use crate::domain::refs::Slug;
use crate::domain::words::{DataType, Provenance, Sensitivity, squash};

macro_rules! named {
    ($($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Every value's name, in order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The name, as in the answer.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads a name, without regard to case, spaces and punctuation; `None` where it is not known.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let text = squash(text);
                $(if squash($word) == text { return Some(Self::$variant); })+
                None
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )+};
}

named! {
    /// What can be found. The order is the order in which things of equal worth are listed.
    Kind {
        /// A dataset.
        Dataset = "dataset",
        /// A table.
        Table = "table",
        /// An identifier scheme.
        IdentifierScheme = "identifierScheme",
        /// An approval.
        Approval = "approval",
        /// A crosswalk.
        Crosswalk = "crosswalk",
        /// A field.
        Field = "field",
    }

    /// Why something was found: which of its properties matched, and how where that is not plain to see.
    Matched {
        /// Its name, slug, reference or code.
        Name = "name",
        /// Its title.
        Title = "title",
        /// Its keywords.
        Keywords = "keywords",
        /// The identifier scheme that it holds, or the schemes that it leads between.
        IdentifierScheme = "identifierScheme",
        /// Its description.
        Description = "description",
        /// A code that it may hold, or what the code stands for.
        Values = "values",
        /// A column that the canonical layout does not know, such as the data dictionary's name.
        OtherColumns = "otherColumns",
        /// Grain, custodian, geography, body and the like.
        Details = "details",
        /// The dataset or table that it lies in. Never alone.
        Place = "place",
        /// Another word for what was asked, from the catalogue's synonyms.
        Synonym = "synonym",
        /// A word spelt nearly as asked; only where nothing is spelt so.
        Spelling = "spelling",
    }
}

/// A question. Within one list of filters any value will do; of several lists each must hold. Without words, the
/// whole catalogue is listed through the filters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SearchRequest {
    /// Words that must all be found, in any property, or most of them where nothing holds all; of more than 200 characters or 20 words the rest is not
    /// looked at.
    pub query: String,
    /// Only these kinds.
    pub kinds: Vec<Kind>,
    /// Only these datasets and what lies in them.
    pub datasets: Vec<Slug>,
    /// Only fields of these sensitivities.
    pub sensitivities: Vec<Sensitivity>,
    /// Only fields of these types.
    pub data_types: Vec<DataType>,
    /// Only rows of these provenances; a blank one is `stated`.
    pub provenances: Vec<Provenance>,
    /// Only what holds, leads between or is one of these identifier schemes.
    pub schemes: Vec<Slug>,
    /// How many hits to give, up to 1,000.
    pub first: usize,
    /// How many hits to leave out at the start.
    pub offset: usize,
}

impl Default for SearchRequest {
    fn default() -> Self {
        Self {
            query: String::new(),
            kinds: Vec::new(),
            datasets: Vec::new(),
            sensitivities: Vec::new(),
            data_types: Vec::new(),
            provenances: Vec::new(),
            schemes: Vec::new(),
            first: 20,
            offset: 0,
        }
    }
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchResults {
    /// How many were found.
    pub total: usize,
    /// Those asked for: best first, and by reference where equally good.
    pub hits: Vec<Hit>,
    /// How all that were found spread over the filters.
    pub facets: Vec<Facet>,
    /// Questions that would find something, where this one finds nothing that is spelt so.
    pub suggestions: Vec<String>,
    /// Whether the question was too long and its end was not looked at.
    pub shortened: bool,
    /// Whether nothing holds all of the words, and the hits hold only most of them.
    pub partial: bool,
}

/// Something found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// What it is.
    pub kind: Kind,
    /// `maternity/msd301/labourdeliveryid`, the slug of a scheme or crosswalk, the code of an approval.
    pub reference: String,
    /// The name exactly as in the model.
    pub name: String,
    /// The title; may be blank.
    pub title: String,
    /// The description, of a long one the piece around the first match; may be blank.
    pub description: String,
    /// The dataset that it is or lies in.
    pub dataset: Option<Slug>,
    /// How good it is; comparable within one answer only.
    pub score: f32,
    /// Why it was found; nothing where the question had no words.
    pub matched: Vec<Matched>,
    /// The other words for what was asked by which it was found, as the catalogue's synonyms write them.
    pub other_words: Vec<String>,
}

/// How all that were found spread over the values of one filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Facet {
    /// `kind`, `dataset`, `sensitivity`, `dataType`, `provenance` or `identifierScheme`.
    pub name: &'static str,
    /// Values that were found, most frequent first. A table may hold several identifier schemes.
    pub buckets: Vec<Bucket>,
}

/// How many were found of one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bucket {
    /// The value, as a filter takes it.
    pub value: String,
    /// How many were found.
    pub count: usize,
}
