//! `/datasets/{dataset}`: one dataset, now or as it was: facts, links, tables and fields, how to get access, versions.

use indexmap::IndexMap;
use maud::{Markup, html};

use super::answer::{Answer, Asked, NoPage, Twin, page};
use super::components::{self as nhs, Colour, Column, Crumb, DataTable, Row, SummaryRow, tag};
use super::field_rows;
use super::layout::{Place, Standing};
use super::past::{self, Past};
use super::query::Query;
use super::site::Site;
use super::spans::{Span, spans};
use super::visitor::Visitor;
use super::{datasets, link, links, record, text};
use crate::app::{App, Near, PairLink};
use crate::domain::catalogue::{Catalogue, DatasetEntry};
use crate::domain::data_model::Coverage;
use crate::domain::number;
use crate::domain::refs::{Ref, Slug};

/// Tables that are shown with their first fields; of larger datasets only their names.
const OPEN_TABLES: usize = 60;
/// Linkage keys that are named before the rest is counted.
const NAMED_KEYS: usize = 3;
/// Fields shown of each table.
const FIRST_FIELDS: usize = 10;
/// Bytes of a description up to which it is set large.
const MOST_LEAD: usize = 600;
/// Links to other datasets shown.
const MOST_LINKS: usize = 60;

/// `/datasets/{dataset}`
pub async fn show(site: &Site, app: &App, visitor: &Visitor, asked: &Asked, slug: &str) -> Result<Answer, NoPage> {
    let Ref::Dataset(slug) = visitor.view.catalogue.resolve(slug)? else { return Err(NoPage::NotFound(Vec::new())) };
    let past = past::wanted(app, visitor, asked, &slug).await?;
    let catalogue = past.as_ref().map_or(&*visitor.view.catalogue, |past| &past.catalogue);
    let Some(entry) = catalogue.dataset(&slug) else { return Err(NoPage::NotFound(Vec::new())) };
    if asked.twin != Twin::Html {
        let title = record::title(&entry.dataset.title, &entry.dataset.name);
        let sheets = field_rows::dictionary(entry);
        return Ok(visitor
            .listing(&format!("Data dictionary of {title}"), &format!("{slug}-dictionary"), asked, sheets)
            .into());
    }
    let first_links = || visitor.view.first_links_of(&slug, visitor.today, MOST_LINKS);
    let linked = if past.is_none() { first_links() } else { Near::default() };
    let dataset = &entry.dataset;
    let title = record::title(&dataset.title, &dataset.name);
    let model = catalogue.models.get(&entry.model);
    let versions = app.history(&visitor.actor, &entry.model).await?;
    let body = html! {
        @if let Some(past) = &past { (past.notice(&links::dataset(&slug), &slug)) }
        div class="app-columns app-columns--aside" {
            div {
                @if let Some(head) = model { span class="app-caption" { (record::title(&head.about.title, head.about.slug.as_str())) } }
                h1 class="nhsuk-heading-l" { (nhs::breaking(title)) }
                // A whole page of a description is text, not a lead.
                p class=[(dataset.description.len() <= MOST_LEAD).then_some("app-lead")] { (if dataset.description.is_empty() { "No description yet." } else { dataset.description.as_str() }) }
                p class="app-tags" {
                    @if let Some(tag) = record::curated_tag(dataset.curated) { (tag) }
                    @if let Some(head) = model { (tag(&format!("Version {}", head.version), Colour::White)) }
                    (record::provenance_tag(dataset.provenance))
                }
            }
            (actions(visitor, asked, entry))
        }
        (record::facts(&[
            ("Custodian", dataset.custodian.clone()),
            ("Tables", text::number(entry.tables.len() as u64)),
            ("Fields", text::number(datasets::fields(entry) as u64)),
            ("Covers", text::coverage(&dataset.coverage)),
            ("People", dataset.population.map(number::people).unwrap_or_default()),
            ("Updated", dataset.update_frequency.clone()),
            ("Linkage keys", linkage_keys(catalogue, entry)),
        ]))
        ul class="app-inline" aria-label="On this page" {
            @if past.is_none() { li { a href="#links" { "Links to other datasets" } } }
            li { a href="#tables" { "Tables and fields" } }
            li { a href="#about" { "About this dataset" } }
            li { a href="#access" { "How to get access" } }
            @if !versions.is_empty() { li { a href="#versions" { "Versions" } } }
        }
        @if past.is_none() { (linked_datasets(visitor, &slug, &linked)) }
        (tables(entry, past.as_ref()))
        h2 id="about" { "About this dataset" }
        (about(visitor, entry))
        (coverage(visitor, entry, &linked.first))
        h2 id="access" { "How to get access" }
        (nhs::summary_list_html(vec![
            Some(SummaryRow::html("Approvals", record::approvals(catalogue, &dataset.approvals))),
            SummaryRow::text("Consent basis", &dataset.consent_basis),
            SummaryRow::text("Delivery takes", &dataset.lead_time),
            SummaryRow::text("Contact", &dataset.contact),
        ]))
        p { a href="/help" { "How to apply, step by step" } }
        @if !versions.is_empty() {
            h2 id="versions" { "Versions" }
            (past::versions(&slug, &versions, 5))
            p { a href={ (links::dataset(&slug)) "/history" } { "All versions and what changed" } }
        }
        (record::report(site, &dataset.contact, title, &links::dataset(&slug)))
    };
    let mut page = page(title, Place::Datasets, Standing::Of(vec![entry.model.clone()]), body);
    page.crumbs = vec![Crumb::new("Home", "/"), Crumb::new("Datasets", "/datasets")];
    Ok(page.into())
}

fn actions(visitor: &Visitor, asked: &Asked, entry: &DatasetEntry) -> Markup {
    let slug = &entry.dataset.slug;
    html! {
        div class="app-panel app-panel--action" {
            (visitor.add_button("Add dataset to your list", slug.as_str(), asked))
            p { a href=(links::plan(&[slug.as_str()])) { "Plan a linkage with this dataset" } }
            p { a href=(asked.twin_href("xlsx")) download { "Download data dictionary (XLSX)" } }
            p { a href=(asked.twin_href("csv")) download { "Download fields (CSV)" } }
            p { a href=(asked.twin_href("json")) download { "Download as JSON" } }
            p { a href=(Query::from_iter([("dataset", slug.as_str())]).href("/export")) { "Export for other programs" } }
            @if visitor.curates(&entry.model) { p { a href=(Query::from_iter([("as", entry.model.as_str())]).href("/curate/uploads/new")) { "Upload a new version" } } }
        }
    }
}

fn linked_datasets(visitor: &Visitor, slug: &Slug, linked: &Near<PairLink>) -> Markup {
    let catalogue = &visitor.view.catalogue;
    let columns = [
        Column::text("Dataset"),
        Column::text("Link on"),
        Column::text("Approvals on top of the standard application").short("Approvals on top"),
        Column::text("Standing"),
        Column::numeric("Records that link"),
    ];
    let row = |link: &PairLink| {
        let other = catalogue.dataset(&link.to).map(|entry| record::title(&entry.dataset.title, &entry.dataset.name));
        Row::from(vec![
            html! { a href=(links::link(slug, &link.to)) { (other.unwrap_or(link.to.as_str())) } },
            record::schemes(catalogue, &link.schemes),
            record::link_approvals(catalogue, &link.approvals),
            html! { (link::standing(&link.schemes, link.crosswalk, link.discuss).0) },
            html! { (text::share(link.match_rate)) },
        ])
    };
    html! {
        h2 id="links" { "Links to other datasets" }
        @if linked.total == 0 {
            p { "No links recorded. This does not mean it cannot be linked: " a href="/contact" { "ask the team" } "." }
        } @else {
            p {
                "Datasets that this one joins directly"
                @if linked.total > MOST_LINKS { ", the first " (MOST_LINKS) " of " (text::number(linked.total as u64)) }
                ". Every use of data needs the standard application; some links need more."
            }
            div class="app-table app-table--bare" {
                (nhs::table(&DataTable {
                    id: "linked", caption: "Links to other datasets", caption_size: None, caption_hidden: true, columns: &columns,
                    rows: linked.first.iter().map(row).collect(), first_is_header: true, scrolls: true,
                }))
            }
            @if linked.total > MOST_LINKS { p { "All of them, as a file: " a href=(format!("/map.csv?focus={slug}")) download { "CSV" } ", " a href=(format!("/map.xlsx?focus={slug}")) download { "XLSX" } "." } }
            (nhs::action_link("See these links on the map", &format!("/map?focus={slug}")))
        }
    }
}

fn tables(entry: &DatasetEntry, past: Option<&Past>) -> Markup {
    let query = past.map(Past::query).unwrap_or_default();
    html! {
        h2 id="tables" { "Tables and fields" }
        @if entry.tables.is_empty() { p { "No tables described yet." } }
        @if entry.tables.len() > OPEN_TABLES { (many_tables(entry, &query)) } @else { div class="app-expanders" { @for table in entry.tables.values() {
                @let reference = table.table.reference();
                @let href = query.href(&links::table(&reference));
                details class="nhsuk-details nhsuk-expander" {
                    summary class="nhsuk-details__summary" {
                        span class="nhsuk-details__summary-text" { (record::title(&table.table.title, &table.table.name)) }
                        " " span class="app-muted app-small" { (text::count(table.fields.len(), "field")) @if !table.table.grain.is_empty() { ", " (table.table.grain) } }
                    }
                    div class="nhsuk-details__text" {
                        @if !table.table.description.is_empty() { p { (table.table.description) } }
                        @let shown: Vec<_> = table.fields.values().take(FIRST_FIELDS).collect();
                        @if !shown.is_empty() { (field_rows::brief(&reference, &shown, &query)) }
                        p {
                            a href=(href) {
                                @if table.fields.len() > FIRST_FIELDS { "All " (text::count(table.fields.len(), "field")) " of " } @else { "More about " }
                                (record::title(&table.table.title, &table.table.name))
                            }
                        }
                    }
                }
        } } }
    }
}

/// Tables by name only, with a box to find one by.
fn many_tables(entry: &DatasetEntry, query: &Query) -> Markup {
    html! {
        (record::narrowing("tables-list", "filter-tables", "Show tables that mention"))
        ul class="app-many" id="tables-list" {
            @for table in entry.tables.values() {
                li data-row {
                    a href=(query.href(&links::table(&table.table.reference()))) { (nhs::breaking(record::title(&table.table.title, &table.table.name))) }
                    " " span class="app-muted app-small" { (text::count(table.fields.len(), "field")) @if !table.table.grain.is_empty() { ", " (table.table.grain) } }
                }
            }
        }
    }
}

/// The keys that a dataset holds and that link: those that most of its fields hold by name.
fn linkage_keys(catalogue: &Catalogue, entry: &DatasetEntry) -> String {
    let fields = entry.tables.values().flat_map(|table| table.fields.values());
    let mut held: IndexMap<&Slug, usize> = IndexMap::new();
    for field in fields {
        if let Some(scheme) = field.scheme.as_ref().map(|held| &held.scheme) {
            *held.entry(scheme).or_default() += 1;
        }
    }
    held.retain(|slug, _| catalogue.schemes.get(*slug).is_some_and(|scheme| scheme.entity.links()));
    held.sort_by(|_, one, _, other| other.cmp(one));
    let titles: Vec<&str> = held.keys().map(|slug| record::scheme_title(catalogue, slug)).collect();
    match titles.len() {
        0..=NAMED_KEYS => titles.join(", "),
        many => format!("{} and {} more", titles[..NAMED_KEYS].join(", "), many - NAMED_KEYS),
    }
}

/// What the dataset and its tables cover, beside the datasets that it links to.
fn coverage(visitor: &Visitor, entry: &DatasetEntry, linked: &[PairLink]) -> Markup {
    let span = |title: &str, href: String, coverage, own| Span { title: title.to_owned(), href, coverage, own };
    let dataset = |entry: &DatasetEntry, own| {
        let of = &entry.dataset;
        span(record::title(&of.title, &of.name), links::dataset(&of.slug), of.coverage, own)
    };
    let dated = |coverage: &Coverage| *coverage != Coverage::default();
    let tables = entry.tables.values().map(|table| &table.table).filter(|table| dated(&table.coverage));
    let others = linked.iter().filter_map(|link| visitor.view.catalogue.dataset(&link.to));
    let mut shown = vec![dataset(entry, true)];
    shown.extend(
        tables.map(|of| span(record::title(&of.title, &of.name), links::table(&of.reference()), of.coverage, true)),
    );
    // Alone among its neighbours it would be compared with nothing of its own.
    if shown.iter().any(|span| dated(&span.coverage)) {
        shown.extend(others.filter(|entry| dated(&entry.dataset.coverage)).map(|entry| dataset(entry, false)));
    }
    let note = visitor.picture_note(&Standing::Of(vec![entry.model.clone()]));
    let picture = spans("covered", "Days covered, beside the datasets it links to", &note, &shown, None);
    html! { @if !picture.0.is_empty() { h3 { "Days covered" } (picture) } }
}

fn about(visitor: &Visitor, entry: &DatasetEntry) -> Markup {
    let dataset = &entry.dataset;
    let mut rows = vec![
        SummaryRow::text("Name in the model", &dataset.name),
        SummaryRow::text("Covers", &text::coverage(&dataset.coverage)),
        SummaryRow::text("People", &dataset.population.map(number::people).unwrap_or_default()),
        SummaryRow::text("Geography", &dataset.geography),
        SummaryRow::text("Updated", &dataset.update_frequency),
        SummaryRow::text("How far it lags behind", &dataset.time_lag),
        SummaryRow::text("Who may see it in this catalogue", text::visibility(dataset.visibility)),
        SummaryRow::text("Keywords", &dataset.keywords.join(", ")),
    ];
    rows.extend(record::extra(&dataset.extra));
    if let Some(head) = visitor.view.catalogue.models.get(&entry.model) {
        let label = if head.about.version_label.is_empty() {
            String::new()
        } else {
            format!(" ({})", head.about.version_label)
        };
        rows.push(Some(SummaryRow::html("Data model", html! {
            a href={ "/models/" (head.about.slug) } { (record::title(&head.about.title, head.about.slug.as_str())) } ", version " (head.version) (label)
        })));
    }
    rows.push(Some(record::origin(dataset.provenance, &dataset.source)));
    nhs::summary_list_html(rows)
}
