//! The closed vocabularies of the catalogue: words that a cell may hold, read without regard to case,
//! spaces and punctuation, and always written back as the contract spells them.

use serde::{Deserialize, Serialize};

/// The letters and digits of a text in lower case: what two words are compared by.
#[must_use]
pub fn squash(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

macro_rules! words {
    ($($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal $(| $alias:literal)*),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $name {
            /// Every value, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Every word, in the order of the contract.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word as the contract spells it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads a cell; `None` where the word is not of this vocabulary.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let text = squash(text);
                $(if [$word $(, $alias)*].iter().any(|word| squash(word) == text) { return Some(Self::$variant); })+
                None
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::unknown_variant(&text, Self::WORDS))
            }
        }
    )+};
}

words! {
    /// Who may see a dataset (contract §5). The order is the order of trust.
    Visibility {
        /// Everyone.
        Public = "public",
        /// Signed-in researchers. A blank cell means this.
        Registered = "registered",
        /// Staff of the environment.
        Staff = "staff",
    }

    /// Where a row comes from. Blank means stated by the workbook's owner.
    Provenance {
        /// The source says so of this very dataset.
        Stated = "stated",
        /// From the national standard or research model that the data follows.
        Standard = "standard",
        /// Inferred from stated facts.
        Inferred = "inferred",
        /// Ours, to be replaced.
        Illustrative = "illustrative",
    }

    /// What a field holds. The source's own words are kept beside it.
    DataType {
        /// A text; also `varchar`, `char` …
        String = "string",
        /// A long text.
        Text = "text",
        /// A whole number.
        Integer = "integer",
        /// A number with a fraction.
        Decimal = "decimal",
        /// Yes or no.
        Boolean = "boolean",
        /// A day.
        Date = "date",
        /// A time of day.
        Time = "time",
        /// A day and a time.
        Datetime = "datetime",
        /// A code of a code list.
        Code = "code",
        /// An identifier.
        Identifier = "identifier",
        /// Anything else: images, documents.
        Binary = "binary",
    }

    /// How sensitive a field is.
    Sensitivity {
        /// Not sensitive.
        None = "none",
        /// Helps to identify a person together with others.
        QuasiIdentifier = "quasi-identifier",
        /// Identifies a person.
        Identifier = "identifier",
        /// Special category data (UK GDPR Article 9).
        SpecialCategory = "special category",
        /// Unstructured text, which may hold anything.
        FreeText = "free text",
    }

    /// What part a field has in the keys of its table.
    KeyKind {
        /// The primary key, or a part of it where several fields are marked.
        Primary = "primary" | "pk" | "primary key",
        /// Alone identifies a row.
        Unique = "unique" | "unique key",
        /// Refers to another table.
        Foreign = "foreign" | "fk" | "foreign key",
    }

    /// What an identifier scheme identifies.
    Entity {
        /// A person.
        Person = "person",
        /// A spell, a pregnancy, a ward stay …
        Event = "event",
        /// A tissue sample, a specimen.
        Specimen = "specimen",
        /// A consent.
        Consent = "consent",
        /// An organisation or a site.
        Organisation = "organisation" | "organization",
        /// A list of codes.
        CodeList = "code list",
        /// A place or an area.
        Geography = "geography",
        /// A day.
        Date = "date",
    }

    /// How far an identifier names its person.
    Identifiability {
        /// Names the person to anybody who holds the register, such as an NHS number.
        Direct = "direct",
        /// A pseudonym of one domain.
        Pseudonym = "pseudonym",
        /// Means something inside one system only.
        Local = "local",
    }

    /// How a crosswalk finds its pairs.
    MatchMethod {
        /// By equality of identifiers.
        Deterministic = "deterministic",
        /// By likelihood over several attributes.
        Probabilistic = "probabilistic",
        /// Both.
        Combination = "combination",
        /// Held because the person consented.
        Consented = "consented",
        /// By time intervals that overlap.
        Interval = "interval",
        /// Any other way.
        Other = "other",
    }

    /// How many of the one side belong to one of the other. The left side is the From side.
    Cardinality {
        /// One to one.
        OneToOne = "1:1",
        /// One on the left, many on the right.
        OneToMany = "1:n" | "1:m" | "1:many",
        /// Many on the left, one on the right.
        ManyToOne = "n:1" | "m:1" | "many:1",
        /// Many on both sides.
        ManyToMany = "n:m" | "n:n" | "m:n" | "m:m" | "many:many",
    }

    /// Who carries a linkage out.
    PerformedBy {
        /// The researcher.
        SelfService = "self-service",
        /// NHS staff.
        NhsStaff = "NHS staff",
        /// A trusted third party.
        TrustedThirdParty = "trusted third party",
    }

    /// Whether a crosswalk can be used.
    CrosswalkStatus {
        /// It can.
        Available = "available",
        /// Ask first. A blank cell means this.
        Discuss = "discuss",
        /// It cannot.
        NotAvailable = "not available" | "unavailable",
    }

    /// Whether a date was computed from the usual rhythm or entered by staff.
    DateStatus {
        /// Computed from the usual rhythm.
        Expected = "expected",
        /// Entered by staff.
        Confirmed = "confirmed",
    }
}

impl Entity {
    /// Whether two records that hold the same identifier of this kind are about the same thing; code
    /// lists, organisations, places and dates never link people (linkage.md §1.4).
    #[must_use]
    pub fn links(self) -> bool {
        matches!(self, Self::Person | Self::Event | Self::Specimen | Self::Consent)
    }
}

impl Cardinality {
    /// Made of whether there is only one on the left and only one on the right.
    #[must_use]
    pub fn of(one_left: bool, one_right: bool) -> Self {
        match (one_left, one_right) {
            (true, true) => Self::OneToOne,
            (true, false) => Self::OneToMany,
            (false, true) => Self::ManyToOne,
            (false, false) => Self::ManyToMany,
        }
    }

    /// Whether there is only one on the left for each on the right.
    #[must_use]
    pub fn one_left(self) -> bool {
        matches!(self, Self::OneToOne | Self::OneToMany)
    }

    /// Whether there is only one on the right for each on the left.
    #[must_use]
    pub fn one_right(self) -> bool {
        matches!(self, Self::OneToOne | Self::ManyToOne)
    }

    /// The same, read from the other side.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self::of(self.one_right(), self.one_left())
    }

    /// This followed by another.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Self::of(self.one_left() && next.one_left(), self.one_right() && next.one_right())
    }
}
