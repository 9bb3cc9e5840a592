//! Names of datasets, tables and fields as their owner writes them, for cells that refer to them.

use std::collections::HashMap;

use super::cells::name;
use crate::domain::data_model::{DataModel, Field, Reference};
use crate::domain::refs::{FieldRef, Slug, TableRef};

/// What the rows of a data model are called. What it does not hold is called by its slug, which names it as well.
pub(super) struct Names<'a> {
    datasets: HashMap<&'a Slug, &'a str>,
    tables: HashMap<TableRef, &'a str>,
    fields: HashMap<FieldRef, &'a str>,
}

impl<'a> Names<'a> {
    pub fn of(model: &'a DataModel) -> Self {
        let datasets = model.datasets.iter().map(|dataset| (&dataset.slug, name(&dataset.slug, &dataset.name)));
        let tables = model.tables.iter().map(|table| (table.reference(), name(&table.slug, &table.name)));
        let fields = model.fields.iter().map(|field| (field.reference(), name(&field.slug, &field.name)));
        Self { datasets: datasets.collect(), tables: tables.collect(), fields: fields.collect() }
    }

    pub fn dataset<'b>(&self, slug: &'b Slug) -> &'b str
    where
        'a: 'b,
    {
        self.datasets.get(slug).copied().unwrap_or(slug.as_str())
    }

    pub fn table<'b>(&self, table: &'b TableRef) -> &'b str
    where
        'a: 'b,
    {
        self.tables.get(table).copied().unwrap_or(table.table.as_str())
    }

    /// `table.field` within a dataset, else `dataset/table.field`; `#name` after it where it has one.
    pub fn reference(&self, from: &Field, reference: &Reference) -> String {
        let target = &reference.target;
        let table = plain(self.table(&target.table), &target.table.table);
        let field = plain(self.fields.get(target).copied().unwrap_or_default(), &target.field);
        let within = if target.table.dataset == from.dataset {
            format!("{table}.{field}")
        } else {
            format!("{}/{table}.{field}", target.table.dataset)
        };
        match &reference.name {
            Some(name) => format!("{within}#{name}"),
            None => within,
        }
    }
}

/// The name, where nothing in it would be taken for the dot, slash or `#` of a reference; else the slug.
fn plain<'a>(name: &'a str, slug: &'a Slug) -> &'a str {
    if name.is_empty() || name.contains(['.', '/', '#']) { slug.as_str() } else { name }
}
