//! References: how a dataset, a table or a field is named, by a path of slugs (contract §1).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::near::nearness;

/// A name in lower case with every run of anything but letters, digits and `_` turned into one `-`,
/// trimmed. Slugs are how references stay the same when a title or the case of a name changes. Clones share the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Slug(Arc<str>);

/// A name in which no letter, digit or `_` is left to make a slug from.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("“{0}” holds no letter or digit: give it a name that does")]
pub struct NotASlug(pub String);

impl Slug {
    /// Makes the slug of a name, or says that nothing of the name is left.
    pub fn of(name: &str) -> Result<Self, NotASlug> {
        let mut slug = String::with_capacity(name.len());
        for c in name.nfc().flat_map(char::to_lowercase) {
            if c.is_alphanumeric() || c == '_' {
                slug.push(c);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(slug.trim_end_matches('-').len());
        if slug.is_empty() { Err(NotASlug(name.to_owned())) } else { Ok(Self(slug.into())) }
    }

    /// The default slug of a crosswalk between two schemes: `from--to` (contract §2), and `from--to-2` …
    /// for parallel ones.
    #[must_use]
    pub fn of_crosswalk(from: &Self, to: &Self, nth: usize) -> Self {
        match nth {
            0 | 1 => Self(format!("{from}--{to}").into()),
            n => Self(format!("{from}--{to}-{n}").into()),
        }
    }

    /// Makes the slug of a crosswalk as somebody wrote it: as [`Slug::of`], but the `--` between two
    /// scheme names stays.
    pub fn of_crosswalk_name(name: &str) -> Result<Self, NotASlug> {
        let parts: Vec<Arc<str>> = name.split("--").map(Self::of).filter_map(Result::ok).map(|slug| slug.0).collect();
        if parts.is_empty() { Err(NotASlug(name.to_owned())) } else { Ok(Self(parts.join("--").into())) }
    }

    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Slug {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Slug {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::of_crosswalk_name(&text).map_err(serde::de::Error::custom)
    }
}

/// A reference to a dataset (`maternity`), a table (`maternity/msd301`) or a field
/// (`maternity/msd301/labourdeliveryid`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ref {
    /// `dataset`
    Dataset(Slug),
    /// `dataset/table`
    Table(TableRef),
    /// `dataset/table/field`
    Field(FieldRef),
}

/// `dataset/table`
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableRef {
    /// The dataset.
    pub dataset: Slug,
    /// The table in it.
    pub table: Slug,
}

/// `dataset/table/field`
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldRef {
    /// The table.
    pub table: TableRef,
    /// The field in it.
    pub field: Slug,
}

/// A text that is no reference.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("“{0}” is no reference: write dataset, dataset/table or dataset/table/field")]
pub struct NotARef(pub String);

impl TableRef {
    /// The reference of a table.
    #[must_use]
    pub fn new(dataset: Slug, table: Slug) -> Self {
        Self { dataset, table }
    }

    /// The reference of a field of this table.
    #[must_use]
    pub fn field(&self, field: Slug) -> FieldRef {
        FieldRef { table: self.clone(), field }
    }
}

impl Ref {
    /// The dataset that the reference lies in.
    #[must_use]
    pub fn dataset(&self) -> &Slug {
        match self {
            Self::Dataset(dataset) => dataset,
            Self::Table(table) => &table.dataset,
            Self::Field(field) => &field.table.dataset,
        }
    }

    /// The table that it is or lies in; `None` for a dataset.
    #[must_use]
    pub fn table(&self) -> Option<&TableRef> {
        match self {
            Self::Dataset(_) => None,
            Self::Table(table) => Some(table),
            Self::Field(field) => Some(&field.table),
        }
    }
}

impl FromStr for Ref {
    type Err = NotARef;

    /// Reads a reference as a person types it: case and punctuation inside a name do not matter.
    fn from_str(text: &str) -> Result<Self, NotARef> {
        let wrong = || NotARef(text.to_owned());
        let mut parts = text.trim().trim_matches('/').split('/');
        let mut next = || parts.next().map(Slug::of).transpose().map_err(|_| wrong());
        let (dataset, table, field, more) = (next()?, next()?, next()?, next()?);
        match (dataset, table, field, more) {
            (Some(dataset), None, None, None) => Ok(Self::Dataset(dataset)),
            (Some(dataset), Some(table), None, None) => Ok(Self::Table(TableRef { dataset, table })),
            (Some(dataset), Some(table), Some(field), None) => {
                Ok(Self::Field(FieldRef { table: TableRef { dataset, table }, field }))
            }
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for TableRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.dataset, self.table)
    }
}

impl fmt::Display for FieldRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.table, self.field)
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dataset(dataset) => dataset.fmt(f),
            Self::Table(table) => table.fmt(f),
            Self::Field(field) => field.fmt(f),
        }
    }
}

/// References travel as their text, `dataset/table/field`.
macro_rules! serde_as_text {
    ($($name:ty: $read:expr),+) => {$(
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let reference: Ref = text.parse().map_err(serde::de::Error::custom)?;
                let read: fn(Ref) -> Option<Self> = $read;
                read(reference).ok_or_else(|| serde::de::Error::custom(NotARef(text)))
            }
        }
    )+};
}

serde_as_text! {
    Ref: Some,
    TableRef: |reference| match reference { Ref::Table(table) => Some(table), _ => None },
    FieldRef: |reference| match reference { Ref::Field(field) => Some(field), _ => None }
}

/// The names among `known` that are closest to `wanted`, best first, at most `most`: what an error message
/// offers where a name is not known.
pub fn closest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let near = known.into_iter().filter_map(|name| nearness(wanted, name).map(|near| (near, name)));
    let mut near: Vec<(f64, &str)> = near.collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    near.truncate(most);
    near.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_lower_case_with_one_dash_for_each_run_of_anything_else() {
        for (name, slug) in [
            ("Maternity", "maternity"),
            ("  DER.dim_patient  ", "der-dim_patient"),
            ("LOCAL PATIENT / IDENTIFIER (old)", "local-patient-identifier-old"),
            ("Échographie", "échographie"),
        ] {
            assert_eq!(Slug::of(name).map(|s| s.to_string()), Ok(slug.to_owned()));
        }
        assert!(Slug::of(" – ").is_err());
    }

    #[test]
    fn a_reference_reads_back_as_it_is_written_whatever_its_case() {
        for (typed, written) in
            [("Maternity", "maternity"), ("maternity/MSD301/LabourDeliveryID", "maternity/msd301/labourdeliveryid")]
        {
            assert_eq!(typed.parse::<Ref>().map(|r| r.to_string()), Ok(written.to_owned()));
        }
        assert!("a/b/c/d".parse::<Ref>().is_err());
        assert!("a//c".parse::<Ref>().is_err());
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_closest_ones() {
        assert_eq!(closest("maternty", ["wsic", "maternity", "epr"], 2), ["maternity"]);
    }
}
