//! The cheapest tree that holds a node of every group: dual ascent below, trees by shortest paths above, links that no
//! better tree can use struck out, and branch and bound on nodes between the two (linkage.md §3.2).
//!
//! (L6) "This node is used" and "it is not" part the trees in two, so the lowest open bound holds for all. Every root,
//! also in a branch, is a terminal of the request itself: another would lose its node's cost.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;

use super::arcs::{Arcs, Usable};
use super::bounds::may_use;
use super::dual::{Dual, ascend};
use super::grow::{Found, grow, span};
use super::network::{Limits, Network, ONCE, Stopped, Tree};
use super::proof::{Proof, Step};

/// Roots tried before the first branching, and in each branch.
const FIRST_ROUNDS: usize = 6;
const ROUNDS: usize = 2;
/// Trees grown from a group's members, where it is the root.
const MOST_STARTS: usize = 8;

/// What came of a search for the cheapest tree.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The best tree found below the cutoff.
    pub tree: Option<Tree>,
    /// No usable tree costs less; [`u64::MAX`] where there is none.
    pub bound: u64,
    /// Why the search ended.
    pub stopped: Stopped,
    /// How many nodes the search tree had.
    pub searched: usize,
    /// Why nothing is cheaper, where it was asked for.
    pub proof: Proof,
}

/// How a tree is searched for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asking {
    /// Only a tree that costs less is of use.
    pub cutoff: Option<u64>,
    /// Whether the proof is written down.
    pub prove: bool,
    /// Whether links are struck out by bounds before and in the branches.
    pub keep_all_links: bool,
}

/// Finds the cheapest usable tree over [`Arcs::of`] what is usable.
pub(super) fn solve(usable: &Usable, arcs: Option<Arcs>, asking: Asking, limits: &Limits) -> Answer {
    let none = Answer { bound: u64::MAX, ..Answer::default() };
    let Some(arcs) = arcs else { return none };
    let given: u64 =
        arcs.roots.iter().filter_map(|root| usable.network.node_cost.get(arcs.node_of[*root as usize] as usize)).sum();
    let cutoff = asking.cutoff.map_or(ONCE, |cutoff| cutoff.saturating_sub(given));
    if let [root] = arcs.roots.as_slice() {
        return alone(usable, &arcs, *root as usize, cutoff, given);
    }
    let mut search = Search {
        asking,
        limits,
        best: None,
        cutoff,
        open: BinaryHeap::new(),
        serial: 0,
        searched: 0,
        proof: Proof::default(),
    };
    let stopped = search.run(arcs);
    let mut bound = search.open.iter().map(|open| open.bound).fold(search.cutoff, u64::min);
    if search.best.is_none() && asking.cutoff.is_none() && stopped == Stopped::Finished {
        bound = u64::MAX;
    }
    let bound = bound.saturating_add(given);
    let tree = search.best.map(|found| tree(usable, found, given, bound));
    Answer { tree, bound, stopped, searched: search.searched, proof: search.proof }
}

/// One thing is asked for: its cheapest node.
fn alone(usable: &Usable, arcs: &Arcs, root: usize, cutoff: u64, given: u64) -> Answer {
    let nodes = if arcs.is_virtual(root) { arcs.into(root).map(|arc| arcs.tail(arc)).collect() } else { vec![root] };
    let best = nodes.into_iter().map(|node| (arcs.price[node], node)).min();
    let Some((cost, node)) = best else { return Answer { bound: u64::MAX, ..Answer::default() } };
    let bound = cost.saturating_add(given);
    let found = Found { cost, links: Vec::new(), nodes: vec![arcs.node_of[node] as usize] };
    let mut proof = Proof::default();
    proof.add(Step::Spanning);
    Answer { tree: (cost < cutoff).then(|| tree(usable, found, given, bound)), bound, proof, ..Answer::default() }
}

fn tree(usable: &Usable, found: Found, given: u64, bound: u64) -> Tree {
    let network = usable.network;
    let Found { cost, links, mut nodes } = found;
    nodes.sort_unstable();
    let best_member = |(group, members): (usize, &Vec<usize>)| {
        let here =
            members.iter().copied().filter(|node| nodes.binary_search(node).is_ok() && usable.member(group, *node));
        here.min_by_key(|node| (network.terms.closure(network.labels_of_member(group, *node)).len(), *node))
            .unwrap_or_default()
    };
    let members = network.groups.iter().enumerate().map(best_member).collect();
    let cost = cost.saturating_add(given);
    Tree { links, nodes, members, cost, bound: bound.min(cost) }
}

/// A node of the search tree, not yet looked into.
struct Open {
    bound: u64,
    serial: usize,
    arcs: Rc<Arcs>,
    /// The node to be settled, and how.
    settle: Option<(u32, bool)>,
    proof: usize,
}

impl Ord for Open {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        Reverse(self.bound).cmp(&Reverse(other.bound)).then(self.serial.cmp(&other.serial))
    }
}
impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Eq for Open {}
impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.serial == other.serial
    }
}

struct Search<'l> {
    asking: Asking,
    limits: &'l Limits<'l>,
    best: Option<Found>,
    /// What the best found costs, or the cutoff.
    cutoff: u64,
    open: BinaryHeap<Open>,
    serial: usize,
    searched: usize,
    proof: Proof,
}

impl Search<'_> {
    fn run(&mut self, arcs: Arcs) -> Stopped {
        let proof = self.proof.add(Step::Open);
        self.open.push(Open { bound: 0, serial: 0, arcs: Rc::new(arcs), settle: None, proof });
        while let Some(open) = self.open.pop() {
            if open.bound >= self.cutoff {
                // This and all others are proved by their parents' bounds.
                self.open.clear();
                break;
            }
            let stop = match () {
                () if (self.limits.over)() && self.searched > 0 => Some(Stopped::Deadline),
                () if self.searched == self.limits.most_searched => Some(Stopped::Budget),
                () => None,
            };
            if let Some(stop) = stop {
                self.open.push(open);
                return stop;
            }
            self.searched += 1;
            let (settle, bound) = (open.settle, open.bound);
            let arcs = match settle {
                Some((node, used)) => Rc::new(open.arcs.settled(node, used)),
                None => open.arcs,
            };
            let late = self.look_into(arcs, bound, settle.is_none(), open.proof);
            if late {
                return Stopped::Deadline;
            }
        }
        Stopped::Finished
    }

    /// Bounds a branch, then closes it or parts it in two. Whether the time was over.
    fn look_into(&mut self, mut arcs: Rc<Arcs>, mut bound: u64, first: bool, mut proof: usize) -> bool {
        let real = arcs.roots.iter().filter(|root| !arcs.is_virtual(**root as usize)).count();
        let roots = if real > 0 { real } else { arcs.roots.len() };
        let mut tree = None;
        for round in 0..if first { FIRST_ROUNDS } else { ROUNDS }.min(roots) {
            // Spread over the roots, another pair in every branch.
            let at = if first {
                round * roots / FIRST_ROUNDS.min(roots)
            } else {
                (self.searched + round * roots.div_ceil(2)) % roots
            };
            let root = arcs.roots[at] as usize;
            let offset = arcs.offset(root);
            let dual = ascend(&arcs, root, self.cutoff.saturating_add(offset), self.asking.prove, self.limits.over);
            bound = bound.max(dual.raised.saturating_sub(offset));
            if bound < self.cutoff {
                tree = self.trees(&arcs, root, &dual, bound, first && round == 0).or(tree);
            }
            if dual.late {
                self.reopen(bound, arcs, proof);
                return true;
            }
            if dual.raised.saturating_sub(offset) >= self.cutoff {
                self.proof.set(proof, Step::Closed { root: arcs.node_of[root], cuts: dual.cuts });
                return false;
            }
            if self.is_late() {
                self.reopen(bound, arcs, proof);
                return true;
            }
            if !self.asking.keep_all_links {
                let keep = may_use(&arcs, root, dual.raised, &dual.left, self.cutoff.saturating_add(offset));
                let kept = keep.iter().filter(|keep| **keep).count();
                let next = self.proof.add(Step::Open);
                self.proof.set(proof, Step::Struck { root: arcs.node_of[root], cuts: dual.cuts, next });
                proof = next;
                if kept < arcs.links() {
                    arcs = Rc::new(arcs.narrowed(|link| keep[link]));
                }
            }
        }
        let Some(node) = branch_on(&arcs, tree.as_ref()) else {
            let all: Vec<usize> = (0..arcs.real).collect();
            self.better(span(&arcs, &all));
            self.proof.set(proof, Step::Spanning);
            return false;
        };
        let children = [self.proof.add(Step::Open), self.proof.add(Step::Open)];
        self.proof.set(proof, Step::Settled { node, used: children[0], unused: children[1] });
        for (used, proof) in [(false, children[1]), (true, children[0])] {
            self.serial += 1;
            self.open.push(Open {
                bound,
                serial: self.serial,
                arcs: Rc::clone(&arcs),
                settle: Some((node, used)),
                proof,
            });
        }
        false
    }

    fn reopen(&mut self, bound: u64, arcs: Rc<Arcs>, proof: usize) {
        self.serial += 1;
        self.open.push(Open { bound, serial: self.serial, arcs, settle: None, proof });
    }

    /// Trees on the arcs that are paid for and, at first, on all, until one meets the bound; the best found on those
    /// paid for.
    fn trees(&mut self, arcs: &Arcs, root: usize, dual: &Dual, bound: u64, all: bool) -> Option<Found> {
        let on_paid = self.grown(arcs, root, bound, |arc| dual.left[arc] == 0);
        if all || on_paid.is_none() {
            for root in arcs.roots.iter().take(if dual.late { 1 } else { 4 }) {
                if bound < self.cutoff && !self.is_late() {
                    self.grown(arcs, *root as usize, bound, |_| true);
                }
            }
        }
        on_paid
    }

    /// The best tree grown from where one with this root can start.
    fn grown(&mut self, arcs: &Arcs, root: usize, bound: u64, usable: impl Fn(usize) -> bool) -> Option<Found> {
        let mut best: Option<Found> = None;
        let trees = starts(arcs, root).filter_map(|start| span(arcs, &grow(arcs, start, &usable)?));
        for found in trees.take(MOST_STARTS) {
            let meets = found.cost <= bound;
            if best.as_ref().is_none_or(|held| found.cost < held.cost) {
                best = Some(found);
            }
            if meets || (self.limits.over)() {
                break;
            }
        }
        self.better(best.clone());
        best
    }

    /// Whether the time is over and there is a tree to be given, here or with whoever asked for a cheaper one.
    fn is_late(&self) -> bool {
        (self.best.is_some() || self.asking.cutoff.is_some()) && (self.limits.over)()
    }

    fn better(&mut self, found: Option<Found>) {
        if let Some(found) = found.filter(|found| found.cost < self.cutoff) {
            self.cutoff = found.cost;
            self.best = Some(found);
        }
    }
}

/// The real nodes that a tree with this root can start at.
fn starts(arcs: &Arcs, root: usize) -> impl Iterator<Item = usize> {
    let members = arcs.is_virtual(root).then(|| arcs.into(root).map(|arc| arcs.tail(arc)));
    (!arcs.is_virtual(root)).then_some(root).into_iter().chain(members.into_iter().flatten())
}

/// The node to settle next: of the tree at hand the one with most branches, else the one with most links.
fn branch_on(arcs: &Arcs, tree: Option<&Found>) -> Option<u32> {
    let free = |node: &usize| !arcs.terminal[*node];
    let in_tree = |node: &usize| tree.is_some_and(|tree| tree.nodes.contains(&(arcs.node_of[*node] as usize)));
    let branches = |node: usize| {
        let link = |arc: usize| arcs.link_of[arc / 2] as usize;
        arcs.into(node).filter(|arc| tree.is_some_and(|tree| tree.links.binary_search(&link(*arc)).is_ok())).count()
    };
    let best = (0..arcs.real)
        .filter(free)
        .filter(in_tree)
        .max_by_key(|node| (branches(*node), arcs.degree(*node), Reverse(*node)));
    let best = best.or_else(|| (0..arcs.real).filter(free).max_by_key(|node| (arcs.degree(*node), Reverse(*node))));
    best.map(|node| arcs.node_of[node])
}

/// The whole network without labels, costs of labels or exclusions.
#[must_use]
pub fn cheapest(network: &Network, asking: Asking, limits: &Limits) -> Answer {
    super::within::best_within(network, &super::within::Within::everything(network), asking, limits).answer
}
