//! The near-optimal core: the links that a tree of at most some cost can use (linkage.md §3.4).
//!
//! By (L5) every tree that costs less than the limit lies in what is left, so whatever is asked about such trees can
//! be asked of the core alone.

use super::arcs::{Arcs, NOWHERE, Usable};
use super::bounds::may_use;
use super::dual::ascend;
use super::network::{Limits, Network};
use super::within::Within;

/// Roots tried.
const ROUNDS: usize = 4;

/// The links that a tree within `within` that costs less than `limit` may use, as sorted indexes.
#[must_use]
pub fn core(network: &Network, within: &Within, limit: u64, limits: &Limits) -> Vec<usize> {
    let Within { allowed, among, excluded, .. } = *within;
    let usable = Usable::new(network, among, network.terms.forbidden(allowed), excluded);
    let Some(mut arcs) = Arcs::whole(&usable) else { return Vec::new() };
    let given: u64 =
        arcs.roots.iter().filter_map(|root| network.node_cost.get(arcs.node_of[*root as usize] as usize)).sum();
    let limit = limit.saturating_sub(given);
    let real = arcs.roots.iter().filter(|root| !arcs.is_virtual(**root as usize)).count();
    let roots = if real > 0 { real } else { arcs.roots.len() };
    for round in 0..if arcs.roots.len() < 2 { 0 } else { ROUNDS.min(roots) } {
        let root = arcs.roots[round * roots / ROUNDS.min(roots)] as usize;
        let limit = limit.saturating_add(arcs.offset(root));
        let dual = ascend(&arcs, root, limit, false, limits.over);
        let keep = may_use(&arcs, root, dual.raised, &dual.left, limit);
        arcs = arcs.narrowed(|link| keep[link]);
        if dual.late {
            break;
        }
    }
    let mut links: Vec<usize> =
        arcs.link_of.iter().filter(|link| **link != NOWHERE).map(|link| *link as usize).collect();
    links.sort_unstable();
    links
}

impl Network {
    /// The same network with only some links, numbered in the order given.
    #[must_use]
    pub fn with_links(&self, links: &[usize]) -> Self {
        let of = |at: &usize| self.links.get(*at).copied();
        let labels = |at: &usize| self.link_labels.get(*at).copied();
        Self {
            links: links.iter().filter_map(of).collect(),
            link_labels: links.iter().filter_map(labels).collect(),
            node_cost: self.node_cost.clone(),
            node_labels: self.node_labels.clone(),
            groups: self.groups.clone(),
            member_labels: self.member_labels.clone(),
            terms: self.terms.clone(),
        }
    }
}
