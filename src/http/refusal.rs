//! A request that is refused: one shape for every error that is not an answer of GraphQL's own.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::observe::RequestId;

/// Makes a page of a status, a title and a text.
pub type PageMaker<'a> = dyn Fn(u16, &str, &str) -> String + 'a;

/// A refusal. As a response it is an empty one that carries itself, for `observe` to render with the request's id.
#[derive(Clone, Debug)]
pub struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
    content_type: &'static str,
    allow: Option<&'static str>,
    /// After how many seconds to try again.
    retry: Option<u64>,
}

const JSON: &str = "application/json; charset=utf-8";

impl Refusal {
    /// A refusal with a stable code, in words for the person who sent the request.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, message: message.into(), content_type: JSON, allow: None, retry: None }
    }

    /// A request that makes no sense.
    pub fn bad(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    /// A fault of ours.
    pub fn internal() -> Self {
        let message = "something went wrong here; the server's log says what, under this request id";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message)
    }

    /// A request that would have to wait too long.
    pub fn busy() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "BUSY", "the server has too much to do: try again in a few seconds")
    }

    /// A request that needs the database, which does not answer or cannot be written.
    pub fn unavailable() -> Self {
        let message = "the database cannot be reached or written to just now, so nothing can be changed and nobody \
                       recognised; what is published can still be read: try again in a few seconds";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
    }

    /// A request that took too long.
    pub fn deadline() -> Self {
        let message = "the answer took too long: ask for less at a time";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "DEADLINE_EXCEEDED", message)
    }

    /// A request of somebody who has sent too many of its kind, who may try again after `wait`.
    pub fn too_many(what: &str, wait: std::time::Duration) -> Self {
        let seconds = wait.as_secs() + 1;
        let message = format!("too many {what} from your address: try again in {seconds} s");
        let refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS", message);
        Self { retry: Some(seconds), ..refusal }
    }

    /// The same in another media type that holds JSON.
    pub fn of_type(self, content_type: &'static str) -> Self {
        Self { content_type, ..self }
    }

    /// The same, naming the methods that are answered.
    pub fn allowing(self, allow: &'static str) -> Self {
        Self { allow: Some(allow), ..self }
    }

    /// What is wrong and how to mend it, as a sentence.
    pub fn sentence(&self) -> String {
        sentence(&self.message)
    }

    /// The response to it: a page for whoever prefers one, made by `page` from status, title and text; else JSON.
    pub fn render(self, id: &RequestId, page: Option<&PageMaker<'_>>) -> Response {
        let (content_type, body) = if let Some(page) = page {
            let title = title(self.status);
            ("text/html; charset=utf-8", page(self.status.as_u16(), title, &self.sentence()))
        } else {
            let error =
                json!({ "message": self.message, "extensions": { "code": self.code, "requestId": id.as_str() } });
            (self.content_type, json!({ "errors": [error] }).to_string())
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if let Some(allow) = self.allow {
            headers.insert(axum::http::header::ALLOW, HeaderValue::from_static(allow));
        }
        let usual = match self.status {
            StatusCode::SERVICE_UNAVAILABLE => Some(5),
            StatusCode::TOO_MANY_REQUESTS => Some(60),
            _ => None,
        };
        if let Some(seconds) = self.retry.or(usual) {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// A message as a sentence: with a capital and a full stop.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// What a page calls a refusal, in words for people.
fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "This request makes no sense",
        StatusCode::UNAUTHORIZED => "Sign in first",
        StatusCode::FORBIDDEN => "You do not have permission",
        StatusCode::NOT_FOUND => "Page not found",
        StatusCode::METHOD_NOT_ALLOWED => "This cannot be done here",
        StatusCode::REQUEST_TIMEOUT => "The request took too long to arrive",
        StatusCode::PAYLOAD_TOO_LARGE => "That is too large",
        StatusCode::TOO_MANY_REQUESTS => "Too many requests",
        StatusCode::SERVICE_UNAVAILABLE => "This service is busy",
        _ => "Sorry, there is a problem with this service",
    }
}

/// Whether a client would rather read a page: browsers name `text/html` first.
pub fn prefers_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    accept.split(',').next().is_some_and(|first| first.trim().starts_with("text/html"))
}

/// That nothing is at a path.
pub fn nowhere(path: &str) -> Refusal {
    nowhere_near(path, &[])
}

/// That nothing is at a path, with names that may be meant; without any, with where things are.
pub fn nowhere_near(path: &str, near: &[String]) -> Refusal {
    let path: String = path.escape_debug().take(100).collect();
    let there = if near.is_empty() {
        "GraphQL is at /graphql, the pages start at /, the server's state is at /healthz, /readyz and /metrics"
            .to_owned()
    } else {
        format!("perhaps {}", near.join(", "))
    };
    Refusal::new(StatusCode::NOT_FOUND, "NOT_FOUND", format!("there is nothing at {path}: {there}"))
}

/// Answers every method that a path does not have.
pub async fn other_method() -> Refusal {
    let message = "this address does not answer this method: the Allow header says which it does";
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message)
}
