//! `/search`: everything in the catalogue by words, narrowed down by filters that say how much is left of each.

mod datasets_by;
mod filters;
mod results;

use std::cmp::Reverse;

use jiff::Timestamp;
use maud::html;

use super::answer::{Answer, Asked, NoPage, Twin, page};
use super::components::{self as nhs, Control, Label, Pages, SearchInput};
use super::layout::{Place, Standing};
use super::query::Query;
use super::site::Site;
use super::visitor::Visitor;
use super::{links, record, text};
use crate::app::{Datum, Hit, Kind, ListingSheet, SearchRequest, SearchResults};
use crate::domain::refs::Slug;
use crate::domain::words::{DataType, Provenance, Sensitivity};
use datasets_by::{Traits, narrowed};
use filters::{chips, facets, filters};
use results::{found, kind_name};

/// Results on one page.
const A_PAGE: usize = 25;
/// The most results of one file.
const MOST_LISTED: usize = 1_000;

/// The orders of results: in the address and in words.
const SORTS: [(&str, &str); 3] = [("", "Best match"), ("name", "A to Z"), ("recent", "Recently changed")];

/// The names in an address that belong to a plan; a search that a plan began keeps them.
const PLAN_NAMES: [&str; 6] = ["item", "project", "held", "avoid", "max", "as-of"];

/// `/search`
pub fn search(site: &Site, visitor: &Visitor, asked: &Asked) -> Result<Answer, NoPage> {
    let query = &asked.query;
    let current = query.text("page").parse::<usize>().unwrap_or(1).max(1);
    let sort = query.text("sort");
    let mut request = SearchRequest {
        query: query.text("q").to_owned(),
        kinds: query.all("kind").filter_map(Kind::parse).collect(),
        datasets: query.all("dataset").filter_map(|text| Slug::of(text).ok()).collect(),
        schemes: query.all("key").filter_map(|text| Slug::of(text).ok()).collect(),
        data_types: query.all("type").filter_map(DataType::parse).collect(),
        sensitivities: query.all("sensitivity").filter_map(Sensitivity::parse).collect(),
        provenances: query.all("origin").filter_map(Provenance::parse).collect(),
        first: A_PAGE,
        offset: (current - 1).saturating_mul(A_PAGE),
    };
    let sorted = SORTS.iter().any(|(name, _)| !name.is_empty() && *name == sort);
    if asked.twin != Twin::Html || sorted {
        (request.first, request.offset) = (MOST_LISTED, 0);
    }
    let traits = Traits::read(site, visitor);
    let mut results = match narrowed(&request, traits.allowed(query, None).as_deref()) {
        Some(request) => visitor.view.search(&request),
        None => SearchResults::default(),
    };
    match sort {
        "name" => {
            results.hits.sort_by_key(|hit| (record::title(&hit.title, &hit.name).to_lowercase(), hit.reference.clone()))
        }
        "recent" => results.hits.sort_by_key(|hit| Reverse(published(visitor, hit))),
        _ => {}
    }
    if asked.twin != Twin::Html {
        return Ok(visitor
            .listing(&format!("Search results for “{}”", request.query), "search", asked, vec![listing(&results)])
            .into());
    }
    if sorted {
        results.hits = results.hits.into_iter().skip((current - 1) * A_PAGE).take(A_PAGE).collect();
    }
    // What each filter would give if it alone were lifted, so that a second value of it can be ticked.
    let facets = facets(visitor, query, &traits, &request, &results)?;
    let last = results.total.min(if sorted { MOST_LISTED } else { usize::MAX }).div_ceil(A_PAGE).max(1);
    let said = if request.query.trim().is_empty() {
        format!("{} in the catalogue", text::count(results.total, "entry"))
    } else {
        format!("{} for “{}”", text::count(results.total, "result"), request.query.trim())
    };
    let control = Control {
        id: "q",
        name: "q",
        label: Label { text: "Datasets, tables, fields or keys", ..Label::default() },
        ..Control::default()
    };
    let body = html! {
        h1 class="nhsuk-heading-l" { "Search the catalogue" }
        // Results hold forms of their own, so the search form ends beside them; the grid puts its parts in their places.
        div class="app-columns app-columns--facets" {
            form class="app-contents" action="/search" method="get" data-facets role="search" {
                div class="app-panel app-columns__all" {
                    (nhs::search_input(&SearchInput { control, value: query.text("q") }))
                    @let plan = planned(asked);
                    @for (name, value) in plan.pairs() { input type="hidden" name=(name) value=(value); }
                    @if sorted { input type="hidden" name="sort" value=(sort); }
                    @let items = plan.all("item").count();
                    @if items > 0 { p { "Your plan holds " (text::count(items, "thing")) ". " a href=(plan.href("/plan")) { "Back to the plan" } } }
                }
                div class="app-facets-column" {
                    @let filters = filters(visitor, query, &traits, &facets);
                    // Of nothing there is nothing to choose.
                    @if !filters.0.is_empty() {
                        button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="button" data-facets-show aria-expanded="false" hidden { "Show filters" }
                        p class="app-past-facets" { a href="#results" { "Skip the filters and go to the results" } }
                        h2 class="nhsuk-heading-m" { "Filter" }
                    }
                    div data-part="facets" { (filters) }
                    @if !filters.0.is_empty() {
                        button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="submit" data-facets-apply { "Apply filters" }
                    }
                }
            }
            div {
                p class="nhsuk-u-visually-hidden" role="status" data-told {}
                div data-part="results" {
                    div class="app-head" {
                        h2 class="nhsuk-heading-m" id="results" tabindex="-1" data-count { (said) }
                        @if results.total > 1 {
                            ul class="app-inline" aria-label="Sort by" {
                                @for (value, name) in SORTS { li { @if value == sort || (value.is_empty() && !sorted) { strong { (name) } } @else { a href=(query.without("page").set("sort", value).href("/search")) { (name) } } } }
                            }
                        }
                    }
                    @if results.shortened { p { "Your search was very long, so its end was not looked at." } }
                    @if results.partial && !results.hits.is_empty() { p { "Nothing has all of your words. These have most of them." } }
                    (chips(visitor, query, &traits))
                    @let ticked: Vec<&str> = query.all("dataset").collect();
                    @if ticked.len() > 1 { p { a href=(links::plan(&ticked)) { "Plan a linkage of these " (ticked.len()) " datasets" } } }
                    (found(visitor, asked, &request, &results))
                    (nhs::pagination(Pages { current: current.min(last), last }, &|page| query.set("page", page.to_string()).href("/search")))
                    @if results.total > 0 {
                        (record::downloads(asked, "these results"))
                        @if results.total > MOST_LISTED { p class="app-small app-muted" { "Files hold the first " (text::number(MOST_LISTED as u64)) " results." } }
                    }
                }
            }
        }
    };
    let title = if request.query.trim().is_empty() {
        "Search the catalogue".to_owned()
    } else {
        format!("{} – search", request.query.trim())
    };
    Ok(page(title, Place::Search, Standing::All, body).into())
}

/// When that which was found was published last; what lies in no dataset goes last.
fn published(visitor: &Visitor, hit: &Hit) -> Option<Timestamp> {
    let catalogue = &visitor.view.catalogue;
    let entry = hit.dataset.as_ref().and_then(|slug| catalogue.dataset(slug))?;
    catalogue.models.get(&entry.model).map(|head| head.published_at)
}

/// What the address says of the plan that the search began from.
fn planned(asked: &Asked) -> Query {
    asked.query.pairs().filter(|(name, _)| PLAN_NAMES.contains(name)).collect()
}

fn listing(results: &SearchResults) -> ListingSheet {
    let row = |hit: &Hit| {
        vec![
            Datum::text(kind_name(hit.kind)),
            Datum::text(&hit.reference),
            Datum::text(&hit.title),
            Datum::text(&hit.name),
            Datum::text(&hit.description),
            Datum::word(hit.dataset.as_ref()),
            Datum::text(hit.matched.iter().map(|matched| matched.as_str()).collect::<Vec<_>>().join("; ")),
        ]
    };
    ListingSheet {
        name: "Results".to_owned(),
        columns: vec!["Level", "Reference", "Title", "Name in model", "Description", "Dataset", "Found in"],
        rows: results.hits.iter().map(row).collect(),
    }
}
