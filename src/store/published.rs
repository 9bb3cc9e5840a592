//! Reading what is published: the current catalogue in one consistent read, and the history of each data model.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IdenStatic, QueryFilter, QueryOrder, QuerySelect};

use super::columns::{self, Document, Fingerprint, apart, moment};
use super::entity::{catalogue_revision, catalogue_view, data_model, data_model_version};
use super::error::{Fault, StoreError};
use super::{READ_DEADLINE, Store};
use crate::domain::catalogue::PublishedModel;
use crate::domain::refs::Slug;
use crate::domain::words::Visibility;

/// What is published, read in one transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// How many publishes there have been; 0 for an empty catalogue.
    pub revision: i64,
    /// The view of each class, in the order of [`Visibility::ALL`].
    pub views: [ViewState; 3],
    /// The current version of every data model, by slug.
    pub models: Vec<PublishedModel>,
}

/// Where the view of one class stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewState {
    /// Whose view.
    pub class: Visibility,
    /// How often its content has changed; 0 before the first publish.
    pub version: i64,
    /// The digest of its content; empty before the first publish.
    pub digest: String,
    /// When its content last changed.
    pub changed_at: Option<Timestamp>,
}

/// What is known of a version beside its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionHead {
    /// The data model.
    pub slug: Slug,
    /// The version, from 1.
    pub version: i32,
    /// The owner's own name of it.
    pub label: String,
    /// When it was published.
    pub published_at: Timestamp,
    /// Who published it.
    pub published_by: String,
    /// The revision of the catalogue that it came with.
    pub revision: i64,
    /// The file it was read from.
    pub source_sha256: Option<Fingerprint>,
    /// The SHA-256 of its content as stored.
    pub content_sha256: Fingerprint,
    /// The version whose content it brought back.
    pub rolled_back_from: Option<i32>,
}

/// A version with its content.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredVersion {
    /// What is known of it.
    pub head: VersionHead,
    /// Its content.
    pub published: PublishedModel,
}

impl Store {
    /// Everything that is published, as of one moment.
    pub async fn published(&self) -> Result<Published, StoreError> {
        self.published_since(&[]).await
    }

    /// As [`Store::published`], but taking the versions that `known` holds already from there: a version never
    /// changes, so only new ones are read and parsed.
    pub async fn published_since(&self, known: &[PublishedModel]) -> Result<Published, StoreError> {
        let call = async {
            let transaction = self.reading().await?;
            let rows = rows(&transaction, known).await;
            let (revision, views, rows) = self.read(transaction, rows).await?;
            let mut models = apart(move || read_all(rows)).await?;
            models.sort_by(|a, b| a.model.about.slug.cmp(&b.model.about.slug));
            Ok(Published { revision, views, models })
        };
        self.within(READ_DEADLINE, call).await
    }

    /// The revision of the catalogue, 0 for an empty one. Cheap: meant for polling.
    pub async fn revision(&self) -> Result<i64, StoreError> {
        self.within(READ_DEADLINE, revision(&self.database)).await
    }

    /// The versions of a data model, newest first; none for one that is not there.
    pub async fn versions(&self, slug: &Slug) -> Result<Vec<VersionHead>, StoreError> {
        use data_model_version::Column;
        let call = async {
            let rows = data_model_version::Entity::find()
                .filter(Column::Slug.eq(slug.as_str()))
                .order_by_desc(Column::Version)
                .select_only()
                .columns([
                    Column::Slug,
                    Column::Version,
                    Column::ContentSha256,
                    Column::VersionLabel,
                    Column::SourceSha256,
                    Column::PublishedAt,
                    Column::PublishedBy,
                    Column::Revision,
                    Column::RolledBackFrom,
                ])
                // The content, which may be large, stays where it is.
                .expr_as(sea_orm::sea_query::Expr::value(""), Column::Content.as_str())
                .all(&self.database)
                .await?;
            rows.iter().map(head).collect()
        };
        self.within(READ_DEADLINE, call).await
    }

    /// One version of a data model with its content.
    pub async fn version(&self, slug: &Slug, version: i32) -> Result<Option<StoredVersion>, StoreError> {
        let call = async {
            let key = (slug.as_str().to_owned(), version);
            let Some(row) = data_model_version::Entity::find_by_id(key).one(&self.database).await? else {
                return Ok(None);
            };
            apart(move || Ok(Some(StoredVersion { head: head(&row)?, published: content(row)? }))).await
        };
        self.within(READ_DEADLINE, call).await
    }
}

/// A current version: read anew, or known already.
enum Current {
    Row(data_model_version::Model),
    Known(PublishedModel),
}

async fn rows(
    database: &impl ConnectionTrait,
    known: &[PublishedModel],
) -> Result<(i64, [ViewState; 3], Vec<Current>), Fault> {
    let known: HashMap<(&str, i32), &PublishedModel> =
        known.iter().map(|published| ((published.model.about.slug.as_str(), published.version), published)).collect();
    let revision = revision(database).await?;
    let views = views(database, revision).await?;
    let mut current = Vec::new();
    for model in data_model::Entity::find().all(database).await? {
        let Some(version) = model.current_version else { continue };
        if let Some(published) = known.get(&(model.slug.as_str(), version)) {
            current.push(Current::Known(PublishedModel::clone(published)));
            continue;
        }
        let row = data_model_version::Entity::find_by_id((model.slug.clone(), version)).one(database).await?;
        current.push(Current::Row(row.ok_or_else(|| Fault::damaged(named(&model.slug, version), "it is missing"))?));
    }
    Ok((revision, views, current))
}

fn read_all(rows: Vec<Current>) -> Result<Vec<PublishedModel>, Fault> {
    rows.into_iter()
        .map(|current| match current {
            Current::Row(row) => content(row),
            Current::Known(published) => Ok(published),
        })
        .collect()
}

/// Reads everything that is published as one connection sees it, which fails where any of it is damaged.
pub(super) async fn whole(database: &impl ConnectionTrait) -> Result<(), Fault> {
    let (_, _, rows) = rows(database, &[]).await?;
    apart(move || read_all(rows)).await.map(|_| ())
}

/// The number of the last publish.
pub(super) async fn revision(database: &impl ConnectionTrait) -> Result<i64, Fault> {
    use catalogue_revision::{Column, Entity};
    let last: Option<Option<i64>> = Entity::find()
        .select_only()
        .column_as(sea_orm::sea_query::Expr::col(Column::Revision).max(), "last")
        .into_tuple()
        .one(database)
        .await?;
    Ok(last.flatten().unwrap_or_default())
}

/// The views at a revision, in the order of [`Visibility::ALL`].
pub(super) async fn views(database: &impl ConnectionTrait, revision: i64) -> Result<[ViewState; 3], Fault> {
    use catalogue_view::{Column, Entity};
    let rows = Entity::find().filter(Column::Revision.eq(revision)).all(database).await?;
    let state = |class: Visibility| match rows.iter().find(|row| row.class == class.as_str()) {
        Some(row) => Ok(ViewState {
            class,
            version: row.version,
            digest: row.digest.clone(),
            changed_at: Some(moment(row.changed_at)?),
        }),
        None if revision == 0 => Ok(ViewState { class, version: 0, digest: String::new(), changed_at: None }),
        None => Err(Fault::damaged(format!("revision {revision}"), format!("it has no {class} view"))),
    };
    Ok([state(Visibility::Public)?, state(Visibility::Registered)?, state(Visibility::Staff)?])
}

fn named(slug: &str, version: i32) -> String {
    format!("version {version} of “{slug}”")
}

fn head(row: &data_model_version::Model) -> Result<VersionHead, Fault> {
    let what = named(&row.slug, row.version);
    Ok(VersionHead {
        slug: columns::slug(&row.slug)?,
        version: row.version,
        label: row.version_label.clone(),
        published_at: moment(row.published_at)?,
        published_by: row.published_by.clone(),
        revision: row.revision,
        source_sha256: row.source_sha256.as_deref().map(|text| columns::read(text, &what)).transpose()?,
        content_sha256: columns::read(&row.content_sha256, &what)?,
        rolled_back_from: row.rolled_back_from,
    })
}

fn content(row: data_model_version::Model) -> Result<PublishedModel, Fault> {
    let what = named(&row.slug, row.version);
    let document = Document { sha256: columns::read(&row.content_sha256, &what)?, text: row.content };
    let model: Arc<_> = document.model(&what)?;
    if model.about.slug.as_str() != row.slug {
        return Err(Fault::damaged(what, format!("its content is that of “{}”", model.about.slug)));
    }
    Ok(PublishedModel { version: row.version, published_at: moment(row.published_at)?, model })
}
