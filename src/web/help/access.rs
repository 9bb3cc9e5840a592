//! `/help`: how to get access, part by part, each statement with its source.

use maud::{Markup, html};

use super::super::answer::Answer;
use super::super::components as nhs;
use super::super::content::{Part, Statement};
use super::super::layout::Standing;
use super::super::site::Site;
use super::{help_page, mailed, onward, origin};

/// `/help`
#[must_use]
pub fn access(site: &Site) -> Answer {
    let access = &site.content.access;
    let statement = |statement: &Statement| {
        html! {
            p { (mailed(&statement.text)) }
            @if !statement.points.is_empty() {
                ul class="nhsuk-list nhsuk-list--bullet" { @for point in &statement.points { li { (mailed(point)) } } }
            }
            (onward(&statement.links))
            (origin(&access.sources, &statement.source))
        }
    };
    let part = |part: &Part| -> Markup {
        html! {
            h2 id=(part.id) { (part.title) }
            @if part.numbered {
                ol class="nhsuk-list nhsuk-list--number app-steps" { @for one in &part.statements { li { (statement(one)) } } }
            } @else {
                @for one in &part.statements { div class="app-statement" { (statement(one)) } }
            }
        }
    };
    let body = html! {
        h1 class="nhsuk-heading-l" { "How to get access" }
        p class="app-lead" { "What you can apply for, how to apply, who decides, and what you answer for afterwards." }
        (nhs::action_link("Find your pathway in a few questions", "/help/pathway"))
        ul class="app-inline" aria-label="On this page" {
            @for part in &access.parts { li { a href={ "#" (part.id) } { (part.title) } } }
            li { a href="#contacts" { "Contacts" } }
        }
        @for one in &access.parts { (part(one)) }
        h2 id="contacts" { "Contacts" }
        (super::directory::contact_list(site))
    };
    help_page("How to get access", "/help", Standing::Nothing, &body).into()
}
