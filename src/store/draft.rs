//! Drafts: workbooks read and checked, kept until somebody publishes or discards them.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IdenStatic, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::audit::{self, Record};
use super::columns::{self, Document, Fingerprint, apart, micros, moment, plain, stored};
use super::entity::draft::{ActiveModel, Column, Entity, Model};
use super::error::{Fault, StoreError};
use super::once::{self, Once};
use super::source::{self, Source};
use super::{READ_DEADLINE, Store, WRITE_DEADLINE};
use crate::domain::access::Doer;
use crate::domain::data_model::DataModel;
use crate::domain::refs::Slug;

/// A draft to keep. Its data model is the one that the content itself names.
#[derive(Clone, Debug)]
pub struct NewDraft {
    /// Its id, chosen by the caller.
    pub id: Uuid,
    /// Groups the drafts of one import.
    pub import_id: Uuid,
    /// The content.
    pub content: Arc<DataModel>,
    /// The file it was read from.
    pub source: Option<Source>,
    /// The version that was current when the file was read; `None` for a data model that is new.
    pub based_on: Option<i32>,
    /// What was found and what it changes, as JSON. The store keeps it as it is.
    pub report: String,
    /// Who imported it.
    pub by: Doer,
    /// When.
    pub at: Timestamp,
}

/// What is known of a draft beside its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftHead {
    /// Its id.
    pub id: Uuid,
    /// Groups the drafts of one import.
    pub import_id: Uuid,
    /// The data model.
    pub slug: Slug,
    /// The file it was read from.
    pub source_sha256: Option<Fingerprint>,
    /// The version that was current when the file was read.
    pub based_on: Option<i32>,
    /// When it was imported.
    pub created_at: Timestamp,
    /// Who imported it.
    pub created_by: String,
    /// What has become of it.
    pub status: DraftStatus,
    /// When and by whom it was published or discarded.
    pub closed: Option<Closed>,
}

/// A draft with its content.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// What is known of it.
    pub head: DraftHead,
    /// The content.
    pub content: Arc<DataModel>,
    /// What was found and what it changes, as JSON.
    pub report: String,
}

/// What has become of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftStatus {
    /// It waits.
    Open,
    /// It became this version.
    Published(i32),
    /// It was thrown away.
    Discarded,
}

impl DraftStatus {
    fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Published(_) => "published",
            Self::Discarded => "discarded",
        }
    }
}

impl fmt::Display for DraftStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Published(version) => write!(f, "published (as version {version})"),
            Self::Open | Self::Discarded => f.write_str(self.word()),
        }
    }
}

/// The end of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
}

impl Store {
    /// Keeps the drafts of one import with their source files: all of them or none.
    pub async fn add_drafts(&self, drafts: Vec<NewDraft>) -> Result<Vec<Draft>, StoreError> {
        self.add_drafts_once(drafts, None, "").await
    }

    /// The same under a key, with what is answered.
    pub async fn add_drafts_once(
        &self,
        drafts: Vec<NewDraft>,
        once: Option<&Once>,
        answer: &str,
    ) -> Result<Vec<Draft>, StoreError> {
        let call = async {
            let contents = drafts.iter().map(|draft| Arc::clone(&draft.content)).collect();
            let documents = Document::all_of(contents).await?;
            let writing = self.writing().await?;
            let result = async {
                let added = add(&writing.transaction, drafts, documents).await?;
                once::keep(&writing.transaction, once, answer).await?;
                Ok(added)
            };
            let result = result.await;
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }

    /// The draft of this id, whatever has become of it.
    pub async fn draft(&self, id: Uuid) -> Result<Option<Draft>, StoreError> {
        let call = async {
            let Some(row) = Entity::find_by_id(id.to_string()).one(&self.database).await? else { return Ok(None) };
            apart(move || read(row).map(Some)).await
        };
        self.within(READ_DEADLINE, call).await
    }

    /// The drafts that wait, oldest first.
    pub async fn open_drafts(&self) -> Result<Vec<DraftHead>, StoreError> {
        let call = async {
            let rows = Entity::find()
                .filter(Column::Status.eq(DraftStatus::Open.word()))
                .order_by_asc(Column::CreatedAt)
                .order_by_asc(Column::ModelSlug)
                .order_by_asc(Column::Id)
                .select_only()
                .columns([
                    Column::Id,
                    Column::ImportId,
                    Column::ModelSlug,
                    Column::ContentSha256,
                    Column::SourceSha256,
                    Column::BasedOn,
                    Column::CreatedAt,
                    Column::CreatedBy,
                    Column::Status,
                    Column::ClosedAt,
                    Column::ClosedBy,
                    Column::PublishedVersion,
                ])
                // Content and report, which may be large, stay where they are.
                .expr_as(Expr::value(""), Column::Content.as_str())
                .expr_as(Expr::value(""), Column::Report.as_str())
                .all(&self.database)
                .await?;
            rows.iter().map(head).collect()
        };
        self.within(READ_DEADLINE, call).await
    }

    /// Throws an open draft away. It is kept, marked as discarded.
    pub async fn discard(&self, id: Uuid, by: impl Into<Doer>, at: Timestamp) -> Result<(), StoreError> {
        self.discard_once(id, by, at, None).await
    }

    /// The same under a key.
    pub async fn discard_once(
        &self,
        id: Uuid,
        by: impl Into<Doer>,
        at: Timestamp,
        once: Option<&Once>,
    ) -> Result<(), StoreError> {
        let by = by.into();
        let call = async {
            let writing = self.writing().await?;
            let result = async {
                let database = &writing.transaction;
                close(database, id, None, DraftStatus::Discarded, &by.to_string(), at).await?;
                let record = Record::done(&by, at, "discard", format!("draft {id}")).changed("waiting", "discarded");
                audit::append(database, record).await?;
                once::keep(database, once, "").await
            };
            let result = result.await;
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }
}

async fn add(
    database: &impl ConnectionTrait,
    drafts: Vec<NewDraft>,
    documents: Vec<Document>,
) -> Result<Vec<Draft>, Fault> {
    let mut added = Vec::with_capacity(drafts.len());
    for (new, document) in drafts.into_iter().zip(documents) {
        let source = source::keep(database, new.source.as_ref(), new.at).await?;
        let slug = new.content.about.slug.clone();
        let row = ActiveModel {
            id: Set(new.id.to_string()),
            import_id: Set(new.import_id.to_string()),
            model_slug: Set(slug.as_str().to_owned()),
            content: Set(document.text),
            content_sha256: Set(document.sha256.to_string()),
            source_sha256: Set(source.map(|sha256| sha256.to_string())),
            based_on: Set(new.based_on),
            report: Set(plain(&new.report)),
            created_at: Set(micros(new.at)),
            created_by: Set(plain(&new.by.to_string())),
            status: Set(DraftStatus::Open.word().to_owned()),
            closed_at: Set(None),
            closed_by: Set(None),
            published_version: Set(None),
        };
        Entity::insert(row).exec_without_returning(database).await?;
        let object = format!("draft {} of data model {slug}", new.id);
        let before = new.based_on.map_or("not published".to_owned(), |version| format!("version {version}"));
        let after = format!("a draft whose content has the SHA-256 {}", document.sha256);
        audit::append(database, Record::done(&new.by, new.at, "import", object).changed(before, after)).await?;
        added.push(Draft {
            head: DraftHead {
                id: new.id,
                import_id: new.import_id,
                slug,
                source_sha256: source,
                based_on: new.based_on,
                created_at: stored(new.at),
                created_by: plain(&new.by.to_string()),
                status: DraftStatus::Open,
                closed: None,
            },
            content: new.content,
            report: plain(&new.report),
        });
    }
    Ok(added)
}

/// Marks a draft of this data model as having become a version.
pub(super) async fn close_as_published(
    database: &impl ConnectionTrait,
    id: Uuid,
    slug: &Slug,
    version: i32,
    by: &str,
    at: Timestamp,
) -> Result<(), Fault> {
    close(database, id, Some(slug), DraftStatus::Published(version), by, at).await
}

/// Closes a draft if it is open, in one statement: of two that try, one succeeds.
async fn close(
    database: &impl ConnectionTrait,
    id: Uuid,
    slug: Option<&Slug>,
    status: DraftStatus,
    by: &str,
    at: Timestamp,
) -> Result<(), Fault> {
    let version = match status {
        DraftStatus::Published(version) => Some(version),
        DraftStatus::Open | DraftStatus::Discarded => None,
    };
    let mut update = Entity::update_many()
        .col_expr(Column::Status, Expr::value(status.word()))
        .col_expr(Column::ClosedAt, Expr::value(micros(at)))
        .col_expr(Column::ClosedBy, Expr::value(plain(by)))
        .col_expr(Column::PublishedVersion, Expr::value(version))
        .filter(Column::Id.eq(id.to_string()))
        .filter(Column::Status.eq(DraftStatus::Open.word()));
    if let Some(slug) = slug {
        update = update.filter(Column::ModelSlug.eq(slug.as_str()));
    }
    if update.exec(database).await?.rows_affected == 1 {
        return Ok(());
    }
    // Why not? The answer decides nothing, so that it may have changed since does no harm.
    let found: Option<(String, String, Option<i32>)> = Entity::find_by_id(id.to_string())
        .select_only()
        .columns([Column::ModelSlug, Column::Status, Column::PublishedVersion])
        .into_tuple()
        .one(database)
        .await?;
    let Some((of, word, version)) = found else { return Err(Fault::not_found(format!("draft {id}"))) };
    match (read_status(&word, version, id)?, slug) {
        (DraftStatus::Open, Some(slug)) => Err(Fault::refused(format!("draft {id} is of “{of}”, not of “{slug}”"))),
        (status, _) => Err(StoreError::DraftNotOpen { id, status }.into()),
    }
}

fn read_status(word: &str, version: Option<i32>, id: impl fmt::Display) -> Result<DraftStatus, Fault> {
    match (word, version) {
        ("open", None) => Ok(DraftStatus::Open),
        ("discarded", None) => Ok(DraftStatus::Discarded),
        ("published", Some(version)) => Ok(DraftStatus::Published(version)),
        _ => Err(Fault::damaged(format!("draft {id}"), format!("its status is “{word}”, its version {version:?}"))),
    }
}

fn head(row: &Model) -> Result<DraftHead, Fault> {
    let what = format!("draft {}", row.id);
    let closed = match (row.closed_at, &row.closed_by) {
        (Some(at), Some(by)) => Some(Closed { at: moment(at)?, by: by.clone() }),
        _ => None,
    };
    Ok(DraftHead {
        id: columns::id(&row.id)?,
        import_id: columns::id(&row.import_id)?,
        slug: columns::slug(&row.model_slug)?,
        source_sha256: row.source_sha256.as_deref().map(|text| columns::read(text, &what)).transpose()?,
        based_on: row.based_on,
        created_at: moment(row.created_at)?,
        created_by: row.created_by.clone(),
        status: read_status(&row.status, row.published_version, &row.id)?,
        closed,
    })
}

fn read(row: Model) -> Result<Draft, Fault> {
    let what = format!("draft {}", row.id);
    let head = head(&row)?;
    let document = Document { sha256: columns::read(&row.content_sha256, &what)?, text: row.content };
    Ok(Draft { head, content: document.model(&what)?, report: row.report })
}
