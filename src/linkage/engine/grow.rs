//! Trees by shortest paths, spanned anew and pruned (Takahashi and Matsuyama): an upper bound on the cheapest.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use petgraph::unionfind::UnionFind;

use super::arcs::{Arcs, NOWHERE};
use super::network::ONCE;

/// A tree, its nodes and links numbered as in the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub cost: u64,
    pub links: Vec<usize>,
    pub nodes: Vec<usize>,
}

/// Grows a tree from a real node by the shortest path to the nearest terminal not yet in it, over the arcs that
/// `usable` lets through and through no group's virtual node; gives its real nodes. `None` where a terminal cannot be
/// come to.
pub(super) fn grow(arcs: &Arcs, root: usize, usable: impl Fn(usize) -> bool) -> Option<Vec<usize>> {
    let mut missing = arcs.terminal.iter().filter(|terminal| **terminal).count() - usize::from(arcs.terminal[root]);
    let mut in_tree = vec![false; arcs.nodes()];
    let mut near = vec![u64::MAX; arcs.nodes()];
    let mut by = vec![NOWHERE; arcs.nodes()];
    in_tree[root] = true;
    near[root] = 0;
    let mut queue = BinaryHeap::from([Reverse((0u64, root))]);
    while missing > 0 {
        let Reverse((distance, node)) = queue.pop()?;
        if distance > near[node] {
            continue;
        }
        if arcs.terminal[node] && !in_tree[node] {
            let mut at = node;
            while !in_tree[at] {
                in_tree[at] = true;
                missing -= usize::from(arcs.terminal[at]);
                near[at] = 0;
                queue.push(Reverse((0, at)));
                at = arcs.tail(by[at] as usize);
            }
            continue;
        }
        if arcs.is_virtual(node) {
            continue;
        }
        for arc in arcs.into(node).map(|arc| arc ^ 1) {
            let head = arcs.head(arc);
            let to = distance.saturating_add(arcs.cost[arc]);
            if to < near[head] && usable(arc) {
                near[head] = to;
                by[head] = arc as u32;
                queue.push(Reverse((to, head)));
            }
        }
    }
    Some((0..arcs.real).filter(|node| in_tree[*node]).collect())
}

/// The cheapest tree over some real nodes, less ends that nothing needs. `None` where they do not hang together or a
/// group has no node among them.
pub(super) fn span(arcs: &Arcs, nodes: &[usize]) -> Option<Found> {
    let mut inside = vec![NOWHERE; arcs.nodes()];
    for (at, node) in nodes.iter().enumerate() {
        inside[*node] = at as u32;
    }
    let mut links: Vec<usize> = Vec::new();
    for node in nodes {
        let within = |arc: &usize| arc.is_multiple_of(2) && inside[arcs.tail(*arc)] != NOWHERE;
        links.extend(arcs.into(*node).filter(within).map(|arc| arc / 2));
    }
    links.sort_unstable_by_key(|link| (arcs.weight[*link], *link));
    let mut sets = UnionFind::<u32>::new(nodes.len());
    links.retain(|link| sets.union(inside[arcs.tail(2 * link)], inside[arcs.head(2 * link)]));
    if links.len() + 1 != nodes.len() {
        return None;
    }
    let members: Vec<Vec<usize>> = (arcs.real..arcs.nodes())
        .map(|group| arcs.into(group).map(|arc| arcs.tail(arc)).filter(|node| inside[*node] != NOWHERE).collect())
        .collect();
    let mut held: Vec<usize> = members.iter().map(Vec::len).collect();
    if held.contains(&0) {
        return None;
    }
    let mut groups_of = vec![Vec::new(); nodes.len()];
    for (group, members) in members.iter().enumerate() {
        for node in members {
            groups_of[inside[*node] as usize].push(group);
        }
    }
    let mut hangs: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for link in &links {
        hangs[inside[arcs.tail(2 * link)] as usize].push(*link);
        hangs[inside[arcs.head(2 * link)] as usize].push(*link);
    }
    let mut gone = vec![false; nodes.len()];
    loop {
        let spare = |at: &usize| {
            !gone[*at]
                && hangs[*at].len() == 1
                && !arcs.terminal[nodes[*at]]
                && groups_of[*at].iter().all(|group| held[*group] > 1)
        };
        let costs = |at: &usize| hangs[*at].iter().map(|link| arcs.weight[*link]).sum::<u64>() + arcs.price[nodes[*at]];
        let Some(at) = (0..nodes.len()).filter(spare).max_by_key(|at| (costs(at), Reverse(*at))) else { break };
        gone[at] = true;
        groups_of[at].iter().for_each(|group| held[*group] -= 1);
        for link in std::mem::take(&mut hangs[at]) {
            for end in [arcs.tail(2 * link), arcs.head(2 * link)] {
                hangs[inside[end] as usize].retain(|other| *other != link);
            }
            links.retain(|other| *other != link);
        }
    }
    let kept = || nodes.iter().zip(&gone).filter(|(_, gone)| !**gone).map(|(node, _)| *node);
    let cost = kept()
        .map(|node| arcs.price[node])
        .chain(links.iter().map(|link| arcs.weight[*link]))
        .fold(0u64, u64::saturating_add);
    let mut found = Found {
        cost,
        links: links.iter().map(|link| arcs.link_of[*link] as usize).collect(),
        nodes: kept().map(|node| arcs.node_of[node] as usize).collect(),
    };
    found.links.sort_unstable();
    (cost < ONCE).then_some(found)
}
