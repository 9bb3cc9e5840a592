//! How pages are sent: compressed where that gives nothing away, under one strict policy, the query explorer among them.

use std::io::Read;

use super::seen;
use crate::support::TestResult;
use crate::support::server::Server;

const HTML: (&str, &str) = ("Accept", "text/html");
const GZIP: (&str, &str) = ("Accept-Encoding", "gzip, br");

/// The head and the bytes of an answer.
pub(super) fn fetch(server: &Server, path: &str, headers: &[(&str, &str)]) -> anyhow::Result<(String, Vec<u8>)> {
    let mut socket = server.connect()?;
    let sent: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let asked = format!("GET {path} HTTP/1.0\r\nHost: {}\r\n{sent}\r\n", server.address);
    std::io::Write::write_all(&mut socket, asked.as_bytes())?;
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes)?;
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(bytes.len());
    let body = bytes.split_off((end + 4).min(bytes.len()));
    Ok((String::from_utf8(bytes)?.to_lowercase(), body))
}

fn is_compressed(head: &str) -> bool {
    head.contains("content-encoding: gzip")
}

#[test]
fn long_answers_are_compressed_for_who_takes_it_and_workbooks_are_not() -> TestResult {
    let server = Server::shipped()?;
    let (_, plain) = fetch(server, "/datasets/maternity", &[HTML])?;
    for path in ["/datasets/maternity", "/datasets.csv", "/plan?item=maternity&item=wsic", "/nowhere", "/map.svg"] {
        let (head, body) = fetch(server, path, &[HTML, GZIP])?;
        assert!(is_compressed(&head) && head.contains("vary: accept-encoding"), "{path}: {head}");
        assert_eq!(body.get(..2), Some([0x1f, 0x8b].as_slice()), "{path}");
        assert!(!is_compressed(&fetch(server, path, &[HTML])?.0), "{path}: nobody asked for it");
    }
    let (_, packed) = fetch(server, "/datasets/maternity", &[HTML, GZIP])?;
    assert!(packed.len() * 4 < plain.len(), "{} of {}", packed.len(), plain.len());
    let (head, body) = fetch(server, "/datasets/maternity.xlsx", &[GZIP])?;
    assert!(!is_compressed(&head) && body.starts_with(b"PK"), "{head}");
    assert!(!is_compressed(&fetch(server, "/healthz", &[GZIP])?.0), "too short to be worth it");
    Ok(())
}

#[test]
fn what_another_site_makes_a_browser_ask_with_its_cookies_is_not_compressed() -> TestResult {
    let server = Server::shipped()?;
    let cookie = ("Cookie", "__Host-linkwright=0");
    for (site, compressed) in [("cross-site", false), ("same-site", false), ("same-origin", true), ("none", true)] {
        let (head, _) = fetch(server, "/search?q=x", &[HTML, GZIP, cookie, ("Sec-Fetch-Site", site)])?;
        assert_eq!(is_compressed(&head), compressed, "{site}");
    }
    let (head, _) = fetch(server, "/search?q=x", &[HTML, GZIP, ("Sec-Fetch-Site", "cross-site")])?;
    assert!(is_compressed(&head), "without cookies there is no secret to guess");
    Ok(())
}

#[test]
fn the_token_of_a_form_never_looks_the_same_twice() -> TestResult {
    let server = Server::shipped()?;
    let first = server.request("GET", "/sign-in", &[HTML], &[])?;
    let cookie = first.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let token = |body: &str| {
        let rest = body.split_once("name=\"csrf\" value=\"").map(|(_, rest)| rest.to_owned());
        rest.and_then(|rest| rest.split('"').next().map(str::to_owned)).unwrap_or_default()
    };
    let mut tokens = vec![token(&first.body)];
    for path in ["/sign-in", "/sign-in", "/datasets/maternity", "/list"] {
        let page = server.request("GET", path, &[HTML, ("Cookie", &cookie)], &[])?;
        assert_eq!(page.status, 200);
        tokens.extend(Some(token(&page.body)).filter(|token| !token.is_empty()));
    }
    let add = |token: &str| {
        let headers = [HTML, ("Cookie", cookie.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
        server.request("POST", "/list", &headers, format!("csrf={token}&item=maternity").as_bytes())
    };
    for (at, token) in tokens.iter().enumerate() {
        assert!(token.len() == 128 && !tokens.iter().skip(at + 1).any(|other| other == token), "{tokens:?}");
        // Half of each is random: no stretch of one stands in another.
        assert!(!tokens.iter().skip(at + 1).any(|other| other.contains(&token[64..84])), "{tokens:?}");
        assert_eq!(add(token)?.status, 303, "every one of them is good");
    }
    let swapped = format!("{}{}", &tokens[0][..64], &tokens[1][64..]);
    assert_eq!(add(&swapped)?.status, 403, "half of one and half of another are none");
    Ok(())
}

#[test]
fn the_query_explorer_comes_from_here_and_only_its_own_page_loads_it() -> TestResult {
    let server = Server::shipped()?;
    let explorer = server.request("GET", "/graphiql?query=%7B%20a%20%7D", &[HTML], &[])?;
    let other = server.request("GET", "/api/query", &[HTML], &[])?;
    assert_eq!(explorer.header("content-security-policy"), other.header("content-security-policy"));
    assert!(!explorer.header("content-security-policy").contains("unsafe"));
    let text = seen(&explorer.body);
    assert!(text.contains("needs JavaScript, and it is not fully accessible"), "{text}");
    assert!(explorer.body.contains("data-query=\"{ a }\"") && explorer.body.contains("/api/query?query="), "the form");
    let loaded: Vec<&str> =
        explorer.body.split("\"/assets/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let ours: Vec<&&str> = loaded.iter().filter(|name| name.starts_with("explorer-")).collect();
    assert_eq!(ours.len(), 2, "a style sheet and a script: {loaded:?}");
    for name in &ours {
        assert!(!other.body.contains(**name), "{name}");
        let (head, _) = fetch(server, &format!("/assets/{name}"), &[GZIP])?;
        assert!(head.contains(" 200 ") && head.contains("content-encoding: br"), "{head}");
    }
    let led = server.get("/api/explorer?query=x")?;
    assert_eq!((led.status, led.header("location")), (303, "/graphiql?query=x"));
    Ok(())
}
