//! One request as a network: the part of the linkage graph that matters for it, with prices, labels and groups.
//!
//! Prices put objectives in order: links to be discussed first, then tables, then crosswalks, then joins at a side
//! with many rows. A dataset asked for is a group of its tables, a table or field asked for a group of the nodes that
//! stand for it; reference schemes are not in the graph at all, so they never bridge.

use std::collections::BTreeSet;

use jiff::civil::Date;
use petgraph::graph::{EdgeIndex, NodeIndex};

use super::engine::approvals::{Which, sufficient};
use super::engine::checker::accepts_tree;
pub use super::engine::network::Labelled;
use super::engine::network::{Limits, Network, Tree};
use super::engine::steiner::Asking;
use super::engine::within::{Within, best_within};
use super::graph::{Link, LinkageGraph, Node};
use super::labels::{Labelling, Labels};
use super::taking::Taking;
use crate::domain::catalogue::Catalogue;
use crate::domain::crosswalk::{Crosswalk, Share};
use crate::domain::data_model::Role;
use crate::domain::refs::{Ref, Slug, TableRef};
use crate::domain::words::{CrosswalkStatus, Sensitivity};

/// A side of a join with many rows.
pub const MANY: u64 = 1;
/// A register looked up in a role: what can be had without roles is had without.
pub const IN_ROLE: u64 = 1;
/// A crosswalk.
pub const CROSSWALK: u64 = 1_000;
/// A table.
pub const TABLE: u64 = 1_000_000;
/// A crosswalk that must be discussed first, where tables count for more.
const DISCUSS_LAST: u64 = 50_000;
/// A crosswalk that must be discussed first.
pub const DISCUSS: u64 = 10_000_000_000;
/// What a crosswalk is recorded to lose, in [`loss`]'s unit, where that counts for the most: more than any tables.
pub const LOSS: u64 = 1_000_000_000;

/// One request, ready to be searched.
#[derive(Clone, Debug)]
pub struct Problem<'a> {
    /// The graph it was taken from.
    pub graph: &'a LinkageGraph,
    /// What labels mean.
    pub labelling: &'a Labelling,
    /// Prices, links, groups and labels.
    pub network: Network,
    /// The graph's node of each of the network's.
    pub nodes: Vec<NodeIndex>,
    /// The graph's link of each of the network's.
    pub links: Vec<EdgeIndex>,
    /// By group, whether it spans several tables.
    pub(super) several: Vec<bool>,
    pub(super) next: Vec<Vec<(usize, usize)>>,
}

/// A problem over some of another's links.
#[derive(Clone, Debug)]
pub struct Narrow<'a> {
    /// The problem.
    pub problem: Problem<'a>,
    /// The other's number of each link.
    links: Vec<usize>,
    /// The other's number of each node.
    nodes: Vec<usize>,
}

impl<'a> Narrow<'a> {
    /// Over some of its links.
    #[must_use]
    pub fn among(&self, links: &[usize]) -> Self {
        let Narrow { problem, links, nodes } = self.problem.among(links);
        let of = |names: &[usize], some: Vec<usize>| some.iter().filter_map(|at| names.get(*at)).copied().collect();
        Self { problem, links: of(&self.links, links), nodes: of(&self.nodes, nodes) }
    }

    /// A tree as the other problem numbers it.
    #[must_use]
    pub fn widened(&self, mut plan: Labelled) -> Labelled {
        for (held, names) in [
            (&mut plan.tree.links, &self.links),
            (&mut plan.tree.nodes, &self.nodes),
            (&mut plan.tree.members, &self.nodes),
        ] {
            for one in held {
                *one = names.get(*one).copied().unwrap_or(*one);
            }
        }
        plan
    }
}

impl<'a> Problem<'a> {
    /// Takes from the graph what can matter: what is not avoided, lies in a part that reaches every group, and is no
    /// dead end. `None` where no part reaches every group.
    #[must_use]
    pub fn new(
        catalogue: &'a Catalogue,
        graph: &'a LinkageGraph,
        labelling: &'a Labelling,
        want: &[Ref],
        avoid_datasets: &[Slug],
        as_of: Date,
    ) -> Option<Self> {
        let taking = Taking::new(catalogue, graph, labelling, want, avoid_datasets, as_of);
        let groups = taking.groups();
        let kept = taking.keep(&groups)?;
        Some(taking.problem(kept, &groups))
    }

    /// As [`Self::new`], with dead ends: everything that can be come to.
    #[must_use]
    pub fn whole(
        catalogue: &'a Catalogue,
        graph: &'a LinkageGraph,
        labelling: &'a Labelling,
        want: &[Ref],
        avoid_datasets: &[Slug],
        as_of: Date,
    ) -> Self {
        let taking = Taking::new(catalogue, graph, labelling, want, avoid_datasets, as_of);
        let kept = graph.graph.node_indices().filter(|node| taking.usable_node(*node)).collect();
        taking.problem(kept, &taking.groups())
    }

    /// The same request over some of its links only, for many searches among few links: nodes without any of them are
    /// left out, but for those that alone are a whole tree. Links and nodes keep their order; `links` is sorted.
    #[must_use]
    pub fn among(&self, links: &[usize]) -> Narrow<'a> {
        let network = &self.network;
        let ends = links.iter().filter_map(|at| network.links.get(*at)).flat_map(|(u, v, _)| [*u, *v]);
        let mut nodes: BTreeSet<usize> = ends.collect();
        let first = network.groups.first().into_iter().flatten();
        nodes.extend(first.filter(|node| network.groups.iter().all(|group| group.contains(node))));
        let nodes: Vec<usize> = nodes.into_iter().collect();
        let at = |node: &usize| nodes.binary_search(node).ok();
        let link = |at_link: &usize| {
            let (u, v, price) = network.links.get(*at_link)?;
            Some((at(u)?, at(v)?, *price))
        };
        let member = |(group, node): (usize, &usize)| {
            Some(((group, at(node)?), network.member_labels.get(&(group, *node)).copied()?))
        };
        let groups = || network.groups.iter().enumerate();
        let narrow = Network {
            node_cost: nodes.iter().filter_map(|node| network.node_cost.get(*node)).copied().collect(),
            node_labels: nodes.iter().filter_map(|node| network.node_labels.get(*node)).copied().collect(),
            links: links.iter().filter_map(link).collect(),
            link_labels: links.iter().filter_map(|at| network.link_labels.get(*at)).copied().collect(),
            groups: groups().map(|(_, group)| group.iter().filter_map(at).collect()).collect(),
            member_labels: groups()
                .flat_map(|(at, group)| group.iter().map(move |node| (at, node)))
                .filter_map(member)
                .collect(),
            terms: network.terms.clone(),
        };
        let problem = Self {
            nodes: nodes.iter().filter_map(|node| self.nodes.get(*node)).copied().collect(),
            links: links.iter().filter_map(|at| self.links.get(*at)).copied().collect(),
            several: self.several.clone(),
            next: next_to(&narrow.links, nodes.len()),
            network: narrow,
            ..*self
        };
        Narrow { problem, links: links.to_vec(), nodes }
    }

    /// The same request with crosswalks to be discussed counting for less than tables. `None` where it has none, as
    /// then nothing changes.
    #[must_use]
    pub fn discussed_last(&self) -> Option<Self> {
        let discussed = |(_, _, price): &(usize, usize, u64)| *price >= DISCUSS;
        self.network.links.iter().any(discussed).then(|| {
            let mut other = self.clone();
            for (_, _, price) in other.network.links.iter_mut().filter(|link| discussed(link)) {
                *price = *price - DISCUSS + DISCUSS_LAST;
            }
            other
        })
    }

    /// What each link is recorded to lose. `None` where no share is recorded, as then there is nothing to go by.
    #[must_use]
    pub fn losses(&self, catalogue: &Catalogue) -> Option<Vec<u64>> {
        let crosswalk = |link: &EdgeIndex| match self.graph.graph.edge_weight(*link) {
            Some(Link::Crosswalk { crosswalk, .. }) => catalogue.crosswalks.get(crosswalk),
            _ => None,
        };
        let recorded = |link: &EdgeIndex| crosswalk(link).is_some_and(|crosswalk| crosswalk.match_rate.is_some());
        let lost = |link: &EdgeIndex| crosswalk(link).map_or(0, |crosswalk| loss(crosswalk.match_rate));
        self.links.iter().any(recorded).then(|| self.links.iter().map(lost).collect())
    }

    /// The same request by how few people get lost: what links are recorded to lose counts for more than anything else.
    #[must_use]
    pub fn by_match(&self, losses: &[u64]) -> Self {
        let mut other = self.clone();
        let is_crosswalk =
            |link: &EdgeIndex| matches!(self.graph.graph.edge_weight(*link), Some(Link::Crosswalk { .. }));
        for ((link, loss), (_, _, price)) in self.links.iter().zip(losses).zip(&mut other.network.links) {
            if is_crosswalk(link) {
                *price = *price % DISCUSS + loss.saturating_mul(LOSS);
            }
        }
        other
    }

    /// The cheapest tree that brings no approval beyond `allowed`. It counts as proved only where the checker accepts
    /// the proof.
    #[must_use]
    pub fn solve(&self, allowed: Labels, limits: &Limits) -> Option<Labelled> {
        let asking = Asking { prove: true, ..Asking::default() };
        let best = best_within(&self.network, &Within::labels(allowed), asking, limits);
        let mut plan = best.labelled()?;
        if plan.tree.proved() && !accepts_tree(&self.network, allowed, &plan.tree, &best.answer.proof) {
            plan.tree.bound = 0;
        }
        Some(plan)
    }

    /// Whether there is any plan at all.
    #[must_use]
    pub fn is_feasible(&self) -> bool {
        let all = self.labelling.approvals(!Labels::NONE);
        sufficient(&self.network, Labels::NONE, all, Which::Cheapest, false, &Limits::NONE).bound < u64::MAX
    }

    /// What meeting a group by a node brings, the node included.
    #[must_use]
    pub fn labels_of_member(&self, group: usize, node: usize) -> Labels {
        self.network.labels_of_member(group, node)
    }

    /// Whether every register that a tree looks up in a role is looked up for a table that names somebody in that
    /// role. Registers alone say the same without roles.
    #[must_use]
    pub fn is_anchored(&self, tree: &Tree) -> bool {
        let looked_up = tree.nodes.iter().filter_map(|node| self.node(*node)).filter_map(|node| match node {
            Node::Table { role: Some(role), .. } => Some(role),
            _ => None,
        });
        let named: BTreeSet<&Role> = tree
            .links
            .iter()
            .filter_map(|at| self.network.links.get(*at))
            .filter_map(|(u, v, _)| match (self.node(*u), self.node(*v)) {
                (Some(Node::Table { role: None, .. }), Some(Node::Hub { role: Some(role), .. }))
                | (Some(Node::Hub { role: Some(role), .. }), Some(Node::Table { role: None, .. }))
                | (Some(Node::Table { role: None, .. }), Some(Node::Table { role: Some(role), .. }))
                | (Some(Node::Table { role: Some(role), .. }), Some(Node::Table { role: None, .. })) => Some(role),
                _ => None,
            })
            .collect();
        looked_up.into_iter().all(|role| named.contains(role))
    }

    /// The links at a node, and where each leads.
    #[must_use]
    pub fn next_to(&self, node: usize) -> &[(usize, usize)] {
        self.next.get(node).map_or(&[], Vec::as_slice)
    }

    /// The node of the graph behind one of the network.
    #[must_use]
    pub fn node(&self, at: usize) -> Option<&'a Node> {
        self.nodes.get(at).and_then(|node| self.graph.graph.node_weight(*node))
    }

    /// The link of the graph behind one of the network.
    #[must_use]
    pub fn link(&self, at: usize) -> Option<&'a Link> {
        self.links.get(at).and_then(|link| self.graph.graph.edge_weight(*link))
    }
}

/// By node, the links at it and where each leads.
pub(super) fn next_to(links: &[(usize, usize, u64)], nodes: usize) -> Vec<Vec<(usize, usize)>> {
    let mut next = vec![Vec::new(); nodes];
    for (at, (u, v, _)) in links.iter().enumerate() {
        for (from, to) in [(u, v), (v, u)] {
            if let Some(next) = next.get_mut(*from) {
                next.push((at, *to));
            }
        }
    }
    next
}

/// What a crosswalk loses, in tenths of a milli-nat: −ln of the middle of its recorded share, so that losses along a
/// tree add up as shares multiply (linkage.md §1.3). The share stands for both directions; one that is not recorded
/// counts as one in a million, which puts every recorded one first.
fn loss(share: Option<Share>) -> u64 {
    const LEAST: f64 = 1e-6;
    let share = share.map_or(LEAST, |share| f64::midpoint(share.low, share.high).clamp(LEAST, 1.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 138,156")]
    {
        (-share.ln() * 10_000.0).round() as u64
    }
}

/// Whether a crosswalk holds on a day.
#[must_use]
pub fn holds_on(crosswalk: &Crosswalk, day: Date) -> bool {
    crosswalk.valid_from.is_none_or(|from| from <= day) && crosswalk.valid_to.is_none_or(|to| day <= to)
}

/// What a link costs; `target` is the node at its second end.
pub(super) fn price_of(catalogue: &Catalogue, graph: &LinkageGraph, link: &Link, target: NodeIndex) -> u64 {
    let many = |one: bool| if one { 0 } else { MANY };
    match link {
        Link::Carries { one, .. } => {
            let staff = matches!(graph.graph.node_weight(target), Some(Node::Hub { role: Some(role), .. }) if role.as_str() == Role::STAFF);
            // Dear enough that a staff table stays an end of the plan even where it is asked for.
            many(*one) + if staff { TABLE / 2 } else { 0 }
        }
        Link::Refers { one_from, one_to, .. } => many(*one_from) + many(*one_to),
        Link::Crosswalk { crosswalk, .. } => {
            let crosswalk = catalogue.crosswalks.get(crosswalk);
            let discuss = match crosswalk.map(|crosswalk| crosswalk.status) {
                Some(CrosswalkStatus::Discuss) => DISCUSS,
                _ => 0,
            };
            let sides = crosswalk.and_then(|crosswalk| crosswalk.cardinality);
            let sides = sides.map_or(0, |sides| many(sides.one_left()) + many(sides.one_right()));
            CROSSWALK + sides + discuss
        }
    }
}

/// The sensitivities that asking for something brings when a table meets it: of the field asked for, else of every
/// field of the table.
#[must_use]
pub fn sensitivities(catalogue: &Catalogue, want: &Ref, table: &TableRef) -> BTreeSet<Sensitivity> {
    match want {
        Ref::Field(field) => catalogue.field(field).and_then(|field| field.sensitivity).into_iter().collect(),
        Ref::Dataset(_) | Ref::Table(_) => {
            let fields = catalogue.table(table).map(|entry| entry.fields.values());
            fields.into_iter().flatten().filter_map(|field| field.sensitivity).collect()
        }
    }
}
