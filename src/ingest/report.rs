//! Gathers findings: every one has its place, its reason and its remedy, and a flood of one kind is cut short.

use std::collections::HashMap;

use super::raw::CellAddress;
use crate::domain::finding::{Finding, Severity};

/// Most findings of one code on one sheet that are told one by one.
const MOST_ALIKE: usize = 500;

/// Where something is: a cell, a sheet, or the file as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// The sheet; blank for the file as a whole.
    pub sheet: String,
    /// The cell; `None` for the sheet as a whole.
    pub cell: Option<CellAddress>,
}

impl Spot {
    /// The file as a whole.
    pub(super) fn file() -> Self {
        Self::default()
    }

    /// A sheet as a whole.
    pub(super) fn sheet(sheet: &str) -> Self {
        Self { sheet: sheet.to_owned(), cell: None }
    }

    /// A cell.
    pub(super) fn cell(sheet: &str, row: u32, col: u32) -> Self {
        Self { sheet: sheet.to_owned(), cell: Some(CellAddress::new(row, col)) }
    }

    /// The cell as written, blank where there is none.
    #[must_use]
    pub fn cell_text(&self) -> String {
        self.cell.map(|cell| cell.to_string()).unwrap_or_default()
    }
}

impl std::fmt::Display for Spot {
    /// `Fields!B7`, or what there is of it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.cell {
            Some(cell) => write!(f, "{}!{cell}", self.sheet),
            None => f.write_str(&self.sheet),
        }
    }
}

/// What there is to say, without its place.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    severity: Severity,
    code: &'static str,
    what: String,
    why: String,
    mend: String,
}

impl Problem {
    fn new(severity: Severity, code: &'static str, what: impl Into<String>) -> Self {
        Self { severity, code, what: what.into(), why: String::new(), mend: String::new() }
    }

    /// Keeps the workbook from being stored.
    pub(super) fn error(code: &'static str, what: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, what)
    }

    /// Somebody should look.
    pub(super) fn warning(code: &'static str, what: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, what)
    }

    /// Good to know.
    pub(super) fn note(code: &'static str, what: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, what)
    }

    /// Whether it keeps the workbook from being stored.
    pub(super) fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Why it matters.
    pub(super) fn why(self, why: impl Into<String>) -> Self {
        Self { why: why.into(), ..self }
    }

    /// How to mend it.
    pub(super) fn mend(self, mend: impl Into<String>) -> Self {
        Self { mend: mend.into(), ..self }
    }
}

/// The findings of one file.
pub(super) struct Report {
    file: String,
    findings: Vec<Finding>,
    alike: HashMap<(&'static str, String), usize>,
}

impl Report {
    /// For the file of this name.
    pub(super) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), findings: Vec::new(), alike: HashMap::new() }
    }

    /// Adds a finding.
    pub(super) fn add(&mut self, spot: Spot, problem: Problem) {
        let alike = self.alike.entry((problem.code, spot.sheet.clone())).or_default();
        *alike += 1;
        if *alike <= MOST_ALIKE {
            self.findings.push(Finding {
                severity: problem.severity,
                code: problem.code.to_owned(),
                file: self.file.clone(),
                cell: spot.cell_text(),
                sheet: spot.sheet,
                what: problem.what,
                why: problem.why,
                mend: problem.mend,
            });
        }
    }

    /// Whether further findings of this code on this sheet are only counted, so that no work need go into them.
    pub(super) fn is_full(&self, code: &'static str, sheet: &str) -> bool {
        self.alike.get(&(code, sheet.to_owned())).is_some_and(|alike| *alike >= MOST_ALIKE)
    }

    /// Everything found, in the order in which it was found; what was only counted is told at the end.
    pub(super) fn finish(mut self) -> Vec<Finding> {
        let mut more: Vec<_> = self.alike.into_iter().filter(|(_, count)| *count > MOST_ALIKE).collect();
        more.sort();
        for ((code, sheet), count) in more {
            let severity = self.findings.iter().find(|finding| finding.code == code).map(|finding| finding.severity);
            self.findings.push(Finding {
                severity: severity.unwrap_or(Severity::Error),
                code: code.to_owned(),
                file: self.file.clone(),
                sheet,
                cell: String::new(),
                what: format!("There are {} more of these.", count - MOST_ALIKE),
                why: String::new(),
                mend: "Mend those that are listed, and check again.".to_owned(),
            });
        }
        self.findings
    }
}

/// Names in quotation marks, as a sentence lists them.
pub(super) fn quoted<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    names.into_iter().map(|name| format!("“{}”", name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// A text short enough to stand in a message.
pub(super) fn brief(text: &str) -> String {
    const MOST: usize = 80;
    if text.chars().nth(MOST).is_none() {
        return text.replace('\n', " ");
    }
    let cut: String = text.chars().take(MOST).collect();
    format!("{}…", cut.replace('\n', " "))
}
