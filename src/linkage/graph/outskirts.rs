//! What of a graph no plan passes through: dead ends, found once when the graph is built, so that a request looks at
//! the rest only.
//!
//! Nodes with one neighbour are taken away until none is left; each then hangs on the one neighbour that it had. A
//! tree between given nodes runs through what is left, and from a node that was taken away up to it: any other node
//! taken away has none of them below it, and would be an end of the tree that nobody asked for.

use std::collections::BTreeSet;

use petgraph::graph::{NodeIndex, UnGraph};

/// What leads nowhere but to itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Outskirts {
    /// The nodes that are no dead ends.
    inner: Vec<NodeIndex>,
    /// For each node whether it is a dead end, and what it hangs on then.
    hangs_on: Vec<Option<Option<NodeIndex>>>,
}

impl Outskirts {
    pub(super) fn of<N, E>(graph: &UnGraph<N, E>) -> Self {
        let mut hangs_on = vec![None; graph.node_count()];
        let neighbours = |node: NodeIndex| {
            let mut others: Vec<NodeIndex> = graph.neighbors(node).filter(|other| *other != node).collect();
            others.sort_unstable();
            others.dedup();
            others
        };
        let mut degree: Vec<usize> = graph.node_indices().map(|node| neighbours(node).len()).collect();
        let mut ends: Vec<NodeIndex> = graph.node_indices().filter(|node| degree[node.index()] < 2).collect();
        while let Some(node) = ends.pop() {
            let left = neighbours(node).into_iter().find(|other| hangs_on[other.index()].is_none());
            hangs_on[node.index()] = Some(left);
            if let Some(other) = left {
                degree[other.index()] -= 1;
                if degree[other.index()] == 1 {
                    ends.push(other);
                }
            }
        }
        let inner = graph.node_indices().filter(|node| hangs_on[node.index()].is_none()).collect();
        Self { inner, hangs_on }
    }

    /// The nodes that a tree between these can hold, in order.
    pub(super) fn near(&self, wanted: impl IntoIterator<Item = NodeIndex>) -> Vec<NodeIndex> {
        let mut ways: BTreeSet<NodeIndex> = BTreeSet::new();
        for node in wanted {
            let mut at = Some(node);
            while let Some(node) = at {
                match self.hangs_on.get(node.index()) {
                    Some(Some(next)) if ways.insert(node) => at = *next,
                    _ => break,
                }
            }
        }
        let mut near = self.inner.clone();
        if !ways.is_empty() {
            near.extend(ways);
            near.sort_unstable();
        }
        near
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_near_what_lies_between_its_nodes() {
        // A ring 0-1-2 with a tail 2-3-4, a tail 3-5, and a line 6-7-8 of its own.
        let graph =
            UnGraph::<(), ()>::from_edges([(0u32, 1u32), (1, 2), (2, 0), (2, 3), (3, 4), (3, 5), (6, 7), (7, 8)]);
        let outskirts = Outskirts::of(&graph);
        let near = |wanted: &[u32]| {
            let near = outskirts.near(wanted.iter().map(|node| NodeIndex::new(*node as usize)));
            near.into_iter().map(NodeIndex::index).collect::<Vec<_>>()
        };
        assert_eq!(near(&[0]), [0, 1, 2]);
        assert_eq!(near(&[0, 4]), [0, 1, 2, 3, 4]);
        assert_eq!(near(&[4, 5]), [0, 1, 2, 3, 4, 5]);
        assert!([6, 7, 8].iter().all(|node| near(&[6, 8]).contains(node)));
    }
}
