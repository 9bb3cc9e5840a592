//! Requests that are sent again: under one key a change is made once, and the same request is answered the same for a
//! day.

use serde::de::DeserializeOwned;

use super::error::AppError;
use super::{App, PublishedNow};
use crate::domain::access::{Curate, Permit};
use crate::domain::refs::Slug;
use crate::store::{Before, Fingerprint, Once};

impl App {
    /// What a change is kept under, where it is to be made once.
    pub(super) fn once(&self, permit: &Permit<Curate>) -> Option<Once> {
        let key = permit.once_key()?;
        let by = permit.by();
        Some(Once {
            who: format!("{}\n{}", by.issuer, by.subject),
            key: key.key.clone(),
            request: Fingerprint::of(key.request.as_bytes()),
            at: self.clock.now(),
        })
    }

    async fn before(&self, permit: &Permit<Curate>) -> Result<Option<String>, AppError> {
        let Some(once) = self.once(permit) else { return Ok(None) };
        match self.store.answered(&once).await? {
            Before::Never => Ok(None),
            Before::Answered(answer) => Ok(Some(answer)),
            Before::AnotherRequest => Err(AppError::KeyReused),
        }
    }

    /// What the same request was answered before.
    pub(super) async fn answered<T: DeserializeOwned>(&self, permit: &Permit<Curate>) -> Result<Option<T>, AppError> {
        let answer = self.before(permit).await?;
        answer.map(|answer| serde_json::from_str(&answer)).transpose().map_err(AppError::internal)
    }

    /// What the same request published before.
    pub async fn published_before(&self, permit: &Permit<Curate>) -> Result<Option<Vec<PublishedNow>>, AppError> {
        let made: Option<Vec<(Slug, i32)>> = self.answered(permit).await?;
        let now = |(slug, version)| PublishedNow { slug, version };
        Ok(made.map(|made| made.into_iter().map(now).collect()))
    }

    /// Whether the same request threw its draft away before.
    pub async fn discarded_before(&self, permit: &Permit<Curate>) -> Result<bool, AppError> {
        Ok(self.before(permit).await?.is_some())
    }

    /// Forgets answers that are older than a day.
    pub async fn sweep_answers(&self) -> Result<u64, AppError> {
        Ok(self.store.sweep_answers(self.clock.now()).await?)
    }
}
