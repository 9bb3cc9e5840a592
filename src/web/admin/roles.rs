//! `/admin/roles`: what each role may do, and who has which: the list that an access review goes through.

use maud::html;

use super::super::answer::{Answer, Asked, NoPage, Twin};
use super::super::components::{self as nhs, Column, DataTable, Row};
use super::super::visitor::Visitor;
use super::super::{record, roles as words, text};
use super::framed;
use super::users::{href, last, standing};
use crate::app::{App, Datum, ListingSheet, User};
use crate::domain::access::{ManageUsers, Role};

/// `/admin/roles`
pub async fn roles(app: &App, visitor: &Visitor, asked: &Asked) -> Result<Answer, NoPage> {
    let permit = visitor.actor.permit::<ManageUsers>()?;
    let users = app.users(&permit).await?;
    let sign_ins = app.last_sign_ins(&permit).await?;
    let tokens = app.tokens(&permit).await?;
    let now = app.clock().now();
    let good = |user: &User| {
        tokens
            .iter()
            .filter(|token| token.owner == user.name && token.revoked_at.is_none() && token.expires_at > now)
            .count()
    };
    if asked.twin != Twin::Html {
        let flag = |user: &User, role| Datum::Flag(user.roles.contains(&role));
        let rows = users.iter().map(|user| {
            let models: Vec<&str> = user.models.iter().map(|model| model.as_str()).collect();
            vec![
                Datum::text(&user.name),
                Datum::text(&user.issuer),
                Datum::Flag(user.closed_at.is_none()),
                flag(user, Role::Researcher),
                flag(user, Role::Curator),
                Datum::text(models.join("; ")),
                flag(user, Role::IgReviewer),
                flag(user, Role::Administrator),
                Datum::Count(good(user) as u64),
                Datum::word(last(user, &sign_ins).map(text::moment)),
                Datum::text(text::moment(user.created_at)),
            ]
        });
        let access = ListingSheet {
            name: "Who has which".to_owned(),
            columns: vec![
                "Name",
                "Vouched for by",
                "Open",
                "Researcher",
                "Curator",
                "Data models",
                "IG reviewer",
                "Administrator",
                "API tokens in force",
                "Last sign-in",
                "Since",
            ],
            rows: rows.collect(),
        };
        let rights = Role::ALL.iter().flat_map(|role| {
            words::may(*role).iter().map(|line| vec![Datum::text(words::title(*role)), Datum::text(*line)])
        });
        let rights =
            ListingSheet { name: "What roles may do".to_owned(), columns: vec!["Role", "May"], rows: rights.collect() };
        return Ok(visitor.listing("Access review", "access-review", asked, vec![access, rights]).into());
    }
    let columns =
        [Column::text("Name"), Column::text("Roles"), Column::text("Last sign-in"), Column::numeric("API tokens")];
    let open: Vec<&User> = users.iter().filter(|user| user.closed_at.is_none()).collect();
    let row = |user: &&User| {
        Row::from(vec![
            html! { a href=(href(user, "")) { (user.name) } },
            html! { (standing(user)) },
            html! { @if let Some(at) = last(user, &sign_ins) { (text::moment(at)) } @else { "Never" } },
            html! { (good(user)) },
        ])
    };
    let body = html! {
        h1 class="nhsuk-heading-l" { "Roles and access" }
        h2 { "What each role may do" }
        p { "Everybody, also without an account, sees what is public. A user may have several roles, or none." }
        dl class="nhsuk-summary-list" {
            @for role in Role::ALL {
                div class="nhsuk-summary-list__row" {
                    dt class="nhsuk-summary-list__key" { (words::title(*role)) }
                    dd class="nhsuk-summary-list__value" {
                        ul class="nhsuk-list nhsuk-list--bullet" { @for line in words::may(*role) { li { (line) } } }
                        p class="app-small app-muted" { (text::count(open.iter().filter(|user| user.roles.contains(role)).count(), "user")) }
                    }
                }
            }
        }
        h2 id="review" { "Who has which" }
        p { "For an access review: look through the list, and close accounts that nobody uses. The files also hold closed accounts." }
        div class="app-table" {
            (nhs::table(&DataTable {
                id: "access", caption: "Open accounts and their roles", caption_size: None, caption_hidden: true,
                columns: &columns, rows: open.iter().map(row).collect(), first_is_header: true, scrolls: true,
            }))
        }
        (record::downloads(asked, "the access review"))
    };
    Ok(framed("Roles and access", "/admin/roles", body).into())
}
