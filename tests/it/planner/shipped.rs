//! Laws that hold on the shipped catalogue: what is granted, added or spared never makes a plan worse, names change
//! nothing but names, and the same question has the same answer.

use std::sync::Arc;

use linkwright::app::{App, View};
use linkwright::clock::{Clock, FixedClock};
use linkwright::domain::approval::{Code, Given, Recorded, Term};
use linkwright::domain::catalogue::PublishedModel;
use linkwright::domain::crosswalk::Crosswalk;
use linkwright::domain::data_model::DataModel;
use linkwright::domain::plan::{LinkagePlan, PlanRequest};
use linkwright::domain::refs::{Ref, Slug};
use linkwright::domain::words::CrosswalkStatus;
use serde_json::Value;

use crate::support::TestResult;
use crate::support::command::shipped;

fn clock() -> anyhow::Result<Arc<dyn Clock>> {
    Ok(Arc::new(FixedClock("2026-11-22T09:00:00Z".parse()?)))
}

async fn models() -> anyhow::Result<Vec<PublishedModel>> {
    let app = App::open(shipped()?, false, clock()?, env!("CARGO_BIN_EXE_linkwright").into()).await?;
    Ok(app.snapshot().models.clone())
}

/// Picks, the same in every run (a linear congruence).
struct Picks(u64);

impl Picks {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % most.max(1)
    }

    /// Two to four different datasets.
    fn want(&mut self, datasets: &[Slug]) -> Vec<Slug> {
        let size = 2 + self.below(3);
        let mut want: Vec<Slug> = Vec::new();
        while want.len() < size {
            let one = &datasets[self.below(datasets.len())];
            if !want.contains(one) {
                want.push(one.clone());
            }
        }
        want
    }
}

fn request(want: &[Slug]) -> anyhow::Result<PlanRequest> {
    let want = want.iter().cloned().map(Ref::Dataset).collect();
    Ok(PlanRequest { max_options: 3, ..PlanRequest::of(want, "2026-11-22".parse()?) })
}

/// What plans are ranked by: approvals, extra ones, links to be discussed, tables, crosswalks. Without a plan, the worst.
fn rank(view: &View, plan: &LinkagePlan) -> [usize; 5] {
    let Some(best) = plan.options.first() else { return [usize::MAX; 5] };
    let of = &best.objectives;
    let crosswalks = best.steps.iter().flat_map(|step| &step.crosswalks);
    let discuss = crosswalks.filter(|slug| {
        view.catalogue.crosswalks.get(*slug).is_some_and(|held| held.status == CrosswalkStatus::Discuss)
    });
    [of.approvals, of.extra_approvals, discuss.count(), of.tables, of.crosswalks]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_granted_added_or_spared_never_makes_a_plan_worse() -> TestResult {
    let models = models().await?;
    let view = View::of_models(&models, &clock()?)?;
    let datasets: Vec<Slug> = view.catalogue.datasets.keys().cloned().collect();
    let codes: Vec<Code> = view.catalogue.approvals.keys().cloned().collect();
    let schemes: Vec<Slug> = view.catalogue.schemes.keys().cloned().collect();
    let mut picks = Picks(20_261_125);
    let (mut spared, mut opened) = (0, 0);
    for round in 0..40 {
        let want = picks.want(&datasets);
        let before = view.plan(&request(&want)?)?;
        let worst = rank(&view, &before);

        let mut held = request(&want)?;
        let needed: Vec<&Code> =
            before.options.iter().flat_map(|option| &option.approvals).map(|one| &one.code).collect();
        let some = picks.below(needed.len() + 1);
        held.held =
            vec![needed.get(some).map_or_else(|| codes[picks.below(codes.len())].clone(), |code| (*code).clone())];
        let granted = rank(&view, &view.plan(&held)?);
        assert!(granted <= worst, "{want:?} holding {:?}: {granted:?} after {worst:?}", held.held);
        spared += usize::from(granted < worst);

        // A crosswalk made for one dataset only can be had in its company and not without it.
        let kept = &want[..want.len() - 1];
        let company = view.catalogue.crosswalks.values().any(|held| held.only_with.contains(&want[want.len() - 1]));
        if !company {
            let fewer = rank(&view, &view.plan(&request(kept)?)?);
            assert!(fewer <= worst, "{kept:?} of {want:?}: {fewer:?} after {worst:?}");
        }

        // Where there is no way, one that would make it possible; else any.
        let missing = before.repairs.iter().flat_map(|repair| &repair.changes).find(|change| change.schemes.len() == 2);
        if missing.is_some() || round % 6 == 0 {
            let (from, to) = match missing {
                Some(change) => (&change.schemes[0], &change.schemes[1]),
                None => (&schemes[picks.below(schemes.len())], &schemes[picks.below(schemes.len())]),
            };
            let more = View::of_models(&with_crosswalk(&models, from, to)?, &clock()?)?;
            let after = rank(&more, &more.plan(&request(&want)?)?);
            assert!(after <= worst, "{want:?} with {from}--{to}: {after:?} after {worst:?}");
            opened += usize::from(after < worst);
        }
    }
    assert!(spared > 5 && opened > 2, "the laws were put to the test {spared} and {opened} times");
    Ok(())
}

/// The same models with one more crosswalk, which takes no approval.
fn with_crosswalk(models: &[PublishedModel], from: &Slug, to: &Slug) -> anyhow::Result<Vec<PublishedModel>> {
    let mut models = models.to_vec();
    if from != to
        && let Some(held) = models.iter_mut().find(|held| !held.model.crosswalks.is_empty())
    {
        let mut model = (*held.model).clone();
        let like = model.crosswalks[0].as_ref().clone();
        model.crosswalks.push(Arc::new(Crosswalk {
            slug: Slug::of_crosswalk_name("one--more")?,
            from: from.clone(),
            to: to.clone(),
            approvals: Recorded::NoneNeeded,
            status: CrosswalkStatus::Available,
            only_with: Vec::new(),
            valid_from: None,
            valid_to: None,
            cardinality: None,
            ..like
        }));
        held.model = Arc::new(model);
    }
    Ok(models)
}

/// A name that sorts as before, and is found nowhere else.
const MARK: &str = "0zq0";

fn renamed(slug: &Slug) -> Slug {
    Slug::of(&format!("{MARK}{slug}")).unwrap_or_else(|_| slug.clone())
}

fn renamed_ref(reference: &Ref) -> Ref {
    match reference.clone() {
        Ref::Dataset(dataset) => Ref::Dataset(renamed(&dataset)),
        Ref::Table(mut table) => {
            table.dataset = renamed(&table.dataset);
            Ref::Table(table)
        }
        Ref::Field(mut field) => {
            field.table.dataset = renamed(&field.table.dataset);
            Ref::Field(field)
        }
    }
}

/// Every dataset under another name, wherever it is named.
fn with_other_names(model: &DataModel) -> DataModel {
    let mut model = model.clone();
    for dataset in &mut model.datasets {
        let dataset = Arc::make_mut(dataset);
        dataset.slug = renamed(&dataset.slug);
    }
    for table in &mut model.tables {
        let table = Arc::make_mut(table);
        table.dataset = renamed(&table.dataset);
    }
    for field in &mut model.fields {
        let field = Arc::make_mut(field);
        field.dataset = renamed(&field.dataset);
        for reference in &mut field.references {
            reference.target.table.dataset = renamed(&reference.target.table.dataset);
        }
    }
    for crosswalk in &mut model.crosswalks {
        let crosswalk = Arc::make_mut(crosswalk);
        crosswalk.only_with.iter_mut().for_each(|dataset| *dataset = renamed(dataset));
    }
    for rule in &mut model.rules {
        for term in &mut Arc::make_mut(rule).when {
            match term {
                Term::Dataset(dataset) => *dataset = renamed(dataset),
                Term::Table(table) => table.dataset = renamed(&table.dataset),
                _ => {}
            }
        }
    }
    for test in &mut model.rule_tests {
        for given in &mut test.given {
            if let Given::Want(reference) = given {
                *reference = renamed_ref(reference);
            }
        }
    }
    model
}

/// Lists of datasets and crosswalks together are in the order of their names, which other names change.
fn in_any_order(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if object.get("kind").is_some_and(|kind| kind == "PROVENANCE") {
                object.remove("text");
                if let Some(Value::Array(subjects)) = object.get_mut("subjects") {
                    subjects.sort_by_key(ToString::to_string);
                }
            }
            object.values_mut().for_each(in_any_order);
        }
        Value::Array(items) => items.iter_mut().for_each(in_any_order),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_change_nothing_but_names_and_the_same_question_has_the_same_bytes() -> TestResult {
    let models = models().await?;
    let view = View::of_models(&models, &clock()?)?;
    let other: Vec<PublishedModel> = models
        .iter()
        .map(|held| PublishedModel { model: Arc::new(with_other_names(&held.model)), ..held.clone() })
        .collect();
    let other = View::of_models(&other, &clock()?)?;
    let datasets: Vec<Slug> = view.catalogue.datasets.keys().cloned().collect();
    let mut picks = Picks(20_261_126);
    for _ in 0..30 {
        let want = picks.want(&datasets);
        let plan = view.plan(&request(&want)?)?;
        assert_eq!(serde_json::to_string(&plan)?, serde_json::to_string(&view.plan(&request(&want)?)?)?, "{want:?}");
        let renamed_want: Vec<Slug> = want.iter().map(renamed).collect();
        let mut again = other.plan(&request(&renamed_want)?)?;
        again.digest.clone_from(&plan.digest);
        let text = serde_json::to_string(&again)?.replace(MARK, "");
        let (mut again, mut plan): (Value, Value) = (serde_json::from_str(&text)?, serde_json::to_value(&plan)?);
        in_any_order(&mut again);
        in_any_order(&mut plan);
        similar_asserts::assert_eq!(serde_json::to_string_pretty(&again)?, serde_json::to_string_pretty(&plan)?);
    }
    Ok(())
}
