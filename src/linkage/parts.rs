//! The parts that a network falls into: what hangs together by links that may be used. Two things can be linked where
//! a part holds both, so a "no" is explained by the parts that each of them lies in, and mended by joining two of them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use petgraph::unionfind::UnionFind;

use super::components::meeting_of;
use super::graph::Node;
use super::problem::Problem;
use crate::domain::catalogue::Catalogue;
use crate::domain::data_model::Role;
use crate::domain::refs::Slug;
use crate::domain::words::Entity;

/// The parts of a network, by number.
#[derive(Debug)]
pub struct Parts {
    part: Vec<usize>,
    /// The identifiers of each part, with how many links they have.
    hubs: BTreeMap<usize, BTreeMap<(Slug, Option<Role>), usize>>,
}

impl Parts {
    /// The parts under the links that `may` lets through. A table about staff is an end and joins nothing, unless it is
    /// itself asked for.
    #[must_use]
    pub fn of(problem: &Problem, may: impl Fn(usize) -> bool) -> Self {
        let ends = ends(problem);
        let end = |node: &usize| ends.get(*node) == Some(&true);
        let mut sets = UnionFind::<usize>::new(problem.nodes.len());
        for (at, (u, v, _)) in problem.network.links.iter().enumerate() {
            if may(at) && !end(u) && !end(v) {
                sets.union(*u, *v);
            }
        }
        let part: Vec<usize> = (0..problem.nodes.len()).map(|node| sets.find(node)).collect();
        let mut hubs: BTreeMap<usize, BTreeMap<(Slug, Option<Role>), usize>> = BTreeMap::new();
        for (at, part) in part.iter().enumerate() {
            if let Some(Node::Hub { scheme, role }) = problem.node(at)
                && role.as_ref().is_none_or(|role| role.as_str() != Role::STAFF)
            {
                let links = problem.next_to(at).len();
                hubs.entry(*part).or_default().insert((scheme.clone(), role.clone()), links);
            }
        }
        Self { part, hubs }
    }

    /// The part of a node.
    #[must_use]
    pub fn of_node(&self, node: usize) -> Option<usize> {
        self.part.get(node).copied()
    }

    /// The parts that hold an identifier.
    pub fn with_identifiers(&self) -> impl Iterator<Item = usize> {
        self.hubs.keys().copied()
    }

    /// Every identifier in a role, with its part and how many links it has.
    pub fn hubs(&self) -> impl Iterator<Item = (&Slug, Option<&Role>, usize, usize)> {
        self.hubs
            .iter()
            .flat_map(|(part, held)| held.iter().map(|((scheme, role), links)| (scheme, role.as_ref(), *part, *links)))
    }

    /// The identifiers of a part.
    #[must_use]
    pub fn schemes(&self, part: usize) -> BTreeSet<Slug> {
        self.hubs.get(&part).into_iter().flat_map(BTreeMap::keys).map(|(scheme, _)| scheme.clone()).collect()
    }

    /// The part of an identifier in a role.
    #[must_use]
    pub fn of_hub(&self, scheme: &Slug, role: Option<&Role>) -> Option<usize> {
        let key = (scheme.clone(), role.cloned());
        self.hubs.iter().find(|(_, held)| held.contains_key(&key)).map(|(part, _)| *part)
    }

    /// The pairs of identifiers of one kind, in one role, by which a crosswalk could join two parts: those of people
    /// first, then those that lead to where most crosswalks meet, then those that most hangs on. Where a crosswalk between two is recorded already, none is proposed.
    #[must_use]
    pub fn crosswalks_between(&self, catalogue: &Catalogue, one: usize, other: usize) -> Vec<(Slug, Slug)> {
        let entity = |scheme: &Slug| catalogue.schemes.get(scheme).map(|scheme| scheme.entity);
        let recorded = |a: &Slug, b: &Slug| {
            let joins = |from: &Slug, to: &Slug| (from == a && to == b) || (from == b && to == a);
            catalogue.crosswalks.values().any(|crosswalk| joins(&crosswalk.from, &crosswalk.to))
        };
        let mut weight: BTreeMap<(Slug, Slug), usize> = BTreeMap::new();
        for ((from, role), hangs) in self.hubs.get(&one).into_iter().flatten() {
            for ((to, theirs), hang) in self.hubs.get(&other).into_iter().flatten() {
                if role == theirs && from != to && entity(from) == entity(to) && !recorded(from, to) {
                    let both = hangs * hang;
                    let held = weight.entry((from.clone(), to.clone())).or_default();
                    *held = both.max(*held);
                }
            }
        }
        let meet = |(from, to): &(Slug, Slug)| meeting_of(catalogue, from, to);
        let mut found: Vec<(Slug, Slug)> = weight.keys().cloned().collect();
        found.sort_by_cached_key(|pair| {
            (entity(&pair.0), Reverse(meet(pair)), Reverse(weight.get(pair).copied()), pair.clone())
        });
        // A crosswalk of people leaves nothing for one of their spells or specimens to do.
        let first = found.first().and_then(|(from, _)| entity(from));
        found.retain(|(from, _)| first != Some(Entity::Person) || entity(from) == first);
        found
    }
}

/// By node, whether it joins nothing: a table about staff that is not itself asked for.
#[must_use]
pub fn ends(problem: &Problem) -> Vec<bool> {
    let mut ends: Vec<bool> = problem.nodes.iter().map(|node| problem.graph.is_about_staff(*node)).collect();
    for asked in problem.network.groups.iter().flatten() {
        if let Some(end) = ends.get_mut(*asked) {
            *end = false;
        }
    }
    ends
}
