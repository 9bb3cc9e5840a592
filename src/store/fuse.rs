//! The fuse: after SQLite's disk was full or failed, writing stops until a write on a fresh connection has been
//! read back on another, and until a full disk has room again. What a pooled connection says in between is not to be
//! believed (design.md, trap 9).

use std::sync::{Mutex, PoisonError};

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sea_orm::sqlx::{AssertSqlSafe, Connection, Error as SqlxError, query_scalar, raw_sql};

use super::error::{Fault, StoreError, message, sqlite_code};
use super::place::Place;

/// The bytes that a disk which was full must have free again. SQLite's log often has room in itself for the trial write
/// and none for a publish: without this, writing would seem to be mended and fail again, over and over.
const ROOM: u64 = 4_000_000;

/// Blown or not. PostgreSQL looks after its own disk, and a database in memory has none.
pub(super) struct Fuse {
    file: Option<SqliteConnectOptions>,
    blown: Mutex<Option<Blown>>,
}

#[derive(Clone)]
struct Blown {
    why: String,
    full: bool,
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
        let Some(code) = sqlite_code(error).map(|code| code & 0xff).filter(|_| self.file.is_some()) else { return };
        if matches!(code, 10 | 13) {
            let blown = Blown { why: message(error), full: code == 13 };
            tracing::error!(why = blown.why, "the database's disk failed: nothing is written until it works again");
            self.set(Some(blown));
        }
    }

    /// Lets a writer pass: at once while whole; after the disk failed, when it has been seen to work again.
    pub(super) async fn check(&self, place: &str) -> Result<(), StoreError> {
        let blown = self.blown.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (Some(file), Some(Blown { why, full })) = (&self.file, blown) else { return Ok(()) };
        let still = match free_beside(file) {
            Some(free) if full && free < ROOM => {
                format!("there are only {} kB free on it, and {} kB are needed", free / 1_000, ROOM / 1_000)
            }
            _ => match probe(file).await {
                Ok(()) => {
                    tracing::info!("the database's disk works again: writing goes on");
                    self.set(None);
                    return Ok(());
                }
                Err(still) => format!("a trial write still does not work ({still})"),
            },
        };
        Err(StoreError::ReadOnly {
            place: place.to_owned(),
            why: format!(
                "its disk failed ({why}) and {still}. Make room or mend the disk; writing goes on by itself then"
            ),
        })
    }

    /// Why nothing is written now.
    pub(super) fn why(&self) -> Option<String> {
        self.blown.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|blown| blown.why.clone())
    }

    fn set(&self, blown: Option<Blown>) {
        *self.blown.lock().unwrap_or_else(PoisonError::into_inner) = blown;
    }
}

/// The bytes that this account may still write on the disk of a file.
fn free_beside(file: &SqliteConnectOptions) -> Option<u64> {
    let disk = rustix::fs::statvfs(file.get_filename()).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
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
