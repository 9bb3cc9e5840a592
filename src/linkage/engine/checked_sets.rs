//! Checks that no cheaper approvals suffice, from the states that the search looked into.
//!
//! Each state names a cut between the root and a group not met. Whatever suffices crosses it, so it holds what one of
//! the children holds (a way over the cut counts only where it comes from the root, or leads to a group not met); where every way down ends at the claimed cost, nothing cheaper suffices.

use std::collections::HashMap;

use super::approvals::Looked;
use super::labels::{Labels, Quick};
use super::network::Network;

/// Whether the evidence shows that what suffices costs at least `cost`, and that what costs no more is among `sets`.
#[must_use]
pub fn accepts_approvals(network: &Network, cost: u64, sets: &[Labels], proof: &[Looked]) -> bool {
    accepts_approvals_in_time(network, cost, sets, proof, &|| false)
}

/// As [`accepts_approvals`], where evidence that takes too long to check is not accepted.
#[must_use]
pub fn accepts_approvals_in_time(
    network: &Network,
    cost: u64,
    sets: &[Labels],
    proof: &[Looked],
    over: &dyn Fn() -> bool,
) -> bool {
    let mut states: HashMap<Labels, Vec<&Looked>> = HashMap::new();
    for looked in proof {
        states.entry(looked.labels).or_default().push(looked);
    }
    let terms = &network.terms;
    let may = |labels: &Labels| (terms.closure(terms.base | *labels) & terms.refused).is_empty();
    let mut numbers: HashMap<Labels, usize, Quick> = HashMap::default();
    let mut brought: Vec<Labels> = Vec::new();
    let number = |labels: &Labels| {
        *numbers.entry(*labels).or_insert_with(|| {
            brought.push(*labels);
            brought.len() - 1
        })
    };
    let number_of: Vec<usize> = network.link_labels.iter().map(number).collect();
    let may_bring: Vec<bool> = brought.iter().map(may).collect();
    let usable = number_of.iter().map(|number| may_bring[*number]).collect();
    let checker = Checker { network, over, cost, sets, states, at: neighbours(network), usable, brought, number_of };
    network.groups.iter().enumerate().any(|(group, members)| checker.starts(group, members))
}

fn neighbours(network: &Network) -> Vec<Vec<(usize, usize)>> {
    let mut at = vec![Vec::new(); network.node_cost.len()];
    for (link, (u, v, _)) in network.links.iter().enumerate() {
        for (from, to) in [(*u, *v), (*v, *u)] {
            if let Some(list) = at.get_mut(from) {
                list.push((link, to));
            }
        }
    }
    at
}

struct Checker<'c> {
    network: &'c Network,
    over: &'c dyn Fn() -> bool,
    cost: u64,
    sets: &'c [Labels],
    states: HashMap<Labels, Vec<&'c Looked>>,
    at: Vec<Vec<(usize, usize)>>,
    /// By link, whether any plan may bring it.
    usable: Vec<bool>,
    /// The different label sets that links bring, and by link which it is: few, each looked at once a cut.
    brought: Vec<Labels>,
    number_of: Vec<usize>,
}

impl Checker<'_> {
    /// Every tree holds a member of the group: each is a start.
    fn starts(&self, group: usize, members: &[usize]) -> bool {
        let terms = &self.network.terms;
        let start = |node: &usize| (terms.closure(terms.base | self.network.labels_of_member(group, *node)), *node);
        let mut waiting: Vec<(Labels, usize)> = members.iter().map(start).collect();
        // What is reached with some labels depends on the part that the root lies in, not on the root.
        let mut seen: HashMap<Labels, Vec<Vec<bool>>, Quick> = HashMap::default();
        while let Some((labels, root)) = waiting.pop() {
            let settled = !(labels & terms.refused).is_empty() || terms.cost_of(labels) > self.cost;
            let known = terms.cost_of(labels) == self.cost && self.sets.contains(&terms.paid(labels));
            let parts = seen.entry(labels).or_default();
            if settled || known || parts.iter().any(|reached| reached.get(root) == Some(&true)) {
                continue;
            }
            let reached = self.reach(labels, &[root]);
            // What was looked into last counts: before that a state may have been put back.
            let here = self.states.get(&labels).map_or(&[][..], Vec::as_slice).iter().rev();
            let mut here = here.filter(|looked| reached.get(looked.root) == Some(&true));
            let Some(looked) = here.find(|looked| self.cut_holds(looked, &reached)) else { return false };
            if (self.over)() {
                return false;
            }
            waiting.extend(looked.children.iter().map(|child| (*child, root)));
            parts.push(reached);
        }
        true
    }

    /// Whether whatever suffices with these labels at hand holds one of the children.
    fn cut_holds(&self, looked: &Looked, reached: &[bool]) -> bool {
        let labels = looked.labels;
        let grows = |child: &Labels| labels.within(*child) && labels != *child;
        let missing = |group: usize, node: usize| !self.network.labels_of_member(group, node).within(labels);
        let may = |labels: Labels| {
            (self.network.terms.closure(self.network.terms.base | labels) & self.network.terms.refused).is_empty()
        };
        let members = |group: usize| {
            let members = self.network.groups.get(group).into_iter().flatten().copied();
            members.filter(move |node| may(self.network.labels_of_member(group, *node)))
        };
        let (side, beyond, extra): (Vec<bool>, Vec<bool>, Vec<Labels>) = match looked.cut {
            None => {
                let met = |group: usize| members(group).any(|node| reached[node] && !missing(group, node));
                let unmet: Vec<usize> = (0..self.network.groups.len()).filter(|group| !met(*group)).collect();
                if unmet.is_empty() {
                    return false;
                }
                let (here, away): (Vec<_>, Vec<_>) = unmet
                    .into_iter()
                    .flat_map(|group| members(group).map(move |node| (group, node)))
                    .partition(|(_, node)| reached[*node]);
                let extra = here.into_iter().map(|(group, node)| self.network.labels_of_member(group, node));
                let away: Vec<usize> = away.into_iter().map(|(_, node)| node).collect();
                (reached.to_vec(), self.beyond(reached, &away), extra.collect())
            }
            // A group that is not there is cut off from nothing.
            Some(group) if group >= self.network.groups.len() => return false,
            Some(group) => {
                let ready: Vec<usize> = members(group).filter(|node| !missing(group, *node)).collect();
                let side = self.reach(labels, &ready);
                if side.get(looked.root) == Some(&true) {
                    return false;
                }
                let extra = members(group).filter(|node| missing(group, *node));
                let extra = extra.map(|node| self.network.labels_of_member(group, node)).collect();
                let beyond = self.beyond(&side, &[looked.root]);
                (side, beyond, extra)
            }
        };
        let crosses = |(u, v): (usize, usize)| (side[u] && beyond[v]) || (side[v] && beyond[u]);
        let mut crossing = vec![false; self.brought.len()];
        for ((u, v, _), number) in self.network.links.iter().zip(&self.number_of) {
            crossing[*number] |= crosses((*u, *v));
        }
        let links = self.brought.iter().zip(crossing).filter(|(_, crossing)| *crossing).map(|(brings, _)| *brings);
        let covered = |brings: Labels| {
            let becomes = self.network.terms.closure(labels | brings);
            !(becomes & self.network.terms.refused).is_empty()
                || looked.children.iter().any(|child| child.within(becomes))
        };
        looked.children.iter().all(grows) && links.chain(extra).all(covered)
    }

    fn reach(&self, labels: Labels, from: &[usize]) -> Vec<bool> {
        let fits = |link: usize| self.network.link_labels.get(link).is_some_and(|brings| brings.within(labels));
        self.flood(vec![false; self.at.len()], from, fits)
    }

    /// What can be come to outside a side at all.
    fn beyond(&self, side: &[bool], from: &[usize]) -> Vec<bool> {
        let mut reached = self.flood(side.to_vec(), from, |link| self.usable.get(link) == Some(&true));
        reached.iter_mut().zip(side).for_each(|(reached, side)| *reached &= !side);
        reached
    }

    fn flood(&self, mut reached: Vec<bool>, from: &[usize], fits: impl Fn(usize) -> bool) -> Vec<bool> {
        let mut waiting: Vec<usize> = from.to_vec();
        while let Some(node) = waiting.pop() {
            if reached.get_mut(node).is_none_or(|mark| std::mem::replace(mark, true)) {
                continue;
            }
            let next = self
                .at
                .get(node)
                .into_iter()
                .flatten()
                .filter(|(link, to)| reached.get(*to) != Some(&true) && fits(*link));
            waiting.extend(next.map(|(_, to)| *to));
        }
        reached
    }
}
