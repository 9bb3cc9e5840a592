//! What happens around every request: an id, a time limit, security headers, one log line and two figures.

use std::time::{Duration, Instant};

use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Doors;
use super::currency;
use super::forms::Patience;
use super::import::{ARRIVAL, takes_uploads};
use super::rate;
use super::refusal::{PageMaker, Refusal, prefers_html};
use super::server::Peer;
use super::turned_away::{self, TurnedAway};
use crate::telemetry::REQUEST_SECONDS;
use crate::web::{Asked, route_of};

/// The id of a request: in its log line, in every error and in the header `x-request-id` of the response. It is
/// always ours; one that a client sends is not taken up.
#[derive(Clone, Debug)]
pub struct RequestId(String);

impl RequestId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// On every response. Nothing may be loaded, framed or run: pages here are plain text with links. Pages that need
/// more say so themselves.
const HEADERS: [(HeaderName, &str); 6] = [
    (CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (CACHE_CONTROL, "no-store"),
];
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Runs a request and tells of it.
pub async fn observe(State(doors): State<Doors>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId(uuid::Uuid::new_v4().simple().to_string());
    request.extensions_mut().insert(id.clone());
    let method = known(request.method());
    let path: String = request.uri().path().escape_debug().take(200).collect();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let page_route = route_of(Asked::new(request.uri().path(), "").path.as_str());
    let peer = request.extensions().get::<Peer>().copied();
    let graphql = request.uri().path() == "/graphql";
    let html = !graphql && prefers_html(request.headers());

    request.extensions_mut().insert(Patience(doors.limits.body_timeout));
    // An upload may take its time to arrive, and then that of any other request.
    let arrival = if takes_uploads(request.method(), request.uri().path()) { ARRIVAL } else { Duration::ZERO };
    let cookies = currency::cookies(request.headers());
    let party = rate::party_of(&doors, &request);
    let run = tokio::time::timeout(doors.limits.request_timeout + arrival, next.run(request));
    let ((ran, from), away) = turned_away::watched(currency::watched(run)).await;
    if let Some(TurnedAway { who, why }) = away {
        tracing::warn!(id = id.as_str(), who = %who, why, "turned away");
        // Whoever tries all the time fills the log of requests, and not the database.
        if rate::may_be_recorded(&doors, party)
            && let Err(error) = doors.app.record_turned_away(&who, id.as_str(), &format!("{method} {path}"), &why).await
        {
            tracing::error!(error = &error as &dyn std::error::Error, "who was turned away could not be recorded");
        }
    }
    let mut response = ran.unwrap_or_else(|_| Refusal::deadline().into_response());
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        let page = |status: u16, title: &str, text: &str| super::pages::refused(&doors, status, title, text, &id);
        let rendered = refusal.render(&id, html.then_some(&page as &PageMaker<'_>));
        let allow = response.headers_mut().remove(axum::http::header::ALLOW);
        response = rendered;
        if let Some(allow) = allow {
            response.headers_mut().entry(axum::http::header::ALLOW).or_insert(allow);
        }
    }
    currency::mark(&doors, &mut response, from, Some(&cookies));
    let status = response.status();
    let route = route.as_ref().map_or(page_route, MatchedPath::as_str);
    let took = started.elapsed();
    count(route, method, status, took.as_secs_f64());
    tracing::info!(
        id = id.as_str(),
        peer = peer.map(|peer| tracing::field::display(peer.0.ip())),
        method,
        path,
        status = status.as_u16(),
        micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        bytes = response.body().size_hint().exact(),
        "request"
    );
    // Told only where TLS is spoken, by us or by the proxy in front: over plain HTTP browsers pass over it.
    if doors.origin.as_str().is_some_and(|origin| origin.starts_with("https://")) {
        let year = HeaderValue::from_static("max-age=31536000");
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, year);
    }
    finish(response, &id)
}

fn finish(mut response: Response, id: &RequestId) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn count(route: &str, method: &'static str, status: StatusCode, seconds: f64) {
    let route = route.to_owned();
    metrics::counter!("http_requests_total", "route" => route.clone(), "method" => method, "status" => status.as_u16().to_string())
        .increment(1);
    metrics::histogram!(REQUEST_SECONDS, "route" => route).record(seconds);
}

/// A method by its name; made-up ones are one, so that they cannot multiply figures.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
