//! What the pages of records have in common: facts under the title, where a row comes from, downloads, a way to report a
//! problem, and how many approvals a link takes.

use maud::{Markup, html};

use super::answer::Asked;
use super::components::{Colour, SummaryRow, tag};
use super::links;
use super::query::Query;
use super::site::Site;
use super::text;
use crate::domain::approval::Recorded;
use crate::domain::catalogue::Catalogue;
use crate::domain::data_model::Extra;
use crate::domain::plan::ApprovalMark;
use crate::domain::refs::Slug;
use crate::domain::words::Provenance;

/// The room that a phone leaves for a picture, in pixels.
const PHONE: f64 = 340.0;

/// The facts under a title; those that are blank are left out.
#[must_use]
pub fn facts(facts: &[(&str, String)]) -> Markup {
    let told: Vec<_> = facts.iter().filter(|(_, value)| !value.is_empty()).collect();
    html! {
        @if !told.is_empty() {
            dl class="app-facts" {
                @for (name, value) in told { div { dt { (name) } dd { (value) } } }
            }
        }
    }
}

/// A title or, where there is none, the name.
#[must_use]
pub fn title<'a>(title: &'a str, name: &'a str) -> &'a str {
    if title.trim().is_empty() { name } else { title }
}

/// A tag that says how far a row can be trusted, where that is not plain.
#[must_use]
pub fn provenance_tag(provenance: Option<Provenance>) -> Markup {
    match provenance {
        None | Some(Provenance::Stated) => html! {},
        Some(Provenance::Standard) => tag("From the standard", Colour::White),
        Some(Provenance::Inferred) => tag("Inferred", Colour::Grey),
        Some(Provenance::Illustrative) => tag("Illustrative", Colour::Orange),
    }
}

/// A tag that says whether a dataset is curated, where that is recorded.
#[must_use]
pub fn curated_tag(curated: Option<bool>) -> Option<Markup> {
    curated.map(|yes| if yes { tag("Curated", Colour::Green) } else { tag("Not yet curated", Colour::Yellow) })
}

/// Where a row comes from, as a row of a summary list.
#[must_use]
pub fn origin(provenance: Option<Provenance>, source: &str) -> SummaryRow {
    SummaryRow::html(
        "Where this comes from",
        html! {
            (text::provenance(provenance)) "."
            @if !source.trim().is_empty() { br; span class="app-muted app-small" { "Source: " (source) } }
        },
    )
}

/// Columns that the canonical layout does not know.
#[must_use]
pub fn extra(extra: &Extra) -> Vec<Option<SummaryRow>> {
    extra.iter().map(|(name, value)| SummaryRow::text(name, value)).collect()
}

/// Links to the same page as files.
#[must_use]
pub fn downloads(asked: &Asked, what: &str) -> Markup {
    html! {
        ul class="app-inline" {
            @for (ending, name) in [("csv", "CSV"), ("xlsx", "XLSX"), ("json", "JSON")] {
                li { a href=(asked.twin_href(ending)) download { "Download " (what) " (" (name) ")" } }
            }
        }
    }
}

/// A way to say that something on a page is wrong.
#[must_use]
pub fn report(site: &Site, contact: &str, what: &str, address: &str) -> Markup {
    let to = if contact.contains('@') && !contact.contains(char::is_whitespace) {
        contact
    } else {
        &site.brand.contact_email
    };
    let query = Query::from_iter([
        ("subject", format!("{}: a problem with {what}", site.brand.service)),
        ("body", format!("The page {address} says:\n\nIt should say:\n")),
    ]);
    // Mail programs take %20, not +, for a space.
    let href = query.href(&format!("mailto:{to}")).replace('+', "%20");
    html! { p class="app-small" { a href=(href) { "Report a problem with this page" } } }
}

/// A box that hides what does not mention its words, of the rows in the part of the page with an id. Only scripts show it.
#[must_use]
pub fn narrowing(of: &str, id: &str, label: &str) -> Markup {
    html! {
        div class="nhsuk-form-group" data-filter=(of) hidden {
            label class="nhsuk-label" for=(id) { (label) }
            input class="nhsuk-input nhsuk-input--width-20" id=(id) type="text" autocomplete="off";
            p class="app-small app-muted" role="status" {}
        }
    }
}

/// What is recorded of approvals.
#[must_use]
pub fn approvals(catalogue: &Catalogue, recorded: &Recorded) -> Markup {
    match recorded {
        Recorded::NotRecorded => html! {
            "No approval recorded. That does not mean none is needed: ask before you apply."
        },
        Recorded::NoneNeeded => html! { "Stated that no approval is needed." },
        Recorded::Needs(codes) => html! {
            @for (at, code) in codes.iter().enumerate() {
                @if at > 0 { br; }
                @let title = catalogue.approvals.get(code).map(|approval| approval.title.as_str()).unwrap_or_default();
                a href=(links::approval(code)) { (code) } @if !title.is_empty() { " – " (title) }
            }
        },
    }
}

/// How many approvals beyond the standard application a link takes; `None`: there is no way.
#[must_use]
pub fn line(extra: Option<usize>) -> Markup {
    let class = match extra {
        Some(0) => "app-line--0",
        Some(1) => "app-line--1",
        Some(_) => "app-line--2",
        None => "app-line--none",
    };
    html! {
        svg class={ "app-line " (class) } width="40" height="8" viewBox="0 0 40 8" focusable="false" aria-hidden="true" { path d="M1 4H39" {} }
    }
}

/// A picture that keeps its size and scrolls by itself where the page is narrower.
#[must_use]
pub fn scrolling(label: &str, picture: &Markup) -> Markup {
    // The first width in a picture is its own.
    let width = picture.0.split_once("width=\"").and_then(|(_, rest)| rest.split('"').next());
    let wide = width.and_then(|width| width.parse::<f64>().ok()).is_some_and(|width| width > PHONE);
    html! {
        // A region that scrolls says so to those who hear it; this is for those who see a part of it.
        @if wide { p class="app-scroll-hint" aria-hidden="true" { "← Wider than this screen: move it sideways to see all of it →" } }
        div class="app-scroll" role="region" aria-label={ (label) ", scrolls sideways" } tabindex="0" { (picture) }
    }
}

/// The key to the lines of a picture.
#[must_use]
pub fn lines_key() -> Markup {
    html! {
        ul class="app-key" {
            li class="app-line-label" { (line(Some(0))) "Standard application only" }
            li class="app-line-label" { (line(Some(1))) "1 more approval" }
            li class="app-line-label" { (line(Some(2))) "2 or more" }
        }
    }
}

/// The approvals of a link on top of the standard application, with the line that the map draws it by.
#[must_use]
pub fn link_approvals(catalogue: &Catalogue, marks: &[ApprovalMark]) -> Markup {
    let extra: Vec<&ApprovalMark> = marks.iter().filter(|mark| mark.extra).collect();
    html! {
        span class="app-line-label" {
            (line(Some(extra.len())))
            span {
                @if marks.is_empty() { "None recorded" }
                @else if extra.is_empty() { "Standard application only" }
                @for (at, mark) in extra.iter().enumerate() {
                    @if at > 0 { @if at + 1 == extra.len() { " and " } @else { ", " } }
                    a href=(links::approval(&mark.code)) { (approval_title(catalogue, mark)) }
                }
            }
        }
    }
}

/// The title of an approval, or its code.
#[must_use]
pub fn approval_title<'a>(catalogue: &'a Catalogue, mark: &'a ApprovalMark) -> &'a str {
    catalogue
        .approvals
        .get(&mark.code)
        .map(|approval| approval.title.as_str())
        .filter(|title| !title.is_empty())
        .unwrap_or(mark.code.as_str())
}

/// The titles of identifier schemes, as links.
#[must_use]
pub fn schemes(catalogue: &Catalogue, slugs: &[Slug]) -> Markup {
    html! {
        @for (at, slug) in slugs.iter().enumerate() {
            @if at > 0 { " → " }
            a href=(links::key(slug)) { (scheme_title(catalogue, slug)) }
        }
        @if slugs.is_empty() { "a reference from one to the other" }
    }
}

/// The titles of identifier schemes, as text.
#[must_use]
pub fn scheme_chain(catalogue: &Catalogue, slugs: &[Slug]) -> String {
    if slugs.is_empty() {
        return "a reference".to_owned();
    }
    slugs.iter().map(|slug| scheme_title(catalogue, slug)).collect::<Vec<_>>().join(" → ")
}

/// The title of an identifier scheme, or its slug.
#[must_use]
pub fn scheme_title<'a>(catalogue: &'a Catalogue, slug: &'a Slug) -> &'a str {
    catalogue.schemes.get(slug).map(|scheme| title(&scheme.title, &scheme.name)).unwrap_or(slug.as_str())
}
