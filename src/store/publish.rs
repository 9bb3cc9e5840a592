//! Publishing: versions, views and the next revision in one transaction, or nothing.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::audit::{self, Record};
use super::columns::{Document, micros, plain, stored};
use super::entity::{catalogue_revision, catalogue_view, data_model, data_model_version};
use super::error::{Fault, StoreError, is_duplicate};
use super::once::{self, Once};
use super::published::{self, ViewState};
use super::seen::{self, SeenDigests};
use super::source::{self, Source};
use super::{Store, WRITE_DEADLINE, draft};
use crate::domain::access::Doer;
use crate::domain::data_model::DataModel;
use crate::domain::refs::Slug;
use crate::domain::words::Visibility;

/// Versions to publish together, and what the views become by it.
#[derive(Clone, Debug)]
pub struct Publication {
    /// The revision that the views were worked out from.
    pub expected_revision: i64,
    /// The new versions, at most one for each data model.
    pub models: Vec<NewVersion>,
    /// What each class will see, once for each.
    pub views: [NewViewState; 3],
    /// Who publishes.
    pub by: Doer,
    /// When.
    pub at: Timestamp,
    /// Why, in the publisher's words.
    pub message: String,
}

/// A version to publish. Slug and label are those that the content itself gives.
#[derive(Clone, Debug)]
pub struct NewVersion {
    /// The content.
    pub content: Arc<DataModel>,
    /// The file it was read from.
    pub source: Option<Source>,
    /// The draft that becomes this version.
    pub draft: Option<Uuid>,
    /// The version whose content this brings back.
    pub rolled_back_from: Option<i32>,
}

/// The digest of what a class will see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewViewState {
    /// Whose view.
    pub class: Visibility,
    /// Its digest.
    pub digest: String,
}

/// What may be said beside a publication.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    /// What each class sees of each new version, in the order of the publication. Of a version of which it is not said,
    /// everybody sees everything.
    pub seen: Vec<SeenDigests>,
    /// The key under which it happens once. What is kept as the answer are the versions, as JSON: `[["maternity",2]]`.
    pub once: Option<Once>,
}

/// What a publish made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its number.
    pub revision: i64,
    /// The versions, in the order of the publication.
    pub versions: Vec<(Slug, i32)>,
    /// The views, in the order of [`Visibility::ALL`].
    pub views: [ViewState; 3],
    /// When, as it is stored.
    pub published_at: Timestamp,
}

impl Store {
    /// Publishes, or does nothing at all: with [`StoreError::RevisionMoved`] where somebody else published since the
    /// publication was prepared. A view's version moves only where its digest does.
    ///
    /// After [`StoreError::NoAnswer`] it is safe to call again with the same publication: if the first went through,
    /// the second is told that the revision has moved.
    pub async fn publish(&self, publication: Publication) -> Result<Revision, StoreError> {
        self.publish_with(publication, Extras::default()).await
    }

    /// The same, with what may be said beside it.
    pub async fn publish_with(&self, publication: Publication, extras: Extras) -> Result<Revision, StoreError> {
        let expected = publication.expected_revision;
        let call = async {
            let contents = publication.models.iter().map(|version| Arc::clone(&version.content)).collect();
            let documents = Document::all_of(contents).await?;
            let writing = self.writing().await?;
            let result = publish_in(&writing.transaction, &publication, &extras, documents).await;
            match self.written(writing, result).await {
                Err(Fault::Raced) => {
                    let found = published::revision(&self.database).await?;
                    Err(StoreError::RevisionMoved { expected, found }.into())
                }
                result => result,
            }
        };
        self.within(WRITE_DEADLINE, call).await
    }
}

async fn publish_in(
    database: &impl ConnectionTrait,
    publication: &Publication,
    extras: &Extras,
    documents: Vec<Document>,
) -> Result<Revision, Fault> {
    let mut slugs = HashSet::new();
    if let Some(twice) = publication.models.iter().find(|version| !slugs.insert(&version.content.about.slug)) {
        return Err(Fault::refused(format!("“{}” is published twice at once", twice.content.about.slug)));
    }
    let revision = take_revision(database, publication).await?;
    let mut versions = Vec::with_capacity(publication.models.len());
    for (at, (new, document)) in publication.models.iter().zip(documents).enumerate() {
        let whole = document.sha256.to_string();
        let version = add_version(database, publication, revision, new, document).await?;
        let slug = &new.content.about.slug;
        let digests = extras.seen.get(at).cloned().unwrap_or_else(|| [whole.clone(), whole.clone(), whole]);
        seen::add(database, slug.as_str(), version, &digests, publication.at).await?;
        versions.push((slug.clone(), version));
    }
    let views = add_views(database, publication, revision).await?;
    let answer = serde_json::to_string(&versions).map_err(|error| Fault::refused(error.to_string()))?;
    once::keep(database, extras.once.as_ref(), &answer).await?;
    Ok(Revision { revision, versions, views, published_at: stored(publication.at) })
}

/// Takes the number after the expected one. On PostgreSQL a second publisher waits here at the primary key until the
/// first commits, then fails; on SQLite there is only one writer anyway.
async fn take_revision(database: &impl ConnectionTrait, publication: &Publication) -> Result<i64, Fault> {
    let expected = publication.expected_revision;
    let found = published::revision(database).await?;
    if found != expected {
        return Err(StoreError::RevisionMoved { expected, found }.into());
    }
    let row = catalogue_revision::ActiveModel {
        revision: Set(expected + 1),
        published_at: Set(micros(publication.at)),
        published_by: Set(plain(&publication.by.to_string())),
        message: Set(plain(&publication.message)),
    };
    match catalogue_revision::Entity::insert(row).exec_without_returning(database).await {
        Ok(_) => Ok(expected + 1),
        Err(error) if is_duplicate(&error) => Err(Fault::Raced),
        Err(error) => Err(error.into()),
    }
}

async fn add_version(
    database: &impl ConnectionTrait,
    publication: &Publication,
    revision: i64,
    new: &NewVersion,
    document: Document,
) -> Result<i32, Fault> {
    use data_model_version::{ActiveModel, Column, Entity};
    let about = &new.content.about;
    let slug = about.slug.as_str();
    let last: Option<Option<i32>> = Entity::find()
        .filter(Column::Slug.eq(slug))
        .select_only()
        .column_as(sea_orm::sea_query::Expr::col(Column::Version).max(), "last")
        .into_tuple()
        .one(database)
        .await?;
    let last = last.flatten().unwrap_or_default();
    if let Some(from) = new.rolled_back_from.filter(|from| !(1..=last).contains(from)) {
        return Err(Fault::not_found(format!("version {from} of “{slug}”")));
    }
    let model = data_model::ActiveModel {
        slug: Set(slug.to_owned()),
        current_version: Set(Some(last + 1)),
        created_at: Set(micros(publication.at)),
        created_by: Set(plain(&publication.by.to_string())),
    };
    let source = source::keep(database, new.source.as_ref(), publication.at).await?;
    data_model::Entity::insert(model)
        .on_conflict(
            sea_orm::sea_query::OnConflict::column(data_model::Column::Slug)
                .update_column(data_model::Column::CurrentVersion)
                .to_owned(),
        )
        .exec_without_returning(database)
        .await?;
    let row = ActiveModel {
        slug: Set(slug.to_owned()),
        version: Set(last + 1),
        content: Set(document.text),
        content_sha256: Set(document.sha256.to_string()),
        version_label: Set(plain(&about.version_label)),
        source_sha256: Set(source.map(|sha256| sha256.to_string())),
        published_at: Set(micros(publication.at)),
        published_by: Set(plain(&publication.by.to_string())),
        revision: Set(revision),
        rolled_back_from: Set(new.rolled_back_from),
    };
    Entity::insert(row).exec_without_returning(database).await?;
    if let Some(id) = new.draft {
        draft::close_as_published(database, id, &about.slug, last + 1, &publication.by.to_string(), publication.at)
            .await?;
    }
    let object = format!("data model {slug}");
    let before = if last == 0 { String::new() } else { format!("version {last}") };
    let action = if new.rolled_back_from.is_some() { "rollback" } else { "publish" };
    let after = match new.rolled_back_from {
        Some(from) => format!("version {} with the content of version {from}", last + 1),
        None => format!("version {}", last + 1),
    };
    let record = Record::done(&publication.by, publication.at, action, object).changed(before, after);
    audit::append(database, record).await?;
    Ok(last + 1)
}

async fn add_views(
    database: &impl ConnectionTrait,
    publication: &Publication,
    revision: i64,
) -> Result<[ViewState; 3], Fault> {
    let mut views = published::views(database, revision - 1).await?;
    for view in &mut views {
        let class = view.class;
        let new = publication.views.iter().find(|new| new.class == class);
        let new = new.ok_or_else(|| Fault::refused(format!("the publication says nothing of the {class} view")))?;
        if view.version == 0 || view.digest != new.digest {
            view.version += 1;
            view.digest.clone_from(&new.digest);
            view.changed_at = Some(stored(publication.at));
        }
        let row = catalogue_view::ActiveModel {
            revision: Set(revision),
            class: Set(class.as_str().to_owned()),
            version: Set(view.version),
            digest: Set(view.digest.clone()),
            changed_at: Set(micros(view.changed_at.unwrap_or(publication.at))),
        };
        row.insert(database).await?;
    }
    Ok(views)
}
