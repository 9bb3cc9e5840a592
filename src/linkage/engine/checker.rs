//! Checks what the engine claims to be best, from the claim and its proof alone: it shares the model with the
//! solver, and no code that searches.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use petgraph::unionfind::UnionFind;

use super::labels::Labels;
use super::network::{Network, ONCE, Tree};
use super::proof::{Cut, Proof, Step};

/// Whether a tree is a plan within `allowed` and the proof shows that none within it is cheaper.
#[must_use]
pub fn accepts_tree(network: &Network, allowed: Labels, tree: &Tree, proof: &Proof) -> bool {
    is_plan(network, allowed, tree) && accepts_bound(network, allowed, tree.cost, proof)
}

/// Whether a tree hangs together, holds a node of every group, costs what it says, and brings only what is allowed.
#[must_use]
pub fn is_plan(network: &Network, allowed: Labels, tree: &Tree) -> bool {
    let at = |node: &usize| tree.nodes.binary_search(node).ok();
    let mut sets = UnionFind::<usize>::new(tree.nodes.len());
    let mut cost = 0u64;
    for link in &tree.links {
        let Some((u, v, weight)) = network.links.get(*link) else { return false };
        let (Some(u), Some(v)) = (at(u), at(v)) else { return false };
        if !sets.union(u, v) {
            return false;
        }
        cost = cost.saturating_add(*weight);
    }
    for node in &tree.nodes {
        let Some(price) = network.node_cost.get(*node) else { return false };
        cost = cost.saturating_add(*price);
    }
    let met = |(group, member): (&Vec<usize>, &usize)| group.contains(member) && at(member).is_some();
    let labels = network.terms.closure(network.labels_of(tree));
    tree.links.len() + 1 == tree.nodes.len()
        && tree.nodes.is_sorted_by(|a, b| a < b)
        && cost == tree.cost
        && tree.members.len() == network.groups.len()
        && network.groups.iter().zip(&tree.members).all(met)
        && (labels & network.terms.forbidden(allowed)).is_empty()
}

/// Whether the proof shows that no tree within `allowed` costs less than `claim`.
#[must_use]
pub fn accepts_bound(network: &Network, allowed: Labels, claim: u64, proof: &Proof) -> bool {
    let forbidden = network.terms.forbidden(allowed);
    if !(network.terms.closure(network.terms.base) & forbidden).is_empty() {
        return true;
    }
    Checker { network, claim, proof }.without(0, forbidden)
}

struct Checker<'c> {
    network: &'c Network,
    claim: u64,
    proof: &'c Proof,
}

impl Checker<'_> {
    /// Of a rule's premise that would bring something forbidden, one label stays away; each is proved.
    fn without(&self, at: usize, forbidden: Labels) -> bool {
        let Some(Step::Facts(parts)) = self.proof.steps.get(at) else {
            return match Parts::of(self.network, forbidden) {
                None => true,
                Some(parts) => parts.given >= self.claim || parts.proved_alone(self.claim) || self.proved(at, parts),
            };
        };
        let base = self.network.terms.closure(self.network.terms.base);
        let told =
            parts.iter().filter_map(|(fact, _)| Labels::one(*fact).ok()).fold(Labels::NONE, |all, one| all | one);
        let whole = |(premise, brings): &(Labels, Labels)| {
            premise.without(base).within(told) && !(*brings & forbidden).is_empty()
        };
        self.network.terms.rules.iter().any(whole)
            && parts.iter().all(|(fact, next)| {
                *next > at && Labels::one(*fact).is_ok_and(|fact| self.without(*next, forbidden | fact))
            })
    }

    fn proved(&self, at: usize, mut parts: Parts) -> bool {
        parts.strip();
        let Some(step) = self.proof.steps.get(at) else { return false };
        let need = |root: u32| {
            self.claim.saturating_sub(parts.given).saturating_add(if parts.is_group(root as usize) { ONCE } else { 0 })
        };
        match step {
            Step::Open | Step::Facts(_) => false,
            Step::Closed { root, cuts } => parts.charge(*root, cuts).is_some_and(|(raised, _)| raised >= need(*root)),
            Step::Struck { root, cuts, next } => {
                let Some((raised, left)) = parts.charge(*root, cuts) else { return false };
                let need = need(*root);
                if raised >= need {
                    return true;
                }
                parts.strike(*root as usize, need - raised, &left);
                *next > at && self.proved(*next, parts)
            }
            Step::Settled { node, used, unused } => {
                let node = *node as usize;
                if node >= self.network.node_cost.len() || *used <= at || *unused <= at {
                    return false;
                }
                let mut without = parts.clone();
                without.gone(node);
                if let Some(required) = parts.required.get_mut(node) {
                    *required = true;
                }
                self.proved(*used, parts) && self.proved(*unused, without)
            }
            Step::Spanning => parts.spanned().is_none_or(|cost| cost.saturating_add(parts.given) >= self.claim),
        }
    }
}

/// What is left of a network in one part of a proof. A group that no required node meets has a node of its own after
/// the network's.
#[derive(Clone)]
struct Parts {
    nodes: usize,
    /// What the nodes that every tree holds cost: counted once, nowhere else.
    given: u64,
    price: Vec<u64>,
    /// Ends and weight; `None` where the link leads to a group.
    links: Vec<(usize, usize, Option<u64>)>,
    alive: Vec<bool>,
    at: Vec<Vec<usize>>,
    required: Vec<bool>,
    roots: Vec<usize>,
}

impl Parts {
    /// `None` where a group cannot be met: then no tree is cheaper, for there is none.
    fn of(network: &Network, forbidden: Labels) -> Option<Self> {
        let nodes = network.node_cost.len();
        let base = network.terms.base;
        // Few label sets are brought by many links: each is asked about once.
        let known: RefCell<HashMap<Labels, bool>> = RefCell::default();
        let closed = |labels: Labels| (network.terms.closure(labels | base) & forbidden).is_empty();
        let fits = |labels: Labels| *known.borrow_mut().entry(labels).or_insert_with(|| closed(labels));
        let mut groups = Vec::new();
        for (group, members) in network.groups.iter().enumerate() {
            let mut here: Vec<usize> =
                members.iter().copied().filter(|node| fits(network.labels_of_member(group, *node))).collect();
            here.sort_unstable();
            here.dedup();
            if here.is_empty() {
                return None;
            }
            groups.push(here);
        }
        let mut made = Self {
            nodes,
            given: 0,
            price: network.node_cost.clone(),
            links: Vec::new(),
            alive: Vec::new(),
            at: Vec::new(),
            required: vec![false; nodes + groups.len()],
            roots: Vec::new(),
        };
        for here in &groups {
            if let [one] = here.as_slice()
                && !std::mem::replace(made.required.get_mut(*one)?, true)
            {
                made.roots.push(*one);
                made.given = made.given.saturating_add(std::mem::take(made.price.get_mut(*one)?));
            }
        }
        for (labels, (u, v, weight)) in network.link_labels.iter().zip(&network.links) {
            if u != v && fits(*labels) {
                made.links.push((*u, *v, Some(*weight)));
            }
        }
        for (group, here) in groups.iter().enumerate() {
            if !here.iter().any(|node| made.roots.contains(node)) {
                made.links.extend(here.iter().map(|node| (*node, nodes + group, None)));
                made.roots.push(nodes + group);
                made.required[nodes + group] = true;
            }
        }
        made.alive = vec![true; made.links.len()];
        made.at = vec![Vec::new(); made.required.len()];
        for (link, (u, v, _)) in made.links.iter().enumerate() {
            made.at.get_mut(*u)?.push(link);
            made.at.get_mut(*v)?.push(link);
        }
        Some(made)
    }

    fn is_group(&self, node: usize) -> bool {
        node >= self.nodes
    }

    /// One thing is asked for: its cheapest node shows the bound.
    fn proved_alone(&self, claim: u64) -> bool {
        let cheapest = |root: usize| self.at[root].iter().filter_map(|link| self.price.get(self.links[*link].0)).min();
        match self.roots.as_slice() {
            [root] if self.is_group(*root) => cheapest(*root).is_none_or(|cost| *cost >= claim),
            _ => false,
        }
    }

    /// The live links at a node, with their other ends.
    fn links_at(&self, node: usize) -> impl Iterator<Item = (usize, usize)> {
        self.at.get(node).into_iter().flatten().filter(|link| self.alive[**link]).map(move |link| {
            let (u, v, _) = self.links[*link];
            (*link, if u == node { v } else { u })
        })
    }

    /// Nodes that no tree needs and that have one neighbour are in no tree worth having.
    fn strip(&mut self) {
        let mut waiting: Vec<usize> = (0..self.nodes).collect();
        while let Some(node) = waiting.pop() {
            let others = || self.links_at(node).map(|(_, other)| other);
            let first = others().next();
            let end = !self.required[node] && first.is_some() && others().all(|other| Some(other) == first);
            if end {
                self.gone(node);
                waiting.extend(first.filter(|other| !self.is_group(*other)));
            }
        }
    }

    fn gone(&mut self, node: usize) {
        for link in self.at.get(node).into_iter().flatten() {
            self.alive[*link] = false;
        }
    }

    /// What going along a link into a node costs.
    fn cost(&self, link: usize, into: usize) -> u64 {
        match self.links[link] {
            (_, _, None) if self.is_group(into) => 0,
            (_, _, None) => ONCE.saturating_add(self.price[into]),
            (_, _, Some(weight)) => weight.saturating_add(self.price[into]),
        }
    }

    /// Charges the cuts: `None` where a cut does not part the root from a required node, or an arc is overcharged.
    /// Gives the sum and what is left of each arc, the one into a link's second end first.
    fn charge(&self, root: u32, cuts: &[Cut]) -> Option<(u64, Vec<[u64; 2]>)> {
        let root = root as usize;
        if !self.roots.contains(&root) {
            return None;
        }
        let mut left: Vec<[u64; 2]> = Vec::new();
        for (link, (u, v, _)) in self.links.iter().enumerate() {
            left.push([self.cost(link, *v), self.cost(link, *u)]);
        }
        let mut inside: HashMap<u32, (Vec<bool>, Vec<usize>)> = HashMap::new();
        let mut sum = 0u64;
        for cut in cuts {
            let (marks, members) =
                inside.entry(cut.terminal).or_insert_with(|| (vec![false; self.required.len()], Vec::new()));
            for node in &cut.joined {
                *marks.get_mut(*node as usize)? = true;
                members.push(*node as usize);
            }
            let terminal = cut.terminal as usize;
            if !*marks.get(terminal)? || !self.required[terminal] || marks[root] {
                return None;
            }
            let mut entered = false;
            for node in members.iter() {
                for (link, _) in self.links_at(*node).filter(|(_, other)| !marks[*other]) {
                    entered = true;
                    let arc = usize::from(self.links[link].1 != *node);
                    left[link][arc] = left[link][arc].checked_sub(cut.raised)?;
                }
            }
            if !entered {
                return Some((u64::MAX, left));
            }
            sum = sum.checked_add(cut.raised)?;
        }
        Some((sum, left))
    }

    /// Strikes out links that only trees of more than `slack` beyond what was raised can use.
    fn strike(&mut self, root: usize, slack: u64, left: &[[u64; 2]]) {
        let from_root = self.distances(&[root], |link, _, to| left[link][usize::from(self.links[link].1 != to)]);
        let ends: Vec<usize> = (0..self.required.len()).filter(|node| self.required[*node] && *node != root).collect();
        let to_end = self.distances(&ends, |link, from, _| left[link][usize::from(self.links[link].1 != from)]);
        for (link, (u, v, _)) in self.links.iter().enumerate() {
            let way =
                |from: usize, to: usize, left: u64| from_root[from].saturating_add(left).saturating_add(to_end[to]);
            self.alive[link] &= way(*u, *v, left[link][0]).min(way(*v, *u, left[link][1])) < slack;
        }
    }

    fn distances(&self, from: &[usize], cost: impl Fn(usize, usize, usize) -> u64) -> Vec<u64> {
        let mut near = vec![u64::MAX; self.required.len()];
        let mut queue: BinaryHeap<Reverse<(u64, usize)>> = from.iter().map(|node| Reverse((0, *node))).collect();
        from.iter().for_each(|node| near[*node] = 0);
        while let Some(Reverse((distance, node))) = queue.pop() {
            if distance > near[node] {
                continue;
            }
            for (link, other) in self.links_at(node) {
                let to = distance.saturating_add(cost(link, node, other));
                if to < near[other] {
                    near[other] = to;
                    queue.push(Reverse((to, other)));
                }
            }
        }
        near
    }

    /// What the required nodes cost with their cheapest spanning tree; `None` where they do not hang together. Where
    /// a node is left that is not required it claims nothing.
    fn spanned(&self) -> Option<u64> {
        let spare = |node: usize| !self.required[node] && self.links_at(node).next().is_some();
        if (0..self.nodes).any(spare) {
            return Some(0);
        }
        let nodes: Vec<usize> = (0..self.nodes).filter(|node| self.required[*node]).collect();
        let mut real: Vec<(u64, usize, usize)> = Vec::new();
        for (link, (u, v, weight)) in self.links.iter().enumerate() {
            real.extend(weight.filter(|_| self.alive[link]).map(|weight| (weight, *u, *v)));
        }
        real.sort_unstable();
        let mut sets = UnionFind::<usize>::new(self.nodes);
        let mut joined = 1;
        let mut cost = nodes.iter().fold(0u64, |sum, node| sum.saturating_add(self.price[*node]));
        for (weight, u, v) in real {
            if sets.union(u, v) {
                joined += 1;
                cost = cost.saturating_add(weight);
            }
        }
        (joined >= nodes.len()).then_some(cost)
    }
}
