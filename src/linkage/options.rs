//! The options of a plan, in the order of contract §3: for every minimal set of approvals its best plan, then the
//! other points of the Pareto front over approvals and tables, then plans that tie.

use std::collections::{BTreeSet, BinaryHeap, HashSet};

use super::approval_sets::minimal_sets;
use super::labels::Labels;
use super::problem::{CROSSWALK, Labelled, Problem, TABLE};
use super::steiner::{Excluded, Tree};

/// Trees solved for the Pareto front before completeness is given up.
const MOST_FRONT: usize = 96;
/// Trees solved in the search for ties.
const MOST_TIES: usize = 24;

/// The options found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// The options, best first.
    pub options: Vec<Labelled>,
    /// Whether no other set of approvals and no other point of the front was missed. Ties are listed as far as they
    /// were found.
    pub complete: bool,
}

/// Finds the options. `by_tables` is the same request with crosswalks to be discussed counting less than tables;
/// `standard` says which approvals are part of every application.
#[must_use]
pub fn find_options(problem: &Problem, by_tables: &Problem, standard: Labels, most: usize) -> Options {
    let sets = minimal_sets(problem);
    let mut complete = sets.complete;
    let mut best: Vec<Labelled> =
        sets.sets.iter().filter_map(|set| problem.solve(*set, &Excluded::default())).collect();
    let rank = |option: &Labelled| {
        let approvals = problem.labelling.approvals(option.labels);
        (approvals.len(), approvals.without(standard).len(), option.tree.cost, option.tree.links.clone())
    };
    best.sort_by_key(&rank);
    let (mut front, all) = front(by_tables, &best);
    complete &= all && best.iter().all(|option| option.tree.proved());
    front.sort_by_key(&rank);
    best.extend(front);

    let mut seen: HashSet<BTreeSet<usize>> = best.iter().map(|option| outline(problem, &option.tree)).collect();
    let mut known: HashSet<Vec<usize>> = best.iter().map(|option| option.tree.links.clone()).collect();
    let (mut other_ways, mut other_tables) = (Vec::new(), Vec::new());
    for option in &best {
        let allowed = problem.labelling.approvals(option.labels);
        let level = option.tree.cost / CROSSWALK;
        for tie in ranked(problem, allowed, MOST_TIES, |tree| tree.cost / CROSSWALK > level).trees {
            let same = problem.labelling.approvals(tie.labels).len() == allowed.len() && tie.tree.cost / CROSSWALK == level;
            if same && known.insert(tie.tree.links.clone()) {
                let new = seen.insert(outline(problem, &tie.tree));
                if new { other_ways.push(tie) } else { other_tables.push(tie) }
            }
        }
        if best.len() + other_ways.len() >= most {
            break;
        }
    }
    best.extend(other_ways);
    best.extend(other_tables);
    Options { options: best, complete }
}

/// What makes two trees the same way of joining though a dataset is met by another of its tables: the links, less
/// those to tables that only stand at an end.
fn outline(problem: &Problem, tree: &Tree) -> BTreeSet<usize> {
    let degree = |node: usize| {
        tree.links.iter().filter_map(|at| problem.network.links.get(*at)).filter(|(u, v, _)| *u == node || *v == node).count()
    };
    let is_end = |node: usize| {
        let group = problem.network.groups.iter().zip(&tree.members).find(|(_, member)| **member == node);
        degree(node) == 1 && group.is_some_and(|(group, _)| group.len() > 1)
    };
    let links = tree.links.iter().map(|at| match problem.network.links.get(*at) {
        // An end hangs on what it hangs on, whichever table it is.
        Some((u, v, _)) if is_end(*u) => usize::MAX - *v,
        Some((u, v, _)) if is_end(*v) => usize::MAX - *u,
        _ => *at,
    });
    links.collect()
}

/// Trees in order of cost, the cheapest first, and whether the search came to its end.
pub struct Ranked {
    /// The trees.
    pub trees: Vec<Labelled>,
    /// Whether there is no other.
    pub all: bool,
}

/// Lists trees by cost: the cheapest, then the cheapest that lacks one of its links, and so on (linkage.md §3.4).
/// (L8) a minimal tree other than the one given out lacks one of its links, so it survives in a child.
pub fn ranked(problem: &Problem, allowed: Labels, most_solved: usize, stop: impl Fn(&Tree) -> bool) -> Ranked {
    let mut open = BinaryHeap::new();
    let mut solved = 0;
    let mut tried = HashSet::new();
    let mut given = HashSet::new();
    let mut found = Ranked { trees: Vec::new(), all: true };
    let mut solve = |excluded: Excluded, open: &mut BinaryHeap<Waiting>| {
        if tried.insert(excluded.clone()) {
            if solved == most_solved {
                return false;
            }
            solved += 1;
            if let Some(tree) = problem.solve(allowed, &excluded) {
                open.push(Waiting { tree, excluded });
            }
        }
        true
    };
    solve(Excluded::default(), &mut open);
    while let Some(Waiting { tree, excluded }) = open.pop() {
        if stop(&tree.tree) {
            break;
        }
        if given.insert((tree.tree.links.clone(), tree.tree.nodes.clone())) {
            found.trees.push(tree.clone());
        }
        let mut lacking: Vec<Excluded> = tree.tree.links.iter().map(|link| lacking_link(&excluded, *link)).collect();
        if tree.tree.links.is_empty() {
            lacking.push(lacking_members(&excluded, &tree.tree));
        }
        for excluded in lacking {
            found.all &= solve(excluded, &mut open);
        }
    }
    found
}

fn lacking_link(excluded: &Excluded, link: usize) -> Excluded {
    let mut excluded = excluded.clone();
    if let Err(at) = excluded.links.binary_search(&link) {
        excluded.links.insert(at, link);
    }
    excluded
}

fn lacking_members(excluded: &Excluded, tree: &Tree) -> Excluded {
    let mut excluded = excluded.clone();
    excluded.members.extend(tree.members.iter().enumerate().map(|(group, node)| (group, *node)));
    excluded.members.sort_unstable();
    excluded.members.dedup();
    excluded
}

#[derive(PartialEq)]
struct Waiting {
    tree: Labelled,
    excluded: Excluded,
}

impl Waiting {
    fn order(&self) -> (u64, &[usize], &[usize]) {
        (self.tree.tree.cost, &self.tree.tree.links, &self.excluded.links)
    }
}
impl Eq for Waiting {}
impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.order().cmp(&self.order())
    }
}

/// The points of the front over approvals and tables that the plans known do not dominate, by branching on the
/// approvals of the plan with the fewest tables: in, or out (linkage.md §3.3, L7).
fn front(problem: &Problem, known: &[Labelled]) -> (Vec<Labelled>, bool) {
    let point = |option: &Labelled| (problem.labelling.approvals(option.labels).len(), tables(&option.tree));
    let mut archive: Vec<Labelled> = known.to_vec();
    let everything = problem.labelling.approvals(!Labels::NONE).without(problem.labelling.avoided);
    let mut open = vec![(problem.labelling.base, Labels::NONE)];
    let mut seen = HashSet::new();
    let mut solved = 0;
    while let Some((taken, left_out)) = open.pop() {
        if !seen.insert((taken, left_out)) {
            continue;
        }
        if solved == MOST_FRONT {
            return (archive.split_off(known.len()), false);
        }
        solved += 1;
        let Some(option) = problem.solve(everything.without(left_out), &Excluded::default()) else { continue };
        let (approvals, fewest_tables) = point(&option);
        let at_least = problem.labelling.approvals(problem.labelling.closure(taken)).len();
        let passed = |archive: &[Labelled], a: usize, t: u64| archive.iter().map(point).any(|(held_a, held_t)| held_a <= a && held_t <= t);
        if passed(&archive, at_least, fewest_tables) {
            continue;
        }
        let new = problem.labelling.approvals(option.labels).without(problem.labelling.closure(taken));
        if !passed(&archive, approvals, fewest_tables) {
            archive.retain(|held| {
                let (held_a, held_t) = point(held);
                known.contains(held) || !(approvals <= held_a && fewest_tables <= held_t)
            });
            archive.push(option);
        }
        if let Some(one) = new.each().next() {
            open.push((taken | one, left_out));
            open.push((taken, left_out | one));
        }
    }
    (archive.split_off(known.len()), true)
}

/// How many tables a tree touches.
#[must_use]
pub fn tables(tree: &Tree) -> u64 {
    tree.cost % super::problem::DISCUSS / TABLE
}
