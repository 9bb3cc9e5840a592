//! Use cases of history: versions of a data model, and what differs between two contents.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::App;
use super::error::AppError;
use crate::domain::access::Actor;
use crate::domain::catalogue::PublishedModel;
use crate::domain::data_model::DataModel;
use crate::domain::refs::Slug;
use crate::domain::words::Visibility;
use crate::store::VersionHead;

/// The highest class that each version holds anything of. A version never changes, so what was once found out stays.
#[derive(Debug, Default)]
pub(super) struct Classes(Mutex<HashMap<(Slug, i32), Visibility>>);

impl Classes {
    fn known(&self, slug: &Slug, version: i32) -> Option<Visibility> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(slug.clone(), version)).copied()
    }

    fn learn(&self, slug: &Slug, version: i32, class: Visibility) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((slug.clone(), version), class);
    }
}

impl App {
    /// The versions of a data model of which an actor may see all that they hold, newest first (contract §5). Who
    /// published them is told to staff only.
    pub async fn history(&self, actor: &Actor, slug: &Slug) -> Result<Vec<VersionHead>, AppError> {
        let mut seen = Vec::new();
        for mut head in self.store.versions(slug).await? {
            let class = match self.classes.known(slug, head.version) {
                Some(class) => class,
                None => {
                    let stored = self.store.version(slug, head.version).await?;
                    let datasets = stored.iter().flat_map(|stored| &stored.published.model.datasets);
                    let class = datasets.map(|dataset| dataset.visibility).max().unwrap_or(Visibility::Public);
                    self.classes.learn(slug, head.version, class);
                    class
                }
            };
            if class <= actor.sees() {
                if actor.sees() < Visibility::Staff {
                    head.published_by.clear();
                }
                seen.push(head);
            }
        }
        seen.sort_by_key(|head| std::cmp::Reverse(head.version));
        Ok(seen)
    }

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
