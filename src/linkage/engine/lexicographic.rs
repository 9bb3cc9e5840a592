//! The plan with the cheapest approvals and, among those, the cheapest tree.
//!
//! The first cheapest set of approvals found need not hold the cheapest tree: **all** that tie are tried, each only
//! against the best so far, so that most end at their lower bound.

use super::approvals::{Looked, Sets, Which, sufficient};
use super::labels::Labels;
use super::network::{Labelled, Limits, Network, Stopped};
use super::proof::Proof;
use super::steiner::Asking;
use super::within::{Within, best_within};

/// The best plan, with what is known of all others.
#[derive(Clone, Debug, Default)]
pub struct Lexicographic {
    /// What its approvals cost; [`u64::MAX`] where there is no plan.
    pub cost: u64,
    /// No plan's approvals cost less.
    pub cost_bound: u64,
    /// The plan.
    pub best: Option<Labelled>,
    /// No tree within approvals of that cost costs less.
    pub tree_bound: u64,
    /// Every set of approvals of that cost that was found.
    pub sets: Vec<Labels>,
    /// Why the search ended.
    pub stopped: Stopped,
    /// How many states the search over approvals looked into.
    pub states: usize,
    /// Why no approvals are cheaper.
    pub approvals_proof: Vec<Looked>,
    /// Why no tree within each set is cheaper.
    pub tree_proofs: Vec<Proof>,
}

/// Finds the best plan.
#[must_use]
pub fn lexicographic(network: &Network, asking: Asking, limits: &Limits) -> Lexicographic {
    let within = network.terms.paid(!Labels::NONE).without(network.terms.refused);
    let found = sufficient(network, Labels::NONE, within, Which::Cheapest, asking.prove, limits);
    cheapest_within(network, found, asking, limits)
}

/// The cheapest tree within any of the sets found, all of one cost.
pub(super) fn cheapest_within(network: &Network, found: Sets, asking: Asking, limits: &Limits) -> Lexicographic {
    let stopped = found.stopped;
    let mut lex = Lexicographic {
        cost: found.sets.first().map_or(u64::MAX, |set| network.terms.cost_of(*set)),
        cost_bound: found.bound,
        tree_bound: u64::MAX,
        stopped: found.stopped,
        states: found.states,
        approvals_proof: found.proof,
        sets: found.sets,
        ..Lexicographic::default()
    };
    for set in &lex.sets {
        if lex.best.is_some() && (limits.over)() {
            // One tree there must be; of the others nothing is known.
            lex.stopped = Stopped::Deadline;
            lex.tree_bound = 0;
            break;
        }
        let cutoff = lex.best.as_ref().map(|best| best.tree.cost);
        let mut best = best_within(network, &Within::labels(*set), Asking { cutoff, ..asking }, limits);
        lex.tree_bound = lex.tree_bound.min(best.answer.bound);
        if best.answer.stopped != Stopped::Finished {
            lex.stopped = best.answer.stopped;
        }
        lex.tree_proofs.push(std::mem::take(&mut best.answer.proof));
        lex.best = best.labelled().or(lex.best);
    }
    if stopped != Stopped::Finished && lex.best.is_some() {
        // Sets that tie may be missing: only a bound on every tree will do, and there may be no time for one.
        let all = Within::everything(network);
        let asking = Asking { prove: false, ..asking };
        let late = (limits.over)();
        lex.tree_bound =
            lex.tree_bound.min(if late { 0 } else { best_within(network, &all, asking, limits).answer.bound });
    }
    let bound = lex.tree_bound;
    if let Some(best) = &mut lex.best {
        best.tree.bound = bound.min(best.tree.cost);
    }
    lex
}
