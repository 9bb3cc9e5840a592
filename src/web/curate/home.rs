//! `/curate`: the data models that somebody looks after, what is published of each, what waits, what was found.

use maud::{Markup, html};

use super::super::answer::{Answer, Asked, NoPage, Twin};
use super::super::components::{self as nhs, Button, Colour, Column, DataTable, Row, tag};
use super::super::visitor::Visitor;
use super::super::{record, text};
use super::framed;
use super::report::{self, counted};
use crate::app::{App, CuratedModel, Datum, ListingSheet, WaitingDraft};
use crate::domain::access::Curate;

/// `/curate`
pub async fn home(app: &App, visitor: &Visitor, asked: &Asked) -> Result<Answer, NoPage> {
    let permit = visitor.actor.permit::<Curate>()?;
    let models = app.curated(&permit).await?;
    if asked.twin != Twin::Html {
        return Ok(visitor.listing("Data models that you curate", "curated", asked, sheets(&models)).into());
    }
    let waiting = models.iter().map(|model| model.waiting.len()).sum::<usize>();
    let body = html! {
        (done(asked))
        div class="app-head" {
            h1 class="nhsuk-heading-l" { "Your data models" }
            p { (Button { text: "Upload a workbook", href: Some("/curate/uploads/new"), small: true, ..Button::default() }.html()) }
        }
        @if models.is_empty() {
            p class="app-lead" { "No data model is yours to look after yet. Ask an administrator to name them." }
        } @else {
            p { "You look after " (text::count(models.len(), "data model")) ". " @if waiting > 0 { (text::count(waiting, "upload")) " waiting to be published." } @else { "Nothing waits to be published." } }
        }
        @for model in &models { (one(model)) }
        @if !models.is_empty() { (record::downloads(asked, "this overview")) }
        p { a href="/curate/template" download { "Download the empty workbook" } " with drop-downs and notes, to describe a data model." }
    };
    let mut page = framed("Your data models", body);
    page.crumbs.pop();
    Ok(page.into())
}

fn done(asked: &Asked) -> Markup {
    match asked.query.text("done") {
        "discarded" => nhs::success_banner("The upload is discarded. What is published is as it was"),
        "restored" => nhs::success_banner("The old version is restored, as a new one"),
        _ => html! {},
    }
}

fn one(model: &CuratedModel) -> Markup {
    html! {
        div class="app-panel" {
            h2 class="nhsuk-heading-m" {
                @if model.current.is_some() { a href={ "/models/" (model.slug) } { (record::title(&model.title, model.slug.as_str())) } }
                @else { (model.slug) " " (tag("Not published", Colour::Grey)) }
            }
            @if let Some((version, at)) = model.current {
                (record::facts(&[
                    ("Version", version.to_string()),
                    ("Published", text::moment_day(at)),
                    ("Found in it", counted(&model.findings)),
                    ("Fields without a description", text::number(model.undescribed as u64)),
                ]))
                @if !model.findings.is_empty() {
                    (nhs::details("What was found in it", false, &report::findings(&model.findings, model.slug.as_str())))
                }
            } @else {
                p { "Upload a workbook whose slug is " span class="app-name" { (model.slug) } " to begin it." }
            }
            @if !model.waiting.is_empty() { (waiting(model)) }
        }
    }
}

fn waiting(model: &CuratedModel) -> Markup {
    let columns = [Column::text("Uploaded"), Column::text("By"), Column::text("Made for"), Column::text("State")];
    let row = |draft: &WaitingDraft| {
        Row::from(vec![
            html! { a href={ "/curate/uploads/" (draft.draft) } { (text::moment(draft.created_at)) } },
            html! { (draft.created_by) },
            html! { @if let Some(version) = draft.based_on { "Version " (version) } @else { "A new data model" } },
            html! { @if draft.stale { (tag("Overtaken", Colour::Orange)) } @else { (tag("Waiting", Colour::Blue)) } },
        ])
    };
    html! {
        div class="app-table" {
            (nhs::table(&DataTable {
                id: &format!("waiting-{}", model.slug), caption: &format!("Uploads waiting for {}", model.slug), caption_size: None, caption_hidden: false,
                columns: &columns, rows: model.waiting.iter().map(row).collect(), first_is_header: false, scrolls: true,
            }))
        }
    }
}

fn sheets(models: &[CuratedModel]) -> Vec<ListingSheet> {
    let count = |model: &CuratedModel, severity| {
        Datum::Count(model.findings.iter().filter(|finding| finding.severity == severity).count() as u64)
    };
    use crate::domain::finding::Severity;
    let overview = models.iter().map(|model| {
        vec![
            Datum::text(model.slug.as_str()),
            Datum::text(&model.title),
            Datum::word(model.current.map(|(version, _)| version)),
            Datum::word(model.current.map(|(_, at)| text::moment(at))),
            count(model, Severity::Error),
            count(model, Severity::Warning),
            count(model, Severity::Note),
            Datum::Count(model.undescribed as u64),
            Datum::Count(model.waiting.len() as u64),
        ]
    });
    let found: Vec<_> = models.iter().flat_map(|model| model.findings.iter().cloned()).collect();
    vec![
        ListingSheet {
            name: "Data models".to_owned(),
            columns: vec![
                "Data model",
                "Title",
                "Version",
                "Published",
                "Errors",
                "Warnings",
                "Notes",
                "Fields without description",
                "Uploads waiting",
            ],
            rows: overview.collect(),
        },
        report::sheet(&found),
    ]
}
