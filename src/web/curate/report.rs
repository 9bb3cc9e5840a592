//! What a check has found, on a page: each with its sheet, cell, problem and remedy, what is alike told once.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::super::components::{self as nhs, Colour, Column, DataTable, Row, tag};
use super::super::text;
use crate::app::{ChangedLink, Datum, ListingSheet, ReadFile};
use crate::domain::finding::{Finding, Severity, TEMPLATE};
use crate::domain::refs::Slug;

/// Findings of one kind on one sheet that are shown one by one.
const ALIKE: usize = 3;
/// Cells that are named of those that are alike.
const CELLS: usize = 12;

/// `2 errors, 5 warnings`; `nothing`.
#[must_use]
pub fn counted(findings: &[Finding]) -> String {
    let count = |severity, one| {
        let found = findings.iter().filter(|finding| finding.severity == severity).count();
        (found > 0).then(|| text::count(found, one))
    };
    let parts: Vec<String> = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")]
        .into_iter()
        .filter_map(|(severity, one)| count(severity, one))
        .collect();
    if parts.is_empty() { "Nothing".to_owned() } else { parts.join(", ") }
}

/// How the rows of a file fared, so that none is lost in silence.
#[must_use]
pub fn rows(file: &ReadFile) -> Markup {
    html! {
        (super::super::record::facts(&[
            ("File", file.file.clone()),
            ("Read as", match (file.unreadable, file.layout.as_str()) {
                (true, _) => "Not read at all: see below".to_owned(),
                (false, "") => "In no layout that is read".to_owned(),
                (false, layout) => layout.to_owned(),
            }),
            ("Rows in its sheets", text::number(file.read as u64)),
            ("Rows understood", text::number(file.stored as u64)),
            ("Rows with an error", text::number(file.listed as u64)),
        ]))
    }
}

fn severity_tag(severity: Severity) -> Markup {
    match severity {
        // Red is for errors alone (NHS service manual).
        Severity::Error => html! { strong class="nhsuk-tag nhsuk-tag--red" { "Error" } },
        Severity::Warning => tag("Warning", Colour::Yellow),
        Severity::Note => tag("Note", Colour::White),
    }
}

/// A remedy; where it names the empty workbook, with a link to it.
fn mend(text: &str) -> Markup {
    match text.split_once(TEMPLATE) {
        None => html! { (text) },
        Some((before, after)) => html! { (before) a href="/curate/template" download { "the empty workbook" } (after) },
    }
}

/// The findings as a table; `name` makes its ids unique on the page.
#[must_use]
pub fn findings(findings: &[Finding], name: &str) -> Markup {
    let mut groups: BTreeMap<(Severity, &str, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        groups.entry((finding.severity, &finding.code, &finding.sheet)).or_default().push(finding);
    }
    let columns = [
        Column::text("Kind"),
        Column::text("Sheet"),
        Column::text("Cell"),
        Column::text("Problem"),
        Column::text("How to mend it"),
    ];
    let mut rows = Vec::new();
    for ((severity, _, sheet), alike) in &groups {
        let shown = if alike.len() == ALIKE + 1 { ALIKE + 1 } else { ALIKE };
        for finding in alike.iter().take(shown) {
            rows.push(Row {
                id: Some(format!("{name}-finding-{}", rows.len() + 1)),
                cells: vec![
                    severity_tag(*severity),
                    html! { (sheet) },
                    html! { (finding.cell) },
                    html! { (finding.what) @if !finding.why.is_empty() { br; span class="app-small app-muted" { (finding.why) } } },
                    mend(&finding.mend),
                ],
            });
        }
        if alike.len() > shown {
            let rest = alike.get(shown..).unwrap_or_default();
            let cells: Vec<&str> =
                rest.iter().map(|finding| finding.cell.as_str()).filter(|cell| !cell.is_empty()).take(CELLS).collect();
            rows.push(Row {
                id: Some(format!("{name}-finding-{}", rows.len() + 1)),
                cells: vec![
                    severity_tag(*severity),
                    html! { (sheet) },
                    html! {},
                    html! {
                        strong { (text::number(rest.len() as u64)) " more like this" }
                        @if !cells.is_empty() { ": " (cells.join(", ")) @if rest.len() > cells.len() { " …" } }
                    },
                    html! {},
                ],
            });
        }
    }
    let id = format!("{name}-findings");
    html! {
        @if rows.is_empty() { p { "No problems found." } } @else {
            div class="app-table app-table--fields" {
                (nhs::table(&DataTable {
                    id: &id, caption: "What was found", caption_size: None, caption_hidden: true, columns: &columns,
                    rows, first_is_header: false, scrolls: true,
                }))
            }
        }
    }
}

/// The findings as rows of a file, all of them.
#[must_use]
pub fn sheet(findings: &[Finding]) -> ListingSheet {
    let row = |finding: &Finding| {
        vec![
            Datum::text(finding.severity.to_string()),
            Datum::text(&finding.file),
            Datum::text(&finding.sheet),
            Datum::text(&finding.cell),
            Datum::text(&finding.what),
            Datum::text(&finding.why),
            Datum::text(&finding.mend),
            Datum::text(&finding.code),
        ]
    };
    ListingSheet {
        name: "Findings".to_owned(),
        columns: vec!["Kind", "File", "Sheet", "Cell", "Problem", "Why it matters", "How to mend it", "Code"],
        rows: findings.iter().map(row).collect(),
    }
}

/// The links that a change would take away or make dearer.
#[must_use]
pub fn links(links: &[ChangedLink]) -> Markup {
    let gone: Vec<&ChangedLink> = links.iter().filter(|link| link.after.is_none()).collect();
    let other: Vec<&ChangedLink> = links.iter().filter(|link| link.after.is_some()).collect();
    let codes = |codes: &[crate::domain::approval::Code]| {
        let words: Vec<String> = codes.iter().map(ToString::to_string).collect();
        if words.is_empty() { "no approval recorded".to_owned() } else { text::list(&words) }
    };
    let dataset = |slug: &Slug| html! { a href=(super::super::links::dataset(slug)) { (slug) } };
    html! {
        @if links.is_empty() { p { "No link between datasets changes." } }
        @if !gone.is_empty() {
            (nhs::warning_of_level(2, "Links that would be lost", &html! {
                p { "Nobody could link these datasets in one step any more:" }
                ul class="nhsuk-list nhsuk-list--bullet" {
                    @for link in &gone { li { (dataset(&link.from)) " with " (dataset(&link.to)) " (now: " (codes(&link.before)) ")" } }
                }
            }))
        }
        @if !other.is_empty() {
            p { "Links whose best way would take other approvals:" }
            ul class="nhsuk-list nhsuk-list--bullet" {
                @for link in &other {
                    li { (dataset(&link.from)) " with " (dataset(&link.to)) ": now " (codes(&link.before)) ", then " (codes(link.after.as_deref().unwrap_or_default())) }
                }
            }
        }
    }
}
