//! The directed form of a network: every link as two arcs, every arc into a node paying for the node, every group of
//! several nodes with a virtual node of its own (linkage.md §1.3).
//!
//! A tree costs the sum of its arcs away from any terminal, whichever that is. Arcs into a group's virtual node are
//! free; arcs out of it cost [`ONCE`], so a tree leaves it only where it is the root, and once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::labels::{Labels, Quick};
use super::network::{Excluded, Network, ONCE};

pub(super) const NOWHERE: u32 = u32::MAX;

/// Arcs in pairs: arc 2i goes along link i, arc 2i + 1 back. Real nodes come before virtual ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Arcs {
    pub real: usize,
    pub tail: Vec<u32>,
    pub cost: Vec<u64>,
    /// By link.
    pub weight: Vec<u64>,
    /// By link; [`NOWHERE`] for one to a virtual node.
    pub link_of: Vec<u32>,
    /// By node; terminals and virtual nodes cost nothing here.
    pub price: Vec<u64>,
    /// By node: its number in the network, or the number of nodes and the group's.
    pub node_of: Vec<u32>,
    pub terminal: Vec<bool>,
    /// Those a tree may be rooted at: terminals of the request, real ones first.
    pub roots: Vec<u32>,
    start: Vec<u32>,
    into: Vec<u32>,
}

/// What one search for a tree may use.
pub(super) struct Usable<'n> {
    pub network: &'n Network,
    /// Only these links, or all.
    pub among: Option<&'n [usize]>,
    /// What a tree's closed labels may not hold.
    pub forbidden: Labels,
    pub excluded: &'n Excluded,
    /// Labels asked about already.
    known: Rc<RefCell<HashMap<Labels, bool, Quick>>>,
}

impl<'n> Usable<'n> {
    pub fn new(network: &'n Network, among: Option<&'n [usize]>, forbidden: Labels, excluded: &'n Excluded) -> Self {
        Self { network, among, forbidden, excluded, known: Rc::default() }
    }

    /// The same with something else left out.
    pub fn without<'e>(&self, excluded: &'e Excluded) -> Usable<'e>
    where
        'n: 'e,
    {
        Usable { excluded, known: Rc::clone(&self.known), ..*self }
    }

    fn fits(&self, labels: Labels) -> bool {
        let terms = &self.network.terms;
        if terms.rules.is_empty() {
            return (labels & self.forbidden).is_empty();
        }
        let closed = || terms.closure(labels | terms.base);
        *self.known.borrow_mut().entry(labels).or_insert_with(|| (closed() & self.forbidden).is_empty())
    }

    pub fn link(&self, at: usize) -> bool {
        let labels = self.network.link_labels.get(at).copied().unwrap_or_default();
        self.excluded.links.binary_search(&at).is_err() && self.fits(labels)
    }

    pub fn member(&self, group: usize, node: usize) -> bool {
        self.excluded.members.binary_search(&(group, node)).is_err()
            && self.fits(self.network.labels_of_member(group, node))
    }
}

impl Arcs {
    /// Takes from a network what is usable and can matter. `None` where a group has no usable member.
    pub fn of(usable: &Usable) -> Option<Self> {
        let made = Self::build(usable, false)?;
        if made.roots.len() == 1 {
            return Some(made);
        }
        let mut keep = vec![true; made.links()];
        made.drop_dear_parallels(&mut keep);
        Some(made.narrowed(|link| keep[link]))
    }

    /// As [`Self::of`], with every link and every member that a narrower search over the same network may use.
    pub fn whole(usable: &Usable) -> Option<Self> {
        Self::build(usable, true)
    }

    /// Of [`Self::whole`] what [`Self::of`] takes where something is left out.
    pub fn without(&self, excluded: &Excluded, usable: &Usable) -> Option<Self> {
        if self.roots.len() == 1 {
            return Self::of(usable);
        }
        let nodes = usable.network.node_cost.len();
        let mut keep: Vec<bool> = (0..self.links())
            .map(|link| match self.link_of[link] {
                NOWHERE => {
                    let (node, own) = (self.tail(2 * link), self.head(2 * link));
                    let member = (self.node_of[own] as usize - nodes, self.node_of[node] as usize);
                    excluded.members.binary_search(&member).is_err()
                }
                held => excluded.links.binary_search(&(held as usize)).is_err(),
            })
            .collect();
        self.drop_dear_parallels(&mut keep);
        Some(self.narrowed(|link| keep[link]))
    }

    fn build(usable: &Usable, whole: bool) -> Option<Self> {
        let network = usable.network;
        let nodes = network.node_cost.len();
        let usable_link = |at: &usize| {
            network.links.get(*at).is_some_and(|(u, v, _)| u != v && *u < nodes && *v < nodes) && usable.link(*at)
        };
        let all = 0..if usable.among.is_some() { 0 } else { network.links.len() };
        let links: Vec<usize> =
            usable.among.unwrap_or_default().iter().copied().chain(all).filter(usable_link).collect();
        let mut at = vec![NOWHERE; nodes];
        let ends = links.iter().filter_map(|link| network.links.get(*link)).flat_map(|(u, v, _)| [*u, *v]);
        ends.for_each(|node| at[node] = 0);
        // Among few links: a member without one can only be the whole tree, and then it is a member of every group.
        let mut groups_of = vec![0usize; nodes];
        network.groups.iter().flatten().filter(|node| **node < nodes).for_each(|node| groups_of[*node] += 1);
        let all_groups = if usable.among.is_some() { network.groups.len() } else { 0 };
        let may_meet = |node: usize| node < nodes && (at[node] != NOWHERE || groups_of[node] >= all_groups);
        let mut groups: Vec<(usize, Vec<usize>)> = Vec::new();
        for (group, members) in network.groups.iter().enumerate() {
            let mut members: Vec<usize> =
                members.iter().copied().filter(|node| may_meet(*node) && usable.member(group, *node)).collect();
            members.sort_unstable();
            members.dedup();
            groups.push((group, members));
        }
        let mut terminal = vec![false; nodes];
        for (_, members) in &groups {
            match members.as_slice() {
                [] => return None,
                [one] => terminal[*one] = true,
                _ => {}
            }
        }
        // Only what a link or a group meets is numbered, in the network's order: a search over few links is small.
        groups.iter().flat_map(|(_, members)| members).for_each(|node| at[*node] = 0);
        let mut made = Self::default();
        for (node, at) in at.iter_mut().enumerate().filter(|(_, at)| **at != NOWHERE) {
            *at = made.node_of.len() as u32;
            made.node_of.push(node as u32);
            made.price.push(if terminal[node] { 0 } else { network.node_cost[node] });
            if terminal[node] {
                made.roots.push(*at);
            }
        }
        made.real = made.node_of.len();
        for link in links {
            if let Some((u, v, weight)) = network.links.get(link) {
                made.add(at[*u] as usize, at[*v] as usize, *weight, link as u32);
            }
        }
        // A group that holds a terminal is met by it.
        let met = |members: &[usize]| members.iter().any(|node| terminal[*node]) && (!whole || members.len() == 1);
        for (group, members) in groups.into_iter().filter(|(_, members)| !met(members)) {
            let own = made.node_of.len();
            made.node_of.push((nodes + group) as u32);
            made.price.push(0);
            made.roots.push(own as u32);
            for node in members {
                made.add(at[node] as usize, own, 0, NOWHERE);
            }
        }
        made.terminal = vec![false; made.node_of.len()];
        for root in &made.roots {
            made.terminal[*root as usize] = true;
        }
        made.index();
        Some(made)
    }

    fn add(&mut self, u: usize, v: usize, weight: u64, link: u32) {
        let out = if link == NOWHERE { ONCE } else { weight };
        self.tail.extend([u as u32, v as u32]);
        self.cost.push(weight.saturating_add(self.price[v]));
        self.cost.push(out.saturating_add(self.price[u]));
        self.weight.push(weight);
        self.link_of.push(link);
    }

    /// Lists the arcs into each node.
    fn index(&mut self) {
        let mut start = vec![0u32; self.node_of.len() + 1];
        for arc in 0..self.tail.len() {
            start[self.head(arc) + 1] += 1;
        }
        for node in 1..start.len() {
            start[node] += start[node - 1];
        }
        let mut next = start.clone();
        self.into = vec![0; self.tail.len()];
        for arc in 0..self.tail.len() {
            let head = self.head(arc);
            self.into[next[head] as usize] = arc as u32;
            next[head] += 1;
        }
        self.start = start;
    }

    pub fn nodes(&self) -> usize {
        self.node_of.len()
    }

    pub fn links(&self) -> usize {
        self.link_of.len()
    }

    pub fn tail(&self, arc: usize) -> usize {
        self.tail[arc] as usize
    }

    pub fn head(&self, arc: usize) -> usize {
        self.tail[arc ^ 1] as usize
    }

    /// The arcs into a node; their ways back are those out of it.
    pub fn into(&self, node: usize) -> impl Iterator<Item = usize> {
        self.into[self.start[node] as usize..self.start[node + 1] as usize].iter().map(|arc| *arc as usize)
    }

    pub fn degree(&self, node: usize) -> usize {
        (self.start[node + 1] - self.start[node]) as usize
    }

    pub fn is_virtual(&self, node: usize) -> bool {
        node >= self.real
    }

    /// What leaving a root costs beyond the tree.
    pub fn offset(&self, root: usize) -> u64 {
        if self.is_virtual(root) { ONCE } else { 0 }
    }

    /// Of links between the same two nodes only the cheapest of those kept.
    fn drop_dear_parallels(&self, keep: &mut [bool]) {
        let mut by = vec![(NOWHERE, 0usize); self.nodes()];
        for node in 0..self.nodes() {
            for arc in self.into(node) {
                let (tail, link) = (self.tail(arc), arc / 2);
                if !keep[link] {
                    continue;
                }
                let (seen, held) = by[tail];
                if seen != node as u32 || self.weight[link] < self.weight[held] {
                    if seen == node as u32 {
                        keep[held] = false;
                    }
                    by[tail] = (node as u32, link);
                } else if held != link {
                    keep[link] = false;
                }
            }
        }
    }

    /// Only the links kept, less dead ends, nodes and links numbered anew in the same order.
    pub fn narrowed(&self, keep: impl Fn(usize) -> bool) -> Self {
        let mut alive: Vec<bool> = (0..self.links()).map(keep).collect();
        let mut degree = vec![0u32; self.nodes()];
        for (link, _) in alive.iter().enumerate().filter(|(_, alive)| **alive) {
            degree[self.tail(2 * link)] += 1;
            degree[self.head(2 * link)] += 1;
        }
        let mut dead: Vec<usize> =
            (0..self.nodes()).filter(|node| degree[*node] == 1 && !self.terminal[*node]).collect();
        while let Some(node) = dead.pop() {
            for arc in self.into(node).filter(|arc| std::mem::replace(&mut alive[*arc / 2], false)) {
                let other = self.tail(arc);
                degree[other] -= 1;
                if degree[other] == 1 && !self.terminal[other] {
                    dead.push(other);
                }
            }
            degree[node] = 0;
        }
        let mut made = Self::default();
        let mut at = vec![NOWHERE; self.nodes()];
        for node in 0..self.nodes() {
            if degree[node] > 0 || self.terminal[node] {
                at[node] = made.node_of.len() as u32;
                made.node_of.push(self.node_of[node]);
                made.price.push(self.price[node]);
                made.terminal.push(self.terminal[node]);
                made.real += usize::from(!self.is_virtual(node));
            }
        }
        made.roots = self.roots.iter().map(|root| at[*root as usize]).collect();
        for link in (0..self.links()).filter(|link| alive[*link]) {
            made.tail.extend([at[self.tail(2 * link)], at[self.head(2 * link)]]);
            made.cost.extend_from_slice(&self.cost[2 * link..2 * link + 2]);
            made.weight.push(self.weight[link]);
            made.link_of.push(self.link_of[link]);
        }
        made.index();
        made
    }

    /// As it is once a node is settled: a terminal, or gone.
    pub fn settled(&self, node_of: u32, used: bool) -> Self {
        let Some(node) = self.node_of.iter().position(|held| *held == node_of) else { return self.clone() };
        if !used {
            return self.narrowed(|link| self.tail(2 * link) != node && self.head(2 * link) != node);
        }
        let mut made = self.clone();
        made.terminal[node] = true;
        made
    }
}
