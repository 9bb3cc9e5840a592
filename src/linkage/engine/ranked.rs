//! Trees in order of cost: the cheapest, then the cheapest that lacks one of its links, and so on (linkage.md §3.4).
//!
//! (L8) A minimal tree other than the one given out lacks one of its links, for a minimal tree holds no other whole;
//! so it survives in a child, and the order is exact.

use std::collections::{BinaryHeap, HashMap, HashSet};

use super::network::{Excluded, Labelled, Limits, Network, Stopped};
use super::within::{Again, Within};

/// What becomes of a tree that is next in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is listed.
    Give,
    /// It is left out.
    Skip,
    /// The list ends before it.
    Stop,
}

/// Trees in order of cost, the cheapest first.
#[derive(Clone, Debug, Default)]
pub struct Ranked {
    /// The trees.
    pub trees: Vec<Labelled>,
    /// Whether there is no other, or the list was ended by whoever asked.
    pub all: bool,
    /// Why the search ended.
    pub stopped: Stopped,
    /// No tree that is not listed costs less.
    pub bound: u64,
}

/// Lists trees. `lacking` gives, for a tree, the ways in which another can lack a part of it.
pub fn ranked(
    network: &Network,
    within: &Within,
    most_solved: usize,
    limits: &Limits,
    mut next: impl FnMut(&Labelled) -> Next,
    lacking: impl Fn(&Labelled, &Excluded) -> Vec<Excluded>,
) -> Ranked {
    let mut search = Search {
        again: Again::of(network, within),
        limits,
        most_solved,
        open: BinaryHeap::new(),
        tried: HashSet::new(),
        found: Ranked::default(),
    };
    search.found.all = true;
    search.solve(within.excluded.clone());
    let mut given = HashSet::new();
    let mut expanded: HashMap<(Vec<usize>, Vec<usize>), Vec<Excluded>> = HashMap::new();
    while let Some(Waiting { tree, excluded }) = search.open.pop() {
        search.found.bound = tree.tree.cost;
        let key = (tree.tree.links.clone(), tree.tree.nodes.clone());
        if given.insert(key.clone()) {
            match next(&tree) {
                Next::Give => search.found.trees.push(tree.clone()),
                Next::Skip => {}
                Next::Stop => return search.found,
            }
        }
        let before = expanded.entry(key).or_default();
        if before.iter().any(|less| less.within(&excluded)) {
            continue;
        }
        before.push(excluded.clone());
        for excluded in lacking(&tree, &excluded) {
            search.solve(excluded);
        }
        if search.found.stopped == Stopped::Deadline {
            break;
        }
    }
    if search.found.all {
        search.found.bound = u64::MAX;
    }
    search.found
}

/// The ways to lack one link of a tree; where it has none, its only node.
#[must_use]
pub fn lacking_each(network: &Network, tree: &Labelled, excluded: &Excluded) -> Vec<Excluded> {
    if tree.tree.links.is_empty() {
        let held = |node: &usize| tree.tree.nodes.contains(node);
        let at = network.links.iter().enumerate().filter(|(_, (u, v, _))| held(u) || held(v)).map(|(at, _)| at);
        return vec![excluded.and_links(at).and_members(&tree.tree.members)];
    }
    tree.tree.links.iter().map(|link| excluded.and_links([*link])).collect()
}

impl Excluded {
    fn within(&self, other: &Self) -> bool {
        let held = |list: &[usize], one: &usize| list.binary_search(one).is_ok();
        self.links.iter().all(|link| held(&other.links, link))
            && self.members.iter().all(|one| other.members.binary_search(one).is_ok())
    }

    /// Some links more.
    #[must_use]
    pub fn and_links(&self, links: impl IntoIterator<Item = usize>) -> Self {
        let mut excluded = self.clone();
        excluded.links.extend(links);
        excluded.links.sort_unstable();
        excluded.links.dedup();
        excluded
    }

    /// The nodes by which a tree meets its groups, in group order, more.
    #[must_use]
    pub fn and_members(&self, members: &[usize]) -> Self {
        let mut excluded = self.clone();
        excluded.members.extend(members.iter().enumerate().map(|(group, node)| (group, *node)));
        excluded.members.sort_unstable();
        excluded.members.dedup();
        excluded
    }
}

struct Search<'s> {
    again: Again<'s>,
    limits: &'s Limits<'s>,
    most_solved: usize,
    open: BinaryHeap<Waiting>,
    tried: HashSet<Excluded>,
    found: Ranked,
}

impl Search<'_> {
    fn solve(&mut self, excluded: Excluded) {
        if self.tried.contains(&excluded) {
            return;
        }
        let over = if (self.limits.over)() { Some(Stopped::Deadline) } else { None };
        if let Some(stop) = over.or((self.tried.len() == self.most_solved).then_some(Stopped::Budget)) {
            self.found.stopped = stop;
            self.found.all = false;
            return;
        }
        let best = self.again.best_without(&excluded, self.limits);
        self.found.all &= best.answer.stopped == Stopped::Finished;
        if let Some(tree) = best.labelled() {
            self.open.push(Waiting { tree, excluded: excluded.clone() });
        }
        self.tried.insert(excluded);
    }
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
