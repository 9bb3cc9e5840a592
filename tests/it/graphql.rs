//! GraphQL: the schema says what it is, answers are those of the catalogue, and pages are whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use linkwright::app::PlanForm;
use linkwright::config::Limits;
use linkwright::domain::access::Actor;
use linkwright::domain::approval::Recorded;
use linkwright::domain::data_model::{Coverage, DataModel, Dataset, Extra, Table};
use linkwright::domain::plan::{PathsRequest, PlanRequest};
use linkwright::domain::project::{Characteristic, Project};
use linkwright::domain::words::Visibility;
use serde_json::{Value, json};

use crate::support::TestResult;
use crate::support::models::{model, slug};
use crate::support::server::{Server, code};

/// The documented examples.
fn operations() -> anyhow::Result<Vec<(String, String)>> {
    let mut operations = Vec::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/graphql/operations"))? {
        let path = entry?.path();
        operations.push((path.display().to_string(), std::fs::read_to_string(&path)?));
    }
    Ok(operations)
}

fn operation(name: &str) -> anyhow::Result<String> {
    Ok(std::fs::read_to_string(format!("{}/graphql/operations/{name}.graphql", env!("CARGO_MANIFEST_DIR")))?)
}

#[test]
fn the_schema_file_is_that_of_the_program() -> TestResult {
    let file = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/graphql/schema.graphql"))?;
    similar_asserts::assert_eq!(file, linkwright::graphql::sdl(), "run: linkwright schema > graphql/schema.graphql");
    Ok(())
}

#[test]
fn introspection_is_open_and_describes_every_member() -> TestResult {
    let introspection = include_str!("../fixtures/introspection.graphql");
    let schema = Server::shipped()?.data(introspection, json!({}))?;
    let mut bare = Vec::new();
    for kind in schema["__schema"]["types"].as_array().into_iter().flatten() {
        let name = kind["name"].as_str().unwrap_or_default();
        // What the library brings along says nothing of `ID`.
        if name.starts_with("__") || name == "ID" {
            continue;
        }
        let mut blank = |what: String, thing: &Value| {
            if thing["description"].as_str().is_none_or(str::is_empty) {
                bare.push(what);
            }
        };
        blank(name.to_owned(), kind);
        for list in ["fields", "inputFields", "enumValues"] {
            for member in kind[list].as_array().into_iter().flatten() {
                blank(format!("{name}.{}", member["name"]), member);
                for argument in member["args"].as_array().into_iter().flatten() {
                    blank(format!("{name}.{}({})", member["name"], argument["name"]), argument);
                }
            }
        }
    }
    assert_eq!(bare, [] as [&str; 0]);
    Ok(())
}

#[test]
fn every_documented_example_says_what_it_answers_and_is_answered() -> TestResult {
    let server = Server::shipped()?;
    let operations = operations()?;
    assert!(operations.len() >= 9);
    for (path, query) in operations {
        assert!(query.starts_with("# "), "{path} says what it answers");
        let data = server.data(&query, json!({}))?;
        let answered = data.as_object().is_some_and(|data| data.values().all(|value| !value.is_null()));
        assert!(answered, "{path}: {data}");
    }
    Ok(())
}

#[test]
fn a_plan_is_the_object_of_the_command_line() -> TestResult {
    let server = Server::shipped()?;
    let plan = server.data(&operation("linkage-plan")?, json!({}))?;
    let view = server.app.view(&Actor::Anonymous)?;
    let project: Project = ["leaves trust", "commercial funding", "purpose=research"]
        .into_iter()
        .filter_map(Characteristic::parse)
        .collect();
    let want = vec![view.catalogue.resolve("maternity")?, view.catalogue.resolve("wsic")?];
    let request = PlanRequest { project, max_options: 3, ..PlanRequest::of(want, "2026-11-22".parse()?) };
    similar_asserts::assert_eq!(plan["linkagePlan"], serde_json::to_value(view.plan(&request)?)?);
    assert!(!plan["linkagePlan"]["options"].as_array().is_none_or(Vec::is_empty));

    let paths = server.data(&operation("join-paths")?, json!({ "first": 3 }))?;
    let (from, to) = (view.catalogue.resolve("maternity")?, view.catalogue.resolve("epr")?);
    let expected = view.paths(&PathsRequest { first: 3, ..PathsRequest::of(from, to, "2026-11-22".parse()?) })?;
    similar_asserts::assert_eq!(paths["joinPaths"], serde_json::to_value(expected)?);
    Ok(())
}

#[test]
fn what_a_plan_is_asked_with_is_read() -> TestResult {
    let server = Server::shipped()?;
    let query = "query($request: LinkageRequestInput!) { linkagePlan(request: $request) \
                 { asOf held want blockers { kind } options { approvals { code } } } }";
    let ask = |request: Value| server.ask(query, json!({ "request": request }));
    let all = ask(json!({ "want": ["maternity", "wsic"], "asOf": "2027-01-05", "maxOptions": 1 }))?;
    assert_eq!(all["data"]["linkagePlan"]["asOf"], "2027-01-05");
    assert_eq!(all["data"]["linkagePlan"]["options"].as_array().map(Vec::len), Some(1));
    let codes = all["data"]["linkagePlan"]["options"][0]["approvals"].as_array().cloned().unwrap_or_default();
    let code_of = |approval: &Value| approval["code"].as_str().unwrap_or_default().to_lowercase();
    let first = codes.first().map(code_of).unwrap_or_default();
    let held = ask(json!({ "want": ["maternity", "wsic"], "held": [first] }))?;
    let left = held["data"]["linkagePlan"]["options"][0]["approvals"].as_array().cloned().unwrap_or_default();
    assert!(left.len() < codes.len() && !left.iter().map(code_of).any(|code| code == first), "{held}");
    let avoided = ask(json!({ "want": ["maternity", "wsic"], "avoid": [first, "epr"] }))?;
    assert!(avoided["errors"].is_null() && avoided["data"]["linkagePlan"]["options"] == json!([]), "{avoided}");
    for (request, expected) in [
        (json!({ "want": [] }), "BAD_REQUEST"),
        (json!({ "want": ["maternity"], "maxOptions": 0 }), "BAD_REQUEST"),
        (json!({ "want": ["maternity"], "maxOptions": 101 }), "BAD_REQUEST"),
        (json!({ "want": vec!["maternity"; 101] }), "BAD_REQUEST"),
        (json!({ "want": ["m".repeat(2_000)] }), "BAD_REQUEST"),
        (json!({ "want": ["maternity"], "asOf": "tomorrow" }), "BAD_REQUEST"),
        (json!({ "want": ["maternity"], "deadline": 60 }), "BAD_REQUEST"),
        (json!({ "want": ["maternity"], "project": { "characteristics": [" "] } }), "BAD_REQUEST"),
        (json!({ "want": ["maternty"] }), "UNKNOWN_REFERENCE"),
        (json!({ "want": ["maternity"], "held": ["no such code"] }), "UNKNOWN_REFERENCE"),
        (json!({ "want": ["maternity"], "avoid": ["no such thing"] }), "UNKNOWN_REFERENCE"),
    ] {
        let answer = ask(request.clone())?;
        assert_eq!(code(&answer), Some(expected), "{request:.200}: {answer}");
    }
    Ok(())
}

#[test]
fn a_plan_is_had_in_every_form_reopened_and_its_gaps_are_named() -> TestResult {
    let server = Server::shipped()?;
    let view = server.app.view(&Actor::Anonymous)?;
    let want = vec![view.catalogue.resolve("maternity")?, view.catalogue.resolve("wsic")?];
    let plan = view.plan(&PlanRequest::of(want, "2026-11-22".parse()?))?;
    let query = "query($form: PlanForm!, $option: Int) { \
                 linkagePlan(request: { want: [\"maternity\", \"wsic\"] }) { form(form: $form, option: $option) } }";
    for (name, form) in [
        ("SQL", PlanForm::Sql),
        ("SNOWFLAKE", PlanForm::Snowflake),
        ("MERMAID", PlanForm::Mermaid),
        ("DOT", PlanForm::Dot),
        ("SVG", PlanForm::Svg),
        ("GANTT", PlanForm::Gantt),
        ("CALENDAR", PlanForm::Calendar),
    ] {
        let data = server.data(query, json!({ "form": name, "option": 2 }))?;
        assert_eq!(data["linkagePlan"]["form"], view.plan_as(&plan, form, 1), "{name}");
    }
    assert_eq!(code(&server.ask(query, json!({ "form": "SVG", "option": 0 }))?), Some("BAD_REQUEST"));

    let again = "query($saved: String!) { reopenedPlan(saved: $saved) \
                 { plan { digest } changes { same from { digest } to { digest } changes { kind subject text } } } }";
    let reopened = server.data(again, json!({ "saved": serde_json::to_string(&plan)? }))?;
    let changes = &reopened["reopenedPlan"]["changes"];
    assert_eq!((&changes["same"], &changes["changes"]), (&true.into(), &json!([])));
    assert_eq!(changes["from"], changes["to"]);
    assert_eq!(code(&server.ask(again, json!({ "saved": "{}" }))?), Some("BAD_REQUEST"));

    let gaps = server.data(&operation("linkage-gaps")?, json!({ "first": 2 }))?;
    let found = view.gaps("2026-11-22".parse()?, 2);
    assert_eq!(gaps["linkageGaps"]["unlinked"], found.unlinked);
    assert_eq!(gaps["linkageGaps"]["suggestions"][0]["pairs"], found.suggestions[0].pairs);
    let most: Vec<usize> = view.gaps("2026-11-22".parse()?, 50).suggestions.iter().map(|one| one.pairs).collect();
    assert!(most.is_sorted_by(|one, other| one >= other), "{most:?}");
    Ok(())
}

#[test]
fn an_unknown_reference_is_null_or_an_error_with_the_closest() -> TestResult {
    let server = Server::shipped()?;
    let query = "{ dataset(ref: \"maternty\") { ref } table(ref: \"maternity\") { ref } field(ref: \"\") { ref } \
                 dataModel(slug: \"none\") { slug } old: dataModel(slug: \"linkages\", version: 99) { slug } \
                 node(id: \"nonsense\") { id } }";
    let data = server.data(query, json!({}))?;
    assert!(data.as_object().is_some_and(|data| data.len() == 6 && data.values().all(Value::is_null)), "{data}");
    let answer = server.ask("{ joinPaths(from: \"Maternty\", to: \"epr\") { paths { rank } } }", json!({}))?;
    assert_eq!(code(&answer), Some("UNKNOWN_REFERENCE"));
    assert_eq!(answer["errors"][0]["extensions"]["closest"][0], "maternity");
    let known = server.data("{ dataset(ref: \" MATERNITY \") { ref } }", json!({}))?;
    assert_eq!(known["dataset"]["ref"], "maternity");
    Ok(())
}

#[test]
fn every_node_is_found_again_by_its_id() -> TestResult {
    let server = Server::shipped()?;
    let query = "{ datasets(first: 2) { nodes { id tables { id fields { id } } dataModel { id } } } \
                 identifierSchemes { id } crosswalks { id } approvals { id } }";
    let mut ids = BTreeSet::new();
    collect_ids(&server.data(query, json!({}))?, &mut ids);
    assert!(ids.len() > 50);
    for id in &ids {
        let data = server.data("query($id: ID!) { node(id: $id) { __typename id } }", json!({ "id": id }))?;
        assert_eq!(data["node"]["id"], json!(id));
    }
    Ok(())
}

fn collect_ids(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_ids(item, ids)),
        Value::Object(members) => {
            ids.extend(members.get("id").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| collect_ids(member, ids));
        }
        _ => {}
    }
}

#[test]
fn paging_gives_every_item_once() -> TestResult {
    let server = Server::shipped()?;
    let forwards = "query($n: Int!, $at: String) { list: datasets(first: $n, after: $at) \
                    { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { ref } } } }";
    let backwards = "query($n: Int!, $at: String) { list: datasets(last: $n, before: $at) \
                     { totalCount pageInfo { hasNextPage: hasPreviousPage endCursor: startCursor } edges { node { ref } } } }";
    let hits = "query($n: Int!, $at: String) { list: search(query: \"patient\", first: $n, after: $at) \
                { totalCount pageInfo { hasNextPage endCursor } edges { node { ref } } } }";
    for (query, size) in [(forwards, 1), (forwards, 7), (backwards, 5), (hits, 50)] {
        let (mut seen, mut at, mut total) = (Vec::new(), Value::Null, 0);
        loop {
            let data = server.data(query, json!({ "n": size, "at": at }))?;
            total = data["list"]["totalCount"].as_u64().unwrap_or(total);
            let edges = data["list"]["edges"].as_array().cloned().unwrap_or_default();
            seen.extend(edges.iter().map(|edge| edge["node"]["ref"].to_string()));
            at = data["list"]["pageInfo"]["endCursor"].clone();
            if data["list"]["pageInfo"]["hasNextPage"] != true {
                break;
            }
        }
        let distinct: BTreeSet<&String> = seen.iter().collect();
        assert_eq!((seen.len() as u64, distinct.len() as u64), (total, total), "{query}");
        assert!(total > 10);
    }
    for (arguments, expected) in [
        ("first: 1001", "PAGE_TOO_LARGE"),
        ("last: 1001", "PAGE_TOO_LARGE"),
        ("first: -1", "BAD_REQUEST"),
        ("after: \"nonsense\"", "BAD_REQUEST"),
    ] {
        let answer = server.ask(&format!("{{ datasets({arguments}) {{ totalCount }} }}"), json!({}))?;
        assert_eq!(code(&answer), Some(expected), "{arguments}");
    }
    let most = server.data("{ datasets(first: 1000) { totalCount nodes { ref } } }", json!({}))?;
    assert_eq!(
        most["datasets"]["nodes"].as_array().map(Vec::len).map(|n| json!(n)),
        Some(most["datasets"]["totalCount"].clone())
    );
    Ok(())
}

#[test]
fn filters_narrow_and_a_bucket_of_a_facet_is_a_value_of_its_filter() -> TestResult {
    let server = Server::shipped()?;
    let few = server.data("{ datasets(filter: { text: \"MATERNITY imperial\" }) { nodes { ref } } }", json!({}))?;
    let all = server.data("{ datasets { totalCount } }", json!({}))?;
    assert!(
        few["datasets"]["nodes"].as_array().map(Vec::len).unwrap_or(0) as u64
            <= all["datasets"]["totalCount"].as_u64().unwrap_or(0)
    );
    let query = "query($filter: SearchFilter) { search(query: \"\", filter: $filter, first: 0) \
                 { totalCount facets { name buckets { value count } } } }";
    let found = server.data(query, json!({}))?;
    let facets = found["search"]["facets"].as_array().cloned().unwrap_or_default();
    assert!(!facets.is_empty(), "{found}");
    for facet in &facets {
        let filter = match facet["name"].as_str().unwrap_or_default() {
            "kind" => "kinds",
            "dataset" => "datasets",
            "sensitivity" => "sensitivities",
            "dataType" => "dataTypes",
            "provenance" => "provenances",
            "identifierScheme" => "identifierSchemes",
            other => anyhow::bail!("an unknown facet: {other}"),
        };
        for bucket in facet["buckets"].as_array().into_iter().flatten() {
            let narrow = server.data(query, json!({ "filter": { filter: [bucket["value"]] } }))?;
            assert_eq!(narrow["search"]["totalCount"], bucket["count"], "{filter} {bucket}");
        }
    }
    let answer = server.ask(query, json!({ "filter": { "datasets": ["maternty"] } }))?;
    assert_eq!(code(&answer), Some("UNKNOWN_REFERENCE"));
    Ok(())
}

#[test]
fn an_answer_that_would_hold_too_much_is_refused_in_good_time() -> TestResult {
    let server = Server::shipped()?;
    let nested =
        "{ datasets(first: 1000) { nodes { tables { fields { table { fields { table { fields { name } } } } } } } } }";
    let started = std::time::Instant::now();
    let answer = server.ask(nested, json!({}))?;
    assert_eq!((code(&answer), &answer["data"]), (Some("TOO_COMPLEX"), &Value::Null));
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    let whole = "{ datasets(first: 1000) { nodes { ref tables { ref fields { ref name description dataType } } } } }";
    assert!(server.ask(whole, json!({}))?["errors"].is_null(), "the whole shipped catalogue at once is fine");
    Ok(())
}

#[test]
fn what_fails_is_null_and_so_is_what_cannot_be_without_it() -> TestResult {
    let server = Server::shipped()?;
    let answer = server.ask("{ a: datasets(first: 1001) { totalCount } b: catalogue { version } }", json!({}))?;
    assert_eq!(answer["data"], Value::Null, "{answer}");
    assert_eq!(answer["errors"][0]["path"], json!(["a"]));
    let answer = server.ask("{ a: dataModel(slug: \"none\") { slug } b: catalogue { version } }", json!({}))?;
    assert!(answer["errors"].is_null() && answer["data"]["b"]["version"].is_number(), "{answer}");
    Ok(())
}

/// A data model with tables, and one dataset more that only signed-in researchers may see.
fn with_tables(label: &str, tables: &[&str], hidden: bool) -> anyhow::Result<Arc<DataModel>> {
    let mut model = DataModel::clone(&*model("Maternity", label)?);
    let own = slug("maternity")?;
    if hidden {
        let secret = model.datasets.first().map(|dataset| Dataset {
            slug: own.clone(),
            visibility: Visibility::Registered,
            title: "Secret".to_owned(),
            ..Dataset::clone(dataset)
        });
        let secret = secret.map(|dataset| Dataset { slug: slug("secret").unwrap_or(own.clone()), ..dataset });
        model.datasets.extend(secret.map(Arc::new));
    }
    for (dataset, name) in tables.iter().map(|name| (own.clone(), *name)).chain([(slug("secret")?, "hidden")]) {
        model.tables.push(Arc::new(Table {
            dataset,
            slug: slug(name)?,
            name: name.to_owned(),
            title: String::new(),
            description: String::new(),
            grain: String::new(),
            rows: Some(5_000_000_000),
            approvals: Recorded::NotRecorded,
            coverage: Coverage::default(),
            population: None,
            provenance: None,
            source: String::new(),
            extra: Extra::new(),
        }));
    }
    Ok(Arc::new(model))
}

#[test]
fn what_a_viewer_may_not_see_is_as_if_it_were_not_there() -> TestResult {
    let (with, without) = (with_tables("1", &["MSD301"], true)?, with_tables("1", &["MSD301"], false)?);
    let (with, without) = (Server::of(vec![with], Limits::default())?, Server::of(vec![without], Limits::default())?);
    // ["dataset","secret"] and ["table","secret/hidden"]
    for query in [
        "{ catalogue { counts { datasets tables fields } } datasets { totalCount nodes { ref title } } }",
        "{ dataset(ref: \"secret\") { ref } table(ref: \"secret/hidden\") { ref } }",
        "{ node(id: \"WyJkYXRhc2V0Iiwic2VjcmV0Il0\") { id } table: node(id: \"WyJ0YWJsZSIsInNlY3JldC9oaWRkZW4iXQ\") { id } }",
        "{ search(query: \"secret hidden\") { totalCount suggestions facets { name buckets { value count } } } }",
        "{ search(query: \"\", filter: { datasets: [\"secret\"] }) { totalCount } }",
        "{ joinPaths(from: \"secret\", to: \"maternity\") { paths { rank } } }",
        "{ dataModel(slug: \"maternity\") { datasets { ref } } }",
    ] {
        let plain = |mut answer: Value| {
            if let Some(extensions) = answer.pointer_mut("/errors/0/extensions") {
                extensions["requestId"] = Value::Null;
            }
            answer
        };
        assert_eq!(plain(with.ask(query, json!({}))?), plain(without.ask(query, json!({}))?), "{query}");
    }
    let html = with.get("/")?.body;
    assert!(!html.contains("secret") && !with.get("/metrics")?.body.contains("secret"));
    Ok(())
}

#[test]
fn a_version_of_the_past_hangs_together() -> TestResult {
    let versions = vec![with_tables("old", &["MSD301", "Gone"], false)?, with_tables("new", &["MSD301"], false)?];
    let server = Server::of(versions, Limits::default())?;
    let query = "query($version: Int) { dataModel(slug: \"maternity\", version: $version) { id version versionLabel \
                 datasets { id dataModel { version } tables { id name rows dataset { ref dataModel { version } } \
                 joinableTo { table { ref } } fields { id description table { id } } } linkages { to { ref } } } } }";
    let old = server.data(query, json!({ "version": 1 }))?;
    let model = &old["dataModel"];
    assert_eq!((&model["version"], &model["versionLabel"]), (&json!(1), &json!("old")));
    assert_eq!(model["datasets"][0]["tables"].as_array().map(Vec::len), Some(2));
    assert_eq!(model["datasets"][0]["tables"][1]["dataset"]["dataModel"]["version"], 1);
    assert_eq!(model["datasets"][0]["tables"][0]["rows"], json!(5_000_000_000_u64));
    assert_eq!(model["datasets"][0]["tables"][0]["fields"][0]["description"], "old");
    let new = server.data(query, json!({}))?;
    assert_eq!((&new["dataModel"]["version"], &new["dataModel"]["versionLabel"]), (&json!(2), &json!("new")));
    assert_eq!(server.data(query, json!({ "version": 2 }))?, new);
    let (mut old_ids, mut new_ids) = (BTreeSet::new(), BTreeSet::new());
    collect_ids(&old, &mut old_ids);
    collect_ids(&new, &mut new_ids);
    assert!(old_ids.is_disjoint(&new_ids));
    for id in old_ids {
        let found = server.data("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id }))?;
        assert_eq!(found["node"]["id"], json!(id));
    }
    for version in [0, 3, -1] {
        assert_eq!(server.data(query, json!({ "version": version }))?, json!({ "dataModel": null }));
    }
    Ok(())
}
