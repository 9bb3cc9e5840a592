//! A dataset as it was: `?v=3` shows version 3 of its data model, with a notice of what is current; and what is said of
//! something that only earlier versions held.

use maud::{Markup, html};

use super::answer::{Asked, NoPage, page};
use super::components::{breaking, inset_text};
use super::layout::{Page, Place, Standing};
use super::query::Query;
use super::visitor::Visitor;
use super::{links, text};
use crate::app::{App, SeenIn, VersionHead};
use crate::domain::catalogue::Catalogue;
use crate::domain::refs::{Ref, Slug};

/// One version of a data model, as the visitor may see it.
#[derive(Clone, Debug)]
pub struct Past {
    /// The version.
    pub version: i32,
    /// Its content.
    pub catalogue: Catalogue,
    current: i32,
}

/// The version that an address asks for; `None` where it is the current one, or none is asked for.
pub async fn wanted(app: &App, visitor: &Visitor, asked: &Asked, dataset: &Slug) -> Result<Option<Past>, NoPage> {
    let Some(text) = asked.query.first("v") else { return Ok(None) };
    let version: i32 =
        text.parse().map_err(|_| NoPage::Bad(format!("“{text}” is no version: write a number, such as ?v=1")))?;
    let model = visitor.view.catalogue.dataset(dataset).map(|entry| entry.model.clone());
    let Some(model) = model else { return Ok(None) };
    let current = visitor.view.catalogue.models.get(&model).map_or(0, |head| head.version);
    if version == current {
        return Ok(None);
    }
    let found = app.model_version(&visitor.actor, &model, version).await?;
    // Nobody who looks for a version need guess which there are.
    let there = || vec![format!("/datasets/{dataset}/history"), format!("/datasets/{dataset}")];
    let published = found.ok_or_else(|| NoPage::NotFound(there()))?;
    let catalogue = Catalogue::assemble([&published], visitor.actor.sees());
    Ok(Some(Past { version, catalogue, current }))
}

impl Past {
    /// That this is not the current version, where that is, and what changed in the dataset since.
    #[must_use]
    pub fn notice(&self, href: &str, dataset: &Slug) -> Markup {
        inset_text(&html! {
            p {
                "You are looking at version " (self.version) ". The current version is " (self.current) ". "
                a href=(href) { "Show the current version" } ", or "
                a href={ (links::dataset(dataset)) "/compare?from=" (self.version) "&to=" (self.current) } { "what changed since" } "."
            }
        })
    }

    /// The query that keeps to this version.
    #[must_use]
    pub fn query(&self) -> Query {
        Query::from_iter([("v", self.version.to_string())])
    }
}

/// What is said of a table or field that an earlier version held.
#[must_use]
pub fn gone(reference: &Ref, last: SeenIn) -> Page {
    let (kind, name) = match reference {
        Ref::Dataset(slug) => ("dataset", slug.to_string()),
        Ref::Table(table) => ("table", table.table.to_string()),
        Ref::Field(field) => ("field", field.field.to_string()),
    };
    let title = format!("{name} is no longer in the catalogue");
    let body = html! {
        h1 class="nhsuk-heading-l" { (breaking(&title)) }
        p { "The " (kind) " " span class="app-name" { (breaking(&reference.to_string())) } " was last in version " (last.version) ", published on " (text::moment_day(last.published_at)) "." }
        ul class="nhsuk-list nhsuk-list--bullet" {
            li { a href={ (links::reference(reference)) "?v=" (last.version) } { "Show it as it was in version " (last.version) } }
            li { a href={ (links::dataset(reference.dataset())) "/history" } { "What changed since: the versions of the dataset" } }
            li { a href=(Query::from_iter([("q", name.as_str())]).href("/search")) { "Search for it under another name" } }
        }
    };
    // Gone, and not merely unknown.
    Page { status: 410, ..page(title, Place::Datasets, Standing::Nothing, body) }
}

/// Where what changed is told, of something that lies in a dataset.
#[must_use]
pub fn history_link(dataset: &Slug) -> Markup {
    html! { p { a href={ "/datasets/" (dataset) "/history" } { "Versions of this dataset, and what changed" } } }
}

/// The latest versions as a list.
#[must_use]
pub fn versions(dataset: &Slug, versions: &[VersionHead], most: usize) -> Markup {
    html! {
        ul class="nhsuk-list" {
            @for (at, head) in versions.iter().take(most).enumerate() {
                li {
                    a href={ "/datasets/" (dataset) "?v=" (head.version) } { "Version " (head.version) }
                    ", published on " (text::moment_day(head.published_at))
                    @if !head.label.is_empty() { " (" (head.label) ")" }
                    @if let Some(before) = versions.get(at + 1) {
                        ", " a href={ "/datasets/" (dataset) "/compare?from=" (before.version) "&to=" (head.version) } {
                            "what changed since version " (before.version)
                        }
                    }
                }
            }
        }
    }
}
