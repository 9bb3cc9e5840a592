//! Join paths on public schemas with the joins that people wrote (the `joinpaths` kit): how often the planner's first,
//! or one of its first three or five plans, is exactly theirs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use linkwright::linkage::engine::labels::Labels;
use linkwright::linkage::engine::network::{Labelled, Limits, Network, Tree};
use linkwright::linkage::engine::ranked::{Next, lacking_each, ranked};
use linkwright::linkage::engine::within::Within;
use serde_json::Value;

use crate::shared;

type Pair = (String, String);

/// What a table costs: fewer tables come first, whatever the names say.
const TABLE: u64 = 1_000;
/// What it costs to join two tables over a third that both have many rows for, and that nobody asked for: more than
/// a table more.
const CHASM: u64 = 1_200;

struct Schema {
    tables: Vec<String>,
    network: Network,
    pairs: Vec<BTreeSet<Pair>>,
    /// By link: whether its first and its second table have many rows for one of the other.
    many: Vec<(bool, bool)>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn pair(value: &Value) -> Pair {
    let (one, other) = (text(&value[0]), text(&value[1]));
    if one <= other { (one, other) } else { (other, one) }
}

fn table_of(column: &str) -> &str {
    column.split_once('.').map_or(column, |(table, _)| table)
}

fn name_of(column: &str) -> &str {
    column.split_once('.').map_or(column, |(_, name)| name)
}

/// Whether a column is its own table's key: said to be, or called after the table.
fn is_own_key(column: &str, primary: &BTreeSet<String>) -> bool {
    let (table, name) = (table_of(column), name_of(column));
    primary.contains(column) || (name.starts_with(table) && ["key", "id", "code"].iter().any(|end| name.ends_with(end)))
}

/// How unlike a key the pair looks: a key leads to a table's own key, and is called like it or after the table. Among
/// several to one table the rarer and plainer name comes first.
fn unlikeness((one, other): &Pair, primary: &BTreeSet<String>, often: &HashMap<String, u64>) -> u64 {
    let says = |column: &str, table: &str| name_of(column).contains(table.trim_end_matches('s').trim_end_matches("ie"));
    let names = match () {
        () if name_of(one) == name_of(other) => 0,
        () if says(one, table_of(other)) || says(other, table_of(one)) => 10,
        () => 40,
    };
    let keys = if is_own_key(one, primary) || is_own_key(other, primary) { 0 } else { 80 };
    let shared = often.get(name_of(one)).max(often.get(name_of(other))).copied().unwrap_or(0);
    shared.min(30) + names + keys + (name_of(one).len() + name_of(other).len()).min(80) as u64 / 4
}

impl Schema {
    fn of(value: &Value) -> Self {
        let tables: Vec<String> =
            value["tables"].as_object().map(|tables| tables.keys().cloned().collect()).unwrap_or_default();
        let at: HashMap<&str, usize> = tables.iter().enumerate().map(|(at, table)| (table.as_str(), at)).collect();
        let primary: BTreeSet<String> = list(&value["primary_keys"])
            .iter()
            .flat_map(|key| if key.is_array() { list(key).iter().map(text).collect() } else { vec![text(key)] })
            .collect();
        let mut often: HashMap<String, u64> = HashMap::new();
        let mut between: BTreeMap<(usize, usize), BTreeSet<Pair>> = BTreeMap::new();
        for key in list(&value["foreign_keys"]) {
            let key = pair(key);
            let (Some(u), Some(v)) = (at.get(table_of(&key.0)), at.get(table_of(&key.1))) else { continue };
            if u != v {
                *often.entry(name_of(&key.0).to_owned()).or_default() += 1;
                between.entry((*u.min(v), *u.max(v))).or_default().insert(key);
            }
        }
        let mut schema =
            Self { network: Network::default(), pairs: Vec::new(), many: Vec::new(), tables: tables.clone() };
        schema.network.node_cost = vec![TABLE; schema.tables.len()];
        schema.network.node_labels = vec![Labels::NONE; schema.tables.len()];
        for ((u, v), keys) in between {
            for (keys, cost) in links(&keys, &primary, &often) {
                schema.network.links.push((u, v, cost));
                schema.network.link_labels.push(Labels::NONE);
                let own = |table: usize| {
                    let of_it =
                        |column: &String| at.get(table_of(column)) == Some(&table) && is_own_key(column, &primary);
                    keys.iter().all(|(one, other)| of_it(one) || of_it(other))
                };
                schema.many.push((!own(u), !own(v)));
                schema.pairs.push(keys);
            }
        }
        schema
    }

    /// The best plans for some tables, as sets of pairs of columns.
    fn plans(&self, want: &[String], most: usize) -> Vec<BTreeSet<Pair>> {
        let mut network = self.network.clone();
        let node = |table: &String| self.tables.iter().position(|held| held == table);
        network.groups = want.iter().filter_map(node).map(|node| vec![node]).collect();
        // What a tree costs beyond its parts only adds, so trees in order of their parts are enough once the next
        // costs more than the last wanted.
        let wanted = |node: usize| network.groups.iter().any(|group| group.contains(&node));
        let mut scores: Vec<(u64, Vec<usize>)> = Vec::new();
        let next = |plan: &Labelled| {
            if scores.len() >= most && scores[most - 1].0 <= plan.tree.cost {
                return Next::Stop;
            }
            scores.push((plan.tree.cost + self.chasms(&plan.tree, wanted), plan.tree.links.clone()));
            scores.sort();
            Next::Skip
        };
        ranked(&network, &Within::everything(&network), 2_000, &Limits::NONE, next, |plan, out| {
            lacking_each(&network, plan, out)
        });
        scores.truncate(most);
        let pairs = |links: &[usize]| links.iter().flat_map(|link| self.pairs[*link].clone()).collect();
        scores.iter().map(|(_, links)| pairs(links)).collect()
    }

    /// Two tables that hang on one in between, each with many rows for it, multiply each other's rows.
    fn chasms(&self, tree: &Tree, wanted: impl Fn(usize) -> bool) -> u64 {
        let branches = |node: &usize| {
            let many = |link: &&usize| {
                let ((u, v, _), (many_u, many_v)) = (self.network.links[**link], self.many[**link]);
                (u == *node && many_v && !many_u) || (v == *node && many_u && !many_v)
            };
            tree.links.iter().filter(many).count()
        };
        let crossed = tree.nodes.iter().filter(|node| branches(node) > 1);
        crossed.filter(|node| !wanted(**node)).map(|_| CHASM).sum()
    }
}

/// The links between two tables: pairs that make up a composite primary key are one link.
fn links(
    keys: &BTreeSet<Pair>,
    primary: &BTreeSet<String>,
    often: &HashMap<String, u64>,
) -> Vec<(BTreeSet<Pair>, u64)> {
    let cost = |key: &Pair| unlikeness(key, primary, often);
    let mut links: Vec<(BTreeSet<Pair>, u64)> =
        keys.iter().map(|key| (BTreeSet::from([key.clone()]), cost(key))).collect();
    for side in [|key: &Pair| key.0.clone(), |key: &Pair| key.1.clone()] {
        let columns: BTreeSet<String> = keys.iter().map(side).filter(|column| primary.contains(column)).collect();
        let Some(table) = columns.first().map(|column| table_of(column).to_owned()) else { continue };
        let whole = primary.iter().filter(|column| table_of(column) == table).count();
        let composite: BTreeSet<Pair> = keys.iter().filter(|key| columns.contains(&side(key))).cloned().collect();
        if columns.len() > 1 && columns.len() == whole && composite.len() == columns.len() {
            links.retain(|(keys, _)| !keys.is_subset(&composite));
            links.push((composite, 0));
        }
    }
    links
}

#[test]
fn the_plans_are_those_that_people_wrote() {
    let Some(kit) = shared("data/joinpaths/dev") else { return };
    let read = |name: &str| std::fs::read_to_string(kit.join(name)).expect("the kit is readable");
    let schemas: Value = serde_json::from_str(&read("schemas.json")).expect("schemas are JSON");
    let schemas: HashMap<String, Schema> =
        schemas.as_object().into_iter().flatten().map(|(name, schema)| (name.clone(), Schema::of(schema))).collect();
    let mut told: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    let mut skipped = 0;
    for line in read("cases.jsonl").lines() {
        let case: Value = serde_json::from_str(line).expect("cases are JSON");
        let gold: BTreeSet<Pair> = list(&case["joins"]).iter().map(pair).collect();
        if case["joins_declared"].as_u64().unwrap_or(0) < list(&case["joins"]).len() as u64 {
            skipped += 1;
            continue;
        }
        let needed: Vec<String> = list(&case["needed"]).iter().map(text).collect();
        let want = if needed.len() >= 2 { needed } else { list(&case["tables"]).iter().map(text).collect() };
        let db = text(&case["db"]);
        let plans = schemas[&db].plans(&want, 5);
        let place = plans.iter().position(|plan| *plan == gold);
        if std::env::var("SHOW").as_deref() == Ok("1") && place != Some(0) {
            println!("{db} {want:?}\n   gold {gold:?}\n   ours {:?} place {place:?}", plans.first());
        }
        for source in [db.split('/').next().unwrap_or_default().to_owned(), "all".to_owned()] {
            let counts = told.entry(source).or_default();
            counts[0] += 1;
            for (at, within) in [1, 3, 5].into_iter().enumerate() {
                counts[at + 1] += usize::from(place.is_some_and(|place| place < within));
            }
        }
    }
    for (source, [cases, one, three, five]) in &told {
        let share = |count: &usize| *count as f64 / *cases as f64;
        println!(
            "{source}: {cases} cases, exact at 1 {:.3}, at 3 {:.3}, at 5 {:.3}",
            share(one),
            share(three),
            share(five)
        );
    }
    println!("{skipped} skipped: a key is not declared");
}
