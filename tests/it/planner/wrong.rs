//! Bad input (issue 3): each a clear message, no panic, no endless search.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use linkwright::clock::Clock;
use linkwright::domain::plan::{SearchStop, Verdict};

use super::made::{Made, MadeCrosswalk, MadeDataset, code};
use crate::semantics::{Catalogue, Sheet};
use crate::support::TestResult;
use crate::support::command::{ask, linkwright, shipped};

#[test]
fn what_is_unknown_is_answered_with_the_nearest() -> TestResult {
    for (arguments, offered) in [
        (vec!["plan", "maternty", "epr"], "maternity"),
        (vec!["plan", "maternity", "epr", "--held", "DAPX"], "DAPC"),
        (vec!["plan", "maternity", "epr", "--avoid", "NWL-DAQ"], "NWL-DAC"),
    ] {
        let answer = linkwright(shipped()?, &arguments)?;
        assert_eq!(answer.status, 1, "{arguments:?}");
        assert!(answer.err.contains(offered), "{arguments:?}: {}", answer.err);
    }
    Ok(())
}

#[test]
fn the_same_thing_twice_is_asked_for_once_and_one_thing_alone_is_a_plan() -> TestResult {
    let (_, twice) = ask(&["plan", "epr", "EPR", "maternity", "epr"])?;
    assert_eq!(twice["want"], serde_json::json!(["epr", "maternity"]));
    let (status, one) = ask(&["plan", "epr"])?;
    assert_eq!((status, &one["options"][0]["steps"]), (0, &serde_json::json!([])));
    Ok(())
}

#[test]
fn five_hundred_datasets_are_too_many_and_it_says_how_many_are_not() -> TestResult {
    let made = Made {
        datasets: vec![MadeDataset { approvals: Vec::new(), holds: vec![0] }; 500],
        schemes: 1,
        crosswalks: Vec::new(),
        prerequisites: Vec::new(),
        prefix: "",
    };
    let view = made.view()?;
    let error = view.plan(&made.request(&(0..500).collect::<Vec<_>>())?).expect_err("too many");
    assert!(error.to_string().contains("500 things are asked for: name between 1 and 50"), "{error}");
    let fifty = view.plan(&made.request(&(0..50).collect::<Vec<_>>())?)?;
    assert_eq!((fifty.verdict, fifty.options[0].tables.len()), (Verdict::Feasible, 50));
    Ok(())
}

#[test]
fn prerequisites_in_a_circle_are_refused_in_a_workbook_and_end_in_memory() -> TestResult {
    let made = Made {
        datasets: vec![
            MadeDataset { approvals: vec![0], holds: vec![0] },
            MadeDataset { approvals: Vec::new(), holds: vec![0] },
        ],
        schemes: 1,
        crosswalks: Vec::new(),
        prerequisites: vec![vec![1], vec![0]],
        prefix: "",
    };
    let plan = made.plan(&[0, 1])?;
    assert_eq!(plan.options[0].approvals.len(), 2, "each asks for the other");
    assert_eq!(plan.options[0].timeline.earliest_access, None, "neither can ever be begun");
    Ok(())
}

#[test]
fn a_crosswalk_to_itself_is_refused_in_a_workbook_and_leads_nowhere_in_memory() -> TestResult {
    let sheets: [Sheet; 2] = [
        ("Identifier schemes", &[&["Scheme", "Title", "Entity"], &["p", "P", "person"]]),
        ("Crosswalks", &[&["From scheme", "To scheme"], &["p", "p"]]),
    ];
    let refused = Catalogue::of(&sheets).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused.contains("CROSSWALK_TO_ITSELF"), "{refused}");
    let made = Made {
        datasets: vec![
            MadeDataset { approvals: Vec::new(), holds: vec![0] },
            MadeDataset { approvals: Vec::new(), holds: vec![1] },
        ],
        schemes: 2,
        crosswalks: vec![MadeCrosswalk { from: 0, to: 0, approvals: Vec::new(), shut: false }],
        prerequisites: Vec::new(),
        prefix: "",
    };
    assert_eq!(made.plan(&[0, 1])?.verdict, Verdict::NotFeasible);
    Ok(())
}

#[test]
fn cardinalities_that_contradict_each_other_are_told_with_both() -> TestResult {
    let sheets: [Sheet; 5] = [
        ("Datasets", &[&["Dataset", "Title"], &["a", "A"], &["b", "B"]]),
        ("Tables", &[&["Dataset", "Table"], &["a", "t"], &["b", "t"]]),
        ("Identifier schemes", &[&["Scheme", "Title", "Entity"], &["p", "P", "person"], &["q", "Q", "person"]]),
        (
            "Fields",
            &[&["Dataset", "Table", "Field", "Identifier scheme"], &["a", "t", "id", "p"], &["b", "t", "id", "q"]],
        ),
        (
            "Crosswalks",
            &[
                &["From scheme", "To scheme", "Crosswalk", "Cardinality", "Status"],
                &["p", "q", "one", "1:1", "available"],
                &["q", "p", "two", "1:n", "available"],
            ],
        ),
    ];
    let plan = Catalogue::of(&sheets)?.ask(&["plan", "a", "b"])?;
    let told =
        plan["options"][0]["warnings"].as_array().into_iter().flatten().find(|one| one["kind"] == "CONTRADICTORY");
    let text = told.and_then(|told| told["text"].as_str()).unwrap_or_default();
    assert!(text.contains("1:1 by one") && text.contains("n:1 by two"), "{plan}");
    Ok(())
}

#[test]
fn an_avoided_approval_that_the_project_itself_takes_is_named_as_such() -> TestResult {
    let (status, plan) = ask(&["plan", "epr", "maternity", "--commercial-funding", "--avoid", "ICHT-COMM"])?;
    assert_eq!((status, &plan["verdict"]), (1, &"NOT_FEASIBLE".into()));
    assert!(plan["blockers"][0]["text"].as_str().is_some_and(|text| text.contains("said of the project")), "{plan}");
    assert_eq!(plan["repairs"][0]["changes"][0]["subject"], "ICHT-COMM", "{plan}");
    assert_eq!(plan["leaveOut"], serde_json::json!([]), "nothing to leave out helps");
    Ok(())
}

#[test]
fn what_is_no_saved_plan_no_day_and_no_number_of_seconds_is_said_to_be_none() -> TestResult {
    let folder = tempfile::TempDir::new()?;
    let file = folder.path().join("plan.json").display().to_string();
    for text in ["", "[]", "{\"want\": 3}", "no json"] {
        std::fs::write(&file, text)?;
        let answer = linkwright(shipped()?, &["plan", "--reopen", &file])?;
        assert_eq!(answer.status, 2, "{text}: {}", answer.err);
        assert!(answer.err.contains("no saved plan"), "{}", answer.err);
    }
    for arguments in [
        vec!["plan", "--reopen", "nowhere.json"],
        vec!["plan", "--reopen", &file, "epr"],
        vec!["plan", "epr", "--deadline", "-1"],
        vec!["plan", "epr", "--deadline", "soon"],
        vec!["plan", "epr", "--option", "0"],
        vec!["plan"],
    ] {
        assert_eq!(linkwright(shipped()?, &arguments)?.status, 2, "{arguments:?}");
    }
    Ok(())
}

/// A clock that goes on by a second whenever somebody looks at it, from some look on.
#[derive(Debug)]
struct Hasty {
    looks: AtomicU64,
    still: u64,
}

impl Clock for Hasty {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn running(&self) -> Duration {
        let look = self.looks.fetch_add(1, Ordering::Relaxed);
        Duration::from_secs(look.saturating_sub(self.still))
    }
}

#[test]
fn past_the_deadline_the_best_found_is_given_with_its_bound_and_never_called_optimal_without_proof() -> TestResult {
    let datasets = (0..6).map(|at| MadeDataset { approvals: vec![at % 4], holds: vec![at, at + 1] }).collect();
    let crosswalks = (0..6)
        .map(|at| MadeCrosswalk { from: at, to: (at + 3) % 7, approvals: vec![(at + 1) % 4], shut: false })
        .collect();
    let made = Made { datasets, schemes: 7, crosswalks, prerequisites: vec![Vec::new(); 4], prefix: "" };
    let best = made.plan(&[0, 3, 5])?;
    assert_eq!((best.search.stopped, best.search.gap), (SearchStop::Finished, 0));
    for still in [0, 1, 2, 4, 8, 16] {
        let view = made.view_timed(Arc::new(Hasty { looks: AtomicU64::new(0), still }))?;
        let plan = view.plan(&made.request(&[0, 3, 5])?)?;
        assert_ne!(plan.verdict, Verdict::NotFeasible, "{still}");
        let found = &plan.options[0];
        assert!(found.objectives.approvals >= best.options[0].objectives.approvals, "{still}");
        assert!(plan.search.approvals_at_least <= best.options[0].objectives.approvals, "a bound is below the best");
        assert_eq!(plan.search.gap, found.objectives.approvals - plan.search.approvals_at_least, "{still}");
        assert_eq!(found.gap, found.tables.len() - found.lower_bound, "{still}");
        assert!(!found.optimal || found.gap == 0);
        if plan.search.stopped == SearchStop::Deadline {
            assert!(!plan.complete, "{still}");
        }
    }
    let view = made.view_timed(Arc::new(Hasty { looks: AtomicU64::new(0), still: 0 }))?;
    let mut avoiding = made.request(&[0, 3, 5])?;
    avoiding.avoid_approvals = vec![code(0)?];
    assert_eq!(view.plan(&avoiding)?.verdict, Verdict::NotFeasible, "what is ruled out at once needs no time");
    Ok(())
}
