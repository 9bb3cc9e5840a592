//! How many people, whom and where: what is recorded bounds, what is not recorded stays unknown, and no small number is
//! ever told.

use serde_json::{Value, json};

use crate::semantics::{Catalogue, Sheet};
use crate::support::TestResult;
use crate::support::command::{linkwright, shipped};

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
    with_errors(people, linked, rate, ["", ""])
}

/// The same with the crosswalk's PPV and sensitivity.
fn with_errors(people: [&str; 2], linked: &str, rate: &str, errors: [&str; 2]) -> anyhow::Result<Value> {
    let tables: [&[&str]; 3] = [&["Dataset", "Table", "Population"], &["a", "t", people[0]], &["b", "t", people[1]]];
    let crosswalk: [&[&str]; 2] = [
        &["From scheme", "To scheme", "Approvals", "Status", "Linked people", "Match rate", "PPV", "Sensitivity"],
        &["p", "q", "none", "available", linked, rate, errors[0], errors[1]],
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
fn figures_that_contradict_each_other_promise_nobody() -> TestResult {
    // Nine in ten of the one side's people would be more than the other side holds.
    let option = objectives(["2000", "1000"], "", "90 %")?;
    assert_eq!(range(&option), (&0.into(), &1000.into(), &1000.into()));
    Ok(())
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

#[test]
fn linkage_errors_widen_what_is_linked_to_what_truly_belongs_together() -> TestResult {
    // 600 linked: of them at least 95 % are right, and at most 100 % of all that are right were found; at most 98 %
    // are right, and at least 80 % were found.
    let option = with_errors(["1000", "800"], "600", "", ["95-98 %", "80-100 %"])?;
    assert_eq!(range(&option), (&570.into(), &735.into(), &645.into()), "{option}");
    let figures = option["objectives"]["cohort"]["figures"].as_array().into_iter().flatten();
    let join = figures.filter(|figure| figure["counts"] == "JOIN").find_map(|figure| figure["basis"].as_str());
    assert!(join.is_some_and(|basis| basis.contains("PPV 95–98 %, sensitivity 80–100 %")), "{join:?}");
    assert_eq!(known(&option), ["MEASURED", "MEASURED", "ESTIMATED"]);
    // What is not recorded of an error may be anything: no upper bound but the tables, no lower bound but nought.
    let option = with_errors(["1000", "800"], "600", "", ["95 %", ""])?;
    assert_eq!(range(&option), (&570.into(), &800.into(), &Value::Null), "{option}");
    let option = with_errors(["1000", "800"], "600", "", ["", "80 %"])?;
    assert_eq!(range(&option), (&0.into(), &750.into(), &Value::Null), "{option}");
    // Never more than there are, and nothing known of links that nobody has counted.
    let option = with_errors(["1000", "800"], "", "75 %", ["100 %", "50 %"])?;
    assert_eq!(range(&option).1, &800, "{option}");
    let option = with_errors(["1000", "800"], "", "", ["99 %", "99 %"])?;
    assert_eq!(known(&option), ["MEASURED", "MEASURED", "UNKNOWN"]);
    Ok(())
}

#[test]
fn numbers_are_told_in_groups_of_three_everywhere_in_words() -> TestResult {
    let answer = linkwright(shipped()?, &["plan", "maternity", "wsic", "icu", "--max-options", "5"])?;
    let bare = |word: &&str| {
        let digits = word.trim_matches(|c: char| !c.is_ascii_digit());
        digits.len() > 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let people = answer.out.lines().filter(|line| line.contains("eople") || line.contains("(measured"));
    let wrong: Vec<&str> = people.flat_map(str::split_whitespace).filter(bare).collect();
    assert!(wrong.is_empty(), "{wrong:?} in {}", answer.out);
    assert!(answer.out.contains("2,800,000"), "{}", answer.out);
    Ok(())
}
