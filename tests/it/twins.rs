//! Non-interference (contract §5, threats T22): of two catalogues that differ only in what a person may not see, every
//! page, file and query answers that person the same, to the byte.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context;
use linkwright::app::exporters;
use linkwright::config::{Limits, Rate, Rates};
use linkwright::domain::access::{Actor, EMBEDDED, ManageUsers, Person, Role, Scope};
use linkwright::domain::data_model::{DataModel, Dataset};
use linkwright::domain::list::DataList;
use linkwright::domain::words::Visibility;
use linkwright::http::Settings;
use linkwright::web::{self, Answer, Asked, NoPage, Site, Visitor};
use serde_json::json;

use crate::support::TestResult;
use crate::support::browser::{Browser, PASSWORD};
use crate::support::models::model;
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
    let rates = Rates { search: plenty, plan: plenty, session: plenty, ..Rates::default() };
    let with = |slug: &str| -> anyhow::Result<Server> {
        let found = shipped.iter().find(|model| model.about.slug.as_str() == slug).context("no such model")?;
        let mut models = shipped.clone();
        models.push(hidden(found, class)?);
        // Files carry the whole address of their page: it is the same of both.
        let limits = Limits { rates, ..Limits::default() };
        Server::set_up(models, Settings { limits, origin: "https://twin.example".parse()?, ..Settings::default() })
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

/// The addresses of every `GET` route of the access table, in every form, with names that one of the twins hides and names
/// that both show.
fn every_route() -> Vec<String> {
    let table = include_str!("../fixtures/access.txt");
    let http = table.split("\n[http]\n").nth(1).and_then(|rest| rest.split("\n[").next()).unwrap_or_default();
    let routes = http.lines().filter_map(|line| line.strip_prefix("GET ")?.split_whitespace().next());
    let mut found = Vec::new();
    // Figures are of the process, not of a catalogue.
    for route in routes.filter(|route| *route != "/metrics") {
        let mut named = BTreeSet::new();
        for dataset in ["maternity", "hidden-maternity"] {
            let model = if dataset == "maternity" { "icare-maternity" } else { "hidden-model" };
            let path = route
                .replace("{dataset}", dataset)
                .replace("{table}", "msd301")
                .replace("{field}", "labourdeliveryid")
                .replace("{model}", model)
                .replace("{from}", dataset)
                .replace("{to}", "epr")
                .replace("{code}", "DAPC")
                .replace("{key}", "icare-patient")
                .replace("{crosswalk}", "icare-patient--nhs-number")
                .replace("{name}", "a")
                .replace("{format}", "workbook")
                .replace("{draft}", "00000000-0000-4000-8000-000000000000");
            for file in ["plan.svg", "plan.sql", "plan.ics", "icare-maternity.xlsx", "hidden-model.xlsx"] {
                named.insert(path.replace("{file}", file));
            }
        }
        for path in named {
            let query = match path.as_str() {
                "/plan" | "/plan/plan.svg" | "/plan/plan.sql" | "/plan/plan.ics" => "?item=epr&item=hidden-maternity",
                "/search" => "?q=labour",
                path if path.ends_with("/compare") => "?from=1&to=2",
                _ => "",
            };
            let endings: &[&str] =
                if path == "/" || path.contains('.') { &[""] } else { &["", ".csv", ".json", ".xlsx"] };
            found.extend(endings.iter().map(|ending| format!("{path}{ending}{query}")));
        }
    }
    for format in exporters().iter().map(|exporter| exporter.format()) {
        found.push(format!("/export/{format}"));
        found.extend(["epr", "hidden-maternity"].map(|dataset| format!("/export/{format}?dataset={dataset}")));
    }
    found
}

/// Without what is random: the values of cookies, and of what forms carry.
fn without_chance(text: &str) -> String {
    let mut text = text.to_owned();
    for start in ["name=\"csrf\" value=\"", "name=\"id\" value=\"", "__Host-linkwright="] {
        let mut parts = text.split(start).map(str::to_owned).collect::<Vec<_>>().into_iter();
        let mut kept = parts.next().unwrap_or_default();
        for part in parts {
            let end = part.find(['"', ';']).unwrap_or(part.len());
            kept += start;
            kept += &part[end..];
        }
        text = kept;
    }
    text
}

/// Adds the researcher `rita` with a password and a token: what the token is sent as.
fn researcher_added(server: &Server) -> anyhow::Result<String> {
    let permit = Actor::LocalOperator { account: "test".to_owned() }.permit::<ManageUsers>()?;
    let secret = run(async {
        let roles = BTreeSet::from([Role::Researcher]);
        server.app.add_user(&permit, "rita", roles, BTreeSet::new(), Some(PASSWORD)).await?;
        Ok(server.app.add_token(&permit, "rita", "test", BTreeSet::from([Scope::Read]), 1).await?.1)
    })?;
    Ok(format!("Bearer {}", secret.expose()))
}

/// Every route, as nobody and as a researcher in a browser, whose session, account and refusals count as well; and every
/// query with a researcher's token.
#[test]
fn no_route_in_any_form_tells_anybody_of_lower_rights_what_is_hidden() -> TestResult {
    let twins = twins(Visibility::Staff)?;
    let mut researchers = Vec::new();
    let mut bearers = Vec::new();
    for server in &twins {
        bearers.push(researcher_added(server)?);
        researchers.push(Browser::signed_in(server, "rita")?);
    }
    let routes = every_route();
    assert!(routes.len() > 150, "{}", routes.len());
    let ([one, other], [rita, her_twin]) = (&twins, researchers.as_mut_slice()) else { return Ok(()) };
    for address in &routes {
        for accept in ["text/html,*/*;q=0.8", "*/*"] {
            let ask = |server: &Server| server.request("GET", address, &[("Accept", accept)], &[]);
            let (one, other) = (ask(one)?, ask(other)?);
            assert!(one.status > 0 && one.status < 500, "{address}: {}", one.status);
            similar_asserts::assert_eq!(without_chance(&told(&one)), without_chance(&told(&other)), "{address}");
        }
        let (one, other) = (rita.get(address)?, her_twin.get(address)?);
        assert!(one.status > 0 && one.status < 500, "{address}: {}", one.status);
        similar_asserts::assert_eq!(
            without_chance(&told(&one)),
            without_chance(&told(&other)),
            "{address} as a researcher"
        );
    }
    for query in queries()? {
        let body = json!({ "query": query }).to_string();
        let ask = |server: &Server, bearer: &str| {
            let headers = [("Content-Type", "application/json"), ("Authorization", bearer)];
            server.request("POST", "/graphql", &headers, body.as_bytes())
        };
        similar_asserts::assert_eq!(told(&ask(one, &bearers[0])?), told(&ask(other, &bearers[1])?), "{query}");
    }
    Ok(())
}

/// T23: what is hidden costs no more and no less than what is not there. Both are looked for in the viewer's own view,
/// which is the same whatever is hidden; and neither makes the database be asked, which would be the slower by a row.
#[test]
fn a_hidden_name_makes_no_more_work_than_a_name_that_nothing_has() -> TestResult {
    let hidden = |server: &Server, name: &str| -> anyhow::Result<Server> {
        let mut models: Vec<Arc<DataModel>> =
            server.app.snapshot().models.iter().map(|held| held.model.clone()).collect();
        let mut vault = DataModel::clone(&*model(name, "1")?);
        for dataset in &mut vault.datasets {
            *dataset = Arc::new(Dataset { visibility: Visibility::Staff, ..Dataset::clone(dataset) });
        }
        models.push(Arc::new(vault));
        Server::of(models, Limits::default())
    };
    let bare = Server::of(vec![model("Maternity", "1")?], Limits::default())?;
    let server = hidden(&bare, "Vault")?;
    let person = |role| {
        Actor::Person(Person {
            issuer: EMBEDDED.to_owned(),
            subject: "rita".to_owned(),
            roles: BTreeSet::from([role]),
            models: BTreeSet::new(),
            scopes: None,
        })
    };
    // What searches, plans and lookups go through is all made of this.
    for actor in [Actor::Anonymous, person(Role::Researcher)] {
        assert_eq!(bare.app.view(&actor)?.catalogue, server.app.view(&actor)?.catalogue, "{actor}");
    }
    let staff = server.app.view(&person(Role::Curator))?;
    assert!(staff.catalogue != bare.app.view(&Actor::Anonymous)?.catalogue, "it is there for staff");

    let bearer = researcher_added(&server)?;
    let database = tokio::runtime::Runtime::new()?;
    // The tables of people are needed to know who asks; those of content are away.
    database.block_on(async {
        let raw = sea_orm::Database::connect(&server.database).await?;
        for table in ["data_model_version", "data_model_view", "draft", "source_file", "data_model"] {
            let away = format!("ALTER TABLE {table} RENAME TO {table}_away");
            sea_orm::ConnectionTrait::execute_unprepared(&raw, &away).await?;
        }
        raw.close().await
    })?;
    let paths = |name: &str| {
        [
            format!("/datasets/{name}"),
            format!("/datasets/{name}.json"),
            format!("/datasets/{name}?v=1"),
            format!("/datasets/{name}/history"),
            format!("/datasets/{name}/history.csv"),
            format!("/datasets/{name}/compare?from=1&to=2"),
            format!("/datasets/{name}/tables/msd301"),
            format!("/datasets/{name}/tables/msd301?v=1"),
            format!("/datasets/{name}/tables/msd301/fields/labourdeliveryid"),
            format!("/models/{name}"),
            format!("/links/{name}/maternity"),
            format!("/plan?item={name}&item=maternity"),
            format!("/search?q={name}"),
            format!("/search.json?q={name}"),
        ]
    };
    let queries = |name: &str| {
        [
            format!("{{ dataset(ref: \"{name}\") {{ name }} }}"),
            format!("{{ field(ref: \"{name}/msd301/labourdeliveryid\") {{ name }} }}"),
            format!("{{ dataModel(slug: \"{name}\") {{ version }} }}"),
            format!("{{ dataModel(slug: \"{name}\", version: 1) {{ version }} }}"),
            format!("{{ dataModel(slug: \"{name}\", version: 2) {{ version }} }}"),
            format!("{{ search(query: \"{name}\") {{ totalCount }} }}"),
            format!("{{ joinPaths(from: \"{name}\", to: \"maternity\") {{ verdict }} }}"),
            format!("{{ linkagePlan(request: {{ want: [\"{name}\"] }}) {{ verdict }} }}"),
        ]
    };
    let kinds = [vec![], vec![("Authorization", bearer.as_str())]];
    for who in &kinds {
        for (hidden, missing) in paths("vault").into_iter().zip(paths("quilt")) {
            let ask =
                |path: &str| server.request("GET", path, &[&[("Accept", "text/html")], who.as_slice()].concat(), &[]);
            let (one, other) = (ask(&hidden)?, ask(&missing)?);
            assert_eq!(one.status, other.status, "{hidden}: {}", one.body);
            assert!((200..500).contains(&one.status), "{hidden}: {}", one.body);
        }
        for (hidden, missing) in queries("vault").into_iter().zip(queries("quilt")) {
            let ask = |query: &str| {
                let body = json!({ "query": query }).to_string();
                let headers = [&[("Content-Type", "application/json")], who.as_slice()].concat();
                server.request("POST", "/graphql", &headers, body.as_bytes())
            };
            let (one, other) = (ask(&hidden)?, ask(&missing)?);
            assert_eq!((one.status, one.code()), (other.status, other.code()), "{hidden}: {}", one.body);
            assert!(one.status == 200 && one.code() != "INTERNAL", "{hidden}: {}", one.body);
        }
    }
    Ok(())
}

fn run<T>(work: impl Future<Output = Result<T, linkwright::app::AppError>>) -> anyhow::Result<T> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)?)
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
            reached: "http://example.test".to_owned(),
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
