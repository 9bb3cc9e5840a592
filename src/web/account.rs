//! Signing in, and who one is here.

use maud::html;

use super::answer::page;
use super::components::{self as nhs, Button, Control, Input, Label};
use super::layout::{Page, Place, Standing};
use crate::domain::access::Person;

/// The form for signing in; `wrong` says why it did not go before, `provider` what the identity provider is called.
#[must_use]
pub fn sign_in(csrf: &str, wrong: Option<&str>, provider: Option<&str>) -> Page {
    let field = |id: &'static str, text: &'static str| Control {
        id,
        name: id,
        label: Label { text, ..Label::default() },
        ..Control::default()
    };
    let name = Input { control: field("name", "Name"), autocomplete: Some("username"), ..Input::default() };
    let password = Input {
        control: field("password", "Password"),
        kind: "password",
        autocomplete: Some("current-password"),
        ..Input::default()
    };
    let body = html! {
        h1 class="nhsuk-heading-l" { "Sign in" }
        @if let Some(wrong) = wrong {
            div class="nhsuk-error-summary" role="alert" { p class="nhsuk-error-message" { (wrong) "." } }
        }
        @if let Some(provider) = provider {
            p { a class="nhsuk-button" href="/sign-in/provider" role="button" draggable="false" { "Sign in with " (provider) } }
            h2 class="nhsuk-heading-m" { "Or with a name and password of this service" }
        }
        form method="post" action="/sign-in" {
            input type="hidden" name="csrf" value=(csrf);
            (nhs::input(&name))
            (nhs::input(&password))
            (Button { text: "Sign in", ..Button::default() }.html())
        }
        p { "You need no account to see what is public." }
    };
    Page { faulty: wrong.is_some(), ..page("Sign in", Place::Elsewhere, Standing::Nothing, body) }
}

/// Who somebody is here.
#[must_use]
pub fn account(person: &Person, csrf: &str) -> Page {
    let body = html! {
        h1 class="nhsuk-heading-l" { "Your account" }
        p { "You are signed in as " strong { (person.subject) } "." }
        @if person.roles.is_empty() {
            p { "You have no role yet and see what is public. Ask an administrator for one." }
        } @else {
            p { "Your roles:" }
            ul class="nhsuk-list nhsuk-list--bullet" { @for role in &person.roles { li { (role) } } }
        }
        @if !person.models.is_empty() {
            p { "The data models that you curate:" }
            ul class="nhsuk-list nhsuk-list--bullet" { @for model in &person.models { li { (model) } } }
        }
        form method="post" action="/sign-out" {
            input type="hidden" name="csrf" value=(csrf);
            (Button { text: "Sign out", ..Button::default() }.html())
        }
    };
    page("Your account", Place::Elsewhere, Standing::Nothing, body)
}
