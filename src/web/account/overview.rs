//! `/account`: who one is here, what that allows, one's sessions, and the ways to password and tokens.

use maud::{Markup, html};

use super::super::answer::{Answer, NoPage, page};
use super::super::components::{self as nhs, Button, Column, Crumb, DataTable, Row, SummaryRow, Variant};
use super::super::layout::{Page, Place, Standing};
use super::super::visitor::Visitor;
use super::super::{roles, text};
use crate::app::{App, OwnOverview};
use crate::domain::access::{EMBEDDED, Person};

/// A page of somebody's own account.
pub(super) fn framed(title: &str, body: Markup) -> Page {
    let mut page = page(title, Place::Elsewhere, Standing::Nothing, body);
    page.crumbs = vec![Crumb::new("Home", "/"), Crumb::new("Your account", "/account")];
    page
}

/// What the page before did, by the word in the address.
fn done(word: &str) -> Option<&'static str> {
    match word {
        "password" => Some("Your password is changed, and you are signed out everywhere else"),
        _ => None,
    }
}

/// `/account`
pub async fn overview(app: &App, visitor: &Visitor, did: &str) -> Result<Answer, NoPage> {
    let own = visitor.actor.own_account(String::new())?;
    let told = app.own_overview(&own, visitor.csrf.as_deref().unwrap_or_default()).await?;
    let person = own.person();
    let body = html! {
        @if let Some(done) = done(did) { (nhs::success_banner(done)) }
        h1 class="nhsuk-heading-l" { "Your account" }
        (nhs::summary_list_html(vec![
            Some(SummaryRow::html("Name", html! { (person.subject) })),
            SummaryRow::text("Vouched for by", if person.issuer == EMBEDDED { "this catalogue (name and password)" } else { &person.issuer }),
            Some(SummaryRow::html("Account since", html! { (text::moment_day(told.created_at)) })),
            told.last_sign_in.map(|at| SummaryRow::html("Last sign-in", html! { (text::moment(at)) })),
            told.has_password.then(|| SummaryRow::html("Password", html! { "Kept as a hash that cannot be turned back" }).changed_at("/account/password")),
            Some(SummaryRow::html("API tokens", html! { "For programs that ask in your name" }).changed_at("/account/tokens")),
        ]))
        h2 { "What you may do" }
        (rights(person))
        h2 id="sessions" { "Where you are signed in" }
        (sessions(&told))
        form method="post" action="/account/sign-out-everywhere" {
            (visitor.csrf_field())
            (Button { text: "Sign out everywhere", variant: Variant::Secondary, ..Button::default() }.html())
        }
    };
    let mut page = framed("Your account", body);
    page.crumbs.truncate(1);
    Ok(page.into())
}

fn rights(person: &Person) -> Markup {
    html! {
        @if person.roles.is_empty() {
            p { "You have no role yet, and see what is public. Ask an administrator for one." }
        } @else {
            dl class="nhsuk-summary-list" {
                @for role in &person.roles {
                    div class="nhsuk-summary-list__row" {
                        dt class="nhsuk-summary-list__key" { (roles::title(*role)) }
                        dd class="nhsuk-summary-list__value" {
                            ul class="nhsuk-list nhsuk-list--bullet" { @for line in roles::may(*role) { li { (line) } } }
                            @if *role == crate::domain::access::Role::Curator {
                                p { "Your data models: "
                                    @for (at, model) in person.models.iter().enumerate() { @if at > 0 { ", " } span class="app-name" { (model) } }
                                    @if person.models.is_empty() { "none yet" }
                                    ". " a href="/curate" { "Look after them" } "."
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn sessions(told: &OwnOverview) -> Markup {
    let columns = [Column::text("Signed in"), Column::text("Last used"), Column::text("Which")];
    let rows = told.sessions.iter().map(|session| {
        Row::from(vec![
            html! { (text::moment(session.created_at)) },
            html! { (text::moment(session.seen_at)) },
            html! { @if session.current { "This browser, now" } @else { "Another browser" } },
        ])
    });
    html! {
        p { "A session ends after 30 minutes without use, and after 12 hours in any case." }
        div class="app-table" {
            (nhs::table(&DataTable {
                id: "sessions-caption", caption: "Your sessions, the one used last first", caption_size: None, caption_hidden: true,
                columns: &columns, rows: rows.collect(), first_is_header: false, scrolls: true,
            }))
        }
    }
}
