//! Bad input (issue 3): each a clear message, no panic, no endless search.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use linkwright::clock::Clock;
use linkwright::domain::plan::{PathsRequest, SearchStop, Verdict};
use linkwright::domain::refs::Ref;
use serde_json::json;

use super::made::{Made, MadeCrosswalk, MadeDataset, code};
use crate::semantics::{Catalogue, Sheet};
use crate::support::TestResult;
use crate::support::command::{ask, linkwright, shipped};
use crate::support::server::Server;
use crate::support::workbook::book;

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
    assert_eq!(twice["want"], json!(["epr", "maternity"]));
    assert_eq!(
        twice["notices"],
        json!([{ "kind": "NAMED_TWICE", "text": "epr was named 3 times: it counts once.", "subjects": ["epr"] }])
    );
    let (_, once) = ask(&["plan", "epr", "maternity"])?;
    assert_eq!((&once["notices"], &once["digest"]), (&json!([]), &twice["digest"]), "it is the same plan");
    let (_, parts) = ask(&["plan", "maternity/msd001", "Maternity/MSD001/LPIDMother"])?;
    assert_eq!(parts["want"].as_array().map(Vec::len), Some(2), "a table and a field of it are two things");
    assert_eq!(parts["notices"][0]["kind"], "NOTHING_TO_LINK", "{}", parts["notices"]);

    let (status, one) = ask(&["plan", "wsic"])?;
    assert_eq!((status, &one["options"][0]["steps"]), (0, &json!([])));
    assert_eq!(one["notices"][0]["kind"], "NOTHING_TO_LINK");
    let codes: Vec<&str> = one["options"][0]["approvals"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["code"].as_str())
        .collect();
    assert!(codes.contains(&"NWL-DAC"), "its own approvals are told: {codes:?}");
    let words = linkwright(shipped()?, &["plan", "wsic", "wsic"])?;
    assert!(words.out.contains("Note: wsic was named twice: it counts once."), "{}", words.out);
    assert!(words.out.contains("Note: Only wsic is asked for: there is nothing to link."), "{}", words.out);
    Ok(())
}

#[test]
fn every_door_says_what_was_named_twice_or_alone() -> TestResult {
    let server = Server::shipped()?;
    let query = "{ linkagePlan(request: { want: [\"epr\", \"EPR\"] }) { notices { kind text } options { approvals { code } } } }";
    let answer = server.ask(query, json!({}))?;
    let notices = &answer["data"]["linkagePlan"]["notices"];
    assert_eq!([&notices[0]["kind"], &notices[1]["kind"]], ["NAMED_TWICE", "NOTHING_TO_LINK"], "{answer}");
    for (address, text) in [
        ("/plan?item=epr&item=EPR&item=maternity", "epr was named twice: it counts once."),
        ("/plan?item=epr", "Only epr is asked for: there is nothing to link."),
    ] {
        let page = server.get(address)?;
        assert!(page.status == 200 && page.body.contains(text), "{address}: {}", page.body);
    }
    Ok(())
}

#[test]
fn what_is_held_or_avoided_and_unknown_is_answered_with_the_nearest_at_every_door() -> TestResult {
    let server = Server::shipped()?;
    for (argument, given, offered) in [
        ("held", "DAPX", "DAPC"),
        ("avoid", "NWL-DAQ", "NWL-DAC"),
        ("avoid", "maternty", "maternity"),
        ("avoid", "maternity/msd001", "a whole dataset, such as maternity"),
    ] {
        let command = linkwright(shipped()?, &["plan", "maternity", "wsic", &format!("--{argument}"), given])?;
        assert!(command.status != 0 && command.err.contains(offered), "{argument}={given}: {}", command.err);
        let query =
            format!("{{ linkagePlan(request: {{ want: [\"maternity\"], {argument}: [\"{given}\"] }}) {{ verdict }} }}");
        let api = server.ask(&query, json!({}))?;
        let message = api["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains(offered), "{argument}={given}: {api}");
        let page = server.get(&format!("/plan?item=maternity&item=wsic&{argument}={given}"))?;
        assert!(page.status == 422 && page.body.contains(offered), "{argument}={given}: {}", page.body);
    }
    Ok(())
}

#[test]
fn paths_are_refused_and_timed_as_plans_are() -> TestResult {
    for arguments in [
        &["paths", "epr", "maternity", "--first", "0"][..],
        &["paths", "epr", "maternity", "--first", "500"],
        &["paths", "epr", "maternity", "--deadline", "soon"],
        &["paths", "epr", "EPR"],
    ] {
        assert_eq!(linkwright(shipped()?, arguments)?.status, 2, "{arguments:?}");
    }
    let made = chain(6);
    let (from, to) = (Ref::Dataset(made.dataset(0)?), Ref::Dataset(made.dataset(3)?));
    let request = PathsRequest { first: 3, ..PathsRequest::of(from, to, "2026-11-22".parse()?) };
    let whole = made.view()?.paths(&request)?;
    assert_eq!((whole.stopped, whole.complete), (SearchStop::Finished, true));
    let view = made.view_timed(Arc::new(Hasty { looks: AtomicU64::new(0), still: 0 }))?;
    let cut = view.paths(&request)?;
    assert_eq!((cut.stopped, cut.complete), (SearchStop::Deadline, false));
    assert!(!cut.paths.is_empty() && cut.verdict == whole.verdict, "some path is there however late");
    let (_, plan) = ask(&["plan", "epr", "wsic"])?;
    let (_, paths) = ask(&["paths", "epr", "wsic"])?;
    assert_eq!(paths["verdict"], plan["verdict"], "to be discussed is to be discussed");
    let kinds = |warnings: &serde_json::Value| -> Vec<String> {
        let warnings = warnings.as_array().into_iter().flatten();
        warnings.filter(|one| one["kind"] == "DISCUSS_FIRST").map(|one| one["text"].to_string()).collect()
    };
    assert_eq!(kinds(&paths["paths"][0]["warnings"]), kinds(&plan["options"][0]["warnings"]));
    Ok(())
}

#[test]
fn a_dataset_that_is_asked_for_and_avoided_and_two_approvals_avoided_at_once_are_said_to_be_so() -> TestResult {
    let (_, plan) = ask(&["plan", "epr", "wsic", "--avoid", "wsic"])?;
    let text = plan["blockers"][0]["text"].as_str().unwrap_or_default();
    assert!(text.contains("wsic is asked for, and the dataset wsic was to be avoided"), "{text}");
    // Three are avoided and two of them needed: the third is not blamed.
    let (_, plan) = ask(&["plan", "epr", "wsic", "--avoid", "DAPC", "--avoid", "NWL-DAC", "--avoid", "ICHT-COMM"])?;
    let texts: Vec<&str> =
        plan["blockers"].as_array().into_iter().flatten().filter_map(|one| one["text"].as_str()).collect();
    assert!(
        texts.iter().any(|text| text.contains("DAPC")) && texts.iter().any(|text| text.contains("NWL-DAC")),
        "{texts:?}"
    );
    assert!(!texts.iter().any(|text| text.contains("ICHT-COMM")), "{texts:?}");
    let (_, held) = ask(&["plan", "epr", "wsic", "--held", "DAPC", "--avoid", "DAPC"])?;
    assert_eq!(held["notices"][0]["kind"], "HELD_AND_AVOIDED", "{}", held["notices"]);
    Ok(())
}

#[test]
fn contradictions_of_crosswalks_are_found_when_a_workbook_is_checked_with_both_cells() -> TestResult {
    let sheets: [Sheet; 4] = [
        ("Datasets", &[&["Dataset", "Title", "Population"], &["a", "A", "1000"], &["b", "B", "800"]]),
        ("Identifier schemes", &[&["Scheme", "Title", "Entity"], &["p", "P", "person"], &["q", "Q", "person"]]),
        (
            "Fields",
            &[&["Dataset", "Table", "Field", "Identifier scheme"], &["a", "t", "id", "p"], &["b", "t", "id", "q"]],
        ),
        (
            "Crosswalks",
            &[
                &["From scheme", "To scheme", "Crosswalk", "Cardinality", "Linked people", "Match rate"],
                &["p", "q", "one", "1:n", "900", ""],
                &["q", "p", "two", "1:n", "100", "50 %"],
            ],
        ),
    ];
    let folder = tempfile::TempDir::new()?;
    let file = folder.path().join("book.xlsx");
    std::fs::write(&file, book(&sheets))?;
    let report = linkwright("sqlite://none.db", &["check", &file.display().to_string(), "--format", "json"])?.json()?;
    let told = |code: &str| -> Vec<String> {
        let findings = report["findings"].as_array().into_iter().flatten();
        findings.filter(|one| one["code"] == code).map(|one| format!("{}: {}", one["cell"], one["what"])).collect()
    };
    let cardinalities = told("CONTRADICTORY_CARDINALITIES");
    assert_eq!(cardinalities.len(), 1, "once for the two: {report}");
    assert!(
        cardinalities[0].contains("Crosswalks!D3") && cardinalities[0].contains("Crosswalks!D2"),
        "{cardinalities:?}"
    );
    let people = told("MORE_LINKED_THAN_PEOPLE");
    assert!(people.iter().any(|one| one.contains("900 people, but “b”")), "{people:?}");
    assert!(people.iter().any(|one| one.contains("at least 400 of the 800")), "{people:?}");
    assert_eq!(people.len(), 2, "{people:?}");
    Ok(())
}

/// Datasets in a chain, each step with an approval of its own, and crosswalks across.
fn chain(length: usize) -> Made {
    let datasets = (0..length)
        .map(|at| MadeDataset { approvals: vec![at % 4], holds: vec![at, at + 1], ..MadeDataset::default() })
        .collect();
    let crosswalks = (0..length)
        .map(|at| MadeCrosswalk { from: at, to: (at + 3) % (length + 1), approvals: vec![(at + 1) % 4], shut: false })
        .collect();
    Made { datasets, schemes: length + 1, crosswalks, prerequisites: vec![Vec::new(); 4], prefix: "" }
}

#[test]
fn five_hundred_datasets_are_too_many_and_it_says_how_many_are_not() -> TestResult {
    let made = Made {
        datasets: vec![MadeDataset { approvals: Vec::new(), holds: vec![0], ..MadeDataset::default() }; 500],
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
            MadeDataset { approvals: vec![0], holds: vec![0], ..MadeDataset::default() },
            MadeDataset { approvals: Vec::new(), holds: vec![0], ..MadeDataset::default() },
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
            MadeDataset { approvals: Vec::new(), holds: vec![0], ..MadeDataset::default() },
            MadeDataset { approvals: Vec::new(), holds: vec![1], ..MadeDataset::default() },
        ],
        schemes: 2,
        crosswalks: vec![MadeCrosswalk { from: 0, to: 0, approvals: Vec::new(), shut: false }],
        prerequisites: Vec::new(),
        prefix: "",
    };
    assert_eq!(made.plan(&[0, 1])?.verdict, Verdict::NotFeasible);
    Ok(())
}

/// The datasets `a`, with the identifier `p`, and `b`, with `q`.
const A_AND_B: [Sheet; 4] = [
    ("Datasets", &[&["Dataset", "Title"], &["a", "A"], &["b", "B"]]),
    ("Tables", &[&["Dataset", "Table"], &["a", "t"], &["b", "t"]]),
    ("Identifier schemes", &[&["Scheme", "Title", "Entity"], &["p", "P", "person"], &["q", "Q", "person"]]),
    ("Fields", &[&["Dataset", "Table", "Field", "Identifier scheme"], &["a", "t", "id", "p"], &["b", "t", "id", "q"]]),
];

#[test]
fn cardinalities_that_contradict_each_other_are_told_with_both() -> TestResult {
    let sheets: [Sheet; 5] = [
        A_AND_B[0],
        A_AND_B[1],
        A_AND_B[2],
        A_AND_B[3],
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
fn a_crosswalk_that_does_not_record_how_many_belong_together_is_told_and_stands_in_the_skeleton() -> TestResult {
    let catalogue = |cardinality: &str| {
        let sheets: [Sheet; 5] = [
            A_AND_B[0],
            A_AND_B[1],
            A_AND_B[2],
            A_AND_B[3],
            ("Crosswalks", &[&["From scheme", "To scheme", "Cardinality"], &["p", "q", cardinality]]),
        ];
        Catalogue::of(&sheets)
    };
    let told = |plan: &serde_json::Value| {
        let warnings = plan["options"][0]["warnings"].as_array().into_iter().flatten();
        warnings.filter(|one| one["kind"] == "CARDINALITY_NOT_RECORDED").count()
    };
    let silent = catalogue("")?;
    assert_eq!(told(&silent.ask(&["plan", "a", "b"])?), 1);
    assert!(
        linkwright(&silent.url, &["plan", "a", "b", "--format", "sql"])?
            .out
            .contains("-- Trap: From p to q, how many belong")
    );
    assert_eq!(told(&catalogue("1:1")?.ask(&["plan", "a", "b"])?), 0);
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
    let made = chain(6);
    let best = made.plan(&[0, 3, 5])?;
    assert_eq!((best.search.stopped, best.search.gap), (SearchStop::Finished, 0));
    let mut cut_short = 0;
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
            cut_short += 1;
        }
    }
    assert!(cut_short > 0, "time does run out");
    let view = made.view_timed(Arc::new(Hasty { looks: AtomicU64::new(0), still: 0 }))?;
    let mut avoiding = made.request(&[0, 3, 5])?;
    avoiding.avoid_approvals = vec![code(0)?];
    assert_eq!(view.plan(&avoiding)?.verdict, Verdict::NotFeasible, "what is ruled out at once needs no time");
    Ok(())
}
