//! Who gets in by which door: tokens, sessions, uploads and changes over HTTP.

use std::collections::BTreeSet;

use linkwright::config::Limits;
use linkwright::domain::access::{Actor, ManageUsers, Role, Scope};
use linkwright::domain::refs::Slug;
use serde_json::{Value, json};

use crate::support::TestResult;
use crate::support::models::model;
use crate::support::server::{Reply, Server};

const PASSWORD: &str = "three plain words here";

/// Runs use cases of a server's catalogue.
fn run<T>(work: impl Future<Output = Result<T, linkwright::app::AppError>>) -> anyhow::Result<T> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)?)
}

/// A server with one data model, `maternity`; nobody knows it yet.
fn server() -> anyhow::Result<Server> {
    Server::of(vec![model("Maternity", "1")?], Limits::default())
}

/// Adds somebody and gives a token of theirs with these scopes.
fn person(server: &Server, name: &str, role: Role, model: Option<&str>, scopes: &[Scope]) -> anyhow::Result<String> {
    let permit = Actor::LocalOperator { account: "test".to_owned() }.permit::<ManageUsers>()?;
    let models: BTreeSet<Slug> = model.map(Slug::of).transpose()?.into_iter().collect();
    let scopes: BTreeSet<Scope> = scopes.iter().copied().collect();
    run(async {
        server.app.add_user(&permit, name, BTreeSet::from([role]), models, Some(PASSWORD)).await?;
        let (_, secret) = server.app.add_token(&permit, name, "test", scopes, 1).await?;
        Ok(format!("Bearer {}", secret.expose()))
    })
}

fn workbook(version: &str) -> anyhow::Result<Vec<u8>> {
    let folder = tempfile::TempDir::new()?;
    let server = Server::of(vec![model("Maternity", version)?], Limits::default())?;
    let operator = Actor::LocalOperator { account: "test".to_owned() };
    let files = server.app.export(&operator, "workbook", &[])?;
    let file = files.into_iter().next().ok_or_else(|| anyhow::anyhow!("no workbook"))?;
    drop(folder);
    Ok(file.bytes)
}

fn ask(server: &Server, bearer: &str, query: &str) -> anyhow::Result<Value> {
    let body = json!({ "query": query }).to_string();
    let headers = [("Content-Type", "application/json"), ("Authorization", bearer)];
    server.request("POST", "/graphql", &headers, body.as_bytes())?.json()
}

fn cookie(reply: &Reply) -> String {
    reply.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

fn csrf(reply: &Reply) -> String {
    let rest = reply.body.split_once("name=\"csrf\" value=\"").map_or("", |(_, rest)| rest);
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[test]
fn an_upload_becomes_a_draft_and_the_draft_a_version_for_its_curator_only() -> TestResult {
    let server = server()?;
    let all = [Scope::Read, Scope::Curate];
    let cara = person(&server, "cara", Role::Curator, Some("maternity"), &all)?;
    let other = person(&server, "otto", Role::Curator, Some("wsic"), &all)?;
    let rita = person(&server, "rita", Role::Researcher, None, &all)?;
    let reads = person(&server, "cora", Role::Curator, Some("maternity"), &[Scope::Read])?;
    let file = workbook("2")?;
    let send = |bearer: Option<&str>| {
        let mut headers = vec![("Content-Type", "application/octet-stream")];
        headers.extend(bearer.map(|bearer| ("Authorization", bearer)));
        server.request("POST", "/import?name=m.xlsx", &headers, &file)
    };
    for (bearer, status, code) in [
        (None, 401, "UNAUTHENTICATED"),
        (Some("Bearer lwt_0"), 401, "UNAUTHENTICATED"),
        (Some("Basic eDp5"), 401, "UNAUTHENTICATED"),
        (Some(rita.as_str()), 403, "FORBIDDEN"),
        (Some(reads.as_str()), 403, "FORBIDDEN"),
        (Some(other.as_str()), 403, "FORBIDDEN"),
    ] {
        let reply = send(bearer)?;
        assert_eq!((reply.status, reply.code().as_str()), (status, code), "{bearer:?} {}", reply.body);
    }
    let reply = send(Some(&cara))?;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let draft = reply.json()?["models"][0]["draft"].as_str().unwrap_or_default().to_owned();
    let publish = format!("mutation {{ publishDataModel(draft: \"{draft}\") {{ outcome slug version message }} }}");
    let denied = ask(&server, &other, &publish)?;
    assert_eq!(denied["errors"][0]["extensions"]["code"], "FORBIDDEN", "{denied}");
    let anonymous = server.ask(&publish, json!({}))?;
    assert_eq!(anonymous["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{anonymous}");
    for outcome in ["DONE", "ALREADY_DONE"] {
        let made = ask(&server, &cara, &publish)?;
        let made = &made["data"]["publishDataModel"];
        assert_eq!((&made["outcome"], &made["version"]), (&json!(outcome), &json!(2)), "{made}");
    }
    let discard = publish.replace("publishDataModel", "discardDraft");
    assert_eq!(ask(&server, &cara, &discard)?["data"]["discardDraft"]["outcome"], "REFUSED");
    let by_get = server.request("GET", "/graphql?query=mutation%7BdiscardDraft(draft:1)%7Boutcome%7D%7D", &[], &[])?;
    assert_eq!(by_get.status, 405);
    let viewer = ask(&server, &cara, "{ viewer { name roles curates sees } }")?;
    let cara = json!({ "name": "cara", "roles": ["curator"], "curates": ["maternity"], "sees": "STAFF" });
    assert_eq!(viewer["data"]["viewer"], cara);
    assert_eq!(server.data("{ viewer { name } }", json!({}))?["viewer"], Value::Null);
    let log = run(server.app.audit_newest(&Actor::LocalOperator { account: "t".into() }.permit()?, 2))?;
    let told: Vec<(&str, &str, &str)> =
        log.iter().map(|entry| (&*entry.action, &*entry.subject, &*entry.role)).collect();
    assert_eq!(told[0], ("publish", "cara", "curator"));
    assert!(log.iter().all(|entry| entry.request_id.len() == 32), "{log:?}");
    Ok(())
}

#[test]
fn what_is_no_workbook_is_reported_and_what_is_too_large_refused() -> TestResult {
    let server = server()?;
    let cara = person(&server, "cara", Role::Curator, Some("maternity"), &[Scope::Curate])?;
    let headers = [("Content-Type", "application/octet-stream"), ("Authorization", cara.as_str())];
    let reply = server.request("POST", "/import?name=a.xlsx", &headers, b"no workbook")?;
    assert_eq!(reply.status, 422, "{}", reply.body);
    assert!(reply.json()?["findings"].as_array().is_some_and(|findings| !findings.is_empty()));
    let head = format!(
        "POST /import HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {cara}\r\nContent-Length: 30000000\r\n\r\n"
    );
    assert_eq!(server.send(head.as_bytes())?.code(), "BODY_TOO_LARGE");
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/json", "text/html"] {
        let headers = [("Content-Type", kind), ("Authorization", cara.as_str())];
        let reply = server.request("POST", "/import", &headers, &workbook("2")?)?;
        assert_eq!((reply.status, reply.code().as_str()), (415, "UNSUPPORTED_MEDIA_TYPE"), "{kind}");
    }
    let boundary = "multipart/form-data; boundary=b";
    let form = b"--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n1\r\n--b--\r\n";
    let headers = [("Content-Type", boundary), ("Authorization", cara.as_str())];
    let reply = server.request("POST", "/import", &headers, form)?;
    assert!(reply.status == 400 && reply.body.contains("named file"), "{}", reply.body);
    Ok(())
}

#[test]
fn signing_in_takes_a_form_of_ones_own_session_and_gives_another_session() -> TestResult {
    let server = server()?;
    person(&server, "cara", Role::Curator, Some("maternity"), &[Scope::Read])?;
    let html = ("Accept", "text/html");
    let form = server.request("GET", "/sign-in", &[html], &[])?;
    assert_eq!(form.status, 200);
    let given = form.header("set-cookie");
    for part in ["__Host-linkwright=", "Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
        assert!(given.contains(part), "{part} in {given}");
    }
    let (before, token) = (cookie(&form), csrf(&form));
    let urlencoded = ("Content-Type", "application/x-www-form-urlencoded");
    let filled = |csrf: &str, password: &str| format!("csrf={csrf}&name=cara&password={}", password.replace(' ', "+"));
    let post = |path: &str, cookie: &str, site: &str, body: &str| {
        let headers = [html, urlencoded, ("Cookie", cookie), ("Sec-Fetch-Site", site)];
        server.request("POST", path, &headers, body.as_bytes())
    };
    let good = filled(&token, PASSWORD);
    for (what, cookie, site, body) in [
        ("another site", before.as_str(), "cross-site", good.as_str()),
        ("no session", "", "same-origin", &good),
        ("no token", &before, "same-origin", &filled("", PASSWORD)),
        ("a wrong token", &before, "same-origin", &filled(&"0".repeat(64), PASSWORD)),
    ] {
        let reply = post("/sign-in", cookie, site, body)?;
        assert_eq!((reply.status, reply.header("set-cookie")), (403, ""), "{what}");
    }
    let wrong = post("/sign-in", &before, "same-origin", &filled(&token, "another password"))?;
    assert_eq!(wrong.status, 401);
    assert!(wrong.body.contains("Name or password is wrong"), "{}", wrong.body);
    let signed = post("/sign-in", &before, "same-origin", &good)?;
    assert_eq!((signed.status, signed.header("location")), (303, "/account"), "{}", signed.body);
    let after = cookie(&signed);
    assert!(after != before && after.len() == before.len(), "rotated");
    let page = |cookie: &str| server.request("GET", "/account", &[html, ("Cookie", cookie)], &[]);
    assert_eq!(page(&before)?.header("location"), "/sign-in?back=%2Faccount", "the session of before is over");
    let account = page(&after)?;
    assert!(account.status == 200 && account.body.contains("cara"), "{}", account.body);
    // With a cookie, an upload needs the session's token as well.
    let headers = [("Content-Type", "application/octet-stream"), ("Cookie", after.as_str())];
    assert_eq!(server.request("POST", "/import", &headers, b"x")?.code(), "CSRF");
    assert_eq!(post("/sign-out", &after, "same-origin", "csrf=")?.status, 403);
    let out = post("/sign-out", &after, "same-origin", &format!("csrf={}", csrf(&account)))?;
    assert!(out.status == 303 && out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(page(&after)?.header("location"), "/sign-in?back=%2Faccount");
    Ok(())
}

#[test]
fn stopping_lets_an_upload_that_has_begun_end() -> TestResult {
    use std::io::Write;
    let mut server = server()?;
    let cara = person(&server, "cara", Role::Curator, Some("maternity"), &[Scope::Curate])?;
    let file = workbook("2")?;
    let mut socket = server.connect()?;
    let head = format!(
        "POST /import?name=m.xlsx HTTP/1.1\r\nHost: x\r\nAuthorization: {cara}\r\nContent-Length: {}\r\n\r\n",
        file.len()
    );
    let (first, rest) = file.split_at(file.len() / 2);
    socket.write_all(&[head.as_bytes(), first].concat())?;
    std::thread::sleep(std::time::Duration::from_millis(300));
    server.tell_to_stop();
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(server.connect().is_err(), "no more connections are taken");
    socket.write_all(rest)?;
    let reply = Reply::read(&mut socket)?;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(reply.json()?["models"][0]["draft"].is_string(), "{}", reply.body);
    server.join()
}
