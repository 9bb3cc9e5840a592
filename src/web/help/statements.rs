//! `/accessibility`, `/cookies`, `/privacy`: what this service owes those who visit it.

use maud::{Markup, html};

use super::super::answer::{Answer, page};
use super::super::components::{self as nhs, Column, Crumb, DataTable, Row};
use super::super::layout::{Place, Standing};
use super::super::site::Site;
use super::directory::mail;

/// `/accessibility`
#[must_use]
pub fn accessibility(site: &Site) -> Answer {
    let brand = &site.brand;
    let body = html! {
        h1 class="nhsuk-heading-l" { "Accessibility statement" }
        p { "This statement is about " (brand.service) ", a catalogue of health data. We want as many people as possible to be able to use it. That means you should be able to:" }
        ul class="nhsuk-list nhsuk-list--bullet" {
            li { "do everything with a keyboard alone" }
            li { "use it with a screen reader" }
            li { "use it without scripts: every page, form and picture works without JavaScript" }
            li { "enlarge it to 400% or read it on a small screen without scrolling sideways, except in pictures, which scroll by themselves; tables become blocks of lines" }
            li { "use it in high contrast and on paper" }
        }
        p { "Pictures of links are given as tables as well. Lines in pictures differ in pattern and label, not by colour alone. There are no single-key shortcuts." }
        h2 { "How accessible it is" }
        p { "It is made to meet the Web Content Accessibility Guidelines (WCAG) version 2.2 AA, with the components of the NHS design system. It has been checked by its makers with automatic tests (axe-core), by keyboard, and at 320 pixels width. It has " strong { "not been audited" } " by an independent body, and it has not been tested with people who use assistive technology. So we cannot claim that it meets the standard in full." }
        h2 { "What we know does not work well" }
        ul class="nhsuk-list nhsuk-list--bullet" {
            li { "The query explorer at " a href="/graphiql" { "/graphiql" } " is made by others: it needs JavaScript, and its contrast and nested controls do not meet WCAG 2.2 AA. " a href="/api/query" { "The query form" } " does the same without it." }
            li { "Some lists are long. Fields are shown 100 to a page: you can look through all of them by their words, sort them, or download them." }
            li { "Names of tables and fields are shown as their data model writes them, in capitals or run together, which screen readers may read out letter by letter. Where there is a title, it comes first." }
        }
        h2 { "Tell us of problems" }
        p { "If you find a problem that is not listed here, or need information in another form, write to " (mail(&brand.contact_email)) "." }
        h2 { "Enforcement" }
        p { "For organisations to which the Public Sector Bodies (Websites and Mobile Applications) (No. 2) Accessibility Regulations 2018 apply, the Equality and Human Rights Commission enforces them. If you are not happy with the answer to your complaint, contact the Equality Advisory and Support Service." }
        h2 { "About this statement" }
        p { "It was prepared on 25 November 2026 by the makers of the software, and describes it as it is delivered. Whoever runs the service has to check it for their installation." }
    };
    plain("Accessibility statement", body)
}

/// `/cookies`
#[must_use]
pub fn cookies() -> Answer {
    let columns = [Column::text("Name"), Column::text("What it is for"), Column::text("How long it stays")];
    let row = |name: &str, purpose: &str, stays: &str| {
        Row::from(vec![html! { span class="app-name" { (name) } }, html! { (purpose) }, html! { (stays) }])
    };
    let rows = super::super::visitor::COOKIES.iter().map(|(name, purpose, stays)| row(name, purpose, stays)).collect();
    let body = html! {
        h1 class="nhsuk-heading-l" { "Cookies" }
        p { "Cookies are small files that a website keeps on your device. This service only uses cookies that it cannot do without, so it does not ask you about them. It does not measure what you do, and it loads nothing from other websites." }
        p { "If you only read, no cookie is kept that tells you from others." }
        div class="app-table" {
            (nhs::table(&DataTable {
                id: "cookies", caption: "Cookies of this service", caption_size: None, caption_hidden: true, columns: &columns,
                rows, first_is_header: true, scrolls: true,
            }))
        }
        p { "You can delete cookies in your browser at any time. What hangs on them, such as your list, is then gone." }
    };
    plain("Cookies", body)
}

/// `/privacy`
#[must_use]
pub fn privacy(site: &Site) -> Answer {
    let brand = &site.brand;
    let body = html! {
        h1 class="nhsuk-heading-l" { "Privacy" }
        p class="app-lead" { "This catalogue describes data. It does not hold patient data." }
        h2 { "What is kept when you visit" }
        ul class="nhsuk-list nhsuk-list--bullet" {
            li { "Log of requests: the time, the address of your device, which page was asked for (without what you typed into the search box), and how long the answer took. It is kept to keep the service running and safe." }
            li { "Your list: if you add something to your list, what you added and the reasons you wrote. It hangs on a random number in a cookie and carries no name. A list that has not been looked at for 30 days is deleted." }
        }
        p { "Do not write anything about patients into a reason: it is no place for it." }
        h2 { "What we do not do" }
        ul class="nhsuk-list nhsuk-list--bullet" {
            li { "We do not measure or follow what you do." }
            li { "We load nothing from other websites, so that no one else learns of your visit." }
            li { "We send nothing on your behalf: you email the application form and its data schedule yourself." }
        }
        h2 { "Who is responsible" }
        p {
            @if brand.organisation.is_empty() { "The organisation that runs this service" } @else { (brand.organisation) }
            " is responsible for it. Write to " (mail(&brand.contact_email)) " to ask what is kept about you, or to have it deleted."
        }
        p { "If you apply for access to data, the project is published by those who decide: see " a href="/help#published" { "what is published about your project" } "." }
    };
    plain("Privacy", body)
}

fn plain(title: &str, body: Markup) -> Answer {
    let mut page = page(title, Place::Elsewhere, Standing::Nothing, body);
    page.crumbs = vec![Crumb::new("Home", "/")];
    page.into()
}
