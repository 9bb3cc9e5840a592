//! A dataset as it was: `?v=3` shows version 3 of its data model, with a notice of what is current.

use maud::{Markup, html};

use super::answer::{Asked, NoPage};
use super::components::inset_text;
use super::query::Query;
use super::text;
use super::visitor::Visitor;
use crate::app::{App, VersionHead};
use crate::domain::catalogue::Catalogue;
use crate::domain::refs::Slug;

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
    let published = found.ok_or(NoPage::NotFound(Vec::new()))?;
    let catalogue = Catalogue::assemble([&published], visitor.actor.sees());
    Ok(Some(Past { version, catalogue, current }))
}

impl Past {
    /// That this is not the current version, and where that is.
    #[must_use]
    pub fn notice(&self, href: &str) -> Markup {
        inset_text(&html! {
            p {
                "You are looking at version " (self.version) ". The current version is " (self.current) ". "
                a href=(href) { "Show the current version" } "."
            }
        })
    }

    /// The query that keeps to this version.
    #[must_use]
    pub fn query(&self) -> Query {
        Query::from_iter([("v", self.version.to_string())])
    }
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
