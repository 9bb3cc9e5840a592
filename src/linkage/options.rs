//! The options of a plan, in the order of contract §3: for every minimal set of approvals its best plan, then the
//! other points of the Pareto front over approvals and tables, then plans that tie.

use std::collections::{BTreeSet, BinaryHeap, HashSet};

use super::approval_sets::minimal_sets;
use super::graph::Node;
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

    let mut known: HashSet<Vec<usize>> = best.iter().map(|option| option.tree.links.clone()).collect();
    let (mut other_ways, mut other_tables) = (Vec::new(), Vec::new());
    for at in 0..best.len() {
        let Some(option) = best.get(at).cloned() else { continue };
        let mut seen = HashSet::from([outline(problem, &option.tree)]);
        for tie in ties(problem, &option, Ends::Alike, &mut known) {
            if seen.insert(outline(problem, &tie.tree)) { other_ways.push(tie) } else { other_tables.push(tie) }
        }
        if best.len() + other_ways.len() + other_tables.len() < most {
            other_tables.extend(ties(problem, &option, Ends::Apart, &mut known));
        }
        // Among equals, the tables that stand first in the catalogue.
        let same = |tie: &&mut Labelled| tie.tree.cost == option.tree.cost && tie.labels == option.labels;
        if let Some(first) =
            other_ways.iter_mut().chain(&mut other_tables).filter(same).min_by_key(|tie| tie.tree.members.clone())
            && first.tree.members < option.tree.members
            && let Some(held) = best.get_mut(at)
        {
            std::mem::swap(held, first);
        }
    }
    for ties in [&mut other_ways, &mut other_tables] {
        ties.sort_by_key(|tie| (rank(tie).0, rank(tie).1, tie.tree.cost, tie.tree.members.clone()));
    }
    best.extend(other_ways);
    best.extend(other_tables);
    Options { options: best, complete }
}

/// The plans that tie with one on approvals, discussions, tables and crosswalks and that are not known yet.
fn ties(problem: &Problem, option: &Labelled, ends: Ends, known: &mut HashSet<Vec<usize>>) -> Vec<Labelled> {
    let allowed = problem.labelling.approvals(option.labels);
    let level = option.tree.cost / CROSSWALK;
    let found = ranked(problem, allowed, ends, MOST_TIES, |tree| tree.cost / CROSSWALK > level).trees;
    let ties = found.into_iter().filter(|tie| problem.labelling.approvals(tie.labels).len() == allowed.len());
    ties.filter(|tie| known.insert(tie.tree.links.clone())).collect()
}

/// Whether plans that meet a dataset by another of its tables, hung on the same identifier, are other plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// They are the same way of joining.
    Alike,
    /// They are told apart.
    Apart,
}

/// What makes two trees the same way of joining though a dataset is met by another of its tables: the links, less
/// those to tables that only stand at an end.
fn outline(problem: &Problem, tree: &Tree) -> BTreeSet<usize> {
    let links = tree.links.iter().map(|at| match end_of(problem, tree, *at) {
        // An end hangs on what it hangs on, whichever table it is.
        Some((_, hub)) => usize::MAX - hub,
        None => *at,
    });
    links.collect()
}

/// Where a link leads from a hub to a table that stands only at an end of the tree and meets a group of several
/// tables: the group and the hub.
fn end_of(problem: &Problem, tree: &Tree, link: usize) -> Option<(usize, usize)> {
    let (u, v, _) = problem.network.links.get(link)?;
    let alone = |node: usize| {
        tree.links
            .iter()
            .filter_map(|at| problem.network.links.get(*at))
            .filter(|(u, v, _)| *u == node || *v == node)
            .count()
            == 1
    };
    let (end, hub) = [(*u, *v), (*v, *u)].into_iter().find(|(end, hub)| {
        alone(*end) && tree.members.contains(end) && matches!(problem.node(*hub), Some(Node::Hub { .. }))
    })?;
    let group = tree.members.iter().position(|member| *member == end)?;
    let table = |node: &usize| match problem.node(*node) {
        Some(Node::Table { table, .. }) => Some(table),
        _ => None,
    };
    let several = problem.network.groups.get(group)?.iter().any(|member| table(member) != table(&end));
    several.then_some((group, hub))
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
pub fn ranked(
    problem: &Problem,
    allowed: Labels,
    ends: Ends,
    most_solved: usize,
    stop: impl Fn(&Tree) -> bool,
) -> Ranked {
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
        if problem.is_anchored(&tree.tree) && given.insert((tree.tree.links.clone(), tree.tree.nodes.clone())) {
            if stop(&tree.tree) {
                break;
            }
            found.trees.push(tree.clone());
        }
        let lacks = |link: &usize| match end_of(problem, &tree.tree, *link) {
            Some((group, hub)) if ends == Ends::Alike => lacking_end(problem, &excluded, group, hub),
            _ => lacking(&excluded, [*link]),
        };
        let mut lacking: Vec<Excluded> = tree.tree.links.iter().map(lacks).collect();
        if tree.tree.links.is_empty() {
            lacking.push(lacking_members(&excluded, &tree.tree));
        }
        for excluded in lacking {
            found.all &= solve(excluded, &mut open);
        }
    }
    found
}

fn lacking(excluded: &Excluded, links: impl IntoIterator<Item = usize>) -> Excluded {
    let mut excluded = excluded.clone();
    excluded.links.extend(links);
    excluded.links.sort_unstable();
    excluded.links.dedup();
    excluded
}

/// Without any of a group's tables on a hub.
fn lacking_end(problem: &Problem, excluded: &Excluded, group: usize, hub: usize) -> Excluded {
    let members = problem.network.groups.get(group).map_or(&[][..], Vec::as_slice);
    let hangs =
        |(u, v, _): &(usize, usize, u64)| (*u == hub && members.contains(v)) || (*v == hub && members.contains(u));
    let links = problem.network.links.iter().enumerate().filter(|(_, link)| hangs(link)).map(|(at, _)| at);
    lacking(excluded, links)
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
        let passed = |archive: &[Labelled], a: usize, t: u64| {
            archive.iter().map(point).any(|(held_a, held_t)| held_a <= a && held_t <= t)
        };
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
