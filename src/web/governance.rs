//! `/crosswalks/{crosswalk}`, `/approvals` and `/approvals/{code}`: the records behind links: how one key is turned into
//! another, and which body must agree to what.

use maud::{Markup, html};

use super::answer::{Answer, Asked, NoPage, Twin, page};
use super::components::{self as nhs, Colour, Column, Crumb, DataTable, Row, SummaryRow, tag};
use super::layout::{Place, Standing};
use super::site::Site;
use super::visitor::Visitor;
use super::{links, record, text};
use crate::app::{Datum, ListingSheet};
use crate::domain::approval::{Approval, Code, in_days};
use crate::domain::number;
use crate::domain::refs::{Slug, closest};
use crate::domain::words::{CrosswalkStatus, MatchMethod};

/// `/crosswalks/{crosswalk}`
pub fn crosswalk(site: &Site, visitor: &Visitor, asked: &Asked, slug: &str) -> Result<Answer, NoPage> {
    let catalogue = &visitor.view.catalogue;
    let wanted = slug.to_lowercase();
    let Some(walk) = catalogue.crosswalks.values().find(|walk| walk.slug.as_str() == wanted) else {
        let near = closest(&wanted, catalogue.crosswalks.keys().map(Slug::as_str), 3);
        return Err(NoPage::NotFound(near.into_iter().map(|slug| format!("/crosswalks/{slug}")).collect()));
    };
    let title = if walk.title.is_empty() {
        format!("{} to {}", record::scheme_title(catalogue, &walk.from), record::scheme_title(catalogue, &walk.to))
    } else {
        walk.title.clone()
    };
    if asked.twin != Twin::Html {
        let row = vec![
            Datum::text(walk.slug.as_str()),
            Datum::text(walk.from.as_str()),
            Datum::text(walk.to.as_str()),
            Datum::word(walk.method),
            Datum::word(walk.cardinality),
            Datum::text(text::share(walk.match_rate)),
            text::people_datum(walk.linked_people),
            Datum::text(walk.ppv.map(|ppv| text::share(Some(ppv))).unwrap_or_default()),
            Datum::text(walk.sensitivity.map(|found| text::share(Some(found))).unwrap_or_default()),
            Datum::text(walk.approvals.codes().iter().map(Code::as_str).collect::<Vec<_>>().join("; ")),
            Datum::word(walk.performed_by),
            Datum::text(&walk.lead_time),
            Datum::text(&walk.restriction),
            Datum::text(walk.status.as_str()),
            Datum::word(walk.provenance),
            Datum::text(&walk.source),
        ];
        let columns = vec![
            "Crosswalk",
            "From key",
            "To key",
            "Method",
            "Cardinality",
            "Match rate",
            "Linked people",
            "PPV",
            "Sensitivity",
            "Approvals",
            "Done by",
            "Lead time",
            "Restriction",
            "Status",
            "Provenance",
            "Source",
        ];
        return Ok(visitor
            .listing(
                &title,
                &format!("crosswalk-{}", walk.slug),
                asked,
                vec![ListingSheet { name: "Crosswalk".to_owned(), columns, rows: vec![row] }],
            )
            .into());
    }
    let method = match walk.method {
        Some(MatchMethod::Deterministic) => "By equality of identifiers",
        Some(MatchMethod::Probabilistic) => "By likelihood over several attributes",
        Some(MatchMethod::Combination) => "By equality of identifiers, then by likelihood",
        Some(MatchMethod::Consented) => "Held because the person consented",
        Some(MatchMethod::Interval) => "By time intervals that overlap",
        Some(MatchMethod::Other) => "In another way",
        None => "Not recorded",
    };
    let colour = match walk.status {
        CrosswalkStatus::Available => Colour::Green,
        CrosswalkStatus::Discuss => Colour::Yellow,
        CrosswalkStatus::NotAvailable => Colour::Grey,
    };
    let valid = match (walk.valid_from, walk.valid_to) {
        (None, None) => String::new(),
        (Some(from), None) => format!("from {}", text::day(from)),
        (None, Some(to)) => format!("until {}", text::day(to)),
        (Some(from), Some(to)) => format!("{} to {}", text::day(from), text::day(to)),
    };
    let mut rows = vec![
        Some(SummaryRow::html(
            "From key",
            html! { a href=(links::key(&walk.from)) { (record::scheme_title(catalogue, &walk.from)) } },
        )),
        Some(SummaryRow::html(
            "To key",
            html! { a href=(links::key(&walk.to)) { (record::scheme_title(catalogue, &walk.to)) } },
        )),
        SummaryRow::text("How it finds its pairs", method),
        SummaryRow::text(
            "Rows",
            &walk.cardinality.map(|kind| format!("{} ({kind})", text::cardinality(kind))).unwrap_or_default(),
        ),
        Some(SummaryRow::html(
            "Records that link",
            html! { (text::share(walk.match_rate)) @if walk.match_rate.is_some() { " of those on the side it starts from" } },
        )),
        SummaryRow::text("People linked", &walk.linked_people.map(number::people).unwrap_or_default()),
        SummaryRow::text(
            "Of its links, how many are right (PPV)",
            &walk.ppv.map(|ppv| text::share(Some(ppv))).unwrap_or_default(),
        ),
        SummaryRow::text(
            "Of the pairs that belong together, how many it finds (sensitivity)",
            &walk.sensitivity.map(|found| text::share(Some(found))).unwrap_or_default(),
        ),
        Some(SummaryRow::html(
            "Done by",
            html! { @match walk.performed_by { Some(by) => (by.as_str()), None => "Not recorded" } },
        )),
        SummaryRow::text("It takes", &walk.lead_time),
        SummaryRow::text("Who can match at all", &walk.restriction),
        SummaryRow::text("Holds", &valid),
        Some(SummaryRow::html("Approvals", record::approvals(catalogue, &walk.approvals))),
    ];
    rows.extend(record::extra(&walk.extra));
    rows.push(Some(record::origin(walk.provenance, &walk.source)));
    let body = html! {
        span class="app-caption" { "Crosswalk: how one key is turned into another" }
        h1 class="nhsuk-heading-l" { (title) }
        p class="app-tags" { (tag(text::crosswalk_status(walk.status), colour)) (record::provenance_tag(walk.provenance)) }
        (nhs::summary_list_html(rows))
        (record::downloads(asked, "this crosswalk"))
        (record::report(site, "", &title, &links::crosswalk(&walk.slug)))
    };
    let mut page = page(title, Place::Map, Standing::All, body);
    page.crumbs = vec![Crumb::new("Home", "/"), Crumb::new("Linkage map", "/map"), Crumb::new("Linkage keys", "/keys")];
    Ok(page.into())
}

/// `/approvals`
#[must_use]
pub fn approvals(visitor: &Visitor, asked: &Asked) -> Answer {
    let catalogue = &visitor.view.catalogue;
    if asked.twin != Twin::Html {
        let rows = sheet(catalogue.approvals.values().map(AsRef::as_ref));
        return visitor.listing("Approvals", "approvals", asked, vec![rows]).into();
    }
    let columns = [Column::text("Approval"), Column::text("Who decides"), Column::text("Next decision")];
    let dates = visitor.view.next_decisions(visitor.today);
    let row = |approval: &Approval| {
        let date = dates.iter().find(|date| date.code == approval.code);
        Row::from(vec![
            html! { a href=(links::approval(&approval.code)) { (if approval.title.is_empty() { approval.code.as_str() } else { approval.title.as_str() }) } br; span class="app-name" { (approval.code) } @if approval.standard { " " (tag("Standard", Colour::Blue)) } },
            html! { (approval.body) },
            html! {
                @match (date, &approval.lead_time) {
                    (Some(date), _) => { (text::weekday(date.decision)) @if date.expected { " (expected)" } @if let Some(due) = date.submit_by { br; "Papers by " (text::deadline(due)) } },
                    (None, Some(lead)) => { "Takes " (in_days(&lead.text)) },
                    (None, None) => { span class="app-muted" { "Not recorded: ask" } },
                }
            },
        ])
    };
    let body = html! {
        h1 class="nhsuk-heading-l" { "Approvals" }
        p class="app-lead" { "The bodies that must agree, what to and how long it takes. The standard one is part of every application." }
        @if catalogue.approvals.is_empty() { p { "No approvals recorded yet." } } @else {
            div class="app-table" {
                (nhs::table(&DataTable {
                    id: "approvals-caption", caption: "Approvals", caption_size: None, caption_hidden: true, columns: &columns,
                    rows: catalogue.approvals.values().map(|approval| row(approval)).collect(), first_is_header: true, scrolls: true,
                }))
            }
        }
        (record::downloads(asked, "approvals"))
    };
    let mut page = page("Approvals", Place::Help, Standing::All, body);
    page.crumbs = vec![Crumb::new("Home", "/"), Crumb::new("How to get access", "/help")];
    page.into()
}

/// Approvals as rows of a file.
fn sheet<'a>(approvals: impl IntoIterator<Item = &'a Approval>) -> ListingSheet {
    let row = |approval: &Approval| {
        vec![
            Datum::text(approval.code.as_str()),
            Datum::text(&approval.title),
            Datum::text(&approval.body),
            Datum::Flag(approval.standard),
            Datum::text(&approval.contact),
            Datum::text(approval.lead_time.as_ref().map(|lead| lead.text.clone()).unwrap_or_default()),
            Datum::text(approval.prerequisites.iter().map(Code::as_str).collect::<Vec<_>>().join("; ")),
            Datum::text(&approval.description),
            Datum::word(approval.provenance),
            Datum::text(&approval.source),
        ]
    };
    ListingSheet {
        name: "Approvals".to_owned(),
        columns: vec![
            "Approval",
            "Title",
            "Body",
            "Standard",
            "Contact",
            "Lead time",
            "Prerequisites",
            "Description",
            "Provenance",
            "Source",
        ],
        rows: approvals.into_iter().map(row).collect(),
    }
}

/// `/approvals/{code}`
pub fn approval(site: &Site, visitor: &Visitor, asked: &Asked, code: &str) -> Result<Answer, NoPage> {
    let catalogue = &visitor.view.catalogue;
    let found = Code::parse(code).and_then(|code| catalogue.approvals.get(&code));
    let Some(approval) = found else {
        let near = closest(code, catalogue.approvals.keys().map(Code::as_str), 3);
        return Err(NoPage::NotFound(near.into_iter().map(|code| format!("/approvals/{code}")).collect()));
    };
    let title = if approval.title.is_empty() { approval.code.as_str() } else { approval.title.as_str() };
    if asked.twin != Twin::Html {
        let stem = format!("approval-{}", approval.code.as_str().to_lowercase());
        return Ok(visitor.listing(title, &stem, asked, vec![sheet([approval.as_ref()])]).into());
    }
    let date = visitor.view.next_decisions(visitor.today).into_iter().find(|date| date.code == approval.code);
    let mut rows = vec![
        SummaryRow::text("Who decides", &approval.body),
        SummaryRow::text("Part of every application", if approval.standard { "Yes" } else { "No: on top of the standard application" }),
        SummaryRow::text("Contact", &approval.contact),
        SummaryRow::text("A decision takes", &approval.lead_time.as_ref().map(|lead| in_days(&lead.text)).unwrap_or_default()),
        date.as_ref().map(|date| SummaryRow::html("Next decision", html! {
            (text::weekday(date.decision)) @if date.expected { ", expected from the usual rhythm" }
            @if let Some(due) = date.submit_by { br; "Papers by " (text::deadline(due)) }
            @if !date.note.is_empty() { br; (date.note) }
        })),
        (!approval.prerequisites.is_empty()).then(|| SummaryRow::html("Needed first", html! {
            @for (at, code) in approval.prerequisites.iter().enumerate() { @if at > 0 { ", " } a href=(links::approval(code)) { (code) } }
        })),
    ];
    rows.extend(record::extra(&approval.extra));
    rows.push(Some(record::origin(approval.provenance, &approval.source)));
    let body = html! {
        span class="app-caption" { "Approval " (approval.code) }
        h1 class="nhsuk-heading-l" { (title) }
        @if !approval.description.is_empty() { p class="app-lead" { (approval.description) } }
        (nhs::summary_list_html(rows))
        (needed_for(visitor, &approval.code))
        (record::downloads(asked, "this approval"))
        (record::report(site, &approval.contact, title, &links::approval(&approval.code)))
    };
    let mut page = page(title, Place::Help, Standing::All, body);
    page.crumbs =
        vec![Crumb::new("Home", "/"), Crumb::new("How to get access", "/help"), Crumb::new("Approvals", "/approvals")];
    Ok(page.into())
}

/// The datasets, tables, crosswalks and rules that take an approval.
fn needed_for(visitor: &Visitor, code: &Code) -> Markup {
    let catalogue = &visitor.view.catalogue;
    let datasets: Vec<_> =
        catalogue.datasets.values().filter(|entry| entry.dataset.approvals.codes().contains(code)).collect();
    let tables: Vec<_> = catalogue.tables().filter(|entry| entry.table.approvals.codes().contains(code)).collect();
    let walks: Vec<_> = catalogue.crosswalks.values().filter(|walk| walk.approvals.codes().contains(code)).collect();
    let rules: Vec<_> = catalogue.rules.values().filter(|rule| rule.approvals.contains(code)).collect();
    html! {
        h2 { "What needs it" }
        @if datasets.is_empty() && tables.is_empty() && walks.is_empty() && rules.is_empty() { p { "Nothing recorded here names it." } }
        ul class="nhsuk-list nhsuk-list--bullet" {
            @for entry in &datasets { li { "Dataset " a href=(links::dataset(&entry.dataset.slug)) { (record::title(&entry.dataset.title, &entry.dataset.name)) } } }
            @for entry in &tables { li { "Table " a href=(links::table(&entry.table.reference())) { (record::title(&entry.table.title, &entry.table.name)) } } }
            @for walk in &walks { li { "Crosswalk " a href=(links::crosswalk(&walk.slug)) { (walk.slug) } } }
            @for rule in &rules {
                li {
                    (rule.because) " " span class="app-muted app-small" { "(when: " (rule.when.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")) "; " @if let Some(origin) = rule.provenance { (origin.as_str()) ": " } (rule.source) ")" }
                }
            }
        }
    }
}
