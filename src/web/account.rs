//! Signing in; and the pages of one's own account.

mod overview;
mod password;
mod tokens;

use maud::html;

use super::answer::page;
use super::components::{self as nhs, Button, Control, Fault, Input, Label};
use super::layout::{Page, Place, Standing};
use super::query::Query;
use super::site::Site;

pub use overview::overview;
pub use password::password;
pub use tokens::{token_made, tokens};

/// The form for signing in; `wrong` says why it did not go before and under which name it was tried, `back` is the page to
/// go on to, `provider` what the identity provider is called.
#[must_use]
pub fn sign_in(site: &Site, csrf: &str, wrong: Option<(&str, &str)>, back: &str, provider: Option<&str>) -> Page {
    let (wrong, tried) = wrong.unzip();
    let field = |id: &'static str, text: &'static str| Control {
        id,
        name: id,
        label: Label { text, ..Label::default() },
        ..Control::default()
    };
    let name = Input {
        control: field("name", "Name"),
        value: tried.unwrap_or_default(),
        autocomplete: Some("username"),
        width: Some(30),
        ..Input::default()
    };
    let password = Input {
        control: field("password", "Password"),
        kind: "password",
        autocomplete: Some("current-password"),
        width: Some(30),
        ..Input::default()
    };
    let at_provider = Query::from_iter((!back.is_empty()).then_some(("back", back))).href("/sign-in/provider");
    let body = html! {
        (nhs::error_summary(&wrong.map(|wrong| Fault::new(wrong, "name")).into_iter().collect::<Vec<_>>()))
        h1 class="nhsuk-heading-l" { "Sign in" }
        @if !back.is_empty() && wrong.is_none() { p { "The page that you asked for is not for everybody. Sign in, and it is shown if you may see it." } }
        @if let Some(provider) = provider {
            p { a class="nhsuk-button" href=(at_provider) role="button" draggable="false" { "Sign in with " (provider) } }
            h2 class="nhsuk-heading-m" { "Or with a name and password of this service" }
        }
        form method="post" action="/sign-in" novalidate {
            input type="hidden" name="csrf" value=(csrf);
            @if !back.is_empty() { input type="hidden" name="back" value=(back); }
            (nhs::input(&name))
            (nhs::input(&password))
            (Button { text: "Sign in", ..Button::default() }.html())
        }
        p { "You need no account to see what is public. To ask for one, or for a new password, write to " a href={ "mailto:" (site.brand.contact_email) } { (site.brand.contact_email) } " (" (site.brand.contact_name) ")." }
    };
    Page { faulty: wrong.is_some(), ..page("Sign in", Place::Elsewhere, Standing::Nothing, body) }
}
