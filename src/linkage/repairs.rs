//! What would make an impossible request possible: every cheapest set of things to be allowed, opened or recorded.
//!
//! Mends are ranked by how hard they are: allow what the request avoids, open a crosswalk that is recorded as closed,
//! make a crosswalk that nobody has recorded, record an identifier in a dataset. The search is the engine's
//! ([`super::engine::repair`]); here its mends are made from the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::unionfind::UnionFind;

use super::blockers::Asked;
use super::engine::approvals::Which;
use super::engine::labels::TooManyLabels;
use super::engine::network::Limits;
use super::engine::repair::{Mend, What, repairs};
use super::graph::{LinkageGraph, Node};
use super::labels::{Labelling, Labels};
use super::problem::{Problem, Scope, holds_on};
use crate::domain::approval::{Code, Use};
use crate::domain::catalogue::Catalogue;
use crate::domain::data_model::Role;
use crate::domain::refs::{Ref, Slug};
use crate::domain::words::CrosswalkStatus;

const ALLOW: u64 = 1;
const OPEN: u64 = 10;
const NEW_CROSSWALK: u64 = 20;
const NEW_KEY: u64 = 30;
/// Mends that one search can tell apart besides its labels.
const MOST_MENDS: usize = 160;

/// One thing that would have to change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// An approval that the request avoids is allowed.
    AllowApproval(Code),
    /// A dataset that the request avoids is allowed.
    AllowDataset(Slug),
    /// A recorded crosswalk that is closed, or does not hold on the day, is opened.
    OpenCrosswalk(Slug),
    /// A crosswalk that nobody has recorded is made.
    NewCrosswalk(Slug, Slug),
    /// Something asked for is recorded with an identifier.
    NewKey(Ref, Slug),
}

/// Every cheapest set of changes that makes the request possible; nothing where no such set is known. `labelling` has
/// nothing avoided.
pub fn cheapest_repairs(
    catalogue: &Catalogue,
    graph: &LinkageGraph,
    asked: Asked,
    labelling: &Labelling,
    limits: &Limits,
) -> Result<Vec<Vec<Change>>, TooManyLabels> {
    let problem = Problem::whole(catalogue, graph, labelling, asked.want, &Scope::default(), asked.as_of);
    let mut mending =
        Mending { catalogue, asked, problem, hubs: BTreeMap::new(), changes: Vec::new(), mends: Vec::new() };
    mending.find_hubs();
    mending.allow_approvals()?;
    mending.allow_datasets()?;
    mending.open_crosswalks();
    mending.new_links();
    mending.changes.truncate(MOST_MENDS);
    mending.mends.truncate(MOST_MENDS);
    let found = repairs(&mending.problem.network, &mending.mends, Which::Cheapest, limits)?;
    let named = |set: Vec<usize>| set.into_iter().filter_map(|at| mending.changes.get(at).cloned()).collect();
    Ok(found.sets.into_iter().map(named).collect())
}

struct Mending<'a> {
    catalogue: &'a Catalogue,
    asked: Asked<'a>,
    problem: Problem<'a>,
    hubs: BTreeMap<(Slug, Option<Role>), usize>,
    changes: Vec<Change>,
    mends: Vec<Mend>,
}

impl Mending<'_> {
    fn add(&mut self, change: Change, cost: u64, what: What) {
        self.changes.push(change);
        self.mends.push(Mend { cost, what });
    }

    fn find_hubs(&mut self) {
        for at in 0..self.problem.nodes.len() {
            if let Some(Node::Hub { scheme, role }) = self.problem.node(at) {
                self.hubs.insert((scheme.clone(), role.clone()), at);
            }
        }
    }

    fn allow_approvals(&mut self) -> Result<(), TooManyLabels> {
        for code in self.asked.avoid_approvals {
            let label = self.problem.labelling.of_codes([code]);
            self.problem.network.terms.refused |= label;
            for at in label.indexes() {
                self.add(Change::AllowApproval(code.clone()), ALLOW, What::Allow(at));
            }
        }
        Ok(())
    }

    /// A dataset that is avoided becomes a refused label of its tables.
    fn allow_datasets(&mut self) -> Result<(), TooManyLabels> {
        let network = &self.problem.network;
        let used = network.link_labels.iter().chain(&network.node_labels).chain(network.member_labels.values());
        let used = used.fold(Labels::NONE, |all, labels| all | *labels);
        let first = used.indexes().max().map_or(0, |last| last + 1).max(network.terms.cost.len());
        for (at, dataset) in self.asked.avoid_datasets.iter().enumerate() {
            let label = Labels::one(first + at)?;
            let of_it = |node: usize| matches!(self.problem.node(node), Some(Node::Table { table, .. }) if table.dataset == *dataset);
            let tables: BTreeSet<usize> = (0..self.problem.nodes.len()).filter(|node| of_it(*node)).collect();
            let network = &mut self.problem.network;
            for node in &tables {
                if let Some(labels) = network.node_labels.get_mut(*node) {
                    *labels |= label;
                }
            }
            for (labels, (u, v, _)) in network.link_labels.iter_mut().zip(&network.links) {
                if tables.contains(u) || tables.contains(v) {
                    *labels |= label;
                }
            }
            network.terms.refused |= label;
            self.add(Change::AllowDataset(dataset.clone()), ALLOW, What::Allow(first + at));
        }
        Ok(())
    }

    fn open_crosswalks(&mut self) {
        for crosswalk in self.catalogue.crosswalks.values() {
            if crosswalk.status != CrosswalkStatus::NotAvailable
                && holds_on(crosswalk, self.asked.as_of)
                && crosswalk.serves(self.asked.want)
            {
                continue;
            }
            let brings = self.problem.labelling.of(&Use::Crosswalk(crosswalk.slug.clone()));
            let links: Vec<(usize, usize, Labels)> =
                self.between(&crosswalk.from, &crosswalk.to).into_iter().map(|(from, to)| (from, to, brings)).collect();
            if !links.is_empty() {
                self.add(Change::OpenCrosswalk(crosswalk.slug.clone()), OPEN, What::Links(links));
            }
        }
    }

    /// The hubs of two schemes, those in the same role together.
    fn between(&self, one: &Slug, other: &Slug) -> Vec<(usize, usize)> {
        let of_one = self.hubs.iter().filter(|((scheme, _), _)| scheme == one);
        of_one.filter_map(|((_, role), at)| Some((*at, *self.hubs.get(&(other.clone(), role.clone()))?))).collect()
    }

    /// Crosswalks between identifiers of the same kind, and identifiers in what is asked for, that would join what
    /// does not hang together.
    fn new_links(&mut self) {
        let network = &self.problem.network;
        let mut parts = UnionFind::<usize>::new(self.problem.nodes.len());
        for (u, v, _) in &network.links {
            parts.union(*u, *v);
        }
        let schemes: BTreeSet<&Slug> = self.hubs.keys().map(|(scheme, _)| scheme).collect();
        let known = |one: &Slug, other: &Slug| {
            let joins = |from: &Slug, to: &Slug| (from == one && to == other) || (from == other && to == one);
            self.catalogue.crosswalks.values().any(|crosswalk| joins(&crosswalk.from, &crosswalk.to))
        };
        let entity = |scheme: &Slug| self.catalogue.schemes.get(scheme).map(|scheme| scheme.entity);
        let mut found: Vec<(Change, u64, What)> = Vec::new();
        for one in &schemes {
            for other in
                schemes.iter().filter(|other| one < *other && entity(one) == entity(other) && !known(one, other))
            {
                let apart = self.between(one, other).into_iter().filter(|(u, v)| parts.find(*u) != parts.find(*v));
                let links: Vec<(usize, usize, Labels)> = apart.map(|(u, v)| (u, v, Labels::NONE)).collect();
                if !links.is_empty() {
                    found.push((
                        Change::NewCrosswalk((*one).clone(), (*other).clone()),
                        NEW_CROSSWALK,
                        What::Links(links),
                    ));
                }
            }
        }
        for (want, members) in self.asked.want.iter().zip(&network.groups) {
            for ((scheme, _), hub) in self.hubs.iter().filter(|((_, role), _)| role.is_none()) {
                if members.iter().any(|node| parts.find(*node) == parts.find(*hub)) {
                    continue;
                }
                let links: Vec<(usize, usize, Labels)> =
                    members.iter().map(|node| (*node, *hub, Labels::NONE)).collect();
                found.push((Change::NewKey(want.clone(), scheme.clone()), NEW_KEY, What::Links(links)));
            }
        }
        for (change, cost, what) in found {
            self.add(change, cost, what);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::samples::{catalogue, slug};

    fn changes(want: &[&str], avoid_datasets: &[Slug]) -> Vec<Vec<Change>> {
        let catalogue = catalogue();
        let graph = LinkageGraph::build(&catalogue);
        let want: Vec<Ref> = want.iter().filter_map(|name| catalogue.resolve(name).ok()).collect();
        let asked = Asked { want: &want, avoid_approvals: &[], avoid_datasets, as_of: date(2026, 11, 22) };
        cheapest_repairs(&catalogue, &graph, asked, &Labelling::default(), &Limits::NONE).unwrap_or_default()
    }

    #[test]
    fn what_is_possible_needs_no_change() {
        assert_eq!(changes(&["epr", "wsic"], &[]), [Vec::new()]);
    }

    #[test]
    fn a_dataset_that_is_needed_and_avoided_has_to_be_allowed() {
        assert_eq!(changes(&["epr", "wsic"], &[slug("wsic")]), [[Change::AllowDataset(slug("wsic"))]]);
    }
}
