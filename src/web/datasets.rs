//! `/datasets`: every dataset, grouped by the data model that it comes from.

use std::sync::Arc;

use maud::html;

use super::answer::{Answer, Asked, Twin, page};
use super::components::{self as nhs, Column, Control, Crumb, DataTable, Input, Label, Pages, Row};
use super::layout::{Place, Standing};
use super::visitor::Visitor;
use super::{links, record, text};
use crate::app::{Datum, ListingSheet};
use crate::domain::catalogue::DatasetEntry;
use crate::domain::number;
use crate::domain::refs::Slug;

/// Datasets on one page: enough for any one institution on one.
const A_PAGE: usize = 100;

/// Datasets of a catalogue up to which the links of each are counted.
const MOST_COUNTED: usize = 40;

/// `/datasets`
#[must_use]
pub fn list(visitor: &Visitor, asked: &Asked) -> Answer {
    let catalogue = &visitor.view.catalogue;
    let wanted = asked.query.text("q").to_lowercase();
    let fits = |entry: &DatasetEntry| {
        let dataset = &entry.dataset;
        let text =
            [&dataset.title, &dataset.name, &dataset.description, &dataset.custodian].map(|text| text.to_lowercase());
        wanted.split_whitespace().all(|word| {
            text.iter().any(|text| text.contains(word))
                || dataset.keywords.iter().any(|key| key.to_lowercase().contains(word))
        })
    };
    let mut entries: Vec<&Arc<DatasetEntry>> = catalogue.datasets.values().filter(|entry| fits(entry)).collect();
    let sort = asked.query.text("sort");
    match sort {
        "name" => entries.sort_by_key(|entry| record::title(&entry.dataset.title, &entry.dataset.name).to_lowercase()),
        "fields" => entries.sort_by_key(|entry| std::cmp::Reverse(fields(entry))),
        _ => {}
    }
    if asked.twin != Twin::Html {
        return visitor.listing("Datasets", "datasets", asked, vec![sheet(&entries)]).into();
    }
    let all = entries.len();
    let last = all.div_ceil(A_PAGE).max(1);
    let current = asked.query.text("page").parse::<usize>().unwrap_or(1).clamp(1, last);
    if sort.is_empty() {
        // In the order in which they are shown: by source.
        entries.sort_by_key(|entry| catalogue.models.get_index_of(&entry.model));
    }
    entries = entries.into_iter().skip((current - 1) * A_PAGE).take(A_PAGE).collect();
    let control = |id, label, hint| Control {
        id,
        name: id,
        label: Label { text: label, ..Label::default() },
        hint,
        ..Control::default()
    };
    let sorts = [("", "Source"), ("name", "A to Z"), ("fields", "Most fields")]
        .map(|(value, text)| nhs::SelectItem::new(value, text));
    let groups: Vec<_> = if sort.is_empty() {
        let of = |slug| entries.iter().copied().filter(|entry| &entry.model == slug).collect::<Vec<_>>();
        catalogue
            .models
            .values()
            .map(|head| (Some(head), of(&head.about.slug)))
            .filter(|(_, held)| !held.is_empty())
            .collect()
    } else {
        vec![(None, entries.clone())]
    };
    let body = html! {
        h1 class="nhsuk-heading-l" { "Datasets" }
        form class="app-panel app-form-inline" action="/datasets" method="get" {
            (nhs::input(&Input { control: control("q", "Show datasets that mention", None), value: asked.query.text("q"), width: Some(20), ..Input::default() }))
            (nhs::select(&nhs::Select { control: control("sort", "Sort by", None), items: &sorts, value: sort }))
            (nhs::Button { text: "Update", variant: nhs::Variant::Secondary, small: true, ..nhs::Button::default() }.html())
        }
        p { (text::count(all, "dataset")) @if last > 1 { ", page " (current) " of " (last) } @if !wanted.is_empty() { " that mention “" (asked.query.text("q")) "”. " a href="/datasets" { "Show all datasets" } } }
        @if entries.is_empty() {
            p { "If the data you need is not listed it may not be curated yet: " a href="/contact" { "ask the team" } ", or " a href="/search" { "search tables and fields" } "." }
        }
        @for (number, (head, held)) in groups.iter().enumerate() {
            @if let Some(head) = head {
                h2 class="nhsuk-heading-m" { (record::title(&head.about.title, head.about.slug.as_str())) }
                p class="app-small app-muted" { a href={ "/models/" (head.about.slug) } { "Version " (head.version) } ", published on " (text::moment_day(head.published_at)) }
            }
            (table(visitor, asked, number, head.map_or("all", |head| record::title(&head.about.title, head.about.slug.as_str())), held))
        }
        (nhs::pagination(Pages { current, last }, &|page| asked.query.set("page", page.to_string()).href("/datasets")))
        (record::downloads(asked, "datasets"))
    };
    let mut page = page("Datasets", Place::Datasets, Standing::All, body);
    page.crumbs = vec![Crumb::new("Home", "/")];
    page.into()
}

fn table(visitor: &Visitor, asked: &Asked, number: usize, of: &str, entries: &[&Arc<DatasetEntry>]) -> maud::Markup {
    let linked = visitor.view.catalogue.datasets.len() <= MOST_COUNTED;
    let mut columns = vec![
        Column::text("Dataset"),
        Column::text("Custodian"),
        Column::text("Covers"),
        Column::numeric("People"),
        Column::numeric("Tables"),
        Column::numeric("Fields"),
    ];
    if linked {
        columns.push(Column::numeric("Links to"));
    }
    columns.push(Column::text("Your list"));
    let row = |entry: &&Arc<DatasetEntry>| {
        let dataset = &entry.dataset;
        let title = record::title(&dataset.title, &dataset.name);
        let mut cells = vec![
            html! {
                a id=(row_id(&dataset.slug)) href=(links::dataset(&dataset.slug)) { (title) }
                @if dataset.curated == Some(false) { " " (nhs::tag("Not yet curated", nhs::Colour::Yellow)) }
            },
            html! { (dataset.custodian) },
            recorded(&text::coverage(&dataset.coverage)),
            recorded(&dataset.population.map(number::people).unwrap_or_default()),
            html! { (text::number(entry.tables.len() as u64)) },
            html! { (text::number(fields(entry) as u64)) },
        ];
        if linked {
            cells.push(html! { (text::number(visitor.view.links_of(&dataset.slug, visitor.today).len() as u64)) });
        }
        let back = format!("{}#{}", asked.href(), row_id(&dataset.slug));
        cells.push(visitor.add_small(dataset.slug.as_str(), title, &back));
        Row::from(cells)
    };
    html! {
        div class="app-table app-table--datasets" {
            (nhs::table(&DataTable {
                id: &format!("datasets-{number}"),
                caption: &format!("Datasets with custodian, coverage and size: {of}"),
                caption_size: None,
                caption_hidden: true,
                columns: &columns,
                rows: entries.iter().map(row).collect(),
                first_is_header: true,
                scrolls: true,
            }))
        }
    }
}

/// What names the row of a dataset, to come back to it.
fn row_id(slug: &Slug) -> String {
    format!("dataset-{slug}")
}

/// What is recorded, or that it is not.
fn recorded(text: &str) -> maud::Markup {
    html! { @if text.is_empty() { span class="app-muted app-nowrap" { "Not recorded" } } @else { (text) } }
}

/// How many fields a dataset has.
#[must_use]
pub fn fields(entry: &DatasetEntry) -> usize {
    entry.tables.values().map(|table| table.fields.len()).sum()
}

/// Datasets as a sheet.
#[must_use]
pub fn sheet(entries: &[&Arc<DatasetEntry>]) -> ListingSheet {
    let row = |entry: &&Arc<DatasetEntry>| {
        let dataset = &entry.dataset;
        vec![
            Datum::text(dataset.slug.as_str()),
            Datum::text(&dataset.title),
            Datum::text(&dataset.description),
            Datum::text(&dataset.custodian),
            Datum::text(&dataset.contact),
            Datum::text(entry.model.as_str()),
            Datum::word(dataset.coverage.start),
            Datum::word(dataset.coverage.end),
            text::people_datum(dataset.population),
            Datum::text(&dataset.geography),
            Datum::text(&dataset.update_frequency),
            Datum::text(&dataset.time_lag),
            Datum::text(&dataset.lead_time),
            dataset.curated.map_or(Datum::Blank, Datum::Flag),
            Datum::Count(entry.tables.len() as u64),
            Datum::Count(fields(entry) as u64),
            Datum::word(dataset.provenance),
            Datum::text(&dataset.source),
        ]
    };
    ListingSheet {
        name: "Datasets".to_owned(),
        columns: vec![
            "Dataset",
            "Title",
            "Description",
            "Custodian",
            "Contact",
            "Data model",
            "Coverage start",
            "Coverage end",
            "Population",
            "Geography",
            "Update frequency",
            "Time lag",
            "Lead time",
            "Curated",
            "Tables",
            "Fields",
            "Provenance",
            "Source",
        ],
        rows: entries.iter().map(row).collect(),
    }
}
