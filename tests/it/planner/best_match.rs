//! Who loses the fewest people: the best match is an option of its own, whatever it takes more, and is proved.

use serde_json::{Value, json};

use crate::semantics::{Catalogue, Sheet};
use crate::support::TestResult;

/// Datasets `a` and `b` of 1,000 people each, `a` holding the scheme `p` and `b` the scheme `q`; between lies `m`.
fn catalogue(crosswalks: &[&[&str]]) -> anyhow::Result<Catalogue> {
    let header: &[&str] =
        &["From scheme", "To scheme", "Crosswalk", "Match rate", "Approvals", "Cardinality", "Status"];
    let rows: Vec<Vec<&str>> = crosswalks.iter().map(|row| [row, &["1:1", "available"][..]].concat()).collect();
    let crosswalks: Vec<&[&str]> = std::iter::once(header).chain(rows.iter().map(Vec::as_slice)).collect();
    let sheets: [Sheet; 6] = [
        (
            "Datasets",
            &[&["Dataset", "Title", "Approvals"], &["a", "A", "none"], &["b", "B", "none"], &["c", "C", "none"]],
        ),
        (
            "Tables",
            &[&["Dataset", "Table", "Population"], &["a", "t", "1000"], &["b", "t", "1000"], &["c", "t", "1000"]],
        ),
        (
            "Identifier schemes",
            &[
                &["Scheme", "Title", "Entity"],
                &["p", "P", "person"],
                &["q", "Q", "person"],
                &["r", "R", "person"],
                &["m", "M", "person"],
            ],
        ),
        (
            "Fields",
            &[
                &["Dataset", "Table", "Field", "Identifier scheme", "Key"],
                &["a", "t", "id", "p", "primary"],
                &["b", "t", "id", "q", "primary"],
                &["c", "t", "id", "r", "primary"],
            ],
        ),
        ("Approvals", &[&["Approval", "Title", "Body", "Lead time (days)"], &["X", "X", "Panel", "30"]]),
        ("Crosswalks", &crosswalks),
    ];
    Catalogue::of(&sheets)
}

/// The lower end of the match rate in thousandths, how many approvals, and whether it is proved, by option.
fn options(plan: &Value) -> Vec<(Option<u64>, u64, bool)> {
    let options = plan["options"].as_array().into_iter().flatten();
    options
        .map(|option| {
            let objectives = &option["objectives"];
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share")]
            let rate = objectives["matchRate"]["low"].as_f64().map(|rate| (rate * 1_000.0).round() as u64);
            (rate, objectives["approvals"].as_u64().unwrap_or(u64::MAX), option["optimal"] == true)
        })
        .collect()
}

#[test]
fn a_better_match_for_one_more_approval_is_an_option_and_is_proved() -> TestResult {
    let catalogue = catalogue(&[&["p", "q", "poor", "10 %", "none"], &["p", "q", "good", "99 %", "X"]])?;
    let plan = catalogue.ask(&["plan", "a", "b"])?;
    assert_eq!(options(&plan), [(Some(100), 0, true), (Some(990), 1, true)], "{plan}");
    Ok(())
}

#[test]
fn a_longer_way_that_loses_fewer_people_is_an_option_and_is_proved() -> TestResult {
    let catalogue = catalogue(&[
        &["p", "q", "short-a", "10 %", "none"],
        &["p", "q", "short-b", "20 %", "none"],
        &["p", "m", "first-half", "95 %", "none"],
        &["m", "q", "second-half", "95 %", "none"],
    ])?;
    let plan = catalogue.ask(&["plan", "a", "b"])?;
    let found = options(&plan);
    // Of equals, the better match comes first.
    assert_eq!(found.first(), Some(&(Some(200), 0, true)), "{plan}");
    assert!(found.contains(&(Some(903), 0, true)), "{plan}");
    assert!(found.contains(&(Some(100), 0, true)), "{plan}");
    Ok(())
}

#[test]
fn a_share_that_is_recorded_comes_before_one_that_is_not() -> TestResult {
    let catalogue = catalogue(&[&["p", "q", "a-silent", "", "none"], &["p", "q", "b-told", "40 %", "none"]])?;
    let plan = catalogue.ask(&["plan", "a", "b"])?;
    assert_eq!(options(&plan), [(Some(400), 0, true), (None, 0, true)], "{plan}");
    Ok(())
}

#[test]
fn who_is_lost_on_a_crosswalk_that_two_joins_share_is_lost_once() -> TestResult {
    let catalogue = catalogue(&[
        &["p", "m", "shared", "90 %", "none"],
        &["m", "q", "to-b", "80 %", "none"],
        &["m", "r", "to-c", "50 %", "none"],
    ])?;
    let plan = catalogue.ask(&["plan", "a", "b", "c"])?;
    assert_eq!(options(&plan).first(), Some(&(Some(360), 0, true)), "{plan}");
    assert_eq!(plan["options"][0]["objectives"]["cohort"]["point"], 360, "{plan}");
    Ok(())
}

/// The least, the most and the likeliest number of people in the best plan of some datasets.
fn cohort(catalogue: &Catalogue, want: &[&str]) -> anyhow::Result<[Value; 3]> {
    let plan = catalogue.ask(&[&["plan"], want].concat())?;
    let cohort = &plan["options"][0]["objectives"]["cohort"];
    Ok(["low", "high", "point"].map(|name| cohort[name].clone()))
}

#[test]
fn how_many_people_there_are_does_not_depend_on_what_is_named_first() -> TestResult {
    let catalogue = catalogue(&[&["p", "q", "walk", "90 %", "none"]])?;
    assert_eq!(cohort(&catalogue, &["a", "b"])?, cohort(&catalogue, &["b", "a"])?);
    assert_eq!(cohort(&catalogue, &["b", "a"])?, [900, 900, 900].map(Value::from));
    Ok(())
}

#[test]
fn a_chain_of_crosswalks_is_bounded_by_the_share_of_its_first_whichever_way_it_is_gone() -> TestResult {
    let catalogue = catalogue(&[&["p", "m", "first", "45 %", "none"], &["m", "q", "second", "20 %", "none"]])?;
    for want in [["a", "b"], ["b", "a"]] {
        assert_eq!(cohort(&catalogue, &want)?, [0, 450, 90].map(Value::from), "{want:?}");
    }
    Ok(())
}

#[test]
fn behind_a_crosswalk_the_table_that_holds_its_identifier_goes_on() -> TestResult {
    let catalogue = catalogue(&[&["p", "q", "first", "90 %", "none"], &["q", "r", "second", "50 %", "none"]])?;
    let plan = catalogue.ask(&["plan", "a", "c", "b"])?;
    let steps = plan["options"][0]["steps"].as_array().into_iter().flatten();
    let told: Vec<[&Value; 3]> = steps.map(|step| [&step["from"], &step["to"], &step["crosswalks"]]).collect();
    let second = [json!("b/t/id"), json!("c/t/id"), json!(["second"])];
    assert_eq!(told, [[&json!("a/t/id"), &json!("b/t/id"), &json!(["first"])], second.each_ref()], "{plan}");
    let first = cohort(&catalogue, &["a", "b", "c"])?;
    for want in [["a", "c", "b"], ["b", "a", "c"], ["b", "c", "a"], ["c", "a", "b"], ["c", "b", "a"]] {
        assert_eq!(cohort(&catalogue, &want)?, first, "{want:?}");
    }
    Ok(())
}
