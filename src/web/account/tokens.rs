//! `/account/tokens`: secrets that programs send in one's name: making, listing and revoking them.

use jiff::Timestamp;
use maud::{Markup, html};
use uuid::Uuid;

use super::super::answer::NoPage;
use super::super::components::{
    self as nhs, Button, Choice, Choices, Colour, Column, DataTable, Input, Row, Select, SelectItem, Variant, tag,
};
use super::super::filled::Filled;
use super::super::layout::Page;
use super::super::text;
use super::super::visitor::Visitor;
use super::overview::framed;
use crate::app::{App, OwnToken};
use crate::domain::access::{Actor, Role, Scope};

/// How long a token may be good for: days, and in words.
const DAYS: [(u32, &str); 5] = [(7, "1 week"), (30, "30 days"), (90, "90 days"), (180, "180 days"), (365, "1 year")];

/// What a scope allows, in words.
fn scope_says(scope: Scope) -> (&'static str, &'static str) {
    match scope {
        Scope::Read => ("Read", "Ask the API for everything that you see"),
        Scope::Curate => ("Curate", "Upload, publish, discard and restore the data models that you curate"),
    }
}

/// `/account/tokens`; `id` names the token that the form would make.
pub async fn tokens(app: &App, visitor: &Visitor, filled: &Filled, id: Uuid) -> Result<Page, NoPage> {
    let own = visitor.actor.own_account(String::new())?;
    let held = app.own_tokens(&own).await?;
    let did = match filled.values.text("done") {
        "revoked" => Some("The token is revoked: whoever still sends it is refused"),
        _ => None,
    };
    let body = html! {
        @if let Some(done) = did { (nhs::success_banner(done)) }
        (nhs::error_summary(&filled.faults))
        h1 class="nhsuk-heading-l" { "API tokens" }
        p class="app-lead" { "A token lets a program ask in your name. It never allows more than you may do yourself, and no token changes users or passwords." }
        (list(visitor, &held, app.clock().now()))
        h2 id="new" { "Make a token" }
        (form(visitor, filled, id))
    };
    let mut page = framed("API tokens", body);
    page.faulty = filled.is_wrong();
    page.status = filled.status();
    Ok(page)
}

fn list(visitor: &Visitor, tokens: &[OwnToken], now: Timestamp) -> Markup {
    if tokens.is_empty() {
        return html! { p { "You have no tokens." } };
    }
    let columns =
        [Column::text("Name"), Column::text("For"), Column::text("Made"), Column::text("Until"), Column::text("State")];
    let row = |token: &OwnToken| {
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope_says(*scope).0).collect();
        Row::from(vec![
            html! { (token.name) },
            html! { (text::list(&scopes)) },
            html! { (text::moment_day(token.created_at)) },
            html! { (text::moment_day(token.expires_at)) },
            html! {
                @if let Some(at) = token.revoked_at { "Revoked on " (text::moment_day(at)) }
                @else if token.expires_at <= now { (tag("Expired", Colour::Grey)) }
                @else {
                    form class="app-add" method="post" action="/account/tokens/revoke" {
                        (visitor.csrf_field())
                        input type="hidden" name="id" value=(token.id);
                        (Button { text: "Revoke", hidden: &token.name, variant: Variant::Secondary, small: true, ..Button::default() }.html())
                    }
                }
            },
        ])
    };
    html! {
        div class="app-table" {
            (nhs::table(&DataTable {
                id: "tokens", caption: "Your tokens, newest first", caption_size: None, caption_hidden: true,
                columns: &columns, rows: tokens.iter().map(row).collect(), first_is_header: true, scrolls: true,
            }))
        }
    }
}

fn form(visitor: &Visitor, filled: &Filled, id: Uuid) -> Markup {
    let curator = matches!(&visitor.actor, Actor::Person(person) if person.roles.contains(&Role::Curator));
    let chosen = |scope: Scope| match filled.is_wrong() {
        true => filled.values.has("scope", scope.as_str()),
        false => scope == Scope::Read,
    };
    let scopes: Vec<Choice> = Scope::ALL
        .iter()
        .filter(|scope| curator || **scope == Scope::Read)
        .enumerate()
        .map(|(at, scope)| Choice {
            id: if at == 0 { "scope".to_owned() } else { format!("scope-{}", scope.as_str()) },
            value: scope.as_str().to_owned(),
            text: scope_says(*scope).0.to_owned(),
            hint: scope_says(*scope).1.to_owned(),
            chosen: chosen(*scope),
        })
        .collect();
    let days: Vec<SelectItem> = DAYS.map(|(days, text)| SelectItem::new(days.to_string(), text)).to_vec();
    let wanted = filled.values.first("days").unwrap_or("90");
    html! {
        form method="post" action="/account/tokens" novalidate {
            (visitor.csrf_field())
            input type="hidden" name="id" value=(id);
            (nhs::input(&Input {
                control: filled.control("name", "What it is for", Some("So that you know it again, such as “nightly report”")),
                value: filled.values.text("name"), width: Some(20), autocomplete: Some("off"), ..Input::default()
            }))
            (nhs::checkboxes(&Choices {
                id: "scopes", name: "scope", legend: "What it may do", error: filled.fault("scope"), small: true, items: &scopes, ..Choices::default()
            }))
            (nhs::select(&Select { control: filled.control("days", "How long it is good for", None), items: &days, value: wanted }))
            (Button { text: "Make token", ..Button::default() }.html())
        }
    }
}

/// A token that has just been made, with its secret.
#[must_use]
pub fn token_made(name: &str, secret: &str) -> Page {
    let body = html! {
        (nhs::panel("Token made", &html! { (name) }))
        (nhs::warning_of_level(2, "Copy it now", &html! {
            p { "It is shown this once, and nobody can show it again: only a fingerprint of it is kept." }
            p { code class="app-secret" id="secret" { (secret) } }
        }))
        p { "Send it with every request:" }
        pre class="app-code" tabindex="0" { "Authorization: Bearer " (secret) }
        p { a href="/api" { "How to ask the API" } ", or " a href="/account/tokens" { "back to your tokens" } "." }
    };
    framed("Token made", body)
}
