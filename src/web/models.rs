//! `/models` and `/models/{model}`: the workbooks that the catalogue is made of: who looks after each, what it is worth,
//! which version is published.

use maud::html;

use super::answer::{Answer, Asked, NoPage, Twin, page};
use super::components::{self as nhs, Crumb, SummaryRow};
use super::layout::{Place, Standing};
use super::past;
use super::visitor::Visitor;
use super::{datasets, links, record, text};
use crate::app::{App, Datum, ListingSheet};
use crate::domain::catalogue::ModelHead;
use crate::domain::refs::{Slug, closest};

/// `/models`
#[must_use]
pub fn list(visitor: &Visitor, asked: &Asked) -> Answer {
    let catalogue = &visitor.view.catalogue;
    if asked.twin != Twin::Html {
        let sheet = sheet(catalogue.models.values());
        return visitor.listing("Data models", "data-models", asked, vec![sheet]).into();
    }
    let body = html! {
        h1 class="nhsuk-heading-l" { "Data models" }
        p class="app-lead" { "The workbooks that this catalogue is made of. Each is published in versions by those who look after it; nothing published is ever lost." }
        @if catalogue.models.is_empty() { p { "Nothing has been published yet." } }
        @for head in catalogue.models.values() {
            div class="app-panel" {
                h2 class="nhsuk-heading-m" { a href={ "/models/" (head.about.slug) } { (record::title(&head.about.title, head.about.slug.as_str())) } }
                p { (head.about.description) }
                @if !head.about.standing().is_empty() { p { strong { "Standing: " } (head.about.standing()) } }
                p class="app-small app-muted" { "Version " (head.version) ", published on " (text::moment_day(head.published_at)) @if !head.about.steward.is_empty() { ". Looked after by " (head.about.steward) } }
            }
        }
        (record::downloads(asked, "data models"))
    };
    let mut page = page("Data models", Place::Datasets, Standing::All, body);
    page.crumbs = vec![Crumb::new("Home", "/")];
    page.into()
}

/// Data models as a sheet.
fn sheet<'a>(heads: impl IntoIterator<Item = &'a ModelHead>) -> ListingSheet {
    let row = |head: &ModelHead| {
        vec![
            Datum::text(head.about.slug.as_str()),
            Datum::text(&head.about.title),
            Datum::text(&head.about.description),
            Datum::text(&head.about.steward),
            Datum::Count(u64::try_from(head.version).unwrap_or_default()),
            Datum::text(text::moment_day(head.published_at)),
            Datum::text(&head.about.status_note),
            Datum::text(&head.about.source),
        ]
    };
    ListingSheet {
        name: "Data models".to_owned(),
        columns: vec![
            "Data model",
            "Title",
            "Description",
            "Steward",
            "Version",
            "Published on",
            "Status note",
            "Source",
        ],
        rows: heads.into_iter().map(row).collect(),
    }
}

/// `/models/{model}`
pub async fn show(app: &App, visitor: &Visitor, asked: &Asked, slug: &str) -> Result<Answer, NoPage> {
    let catalogue = &visitor.view.catalogue;
    let wanted = slug.to_lowercase();
    let Some(head) = catalogue.models.values().find(|head| head.about.slug.as_str() == wanted) else {
        let near = closest(&wanted, catalogue.models.keys().map(Slug::as_str), 3);
        return Err(NoPage::NotFound(near.into_iter().map(|slug| format!("/models/{slug}")).collect()));
    };
    let about = &head.about;
    let title = record::title(&about.title, about.slug.as_str());
    let held: Vec<_> = catalogue.datasets.values().filter(|entry| entry.model == about.slug).collect();
    if asked.twin != Twin::Html {
        let sheets = vec![sheet([head]), datasets::sheet(&held)];
        return Ok(visitor.listing(title, about.slug.as_str(), asked, sheets).into());
    }
    let versions = app.history(&visitor.actor, &about.slug).await?;
    let mut rows = vec![
        SummaryRow::text("Standing", &about.status_note),
        SummaryRow::text("Looked after by", &about.steward),
        SummaryRow::text("Version", &format!("{}, published on {}", head.version, text::moment_day(head.published_at))),
        SummaryRow::text("The owner's name of it", &about.version_label),
        SummaryRow::text("Source", &about.source),
    ];
    rows.extend(record::extra(&about.extra));
    let body = html! {
        span class="app-caption" { "Data model" }
        h1 class="nhsuk-heading-l" { (title) }
        p class="app-lead" { (about.description) }
        (nhs::summary_list_html(rows))
        @if !held.is_empty() {
            h2 { "Datasets" }
            ul class="nhsuk-list nhsuk-list--bullet" {
                @for entry in &held { li { a href=(links::dataset(&entry.dataset.slug)) { (record::title(&entry.dataset.title, &entry.dataset.name)) } } }
            }
        }
        @if let (Some(first), false) = (held.first(), versions.is_empty()) {
            h2 { "Versions" }
            (past::versions(&first.dataset.slug, &versions, 20))
        }
        (record::downloads(asked, "this data model"))
        p { a href={ "/export/workbook/" (about.slug) ".xlsx" } download { "Download its workbook, which imports again (XLSX)" } }
    };
    let mut page = page(title, Place::Datasets, Standing::Of(vec![about.slug.clone()]), body);
    page.crumbs = vec![Crumb::new("Home", "/"), Crumb::new("Data models", "/models")];
    Ok(page.into())
}
