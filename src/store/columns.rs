//! How values travel into columns and out of them again: moments, fingerprints, texts and JSON documents.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;

use super::error::{Fault, StoreError};
use crate::domain::data_model::DataModel;
use crate::domain::refs::Slug;

/// The SHA-256 of some bytes, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

/// A text that is no SHA-256.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("“{0}” is no SHA-256: write its 64 hexadecimal digits")]
pub struct NotAFingerprint(String);

impl Fingerprint {
    /// The fingerprint of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// A hash that was worked out piece by piece.
    pub(super) fn from_hash(hash: [u8; 32]) -> Self {
        Self(hash)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Self, NotAFingerprint> {
        let wrong = || NotAFingerprint(text.to_owned());
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Microseconds since 1970, which is what a moment is stored as.
pub(super) fn micros(moment: Timestamp) -> i64 {
    moment.as_microsecond()
}

/// The moment as it will come back: without what is finer than a microsecond.
pub(super) fn stored(moment: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}

pub(super) fn moment(micros: i64) -> Result<Timestamp, Fault> {
    Timestamp::from_microsecond(micros).map_err(|error| Fault::damaged("a moment in the database", error))
}

/// A text without NUL, which PostgreSQL cannot hold.
pub(super) fn plain(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Reads a column that the store itself wrote.
pub(super) fn read<T: FromStr<Err: fmt::Display>>(text: &str, what: &str) -> Result<T, Fault> {
    text.parse().map_err(|error| Fault::damaged(what, error))
}

/// Reads a slug that the store itself wrote.
pub(super) fn slug(text: &str) -> Result<Slug, Fault> {
    Slug::of_crosswalk_name(text).map_err(|error| Fault::damaged("a slug in the database", error))
}

/// Reads an id that the store itself wrote.
pub(super) fn id(text: &str) -> Result<Uuid, Fault> {
    read(text, "an id in the database")
}

/// A data model as one canonical JSON document, with its fingerprint.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub text: String,
    pub sha256: Fingerprint,
}

impl Document {
    /// Writes a data model down, and makes sure that what was written reads back as the same: a published version
    /// that cannot be read would keep every server from starting.
    fn of(model: &DataModel) -> Result<Self, StoreError> {
        let refused = |why: String| StoreError::Refused { why: format!("“{}” {why}", model.about.slug) };
        let text = serde_json::to_string(model).map_err(|error| refused(format!("cannot be written down: {error}")))?;
        let back: DataModel = serde_json::from_str(&text)
            .map_err(|error| refused(format!("cannot be read back once written down: {error}")))?;
        if back != *model {
            return Err(refused("does not read back as it was written down; please report this".to_owned()));
        }
        let sha256 = Fingerprint::of(text.as_bytes());
        Ok(Self { text, sha256 })
    }

    /// Writes data models down, away from the threads that answer requests.
    pub(super) async fn all_of(models: Vec<Arc<DataModel>>) -> Result<Vec<Self>, StoreError> {
        apart(move || models.iter().map(|model| Self::of(model)).collect()).await
    }

    /// Reads one back, after making sure that it is what was stored.
    pub(super) fn model(&self, what: &str) -> Result<Arc<DataModel>, Fault> {
        if Fingerprint::of(self.text.as_bytes()) != self.sha256 {
            return Err(Fault::damaged(what, "its content does not match its SHA-256"));
        }
        let model = serde_json::from_str(&self.text).map_err(|error| Fault::damaged(what, error))?;
        Ok(Arc::new(model))
    }
}

/// Runs work that keeps a processor busy away from the threads that answer requests.
pub(super) async fn apart<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(StoreError::Other { place: "the store".to_owned(), why: error.to_string() }.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_reads_back_and_nothing_else_does() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Fingerprint::of(b"").to_string(), empty);
        assert_eq!(empty.parse(), Ok(Fingerprint::of(b"")));
        assert_eq!(empty.to_uppercase().parse(), Ok(Fingerprint::of(b"")));
        for wrong in ["", "e3b0", &empty.replace('e', "g"), &empty.replace("e3", "+3"), &empty.replace("b0", "é")] {
            assert!(wrong.parse::<Fingerprint>().is_err(), "{wrong}");
        }
    }
}
