//! `/curate/restore?model=…&version=3`: bringing an old version back, as a new one.

use maud::html;

use super::super::answer::NoPage;
use super::super::components::{self as nhs, Button, Crumb, SummaryRow, Textarea};
use super::super::filled::Filled;
use super::super::layout::Page;
use super::super::visitor::Visitor;
use super::super::{history, text};
use super::publish::MOST_NOTE;
use super::{framed, report};
use crate::app::App;
use crate::domain::access::Curate;
use crate::domain::refs::Slug;

/// `/curate/restore?model=…&version=3`
pub async fn restore(app: &App, visitor: &Visitor, filled: &Filled) -> Result<Page, NoPage> {
    let permit = visitor.actor.permit::<Curate>()?;
    let slug = Slug::of(filled.values.text("model")).map_err(|_| NoPage::NotFound(Vec::new()))?;
    let version: i32 = filled.values.text("version").parse().map_err(|_| NoPage::NotFound(Vec::new()))?;
    let told = app.restoration(&permit, &slug, version).await?;
    let next = told.current.version + 1;
    let body = html! {
        (nhs::error_summary(&filled.faults))
        span class="app-caption" { (slug) }
        h1 class="nhsuk-heading-l" { "Restore version " (version) }
        p class="app-lead" { "Restoring version " (version) " makes a new version " (next) " with its content. Nothing is deleted: version " (told.current.version) " stays in the history." }
        (nhs::summary_list_html(vec![
            SummaryRow::text("Published now", &format!("version {}, since {}", told.current.version, text::moment(told.current.published_at))),
            SummaryRow::text("To be restored", &format!("version {version}, of {}", text::moment(told.old.published_at))),
        ]))
        h2 { "What would change" }
        (history::changes(&told.diff))
        @if told.diff.is_empty() { p { "Version " (version) " has the content that is published: there is nothing to restore." } } @else {
            h2 { "Links" }
            (report::links(&told.links))
            form method="post" action="/curate/restore" novalidate {
                (visitor.csrf_field())
                input type="hidden" name="model" value=(slug);
                input type="hidden" name="version" value=(version);
                (nhs::textarea(&Textarea {
                    control: filled.control("note", "Note for readers", Some("Why the old version comes back. It stands in the history.")),
                    value: filled.values.text("note"), rows: 3, most: Some(MOST_NOTE),
                }))
                (Button { text: &format!("Restore version {version}"), ..Button::default() }.html())
            }
        }
        p { a href={ "/models/" (slug) } { "Leave it as it is" } }
    };
    let mut page = framed(&format!("Restore version {version}"), body);
    page.crumbs.push(Crumb::new(slug.as_str(), format!("/models/{slug}")));
    page.faulty = filled.is_wrong();
    page.status = filled.status();
    Ok(page)
}
