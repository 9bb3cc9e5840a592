//! What of the shared graph can matter to one request. The graph itself is neither copied nor walked whole: a request
//! starts from what is no dead end, asks of each dataset once what it brings, and keeps what lies between the groups.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use super::engine::labels::Quick;
use super::engine::network::Network;
use super::graph::{Link, LinkageGraph, Node};
use super::labels::{Labelling, Labels};
use super::problem::{IN_ROLE, Problem, TABLE, holds_on, next_to, price_of, sensitivities};
use crate::domain::approval::Use;
use crate::domain::catalogue::Catalogue;
use crate::domain::crosswalk::Crosswalk;
use crate::domain::refs::{Ref, Slug, TableRef};

/// No place.
const NOWHERE: u32 = u32::MAX;

/// One request's view of the graph.
pub(super) struct Taking<'a, 's> {
    catalogue: &'a Catalogue,
    graph: &'a LinkageGraph,
    labelling: &'a Labelling,
    want: &'s [Ref],
    avoid_datasets: &'s [Slug],
    as_of: Date,
    /// The crosswalks that may be used, and what they bring.
    crosswalks: HashMap<&'a Slug, Labels>,
    /// What tables bring beyond their datasets.
    of_tables: HashMap<NodeIndex, Labels>,
    /// What each dataset brings, asked once.
    of_datasets: RefCell<Vec<Option<Labels>>>,
    /// Whether labels may be brought, asked once.
    allowed: RefCell<HashMap<Labels, bool, Quick>>,
}

impl<'a, 's> Taking<'a, 's> {
    pub(super) fn new(
        catalogue: &'a Catalogue,
        graph: &'a LinkageGraph,
        labelling: &'a Labelling,
        want: &'s [Ref],
        avoid_datasets: &'s [Slug],
        as_of: Date,
    ) -> Self {
        let own = labelling.of_tables();
        let of_tables =
            own.flat_map(|(table, labels)| graph.nodes_of(table).iter().map(move |node| (*node, labels))).collect();
        let mut taking = Self {
            catalogue,
            graph,
            labelling,
            want,
            avoid_datasets,
            as_of,
            of_tables,
            of_datasets: RefCell::new(vec![None; catalogue.datasets.len()]),
            allowed: RefCell::default(),
            crosswalks: HashMap::new(),
        };
        let usable = catalogue.crosswalks.iter().filter(|(_, crosswalk)| taking.usable_crosswalk(crosswalk));
        let labelled = usable.map(|(slug, _)| (slug, labelling.of(&Use::Crosswalk(slug.clone()))));
        taking.crosswalks = labelled.filter(|(_, labels)| taking.may_use(*labels)).collect();
        taking
    }

    fn usable_crosswalk(&self, crosswalk: &Crosswalk) -> bool {
        // What lies where is asked for nothing in particular.
        holds_on(crosswalk, self.as_of) && (self.want.is_empty() || crosswalk.serves(self.want))
    }

    /// The nodes that each thing asked for can be met by.
    pub(super) fn groups(&self) -> Vec<BTreeSet<NodeIndex>> {
        self.want.iter().map(|want| self.group(want)).collect()
    }

    fn group(&self, want: &Ref) -> BTreeSet<NodeIndex> {
        let tables: Vec<TableRef> = match want {
            Ref::Dataset(dataset) => {
                let entry = self.catalogue.dataset(dataset);
                entry.into_iter().flat_map(|entry| entry.tables.values()).map(|entry| entry.table.reference()).collect()
            }
            Ref::Table(table) => vec![table.clone()],
            Ref::Field(field) => vec![field.table.clone()],
        };
        let nodes: BTreeSet<NodeIndex> = tables.iter().flat_map(|table| self.graph.nodes_of(table)).copied().collect();
        if self.want.len() > 1 {
            return nodes;
        }
        // Alone, a dataset is met by a table about people where it has one, and not by a header or a code list.
        let on_hub = |node: &&NodeIndex| {
            let mut others = self.graph.graph.neighbors(**node);
            others.any(|other| matches!(self.graph.graph.node_weight(other), Some(Node::Hub { .. })))
        };
        let about_people: BTreeSet<NodeIndex> = nodes.iter().filter(on_hub).copied().collect();
        if about_people.is_empty() { nodes } else { about_people }
    }

    fn dataset_labels(&self, dataset: usize) -> Labels {
        if let Some(Some(known)) = self.of_datasets.borrow().get(dataset) {
            return *known;
        }
        let Some((slug, entry)) = self.catalogue.datasets.get_index(dataset) else { return Labels::NONE };
        let curated = entry.dataset.curated.map(|curated| self.labelling.of(&Use::Curated(curated)));
        let labels = self.labelling.of(&Use::Dataset(slug.clone())) | curated.unwrap_or_default();
        if let Some(held) = self.of_datasets.borrow_mut().get_mut(dataset) {
            *held = Some(labels);
        }
        labels
    }

    fn node_labels(&self, node: NodeIndex) -> Labels {
        let of_dataset = self.graph.dataset_of(node).map(|dataset| self.dataset_labels(dataset));
        of_dataset.unwrap_or_default() | self.of_tables.get(&node).copied().unwrap_or_default()
    }

    fn may_use(&self, labels: Labels) -> bool {
        let may = || (self.labelling.closure(labels | self.labelling.base) & self.labelling.avoided).is_empty();
        *self.allowed.borrow_mut().entry(labels).or_insert_with(may)
    }

    pub(super) fn usable_node(&self, node: NodeIndex) -> bool {
        let dataset = self.graph.dataset_of(node).and_then(|dataset| self.catalogue.datasets.get_index(dataset));
        let avoided = dataset.is_some_and(|(slug, _)| self.avoid_datasets.contains(slug));
        !avoided && self.may_use(self.node_labels(node))
    }

    fn usable_link(&self, link: &Link) -> bool {
        match link {
            Link::Crosswalk { crosswalk, .. } => self.crosswalks.contains_key(crosswalk),
            Link::Carries { .. } | Link::Refers { .. } => true,
        }
    }

    /// The usable nodes, in order, that lie in a part reaching every group and are no dead end. `None` where no part
    /// reaches every group.
    pub(super) fn keep(&self, groups: &[BTreeSet<NodeIndex>]) -> Option<Vec<NodeIndex>> {
        let wanted: BTreeSet<NodeIndex> = groups.iter().flatten().copied().collect();
        let mut near = self.graph.near(wanted.iter().copied());
        near.retain(|node| self.usable_node(*node));
        let neighbours = self.neighbours(&near);
        let part = parts(&neighbours);
        let place = |node: &NodeIndex| near.binary_search(node).ok();
        let reach = |group: &BTreeSet<NodeIndex>| -> BTreeSet<u32> {
            group.iter().filter_map(place).filter_map(|at| part.get(at).copied()).collect()
        };
        let mut reached = groups.iter().map(reach);
        let mut whole = reached.next()?;
        for parts in reached {
            whole.retain(|part| parts.contains(part));
        }
        if whole.is_empty() {
            return None;
        }
        let pinned: Vec<bool> = near.iter().map(|node| wanted.contains(node)).collect();
        let mut alive: Vec<bool> = near
            .iter()
            .zip(&part)
            .zip(&pinned)
            .map(|((node, part), pinned)| whole.contains(part) && (*pinned || !self.graph.is_about_staff(*node)))
            .collect();
        drop_dead_ends(&neighbours, &pinned, &mut alive);
        let mut alive = alive.into_iter();
        near.retain(|_| alive.next() == Some(true));
        Some(near)
    }

    /// By node of the graph, its place among some nodes, or [`NOWHERE`].
    fn places(&self, nodes: &[NodeIndex]) -> Vec<u32> {
        let mut place = vec![NOWHERE; self.graph.graph.node_count()];
        for (at, node) in nodes.iter().enumerate() {
            if let Some(held) = place.get_mut(node.index()) {
                *held = at as u32;
            }
        }
        place
    }

    /// By node, the places of its distinct neighbours over usable links.
    fn neighbours(&self, near: &[NodeIndex]) -> Vec<Vec<u32>> {
        let place = self.places(near);
        let neighbours = |(at, node): (usize, &NodeIndex)| {
            let links = self.graph.graph.edges(*node).filter(|link| self.usable_link(link.weight()));
            let mut others: Vec<u32> = links.filter_map(|link| place.get(link.target().index()).copied()).collect();
            others.retain(|other| *other != NOWHERE && *other as usize != at);
            others.sort_unstable();
            others.dedup();
            others
        };
        near.iter().enumerate().map(neighbours).collect()
    }

    pub(super) fn problem(&self, nodes: Vec<NodeIndex>, groups: &[BTreeSet<NodeIndex>]) -> Problem<'a> {
        let place = self.places(&nodes);
        let at = |node: &NodeIndex| place.get(node.index()).filter(|at| **at != NOWHERE).map(|at| *at as usize);
        let price = |node: &NodeIndex| match self.graph.graph.node_weight(*node) {
            Some(Node::Table { role: None, .. }) => TABLE,
            Some(Node::Table { role: Some(_), .. }) => TABLE + IN_ROLE,
            Some(Node::Hub { .. }) | None => 0,
        };
        let mut network = Network {
            node_cost: nodes.iter().map(price).collect(),
            groups: groups.iter().map(|group| group.iter().filter_map(at).collect()).collect(),
            node_labels: nodes.iter().map(|node| self.node_labels(*node)).collect(),
            terms: self.labelling.terms(),
            ..Network::default()
        };
        let mut links = Vec::new();
        for link in self.links_among(&nodes, &place) {
            let (Some((source, target)), Some(held)) =
                (self.graph.graph.edge_endpoints(link), self.graph.graph.edge_weight(link))
            else {
                continue;
            };
            let (Some(u), Some(v)) = (at(&source), at(&target)) else { continue };
            let own = match held {
                Link::Crosswalk { crosswalk, .. } => self.crosswalks.get(crosswalk).copied().unwrap_or_default(),
                Link::Carries { .. } | Link::Refers { .. } => Labels::NONE,
            };
            let ends = [u, v].into_iter().filter_map(|node| network.node_labels.get(node));
            network.link_labels.push(ends.fold(own, |all, labels| all | *labels));
            links.push(link);
            let price = price_of(self.catalogue, self.graph, held, target);
            network.links.push((u, v, price));
        }
        for (group, (members, want)) in network.groups.iter().zip(self.want).enumerate() {
            let mut known: HashMap<&TableRef, Labels> = HashMap::new();
            for node in members {
                let held = nodes.get(*node).and_then(|node| self.graph.graph.node_weight(*node));
                let labels = match held {
                    Some(Node::Table { table, .. }) => {
                        *known.entry(table).or_insert_with(|| self.asked_for(table, want))
                    }
                    Some(Node::Hub { .. }) | None => Labels::NONE,
                };
                network.member_labels.insert((group, *node), labels);
            }
        }
        let tables = |group: &BTreeSet<NodeIndex>| {
            let tables = group.iter().filter_map(|node| match self.graph.graph.node_weight(*node) {
                Some(Node::Table { table, .. }) if at(node).is_some() => Some(table),
                _ => None,
            });
            tables.collect::<BTreeSet<_>>().len()
        };
        let several = groups.iter().map(|group| tables(group) > 1).collect();
        let next = next_to(&network.links, nodes.len());
        Problem { graph: self.graph, labelling: self.labelling, network, nodes, links, several, next }
    }

    /// The usable links between some nodes, in the graph's order; `place` tells which nodes are among them.
    fn links_among(&self, nodes: &[NodeIndex], place: &[u32]) -> Vec<EdgeIndex> {
        let within = |node: NodeIndex| place.get(node.index()).is_some_and(|at| *at != NOWHERE);
        let mut links: Vec<EdgeIndex> = nodes
            .iter()
            .flat_map(|node| self.graph.graph.edges(*node))
            // Each is met from both of its ends.
            .filter(|link| link.source() <= link.target() && within(link.target()) && self.usable_link(link.weight()))
            .map(|link| link.id())
            .collect();
        links.sort_unstable();
        links.dedup();
        links
    }

    /// What asking for a table's content brings, beyond using it as a bridge.
    fn asked_for(&self, table: &TableRef, want: &Ref) -> Labels {
        let asked = sensitivities(self.catalogue, want, table);
        asked.into_iter().fold(Labels::NONE, |all, sensitivity| all | self.labelling.of(&Use::Sensitivity(sensitivity)))
    }
}

/// By node, the number of the part that it hangs together with.
fn parts(neighbours: &[Vec<u32>]) -> Vec<u32> {
    let mut part = vec![NOWHERE; neighbours.len()];
    let mut parts = 0;
    for start in 0..neighbours.len() {
        let mut waiting = vec![start as u32];
        let new = part.get(start) == Some(&NOWHERE);
        while let Some(node) = waiting.pop() {
            let Some(held) = part.get_mut(node as usize).filter(|held| **held == NOWHERE) else { continue };
            *held = parts;
            waiting.extend(neighbours.get(node as usize).into_iter().flatten());
        }
        parts += u32::from(new);
    }
    part
}

/// Takes away, until there is none, what has fewer than two neighbours and is not pinned.
fn drop_dead_ends(neighbours: &[Vec<u32>], pinned: &[bool], alive: &mut [bool]) {
    let held = |marks: &[bool], node: u32| marks.get(node as usize) == Some(&true);
    let mut degree: Vec<usize> =
        neighbours.iter().map(|others| others.iter().filter(|other| held(alive, **other)).count()).collect();
    let mut waiting: Vec<u32> = (0..neighbours.len() as u32).collect();
    while let Some(node) = waiting.pop() {
        let is_end = degree.get(node as usize).is_none_or(|degree| *degree < 2);
        if !is_end || !held(alive, node) || held(pinned, node) {
            continue;
        }
        if let Some(mark) = alive.get_mut(node as usize) {
            *mark = false;
        }
        for other in neighbours.get(node as usize).into_iter().flatten() {
            if let Some(degree) = degree.get_mut(*other as usize) {
                *degree = degree.saturating_sub(1);
            }
            waiting.push(*other);
        }
    }
}
