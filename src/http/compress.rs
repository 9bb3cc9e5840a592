//! Answers are compressed on the way out, where the client takes gzip. Assets come compressed already and stay as they are.
//!
//! Compression and secrets do not go well together: who can make a browser ask again and again, with guesses in the
//! address, and can see how long the answers are, learns what else stands in them (the BREACH attack). So tokens of forms are masked
//! anew for each page ([`App::form_token`](crate::app::App::form_token)), and a request that another site made a browser
//! send with its cookies is answered uncompressed.

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_ENCODING, COOKIE};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// Bytes below which compressing costs more than it saves.
const SMALLEST: u64 = 860;

/// Compresses what is text and long enough. Workbooks are compressed already.
pub fn layer() -> CompressionLayer<impl Predicate> {
    let worth = SizeAbove::new(SMALLEST)
        .and(NotForContentType::new("application/vnd.openxmlformats"))
        .and(NotForContentType::new("image/png"))
        .and(NotForContentType::new("font/"));
    CompressionLayer::new().compress_when(worth)
}

/// Takes away the leave to compress where another site sends a browser with its cookies.
pub async fn guard(mut request: Request) -> Request {
    if from_elsewhere(request.headers()) {
        request.headers_mut().remove(ACCEPT_ENCODING);
    }
    request
}

fn from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
    headers.contains_key(COOKIE) && matches!(site, Some(b"cross-site" | b"same-site"))
}
