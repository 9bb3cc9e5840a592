//! Why a request cannot be met: which two things do not meet, and what stands between them.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::civil::Date;

use petgraph::visit::EdgeRef;

use super::components::{meeting_of, schemes_of, tables_of, tables_with, wanted_by_part};
use super::graph::{Key, Link, LinkageGraph, Node, keys_of};
use super::keyless::keyless;
use super::labels::Labelling;
use super::parts::Parts;
use super::problem::{Problem, holds_on};
use super::scope::coverage;
use crate::domain::approval::Code;
use crate::domain::calendar::written;
use crate::domain::catalogue::{Catalogue, TableEntry};
use crate::domain::crosswalk::Crosswalk;
use crate::domain::data_model::Role;
use crate::domain::plan::{Blocker, BlockerKind};
use crate::domain::refs::{Ref, Slug};
use crate::domain::words::CrosswalkStatus;

/// Identifiers that a sentence names.
const MOST_NAMED: usize = 5;

/// What is asked, with what is to be avoided.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What is asked for.
    pub want: &'a [Ref],
    /// Approvals to be avoided.
    pub avoid_approvals: &'a [Code],
    /// Datasets to be avoided.
    pub avoid_datasets: &'a [Slug],
    /// The day it is asked for.
    pub as_of: Date,
}

/// Explains a request that no plan meets. `labelling` makes the labels for a list of approvals to be avoided.
#[must_use]
pub fn blockers(
    catalogue: &Catalogue,
    graph: &LinkageGraph,
    asked: Asked,
    labelling: &dyn Fn(&[Code]) -> Labelling,
) -> Vec<Blocker> {
    let search = Search { catalogue, graph, asked, labelling, known: RefCell::default() };
    let mut found: Vec<Blocker> = asked.want.iter().filter_map(|want| search.no_key(want)).collect();
    let possible = found.is_empty() && search.feasible(asked.want, &[], &[]);
    if possible {
        found = search.avoided();
    } else {
        // What is asked for and avoided at once is in the way whatever else is.
        let itself = search.avoided_itself();
        if found.is_empty() {
            found = search.pairs();
        }
        found.splice(0..0, itself);
    }
    found.extend(search.no_overlap());
    found
}

struct Search<'a> {
    catalogue: &'a Catalogue,
    graph: &'a LinkageGraph,
    asked: Asked<'a>,
    labelling: &'a dyn Fn(&[Code]) -> Labelling,
    /// What has been asked already, as the same is asked for several reasons.
    known: RefCell<Known>,
}

/// What is asked for, and the approvals and datasets that are avoided.
type Request = (Vec<Ref>, Vec<Code>, Vec<Slug>);

/// What is known of labels and of requests, by what they avoid.
#[derive(Default)]
struct Known {
    labellings: BTreeMap<Vec<Code>, Rc<Labelling>>,
    feasible: BTreeMap<Request, bool>,
}

impl Search<'_> {
    fn labelling(&self, avoid_approvals: &[Code]) -> Rc<Labelling> {
        let make = || Rc::new((self.labelling)(avoid_approvals));
        let mut known = self.known.borrow_mut();
        known.labellings.entry(avoid_approvals.to_vec()).or_insert_with(make).clone()
    }

    fn feasible(&self, want: &[Ref], avoid_approvals: &[Code], avoid_datasets: &[Slug]) -> bool {
        let request = (want.to_vec(), avoid_approvals.to_vec(), avoid_datasets.to_vec());
        if let Some(known) = self.known.borrow().feasible.get(&request) {
            return *known;
        }
        let labelling = self.labelling(avoid_approvals);
        let feasible = Problem::new(self.catalogue, self.graph, &labelling, want, avoid_datasets, self.asked.as_of)
            .is_some_and(|problem| problem.is_feasible());
        self.known.borrow_mut().feasible.insert(request, feasible);
        feasible
    }

    fn tables(&self, want: &Ref) -> Vec<&TableEntry> {
        tables_of(self.catalogue, want)
    }

    /// Nothing of it hangs on an identifier or a reference. Alone it is no obstacle.
    fn no_key(&self, want: &Ref) -> Option<Blocker> {
        let linked = self.tables(want).iter().any(|entry| {
            self.graph
                .nodes_of(&entry.table.reference())
                .iter()
                .any(|node| self.graph.graph.edges(*node).next().is_some())
        });
        let has_staff_key = || self.tables(want).iter().any(|entry| !keys_of(self.catalogue, entry).is_empty());
        let empty = self.tables(want).is_empty();
        if !empty && (linked || self.asked.want.len() < 2 || has_staff_key()) {
            return None;
        }
        let others: Vec<String> =
            self.asked.want.iter().filter(|other| *other != want).map(ToString::to_string).collect();
        let (text, nearest) = keyless(self.catalogue, want);
        let between = std::iter::once(want.to_string()).chain(others).collect();
        Some(Blocker { kind: BlockerKind::NoLinkableKey, between, text, nearest })
    }

    fn between(&self) -> Vec<String> {
        self.asked.want.iter().map(ToString::to_string).collect()
    }

    fn approval_avoided(&self, code: &Code, text: String) -> Blocker {
        let nearest = Some(format!("allow {code}"));
        Blocker { kind: BlockerKind::ApprovalAvoided, between: self.between(), text, nearest }
    }

    fn dataset_avoided(&self, dataset: &Slug, text: String) -> Blocker {
        let nearest = Some(format!("allow {dataset}"));
        Blocker { kind: BlockerKind::DatasetAvoided, between: self.between(), text, nearest }
    }

    /// What is avoided and yet needed by something asked for itself, or by the project, however it is joined.
    fn avoided_itself(&self) -> Vec<Blocker> {
        let approvals = self.asked.avoid_approvals.iter();
        let approvals = approvals.filter_map(|code| Some(self.approval_avoided(code, self.itself(code)?)));
        let datasets = self.asked.avoid_datasets.iter();
        let datasets = datasets.filter_map(|slug| Some(self.dataset_avoided(slug, self.asked_itself(slug)?)));
        approvals.chain(datasets).collect()
    }

    /// Things to be avoided without whose avoidance there is a way: each alone where one suffices, else all.
    fn avoided(&self) -> Vec<Blocker> {
        let Asked { want, avoid_approvals, avoid_datasets, .. } = self.asked;
        let only = |what: &str, name: &str| {
            let between = self.between().join(" and ");
            format!("{between} can only be joined with the {what} {name}, which was to be avoided.")
        };
        let approval = |code: &Code| {
            let text = self.itself(code).unwrap_or_else(|| only("approval", &code.to_string()));
            self.approval_avoided(code, text)
        };
        let dataset = |slug: &Slug| {
            let text = self.asked_itself(slug).unwrap_or_else(|| only("dataset", slug.as_str()));
            self.dataset_avoided(slug, text)
        };
        let others = |code: &Code| avoid_approvals.iter().filter(|other| *other != code).cloned().collect::<Vec<_>>();
        let rest = |slug: &Slug| avoid_datasets.iter().filter(|other| *other != slug).cloned().collect::<Vec<_>>();
        let mut found: Vec<Blocker> = avoid_approvals
            .iter()
            .filter(|code| self.feasible(want, &others(code), avoid_datasets))
            .map(approval)
            .collect();
        found.extend(
            avoid_datasets.iter().filter(|slug| self.feasible(want, avoid_approvals, &rest(slug))).map(dataset),
        );
        if found.is_empty() {
            // No single one suffices: what has to be allowed together, the rest still avoided.
            let (mut approvals, mut datasets) = (Vec::new(), Vec::new());
            let mut needed = (Vec::new(), Vec::new());
            for code in avoid_approvals {
                approvals.push(code.clone());
                if !self.feasible(want, &approvals, &datasets) {
                    approvals.pop();
                    needed.0.push(code);
                }
            }
            for slug in avoid_datasets {
                datasets.push(slug.clone());
                if !self.feasible(want, &approvals, &datasets) {
                    datasets.pop();
                    needed.1.push(slug);
                }
            }
            found = needed.0.into_iter().map(approval).chain(needed.1.into_iter().map(dataset)).collect();
        }
        found
    }

    fn asked_itself(&self, dataset: &Slug) -> Option<String> {
        let asked = self.asked.want.iter().find(|want| want.dataset() == dataset)?;
        Some(format!("{asked} is asked for, and the dataset {dataset} was to be avoided: it cannot be both."))
    }

    /// Who needs an avoided approval however it is joined: the project, or some of what is asked for.
    fn itself(&self, code: &Code) -> Option<String> {
        let labelling = self.labelling(std::slice::from_ref(code));
        if !(labelling.base & labelling.avoided).is_empty() {
            return Some(format!(
                "What was said of the project takes {code} whatever data it uses, and that was to be avoided."
            ));
        }
        let alone = |want: &&Ref| {
            // Whatever has a table can be used alone where nothing is avoided.
            !self.tables(want).is_empty()
                && !self.feasible(std::slice::from_ref(*want), std::slice::from_ref(code), &[])
        };
        let names: Vec<String> = self.asked.want.iter().filter(alone).map(ToString::to_string).collect();
        let takes = if names.len() == 1 { "itself takes" } else { "themselves take" };
        (!names.is_empty())
            .then(|| format!("{} {takes} {code}, which was to be avoided, however joined.", names.join(" and ")))
    }

    /// Things asked for of which every record of the one is before every record of the other.
    fn no_overlap(&self) -> Vec<Blocker> {
        let days = |want: &Ref| -> (Option<Date>, Option<Date>) {
            let tables = self.tables(want);
            let all = || tables.iter().map(|entry| coverage(self.catalogue, &entry.table.reference()));
            let starts: Option<Vec<Date>> = all().map(|days| days.start).collect();
            let ends: Option<Vec<Date>> = all().map(|days| days.end).collect();
            (starts.and_then(|days| days.into_iter().min()), ends.and_then(|days| days.into_iter().max()))
        };
        let mut found = Vec::new();
        for one in self.asked.want {
            for other in self.asked.want {
                if let (Some(end), Some(start)) = (days(one).1, days(other).0)
                    && end < start
                {
                    let text = format!(
                        "{one} ends on {} and {other} starts on {}: no record of theirs is of the same time.",
                        written(end),
                        written(start)
                    );
                    let between = vec![one.to_string(), other.to_string()];
                    found.push(Blocker { kind: BlockerKind::NoOverlap, between, text, nearest: None });
                }
            }
        }
        found
    }

    /// Two things that do not meet by whatever the whole request may use, crosswalks made for some of it included.
    fn pairs(&self) -> Vec<Blocker> {
        let Asked { want, as_of, .. } = self.asked;
        let labelling = self.labelling(&[]);
        let problem = Problem::whole(self.catalogue, self.graph, &labelling, want, &[], as_of);
        let parts = wanted_by_part(&problem, &Parts::of(&problem, |_| true));
        let meet = |one: usize, other: usize| parts.values().any(|held| held.contains(&one) && held.contains(&other));
        let mut found = Vec::new();
        for (at, one) in want.iter().enumerate() {
            for (to, other) in want.iter().enumerate().skip(at + 1) {
                if !meet(at, to) {
                    found.push(self.pair(one, other));
                    merge_last(&mut found);
                }
            }
        }
        if found.is_empty() {
            let between: Vec<String> = want.iter().map(ToString::to_string).collect();
            let text = format!("Each two of {} can be joined, but not all of them at once.", between.join(", "));
            found.push(Blocker { kind: BlockerKind::NoSharedIdentifier, between, text, nearest: None });
        }
        found
    }

    fn pair(&self, one: &Ref, other: &Ref) -> Blocker {
        let between = vec![one.to_string(), other.to_string()];
        let (left, right) = (self.reach(one), self.reach(other));
        if let Some(crosswalk) = self.closed_crosswalk(&left, &right) {
            let reason = match crosswalk.status {
                CrosswalkStatus::NotAvailable => "is recorded as not available".to_owned(),
                CrosswalkStatus::Available | CrosswalkStatus::Discuss => {
                    if holds_on(crosswalk, self.asked.as_of) {
                        let datasets: Vec<&str> = crosswalk.only_with.iter().map(Slug::as_str).collect();
                        format!("is only for requests that ask for {} as well", datasets.join(" or "))
                    } else {
                        format!("does not hold on {}", written(self.asked.as_of))
                    }
                }
            };
            let note = [&crosswalk.restriction, &crosswalk.source]
                .into_iter()
                .filter(|text| !text.is_empty())
                .map(|text| text.trim_end_matches('.').to_owned())
                .collect::<Vec<_>>();
            let note = if note.is_empty() { String::new() } else { format!(" ({})", note.join("; ")) };
            let text = format!("The crosswalk from {} to {} {reason}{note}.", crosswalk.from, crosswalk.to);
            let nearest = if self.waits_for_another(crosswalk) {
                let datasets: Vec<&str> = crosswalk.only_with.iter().map(Slug::as_str).collect();
                format!("ask for {} as well", datasets.join(" or "))
            } else {
                crosswalk.slug.to_string()
            };
            return Blocker { kind: BlockerKind::CrosswalkNotAvailable, between, text, nearest: Some(nearest) };
        }
        let scheme_of = |reach: &Reach| reach.iter().map(|(scheme, _)| scheme.clone()).collect::<BTreeSet<_>>();
        let (schemes, theirs) = (scheme_of(&left), scheme_of(&right));
        if let Some(shared) = schemes.intersection(&theirs).next() {
            let roles = |reach: &Reach| {
                let roles: BTreeSet<&str> = reach
                    .iter()
                    .filter(|(scheme, _)| scheme == shared)
                    .map(|(_, role)| role.as_ref().map_or("the subject", Role::as_str))
                    .collect();
                roles.into_iter().collect::<Vec<_>>().join(", ")
            };
            let text = format!(
                "From both one comes to the identifier {shared}, but of different people: from {one} to that of {}, from {other} to that of {}. If a table on the way is a register open to every role, its curator can set the role to “any”.",
                roles(&left),
                roles(&right)
            );
            return Blocker { kind: BlockerKind::RolesDiffer, between, text, nearest: Some(shared.to_string()) };
        }
        let list = |schemes: &BTreeSet<Slug>| {
            let names: Vec<&str> = schemes.iter().map(Slug::as_str).collect();
            match names.len() {
                0 => "none".to_owned(),
                all if all <= MOST_NAMED => names.join(", "),
                all => format!(
                    "{} and {} more",
                    names.iter().take(MOST_NAMED).copied().collect::<Vec<_>>().join(", "),
                    all - MOST_NAMED
                ),
            }
        };
        let text = format!(
            "{one} and {other} hold no identifier in common and no crosswalk joins theirs. From {one}, these can be reached: {}. From {other}: {}.",
            list(&schemes),
            list(&theirs)
        );
        let entity = |scheme: &Slug| self.catalogue.schemes.get(scheme).map(|scheme| scheme.entity);
        let own = (schemes_of(self.catalogue, one), schemes_of(self.catalogue, other));
        let alike = schemes
            .iter()
            .flat_map(|from| theirs.iter().map(move |to| (from, to)))
            .filter(|(from, to)| entity(from) == entity(to))
            // What leads to where most crosswalks meet, then what they hold themselves, in most of their tables.
            .min_by_key(|(from, to)| {
                let meet = meeting_of(self.catalogue, from, to);
                let tables = tables_with(self.catalogue, one, from) + tables_with(self.catalogue, other, to);
                let held = (!own.0.contains(*from), !own.1.contains(*to));
                (entity(from), Reverse(meet), held, Reverse(tables))
            });
        let nearest = alike.map(|(from, to)| format!("a crosswalk from {from} to {to}"));
        let staff = self.shared_staff_key(one, other);
        let text = match staff {
            Some(scheme) => format!(
                "{text} Both name members of staff by {scheme}, but that does not link the people that rows are about."
            ),
            None => text,
        };
        Blocker { kind: BlockerKind::NoSharedIdentifier, between, text, nearest }
    }

    /// A scheme that both hold for members of staff.
    fn shared_staff_key(&self, one: &Ref, other: &Ref) -> Option<Slug> {
        let held = |want: &Ref| -> BTreeSet<Slug> {
            let keys = self.tables(want).into_iter().flat_map(|entry| keys_of(self.catalogue, entry));
            keys.filter(Key::is_staff).map(|key| key.scheme).collect()
        };
        held(one).intersection(&held(other)).next().cloned()
    }

    /// The identifiers that can be come to from something.
    fn reach(&self, want: &Ref) -> Reach {
        let graph = &self.graph.graph;
        let mut reached = Reach::new();
        let mut seen = BTreeSet::new();
        let starts = self.tables(want).into_iter().map(|entry| entry.table.reference());
        let mut waiting: Vec<_> = starts.flat_map(|table| self.graph.nodes_of(&table).to_vec()).collect();
        while let Some(node) = waiting.pop() {
            if !seen.insert(node) {
                continue;
            }
            if let Some(Node::Hub { scheme, role }) = graph.node_weight(node) {
                // Staff link nobody: what lies behind them is not reached.
                if role.as_ref().is_some_and(|role| role.as_str() == Role::STAFF) {
                    continue;
                }
                reached.insert((scheme.clone(), role.clone()));
            }
            let usable = |link: &Link| match link {
                Link::Crosswalk { crosswalk, .. } => {
                    self.catalogue.crosswalks.get(crosswalk).is_some_and(|crosswalk| {
                        holds_on(crosswalk, self.asked.as_of) && crosswalk.serves(self.asked.want)
                    })
                }
                _ => true,
            };
            let edges = graph.edges(node).filter(|edge| usable(edge.weight()));
            waiting.extend(edges.map(|edge| if edge.source() == node { edge.target() } else { edge.source() }));
        }
        reached
    }

    /// A crosswalk that would join the two sides if it could be used: one that waits for something else to be asked
    /// for before one that does not hold on the day, and that before one that is not available.
    fn closed_crosswalk(&self, left: &Reach, right: &Reach) -> Option<&Crosswalk> {
        let holds = |reach: &Reach, scheme: &Slug| reach.iter().any(|(held, _)| held == scheme);
        let shut = |crosswalk: &Crosswalk| crosswalk.status == CrosswalkStatus::NotAvailable;
        let would_join = self.catalogue.crosswalks.values().map(AsRef::as_ref).filter(|crosswalk| {
            let closed =
                shut(crosswalk) || !holds_on(crosswalk, self.asked.as_of) || !crosswalk.serves(self.asked.want);
            let joins = (holds(left, &crosswalk.from) && holds(right, &crosswalk.to))
                || (holds(left, &crosswalk.to) && holds(right, &crosswalk.from));
            closed && joins
        });
        would_join.min_by_key(|crosswalk| (shut(crosswalk), !holds_on(crosswalk, self.asked.as_of)))
    }

    /// Whether a crosswalk could be used if one of its datasets were asked for too.
    fn waits_for_another(&self, crosswalk: &Crosswalk) -> bool {
        crosswalk.status != CrosswalkStatus::NotAvailable
            && holds_on(crosswalk, self.asked.as_of)
            && !crosswalk.serves(self.asked.want)
    }
}

/// What is in the way of several pairs is told once, with all that it is between.
fn merge_last(found: &mut Vec<Blocker>) {
    let Some(last) = found.pop() else { return };
    match found.iter_mut().find(|before| before.text == last.text) {
        Some(before) => {
            let new = last.between.into_iter().filter(|name| !before.between.contains(name)).collect::<Vec<_>>();
            before.between.extend(new);
        }
        None => found.push(last),
    }
}

type Reach = BTreeSet<(Slug, Option<Role>)>;
