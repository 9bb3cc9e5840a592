//! `/list`: what somebody has collected for an application: each thing with the reason why it is needed, what is missing,
//! and the data schedule to take to the application form.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::answer::{Answer, Asked, NoPage, Twin, page};
use super::components::{self as nhs, Button, Colour, Control, Crumb, Label, Textarea, Variant, inset_text, tag};
use super::layout::{Place, Standing};
use super::visitor::Visitor;
use super::{field_rows, links, plan, record, text};
use crate::app::{Datum, Listing, ListingSheet, MOST_WANTED};
use crate::domain::list::{DataList, ListItem};
use crate::domain::plan::{LinkagePlan, PlanRequest};
use crate::domain::refs::{Ref, Slug};

/// Fields from which a list asks whether all of them are needed.
const MANY_FIELDS: usize = 100;

/// `/list`
pub fn list(visitor: &Visitor, asked: &Asked) -> Result<Answer, NoPage> {
    let items = visitor.list.items();
    if asked.twin != Twin::Html {
        return Ok(schedule(visitor, asked)?.into());
    }
    let missing = items.iter().filter(|item| item.reason.is_empty()).count();
    let mut groups: Vec<(Slug, Vec<&ListItem>)> = Vec::new();
    for item in items {
        let dataset = item.reference.dataset();
        match groups.iter_mut().find(|(held, _)| held == dataset) {
            Some((_, members)) => members.push(item),
            None => groups.push((dataset.clone(), vec![item])),
        }
    }
    let refs: Vec<String> = items.iter().map(|item| item.reference.to_string()).collect();
    let body = html! {
        h1 class="nhsuk-heading-l" { "Your list of data" }
        @if items.is_empty() {
            p class="app-lead" { "Nothing is on your list yet." }
            p { "Collect the datasets, tables and fields that your project needs, say why you need each, and take the list to your application. It needs no account, and is kept with this browser for as long as its session lasts." }
            ul class="nhsuk-list nhsuk-list--bullet" {
                li { a href="/search" { "Search for data" } " and choose “Add to list”" }
                li { a href="/plan" { "Plan a linkage" } }
                li { a href="/help" { "How to apply, step by step" } }
            }
        } @else {
            p class="app-lead" { (text::count(items.len(), "thing")) " on your list. " @if missing > 0 { (text::count(missing, "reason")) " still to write." } @else { "Every one has a reason." } }
            (least(visitor, items))
            form action="/list" method="post" {
                (visitor.csrf_field())
                @for (dataset, members) in &groups {
                    div class="app-panel" {
                        h2 class="nhsuk-heading-m" { a href=(links::dataset(dataset)) { (title(visitor, &Ref::Dataset(dataset.clone()))) } }
                        @for item in members { (one(visitor, item)) }
                    }
                }
                div class="app-buttons" {
                    (Button { text: "Save reasons", sends: Some(("do", "save")), ..Button::default() }.html())
                    (Button { text: "Empty the list", variant: Variant::Secondary, small: true, sends: Some(("do", "clear")), ..Button::default() }.html())
                }
            }
            h2 { "How it is linked" }
            @if items.len() > MOST_WANTED {
                p { "A plan holds up to " (MOST_WANTED) " things. " a href=(links::plan(&datasets(items))) { "Plan the datasets of your list" } "." }
            } @else if items.len() > 1 {
                p { a href=(links::plan(&refs)) { "Plan the linkage of your list" } ": the ways to join it, the approvals and the dates." }
            } @else { p { "One thing alone needs no link." } }
            h2 { "The data schedule" }
            p { "The list with its fields, plan and approvals, to go with your application form." @if missing > 0 { " It is marked as a draft until every thing has a reason." } }
            (record::downloads(asked, "the data schedule"))
        }
    };
    let mut page = page("Your list of data", Place::Elsewhere, Standing::All, body);
    page.crumbs = vec![Crumb::new("Home", "/")];
    Ok(page.into())
}

fn one(visitor: &Visitor, item: &ListItem) -> Markup {
    let reference = item.reference.to_string();
    let id = format!("reason-{}", reference.replace('/', "-"));
    let name = format!("reason:{reference}");
    let title = title(visitor, &item.reference);
    let control = Control {
        id: &id,
        name: &name,
        label: Label { text: "Why it is needed", ..Label::default() },
        ..Control::default()
    };
    html! {
        div class="app-listed" {
            h3 class="nhsuk-heading-s" { a href=(links::reference(&item.reference)) { (title) } " " span class="app-name" { (reference) } }
            p class="app-tags" { (level(&item.reference)) (state(visitor, item)) (sensitive(visitor, &item.reference)) }
            (nhs::textarea(&Textarea { control, value: &item.reason, rows: 2, most: Some(DataList::MOST_REASON) }))
            (Button { text: "Remove", hidden: &reference, variant: Variant::Secondary, small: true, sends: Some(("remove", &reference)), ..Button::default() }.html())
        }
    }
}

fn level(reference: &Ref) -> Markup {
    let text = match reference {
        Ref::Dataset(_) => "Whole dataset",
        Ref::Table(_) => "Whole table",
        Ref::Field(_) => "Field",
    };
    tag(text, Colour::White)
}

/// Whether a thing is still as it was when it was added.
fn state(visitor: &Visitor, item: &ListItem) -> Markup {
    let catalogue = &visitor.view.catalogue;
    if !catalogue.holds(&item.reference) {
        return tag("No longer in the catalogue", Colour::Orange);
    }
    let now = version(visitor, &item.reference);
    if now == item.version {
        html! {}
    } else {
        tag(&format!("Added from version {}, now version {now}", item.version), Colour::Yellow)
    }
}

fn sensitive(visitor: &Visitor, reference: &Ref) -> Markup {
    let Ref::Field(field) = reference else { return html! {} };
    match visitor.view.catalogue.field(field).and_then(|field| field.sensitivity) {
        None | Some(crate::domain::words::Sensitivity::None) => html! {},
        sensitivity => tag(text::sensitivity(sensitivity), Colour::Purple),
    }
}

/// The version of the data model that something belongs to.
#[must_use]
pub fn version(visitor: &Visitor, reference: &Ref) -> i32 {
    let catalogue = &visitor.view.catalogue;
    let model = catalogue.dataset(reference.dataset()).map(|entry| &entry.model);
    model.and_then(|model| catalogue.models.get(model)).map_or(0, |head| head.version)
}

fn title(visitor: &Visitor, reference: &Ref) -> String {
    let catalogue = &visitor.view.catalogue;
    let found = match reference {
        Ref::Dataset(slug) => {
            catalogue.dataset(slug).map(|entry| record::title(&entry.dataset.title, &entry.dataset.name).to_owned())
        }
        Ref::Table(table) => {
            catalogue.table(table).map(|entry| record::title(&entry.table.title, &entry.table.name).to_owned())
        }
        Ref::Field(field) => catalogue.field(field).map(|field| record::title(&field.title, &field.name).to_owned()),
    };
    found.unwrap_or_else(|| reference.to_string())
}

/// "Ask for the least data you need": said of whole datasets, and of many fields.
fn least(visitor: &Visitor, items: &[ListItem]) -> Markup {
    let catalogue = &visitor.view.catalogue;
    let whole: Vec<String> = items
        .iter()
        .filter(|item| matches!(item.reference, Ref::Dataset(_)))
        .map(|item| title(visitor, &item.reference))
        .collect();
    let fields: usize = items
        .iter()
        .map(|item| match &item.reference {
            Ref::Dataset(slug) => catalogue.dataset(slug).map_or(0, |entry| super::datasets::fields(entry)),
            Ref::Table(table) => catalogue.table(table).map_or(0, |entry| entry.fields.len()),
            Ref::Field(_) => 1,
        })
        .sum();
    html! {
        @if !whole.is_empty() || fields > MANY_FIELDS {
            (inset_text(&html! {
                p {
                    "Ask for the least data you need. Your list comes to " (text::count(fields, "field")) "."
                    @if !whole.is_empty() { " It holds " (text::list(&whole)) " as a whole: could you name the tables or fields instead?" }
                }
            }))
        }
    }
}

fn datasets(items: &[ListItem]) -> Vec<String> {
    let mut slugs: Vec<String> = Vec::new();
    for item in items {
        let slug = item.reference.dataset().to_string();
        if !slugs.contains(&slug) {
            slugs.push(slug);
        }
    }
    slugs
}

/// The best plan of a list, where it is long enough to need one and short enough to have one.
fn planned(visitor: &Visitor, items: &[ListItem]) -> Result<Option<LinkagePlan>, NoPage> {
    let want: Vec<Ref> = items
        .iter()
        .map(|item| item.reference.clone())
        .filter(|reference| visitor.view.catalogue.holds(reference))
        .collect();
    if want.len() < 2 || want.len() > MOST_WANTED {
        return Ok(None);
    }
    Ok(Some(visitor.view.plan(&PlanRequest { max_options: 1, ..PlanRequest::of(want, visitor.today) })?))
}

/// The list as a data schedule: what is asked for and why, the fields, the plan and its approvals.
fn schedule(visitor: &Visitor, asked: &Asked) -> Result<Listing, NoPage> {
    let items = visitor.list.items();
    let catalogue = &visitor.view.catalogue;
    let mut fields = Vec::new();
    for item in items {
        match &item.reference {
            Ref::Dataset(slug) => fields.extend(
                catalogue
                    .dataset(slug)
                    .into_iter()
                    .flat_map(|entry| entry.tables.values())
                    .flat_map(|table| table.fields.values()),
            ),
            Ref::Table(table) => {
                fields.extend(catalogue.table(table).into_iter().flat_map(|entry| entry.fields.values()))
            }
            Ref::Field(field) => fields.extend(catalogue.field(field)),
        }
    }
    let unique: BTreeMap<String, _> = fields.into_iter().map(|field| (field.reference().to_string(), field)).collect();
    let requested = items.iter().map(|item| {
        let level = match item.reference {
            Ref::Dataset(_) => "dataset",
            Ref::Table(_) => "table",
            Ref::Field(_) => "field",
        };
        vec![
            Datum::text(level),
            Datum::text(item.reference.to_string()),
            Datum::text(title(visitor, &item.reference)),
            Datum::text(title(visitor, &Ref::Dataset(item.reference.dataset().clone()))),
            Datum::text(&item.reason),
            Datum::Count(u64::try_from(item.version).unwrap_or_default()),
            Datum::Count(u64::try_from(version(visitor, &item.reference)).unwrap_or_default()),
            Datum::Flag(catalogue.holds(&item.reference)),
        ]
    });
    let mut sheets = vec![
        ListingSheet {
            name: "Data requested".to_owned(),
            columns: vec![
                "Level",
                "Reference",
                "Title",
                "Dataset",
                "Reason",
                "Version when added",
                "Version now",
                "In the catalogue",
            ],
            rows: requested.collect(),
        },
        field_rows::sheet(unique.values().map(|field| field.as_ref())),
    ];
    let planned = planned(visitor, items)?;
    if let Some(plan) = &planned {
        // Of one way, the best: there is nothing to choose between.
        let told = plan::sheets(visitor, plan, None)
            .into_iter()
            .filter(|sheet| sheet.name != "Options" && !sheet.rows.is_empty());
        sheets.extend(told.map(|sheet| match sheet.name.as_str() {
            "Steps" => ListingSheet { name: "Linkage plan".to_owned(), ..sheet },
            _ => sheet,
        }));
    }
    let missing = items.iter().filter(|item| item.reason.is_empty()).count();
    let models = planned.as_ref().map_or_else(|| standing(visitor, items), |plan| plan::standing(visitor, Some(plan)));
    let mut listing = visitor.listing_of(
        &models,
        if missing > 0 { "Data schedule (DRAFT)" } else { "Data schedule" },
        "data-schedule",
        asked,
        sheets,
    );
    if missing > 0 {
        listing.about.push(("Draft".to_owned(), format!("{} still to write", text::count(missing, "reason"))));
    }
    listing.about.extend(verdict(planned.as_ref(), items));
    Ok(listing)
}

/// The data models that a list is about.
fn standing(visitor: &Visitor, items: &[ListItem]) -> Standing {
    let entries = items.iter().filter_map(|item| visitor.view.catalogue.dataset(item.reference.dataset()));
    let models: BTreeSet<Slug> = entries.map(|entry| entry.model.clone()).collect();
    Standing::Of(models.into_iter().collect())
}

/// Whether the list can be linked, or why that is not said.
fn verdict(planned: Option<&LinkagePlan>, items: &[ListItem]) -> Vec<(String, String)> {
    let said = |name: &str, text: String| (name.to_owned(), text);
    match planned {
        Some(plan) => vec![
            said("Verdict", plan::verdict_text(plan.verdict).to_owned()),
            said(
                "Plan",
                format!(
                    "{} As of {}. Nothing is said of the project here: data that leaves the Trust, patients who are contacted or a company's money may take more approvals.",
                    plan.note,
                    text::day(plan.as_of)
                ),
            ),
        ],
        None if items.len() > MOST_WANTED => {
            vec![said(
                "Plan",
                format!("None: a plan holds up to {MOST_WANTED} things. Plan the datasets of the list by themselves."),
            )]
        }
        None => vec![said("Plan", "None: one thing alone needs no link.".to_owned())],
    }
}
