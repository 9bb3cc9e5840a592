//! Source files: workbooks as they came, byte for byte, under their SHA-256.

use jiff::Timestamp;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QuerySelect, TryInsertResult};

use super::columns::{Fingerprint, micros, moment, plain};
use super::entity::source_file::{ActiveModel, Column, Entity, Model};
use super::error::{Fault, StoreError};
use super::{READ_DEADLINE, Store};

/// A file to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSourceFile {
    /// Its name.
    pub name: String,
    /// Its format, such as `xlsx`.
    pub format: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The file that a version was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// One to keep now. The same bytes are kept once, under the name that they came with first.
    New(NewSourceFile),
    /// One kept already.
    Kept(Fingerprint),
}

/// A file as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its SHA-256.
    pub sha256: Fingerprint,
    /// Its name.
    pub name: String,
    /// Its format.
    pub format: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// When it came.
    pub received_at: Timestamp,
}

impl Store {
    /// The file with this SHA-256.
    pub async fn source_file(&self, sha256: Fingerprint) -> Result<Option<SourceFile>, StoreError> {
        let call = async { Entity::find_by_id(sha256.to_string()).one(&self.database).await?.map(read).transpose() };
        self.within(READ_DEADLINE, call).await
    }
}

fn read(row: Model) -> Result<SourceFile, Fault> {
    let sha256 = Fingerprint::of(&row.bytes);
    if sha256.to_string() != row.sha256 {
        let what = format!("the source file “{}” ({})", row.name, row.sha256);
        return Err(Fault::damaged(what, "its bytes do not match its SHA-256"));
    }
    let received_at = moment(row.received_at)?;
    Ok(SourceFile { sha256, name: row.name, format: row.format, bytes: row.bytes, received_at })
}

/// Keeps a file, unless the same bytes are kept already, and makes sure that one said to be kept is.
pub(super) async fn keep(
    database: &impl ConnectionTrait,
    source: Option<&Source>,
    at: Timestamp,
) -> Result<Option<Fingerprint>, Fault> {
    match source {
        None => Ok(None),
        Some(Source::Kept(sha256)) => {
            let found: Option<String> = Entity::find_by_id(sha256.to_string())
                .select_only()
                .column(Column::Sha256)
                .into_tuple()
                .one(database)
                .await?;
            found.map(|_| Some(*sha256)).ok_or_else(|| Fault::not_found(format!("source file {sha256}")))
        }
        Some(Source::New(file)) => {
            let sha256 = Fingerprint::of(&file.bytes);
            let size = i64::try_from(file.bytes.len()).map_err(|_| Fault::refused("the source file is too large"))?;
            let row = ActiveModel {
                sha256: Set(sha256.to_string()),
                name: Set(plain(&file.name)),
                format: Set(plain(&file.format)),
                size: Set(size),
                bytes: Set(file.bytes.clone()),
                received_at: Set(micros(at)),
            };
            match Entity::insert(row)
                .on_conflict_do_nothing_on([Column::Sha256])
                .exec_without_returning(database)
                .await?
            {
                TryInsertResult::Inserted(_) | TryInsertResult::Conflicted | TryInsertResult::Empty => Ok(Some(sha256)),
            }
        }
    }
}
