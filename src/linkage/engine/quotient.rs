//! A network as approvals see it: everything that the labels at hand join already is one part, and between two parts
//! only what little more is needed counts.

use std::collections::HashMap;

use petgraph::unionfind::UnionFind;

use super::labels::{Labels, Quick};
use super::network::Network;

/// Parts, and what it takes to go from one to another. Label sets are numbered, so that a search looks at each once.
#[derive(Debug, Default)]
pub(super) struct Quotient {
    /// What is at hand.
    pub base: Labels,
    /// What it takes beyond the base, by number.
    pub sets: Vec<Labels>,
    /// A node of each part.
    pub node_of: Vec<usize>,
    start: Vec<u32>,
    next: Vec<(u32, u32)>,
    /// Each group's parts, and what meeting the group there takes.
    pub groups: Vec<Vec<(u32, u32)>>,
}

impl Quotient {
    /// Puts together what `base` joins. `None` where a group cannot be met at all.
    pub fn of(network: &Network, base: Labels) -> Option<Self> {
        let terms = &network.terms;
        let mut numbers = Numbers {
            by_own: HashMap::default(),
            by_brings: HashMap::default(),
            made: Self { base, ..Self::default() },
        };
        let mut sets = UnionFind::<usize>::new(network.node_cost.len());
        let mut across: Vec<(usize, usize, u32)> = Vec::new();
        for ((u, v, _), labels) in network.links.iter().zip(&network.link_labels) {
            if labels.within(base) {
                sets.union(*u, *v);
            } else if let Some(number) = numbers.of(network, *labels) {
                across.push((*u, *v, number));
            }
        }
        let mut part_of = vec![u32::MAX; network.node_cost.len()];
        let mut made = Vec::new();
        for (group, members) in network.groups.iter().enumerate() {
            let mut met = Vec::new();
            for node in members {
                if let Some(number) = numbers.of(network, network.labels_of_member(group, *node)) {
                    met.push((sets.find(*node), number));
                }
            }
            if met.is_empty() {
                return None;
            }
            made.push(met);
        }
        let mut quotient = numbers.made;
        for (u, v, _) in &mut across {
            (*u, *v) = (sets.find(*u), sets.find(*v));
        }
        across.retain(|(u, v, _)| u != v);
        let wanted = made.iter().flatten().map(|(node, _)| *node);
        quotient.drop_dead_ends(&mut across, wanted, network.node_cost.len());
        let ends = across.iter().flat_map(|(u, v, _)| [*u, *v]).chain(made.iter().flatten().map(|(node, _)| *node));
        for node in ends {
            if part_of[node] == u32::MAX {
                part_of[node] = quotient.node_of.len() as u32;
                quotient.node_of.push(node);
            }
        }
        let part = |node: usize| part_of[node];
        quotient.groups =
            made.iter().map(|met| met.iter().map(|(node, number)| (part(*node), *number)).collect()).collect();
        for group in &mut quotient.groups {
            group.sort_unstable();
            group.dedup();
        }
        let mut arcs: Vec<(u32, u32, u32)> =
            across.iter().flat_map(|(u, v, set)| [(part(*u), part(*v), *set), (part(*v), part(*u), *set)]).collect();
        arcs.sort_unstable();
        arcs.dedup();
        quotient.keep_minimal(&mut arcs);
        quotient.start = vec![0; quotient.node_of.len() + 1];
        for (from, _, _) in &arcs {
            quotient.start[*from as usize + 1] += 1;
        }
        for at in 1..quotient.start.len() {
            quotient.start[at] += quotient.start[at - 1];
        }
        quotient.next = arcs.into_iter().map(|(_, to, set)| (to, set)).collect();
        debug_assert!(quotient.sets.iter().all(|set| (*set & terms.refused).is_empty()));
        Some(quotient)
    }

    /// Parts that nobody asks for and that have one neighbour lead nowhere.
    fn drop_dead_ends(&self, across: &mut Vec<(usize, usize, u32)>, wanted: impl Iterator<Item = usize>, nodes: usize) {
        let mut keep = vec![false; nodes];
        wanted.for_each(|node| keep[node] = true);
        loop {
            let mut neighbour = vec![usize::MAX; nodes];
            let mut several = keep.clone();
            for (u, v, _) in across.iter() {
                for (end, other) in [(*u, *v), (*v, *u)] {
                    several[end] |= neighbour[end] != usize::MAX && neighbour[end] != other;
                    neighbour[end] = other;
                }
            }
            let before = across.len();
            across.retain(|(u, v, _)| several[*u] && several[*v]);
            if across.len() == before {
                return;
            }
        }
    }

    /// Between two parts only what nothing smaller replaces. The arcs are sorted.
    fn keep_minimal(&self, arcs: &mut Vec<(u32, u32, u32)>) {
        let same = |a: &(u32, u32, u32), b: &(u32, u32, u32)| (a.0, a.1) == (b.0, b.1);
        let kept = arcs.chunk_by(same).flat_map(|pair| {
            let smaller = |one: &u32, other: &u32| one != other && self.set(*one).within(self.set(*other));
            pair.iter().filter(move |(_, _, set)| !pair.iter().any(|(_, _, other)| smaller(other, set))).copied()
        });
        *arcs = kept.collect();
    }

    pub fn set(&self, number: u32) -> Labels {
        self.sets[number as usize]
    }

    pub fn parts(&self) -> usize {
        self.node_of.len()
    }

    /// Where a part leads, and what that takes.
    pub fn next(&self, part: u32) -> &[(u32, u32)] {
        &self.next[self.start[part as usize] as usize..self.start[part as usize + 1] as usize]
    }
}

/// Label sets by number, each closed with the base, less the base.
struct Numbers {
    by_own: HashMap<Labels, Option<u32>, Quick>,
    by_brings: HashMap<Labels, u32, Quick>,
    made: Quotient,
}

impl Numbers {
    /// `None` where the labels are refused.
    fn of(&mut self, network: &Network, labels: Labels) -> Option<u32> {
        let own = labels.without(self.made.base);
        if let Some(known) = self.by_own.get(&own) {
            return *known;
        }
        let closed = network.terms.closure(labels | self.made.base);
        let may = (closed & network.terms.refused).is_empty();
        let number = may.then(|| {
            let brings = closed.without(self.made.base);
            // Sets that come to the same share a number.
            *self.by_brings.entry(brings).or_insert_with(|| {
                self.made.sets.push(brings);
                self.made.sets.len() as u32 - 1
            })
        });
        self.by_own.insert(own, number);
        number
    }
}
