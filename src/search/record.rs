//! What can be found: each thing of the catalogue with its texts, property by property.

use std::sync::Arc;

use indexmap::IndexMap;

use super::request::Kind;
use super::words::squashed;
use crate::domain::approval::Approval;
use crate::domain::catalogue::{DatasetEntry, TableEntry};
use crate::domain::crosswalk::Crosswalk;
use crate::domain::data_model::{Extra, Field, Scheme};
use crate::domain::refs::Slug;
use crate::domain::words::Provenance;

/// A property that is looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Property {
    Name,
    Title,
    Keywords,
    Scheme,
    Description,
    Values,
    Other,
    Details,
    /// Where it lies. It helps to find a thing, but is no reason to.
    Place,
}

impl Property {
    pub const ALL: [Self; 9] = [
        Self::Name,
        Self::Title,
        Self::Keywords,
        Self::Scheme,
        Self::Description,
        Self::Values,
        Self::Other,
        Self::Details,
        Self::Place,
    ];

    /// How much a match in it is worth; nothing for the place.
    pub fn worth(self) -> f32 {
        match self {
            Self::Name => 6.0,
            Self::Title => 4.0,
            Self::Keywords => 3.0,
            Self::Scheme => 2.5,
            Self::Other => 2.0,
            Self::Values | Self::Description => 1.5,
            Self::Details => 1.0,
            Self::Place => 0.0,
        }
    }
}

/// One thing that can be found. It shares the catalogue's memory.
#[derive(Clone, Debug)]
pub(super) enum Record {
    Dataset(Arc<DatasetEntry>),
    Table(Arc<DatasetEntry>, Arc<TableEntry>),
    Field(Arc<DatasetEntry>, Arc<TableEntry>, Arc<Field>),
    Scheme(Arc<Scheme>),
    Crosswalk(Arc<Crosswalk>),
    Approval(Arc<Approval>),
}

/// Where things lie: a dataset, or a table of it.
pub(super) struct Within<'a> {
    /// The dataset and, of a table, the table.
    pub key: (&'a Slug, Option<&'a Slug>),
    /// Its texts, as far as they help to find what lies in it.
    pub texts: Vec<&'a str>,
}

impl<'a> Within<'a> {
    fn dataset(entry: &'a DatasetEntry) -> Self {
        let dataset = &entry.dataset;
        let names = [dataset.slug.as_str(), &dataset.title];
        let texts = names.into_iter().chain(dataset.keywords.iter().map(String::as_str)).collect();
        Self { key: (&dataset.slug, None), texts }
    }

    fn table(entry: &'a TableEntry) -> Self {
        let table = &entry.table;
        Self { key: (&table.dataset, Some(&table.slug)), texts: vec![&table.name, &table.title] }
    }
}

impl Record {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Dataset(_) => Kind::Dataset,
            Self::Table(..) => Kind::Table,
            Self::Field(..) => Kind::Field,
            Self::Scheme(_) => Kind::IdentifierScheme,
            Self::Crosswalk(_) => Kind::Crosswalk,
            Self::Approval(_) => Kind::Approval,
        }
    }

    pub fn reference(&self) -> String {
        match self {
            Self::Dataset(entry) => entry.dataset.slug.to_string(),
            Self::Table(_, entry) => entry.table.reference().to_string(),
            Self::Field(.., field) => field.reference().to_string(),
            Self::Scheme(scheme) => scheme.slug.to_string(),
            Self::Crosswalk(crosswalk) => crosswalk.slug.to_string(),
            Self::Approval(approval) => approval.code.to_string(),
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Self::Dataset(entry) => &entry.dataset.name,
            Self::Table(_, entry) => &entry.table.name,
            Self::Field(.., field) => &field.name,
            Self::Scheme(scheme) => &scheme.name,
            Self::Crosswalk(crosswalk) => crosswalk.slug.as_str(),
            Self::Approval(approval) => approval.code.as_str(),
        }
    }

    pub fn title(&self) -> &str {
        match self {
            Self::Dataset(entry) => &entry.dataset.title,
            Self::Table(_, entry) => &entry.table.title,
            Self::Field(.., field) => &field.title,
            Self::Scheme(scheme) => &scheme.title,
            Self::Crosswalk(crosswalk) => &crosswalk.title,
            Self::Approval(approval) => &approval.title,
        }
    }

    /// The description; of a crosswalk, which has none, who can match at all.
    pub fn description(&self) -> &str {
        match self {
            Self::Dataset(entry) => &entry.dataset.description,
            Self::Table(_, entry) => &entry.table.description,
            Self::Field(.., field) => &field.description,
            Self::Scheme(scheme) => &scheme.description,
            Self::Crosswalk(crosswalk) => &crosswalk.restriction,
            Self::Approval(approval) => &approval.description,
        }
    }

    pub fn dataset(&self) -> Option<&Slug> {
        match self {
            Self::Dataset(entry) | Self::Table(entry, _) | Self::Field(entry, ..) => Some(&entry.dataset.slug),
            Self::Scheme(_) | Self::Crosswalk(_) | Self::Approval(_) => None,
        }
    }

    /// The dataset, and the table, that it lies in.
    pub fn lies_in(&self) -> (Option<Within<'_>>, Option<Within<'_>>) {
        match self {
            Self::Table(dataset, _) => (Some(Within::dataset(dataset)), None),
            Self::Field(dataset, table, _) => (Some(Within::dataset(dataset)), Some(Within::table(table))),
            Self::Dataset(_) | Self::Scheme(_) | Self::Crosswalk(_) | Self::Approval(_) => (None, None),
        }
    }

    /// Its name and its slug.
    pub fn names(&self) -> [&str; 2] {
        let slug = match self {
            Self::Dataset(entry) => entry.dataset.slug.as_str(),
            Self::Table(_, entry) => entry.table.slug.as_str(),
            Self::Field(.., field) => field.slug.as_str(),
            Self::Scheme(scheme) => scheme.slug.as_str(),
            Self::Crosswalk(_) | Self::Approval(_) => self.name(),
        };
        [self.name(), slug]
    }

    /// Where the row comes from; a blank cell means stated by the workbook's owner.
    pub fn provenance(&self) -> Provenance {
        let provenance = match self {
            Self::Dataset(entry) => entry.dataset.provenance,
            Self::Table(_, entry) => entry.table.provenance,
            Self::Field(.., field) => field.provenance,
            Self::Scheme(scheme) => scheme.provenance,
            Self::Crosswalk(crosswalk) => crosswalk.provenance,
            Self::Approval(approval) => approval.provenance,
        };
        provenance.unwrap_or(Provenance::Stated)
    }

    /// The identifier schemes that it holds, leads between or is; some may come twice.
    pub fn schemes(&self) -> Vec<&Slug> {
        fn held(entry: &TableEntry) -> impl Iterator<Item = &Slug> {
            entry.fields.values().filter_map(|field| field.scheme.as_ref().map(|held| &held.scheme))
        }
        match self {
            Self::Dataset(entry) => entry.tables.values().flat_map(|entry| held(entry)).collect(),
            Self::Table(_, entry) => held(entry).collect(),
            Self::Field(.., field) => field.scheme.iter().map(|held| &held.scheme).collect(),
            Self::Scheme(scheme) => vec![&scheme.slug],
            Self::Crosswalk(crosswalk) => vec![&crosswalk.from, &crosswalk.to],
            Self::Approval(_) => Vec::new(),
        }
    }

    /// Its own texts, each with the property that it belongs to.
    pub fn texts<'a>(&'a self, schemes: &'a IndexMap<Slug, Arc<Scheme>>) -> Vec<(Property, &'a str)> {
        let mut texts = Texts(vec![(Property::Name, self.name())]);
        texts.add(Property::Title, self.title());
        texts.add(Property::Description, self.description());
        match self {
            Self::Dataset(entry) => {
                let dataset = &entry.dataset;
                texts.slug(&dataset.slug, &dataset.name);
                texts.all(Property::Keywords, &dataset.keywords);
                let details = [&dataset.custodian, &dataset.geography, &dataset.consent_basis];
                texts.all(Property::Details, details);
                texts.extra(&dataset.extra);
            }
            Self::Table(_, entry) => {
                texts.slug(&entry.table.slug, &entry.table.name);
                texts.add(Property::Details, &entry.table.grain);
                texts.extra(&entry.table.extra);
            }
            Self::Field(.., field) => {
                texts.slug(&field.slug, &field.name);
                for value in &field.values {
                    texts.add(Property::Values, &value.code);
                    texts.add(Property::Values, &value.meaning);
                }
                if let Some(held) = &field.scheme {
                    texts.scheme(&held.scheme, schemes);
                    texts.all(Property::Scheme, &held.part);
                }
                texts.all(Property::Details, field.role.as_ref().map(|role| role.as_str()));
                texts.all(Property::Details, [&field.unit, &field.source_type]);
                texts.extra(&field.extra);
            }
            Self::Scheme(scheme) => {
                texts.slug(&scheme.slug, &scheme.name);
                texts.all(Property::Details, &scheme.parts);
                texts.add(Property::Details, &scheme.held_by);
                texts.add(Property::Details, scheme.entity.as_str());
                texts.extra(&scheme.extra);
            }
            Self::Crosswalk(crosswalk) => {
                texts.scheme(&crosswalk.from, schemes);
                texts.scheme(&crosswalk.to, schemes);
                texts.all(Property::Details, crosswalk.performed_by.map(|by| by.as_str()));
                texts.add(Property::Details, crosswalk.status.as_str());
                texts.extra(&crosswalk.extra);
            }
            Self::Approval(approval) => {
                texts.all(Property::Details, [&approval.body, &approval.contact]);
                texts.extra(&approval.extra);
            }
        }
        texts.0
    }
}

/// Texts being gathered; blank ones are left out.
struct Texts<'a>(Vec<(Property, &'a str)>);

impl<'a> Texts<'a> {
    fn add(&mut self, property: Property, text: &'a str) {
        if !text.is_empty() {
            self.0.push((property, text));
        }
    }

    fn all<S: AsRef<str> + ?Sized + 'a>(&mut self, property: Property, texts: impl IntoIterator<Item = &'a S>) {
        for text in texts {
            self.add(property, text.as_ref());
        }
    }

    /// The slug, where it is not the name in other clothes.
    fn slug(&mut self, slug: &'a Slug, name: &str) {
        if squashed(slug.as_str()) != squashed(name) {
            self.add(Property::Name, slug.as_str());
        }
    }

    fn extra(&mut self, extra: &'a Extra) {
        self.all(Property::Other, extra.values());
    }

    fn scheme(&mut self, slug: &'a Slug, schemes: &'a IndexMap<Slug, Arc<Scheme>>) {
        self.add(Property::Scheme, slug.as_str());
        if let Some(scheme) = schemes.get(slug) {
            self.add(Property::Scheme, &scheme.title);
        }
    }
}
