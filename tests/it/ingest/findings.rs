//! What is wrong inside one workbook: every fault is told, at its cell, in one go, and the other rows are read.

use linkwright::domain::words::{DataType, KeyKind};
use linkwright::ingest::{Draft, Kind, apply, check_together};

use super::{applied, book, codes, lines, raw};

type Rows<'a> = &'a [&'a [&'a str]];

const DATASETS: (&str, Rows<'_>) = ("Datasets", &[&["Dataset", "Title"], &["d", "D"]]);

const TABLES: (&str, Rows<'_>) = ("Tables", &[&["Dataset", "Table"], &["d", "t"]]);

/// All findings of a workbook alone and by itself among nothing published.
fn all(sheets: &[(&str, Rows<'_>)]) -> Vec<String> {
    let applied = apply(&raw(&book(sheets)), "book.xlsx", Some("book"));
    let drafts: Vec<&Draft> = applied.draft.iter().collect();
    let mut found = codes(&applied.findings);
    found.extend(codes(&check_together(&drafts, &[])));
    found
}

#[test]
fn each_fault_is_told_at_its_cell() {
    let table = |rows: Rows<'static>| vec![DATASETS, ("Tables", rows)];
    let field = |rows: Rows<'static>| vec![DATASETS, TABLES, ("Fields", rows)];
    let one = |name: &'static str, rows: Rows<'static>| vec![(name, rows)];
    let schemes = |rows: Rows<'static>, fields: Rows<'static>| {
        let mut sheets = field(fields);
        sheets.push(("Identifier schemes", rows));
        sheets
    };
    type Case = (Vec<(&'static str, Rows<'static>)>, &'static [&'static str]);
    let cases: Vec<Case> = vec![
        // Headers
        (one("Datasets", &[&["Dataset", "Description"], &["d", "x"]]), &["MISSING_COLUMN Datasets!A1"]),
        (one("Datasets", &[&["DATASET:", "  tit le", "Dataset"], &["d", "D", "e"]]), &["DUPLICATE_COLUMN Datasets!C1"]),
        (one("Datasets", &[&["Dataset", "Title", "Colour"], &["d", "D", "red"]]), &["UNKNOWN_COLUMN Datasets!C1"]),
        (one("Datasets", &[&["Dataset", "Title"], &["d", "D", "stray"]]), &["NO_HEADER Datasets!C2"]),
        (vec![DATASETS, ("data sets", DATASETS.1)], &["DUPLICATE_SHEET data sets!"]),
        (vec![DATASETS, ("Notes", &[&["anything"]])], &["SHEET_NOT_USED Notes!"]),
        // Values that must be there
        (
            one("Datasets", &[&["Dataset", "Title"], &["d", ""], &["", "E"], &["f", "F"]]),
            &["MISSING_VALUE Datasets!B2", "MISSING_VALUE Datasets!A3"],
        ),
        (one("Datasets", &[&["Dataset", "Title"], &["  \u{a0}", "D"]]), &["MISSING_VALUE Datasets!A2"]),
        (one("Datasets", &[&["Dataset", "Title"], &["#REF!", "D"]]), &["ERROR_CELL Datasets!A2"]),
        (one("Datasets", &[&["Dataset", "Title"], &["– –", "D"]]), &["NOT_A_NAME Datasets!A2"]),
        (one("Datasets", &[&["Dataset", "Title"]]), &["NO_ROWS"]),
        // What must not be there: 943 476 5919 is the NHS Data Dictionary's own example
        (
            one(
                "Datasets",
                &[
                    &["Dataset", "Title", "Description"],
                    &["d", "D", "such as 943 476 5919"],
                    &["e", "9434765919", "943 476 5918 and 2.16.840.1.113883"],
                ],
            ),
            &["MAY_BE_NHS_NUMBER Datasets!C2", "MAY_BE_NHS_NUMBER Datasets!B3"],
        ),
        (vec![DATASETS, ("Notes", &[&["943-476-5919"]])], &["MAY_BE_NHS_NUMBER Notes!A1", "SHEET_NOT_USED Notes!"]),
        // Values that cannot be
        (one("Datasets", &[&["Dataset", "Title", "Visibility"], &["d", "D", "secret"]]), &["UNKNOWN_WORD Datasets!C2"]),
        (one("Datasets", &[&["Dataset", "Title", "Curated"], &["d", "D", "maybe"]]), &["UNKNOWN_WORD Datasets!C2"]),
        (one("Datasets", &[&["Dataset", "Title", "Population"], &["d", "D", "many"]]), &["NOT_A_NUMBER Datasets!C2"]),
        (
            one(
                "Datasets",
                &[&["Dataset", "Title", "Coverage start", "Coverage end"], &["d", "D", "1 May 2020", "30/04/2019"]],
            ),
            &["ENDS_BEFORE_START Datasets!D2"],
        ),
        (
            one("Datasets", &[&["Dataset", "Title", "Coverage start"], &["d", "D", "31/02/2020"]]),
            &["NOT_A_DATE Datasets!C2"],
        ),
        (
            one("Datasets", &[&["Dataset", "Title", "Approvals"], &["d", "D", "none; X"]]),
            &["CONTRADICTION Datasets!C2", "UNKNOWN_APPROVAL Datasets!C2"],
        ),
        (
            field(&[
                &["Dataset", "Table", "Field", "Completeness"],
                &["d", "t", "f", "140 %"],
                &["d", "t", "g", "95"],
                &["d", "t", "h", "80-90 %"],
            ]),
            &["SHARE_OUT_OF_RANGE Fields!D2", "SHARE_OUT_OF_RANGE Fields!D3", "NOT_A_NUMBER Fields!D4"],
        ),
        (
            field(&[&["Dataset", "Table", "Field", "Data type"], &["d", "t", "f", "thingummy"]]),
            &["UNKNOWN_DATA_TYPE Fields!D2"],
        ),
        (
            field(&[&["Dataset", "Table", "Field", "Values"], &["d", "t", "f", "1=a; 2=b; 1=c"]]),
            &["DUPLICATE_CODE Fields!D2"],
        ),
        (
            field(&[&["Dataset", "Table", "Field", "References"], &["d", "t", "f", "nowhere"]]),
            &["NOT_A_REFERENCE Fields!D2"],
        ),
        (
            one(
                "Approvals",
                &[
                    &["Approval", "Title", "Body", "Calendar", "Deadline"],
                    &["A", "A", "B", "now and then", "in good time"],
                ],
            ),
            &["BAD_CALENDAR Approvals!D2", "BAD_DEADLINE Approvals!E2"],
        ),
        (one("Approvals", &[&["Approval", "Title", "Body"], &["none", "A", "B"]]), &["NOT_A_NAME Approvals!A2"]),
        // The same twice
        (
            one("Datasets", &[&["Dataset", "Title"], &["My data", "D"], &["MY-DATA ", "E"]]),
            &["DUPLICATE_DATASET Datasets!A3"],
        ),
        (table(&[&["Dataset", "Table"], &["d", "t"], &["D", "T"]]), &["DUPLICATE_TABLE Tables!B3"]),
        (field(&[&["Dataset", "Table", "Field"], &["d", "t", "f"], &["d", "t", "F"]]), &["DUPLICATE_FIELD Fields!C3"]),
        (
            one("Approvals", &[&["Approval", "Title", "Body"], &["A", "A", "B"], &["a", "A", "B"]]),
            &["DUPLICATE_APPROVAL Approvals!A3"],
        ),
        (
            one("Synonyms", &[&["Term", "Synonyms"], &["baby", "infant"], &["Baby", "newborn"]]),
            &["DUPLICATE_TERM Synonyms!A3"],
        ),
        // Names that lead to nothing
        (table(&[&["Dataset", "Table"], &["dd", "t"]]), &["UNKNOWN_DATASET Tables!A2"]),
        (field(&[&["Dataset", "Table", "Field"], &["d", "tt", "f"], &["d", "tt", "g"]]), &["UNKNOWN_TABLE Fields!B2"]),
        (
            field(&[&["Dataset", "Table", "Field", "References"], &["d", "t", "f", "t.g; other/t.f"]]),
            &["UNKNOWN_REFERENCE Fields!D2", "UNKNOWN_REFERENCE Fields!D2"],
        ),
        (
            field(&[&["Dataset", "Table", "Field", "Identifier scheme"], &["d", "t", "f", "nhs"]]),
            &["UNKNOWN_SCHEME Fields!D2"],
        ),
        (
            one("Crosswalks", &[&["From scheme", "To scheme", "Match rate"], &["a", "b", "140 %"], &["a", "a", ""]]),
            &[
                "SHARE_OUT_OF_RANGE Crosswalks!C2",
                "CROSSWALK_TO_ITSELF Crosswalks!B3",
                "UNKNOWN_SCHEME Crosswalks!A2",
                "UNKNOWN_SCHEME Crosswalks!B2",
            ],
        ),
        (
            vec![DATASETS, ("Values", &[&["Dataset", "Table", "Field", "Code"], &["d", "t", "f", "1"]])],
            &["UNKNOWN_FIELD Values!C2"],
        ),
        (
            one("Meetings", &[&["Approval", "Meets on"], &["A", "2026-11-27"], &["A", "soon"]]),
            &["NOT_A_DATE Meetings!B3", "UNKNOWN_APPROVAL Meetings!A2"],
        ),
        // Rules
        (
            one(
                "Rules",
                &[
                    &["Rule", "When", "Approvals", "Because"],
                    &["r", "dataset:x and sensitivity:loud", "A", "b"],
                    &["s", "crosswalk:x--y", "A", "b"],
                    &["t", "leaves trst", "none", "b"],
                ],
            ),
            &[
                "BAD_RULE_TERM Rules!B2",
                "UNUSUAL_CHARACTERISTIC Rules!B4",
                "RULE_WITHOUT_EFFECT Rules!C4",
                "UNKNOWN_APPROVAL Rules!C2",
                "UNKNOWN_DATASET Rules!B2",
                "UNKNOWN_APPROVAL Rules!C3",
                "UNKNOWN_CROSSWALK Rules!B3",
            ],
        ),
        // What rows mean together
        (
            one(
                "Approvals",
                &[
                    &["Approval", "Title", "Body", "Prerequisites"],
                    &["A", "A", "A", "B"],
                    &["B", "B", "B", "C"],
                    &["C", "C", "C", "a"],
                    &["D", "D", "D", "A"],
                ],
            ),
            &["CYCLIC_PREREQUISITES Approvals!D2"],
        ),
        (
            schemes(
                &[&["Scheme", "Title", "Entity", "Parts"], &["s", "S", "event", "x; y"]],
                &[
                    &["Dataset", "Table", "Field", "Identifier scheme"],
                    &["d", "t", "f", "s.x"],
                    &["d", "t", "g", "s"],
                    &["d", "t", "h", "s.z"],
                ],
            ),
            &["SCHEME_PART_MISSING Fields!D3", "UNKNOWN_SCHEME_PART Fields!D4", "INCOMPLETE_COMPOSITE Fields!D2"],
        ),
        // Characters
        (one("Datasets", &[&["Dataset", "Title"], &["p\u{430}tients", "D"]]), &["ODD_CHARACTERS Datasets!A2"]),
    ];
    for (sheets, expected) in cases {
        assert_eq!(all(&sheets), expected, "{sheets:?}");
    }
}

#[test]
fn a_workbook_that_is_no_data_model_says_so() {
    for (sheets, code) in [
        (vec![("Sheet1", &[&["a", "b"][..]][..])], "NO_DATA_MODEL"),
        (vec![("Sheet1", &[][..])], "EMPTY_WORKBOOK"),
        (vec![("Tables", &[&["resource", "label"][..], &["x", "y"]][..])], "NO_DATA_MODEL"),
    ] {
        let applied = applied(&sheets);
        assert_eq!((applied.kind, applied.draft.is_none()), (Kind::NoDataModel, true));
        assert!(applied.findings.iter().any(|finding| finding.code == code), "{}", lines(&applied.findings));
    }
}

#[test]
fn headers_may_stand_lower_and_in_any_order_and_case() {
    let applied = applied(&[(
        "DATA-SETS",
        &[&["Our datasets"], &[], &["", "title", "x", "DATASET (slug)"], &["", "D", "kept", "d"]],
    )]);
    let draft = applied.draft.expect("a draft");
    let dataset = &draft.model.datasets[0];
    assert_eq!((dataset.name.as_str(), dataset.title.as_str()), ("d", "D"));
    assert_eq!(dataset.extra["x"], "kept");
    assert_eq!(draft.places.spot(draft.places.datasets[0], "Dataset").to_string(), "DATA-SETS!D4");
}

#[test]
fn a_row_becomes_what_it_says() {
    let applied = applied(&[
        ("Data model", &[&["Property", "Value"], &["Slug", "My Model"], &["Title", "A model"], &["Mood", "good"]]),
        (
            "Datasets",
            &[
                &["Dataset", "Title", "Population", "Coverage start", "Coverage end", "Keywords"],
                &["d", "D", "2.4 million", "2015", "ongoing", r"a; b\; c"],
            ],
        ),
        ("Tables", &[&["Dataset", "Table"], &["d", "DER.patient"], &["d", "spell"]]),
        (
            "Fields",
            &[
                &["Dataset", "Table", "Field", "Data type", "Values", "Key", "References", "Completeness"],
                &["d", "DER.patient", "ID", "NUMBER(10)", r"1=one\; only; 2=two=2", "PK", "", "95 %"],
                &["d", "spell", "Patient", "varchar(10)", "", "foreign", "DER.patient.ID#mother; d/DER.patient.ID", ""],
            ],
        ),
        ("Values", &[&["Dataset", "Table", "Field", "Code", "Meaning"], &["D", "der patient", "id", "3", "three"]]),
        (
            "Crosswalks",
            &[&["From scheme", "To scheme", "Match rate"], &["a", "b", "70-81 %"], &["a", "b", "0.5"], &["b", "a", ""]],
        ),
    ]);
    let model = applied.draft.expect("a draft").model;
    assert_eq!((model.about.slug.as_str(), model.about.extra["Mood"].as_str()), ("my-model", "good"));
    assert_eq!(model.datasets[0].population, Some(2_400_000));
    assert_eq!(model.datasets[0].coverage.start.map(|day| day.to_string()).as_deref(), Some("2015-01-01"));
    assert_eq!(
        (model.datasets[0].coverage.end, model.datasets[0].keywords.clone()),
        (None, vec!["a".into(), "b; c".into()])
    );
    let id = &model.fields[0];
    assert_eq!(
        (id.data_type, id.source_type.as_str(), id.key),
        (Some(DataType::Integer), "NUMBER(10)", Some(KeyKind::Primary))
    );
    assert_eq!(id.completeness, Some(0.95));
    let values: Vec<(&str, &str)> = id.values.iter().map(|v| (v.code.as_str(), v.meaning.as_str())).collect();
    assert_eq!(values, [("1", "one; only"), ("2", "two=2"), ("3", "three")]);
    let references: Vec<(String, Option<&str>)> =
        model.fields[1].references.iter().map(|r| (r.target.to_string(), r.name.as_deref())).collect();
    assert_eq!(references, [("d/der-patient/id".to_owned(), Some("mother")), ("d/der-patient/id".to_owned(), None)]);
    let crosswalks: Vec<&str> = model.crosswalks.iter().map(|crosswalk| crosswalk.slug.as_str()).collect();
    assert_eq!(crosswalks, ["a--b", "a--b-2", "b--a"]);
    assert_eq!(model.crosswalks[0].match_rate.map(|share| (share.low, share.high)), Some((0.7, 0.81)));
    assert_eq!((applied.rows.read, applied.rows.stored), (12, 12));
}

#[test]
fn a_flood_of_one_fault_is_cut_short() {
    let rows: Vec<Vec<&str>> =
        std::iter::once(vec!["Dataset", "Title"]).chain((0..2_000).map(|_| vec!["x", ""])).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let applied = applied(&[("Datasets", &rows)]);
    assert_eq!((applied.rows.read, applied.rows.listed), (2_000, 2_000));
    assert!(applied.findings.len() < 1_100);
    assert!(applied.findings.iter().any(|finding| finding.what == "There are 1500 more of these."));
}

#[test]
fn a_thoroughly_bad_workbook_is_told_everything_at_once() {
    let long = "x".repeat(40_000);
    let sheets: Vec<(&str, Rows<'_>)> = vec![
        (
            "Datasets",
            &[
                &[
                    "Dataset",
                    "Title",
                    "Visiblity",
                    "Visibility",
                    "Coverage start",
                    "Coverage end",
                    "Population",
                    "Approvals",
                ],
                &["maternity", "Maternity", "", "publik", "2020-01-01", "2019-01-01", "lots", "DAPC"],
                &["Maternity ", "Maternity again", "", "", "", "", "", ""],
                &["p\u{430}tients", "", "", "", "24 Novembre 2026", "", "", ""],
            ],
        ),
        ("Tables", &[&["Dataset", "Description"], &["maternity", "no column for the table's name"]]),
        (
            "Fields",
            &[
                &[
                    "Dataset",
                    "Table",
                    "Field",
                    "Key",
                    "Completeness",
                    "References",
                    "Identifier scheme",
                    "Data type",
                    "Title",
                ],
                &["maternity", "msd001", "ID", "prime", "140 %", "msd002.ID", "nhs-nmber", "wibble", "#REF!"],
            ],
        ),
        ("Identifier schemes", &[&["Scheme", "Title", "Entity"], &["nhs-number", "NHS number", "human"]]),
        ("Crosswalks", &[&["From scheme", "To scheme", "Match rate"], &["nhs-number", "nowhere", "140%"]]),
        (
            "Approvals",
            &[
                &["Approval", "Title", "Body", "Calendar", "Prerequisites"],
                &["DACP", "Data access", "Committee", "blue moon", "ETHICS"],
                &["ETHICS", "Ethics", "Committee", "", "DACP"],
            ],
        ),
        (
            "Rules",
            &[&["Rule", "When", "Approvals", "Because"], &["r1", "dataset:maternty or leaves trust", "DACP", ""]],
        ),
        ("Notes", &[&["Nobody reads this"]]),
    ];
    // A cell longer than a spreadsheet allows cannot be written with a writer that is honest.
    let mut raw = raw(&book(&sheets));
    if let Some(cell) =
        raw.sheets.iter_mut().flat_map(|sheet| &mut sheet.cells).find(|cell| cell.value.text() == "NHS number")
    {
        cell.value = linkwright::ingest::RawValue::Text(long.into());
    }
    let applied = apply(&raw, "bad.xls", None);
    let drafts: Vec<&Draft> = applied.draft.iter().collect();
    let findings = [applied.findings, check_together(&drafts, &[])].concat();
    insta::assert_snapshot!(lines(&findings));
}

#[test]
fn a_number_that_may_be_a_patients_is_not_repeated_in_the_finding() {
    let rows: Rows = &[&["Dataset", "Title", "Description"], &["d", "D", "such as 943 476 5919"]];
    let found = applied(&[("Datasets", rows)]).findings;
    let told = found.iter().map(|finding| format!("{finding:?}")).collect::<String>();
    assert!(told.contains("MAY_BE_NHS_NUMBER") && !told.contains("5919"), "{told}");
    assert!(!linkwright::domain::finding::any_error(&found), "{told}");
}
