//! The audit log: one row for every change and decision, written in the transaction of the change itself, each with
//! the hash of the one before, so that an edit, a removal or a swap shows. That the newest rows were cut off shows
//! only against a head that was kept elsewhere.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};
use serde::Serialize;
use thiserror::Error;

use super::columns::{Fingerprint, micros, plain, stored};
use super::entity::audit_entry::{ActiveModel, Column, Entity, Model};
use super::error::{Fault, StoreError, is_duplicate};
use super::{READ_DEADLINE, Store, WRITE_DEADLINE};
use crate::domain::access::Doer;

/// PostgreSQL's number for the lock under which rows are numbered.
const AUDIT_LOCK: i64 = 0x006c_6e6b_6175_6474;
/// What the first entry has for the hash of the one before.
const START: &str = "";
/// Entries read at a time.
const PAGE: u64 = 1_000;
/// How long going along the whole log may take.
const VERIFY_DEADLINE: Duration = Duration::from_secs(3_600);

/// Something to be recorded.
#[derive(Clone, Debug)]
pub struct Record {
    /// Who did it.
    pub by: Doer,
    /// When.
    pub at: Timestamp,
    /// What was done, such as `publish`.
    pub action: &'static str,
    /// To what, such as `data model maternity`.
    pub object: String,
    /// Whether it was done: `done` or `refused`.
    pub outcome: &'static str,
    /// What it was before.
    pub before: String,
    /// What it is now.
    pub after: String,
}

impl Record {
    /// Something that was done.
    pub fn done(by: &Doer, at: Timestamp, action: &'static str, object: impl Into<String>) -> Self {
        let (before, after) = (String::new(), String::new());
        Self { by: by.clone(), at, action, object: object.into(), outcome: "done", before, after }
    }

    /// The same, with what it was before and is now.
    #[must_use]
    pub fn changed(self, before: impl Into<String>, after: impl Into<String>) -> Self {
        Self { before: before.into(), after: after.into(), ..self }
    }
}

/// A row of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its number, from 1 without gaps.
    pub seq: i64,
    /// When, in microseconds since 1970 (UTC).
    pub at_micros: i64,
    /// Who vouches for the doer.
    pub issuer: String,
    /// The doer.
    pub subject: String,
    /// In which role.
    pub role: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub object: String,
    /// Whether it was done.
    pub outcome: String,
    /// In which request.
    pub request_id: String,
    /// What it was before.
    pub before: String,
    /// What it is now.
    pub after: String,
    /// The hash of the entry before.
    pub previous: String,
    /// SHA-256 of everything above, as one JSON array.
    pub hash: String,
}

impl AuditEntry {
    /// When.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        Timestamp::from_microsecond(self.at_micros).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// What its hash must be: lengths and order are fixed by JSON, so no two different rows give the same text.
    fn due_hash(&self) -> String {
        let row = serde_json::json!([
            self.seq,
            self.at_micros,
            self.issuer,
            self.subject,
            self.role,
            self.action,
            self.object,
            self.outcome,
            self.request_id,
            self.before,
            self.after,
            self.previous
        ]);
        Fingerprint::of(row.to_string().as_bytes()).to_string()
    }
}

/// The newest entry, to be kept outside the database: `12:9f86…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// Its number; 0 for an empty log.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

impl fmt::Display for AuditHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

impl FromStr for AuditHead {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = text.trim().split_once(':').and_then(|(seq, hash)| {
            let (seq, hash) = (seq.parse().ok()?, hash.to_lowercase());
            let whole = if seq == 0 { hash.is_empty() } else { hash.parse::<Fingerprint>().is_ok() };
            (seq >= 0 && whole).then_some(Self { seq, hash })
        });
        read.ok_or_else(|| "this is no head: write NUMBER:HASH as `linkwright audit head` prints it".to_owned())
    }
}

/// Where an audit log is not what was written.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Tampering {
    /// A number is missing or out of turn.
    #[error("where entry {due} should be there is entry {found}: entries were removed, added or swapped")]
    Number {
        /// The number that was due.
        due: i64,
        /// The number that is there.
        found: i64,
    },
    /// An entry does not follow on the one before.
    #[error("entry {0} does not follow on the one before it: one of the two was exchanged")]
    Link(i64),
    /// An entry is not what was hashed.
    #[error("entry {0} is not what was written: its content was changed")]
    Content(i64),
    /// The log ends before a head that was kept.
    #[error("the log ends at entry {found}, but a head was kept of entry {kept}: the newest entries were cut off")]
    Cut {
        /// The head that was kept.
        kept: i64,
        /// The last entry.
        found: i64,
    },
    /// The log does not go through a head that was kept.
    #[error("entry {0} is not the one whose head was kept: the log was written anew")]
    Head(i64),
}

/// Goes along an audit log entry by entry.
#[derive(Clone, Debug)]
pub struct Verifier {
    at: AuditHead,
    kept: Option<AuditHead>,
}

impl Verifier {
    /// Begins at the start; `kept` is a head from elsewhere that the log must go through.
    #[must_use]
    pub fn new(kept: Option<AuditHead>) -> Self {
        Self { at: AuditHead { seq: 0, hash: START.to_owned() }, kept }
    }

    /// Takes the next entry.
    pub fn take(&mut self, entry: &AuditEntry) -> Result<(), Tampering> {
        let due = self.at.seq + 1;
        if entry.seq != due {
            return Err(Tampering::Number { due, found: entry.seq });
        }
        if entry.previous != self.at.hash {
            return Err(Tampering::Link(entry.seq));
        }
        if entry.due_hash() != entry.hash {
            return Err(Tampering::Content(entry.seq));
        }
        if self.kept.as_ref().is_some_and(|kept| kept.seq == entry.seq && kept.hash != entry.hash) {
            return Err(Tampering::Head(entry.seq));
        }
        self.at = AuditHead { seq: entry.seq, hash: entry.hash.clone() };
        Ok(())
    }

    /// Ends: the head, unless the log ends too early.
    pub fn end(self) -> Result<AuditHead, Tampering> {
        match self.kept {
            Some(kept) if kept.seq > self.at.seq => Err(Tampering::Cut { kept: kept.seq, found: self.at.seq }),
            _ => Ok(self.at),
        }
    }
}

/// Appends a record in the transaction of what it records.
pub(super) async fn append(database: &impl ConnectionTrait, record: Record) -> Result<(), Fault> {
    if database.get_database_backend() == DbBackend::Postgres {
        // Two that write at the same moment would take the same number: the second waits until the first has ended.
        let lock = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT pg_advisory_xact_lock($1)",
            [AUDIT_LOCK.into()],
        );
        database.execute_raw(lock).await?;
    }
    let last = head(database).await?;
    let mut entry = AuditEntry {
        seq: last.seq + 1,
        at_micros: micros(stored(record.at)),
        issuer: plain(&record.by.issuer),
        subject: plain(&record.by.subject),
        role: plain(&record.by.role),
        action: record.action.to_owned(),
        object: plain(&record.object),
        outcome: record.outcome.to_owned(),
        request_id: plain(&record.by.request),
        before: plain(&record.before),
        after: plain(&record.after),
        previous: last.hash,
        hash: String::new(),
    };
    entry.hash = entry.due_hash();
    let row = ActiveModel {
        seq: Set(entry.seq),
        at: Set(entry.at_micros),
        issuer: Set(entry.issuer),
        subject: Set(entry.subject),
        role: Set(entry.role),
        action: Set(entry.action),
        object: Set(entry.object),
        outcome: Set(entry.outcome),
        request_id: Set(entry.request_id),
        previous: Set(entry.previous),
        hash: Set(entry.hash),
        before: Set(entry.before),
        after: Set(entry.after),
    };
    match Entity::insert(row).exec_without_returning(database).await {
        Err(error) if is_duplicate(&error) => Err(Fault::Raced),
        done => done.map(|_| ()).map_err(Into::into),
    }
}

pub(super) async fn head(database: &impl ConnectionTrait) -> Result<AuditHead, Fault> {
    let last: Option<(i64, String)> = Entity::find()
        .order_by_desc(Column::Seq)
        .select_only()
        .columns([Column::Seq, Column::Hash])
        .into_tuple()
        .one(database)
        .await?;
    Ok(last.map_or(AuditHead { seq: 0, hash: START.to_owned() }, |(seq, hash)| AuditHead { seq, hash }))
}

pub(super) fn read(row: Model) -> AuditEntry {
    AuditEntry {
        seq: row.seq,
        at_micros: row.at,
        issuer: row.issuer,
        subject: row.subject,
        role: row.role,
        action: row.action,
        object: row.object,
        outcome: row.outcome,
        request_id: row.request_id,
        before: row.before,
        after: row.after,
        previous: row.previous,
        hash: row.hash,
    }
}

impl Store {
    /// Records something that changes nothing else, such as an attempt to sign in that failed.
    pub async fn record(&self, record: Record) -> Result<(), StoreError> {
        let call = async {
            let writing = self.writing().await?;
            let result = append(&writing.transaction, record).await;
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }

    /// Up to 1,000 entries after a number, oldest first.
    pub async fn audit_after(&self, seq: i64) -> Result<Vec<AuditEntry>, StoreError> {
        self.within(READ_DEADLINE, page_after(&self.database, seq)).await
    }

    /// The newest entries, newest first.
    pub async fn audit_newest(&self, most: u64) -> Result<Vec<AuditEntry>, StoreError> {
        let call = async {
            let query = Entity::find().order_by_desc(Column::Seq).limit(most);
            Ok(query.all(&self.database).await?.into_iter().map(read).collect())
        };
        self.within(READ_DEADLINE, call).await
    }

    /// The newest entry's number and hash.
    pub async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        self.within(READ_DEADLINE, head(&self.database)).await
    }

    /// Goes along the whole log: its head, or the first place where it is not what was written.
    pub async fn verify_audit(&self, kept: Option<AuditHead>) -> Result<Result<AuditHead, Tampering>, StoreError> {
        self.within(VERIFY_DEADLINE, verify_in(&self.database, kept)).await
    }
}

async fn page_after(database: &impl ConnectionTrait, seq: i64) -> Result<Vec<AuditEntry>, Fault> {
    let query = Entity::find().filter(Column::Seq.gt(seq)).order_by_asc(Column::Seq).limit(PAGE);
    Ok(query.all(database).await?.into_iter().map(read).collect())
}

/// Goes along the whole log as one connection sees it.
pub(super) async fn verify_in(
    database: &impl ConnectionTrait,
    kept: Option<AuditHead>,
) -> Result<Result<AuditHead, Tampering>, Fault> {
    let mut verifier = Verifier::new(kept);
    let mut last = i64::MIN;
    loop {
        let page = page_after(database, last).await?;
        let Some(end) = page.last() else { return Ok(verifier.end()) };
        last = end.seq;
        for entry in &page {
            if let Err(tampering) = verifier.take(entry) {
                return Ok(Err(tampering));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(entries: i64) -> Vec<AuditEntry> {
        let mut log: Vec<AuditEntry> = Vec::new();
        for seq in 1..=entries {
            let mut entry = AuditEntry {
                seq,
                at_micros: seq * 1_000,
                issuer: "linkwright".to_owned(),
                subject: format!("user {}", seq % 7),
                role: "curator".to_owned(),
                action: "publish".to_owned(),
                object: format!("data model {}", seq % 5),
                outcome: "done".to_owned(),
                request_id: format!("{seq:032x}"),
                before: format!("version {}", seq - 1),
                after: format!("version {seq}"),
                previous: log.last().map_or(START.to_owned(), |last| last.hash.clone()),
                hash: String::new(),
            };
            entry.hash = entry.due_hash();
            log.push(entry);
        }
        log
    }

    fn verify(log: &[AuditEntry], kept: Option<AuditHead>) -> Result<AuditHead, Tampering> {
        let mut verifier = Verifier::new(kept);
        log.iter().try_for_each(|entry| verifier.take(entry))?;
        verifier.end()
    }

    /// Numbers that are the same in every run (xorshift).
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, most: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 % u64::try_from(most).unwrap_or(1)).unwrap_or(0)
        }
    }

    fn edited(entry: &mut AuditEntry, field: usize, numbers: &mut Numbers) {
        let text = match field {
            0 => return entry.at_micros += 1,
            1 => &mut entry.issuer,
            2 => &mut entry.subject,
            3 => &mut entry.role,
            4 => &mut entry.action,
            5 => &mut entry.object,
            6 => &mut entry.outcome,
            7 => &mut entry.request_id,
            8 => &mut entry.before,
            9 => &mut entry.after,
            10 => &mut entry.previous,
            _ => &mut entry.hash,
        };
        text.insert(numbers.below(text.len() + 1), 'x');
    }

    #[test]
    fn a_thousand_random_tamperings_are_all_found() {
        let whole = log(60);
        let kept = verify(&whole, None).ok();
        assert_eq!(kept.as_ref().map(|head| head.seq), Some(60));
        assert_eq!(verify(&whole, kept.clone()), kept.clone().ok_or(Tampering::Content(0)));
        let mut numbers = Numbers(0x2026_1124);
        let mut tried = [0; 5];
        for round in 0..1_000 {
            let mut log = whole.clone();
            let at = numbers.below(log.len());
            let kind = round % 5;
            match kind {
                0 => {
                    let field = numbers.below(12);
                    edited(&mut log[at], field, &mut numbers);
                }
                // An edit with its own hash put right: the next entry, or the head that was kept, gives it away.
                1 => {
                    let field = numbers.below(11);
                    edited(&mut log[at], field, &mut numbers);
                    log[at].hash = log[at].due_hash();
                }
                2 => {
                    log.remove(at);
                }
                3 => {
                    let other = (at + 1 + numbers.below(log.len() - 1)) % log.len();
                    log.swap(at, other);
                }
                _ => log.truncate(at),
            }
            tried[kind] += 1;
            assert!(verify(&log, kept.clone()).is_err(), "round {round}: kind {kind} at {at}");
        }
        assert_eq!(tried, [200; 5]);
    }

    #[test]
    fn a_log_written_anew_from_some_entry_on_is_found_by_the_head_that_was_kept() {
        let whole = log(9);
        let kept = verify(&whole, None).ok();
        let mut anew = log(9);
        let mut previous = START.to_owned();
        for entry in &mut anew {
            entry.subject = "somebody else".to_owned();
            entry.previous = previous;
            entry.hash = entry.due_hash();
            previous = entry.hash.clone();
        }
        assert!(verify(&anew, None).is_ok(), "without a head this cannot be seen");
        assert_eq!(verify(&anew, kept), Err(Tampering::Head(9)));
    }

    #[test]
    fn a_head_reads_back() {
        let head = AuditHead { seq: 3, hash: Fingerprint::of(b"").to_string() };
        assert_eq!(head.to_string().parse(), Ok(head));
        assert!(["", "3", "3:", "-1:", "x:00", "0:00"].iter().all(|text| text.parse::<AuditHead>().is_err()));
        assert_eq!("0:".parse(), Ok(AuditHead { seq: 0, hash: String::new() }));
    }
}
