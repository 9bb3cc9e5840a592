//! The options of a plan, in the order of contract §3: for every minimal set of approvals its best plan, then the
//! other points of the Pareto front over approvals and tables, then plans that tie.

use std::collections::{BTreeSet, HashSet};

use super::engine::approvals::{Sets, Which, sufficient};
use super::engine::checked_sets::accepts_approvals;
use super::engine::core::core;
use super::engine::front::front_of_sets;
use super::engine::network::{Excluded, Limits, Stopped, Tree};
use super::engine::ranked::{self, Next, Ranked};
use super::engine::steiner::Asking;
use super::engine::within::Within;
use super::graph::{Link, Node};
use super::labels::Labels;
use super::problem::{CROSSWALK, Labelled, Problem, TABLE};
use crate::domain::refs::{Slug, TableRef};

/// Trees solved in the search for ties.
const MOST_TIES: usize = 24;
/// Options that ties are looked for up to, however few are to be given: how many there are does not depend on that.
const ENOUGH: usize = 10;

/// The options found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// The options, best first.
    pub options: Vec<Labelled>,
    /// Whether no other set of approvals and no other point of the front was missed. Ties are listed as far as they
    /// were found.
    pub complete: bool,
    /// No plan takes fewer approvals than this.
    pub approvals_at_least: u64,
    /// Why the search for sets of approvals ended.
    pub stopped: Stopped,
}

/// Finds the options. `by_tables` is the same request with crosswalks to be discussed counting less than tables;
/// `standard` says which approvals are part of every application.
#[must_use]
pub fn find_options(problem: &Problem, by_tables: &Problem, standard: Labels, most: usize, limits: &Limits) -> Options {
    let mut sets = sufficient(&problem.network, Labels::NONE, !Labels::NONE, Which::Minimal, true, limits);
    if sets.stopped != Stopped::Finished && sets.sets.is_empty() {
        // The time was over before any set was reached: some set that suffices, with what is known of the fewest.
        sets = sufficient(&problem.network, Labels::NONE, !Labels::NONE, Which::Cheapest, true, limits);
    }
    let mut complete = sets.stopped == Stopped::Finished;
    let mut best: Vec<Labelled> = sets.sets.iter().filter_map(|set| problem.solve(*set, limits)).collect();
    if !fewest_are_proved(problem, &sets) {
        complete = false;
        best.iter_mut().for_each(|option| option.tree.bound = 0);
    }
    let rank = |option: &Labelled| {
        let approvals = problem.labelling.approvals(option.labels);
        (approvals.len(), approvals.without(standard).len(), option.tree.cost, option.tree.links.clone())
    };
    best.sort_by_key(&rank);
    let (mut front, all) = other_points(by_tables, &best, &sets, limits);
    complete &= all && best.iter().all(|option| option.tree.proved());
    front.sort_by_key(&rank);
    best.extend(front);

    let mut known: HashSet<Vec<usize>> = best.iter().map(|option| option.tree.links.clone()).collect();
    let (mut other_ways, mut other_tables) = (Vec::new(), Vec::new());
    for at in 0..best.len() {
        let Some(option) = best.get(at).cloned() else { continue };
        let mut seen = HashSet::from([outline(problem, &option.tree)]);
        for tie in ties(problem, &option, Ends::Alike, &mut known, limits) {
            if seen.insert(outline(problem, &tie.tree)) { other_ways.push(tie) } else { other_tables.push(tie) }
        }
        if best.len() + other_ways.len() + other_tables.len() < most.max(ENOUGH) {
            other_tables.extend(ties(problem, &option, Ends::Apart, &mut known, limits));
        }
        // Among equals, the tables that stand first in the catalogue.
        let same = |tie: &&mut Labelled| tie.tree.cost == option.tree.cost && tie.labels == option.labels;
        if let Some(first) =
            other_ways.iter_mut().chain(&mut other_tables).filter(same).min_by_key(|tie| standing(problem, &tie.tree))
            && standing(problem, &first.tree) < standing(problem, &option.tree)
            && let Some(held) = best.get_mut(at)
        {
            std::mem::swap(held, first);
        }
    }
    for ties in [&mut other_ways, &mut other_tables] {
        ties.sort_by_key(|tie| (rank(tie).0, rank(tie).1, tie.tree.cost, standing(problem, &tie.tree)));
    }
    // Other tables or crosswalks come before other keys of the same ones.
    let mut touched: HashSet<Touched> = best.iter().map(|option| Touched::of(problem, &option.tree)).collect();
    let ties = other_ways.into_iter().chain(other_tables);
    let (others, repeats): (Vec<_>, Vec<_>) = ties.partition(|tie| touched.insert(Touched::of(problem, &tie.tree)));
    best.extend(others);
    best.extend(repeats);
    let (approvals_at_least, stopped) = (sets.bound, sets.stopped);
    Options { options: best, complete, approvals_at_least, stopped }
}

/// The tables and crosswalks of a tree.
#[derive(PartialEq, Eq, Hash)]
struct Touched(BTreeSet<TableRef>, BTreeSet<Slug>);

impl Touched {
    fn of(problem: &Problem, tree: &Tree) -> Self {
        let tables = tree.nodes.iter().filter_map(|node| match problem.node(*node) {
            Some(Node::Table { table, .. }) => Some(table.clone()),
            _ => None,
        });
        let crosswalks = tree.links.iter().filter_map(|link| match problem.link(*link) {
            Some(Link::Crosswalk { crosswalk, .. }) => Some(crosswalk.clone()),
            _ => None,
        });
        Self(tables.collect(), crosswalks.collect())
    }
}

/// Whether the checker accepts that no fewer approvals suffice than the fewest found.
fn fewest_are_proved(problem: &Problem, found: &Sets) -> bool {
    let network = &problem.network;
    let cost = |set: &Labels| network.terms.cost_of(*set);
    let Some(least) = found.sets.first().map(cost) else { return true };
    let fewest: Vec<Labels> = found.sets.iter().copied().filter(|set| cost(set) == least).collect();
    accepts_approvals(network, least, &fewest, &found.proof)
}

/// Where a tree's tables stand in the catalogue, in whatever role they are looked up: what meets the request first,
/// then the rest.
fn standing(problem: &Problem, tree: &Tree) -> (Vec<usize>, Vec<usize>) {
    let place = |node: &usize| match problem.node(*node) {
        Some(Node::Table { table, .. }) => problem.graph.nodes_of(table).first().map(|first| first.index()),
        _ => None,
    };
    let mut all: Vec<usize> = tree.nodes.iter().filter_map(place).collect();
    all.sort_unstable();
    (tree.members.iter().filter_map(place).collect(), all)
}

/// The plans that tie with one on approvals, discussions, tables and crosswalks and that are not known yet. They lie
/// in the core of the network for what such plans cost; each is as well proved as the plan it ties with.
fn ties(
    problem: &Problem,
    option: &Labelled,
    ends: Ends,
    known: &mut HashSet<Vec<usize>>,
    limits: &Limits,
) -> Vec<Labelled> {
    let allowed = problem.labelling.approvals(option.labels);
    let level = option.tree.cost / CROSSWALK;
    let below = (level + 1).saturating_mul(CROSSWALK);
    let links = core(&problem.network, &Within::labels(allowed), below, limits);
    let within = Within { among: Some(&links), below: Some(below), ..Within::labels(allowed) };
    let found = in_order(problem, &within, ends, MOST_TIES, |tree| tree.cost / CROSSWALK > level, limits).trees;
    let ties = found.into_iter().filter(|tie| problem.labelling.approvals(tie.labels).len() == allowed.len());
    let proved = |mut tie: Labelled| {
        tie.tree.bound = if option.tree.proved() { tie.tree.cost } else { 0 };
        tie
    };
    ties.filter(|tie| known.insert(tie.tree.links.clone())).map(proved).collect()
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

/// Lists trees by cost until `stop`, those left out in which a register is looked up for nobody.
pub fn in_order(
    problem: &Problem,
    within: &Within,
    ends: Ends,
    most_solved: usize,
    stop: impl Fn(&Tree) -> bool,
    limits: &Limits,
) -> Ranked {
    let next = |plan: &Labelled| match () {
        () if !problem.is_anchored(&plan.tree) => Next::Skip,
        () if stop(&plan.tree) => Next::Stop,
        () => Next::Give,
    };
    let lacking = |plan: &Labelled, excluded: &Excluded| lacking(problem, plan, excluded, ends);
    ranked::ranked(&problem.network, within, most_solved, limits, next, lacking)
}

/// The ways in which another plan can lack a part of this one.
pub(super) fn lacking(problem: &Problem, plan: &Labelled, excluded: &Excluded, ends: Ends) -> Vec<Excluded> {
    match ends {
        Ends::Alike if !plan.tree.links.is_empty() => {
            let lacks = |link: &usize| match end_of(problem, &plan.tree, *link) {
                Some((group, hub)) => lacking_end(problem, excluded, group, hub),
                None => excluded.and_links([*link]),
            };
            plan.tree.links.iter().map(lacks).collect()
        }
        Ends::Alike | Ends::Apart => ranked::lacking_each(&problem.network, plan, excluded),
    }
}

/// Without any of a group's tables on a hub.
fn lacking_end(problem: &Problem, excluded: &Excluded, group: usize, hub: usize) -> Excluded {
    let members = problem.network.groups.get(group).map_or(&[][..], Vec::as_slice);
    let hangs =
        |(u, v, _): &(usize, usize, u64)| (*u == hub && members.contains(v)) || (*v == hub && members.contains(u));
    let links = problem.network.links.iter().enumerate().filter(|(_, link)| hangs(link)).map(|(at, _)| at);
    excluded.and_links(links)
}

/// The points of the front over approvals and tables that the plans known do not dominate, and whether these are all.
fn other_points(problem: &Problem, known: &[Labelled], sets: &Sets, limits: &Limits) -> (Vec<Labelled>, bool) {
    // What suffices does not hang on prices: the sets are those of the request itself.
    let found = front_of_sets(&problem.network, sets, Asking::default(), limits);
    let point = |option: &Labelled| (problem.labelling.approvals(option.labels).len(), tables(&option.tree));
    let mut held: Vec<(usize, u64)> = known.iter().map(point).collect();
    let mut points = Vec::new();
    for (_, plan) in found.points {
        let (approvals, tables) = point(&plan);
        if held.iter().any(|(fewer, smaller)| *fewer <= approvals && *smaller <= tables) {
            continue;
        }
        held.push((approvals, tables));
        // Once more within its own approvals, for the proof.
        points.extend(problem.solve(problem.labelling.approvals(plan.labels), limits));
    }
    (points, found.proved)
}

/// How few tables a plan may touch that brings no more than this one and has no more to be discussed, by the bound on
/// its cost. `found` is how many this one touches.
#[must_use]
pub fn tables_at_least(tree: &Tree, found: usize) -> usize {
    if tree.proved() {
        return found;
    }
    let alike = tree.bound / super::problem::DISCUSS == tree.cost / super::problem::DISCUSS;
    let tables = if alike { (tree.bound % super::problem::DISCUSS).div_ceil(TABLE) } else { 1 };
    usize::try_from(tables).unwrap_or(found).clamp(1, found.max(1))
}

/// How many tables a tree touches.
#[must_use]
pub fn tables(tree: &Tree) -> u64 {
    tree.cost % super::problem::DISCUSS / TABLE
}
