//! What would make an impossible request possible: every set of the fewest changes, be they approvals or datasets to be
//! allowed, crosswalks to be opened or made, or identifiers to be recorded.
//!
//! What everything asked for brings of what was to be avoided is part of every set. The rest is looked for level by
//! level: for each set of what else is allowed, the fewest first, the parts that then hang together are exact, a link
//! that is not there joins two of them, and the engine ([`super::engine::repair`]) finds the fewest links that make the
//! request possible. A set of the fewest changes is found at the level of just what it allows, and at no other.

mod ground;
mod mends;
mod refusals;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::ground::{Ground, Two};
use self::mends::{Material, Mend, Mends};
use self::refusals::Refusals;
use super::blockers::Asked;
use super::engine::approvals::Which;
use super::engine::labels::TooManyLabels;
use super::engine::network::{Limits, Stopped};
use super::engine::repair::repairs;
use super::graph::LinkageGraph;
use super::labels::{Labelling, Labels};
use super::problem::{Problem, holds_on};
use crate::domain::catalogue::Catalogue;
use crate::domain::crosswalk::Crosswalk;
use crate::domain::plan::{Change, ChangeKind, Repair};
use crate::domain::refs::{Ref, Slug};
use crate::domain::words::CrosswalkStatus;

/// Levels that are looked at.
const MOST_LEVELS: usize = 200;
/// Sets that are given.
const MOST_SETS: usize = 40;

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
    let mut problem = Problem::whole(catalogue, graph, labelling, asked.want, &[], asked.as_of);
    let refusals = Refusals::of(&mut problem, asked)?;
    let mut search = Search { problem: &problem, refusals: &refusals, limits, found: Found::default() };
    let (served, others) = search.ask_for_more(catalogue, graph, asked);
    for change in others {
        search.found.add(vec![change]);
    }
    search.run(&Material::of(catalogue, asked, &problem, &refusals, &served))?;
    Ok(search.found.told())
}

struct Search<'a> {
    problem: &'a Problem<'a>,
    refusals: &'a Refusals,
    limits: &'a Limits<'a>,
    found: Found,
}

impl Search<'_> {
    /// Goes through the levels, the fewest allowed first, as long as one can hold a set of no more changes than are
    /// known to suffice.
    fn run(&mut self, material: &Material) -> Result<(), TooManyLabels> {
        let (forced, optional): (Vec<_>, Vec<_>) =
            self.refusals.changes.iter().partition(|(label, _)| label.within(self.refusals.base));
        let mut levels = 0;
        for more in 0..=optional.len() {
            for chosen in choices(optional.len(), more) {
                let taken = forced.len() + more;
                if self.found.fewest.is_some_and(|fewest| fewest < taken) {
                    return Ok(());
                }
                if levels == MOST_LEVELS || (levels > 0 && (self.limits.over)()) {
                    self.found.cut_short = true;
                    return Ok(());
                }
                levels += 1;
                let chosen: Vec<&(Labels, Change)> =
                    chosen.iter().filter_map(|at| optional.get(*at).copied()).collect();
                let allowed = chosen.iter().fold(Labels::NONE, |all, (label, _)| all | *label);
                let changes: Vec<&Change> = forced.iter().chain(&chosen).map(|(_, change)| change).collect();
                self.level(material, allowed, &changes)?;
                // What nothing mends with everything allowed, nothing mends at all.
                if more == 0 && self.found.fewest.is_none() && optional.len() > 1 {
                    let all: Vec<&Change> = self.refusals.changes.iter().map(|(_, change)| change).collect();
                    let mut whole = Search { found: Found::default(), ..*self };
                    whole.level(material, !Labels::NONE, &all)?;
                    if whole.found.is_nothing() {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    /// Finds the sets of the fewest links that mend the request once so much is allowed.
    fn level(&mut self, material: &Material, allowed: Labels, changes: &[&Change]) -> Result<(), TooManyLabels> {
        let level = self.refusals.level(allowed);
        let ground = Ground::of(self.problem, self.refusals, &level);
        if ground.members.iter().any(Vec::is_empty) {
            return Ok(());
        }
        let spare = self.found.fewest.is_none_or(|fewest| fewest > changes.len());
        let mends = if spare { material.mends(&ground, &level) } else { Mends::default() };
        let (network, links) = ground.network(self.refusals, &level, &mends.some);
        let found = repairs(&network, &links, Which::Cheapest, self.limits)?;
        self.found.cut_short |= found.stopped != Stopped::Finished;
        if let Some(missed) = mends.missed {
            self.found.missed(changes.len() + missed);
        }
        let sets: BTreeSet<Vec<usize>> = found.sets.into_iter().collect();
        for set in &sets {
            if !has_another_name(set, &sets, &mends.some) {
                let links = set.iter().filter_map(|at| mends.some.get(*at)).map(|mend| &mend.change);
                self.found.add(changes.iter().copied().chain(links).cloned().collect());
            }
        }
        Ok(())
    }

    /// Datasets for which crosswalks were made and that, asked for too, make the request possible: each is tried. Gives
    /// the crosswalks that these open, and the changes.
    fn ask_for_more(&self, catalogue: &Catalogue, graph: &LinkageGraph, asked: Asked) -> (BTreeSet<Slug>, Vec<Change>) {
        let waits = |crosswalk: &&Arc<Crosswalk>| {
            crosswalk.status != CrosswalkStatus::NotAvailable
                && holds_on(crosswalk, asked.as_of)
                && !crosswalk.serves(asked.want)
        };
        let mut opened: BTreeMap<&Slug, Vec<&Crosswalk>> = BTreeMap::new();
        for crosswalk in catalogue.crosswalks.values().filter(waits) {
            for dataset in &crosswalk.only_with {
                opened.entry(dataset).or_default().push(crosswalk);
            }
        }
        let (mut served, mut changes) = (BTreeSet::new(), Vec::new());
        let level = self.refusals.level(Labels::NONE);
        if opened.is_empty() || self.refusals.changes.iter().any(|(label, _)| label.within(self.refusals.base)) {
            return (served, changes);
        }
        let ground = Ground::of(self.problem, self.refusals, &level);
        let mut labelling = self.problem.labelling.clone();
        labelling.avoided = labelling.of_codes(asked.avoid_approvals);
        for (dataset, crosswalks) in opened {
            let pairs: BTreeSet<Two> =
                crosswalks.iter().flat_map(|crosswalk| ground.crossed(&crosswalk.from, &crosswalk.to)).collect();
            if pairs.is_empty() || !ground.all_meet(&pairs) {
                continue;
            }
            let want: Vec<Ref> = asked.want.iter().cloned().chain([Ref::Dataset(dataset.clone())]).collect();
            let possible = Problem::new(catalogue, graph, &labelling, &want, asked.avoid_datasets, asked.as_of)
                .is_some_and(|problem| problem.is_feasible());
            if possible {
                served.extend(crosswalks.iter().map(|crosswalk| crosswalk.slug.clone()));
                let text = format!("{dataset} were asked for too, for which {} was made", names(&crosswalks));
                changes.push(Change::of(ChangeKind::AskForToo, dataset.to_string(), text));
            }
        }
        (served, changes)
    }
}

/// Whether a set is another one but for a link that joins more than is needed: its names are told there.
fn has_another_name(set: &[usize], sets: &BTreeSet<Vec<usize>>, mends: &[Mend]) -> bool {
    let new = |at: &usize| mends.get(*at).filter(|mend| mend.change.kind == ChangeKind::NewCrosswalk);
    let replaced = |one: usize, by: usize| {
        let mut other: Vec<usize> = set.iter().map(|at| if *at == one { by } else { *at }).collect();
        other.sort_unstable();
        sets.contains(&other)
    };
    set.iter().filter_map(|at| Some((*at, new(at)?))).filter(|(_, mend)| mend.pairs.len() > 1).any(|(at, mend)| {
        let narrower = |other: &Mend| other.pairs.len() < mend.pairs.len() && other.pairs.is_subset(&mend.pairs);
        (0..mends.len()).any(|by| new(&by).is_some_and(narrower) && replaced(at, by))
    })
}

/// Every choice of so many of so many, in order, one at a time.
fn choices(of: usize, size: usize) -> impl Iterator<Item = Vec<usize>> {
    let first: Option<Vec<usize>> = (size <= of).then(|| (0..size).collect());
    std::iter::successors(first, move |last| {
        let at = (0..size).rev().find(|at| last.get(*at).is_some_and(|held| *held < of - size + at))?;
        let mut next = last.clone();
        let start = next.get(at)? + 1;
        for (place, held) in next.iter_mut().enumerate().skip(at) {
            *held = start + place - at;
        }
        Some(next)
    })
}

/// What has been found so far: the sets of the fewest changes.
#[derive(Default)]
struct Found {
    fewest: Option<usize>,
    sets: Vec<Vec<Change>>,
    /// The fewest changes of a set that was left out of a search.
    least_missed: Option<usize>,
    cut_short: bool,
}

impl Found {
    fn add(&mut self, set: Vec<Change>) {
        if self.fewest.is_some_and(|fewest| fewest < set.len()) {
            return;
        }
        if self.fewest != Some(set.len()) {
            self.sets.clear();
        }
        self.fewest = Some(set.len());
        // Where nothing is needed there is nothing to tell.
        self.sets.extend(Some(set).filter(|set| !set.is_empty()));
    }

    fn missed(&mut self, changes: usize) {
        self.least_missed = Some(self.least_missed.map_or(changes, |least| least.min(changes)));
    }

    fn is_nothing(&self) -> bool {
        self.fewest.is_none() && self.least_missed.is_none() && !self.cut_short
    }

    fn told(mut self) -> Repairs {
        let hardest = |set: &Vec<Change>| set.iter().map(|change| change.kind).max();
        let first = |set: &Vec<Change>| set.first().map(|change| (change.subject.clone(), change.schemes.clone()));
        self.sets.sort_by_key(|set| (hardest(set), first(set)));
        let mut told = BTreeSet::new();
        self.sets.retain(|set| {
            let name = |change: &Change| (change.kind, change.subject.clone(), change.schemes.clone());
            let mut names: Vec<_> = set.iter().map(name).collect();
            names.sort();
            told.insert(names)
        });
        let missed = match (self.least_missed, self.fewest) {
            (Some(missed), Some(fewest)) => missed <= fewest,
            (missed, _) => missed.is_some(),
        };
        let more = self.sets.len().saturating_sub(MOST_SETS);
        self.sets.truncate(MOST_SETS);
        let complete = !missed && !self.cut_short && more == 0;
        Repairs { sets: self.sets.into_iter().map(repair).collect(), complete, more }
    }
}

fn repair(changes: Vec<Change>) -> Repair {
    let alike = changes.chunk_by(|one, other| one.text == other.text);
    let parts: Vec<String> = alike
        .filter_map(|some| match (some, some.first()?) {
            ([_], one) => Some(one.text.clone()),
            (several, one) => Some(format!("{}, in {} of its tables", one.text, several.len())),
        })
        .collect();
    let text = format!("It would be possible if {}.", parts.join(", and "));
    Repair { text, changes }
}

/// `the crosswalk a--b`, `the crosswalks a--b and c--d`
fn names(crosswalks: &[&Crosswalk]) -> String {
    let slugs: Vec<&str> = crosswalks.iter().map(|crosswalk| crosswalk.slug.as_str()).collect();
    format!("the crosswalk{} {}", if slugs.len() == 1 { "" } else { "s" }, slugs.join(" and "))
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
