//! What a table or a dataset can be joined to in one step: over a hub, a reference, or crosswalks between hubs.
//!
//! Finding ways and telling them are two things: in a national catalogue a table has thousands of neighbours, and of
//! most nobody asks more than that they are there.

use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use jiff::civil::Date;
use petgraph::graph::{EdgeIndex, NodeIndex};

use super::engine::labels::Quick;
use super::engine::network::{Network, Tree};
use super::explain::explain;
use super::graph::{Link, LinkageGraph, Node};
use super::labels::{Labelling, Labels};
use super::problem::Problem;
use crate::domain::approval::Use;
use crate::domain::catalogue::Catalogue;
use crate::domain::plan::Step;
use crate::domain::refs::{Ref, Slug, TableRef};

/// A join and what its approvals hang on.
pub type Join = (Step, BTreeSet<Use>);

/// The whole linkage graph of a catalogue on one day, priced and labelled, to be asked many times.
#[derive(Debug)]
pub struct Surroundings {
    labelling: Arc<Labelling>,
    network: Network,
    nodes: Vec<NodeIndex>,
    links: Vec<EdgeIndex>,
    next: Vec<Vec<(usize, usize)>>,
    place: HashMap<NodeIndex, usize>,
}

impl Surroundings {
    /// Takes up the graph. With an empty `labelling` approvals play no part.
    #[must_use]
    pub fn of(catalogue: &Catalogue, graph: &LinkageGraph, labelling: Arc<Labelling>, as_of: Date) -> Self {
        let whole = Problem::whole(catalogue, graph, &labelling, &[], &[], as_of);
        let Problem { network, nodes, links, next, .. } = whole;
        let place = nodes.iter().enumerate().map(|(at, node)| (*node, at)).collect();
        Self { labelling, network, nodes, links, next, place }
    }
}

/// A way from a table to another in one step.
#[derive(Clone, Debug)]
pub struct Way {
    /// The approvals that it brings.
    pub approvals: usize,
    start: usize,
    end: usize,
    /// All of its links but the last.
    before: Rc<[usize]>,
    last: usize,
    cost: u64,
}

impl Way {
    /// The crosswalks on it.
    #[must_use]
    pub fn crosswalks(&self) -> usize {
        self.before.len().saturating_sub(1)
    }

    /// What ways are compared by: approvals, then how long they are, then what has to be discussed.
    fn weight(&self) -> (usize, usize, u64) {
        (self.approvals, self.before.len(), self.cost)
    }

    fn links(&self) -> impl Iterator<Item = usize> {
        self.before.iter().copied().chain([self.last])
    }
}

/// A hub that a way comes to before it ends at a table.
struct Reach {
    hub: usize,
    links: Rc<[usize]>,
    labels: Labels,
    cost: u64,
    /// Whether a crosswalk on it serves some requests only.
    choosy: bool,
}

/// One question about what lies next to what.
pub struct Neighbourhood<'a> {
    catalogue: &'a Catalogue,
    graph: &'a LinkageGraph,
    held: &'a Surroundings,
    /// The number of approvals that labels come to, reckoned once for each set.
    counted: RefCell<HashMap<Labels, usize, Quick>>,
}

impl<'a> Neighbourhood<'a> {
    /// Ready to be asked. `held` was taken from the same catalogue and graph.
    #[must_use]
    pub fn of(catalogue: &'a Catalogue, graph: &'a LinkageGraph, held: &'a Surroundings) -> Self {
        Self { catalogue, graph, held, counted: RefCell::default() }
    }

    /// The best way from a table to each other table that one step reaches, in no order: by the fewest approvals, then by
    /// the fewest crosswalks.
    #[must_use]
    pub fn of_table(&self, table: &TableRef) -> Vec<Way> {
        let mut best: HashMap<usize, Way, Quick> = HashMap::default();
        for (start, link, to) in self.leaving(table) {
            self.ways(start, link, to, &mut |way| {
                // A register stands in the graph once for each role.
                let whom = match self.node(way.end) {
                    Some(Node::Table { table: other, .. }) if other == table => return,
                    Some(Node::Table { table, role: Some(_) }) => self.first_of(table).unwrap_or(way.end),
                    Some(Node::Table { role: None, .. }) => way.end,
                    _ => return,
                };
                match best.entry(whom) {
                    Entry::Vacant(place) => _ = place.insert(way),
                    Entry::Occupied(mut held) if way.weight() < held.get().weight() => _ = held.insert(way),
                    Entry::Occupied(_) => {}
                }
            });
        }
        best.into_values().collect()
    }

    /// Ways from a dataset to each other dataset that one step reaches: for every identifier that both come to, the
    /// one between the tables with one row per identifier where there are such.
    #[must_use]
    pub fn of_dataset(&self, dataset: &Slug) -> BTreeMap<&'a Slug, Vec<Way>> {
        let tables = self.catalogue.dataset(dataset).map(|entry| entry.tables.values());
        let mut holders: BTreeMap<usize, (bool, usize, usize)> = BTreeMap::new();
        let mut references = Vec::new();
        for table in tables.into_iter().flatten() {
            for (start, link, to) in self.leaving(&table.table.reference()) {
                if self.table(to).is_some() {
                    self.ways(start, link, to, &mut |way| references.push(way));
                } else if holders.get(&to).is_none_or(|(many, _, _)| *many && !self.is_many(link)) {
                    holders.insert(to, (self.is_many(link), start, link));
                }
            }
        }
        let own = self.catalogue.datasets.get_index_of(dataset);
        let rank = |way: &Way| {
            let (approvals, long, cost) = way.weight();
            (approvals, long, self.is_many(way.last), cost)
        };
        let mut found: BTreeMap<&Slug, Vec<Way>> = BTreeMap::new();
        for (hub, (_, start, link)) in holders {
            let mut best: HashMap<usize, Way, Quick> = HashMap::default();
            self.ways(start, link, hub, &mut |way| {
                let of = self.held.nodes.get(way.end).and_then(|node| self.graph.dataset_of(*node));
                let Some(other) = of.filter(|other| Some(*other) != own) else { return };
                match best.entry(other) {
                    Entry::Vacant(place) => _ = place.insert(way),
                    Entry::Occupied(mut held) if rank(&way) < rank(held.get()) => _ = held.insert(way),
                    Entry::Occupied(_) => {}
                }
            });
            for (other, way) in best {
                if let Some((slug, _)) = self.catalogue.datasets.get_index(other) {
                    found.entry(slug).or_default().push(way);
                }
            }
        }
        for way in references {
            if let Some(other) = self.table(way.end).filter(|other| other.dataset != *dataset) {
                found.entry(&other.dataset).or_default().push(way);
            }
        }
        found
    }

    /// A way, told as a join.
    #[must_use]
    pub fn told(&self, way: &Way) -> Option<Join> {
        let mut nodes: Vec<usize> = Vec::new();
        let mut at = |node: usize| {
            nodes.iter().position(|held| *held == node).unwrap_or_else(|| {
                nodes.push(node);
                nodes.len() - 1
            })
        };
        let start = at(way.start);
        let ends = way.links().filter_map(|link| self.held.network.links.get(link));
        let links: Vec<(usize, usize, u64)> = ends.map(|(u, v, cost)| (at(*u), at(*v), *cost)).collect();
        let tree =
            Tree { links: (0..links.len()).collect(), nodes: Vec::new(), members: vec![start], cost: 0, bound: 0 };
        let problem = Problem {
            graph: self.graph,
            labelling: &self.held.labelling,
            network: Network { links, ..Network::default() },
            nodes: nodes.iter().filter_map(|node| self.held.nodes.get(*node)).copied().collect(),
            links: way.links().filter_map(|link| self.held.links.get(link)).copied().collect(),
            several: Vec::new(),
            next: Vec::new(),
        };
        let told = explain(self.catalogue, &problem, &[], &tree);
        told.steps.into_iter().next().zip(told.step_uses.into_iter().next())
    }

    /// The table that a way ends at.
    #[must_use]
    pub fn end(&self, way: &Way) -> Option<&'a TableRef> {
        self.table(way.end)
    }

    /// The links that leave a table: its node, the link, and where that leads.
    fn leaving(&self, table: &TableRef) -> Vec<(usize, usize, usize)> {
        let nodes = self.graph.nodes_of(table).iter().filter_map(|node| self.held.place.get(node).copied());
        let leaving = |node: usize| self.next_to(node).iter().map(move |(link, to)| (node, *link, *to));
        nodes.flat_map(leaving).collect()
    }

    /// Where a link that leaves a table leads in one step: the table it refers to, or every table on the hub and on
    /// those that crosswalks lead to, those that take the fewest approvals first.
    fn ways(&self, start: usize, link: usize, to: usize, found: &mut dyn FnMut(Way)) {
        let way = |before: &Rc<[usize]>, labels, cost, last, end| Way {
            approvals: self.approvals(labels),
            start,
            end,
            before: before.clone(),
            last,
            cost,
        };
        // Registers among themselves say in every role what they say without one.
        let says_more = |end: usize| !(self.is_in_role(start) && self.is_in_role(end));
        if self.table(to).is_some() {
            if !says_more(to) {
                return;
            }
            found(way(&Rc::from([]), self.labels(link), self.cost(link), link, to));
            return;
        }
        for reach in self.reached(link, to) {
            for (last, end) in self.next_to(reach.hub) {
                let ends = *end != start && self.table(*end).is_some() && says_more(*end);
                if ends && (!reach.choosy || self.serves(&reach, start, *end)) {
                    let labels = reach.labels | self.labels(*last);
                    found(way(&reach.links, labels, reach.cost.saturating_add(self.cost(*last)), *last, *end));
                }
            }
        }
    }

    /// The hubs that a link to a hub comes to, itself and over crosswalks, the ways that take the fewest approvals first.
    fn reached(&self, link: usize, to: usize) -> Vec<Reach> {
        let reach = |links: Vec<usize>, hub: usize| {
            let labels = links.iter().fold(Labels::NONE, |all, link| all | self.labels(*link));
            let cost = links.iter().map(|link| self.cost(*link)).fold(0, u64::saturating_add);
            ((self.approvals(labels), links.len(), cost), links, hub, labels)
        };
        let mut known: HashMap<usize, Vec<Labels>, Quick> = HashMap::default();
        let mut waiting = BTreeSet::from([reach(vec![link], to)]);
        let mut reached = Vec::new();
        while let Some(((_, _, cost), links, hub, labels)) = waiting.pop_first() {
            // Another way to a hub is worth following only where it brings less of something.
            let brings = self.held.labelling.approvals(self.held.labelling.closure(labels));
            let held = known.entry(hub).or_default();
            if held.iter().any(|held| held.within(brings)) {
                continue;
            }
            held.push(brings);
            for (at, next) in self.next_to(hub).iter().filter(|(_, next)| self.table(*next).is_none()) {
                waiting.insert(reach(links.iter().copied().chain([*at]).collect(), *next));
            }
            let choosy = self.crosswalks(&links).any(|crosswalk| !crosswalk.only_with.is_empty());
            reached.push(Reach { hub, links: links.into(), labels, cost, choosy });
        }
        reached
    }

    /// Whether every crosswalk on the way to a hub may be used by who asks for the tables at its ends and no others.
    fn serves(&self, reach: &Reach, start: usize, end: usize) -> bool {
        let ends: Vec<Ref> =
            [start, end].into_iter().filter_map(|node| self.table(node)).cloned().map(Ref::Table).collect();
        self.crosswalks(&reach.links).all(|crosswalk| crosswalk.serves(&ends))
    }

    fn crosswalks(&self, links: &[usize]) -> impl Iterator<Item = &'a crate::domain::crosswalk::Crosswalk> {
        links.iter().filter_map(|link| match self.link(*link) {
            Some(Link::Crosswalk { crosswalk, .. }) => self.catalogue.crosswalks.get(crosswalk).map(AsRef::as_ref),
            _ => None,
        })
    }

    fn approvals(&self, labels: Labels) -> usize {
        let labelling = &self.held.labelling;
        let count = || labelling.approvals(labelling.closure(labels)).len();
        *self.counted.borrow_mut().entry(labels).or_insert_with(count)
    }

    /// What a link brings, its ends included.
    fn labels(&self, link: usize) -> Labels {
        self.held.network.link_labels.get(link).copied().unwrap_or_default()
    }

    fn cost(&self, link: usize) -> u64 {
        self.held.network.links.get(link).map_or(0, |(_, _, cost)| *cost)
    }

    fn next_to(&self, node: usize) -> &'a [(usize, usize)] {
        self.held.next.get(node).map_or(&[], Vec::as_slice)
    }

    fn node(&self, node: usize) -> Option<&'a Node> {
        self.held.nodes.get(node).and_then(|node| self.graph.graph.node_weight(*node))
    }

    fn link(&self, link: usize) -> Option<&'a Link> {
        self.held.links.get(link).and_then(|link| self.graph.graph.edge_weight(*link))
    }

    fn table(&self, node: usize) -> Option<&'a TableRef> {
        match self.node(node) {
            Some(Node::Table { table, .. }) => Some(table),
            _ => None,
        }
    }

    fn first_of(&self, table: &TableRef) -> Option<usize> {
        self.graph.nodes_of(table).iter().find_map(|node| self.held.place.get(node)).copied()
    }

    fn is_in_role(&self, node: usize) -> bool {
        matches!(self.node(node), Some(Node::Table { role: Some(_), .. }))
    }

    fn is_many(&self, link: usize) -> bool {
        matches!(self.link(link), Some(Link::Carries { one: false, .. }))
    }
}
