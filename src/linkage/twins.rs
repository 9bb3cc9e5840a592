//! Tables that stand in for one another: of one dataset, asked for alike, that hold the same identifiers in the same
//! numbers and bring the same labels. A search looks at the first of them only; the others are put in its place
//! afterwards.
//!
//! (F) Nothing is lost by it. In a tree that holds two of them, every link at the second can be moved to the first,
//! which has one of the same price and labels to the same hub; what is left joins the same things, brings no more and
//! has one table fewer. So neither a cheapest tree nor one that ties with it on tables holds two, and from every one
//! that holds one of the others there is one alike, at the same price, that holds the first.

use std::collections::{HashMap, HashSet};

use super::engine::labels::Quick;
use super::graph::{Link, Node};
use super::labels::Labels;
use super::problem::{Labelled, Narrow, Problem};

/// A problem with its twins put together.
#[derive(Clone, Debug)]
pub struct Folded<'a> {
    /// The problem with every table.
    pub whole: Problem<'a>,
    /// The problem with the first of each lot of twins; `None` where there are no twins.
    narrow: Option<Narrow<'a>>,
    /// By the whole problem's node: the twins of one that is the first of several, in order.
    twins: HashMap<usize, Vec<usize>, Quick>,
}

/// What makes tables twins: the groups they meet, with what that brings, and their links.
#[derive(PartialEq)]
struct Likeness {
    labels: Labels,
    cost: u64,
    meets: Vec<(usize, Labels)>,
    links: Vec<(usize, u64, Labels)>,
}

impl<'a> Folded<'a> {
    /// Puts the twins of a problem together.
    #[must_use]
    pub fn of(whole: Problem<'a>) -> Self {
        let twins = twins(&whole);
        let narrow = (!twins.is_empty()).then(|| {
            let mut left_out = vec![false; whole.network.node_cost.len()];
            twins.values().flatten().for_each(|node| left_out[*node] = true);
            let links = whole.network.links.iter().enumerate();
            let kept: Vec<usize> =
                links.filter(|(_, (u, v, _))| !left_out[*u] && !left_out[*v]).map(|(at, _)| at).collect();
            whole.among(&kept)
        });
        Self { whole, narrow, twins }
    }

    /// What is searched.
    #[must_use]
    pub fn problem(&self) -> &Problem<'a> {
        self.narrow.as_ref().map_or(&self.whole, |narrow| &narrow.problem)
    }

    /// A tree found in [`Self::problem`] as the whole problem numbers it.
    #[must_use]
    pub fn widened(&self, plan: Labelled) -> Labelled {
        match &self.narrow {
            Some(narrow) => narrow.widened(plan),
            None => plan,
        }
    }

    /// Up to `most` trees with twins in the places of a tree's tables, as the whole problem numbers them, those with
    /// the fewest replaced first. Only the nodes that `may` allows are replaced; what is `known` is left out.
    pub fn stand_ins(
        &self,
        plan: &Labelled,
        most: usize,
        may: impl Fn(usize) -> bool,
        known: &mut HashSet<Vec<usize>>,
    ) -> Vec<Labelled> {
        let places: Vec<usize> =
            plan.tree.nodes.iter().copied().filter(|node| self.twins.contains_key(node) && may(*node)).collect();
        let mut found: Vec<Labelled> = Vec::new();
        // Each is made from one with fewer replaced, at a later place, so that none is made twice.
        let mut made: Vec<(Option<Labelled>, usize)> = vec![(None, 0)];
        let mut at = 0;
        while let Some((from, first)) = made.get(at).cloned() {
            at += 1;
            for (place, node) in places.iter().enumerate().skip(first) {
                for twin in self.twins.get(node).into_iter().flatten() {
                    if found.len() == most {
                        return found;
                    }
                    let Some(other) = self.with(from.as_ref().unwrap_or(plan), *node, *twin) else { continue };
                    if known.insert(other.tree.links.clone()) {
                        found.push(other.clone());
                    }
                    made.push((Some(other), place + 1));
                }
            }
        }
        found
    }

    /// A tree with a twin in a node's place.
    fn with(&self, plan: &Labelled, node: usize, twin: usize) -> Option<Labelled> {
        let mut other = plan.clone();
        let network = &self.whole.network;
        for link in &mut other.tree.links {
            let (u, v, price) = network.links.get(*link)?;
            let hub = match (*u == node, *v == node) {
                (false, false) => continue,
                (true, _) => v,
                (false, true) => u,
            };
            let alike = |(at, to): &&(usize, usize)| {
                to == hub && network.links.get(*at).is_some_and(|(_, _, cost)| cost == price)
            };
            *link = self.whole.next_to(twin).iter().find(alike)?.0;
        }
        for held in other.tree.nodes.iter_mut().chain(&mut other.tree.members).filter(|held| **held == node) {
            *held = twin;
        }
        other.tree.links.sort_unstable();
        other.tree.nodes.sort_unstable();
        Some(other)
    }
}

/// The twins of a problem, by the first of each lot.
fn twins(problem: &Problem) -> HashMap<usize, Vec<usize>, Quick> {
    let mut twins: HashMap<usize, Vec<usize>, Quick> = HashMap::default();
    let dataset = |node: usize| problem.nodes.get(node).and_then(|held| problem.graph.dataset_of(*held));
    let nodes: Vec<usize> = (0..problem.nodes.len()).filter(|node| dataset(*node).is_some()).collect();
    // The tables of a dataset stand together.
    for run in nodes.chunk_by(|one, other| dataset(*one) == dataset(*other)).filter(|run| run.len() > 1) {
        let mut firsts: Vec<(usize, Likeness)> = Vec::new();
        for node in run {
            let Some(likeness) = Likeness::of(problem, *node) else { continue };
            match firsts.iter().find(|(_, held)| *held == likeness) {
                Some((first, _)) => twins.entry(*first).or_default().push(*node),
                None => firsts.push((*node, likeness)),
            }
        }
    }
    twins
}

impl Likeness {
    /// Of a table that hangs on hubs only; `None` for another.
    fn of(problem: &Problem, node: usize) -> Option<Self> {
        let network = &problem.network;
        let mut links = Vec::new();
        for (at, to) in problem.next_to(node) {
            let (Some(Link::Carries { .. }), Some(Node::Hub { .. })) = (problem.link(*at), problem.node(*to)) else {
                return None;
            };
            let (_, _, price) = network.links.get(*at)?;
            links.push((*to, *price, network.link_labels.get(*at).copied()?));
        }
        links.sort_unstable();
        let meets = network.groups.iter().enumerate().filter(|(_, members)| members.binary_search(&node).is_ok());
        Some(Self {
            labels: network.node_labels.get(node).copied()?,
            cost: network.node_cost.get(node).copied()?,
            meets: meets.map(|(group, _)| (group, network.labels_of_member(group, node))).collect(),
            links,
        })
    }
}
