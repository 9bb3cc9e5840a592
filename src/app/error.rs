//! The one error of the use cases: what the doors turn into an exit status, a GraphQL error or a page.

use thiserror::Error;

use crate::auth::oidc::SignInError;
use crate::domain::access::Denied;
use crate::domain::catalogue::Unknown;
use crate::domain::finding::{Finding, Severity};
use crate::export::ExportError;
use crate::store::StoreError;

/// What can go wrong in a use case.
#[derive(Debug, Error)]
pub enum AppError {
    /// A reference names nothing.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// There is no such draft, version or file.
    #[error("{0}")]
    NotFound(String),
    /// The request makes no sense; the text says why and what to write.
    #[error("{0}")]
    BadRequest(String),
    /// The actor may not do this.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The database.
    #[error(transparent)]
    Store(StoreError),
    /// The database is of an older version of Linkwright.
    #[error(
        "the database {0} is of an older Linkwright: `linkwright serve` or `linkwright import` brings it up to date"
    )]
    OldSchema(String),
    /// What was to be published does not check out.
    #[error("nothing was published: {}", first_of(.0))]
    Refused(Vec<Finding>),
    /// An idempotency key was used for another request.
    #[error("this idempotency key was used for another request within a day: choose a new one for a new request")]
    KeyReused,
    /// The same request is being answered at this moment.
    #[error("this request is being answered already: send it again for the answer")]
    KeyInUse,
    /// Signing in with an identity provider.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// An export.
    #[error(transparent)]
    Export(ExportError),
    /// A fault of ours.
    #[error("a fault inside Linkwright: {0}")]
    Internal(String),
}

fn first_of(findings: &[Finding]) -> String {
    let errors: Vec<&Finding> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    let more = if errors.len() > 1 { format!(" (and {} more)", errors.len() - 1) } else { String::new() };
    errors.first().map(|finding| format!("{}{more}", finding.what)).unwrap_or_default()
}

impl From<StoreError> for AppError {
    /// A draft that is done with, or a name that is not there, is no fault of the database.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DraftNotOpen { .. } => Self::BadRequest(error.to_string()),
            StoreError::NotFound { .. } => Self::NotFound(error.to_string()),
            StoreError::AnsweredMeanwhile => Self::KeyInUse,
            other => Self::Store(other),
        }
    }
}

impl From<ExportError> for AppError {
    /// What was asked for wrongly is the asker's to mend; the rest is ours.
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::UnknownFormat { .. } | ExportError::UnknownDataset { .. } => {
                Self::BadRequest(error.to_string())
            }
            ExportError::TooLong { .. } | ExportError::Workbook(_) | ExportError::Rows(_) => Self::Export(error),
        }
    }
}

impl AppError {
    /// A request that makes no sense.
    pub(crate) fn bad_request(text: impl Into<String>) -> Self {
        Self::BadRequest(text.into())
    }

    /// A fault of ours.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }

    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "UNKNOWN_REFERENCE",
            Self::NotFound(_) => "NOT_FOUND",
            Self::BadRequest(_) => "BAD_REQUEST",
            Self::Denied(_) => "FORBIDDEN",
            Self::Refused(_) => "REFUSED",
            Self::KeyReused => "IDEMPOTENCY_KEY_REUSED",
            Self::KeyInUse => "IDEMPOTENCY_KEY_IN_USE",
            Self::SignIn(_) => "SIGN_IN_FAILED",
            Self::Store(error) if error.is_passing() || error.is_disk() => "UNAVAILABLE",
            Self::Store(_) | Self::OldSchema(_) | Self::Export(_) | Self::Internal(_) => "INTERNAL",
        }
    }
}
