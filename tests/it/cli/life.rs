//! The life of a version: import, publish, change, roll back; and exports that come back the same.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::TestResult;
use crate::support::command::{linkwright, shipped, shipped_files, sqlite_in};
use crate::support::database::TestDatabase;
use crate::support::workbook::book;

fn write(folder: &TempDir, name: &str, bytes: &[u8]) -> anyhow::Result<String> {
    let file = folder.path().join(name);
    std::fs::write(&file, bytes)?;
    Ok(file.display().to_string())
}

fn small(title: &str) -> Vec<u8> {
    book(&[
        ("Data model", &[&["Property", "Value"], &["Slug", "small"], &["Title", title]]),
        (
            "Datasets",
            &[&["Dataset", "Title", "Visibility", "Approvals"], &["Clinic", "Clinic letters", "public", "none"]],
        ),
        ("Tables", &[&["Dataset", "Table"], &["clinic", "Visits"]]),
        ("Fields", &[&["Dataset", "Table", "Field", "Data type"], &["clinic", "visits", "VisitID", "varchar(10)"]]),
    ])
}

#[test]
fn a_draft_is_stale_once_something_else_of_its_model_is_published() -> TestResult {
    let folder = TempDir::new()?;
    let url = sqlite_in(folder.path());
    let first = write(&folder, "first.xlsx", &small("First"))?;
    assert_eq!(linkwright(&url, &["import", &first])?.status, 0);
    let second = write(&folder, "second.xlsx", &small("Second"))?;
    assert_eq!(linkwright(&url, &["import", &second, "--publish"])?.status, 0);
    let waiting = linkwright(&url, &["drafts", "--format", "json"])?.json()?;
    assert_eq!(waiting["drafts"][0]["stale"], true, "{waiting}");
    let told = linkwright(&url, &["drafts"])?.out;
    assert!(told.contains("stale") && told.contains("1 draft waiting"), "{told}");
    let draft = waiting["drafts"][0]["draft"].as_str().expect("a draft").to_owned();
    assert_eq!(linkwright(&url, &["discard", &draft])?.status, 0);
    assert_eq!(linkwright(&url, &["drafts", "--format", "json"])?.json()?["drafts"], serde_json::json!([]));
    Ok(())
}

#[test]
fn a_draft_waits_until_it_is_published_and_old_versions_come_back() -> TestResult {
    let folder = TempDir::new()?;
    let url = sqlite_in(folder.path());
    let run = |arguments: &[&str]| -> anyhow::Result<(i32, Value)> {
        let answer = linkwright(&url, &[arguments, &["--format", "json"]].concat())?;
        Ok((answer.status, answer.json()?))
    };
    let first = write(&folder, "first.xlsx", &small("First"))?;
    let (status, report) = run(&["import", &first])?;
    assert_eq!((status, &report["models"][0]["slug"]), (0, &"small".into()));
    assert_eq!(linkwright(&url, &["show", "clinic"])?.status, 1, "a draft is not published");
    let draft = report["models"][0]["draft"].as_str().expect("a draft").to_owned();
    let (status, waiting) = run(&["drafts"])?;
    let one = &waiting["drafts"][0];
    assert_eq!((status, waiting["drafts"].as_array().map(Vec::len)), (0, Some(1)));
    assert_eq!((&one["draft"], &one["slug"], &one["basedOn"]), (&draft.as_str().into(), &"small".into(), &Value::Null));
    assert_eq!(one["stale"], false);
    assert!(linkwright(&url, &["drafts"])?.out.contains(&format!("{draft}  small (new), imported ")));
    assert_eq!(run(&["publish", &draft])?.1["models"][0]["version"], 1);
    assert_eq!(linkwright(&url, &["publish", &draft])?.status, 2, "a draft is published once");
    assert_eq!(linkwright(&url, &["drafts"])?.out.trim(), "No draft waits.");

    let second = write(&folder, "second.xlsx", &small("Second"))?;
    let (_, report) = run(&["import", &second, "--dry-run"])?;
    assert_eq!(report["models"][0]["draft"], Value::Null);
    let (_, report) = run(&["import", &second, "--publish"])?;
    assert_eq!(
        (&report["models"][0]["version"], &report["models"][0]["diff"]["changed"][0]["kind"]),
        (&2.into(), &"data model".into())
    );
    let (_, report) = run(&["import", &second, "--publish"])?;
    assert_eq!(report["models"][0]["version"], 2, "what changes nothing makes no version");

    assert_eq!(run(&["diff", "small@1", "small@2"])?.1["changed"][0]["properties"]["title"]["before"], "First");
    assert_eq!(run(&["rollback", "small", "1"])?.1["models"][0]["version"], 3);
    assert_eq!(run(&["show", "small"])?.1["dataModel"]["title"], "First");
    assert_eq!(run(&["show", "small"])?.1["versions"].as_array().map(Vec::len), Some(3), "nothing published is lost");

    let (_, report) = run(&["import", &second])?;
    let draft = report["models"][0]["draft"].as_str().expect("a draft").to_owned();
    assert_eq!(run(&["discard", &draft])?.0, 0);
    assert_eq!(linkwright(&url, &["publish", &draft])?.status, 2);
    Ok(())
}

#[test]
fn importing_an_export_changes_nothing() -> TestResult {
    let folder = TempDir::new()?;
    let exported = folder.path().join("exported");
    let answer =
        linkwright(shipped()?, &["export", "--format", "workbook", "--output", &exported.display().to_string()])?;
    assert_eq!(answer.status, 0, "{}", answer.err);
    let mut files: Vec<String> =
        std::fs::read_dir(&exported)?.flatten().map(|entry| entry.path().display().to_string()).collect();
    files.sort();
    assert_eq!(files.len(), shipped_files()?.len());
    let mut arguments = vec!["import", "--dry-run", "--format", "json"];
    arguments.extend(files.iter().map(String::as_str));
    let answer = linkwright(shipped()?, &arguments)?;
    assert_eq!(answer.status, 0, "{}", answer.out);
    for model in answer.json()?["models"].as_array().into_iter().flatten() {
        for part in ["added", "removed", "changed", "renamed", "moved"] {
            assert_eq!(model["diff"][part], serde_json::json!([]), "{}", model["slug"]);
        }
    }
    Ok(())
}

#[test]
fn the_template_is_a_workbook_in_the_layout() -> TestResult {
    let folder = TempDir::new()?;
    let file = folder.path().join("template.xlsx").display().to_string();
    assert_eq!(linkwright("sqlite://nowhere.db", &["template", "--output", &file])?.status, 0);
    let answer = linkwright("sqlite://nowhere.db", &["check", &file, "--format", "json"])?;
    assert_eq!(answer.json()?["files"][0]["kind"], "data model");
    let findings = answer.json()?["findings"].as_array().cloned().unwrap_or_default();
    assert!(findings.iter().any(|finding| finding["code"] == "NO_ROWS"), "{findings:?}");
    let again = linkwright("sqlite://nowhere.db", &["template", "--output", &file])?;
    assert_eq!(again.status, 2, "a workbook that may be filled in is not overwritten");
    Ok(())
}

#[test]
fn the_map_is_exported_as_graphml_mermaid_and_dot() -> TestResult {
    for (format, start) in [("graphml", "<?xml"), ("mermaid", "%%"), ("dot", "//")] {
        let answer = linkwright(shipped()?, &["export", "maternity", "epr", "--format", format])?;
        assert_eq!(answer.status, 0, "{}", answer.err);
        assert!(
            answer.out.starts_with(start) && answer.out.contains("admissions"),
            "{format}: {}",
            &answer.out[..200.min(answer.out.len())]
        );
    }
    Ok(())
}

#[test]
fn a_draft_that_is_not_there_is_told_by_the_name_it_was_asked_by() -> TestResult {
    for command in ["publish", "discard"] {
        let answer = linkwright(shipped()?, &[command, "nosuch"])?;
        assert_eq!(answer.status, 1, "{}", answer.err);
        assert!(answer.err.contains("there is no draft “nosuch”: `linkwright drafts` lists those"), "{}", answer.err);
    }
    Ok(())
}

#[test]
fn what_is_not_there_is_answered_with_the_nearest_of_all_that_can_be_shown() -> TestResult {
    for (wanted, near) in [("ihkb-person", "ihkb-participant"), ("nhs-numbr", "nhs-number"), ("maternty", "maternity")]
    {
        let answer = linkwright(shipped()?, &["show", wanted])?;
        assert_eq!(answer.status, 1, "{wanted}");
        let names =
            answer.err.split_once("did you mean ").map(|(_, names)| names.trim_end_matches(['?', '\n']).split(", "));
        let names: Vec<&str> = names.into_iter().flatten().collect();
        assert!(names.contains(&near) && !names.contains(&"hes-person"), "{}", answer.err);
    }
    Ok(())
}

#[test]
fn an_output_is_a_file_where_its_name_ends_as_one_and_else_a_folder_whatever_the_format() -> TestResult {
    let folder = TempDir::new()?;
    let place = |name: &str| folder.path().join(name);
    for (format, file) in [("graphml", "map.graphml"), ("workbook", "maternity.xlsx"), ("dot", "map.dot")] {
        for (name, made) in [(file, place(file)), (format, place(format).join(".."))] {
            let to = place(name).display().to_string();
            let answer = linkwright(shipped()?, &["export", "maternity", "--format", format, "--output", &to])?;
            assert_eq!(answer.status, 0, "{format} {name}: {}", answer.err);
            assert!(made.exists(), "{format} {name}");
        }
        assert!(place(file).is_file() && place(format).is_dir(), "{format}");
    }
    let to = place("all.xlsx").display().to_string();
    let answer = linkwright(shipped()?, &["export", "--format", "workbook", "--output", &to])?;
    assert_eq!(answer.status, 2);
    assert!(answer.err.contains("is the name of one: name a folder"), "{}", answer.err);
    Ok(())
}

#[test]
fn a_workbook_of_another_make_is_not_called_empty_of_data_models() -> TestResult {
    let folder = TempDir::new()?;
    let file =
        write(&folder, "redcap.xlsx", &book(&[("Data dictionary", &[&["Variable", "Form"], &["age", "visit"]])]))?;
    let answer = linkwright(shipped()?, &["check", &file])?;
    assert_eq!(answer.status, 1);
    for said in [
        "not in a layout that is read",
        "they are “Data dictionary”",
        "One layout is read: sheets named",
        "`linkwright template` writes it",
    ] {
        assert!(answer.out.contains(said), "{said}: {}", answer.out);
    }
    assert!(!answer.out.contains("no data model"), "{}", answer.out);
    Ok(())
}

#[test]
fn an_unknown_format_is_wrong_usage() -> TestResult {
    let answer = linkwright(shipped()?, &["export", "--format", "papyrus"])?;
    assert_eq!(answer.status, 2);
    assert!(answer.err.contains("graphml"), "{}", answer.err);
    Ok(())
}

#[test]
fn without_a_database_reading_ends_with_status_three_and_makes_none() -> TestResult {
    let folder = TempDir::new()?;
    let url = sqlite_in(folder.path());
    for command in [vec!["search", "blood"], vec!["plan", "a", "b"], vec!["show", "a"]] {
        assert_eq!(linkwright(&url, &command)?.status, 3);
    }
    assert!(!Path::new(&url["sqlite://".len()..]).exists());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shipped_models_are_published_and_planned_over_on_postgresql_too() -> TestResult {
    let Some(database) = TestDatabase::postgres().await? else { return Ok(()) };
    let files = shipped_files()?;
    let mut arguments = vec!["import", "--publish"];
    arguments.extend(files.iter().map(String::as_str));
    let answer = linkwright(&database.url, &arguments)?;
    assert_eq!(answer.status, 0, "{}{}", answer.out, answer.err);
    let plan = ["plan", "maternity", "wsic", "ichtb", "--as-of", "2026-11-22", "--format", "json"];
    let (there, here) = (linkwright(&database.url, &plan)?, linkwright(shipped()?, &plan)?);
    assert_eq!(there.json()?, here.json()?, "the same catalogue gives the same plan on both databases");
    Ok(())
}
