//! What a class of viewer is shown of one data model (contract §5). Each data model is looked at by itself, so that one
//! which stays as it was need not be looked at again when another is published.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;
use serde::Serialize;

use super::approval::{Approval, Meeting, Rule};
use super::catalogue::{DatasetEntry, PublishedModel, TableEntry};
use super::crosswalk::Crosswalk;
use super::data_model::{About, DataModel, Dataset, Field, Scheme, Synonym, Table};
use super::hiding;
use super::refs::{Slug, TableRef};
use super::words::Visibility;

/// What a class sees of the datasets of all data models, as far as it decides what is shown of any of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// The datasets that are hidden.
    hidden: BTreeSet<Slug>,
    /// The tables of datasets that are shown which another data model than the dataset's own adds, or adds fields to.
    added_to: BTreeSet<TableRef>,
}

/// What is shown of one data model. Its serialised form moves only when that does.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// What it says of itself; `None` where all of its datasets are hidden.
    pub(super) about: Option<About>,
    pub(super) datasets: Vec<Arc<DatasetEntry>>,
    pub(super) schemes: Vec<Arc<Scheme>>,
    pub(super) crosswalks: Vec<Arc<Crosswalk>>,
    pub(super) approvals: Vec<Arc<Approval>>,
    pub(super) rules: Vec<Arc<Rule>>,
    pub(super) meetings: Vec<Meeting>,
    pub(super) synonyms: Vec<Synonym>,
    /// Tables that it adds to datasets of other data models.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) added_tables: Vec<Arc<Table>>,
    /// Fields that it adds to tables of other data models.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) added_fields: Vec<Arc<Field>>,
}

impl Sight {
    /// What a class sees of the datasets of these data models.
    #[must_use]
    pub fn of<'a>(models: impl IntoIterator<Item = &'a PublishedModel>, class: Visibility) -> Self {
        let models: Vec<&DataModel> = models.into_iter().map(|published| published.model.as_ref()).collect();
        Self::among(&models, &added(&models), class)
    }

    /// The same for every class, in the order of [`Visibility::ALL`].
    #[must_use]
    pub fn all(models: &[PublishedModel]) -> Vec<(Visibility, Self)> {
        let models: Vec<&DataModel> = models.iter().map(|published| published.model.as_ref()).collect();
        let added = added(&models);
        Visibility::ALL.iter().map(|class| (*class, Self::among(&models, &added, *class))).collect()
    }

    fn among(models: &[&DataModel], added: &BTreeSet<TableRef>, class: Visibility) -> Self {
        let datasets = || models.iter().flat_map(|model| &model.datasets);
        let hidden = datasets().filter(|dataset| dataset.visibility > class).map(|dataset| dataset.slug.clone());
        let shown: HashSet<&Slug> =
            datasets().filter(|dataset| dataset.visibility <= class).map(|dataset| &dataset.slug).collect();
        let added_to = added.iter().filter(|table| shown.contains(&table.dataset)).cloned();
        Self { hidden: hidden.collect(), added_to: added_to.collect() }
    }
}

/// The tables that another data model than their dataset's own adds, or adds fields to, where there are such tables.
fn added(models: &[&DataModel]) -> BTreeSet<TableRef> {
    let mut added = BTreeSet::new();
    let mut with_more_fields = BTreeSet::new();
    for model in models {
        let home = Home::of(model);
        added.extend(home.added_tables(model).map(|table| table.reference()));
        with_more_fields.extend(home.added_fields(model).map(|field| field.table_ref()));
    }
    if !with_more_fields.is_empty() {
        let tables = models.iter().flat_map(|model| &model.tables).map(|table| table.reference());
        added.extend(tables.filter(|table| with_more_fields.contains(table)));
    }
    added
}

/// The datasets and tables of a data model's own.
struct Home<'a> {
    datasets: HashSet<&'a Slug>,
    tables: HashSet<(&'a Slug, &'a Slug)>,
}

impl<'a> Home<'a> {
    fn of(model: &'a DataModel) -> Self {
        let datasets: HashSet<&Slug> = model.datasets.iter().map(|dataset| &dataset.slug).collect();
        let own = model.tables.iter().filter(|table| datasets.contains(&table.dataset));
        let tables = own.map(|table| (&table.dataset, &table.slug)).collect();
        Self { datasets, tables }
    }

    fn added_tables<'m>(&self, model: &'m DataModel) -> impl Iterator<Item = &'m Arc<Table>> {
        model.tables.iter().filter(|table| !self.datasets.contains(&table.dataset))
    }

    fn added_fields<'m>(&self, model: &'m DataModel) -> impl Iterator<Item = &'m Arc<Field>> {
        // Fields come table by table: the table of the last one is most often that of the next.
        let mut last: Option<(&Field, bool)> = None;
        model.fields.iter().filter(move |field| {
            let added = match last {
                Some((before, added)) if before.table == field.table && before.dataset == field.dataset => added,
                _ => !self.tables.contains(&(&field.dataset, &field.table)),
            };
            last = Some((field, added));
            added
        })
    }
}

impl Shown {
    /// What is shown of a data model: datasets by their visibility; a reference, crosswalk or rule only when everything
    /// it names is visible.
    #[must_use]
    pub fn of(model: &DataModel, sight: &Sight) -> Self {
        let Sight { hidden, added_to } = sight;
        let shown = |dataset: &&Arc<Dataset>| !hidden.contains(&dataset.slug);
        let home = Home::of(model);
        let mut tables: HashMap<&Slug, IndexMap<Slug, TableEntry>> = HashMap::new();
        for table in model.tables.iter().filter(|table| home.datasets.contains(&table.dataset)) {
            let entry = TableEntry { table: table.clone(), fields: IndexMap::new() };
            tables.entry(&table.dataset).or_default().insert(table.slug.clone(), entry);
        }
        for field in &model.fields {
            let entry = tables.get_mut(&field.dataset).and_then(|tables| tables.get_mut(&field.table));
            if let Some(entry) = entry.filter(|_| !hidden.contains(&field.dataset)) {
                entry.fields.insert(field.slug.clone(), hiding::field(field, hidden));
            }
        }
        let entry = |dataset: &Arc<Dataset>| {
            let tables = tables.remove(&dataset.slug).unwrap_or_default();
            Arc::new(DatasetEntry {
                model: model.about.slug.clone(),
                dataset: dataset.clone(),
                tables: tables.into_iter().map(|(slug, entry)| (slug, Arc::new(entry))).collect(),
            })
        };
        let datasets: Vec<Arc<DatasetEntry>> = model.datasets.iter().filter(shown).map(entry).collect();
        let added_fields = home.added_fields(model).filter(|field| added_to.contains(&field.table_ref()));
        Self {
            about: (model.datasets.is_empty() || !datasets.is_empty()).then(|| model.about.clone()),
            datasets,
            schemes: model.schemes.clone(),
            crosswalks: model.crosswalks.iter().filter_map(|held| hiding::crosswalk(held, hidden)).collect(),
            approvals: model.approvals.clone(),
            rules: model.rules.iter().filter(|rule| hiding::shows(rule, hidden)).cloned().collect(),
            meetings: model.meetings.clone(),
            synonyms: model.synonyms.clone(),
            added_tables: home
                .added_tables(model)
                .filter(|table| added_to.contains(&table.reference()))
                .cloned()
                .collect(),
            added_fields: added_fields.map(|field| hiding::field(field, hidden)).collect(),
        }
    }

    /// Whether the data model itself is shown, not only what it says for others.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.about.is_some()
    }

    /// Whether there is nothing at all to be seen of the data model.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { about, datasets, schemes, crosswalks, approvals, rules, meetings, synonyms, .. } = self;
        about.is_none()
            && datasets.is_empty()
            && schemes.is_empty()
            && crosswalks.is_empty()
            && approvals.is_empty()
            && rules.is_empty()
            && meetings.is_empty()
            && synonyms.is_empty()
            && self.added_tables.is_empty()
            && self.added_fields.is_empty()
    }

    /// Whether two are equal; soon told of two that share memory.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.about == other.about
            && all_same(&self.datasets, &other.datasets, DatasetEntry::is)
            && all_same(&self.schemes, &other.schemes, Scheme::eq)
            && all_same(&self.crosswalks, &other.crosswalks, Crosswalk::eq)
            && all_same(&self.approvals, &other.approvals, Approval::eq)
            && all_same(&self.rules, &other.rules, Rule::eq)
            && self.meetings == other.meetings
            && self.synonyms == other.synonyms
            && all_same(&self.added_tables, &other.added_tables, Table::eq)
            && all_same(&self.added_fields, &other.added_fields, Field::eq)
    }

    /// Takes from what is shown otherwise of the same data model what is the same in both, so that it is in memory once.
    pub fn share_with(&mut self, other: &Self) {
        share(&mut self.datasets, &other.datasets, |entry| [entry.dataset.slug.as_str(), "", ""], DatasetEntry::is);
        share(&mut self.crosswalks, &other.crosswalks, |row| [row.slug.as_str(), "", ""], Crosswalk::eq);
        share(&mut self.added_fields, &other.added_fields, path_of_field, Field::eq);
    }
}

impl DataModel {
    /// Takes from another content of the same data model the rows that are the same in both, so that they are in memory
    /// once, and so that what has not changed is soon told.
    pub fn share_with(&mut self, other: &Self) {
        share(&mut self.datasets, &other.datasets, |row| [row.slug.as_str(), "", ""], Dataset::eq);
        share(&mut self.tables, &other.tables, |row| [row.dataset.as_str(), row.slug.as_str(), ""], Table::eq);
        share(&mut self.fields, &other.fields, path_of_field, Field::eq);
        share(&mut self.schemes, &other.schemes, |row| [row.slug.as_str(), "", ""], Scheme::eq);
        share(&mut self.crosswalks, &other.crosswalks, |row| [row.slug.as_str(), "", ""], Crosswalk::eq);
        share(&mut self.approvals, &other.approvals, |row| [row.code.as_str(), "", ""], Approval::eq);
        share(&mut self.rules, &other.rules, |row| [row.slug.as_str(), "", ""], Rule::eq);
    }
}

/// What tells rows of one kind apart.
type Path<'a> = [&'a str; 3];

fn path_of_field(field: &Field) -> Path<'_> {
    [field.dataset.as_str(), field.table.as_str(), field.slug.as_str()]
}

fn all_same<T>(these: &[Arc<T>], those: &[Arc<T>], equal: fn(&T, &T) -> bool) -> bool {
    let same = |(this, that): (&Arc<T>, &Arc<T>)| Arc::ptr_eq(this, that) || equal(this, that);
    these.len() == those.len() && these.iter().zip(those).all(same)
}

fn share<T>(mine: &mut [Arc<T>], others: &[Arc<T>], path: fn(&T) -> Path<'_>, same: fn(&T, &T) -> bool) {
    let others: HashMap<Path<'_>, &Arc<T>> = others.iter().map(|other| (path(other), other)).collect();
    for mine in mine {
        let other = others.get(&path(mine)).copied().filter(|other| !Arc::ptr_eq(mine, other) && same(mine, other));
        if let Some(other) = other.cloned() {
            *mine = other;
        }
    }
}
