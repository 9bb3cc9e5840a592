//! Which single new crosswalk would let the most pairs of datasets be linked, over all pairs that cannot be linked now
//! whatever is approved.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::graph::{Link, LinkageGraph, Node};
use super::labels::Labelling;
use super::parts::Parts;
use super::problem::{Problem, holds_on};
use crate::domain::catalogue::Catalogue;
use crate::domain::plan::{Gaps, Suggestion};
use crate::domain::refs::{Ref, Slug};
use crate::domain::words::CrosswalkStatus;

/// Names of a list that are given.
const MOST_NAMED: usize = 20;

/// Two parts, the smaller number first.
type Two = (usize, usize);
/// A pair of schemes with its place among those that would join the same parts.
type Ranked = (usize, (Slug, Slug));

/// Finds the crosswalks that would help, the most helpful first; at most `first` of them.
#[must_use]
pub fn gaps(catalogue: &Catalogue, graph: &LinkageGraph, as_of: Date, first: usize) -> Gaps {
    let labelling = Labelling::default();
    let problem = Problem::whole(catalogue, graph, &labelling, &[], &[], as_of);
    // A crosswalk made for some requests only is counted where it serves, pair by pair.
    let special = |slug: &Slug| catalogue.crosswalks.get(slug).is_some_and(|crosswalk| !crosswalk.only_with.is_empty());
    let parts = Parts::of(
        &problem,
        |at| !matches!(problem.link(at), Some(Link::Crosswalk { crosswalk, .. }) if special(crosswalk)),
    );
    let served: BTreeSet<&Slug> = catalogue.crosswalks.values().flat_map(|crosswalk| &crosswalk.only_with).collect();
    let linked = |one: &Slug, other: &Slug| {
        let want = [Ref::Dataset(one.clone()), Ref::Dataset(other.clone())];
        (served.contains(one) || served.contains(other))
            && Problem::new(catalogue, graph, &labelling, &want, &[], as_of)
                .is_some_and(|problem| problem.is_feasible())
    };
    let identified: BTreeSet<usize> = parts.with_identifiers().collect();
    let mut of: BTreeMap<&Slug, BTreeSet<usize>> =
        catalogue.datasets.keys().map(|dataset| (dataset, BTreeSet::new())).collect();
    for at in 0..problem.nodes.len() {
        if let (Some(Node::Table { table, .. }), Some(part)) = (problem.node(at), parts.of_node(at))
            && let Some(held) = of.get_mut(&table.dataset)
        {
            held.insert(part);
        }
    }
    let datasets: Vec<(&Slug, BTreeSet<usize>)> = of.into_iter().collect();
    let (mut pairs, mut unlinked) = (0, 0);
    let mut helped: BTreeMap<Two, Vec<(Slug, Slug)>> = BTreeMap::new();
    for (at, (one, left)) in datasets.iter().enumerate() {
        for (other, right) in datasets.iter().skip(at + 1) {
            pairs += 1;
            if !left.is_disjoint(right) || linked(one, other) {
                continue;
            }
            unlinked += 1;
            let joined =
                left.intersection(&identified).flat_map(|p| right.intersection(&identified).map(|q| two(*p, *q)));
            for two in joined.collect::<BTreeSet<Two>>() {
                helped.entry(two).or_default().push(((*one).clone(), (*other).clone()));
            }
        }
    }
    // A crosswalk joins its identifiers in every role at once; those that join the same parts are one suggestion.
    let mut joins: BTreeMap<(Slug, Slug), (BTreeSet<Two>, usize)> = BTreeMap::new();
    for (one, other) in helped.keys() {
        for (rank, pair) in parts.crosswalks_between(catalogue, *one, *other).into_iter().enumerate() {
            let (from, to) = if pair.0 <= pair.1 { pair } else { (pair.1, pair.0) };
            let (joined, best) = joins.entry((from, to)).or_insert_with(|| (BTreeSet::new(), rank));
            joined.insert((*one, *other));
            *best = rank.min(*best);
        }
    }
    let mut alike: BTreeMap<BTreeSet<Two>, Vec<Ranked>> = BTreeMap::new();
    for (pair, (joined, rank)) in joins {
        alike.entry(joined).or_default().push((rank, pair));
    }
    let linked = |joined: &BTreeSet<Two>| -> Vec<(Slug, Slug)> {
        let all: BTreeSet<(Slug, Slug)> = joined.iter().filter_map(|two| helped.get(two)).flatten().cloned().collect();
        all.into_iter().collect()
    };
    let made =
        |from: Slug, to: Slug, crosswalk: Option<Slug>, others: Vec<String>, linked: Vec<(Slug, Slug)>| Suggestion {
            from,
            to,
            crosswalk,
            others,
            pairs: linked.len(),
            examples: linked.into_iter().take(MOST_NAMED).collect(),
        };
    let mut suggestions: Vec<Suggestion> = Vec::new();
    for (joined, mut pairs) in alike {
        pairs.sort();
        let mut pairs = pairs.into_iter().map(|(_, pair)| pair);
        let Some((from, to)) = pairs.next() else { continue };
        let others = pairs.take(MOST_NAMED).map(|(from, to)| format!("{from}--{to}")).collect();
        suggestions.push(made(from, to, None, others, linked(&joined)));
    }
    for crosswalk in catalogue.crosswalks.values() {
        let shut = crosswalk.status == CrosswalkStatus::NotAvailable || !holds_on(crosswalk, as_of);
        let ends = parts.of_hub(&crosswalk.from, None).zip(parts.of_hub(&crosswalk.to, None));
        if let (true, Some((one, other))) = (shut, ends)
            && helped.contains_key(&two(one, other))
        {
            let linked = linked(&BTreeSet::from([two(one, other)]));
            let slug = Some(crosswalk.slug.clone());
            suggestions.push(made(crosswalk.from.clone(), crosswalk.to.clone(), slug, Vec::new(), linked));
        }
    }
    suggestions.sort_by(|a, b| {
        // Of equals, what only has to be opened first.
        let rank =
            |of: &Suggestion| (std::cmp::Reverse(of.pairs), of.crosswalk.is_none(), of.from.clone(), of.to.clone());
        rank(a).cmp(&rank(b))
    });
    suggestions.truncate(first);
    Gaps { pairs, unlinked, suggestions }
}

fn two(one: usize, other: usize) -> Two {
    (one.min(other), one.max(other))
}
