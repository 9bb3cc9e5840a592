//! `/datasets/{dataset}/tables/{table}`: one table: what a row is, its keys, its fields, and the tables one link away.

use maud::{Markup, html};

use super::answer::{Answer, Asked, NoPage, Twin, page};
use super::components::{
    self as nhs, Button, Column, Control, Crumb, DataTable, Input, Label, Pages, Row, SummaryRow, Variant,
};
use super::field_rows;
use super::layout::{Place, Standing};
use super::past::{self, Past};
use super::site::Site;
use super::visitor::Visitor;
use super::{links, map, record, text};
use crate::app::{App, Joinable, Near};
use crate::domain::catalogue::{Catalogue, TableEntry};
use crate::domain::data_model::Field;
use crate::domain::number;
use crate::domain::refs::{Ref, TableRef};
use crate::domain::words::KeyKind;

/// Fields on one page.
const FIELDS_A_PAGE: usize = 100;
/// Neighbours shown.
const MOST_NEIGHBOURS: usize = 14;

/// `/datasets/{dataset}/tables/{table}`
pub async fn show(
    site: &Site,
    app: &App,
    visitor: &Visitor,
    asked: &Asked,
    dataset: &str,
    table: &str,
) -> Result<Answer, NoPage> {
    let resolved = visitor.view.catalogue.resolve(&format!("{dataset}/{table}"));
    // One that is not there now may have been.
    let parsed = || format!("{dataset}/{table}").parse().ok();
    let Some(Ref::Table(reference)) = resolved.as_ref().ok().cloned().or_else(parsed) else {
        return Err(NoPage::NotFound(Vec::new()));
    };
    let past = past::wanted(app, visitor, asked, &reference.dataset).await?;
    let catalogue = past.as_ref().map_or(&*visitor.view.catalogue, |past| &past.catalogue);
    let (Some(entry), Some(held)) = (catalogue.table(&reference), catalogue.dataset(&reference.dataset)) else {
        let reference = Ref::Table(reference);
        if past.is_none()
            && let Some(last) = app.last_version(&visitor.actor, &reference).await?
        {
            return Ok(past::gone(&reference, last).into());
        }
        return Err(resolved.err().map_or(NoPage::NotFound(Vec::new()), NoPage::from));
    };
    let of = &entry.table;
    let title = record::title(&of.title, &of.name);
    let sort = asked.query.text("sort");
    let mut fields: Vec<&Field> = entry.fields.values().map(AsRef::as_ref).collect();
    match sort {
        "name" => fields.sort_by_key(|field| record::title(&field.title, &field.name).to_lowercase()),
        "type" => fields.sort_by_key(|field| (field.data_type.map(|kind| kind.as_str()), field.name.to_lowercase())),
        _ => {}
    }
    if asked.twin != Twin::Html {
        let sheets = vec![field_rows::sheet(fields), field_rows::tables_sheet([entry.as_ref()])];
        return Ok(visitor
            .listing(
                &format!("Fields of {title}"),
                &format!("{}-{}-fields", reference.dataset, reference.table),
                asked,
                sheets,
            )
            .into());
    }
    let nearest = || visitor.view.nearest_tables(&reference, visitor.today, MOST_NEIGHBOURS);
    let near = if past.is_none() { nearest() } else { Near::default() };
    let dataset_title = record::title(&held.dataset.title, &held.dataset.name);
    let standing = Standing::Of(vec![held.model.clone()]);
    let body = html! {
        @if let Some(past) = &past { (past.notice(&links::table(&reference), &reference.dataset)) }
        div class="app-columns app-columns--aside" {
            div {
                span class="app-caption" { (dataset_title) }
                h1 class="nhsuk-heading-l" { (nhs::breaking(title)) }
                @if !of.description.is_empty() { p class="app-lead" { (of.description) } }
                p class="app-tags" { (record::provenance_tag(of.provenance)) @if title != of.name { span class="app-name" { (nhs::breaking(&of.name)) } } }
            }
            div class="app-panel app-panel--action" {
                (visitor.add_button("Add table to your list", &reference.to_string(), asked))
                p { a href=(links::plan(&[reference.to_string()])) { "Plan a linkage with this table" } }
                p { a href=(asked.twin_href("xlsx")) download { "Download fields (XLSX)" } }
                p { a href=(asked.twin_href("csv")) download { "Download fields (CSV)" } }
                p { a href=(asked.twin_href("json")) download { "Download as JSON" } }
            }
        }
        (record::facts(&[
            ("One row is", of.grain.trim_start_matches("one row per ").to_owned()),
            ("Rows", of.rows.map(|rows| format!("about {}", text::number(rows))).unwrap_or_default()),
            ("Fields", text::number(entry.fields.len() as u64)),
            ("Covers", text::coverage(&of.coverage)),
            ("People", of.population.map(number::people).unwrap_or_default()),
        ]))
        (keys(catalogue, entry))
        (fields_table(visitor, asked, &reference, &fields, sort, past.as_ref()))
        @if past.is_none() { (neighbours(visitor, &reference, &near, &visitor.picture_note(&standing))) }
        h2 { "About this table" }
        (about(catalogue, entry))
        @if past.is_none() { (past::history_link(&reference.dataset)) }
        (record::report(site, &held.dataset.contact, title, &links::table(&reference)))
    };
    let mut page = page(title, Place::Datasets, standing, body);
    let query = past.as_ref().map(Past::query).unwrap_or_default();
    page.crumbs = vec![
        Crumb::new("Home", "/"),
        Crumb::new("Datasets", "/datasets"),
        Crumb::new(dataset_title, query.href(&links::dataset(&reference.dataset))),
    ];
    Ok(page.into())
}

/// The primary key, the references and the linkage keys.
fn keys(catalogue: &Catalogue, entry: &TableEntry) -> Markup {
    let named = |field: &Field| html! { a href=(links::field(&field.reference())) { (record::title(&field.title, &field.name)) } };
    let primary: Vec<_> = entry.fields.values().filter(|field| field.key == Some(KeyKind::Primary)).collect();
    let references: Vec<_> = entry.fields.values().filter(|field| !field.references.is_empty()).collect();
    let held: Vec<_> = entry.fields.values().filter(|field| field.scheme.is_some()).collect();
    let mut rows = Vec::new();
    if !primary.is_empty() {
        rows.push(SummaryRow::html(
            "Primary key",
            html! {
                @for (at, field) in primary.iter().enumerate() { @if at > 0 { " + " } (named(field)) }
            },
        ));
    }
    if !held.is_empty() {
        rows.push(SummaryRow::html("Linkage keys", html! {
            @for (at, field) in held.iter().enumerate() {
                @if at > 0 { br; }
                (named(field)) " holds "
                @if let Some(scheme) = &field.scheme { a href=(links::key(&scheme.scheme)) { (record::scheme_title(catalogue, &scheme.scheme)) } }
                @if let Some(role) = &field.role { " " (text::of_whom(role)) }
            }
        }));
    }
    if !references.is_empty() {
        rows.push(SummaryRow::html("Refers to", html! {
            @for (at, field) in references.iter().enumerate() {
                @if at > 0 { br; }
                (named(field)) " → "
                @for (nth, reference) in field.references.iter().enumerate() {
                    @if nth > 0 { ", " }
                    @let target = catalogue.table(&reference.target.table).map(|table| record::title(&table.table.title, &table.table.name).to_owned());
                    a href=(links::field(&reference.target)) { (target.unwrap_or_else(|| reference.target.to_string())) }
                }
            }
        }));
    }
    html! { @if !rows.is_empty() { h2 { "Keys" } (nhs::summary_list(&rows)) } }
}

fn fields_table(
    visitor: &Visitor,
    asked: &Asked,
    reference: &TableRef,
    fields: &[&Field],
    sort: &str,
    past: Option<&Past>,
) -> Markup {
    let whole = fields.len();
    let words: Vec<String> = asked.query.text("q").split_whitespace().map(str::to_lowercase).collect();
    let mentions = |field: &&&Field| {
        let text = format!("{} {} {}", field.title, field.name, field.description).to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let fields: Vec<&Field> = fields.iter().filter(mentions).copied().collect();
    let last = fields.len().div_ceil(FIELDS_A_PAGE).max(1);
    let current = asked.query.text("page").parse().unwrap_or(1).clamp(1, last);
    let shown = fields.iter().skip((current - 1) * FIELDS_A_PAGE).take(FIELDS_A_PAGE);
    let query = past.map(Past::query).unwrap_or_default();
    let mut columns =
        vec![Column::text("Field"), Column::text("Type"), Column::text("Key or class"), Column::text("Description")];
    let filled = fields.iter().any(|field| field.completeness.is_some());
    if filled {
        columns.push(Column::text("Filled in"));
    }
    columns.push(Column::text("Origin"));
    // What is past cannot be asked for.
    if past.is_none() {
        columns.push(Column::text("Add"));
    }
    let rows: Vec<Row> = shown
        .map(|field| {
            let mut cells = vec![
                field_rows::name(field, &query),
                field_rows::kind(field),
                field_rows::class(field),
                field_rows::described(field),
            ];
            if filled {
                cells.push(html! { @match field.completeness { Some(share) => (field_rows::filled(share)), None => span class="app-muted" { "Not recorded" } } });
            }
            cells.push(html! { @match field.provenance { Some(origin) => (origin.as_str()), None => "stated" } });
            if past.is_none() {
                cells.push(visitor.tick(&field.reference(), record::title(&field.title, &field.name)));
            }
            Row { id: Some(field.slug.to_string()), cells }
        })
        .collect();
    let listed = html! {
        div class="app-table app-table--fields" id="fields-table" {
            (nhs::table(&DataTable {
                id: "fields-caption", caption: &format!("Fields of {}", reference.table), caption_size: None, caption_hidden: true,
                columns: &columns, rows, first_is_header: true, scrolls: true,
            }))
        }
    };
    html! {
        div class="app-head" {
            h2 id="fields" { "Fields" }
            ul class="app-inline" {
                @for (value, name) in [("", "Order of the model"), ("name", "A to Z"), ("type", "By type")] {
                    li { @if value == sort { strong { (name) } } @else { a href={ (asked.query.without("page").set("sort", value).href(&asked.path)) "#fields" } { (name) } } }
                }
            }
        }
        @if whole > FIELDS_A_PAGE { (mentioning(asked)) }
        @if whole == 0 { p { "No fields described yet." } }
        @else if fields.is_empty() { p { "No field of this table mentions “" (asked.query.text("q")) "”. " a href={ (asked.query.without("q").without("page").href(&asked.path)) "#fields" } { "Show all of them" } "." } }
        @else {
            @if whole > FIELDS_A_PAGE {
                @let first = (current - 1) * FIELDS_A_PAGE;
                p { "Fields " (text::number((first + 1) as u64)) " to " (text::number((first + FIELDS_A_PAGE).min(fields.len()) as u64)) " of " (text::number(fields.len() as u64)) @if fields.len() < whole { " that mention “" (asked.query.text("q")) "”" } "." }
            } @else if whole > 15 {
                (record::narrowing("fields-table", "filter-fields", "Show fields that mention"))
            }
            @if past.is_none() { (visitor.add_fields(asked, &listed)) } @else { (listed) }
            (nhs::pagination(Pages { current, last }, &|page| format!("{}#fields", asked.query.set("page", page.to_string()).href(&asked.path))))
        }
    }
}

/// The form that looks through more fields than one page holds.
fn mentioning(asked: &Asked) -> Markup {
    let control = Control {
        id: "filter-fields",
        name: "q",
        label: Label { text: "Show fields that mention", ..Label::default() },
        ..Control::default()
    };
    html! {
        form class="app-panel app-form-inline" action={ (asked.path) "#fields" } method="get" {
            @for (name, value) in asked.query.pairs().filter(|(name, _)| matches!(*name, "sort" | "v")) { input type="hidden" name=(name) value=(value); }
            (nhs::input(&Input { control, value: asked.query.text("q"), width: Some(20), ..Input::default() }))
            (Button { text: "Show", variant: Variant::Secondary, small: true, ..Button::default() }.html())
        }
    }
}

fn neighbours(visitor: &Visitor, reference: &TableRef, near: &Near<Joinable>, note: &str) -> Markup {
    let catalogue = &visitor.view.catalogue;
    let columns = [
        Column::text("Table"),
        Column::text("Link on"),
        Column::text("Rows"),
        Column::text("Approvals on top of the standard application").short("Approvals on top"),
    ];
    let shown: Vec<&Joinable> = near.first.iter().collect();
    let row = |joinable: &&Joinable| {
        let table = catalogue
            .table(&joinable.table)
            .map(|entry| record::title(&entry.table.title, &entry.table.name).to_owned());
        let dataset = catalogue
            .dataset(&joinable.table.dataset)
            .map(|entry| record::title(&entry.dataset.title, &entry.dataset.name).to_owned());
        Row::from(vec![
            html! {
                a href=(links::table(&joinable.table)) { (table.unwrap_or_else(|| joinable.table.to_string())) }
                @if joinable.table.dataset != reference.dataset { br; span class="app-muted" { (dataset.unwrap_or_default()) } }
            },
            html! {
                @for (at, pair) in joinable.step.pairs.iter().enumerate() {
                    @if at > 0 { br; }
                    span class="app-name" { (nhs::breaking(pair.from.field.as_str())) " = " (nhs::breaking(pair.to.field.as_str())) }
                }
                @if let Some(role) = &joinable.step.role { br; span class="app-muted" { "as " (role) } }
            },
            html! { (text::cardinality(joinable.step.cardinality)) },
            record::link_approvals(catalogue, &joinable.step.approvals),
        ])
    };
    html! {
        h2 id="near" { "Tables 1 link away" }
        @if shown.is_empty() {
            p { "No links recorded. This does not mean it cannot be linked: " a href="/contact" { "ask the team" } "." }
        } @else {
            p {
                @if near.total > MOST_NEIGHBOURS { "The first " (MOST_NEIGHBOURS) " of " (text::count(near.total, "table")) "; those of the same dataset come first. " }
                a href=(links::plan(&[reference.to_string()])) { "Plan a linkage from this table" } "."
            }
            div class="app-table-first" {
                div class="app-picture" {
                    (record::scrolling("Picture of the tables 1 link away", &map::near(visitor, reference, &shown, note)))
                    (record::lines_key())
                }
                div class="app-table" {
                    (nhs::table(&DataTable {
                        id: "near-caption", caption: "Tables 1 link away", caption_size: None, caption_hidden: true, columns: &columns,
                        rows: shown.iter().map(row).collect(), first_is_header: true, scrolls: true,
                    }))
                }
            }
        }
    }
}

fn about(catalogue: &Catalogue, entry: &TableEntry) -> Markup {
    let of = &entry.table;
    let mut rows = vec![
        SummaryRow::text("Name in the model", &of.name),
        Some(SummaryRow::html("Approvals beyond the dataset's", record::approvals(catalogue, &of.approvals))),
        SummaryRow::text("Covers", &text::coverage(&of.coverage)),
    ];
    rows.extend(record::extra(&of.extra));
    rows.push(Some(record::origin(of.provenance, &of.source)));
    nhs::summary_list_html(rows)
}
