//! The Pareto front over what approvals cost and what the tree costs (linkage.md §3.3).
//!
//! A node of the search says which labels are in and which are out. (L7) The cheapest sufficient set around those in
//! and the cheapest tree without those out bound every plan of the node, each in its own right; where the tree brings
//! nothing beyond what is in, it attains both; each branching fixes one label more, so the search ends.

use std::collections::{HashMap, HashSet};

use super::approvals::{Sets, Which, sufficient};
use super::core::core;
use super::labels::Labels;
use super::lexicographic::{Lexicographic, cheapest_within, lexicographic};
use super::network::{Labelled, Limits, Network, Stopped};
use super::steiner::Asking;
use super::within::{Within, best_within};

/// The front.
#[derive(Clone, Debug, Default)]
pub struct Front {
    /// What approvals cost, and the plan, from the cheapest approvals to the cheapest tree.
    pub points: Vec<(u64, Labelled)>,
    /// Whether it is proved that there is no other point.
    pub proved: bool,
    /// The cheapest approvals, with what is known of them.
    pub lexicographic: Lexicographic,
}

/// Finds the front. Both ends are searched first, so that they are there whatever the time allows.
#[must_use]
pub fn front(network: &Network, asking: Asking, limits: &Limits) -> Front {
    of_lexicographic(network, lexicographic(network, asking, limits), asking, limits)
}

/// As [`front`], where the sets of approvals that suffice are known: all of them, or at least all of the least cost.
#[must_use]
pub fn front_of_sets(network: &Network, known: &Sets, asking: Asking, limits: &Limits) -> Front {
    let cost = |set: &Labels| network.terms.cost_of(*set);
    let least = known.sets.iter().map(cost).min();
    let sets = known.sets.iter().copied().filter(|set| Some(cost(set)) == least).collect();
    let cheapest = Sets { sets, proof: Vec::new(), ..known.clone() };
    of_lexicographic(network, cheapest_within(network, cheapest, asking, limits), asking, limits)
}

fn of_lexicographic(network: &Network, lex: Lexicographic, asking: Asking, limits: &Limits) -> Front {
    let Some(best) = lex.best.clone() else {
        return Front { proved: lex.stopped == Stopped::Finished, lexicographic: lex, ..Front::default() };
    };
    if (limits.over)() {
        return Front { points: vec![(network.terms.cost_of(best.labels), best)], proved: false, lexicographic: lex };
    }
    let everything = Within::everything(network);
    let links = core(network, &everything, best.tree.cost, limits);
    let narrow = network.with_links(&links);
    let mut search = Search {
        network: &narrow,
        limits,
        all: everything.allowed,
        limit: best.tree.cost,
        asking: Asking { prove: false, cutoff: Some(best.tree.cost), ..asking },
        archive: Vec::new(),
        trees: HashMap::new(),
        proved: lex.stopped == Stopped::Finished,
    };
    search.run();
    let mut points: Vec<(u64, Labelled)> = search
        .archive
        .into_iter()
        .map(|(cost, mut plan)| {
            plan.tree.links = plan.tree.links.iter().filter_map(|at| links.get(*at)).copied().collect();
            (cost, plan)
        })
        .collect();
    points.push((network.terms.cost_of(best.labels), best));
    points.sort_by(|a, b| (a.0, a.1.tree.cost, &a.1.tree.links).cmp(&(b.0, b.1.tree.cost, &b.1.tree.links)));
    let mut cheapest = u64::MAX;
    points.retain(|(_, plan)| {
        let before = cheapest;
        cheapest = cheapest.min(plan.tree.cost);
        plan.tree.cost < before
    });
    Front { points, proved: search.proved, lexicographic: lex }
}

struct Search<'s> {
    network: &'s Network,
    limits: &'s Limits<'s>,
    all: Labels,
    /// What the tree at the other end costs: dearer trees are dominated.
    limit: u64,
    asking: Asking,
    archive: Vec<(u64, Labelled)>,
    trees: HashMap<Labels, (Option<Labelled>, u64)>,
    proved: bool,
}

impl Search<'_> {
    fn run(&mut self) {
        let mut open = vec![(self.network.terms.closure(self.network.terms.base), Labels::NONE)];
        let mut seen = HashSet::new();
        while let Some((taken, out)) = open.pop() {
            if !seen.insert((taken, out)) {
                continue;
            }
            if (self.limits.over)() {
                self.proved = false;
                return;
            }
            let (plan, bound) = self.tree_without(out);
            let Some(plan) = plan.filter(|_| bound < self.limit) else { continue };
            self.keep(&plan);
            let new = self.network.terms.paid(plan.labels).without(taken);
            if new.is_empty() || self.passed(self.network.terms.cost_of(taken), bound) {
                continue;
            }
            let sets = sufficient(self.network, taken, self.all.without(out), Which::Cheapest, false, self.limits);
            if sets.bound == u64::MAX || self.passed(sets.bound, bound) {
                continue;
            }
            if let Some(set) = sets.sets.first() {
                let cutoff = self
                    .archive
                    .iter()
                    .filter(|(cost, _)| *cost <= sets.bound)
                    .map(|(_, plan)| plan.tree.cost)
                    .fold(self.limit, u64::min);
                let asking = Asking { cutoff: Some(cutoff), ..self.asking };
                if let Some(plan) = best_within(self.network, &Within::labels(*set), asking, self.limits).labelled() {
                    self.keep(&plan);
                }
            }
            if self.passed(sets.bound, bound) {
                continue;
            }
            let Some(one) = new.each().max_by_key(|one| (self.network.terms.cost_of(*one), *one)) else { continue };
            open.push((self.network.terms.closure(taken | one), out));
            open.push((taken, out | one));
        }
    }

    /// The cheapest tree without some labels, and a lower bound on it.
    fn tree_without(&mut self, out: Labels) -> (Option<Labelled>, u64) {
        if let Some(known) = self.trees.get(&out) {
            return known.clone();
        }
        let best = best_within(self.network, &Within::labels(self.all.without(out)), self.asking, self.limits);
        self.proved &= best.answer.stopped == Stopped::Finished;
        let known = (best.labelled(), best.answer.bound);
        self.trees.insert(out, known.clone());
        known
    }

    /// Whether a plan at hand is as good as anything of these bounds.
    fn passed(&self, cost: u64, tree: u64) -> bool {
        self.archive.iter().any(|(held, plan)| *held <= cost && plan.tree.cost <= tree)
    }

    fn keep(&mut self, plan: &Labelled) {
        let cost = self.network.terms.cost_of(plan.labels);
        if !self.passed(cost, plan.tree.cost) {
            self.archive.retain(|(held, other)| *held < cost || other.tree.cost < plan.tree.cost);
            self.archive.push((cost, plan.clone()));
        }
    }
}
