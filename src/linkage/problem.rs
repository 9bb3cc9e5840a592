//! One request as a network: the part of the linkage graph that matters for it, with prices, labels and groups.
//!
//! Prices put objectives in order: links to be discussed first, then tables, then crosswalks, then joins at a side
//! with many rows. A dataset asked for is a group of its tables, a table or field asked for a group of the nodes that
//! stand for it; reference schemes are not in the graph at all, so they never bridge.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use super::engine::approvals::{Which, sufficient};
use super::engine::checker::accepts_tree;
pub use super::engine::network::Labelled;
use super::engine::network::{Limits, Network, Tree};
use super::engine::steiner::Asking;
use super::engine::within::{Within, best_within};
use super::graph::{Link, LinkageGraph, Node};
use super::labels::{Labelling, Labels};
use crate::domain::approval::Use;
use crate::domain::catalogue::Catalogue;
use crate::domain::crosswalk::Crosswalk;
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

/// What bounds a request: what it may use.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Datasets not to be used.
    pub avoid_datasets: Vec<Slug>,
    /// Whether crosswalks to be discussed count for more than tables.
    pub discuss_last: bool,
}

/// One request, ready to be searched.
#[derive(Debug)]
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
    next: Vec<Vec<(usize, usize)>>,
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
        scope: &Scope,
        as_of: Date,
    ) -> Option<Self> {
        let taking = Taking { catalogue, graph, labelling, want, scope, as_of };
        let groups: Vec<BTreeSet<NodeIndex>> = want.iter().map(|want| taking.group(want)).collect();
        let kept = taking.keep(&groups)?;
        Some(taking.problem(&kept, &groups, want))
    }

    /// As [`Self::new`], with dead ends: everything that can be come to.
    #[must_use]
    pub fn whole(
        catalogue: &'a Catalogue,
        graph: &'a LinkageGraph,
        labelling: &'a Labelling,
        want: &[Ref],
        scope: &Scope,
        as_of: Date,
    ) -> Self {
        let taking = Taking { catalogue, graph, labelling, want, scope, as_of };
        let groups: Vec<BTreeSet<NodeIndex>> = want.iter().map(|want| taking.group(want)).collect();
        let kept = graph.graph.node_indices().filter(|node| taking.usable_node(*node)).collect();
        taking.problem(&kept, &groups, want)
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

/// Whether a crosswalk holds on a day.
#[must_use]
pub fn holds_on(crosswalk: &Crosswalk, day: Date) -> bool {
    crosswalk.valid_from.is_none_or(|from| from <= day) && crosswalk.valid_to.is_none_or(|to| day <= to)
}

struct Taking<'a, 's> {
    catalogue: &'a Catalogue,
    graph: &'a LinkageGraph,
    labelling: &'a Labelling,
    want: &'s [Ref],
    scope: &'s Scope,
    as_of: Date,
}

impl<'a> Taking<'a, '_> {
    fn group(&self, want: &Ref) -> BTreeSet<NodeIndex> {
        let tables: Vec<TableRef> = match want {
            Ref::Dataset(dataset) => {
                let entry = self.catalogue.dataset(dataset);
                entry.into_iter().flat_map(|entry| entry.tables.values()).map(|entry| entry.table.reference()).collect()
            }
            Ref::Table(table) => vec![table.clone()],
            Ref::Field(field) => vec![field.table.clone()],
        };
        tables.iter().flat_map(|table| self.graph.nodes_of(table)).copied().collect()
    }

    fn node_labels(&self, node: &Node) -> Labels {
        let Node::Table { table, .. } = node else { return Labels::NONE };
        let curated = self.catalogue.dataset(&table.dataset).and_then(|entry| entry.dataset.curated);
        let curated = curated.map(|curated| self.labelling.of(&Use::Curated(curated))).unwrap_or_default();
        self.labelling.of(&Use::Dataset(table.dataset.clone()))
            | self.labelling.of(&Use::Table(table.clone()))
            | curated
    }

    fn may_use(&self, labels: Labels) -> bool {
        (self.labelling.closure(labels | self.labelling.base) & self.labelling.avoided).is_empty()
    }

    fn usable_node(&self, node: NodeIndex) -> bool {
        let Some(node) = self.graph.graph.node_weight(node) else { return false };
        let avoided = matches!(node, Node::Table { table, .. } if self.scope.avoid_datasets.contains(&table.dataset));
        !avoided && self.may_use(self.node_labels(node))
    }

    fn usable_link(&self, link: &Link) -> bool {
        match link {
            Link::Crosswalk { crosswalk, .. } => {
                let crosswalk_row = self.catalogue.crosswalks.get(crosswalk);
                let holds = crosswalk_row.is_some_and(|row| holds_on(row, self.as_of));
                // What lies where is asked for nothing in particular.
                let serves = self.want.is_empty() || crosswalk_row.is_some_and(|row| row.serves(self.want));
                holds && serves && self.may_use(self.labelling.of(&Use::Crosswalk(crosswalk.clone())))
            }
            Link::Carries { .. } | Link::Refers { .. } => true,
        }
    }

    /// The usable nodes that lie in a part reaching every group and are no dead end.
    fn keep(&self, groups: &[BTreeSet<NodeIndex>]) -> Option<BTreeSet<NodeIndex>> {
        let graph = &self.graph.graph;
        let usable: Vec<bool> = graph.node_indices().map(|node| self.usable_node(node)).collect();
        let is_usable = |node: NodeIndex| usable.get(node.index()).copied().unwrap_or(false);
        let mut sets = petgraph::unionfind::UnionFind::new(graph.node_count());
        let mut degree: HashMap<NodeIndex, BTreeSet<NodeIndex>> = HashMap::new();
        for edge in graph.edge_references() {
            if is_usable(edge.source())
                && is_usable(edge.target())
                && edge.source() != edge.target()
                && self.usable_link(edge.weight())
            {
                sets.union(edge.source().index(), edge.target().index());
                degree.entry(edge.source()).or_default().insert(edge.target());
                degree.entry(edge.target()).or_default().insert(edge.source());
            }
        }
        let parts = |group: &BTreeSet<NodeIndex>| -> BTreeSet<usize> {
            group.iter().filter(|node| is_usable(**node)).map(|node| sets.find(node.index())).collect()
        };
        let mut reach = groups.iter().map(parts);
        let mut whole = reach.next()?;
        for parts in reach {
            whole.retain(|part| parts.contains(part));
        }
        if whole.is_empty() {
            return None;
        }
        let wanted: BTreeSet<NodeIndex> = groups.iter().flatten().copied().collect();
        let bridges = |node: NodeIndex| wanted.contains(&node) || !self.graph.is_about_staff(node);
        let mut kept: BTreeSet<NodeIndex> = graph
            .node_indices()
            .filter(|node| is_usable(*node) && bridges(*node) && whole.contains(&sets.find(node.index())))
            .collect();
        let mut dead: Vec<NodeIndex> = kept.iter().copied().collect();
        while let Some(node) = dead.pop() {
            let ends = degree.get(&node).map_or(0, BTreeSet::len) < 2;
            if ends && !wanted.contains(&node) && kept.remove(&node) {
                for other in degree.remove(&node).unwrap_or_default() {
                    if let Some(others) = degree.get_mut(&other) {
                        others.remove(&node);
                    }
                    dead.push(other);
                }
            }
        }
        Some(kept)
    }

    fn problem(&self, kept: &BTreeSet<NodeIndex>, groups: &[BTreeSet<NodeIndex>], want: &[Ref]) -> Problem<'a> {
        let at: HashMap<NodeIndex, usize> = kept.iter().enumerate().map(|(at, node)| (*node, at)).collect();
        let nodes: Vec<NodeIndex> = kept.iter().copied().collect();
        let node_of = |node: &NodeIndex| self.graph.graph.node_weight(*node);
        let mut made = Problem {
            graph: self.graph,
            labelling: self.labelling,
            network: Network {
                node_cost: nodes
                    .iter()
                    .map(|node| match node_of(node) {
                        Some(Node::Table { role: None, .. }) => TABLE,
                        Some(Node::Table { role: Some(_), .. }) => TABLE + IN_ROLE,
                        Some(Node::Hub { .. }) | None => 0,
                    })
                    .collect(),
                links: Vec::new(),
                groups: groups
                    .iter()
                    .map(|group| group.iter().filter_map(|node| at.get(node)).copied().collect())
                    .collect(),
                node_labels: nodes.iter().filter_map(node_of).map(|node| self.node_labels(node)).collect(),
                link_labels: Vec::new(),
                member_labels: HashMap::new(),
                terms: self.labelling.terms(),
            },
            next: vec![Vec::new(); nodes.len()],
            nodes,
            links: Vec::new(),
        };
        for edge in self.graph.graph.edge_references() {
            let (Some(u), Some(v)) = (at.get(&edge.source()), at.get(&edge.target())) else { continue };
            if !self.usable_link(edge.weight()) {
                continue;
            }
            let own = match edge.weight() {
                Link::Crosswalk { crosswalk, .. } => self.labelling.of(&Use::Crosswalk(crosswalk.clone())),
                Link::Carries { .. } | Link::Refers { .. } => Labels::NONE,
            };
            let ends = [u, v].into_iter().filter_map(|node| made.network.node_labels.get(*node));
            made.network.link_labels.push(ends.fold(own, |all, labels| all | *labels));
            for (from, to) in [(*u, *v), (*v, *u)] {
                if let Some(next) = made.next.get_mut(from) {
                    next.push((made.links.len(), to));
                }
            }
            made.links.push(edge.id());
            made.network.links.push((*u, *v, self.price(edge.weight(), edge.target())));
        }
        for (group, (members, want)) in made.network.groups.clone().iter().zip(want).enumerate() {
            for node in members {
                let labels = made.nodes.get(*node).and_then(node_of).map(|node| self.asked_for(node, want));
                made.network.member_labels.insert((group, *node), labels.unwrap_or_default());
            }
        }
        made
    }

    /// What asking for a table's content brings, beyond using it as a bridge.
    fn asked_for(&self, node: &Node, want: &Ref) -> Labels {
        let Node::Table { table, .. } = node else { return Labels::NONE };
        let asked = sensitivities(self.catalogue, want, table);
        asked.into_iter().fold(Labels::NONE, |all, sensitivity| all | self.labelling.of(&Use::Sensitivity(sensitivity)))
    }

    fn price(&self, link: &Link, target: NodeIndex) -> u64 {
        let many = |one: bool| if one { 0 } else { MANY };
        match link {
            Link::Carries { one, .. } => {
                let staff = matches!(self.graph.graph.node_weight(target), Some(Node::Hub { role: Some(role), .. }) if role.as_str() == Role::STAFF);
                // Dear enough that a staff table stays an end of the plan even where it is asked for.
                many(*one) + if staff { TABLE / 2 } else { 0 }
            }
            Link::Refers { one_from, one_to, .. } => many(*one_from) + many(*one_to),
            Link::Crosswalk { crosswalk, .. } => {
                let crosswalk = self.catalogue.crosswalks.get(crosswalk);
                let discuss = match crosswalk.map(|crosswalk| crosswalk.status) {
                    Some(CrosswalkStatus::Discuss) if self.scope.discuss_last => DISCUSS_LAST,
                    Some(CrosswalkStatus::Discuss) => DISCUSS,
                    _ => 0,
                };
                let sides = crosswalk.and_then(|crosswalk| crosswalk.cardinality);
                let sides = sides.map_or(0, |sides| many(sides.one_left()) + many(sides.one_right()));
                CROSSWALK + sides + discuss
            }
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
