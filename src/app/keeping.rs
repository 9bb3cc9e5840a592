//! Use cases of whoever runs a service: backing a catalogue up, restoring it, moving it to another database. They work
//! on databases, not on a catalogue that is being served.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::error::AppError;
use crate::clock::Clock;
use crate::config::DatabaseUrl;
use crate::domain::access::{Operate, Permit};
use crate::store::{BackupReport, Content, KeepingError, Made, Record, Store};

/// A backup that was restored.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What was restored.
    pub backup: BackupReport,
    /// Where a backup of what was there before is; `None` where nothing was, or on PostgreSQL.
    pub before: Option<PathBuf>,
}

/// A catalogue that was moved.
#[derive(Clone, Debug)]
pub struct Moved {
    /// What was moved.
    pub content: Content,
    /// Whether something has been written to the old database since: then that is not in the new one.
    pub moved_on: bool,
}

/// Migrations that ran when a database was opened.
#[derive(Clone, Debug)]
pub struct Migrated {
    /// Which, in order.
    pub steps: Vec<String>,
    /// Where a backup of the state before is; `None` on PostgreSQL.
    pub before: Option<PathBuf>,
}

fn made(at: Timestamp) -> Made {
    Made { at, program: env!("CARGO_PKG_VERSION").to_owned() }
}

/// Backs a database up into a file and tries the backup. With `replace` the file may be there already.
pub async fn backup(
    _: &Permit<Operate>,
    url: &DatabaseUrl,
    file: &Path,
    replace: bool,
    clock: &dyn Clock,
) -> Result<BackupReport, AppError> {
    let store = Store::open(url.expose(), false).await?;
    let done = store.backup(file, made(clock.now()), replace).await;
    store.close().await;
    Ok(done?)
}

/// Restores a backup into an empty database; with `replace` into one that holds a catalogue, which on SQLite is backed
/// up beside it first. The audit log then says so.
pub async fn restore(
    permit: &Permit<Operate>,
    file: &Path,
    url: &DatabaseUrl,
    replace: bool,
    clock: &dyn Clock,
) -> Result<Restored, AppError> {
    // A file that is no backup must not leave an empty database behind.
    Store::look_at_backup(file).await?;
    let store = Store::open(url.expose(), true).await?;
    let done = async {
        let held = if store.is_empty().await? { 0 } else { store.revision().await? };
        let before = match url.file() {
            Some(path) if replace && !store.is_empty().await? => {
                let beside = beside(path, "before-restore");
                store.backup(&beside, made(clock.now()), true).await?;
                Some(beside)
            }
            _ => None,
        };
        let was = if held == 0 { "empty".to_owned() } else { format!("revision {held}") };
        let record = Record::done(permit.by(), clock.now(), "restore", "catalogue").changed(was, "");
        let backup = Store::restore_recorded(file, &store, replace, Some(record)).await?;
        Ok(Restored { backup, before })
    };
    let done = done.await;
    store.close().await;
    done
}

/// Copies everything from one database into another, which is empty unless it may be replaced.
pub async fn copy(_: &Permit<Operate>, from: &DatabaseUrl, to: &DatabaseUrl, replace: bool) -> Result<Moved, AppError> {
    if from == to {
        return Err(AppError::bad_request("the two databases are the same one: name another with --to"));
    }
    let source = Store::open(from.expose(), false).await?;
    let done = async {
        let target = Store::open(to.expose(), true).await?;
        let content = source.copy_to(&target, replace).await;
        target.close().await;
        let content = content?;
        let moved_on = source.audit_head().await?.to_string() != content.audit_head
            || source.revision().await? != content.revision;
        Ok(Moved { content, moved_on })
    };
    let done = done.await;
    source.close().await;
    done
}

/// Runs the pending migrations; first, on SQLite, a backup is made beside the database.
pub(super) async fn migrate(store: &Store, url: &str, clock: &dyn Clock) -> Result<Option<Migrated>, AppError> {
    let pending = store.pending_migrations().await?;
    let url: Option<DatabaseUrl> = url.parse().ok();
    let before = match (pending.first(), url.as_ref().and_then(DatabaseUrl::file)) {
        (Some(first), Some(path)) if !store.is_empty().await? => {
            let beside = beside(path, &format!("before-{first}"));
            store.backup(&beside, made(clock.now()), true).await?;
            Some(beside)
        }
        _ => None,
    };
    let was_empty = store.is_empty().await?;
    let steps = store.migrate().await?;
    Ok((!steps.is_empty() && !was_empty).then_some(Migrated { steps, before }))
}

fn beside(database: &Path, what: &str) -> PathBuf {
    let mut name = database.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{what}"));
    database.with_file_name(name)
}

impl From<KeepingError> for AppError {
    /// What is wrong with a file or an argument is the asker's to mend; the rest is the database's.
    fn from(error: KeepingError) -> Self {
        match error {
            KeepingError::Store(error) => error.into(),
            other => Self::BadRequest(other.to_string()),
        }
    }
}
