//! Data models going out and coming in again: importing an export changes nothing.

mod anything;

use std::path::Path;

use linkwright::domain::data_model::DataModel;
use linkwright::domain::finding::Severity;
use linkwright::export::{template, workbook};
use linkwright::ingest::{Applied, apply, read};
use proptest::prelude::*;
use similar_asserts::{SimpleDiff, assert_eq};

use crate::ingest::{codes, lines, reader};

fn imported(bytes: &[u8]) -> Applied {
    let raw = read(&reader(), "exported.xlsx", bytes).expect("a readable workbook");
    apply(&raw, "exported.xlsx", None)
}

/// The data model that comes back when this one goes out.
fn there_and_back(model: &DataModel) -> DataModel {
    let applied = imported(&workbook(model).expect("a workbook"));
    let errors: Vec<_> = applied.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{}", lines(&errors));
    applied.draft.expect("a data model").model
}

/// The lines in which two data models differ.
fn differences(out: &DataModel, back: &DataModel) -> String {
    let lines = |model| serde_json::to_string_pretty(model).expect("JSON");
    SimpleDiff::from_str(&lines(out), &lines(back), "out", "back").to_string()
}

#[test]
fn importing_an_export_of_a_shipped_data_model_changes_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data-models");
    for entry in std::fs::read_dir(folder).expect("the data models").flatten() {
        if entry.path().extension().is_some_and(|ending| ending == "xlsx") {
            let shipped = imported(&std::fs::read(entry.path()).expect("a file")).draft.expect("a data model").model;
            assert_eq!(there_and_back(&shipped), shipped);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn importing_an_export_changes_nothing(model in anything::data_model()) {
        let back = there_and_back(&model);
        prop_assert!(back == model, "{}", differences(&model, &back));
    }
}

#[test]
fn the_template_is_understood_and_lacks_nothing_but_rows() {
    let applied = imported(&template().expect("a workbook"));
    assert_eq!(codes(&applied.findings), ["SLUG_FROM_FILE_NAME", "NO_ROWS"], "{}", lines(&applied.findings));
}
