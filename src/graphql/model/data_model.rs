//! Data models.

use async_graphql::{Context, ID, Object};

use super::dataset::Dataset;
use super::{Property, properties, told};
use crate::domain::catalogue::ModelHead;
use crate::domain::refs::Slug;
use crate::graphql::fault::Fault;
use crate::graphql::ids::Kind;
use crate::graphql::origin::Origin;
use crate::graphql::scalars::DateTime;
use crate::graphql::work::{World, list};

/// A data model.
#[derive(Clone, Debug)]
pub struct DataModel {
    pub(in crate::graphql) head: Box<ModelHead>,
    pub(in crate::graphql) origin: Origin,
}

impl DataModel {
    /// A version of a data model, the published one where none is named; `None` where the viewer may not see it.
    pub async fn version_of(world: &World, slug: &Slug, version: Option<i32>) -> Result<Option<Self>, Fault> {
        let published = Origin::NOW.data_model(world, slug);
        if version.is_none() || version == published.as_ref().map(|model| model.head.version) {
            return Ok(published);
        }
        Ok(world.past(slug, version.unwrap_or_default()).await?.and_then(|past| past.data_model(world, slug)))
    }

    /// Its slug.
    #[must_use]
    pub fn slug(&self) -> &Slug {
        &self.head.about.slug
    }
}

/// A data model: the content of one workbook, published in versions.
#[Object]
impl DataModel {
    /// Opaque; the same across versions of the catalogue and restarts of the server.
    pub async fn id(&self) -> ID {
        self.origin.id(Kind::DataModel, self.head.about.slug.as_str())
    }

    /// How it is named everywhere, such as `icare-maternity`.
    #[graphql(name = "slug")]
    async fn its_slug(&self) -> &str {
        self.head.about.slug.as_str()
    }

    /// The title.
    async fn title(&self) -> &str {
        &self.head.about.title
    }

    /// What it describes.
    async fn description(&self) -> Option<&str> {
        told(&self.head.about.description)
    }

    /// The number of the version, from 1.
    async fn version(&self) -> i32 {
        self.head.version
    }

    /// The owner's own name of this version.
    async fn version_label(&self) -> Option<&str> {
        told(&self.head.about.version_label)
    }

    /// When this version was published.
    async fn published_at(&self) -> DateTime {
        DateTime(self.head.published_at)
    }

    /// Who looks after it.
    async fn steward(&self) -> Option<&str> {
        told(&self.head.about.steward)
    }

    /// What a reader must know of its standing, such as that it is a reconstruction.
    async fn status_note(&self) -> Option<&str> {
        told(&self.head.about.status_note)
    }

    /// Where it comes from.
    async fn source(&self) -> Option<&str> {
        told(&self.head.about.source)
    }

    /// The datasets that it describes.
    async fn datasets(&self, ctx: &Context<'_>) -> Result<Vec<Dataset>, Fault> {
        let mine = self.origin.datasets_of(World::of(ctx)?, &self.head.about.slug);
        list(ctx, mine.len(), || mine)
    }

    /// Properties of the workbook that the canonical layout does not know.
    async fn extra_properties(&self) -> Vec<Property> {
        properties(&self.head.about.extra)
    }
}
