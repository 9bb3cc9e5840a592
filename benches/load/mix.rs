//! What people and programs ask of a catalogue, in the shares in which they do.

use serde_json::json;

use super::client::Request;
use super::generate::{DATASETS, Random, dataset_name, question, tables_of};

/// The share of each kind, in a hundred, and what asks it.
const SHARES: &[(usize, &str)] =
    &[(22, "search page"), (30, "page"), (8, "search, JSON"), (18, "GraphQL"), (14, "plan"), (8, "export")];

/// The next request of the mix.
pub fn next(random: &mut Random) -> Request {
    let mut at = random.below(100);
    let mut kind = SHARES[0].1;
    for (share, named) in SHARES {
        kind = named;
        if at < *share {
            break;
        }
        at -= share;
    }
    let bytes = match kind {
        "search page" => get(&format!("/search?q={}", question(random).replace(' ', "+"))),
        "search, JSON" => get(&format!("/search.json?q={}", question(random).replace(' ', "+"))),
        "page" => page(random),
        "GraphQL" => graphql(random),
        "plan" => plan(random),
        _ => export(random),
    };
    Request { kind, bytes }
}

/// A dataset that everybody sees.
fn dataset(random: &mut Random) -> usize {
    loop {
        let nth = random.below(DATASETS);
        if ![7, 13].contains(&(nth % 20)) {
            return nth;
        }
    }
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: load.example\r\nAccept: text/html\r\n\r\n").into_bytes()
}

fn post(query: &str, variables: &serde_json::Value) -> Vec<u8> {
    let body = json!({ "query": query, "variables": variables }).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: load.example\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    (head + &body).into_bytes()
}

fn page(random: &mut Random) -> Vec<u8> {
    let nth = dataset(random);
    let (dataset, table) = (dataset_name(nth), random.below(tables_of(nth)));
    match random.below(12) {
        0 => get("/"),
        1 => get(&format!("/datasets?page={}", 1 + random.below(20))),
        2 => get("/keys"),
        3 => get("/approvals"),
        4..=6 => get(&format!("/datasets/{dataset}")),
        7..=9 => get(&format!("/datasets/{dataset}/tables/t{table}")),
        _ => get(&format!("/datasets/{dataset}/tables/t{table}/fields/personkey")),
    }
}

fn graphql(random: &mut Random) -> Vec<u8> {
    let nth = dataset(random);
    let (dataset, table) = (dataset_name(nth), random.below(tables_of(nth)));
    match random.below(4) {
        0 => post(
            "query($ref: String!) { dataset(ref: $ref) { ref title tables { ref title } } }",
            &json!({ "ref": dataset }),
        ),
        1 => post(
            "query($ref: String!) { table(ref: $ref) { ref grain fields { name dataType description } } }",
            &json!({ "ref": format!("{dataset}/t{table}") }),
        ),
        2 => post(
            "query($words: String!) { search(query: $words, first: 10) { totalCount nodes { ref } } }",
            &json!({ "words": question(random) }),
        ),
        _ => post("{ datasets(first: 50) { totalCount nodes { ref title custodian } } }", &json!({})),
    }
}

fn plan(random: &mut Random) -> Vec<u8> {
    let want: Vec<String> = (0..2 + random.below(2)).map(|_| dataset_name(dataset(random))).collect();
    post(
        "query($want: [String!]!) { linkagePlan(request: { want: $want }) { verdict optionsFound options { tables approvals { code } } } }",
        &json!({ "want": want }),
    )
}

fn export(random: &mut Random) -> Vec<u8> {
    let nth = dataset(random);
    let (dataset, table) = (dataset_name(nth), random.below(tables_of(nth)));
    match random.below(4) {
        0 => get(&format!("/datasets/{dataset}.csv")),
        1 => get(&format!("/datasets/{dataset}.json")),
        2 => get(&format!("/datasets/{dataset}/tables/t{table}.csv")),
        _ => get(&format!("/datasets/{dataset}/tables/t{table}.xlsx")),
    }
}
