//! Backups. A backup is one SQLite file, whichever database it was taken from: the catalogue's own tables, and a table
//! `linkwright_backup` that says what the file is and what it must hold (docs/backup.md). So it can be looked into with
//! any SQLite, and restored into either database.
//!
//! From SQLite it is made with `VACUUM INTO`, which takes one state of the database while others write; from PostgreSQL
//! row by row in one repeatable-read transaction. Then it is restored into a scratch database, read back and compared;
//! only after that it gets its name.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sea_orm::sqlx::sqlite::{SqliteConnection, SqliteJournalMode};
use sea_orm::sqlx::{AssertSqlSafe, Connection, Row, query, raw_sql};
use sea_orm::{ConnectionTrait, DbErr, RuntimeErr, Statement};
use sha2::{Digest, Sha256};

use super::copying::{COPY_DEADLINE, How, copy};
use super::layout::MANIFEST;
use super::{Content, KeepingError};
use crate::store::audit::Record;
use crate::store::columns::Fingerprint;
use crate::store::error::{Fault, StoreError};
use crate::store::place::{self, Place};
use crate::store::{Kind, Store};

/// The version of the format.
const FORMAT: &str = "1";
const ABOUT: &str = "A backup of a Linkwright catalogue. Restore it with: linkwright restore FILE --database URL. \
                     What it must hold is in the row `content`, whose SHA-256 is in the row `digest`.";

/// What a backup says of its making.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// When.
    pub at: Timestamp,
    /// By which version of the program.
    pub program: String,
}

/// A backup that was made or restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupReport {
    /// The file.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: Fingerprint,
    /// When and by what it was made.
    pub made: Made,
    /// What it holds.
    pub content: Content,
}

impl Store {
    /// Writes everything into one file and tries it: restored into a scratch database beside it, every row and the
    /// audit log must come out the same. Others may read and write meanwhile. With `replace` the file may be there.
    pub async fn backup(&self, file: &Path, made: Made, replace: bool) -> Result<BackupReport, KeepingError> {
        if file.exists() && !replace {
            return Err(KeepingError::Exists(file.to_owned()));
        }
        let part = Passing::new(file, "part")?;
        match self.kind {
            Kind::Sqlite => self.vacuum_into(&part.0).await?,
            Kind::Postgres => {
                let target = Self::open(&format!("sqlite://{}", part.0.display()), true).await?;
                let copied = copy(self, &target, How::default()).await;
                target.close().await;
                copied?;
            }
        }
        let content = seal(&part.0, &made, self.kind).await?;
        let scratch = Passing::new(file, "scratch")?;
        self.try_out(&part.0, &scratch.0, &content).await?;
        let (bytes, sha256) = weigh(&part.0)?;
        keep(&part.0, file)?;
        Ok(BackupReport { file: file.to_owned(), bytes, sha256, made, content })
    }

    /// Restores a backup into an empty database, or with `replace` into one whose content then goes.
    pub async fn restore(file: &Path, target: &Self, replace: bool) -> Result<BackupReport, KeepingError> {
        Self::restore_recorded(file, target, replace, None).await
    }

    /// The same, recorded in the audit log that was restored, in the same transaction; what it is now is said here.
    pub async fn restore_recorded(
        file: &Path,
        target: &Self,
        replace: bool,
        record: Option<Record>,
    ) -> Result<BackupReport, KeepingError> {
        let (bytes, sha256) = weigh(file)?;
        let (source, made, content) = open_backup(file).await?;
        let after = format!("revision {} of a backup of {}", content.revision, made.at);
        let record = record.map(|record| Record { after, ..record });
        let how = How { replace, due: Some(&content), finish: true, record: record.as_ref() };
        let restored = copy(&source, target, how).await;
        source.close().await;
        let content = restored.map_err(|error| of_backup(error, file, &source))?;
        Ok(BackupReport { file: file.to_owned(), bytes, sha256, made, content })
    }

    /// Makes sure that a file is a backup that this program can read, as far as that shows without reading all of it.
    pub async fn look_at_backup(file: &Path) -> Result<(), KeepingError> {
        let (store, _, _) = open_backup(file).await?;
        store.close().await;
        Ok(())
    }

    async fn vacuum_into(&self, file: &Path) -> Result<(), StoreError> {
        let call = async {
            let values = [file.display().to_string().into()];
            let into = Statement::from_sql_and_values(self.database.get_database_backend(), "VACUUM INTO $1", values);
            self.database.execute_raw(into).await?;
            Ok(())
        };
        self.within(COPY_DEADLINE, call).await
    }

    /// Restores a backup of this database into a scratch one, and makes sure that it is a state that this database was
    /// in: its audit log goes on from there.
    async fn try_out(&self, file: &Path, scratch: &Path, content: &Content) -> Result<(), KeepingError> {
        let target = Self::open(&format!("sqlite://{}", scratch.display()), true).await?;
        let restored = Self::restore(file, &target, false).await;
        target.close().await;
        let untrue = |why: String| KeepingError::Untrue(why);
        let restored = restored.map_err(|error| untrue(error.to_string()))?;
        if restored.content != *content {
            return Err(untrue("what was restored is not what was written".to_owned()));
        }
        let head = content.audit();
        if head.seq > 0 {
            let found = self.audit_after(head.seq - 1).await?.into_iter().next();
            if found.is_none_or(|entry| (entry.seq, entry.hash) != (head.seq, head.hash)) {
                return Err(untrue("its audit log is not that of the database".to_owned()));
            }
        }
        Ok(())
    }
}

/// A file that goes away with this value, with what SQLite puts beside it.
struct Passing(PathBuf);

impl Passing {
    /// Makes an empty file, for this account alone, beside another.
    fn new(beside: &Path, ending: &str) -> Result<Self, KeepingError> {
        let mut name = beside.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{ending}"));
        let passing = Self(beside.with_file_name(name));
        passing.remove();
        place::make_file(&passing.0).map_err(|error| unwritable(beside, &error))?;
        Ok(passing)
    }

    fn remove(&self) {
        for ending in ["", "-wal", "-shm", "-journal"] {
            let mut name = self.0.clone().into_os_string();
            name.push(ending);
            let _ = std::fs::remove_file(name);
        }
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        self.remove();
    }
}

fn unwritable(file: &Path, why: &std::io::Error) -> KeepingError {
    KeepingError::File { file: file.to_owned(), done: "written", why: why.to_string() }
}

fn unreadable(file: &Path, why: &std::io::Error) -> KeepingError {
    KeepingError::File { file: file.to_owned(), done: "read", why: why.to_string() }
}

fn sqlite(error: sea_orm::sqlx::Error, file: &Path) -> StoreError {
    Fault::from(DbErr::Exec(RuntimeErr::SqlxError(std::sync::Arc::new(error))))
        .at(&format!("sqlite://{}", file.display()))
}

/// Writes into a finished file what it is and what it holds, as one file without a log beside it.
async fn seal(file: &Path, made: &Made, kind: Kind) -> Result<Content, KeepingError> {
    let store = Store::open(&format!("sqlite://{}", file.display()), false).await?;
    let content = store.content().await;
    store.close().await;
    let content = content?;
    let written = serde_json::to_string(&content).unwrap_or_default();
    let source = if kind == Kind::Sqlite { "sqlite" } else { "postgres" };
    let digest = content.digest().to_string();
    let (at, program) = (made.at.to_string(), made.program.as_str());
    let rows = [
        ("about", ABOUT),
        ("format", FORMAT),
        ("made_at", &at),
        ("program", program),
        ("source", source),
        ("content", &written),
        ("digest", &digest),
    ];
    let write = async {
        let options = place::file_options(file).journal_mode(SqliteJournalMode::Delete);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        let make = format!("CREATE TABLE {MANIFEST} (name text NOT NULL PRIMARY KEY, value text NOT NULL)");
        raw_sql(AssertSqlSafe(make)).execute(&mut connection).await?;
        for (name, value) in rows {
            let insert = AssertSqlSafe(format!("INSERT INTO {MANIFEST} VALUES ($1, $2)"));
            query(insert).bind(name.to_owned()).bind(value.to_owned()).execute(&mut connection).await?;
        }
        connection.close().await
    };
    write.await.map_err(|error| sqlite(error, file))?;
    Ok(content)
}

/// Opens a backup for reading, and reads what it says of itself.
async fn open_backup(file: &Path) -> Result<(Store, Made, Content), KeepingError> {
    let no = |why: &str| KeepingError::NotABackup { file: file.to_owned(), why: why.to_owned() };
    let damaged = |why: String| KeepingError::Damaged { file: file.to_owned(), why };
    let mut head = [0; 16];
    let read = std::fs::File::open(file).and_then(|mut open| open.read(&mut head));
    if read.map_err(|error| unreadable(file, &error))? < 16 || head != *b"SQLite format 3\0" {
        return Err(no("it is a file of another kind, or only a piece of one"));
    }
    let options = place::file_options(file).read_only(true).immutable(true);
    let manifest = manifest(&options).await.map_err(|error| match sqlite(error, file) {
        StoreError::Other { why, .. } if why.contains("no such table") => {
            no("it is a database. Move a database of Linkwright with `linkwright copy --from URL --to URL`")
        }
        error => damaged(error.to_string()),
    })?;
    let row = |name: &str| manifest.get(name).map(String::as_str).unwrap_or_default();
    if row("format") != FORMAT {
        return Err(no(&format!(
            "it says that it is of format “{}”, and this program knows format {FORMAT}: use a newer one",
            row("format")
        )));
    }
    let content: Content =
        serde_json::from_str(row("content")).map_err(|error| damaged(format!("its list of content: {error}")))?;
    let digest = Fingerprint::of(row("content").as_bytes()).to_string();
    if digest != row("digest") || content.digest().to_string() != digest {
        return Err(damaged("its list of content does not match its digest".to_owned()));
    }
    let at = row("made_at").parse().map_err(|error| damaged(format!("the time of its making: {error}")))?;
    let made = Made { at, program: row("program").to_owned() };
    let place = Place::File { path: file.to_owned(), options };
    Ok((Store::of_backup(place).await?, made, content))
}

async fn manifest(
    options: &sea_orm::sqlx::sqlite::SqliteConnectOptions,
) -> Result<HashMap<String, String>, sea_orm::sqlx::Error> {
    let mut connection = SqliteConnection::connect_with(options).await?;
    let select = AssertSqlSafe(format!("SELECT name, value FROM {MANIFEST}"));
    let rows = query(select).fetch_all(&mut connection).await?;
    connection.close().await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// An error of restoring, told of the backup where that is at fault.
fn of_backup(error: KeepingError, file: &Path, source: &Store) -> KeepingError {
    let why = match &error {
        KeepingError::Store(StoreError::Damaged { what, why }) if what == "the backup" => why.clone(),
        KeepingError::Store(StoreError::Damaged { what, why }) if what.contains(source.place()) => why.clone(),
        KeepingError::Store(StoreError::Other { place, why }) if place == source.place() => why.clone(),
        _ => return error,
    };
    KeepingError::Damaged { file: file.to_owned(), why }
}

/// Size and SHA-256 of a file.
fn weigh(file: &Path) -> Result<(u64, Fingerprint), KeepingError> {
    let read = || {
        let mut open = std::fs::File::open(file)?;
        let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0_u64, vec![0; 1 << 16]);
        loop {
            let read = open.read(&mut piece)?;
            if read == 0 {
                return Ok((bytes, hash));
            }
            bytes += u64::try_from(read).unwrap_or_default();
            hash.update(piece.get(..read).unwrap_or_default());
        }
    };
    let (bytes, hash) = read().map_err(|error: std::io::Error| unreadable(file, &error))?;
    Ok((bytes, Fingerprint::from_hash(hash.finalize().into())))
}

/// Gives a finished file its name, for good: both the file and the folder are on the disk when this returns.
fn keep(part: &Path, file: &Path) -> Result<(), KeepingError> {
    let rename = || {
        std::fs::File::open(part)?.sync_all()?;
        std::fs::rename(part, file)?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder)?.sync_all()
    };
    rename().map_err(|error| unwritable(file, &error))
}
