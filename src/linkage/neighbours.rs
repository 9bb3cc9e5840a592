//! What a table or a dataset can be joined to in one step: over a hub, a reference, or crosswalks between hubs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use petgraph::graph::NodeIndex;

use super::engine::network::Tree;
use super::explain::explain;
use super::graph::{Link, LinkageGraph, Node};
use super::labels::{Labelling, Labels};
use super::problem::{Problem, Scope};
use crate::domain::approval::Use;
use crate::domain::catalogue::Catalogue;
use crate::domain::plan::Step;
use crate::domain::refs::{Ref, Slug, TableRef};

/// A join and what its approvals hang on.
pub type Join = (Step, BTreeSet<Use>);

/// The whole linkage graph of a catalogue on one day, ready to be asked what lies next to what.
pub struct Neighbourhood<'a> {
    catalogue: &'a Catalogue,
    problem: Problem<'a>,
    place: HashMap<NodeIndex, usize>,
}

/// A way from a table to another: the tables at its ends and the links between.
struct Way {
    start: usize,
    end: usize,
    links: Vec<usize>,
}

impl<'a> Neighbourhood<'a> {
    /// Takes up the graph. With an empty `labelling` approvals play no part.
    #[must_use]
    pub fn of(catalogue: &'a Catalogue, graph: &'a LinkageGraph, labelling: &'a Labelling, as_of: Date) -> Self {
        let problem = Problem::whole(catalogue, graph, labelling, &[], &Scope::default(), as_of);
        let place = problem.nodes.iter().enumerate().map(|(at, node)| (*node, at)).collect();
        Self { catalogue, problem, place }
    }

    /// The best join from a table to each other table that one step reaches: by the fewest approvals, then by the fewest
    /// crosswalks.
    #[must_use]
    pub fn of_table(&self, table: &TableRef) -> Vec<Join> {
        let mut best: BTreeMap<&TableRef, Way> = BTreeMap::new();
        for (start, link, to) in self.leaving(table) {
            for way in self.ways(start, link, to) {
                let Some(other) = self.table(way.end).filter(|other| *other != table) else { continue };
                if best.get(other).is_none_or(|held| self.weight(&way.links) < self.weight(&held.links)) {
                    best.insert(other, way);
                }
            }
        }
        best.into_values().filter_map(|way| self.told(way)).collect()
    }

    /// Joins from a dataset to each other dataset that one step reaches: for every identifier that both come to, the
    /// one between the tables with one row per identifier where there are such.
    #[must_use]
    pub fn of_dataset(&self, dataset: &Slug) -> BTreeMap<Slug, Vec<Join>> {
        let tables = self.catalogue.dataset(dataset).map(|entry| entry.tables.values());
        let mut holders: BTreeMap<usize, (bool, usize, usize)> = BTreeMap::new();
        let mut references = Vec::new();
        for table in tables.into_iter().flatten() {
            for (start, link, to) in self.leaving(&table.table.reference()) {
                if self.table(to).is_some() {
                    references.push(Way { start, end: to, links: vec![link] });
                } else if holders.get(&to).is_none_or(|(many, _, _)| *many && !self.is_many(link)) {
                    holders.insert(to, (self.is_many(link), start, link));
                }
            }
        }
        let mut best: BTreeMap<(&Slug, usize), Way> = BTreeMap::new();
        for (hub, (_, start, link)) in holders {
            for way in self.ways(start, link, hub) {
                let Some(other) = self.table(way.end).filter(|other| other.dataset != *dataset) else { continue };
                let rank = |way: &Way| {
                    let (approvals, long, cost) = self.weight(&way.links);
                    (approvals, long, way.links.last().is_some_and(|link| self.is_many(*link)), cost)
                };
                if best.get(&(&other.dataset, hub)).is_none_or(|held| rank(&way) < rank(held)) {
                    best.insert((&other.dataset, hub), way);
                }
            }
        }
        let mut joins: BTreeMap<Slug, Vec<Join>> = BTreeMap::new();
        for way in best.into_values().chain(references) {
            let Some(other) = self.table(way.end).filter(|other| other.dataset != *dataset) else { continue };
            joins.entry(other.dataset.clone()).or_default().extend(self.told(way));
        }
        joins
    }

    /// The links that leave a table: its node, the link, and where that leads.
    fn leaving(&self, table: &TableRef) -> Vec<(usize, usize, usize)> {
        let nodes = self.problem.graph.nodes_of(table).iter().filter_map(|node| self.place.get(node).copied());
        let leaving = |node: usize| self.problem.next_to(node).iter().map(move |(link, to)| (node, *link, *to));
        nodes.flat_map(leaving).collect()
    }

    /// Where a link that leaves a table leads in one step: the table it refers to, or every table on the hub and on
    /// those that crosswalks lead to, those that take the fewest approvals first.
    fn ways(&self, start: usize, link: usize, to: usize) -> Vec<Way> {
        if self.table(to).is_some() {
            return vec![Way { start, end: to, links: vec![link] }];
        }
        let mut known: HashMap<usize, Vec<Labels>> = HashMap::new();
        let mut waiting = BTreeSet::from([(self.weight(&[link]), vec![link], to)]);
        let mut ways = Vec::new();
        while let Some((_, links, hub)) = waiting.pop_first() {
            // Another way to a hub is worth following only where it brings less of something.
            let labels = self.labels(&links);
            let held = known.entry(hub).or_default();
            if held.iter().any(|held| held.within(labels)) {
                continue;
            }
            held.push(labels);
            for (at, next) in self.problem.next_to(hub) {
                let further: Vec<usize> = links.iter().copied().chain([*at]).collect();
                if self.table(*next).is_none() {
                    waiting.insert((self.weight(&further), further, *next));
                } else if *next != start {
                    let way = Way { start, end: *next, links: further };
                    if self.serves(&way) {
                        ways.push(way);
                    }
                }
            }
        }
        ways
    }

    /// What the links of a way bring, their ends included.
    fn labels(&self, links: &[usize]) -> Labels {
        let each = links.iter().filter_map(|at| self.problem.network.link_labels.get(*at));
        let all = each.fold(Labels::NONE, |all, labels| all | *labels);
        self.problem.labelling.approvals(self.problem.labelling.closure(all))
    }

    /// What ways are compared by: approvals, then how long they are, then what has to be discussed.
    fn weight(&self, links: &[usize]) -> (usize, usize, u64) {
        let costs = links.iter().filter_map(|at| self.problem.network.links.get(*at)).map(|(_, _, cost)| *cost);
        (self.labels(links).len(), links.len(), costs.fold(0, u64::saturating_add))
    }

    /// Whether every crosswalk on a way may be used by who asks for the tables at its ends and no others.
    fn serves(&self, way: &Way) -> bool {
        let ends: Vec<Ref> =
            [way.start, way.end].into_iter().filter_map(|node| self.table(node)).cloned().map(Ref::Table).collect();
        way.links.iter().all(|link| match self.problem.link(*link) {
            Some(Link::Crosswalk { crosswalk, .. }) => {
                self.catalogue.crosswalks.get(crosswalk).is_some_and(|crosswalk| crosswalk.serves(&ends))
            }
            _ => true,
        })
    }

    fn table(&self, node: usize) -> Option<&'a TableRef> {
        match self.problem.node(node) {
            Some(Node::Table { table, .. }) => Some(table),
            _ => None,
        }
    }

    fn is_many(&self, link: usize) -> bool {
        matches!(self.problem.link(link), Some(Link::Carries { one: false, .. }))
    }

    fn told(&self, way: Way) -> Option<Join> {
        let tree = Tree { links: way.links, nodes: Vec::new(), members: vec![way.start], cost: 0, bound: 0 };
        let told = explain(self.catalogue, &self.problem, &[], &tree);
        told.steps.into_iter().next().zip(told.step_uses.into_iter().next())
    }
}
