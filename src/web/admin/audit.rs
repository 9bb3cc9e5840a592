//! `/admin/audit`: who did what to what and when, before and after; whether the record is whole; and the record as a file.

use jiff::civil::Date;
use maud::{Markup, html};

use super::super::answer::{Answer, Asked, NoPage, Twin};
use super::super::components::{
    self as nhs, Button, Column, DataTable, Input, Pages, Row, Select, SelectItem, Variant,
};
use super::super::filled::Filled;
use super::super::visitor::Visitor;
use super::super::{record, text};
use super::framed;
use crate::app::{App, AuditEntry, AuditFilter, Datum, ListingSheet, MOST_ENTRIES};
use crate::domain::access::ReadAudit;
use crate::domain::calendar::london;
use crate::domain::visible::visible;

/// Entries on one page.
const A_PAGE: u64 = 50;
/// A log of up to so many entries is gone along whenever the page is looked at; a longer one when it is asked for.
const SHORT: i64 = 5_000;

/// The filter that an address asks for.
fn filter(filled: &mut Filled) -> AuditFilter {
    let mut day = |id: &str, name: &str, next: bool| {
        let written = filled.values.text(id).to_owned();
        if written.is_empty() {
            return None;
        }
        let read = written.parse::<Date>().ok().and_then(|date| if next { date.tomorrow().ok() } else { Some(date) });
        let at = read.and_then(|date| date.to_zoned(london()).ok()).map(|zoned| zoned.timestamp());
        if at.is_none() {
            filled.wrong(format!("{name} must be a day, such as 2026-11-24"), id);
        }
        at
    };
    let (from, until) = (day("from", "From", false), day("until", "Until", true));
    AuditFilter {
        who: filled.values.text("who").to_owned(),
        action: filled.values.text("action").to_owned(),
        object: filled.values.text("object").to_owned(),
        from,
        until,
    }
}

/// `/admin/audit`
pub async fn audit(app: &App, visitor: &Visitor, asked: &Asked) -> Result<Answer, NoPage> {
    let permit = visitor.actor.permit::<ReadAudit>()?;
    let mut filled = Filled { values: asked.query.clone(), faults: Vec::new() };
    let filter = filter(&mut filled);
    if asked.twin != Twin::Html {
        if let Some(fault) = filled.faults.first() {
            return Err(NoPage::Bad(fault.text.clone()));
        }
        let (found, all) = app.audit_found(&permit, &filter).await?;
        let mut listing = visitor.listing("Audit log", "audit-log", asked, vec![sheet(&found)]);
        if all > found.len() as u64 {
            let text = format!("The newest {} of {all}; `linkwright audit export` gives all", found.len());
            listing.about.push(("Entries".to_owned(), text));
        }
        return Ok(listing.into());
    }
    let wanted: u64 = asked.query.text("page").parse().unwrap_or(1).max(1);
    let (found, all) = match filled.is_wrong() {
        true => (Vec::new(), 0),
        false => app.audit_search(&permit, &filter, (wanted - 1).saturating_mul(A_PAGE), A_PAGE).await?,
    };
    let actions = app.audit_actions(&permit).await?;
    let last = usize::try_from(all.div_ceil(A_PAGE)).unwrap_or(usize::MAX);
    let pages = Pages { current: usize::try_from(wanted).unwrap_or(usize::MAX), last };
    let body = html! {
        (nhs::error_summary(&filled.faults))
        h1 class="nhsuk-heading-l" { "Audit log" }
        p { "Every change and decision, and every attempt to sign in, each written together with what it records. Nothing is ever taken out." }
        (chain(app, visitor, asked).await?)
        (form(&filled, &actions))
        @if !filled.is_wrong() {
            p { (text::number(all)) @if all == 1 { " entry" } @else { " entries" } @if last > 1 { ", page " (wanted) " of " (last) } ", newest first. Times are London’s." }
            @if found.is_empty() { p { "Nothing fits. Ask for less at a time, or " a href="/admin/audit" { "clear the filter" } "." } }
            @else { (table(&found)) }
            (nhs::pagination(pages, &|page| asked.query.set("page", page.to_string()).href("/admin/audit")))
            (record::downloads(asked, "these entries"))
            @if all > MOST_ENTRIES as u64 { p { "A file holds the newest " (text::number(MOST_ENTRIES as u64)) "; " code { "linkwright audit export" } " gives all." } }
        }
    };
    let mut page = framed("Audit log", "/admin/audit", body);
    page.faulty = filled.is_wrong();
    page.status = filled.status();
    Ok(page.into())
}

/// Whether the whole record is what was written.
async fn chain(app: &App, visitor: &Visitor, asked: &Asked) -> Result<Markup, NoPage> {
    let permit = visitor.actor.permit::<ReadAudit>()?;
    let head = app.audit_head().await?;
    if head.seq > SHORT && !asked.query.has("verify", "yes") {
        let href = asked.query.set("verify", "yes").href("/admin/audit");
        return Ok(html! {
            p class="app-panel" {
                "The log has " (text::number(head.seq.unsigned_abs())) " entries and has not been gone along on this visit. "
                a href=(href) { "Verify the whole log" } "."
            }
        });
    }
    Ok(match app.verify_audit(&permit, None).await? {
        Ok(head) => html! {
            div class="app-panel" {
                p {
                    strong { "Verified up to entry " (head.seq) "." }
                    " Each entry follows on the one before it, and none was changed, removed or swapped. That the newest were not cut off shows only against a head that was kept elsewhere: the server tells it to its log, and "
                    code { "linkwright audit verify --head" } " compares."
                }
                @if head.seq > 0 { p class="app-small" { "Head: " span class="app-name" { (head) } } }
            }
        },
        Err(tampering) => nhs::warning_of_level(
            2,
            "The log is not what was written",
            &html! { p { (text::sentence(&tampering.to_string())) } p { "Keep the database as it is, and find out who could write to it." } },
        ),
    })
}

fn form(filled: &Filled, actions: &[String]) -> Markup {
    let mut items = vec![SelectItem::new("", "Anything")];
    items.extend(actions.iter().map(|action| SelectItem::new(action, action)));
    let text_input = |id, label, kind, width| {
        nhs::input(&Input {
            control: filled.control(id, label, None),
            kind,
            value: filled.values.text(id),
            width,
            autocomplete: Some("off"),
            ..Input::default()
        })
    };
    html! {
        form class="app-panel app-form-inline" method="get" action="/admin/audit" novalidate {
            (text_input("who", "Who", "", Some(10)))
            (nhs::select(&Select { control: filled.control("action", "Did", None), items: &items, value: filled.values.text("action") }))
            (text_input("object", "To what", "", Some(10)))
            (text_input("from", "From day", "date", None))
            (text_input("until", "Until day", "date", None))
            (Button { text: "Filter", variant: Variant::Secondary, small: true, ..Button::default() }.html())
        }
    }
}

fn table(found: &[AuditEntry]) -> Markup {
    let columns = [
        Column::numeric("No."),
        Column::text("When"),
        Column::text("Who"),
        Column::text("Did"),
        Column::text("To what"),
        Column::text("Before"),
        Column::text("After"),
    ];
    let row = |entry: &AuditEntry| {
        let words =
            |written: &str| html! { @if !written.is_empty() { span class="app-words-break" { (visible(written)) } } };
        Row {
            id: Some(format!("entry-{}", entry.seq)),
            cells: vec![
                html! { (entry.seq) },
                html! { (text::moment(entry.at())) },
                html! {
                    (visible(&entry.subject))
                    @if !entry.role.is_empty() { br; span class="app-small app-muted" { (visible(&entry.role)) } }
                },
                html! { (visible(&entry.action)) @if entry.outcome != "done" { " " strong { "(" (visible(&entry.outcome)) ")" } } },
                words(&entry.object),
                words(&entry.before),
                words(&entry.after),
            ],
        }
    };
    html! {
        div class="app-table" {
            (nhs::table(&DataTable {
                id: "entries", caption: "Entries of the audit log, newest first", caption_size: None, caption_hidden: true,
                columns: &columns, rows: found.iter().map(row).collect(), first_is_header: false, scrolls: true,
            }))
        }
    }
}

fn sheet(found: &[AuditEntry]) -> ListingSheet {
    let rows = found.iter().map(|entry| {
        vec![
            Datum::Count(entry.seq.unsigned_abs()),
            Datum::text(entry.at().to_string()),
            Datum::text(visible(&entry.issuer)),
            Datum::text(visible(&entry.subject)),
            Datum::text(visible(&entry.role)),
            Datum::text(visible(&entry.action)),
            Datum::text(visible(&entry.object)),
            Datum::text(visible(&entry.outcome)),
            Datum::text(visible(&entry.before)),
            Datum::text(visible(&entry.after)),
            Datum::text(visible(&entry.request_id)),
            Datum::text(&entry.previous),
            Datum::text(&entry.hash),
        ]
    });
    ListingSheet {
        name: "Entries".to_owned(),
        columns: vec![
            "Number",
            "At (UTC)",
            "Issuer",
            "Who",
            "Role",
            "Action",
            "Object",
            "Outcome",
            "Before",
            "After",
            "Request",
            "Previous hash",
            "Hash",
        ],
        rows: rows.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_forge_a_line_is_shown_as_what_it_is() {
        let written = "a\u{1b}[2J\nb\u{202e}c".to_owned();
        let entry = AuditEntry {
            seq: 1,
            at_micros: 0,
            issuer: written.clone(),
            subject: written.clone(),
            role: written.clone(),
            action: written.clone(),
            object: written.clone(),
            outcome: written.clone(),
            request_id: written.clone(),
            before: written.clone(),
            after: written,
            previous: String::new(),
            hash: String::new(),
        };
        let told = format!("{:?}", sheet(&[entry]).rows).replace("\\\\", "\\");
        assert_eq!(told.matches("a\\u{1b}[2J\\u{a}b\\u{202e}c").count(), 9, "{told}");
    }

    #[test]
    fn a_day_is_london_s_and_the_last_one_counts_whole() {
        let mut filled = Filled {
            values: super::super::super::query::Query::parse("from=2026-06-01&until=2026-06-01"),
            faults: Vec::new(),
        };
        let asked = filter(&mut filled);
        assert_eq!(asked.from.map(|at| at.to_string()).as_deref(), Some("2026-05-31T23:00:00Z"));
        assert_eq!(asked.until.map(|at| at.to_string()).as_deref(), Some("2026-06-01T23:00:00Z"));
        let mut filled = Filled { values: super::super::super::query::Query::parse("from=1+June"), faults: Vec::new() };
        filter(&mut filled);
        assert_eq!(filled.fault("from"), Some("From must be a day, such as 2026-11-24"));
    }
}
