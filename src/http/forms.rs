//! The fields of a form, read within a limit.

use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};

use tokio::time::timeout;

use super::refusal::Refusal;
use crate::config::Limits;

/// How long the body of a request may take to arrive; goes with the request.
#[derive(Clone, Copy, Debug)]
pub struct Patience(pub Duration);

impl Default for Patience {
    fn default() -> Self {
        Self(Limits::default().body_timeout)
    }
}

/// The fields of a form, in order.
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a form of at most so many bytes.
    pub async fn read(request: Request, most: usize) -> Result<Self, Refusal> {
        if !is_form(request.headers()) {
            let message = "send the form as Content-Type: application/x-www-form-urlencoded";
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message));
        }
        let patience = request.extensions().get::<Patience>().copied().unwrap_or_default();
        let body = timeout(patience.0, to_bytes(request.into_body(), most)).await.map_err(|_| {
            Refusal::new(StatusCode::REQUEST_TIMEOUT, "BODY_TOO_SLOW", "the form took too long to arrive")
        })?;
        let body = body.map_err(|_| {
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", "the form is too large, or broke off")
        })?;
        Ok(Self(form_urlencoded::parse(&body).into_owned().collect()))
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Every name and value.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    sent.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}
