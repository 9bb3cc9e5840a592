//! `/admin/user?name=…` and what can be done to an account: other roles, another password, closing, reopening. Each is
//! confirmed on a page of its own that says what it does.

use maud::{Markup, html};

use super::super::answer::{Answer, Asked, NoPage};
use super::super::components::{self as nhs, Button, Crumb, SummaryRow, Variant};
use super::super::filled::Filled;
use super::super::layout::Page;
use super::super::text;
use super::super::visitor::Visitor;
use super::framed;
use super::users::{href, last, models, rights, standing};
use crate::app::{App, User};
use crate::domain::access::{EMBEDDED, ManageUsers, Role};
use crate::domain::refs::Slug;

/// Something that is done to an account once it is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new password is made.
    Password,
    /// The account is closed.
    Close,
    /// It is opened again.
    Reopen,
}

impl Change {
    /// The last part of the address.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Password => "/password",
            Self::Close => "/close",
            Self::Reopen => "/reopen",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Password => "Make a new password",
            Self::Close => "Close this account",
            Self::Reopen => "Open this account again",
        }
    }

    fn says(self) -> &'static [&'static str] {
        match self {
            Self::Password => &[
                "A password is made and shown to you once, to be handed over.",
                "They are signed out everywhere, and the password they have now is worth nothing.",
            ],
            Self::Close => &[
                "They are signed out everywhere, and can no longer sign in.",
                "Their API tokens are refused.",
                "What they did stays in the audit log, and their name is given to nobody else.",
                "You can open the account again.",
            ],
            Self::Reopen => &[
                "They can sign in again with their password and the roles that they had.",
                "API tokens that have not expired work again.",
            ],
        }
    }
}

async fn found(app: &App, visitor: &Visitor, name: &str, issuer: &str) -> Result<User, NoPage> {
    let permit = visitor.actor.permit::<ManageUsers>()?;
    let issuer = if issuer.is_empty() { EMBEDDED } else { issuer };
    let users = app.users(&permit).await?.into_iter();
    let name = name.to_lowercase();
    users
        .into_iter()
        .find(|user| user.name.to_lowercase() == name && user.issuer == issuer)
        .ok_or(NoPage::NotFound(Vec::new()))
}

fn of_user(user: &User, title: &str, body: Markup) -> Page {
    let mut page = framed(title, "/admin/users", body);
    page.crumbs.push(Crumb::new("Users", "/admin/users"));
    page.crumbs.push(Crumb::new(&user.name, href(user, "")));
    page
}

/// `/admin/user?name=…`
pub async fn user(app: &App, visitor: &Visitor, asked: &Asked) -> Result<Answer, NoPage> {
    let user = found(app, visitor, asked.query.text("name"), asked.query.text("issuer")).await?;
    let permit = visitor.actor.permit::<ManageUsers>()?;
    let sign_ins = app.last_sign_ins(&permit).await?;
    let tokens = app.tokens(&permit).await?;
    let good = tokens
        .iter()
        .filter(|token| token.owner == user.name && token.revoked_at.is_none() && token.expires_at > app.clock().now());
    let ours = user.issuer == EMBEDDED;
    let roles = SummaryRow::html("Roles", html! { (standing(&user)) });
    let log = super::super::query::Query::from_iter([("who", user.name.as_str())]).href("/admin/audit");
    let body = html! {
        @match asked.query.text("done") {
            "roles" => (nhs::success_banner("The roles are changed, and hold from now on")),
            "closed" => (nhs::success_banner("The account is closed")),
            "reopened" => (nhs::success_banner("The account is open again")),
            _ => {}
        }
        span class="app-caption" { "User" }
        h1 class="nhsuk-heading-l" { (user.name) }
        (nhs::summary_list(&[
            if ours && user.closed_at.is_none() { roles.changed_at(href(&user, "/roles")) } else { roles },
            SummaryRow::html("Vouched for by", html! { @if ours { "This catalogue (name and password)" } @else { (user.issuer) } }),
            SummaryRow::html("Account since", html! { (text::moment(user.created_at)) }),
            SummaryRow::html("Last sign-in", html! { @if let Some(at) = last(&user, &sign_ins) { (text::moment(at)) } @else { "Never" } }),
            SummaryRow::html("API tokens in force", html! { (good.count()) }),
            SummaryRow::html("State", html! { @if let Some(at) = user.closed_at { "Closed on " (text::moment(at)) } @else { "Open" } }),
        ]))
        @if ours {
            div class="app-buttons" {
                @if user.closed_at.is_some() {
                    (Button { text: "Open again", href: Some(&href(&user, "/reopen")), ..Button::default() }.html())
                } @else {
                    (Button { text: "Make a new password", variant: Variant::Secondary, href: Some(&href(&user, "/password")), ..Button::default() }.html())
                    (Button { text: "Close account", variant: Variant::Secondary, href: Some(&href(&user, "/close")), ..Button::default() }.html())
                }
            }
        } @else {
            p { "Their roles and password are looked after by the identity provider that vouches for them." }
        }
        p { a href=(log) { "What they did" } ", in the audit log." }
    };
    let mut page = of_user(&user, &user.name, body);
    page.crumbs.pop();
    Ok(page.into())
}

/// `/admin/user/roles?name=…`: the form.
pub async fn roles_form(app: &App, visitor: &Visitor, filled: &Filled) -> Result<Page, NoPage> {
    let user = found(app, visitor, filled.values.text("name"), "").await?;
    // Where something was chosen, that is shown; else what holds.
    let chosen = filled.is_wrong() || filled.values.first("chosen").is_some();
    let has = |role: Role| if chosen { filled.values.has("role", role.as_str()) } else { user.roles.contains(&role) };
    let curates = |slug: &str| match chosen {
        true => filled.values.has("model", slug),
        false => user.models.iter().any(|model| model.as_str() == slug),
    };
    let mut all = models(visitor);
    for model in &user.models {
        if !all.iter().any(|(slug, _)| slug == model.as_str()) {
            all.push((model.to_string(), format!("{model} (not published)")));
        }
    }
    let body = html! {
        (nhs::error_summary(&filled.faults))
        span class="app-caption" { (user.name) }
        h1 class="nhsuk-heading-l" { "Change roles" }
        form method="get" action="/admin/user/roles/confirm" novalidate {
            input type="hidden" name="name" value=(user.name);
            input type="hidden" name="chosen" value="yes";
            (rights(filled, &has, &all, &curates))
            (Button { text: "Continue", ..Button::default() }.html())
        }
    };
    let mut page = of_user(&user, "Change roles", body);
    page.faulty = filled.is_wrong();
    page.status = filled.status();
    Ok(page)
}

/// The roles and data models that a form names, and what is wrong with them.
#[must_use]
pub fn chosen(filled: &mut Filled) -> (std::collections::BTreeSet<Role>, std::collections::BTreeSet<Slug>) {
    let roles = filled.values.all("role").filter_map(|word| word.parse().ok()).collect();
    let mut models = std::collections::BTreeSet::new();
    let mut bad = None;
    for word in filled.values.all("model").chain(filled.values.first("new-model")) {
        match Slug::of(word) {
            Ok(slug) => {
                models.insert(slug);
            }
            Err(error) => bad = Some(error.to_string()),
        }
    }
    if let Some(bad) = bad {
        filled.wrong(super::super::text::sentence(&bad), "new-model");
    }
    let roles: std::collections::BTreeSet<Role> = roles;
    let curator = roles.contains(&Role::Curator);
    if curator && models.is_empty() && !filled.is_wrong() {
        filled.wrong("Select at least 1 data model that the curator looks after", "model");
    }
    if !curator && !models.is_empty() {
        filled.wrong("Data models are for curators: select the role curator as well, or no data model", "role");
    }
    (roles, models)
}

/// `/admin/user/roles/confirm?name=…&role=…&model=…`: what it is now and what it would be.
pub async fn roles_confirm(app: &App, visitor: &Visitor, mut filled: Filled) -> Result<Page, NoPage> {
    let user = found(app, visitor, filled.values.text("name"), "").await?;
    let (roles, models) = chosen(&mut filled);
    if filled.faults.iter().any(|fault| !fault.at.is_empty()) {
        return roles_form(app, visitor, &filled).await;
    }
    let after = User { roles, models, ..user.clone() };
    let back = filled.values.href("/admin/user/roles");
    let body = html! {
        (nhs::error_summary(&filled.faults))
        span class="app-caption" { (user.name) }
        h1 class="nhsuk-heading-l" { "Confirm the change of roles" }
        (nhs::summary_list(&[
            SummaryRow::html("Now", html! { (standing(&user)) }),
            SummaryRow::html("From now on", html! { strong { (standing(&after)) } }),
        ]))
        @if (&user.roles, &user.models) == (&after.roles, &after.models) {
            p { "That is what they have already." }
            p { a href=(back) { "Choose other roles" } }
        } @else {
            p { "It holds at once, also where they are signed in now." }
            form method="post" action="/admin/user/roles" {
                (visitor.csrf_field())
                input type="hidden" name="name" value=(user.name);
                @for role in &after.roles { input type="hidden" name="role" value=(role); }
                @for model in &after.models { input type="hidden" name="model" value=(model); }
                (Button { text: "Change roles", ..Button::default() }.html())
            }
            p { a href=(back) { "Choose other roles" } ", or " a href=(href(&user, "")) { "leave them as they are" } "." }
        }
    };
    let mut page = of_user(&user, "Confirm the change of roles", body);
    page.faulty = filled.is_wrong();
    page.status = filled.status();
    Ok(page)
}

/// `/admin/user/close?name=…` and its like: what it does, and the button that does it.
pub async fn confirm(app: &App, visitor: &Visitor, change: Change, filled: &Filled) -> Result<Page, NoPage> {
    let user = found(app, visitor, filled.values.text("name"), "").await?;
    let body = html! {
        (nhs::error_summary(&filled.faults))
        span class="app-caption" { (user.name) }
        h1 class="nhsuk-heading-l" { (change.title()) }
        ul class="nhsuk-list nhsuk-list--bullet" { @for line in change.says() { li { (line) } } }
        form method="post" action={ "/admin/user" (change.path()) } {
            (visitor.csrf_field())
            input type="hidden" name="name" value=(user.name);
            (Button { text: change.title(), ..Button::default() }.html())
        }
        p { a href=(href(&user, "")) { "Leave it as it is" } }
    };
    let mut page = of_user(&user, change.title(), body);
    page.faulty = filled.is_wrong();
    page.status = filled.status();
    Ok(page)
}

/// A password that was just made for somebody.
#[must_use]
pub fn password_made(name: &str, password: &str, new_user: bool) -> Page {
    let heading = if new_user { "User added" } else { "New password made" };
    let body = html! {
        (nhs::panel(heading, &html! { (name) }))
        (nhs::warning_of_level(2, "Hand this password over now", &html! {
            p { "It is shown this once, and nobody can show it again. Give it to them in a way that only they can read, and ask them to change it on their account page." }
            p { code class="app-secret" id="secret" { (password) } }
        }))
        p { a href="/admin/users" { "Back to the users" } }
    };
    framed(heading, "/admin/users", body)
}
