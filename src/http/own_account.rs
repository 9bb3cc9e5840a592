//! The forms of one's own account: password, tokens, signing out everywhere.

use axum::extract::{Request, State};
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use uuid::Uuid;

use super::Doors;
use super::identity::{Caller, clear_cookie, set_cookie};
use super::page_forms::{Wrong, fields, finish, own, read, see, show, taken, visitor};
use super::refusal::{Refusal, prefers_html};
use crate::web::{self, Filled};

/// `POST /account/password` with `old`, `new` and `again`.
pub async fn password(State(doors): State<Doors>, caller: Caller, request: Request) -> Response {
    let html = prefers_html(request.headers());
    let done = change_password(&doors, &caller, request).await;
    finish(&doors, &caller, html, done)
}

async fn change_password(doors: &Doors, caller: &Caller, request: Request) -> Result<Response, Wrong> {
    // A password is taken as it is, with whatever space it has; and none is shown again.
    let sent = fields(doors, caller, request).await?;
    let mut filled = Filled::default();
    let own = own(caller)?;
    let session = caller.session.as_ref().ok_or_else(|| Refusal::bad("there is no session"))?;
    let of = |name: &str| sent.get(name).unwrap_or_default();
    let (old, new, again) = (of("old"), of("new"), of("again"));
    if old.is_empty() {
        filled.wrong("Enter the password that you have now", "old");
    }
    if new.is_empty() {
        filled.wrong("Enter a new password", "new");
    } else if new != again {
        filled.wrong("The two new passwords are not the same", "again");
    }
    if !filled.is_wrong() {
        match doors.app.change_own_password(&own, session, old, new).await {
            Ok(Some(begun)) => {
                let mut response = see("/account?done=password");
                if let Some(cookie) = set_cookie(&doors.origin, &begun) {
                    response.headers_mut().insert(SET_COOKIE, cookie);
                }
                return Ok(response);
            }
            Ok(None) => filled.wrong("This is not the password that you have now", "old"),
            Err(error) => taken(&mut filled, error, "new")?,
        }
    }
    show(doors, caller, &web::password(&visitor(doors, caller)?, &filled)?)
}

/// `POST /account/sign-out-everywhere`
pub async fn sign_out_everywhere(State(doors): State<Doors>, caller: Caller, request: Request) -> Response {
    let html = prefers_html(request.headers());
    let done = async {
        read(&doors, &caller, request).await?;
        doors.app.end_own_sessions(&own(&caller)?).await?;
        let mut response = see("/sign-in");
        if let Some(cookie) = clear_cookie(&doors.origin) {
            response.headers_mut().insert(SET_COOKIE, cookie);
        }
        Ok(response)
    };
    let done = done.await;
    finish(&doors, &caller, html, done)
}

/// `POST /account/tokens` with `id`, `name`, `scope`s and `days`: the secret is in the answer, this once.
pub async fn add_token(State(doors): State<Doors>, caller: Caller, request: Request) -> Response {
    let html = prefers_html(request.headers());
    let done = make_token(&doors, &caller, request).await;
    finish(&doors, &caller, html, done)
}

async fn make_token(doors: &Doors, caller: &Caller, request: Request) -> Result<Response, Wrong> {
    let mut filled = read(doors, caller, request).await?;
    let own = own(caller)?;
    let name = filled.values.text("name").to_owned();
    let scopes: std::collections::BTreeSet<_> =
        filled.values.all("scope").filter_map(|word| word.parse().ok()).collect();
    let days: Option<u32> = filled.values.text("days").parse().ok();
    if name.is_empty() {
        filled.wrong("Enter what the token is for", "name");
    }
    if scopes.is_empty() {
        filled.wrong("Select what the token may do", "scope");
    }
    if days.is_none() {
        filled.wrong("Select how long the token is good for", "days");
    }
    let id = filled.values.text("id").parse().unwrap_or_else(|_| Uuid::new_v4());
    if let (false, Some(days)) = (filled.is_wrong(), days) {
        match doors.app.add_own_token(&own, id, &name, scopes, days).await {
            Ok(secret) => return show(doors, caller, &web::token_made(&name, secret.expose())),
            Err(error) => taken(&mut filled, error, "name")?,
        }
    }
    // A form that was sent twice gets another id, so that it can be sent again.
    let page = web::tokens(&doors.app, &visitor(doors, caller)?, &filled, Uuid::new_v4()).await?;
    show(doors, caller, &page)
}

/// `POST /account/tokens/revoke` with `id`.
pub async fn revoke_token(State(doors): State<Doors>, caller: Caller, request: Request) -> Response {
    let html = prefers_html(request.headers());
    let done = async {
        let filled = read(&doors, &caller, request).await?;
        let own = own(&caller)?;
        let id = filled.values.text("id").parse().map_err(|_| Refusal::bad("this is no token: load the page again"))?;
        doors.app.revoke_own_token(&own, id).await?;
        Ok(see("/account/tokens?done=revoked"))
    };
    let done = done.await;
    finish(&doors, &caller, html, done)
}
