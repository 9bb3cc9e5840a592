//! Keeping a catalogue safe: backups that are tried before they count, restoring them, and moving from one database to
//! another. All three copy every row of every table (`layout`, `rows`) in one transaction and compare digests.

mod backup;
mod copying;
mod layout;
mod rows;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use backup::{BackupReport, Made};

use super::audit::AuditHead;
use super::columns::Fingerprint;
use super::error::StoreError;
pub(super) use layout::MANIFEST;

/// What a database holds, counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// The migrations that have run, in order: the version of the schema.
    pub steps: Vec<String>,
    /// Every table, by the order in which rows refer to rows.
    pub tables: Vec<TableContent>,
    /// The revision of the catalogue.
    pub revision: i64,
    /// The head of the audit log, as `NUMBER:HASH`.
    pub audit_head: String,
}

/// What a table holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableContent {
    /// Its name.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// A digest of all of them, whatever their order: SHA-256 of the sorted SHA-256s of the rows.
    pub sha256: Fingerprint,
}

impl Content {
    /// One digest of everything: SHA-256 of this as JSON.
    #[must_use]
    pub fn digest(&self) -> Fingerprint {
        Fingerprint::of(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// How many rows a table has.
    #[must_use]
    pub fn rows(&self, table: &str) -> u64 {
        self.tables.iter().find(|held| held.table == table).map_or(0, |held| held.rows)
    }

    /// The head of the audit log.
    pub(super) fn audit(&self) -> AuditHead {
        self.audit_head.parse().unwrap_or(AuditHead { seq: 0, hash: String::new() })
    }
}

/// Why a backup, a restore or a copy was not made.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeepingError {
    /// A database could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be read or written.
    #[error("{} cannot be {done}: {why}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What could not be done with it: `read` or `written`.
        done: &'static str,
        /// What the operating system said.
        why: String,
    },
    /// The file is there already.
    #[error("{} is there already: name another file, or say --replace to write over it", .0.display())]
    Exists(PathBuf),
    /// The file is no backup.
    #[error("{} is no backup of Linkwright: {why}", file.display())]
    NotABackup {
        /// The file.
        file: PathBuf,
        /// What it is.
        why: String,
    },
    /// The backup is not what was written.
    #[error("{} is damaged: {why}. Nothing was restored: take another backup, and look at the disk that held this one", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// How it shows.
        why: String,
    },
    /// The target holds something.
    #[error(
        "{place} holds a catalogue already (revision {revision}): name an empty database, or say --replace to put this \
         in its place"
    )]
    NotEmpty {
        /// The target.
        place: String,
        /// Its revision.
        revision: i64,
    },
    /// The trial restore did not give the same.
    #[error("the backup did not restore to what it was taken from, and was not kept: {0}")]
    Untrue(String),
}
