//! The cheapest tree that joins what is asked for: dual ascent for the lower bound, a shortest-path heuristic on
//! its saturated arcs for the upper bound, and branch and bound on vertices between the two (linkage.md §3.2).
//!
//! The tree must hold at least one node of every group. A virtual root leads to each node of the first group at a
//! price that is paid once, and each other group has a virtual sink that its nodes lead to; every arc into a node
//! pays for the node. (L4) each raised cut separates the root from a sink and no arc is charged beyond its cost, so
//! what was raised is a lower bound; (L6) branching on "this node is used" or "is not" parts the trees in two.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A price that no tree reaches: the virtual root may be left only once.
const ONCE: u64 = 1 << 50;
const FAR: u64 = u64::MAX;

/// An undirected network with priced nodes and links.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// What each node costs.
    pub node_cost: Vec<u64>,
    /// Links: two nodes and what the link costs.
    pub links: Vec<(usize, usize, u64)>,
    /// Groups: the tree holds at least one node of each.
    pub groups: Vec<Vec<usize>>,
}

/// What may not be used in one search.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Excluded {
    /// Links, as indexes, sorted.
    pub links: Vec<usize>,
    /// Members of groups, as (group, node), sorted.
    pub members: Vec<(usize, usize)>,
}

/// A tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// Its links, as sorted indexes.
    pub links: Vec<usize>,
    /// Its nodes, sorted.
    pub nodes: Vec<usize>,
    /// Which node of each group it meets the group by.
    pub members: Vec<usize>,
    /// What its nodes and links cost.
    pub cost: u64,
    /// No tree costs less than this.
    pub bound: u64,
}

impl Tree {
    /// Whether it is proved that no tree costs less.
    #[must_use]
    pub fn proved(&self) -> bool {
        self.bound >= self.cost
    }
}

/// Finds the cheapest tree; `None` where there is none. After `most_nodes` of the search tree the best found is
/// given with its lower bound.
#[must_use]
pub fn cheapest_tree(network: &Network, excluded: &Excluded, most_nodes: usize) -> Option<Tree> {
    if let [group] = network.groups.as_slice() {
        return cheapest_node(network, group, excluded);
    }
    let arcs = Arcs::of(network, excluded)?;
    let mut best: Option<Found> = None;
    let mut open = BinaryHeap::new();
    let mut first = Some(Choice { bound: 0, used: Vec::new(), unused: Vec::new() });
    let mut searched = 0;
    let mut bound = FAR;
    while let Some(choice) = first.take().or_else(|| open.pop()) {
        let limit = best.as_ref().map_or(2 * ONCE, |found| found.cost);
        if choice.bound >= limit {
            break;
        }
        if searched == most_nodes {
            bound = choice.bound;
            break;
        }
        searched += 1;
        let Some((low, left)) = arcs.dual_ascent(&choice, limit) else { continue };
        if low >= limit {
            continue;
        }
        for saturated in [true, false] {
            let found = arcs.shortest_paths(&choice, |arc| !saturated || left.get(arc).is_some_and(|left| *left == 0));
            if let Some(found) = found
                && best.as_ref().is_none_or(|held| found.cost < held.cost)
                && found.cost < 2 * ONCE
            {
                best = Some(found);
            }
        }
        let limit = best.as_ref().map_or(2 * ONCE, |found| found.cost);
        if low >= limit {
            continue;
        }
        let Some(node) = arcs.branch_on(&choice, best.as_ref(), &left) else {
            if let Some(found) = arcs.spanning(&choice)
                && found.cost < limit
            {
                best = Some(found);
            }
            continue;
        };
        for used in [true, false] {
            let mut child = Choice { bound: low, ..choice.clone() };
            if used {
                child.used.push(node)
            } else {
                child.unused.push(node)
            }
            open.push(child);
        }
    }
    let found = best?;
    let bound = bound.min(found.cost);
    Some(arcs.tree(network, &found, bound))
}

fn cheapest_node(network: &Network, group: &[usize], excluded: &Excluded) -> Option<Tree> {
    let priced = group
        .iter()
        .filter(|node| excluded.members.binary_search(&(0, **node)).is_err())
        .filter_map(|node| network.node_cost.get(*node).map(|cost| (*cost, *node)));
    priced.min().map(|(cost, node)| Tree {
        links: Vec::new(),
        nodes: vec![node],
        members: vec![node],
        cost,
        bound: cost,
    })
}

/// A node of the search tree: what is settled in it, and its lower bound.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Choice {
    bound: u64,
    used: Vec<usize>,
    unused: Vec<usize>,
}

impl Ord for Choice {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (Reverse(self.bound), self.used.len())
            .cmp(&(Reverse(other.bound), other.used.len()))
            .then_with(|| self.unused.cmp(&other.unused))
            .then_with(|| self.used.cmp(&other.used))
    }
}

impl PartialOrd for Choice {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Arcs of a tree from the root, and their cost with the root's price.
#[derive(Clone, Debug)]
struct Found {
    arcs: Vec<usize>,
    cost: u64,
}

/// The directed form: arcs with their tails, heads and costs, and lists of them by node.
struct Arcs {
    nodes: usize,
    root: usize,
    sinks: Vec<usize>,
    tail: Vec<usize>,
    head: Vec<usize>,
    cost: Vec<u64>,
    link: Vec<Option<usize>>,
    link_cost: Vec<u64>,
    into: Vec<Vec<usize>>,
    out_of: Vec<Vec<usize>>,
}

impl Arcs {
    fn of(network: &Network, excluded: &Excluded) -> Option<Self> {
        let nodes = network.node_cost.len();
        let first = network.groups.iter().enumerate().min_by_key(|(_, group)| group.len()).map(|(at, _)| at)?;
        let total = nodes + network.groups.len();
        let mut arcs = Self {
            nodes,
            root: nodes + first,
            sinks: (0..network.groups.len()).filter(|group| *group != first).map(|group| nodes + group).collect(),
            tail: Vec::new(),
            head: Vec::new(),
            cost: Vec::new(),
            link: Vec::new(),
            link_cost: Vec::new(),
            into: vec![Vec::new(); total],
            out_of: vec![Vec::new(); total],
        };
        let price = |node: usize| network.node_cost.get(node).copied().unwrap_or(ONCE);
        for (at, (u, v, cost)) in network.links.iter().enumerate() {
            if excluded.links.binary_search(&at).is_err() && u != v {
                arcs.add(*u, *v, *cost, price(*v), Some(at));
                arcs.add(*v, *u, *cost, price(*u), Some(at));
            }
        }
        for (at, group) in network.groups.iter().enumerate() {
            for node in group.iter().filter(|node| excluded.members.binary_search(&(at, **node)).is_err()) {
                if at == first {
                    arcs.add(arcs.root, *node, ONCE, price(*node), None);
                } else {
                    arcs.add(*node, nodes + at, 0, 0, None);
                }
            }
        }
        Some(arcs)
    }

    /// Links come first and in pairs, so that an arc and its way back are neighbours.
    fn add(&mut self, tail: usize, head: usize, link_cost: u64, head_price: u64, link: Option<usize>) {
        let arc = self.tail.len();
        self.tail.push(tail);
        self.head.push(head);
        self.cost.push(link_cost + head_price);
        self.link_cost.push(link_cost);
        self.link.push(link);
        self.out_of[tail].push(arc);
        self.into[head].push(arc);
    }

    /// Raises cuts until the root reaches every sink by arcs that are paid for; gives the sum raised and what is left
    /// of each arc's cost, or `None` where a sink cannot be reached at all. Stops early once `limit` is passed.
    fn dual_ascent(&self, choice: &Choice, limit: u64) -> Option<(u64, Vec<u64>)> {
        let mut left = self.cost.clone();
        for node in &choice.unused {
            for arc in self.into[*node].iter().chain(&self.out_of[*node]) {
                left[*arc] = FAR;
            }
        }
        let mut raised = 0u64;
        let mut waiting: BinaryHeap<Reverse<(usize, usize)>> =
            self.sinks.iter().chain(&choice.used).map(|sink| Reverse((0, *sink))).collect();
        let mut seen = vec![usize::MAX; self.into.len()];
        let mut round = 0;
        while let Some(Reverse((_, sink))) = waiting.pop() {
            loop {
                round += 1;
                let mut reached = vec![sink];
                seen[sink] = round;
                let mut at = 0;
                let mut cheapest = FAR;
                let mut cut = Vec::new();
                while let Some(node) = reached.get(at).copied() {
                    at += 1;
                    for arc in &self.into[node] {
                        let tail = self.tail[*arc];
                        if seen[tail] == round {
                            continue;
                        }
                        if left[*arc] == 0 {
                            seen[tail] = round;
                            reached.push(tail);
                        } else if left[*arc] != FAR {
                            cut.push(*arc);
                        }
                    }
                }
                if seen[self.root] == round {
                    break;
                }
                if let Some(Reverse((smaller, _))) = waiting.peek()
                    && reached.len() > smaller.saturating_mul(2).saturating_add(8)
                {
                    waiting.push(Reverse((reached.len(), sink)));
                    break;
                }
                cut.retain(|arc| seen[self.tail[*arc]] != round);
                for arc in &cut {
                    cheapest = cheapest.min(left[*arc]);
                }
                if cheapest == FAR {
                    return None;
                }
                for arc in cut {
                    left[arc] -= cheapest;
                }
                raised += cheapest;
                if raised >= limit {
                    return Some((raised, left));
                }
            }
        }
        Some((raised, left))
    }

    /// Grows a tree from the root by shortest paths to the nearest sink not yet in it.
    fn shortest_paths(&self, choice: &Choice, usable: impl Fn(usize) -> bool) -> Option<Found> {
        let mut unused = vec![false; self.into.len()];
        for node in &choice.unused {
            unused[*node] = true;
        }
        let mut wanted = vec![false; self.into.len()];
        for sink in self.sinks.iter().chain(&choice.used) {
            wanted[*sink] = true;
        }
        let mut missing = wanted.iter().filter(|wanted| **wanted).count();
        let mut in_tree = vec![false; self.into.len()];
        in_tree[self.root] = true;
        let mut found = Found { arcs: Vec::new(), cost: 0 };
        let mut near = vec![FAR; self.into.len()];
        let mut by = vec![usize::MAX; self.into.len()];
        let mut queue = BinaryHeap::from([Reverse((0u64, self.root))]);
        near[self.root] = 0;
        while missing > 0 {
            let Reverse((distance, node)) = queue.pop()?;
            if distance > near[node] {
                continue;
            }
            if wanted[node] && !in_tree[node] {
                let mut at = node;
                while !in_tree[at] {
                    in_tree[at] = true;
                    if wanted[at] {
                        missing -= 1;
                    }
                    let arc = by[at];
                    found.arcs.push(arc);
                    found.cost += self.cost[arc];
                    near[at] = 0;
                    queue.push(Reverse((0, at)));
                    at = self.tail[arc];
                }
                continue;
            }
            for arc in &self.out_of[node] {
                let head = self.head[*arc];
                let to = distance + self.cost[*arc];
                if to < near[head] && !unused[head] && usable(*arc) {
                    near[head] = to;
                    by[head] = *arc;
                    queue.push(Reverse((to, head)));
                }
            }
        }
        Some(found)
    }

    /// The node to settle next: one of the best tree that is not settled, most branched first; else any that the
    /// saturated arcs touch.
    fn branch_on(&self, choice: &Choice, best: Option<&Found>, left: &[u64]) -> Option<usize> {
        let settled = |node: &usize| *node >= self.nodes || choice.used.contains(node) || choice.unused.contains(node);
        let mut degree = vec![0usize; self.nodes];
        for arc in best.iter().flat_map(|found| &found.arcs) {
            for node in [self.tail[*arc], self.head[*arc]] {
                if !settled(&node) {
                    degree[node] += 1;
                }
            }
        }
        let most = degree
            .iter()
            .enumerate()
            .filter(|(_, degree)| **degree > 0)
            .max_by_key(|(node, degree)| (**degree, Reverse(*node)));
        most.map(|(node, _)| node).or_else(|| {
            let saturated = (0..self.tail.len()).filter(|arc| left[*arc] == 0);
            saturated.flat_map(|arc| [self.tail[arc], self.head[arc]]).find(|node| !settled(node))
        })
    }

    /// With every node settled: the cheapest tree over exactly the used ones.
    fn spanning(&self, choice: &Choice) -> Option<Found> {
        let inside = |node: usize| node >= self.nodes || choice.used.contains(&node);
        let only_used = Choice { unused: (0..self.nodes).filter(|node| !inside(*node)).collect(), ..choice.clone() };
        let mut pairs: Vec<usize> = (0..self.tail.len())
            .step_by(2)
            .filter(|arc| self.link[*arc].is_some() && inside(self.tail[*arc]) && inside(self.head[*arc]))
            .collect();
        pairs.sort_by_key(|arc| (self.link_cost[*arc], *arc));
        let mut sets = petgraph::unionfind::UnionFind::new(self.nodes);
        let mut kept: Vec<bool> = self.link.iter().map(Option::is_none).collect();
        for arc in pairs {
            let joins = sets.union(self.tail[arc], self.head[arc]);
            kept[arc] = joins;
            kept[arc + 1] = joins;
        }
        self.shortest_paths(&only_used, |arc| kept[arc])
    }

    fn tree(&self, network: &Network, found: &Found, bound: u64) -> Tree {
        let mut links: Vec<usize> = found.arcs.iter().filter_map(|arc| self.link[*arc]).collect();
        links.sort_unstable();
        let mut nodes: Vec<usize> = found
            .arcs
            .iter()
            .flat_map(|arc| [self.tail[*arc], self.head[*arc]])
            .filter(|node| *node < self.nodes)
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        let members = (0..network.groups.len())
            .map(|group| {
                let end = self.nodes + group;
                let arc = found.arcs.iter().find(|arc| self.head[**arc] == end || self.tail[**arc] == end);
                arc.map_or(0, |arc| if self.head[*arc] == end { self.tail[*arc] } else { self.head[*arc] })
            })
            .collect();
        Tree { links, nodes, members, cost: found.cost - ONCE, bound: bound.saturating_sub(ONCE) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every set of nodes, connected inside itself by a cheapest spanning tree.
    fn by_hand(network: &Network) -> Option<u64> {
        let nodes = network.node_cost.len();
        (1u32..1 << nodes)
            .filter(|set| network.groups.iter().all(|group| group.iter().any(|node| set >> node & 1 == 1)))
            .filter_map(|set| {
                let mut links: Vec<_> =
                    network.links.iter().filter(|(u, v, _)| set >> u & 1 == 1 && set >> v & 1 == 1).collect();
                links.sort_by_key(|link| link.2);
                let mut sets = petgraph::unionfind::UnionFind::<usize>::new(nodes);
                let mut cost: u64 =
                    (0..nodes).filter(|node| set >> node & 1 == 1).map(|node| network.node_cost[node]).sum();
                let mut joined = 1;
                for (u, v, price) in links {
                    if u != v && sets.union(*u, *v) {
                        cost += price;
                        joined += 1;
                    }
                }
                (joined == set.count_ones()).then_some(cost)
            })
            .min()
    }

    fn networks() -> impl Strategy<Value = Network> {
        (2usize..9).prop_flat_map(|nodes| {
            let link = (0..nodes, 0..nodes, 0u64..6);
            let group = prop::collection::btree_set(0..nodes, 1..3).prop_map(|group| group.into_iter().collect());
            (
                prop::collection::vec(0u64..4, nodes),
                prop::collection::vec(link, 0..16),
                prop::collection::vec(group, 1..5),
            )
                .prop_map(|(node_cost, links, groups)| Network { node_cost, links, groups })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn the_tree_is_as_cheap_as_exhaustive_search_finds(network in networks()) {
            let tree = cheapest_tree(&network, &Excluded::default(), 10_000);
            prop_assert_eq!(tree.as_ref().map(|tree| tree.cost), by_hand(&network));
            if let Some(tree) = tree {
                prop_assert!(tree.proved());
                prop_assert_eq!(tree.links.len() + 1, tree.nodes.len());
                let paid: u64 = tree.links.iter().map(|at| network.links[*at].2).sum::<u64>()
                    + tree.nodes.iter().map(|node| network.node_cost[*node]).sum::<u64>();
                prop_assert_eq!(paid, tree.cost);
                for (group, member) in network.groups.iter().zip(&tree.members) {
                    prop_assert!(group.contains(member) && tree.nodes.contains(member));
                }
            }
        }
    }
}
