//! Repairs against exhaustive search: on small catalogues of several tables, approvals and datasets avoided, the sets
//! of changes that are told are every set of the fewest.

use std::collections::BTreeSet;

use linkwright::domain::plan::{BlockerKind, Change, ChangeKind, Verdict};
use proptest::prelude::*;

use super::laws::{closed, fail, made_of_several, mask};
use super::made::{Made, code};

/// One change, by numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mend {
    Approval(usize),
    Dataset(usize),
    Open(usize),
    Crosswalk(usize, usize),
    /// A dataset, one of its tables, a scheme.
    Key(usize, usize, usize),
}

struct Request {
    want: Vec<usize>,
    approvals: Vec<usize>,
    datasets: Vec<usize>,
}

/// Whether everything asked for hangs together once some changes are made.
fn possible(made: &Made, request: &Request, mends: &[&Mend]) -> bool {
    let refused = request.approvals.iter().filter(|at| !mends.contains(&&Mend::Approval(**at))).copied();
    let refused = mask(&refused.collect::<Vec<_>>());
    let avoided = |dataset: usize| request.datasets.contains(&dataset) && !mends.contains(&&Mend::Dataset(dataset));
    let may = |approvals: &[usize]| closed(made, mask(approvals)) & refused == 0;
    let mut part: Vec<usize> = (0..made.schemes).collect();
    let mut tables: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut merge = |one: usize, other: usize| {
        let (one, other) = (part[one], part[other]);
        part.iter_mut().filter(|held| **held == other).for_each(|held| *held = one);
    };
    for (dataset, held) in made.datasets.iter().enumerate().filter(|(at, held)| !avoided(*at) && may(&held.approvals)) {
        let also = held.also.iter().map(|table| (table.approvals.as_slice(), &table.holds));
        for (table, (approvals, holds)) in std::iter::once((&[][..], &held.holds)).chain(also).enumerate() {
            if may(approvals) {
                let new = mends.iter().filter_map(|mend| match mend {
                    Mend::Key(of, at, scheme) if (*of, *at) == (dataset, table) => Some(*scheme),
                    _ => None,
                });
                let holds: Vec<usize> = holds.iter().copied().chain(new).collect();
                holds.iter().for_each(|scheme| merge(holds[0], *scheme));
                tables.push((dataset, holds));
            }
        }
    }
    for (at, crosswalk) in made.crosswalks.iter().enumerate() {
        if (!crosswalk.shut || mends.contains(&&Mend::Open(at))) && may(&crosswalk.approvals) {
            merge(crosswalk.from, crosswalk.to);
        }
    }
    for mend in mends {
        if let Mend::Crosswalk(from, to) = mend {
            merge(*from, *to);
        }
    }
    let meets = |dataset: usize, at: usize| tables.iter().any(|(of, holds)| *of == dataset && part[holds[0]] == at);
    (0..made.schemes).any(|at| request.want.iter().all(|dataset| meets(*dataset, at)))
}

fn every_mend(made: &Made, request: &Request) -> Vec<Mend> {
    let mut mends: Vec<Mend> = request.approvals.iter().copied().map(Mend::Approval).collect();
    mends.extend(request.datasets.iter().copied().map(Mend::Dataset));
    let crosswalks = || made.crosswalks.iter().enumerate();
    mends.extend(crosswalks().filter(|(_, crosswalk)| crosswalk.shut).map(|(at, _)| Mend::Open(at)));
    let recorded = |from: usize, to: usize| {
        crosswalks().any(|(_, held)| [(held.from, held.to), (held.to, held.from)].contains(&(from, to)))
    };
    // A scheme that no table holds and no crosswalk joins is nowhere.
    let known = |scheme: &usize| {
        let held = |holds: &[usize]| holds.contains(scheme);
        made.datasets.iter().any(|one| held(&one.holds) || one.also.iter().any(|table| held(&table.holds)))
            || crosswalks().any(|(_, crosswalk)| [crosswalk.from, crosswalk.to].contains(scheme))
    };
    let schemes: Vec<usize> = (0..made.schemes).filter(known).collect();
    for from in &schemes {
        let others = schemes.iter().filter(|to| *to > from && !recorded(*from, **to));
        mends.extend(others.map(|to| Mend::Crosswalk(*from, *to)));
    }
    for dataset in &request.want {
        for table in 0..=made.datasets[*dataset].also.len() {
            mends.extend(schemes.iter().map(|scheme| Mend::Key(*dataset, table, *scheme)));
        }
    }
    mends
}

/// Every set of so many changes that makes it possible, as it is told: of which table an identifier is left out.
fn that_help(made: &Made, request: &Request, size: usize) -> BTreeSet<Vec<Mend>> {
    let all = every_mend(made, request);
    let mut chosen: Vec<Vec<&Mend>> = vec![Vec::new()];
    for _ in 0..size {
        let mut longer = Vec::new();
        for set in &chosen {
            for mend in all.iter().filter(|mend| set.last().is_none_or(|last| *last < *mend)) {
                longer.push([set.as_slice(), &[mend]].concat());
            }
        }
        chosen = longer;
    }
    let told = |set: Vec<&Mend>| {
        let mut set: Vec<Mend> = set
            .into_iter()
            .map(|mend| match mend {
                Mend::Key(dataset, _, scheme) => Mend::Key(*dataset, 0, *scheme),
                other => *other,
            })
            .collect();
        set.sort_unstable();
        set
    };
    chosen.into_iter().filter(|set| possible(made, request, set)).map(told).collect()
}

fn number(text: &str) -> usize {
    text.trim_start_matches(['A', 'd', 'x', 's']).parse().unwrap_or(usize::MAX)
}

/// A change by each of its names.
fn named(change: &Change) -> Vec<Mend> {
    let pair = |text: &str| {
        let (one, other) = text.split_once("--").unwrap_or_default();
        let (one, other) = (number(one), number(other));
        Mend::Crosswalk(one.min(other), one.max(other))
    };
    let subject = number(&change.subject);
    match change.kind {
        ChangeKind::AllowApproval => vec![Mend::Approval(subject)],
        ChangeKind::AllowDataset => vec![Mend::Dataset(subject)],
        ChangeKind::OpenCrosswalk => vec![Mend::Open(subject)],
        ChangeKind::NewCrosswalk => {
            std::iter::once(&change.subject).chain(&change.others).map(|name| pair(name)).collect()
        }
        ChangeKind::NewKey => {
            let first = change.schemes.iter().map(|scheme| number(scheme.as_str()));
            let others = change.others.iter().map(|name| number(name));
            first.chain(others).map(|scheme| Mend::Key(subject, 0, scheme)).collect()
        }
        ChangeKind::AskForToo => Vec::new(),
    }
}

/// A set of changes by every choice of names.
fn by_every_name(changes: &[Change]) -> Vec<Vec<Mend>> {
    let mut sets: Vec<Vec<Mend>> = vec![Vec::new()];
    for change in changes {
        let names = named(change);
        sets = sets.iter().flat_map(|set| names.iter().map(|name| [set.as_slice(), &[*name]].concat())).collect();
    }
    sets.iter_mut().for_each(|set| set.sort_unstable());
    sets
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_repairs_are_every_set_of_the_fewest_changes(
        made in made_of_several(),
        size in 2usize..4,
        approvals in prop::collection::btree_set(0usize..4, 0..=2),
        datasets in prop::collection::btree_set(0usize..5, 0..=1),
    ) {
        let wanted = Request {
            want: (0..size).collect(),
            approvals: approvals.into_iter().collect(),
            datasets: datasets.into_iter().collect(),
        };
        let mut request = made.request(&wanted.want).map_err(fail)?;
        request.avoid_approvals = wanted.approvals.iter().map(|at| code(*at)).collect::<Result<_, _>>().map_err(fail)?;
        request.avoid_datasets = wanted.datasets.iter().map(|at| made.dataset(*at)).collect::<Result<_, _>>().map_err(fail)?;
        let plan = made.view().map_err(fail)?.plan(&request).map_err(fail)?;
        prop_assert_eq!(plan.verdict == Verdict::NotFeasible, !possible(&made, &wanted, &[]));
        if plan.verdict != Verdict::NotFeasible {
            return Ok(());
        }
        let fewest = (1..=3).map(|size| that_help(&made, &wanted, size)).find(|sets| !sets.is_empty());
        let told: BTreeSet<Vec<Mend>> = plan.repairs.iter().flat_map(|repair| by_every_name(&repair.changes)).collect();
        prop_assert!(plan.repairs_complete || plan.repairs.len() == 40, "{:?}", plan.repairs);
        match fewest {
            Some(expected) if plan.repairs_complete => prop_assert_eq!(told, expected),
            Some(expected) => prop_assert!(told.is_subset(&expected), "{:?} beyond {:?}", told, expected),
            // More than three: every one helps all the same.
            None => prop_assert!(told.iter().all(|set| set.len() > 3)),
        }
        // Whatever else is in the way, an avoided approval that something asked for takes by all its tables is told.
        for approval in &wanted.approvals {
            let refuses = |dataset: &usize| {
                let alone = Request { want: vec![*dataset], approvals: vec![*approval], datasets: Vec::new() };
                !possible(&made, &alone, &[])
            };
            if wanted.want.iter().any(refuses) {
                let name = format!("A{approval}");
                let told = plan.blockers.iter().any(|one| one.kind == BlockerKind::ApprovalAvoided && one.text.contains(&name));
                prop_assert!(told, "{:?}", plan.blockers);
            }
        }
    }
}
