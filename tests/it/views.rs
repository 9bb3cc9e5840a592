//! Versions of a data model as each class of viewer sees them (contract §5): what changes only in what is hidden moves
//! nothing that others are told; what they see of a version is what they may.

use std::sync::Arc;

use linkwright::app::Upload;
use linkwright::config::Limits;
use linkwright::domain::access::{Actor, EMBEDDED, Person, Role};
use linkwright::domain::data_model::{DataModel, Dataset};
use linkwright::domain::refs::Slug;
use linkwright::domain::words::Visibility;
use serde_json::json;

use crate::support::TestResult;
use crate::support::models::model;
use crate::support::server::{Reply, Server};

fn operator() -> Actor {
    Actor::LocalOperator { account: "test".to_owned() }
}

fn run<T>(work: impl Future<Output = Result<T, linkwright::app::AppError>>) -> anyhow::Result<T> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)?)
}

/// The data model `mixed` as a workbook: a public dataset with one label and one for staff with another.
fn mixed(open: &str, closed: &str) -> anyhow::Result<Upload> {
    let (mut whole, closed) = (DataModel::clone(&*model("Open", open)?), model("Closed", closed)?);
    whole.about.slug = Slug::of("mixed")?;
    whole.about.version_label = String::new();
    let staff = |dataset: &Arc<Dataset>| Arc::new(Dataset { visibility: Visibility::Staff, ..Dataset::clone(dataset) });
    whole.datasets.extend(closed.datasets.iter().map(staff));
    whole.fields.extend(closed.fields.iter().cloned());
    let server = Server::of(vec![Arc::new(whole)], Limits::default())?;
    let files = server.app.export(&operator(), "workbook", &[])?;
    let file = files.into_iter().next().ok_or_else(|| anyhow::anyhow!("no workbook"))?;
    Ok(Upload { name: "mixed.xlsx".to_owned(), bytes: file.bytes })
}

/// A server on which these contents of `mixed` were published one after the other.
fn published(contents: &[(&str, &str)]) -> anyhow::Result<Server> {
    let server = Server::of(vec![], Limits::default())?;
    for (open, closed) in contents {
        let upload = mixed(open, closed)?;
        let report = run(server.app.import(&operator().permit()?, vec![upload], None, true, false))?;
        anyhow::ensure!(report.models.first().is_some_and(|model| model.version.is_some()), "{report:?}");
    }
    Ok(server)
}

/// What a server answers, but for what no two answers share: request ids, the time, and where the server listens.
fn told(server: &Server, reply: &Reply) -> String {
    let id = reply.header("x-request-id").to_owned();
    let headers = reply.headers().filter(|(name, _)| !matches!(*name, "x-request-id" | "date"));
    let headers: Vec<String> = headers.map(|(name, value)| format!("{name}: {value}")).collect();
    let whole = format!("{}\n{}\n\n{}", reply.status, headers.join("\n"), reply.body);
    whole.replace(&id, "ID").replace(&server.address.to_string(), "ADDRESS")
}

const PATHS: &[&str] = &[
    "/",
    "/models",
    "/models.csv",
    "/models/mixed",
    "/datasets",
    "/datasets.json",
    "/datasets/open",
    "/datasets/open?v=1",
    "/datasets/open?v=2",
    "/datasets/open?v=3",
    "/datasets/open/history",
    "/datasets/open/history.json",
    "/datasets/open/compare?from=1&to=2",
    "/datasets/open/compare.csv?from=1&to=2",
    "/datasets/open/compare?from=2&to=3",
    "/datasets/open/tables/msd301?v=1",
    "/datasets/closed",
    "/readyz",
];

#[test]
fn a_change_to_what_is_hidden_moves_nothing_that_others_are_told() -> TestResult {
    let quiet = published(&[("1", "1"), ("2", "1")])?;
    let busy = published(&[("1", "1"), ("1", "2"), ("2", "2"), ("2", "3")])?;
    for path in PATHS {
        for accept in ["text/html", "*/*"] {
            let headers = [("Accept", accept)];
            let (one, other) = (quiet.request("GET", path, &headers, &[])?, busy.request("GET", path, &headers, &[])?);
            similar_asserts::assert_eq!(told(&quiet, &one), told(&busy, &other), "{path}");
        }
    }
    for version in [None, Some(1), Some(2), Some(3), Some(4)] {
        let query = "query($v: Int) { catalogue { version digest publishedAt } dataModel(slug: \"mixed\", version: $v) { \
                     id version publishedAt datasets { ref title tables { ref fields { id description } } } } }";
        let variables = json!({ "v": version });
        let (one, other) = (quiet.ask(query, variables.clone())?, busy.ask(query, variables)?);
        similar_asserts::assert_eq!(one, other, "{version:?}");
    }

    // What they see is there, and of the old version what they may see of it.
    let query = "{ dataModel(slug: \"mixed\", version: 1) { version datasets { title } } now: dataModel(slug: \"mixed\") { version } }";
    let seen = busy.data(query, json!({}))?;
    let first = json!({ "version": 1, "datasets": [{ "title": "Open, version 1" }] });
    assert_eq!((&seen["dataModel"], &seen["now"]["version"]), (&first, &json!(2)));
    // Researchers have the same numbers as anybody, staff those that are stored.
    let researcher = Actor::Person(Person {
        issuer: EMBEDDED.to_owned(),
        subject: "rita".to_owned(),
        roles: [Role::Researcher].into(),
        models: Default::default(),
        scopes: None,
    });
    let slug = Slug::of("mixed")?;
    let numbers = |server: &Server, actor: &Actor| -> anyhow::Result<Vec<i32>> {
        Ok(run(server.app.history(actor, &slug))?.into_iter().map(|head| head.version).collect())
    };
    for (server, others, staff) in [(&quiet, vec![2, 1], vec![2, 1]), (&busy, vec![2, 1], vec![4, 3, 2, 1])] {
        assert_eq!(numbers(server, &Actor::Anonymous)?, others);
        assert_eq!(numbers(server, &researcher)?, others);
        assert_eq!(numbers(server, &operator())?, staff);
    }
    let whole = run(busy.app.model_version(&operator(), &slug, 2))?.map(|version| version.model.datasets.len());
    assert_eq!(whole, Some(2));
    let part = run(busy.app.model_version(&researcher, &slug, 2))?;
    let titles: Vec<String> =
        part.iter().flat_map(|version| &version.model.datasets).map(|dataset| dataset.title.clone()).collect();
    assert_eq!(titles, ["Open, version 2"]);
    assert!(run(busy.app.model_version(&researcher, &slug, 3))?.is_none());
    Ok(())
}
