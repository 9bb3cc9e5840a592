//! Fields as rows: in the tables of pages, and in the files that go with them.

use maud::{Markup, html};

use super::components::{self as nhs, Colour, Column, DataTable, Row, tag};
use super::query::Query;
use super::{links, record, text};
use crate::app::{Datum, ListingSheet};
use crate::domain::catalogue::{DatasetEntry, TableEntry};
use crate::domain::crosswalk::Share;
use crate::domain::data_model::Field;
use crate::domain::refs::TableRef;
use crate::domain::words::{KeyKind, Sensitivity};

/// Field, type, key and description: enough to see what a table is about.
#[must_use]
pub fn brief(table: &TableRef, fields: &[&std::sync::Arc<Field>], query: &Query) -> Markup {
    let columns =
        [Column::text("Field"), Column::text("Type"), Column::text("Key or class"), Column::text("Description")];
    let rows = fields
        .iter()
        .map(|field| Row::from(vec![name(field, query), kind(field), class(field), described(field)]))
        .collect();
    let id = format!("fields-of-{}", table.table);
    let caption = format!("First fields of {}", table.table);
    html! {
        div class="app-table app-table--fields" {
            (nhs::table(&DataTable { id: &id, caption: &caption, caption_size: None, caption_hidden: true, columns: &columns, rows, first_is_header: true, scrolls: true }))
        }
    }
}

/// The name of a field as a link, with the name in the model under it where it differs.
#[must_use]
pub fn name(field: &Field, query: &Query) -> Markup {
    let title = record::title(&field.title, &field.name);
    html! {
        a href=(query.href(&links::field(&field.reference()))) { (title) }
        @if title != field.name { br; span class="app-name" { (nhs::breaking(&field.name)) } }
    }
}

/// The type, with unit and how many codes.
#[must_use]
pub fn kind(field: &Field) -> Markup {
    let word = field.data_type.map(|kind| kind.to_string()).unwrap_or_else(|| field.source_type.clone());
    html! {
        (word)
        @if !field.unit.is_empty() { " (" (field.unit) ")" }
        @if !field.values.is_empty() { " (" (text::count(field.values.len(), "value")) ")" }
    }
}

/// What part a field has in keys, and how sensitive it is.
#[must_use]
pub fn class(field: &Field) -> Markup {
    let key = match field.key {
        Some(KeyKind::Primary) => "Primary key",
        Some(KeyKind::Unique) => "Unique",
        Some(KeyKind::Foreign) => "Foreign key",
        None => "",
    };
    let sensitive = match field.sensitivity {
        None | Some(Sensitivity::None) => "",
        Some(Sensitivity::QuasiIdentifier) => "Quasi-identifier",
        Some(Sensitivity::Identifier) => "Identifier",
        Some(Sensitivity::SpecialCategory) => "Special category",
        Some(Sensitivity::FreeText) => "Free text",
    };
    html! {
        @if field.scheme.is_some() { (tag("Linkage key", Colour::Purple)) " " }
        @if !key.is_empty() { span class="app-nowrap" { (key) } }
        @if !sensitive.is_empty() { @if !key.is_empty() { ", " } span class="app-nowrap" { (sensitive) } }
    }
}

/// The description, or that there is none.
#[must_use]
pub fn described(field: &Field) -> Markup {
    html! { @if field.description.is_empty() { span class="app-muted" { "No description yet" } } @else { (field.description) } }
}

/// The share of rows that hold a value, as a bar and in figures.
#[must_use]
pub fn filled(share: f64) -> Markup {
    let percent = text::share(Some(Share { low: share, high: share }));
    let width = format!("{:.1}", (share * 120.0).clamp(0.0, 120.0));
    html! {
        svg class="app-bar" width="120" height="10" viewBox="0 0 120 10" focusable="false" aria-hidden="true" {
            rect class="app-bar__back" width="120" height="10" {}
            rect class="app-bar__full" width=(width) height="10" {}
        }
        " " (percent) " of rows"
    }
}

/// The columns of fields in files.
pub const COLUMNS: [&str; 19] = [
    "Dataset",
    "Table",
    "Field",
    "Name in model",
    "Title",
    "Description",
    "Data type",
    "Source type",
    "Unit",
    "Key",
    "Identifier scheme",
    "Role",
    "References",
    "Sensitivity",
    "Completeness",
    "Values",
    "Provenance",
    "Source",
    "Reference",
];

/// A field as a row of a file.
#[must_use]
pub fn row(field: &Field) -> Vec<Datum> {
    let values: Vec<String> = field.values.iter().map(|value| format!("{}={}", value.code, value.meaning)).collect();
    let references: Vec<String> = field.references.iter().map(|reference| reference.target.to_string()).collect();
    let scheme = field.scheme.as_ref().map(|held| match &held.part {
        Some(part) => format!("{}.{part}", held.scheme),
        None => held.scheme.to_string(),
    });
    vec![
        Datum::text(field.dataset.as_str()),
        Datum::text(field.table.as_str()),
        Datum::text(field.slug.as_str()),
        Datum::text(&field.name),
        Datum::text(&field.title),
        Datum::text(&field.description),
        Datum::word(field.data_type),
        Datum::text(&field.source_type),
        Datum::text(&field.unit),
        Datum::word(field.key),
        Datum::word(scheme),
        Datum::text(field.role.as_ref().map(|role| role.as_str()).unwrap_or_default()),
        Datum::text(references.join("; ")),
        Datum::word(field.sensitivity),
        Datum::word(field.completeness),
        Datum::text(values.join("; ")),
        Datum::word(field.provenance),
        Datum::text(&field.source),
        Datum::text(field.reference().to_string()),
    ]
}

/// Fields as a sheet.
#[must_use]
pub fn sheet<'a>(fields: impl IntoIterator<Item = &'a Field>) -> ListingSheet {
    ListingSheet { name: "Fields".to_owned(), columns: COLUMNS.to_vec(), rows: fields.into_iter().map(row).collect() }
}

/// A table as a row of a file.
#[must_use]
pub fn table_row(entry: &TableEntry) -> Vec<Datum> {
    let table = &entry.table;
    vec![
        Datum::text(table.dataset.as_str()),
        Datum::text(table.slug.as_str()),
        Datum::text(&table.name),
        Datum::text(&table.title),
        Datum::text(&table.description),
        Datum::text(&table.grain),
        Datum::count(table.rows),
        Datum::Count(entry.fields.len() as u64),
        Datum::word(table.provenance),
        Datum::text(&table.source),
    ]
}

/// Tables as a sheet.
#[must_use]
pub fn tables_sheet<'a>(tables: impl IntoIterator<Item = &'a TableEntry>) -> ListingSheet {
    ListingSheet {
        name: "Tables".to_owned(),
        columns: vec![
            "Dataset",
            "Table",
            "Name in model",
            "Title",
            "Description",
            "Grain",
            "Rows",
            "Fields",
            "Provenance",
            "Source",
        ],
        rows: tables.into_iter().map(table_row).collect(),
    }
}

/// A dataset's fields and tables, as sheets.
#[must_use]
pub fn dictionary(entry: &DatasetEntry) -> Vec<ListingSheet> {
    let fields = entry.tables.values().flat_map(|table| table.fields.values()).map(AsRef::as_ref);
    vec![sheet(fields), tables_sheet(entry.tables.values().map(AsRef::as_ref))]
}
