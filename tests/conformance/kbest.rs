//! The five best plans within a tenth of the best (linkage.md §3.4), on four instances of every catalogue-sized family
//! of the `linkplan` kit: in order, without repeats, and with a lower bound where the time does not allow five.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use linkwright::linkage::engine::core::core;
use linkwright::linkage::engine::lexicographic::lexicographic;
use linkwright::linkage::engine::network::Limits;
use linkwright::linkage::engine::ranked::{Next, lacking_each, ranked};
use linkwright::linkage::engine::steiner::Asking;
use linkwright::linkage::engine::within::Within;

use crate::linkplan::{instance, rows};
use crate::{processor, shared, told};

const MOST: usize = 5;
const EACH: usize = 4;
const SHORT: Duration = Duration::from_millis(100);
const DEADLINE: Duration = Duration::from_secs(5);

#[test]
fn the_five_best_come_in_order() {
    let Some(kit) = shared("data/linkplan") else { return };
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let (mut all, mut short, mut late) = (0, 0, Vec::new());
    for row in rows(&kit.join("dev/catalogue_expected.csv")).iter().filter(|row| row[0] != "adv") {
        let family = taken.entry(row[..3].join(" ")).or_default();
        if *family == EACH {
            continue;
        }
        *family += 1;
        let network = instance(&kit, row);
        let lex = lexicographic(&network, Asking::default(), &Limits::NONE);
        let best = lex.best.expect("every row has a plan");
        let (start, before) = (Instant::now(), processor());
        let over = || start.elapsed() >= DEADLINE;
        let limits = Limits { over: &over, ..Limits::NONE };
        let allowed = network.terms.paid(best.labels);
        let below = best.tree.cost + best.tree.cost / 10 + 1;
        let links = core(&network, &Within::labels(allowed), below, &limits);
        let within = Within { among: Some(&links), below: Some(below), ..Within::labels(allowed) };
        let mut given = 0;
        let enough = |_: &_| {
            given += 1;
            if given > MOST { Next::Stop } else { Next::Give }
        };
        let lacking = |plan: &_, out: &_| lacking_each(&network, plan, out);
        let found = ranked(&network, &within, usize::MAX, &limits, enough, lacking);
        let took = processor().saturating_sub(before);
        let costs: Vec<u64> = found.trees.iter().map(|plan| plan.tree.cost).collect();
        let trees: BTreeSet<&[usize]> = found.trees.iter().map(|plan| plan.tree.links.as_slice()).collect();
        assert!(costs.is_sorted() && costs.first() == Some(&best.tree.cost), "{row:?}: {costs:?}");
        assert!(costs.last().is_some_and(|last| *last < below) && trees.len() == costs.len(), "{row:?}: {costs:?}");
        assert!(costs.last() <= Some(&found.bound), "{row:?}: what is not listed costs at least {}", found.bound);
        all += 1;
        short += usize::from(took <= SHORT);
        if took > SHORT {
            late.push(format!("{} {}: {} in {took:.1?}", row[..3].join(" "), row[5], costs.len()));
        }
    }
    let rest = if late.is_empty() { String::new() } else { format!("; {}", late.join(", ")) };
    told(
        "7. Five best within a tenth, in at most 100 ms of the processor",
        "13 of 16",
        &format!("{short} of {all}{rest}"),
    );
}
