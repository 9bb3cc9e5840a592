//! What can go wrong in the store, told apart by what can be done about it, and how the errors of SQLite and
//! PostgreSQL are read. No message holds a password: places are written by [`super::place`].

use sea_orm::sqlx::Error as SqlxError;
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlErr};
use thiserror::Error;
use uuid::Uuid;

use super::draft::DraftStatus;

/// Why the store could not do what was asked.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum StoreError {
    /// The address names no kind of database that Linkwright can use.
    #[error("the database address cannot be used: {why}. Write sqlite://linkwright.db or postgres://user@host/name")]
    Address {
        /// What is wrong with it.
        why: String,
    },
    /// Nothing answers there.
    #[error("cannot reach the database {place}: {why}. {mend}")]
    Unreachable {
        /// The address, without its password.
        place: String,
        /// What the other side or the operating system said.
        why: String,
        /// How to mend it.
        mend: String,
    },
    /// Something is there, but not a catalogue.
    #[error("{place} is not a Linkwright database: {why}. {mend}")]
    NotLinkwright {
        /// The address.
        place: String,
        /// What was found.
        why: String,
        /// How to mend it.
        mend: String,
    },
    /// A later Linkwright has changed the database.
    #[error(
        "{place} was last used by a newer Linkwright: this one does not know its step {}. Use that newer program, or \
         restore the backup made before it was installed",
        unknown.join(", ")
    )]
    NewerSchema {
        /// The address.
        place: String,
        /// Migrations that this program does not know.
        unknown: Vec<String>,
    },
    /// Another publish came between.
    #[error(
        "the catalogue has moved on from revision {expected} to {found} since this was prepared: look at what was \
         published meanwhile, then publish again"
    )]
    RevisionMoved {
        /// The revision that the publication was prepared against.
        expected: i64,
        /// The revision that the database is at.
        found: i64,
    },
    /// The same request came in twice at one moment, and the other was answered.
    #[error("this request was answered at the same moment: ask again for the answer")]
    AnsweredMeanwhile,
    /// The draft has been published or discarded already.
    #[error("draft {id} is {status} already: import the workbook again to get a new draft")]
    DraftNotOpen {
        /// The draft.
        id: Uuid,
        /// What has become of it.
        status: DraftStatus,
    },
    /// What was asked for is not there.
    #[error("there is no {what}")]
    NotFound {
        /// What was asked for, such as `version 4 of “maternity”`.
        what: String,
    },
    /// What was asked for contradicts itself or what is stored.
    #[error("nothing was stored: {why}")]
    Refused {
        /// The contradiction.
        why: String,
    },
    /// No room is left.
    #[error("the disk that holds {place} is full, and nothing was stored: make room, then try again")]
    DiskFull {
        /// The address.
        place: String,
    },
    /// Reading or writing the disk failed.
    #[error("the disk that holds {place} failed ({why}), and nothing was stored: look at it before you try again")]
    Disk {
        /// The address.
        place: String,
        /// What the database said.
        why: String,
    },
    /// The database cannot be written to.
    #[error("{place} can be read but not written: {why}")]
    ReadOnly {
        /// The address.
        place: String,
        /// Why, and how to mend it.
        why: String,
    },
    /// Others hold what is needed; trying again is right.
    #[error("{place} is busy ({why}), and nothing was stored: try again in a moment")]
    Busy {
        /// The address.
        place: String,
        /// What was waited for.
        why: String,
    },
    /// The database fell silent; nobody knows whether a change was made.
    #[error(
        "{place} gave no answer within {seconds} s: see whether the server and its disk work. A change that was being \
         made may or may not be in it: look before you repeat it"
    )]
    NoAnswer {
        /// The address.
        place: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// What is stored is not what was stored.
    #[error("{what} is damaged: {why}. Restore a backup")]
    Damaged {
        /// What, such as `version 2 of “maternity”`.
        what: String,
        /// How it shows.
        why: String,
    },
    /// Anything else.
    #[error("{place}: {why}")]
    Other {
        /// The address.
        place: String,
        /// What the database said.
        why: String,
    },
}

impl StoreError {
    /// Whether the database did not do what it was asked; else the call itself could not be carried out.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        !matches!(
            self,
            Self::RevisionMoved { .. } | Self::DraftNotOpen { .. } | Self::NotFound { .. } | Self::Refused { .. }
        )
    }

    /// Whether the same call may succeed in a moment without anybody doing anything.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::NoAnswer { .. } | Self::Unreachable { .. })
    }

    /// Whether it is the disk that cannot be written: the same call succeeds once there is room, or it is mended.
    #[must_use]
    pub fn is_disk(&self) -> bool {
        matches!(self, Self::DiskFull { .. } | Self::Disk { .. } | Self::ReadOnly { .. })
    }
}

/// What goes wrong inside a transaction, where the address of the database is not at hand.
#[derive(Debug, Error)]
pub(super) enum Fault {
    /// The database said so.
    #[error(transparent)]
    Database(#[from] DbErr),
    /// The store said so.
    #[error(transparent)]
    Known(#[from] StoreError),
    /// Another publisher took the revision first.
    #[error("another publish took the revision")]
    Raced,
}

impl Fault {
    pub(super) fn not_found(what: impl Into<String>) -> Self {
        Self::Known(StoreError::NotFound { what: what.into() })
    }

    pub(super) fn refused(why: impl Into<String>) -> Self {
        Self::Known(StoreError::Refused { why: why.into() })
    }

    pub(super) fn damaged(what: impl Into<String>, why: impl ToString) -> Self {
        Self::Known(StoreError::Damaged { what: what.into(), why: why.to_string() })
    }

    /// The error of a database at `place` as a person should read it.
    pub(super) fn at(self, place: &str) -> StoreError {
        match self {
            Self::Database(error) => classify(&error, place),
            Self::Known(error) => error,
            Self::Raced => StoreError::Other { place: place.to_owned(), why: self.to_string() },
        }
    }
}

/// Whether a row with the same key is there already.
pub(super) fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

fn sqlx_error(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

/// SQLite's extended result code, where the error is SQLite's: a number, while PostgreSQL's have five characters.
pub(super) fn sqlite_code(error: &DbErr) -> Option<i32> {
    match sqlx_error(error)? {
        SqlxError::Database(error) => error.code().filter(|code| code.len() != 5)?.parse().ok(),
        _ => None,
    }
}

/// What the database itself said, without what the libraries put around it.
pub(super) fn message(error: &DbErr) -> String {
    match sqlx_error(error) {
        Some(SqlxError::Database(error)) => error.message().to_owned(),
        _ => error.to_string(),
    }
}

/// Whether SQLite says that others hold the file.
pub(super) fn is_sqlite_busy(error: &DbErr) -> bool {
    sqlite_code(error).is_some_and(|code| matches!(code & 0xff, 5 | 6))
}

/// A server that accepts the call and then says nothing.
pub(super) fn silent(place: &str) -> StoreError {
    StoreError::Unreachable {
        place: place.to_owned(),
        why: "no answer in time".to_owned(),
        mend: "See that the server is up and that no firewall stands between".to_owned(),
    }
}

/// Reads an error of the database.
pub(super) fn classify(error: &DbErr, place: &str) -> StoreError {
    let place = place.to_owned();
    if let DbErr::ConnectionAcquire(reason) = error {
        return match reason {
            ConnAcquireErr::Timeout => StoreError::Unreachable {
                place,
                why: "no connection came free in time".to_owned(),
                mend: "Start the database if it is down; if it is up, too many others use it".to_owned(),
            },
            ConnAcquireErr::ConnectionClosed => StoreError::Other { place, why: "the store is closed".to_owned() },
        };
    }
    match (sqlx_error(error), sqlite_code(error)) {
        (Some(SqlxError::Database(error)), Some(code)) => of_sqlite(code, error.message(), place),
        (Some(SqlxError::Database(error)), None) => {
            of_postgres(error.code().as_deref().unwrap_or_default(), error.message(), place)
        }
        (Some(SqlxError::Io(error)), _) => StoreError::Unreachable {
            place,
            why: error.to_string(),
            mend: "Start the database server, or correct the host and port of the address".to_owned(),
        },
        (Some(SqlxError::Tls(error)), _) => StoreError::Unreachable {
            place,
            why: format!("no encrypted connection ({error})"),
            mend: "Name the server's certificate authority with sslrootcert=FILE in the address".to_owned(),
        },
        (Some(error), _) => StoreError::Other { place, why: error.to_string() },
        (None, _) => StoreError::Other { place, why: error.to_string() },
    }
}

/// By primary result code, which is the low byte of the extended one (<https://www.sqlite.org/rescode.html>).
fn of_sqlite(code: i32, message: &str, place: String) -> StoreError {
    let why = format!("{message}, SQLite code {code}");
    match code & 0xff {
        5 | 6 => StoreError::Busy { place, why },
        8 => StoreError::ReadOnly { place, why: format!("{why}. Give this account the right to write the file") },
        10 => StoreError::Disk { place, why },
        11 => StoreError::Damaged { what: place, why },
        13 => StoreError::DiskFull { place },
        14 => StoreError::Unreachable {
            place,
            why: message.to_owned(),
            mend: "See that the folder exists and that this account may read and write in it".to_owned(),
        },
        26 => StoreError::NotLinkwright {
            place,
            why: "the file is of another kind".to_owned(),
            mend: "Name another file, or take this one away".to_owned(),
        },
        _ => StoreError::Other { place, why },
    }
}

/// By SQLSTATE (<https://www.postgresql.org/docs/15/errcodes-appendix.html>).
fn of_postgres(code: &str, message: &str, place: String) -> StoreError {
    let why = message.to_owned();
    let unreachable =
        |mend: &str| StoreError::Unreachable { place: place.clone(), why: why.clone(), mend: mend.to_owned() };
    match code {
        "28P01" | "28000" => unreachable("Correct the user and password of the address, or let that user in"),
        "3D000" => unreachable("Create the database first, such as with `createdb`"),
        "57P01" | "57P02" | "57P03" => unreachable("The server is stopping or starting: try again in a moment"),
        _ if code.starts_with("08") => unreachable("Start the database server, or mend the way to it"),
        "40001" | "40P01" | "53300" | "55P03" | "57014" => StoreError::Busy { place, why },
        "53100" => StoreError::DiskFull { place },
        "58030" => StoreError::Disk { place, why },
        "25006" => StoreError::ReadOnly { place, why: format!("{why}. Name the primary server, not a standby") },
        "42501" => StoreError::ReadOnly { place, why: format!("{why}. Give the user of the address that right") },
        "XX001" | "XX002" => StoreError::Damaged { what: place, why },
        _ => StoreError::Other { place, why: format!("{why} ({code})") },
    }
}
