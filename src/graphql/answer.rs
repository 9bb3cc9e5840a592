//! The answer to a query as it goes out: data, and errors in one shape with a stable code and the request's id,
//! short, and without anything from inside the server.

use std::io::{self, Write};

use async_graphql::{PathSegment, Pos, Response, ServerError, Value};
use serde::Serialize;

use super::fault::{FORBIDDEN, Fault};
use super::lexical::OverBudget;
use super::shape::BadShape;

/// Bytes of an answer.
const MOST_BYTES: usize = 5_000_000;
/// Bytes of all errors together, and of one message.
const MOST_ERROR_BYTES: usize = 1_800;
const MOST_MESSAGE_BYTES: usize = 500;

/// How far a query got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// It was run; there may be errors all the same.
    Execution,
    /// It is no good: it does not parse, or asks for what the schema does not have.
    Document,
    /// It was refused before it was looked at closely.
    Budget,
    /// Nothing of it could be done, because the database does not answer or cannot be written.
    Unavailable,
}

/// The answer to a query.
#[derive(Clone, Debug)]
pub struct Answer {
    /// How far the query got.
    pub reached: Reached,
    /// The answer in JSON.
    pub body: Vec<u8>,
    /// Why somebody who is known may not do what was asked for, in the words that they are told.
    pub denied: Option<String>,
}

/// A query that is not run.
#[derive(Clone, Debug)]
pub struct Refused {
    reached: Reached,
    error: Box<ServerError>,
    code: &'static str,
}

impl Refused {
    /// A query that does not parse.
    pub(super) fn parse(error: async_graphql::parser::Error) -> Self {
        Self { reached: Reached::Document, error: Box::new(error.into()), code: "GRAPHQL_PARSE_FAILED" }
    }

    /// The answer that says so.
    #[must_use]
    pub fn answer(self, request_id: &str) -> Answer {
        let error = WireError::of(*self.error, self.code, request_id);
        Answer { reached: self.reached, body: Wire { errors: vec![error], data: None }.bytes(request_id), denied: None }
    }
}

impl From<OverBudget> for Refused {
    fn from(over: OverBudget) -> Self {
        let code = if over == OverBudget::OpenString { "GRAPHQL_PARSE_FAILED" } else { "TOO_COMPLEX" };
        Self { reached: Reached::Budget, error: Box::new(ServerError::new(over.to_string(), None)), code }
    }
}

impl From<BadShape> for Refused {
    fn from(bad: BadShape) -> Self {
        let (reached, code) = match bad {
            BadShape::TooManySelections | BadShape::TooDeep | BadShape::TooMuchIntrospection => {
                (Reached::Budget, "TOO_COMPLEX")
            }
            BadShape::Cycle(_) => (Reached::Document, "GRAPHQL_VALIDATION_FAILED"),
            BadShape::NoSuchOperation | BadShape::WhichOperation => (Reached::Document, "BAD_REQUEST"),
        };
        Self { reached, error: Box::new(ServerError::new(bad.to_string(), None)), code }
    }
}

impl Answer {
    /// The answer that the library has worked out.
    #[must_use]
    pub fn of(response: Response, request_id: &str) -> Self {
        // What has a place in the answer went wrong while the query ran; all else before it did.
        let ran = response.errors.iter().all(|error| !error.path.is_empty()) || response.data != Value::Null;
        let (reached, usual) =
            if ran { (Reached::Execution, "BAD_REQUEST") } else { (Reached::Document, "GRAPHQL_VALIDATION_FAILED") };
        let errors = WireError::some(response.errors, usual, request_id);
        let away = response.data == Value::Null
            && errors.iter().any(|error| error.extensions.code == Fault::Unavailable.code());
        let reached = if away { Reached::Unavailable } else { reached };
        let denied = errors.iter().find(|error| error.extensions.code == FORBIDDEN).map(|error| error.message.clone());
        let data = ran.then_some(response.data);
        Self { reached, body: Wire { errors, data }.bytes(request_id), denied }
    }

    /// The answer to a query that was cut short: all of it is void.
    #[must_use]
    pub fn cut_short(fault: &Fault, request_id: &str) -> Self {
        let error = WireError::of(ServerError::new(fault.to_string(), None), fault.code(), request_id);
        let body = Wire { errors: vec![error], data: Some(Value::Null) }.bytes(request_id);
        Self { reached: Reached::Execution, body, denied: None }
    }

    /// An answer that is nothing but a fault.
    #[must_use]
    pub fn fault(fault: &Fault, request_id: &str) -> Self {
        let error = WireError::of(ServerError::new(fault.to_string(), None), fault.code(), request_id);
        let denied = matches!(fault, Fault::Denied(_)).then(|| fault.to_string()).filter(|_| fault.code() == FORBIDDEN);
        Self { reached: Reached::Execution, body: Wire { errors: vec![error], data: None }.bytes(request_id), denied }
    }
}

#[derive(Serialize)]
struct Wire {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<WireError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
}

#[derive(Serialize)]
struct WireError {
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Pos>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    path: Vec<PathSegment>,
    extensions: Extensions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Extensions {
    code: &'static str,
    request_id: String,
    /// The closest references to an unknown one.
    #[serde(skip_serializing_if = "Option::is_none")]
    closest: Option<Vec<String>>,
}

impl Wire {
    fn bytes(&self, request_id: &str) -> Vec<u8> {
        let mut body = Capped(Vec::new());
        match serde_json::to_writer(&mut body, self) {
            Ok(()) => body.0,
            Err(_) => {
                let message = format!("the answer would be larger than {MOST_BYTES} bytes: ask for less at a time");
                let error = WireError::of(ServerError::new(message, None), "RESPONSE_TOO_LARGE", request_id);
                serde_json::to_vec(&Self { errors: vec![error], data: None }).unwrap_or_default()
            }
        }
    }
}

impl WireError {
    /// Errors, as many as there is room for.
    fn some(errors: Vec<ServerError>, usual: &'static str, request_id: &str) -> Vec<Self> {
        let mut room = MOST_ERROR_BYTES;
        let mut shown = Vec::new();
        for error in errors {
            let error = Self::of(error, usual, request_id);
            match room.checked_sub(error.bytes()) {
                Some(left) => room = left,
                None if shown.is_empty() => room = 0,
                None => break,
            }
            shown.push(error);
        }
        shown
    }

    fn of(error: ServerError, usual: &'static str, request_id: &str) -> Self {
        let fault = error.source::<Fault>();
        let code = fault.map_or_else(|| library_code(&error.message).unwrap_or(usual), Fault::code);
        let closest = match fault {
            Some(Fault::Unknown(unknown)) => Some(unknown.closest.clone()),
            _ => None,
        };
        let mut shown = Self {
            message: shortened(error.message),
            locations: error.locations.into_iter().take(4).collect(),
            path: error.path,
            extensions: Extensions { code, request_id: request_id.to_owned(), closest },
        };
        if shown.bytes() > MOST_ERROR_BYTES {
            // The names on the path are the query's own aliases, of any length.
            shown.path.clear();
        }
        shown
    }

    fn bytes(&self) -> usize {
        serde_json::to_vec(self).map_or(0, |bytes| bytes.len())
    }
}

/// The code of the library's own limits, which stand behind ours.
fn library_code(message: &str) -> Option<&'static str> {
    let limits =
        ["Query is too complex", "Query is nested too deep", "The recursion depth", "The number of directives"];
    limits.iter().any(|limit| message.starts_with(limit)).then_some("TOO_COMPLEX")
}

/// A message with its end cut off where it is long: the library repeats what the query says.
fn shortened(mut message: String) -> String {
    if message.len() > MOST_MESSAGE_BYTES {
        let end = (0..=MOST_MESSAGE_BYTES).rev().find(|at| message.is_char_boundary(*at)).unwrap_or(0);
        message.truncate(end);
        message.push('…');
    }
    message
}

/// Bytes, up to [`MOST_BYTES`].
struct Capped(Vec<u8>);

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_too_large_is_an_error_instead() {
        let response = Response::new(Value::String("x".repeat(MOST_BYTES)));
        let body = Answer::of(response, "r").body;
        assert!(body.len() < 500 && String::from_utf8_lossy(&body).contains("RESPONSE_TOO_LARGE"));
    }

    #[test]
    fn error_text_is_short_however_much_the_library_says() {
        let errors = (0..500).map(|_| ServerError::new("é".repeat(10_000), None)).collect();
        let body = Answer::of(Response::from_errors(errors), "r").body;
        assert!(body.len() < 2_000, "{}", body.len());
        let long = ServerError::new("x", None).with_path(vec![PathSegment::Field("a".repeat(20_000))]);
        assert!(Answer::of(Response::from_errors(vec![long]), "r").body.len() < 2_000);
    }
}
