//! Join paths in exact order, against every simple path of small random catalogues; parallel keys are paths of their
//! own, a composite key is one link.

use std::collections::{BTreeMap, BTreeSet};

use linkwright::domain::plan::{JoinPath, PathsRequest};
use linkwright::domain::refs::Ref;
use proptest::prelude::*;
use serde_json::Value;

use super::laws::{closed, fail, made, mask};
use super::made::Made;
use crate::semantics::{Catalogue, Sheet};
use crate::support::TestResult;

/// What paths are ranked by: approvals, tables, crosswalks.
type Rank = (u32, usize, usize);

/// A way through the catalogue, from table to table: the key it leaves each by, the crosswalks, the key it comes to.
type Way = Vec<(String, Vec<String>, String)>;

/// Every simple path from the first dataset to the second, by trying all.
struct Everything<'m> {
    made: &'m Made,
    found: BTreeMap<Way, Rank>,
}

impl Everything<'_> {
    /// Goes on from a table.
    fn walk_from_table(
        &mut self,
        tables: &mut Vec<usize>,
        hubs: &mut Vec<usize>,
        crosswalks: &mut Vec<usize>,
        way: &Way,
    ) {
        let Some(at) = tables.last().copied() else { return };
        if at == 1 {
            let datasets = tables.iter().map(|at| mask(&self.made.datasets[*at].approvals));
            let links = crosswalks.iter().map(|at| mask(&self.made.crosswalks[*at].approvals));
            let approvals = closed(self.made, datasets.chain(links).fold(0, |all, one| all | one));
            self.found.insert(way.clone(), (approvals.count_ones(), tables.len(), crosswalks.len()));
            return;
        }
        for hub in self.made.datasets[at].holds.clone() {
            if !hubs.contains(&hub) {
                hubs.push(hub);
                self.walk_from_hub(tables, hubs, crosswalks, way, (hub, Vec::new()));
                hubs.pop();
            }
        }
    }

    /// Goes on from an identifier, which was left a table for by `start`, over some crosswalks.
    fn walk_from_hub(
        &mut self,
        tables: &mut Vec<usize>,
        hubs: &mut Vec<usize>,
        crosswalks: &mut Vec<usize>,
        way: &Way,
        (start, walked): (usize, Vec<usize>),
    ) {
        let Some(hub) = hubs.last().copied() else { return };
        for to in 0..self.made.datasets.len() {
            if self.made.datasets[to].holds.contains(&hub) && !tables.contains(&to) {
                let from = tables.last().copied().unwrap_or_default();
                let mut way = way.clone();
                let names = walked.iter().map(|at| format!("x{at}")).collect();
                way.push((format!("d{from}/t/k{start}"), names, format!("d{to}/t/k{hub}")));
                tables.push(to);
                self.walk_from_table(tables, hubs, crosswalks, &way);
                tables.pop();
            }
        }
        for (at, crosswalk) in self.made.crosswalks.iter().enumerate().filter(|(_, crosswalk)| !crosswalk.shut) {
            for (from, to) in [(crosswalk.from, crosswalk.to), (crosswalk.to, crosswalk.from)] {
                if from == hub && !hubs.contains(&to) {
                    hubs.push(to);
                    crosswalks.push(at);
                    self.walk_from_hub(tables, hubs, crosswalks, way, (start, [walked.clone(), vec![at]].concat()));
                    crosswalks.pop();
                    hubs.pop();
                }
            }
        }
    }
}

fn way(path: &JoinPath) -> Way {
    let steps = path.steps.iter();
    steps
        .map(|step| {
            let crosswalks = step.crosswalks.iter().map(ToString::to_string).collect();
            (step.from.to_string(), crosswalks, step.to.to_string())
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn paths_are_all_there_are_in_the_order_of_approvals_tables_and_crosswalks(made in made(), few in 1usize..6) {
        let mut all = Everything { made: &made, found: BTreeMap::new() };
        all.walk_from_table(&mut vec![0], &mut Vec::new(), &mut Vec::new(), &Vec::new());
        let mut ranks: Vec<Rank> = all.found.values().copied().collect();
        ranks.sort_unstable();
        let view = made.view().map_err(fail)?;
        let [from, to] = [0, 1].map(|at| made.dataset(at).map(Ref::Dataset));
        let request = PathsRequest::of(from.map_err(fail)?, to.map_err(fail)?, "2026-11-22".parse().map_err(fail)?);
        for first in [few, 100] {
            let found = view.paths(&PathsRequest { first, ..request.clone() }).map_err(fail)?;
            let ways: Vec<Way> = found.paths.iter().map(way).collect();
            let told: Vec<Option<Rank>> = ways.iter().map(|way| all.found.get(way).copied()).collect();
            let expected: Vec<Option<Rank>> = ranks.iter().take(first).copied().map(Some).collect();
            prop_assert_eq!(&told, &expected, "{:?}", ways);
            prop_assert_eq!(ways.iter().collect::<BTreeSet<_>>().len(), ways.len(), "none twice");
            prop_assert!(found.complete);
            let again = view.paths(&PathsRequest { first, ..request.clone() }).map_err(fail)?;
            prop_assert_eq!(found, again);
        }
    }
}

#[test]
fn parallel_keys_are_paths_of_their_own_and_a_composite_key_is_one_link() -> TestResult {
    let sheets: [Sheet; 4] = [
        ("Datasets", &[&["Dataset", "Title", "Approvals"], &["a", "A", "none"], &["b", "B", "none"]]),
        ("Tables", &[&["Dataset", "Table"], &["a", "t"], &["b", "t"]]),
        (
            "Identifier schemes",
            &[
                &["Scheme", "Title", "Entity", "Parts"],
                &["nhs", "NHS number", "person", ""],
                &["hospital", "Hospital number", "person", ""],
                &["pathway", "Pathway", "event", "id; issuer"],
            ],
        ),
        (
            "Fields",
            &[
                &["Dataset", "Table", "Field", "Identifier scheme", "Key"],
                &["a", "t", "nhs", "nhs", "unique"],
                &["a", "t", "hospital", "hospital", "unique"],
                &["a", "t", "ppi", "pathway.id", ""],
                &["a", "t", "org", "pathway.issuer", ""],
                &["b", "t", "nhs", "nhs", "unique"],
                &["b", "t", "hospital", "hospital", ""],
                &["b", "t", "ppi", "pathway.id", ""],
                &["b", "t", "org", "pathway.issuer", ""],
            ],
        ),
    ];
    let found = Catalogue::of(&sheets)?.ask(&["paths", "a", "b", "--first", "10"])?;
    let paths: Vec<&Value> = found["paths"].as_array().into_iter().flatten().collect();
    let schemes: Vec<&Value> = paths.iter().map(|path| &path["steps"][0]["schemes"][0]).collect();
    assert_eq!(
        schemes,
        ["nhs", "hospital", "pathway"],
        "from one row to one, to several on one side, on both: {found}"
    );
    assert!(paths.iter().all(|path| path["steps"].as_array().is_some_and(|steps| steps.len() == 1)), "{found}");
    assert_eq!(paths[2]["steps"][0]["pairs"].as_array().map(Vec::len), Some(2), "{found}");
    Ok(())
}
