//! When, and in other forms: the timeline with its critical path, the pictures, SQL, calendar, and reopening.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::semantics::{Catalogue, Sheet};
use crate::support::TestResult;
use crate::support::command::{ask, linkwright, shipped};
use crate::support::workbook::book;

const DATASETS: Sheet = (
    "Datasets",
    &[
        &["Dataset", "Title", "Approvals", "Lead time"],
        &["a", "A <&> \"quoted\"", "LATE", "2 weeks"],
        &["b", "B", "none", "as agreed"],
    ],
);
const TABLES: Sheet = ("Tables", &[&["Dataset", "Table"], &["a", "t"], &["b", "order"]]);
const SCHEMES: Sheet = ("Identifier schemes", &[&["Scheme", "Title", "Entity"], &["p", "P", "person"]]);
const FIELDS: Sheet = (
    "Fields",
    &[
        &["Dataset", "Table", "Field", "Identifier scheme", "Key"],
        &["a", "t", "Id", "p", "primary"],
        &["b", "order", "patient", "p", ""],
    ],
);
const APPROVALS: Sheet = (
    "Approvals",
    &[
        &["Approval", "Title", "Body", "Lead time (days)", "Calendar", "Deadline", "Prerequisites"],
        &["FIRST", "one", "body", "10", "", "", ""],
        &["LATE", "two", "body", "", "monthly last Friday", "16 days before 17:00", "FIRST"],
    ],
);
const MODEL: Sheet = (
    "Data model",
    &[&["Property", "Value"], &["Slug", "made"], &["Status note", "A reconstruction <script>, not the live system."]],
);

fn catalogue() -> anyhow::Result<Catalogue> {
    Catalogue::of(&[MODEL, DATASETS, TABLES, SCHEMES, FIELDS, APPROVALS])
}

fn form(catalogue: &Catalogue, form: &str) -> anyhow::Result<String> {
    Ok(linkwright(&catalogue.url, &["plan", "a", "b", "--as-of", "2026-11-24", "--format", form])?.out)
}

#[test]
fn prerequisites_come_first_and_the_critical_path_runs_to_the_earliest_access() -> TestResult {
    let plan = catalogue()?.ask(&["plan", "a", "b", "--as-of", "2026-11-24"])?;
    let timeline = &plan["options"][0]["timeline"];
    let entries: Vec<(&str, &str)> = timeline["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| Some((entry["subject"].as_str()?, entry["ends"].as_str()?)))
        .collect();
    // Ten days from 24 November; the papers of December's meeting are due on 9 December; two weeks more.
    assert_eq!(entries, [("FIRST", "2026-12-04"), ("LATE", "2026-12-25"), ("a", "2027-01-08")]);
    assert_eq!(timeline["criticalPath"], json!(["FIRST", "LATE", "a"]));
    assert_eq!(timeline["entries"][1]["after"], json!(["FIRST"]));
    assert_eq!(timeline["entries"][1]["holiday"], "Christmas Day");
    assert_eq!((&timeline["lastDecision"], &timeline["earliestAccess"]), (&"2026-12-25".into(), &"2027-01-08".into()));
    assert_eq!(plan["options"][0]["objectives"]["leadTimeDays"], 45);
    let open: Vec<&str> = timeline["notCounted"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert!(open.iter().any(|text| text.contains("b (“as agreed”)")), "{open:?}");
    Ok(())
}

#[test]
fn pictures_are_well_formed_escaped_and_say_what_they_show_and_rest_on() -> TestResult {
    let catalogue = catalogue()?;
    for (name, part) in [("svg", "is joined to a/t"), ("gantt", "Earliest access by what is recorded: 8 January 2027")]
    {
        let svg = form(&catalogue, name)?;
        assert_eq!(svg, form(&catalogue, name)?, "the same every time");
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{svg}");
        assert!(svg.contains("<title id=") && svg.contains("<desc id=") && svg.contains("role=\"img\""), "{svg}");
        assert!(svg.contains(part), "{part} in {svg}");
        assert!(svg.contains("A reconstruction &lt;script&gt;, not the live system."), "{svg}");
        for never in ["<script", "style=", "<style", "<image", "href", "\"quoted\""] {
            assert!(!svg.contains(never), "{never} in {svg}");
        }
        let open = svg.matches('<').count() - svg.matches("</").count();
        let closed = svg.matches("/>").count() + svg.matches("</").count();
        assert_eq!(open, closed, "every element ends: {svg}");
        assert!(svg.split("font-size=\"").skip(1).all(|rest| rest.starts_with("15\"")), "{svg}");
    }
    let none = linkwright(&catalogue.url, &["plan", "a", "b", "--format", "svg", "--option", "9"])?;
    assert_eq!((none.status, none.out.as_str()), (2, ""));
    assert!(none.err.contains("--option 9: this plan has 1 option"), "{}", none.err);
    Ok(())
}

#[test]
fn both_dialects_carry_the_traps_with_their_remedy_and_quote_what_they_must() -> TestResult {
    let catalogue = catalogue()?;
    let standard = form(&catalogue, "sql")?;
    assert!(standard.contains("JOIN \"b\".\"order\" AS t2\n    ON t2.\"patient\" = t1.\"Id\""), "{standard}");
    let snowflake = form(&catalogue, "snowflake")?;
    assert!(snowflake.contains("JOIN b.\"order\" AS t2\n    ON t2.patient = t1.Id"), "{snowflake}");
    assert!(snowflake.contains("QUALIFY ROW_NUMBER() OVER (PARTITION BY patient"), "{snowflake}");
    for text in [standard, snowflake] {
        assert!(
            text.contains("-- First, 1. Aggregate b/order to one row per P (patient) before joining it to a/t."),
            "{text}"
        );
        assert!(text.contains("A reconstruction <script>, not the live system."), "{text}");
    }
    Ok(())
}

#[test]
fn tables_that_hang_on_one_another_are_aggregated_from_the_far_end() -> TestResult {
    let (_, plan) = ask(&["plan", "maternity/msd001", "maternity/msd301"])?;
    let steps: Vec<(&str, &str)> = plan["options"][0]["preparations"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| Some((one["table"].as_str()?, one["before"].as_str()?)))
        .collect();
    assert_eq!(steps, [("maternity/msd301", "maternity/msd101"), ("maternity/msd101", "maternity/msd001")]);
    Ok(())
}

#[test]
fn a_calendar_is_the_same_file_for_the_same_plan() -> TestResult {
    let catalogue = catalogue()?;
    let calendar = form(&catalogue, "ics")?;
    assert_eq!(calendar, form(&catalogue, "ics")?);
    assert!(calendar.contains("DTSTART;VALUE=DATE:20270108"), "{calendar}");
    Ok(())
}

#[test]
fn a_plan_that_is_reopened_tells_what_has_changed_since() -> TestResult {
    let catalogue = catalogue()?;
    let folder = TempDir::new()?;
    let file = folder.path().join("plan.json").display().to_string();
    let saved = linkwright(&catalogue.url, &["plan", "a", "b", "--as-of", "2026-11-24", "--format", "json"])?;
    std::fs::write(&file, &saved.out)?;

    let same = catalogue.ask(&["plan", "--reopen", &file, "--as-of", "2026-11-24"])?;
    assert_eq!((&same["changes"]["same"], &same["changes"]["changes"]), (&true.into(), &json!([])));
    assert_eq!(same["digest"], saved.json()?["digest"]);
    let later = catalogue.ask(&["plan", "--reopen", &file, "--as-of", "2027-03-01"])?;
    assert_eq!(later["changes"]["same"], true, "dates alone are no other plan: {}", later["changes"]);
    assert!(later["changes"]["changes"].as_array().is_some_and(|changes| !changes.is_empty()));

    let datasets: Sheet = ("Datasets", &[&["Dataset", "Title", "Approvals"], &["a", "A", "none"], &["b", "B", "NEW"]]);
    let approvals: Sheet = ("Approvals", &[&["Approval", "Title", "Body"], &["NEW", "new", "body"]]);
    let workbook = folder.path().join("model.xlsx");
    std::fs::write(&workbook, book(&[MODEL, datasets, TABLES, SCHEMES, FIELDS, approvals]))?;
    let published = linkwright(&catalogue.url, &["import", &workbook.display().to_string(), "--publish"])?;
    assert_eq!(published.status, 0, "{}{}", published.out, published.err);
    let other = catalogue.ask(&["plan", "--reopen", &file, "--as-of", "2026-11-24"])?;
    let told: Vec<(&str, &str)> = other["changes"]["changes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|change| Some((change["kind"].as_str()?, change["subject"].as_str()?)))
        .collect();
    assert_eq!(other["changes"]["same"], false);
    for change in [("APPROVAL_ADDED", "NEW"), ("APPROVAL_REMOVED", "LATE"), ("APPROVAL_REMOVED", "FIRST")] {
        assert!(told.contains(&change), "{change:?} in {told:?}");
    }
    assert_eq!(
        (&other["changes"]["from"]["catalogueVersion"], &other["changes"]["to"]["catalogueVersion"]),
        (&1.into(), &2.into())
    );
    Ok(())
}

#[test]
fn the_shipped_answer_keeps_its_forms_within_the_page() -> TestResult {
    for form in ["svg", "gantt"] {
        let answer = linkwright(shipped()?, &["plan", "maternity", "wsic", "ihkb", "--format", form])?;
        let size: Vec<f64> = ["width=\"", "height=\""]
            .into_iter()
            .filter_map(|name| answer.out.split(name).nth(1)?.split('"').next()?.parse().ok())
            .collect();
        for (name, most) in [(" x=\"", size[0]), (" y=\"", size[1])] {
            for place in answer.out.split(name).skip(1).filter_map(|rest| rest.split('"').next()?.parse::<f64>().ok()) {
                assert!(place <= most, "{place} beyond {most} in {}", answer.out);
            }
        }
    }
    Ok(())
}
