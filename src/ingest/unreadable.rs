//! The refusals of a file that cannot be read at all: stable codes, what is wrong, and how to mend it.

use std::fmt;

use thiserror::Error;

/// Why a file cannot be read. Each has a stable code and one hint on how to mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refusal {
    /// The bytes are of some other kind of file.
    NotAWorkbook,
    /// There is nothing in the file.
    EmptyFile,
    /// The workbook needs a password.
    Encrypted,
    /// The file, or what it unpacks to, is larger than is accepted.
    TooLarge,
    /// The file is cut off or breaks its own format.
    Damaged,
    /// A spreadsheet, but in a format that is not read here.
    UnsupportedFormat,
    /// More cells than are accepted.
    TooManyCells,
    /// More sheets than are accepted.
    TooManySheets,
    /// Built in a way that honest programs do not build workbooks.
    Suspicious,
    /// The reading process stopped without an answer.
    ReaderCrashed,
    /// The reading process did not finish in time.
    ReaderTimedOut,
    /// The reading process could not be started: a fault of this installation, not of the file.
    ReaderUnavailable,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: &'static [Self] = &[
        Self::NotAWorkbook,
        Self::EmptyFile,
        Self::Encrypted,
        Self::TooLarge,
        Self::Damaged,
        Self::UnsupportedFormat,
        Self::TooManyCells,
        Self::TooManySheets,
        Self::Suspicious,
        Self::ReaderCrashed,
        Self::ReaderTimedOut,
        Self::ReaderUnavailable,
    ];

    /// The stable code, as findings and JSON answers carry it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAWorkbook => "NOT_A_WORKBOOK",
            Self::EmptyFile => "EMPTY_FILE",
            Self::Encrypted => "ENCRYPTED",
            Self::TooLarge => "TOO_LARGE",
            Self::Damaged => "DAMAGED",
            Self::UnsupportedFormat => "UNSUPPORTED_FORMAT",
            Self::TooManyCells => "TOO_MANY_CELLS",
            Self::TooManySheets => "TOO_MANY_SHEETS",
            Self::Suspicious => "SUSPICIOUS",
            Self::ReaderCrashed => "READER_CRASHED",
            Self::ReaderTimedOut => "READER_TIMED_OUT",
            Self::ReaderUnavailable => "READER_UNAVAILABLE",
        }
    }

    /// The refusal of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|refusal| refusal.code() == code)
    }

    /// How a person mends it.
    #[must_use]
    pub fn mend(self) -> &'static str {
        match self {
            Self::NotAWorkbook => "Choose the workbook itself: an .xlsx, .xls, .xlsb or .ods file.",
            Self::EmptyFile => "The copy may have failed: save or download the workbook again.",
            Self::Encrypted => {
                "Open it with its password, remove the password (File, Info, Protect Workbook, Encrypt with Password, \
                 leave blank), and save."
            }
            Self::TooLarge => "Remove sheets, pictures and data that are not part of the data model, and save.",
            Self::Damaged => "Open it in Excel or LibreOffice, let it repair the file, and save it as a new .xlsx.",
            Self::UnsupportedFormat => "Open it in Excel or LibreOffice and save it as .xlsx.",
            Self::TooManyCells => {
                "Keep the data model only: delete data rows, stray cells far from the others, and repeated cells."
            }
            Self::TooManySheets => "Keep the sheets of the data model only, or split the workbook.",
            Self::Suspicious => {
                "Open it in Excel or LibreOffice and save it as a new .xlsx; if you did not make the file, do not use it."
            }
            Self::ReaderCrashed => {
                "The file is likely to be damaged: open it in Excel or LibreOffice and save it as a new .xlsx."
            }
            Self::ReaderTimedOut => "Remove what is not part of the data model, save it as a new .xlsx, and try again.",
            Self::ReaderUnavailable => {
                "Tell the operator: `linkwright doctor` shows what is wrong with the installation."
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A file that cannot be read at all; nothing of it is imported.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{file}{}{what} {}", if file.is_empty() { "" } else { ": " }, refusal.mend())]
pub struct Unreadable {
    /// The file, as it was named; blank where it has no name.
    pub file: String,
    /// Which refusal it is.
    pub refusal: Refusal,
    /// What is wrong with this file, a whole sentence.
    pub what: String,
}

/// Longest explanation that is kept, in characters: it may quote the file.
const LONGEST: usize = 300;

impl Unreadable {
    /// A refusal with its explanation. Control characters, which could forge log lines or drive a terminal, are
    /// replaced, since the text may quote the file.
    #[must_use]
    pub fn new(refusal: Refusal, what: impl AsRef<str>) -> Self {
        let what =
            what.as_ref().chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        Self { file: String::new(), refusal, what }
    }

    /// The same of the file of this name.
    #[must_use]
    pub fn of(self, file: &str) -> Self {
        Self { file: file.to_owned(), ..self }
    }

    /// How a person mends it.
    #[must_use]
    pub fn mend(&self) -> &'static str {
        self.refusal.mend()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_its_own_code_and_reads_back_from_it() {
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::from_code(refusal.code()), Some(*refusal));
            assert!(!refusal.mend().is_empty());
        }
        assert_eq!(Refusal::from_code("NOTHING"), None);
    }

    #[test]
    fn what_a_refusal_quotes_cannot_drive_a_terminal() {
        let refusal = Unreadable::new(Refusal::Damaged, "a\u{1b}[31mb\nc");
        assert_eq!(refusal.what, "a [31mb c");
    }
}
