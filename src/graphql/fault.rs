//! What can go wrong in answering a query, and the stable codes by which programs tell it.

use thiserror::Error;

use crate::app::AppError;
use crate::domain::access::Denied;
use crate::domain::catalogue::Unknown;

/// The code of what somebody who is known may not do.
pub const FORBIDDEN: &str = "FORBIDDEN";

/// A fault of a resolver. The library keeps it as the source of its own error, from which
/// [`Answer`](super::answer::Answer) takes the code.
#[derive(Clone, Debug, Error)]
pub enum Fault {
    /// A reference that names nothing.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// A page of more than [`MOST`](super::page::MOST) items.
    #[error("{argument} is {asked}: a page holds at most {most}; go on from pageInfo with after or before")]
    PageTooLarge {
        /// `first` or `last`
        argument: &'static str,
        /// What was asked for.
        asked: i64,
        /// What there may be.
        most: i64,
    },
    /// An argument that makes no sense.
    #[error("{0}")]
    BadRequest(String),
    /// An answer with too much in it.
    #[error("the answer would hold too much: ask for fewer fields, smaller pages or fewer plans at a time")]
    TooCostly,
    /// The time is over.
    #[error("the answer took too long: ask for less at a time")]
    Deadline,
    /// The actor may not do this.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// An idempotency key that cannot be used: its code, and why.
    #[error("{1}")]
    Key(&'static str, String),
    /// The database does not answer now.
    #[error("the database does not answer, or cannot be written to, just now: try again in a minute")]
    Unavailable,
    /// A fault of ours; what happened is in the log.
    #[error("something went wrong here; the server's log says what, under this request id")]
    Internal,
}

impl Fault {
    /// The code that `extensions.code` gives.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "UNKNOWN_REFERENCE",
            Self::PageTooLarge { .. } => "PAGE_TOO_LARGE",
            Self::BadRequest(_) => "BAD_REQUEST",
            Self::TooCostly => "TOO_COMPLEX",
            Self::Deadline => "DEADLINE_EXCEEDED",
            Self::Denied(denied) if denied.is_anonymous() => "UNAUTHENTICATED",
            Self::Denied(_) => FORBIDDEN,
            Self::Key(code, _) => code,
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }

    /// A bad request in these words.
    pub fn bad(text: impl Into<String>) -> Self {
        Self::BadRequest(text.into())
    }
}

impl From<AppError> for Fault {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Unknown(unknown) => Self::Unknown(unknown),
            AppError::BadRequest(text) => Self::BadRequest(text),
            AppError::Denied(denied) => Self::Denied(denied),
            error @ (AppError::KeyReused | AppError::KeyInUse) => Self::Key(error.code(), error.to_string()),
            error => {
                tracing::error!(error = &error as &dyn std::error::Error, "a query failed");
                if error.code() == "UNAVAILABLE" { Self::Unavailable } else { Self::Internal }
            }
        }
    }
}
