//! A real provider (npm's oidc-provider, `tests/oidc/provider.mjs`) and a browser that follows it.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use anyhow::Context;
use linkwright::app::AuditEntry;
use linkwright::config::{Limits, Oidc, Rate, Rates};
use linkwright::domain::access::{Actor, ManageUsers, ReadAudit, Role};
use linkwright::domain::refs::Slug;
use serde_json::{Value, json};

use super::{ORIGIN, settings};
use crate::support::TestResult;
use crate::support::models::model;
use crate::support::server::{Reply, Server};

/// The provider, in a process of its own.
struct Provider {
    issuer: String,
    child: Child,
    _input: ChildStdin,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Provider {
    /// Starts it; `None` where Node or the package is missing, which with `STRICT=1` is an error.
    fn start(tls: &[&str]) -> anyhow::Result<Option<Self>> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        if !root.join("web/node_modules/oidc-provider").is_dir() {
            let why = "no oidc-provider in web/node_modules: run `npm ci` in web";
            anyhow::ensure!(std::env::var("STRICT").as_deref() != Ok("1"), "{why}");
            eprintln!("skipped: {why}");
            return Ok(None);
        }
        let mut command = Command::new("node");
        command.arg(root.join("tests/oidc/provider.mjs")).args(tls);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().context("node")?;
        let input = child.stdin.take().context("no input")?;
        let mut issuer = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut issuer)?;
        anyhow::ensure!(issuer.contains("localhost"), "the provider did not start: {issuer}");
        Ok(Some(Self { issuer: issuer.trim().to_owned(), child, _input: input }))
    }

    fn host(&self) -> &str {
        self.issuer.split("//").nth(1).unwrap_or_default()
    }

    /// Who signs in next, and how.
    fn says(&self, person: &Value) -> anyhow::Result<()> {
        let reply = Browser::default().send(self.host(), "POST", "/control", &person.to_string())?;
        anyhow::ensure!(reply.status == 200, "{reply:?}");
        Ok(())
    }
}

/// A browser that keeps cookies and is led by hand.
#[derive(Default)]
struct Browser {
    cookies: Vec<(String, String)>,
}

impl Browser {
    fn send(&mut self, host: &str, method: &str, path: &str, body: &str) -> anyhow::Result<Reply> {
        let mut socket = TcpStream::connect(host)?;
        socket.set_read_timeout(Some(Duration::from_secs(30)))?;
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nCookie: {}\r\nContent-Length: {length}\r\n\r\n{body}",
            cookies.join("; ")
        );
        socket.write_all(request.as_bytes())?;
        let reply = Reply::read(&mut socket)?;
        for (_, cookie) in reply.headers().filter(|(name, _)| *name == "set-cookie") {
            let (name, rest) = cookie.split_once('=').context("no cookie")?;
            self.cookies.retain(|(held, _)| held != name);
            let value = rest.split(';').next().unwrap_or_default();
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        Ok(reply)
    }

    /// Follows the provider until it sends the browser back; the path that it is sent back to.
    fn through(&mut self, provider: &Provider, address: &str) -> anyhow::Result<String> {
        let mut at = address.to_owned();
        for _ in 0..12 {
            if let Some(path) = at.strip_prefix(ORIGIN) {
                return Ok(path.to_owned());
            }
            let path = at.strip_prefix(&provider.issuer).unwrap_or(&at).to_owned();
            let reply = self.send(provider.host(), "GET", &path, "")?;
            anyhow::ensure!((300..400).contains(&reply.status), "{path}: {reply:?}");
            at = reply.header("location").to_owned();
        }
        anyhow::bail!("the provider sends the browser round in circles")
    }
}

/// A server that people sign in to with the provider.
struct Site {
    server: Server,
    provider: Provider,
}

impl Site {
    fn start(more: impl FnOnce(Oidc) -> Oidc) -> anyhow::Result<Option<Self>> {
        let Some(provider) = Provider::start(&[])? else { return Ok(None) };
        let oidc =
            more(Oidc { scopes: vec!["profile".into(), "email".into(), "roles".into()], ..settings(&provider.issuer) });
        let plenty = Rate { at_once: 1_000, per_minute: 1_000 };
        let limits = Limits { rates: Rates { sign_in: plenty, ..Rates::default() }, ..Limits::default() };
        let server = Server::with_provider(vec![model("Maternity", "1")?], limits, oidc, ORIGIN)?;
        Ok(Some(Self { server, provider }))
    }

    fn host(&self) -> String {
        self.server.address.to_string()
    }

    /// A new browser that has been sent away, and where to.
    fn away(&self) -> anyhow::Result<(Browser, String)> {
        let mut browser = Browser::default();
        let reply = browser.send(&self.host(), "GET", "/sign-in/provider", "")?;
        anyhow::ensure!(reply.status == 303, "{reply:?}");
        Ok((browser, reply.header("location").to_owned()))
    }

    /// A new browser that comes back from where `change` makes it go.
    fn back(&self, change: impl Fn(String) -> String) -> anyhow::Result<(Browser, Reply)> {
        let (mut browser, address) = self.away()?;
        let path = browser.through(&self.provider, &change(address))?;
        let reply = browser.send(&self.host(), "GET", &path, "")?;
        Ok((browser, reply))
    }

    fn viewer(&self, browser: &mut Browser) -> anyhow::Result<Value> {
        let query = "/graphql?query=%7Bviewer%7Bname%20roles%20curates%20sees%7D%7D";
        Ok(browser.send(&self.host(), "GET", query, "")?.json()?["data"]["viewer"].clone())
    }

    fn run<T>(work: impl Future<Output = Result<T, linkwright::app::AppError>>) -> anyhow::Result<T> {
        Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)?)
    }

    fn last_row(&self) -> anyhow::Result<AuditEntry> {
        let permit = operator().permit::<ReadAudit>()?;
        Self::run(self.server.app.audit_newest(&permit, 1))?.into_iter().next().context("no row")
    }

    /// That a browser was not let in, and that the record says why.
    fn refused(&self, what: &str, (browser, reply): (Browser, Reply), why: &str) -> TestResult {
        assert_eq!((reply.status, reply.code().as_str()), (403, "SIGN_IN_FAILED"), "{what}: {}", reply.body);
        assert_eq!(reply.header("set-cookie"), "", "{what}");
        let mut browser = browser;
        assert_eq!(self.viewer(&mut browser)?, Value::Null, "{what}");
        let row = self.last_row()?;
        assert_eq!((row.action.as_str(), row.outcome.as_str()), ("sign-in", "refused"), "{what}");
        assert!(row.after.contains(why), "{what}: {}", row.after);
        Ok(())
    }
}

fn operator() -> Actor {
    Actor::LocalOperator { account: "test".to_owned() }
}

/// Puts another value in the place of a parameter of an address.
fn with(address: String, name: &str, value: Option<&str>) -> String {
    let (path, query) = address.split_once('?').unwrap_or((&address, ""));
    let kept = query.split('&').filter(|pair| !pair.starts_with(&format!("{name}="))).map(str::to_owned);
    let pairs: Vec<String> = kept.chain(value.map(|value| format!("{name}={value}"))).collect();
    format!("{path}?{}", pairs.join("&"))
}

fn value<'a>(address: &'a str, name: &str) -> &'a str {
    let pairs = address.split_once('?').map_or("", |(_, query)| query).split('&');
    pairs.filter_map(|pair| pair.split_once('=')).find(|(held, _)| *held == name).map_or("", |(_, value)| value)
}

#[test]
fn who_signs_in_with_the_provider_is_known_by_issuer_and_subject_with_the_roles_of_their_groups() -> TestResult {
    let roles = ["*=researcher", "data-team=curator:maternity", "boards=ig-reviewer"].map(str::to_owned).to_vec();
    let Some(site) = Site::start(|oidc| Oidc { roles, ..oidc })? else { return Ok(()) };
    let page = site.server.request("GET", "/sign-in", &[("Accept", "text/html")], &[])?;
    assert!(page.body.contains("href=\"/sign-in/provider\"") && page.body.contains("single sign-on"));

    let (_, address) = site.away()?;
    for (name, length) in [("state", 64), ("nonce", 64), ("code_challenge", 43)] {
        assert_eq!(value(&address, name).len(), length, "{name} in {address}");
    }
    assert_eq!((value(&address, "code_challenge_method"), value(&address, "response_type")), ("S256", "code"));

    let (mut browser, mut address) = site.away()?;
    let before = browser.cookies.clone();
    address = browser.through(&site.provider, &address)?;
    let reply = browser.send(&site.host(), "GET", &address, "")?;
    assert_eq!((reply.status, reply.header("location")), (303, "/account"), "{}", reply.body);
    assert!(reply.header("set-cookie").starts_with("__Host-linkwright="), "{}", reply.header("set-cookie"));
    let seen =
        json!({ "name": "person-1", "roles": ["researcher", "curator"], "curates": ["maternity"], "sees": "STAFF" });
    assert_eq!(site.viewer(&mut browser)?, seen);
    assert_eq!(site.viewer(&mut Browser { cookies: before })?, Value::Null, "the session of before is over");
    let row = site.last_row()?;
    assert_eq!((row.action.as_str(), row.object.as_str()), ("sign-in", "user person-1"));
    assert_eq!(row.after, format!("by {}", site.provider.issuer));

    // Whoever wanted a page comes out there, and never on another site.
    let asked = site.server.request("GET", "/sign-in?back=%2Flist%3Fa%3Db", &[("Accept", "text/html")], &[])?;
    let link = "/sign-in/provider?back=%2Flist%3Fa%3Db";
    assert!(asked.body.contains(&format!("href=\"{link}\"")), "{}", asked.body);
    let elsewhere = "/sign-in/provider?back=%2F%2Fevil.example";
    for (way, onward) in [(link, "/list?a=b"), (elsewhere, "/account")] {
        let mut other = Browser::default();
        let away = other.send(&site.host(), "GET", way, "")?;
        let path = other.through(&site.provider, away.header("location"))?;
        let reply = other.send(&site.host(), "GET", &path, "")?;
        assert_eq!((reply.status, reply.header("location")), (303, onward), "{}", reply.body);
        assert_eq!(site.viewer(&mut other)?["name"], "person-1");
    }

    // Other groups the next time: other roles, the same person.
    site.provider.says(&json!({ "roles": "boards" }))?;
    let (mut later, reply) = site.back(|address| address)?;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let now = json!({ "name": "person-1", "roles": ["researcher", "ig-reviewer"], "curates": [], "sees": "STAFF" });
    assert_eq!(site.viewer(&mut later)?, now);
    assert_eq!(site.viewer(&mut browser)?, now, "in the session that was open as well (T26)");
    let manage = operator().permit::<ManageUsers>()?;
    assert_eq!(Site::run(site.server.app.users(&manage))?.len(), 1);

    // Whoever has the same name at another issuer is somebody else.
    let own = BTreeSet::from([Role::Administrator]);
    Site::run(site.server.app.add_user(&manage, "person-1", own, BTreeSet::new(), Some("three plain words here")))?;
    assert_eq!(site.viewer(&mut later)?, now);

    let (mut gone, _) = site.back(|address| address)?;
    let form = gone.send(&site.host(), "GET", "/account", "")?;
    let csrf = form.body.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let csrf = csrf.context("no csrf")?.to_owned();
    let held = gone.cookies.clone();
    assert_eq!(gone.send(&site.host(), "POST", "/sign-out", &format!("csrf={csrf}"))?.status, 303);
    assert_eq!(site.viewer(&mut Browser { cookies: held })?, Value::Null, "signed out");
    Ok(())
}

#[test]
fn each_value_that_is_wrong_keeps_a_browser_out() -> TestResult {
    let strict =
        |oidc: Oidc| Oidc { acr: vec!["urn:example:mfa".to_owned()], max_age: Some(Duration::from_secs(600)), ..oidc };
    let Some(site) = Site::start(strict)? else { return Ok(()) };
    let (_, reply) = site.back(|address| address)?;
    assert_eq!(reply.status, 303, "all is right: {}", reply.body);

    site.refused("nonce", site.back(|address| with(address, "nonce", Some("another")))?, "nonce")?;
    site.refused("no nonce", site.back(|address| with(address, "nonce", None))?, "nonce")?;
    let no_pkce = site.back(|address| with(with(address, "code_challenge", None), "code_challenge_method", None))?;
    site.refused("no PKCE", no_pkce, "invalid_request")?;
    let challenge = "A".repeat(43);
    site.refused("PKCE", site.back(|address| with(address, "code_challenge", Some(&challenge)))?, "invalid_grant")?;

    // A state that is not this browser's; and then the right one, which is used up.
    let (mut browser, address) = site.away()?;
    let path = browser.through(&site.provider, &address)?;
    let forged = with(path.clone(), "state", Some(&"0".repeat(64)));
    let reply = browser.send(&site.host(), "GET", &forged, "")?;
    site.refused("state", (Browser { cookies: browser.cookies.clone() }, reply), "does not belong")?;
    let reply = browser.send(&site.host(), "GET", &path, "")?;
    site.refused("a second try", (browser, reply), "does not belong")?;
    let (mut browser, address) = site.away()?;
    let path = browser.through(&site.provider, &address)?;
    let reply = browser.send(&site.host(), "GET", &with(path, "iss", Some("https%3A%2F%2Fevil.example")), "")?;
    site.refused("another issuer", (browser, reply), "does not belong")?;

    // A code of somebody else's sign-in, in one's own.
    let (mut thief, own) = site.away()?;
    let (mut victim, address) = site.away()?;
    let path = victim.through(&site.provider, &address)?;
    let code = value(&path, "code");
    let stolen = format!("/sign-in/callback?state={}&code={code}", value(&own, "state"));
    let reply = thief.send(&site.host(), "GET", &stolen, "")?;
    site.refused("a stolen code", (thief, reply), "invalid_grant")?;
    // It is good in the right browser all the same; once used, it is worth nothing in another.
    assert_eq!(victim.send(&site.host(), "GET", &path, "")?.status, 303);
    let (mut late, own) = site.away()?;
    let replayed = format!("/sign-in/callback?state={}&code={code}", value(&own, "state"));
    let reply = late.send(&site.host(), "GET", &replayed, "")?;
    site.refused("a replayed code", (late, reply), "invalid_grant")?;
    // The whole address in a browser that never went away.
    let (mut right, address) = site.away()?;
    let path = right.through(&site.provider, &address)?;
    let reply = Browser::default().send(&site.host(), "GET", &path, "")?;
    assert_eq!((reply.status, reply.code().as_str()), (403, "SIGN_IN_FAILED"));
    assert_eq!(right.send(&site.host(), "GET", &path, "")?.status, 303, "which spoils nothing for the right one");

    site.provider.says(&json!({ "acr": "urn:example:password" }))?;
    site.refused("acr", site.back(|address| address)?, "not one that will do")?;
    site.provider.says(&json!({ "acr": "urn:example:mfa", "ts": 1_700_000_000 }))?;
    let stale = site.back(|address| with(address, "max_age", Some("999999999")))?;
    site.refused("auth_time", stale, "too long ago")?;
    site.refused("no auth_time", site.back(|address| with(address, "max_age", None))?, "does not say when")?;
    site.provider.says(&json!({ "ts": null, "deny": true }))?;
    site.refused("denied", site.back(|address| address)?, "access_denied")?;

    site.provider.says(&json!({ "deny": false, "account": "person-2" }))?;
    let (mut browser, _) = site.back(|address| address)?;
    let person = json!({ "name": "person-2", "roles": [], "curates": [], "sees": "PUBLIC" });
    assert_eq!(site.viewer(&mut browser)?, person, "without a mapping administrators give roles");
    Ok(())
}

#[test]
fn a_provider_that_knows_another_secret_signs_nobody_in_and_roles_need_a_model() -> TestResult {
    let wrong = |oidc: Oidc| Oidc { client_secret: Some("another one".to_owned()), ..oidc };
    let Some(site) = Site::start(wrong)? else { return Ok(()) };
    site.refused("client secret", site.back(|address| address)?, "invalid_client")?;
    let roles = vec![format!("x=curator:{}", Slug::of("maternity")?), "y=curator".to_owned()];
    let oidc = Oidc { roles, ..settings(&site.provider.issuer) };
    let started = Server::with_provider(vec![], Limits::default(), oidc, ORIGIN);
    let why = started.err().map(|error| format!("{error:#}")).unwrap_or_default();
    assert!(why.contains("y=curator") && why.contains("GROUP=curator:MODEL"), "{why}");
    Ok(())
}

#[test]
fn a_private_authority_is_trusted_where_its_certificate_is_named_and_nowhere_else() -> TestResult {
    let folder = tempfile::TempDir::new()?;
    let file = |name: &str| folder.path().join(name).display().to_string();
    let openssl = |arguments: &[&str]| -> anyhow::Result<bool> {
        let made = Command::new("openssl").args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        Ok(made.is_ok_and(|status| status.success()))
    };
    let (ca, ca_key, key, request, certificate) =
        (file("ca.pem"), file("ca.key"), file("key.pem"), file("request.pem"), file("certificate.pem"));
    std::fs::write(file("names"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")?;
    let made = openssl(&[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=Trust CA",
        "-days",
        "2",
        "-keyout",
        &ca_key,
        "-out",
        &ca,
    ])? && openssl(&[
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=localhost",
        "-keyout",
        &key,
        "-out",
        &request,
    ])? && openssl(&[
        "x509",
        "-req",
        "-in",
        &request,
        "-CA",
        &ca,
        "-CAkey",
        &ca_key,
        "-CAcreateserial",
        "-days",
        "2",
        "-extfile",
        &file("names"),
        "-out",
        &certificate,
    ])?;
    if !made {
        anyhow::ensure!(std::env::var("STRICT").as_deref() != Ok("1"), "no openssl");
        eprintln!("skipped: no openssl");
        return Ok(());
    }
    let Some(provider) = Provider::start(&[&certificate, &key])? else { return Ok(()) };
    let plain = settings(&provider.issuer);
    for (oidc, status) in [(plain.clone(), 503), (Oidc { ca_file: Some(ca.into()), ..plain.clone() }, 303)] {
        let server = Server::with_provider(vec![], Limits::default(), oidc, ORIGIN)?;
        let reply = server.get("/sign-in/provider")?;
        assert_eq!(reply.status, status, "{}", reply.body);
        assert!(!reply.body.contains("localhost"), "what went wrong is for the log: {}", reply.body);
    }
    let missing = Oidc { ca_file: Some(file("names").into()), ..plain };
    let started = Server::with_provider(vec![], Limits::default(), missing, ORIGIN);
    let why = started.err().map(|error| format!("{error:#}")).unwrap_or_default();
    assert!(why.contains("names") && why.contains("cannot be used"), "{why}");
    Ok(())
}
