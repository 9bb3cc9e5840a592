//! Signing in and out: the forms are `web`'s, the cookies are set here.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::Response;

use super::Doors;
use super::forms::Fields;
use super::identity::{self, Caller, clear_cookie, own_site, set_cookie};
use super::page_forms::{own_page, see};
use super::refusal::Refusal;
use super::{pages, rate};
use crate::app::Begun;
use crate::domain::access::Actor;
use crate::web::{self, Query};

/// Bytes of a form.
const MOST_FORM: usize = 8_192;

/// `GET /sign-in`: the form, in a session of its own so that no other site can sign somebody in.
pub async fn form(State(doors): State<Doors>, caller: Caller, request: Request) -> Result<Response, Refusal> {
    let query = Query::parse(request.uri().query().unwrap_or_default());
    let back = own_page(query.first("back")).unwrap_or_default();
    if matches!(caller.actor, Actor::Person(_)) {
        return Ok(see(onward(back)));
    }
    if caller.session.is_none() {
        rate::session(&doors, rate::party_of(&doors, &request))?;
    }
    ask(&doors, caller, StatusCode::OK, None, back).await
}

/// Where to go on to after signing in.
pub(super) fn onward(back: &str) -> &str {
    if back.is_empty() { "/account" } else { back }
}

async fn ask(
    doors: &Doors,
    caller: Caller,
    status: StatusCode,
    wrong: Option<(&str, &str)>,
    back: &str,
) -> Result<Response, Refusal> {
    let begun = match &caller.session {
        Some(_) => None,
        None => Some(doors.app.begin_session().await.map_err(|error| identity::refusal(&error))?),
    };
    let session = caller.session.as_ref().or(begun.as_ref().map(|begun| &begun.session));
    let csrf = session.map(|session| doors.app.form_token(session)).transpose();
    let csrf = csrf.map_err(|error| identity::refusal(&error))?.unwrap_or_default();
    let mut page = web::sign_in(&doors.site, &csrf, wrong, back, doors.app.provider_name());
    page.status = status.as_u16();
    let mut response = pages::show(doors, &caller, &page)?;
    if let Some(cookie) = begun.as_ref().and_then(|begun| set_cookie(&doors.origin, begun)) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `POST /sign-in` with `name`, `password` and `csrf`.
pub async fn sign_in(State(doors): State<Doors>, caller: Caller, request: Request) -> Result<Response, Refusal> {
    own_site(request.headers(), &doors.origin, &[])?;
    let fields = Fields::read(request, MOST_FORM).await?;
    if caller.session.is_none() {
        let message = "the form has expired, or the browser keeps no cookies: load /sign-in again and send it anew";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "CSRF", message));
    }
    caller.own_form(fields.get("csrf"))?;
    let (name, password) = (fields.get("name").unwrap_or_default(), fields.get("password").unwrap_or_default());
    let back = own_page(fields.get("back")).unwrap_or_default();
    let held = caller.session.as_ref().map(|session| session.fingerprint);
    let signed = doors.app.sign_in(name, password, held, &caller.request).await;
    match signed.map_err(|error| identity::refusal(&error))? {
        Some(begun) => Ok(with_session(&doors, &begun, see(onward(back)))),
        None => {
            let wrong = "Name or password is wrong. Check both, or ask an administrator for a new password";
            ask(&doors, caller, StatusCode::UNAUTHORIZED, Some((wrong, name)), back).await
        }
    }
}

fn with_session(doors: &Doors, begun: &Begun, mut response: Response) -> Response {
    if let Some(cookie) = set_cookie(&doors.origin, begun) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// `POST /sign-out` with `csrf`.
pub async fn sign_out(State(doors): State<Doors>, caller: Caller, request: Request) -> Result<Response, Refusal> {
    own_site(request.headers(), &doors.origin, &[])?;
    let fields = Fields::read(request, MOST_FORM).await?;
    caller.own_form(fields.get("csrf"))?;
    if let Some(session) = &caller.session {
        doors.app.sign_out(session, &caller.request).await.map_err(|error| identity::refusal(&error))?;
    }
    let mut response = see("/");
    if let Some(cookie) = clear_cookie(&doors.origin) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}
