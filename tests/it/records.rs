//! The record of every change (issue 6 §2, threats T27): at whichever door it is made, a change has exactly one row in the
//! audit log, with who, role, action, object, outcome, request, before and after; and where that row cannot be written,
//! nothing is changed.

use std::collections::BTreeSet;

use anyhow::Context;
use linkwright::config::{Limits, Rate, Rates};
use linkwright::domain::access::{Actor, ManageUsers, ReadAudit, Role, Scope};
use linkwright::domain::refs::Slug;
use linkwright::store::{AuditEntry, Content, Store};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::support::TestResult;
use crate::support::browser::{Browser, FORM, PASSWORD, between};
use crate::support::command::{linkwright, sqlite_in};
use crate::support::models::model;
use crate::support::server::{Reply, Server};

fn operator() -> Actor {
    Actor::LocalOperator { account: "test".to_owned() }
}

/// `maternity` with this label, as a workbook.
fn workbook(label: &str) -> anyhow::Result<Vec<u8>> {
    let server = Server::of(vec![model("Maternity", label)?], Limits::default())?;
    let files = server.app.export(&operator(), "workbook", &[])?;
    Ok(files.into_iter().next().context("no workbook")?.bytes)
}

/// A server whose audit log can be sealed, so that no row can be added.
struct House {
    server: Server,
    runtime: Runtime,
    raw: DatabaseConnection,
    store: Store,
}

/// What the row of a change must say: action, subject, role, part of the object.
type Due<'a> = (&'a str, &'a str, &'a str, &'a str);

impl House {
    fn build() -> anyhow::Result<Self> {
        let plenty = Rate { at_once: 1_000_000, per_minute: 1 };
        let rates = Rates { sign_in: plenty, session: plenty, upload: plenty, search: plenty, plan: plenty };
        let server = Server::of(vec![model("Maternity", "1")?], Limits { rates, ..Limits::default() })?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let permit = operator().permit::<ManageUsers>()?;
        for (name, role) in [
            ("root", Role::Administrator),
            ("cara", Role::Curator),
            ("rita", Role::Researcher),
            ("rob", Role::Researcher),
        ] {
            let models = if role == Role::Curator { BTreeSet::from([Slug::of("maternity")?]) } else { BTreeSet::new() };
            runtime.block_on(server.app.add_user(&permit, name, BTreeSet::from([role]), models, Some(PASSWORD)))?;
        }
        let raw = runtime.block_on(Database::connect(&server.database))?;
        let store = runtime.block_on(Store::open(&server.database, false))?;
        Ok(Self { server, runtime, raw, store })
    }

    fn rows(&self) -> anyhow::Result<Vec<AuditEntry>> {
        let permit = operator().permit::<ReadAudit>()?;
        Ok(self.runtime.block_on(self.server.app.audit_after(&permit, 0))?)
    }

    /// Everything that the database holds.
    fn content(&self) -> anyhow::Result<Content> {
        Ok(self.runtime.block_on(self.store.content())?)
    }

    fn sealed<T>(&self, work: impl FnOnce() -> T) -> anyhow::Result<T> {
        let seal = "CREATE TRIGGER sealed BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'sealed'); END";
        self.runtime.block_on(self.raw.execute_unprepared(seal))?;
        let done = work();
        self.runtime.block_on(self.raw.execute_unprepared("DROP TRIGGER sealed"))?;
        Ok(done)
    }

    /// Makes a change twice: first while nothing can be recorded, which must leave everything as it was; then in earnest.
    fn change(
        &self,
        what: &str,
        due: Due<'_>,
        mut make: impl FnMut() -> anyhow::Result<Reply>,
    ) -> anyhow::Result<Reply> {
        let before = self.content()?;
        let refused = self.sealed(&mut make)??;
        let failed = refused.status >= 500 || refused.code() == "INTERNAL";
        assert!(failed, "{what}, unrecorded: {} {}", refused.status, refused.body);
        let told = refused.body.to_lowercase();
        assert!(
            ["sealed", "sqlite", "sqlx", "audit_entry"].iter().all(|inside| !told.contains(inside)),
            "{what}: {told}"
        );
        assert_eq!(self.content()?, before, "{what} is not done without its row");

        let rows = self.rows()?.len();
        let reply = make()?;
        assert!(reply.status < 500 && reply.code().is_empty(), "{what}: {} {}", reply.status, reply.body);
        let added = self.rows()?.split_off(rows);
        let [row] = added.as_slice() else { anyhow::bail!("{what}: one row, not {added:#?}") };
        let (action, subject, role, object) = due;
        assert_eq!((&*row.action, &*row.subject, &*row.role), (action, subject, role), "{what}: {row:?}");
        assert!(row.object.contains(object), "{what}: {row:?}");
        assert_eq!(row.request_id, reply.header("x-request-id"), "{what}");
        let nobody = subject == "anonymous";
        assert_eq!(row.issuer, if nobody { "" } else { "linkwright" }, "{what}");
        assert_eq!(row.outcome, if nobody || what.contains("refused") { "refused" } else { "done" }, "{what}: {row:?}");
        let is_change = !action.starts_with("sign-") && row.outcome == "done";
        assert!(!is_change || (row.before != row.after && !row.after.is_empty()), "{what}: {row:?}");
        Ok(reply)
    }
}

#[test]
fn every_change_by_a_page_has_one_row_or_is_not_made() -> TestResult {
    let house = House::build()?;
    let server = &house.server;
    let (mut root, mut cara) = (Browser::signed_in(server, "root")?, Browser::signed_in(server, "cara")?);
    let (admin, curator) = ("administrator", "curator");

    // Signing in and out.
    let mut rita = Browser::new(server);
    rita.get("/sign-in")?;
    house.change("a sign-in", ("sign-in", "rita", "researcher", "user rita"), || rita.sign_in("rita", PASSWORD, ""))?;
    let mut wrong = Browser::new(server);
    wrong.get("/sign-in")?;
    let due = ("sign-in", "anonymous", "", "user rita");
    house.change("a sign-in with another password", due, || wrong.sign_in("rita", "not the password", ""))?;

    // One's own account.
    let own = |action, object| (action, "rita", "researcher", object);
    let token = [("name", "nightly"), ("scope", "read"), ("days", "7"), ("id", "00000000-0000-4000-8000-000000000007")];
    house.change("a token of one's own", own("token.add", "of user rita"), || {
        rita.act("/account/tokens", "/account/tokens", &token)
    })?;
    house.change("revoking it", own("token.revoke", "of user rita"), || {
        rita.act("/account/tokens", "/account/tokens/revoke", &[("id", token[3].1)])
    })?;
    let new = "four other plain words";
    let wrong = [("old", "not the password"), ("new", new), ("again", new)];
    house.change("a refused change of password", own("password.change", "user rita"), || {
        rita.act("/account/password", "/account/password", &wrong)
    })?;
    let right = [("old", PASSWORD), ("new", new), ("again", new)];
    house.change("a change of password", own("password.change", "user rita"), || {
        rita.act("/account/password", "/account/password", &right)
    })?;
    house.change("signing out everywhere", own("sign-out", "all sessions of user rita"), || {
        rita.act("/account", "/account/sign-out-everywhere", &[])
    })?;
    let mut rob = Browser::signed_in(server, "rob")?;
    house.change("signing out", ("sign-out", "rob", "researcher", "user rob"), || {
        rob.act("/account", "/sign-out", &[])
    })?;

    // Looking after users.
    for (what, page, to, fields, action) in [
        (
            "a new user",
            "/admin/users/add",
            "/admin/users/add",
            &[("name", "nora"), ("role", "researcher")][..],
            "user.add",
        ),
        (
            "other roles",
            "/admin/user/roles/confirm?name=nora&role=ig-reviewer",
            "/admin/user/roles",
            &[("name", "nora"), ("role", "ig-reviewer")],
            "user.roles",
        ),
        (
            "a new password",
            "/admin/user/password?name=nora",
            "/admin/user/password",
            &[("name", "nora")],
            "user.password",
        ),
        ("a closed account", "/admin/user/close?name=nora", "/admin/user/close", &[("name", "nora")], "user.close"),
        (
            "an account opened again",
            "/admin/user/reopen?name=nora",
            "/admin/user/reopen",
            &[("name", "nora")],
            "user.reopen",
        ),
    ] {
        house.change(what, (action, "root", admin, "user nora"), || root.act(page, to, fields))?;
    }

    // The life of a version.
    let by_cara = |action, object| (action, "cara", curator, object);
    let (second, third) = (workbook("2")?, workbook("3")?);
    let uploaded =
        house.change("an upload", by_cara("import", "of data model maternity"), || cara.upload("m.xlsx", &second))?;
    let draft = uploaded.header("location").to_owned();
    let publish = format!("{draft}/publish");
    let fields = [("sent", "yes"), ("checked", "yes"), ("note", "Second")];
    house.change("a publish", by_cara("publish", "data model maternity"), || cara.act(&publish, &publish, &fields))?;
    let draft = cara.upload("m.xlsx", &third)?.header("location").to_owned();
    let away = format!("{draft}/discard");
    house.change("a discard", by_cara("discard", "draft"), || cara.act(&away, &away, &[]))?;
    let publish = format!("{}/publish", cara.upload("m.xlsx", &third)?.header("location"));
    assert_eq!(cara.act(&publish, &publish, &fields)?.status, 303);
    let back = [("model", "maternity"), ("version", "2"), ("note", "The second was right")];
    house.change("a version brought back", by_cara("rollback", "data model maternity"), || {
        cara.act("/curate/restore?model=maternity&version=2", "/curate/restore", &back)
    })?;
    let head = house.runtime.block_on(server.app.audit_head())?;
    assert_eq!(house.runtime.block_on(server.app.verify_audit(&operator().permit()?, Some(head.clone())))?, Ok(head));
    Ok(())
}

#[test]
fn every_change_by_a_program_has_one_row_or_is_not_made() -> TestResult {
    let house = House::build()?;
    let server = &house.server;
    let permit = operator().permit::<ManageUsers>()?;
    let scopes = BTreeSet::from([Scope::Read, Scope::Curate]);
    let (_, secret) = house.runtime.block_on(server.app.add_token(&permit, "cara", "test", scopes, 1))?;
    let bearer = format!("Bearer {}", secret.expose());
    let import = |file: &[u8]| {
        let headers = [("Content-Type", "application/octet-stream"), ("Authorization", bearer.as_str())];
        server.request("POST", "/import?name=m.xlsx", &headers, file)
    };
    let mutate = |mutation: &str| {
        let body = json!({ "query": format!("mutation {{ {mutation} {{ outcome message }} }}") }).to_string();
        let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
        let reply = server.request("POST", "/graphql", &headers, body.as_bytes())?;
        anyhow::ensure!(!reply.body.contains("REFUSED") && !reply.body.contains("NOT_FOUND"), "{}", reply.body);
        Ok(reply)
    };
    let draft = |reply: Reply| {
        Ok::<_, anyhow::Error>(reply.json()?["models"][0]["draft"].as_str().context("no draft")?.to_owned())
    };
    let due = |action, object| (action, "cara", "curator", object);
    let (second, third) = (workbook("2")?, workbook("3")?);

    let made = draft(house.change("an import", due("import", "of data model maternity"), || import(&second))?)?;
    let publish = format!("publishDataModel(draft: \"{made}\")");
    house.change("a publish", due("publish", "data model maternity"), || mutate(&publish))?;
    let made = draft(import(&third)?)?;
    let discard = format!("discardDraft(draft: \"{made}\")");
    house.change("a discard", due("discard", &made), || mutate(&discard))?;
    let made = draft(import(&third)?)?;
    mutate(&format!("publishDataModel(draft: \"{made}\")"))?;
    let back = "rollbackDataModel(slug: \"maternity\", version: 2)";
    house.change("a rollback", due("rollback", "data model maternity"), || mutate(back))?;

    // What changes nothing has no row.
    let rows = house.rows()?.len();
    import(b"no workbook")?;
    server.request("POST", "/list", &[FORM], b"item=maternity")?;
    server.get("/sign-in")?;
    assert_eq!(house.rows()?.len(), rows);
    Ok(())
}

#[test]
fn whoever_is_known_and_turned_away_is_recorded_at_every_door() -> TestResult {
    let house = House::build()?;
    let server = &house.server;
    let permit = operator().permit::<ManageUsers>()?;
    let scopes = BTreeSet::from([Scope::Read, Scope::Curate]);
    let (_, secret) = house.runtime.block_on(server.app.add_token(&permit, "rita", "test", scopes, 1))?;
    let bearer = ("Authorization", format!("Bearer {}", secret.expose()));
    let bearer = (bearer.0, bearer.1.as_str());
    let mut rita = Browser::signed_in(server, "rita")?;
    let json = ("Content-Type", "application/json");
    let mutation = json!({ "query": "mutation { discardDraft(draft: \"x\") { outcome } }" }).to_string();
    type Ask<'a> = Box<dyn FnMut() -> anyhow::Result<Reply> + 'a>;
    let doors: Vec<(&str, u16, &str, Ask<'_>)> = vec![
        ("an upload", 403, "POST /import", {
            Box::new(|| server.request("POST", "/import?name=m.xlsx", &[bearer], b"x"))
        }),
        ("a mutation", 200, "POST /graphql", {
            Box::new(|| server.request("POST", "/graphql", &[bearer, json], mutation.as_bytes()))
        }),
        (
            "a page for programs",
            403,
            "GET /admin/users",
            Box::new(|| server.request("GET", "/admin/users", &[bearer], &[])),
        ),
        ("a page", 403, "GET /admin/users", Box::new(|| rita.get("/admin/users"))),
    ];
    for (what, status, object, mut ask) in doors {
        let rows = house.rows()?.len();
        let reply = ask()?;
        assert_eq!(reply.status, status, "{what}: {}", reply.body);
        let added = house.rows()?.split_off(rows);
        let [row] = added.as_slice() else { anyhow::bail!("{what}: one row, not {added:#?}") };
        assert_eq!((&*row.action, &*row.outcome, &*row.subject), ("turned away", "refused", "rita"), "{what}");
        assert_eq!((&*row.object, &*row.request_id), (object, reply.header("x-request-id")), "{what}");
        assert!(row.after.contains("may not") && row.before.is_empty(), "{what}: {row:?}");
    }
    // Where it cannot be recorded they are turned away all the same; and nobody in particular is not recorded at all.
    let sealed = house.sealed(|| server.request("GET", "/admin/users", &[bearer], &[]))??;
    assert_eq!(sealed.status, 403);
    let rows = house.rows()?.len();
    assert_eq!(server.request("POST", "/import?name=m.xlsx", &[], b"x")?.status, 401);
    assert_eq!(server.get("/nowhere")?.status, 404);
    assert_eq!(house.rows()?.len(), rows);
    // Whoever goes on and on does not fill the database.
    for _ in 0..150 {
        server.request("GET", "/admin/users", &[bearer], &[])?;
    }
    assert!((50..120).contains(&(house.rows()?.len() - rows)), "{}", house.rows()?.len() - rows);
    Ok(())
}

#[test]
fn every_change_by_a_command_has_one_row() -> TestResult {
    let folder = tempfile::TempDir::new()?;
    let url = sqlite_in(folder.path());
    let mut rows = 0;
    let mut change = |action: &str, arguments: &[&str]| -> anyhow::Result<String> {
        let answer = linkwright(&url, arguments)?;
        anyhow::ensure!(answer.status == 0, "{arguments:?}: {}{}", answer.out, answer.err);
        let log = linkwright(&url, &["audit", "list", "--most", "1000", "--format", "json"])?.json()?;
        let log = log["entries"].as_array().context("no entries")?.clone();
        assert_eq!(log.len(), rows + 1, "{arguments:?}: {log:#?}");
        rows = log.len();
        let row = &log[0];
        assert_eq!((row["action"].as_str(), row["outcome"].as_str()), (Some(action), Some("done")), "{row}");
        assert_eq!((row["issuer"].as_str(), row["role"].as_str()), (Some("local"), Some("local operator")), "{row}");
        assert!(row["before"] != row["after"] && row["subject"] != "" && row["object"] != "", "{row}");
        Ok(answer.out)
    };
    let folder = folder.path();
    let file = |name: &str| folder.join(name).display().to_string();
    std::fs::write(file("2.xlsx"), workbook("2")?)?;
    std::fs::write(file("3.xlsx"), workbook("3")?)?;
    change("user.add", &["user", "first-administrator", "root"])?;
    change("user.add", &["user", "add", "rita", "--role", "researcher"])?;
    change("user.roles", &["user", "roles", "rita", "--role", "ig-reviewer"])?;
    change("user.password", &["user", "password", "rita"])?;
    let token = change("token.add", &["token", "add", "rita", "--name", "n", "--scope", "read", "--format", "json"])?;
    let token: serde_json::Value = serde_json::from_str(&token)?;
    change("token.revoke", &["token", "revoke", token["id"].as_str().context("no id")?])?;
    change("user.close", &["user", "close", "rita"])?;
    change("user.reopen", &["user", "reopen", "rita"])?;
    change("publish", &["import", &file("2.xlsx"), "--publish"])?;
    let id = |out: String| -> anyhow::Result<String> {
        let report: serde_json::Value = serde_json::from_str(&out)?;
        Ok(report["models"][0]["draft"].as_str().context("no draft")?.to_owned())
    };
    let draft = id(change("import", &["import", &file("3.xlsx"), "--format", "json"])?)?;
    change("discard", &["discard", &draft])?;
    let draft = id(change("import", &["import", &file("3.xlsx"), "--format", "json"])?)?;
    change("publish", &["publish", &draft])?;
    change("rollback", &["rollback", "maternity", "1"])?;
    let kept = linkwright(&url, &["backup", &file("backup")])?;
    assert_eq!(kept.status, 0, "{}", kept.err);
    change("restore", &["restore", &file("backup"), "--replace"])?;
    let verified = linkwright(&url, &["audit", "verify"])?;
    assert!(verified.status == 0, "{}{}", verified.out, verified.err);
    assert!(!between(&verified.out, "", "\n").is_empty(), "{}", verified.out);
    Ok(())
}
