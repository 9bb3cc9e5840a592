//! Who may do what by which door: one table (`tests/fixtures/access.txt`) of actors and operations. Every GraphQL field,
//! HTTP route and command has a row there, or this fails; every row of an operation is driven as every actor.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use linkwright::config::{Limits, Rate, Rates};
use linkwright::domain::access::{Actor, ManageUsers, Role, Scope};
use linkwright::domain::data_model::{DataModel, Dataset};
use linkwright::domain::refs::Slug;
use linkwright::domain::words::Visibility;
use linkwright::http::graphql_schema;
use linkwright::web::PAGES;
use serde_json::{Value, json};

use crate::support::TestResult;
use crate::support::command::linkwright;
use crate::support::models::model;
use crate::support::server::{Reply, Server};

const TABLE: &str = include_str!("../fixtures/access.txt");

/// The actors, in the order of the table's columns.
const ACTORS: [&str; 8] = ["nobody", "researcher", "curator", "other", "reviewer", "admin", "reads", "curates"];

/// The sections of the table, and the lines of each.
fn sections() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut section = "";
    for line in TABLE.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) => section = name,
            None => found.entry(section).or_default().push(line),
        }
    }
    found
}

/// The rows of a section: an operation, and a cell for each actor.
fn rows(section: &str) -> anyhow::Result<Vec<(String, [&'static str; 8])>> {
    let lines = sections().remove(section).with_context(|| format!("no section [{section}]"))?;
    let row = |line: &'static str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (operation, cells) = words.split_at(words.len().saturating_sub(ACTORS.len()));
        let cells: [&str; 8] = match cells {
            // One word for everybody.
            _ if words.last() == Some(&"*") => ["ok"; 8],
            cells => cells.try_into().with_context(|| format!("{line}: a cell for each of {ACTORS:?}"))?,
        };
        let operation = if words.last() == Some(&"*") { &words[..words.len() - 1] } else { operation };
        Ok((operation.join(" "), cells))
    };
    lines.into_iter().map(row).collect()
}

fn same(what: &str, there: &BTreeSet<String>, rows: &BTreeSet<String>) {
    let missing: Vec<&String> = there.difference(rows).collect();
    let stale: Vec<&String> = rows.difference(there).collect();
    assert!(missing.is_empty(), "tests/fixtures/access.txt has no row for the {what} {missing:?}: say who may");
    assert!(stale.is_empty(), "tests/fixtures/access.txt has rows for what is no {what}: {stale:?}");
}

/// Every object type of the schema, with its fields.
fn schema() -> BTreeMap<String, BTreeSet<String>> {
    let mut types: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (mut within, mut depth, mut described) = (None, 0_i32, false);
    for line in graphql_schema().lines() {
        let quotes = line.matches("\"\"\"").count();
        described ^= quotes == 1;
        if described || quotes > 0 {
            continue;
        }
        if let Some(rest) = line.strip_prefix("type ") {
            within = rest.split_whitespace().next().map(str::to_owned);
        } else if line == "}" {
            within = None;
        } else if let (Some(name), 0) = (&within, depth) {
            let field: String = line.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let is_field = line.starts_with("  ") && !line.starts_with("   ") && !line.trim().starts_with('"');
            if is_field && !field.is_empty() && field != "implements" {
                types.entry(name.clone()).or_default().insert(field);
            }
        }
        if !line.trim().starts_with('"') {
            depth += i32::try_from(line.matches('(').count()).unwrap_or(0);
            depth -= i32::try_from(line.matches(')').count()).unwrap_or(0);
        }
        if within.is_none() {
            depth = 0;
        }
    }
    types
}

#[test]
fn every_field_route_and_command_has_a_row() -> TestResult {
    let types = schema();
    let roots = ["Query", "Mutation"];
    let there: BTreeSet<String> = roots
        .iter()
        .flat_map(|root| types.get(*root).into_iter().flatten().map(move |field| format!("{root}.{field}")))
        .collect();
    assert!(there.len() > 15, "{there:?}");
    let written: BTreeSet<String> = rows("graphql")?.into_iter().map(|(operation, _)| operation).collect();
    same("GraphQL field", &there, &written);

    // What hangs below the roots is of the viewer's view or of the viewer: a type and its fields in one line.
    let below: BTreeSet<String> = types
        .iter()
        .filter(|(name, _)| !roots.contains(&name.as_str()))
        .flat_map(|(name, fields)| fields.iter().map(move |field| format!("{name}.{field}")))
        .collect();
    let lines = sections().remove("graphql below the roots").unwrap_or_default();
    let written = lines.iter().filter_map(|line| line.split_once(':')).flat_map(|(name, fields)| {
        let name = name.split_whitespace().next().unwrap_or_default();
        fields.split_whitespace().map(move |field| format!("{name}.{field}"))
    });
    same("GraphQL field", &below, &written.collect());

    let mut written: BTreeSet<String> = rows("http")?.into_iter().map(|(operation, _)| operation).collect();
    let with_a_session = sections().remove("http with a session").unwrap_or_default();
    let first_two = |line: &&str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    written.extend(with_a_session.iter().map(first_two));
    same("HTTP route", &routes()?, &written);

    let help = linkwright("sqlite://nowhere.db", &["--help"])?.out;
    let listed = help.split("Commands:\n").nth(1).unwrap_or_default().split("\n\n").next().unwrap_or_default();
    let names = listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let there: BTreeSet<String> = names
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect();
    assert!(there.len() > 15, "{there:?}");
    let written = sections().remove("commands").unwrap_or_default();
    let written: BTreeSet<String> =
        written.iter().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    same("command", &there, &written);
    Ok(())
}

/// What the router answers, from its source, and the pages.
fn routes() -> anyhow::Result<BTreeSet<String>> {
    let source = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http/mod.rs"))?;
    let mut found: BTreeSet<String> = PAGES.iter().map(|page| format!("GET {page}")).collect();
    for call in source.split(".route(").skip(1) {
        let call = call.split("\n        .").next().unwrap_or_default();
        let path = match call.trim_start().strip_prefix('"') {
            Some(rest) => rest.split('"').next().unwrap_or_default().to_owned(),
            None if call.starts_with("CALLBACK") => linkwright::app::CALLBACK.to_owned(),
            None => anyhow::bail!("the path of this route is not understood: {call}"),
        };
        let before = found.len();
        let graphql = path == "/graphql";
        for (method, calls) in [("GET", ["get(", " get("]), ("POST", ["post(", ".post("])] {
            if graphql || calls.iter().any(|form| call.contains(form)) {
                found.insert(format!("{method} {path}"));
            }
        }
        anyhow::ensure!(found.len() > before || found.contains(&format!("GET {path}")), "no method in {call}");
    }
    Ok(found)
}

/// A data model with one dataset of this class, and a workbook of another version of it.
fn of_class(name: &str, label: &str, class: Visibility) -> anyhow::Result<Arc<DataModel>> {
    let mut model = DataModel::clone(&*model(name, label)?);
    model.datasets = model
        .datasets
        .iter()
        .map(|dataset| Arc::new(Dataset { visibility: class, ..Dataset::clone(dataset) }))
        .collect();
    Ok(Arc::new(model))
}

fn run<T>(work: impl Future<Output = Result<T, linkwright::app::AppError>>) -> anyhow::Result<T> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)?)
}

/// A server with a dataset of each class, and everybody of the table.
struct House {
    server: Server,
    bearers: Vec<Option<String>>,
    workbook: Vec<u8>,
}

impl House {
    fn build() -> anyhow::Result<Self> {
        let plenty = Rate { at_once: 1_000_000, per_minute: 1 };
        let rates = Rates { search: plenty, plan: plenty, upload: plenty, sign_in: plenty, session: plenty };
        let models = vec![
            model("Maternity", "1")?,
            of_class("Register", "1", Visibility::Registered)?,
            of_class("Vault", "1", Visibility::Staff)?,
        ];
        let server = Server::of(models, Limits { rates, ..Limits::default() })?;
        let operator = Actor::LocalOperator { account: "test".to_owned() };
        let manage = operator.permit::<ManageUsers>()?;
        let all = [Scope::Read, Scope::Curate];
        let mut bearers = vec![None];
        for (name, role, of, scopes) in [
            ("researcher", Role::Researcher, None, &all[..]),
            ("curator", Role::Curator, Some("maternity"), &all),
            ("other", Role::Curator, Some("register"), &all),
            ("reviewer", Role::IgReviewer, None, &all),
            ("admin", Role::Administrator, None, &all),
            ("reads", Role::Curator, Some("maternity"), &all[..1]),
            ("curates", Role::Curator, Some("maternity"), &all[1..]),
        ] {
            let models: BTreeSet<Slug> = of.map(Slug::of).transpose()?.into_iter().collect();
            let scopes: BTreeSet<Scope> = scopes.iter().copied().collect();
            let app = server.app.clone();
            let secret = run(async {
                let password = Some("three plain words here");
                app.add_user(&manage, name, BTreeSet::from([role]), models, password).await?;
                Ok(app.add_token(&manage, name, "test", scopes, 1).await?.1)
            })?;
            bearers.push(Some(format!("Bearer {}", secret.expose())));
        }
        let another = Server::of(vec![model("Maternity", "2")?], Limits::default())?;
        let files = another.app.export(&operator, "workbook", &[])?;
        let workbook = files.into_iter().next().context("no workbook")?.bytes;
        Ok(Self { server, bearers, workbook })
    }

    fn send(&self, actor: usize, method: &str, path: &str, kind: &str, body: &[u8]) -> anyhow::Result<Reply> {
        let mut headers = vec![("Content-Type", kind)];
        headers.extend(self.bearers[actor].as_deref().map(|bearer| ("Authorization", bearer)));
        self.server.request(method, path, &headers, body)
    }

    fn ask(&self, actor: usize, query: &str) -> anyhow::Result<Value> {
        let body = json!({ "query": query }).to_string();
        self.send(actor, "POST", "/graphql", "application/json", body.as_bytes())?.json()
    }

    fn draft(&self, label: usize) -> anyhow::Result<String> {
        // The curator's: each a draft of its own.
        let path = format!("/import?name=m{label}.xlsx");
        let reply = self.send(2, "POST", &path, "application/octet-stream", &self.workbook)?;
        Ok(reply.json()?["models"][0]["draft"].as_str().context("no draft")?.to_owned())
    }
}

/// What became of a request, in a word of the table.
fn word(reply: &Reply) -> String {
    match reply.status {
        303 if reply.header("location").starts_with("/sign-in") => "in".to_owned(),
        401 | 403 => reply.status.to_string(),
        status if status < 500 && status != 405 => "ok".to_owned(),
        status => format!("{status} {}", reply.body),
    }
}

#[test]
fn every_route_lets_in_whom_the_table_says() -> TestResult {
    let house = House::build()?;
    for (operation, cells) in rows("http")? {
        let (method, route) = operation.split_once(' ').context("a method")?;
        let mut path = route.to_owned();
        for (name, value) in [
            ("{dataset}", "maternity"),
            ("{table}", "msd301"),
            ("{field}", "labourdeliveryid"),
            ("{model}", "maternity"),
            ("{from}", "maternity"),
            ("{to}", "register"),
            ("{code}", "dapc"),
            ("{key}", "a"),
            ("{crosswalk}", "a"),
            ("{format}", "workbook"),
            ("{file}", "plan.json"),
            ("{name}", "a"),
            ("{draft}", "a"),
            ("{id}", "a"),
            ("{user}", "a"),
        ] {
            path = path.replace(name, value);
        }
        assert!(!path.contains('{'), "{path}: say in this test what stands for it");
        let (kind, body) = match route {
            "/graphql" => ("application/json", br#"{"query":"{ __typename }"}"#.to_vec()),
            "/import" => ("application/octet-stream", house.workbook.clone()),
            _ => ("application/x-www-form-urlencoded", Vec::new()),
        };
        let body = if method == "GET" { Vec::new() } else { body };
        for (actor, expected) in cells.iter().enumerate() {
            let reply = house.send(actor, method, &path, kind, &body)?;
            assert_eq!(word(&reply), *expected, "{operation} as {}: {}", ACTORS[actor], reply.body);
        }
    }
    Ok(())
}

#[test]
fn every_query_and_mutation_lets_in_whom_the_table_says() -> TestResult {
    let house = House::build()?;
    let drafts: Vec<String> = (0..2).map(|at| house.draft(at)).collect::<Result<_, _>>()?;
    let node = house.ask(0, "{ dataset(ref: \"maternity\") { id } }")?["data"]["dataset"]["id"].to_string();
    for (operation, cells) in rows("graphql")? {
        let (root, field) = operation.split_once('.').context("a root")?;
        let arguments = match field {
            "dataset" | "table" | "field" => "(ref: \"maternity\")".to_owned(),
            "dataModel" => "(slug: \"maternity\")".to_owned(),
            "search" => "(query: \"maternity\")".to_owned(),
            "joinPaths" => "(from: \"maternity\", to: \"maternity/msd301\")".to_owned(),
            "linkagePlan" => "(request: { want: [\"maternity\"] })".to_owned(),
            "reopenedPlan" => "(saved: \"{}\")".to_owned(),
            "node" => format!("(id: {node})"),
            "publishDataModel" => format!("(draft: \"{}\")", drafts[0]),
            "discardDraft" => format!("(draft: \"{}\")", drafts[1]),
            "rollbackDataModel" => "(slug: \"maternity\", version: 99)".to_owned(),
            _ => String::new(),
        };
        let start = if root == "Mutation" { "mutation" } else { "query" };
        for (actor, expected) in cells.iter().enumerate() {
            let answer = house.ask(actor, &format!("{start} {{ {field}{arguments} {{ __typename }} }}"))?;
            let told = match answer["errors"][0]["extensions"]["code"].as_str() {
                Some("UNAUTHENTICATED") => "401",
                Some("FORBIDDEN") => "403",
                Some("INTERNAL" | "GRAPHQL_VALIDATION_FAILED" | "GRAPHQL_PARSE_FAILED") => "failed",
                _ => "ok",
            };
            assert_eq!(told, *expected, "{operation} as {}: {answer}", ACTORS[actor]);
        }
    }
    Ok(())
}

#[test]
fn everybody_sees_what_is_of_their_class_by_every_door_and_no_more() -> TestResult {
    let house = House::build()?;
    for (dataset, cells) in rows("what is seen")? {
        for (actor, expected) in cells.iter().enumerate() {
            let who = ACTORS[actor];
            let html = house.send(actor, "GET", &format!("/datasets/{dataset}"), "text/plain", &[])?;
            let listed = house.send(actor, "GET", "/datasets.json", "text/plain", &[])?;
            let searched = house.ask(actor, &format!("{{ search(query: \"{dataset}\") {{ totalCount }} }}"))?;
            let asked =
                house.ask(actor, &format!("{{ dataset(ref: \"{dataset}\") {{ name dataModel {{ slug }} }} }}"))?;
            let model = house.ask(actor, &format!("{{ dataModel(slug: \"{dataset}\") {{ slug }} }}"))?;
            let name = format!("\"{dataset}\"");
            let seen = [
                html.status == 200,
                listed.body.contains(&name),
                searched["data"]["search"]["totalCount"].as_u64().is_some_and(|count| count > 0),
                !asked["data"]["dataset"].is_null(),
                !model["data"]["dataModel"].is_null(),
            ];
            assert_eq!(seen, [*expected == "seen"; 5], "{dataset} as {who}");
        }
    }
    Ok(())
}
