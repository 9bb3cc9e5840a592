//! The engine against exhaustive search on small networks, and laws that hold whatever the network.

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;
use proptest::prelude::*;

use super::approvals::{Looked, Which, sufficient};
use super::checked_sets::accepts_approvals;
use super::checker::{accepts_bound, accepts_tree};
use super::front::front;
use super::labels::Labels;
use super::lexicographic::lexicographic;
use super::network::{Labelled, Limits, Network, Terms};
use super::proof::{Cut, Proof, Step};
use super::ranked::{Next, lacking_each, ranked};
use super::repair::{Mend, What, repairs};
use super::steiner::{Asking, cheapest};
use super::within::{Within, best_within};

const LABELS: usize = 5;

fn set(bits: u32) -> Labels {
    (0..32)
        .filter(|at| bits >> at & 1 == 1)
        .filter_map(|at| Labels::one(at).ok())
        .fold(Labels::NONE, |all, one| all | one)
}

/// Networks of up to eight nodes, groups of up to three, labels of which some are free, and a rule or two.
fn networks() -> impl Strategy<Value = Network> {
    let labels =
        || prop_oneof![3 => Just(0u32), 3 => (0..LABELS as u32).prop_map(|at| 1 << at), 1 => 0u32..1 << LABELS];
    (2usize..8).prop_flat_map(move |nodes| {
        let link = (0..nodes, 0..nodes, 0u64..6, labels());
        let group = prop::collection::btree_set(0..nodes, 1..3).prop_map(|group| group.into_iter().collect::<Vec<_>>());
        (
            prop::collection::vec((0u64..4, labels()), nodes),
            prop::collection::vec(link, 0..14),
            prop::collection::vec((group, labels()), 1..4),
            prop::collection::vec(1u64..4, LABELS - 1),
            prop::collection::vec((labels(), labels()), 0..3),
            prop_oneof![4 => Just(0u32), 1 => (0..LABELS as u32).prop_map(|at| 1 << at)],
        )
            .prop_map(|(nodes, links, groups, mut cost, rules, refused)| {
                // The last label is a fact.
                cost.push(0);
                let node_labels: Vec<Labels> = nodes.iter().map(|(_, labels)| set(*labels)).collect();
                let rules = rules.into_iter().filter(|(premise, _)| *premise != 0);
                Network {
                    node_cost: nodes.iter().map(|(cost, _)| *cost).collect(),
                    links: links.iter().map(|(u, v, cost, _)| (*u, *v, *cost)).collect(),
                    link_labels: links
                        .iter()
                        .map(|(u, v, _, labels)| set(*labels) | node_labels[*u] | node_labels[*v])
                        .collect(),
                    member_labels: groups
                        .iter()
                        .enumerate()
                        .flat_map(|(at, (group, labels))| group.first().map(|node| ((at, *node), set(*labels))))
                        .collect(),
                    groups: groups.into_iter().map(|(group, _)| group).collect(),
                    terms: Terms {
                        cost,
                        rules: rules.map(|(premise, brings)| (set(premise), set(brings))).collect(),
                        base: Labels::NONE,
                        refused: set(refused),
                    },
                    node_labels,
                }
            })
    })
}

/// Every minimal tree within a cost, by trying every set of links: approvals and cost.
fn every_plan(network: &Network) -> Vec<(Labels, u64)> {
    let nodes = network.node_cost.len();
    let mut found = Vec::new();
    let mut look = |links: u32, alone: Option<usize>| {
        let mut sets = UnionFind::<usize>::new(nodes);
        let mut inside = alone.map_or(0u32, |node| 1 << node);
        let mut cost = 0;
        let mut labels = Labels::NONE;
        let mut count = 0;
        for (at, (u, v, weight)) in network.links.iter().enumerate().filter(|(at, _)| links >> at & 1 == 1) {
            if !sets.union(*u, *v) {
                return;
            }
            inside |= 1 << u | 1 << v;
            cost += weight;
            labels |= network.link_labels[at];
            count += 1;
        }
        let held: Vec<usize> = (0..nodes).filter(|node| inside >> node & 1 == 1).collect();
        if held.len() != count + 1 {
            return;
        }
        cost += held.iter().map(|node| network.node_cost[*node]).sum::<u64>();
        labels = held.iter().fold(labels, |all, node| all | network.node_labels[*node]);
        let mut ways = vec![labels];
        for (group, members) in network.groups.iter().enumerate() {
            let here = members.iter().filter(|node| held.contains(node));
            let brought: Vec<Labels> = here.map(|node| network.labels_of_member(group, *node)).collect();
            ways = ways.iter().flat_map(|way| brought.iter().map(move |labels| *way | *labels)).collect();
        }
        let closed = ways.into_iter().map(|way| network.terms.closure(way));
        let may = closed.filter(|way| (*way & network.terms.refused).is_empty());
        found.extend(may.map(|way| (network.terms.paid(way), cost)));
    };
    for links in 1..1u32 << network.links.len() {
        look(links, None);
    }
    (0..nodes).for_each(|node| look(0, Some(node)));
    found
}

/// What each tree costs that holds no smaller tree that would do, cheapest first.
fn minimal_trees(network: &Network) -> Vec<u64> {
    let holds = |nodes: u32| network.groups.iter().all(|group| group.iter().any(|node| nodes >> node & 1 == 1));
    let mut costs = Vec::new();
    for links in 1..1u32 << network.links.len() {
        let chosen = || network.links.iter().enumerate().filter(|(at, _)| links >> at & 1 == 1).map(|(_, link)| *link);
        let mut sets = UnionFind::<usize>::new(network.node_cost.len());
        let nodes = chosen().fold(0u32, |nodes, (u, v, _)| nodes | 1 << u | 1 << v);
        if !chosen().all(|(u, v, _)| sets.union(u, v))
            || nodes.count_ones() as usize != chosen().count() + 1
            || !holds(nodes)
        {
            continue;
        }
        let held: Vec<usize> = (0..network.node_cost.len()).filter(|node| nodes >> node & 1 == 1).collect();
        let ends = held.iter().filter(|node| chosen().filter(|(u, v, _)| u == *node || v == *node).count() == 1);
        if ends.into_iter().all(|node| !holds(nodes & !(1 << node))) {
            let priced = held.iter().map(|node| network.node_cost[*node]).sum::<u64>();
            costs.push(chosen().map(|(_, _, cost)| cost).sum::<u64>() + priced);
        }
    }
    costs.extend((0..network.node_cost.len()).filter(|node| holds(1 << node)).map(|node| network.node_cost[node]));
    costs.sort_unstable();
    costs
}

fn front_of(network: &Network, plans: &[(Labels, u64)]) -> Vec<(u64, u64)> {
    let mut points: Vec<(u64, u64)> =
        plans.iter().map(|(labels, cost)| (network.terms.cost_of(*labels), *cost)).collect();
    points.sort_unstable();
    let mut front: Vec<(u64, u64)> = Vec::new();
    for (approvals, cost) in points {
        if front.last().is_none_or(|(_, held)| cost < *held) {
            front.push((approvals, cost));
        }
    }
    front
}

fn minimal_of(plans: &[(Labels, u64)]) -> Vec<Labels> {
    let mut sets: Vec<Labels> = plans.iter().map(|(labels, _)| *labels).collect();
    sets.sort_unstable_by_key(|set| (set.len(), *set));
    sets.dedup();
    let mut minimal: Vec<Labels> = Vec::new();
    for set in sets {
        if !minimal.iter().any(|held| held.within(set)) {
            minimal.push(set);
        }
    }
    minimal.sort_unstable();
    minimal
}

fn best_cost(network: &Network) -> Option<(u64, u64)> {
    let lex = lexicographic(network, Asking::default(), &Limits::NONE);
    lex.best.map(|best| (lex.cost, best.tree.cost))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_front_and_the_minimal_sets_are_those_of_exhaustive_search(network in networks()) {
        let plans = every_plan(&network);
        for keep_all_links in [false, true] {
            let found = front(&network, Asking { keep_all_links, ..Asking::default() }, &Limits::NONE);
            let points: Vec<(u64, u64)> = found.points.iter().map(|(cost, plan)| (*cost, plan.tree.cost)).collect();
            prop_assert_eq!(points, front_of(&network, &plans));
            prop_assert!(found.proved);
        }
        let found = sufficient(&network, Labels::NONE, !Labels::NONE, Which::Minimal, true, &Limits::NONE);
        let mut sets = found.sets;
        if let Some(least) = sets.iter().map(|set| network.terms.cost_of(*set)).min() {
            let cheapest: Vec<Labels> = sets.iter().copied().filter(|set| network.terms.cost_of(*set) == least).collect();
            prop_assert!(accepts_approvals(&network, least, &cheapest, &found.proof));
        }
        sets.sort_unstable();
        prop_assert_eq!(sets, minimal_of(&plans));
    }

    #[test]
    fn the_checker_accepts_what_is_best_and_no_mutant(network in networks(), pick in any::<prop::sample::Index>()) {
        let asking = Asking { prove: true, ..Asking::default() };
        let lex = lexicographic(&network, asking, &Limits::NONE);
        if let Some(best) = &lex.best {
            prop_assert!(accepts_approvals(&network, lex.cost, &lex.sets, &lex.approvals_proof));
            prop_assert!(!accepts_approvals(&network, lex.cost + 1, &lex.sets, &lex.approvals_proof));
            for (set, proof) in lex.sets.iter().zip(&lex.tree_proofs) {
                prop_assert!(accepts_bound(&network, *set, best.tree.cost, proof));
            }
        }
        let all = Within::everything(&network);
        let found = best_within(&network, &all, asking, &Limits::NONE);
        if let Some(Labelled { tree, .. }) = found.labelled() {
            let accepts = |proof: &Proof| accepts_tree(&network, all.allowed, &tree, proof);
            prop_assert!(accepts(&found.answer.proof));
            prop_assert!(!accepts_bound(&network, all.allowed, tree.cost + 1, &found.answer.proof));
            for mutant in mutants(&found.answer.proof, pick) {
                prop_assert!(!accepts_bound(&network, all.allowed, tree.cost + 1, &mutant));
                // Cuts that alone are just enough bear no change.
                if let [Step::Closed { .. }] = mutant.steps.as_slice() && !accepts(&Proof { steps: vec![Step::Open] }) {
                    prop_assert!(!accepts(&mutant));
                }
            }
            let mut other = tree.clone();
            other.cost += 1;
            prop_assert!(!accepts_tree(&network, all.allowed, &other, &found.answer.proof));
            if let Some(link) = other.links.pop() {
                other.cost = tree.cost - network.links[link].2;
                prop_assert!(!accepts_tree(&network, all.allowed, &other, &found.answer.proof));
            }
        }
    }

    #[test]
    fn trees_come_in_order_and_none_is_left_out(network in networks()) {
        let all = Within::everything(&network);
        let list = ranked(&network, &all, 100_000, &Limits::NONE, |_| Next::Give, |plan, out| lacking_each(&network, plan, out));
        let costs: Vec<u64> = list.trees.iter().map(|plan| plan.tree.cost).collect();
        prop_assert!(costs.is_sorted());
        let mut trees: BTreeMap<(Vec<usize>, Vec<usize>), u64> = BTreeMap::new();
        for plan in &list.trees {
            prop_assert!(trees.insert((plan.tree.links.clone(), plan.tree.nodes.clone()), plan.tree.cost).is_none());
        }
        prop_assert!(list.all);
        if network.terms.refused == Labels::NONE {
            prop_assert_eq!(costs, minimal_trees(&network));
        }
    }

    #[test]
    fn more_is_never_worse(network in networks(), label in 0..LABELS, extra in (0usize..8, 0usize..8, 0u64..3)) {
        let before = best_cost(&network);
        let worse = |after: Option<(u64, u64)>| match (before, after) {
            (Some(before), Some(after)) => after.0 > before.0,
            (Some(_), None) => true,
            (None, _) => false,
        };
        // An approval granted.
        let mut other = network.clone();
        other.terms.cost[label] = 0;
        prop_assert!(!worse(best_cost(&other)));
        // A link more.
        let (u, v, cost) = extra;
        if u < network.node_cost.len() && v < network.node_cost.len() {
            let mut other = network.clone();
            other.links.push((u, v, cost));
            other.link_labels.push(other.node_labels[u] | other.node_labels[v]);
            prop_assert!(!worse(best_cost(&other)));
        }
        // Something less asked for.
        if network.groups.len() > 1 {
            let mut other = network.clone();
            other.groups.pop();
            prop_assert!(!worse(best_cost(&other)));
        }
        // Links the other way round and in another order.
        let mut other = network.clone();
        other.links = network.links.iter().rev().map(|(u, v, cost)| (*v, *u, *cost)).collect();
        other.link_labels.reverse();
        prop_assert_eq!(best_cost(&other), before);
        // The same again.
        prop_assert_eq!(
            lexicographic(&network, Asking::default(), &Limits::NONE).best,
            lexicographic(&network, Asking::default(), &Limits::NONE).best
        );
    }

    #[test]
    fn what_is_stopped_early_still_has_bounds(network in networks(), after in 0usize..12) {
        let asked = std::cell::Cell::new(0);
        let over = || { asked.set(asked.get() + 1); asked.get() > after };
        let lex = lexicographic(&network, Asking::default(), &Limits { over: &over, ..Limits::NONE });
        let best = best_cost(&network);
        if network.terms.refused == Labels::NONE {
            prop_assert_eq!(lex.best.is_some(), best.is_some());
        }
        if let (Some(found), Some((cost, tree))) = (&lex.best, best) {
            prop_assert!(lex.cost >= cost && lex.cost_bound <= cost);
            if lex.cost == cost && lex.cost_bound == cost {
                prop_assert!(found.tree.bound <= found.tree.cost && lex.tree_bound <= tree);
            }
        }
        let answer = cheapest(&network, Asking::default(), &Limits { over: &|| true, ..Limits::NONE });
        let least = every_plan(&network).into_iter().map(|(_, cost)| cost).min();
        prop_assert!(answer.bound <= least.unwrap_or(u64::MAX));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn repairs_are_those_of_exhaustive_search(
        network in networks(),
        links in prop::collection::vec((0usize..8, 0usize..8, 0u32..1 << LABELS), 0..5),
        costs in prop::collection::vec(1u64..4, 6),
    ) {
        let mut mends = Vec::new();
        for (u, v, labels) in links {
            if u < network.node_cost.len() && v < network.node_cost.len() {
                mends.push(What::Links(vec![(u, v, set(labels))]));
            }
        }
        mends.extend(network.terms.refused.indexes().map(What::Allow));
        let mends: Vec<Mend> = mends.into_iter().zip(costs).map(|(what, cost)| Mend { cost, what }).collect();
        let works = |chosen: u32| {
            let mut other = network.clone();
            for (_, mend) in mends.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1) {
                match &mend.what {
                    What::Allow(label) => other.terms.refused = other.terms.refused.without(set(1 << label)),
                    What::Links(links) => for (u, v, labels) in links {
                        other.links.push((*u, *v, 0));
                        other.link_labels.push(*labels | other.node_labels[*u] | other.node_labels[*v]);
                    },
                }
            }
            best_cost(&other).is_some()
        };
        let working: Vec<u32> = (0..1u32 << mends.len()).filter(|chosen| works(*chosen)).collect();
        let minimal = |chosen: &u32| !working.iter().any(|less| less != chosen && less & chosen == *less);
        let named = |chosen: u32| (0..mends.len()).filter(|at| chosen >> at & 1 == 1).collect::<Vec<_>>();
        let mut expected: Vec<Vec<usize>> = working.iter().copied().filter(minimal).map(named).collect();
        let mut found = repairs(&network, &mends, Which::Minimal, &Limits::NONE).map(|found| found.sets).unwrap_or_default();
        expected.sort();
        found.sort();
        prop_assert_eq!(&found, &expected);
        let price = |set: &Vec<usize>| set.iter().map(|at| mends[*at].cost).sum::<u64>();
        let least = expected.iter().map(price).min();
        expected.retain(|set| Some(price(set)) == least);
        let mut cheapest = repairs(&network, &mends, Which::Cheapest, &Limits::NONE).map(|found| found.sets).unwrap_or_default();
        cheapest.sort();
        prop_assert_eq!(cheapest, expected);
    }
}

/// Steps of proofs as nobody would write them.
fn steps() -> impl Strategy<Value = Step> {
    let cut = (0u32..12, prop::collection::vec(0u32..12, 0..4), prop_oneof![0u64..8, Just(u64::MAX)])
        .prop_map(|(terminal, joined, raised)| Cut { terminal, joined, raised });
    let cuts = || prop::collection::vec(cut.clone(), 0..5);
    prop_oneof![
        Just(Step::Open),
        Just(Step::Spanning),
        (0u32..12, cuts()).prop_map(|(root, cuts)| Step::Closed { root, cuts }),
        (0u32..12, cuts(), 0usize..6).prop_map(|(root, cuts, next)| Step::Struck { root, cuts, next }),
        (0u32..12, 0usize..6, 0usize..6).prop_map(|(node, used, unused)| Step::Settled { node, used, unused }),
        prop::collection::vec((0usize..LABELS + 1, 0usize..6), 0..3).prop_map(Step::Facts),
    ]
}

/// Evidence about approvals as nobody would write it.
fn states() -> impl Strategy<Value = Looked> {
    let labels = || (0u32..1 << LABELS).prop_map(set);
    (labels(), 0usize..10, prop_oneof![Just(None), (0usize..5).prop_map(Some)], prop::collection::vec(labels(), 0..3))
        .prop_map(|(labels, root, cut, children)| Looked { labels, root, cut, children })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_proof_however_made_shows_more_than_is_true(
        network in networks(),
        made in prop::collection::vec(steps(), 0..6),
        (place, step) in (any::<prop::sample::Index>(), steps()),
        states in prop::collection::vec(states(), 0..6),
    ) {
        let all = Within::everything(&network);
        let found = best_within(&network, &all, Asking { prove: true, ..Asking::default() }, &Limits::NONE);
        if let Some(best) = found.labelled() {
            let beyond = best.tree.cost + 1;
            let anything = Proof { steps: made };
            prop_assert!(!accepts_bound(&network, all.allowed, beyond, &anything));
            let mut bent = found.answer.proof;
            let at = place.index(bent.steps.len().max(1));
            if let Some(held) = bent.steps.get_mut(at) {
                *held = step;
            }
            prop_assert!(!accepts_bound(&network, all.allowed, beyond, &bent));
        }
        let lex = lexicographic(&network, Asking { prove: true, ..Asking::default() }, &Limits::NONE);
        if lex.best.is_some() {
            prop_assert!(!accepts_approvals(&network, lex.cost + 1, &[], &states));
            let mut bent = lex.approvals_proof.clone();
            for (at, state) in states.into_iter().enumerate() {
                match bent.get_mut(at) {
                    // The right place with the wrong cut, and the other way round.
                    Some(held) if at % 2 == 0 => (held.cut, held.children) = (state.cut, state.children),
                    Some(held) => (held.labels, held.root) = (state.labels, state.root),
                    None => bent.push(state),
                }
            }
            prop_assert!(!accepts_approvals(&network, lex.cost + 1, &[], &bent));
            prop_assert!(!accepts_approvals(&network, lex.cost, &lex.sets[1..], &bent));
        }
    }
}

fn cuts_of(step: &Step) -> &[Cut] {
    match step {
        Step::Closed { cuts, .. } | Step::Struck { cuts, .. } => cuts,
        _ => &[],
    }
}

/// One cut raised further, and one cut left out.
fn mutants(proof: &Proof, pick: prop::sample::Index) -> Vec<Proof> {
    let places: Vec<(usize, usize)> = proof
        .steps
        .iter()
        .enumerate()
        .flat_map(|(step, held)| (0..cuts_of(held).len()).map(move |cut| (step, cut)))
        .collect();
    if places.is_empty() {
        return Vec::new();
    }
    let (step, cut) = places[pick.index(places.len())];
    let change = |change: fn(&mut Vec<Cut>, usize)| {
        let mut mutant = proof.clone();
        if let Some(Step::Closed { cuts, .. } | Step::Struck { cuts, .. }) = mutant.steps.get_mut(step) {
            change(cuts, cut);
        }
        mutant
    };
    vec![
        change(|cuts, at| cuts[at].raised = cuts[at].raised.saturating_add(1)),
        change(|cuts, at| drop(cuts.remove(at))),
    ]
}
