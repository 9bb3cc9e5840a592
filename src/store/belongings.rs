//! What belongs to one person: their sessions and API tokens.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::accounts::{ApiToken, StoredSession, session_of, token_of};
use super::audit::{self, Record};
use super::columns::micros;
use super::entity::{api_token, session};
use super::error::{Fault, StoreError};
use super::{READ_DEADLINE, Store, WRITE_DEADLINE};

impl Store {
    /// The sessions of a person, however old, the one used last first.
    pub async fn sessions_of(&self, account: Uuid) -> Result<Vec<StoredSession>, StoreError> {
        use session::{Column, Entity};
        let call = async {
            let query = Entity::find().filter(Column::AccountId.eq(account.to_string())).order_by_desc(Column::SeenAt);
            query.all(&self.database).await?.into_iter().map(session_of).collect()
        };
        self.within(READ_DEADLINE, call).await
    }

    /// Ends every session of a person.
    pub async fn end_sessions_of(&self, account: Uuid, record: Record) -> Result<(), StoreError> {
        use session::{Column, Entity};
        let call = async {
            let writing = self.writing().await?;
            let result = async {
                let all = Entity::delete_many().filter(Column::AccountId.eq(account.to_string()));
                all.exec(&writing.transaction).await?;
                audit::append(&writing.transaction, record).await
            };
            let result = result.await;
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }

    /// The tokens of a person, newest first.
    pub async fn tokens_of(&self, account: Uuid) -> Result<Vec<ApiToken>, StoreError> {
        use api_token::{Column, Entity};
        let call = async {
            let query = Entity::find().filter(Column::AccountId.eq(account.to_string()));
            let query = query.order_by_desc(Column::CreatedAt).order_by_asc(Column::Id);
            query.all(&self.database).await?.iter().map(token_of).collect()
        };
        self.within(READ_DEADLINE, call).await
    }

    /// Makes a token of this person void; one of somebody else is not found.
    pub async fn revoke_token_of(&self, account: Uuid, id: Uuid, record: Record) -> Result<(), StoreError> {
        use api_token::{Column, Entity};
        let call = async {
            let writing = self.writing().await?;
            let result = async {
                let update = Entity::update_many()
                    .col_expr(Column::RevokedAt, Expr::value(micros(record.at)))
                    .filter(Column::Id.eq(id.to_string()))
                    .filter(Column::AccountId.eq(account.to_string()))
                    .filter(Column::RevokedAt.is_null());
                if update.exec(&writing.transaction).await?.rows_affected != 1 {
                    return Err(Fault::not_found(format!("token {id} that could be revoked")));
                }
                audit::append(&writing.transaction, record).await
            };
            let result = result.await;
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }
}
