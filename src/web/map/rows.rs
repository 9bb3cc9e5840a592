//! The links of the map as rows: the table under the picture, and the files.

use maud::{Markup, html};

use super::title;
use crate::app::{Datum, ListingSheet, PairLink};
use crate::web::components::{self as nhs, Column, DataTable, Row};
use crate::web::visitor::Visitor;
use crate::web::{links, record, text};

/// The links as a table.
pub fn table(visitor: &Visitor, links_shown: &[PairLink]) -> Markup {
    let catalogue = &visitor.view.catalogue;
    let columns = [
        Column::text("From"),
        Column::text("To"),
        Column::text("Link on"),
        Column::text("Approvals on top of the standard application").short("Approvals on top"),
        Column::numeric("Records that link"),
        Column::text("More"),
    ];
    let row = |link: &PairLink| {
        let pair = format!("{} and {}", title(visitor, &link.from), title(visitor, &link.to));
        Row::from(vec![
            html! { a href=(links::dataset(&link.from)) { (title(visitor, &link.from)) } },
            html! { a href=(links::dataset(&link.to)) { (title(visitor, &link.to)) } },
            html! { (record::scheme_chain(catalogue, &link.schemes)) @if link.ways > 1 { br; span class="app-muted" { (text::count(link.ways, "way")) } } },
            record::link_approvals(catalogue, &link.approvals),
            html! { (text::share(link.match_rate)) },
            html! {
                a href=(links::link(&link.from, &link.to)) { "Details" (nhs::hidden(&format!(" of the link between {pair}"))) }
                br;
                a href=(links::plan(&[link.from.as_str(), link.to.as_str()])) { "Plan" (nhs::hidden(&format!(" a linkage of {pair}"))) }
            },
        ])
    };
    html! {
        h2 id="links-table" tabindex="-1" { "Links as a table" }
        div class="app-table app-table--links" {
            (nhs::table(&DataTable {
                id: "links-caption", caption: "Links between datasets", caption_size: None, caption_hidden: true, columns: &columns,
                rows: links_shown.iter().map(row).collect(), first_is_header: false, scrolls: true,
            }))
        }
    }
}

/// The links as a sheet of a file.
pub fn sheet(visitor: &Visitor, links_shown: &[PairLink]) -> ListingSheet {
    let join = |items: Vec<String>| Datum::text(items.join("; "));
    let row = |link: &PairLink| {
        vec![
            Datum::text(link.from.as_str()),
            Datum::text(title(visitor, &link.from)),
            Datum::text(link.to.as_str()),
            Datum::text(title(visitor, &link.to)),
            join(link.schemes.iter().map(ToString::to_string).collect()),
            Datum::Count(link.ways as u64),
            Datum::Count(link.extra() as u64),
            join(
                link.approvals
                    .iter()
                    .map(|mark| if mark.extra { format!("{} (extra)", mark.code) } else { mark.code.to_string() })
                    .collect(),
            ),
            Datum::text(text::share(link.match_rate)),
            Datum::Flag(link.discuss),
        ]
    };
    ListingSheet {
        name: "Links".to_owned(),
        columns: vec![
            "From",
            "From title",
            "To",
            "To title",
            "Keys",
            "Ways",
            "Extra approvals",
            "Approvals",
            "Records that link",
            "Talk first",
        ],
        rows: links_shown.iter().map(row).collect(),
    }
}
