//! The shipped data models as text, so that a change to a workbook can be reviewed line by line.

use std::fmt::Write;

use linkwright::ingest::{Reader, apply, read};
use serde_json::Value;

use super::support::TestResult;
use super::support::command::shipped_files;

#[test]
fn the_shipped_models_read_as_they_were_reviewed() -> TestResult {
    let reader = Reader::new(env!("CARGO_BIN_EXE_linkwright"));
    for file in shipped_files()? {
        let name = file.rsplit('/').next().unwrap_or(&file).to_owned();
        let raw = read(&reader, &name, &std::fs::read(&file)?).map_err(|refused| anyhow::anyhow!("{refused}"))?;
        let draft = apply(&raw, &name, None).draft.ok_or_else(|| anyhow::anyhow!("{name} holds no data model"))?;
        insta::assert_snapshot!(name.trim_end_matches(".xlsx"), as_text(&serde_json::to_value(&draft.model)?));
    }
    Ok(())
}

#[test]
fn every_row_of_the_shipped_models_says_where_it_comes_from() -> TestResult {
    let reader = Reader::new(env!("CARGO_BIN_EXE_linkwright"));
    let mut silent = Vec::new();
    let (mut fields, mut illustrative) = (0, 0);
    for file in shipped_files()? {
        let raw = read(&reader, &file, &std::fs::read(&file)?).map_err(|refused| anyhow::anyhow!("{refused}"))?;
        let draft = apply(&raw, &file, None).draft.ok_or_else(|| anyhow::anyhow!("{file} holds no data model"))?;
        let model = serde_json::to_value(&draft.model)?;
        for (list, rows) in model.as_object().into_iter().flatten() {
            for row in rows.as_array().into_iter().flatten() {
                let said = |property: &str| row[property].as_str().is_some_and(|text| !text.is_empty());
                if !said("provenance") || !said("source") {
                    silent.push(format!("{file} {list} {}", row["slug"]));
                }
                if list == "fields" {
                    fields += 1;
                    illustrative += usize::from(row["provenance"] == "illustrative");
                }
            }
        }
    }
    assert!(silent.is_empty(), "rows without provenance or source: {silent:#?}");
    assert!(illustrative * 10 <= fields, "{illustrative} of {fields} fields are illustrative");
    Ok(())
}

/// One line for each row, with what is not blank.
fn as_text(model: &Value) -> String {
    let mut text = String::new();
    for (list, rows) in model.as_object().into_iter().flatten() {
        let rows = match rows {
            Value::Array(rows) => rows.clone(),
            row => vec![row.clone()],
        };
        for row in rows {
            let _ = write!(text, "{list}");
            for (property, value) in row.as_object().into_iter().flatten() {
                let blank = value.is_null()
                    || *value == ""
                    || *value == serde_json::json!([])
                    || *value == serde_json::json!({});
                if !blank {
                    let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    let _ = write!(text, " | {property}: {}", shown.replace('\n', "⏎"));
                }
            }
            text.push('\n');
        }
    }
    text
}
