//! Versions that readers have seen: each answer says which version of the catalogue it was made from, and a request that
//! names one is not answered from an older one. So with several servers nobody ever goes back a version, whichever
//! answers.
//!
//! Programs take `Catalogue-Version` from an answer and send it as `If-Catalogue-At-Least`; browsers keep it in a cookie,
//! where several servers may share a database.

use std::cell::Cell;
use std::future::Future;

use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

use super::Doors;
use super::identity;
use super::refusal::Refusal;
use crate::app::View;
use crate::domain::access::Actor;
use crate::domain::words::Visibility;

const VERSION: HeaderName = HeaderName::from_static("catalogue-version");
const AT_LEAST: HeaderName = HeaderName::from_static("if-catalogue-at-least");
const AGE: HeaderName = HeaderName::from_static("catalogue-age");

/// A version of a class's view, such as `public-12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    /// Blank where a reader names only the number: of their own view.
    class: Option<Visibility>,
    version: i64,
}

impl Seen {
    fn read(text: &str) -> Option<Self> {
        let (class, version) = match text.trim().rsplit_once('-') {
            Some((word, version)) => {
                (Some(Visibility::ALL.iter().copied().find(|class| class.as_str() == word)?), version)
            }
            None => (None, text.trim()),
        };
        let version = version.parse().ok().filter(|version| *version >= 0)?;
        Some(Self { class, version })
    }
}

tokio::task_local! {
    static SEEN: Cell<Option<(Visibility, i64)>>;
}

/// Notes that the request under way is answered from this view.
pub fn note(view: &View) {
    // Outside a request, such as for the page of a refusal, nobody wants to know.
    let _ = SEEN.try_with(|seen| {
        let held = seen.get();
        // Of two views the answer may hold the newer: a reader who carried the older could be shown it again.
        if held.is_none_or(|(class, version)| class != view.class || version < view.version) {
            seen.set(Some((view.class, view.version)));
        }
    });
}

/// What a request was answered from.
#[derive(Clone, Copy, Debug, Default)]
pub struct From(Option<(Visibility, i64)>);

/// Runs a request and says what it was answered from.
pub async fn watched<T>(request: impl Future<Output = T>) -> (T, From) {
    SEEN.scope(Cell::new(None), async {
        let done = request.await;
        (done, From(SEEN.with(Cell::get)))
    })
    .await
}

/// Makes sure that an actor is answered from the version that they name, or a later one.
pub async fn catch_up(doors: &Doors, headers: &HeaderMap, actor: &Actor) -> Result<(), Refusal> {
    let named = headers.get(AT_LEAST).map(|value| value.to_str().ok().and_then(Seen::read));
    let seen = match named {
        Some(Some(seen)) => seen,
        Some(None) => {
            let message =
                "If-Catalogue-At-Least is not understood: send what Catalogue-Version said, such as public-12";
            return Err(Refusal::bad(message));
        }
        None => match identity::cookie(headers, doors.origin.seen_cookie_name()).and_then(Seen::read) {
            Some(seen) => seen,
            None => return Ok(()),
        },
    };
    // Of somebody who saw another class then: before signing in, or before the session ended.
    if seen.class.is_some_and(|class| class != actor.sees()) {
        return Ok(());
    }
    let there = doors.app.at_least(actor, seen.version).await.map_err(|error| identity::refusal(&error))?;
    if there || named.is_none() {
        // A cookie may be of before a backup was restored.
        return Ok(());
    }
    let message = format!("there is no version {} of what you may see: leave If-Catalogue-At-Least out", seen.version);
    Err(Refusal::new(StatusCode::PRECONDITION_FAILED, "NO_SUCH_VERSION", message))
}

/// Writes onto an answer what it was made from and, while the database does not answer, how old that is.
pub fn mark(doors: &Doors, response: &mut Response, from: From, cookies: Option<&HeaderMap>) {
    if let Some(age) = doors.app.stale() {
        response.headers_mut().insert(AGE, HeaderValue::from(age.as_secs()));
    }
    let From(Some((class, version))) = from else { return };
    let state = format!("{class}-{version}");
    let Ok(value) = HeaderValue::from_str(&state) else { return };
    response.headers_mut().insert(VERSION, value);
    let page = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if let Some(headers) = cookies.filter(|_| page && doors.app.is_shared()) {
        let name = doors.origin.seen_cookie_name();
        if identity::cookie(headers, name) != Some(&state) {
            let secure = if doors.origin.is_secure() { "; Secure" } else { "" };
            let cookie = HeaderValue::from_str(&format!("{name}={state}; Path=/; HttpOnly; SameSite=Lax{secure}"));
            response.headers_mut().extend(cookie.into_iter().map(|cookie| (SET_COOKIE, cookie)));
        }
    }
}

/// The part of a request's headers that [`mark`] needs after the request has gone.
pub fn cookies(headers: &HeaderMap) -> HeaderMap {
    headers.get_all(COOKIE).iter().map(|value| (COOKIE, value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_with_its_class_or_without() {
        let seen = |class, version| Some(Seen { class, version });
        assert_eq!(Seen::read("public-12"), seen(Some(Visibility::Public), 12));
        assert_eq!(Seen::read(" 12 "), seen(None, 12));
        for wrong in ["", "-", "public", "public-", "nobody-1", "public--1", "-1", "1e3"] {
            assert_eq!(Seen::read(wrong), None, "{wrong}");
        }
    }
}
