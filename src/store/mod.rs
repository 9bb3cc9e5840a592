//! The database: published versions, drafts, source files and revisions, on SQLite or PostgreSQL. The only user of
//! SeaORM.
//!
//! The store keeps and gives back; it knows no rule of the catalogue. Reads of metadata come from the in-memory
//! snapshot, so a version is kept whole, as one JSON document, and SQL never looks into it. Nothing published is ever
//! changed or deleted: rolling back publishes an old content as a new version.
//!
//! Clock and randomness are the caller's: moments and ids come in with each call. Moments are kept to the
//! microsecond.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::Connection;
use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbErr, IsolationLevel, RuntimeErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

mod accounts;
mod audit;
mod audit_search;
mod belongings;
mod columns;
mod draft;
mod entity;
mod error;
#[cfg(test)]
mod faults;
mod fuse;
mod health;
mod job;
mod keeping;
mod notes;
mod once;
mod pending;
mod place;
mod publish;
mod published;
mod pulse;
mod schema;
mod seen;
mod source;

pub use accounts::{Account, AccountChange, ApiToken, StoredSession};
pub use audit::{AuditEntry, AuditHead, Record, Tampering, Verifier};
pub use audit_search::AuditFilter;
pub use columns::{Fingerprint, NotAFingerprint};
pub use draft::{Closed, Draft, DraftHead, DraftStatus, NewDraft};
pub use error::StoreError;
pub use health::Health;
pub use keeping::{BackupReport, Content, KeepingError, Made, TableContent};
pub use once::{Before, Once};
pub use publish::{Extras, NewVersion, NewViewState, Publication, Revision};
pub use published::{Published, StoredVersion, VersionHead, ViewState};
pub use seen::{SeenDigests, SeenVersion};
pub use source::{NewSourceFile, Source, SourceFile};

use error::{Fault, is_sqlite_busy};
use fuse::Fuse;
use place::Place;
use pulse::Pulse;

/// How long a read, and how long a write, may take before the caller is told that there is no answer. That a database
/// hangs is found out sooner (`pulse`).
const READ_DEADLINE: Duration = Duration::from_secs(60);
const WRITE_DEADLINE: Duration = Duration::from_secs(120);

/// A database of Linkwright. Cloning is cheap: clones share the connections.
#[derive(Clone)]
pub struct Store {
    database: DatabaseConnection,
    place: Arc<str>,
    kind: Kind,
    /// Writers of this process queue here instead of at the database, where waiting is unfair and holds a connection.
    turn: Arc<Mutex<()>>,
    fuse: Arc<Fuse>,
    pulse: Arc<Pulse>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.place)
    }
}

impl Store {
    /// Opens a database: `sqlite://file.db`, `sqlite::memory:` or `postgres://user@host/name`.
    ///
    /// With `create`, a SQLite file that is not there is made, and an empty database is welcome; call
    /// [`Store::migrate`] next. Without, a database that holds no catalogue is an error. In both cases one that belongs
    /// to something else, or to a newer Linkwright, is refused before anything in it is changed.
    pub async fn open(url: &str, create: bool) -> Result<Self, StoreError> {
        let place = Place::read(url)?;
        let connect = place.connect_options();
        Self::open_place(place, connect, create).await
    }

    async fn open_place(place: Place, connect: ConnectOptions, create: bool) -> Result<Self, StoreError> {
        let name: Arc<str> = place.to_string().into();
        match &place {
            Place::File { path, .. } => place::ready_file(path, &name, create)?,
            Place::Memory { .. } => {}
            Place::Postgres { options } => {
                // The pool would retry a refused connection and then report a timeout: ask once for the true cause.
                match tokio::time::timeout(place::ACQUIRE, PgConnection::connect_with(options)).await {
                    Ok(Ok(connection)) => drop(connection.close().await),
                    Ok(Err(error)) => {
                        return Err(Fault::from(DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))).at(&name));
                    }
                    Err(_) => return Err(error::silent(&name)),
                }
            }
        }
        let store = Self::connect(place, connect).await?;
        store.ready(create).await?;
        Ok(store)
    }

    /// A backup, opened to be read and not to be changed.
    async fn of_backup(place: Place) -> Result<Self, StoreError> {
        let connect = place.connect_options();
        Self::connect(place, connect).await
    }

    async fn connect(place: Place, connect: ConnectOptions) -> Result<Self, StoreError> {
        let name: Arc<str> = place.to_string().into();
        let database = Database::connect(connect).await.map_err(|error| Fault::from(error).at(&name))?;
        let kind = if matches!(place, Place::Postgres { .. }) { Kind::Postgres } else { Kind::Sqlite };
        let (fuse, pulse) = (Arc::new(Fuse::of(&place)), Arc::new(Pulse::of(&place)));
        Ok(Self { database, place: name, kind, turn: Arc::default(), fuse, pulse })
    }

    /// Whether other servers may work on the same database.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.kind == Kind::Postgres
    }

    /// Why nothing can be written now, though it can be read: after the disk failed, until it has been seen to work.
    #[must_use]
    pub fn refuses_writes(&self) -> Option<String> {
        self.fuse.why()
    }

    /// Looks whether a disk that failed works again, so that writing goes on also where nobody tries to write, such as
    /// behind a load balancer that sends nothing to a server which is not ready.
    pub async fn look_after_disk(&self) {
        if self.fuse.why().is_some() {
            let _turn = self.turn.lock().await;
            let _ = self.fuse.check(&self.place).await;
        }
    }

    /// The address without its password.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Closes every connection. The store and its clones cannot be used any more.
    pub async fn close(&self) {
        let _ = self.database.close_by_ref().await;
    }

    /// Begins a transaction that sees one state of the database throughout.
    async fn reading(&self) -> Result<DatabaseTransaction, Fault> {
        // SQLite reads one state in any transaction, and SeaORM warns of a level set on it.
        let isolation_level = (self.kind == Kind::Postgres).then_some(IsolationLevel::RepeatableRead);
        let options = TransactionOptions { isolation_level, ..TransactionOptions::default() };
        Ok(self.database.begin_with_options(options).await?)
    }

    /// Ends a transaction that has only read.
    async fn read<T>(&self, transaction: DatabaseTransaction, result: Result<T, Fault>) -> Result<T, Fault> {
        let ended = transaction.rollback().await;
        let value = result?;
        ended?;
        Ok(value)
    }

    /// Begins a transaction that writes: one at a time in this process, and on SQLite with the write lock from the
    /// start, because a transaction that reads first and then writes is turned away when another came between.
    async fn writing(&self) -> Result<Writing, Fault> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        self.fuse.check(&self.place).await?;
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = match self.database.begin_with_options(options).await {
            // Rarely SQLite is busy at once, without waiting (while another process recovers the write-ahead log).
            Err(error) if is_sqlite_busy(&error) => self.database.begin_with_options(options).await?,
            begun => begun?,
        };
        Ok(Writing { transaction, _turn: turn })
    }

    /// Commits what went well, takes back what did not.
    async fn written<T>(&self, writing: Writing, result: Result<T, Fault>) -> Result<T, Fault> {
        match result {
            Ok(value) => {
                writing.transaction.commit().await?;
                Ok(value)
            }
            Err(fault) => {
                // The fault is the answer; that rolling back may fail too is what the pool's hook is for.
                let _ = writing.transaction.rollback().await;
                Err(fault)
            }
        }
    }

    /// Runs a call to its end or to the deadline, and puts its error into words.
    async fn within<T>(
        &self,
        deadline: Duration,
        call: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, StoreError> {
        self.pulse.may_try(&self.place)?;
        let begun = tokio::time::Instant::now();
        let silent = || {
            let seconds = begun.elapsed().as_secs();
            StoreError::NoAnswer { place: self.place.to_string(), seconds }
        };
        let result = tokio::select! {
            done = tokio::time::timeout(deadline, call) => match done {
                Ok(Ok(value)) => Ok(value),
                Ok(Err(fault)) => {
                    self.fuse.look_at(&fault);
                    Err(fault.at(&self.place))
                }
                Err(_) => Err(silent()),
            },
            () = self.pulse.lost() => Err(silent()),
        };
        self.pulse.note(&result).await;
        if result.as_ref().is_err_and(StoreError::is_fault) {
            metrics::counter!("database_errors_total").increment(1);
        }
        result
    }
}

/// A transaction that writes, and the turn that it holds.
struct Writing {
    transaction: DatabaseTransaction,
    _turn: OwnedMutexGuard<()>,
}
