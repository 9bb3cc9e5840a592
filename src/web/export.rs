//! `/export`: what is published as files for other programs, in every format that `linkwright export` knows; the formats,
//! the files of one, and each file.

use maud::{Markup, html};

use super::answer::{Answer, Asked, NoPage, Twin, page};
use super::components::{
    self as nhs, Button, Column, Control, Crumb, DataTable, Label, Row, Select, SelectItem, Variant,
};
use super::layout::{Place, Standing};
use super::query::Query;
use super::visitor::Visitor;
use super::{record, text};
use crate::app::{App, Datum, Exporter, ListingSheet, exporter, exporters};
use crate::domain::refs::{Slug, closest};

/// Names that are offered where one is not known.
const MOST_NEAR: usize = 20;

/// A format with the names of its files.
type Format = (&'static dyn Exporter, Vec<String>);

/// `/export`: every format and its files, of everything or of the datasets named with `dataset`.
pub fn formats(app: &App, visitor: &Visitor, asked: &Asked) -> Result<Answer, NoPage> {
    let found: Result<Vec<Format>, NoPage> = exporters()
        .iter()
        .map(|exporter| Ok((*exporter, app.export_names(&visitor.actor, exporter.format(), &datasets(asked))?)))
        .collect();
    shown(visitor, asked, "Export the catalogue", &found?)
}

/// `/export/{format}`: its file, or a list where it has several.
pub async fn format(app: &App, visitor: &Visitor, asked: &Asked, format: &str) -> Result<Answer, NoPage> {
    let exporter = known(format)?;
    let names = app.export_names(&visitor.actor, exporter.format(), &datasets(asked))?;
    match (names.as_slice(), asked.twin) {
        ([only], Twin::Html) => made(app, visitor, asked, exporter, only).await,
        _ => shown(visitor, asked, &format!("Export as {}", exporter.format()), &[(exporter, names)]),
    }
}

/// `/export/{format}/{file}`: one file, by its whole name, ending included.
pub async fn file(app: &App, visitor: &Visitor, asked: &Asked, format: &str) -> Result<Answer, NoPage> {
    let exporter = known(format)?;
    let wanted = asked.last();
    let names = app.export_names(&visitor.actor, exporter.format(), &datasets(asked))?;
    match names.iter().find(|name| name.eq_ignore_ascii_case(&wanted)) {
        Some(name) => made(app, visitor, asked, exporter, name).await,
        None => {
            let near = closest(&wanted, names.iter().map(String::as_str), MOST_NEAR);
            // None may be close to a name that was guessed: then what there is.
            let near = if near.is_empty() { names.iter().map(String::as_str).take(MOST_NEAR).collect() } else { near };
            Err(NoPage::NotFound(near.into_iter().map(|name| address(asked, exporter, name)).collect()))
        }
    }
}

async fn made(
    app: &App,
    visitor: &Visitor,
    asked: &Asked,
    exporter: &dyn Exporter,
    name: &str,
) -> Result<Answer, NoPage> {
    let made = app.export_file(&visitor.actor, exporter.format(), &datasets(asked), name).await?;
    let file = made.ok_or(NoPage::NotFound(Vec::new()))?;
    Ok(Answer::File { media_type: file.media_type, name: Some(file.name), bytes: file.bytes })
}

/// The format of this name; else all that there are.
fn known(format: &str) -> Result<&'static dyn Exporter, NoPage> {
    exporter(format).map_err(|_| {
        NoPage::NotFound(exporters().iter().map(|exporter| format!("/export/{}", exporter.format())).collect())
    })
}

/// The datasets that an address names.
fn datasets(asked: &Asked) -> Vec<String> {
    asked.query.all("dataset").map(str::to_owned).collect()
}

/// The address of a file, of the same datasets.
fn address(asked: &Asked, exporter: &dyn Exporter, name: &str) -> String {
    let same: Query = asked.query.pairs().filter(|(name, _)| *name == "dataset").collect();
    same.href(&format!("/export/{}/{name}", exporter.format()))
}

fn shown(visitor: &Visitor, asked: &Asked, title: &str, formats: &[Format]) -> Result<Answer, NoPage> {
    if asked.twin != Twin::Html {
        return Ok(visitor.listing(title, "exports", asked, vec![sheet(asked, formats)]).into());
    }
    let all = asked.path == "/export";
    let body = html! {
        h1 class="nhsuk-heading-l" { (title) }
        p class="app-lead" {
            @if all { "What is published, as files for other programs." }
            @else { @for (exporter, _) in formats { (text::sentence(exporter.about())) } }
            " Each holds what you may see, as of catalogue version " (visitor.view.version) "."
        }
        (narrow(visitor, asked))
        (table(asked, formats))
        @if all { p class="app-small app-muted" { "On the command line: " code { "linkwright export --format FORMAT --output FOLDER" } "." } }
        @else { p { a href=(asked.query.href("/export")) { "All formats" } } }
        (record::downloads(asked, "this list"))
    };
    let mut page = page(title, Place::Api, Standing::All, body);
    page.crumbs = vec![Crumb::new("Home", "/"), Crumb::new("API", "/api")];
    if !all {
        page.crumbs.push(Crumb::new("Export", "/export"));
    }
    Ok(page.into())
}

/// The form that narrows the files down to a dataset.
fn narrow(visitor: &Visitor, asked: &Asked) -> Markup {
    let control = Control {
        id: "dataset",
        name: "dataset",
        label: Label { text: "Dataset", ..Label::default() },
        ..Control::default()
    };
    let named: Vec<String> = datasets(asked);
    let mut items = vec![SelectItem::new("", "All datasets")];
    items.extend(visitor.view.catalogue.datasets.values().map(|entry| {
        SelectItem::new(entry.dataset.slug.as_str(), record::title(&entry.dataset.title, &entry.dataset.name))
    }));
    // As the catalogue writes it.
    let chosen = named.first().and_then(|text| Slug::of(text).ok());
    html! {
        form class="app-panel app-form-inline" action=(asked.path) method="get" {
            (nhs::select(&Select { control, items: &items, value: chosen.as_ref().map_or("", Slug::as_str) }))
            (Button { text: "Update", variant: Variant::Secondary, small: true, ..Button::default() }.html())
        }
        @if named.len() > 1 { p { "Narrowed down to " (named.join(", ")) ". " a href=(asked.path) { "Show all datasets" } } }
    }
}

fn table(asked: &Asked, formats: &[Format]) -> Markup {
    let columns = [Column::text("Format"), Column::text("What it is"), Column::text("Files")];
    let row = |(exporter, names): &Format| {
        Row::from(vec![
            html! { (exporter.format()) },
            html! { (text::sentence(exporter.about())) },
            html! {
                @if names.is_empty() { "Nothing has been published yet" }
                ul class="nhsuk-list app-small" { @for name in names { li { a href=(address(asked, *exporter, name)) download { (nhs::breaking(name)) } } } }
            },
        ])
    };
    html! {
        div class="app-table" {
            (nhs::table(&DataTable {
                id: "formats", caption: "Formats and their files", caption_size: None, caption_hidden: true, columns: &columns,
                rows: formats.iter().map(row).collect(), first_is_header: true, scrolls: false,
            }))
        }
    }
}

/// The files as a sheet.
fn sheet(asked: &Asked, formats: &[Format]) -> ListingSheet {
    let row = |exporter: &'static dyn Exporter, name: &String| {
        vec![
            Datum::text(exporter.format()),
            Datum::text(exporter.about()),
            Datum::text(name),
            Datum::text(address(asked, exporter, name)),
        ]
    };
    ListingSheet {
        name: "Files".to_owned(),
        columns: vec!["Format", "What it is", "File", "Address"],
        rows: formats.iter().flat_map(|(exporter, names)| names.iter().map(|name| row(*exporter, name))).collect(),
    }
}
