//! The matrix of all pairs of datasets, kept in `docs/linkage-matrix.md` as it was reviewed, and laws over random
//! triples. `UPDATE_README=1 cargo test --test it matrix` writes the file anew: read the difference as a committee
//! member would.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::date;
use linkwright::app::{App, View};
use linkwright::clock::SystemClock;
use linkwright::domain::access::Actor;
use linkwright::domain::approval::Code;
use linkwright::domain::plan::{LinkagePlan, PlanRequest, Verdict};
use linkwright::domain::refs::{Ref, Slug};

use super::support::TestResult;
use super::support::command::shipped;

/// What stands in the file before the generated part, and before the list of kinds.
const HEAD: &str = "# Which shipped datasets can be linked, and what it takes

Every pair of the shipped datasets, planned for a project without any special characteristic. A number stands for a kind of answer, listed below with how many pairs have it. Best over what is recorded: a plan is not an approval, and an inferred row may be wrong ([data-models](../data-models/README.md)).

This file is held by a test. After a change to a data model, run `UPDATE_README=1 cargo test --test it matrix` and read the difference.
";

async fn view() -> anyhow::Result<Arc<View>> {
    let app = App::open(shipped()?, false, Arc::new(SystemClock), env!("CARGO_BIN_EXE_linkwright").into()).await?;
    Ok(app.view(&Actor::LocalOperator { account: "test".to_owned() })?)
}

fn plan(view: &View, want: &[&Slug]) -> anyhow::Result<LinkagePlan> {
    let want = want.iter().map(|dataset| Ref::Dataset((*dataset).clone())).collect();
    Ok(view.plan(&PlanRequest { max_options: 1, ..PlanRequest::of(want, date(2026, 11, 22)) })?)
}

/// Plans each request, on as many threads as there are processors.
fn plans<'s>(view: &View, requests: &[Vec<&'s Slug>]) -> anyhow::Result<Vec<(Vec<&'s Slug>, LinkagePlan)>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = requests.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let working: Vec<_> = requests
            .chunks(share)
            .map(|share| {
                scope.spawn(move || -> anyhow::Result<Vec<_>> {
                    share.iter().map(|want| Ok((want.clone(), plan(view, want)?))).collect()
                })
            })
            .collect();
        let mut all = Vec::new();
        for work in working {
            all.extend(work.join().map_err(|_| anyhow::anyhow!("a plan panicked"))??);
        }
        Ok(all)
    })
}

fn pairs(datasets: &[Slug]) -> Vec<Vec<&Slug>> {
    let others = |at: usize| datasets.iter().skip(at + 1);
    datasets.iter().enumerate().flat_map(|(at, one)| others(at).map(move |other| vec![one, other])).collect()
}

fn codes(plan: &LinkagePlan) -> BTreeSet<&Code> {
    plan.options.first().into_iter().flat_map(|option| &option.approvals).map(|approval| &approval.code).collect()
}

/// A kind of answer, in words; kinds are listed in the order of verdicts, then of approvals.
fn kind(plan: &LinkagePlan) -> (Verdict, String) {
    let Some(option) = plan.options.first() else {
        let why: BTreeSet<String> = plan.blockers.iter().map(|blocker| format!("{:?}", blocker.kind)).collect();
        return (plan.verdict, format!("| – | – | {} |", why.into_iter().collect::<Vec<_>>().join(", ")));
    };
    let list = |extra: bool| {
        let codes: Vec<&str> = option
            .approvals
            .iter()
            .filter(|approval| approval.extra == extra)
            .map(|approval| approval.code.as_str())
            .collect();
        if codes.is_empty() { "–".to_owned() } else { codes.join(", ") }
    };
    let crosswalks: BTreeSet<&str> = option.steps.iter().flat_map(|step| &step.crosswalks).map(Slug::as_str).collect();
    let via = if crosswalks.is_empty() {
        "shared key".to_owned()
    } else {
        crosswalks.into_iter().map(|slug| format!("`{slug}`")).collect::<Vec<_>>().join(" + ")
    };
    (plan.verdict, format!("| {} | {} | {via} |", list(false), list(true)))
}

fn told(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Feasible => "nothing needed",
        Verdict::FeasibleWithApprovals => "with approvals",
        Verdict::DiscussFirst => "discuss first",
        Verdict::NotFeasible => "no link",
    }
}

fn rank(verdict: Verdict) -> usize {
    [Verdict::Feasible, Verdict::FeasibleWithApprovals, Verdict::DiscussFirst, Verdict::NotFeasible]
        .iter()
        .position(|one| *one == verdict)
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_matrix_of_all_pairs_is_as_it_was_reviewed() -> TestResult {
    let view = view().await?;
    let datasets: Vec<Slug> = view.catalogue.datasets.keys().cloned().collect();
    let planned = plans(&view, &pairs(&datasets))?;

    let mut kinds: BTreeMap<(usize, String), usize> = BTreeMap::new();
    let of = |plan: &LinkagePlan| {
        let (verdict, text) = kind(plan);
        (rank(verdict), format!("{} {text}", told(verdict)))
    };
    for (_, plan) in &planned {
        *kinds.entry(of(plan)).or_default() += 1;
    }
    let numbers: BTreeMap<&(usize, String), usize> =
        kinds.keys().enumerate().map(|(at, kind)| (kind, at + 1)).collect();
    let cell = |one: &Slug, other: &Slug| {
        let found = planned.iter().find(|(want, _)| want.as_slice() == [one, other]);
        found.and_then(|(_, plan)| numbers.get(&of(plan))).map_or_else(String::new, ToString::to_string)
    };

    let mut text = HEAD.to_owned();
    text.push_str("\n## Pairs\n\n|  | Dataset |");
    (1..=datasets.len()).for_each(|at| _ = write!(text, " {at} |"));
    text.push_str("\n|---|---|");
    text.push_str(&"---|".repeat(datasets.len()));
    for (at, dataset) in datasets.iter().enumerate() {
        let _ = write!(text, "\n| {} | `{dataset}` |", at + 1);
        for (column, other) in datasets.iter().enumerate() {
            let shown = if column == at { "·".to_owned() } else { cell(dataset, other) + &cell(other, dataset) };
            let _ = write!(text, " {shown} |");
        }
    }
    text.push_str("\n\n## Kinds\n\n| Kind | Pairs | Verdict | Standard approvals | Extra approvals | Linked by |\n|---|---|---|---|---|---|\n");
    for (kind, count) in &kinds {
        let _ = writeln!(text, "| {} | {count} | {}", numbers[kind], kind.1);
    }

    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/linkage-matrix.md");
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(&file, text)?;
    } else {
        similar_asserts::assert_eq!(std::fs::read_to_string(&file)?, text);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_datasets_never_take_less_than_any_two_of_them() -> TestResult {
    let view = view().await?;
    let datasets: Vec<Slug> = view.catalogue.datasets.keys().cloned().collect();
    // The same 200 triples each time: a linear congruence picks them.
    let mut state: u64 = 20_261_124;
    let mut pick = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % datasets.len()
    };
    let mut triples: BTreeSet<[usize; 3]> = BTreeSet::new();
    while triples.len() < 200 {
        let mut triple = [pick(), pick(), pick()];
        triple.sort_unstable();
        if triple[0] < triple[1] && triple[1] < triple[2] {
            triples.insert(triple);
        }
    }
    let named: Vec<Vec<&Slug>> = triples.iter().map(|triple| triple.map(|at| &datasets[at]).to_vec()).collect();
    let wanted: BTreeSet<Vec<&Slug>> = named
        .iter()
        .flat_map(|triple| [[triple[0], triple[1]], [triple[0], triple[2]], [triple[1], triple[2]]])
        .map(|pair| pair.to_vec())
        .collect();
    let pairs: BTreeMap<Vec<&Slug>, LinkagePlan> =
        plans(&view, &wanted.into_iter().collect::<Vec<_>>())?.into_iter().collect();
    // A link that is for one dataset's requests only can be had in its company and not without it.
    let companions: BTreeSet<&Slug> =
        view.catalogue.crosswalks.values().flat_map(|crosswalk| &crosswalk.only_with).collect();
    let mut linked = 0;
    for (want, plan) in plans(&view, &named)? {
        linked += usize::from(plan.verdict != Verdict::NotFeasible);
        for (at, left_out) in want.iter().enumerate() {
            if companions.contains(left_out) {
                continue;
            }
            let pair: Vec<&Slug> =
                want.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, slug)| *slug).collect();
            let of_two = &pairs[&pair];
            assert!(
                rank(plan.verdict) >= rank(of_two.verdict),
                "{want:?} {:?}, {pair:?} {:?}",
                plan.verdict,
                of_two.verdict
            );
            let feasible = plan.verdict != Verdict::NotFeasible;
            assert!(
                !feasible || codes(&plan).len() >= codes(of_two).len(),
                "{want:?} takes {:?}, {pair:?} {:?}",
                codes(&plan),
                codes(of_two)
            );
        }
        for option in &plan.options {
            let own = want.iter().filter_map(|dataset| view.catalogue.dataset(dataset));
            for code in own.flat_map(|entry| entry.dataset.approvals.codes()) {
                assert!(codes(&plan).contains(code), "{want:?} lacks {code}");
            }
            assert!(option.approvals.iter().all(|approval| !approval.reasons.is_empty()), "{want:?}");
        }
        assert_eq!(plan.options.is_empty(), !plan.blockers.is_empty(), "{want:?}");
    }
    assert!(linked > 100, "only {linked} of 200 triples can be linked");
    Ok(())
}
