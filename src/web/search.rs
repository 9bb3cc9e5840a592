//! `/search`: everything in the catalogue by words, narrowed down by filters that say how much is left of each.

use maud::{Markup, PreEscaped, html};

use super::answer::{Answer, Asked, NoPage, Twin, page};
use super::components::{
    self as nhs, Choice, Choices, Colour, Control, Label, Pages, SearchInput, Select, SelectItem, tag,
};
use super::layout::{Place, Standing};
use super::query::Query;
use super::visitor::Visitor;
use super::{links, record, text};
use crate::app::{Bucket, Datum, Facet, Hit, Kind, ListingSheet, Matched, SearchRequest, SearchResults};
use crate::domain::refs::{Ref, Slug};
use crate::domain::words::{DataType, Provenance, Sensitivity};

/// Results on one page.
const A_PAGE: usize = 25;
/// Values of a filter shown before the rest.
const FIRST_VALUES: usize = 6;
/// The most results of one file.
const MOST_LISTED: usize = 1_000;

/// A filter: the name in the address, the facet that counts it, what people call it.
struct Filter {
    name: &'static str,
    facet: &'static str,
    legend: &'static str,
}

/// The names in an address that belong to a plan; a search that a plan began keeps them.
const PLAN_NAMES: [&str; 5] = ["item", "project", "held", "avoid", "as-of"];

const FILTERS: [Filter; 6] = [
    Filter { name: "kind", facet: "kind", legend: "Level" },
    Filter { name: "dataset", facet: "dataset", legend: "Dataset" },
    Filter { name: "key", facet: "identifierScheme", legend: "Linkage key" },
    Filter { name: "type", facet: "dataType", legend: "Type of field" },
    Filter { name: "sensitivity", facet: "sensitivity", legend: "Sensitivity" },
    Filter { name: "origin", facet: "provenance", legend: "Where it comes from" },
];

/// `/search`
pub fn search(visitor: &Visitor, asked: &Asked) -> Result<Answer, NoPage> {
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
    if asked.twin != Twin::Html || sort == "name" {
        (request.first, request.offset) = (MOST_LISTED, 0);
    }
    let mut results = visitor.view.search(&request)?;
    if sort == "name" {
        results.hits.sort_by_key(|hit| (record::title(&hit.title, &hit.name).to_lowercase(), hit.reference.clone()));
    }
    if asked.twin != Twin::Html {
        return Ok(visitor
            .listing(&format!("Search results for “{}”", request.query), "search", asked, vec![listing(&results)])
            .into());
    }
    if sort == "name" {
        results.hits = results.hits.into_iter().skip((current - 1) * A_PAGE).take(A_PAGE).collect();
    }
    // What each filter would give if it alone were lifted, so that a second value of it can be ticked.
    let facets = facets(visitor, &request, &results)?;
    let last = results.total.min(if sort == "name" { MOST_LISTED } else { usize::MAX }).div_ceil(A_PAGE).max(1);
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
    let sorts = [("", "Best match"), ("name", "A to Z")].map(|(value, text)| SelectItem::new(value, text));
    let sort_control = Control {
        id: "sort",
        name: "sort",
        label: Label { text: "Sort by", ..Label::default() },
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
                    @let items = plan.all("item").count();
                    @if items > 0 { p { "Your plan holds " (text::count(items, "thing")) ". " a href=(plan.href("/plan")) { "Back to the plan" } } }
                }
                div class="app-facets-column" {
                    h2 class="nhsuk-heading-m" { "Filter" }
                    (nhs::select(&Select { control: sort_control, items: &sorts, value: sort }))
                    div data-part="facets" { (filters(visitor, query, &facets)) }
                    button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="submit" data-facets-apply { "Apply filters" }
                }
            }
            div {
                p class="nhsuk-u-visually-hidden" role="status" data-told {}
                div data-part="results" {
                    h2 class="nhsuk-heading-m" data-count { (said) }
                    @if results.shortened { p { "Your search was very long, so its end was not looked at." } }
                    (chips(visitor, query))
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

/// The facets of an answer; of a filter in use, those that the other filters leave.
fn facets(visitor: &Visitor, request: &SearchRequest, results: &SearchResults) -> Result<Vec<Facet>, NoPage> {
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

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Dataset => "Dataset",
        Kind::Table => "Table",
        Kind::IdentifierScheme => "Linkage key",
        Kind::Approval => "Approval",
        Kind::Crosswalk => "Crosswalk",
        Kind::Field => "Field",
    }
}

/// The values of a filter; ticked ones that nothing is left of can still be unticked.
fn with_ticked(facet: &Facet, query: &Query, name: &str) -> Vec<Bucket> {
    let mut buckets = facet.buckets.clone();
    let gone = query.all(name).filter(|value| !facet.buckets.iter().any(|bucket| bucket.value == *value));
    buckets.extend(gone.map(|value| Bucket { value: value.to_owned(), count: 0 }));
    buckets
}

fn filters(visitor: &Visitor, query: &Query, facets: &[Facet]) -> Markup {
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
                    @let first: Vec<Choice> = first.into_iter().map(|(_, bucket)| choice(bucket)).collect();
                    @let rest: Vec<Choice> = rest.into_iter().map(|(_, bucket)| choice(bucket)).collect();
                    (nhs::checkboxes(&Choices { id: filter.name, name: filter.name, legend: filter.legend, small: true, items: &first, ..Choices::default() }))
                    @if !rest.is_empty() {
                        details class="nhsuk-details app-facets__rest" {
                            summary class="nhsuk-details__summary" {
                                span class="nhsuk-details__summary-text" { "Show " (rest.len()) " more" span class="nhsuk-u-visually-hidden" { " of " (filter.legend) } }
                            }
                            div role="group" aria-label={ "More of " (filter.legend) } {
                                (nhs::checkboxes(&Choices { id: filter.name, name: filter.name, small: true, items: &rest, ..Choices::default() }))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The filters in use, each with a way to lift it.
fn chips(visitor: &Visitor, query: &Query) -> Markup {
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

fn found(visitor: &Visitor, asked: &Asked, request: &SearchRequest, results: &SearchResults) -> Markup {
    let words: Vec<String> = request
        .query
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
        .filter(|word| word.chars().count() > 1)
        .collect();
    html! {
        @if !results.suggestions.is_empty() {
            p {
                @if results.total > 0 { "Nothing is spelt so; these are close. " }
                "Did you mean "
                @for (at, suggestion) in results.suggestions.iter().enumerate() {
                    @if at > 0 { @if at + 1 == results.suggestions.len() { " or " } @else { ", " } }
                    a href=(asked.query.without("page").set("q", suggestion.clone()).href("/search")) { (suggestion) }
                }
                "?"
            }
        }
        @if results.hits.is_empty() {
            @if results.total == 0 {
                p { "Nothing was found. You could:" }
                ul class="nhsuk-list nhsuk-list--bullet" {
                    li { "use fewer or other words" }
                    @if FILTERS.iter().any(|filter| asked.query.first(filter.name).is_some()) { li { "remove some or all of the filters" } }
                    li { a href="/datasets" { "browse the datasets" } " or " a href="/keys" { "the linkage keys" } }
                }
                p { "If the data you need is not listed it may not be curated yet: " a href="/contact" { "ask the team" } "." }
            } @else {
                p { "There is no such page of results. " a href=(asked.query.without("page").href("/search")) { "Show the first page" } "." }
            }
        } @else {
            ol class="app-results" { @for hit in &results.hits { (result(visitor, asked, hit, &words)) } }
        }
    }
}

fn result(visitor: &Visitor, asked: &Asked, hit: &Hit, words: &[String]) -> Markup {
    let catalogue = &visitor.view.catalogue;
    let reference: Option<Ref> = match hit.kind {
        Kind::Dataset | Kind::Table | Kind::Field => hit.reference.parse().ok(),
        _ => None,
    };
    let href = match (&reference, hit.kind) {
        (Some(reference), _) => links::reference(reference),
        (None, Kind::IdentifierScheme) => format!("/keys/{}", hit.reference),
        (None, Kind::Crosswalk) => format!("/crosswalks/{}", hit.reference),
        (None, _) => {
            crate::domain::approval::Code::parse(&hit.reference).map_or_else(String::new, |code| links::approval(&code))
        }
    };
    let dataset = reference.as_ref().and_then(|reference| catalogue.dataset(reference.dataset()));
    let table = match &reference {
        Some(Ref::Field(field)) => catalogue.table(&field.table),
        Some(Ref::Table(table)) => catalogue.table(table),
        _ => None,
    };
    let field = match &reference {
        Some(Ref::Field(field)) => catalogue.field(field),
        _ => None,
    };
    html! {
        li class="app-result" {
            div {
                p class="app-crumb" {
                    @if let Some(entry) = dataset {
                        @if hit.kind != Kind::Dataset { (record::title(&entry.dataset.title, &entry.dataset.name)) " › " }
                    }
                    @if let (Some(table), Kind::Field) = (table, hit.kind) { (record::title(&table.table.title, &table.table.name)) " › " }
                    (kind_name(hit.kind))
                }
                h3 { a href=(href) { (marked(record::title(&hit.title, &hit.name), words)) } }
                @if hit.description.is_empty() { p class="app-muted" { "No description yet" } } @else { p { (marked(&hit.description, words)) } }
                ul class="app-result__meta" {
                    @if field.is_some_and(|field| field.scheme.is_some()) { li { (tag("Linkage key", Colour::Purple)) } }
                    @if hit.name != hit.title && !hit.name.is_empty() { li { "Name in model: " b { (hit.name) } } }
                    @if let Some(field) = field { li { "Type: " b { (super::field_rows::kind(field)) } } }
                    @if let (Some(table), Kind::Table) = (table, hit.kind) { li { "Fields: " b { (table.fields.len()) } } }
                    @if let (Some(entry), Kind::Dataset) = (dataset, hit.kind) { li { "Tables: " b { (entry.tables.len()) } } li { "Custodian: " b { (entry.dataset.custodian) } } }
                    @if let Some(why) = why(&hit.matched) { li { (why) } }
                }
            }
            @if reference.is_some() {
                div class="app-result__actions" {
                    (visitor.add_small(&hit.reference, record::title(&hit.title, &hit.name), asked))
                    (plan_link(asked, &hit.reference, record::title(&hit.title, &hit.name)))
                }
            }
        }
    }
}

/// A link that adds a result to the plan that the search began from, or begins one.
fn plan_link(asked: &Asked, reference: &str, title: &str) -> Markup {
    let held: Vec<&str> = asked.query.all("item").collect();
    html! {
        @if held.contains(&reference) { span class="app-small app-muted" { "In your plan" } } @else {
            a class="app-small app-nowrap" href=(planned(asked).with("item", reference).href("/plan")) {
                @if held.is_empty() { "Plan a linkage" (nhs::hidden(&format!(" with {title}"))) } @else { "Add to plan" (nhs::hidden(&format!(": {title}"))) }
            }
        }
    }
}

/// What the address says of the plan that the search began from.
fn planned(asked: &Asked) -> Query {
    asked.query.pairs().filter(|(name, _)| PLAN_NAMES.contains(name)).collect()
}

/// Why something was found, where that is not plain to see.
fn why(matched: &[Matched]) -> Option<&'static str> {
    let plain = [Matched::Name, Matched::Title, Matched::Description];
    let has = |one: Matched| matched.contains(&one);
    if has(Matched::Synonym) {
        Some("Found by another word for what you asked")
    } else if has(Matched::Spelling) {
        Some("Found by a similar spelling")
    } else if matched.iter().any(|one| plain.contains(one)) {
        None
    } else if has(Matched::Values) {
        Some("Found in its codes")
    } else if has(Matched::IdentifierScheme) {
        Some("Found by the key that it holds")
    } else if has(Matched::Keywords) {
        Some("Found by its keywords")
    } else {
        None
    }
}

/// A text with the words that were asked for marked.
fn marked(text: &str, words: &[String]) -> Markup {
    let mut out = String::new();
    let mut word = String::new();
    let flush = |word: &mut String, out: &mut String| {
        let lower = word.to_lowercase();
        let hit = words
            .iter()
            .any(|wanted| lower == *wanted || (wanted.chars().count() > 2 && lower.starts_with(wanted.as_str())));
        let escaped = html! { (word) }.0;
        if hit {
            out.push_str("<mark>")
        }
        out.push_str(&escaped);
        if hit {
            out.push_str("</mark>")
        }
        word.clear();
    };
    for c in text.chars() {
        if c.is_alphanumeric() {
            word.push(c);
        } else {
            flush(&mut word, &mut out);
            out.push_str(&html! { (c) }.0);
        }
    }
    flush(&mut word, &mut out);
    PreEscaped(out)
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
