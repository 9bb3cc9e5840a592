//! Join paths on public schemas with the joins that people wrote (the `joinpaths` kit): how often the planner's first
//! plan, or one of its first three or five, is exactly theirs. Each schema is a data model like any other, and plans
//! are asked for as everybody asks.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use linkwright::app::View;
use linkwright::clock::FixedClock;
use linkwright::domain::approval::Recorded;
use linkwright::domain::catalogue::PublishedModel;
use linkwright::domain::data_model::{About, Coverage, DataModel, Dataset, Extra, Field, Reference, Table};
use linkwright::domain::plan::{PathsRequest, PlanRequest, Step};
use linkwright::domain::refs::{FieldRef, Ref, Slug, TableRef};
use linkwright::domain::words::{KeyKind, Visibility};
use serde_json::Value;

use crate::{shared, told};

type Pair = (String, String);

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn pair(one: String, other: String) -> Pair {
    if one <= other { (one, other) } else { (other, one) }
}

fn slug(name: &str) -> Slug {
    Slug::of(name).expect("names of tables and columns hold letters")
}

fn split(column: &str) -> (&str, &str) {
    column.split_once('.').expect("columns are written table.column")
}

/// A schema as a catalogue of one dataset.
struct Schema {
    view: Arc<View>,
    /// `table.column` of each field.
    names: HashMap<FieldRef, String>,
}

impl Schema {
    fn of(value: &Value) -> Self {
        let primary: BTreeSet<String> = list(&value["primary_keys"])
            .iter()
            .flat_map(|key| if key.is_array() { list(key).iter().map(text).collect() } else { vec![text(key)] })
            .collect();
        let mut references: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for key in list(&value["foreign_keys"]) {
            references.entry(text(&key[0])).or_default().push(text(&key[1]));
        }
        let field_of = |column: &str| {
            let (table, name) = split(column);
            FieldRef { table: TableRef { dataset: slug("schema"), table: slug(table) }, field: slug(name) }
        };
        let mut model = DataModel { about: About { slug: slug("schema"), ..About::default() }, ..DataModel::default() };
        let mut names = HashMap::new();
        model.datasets.push(Arc::new(dataset()));
        for (name, columns) in value["tables"].as_object().into_iter().flatten() {
            model.tables.push(Arc::new(table(name)));
            for column in list(columns).iter().map(text) {
                let whole = format!("{name}.{column}");
                let to = references.get(&whole).into_iter().flatten();
                let to = to.map(|target| Reference { target: field_of(target), name: None }).collect();
                names.insert(field_of(&whole), whole.clone());
                let key = primary.contains(&whole).then_some(KeyKind::Primary);
                model.fields.push(Arc::new(field(name, &column, key, to)));
            }
        }
        let published = PublishedModel {
            version: 1,
            published_at: "2026-11-22T09:00:00Z".parse().expect("a time"),
            model: Arc::new(model),
        };
        let clock: Arc<dyn linkwright::clock::Clock> =
            Arc::new(FixedClock("2026-11-22T09:00:00Z".parse().expect("a time")));
        Self { view: View::of_models(&[published], &clock).expect("a schema makes a view"), names }
    }

    /// The best ways to join some tables, as pairs of columns: paths between two, a plan of more.
    fn best(&self, want: &[String]) -> Vec<BTreeSet<Pair>> {
        let table = |name: &String| Ref::Table(TableRef { dataset: slug("schema"), table: slug(name) });
        let want: Vec<Ref> = want.iter().map(table).collect();
        let day = "2026-11-22".parse().expect("a day");
        let steps: Vec<Vec<Step>> = if let [from, to] = want.as_slice() {
            let found = self.view.paths(&PathsRequest::of(from.clone(), to.clone(), day)).expect("the two differ");
            found.paths.into_iter().map(|path| path.steps).collect()
        } else {
            let request = PlanRequest { max_options: 5, ..PlanRequest::of(want, day) };
            let plan = self.view.plan(&request).expect("the request is well formed");
            plan.options.into_iter().map(|option| option.steps).collect()
        };
        let name = |field: &FieldRef| self.names[field].clone();
        let joins = |steps: &Vec<Step>| {
            let pairs = steps.iter().flat_map(|step| &step.pairs);
            pairs.map(|held| pair(name(&held.from), name(&held.to))).collect()
        };
        steps.iter().map(joins).collect()
    }
}

fn dataset() -> Dataset {
    Dataset {
        name: "schema".to_owned(),
        slug: slug("schema"),
        title: String::new(),
        description: String::new(),
        custodian: String::new(),
        contact: String::new(),
        approvals: Recorded::NoneNeeded,
        visibility: Visibility::Public,
        curated: Some(true),
        coverage: Coverage::default(),
        population: None,
        geography: String::new(),
        consent_basis: String::new(),
        update_frequency: String::new(),
        time_lag: String::new(),
        lead_time: String::new(),
        keywords: Vec::new(),
        provenance: None,
        source: String::new(),
        extra: Extra::new(),
    }
}

fn table(name: &str) -> Table {
    Table {
        dataset: slug("schema"),
        name: name.to_owned(),
        slug: slug(name),
        title: String::new(),
        description: String::new(),
        grain: String::new(),
        rows: None,
        approvals: Recorded::NoneNeeded,
        coverage: Coverage::default(),
        population: None,
        provenance: None,
        source: String::new(),
        extra: Extra::new(),
    }
}

fn field(table: &str, name: &str, key: Option<KeyKind>, references: Vec<Reference>) -> Field {
    Field {
        dataset: slug("schema"),
        table: slug(table),
        name: name.to_owned(),
        slug: slug(name),
        title: String::new(),
        description: String::new(),
        data_type: None,
        source_type: String::new(),
        unit: String::new(),
        values: Vec::new(),
        sensitivity: None,
        key,
        scheme: None,
        role: None,
        references,
        completeness: None,
        provenance: None,
        source: String::new(),
        extra: Extra::new(),
    }
}

#[test]
fn the_plans_are_those_that_people_wrote() {
    let Some(kit) = shared("data/joinpaths/dev") else { return };
    let read = |name: &str| std::fs::read_to_string(kit.join(name)).expect("the kit is readable");
    let schemas: Value = serde_json::from_str(&read("schemas.json")).expect("schemas are JSON");
    let schemas: HashMap<String, Schema> =
        schemas.as_object().into_iter().flatten().map(|(name, schema)| (name.clone(), Schema::of(schema))).collect();
    let mut counted: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    let mut skipped = 0;
    for line in read("cases.jsonl").lines() {
        let case: Value = serde_json::from_str(line).expect("cases are JSON");
        let gold: BTreeSet<Pair> =
            list(&case["joins"]).iter().map(|join| pair(text(&join[0]), text(&join[1]))).collect();
        if case["joins_declared"].as_u64().unwrap_or(0) < list(&case["joins"]).len() as u64 {
            skipped += 1;
            continue;
        }
        let needed: Vec<String> = list(&case["needed"]).iter().map(text).collect();
        let want = if needed.len() >= 2 { needed } else { list(&case["tables"]).iter().map(text).collect() };
        let db = text(&case["db"]);
        let plans = schemas[&db].best(&want);
        let place = plans.iter().position(|plan| *plan == gold);
        if std::env::var("SHOW").as_deref() == Ok("1") && place != Some(0) {
            println!("{db} {want:?}\n   gold {gold:?}\n   ours {:?} place {place:?}", plans.first());
        }
        for source in [db.split('/').next().unwrap_or_default().to_owned(), "all".to_owned()] {
            let counts = counted.entry(source).or_default();
            counts[0] += 1;
            for (at, within) in [1, 3, 5].into_iter().enumerate() {
                counts[at + 1] += usize::from(place.is_some_and(|place| place < within));
            }
        }
    }
    for (source, [cases, one, three, five]) in &counted {
        let share = |count: &usize| format!("{:.3}", *count as f64 / *cases as f64);
        told(
            &format!("6. Join paths: {source}, {cases} cases"),
            if source == "beaver" { "at 5: 0.85" } else { "at 1: 0.89, at 5: 0.95 on unseen cases" },
            &format!("at 1 {}, at 3 {}, at 5 {}", share(one), share(three), share(five)),
        );
    }
    println!("{skipped} cases skipped: a key that they join on is not declared");
}
