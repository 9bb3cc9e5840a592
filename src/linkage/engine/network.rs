//! What the engine plans over: nodes and links with costs and labels, label costs, and the groups to be joined.
//!
//! A plan is a tree that holds a node of every group. Its labels are the union over its links, nodes and the members
//! by which it meets the groups, closed under the rules; each costs once, however many parts bring it (linkage.md
//! §1.2). Labels of cost nought are *facts*: they only matter through rules.

use std::collections::HashMap;
use std::time::Duration;

use super::labels::{Labels, Quick};

/// Dearer than any tree: what leaving a group's virtual node costs, so that it is left once or never.
pub const ONCE: u64 = 1 << 60;

/// An undirected network with costs, labels and groups.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// What each node costs.
    pub node_cost: Vec<u64>,
    /// What using a node brings.
    pub node_labels: Vec<Labels>,
    /// Links: two nodes and what the link costs.
    pub links: Vec<(usize, usize, u64)>,
    /// What using a link brings, its two ends included.
    pub link_labels: Vec<Labels>,
    /// Groups: the tree holds at least one node of each.
    pub groups: Vec<Vec<usize>>,
    /// What meeting a group by a node brings beyond the node itself.
    pub member_labels: HashMap<(usize, usize), Labels, Quick>,
    /// What labels cost and imply.
    pub terms: Terms,
}

/// What labels cost and imply.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// What each label costs, once.
    pub cost: Vec<u64>,
    /// Premise and conclusion: where all of the first are, the second are too.
    pub rules: Vec<(Labels, Labels)>,
    /// What every plan brings.
    pub base: Labels,
    /// What no plan may bring.
    pub refused: Labels,
}

/// What may not be used in one search.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Excluded {
    /// Links, as indexes, sorted.
    pub links: Vec<usize>,
    /// Members of groups, as (group, node), sorted.
    pub members: Vec<(usize, usize)>,
}

/// A tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// Its links, as sorted indexes.
    pub links: Vec<usize>,
    /// Its nodes, sorted.
    pub nodes: Vec<usize>,
    /// Which node of each group it meets the group by.
    pub members: Vec<usize>,
    /// What its nodes and links cost.
    pub cost: u64,
    /// No tree costs less than this.
    pub bound: u64,
}

impl Tree {
    /// Whether it is proved that no tree costs less.
    #[must_use]
    pub fn proved(&self) -> bool {
        self.bound >= self.cost
    }
}

/// A tree with what it brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// The tree.
    pub tree: Tree,
    /// Its labels, closed.
    pub labels: Labels,
}

/// Why a search ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stopped {
    /// There was nothing left to search: the answer is proved.
    #[default]
    Finished,
    /// The time was over.
    Deadline,
    /// As much was searched as was allowed.
    Budget,
}

/// How long a search may go on. The engine does not read the time: whoever calls it does.
#[derive(Clone, Copy)]
pub struct Limits<'c> {
    /// Whether the time is over.
    pub over: &'c dyn Fn() -> bool,
    /// Search-tree nodes for one tree.
    pub most_searched: usize,
    /// States for one search over approvals.
    pub most_states: usize,
}

/// How long a search over this many links may go on so that its answer is there by the deadline. Once the time is over
/// a tree must still be grown over the links at hand, which takes as long as a few shortest ways over all of them.
#[must_use]
pub fn search_time(deadline: Duration, links: usize) -> Duration {
    let links = u32::try_from(links).unwrap_or(u32::MAX);
    let growing = Duration::from_micros(500).saturating_add(Duration::from_nanos(200).saturating_mul(links));
    deadline.saturating_sub(growing).max(deadline / 3)
}

impl Limits<'_> {
    /// Without end.
    pub const NONE: Limits<'static> = Limits { over: &|| false, most_searched: usize::MAX, most_states: usize::MAX };
}

impl Terms {
    /// Adds what the labels together bring.
    #[must_use]
    pub fn closure(&self, labels: Labels) -> Labels {
        let mut closed = labels;
        loop {
            let before = closed;
            for (premise, conclusion) in &self.rules {
                if premise.within(closed) {
                    closed |= *conclusion;
                }
            }
            if closed == before {
                return closed;
            }
        }
    }

    /// The labels that cost something, the facts left out.
    #[must_use]
    pub fn paid(&self, labels: Labels) -> Labels {
        let paid = self.cost.iter().enumerate().filter(|(_, cost)| **cost > 0);
        labels & paid.filter_map(|(at, _)| Labels::one(at).ok()).fold(Labels::NONE, |all, one| all | one)
    }

    /// What a closed set of labels costs.
    #[must_use]
    pub fn cost_of(&self, labels: Labels) -> u64 {
        labels.indexes().filter_map(|at| self.cost.get(at)).fold(0, |sum, cost| sum.saturating_add(*cost))
    }

    /// What a plan may not bring where only these may be paid for.
    #[must_use]
    pub fn forbidden(&self, allowed: Labels) -> Labels {
        self.paid(!Labels::NONE).without(allowed) | self.refused
    }
}

impl Network {
    /// What meeting a group by a node brings, the node included.
    #[must_use]
    pub fn labels_of_member(&self, group: usize, node: usize) -> Labels {
        self.member_labels.get(&(group, node)).copied().unwrap_or_default()
            | self.node_labels.get(node).copied().unwrap_or_default()
    }

    /// What a tree costs here, whatever network it was found in.
    #[must_use]
    pub fn cost_of(&self, tree: &Tree) -> u64 {
        let nodes = tree.nodes.iter().filter_map(|at| self.node_cost.get(*at));
        let links = tree.links.iter().filter_map(|at| self.links.get(*at)).map(|(_, _, cost)| cost);
        nodes.chain(links).fold(0, |sum, cost| sum.saturating_add(*cost))
    }

    /// What a tree brings, not yet closed.
    #[must_use]
    pub fn labels_of(&self, tree: &Tree) -> Labels {
        let links = tree.links.iter().filter_map(|at| self.link_labels.get(*at));
        let nodes = tree.nodes.iter().filter_map(|at| self.node_labels.get(*at));
        let members = tree.members.iter().enumerate().map(|(group, node)| self.labels_of_member(group, *node));
        links.chain(nodes).copied().chain(members).fold(self.terms.base, |all, labels| all | labels)
    }
}
