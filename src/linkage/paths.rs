//! Ranked ways to join two things: fewest approvals first, then as plans are ranked.

use std::cell::Cell;
use std::collections::HashSet;

use super::engine::approvals::{Which, sufficient};
use super::engine::network::{Limits, Tree};
use super::engine::within::Within;
use super::labels::Labels;
use super::options::{Ends, in_order};
use super::problem::{Labelled, Problem};
use super::shape::Shape;

/// Trees solved for each path asked for.
const SOLVED_FOR_EACH: usize = 16;

/// The best `first` ways between the two groups of a problem. Those of every minimal set of approvals come first in
/// the search, so that a way that needs fewer approvals is never crowded out by shorter ones that need more.
#[must_use]
pub fn best_paths(problem: &Problem, standard: Labels, first: usize, limits: &Limits) -> Vec<Labelled> {
    let labelling = problem.labelling;
    let mut sets = sufficient(&problem.network, Labels::NONE, !Labels::NONE, Which::Minimal, false, limits).sets;
    sets.push(labelling.approvals(!Labels::NONE).without(labelling.avoided));
    let mut found: Vec<Labelled> = Vec::new();
    let mut known = HashSet::new();
    for set in sets {
        // All that tie with the last of those asked for: which of them is it, their shapes say.
        let given = Cell::new((0, 0));
        let enough = |tree: &Tree| {
            let (before, last) = given.get();
            given.set((before + 1, if before < first { tree.cost } else { last }));
            before >= first && tree.cost > last
        };
        let trees =
            in_order(problem, &Within::labels(set), Ends::Alike, SOLVED_FOR_EACH.saturating_mul(first), enough, limits)
                .trees;
        found.extend(
            trees.into_iter().filter(|path| !path.tree.links.is_empty() && known.insert(path.tree.links.clone())),
        );
    }
    found.sort_by_cached_key(|path| {
        let approvals = labelling.approvals(path.labels);
        (
            approvals.len(),
            approvals.without(standard).len(),
            path.tree.cost,
            Shape::of(problem, &path.tree),
            path.tree.links.clone(),
        )
    });
    found.truncate(first);
    found
}
