//! Bad input (issue 2): each its own clear finding with its place, all reported in one go, nothing stored.

use serde_json::Value;
use tempfile::TempDir;

use crate::support::TestResult;
use crate::support::command::{linkwright, sqlite_in};
use crate::support::workbook::book;

fn findings(report: &Value, code: &str) -> Vec<Value> {
    report["findings"].as_array().into_iter().flatten().filter(|finding| finding["code"] == code).cloned().collect()
}

#[test]
fn everything_wrong_with_a_workbook_is_reported_at_once_and_nothing_is_stored() -> TestResult {
    let folder = TempDir::new()?;
    let url = sqlite_in(folder.path());
    let file = folder.path().join("bad.xlsx").display().to_string();
    let bytes = book(&[
        ("Data model", &[&["Property", "Value"], &["Slug", "bad"], &["Title", "Bad"]]),
        ("Datasets", &[&["Dataset", "Title"], &["clinic", "Clinic"]]),
        ("Tables", &[&["Dataset", "Table"], &["clinic", "Visits"], &["clinic", "VISITS"]]),
        (
            "Fields",
            &[
                &["Dataset", "Table", "Field", "Identifier scheme", "References"],
                &["clinic", "visits", "PatientID", "patient", "nowhere.id"],
            ],
        ),
        ("Identifier schemes", &[&["Scheme", "Title"], &["patient", "Patient"], &["other", "Other"]]),
        ("Crosswalks", &[&["From scheme", "To scheme", "Match rate"], &["patient", "other", "140 %"]]),
        (
            "Approvals",
            &[&["Approval", "Title", "Body", "Prerequisites"], &["A", "a", "body", "B"], &["B", "b", "body", "A"]],
        ),
        ("Rules", &[&["Rule", "When", "Because"], &["r", "leaves trust", "because"]]),
    ]);
    std::fs::write(&file, bytes)?;
    for command in ["check", "import"] {
        let answer = linkwright(&url, &[command, &file, "--format", "json"])?;
        assert_eq!(answer.status, 1, "{}{}", answer.out, answer.err);
        let report = answer.json()?;
        for (code, sheet, cell) in [
            ("DUPLICATE_TABLE", "Tables", "B3"),
            ("UNKNOWN_REFERENCE", "Fields", "E2"),
            ("SHARE_OUT_OF_RANGE", "Crosswalks", "C2"),
            ("CYCLIC_PREREQUISITES", "Approvals", "D2"),
            ("MISSING_COLUMN", "Rules", "A1"),
        ] {
            let found = findings(&report, code);
            assert_eq!(found.len(), 1, "{code} in {}", answer.out);
            let finding = &found[0];
            assert_eq!(
                (&finding["sheet"], &finding["cell"], &finding["severity"]),
                (&sheet.into(), &cell.into(), &"error".into()),
                "{finding}"
            );
            for property in ["what", "mend"] {
                assert!(finding[property].as_str().is_some_and(|text| !text.is_empty()), "{finding}");
            }
        }
    }
    assert_eq!(linkwright(&url, &["show", "clinic"])?.status, 1);
    assert_eq!(linkwright(&url, &["show", "bad"])?.status, 1);
    Ok(())
}

#[test]
fn a_file_that_is_no_workbook_ends_with_status_two_and_a_finding_of_its_own() -> TestResult {
    let folder = TempDir::new()?;
    let url = sqlite_in(folder.path());
    let good = book(&[("Datasets", &[&["Dataset", "Title"], &["clinic", "Clinic"]])]);
    let cases: [(&str, Vec<u8>, &str); 4] = [
        ("text.xlsx", b"Dataset,Title\nclinic,Clinic\n".to_vec(), "UNSUPPORTED_FORMAT"),
        ("noise.xlsx", (0u8..=255).rev().collect(), "NOT_A_WORKBOOK"),
        ("empty.xlsx", Vec::new(), "EMPTY_FILE"),
        ("cut.xlsx", good[..good.len() / 2].to_vec(), "DAMAGED"),
    ];
    for (name, bytes, code) in cases {
        let file = folder.path().join(name).display().to_string();
        std::fs::write(&file, bytes)?;
        let answer = linkwright(&url, &["check", &file, "--format", "json"])?;
        assert_eq!(answer.status, 2, "{name}: {}{}", answer.out, answer.err);
        let report = answer.json()?;
        assert_eq!(
            (&report["files"][0]["kind"], &report["findings"][0]["code"]),
            (&"unreadable".into(), &code.into()),
            "{name}: {}",
            answer.out
        );
    }
    let misnamed = folder.path().join("really-xlsx.xls").display().to_string();
    std::fs::write(&misnamed, good)?;
    let answer = linkwright(&url, &["check", &misnamed, "--format", "json"])?;
    assert_eq!((answer.status, findings(&answer.json()?, "WRONG_EXTENSION").len()), (0, 1), "{}", answer.out);
    assert_eq!(linkwright(&url, &["check", "no-such-file.xlsx"])?.status, 2);
    Ok(())
}

#[test]
fn an_answer_that_cannot_be_written_is_no_success() -> TestResult {
    for command in [&["schema"][..], &["template"], &["config", "show"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full")?;
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_linkwright"));
        let answer = program.args(command).stdout(full).output()?;
        let told = String::from_utf8_lossy(&answer.stderr).into_owned();
        assert_eq!(answer.status.code(), Some(2), "{command:?}: {told}");
        assert!(told.contains("could not be written to standard output"), "{command:?}: {told}");
    }
    Ok(())
}
