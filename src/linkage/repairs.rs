//! What would make an impossible request possible: every set of the fewest changes, be they approvals or datasets to be
//! allowed, crosswalks to be opened or made, or identifiers to be recorded.
//!
//! The search is the engine's ([`super::engine::repair`]): each change is a label of its own, so that what it finds,
//! made together, makes the request possible, and no part of it does. Changes that would join the same two parts are
//! one change with several names.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::blockers::Asked;
use super::components::{meeting, schemes_of, wanted_by_part};
use super::engine::approvals::Which;
use super::engine::labels::TooManyLabels;
use super::engine::network::{Limits, Stopped};
use super::engine::repair::{Mend, What, repairs};
use super::graph::{LinkageGraph, Node};
use super::keyless::codes_of;
use super::labels::{Labelling, Labels};
use super::parts::Parts;
use super::problem::{Problem, holds_on};
use crate::domain::approval::Use;
use crate::domain::catalogue::Catalogue;
use crate::domain::crosswalk::Crosswalk;
use crate::domain::data_model::Role;
use crate::domain::plan::{Change, ChangeKind, Repair};
use crate::domain::refs::{Ref, Slug};
use crate::domain::words::{CrosswalkStatus, Entity};

/// Mends that one search can tell apart besides its labels.
const MOST_MENDS: usize = 160;
/// Names of a list that are given.
const MOST_NAMED: usize = 20;
/// Sets that are given.
const MOST_SETS: usize = 40;

/// Pairs of identifiers that a crosswalk could join, the best first.
type Pairs = Vec<(Slug, Slug)>;

/// Sets of changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Repairs {
    /// Each made possible by fewest changes, the easiest first.
    pub sets: Vec<Repair>,
    /// Whether these are all of them.
    pub complete: bool,
    /// How many more were found than are given.
    pub more: usize,
}

/// Every set of the fewest changes that makes the request possible; none where no such set is known. `labelling` has
/// nothing avoided.
pub fn cheapest_repairs(
    catalogue: &Catalogue,
    graph: &LinkageGraph,
    asked: Asked,
    labelling: &Labelling,
    limits: &Limits,
) -> Result<Repairs, TooManyLabels> {
    let problem = Problem::whole(catalogue, graph, labelling, asked.want, &[], asked.as_of);
    let mut mending =
        Mending { catalogue, asked, problem, hubs: BTreeMap::new(), changes: Vec::new(), mends: Vec::new() };
    mending.find_hubs();
    mending.allow_approvals();
    mending.allow_datasets()?;
    let served = mending.ask_for_more(graph);
    mending.open_crosswalks(&served);
    mending.new_links();
    let all = mending.mends.len() <= MOST_MENDS;
    mending.changes.truncate(MOST_MENDS);
    mending.mends.truncate(MOST_MENDS);
    let found = repairs(&mending.problem.network, &mending.mends, Which::Cheapest, limits)?;
    let mut sets: Vec<Vec<Change>> = found
        .sets
        .iter()
        .filter(|set| !set.is_empty())
        .map(|set| set.iter().filter_map(|at| mending.changes.get(*at).cloned()).collect())
        .collect();
    let hardest = |set: &Vec<Change>| set.iter().map(|change| change.kind).max();
    let first = |set: &Vec<Change>| set.first().map(|change| (change.subject.clone(), change.schemes.clone()));
    sets.sort_by_key(|set| (hardest(set), first(set)));
    sets.dedup_by(|one, other| {
        let names = |set: &[Change]| -> Vec<(ChangeKind, String, Vec<Slug>)> {
            set.iter().map(|change| (change.kind, change.subject.clone(), change.schemes.clone())).collect()
        };
        names(one) == names(other)
    });
    let complete = all && found.stopped == Stopped::Finished && sets.len() <= MOST_SETS;
    let more = sets.len().saturating_sub(MOST_SETS);
    sets.truncate(MOST_SETS);
    Ok(Repairs { sets: sets.into_iter().map(told).collect(), complete, more })
}

fn told(changes: Vec<Change>) -> Repair {
    let parts: Vec<&str> = changes.iter().map(|change| change.text.as_str()).collect();
    let text = format!("It would be possible if {}.", parts.join(", and "));
    Repair { text, changes }
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
    fn add(&mut self, change: Change, what: What) {
        self.changes.push(change);
        self.mends.push(Mend { cost: 1, what });
    }

    fn find_hubs(&mut self) {
        for at in 0..self.problem.nodes.len() {
            if let Some(Node::Hub { scheme, role }) = self.problem.node(at)
                && role.as_ref().is_none_or(|role| role.as_str() != Role::STAFF)
            {
                self.hubs.insert((scheme.clone(), role.clone()), at);
            }
        }
    }

    fn allow_approvals(&mut self) {
        for code in self.asked.avoid_approvals {
            let label = self.problem.labelling.of_codes([code]);
            self.problem.network.terms.refused |= label;
            for at in label.indexes() {
                let text = format!("{code} is applied for after all");
                self.add(change(ChangeKind::AllowApproval, code.to_string(), text), What::Allow(at));
            }
        }
    }

    /// A dataset that is avoided becomes a refused label of its tables.
    fn allow_datasets(&mut self) -> Result<(), TooManyLabels> {
        let network = &self.problem.network;
        let used = network.link_labels.iter().chain(&network.node_labels).chain(network.member_labels.values());
        let rules = network.terms.rules.iter().flat_map(|(premise, brings)| [premise, brings]);
        let used = used.chain(rules).fold(network.terms.base, |all, labels| all | *labels);
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
            let text = format!("the dataset {dataset} is used after all");
            self.add(change(ChangeKind::AllowDataset, dataset.to_string(), text), What::Allow(first + at));
        }
        Ok(())
    }

    /// Datasets for which crosswalks were made and that, asked for too, make the request possible: each is tried. Gives
    /// the crosswalks that these open.
    fn ask_for_more(&mut self, graph: &LinkageGraph) -> BTreeSet<Slug> {
        let waits = |crosswalk: &&Arc<Crosswalk>| {
            crosswalk.status != CrosswalkStatus::NotAvailable
                && holds_on(crosswalk, self.asked.as_of)
                && !crosswalk.serves(self.asked.want)
        };
        let mut opened: BTreeMap<&Slug, Vec<&Crosswalk>> = BTreeMap::new();
        for crosswalk in self.catalogue.crosswalks.values().filter(waits) {
            for dataset in &crosswalk.only_with {
                opened.entry(dataset).or_default().push(crosswalk);
            }
        }
        let mut labelling = self.problem.labelling.clone();
        labelling.avoided = labelling.of_codes(self.asked.avoid_approvals);
        let mut served = BTreeSet::new();
        for (dataset, crosswalks) in opened {
            let want: Vec<Ref> = self.asked.want.iter().cloned().chain([Ref::Dataset(dataset.clone())]).collect();
            let possible =
                Problem::new(self.catalogue, graph, &labelling, &want, self.asked.avoid_datasets, self.asked.as_of)
                    .is_some_and(|problem| problem.is_feasible());
            let links: Vec<(usize, usize, Labels)> = crosswalks
                .iter()
                .flat_map(|crosswalk| {
                    let brings = self.problem.labelling.of(&Use::Crosswalk(crosswalk.slug.clone()));
                    self.between(&crosswalk.from, &crosswalk.to).into_iter().map(move |(u, v)| (u, v, brings))
                })
                .collect();
            if !possible || links.is_empty() {
                continue;
            }
            served.extend(crosswalks.iter().map(|crosswalk| crosswalk.slug.clone()));
            let text = format!("{dataset} were asked for too, for which {} was made", names(&crosswalks));
            self.add(change(ChangeKind::AskForToo, dataset.to_string(), text), What::Links(links));
        }
        served
    }

    fn open_crosswalks(&mut self, served: &BTreeSet<Slug>) {
        for crosswalk in self.catalogue.crosswalks.values() {
            let shut = crosswalk.status == CrosswalkStatus::NotAvailable;
            let holds = holds_on(crosswalk, self.asked.as_of);
            if !shut && holds && (crosswalk.serves(self.asked.want) || served.contains(&crosswalk.slug)) {
                continue;
            }
            let brings = self.problem.labelling.of(&Use::Crosswalk(crosswalk.slug.clone()));
            let links: Vec<(usize, usize, Labels)> =
                self.between(&crosswalk.from, &crosswalk.to).into_iter().map(|(from, to)| (from, to, brings)).collect();
            if links.is_empty() {
                continue;
            }
            let why = match (shut, holds) {
                (true, _) => "recorded as not available".to_owned(),
                (false, false) => "which does not hold on that day".to_owned(),
                (false, true) => {
                    let datasets: Vec<&str> = crosswalk.only_with.iter().map(Slug::as_str).collect();
                    format!("made for requests of {} only", datasets.join(" or "))
                }
            };
            let text = format!(
                "the crosswalk {} from {} to {}, {why}, is opened",
                crosswalk.slug, crosswalk.from, crosswalk.to
            );
            let schemes = vec![crosswalk.from.clone(), crosswalk.to.clone()];
            let change = Change { schemes, ..change(ChangeKind::OpenCrosswalk, crosswalk.slug.to_string(), text) };
            self.add(change, What::Links(links));
        }
    }

    /// The hubs of two schemes, those in the same role together.
    fn between(&self, one: &Slug, other: &Slug) -> Vec<(usize, usize)> {
        let of_one = self.hubs.iter().filter(|((scheme, _), _)| scheme == one);
        of_one.filter_map(|((_, role), at)| Some((*at, *self.hubs.get(&(other.clone(), role.clone()))?))).collect()
    }

    /// Crosswalks between identifiers of the same kind, and identifiers in what is asked for, that would join parts
    /// which do not hang together by what may be used.
    fn new_links(&mut self) {
        let terms = &self.problem.network.terms;
        let brings = |labels: Labels| terms.closure(labels | terms.base);
        let may = |at: usize| {
            let labels = self.problem.network.link_labels.get(at).copied().unwrap_or_default();
            (brings(labels) & terms.refused).is_empty()
        };
        let parts = Parts::of(&self.problem, may);
        let wanted = wanted_by_part(&self.problem, &parts);
        // A chain through a part that holds nothing asked for takes two changes or more; it can be the only way where
        // that part alone holds identifiers of two kinds.
        let kinds = |part: usize| {
            let schemes = parts.schemes(part);
            let kinds: BTreeSet<_> = schemes
                .iter()
                .filter_map(|slug| self.catalogue.schemes.get(slug))
                .map(|scheme| scheme.entity)
                .collect();
            kinds.len()
        };
        let relevant: Vec<usize> =
            parts.with_identifiers().filter(|part| wanted.contains_key(part) || kinds(*part) > 1).collect();
        let mut found: Vec<(Change, What)> = Vec::new();
        let is_person =
            |scheme: &Slug| self.catalogue.schemes.get(scheme).is_some_and(|scheme| scheme.entity == Entity::Person);
        let wants = |part: usize| wanted.get(&part).cloned().unwrap_or_default();
        let mut joins: Vec<(usize, usize, Pairs)> = Vec::new();
        for (at, one) in relevant.iter().enumerate() {
            for other in relevant.iter().skip(at + 1) {
                let pairs = parts.crosswalks_between(self.catalogue, *one, *other);
                if !pairs.is_empty() {
                    joins.push((*one, *other, pairs));
                }
            }
        }
        // Where a crosswalk of people would join the same things, none of their spells, pregnancies or specimens is
        // proposed: two such are seldom of one kind.
        let by_people: Vec<(BTreeSet<usize>, BTreeSet<usize>)> = joins
            .iter()
            .filter(|(_, _, pairs)| pairs.first().is_some_and(|(from, _)| is_person(from)))
            .map(|(one, other, _)| (wants(*one), wants(*other)))
            .collect();
        let joined_by_people = |one: usize, other: usize| {
            let (left, right) = (wants(one), wants(other));
            let both = |p: &BTreeSet<usize>, q: &BTreeSet<usize>| left.is_subset(p) && right.is_subset(q);
            let asked = !left.is_empty() && !right.is_empty();
            asked && by_people.iter().any(|(p, q)| both(p, q) || both(q, p))
        };
        for (one, other, pairs) in joins {
            if pairs.first().is_none_or(|(from, _)| !is_person(from)) && joined_by_people(one, other) {
                continue;
            }
            let mut pairs = pairs.into_iter();
            let Some((from, to)) = pairs.next() else { continue };
            let links = self.between(&from, &to).into_iter().map(|(u, v)| (u, v, Labels::NONE)).collect();
            let others: Vec<String> = pairs.take(MOST_NAMED).map(|(from, to)| format!("{from}--{to}")).collect();
            let text = format!("there were a crosswalk from {from} to {to}{}", or_others(others.len()));
            let subject = format!("{from}--{to}");
            let change = Change { schemes: vec![from, to], others, ..change(ChangeKind::NewCrosswalk, subject, text) };
            found.push((change, What::Links(links)));
        }
        let lies_in = |want: usize, part: usize| wanted.get(&part).is_some_and(|held| held.contains(&want));
        for (at, (want, members)) in self.asked.want.iter().zip(&self.problem.network.groups).enumerate() {
            // A list of codes is about nobody: it cannot hold an identifier of people.
            if !codes_of(self.catalogue, want).is_empty() {
                continue;
            }
            for part in relevant.iter().filter(|part| !lies_in(at, **part)) {
                // Identifiers of people come first, and what others that are asked for hold themselves.
                let theirs: BTreeSet<Slug> =
                    self.asked.want.iter().flat_map(|other| schemes_of(self.catalogue, other)).collect();
                let mut schemes: Vec<Slug> = parts
                    .schemes(*part)
                    .into_iter()
                    .filter(|scheme| self.hubs.contains_key(&(scheme.clone(), None)))
                    .collect();
                let entity = |scheme: &Slug| self.catalogue.schemes.get(scheme).map(|scheme| scheme.entity);
                schemes.sort_by_key(|scheme| {
                    let meet = meeting(self.catalogue, scheme);
                    (entity(scheme), !theirs.contains(scheme), Reverse(meet), scheme.clone())
                });
                let first = schemes.first().and_then(entity);
                schemes.retain(|scheme| first != Some(Entity::Person) || entity(scheme) == first);
                let mut schemes = schemes.into_iter();
                let Some(scheme) = schemes.next() else { continue };
                let Some(hub) = self.hubs.get(&(scheme.clone(), None)) else { continue };
                let links = members.iter().map(|node| (*node, *hub, Labels::NONE)).collect();
                let others: Vec<String> = schemes.take(MOST_NAMED).map(|scheme| scheme.to_string()).collect();
                let text = format!("{want} held the identifier {scheme}{}", or_others(others.len()));
                let change =
                    Change { schemes: vec![scheme], others, ..change(ChangeKind::NewKey, want.to_string(), text) };
                found.push((change, What::Links(links)));
            }
        }
        for (change, what) in found {
            // The same crosswalk can join parts in several roles.
            if !self.changes.contains(&change) {
                self.add(change, what);
            }
        }
    }
}

/// `the crosswalk a--b`, `the crosswalks a--b and c--d`
fn names(crosswalks: &[&Crosswalk]) -> String {
    let slugs: Vec<&str> = crosswalks.iter().map(|crosswalk| crosswalk.slug.as_str()).collect();
    format!("the crosswalk{} {}", if slugs.len() == 1 { "" } else { "s" }, slugs.join(" and "))
}

fn change(kind: ChangeKind, subject: String, text: String) -> Change {
    Change { kind, subject, schemes: Vec::new(), others: Vec::new(), text }
}

fn or_others(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => " (or another that joins the same)".to_owned(),
        others => format!(" (or one of {others} others that join the same)"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::refs::Ref;
    use crate::domain::samples::{catalogue, slug};

    fn changes(want: &[&str], avoid_datasets: &[Slug]) -> Vec<Vec<(ChangeKind, String)>> {
        let catalogue = catalogue();
        let graph = LinkageGraph::build(&catalogue);
        let want: Vec<Ref> = want.iter().filter_map(|name| catalogue.resolve(name).ok()).collect();
        let asked = Asked { want: &want, avoid_approvals: &[], avoid_datasets, as_of: date(2026, 11, 22) };
        let found = cheapest_repairs(&catalogue, &graph, asked, &Labelling::default(), &Limits::NONE);
        let names = |repair: Repair| repair.changes.into_iter().map(|change| (change.kind, change.subject)).collect();
        found.unwrap_or_default().sets.into_iter().map(names).collect()
    }

    #[test]
    fn what_is_possible_needs_no_change() {
        assert!(changes(&["epr", "wsic"], &[]).is_empty());
    }

    #[test]
    fn a_dataset_that_is_needed_and_avoided_has_to_be_allowed() {
        assert_eq!(changes(&["epr", "wsic"], &[slug("wsic")]), [[(ChangeKind::AllowDataset, "wsic".to_owned())]]);
    }
}
