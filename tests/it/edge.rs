//! The edge: how often one address may ask for what is dear, and which other sites' pages may ask the API.

use std::net::IpAddr;

use linkwright::config::{Limits, Rate, Rates};
use serde_json::json;

use crate::support::TestResult;
use crate::support::models::model;
use crate::support::server::{Reply, Server};

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
