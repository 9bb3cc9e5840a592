//! Use cases of history: versions of a data model as an actor sees them, and what differs between two contents.
//!
//! Staff see every version as it is stored. Others have numbers of their own, which move only when what they see does
//! (contract §5); of each version they are given what they may see of it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::App;
use super::error::AppError;
use crate::domain::access::Actor;
use crate::domain::catalogue::PublishedModel;
use crate::domain::data_model::DataModel;
use crate::domain::refs::Slug;
use crate::domain::words::Visibility;
use crate::store::{SeenVersion, VersionHead};

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
    /// The versions of a data model that an actor sees, newest first. Who published them, and from which file, is told
    /// to those only who may see all that they hold.
    pub async fn history(&self, actor: &Actor, slug: &Slug) -> Result<Vec<VersionHead>, AppError> {
        let class = actor.sees();
        if !self.shows(class, slug)? {
            return Ok(Vec::new());
        }
        let mut heads = self.store.versions(slug).await?;
        heads.sort_by_key(|head| head.version);
        if class == Visibility::Staff {
            heads.reverse();
            return Ok(heads);
        }
        let seen = self.store.seen_versions(slug, class).await?;
        let all_of_it: HashMap<i32, String> = self
            .store
            .seen_versions(slug, Visibility::Staff)
            .await?
            .into_iter()
            .map(|row| (row.version, row.digest))
            .collect();
        let mut told: Vec<VersionHead> = Vec::new();
        for mut head in heads {
            let row = seen.iter().find(|row| row.version == head.version);
            // Who sees the same as staff sees all that there is. Of versions from before that was noted, their content tells.
            let whole = match (row, all_of_it.get(&head.version)) {
                (Some(row), Some(digest)) => row.digest == *digest,
                _ => self.class_of(slug, head.version).await? <= class,
            };
            let number = match row {
                Some(row) if row.digest.is_empty() => continue,
                Some(row) => row.seen_version,
                None if whole => head.version,
                None => continue,
            };
            if told.last().is_some_and(|last| last.version == number) {
                continue;
            }
            head.published_by.clear();
            if !whole {
                head.source_sha256 = None;
            }
            // Which version came back is told by the number that it has for this class, where it has the same content.
            head.rolled_back_from = head.rolled_back_from.and_then(|from| match row {
                None => Some(from),
                Some(row) => first_like(&seen, row),
            });
            head.version = number;
            told.push(head);
        }
        told.reverse();
        Ok(told)
    }

    /// Whether a class sees anything of a data model, so that its versions are looked for at all: one that is hidden
    /// then costs no more than one that is not there (threats T23).
    fn shows(&self, class: Visibility, slug: &Slug) -> Result<bool, AppError> {
        Ok(class == Visibility::Staff || self.snapshot().view(class)?.catalogue.models.contains_key(slug))
    }

    /// The highest class that a version holds anything of.
    async fn class_of(&self, slug: &Slug, version: i32) -> Result<Visibility, AppError> {
        if let Some(class) = self.classes.known(slug, version) {
            return Ok(class);
        }
        let highest = |model: &DataModel| model.datasets.iter().map(|dataset| dataset.visibility).max();
        // What is published is in memory: a version of a national data model takes long to read.
        let held = |held: &&PublishedModel| held.model.about.slug == *slug && held.version == version;
        let current = self.snapshot().models.iter().find(held).map(|held| held.model.clone());
        let class = match current {
            Some(model) => highest(&model),
            None => self.store.version(slug, version).await?.and_then(|stored| highest(&stored.published.model)),
        };
        let class = class.unwrap_or(Visibility::Public);
        self.classes.learn(slug, version, class);
        Ok(class)
    }

    /// The versions of a data model as they are stored, newest first. Their content may hold anything of the data model,
    /// so only who sees all of it is told.
    pub async fn versions(&self, actor: &Actor, slug: &Slug) -> Result<Vec<VersionHead>, AppError> {
        if actor.sees() < Visibility::Staff {
            return Ok(Vec::new());
        }
        self.history(actor, slug).await
    }

    /// A version of a data model by the number that it has for an actor, with what they may see of it; `None` where
    /// there is none, or where that is nothing.
    pub async fn model_version(
        &self,
        actor: &Actor,
        slug: &Slug,
        version: i32,
    ) -> Result<Option<PublishedModel>, AppError> {
        let class = actor.sees();
        if class == Visibility::Staff {
            return Ok(self.store.version(slug, version).await?.map(|stored| stored.published));
        }
        if !self.shows(class, slug)? {
            return Ok(None);
        }
        let seen = self.store.seen_versions(slug, class).await?;
        let row = seen.iter().find(|row| row.seen_version == version && !row.digest.is_empty());
        let stored = match row {
            Some(row) => row.version,
            // From before there were numbers for each class.
            None if seen.iter().all(|row| row.version > version) => version,
            None => return Ok(None),
        };
        let Some(found) = self.store.version(slug, stored).await?.map(|stored| stored.published) else {
            return Ok(None);
        };
        let Some(model) = self.shown_to(class, &found.model) else { return Ok(None) };
        let published_at = row.map_or(found.published_at, |row| row.changed_at);
        Ok(Some(PublishedModel { version, published_at, model: Arc::new(model) }))
    }

    /// What a class may see of a content; `None` where that is nothing. Datasets that are hidden now, in whichever data
    /// model, are not named by it.
    fn shown_to(&self, class: Visibility, model: &DataModel) -> Option<DataModel> {
        let snapshot = self.snapshot();
        let published = snapshot.models.iter().flat_map(|held| &held.model.datasets);
        let hidden: BTreeSet<Slug> = published
            .chain(&model.datasets)
            .filter(|dataset| dataset.visibility > class)
            .map(|dataset| dataset.slug.clone())
            .collect();
        let shown = model.without(&hidden);
        (model.datasets.is_empty() || !shown.datasets.is_empty()).then_some(shown)
    }

    /// What is published of a data model.
    #[must_use]
    pub fn published_model(&self, slug: &Slug) -> Option<Arc<DataModel>> {
        self.snapshot().models.iter().find(|held| held.model.about.slug == *slug).map(|held| held.model.clone())
    }
}

/// The number of the first version that a class saw the same of.
fn first_like(seen: &[SeenVersion], row: &SeenVersion) -> Option<i32> {
    seen.iter().find(|other| other.digest == row.digest && other.version < row.version).map(|other| other.seen_version)
}
