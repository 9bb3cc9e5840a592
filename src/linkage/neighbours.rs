//! What a table can be joined to in one step: over a hub, a reference, or crosswalks between hubs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::civil::Date;

use super::engine::network::Tree;
use super::explain::explain;
use super::graph::{LinkageGraph, Node};
use super::labels::Labelling;
use super::problem::{Problem, Scope};
use crate::domain::approval::Use;
use crate::domain::catalogue::Catalogue;
use crate::domain::plan::Step;
use crate::domain::refs::{Ref, TableRef};

/// The best single step from a table to each other table that one step reaches, with what its approvals hang on.
#[must_use]
pub fn joins(catalogue: &Catalogue, graph: &LinkageGraph, table: &TableRef, as_of: Date) -> Vec<(Step, BTreeSet<Use>)> {
    let want = [Ref::Table(table.clone())];
    let labelling = Labelling::default();
    let scope = Scope::default();
    let problem = Problem::whole(catalogue, graph, &labelling, &want, &scope, as_of);
    let mut found: BTreeMap<TableRef, (usize, Step, BTreeSet<Use>)> = BTreeMap::new();
    for start in problem.network.groups.first().into_iter().flatten() {
        for (end, links) in reach(&problem, *start) {
            let tree = Tree { links, nodes: Vec::new(), members: vec![*start], cost: 0, bound: 0 };
            let told = explain(catalogue, &problem, &want, &tree);
            if let (Some(step), Some(uses)) = (told.steps.into_iter().next(), told.step_uses.into_iter().next())
                && let Some(Node::Table { table: other, .. }) = problem.node(end)
                && other != table
            {
                let cost: usize = tree.links.len();
                let held = found.get(other).is_some_and(|(held, _, _)| *held <= cost);
                if !held {
                    found.insert(other.clone(), (cost, step, uses));
                }
            }
        }
    }
    found.into_values().map(|(_, step, uses)| (step, uses)).collect()
}

/// Breadth first over hubs until tables are met: each table with the links that lead to it.
fn reach(problem: &Problem, start: usize) -> Vec<(usize, Vec<usize>)> {
    let mut seen = BTreeSet::from([start]);
    let mut waiting = VecDeque::from([(start, Vec::new())]);
    let mut found = Vec::new();
    let mut next: Vec<Vec<(usize, usize)>> = vec![Vec::new(); problem.nodes.len()];
    for (at, (u, v, _)) in problem.network.links.iter().enumerate() {
        for (from, to) in [(*u, *v), (*v, *u)] {
            if let Some(list) = next.get_mut(from) {
                list.push((at, to));
            }
        }
    }
    while let Some((node, links)) = waiting.pop_front() {
        for (at, to) in next.get(node).into_iter().flatten() {
            if !seen.insert(*to) {
                continue;
            }
            let links: Vec<usize> = links.iter().copied().chain([*at]).collect();
            match problem.node(*to) {
                Some(Node::Table { .. }) => found.push((*to, links)),
                _ => waiting.push_back((*to, links)),
            }
        }
    }
    found
}
