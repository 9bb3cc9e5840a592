//! `/account/password`: another password, for whoever knows the old one.

use maud::html;

use super::super::answer::NoPage;
use super::super::components::{self as nhs, Button, Input};
use super::super::filled::Filled;
use super::super::layout::Page;
use super::super::visitor::Visitor;
use super::overview::framed;

/// `/account/password`. What was filled in is not shown again.
pub fn password(visitor: &Visitor, filled: &Filled) -> Result<Page, NoPage> {
    visitor.actor.own_account(String::new())?;
    let field = |id, label, hint, autocomplete| Input {
        control: filled.control(id, label, hint),
        kind: "password",
        width: Some(20),
        autocomplete: Some(autocomplete),
        ..Input::default()
    };
    let length = "At least 12 characters, without your name in it. Three or four words that have nothing to do with each other are easy to keep in mind.";
    let body = html! {
        (nhs::error_summary(&filled.faults))
        h1 class="nhsuk-heading-l" { "Change your password" }
        p { "You stay signed in here, and are signed out everywhere else." }
        form method="post" action="/account/password" novalidate {
            (visitor.csrf_field())
            (nhs::input(&field("old", "The password that you have now", None, "current-password")))
            (nhs::input(&field("new", "New password", Some(length), "new-password")))
            (nhs::input(&field("again", "New password again", None, "new-password")))
            (Button { text: "Change password", ..Button::default() }.html())
        }
    };
    let mut page = framed("Change your password", body);
    page.faulty = filled.is_wrong();
    page.status = filled.status();
    Ok(page)
}
