//! How many people, whom and where: what is recorded bounds, what is not recorded stays unknown, and no small number is
//! ever told.

use serde_json::{Value, json};

use crate::semantics::{Catalogue, Sheet};
use crate::support::TestResult;

const SCHEMES: Sheet =
    ("Identifier schemes", &[&["Scheme", "Title", "Entity"], &["p", "P", "person"], &["q", "Q", "person"]]);
const FIELDS: Sheet = (
    "Fields",
    &[
        &["Dataset", "Table", "Field", "Identifier scheme", "Key"],
        &["a", "t", "id", "p", "primary"],
        &["b", "t", "id", "q", "primary"],
    ],
);
const DATASETS: Sheet = (
    "Datasets",
    &[
        &["Dataset", "Title", "Approvals", "Geography", "Consent basis"],
        &["a", "A", "none", "England", ""],
        &["b", "B", "none", "London", "Consented participants only"],
    ],
);

/// The objectives of linking `a` and `b` of so many people by a crosswalk of which so much is recorded.
fn objectives(people: [&str; 2], linked: &str, rate: &str) -> anyhow::Result<Value> {
    let tables: [&[&str]; 3] = [&["Dataset", "Table", "Population"], &["a", "t", people[0]], &["b", "t", people[1]]];
    let crosswalk: [&[&str]; 2] = [
        &["From scheme", "To scheme", "Approvals", "Status", "Linked people", "Match rate"],
        &["p", "q", "none", "available", linked, rate],
    ];
    let sheets = [DATASETS, ("Tables", &tables), SCHEMES, FIELDS, ("Crosswalks", &crosswalk)];
    Ok(Catalogue::of(&sheets)?.ask(&["plan", "a", "b"])?["options"][0].clone())
}

fn range(option: &Value) -> (&Value, &Value, &Value) {
    let cohort = &option["objectives"]["cohort"];
    (&cohort["low"], &cohort["high"], &cohort["point"])
}

fn known(option: &Value) -> Vec<&str> {
    let figures = option["objectives"]["cohort"]["figures"].as_array().into_iter().flatten();
    figures.filter_map(|figure| figure["known"].as_str()).collect()
}

#[test]
fn what_is_counted_is_told_as_counted() -> TestResult {
    let option = objectives(["1000", "800"], "600", "")?;
    assert_eq!(range(&option), (&600.into(), &600.into(), &600.into()));
    assert_eq!(known(&option), ["MEASURED", "MEASURED", "MEASURED"]);
    Ok(())
}

#[test]
fn a_rate_gives_an_estimate_and_rounds_outwards() -> TestResult {
    let option = objectives(["1003", "800"], "", "70-75 %")?;
    assert_eq!(range(&option), (&700.into(), &755.into(), &725.into()));
    assert_eq!(known(&option), ["MEASURED", "MEASURED", "ESTIMATED"]);
    assert!(option["objectives"]["cohort"]["basis"].as_str().is_some_and(|basis| basis.contains("assumes")));
    Ok(())
}

#[test]
fn what_is_not_recorded_stays_unknown_and_is_never_all() -> TestResult {
    let option = objectives(["1000", ""], "", "")?;
    assert_eq!(range(&option), (&0.into(), &1000.into(), &Value::Null));
    assert_eq!(known(&option), ["MEASURED", "UNKNOWN", "UNKNOWN"]);
    assert_eq!(option["objectives"]["matchRate"], Value::Null);
    assert_eq!(objectives(["", ""], "", "")?["objectives"]["cohort"], Value::Null);
    Ok(())
}

#[test]
fn numbers_from_one_to_seven_are_never_told() -> TestResult {
    for people in 1..=9 {
        let option = objectives([&people.to_string(), "800"], "", "90 %")?;
        let cohort = &option["objectives"]["cohort"];
        let figures = cohort["figures"].as_array().into_iter().flatten();
        let told = figures.flat_map(|figure| [&figure["low"], &figure["high"]]);
        for number in told.chain([&cohort["low"], &cohort["high"], &cohort["point"]]) {
            assert!(number.as_u64().is_none_or(|number| !(1..=7).contains(&number)), "{people}: {cohort}");
        }
        let words: Vec<&str> = cohort["basis"].as_str().unwrap_or_default().split_whitespace().collect();
        assert!(!words.iter().any(|word| (1..=7).any(|small| *word == small.to_string())), "{people}: {cohort}");
    }
    Ok(())
}

#[test]
fn consent_is_the_most_restrictive_over_everything_touched_and_gaps_are_said() -> TestResult {
    let scope = &objectives(["1000", "800"], "", "")?["scope"];
    assert_eq!((&scope["consent"]["kind"], &scope["consent"]["datasets"]), (&"CONSENT".into(), &json!(["b"])));
    assert!(scope["consent"]["text"].as_str().is_some_and(|text| text.contains("a is not recorded")), "{scope}");
    assert_eq!(
        scope["geography"],
        json!([{ "subject": "a", "text": "England" }, { "subject": "b", "text": "London" }])
    );
    let national =
        scope["optOuts"].as_array().into_iter().flatten().find(|one| one["subject"] == "national data opt-out");
    assert_eq!(national.map(|one| &one["recorded"]), Some(&false.into()), "{scope}");
    Ok(())
}

#[test]
fn opting_out_is_found_in_the_shipped_catalogue_with_its_field() -> TestResult {
    let (_, plan) = crate::support::command::ask(&["plan", "maternity", "wsic"])?;
    let scope = &plan["options"][0]["scope"];
    assert_eq!(scope["consent"]["kind"], "OPT_OUT");
    let fields: Vec<&str> =
        scope["optOuts"].as_array().into_iter().flatten().filter_map(|one| one["field"].as_str()).collect();
    assert_eq!(fields, ["wsic/pi/patientoptoutdate"]);
    Ok(())
}
