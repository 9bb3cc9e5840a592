//! What a request comes to at one level of what is allowed: the parts that hang together, which things asked for can
//! be met in each, and the identifiers that they hold.
//!
//! A part is joined by links that bring nothing beyond what everything brings, so that within it every identifier
//! serves as well as any other. Links that bring a fact of a rule about something refused lead from part to part.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::mends::Mend;
use super::refusals::{Level, Refusals};
use crate::domain::data_model::Role;
use crate::domain::refs::Slug;
use crate::linkage::engine;
use crate::linkage::engine::network::Network;
use crate::linkage::labels::Labels;
use crate::linkage::parts::{Parts, ends};
use crate::linkage::problem::Problem;

/// Two parts, the smaller number first.
pub(super) type Two = (usize, usize);

/// An identifier scheme in one role, in its part.
pub(super) struct Hub {
    pub role: Option<Role>,
    pub part: usize,
    /// How many links it has.
    pub links: usize,
}

/// A node by which something asked for can be met.
pub(super) struct Member {
    pub node: usize,
    pub part: usize,
    /// The facts that meeting it here brings.
    pub facts: Labels,
}

/// One level of what is allowed.
pub(super) struct Ground {
    /// By thing asked for, where it can be met.
    pub members: Vec<Vec<Member>>,
    /// The identifiers, by scheme.
    pub hubs: BTreeMap<Slug, Vec<Hub>>,
    /// Links from part to part, with the facts that they bring.
    across: Vec<(usize, usize, Labels)>,
    /// By part, the things asked for that can be come to from it.
    wanted: BTreeMap<usize, BTreeSet<usize>>,
    /// The part of each part once facts count for nothing, where there are any.
    whole: Option<Parts>,
}

impl Ground {
    pub fn of(problem: &Problem, refusals: &Refusals, level: &Level) -> Self {
        let facts = |at: usize| refusals.links.get(at).and_then(|closed| level.facts(*closed));
        let parts = Parts::of(problem, |at| facts(at) == Some(Labels::NONE));
        let part = |node: usize| parts.of_node(node).unwrap_or(node);
        let network = &problem.network;
        let end = ends(problem);
        let is_end = |node: usize| end.get(node) == Some(&true);
        let links = network.links.iter().enumerate().filter(|(_, (u, v, _))| !is_end(*u) && !is_end(*v));
        let crossing = links.filter_map(|(at, (u, v, _))| Some((part(*u), part(*v), facts(at)?)));
        let across: BTreeSet<(usize, usize, Labels)> = crossing.filter(|(u, v, _)| u != v).collect();
        let whole = (!across.is_empty()).then(|| Parts::of(problem, |at| facts(at).is_some()));
        let member = |group: usize, node: usize| {
            let closed = network.terms.closure(network.labels_of_member(group, node) | refusals.base);
            level.facts(closed).map(|facts| Member { node, part: part(node), facts })
        };
        let groups = network.groups.iter().enumerate();
        let members: Vec<Vec<Member>> =
            groups.map(|(at, nodes)| nodes.iter().filter_map(|node| member(at, *node)).collect()).collect();
        let mut hubs: BTreeMap<Slug, Vec<Hub>> = BTreeMap::new();
        for (scheme, role, part, links) in parts.hubs() {
            let hub = Hub { role: role.cloned(), part, links };
            hubs.entry(scheme.clone()).or_default().push(hub);
        }
        let mut ground = Self { members, hubs, across: across.into_iter().collect(), wanted: BTreeMap::new(), whole };
        let mut wanted: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (at, members) in ground.members.iter().enumerate() {
            for member in members {
                wanted.entry(ground.come_to(member.part)).or_default().insert(at);
            }
        }
        ground.wanted = wanted;
        ground
    }

    fn come_to(&self, part: usize) -> usize {
        self.whole.as_ref().and_then(|whole| whole.of_node(part)).unwrap_or(part)
    }

    /// Whether links bring facts, so that parts may hang together and yet not be used together.
    pub fn has_facts(&self) -> bool {
        !self.across.is_empty() || self.members.iter().flatten().any(|member| !member.facts.is_empty())
    }

    /// The things asked for that can be come to from a part; `None` where there are none.
    pub fn wants(&self, part: usize) -> Option<&BTreeSet<usize>> {
        self.wanted.get(&self.come_to(part))
    }

    /// Whether everything asked for can be come to, facts aside, once these pairs of parts are joined.
    pub fn all_meet(&self, pairs: &BTreeSet<Two>) -> bool {
        let all = self.members.len();
        let mut joined: Vec<(BTreeSet<usize>, BTreeSet<usize>)> = Vec::new();
        for (one, other) in pairs {
            let mut ends = BTreeSet::from([self.come_to(*one), self.come_to(*other)]);
            let mut wants: BTreeSet<usize> =
                ends.iter().filter_map(|part| self.wanted.get(part)).flatten().copied().collect();
            joined.retain(|(held, theirs)| {
                let apart = held.is_disjoint(&ends);
                if !apart {
                    ends.extend(held);
                    wants.extend(theirs);
                }
                apart
            });
            joined.push((ends, wants));
        }
        joined.iter().map(|(_, wants)| wants).chain(self.wanted.values()).any(|wants| wants.len() == all)
    }

    /// The pairs of parts that a crosswalk between two schemes joins: in each role that both are held in.
    pub fn crossed(&self, from: &Slug, to: &Slug) -> BTreeSet<Two> {
        let of = |scheme: &Slug| self.hubs.get(scheme).into_iter().flatten();
        of(from)
            .flat_map(|one| of(to).filter(|other| one.role == other.role).map(|other| two(one.part, other.part)))
            .filter(|(one, other)| one != other)
            .collect()
    }

    /// The parts as a network, with mends as the engine takes them.
    pub fn network(&self, refusals: &Refusals, level: &Level, mends: &[Mend]) -> (Network, Vec<engine::repair::Mend>) {
        let mut nodes = Nodes::default();
        let mut network = Network { terms: refusals.terms(level), ..Network::default() };
        for members in &self.members {
            let mut group = BTreeSet::new();
            for member in members {
                let part = nodes.of(member.part);
                let node = if member.facts.is_empty() { part } else { nodes.another() };
                if node != part {
                    network.links.push((part, node, 0));
                    network.link_labels.push(member.facts);
                }
                group.insert(node);
            }
            network.groups.push(group.into_iter().collect());
        }
        for (u, v, facts) in &self.across {
            network.links.push((nodes.of(*u), nodes.of(*v), 0));
            network.link_labels.push(*facts);
        }
        let mut made = Vec::new();
        for mend in mends {
            let links = mend.pairs.iter().map(|(u, v)| (nodes.of(*u), nodes.of(*v), mend.brings)).collect();
            made.push(engine::repair::Mend { cost: 1, what: engine::repair::What::Links(links) });
        }
        network.node_cost = vec![0; nodes.made];
        network.node_labels = vec![Labels::NONE; nodes.made];
        (network, made)
    }
}

pub(super) fn two(one: usize, other: usize) -> Two {
    (one.min(other), one.max(other))
}

/// Numbers for parts, as they come.
#[derive(Default)]
struct Nodes {
    of: HashMap<usize, usize>,
    made: usize,
}

impl Nodes {
    fn of(&mut self, part: usize) -> usize {
        if let Some(known) = self.of.get(&part) {
            return *known;
        }
        let new = self.another();
        self.of.insert(part, new);
        new
    }

    fn another(&mut self) -> usize {
        self.made += 1;
        self.made - 1
    }
}
