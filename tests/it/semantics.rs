//! What joins and what a join takes (contract §2 and §3), on small catalogues made for one rule each.

use std::collections::BTreeSet;

use serde_json::Value;
use tempfile::TempDir;

use super::support::TestResult;
use super::support::command::{linkwright, sqlite_in};
use super::support::workbook::book;

pub(super) type Sheet<'a> = (&'a str, &'a [&'a [&'a str]]);

/// A catalogue of its own, thrown away with the test.
pub(super) struct Catalogue {
    _folder: TempDir,
    pub(super) url: String,
}

impl Catalogue {
    pub(super) fn of(sheets: &[Sheet]) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let url = sqlite_in(folder.path());
        let file = folder.path().join("model.xlsx");
        std::fs::write(&file, book(sheets))?;
        let answer = linkwright(&url, &["import", &file.display().to_string(), "--publish"])?;
        anyhow::ensure!(answer.status == 0, "{}{}", answer.out, answer.err);
        Ok(Self { _folder: folder, url })
    }

    pub(super) fn ask(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        linkwright(&self.url, &[arguments, &["--format", "json"]].concat())?.json()
    }
}

fn tables(option: &Value) -> BTreeSet<&str> {
    option["tables"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn codes(option: &Value) -> BTreeSet<&str> {
    option["approvals"].as_array().into_iter().flatten().filter_map(|approval| approval["code"].as_str()).collect()
}

fn sets(plan: &Value) -> Vec<BTreeSet<&str>> {
    plan["options"].as_array().into_iter().flatten().map(codes).collect()
}

const TWO: Sheet = (
    "Datasets",
    &[&["Dataset", "Title", "Approvals", "Curated"], &["a", "A", "none", "yes"], &["b", "B", "none", "yes"]],
);
const T: Sheet = ("Tables", &[&["Dataset", "Table"], &["a", "t"], &["b", "t"]]);
const SCHEMES: Sheet = (
    "Identifier schemes",
    &[
        &["Scheme", "Title", "Entity", "Parts"],
        &["p", "P", "person", ""],
        &["q", "Q", "person", ""],
        &["m", "M", "person", ""],
    ],
);
const APPROVALS: Sheet = (
    "Approvals",
    &[
        &["Approval", "Title", "Body", "Standard", "Prerequisites", "Lead time (days)"],
        &["A1", "one", "body", "yes", "", "10"],
        &["B1", "two", "body", "", "", "5"],
        &["C1", "three", "body", "", "D1", "5"],
        &["D1", "four", "body", "", "", "7"],
    ],
);
const P_AND_Q: Sheet = (
    "Fields",
    &[
        &["Dataset", "Table", "Field", "Identifier scheme", "Key"],
        &["a", "t", "id", "p", "primary"],
        &["b", "t", "id", "q", "foreign"],
    ],
);

#[test]
fn nothing_is_needed_only_where_every_part_says_so() -> TestResult {
    let same: Sheet = (
        "Fields",
        &[
            &["Dataset", "Table", "Field", "Identifier scheme", "Key"],
            &["a", "t", "id", "p", "primary"],
            &["b", "t", "id", "p", ""],
        ],
    );
    let plan = Catalogue::of(&[TWO, T, same, SCHEMES])?.ask(&["plan", "a", "b"])?;
    assert_eq!((&plan["verdict"], &plan["options"][0]["steps"][0]["cardinality"]), (&"FEASIBLE".into(), &"1:n".into()));
    assert_eq!(plan["options"][0]["steps"][0]["via"], "SCHEME");

    let silent: Sheet = ("Datasets", &[&["Dataset", "Title"], &["a", "A"], &["b", "B"]]);
    let plan = Catalogue::of(&[silent, T, same, SCHEMES])?.ask(&["plan", "a", "b"])?;
    assert_ne!(plan["verdict"], "FEASIBLE", "none recorded is not none needed");
    let kinds: Vec<_> =
        plan["options"][0]["warnings"].as_array().into_iter().flatten().map(|warning| &warning["kind"]).collect();
    assert!(kinds.contains(&&"APPROVALS_NOT_RECORDED".into()), "{kinds:?}");
    Ok(())
}

#[test]
fn committees_are_not_interchangeable() -> TestResult {
    let crosswalks: Sheet = (
        "Crosswalks",
        &[
            &["From scheme", "To scheme", "Crosswalk", "Approvals", "Status", "Match rate"],
            &["p", "q", "", "A1", "available", "80 %"],
            &["p", "q", "", "B1; C1", "available", "0.9-0.95"],
        ],
    );
    let catalogue = Catalogue::of(&[TWO, T, P_AND_Q, SCHEMES, APPROVALS, crosswalks])?;
    let plan = catalogue.ask(&["plan", "a", "b", "--as-of", "2026-11-22"])?;
    let sets_found = sets(&plan);
    assert_eq!(sets_found[0], BTreeSet::from(["A1"]));
    assert!(sets_found.contains(&BTreeSet::from(["B1", "C1", "D1"])), "needing only A1 hides nothing: {sets_found:?}");
    assert_eq!(plan["options"][0]["objectives"]["matchRate"], serde_json::json!({ "low": 0.8, "high": 0.8 }));
    assert_eq!(plan["options"][0]["steps"][0]["crosswalks"], serde_json::json!(["p--q"]));
    assert_eq!(plan["options"][1]["steps"][0]["crosswalks"], serde_json::json!(["p--q-2"]));
    assert_eq!(plan["options"][1]["objectives"]["leadTimeDays"], 12, "C1 waits for D1");

    let plan = catalogue.ask(&["plan", "a", "b", "--avoid", "A1"])?;
    assert_eq!(sets(&plan), [BTreeSet::from(["B1", "C1", "D1"])]);
    let plan = catalogue.ask(&["plan", "a", "b", "--avoid", "A1", "--held", "C1", "--held", "B1"])?;
    assert_eq!(sets(&plan), [BTreeSet::from(["D1"])], "closed first, then less those held");
    let plan = catalogue.ask(&["plan", "a", "b", "--held", "C1", "--held", "B1", "--held", "D1"])?;
    assert_eq!((sets(&plan)[0].len(), &plan["options"][0]["objectives"]["approvals"]), (0, &0.into()));
    let plan = catalogue.ask(&["plan", "b", "a"])?;
    assert_eq!(
        plan["options"][0]["objectives"]["matchRate"],
        Value::Null,
        "the share of the other side is not recorded"
    );
    Ok(())
}

#[test]
fn a_chain_of_crosswalks_needs_no_table_in_between_and_never_one_that_is_not_available() -> TestResult {
    let chain: Sheet = (
        "Crosswalks",
        &[
            &["From scheme", "To scheme", "Status", "Performed by", "Cardinality"],
            &["p", "m", "available", "NHS staff", "1:1"],
            &["q", "m", "available", "trusted third party", "n:1"],
            &["p", "q", "not available", "", ""],
        ],
    );
    let plan = Catalogue::of(&[TWO, T, P_AND_Q, SCHEMES, chain])?.ask(&["plan", "a", "b"])?;
    let step = &plan["options"][0]["steps"][0];
    assert_eq!(step["schemes"], serde_json::json!(["p", "m", "q"]));
    assert_eq!(step["crosswalks"], serde_json::json!(["p--m", "q--m"]));
    assert_eq!((&step["via"], &step["performedBy"]), (&"CROSSWALK".into(), &"NHS staff, trusted third party".into()));
    assert_eq!(step["cardinality"], "1:n");
    assert_eq!(plan["optionsFound"], 1);
    Ok(())
}

#[test]
fn a_dataset_that_only_bridges_costs_its_approval_too() -> TestResult {
    let three: Sheet = (
        "Datasets",
        &[
            &["Dataset", "Title", "Approvals"],
            &["a", "A", "none"],
            &["b", "B", "none"],
            &["c", "C", "B1"],
            &["d", "D", "none"],
        ],
    );
    let tables_: Sheet = (
        "Tables",
        &[&["Dataset", "Table", "Approvals"], &["a", "t", ""], &["b", "t", ""], &["c", "t", ""], &["d", "t", "C1"]],
    );
    let fields: Sheet = (
        "Fields",
        &[
            &["Dataset", "Table", "Field", "Identifier scheme"],
            &["a", "t", "id", "p"],
            &["b", "t", "id", "q"],
            &["c", "t", "one", "p"],
            &["c", "t", "two", "q"],
            &["d", "t", "one", "p"],
            &["d", "t", "two", "q"],
        ],
    );
    let plan = Catalogue::of(&[three, tables_, fields, SCHEMES, APPROVALS])?.ask(&["plan", "a", "b"])?;
    assert_eq!(
        (tables(&plan["options"][0]), codes(&plan["options"][0])),
        (BTreeSet::from(["a/t", "b/t", "c/t"]), BTreeSet::from(["B1"]))
    );
    assert_eq!(codes(&plan["options"][1]), BTreeSet::from(["C1", "D1"]), "a table's approvals come on top");
    assert_eq!(plan["options"][1]["approvals"].as_array().map(Vec::len), Some(2));
    Ok(())
}

#[test]
fn a_rule_on_several_things_holds_only_when_all_are_used() -> TestResult {
    let crosswalks: Sheet = (
        "Crosswalks",
        &[
            &["From scheme", "To scheme", "Crosswalk", "Approvals", "Status"],
            &["p", "q", "x", "none", "available"],
            &["p", "q", "y", "B1", "available"],
        ],
    );
    let rules: Sheet = (
        "Rules",
        &[
            &["Rule", "When", "Approvals", "Because", "Verdict"],
            &["both", "dataset:b and crosswalk:x", "C1", "both are used", ""],
            &["out", "leaves trust and dataset:a", "A1", "it leaves", "discuss"],
            &["use", "purpose=innovation", "A1", "an innovation", ""],
        ],
    );
    let catalogue = Catalogue::of(&[TWO, T, P_AND_Q, SCHEMES, APPROVALS, crosswalks, rules])?;
    let plan = catalogue.ask(&["plan", "a", "b"])?;
    assert_eq!(sets(&plan)[..2], [BTreeSet::from(["B1"]), BTreeSet::from(["C1", "D1"])]);
    assert_eq!(plan["options"][1]["approvals"][0]["reasons"][0]["kind"], "RULE");
    assert_eq!(plan["verdict"], "FEASIBLE_WITH_APPROVALS");
    let plan = catalogue.ask(&["plan", "a", "b", "--leaves-trust"])?;
    assert_eq!((&plan["verdict"], sets(&plan)[0].clone()), (&"DISCUSS_FIRST".into(), BTreeSet::from(["A1", "B1"])));
    for project in ["purpose=innovation", "Purpose = Innovation"] {
        assert!(sets(&catalogue.ask(&["plan", "a", "--project", project])?)[0].contains("A1"));
    }
    assert!(!sets(&catalogue.ask(&["plan", "a", "--project", "purpose=audit"])?)[0].contains("A1"));
    Ok(())
}

#[test]
fn different_roles_do_not_join_and_a_register_never_turns_one_into_the_other() -> TestResult {
    let datasets: Sheet = ("Datasets", &[&["Dataset", "Title"], &["a", "A"], &["b", "B"], &["r", "Register"]]);
    let three: Sheet = ("Tables", &[&["Dataset", "Table"], &["a", "t"], &["b", "t"], &["r", "t"]]);
    let fields = |register: &'static str| -> Vec<Vec<&'static str>> {
        vec![
            vec!["Dataset", "Table", "Field", "Identifier scheme", "Role", "Key"],
            vec!["a", "t", "id", "p", "mother", ""],
            vec!["b", "t", "id", "p", "baby", ""],
            vec!["r", "t", "id", "p", register, "primary"],
        ]
    };
    for register in ["", "any"] {
        let rows = fields(register);
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        let catalogue = Catalogue::of(&[datasets, three, ("Fields", &rows), SCHEMES])?;
        let plan = catalogue.ask(&["plan", "a", "b"])?;
        assert_eq!(
            (&plan["verdict"], &plan["blockers"][0]["kind"]),
            (&"NOT_FEASIBLE".into(), &"ROLES_DIFFER".into()),
            "{plan}"
        );
        let through = catalogue.ask(&["plan", "a", "r"])?;
        let expected = if register == "any" { "FEASIBLE_WITH_APPROVALS" } else { "NOT_FEASIBLE" };
        assert_eq!(through["verdict"], expected, "the register is open to every role: “{register}”");
    }
    Ok(())
}

#[test]
fn whoever_is_looked_up_in_a_register_is_followed_through_every_key_of_it() -> TestResult {
    let datasets: Sheet = ("Datasets", &[&["Dataset", "Title"], &["a", "A"], &["b", "B"], &["r", "Register"]]);
    let three: Sheet = ("Tables", &[&["Dataset", "Table"], &["a", "t"], &["b", "t"], &["r", "t"]]);
    let fields: Sheet = (
        "Fields",
        &[
            &["Dataset", "Table", "Field", "Identifier scheme", "Role"],
            &["a", "t", "id", "p", "mother"],
            &["r", "t", "person", "p", "any"],
            &["r", "t", "other", "q", "any"],
            &["b", "t", "other", "q", "any"],
        ],
    );
    let plan = Catalogue::of(&[datasets, three, fields, SCHEMES])?.ask(&["plan", "a", "b"])?;
    assert_eq!(tables(&plan["options"][0]), BTreeSet::from(["a/t", "b/t", "r/t"]), "{plan}");
    Ok(())
}

#[test]
fn a_midwife_does_not_join_a_mother_to_anothers_baby() -> TestResult {
    let datasets: Sheet = ("Datasets", &[&["Dataset", "Title"], &["a", "A"], &["b", "B"], &["s", "Staff"]]);
    let three: Sheet = ("Tables", &[&["Dataset", "Table"], &["a", "t"], &["b", "t"], &["s", "t"]]);
    let fields: Sheet = (
        "Fields",
        &[
            &["Dataset", "Table", "Field", "Identifier scheme", "Role"],
            &["a", "t", "id", "p", ""],
            &["a", "t", "midwife", "m", "staff"],
            &["b", "t", "id", "q", ""],
            &["b", "t", "midwife", "m", "staff"],
            &["s", "t", "id", "m", "staff"],
        ],
    );
    let catalogue = Catalogue::of(&[datasets, three, fields, SCHEMES])?;
    let plan = catalogue.ask(&["plan", "a", "b"])?;
    assert_eq!(plan["verdict"], "NOT_FEASIBLE");
    assert!(plan["blockers"][0]["text"].as_str().is_some_and(|text| text.contains("members of staff")), "{plan}");
    assert_eq!(catalogue.ask(&["plan", "a", "s"])?["options"][0]["steps"][0]["role"], "staff");
    Ok(())
}

#[test]
fn a_composite_key_is_one_link_and_is_held_only_with_all_its_parts() -> TestResult {
    let datasets: Sheet = ("Datasets", &[&["Dataset", "Title"], &["a", "A"], &["b", "B"], &["c", "C"], &["d", "D"]]);
    let four: Sheet = ("Tables", &[&["Dataset", "Table"], &["a", "t"], &["b", "t"], &["c", "t"], &["d", "t"]]);
    let schemes: Sheet = (
        "Identifier schemes",
        &[
            &["Scheme", "Title", "Entity", "Parts"],
            &["path", "Pathway", "event", "number; issuer"],
            &["site", "Site", "organisation", ""],
        ],
    );
    let fields: Sheet = (
        "Fields",
        &[
            &["Dataset", "Table", "Field", "Identifier scheme", "Key", "References"],
            &["a", "t", "issuer", "path.issuer", "primary", ""],
            &["a", "t", "number", "path.number", "primary", ""],
            &["a", "t", "site", "site", "", ""],
            &["b", "t", "no", "path.number", "", ""],
            &["b", "t", "by", "path.issuer", "", ""],
            &["c", "t", "no", "path.number", "", ""],
            &["c", "t", "site", "site", "", ""],
            &["d", "t", "x", "", "", "a/t.issuer"],
            &["d", "t", "y", "", "", "a/t.number"],
        ],
    );
    let catalogue = Catalogue::of(&[datasets, four, fields, schemes])?;
    let step = &catalogue.ask(&["plan", "a", "b"])?["options"][0]["steps"][0];
    assert_eq!(
        step["pairs"],
        serde_json::json!([{ "from": "a/t/number", "to": "b/t/no" }, { "from": "a/t/issuer", "to": "b/t/by" }])
    );
    assert_eq!(step["cardinality"], "1:n");
    let reference = &catalogue.ask(&["plan", "d", "a"])?["options"][0]["steps"][0];
    assert_eq!((&reference["via"], &reference["schemes"]), (&"REFERENCE".into(), &serde_json::json!([])));
    assert_eq!((reference["pairs"].as_array().map(Vec::len), &reference["cardinality"]), (Some(2), &"n:1".into()));
    let plan = catalogue.ask(&["plan", "a", "c"])?;
    assert_eq!(plan["verdict"], "NOT_FEASIBLE", "half a key and a shared site join nothing");
    Ok(())
}

#[test]
fn what_one_asks_for_alone_is_a_plan_without_joins() -> TestResult {
    let catalogue = Catalogue::of(&[TWO, T, P_AND_Q, SCHEMES])?;
    for want in [vec!["plan", "a"], vec!["plan", "a", "A/t/ID"], vec!["plan", "a", "a"]] {
        let plan = catalogue.ask(&want)?;
        assert_eq!(
            (&plan["options"][0]["steps"], &plan["options"][0]["tables"]),
            (&serde_json::json!([]), &serde_json::json!(["a/t"]))
        );
    }
    Ok(())
}

#[test]
fn a_link_made_for_one_dataset_is_no_way_between_others() -> TestResult {
    let datasets: Sheet = (
        "Datasets",
        &[
            &["Dataset", "Title", "Approvals"],
            &["a", "A", "none"],
            &["b", "Statistics", "none"],
            &["c", "Theme", "none"],
        ],
    );
    let three: Sheet = ("Tables", &[&["Dataset", "Table"], &["a", "t"], &["b", "t"], &["c", "t"]]);
    let fields: Sheet = (
        "Fields",
        &[
            &["Dataset", "Table", "Field", "Identifier scheme"],
            &["a", "t", "id", "p"],
            &["b", "t", "id", "q"],
            &["c", "t", "id", "m"],
        ],
    );
    let crosswalks = |only_with: &'static str| -> Vec<Vec<&'static str>> {
        vec![
            vec!["From scheme", "To scheme", "Status", "Approvals", "Only with", "Restriction"],
            vec!["p", "m", "available", "none", "", ""],
            vec!["m", "q", "available", "none", only_with, "people of the theme"],
        ]
    };
    let catalogue = |only_with: &'static str| {
        let rows = crosswalks(only_with);
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        Catalogue::of(&[datasets, three, fields, SCHEMES, ("Crosswalks", &rows)])
    };
    let open = catalogue("")?;
    assert_eq!(open.ask(&["plan", "a", "b"])?["verdict"], "FEASIBLE");

    let closed = catalogue("c")?;
    let plan = closed.ask(&["plan", "a", "b"])?;
    assert_eq!(
        (&plan["verdict"], &plan["blockers"][0]["kind"]),
        (&"NOT_FEASIBLE".into(), &"CROSSWALK_NOT_AVAILABLE".into())
    );
    let text = plan["blockers"][0]["text"].as_str().unwrap_or_default();
    assert!(text.contains("ask for c as well") && text.contains("people of the theme"), "{text}");
    assert_eq!(closed.ask(&["plan", "b", "c"])?["verdict"], "FEASIBLE");
    assert_eq!(closed.ask(&["plan", "b", "c/t/id"])?["verdict"], "FEASIBLE");
    let all = closed.ask(&["plan", "a", "b", "c"])?;
    assert_eq!((&all["verdict"], &all["blockers"]), (&"FEASIBLE".into(), &serde_json::json!([])));
    let linked = |from: &str| -> anyhow::Result<String> { Ok(closed.ask(&["show", from])?["joinableTo"].to_string()) };
    assert!(!linked("a/t")?.contains("b/t"), "{}", linked("a/t")?);
    assert!(linked("c/t")?.contains("b/t"), "{}", linked("c/t")?);
    // The dataset has to be there.
    assert!(catalogue("d").is_err());
    Ok(())
}
