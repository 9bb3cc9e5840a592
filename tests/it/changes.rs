//! Changes over HTTP, end to end as a curator: a workbook becomes a draft, the draft a version, an old version comes
//! back; each with its payload, its effect and its row in the audit log.

use std::collections::BTreeSet;
use std::sync::Arc;

use linkwright::config::Limits;
use linkwright::domain::access::{Actor, ManageUsers, Role, Scope};
use linkwright::domain::data_model::DataModel;
use linkwright::domain::refs::Slug;
use serde_json::{Value, json};

use crate::support::TestResult;
use crate::support::models::model;
use crate::support::server::{Reply, Server};

/// A server whose only data model is `maternity`, and its curator, as they send requests.
struct Curated {
    server: Server,
    bearer: String,
}

fn operator() -> Actor {
    Actor::LocalOperator { account: "test".to_owned() }
}

fn run<T>(work: impl Future<Output = Result<T, linkwright::app::AppError>>) -> anyhow::Result<T> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)?)
}

impl Curated {
    fn start() -> anyhow::Result<Self> {
        Self::start_with(vec![model("Maternity", "1")?])
    }

    fn start_with(models: Vec<Arc<DataModel>>) -> anyhow::Result<Self> {
        let server = Server::of(models, Limits::default())?;
        let permit = operator().permit::<ManageUsers>()?;
        let (roles, models) = (BTreeSet::from([Role::Curator]), BTreeSet::from([Slug::of("maternity")?]));
        let bearer = run(async {
            server.app.add_user(&permit, "cara", roles, models, Some("three plain words here")).await?;
            let scopes = BTreeSet::from([Scope::Read, Scope::Curate]);
            let (_, secret) = server.app.add_token(&permit, "cara", "test", scopes, 1).await?;
            Ok(format!("Bearer {}", secret.expose()))
        })?;
        Ok(Self { server, bearer })
    }

    fn import(&self, file: &[u8]) -> anyhow::Result<Reply> {
        let headers = [("Content-Type", "application/octet-stream"), ("Authorization", self.bearer.as_str())];
        self.server.request("POST", "/import?name=m.xlsx", &headers, file)
    }

    fn draft(&self, label: &str) -> anyhow::Result<String> {
        let reply = self.import(&workbook(label)?)?;
        anyhow::ensure!(reply.status == 200, "{}", reply.body);
        Ok(reply.json()?["models"][0]["draft"].as_str().unwrap_or_default().to_owned())
    }

    /// Sends a mutation, under a key where one is given; the whole answer.
    fn send(&self, mutation: &str, key: Option<&str>) -> anyhow::Result<Value> {
        let body = json!({ "query": format!("mutation {{ it: {mutation} {{ outcome slug version message }} }}") });
        let mut headers = vec![("Content-Type", "application/json"), ("Authorization", self.bearer.as_str())];
        headers.extend(key.map(|key| ("Idempotency-Key", key)));
        self.server.request("POST", "/graphql", &headers, body.to_string().as_bytes())?.json()
    }

    fn change(&self, mutation: &str) -> anyhow::Result<Value> {
        let answer = self.send(mutation, None)?;
        anyhow::ensure!(answer.get("errors").is_none(), "{mutation}: {answer}");
        Ok(answer["data"]["it"].clone())
    }

    /// The newest row of the log: action, object, before, after, role, name.
    fn last_row(&self) -> anyhow::Result<[String; 6]> {
        let log = run(self.server.app.audit_newest(&operator().permit()?, 1))?;
        let row = log.into_iter().next().ok_or_else(|| anyhow::anyhow!("no row"))?;
        anyhow::ensure!(row.outcome == "done" && row.request_id.len() == 32, "{row:?}");
        Ok([row.action, row.object, row.before, row.after, row.role, row.subject])
    }
}

/// `maternity` with this label, as a workbook.
fn workbook(label: &str) -> anyhow::Result<Vec<u8>> {
    let server = Server::of(vec![model("Maternity", label)?], Limits::default())?;
    let files = server.app.export(&operator(), "workbook", &[])?;
    Ok(files.into_iter().next().ok_or_else(|| anyhow::anyhow!("no workbook"))?.bytes)
}

const TITLE: &str = "{ dataset(ref: \"maternity\") { title dataModel { version } } }";

#[test]
fn a_curator_publishes_discards_and_rolls_back_over_http() -> TestResult {
    let curated = Curated::start()?;
    let shown = || curated.server.data(TITLE, json!({}));

    let draft = curated.draft("2")?;
    let made = curated.change(&format!("publishDataModel(draft: \"{draft}\")"))?;
    let told = json!({ "outcome": "DONE", "slug": "maternity", "version": 2, "message": "maternity is published as version 2" });
    assert_eq!(made, told);
    assert_eq!(shown()?["dataset"]["title"], "Maternity, version 2");
    let row = ["publish", "data model maternity", "version 1", "version 2", "curator", "cara"];
    assert_eq!(curated.last_row()?, row);

    let draft = curated.draft("3")?;
    curated.change(&format!("publishDataModel(draft: \"{draft}\")"))?;
    let draft = curated.draft("4")?;
    let gone = curated.change(&format!("discardDraft(draft: \"{draft}\")"))?;
    assert_eq!((&gone["outcome"], &gone["version"]), (&json!("DONE"), &Value::Null), "{gone}");
    assert_eq!(curated.last_row()?[..2], ["discard".to_owned(), format!("draft {draft}")]);
    let again = curated.change(&format!("discardDraft(draft: \"{draft}\")"))?;
    assert_eq!(again["outcome"], "ALREADY_DONE");
    let late = curated.change(&format!("publishDataModel(draft: \"{draft}\")"))?;
    assert_eq!(late["outcome"], "REFUSED");

    let back = curated.change("rollbackDataModel(slug: \"maternity\", version: 2)")?;
    assert_eq!((&back["outcome"], &back["version"]), (&json!("DONE"), &json!(4)), "{back}");
    let now = shown()?;
    assert_eq!(now["dataset"]["title"], "Maternity, version 2");
    assert_eq!(now["dataset"]["dataModel"]["version"], 4);
    let row = ["rollback", "data model maternity", "version 3", "version 4 with the content of version 2"];
    assert_eq!(curated.last_row()?[..4], row.map(str::to_owned));

    let nothing = curated.change("rollbackDataModel(slug: \"maternity\", version: 2)")?;
    assert_eq!(nothing["outcome"], "REFUSED", "its content is what is published: {nothing}");
    // The test's own first version names a table that it does not hold: what does not check out does not come back.
    let broken = curated.change("rollbackDataModel(slug: \"maternity\", version: 1)")?;
    assert_eq!(broken["outcome"], "REFUSED");
    assert!(broken["message"].as_str().is_some_and(|text| text.contains("maternity/msd301")), "{broken}");
    assert_eq!(curated.change("rollbackDataModel(slug: \"maternity\", version: 9)")?["outcome"], "NOT_FOUND");
    Ok(())
}

/// Contract §3: nothing published is lost. The first version, published from a workbook, comes back as the third.
#[test]
fn the_first_version_comes_back_as_the_third() -> TestResult {
    let curated = Curated::start_with(vec![])?;
    for version in [1, 2] {
        let draft = curated.draft(&version.to_string())?;
        let made = curated.change(&format!("publishDataModel(draft: \"{draft}\")"))?;
        assert_eq!((&made["outcome"], &made["version"]), (&json!("DONE"), &json!(version)), "{made}");
    }
    let back = curated.change("rollbackDataModel(slug: \"maternity\", version: 1)")?;
    let told = json!({ "outcome": "DONE", "slug": "maternity", "version": 3, "message": "maternity is published as version 3" });
    assert_eq!(back, told);
    let now = curated.server.data(TITLE, json!({}))?;
    assert_eq!(now["dataset"], json!({ "title": "Maternity, version 1", "dataModel": { "version": 3 } }));
    Ok(())
}

#[test]
fn under_a_key_a_change_is_made_once_and_answered_the_same() -> TestResult {
    let curated = Curated::start()?;
    let (file, other) = (workbook("2")?, workbook("3")?);
    let import = |key: &str, file: &[u8]| {
        let kind = ("Content-Type", "application/octet-stream");
        let headers = [kind, ("Authorization", curated.bearer.as_str()), ("Idempotency-Key", key)];
        curated.server.request("POST", "/import?name=m.xlsx", &headers, file)
    };
    let rows = || Ok::<_, anyhow::Error>(run(curated.server.app.audit_head())?.seq);

    let first = import("upload-1", &file)?;
    let (draft, after) = (first.json()?["models"][0]["draft"].as_str().unwrap_or_default().to_owned(), rows()?);
    assert_eq!((first.status, draft.len()), (200, 36), "{}", first.body);
    let again = import("upload-1", &file)?;
    assert_eq!((again.status, again.json()?), (200, first.json()?));
    assert_eq!(rows()?, after, "nothing happened");
    let reused = import("upload-1", &other)?;
    assert_eq!((reused.status, reused.code().as_str()), (422, "IDEMPOTENCY_KEY_REUSED"), "{}", reused.body);
    for no_key in ["", " ", &"k".repeat(201)] {
        assert_eq!(import(no_key, &file)?.status, 400, "{no_key:?}");
    }

    let publish = format!("publishDataModel(draft: \"{draft}\")");
    let made = curated.send(&publish, Some("publish-1"))?;
    assert_eq!((&made["data"]["it"]["outcome"], &made["data"]["it"]["version"]), (&json!("DONE"), &json!(2)), "{made}");
    let after = rows()?;
    assert_eq!(curated.send(&publish, Some("publish-1"))?, made);
    assert_eq!(curated.send(&publish, Some("publish-2"))?["data"]["it"]["outcome"], "ALREADY_DONE", "another request");
    let roll_back = "rollbackDataModel(slug: \"maternity\", version: 1)";
    let reused = curated.send(roll_back, Some("publish-1"))?;
    assert_eq!(reused["errors"][0]["extensions"]["code"], "IDEMPOTENCY_KEY_REUSED", "{reused}");
    assert_eq!(rows()?, after);

    // As an argument as well; and of two rollbacks without one the second would be refused.
    let draft = curated.draft("3")?;
    curated.change(&format!("publishDataModel(draft: \"{draft}\")"))?;
    let keyed = "rollbackDataModel(slug: \"maternity\", version: 2, key: \"back\")";
    let back = curated.send(keyed, None)?;
    assert_eq!(back["data"]["it"]["version"], 4, "{back}");
    assert_eq!(curated.send(keyed, None)?, back);
    let bare = "rollbackDataModel(slug: \"maternity\", version: 2)";
    assert_eq!(curated.send(bare, None)?["data"]["it"]["outcome"], "REFUSED");

    let draft = curated.draft("4")?;
    let discard = format!("discardDraft(draft: \"{draft}\", key: \"gone\")");
    let gone = curated.send(&discard, None)?;
    assert_eq!(gone["data"]["it"]["outcome"], "DONE");
    assert_eq!(curated.send(&discard, None)?, gone);

    // Whoever else uses the same key is somebody else: they are told nothing.
    let nobody = curated.server.ask(&format!("mutation {{ it: {keyed} {{ outcome }} }}"), json!({}))?;
    assert_eq!(nobody["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{nobody}");
    Ok(())
}

#[test]
fn of_many_at_once_under_one_key_one_makes_the_change() -> TestResult {
    let curated = Curated::start()?;
    let draft = curated.draft("2")?;
    let publish = format!("publishDataModel(draft: \"{draft}\", key: \"one\")");
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..6).map(|_| scope.spawn(|| curated.send(&publish, None))).collect();
        sent.into_iter().filter_map(|sent| sent.join().ok()?.ok()).collect()
    });
    assert_eq!(answers.len(), 6);
    let done = answers.iter().filter(|answer| answer["data"]["it"]["outcome"] == "DONE").count();
    assert!(done >= 1, "{answers:?}");
    let log = run(curated.server.app.audit_newest(&operator().permit()?, 50))?;
    assert_eq!(log.iter().filter(|row| row.action == "publish").count(), 2, "the first version, and one more");
    Ok(())
}
