//! `/admin/settings`: how this installation is set up and from where each setting comes. Secrets are never shown, and
//! nothing is changed here: settings are made where the server runs.

use maud::html;

use super::super::answer::{Answer, Asked, NoPage, Twin};
use super::super::components::{self as nhs, Column, DataTable, Row, SummaryRow};
use super::super::record;
use super::super::site::Site;
use super::super::visitor::Visitor;
use super::framed;
use crate::app::{Datum, ListingSheet};
use crate::domain::access::ManageUsers;

/// A setting that is in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configured {
    /// Its name.
    pub name: String,
    /// Its value; of a secret, only where it comes from.
    pub value: String,
    /// From where it has it.
    pub from: String,
    /// What it would be if nobody set it.
    pub default: String,
}

/// `/admin/settings`
pub fn settings(site: &Site, visitor: &Visitor, asked: &Asked) -> Result<Answer, NoPage> {
    visitor.actor.permit::<ManageUsers>()?;
    let settings = &site.settings;
    if asked.twin != Twin::Html {
        let rows = settings.iter().map(|row| {
            [&row.name, &row.value, &row.from, &row.default].map(|text| Datum::text(text.as_str())).to_vec()
        });
        let sheet = ListingSheet {
            name: "Settings".to_owned(),
            columns: vec!["Setting", "Value", "From", "Default"],
            rows: rows.collect(),
        };
        return Ok(visitor.listing("Settings", "settings", asked, vec![sheet]).into());
    }
    let columns = [Column::text("Setting"), Column::text("Value"), Column::text("From"), Column::text("Default")];
    let dash = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let rows = settings.iter().map(|row| {
        Row::from(vec![
            html! { span class="app-name" { (row.name) } },
            html! { span class="app-words-break" { (dash(&row.value)) } },
            html! { (row.from) },
            html! { span class="app-words-break" { (dash(&row.default)) } },
        ])
    });
    let brand = &site.brand;
    let body = html! {
        h1 class="nhsuk-heading-l" { "Settings" }
        p { "How this installation is set up, and where each setting comes from. Settings are changed where the server runs, in its configuration file, its environment or its command, and hold from its next start. Secrets are not shown." }
        h2 { "Whose service it is" }
        (nhs::summary_list_html(vec![
            SummaryRow::text("Service", &brand.service),
            SummaryRow::text("Organisation", &brand.organisation),
            SummaryRow::text("Whom to ask", &brand.contact_name),
            SummaryRow::text("Address to write to", &brand.contact_email),
            SummaryRow::text("Linkwright", env!("CARGO_PKG_VERSION")),
        ]))
        h2 id="in-force" { "In force" }
        @if settings.is_empty() { p { "This server was started without a record of its settings." } } @else {
            div class="app-table" {
                (nhs::table(&DataTable {
                    id: "settings", caption: "Settings in force", caption_size: None, caption_hidden: true, columns: &columns,
                    rows: rows.collect(), first_is_header: true, scrolls: true,
                }))
            }
            (record::downloads(asked, "settings"))
        }
    };
    Ok(framed("Settings", "/admin/settings", body).into())
}
