//! What the shipped models must answer on the command line (issue 2): each a question that a researcher asks.

use std::collections::BTreeSet;

use serde_json::Value;

use super::support::TestResult;
use super::support::command::ask;
use super::support::server::Server;

fn texts<'v>(value: &'v Value, list: &str, property: &str) -> Vec<&'v str> {
    value[list].as_array().into_iter().flatten().filter_map(|item| item[property].as_str()).collect()
}

fn codes(option: &Value) -> BTreeSet<&str> {
    texts(option, "approvals", "code").into_iter().collect()
}

fn warnings(option: &Value, kind: &str) -> String {
    let all = option["warnings"].as_array().into_iter().flatten();
    all.filter(|warning| warning["kind"] == kind)
        .filter_map(|warning| warning["text"].as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

fn approval<'v>(option: &'v Value, code: &str) -> &'v Value {
    let all = option["approvals"].as_array().into_iter().flatten();
    all.into_iter().find(|approval| approval["code"] == code).unwrap_or(&Value::Null)
}

#[test]
fn maternity_joins_the_record_through_the_mother_and_through_the_spell() -> TestResult {
    let (status, answer) = ask(&["paths", "maternity", "epr"])?;
    assert_eq!(status, 0);
    let paths = answer["paths"].as_array().expect("paths");
    let by = |scheme: &str, from: &str| {
        paths.iter().find(|path| {
            path["steps"].as_array().is_some_and(|steps| steps.len() == 1)
                && path["steps"][0]["schemes"][0] == scheme
                && path["steps"][0]["from"].as_str().is_some_and(|held| held.starts_with(from))
        })
    };
    let mother = by("icare-patient", "maternity/msd001/lpidmother").expect("a path through the mother");
    let spell = by("hospital-provider-spell", "maternity/msd501/").expect("a path through the spell");
    for path in [mother, spell] {
        assert_eq!(path["cardinality"], "1:1");
        assert_eq!(path["steps"][0]["role"], "mother");
        assert_eq!(path["extraApprovals"], serde_json::json!([]));
    }
    let ranks: Vec<_> = paths.iter().map(|path| path["rank"].as_u64()).collect();
    assert_eq!(ranks, (1..=paths.len() as u64).map(Some).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn maternity_and_wsic_is_to_be_discussed_and_takes_the_north_west_london_committee() -> TestResult {
    let (status, plan) = ask(&["plan", "maternity", "wsic", "--as-of", "2026-11-22"])?;
    assert_eq!((status, &plan["verdict"]), (0, &Value::from("DISCUSS_FIRST")));
    let best = &plan["options"][0];
    assert_eq!(codes(best), BTreeSet::from(["DAPC", "NWL-DAC"]));
    assert_eq!(best["optimal"], true);
    for (code, extra) in [("DAPC", false), ("NWL-DAC", true)] {
        let approval = approval(best, code);
        assert_eq!(approval["extra"], extra, "{code}");
        for reason in approval["reasons"].as_array().expect("reasons") {
            assert!(reason["because"].as_str().is_some_and(|because| !because.is_empty()), "{reason}");
            assert!(reason["source"].as_str().is_some_and(|source| !source.is_empty()), "{reason}");
        }
    }
    assert_eq!(approval(best, "DAPC")["submitBy"], "2026-12-09T17:00:00+00:00");
    assert_eq!(approval(best, "DAPC")["earliestDecision"], "2026-12-25");
    assert_eq!(approval(best, "DAPC")["dates"], "EXPECTED");
    assert_eq!(approval(best, "NWL-DAC")["submitBy"], Value::Null);
    assert_eq!(approval(best, "NWL-DAC")["dates"], "EXPECTED", "the contract has no other word where there is no date");
    assert_eq!(best["objectives"]["leadTimeDays"], Value::Null, "a part of it is not recorded");
    assert!(warnings(best, "DISCUSS_FIRST").contains("NHS staff"));
    assert!(warnings(best, "RESTRICTION").contains("North West London"));
    assert!(warnings(best, "BANK_HOLIDAY").contains("25 December 2026"));
    let step = &best["steps"][0];
    assert_eq!(step["schemes"], serde_json::json!(["icare-patient", "nhs-number", "wsic-patient"]));
    assert_eq!(step["crosswalks"], serde_json::json!(["icare-patient--nhs-number", "nhs-number--wsic-patient"]));
    assert_eq!((&step["performedBy"], &step["needsExtraApproval"]), (&Value::from("NHS staff"), &Value::from(true)));
    Ok(())
}

#[test]
fn choices_of_the_project_add_approvals_with_their_rule_and_source_and_take_them_away_again() -> TestResult {
    let (_, without) = ask(&["plan", "maternity", "wsic"])?;
    let (_, with) = ask(&["plan", "maternity", "wsic", "--leaves-trust", "--commercial-funding"])?;
    let (before, after) = (codes(&without["options"][0]), codes(&with["options"][0]));
    let added: BTreeSet<&str> = after.difference(&before).copied().collect();
    assert!(added.contains("ICHT-COMM") && added.len() >= 2, "{added:?}");
    assert!(before.is_subset(&after));
    for code in added {
        let approval = approval(&with["options"][0], code);
        assert_eq!(approval["extra"], true);
        let reasons = approval["reasons"].as_array().expect("reasons");
        assert!(reasons.iter().all(|reason| reason["kind"] == "PROJECT"), "{reasons:?}");
        assert!(reasons.iter().all(|reason| reason["source"].as_str().is_some_and(|source| !source.is_empty())));
    }
    Ok(())
}

#[test]
fn tissue_takes_its_panel_and_an_agreement() -> TestResult {
    let (_, plan) = ask(&["plan", "ichtb", "epr", "--as-of", "2026-11-22"])?;
    let best = &plan["options"][0];
    assert_eq!(codes(best), BTreeSet::from(["DAPC", "ICHTB-ARP", "ICHTB-MTA"]));
    assert!(approval(best, "ICHTB-ARP")["leadTime"].as_str().is_some_and(|lead| lead.contains("21")));
    assert_eq!(approval(best, "ICHTB-ARP")["earliestDecision"], "2026-12-13");
    Ok(())
}

#[test]
fn the_knowledge_bank_takes_its_committee_and_holds_consented_participants_only() -> TestResult {
    let (_, plan) = ask(&["plan", "ihkb", "epr"])?;
    let best = &plan["options"][0];
    assert_eq!(codes(best), BTreeSet::from(["DAPC", "IHKB-AC"]));
    assert!(warnings(best, "CONSENT").to_lowercase().contains("consented participants only"));
    Ok(())
}

#[test]
fn the_covid_key_leads_to_the_other_tables_through_either_table_that_holds_both() -> TestResult {
    let through = |answer: &Value, list: &str| -> BTreeSet<String> {
        let all = answer[list].as_array().into_iter().flatten();
        let two = all.filter(|way| way["steps"].as_array().is_some_and(|steps| steps.len() == 2));
        two.filter_map(|way| way["steps"][0]["to"].as_str())
            .map(|to| to.rsplit_once('/').map_or("", |(table, _)| table).to_owned())
            .collect()
    };
    let both = BTreeSet::from(["wsic/cmc".to_owned(), "wsic/pop".to_owned()]);
    let (_, plan) = ask(&["plan", "wsic/vpl", "wsic/sitrep"])?;
    assert!(both.is_subset(&through(&plan, "options")), "{plan}");
    let (_, paths) = ask(&["paths", "wsic/vpl", "wsic/pce"])?;
    assert!(both.is_subset(&through(&paths, "paths")), "{paths}");
    Ok(())
}

#[test]
fn what_carries_no_person_key_cannot_be_linked_and_says_so() -> TestResult {
    for other in ["epr", "maternity/msd001", "wsic"] {
        let (status, plan) = ask(&["plan", "maternity/msd601", other])?;
        assert_eq!((status, &plan["verdict"]), (1, &Value::from("NOT_FEASIBLE")));
        assert_eq!(plan["options"], serde_json::json!([]));
        assert_eq!(plan["blockers"][0]["kind"], "NO_LINKABLE_KEY");
        assert!(plan["blockers"][0]["text"].as_str().is_some_and(|text| text.contains("no key of a person")));
    }
    Ok(())
}

#[test]
fn a_crosswalk_recorded_as_not_available_is_named_as_the_obstacle() -> TestResult {
    let (status, plan) = ask(&["plan", "wsic", "national-cancer-registry"])?;
    assert_eq!((status, &plan["verdict"]), (1, &Value::from("NOT_FEASIBLE")));
    assert_eq!(plan["blockers"][0]["kind"], "CROSSWALK_NOT_AVAILABLE");
    assert_eq!(plan["blockers"][0]["nearest"], "wsic-patient--ncras-patient");
    Ok(())
}

#[test]
fn a_mothers_row_meets_her_babys_only_through_pregnancy_and_delivery() -> TestResult {
    let (_, answer) = ask(&["paths", "maternity/msd001", "maternity/msd401", "--first", "20"])?;
    let paths = answer["paths"].as_array().expect("paths");
    assert!(!paths.is_empty());
    for path in paths {
        let steps = path["steps"].as_array().expect("steps");
        let last = steps.last().expect("a step");
        assert_eq!(last["schemes"][0], "labour-delivery", "{path}");
        for step in steps {
            let ends = format!("{} {}", step["from"], step["to"]).to_lowercase();
            assert!(!(ends.contains("mother") && ends.contains("lpidbaby")), "{step}");
        }
        let roles: BTreeSet<_> = steps.iter().filter_map(|step| step["role"].as_str()).collect();
        assert!(!roles.contains("baby"), "{path}");
    }
    Ok(())
}

#[test]
fn the_data_access_committee_meets_on_the_last_friday_and_wants_papers_sixteen_days_before() -> TestResult {
    for (as_of, submit, meets) in [
        ("2026-11-11", "2026-11-11T17:00:00+00:00", "2026-11-27"),
        ("2026-11-12", "2026-12-09T17:00:00+00:00", "2026-12-25"),
        ("2026-12-10", "2027-01-13T17:00:00+00:00", "2027-01-29"),
        ("2027-06-01", "2027-06-09T17:00:00+01:00", "2027-06-25"),
        ("2028-02-09", "2028-02-09T17:00:00+00:00", "2028-02-25"),
    ] {
        let (_, plan) = ask(&["plan", "epr", "--as-of", as_of])?;
        let dapc = approval(&plan["options"][0], "DAPC");
        assert_eq!(
            (&dapc["submitBy"], &dapc["earliestDecision"]),
            (&Value::from(submit), &Value::from(meets)),
            "{as_of}"
        );
        assert_eq!(dapc["dates"], "EXPECTED");
        assert_eq!(warnings(&plan["options"][0], "BANK_HOLIDAY").contains("DAPC"), meets == "2026-12-25", "{as_of}");
    }
    Ok(())
}

#[test]
fn the_same_question_on_the_same_day_gives_the_same_bytes_and_the_digest_does_not_mind_the_day() -> TestResult {
    let (_, one) = ask(&["plan", "maternity", "wsic", "--as-of", "2026-11-22"])?;
    let (_, two) = ask(&["plan", "maternity", "wsic", "--as-of", "2026-11-22"])?;
    let (_, later) = ask(&["plan", "maternity", "wsic", "--as-of", "2027-03-01"])?;
    assert_eq!(one, two);
    assert_eq!(one["digest"], later["digest"]);
    assert_ne!(one["options"][0]["approvals"], later["options"][0]["approvals"]);
    Ok(())
}

#[test]
fn what_is_avoided_or_held_is_neither_used_nor_asked_for() -> TestResult {
    let (status, plan) = ask(&["plan", "maternity", "wsic", "--avoid", "nwl-dac"])?;
    assert_eq!((status, &plan["blockers"][0]["kind"]), (1, &Value::from("APPROVAL_AVOIDED")));
    let (status, plan) = ask(&["plan", "maternity", "wsic", "--held", "dapc"])?;
    assert_eq!((status, codes(&plan["options"][0])), (0, BTreeSet::from(["NWL-DAC"])));
    assert_eq!(plan["held"], serde_json::json!(["DAPC"]));
    let (status, plan) = ask(&["plan", "maternity", "epr", "--avoid", "epr"])?;
    assert_eq!((status, &plan["blockers"][0]["kind"]), (1, &Value::from("DATASET_AVOIDED")));
    Ok(())
}

#[test]
fn plain_questions_find_their_table_among_the_first() -> TestResult {
    let mut missed = Vec::new();
    for (question, wanted) in [
        ("who gave birth", "maternity/msd301"),
        ("which tables hold blood pressure at booking", "maternity/msd109"),
        ("BMI at booking", "maternity/msd109"),
        ("GP prescriptions", "wsic/pcp"),
        ("scan pictures", "imaging"),
        ("length of stay", "epr/admissions"),
        ("waiting list", "wsic/dm01"),
        ("cause of death", "hic-critical-care/death"),
        ("ethnic group", "epr/patients/ethnic_category"),
        ("smoking in pregnancy", "maternity/msd202"),
        ("staff per ward at night", "nursing/assigned_duties"),
        ("mother's age at birth", "maternity/msd001"),
        ("how long did patients wait in A&E", "ed/attendances"),
        ("who must approve the use of tissue", "ICHTB-ARP"),
        ("is there genetic data", "genomics"),
        ("heart attack patients", "myocardial-infarction"),
        ("premature babies", "neonatal-research-database"),
        ("patients who agreed to be contacted", "ihkb"),
    ] {
        let query = "query($question: String!) { search(query: $question, first: 10) { nodes { ref } } }";
        let found = Server::shipped()?.data(query, serde_json::json!({ "question": question }))?;
        let hits = texts(&found["search"], "nodes", "ref");
        if !hits.contains(&wanted) {
            missed.push(format!("{question}: {wanted} is not among {hits:?}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
    Ok(())
}
