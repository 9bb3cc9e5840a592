//! Use cases of history: versions of a data model, and what differs between two contents.

use std::sync::Arc;

use super::App;
use super::error::AppError;
use crate::domain::access::Actor;
use crate::domain::catalogue::PublishedModel;
use crate::domain::data_model::DataModel;
use crate::domain::refs::Slug;
use crate::domain::words::Visibility;
use crate::store::VersionHead;

impl App {
    /// The versions of a data model, newest first. Their content may hold anything of the data model, so only who sees
    /// all of it is told.
    pub async fn versions(&self, actor: &Actor, slug: &Slug) -> Result<Vec<VersionHead>, AppError> {
        if actor.sees() < Visibility::Staff {
            return Ok(Vec::new());
        }
        let mut versions = self.store.versions(slug).await?;
        versions.sort_by_key(|head| std::cmp::Reverse(head.version));
        Ok(versions)
    }

    /// A version of a data model; `None` where there is none, or where it holds what the actor may not see.
    pub async fn model_version(
        &self,
        actor: &Actor,
        slug: &Slug,
        version: i32,
    ) -> Result<Option<PublishedModel>, AppError> {
        let found = self.store.version(slug, version).await?.map(|stored| stored.published);
        Ok(found.filter(|published| published.model.datasets.iter().all(|dataset| dataset.visibility <= actor.sees())))
    }

    /// What is published of a data model.
    #[must_use]
    pub fn published_model(&self, slug: &Slug) -> Option<Arc<DataModel>> {
        self.snapshot().models.iter().find(|held| held.model.about.slug == *slug).map(|held| held.model.clone())
    }
}
