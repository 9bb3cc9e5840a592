//! Use cases of publishing: drafts become versions, old versions come back, drafts are thrown away.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::App;
use super::error::AppError;
use super::importing::{published_after, refuse_broken};
use super::kept::{ShownTo, digest_of_all};
use super::quietly;
use super::snapshot::Snapshot;
use crate::domain::access::{Curate, Permit};
use crate::domain::catalogue::PublishedModel;
use crate::domain::data_model::DataModel;
use crate::domain::refs::Slug;
use crate::domain::words::Visibility;
use crate::store::{DraftStatus, Extras, NewVersion, NewViewState, Publication, SeenDigests, Source, StoreError};

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
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_to_publish(permit, drafts, note).await {
                Err(error) if overtaken(&error) && tries < MOST_TRIES => {}
                done => return done,
            }
        }
    }

    async fn try_to_publish(
        &self,
        permit: &Permit<Curate>,
        drafts: &[Uuid],
        note: &str,
    ) -> Result<Vec<PublishedNow>, AppError> {
        if let Some(made) = self.published_before(permit).await? {
            return Ok(made);
        }
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
        if self.discarded_before(permit).await? {
            return Ok(());
        }
        let held = self.store.draft(draft).await?.ok_or_else(|| no_draft(draft))?;
        permit.covers(&held.head.slug)?;
        let once = self.once(permit);
        Ok(self.store.discard_once(draft, permit.by(), self.clock.now(), once.as_ref()).await?)
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
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_to_roll_back(permit, slug, version, note).await {
                Err(error) if overtaken(&error) && tries < MOST_TRIES => {}
                done => return done,
            }
        }
    }

    async fn try_to_roll_back(
        &self,
        permit: &Permit<Curate>,
        slug: &Slug,
        version: i32,
        note: &str,
    ) -> Result<PublishedNow, AppError> {
        if let Some(made) = self.published_before(permit).await?.and_then(|made| made.into_iter().next()) {
            return Ok(made);
        }
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
        let (today, at, held) = (self.clock.today(), self.clock.now(), snapshot.clone());
        let prepared = quietly::run(move || Prepared::of(models, &held, today, at));
        let Prepared { models, views, seen, shown } = prepared.await.map_err(AppError::internal)??;
        let publication = Publication {
            expected_revision: snapshot.revision,
            models: contents
                .into_iter()
                .zip(&models)
                .map(|(content, model)| NewVersion {
                    content: model.clone(),
                    source: content.source,
                    draft: content.draft,
                    rolled_back_from: content.rolled_back_from,
                })
                .collect(),
            views,
            by: permit.by().clone(),
            at,
            message: why.to_owned(),
        };
        let extras = Extras { seen, once: self.once(permit) };
        let made = self.store.publish_with(publication, extras).await?;
        let published = made.versions.iter().zip(models).map(|((_, version), model)| PublishedModel {
            version: *version,
            published_at: made.published_at,
            model,
        });
        self.refresh_knowing(published.collect()).await?;
        // What was worked out before the publish is in the new snapshot now.
        drop(shown);
        Ok(made.versions)
    }
}

/// What is worked out of contents before they are published.
struct Prepared {
    /// The contents, sharing with what is published what they have in common.
    models: Vec<Arc<DataModel>>,
    /// The digest of what each class will see.
    views: [NewViewState; 3],
    /// The digests of what each class will see of each content.
    seen: Vec<SeenDigests>,
    /// What each class will be shown, to be taken up by the next snapshot.
    shown: Vec<ShownTo>,
}

impl Prepared {
    fn of(contents: Vec<Arc<DataModel>>, held: &Snapshot, as_of: Date, at: Timestamp) -> Result<Self, AppError> {
        let models: Vec<Arc<DataModel>> = contents.into_iter().map(|content| held.sharing(content)).collect();
        let after = published_after(&held.models, &models, at);
        let shown = held.shown_of(&after)?;
        refuse_broken(&models, held, as_of)?;
        let of_class = |class: Visibility| shown.iter().find(|(of, _)| *of == class).map(|(_, kept)| kept.as_slice());
        let view = |class: Visibility| -> Result<NewViewState, AppError> {
            Ok(NewViewState { class, digest: digest_of_all(of_class(class).unwrap_or_default())? })
        };
        let views = [view(Visibility::Public)?, view(Visibility::Registered)?, view(Visibility::Staff)?];
        let seen_of = |model: &Arc<DataModel>| {
            [Visibility::Public, Visibility::Registered, Visibility::Staff].map(|class| {
                let kept = of_class(class).unwrap_or_default().iter().find(|kept| kept.is_of(model));
                kept.filter(|kept| kept.shown.is_shown()).map(|kept| kept.digest.clone()).unwrap_or_default()
            })
        };
        let seen = models.iter().map(seen_of).collect();
        Ok(Self { models, views, seen, shown })
    }
}

/// Whether a message says only how it was published.
pub(super) fn is_no_note(message: &str) -> bool {
    matches!(message, "" | "import" | PUBLISH | ROLLBACK)
}

/// How often a publish is prepared anew when others come first.
const MOST_TRIES: u32 = 20;

/// Whether somebody else published in between: then all is checked anew, against what they published.
fn overtaken(error: &AppError) -> bool {
    matches!(error, AppError::Store(StoreError::RevisionMoved { .. }))
}

fn no_draft(id: Uuid) -> AppError {
    AppError::NotFound(format!("there is no draft {id}: `import` prints the id of each draft it makes"))
}
