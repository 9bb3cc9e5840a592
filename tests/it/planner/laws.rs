//! The planner against exhaustive search on small random catalogues, and laws that hold whatever the catalogue.

use std::collections::BTreeSet;

use linkwright::domain::plan::{ChangeKind, LinkagePlan, PathsRequest, Verdict};
use linkwright::domain::refs::Ref;
use proptest::prelude::*;

use super::made::{Made, MadeCrosswalk, MadeDataset, MadeTable, code};

const DATASETS: usize = 5;
const SCHEMES: usize = 4;
const APPROVALS: usize = 4;

fn some(most: usize) -> impl Strategy<Value = Vec<usize>> {
    prop::collection::btree_set(0..APPROVALS, 0..=most).prop_map(|set| set.into_iter().collect())
}

pub fn made() -> impl Strategy<Value = Made> {
    let dataset = (some(1), prop::collection::btree_set(0..SCHEMES, 1..=2)).prop_map(|(approvals, holds)| {
        MadeDataset { approvals, holds: holds.into_iter().collect(), ..MadeDataset::default() }
    });
    let crosswalk = (0..SCHEMES, 1..SCHEMES, some(2), prop::bool::weighted(0.25))
        .prop_map(|(from, by, approvals, shut)| MadeCrosswalk { from, to: (from + by) % SCHEMES, approvals, shut });
    // A prerequisite has a smaller number, so that none waits for itself.
    let prerequisites = prop::collection::vec(prop::option::weighted(0.3, 0..APPROVALS), APPROVALS).prop_map(|each| {
        each.iter().enumerate().map(|(at, one)| one.filter(|one| *one < at).into_iter().collect()).collect()
    });
    let datasets = prop::collection::vec(dataset, DATASETS);
    (datasets, prop::collection::vec(crosswalk, 0..5), prerequisites).prop_map(
        |(datasets, crosswalks, prerequisites)| Made {
            datasets,
            schemes: SCHEMES,
            crosswalks,
            prerequisites,
            prefix: "",
        },
    )
}

/// All subsets of so many things, as masks.
fn subsets(number: usize) -> std::ops::Range<u32> {
    0..1 << number
}

pub fn mask(list: &[usize]) -> u32 {
    list.iter().fold(0, |mask, at| mask | 1 << at)
}

/// Adds the prerequisites of approvals.
pub fn closed(made: &Made, approvals: u32) -> u32 {
    let mut all = approvals;
    for _ in 0..APPROVALS {
        for (at, firsts) in made.prerequisites.iter().enumerate() {
            if all >> at & 1 == 1 {
                all |= mask(firsts);
            }
        }
    }
    all
}

/// The same with up to three further tables in its datasets, some of which hold what others hold.
pub fn made_of_several() -> impl Strategy<Value = Made> {
    let table = (0..DATASETS, some(1), prop::collection::btree_set(0..SCHEMES, 1..=2));
    (made(), prop::collection::vec(table, 0..=3)).prop_map(|(mut made, tables)| {
        for (dataset, approvals, holds) in tables {
            made.datasets[dataset].also.push(MadeTable { approvals, holds: holds.into_iter().collect() });
        }
        made
    })
}

/// A table by the number of its dataset, the approvals it takes, and the schemes it holds.
struct Numbered {
    dataset: usize,
    approvals: u32,
    holds: Vec<usize>,
}

fn tables(made: &Made) -> Vec<Numbered> {
    let of = |(dataset, one): (usize, &MadeDataset)| {
        let own = mask(&one.approvals);
        let first = Numbered { dataset, approvals: own, holds: one.holds.clone() };
        let others = one.also.iter().map(move |table| Numbered {
            dataset,
            approvals: own | mask(&table.approvals),
            holds: table.holds.clone(),
        });
        std::iter::once(first).chain(others).collect::<Vec<_>>()
    };
    made.datasets.iter().enumerate().flat_map(of).collect()
}

/// Whether these tables hang together by the schemes they hold and by the crosswalks that these approvals open.
fn hang_together(made: &Made, tables: &[&Numbered], approvals: u32) -> bool {
    let may = |needs: u32| closed(made, needs) & !approvals == 0;
    if !tables.iter().all(|table| may(table.approvals)) {
        return false;
    }
    // A tree of several tables joins them by schemes; one alone needs none.
    let mut group: Vec<usize> = (0..SCHEMES).collect();
    let mut merge = |a: usize, b: usize| {
        let (one, other) = (group[a], group[b]);
        group.iter_mut().filter(|held| **held == other).for_each(|held| *held = one);
    };
    for crosswalk in made.crosswalks.iter().filter(|crosswalk| !crosswalk.shut && may(mask(&crosswalk.approvals))) {
        merge(crosswalk.from, crosswalk.to);
    }
    for table in tables {
        table.holds.iter().for_each(|held| merge(table.holds[0], *held));
    }
    let first = tables.first().map(|table| group[table.holds[0]]);
    tables.len() < 2 || tables.iter().all(|table| Some(group[table.holds[0]]) == first)
}

/// The fewest tables by which these datasets can be linked with no more than these approvals, by trying every set of
/// tables.
fn fewest_tables(made: &Made, want: &[usize], approvals: u32) -> Option<usize> {
    let all = tables(made);
    let of = |set: u32| -> Vec<&Numbered> {
        all.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1).map(|(_, table)| table).collect()
    };
    subsets(all.len())
        .map(of)
        .filter(|some| want.iter().all(|want| some.iter().any(|table| table.dataset == *want)))
        .filter(|some| hang_together(made, some, approvals))
        .map(|some| some.len())
        .min()
}

/// Every set of approvals, closed under prerequisites, that suffices and of which no smaller one does.
fn minimal_sets(made: &Made, want: &[usize]) -> BTreeSet<u32> {
    let enough: Vec<u32> = subsets(APPROVALS)
        .filter(|set| closed(made, *set) == *set && fewest_tables(made, want, *set).is_some())
        .collect();
    let minimal = |set: &&u32| !enough.iter().any(|other| other != *set && other & **set == *other);
    enough.iter().filter(minimal).copied().collect()
}

fn taken(plan: &LinkagePlan) -> Vec<u32> {
    let number = |text: &str| text.trim_start_matches('A').parse::<usize>().unwrap_or_default();
    let options = plan.options.iter();
    options.map(|option| option.approvals.iter().fold(0, |mask, one| mask | 1 << number(one.code.as_str()))).collect()
}

fn fewest(plan: &LinkagePlan) -> usize {
    plan.options.first().map_or(usize::MAX, |option| option.objectives.approvals)
}

fn plan(made: &Made, want: &[usize]) -> Result<LinkagePlan, TestCaseError> {
    made.plan(want).map_err(|error| TestCaseError::fail(error.to_string()))
}

pub fn fail(error: impl std::fmt::Display) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn every_minimal_set_of_approvals_is_found_each_with_the_fewest_tables(made in made_of_several(), size in 2usize..4) {
        let want: Vec<usize> = (0..size).collect();
        let plan = plan(&made, &want)?;
        let expected = minimal_sets(&made, &want);
        prop_assert_eq!(plan.verdict == Verdict::NotFeasible, expected.is_empty());
        let taken = taken(&plan);
        let smaller = |set: &u32| !taken.iter().any(|other| other != set && other & set == *other);
        let found: BTreeSet<u32> = taken.iter().filter(|set| smaller(set)).copied().collect();
        prop_assert_eq!(&found, &expected, "{:?}", plan.options);
        for set in &expected {
            let best = plan.options.iter().zip(&taken).find(|(_, taken)| *taken == set).map(|(option, _)| option.tables.len());
            prop_assert_eq!(best, fewest_tables(&made, &want, *set));
        }
        prop_assert!(plan.options.iter().all(|option| option.optimal && option.gap == 0));
    }

    #[test]
    fn a_table_that_holds_what_the_first_holds_is_an_option_of_its_own_and_changes_no_other(made in made()) {
        let alone = plan(&made, &[0, 1])?;
        let mut twice = made;
        let holds = twice.datasets[0].holds.clone();
        twice.datasets[0].also.push(MadeTable { approvals: Vec::new(), holds });
        let both = plan(&twice, &[0, 1])?;
        let short = |plan: &LinkagePlan| -> BTreeSet<(u32, usize)> {
            taken(plan).into_iter().zip(plan.options.iter().map(|option| option.tables.len())).collect()
        };
        prop_assert_eq!(short(&alone), short(&both));
        let by = |plan: &LinkagePlan, name: &str| plan.options.iter().filter(|option| {
            option.tables.iter().any(|table| table.to_string() == name)
        }).count();
        prop_assert_eq!(by(&both, "d0.t"), by(&alone, "d0.t"));
        prop_assert_eq!(by(&both, "d0.t1"), by(&alone, "d0.t"));
    }

    #[test]
    fn every_repair_makes_it_possible_and_every_single_one_is_told(made in made(), avoided in 0..APPROVALS) {
        let want = [0, 1, 2];
        let mut request = made.request(&want).map_err(fail)?;
        request.avoid_approvals = vec![code(avoided).map_err(fail)?];
        let plan = made.view().map_err(fail)?.plan(&request).map_err(fail)?;
        if plan.verdict == Verdict::NotFeasible {
            // Whoever needs a prerequisite needs what asks for it too: only what is avoided by name is refused.
            for repair in &plan.repairs {
                let (mut mended, mut request) = (made.clone(), request.clone());
                for change in &repair.changes {
                    let number = |text: &str| text.trim_start_matches(['s', 'x', 'd']).parse::<usize>().unwrap_or_default();
                    let schemes: Vec<usize> = change.schemes.iter().map(|slug| number(slug.as_str())).collect();
                    match change.kind {
                        ChangeKind::AllowApproval => request.avoid_approvals.clear(),
                        ChangeKind::AllowDataset => request.avoid_datasets.clear(),
                        ChangeKind::OpenCrosswalk => mended.crosswalks[number(&change.subject)].shut = false,
                        ChangeKind::NewCrosswalk => mended.crosswalks.push(
                            MadeCrosswalk { from: schemes[0], to: schemes[1], approvals: Vec::new(), shut: false },
                        ),
                        ChangeKind::AskForToo => prop_assert!(false, "no crosswalk here is for some requests only"),
                        ChangeKind::NewKey => mended.datasets[number(&change.subject)].holds.push(schemes[0]),
                    }
                }
                let after = mended.view().map_err(fail)?.plan(&request).map_err(fail)?;
                prop_assert!(after.verdict != Verdict::NotFeasible, "{:?} does not help", repair);
            }
            let single = |kind: ChangeKind, subject: &str| plan.repairs.iter().any(|repair| {
                repair.changes.len() == 1 && repair.changes.iter().any(|one| one.kind == kind && one.subject == subject)
            });
            let everything = subsets(APPROVALS).end - 1;
            if fewest_tables(&made, &want, everything).is_some() {
                prop_assert!(single(ChangeKind::AllowApproval, &format!("A{avoided}")), "{:?}", plan.repairs);
            }
            for (at, crosswalk) in made.crosswalks.iter().enumerate().filter(|(_, crosswalk)| crosswalk.shut) {
                let mut opened = made.clone();
                opened.crosswalks[at] = MadeCrosswalk { shut: false, ..crosswalk.clone() };
                let after = opened.view().map_err(fail)?.plan(&request).map_err(fail)?;
                prop_assert_eq!(after.verdict != Verdict::NotFeasible, single(ChangeKind::OpenCrosswalk, &format!("x{at}")));
            }
        }
    }

    #[test]
    fn what_is_left_out_is_the_least_that_helps(made in made()) {
        let plan = plan(&made, &[0, 1, 2, 3])?;
        if plan.verdict == Verdict::NotFeasible {
            let everything = subsets(APPROVALS).end - 1;
            let sets = subsets(4).map(|set| (0..4).filter(|at| set >> at & 1 == 1).collect::<Vec<usize>>());
            let can: Vec<Vec<usize>> = sets.filter(|set| !set.is_empty() && fewest_tables(&made, set, everything).is_some()).collect();
            let most = can.iter().map(Vec::len).max().unwrap_or_default();
            let expected: BTreeSet<Vec<usize>> = can.into_iter().filter(|set| set.len() == most).collect();
            let number = |want: &Ref| want.to_string().trim_start_matches('d').parse::<usize>().unwrap_or_default();
            let found: BTreeSet<Vec<usize>> =
                plan.leave_out.iter().map(|rest| rest.keep.iter().map(number).collect()).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn holding_an_approval_adding_a_link_or_asking_for_less_never_makes_it_worse(
        made in made(), held in 0..APPROVALS, from in 0..SCHEMES, by in 1..SCHEMES,
    ) {
        let before = plan(&made, &[0, 1, 2])?;
        let mut request = made.request(&[0, 1, 2]).map_err(fail)?;
        request.held = vec![code(held).map_err(fail)?];
        let view = made.view().map_err(fail)?;
        prop_assert!(fewest(&view.plan(&request).map_err(fail)?) <= fewest(&before));
        prop_assert!(fewest(&plan(&made, &[0, 1])?) <= fewest(&before));
        let mut more = made.clone();
        more.crosswalks.push(MadeCrosswalk { from, to: (from + by) % SCHEMES, approvals: Vec::new(), shut: false });
        prop_assert!(fewest(&plan(&more, &[0, 1, 2])?) <= fewest(&before));
    }

    #[test]
    fn names_change_nothing_and_the_same_question_has_the_same_answer(made in made()) {
        let one = plan(&made, &[0, 1, 2])?;
        let text = |plan: &LinkagePlan| serde_json::to_string(plan).map_err(fail);
        prop_assert_eq!(text(&one)?, text(&plan(&made, &[0, 1, 2])?)?);
        let other = plan(&Made { prefix: "zz", ..made.clone() }, &[0, 1, 2])?;
        let renamed = text(&other)?.replace("zz", "");
        let strip = |text: &str| -> Result<serde_json::Value, TestCaseError> {
            let mut value: serde_json::Value = serde_json::from_str(text).map_err(fail)?;
            value["digest"] = serde_json::Value::Null;
            Ok(value)
        };
        prop_assert_eq!(strip(&renamed)?, strip(&text(&one)?)?);
    }

    #[test]
    fn paths_come_in_order_and_none_twice(made in made()) {
        let view = made.view().map_err(fail)?;
        let [from, to] = [0, 1].map(|at| made.dataset(at).map(Ref::Dataset));
        let (from, to) = (from.map_err(fail)?, to.map_err(fail)?);
        let day = "2026-11-22".parse().map_err(fail)?;
        let found = view.paths(&PathsRequest { first: 50, ..PathsRequest::of(from, to, day) }).map_err(fail)?;
        let rank: Vec<(usize, usize)> = found.paths.iter().map(|path| (path.approvals.len(), path.extra_approvals.len())).collect();
        prop_assert!(rank.is_sorted(), "{rank:?}");
        let steps: BTreeSet<String> = found.paths.iter().map(|path| format!("{:?}", path.steps)).collect();
        prop_assert_eq!(steps.len(), found.paths.len());
        let least = minimal_sets(&made, &[0, 1]).iter().map(|set| set.count_ones() as usize).min();
        prop_assert_eq!(rank.first().map(|(approvals, _)| *approvals), least);
    }
}

#[test]
fn of_parallel_crosswalks_a_link_shows_the_one_that_takes_fewer_approvals_however_long() -> crate::support::TestResult {
    let crosswalk =
        |from, to, approvals: &[usize]| MadeCrosswalk { from, to, approvals: approvals.to_vec(), shut: false };
    let holds = |at| MadeDataset { approvals: Vec::new(), holds: vec![at], ..MadeDataset::default() };
    let made = Made {
        datasets: vec![holds(0), holds(2)],
        schemes: 3,
        crosswalks: vec![crosswalk(0, 2, &[0, 1]), crosswalk(0, 1, &[2]), crosswalk(1, 2, &[2])],
        prerequisites: vec![Vec::new(); APPROVALS],
        prefix: "",
    };
    let view = made.view()?;
    let day = "2026-11-22".parse()?;
    let links = view.dataset_links(&made.dataset(0)?, day);
    let crossed = |slugs: &[linkwright::domain::refs::Slug]| slugs.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(crossed(&links[0].steps[0].crosswalks), ["x1", "x2"]);
    assert_eq!(links[0].approvals.len(), 1);
    let table = links[0].steps[0].from.table.clone();
    assert_eq!(crossed(&view.joinable_to(&table, day)[0].step.crosswalks), ["x1", "x2"]);
    Ok(())
}
