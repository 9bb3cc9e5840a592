//! `/graphql`: GraphQL over HTTP with our own handler, as the library's runs mutations on GET, takes forms and
//! batches, and has no limit on bodies (design.md, trap 1).

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Extension, FromRequest, Query, Request, State};
use axum::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::Doors;
use super::currency;
use super::identity::{Caller, once_key, own_site};
use super::observe::RequestId;
use super::refusal::Refusal;
use super::turned_away;
use crate::domain::access::Actor;
use crate::graphql::Asked;
use crate::graphql::answer::{Answer, Reached};
use crate::graphql::fault::Fault;
use crate::graphql::work::World;

const JSON: &str = "application/json";
const GRAPHQL_JSON: &str = "application/graphql-response+json";
/// How much longer than its deadline a request may take before it is given up; it looks at the deadline itself
/// whenever it begins something long.
const GRACE: Duration = Duration::from_millis(500);

/// The parameters of a request (GraphQL over HTTP, §5.1).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    query: String,
    operation_name: Option<String>,
    variables: Option<Map<String, Value>>,
    #[serde(rename = "extensions")]
    _extensions: Option<Map<String, Value>>,
}

/// The same in an address, where `variables` and `extensions` are JSON texts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InAddress {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

/// `GET /graphql?query=…`: queries only.
pub async fn by_get(
    State(doors): State<Doors>,
    Extension(id): Extension<RequestId>,
    caller: Caller,
    request: Request,
) -> Result<Response, Refusal> {
    let media = Media::of(request.headers());
    let refuse = |refusal: Refusal| refusal.of_type(media.content_type());
    let address = Query::<InAddress>::try_from_uri(request.uri());
    let address =
        address.map_err(|_| refuse(Refusal::bad("the address is not understood: send query once, URL-encoded")))?;
    let InAddress { query, operation_name, variables, extensions } = address.0;
    let Some(query) = query else {
        return Err(refuse(Refusal::bad(
            "send a query: POST application/json {\"query\": \"{ catalogue { version } }\"}",
        )));
    };
    let asked = Asked { query, operation_name, variables: map("variables", variables).map_err(refuse)? };
    map("extensions", extensions).map_err(refuse)?;
    answer(&doors, &id, Sender { actor: caller.actor, key: None }, media, asked, true).await
}

/// `POST /graphql` with `application/json`.
pub async fn by_post(
    State(doors): State<Doors>,
    Extension(id): Extension<RequestId>,
    caller: Caller,
    request: Request,
) -> Result<Response, Refusal> {
    let media = Media::of(request.headers());
    let refuse = |refusal: Refusal| refusal.of_type(media.content_type());
    own_site(request.headers(), &doors.origin, &doors.limits.cors_origins).map_err(refuse)?;
    is_json(request.headers()).map_err(refuse)?;
    let key = once_key(request.headers()).map_err(refuse)?;
    let body = body(&doors, request).await.map_err(refuse)?;
    let asked = parameters(&body).map_err(refuse)?;
    answer(&doors, &id, Sender { actor: caller.actor, key }, media, asked, false).await
}

async fn answer(
    doors: &Doors,
    id: &RequestId,
    sender: Sender,
    media: Media,
    asked: Asked,
    read_only: bool,
) -> Result<Response, Refusal> {
    match run(doors, id, sender, asked, read_only).await {
        Ok(Ran::Answered(answer)) => Ok(media.response(answer)),
        Ok(Ran::Fault(fault)) => Ok(media.fault(&fault, id)),
        Err(refusal) => Err(refusal.of_type(media.content_type())),
    }
}

/// Who sends a query, and the key under which its changes are made once.
pub struct Sender {
    /// Who.
    pub actor: Actor,
    /// The key.
    pub key: Option<String>,
}

/// What became of a query.
pub enum Ran {
    /// It was answered; the answer may hold errors.
    Answered(Answer),
    /// It could not be run, through no fault of its own.
    Fault(Fault),
}

impl Ran {
    /// The answer in JSON.
    pub fn body(self, id: &RequestId) -> Vec<u8> {
        match self {
            Self::Answered(answer) => answer.body,
            Self::Fault(fault) => Answer::fault(&fault, id.as_str()).body,
        }
    }
}

/// Runs a query within the limits of every query; with `read_only`, nothing but a query.
pub async fn run(doors: &Doors, id: &RequestId, sender: Sender, asked: Asked, read_only: bool) -> Result<Ran, Refusal> {
    let operation = match doors.api.read(asked) {
        Ok(operation) => operation,
        Err(refused) => return Ok(Ran::Answered(refused.answer(id.as_str()))),
    };
    if read_only && !operation.is_query() {
        let message = "only queries can be sent with GET: send this with POST";
        let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message);
        return Err(refusal.allowing("POST"));
    }
    // A change is not broken off half told: it has the time of a whole request.
    let limits = &doors.limits;
    let deadline =
        if operation.is_query() { limits.graphql_deadline } else { limits.request_timeout.saturating_sub(GRACE * 2) };
    let permit = match timeout(deadline, doors.workers.clone().acquire_owned()).await {
        Ok(Ok(permit)) => permit,
        Ok(Err(_)) | Err(_) => return Err(Refusal::busy()),
    };
    let world = match World::new(doors.app.clone(), sender.actor, id.as_str(), deadline) {
        Ok(world) => {
            currency::note(&world.view);
            world.with_key(sender.key)
        }
        Err(fault) => return Ok(Ran::Fault(fault)),
    };
    // Resolvers work without ever waiting; on a thread of its own that holds up no other request. The permit goes
    // with it: a request that was given up counts until it has really ended.
    let (api, name, runtime) = (doors.api.clone(), id.clone(), tokio::runtime::Handle::current());
    let work = tokio::task::spawn_blocking(move || {
        let answer = runtime.block_on(api.run(operation, world, name.as_str()));
        drop(permit);
        answer
    });
    match timeout(deadline + GRACE, work).await {
        Ok(Ok(answer)) => {
            if let Some(why) = &answer.denied {
                turned_away::because(why);
            }
            Ok(Ran::Answered(answer))
        }
        Ok(Err(error)) => {
            tracing::error!(id = id.as_str(), %error, "a query broke off");
            Ok(Ran::Fault(Fault::Internal))
        }
        Err(_) => Err(Refusal::deadline()),
    }
}

/// The media type of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Media {
    Json,
    GraphqlJson,
}

impl Media {
    /// What the client would rather have; `application/json` where it does not say.
    fn of(headers: &HeaderMap) -> Self {
        let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        let mut best = (0.0, Self::Json);
        for range in accept.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let media = match parts.next().map(str::to_ascii_lowercase).as_deref() {
                Some(GRAPHQL_JSON) => Self::GraphqlJson,
                Some(JSON | "application/*" | "*/*") => Self::Json,
                _ => continue,
            };
            let quality = parts.find_map(|part| part.strip_prefix("q=")).and_then(|q| q.parse().ok()).unwrap_or(1.0);
            if quality > best.0 {
                best = (quality, media);
            }
        }
        best.1
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlJson => "application/graphql-response+json; charset=utf-8",
        }
    }

    /// In `application/json` a status other than 200 could come from anything on the way, so that a document that
    /// is no good answers 200 with errors; in `application/graphql-response+json` it answers 400.
    fn response(self, answer: Answer) -> Response {
        let status = match (answer.reached, self) {
            (Reached::Execution, _) | (Reached::Document, Self::Json) => StatusCode::OK,
            (Reached::Document, Self::GraphqlJson) | (Reached::Budget, _) => StatusCode::BAD_REQUEST,
            (Reached::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
        };
        self.with_status(status, answer)
    }

    fn fault(self, fault: &Fault, id: &RequestId) -> Response {
        let status = match fault {
            Fault::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        self.with_status(status, Answer::fault(fault, id.as_str()))
    }

    fn with_status(self, status: StatusCode, answer: Answer) -> Response {
        let content_type = HeaderValue::from_static(self.content_type());
        let mut response = (status, [(CONTENT_TYPE, content_type)], answer.body).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// Refuses what is not JSON in UTF-8. Compressed bodies are not taken: what they hold is known only too late.
fn is_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = content_type.split(';').map(|part| part.trim().to_ascii_lowercase());
    let json = parts.next().as_deref() == Some(JSON);
    let utf8 = parts.all(|part| match part.strip_prefix("charset=") {
        Some(charset) => matches!(charset.trim_matches('"'), "utf-8" | "utf8"),
        None => true,
    });
    let plain = headers.get(CONTENT_ENCODING).is_none_or(|encoding| encoding == "identity");
    if json && utf8 && plain {
        return Ok(());
    }
    let message = "send the query as Content-Type: application/json, in UTF-8 and not compressed";
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message))
}

/// Reads a body that is not too long and does not take too long.
async fn body(doors: &Doors, request: Request) -> Result<Bytes, Refusal> {
    let most = doors.limits.body_bytes;
    let too_large = || {
        let message = format!("the body is larger than {most} bytes");
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", message)
    };
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    match timeout(doors.limits.body_timeout, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(too_large()),
        Ok(Err(_)) => Err(Refusal::bad("the body broke off")),
        Err(_) => Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "BODY_TOO_SLOW", "the body took too long to arrive")),
    }
}

/// Reads the parameters out of a body.
fn parameters(body: &[u8]) -> Result<Asked, Refusal> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'[') {
        let message = "several queries in one request are not taken: send one at a time";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "BATCH_NOT_SUPPORTED", message));
    }
    let read: Result<Parameters, _> = serde_json::from_slice(body);
    // The place of an error is told, not what is there.
    let Parameters { query, operation_name, variables, .. } = read.map_err(|error| {
        let what = if error.is_data() { "has a parameter of the wrong type, or no query" } else { "is not JSON" };
        Refusal::bad(format!("the body {what}: see line {} column {}", error.line(), error.column()))
    })?;
    Ok(Asked { query, operation_name, variables: variables.unwrap_or_default() })
}

/// Reads a map out of a parameter in an address.
fn map(name: &str, text: Option<String>) -> Result<Map<String, Value>, Refusal> {
    let text = text.filter(|text| !text.is_empty());
    let read = text.map_or(Ok(None), |text| serde_json::from_str::<Option<Map<String, Value>>>(&text));
    read.map(Option::unwrap_or_default).map_err(|_| Refusal::bad(format!("{name} is no JSON object")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_media_type_is_the_one_the_client_would_rather_have() {
        for (accept, media) in [
            ("", Media::Json),
            ("*/*", Media::Json),
            ("text/html", Media::Json),
            ("application/graphql-response+json", Media::GraphqlJson),
            ("application/graphql-response+json, application/json;q=0.9", Media::GraphqlJson),
            ("application/json, application/graphql-response+json", Media::Json),
            ("application/graphql-response+json;q=0.5, */*", Media::Json),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(Media::of(&headers), media, "{accept}");
        }
    }
}
