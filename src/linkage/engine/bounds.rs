//! Links that no cheaper tree can use.
//!
//! (L5) A tree through the arc u → v goes from the root to u, along the arc and on to some terminal, and pays for
//! each arc at least what the dual has left of it: it costs at least the dual bound, the way to u, the arc, and the
//! way from v to the nearest terminal, all in what is left.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::arcs::Arcs;

/// For each link whether a tree of cost below `limit` may use it, given what an ascent from `root` raised and left.
pub(super) fn may_use(arcs: &Arcs, root: usize, raised: u64, left: &[u64], limit: u64) -> Vec<bool> {
    let slack = limit.saturating_sub(raised);
    let from_root = distances(arcs, [root], left, slack, |arc| arc ^ 1);
    let terminals = (0..arcs.nodes()).filter(|node| arcs.terminal[*node] && *node != root);
    let to_terminal = distances(arcs, terminals, left, slack, |arc| arc);
    let passes = |arc: usize| {
        let way = from_root[arcs.tail(arc)].saturating_add(left[arc]).saturating_add(to_terminal[arcs.head(arc)]);
        way < slack
    };
    (0..arcs.links()).map(|link| passes(2 * link) || passes(2 * link + 1)).collect()
}

/// Shortest ways below `slack`; `turn` gives the arc to go along from one into a node.
fn distances(
    arcs: &Arcs,
    from: impl IntoIterator<Item = usize>,
    left: &[u64],
    slack: u64,
    turn: fn(usize) -> usize,
) -> Vec<u64> {
    let mut near = vec![u64::MAX; arcs.nodes()];
    let mut queue = BinaryHeap::new();
    for node in from {
        near[node] = 0;
        queue.push(Reverse((0u64, node)));
    }
    while let Some(Reverse((distance, node))) = queue.pop() {
        if distance > near[node] {
            continue;
        }
        for arc in arcs.into(node) {
            let other = arcs.tail(arc);
            let to = distance.saturating_add(left[turn(arc)]);
            if to < near[other] && to < slack {
                near[other] = to;
                queue.push(Reverse((to, other)));
            }
        }
    }
    near
}
