//! `/curate/uploads/{draft}/publish`: the last look before a version is published.

use maud::html;

use super::super::answer::{Answer, NoPage};
use super::super::components::{self as nhs, Button, Choice, Choices, Crumb, SummaryRow, Textarea};
use super::super::filled::Filled;
use super::super::visitor::Visitor;
use super::super::{record, text};
use super::draft::{changed, found, overtaken};
use super::framed;
use super::report::{self, counted};
use crate::app::{App, Settled};

/// The most characters in a note for readers.
pub const MOST_NOTE: usize = 500;

/// Says what is wrong with a note for readers, and gives it without space around.
pub fn check_note(filled: &mut Filled) -> String {
    let note = filled.values.text("note").to_owned();
    if note.is_empty() {
        filled.wrong("Enter a note for readers: what is new, and why", "note");
    } else if note.chars().count() > MOST_NOTE {
        filled.wrong(format!("The note must be {MOST_NOTE} characters or fewer"), "note");
    } else if note.chars().any(|c| c.is_control() && !matches!(c, '\r' | '\n')) {
        filled.wrong("The note must not hold control characters", "note");
    }
    note
}

/// `/curate/uploads/{draft}/publish`
pub async fn publish(app: &App, visitor: &Visitor, id: &str, mut filled: Filled) -> Result<Answer, NoPage> {
    let upload = found(app, visitor, id).await?;
    let address = format!("/curate/uploads/{id}");
    if upload.settled != Settled::Open {
        return Ok(Answer::Redirect(address));
    }
    let links = changed(app, visitor, &upload).await?;
    let sent = filled.values.first("sent").is_some();
    if sent && !links.is_empty() && !filled.values.has("checked", "yes") {
        filled.wrong("Confirm that you have checked the links that change", "checked");
    }
    let tick = [Choice {
        id: "checked".to_owned(),
        value: "yes".to_owned(),
        text: "I have checked the links that change".to_owned(),
        hint: String::new(),
        chosen: filled.values.has("checked", "yes"),
    }];
    let next = upload.current.as_ref().map_or(1, |current| current.version + 1);
    let diff = &upload.diff;
    let title = record::title(&upload.title, upload.draft.slug.as_str());
    let body = html! {
        (nhs::error_summary(&filled.faults))
        span class="app-caption" { "Step 3 of 3" }
        h1 class="nhsuk-heading-l" { "Publish version " (next) " of " (title) }
        @if upload.draft.stale { (overtaken(&upload)) p { a href=(address) { "Back to the upload" } } } @else {
            (nhs::summary_list_html(vec![
                SummaryRow::text("Replaces", &upload.draft.based_on.map_or("nothing: it is a new data model".to_owned(), |version| format!("version {version}"))),
                SummaryRow::text("Changes", &format!(
                    "{} added, {} removed, {} changed, {} renamed or moved",
                    text::number(diff.added.len() as u64), text::number(diff.removed.len() as u64),
                    text::number(diff.changed.len() as u64), text::number((diff.renamed.len() + diff.moved.len()) as u64),
                )),
                SummaryRow::text("Found in it", &counted(&upload.findings)),
                SummaryRow::text("Uploaded", &format!("{} by {}", text::moment(upload.draft.created_at), upload.draft.created_by)),
            ]))
            @if !upload.with.is_empty() {
                p { "Published together with it, as they came in one import: "
                    @for (at, other) in upload.with.iter().enumerate() { @if at > 0 { ", " } a href={ "/curate/uploads/" (other.draft) } { (other.slug) } } "."
                }
            }
            (report::links(&links))
            form method="post" action={ (address) "/publish" } novalidate {
                (visitor.csrf_field())
                input type="hidden" name="sent" value="yes";
                (nhs::textarea(&Textarea {
                    control: filled.control("note", "Note for readers", Some("What is new, and why. It stands in the history, for everybody who sees this data model.")),
                    value: filled.values.text("note"), rows: 3, most: Some(MOST_NOTE),
                }))
                @if !links.is_empty() {
                    (nhs::checkboxes(&Choices { id: "checks", name: "checked", error: filled.fault("checked"), items: &tick, ..Choices::default() }))
                }
                (Button { text: "Publish now", ..Button::default() }.html())
            }
            p { a href=(address) { "Back to the upload" } }
        }
    };
    let mut page = framed("Publish", body);
    page.crumbs.push(Crumb::new("Upload", address));
    page.faulty = filled.is_wrong();
    page.status = filled.status();
    Ok(page.into())
}
