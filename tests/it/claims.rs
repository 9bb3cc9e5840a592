//! What a client claims of itself is not believed, and what it sends is not acted on: hosts, forwarding headers, line
//! breaks, file names, many uploads at once (threats T9, T28 to T30).

use std::collections::BTreeSet;

use linkwright::config::{Limits, Rate, Rates};
use linkwright::domain::access::{Actor, ManageUsers, ReadAudit, Role, Scope};
use linkwright::domain::refs::Slug;
use linkwright::http::Settings;

use crate::support::TestResult;
use crate::support::models::model;
use crate::support::server::{Reply, Server};

fn operator() -> Actor {
    Actor::LocalOperator { account: "test".to_owned() }
}

fn run<T>(work: impl Future<Output = Result<T, linkwright::app::AppError>>) -> anyhow::Result<T> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)?)
}

/// A curator's token.
fn curator(server: &Server) -> anyhow::Result<String> {
    let permit = operator().permit::<ManageUsers>()?;
    let (roles, models) = (BTreeSet::from([Role::Curator]), BTreeSet::from([Slug::of("maternity")?]));
    let secret = run(async {
        server.app.add_user(&permit, "cara", roles, models, Some("three plain words here")).await?;
        Ok(server.app.add_token(&permit, "cara", "test", BTreeSet::from([Scope::Curate]), 1).await?.1)
    })?;
    Ok(format!("Bearer {}", secret.expose()))
}

fn whole(reply: &Reply) -> String {
    let headers: Vec<String> = reply.headers().map(|(name, value)| format!("{name}: {value}")).collect();
    format!("{} {} {}", reply.status, headers.join("\n"), reply.body)
}

#[test]
fn no_host_or_forwarding_header_turns_up_in_an_answer_or_leads_elsewhere() -> TestResult {
    let settings = Settings { origin: "https://catalogue.example".parse()?, ..Settings::default() };
    let configured = Server::set_up(vec![model("Maternity", "1")?], settings)?;
    let plain = Server::of(vec![model("Maternity", "1")?], Limits::default())?;
    for server in [&configured, &plain] {
        for path in
            ["/", "/sign-in", "/account", "/datasets/maternity", "/nowhere", "/graphql", "/api", "/datasets.json"]
        {
            for accept in ["text/html", "*/*"] {
                for (name, value) in [
                    ("Host", "evil.example"),
                    ("Host", "evil.example:80"),
                    ("Host", "catalogue.example@evil.example"),
                    ("X-Forwarded-Host", "evil.example"),
                    ("X-Forwarded-Proto", "evil.example"),
                    ("X-Forwarded-Server", "evil.example"),
                    ("X-Original-Host", "evil.example"),
                    ("X-Original-URL", "/evil.example"),
                    ("X-Rewrite-URL", "/evil.example"),
                    ("X-Forwarded-Prefix", "/evil.example"),
                    ("Forwarded", "for=1.1.1.1;host=evil.example;proto=http"),
                ] {
                    let host = if name == "Host" { value } else { "127.0.0.1" };
                    let more = if name == "Host" { String::new() } else { format!("{name}: {value}\r\n") };
                    let request = format!(
                        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAccept: {accept}\r\n{more}\r\n"
                    );
                    let reply = server.send(request.as_bytes())?;
                    assert!(reply.status > 0, "{path} with {name}: {value}");
                    assert!(!whole(&reply).contains("evil.example"), "{path} with {name}: {value}: {}", whole(&reply));
                    let to = reply.header("location");
                    assert!(to.is_empty() || (to.starts_with('/') && !to.starts_with("//")), "{path}: {to}");
                }
            }
        }
    }
    Ok(())
}

#[test]
fn line_breaks_and_control_characters_stay_what_they_are() -> TestResult {
    let server = Server::of(vec![model("Maternity", "1")?], Limits::default())?;
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    for back in ["/x%0d%0aSet-Cookie:%20a=b", "/x%0aX-Evil:1", "//evil.example", "/%5cevil.example", "/x%00y"] {
        let body = format!("item=maternity&back={back}");
        let reply = server.request("POST", "/list", &[form], body.as_bytes())?;
        assert_eq!(reply.status, 303, "{back}: {}", reply.body);
        assert!(reply.header("location").starts_with('/') && !reply.header("location").starts_with("//"), "{back}");
        assert!(!reply.header("set-cookie").contains("a=b") && reply.header("x-evil").is_empty(), "{back}");
    }
    for path in
        ["/%0d%0aX-Evil:%201", "/datasets/%0d%0aX-Evil:%201", "/sign-in?x=%0d%0aX-Evil:%201", "/%1b%5b2J", "/%E2%80%AE"]
    {
        for accept in ["text/html", "*/*"] {
            let reply = server.request("GET", path, &[("Accept", accept)], &[])?;
            assert!(reply.status > 0 && reply.header("x-evil").is_empty(), "{path}: {reply:?}");
            let unsafe_letter = |c: char| (c.is_control() && !"\n\t".contains(c)) || c == '\u{202e}';
            assert!(!reply.body.contains(unsafe_letter), "{path}: {:?}", reply.body);
        }
    }
    for raw in [
        "GET / HTTP/1.1\r\nHost: x\r\nX-A: b\rc\r\n\r\n",
        "GET /a\u{1b}b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\r\n y: z\r\n\r\n",
    ] {
        let reply = server.send(raw.as_bytes())?;
        assert!(reply.status == 400 || reply.status == 0 || reply.status == 404, "{raw:?}: {reply:?}");
    }
    // What somebody calls themselves when signing in is written down nowhere.
    run(server.app.sign_in("a\r\nb\u{1b}[2J", "three plain words here", None, "r"))?;
    let log = run(server.app.audit_newest(&operator().permit::<ReadAudit>()?, 1))?;
    assert!(log.iter().all(|row| row.object == "a user who is not known"), "{log:?}");
    assert_eq!(server.get("/healthz")?.status, 200);
    Ok(())
}

fn part(name: &str, file: Option<&str>, content: &[u8]) -> Vec<u8> {
    let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
    let head = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
    [head.as_bytes(), content, b"\r\n"].concat()
}

#[test]
fn a_form_with_files_is_read_whole_or_refused_and_of_a_name_only_the_end_is_kept() -> TestResult {
    let server = Server::of(vec![model("Maternity", "1")?], Limits::default())?;
    let bearer = curator(&server)?;
    let another = Server::of(vec![model("Maternity", "2")?], Limits::default())?;
    let files = another.app.export(&operator(), "workbook", &[])?;
    let workbook = &files.first().ok_or_else(|| anyhow::anyhow!("no workbook"))?.bytes;
    let send = |kind: &str, parts: &[Vec<u8>], end: &[u8]| {
        let headers = [("Content-Type", kind), ("Authorization", bearer.as_str())];
        server.request("POST", "/import", &headers, &[parts.concat(), end.to_vec()].concat())
    };
    let form = "multipart/form-data; boundary=b";
    let good = send(form, &[part("file", Some("../../etc/m\u{202e}.xlsx"), workbook)], b"--b--\r\n")?;
    assert_eq!(good.status, 200, "{}", good.body);
    assert!(good.json()?["models"][0]["draft"].is_string() && !good.body.contains("etc"), "{}", good.body);
    for (what, kind, parts, end) in [
        ("no end", form, vec![part("file", Some("m.xlsx"), workbook)], &b""[..]),
        ("no file", form, vec![part("other", None, b"1")], b"--b--\r\n"),
        ("nothing", form, vec![], b""),
        ("no boundary", "multipart/form-data", vec![part("file", Some("m.xlsx"), workbook)], b"--b--\r\n"),
        ("another boundary", "multipart/form-data; boundary=c", vec![part("file", Some("m"), workbook)], b"--b--\r\n"),
        ("a broken head", form, vec![b"--b\r\nContent-Disposition form-data\r\n\r\nx\r\n".to_vec()], b"--b--\r\n"),
    ] {
        let reply = send(kind, &parts, end)?;
        assert_eq!((reply.status, reply.code().as_str()), (400, "BAD_REQUEST"), "{what}: {}", reply.body);
    }
    let twice =
        send(form, &[part("file", Some("a.xlsx"), workbook), part("file", Some("b.xlsx"), workbook)], b"--b--\r\n")?;
    assert_eq!(twice.status, 422, "the same data model twice: {}", twice.body);
    Ok(())
}

#[test]
fn of_many_uploads_at_once_some_wait_the_rest_are_told_to_and_others_are_served() -> TestResult {
    // Not because of how often one address may: that is counted apart.
    let rates = Rates { upload: Rate { at_once: 1_000, per_minute: 1_000 }, ..Rates::default() };
    let server = Server::of(vec![model("Maternity", "1")?], Limits { rates, ..Limits::default() })?;
    let bearer = curator(&server)?;
    let headers = [("Content-Type", "application/octet-stream"), ("Authorization", bearer.as_str())];
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..50)
            .map(|_| {
                scope.spawn(|| {
                    server.request("POST", "/import?name=a.xlsx", &headers, b"no workbook").map(|reply| reply.status)
                })
            })
            .collect();
        let others = server.get("/datasets.json").map(|reply| reply.status).ok();
        assert_eq!(others, Some(200));
        sent.into_iter().filter_map(|sent| sent.join().ok()?.ok()).collect()
    });
    assert_eq!(statuses.len(), 50);
    assert!(statuses.iter().all(|status| [422, 429].contains(status)), "{statuses:?}");
    assert!(statuses.contains(&422) && statuses.contains(&429), "{statuses:?}");
    assert_eq!(server.get("/healthz")?.status, 200);
    Ok(())
}
