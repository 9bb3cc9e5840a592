//! Every attack of threats.md §2.1 on the GraphQL door is answered cleanly, and the server goes on.

use std::time::{Duration, Instant};

use linkwright::config::Limits;
use serde_json::{Value, json};

use crate::support::TestResult;
use crate::support::server::Server;

/// How long any of them may take, in a build without optimisation.
const PATIENCE: Duration = Duration::from_secs(3);

fn doubling(n: usize) -> String {
    let steps: String = (0..n).map(|i| format!("fragment f{i} on Query{{...f{0} ...f{0}}} ", i + 1)).collect();
    format!("{{...f0}} {steps} fragment f{n} on Query{{__typename}}")
}

fn width(n: usize) -> String {
    let spread = |name: &str| format!("...{name} ").repeat(n);
    format!(
        "{{{}}} fragment a on Query{{{}}} fragment b on Query{{{}}} fragment c on Query{{__typename}}",
        spread("a"),
        spread("b"),
        spread("c")
    )
}

#[test]
fn queries_built_to_break_the_server_are_refused() -> TestResult {
    let server = Server::shipped()?;
    let list = |n: usize| "[".repeat(n) + &"]".repeat(n);
    let object = |n: usize| "{a:".repeat(n) + "1" + &"}".repeat(n);
    let aliases = |n: usize| (0..n).map(|i| format!("a{i}:__typename ")).collect::<String>();
    let circles = "fields{type{".repeat(8) + "name" + &"}}".repeat(8);
    for (what, query) in [
        ("nested list", format!("{{datasets(filter:{}){{totalCount}}}}", list(1_500))),
        ("nested list, unknown field", format!("{{echo(v:{})}}", list(1_500))),
        ("nested list in a directive", format!("{{__typename @include(if:{})}}", list(1_500))),
        ("nested list in a variable's default", format!("query($a:[String]={}){{__typename}}", list(1_500))),
        ("nested list type", format!("query($a:{}){{__typename}}", "[".repeat(1_500) + "Int" + &"]".repeat(1_500))),
        ("nested object", format!("{{echo(v:{})}}", object(1_500))),
        ("nested selections", format!("{}a{}", "{a".repeat(1_500), "}".repeat(1_500))),
        ("nested list, deeper", format!("{{echo(v:{})}}", list(9_000))),
        ("doubling fragments", doubling(19)),
        ("doubling fragments, more", doubling(22)),
        ("wide fragments", width(200)),
        ("aliases", format!("{{{}}}", aliases(101))),
        ("aliases, more", format!("{{{}}}", aliases(10_000))),
        ("directives", format!("{{__typename {}}}", "@include(if:true) ".repeat(10_000))),
        ("unknown fields", format!("{{{}}}", "nosuchfield ".repeat(170_000))),
        ("introspection in circles", format!("{{__schema{{types{{{circles}}}}}}}")),
        ("many times the same field", format!("{{{}}}", "__typename ".repeat(3_000))),
        ("many operations", (0..1_000).map(|i| format!("query q{i}{{__typename}}")).collect()),
        ("open block string", format!("\"\"\"a\" {}", list(1_500))),
        ("behind a carriage return", format!("# \r{{echo(v:{})}}", list(1_500))),
    ] {
        let started = Instant::now();
        let reply = server.post(&json!({ "query": query }))?;
        let expected = if query.len() > 1_000_000 { (413, "BODY_TOO_LARGE") } else { (400, "TOO_COMPLEX") };
        let expected = if what == "open block string" { (400, "GRAPHQL_PARSE_FAILED") } else { expected };
        assert_eq!((reply.status, reply.code().as_str()), expected, "{what}: {:.300}", reply.body);
        assert!(started.elapsed() < PATIENCE, "{what}: {:?}", started.elapsed());
        assert!(reply.body.len() < 2_000, "{what} is not echoed");
    }
    // What just keeps to the budget is answered, and quickly.
    let started = Instant::now();
    assert_eq!(server.post(&json!({ "query": width(16) }))?.status, 200);
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    still_answers(server)
}

#[test]
fn queries_that_are_no_good_are_told_so_without_an_echo() -> TestResult {
    let server = Server::shipped()?;
    for (what, query, code) in [
        ("a circle", "{...a} fragment a on Query{...b} fragment b on Query{...a}", "GRAPHQL_VALIDATION_FAILED"),
        ("itself", "{...a} fragment a on Query{...a ...a}", "GRAPHQL_VALIDATION_FAILED"),
        ("unknown fields", &format!("{{{}}}", "nosuchfield ".repeat(900)), "GRAPHQL_VALIDATION_FAILED"),
        ("an unknown name", &format!("{{{}}}", "x".repeat(15_000)), "GRAPHQL_VALIDATION_FAILED"),
        ("a long alias", &format!("{{{}: dataset(ref: 5){{ref}}}}", "x".repeat(15_000)), "GRAPHQL_VALIDATION_FAILED"),
        ("no GraphQL", &"{ \u{0} <script>alert(1)</script>".repeat(20), "GRAPHQL_PARSE_FAILED"),
        ("a mutation", "mutation { publishDataModel(draft: \"x\") { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("a subscription", "subscription { x }", "GRAPHQL_VALIDATION_FAILED"),
        ("a long text", &format!("{{search(query:\"{}\"){{totalCount}}}}", "x ".repeat(7_000)), "BAD_REQUEST"),
    ] {
        let started = Instant::now();
        let reply = server.post(&json!({ "query": query }))?;
        assert_eq!((reply.status, reply.code().as_str()), (200, code), "{what}: {:.500}", reply.body);
        assert!(reply.body.len() < 3_000, "{what}: {} bytes", reply.body.len());
        assert!(started.elapsed() < PATIENCE, "{what}: {:?}", started.elapsed());
        let error = &reply.json()?["errors"][0]["extensions"];
        assert_eq!(error["requestId"], reply.header("x-request-id"), "{what}");
        let headers = [("Content-Type", "application/json"), ("Accept", "application/graphql-response+json")];
        let reply = server.request("POST", "/graphql", &headers, json!({ "query": query }).to_string().as_bytes())?;
        // One that is run and finds its argument no good is answered 200 in either type.
        let status = if code == "BAD_REQUEST" { 200 } else { 400 };
        assert_eq!(reply.status, status, "{what}: {:.500}", reply.body);
    }
    still_answers(server)
}

#[test]
fn the_deepest_query_that_is_allowed_is_answered() -> TestResult {
    let server = Server::shipped()?;
    let around = |fields: &[(&str, &str)], inner: &str| {
        let open: String = fields.iter().map(|(field, kind)| format!("{field}{{...on {kind}{{")).collect();
        format!("{open}{inner}{}", "}}".repeat(fields.len()))
    };
    let circle = [("table", "Table"), ("dataset", "Dataset"), ("dataModel", "DataModel")];
    let deep = around(&[("field(ref: \"maternity/msd301/labourdeliveryid\")", "Field")], &around(&circle, "slug"));
    assert_eq!(server.post(&json!({ "query": format!("{{{deep}}}") }))?.code(), "");
    let deepest =
        around(&circle, &format!("datasets{{...on Dataset{{{}}}}}", around(&[("dataModel", "DataModel")], "slug")));
    let query = format!("{{field(ref: \"maternity/msd301/labourdeliveryid\"){{{deepest}}}}}");
    assert_eq!(server.post(&json!({ "query": query }))?.code(), "", "{query}");
    let types = "ofType{".repeat(25) + "name" + &"}".repeat(25);
    let query = format!("{{__type(name:\"Query\"){{fields{{type{{{types}}}}}}}}}");
    assert_eq!(server.post(&json!({ "query": query }))?.code(), "", "{query}");
    still_answers(server)
}

#[test]
fn variables_are_bounded_and_never_break_the_server() -> TestResult {
    let server = Server::shipped()?;
    let query = "query($request: LinkageRequestInput!) { linkagePlan(request: $request) { verdict } }";
    let nested = "[".repeat(100_000) + &"]".repeat(100_000);
    let body = format!("{{\"query\": {}, \"variables\": {{\"request\": {nested}}}}}", json!(query));
    let reply = server.request("POST", "/graphql", &[("Content-Type", "application/json")], body.as_bytes())?;
    assert_eq!((reply.status, reply.code().as_str()), (400, "BAD_REQUEST"), "{:.300}", reply.body);
    for request in [
        json!({ "want": "[".repeat(100_000) }),
        json!({ "want": vec!["maternity"; 50_000] }),
        json!({ "want": [["maternity"]] }),
        json!({ "want": [null] }),
        json!({ "want": { "a": "x".repeat(900_000) } }),
        json!(null),
    ] {
        let reply = server.post(&json!({ "query": query, "variables": { "request": request } }))?;
        assert_eq!(reply.status, 200, "{:.300}", reply.body);
        let code = reply.code();
        assert!(
            ["BAD_REQUEST", "UNKNOWN_REFERENCE", "GRAPHQL_VALIDATION_FAILED"].contains(&code.as_str()),
            "{:.500}",
            reply.body
        );
        assert!(reply.body.len() < 2_500, "{}", reply.body.len());
    }
    still_answers(server)
}

#[test]
fn only_json_from_programs_and_own_pages_is_taken() -> TestResult {
    let server = Server::shipped()?;
    let body = b"{\"query\": \"{ __typename }\"}";
    let json = ("Content-Type", "application/json");
    for (what, headers, status) in [
        ("JSON", vec![json], 200),
        ("JSON in UTF-8", vec![("Content-Type", "Application/JSON; Charset=\"UTF-8\"")], 200),
        ("a page of this site", vec![json, ("Sec-Fetch-Site", "same-origin")], 200),
        ("no content type", vec![], 415),
        ("text", vec![("Content-Type", "text/plain")], 415),
        ("a form", vec![("Content-Type", "application/x-www-form-urlencoded")], 415),
        ("multipart", vec![("Content-Type", "multipart/form-data; boundary=x")], 415),
        ("JSON in another alphabet", vec![("Content-Type", "application/json; charset=utf-7")], 415),
        ("GraphQL", vec![("Content-Type", "application/graphql")], 415),
        ("a page of another site", vec![json, ("Sec-Fetch-Site", "cross-site")], 403),
        ("a page of a neighbour", vec![json, ("Sec-Fetch-Site", "same-site")], 403),
        ("an old browser's page of another site", vec![json, ("Origin", "https://evil.example")], 403),
        ("a page without an origin", vec![json, ("Origin", "null")], 403),
        ("a compressed body", vec![json, ("Content-Encoding", "gzip")], 415),
    ] {
        let reply = server.request("POST", "/graphql", &headers, body)?;
        assert_eq!(reply.status, status, "{what}: {}", reply.body);
        assert!(status == 200 || !reply.code().is_empty(), "{what}: {}", reply.body);
    }
    let batch = server.post(&Value::Array(vec![json!({ "query": "{ __typename }" }); 10_000]))?;
    assert_eq!((batch.status, batch.code().as_str()), (400, "BATCH_NOT_SUPPORTED"));
    for (body, status) in [
        (vec![b'x'; 0], 400),
        (b"{".to_vec(), 400),
        (b"{\"query\": 5}".to_vec(), 400),
        (b"{\"query\": \"{__typename}\", \"query\": \"{__typename}\"}".to_vec(), 400),
        (b"\xff\xfe{\"query\": \"x\"}".to_vec(), 400),
        (vec![b' '; 1_000_000], 400),
        (vec![b' '; 1_000_001], 413),
        (vec![b' '; 64_000_000], 413),
    ] {
        let reply = server.request("POST", "/graphql", &[json], &body)?;
        // While a client is still sending, the refusal may be lost on it with the connection.
        assert!(reply.status == status || (reply.status == 0 && body.len() > 2_000_000), "{status}: {reply:?}");
    }
    // Without a length, as chunks.
    let mut chunked = b"POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..20 {
        chunked.extend(b"186A0\r\n");
        chunked.extend([b' '; 100_000]);
        chunked.extend(b"\r\n");
    }
    assert!([413, 0].contains(&server.send(&chunked)?.status));
    still_answers(server)
}

#[test]
fn with_get_only_queries_are_run() -> TestResult {
    let server = Server::shipped()?;
    for (address, status) in [
        ("/graphql?query=%7Bcatalogue%7Bversion%7D%7D", 200),
        ("/graphql?query=query($n:String!)%7B__type(name:$n)%7Bname%7D%7D&variables=%7B%22n%22:%22Query%22%7D", 200),
        ("/graphql?query=mutation%7B__typename%7D", 405),
        ("/graphql?query=query%20a%7B__typename%7Dmutation%20b%7B__typename%7D&operationName=b", 405),
        ("/graphql?query=subscription%7B__typename%7D", 405),
        ("/graphql", 400),
        ("/graphql?query=%7B__typename%7D&query=%7B__typename%7D", 400),
        ("/graphql?query=%7B__typename%7D&variables=5", 400),
        ("/graphql?query=%7B__typename%7D&variables=%5B", 400),
    ] {
        let reply = server.get(address)?;
        assert_eq!(reply.status, status, "{address}: {}", reply.body);
        assert_eq!(reply.header("allow"), if status == 405 { "POST" } else { "" }, "{address}");
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        let reply = server.request(method, "/graphql", &[], &[])?;
        assert_eq!((reply.status, reply.code().as_str()), (405, "METHOD_NOT_ALLOWED"), "{method}");
        assert_eq!(reply.header("allow"), "GET,HEAD,POST", "{method}");
    }
    still_answers(server)
}

#[test]
fn an_answer_that_takes_too_long_and_headers_that_are_too_long_are_given_up() -> TestResult {
    let server = Server::of(Vec::new(), Limits { graphql_deadline: Duration::ZERO, ..Limits::default() })?;
    let reply = server.post(&json!({ "query": "{ approvals { code } }" }))?;
    assert_eq!(reply.code(), "DEADLINE_EXCEEDED", "{}", reply.body);
    let long = "x".repeat(200_000);
    assert!([431, 0].contains(&server.request("GET", "/healthz", &[("X-Long", &long)], &[])?.status));
    assert!([414, 431, 0].contains(&server.get(&format!("/{long}"))?.status));
    let lines: Vec<(&str, &str)> = vec![("X-A", "b"); 500];
    assert!([431, 0].contains(&server.request("GET", "/healthz", &lines, &[])?.status));
    for rubbish in
        ["\r\n\r\n", "GET\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}\r\n\r\n"]
    {
        assert!([400, 505, 0].contains(&server.send(rubbish.as_bytes())?.status), "{rubbish:?}");
    }
    assert_eq!(server.get("/healthz")?.status, 200);
    Ok(())
}

fn still_answers(server: &Server) -> TestResult {
    assert!(server.data("{ catalogue { version } }", json!({}))?["catalogue"]["version"].is_number());
    Ok(())
}
