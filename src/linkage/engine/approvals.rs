//! The approvals that suffice: best-first branching over the cuts between what is reached and what is not
//! (linkage.md §3.1).
//!
//! (L1) Whatever suffices holds the labels of some link that crosses a cut between the root and a group not yet met,
//! so branching on each minimal such set comes to every minimal set that suffices. (L2) Costs only grow with labels,
//! so the first set popped that suffices is cheapest, and the top of the heap is a lower bound at any time. (L3) Where
//! every approval costs something, going on until the bound passes the best gives **all** that tie.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

use super::labels::{Labels, Quick};
use super::network::{Limits, Network, Stopped};
use super::quotient::Quotient;

/// Which sets are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All that cost least.
    Cheapest,
    /// All of which nothing can be left out.
    Minimal,
}

/// The sets found.
#[derive(Clone, Debug, Default)]
pub struct Sets {
    /// Sets of approvals that suffice, facts left out, the cheapest first.
    pub sets: Vec<Labels>,
    /// No sufficient set costs less; [`u64::MAX`] where there is none at all.
    pub bound: u64,
    /// Why the search ended.
    pub stopped: Stopped,
    /// How many states were looked into.
    pub states: usize,
    /// Why no set is cheaper, where it was asked for.
    pub proof: Vec<Looked>,
}

/// One state of the search, as evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// The labels at hand.
    pub labels: Labels,
    /// A node of the part that grows.
    pub root: usize,
    /// The cut: around the root, or around a group.
    pub cut: Option<usize>,
    /// What the labels become when the cut is crossed, each way.
    pub children: Vec<Labels>,
}

/// Finds sets that suffice. `within` bounds what may be brought.
#[must_use]
pub fn sufficient(
    network: &Network,
    start: Labels,
    within: Labels,
    which: Which,
    prove: bool,
    limits: &Limits,
) -> Sets {
    let base = network.terms.closure(start | network.terms.base);
    let none = Sets { bound: u64::MAX, ..Sets::default() };
    if !(base & network.terms.refused).is_empty() || !(base & network.terms.paid(!Labels::NONE)).within(within) {
        return none;
    }
    let Some(quotient) = Quotient::of(network, base) else { return none };
    let paid = network.terms.paid(!Labels::NONE);
    let mut search = Search::new(network, &quotient, within | !paid, paid, which, prove);
    search.run(limits);
    search.found
}

struct Search<'s> {
    network: &'s Network,
    quotient: &'s Quotient,
    within: Labels,
    paid: Labels,
    which: Which,
    prove: bool,
    open: BinaryHeap<Reverse<(u64, Labels, u32)>>,
    seen: HashSet<(Labels, u32), Quick>,
    pushed: HashSet<(Labels, u32), Quick>,
    /// What the cheapest found costs, or some set that is known to suffice.
    best: u64,
    known: Option<Labels>,
    found: Sets,
    marks: Vec<u32>,
    asked: Vec<(u32, bool)>,
    crossing: Vec<u32>,
    round: u32,
    state: u32,
}

/// What a look at a state showed.
enum Look {
    Suffices,
    /// Nothing can cross this cut.
    Dead(Option<usize>),
    Cuts(Vec<(Option<usize>, Vec<Labels>)>),
}

impl<'s> Search<'s> {
    fn new(
        network: &'s Network,
        quotient: &'s Quotient,
        within: Labels,
        paid: Labels,
        which: Which,
        prove: bool,
    ) -> Self {
        Self {
            network,
            quotient,
            within,
            paid,
            which,
            prove,
            open: BinaryHeap::new(),
            seen: HashSet::default(),
            pushed: HashSet::default(),
            best: u64::MAX,
            known: None,
            found: Sets::default(),
            marks: vec![0; quotient.parts()],
            asked: vec![(0, false); quotient.sets.len()],
            crossing: vec![0; quotient.sets.len()],
            round: 0,
            state: 0,
        }
    }

    fn cost(&self, labels: Labels) -> u64 {
        self.network.terms.cost_of(labels)
    }

    fn run(&mut self, limits: &Limits) {
        let anchor = self.quotient.groups.iter().min_by_key(|group| group.len());
        for (part, number) in anchor.into_iter().flatten() {
            let labels = self.quotient.set(*number) | self.quotient.base;
            if labels.within(self.within) {
                self.open.push(Reverse((self.cost(labels), labels, *part)));
            }
        }
        if self.which == Which::Cheapest {
            self.dive();
        }
        while let Some(Reverse((bound, labels, root))) = self.open.pop() {
            let past = match self.which {
                Which::Cheapest => bound > self.best,
                Which::Minimal => false,
            };
            let stop = match () {
                () if past => Some(Stopped::Finished),
                () if (limits.over)() => Some(Stopped::Deadline),
                () if self.found.states == limits.most_states => Some(Stopped::Budget),
                () => None,
            };
            if let Some(stop) = stop {
                self.found.stopped = stop;
                self.found.bound = bound;
                if stop != Stopped::Finished && self.found.sets.is_empty() {
                    self.found.sets.extend(self.known);
                }
                break;
            }
            if self.is_known(labels & self.paid) {
                continue;
            }
            self.found.states += 1;
            self.step(bound, labels, root);
        }
        let cheapest = self.found.sets.first().map_or(u64::MAX, |set| self.cost(*set));
        if self.found.stopped == Stopped::Finished {
            self.found.bound = cheapest;
        }
        self.found.bound = self.found.bound.min(cheapest);
        self.found.sets.sort_unstable_by_key(|set| (self.network.terms.cost_of(*set), *set));
    }

    /// Whether such a set has been found, or a smaller one where only minimal ones are looked for.
    fn is_known(&self, approvals: Labels) -> bool {
        let is = |set: &Labels| *set == approvals || (self.which == Which::Minimal && set.within(approvals));
        self.found.sets.iter().any(is)
    }

    /// Goes straight to some set that suffices, by the cheapest crossing each time, from the first start that can.
    fn dive(&mut self) {
        let mut starts: Vec<(u64, Labels, u32)> = self.open.iter().map(|Reverse(start)| *start).collect();
        starts.sort_unstable();
        for (_, mut labels, root) in starts {
            loop {
                match self.look(labels, root).1 {
                    Look::Dead(_) => break,
                    Look::Suffices => {
                        self.best = self.cost(labels);
                        self.known = Some(labels & self.paid);
                        return;
                    }
                    Look::Cuts(cuts) => {
                        let all = cuts.into_iter().flat_map(|(_, sets)| sets).map(|set| (self.cost(set), set));
                        let Some((_, next)) = all.min() else { break };
                        labels = next;
                    }
                }
            }
        }
    }

    fn step(&mut self, mut bound: u64, mut labels: Labels, root: u32) {
        loop {
            let (canonical, look) = self.look(labels, root);
            let cuts = match look {
                Look::Dead(cut) => {
                    self.tell(labels, root, cut, &[]);
                    return;
                }
                Look::Suffices => {
                    let cost = self.cost(labels);
                    if cost > bound {
                        self.open.push(Reverse((cost, labels, root)));
                    } else if !self.is_known(labels & self.paid) {
                        self.best = self.best.min(cost);
                        self.found.sets.push(labels & self.paid);
                    }
                    return;
                }
                Look::Cuts(cuts) => cuts,
            };
            let reach: u64 =
                cuts.iter().filter_map(|(_, sets)| sets.iter().map(|set| self.cost(*set)).min()).max().unwrap_or(bound);
            let waits = self.open.peek().is_some_and(|Reverse((other, _, _))| *other < reach) || reach > self.best;
            if reach > bound && waits {
                // Put back at what it is known to reach; the evidence is the cut that shows it.
                let shows = |(_, sets): &&(Option<usize>, Vec<Labels>)| {
                    sets.iter().map(|set| self.cost(*set)).min() == Some(reach)
                };
                if let Some((cut, sets)) = cuts.iter().find(shows) {
                    self.tell(labels, root, *cut, sets);
                }
                self.open.push(Reverse((reach, labels, root)));
                return;
            }
            if !self.seen.insert((labels, canonical)) {
                return;
            }
            let Some((cut, sets)) = cuts.into_iter().min_by_key(|(_, sets)| sets.len()) else { return };
            self.tell(labels, root, cut, &sets);
            bound = bound.max(reach);
            if let [forced] = sets.as_slice() {
                labels = *forced;
                continue;
            }
            for set in sets {
                let cost = self.cost(set).max(bound);
                let of_use = self.which == Which::Minimal || cost <= self.best;
                if of_use && self.pushed.insert((set, root)) {
                    self.open.push(Reverse((cost, set, root)));
                }
            }
            return;
        }
    }

    fn tell(&mut self, labels: Labels, root: u32, cut: Option<usize>, children: &[Labels]) {
        if self.prove {
            let root = self.quotient.node_of[root as usize];
            self.found.proof.push(Looked { labels, root, cut, children: children.to_vec() });
        }
    }

    /// Whether a label set is at hand, asked once a look.
    fn at_hand(&mut self, number: u32, labels: Labels) -> bool {
        let held = &mut self.asked[number as usize];
        if held.0 != self.state {
            *held = (self.state, self.quotient.sets[number as usize].within(labels));
        }
        held.1
    }

    /// Looks from the root and from every group not met. Gives the first part of the root's component too.
    fn look(&mut self, labels: Labels, root: u32) -> (u32, Look) {
        self.state += 1;
        let first = self.flood(labels, &[root]);
        let own = self.round;
        let mut unmet = Vec::new();
        let mut members = Vec::new();
        for (at, group) in self.quotient.groups.iter().enumerate() {
            let met = group
                .iter()
                .any(|(part, number)| self.marks[*part as usize] == own && self.quotient.set(*number).within(labels));
            if !met {
                unmet.push(at);
                members.extend(
                    group.iter().filter(|(part, _)| self.marks[*part as usize] == own).map(|(_, number)| *number),
                );
            }
        }
        if unmet.is_empty() {
            return (first.0, Look::Suffices);
        }
        let mut numbers = first.1;
        numbers.extend(members);
        let mut cuts = vec![(None, self.minimal(numbers, labels))];
        let mut alone: Vec<u32> = Vec::new();
        for at in unmet {
            let group = &self.quotient.groups[at];
            let (here, away): (Vec<_>, Vec<_>) =
                group.iter().partition(|(_, number)| self.quotient.set(*number).within(labels));
            let parts: Vec<u32> = here.iter().map(|(part, _)| *part).collect();
            if let ([part], true) = (parts.as_slice(), away.is_empty())
                && alone.contains(&self.marks[*part as usize])
            {
                continue;
            }
            let (_, mut numbers) = self.flood(labels, &parts);
            if parts.len() == 1 && away.is_empty() {
                alone.push(self.round);
            }
            numbers.extend(away.iter().map(|(_, number)| *number));
            let sets = self.minimal(numbers, labels);
            cuts.push((Some(at), sets));
        }
        if let Some((cut, _)) = cuts.iter().find(|(_, sets)| sets.is_empty()) {
            return (first.0, Look::Dead(*cut));
        }
        (first.0, Look::Cuts(cuts))
    }

    /// Marks what is reached from some parts with the labels at hand; gives the first part and the numbers of the
    /// sets on the links that lead out.
    fn flood(&mut self, labels: Labels, from: &[u32]) -> (u32, Vec<u32>) {
        self.round += 1;
        let own = self.round;
        let quotient = self.quotient;
        let mut reached = from.to_vec();
        reached.iter().for_each(|part| self.marks[*part as usize] = own);
        let mut out: Vec<(u32, u32)> = Vec::new();
        let mut at = 0;
        while let Some(part) = reached.get(at).copied() {
            at += 1;
            for (to, number) in quotient.next(part) {
                if self.marks[*to as usize] == own {
                    continue;
                }
                if self.at_hand(*number, labels) {
                    self.marks[*to as usize] = own;
                    reached.push(*to);
                } else {
                    out.push((*to, *number));
                }
            }
        }
        let mut numbers = Vec::new();
        for (to, number) in out {
            if self.marks[to as usize] != own && self.crossing[number as usize] != own {
                self.crossing[number as usize] = own;
                numbers.push(number);
            }
        }
        (reached.iter().copied().min().unwrap_or_default(), numbers)
    }

    /// What the labels become by each crossing, less what another makes needless.
    fn minimal(&self, numbers: Vec<u32>, labels: Labels) -> Vec<Labels> {
        let rules = !self.network.terms.rules.is_empty();
        let become_by = |number: u32| {
            let all = labels | self.quotient.set(number);
            if rules { self.network.terms.closure(all) } else { all }
        };
        let may = |set: &Labels| set.within(self.within) && (*set & self.network.terms.refused).is_empty();
        let mut single = Labels::NONE;
        let mut several: Vec<(usize, Labels)> = Vec::new();
        for set in numbers.into_iter().map(become_by).filter(may) {
            let more = set.without(labels);
            match more.len() {
                0 => return vec![set],
                1 => single |= more,
                many => several.push((many, set)),
            }
        }
        // Most sets hold a single label that suffices alone; of the others the small ones come first.
        several.retain(|(_, set)| (*set & single).is_empty());
        several.sort_unstable();
        several.dedup();
        let mut minimal: Vec<Labels> = Vec::new();
        for (_, set) in several {
            if !minimal.iter().any(|held| held.within(set)) {
                minimal.push(set);
            }
        }
        minimal.extend(single.each().map(|one| labels | one));
        minimal.sort_unstable();
        minimal
    }
}
