//! The pages of trust over HTTP, as browsers use them: who gets in, what each form does, what is refused and how.

use std::collections::BTreeSet;

use linkwright::config::Limits;
use linkwright::domain::access::{Actor, ManageUsers, ReadAudit, Role};
use linkwright::domain::refs::Slug;
use serde_json::json;

use crate::support::TestResult;
use crate::support::browser::{Browser, FORM, PASSWORD, between};
use crate::support::models::model;
use crate::support::server::Server;

fn run<T>(work: impl Future<Output = Result<T, linkwright::app::AppError>>) -> anyhow::Result<T> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)?)
}

fn operator() -> Actor {
    Actor::LocalOperator { account: "test".to_owned() }
}

/// A server with one data model, `maternity`, and these users.
fn server(users: &[(&str, Role, Option<&str>)]) -> anyhow::Result<Server> {
    let server = Server::of(vec![model("Maternity", "1")?], Limits::default())?;
    let permit = operator().permit::<ManageUsers>()?;
    for (name, role, model) in users {
        let models: BTreeSet<Slug> = model.map(Slug::of).transpose()?.into_iter().collect();
        run(server.app.add_user(&permit, name, BTreeSet::from([*role]), models, Some(PASSWORD)))?;
    }
    Ok(server)
}

/// What is in the audit log, newest first: action, object, outcome.
fn log(server: &Server) -> anyhow::Result<Vec<(String, String, String)>> {
    let newest = run(server.app.audit_newest(&operator().permit::<ReadAudit>()?, 100))?;
    Ok(newest.into_iter().map(|entry| (entry.action, entry.object, entry.outcome)).collect())
}

/// The pages that take signing in, and the role that each takes; `None`: any.
const PAGES: &[(&str, Option<Role>)] = &[
    ("/account", None),
    ("/account/password", None),
    ("/account/tokens", None),
    ("/admin/users", Some(Role::Administrator)),
    ("/admin/users/add", Some(Role::Administrator)),
    ("/admin/user?name=cara", Some(Role::Administrator)),
    ("/admin/user/roles?name=cara", Some(Role::Administrator)),
    ("/admin/user/roles/confirm?name=cara&role=researcher", Some(Role::Administrator)),
    ("/admin/user/password?name=cara", Some(Role::Administrator)),
    ("/admin/user/close?name=cara", Some(Role::Administrator)),
    ("/admin/user/reopen?name=cara", Some(Role::Administrator)),
    ("/admin/roles", Some(Role::Administrator)),
    ("/admin/audit", Some(Role::Administrator)),
    ("/admin/settings", Some(Role::Administrator)),
    ("/curate", Some(Role::Curator)),
    ("/curate/uploads/new", Some(Role::Curator)),
];

const EVERYBODY: &[(&str, Role, Option<&str>)] = &[
    ("root", Role::Administrator, None),
    ("cara", Role::Curator, Some("maternity")),
    ("rita", Role::Researcher, None),
    ("ivy", Role::IgReviewer, None),
];

#[test]
fn a_page_is_shown_to_its_role_and_everybody_else_is_told_whom_to_ask() -> TestResult {
    let server = server(EVERYBODY)?;
    for (page, _) in PAGES {
        let anonymous = Browser::new(&server).get(page)?;
        let back: String = form_urlencoded::byte_serialize(page.as_bytes()).collect();
        assert_eq!(
            (anonymous.status, anonymous.header("location")),
            (303, &*format!("/sign-in?back={back}")),
            "{page}"
        );
        let program = server.get(page)?;
        assert_eq!((program.status, program.code().as_str()), (401, "UNAUTHENTICATED"), "{page}");
    }
    for (name, role, _) in EVERYBODY {
        let mut browser = Browser::signed_in(&server, name)?;
        for (page, wanted) in PAGES {
            let reply = browser.get(page)?;
            if wanted.is_none_or(|wanted| wanted == *role) {
                assert_eq!(reply.status, 200, "{name} {page}: {}", reply.body);
                assert!(reply.body.contains("Sign out") && reply.body.contains(&format!("</svg>{name}</a>")), "{page}");
            } else {
                assert_eq!(reply.status, 403, "{name} {page}");
                assert!(reply.body.contains("You do not have permission") && reply.body.contains("It takes the role"));
                assert!(reply.body.contains("mailto:imperial.dataaccessrequest@nhs.net"), "{page}");
            }
        }
        let start = browser.get("/")?.body;
        assert_eq!(start.contains(">Curate</a>"), *role == Role::Curator, "{name}");
        assert_eq!(start.contains(">Administer</a>"), *role == Role::Administrator, "{name}");
    }
    Ok(())
}

#[test]
fn a_form_is_done_only_from_a_page_of_its_own_session_and_by_its_role() -> TestResult {
    let server = server(EVERYBODY)?;
    // Every form of the access table; the one that brings a file is sent below.
    let table = include_str!("../fixtures/access.txt").split("\n[http with a session]\n").nth(1).unwrap_or_default();
    let rows = table.lines().take_while(|line| !line.starts_with('[')).filter_map(|line| line.strip_prefix("POST "));
    let forms: Vec<String> = rows
        .filter_map(|row| row.split_whitespace().next())
        .filter(|route| *route != "/curate/uploads/new")
        .map(|route| route.replace("{draft}", "00000000-0000-4000-8000-000000000000"))
        .collect();
    assert!(forms.len() >= 12, "{forms:?}");
    let mut root = Browser::signed_in(&server, "root")?;
    let mut rita = Browser::signed_in(&server, "rita")?;
    let before = log(&server)?;
    let own = rita.csrf("/account")?;
    let mut turned_away = 0;
    for to in forms.iter().map(String::as_str) {
        let fields = [("name", "cara"), ("role", "administrator"), ("model", "maternity"), ("version", "1")];
        for csrf in ["", "0", own.as_str()] {
            let reply = root.post(to, &[&[("csrf", csrf)], &fields[..]].concat())?;
            assert_eq!(reply.status, 403, "{to} with “{csrf}”: {}", reply.body);
        }
        let elsewhere = root.send("POST", to, &[FORM, ("Sec-Fetch-Site", "cross-site")], b"")?;
        assert_eq!(elsewhere.status, 403, "{to}");
        assert_eq!(Browser::new(&server).post(to, &fields)?.status, 401, "{to}");
        if !to.starts_with("/account") {
            let refused = rita.post(to, &[&[("csrf", own.as_str())], &fields[..]].concat())?;
            assert!(refused.status == 403 && refused.body.contains("It takes the role"), "{to}: {}", refused.body);
            turned_away += 1;
        }
    }
    let file =
        rita.send("POST", "/curate/uploads/new", &[("Content-Type", "multipart/form-data; boundary=b")], b"--b--\r\n")?;
    assert!(file.status == 403 && file.body.contains("It takes the role"), "{}", file.body);
    let (refusals, rest): (Vec<_>, Vec<_>) =
        log(&server)?.into_iter().partition(|(action, ..)| action == "turned away");
    assert_eq!(rest, before, "nothing was done");
    assert_eq!(refusals.len(), turned_away + 1, "and each time that Rita tried is recorded");
    Ok(())
}

#[test]
fn who_signs_in_comes_back_to_where_they_were_and_never_to_another_site() -> TestResult {
    let server = server(EVERYBODY)?;
    let form = Browser::new(&server).get("/sign-in?back=%2Fcurate%3Fa%3D1")?.body;
    assert!(form.contains("name=\"back\" value=\"/curate?a=1\"") && form.contains("mailto:"), "{form}");
    for (back, to) in [
        ("/curate?a=1", "/curate?a=1"),
        ("", "/account"),
        ("//evil.example", "/account"),
        ("/\t/evil.example", "/account"),
        ("https://evil.example", "/account"),
    ] {
        let reply = Browser::new(&server).sign_in("cara", PASSWORD, back)?;
        assert_eq!((reply.status, reply.header("location")), (303, to), "{back}");
        let shown = Browser::new(&server).get(&format!("/sign-in?back={}", back.replace('\t', "%09")))?.body;
        assert!(!shown.contains("evil"), "{back}");
    }
    let wrong = Browser::new(&server).sign_in("cara", "wrong", "/curate")?;
    assert_eq!(wrong.status, 401);
    assert!(wrong.body.contains("<title>Error: Sign in") && wrong.body.contains("value=\"/curate\""), "{}", wrong.body);
    assert!(wrong.body.contains("value=\"cara\"") && !wrong.body.contains("value=\"wrong\""), "{}", wrong.body);
    Ok(())
}

#[test]
fn a_password_is_changed_by_who_knows_the_old_one_and_ends_every_other_session() -> TestResult {
    let server = server(EVERYBODY)?;
    let mut other = Browser::signed_in(&server, "rita")?;
    let mut here = Browser::signed_in(&server, "rita")?;
    let new = "four other plain words";
    for (old, new, again, says) in [
        ("", new, new, "Enter the password that you have now"),
        (PASSWORD, "", "", "Enter a new password"),
        (PASSWORD, new, "another", "The two new passwords are not the same"),
        (PASSWORD, "short", "short", "The password is too short"),
        ("wrong password", new, new, "This is not the password that you have now"),
    ] {
        let fields = [("old", old), ("new", new), ("again", again)];
        let reply = here.act("/account/password", "/account/password", &fields)?;
        assert_eq!(reply.status, 422, "{says}");
        assert!(reply.body.contains(says) && reply.body.contains("<title>Error: Change"), "{says}: {}", reply.body);
        assert!(!reply.body.contains(PASSWORD), "a password is never shown again");
    }
    let kept = here.cookie.clone();
    let fields = [("old", PASSWORD), ("new", new), ("again", new)];
    let done = here.act("/account/password", "/account/password", &fields)?;
    assert_eq!((done.status, done.header("location")), (303, "/account?done=password"), "{}", done.body);
    assert_ne!(here.cookie, kept, "the session has another id");
    let account = here.get("/account?done=password")?;
    assert!(account.body.contains("Your password is changed") && account.body.contains("This browser, now"));
    assert_eq!(other.get("/account")?.status, 303, "the other session has ended");
    assert_eq!(Browser::with_cookie(&server, kept).get("/account")?.status, 303, "and so has the old id");
    assert_eq!(Browser::new(&server).sign_in("rita", new, "")?.status, 303);
    let told = log(&server)?;
    let refused = ("password.change".to_owned(), "user rita".to_owned(), "refused".to_owned());
    assert!(
        told.contains(&refused)
            && told.iter().any(|(action, _, outcome)| action == "password.change" && outcome == "done")
    );
    let mut third = Browser::new(&server);
    third.sign_in("rita", new, "")?;
    assert_eq!(here.act("/account", "/account/sign-out-everywhere", &[])?.status, 303);
    assert_eq!((here.get("/account")?.status, third.get("/account")?.status), (303, 303));
    Ok(())
}

#[test]
fn a_token_s_secret_is_shown_once_and_a_form_sent_twice_makes_one() -> TestResult {
    let server = server(EVERYBODY)?;
    let mut rita = Browser::signed_in(&server, "rita")?;
    let wrong = rita.act("/account/tokens", "/account/tokens", &[("days", "30")])?;
    assert!(wrong.status == 422 && wrong.body.contains("Enter what the token is for"), "{}", wrong.body);
    assert!(wrong.body.contains("Select what the token may do"));
    let page = rita.get("/account/tokens")?.body;
    let (csrf, id) = (between(&page, "name=\"csrf\" value=\"", "\""), between(&page, "name=\"id\" value=\"", "\""));
    let fields = [("csrf", csrf), ("id", id), ("name", "night <b>ly"), ("scope", "read"), ("days", "30")];
    let made = rita.post("/account/tokens", &fields)?;
    let secret = between(&made.body, "id=\"secret\">", "<").to_owned();
    assert!(made.status == 200 && secret.starts_with("lwt_"), "{}", made.body);
    let again = rita.post("/account/tokens", &fields)?;
    assert!(again.status == 422 && again.body.contains("made already"), "{}", again.body);
    let listed = rita.get("/account/tokens")?.body;
    assert!(listed.contains("night &lt;b&gt;ly") && !listed.contains(&secret), "{listed}");
    let ask = || {
        let body = json!({ "query": "{ viewer { name } }" }).to_string();
        let bearer = format!("Bearer {secret}");
        server.request(
            "POST",
            "/graphql",
            &[("Content-Type", "application/json"), ("Authorization", &bearer)],
            body.as_bytes(),
        )
    };
    assert_eq!(ask()?.json()?["data"]["viewer"]["name"], "rita");
    let bearer = format!("Bearer {secret}");
    let own = server.request("GET", "/account/tokens", &[("Authorization", &bearer)], &[])?;
    assert_eq!((own.status, own.code().as_str()), (403, "FORBIDDEN"), "no token looks after tokens");
    let mut cara = Browser::signed_in(&server, "cara")?;
    assert_eq!(cara.act("/account/tokens", "/account/tokens/revoke", &[("id", id)])?.status, 404, "it is not hers");
    let gone = rita.act("/account/tokens", "/account/tokens/revoke", &[("id", id)])?;
    assert_eq!((gone.status, gone.header("location")), (303, "/account/tokens?done=revoked"));
    assert_eq!(ask()?.status, 401);
    Ok(())
}

#[test]
fn an_administrator_looks_after_users_and_the_last_one_stays() -> TestResult {
    let server = server(EVERYBODY)?;
    let mut root = Browser::signed_in(&server, "root")?;
    for (fields, says) in [
        (&[("name", ""), ("role", "researcher")][..], "Enter a name"),
        (&[("name", "a b"), ("role", "researcher")], "letters, digits"),
        (&[("name", "new"), ("role", "curator")], "Select at least 1 data model"),
        (&[("name", "new"), ("role", "researcher"), ("model", "maternity")], "Data models are for curators"),
        (&[("name", "cara"), ("role", "researcher")], "There is a user “cara” already"),
    ] {
        let reply = root.act("/admin/users/add", "/admin/users/add", fields)?;
        assert!(reply.status == 422 && reply.body.contains(says), "{says}: {}", reply.body);
        assert!(reply.body.contains("<title>Error: Add a user"));
    }
    let fields = [("name", "Nora"), ("role", "curator"), ("model", "maternity"), ("new-model", "Births 2")];
    let made = root.act("/admin/users/add", "/admin/users/add", &fields)?;
    let password = between(&made.body, "id=\"secret\">", "<").to_owned();
    assert!(made.status == 200 && password.len() == 64, "{}", made.body);
    let mut nora = Browser::new(&server);
    assert_eq!(nora.sign_in("nora", &password, "")?.status, 303);
    assert_eq!(nora.get("/curate")?.status, 200);
    let page = root.get("/admin/user?name=nora")?.body;
    assert!(page.contains("Curator of births-2 and maternity") && !page.contains(&password), "{page}");

    let confirm = root.get("/admin/user/roles/confirm?name=nora&chosen=yes&role=researcher")?.body;
    assert!(confirm.contains("Curator of births-2 and maternity") && confirm.contains("<strong>Researcher</strong>"));
    let done = root.act(
        "/admin/user/roles/confirm?name=nora&role=researcher",
        "/admin/user/roles",
        &[("name", "nora"), ("role", "researcher")],
    )?;
    assert_eq!((done.status, done.header("location")), (303, "/admin/user?name=nora&done=roles"));
    assert_eq!(nora.get("/curate")?.status, 403, "it holds at once");

    let closed = root.act("/admin/user/close?name=nora", "/admin/user/close", &[("name", "nora")])?;
    assert_eq!(closed.status, 303, "{}", closed.body);
    assert_eq!(nora.get("/account")?.status, 303, "signed out");
    assert_eq!(Browser::new(&server).sign_in("nora", &password, "")?.status, 401);
    assert_eq!(root.act("/admin/user/reopen?name=nora", "/admin/user/reopen", &[("name", "nora")])?.status, 303);
    assert_eq!(nora.sign_in("nora", &password, "")?.status, 303);
    let reset = root.act("/admin/user/password?name=nora", "/admin/user/password", &[("name", "nora")])?;
    assert!(reset.status == 200 && between(&reset.body, "id=\"secret\">", "<").len() == 64);
    assert_eq!(nora.get("/account")?.status, 303, "a new password ends sessions");

    for (page, to) in [
        ("/admin/user/close?name=root", "/admin/user/close"),
        ("/admin/user/roles/confirm?name=root&role=researcher", "/admin/user/roles"),
    ] {
        let last = root.act(page, to, &[("name", "root"), ("role", "researcher")])?;
        assert!(last.status == 422 && last.body.contains("last administrator"), "{to}: {}", last.body);
    }
    assert_eq!(root.get("/admin/users")?.status, 200);
    assert_eq!(root.get("/admin/user?name=nobody")?.status, 404);
    let review = root.get("/admin/roles.csv")?.body;
    assert!(review.contains("root,linkwright,yes,no,no,,no,yes,0,"), "{review}");
    let settings = root.get("/admin/settings")?.body;
    assert!(settings.contains("Whose service it is"));
    Ok(())
}

#[test]
fn the_audit_log_is_searched_verified_and_exported() -> TestResult {
    let server = server(EVERYBODY)?;
    let mut root = Browser::signed_in(&server, "root")?;
    let hostile = "a\u{202e}b";
    let tokens = [("name", hostile), ("scope", "read"), ("days", "7")];
    root.act("/account/tokens", "/account/tokens", &tokens)?;
    root.act("/admin/user/close?name=rita", "/admin/user/close", &[("name", "rita")])?;
    let all = root.get("/admin/audit")?.body;
    assert!(all.contains("Verified up to entry 8.") && all.contains("8 entries"), "{all}");
    let found = root.get("/admin/audit?action=user.close")?.body;
    assert!(found.contains("1 entry") && found.contains("user rita") && !found.contains("</span>user.add"));
    for (query, entries) in [
        ("who=ROOT", "3 entries"),
        ("object=user+RITA", "2 entries"),
        ("object=%25", "0 entries"),
        ("from=2026-11-22&until=2026-11-22", "8 entries"),
        ("until=2026-11-21", "0 entries"),
        ("action=user.add&who=test", "4 entries"),
    ] {
        let page = root.get(&format!("/admin/audit?{query}"))?.body;
        assert!(page.contains(entries), "{query}: {page}");
    }
    let wrong = root.get("/admin/audit?from=yesterday")?;
    assert!(wrong.status == 422 && wrong.body.contains("From must be a day"), "{}", wrong.body);
    let csv = root.get("/admin/audit.csv?action=user.close")?.body;
    assert!(csv.contains("user.close,user rita,done") && csv.lines().count() == 2, "{csv}");
    let json = root.get("/admin/audit.json")?.json()?;
    assert_eq!(json["rows"]["entries"].as_array().map(Vec::len), Some(8));
    Ok(())
}

fn workbook(version: &str) -> anyhow::Result<Vec<u8>> {
    let server = Server::of(vec![model("Maternity", version)?], Limits::default())?;
    let files = server.app.export(&operator(), "workbook", &[])?;
    Ok(files.into_iter().next().ok_or_else(|| anyhow::anyhow!("no workbook"))?.bytes)
}

#[test]
fn a_curator_uploads_reads_what_was_found_publishes_and_brings_the_old_version_back() -> TestResult {
    let server = server(&[
        ("cara", Role::Curator, Some("maternity")),
        ("otto", Role::Curator, Some("wsic")),
        ("root", Role::Administrator, None),
    ])?;
    let mut cara = Browser::signed_in(&server, "cara")?;
    let mut otto = Browser::signed_in(&server, "otto")?;
    for (name, bytes, says) in [
        ("", &b""[..], "Select a workbook"),
        ("a.xlsx", b"no workbook", "The selected file must be an XLSX, XLS, XLSB or ODS"),
        ("a.xlsx", b"", "The selected file is empty"),
    ] {
        let reply = cara.upload(name, bytes)?;
        assert!(reply.status == 422 && reply.body.contains(says), "{says}: {} {}", reply.status, reply.body);
        assert!(reply.body.contains("<title>Error: "), "{says}");
    }
    let second = workbook("2")?;
    let refused = otto.upload("m.xlsx", &second)?;
    assert!(refused.status == 422 && refused.body.contains("of the data model maternity"), "{}", refused.body);

    let uploaded = cara.upload("m.xlsx", &second)?;
    assert_eq!(uploaded.status, 303, "{}", uploaded.body);
    let draft = uploaded.header("location").to_owned();
    let report = cara.get(&draft)?;
    assert_eq!(report.status, 200, "{}", report.body);
    for says in
        ["Rows in its sheets", "Rows understood", "What it changes", "Continue to publish", "m.xlsx", "Version 1"]
    {
        assert!(report.body.contains(says), "{says}: {}", report.body);
    }
    for ending in ["csv", "json"] {
        assert_eq!(cara.get(&format!("{draft}.{ending}"))?.status, 200, "{ending}");
    }
    assert!(cara.get("/curate")?.body.contains(&draft));
    let publish = format!("{draft}/publish");
    for page in [&draft, &publish, &format!("{draft}/discard")] {
        assert_eq!(otto.get(page)?.status, 404, "of another's upload nothing is told: {page}");
    }
    assert!(!otto.get("/curate")?.body.contains(&draft));
    for to in ["publish", "discard"] {
        let to = format!("{draft}/{to}");
        assert_eq!(otto.act("/account", &to, &[("note", "x"), ("sent", "yes")])?.status, 404, "{to}");
    }

    let silent = cara.act(&publish, &publish, &[("sent", "yes"), ("checked", "yes")])?;
    assert!(silent.status == 422 && silent.body.contains("Enter a note for readers"), "{}", silent.body);
    // Another upload of the same, which will be overtaken.
    let stale = cara.upload("again.xlsx", &second)?.header("location").to_owned();
    let fields = [("sent", "yes"), ("checked", "yes"), ("note", "Second <edition>")];
    let done = cara.act(&publish, &publish, &fields)?;
    assert_eq!((done.status, done.header("location")), (303, draft.as_str()), "{}", done.body);
    let page = cara.get(&draft)?.body;
    assert!(page.contains("version 2") && page.contains("Bring version 1 back"), "{page}");
    assert_eq!(cara.get(&publish)?.status, 303, "it is published already");
    let same = cara.upload("m.xlsx", &second)?;
    assert!(same.status == 200 && same.body.contains("This workbook changes nothing"), "{}", same.body);

    let overtaken = cara.get(&format!("{stale}/publish"))?.body;
    assert!(
        overtaken.contains("Someone else has published since") && !overtaken.contains("Publish now"),
        "{overtaken}"
    );
    let late = cara.act("/account", &format!("{stale}/publish"), &fields)?;
    assert!(late.status == 200 && late.body.contains("Someone else has published since"), "{}", late.body);
    let away = cara.act(&format!("{stale}/discard"), &format!("{stale}/discard"), &[])?;
    assert_eq!((away.status, away.header("location")), (303, "/curate?done=discarded"));
    assert!(cara.get(&stale)?.body.contains("This upload was discarded"));

    // What the first version refers to is not published, so that it cannot come back; the page says why.
    let fields = [("model", "maternity"), ("version", "1"), ("note", "The first was right")];
    let broken = cara.act("/curate/restore?model=maternity&version=1", "/curate/restore", &fields)?;
    assert!(broken.status == 422 && broken.body.contains("Nothing was published"), "{}", broken.body);
    let third = cara.upload("m.xlsx", &workbook("3")?)?.header("location").to_owned();
    let publish = format!("{third}/publish");
    let fields = [("sent", "yes"), ("checked", "yes"), ("note", "Third")];
    assert_eq!(cara.act(&publish, &publish, &fields)?.status, 303);
    let restore = "/curate/restore?model=maternity&version=2";
    let asks = cara.get(restore)?.body;
    assert!(asks.contains("Restoring version 2 makes a new version 4"), "{asks}");
    assert_eq!(otto.get(restore)?.status, 403);
    assert_eq!(cara.get("/curate/restore?model=maternity&version=9")?.status, 404);
    let fields = [("model", "maternity"), ("version", "2"), ("note", "The second was right")];
    assert_eq!(otto.act("/account", "/curate/restore", &fields)?.status, 403);
    let back = cara.act(restore, "/curate/restore", &fields)?;
    assert_eq!((back.status, back.header("location")), (303, "/curate?done=restored"), "{}", back.body);
    let dataset = between(&cara.get("/datasets")?.body, "href=\"/datasets/", "\"").to_owned();
    let history = cara.get(&format!("/datasets/{dataset}/history"))?.body;
    for says in ["Second &lt;edition&gt;", "The second was right", "brings back version 2", "Restore version 3"] {
        assert!(history.contains(says), "{says}: {history}");
    }
    let actions: Vec<String> = log(&server)?.into_iter().map(|(action, _, _)| action).collect();
    let mut wanted =
        vec!["rollback", "publish", "import", "discard", "publish", "import", "import"].into_iter().peekable();
    actions.iter().for_each(|action| {
        wanted.next_if(|wanted| wanted == action);
    });
    assert_eq!(wanted.next(), None, "{actions:?}");
    Ok(())
}
