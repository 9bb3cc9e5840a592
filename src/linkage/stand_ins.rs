//! Tables that stand in for one another: of one dataset, asked for alike, where one holds the identifiers that the
//! other holds. A search looks at the fewest; the others are put in their place afterwards.
//!
//! (F) Nothing is lost by it. Table *t* serves for table *o* where it meets the same groups, costs no more, brings
//! nothing that *o* does not, and has a link of the same price to whatever *o* has one to. Every link of a tree at *o*
//! can then be moved to *t*: what is left joins the same things, costs as much and brings no more; where the tree held
//! both, it has one table fewer. So what suffices and what is cheapest is found without *o*, and no tree that ties with
//! a cheapest one on tables holds both.

use std::collections::HashSet;

use super::engine::network::Terms;
use super::graph::{Link, Node};
use super::labels::Labels;
use super::problem::{Labelled, Narrow, Problem};
use crate::domain::data_model::Role;

/// A problem and what of it is searched: the tables for which no other serves.
#[derive(Clone, Debug)]
pub struct Folded<'a> {
    /// The problem with every table.
    pub whole: Problem<'a>,
    /// `None` where no table serves for another.
    narrow: Option<Narrow<'a>>,
}

impl<'a> Folded<'a> {
    /// Leaves out the tables for which others serve.
    #[must_use]
    pub fn of(whole: Problem<'a>) -> Self {
        let narrow = links_left(&whole, !Labels::NONE).map(|links| whole.among(&links));
        Self { whole, narrow }
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
}

impl Narrow<'_> {
    /// Without the tables for which others serve where only these approvals may be brought, whatever else of what is
    /// allowed they bring.
    #[must_use]
    pub fn folded(self, allowed: Labels) -> Self {
        match links_left(&self.problem, that_matter(&self.problem.network.terms, allowed)) {
            Some(links) => self.among(&links),
            None => self,
        }
    }
}

/// The tree alike with, in each place, the table that stands first in the catalogue.
#[must_use]
pub fn first_of_all(problem: &Problem, mut plan: Labelled) -> Labelled {
    for node in plan.tree.nodes.clone() {
        let others = candidates(problem, &plan, node);
        if let Some(first) =
            others.into_iter().take_while(|other| *other < node).find_map(|o| with(problem, &plan, node, o))
        {
            plan = first;
        }
    }
    plan
}

/// Up to `most` trees with other tables in the places of a tree's, those with the fewest replaced first. Only the
/// nodes that `may` allows are replaced; what is `known` is left out.
pub fn stand_ins(
    problem: &Problem,
    plan: &Labelled,
    most: usize,
    may: impl Fn(usize) -> bool,
    known: &mut HashSet<Vec<usize>>,
) -> Vec<Labelled> {
    let places: Vec<(usize, Vec<usize>)> = plan
        .tree
        .nodes
        .iter()
        .filter(|node| most > 0 && may(**node))
        .map(|node| (*node, candidates(problem, plan, *node)))
        .collect();
    let mut found: Vec<Labelled> = Vec::new();
    // Each is made from one with fewer replaced, at a later place, so that none is made twice.
    let mut made: Vec<(Labelled, usize)> = vec![(plan.clone(), 0)];
    let mut at = 0;
    while let Some((from, first)) = made.get(at).cloned() {
        at += 1;
        for (place, (node, others)) in places.iter().enumerate().skip(first) {
            for other in others {
                if found.len() == most {
                    return found;
                }
                let Some(other) = with(problem, &from, *node, *other) else { continue };
                if known.insert(other.tree.links.clone()) {
                    found.push(other.clone());
                }
                made.push((other, place + 1));
            }
        }
    }
    found
}

/// The tables that may stand in a node's place, in the catalogue's order.
fn candidates(problem: &Problem, plan: &Labelled, node: usize) -> Vec<usize> {
    let Some(kind) = Kind::of(problem, node) else { return Vec::new() };
    let links = plan.tree.links.iter().filter_map(|link| problem.network.links.get(*link));
    let ends = links.filter_map(|(u, v, _)| if *u == node { Some(*v) } else { (*v == node).then_some(*u) });
    // Whatever hangs on all of them hangs on the one with the fewest.
    let Some(end) = ends.min_by_key(|end| problem.next_to(*end).len()) else { return Vec::new() };
    let alike = |other: &usize| *other != node && Kind::of(problem, *other) == Some(kind);
    let mut others: Vec<usize> = problem.next_to(end).iter().map(|(_, to)| *to).filter(alike).collect();
    others.sort_unstable();
    others.dedup();
    others
}

/// A tree with another table in a node's place; `None` where that is not alike.
fn with(problem: &Problem, plan: &Labelled, node: usize, other: usize) -> Option<Labelled> {
    let network = &problem.network;
    let mut made = plan.clone();
    if plan.tree.nodes.contains(&other) || network.node_cost.get(node) != network.node_cost.get(other) {
        return None;
    }
    for link in &mut made.tree.links {
        let (u, v, price) = network.links.get(*link)?;
        let end = match (*u == node, *v == node) {
            (false, false) => continue,
            (true, _) => v,
            (false, true) => u,
        };
        let alike = |(at, to): &&(usize, usize)| {
            let carries = [*at, *link].iter().all(|at| matches!(problem.link(*at), Some(Link::Carries { .. })));
            to == end && carries && network.links.get(*at).is_some_and(|(_, _, cost)| cost == price)
        };
        *link = problem.next_to(other).iter().find(alike)?.0;
    }
    for (group, member) in made.tree.members.iter_mut().enumerate().filter(|(_, member)| **member == node) {
        if network.groups.get(group)?.binary_search(&other).is_err() {
            return None;
        }
        *member = other;
    }
    for held in made.tree.nodes.iter_mut().filter(|held| **held == node) {
        *held = other;
    }
    made.tree.links.sort_unstable();
    made.tree.nodes.sort_unstable();
    made.labels = network.terms.closure(network.labels_of(&made.tree));
    let approvals = |plan: &Labelled| problem.labelling.approvals(plan.labels);
    (approvals(&made) == approvals(plan)).then_some(made)
}

/// The dataset of a table and the role that it is looked up in.
#[derive(Clone, Copy, PartialEq)]
struct Kind<'a> {
    dataset: usize,
    role: Option<&'a Role>,
}

impl<'a> Kind<'a> {
    fn of(problem: &Problem<'a>, node: usize) -> Option<Self> {
        let Some(Node::Table { role, .. }) = problem.node(node) else { return None };
        Some(Self { dataset: problem.graph.dataset_of(*problem.nodes.get(node)?)?, role: role.as_ref() })
    }
}

/// The labels that can come to bring an approval that is not allowed: what premises of rules hold that do, and of rules
/// that bring such premises.
fn that_matter(terms: &Terms, allowed: Labels) -> Labels {
    let mut matter = terms.forbidden(allowed);
    loop {
        let before = matter;
        for (premise, brings) in &terms.rules {
            if !(*brings & matter).is_empty() {
                matter |= *premise;
            }
        }
        if matter == before {
            return matter;
        }
    }
}

/// The links that are left without the tables for which others serve, where only these labels matter; `None` where no
/// table does.
fn links_left(problem: &Problem, matter: Labels) -> Option<Vec<usize>> {
    let network = &problem.network;
    let mut tables: Vec<(usize, usize)> = (0..problem.nodes.len())
        .filter_map(|node| Some((problem.graph.dataset_of(*problem.nodes.get(node)?)?, node)))
        .collect();
    tables.sort_unstable();
    let mut left_out = vec![false; network.node_cost.len()];
    for dataset in tables.chunk_by(|one, other| one.0 == other.0).filter(|run| run.len() > 1) {
        let mut held: Vec<Offer> = Vec::new();
        for offer in dataset.iter().filter_map(|(_, node)| Offer::of(problem, *node, matter)) {
            if held.iter().any(|one| one.serves_for(&offer)) {
                left_out[offer.node] = true;
            } else {
                held.retain(|one| {
                    left_out[one.node] = offer.serves_for(one);
                    !left_out[one.node]
                });
                held.push(offer);
            }
        }
    }
    let links = || network.links.iter().enumerate().filter(|(_, (u, v, _))| !left_out[*u] && !left_out[*v]);
    left_out.contains(&true).then(|| links().map(|(at, _)| at).collect())
}

/// What a table has to offer to a search.
struct Offer<'a> {
    node: usize,
    kind: Kind<'a>,
    labels: Labels,
    cost: u64,
    /// The groups that it meets, and what that brings.
    meets: Vec<(usize, Labels)>,
    /// Where its links lead, and their prices, sorted; what they bring.
    links: Vec<(usize, u64, Labels)>,
    /// Whether it hangs on identifiers alone, so that another can do it all.
    only_carries: bool,
}

impl<'a> Offer<'a> {
    fn of(problem: &Problem<'a>, node: usize, matter: Labels) -> Option<Self> {
        let network = &problem.network;
        let carries = |at: &usize| matches!(problem.link(*at), Some(Link::Carries { .. }));
        let next = problem.next_to(node);
        let link = |(at, to): &(usize, usize)| {
            Some((*to, network.links.get(*at)?.2, network.link_labels.get(*at).copied()? & matter))
        };
        let mut links: Vec<_> = next.iter().filter(|(at, _)| carries(at)).filter_map(link).collect();
        links.sort_unstable();
        let meets = network.groups.iter().enumerate().filter(|(_, members)| members.binary_search(&node).is_ok());
        Some(Self {
            node,
            kind: Kind::of(problem, node)?,
            labels: network.node_labels.get(node).copied()? & matter,
            cost: network.node_cost.get(node).copied()?,
            meets: meets.map(|(group, _)| (group, network.labels_of_member(group, node) & matter)).collect(),
            only_carries: links.len() == next.len(),
            links,
        })
    }

    fn serves_for(&self, other: &Self) -> bool {
        let brings_no_more = |(end, brings): &(usize, Labels), held: &[(usize, Labels)]| {
            held.iter().any(|(at, own)| at == end && own.within(*brings))
        };
        let link = |(end, price, brings): &(usize, u64, Labels)| {
            let from = self.links.partition_point(|(at, cost, _)| (at, cost) < (end, price));
            let alike = self.links.iter().skip(from).take_while(|(at, cost, _)| (at, cost) == (end, price));
            alike.into_iter().any(|(_, _, own)| own.within(*brings))
        };
        other.only_carries
            && self.kind == other.kind
            && self.cost <= other.cost
            && self.labels.within(other.labels)
            && self.meets.len() == other.meets.len()
            && other.meets.iter().all(|meets| brings_no_more(meets, &self.meets))
            && other.links.iter().all(link)
    }
}
