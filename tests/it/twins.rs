//! Non-interference (contract §5, threats T22): of two catalogues that differ only in what a person may not see, every
//! page, file and query answers that person the same, to the byte.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context;
use linkwright::app::exporters;
use linkwright::config::{Limits, Rate, Rates};
use linkwright::domain::access::{Actor, EMBEDDED, Person, Role};
use linkwright::domain::data_model::DataModel;
use linkwright::domain::list::DataList;
use linkwright::domain::words::Visibility;
use linkwright::web::{self, Answer, Asked, NoPage, Site, Visitor};
use serde_json::json;

use crate::support::TestResult;
use crate::support::server::{Reply, Server};

/// Addresses that are followed at most.
const MOST_ADDRESSES: usize = 110;

/// The data model of this name, as one that is not public: its datasets have other names, so that nothing clashes.
fn hidden(model: &DataModel, class: Visibility) -> anyhow::Result<Arc<DataModel>> {
    let mut text = serde_json::to_string(model)?;
    for dataset in &model.datasets {
        for (before, after) in [("\"", "\""), ("\"", "/")] {
            let old = format!("{before}{}{after}", dataset.slug);
            text = text.replace(&old, &format!("{before}hidden-{}{after}", dataset.slug));
        }
    }
    let mut model: DataModel = serde_json::from_str(&text)?;
    model.about.slug = linkwright::domain::refs::Slug::of("hidden-model")?;
    model.datasets = model
        .datasets
        .iter()
        .map(|dataset| {
            let mut dataset = linkwright::domain::data_model::Dataset::clone(dataset);
            dataset.visibility = class;
            Arc::new(dataset)
        })
        .collect();
    // What is shared stays with its owner.
    model.schemes.clear();
    model.crosswalks.clear();
    model.approvals.clear();
    model.rules.clear();
    model.rule_tests.clear();
    model.meetings.clear();
    Ok(Arc::new(model))
}

/// Two servers with everything that is shipped, and beside it each another hidden data model.
fn twins(class: Visibility) -> anyhow::Result<[Server; 2]> {
    let shipped: Vec<Arc<DataModel>> =
        Server::shipped()?.app.snapshot().models.iter().map(|held| held.model.clone()).collect();
    let plenty = Rate { at_once: 1_000_000, per_minute: 1 };
    let rates = Rates { search: plenty, plan: plenty, ..Rates::default() };
    let with = |slug: &str| -> anyhow::Result<Server> {
        let found = shipped.iter().find(|model| model.about.slug.as_str() == slug).context("no such model")?;
        let mut models = shipped.clone();
        models.push(hidden(found, class)?);
        Server::of(models, Limits { rates, ..Limits::default() })
    };
    Ok([with("tissue-bank")?, with("icare-maternity")?])
}

/// The addresses that a page leads to.
fn links(body: &str) -> impl Iterator<Item = String> {
    let hrefs = body.split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next());
    hrefs.map(|href| format!("/{}", href.replace("&amp;", "&").split('#').next().unwrap_or_default()))
}

/// A reply without what differs between any two: its id and when it was sent.
fn told(reply: &Reply) -> String {
    let id = reply.header("x-request-id").to_owned();
    let headers = reply.headers().filter(|(name, _)| !matches!(*name, "x-request-id" | "date"));
    let headers: Vec<String> = headers.map(|(name, value)| format!("{name}: {value}")).collect();
    format!("{}\n{}\n\n{}", reply.status, headers.join("\n"), reply.body).replace(&id, "ID")
}

/// Words and names that one of the twins knows and the other does not, and some that both do.
const WORDS: &[&str] = &["maternity", "labour", "tissue", "hidden", "biopsy", "nhs number", "hiden-maternity", "zzz"];
const NAMES: &[&str] = &["hidden-maternity", "hidden-ichtb", "hidden-maternity/msd301", "hiden-maternity", "maternity"];

fn addresses() -> Vec<String> {
    let mut found =
        vec!["/".to_owned(), "/datasets.json".to_owned(), "/models.csv".to_owned(), "/keys.json".to_owned()];
    for word in WORDS {
        let word = word.replace(' ', "+");
        found.extend([format!("/search?q={word}"), format!("/search.json?q={word}")]);
    }
    for name in NAMES {
        let dataset = name.split('/').next().unwrap_or_default();
        found.extend([
            format!("/datasets/{dataset}"),
            format!("/datasets/{dataset}/history"),
            format!("/datasets/{dataset}/tables/msd301"),
            format!("/plan?want={dataset}&want=epr"),
        ]);
    }
    found.push("/models/hidden-model".to_owned());
    found
}

#[test]
fn what_is_hidden_changes_no_byte_of_what_anybody_else_is_told() -> TestResult {
    for class in [Visibility::Registered, Visibility::Staff] {
        let [one, other] = twins(class)?;
        let mut waiting = addresses();
        let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
        let mut asked = 0;
        while let Some(address) = waiting.pop().filter(|_| asked < MOST_ADDRESSES) {
            asked += 1;
            let headers = [("Accept", "text/html,*/*;q=0.8")];
            let (one, other) =
                (one.request("GET", &address, &headers, &[])?, other.request("GET", &address, &headers, &[])?);
            similar_asserts::assert_eq!(told(&one), told(&other), "{address} with {class} content hidden");
            let onward = links(&one.body).filter(|link| !link.starts_with("/assets") && !link.contains(".xlsx"));
            waiting.extend(onward.filter(|link| seen.insert(link.clone())));
        }
        assert!(asked > 100, "{asked}");
        for query in queries()? {
            let body = json!({ "query": query });
            similar_asserts::assert_eq!(told(&one.post(&body)?), told(&other.post(&body)?), "{query}");
        }
    }
    Ok(())
}

fn queries() -> anyhow::Result<Vec<String>> {
    let mut queries = Vec::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/graphql/operations"))? {
        queries.push(std::fs::read_to_string(entry?.path())?);
    }
    for word in WORDS {
        queries.push(format!(
            "{{ search(query: \"{word}\", first: 50) {{ totalCount facets {{ name buckets {{ value count }} }} edges {{ cursor }} }} }}"
        ));
    }
    for name in NAMES {
        queries.push(format!("{{ dataset(ref: \"{name}\") {{ name }} table(ref: \"{name}\") {{ name }} }}"));
        queries
            .push(format!("{{ joinPaths(from: \"{name}\", to: \"epr\") {{ paths {{ rank }} blockers {{ text }} }} }}"));
        queries.push(format!("{{ linkagePlan(request: {{ want: [\"{name}\", \"wsic\"] }}) {{ digest verdict }} }}"));
    }
    queries.push("{ dataModel(slug: \"hidden-model\") { slug } catalogue { version digest } }".to_owned());
    queries.push(
        "{ datasets(first: 1000) { totalCount edges { cursor node { id fieldCount linkages { dataset { ref } } } } } }"
            .to_owned(),
    );
    Ok(queries)
}

#[test]
fn what_is_for_staff_changes_nothing_for_a_researcher_who_is_signed_in() -> TestResult {
    let [one, other] = twins(Visibility::Staff)?;
    let actor = Actor::Person(Person {
        issuer: EMBEDDED.to_owned(),
        subject: "rita".to_owned(),
        roles: BTreeSet::from([Role::Researcher]),
        models: BTreeSet::new(),
        scopes: None,
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let site = Site::default();
    let page = |server: &Server, address: &str| -> anyhow::Result<String> {
        let app = &server.app;
        let visitor = Visitor {
            stale: None,
            actor: actor.clone(),
            view: app.view(&actor)?,
            today: app.clock().today(),
            list: DataList::default(),
            csrf: None,
        };
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        Ok(match runtime.block_on(web::answer(&site, app, &visitor, &Asked::new(path, query))) {
            Ok(Answer::Page(page)) => web::render(&site, &visitor, &page).into_string(),
            Ok(Answer::Rows(listing)) => String::from_utf8(listing.json()?)?,
            Ok(Answer::File { bytes, .. }) => String::from_utf8_lossy(&bytes).into_owned(),
            Ok(Answer::Redirect(to)) => to,
            Err(NoPage::Fault(error)) => return Err(error.into()),
            Err(why) => web::render(&site, &visitor, &web::no_page(&site, &why, "ID")).into_string(),
        })
    };
    for address in addresses() {
        similar_asserts::assert_eq!(page(&one, &address)?, page(&other, &address)?, "{address}");
    }
    for exporter in exporters() {
        let format = exporter.format();
        let files = |server: &Server| server.app.export(&actor, format, &[]);
        match (files(&one), files(&other)) {
            (Ok(one), Ok(other)) => {
                assert_eq!(one.len(), other.len(), "{format}");
                assert!(
                    one.iter().zip(&other).all(|(one, other)| (&one.name, &one.bytes) == (&other.name, &other.bytes)),
                    "{format}"
                );
            }
            (one, other) => assert_eq!(one.is_ok(), other.is_ok(), "{format}"),
        }
    }
    // The twins do differ: staff see both.
    let operator = Actor::LocalOperator { account: "test".to_owned() };
    assert_ne!(one.app.view(&operator)?.digest, other.app.view(&operator)?.digest);
    assert_eq!(one.app.view(&actor)?.digest, other.app.view(&actor)?.digest);
    Ok(())
}
