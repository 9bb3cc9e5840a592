//! Findings: everything a check has to say of a workbook, gathered all at once, each with its place.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a remedy names the empty workbook: a page that offers it puts a link in its place.
pub const TEMPLATE: &str = "the empty workbook (`linkwright template` writes it)";

/// How bad a finding is. Errors keep a workbook from being stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is stored.
    Error,
    /// Stored; somebody should look.
    Warning,
    /// Good to know.
    Note,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// A stable code in capitals, such as `DUPLICATE_TABLE`.
    pub code: String,
    /// The file, as it was named.
    pub file: String,
    /// The sheet; blank where the finding is of the whole file.
    pub sheet: String,
    /// The cell in A1 notation; blank where the finding is of the whole sheet or file.
    pub cell: String,
    /// What is wrong.
    pub what: String,
    /// Why it matters; may be blank.
    pub why: String,
    /// How to mend it.
    pub mend: String,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// Whether any of these keeps a workbook from being stored.
#[must_use]
pub fn any_error(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}
