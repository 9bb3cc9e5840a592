//! Sign-ins that have begun at an identity provider: kept with the session that began them, and given back once.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::columns::Fingerprint;
use super::entity::session::{Column, Entity};
use super::error::{Fault, StoreError};
use super::{Store, WRITE_DEADLINE};

impl Store {
    /// Keeps what a session waits for, as JSON, in place of what it waited for before.
    pub async fn keep_pending(&self, id: Fingerprint, pending: &str) -> Result<(), StoreError> {
        let call = async {
            let writing = self.writing().await?;
            let update = Entity::update_many()
                .col_expr(Column::Pending, Expr::value(pending))
                .filter(Column::IdSha256.eq(id.to_string()));
            let result = match update.exec(&writing.transaction).await {
                Ok(done) if done.rows_affected == 1 => Ok(()),
                Ok(_) => Err(Fault::not_found("such session")),
                Err(error) => Err(error.into()),
            };
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }

    /// Takes what a session waits for: of two that ask at once, one is given it.
    pub async fn take_pending(&self, id: Fingerprint) -> Result<Option<String>, StoreError> {
        let call = async {
            let writing = self.writing().await?;
            let result = async {
                let held = Entity::find_by_id(id.to_string()).one(&writing.transaction).await?;
                let Some(held) = held.filter(|held| !held.pending.is_empty()) else { return Ok(None) };
                let update = Entity::update_many()
                    .col_expr(Column::Pending, Expr::value(""))
                    .filter(Column::IdSha256.eq(id.to_string()))
                    .filter(Column::Pending.eq(held.pending.as_str()));
                let taken = update.exec(&writing.transaction).await?.rows_affected == 1;
                Ok(taken.then_some(held.pending))
            };
            let result = result.await;
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }
}
