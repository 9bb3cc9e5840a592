//! Who may see and do what, and the record of it: accounts, tokens, sessions, the audit log.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use linkwright::app::App;
use linkwright::clock::Clock;
use linkwright::domain::access::{Actor, Curate, ManageUsers, ReadAudit, Role, Scope};
use linkwright::domain::words::Visibility;
use sea_orm::{ConnectionTrait, Database};

use crate::support::TestResult;
use crate::support::command::{linkwright, sqlite_in};
use crate::support::database::{TestDatabase, on_both};

/// A clock that a test moves.
#[derive(Debug)]
struct Hand(Mutex<Timestamp>);

impl Hand {
    fn advance(&self, minutes: u64) {
        let mut at = self.0.lock().expect("the clock");
        *at += Duration::from_secs(minutes * 60);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("the clock")
    }

    fn running(&self) -> Duration {
        Duration::ZERO
    }
}

async fn app(database: &TestDatabase) -> anyhow::Result<(App, Arc<Hand>)> {
    let clock = Arc::new(Hand(Mutex::new("2026-11-24T09:00:00Z".parse()?)));
    let exe = PathBuf::from(env!("CARGO_BIN_EXE_linkwright"));
    Ok((App::open(&database.url, true, clock.clone(), exe).await?, clock))
}

fn operator() -> Actor {
    Actor::LocalOperator { account: "test".to_owned() }
}

const PASSWORD: &str = "three plain words here";

async fn with_ada(app: &App, roles: &[Role]) -> anyhow::Result<()> {
    let roles: BTreeSet<Role> = roles.iter().copied().collect();
    app.add_user(&operator().permit()?, "Ada", roles, BTreeSet::new(), Some(PASSWORD)).await?;
    Ok(())
}

on_both! {
    a_session_begins_anew_at_sign_in_and_ends_by_itself,
    a_session_ends_with_the_account_and_rights_are_read_anew,
    a_token_is_good_for_its_scope_and_its_time,
    every_change_has_one_row_in_the_log_and_the_chain_holds,
    a_log_that_was_changed_in_the_database_is_found_out,
    a_thousand_random_tamperings_in_the_database_are_found_out,
    at_the_same_moment_rows_are_numbered_one_after_the_other,
}

async fn a_session_begins_anew_at_sign_in_and_ends_by_itself(database: &TestDatabase) -> TestResult {
    let (app, clock) = app(database).await?;
    with_ada(&app, &[Role::Researcher]).await?;
    let before = app.begin_session().await?;
    assert_eq!(before.session.actor, Actor::Anonymous);
    for (name, password) in [("ada", "wrong password"), ("nobody", PASSWORD), ("ada", "")] {
        assert!(app.sign_in(name, password, None, "r").await?.is_none(), "{name}");
    }
    let held = Some(before.session.fingerprint);
    let after = app.sign_in(" ADA ", PASSWORD, held, "r").await?.ok_or_else(|| anyhow::anyhow!("not signed in"))?;
    assert!(app.session(before.id.expose()).await?.is_none(), "the id of before is worth nothing now");
    assert_ne!(before.session.csrf, after.session.csrf);
    let seen = app.session(after.id.expose()).await?.ok_or_else(|| anyhow::anyhow!("no session"))?;
    assert_eq!(seen.actor.sees(), Visibility::Registered);
    // Used every 20 minutes it lives, but not for longer than 12 hours.
    for _ in 0..35 {
        clock.advance(20);
        assert!(app.session(after.id.expose()).await?.is_some());
    }
    clock.advance(20);
    assert!(app.session(after.id.expose()).await?.is_none(), "twelve hours are over");
    let idle = app.sign_in("ada", PASSWORD, None, "r").await?.ok_or_else(|| anyhow::anyhow!("not signed in"))?;
    let nobodys = app.begin_session().await?;
    clock.advance(30);
    assert!(app.session(idle.id.expose()).await?.is_none(), "idle for half an hour");
    assert!(app.session(nobodys.id.expose()).await?.is_some(), "a list is kept from one visit to the next");
    assert_eq!(app.sweep_sessions().await?, 2);
    clock.advance(12 * 60);
    assert_eq!(app.sweep_sessions().await?, 1, "nothing was collected in it");
    assert!(app.session(nobodys.id.expose()).await?.is_none());
    let out = app.sign_in("ada", PASSWORD, None, "r").await?.ok_or_else(|| anyhow::anyhow!("not signed in"))?;
    app.sign_out(&out.session, "r").await?;
    assert!(app.session(out.id.expose()).await?.is_none());
    Ok(())
}

async fn a_session_ends_with_the_account_and_rights_are_read_anew(database: &TestDatabase) -> TestResult {
    let (app, _) = app(database).await?;
    app.first_administrator(&operator().permit()?, "root").await?;
    with_ada(&app, &[Role::Administrator]).await?;
    let begun = app.sign_in("ada", PASSWORD, None, "r").await?.ok_or_else(|| anyhow::anyhow!("not signed in"))?;
    let manage = operator().permit::<ManageUsers>()?;
    app.set_roles(&manage, "ada", BTreeSet::new(), BTreeSet::new()).await?;
    let seen = app.session(begun.id.expose()).await?.ok_or_else(|| anyhow::anyhow!("no session"))?;
    assert!(seen.actor.permit::<ManageUsers>().is_err(), "the role went during the session");
    let last = app.close_user(&manage, "root").await;
    assert!(last.is_err_and(|error| error.code() == "BAD_REQUEST" && error.to_string().contains("last administrator")));
    let none = app.set_roles(&manage, "root", BTreeSet::new(), BTreeSet::new()).await;
    assert!(none.is_err_and(|error| error.code() == "BAD_REQUEST"));
    app.close_user(&manage, "ada").await?;
    assert!(app.session(begun.id.expose()).await?.is_none());
    assert!(app.sign_in("ada", PASSWORD, None, "r").await?.is_none(), "a closed account does not sign in");
    let again = app.add_user(&manage, "ada", BTreeSet::new(), BTreeSet::new(), Some(PASSWORD)).await;
    assert!(again.is_err_and(|error| error.code() == "BAD_REQUEST"), "names are not used twice");
    Ok(())
}

async fn a_token_is_good_for_its_scope_and_its_time(database: &TestDatabase) -> TestResult {
    let (app, clock) = app(database).await?;
    with_ada(&app, &[Role::Researcher]).await?;
    let manage = operator().permit::<ManageUsers>()?;
    let (id, secret) = app.add_token(&manage, "ada", "nightly", BTreeSet::from([Scope::Read]), 30).await?;
    let actor = app.actor_of_token(secret.expose()).await?.ok_or_else(|| anyhow::anyhow!("not known"))?;
    assert_eq!(actor.sees(), Visibility::Registered);
    assert!(actor.permit::<Curate>().is_err());
    for wrong in ["", "lwt_", &secret.expose().replace("lwt_", ""), &format!("lwt_{}", "0".repeat(64))] {
        assert_eq!(app.actor_of_token(wrong).await?, None, "{wrong}");
    }
    clock.advance(30 * 24 * 60);
    assert_eq!(app.actor_of_token(secret.expose()).await?, None, "expired");
    let (_, other) = app.add_token(&manage, "ada", "other", BTreeSet::from([Scope::Read]), 1).await?;
    assert!(app.actor_of_token(other.expose()).await?.is_some());
    app.revoke_token(&manage, id).await?;
    assert!(app.revoke_token(&manage, id).await.is_err(), "once");
    app.close_user(&manage, "ada").await?;
    assert_eq!(app.actor_of_token(other.expose()).await?, None, "the owner is gone");
    Ok(())
}

async fn every_change_has_one_row_in_the_log_and_the_chain_holds(database: &TestDatabase) -> TestResult {
    let (app, _) = app(database).await?;
    let manage = operator().permit::<ManageUsers>()?;
    app.first_administrator(&manage, "root").await?;
    let second = app.first_administrator(&manage, "root2").await;
    assert!(second.is_err_and(|error| error.to_string().contains("administrator already")));
    with_ada(&app, &[Role::Researcher]).await?;
    app.set_roles(&manage, "ada", BTreeSet::from([Role::IgReviewer]), BTreeSet::new()).await?;
    let (id, _) = app.add_token(&manage, "ada", "t", BTreeSet::from([Scope::Read]), 1).await?;
    app.revoke_token(&manage, id).await?;
    assert!(app.sign_in("ada", "wrong", None, "request-7").await?.is_none());
    let begun = app.sign_in("ada", PASSWORD, None, "request-8").await?.ok_or_else(|| anyhow::anyhow!("refused"))?;
    app.begin_session().await?;
    app.sign_out(&begun.session, "request-9").await?;
    app.close_user(&manage, "ada").await?;
    let log = app.audit_after(&operator().permit::<ReadAudit>()?, 0).await?;
    let told: Vec<(&str, &str)> = log.iter().map(|entry| (&*entry.action, &*entry.outcome)).collect();
    let done = ["user.add", "user.add", "user.roles", "token.add", "token.revoke"].map(|action| (action, "done"));
    let mut expected = done.to_vec();
    expected.extend([("sign-in", "refused"), ("sign-in", "done"), ("sign-out", "done"), ("user.close", "done")]);
    assert_eq!(told, expected);
    assert_eq!((&*log[2].before, &*log[2].after), ("researcher", "ig-reviewer"));
    assert_eq!((&*log[2].issuer, &*log[2].subject, &*log[2].role), ("local", "test", "local operator"));
    assert_eq!(log[6].request_id, "request-8");
    let head = app.audit_head().await?;
    let kept = Some(head.clone());
    assert_eq!(app.verify_audit(&operator().permit::<ReadAudit>()?, kept).await?, Ok(head));
    Ok(())
}

async fn a_log_that_was_changed_in_the_database_is_found_out(database: &TestDatabase) -> TestResult {
    let (app, _) = app(database).await?;
    for _ in 0..4 {
        app.sign_in("nobody", "x", None, "r").await?;
    }
    let audit = operator().permit::<ReadAudit>()?;
    let kept = Some(app.audit_head().await?);
    let raw = Database::connect(&database.url).await?;
    for (change, back) in [
        (
            "UPDATE audit_entry SET outcome = 'done' WHERE seq = 2",
            "UPDATE audit_entry SET outcome = 'refused' WHERE seq = 2",
        ),
        ("UPDATE audit_entry SET at = at + 1 WHERE seq = 4", "UPDATE audit_entry SET at = at - 1 WHERE seq = 4"),
    ] {
        raw.execute_unprepared(change).await?;
        assert!(app.verify_audit(&audit, None).await?.is_err(), "{change}");
        raw.execute_unprepared(back).await?;
        assert!(app.verify_audit(&audit, kept.clone()).await?.is_ok(), "{back}");
    }
    raw.execute_unprepared("DELETE FROM audit_entry WHERE seq = 4").await?;
    assert!(app.verify_audit(&audit, None).await?.is_ok(), "without a head a cut tail cannot be seen");
    assert!(app.verify_audit(&audit, kept.clone()).await?.is_err());
    raw.execute_unprepared("DELETE FROM audit_entry WHERE seq = 2").await?;
    assert!(app.verify_audit(&audit, None).await?.is_err());
    raw.close().await?;
    Ok(())
}

/// Numbers that are the same in every run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

async fn a_thousand_random_tamperings_in_the_database_are_found_out(database: &TestDatabase) -> TestResult {
    const ROWS: u64 = 12;
    let (app, _) = app(database).await?;
    for _ in 0..ROWS {
        app.sign_in("nobody", "x", None, "request").await?;
    }
    let audit = operator().permit::<ReadAudit>()?;
    let kept = Some(app.audit_head().await?);
    let raw = Database::connect(&database.url).await?;
    if database.url.starts_with("sqlite") {
        raw.execute_unprepared("PRAGMA synchronous = OFF").await?;
    }
    raw.execute_unprepared("CREATE TABLE kept AS SELECT * FROM audit_entry").await?;
    let texts = ["issuer", "subject", "role", "action", "object", "outcome", "request_id", "before", "after"];
    let mut numbers = Numbers(0x2026_1125);
    for round in 0..1_000 {
        let (seq, other) = (1 + numbers.below(ROWS), 1 + numbers.below(ROWS - 1));
        let other = if other < seq { other } else { other + 1 };
        let column = texts[usize::try_from(numbers.below(9))?];
        let change = match round % 7 {
            0 => format!("UPDATE audit_entry SET \"{column}\" = \"{column}\" || 'x' WHERE seq = {seq}"),
            1 => format!("UPDATE audit_entry SET at = at + {other} WHERE seq = {seq}"),
            2 => format!("DELETE FROM audit_entry WHERE seq = {seq}"),
            // Two rows in each other's place.
            3 => format!(
                "UPDATE audit_entry SET seq = 999 WHERE seq = {seq}; \
                          UPDATE audit_entry SET seq = {seq} WHERE seq = {other}; \
                          UPDATE audit_entry SET seq = {other} WHERE seq = 999"
            ),
            4 => format!("DELETE FROM audit_entry WHERE seq >= {seq}"),
            5 => format!("UPDATE audit_entry SET hash = (SELECT hash FROM kept WHERE seq = {other}) WHERE seq = {seq}"),
            _ => format!("UPDATE audit_entry SET previous = hash WHERE seq = {seq}"),
        };
        raw.execute_unprepared(&change).await?;
        assert!(app.verify_audit(&audit, kept.clone()).await?.is_err(), "round {round}: {change}");
        raw.execute_unprepared("DELETE FROM audit_entry; INSERT INTO audit_entry SELECT * FROM kept").await?;
    }
    assert!(app.verify_audit(&audit, kept).await?.is_ok());
    raw.close().await?;
    // As whoever keeps the log asks: the command, with the head that was kept.
    let head = linkwright(&database.url, &["audit", "head"])?.out;
    let verify = |head: &str| linkwright(&database.url, &["audit", "verify", "--head", head.trim()]);
    let whole = verify(&head)?;
    assert_eq!(whole.status, 0, "{}{}", whole.out, whole.err);
    let raw = Database::connect(&database.url).await?;
    raw.execute_unprepared(&format!("DELETE FROM audit_entry WHERE seq = {ROWS}")).await?;
    raw.close().await?;
    let cut = verify(&head)?;
    assert!(cut.status == 1 && format!("{}{}", cut.out, cut.err).contains("cut off"), "{}{}", cut.out, cut.err);
    Ok(())
}

async fn at_the_same_moment_rows_are_numbered_one_after_the_other(database: &TestDatabase) -> TestResult {
    let (one, _) = app(database).await?;
    let (two, _) = app(database).await?;
    let attempts = |app: App| async move {
        for _ in 0..10 {
            app.sign_in("nobody", "x", None, "r").await?;
        }
        anyhow::Ok(app)
    };
    let (one, two) = tokio::join!(tokio::spawn(attempts(one)), tokio::spawn(attempts(two)));
    two??;
    let head = one??.verify_audit(&operator().permit::<ReadAudit>()?, None).await??;
    assert_eq!(head.seq, 20);
    Ok(())
}

#[test]
fn the_commands_make_users_and_tokens_and_show_the_log() -> TestResult {
    let folder = tempfile::TempDir::new()?;
    let url = sqlite_in(folder.path());
    let run = |arguments: &[&str]| linkwright(&url, arguments);
    let first = run(&["user", "first-administrator", "root"])?;
    assert_eq!(first.status, 0, "{}", first.err);
    assert!(first.out.contains("shown only now"));
    assert_eq!(run(&["user", "first-administrator", "eve"])?.status, 2);
    let file = folder.path().join("password");
    std::fs::write(&file, "short\n")?;
    let file = file.display().to_string();
    let weak = run(&["user", "add", "ada", "--role", "researcher", "--password-file", &file])?;
    assert!(weak.status == 2 && weak.err.contains("at least 12"), "{}", weak.err);
    let nobody = run(&["user", "add", "cara", "--role", "curator"])?;
    assert!(nobody.status == 2 && nobody.err.contains("--model"), "{}", nobody.err);
    let added = run(&["user", "add", "cara", "--role", "curator", "--model", "maternity", "--format", "json"])?;
    assert_eq!(added.json()?["password"].as_str().map(str::len), Some(64));
    let listed = run(&["user", "list"])?.out;
    assert_eq!(listed, "cara  curator of maternity\nroot  administrator\n");
    let token =
        run(&["token", "add", "cara", "--name", "a\u{1b}[2Jb", "--scope", "read", "--format", "json"])?.json()?;
    assert!(token["token"].as_str().is_some_and(|secret| secret.starts_with("lwt_")));
    let tokens = run(&["token", "list"])?.out;
    assert!(tokens.contains("a\\u{1b}[2Jb") && !tokens.contains('\u{1b}') && !tokens.contains("lwt_"), "{tokens}");
    let head = run(&["audit", "head"])?.out;
    assert!(head.starts_with("3:"), "{head}");
    let whole = run(&["audit", "verify", "--head", head.trim()])?;
    assert!(whole.status == 0 && whole.out.contains("3 entries"), "{}", whole.out);
    assert_eq!(run(&["audit", "export"])?.out.lines().count(), 3);
    let wrong = run(&["audit", "verify", "--head", &format!("9:{}", "0".repeat(64)), "--format", "json"])?;
    assert_eq!((wrong.status, wrong.json()?["whole"].as_bool()), (1, Some(false)));
    Ok(())
}

#[test]
fn an_open_address_is_not_served_without_an_administrator_or_with_a_readable_database() -> TestResult {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::TempDir::new()?;
    let url = sqlite_in(folder.path());
    let refused = linkwright(&url, &["serve", "--listen", "0.0.0.0:0"])?;
    assert_eq!(refused.status, 2, "{}", refused.err);
    assert!(refused.err.contains("user first-administrator NAME"), "{}", refused.err);
    assert_eq!(linkwright(&url, &["user", "first-administrator", "root"])?.status, 0);
    let file = folder.path().join("linkwright.db");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644))?;
    let refused = linkwright(&url, &["serve", "--listen", "[::]:0"])?;
    assert!(refused.status == 2 && refused.err.contains("chmod o-rwx"), "{}", refused.err);
    assert!(!refused.err.contains("administrator"), "{}", refused.err);
    Ok(())
}
