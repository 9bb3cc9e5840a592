//! What every page has around its content: head, header, breadcrumb, notices, footer.

use std::time::Duration;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::components::{self as nhs, Brand, Crumb, FooterLink, Header, NavItem};
use super::site::Site;
use super::visitor::Visitor;
use crate::domain::catalogue::ModelHead;
use crate::domain::refs::Slug;

/// The part of the site that a page belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The start page and whatever the navigation does not lead to.
    #[default]
    Elsewhere,
    /// Search.
    Search,
    /// Datasets, tables, fields.
    Datasets,
    /// The linkage map and link records.
    Map,
    /// The planner.
    Plan,
    /// How to get access.
    Help,
    /// The API.
    Api,
    /// What curators do.
    Curate,
    /// What administrators do.
    Admin,
}

/// Whose notes on their standing a page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Of every data model: the page is about all of them.
    #[default]
    All,
    /// Of these data models.
    Of(Vec<Slug>),
    /// Of none: the page says nothing about data.
    Nothing,
}

/// A page before its surroundings.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The title, as in its heading.
    pub title: String,
    /// Where it belongs.
    pub place: Place,
    /// The pages above it.
    pub crumbs: Vec<Crumb>,
    /// The data models that it is about.
    pub standing: Standing,
    /// Whether a form on it was filled in wrongly.
    pub faulty: bool,
    /// Whether the query explorer runs on it.
    pub explorer: bool,
    /// The HTTP status; 0 is 200.
    pub status: u16,
    /// Its content.
    pub body: Markup,
}

const NAVIGATION: [(&str, &str, Place); 6] = [
    ("Search", "/search", Place::Search),
    ("Datasets", "/datasets", Place::Datasets),
    ("Linkage map", "/map", Place::Map),
    ("Plan a linkage", "/plan", Place::Plan),
    ("How to get access", "/help", Place::Help),
    ("API", "/api", Place::Api),
];

/// The whole page.
#[must_use]
pub fn render(site: &Site, visitor: &Visitor, page: &Page) -> Markup {
    let brand = &site.brand;
    let notes = standing(visitor, &page.standing);
    let error = if page.faulty { "Error: " } else { "" };
    let title = if page.title == brand.service {
        format!("{error}{}", page.title)
    } else {
        format!("{error}{} – {}", page.title, brand.service)
    };
    let logo = (!brand.logo.is_empty()).then(|| format!("/brand/{}", brand.logo));
    let parts = NAVIGATION.into_iter().chain(visitor.parts());
    let navigation: Vec<NavItem<'_>> = parts
        .map(|(text, href, place)| {
            let current = (place == page.place).then_some("true");
            NavItem { text, href, current }
        })
        .collect();
    let header = nhs::header(&Header {
        brand: Brand { service: &brand.service, organisation: &brand.organisation, logo: logo.as_deref() },
        account: visitor.account(),
        navigation: &navigation,
    });
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                title { (title) }
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="theme-color" content="#005eb8";
                // A reconstruction must not be found as if it were the real thing.
                @if !notes.is_empty() { meta name="robots" content="noindex"; }
                @if let Some(assets) = &site.assets {
                    link rel="icon" href={ "/assets/" (assets.icon) } type="image/svg+xml";
                    link rel="stylesheet" href={ "/assets/" (assets.css) };
                    @if !brand.style.is_empty() { link rel="stylesheet" href={ "/brand/" (brand.style) }; }
                    script type="module" src={ "/assets/" (assets.js) } {}
                    @if let Some(explorer) = assets.explorer.as_ref().filter(|_| page.explorer) {
                        link rel="stylesheet" href={ "/assets/" (explorer.css) };
                        script type="module" src={ "/assets/" (explorer.js) } {}
                    }
                }
            }
            body {
                @if let Some(assets) = &site.assets { script { (PreEscaped(&assets.start)) } }
                (nhs::skip_link("Skip to main content", "#maincontent"))
                (header)
                @if !notes.is_empty() { (notice(&notes)) }
                @if let Some(age) = visitor.stale { (stale(age)) }
                div class="nhsuk-width-container" {
                    @if site.assets.is_none() {
                        p { strong { "This program was built without its styles and scripts." } " Run " code { "make assets" } " and build it again." }
                    }
                    @if !page.crumbs.is_empty() { (nhs::breadcrumb(&page.crumbs)) }
                    main class="nhsuk-main-wrapper" id="maincontent" { (page.body) }
                }
                (footer(site, visitor))
            }
        }
    }
}

/// What the data models that a page is about say of their standing, each note once.
pub fn standing(visitor: &Visitor, standing: &Standing) -> Vec<String> {
    let models = &visitor.view.catalogue.models;
    let heads: Vec<&ModelHead> = match standing {
        Standing::Nothing => Vec::new(),
        Standing::All => models.values().collect(),
        Standing::Of(slugs) => slugs.iter().filter_map(|slug| models.get(slug)).collect(),
    };
    let mut notes: Vec<String> = Vec::new();
    for note in heads.iter().map(|head| head.about.standing()).filter(|note| !note.is_empty()) {
        if !notes.iter().any(|held| held == note) {
            notes.push(note.to_owned());
        }
    }
    notes
}

fn notice(notes: &[String]) -> Markup {
    html! {
        div class="app-notice" role="region" aria-label="Standing of this data" {
            div class="nhsuk-width-container" {
                p {
                    strong { (notes.first().map(String::as_str).unwrap_or_default()) }
                    @if notes.len() > 1 { " Other data models carry other notes." }
                    " " a href="/models" { "About these data models" }
                }
            }
        }
    }
}

/// What is said while the database does not answer.
fn stale(age: Duration) -> Markup {
    let ago = match age.as_secs() {
        0..=90 => format!("{} seconds", age.as_secs().max(1)),
        more => format!("{} minutes", more / 60),
    };
    html! {
        div class="app-notice" role="region" aria-label="State of this service" {
            div class="nhsuk-width-container" {
                p {
                    strong { "Our database does not answer at the moment." }
                    " You can go on reading: this is what was published " (ago) " ago. Lists, signing in and changes work again when it is back."
                }
            }
        }
    }
}

fn footer(site: &Site, visitor: &Visitor) -> Markup {
    let contact = format!("Contact {}", site.brand.contact_name);
    let links = [
        FooterLink { text: "Accessibility statement", href: "/accessibility" },
        FooterLink { text: "Cookies", href: "/cookies" },
        FooterLink { text: "Privacy", href: "/privacy" },
        FooterLink { text: &contact, href: "/contact" },
        FooterLink { text: "Glossary", href: "/glossary" },
        FooterLink { text: "Services", href: "/services" },
    ];
    let lines = [
        html! { "This catalogue describes data. It does not hold patient data." },
        html! { (site.brand.footer) },
        html! {
            "Catalogue version " (visitor.view.version) ", Linkwright " (env!("CARGO_PKG_VERSION")) "."
            span class="app-print-only" { " Printed on " (super::text::day(visitor.today)) "." }
        },
    ];
    nhs::footer(&links, &lines)
}
