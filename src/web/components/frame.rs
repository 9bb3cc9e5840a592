//! What every page has at its top and its bottom: header with account and navigation, footer.

use maud::{Markup, html};

/// Whose service it is.
#[derive(Clone, Copy, Debug)]
pub struct Brand<'a> {
    /// The name of the service.
    pub service: &'a str,
    /// The organisation that runs it; may be blank.
    pub organisation: &'a str,
    /// The address of its logo, where it has configured one.
    pub logo: Option<&'a str>,
}

/// A place that the navigation leads to.
#[derive(Clone, Copy, Debug)]
pub struct NavItem<'a> {
    /// What it is called.
    pub text: &'a str,
    /// Where it leads.
    pub href: &'a str,
    /// Whether the page is it, or lies in it.
    pub current: Option<&'static str>,
}

/// What stands at the top.
#[derive(Clone, Debug)]
pub struct Header<'a> {
    /// Whose service it is.
    pub brand: Brand<'a>,
    /// The items of the account area.
    pub account: Vec<Markup>,
    /// The navigation.
    pub navigation: &'a [NavItem<'a>],
}

/// What stands at the top.
#[must_use]
pub fn header(header: &Header<'_>) -> Markup {
    let brand = header.brand;
    html! {
        header class="nhsuk-header" data-module="nhsuk-header" role="banner" {
            div class="nhsuk-header__container nhsuk-width-container" {
                div class="nhsuk-header__service" {
                    @if let Some(logo) = brand.logo { img class="app-brand__logo" src=(logo) alt=(brand.organisation) height="40"; }
                    a class="nhsuk-header__service-logo app-brand" href="/" {
                        span class="nhsuk-header__service-name" { (brand.service) }
                        @if !brand.organisation.is_empty() && brand.logo.is_none() {
                            " " span class="app-brand__organisation" { (brand.organisation) }
                        }
                    }
                }
                @if !header.account.is_empty() {
                    nav class="nhsuk-header__account" aria-label="Account" {
                        ul class="nhsuk-header__account-list" {
                            @for item in &header.account { li class="nhsuk-header__account-item" { (item) } }
                        }
                    }
                }
            }
            @if !header.navigation.is_empty() { (navigation(header.navigation)) }
        }
    }
}

fn navigation(items: &[NavItem<'_>]) -> Markup {
    html! {
        nav class="nhsuk-header__navigation" aria-label="Menu" {
            div class="nhsuk-header__navigation-container nhsuk-width-container" {
                ul class="nhsuk-header__navigation-list" {
                    @for item in items {
                        @let current = if item.current.is_some() { " nhsuk-header__navigation-item--current" } else { "" };
                        li class={ "nhsuk-header__navigation-item" (current) } {
                            a class="nhsuk-header__navigation-link" href=(item.href) aria-current=[item.current] {
                                @if item.current.is_some() {
                                    strong class="nhsuk-header__navigation-item-current-fallback" { (item.text) }
                                } @else { (item.text) }
                            }
                        }
                    }
                    li class="nhsuk-header__menu" hidden {
                        button class="nhsuk-header__menu-toggle nhsuk-header__navigation-link" id="toggle-menu" aria-expanded="false" {
                            span class="nhsuk-u-visually-hidden" { "Browse " } "More"
                        }
                    }
                }
            }
        }
    }
}

/// A link of the footer.
#[derive(Clone, Copy, Debug)]
pub struct FooterLink<'a> {
    /// What it says.
    pub text: &'a str,
    /// Where it leads.
    pub href: &'a str,
}

/// What stands at the bottom: links, and lines of small print.
#[must_use]
pub fn footer(links: &[FooterLink<'_>], lines: &[Markup]) -> Markup {
    html! {
        footer class="nhsuk-footer" role="contentinfo" {
            div class="nhsuk-width-container" {
                div class="nhsuk-footer__meta" {
                    @if !links.is_empty() {
                        h2 class="nhsuk-u-visually-hidden" { "Support links" }
                        ul class="nhsuk-footer__list" {
                            @for link in links {
                                li class="nhsuk-footer__list-item" {
                                    a class="nhsuk-footer__list-item-link" href=(link.href) { (link.text) }
                                }
                            }
                        }
                    }
                    @for line in lines { p class="nhsuk-body-s" { (line) } }
                }
            }
        }
    }
}

/// Who is signed in, with the picture of a person.
#[must_use]
pub fn account_user(name: &str, href: &str) -> Markup {
    const PATH: &str = "M12 1a11 11 0 1 1 0 22 11 11 0 0 1 0-22Zm0 2a9 9 0 0 0-5 16.5V18a4 4 0 0 1 4-4h2a4 4 0 0 1 4 4v1.5A9 9 0 0 0 12 3Zm0 3a3.5 3.5 0 1 1-3.5 3.5A3.4 3.4 0 0 1 12 6Z";
    html! { a class="nhsuk-header__account-link" href=(href) { (super::icon("user", PATH)) (name) } }
}

/// A button of the account area, with the hidden fields that its form sends.
#[must_use]
pub fn account_button(text: &str, action: &str, fields: &Markup) -> Markup {
    html! {
        form class="nhsuk-header__account-form" action=(action) method="post" novalidate {
            (fields)
            button class="nhsuk-header__account-button" { (text) }
        }
    }
}
