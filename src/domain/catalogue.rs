//! The catalogue: everything that is published and that one class of viewer may see, put together from its
//! data models into one immutable value that every answer is read from.

use std::hash::Hash;
use std::sync::Arc;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde::Serialize;

use super::approval::{Approval, Code, Meeting, Rule};
use super::crosswalk::Crosswalk;
use super::data_model::{About, DataModel, Dataset, Field, Scheme, Synonym, Table};
use super::near::nearness;
use super::refs::{FieldRef, Ref, Slug, TableRef, closest};
use super::shown::{Shown, Sight};
use super::words::Visibility;

/// One published version of a data model.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedModel {
    /// The version number, from 1.
    pub version: i32,
    /// When it was published.
    pub published_at: Timestamp,
    /// Its content.
    pub model: Arc<DataModel>,
}

/// What one class of viewer sees of a data model: who looks after it, and which version is published.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelHead {
    /// What it says of itself.
    pub about: About,
    /// The published version.
    pub version: i32,
    /// When it was published.
    pub published_at: Timestamp,
}

/// A dataset with its tables.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DatasetEntry {
    /// The data model it belongs to.
    pub model: Slug,
    /// The dataset.
    pub dataset: Arc<Dataset>,
    /// Its tables in the model's order.
    pub tables: IndexMap<Slug, Arc<TableEntry>>,
}

/// A table with its fields.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TableEntry {
    /// The table.
    pub table: Arc<Table>,
    /// Its fields in the model's order.
    pub fields: IndexMap<Slug, Arc<Field>>,
}

/// What is published, as one class of viewer sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    /// Data models by slug.
    pub models: IndexMap<Slug, ModelHead>,
    /// Datasets by slug, in the order of models and workbooks.
    pub datasets: IndexMap<Slug, Arc<DatasetEntry>>,
    /// Identifier schemes by slug.
    pub schemes: IndexMap<Slug, Arc<Scheme>>,
    /// Crosswalks by slug.
    pub crosswalks: IndexMap<Slug, Arc<Crosswalk>>,
    /// Approvals by code.
    pub approvals: IndexMap<Code, Arc<Approval>>,
    /// Rules by slug.
    pub rules: IndexMap<Slug, Arc<Rule>>,
    /// Committee dates.
    pub meetings: Vec<Meeting>,
    /// Synonyms.
    pub synonyms: Vec<Synonym>,
}

impl DatasetEntry {
    pub(super) fn is(&self, other: &Self) -> bool {
        self.model == other.model
            && same(&self.dataset, &other.dataset, Dataset::eq)
            && all_the_same(&self.tables, &other.tables, TableEntry::is)
    }
}

impl TableEntry {
    fn is(&self, other: &Self) -> bool {
        same(&self.table, &other.table, Table::eq) && all_the_same(&self.fields, &other.fields, Field::eq)
    }
}

/// Whether two things are equal, without looking at what is one in memory.
fn same<T>(this: &Arc<T>, that: &Arc<T>, equal: fn(&T, &T) -> bool) -> bool {
    Arc::ptr_eq(this, that) || equal(this, that)
}

fn all_the_same<K: Eq, T>(these: &IndexMap<K, Arc<T>>, those: &IndexMap<K, Arc<T>>, equal: fn(&T, &T) -> bool) -> bool {
    let keys = these.keys().eq(those.keys());
    keys && these.values().zip(those.values()).all(|(this, that)| same(this, that, equal))
}

/// A reference that names nothing in the catalogue, and the closest names that do.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub struct Unknown {
    /// What was asked for.
    pub wanted: String,
    /// The closest existing ones, best first.
    pub closest: Vec<String>,
}

impl std::fmt::Display for Unknown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "“{}” is not in the catalogue", self.wanted)?;
        match self.closest.as_slice() {
            [] => f.write_str("; `search` finds what is"),
            names => write!(f, "; did you mean {}?", names.join(", ")),
        }
    }
}

/// Names that an error offers.
const MOST_NEAR: usize = 3;

impl Catalogue {
    /// Puts data models together, keeping what a viewer of `class` may see (contract §5).
    #[must_use]
    pub fn assemble<'a>(models: impl IntoIterator<Item = &'a PublishedModel> + Clone, class: Visibility) -> Self {
        let sight = Sight::of(models.clone(), class);
        let shown: Vec<(&PublishedModel, Shown)> =
            models.into_iter().map(|published| (published, Shown::of(&published.model, &sight))).collect();
        Self::of(shown.iter().map(|(published, shown)| (*published, shown)))
    }

    /// Puts together what is shown of data models, all with the same sight and in their order.
    #[must_use]
    pub fn of<'a>(models: impl IntoIterator<Item = (&'a PublishedModel, &'a Shown)>) -> Self {
        let mut all = Self::default();
        let (mut tables, mut fields) = (Vec::new(), Vec::new());
        for (published, shown) in models {
            if let Some(about) = shown.about.clone() {
                let PublishedModel { version, published_at, .. } = *published;
                all.models.insert(about.slug.clone(), ModelHead { about, version, published_at });
            }
            all.datasets.extend(shown.datasets.iter().map(|entry| (entry.dataset.slug.clone(), entry.clone())));
            all.schemes.extend(shown.schemes.iter().map(|scheme| (scheme.slug.clone(), scheme.clone())));
            all.crosswalks.extend(shown.crosswalks.iter().map(|held| (held.slug.clone(), held.clone())));
            all.approvals.extend(shown.approvals.iter().map(|approval| (approval.code.clone(), approval.clone())));
            all.rules.extend(shown.rules.iter().map(|rule| (rule.slug.clone(), rule.clone())));
            all.meetings.extend(shown.meetings.iter().cloned());
            all.synonyms.extend(shown.synonyms.iter().cloned());
            tables.extend(&shown.added_tables);
            fields.extend(&shown.added_fields);
        }
        // What data models add to the datasets of others comes after what these hold themselves.
        for table in tables {
            if let Some(entry) = all.datasets.get_mut(&table.dataset) {
                let added = Arc::new(TableEntry { table: table.clone(), fields: IndexMap::new() });
                Arc::make_mut(entry).tables.insert(table.slug.clone(), added);
            }
        }
        for field in fields {
            let entry = all.datasets.get_mut(&field.dataset);
            if let Some(entry) = entry.and_then(|entry| Arc::make_mut(entry).tables.get_mut(&field.table)) {
                Arc::make_mut(entry).fields.insert(field.slug.clone(), field.clone());
            }
        }
        all
    }

    /// Takes from another catalogue what is the same in both, so that it is in memory once.
    pub fn share_with(&mut self, other: &Self) {
        fn share<K: Hash + Eq, T>(
            mine: &mut IndexMap<K, Arc<T>>,
            others: &IndexMap<K, Arc<T>>,
            same: fn(&T, &T) -> bool,
        ) {
            for (key, mine) in mine {
                if let Some(other) = others.get(key)
                    && !Arc::ptr_eq(mine, other)
                    && same(mine, other)
                {
                    *mine = other.clone();
                }
            }
        }
        share(&mut self.datasets, &other.datasets, DatasetEntry::is);
        share(&mut self.schemes, &other.schemes, Scheme::eq);
        share(&mut self.crosswalks, &other.crosswalks, Crosswalk::eq);
        share(&mut self.approvals, &other.approvals, Approval::eq);
        share(&mut self.rules, &other.rules, Rule::eq);
    }

    /// Every table, dataset by dataset.
    pub fn tables(&self) -> impl Iterator<Item = &Arc<TableEntry>> {
        self.datasets.values().flat_map(|entry| entry.tables.values())
    }

    /// Every field, table by table.
    pub fn fields(&self) -> impl Iterator<Item = &Arc<Field>> {
        self.tables().flat_map(|entry| entry.fields.values())
    }

    /// The dataset of this slug.
    #[must_use]
    pub fn dataset(&self, slug: &Slug) -> Option<&Arc<DatasetEntry>> {
        self.datasets.get(slug)
    }

    /// The table that a reference names.
    #[must_use]
    pub fn table(&self, reference: &TableRef) -> Option<&Arc<TableEntry>> {
        self.datasets.get(&reference.dataset)?.tables.get(&reference.table)
    }

    /// The field that a reference names.
    #[must_use]
    pub fn field(&self, reference: &FieldRef) -> Option<&Arc<Field>> {
        self.table(&reference.table)?.fields.get(&reference.field)
    }

    /// Whether a reference names something.
    #[must_use]
    pub fn holds(&self, reference: &Ref) -> bool {
        match reference {
            Ref::Dataset(dataset) => self.dataset(dataset).is_some(),
            Ref::Table(table) => self.table(table).is_some(),
            Ref::Field(field) => self.field(field).is_some(),
        }
    }

    /// Reads a reference and makes sure that it names something.
    pub fn resolve(&self, text: &str) -> Result<Ref, Unknown> {
        let reference: Option<Ref> = text.parse().ok();
        match reference {
            Some(reference) if self.holds(&reference) => Ok(reference),
            reference => Err(Unknown { wanted: text.trim().to_owned(), closest: self.near(text, reference.as_ref()) }),
        }
    }

    /// The closest references: level by level where the start of the path is known, else over every dataset and table,
    /// and where none of these is near, fields of that very name.
    fn near(&self, text: &str, reference: Option<&Ref>) -> Vec<String> {
        let dataset = reference.and_then(|reference| self.dataset(reference.dataset()));
        let table = match (dataset, reference) {
            (Some(entry), Some(Ref::Field(field))) => entry.tables.get(&field.table.table),
            _ => None,
        };
        match (dataset, table, reference) {
            (_, Some(entry), Some(Ref::Field(wanted))) => {
                let near = closest(wanted.field.as_str(), entry.fields.keys().map(Slug::as_str), MOST_NEAR);
                near.into_iter().map(|name| format!("{}/{name}", wanted.table)).collect()
            }
            (
                Some(entry),
                _,
                Some(Ref::Table(TableRef { table, .. }) | Ref::Field(FieldRef { table: TableRef { table, .. }, .. })),
            ) => {
                let near = closest(table.as_str(), entry.tables.keys().map(Slug::as_str), MOST_NEAR);
                let near: Vec<String> = near.into_iter().map(|name| format!("{}/{name}", entry.dataset.slug)).collect();
                if near.is_empty() { self.near_anywhere(table.as_str(), table.as_str()) } else { near }
            }
            (
                _,
                _,
                Some(
                    Ref::Table(TableRef { dataset, table })
                    | Ref::Field(FieldRef { table: TableRef { dataset, table }, .. }),
                ),
            ) => self.near_anywhere(dataset.as_str(), table.as_str()),
            (_, _, Some(Ref::Dataset(dataset))) => self.near_anywhere(dataset.as_str(), dataset.as_str()),
            (_, _, None) => self.near_anywhere(text.trim(), text.trim()),
        }
    }

    /// Datasets near to one name and tables near to another, the nearest first.
    fn near_anywhere(&self, dataset: &str, table: &str) -> Vec<String> {
        let datasets =
            self.datasets.keys().filter_map(|slug| Some((nearness(dataset, slug.as_str())?, slug.to_string())));
        let tables = self.tables().filter_map(|entry| {
            Some((nearness(table, entry.table.slug.as_str())?, entry.table.reference().to_string()))
        });
        let mut near: Vec<(f64, String)> = datasets.chain(tables).collect();
        if near.is_empty() {
            let same = |field: &&Arc<Field>| nearness(table, field.slug.as_str()).is_some_and(|near| near >= 1.0);
            near.extend(self.fields().filter(same).map(|field| (1.0, field.reference().to_string())));
        }
        // Of equals a dataset comes before its tables, as it comes first above.
        near.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        near.truncate(MOST_NEAR);
        near.into_iter().map(|(_, name)| name).collect()
    }
}
