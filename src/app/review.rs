//! Use cases of looking after access: who has which rights and used them when, and the audit log searched.

use std::collections::HashMap;

use jiff::Timestamp;

use super::App;
use super::error::AppError;
use crate::domain::access::{Actor, ManageUsers, Permit, ReadAudit};
use crate::store::{AuditEntry, AuditFilter, Record};

/// Entries of the audit log that one file holds at most.
pub const MOST_ENTRIES: usize = 50_000;
/// Entries that are read at a time.
const PAGE: u64 = 1_000;

impl App {
    /// When each user last signed in, by name.
    pub async fn last_sign_ins(&self, _: &Permit<ManageUsers>) -> Result<HashMap<String, Timestamp>, AppError> {
        let found = self.store.last_sign_ins().await?.into_iter();
        let named = found.filter_map(|(object, at)| Some((object.strip_prefix("user ")?.to_owned(), at)));
        Ok(named.collect())
    }

    /// The entries of the audit log that are wanted, newest first, after `skip`, up to `most`; and how many there are.
    pub async fn audit_search(
        &self,
        _: &Permit<ReadAudit>,
        filter: &AuditFilter,
        skip: u64,
        most: u64,
    ) -> Result<(Vec<AuditEntry>, u64), AppError> {
        Ok(self.store.audit_search(filter, skip, most).await?)
    }

    /// The entries that are wanted, newest first, up to [`MOST_ENTRIES`]; and how many there are.
    pub async fn audit_found(
        &self,
        permit: &Permit<ReadAudit>,
        filter: &AuditFilter,
    ) -> Result<(Vec<AuditEntry>, u64), AppError> {
        let mut found: Vec<AuditEntry> = Vec::new();
        loop {
            let skip = u64::try_from(found.len()).unwrap_or(u64::MAX);
            let (page, all) = self.audit_search(permit, filter, skip, PAGE).await?;
            let last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
            // What is written meanwhile pushes older entries into the next page.
            let before = found.last().map_or(i64::MAX, |entry| entry.seq);
            found.extend(page.into_iter().filter(|entry| entry.seq < before));
            if last || found.len() >= MOST_ENTRIES {
                return Ok((found, all));
            }
        }
    }

    /// Records that somebody who is known was turned away: what they asked for, and why they may not.
    pub async fn record_turned_away(&self, who: &Actor, request: &str, asked: &str, why: &str) -> Result<(), AppError> {
        let Actor::Person(person) = who else { return Ok(()) };
        let record = Record::done(&person.doer(request), self.clock.now(), "turned away", asked.to_owned());
        Ok(self.store.record(Record { outcome: "refused", ..record.changed("", why) }).await?)
    }

    /// Every kind of action in the audit log, in order.
    pub async fn audit_actions(&self, _: &Permit<ReadAudit>) -> Result<Vec<String>, AppError> {
        Ok(self.store.audit_actions().await?)
    }
}
