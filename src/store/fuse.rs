//! The fuse: after SQLite's disk was full or failed, writing stops until a write on a fresh connection has been
//! read back on another. What a pooled connection says in between is not to be believed (design.md, trap 9).

use std::sync::{Mutex, PoisonError};

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sea_orm::sqlx::{AssertSqlSafe, Connection, Error as SqlxError, query_scalar, raw_sql};

use super::error::{Fault, StoreError, message, sqlite_code};
use super::place::Place;

/// Blown or not. PostgreSQL looks after its own disk, and a database in memory has none.
pub(super) struct Fuse {
    file: Option<SqliteConnectOptions>,
    blown: Mutex<Option<String>>,
}

impl Fuse {
    pub(super) fn of(place: &Place) -> Self {
        let file = match place {
            Place::File { options, .. } => Some(options.clone().create_if_missing(false)),
            Place::Memory { .. } | Place::Postgres { .. } => None,
        };
        Self { file, blown: Mutex::new(None) }
    }

    /// Blows where the fault is of the disk: a full one (13) or a failed one (10 in the low byte, such as 778 on
    /// writing, 1034 on syncing, 4874 on sizing the shared memory).
    pub(super) fn look_at(&self, fault: &Fault) {
        let Fault::Database(error) = fault else { return };
        if self.file.is_some() && sqlite_code(error).is_some_and(|code| matches!(code & 0xff, 10 | 13)) {
            self.set(Some(message(error)));
        }
    }

    /// Lets a writer pass: at once while whole; after the disk failed, when it has been seen to work again.
    pub(super) async fn check(&self, place: &str) -> Result<(), StoreError> {
        let blown = self.blown.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (Some(file), Some(why)) = (&self.file, blown) else { return Ok(()) };
        match probe(file).await {
            Ok(()) => {
                self.set(None);
                Ok(())
            }
            Err(still) => Err(StoreError::ReadOnly {
                place: place.to_owned(),
                why: format!(
                    "its disk failed ({why}) and a trial write still does not work ({still}). Make room or mend the disk; \
                     writing goes on by itself then"
                ),
            }),
        }
    }

    /// Why nothing is written now.
    pub(super) fn why(&self) -> Option<String> {
        self.blown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, blown: Option<String>) {
        *self.blown.lock().unwrap_or_else(PoisonError::into_inner) = blown;
    }
}

/// Writes a new number to the file's header, which nothing else uses, and reads it back, each on a connection of its
/// own.
async fn probe(file: &SqliteConnectOptions) -> Result<(), SqlxError> {
    let mut connection = SqliteConnection::connect_with(file).await?;
    let before: i32 = query_scalar("PRAGMA user_version").fetch_one(&mut connection).await?;
    let written = before.wrapping_add(1);
    raw_sql(AssertSqlSafe(format!("PRAGMA user_version = {written}"))).execute(&mut connection).await?;
    connection.close().await?;
    let mut connection = SqliteConnection::connect_with(file).await?;
    let after: i32 = query_scalar("PRAGMA user_version").fetch_one(&mut connection).await?;
    connection.close().await?;
    if after == written { Ok(()) } else { Err(SqlxError::Protocol("what was written did not read back".to_owned())) }
}
