//! Pages for what went wrong: what it is, and a way onward.

use maud::{Markup, html};

use super::answer::{NoPage, page};
use super::components::{self as nhs, Control, Label, SearchInput};
use super::layout::{Page, Place, Standing};
use super::site::Site;
use super::{roles, text};
use crate::domain::access::Denied;

/// The page for something that is not there, or could not be shown.
#[must_use]
pub fn no_page(site: &Site, why: &NoPage, request_id: &str) -> Page {
    match why {
        NoPage::NotFound(near) => not_found(site, near),
        NoPage::Bad(text) => {
            refused(site, 400, "This address makes no sense", &format!("{}.", text.trim_end_matches('.')), request_id)
        }
        NoPage::Denied(denied) => self::denied(site, denied, request_id),
        NoPage::Fault(_) => refused(
            site,
            500,
            "Sorry, there is a problem with this service",
            "Something went wrong here. Try again in a few minutes.",
            request_id,
        ),
    }
}

fn not_found(site: &Site, near: &[String]) -> Page {
    let control = Control {
        id: "q",
        name: "q",
        label: Label { text: "Search the catalogue", ..Label::default() },
        ..Control::default()
    };
    let href = |name: &str| match name.parse() {
        Ok(reference) if !name.starts_with('/') => super::links::reference(&reference),
        _ => name.to_owned(),
    };
    let body = html! {
        h1 class="nhsuk-heading-l" { "Page not found" }
        p { "There is nothing at this address, or it is not public. If you typed it, check that it is correct." }
        @if !near.is_empty() {
            p { "Perhaps you were looking for:" }
            ul class="nhsuk-list nhsuk-list--bullet" { @for name in near { li { a href=(href(name)) { (name.trim_start_matches('/')) } } } }
        }
        form class="app-panel" action="/search" method="get" role="search" { (nhs::search_input(&SearchInput { control, value: "" })) }
        p { a href="/datasets" { "Browse the datasets" } ", or go " a href="/" { "to the start page" } "." }
        p { "To ask for access to what is not public, write to " a href={ "mailto:" (site.brand.contact_email) } { (site.brand.contact_email) } "." }
    };
    Page { status: 404, ..page("Page not found", Place::Elsewhere, Standing::Nothing, body) }
}

/// The page for what somebody may not see or do: which role it takes, and whom to ask for it. It says the same whether
/// or not there is anything at the address.
fn denied(site: &Site, denied: &Denied, request_id: &str) -> Page {
    if denied.is_anonymous() {
        return refused(site, 401, "Sign in first", "This page is not for everybody.", request_id);
    }
    let title = "You do not have permission";
    let body = html! {
        h1 class="nhsuk-heading-l" { (title) }
        p class="app-lead" { (text::sentence(&denied.to_string())) }
        @if let Some(role) = denied.role() {
            p { "It takes the role " strong { (roles::title(role)) } ". Your roles are on " a href="/account" { "your account page" } "." }
        }
        (ask(site, request_id))
        p { a href="/" { "Go to the start page" } ", or " a href="/search" { "search the catalogue" } "." }
    };
    Page { status: 403, ..page(title, Place::Elsewhere, Standing::Nothing, body) }
}

/// Whom to ask for access.
fn ask(site: &Site, request_id: &str) -> Markup {
    html! {
        p { "To ask for access, write to " (site.brand.contact_name) ", " a href={ "mailto:" (site.brand.contact_email) } { (site.brand.contact_email) }
            @if !request_id.is_empty() { ", and give this reference: " strong class="app-name" { (request_id) } } "."
        }
    }
}

/// A page that says why a request was refused.
#[must_use]
pub fn refused(site: &Site, status: u16, title: &str, text: &str, request_id: &str) -> Page {
    let body = html! {
        h1 class="nhsuk-heading-l" { (title) }
        p { (text) }
        @if status == 401 { p { a class="nhsuk-button" href="/sign-in" role="button" draggable="false" { "Sign in" } } }
        @if matches!(status, 401 | 403) { (ask(site, request_id)) }
        p { a href="/" { "Go to the start page" } ", or " a href="/search" { "search the catalogue" } "." }
        @if !matches!(status, 401 | 403) { p { "If this goes on, write to " a href={ "mailto:" (site.brand.contact_email) } { (site.brand.contact_email) } " and give this reference: " strong class="app-name" { (request_id) } "." } }
    };
    Page { status, ..page(title, Place::Elsewhere, Standing::Nothing, body) }
}
