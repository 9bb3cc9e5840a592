//! Ranked ways to join two things: fewest approvals first, of these fewest extra ones, then as plans are ranked.
//!
//! The order is exact (linkage.md §3.4): the best path; then for each of its links the best that lacks it; and so on. A
//! path other than those given lacks a link of each, so it is among the best of some such search. The best path under
//! links left out is the cheapest within any of the cheapest sets of approvals that suffice without them (§3.2): all
//! that tie are tried, for the first need not hold the best path. Tables that stand in for one another are searched
//! for once and listed afterwards ([`super::stand_ins`]); ways that go through two of them are not listed.

use std::collections::{BinaryHeap, HashMap, HashSet};

use super::engine::approvals::{Which, sufficient};
use super::engine::network::{Excluded, Labelled, Limits, Network, Stopped};
use super::engine::steiner::Asking;
use super::engine::within::{Within, best_within};
use super::labels::Labels;
use super::options::{Ends, lacking, loss_of};
use super::problem::Problem;
use super::shape::Shape;
use super::stand_ins::{Folded, first_of_all, stand_ins};

/// Searches for each path asked for.
const SOLVED_FOR_EACH: usize = 64;
/// Searches for each path asked for, after which no more are made for those that only tie with the last of them.
const SOLVED_FOR_TIES: usize = 16;
/// What an approval costs here; an extra one costs one more, so that fewer extra ones decide among as many.
const APPROVAL: u64 = 1_000;

/// The paths found.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    /// The paths, best first.
    pub paths: Vec<Labelled>,
    /// Whether none that belongs in the list was missed.
    pub complete: bool,
    /// Why the search ended.
    pub stopped: Stopped,
}

/// The best `first` ways between the two groups of a problem; `standard` says which approvals are part of every
/// application, `losses` what each link of the whole is recorded to lose, as far as anything is.
#[must_use]
pub fn best_paths(folded: &Folded, losses: &[u64], standard: Labels, first: usize, limits: &Limits) -> Paths {
    let problem = folded.problem();
    let mut search = Search::new(problem, standard, SOLVED_FOR_EACH.saturating_mul(first), limits);
    search.solve(Excluded::default());
    let mut paths: Vec<(Rank, Labelled)> = Vec::new();
    let (mut given, mut known) = (HashSet::new(), HashSet::new());
    let mut expanded: HashMap<Vec<usize>, Vec<Excluded>> = HashMap::new();
    while let Some(Waiting { rank, path, excluded }) = search.open.pop() {
        // A register that is looked up for nobody is no way, but others lack its links.
        if given.insert(path.tree.links.clone()) && !path.tree.links.is_empty() && problem.is_anchored(&path.tree) {
            // Which of those that tie with the last are the likeliest, their shapes say.
            let last = paths.get(first.saturating_sub(1)).map(|(last, _)| *last);
            if last.is_some_and(|last| rank > last || search.tried.len() >= SOLVED_FOR_TIES.saturating_mul(first)) {
                break;
            }
            let path = first_of_all(&folded.whole, folded.widened(path.clone()));
            if known.insert(path.tree.links.clone()) {
                let between = |node: usize| !path.tree.members.contains(&node);
                let room = first.saturating_sub(paths.len() + 1);
                let others = stand_ins(&folded.whole, &path, room, between, &mut known);
                paths.push((rank, path));
                paths.extend(others.into_iter().map(|other| (rank, other)));
            }
        }
        let before = expanded.entry(path.tree.links.clone()).or_default();
        if before.iter().any(|less| is_within(less, &excluded)) {
            continue;
        }
        before.push(excluded.clone());
        for excluded in lacking(problem, &path, &excluded, Ends::Alike) {
            search.solve(excluded);
        }
        if search.stopped == Stopped::Deadline {
            break;
        }
    }
    // Among equals, who loses the fewest people, then the likeliest to be meant.
    paths.sort_by_cached_key(|(rank, path)| {
        let shape = Shape::of(&folded.whole, &path.tree);
        (*rank, loss_of(losses, &path.tree), shape, path.tree.links.clone())
    });
    let paths: Vec<Labelled> = paths.into_iter().map(|(_, path)| path).take(first).collect();
    Paths { paths, complete: search.stopped == Stopped::Finished, stopped: search.stopped }
}

/// What approvals cost, then what the path costs.
type Rank = (u64, u64);

fn is_within(less: &Excluded, more: &Excluded) -> bool {
    less.links.iter().all(|link| more.links.binary_search(link).is_ok())
        && less.members.iter().all(|one| more.members.binary_search(one).is_ok())
}

struct Search<'s, 'a> {
    problem: &'s Problem<'a>,
    /// The network with what approvals cost here. Links left out lead nowhere in it while it is asked.
    priced: Network,
    /// All the cheapest sets of approvals that suffice with every link at hand. What suffices without some costs as much
    /// or more, so where it costs as much it is one of these.
    least: Vec<Labels>,
    limits: &'s Limits<'s>,
    most_solved: usize,
    tried: HashSet<Excluded>,
    open: BinaryHeap<Waiting>,
    stopped: Stopped,
}

impl<'s, 'a> Search<'s, 'a> {
    fn new(problem: &'s Problem<'a>, standard: Labels, most_solved: usize, limits: &'s Limits<'s>) -> Self {
        let mut priced = problem.network.clone();
        let extra = |at: usize| Labels::one(at).is_ok_and(|label| !label.within(standard));
        let prices = priced.terms.cost.iter().enumerate();
        priced.terms.cost =
            prices.map(|(at, cost)| if *cost > 0 { APPROVAL + u64::from(extra(at)) } else { 0 }).collect();
        let mut search = Self {
            problem,
            priced,
            least: Vec::new(),
            limits,
            most_solved,
            tried: HashSet::new(),
            open: BinaryHeap::new(),
            stopped: Stopped::Finished,
        };
        search.least = search.cheapest();
        search
    }

    /// All the cheapest sets of approvals that suffice.
    fn cheapest(&mut self) -> Vec<Labels> {
        let everything = self.priced.terms.paid(!Labels::NONE).without(self.priced.terms.refused);
        let found = sufficient(&self.priced, Labels::NONE, everything, Which::Cheapest, false, self.limits);
        if found.stopped != Stopped::Finished {
            self.stopped = found.stopped;
        }
        found.sets
    }

    /// Finds the best path without some links, and lets it wait for its turn.
    fn solve(&mut self, excluded: Excluded) {
        if self.tried.contains(&excluded) {
            return;
        }
        // One path there should be, however late.
        let late = !self.tried.is_empty() && (self.limits.over)();
        if late || self.tried.len() == self.most_solved {
            self.stopped = if late { Stopped::Deadline } else { Stopped::Budget };
            return;
        }
        let mut best = self.best_of(&self.least.clone(), &excluded);
        if best.is_none() && !excluded.links.is_empty() {
            let sets = self.cheapest_without(&excluded);
            best = self.best_of(&sets, &excluded);
        }
        if let Some(path) = best {
            let rank = (self.priced.terms.cost_of(path.labels), path.tree.cost);
            self.open.push(Waiting { rank, path, excluded: excluded.clone() });
        }
        self.tried.insert(excluded);
    }

    /// The cheapest path within any of some sets of approvals.
    fn best_of(&mut self, sets: &[Labels], excluded: &Excluded) -> Option<Labelled> {
        let mut best: Option<Labelled> = None;
        for set in sets {
            let below = best.as_ref().map(|best| best.tree.cost);
            let within = Within { excluded, below, ..Within::labels(*set) };
            let found = best_within(&self.problem.network, &within, Asking::default(), self.limits);
            if found.answer.stopped != Stopped::Finished {
                self.stopped = found.answer.stopped;
            }
            best = found.labelled().or(best);
        }
        best
    }

    /// All the cheapest sets of approvals that suffice without some links.
    fn cheapest_without(&mut self, excluded: &Excluded) -> Vec<Labels> {
        let links = &self.problem.network.links;
        for at in &excluded.links {
            if let (Some(link), Some((u, _, cost))) = (self.priced.links.get_mut(*at), links.get(*at)) {
                *link = (*u, *u, *cost);
            }
        }
        let sets = self.cheapest();
        for at in &excluded.links {
            if let (Some(link), Some(whole)) = (self.priced.links.get_mut(*at), links.get(*at)) {
                *link = *whole;
            }
        }
        sets
    }
}

struct Waiting {
    rank: Rank,
    path: Labelled,
    excluded: Excluded,
}

impl Waiting {
    fn order(&self) -> (Rank, &[usize], &[usize]) {
        (self.rank, &self.path.tree.links, &self.excluded.links)
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}
impl Eq for Waiting {}
impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Waiting {
    /// The best first out of the heap.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.order().cmp(&self.order())
    }
}
