//! Several workbooks of one call, and what is published: names resolve across them, and every identifier has one owner.

use std::sync::Arc;

use linkwright::domain::catalogue::PublishedModel;
use linkwright::ingest::{Draft, apply, check_together};

use super::{book, codes, lines, raw};

type Rows<'a> = &'a [&'a [&'a str]];

fn draft(file: &str, sheets: &[(&str, Rows<'_>)]) -> Draft {
    let slug = file.trim_end_matches(".xlsx");
    apply(&raw(&book(sheets)), file, Some(slug)).draft.expect("a draft")
}

fn published(draft: Draft) -> PublishedModel {
    PublishedModel { version: 1, published_at: jiff::Timestamp::UNIX_EPOCH, model: Arc::new(draft.model) }
}

fn structure(file: &str) -> Draft {
    draft(
        file,
        &[
            ("Datasets", &[&["Dataset", "Title", "Approvals"], &["epr", "EPR", "DAPC"]]),
            ("Tables", &[&["Dataset", "Table"], &["epr", "patients"]]),
            ("Fields", &[&["Dataset", "Table", "Field", "Identifier scheme"], &["epr", "patients", "id", "icare"]]),
        ],
    )
}

fn governance(file: &str) -> Draft {
    draft(
        file,
        &[
            ("Identifier schemes", &[&["Scheme", "Title", "Entity"], &["icare", "iCARE patient", "person"]]),
            ("Approvals", &[&["Approval", "Title", "Body"], &["DAPC", "Data access", "Committee"]]),
            ("Rules", &[&["Rule", "When", "Approvals", "Because"], &["r", "dataset:epr", "DAPC", "so"]]),
            ("Rule tests", &[&["Given", "Expect"], &["epr; leaves trust; purpose=innovation", "dapc"]]),
        ],
    )
}

#[test]
fn names_resolve_across_the_files_of_one_call() {
    let (one, two) = (structure("one.xlsx"), governance("two.xlsx"));
    assert!(check_together(&[&one, &two], &[]).is_empty());
    assert_eq!(codes(&check_together(&[&one], &[])), ["UNKNOWN_APPROVAL Datasets!C2", "UNKNOWN_SCHEME Fields!D2"]);
    assert_eq!(codes(&check_together(&[&two], &[])), ["UNKNOWN_DATASET Rules!B2", "UNKNOWN_REFERENCE Rule tests!A2"]);
}

#[test]
fn names_resolve_against_what_is_published() {
    let held = [published(governance("two.xlsx"))];
    assert!(check_together(&[&structure("one.xlsx")], &held).is_empty());
}

#[test]
fn an_identifier_belongs_to_one_data_model() {
    let held = [published(structure("old.xlsx")), published(governance("two.xlsx"))];
    let findings = check_together(&[&structure("new.xlsx")], &held);
    assert_eq!(
        codes(&findings),
        ["OWNED_BY_ANOTHER_MODEL Datasets!A2", "OWNED_BY_ANOTHER_MODEL Tables!B2", "OWNED_BY_ANOTHER_MODEL Fields!C2"]
    );
    assert!(findings[0].what.contains("“old”"), "{}", lines(&findings));
    // A new version of the owner itself is no conflict.
    assert!(check_together(&[&structure("old.xlsx")], &held).is_empty());
}

#[test]
fn two_files_of_one_call_cannot_define_the_same() {
    let (one, two, rest) = (structure("one.xlsx"), structure("two.xlsx"), governance("rest.xlsx"));
    let findings = check_together(&[&one, &two, &rest], &[]);
    assert!(findings.iter().all(|finding| finding.code == "OWNED_BY_ANOTHER_MODEL" && finding.file == "two.xlsx"));
    assert!(findings[0].what.contains("“one.xlsx” (Datasets!A2)"), "{}", lines(&findings));
    let again = draft("one.xlsx", &[("Datasets", &[&["Dataset", "Title"], &["other", "Other"]])]);
    assert_eq!(codes(&check_together(&[&one, &again, &rest], &[])), ["DUPLICATE_MODEL"]);
}

#[test]
fn what_another_data_model_still_needs_is_told() {
    let held = [published(structure("one.xlsx")), published(governance("two.xlsx"))];
    let without = draft("two.xlsx", &[("Approvals", &[&["Approval", "Title", "Body"], &["DAPC", "Data access", "C"]])]);
    let findings = check_together(&[&without], &held);
    assert_eq!(codes(&findings), ["BREAKS_ANOTHER_MODEL"]);
    assert!(
        findings[0].what.contains("“icare”") && findings[0].what.contains("epr/patients/id"),
        "{}",
        lines(&findings)
    );
}

#[test]
fn an_unknown_name_is_answered_with_the_closest_ones() {
    let rest = governance("rest.xlsx");
    let wrong = draft(
        "wrong.xlsx",
        &[
            ("Datasets", &[&["Dataset", "Title", "Approvals"], &["epr", "EPR", "DACP"]]),
            ("Tables", &[&["Dataset", "Table"], &["epr", "patients"], &["eprr", "spells"]]),
            (
                "Fields",
                &[
                    &["Dataset", "Table", "Field", "Identifier scheme", "References"],
                    &["epr", "patients", "patient_id", "icar", "patients.patientid"],
                ],
            ),
        ],
    );
    let findings = check_together(&[&wrong, &rest], &[]);
    for near in ["“DAPC”", "“epr”", "“icare”", "“epr/patients/patient_id”"] {
        assert!(findings.iter().any(|finding| finding.mend.contains(near)), "{near}\n{}", lines(&findings));
    }
}
