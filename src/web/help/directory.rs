//! `/services` and `/contact`: who does what around health data, and whom to ask.

use maud::{Markup, html};

use super::super::answer::{Answer, Asked, Twin};
use super::super::components::{self as nhs, SummaryRow};
use super::super::content::Service;
use super::super::layout::Standing;
use super::super::site::Site;
use super::super::visitor::Visitor;
use super::super::{links, record};
use super::{help_page, origin};
use crate::app::{Datum, ListingSheet};
use crate::domain::refs::Slug;

/// `/services`
#[must_use]
pub fn services(site: &Site, visitor: &Visitor, asked: &Asked) -> Answer {
    let services = &site.content.services;
    if asked.twin != Twin::Html {
        let rows = services.groups.iter().flat_map(|group| group.services.iter().map(move |one| (group, one)));
        let row = |(group, one): (&super::super::content::ServiceGroup, &Service)| {
            let source = services.sources.get(one.source.get_ref().as_str());
            vec![
                Datum::text(&group.title),
                Datum::text(&one.name),
                Datum::text(&one.what),
                Datum::text(&one.who),
                Datum::text(&one.contact),
                Datum::word(source.map(|source| &source.title)),
                Datum::word(source.map(|source| source.checked)),
            ]
        };
        let sheet = ListingSheet {
            name: "Services".to_owned(),
            columns: vec!["Kind", "Service", "What it does", "Who it is for", "Contact", "Source", "Checked"],
            rows: rows.map(row).collect(),
        };
        return visitor.listing("Services around health data", "services", asked, vec![sheet]).into();
    }
    let dataset = |service: &Service| {
        let slug = Slug::of(&service.dataset).ok()?;
        let entry = visitor.view.catalogue.dataset(&slug)?;
        let title = record::title(&entry.dataset.title, &entry.dataset.name).to_owned();
        Some(SummaryRow::html("In this catalogue", html! { a href=(links::dataset(&slug)) { (title) } }))
    };
    let body = html! {
        h1 class="nhsuk-heading-l" { "Services" }
        p class="app-lead" { "Who does what around health data, who each service is for, and whom to ask." }
        @for group in &services.groups {
            h2 { (group.title) }
            @for service in &group.services {
                div class="app-panel" {
                    h3 class="nhsuk-heading-s" { (service.name) }
                    p { (service.what) }
                    (nhs::summary_list_html(vec![
                        SummaryRow::text("Who it is for", &service.who),
                        (!service.contact.is_empty()).then(|| SummaryRow::html("Contact", mail(&service.contact))),
                        dataset(service),
                    ]))
                    (origin(&services.sources, &service.source))
                }
            }
        }
        (record::downloads(asked, "this list"))
    };
    help_page("Services", "/services", Standing::Nothing, &body).into()
}

/// `/contact`
#[must_use]
pub fn contact(site: &Site) -> Answer {
    let brand = &site.brand;
    let body = html! {
        h1 class="nhsuk-heading-l" { "Contact" }
        p class="app-lead" { "For questions about this catalogue and the data in it, write to " (brand.contact_name) ": " (mail(&brand.contact_email)) }
        p { "Never send patient data by email to these addresses, and no passwords. Every page of the catalogue has a link to report a problem with it." }
        (contact_list(site))
        p { "If something does not work for you, see also the " a href="/accessibility" { "accessibility statement" } "." }
    };
    help_page("Contact", "/contact", Standing::Nothing, &body).into()
}

/// Whom to ask about what.
pub(super) fn contact_list(site: &Site) -> Markup {
    let contacts = &site.content.contacts;
    html! {
        @for contact in &contacts.contacts {
            div class="app-panel" {
                h2 class="nhsuk-heading-s" { (contact.about) }
                p { (contact.name) ": " (mail(&contact.email)) }
                (origin(&contacts.sources, &contact.source))
            }
        }
    }
}

/// An address to write to, as a link.
pub(super) fn mail(address: &str) -> Markup {
    html! { a href={ "mailto:" (address) } { (address) } }
}
