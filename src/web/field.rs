//! `/datasets/{dataset}/tables/{table}/fields/{field}`: one field: type, codes, sensitivity, and where else its key is held.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::answer::{Answer, Asked, NoPage, Twin, page};
use super::components::{self as nhs, Colour, Column, Crumb, DataTable, Row, SummaryRow, tag};
use super::field_rows;
use super::layout::{Place, Standing};
use super::past::{self, Past};
use super::site::Site;
use super::visitor::Visitor;
use super::{links, record, text};
use crate::app::{App, Datum, ListingSheet, SeenIn};
use crate::domain::catalogue::{Catalogue, TableEntry};
use crate::domain::data_model::{Field, SchemeUse};
use crate::domain::refs::{FieldRef, Ref, Slug};
use crate::domain::words::KeyKind;

/// Other holders of the same key that are shown.
const MOST_HOLDERS: usize = 20;
/// Datasets that hold the same key that are named.
const MOST_DATASETS: usize = 12;
/// Fields of the same name elsewhere that are shown.
const MOST_ALIKE: usize = 8;

/// `/datasets/{dataset}/tables/{table}/fields/{field}`
pub async fn show(site: &Site, app: &App, visitor: &Visitor, asked: &Asked, path: [&str; 3]) -> Result<Answer, NoPage> {
    let text = path.join("/");
    let Ok(Ref::Field(reference)) = text.parse::<Ref>() else { return Err(NoPage::NotFound(Vec::new())) };
    let past = past::wanted(app, visitor, asked, &reference.table.dataset).await?;
    let catalogue = past.as_ref().map_or(&*visitor.view.catalogue, |past| &past.catalogue);
    let found = catalogue
        .field(&reference)
        .zip(catalogue.table(&reference.table))
        .zip(catalogue.dataset(&reference.table.dataset));
    let Some(((field, table), dataset)) = found else {
        if past.is_none()
            && let Some(last) = app.last_version(&visitor.actor, &Ref::Field(reference.clone())).await?
        {
            return Ok(past::gone(&Ref::Field(reference), last).into());
        }
        return Err(visitor.view.catalogue.resolve(&text).err().map_or(NoPage::NotFound(Vec::new()), NoPage::from));
    };
    let title = record::title(&field.title, &field.name);
    if asked.twin != Twin::Html {
        return Ok(visitor
            .listing(title, &reference.to_string().replace('/', "-"), asked, sheets(field, asked.twin))
            .into());
    }
    let first = match &past {
        // Without the database the page shows what else it knows.
        None => app.first_version(&visitor.actor, &reference).await.ok().flatten(),
        Some(_) => None,
    };
    let table_title = record::title(&table.table.title, &table.table.name);
    let dataset_title = record::title(&dataset.dataset.title, &dataset.dataset.name);
    let body = html! {
        @if let Some(past) = &past { (past.notice(&links::field(&reference), &reference.table.dataset)) }
        div class="app-columns app-columns--aside" {
            div {
                span class="app-caption" { (table_title) }
                h1 class="nhsuk-heading-l" { (nhs::breaking(title)) }
                p class="app-lead" { @if field.description.is_empty() { "No description yet." } @else { (field.description) } }
                p class="app-tags" {
                    @if field.scheme.is_some() { (tag("Linkage key", Colour::Purple)) }
                    (record::provenance_tag(field.provenance))
                    @if title != field.name { span class="app-name" { (nhs::breaking(&field.name)) } }
                }
            }
            div class="app-panel app-panel--action" {
                (visitor.add_button("Add field to your list", &reference.to_string(), asked))
                p { a href=(links::plan(&[reference.to_string()])) { "Plan a linkage from this field" } }
                @if !field.values.is_empty() { p { a href=(asked.twin_href("csv")) download { "Download the codes (CSV)" } } }
                p { a href=(asked.twin_href("json")) download { "Download as JSON" } }
            }
        }
        (summary(catalogue, field, first))
        (codes(field))
        @if past.is_none() { (leads(visitor, field, table)) (holders(visitor, field)) (alike(visitor, field)) (past::history_link(&reference.table.dataset)) }
        (record::report(site, &dataset.dataset.contact, title, &links::field(&reference)))
    };
    let mut page = page(title, Place::Datasets, Standing::Of(vec![dataset.model.clone()]), body);
    let query = past.as_ref().map(Past::query).unwrap_or_default();
    page.crumbs = vec![
        Crumb::new("Home", "/"),
        Crumb::new("Datasets", "/datasets"),
        Crumb::new(dataset_title, query.href(&links::dataset(&reference.table.dataset))),
        Crumb::new(table_title, query.href(&links::table(&reference.table))),
    ];
    Ok(page.into())
}

fn sheets(field: &Field, twin: Twin) -> Vec<ListingSheet> {
    let codes = ListingSheet {
        name: "Codes".to_owned(),
        columns: vec!["Code", "Meaning"],
        rows: field.values.iter().map(|value| vec![Datum::text(&value.code), Datum::text(&value.meaning)]).collect(),
    };
    let itself = field_rows::sheet([field]);
    // A CSV holds one sheet: the code list, which is what it is wanted for.
    if twin == Twin::Csv && !field.values.is_empty() { vec![codes] } else { vec![itself, codes] }
}

fn summary(catalogue: &Catalogue, field: &Field, first: Option<SeenIn>) -> Markup {
    let kind = match (field.data_type, field.source_type.as_str()) {
        (Some(kind), "") => kind.to_string(),
        (Some(kind), source) if source == kind.as_str() => kind.to_string(),
        (Some(kind), source) => format!("{kind} (in the source: {source})"),
        (None, source) => source.to_owned(),
    };
    let key = match field.key {
        Some(KeyKind::Primary) => "Primary key, or part of it",
        Some(KeyKind::Unique) => "Unique: alone it identifies a row",
        Some(KeyKind::Foreign) => "Foreign key",
        None => "",
    };
    let mut rows = vec![
        SummaryRow::text("Name in the model", &field.name),
        SummaryRow::text("Type", &kind),
        SummaryRow::text("Unit", &field.unit),
        SummaryRow::text("Key", key),
    ];
    if let Some(held) = &field.scheme {
        rows.push(Some(SummaryRow::html(
            "Linkage key",
            html! {
                a href=(links::key(&held.scheme)) { (record::scheme_title(catalogue, &held.scheme)) }
                @if let Some(part) = &held.part { ", part " (part) }
                @if let Some(role) = &field.role { ", " (text::of_whom(role)) }
            },
        )));
    }
    if !field.references.is_empty() {
        rows.push(Some(SummaryRow::html(
            "Refers to",
            html! {
                @for (at, reference) in field.references.iter().enumerate() {
                    @if at > 0 { br; }
                    a href=(links::field(&reference.target)) { (reference.target) }
                }
            },
        )));
    }
    rows.push(SummaryRow::text("Sensitivity", text::sensitivity(field.sensitivity)));
    if let Some(share) = field.completeness {
        rows.push(Some(SummaryRow::html("Filled in", field_rows::filled(share))));
    }
    if let Some(first) = first {
        rows.push(Some(SummaryRow::html("In the catalogue", html! {
            "Since " a href={ (links::dataset(&field.dataset)) "?v=" (first.version) } { "version " (first.version) } ", published on " (text::moment_day(first.published_at))
        })));
    }
    rows.extend(record::extra(&field.extra));
    rows.push(Some(record::origin(field.provenance, &field.source)));
    nhs::summary_list_html(rows)
}

fn codes(field: &Field) -> Markup {
    let columns = [Column::text("Code"), Column::text("Meaning")];
    let rows = field.values.iter().map(|value| {
        Row::from(vec![
            html! { (value.code) },
            html! { @if value.meaning.is_empty() { span class="app-muted" { "Not recorded" } } @else { (value.meaning) } },
        ])
    });
    html! {
        @if !field.values.is_empty() {
            h2 { "Codes" }
            div class="app-table app-table--codes" {
                (nhs::table(&DataTable {
                    id: "codes", caption: "Codes that this field may hold", caption_size: None, caption_hidden: true, columns: &columns,
                    rows: rows.collect(), first_is_header: true, scrolls: false,
                }))
            }
        }
    }
}

/// Where a field leads: the datasets that hold the same key and what a crosswalk turns it into; from a field that is no
/// key, the keys of its table.
fn leads(visitor: &Visitor, field: &Field, table: &TableEntry) -> Markup {
    let view = &visitor.view;
    let catalogue = &view.catalogue;
    let own = &field.dataset;
    let linking = |held: &SchemeUse| catalogue.schemes.get(&held.scheme).is_some_and(|scheme| scheme.entity.links());
    let name = |slug: &Slug| {
        catalogue.dataset(slug).map_or_else(
            || slug.to_string(),
            |entry| record::title(&entry.dataset.title, &entry.dataset.name).to_owned(),
        )
    };
    let key = field.scheme.as_ref().filter(|held| linking(held)).map(|held| &held.scheme);
    let in_table: BTreeSet<&Slug> = table
        .fields
        .values()
        .filter_map(|field| field.scheme.as_ref())
        .filter(|held| linking(held))
        .map(|held| &held.scheme)
        .collect();
    let datasets: BTreeSet<&Slug> = key
        .map_or(&[] as &[FieldRef], |key| view.holders(key))
        .iter()
        .map(|held| &held.table.dataset)
        .filter(|held| *held != own)
        .collect();
    let walks = key
        .into_iter()
        .flat_map(|key| catalogue.crosswalks.values().filter(move |walk| walk.from == *key || walk.to == *key));
    html! {
        h2 { "Where it leads" }
        @if let Some(key) = key {
            ul class="nhsuk-list nhsuk-list--bullet" {
                li {
                    @if datasets.is_empty() { "No other dataset holds this key." } @else {
                        "The same key is held by "
                        @for (at, slug) in datasets.iter().take(MOST_DATASETS).enumerate() { @if at > 0 { ", " } a href=(links::link(own, slug)) { (name(slug)) } }
                        @if datasets.len() > MOST_DATASETS { " and " a href=(links::key(key)) { (text::count(datasets.len() - MOST_DATASETS, "more dataset")) } }
                        "."
                    }
                }
                @for walk in walks {
                    @let other = if walk.from == *key { &walk.to } else { &walk.from };
                    li { "A " a href=(links::crosswalk(&walk.slug)) { "crosswalk" } " turns it into " a href=(links::key(other)) { (record::scheme_title(catalogue, other)) } ": " (text::crosswalk_status(walk.status).to_lowercase()) "." }
                }
            }
        } @else if in_table.is_empty() {
            p { "This field is no key, and no key in its table links records." }
        } @else {
            p { "This field is no key. Rows of its table are linked by "
                @for (at, key) in in_table.iter().enumerate() { @if at > 0 { ", " } a href=(links::key(key)) { (record::scheme_title(catalogue, key)) } }
                "."
            }
        }
        p { a href={ (links::dataset(own)) "#links" } { "All links of " (name(own)) } }
    }
}

fn holders(visitor: &Visitor, field: &Field) -> Markup {
    let Some(held) = &field.scheme else { return html! {} };
    let view = &visitor.view;
    let own = field.reference();
    let all = view.holders(&held.scheme);
    let others = all.iter().filter(|other| **other != own).filter_map(|other| view.catalogue.field(other));
    let others: Vec<&Field> = others.take(MOST_HOLDERS).map(AsRef::as_ref).collect();
    html! {
        h2 { "Where the same key is held" }
        @if others.is_empty() { p { "No other field holds this key." } } @else {
            ul class="nhsuk-list nhsuk-list--bullet" {
                @for other in others {
                    li { (elsewhere(&view.catalogue, other)) @if let Some(role) = &other.role { ", " (text::of_whom(role)) } }
                }
            }
            @if all.len() > MOST_HOLDERS + 1 { p { a href=(links::key(&held.scheme)) { "All " (text::count(all.len(), "field")) " that hold it" } } }
        }
    }
}

/// A field of another table: where it lies in words, and how it is named.
fn elsewhere(catalogue: &Catalogue, field: &Field) -> Markup {
    let reference = field.reference();
    let table = catalogue.table(&reference.table);
    let of = table.map_or_else(
        || reference.table.to_string(),
        |entry| record::title(&entry.table.title, &entry.table.name).to_owned(),
    );
    html! {
        a href=(links::field(&reference)) { (record::title(&field.title, &field.name)) ", in " (of) }
        " " span class="app-name" { (nhs::breaking(&reference.to_string())) }
    }
}

/// Fields of the same name in other tables: not the same key, but perhaps what is looked for.
fn alike(visitor: &Visitor, field: &Field) -> Markup {
    let own = field.table_ref();
    let key = |of: &Field| of.scheme.as_ref().map(|held| held.scheme.clone());
    // Those that hold the same key are told of already.
    let told = |other: &Field| field.scheme.is_some() && key(other) == key(field);
    let elsewhere_too = visitor.view.catalogue.tables().filter(|entry| entry.table.reference() != own);
    let others = elsewhere_too.filter_map(|entry| entry.fields.get(&field.slug)).filter(|other| !told(other));
    let others: Vec<_> = others.take(MOST_ALIKE).collect();
    html! {
        @if !others.is_empty() {
            h2 { "Fields of the same name" }
            ul class="nhsuk-list nhsuk-list--bullet" {
                @for other in others {
                    li { (elsewhere(&visitor.view.catalogue, other)) }
                }
            }
        }
    }
}
