//! The filters beside search results: what each would leave, what is ticked, and the chips that lift one.

use maud::{Markup, html};

use super::datasets_by::{Trait, Traits, narrowed};
use super::results::kind_name;
use crate::app::{Bucket, Facet, Kind, SearchRequest, SearchResults};
use crate::domain::refs::Slug;
use crate::domain::words::Sensitivity;
use crate::web::answer::NoPage;
use crate::web::components::{self as nhs, Choice, Choices};
use crate::web::query::Query;
use crate::web::visitor::Visitor;
use crate::web::{record, text};

/// Filters of the search that stand before those by what is known of datasets.
const BEFORE_TRAITS: usize = 2;
/// Values of a filter shown before the rest.
const FIRST_VALUES: usize = 6;

/// Values of a filter that can be ticked at all: of more, those that would leave the most.
const MOST_VALUES: usize = 60;

/// A filter: the name in the address, the facet that counts it, what people call it.
struct Filter {
    name: &'static str,
    facet: &'static str,
    legend: &'static str,
}

/// The filters, in their order on the page.
const FILTERS: [Filter; 6] = [
    Filter { name: "kind", facet: "kind", legend: "Level" },
    Filter { name: "dataset", facet: "dataset", legend: "Dataset" },
    Filter { name: "key", facet: "identifierScheme", legend: "Linkage key" },
    Filter { name: "type", facet: "dataType", legend: "Type of field" },
    Filter { name: "sensitivity", facet: "sensitivity", legend: "Sensitivity" },
    Filter { name: "origin", facet: "provenance", legend: "Where it comes from" },
];

/// The facets of an answer; of a filter in use, those that the other filters leave. The traits of datasets stand among
/// them under their own names.
pub fn facets(
    visitor: &Visitor,
    query: &Query,
    traits: &Traits<'_>,
    request: &SearchRequest,
    results: &SearchResults,
) -> Result<Vec<Facet>, NoPage> {
    let mut facets = results.facets.clone();
    let allowed = traits.allowed(query, None);
    let search = |request: &SearchRequest, allowed: Option<&[Slug]>| -> Result<Vec<Facet>, NoPage> {
        let bare = SearchRequest { first: 0, offset: 0, ..request.clone() };
        Ok(match narrowed(&bare, allowed) {
            Some(request) => visitor.view.search(&request).facets,
            None => Vec::new(),
        })
    };
    for filter in &FILTERS {
        let mut lifted = request.clone();
        let used = match filter.name {
            "kind" => !std::mem::take(&mut lifted.kinds).is_empty(),
            "dataset" => !std::mem::take(&mut lifted.datasets).is_empty(),
            "key" => !std::mem::take(&mut lifted.schemes).is_empty(),
            "type" => !std::mem::take(&mut lifted.data_types).is_empty(),
            "sensitivity" => !std::mem::take(&mut lifted.sensitivities).is_empty(),
            _ => !std::mem::take(&mut lifted.provenances).is_empty(),
        };
        if used {
            let whole = search(&lifted, allowed.as_deref())?;
            facets.retain(|facet| facet.name != filter.facet);
            facets.extend(whole.into_iter().find(|facet| facet.name == filter.facet));
        }
    }
    for by in Trait::ALL {
        let buckets = if query.first(by.name()).is_some() {
            traits.facet(by, &search(request, traits.allowed(query, Some(by)).as_deref())?)
        } else {
            traits.facet(by, &results.facets)
        };
        facets.push(Facet { name: by.name(), buckets });
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
    known.unwrap_or_else(|| text::capital(value))
}

/// The values of a filter; ticked ones that nothing is left of can still be unticked.
fn with_ticked(buckets: &[Bucket], query: &Query, name: &str) -> Vec<Bucket> {
    let mut all = buckets.to_vec();
    let gone = query.all(name).filter(|value| !buckets.iter().any(|bucket| bucket.value == *value));
    all.extend(gone.map(|value| Bucket { value: value.to_owned(), count: 0 }));
    all
}

/// A filter as the page shows it.
struct Told<'a> {
    name: &'static str,
    legend: String,
    buckets: &'a [Bucket],
    said: &'a dyn Fn(&str) -> String,
}

/// The filters to tick, each value with how many it leaves.
pub fn filters(visitor: &Visitor, query: &Query, traits: &Traits<'_>, facets: &[Facet]) -> Markup {
    let buckets = |name: &str| facets.iter().find(|facet| facet.name == name).map_or(&[][..], |facet| &facet.buckets);
    let of_search = |filter: &Filter| {
        let said = |value: &str| said(visitor, filter.name, value);
        one(
            query,
            &Told { name: filter.name, legend: filter.legend.to_owned(), buckets: buckets(filter.facet), said: &said },
        )
    };
    let of_datasets = |by: Trait| {
        let said = |value: &str| Traits::said(by, value);
        one(query, &Told { name: by.name(), legend: traits.legend(by), buckets: buckets(by.name()), said: &said })
    };
    let (first, rest) = FILTERS.split_at(BEFORE_TRAITS);
    html! {
        @for filter in first { (of_search(filter)) }
        @for by in Trait::ALL { (of_datasets(by)) }
        @for filter in rest { (of_search(filter)) }
    }
}

fn one(query: &Query, told: &Told<'_>) -> Markup {
    let name = told.name;
    let choice = |bucket: &Bucket| Choice {
        // Of the value, not of its place: what is ticked keeps its id when the counts change.
        id: format!("{name}-{}", plain(&bucket.value)),
        value: bucket.value.clone(),
        text: format!("{} ({})", (told.said)(&bucket.value), text::number(bucket.count as u64)),
        hint: String::new(),
        chosen: query.has(name, &bucket.value),
    };
    let buckets = with_ticked(told.buckets, query, name);
    let (first, rest): (Vec<_>, Vec<_>) =
        buckets.iter().enumerate().partition(|(at, bucket)| *at < FIRST_VALUES || query.has(name, &bucket.value));
    let more = rest.len().saturating_sub(MOST_VALUES);
    let first: Vec<Choice> = first.into_iter().map(|(_, bucket)| choice(bucket)).collect();
    let rest: Vec<Choice> = rest.into_iter().take(MOST_VALUES).map(|(_, bucket)| choice(bucket)).collect();
    html! {
        @if !buckets.is_empty() {
            (nhs::checkboxes(&Choices { id: name, name, legend: &told.legend, small: true, items: &first, ..Choices::default() }))
            @if !rest.is_empty() {
                details class="nhsuk-details app-facets__rest" {
                    summary class="nhsuk-details__summary" {
                        span class="nhsuk-details__summary-text" { "Show " (rest.len()) " more" span class="nhsuk-u-visually-hidden" { " of " (told.legend) } }
                    }
                    div role="group" aria-label={ "More of " (told.legend) } {
                        (nhs::checkboxes(&Choices { id: name, name, small: true, items: &rest, ..Choices::default() }))
                        @if more > 0 { p class="app-small app-muted" { (text::number(more as u64)) " more have fewer results: use more words to come to them." } }
                    }
                }
            }
        }
    }
}

/// A value as part of an id: every value another.
fn plain(value: &str) -> String {
    let part = |c: char| if c.is_alphanumeric() || c == '-' { c.to_string() } else { format!("_{:x}", u32::from(c)) };
    value.chars().map(part).collect()
}

/// The filters in use, each with a way to lift it.
pub fn chips(visitor: &Visitor, query: &Query, traits: &Traits<'_>) -> Markup {
    let names = FILTERS.iter().map(|filter| (filter.name, filter.legend.to_owned()));
    let names = names.chain(Trait::ALL.into_iter().map(|by| (by.name(), traits.legend(by))));
    let used: Vec<(&str, String, &str)> =
        names.flat_map(|(name, legend)| query.all(name).map(move |value| (name, legend.clone(), value))).collect();
    let said = |name: &str, value: &str| match Trait::ALL.into_iter().find(|by| by.name() == name) {
        Some(by) => Traits::said(by, value),
        None => said(visitor, name, value),
    };
    html! {
        @if !used.is_empty() {
            ul class="app-chips" aria-label="Filters in use" {
                @for (name, legend, value) in &used {
                    li {
                        a class="app-chip" href=(query.less(name, value).without("page").href("/search")) {
                            span class="nhsuk-u-visually-hidden" { "Remove filter: " } (legend) ": " (said(name, value))
                        }
                    }
                }
                @let bare = used.iter().fold(query.without("page"), |query, (name, ..)| query.without(name));
                li { a href=(bare.href("/search")) { "Clear all filters" } }
            }
        }
    }
}

/// Whether any filter is in use.
pub fn any(query: &Query) -> bool {
    let names = FILTERS.iter().map(|filter| filter.name).chain(Trait::ALL.map(Trait::name));
    names.into_iter().any(|name| query.first(name).is_some())
}
