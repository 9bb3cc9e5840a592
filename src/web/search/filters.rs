//! The filters beside search results: what each would leave, what is ticked, and the chips that lift one.

use maud::{Markup, html};

use super::results::kind_name;
use crate::app::{Bucket, Facet, Kind, SearchRequest, SearchResults};
use crate::domain::refs::Slug;
use crate::domain::words::Sensitivity;
use crate::web::answer::NoPage;
use crate::web::components::{self as nhs, Choice, Choices};
use crate::web::query::Query;
use crate::web::visitor::Visitor;
use crate::web::{record, text};

/// Values of a filter shown before the rest.
const FIRST_VALUES: usize = 6;

/// Values of a filter that can be ticked at all: of more, those that would leave the most.
const MOST_VALUES: usize = 60;

/// A filter: the name in the address, the facet that counts it, what people call it.
pub struct Filter {
    /// Its name in the address.
    pub name: &'static str,
    facet: &'static str,
    legend: &'static str,
}

/// The filters, in their order on the page.
pub const FILTERS: [Filter; 6] = [
    Filter { name: "kind", facet: "kind", legend: "Level" },
    Filter { name: "dataset", facet: "dataset", legend: "Dataset" },
    Filter { name: "key", facet: "identifierScheme", legend: "Linkage key" },
    Filter { name: "type", facet: "dataType", legend: "Type of field" },
    Filter { name: "sensitivity", facet: "sensitivity", legend: "Sensitivity" },
    Filter { name: "origin", facet: "provenance", legend: "Where it comes from" },
];

/// The facets of an answer; of a filter in use, those that the other filters leave.
pub fn facets(visitor: &Visitor, request: &SearchRequest, results: &SearchResults) -> Result<Vec<Facet>, NoPage> {
    let mut facets = results.facets.clone();
    for filter in &FILTERS {
        let mut lifted = SearchRequest { first: 0, offset: 0, ..request.clone() };
        let used = match filter.name {
            "kind" => !std::mem::take(&mut lifted.kinds).is_empty(),
            "dataset" => !std::mem::take(&mut lifted.datasets).is_empty(),
            "key" => !std::mem::take(&mut lifted.schemes).is_empty(),
            "type" => !std::mem::take(&mut lifted.data_types).is_empty(),
            "sensitivity" => !std::mem::take(&mut lifted.sensitivities).is_empty(),
            _ => !std::mem::take(&mut lifted.provenances).is_empty(),
        };
        if used {
            let whole = visitor.view.search(&lifted)?;
            if let (Some(mine), Some(theirs)) = (
                facets.iter_mut().find(|facet| facet.name == filter.facet),
                whole.facets.into_iter().find(|facet| facet.name == filter.facet),
            ) {
                *mine = theirs;
            }
        }
    }
    Ok(facets)
}

/// What people call a value of a filter.
fn said(visitor: &Visitor, filter: &str, value: &str) -> String {
    let catalogue = &visitor.view.catalogue;
    let known = match filter {
        "kind" => Kind::parse(value).map(|kind| kind_name(kind).to_owned()),
        "dataset" => {
            let found = Slug::of(value).ok().and_then(|slug| catalogue.dataset(&slug).cloned());
            found.map(|entry| record::title(&entry.dataset.title, &entry.dataset.name).to_owned())
        }
        "key" => {
            let found = Slug::of(value).ok().and_then(|slug| catalogue.schemes.get(&slug).cloned());
            found.map(|scheme| record::title(&scheme.title, &scheme.name).to_owned())
        }
        "sensitivity" => Some(text::sensitivity(Sensitivity::parse(value)).to_owned()),
        _ => None,
    };
    known.unwrap_or_else(|| {
        let mut letters = value.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    })
}

/// The values of a filter; ticked ones that nothing is left of can still be unticked.
fn with_ticked(facet: &Facet, query: &Query, name: &str) -> Vec<Bucket> {
    let mut buckets = facet.buckets.clone();
    let gone = query.all(name).filter(|value| !facet.buckets.iter().any(|bucket| bucket.value == *value));
    buckets.extend(gone.map(|value| Bucket { value: value.to_owned(), count: 0 }));
    buckets
}

/// The filters to tick, each value with how many it leaves.
pub fn filters(visitor: &Visitor, query: &Query, facets: &[Facet]) -> Markup {
    html! {
        @for filter in &FILTERS {
            @if let Some(facet) = facets.iter().find(|facet| facet.name == filter.facet) {
                @let choice = |bucket: &Bucket| Choice {
                    // Of the value, not of its place: what is ticked keeps its id when the counts change.
                    id: format!("{}-{}", filter.name, bucket.value.replace(' ', "-")),
                    value: bucket.value.clone(),
                    text: format!("{} ({})", said(visitor, filter.name, &bucket.value), text::number(bucket.count as u64)),
                    hint: String::new(),
                    chosen: query.has(filter.name, &bucket.value),
                };
                @let buckets = with_ticked(facet, query, filter.name);
                @if !buckets.is_empty() {
                    @let (first, rest): (Vec<_>, Vec<_>) = buckets.iter().enumerate().partition(|(at, bucket)| *at < FIRST_VALUES || query.has(filter.name, &bucket.value));
                    @let more = rest.len().saturating_sub(MOST_VALUES);
                    @let first: Vec<Choice> = first.into_iter().map(|(_, bucket)| choice(bucket)).collect();
                    @let rest: Vec<Choice> = rest.into_iter().take(MOST_VALUES).map(|(_, bucket)| choice(bucket)).collect();
                    (nhs::checkboxes(&Choices { id: filter.name, name: filter.name, legend: filter.legend, small: true, items: &first, ..Choices::default() }))
                    @if !rest.is_empty() {
                        details class="nhsuk-details app-facets__rest" {
                            summary class="nhsuk-details__summary" {
                                span class="nhsuk-details__summary-text" { "Show " (rest.len()) " more" span class="nhsuk-u-visually-hidden" { " of " (filter.legend) } }
                            }
                            div role="group" aria-label={ "More of " (filter.legend) } {
                                (nhs::checkboxes(&Choices { id: filter.name, name: filter.name, small: true, items: &rest, ..Choices::default() }))
                                @if more > 0 { p class="app-small app-muted" { (text::number(more as u64)) " more have fewer results: use more words to come to them." } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The filters in use, each with a way to lift it.
pub fn chips(visitor: &Visitor, query: &Query) -> Markup {
    let used: Vec<(&Filter, &str)> =
        FILTERS.iter().flat_map(|filter| query.all(filter.name).map(move |value| (filter, value))).collect();
    html! {
        @if !used.is_empty() {
            ul class="app-chips" aria-label="Filters in use" {
                @for (filter, value) in &used {
                    li {
                        a class="app-chip" href=(query.less(filter.name, value).without("page").href("/search")) {
                            span class="nhsuk-u-visually-hidden" { "Remove filter: " } (filter.legend) ": " (said(visitor, filter.name, value))
                        }
                    }
                }
                @let bare = FILTERS.iter().fold(query.without("page"), |query, filter| query.without(filter.name));
                li { a href=(bare.href("/search")) { "Clear all filters" } }
            }
        }
    }
}
