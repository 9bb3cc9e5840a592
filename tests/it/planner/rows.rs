//! Fan-out and chasm against counted rows: tables with few rows are made to fit what is said of their keys, joined row
//! by row, and what comes out is counted.

use std::collections::BTreeSet;

use linkwright::domain::plan::{Pair, Step, Via};
use linkwright::domain::refs::{FieldRef, Slug, TableRef};
use linkwright::domain::words::Cardinality;
use linkwright::linkage::branches::Branches;
use proptest::prelude::*;
use serde_json::Value;

use crate::semantics::{Catalogue, Sheet};
use crate::support::TestResult;

/// A join of a table to one before it, and whether each side has one row per key.
#[derive(Clone, Debug)]
struct Join {
    parent: usize,
    one_parent: bool,
    one_child: bool,
}

/// The rows of each table: the value of each join's key, for the joins that touch it.
type Data = Vec<Vec<Vec<u8>>>;

fn tree() -> impl Strategy<Value = Vec<Join>> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), any::<bool>()), 1..6).prop_map(|joins| {
        let one = |(at, (parent, one_parent, one_child)): (usize, (prop::sample::Index, bool, bool))| Join {
            parent: parent.index(at + 1),
            one_parent,
            one_child,
        };
        joins.into_iter().enumerate().map(one).collect()
    })
}

fn table(at: usize) -> TableRef {
    TableRef { dataset: Slug::of(&format!("d{at}")).expect("a name"), table: Slug::of("t").expect("a name") }
}

fn steps(joins: &[Join]) -> Vec<Step> {
    let step = |(at, join): (usize, &Join)| {
        let field = |of: usize| FieldRef { table: table(of), field: Slug::of(&format!("k{at}")).expect("a name") };
        let (from, to) = (field(join.parent), field(at + 1));
        Step {
            pairs: vec![Pair { from: from.clone(), to: to.clone() }],
            from,
            to,
            via: Via::Scheme,
            schemes: Vec::new(),
            role: None,
            crosswalks: Vec::new(),
            performed_by: String::new(),
            cardinality: Cardinality::of(join.one_parent, join.one_child),
            approvals: Vec::new(),
            needs_extra_approval: false,
        }
    };
    joins.iter().enumerate().map(step).collect()
}

/// The value of a key in a row: its own where there is one row per key, else by chance.
fn data(joins: &[Join], chance: &[u8], rows: u8) -> Data {
    let mut chance = chance.iter().copied().cycle();
    (0..=joins.len())
        .map(|table| {
            (0..rows)
                .map(|row| {
                    let key = |(at, join): (usize, &Join)| {
                        let one = (join.parent == table && join.one_parent) || (at + 1 == table && join.one_child);
                        if one { row } else { chance.next().unwrap_or_default() % 2 }
                    };
                    joins.iter().enumerate().map(key).collect()
                })
                .collect()
        })
        .collect()
}

/// How many rows a row of a table comes to, by each join that goes on from it; with `aggregated`, what a join meets is
/// brought to one row per key first.
fn rows(joins: &[Join], data: &Data, table: usize, row: usize, aggregated: bool) -> Vec<(usize, u64)> {
    let on = joins.iter().enumerate().filter(|(_, join)| join.parent == table);
    on.map(|(at, join)| {
        let key = data[table][row][at];
        let met = data[at + 1].iter().enumerate().filter(|(_, child)| child[at] == key);
        let sum: u64 = met
            .map(|(child, _)| {
                rows(joins, data, at + 1, child, aggregated).iter().map(|(_, rows)| rows).product::<u64>()
            })
            .sum();
        (at, if aggregated && !join.one_child { sum.min(1) } else { sum })
    })
    .collect()
}

fn behind(joins: &[Join], join: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::from([join]);
    for (at, other) in joins.iter().enumerate() {
        if found.iter().any(|held| other.parent == held + 1) {
            found.insert(at);
        }
    }
    found
}

/// The tables at which more than one branch of this data gives several rows for one of theirs.
fn crossed(joins: &[Join], data: &Data) -> BTreeSet<usize> {
    let several = |table: usize, row: usize| {
        rows(joins, data, table, row, false).iter().filter(|(_, rows)| *rows > 1).count() > 1
    };
    (0..data.len()).filter(|table| (0..data[*table].len()).any(|row| several(*table, row))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_is_told_to_multiply_is_what_can_give_several_rows(
        joins in tree(), chance in prop::collection::vec(any::<u8>(), 1..40), number in 1u8..5,
    ) {
        let steps = steps(&joins);
        let branches = Branches::of(&steps);
        let told: BTreeSet<usize> = branches
            .chasms()
            .iter()
            .filter_map(|chasm| (0..=joins.len()).find(|at| table(*at) == *chasm.at))
            .collect();
        let multiplies = |join: usize| behind(&joins, join).iter().any(|at| !joins[*at].one_child);
        // Whatever the rows, nothing comes out several times unless it was told; and aggregated first, nothing does.
        let some = data(&joins, &chance, number);
        prop_assert!(crossed(&joins, &some).is_subset(&told), "{:?}", some);
        for table in 0..some.len() {
            for row in 0..some[table].len() {
                for (join, rows) in rows(&joins, &some, table, row, false) {
                    prop_assert!(rows <= 1 || multiplies(join), "{:?}", some);
                }
                prop_assert!(rows(&joins, &some, table, row, true).iter().all(|(_, rows)| *rows <= 1));
            }
        }
        // And whatever is told comes true for some rows: two in each table, all alike where several may be.
        let alike = data(&joins, &[0], 2);
        prop_assert_eq!(&crossed(&joins, &alike), &told, "{:?}", alike);
        for table in 0..alike.len() {
            for (join, rows) in rows(&joins, &alike, table, 0, false) {
                prop_assert_eq!(rows > 1, multiplies(join), "{:?}", alike);
            }
        }
        prop_assert_eq!(branches.multiplying().count(), joins.iter().filter(|join| !join.one_child).count());
    }
}

#[test]
fn branches_that_multiply_further_down_are_a_chasm_with_the_remedies_in_join_order() -> TestResult {
    let sheets: [Sheet; 4] = [
        (
            "Datasets",
            &[
                &["Dataset", "Title", "Approvals"],
                &["mother", "M", "none"],
                &["booking", "B", "none"],
                &["visit", "V", "none"],
                &["scan", "S", "none"],
            ],
        ),
        ("Tables", &[&["Dataset", "Table"], &["mother", "t"], &["booking", "t"], &["visit", "t"], &["scan", "t"]]),
        (
            "Identifier schemes",
            &[&["Scheme", "Title", "Entity"], &["p", "P", "person"], &["q", "Q", "event"], &["r", "R", "event"]],
        ),
        (
            "Fields",
            &[
                &["Dataset", "Table", "Field", "Identifier scheme", "Key"],
                &["mother", "t", "p", "p", "unique"],
                &["mother", "t", "r", "r", "unique"],
                &["booking", "t", "p", "p", "unique"],
                &["booking", "t", "q", "q", "unique"],
                &["visit", "t", "q", "q", "foreign"],
                &["scan", "t", "r", "r", "foreign"],
            ],
        ),
    ];
    let plan = Catalogue::of(&sheets)?.ask(&["plan", "mother", "booking", "visit", "scan"])?;
    let option = &plan["options"][0];
    let warnings: Vec<&Value> = option["warnings"].as_array().into_iter().flatten().collect();
    let chasm = warnings.iter().find(|warning| warning["kind"] == "CHASM").and_then(|one| one["text"].as_str());
    let chasm = chasm.ok_or_else(|| anyhow::anyhow!("no chasm: {option}"))?;
    assert!(chasm.starts_with("2 branches at mother/t each give several rows"), "{chasm}");
    let prepared: Vec<&str> =
        option["preparations"].as_array().into_iter().flatten().filter_map(|one| one["table"].as_str()).collect();
    assert_eq!(prepared.len(), 2, "{option}");
    let places: Vec<Option<usize>> = prepared.iter().map(|table| chasm.rfind(table)).collect();
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "in the order of the preparations: {chasm}");
    assert!(chasm.ends_with("(preparations 1, 2)."), "{chasm}");
    let fans = warnings.iter().filter(|warning| warning["kind"] == "FAN_OUT").count();
    assert_eq!(fans, 2, "{option}");
    Ok(())
}
