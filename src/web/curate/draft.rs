//! `/curate/uploads/{draft}`: what was found in an upload and what it changes; and throwing it away.

use maud::{Markup, html};

use super::super::answer::{Answer, Asked, NoPage, Twin};
use super::super::components::{self as nhs, Button, Crumb, SummaryRow, Variant};
use super::super::filled::Filled;
use super::super::layout::Page;
use super::super::visitor::Visitor;
use super::super::{history, record, text};
use super::framed;
use super::report::{self, counted};
use crate::app::{App, ChangedLink, Datum, ListingSheet, Settled, UploadedDraft};
use crate::domain::access::Curate;

/// The upload that an address names. One that is no id is not there.
pub(super) async fn found(app: &App, visitor: &Visitor, id: &str) -> Result<UploadedDraft, NoPage> {
    let permit = visitor.actor.permit::<Curate>()?;
    let id = id.parse().map_err(|_| NoPage::NotFound(Vec::new()))?;
    Ok(app.uploaded(&permit, id).await?)
}

/// The links that publishing it would change; none once it is settled.
pub(super) async fn changed(app: &App, visitor: &Visitor, upload: &UploadedDraft) -> Result<Vec<ChangedLink>, NoPage> {
    if upload.settled != Settled::Open || upload.draft.stale {
        return Ok(Vec::new());
    }
    let permit = visitor.actor.permit::<Curate>()?;
    Ok(app.links_changed_by(&permit, upload.draft.draft).await?)
}

/// Who published what is published now, where that was after the upload.
pub(super) fn overtaken(upload: &UploadedDraft) -> Markup {
    let Some(current) = upload.current.as_ref().filter(|_| upload.draft.stale) else { return html! {} };
    nhs::warning_of_level(
        2,
        "Someone else has published since",
        &html! {
            p {
                "Version " (current.version) " was published by " (current.published_by) " on " (text::moment(current.published_at))
                ", after this workbook was uploaded. To see what your workbook changes in that, "
                a href="/curate/uploads/new" { "upload it again" } ", and discard this one."
            }
        },
    )
}

/// `/curate/uploads/{draft}`
pub async fn draft(app: &App, visitor: &Visitor, asked: &Asked, id: &str) -> Result<Answer, NoPage> {
    let upload = found(app, visitor, id).await?;
    let links = changed(app, visitor, &upload).await?;
    if asked.twin != Twin::Html {
        let stem = format!("{}-upload", upload.draft.slug);
        let title = format!("Upload for {}", upload.draft.slug);
        return Ok(visitor.listing(&title, &stem, asked, sheets(&upload, &links)).into());
    }
    if let Settled::Published(made) = &upload.settled {
        return Ok(published(&upload, made.version).into());
    }
    let open = upload.settled == Settled::Open;
    let address = format!("/curate/uploads/{id}");
    let body = html! {
        span class="app-caption" { @if open { "Step 2 of 3" } @else { "Discarded" } }
        h1 class="nhsuk-heading-l" { "Check the upload for " (record::title(&upload.title, upload.draft.slug.as_str())) }
        @if open { (overtaken(&upload)) } @else { p class="app-lead" { "This upload was discarded. Nothing of it is published." } }
        (record::facts(&[
            ("Uploaded", text::moment(upload.draft.created_at)),
            ("By", upload.draft.created_by.clone()),
            ("Made for", upload.draft.based_on.map_or("A new data model".to_owned(), |version| format!("Version {version}"))),
            ("Found", counted(&upload.findings)),
        ]))
        @if let Some(file) = &upload.file { (report::rows(file)) }
        h2 id="found" { "What was found" }
        (report::findings(&upload.findings, "upload"))
        h2 id="what-it-changes" { "What it changes" }
        @if upload.draft.based_on.is_none() { p { "It is a new data model: everything in it is added." } }
        (history::changes(&upload.diff))
        @if open && !upload.draft.stale {
            h2 id="links" { "Links" }
            (report::links(&links))
        }
        (record::downloads(asked, "this report"))
        @if open {
            div class="app-buttons" {
                @if !upload.draft.stale { (Button { text: "Continue to publish", href: Some(&format!("{address}/publish")), ..Button::default() }.html()) }
                (Button { text: "Upload a corrected workbook", variant: Variant::Secondary, href: Some("/curate/uploads/new"), ..Button::default() }.html())
                (Button { text: "Discard", variant: Variant::Secondary, href: Some(&format!("{address}/discard")), ..Button::default() }.html())
            }
        }
        @if let Some(sha256) = &upload.sha256 { p class="app-small app-muted" { "SHA-256 of the workbook: " span class="app-name" { (sha256) } } }
    };
    Ok(framed("Check the upload", body).into())
}

/// That it is published, and where.
fn published(upload: &UploadedDraft, version: i32) -> Page {
    let slug = &upload.draft.slug;
    let body = html! {
        (nhs::panel("Published", &html! { (record::title(&upload.title, slug.as_str())) ", version " (version) }))
        p { "Everybody who may see it sees it from now on. Nothing of before is lost." }
        ul class="nhsuk-list nhsuk-list--bullet" {
            li { a href={ "/models/" (slug) } { "The data model and its versions" } }
            li { a href="/map" { "The linkage map" } }
            @if version > 1 { li { a href={ "/curate/restore?model=" (slug) "&version=" (version - 1) } { "Bring version " (version - 1) " back" } ", should this one be wrong" } }
            li { a href="/curate" { "Your data models" } }
        }
        @if !upload.diff.is_empty() { (nhs::details("What it changed", false, &history::changes(&upload.diff))) }
    };
    framed("Published", body)
}

fn sheets(upload: &UploadedDraft, links: &[ChangedLink]) -> Vec<ListingSheet> {
    let codes = |codes: &[crate::domain::approval::Code]| {
        Datum::text(codes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    };
    let links = links.iter().map(|link| {
        vec![
            Datum::text(link.from.as_str()),
            Datum::text(link.to.as_str()),
            codes(&link.before),
            Datum::Flag(link.after.is_none()),
            link.after.as_deref().map_or(Datum::Blank, codes),
        ]
    });
    vec![
        report::sheet(&upload.findings),
        ListingSheet {
            name: "Changes".to_owned(),
            columns: vec!["Change", "What", "Name", "Property", "Before", "After"],
            rows: history::rows(&upload.diff).into_iter().map(|row| row.map(Datum::text).to_vec()).collect(),
        },
        ListingSheet {
            name: "Links that change".to_owned(),
            columns: vec!["From", "To", "Approvals now", "Lost", "Approvals then"],
            rows: links.collect(),
        },
    ]
}

/// `/curate/uploads/{draft}/discard`
pub async fn discard(app: &App, visitor: &Visitor, id: &str, filled: &Filled) -> Result<Page, NoPage> {
    let upload = found(app, visitor, id).await?;
    let address = format!("/curate/uploads/{id}");
    let body = html! {
        (nhs::error_summary(&filled.faults))
        span class="app-caption" { (record::title(&upload.title, upload.draft.slug.as_str())) }
        h1 class="nhsuk-heading-l" { "Discard this upload" }
        (nhs::summary_list_html(vec![
            SummaryRow::text("Uploaded", &text::moment(upload.draft.created_at)),
            SummaryRow::text("By", &upload.draft.created_by),
            SummaryRow::text("File", upload.file.as_ref().map_or("", |file| file.file.as_str())),
        ]))
        p { "It can then no longer be published. What is published stays as it is." }
        form method="post" action={ (address) "/discard" } {
            (visitor.csrf_field())
            (Button { text: "Discard upload", ..Button::default() }.html())
        }
        p { a href=(address) { "Keep it" } }
    };
    let mut page = framed("Discard this upload", body);
    page.crumbs.push(Crumb::new("Upload", address));
    page.faulty = filled.is_wrong();
    page.status = filled.status();
    Ok(page)
}
