//! The explained "no", and what else a researcher could do: repairs, what to leave out, what is held, what an
//! alternative trades, and which crosswalk is missing.

use serde_json::{Value, json};

use crate::semantics::{Catalogue, Sheet};
use crate::support::TestResult;
use crate::support::command::linkwright;

const DATASETS: Sheet = (
    "Datasets",
    &[
        &["Dataset", "Title", "Approvals", "Curated", "Coverage start", "Coverage end"],
        &["a", "A", "none", "yes", "2020-01-01", ""],
        &["b", "B", "B1", "yes", "2010-01-01", "2015-12-31"],
        &["c", "C", "none", "yes", "", ""],
        &["d", "D", "none", "yes", "", ""],
    ],
);
const TABLES: Sheet = ("Tables", &[&["Dataset", "Table"], &["a", "t"], &["b", "t"], &["c", "t"], &["d", "t"]]);
const SCHEMES: Sheet = (
    "Identifier schemes",
    &[&["Scheme", "Title", "Entity"], &["p", "P", "person"], &["q", "Q", "person"], &["r", "R", "person"]],
);
const FIELDS: Sheet = (
    "Fields",
    &[
        &["Dataset", "Table", "Field", "Identifier scheme", "Key"],
        &["a", "t", "id", "p", "primary"],
        &["b", "t", "id", "p", ""],
        &["c", "t", "id", "q", "primary"],
        &["d", "t", "id", "r", "primary"],
    ],
);
const CROSSWALKS: Sheet = (
    "Crosswalks",
    &[
        &["From scheme", "To scheme", "Crosswalk", "Approvals", "Status"],
        &["p", "q", "quick", "A1", "available"],
        &["p", "q", "plain", "C1", "available"],
        &["q", "r", "shut", "none", "not available"],
    ],
);
const APPROVALS: Sheet = (
    "Approvals",
    &[
        &["Approval", "Title", "Body", "Standard", "Lead time (days)"],
        &["A1", "one", "body", "yes", "10"],
        &["B1", "two", "body", "", "5"],
        &["C1", "three", "body", "", "30"],
    ],
);

fn catalogue() -> anyhow::Result<Catalogue> {
    Catalogue::of(&[DATASETS, TABLES, SCHEMES, FIELDS, CROSSWALKS, APPROVALS])
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(|item| item["text"].as_str()).collect()
}

fn kinds(plan: &Value) -> Vec<Vec<(&str, &str)>> {
    let sets = plan["repairs"].as_array().into_iter().flatten();
    sets.map(|set| {
        let changes = set["changes"].as_array().into_iter().flatten();
        changes.filter_map(|change| Some((change["kind"].as_str()?, change["subject"].as_str()?))).collect()
    })
    .collect()
}

#[test]
fn a_no_names_the_parts_and_every_set_of_the_fewest_changes_that_would_make_it_a_yes() -> TestResult {
    let plan = catalogue()?.ask(&["plan", "a", "c", "d"])?;
    assert_eq!(plan["verdict"], "NOT_FEASIBLE");
    let parts: Vec<&Value> =
        plan["components"].as_array().into_iter().flatten().map(|component| &component["want"]).collect();
    assert_eq!(parts, [&json!(["a", "c"]), &json!(["d"])]);
    assert_eq!(plan["components"][1]["keys"], json!([{ "want": "d", "schemes": ["r"] }]));
    let repairs = kinds(&plan);
    assert_eq!(repairs[0], [("OPEN_CROSSWALK", "shut")], "the easiest first: {repairs:?}");
    assert!(repairs.iter().all(|set| set.len() == 1), "one change is enough: {repairs:?}");
    assert!(repairs.contains(&vec![("NEW_CROSSWALK", "p--r")]), "{repairs:?}");
    assert!(repairs.contains(&vec![("NEW_KEY", "d")]), "{repairs:?}");
    assert_eq!(plan["repairsComplete"], true);
    Ok(())
}

#[test]
fn an_avoided_approval_is_possible_after_all_or_by_a_crosswalk_that_is_not_there_yet() -> TestResult {
    let catalogue = catalogue()?;
    let plan = catalogue.ask(&["plan", "a", "c", "--avoid", "A1", "--avoid", "C1"])?;
    assert_eq!(plan["verdict"], "NOT_FEASIBLE");
    let repairs = kinds(&plan);
    assert!(repairs.contains(&vec![("ALLOW_APPROVAL", "A1")]), "{repairs:?}");
    assert!(repairs.contains(&vec![("ALLOW_APPROVAL", "C1")]), "{repairs:?}");
    assert!(repairs.iter().any(|set| set[0].0 == "NEW_KEY"), "{repairs:?}");
    assert_eq!(catalogue.ask(&["plan", "a", "c", "--avoid", "A1"])?["verdict"], "FEASIBLE_WITH_APPROVALS");
    Ok(())
}

#[test]
fn where_what_is_asked_for_needs_the_avoided_approval_itself_it_says_what_to_leave_out_and_plans_the_rest() -> TestResult
{
    let catalogue = catalogue()?;
    let plan = catalogue.ask(&["plan", "a", "b", "c", "--avoid", "B1"])?;
    assert!(texts(&plan["blockers"])[0].contains("b itself takes B1"), "{:?}", texts(&plan["blockers"]));
    assert_eq!(plan["leaveOut"].as_array().map(Vec::len), Some(1), "{}", plan["leaveOut"]);
    let rest = &plan["leaveOut"][0];
    assert_eq!((&rest["leave"], &rest["keep"]), (&json!(["b"]), &json!(["a", "c"])));
    assert_eq!(
        rest["plan"]["approvals"],
        json!([{ "code": "A1", "extra": false }]),
        "the cheapest plan of what remains"
    );
    assert_eq!(rest["plan"]["verdict"], "FEASIBLE_WITH_APPROVALS");
    let rest = catalogue.ask(&["plan", "a", "c"])?;
    assert_eq!(rest["options"][0]["tables"], plan["leaveOut"][0]["plan"]["tables"]);
    Ok(())
}

#[test]
fn days_that_do_not_overlap_are_said_in_a_no_and_in_a_yes() -> TestResult {
    let catalogue = catalogue()?;
    let yes = catalogue.ask(&["plan", "a", "b"])?;
    assert_eq!(yes["options"][0]["scope"]["coverage"]["overlap"], false);
    assert_eq!(yes["options"][0]["scope"]["coverage"]["start"], "2020-01-01");
    assert_eq!(yes["options"][0]["scope"]["coverage"]["end"], "2015-12-31");
    let no = catalogue.ask(&["plan", "a", "b", "d"])?;
    let told = no["blockers"].as_array().into_iter().flatten().find(|blocker| blocker["kind"] == "NO_OVERLAP");
    assert_eq!(told.map(|told| &told["between"]), Some(&json!(["b", "a"])), "{}", no["blockers"]);
    Ok(())
}

#[test]
fn what_is_held_is_told_by_what_it_spares() -> TestResult {
    let catalogue = catalogue()?;
    let plan = catalogue.ask(&["plan", "a", "b", "--held", "B1"])?;
    assert_eq!(plan["heldEffect"]["spared"], json!([{ "code": "B1", "extra": true }]));
    assert_eq!(plan["heldEffect"]["approvalsWithout"], json!([{ "code": "B1", "extra": true }]));
    let plan = catalogue.ask(&["plan", "a", "c", "--held", "C1"])?;
    assert_eq!(
        (&plan["heldEffect"]["otherWay"], &plan["options"][0]["objectives"]["approvals"]),
        (&true.into(), &0.into())
    );
    let plan = catalogue.ask(&["plan", "a", "b", "--held", "A1"])?;
    assert_eq!((&plan["heldEffect"]["spared"], &plan["heldEffect"]["otherWay"]), (&json!([]), &false.into()));
    assert_eq!(catalogue.ask(&["plan", "a", "b"])?["heldEffect"], Value::Null);
    Ok(())
}

#[test]
fn every_option_beyond_the_first_says_what_it_trades() -> TestResult {
    let plan = catalogue()?.ask(&["plan", "a", "c", "--as-of", "2026-11-24"])?;
    assert_eq!(plan["options"][0]["trades"], json!([]));
    assert_eq!(plan["options"][1]["trades"], json!(["spares A1", "needs C1 instead", "20 days later"]));
    Ok(())
}

#[test]
fn the_crosswalk_that_would_help_most_is_named_with_the_pairs_that_it_would_join() -> TestResult {
    let catalogue = catalogue()?;
    let gaps = catalogue.ask(&["gaps"])?;
    assert_eq!((&gaps["pairs"], &gaps["unlinked"]), (&6.into(), &3.into()), "{gaps}");
    assert_eq!((&gaps["suggestions"][0]["crosswalk"], &gaps["suggestions"][0]["pairs"]), (&"shut".into(), &3.into()));
    assert_eq!(gaps["suggestions"][1]["crosswalk"], Value::Null);
    let answer = linkwright(&catalogue.url, &["gaps"])?;
    assert!(answer.out.contains("opening the crosswalk shut would join 3 pairs"), "{}", answer.out);
    Ok(())
}

#[test]
fn the_answer_in_words_holds_all_of_it_and_says_nothing_twice() -> TestResult {
    let catalogue = catalogue()?;
    let no = linkwright(&catalogue.url, &["plan", "a", "b", "d", "--avoid", "B1"])?;
    for part in [
        "Without what was to be avoided, it falls into parts",
        "It would be possible if",
        "Without b + d, a can be used alone",
    ] {
        assert!(no.out.contains(part), "{part} in {}", no.out);
    }
    let yes = linkwright(&catalogue.url, &["plan", "a", "c"])?;
    assert!(yes.out.contains("Against option 1: spares A1"), "{}", yes.out);
    let told: Vec<&str> = yes.out.lines().filter(|line| line.starts_with("  ! ") && line.contains(':')).collect();
    let once: std::collections::BTreeSet<&&str> = told.iter().collect();
    assert_eq!(once.len(), told.len(), "{told:?}");
    Ok(())
}

/// Three datasets, two of which meet only by a crosswalk that was made for requests of the fourth.
fn company() -> anyhow::Result<Catalogue> {
    let crosswalks: Sheet = (
        "Crosswalks",
        &[
            &["From scheme", "To scheme", "Crosswalk", "Approvals", "Status", "Only with"],
            &["p", "q", "made-for-d", "none", "available", "d"],
            &["q", "r", "open", "none", "available", ""],
        ],
    );
    Catalogue::of(&[DATASETS, TABLES, SCHEMES, FIELDS, crosswalks, APPROVALS])
}

#[test]
fn a_crosswalk_made_for_a_dataset_opens_by_asking_for_it_too_and_planning_so_is_possible() -> TestResult {
    let catalogue = company()?;
    let plan = catalogue.ask(&["plan", "a", "c"])?;
    assert_eq!(plan["verdict"], "NOT_FEASIBLE");
    assert_eq!(plan["blockers"][0]["nearest"], "ask for d as well", "{}", plan["blockers"]);
    assert_eq!(kinds(&plan)[0], [("ASK_FOR_TOO", "d")], "the easiest first: {}", plan["repairs"]);
    assert!(!kinds(&plan).contains(&vec![("OPEN_CROSSWALK", "made-for-d")]), "{}", plan["repairs"]);
    assert_eq!(catalogue.ask(&["plan", "a", "c", "d"])?["verdict"], "FEASIBLE", "and so it is");
    // Where the dataset cannot be linked itself, asking for it helps nobody.
    let shut = catalogue.ask(&["plan", "a", "c", "--avoid", "d"])?;
    assert!(!kinds(&shut).iter().flatten().any(|(kind, _)| *kind == "ASK_FOR_TOO"), "{}", shut["repairs"]);
    Ok(())
}

#[test]
fn of_three_things_only_those_that_do_not_meet_in_the_whole_request_are_blamed() -> TestResult {
    let crosswalks: Sheet = (
        "Crosswalks",
        &[&["From scheme", "To scheme", "Approvals", "Status", "Only with"], &["p", "q", "none", "available", "d"]],
    );
    let catalogue = Catalogue::of(&[DATASETS, TABLES, SCHEMES, FIELDS, crosswalks, APPROVALS])?;
    // In the company of d, a and c meet; d itself meets neither.
    let plan = catalogue.ask(&["plan", "a", "c", "d"])?;
    let between: Vec<&Value> =
        plan["blockers"].as_array().into_iter().flatten().map(|blocker| &blocker["between"]).collect();
    assert_eq!(between, [&json!(["a", "d"]), &json!(["c", "d"])], "{}", plan["blockers"]);
    Ok(())
}
