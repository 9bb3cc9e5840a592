//! Jobs that come round again and again, and that of several servers on one database one is to do each time: whoever
//! claims a turn first has it. There is nothing to hold or to let go, so a server that dies takes no job with it.

use std::time::Duration;

use jiff::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::columns::{micros, plain};
use super::entity::job::{ActiveModel, Column, Entity};
use super::error::StoreError;
use super::{READ_DEADLINE, Store, WRITE_DEADLINE};

impl Store {
    /// Claims the turn of a job that is due `every` so often: whether it is ours now. `by` says who we are, for
    /// whoever looks.
    pub async fn claim(&self, job: &str, every: Duration, by: &str, now: Timestamp) -> Result<bool, StoreError> {
        let due = micros(now - every);
        // Mostly it is not due, and nobody need wait for those who write.
        let held = async { Ok(Entity::find_by_id(job.to_owned()).one(&self.database).await?) };
        let held = self.within(READ_DEADLINE, held).await?;
        if held.is_some_and(|held| held.claimed_at > due) {
            return Ok(false);
        }
        let call = async {
            let writing = self.writing().await?;
            let result = async {
                let first = ActiveModel {
                    name: Set(job.to_owned()),
                    claimed_at: Set(i64::MIN),
                    claimed_by: Set(String::new()),
                };
                Entity::insert(first)
                    .on_conflict_do_nothing_on([Column::Name])
                    .exec_without_returning(&writing.transaction)
                    .await?;
                let claim = Entity::update_many()
                    .col_expr(Column::ClaimedAt, Expr::value(micros(now)))
                    .col_expr(Column::ClaimedBy, Expr::value(plain(by)))
                    .filter(Column::Name.eq(job))
                    .filter(Column::ClaimedAt.lte(due));
                Ok(claim.exec(&writing.transaction).await?.rows_affected == 1)
            };
            let result = result.await;
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }
}
