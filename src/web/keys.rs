//! `/keys` and `/keys/{scheme}`: the identifier schemes that link tables, who holds them, and how one is turned into
//! another.

use maud::{Markup, html};

use super::answer::{Answer, Asked, NoPage, Twin, page};
use super::components::{self as nhs, Column, Crumb, DataTable, Row, SummaryRow};
use super::layout::{Place, Standing};
use super::site::Site;
use super::visitor::Visitor;
use super::{links, record, text};
use crate::app::{Datum, ListingSheet, View};
use crate::domain::catalogue::Catalogue;
use crate::domain::crosswalk::Crosswalk;
use crate::domain::data_model::{Field, Scheme};
use crate::domain::refs::{FieldRef, Slug, closest};
use crate::domain::words::Identifiability;

/// Fields of a key that its page lists; the files hold all.
const MOST_LISTED: usize = 500;

/// The fields that hold a scheme, or a part of it.
#[must_use]
pub fn holders<'a>(view: &'a View, scheme: &Slug) -> Vec<&'a Field> {
    view.holders(scheme).iter().filter_map(|field| view.catalogue.field(field)).map(AsRef::as_ref).collect()
}

/// How many tables fields lie in; those of one table stand together.
fn tables(fields: &[FieldRef]) -> usize {
    fields.chunk_by(|one, next| one.table == next.table).count()
}

/// `/keys`
#[must_use]
pub fn list(visitor: &Visitor, asked: &Asked) -> Answer {
    let catalogue = &visitor.view.catalogue;
    let schemes: Vec<(&Scheme, usize)> = catalogue
        .schemes
        .values()
        .map(|scheme| (scheme.as_ref(), tables(visitor.view.holders(&scheme.slug))))
        .collect();
    if asked.twin != Twin::Html {
        let rows = schemes.iter().map(|(scheme, tables)| {
            vec![
                Datum::text(scheme.slug.as_str()),
                Datum::text(&scheme.title),
                Datum::text(&scheme.description),
                Datum::word(Some(scheme.entity)),
                Datum::word(scheme.identifiability),
                Datum::text(&scheme.held_by),
                Datum::Count(*tables as u64),
                Datum::word(scheme.provenance),
                Datum::text(&scheme.source),
            ]
        });
        let sheet = ListingSheet {
            name: "Keys".to_owned(),
            columns: vec![
                "Key",
                "Title",
                "Description",
                "Identifies",
                "Identifiability",
                "Held by",
                "Tables",
                "Provenance",
                "Source",
            ],
            rows: rows.collect(),
        };
        return visitor.listing("Linkage keys", "keys", asked, vec![sheet]).into();
    }
    let columns = [Column::text("Key"), Column::text("Identifies"), Column::text("Held by"), Column::numeric("Tables")];
    let group = |linking: bool| -> Vec<Row> {
        let of = schemes.iter().filter(|(scheme, _)| scheme.entity.links() == linking);
        let row = |(scheme, tables): &(&Scheme, usize)| {
            Row::from(vec![
                html! { a href=(links::key(&scheme.slug)) { (record::title(&scheme.title, &scheme.name)) } },
                html! { (scheme.entity.as_str()) },
                html! { (scheme.held_by) },
                html! { (text::number(*tables as u64)) },
            ])
        };
        of.map(row).collect()
    };
    let (linking, reference) = (group(true), group(false));
    let whole = |id: &str, caption: &str, rows: Vec<Row>| {
        html! {
            div class="app-table" {
                (nhs::table(&DataTable { id, caption, caption_size: None, caption_hidden: true, columns: &columns, rows, first_is_header: true, scrolls: true }))
            }
        }
    };
    let body = html! {
        h1 class="nhsuk-heading-l" { "Linkage keys" }
        p class="app-lead" { "Two tables join when they hold the same key for the same person, event, specimen or consent. A pseudonym made in one place is another key than one made in another." }
        @if linking.is_empty() { p { "No linkage keys recorded yet." } } @else { (whole("linking", "Keys that link records", linking)) }
        @if !reference.is_empty() {
            h2 { "Codes and references" }
            p { "Code lists, organisations, places and dates: shared by many tables, but they never link people." }
            (whole("reference", "Code lists, organisations, places and dates", reference))
        }
        (record::downloads(asked, "keys"))
    };
    let mut page = page("Linkage keys", Place::Datasets, Standing::All, body);
    page.crumbs = vec![Crumb::new("Home", "/")];
    page.into()
}

/// `/keys/{scheme}`
pub fn show(site: &Site, visitor: &Visitor, asked: &Asked, slug: &str) -> Result<Answer, NoPage> {
    let catalogue = &visitor.view.catalogue;
    let wanted = slug.to_lowercase();
    let Some(scheme) = catalogue.schemes.values().find(|scheme| scheme.slug.as_str() == wanted) else {
        let near = closest(&wanted, catalogue.schemes.keys().map(Slug::as_str), 3);
        return Err(NoPage::NotFound(near.into_iter().map(|slug| format!("/keys/{slug}")).collect()));
    };
    let title = record::title(&scheme.title, &scheme.name);
    let fields = holders(&visitor.view, &scheme.slug);
    let crosswalks: Vec<&Crosswalk> = catalogue
        .crosswalks
        .values()
        .map(AsRef::as_ref)
        .filter(|walk| walk.from == scheme.slug || walk.to == scheme.slug)
        .collect();
    if asked.twin != Twin::Html {
        let rows = fields.iter().map(|field| {
            vec![
                Datum::text(field.reference().to_string()),
                Datum::text(&field.title),
                Datum::text(field.role.as_ref().map(|role| role.as_str()).unwrap_or_default()),
                Datum::word(field.key),
                Datum::word(field.scheme.as_ref().and_then(|held| held.part.as_ref())),
                Datum::word(field.provenance),
            ]
        });
        let sheet = ListingSheet {
            name: "Fields".to_owned(),
            columns: vec!["Field", "Title", "Role", "Key", "Part", "Provenance"],
            rows: rows.collect(),
        };
        return Ok(visitor
            .listing(&format!("Fields that hold {title}"), &format!("key-{}", scheme.slug), asked, vec![sheet])
            .into());
    }
    let body = html! {
        span class="app-caption" { "Linkage key" }
        h1 class="nhsuk-heading-l" { (title) }
        @if !scheme.description.is_empty() { p class="app-lead" { (scheme.description) } }
        @if !scheme.entity.links() {
            (nhs::inset_text(&html! { p { "This is a " (scheme.entity.as_str()) ". Tables that share it are not about the same people, so it never links records." } }))
        }
        (record::facts(&[
            ("Identifies", scheme.entity.as_str().to_owned()),
            ("Held by", scheme.held_by.clone()),
            ("Tables", text::number(tables(visitor.view.holders(&scheme.slug)) as u64)),
            ("Datasets", text::number(fields.iter().map(|field| &field.dataset).collect::<std::collections::BTreeSet<_>>().len() as u64)),
        ]))
        (summary(scheme))
        h2 { "Tables and fields that hold it" }
        (held_by(catalogue, &fields))
        h2 { "Turned into other keys" }
        (turned(catalogue, scheme, &crosswalks))
        ul class="app-inline" {
            li { a href={ "/map?key=" (scheme.slug) } { "See the links on this key on the map" } }
            li { a href=(asked.twin_href("csv")) download { "Download these fields (CSV)" } }
            li { a href=(asked.twin_href("xlsx")) download { "Download these fields (XLSX)" } }
            li { a href=(asked.twin_href("json")) download { "Download these fields (JSON)" } }
        }
        (record::report(site, "", title, &links::key(&scheme.slug)))
    };
    let mut page = page(title, Place::Datasets, Standing::All, body);
    page.crumbs = vec![Crumb::new("Home", "/"), Crumb::new("Linkage keys", "/keys")];
    Ok(page.into())
}

fn summary(scheme: &Scheme) -> Markup {
    let seen = match scheme.identifiability {
        Some(Identifiability::Direct) => {
            "It names the person to anybody who holds the register. Researchers never see it."
        }
        Some(Identifiability::Pseudonym) => "A pseudonym: it means something only where it was made.",
        Some(Identifiability::Local) => "It means something inside one system only.",
        None => "",
    };
    let parts: Vec<&str> = scheme.parts.iter().map(Slug::as_str).collect();
    let mut rows = vec![
        SummaryRow::text("How far it names a person", seen),
        SummaryRow::text(
            "Parts",
            &if parts.is_empty() {
                String::new()
            } else {
                format!("{}: a table holds the key only with all of them", parts.join(", "))
            },
        ),
    ];
    rows.extend(record::extra(&scheme.extra));
    rows.push(Some(record::origin(scheme.provenance, &scheme.source)));
    nhs::summary_list_html(rows)
}

fn held_by(catalogue: &Catalogue, fields: &[&Field]) -> Markup {
    let columns =
        [Column::text("Table"), Column::text("Field"), Column::text("Stands for"), Column::text("Rows of the table")];
    let row = |field: &&Field| {
        let table = catalogue
            .table(&field.table_ref())
            .map(|entry| record::title(&entry.table.title, &entry.table.name).to_owned());
        let dataset = catalogue
            .dataset(&field.dataset)
            .map(|entry| record::title(&entry.dataset.title, &entry.dataset.name).to_owned());
        Row::from(vec![
            html! {
                a href=(links::table(&field.table_ref())) { (table.unwrap_or_default()) }
                br; span class="app-muted" { (dataset.unwrap_or_default()) }
            },
            html! { a href=(links::field(&field.reference())) { (record::title(&field.title, &field.name)) } },
            html! { @match &field.role { Some(role) if role.is_any() => "whoever the other side is about", Some(role) => (role.as_str()), None => "the subject of the row" } },
            html! { @match field.key { Some(crate::domain::words::KeyKind::Primary | crate::domain::words::KeyKind::Unique) => "key of the table", _ => "one or many for each" } },
        ])
    };
    html! {
        @if fields.is_empty() { p { "No table that you may see holds it." } } @else {
            @if fields.len() > MOST_LISTED { p { "The first " (MOST_LISTED) " of " (text::count(fields.len(), "field")) "; the files below hold all." } }
            div class="app-table" {
                (nhs::table(&DataTable {
                    id: "holders", caption: "Tables and fields that hold this key", caption_size: None, caption_hidden: true, columns: &columns,
                    rows: fields.iter().take(MOST_LISTED).map(row).collect(), first_is_header: true, scrolls: true,
                }))
            }
        }
    }
}

fn turned(catalogue: &Catalogue, scheme: &Scheme, crosswalks: &[&Crosswalk]) -> Markup {
    let columns = [
        Column::text("Other key"),
        Column::text("Done by"),
        Column::text("Status"),
        Column::numeric("Records that link"),
        Column::text("Approvals"),
    ];
    let row = |walk: &&Crosswalk| {
        let other = if walk.from == scheme.slug { &walk.to } else { &walk.from };
        Row::from(vec![
            html! { a href=(links::crosswalk(&walk.slug)) { (record::scheme_title(catalogue, other)) } },
            html! { @if let Some(by) = walk.performed_by { (by.as_str()) } @else { span class="app-muted" { "Not recorded" } } },
            html! { (text::crosswalk_status(walk.status)) },
            html! { (text::share(walk.match_rate)) },
            record::approvals(catalogue, &walk.approvals),
        ])
    };
    html! {
        @if crosswalks.is_empty() { p { "No crosswalk recorded: tables that hold this key join only with tables that hold the same." } } @else {
            div class="app-table" {
                (nhs::table(&DataTable {
                    id: "turned", caption: "Crosswalks to other keys", caption_size: None, caption_hidden: true, columns: &columns,
                    rows: crosswalks.iter().map(row).collect(), first_is_header: true, scrolls: true,
                }))
            }
        }
    }
}
