//! The sets of approvals that suffice and of which nothing can be left out: best-first branching over the cuts
//! around what is already reached (linkage.md §3.1).
//!
//! (L1) Whatever set suffices must hold the labels of some link that leaves the part reached so far, so branching on
//! each minimal such set of labels comes to every minimal sufficient set. The part grows from one node of the
//! smallest group; each node of that group is tried.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

use super::labels::Labels;
use super::problem::Problem;

/// States after which the search gives up completeness.
const MOST_STATES: usize = 20_000;

/// The minimal sufficient sets found, smallest first, and whether these are all.
#[derive(Clone, Debug, PartialEq)]
pub struct MinimalSets {
    /// Each a set of approvals, prerequisites included.
    pub sets: Vec<Labels>,
    /// Whether there is no other.
    pub complete: bool,
}

/// Finds every inclusion-minimal set of approvals with which the request can be met.
#[must_use]
pub fn minimal_sets(problem: &Problem) -> MinimalSets {
    let search = Search { problem, neighbours: neighbours(problem) };
    let mut found: Vec<Labels> = Vec::new();
    let mut seen = HashSet::new();
    let mut open = BinaryHeap::new();
    let anchor = problem.network.groups.iter().enumerate().min_by_key(|(_, group)| group.len());
    for (group, node) in anchor.iter().flat_map(|(group, members)| members.iter().map(move |node| (*group, *node))) {
        let labels = problem.labels_of_member(group, node) | problem.labelling.base;
        search.open(labels, node, &mut seen, &mut open);
    }
    let mut states = 0;
    while let Some(Reverse((_, labels, node))) = open.pop() {
        let approvals = problem.labelling.approvals(labels);
        if found.iter().any(|set| set.within(approvals)) {
            continue;
        }
        states += 1;
        if states > MOST_STATES {
            return MinimalSets { sets: found, complete: false };
        }
        match search.expand(node, labels) {
            None => found.push(approvals),
            Some(additions) => {
                for addition in additions {
                    search.open(labels | addition, node, &mut seen, &mut open);
                }
            }
        }
    }
    MinimalSets { sets: found, complete: true }
}

type Open = BinaryHeap<Reverse<(usize, Labels, usize)>>;

struct Search<'p, 'a> {
    problem: &'p Problem<'a>,
    neighbours: Vec<Vec<(usize, usize)>>,
}

fn neighbours(problem: &Problem) -> Vec<Vec<(usize, usize)>> {
    let mut neighbours = vec![Vec::new(); problem.nodes.len()];
    for (at, (u, v, _)) in problem.network.links.iter().enumerate() {
        if let Some(list) = neighbours.get_mut(*u) {
            list.push((at, *v));
        }
        if let Some(list) = neighbours.get_mut(*v) {
            list.push((at, *u));
        }
    }
    neighbours
}

impl Search<'_, '_> {
    fn open(&self, labels: Labels, node: usize, seen: &mut HashSet<(Labels, usize)>, open: &mut Open) {
        let labelling = self.problem.labelling;
        let labels = labelling.closure(labels);
        if (labels & labelling.avoided).is_empty() && seen.insert((labels, node)) {
            open.push(Reverse((labelling.approvals(labels).len(), labels, node)));
        }
    }

    /// `None` where the labels suffice; else the minimal additions that let the part reached grow.
    fn expand(&self, start: usize, labels: Labels) -> Option<Vec<Labels>> {
        let problem = self.problem;
        let mut reached = vec![false; problem.nodes.len()];
        let mut waiting = vec![start];
        if let Some(mark) = reached.get_mut(start) {
            *mark = true;
        }
        let mut additions = Vec::new();
        while let Some(node) = waiting.pop() {
            for (link, to) in self.neighbours.get(node).into_iter().flatten() {
                let brings = problem.link_labels.get(*link).copied().unwrap_or_default();
                match reached.get_mut(*to) {
                    Some(mark) if !*mark && brings.within(labels) => {
                        *mark = true;
                        waiting.push(*to);
                    }
                    Some(mark) if !*mark => additions.push((*to, brings.without(labels))),
                    _ => {}
                }
            }
        }
        let inside = |node: usize| reached.get(node).copied().unwrap_or(false);
        let mut additions: Vec<Labels> =
            additions.into_iter().filter(|(to, _)| !inside(*to)).map(|(_, labels)| labels).collect();
        let mut suffices = true;
        for (group, members) in problem.network.groups.iter().enumerate() {
            let here: Vec<Labels> = members
                .iter()
                .filter(|node| inside(**node))
                .map(|node| problem.labels_of_member(group, *node).without(labels))
                .collect();
            if !here.iter().any(|missing| missing.is_empty()) {
                suffices = false;
                additions.extend(here);
            }
        }
        if suffices {
            return None;
        }
        additions.sort_unstable_by_key(|labels| (labels.len(), *labels));
        additions.dedup();
        let mut minimal: Vec<Labels> = Vec::new();
        for addition in additions {
            if !minimal.iter().any(|held| held.within(addition)) {
                minimal.push(addition);
            }
        }
        Some(minimal)
    }
}
