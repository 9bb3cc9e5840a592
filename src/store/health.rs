//! How well the database is: what it promises of a commit, the room that is left, its clock.

use std::path::PathBuf;

use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::error::{Fault, StoreError};
use super::{Kind, READ_DEADLINE, Store};

/// What the database says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// What it is set to, as it says itself: name and value.
    pub set_to: Vec<(&'static str, String)>,
    /// Whether an acknowledged commit outlasts a power cut with that.
    pub durable: bool,
    /// The folder of a database in a file, and the bytes that are left there for this account.
    pub room: Option<(PathBuf, u64)>,
    /// Its clock, where it has one of its own.
    pub clock: Option<Timestamp>,
}

impl Store {
    /// Asks the database how it is.
    pub async fn health(&self) -> Result<Health, StoreError> {
        self.within(READ_DEADLINE, async {
            match self.kind {
                Kind::Sqlite => self.health_of_sqlite().await,
                Kind::Postgres => self.health_of_postgres().await,
            }
        })
        .await
    }

    async fn health_of_sqlite(&self) -> Result<Health, Fault> {
        let sqlite = DbBackend::Sqlite;
        let journal: String = self.one(sqlite, "PRAGMA journal_mode").await?;
        let synchronous: i32 = self.one(sqlite, "PRAGMA synchronous").await?;
        let named = match synchronous {
            0 => "off",
            1 => "normal",
            2 => "full",
            _ => "extra",
        };
        // With SQLite's write-ahead log only `full` writes it out before a commit is acknowledged.
        let durable = synchronous >= 2;
        let file = self.place.strip_prefix("sqlite://").map(PathBuf::from);
        let folder = file.and_then(|file| file.canonicalize().ok()?.parent().map(PathBuf::from));
        let room = folder.and_then(|folder| {
            let disk = rustix::fs::statvfs(&folder).ok()?;
            Some((folder, disk.f_bavail.saturating_mul(disk.f_frsize)))
        });
        let set_to = vec![("journal_mode", journal), ("synchronous", named.to_owned())];
        Ok(Health { set_to, durable, room, clock: None })
    }

    async fn health_of_postgres(&self) -> Result<Health, Fault> {
        let postgres = DbBackend::Postgres;
        let version: String = self.one(postgres, "SHOW server_version").await?;
        let fsync: String = self.one(postgres, "SHOW fsync").await?;
        let commit: String = self.one(postgres, "SHOW synchronous_commit").await?;
        let micros: i64 =
            self.one(postgres, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint").await?;
        let durable = fsync == "on" && commit != "off";
        let set_to = vec![("server_version", version), ("fsync", fsync), ("synchronous_commit", commit)];
        Ok(Health { set_to, durable, room: None, clock: Timestamp::from_microsecond(micros).ok() })
    }

    async fn one<T: sea_orm::TryGetable>(&self, backend: DbBackend, sql: &'static str) -> Result<T, Fault> {
        let row = self.database.query_one_raw(Statement::from_string(backend, sql)).await?;
        match row {
            Some(row) => Ok(row.try_get_by_index(0)?),
            None => Err(Fault::not_found(format!("an answer to {sql}"))),
        }
    }
}
