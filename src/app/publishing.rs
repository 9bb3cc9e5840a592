//! Use cases of publishing: drafts become versions, old versions come back, drafts are thrown away.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::App;
use super::error::AppError;
use super::snapshot::content_digest;
use crate::domain::access::{Curate, Permit};
use crate::domain::catalogue::{Catalogue, PublishedModel};
use crate::domain::data_model::DataModel;
use crate::domain::refs::Slug;
use crate::domain::words::Visibility;
use crate::store::{DraftStatus, NewVersion, NewViewState, Publication, Source};

/// What is kept as the message of a publish without a note.
const PUBLISH: &str = "publish";
/// The same of bringing a version back.
const ROLLBACK: &str = "rollback";

/// A content to publish.
#[derive(Debug)]
pub(super) struct NewContent {
    pub model: Arc<DataModel>,
    pub source: Option<Source>,
    pub draft: Option<Uuid>,
    pub rolled_back_from: Option<i32>,
}

/// A version that has just been published.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PublishedNow {
    /// The data model.
    pub slug: Slug,
    /// Its version.
    pub version: i32,
}

/// A draft that waits to be published or discarded.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitingDraft {
    /// Its id.
    pub draft: Uuid,
    /// The data model.
    pub slug: Slug,
    /// The version that was published when its workbook was read; `None` for a data model that is new.
    pub based_on: Option<i32>,
    /// Whether something else has been published since: then its workbook has to be imported again.
    pub stale: bool,
    /// Groups the drafts of one import.
    pub import: Uuid,
    /// When it was imported.
    pub created_at: Timestamp,
    /// Who imported it.
    pub created_by: String,
}

/// What has become of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It waits.
    Open,
    /// It became this version.
    Published(PublishedNow),
    /// It was thrown away.
    Discarded,
}

impl App {
    /// What has become of a draft.
    pub async fn settled(&self, permit: &Permit<Curate>, draft: Uuid) -> Result<Settled, AppError> {
        let held = self.store.draft(draft).await?.ok_or_else(|| no_draft(draft))?;
        permit.covers(&held.head.slug)?;
        Ok(match held.head.status {
            DraftStatus::Open => Settled::Open,
            DraftStatus::Discarded => Settled::Discarded,
            DraftStatus::Published(version) => Settled::Published(PublishedNow { slug: held.head.slug, version }),
        })
    }

    /// The drafts that wait, oldest first. They may hold anything, so only who may publish them is told.
    pub async fn drafts(&self, permit: &Permit<Curate>) -> Result<Vec<WaitingDraft>, AppError> {
        self.refresh().await?;
        let snapshot = self.snapshot();
        let waiting =
            self.store.open_drafts().await?.into_iter().filter(|head| permit.covers(&head.slug).is_ok()).map(|head| {
                let current = snapshot.models.iter().find(|held| held.model.about.slug == head.slug);
                WaitingDraft {
                    draft: head.id,
                    stale: head.based_on != current.map(|held| held.version),
                    slug: head.slug,
                    based_on: head.based_on,
                    import: head.import_id,
                    created_at: head.created_at,
                    created_by: head.created_by,
                }
            });
        Ok(waiting.collect())
    }

    /// Publishes drafts together, in one transaction, after checking them against what is published now.
    pub async fn publish(&self, permit: &Permit<Curate>, drafts: &[Uuid]) -> Result<Vec<PublishedNow>, AppError> {
        self.publish_noted(permit, drafts, PUBLISH).await
    }

    /// The same with a note for readers.
    pub async fn publish_noted(
        &self,
        permit: &Permit<Curate>,
        drafts: &[Uuid],
        note: &str,
    ) -> Result<Vec<PublishedNow>, AppError> {
        self.refresh().await?;
        let mut contents = Vec::new();
        for id in drafts {
            let draft = self.store.draft(*id).await?.ok_or_else(|| no_draft(*id))?;
            if draft.head.status != DraftStatus::Open {
                return Err(AppError::bad_request(format!("the draft {id} is {} already", draft.head.status)));
            }
            let slug = &draft.content.about.slug;
            permit.covers(slug)?;
            let current =
                self.snapshot().models.iter().find(|held| held.model.about.slug == *slug).map(|held| held.version);
            if draft.head.based_on != current {
                let version =
                    |version: Option<i32>| version.map_or("nothing".to_owned(), |version| format!("version {version}"));
                return Err(AppError::bad_request(format!(
                    "the draft {id} was made when {} of {slug} was published, and {} is now: import the workbook again to see what it changes in that",
                    version(draft.head.based_on),
                    version(current)
                )));
            }
            let source = draft.head.source_sha256.map(Source::Kept);
            contents.push(NewContent { model: draft.content, source, draft: Some(*id), rolled_back_from: None });
        }
        let made = self.publish_contents(permit, contents, note).await?;
        Ok(made.into_iter().map(|(slug, version)| PublishedNow { slug, version }).collect())
    }

    /// Throws a draft away.
    pub async fn discard(&self, permit: &Permit<Curate>, draft: Uuid) -> Result<(), AppError> {
        let held = self.store.draft(draft).await?.ok_or_else(|| no_draft(draft))?;
        permit.covers(&held.head.slug)?;
        Ok(self.store.discard(draft, permit.by(), self.clock.now()).await?)
    }

    /// Publishes the content of an old version as a new one.
    pub async fn rollback(&self, permit: &Permit<Curate>, slug: &Slug, version: i32) -> Result<PublishedNow, AppError> {
        self.rollback_noted(permit, slug, version, ROLLBACK).await
    }

    /// The same with a note for readers.
    pub async fn rollback_noted(
        &self,
        permit: &Permit<Curate>,
        slug: &Slug,
        version: i32,
        note: &str,
    ) -> Result<PublishedNow, AppError> {
        permit.covers(slug)?;
        self.refresh().await?;
        let old = self.store.version(slug, version).await?;
        let old = old.ok_or_else(|| {
            AppError::NotFound(format!("there is no version {version} of {slug}: `diff` and `show {slug}` list them"))
        })?;
        if self.snapshot().models.iter().any(|held| held.model == old.published.model) {
            return Err(AppError::bad_request(format!(
                "version {version} of {slug} has the content that is published: nothing to roll back"
            )));
        }
        let content = NewContent {
            model: old.published.model,
            source: old.head.source_sha256.map(Source::Kept),
            draft: None,
            rolled_back_from: Some(version),
        };
        let made = self.publish_contents(permit, vec![content], note).await?;
        let made = made.into_iter().next().ok_or_else(|| AppError::internal("nothing was published"))?;
        Ok(PublishedNow { slug: made.0, version: made.1 })
    }

    /// Publishes contents in one transaction and takes up the new snapshot. Contents that break something published,
    /// or a rule test, are refused.
    pub(super) async fn publish_contents(
        &self,
        permit: &Permit<Curate>,
        contents: Vec<NewContent>,
        why: &str,
    ) -> Result<Vec<(Slug, i32)>, AppError> {
        let snapshot = self.snapshot();
        let models: Vec<Arc<DataModel>> = contents.iter().map(|content| content.model.clone()).collect();
        super::importing::refuse_broken(&models, &snapshot.models, self.clock.today())?;
        let at = self.clock.now();
        let mut after: Vec<PublishedModel> = snapshot
            .models
            .iter()
            .filter(|held| !models.iter().any(|model| model.about.slug == held.model.about.slug))
            .cloned()
            .collect();
        after.extend(models.iter().map(|model| PublishedModel { version: 0, published_at: at, model: model.clone() }));
        after.sort_by(|a, b| a.model.about.slug.cmp(&b.model.about.slug));
        let view = |class| -> Result<NewViewState, AppError> {
            Ok(NewViewState { class, digest: content_digest(&Catalogue::assemble(&after, class))? })
        };
        let publication = Publication {
            expected_revision: snapshot.revision,
            models: contents
                .into_iter()
                .map(|content| NewVersion {
                    content: content.model,
                    source: content.source,
                    draft: content.draft,
                    rolled_back_from: content.rolled_back_from,
                })
                .collect(),
            views: [view(Visibility::Public)?, view(Visibility::Registered)?, view(Visibility::Staff)?],
            by: permit.by().clone(),
            at,
            message: why.to_owned(),
        };
        let made = self.store.publish(publication).await?;
        self.refresh().await?;
        Ok(made.versions)
    }
}

/// Whether a message says only how it was published.
pub(super) fn is_no_note(message: &str) -> bool {
    matches!(message, "" | "import" | PUBLISH | ROLLBACK)
}

fn no_draft(id: Uuid) -> AppError {
    AppError::NotFound(format!("there is no draft {id}: `import` prints the id of each draft it makes"))
}
