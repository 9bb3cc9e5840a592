//! Which catalogue a dataset, table or field was taken from: the one that is published, or a version of the past.
//! What it belongs to and refers to is looked for there first, so that an old version hangs together.

use std::sync::Arc;

use async_graphql::ID;

use super::ids::{self, Kind};
use super::model::data_model::DataModel;
use super::model::dataset::Dataset;
use super::model::field::Field;
use super::model::scheme::IdentifierScheme;
use super::model::table::Table;
use super::work::World;
use crate::domain::catalogue::{Catalogue, ModelHead, PublishedModel};
use crate::domain::refs::{FieldRef, Slug, TableRef};
use crate::domain::words::Visibility;

/// Where something was taken from.
#[derive(Clone, Debug, Default)]
pub struct Origin(Option<Arc<Past>>);

/// A version of a data model that is not the published one, as the viewer sees it.
#[derive(Debug)]
struct Past {
    catalogue: Catalogue,
    head: ModelHead,
}

impl Origin {
    /// What is published.
    pub const NOW: Self = Self(None);

    /// A version of the past; `None` where the viewer may see nothing of it.
    #[must_use]
    pub fn past(version: &PublishedModel, class: Visibility) -> Option<Self> {
        let catalogue = Catalogue::assemble([version], class);
        let head = catalogue.models.get(&version.model.about.slug)?.clone();
        Some(Self(Some(Arc::new(Past { catalogue, head }))))
    }

    /// Whether this is what is published.
    #[must_use]
    pub fn is_now(&self) -> bool {
        self.0.is_none()
    }

    /// The id of something taken from here.
    #[must_use]
    pub fn id(&self, kind: Kind, reference: &str) -> ID {
        match &self.0 {
            None => ids::encode(kind, reference),
            Some(past) => ids::encode_past(kind, reference, past.head.about.slug.as_str(), past.head.version),
        }
    }

    /// The catalogues to look in, and what is found there comes from: the past first.
    fn catalogues<'a>(&'a self, world: &'a World) -> impl Iterator<Item = (&'a Catalogue, Self)> {
        let past = self.0.iter().map(|past| (&past.catalogue, self.clone()));
        past.chain([(&*world.view.catalogue, Self::NOW)])
    }

    /// A dataset.
    #[must_use]
    pub fn dataset(&self, world: &World, slug: &Slug) -> Option<Dataset> {
        let found = |(catalogue, origin): (&Catalogue, Self)| {
            catalogue.dataset(slug).map(|entry| Dataset { entry: entry.clone(), origin })
        };
        self.catalogues(world).find_map(found)
    }

    /// A table.
    #[must_use]
    pub fn table(&self, world: &World, reference: &TableRef) -> Option<Table> {
        let found = |(catalogue, origin): (&Catalogue, Self)| {
            catalogue.table(reference).map(|entry| Table { entry: entry.clone(), origin })
        };
        self.catalogues(world).find_map(found)
    }

    /// A field.
    #[must_use]
    pub fn field(&self, world: &World, reference: &FieldRef) -> Option<Field> {
        let found = |(catalogue, origin): (&Catalogue, Self)| {
            catalogue.field(reference).map(|field| Field { field: field.clone(), origin })
        };
        self.catalogues(world).find_map(found)
    }

    /// An identifier scheme.
    #[must_use]
    pub fn scheme(&self, world: &World, slug: &Slug) -> Option<IdentifierScheme> {
        let found = |(catalogue, _): (&Catalogue, Self)| catalogue.schemes.get(slug).cloned().map(IdentifierScheme);
        self.catalogues(world).find_map(found)
    }

    /// A data model.
    #[must_use]
    pub fn data_model(&self, world: &World, slug: &Slug) -> Option<DataModel> {
        let found = |(catalogue, origin): (&Catalogue, Self)| {
            catalogue.models.get(slug).map(|head| DataModel { head: Box::new(head.clone()), origin })
        };
        self.catalogues(world).find_map(found)
    }

    /// The datasets of a data model.
    #[must_use]
    pub fn datasets_of(&self, world: &World, model: &Slug) -> Vec<Dataset> {
        let catalogue = self.0.as_ref().map_or(&*world.view.catalogue, |past| &past.catalogue);
        let mine = catalogue.datasets.values().filter(|entry| entry.model == *model);
        mine.map(|entry| Dataset { entry: entry.clone(), origin: self.clone() }).collect()
    }
}
