//! `/datasets/{dataset}/history` and `/datasets/{dataset}/compare?from=1&to=2`: the versions of a dataset's data model,
//! and what differs between two of them.

use std::sync::Arc;

use maud::{Markup, html};

use super::answer::{Answer, Asked, NoPage, Twin, page};
use super::components::{self as nhs, Column, Crumb, DataTable, Fault, Row, Select, SelectItem};
use super::layout::{Page, Place, Standing};
use super::visitor::Visitor;
use super::{links, record, text};
use crate::app::{App, Datum, ListingSheet, VersionHead};
use crate::domain::catalogue::DatasetEntry;
use crate::domain::data_model::DataModel;
use crate::domain::diff::{Change, Changed, Diff};
use crate::domain::refs::{Ref, Slug};

/// Changes listed on the page; the files hold all.
const MOST_SHOWN: usize = 1_000;

fn entry<'a>(visitor: &'a Visitor, slug: &str) -> Result<&'a Arc<DatasetEntry>, NoPage> {
    let Ref::Dataset(slug) = visitor.view.catalogue.resolve(slug)? else { return Err(NoPage::NotFound(Vec::new())) };
    visitor.view.catalogue.dataset(&slug).ok_or(NoPage::NotFound(Vec::new()))
}

fn framed(entry: &DatasetEntry, title: &str, body: Markup) -> Page {
    let mut page = page(title, Place::Datasets, Standing::Of(vec![entry.model.clone()]), body);
    page.crumbs = vec![
        Crumb::new("Home", "/"),
        Crumb::new("Datasets", "/datasets"),
        Crumb::new(record::title(&entry.dataset.title, &entry.dataset.name), links::dataset(&entry.dataset.slug)),
    ];
    page
}

/// `/datasets/{dataset}/history`
pub async fn history(app: &App, visitor: &Visitor, asked: &Asked, slug: &str) -> Result<Answer, NoPage> {
    let entry = entry(visitor, slug)?;
    let versions = app.history(&visitor.actor, &entry.model).await?;
    let notes = app.notes_of(&versions).await?;
    let curates = visitor.curates(&entry.model);
    let dataset = record::title(&entry.dataset.title, &entry.dataset.name);
    if asked.twin != Twin::Html {
        let rows = versions.iter().map(|head| {
            vec![
                Datum::Count(u64::try_from(head.version).unwrap_or_default()),
                Datum::text(text::moment(head.published_at)),
                Datum::text(&head.label),
                Datum::word(notes.get(&head.version)),
                Datum::word(head.source_sha256.as_ref()),
                Datum::word(head.rolled_back_from),
            ]
        });
        let sheet = ListingSheet {
            name: "Versions".to_owned(),
            columns: vec!["Version", "Published", "Label", "Note", "SHA-256 of the workbook", "Brings back version"],
            rows: rows.collect(),
        };
        return Ok(visitor
            .listing(&format!("Versions of {dataset}"), &format!("{}-versions", entry.dataset.slug), asked, vec![sheet])
            .into());
    }
    let columns = [
        Column::text("Version"),
        Column::text("Published"),
        Column::text("Owner's name of it"),
        Column::text("Note"),
        Column::text("Workbook (SHA-256)"),
        Column::text("Compare"),
    ];
    let row = |(at, head): (usize, &VersionHead)| {
        Row::from(vec![
            html! { a href={ (links::dataset(&entry.dataset.slug)) "?v=" (head.version) } { "Version " (head.version) } @if at == 0 { " (current)" } },
            html! { (text::moment(head.published_at)) },
            html! { (head.label) @if let Some(from) = head.rolled_back_from { " brings back version " (from) } },
            html! { (notes.get(&head.version).map(String::as_str).unwrap_or_default()) },
            html! { @if let Some(hash) = &head.source_sha256 { span class="app-name" { (hash) } } },
            html! {
                @if let Some(before) = versions.get(at + 1) {
                    a href={ (links::dataset(&entry.dataset.slug)) "/compare?from=" (before.version) "&to=" (head.version) } { "With version " (before.version) }
                }
                @if curates && at > 0 {
                    @if at + 1 < versions.len() { br; }
                    a href={ "/curate/restore?model=" (entry.model) "&version=" (head.version) } { "Restore version " (head.version) }
                }
            },
        ])
    };
    let body = html! {
        span class="app-caption" { (dataset) }
        h1 class="nhsuk-heading-l" { "Versions" }
        p { "This dataset is published with its whole data model. Nothing published is ever lost: each version can be looked at as it was." }
        @if versions.is_empty() {
            p { "The versions of this data model are shown only to those who may see all of what it holds." }
        } @else {
            div class="app-table" {
                (nhs::table(&DataTable {
                    id: "versions-caption", caption: "Versions, newest first", caption_size: None, caption_hidden: true, columns: &columns,
                    rows: versions.iter().enumerate().map(row).collect(), first_is_header: true, scrolls: true,
                }))
            }
            // The last change is what most come for.
            @let version = |at: usize| versions.get(at).map(|head| head.version.to_string()).unwrap_or_default();
            (chooser(&entry.dataset.slug, &versions, &version(1), &version(0), &[]))
            (record::downloads(asked, "versions"))
        }
    };
    Ok(framed(entry, &format!("Versions of {dataset}"), body).into())
}

/// Two versions to compare.
fn chooser(dataset: &Slug, versions: &[VersionHead], from: &str, to: &str, faults: &[Fault]) -> Markup {
    let items: Vec<SelectItem> = versions
        .iter()
        .map(|head| {
            SelectItem::new(
                head.version.to_string(),
                format!("Version {}, {}", head.version, text::moment_day(head.published_at)),
            )
        })
        .collect();
    let control = |id, text| nhs::Control {
        id,
        name: id,
        label: nhs::Label { text, ..nhs::Label::default() },
        error: faults.iter().find(|fault| fault.at == id).map(|fault| fault.text.as_str()),
        ..nhs::Control::default()
    };
    html! {
        @if versions.len() > 1 || !faults.is_empty() {
            form class="app-panel app-form-inline" action={ (links::dataset(dataset)) "/compare" } method="get" {
                (nhs::select(&Select { control: control("from", "From"), items: &items, value: from }))
                (nhs::select(&Select { control: control("to", "To"), items: &items, value: to }))
                (nhs::Button { text: "Compare", variant: nhs::Variant::Secondary, small: true, ..nhs::Button::default() }.html())
            }
        }
    }
}

/// `/datasets/{dataset}/compare`
pub async fn compare(app: &App, visitor: &Visitor, asked: &Asked, slug: &str) -> Result<Answer, NoPage> {
    let entry = entry(visitor, slug)?;
    let dataset = record::title(&entry.dataset.title, &entry.dataset.name);
    let versions = app.history(&visitor.actor, &entry.model).await?;
    let (from, to) = (asked.query.text("from"), asked.query.text("to"));
    let known = |text: &str| text.parse().ok().filter(|version| versions.iter().any(|head| head.version == *version));
    let mut faults = Vec::new();
    let both: Option<(i32, i32)> = match (known(from), known(to)) {
        (Some(from), Some(to)) if from != to => Some((from, to)),
        // Of a single version there is nothing to choose.
        _ if versions.len() < 2 => None,
        (Some(_), Some(_)) => {
            faults.push(Fault::new("Choose 2 different versions", "to"));
            None
        }
        (from_known, _) => {
            let (at, text) = if from_known.is_none() { ("from", from) } else { ("to", to) };
            if !from.is_empty() || !to.is_empty() {
                faults.push(Fault::new(format!("“{text}” is no version that you may see: choose one of the list"), at));
            }
            None
        }
    };
    let mut diff = None;
    if let Some((from, to)) = both {
        let old = app.model_version(&visitor.actor, &entry.model, from).await?.ok_or(NoPage::NotFound(Vec::new()))?;
        let new = app.model_version(&visitor.actor, &entry.model, to).await?.ok_or(NoPage::NotFound(Vec::new()))?;
        let of = &entry.dataset.slug;
        diff = Some(Diff::between(Some(&only(&old.model, of)), &only(&new.model, of)));
    }
    if asked.twin != Twin::Html {
        let rows = diff.as_ref().map(rows).unwrap_or_default();
        let sheet = ListingSheet {
            name: "Changes".to_owned(),
            columns: vec!["Change", "What", "Name", "Property", "Before", "After"],
            rows: rows.into_iter().map(|row| row.map(Datum::text).to_vec()).collect(),
        };
        return Ok(visitor
            .listing(
                &format!("{dataset}: version {from} to {to}"),
                &format!("{}-changes", entry.dataset.slug),
                asked,
                vec![sheet],
            )
            .into());
    }
    let body = html! {
        (nhs::error_summary(&faults))
        span class="app-caption" { (dataset) }
        h1 class="nhsuk-heading-l" { @if let Some((from, to)) = both { "What changed from version " (from) " to version " (to) } @else { "Compare versions" } }
        @if versions.len() < 2 {
            p { "Only 1 version has been published, so there is nothing to compare yet." }
            p { a href=(links::dataset(&entry.dataset.slug)) { "Show the dataset" } " or " a href={ (links::dataset(&entry.dataset.slug)) "/history" } { "its history" } "." }
        } @else { (chooser(&entry.dataset.slug, &versions, from, to, &faults)) }
        @if let Some(diff) = &diff { (changes(diff)) (record::downloads(asked, "changes")) }
    };
    let mut page = framed(entry, &format!("Compare versions of {dataset}"), body);
    page.faulty = !faults.is_empty();
    if page.faulty {
        page.status = 422;
    }
    Ok(page.into())
}

/// What a data model holds of one dataset; what lies outside datasets is not this page's.
fn only(model: &DataModel, dataset: &Slug) -> DataModel {
    DataModel {
        about: model.about.clone(),
        datasets: model.datasets.iter().filter(|held| held.slug == *dataset).cloned().collect(),
        tables: model.tables.iter().filter(|held| held.dataset == *dataset).cloned().collect(),
        fields: model.fields.iter().filter(|held| held.dataset == *dataset).cloned().collect(),
        ..DataModel::default()
    }
}

/// A difference row by row: change, what, name, property, before, after.
pub(super) fn rows(diff: &Diff) -> Vec<[String; 6]> {
    let blank = String::new;
    let mut rows = Vec::new();
    rows.extend(
        diff.removed
            .iter()
            .map(|row| ["Removed".to_owned(), row.kind.clone(), row.name.clone(), blank(), blank(), blank()]),
    );
    rows.extend(
        diff.added
            .iter()
            .map(|row| ["Added".to_owned(), row.kind.clone(), row.name.clone(), blank(), blank(), blank()]),
    );
    rows.extend(diff.renamed.iter().map(|row| {
        ["Renamed".to_owned(), row.kind.clone(), row.to.clone(), "name".to_owned(), row.from.clone(), row.to.clone()]
    }));
    rows.extend(diff.moved.iter().map(|row| {
        ["Moved".to_owned(), row.kind.clone(), row.to.clone(), "place".to_owned(), row.from.clone(), row.to.clone()]
    }));
    for changed in &diff.changed {
        rows.extend(properties(changed).into_iter().map(|(property, before, after)| {
            ["Changed".to_owned(), changed.kind.clone(), changed.name.clone(), property, before, after]
        }));
    }
    rows
}

/// What changed of a row, before and after. The type of a field and the words that its source has for it are one thing.
fn properties(changed: &Changed) -> Vec<(String, String, String)> {
    let all = &changed.properties;
    let source = all.get("sourceType").filter(|_| all.contains_key("dataType"));
    let with = |kind: &str, source: &str| match (kind, source) {
        (kind, "") => kind.to_owned(),
        ("", source) => source.to_owned(),
        (kind, source) if kind.eq_ignore_ascii_case(source) => kind.to_owned(),
        (kind, source) => format!("{kind} (in the source: {source})"),
    };
    let told = |(property, change): (&String, &Change)| match (property.as_str(), source) {
        ("sourceType", Some(_)) => None,
        ("dataType", Some(source)) => {
            Some(("type".to_owned(), with(&change.before, &source.before), with(&change.after, &source.after)))
        }
        _ => Some((property.clone(), change.before.clone(), change.after.clone())),
    };
    all.iter().filter_map(told).collect()
}

pub(super) fn changes(diff: &Diff) -> Markup {
    let rows = rows(diff);
    let columns = [
        Column::text("Change"),
        Column::text("What"),
        Column::text("Name"),
        Column::text("Property"),
        Column::text("Before"),
        Column::text("After"),
    ];
    let row = |row: &[String; 6]| {
        let [change, kind, name, property, before, after] = row;
        let sign = match change.as_str() {
            "Added" => "+ ",
            "Removed" => "− ",
            "Changed" => "~ ",
            _ => "→ ",
        };
        Row::from(vec![
            html! { span aria-hidden="true" { (sign) } (change) },
            html! { (kind) },
            html! { @if change == "Removed" { del { (name) } } @else if change == "Added" { ins { (name) } } @else { (name) } },
            html! { (property) },
            html! { @if !before.is_empty() { del { (before) } } },
            html! { @if !after.is_empty() { ins { (after) } } },
        ])
    };
    html! {
        (record::facts(&[
            ("Added", text::number(diff.added.len() as u64)),
            ("Removed", text::number(diff.removed.len() as u64)),
            ("Changed", text::number(diff.changed.len() as u64)),
            ("Renamed or moved", text::number((diff.renamed.len() + diff.moved.len()) as u64)),
        ]))
        @if rows.is_empty() { p { "No differences." } } @else {
            @if rows.len() > MOST_SHOWN { p { "The first " (text::number(MOST_SHOWN as u64)) " of " (text::number(rows.len() as u64)) " changes; the files hold all." } }
            div class="app-table" {
                (nhs::table(&DataTable {
                    id: "changes", caption: "Changes", caption_size: None, caption_hidden: true, columns: &columns,
                    rows: rows.iter().take(MOST_SHOWN).map(row).collect(), first_is_header: false, scrolls: true,
                }))
            }
        }
    }
}
