//! The shipped data models are without fault: not one error, alone or together.

use std::path::Path;

use linkwright::domain::finding::Severity;
use linkwright::ingest::{Draft, Kind, apply, check_together, read};

use super::{lines, reader};

#[test]
fn the_shipped_data_models_hold_together() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data-models");
    let mut drafts: Vec<Draft> = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the data models").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".xlsx") {
            continue;
        }
        let raw = read(&reader(), &name, &std::fs::read(entry.path()).expect("a file")).expect("a workbook");
        let applied = apply(&raw, &name, None);
        let errors: Vec<_> =
            applied.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{}", lines(&errors));
        assert_eq!((applied.kind, applied.rows.listed), (Kind::DataModel, 0), "{name}");
        drafts.extend(applied.draft);
    }
    let drafts: Vec<&Draft> = drafts.iter().collect();
    let findings = check_together(&drafts, &[]);
    assert!(findings.is_empty(), "{}", lines(&findings));
}
