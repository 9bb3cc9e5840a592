//! HTTP beside GraphQL: health, figures, the start page, errors, and connections that nobody can hold shut.

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use linkwright::config::Limits;
use linkwright::domain::data_model::{DataModel, Dataset};
use serde_json::json;

use crate::support::TestResult;
use crate::support::models::model;
use crate::support::server::{Reply, Server};

/// A server over one small dataset.
fn small(limits: Limits) -> anyhow::Result<Server> {
    Server::of(vec![model("Maternity", "1")?], limits)
}

fn quick() -> Limits {
    let (short, longer) = (Duration::from_millis(300), Duration::from_secs(5));
    Limits {
        header_timeout: short,
        body_timeout: short,
        write_timeout: short,
        drain_timeout: longer,
        ..Limits::default()
    }
}

#[test]
fn every_response_carries_the_headers_that_keep_browsers_in_check() -> TestResult {
    let server = Server::shipped()?;
    for (path, status) in
        [("/", 200), ("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/nowhere", 404), ("/graphql", 400)]
    {
        let reply = server.get(path)?;
        assert_eq!(reply.status, status, "{path}");
        assert!(reply.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        assert_eq!(reply.header("x-request-id").len(), 32, "{path}");
        assert_eq!(reply.header("access-control-allow-origin"), "", "{path}");
    }
    let forged = server.request("GET", "/healthz", &[("X-Request-Id", "mine")], &[])?;
    assert_ne!(forged.header("x-request-id"), "mine");
    Ok(())
}

#[test]
fn what_is_not_there_says_where_to_go() -> TestResult {
    let server = Server::shipped()?;
    let reply = server.get("/admin/..%2f%3Cscript%3E?a=b")?;
    assert_eq!((reply.status, reply.code().as_str()), (404, "NOT_FOUND"));
    assert!(reply.body.contains("/graphql"));
    assert_eq!(reply.json()?["errors"][0]["extensions"]["requestId"], reply.header("x-request-id"));
    let page = server.request("GET", "/%3Cscript%3E", &[("Accept", "text/html,*/*;q=0.8")], &[])?;
    assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(
        page.body.contains("href=\"/\"")
            && !page.body.to_lowercase().contains("%3cscript")
            && !page.body.contains("nowhere<script"),
        "{}",
        page.body
    );
    assert!(page.body.contains("action=\"/search\""), "a way onward: {}", page.body);
    let reply = server.request("POST", "/healthz", &[], &[])?;
    assert_eq!((reply.status, reply.code().as_str(), reply.header("allow")), (405, "METHOD_NOT_ALLOWED", "GET,HEAD"));
    Ok(())
}

#[test]
fn ready_means_that_the_database_answers_too() -> TestResult {
    let server = small(Limits::default())?;
    let ready = server.get("/readyz")?;
    assert_eq!((ready.status, ready.json()?["status"].as_str()), (200, Some("ready")));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(server.app.close());
    let away = server.get("/readyz")?;
    assert_eq!(away.status, 503);
    let told = json!({
        "status": "not ready", "database": "not reachable", "writes": "refused", "catalogueVersion": 1,
        "catalogueAgeSeconds": 0,
    });
    assert_eq!(away.json()?, told);
    // A load balancer that would be left with no server at all may go on with this one.
    assert_eq!(server.get("/readyz?for=reading")?.status, 200);
    assert_eq!(server.get("/healthz")?.status, 200);
    // What is in memory is answered all the same.
    assert_eq!(server.data("{ datasets { totalCount } }", json!({}))?["datasets"]["totalCount"], 1);
    let answer = server.ask("{ dataModel(slug: \"maternity\", version: 9) { slug } }", json!({}))?;
    let error = &answer["errors"][0];
    assert!(matches!(error["extensions"]["code"].as_str(), Some("UNAVAILABLE" | "INTERNAL")), "{answer}");
    assert_eq!(answer["data"], json!({ "dataModel": null }));
    assert!(!answer.to_string().to_lowercase().contains("sql"), "{answer}");
    Ok(())
}

#[test]
fn figures_are_those_of_requests_and_of_the_public_catalogue() -> TestResult {
    let server = Server::shipped()?;
    server.get("/no/such/page")?;
    server.data("{ __typename }", json!({}))?;
    let figures = server.get("/metrics")?;
    assert_eq!(figures.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    for line in [
        "http_requests_total{route=\"/graphql\",method=\"POST\",status=\"200\"}",
        "http_requests_total{route=\"none\",method=\"GET\",status=\"404\"}",
        "http_request_duration_seconds_bucket{route=\"/graphql\",le=\"0.005\"}",
        "catalogue_items{kind=\"dataset\"}",
        "catalogue_version",
    ] {
        assert!(figures.body.contains(line), "{line} in\n{}", figures.body);
    }
    Ok(())
}

#[test]
fn the_start_page_says_what_this_is_and_loads_nothing_from_elsewhere() -> TestResult {
    let html = Server::shipped()?.get("/")?.body;
    for part in ["not an NHS service", "Reconstruction", "/datasets/maternity", "does not hold patient data", "noindex"]
    {
        assert!(html.contains(part), "{part}");
    }
    for part in ["style=\"", "onclick", "http-equiv", "src=\"http", "href=\"http"] {
        assert!(!html.contains(part), "{part}");
    }
    let mut evil = DataModel::clone(&*model("Maternity", "1")?);
    let script = "</main><script>alert(1)</script>".to_owned();
    evil.datasets = evil
        .datasets
        .iter()
        .map(|dataset| Arc::new(Dataset { title: script.clone(), ..Dataset::clone(dataset) }))
        .collect();
    let html = Server::of(vec![Arc::new(evil)], Limits::default())?.get("/")?.body;
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script>alert"));
    Ok(())
}

#[test]
fn a_connection_that_drips_or_idles_is_closed_and_a_slow_body_is_told_so() -> TestResult {
    let usual = Limits::default();
    // A busy machine has two of the ten seconds within which they are to be gone.
    assert!(usual.header_timeout.max(usual.body_timeout) <= Duration::from_secs(8));
    let server = small(quick())?;
    for (what, start) in [("drips", "GET / HTTP/1.1\r\nHost: x\r\nX-A"), ("says nothing", "")] {
        let mut socket = server.connect()?;
        socket.write_all(start.as_bytes())?;
        let started = Instant::now();
        let mut rest = Vec::new();
        let _ = socket.read_to_end(&mut rest);
        assert!(started.elapsed() < Duration::from_secs(3), "one that {what}: {:?}", started.elapsed());
    }
    let mut idle = server.connect()?;
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")?;
    let started = Instant::now();
    let reply = Reply::read(&mut idle)?;
    assert_eq!(reply.status, 200);
    assert!(started.elapsed() < Duration::from_secs(3), "one that idles: {:?}", started.elapsed());
    let head = b"POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{";
    let reply = server.send(head)?;
    assert_eq!((reply.status, reply.code().as_str()), (408, "BODY_TOO_SLOW"));
    Ok(())
}

#[test]
fn a_client_that_leaves_its_answer_unread_is_given_up() -> TestResult {
    let server = Server::of(vec![model("Maternity", "1")?], Limits { connections_per_address: 1, ..quick() })?;
    let mut socket = server.connect()?;
    // Answers enough to fill every buffer on the way, none of which is read.
    for _ in 0..20_000 {
        if socket.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").is_err() {
            break;
        }
    }
    let started = Instant::now();
    while server.get("/healthz")?.status != 200 {
        assert!(started.elapsed() < Duration::from_secs(10), "its place is free again");
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

#[test]
fn one_address_cannot_take_every_connection() -> TestResult {
    let server = small(Limits { connections_per_address: 3, ..Limits::default() })?;
    let held: Vec<_> = (0..3).map(|_| server.connect()).collect::<Result<_, _>>()?;
    std::thread::sleep(Duration::from_millis(200));
    let refused = server.get("/healthz")?;
    assert!([503, 0].contains(&refused.status), "{refused:?}");
    drop(held);
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(server.get("/healthz")?.status, 200);
    Ok(())
}

#[test]
fn stopping_lets_open_requests_end() -> TestResult {
    let mut server = small(Limits { body_timeout: Duration::from_secs(5), ..quick() })?;
    let body = b"{\"query\": \"{ catalogue { version } }\"}";
    let mut socket = server.connect()?;
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes())?;
    std::thread::sleep(Duration::from_millis(200));
    let idle = server.connect()?;
    server.tell_to_stop();
    std::thread::sleep(Duration::from_millis(200));
    assert!(server.connect().is_err(), "no more connections are taken");
    socket.write_all(body)?;
    assert_eq!(Reply::read(&mut socket)?.status, 200);
    drop(idle);
    server.join()
}
