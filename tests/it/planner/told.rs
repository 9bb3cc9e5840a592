//! What is told is true, and told once: names that are not known, dates, numbers of people, repairs, and tables that
//! are not about people.

use std::sync::Arc;

use linkwright::config::Limits;
use serde_json::{Value, json};

use crate::semantics::{Catalogue, Sheet};
use crate::support::TestResult;
use crate::support::command::{ask, linkwright, shipped};
use crate::support::models::model;
use crate::support::server::Server;
use crate::support::workbook::book;

const DATASETS: Sheet = (
    "Datasets",
    &[
        &["Dataset", "Title", "Approvals", "Population"],
        &["a", "A", "COMM", "6"],
        &["b", "B", "MONTHLY", "19056"],
        &["silent", "Silent", "", ""],
    ],
);
const TABLES: Sheet = (
    "Tables",
    &[
        &["Dataset", "Table", "Population"],
        &["a", "t", ""],
        &["b", "t", "100"],
        &["silent", "t", ""],
        &["b", "codes", ""],
        &["b", "pathways", ""],
    ],
);
const SCHEMES: Sheet = (
    "Identifier schemes",
    &[
        &["Scheme", "Title", "Entity", "Parts"],
        &["p", "P", "person", ""],
        &["q", "Q", "person", ""],
        &["snomed", "SNOMED CT", "code list", ""],
        &["pathway", "Pathway", "event", "id; org"],
    ],
);
const FIELDS: Sheet = (
    "Fields",
    &[
        &["Dataset", "Table", "Field", "Identifier scheme", "Key"],
        &["a", "t", "id", "p", "primary"],
        &["b", "t", "id", "q", "primary"],
        &["silent", "t", "id", "p", "primary"],
        &["b", "codes", "code", "snomed", "primary"],
        &["b", "pathways", "number", "pathway.id", ""],
    ],
);
const CROSSWALKS: Sheet = (
    "Crosswalks",
    &[
        &["From scheme", "To scheme", "Approvals", "Status", "Linked people", "Performed by"],
        &["p", "q", "none", "available", "5", "self-service"],
    ],
);
const APPROVALS: Sheet = (
    "Approvals",
    &[
        &["Approval", "Title", "Body", "Lead time (days)", "Calendar", "Deadline"],
        &["COMM", "one", "body", "up to 21", "monthly last Friday", "16 days before 17:00"],
        &["MONTHLY", "two", "body", "", "monthly", ""],
        &["LONG", "three", "body", "up to 21", "", ""],
    ],
);
const MEETINGS: Sheet = (
    "Meetings",
    &[&["Approval", "Meets on", "Papers due", "Status"], &["COMM", "2026-12-18", "2026-12-02", "confirmed"]],
);
const RULES: Sheet = (
    "Rules",
    &[
        &["Rule", "When", "Approvals", "Because"],
        &["ai", "purpose=AI", "LONG", "It is about AI."],
        &["away", "leaves trust", "LONG", "It leaves."],
    ],
);

const ALL: [Sheet; 8] = [DATASETS, TABLES, SCHEMES, FIELDS, CROSSWALKS, APPROVALS, MEETINGS, RULES];

fn words(catalogue: &Catalogue, arguments: &[&str]) -> anyhow::Result<String> {
    Ok(linkwright(&catalogue.url, &[arguments, &["--as-of", "2026-11-24"]].concat())?.out)
}

#[test]
fn a_characteristic_that_no_rule_asks_for_is_told_with_those_that_rules_do() -> TestResult {
    let catalogue = Catalogue::of(&ALL)?;
    for (given, told) in [
        ("purpose=artificial intelligence", "Of “purpose”, rules ask about: purpose=ai."),
        ("leave trust", "Did you mean leaves trust?"),
        ("foo=bar", "Rules ask about: leaves trust, purpose=ai."),
    ] {
        let plan = catalogue.ask(&["plan", "a", "b", "--project", given])?;
        assert_eq!(plan["notices"][0]["kind"], "UNKNOWN_CHARACTERISTIC", "{given}: {}", plan["notices"]);
        let text = plan["notices"][0]["text"].as_str().unwrap_or_default();
        assert!(text.contains(told), "{given}: {text}");
        let paths = catalogue.ask(&["paths", "a", "b", "--project", given])?;
        assert_eq!(paths["notices"], plan["notices"], "{given}");
    }
    for given in ["purpose=AI", "Leaves-Trust", "leaves trust=no"] {
        assert_eq!(catalogue.ask(&["plan", "a", "b", "--project", given])?["notices"], json!([]), "{given}");
    }
    let server = Server::shipped()?;
    let page = server.get("/plan?item=epr&item=maternity&project=purpos%3Dai")?;
    assert!(page.status == 200 && page.body.contains("Did you mean purpose=ai"), "{}", page.body);
    Ok(())
}

#[test]
fn names_are_answered_by_whole_words_wherever_these_stand_and_never_by_far_ones() -> TestResult {
    for (given, offered) in [
        ("incidents", "safety/incident"),
        ("incident", "safety/incident"),
        ("safty/incident", "safety/incident"),
        ("patient", "/patient"),
    ] {
        let answer = linkwright(shipped()?, &["plan", "epr", given])?;
        assert!(answer.status == 1 && answer.err.contains(offered), "{given}: {}", answer.err);
    }
    let far = linkwright(shipped()?, &["plan", "epr", "xqzzy"])?;
    assert!(far.status == 1 && !far.err.contains("did you mean"), "{}", far.err);
    Ok(())
}

#[test]
fn what_is_known_of_dates_is_told_and_what_is_not_is_not_made_up() -> TestResult {
    let catalogue = Catalogue::of(&ALL)?;
    let confirmed = words(&catalogue, &["plan", "a", "b"])?;
    assert!(confirmed.contains("papers by 17:00 on Wednesday 2 December 2026"), "the usual time of day: {confirmed}");
    assert!(confirmed.contains("MONTHLY meets monthly, but the day is not recorded"), "{confirmed}");
    assert!(!confirmed.contains("Neither a calendar"), "{confirmed}");
    let longest = words(&catalogue, &["plan", "a", "--leaves-trust"])?;
    assert!(longest.contains("(expected, by the longest time told)"), "{longest}");
    assert!(longest.contains("lead time up to 21 days"), "{longest}");
    let silent = catalogue.ask(&["plan", "silent"])?;
    let option = &silent["options"][0];
    assert_eq!(
        (&option["objectives"]["leadTimeDays"], &option["timeline"]["earliestAccess"]),
        (&Value::Null, &Value::Null)
    );
    Ok(())
}

#[test]
fn few_people_are_told_at_no_door() -> TestResult {
    let catalogue = Catalogue::of(&ALL)?;
    assert!(words_of(&catalogue, "a")?.contains("population: fewer than 10"));
    assert!(words_of(&catalogue, "b")?.contains("population: 19,055"));
    assert!(words_of(&catalogue, "p--q")?.contains("linked people: fewer than 10"));
    for (people, said, counted) in [(6, "fewer than 10", Value::Null), (19_056, "19,055", json!(19_055))] {
        let mut model = model("Maternity", "1")?.as_ref().clone();
        for dataset in &mut model.datasets {
            Arc::make_mut(dataset).population = Some(people);
        }
        let server = Server::of(vec![Arc::new(model)], Limits::default())?;
        let api = server.ask("{ datasets(first: 9) { nodes { ref population } } }", json!({}))?;
        let nodes = &api["data"]["datasets"]["nodes"];
        assert_eq!(nodes[0]["population"], counted, "{api}");
        let name = nodes[0]["ref"].as_str().unwrap_or_default();
        let page = server.get(&format!("/datasets/{name}"))?;
        assert!(page.body.contains(said), "{}", page.body);
        let list = server.get("/datasets.csv")?;
        assert!(list.body.contains(&said.replace(',', "")) && !list.body.contains("19056"), "{}", list.body);
    }
    Ok(())
}

fn words_of(catalogue: &Catalogue, name: &str) -> anyhow::Result<String> {
    Ok(linkwright(&catalogue.url, &["show", name])?.out)
}

#[test]
fn figures_of_tables_that_contradict_a_crosswalk_are_found() -> TestResult {
    let answer = |linked: &str, rate: &str| -> anyhow::Result<Value> {
        let tables: [&[&str]; 3] = [&["Dataset", "Table", "Population"], &["a", "t", "1000"], &["b", "t", "2000"]];
        let crosswalk: [&[&str]; 2] = [
            &["From scheme", "To scheme", "Approvals", "Status", "Linked people", "Match rate"],
            &["p", "q", "none", "available", linked, rate],
        ];
        let datasets: Sheet =
            ("Datasets", &[&["Dataset", "Title", "Approvals"], &["a", "A", "none"], &["b", "B", "none"]]);
        let fields: Sheet = (
            "Fields",
            &[
                &["Dataset", "Table", "Field", "Identifier scheme", "Key"],
                &["a", "t", "id", "p", "primary"],
                &["b", "t", "id", "q", "primary"],
            ],
        );
        let folder = tempfile::TempDir::new()?;
        let file = folder.path().join("model.xlsx");
        std::fs::write(&file, book(&[datasets, ("Tables", &tables), SCHEMES, fields, ("Crosswalks", &crosswalk)]))?;
        let url = crate::support::command::sqlite_in(folder.path());
        linkwright(&url, &["check", &file.display().to_string(), "--format", "json"])?.json()
    };
    let codes = |report: &Value| -> usize {
        let findings = report["findings"].as_array().into_iter().flatten();
        findings.filter(|finding| finding["code"] == "MORE_LINKED_THAN_PEOPLE").count()
    };
    assert_eq!(codes(&answer("950", "50 %")?), 1, "more than the match rate allows");
    assert_eq!(codes(&answer("1500", "")?), 1, "more than hold the identifier");
    assert_eq!(codes(&answer("500", "50 %")?), 0);
    Ok(())
}

#[test]
fn a_list_of_codes_is_taken_along_and_a_part_of_an_identifier_is_said_to_be_one() -> TestResult {
    let catalogue = Catalogue::of(&ALL)?;
    let codes = catalogue.ask(&["plan", "a", "b/codes"])?;
    let blocker = &codes["blockers"][0];
    assert!(blocker["text"].as_str().unwrap_or_default().contains("a list to look up snomed in"), "{blocker}");
    assert!(blocker["nearest"].as_str().unwrap_or_default().contains("take it along"), "{blocker}");
    assert_eq!(codes["repairs"], json!([]), "a list of codes cannot hold an identifier of people");
    let (_, mentions) = ask(&["plan", "epr", "maternity/msd601"])?;
    let text = mentions["blockers"][0]["text"].as_str().unwrap_or_default();
    assert!(!text.contains("a list to look up"), "self-assessments that mention codes are no list of codes: {text}");
    let part = catalogue.ask(&["plan", "a", "b/pathways"])?;
    let text = part["blockers"][0]["text"].as_str().unwrap_or_default();
    assert!(text.contains("b/pathways/number holds pathway.id") && text.contains("lacks pathway.org"), "{text}");
    Ok(())
}

#[test]
fn repairs_are_of_people_and_lead_to_where_most_crosswalks_meet() -> TestResult {
    let (_, plan) = ask(&["plan", "maternity", "neonatal-research-database", "wsic"])?;
    let nearest: Vec<&str> =
        plan["blockers"].as_array().into_iter().flatten().filter_map(|one| one["nearest"].as_str()).collect();
    assert!(!nearest.is_empty() && nearest.iter().all(|near| near.contains("nhs-number")), "{nearest:?}");
    let text = plan["repairs"][0]["text"].as_str().unwrap_or_default();
    assert!(text.contains("nhs-number"), "{text}");
    let (_, plan) = ask(&["plan", "national-cancer-registry", "cancer"])?;
    let repairs: Vec<&str> =
        plan["repairs"].as_array().into_iter().flatten().filter_map(|one| one["text"].as_str()).collect();
    assert!(!repairs.iter().any(|text| text.contains("pregnancy") || text.contains("tumour")), "{repairs:?}");
    Ok(())
}

#[test]
fn an_option_that_is_not_there_is_said_and_every_door_makes_the_same_plan() -> TestResult {
    let (_, plan) = ask(&["plan", "maternity", "wsic", "--max-options", "5"])?;
    let server = Server::shipped()?;
    let twin = server.get("/plan.json?item=maternity&item=wsic")?;
    let twin: Value = serde_json::from_str(&twin.body)?;
    assert_eq!(twin["digest"], plan["digest"], "the page asks for as many options as the command line");
    let page = server.get("/plan?item=maternity&item=wsic&option=99")?;
    assert!(page.body.contains("There is no option 99 of this plan"), "{}", page.body);
    let held = server.get("/plan?item=maternity&item=wsic&held=DAPC&held=NWL-DAC")?;
    assert!(!held.body.contains("Needs the standard application only."), "{}", held.body);
    let best = &plan["options"][0]["satisfies"][0];
    let (named, found) = (best["others"].as_array().map_or(0, Vec::len) as u64, best["othersFound"].as_u64());
    assert!(found.is_some_and(|found| found >= named), "{best}");
    Ok(())
}
