//! How a command ends: its answer, or the reason it has none, as an exit status.

use std::process::ExitCode;

use crate::app::AppError;
use crate::domain::catalogue::Unknown;

/// The answer of a command that could be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done. Status 0.
    Yes,
    /// The answer is "no". Status 1.
    No,
    /// A file could not be read. Status 2.
    Unreadable,
}

/// Why a command could not be carried out.
#[derive(Debug)]
pub struct Failure {
    status: u8,
    text: String,
}

impl Failure {
    /// Wrong usage or an unreadable file. Status 2.
    pub fn usage(text: impl Into<String>) -> Self {
        Self { status: 2, text: text.into() }
    }

    /// The answer is "no", and this is why. Status 1.
    pub fn no(text: impl Into<String>) -> Self {
        Self { status: 1, text: text.into() }
    }

    /// No database or server. Status 3.
    pub fn no_server(text: impl Into<String>) -> Self {
        Self { status: 3, text: text.into() }
    }

    /// A fault of ours.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        Self { status: 3, text: format!("a fault inside Linkwright: {error}") }
    }

    /// The reason, in words.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Prints the reason and gives the exit status.
    ///
    /// Programs that asked for JSON get it also when the answer is "no".
    pub fn report(self) -> ExitCode {
        let arguments: Vec<String> = std::env::args().collect();
        let json = arguments.iter().any(|argument| argument == "--format=json")
            || arguments.windows(2).any(|pair| matches!(pair, [flag, form] if flag == "--format" && form == "json"));
        if json && self.status == 1 {
            super::output::text(&serde_json::json!({ "error": self.text }).to_string());
        }
        eprintln!("linkwright: {}", self.text);
        ExitCode::from(self.status)
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        let text = error.to_string();
        match error {
            AppError::Unknown(_) | AppError::NotFound(_) => Self::no(text),
            AppError::Refused(findings) => Self::no(super::tell::findings(&findings)),
            AppError::BadRequest(_)
            | AppError::Denied(_)
            | AppError::KeyReused
            | AppError::KeyInUse
            | AppError::SignIn(_) => Self::usage(text),
            AppError::Store(_) | AppError::OldSchema(_) => Self::no_server(text),
            AppError::Export(_) | AppError::Internal(_) => Self::internal(&text),
        }
    }
}

impl From<Unknown> for Failure {
    fn from(unknown: Unknown) -> Self {
        Self::no(unknown.to_string())
    }
}
