//! What publishers wrote about their publishes, for readers.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::columns;
use super::entity::{catalogue_revision, draft};
use super::error::StoreError;
use super::{READ_DEADLINE, Store};
use crate::domain::refs::Slug;

impl Store {
    /// The message of each of these revisions.
    pub async fn messages(&self, revisions: &[i64]) -> Result<HashMap<i64, String>, StoreError> {
        use catalogue_revision::{Column, Entity};
        let call = async {
            let query = Entity::find().filter(Column::Revision.is_in(revisions.iter().copied()));
            let rows = query.all(&self.database).await?;
            Ok(rows.into_iter().map(|row| (row.revision, row.message)).collect())
        };
        self.within(READ_DEADLINE, call).await
    }

    /// The draft that became a version; `None` where it was published without one.
    pub async fn draft_of_version(&self, slug: &Slug, version: i32) -> Result<Option<Uuid>, StoreError> {
        use draft::{Column, Entity};
        let call = async {
            let query = Entity::find()
                .filter(Column::ModelSlug.eq(slug.as_str()))
                .filter(Column::PublishedVersion.eq(version))
                .select_only()
                .column(Column::Id);
            let id: Option<String> = query.into_tuple().one(&self.database).await?;
            id.as_deref().map(columns::id).transpose()
        };
        self.within(READ_DEADLINE, call).await
    }
}
