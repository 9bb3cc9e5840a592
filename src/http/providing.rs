//! Signing in with an identity provider: away to it, and back from it.

use axum::extract::{Query, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::Doors;
use super::identity::{self, Caller, set_cookie};
use super::page_forms::own_page;
use super::refusal::Refusal;
use super::sign_in::onward;
use crate::app::{Begun, BroughtBack};
use crate::domain::access::Actor;

/// Bytes of the address of a page that is remembered.
const MOST_BACK: usize = 8_192;

/// What the provider sends a browser back with.
#[derive(Deserialize)]
pub struct Back {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// What is asked of a sign-in.
#[derive(Deserialize)]
pub struct Wanted {
    /// The page that whoever signs in wanted.
    back: Option<String>,
}

/// `GET /sign-in/provider`, with `back` for a page of ours: sends the browser away, with a session to come back to.
pub async fn begin(
    State(doors): State<Doors>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    let back = own_page(wanted.back.as_deref()).filter(|back| back.len() <= MOST_BACK).unwrap_or_default();
    if matches!(caller.actor, Actor::Person(_)) {
        return Ok(see(onward(back), None, &doors));
    }
    let begun = match &caller.session {
        Some(_) => None,
        None => Some(doors.app.begin_session().await.map_err(|error| identity::refusal(&error))?),
    };
    let session = caller.session.as_ref().or(begun.as_ref().map(|begun| &begun.session));
    let session = session.ok_or_else(Refusal::internal)?;
    let address = doors.app.begin_at_provider(session, back).await.map_err(|error| identity::refusal(&error))?;
    Ok(see(&address, begun.as_ref(), &doors))
}

/// `GET /sign-in/callback`: takes the browser back and signs its person in.
pub async fn back(State(doors): State<Doors>, caller: Caller, back: Query<Back>) -> Result<Response, Refusal> {
    let Some(session) = caller.session.as_ref().filter(|session| session.actor == Actor::Anonymous) else {
        let message = "this sign-in does not belong to what this browser began, or was used before: go to /sign-in and \
                       begin again";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "SIGN_IN_FAILED", message));
    };
    let Query(back) = back;
    let brought = BroughtBack {
        state: back.state.as_deref().unwrap_or_default(),
        code: match &back.error {
            Some(why) => Err(why),
            None => Ok(back.code.as_deref().unwrap_or_default()),
        },
        issuer: back.iss.as_deref(),
    };
    let begun = doors.app.end_at_provider(session, &brought, &caller.request).await;
    let (begun, wanted) = begun.map_err(|error| identity::refusal(&error))?;
    Ok(see(onward(own_page(Some(&wanted)).unwrap_or_default()), Some(&begun), &doors))
}

fn see(to: &str, begun: Option<&Begun>, doors: &Doors) -> Response {
    let Ok(to) = HeaderValue::from_str(to) else { return Refusal::internal().into_response() };
    let mut response = (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response();
    if let Some(cookie) = begun.and_then(|begun| set_cookie(&doors.origin, begun)) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}
