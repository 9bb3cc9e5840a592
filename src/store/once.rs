//! Changes that are made once however often they are asked for: an idempotency key is kept in the transaction of the
//! change, with what was answered.

use std::time::Duration;

use jiff::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::columns::{Fingerprint, micros, plain};
use super::entity::answered_request::{ActiveModel, Column, Entity};
use super::error::{Fault, StoreError, is_duplicate};
use super::{READ_DEADLINE, Store, WRITE_DEADLINE};

/// How long an answer is kept.
pub const KEPT: Duration = Duration::from_secs(24 * 3_600);

/// A request that is to have its effect once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// Who sends it: keys of different people are different keys.
    pub who: String,
    /// The key that they chose.
    pub key: String,
    /// What they ask for.
    pub request: Fingerprint,
    /// When.
    pub at: Timestamp,
}

/// What was answered before under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing.
    Never,
    /// This, to the same request.
    Answered(String),
    /// Something, to another request.
    AnotherRequest,
}

fn oldest(at: Timestamp) -> i64 {
    micros(at - KEPT)
}

impl Store {
    /// What was answered before under a key.
    pub async fn answered(&self, once: &Once) -> Result<Before, StoreError> {
        let call = async {
            let found = Entity::find_by_id((plain(&once.who), plain(&once.key))).one(&self.database).await?;
            Ok(match found.filter(|row| row.at > oldest(once.at)) {
                None => Before::Never,
                Some(row) if row.request_sha256 == once.request.to_string() => Before::Answered(row.answer),
                Some(_) => Before::AnotherRequest,
            })
        };
        self.within(READ_DEADLINE, call).await
    }

    /// Forgets answers that are older than a day.
    pub async fn sweep_answers(&self, now: Timestamp) -> Result<u64, StoreError> {
        let call = async {
            let writing = self.writing().await?;
            let done = Entity::delete_many().filter(Column::At.lte(oldest(now))).exec(&writing.transaction).await;
            let result = done.map(|done| done.rows_affected).map_err(Into::into);
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }
}

/// Keeps an answer in the transaction of its change. Of two changes under one key at the same moment the second fails,
/// with [`StoreError::AnsweredMeanwhile`], and changes nothing.
pub(super) async fn keep(database: &impl ConnectionTrait, once: Option<&Once>, answer: &str) -> Result<(), Fault> {
    let Some(once) = once else { return Ok(()) };
    let (who, key) = (plain(&once.who), plain(&once.key));
    let expired = Entity::delete_many()
        .filter(Column::Who.eq(who.as_str()))
        .filter(Column::Key.eq(key.as_str()))
        .filter(Column::At.lte(oldest(once.at)));
    expired.exec(database).await?;
    let row = ActiveModel {
        who: Set(who),
        key: Set(key),
        request_sha256: Set(once.request.to_string()),
        at: Set(micros(once.at)),
        answer: Set(plain(answer)),
    };
    match Entity::insert(row).exec_without_returning(database).await {
        Err(error) if is_duplicate(&error) => Err(StoreError::AnsweredMeanwhile.into()),
        done => done.map(|_| ()).map_err(Into::into),
    }
}
