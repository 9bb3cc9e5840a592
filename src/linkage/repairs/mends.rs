//! The links that are not there and could be, at one level of what is allowed: closed crosswalks, crosswalks that
//! nobody has recorded, and identifiers that something asked for could hold. What joins the same parts is one mend with
//! several names.
//!
//! A mend that joins two parts, one of which nothing asked for can be come to from, is seldom of use. **Theorem**: let
//! everything asked for be able to hold an identifier by any part that it lies in, and let one thing lie only in parts
//! with an identifier; then no set of the fewest changes joins a part of which nothing is asked, but by crosswalks that
//! join several parts at once, in several roles. *Proof*: take the mends that join such a part away, d of them; what
//! they joined falls into at most d pieces that matter, each with a part that is asked for, and one of these has an
//! identifier. That the d − 1 others record it takes one change less. ∎

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::ground::{Ground, Hub, Two, two};
use super::refusals::{Level, Refusals};
use crate::domain::approval::Use;
use crate::domain::catalogue::Catalogue;
use crate::domain::crosswalk::Crosswalk;
use crate::domain::plan::{Change, ChangeKind};
use crate::domain::refs::Slug;
use crate::domain::words::{CrosswalkStatus, Entity};
use crate::linkage::blockers::Asked;
use crate::linkage::components::{meetings, schemes_of};
use crate::linkage::graph::Node;
use crate::linkage::keyless::codes_of;
use crate::linkage::labels::Labels;
use crate::linkage::problem::{Problem, holds_on};

/// Mends that one search can tell apart.
const MOST_MENDS: usize = 160;
/// Names of a list that are given.
const MOST_NAMED: usize = 20;
/// Schemes of which every pair is looked at.
const MOST_SCHEMES: usize = 300;

/// Pairs of schemes by the parts that a crosswalk between them would join.
type Named<'g> = BTreeMap<BTreeSet<Two>, Vec<(&'g Slug, &'g Slug)>>;

/// Links that are not there and could be.
pub(super) struct Mend {
    pub change: Change,
    /// The parts that it joins.
    pub pairs: BTreeSet<Two>,
    /// The facts that using it brings.
    pub brings: Labels,
}

/// The mends of one level.
#[derive(Default)]
pub(super) struct Mends {
    pub some: Vec<Mend>,
    /// The fewest mends of a set that is missed, as some are left out; `None` where nothing is.
    pub missed: Option<usize>,
}

/// What of a catalogue mends are made of, read once for all levels.
pub(super) struct Material<'a> {
    catalogue: &'a Catalogue,
    asked: Asked<'a>,
    problem: &'a Problem<'a>,
    refusals: &'a Refusals,
    /// Crosswalks that are closed to the request.
    closed: Vec<&'a Crosswalk>,
    /// The pairs of schemes between which a crosswalk is recorded, the smaller first.
    recorded: HashSet<(&'a Slug, &'a Slug)>,
    meetings: BTreeMap<&'a Slug, (bool, usize)>,
    /// What the things asked for hold themselves.
    theirs: BTreeSet<Slug>,
    /// By thing asked for, whether it is a list of codes: about nobody, so that it cannot hold an identifier of people.
    codes: Vec<bool>,
}

impl<'a> Material<'a> {
    /// `served` are crosswalks that open once something else is asked for too.
    pub fn of(
        catalogue: &'a Catalogue,
        asked: Asked<'a>,
        problem: &'a Problem<'a>,
        refusals: &'a Refusals,
        served: &BTreeSet<Slug>,
    ) -> Self {
        let closed = |crosswalk: &&Crosswalk| {
            crosswalk.status == CrosswalkStatus::NotAvailable
                || !holds_on(crosswalk, asked.as_of)
                || !(crosswalk.serves(asked.want) || served.contains(&crosswalk.slug))
        };
        let all = || catalogue.crosswalks.values().map(AsRef::as_ref);
        let ordered = |crosswalk: &'a Crosswalk| {
            let (from, to) = (&crosswalk.from, &crosswalk.to);
            if from <= to { (from, to) } else { (to, from) }
        };
        Self {
            catalogue,
            asked,
            problem,
            refusals,
            closed: all().filter(closed).collect(),
            recorded: all().map(ordered).collect(),
            meetings: meetings(catalogue),
            theirs: asked.want.iter().flat_map(|want| schemes_of(catalogue, want)).collect(),
            codes: asked.want.iter().map(|want| !codes_of(catalogue, want).is_empty()).collect(),
        }
    }

    fn entity(&self, scheme: &Slug) -> Option<Entity> {
        self.catalogue.schemes.get(scheme).map(|scheme| scheme.entity)
    }

    fn meeting(&self, scheme: &Slug) -> (bool, usize) {
        self.meetings.get(scheme).copied().unwrap_or_default()
    }

    /// The mends of a level, those that can be of most use first.
    pub fn mends(&self, ground: &Ground, level: &Level) -> Mends {
        let keys_suffice = self.keys_suffice(ground);
        let mut some = self.opened(ground, level);
        let narrow = |pairs: &BTreeSet<Two>| pairs.len() == 1;
        let asked_for = |part: usize| ground.wants(part).is_some();
        let mut near: BTreeSet<&Slug> = BTreeSet::new();
        for (scheme, hubs) in &ground.hubs {
            if hubs.len() > 1 || hubs.iter().any(|hub| asked_for(hub.part)) {
                near.insert(scheme);
            }
        }
        let mut whole = true;
        if !keys_suffice {
            whole = ground.hubs.len() <= MOST_SCHEMES;
            near.extend(ground.hubs.keys().take(MOST_SCHEMES));
        }
        let mut new = self.new_crosswalks(ground, &near);
        // Parts that crosswalks of several roles join are of use beside what is asked for.
        let wide = some.iter().map(|mend| &mend.pairs).chain(new.keys()).filter(|pairs| !narrow(pairs));
        let by_roles: BTreeSet<usize> = wide.flatten().flat_map(|(one, other)| [*one, *other]).collect();
        if keys_suffice && !by_roles.is_empty() {
            let of_use = |(_, hubs): &(&Slug, &Vec<Hub>)| hubs.iter().any(|hub| by_roles.contains(&hub.part));
            near.extend(ground.hubs.iter().filter(of_use).map(|(scheme, _)| scheme));
            new = self.new_crosswalks(ground, &near);
        }
        some.extend(self.named(ground, new));
        let schemes = self.to_be_held(ground, |part| !keys_suffice || asked_for(part) || by_roles.contains(&part));
        some.extend(self.new_keys(ground, level, &schemes));
        let of_use = |part: &usize| asked_for(*part) || by_roles.contains(part);
        if keys_suffice {
            some.retain(|mend| {
                !narrow(&mend.pairs) || mend.pairs.iter().all(|(one, other)| of_use(one) && of_use(other))
            });
        }
        let direct = |mend: &Mend| mend.pairs.iter().all(|(one, other)| asked_for(*one) && asked_for(*other));
        let rank = |mend: &Mend| match (narrow(&mend.pairs), direct(mend)) {
            (true, true) => 0,
            (false, _) => 1,
            (true, false) => 2,
        };
        some.sort_by_key(|mend| (rank(mend), mend.change.kind));
        let room = Labels::MOST.saturating_sub(level.labels()).min(MOST_MENDS);
        let cut = some.get(room..).unwrap_or_default();
        // One change alone cannot go by way of a part of which nothing is asked.
        let needs_another = cut.iter().all(|mend| rank(mend) == 2) && !ground.has_facts();
        let missed = (!cut.is_empty() || !whole).then_some(if needs_another { 2 } else { 1 });
        some.truncate(room);
        Mends { some, missed }
    }

    /// Whether the theorem holds here.
    fn keys_suffice(&self, ground: &Ground) -> bool {
        let identified: BTreeSet<usize> =
            ground.hubs.values().flatten().filter(|hub| hub.role.is_none()).map(|hub| hub.part).collect();
        let can: BTreeSet<usize> = ground
            .members
            .iter()
            .flatten()
            .filter(|member| self.can_hold(member.node))
            .map(|member| member.part)
            .collect();
        !ground.has_facts()
            && !self.codes.contains(&true)
            && ground.members.iter().any(|members| members.iter().all(|member| identified.contains(&member.part)))
            && ground.members.iter().flatten().all(|member| can.contains(&member.part))
    }

    /// Whether a node is a table itself, and not a register looked up in a role.
    fn can_hold(&self, node: usize) -> bool {
        matches!(self.problem.node(node), Some(Node::Table { role: None, .. }))
    }

    fn opened(&self, ground: &Ground, level: &Level) -> Vec<Mend> {
        let mut found = Vec::new();
        for crosswalk in &self.closed {
            let own = self.problem.labelling.of(&Use::Crosswalk(crosswalk.slug.clone()));
            let closed = self.problem.network.terms.closure(own | self.refusals.base);
            let Some(brings) = level.facts(closed) else { continue };
            let pairs = ground.crossed(&crosswalk.from, &crosswalk.to);
            if pairs.is_empty() {
                continue;
            }
            let (from, to) = (&crosswalk.from, &crosswalk.to);
            let why = if crosswalk.status == CrosswalkStatus::NotAvailable {
                "recorded as not available".to_owned()
            } else if holds_on(crosswalk, self.asked.as_of) {
                let datasets: Vec<&str> = crosswalk.only_with.iter().map(Slug::as_str).collect();
                format!("made for requests of {} only", datasets.join(" or "))
            } else {
                "which does not hold on that day".to_owned()
            };
            let text = format!("the crosswalk {} from {from} to {to}, {why}, is opened", crosswalk.slug);
            let change = Change {
                schemes: vec![from.clone(), to.clone()],
                ..Change::of(ChangeKind::OpenCrosswalk, crosswalk.slug.to_string(), text)
            };
            found.push(Mend { change, pairs, brings });
        }
        found
    }

    /// Pairs of schemes of one kind that no crosswalk is recorded between, by the parts that one would join.
    fn new_crosswalks<'g>(&self, ground: &'g Ground, near: &BTreeSet<&'g Slug>) -> Named<'g> {
        let near: Vec<(&Slug, Option<Entity>)> = near.iter().map(|scheme| (*scheme, self.entity(scheme))).collect();
        let mut found = Named::new();
        for (at, (from, entity)) in near.iter().enumerate() {
            for (to, _) in near.iter().skip(at + 1).filter(|(_, other)| other == entity) {
                if self.recorded.contains(&(*from, *to)) {
                    continue;
                }
                let pairs = ground.crossed(from, to);
                if !pairs.is_empty() {
                    found.entry(pairs).or_default().push((*from, *to));
                }
            }
        }
        found
    }

    /// New crosswalks with their names. Where one of people would join the same things, none of their spells,
    /// pregnancies or specimens is proposed: two such are seldom of one kind.
    fn named(&self, ground: &Ground, mut new: Named) -> Vec<Mend> {
        let is_person = |(from, _): &(&Slug, &Slug)| self.entity(from) == Some(Entity::Person);
        let wants = |(one, other): &Two| Some((ground.wants(*one)?, ground.wants(*other)?));
        let by_people: HashSet<_> = new
            .iter()
            .filter(|(_, names)| names.iter().any(is_person))
            .flat_map(|(pairs, _)| pairs.iter().filter_map(wants))
            .collect();
        let joined_by_people = |pair: &Two| {
            wants(pair).is_some_and(|(left, right)| {
                by_people.iter().any(|(p, q)| {
                    (left.is_subset(p) && right.is_subset(q)) || (left.is_subset(q) && right.is_subset(p))
                })
            })
        };
        for (pairs, names) in &mut new {
            if names.iter().any(is_person) {
                names.retain(is_person);
            } else if pairs.iter().all(joined_by_people) {
                names.clear();
            }
        }
        new.retain(|_, names| !names.is_empty());
        let weight = |(from, to): &(&Slug, &Slug)| {
            let of = |scheme: &Slug| ground.hubs.get(scheme).into_iter().flatten();
            let both = of(from).flat_map(|one| {
                of(to)
                    .filter(|other| one.role == other.role && one.part != other.part)
                    .map(|other| one.links * other.links)
            });
            both.max()
        };
        let meet = |(from, to): &(&Slug, &Slug)| {
            let ((one, crosswalks), (other, more)) = (self.meeting(from), self.meeting(to));
            (one || other, crosswalks + more)
        };
        for names in new.values_mut() {
            names.sort_by_cached_key(|pair| (self.entity(pair.0), Reverse(meet(pair)), Reverse(weight(pair)), *pair));
        }
        let mut found = Vec::new();
        for (pairs, names) in &new {
            let Some((from, to)) = names.first() else { continue };
            // What joins these parts and others besides would do as well.
            let alike = |other: &(&Slug, &Slug)| self.entity(other.0) == self.entity(from);
            let wider = new.iter().filter(|(theirs, _)| *theirs != pairs && pairs.is_subset(theirs));
            let others = names.iter().skip(1).chain(wider.flat_map(|(_, names)| names).filter(|other| alike(other)));
            let others: Vec<String> = others.take(MOST_NAMED).map(|(from, to)| format!("{from}--{to}")).collect();
            let text = format!("there were a crosswalk from {from} to {to}{}", or_others(others.len()));
            let change = Change {
                schemes: vec![(*from).clone(), (*to).clone()],
                others,
                ..Change::of(ChangeKind::NewCrosswalk, format!("{from}--{to}"), text)
            };
            found.push(Mend { change, pairs: pairs.clone(), brings: Labels::NONE });
        }
        found
    }

    /// The identifiers that could be recorded to lie in each part that is of use: those of people where there are any,
    /// and what others that are asked for hold themselves first.
    fn to_be_held<'g>(&self, ground: &'g Ground, of_use: impl Fn(usize) -> bool) -> BTreeMap<usize, Vec<&'g Slug>> {
        let mut schemes: BTreeMap<usize, Vec<&Slug>> = BTreeMap::new();
        for (scheme, hubs) in &ground.hubs {
            for hub in hubs.iter().filter(|hub| hub.role.is_none() && of_use(hub.part)) {
                schemes.entry(hub.part).or_default().push(scheme);
            }
        }
        for held in schemes.values_mut() {
            held.sort_by_cached_key(|scheme| {
                (self.entity(scheme), !self.theirs.contains(*scheme), Reverse(self.meeting(scheme)), *scheme)
            });
            if held.first().is_some_and(|first| self.entity(first) == Some(Entity::Person)) {
                held.retain(|scheme| self.entity(scheme) == Some(Entity::Person));
            }
        }
        // What is only come to through registers looked up in a role is left out where an identifier of people leads
        // to as much.
        let is_person = |held: &[&Slug]| held.first().is_some_and(|first| self.entity(first) == Some(Entity::Person));
        let by_people: Vec<&BTreeSet<usize>> =
            schemes.iter().filter(|(_, held)| is_person(held)).filter_map(|(part, _)| ground.wants(*part)).collect();
        let members = || ground.members.iter().flatten();
        let by_tables: BTreeSet<usize> =
            members().filter(|member| self.can_hold(member.node)).map(|member| member.part).collect();
        let in_roles: BTreeSet<usize> =
            members().map(|member| member.part).filter(|part| !by_tables.contains(part)).collect();
        schemes.retain(|part, held| {
            let as_much = |wants: &BTreeSet<usize>| by_people.iter().any(|theirs| wants.is_subset(theirs));
            is_person(held) || !in_roles.contains(part) || !ground.wants(*part).is_some_and(as_much)
        });
        schemes
    }

    /// Identifiers that a table of something asked for could hold, so that it would lie in another part too.
    fn new_keys(&self, ground: &Ground, level: &Level, schemes: &BTreeMap<usize, Vec<&Slug>>) -> Vec<Mend> {
        let network = &self.problem.network;
        let brings = |node: usize| {
            let own = network.node_labels.get(node).copied().unwrap_or_default();
            level.facts(network.terms.closure(own | self.refusals.base))
        };
        let mut found = Vec::new();
        for ((want, members), codes) in self.asked.want.iter().zip(&ground.members).zip(&self.codes) {
            let holders = members.iter().filter(|member| !codes && self.can_hold(member.node));
            let parts: BTreeMap<usize, Labels> =
                holders.filter_map(|member| Some((member.part, brings(member.node)?))).collect();
            for (part, brings) in parts {
                for (other, held) in schemes.iter().filter(|(other, _)| **other != part) {
                    let mut names = held.iter();
                    let Some(scheme) = names.next() else { continue };
                    let others: Vec<String> = names.take(MOST_NAMED).map(ToString::to_string).collect();
                    let text = format!("{want} held the identifier {scheme}{}", or_others(others.len()));
                    let change = Change {
                        schemes: vec![(*scheme).clone()],
                        others,
                        ..Change::of(ChangeKind::NewKey, want.to_string(), text)
                    };
                    found.push(Mend { change, pairs: BTreeSet::from([two(part, *other)]), brings });
                }
            }
        }
        found
    }
}

fn or_others(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => " (or another that joins the same)".to_owned(),
        others => format!(" (or one of {others} others that join the same)"),
    }
}
