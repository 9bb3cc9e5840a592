//! The attacks of threats.md §2.1 on the GraphQL door, one after the other: how long each takes and what it costs.

use std::time::Instant;

use super::client::Pool;
use super::row;
use super::server::Server;

/// Each is sent so often.
const TIMES: usize = 20;

pub async fn run(server: &Server, pool: &Pool) -> anyhow::Result<()> {
    let list = |n: usize| "[".repeat(n) + &"]".repeat(n);
    let doubling = |n: usize| {
        let steps: String = (0..n).map(|i| format!("fragment f{i} on Query{{...f{0} ...f{0}}} ", i + 1)).collect();
        format!("{{...f0}} {steps} fragment f{n} on Query{{__typename}}")
    };
    let wide = |n: usize| {
        let spread = |name: &str| format!("...{name} ").repeat(n);
        let (a, b, c) = (spread("a"), spread("b"), spread("c"));
        format!("{{{a}}} fragment a on Query{{{b}}} fragment b on Query{{{c}}} fragment c on Query{{__typename}}")
    };
    let aliases: String = (0..10_000).map(|i| format!("a{i}:__typename ")).collect();
    let nested = "{ datasets(first: 100) { nodes { tables { fields { table { fields { name } } } } } } }".to_owned();
    let queries = [
        ("nested list literal, 1,500 deep", format!("{{echo(v:{})}}", list(1_500))),
        ("fragments doubling 20 times", doubling(20)),
        ("fragments doubling 22 times", doubling(22)),
        ("fragments 200 × 200 × 200 wide", wide(200)),
        ("nested lists", nested),
        ("10,000 aliases", format!("{{{aliases}}}")),
        ("10,000 directives", format!("{{__typename {}}}", "@include(if:true) ".repeat(10_000))),
        ("unknown fields, 2 MB", format!("{{{}}}", "nosuchfield ".repeat(170_000))),
        ("a fragment in a circle", "{...a} fragment a on Query{...b} fragment b on Query{...a}".to_owned()),
        (
            "introspection in circles",
            format!("{{__schema{{types{{{}name{}}}}}}}", "fields{type{".repeat(8), "}}".repeat(8)),
        ),
    ];
    for (what, query) in queries {
        let body = serde_json::json!({ "query": query }).to_string();
        attack(server, pool, what, &post("application/json", "", body.as_bytes())).await?;
    }
    let one = "{\"query\":\"{__typename}\"}";
    let batch = format!("[{}]", vec![one; 30_000].join(","));
    attack(server, pool, "batch of 30,000", &post("application/json", "", batch.as_bytes())).await?;
    let variables = format!("{{\"query\":\"{{__typename}}\",\"variables\":{{\"a\":{}}}}}", list(100_000));
    attack(server, pool, "variables nested 100,000 deep", &post("application/json", "", variables.as_bytes())).await?;
    for (what, kind, more) in [
        ("text/plain", "text/plain", ""),
        ("a form", "application/x-www-form-urlencoded", ""),
        ("multipart", "multipart/form-data; boundary=x", ""),
        ("JSON of another site", "application/json", "Sec-Fetch-Site: cross-site\r\n"),
    ] {
        attack(server, pool, what, &post(kind, more, one.as_bytes())).await?;
    }
    let get =
        "GET /graphql?query=mutation%7BdiscardDraft(draft:1)%7Boutcome%7D%7D HTTP/1.1\r\nHost: load.example\r\n\r\n";
    attack(server, pool, "a mutation with GET", get.as_bytes()).await?;
    attack(server, pool, "64 MB of JSON", &post("application/json", "", &vec![b' '; 64_000_000])).await?;
    attack(server, pool, "128 MB of multipart", &post("multipart/form-data; boundary=x", "", &vec![b' '; 128_000_000]))
        .await
}

fn post(kind: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: load.example\r\nContent-Type: {kind}\r\n{more}Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

async fn attack(server: &Server, pool: &Pool, what: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let before = server.resident()?;
    let (mut worst, mut statuses, mut unheard) = (0.0_f64, std::collections::BTreeSet::new(), 0);
    for _ in 0..TIMES {
        let start = Instant::now();
        // A server that refuses a long body closes while it is still being sent: then nothing comes back.
        match pool.ask(bytes).await {
            Ok((status, body)) => _ = statuses.insert(told(status, &body)),
            Err(_) => unheard += 1,
        }
        worst = worst.max(start.elapsed().as_secs_f64() * 1_000.0);
    }
    let more = server.resident()?.saturating_sub(before) / 1_000_000;
    let cut = if unheard > 0 { format!(", cut off {unheard} of {TIMES} times") } else { String::new() };
    let statuses: Vec<String> = statuses.into_iter().collect();
    row(what, &format!("{}{cut}; worst {worst:.1} ms; {more} MB more", statuses.join(", ")));
    Ok(())
}

/// The status of an answer, and the code of its error where it has one.
fn told(status: u16, body: &[u8]) -> String {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let code = body["errors"][0]["extensions"]["code"].as_str().unwrap_or("no error");
    format!("{status} {code}")
}
