//! The cheapest tree that brings no label beyond those allowed.
//!
//! Parts that alone bring too much are left out of the search. Where a rule hangs on several facts at once and only
//! the whole tree brings too much, one of its facts must stay away: each is tried, which parts the trees without loss.

use super::arcs::{Arcs, Usable};
use super::labels::Labels;
use super::network::{Excluded, Labelled, Limits, Network, Stopped, Tree};
use super::proof::{Proof, Step};
use super::steiner::{Answer, Asking, solve};

/// What a tree may use.
#[derive(Clone, Copy, Debug)]
pub struct Within<'n> {
    /// Labels that cost something and may be brought.
    pub allowed: Labels,
    /// Only these links, or all.
    pub among: Option<&'n [usize]>,
    /// What is left out.
    pub excluded: &'n Excluded,
    /// Only trees that cost less, or any.
    pub below: Option<u64>,
}

/// Nothing left out.
pub const NOTHING: &Excluded = &Excluded { links: Vec::new(), members: Vec::new() };

impl<'n> Within<'n> {
    /// Everything that is not refused.
    #[must_use]
    pub fn everything(network: &'n Network) -> Self {
        Self::labels(network.terms.paid(!Labels::NONE).without(network.terms.refused))
    }

    /// Everything within these labels.
    #[must_use]
    pub fn labels(allowed: Labels) -> Self {
        Self { allowed, among: None, excluded: NOTHING, below: None }
    }
}

/// The best tree with its labels, and what is known of all others.
#[derive(Clone, Debug, Default)]
pub struct Best {
    /// The tree's labels, closed.
    pub labels: Labels,
    /// The tree and its bound.
    pub answer: Answer,
}

impl Best {
    /// The tree with its labels.
    #[must_use]
    pub fn labelled(&self) -> Option<Labelled> {
        self.answer.tree.clone().map(|tree| Labelled { tree, labels: self.labels })
    }
}

/// Finds the cheapest tree.
#[must_use]
pub fn best_within(network: &Network, within: &Within, asking: Asking, limits: &Limits) -> Best {
    let base = network.terms.closure(network.terms.base);
    let forbidden = network.terms.forbidden(within.allowed);
    if !(base & forbidden).is_empty() {
        return Best { answer: Answer { bound: u64::MAX, ..Answer::default() }, ..Best::default() };
    }
    let cutoff = within.below.into_iter().chain(asking.cutoff).min();
    Search { network, within, base, limits }.without(forbidden, Asking { cutoff, ..asking })
}

/// One search, to be made again and again with something else left out.
pub(super) struct Again<'n> {
    within: Within<'n>,
    base: Labels,
    usable: Usable<'n>,
    /// `None` where a group has no usable member or every plan brings what is forbidden.
    arcs: Option<Arcs>,
}

impl<'n> Again<'n> {
    /// Takes from the network what is usable with nothing left out.
    pub fn of(network: &'n Network, within: &Within<'n>) -> Self {
        let base = network.terms.closure(network.terms.base);
        let forbidden = network.terms.forbidden(within.allowed);
        let usable = Usable::new(network, within.among, forbidden, NOTHING);
        let arcs = (base & forbidden).is_empty().then(|| Arcs::whole(&usable)).flatten();
        Self { within: *within, base, usable, arcs }
    }

    /// The cheapest tree without some parts.
    pub fn best_without(&self, excluded: &Excluded, limits: &Limits) -> Best {
        let asking = Asking { cutoff: self.within.below, ..Asking::default() };
        let usable = self.usable.without(excluded);
        let arcs = self.arcs.as_ref().and_then(|arcs| arcs.without(excluded, &usable));
        let answer = solve(&usable, arcs, asking, limits);
        let within = Within { excluded, ..self.within };
        let search = Search { network: usable.network, within: &within, base: self.base, limits };
        search.judged(answer, usable.forbidden, asking)
    }
}

struct Search<'s> {
    network: &'s Network,
    within: &'s Within<'s>,
    base: Labels,
    limits: &'s Limits<'s>,
}

impl Search<'_> {
    fn without(&self, forbidden: Labels, asking: Asking) -> Best {
        let Within { among, excluded, .. } = *self.within;
        let usable = Usable::new(self.network, among, forbidden, excluded);
        self.judged(solve(&usable, Arcs::of(&usable), asking, self.limits), forbidden, asking)
    }

    /// The tree found, or, where the whole of it brings something forbidden, the best of those that do not.
    fn judged(&self, answer: Answer, forbidden: Labels, asking: Asking) -> Best {
        let Some(tree) = &answer.tree else { return Best { answer, ..Best::default() } };
        let labels = self.network.terms.closure(self.network.labels_of(tree));
        // Its parts bring nothing forbidden, so where the whole does, a rule that they meet together does: the first of
        // a chain of rules, whose own premise holds nothing forbidden, so that each way around it is a new one.
        let brings_it = |(premise, brings): &&(Labels, Labels)| {
            premise.within(labels) && (*premise & forbidden).is_empty() && !(*brings & forbidden).is_empty()
        };
        match self.network.terms.rules.iter().find(brings_it) {
            None => Best { labels, answer },
            Some((premise, _)) => self.each_without(premise.without(self.base), forbidden, asking, answer),
        }
    }

    fn each_without(&self, facts: Labels, forbidden: Labels, mut asking: Asking, relaxed: Answer) -> Best {
        let mut best = Best {
            answer: Answer { bound: u64::MAX, searched: relaxed.searched, ..Answer::default() },
            ..Best::default()
        };
        best.answer.proof.add(Step::Open);
        let mut parts = Vec::new();
        for fact in facts.each() {
            // Late, any tree will do, but there should be one.
            if best.answer.tree.is_some() && (self.limits.over)() {
                best.answer.stopped = Stopped::Deadline;
                best.answer.bound = 0;
                break;
            }
            let child = self.without(forbidden | fact, asking);
            best.answer.searched += child.answer.searched;
            best.answer.bound = best.answer.bound.min(child.answer.bound);
            if child.answer.stopped != Stopped::Finished {
                best.answer.stopped = child.answer.stopped;
            }
            parts.push((fact.indexes().next().unwrap_or_default(), best.answer.proof.steps.len()));
            best.answer.proof.append(child.answer.proof);
            if let Some(tree) = child.answer.tree {
                asking.cutoff = Some(tree.cost);
                best.labels = child.labels;
                best.answer.tree = Some(tree);
            }
        }
        best.answer.proof.set(0, Step::Facts(parts));
        best.answer.bound = best.answer.bound.max(relaxed.bound);
        let bound = best.answer.bound;
        if let Some(tree) = &mut best.answer.tree {
            let Tree { cost, bound: held, .. } = tree;
            *held = bound.min(*cost);
        }
        best
    }
}

impl Proof {
    /// Another proof's steps, numbered on.
    fn append(&mut self, other: Self) {
        let from = self.steps.len();
        self.steps.extend(other.steps.into_iter().map(|step| match step {
            Step::Struck { root, cuts, next } => Step::Struck { root, cuts, next: next + from },
            Step::Settled { node, used, unused } => Step::Settled { node, used: used + from, unused: unused + from },
            Step::Facts(parts) => Step::Facts(parts.into_iter().map(|(fact, at)| (fact, at + from)).collect()),
            step @ (Step::Open | Step::Closed { .. } | Step::Spanning) => step,
        }));
    }
}
