//! The start page: what this is, a search box, the three things people come for, the datasets by data model, the next
//! committee dates, and what changed lately.

use maud::{Markup, html};

use super::answer::{Answer, page};
use super::components::{self as nhs, Control, Label, SearchInput, Size};
use super::layout::{Place, Standing};
use super::site::Site;
use super::visitor::Visitor;
use super::{links, record, text};
use crate::app::CommitteeDate;

/// Datasets listed of one source.
const MOST_OF_A_SOURCE: usize = 20;

/// `/`
#[must_use]
pub fn home(site: &Site, visitor: &Visitor) -> Answer {
    let catalogue = &visitor.view.catalogue;
    let tables = catalogue.tables().count();
    let fields = catalogue.tables().map(|table| table.fields.len()).sum::<usize>();
    let control = Control {
        id: "q",
        name: "q",
        label: Label { text: "Search datasets, tables, fields or keys", size: Some(Size::M), ..Label::default() },
        hint: Some("For example: blood pressure at booking, ICU ventilation, NHS number"),
        ..Control::default()
    };
    let body = html! {
        h1 class="nhsuk-heading-xl" { "Find health data, and what it takes to link it" }
        p class="app-lead" {
            "Which datasets, tables and fields exist, how they can be joined, and which approvals that needs, from whom and by which date."
        }
        form class="app-panel" action="/search" method="get" role="search" { (nhs::search_input(&SearchInput { control, value: "" })) }
        (record::facts(&[
            ("Datasets", text::number(catalogue.datasets.len() as u64)),
            ("Tables", text::number(tables as u64)),
            ("Fields", text::number(fields as u64)),
            ("Last published", visitor.view.published_at.map(text::moment_day).unwrap_or_default()),
        ]))
        @if catalogue.datasets.is_empty() {
            h2 { "No datasets published yet" }
            p { "Nothing that you may see has been published. Those who look after this catalogue publish data models with " code { "linkwright import FILE --publish" } "." }
        } @else {
            div class="app-columns app-columns--three" {
                (nhs::card(2, "Find data", "/datasets", "Browse datasets, their tables and fields, and the keys that link them."))
                (nhs::card(2, "See how datasets link", "/map", "The map of links, each with the approvals that it needs."))
                (nhs::card(2, "Plan a linkage", "/plan", "Name what you need: get the ways to join it, the approvals and the dates."))
            }
            (datasets(visitor))
            (dates(visitor))
            (lately(visitor))
        }
    };
    page(site.brand.service.clone(), Place::Elsewhere, Standing::All, body).into()
}

fn datasets(visitor: &Visitor) -> Markup {
    let catalogue = &visitor.view.catalogue;
    html! {
        h2 { "Datasets by source" }
        div class="app-groups" {
            @for head in catalogue.models.values() {
                @let held: Vec<_> = catalogue.datasets.values().filter(|entry| entry.model == head.about.slug).collect();
                @if !held.is_empty() {
                    div {
                        h3 class="nhsuk-heading-s" { (record::title(&head.about.title, head.about.slug.as_str())) }
                        ul class="nhsuk-list" {
                            @for entry in held.iter().take(MOST_OF_A_SOURCE) {
                                li {
                                    a href=(links::dataset(&entry.dataset.slug)) { (record::title(&entry.dataset.title, &entry.dataset.name)) }
                                    " " span class="app-muted app-small app-nowrap" { (text::count(entry.tables.len(), "table")) }
                                }
                            }
                            @if held.len() > MOST_OF_A_SOURCE {
                                li { a href={ "/models/" (head.about.slug) } { "All " (text::count(held.len(), "dataset")) " of this source" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn dates(visitor: &Visitor) -> Markup {
    let dates: Vec<CommitteeDate> = visitor.view.next_decisions(visitor.today);
    html! {
        @if !dates.is_empty() {
            h2 { "Next committee dates" }
            div class="app-panel" {
                @for date in &dates {
                    p {
                        strong { (date.body) } ": "
                        @if let Some(due) = date.submit_by { "papers by " (text::deadline(due)) ", " }
                        "decision " (text::weekday(date.decision)) "."
                        @if date.expected {
                            " " span class="app-muted" { "Expected from the usual rhythm: check the date before you rely on it." }
                        }
                        @if !date.note.is_empty() { " " (date.note) }
                    }
                }
            }
        }
    }
}

/// Data models of which it is told when they changed last.
const MOST_LATELY: usize = 5;

fn lately(visitor: &Visitor) -> Markup {
    let mut heads: Vec<_> = visitor.view.catalogue.models.values().collect();
    heads.sort_by_key(|head| std::cmp::Reverse((head.published_at, head.version)));
    html! {
        h2 { "What changed lately" }
        @let all = heads.len();
        ul class="nhsuk-list" {
            @for head in heads.into_iter().take(MOST_LATELY) {
                li {
                    a href={ "/models/" (head.about.slug) } { (record::title(&head.about.title, head.about.slug.as_str())) }
                    ", version " (head.version) ", published on " (text::moment_day(head.published_at))
                }
            }
        }
        p {
            @if all > MOST_LATELY { a href="/models" { "All " (text::count(all, "data model")) } " · " }
            a href="/changes.atom" { "Every version, as a feed (Atom)" }
        }
    }
}
