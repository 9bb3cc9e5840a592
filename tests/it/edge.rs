//! The edge: how often one address may ask for what is dear, and which other sites' pages may ask the API.

use std::net::IpAddr;

use linkwright::config::{Limits, Rate, Rates};
use serde_json::json;

use crate::support::TestResult;
use crate::support::models::model;
use crate::support::server::{Reply, Server};

/// The headers of a request.
type Headers = &'static [(&'static str, &'static str)];

const JSON: Headers = &[("Content-Type", "application/json")];
const FOR_A_BROWSER: Headers = &[("Accept", "text/html")];
const FOR_A_PROGRAM: Headers = &[("Accept", "application/json")];

const FRIEND: &str = "https://app.example";

fn server(limits: Limits) -> anyhow::Result<Server> {
    Server::of(vec![model("Maternity", "1")?], limits)
}

fn few() -> Rates {
    Rates { search: Rate { at_once: 3, per_minute: 2 }, plan: Rate { at_once: 2, per_minute: 2 }, ..Rates::default() }
}

#[test]
fn who_asks_too_often_is_told_how_long_to_wait_and_the_rest_goes_on() -> TestResult {
    let server = server(Limits { rates: few(), ..Limits::default() })?;
    for _ in 0..2 {
        server.data("{ catalogue { version } }", json!({}))?;
    }
    assert_eq!(server.get("/search.json?q=births")?.status, 200);
    for reply in [
        server.post(&json!({ "query": "{ catalogue { version } }" }))?,
        server.get("/graphql?query=%7B__typename%7D")?,
        server.get("/search?q=births")?,
        server.get("/search.json?q=births")?,
    ] {
        assert_eq!((reply.status, reply.code().as_str()), (429, "TOO_MANY_REQUESTS"));
        assert_eq!(reply.header("retry-after"), "31", "two a minute");
        assert_eq!(reply.json()?["errors"][0]["extensions"]["requestId"], reply.header("x-request-id"));
    }
    for _ in 0..2 {
        assert_eq!(server.get("/plan")?.status, 200, "plans are counted apart");
    }
    assert_eq!(server.get("/plan")?.status, 429);
    for path in ["/", "/datasets", "/healthz"] {
        assert_eq!(server.get(path)?.status, 200, "{path}");
    }
    Ok(())
}

/// Whoever sends no cookie cannot fill the database with sessions.
#[test]
fn sessions_are_begun_only_so_often() -> TestResult {
    let rates = Rates { session: Rate { at_once: 2, per_minute: 2 }, ..Rates::default() };
    let server = server(Limits { rates, ..Limits::default() })?;
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let first = server.request("GET", "/sign-in", FOR_A_BROWSER, &[])?;
    assert_eq!(first.status, 200);
    assert_eq!(server.request("POST", "/list", &[form], b"item=maternity")?.status, 303);
    for reply in [
        server.get("/sign-in")?,
        server.request("GET", "/sign-in", &[("Cookie", "__Host-linkwright=made-up")], &[])?,
        server.request("POST", "/list", &[form], b"item=maternity")?,
    ] {
        assert_eq!((reply.status, reply.code().as_str()), (429, "TOO_MANY_REQUESTS"), "{}", reply.body);
        assert_eq!((reply.header("retry-after"), reply.header("set-cookie")), ("31", ""));
    }
    let cookie = first.header("set-cookie").split(';').next().unwrap_or_default();
    assert_eq!(server.request("GET", "/sign-in", &[("Cookie", cookie)], &[])?.status, 200, "it has one");
    assert_eq!(server.get("/datasets")?.status, 200);
    Ok(())
}

#[test]
fn behind_a_proxy_of_ours_each_client_has_its_own_count_and_nobody_else_can_claim_so() -> TestResult {
    let ask = |server: &Server, from: &str| {
        server.request("GET", "/search", &[("X-Forwarded-For", from)], &[]).map(|reply| reply.status)
    };
    let behind = server(Limits { rates: few(), proxies: vec![IpAddr::from([127, 0, 0, 1])], ..Limits::default() })?;
    for _ in 0..3 {
        assert_eq!(ask(&behind, "198.51.100.1")?, 200);
    }
    assert_eq!(ask(&behind, "198.51.100.1")?, 429);
    assert_eq!(ask(&behind, "203.0.113.9, 198.51.100.1")?, 429, "what the client wrote is not believed");
    assert_eq!(ask(&behind, "198.51.100.2")?, 200);

    let open = server(Limits { rates: few(), ..Limits::default() })?;
    let statuses: Vec<u16> = (1..=4).map(|n| ask(&open, &format!("198.51.100.{n}"))).collect::<Result<_, _>>()?;
    assert_eq!(statuses, [200, 200, 200, 429]);
    Ok(())
}

fn from_page_of(server: &Server, origin: &str) -> anyhow::Result<Reply> {
    let headers = [("Content-Type", "application/json"), ("Origin", origin), ("Sec-Fetch-Site", "cross-site")];
    server.request("POST", "/graphql", &headers, br#"{"query":"{ __typename }"}"#)
}

fn preflight(server: &Server, path: &str, origin: &str) -> anyhow::Result<Reply> {
    let headers = [
        ("Origin", origin),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type"),
    ];
    server.request("OPTIONS", path, &headers, &[])
}

#[test]
fn pages_of_other_sites_may_ask_only_where_the_configuration_names_them() -> TestResult {
    const ALLOWED: &str = "access-control-allow-origin";
    let closed = server(Limits::default())?;
    let open = server(Limits { cors_origins: vec![FRIEND.to_owned()], ..Limits::default() })?;

    let reply = from_page_of(&open, FRIEND)?;
    assert_eq!((reply.status, reply.header(ALLOWED)), (200, FRIEND));
    assert_eq!(reply.header("access-control-allow-credentials"), "", "never with cookies");
    let reply = preflight(&open, "/graphql", FRIEND)?;
    assert_eq!((reply.status, reply.header(ALLOWED)), (200, FRIEND));

    for (server, origin) in
        [(&open, "https://app.example.evil"), (&open, "https://evil.example"), (&open, "null"), (&closed, FRIEND)]
    {
        let reply = from_page_of(server, origin)?;
        assert_eq!((reply.status, reply.code().as_str(), reply.header(ALLOWED)), (403, "CROSS_SITE", ""), "{origin}");
        assert_eq!(preflight(server, "/graphql", origin)?.header(ALLOWED), "", "{origin}");
    }
    for path in ["/", "/import", "/healthz"] {
        assert_eq!(preflight(&open, path, FRIEND)?.header(ALLOWED), "", "{path}");
    }
    Ok(())
}

/// Answers of every kind: pages, their rows as files, pictures, assets, GraphQL, state, and refusals of each status.
#[test]
fn every_answer_of_every_kind_carries_the_security_headers() -> TestResult {
    let server = Server::shipped()?;
    let kinds: [(&str, &str, Headers, &[u8], u16); 15] = [
        ("GET", "/", FOR_A_BROWSER, b"", 200),
        ("GET", "/datasets.csv", &[], b"", 200),
        ("GET", "/datasets.xlsx", &[], b"", 200),
        ("GET", "/datasets.json", &[], b"", 200),
        ("GET", "/map.svg", &[], b"", 200),
        ("GET", "/search.json?q=birth", &[], b"", 200),
        ("GET", "/api/schema.graphql", &[], b"", 200),
        ("POST", "/graphql", JSON, br#"{"query":"{ __typename }"}"#, 200),
        ("POST", "/graphql", JSON, b"{", 400),
        ("POST", "/graphql", &[], b"x", 415),
        ("GET", "/metrics", &[], b"", 200),
        ("GET", "/nowhere", FOR_A_BROWSER, b"", 404),
        ("GET", "/nowhere", &[], b"", 404),
        ("POST", "/healthz", &[], b"", 405),
        ("POST", "/import", &[], b"x", 401),
    ];
    for (method, path, headers, body, status) in kinds {
        let reply = server.request_bytes(method, path, headers, body)?;
        let what = format!("{method} {path}");
        assert_eq!(reply.status, status, "{what}");
        let policy = reply.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{what}: {policy}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(reply.header(name), value, "{name} of {what}");
        }
        assert_eq!(reply.header("x-request-id").len(), 32, "{what}");
        assert!(!reply.header("content-type").is_empty(), "{what}");
        assert_eq!(reply.header("server"), "", "{what}");
    }
    Ok(())
}

/// T19: what is refused is told in words for people, briefly, and nothing of what is inside comes out.
#[test]
fn no_refusal_is_long_or_tells_what_is_inside() -> TestResult {
    let server = Server::shipped()?;
    let odd = "%27%20OR%201=1--%22%3B%00%F0%9F%92%A3".repeat(20);
    let long = "a".repeat(3_000);
    let query = |text: &str| json!({ "query": text }).to_string();
    let mut requests: Vec<(&str, String, Headers, String)> = Vec::new();
    for path in
        ["/", "/datasets/", "/datasets/maternity/tables/", "/keys/", "/approvals/", "/plan/", "/assets/", "/export/"]
    {
        for accept in [FOR_A_BROWSER, FOR_A_PROGRAM] {
            requests.push(("GET", format!("{path}{odd}"), accept, String::new()));
            requests.push(("GET", format!("{path}{long}"), accept, String::new()));
        }
    }
    for parameters in ["query=", "query=%7B", "query=%7Ba%7D&variables=%5B", "query=%7Ba%7D&operationName="] {
        requests.push(("GET", format!("/graphql?{parameters}{odd}"), &[], String::new()));
    }
    for text in [
        format!("{{ dataset(ref: \"{long}\") {{ ref }} }}"),
        "{ dataset(ref: \"' OR 1=1 --\") { ref } }".to_owned(),
        "{ node(id: \"' OR 1=1 --\") { id } }".to_owned(),
        "{ dataModel(slug: \"x'; DROP TABLE data_model\", version: 99999999999) { slug } }".to_owned(),
        "{ datasets(first: 99999999) { totalCount } }".to_owned(),
        format!("{{ {long} }}"),
    ] {
        requests.push(("POST", "/graphql".to_owned(), JSON, query(&text)));
    }
    for path in ["/import", "/sign-in", "/list", "/sign-out", "/nowhere"] {
        requests.push(("POST", path.to_owned(), &[], "' OR 1=1 --".repeat(50)));
        requests.push(("DELETE", path.to_owned(), &[], String::new()));
    }
    let mut told = 0;
    for (method, path, headers, body) in requests {
        let reply = server.request(method, &path, headers, body.as_bytes())?;
        let what = format!("{method} {path:.60} {body:.80}: {} {:.300}", reply.status, reply.body);
        assert!(reply.status != 0 && reply.status < 500, "{what}");
        let lower = reply.body.to_lowercase();
        for inside in ["sqlite", "sqlx", "sea_orm", "panicked", "src/", ".rs:", "select ", "backtrace", "thread '"] {
            assert!(
                !lower.contains(inside) || reply.header("content-type").starts_with("text/html") && reply.status == 200,
                "{inside} in {what}"
            );
        }
        let is_error = reply.header("content-type").starts_with("application/") && !reply.code().is_empty();
        if is_error {
            told += 1;
            assert!(reply.body.len() <= 2_000, "{} bytes: {what}", reply.body.len());
            let id = reply.json()?["errors"][0]["extensions"]["requestId"].clone();
            assert_eq!(id, reply.header("x-request-id"), "{what}");
        }
    }
    assert!(told > 20, "{told}");
    Ok(())
}

/// T30: names lead nowhere but to what they name, and files are for keeping, not for running.
#[test]
fn no_path_leads_out_and_files_are_attachments() -> TestResult {
    let server = Server::shipped()?;
    for up in ["..%2f..%2f", "../../", "..%5c..%5c", "%2e%2e/%2e%2e/", "....//....//", "%252e%252e%252f"] {
        for place in ["/assets/", "/brand/", "/plan/", "/datasets/", "/api/examples/"] {
            for file in ["Cargo.toml", "etc/passwd", "linkwright.db"] {
                let reply = server.get(&format!("{place}{up}{file}"))?;
                let what = format!("{place}{up}{file}");
                assert!((300..500).contains(&reply.status), "{what}: {}", reply.status);
                assert!(!reply.body.contains("[package]") && !reply.body.contains("root:"), "{what}: {}", reply.body);
            }
        }
    }
    for (path, kind) in [
        ("/datasets.csv", "text/csv"),
        ("/datasets.xlsx", "application/vnd.openxmlformats"),
        ("/datasets/maternity.csv", "text/csv"),
        ("/datasets/maternity.json", "application/json"),
    ] {
        let reply = server.request_bytes("GET", path, &[], b"")?;
        assert_eq!(reply.status, 200, "{path}");
        assert!(reply.header("content-type").starts_with(kind), "{path}: {}", reply.header("content-type"));
        let disposition = reply.header("content-disposition");
        let name = disposition.split("filename=").nth(1).unwrap_or_default();
        assert!(!name.contains(['/', '\\']) && !name.contains(".."), "{path}: {disposition}");
        assert!(path.ends_with(".json") || disposition.starts_with("attachment"), "{path}: {disposition}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
    }
    Ok(())
}

#[test]
fn connections_are_bounded_in_all_wherever_they_come_from() -> TestResult {
    let server = server(Limits { connections: 4, connections_per_address: 3, ..Limits::default() })?;
    let held: Vec<_> = (0..3).map(|_| server.connect()).collect::<Result<_, _>>()?;
    let other = server.connect_from("127.0.0.2:0".parse()?)?;
    std::thread::sleep(std::time::Duration::from_millis(200));
    let refused = server.request_from("127.0.0.3:0".parse()?, "GET", "/healthz")?;
    assert!([503, 0].contains(&refused.status), "{refused:?}");
    drop(held);
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert_eq!(server.request_from("127.0.0.3:0".parse()?, "GET", "/healthz")?.status, 200);
    drop(other);
    Ok(())
}

#[test]
fn a_form_that_drips_is_told_so() -> TestResult {
    let server = server(Limits { body_timeout: std::time::Duration::from_millis(300), ..Limits::default() })?;
    for path in ["/sign-in", "/list"] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50\r\n\r\nname="
        );
        let reply = server.send(head.as_bytes())?;
        assert_eq!((reply.status, reply.code().as_str()), (408, "BODY_TOO_SLOW"), "{path} {}", reply.body);
    }
    Ok(())
}
