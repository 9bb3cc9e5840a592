//! Which of the ways to join tables that are equally short is the likeliest to be meant, from the shape of the join.
//!
//! Two tables that only meet on a value which both refer to (a district, a term, a shared building) multiply each
//! other's rows and say nothing of one another, so ways with fewer such pairs come first. They are counted over values,
//! not over tables: A.k = B.k with B.k = C.k is the same join as A.k = C.k with C.k = B.k. Then come ways through the
//! tables that stand first in the catalogue, and by fields that stand first in their tables, where keys do.
//! (docs/benchmarks.md, bar 6, tells how this was found and what it gives on databases that nobody looked at.)

use std::collections::HashMap;

use petgraph::graph::NodeIndex;
use petgraph::unionfind::UnionFind;

use super::engine::network::Tree;
use super::graph::{Link, Node};
use super::problem::Problem;
use crate::domain::refs::Slug;

/// What ties between plans are broken by: less comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shape {
    /// Pairs of tables that meet only on a value that both refer to.
    by_shared_value: usize,
    /// Where the tables that meet the request stand in the catalogue, in whatever role they are looked up.
    members: Vec<usize>,
    /// Where all its tables stand.
    tables: Vec<usize>,
    /// How far from the first of their tables the fields stand that references join by, added up.
    positions: u64,
}

impl Shape {
    /// The shape of a tree.
    #[must_use]
    pub fn of(problem: &Problem, tree: &Tree) -> Self {
        let place = |node: &usize| match problem.node(*node) {
            Some(Node::Table { table, .. }) => problem.graph.nodes_of(table).first().map(|first| first.index()),
            _ => None,
        };
        let mut tables: Vec<usize> = tree.nodes.iter().filter_map(place).collect();
        tables.sort_unstable();
        let mut values = Values::default();
        let mut positions = 0;
        for at in &tree.links {
            let Some(Link::Refers { from, pairs, distinct_from, distinct_to, position, .. }) = problem.link(*at) else {
                continue;
            };
            positions += u64::from(*position);
            let other = problem.links.get(*at).and_then(|link| problem.graph.graph.edge_endpoints(*link));
            let to = other.map(|(u, v)| if u == *from { v } else { u });
            if let (Some(pair), Some(to)) = (pairs.first(), to) {
                values.join((*from, &pair.from.field, *distinct_from), (to, &pair.to.field, *distinct_to));
            }
        }
        Self {
            by_shared_value: values.shared(),
            members: tree.members.iter().filter_map(place).collect(),
            tables,
            positions,
        }
    }
}

/// A field of a table of the tree, and whether the table is taken to have one row per value of it.
type Side<'a> = (NodeIndex, &'a Slug, bool);

/// The fields that references join, and which of them hold the same value.
#[derive(Default)]
struct Values<'a> {
    numbers: HashMap<(NodeIndex, &'a Slug), usize>,
    distinct: Vec<bool>,
    same: Vec<(usize, usize)>,
}

impl<'a> Values<'a> {
    fn join(&mut self, from: Side<'a>, to: Side<'a>) {
        let pair = (self.number(from), self.number(to));
        self.same.push(pair);
    }

    fn number(&mut self, (node, field, distinct): Side<'a>) -> usize {
        let next = self.numbers.len();
        let number = *self.numbers.entry((node, field)).or_insert(next);
        if number == next {
            self.distinct.push(distinct);
        } else if let Some(held) = self.distinct.get_mut(number) {
            *held |= distinct;
        }
        number
    }

    /// Of each value, the pairs of fields that repeat it; where none is known to hold it once, one is taken to.
    fn shared(&self) -> usize {
        let mut sets = UnionFind::<usize>::new(self.distinct.len());
        for (one, other) in &self.same {
            sets.union(*one, *other);
        }
        let mut counted: HashMap<usize, (usize, bool)> = HashMap::new();
        for (number, distinct) in self.distinct.iter().enumerate() {
            let (many, known) = counted.entry(sets.find(number)).or_default();
            *many += usize::from(!distinct);
            *known |= *distinct;
        }
        let pairs = |(many, known): &(usize, bool)| {
            let many = if *known { *many } else { many.saturating_sub(1) };
            many * many.saturating_sub(1) / 2
        };
        counted.values().map(pairs).sum()
    }
}
