//! The matrix of all pairs of datasets, kept in `docs/linkage-matrix.md` as it was reviewed, and laws over random
//! triples. `UPDATE_README=1 cargo test --test it matrix` writes the file anew: read the difference as a committee
//! member would.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::date;
use linkwright::app::{App, View};
use linkwright::clock::FixedClock;
use linkwright::domain::access::Actor;
use linkwright::domain::approval::Code;
use linkwright::domain::plan::{BlockerKind, LinkagePlan, PlanRequest, Verdict};
use linkwright::domain::refs::{Ref, Slug};

use tokio::sync::OnceCell;

use super::support::TestResult;
use super::support::command::shipped;

/// What stands in the file before the generated part.
const HEAD: &str = "# Which shipped datasets can be linked, and what it takes

The best plan for every pair of the shipped datasets, for a project without any special characteristic. Datasets that give the same answers share a letter; `AB` is any dataset of A with any of B, `GG` any two of G. Best over what is recorded: a plan is not an approval, and an inferred row may be wrong ([data-models](../data-models/README.md)).

This file is held by a test. After a change to a data model, run `UPDATE_README=1 cargo test --test it matrix` and read the difference.
";

/// The shipped catalogue with the plan of every pair of its datasets, made once for the tests of this file.
struct Planned {
    view: Arc<View>,
    datasets: Vec<Slug>,
    pairs: BTreeMap<Vec<Slug>, LinkagePlan>,
}

async fn planned() -> anyhow::Result<&'static Planned> {
    static MADE: OnceCell<Planned> = OnceCell::const_new();
    MADE.get_or_try_init(|| async {
        let exe = env!("CARGO_BIN_EXE_linkwright").into();
        let app = App::open(shipped()?, false, Arc::new(FixedClock("2026-11-22T09:00:00Z".parse()?)), exe).await?;
        let view = app.view(&Actor::LocalOperator { account: "test".to_owned() })?;
        let datasets: Vec<Slug> = view.catalogue.datasets.keys().cloned().collect();
        let others = |at: usize| datasets.iter().skip(at + 1);
        let pairs: Vec<Vec<Slug>> = datasets
            .iter()
            .enumerate()
            .flat_map(|(at, one)| others(at).map(move |other| vec![one.clone(), other.clone()]))
            .collect();
        let pairs = plans(&view, &pairs)?.into_iter().collect();
        Ok(Planned { view, datasets, pairs })
    })
    .await
}

fn plan(view: &View, want: &[Slug]) -> anyhow::Result<LinkagePlan> {
    let want = want.iter().cloned().map(Ref::Dataset).collect();
    Ok(view.plan(&PlanRequest { max_options: 1, ..PlanRequest::of(want, date(2026, 11, 22)) })?)
}

/// Plans each request, on as many threads as there are processors.
fn plans(view: &View, requests: &[Vec<Slug>]) -> anyhow::Result<Vec<(Vec<Slug>, LinkagePlan)>> {
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

fn codes(plan: &LinkagePlan) -> BTreeSet<&Code> {
    plan.options.first().into_iter().flat_map(|option| &option.approvals).map(|approval| &approval.code).collect()
}

/// An answer in the cells of a table: verdict, standard approvals, extra approvals, and what links the two.
fn answer(plan: &LinkagePlan) -> String {
    let verdict = match plan.verdict {
        Verdict::Feasible => "nothing needed",
        Verdict::FeasibleWithApprovals => "with approvals",
        Verdict::DiscussFirst => "discuss first",
        Verdict::NotFeasible => "**no link**",
    };
    let Some(option) = plan.options.first() else {
        let why = plan.blockers.iter().map(|blocker| match blocker.kind {
            BlockerKind::NoLinkableKey => "no table or key is public",
            BlockerKind::CrosswalkNotAvailable => "the crosswalk may not be used here",
            BlockerKind::NoSharedIdentifier => "no identifier in common",
            _ => "see the plan",
        });
        let why: BTreeSet<&str> = why.collect();
        return format!("{verdict} | – | – | {} |", why.into_iter().collect::<Vec<_>>().join(", "));
    };
    let list = |extra: bool| {
        let needed = option.approvals.iter().filter(|approval| approval.extra == extra);
        let codes: Vec<&str> = needed.map(|approval| approval.code.as_str()).collect();
        if codes.is_empty() { "–".to_owned() } else { codes.join(", ") }
    };
    let crosswalks: Vec<&str> = option.steps.iter().flat_map(|step| &step.crosswalks).map(Slug::as_str).collect();
    let via = if crosswalks.is_empty() { "a key that both hold".to_owned() } else { crosswalks.join(" + ") };
    format!("{verdict} | {} | {} | {via} |", list(false), list(true))
}

/// The answer for each two datasets, in either order.
struct Answers<'s>(BTreeMap<[&'s Slug; 2], String>);

impl Answers<'_> {
    fn of<'a>(&'a self, one: &'a Slug, other: &'a Slug) -> &'a str {
        self.0.get(&[one, other]).map_or("", String::as_str)
    }
}

/// Datasets whose answers with every other dataset, and among themselves, are the same.
fn alike<'s>(datasets: &'s [Slug], answers: &Answers<'_>) -> Vec<Vec<&'s Slug>> {
    let mut groups: Vec<Vec<&Slug>> = Vec::new();
    for dataset in datasets {
        let fits = |group: &&mut Vec<&Slug>| {
            let Some(first) = group.first() else { return false };
            let others = datasets.iter().filter(|other| *other != dataset && !group.contains(other));
            let among: BTreeSet<&str> = group
                .iter()
                .enumerate()
                .flat_map(|(at, one)| group.iter().skip(at + 1).chain([&dataset]).map(|other| answers.of(one, other)))
                .collect();
            among.len() == 1 && others.into_iter().all(|other| answers.of(first, other) == answers.of(dataset, other))
        };
        match groups.iter_mut().find(fits) {
            Some(group) => group.push(dataset),
            None => groups.push(vec![dataset]),
        }
    }
    groups
}

fn rank(verdict: Verdict) -> usize {
    [Verdict::Feasible, Verdict::FeasibleWithApprovals, Verdict::DiscussFirst, Verdict::NotFeasible]
        .iter()
        .position(|one| *one == verdict)
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_matrix_of_all_pairs_is_as_it_was_reviewed() -> TestResult {
    let Planned { datasets, pairs, .. } = planned().await?;
    let both = pairs
        .iter()
        .flat_map(|(want, plan)| [([&want[0], &want[1]], answer(plan)), ([&want[1], &want[0]], answer(plan))]);
    let answers = Answers(both.collect());
    let groups = alike(datasets, &answers);
    let letter = |at: usize| char::from(b'A'.saturating_add(u8::try_from(at).unwrap_or_default()));

    let mut text = HEAD.to_owned();
    text.push_str("\n| Letter | Datasets |\n|---|---|\n");
    for (at, group) in groups.iter().enumerate() {
        let names: Vec<String> = group.iter().map(|dataset| format!("`{dataset}`")).collect();
        let _ = writeln!(text, "| {} | {} |", letter(at), names.join(", "));
    }
    text.push_str(
        "\n| Pair | Verdict | Standard approvals | Extra approvals | Linked by, or why not |\n|---|---|---|---|---|\n",
    );
    for (at, one) in groups.iter().enumerate() {
        if let [first, second, ..] = one.as_slice() {
            let _ = writeln!(text, "| {0}{0} | {1}", letter(at), answers.of(first, second));
        }
        for (next, other) in groups.iter().enumerate().skip(at + 1) {
            let _ = writeln!(text, "| {}{} | {}", letter(at), letter(next), answers.of(one[0], other[0]));
        }
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
    let Planned { view, datasets, pairs } = planned().await?;
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
    let named: Vec<Vec<Slug>> = triples.iter().map(|triple| triple.map(|at| datasets[at].clone()).to_vec()).collect();
    // A link that is for one dataset's requests only can be had in its company and not without it.
    let companions: BTreeSet<&Slug> =
        view.catalogue.crosswalks.values().flat_map(|crosswalk| &crosswalk.only_with).collect();
    let mut linked = 0;
    for (want, plan) in plans(view, &named)? {
        linked += usize::from(plan.verdict != Verdict::NotFeasible);
        for (at, left_out) in want.iter().enumerate() {
            if companions.contains(left_out) {
                continue;
            }
            let pair: Vec<Slug> =
                want.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, slug)| slug.clone()).collect();
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
