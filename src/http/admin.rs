//! The forms of administrators: adding users, changing their roles, their passwords, closing and reopening accounts.

use axum::extract::{Request, State};
use axum::response::Response;

use super::Doors;
use super::identity::Caller;
use super::page_forms::{Wrong, finish, permit, read, see, show, taken, visitor};
use super::refusal::prefers_html;
use crate::domain::access::ManageUsers;
use crate::web::{self, Change, Query};

/// `POST /admin/users/add` with `name`, `role`s and `model`s: the password is in the answer, this once.
pub async fn add(State(doors): State<Doors>, caller: Caller, request: Request) -> Response {
    let html = prefers_html(request.headers());
    let done = add_user(&doors, &caller, request).await;
    finish(&doors, &caller, html, done)
}

async fn add_user(doors: &Doors, caller: &Caller, request: Request) -> Result<Response, Wrong> {
    let mut filled = read(doors, caller, request).await?;
    let permit = permit::<ManageUsers>(caller)?;
    let name = filled.values.text("name").to_lowercase();
    if name.is_empty() {
        filled.wrong("Enter a name", "name");
    }
    let (roles, models) = web::chosen_rights(&mut filled);
    if !filled.is_wrong() {
        match doors.app.add_user(&permit, &name, roles, models, None).await {
            Ok(made) => {
                let password = made.as_ref().map(|made| made.expose()).unwrap_or_default();
                return show(doors, caller, &web::password_made(&name, password, true));
            }
            Err(error) => taken(&mut filled, error, "name")?,
        }
    }
    show(doors, caller, &web::add_user(&visitor(doors, caller)?, &filled)?)
}

/// The page of a user, after something was done.
fn after(name: &str, done: &str) -> Response {
    see(&Query::from_iter([("name", name), ("done", done)]).href("/admin/user"))
}

/// `POST /admin/user/roles` with `name`, `role`s and `model`s.
pub async fn roles(State(doors): State<Doors>, caller: Caller, request: Request) -> Response {
    let html = prefers_html(request.headers());
    let done = set_roles(&doors, &caller, request).await;
    finish(&doors, &caller, html, done)
}

async fn set_roles(doors: &Doors, caller: &Caller, request: Request) -> Result<Response, Wrong> {
    let mut filled = read(doors, caller, request).await?;
    let permit = permit::<ManageUsers>(caller)?;
    let name = filled.values.text("name").to_owned();
    let (roles, models) = web::chosen_rights(&mut filled);
    if !filled.is_wrong() {
        match doors.app.set_roles(&permit, &name, roles, models).await {
            Ok(()) => return Ok(after(&name, "roles")),
            Err(error) => taken(&mut filled, error, "role")?,
        }
    }
    show(doors, caller, &web::roles_form(&doors.app, &visitor(doors, caller)?, &filled).await?)
}

/// `POST /admin/user/password` with `name`: the password is in the answer, this once.
pub async fn password(State(doors): State<Doors>, caller: Caller, request: Request) -> Response {
    change(&doors, &caller, request, Change::Password).await
}

/// `POST /admin/user/close` with `name`.
pub async fn close(State(doors): State<Doors>, caller: Caller, request: Request) -> Response {
    change(&doors, &caller, request, Change::Close).await
}

/// `POST /admin/user/reopen` with `name`.
pub async fn reopen(State(doors): State<Doors>, caller: Caller, request: Request) -> Response {
    change(&doors, &caller, request, Change::Reopen).await
}

async fn change(doors: &Doors, caller: &Caller, request: Request, change: Change) -> Response {
    let html = prefers_html(request.headers());
    let done = confirmed(doors, caller, request, change).await;
    finish(doors, caller, html, done)
}

async fn confirmed(doors: &Doors, caller: &Caller, request: Request, change: Change) -> Result<Response, Wrong> {
    let mut filled = read(doors, caller, request).await?;
    let permit = permit::<ManageUsers>(caller)?;
    let name = filled.values.text("name").to_owned();
    let done = match change {
        Change::Password => match doors.app.set_password(&permit, &name, None).await {
            Ok(made) => {
                let password = made.as_ref().map(|made| made.expose()).unwrap_or_default();
                return show(doors, caller, &web::password_made(&name, password, false));
            }
            Err(error) => Err(error),
        },
        Change::Close => doors.app.close_user(&permit, &name).await.map(|()| "closed"),
        Change::Reopen => doors.app.reopen_user(&permit, &name).await.map(|()| "reopened"),
    };
    match done {
        Ok(done) => Ok(after(&name, done)),
        Err(error) => {
            taken(&mut filled, error, "")?;
            show(doors, caller, &web::confirm_change(&doors.app, &visitor(doors, caller)?, change, &filled).await?)
        }
    }
}
