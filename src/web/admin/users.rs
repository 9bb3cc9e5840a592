//! `/admin/users` and `/admin/users/add`: everybody who has an account, and making another.

use std::collections::HashMap;

use jiff::Timestamp;
use maud::{Markup, html};

use super::super::answer::{Answer, Asked, NoPage, Twin};
use super::super::components::{self as nhs, Button, Choice, Choices, Colour, Column, DataTable, Input, Row, tag};
use super::super::filled::Filled;
use super::super::layout::Page;
use super::super::query::Query;
use super::super::visitor::Visitor;
use super::super::{record, roles, text};
use super::framed;
use crate::app::{App, Datum, ListingSheet, User};
use crate::domain::access::{EMBEDDED, ManageUsers, Role};

/// The page of a user.
pub(super) fn href(user: &User, action: &str) -> String {
    let mut query = Query::from_iter([("name", user.name.as_str())]);
    if user.issuer != EMBEDDED {
        query = query.with("issuer", user.issuer.as_str());
    }
    query.href(&format!("/admin/user{action}"))
}

/// The roles of somebody in words; a curator's with the data models.
pub(super) fn standing(user: &User) -> String {
    let words = user.roles.iter().map(|role| match role {
        Role::Curator => {
            let models: Vec<&str> = user.models.iter().map(|model| model.as_str()).collect();
            format!(
                "{} of {}",
                roles::title(*role),
                if models.is_empty() { "nothing yet".to_owned() } else { text::list(&models) }
            )
        }
        other => roles::title(*other).to_owned(),
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() { "No role".to_owned() } else { words.join("; ") }
}

/// When somebody last signed in, of those of whom it is known.
pub(super) fn last(user: &User, sign_ins: &HashMap<String, Timestamp>) -> Option<Timestamp> {
    sign_ins.get(&user.name).copied()
}

/// `/admin/users`
pub async fn users(app: &App, visitor: &Visitor, asked: &Asked) -> Result<Answer, NoPage> {
    let permit = visitor.actor.permit::<ManageUsers>()?;
    let users = app.users(&permit).await?;
    let sign_ins = app.last_sign_ins(&permit).await?;
    if asked.twin != Twin::Html {
        let rows = users.iter().map(|user| {
            vec![
                Datum::text(&user.name),
                Datum::text(&user.issuer),
                Datum::text(standing(user)),
                Datum::text(text::moment(user.created_at)),
                Datum::word(last(user, &sign_ins).map(text::moment)),
                Datum::word(user.closed_at.map(text::moment)),
            ]
        });
        let sheet = ListingSheet {
            name: "Users".to_owned(),
            columns: vec!["Name", "Vouched for by", "Roles", "Since", "Last sign-in", "Closed"],
            rows: rows.collect(),
        };
        return Ok(visitor.listing("Users", "users", asked, vec![sheet]).into());
    }
    let open = users.iter().filter(|user| user.closed_at.is_none()).count();
    let columns = [Column::text("Name"), Column::text("Roles"), Column::text("Last sign-in"), Column::text("State")];
    let row = |user: &User| {
        Row::from(vec![
            html! { a href=(href(user, "")) { (user.name) } @if user.issuer != EMBEDDED { br; span class="app-small app-muted" { (user.issuer) } } },
            html! { (standing(user)) },
            html! { @if let Some(at) = last(user, &sign_ins) { (text::moment(at)) } @else { "Never" } },
            html! { @if user.closed_at.is_some() { (tag("Closed", Colour::Grey)) } @else { (tag("Open", Colour::White)) } },
        ])
    };
    let body = html! {
        (done(asked))
        div class="app-head" {
            h1 class="nhsuk-heading-l" { "Users" }
            p { (Button { text: "Add a user", href: Some("/admin/users/add"), small: true, ..Button::default() }.html()) }
        }
        p { (text::count(users.len(), "account")) ", " (open) " open." }
        div class="app-table" {
            (nhs::table(&DataTable {
                id: "users", caption: "Users", caption_size: None, caption_hidden: true, columns: &columns,
                rows: users.iter().map(row).collect(), first_is_header: true, scrolls: true,
            }))
        }
        (record::downloads(asked, "users"))
    };
    Ok(framed("Users", "/admin/users", body).into())
}

/// That the page before did something.
fn done(asked: &Asked) -> Markup {
    let text = match asked.query.text("done") {
        "closed" => "The account is closed",
        "reopened" => "The account is open again",
        _ => return html! {},
    };
    nhs::success_banner(text)
}

/// `/admin/users/add`
pub fn add(visitor: &Visitor, filled: &Filled) -> Result<Page, NoPage> {
    visitor.actor.permit::<ManageUsers>()?;
    let body = html! {
        (nhs::error_summary(&filled.faults))
        h1 class="nhsuk-heading-l" { "Add a user" }
        p { "A password is made for them. It is shown to you once, to be handed over; they change it on their account page." }
        form method="post" action="/admin/users/add" novalidate {
            (visitor.csrf_field())
            (nhs::input(&Input {
                control: filled.control("name", "Name", Some("What they sign in with: letters, digits and . _ - @ +, such as ada.lovelace@nhs.net")),
                value: filled.values.text("name"), width: Some(20), autocomplete: Some("off"), ..Input::default()
            }))
            (rights(filled, &|role| filled.values.has("role", role.as_str()), &models(visitor), &|model| filled.values.has("model", model)))
            (Button { text: "Add user", ..Button::default() }.html())
        }
    };
    let mut page = framed("Add a user", "/admin/users", body);
    page.faulty = filled.is_wrong();
    page.status = filled.status();
    Ok(page)
}

/// The data models that there are: slug and title.
pub(super) fn models(visitor: &Visitor) -> Vec<(String, String)> {
    let models = visitor.view.catalogue.models.values();
    models.map(|head| (head.about.slug.to_string(), head.about.title.clone())).collect()
}

/// The choice of roles, and of a curator's data models.
pub(super) fn rights(
    filled: &Filled,
    has: &dyn Fn(Role) -> bool,
    models: &[(String, String)],
    curates: &dyn Fn(&str) -> bool,
) -> Markup {
    let roles: Vec<Choice> = Role::ALL
        .iter()
        .enumerate()
        .map(|(at, role)| Choice {
            id: if at == 0 { "role".to_owned() } else { format!("role-{role}") },
            value: role.to_string(),
            text: roles::title(*role).to_owned(),
            hint: roles::may(*role).iter().map(|may| format!("{may}.")).collect::<Vec<_>>().join(" "),
            chosen: has(*role),
        })
        .collect();
    let models: Vec<Choice> = models
        .iter()
        .enumerate()
        .map(|(at, (slug, title))| Choice {
            id: if at == 0 { "model".to_owned() } else { format!("model-{slug}") },
            value: slug.clone(),
            text: record::title(title, slug).to_owned(),
            hint: String::new(),
            chosen: curates(slug),
        })
        .collect();
    html! {
        (nhs::checkboxes(&Choices {
            id: "roles", name: "role", legend: "Roles", size: Some(nhs::Size::M), error: filled.fault("role"), items: &roles,
            hint: Some("None is needed to see what is public"), ..Choices::default()
        }))
        (nhs::checkboxes(&Choices {
            id: "models", name: "model", legend: "Data models that a curator looks after", size: Some(nhs::Size::M),
            error: filled.fault("model"), small: true, items: &models, ..Choices::default()
        }))
        (nhs::input(&Input {
            control: filled.control("new-model", "A data model that is not published yet", Some("Its slug, such as maternity-2; leave blank if there is none")),
            value: filled.values.text("new-model"), width: Some(20), autocomplete: Some("off"), ..Input::default()
        }))
    }
}
