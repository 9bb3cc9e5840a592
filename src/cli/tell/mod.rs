//! Answers in words, for people at a terminal.

mod catalogue;
mod content;
mod linkage;
mod obstacle;

pub use catalogue::{approval, crosswalk, dataset, field, model, scheme, search, table};
pub use content::content;
pub use linkage::{paths, plan};
pub use obstacle::{changes, gaps};

use std::fmt::Write;

use crate::app::{CheckReport, ImportReport, Migrated, WaitingDraft};
use crate::domain::calendar;
use crate::domain::diff::Diff;
use crate::domain::finding::{Finding, Severity};
use crate::domain::number::grouped;

/// Changes that an import tells one by one; of more it gives the numbers, and `diff` tells them.
const MOST_CHANGES: usize = 40;

/// A text that grows line by line. Writing to it cannot fail.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: impl AsRef<str>) {
        let _ = writeln!(self.0, "{}", text.as_ref());
    }

    /// A label and what it says; nothing where that is blank.
    fn fact(&mut self, label: &str, text: impl AsRef<str>) {
        let text = text.as_ref();
        if !text.is_empty() {
            self.line(format!("  {label}: {text}"));
        }
    }
}

/// `1 table`, `2 tables`
fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{} {what}s", grouped(number as u64)) }
}

/// What a newer program has done to a database before using it.
pub fn migrated(migrated: &Migrated) -> String {
    let steps = count(migrated.steps.len(), "step");
    let before = match &migrated.before {
        Some(file) => format!("a backup of the state before is in {}", file.display()),
        None => "go back, if need be, with the backup that you took before".to_owned(),
    };
    format!("Brought the database up to date ({steps}: {}); {before}.", migrated.steps.join(", "))
}

/// Drafts that wait, each with what publishes it.
pub fn drafts(drafts: &[WaitingDraft]) -> String {
    let mut page = Page::default();
    for draft in drafts {
        let based_on = draft.based_on.map_or("new".to_owned(), |version| format!("on version {version}"));
        let stale =
            if draft.stale { "; stale: something else was published since, import its workbook again" } else { "" };
        let at = calendar::written_moment(draft.created_at);
        page.line(format!(
            "{}  {} ({based_on}), imported {at} by {}{stale}",
            draft.draft, draft.slug, draft.created_by
        ));
    }
    page.line(match drafts.len() {
        0 => "No draft waits.".to_owned(),
        waiting => {
            format!("{} waiting; `linkwright publish DRAFT` or `linkwright discard DRAFT`", count(waiting, "draft"))
        }
    });
    page.0
}

/// Findings, each with its place and its remedy.
pub fn findings(findings: &[Finding]) -> String {
    let mut page = Page::default();
    for finding in findings {
        let place = match (finding.sheet.as_str(), finding.cell.as_str()) {
            ("", _) => String::new(),
            (sheet, "") => format!(" › {sheet}"),
            (sheet, cell) => format!(" › {sheet}!{cell}"),
        };
        page.line(format!("{}: {}{place}: {} [{}]", finding.severity, finding.file, finding.what, finding.code));
        if !finding.why.is_empty() {
            page.line(format!("    {}", finding.why));
        }
        if !finding.mend.is_empty() {
            page.line(format!("    → {}", finding.mend));
        }
    }
    page.0
}

fn tally(findings: &[Finding]) -> String {
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    format!(
        "{}, {}, {}",
        count(of(Severity::Error), "error"),
        count(of(Severity::Warning), "warning"),
        count(of(Severity::Note), "note")
    )
}

/// What a check understood and found.
pub fn check(report: &CheckReport) -> String {
    let mut page = Page::default();
    for file in &report.files {
        page.line(format!("{}: {}", file.file, file.told()));
        for model in &file.models {
            let fields = model.tables.iter().map(|table| table.fields.len()).sum();
            page.line(format!("  {}: {}, {}", model.slug, count(model.tables.len(), "table"), count(fields, "field")));
        }
        if !file.layout.is_empty() {
            page.line(format!(
                "  {} layout, {} read, {} stored",
                file.layout,
                count(file.rows.read, "row"),
                file.rows.stored
            ));
        }
    }
    page.line("");
    page.0.push_str(&findings(&report.findings));
    page.line(tally(&report.findings));
    page.0
}

/// What became of an import.
pub fn import(report: &ImportReport, publish: bool, dry_run: bool) -> String {
    let mut page = Page(findings(&report.findings));
    let refused = report.findings.iter().any(|finding| finding.severity == Severity::Error);
    for model in &report.models {
        let version = model.version.unwrap_or_default();
        let what = match model.draft {
            _ if refused => "not stored".to_owned(),
            _ if model.diff.is_empty() => format!("nothing changes; version {version} stays published"),
            _ if dry_run => format!("would become version {version}; nothing was stored"),
            Some(draft) => format!("draft {draft}, to become version {version}"),
            None if publish => format!("published as version {version}"),
            None => "not stored".to_owned(),
        };
        page.line(format!("{}: {what} ({})", model.slug, change(&model.diff)));
        let rows = diff(&model.diff);
        let changed = rows.lines().skip(1).count();
        if !model.diff.is_empty() && changed <= MOST_CHANGES {
            rows.lines().skip(1).for_each(|row| page.line(format!("  {row}")));
        }
    }
    if refused {
        page.line(format!("Nothing was stored: {}.", tally(&report.findings)));
    }
    let drafts: Vec<String> =
        report.models.iter().filter_map(|model| model.draft).map(|draft| draft.to_string()).collect();
    if !drafts.is_empty() {
        page.line(format!("Publish with: linkwright publish {}", drafts.join(" ")));
    }
    page.0
}

fn change(diff: &Diff) -> String {
    format!(
        "{} added, {} removed, {} changed, {} renamed, {} moved",
        diff.added.len(),
        diff.removed.len(),
        diff.changed.len(),
        diff.renamed.len(),
        diff.moved.len()
    )
}

/// A difference, row by row.
pub fn diff(diff: &Diff) -> String {
    let mut page = Page::default();
    if diff.is_empty() {
        page.line("Nothing differs.");
        return page.0;
    }
    page.line(change(diff));
    diff.added.iter().for_each(|row| page.line(format!("+ {} {}", row.kind, row.name)));
    diff.removed.iter().for_each(|row| page.line(format!("- {} {}", row.kind, row.name)));
    for (verb, pairs) in [("renamed", &diff.renamed), ("moved", &diff.moved)] {
        pairs.iter().for_each(|pair| page.line(format!("→ {} {} {verb} to {}", pair.kind, pair.from, pair.to)));
    }
    for row in &diff.changed {
        page.line(format!("~ {} {}", row.kind, row.name));
        for (property, change) in &row.properties {
            page.line(format!("    {property}: “{}” → “{}”", change.before, change.after));
        }
    }
    page.0
}
