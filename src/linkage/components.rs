//! The parts that a request falls into, and the identifiers that each thing asked for holds.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Key, keys_of};
use super::parts::Parts;
use super::problem::Problem;
use crate::domain::catalogue::{Catalogue, TableEntry};
use crate::domain::data_model::Scheme;
use crate::domain::plan::{Component, HeldKeys};
use crate::domain::refs::{Ref, Slug};
use crate::domain::words::{CrosswalkStatus, Identifiability};

/// The tables that could meet something asked for.
pub(super) fn tables_of<'c>(catalogue: &'c Catalogue, want: &Ref) -> Vec<&'c TableEntry> {
    match want {
        Ref::Dataset(dataset) => {
            let entry = catalogue.dataset(dataset).into_iter();
            entry.flat_map(|entry| entry.tables.values()).map(AsRef::as_ref).collect()
        }
        Ref::Table(table) => catalogue.table(table).map(AsRef::as_ref).into_iter().collect(),
        Ref::Field(field) => catalogue.table(&field.table).map(AsRef::as_ref).into_iter().collect(),
    }
}

/// The identifiers that something asked for holds, those of members of staff left out.
pub(super) fn schemes_of(catalogue: &Catalogue, want: &Ref) -> Vec<Slug> {
    let keys = tables_of(catalogue, want).into_iter().flat_map(|entry| keys_of(catalogue, entry));
    let held: BTreeSet<Slug> = keys.filter(|key: &Key| !key.is_staff()).map(|key| key.scheme).collect();
    held.into_iter().collect()
}

/// How well an identifier serves to translate others to, the best greatest: one that names the person in every
/// organisation, such as the NHS number, before a pseudonym of one domain; then by the crosswalks that lead to or from
/// it and can be used.
pub(super) fn meeting(catalogue: &Catalogue, scheme: &Slug) -> (bool, usize) {
    let known = catalogue.schemes.get(scheme);
    let direct = known.is_some_and(|scheme| scheme.identifiability == Some(Identifiability::Direct));
    let usable = catalogue.crosswalks.values().filter(|crosswalk| crosswalk.status != CrosswalkStatus::NotAvailable);
    (direct, usable.filter(|crosswalk| crosswalk.from == *scheme || crosswalk.to == *scheme).count())
}

/// The same of every identifier at once.
pub(super) fn meetings(catalogue: &Catalogue) -> BTreeMap<&Slug, (bool, usize)> {
    let direct = |scheme: &Scheme| scheme.identifiability == Some(Identifiability::Direct);
    let mut found: BTreeMap<&Slug, (bool, usize)> =
        catalogue.schemes.iter().map(|(slug, scheme)| (slug, (direct(scheme), 0))).collect();
    let usable = catalogue.crosswalks.values().filter(|crosswalk| crosswalk.status != CrosswalkStatus::NotAvailable);
    for crosswalk in usable {
        for end in BTreeSet::from([&crosswalk.from, &crosswalk.to]) {
            if let Some((_, crosswalks)) = found.get_mut(end) {
                *crosswalks += 1;
            }
        }
    }
    found
}

/// The same of a crosswalk between two identifiers.
pub(super) fn meeting_of(catalogue: &Catalogue, from: &Slug, to: &Slug) -> (bool, usize) {
    let ((one, crosswalks), (other, more)) = (meeting(catalogue, from), meeting(catalogue, to));
    (one || other, crosswalks + more)
}

/// In how many tables of something asked for an identifier stands, whoever's it is but staff's.
pub(super) fn tables_with(catalogue: &Catalogue, want: &Ref, scheme: &Slug) -> usize {
    let holds =
        |entry: &&TableEntry| keys_of(catalogue, entry).iter().any(|key| !key.is_staff() && key.scheme == *scheme);
    tables_of(catalogue, want).into_iter().filter(holds).count()
}

/// Which things asked for lie in each part that holds any of them.
#[must_use]
pub fn wanted_by_part(problem: &Problem, parts: &Parts) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut wanted: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (want, members) in problem.network.groups.iter().enumerate() {
        for part in members.iter().filter_map(|node| parts.of_node(*node)) {
            wanted.entry(part).or_default().insert(want);
        }
    }
    wanted
}

/// The parts of a request. `problem` is the whole of what it may use, dead ends included. A part that holds nothing
/// but what another holds too is not told.
#[must_use]
pub fn components(catalogue: &Catalogue, problem: &Problem, want: &[Ref]) -> Vec<Component> {
    let parts = Parts::of(problem, |_| true);
    let mut merged: BTreeMap<BTreeSet<usize>, BTreeSet<Slug>> = BTreeMap::new();
    for (part, wanted) in wanted_by_part(problem, &parts) {
        merged.entry(wanted).or_default().extend(parts.schemes(part));
    }
    // What may not be used at all stands alone.
    let found: BTreeSet<usize> = merged.keys().flatten().copied().collect();
    for at in (0..want.len()).filter(|at| !found.contains(at)) {
        merged.insert(BTreeSet::from([at]), BTreeSet::new());
    }
    let within = |one: &BTreeSet<usize>| merged.keys().any(|other| one != other && one.is_subset(other));
    let mut told: Vec<(&BTreeSet<usize>, &BTreeSet<Slug>)> = merged.iter().filter(|(held, _)| !within(held)).collect();
    told.sort();
    told.into_iter()
        .map(|(held, reaches)| {
            let want: Vec<Ref> = held.iter().filter_map(|at| want.get(*at)).cloned().collect();
            let keys = want.iter().map(|one| HeldKeys { want: one.clone(), schemes: schemes_of(catalogue, one) });
            Component { keys: keys.collect(), want, reaches: reaches.iter().cloned().collect() }
        })
        .collect()
}
