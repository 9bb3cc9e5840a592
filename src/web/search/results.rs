//! What a search found: each thing with its place, its words marked, why it was found, and what can be done with it.

use maud::{Markup, PreEscaped, html};

use super::{filters, planned};
use crate::app::{Hit, Kind, Matched, SearchRequest, SearchResults, telling_words};
use crate::domain::refs::Ref;
use crate::web::answer::Asked;
use crate::web::components::{self as nhs, Colour, tag};
use crate::web::visitor::Visitor;
use crate::web::{field_rows, links, record, text};

/// What people call a kind of thing.
pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Dataset => "Dataset",
        Kind::Table => "Table",
        Kind::IdentifierScheme => "Linkage key",
        Kind::Approval => "Approval",
        Kind::Crosswalk => "Crosswalk",
        Kind::Field => "Field",
    }
}

/// What was found, or what to try where nothing was.
pub fn found(visitor: &Visitor, asked: &Asked, request: &SearchRequest, results: &SearchResults) -> Markup {
    let words: Vec<String> = telling_words(&request.query);
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
                    @if filters::any(&asked.query) { li { "remove some or all of the filters" } }
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
    let words: Vec<String> =
        words.iter().cloned().chain(hit.other_words.iter().flat_map(|said| telling_words(said))).collect();
    let words = words.as_slice();
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
                    @if let (Some(entry), Kind::Dataset) = (dataset, hit.kind) { @if let Some(tag) = record::curated_tag(entry.dataset.curated) { li { (tag) } } }
                    @if hit.name != hit.title && !hit.name.is_empty() { li { "Name in model: " b { (hit.name) } } }
                    @if let Some(field) = field { li { "Type: " b { (field_rows::kind(field)) } } }
                    @if let (Some(table), Kind::Table) = (table, hit.kind) { li { "Fields: " b { (table.fields.len()) } } }
                    @if let (Some(entry), Kind::Dataset) = (dataset, hit.kind) { li { "Tables: " b { (entry.tables.len()) } } li { "Custodian: " b { (entry.dataset.custodian) } } }
                    @if let Some(why) = why(hit) { li { (why) } }
                }
            }
            @if reference.is_some() {
                div class="app-result__actions" {
                    (visitor.add_small(&hit.reference, record::title(&hit.title, &hit.name), &asked.href()))
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

/// Why something was found, where that is not plain to see.
fn why(hit: &Hit) -> Option<String> {
    let matched = hit.matched.as_slice();
    let plain = [Matched::Name, Matched::Title, Matched::Description];
    let has = |one: Matched| matched.contains(&one);
    if has(Matched::Synonym) && !hit.other_words.is_empty() {
        let words: Vec<String> = hit.other_words.iter().map(|word| format!("“{word}”")).collect();
        return Some(format!("Found by another word for what you asked: {}", text::list(&words)));
    }
    let why = if has(Matched::Spelling) {
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
    };
    why.map(str::to_owned)
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
