//! `/api/query`: the query form, which runs what it is given as `GET /graphql` does, within the same limits.

use axum::extract::{Extension, Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::identity::Caller;
use super::observe::RequestId;
use super::{Doors, graphql, pages};
use crate::config::Limits;
use crate::domain::number::grouped;
use crate::graphql::Asked;
use crate::web::{self, Outcome};

/// `GET /api/query?query=…&variables=…`
pub async fn query(
    State(doors): State<Doors>,
    Extension(id): Extension<RequestId>,
    caller: Caller,
    request: Request,
) -> Response {
    let asked = web::Asked::new(request.uri().path(), request.uri().query().unwrap_or_default());
    let visitor = match pages::visitor(&doors, &caller) {
        Ok(visitor) => visitor,
        Err(error) => return pages::fault(&error, id.as_str()).into_response(),
    };
    let (query, variables) = (asked.query.text("query"), asked.query.text("variables"));
    let outcome = match variables_of(variables) {
        _ if query.is_empty() => Outcome::Nothing,
        Err(why) => Outcome::Variables(why),
        Ok(variables) => {
            let asked = Asked { query: query.to_owned(), operation_name: None, variables };
            match graphql::run(&doors, &id, graphql::Sender { actor: caller.actor, key: None }, asked, true).await {
                Ok(ran) => Outcome::Answered(indented(&ran.body(&id))),
                Err(refusal) => Outcome::Refused(refusal.sentence()),
            }
        }
    };
    pages::html(&doors, &visitor, &web::query_form(query, variables, &outcome))
}

fn variables_of(text: &str) -> Result<Map<String, Value>, String> {
    if text.is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_str(text)
        .map_err(|error| format!("Write the variables as a JSON object, such as {{\"ref\": \"maternity\"}}: {error}"))
}

/// JSON with a line for each value. The order of its members, which is the order of the query, stays.
fn indented(json: &[u8]) -> String {
    let text = String::from_utf8_lossy(json);
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut letters = text.chars().peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(c) = letters.next() {
        if quoted {
            out.push(c);
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '{' | '[' if matches!(letters.peek(), Some('}' | ']')) => {
                out.push(c);
                out.extend(letters.next());
            }
            '{' | '[' => {
                out.push(c);
                depth += 1;
                line(&mut out, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => {
                quoted = c == '"';
                out.push(c);
            }
        }
    }
    out
}

/// What one request may take, in words for the page on the API.
pub fn limits(limits: &Limits) -> Vec<(&'static str, String)> {
    let mut told = vec![
        ("Body of a request", format!("{} bytes", grouped(limits.body_bytes as u64))),
        ("Time to answer", format!("{} seconds", limits.graphql_deadline.as_secs_f32())),
        ("Queries worked on at once", format!("{}, the others wait", limits.graphql_at_once)),
        ("Connections from one address", limits.connections_per_address.to_string()),
    ];
    told.extend(crate::graphql::limits());
    told
}

#[cfg(test)]
mod tests {
    use super::indented;

    #[test]
    fn json_keeps_its_order_and_its_strings() {
        let text = indented(br#"{"b":[1,{"a":"x,\"{:}\\"}],"c":{},"d":[]}"#);
        let lines = [
            "{",
            "  \"b\": [",
            "    1,",
            "    {",
            "      \"a\": \"x,\\\"{:}\\\\\"",
            "    }",
            "  ],",
            "  \"c\": {},",
            "  \"d\": []",
            "}",
        ];
        assert_eq!(text, lines.join("\n"));
    }
}
