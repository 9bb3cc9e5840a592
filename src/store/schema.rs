//! The state of the schema: whose database this is, which migrations are pending, and running them.

use std::time::Duration;

use linkwright_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement};

use super::error::{Fault, StoreError, is_sqlite_busy};
use super::keeping::MANIFEST;
use super::{Kind, READ_DEADLINE, Store};

/// Servers that start at the same moment migrate one after the other: PostgreSQL's number for that lock.
const MIGRATION_LOCK: i64 = 0x006c_696e_6b77_7269;
/// How long migrations may take, and wait for another server's.
const MIGRATION_DEADLINE: Duration = Duration::from_secs(1800);

/// What a database holds.
enum Schema {
    /// Nothing.
    Empty,
    /// Linkwright's tables; these migrations have run.
    Ours(Vec<String>),
    /// Linkwright's tables, as a backup.
    Backup,
    /// Tables, and none of them Linkwright's.
    Foreign(Vec<String>),
}

impl Store {
    /// Makes sure that the database is Linkwright's, or empty where `create` allows it, and sets SQLite to its
    /// write-ahead log.
    pub(super) async fn ready(&self, create: bool) -> Result<(), StoreError> {
        let place = || self.place.to_string();
        match self.within(READ_DEADLINE, self.schema(&self.database)).await? {
            Schema::Empty if !create => {
                return Err(StoreError::NotLinkwright {
                    place: place(),
                    why: "it is empty".to_owned(),
                    mend: "`linkwright serve` or `linkwright import` fills it".to_owned(),
                });
            }
            Schema::Foreign(tables) => {
                return Err(StoreError::NotLinkwright {
                    place: place(),
                    why: format!("it holds tables of something else ({})", tables.join(", ")),
                    mend: "Give Linkwright a database, or on PostgreSQL a schema, of its own".to_owned(),
                });
            }
            Schema::Backup => {
                return Err(StoreError::NotLinkwright {
                    place: place(),
                    why: "it is a backup, which is not to be changed".to_owned(),
                    mend: "Restore it into a database: `linkwright restore FILE --database URL`".to_owned(),
                });
            }
            Schema::Ours(applied) => self.known(&applied)?,
            Schema::Empty => {}
        }
        if self.kind == Kind::Sqlite { self.within(READ_DEADLINE, self.use_write_ahead_log()).await } else { Ok(()) }
    }

    /// The migrations that have not run yet, in order.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        let applied = match self.within(READ_DEADLINE, self.schema(&self.database)).await? {
            Schema::Ours(applied) => applied,
            Schema::Empty | Schema::Backup | Schema::Foreign(_) => Vec::new(),
        };
        self.known(&applied)?;
        Ok(Migrator::known().into_iter().filter(|name| !applied.contains(name)).collect())
    }

    /// The migrations that have run and that this program does not know: those of a newer one, which left it able to
    /// work on the database.
    pub async fn newer_migrations(&self) -> Result<Vec<String>, StoreError> {
        let known = Migrator::known();
        Ok(match self.within(READ_DEADLINE, self.schema(&self.database)).await? {
            Schema::Ours(applied) => applied.into_iter().filter(|name| !known.contains(name)).collect(),
            Schema::Empty | Schema::Backup | Schema::Foreign(_) => Vec::new(),
        })
    }

    /// Runs the pending migrations, all in one transaction, and says which they were. Servers that do so at the same
    /// moment wait for one another. Take a backup first.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        let call = async {
            let writing = self.writing().await?;
            let result = self.migrate_in(&writing.transaction).await;
            self.written(writing, result).await
        };
        self.within(MIGRATION_DEADLINE, call).await
    }

    async fn migrate_in(&self, transaction: &DatabaseTransaction) -> Result<Vec<String>, Fault> {
        self.hold_off_migrations(transaction).await?;
        let applied = match self.schema(transaction).await? {
            Schema::Ours(applied) => applied,
            Schema::Empty | Schema::Backup | Schema::Foreign(_) => Vec::new(),
        };
        self.known(&applied)?;
        let pending: Vec<String> = Migrator::known().into_iter().filter(|name| !applied.contains(name)).collect();
        if pending.is_empty() {
            return Ok(pending);
        }
        let known = Migrator::known();
        let unknown: Vec<String> = applied.into_iter().filter(|name| !known.contains(name)).collect();
        if !unknown.is_empty() {
            // Two programs of which neither is the newer one.
            return Err(StoreError::NewerSchema { place: self.place.to_string(), unknown }.into());
        }
        Migrator::up(transaction, None).await?;
        Ok(pending)
    }

    /// Keeps other servers from migrating while this transaction lasts, and lets it take its time.
    pub(super) async fn hold_off_migrations(&self, transaction: &DatabaseTransaction) -> Result<(), Fault> {
        if self.kind == Kind::Postgres {
            let prepare = format!(
                "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '10min'; \
                 SET LOCAL idle_in_transaction_session_timeout = 0; SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"
            );
            transaction.execute_unprepared(&prepare).await?;
        }
        Ok(())
    }

    /// Refuses a database that a newer program has changed so that this one cannot work on it. Migrations only add, or
    /// say in their name that they do not.
    fn known(&self, applied: &[String]) -> Result<(), StoreError> {
        let known = Migrator::known();
        let unknown = |name: &&String| !known.contains(name) && Migrator::breaks(name);
        let unknown: Vec<String> = applied.iter().filter(unknown).cloned().collect();
        if unknown.is_empty() {
            Ok(())
        } else {
            Err(StoreError::NewerSchema { place: self.place.to_string(), unknown })
        }
    }

    async fn schema(&self, database: &impl ConnectionTrait) -> Result<Schema, Fault> {
        let tables = match self.kind {
            Kind::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
            }
            Kind::Postgres => {
                "SELECT tablename::text AS name FROM pg_catalog.pg_tables WHERE schemaname = current_schema() \
                 ORDER BY tablename"
            }
        };
        let tables = names(database, tables).await?;
        if tables.iter().any(|table| table == MANIFEST) {
            Ok(Schema::Backup)
        } else if tables.iter().any(|table| table == Migrator::TABLE) {
            let applied = format!("SELECT version AS name FROM {} ORDER BY version", Migrator::TABLE);
            Ok(Schema::Ours(names(database, &applied).await?))
        } else if tables.is_empty() {
            Ok(Schema::Empty)
        } else {
            Ok(Schema::Foreign(tables))
        }
    }

    /// Turns the write-ahead log on, which the file then remembers. The change needs the file to itself and SQLite does
    /// not wait for that, so this does. A file that cannot be written stays as it is.
    async fn use_write_ahead_log(&self) -> Result<(), Fault> {
        const TRIES: u32 = 100;
        for tried in 1..=TRIES {
            match self.database.execute_unprepared("PRAGMA journal_mode = WAL").await {
                Err(error) if is_sqlite_busy(&error) && tried < TRIES => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(error) => match Fault::from(error).at(&self.place) {
                    StoreError::ReadOnly { .. } => return Ok(()),
                    error => return Err(error.into()),
                },
                Ok(_) => return Ok(()),
            }
        }
        Ok(())
    }
}

async fn names(database: &impl ConnectionTrait, sql: &str) -> Result<Vec<String>, Fault> {
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    rows.iter().map(|row| Ok(row.try_get("", "name")?)).collect()
}
